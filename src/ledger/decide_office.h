/*
 * decide_office.h: the rules for entries that are not about an item, and what all entries may
 * refer to. Private to src/ledger.
 */
#ifndef XH_LEDGER_DECIDE_OFFICE_H
#define XH_LEDGER_DECIDE_OFFICE_H

#include "ledger/batch.h"

/* Fills o->verdict; completes the event (a unit's code, a procedure's version). */
int decide_office(struct batch *b, struct command *c, struct outcome *o, const struct actor *actor,
                  struct err *err);
/* Whether the person is in the circle of a confidential campaign; 1 for any other. 0, or -1. */
int campaign_seen(struct batch *b, const struct campaign *c, struct text by, struct err *err);
/* That every unit, person and source that an item's event names is there. On a failure err->code
 * is set. */
struct verdict check_references(struct batch *b, const struct command *c, struct err *err);

#endif
