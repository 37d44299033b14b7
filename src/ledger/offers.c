/*
 * offers.c: what somebody may do about an item now: the same rules, asked before anything is filled
 * in, so that a page shows no button that they would refuse.
 *
 * A rule that only wants more words (a reason, a day, another item) refuses nobody yet.
 */
#include "ledger/decide.h"

/* Refusals that what is typed into the form can still answer. */
static bool can_be_filled_in(enum rule rule, enum event_kind kind)
{
    switch (rule) {
    case RULE_NONE:
    case RULE_MISSING:
    case RULE_NOT_LATER:
    case RULE_AFTER_ITEM:
    case RULE_EXTENSION_ONLY:
    case RULE_INTO_CLOSED:
    case RULE_MARKING:
    case RULE_SELF: return true;
    case RULE_NOTHING: return kind != EVENT_ITEM_RESUME;
    default: return false;
    }
}

/* The event of that kind as a form would begin it. */
static struct event blank(enum event_kind kind, const struct item *item)
{
    static struct task_line any;
    struct event e = {.kind = kind};

    switch (kind) {
    case EVENT_ITEM_AMEND: e.item_amend.due = e.item_amend.found = DATE_NONE; break;
    case EVENT_ITEM_ASSIGN: e.item_assign.due = DATE_NONE; break;
    case EVENT_ITEM_PLAN: e.item_plan.tasks = (struct task_list){&any, item->tasks ? 1u : 0}; break;
    case EVENT_ITEM_VERIFY: e.item_verify.pass = true; break;
    case EVENT_ITEM_LOOK_BACK: e.item_look_back.pass = true; break;
    case EVENT_ITEM_EXTEND: e.item_extend.due = DATE_NONE; break;
    case EVENT_ITEM_GRANT: e.item_grant.due = DATE_NONE; break;
    case EVENT_ITEM_INSTRUCT: e.item_instruct.due = DATE_NONE; break;
    default: break;
    }
    return e;
}

int ledger_offers(struct ledger *l, struct text by, struct text on, uint64_t *offers,
                  struct arena *arena, struct err *err)
{
    struct batch b = {.ledger = l, .store = l->store, .arena = arena, .today = ledger_today(l)};
    struct situation s = {.today = b.today, .marking_limit = l->marking};
    struct actor_row *actor;
    int rc = batch_actor(&b, by, &actor, err);

    *offers = 0;
    if (rc == 1) {
        s.actor = actor->actor;
        rc = situation_load(&b, by, on, &s, err);
    }
    for (int kind = EVENT_ITEM_AMEND; rc == 1 && kind < EVENT_ITEM_HANDOVER; kind++) {
        struct event e = blank((enum event_kind)kind, s.item);
        enum rule rule = decide(&s, &e).rule;
        /* Who did the work is looked up for those alone whom everything else allows. */
        if (can_be_filled_in(rule, e.kind) && needs_doers(e.kind)) {
            struct situation with = s;
            if (doers_load(&b, s.item, e.kind, by, &with.doers, err) != 0)
                rc = -1;
            else
                rule = decide(&with, &e).rule;
        }
        if (rc == 1 && can_be_filled_in(rule, e.kind))
            *offers |= OFFER(kind);
    }
    batch_release(&b);
    return rc < 0 ? -1 : 0;
}
