/* item.c: an item's whole life on one page. */
#include "office/lists/show.h"
#include "web/app.h"
#include "web/pages/item.html.h"
#include "web/pages/act.h"
#include "web/pages/evidence.h"
#include "web/pages/instruction_say.h"
#include "web/pages/pages.h"
#include "web/routes.h"

enum { FACTS = 40, NOTES = 8, ORDERS = 20 };

struct sheet {
    struct request *q;
    struct item_page item;
    struct page_item_fact *facts;
    size_t fact_count;
    struct page_item_task *tasks;
    const int64_t *task_states;
    uint64_t task_offers; /* what may be done about an open task */
};

static void fact_link(struct sheet *s, const char *label, struct text value, struct text href)
{
    if (value.n && s->fact_count < FACTS)
        s->facts[s->fact_count++] =
            (struct page_item_fact){.label = page_tr(s->q, label), .value = value, .href = href};
}

static void fact(struct sheet *s, const char *label, struct text value)
{
    fact_link(s, label, value, T(""));
}

static void fact_number(struct sheet *s, const char *label, int64_t n)
{
    char room[24];

    if (n)
        fact(s, label, arena_text(s->q->arena, html_number(&room, n)));
}

/* "A、B" or "A, B". */
static struct text joined(struct sheet *s, const struct text *names, size_t count)
{
    buf_auto struct buf out = BUF(BUF_ANY);

    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_str(&out, s->q->lang == LANG_ZH ? "、" : ", ");
        buf_text(&out, names[i]);
    }
    return arena_text(s->q->arena, buf_view(&out));
}

static struct text leaders(struct sheet *s, const struct answerable *who)
{
    buf_auto struct buf out = BUF(BUF_ANY);

    for (size_t i = 0; i < who->leader_count; i++) {
        if (i)
            buf_str(&out, s->q->lang == LANG_ZH ? "、" : ", ");
        buf_text(&out, who->leaders[i].name);
        if (who->leaders[i].duty.n)
            say(&out, s->q->lang, N_(" ({0})"), who->leaders[i].duty);
    }
    return arena_text(s->q->arena, buf_view(&out));
}

static struct text item_href(struct request *q, struct text code)
{
    buf_auto struct buf out = BUF(4096);

    if (code.n == 0)
        return T("");
    buf_str(&out, "/items/");
    html_url(&out, code);
    return arena_text(q->arena, buf_view(&out));
}

static struct page_item_action action(struct sheet *s, const char *verb, int64_t task,
                                      const char *kind)
{
    buf_auto struct buf href = BUF(4096);

    buf_str(&href, "/items/");
    html_url(&href, s->item.row->problem.code);
    buf_printf(&href, "/%s", verb);
    if (task)
        buf_printf(&href, "?task=%lld", (long long)task);
    return (struct page_item_action){.href = arena_text(s->q->arena, buf_view(&href)),
                                     .label = page_tr(s->q, act_label(text_of(verb))),
                                     .kind = text_of(kind)};
}

static void gather_facts(struct sheet *s)
{
    const struct problem *p = &s->item.row->problem;
    const struct answerable *who = &s->item.row->who;
    struct request *q = s->q;

    fact(s, N_("Lead unit"), who->lead);
    fact(s, N_("Responsible person"), who->person);
    fact(s, N_("Assisting units"), joined(s, who->assisting, who->assisting_count));
    fact(s, N_("Responsible leaders"), leaders(s, who));
    fact(s, N_("Deadline"), page_day(q, p->due));
    if (p->overdue && s->fact_count)
        s->facts[s->fact_count - 1].strong = true;
    fact(s, N_("Class of deadline"), page_word(q, &classes, p->class));
    if (date_valid(p->asked_due))
        fact(s, N_("Extension asked until"), page_day(q, p->asked_due));
    fact_number(s, N_("Extensions granted"), p->extensions);
    fact(s, N_("Found on"), page_day(q, p->found));
    fact(s, N_("Number in the document"), p->number);
    fact(s, N_("Kind"), page_word(q, &kinds, p->kind));
    fact(s, N_("Category"), p->category);
    fact(s, N_("Level"), p->level);
    fact(s, N_("Object"), p->object);
    fact(s, N_("Place"), p->place);
    fact(s, N_("Originator"), p->originator);
    if (p->owed)
        fact(s, N_("Answer to the originator"), page_tr(q, p->answered ? N_("given") : N_("owed")));
    fact(s, N_("Grade"), p->grade);
    fact_number(s, N_("Failed checks"), p->returns);
    fact_number(s, N_("Opened again"), p->reopened);
    fact(s, N_("Source document"), p->source);
    fact(s, N_("Cited passage"), p->cite);
    fact_link(s, N_("Probable duplicate of"), p->likely, item_href(q, p->likely));
    fact_link(s, N_("Recurrence of"), p->follows, item_href(q, p->follows));
    fact(s, N_("Remarks"), p->remarks);
    if (p->file.n) {
        char room[24];
        fact(s, N_("Taken from"),
             page_say(q, p->sheet.n ? N_("sheet {0}, row {1}") : N_("row {1} of the file"),
                      p->sheet, arena_text(q->arena, html_number(&room, p->row))));
    }
}

