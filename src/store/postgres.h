/* postgres.h: the store on a PostgreSQL server. Only postgres.c and postgres_link.c include
 * libpq-fe.h. */
#ifndef XH_STORE_POSTGRES_H
#define XH_STORE_POSTGRES_H

#include "store/store.h"

struct postgres_options {
    bool create;    /* make the schema that the address names when it is not there */
    bool read_only; /* refuse every write */
    bool lazy;      /* commits wait for no disk: nobody is told of them */
    int wait_ms;    /* how long to wait for another writer; 0: as long as the server lets us */
    int silence_ms; /* after that, a server that says nothing is asked whether it is there; 0: 5 s
                     */
};

/* Whether that is the address of a database: postgresql://… or postgres://…. */
bool postgres_is(struct text address);
/* The address without its password, for people and for files: still an address; clipped to the
 * room. */
void postgres_shown(const char *address, char *out, size_t room);

/* Connects to the database that a connection URI of libpq names; its tables are those of the first
 * schema of the search path. Commits are as durable as the server's synchronous_commit says, but of
 * a lazy connection. A connection that was lost is made again at the next transaction. NULL on
 * failure; what err says never holds the password. */
struct store *postgres_open(const char *address, const struct postgres_options *options,
                            struct err *err);

#endif
