/* items.c: the list of items, by deadline; its filters stand in the address (list_filter.h). */
#include "base/json.h"
#include "office/lists/board.h"
#include "office/lists/moment.h"
#include "web/pages/campaign_choices.h"
#include "web/pages/items.html.h"
#include "web/pages/list_columns.h"
#include "web/pages/list_filter.h"
#include "web/pages/pages.h"
#include "web/routes.h"

enum {
    WATCHERS = BIT(ROLE_AUDITOR) | BIT(ROLE_ADMINISTRATOR), /* who do nothing about items */
    TABS = 5
};

struct view {
    struct request *q;
    struct list_filter filter;
    struct agenda_page page;
    struct columns columns;
    /* Of a past day: its rows, made while they are read, and the code of the last one. */
    struct page_list_line *lines;
    struct buf *json;
    struct text last;
    struct campaign_row *campaigns;
    size_t campaign_count;
};

/* --- addresses ---------------------------------------------------------------------------------
 */

/* Where a list goes on, behind the last row that was seen, or back, before the first: the row's
 * place in the agenda, "DUE.ID"; on a past day, whose list has its rows by number, the item's code.
 */
static bool place_read(struct text given, int64_t *after_due, int64_t *after_id)
{
    struct text rest = given, due;
    int64_t a, b;

    if (!text_cut(&rest, '.', &due) || !text_int(due, &a) || !text_int(rest, &b) || b <= 0)
        return false;
    *after_due = a;
    *after_id = b;
    return true;
}

/* "/items?…" of all terms but one, in the arena; `more` comes behind them. */
static struct text address(struct view *v, size_t without, const char *path, struct text more)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    size_t start;

    buf_str(&out, path);
    buf_char(&out, '?');
    start = out.n;
    filter_address(&out, &v->filter, without);
    if (more.n && out.n > start)
        buf_char(&out, '&');
    buf_text(&out, more);
    return arena_text(v->q->arena, text_head(buf_view(&out), out.n > start ? out.n : out.n - 1));
}

static struct text address_back(struct view *v)
{
    buf_auto struct buf back = BUF(64);

    if (!v->page.earlier || v->page.count == 0)
        return T("");
    buf_printf(&back, "before=%lld.%lld", (long long)v->page.first_due,
               (long long)v->page.first_id);
    return address(v, SIZE_MAX, "/items", buf_view(&back));
}

static struct text address_on(struct view *v)
{
    buf_auto struct buf on = BUF(4096);

    if (!v->page.more)
        return T("");
    buf_str(&on, "after=");
    if (v->filter.day) {
        html_url(&on, v->last);
    } else {
        buf_int(&on, v->page.last_due);
        buf_char(&on, '.');
        buf_int(&on, v->page.last_id);
    }
    return address(v, SIZE_MAX, "/items", buf_view(&on));
}

/* --- what stands above the rows ----------------------------------------------------------------
 */

static bool deadline_term(struct text name)
{
    return text_eq(name, T("overdue")) || text_eq(name, T("soon")) || text_eq(name, T("dated")) ||
           text_eq(name, T("none"));
}

/* The terms of the list with another choice of deadline and state. */
static struct text tab_href(struct view *v, const char *term)
{
    struct view other = {.q = v->q};

    for (size_t i = 0; i < v->filter.count; i++)
        if (!deadline_term(v->filter.terms[i].name) &&
            !text_eq(v->filter.terms[i].name, T("state")))
            other.filter.terms[other.filter.count++] = v->filter.terms[i];
    return address(&other, SIZE_MAX, "/items", text_of(term));
}

/* Only the campaign and one of the tabs: what the counters can tell. */
static bool countable(const struct view *v)
{
    for (size_t i = 0; i < v->filter.count; i++)
        if (!text_eq(v->filter.terms[i].name, T("campaign")) &&
            !text_eq(v->filter.terms[i].name, T("state")) &&
            !deadline_term(v->filter.terms[i].name))
            return false;
    return true;
}

