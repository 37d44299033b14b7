/*
 * campaign_plan.h: the plan (整改方案) of a whole campaign: its three lists as they are at a
 * moment, which an entry freezes by count and hash. The rows follow from the log as of that entry.
 *
 * docs/log-format.md, "Frozen lists", gives rows and hashes.
 */
#ifndef XH_LEDGER_CAMPAIGN_PLAN_H
#define XH_LEDGER_CAMPAIGN_PLAN_H

#include "ledger/ledger.h"

struct batch;

/* An item as a plan has it. Tasks have their item's unit, persons, deadline and class where they
 * have none of their own, and nothing of what was done since. */
struct frozen_item {
    int64_t id;
    struct problem_row_line problem;
    struct task_list tasks;
};

/* The items of a campaign in their order, read in one transaction of the caller's. */
struct frozen;
/* NULL with err on failure. */
struct frozen *frozen_open(struct store *s, struct text campaign, struct err *err);
/* 1 with the item, whose texts live in the arena; 0 at the end; -1. */
int frozen_next(struct frozen *f, struct frozen_item *item, struct arena *arena, struct err *err);
void frozen_close(struct frozen *f); /* NULL is allowed */

/* Counts and hashes the three lists as they are. Texts live in the arena. */
int freeze_lists(struct store *s, struct text campaign, struct frozen_list *lists,
                 struct arena *arena, struct err *err);

/* Reads what a plan that is to be submitted freezes, in a read transaction of its own unless the
 * caller has one (l->trial), so that no writer waits for a large campaign: fills the event's lists
 * and c->read. Whatever is planned otherwise before the command is decided, refuses it (MOVED).
 * ledger_write does it for a command that nobody read. */
int campaign_plan_read(struct ledger *l, struct command *c, struct arena *arena, struct err *err);

/* What `by` may do now about the campaign's plan: *offers has PLAN_OFFER(kind) for each of
 * EVENT_CAMPAIGN_PLAN, _RETURN and _APPROVE that the rules would allow once its form is filled in;
 * 0 where there is no such campaign for them. Reads only; some ten statements. */
#define PLAN_OFFER(kind) BIT((int)(kind) - (int)EVENT_CAMPAIGN_PLAN)
int campaign_plan_offers(struct ledger *l, struct text by, struct text campaign, uint32_t *offers,
                         struct arena *arena, struct err *err);

/* May it be submitted, returned, approved? Completes the event. Private to src/ledger, as are the
 * next two. On a failure err->code is set. */
struct verdict decide_campaign_plan(struct batch *b, struct command *c, uint32_t roles,
                                    struct err *err);
int project_campaign_plan(struct batch *b, const struct entry *e, struct err *err);
/* Whether the entry (of any kind) says what the projections before it give; WRONG_ENTRY. */
int check_campaign_plan(struct store *s, const struct entry *e, struct arena *arena,
                        struct err *err);

#endif
