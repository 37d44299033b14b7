/*
 * scopes.h: where a viewer's roles count. What may be seen is decided by visible.sql alone; scopes
 * are looked at to find the cheapest way to ask.
 */
#ifndef XH_OFFICE_LISTS_SCOPES_H
#define XH_OFFICE_LISTS_SCOPES_H

#include "ledger/ledger.h"

struct scope {
    struct text unit, path,
        campaign; /* no unit: every one; no campaign: all that are open to all */
    int64_t clearance;
};
struct scopes {
    struct scope *at;
    size_t count;
};

/* The scopes of the viewer and of those whom they stand in for. They live in the arena. */
int scopes_load(struct scopes *scopes, struct ledger *l, const struct viewer *v,
                struct arena *arena, struct err *err);
/* The one unit that all of them are on, NULL when there is none, or several. */
const struct scope *scopes_home(const struct scopes *scopes);

#endif