static int make_tabs(struct view *v, struct page_items_tab *tabs, struct err *err)
{
    struct request *q = v->q;
    struct board_counts c;
    char room[24];
    size_t narrowed = 0;
    int known = countable(v) ? board_glance(&c, q->ledger, &q->viewer, v->filter.query.campaign,
                                            q->arena, err)
                             : 0;

    if (known < 0)
        return -1;
    for (size_t i = 0; i < v->filter.count; i++)
        narrowed +=
            deadline_term(v->filter.terms[i].name) || text_eq(v->filter.terms[i].name, T("state"));
    const struct {
        const char *label, *term;
        bool here;
        int64_t count;
    } all[TABS] = {
        {N_("Open"), "", narrowed == 0, known ? board_open(&c) : -1},
        {N_("Overdue"), "overdue=1", narrowed == 1 && v->filter.overdue, known ? c.overdue : -1},
        {N_("Due within 7 days"), "soon=1", narrowed == 1 && v->filter.soon, known ? c.soon : -1},
        {N_("Without a deadline"), "none=1", narrowed == 1 && v->filter.query.undated,
         known ? board_open(&c) - c.dated : -1},
        {N_("In every state"), "state=all",
         narrowed == 1 && filter_has(&v->filter, "state", T("all")), known ? board_total(&c) : -1},
    };
    for (int i = 0; i < TABS; i++)
        tabs[i] = (struct page_items_tab){
            .label = page_tr(q, all[i].label),
            .href = tab_href(v, all[i].term),
            .here = all[i].here,
            .count =
                all[i].count < 0 ? T("") : arena_text(q->arena, html_number(&room, all[i].count))};
    return 0;
}

static void word_choices(struct view *v, const struct vocabulary *words, const char *term,
                         const struct page_items_choice **out, size_t *count)
{
    struct page_items_choice *list =
        arena_array(v->q->arena, struct page_items_choice, words->count);

    for (int i = 1; list && i < words->count; i++)
        list[(*count)++] =
            (struct page_items_choice){word_key(words, i), page_word(v->q, words, i),
                                       filter_has(&v->filter, term, word_key(words, i))};
    *out = list;
}

static void make_filter(struct view *v, struct page_items_filter *f)
{
    struct request *q = v->q;
    struct page_items_choice *campaigns =
        arena_array(q->arena, struct page_items_choice, v->campaign_count + 1);
    struct page_items_choice *flags = arena_array(q->arena, struct page_items_choice, FILTER_TERMS);

    *f = (struct page_items_filter){.unit = filter_text(&v->filter, "unit"),
                                    .person = filter_text(&v->filter, "person"),
                                    .from = filter_text(&v->filter, "from"),
                                    .until = filter_text(&v->filter, "until"),
                                    .day = filter_text(&v->filter, "day"),
                                    .today = page_day(q, q->viewer.today),
                                    .past = v->filter.day != 0,
                                    .campaigns = campaigns,
                                    .flags = flags};
    if (campaigns == NULL || flags == NULL)
        return;
    word_choices(v, &states, "state", &f->states, &f->states_count);
    word_choices(v, &kinds, "kind", &f->kinds, &f->kinds_count);
    for (size_t i = 0; i < v->campaign_count; i++)
        campaigns[f->campaigns_count++] = (struct page_items_choice){
            v->campaigns[i].code, campaign_label(q, &v->campaigns[i]),
            text_eq(v->campaigns[i].code, filter_text(&v->filter, "campaign"))};
    for (size_t i = 0; i < v->filter.count; i++)
        if (deadline_term(v->filter.terms[i].name) || text_eq(v->filter.terms[i].name, T("led")))
            flags[f->flags_count++] = (struct page_items_choice){v->filter.terms[i].name,
                                                                 v->filter.terms[i].value, false};
}

static void make_chips(struct view *v, struct page_items_body *body)
{
    struct page_items_chip *chips =
        arena_array(v->q->arena, struct page_items_chip, v->filter.count + 1);

    for (size_t i = 0; chips && i < v->filter.count; i++)
        chips[i] = (struct page_items_chip){filter_say(&v->filter, v->q, i),
                                            address(v, i, "/items", T(""))};
    body->chips = chips;
    body->chips_count = chips ? v->filter.count : 0;
}

static void make_columns(struct view *v, struct page_items_columns *c)
{
    struct page_items_choice *list =
        arena_array(v->q->arena, struct page_items_choice, LIST_COLUMNS);

    *c = (struct page_items_columns){.csrf = text_of(v->q->csrf),
                                     .next = address(v, SIZE_MAX, "/items", T("")),
                                     .choices = list};
    for (int i = COLUMN_CODE + 1; list && i < LIST_COLUMNS; i++)
        list[c->choices_count++] =
            (struct page_items_choice){text_of(column_key((enum list_column)i)),
                                       page_tr(v->q, column_label((enum list_column)i)),
                                       column_among(&v->columns, (enum list_column)i)};
}

