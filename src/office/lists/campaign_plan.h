/*
 * campaign_plan.h: the versions of a campaign's plan (整改方案), and what differs between two.
 *
 * A version is an entry that froze the campaign's three lists; its rows are read from the log as of
 * that entry. What the viewer may not see today is not there; the frozen counts and hashes are of
 * the whole campaign.
 */
#ifndef XH_OFFICE_CAMPAIGN_PLAN_H
#define XH_OFFICE_CAMPAIGN_PLAN_H

#include "ledger/campaign_plan.h"
#include "office/lists/plan.h"

struct campaign_plan {
    struct entry submitted; /* event.campaign_plan */
    struct entry decided;   /* campaign_plan_approve or _return; kind 0 while there is none */
    int64_t state;          /* words.def: PLAN */
    bool superseded;        /* submitted, and a later version was submitted before a decision */
};

/* All versions, the first first; the array and its texts live in the arena. NOT_FOUND when there is
 * no such campaign for the viewer. */
int campaign_plans(struct ledger *l, const struct viewer *v, struct text campaign,
                   struct campaign_plan **plans, size_t *count, struct arena *arena,
                   struct err *err);
/* "submitted", "returned", "approved" or "superseded", and what people call it. */
const char *campaign_plan_key(const struct campaign_plan *plan);
const char *campaign_plan_label(const struct campaign_plan *plan);

enum problem_field {
    PROBLEM_NUMBER,
    PROBLEM_TITLE,
    PROBLEM_TEXT,
    PROBLEM_PARTS,
    PROBLEM_CATEGORY,
    PROBLEM_OBJECT,
    PROBLEM_PLACE,
    PROBLEM_LEVEL,
    PROBLEM_FOUND,
    PROBLEM_UNITS,
    PROBLEM_PERSONS,
    PROBLEM_DEADLINE,
    PROBLEM_FIELDS
};
const char *problem_field_key(enum problem_field field);
const char *problem_field_label(enum problem_field field);
/* Appends the field as a person reads it. */
void problem_field_say(struct buf *out, enum lang lang, struct names *names,
                       const struct problem_row_line *problem, enum problem_field field);

/* An item that differs, or of whose tasks some do. */
struct item_change {
    enum { ITEM_ADDED, ITEM_DROPPED, ITEM_CHANGED } how;
    const struct frozen_item *before, *after; /* NULL where there is none */
    uint32_t fields;                          /* BIT(PROBLEM_…) of a changed one; 0: its tasks */
    const struct plan_change *tasks;
    size_t task_count;
};

/* Hears each item that differs, in the order of items; -1 with err stops. */
typedef int campaign_plan_each(void *arg, const struct item_change *change, struct err *err);
/* *count (may be NULL) gets how many there were. `before` NULL: of one version, each item as added.
 */
int campaign_plan_compare(struct ledger *l, const struct viewer *v, struct text campaign,
                          const struct campaign_plan *before, const struct campaign_plan *after,
                          campaign_plan_each *each, void *arg, int64_t *count, struct err *err);

/* One JSON object each, without a newline. */
void campaign_plan_json(struct buf *out, struct text campaign, const struct campaign_plan *plan,
                        struct ledger *l, struct names *names);
void item_change_json(struct buf *out, const struct item_change *change, enum lang lang,
                      struct names *names);

#endif
