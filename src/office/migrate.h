/*
 * migrate.h: a ledger moved from a folder to a server, back, or to another of either.
 */
#ifndef XH_OFFICE_MIGRATE_H
#define XH_OFFICE_MIGRATE_H

#include "base/sha256.h"
#include "ledger/ledger.h"

struct migrate_how {
    const char *evidence;                      /* a word of place_evidence; NULL: as it was */
    void (*progress)(void *arg, int64_t done); /* entries; may be NULL */
    void *arg;
};
struct migrate_done {
    int64_t entries, copied; /* copied: by this call */
    int64_t evidence;        /* files that were checked where they are now */
    int64_t beside;          /* rows that stand outside the log */
    struct hash dump; /* SHA-256 of the projections' canonical dump, a newline behind each row */
    char origin[256];
    char from[PLACE_DIR], to[PLACE_DIR]; /* the places, as words that name them */
    bool went_on;                        /* an interrupted move */
    bool before;                         /* it was there already: nothing was done */
    bool damaged; /* with -1: what was moved is not what it should be; the ledger is as it was */
};

/*
 * Moves the ledger at `from` to `to`, words of place.h. The folder of `to` is a new one, and so is
 * its database; keys, settings and evidence go along, and the ledger keeps its identity.
 *
 * Entries and evidence are copied while others work. Then the old place is locked: what came since
 * and what stands outside the log is copied, every entry, checkpoint, evidence file and sealed
 * value is checked where it is now, and both canonical dumps are compared. At last the old place is
 * marked (config.json, "moved_to", and the database) so that no program works there any more, and
 * the new one is opened for work; nothing else is ever written to the old one. At no moment can
 * both be worked in.
 *
 * Interrupted, it goes on where it was when it is given again; until it is done the new place is
 * refused (LEDGER_UNFINISHED). -1: LEDGER_MOVED, LEDGER_EXISTS, MOVING_OTHER, MOVING_PLACE, CONFIG,
 * WRONG_…, BUSY, IO, DATABASE.
 */
int migrate(const char *from, const char *to, const struct migrate_how *how,
            struct migrate_done *done, struct env *env, struct err *err);

#endif
