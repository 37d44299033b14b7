/*
 * agenda.h: what stands before each unit, by state and deadline. Private to src/ledger.
 *
 * A row for every unit that answers for an item in any way, for each of that unit's ancestors, and
 * for unit 0, the whole ledger: so the first page of a list by deadline costs the same for a
 * village and for a province, at a thousand items and at ten million. Rows change only with an
 * item's state, its deadline and its units; a report leaves them alone.
 */
#ifndef XH_LEDGER_AGENDA_H
#define XH_LEDGER_AGENDA_H

#include "ledger/batch.h"

/* Before an event and after it: the item's rows go out and come in again. `spread` holds the units
 * between the two calls and spares the second look when the event left the units alone. */
struct spread {
    int64_t *units;
    size_t count, room;
};

/* The units of an item as the tables have them now. */
int agenda_spread(struct batch *b, int64_t item, struct spread *s, struct err *err);
/* Takes the item's rows out of the agenda of those units, or puts them in. */
int agenda_drop(struct batch *b, const struct item *item, const struct spread *s, struct err *err);
int agenda_put(struct batch *b, const struct item *item, const struct spread *s, struct err *err);

/* A unit moves. Before: what its subtree (path) answers for leaves the agenda of the units that
 * stand above it (up). Afterwards: it joins that of all that stand above it now, in steps, so that
 * memory does not grow with the subtree. */
int agenda_leave_units(struct batch *b, struct text path, struct text up, struct err *err);
int agenda_join_units(struct batch *b, struct text path, struct err *err);

#endif
