/*
 * hand_over.h: what somebody answers for goes into other hands, one command an item, in batches.
 *
 * An administrator and the person themselves hand over all of it, a clerk what they see. What the
 * viewer may not see is only ever counted.
 */
#ifndef XH_OFFICE_HAND_OVER_H
#define XH_OFFICE_HAND_OVER_H

#include "ledger/ledger.h"

enum { HAND_OVER_BATCH = 200 };

struct hand_over {
    struct text from, to, reason; /* codes; why, may be empty */
    struct text after;            /* empty to begin with; then where the next batch begins */
};

/* May the viewer hand over what that person answers for, or some of it? The rules decide each
 * item once more. */
bool hand_over_may(const struct viewer *v, struct text from);
/* Fills the next batch of at most HAND_OVER_BATCH commands; seen tells of each whether the viewer
 * sees its item. Less than a whole batch: it is the last. Texts live in the arena. */
int hand_over_next(struct ledger *l, const struct viewer *v, struct hand_over *h,
                   struct command commands[static HAND_OVER_BATCH],
                   bool seen[static HAND_OVER_BATCH], size_t *count, struct arena *arena,
                   struct err *err);

#endif
