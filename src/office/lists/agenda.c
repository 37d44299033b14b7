/* agenda.c: see agenda.h. */
#include "office/lists/agenda.h"

#include "agenda.sql.h"
#include "office/lists/cursor.h"
#include "office/lists/scopes.h"

/* agenda.sql has an arm for each. */
_Static_assert(STATE_COUNT == 13 && STATE_STRUCK_OFF == 8, "agenda.sql names states by number");
_Static_assert(PART_LEADS == 0 && PART_ANY == 1 && PART_NOBODY == 3, "agenda.sql names parts so");

static int32_t day_of(int64_t day)
{
    return day == DUE_NONE ? DATE_NONE : (int32_t)day;
}

static int unit_number(struct ledger *l, struct text code, int64_t *id, struct arena *arena,
                       struct err *err)
{
    struct agenda_unit_out row;
    int rc = agenda_unit_one(l->store, &(struct agenda_unit_in){code}, &row, arena, err);

    if (rc == 0)
        return err_set(err, NOT_FOUND, err_sentence(N_("unit")), code);
    *id = row.id;
    return rc < 0 ? -1 : 0;
}

/* The unit whose agenda is followed: the one that is asked for, or the one that all of the viewer's
 * scopes lie on; else the whole ledger's. */
static int follow(struct ledger *l, const struct viewer *v, struct text unit, int64_t *id,
                  struct arena *arena, struct err *err)
{
    struct scopes scopes;
    const struct scope *home;

    *id = 0;
    if (unit.n == 0) {
        if (scopes_load(&scopes, l, v, arena, err) != 0)
            return -1;
        home = scopes_home(&scopes);
        unit = home ? home->unit : T("");
    }
    return unit.n ? unit_number(l, unit, id, arena, err) : 0;
}

static void fill(struct list_row *row, struct list_problems_out *r, const struct viewer *v,
                 struct arena *a)
{
    list_problems_keep(r, a);
    *row = (struct list_row){.kind = LIST_PROBLEMS,
                             .problem = list_problem(r, v->today),
                             .who = {.lead_code = r->lead,
                                     .lead = r->lead_name,
                                     .person_code = r->person,
                                     .person = r->person_name}};
    row->problem.progress = list_progress(r->report, a);
}

/* What is read beside the page comes in the order of its rows. The row that it belongs to; NULL for
 * that of the row which only says that there are more. */
static struct list_row *row_of(struct agenda_page *page, size_t *at, int64_t item)
{
    while (*at < page->count && page->rows[*at].problem.id != item)
        ++*at;
    return *at < page->count ? &page->rows[*at] : NULL;
}

enum { MOST = 64 }; /* of a kind on one row of a page; an item's own page has all */

static int fill_duties(struct agenda_page *page, struct ledger *l, const struct agenda_page_in *in,
                       struct arena *a, struct err *err)
{
    struct agenda_duties_in same = {in->viewer,    in->today,      in->unit,       in->states,
                                    in->after_due, in->after_item, in->since,      in->until,
                                    in->campaign,  in->person,     in->kind,       in->count,
                                    in->part,      in->path,       in->before_due, in->before_item};
    struct agenda_duties_out row;
    struct list_row *on;
    struct text *units = NULL;
    struct leader_name *leaders = NULL;
    struct rows rows;
    size_t at = 0, before = SIZE_MAX;
    int rc;

    if (agenda_duties_open(l->store, &same, &rows, err) != 0)
        return -1;
    while ((rc = agenda_duties_next(&rows, &row, err)) == 1 &&
           (on = row_of(page, &at, row.item)) != NULL) {
        if (at != before) {
            on->who.assisting = units = arena_array(a, struct text, MOST);
            on->who.leaders = leaders = arena_array(a, struct leader_name, MOST);
            before = at;
        }
        if (units == NULL || leaders == NULL)
            break;
        if (row.role == 1 && on->who.assisting_count < MOST)
            units[on->who.assisting_count++] = arena_text(a, row.unit_name);
        else if (row.role == 2 && on->who.leader_count < MOST)
            leaders[on->who.leader_count++] =
                (struct leader_name){arena_text(a, row.person_name), arena_text(a, row.duty)};
    }
    rows_close(&rows);
    return rc < 0 ? -1 : 0;
}

static int fill_tasks(struct agenda_page *page, struct ledger *l, const struct agenda_page_in *in,
                      struct arena *a, struct err *err)
{
    struct agenda_tasks_in same = {in->viewer,    in->today,      in->unit,       in->states,
                                   in->after_due, in->after_item, in->since,      in->until,
                                   in->campaign,  in->person,     in->kind,       in->count,
                                   in->part,      in->path,       in->before_due, in->before_item};
    struct agenda_tasks_out row;
    struct list_row *on;
    struct measure *tasks = NULL;
    struct rows rows;
    size_t at = 0, before = SIZE_MAX;
    int rc;

    if (agenda_tasks_open(l->store, &same, &rows, err) != 0)
        return -1;
    while ((rc = agenda_tasks_next(&rows, &row, err)) == 1 &&
           (on = row_of(page, &at, row.item)) != NULL) {
        if (at != before) {
            on->problem.measures = tasks = arena_array(a, struct measure, MOST);
            before = at;
        }
        if (tasks == NULL)
            break;
        if (on->problem.measure_count < MOST)
            tasks[on->problem.measure_count++] =
                (struct measure){row.n, arena_text(a, row.text), day_of(row.due)};
    }
    rows_close(&rows);
    return rc < 0 ? -1 : 0;
}

/* Where the page begins that ends before a row: behind the row that comes a whole page earlier, or
 * at the beginning of all. One statement. */
