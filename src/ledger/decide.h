/*
 * decide.h: may this command become an entry? Private to src/ledger.
 */
#ifndef XH_LEDGER_DECIDE_H
#define XH_LEDGER_DECIDE_H

#include "ledger/batch.h"

/* For a command about an item: fills o->verdict, o->code and o->version; completes the event (a
 * plan's tasks, a probable duplicate); *campaign is the item's, where a new code is taken. */
int decide_item(struct batch *b, struct command *c, struct outcome *o, struct actor_row *actor,
                struct campaign **campaign, struct err *err);

/* What an item's rules look at, whatever is to be done: the item, the task that `on` names (none:
 * s->task stays NULL), who answers for it, the roles that count there, the campaign's rules. 1; 0
 * when there is no such item (s->item NULL) or `by` does not see it; -1. s->actor, today and
 * marking_limit are the caller's. */
int situation_load(struct batch *b, struct text by, struct text on, struct situation *s,
                   struct err *err);

/* For a command about an instruction (instruction.…): fills o->verdict, o->code and o->version;
 * completes the event (its code, the addressee). */
int decide_instruction(struct batch *b, struct command *c, struct outcome *o, struct err *err);
/* For an item.instruct that the rules of items allow: who it goes to, and its code. */
int decide_instruct(struct batch *b, struct command *c, struct outcome *o, const struct item *item,
                    struct err *err);

/* Who did the item, or answers for it (doers.c), as it matters to `by` when that kind of event is
 * to be decided. Everything lives in the batch. 0 or -1. */
int doers_load(struct batch *b, const struct item *item, enum event_kind asked, struct text by,
               struct doers *doers, struct err *err);

/* For a command that is not about an item: fills o->verdict; completes the event (a unit's code, a
 * procedure's version). */
int decide_office(struct batch *b, struct command *c, struct outcome *o, const struct actor *actor,
                  struct err *err);
/* Whether the person is in the circle of a confidential campaign; 1 for any other. 0, or -1. */
int campaign_seen(struct batch *b, const struct campaign *c, struct text by, struct err *err);
/* That every unit, person and source that an item's event names is there. On a failure err->code
 * is set. */
struct verdict check_references(struct batch *b, const struct command *c, struct err *err);

#endif
