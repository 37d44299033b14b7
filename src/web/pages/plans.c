/*
 * plans.c: the plan (整改方案) of an item and of a whole campaign: its versions, one of them, two
 * side by side; and what the rules let the reader do about the last one. What is done about an
 * item's plan has its forms with the other verbs (act.c), about a campaign's here.
 *
 * The rows of a campaign's version are made again from the log, on a connection of its own and only
 * when somebody asks for them; that costs in proportion to the log.
 */
#include <stdio.h>

#include "office/lists/campaign_plan.h"
#include "office/lists/plain.h"
#include "office/lists/show.h"
#include "web/app.h"
#include "web/pages/act.h"
#include "web/pages/form.h"
#include "web/pages/plans.html.h"
#include "web/routes.h"

enum { SHOWN = 200 /* items of a campaign on a page; programs get all */ };

struct sheet {
    struct request *q;
    struct response *r;
    struct names *names;
    struct page_plan_group *groups;
    size_t count, room;
    int64_t from, to; /* versions; from 0: one is shown by itself, to 0: none */
    int64_t items;    /* of a campaign, how many differ */
};

static struct text href_of(struct request *q, const char *before, struct text code,
                           const char *behind)
{
    buf_auto struct buf out = BUF(4096);

    buf_str(&out, before);
    html_url(&out, code);
    buf_str(&out, behind);
    return arena_text(q->arena, buf_view(&out));
}

/* --- which versions ----------------------------------------------------------------------------
 */

/* The number in that field of the address; NOT_FOUND when there is no such version. */
static int version_asked(struct request *q, const char *name, int64_t low, int64_t last,
                         int64_t otherwise, int64_t *n, struct err *err)
{
    struct text given = query_text(q, name);

    *n = otherwise;
    if (given.n == 0 || (text_int(given, n) && *n >= low && *n <= last))
        return 0;
    return err_set(err, NOT_FOUND, err_sentence(N_("version of the plan of")),
                   page_say(q, N_("{0}, {1}"), q->args[0], text_clip(given, 20)));
}

/* What is asked for: `to`, and `from` to compare it with (0: nothing). Without either, those of
 * `otherwise`: the last with the one before it, or nothing. */
static int versions_asked(struct sheet *s, int64_t last, int64_t otherwise, struct err *err)
{
    bool alone;

    if (version_asked(s->q, "to", 1, last, otherwise, &s->to, err) != 0)
        return -1;
    alone = s->to <= 1 || (query_text(s->q, "to").n && query_text(s->q, "from").n == 0);
    return version_asked(s->q, "from", 0, last, alone ? 0 : s->to - 1, &s->from, err);
}

static void choices(struct sheet *s, int64_t last, struct page_plans_page *page)
{
    struct page_plan_choice *list =
        arena_array(s->q->arena, struct page_plan_choice, (size_t)last + 1);
    int64_t to = s->to ? s->to : last, from = s->from ? s->from : to > 1 ? to - 1 : 1;

    for (int64_t n = 1; list && n <= last; n++)
        list[page->choices_count++] = (struct page_plan_choice){n, n == from, n == to};
    page->choices = list;
    page->several = last > 1;
    page->shown = s->to > 0;
    page->from = s->from;
    page->to = s->to;
}

static const struct page_mark *plan_mark(struct request *q, const char *label, int64_t state)
{
    static const char *const colours[] = {
        [PLAN_SUBMITTED] = "wait", [PLAN_RETURNED] = "bad", [PLAN_APPROVED] = "closed"};
    struct page_mark *m = arena_array(q->arena, struct page_mark, 1);

    if (m)
        *m = (struct page_mark){page_tr(q, label), text_of(colours[state])};
    return m;
}

/* --- rows side by side -------------------------------------------------------------------------
 */

enum how { ADDED, DROPPED, CHANGED };

static const struct page_mark *how_mark(struct request *q, enum how how)
{
    static const char *const labels[] = {N_("added"), N_("dropped"), N_("altered")};
    static const char *const colours[] = {"green", "red", "amber"};
    struct page_mark *m = arena_array(q->arena, struct page_mark, 1);

    if (m)
        *m = (struct page_mark){page_tr(q, labels[how]), text_of(colours[how])};
    return m;
}