static int go_back(struct ledger *l, struct agenda_page_in *in, const struct agenda_query *query,
                   struct err *err)
{
    struct agenda_back_in back = {in->viewer,   in->today,  in->unit,          in->states,
                                  INT64_MIN,    0,          in->since,         in->until,
                                  in->campaign, in->person, in->kind,          in->count,
                                  in->part,     in->path,   query->before_due, query->before_id};
    struct agenda_back_out row;
    struct rows rows;
    int64_t n = 0;
    int rc;

    if (query->before_due < back.until)
        back.until = query->before_due;
    if (agenda_back_open(l->store, &back, &rows, err) != 0)
        return -1;
    while ((rc = agenda_back_next(&rows, &row, err)) == 1)
        if (++n == in->count) {
            in->after_due = row.due;
            in->after_item = row.item;
        }
    rows_close(&rows);
    return rc;
}

int agenda_load(struct agenda_page *page, struct ledger *l, const struct viewer *v,
                const struct agenda_query *query, struct arena *arena, struct err *err)
{
    struct list_query chosen = {0};
    struct agenda_page_in in = {.viewer = v->person,
                                .today = v->today,
                                .states = query->states,
                                .after_due = query->after_id ? query->after_due : INT64_MIN,
                                .after_item = query->after_id,
                                .since = query->undated            ? DUE_NONE
                                         : date_valid(query->from) ? query->from
                                                                   : INT64_MIN,
                                .until = date_valid(query->until) ? query->until
                                         : query->dated           ? DUE_NONE - 1
                                                                  : INT64_MAX,
                                .campaign = query->campaign,
                                .person = query->person,
                                .kind = query->kind,
                                .part = query->unit.n || query->part == PART_NOBODY ? query->part
                                                                                    : PART_ANY,
                                .before_due = INT64_MAX,
                                .count = AGENDA_ROWS + 1};
    struct list_problems_out row;
    struct rows rows;
    int rc;

    *page = (struct agenda_page){.rows = arena_array(arena, struct list_row, AGENDA_ROWS)};
    if (page->rows == NULL)
        return err_set(err, NO_MEMORY);
    if (query->campaign.n &&
        list_choose_campaign(&chosen, l, v, query->campaign, NULL, arena, err) != 0)
        return -1;
    if (query->unit.n && list_choose_unit(&chosen, l, query->unit, NULL, arena, err) != 0)
        return -1;
    in.path = query->unit.n ? chosen.path : T("");
    if (follow(l, v, query->unit, &in.unit, arena, err) != 0 ||
        (query->before_id && go_back(l, &in, query, err) != 0))
        return -1;
    page->earlier = in.after_item > 0;
    if (in.after_item && in.after_due > in.since)
        in.since = in.after_due;
    if (agenda_page_open(l->store, &in, &rows, err) != 0)
        return -1;
    while ((rc = list_problems_next(&rows, &row, err)) == 1) {
        if (page->count == AGENDA_ROWS) {
            page->more = true;
            break;
        }
        if (page->count == 0) {
            page->first_due = row.due;
            page->first_id = row.id;
        }
        fill(&page->rows[page->count++], &row, v, arena);
        page->last_due = row.due;
        page->last_id = row.id;
    }
    rows_close(&rows);
    if (rc < 0 || (query->duties && fill_duties(page, l, &in, arena, err) != 0) ||
        (query->open_tasks && fill_tasks(page, l, &in, arena, err) != 0))
        return -1;
    return arena->failed ? err_set(err, NO_MEMORY) : 0;
}

enum { CODE_MOST = 100 }; /* characters; no code is longer */

static size_t characters(struct text t)
{
    size_t n = 0;

    while (text_next(&t))
        n++;
    return n;
}

/* All codes in one text, each filled up to the same width; what is too long to be one is left
 * empty. */
static void put_codes(struct buf *out, const struct text *codes, size_t count, size_t *width)
{
    *width = 1;
    for (size_t i = 0; i < count; i++) {
        size_t n = characters(codes[i]);
        if (n > *width && n <= CODE_MOST)
            *width = n;
    }
    for (size_t i = 0; i < count; i++) {
        size_t n = characters(codes[i]);
        if (n <= *width)
            buf_text(out, codes[i]);
        for (n = n <= *width ? n : 0; n < *width; n++)
            buf_char(out, ' ');
    }
}

static bool among(const struct agenda_page *page, int64_t id)
{
    for (size_t i = 0; i < page->count; i++)
        if (page->rows[i].problem.id == id)
            return true;
    return false;
}

int agenda_chosen(struct agenda_page *page, struct ledger *l, const struct viewer *v,
                  const struct text *codes, size_t count, struct arena *arena, struct err *err)
{
    buf_auto struct buf all = BUF(BUF_ANY);
    struct list_problems_out row;
    struct rows rows;
    size_t width;
    int rc;

    *page = (struct agenda_page){.rows = arena_array(arena, struct list_row, count + 1)};
    put_codes(&all, codes, count, &width);
    if (page->rows == NULL || all.failed)
        return err_set(err, NO_MEMORY);
    if (count == 0)
        return 0;
    if (agenda_chosen_open(l->store,
                           &(struct agenda_chosen_in){v->person, v->today, buf_view(&all),
                                                      (int64_t)width, (int64_t)count},
                           &rows, err) != 0)
        return -1;
    while ((rc = list_problems_next(&rows, &row, err)) == 1)
        if (!among(page, row.id))
            fill(&page->rows[page->count++], &row, v, arena);
    rows_close(&rows);
    if (rc < 0)
        return -1;
    return arena->failed ? err_set(err, NO_MEMORY) : 0;
}