static void gather_history(struct sheet *s, struct page_item_sheet *page)
{
    struct page_item_event *list =
        arena_array(s->q->arena, struct page_item_event, s->item.history_count + 1);

    for (size_t i = 0; list && i < s->item.history_count; i++) {
        const struct entry *e = &s->item.history[s->item.history_count - 1 - i];
        buf_auto struct buf what = BUF(BUF_ANY);
        history_say(&what, s->q->lang, &s->item.names, e);
        list[i] = (struct page_item_event){.seq = e->seq,
                                           .when = page_time(s->q, e->at),
                                           .who = name_of_person(&s->item.names, e->by),
                                           .via = page_channel(s->q, e->via),
                                           .what = arena_text(s->q->arena, buf_view(&what))};
    }
    page->history = list;
    page->history_count = list ? s->item.history_count : 0;
    page->entries = (int64_t)s->item.history_count;
}

static void gather_sealed(struct sheet *s, struct page_item_sheet *page)
{
    static const char *const states_of[] = {[SEALED_HIDDEN] = N_("for few to read"),
                                            [SEALED_SHOWN] = "",
                                            [SEALED_ERASED] = N_("erased"),
                                            [SEALED_UNREADABLE] = N_("cannot be opened")};
    struct page_item_sealed *list =
        arena_array(s->q->arena, struct page_item_sealed, s->item.sealed_count + 1);

    for (size_t i = 0; list && i < s->item.sealed_count; i++) {
        const struct sealed_row *row = &s->item.sealed[i];
        list[i] =
            (struct page_item_sealed){row->field, row->how == SEALED_SHOWN ? row->value : T(""),
                                      page_tr(s->q, states_of[row->how])};
    }
    page->sealed = list;
    page->sealed_count = list ? s->item.sealed_count : 0;
}

static void gather_plans(struct sheet *s, struct page_item_sheet *page)
{
    struct page_item_plan *list =
        arena_array(s->q->arena, struct page_item_plan, s->item.plan_count + 1);

    for (size_t i = 0; list && i < s->item.plan_count; i++) {
        const struct plan_row *plan = &s->item.plans[i];
        char room[24];
        struct text to = arena_join(s->q->arena, T("?to="), html_number(&room, plan->version));
        list[i] = (struct page_item_plan){.version = plan->version,
                                          .when = page_time(s->q, plan->entry->at),
                                          .who = name_of_person(&s->item.names, plan->entry->by),
                                          .tasks = plan->tasks,
                                          .state = page_word(s->q, &plan_states, plan->state),
                                          .href = arena_join(s->q->arena, page->plans_href, to)};
    }
    page->plans = list;
    page->plans_count = list ? s->item.plan_count : 0;
}

static void gather_steps(struct sheet *s, int64_t task, struct page_item_task *row)
{
    struct page_item_step *list =
        arena_array(s->q->arena, struct page_item_step, s->item.milestone_count + 1);

    for (size_t i = 0; list && i < s->item.milestone_count; i++) {
        const struct milestone_row *m = &s->item.milestones[i];
        if (m->task == task)
            list[row->steps_count++] = (struct page_item_step){
                m->n, m->text, page_day(s->q, m->due), m->done,
                !m->done && date_valid(m->due) && m->due < s->q->viewer.today};
    }
    row->steps = list;
}

static int gather_tasks(struct sheet *s, struct page_item_sheet *page, struct err *err)
{
    static const char *const colours[] = {"new", "new", "work", "closed", "aside"};
    const struct problem *p = &s->item.row->problem;
    size_t room = (size_t)p->tasks + 1;
    struct page_item_task *list = arena_array(s->q->arena, struct page_item_task, room);
    struct page_mark *marks = arena_array(s->q->arena, struct page_mark, room);
    int64_t *states_of = arena_array(s->q->arena, int64_t, room);
    struct list *tasks = list_item_tasks(s->q->ledger, &s->q->viewer, p, err);
    const struct list_row *row;
    size_t n = 0;
    int rc = 0;

    if (tasks == NULL || list == NULL || marks == NULL || states_of == NULL) {
        list_close(tasks);
        return tasks ? err_set(err, NO_MEMORY) : -1;
    }
    while (n < room && (rc = list_next(tasks, &row, err)) == 1) {
        const struct task_row *t = &row->task;
        if (t->n == 0)
            continue; /* the item itself, which has none */
        marks[n] = (struct page_mark){page_word(s->q, &task_states, t->state),
                                      text_of(colours[t->state < 5 ? t->state : 0])};
        list[n] = (struct page_item_task){.n = t->n,
                                          .words = arena_text(s->q->arena, t->text),
                                          .lead = arena_text(s->q->arena, row->who.lead),
                                          .person = arena_text(s->q->arena, row->who.person),
                                          .due = page_day(s->q, t->due),
                                          .late = t->overdue,
                                          .state = &marks[n],
                                          .progress = arena_text(s->q->arena, t->progress)};
        gather_steps(s, t->n, &list[n]);
        states_of[n] = t->state;
        n++;
    }
    list_close(tasks);
    page->tasks = s->tasks = list;
    s->task_states = states_of;
    page->tasks_count = n;
    return rc < 0 ? -1 : 0;
}

