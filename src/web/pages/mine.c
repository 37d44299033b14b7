/*
 * mine.c: where a liaison's and a verifier's day begins: what is mine to do, and what waits for a
 * check, nearest deadline first.
 */
#include "base/json.h"
#include "office/lists/agenda.h"
#include "web/pages/act.h"
#include "web/pages/mine.html.h"
#include "web/pages/pages.h"
#include "web/routes.h"

enum { SOON = 7, WAITING = 10 };

/* How near the deadline is: a word and a colour; NULL when it is far or there is none. */
static const struct page_mark *light(struct request *q, int32_t due)
{
    struct page_mark *m = arena_array(q->arena, struct page_mark, 1);
    int64_t left = (int64_t)due - q->viewer.today;
    char room[24];

    if (m == NULL || !date_valid(due) || left > SOON)
        return NULL;
    if (left < 0)
        *m = (struct page_mark){page_say(q, N_("{0} days late"), html_number(&room, -left)),
                                T("red")};
    else if (left == 0)
        *m = (struct page_mark){page_tr(q, N_("due today")), T("amber")};
    else
        *m = (struct page_mark){page_say(q, N_("{0} days left"), html_number(&room, left)),
                                T("amber")};
    return m;
}

static struct text href(struct request *q, struct text code, const char *verb, int64_t task,
                        const char *next)
{
    buf_auto struct buf out = BUF(4096);

    buf_str(&out, "/items/");
    html_url(&out, code);
    if (*verb)
        buf_printf(&out, "/%s?next=%s", verb, next);
    if (task)
        buf_printf(&out, "&task=%lld", (long long)task);
    return arena_text(q->arena, buf_view(&out));
}

static struct text words_of(const struct problem *p)
{
    return p->title.n ? p->title : p->text;
}

static const struct page_mark *state_of(struct request *q, const struct problem *p)
{
    struct page_mark *m = arena_array(q->arena, struct page_mark, 1);

    if (m)
        *m = page_state(q, p->state, p->taken_over);
    return m;
}

/* What comes next, as the rules have it: a verb, or whom it waits for. The form asks them again. */
static void next_step(struct request *q, const struct problem *p, struct page_mine_row *row)
{
    const char *verb = NULL;

    if (p->suspended)
        row->step = page_tr(q, N_("It is suspended."));
    else if (p->state == STATE_ASSIGNED)
        verb = "accept";
    else if (p->state == STATE_ACCEPTED && p->plan_state == PLAN_SUBMITTED)
        row->step = page_tr(q, N_("The plan waits for its approval."));
    else if (p->state == STATE_ACCEPTED)
        verb = p->tasks ? "plan" : "task";
    else if (p->tasks == 0 && p->state == STATE_PLANNED)
        verb = "report";
    else if (p->tasks_open == 0)
        verb = p->state == STATE_IN_PROGRESS ? "apply" : "report";
    if (verb) {
        row->go_href = href(q, p->code, verb, 0, "/mine");
        row->go_label = page_tr(q, act_label(text_of(verb)));
    }
}

static void tasks_of(struct request *q, const struct problem *p, struct page_mine_row *row)
{
    struct page_mine_task *list;

    if (p->suspended || (p->state != STATE_PLANNED && p->state != STATE_IN_PROGRESS))
        return;
    list = arena_array(q->arena, struct page_mine_task, p->measure_count + 1);
    for (size_t i = 0; list && i < p->measure_count; i++) {
        int32_t due = p->measures[i].due;
        /* A task's own day is told where it is not the item's. */
        list[i] = (struct page_mine_task){p->measures[i].n, p->measures[i].text,
                                          due == p->due ? T("") : page_day(q, due),
                                          date_valid(due) && due < q->viewer.today,
                                          href(q, p->code, "report", p->measures[i].n, "/mine")};
    }
    row->tasks = list;
    row->tasks_count = list ? p->measure_count : 0;
}

static struct page_mine_row mine_row(struct request *q, const struct list_row *from)
{
    const struct problem *p = &from->problem;
    struct page_mine_row row = {.code = p->code,
                                .href = href(q, p->code, "", 0, ""),
                                .words = words_of(p),
                                .unit = from->who.lead,
                                .person = from->who.person,
                                .due = page_day(q, p->due),
                                .light = light(q, p->due),
                                .state = state_of(q, p)};

    tasks_of(q, p, &row);
    next_step(q, p, &row);
    return row;
}

/* "?after=DUE.ID" of the page behind this one. */
static struct text further(struct request *q, const char *path, const struct agenda_page *page)
{
    buf_auto struct buf out = BUF(256);

    if (page->more)
        buf_printf(&out, "%s%cafter=%lld.%lld", path, strchr(path, '?') ? '&' : '?',
                   (long long)page->last_due, (long long)page->last_id);
    return arena_text(q->arena, buf_view(&out));
}

/* "?before=DUE.ID" of the page before this one. */
static struct text earlier(struct request *q, const char *path, const struct agenda_page *page)
{
    buf_auto struct buf out = BUF(256);

    if (page->earlier && page->count)
        buf_printf(&out, "%s%cbefore=%lld.%lld", path, strchr(path, '?') ? '&' : '?',
                   (long long)page->first_due, (long long)page->first_id);
    return arena_text(q->arena, buf_view(&out));
}

static const struct page_pages_links *links(struct request *q, const char *path,
                                            const struct agenda_page *page)
{
    struct page_pages_links *l = arena_array(q->arena, struct page_pages_links, 1);

    if (l)
        *l = (struct page_pages_links){.first = page->earlier ? text_of(path) : T(""),
                                       .back = earlier(q, path, page),
                                       .more = further(q, path, page)};
    return l;
}