static struct page_plan_group *new_group(struct sheet *s, enum how how, size_t fields)
{
    struct page_plan_group *g;

    if (s->count == s->room) {
        size_t room = s->room ? s->room * 2 : 64;
        struct page_plan_group *wider = arena_array(s->q->arena, struct page_plan_group, room);
        if (wider == NULL)
            return NULL;
        if (s->count)
            memcpy(wider, s->groups, s->count * sizeof *wider);
        s->groups = wider;
        s->room = room;
    }
    g = &s->groups[s->count];
    *g = (struct page_plan_group){.how = how_mark(s->q, how),
                                  .fields =
                                      arena_array(s->q->arena, struct page_plan_field, fields)};
    if (g->how == NULL || g->fields == NULL)
        return NULL;
    s->count++;
    return g;
}

static void put_field(struct sheet *s, struct page_plan_group *g, const char *label,
                      const struct buf *before, const struct buf *after, bool changed)
{
    struct page_plan_field *list = (struct page_plan_field *)g->fields;

    list[g->fields_count++] =
        (struct page_plan_field){.label = page_tr(s->q, label),
                                 .before = arena_text(s->q->arena, buf_view(before)),
                                 .after = arena_text(s->q->arena, buf_view(after)),
                                 .changed = changed};
}

static enum how how_of_task(const struct plan_change *c)
{
    return c->how == TASK_ADDED ? ADDED : c->how == TASK_LEFT_OUT ? DROPPED : CHANGED;
}

/* Of a task that changed, what changed, below the measure that it is known by. */
static int put_task(struct sheet *s, const struct plan_change *c)
{
    struct page_plan_group *g = new_group(s, how_of_task(c), PLAN_FIELDS);

    if (g == NULL)
        return -1;
    g->n = (c->after ? c->after : c->before)->n;
    for (int f = 0; f < PLAN_FIELDS; f++) {
        buf_auto struct buf was = BUF(BUF_ANY), is = BUF(BUF_ANY);
        bool changed = c->how == TASK_CHANGED && (c->fields & BIT(f));
        if (c->before)
            plan_field_say(&was, s->q->lang, s->names, c->before, (enum plan_field)f);
        if (c->after)
            plan_field_say(&is, s->q->lang, s->names, c->after, (enum plan_field)f);
        if (c->how == TASK_CHANGED ? changed || f == PLAN_MEASURE : was.n || is.n)
            put_field(s, g, plan_field_label((enum plan_field)f), &was, &is, changed);
    }
    return 0;
}

static int put_tasks(struct sheet *s, const struct plan_change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (put_task(s, &changes[i]) != 0)
            return -1;
    return 0;
}

/* --- an item's plan ----------------------------------------------------------------------------
 */

static void want_task(struct names *names, const struct task_line *t)
{
    names_want_unit(names, t->lead);
    names_want_person(names, t->person);
    for (size_t i = 0; i < t->assist.count; i++)
        names_want_unit(names, t->assist.at[i]);
    for (size_t i = 0; i < t->leaders.count; i++)
        names_want_person(names, t->leaders.at[i].person);
}

static struct plan_version version_at(const struct item_page *item, int64_t n)
{
    return (struct plan_version){.code = item->row->problem.code,
                                 .entry = *item->plans[n - 1].entry};
}

static void item_versions(struct sheet *s, const struct item_page *item,
                          struct page_plans_page *page)
{
    struct request *q = s->q;
    struct page_plan_version *list =
        arena_array(q->arena, struct page_plan_version, item->plan_count + 1);