static void gather_notes(struct sheet *s, struct page_item_sheet *page)
{
    const struct problem *p = &s->item.row->problem;
    struct page_mark *notes = arena_array(s->q->arena, struct page_mark, NOTES);
    size_t n = 0;

    if (notes == NULL)
        return;
    if (p->marking > MARKING_OPEN)
        notes[n++] = (struct page_mark){page_word(s->q, &markings, p->marking), T("bad")};
    if (p->suspended)
        notes[n++] = (struct page_mark){page_tr(s->q, N_("suspended")), T("amber")};
    if (p->reopened)
        notes[n++] = (struct page_mark){page_tr(s->q, N_("was opened again")), T("bad")};
    if (p->returns)
        notes[n++] = (struct page_mark){page_tr(s->q, N_("failed a check")), T("amber")};
    if (date_valid(p->asked_due))
        notes[n++] = (struct page_mark){page_tr(s->q, N_("extension asked")), T("amber")};
    if (p->plan_state == PLAN_SUBMITTED)
        notes[n++] = (struct page_mark){page_tr(s->q, N_("plan waits")), T("amber")};
    page->notes = notes;
    page->notes_count = n;
}

/* The verbs that are offered, those of the day's work first. */
static void gather_actions(struct sheet *s, struct page_item_sheet *page, uint64_t offers)
{
    static const char *const first[] = {"accept",   "decline",   "task",   "plan",       "approve",
                                        "report",   "apply",     "verify", "strike-off", "return",
                                        "grant",    "deny",      "answer", "assign",     "chase",
                                        "instruct", "look-back", "resume"};
    static const char *const more[] = {"amend", "attach",   "extend",   "suspend", "escalate",
                                       "merge", "transfer", "withdraw", "reopen"};
    struct page_item_action *day = arena_array(s->q->arena, struct page_item_action, 32);
    struct page_item_action *rest = arena_array(s->q->arena, struct page_item_action, 32);

    if (day == NULL || rest == NULL)
        return;
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
        if (offers & OFFER(verb_find(text_of(first[i]))->kind)) {
            const char *kind = i == 8 ? "strike" : page->actions_count ? "" : "go";
            day[page->actions_count++] = action(s, first[i], 0, kind);
        }
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        if (offers & OFFER(verb_find(text_of(more[i]))->kind))
            rest[page->more_count++] = action(s, more[i], 0, "");
    page->actions = day;
    page->more = rest;
}

/* The verbs of a task; the rules of the item's offers hold for them as well. */
static void task_actions(struct sheet *s, struct page_item_task *row, int64_t state)
{
    static const char *const verbs_of_task[] = {"report", "accept", "extend", "milestone", "drop"};
    struct page_item_action *list = arena_array(s->q->arena, struct page_item_action, 8);

    for (size_t i = 0; list && i < sizeof verbs_of_task / sizeof verbs_of_task[0]; i++) {
        const struct verb *v = verb_find(text_of(verbs_of_task[i]));
        bool fits = state == TASK_OPEN || (state == TASK_ACCEPTED && v->kind != EVENT_ITEM_ACCEPT);
        if (fits && (s->task_offers & OFFER(v->kind))) {
            const char *kind = row->actions_count ? "" : "go";
            list[row->actions_count++] = action(s, verbs_of_task[i], row->n, kind);
        }
    }
    row->actions = list;
}

/* What the rules let this person do about the item, and about its open tasks, which are alike. */
static int gather_offers(struct sheet *s, struct page_item_sheet *page, struct err *err)
{
    struct request *q = s->q;
    struct page_item_task *tasks = s->tasks;
    buf_auto struct buf on = BUF(4096);
    uint64_t offers;

    if (ledger_offers(q->ledger, q->viewer.person, page->code, &offers, q->arena, err) != 0)
        return -1;
    gather_actions(s, page, offers);
    for (size_t i = 0; i < page->tasks_count; i++) {
        bool open = s->task_states[i] == TASK_OPEN || s->task_states[i] == TASK_ACCEPTED;
        if (open && on.n == 0) {
            buf_text(&on, page->code);
            buf_printf(&on, "/%lld", (long long)tasks[i].n);
            if (ledger_offers(q->ledger, q->viewer.person, buf_view(&on), &s->task_offers, q->arena,
                              err) != 0)
                return -1;
        }
        if (open)
            task_actions(s, &tasks[i], s->task_states[i]);
    }
    return 0;
}

