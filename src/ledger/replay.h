/*
 * replay.h: entries projected one after the other, in bounded memory. Private to src/ledger.
 *
 * rebuild.c replays the log that a ledger has, refill.c one that was kept elsewhere.
 */
#ifndef XH_LEDGER_REPLAY_H
#define XH_LEDGER_REPLAY_H

#include "ledger/batch.h"

/* How far, and what else. */
struct how {
    int64_t until;  /* entries with at <= until */
    int64_t last;   /* and seq <= last */
    bool keep_log;  /* the entries are copied, too */
    bool recompute; /* what an entry took from the projections is compared with them */
};

struct replay {
    struct batch b;
    struct arena arena;
    struct how how;
    int64_t done;
    /* Only some items are made: they get the ids that they have in this ledger. */
    struct ledger *ids_of;
};

void replay_start(struct replay *r, struct ledger *l, const struct how *how);
/* Projects one entry of the log: 1, 0 when it is later than what is asked for, -1. */
int replay_entry(struct replay *r, int64_t seq, struct text bytes, struct err *err);
/* The same for one that was read into the replay's arena, whatever its time. */
int replay_read(struct replay *r, const struct entry *e, struct err *err);
/* Writes the counters and forgets what was read. */
int replay_flush(struct replay *r, struct err *err);
/* The same at the end, unless rc says that it failed; releases everything. 0 or -1. */
int replay_end(struct replay *r, int rc, struct err *err);

#endif
