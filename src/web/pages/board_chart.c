/*
 * board_chart.c: the board's charts as SVG (board_chart.html). Across, everything is a share of the
 * room; down, it is in pixels.
 */
#include <stdlib.h>

#include "web/html.h"
#include "web/pages/board_view.h"
#include "web/pages/pages.h"

enum {
    BAR_ROW = 52,      /* of one unit: its name above, its bar below */
    SHARE = 10000,     /* the whole width */
    VALUE_SHARE = 500, /* a narrower piece has no room for its number */
    NAME_MOST = 20,    /* characters of a unit's name */
    COLUMN_ROOM = 6400 /* of a point's room, what its column takes, in SHARE */
};

/* "12.34" of 1234 ten-thousandths. */
static struct text percent(struct request *q, int64_t share)
{
    buf_auto struct buf out = BUF(32);

    buf_int(&out, share / 100);
    buf_char(&out, '.');
    buf_digits(&out, (uint64_t)(share % 100), 2);
    return arena_text(q->arena, buf_view(&out));
}

static struct text number(struct request *q, int64_t n)
{
    char room[24];

    return arena_text(q->arena, html_number(&room, n));
}

/* A name that is too long for a phone is cut; its link and the table have all of it. */
static struct text short_name(struct request *q, struct text name)
{
    struct text rest = name;

    for (int i = 0; i < NAME_MOST; i++)
        if (!text_next(&rest))
            return name;
    return rest.n ? arena_join(q->arena, text_head(name, name.n - rest.n), T("…")) : name;
}

/* --- stacked bars of units ---------------------------------------------------------------------
 */

static void fill_segments(const struct board_view *v, const struct board_part *part, int64_t most,
                          struct page_board_bar *bar)
{
    struct request *q = v->q;
    struct board_rows rows = board_part_rows(v, part);
    struct text name = board_part_name(v, part);
    struct page_board_segment *list =
        arena_array(q->arena, struct page_board_segment, BOARD_GROUPS);
    int64_t before = 0;

    bar->segments = list;
    for (int i = 0; list && i < BOARD_GROUPS; i++) {
        int64_t n = board_group_count(i, &part->counts);
        int64_t x = before * SHARE / most, width = (before + n) * SHARE / most - x;
        before += n;
        if (n == 0)
            continue;
        list[bar->segments_count++] = (struct page_board_segment){
            .kind = text_of(board_groups[i].kind),
            .x = percent(q, x),
            .width = percent(q, width),
            .middle = percent(q, x + width / 2),
            .href = board_items_href(q, &rows, text_of(board_groups[i].terms)),
            .label = page_say(q, N_("{0}, {1}: {2}"), name, page_tr(q, board_groups[i].label),
                              number(q, n)),
            .value = width >= VALUE_SHARE ? number(q, n) : T("")};
    }
}

static int by_total(const void *x, const void *y)
{
    const struct board_part *const *a = x, *const *b = y;
    int64_t n = board_total(&(*a)->counts), m = board_total(&(*b)->counts);

    return (n < m) - (n > m);
}

static void fill_legend(const struct board_view *v, struct page_board_parts_chart *out)
{
    struct page_board_legend *list =
        arena_array(v->q->arena, struct page_board_legend, BOARD_GROUPS);

    for (int i = 0; list && i < BOARD_GROUPS; i++)
        if (board_group_count(i, &v->board.total))
            list[out->legend_count++] = (struct page_board_legend){
                text_of(board_groups[i].kind), page_tr(v->q, board_groups[i].label)};
    out->legend = list;
}

void board_parts_chart(const struct board_view *v, struct page_board_parts_chart *out)
{
    const struct board *b = &v->board;
    struct request *q = v->q;
    size_t count = b->unit_count < BOARD_CHART_UNITS ? b->unit_count : BOARD_CHART_UNITS;
    const struct board_part **parts =
        arena_array(q->arena, const struct board_part *, b->unit_count + 1);
    struct page_board_bar *bars = arena_array(q->arena, struct page_board_bar, count + 1);
    int64_t most = 1;

    *out = (struct page_board_parts_chart){
        .id = T("units"),
        .title = page_tr(q, N_("Items by lead unit and state")),
        .desc = page_tr(q, N_("A bar for each unit, as long as it has items, in pieces by state. "
                              "Each piece opens its rows. The table below says the same.")),
        .height = (int64_t)count * BAR_ROW,
        .bars = bars};
    fill_legend(v, out);
    if (parts == NULL || bars == NULL)
        return;
    for (size_t i = 0; i < b->unit_count; i++) {
        parts[i] = &b->units[i];
        if (board_total(&b->units[i].counts) > most)
            most = board_total(&b->units[i].counts);
    }
    if (b->unit_count > count)
        qsort(parts, b->unit_count, sizeof *parts, by_total);
    for (size_t i = 0; i < count; i++) {
        bars[i] = (struct page_board_bar){
            .name = short_name(q, board_part_name(v, parts[i])),
            .href = parts[i]->code.n ? board_href(v, "/board", parts[i]->code, v->day) : T(""),
            .total = number(q, board_total(&parts[i]->counts)),
            .name_y = (int64_t)i * BAR_ROW + 17,
            .bar_y = (int64_t)i * BAR_ROW + 24,
            .text_y = (int64_t)i * BAR_ROW + 41};
        fill_segments(v, parts[i], most, &bars[i]);
    }
    out->bars_count = count;
}