    for (size_t i = item->plan_count; list && i-- > 0;) {
        const struct plan_row *p = &item->plans[i];
        char room[24], behind[40];
        snprintf(behind, sizeof behind, "/plans?to=%lld", (long long)p->version);
        list[page->versions_count] = (struct page_plan_version){
            .version = p->version,
            .href = href_of(q, "/items/", q->args[0], behind),
            .here = p->version == s->to || p->version == s->from,
            .when = page_time(q, p->entry->at),
            .who = name_of_person(s->names, p->entry->by),
            .tasks =
                page_say(q, N_("{0} tasks"), arena_text(q->arena, html_number(&room, p->tasks))),
            .state = plan_mark(q, plan_states.words[p->state].label, p->state),
            .note = p->entry->event.item_plan.note};
        if (p->decided) {
            list[page->versions_count].decided = page_time(q, p->decided->at);
            list[page->versions_count].decider = name_of_person(s->names, p->decided->by);
            list[page->versions_count].why = p->decided->event.kind == EVENT_ITEM_RETURN
                                                 ? p->decided->event.item_return.reason
                                                 : p->decided->event.item_approve.note;
        }
        page->versions_count++;
    }
    page->versions = list;
}

static int item_rows(struct sheet *s, const struct item_page *item, struct page_plans_page *page,
                     struct err *err)
{
    struct request *q = s->q;
    struct plan_version after = version_at(item, s->to), before = {0};
    const struct plan_change *changes;
    size_t count, changed = 0;
    char room[24];

    if (s->from)
        before = version_at(item, s->from);
    changes = plan_changes(s->from ? before.entry.event.item_plan.tasks : (struct task_list){0},
                           after.entry.event.item_plan.tasks, &count, q->arena);
    if (changes == NULL || put_tasks(s, changes, count) != 0)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < count; i++)
        changed += changes[i].how != TASK_LEFT_OUT;
    if (s->from && count == 0)
        page->same = page_tr(q, N_("They are the same."));
    else if (s->from && after.entry.event.item_plan.tasks.count > changed)
        page->same = page_say(
            q, N_("{0} further tasks are the same in both."),
            html_number(&room, (int64_t)(after.entry.event.item_plan.tasks.count - changed)));
    return 0;
}

/* What may be done about the last version, as the rules have it. */
static int item_actions(struct sheet *s, const struct problem *p, struct page_plans_page *page,
                        struct err *err)
{
    static const char *const verbs_of[] = {"plan", "approve", "return"};
    struct request *q = s->q;
    struct page_plan_action *list = arena_array(q->arena, struct page_plan_action, 3);
    uint64_t offers;

    if (list == NULL)
        return err_set(err, NO_MEMORY);
    if (ledger_offers(q->ledger, q->viewer.person, p->code, &offers, q->arena, err) != 0)
        return -1;
    for (size_t i = 0; i < 3; i++) {
        const struct verb *v = verb_find(text_of(verbs_of[i]));
        buf_auto struct buf href = BUF(8192);
        /* An application that is given back is none of the plan's business. */
        if (!(offers & OFFER(v->kind)) ||
            (v->kind == EVENT_ITEM_RETURN && p->plan_state != PLAN_SUBMITTED))
            continue;
        buf_str(&href, "/items/");
        html_url(&href, p->code);
        buf_printf(&href, "/%s?next=", v->name);
        html_url(&href, href_of(q, "/items/", p->code, "/plans"));
        list[page->actions_count] = (struct page_plan_action){
            arena_text(q->arena, buf_view(&href)), page_tr(q, act_label(text_of(v->name))),
            page->actions_count ? T("") : T("go")};
        page->actions_count++;
    }
    page->actions = list;
    return 0;
}

static int item_show(struct sheet *s, struct item_page *item, struct err *err)
{
    struct request *q = s->q;
    const struct problem *p = &item->row->problem;
    struct page_plans_page page = {
        .title = page_say(q, N_("Plan of {0}"), p->code),
        .back = href_of(q, "/items/", p->code, ""),
        .back_label = p->code,
        .action = href_of(q, "/items/", p->code, "/plans"),
        .lead = page_say(q, N_("The plan of the whole campaign {0}"), p->campaign),
        .lead_href = href_of(q, "/campaigns/", p->campaign, "/plans")};

    for (size_t i = 0; i < item->plan_count; i++) {
        const struct task_list *tasks = &item->plans[i].entry->event.item_plan.tasks;
        if ((int64_t)i + 1 == s->from || (int64_t)i + 1 == s->to)
            for (size_t k = 0; k < tasks->count; k++)
                want_task(s->names, &tasks->at[k]);
    }
    names_fetch(s->names);
    item_versions(s, item, &page);
    choices(s, (int64_t)item->plan_count, &page);
    if (item_actions(s, p, &page, err) != 0 || (s->to && item_rows(s, item, &page, err) != 0))
        return -1;
    page.groups = s->groups;
    page.groups_count = s->count;
    page_open(q, s->r, page.title, "items");
    page_plans_page(&s->r->body, q->lang, &page);
    page_shut(q, s->r);
    return 0;
}

