/* board_view.c: see board_view.h. */
#include "web/pages/board_view.h"

#include "office/lists/lists.h"
#include "office/names.h"
#include "web/app.h"
#include "web/html.h"
#include "web/pages/pages.h"

enum { COLUMNS = 7 };

/* The numbers of a row: what they are called, whose rows they are, and their word in an
 * instruction (words.def: NUMBER). */
static const struct {
    const char *label, *terms, *what;
} columns[COLUMNS] = {
    {N_("All"), "state=all", "all"},
    {N_("Open"), "", "open"},
    {N_("Overdue"), "overdue=1", "overdue"},
    {N_("Due within 7 days"), "soon=1", "soon"},
    {N_("Without a deadline"), "none=1", "undated"},
    {N_("Struck off"), "state=struck_off_here", "struck_off_here"},
    {N_("Older book"), "state=struck_off_taken_over", "struck_off_taken_over"},
};

static int64_t column_count(int column, const struct board_counts *c)
{
    const int64_t counts[COLUMNS] = {board_total(c),
                                     board_open(c),
                                     c->overdue,
                                     c->soon,
                                     board_open(c) - c->dated,
                                     c->states[STATE_STRUCK_OFF],
                                     c->taken_over};

    return counts[column];
}

const struct board_group board_groups[BOARD_GROUPS] = {
    {"new", N_("Not begun"), "state=registered&state=assigned"},
    {"work", N_("Under way"), "state=accepted&state=planned&state=in_progress"},
    {"wait", N_("Being checked"), "state=applied&state=verified"},
    {"done", N_("Struck off"), "state=struck_off_here"},
    {"older", N_("Struck off (older book)"), "state=struck_off_taken_over"},
    {"standing", N_("Standing"), "state=standing"},
    {"aside", N_("Set aside"), "state=transferred&state=merged&state=withdrawn"},
};

int64_t board_group_count(int group, const struct board_counts *c)
{
    const int64_t *s = c->states;
    const int64_t counts[BOARD_GROUPS] = {s[STATE_REGISTERED] + s[STATE_ASSIGNED],
                                          s[STATE_ACCEPTED] + s[STATE_PLANNED] +
                                              s[STATE_IN_PROGRESS],
                                          s[STATE_APPLIED] + s[STATE_VERIFIED],
                                          s[STATE_STRUCK_OFF],
                                          c->taken_over,
                                          s[STATE_STANDING],
                                          board_aside(c)};

    return counts[group];
}

/* --- what is asked for -------------------------------------------------------------------------
 */

static int bad(struct request *q, const char *name, struct text value, struct err *err)
{
    return err_set(err, BAD_VALUE, arena_join(q->arena, text_of(name), text_clip(value, 200)));
}

static int read_choice(struct board_view *v, struct err *err)
{
    struct request *q = v->q;
    struct text day = text_trim(query_text(q, "day")), step = query_text(q, "step");

    v->day = BOARD_NOW;
    v->step = text_eq(step, T("months")) ? BOARD_MONTHS : BOARD_WEEKS;
    if (step.n && v->step == BOARD_WEEKS && !text_eq(step, T("weeks")))
        return bad(q, "step=", step, err);
    if (day.n && (!date_parse(day, &v->day) || v->day > q->viewer.today))
        return bad(q, "day=", day, err);
    if (v->day == q->viewer.today)
        v->day = BOARD_NOW;
    return 0;
}

enum { LEVELS = 4 };

/* Where everything stands below one unit, a single bar would say nothing: the board of that unit
 * has the same numbers and shows what stands below it. Programs are told what they asked for. */
static int step_down(struct board_view *v, struct text campaign, struct err *err)
{
    struct request *q = v->q;

    for (int i = 0; i < LEVELS && v->board.unit_count == 1 && v->board.units[0].code.n; i++) {
        struct board below;
        if (board_load(&below, q->ledger, &q->viewer, v->board.units[0].code, campaign, v->day,
                       q->arena, err) != 0)
            return -1;
        if (below.unit_count == 0 || (below.unit_count == 1 && below.units[0].code.n == 0))
            break;
        v->board = below;
    }
    return 0;
}