/* The list as files, and for clerks a new item in each campaign that takes some. */
static void make_links(struct view *v, struct page_items_body *body)
{
    /* A list without states shows the open ones; an export without states, all. */
    bool plain = filter_text(&v->filter, "state").n == 0;
    struct request *q = v->q;
    struct page_items_link *exports = arena_array(q->arena, struct page_items_link, 2);
    struct page_items_link *registers =
        arena_array(q->arena, struct page_items_link, v->campaign_count + 1);

    if (exports == NULL || registers == NULL)
        return;
    exports[0] = (struct page_items_link){
        address(v, SIZE_MAX, "/export/problems",
                plain ? T("state=open&any=1&format=xlsx") : T("any=1&format=xlsx")),
        page_tr(q, N_("Excel"))};
    exports[1] = (struct page_items_link){
        address(v, SIZE_MAX, "/export/problems",
                plain ? T("state=open&any=1&format=csv") : T("any=1&format=csv")),
        page_tr(q, N_("CSV"))};
    body->exports = exports;
    if (v->filter.query.campaign.n) {
        buf_auto struct buf plans = BUF(4096);
        buf_str(&plans, "/campaigns/");
        html_url(&plans, v->filter.query.campaign);
        buf_str(&plans, "/plans");
        body->plans = arena_text(q->arena, buf_view(&plans));
    }
    body->exports_count = 2;
    body->registers = registers;
    for (size_t i = 0; (q->viewer.roles & BIT(ROLE_CLERK)) && i < v->campaign_count; i++) {
        buf_auto struct buf href = BUF(4096);
        if (v->campaigns[i].closed)
            continue;
        buf_str(&href, "/campaigns/");
        html_url(&href, v->campaigns[i].code);
        buf_str(&href, "/register");
        registers[body->registers_count++] = (struct page_items_link){
            arena_text(q->arena, buf_view(&href)), campaign_label(q, &v->campaigns[i])};
    }
}

/* --- the page ----------------------------------------------------------------------------------
 */

static struct text now_href(struct view *v)
{
    for (size_t i = 0; i < v->filter.count; i++)
        if (text_eq(v->filter.terms[i].name, T("day")))
            return address(v, i, "/items", T(""));
    return T("");
}

static int show(struct view *v, struct response *r, struct text wrong, struct err *err)
{
    struct request *q = v->q;
    struct page_items_tab tabs[TABS];
    struct page_items_filter filter;
    struct page_items_columns columns;
    struct page_list_heads *heads = columns_heads(&v->columns, q);
    struct page_list_line *rows =
        v->lines ? v->lines : arena_array(q->arena, struct page_list_line, v->page.count + 1);
    struct text all = address(v, SIZE_MAX, "", T(""));
    struct page_pages_links pages = {.first = v->page.earlier || query_text(q, "after").n
                                                  ? address(v, SIZE_MAX, "/items", T(""))
                                                  : T(""),
                                     .back = address_back(v),
                                     .more = address_on(v)};
    struct page_items_body body = {
        .wrong = wrong,
        .tabs = tabs,
        .tabs_count = TABS,
        .filter = &filter,
        .columns = &columns,
        .heads = heads,
        .rows = rows,
        .rows_count = v->page.count,
        .pages = &pages,
        .csrf = text_of(q->csrf),
        .bulk =
            (q->viewer.roles & ~(uint32_t)WATCHERS) != 0 && filter_text(&v->filter, "day").n == 0,
        .instruct = (q->viewer.roles & BIT(ROLE_LEADER)) != 0,
        .past = page_day(q, v->filter.day ? v->filter.day : DATE_NONE),
        .now = now_href(v),
        .query = text_from(all, 1),
    };

    if (rows == NULL || heads == NULL)
        return err_set(err, NO_MEMORY);
    if (campaigns_load(q, &v->campaigns, &v->campaign_count, err) != 0 ||
        make_tabs(v, tabs, err) != 0)
        return -1;
    for (size_t i = 0; v->lines == NULL && i < v->page.count; i++)
        rows[i] = columns_line(&v->columns, q, &v->page.rows[i]);
    make_filter(v, &filter);
    make_chips(v, &body);
    make_columns(v, &columns);
    if (wrong.n == 0)
        make_links(v, &body);
    page_open(q, r, page_tr(q, N_("Items")), "items");
    page_items_body(&r->body, q->lang, &body);
    page_shut(q, r);
    return 0;
}