/* One version, two, or the list of them. */
static int item_json(struct sheet *s, struct item_page *item, struct err *err)
{
    struct buf *out = &s->r->body;
    struct plan_version before, after;
    const struct plan_change *changes;
    size_t count;

    s->r->type = "application/json";
    if (query_text(s->q, "to").n == 0 && query_text(s->q, "from").n == 0)
        return item_plans_json(out, item, err);
    after = version_at(item, s->to);
    if (s->from == 0) {
        plan_json(out, &after, s->q->ledger, s->names);
        return 0;
    }
    before = version_at(item, s->from);
    changes = plan_compare(&before, &after, &count, s->q->arena);
    if (changes == NULL)
        return err_set(err, NO_MEMORY);
    plan_changes_json(out, &before, &after, changes, count, s->q->lang, s->names);
    return 0;
}

int page_item_plans(struct request *q, struct response *r, struct err *err)
{
    struct sheet s = {.q = q, .r = r};
    struct item_page item;
    int rc = item_page_open(&item, q->ledger, q->ledger, &q->viewer, q->args[0], q->arena, err);

    s.names = &item.names;
    if (rc == 0)
        rc = versions_asked(&s, (int64_t)item.plan_count, (int64_t)item.plan_count, err);
    if (rc == 0)
        page_seen(q, ACCESS_PAGE, item.row->problem.code, T(""));
    if (rc == 0)
        rc = q->json ? item_json(&s, &item, err) : item_show(&s, &item, err);
    if (rc == 0 && q->json)
        buf_char(&r->body, '\n');
    if (rc == 0 && item.names.err.code) {
        *err = item.names.err;
        rc = -1;
    }
    item_page_close(&item);
    return rc;
}

/* --- a campaign's plan -------------------------------------------------------------------------
 */

static void campaign_counts(struct request *q, const struct campaign_plan_event *d,
                            struct page_plan_version *v)
{
    struct page_plan_count *list =
        arena_array(q->arena, struct page_plan_count, d->lists.count + 1);
    buf_auto struct buf said = BUF(BUF_ANY);
    char room[24];

    for (size_t i = 0; list && i < d->lists.count; i++) {
        int kind = list_of(d->lists.at[i].list);
        struct text label =
            kind < 0 ? d->lists.at[i].list : page_tr(q, list_label((enum list_kind)kind));
        list[v->counts_count++] =
            (struct page_plan_count){label, d->lists.at[i].rows, d->lists.at[i].hash};
        if (i)
            buf_between(&said, q->lang);
        say(&said, q->lang, N_("{0} {1}"), label, html_number(&room, d->lists.at[i].rows));
    }
    v->counts = list;
    v->tasks = arena_text(q->arena, buf_view(&said));
}

static void campaign_versions(struct sheet *s, const struct campaign_plan *plans, size_t count,
                              struct page_plans_page *page)
{
    struct request *q = s->q;
    struct page_plan_version *list = arena_array(q->arena, struct page_plan_version, count + 1);

    for (size_t i = count; list && i-- > 0;) {
        const struct campaign_plan *p = &plans[i];
        const struct campaign_plan_event *d = &p->submitted.event.campaign_plan;
        struct page_plan_version *v = &list[page->versions_count++];
        char behind[40];
        snprintf(behind, sizeof behind, "/plans?to=%lld", (long long)d->version);
        *v = (struct page_plan_version){.version = d->version,
                                        .href = href_of(q, "/campaigns/", q->args[0], behind),
                                        .here = d->version == s->to || d->version == s->from,
                                        .when = page_time(q, p->submitted.at),
                                        .who = name_of_person(s->names, p->submitted.by),
                                        .state = plan_mark(q, campaign_plan_label(p), p->state),
                                        .note = d->note};
        campaign_counts(q, d, v);
        if (p->decided.event.kind) {
            v->decided = page_time(q, p->decided.at);
            v->decider = name_of_person(s->names, p->decided.by);
            v->why = p->decided.event.kind == EVENT_CAMPAIGN_PLAN_RETURN
                         ? p->decided.event.campaign_plan_return.reason
                         : p->decided.event.campaign_plan_approve.note;
        }
    }
    page->versions = list;
}