int board_view_load(struct board_view *v, struct request *q, struct err *err)
{
    struct text given = text_trim(query_text(q, "unit")), unit = T("");
    struct text campaign = text_trim(query_text(q, "campaign"));
    struct list_query ignored = {0};

    *v = (struct board_view){.q = q, .instruct = (q->viewer.roles & BIT(ROLE_LEADER)) != 0};
    if (read_choice(v, err) != 0 ||
        (given.n ? name_unit(q->ledger, given, &unit, q->arena, err)
                 : board_home(&unit, q->ledger, &q->viewer, q->arena, err)) != 0 ||
        (campaign.n && list_choose_campaign(&ignored, q->ledger, &q->viewer, campaign,
                                            &v->campaign_name, q->arena, err) != 0) ||
        board_load(&v->board, q->ledger, &q->viewer, unit, campaign, v->day, q->arena, err) != 0 ||
        (!q->json && given.n == 0 && step_down(v, campaign, err) != 0) ||
        board_trend(v->points, BOARD_TREND, v->step, q->ledger, &q->viewer, v->board.unit, campaign,
                    v->day, q->arena, err) != 0)
        return -1;
    v->board.trend = v->points;
    v->board.trend_count = BOARD_TREND;
    return 0;
}

/* --- addresses ---------------------------------------------------------------------------------
 */

static void put(struct buf *out, const char *name, struct text value)
{
    if (value.n == 0)
        return;
    buf_char(out, text_has(buf_view(out), T("?")) ? '&' : '?');
    buf_str(out, name);
    buf_char(out, '=');
    html_url(out, value);
}

static void put_day(struct buf *out, struct request *q, const char *name, int32_t day)
{
    char iso[11];

    if (day != BOARD_NOW && day < q->viewer.today)
        put(out, name, date_iso(day, iso));
}

struct board_rows board_rows(const struct board_view *v)
{
    return (struct board_rows){v->board.unit, v->board.unit.n ? "1" : NULL, v->board.campaign,
                               v->board.day};
}

struct text board_terms(struct request *q, struct text what)
{
    for (int i = 0; i < COLUMNS; i++)
        if (text_eq(what, text_of(columns[i].what)))
            return text_of(columns[i].terms);
    return text_eq(what, T("aside")) ? text_of(board_groups[BOARD_GROUPS - 1].terms)
                                     : arena_join(q->arena, T("state="), what);
}

struct text board_items_href(struct request *q, const struct board_rows *rows, struct text terms)
{
    buf_auto struct buf out = BUF(8192);

    buf_str(&out, "/items");
    if (terms.n) {
        buf_char(&out, '?');
        buf_text(&out, terms);
    }
    put(&out, "unit", rows->unit);
    put(&out, "led", rows->led ? text_of(rows->led) : T(""));
    put(&out, "campaign", rows->campaign);
    put_day(&out, q, "day", rows->day);
    return arena_text(q->arena, buf_view(&out));
}

struct text board_href(const struct board_view *v, const char *path, struct text unit, int32_t day)
{
    buf_auto struct buf out = BUF(8192);

    buf_str(&out, path);
    put(&out, "unit", unit);
    put(&out, "campaign", v->board.campaign);
    put_day(&out, v->q, "day", day);
    if (v->step == BOARD_MONTHS)
        put(&out, "step", T("months"));
    return arena_text(v->q->arena, buf_view(&out));
}

/* The form of an instruction on a number; empty where there is none: for others than leaders, and
 * for rows that no unit's subtree holds alone. */
static struct text instruct_href(const struct board_view *v, const struct board_rows *rows,
                                 const char *what, int64_t value)
{
    buf_auto struct buf out = BUF(8192);
    char day[11], room[24];

    if (!v->instruct || what == NULL || value == 0 || (rows->led && strcmp(rows->led, "1") != 0))
        return T("");
    buf_str(&out, "/instructions/new");
    put(&out, "what", text_of(what));
    put(&out, "of", rows->unit);
    put(&out, "campaign", rows->campaign);
    put(&out, "as_of", date_iso(rows->day, day));
    put(&out, "value", html_number(&room, value));
    return arena_text(v->q->arena, buf_view(&out));
}

/* A number with its ways; nothing leads from 0 on a day on which there may have been no unit. */
static struct page_board_cell cell(const struct board_view *v, const struct board_rows *rows,
                                   const char *label, const char *terms, const char *what,
                                   int64_t value)
{
    bool late = value && what && strcmp(what, "overdue") == 0;

    return (struct page_board_cell){.label = page_tr(v->q, label),
                                    .value = value,
                                    .href = value || rows->day == v->board.day
                                                ? board_items_href(v->q, rows, text_of(terms))
                                                : T(""),
                                    .instruct = instruct_href(v, rows, what, value),
                                    .tone = late                                         ? T("late")
                                            : value && what && strcmp(what, "soon") == 0 ? T("soon")
                                                                                         : T("")};
}

/* --- the numbers -------------------------------------------------------------------------------
 */

struct page_mark board_light(struct request *q, const struct board_counts *c)
{
    char room[24];

    if (c->overdue)
        return (struct page_mark){
            page_say(q, N_("Red: {0} overdue"), html_number(&room, c->overdue)), T("red")};
    if (c->soon)
        return (struct page_mark){
            page_say(q, N_("Amber: {0} due soon"), html_number(&room, c->soon)), T("amber")};
    return (struct page_mark){page_tr(q, N_("Green")), T("green")};
}