/* What leaders still want to hear about it. */
static int gather_instructions(struct sheet *s, struct page_item_sheet *page, struct err *err)
{
    struct request *q = s->q;
    struct instruction_query query = {
        .item = s->item.row->problem.code, .open = true, .newest = true, .limit = ORDERS};
    struct page_item_instruction *list;
    struct instruction_row *rows;
    struct page_mark *marks;
    size_t count;

    if (instructions_load(&rows, &count, q->ledger, &q->viewer, &query, q->arena, err) != 0)
        return -1;
    list = arena_array(q->arena, struct page_item_instruction, count + 1);
    marks = arena_array(q->arena, struct page_mark, count + 1);
    if (list == NULL || marks == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < count; i++) {
        marks[i] = instruction_mark(q, rows[i].state);
        list[i] = (struct page_item_instruction){.code = rows[i].code,
                                                 .href = instruction_href(q, rows[i].code),
                                                 .words = rows[i].text,
                                                 .who = rows[i].giver_name,
                                                 .to = instruction_addressee(q, &rows[i]),
                                                 .due = page_day(q, rows[i].due),
                                                 .late = rows[i].overdue,
                                                 .state = &marks[i]};
    }
    page->instructions = list;
    page->instructions_count = count;
    return 0;
}

static int show(struct sheet *s, struct response *r, struct err *err)
{
    struct request *q = s->q;
    const struct problem *p = &s->item.row->problem;
    struct page_mark state = page_state(q, p->state, p->taken_over);
    struct page_mark light = {page_tr(q, N_("overdue")), T("red")};
    struct text path = item_href(q, p->code);
    buf_auto struct buf campaign = BUF(4096), campaign_plans = BUF(4096);
    struct page_item_sheet page = {.code = p->code,
                                   .state = &state,
                                   .light = p->overdue ? &light : NULL,
                                   .title = p->title,
                                   .words = p->text,
                                   .parts = p->parts,
                                   .campaign = p->campaign,
                                   .progress = p->progress,
                                   .plans_href = arena_join(q->arena, path, T("/plans")),
                                   .proof = arena_join(q->arena, path, T("/proof"))};

    if (q->viewer.roles & (BIT(ROLE_AUDITOR) | BIT(ROLE_CLERK)))
        page.seen = arena_join(q->arena, path, T("/access"));

    buf_str(&campaign, "/items?campaign=");
    html_url(&campaign, p->campaign);
    page.campaign_href = buf_view(&campaign);
    buf_str(&campaign_plans, "/campaigns/");
    html_url(&campaign_plans, p->campaign);
    buf_str(&campaign_plans, "/plans");
    page.campaign_plans = buf_view(&campaign_plans);
    s->facts = arena_array(q->arena, struct page_item_fact, FACTS);
    if (s->facts == NULL)
        return err_set(err, NO_MEMORY);
    gather_facts(s);
    page.facts = s->facts;
    page.facts_count = s->fact_count;
    gather_notes(s, &page);
    if (gather_tasks(s, &page, err) != 0 || gather_instructions(s, &page, err) != 0)
        return -1;
    if (gather_offers(s, &page, err) != 0)
        return -1;
    gather_plans(s, &page);
    page.evidence = evidence_sides(q, &s->item);
    if (page.evidence == NULL)
        return err_set(err, NO_MEMORY);
    gather_history(s, &page);
    gather_sealed(s, &page);
    if (s->item.names.err.code) {
        *err = s->item.names.err;
        return -1;
    }
    page_open(q, r, p->code, "items");
    page_item_sheet(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}

int page_item(struct request *q, struct response *r, struct err *err)
{
    struct sheet s = {.q = q};
    int rc = item_page_open(&s.item, q->ledger, q->ledger, &q->viewer, q->args[0], q->arena, err);

    if (rc == 0)
        page_seen(q, s.item.sealed_count ? ACCESS_SEALED : ACCESS_PAGE, s.item.row->problem.code,
                  T(""));
    if (rc == 0 && q->json) {
        r->type = "application/json";
        rc = item_page_json(&r->body, &s.item, T(""), err);
        buf_char(&r->body, '\n');
    } else if (rc == 0) {
        rc = show(&s, r, err);
    }
    item_page_close(&s.item);
    return rc;
}