static void show_json(struct view *v, struct response *r)
{
    struct text next = address_on(v), previous = address_back(v);

    r->type = "application/json";
    buf_str(&r->body, "{\"items\":[");
    if (v->json)
        buf_text(&r->body, buf_view(v->json));
    for (size_t i = 0; v->json == NULL && i < v->page.count; i++) {
        if (i)
            buf_char(&r->body, ',');
        list_json(&r->body, &v->page.rows[i], T(""));
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

static void keep_row(struct view *v, const struct list_row *row, struct text as_of)
{
    struct request *q = v->q;
    if (v->page.count && q->json)
        buf_char(v->json, ',');
    if (q->json)
        list_json(v->json, row, as_of);
    v->lines[v->page.count] = columns_line(&v->columns, q, row);
    v->last = v->lines[v->page.count++].code;
}

static int read_past(struct view *v, const struct list_query *query, struct err *err)
{
    struct request *q = v->q;
    char iso[MOMENT_ISO];
    struct text as_of = moment_iso(q->ledger, ledger_day_end(q->ledger, query->day), iso);
    struct list *list = list_open(q->ledger, &q->viewer, query, err);
    const struct list_row *row;
    int rc;

    if (list == NULL)
        return -1;
    while ((rc = list_next(list, &row, err)) == 1) {
        v->page.more = v->page.count == AGENDA_ROWS;
        if (v->page.more)
            break;
        keep_row(v, row, as_of);
    }
    list_close(list);
    return rc < 0 ? -1 : 0;
}

/* The list as it stood at the end of a past day. */
static int load_past(struct view *v, struct text after, struct err *err)
{
    struct request *q = v->q;
    struct list_query query = {0};

    v->lines = arena_array(q->arena, struct page_list_line, AGENDA_ROWS);
    if (v->lines == NULL)
        return err_set(err, NO_MEMORY);
    filter_query(&v->filter, &query);
    query.limit = AGENDA_ROWS + 1;
    if (v->filter.nothing)
        return 0;
    if ((v->filter.query.unit.n &&
         list_choose_unit(&query, q->ledger, v->filter.query.unit, NULL, q->arena, err) != 0) ||
        (after.n && list_after(&query, q->ledger, &q->viewer, after, q->arena, err) != 0))
        return -1;
    return read_past(v, &query, err);
}

static int load(struct view *v, struct err *err)
{
    struct request *q = v->q;
    struct text after = query_text(q, "after"), before = query_text(q, "before");
    struct agenda_query *query = &v->filter.query;

    if (filter_resolve(&v->filter, q, err) != 0)
        return -1;
    if (v->filter.day)
        return load_past(v, after, err);
    v->json = NULL;
    if (after.n && !place_read(after, &query->after_due, &query->after_id))
        return err_set(err, BAD_VALUE, T("after"));
    if (before.n && (after.n || !place_read(before, &query->before_due, &query->before_id)))
        return err_set(err, BAD_VALUE, T("before"));
    v->filter.query.duties = q->json || column_among(&v->columns, COLUMN_ASSISTING) ||
                             column_among(&v->columns, COLUMN_LEADERS);
    return v->filter.nothing
               ? 0
               : agenda_load(&v->page, q->ledger, &q->viewer, &v->filter.query, q->arena, err);
}

int page_items(struct request *q, struct response *r, struct err *err)
{
    buf_auto struct buf wrong = BUF(BUF_ANY), json = BUF(BUF_ANY);
    struct view *v = arena_array(q->arena, struct view, 1);

    if (v == NULL)
        return err_set(err, NO_MEMORY);
    v->q = q;
    v->json = &json;
    filter_read(&v->filter, q->query, q->query_count);
    columns_chosen(&v->columns, q);
    if (load(v, err) != 0) {
        if (q->json || err_http(err) >= 500)
            return -1;
        /* A unit that is not there, a day that is none: the form says it and keeps what it had. */
        r->status = err_http(err);
        err_say(&wrong, q->lang, err);
        v->page = (struct agenda_page){0};
        v->lines = NULL;
        v->filter.query.campaign = T("");
    }
    if (q->json) {
        show_json(v, r);
        return 0;
    }
    return show(v, r, buf_view(&wrong), err);
}

/* Keeps the choice of columns in the browser. */
int page_items_columns_done(struct request *q, struct response *r, struct err *err)
{
    struct text next = form_text(q, "next");

    (void)err;
    buf_str(&r->cookie, "columns=");
    for (size_t i = 0; i < q->form_count; i++)
        for (int k = COLUMN_CODE + 1; k < LIST_COLUMNS; k++)
            if (text_eq(q->form[i].name, T("column")) &&
                text_eq(q->form[i].value, text_of(column_key((enum list_column)k)))) {
                buf_text(&r->cookie, q->form[i].value);
                buf_char(&r->cookie, '.');
            }
    buf_str(&r->cookie, "; Path=/items; SameSite=Lax; Max-Age=31536000");
    respond_see(r, local_address(text_starts(next, T("/items")) ? next : T(""), T("/items")));
    return 0;
}