const char *board_lights(void)
{
    return N_(
        "Lights: red, at least one item is past its deadline; amber, none is, and at least one "
        "falls due within 7 days; green, neither.");
}

struct text board_as_of(const struct board_view *v)
{
    struct request *q = v->q;

    return v->day == BOARD_NOW
               ? page_say(q, N_("As of {0}."), page_time(q, q->app->env->now(q->app->env)))
               : page_say(q, N_("As of the end of {0}."), page_day(q, v->day));
}

/* "13.33" of the numbers; empty when there is nothing to divide by. */
static struct text rate(struct request *q, const struct board_counts *c)
{
    buf_auto struct buf out = BUF(64);

    board_rate(&out, c);
    return arena_text(q->arena, buf_view(&out));
}

static const struct page_mark *light_of(struct request *q, const struct board_counts *c)
{
    struct page_mark *mark = arena_array(q->arena, struct page_mark, 1);

    if (mark)
        *mark = board_light(q, c);
    return mark;
}

void board_figures(const struct board_view *v, struct page_board_figures *out)
{
    enum { MORE = COLUMNS + 2 };
    struct request *q = v->q;
    struct board_rows rows = board_rows(v);
    const struct board_counts *c = &v->board.total;
    struct page_board_figure *figures = arena_array(q->arena, struct page_board_figure, MORE);
    struct page_board_cell *cells = arena_array(q->arena, struct page_board_cell, MORE + 2);

    *out = (struct page_board_figures){.figures = figures,
                                       .percent = rate(q, c),
                                       .definition = page_tr(q, board_rate_definition()),
                                       .as_of = board_as_of(v)};
    if (figures == NULL || cells == NULL)
        return;
    /* All of them come last. */
    for (int i = 1; i < COLUMNS; i++)
        cells[i - 1] =
            cell(v, &rows, i == COLUMNS - 1 ? N_("Struck off (older book)") : columns[i].label,
                 columns[i].terms, columns[i].what, column_count(i, c));
    cells[COLUMNS - 1] =
        cell(v, &rows, N_("Standing"), "state=standing", "standing", c->states[STATE_STANDING]);
    cells[COLUMNS] = cell(v, &rows, N_("Set aside"), board_groups[BOARD_GROUPS - 1].terms, "aside",
                          board_aside(c));
    cells[COLUMNS + 1] =
        cell(v, &rows, columns[0].label, columns[0].terms, columns[0].what, column_count(0, c));
    for (int i = 0; i < MORE; i++)
        figures[out->figures_count++] = (struct page_board_figure){.cell = &cells[i]};
    cells[MORE] = cell(v, &rows, N_("Struck off"), "state=struck_off_here", NULL,
                       c->states[STATE_STRUCK_OFF]);
    cells[MORE + 1] =
        cell(v, &rows, N_("Strike-off rate"), "state=open&state=standing&state=struck_off_here",
             NULL, board_rate_of(c));
    out->struck = &cells[MORE];
    out->of = &cells[MORE + 1];
}

/* --- tables ------------------------------------------------------------------------------------
 */

struct board_rows board_part_rows(const struct board_view *v, const struct board_part *part)
{
    struct board_rows rows = board_rows(v);

    rows.led = part->code.n ? "1" : v->board.unit.n ? "itself" : "none";
    if (part->code.n)
        rows.unit = part->code;
    return rows;
}

struct text board_part_name(const struct board_view *v, const struct board_part *part)
{
    return part->code.n      ? part->name
           : v->board.unit.n ? page_tr(v->q, N_("(the unit itself)"))
                             : page_tr(v->q, N_("(no lead unit)"));
}

static struct page_board_row counts_row(const struct board_view *v, const struct board_rows *rows,
                                        struct text name, const struct board_counts *c)
{
    struct page_board_cell *cells = arena_array(v->q->arena, struct page_board_cell, COLUMNS);
    struct page_board_row row = {
        .name = name, .light = light_of(v->q, c), .cells = cells, .rate = rate(v->q, c)};

    for (int i = 0; cells && i < COLUMNS; i++)
        cells[row.cells_count++] =
            cell(v, rows, columns[i].label, columns[i].terms, columns[i].what, column_count(i, c));
    if (row.rate.n == 0)
        row.rate = T("–");
    return row;
}

static const struct page_board_row *whole(const struct board_view *v, struct page_board_row row)
{
    struct page_board_row *kept = arena_array(v->q->arena, struct page_board_row, 1);

    if (kept)
        *kept = row;
    return kept;
}

