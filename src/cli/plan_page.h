/*
 * plan_page.h: what the two halves of `plan` share: items' plans and campaigns'.
 */
#ifndef XH_CLI_PLAN_PAGE_H
#define XH_CLI_PLAN_PAGE_H

#include "cli/looking.h"
#include "office/lists/plan.h"

struct plan_page {
    struct cli *c;
    struct looking look;
    struct names names;
    struct buf out;
};

/* A field that changed, and what became of one task. */
void plan_say_field(struct plan_page *p, const char *label, const struct buf *was,
                    const struct buf *is);
void plan_say_task(struct plan_page *p, const struct plan_change *change);

/* Of a campaign: its versions; what differs between version n (-1: the one before the last) and m
 * (0: the last). */
int plan_list(struct plan_page *p, struct text campaign, struct err *err);
int plan_compare_campaign(struct plan_page *p, struct text campaign, int64_t n, int64_t m,
                          struct err *err);
/* Submits, returns or approves; `seen` is the version that is meant, 0 when none was named. An exit
 * status. */
int plan_act(struct cli *c, const char *action, int64_t seen);

#endif
