/*
 * app.h: what all requests of a running server share: connections to read with, the one writer,
 * what is counted.
 *
 * Threads: a request is answered in a thread of its own. It borrows a reading connection, on which
 * it alone works; commands go through the queue, whose thread alone writes to the log.
 */
#ifndef XH_WEB_APP_H
#define XH_WEB_APP_H

#include <pthread.h>

#include "ledger/queue.h"
#include "office/signin/outside.h"
#include "web/background.h"
#include "web/watch.h"

/* Connections to read with. More requests than that wait for their turn; each is short, since
 * whatever takes long (exports, verification) opens a connection of its own. */
enum { READERS = 8, HASHING = 2 };
/* Lists and comparisons that are made from much at a time, each on a connection of its own. */
enum { EXPORTS = 4 };

struct imports; /* imports.h */

struct reader {
    struct ledger ledger; /* first: what is lent */
    bool open, busy;
};

struct app {
    const char *dir;
    struct env *env;
    struct ledger writer; /* used by the queue's thread alone */
    struct queue *queue;
    struct background *background;
    struct watch *watch;
    struct reader readers[2][READERS]; /* by enum side */
    pthread_mutex_t lock;
    pthread_cond_t freed, hashed;
    int64_t exports; /* of such lists that are being made; counted atomically */
    struct imports *imports;
    struct outside outside; /* the office's sign-in service and directory */
    /* One Argon2id takes 64 MiB for a moment: only so many side by side. */
    int hashing;
    bool stopping;
    bool verifying; /* one at a time: it reads the whole log */
    /* What /metrics tells; changed and read atomically. */
    int64_t requests, failures, refusals, statements, trips, commands, started;
};

/* Opens the ledger's connections and starts the writer. read: the address of standbys to read from,
 * or NULL for what the ledger's config.json says. */
int app_open(struct app *app, const char *dir, const char *read, struct env *env, struct err *err);
/* Finishes what was submitted and closes everything. */
void app_close(struct app *app);

/* A password is about to be hashed; waits while others are. app_hashed says that it was. */
void app_hash(struct app *app);
void app_hashed(struct app *app);

/* A reading connection; waits until one is free. app_return gives it back. NULL with err where no
 * standby can be reached. */
struct ledger *app_borrow(struct app *app, enum side side, struct err *err);
void app_return(struct app *app, struct ledger *l);

#endif