static void heads(const struct board_view *v, struct page_board_table *out)
{
    struct page_board_head *list = arena_array(v->q->arena, struct page_board_head, COLUMNS + 1);

    for (int i = 0; list && i < COLUMNS; i++)
        list[out->heads_count++].label = page_tr(v->q, columns[i].label);
    if (list)
        list[out->heads_count++].label = page_tr(v->q, N_("Rate %"));
    out->heads = list;
}

void board_units_table(const struct board_view *v, size_t most, struct page_board_table *out)
{
    const struct board *b = &v->board;
    struct board_rows rows = board_rows(v);
    struct page_board_row *list =
        arena_array(v->q->arena, struct page_board_row, b->unit_count + 1);

    *out = (struct page_board_table){.caption = page_tr(v->q, N_("Numbers by lead unit")),
                                     .what = page_tr(v->q, N_("Unit")),
                                     .rows = list,
                                     .lights = true};
    heads(v, out);
    for (size_t i = 0; list && i < b->unit_count && i < most; i++) {
        struct board_rows of = board_part_rows(v, &b->units[i]);
        list[i] = counts_row(v, &of, board_part_name(v, &b->units[i]), &b->units[i].counts);
        if (b->units[i].code.n)
            list[i].href = board_href(v, "/board", b->units[i].code, v->day);
        out->rows_count++;
    }
    out->total = whole(v, counts_row(v, &rows, page_tr(v->q, N_("All")), &b->total));
}

void board_campaigns_table(const struct board_view *v, size_t most, struct page_board_table *out)
{
    const struct board *b = &v->board;
    struct page_board_row *list =
        arena_array(v->q->arena, struct page_board_row, b->campaign_count + 1);

    *out = (struct page_board_table){.caption = page_tr(v->q, N_("Numbers by campaign")),
                                     .what = page_tr(v->q, N_("Campaign")),
                                     .rows = list,
                                     .lights = true};
    heads(v, out);
    for (size_t i = 0; list && i < b->campaign_count && i < most; i++) {
        const struct board_part *part = &b->campaigns[i];
        struct board_rows of = board_rows(v);
        struct board_view one = *v;
        of.campaign = one.board.campaign = part->code;
        list[i] = counts_row(v, &of, part->name.n ? part->name : part->code, &part->counts);
        list[i].href = board_href(&one, "/board", v->board.unit, v->day);
        out->rows_count++;
    }
}

static struct page_board_row groups_row(const struct board_view *v, const struct board_rows *rows,
                                        struct text name, const struct board_counts *c)
{
    struct page_board_cell *cells = arena_array(v->q->arena, struct page_board_cell, BOARD_GROUPS);
    struct page_board_row row = {.name = name, .cells = cells};

    for (int i = 0; cells && i < BOARD_GROUPS; i++)
        cells[row.cells_count++] = cell(v, rows, board_groups[i].label, board_groups[i].terms, NULL,
                                        board_group_count(i, c));
    return row;
}

void board_states_table(const struct board_view *v, struct page_board_table *out)
{
    const struct board *b = &v->board;
    struct board_rows rows = board_rows(v);
    struct page_board_head *list = arena_array(v->q->arena, struct page_board_head, BOARD_GROUPS);
    struct page_board_row *units =
        arena_array(v->q->arena, struct page_board_row, b->unit_count + 1);

    *out = (struct page_board_table){.caption = page_tr(v->q, N_("States by lead unit")),
                                     .what = page_tr(v->q, N_("Unit")),
                                     .heads = list,
                                     .rows = units};
    for (int i = 0; list && i < BOARD_GROUPS; i++)
        list[out->heads_count++].label = page_tr(v->q, board_groups[i].label);
    for (size_t i = 0; units && i < b->unit_count; i++) {
        struct board_rows of = board_part_rows(v, &b->units[i]);
        units[out->rows_count++] =
            groups_row(v, &of, board_part_name(v, &b->units[i]), &b->units[i].counts);
    }
    out->total = whole(v, groups_row(v, &rows, page_tr(v->q, N_("All")), &b->total));
}

void board_points_table(const struct board_view *v, struct page_board_table *out)
{
    struct page_board_row *list = arena_array(v->q->arena, struct page_board_row, BOARD_TREND);

    *out = (struct page_board_table){.caption = page_tr(v->q, N_("At the end of each day")),
                                     .what = page_tr(v->q, N_("Day")),
                                     .rows = list};
    heads(v, out);
    for (size_t i = 0; list && i < v->board.trend_count; i++) {
        const struct board_point *p = &v->board.trend[i];
        struct board_rows of = board_rows(v);
        of.day = p->day;
        list[out->rows_count++] = counts_row(v, &of, page_day(v->q, p->day), &p->counts);
    }
}