static void place(struct request *q, const char *name, int64_t *due, int64_t *id)
{
    struct text rest = query_text(q, name), day;

    if (!text_cut(&rest, '.', &day) || rest.p == NULL || !text_int(day, due) ||
        !text_int(rest, id) || *id <= 0)
        *due = *id = 0;
}

/* Where the page begins, or what it ends before. */
static void go_on(struct request *q, struct agenda_query *query)
{
    place(q, "after", &query->after_due, &query->after_id);
    place(q, "before", &query->before_due, &query->before_id);
}

/* The same document as the list of items gives: the rows, and where the next ones are. */
static void answer_json(struct response *r, const struct agenda_page *page, struct text next,
                        struct text previous)
{
    r->type = "application/json";
    buf_str(&r->body, "{\"items\":[");
    for (size_t i = 0; i < page->count; i++) {
        if (i)
            buf_char(&r->body, ',');
        list_json(&r->body, &page->rows[i], T(""));
    }
    buf_char(&r->body, ']');
    if (next.n) {
        buf_str(&r->body, ",\"next\":");
        json_put_text(&r->body, next);
    }
    if (previous.n) {
        buf_str(&r->body, ",\"previous\":");
        json_put_text(&r->body, previous);
    }
    buf_str(&r->body, "}\n");
}

/* What the unit handed in and others have now. */
static int waiting(struct request *q, struct page_mine_page *out, struct agenda_query query,
                   struct err *err)
{
    struct page_mine_wait *list = arena_array(q->arena, struct page_mine_wait, WAITING);
    struct agenda_page page;

    query.states = BIT(STATE_APPLIED) | BIT(STATE_VERIFIED);
    query.open_tasks = false;
    query.after_due = query.after_id = query.before_due = query.before_id = 0;
    if (agenda_load(&page, q->ledger, &q->viewer, &query, q->arena, err) != 0)
        return -1;
    for (size_t i = 0; list && i < page.count && i < WAITING; i++) {
        const struct problem *p = &page.rows[i].problem;
        list[out->waiting_count++] = (struct page_mine_wait){
            p->code, href(q, p->code, "", 0, ""), words_of(p), state_of(q, p), page_day(q, p->due)};
    }
    out->waiting = list;
    return 0;
}

int page_mine(struct request *q, struct response *r, struct err *err)
{
    bool me = text_eq(query_text(q, "person"), T("me"));
    const char *here = me ? "/mine?person=me" : "/mine";
    struct agenda_query query = {.unit = q->viewer.unit,
                                 .part = PART_ANY,
                                 .person = me ? q->viewer.person : T(""),
                                 .states = BIT(STATE_ASSIGNED) | BIT(STATE_ACCEPTED) |
                                           BIT(STATE_PLANNED) | BIT(STATE_IN_PROGRESS),
                                 .from = DATE_NONE,
                                 .until = DATE_NONE,
                                 .open_tasks = true};
    struct page_mine_page out = {.unit = q->unit_name,
                                 .only_me = me,
                                 .all_href = T("/mine"),
                                 .me_href = T("/mine?person=me")};
    struct page_mine_row *rows;
    struct agenda_page page;

    go_on(q, &query);
    if (agenda_load(&page, q->ledger, &q->viewer, &query, q->arena, err) != 0)
        return -1;
    if (q->json) {
        answer_json(r, &page, further(q, here, &page), earlier(q, here, &page));
        return 0;
    }
    rows = arena_array(q->arena, struct page_mine_row, page.count + 1);
    if (rows == NULL || waiting(q, &out, query, err) != 0)
        return rows ? -1 : err_set(err, NO_MEMORY);
    for (size_t i = 0; i < page.count; i++) {
        rows[i] = mine_row(q, &page.rows[i]);
        out.late += page.rows[i].problem.overdue;
    }
    out.rows = rows;
    out.rows_count = page.count;
    out.pages = links(q, here, &page);
    page_open(q, r, page_tr(q, N_("My work")), "mine");
    page_mine_page(&r->body, q->lang, &out);
    page_shut(q, r);
    return 0;
}

/* --- checks ------------------------------------------------------------------------------------
 */

int page_checks(struct request *q, struct response *r, struct err *err)
{
    struct agenda_query query = {
        .states = BIT(STATE_APPLIED), .from = DATE_NONE, .until = DATE_NONE};
    struct page_checks_page out = {0};
    struct page_check_row *rows;
    struct agenda_page page;

    go_on(q, &query);
    if (agenda_load(&page, q->ledger, &q->viewer, &query, q->arena, err) != 0)
        return -1;
    if (q->json) {
        answer_json(r, &page, further(q, "/checks", &page), earlier(q, "/checks", &page));
        return 0;
    }
    rows = arena_array(q->arena, struct page_check_row, page.count + 1);
    if (rows == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < page.count; i++) {
        const struct problem *p = &page.rows[i].problem;
        rows[i] = (struct page_check_row){
            .code = p->code,
            .href = href(q, p->code, "verify", 0, "/checks"),
            .words = words_of(p),
            .unit = page.rows[i].who.lead,
            .due = page_day(q, p->due),
            .light = light(q, p->due),
            .returns = p->returns,
            .own = q->viewer.unit.n && text_eq(q->viewer.unit, page.rows[i].who.lead_code)};
    }
    out.rows = rows;
    out.rows_count = page.count;
    out.pages = links(q, "/checks", &page);
    page_open(q, r, page_tr(q, N_("To be checked")), "checks");
    page_checks_page(&r->body, q->lang, &out);
    page_shut(q, r);
    return 0;
}
