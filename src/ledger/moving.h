/*
 * moving.h: marks of a ledger that is moved from one place to another.
 *
 * The version of a database says what programs may do with it. Two versions are larger than any
 * that a schema will have, so that every program refuses them, those that are running as well, and
 * those that know nothing of moving: where a ledger is moved to, until it is there; and where it
 * was.
 */
#ifndef XH_LEDGER_MOVING_H
#define XH_LEDGER_MOVING_H

#include "ledger/ledger.h"

enum { SCHEMA_UNFINISHED = 1000000, SCHEMA_MOVED = 1000001 };

/* The database's other place, and the origin of its log, where a mark was made. */
struct moving {
    char place[PLACE_DIR], origin[256];
};

/* Marks a database, in the caller's transaction; `place` is its other place. */
int moving_mark(struct store *s, int64_t version, struct text place, struct text origin,
                struct err *err);
/* Takes the mark away, in the caller's transaction. */
int moving_end(struct store *s, struct err *err);
/* Reads it. 1; 0 there is none; -1. */
int moving_get(struct store *s, struct moving *m, struct err *err);

/* Opens a place for what is moved there: a database without tables gets them and the mark; one that
 * an interrupted move left is opened as it is. `from` is the place that it comes from. l's dir,
 * address and env are filled. 1 new, 0 it is there already; -1: LEDGER_EXISTS, MOVING_OTHER. */
int moving_target(struct ledger *l, struct text from, struct text origin, struct err *err);
/* The same ledger as ledger_open opens, also when it has been moved (*moved). */
int moving_source(struct ledger *l, const char *where, bool *moved, struct env *env,
                  struct err *err);

#endif
