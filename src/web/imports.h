/*
 * imports.h: books that are being read or written while their people wait: each in a thread of its
 * own with a ledger connection of its own.
 *
 * A trial (what would become of the book) is kept in memory until its person chooses anew; a run
 * writes in intake's bounded batches beside the queue, and leaves its report in the book's folder
 * (office/intake/waiting.h), whatever becomes of the server. Servers on one database share the
 * folder; a lease (lease.h) tells them that one of them writes a book. Both end soon when the
 * server does; what was written stays and the run goes on where it stopped when it is begun again.
 */
#ifndef XH_WEB_IMPORTS_H
#define XH_WEB_IMPORTS_H

#include "office/intake/preview.h"
#include "office/intake/waiting.h"

struct app;
struct imports;

struct import_job {
    char id[WAITING_ID];
    bool run;        /* it writes; else it is a trial */
    int64_t changes; /* of the choices that it follows (struct waiting) */
    enum lang lang;  /* of rejects' reasons */
    bool done;       /* what is below may be read */
    struct err err;  /* err.code: it failed */
    struct preview preview;
    int64_t rows; /* read so far; read and changed atomically */
};

struct imports *imports_open(struct app *app, struct err *err);
/* Breaks off what is under way and waits for it. NULL is allowed. */
void imports_close(struct imports *all);

/* Begins a trial or a run of a waiting book, in place of what is known of it; a run
 * writes down that it has begun before this returns. -1 with err when too many are under way. */
int imports_start(struct imports *all, const struct waiting *w, bool run, enum lang lang,
                  struct err *err);
/* Whether a run of that book is under way, here or at another server of the ledger. */
int imports_elsewhere(struct ledger *l, const char *id, bool *elsewhere, struct err *err);
/* What is known of a book: NULL for nothing, else until imports_return it stays as it is. Waits up
 * to that long for its end. */
const struct import_job *imports_borrow(struct imports *all, const char *id, int wait_ms);
void imports_return(struct imports *all, const struct import_job *job);
/* Forgets what is known of it, unless it is under way. */
void imports_forget(struct imports *all, const char *id);

#endif