/* What can be done about a campaign's plan. */
static const struct action {
    const char *name, *title, *button;
    enum event_kind kind;
} actions[] = {
    {"submit", N_("Submit the plan"), N_("Submit the plan"), EVENT_CAMPAIGN_PLAN},
    {"approve", N_("Approve the plan"), N_("Approve the plan"), EVENT_CAMPAIGN_PLAN_APPROVE},
    {"return", N_("Return the plan"), N_("Return"), EVENT_CAMPAIGN_PLAN_RETURN},
};
enum { ACTIONS = sizeof actions / sizeof actions[0] };

static int campaign_actions(struct sheet *s, struct page_plans_page *page, struct err *err)
{
    struct request *q = s->q;
    struct page_plan_action *list = arena_array(q->arena, struct page_plan_action, ACTIONS);
    uint32_t offers;

    if (list == NULL)
        return err_set(err, NO_MEMORY);
    if (campaign_plan_offers(q->ledger, q->viewer.person, q->args[0], &offers, q->arena, err) != 0)
        return -1;
    for (size_t i = 0; i < ACTIONS; i++) {
        char behind[24];
        if (!(offers & PLAN_OFFER(actions[i].kind)))
            continue;
        snprintf(behind, sizeof behind, "/plans/%s", actions[i].name);
        list[page->actions_count] = (struct page_plan_action){
            href_of(q, "/campaigns/", q->args[0], behind), page_tr(q, actions[i].button),
            page->actions_count ? T("") : T("go")};
        page->actions_count++;
    }
    page->actions = list;
    return 0;
}

/* An item that differs, with its tasks that do. */
static int put_item(void *arg, const struct item_change *c, struct err *err)
{
    struct sheet *s = arg;
    struct request *q = s->q;
    const struct problem_row_line *known = &(c->after ? c->after : c->before)->problem;
    struct page_plan_group *g;

    if (q->json) {
        if (s->items++)
            buf_char(&s->r->body, ',');
        item_change_json(&s->r->body, c, q->lang, s->names);
        return s->r->body.failed ? err_set(err, NO_MEMORY) : 0;
    }
    if (s->items++ >= SHOWN)
        return 0;
    g = new_group(s,
                  c->how == ITEM_ADDED     ? ADDED
                  : c->how == ITEM_DROPPED ? DROPPED
                                           : CHANGED,
                  PROBLEM_FIELDS);
    if (g == NULL)
        return err_set(err, NO_MEMORY);
    g->code = arena_text(q->arena, known->code);
    g->href = href_of(q, "/items/", known->code, "");
    if (c->how == ITEM_CHANGED)
        g->words = arena_text(q->arena, known->title.n ? known->title : known->text);
    for (int f = 0; f < PROBLEM_FIELDS; f++) {
        buf_auto struct buf was = BUF(BUF_ANY), is = BUF(BUF_ANY);
        bool changed = c->how == ITEM_CHANGED && (c->fields & BIT(f));
        if (c->before)
            problem_field_say(&was, q->lang, s->names, &c->before->problem, (enum problem_field)f);
        if (c->after)
            problem_field_say(&is, q->lang, s->names, &c->after->problem, (enum problem_field)f);
        if (c->how == ITEM_CHANGED ? changed : was.n || is.n)
            put_field(s, g, problem_field_label((enum problem_field)f), &was, &is, changed);
    }
    return put_tasks(s, c->tasks, c->task_count) == 0 ? 0 : err_set(err, NO_MEMORY);
}

