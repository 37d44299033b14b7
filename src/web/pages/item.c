/* item.c: an item's whole life on one page. */
#include "office/lists/show.h"
#include "web/app.h"
#include "web/pages/item.html.h"
#include "web/pages/act.h"
#include "web/pages/instruction_say.h"
#include "web/pages/pages.h"
#include "web/routes.h"

enum { FACTS = 40, NOTES = 8, ORDERS = 20 };

struct sheet {
    struct request *q;
    struct item_page item;
    struct page_item_fact *facts;
    size_t fact_count;
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

static struct text file_size(struct request *q, int64_t bytes)
{
    buf_auto struct buf out = BUF(64);

    if (bytes >= 1 << 20)
        buf_printf(&out, "%.1f MiB", (double)bytes / (1 << 20));
    else
        buf_printf(&out, "%lld KiB", (long long)(bytes + 1023) / 1024);
    return arena_text(q->arena, buf_view(&out));
}

/* Files that a picture can be made of, by their names; whether it can is seen when it is made. */
static bool pictured(struct text name)
{
    static const char *const ends[] = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".gif", ".bmp"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t n = strlen(ends[i]);
        if (name.n >= n && strncasecmp(name.p + name.n - n, ends[i], n) == 0)
            return true;
    }
    return false;
}

static struct page_item_picture picture(struct sheet *s, const struct evidence_row *row)
{
    struct request *q = s->q;
    struct text path = arena_join(q->arena, T("/"), row->file.hash);

    return (struct page_item_picture){
        .href = arena_join(q->arena, T("/files"), path),
        .thumb = pictured(row->file.name)
                     ? arena_join(q->arena, arena_join(q->arena, T("/pictures"), path), T("/small"))
                     : T(""),
        .name = row->file.name,
        .when = page_time(q, row->entry->at),
        .who = name_of_person(&s->item.names, row->entry->by),
        .made = row->file.made_at,
        .place = row->file.place,
        .size = file_size(q, row->file.size)};
}

/* The state before, the state after, and what does not say. */
static void gather_files(struct sheet *s, struct page_item_sheet *page)
{
    size_t room = s->item.evidence_count + 1;
    struct page_item_picture *before = arena_array(s->q->arena, struct page_item_picture, room);
    struct page_item_picture *after = arena_array(s->q->arena, struct page_item_picture, room);
    struct page_item_picture *rest = arena_array(s->q->arena, struct page_item_picture, room);

    for (size_t i = 0; before && after && rest && i < s->item.evidence_count; i++) {
        const struct evidence_row *row = &s->item.evidence[i];
        if (text_eq(row->file.side, T("before")))
            before[page->before_count++] = picture(s, row);
        else if (text_eq(row->file.side, T("after")))
            after[page->after_count++] = picture(s, row);
        else
            rest[page->files_count++] = picture(s, row);
    }
    page->before = before;
    page->after = after;
    page->files = rest;
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
                                           .via = e->via,
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
        list[i] = (struct page_item_plan){.version = plan->version,
                                          .when = page_time(s->q, plan->entry->at),
                                          .who = name_of_person(&s->item.names, plan->entry->by),
                                          .tasks = plan->tasks,
                                          .state = page_word(s->q, &plan_states, plan->state)};
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
    struct list *tasks = list_item_tasks(s->q->ledger, &s->q->viewer, p, err);
    const struct list_row *row;
    size_t n = 0;
    int rc = 0;

    if (tasks == NULL || list == NULL || marks == NULL) {
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
        n++;
    }
    list_close(tasks);
    page->tasks = list;
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
    buf_auto struct buf campaign = BUF(4096);
    struct page_item_sheet page = {.code = p->code,
                                   .state = &state,
                                   .light = p->overdue ? &light : NULL,
                                   .title = p->title,
                                   .words = p->text,
                                   .parts = p->parts,
                                   .campaign = p->campaign,
                                   .progress = p->progress,
                                   .proof = arena_join(q->arena, path, T("/proof"))};

    buf_str(&campaign, "/items?campaign=");
    html_url(&campaign, p->campaign);
    page.campaign_href = buf_view(&campaign);
    s->facts = arena_array(q->arena, struct page_item_fact, FACTS);
    if (s->facts == NULL)
        return err_set(err, NO_MEMORY);
    gather_facts(s);
    page.facts = s->facts;
    page.facts_count = s->fact_count;
    gather_notes(s, &page);
    if (gather_tasks(s, &page, err) != 0 || gather_instructions(s, &page, err) != 0)
        return -1;
    gather_plans(s, &page);
    gather_files(s, &page);
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
