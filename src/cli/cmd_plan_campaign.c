/* cmd_plan_campaign.c: `plan list`, `compare`, `submit`, `approve`, `return` of a campaign. */
#include <stdio.h>

#include "cli/plan_page.h"
#include "office/lists/campaign_plan.h"
#include "office/lists/plain.h"

/* --- looking ------------------------------------------------------------------------------------
 */

static void say_plan(struct plan_page *p, const struct campaign_plan *plan)
{
    const struct campaign_plan_event *d = &plan->submitted.event.campaign_plan;
    const struct entry *decided = &plan->decided;
    enum lang lang = p->c->lang;
    char number[24], time[20];

    snprintf(number, sizeof number, "%lld", (long long)d->version);
    say(&p->out, lang, N_("Version {0}, submitted {1} by {2}: {3}"), text_of(number),
        ledger_time(p->look.ledger, plan->submitted.at, time),
        name_of_person(&p->names, plan->submitted.by),
        text_of(tr(lang, campaign_plan_label(plan))));
    if (decided->event.kind)
        say(&p->out, lang, N_(", {0} by {1}"), ledger_time(p->look.ledger, decided->at, time),
            name_of_person(&p->names, decided->by));
    buf_char(&p->out, '\n');
    for (size_t i = 0; i < d->lists.count; i++) {
        int kind = list_of(d->lists.at[i].list);
        snprintf(number, sizeof number, "%lld", (long long)d->lists.at[i].rows);
        buf_str(&p->out, "  ");
        say(&p->out, lang, N_("{0}: {1} rows, SHA-256 {2}"),
            kind < 0 ? d->lists.at[i].list : text_of(tr(lang, list_label((enum list_kind)kind))),
            text_of(number), d->lists.at[i].hash);
        buf_char(&p->out, '\n');
    }
    if (d->note.n) {
        buf_str(&p->out, "  ");
        buf_plain(&p->out, d->note);
        buf_char(&p->out, '\n');
    }
    if (decided->event.kind) {
        struct text why = decided->event.kind == EVENT_CAMPAIGN_PLAN_RETURN
                              ? decided->event.campaign_plan_return.reason
                              : decided->event.campaign_plan_approve.note;
        if (why.n) {
            buf_str(&p->out, "  → ");
            buf_plain(&p->out, why);
            buf_char(&p->out, '\n');
        }
    }
}

int plan_list(struct plan_page *p, struct text campaign, struct err *err)
{
    struct campaign_plan *plans;
    size_t count;

    if (campaign_plans(p->look.ledger, &p->look.viewer, campaign, &plans, &count, &p->c->arena,
                       err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (p->c->json) {
            campaign_plan_json(&p->out, campaign, &plans[i], p->look.ledger, &p->names);
            buf_char(&p->out, '\n');
        } else {
            say_plan(p, &plans[i]);
        }
    }
    if (count == 0 && !p->c->json) {
        say(&p->out, p->c->lang, N_("No version of the plan of {0} was submitted yet."), campaign);
        buf_char(&p->out, '\n');
    }
    return 0;
}

static int say_item(void *arg, const struct item_change *c, struct err *err)
{
    struct plan_page *p = arg;
    const struct frozen_item *known = c->after ? c->after : c->before;
    enum lang lang = p->c->lang;
    buf_auto struct buf text = BUF(BUF_ANY);

    if (p->c->json) {
        item_change_json(&p->out, c, lang, &p->names);
        buf_char(&p->out, '\n');
        return p->out.failed ? err_set(err, NO_MEMORY) : 0;
    }
    buf_plain(&text, known->problem.text);
    say(&p->out, lang,
        c->how == ITEM_ADDED     ? N_("{0} was added: {1}")
        : c->how == ITEM_DROPPED ? N_("{0} was dropped: {1}")
                                 : N_("{0} was changed: {1}"),
        known->problem.code, buf_view(&text));
    buf_char(&p->out, '\n');
    for (int f = 0; f < PROBLEM_FIELDS; f++)
        if (c->fields & BIT(f)) {
            buf_auto struct buf was = BUF(BUF_ANY), is = BUF(BUF_ANY);
            problem_field_say(&was, lang, &p->names, &c->before->problem, (enum problem_field)f);
            problem_field_say(&is, lang, &p->names, &c->after->problem, (enum problem_field)f);
            plan_say_field(p, problem_field_label((enum problem_field)f), &was, &is);
        }
    for (size_t i = 0; i < c->task_count && c->how == ITEM_CHANGED; i++)
        plan_say_task(p, &c->tasks[i]);
    return p->out.failed ? err_set(err, NO_MEMORY) : 0;
}

/* The version with that number; 0: the last; -1: the one before it. */
static const struct campaign_plan *version_of(const struct campaign_plan *plans, size_t count,
                                              int64_t n)
{
    if (n <= 0)
        n += (int64_t)count;
    return n > 0 && n <= (int64_t)count ? &plans[n - 1] : NULL;
}

int plan_compare_campaign(struct plan_page *p, struct text campaign, int64_t n, int64_t m,
                          struct err *err)
{
    struct campaign_plan *plans;
    const struct campaign_plan *before, *after;
    size_t count;
    int64_t found;

    if (campaign_plans(p->look.ledger, &p->look.viewer, campaign, &plans, &count, &p->c->arena,
                       err) != 0)
        return -1;
    before = version_of(plans, count, n);
    after = version_of(plans, count, m);
    if (before == NULL || after == NULL) {
        char which[96];
        int64_t missing = before ? m : n;
        struct text clipped = text_clip(campaign, 64);
        snprintf(which, sizeof which, "%.*s, %lld", TEXT_ARG(clipped),
                 (long long)(missing > 0 ? missing : 1));
        return err_set(err, NOT_FOUND, err_sentence(N_("version of the plan of")), text_of(which));
    }
    if (!p->c->json) {
        looking_say(p->c, &p->look, &p->out);
        say_plan(p, before);
        say_plan(p, after);
    }
    if (campaign_plan_compare(p->look.ledger, &p->look.viewer, campaign, before, after, say_item, p,
                              &found, err) != 0)
        return -1;
    if (found == 0 && !p->c->json) {
        buf_str(&p->out, tr(p->c->lang, N_("They are the same.")));
        buf_char(&p->out, '\n');
    }
    return 0;
}

/* --- acting -------------------------------------------------------------------------------------
 */

int plan_act(struct cli *c, const char *action, int64_t seen)
{
    struct command command = {.on = text_of(cli_arg(c, 1)), .seen = seen};
    struct event *e = &command.event;
    bool returns = strcmp(action, "return") == 0;
    int status;

    if (cli_option(c, returns ? "note" : "reason"))
        return cli_usage(c,
                         returns ? N_("A plan is returned with --reason, not --note")
                                 : N_("--reason is for a plan that is returned; say --note"),
                         T(""));
    if (returns) {
        e->kind = EVENT_CAMPAIGN_PLAN_RETURN;
        e->campaign_plan_return.reason = cli_text(c, "reason");
    } else if (strcmp(action, "approve") == 0) {
        e->kind = EVENT_CAMPAIGN_PLAN_APPROVE;
        e->campaign_plan_approve.note = cli_text(c, "note");
    } else {
        e->kind = EVENT_CAMPAIGN_PLAN;
        e->campaign_plan.note = cli_text(c, "note");
        if (seen)
            return cli_usage(c, N_("A new version has no number yet: plan submit CAMPAIGN"), T(""));
    }
    if ((status = cli_open(c, false)) != 0)
        return status;
    return cli_commit(c, &command, 1);
}