/* --- columns over time -------------------------------------------------------------------------
 */

enum { PANELS = 3 };
static const struct {
    const char *label, *terms, *kind;
} panels[PANELS] = {
    {N_("Open"), "", "open"},
    {N_("Overdue"), "overdue=1", "overdue"},
    {N_("Struck off"), "state=struck_off_here", "struck"},
};

static int64_t panel_count(int panel, const struct board_counts *c)
{
    return panel == 0 ? board_open(c) : panel == 1 ? c->overdue : c->states[STATE_STRUCK_OFF];
}

static void fill_panel(const struct board_view *v, int panel, int64_t top, int64_t tall,
                       struct page_board_panel *out)
{
    struct request *q = v->q;
    size_t count = v->board.trend_count;
    struct page_board_column *list = arena_array(q->arena, struct page_board_column, count + 1);
    struct page_board_mark *marks = arena_array(q->arena, struct page_board_mark, count + 1);
    int64_t most = 1, base = top + 40 + tall, room = SHARE / (int64_t)(count ? count : 1);

    *out = (struct page_board_panel){.title = page_tr(q, panels[panel].label),
                                     .title_y = top + 16,
                                     .line_y = base,
                                     .kind = text_of(panels[panel].kind),
                                     .columns = list,
                                     .marks = marks};
    for (size_t i = 0; i < count; i++)
        if (panel_count(panel, &v->board.trend[i].counts) > most)
            most = panel_count(panel, &v->board.trend[i].counts);
    for (size_t i = 0; list && marks && i < count; i++) {
        const struct board_point *p = &v->board.trend[i];
        struct board_rows rows = board_rows(v);
        struct text day = page_day(q, p->day);
        int64_t n = panel_count(panel, &p->counts), x = room * (int64_t)i;
        int64_t high = n ? (n * tall + most - 1) / most : 0, middle = x + room / 2;
        rows.day = p->day;
        list[out->columns_count++] = (struct page_board_column){
            .x = percent(q, middle - room * COLUMN_ROOM / SHARE / 2),
            .width = percent(q, room * COLUMN_ROOM / SHARE),
            .middle = percent(q, middle),
            .y = base - high,
            .height = high,
            .value_y = base - high - 5,
            .value = n,
            .href = n ? board_items_href(q, &rows, text_of(panels[panel].terms)) : T(""),
            .label = page_say(q, N_("{0}, {1}: {2}"), day, page_tr(q, panels[panel].label),
                              number(q, n))};
        /* The last day is always said; on a narrow screen, every other one. */
        marks[out->marks_count++] = (struct page_board_mark){
            .x = percent(q, middle),
            .y = base + 16,
            .label = v->step == BOARD_MONTHS ? text_head(day, 7) : text_from(day, 5),
            .odd = (count - 1 - i) % 2 == 1};
    }
}

void board_trend_chart(const struct board_view *v, bool small, struct page_board_trend_chart *out)
{
    struct page_board_panel *list = arena_array(v->q->arena, struct page_board_panel, PANELS);
    int64_t tall = small ? 34 : 72, one = tall + 68;

    *out = (struct page_board_trend_chart){
        .id = T("trend"),
        .title = page_tr(v->q, N_("Open, overdue and struck off over time")),
        .desc =
            page_tr(v->q, N_("Three rows of columns, each with a measure of its own: what stood "
                             "at the end of each day. Each column opens its rows as of that "
                             "day. The table below says the same.")),
        .height = one * PANELS,
        .panels = list};
    for (int i = 0; list && i < PANELS; i++)
        fill_panel(v, i, one * i, tall, &list[out->panels_count++]);
}
