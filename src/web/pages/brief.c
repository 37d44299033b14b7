/*
 * brief.c: the board for a meeting: two printed pages. Whatever a ledger holds, each table here has
 * a bound, and says what it leaves out.
 */
#include <stdlib.h>

#include "office/instructions/instructions.h"
#include "office/lists/agenda.h"
#include "web/html.h"
#include "web/pages/board_view.h"
#include "web/pages/brief.html.h"
#include "web/pages/instruction_say.h"
#include "web/pages/pages.h"
#include "web/routes.h"

enum { ITEMS = 10, UNITS = 10, CAMPAIGNS_MOST = 5, INSTRUCTIONS = 5 };

struct pieces {
    struct board_view v;
    struct page_board_figures figures;
    struct page_board_patterns patterns;
    struct page_board_trend_chart trend;
    struct page_board_table units, campaigns;
    struct page_mark light;
    struct page_brief_item items[ITEMS];
    int32_t dues[ITEMS];
    struct page_brief_instruction instructions[INSTRUCTIONS];
};

/* --- what is most overdue ----------------------------------------------------------------------
 */

static void keep_item(struct pieces *p, size_t at, const struct list_row *row)
{
    struct request *q = p->v.q;
    const struct problem *i = &row->problem;
    struct text code = arena_text(q->arena, i->code);
    char room[24];

    p->dues[at] = i->due;
    p->items[at] = (struct page_brief_item){
        .code = code,
        .href = arena_join(q->arena, T("/items/"), code),
        .words = arena_text(q->arena, i->title.n ? i->title : i->text),
        .unit = arena_text(q->arena, row->who.lead),
        .person = arena_text(q->arena, row->who.person),
        .due = page_day(q, i->due),
        .days = arena_text(q->arena, html_number(&room, p->v.board.day - i->due))};
}

/* The rows come by number: in the order of their deadlines. */
static void sort_items(struct pieces *p, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && p->dues[k - 1] > p->dues[k]; k--) {
            struct page_brief_item item = p->items[k];
            int32_t due = p->dues[k];
            p->items[k] = p->items[k - 1];
            p->dues[k] = p->dues[k - 1];
            p->items[k - 1] = item;
            p->dues[k - 1] = due;
        }
}

static int items_then(struct pieces *p, size_t *count, struct err *err)
{
    const struct board *b = &p->v.board;
    struct request *q = p->v.q;
    struct list_query query = {.kind = LIST_PROBLEMS,
                               .campaign = b->campaign,
                               .overdue = true,
                               .day = b->day,
                               .nearest = true,
                               .limit = ITEMS};
    const struct list_row *row;
    struct list *list;
    int rc;

    if (b->unit.n && list_choose_unit(&query, q->ledger, b->unit, NULL, q->arena, err) != 0)
        return -1;
    list = list_open(q->ledger, &q->viewer, &query, err);
    if (list == NULL)
        return -1;
    while ((rc = list_next(list, &row, err)) == 1)
        keep_item(p, (*count)++, row);
    list_close(list);
    sort_items(p, *count);
    return rc;
}

static int items_now(struct pieces *p, size_t *count, struct err *err)
{
    const struct board *b = &p->v.board;
    struct request *q = p->v.q;
    struct agenda_query query = {.unit = b->unit,
                                 .part = PART_LEADS,
                                 .campaign = b->campaign,
                                 .states = STATES_OPEN,
                                 .from = DATE_NONE,
                                 .until = b->day - 1};
    struct agenda_page page;

    if (agenda_load(&page, q->ledger, &q->viewer, &query, q->arena, err) != 0)
        return -1;
    while (*count < ITEMS && *count < page.count) {
        keep_item(p, *count, &page.rows[*count]);
        ++*count;
    }
    return 0;
}

/* "… and 12 more", when there are. */
static struct text more(struct request *q, int64_t all, size_t shown)
{
    char room[24];

    return all > (int64_t)shown
               ? page_say(q, N_("And {0} more."), html_number(&room, all - (int64_t)shown))
               : T("");
}

static int fill_items(struct pieces *p, struct page_brief_page *page, struct err *err)
{
    size_t count = 0;

    if ((p->v.day == BOARD_NOW ? items_now : items_then)(p, &count, err) != 0)
        return -1;
    page->items = p->items;
    page->items_count = count;
    page->more_items = more(p->v.q, p->v.board.total.overdue, count);
    return 0;
}