/* Makes the rows again, on a connection of one's own: nobody waits for this one meanwhile. */
static int campaign_rows(struct sheet *s, const struct campaign_plan *plans, struct err *err)
{
    struct request *q = s->q;
    struct err lost = {0};
    struct ledger own;
    int rc;

    if (__atomic_add_fetch(&q->app->exports, 1, __ATOMIC_RELAXED) > EXPORTS) {
        __atomic_sub_fetch(&q->app->exports, 1, __ATOMIC_RELAXED);
        return err_set(err, EXPORTS_BUSY);
    }
    request_lend(q);
    rc = ledger_open(&own, q->app->dir, true, q->app->env, err);
    if (rc == 0) {
        s->names->l = &own;
        rc = campaign_plan_compare(&own, &q->viewer, q->args[0],
                                   s->from ? &plans[s->from - 1] : NULL, &plans[s->to - 1],
                                   put_item, s, NULL, err);
        ledger_close(&own);
    }
    __atomic_sub_fetch(&q->app->exports, 1, __ATOMIC_RELAXED);
    if (request_take_back(q, rc == 0 ? err : &lost) != 0)
        return -1;
    s->names->l = q->ledger;
    return rc;
}

static int campaign_show(struct sheet *s, const struct campaign_plan *plans, size_t count,
                         struct err *err)
{
    struct request *q = s->q;
    bool manages = (q->viewer.roles & (BIT(ROLE_CLERK) | BIT(ROLE_ADMINISTRATOR))) != 0;
    struct page_plans_page page = {.title = page_say(q, N_("Plan of {0}"), q->args[0]),
                                   .back = manages ? href_of(q, "/campaigns/", q->args[0], "")
                                                   : href_of(q, "/items?campaign=", q->args[0], ""),
                                   .back_label = q->args[0],
                                   .whole = true,
                                   .action = href_of(q, "/campaigns/", q->args[0], "/plans")};
    char room[2][24];

    campaign_versions(s, plans, count, &page);
    choices(s, (int64_t)count, &page);
    if (campaign_actions(s, &page, err) != 0)
        return -1;
    page.groups = s->groups;
    page.groups_count = s->count;
    if (s->to && s->items == 0)
        page.same = s->from ? page_tr(q, N_("They are the same."))
                            : page_tr(q, N_("There is nothing in it that you may see."));
    if (s->items > SHOWN)
        page.more = page_say(q, N_("Only the first {0} of {1} items are shown."),
                             html_number(&room[0], SHOWN), html_number(&room[1], s->items));
    page_open(q, s->r, page.title, manages ? "campaigns" : "items");
    page_plans_page(&s->r->body, q->lang, &page);
    page_shut(q, s->r);
    return 0;
}

static void campaign_list_json(struct sheet *s, const struct campaign_plan *plans, size_t count)
{
    struct buf *out = &s->r->body;

    buf_str(out, "{\"plans\":[");
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_char(out, ',');
        campaign_plan_json(out, s->q->args[0], &plans[i], s->q->ledger, s->names);
    }
    buf_str(out, "]}\n");
}

static int campaign_json(struct sheet *s, const struct campaign_plan *plans, size_t count,
                         struct err *err)
{
    struct buf *out = &s->r->body;

    s->r->type = "application/json";
    if (s->to == 0) {
        campaign_list_json(s, plans, count);
        return 0;
    }
    buf_printf(out, "{\"before\":%lld,\"after\":%lld,\"changes\":[", (long long)s->from,
               (long long)s->to);
    if (campaign_rows(s, plans, err) != 0)
        return -1;
    buf_str(out, "]}\n");
    return 0;
}

