/*
 * postgres_link.h: the connection of postgres.c: what was sent and not yet answered, prepared
 * statements, connecting again. Private to postgres.c and postgres_link.c.
 */
#ifndef XH_STORE_POSTGRES_LINK_H
#define XH_STORE_POSTGRES_LINK_H

#include "store/postgres.h"

struct pg_conn; /* libpq's */
struct pg_result;

enum {
    SLOTS = 1024, /* prepared statements; more are sent as they are */
    PARAMS = 64,  /* of one statement */
    QUEUED = 256, /* commands whose results have not been read */
    FETCH = 200   /* rows of a stream that are in memory */
};

/* Types of parameters and columns as the server numbers them. */
enum oid {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25
};

struct slot {
    const struct statement *statement;
    bool prepared;
};

/* Who wants the result of a command that was sent. */
struct queued {
    struct pg_result **rows; /* takes the result over */
    int64_t *changed;        /* hears how many rows it put in, changed or took out */
    bool *committed;         /* hears whether it was a COMMIT that did commit */
    bool *prepared;          /* hears whether it prepared a statement */
    bool sync;               /* no command: the end of what the server does as one */
};

enum state { IDLE, OPEN, FAILED };

struct postgres {
    struct store store;
    struct pg_conn *db;
    char *address;
    struct postgres_options options;
    enum state state;
    bool log; /* the transaction writes the log */
    bool wrote, versioned, lost;
    bool warned;   /* the server said a warning */
    bool fresh;    /* the transaction reads, and nothing in it was answered yet */
    bool reading;  /* the transaction is the streams' own: nobody began it */
    int streams;   /* open ones */
    unsigned next; /* cursor's number */
    struct err late;
    struct queued queued[QUEUED];
    int queued_count;
    struct slot slots[SLOTS];
};

/* Parameters as libpq takes them. */
struct bound {
    unsigned types[PARAMS];
    const char *values[PARAMS];
    int lengths[PARAMS], formats[PARAMS];
    int64_t ints[PARAMS];
};

/* A failure in the words of the server or of libpq; -1. */
int link_fail(struct err *err, const char *message);
/* The connection is lost: SERVER_LOST; -1. */
int link_lost(struct postgres *s, struct err *err);
/* Marks the open transaction as failed, unless nothing was sent; -1. */
int link_failed(struct postgres *s, const struct err *err);
/* Waits for everything that was sent; the first failure of it is told. */
int link_drain(struct postgres *s, struct err *err);
/* Makes room for so many commands and a sync behind them. */
int link_room(struct postgres *s, int count, struct err *err);
/* Keeps in mind what was sent, or that it could not be. There must be room. */
void link_sent(struct postgres *s, int ok, struct queued what);
/* Sends text as it is: BEGIN and the like. There must be room. */
void link_send_text(struct postgres *s, const char *sql, struct queued what);
/* The parameters as libpq takes them; NOT_TEXT. */
int link_bind(struct bound *b, const struct statement *st, const struct value *args,
              struct err *err);
/* Sends a statement, prepared when it is new on this connection. */
int link_send(struct postgres *s, const struct statement *st, const struct value *args,
              struct queued what, struct err *err);
/* A command of the simple protocol, outside the pipeline. */
int link_plain(struct postgres *s, const char *sql, struct err *err);
/* The one value of a question without parameters, as text; outside the pipeline. */
int link_ask(struct postgres *s, const char *sql, char *out, size_t room, struct err *err);
/* Looks whether there is a table schema_version; outside the pipeline. */
int link_look(struct postgres *s, struct err *err);
/* Connects, also anew; the pipeline is open after 0. */
int link_connect(struct postgres *s, struct err *err);
/* Whether a statement may be sent: outside a transaction a lost connection is made again. */
int link_ready(struct postgres *s, struct err *err);

#endif