/* --- open instructions -------------------------------------------------------------------------
 */

static int fill_instructions(struct pieces *p, struct page_brief_page *page, struct err *err)
{
    struct request *q = p->v.q;
    struct instruction_query query = {.open = true, .newest = true};
    struct list_query unit = {0};
    struct instruction_row *rows;
    size_t count;

    page->instructions_now = p->v.day == BOARD_NOW;
    if (!page->instructions_now)
        return 0;
    if (p->v.board.unit.n &&
        list_choose_unit(&unit, q->ledger, p->v.board.unit, NULL, q->arena, err) != 0)
        return -1;
    query.path = p->v.board.unit.n ? unit.path : T("");
    if (instructions_load(&rows, &count, q->ledger, &q->viewer, &query, q->arena, err) != 0)
        return -1;
    for (size_t i = 0; i < count && i < INSTRUCTIONS; i++)
        p->instructions[page->instructions_count++] =
            (struct page_brief_instruction){.code = rows[i].code,
                                            .href = instruction_href(q, rows[i].code),
                                            .words = rows[i].text,
                                            .to = instruction_addressee(q, &rows[i]),
                                            .due = page_day(q, rows[i].due),
                                            .late = rows[i].overdue};
    page->instructions = p->instructions;
    page->more_instructions = more(q, (int64_t)count, page->instructions_count);
    return 0;
}

/* --- the page ----------------------------------------------------------------------------------
 */

static int by_overdue(const void *x, const void *y)
{
    const struct board_counts *a = &((const struct board_part *)x)->counts;
    const struct board_counts *b = &((const struct board_part *)y)->counts;

    if (a->overdue != b->overdue)
        return (a->overdue < b->overdue) - (a->overdue > b->overdue);
    return (board_open(a) < board_open(b)) - (board_open(a) > board_open(b));
}

static void fill_numbers(struct pieces *p, struct page_brief_page *page)
{
    struct board_view *v = &p->v;
    struct board *b = &v->board;
    struct request *q = v->q;

    /* Where not all have room, those that are behind. */
    if (b->unit_count > UNITS)
        qsort(b->units, b->unit_count, sizeof *b->units, by_overdue);
    if (b->campaign_count > CAMPAIGNS_MOST)
        qsort(b->campaigns, b->campaign_count, sizeof *b->campaigns, by_overdue);
    p->light = board_light(q, &b->total);
    p->patterns = (struct page_board_patterns){true};
    board_figures(v, &p->figures);
    p->figures.definition = T(""); /* at the end */
    board_units_table(v, UNITS, &p->units);
    board_campaigns_table(v, CAMPAIGNS_MOST, &p->campaigns);
    board_trend_chart(v, true, &p->trend);
    page->light = &p->light;
    page->figures = &p->figures;
    page->patterns = &p->patterns;
    page->units = b->unit_count ? &p->units : NULL;
    page->more_units = more(q, (int64_t)b->unit_count, p->units.rows_count);
    page->campaigns = b->campaign_count ? &p->campaigns : NULL;
    page->more_campaigns = more(q, (int64_t)b->campaign_count, p->campaigns.rows_count);
    page->trend = &p->trend;
}

int page_brief(struct request *q, struct response *r, struct err *err)
{
    struct pieces *p = arena_array(q->arena, struct pieces, 1);
    struct page_brief_page page = {.ledger = text_of(q->ledger->name)};

    if (p == NULL)
        return err_set(err, NO_MEMORY);
    if (board_view_load(&p->v, q, err) != 0)
        return -1;
    p->v.instruct = false;
    page.unit = p->v.board.unit_name;
    page.campaign = p->v.campaign_name.n ? p->v.campaign_name : p->v.board.campaign;
    page.as_of = board_as_of(&p->v);
    page.board = board_href(&p->v, "/board", p->v.board.unit, p->v.day);
    page.lights = page_tr(q, board_lights());
    page.definition = page_tr(q, board_rate_definition());
    fill_numbers(p, &page);
    if (fill_items(p, &page, err) != 0 || fill_instructions(p, &page, err) != 0)
        return -1;
    if (q->arena->failed)
        return err_set(err, NO_MEMORY);
    page_open(q, r, page_tr(q, N_("Brief")), "board");
    page_brief_page(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}