int page_campaign_plans(struct request *q, struct response *r, struct err *err)
{
    struct names names = {.l = q->ledger, .arena = q->arena};
    struct sheet s = {.q = q, .r = r, .names = &names};
    struct campaign_plan *plans;
    size_t count;
    int rc;

    if (campaign_plans(q->ledger, &q->viewer, q->args[0], &plans, &count, q->arena, err) != 0 ||
        versions_asked(&s, (int64_t)count, 0, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        names_want_person(&names, plans[i].submitted.by);
        if (plans[i].decided.event.kind)
            names_want_person(&names, plans[i].decided.by);
    }
    names_fetch(&names);
    if (q->json)
        rc = campaign_json(&s, plans, count, err);
    else if (s.to && campaign_rows(&s, plans, err) != 0)
        rc = -1;
    else
        rc = campaign_show(&s, plans, count, err);
    if (rc == 0 && names.err.code) {
        *err = names.err;
        rc = -1;
    }
    return rc;
}

/* --- what is done about it ---------------------------------------------------------------------
 */

static const struct action *action_asked(struct request *q, struct err *err)
{
    for (size_t i = 0; i < ACTIONS; i++)
        if (text_eq(q->args[1], text_of(actions[i].name)))
            return &actions[i];
    err_set(err, NOT_FOUND, err_sentence(N_("page")), q->args[1]);
    return NULL;
}

static int form(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    const struct action *a = action_asked(q, err);
    struct names names = {.l = q->ledger, .arena = q->arena};
    const struct campaign_plan *last;
    struct campaign_plan *plans;
    char room[24];
    struct form f;
    size_t count;

    if (a == NULL ||
        campaign_plans(q->ledger, &q->viewer, q->args[0], &plans, &count, q->arena, err) != 0)
        return -1;
    form_begin(&f, q, a->title, a->button, href_of(q, "/campaigns/", q->args[0], "/plans"),
               page_say(q, N_("Plan of {0}"), q->args[0]));
    if (a->kind == EVENT_CAMPAIGN_PLAN) {
        f.page.lead = page_tr(q, N_("The three lists of the campaign are frozen as they are now, "
                                    "as a new version for approval."));
    } else if (count) {
        last = &plans[count - 1];
        f.page.lead =
            page_say(q, N_("Version {0}, submitted {1} by {2}"),
                     arena_text(q->arena, html_number(&room, (int64_t)count)),
                     page_time(q, last->submitted.at), name_of_person(&names, last->submitted.by));
        /* What was looked at: never a value that came with a form. */
        form_field(&f, "version", "hidden", "", T(""), false)->value =
            arena_text(q->arena, html_number(&room, (int64_t)count));
    }
    if (a->kind == EVENT_CAMPAIGN_PLAN_RETURN)
        form_field(&f, "reason", "area", N_("Reason"), T(""), true);
    else
        form_field(&f, "note", "area", N_("Note"), T(""), false);
    form_show(&f, r, "campaigns", wrong);
    return 0;
}

int page_campaign_plan(struct request *q, struct response *r, struct err *err)
{
    return form(q, r, T(""), err);
}

int page_campaign_plan_done(struct request *q, struct response *r, struct err *err)
{
    const struct action *a = action_asked(q, err);
    struct command command = {.on = q->args[0]};
    struct event *e = &command.event;
    struct campaign_plan *plans;
    size_t count;
    int rc = 0;

    /* Programs are told of one that is not there, or not for them, as of every other thing. */
    if (a == NULL ||
        campaign_plans(q->ledger, &q->viewer, q->args[0], &plans, &count, q->arena, err) != 0)
        return -1;
    e->kind = a->kind;
    if (a->kind == EVENT_CAMPAIGN_PLAN) {
        e->campaign_plan.note = form_line(q, "note");
        command.by = q->viewer.person;
        store_rollback(q->ledger->store); /* it reads in a transaction of its own */
        rc = campaign_plan_read(q->ledger, &command, q->arena, err);
    } else if (a->kind == EVENT_CAMPAIGN_PLAN_APPROVE) {
        e->campaign_plan_approve.note = form_line(q, "note");
    } else {
        e->campaign_plan_return.reason = form_line(q, "reason");
    }
    if (a->kind != EVENT_CAMPAIGN_PLAN && form_line(q, "version").n &&
        (!text_int(form_line(q, "version"), &command.seen) || command.seen < 0))
        rc = err_set(err, FORM_FIELD, err_sentence(N_("Version")));
    return form_done(q, r, rc, &command,
                     arena_cstr(q->arena, href_of(q, "/campaigns/", q->args[0], "/plans")), form,
                     err);
}
