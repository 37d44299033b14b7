/*
 * board_view.h: what the board and the brief show: the numbers of a unit and a campaign, now or as
 * of a past day, with the way from each to its rows and, for leaders, to an instruction on it.
 */
#ifndef XH_WEB_BOARD_VIEW_H
#define XH_WEB_BOARD_VIEW_H

#include "office/lists/board.h"
#include "web/pages/board_cells.html.h"
#include "web/pages/board_chart.html.h"
#include "web/request.h"

enum { BOARD_TREND = 12 /* points */, BOARD_CHART_UNITS = 30 };

struct board_view {
    struct request *q;
    int32_t day; /* the past day that is asked for; BOARD_NOW */
    enum board_step step;
    bool instruct; /* numbers have the way to an instruction */
    struct text campaign_name;
    struct board board; /* with its trend */
    struct board_point points[BOARD_TREND];
};

/* Fills the view from the address: unit= (code or name; none: the viewer's own, board_home),
 * campaign=CODE, day=DAY, step=weeks or months. -1 with err: BAD_VALUE, NOT_FOUND, AMBIGUOUS. A
 * fixed number of statements, and some for each level that has one unit alone, which pages pass
 * over when no unit is named. */
int board_view_load(struct board_view *v, struct request *q, struct err *err);

/* Which rows: those of the board's unit and campaign when nothing else is said. */
struct board_rows {
    struct text unit;     /* code */
    const char *led;      /* list_filter.h: "1", "itself", "none"; NULL: with no unit, all */
    struct text campaign; /* code; empty: all */
    int32_t day;
};
struct board_rows board_rows(const struct board_view *v);
/* The terms of a number that an instruction is about (words.def: NUMBER or STATE). */
struct text board_terms(struct request *q, struct text what);
/* "/items?…" of those rows that the terms ("overdue=1") choose. In the request's arena. */
struct text board_items_href(struct request *q, const struct board_rows *rows, struct text terms);
/* "/board?…" or "/brief?…" with the view's own choice but another unit (empty: none is named), as
 * of the day (BOARD_NOW: now). */
struct text board_href(const struct board_view *v, const char *path, struct text unit, int32_t day);

/* The numbers of the whole, with lights. */
void board_figures(const struct board_view *v, struct page_board_figures *out);
struct page_mark board_light(struct request *q, const struct board_counts *c);
/* What the lights mean, marked for translation. */
const char *board_lights(void);
/* "As of 2026-11-25 18:30." or "As of the end of 2026-06-30." */
struct text board_as_of(const struct board_view *v);

/* Tables: units or campaigns with their numbers and the whole; by groups of states; over time. */
/* At most so many rows of parts. */
void board_units_table(const struct board_view *v, size_t most, struct page_board_table *out);
void board_campaigns_table(const struct board_view *v, size_t most, struct page_board_table *out);
void board_states_table(const struct board_view *v, struct page_board_table *out);
void board_points_table(const struct board_view *v, struct page_board_table *out);

/* Groups of states, as the chart by unit has them. */
enum { BOARD_GROUPS = 7 };
struct board_group {
    const char *kind, *label, *terms;
};
extern const struct board_group board_groups[BOARD_GROUPS];
int64_t board_group_count(int group, const struct board_counts *c);
/* The rows of a part, what it is called, and whether a number of it can be instructed on. */
struct board_rows board_part_rows(const struct board_view *v, const struct board_part *part);
struct text board_part_name(const struct board_view *v, const struct board_part *part);

/* The charts (board_chart.c): stacked bars of units; columns of open, overdue and struck off. */
void board_parts_chart(const struct board_view *v, struct page_board_parts_chart *out);
void board_trend_chart(const struct board_view *v, bool small, struct page_board_trend_chart *out);

#endif
