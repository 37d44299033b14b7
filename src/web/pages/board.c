/* board.c: the leader's board. */
#include "web/app.h"
#include "web/pages/board.html.h"
#include "web/pages/board_view.h"
#include "web/pages/campaign_choices.h"
#include "web/pages/pages.h"
#include "web/routes.h"

/* What the page is made of. */
struct pieces {
    struct page_board_filter filter;
    struct page_mark light;
    struct page_board_figures figures;
    struct page_board_patterns patterns;
    struct page_board_parts_chart chart;
    struct page_board_trend_chart trend;
    struct page_board_table states, units, campaigns, points;
};

/* What was chosen, also when it cannot be shown. */
static int fill_filter(struct request *q, struct page_board_filter *f, struct err *err)
{
    static const char *const steps[][2] = {{"weeks", N_("Weeks")}, {"months", N_("Months")}};
    struct page_board_choice *times = arena_array(q->arena, struct page_board_choice, 2), *list;
    struct campaign_row *campaigns;
    size_t count;

    if (campaigns_load(q, &campaigns, &count, err) != 0)
        return -1;
    list = arena_array(q->arena, struct page_board_choice, count + 1);
    if (list == NULL || times == NULL)
        return err_set(err, NO_MEMORY);
    *f = (struct page_board_filter){.unit = query_text(q, "unit"),
                                    .day = query_text(q, "day"),
                                    .today = page_day(q, q->viewer.today),
                                    .campaigns = list,
                                    .campaigns_count = count,
                                    .steps = times,
                                    .steps_count = 2};
    for (size_t i = 0; i < count; i++)
        list[i] = (struct page_board_choice){
            campaigns[i].code, campaign_label(q, &campaigns[i]),
            text_eq(campaigns[i].code, text_trim(query_text(q, "campaign")))};
    for (int i = 0; i < 2; i++)
        times[i] = (struct page_board_choice){text_of(steps[i][0]), page_tr(q, steps[i][1]),
                                              text_eq(query_text(q, "step"), text_of(steps[i][0]))};
    return 0;
}

static void fill_page(const struct board_view *v, struct pieces *p, struct page_board_page *page)
{
    struct request *q = v->q;
    const struct board *b = &v->board;
    char most[24];

    p->light = board_light(q, &b->total);
    p->patterns = (struct page_board_patterns){true};
    board_figures(v, &p->figures);
    board_parts_chart(v, &p->chart);
    board_states_table(v, &p->states);
    board_units_table(v, SIZE_MAX, &p->units);
    board_campaigns_table(v, SIZE_MAX, &p->campaigns);
    board_trend_chart(v, false, &p->trend);
    board_points_table(v, &p->points);
    page->as_of = board_as_of(v);
    page->past = v->day != BOARD_NOW;
    page->now = board_href(v, "/board", b->unit, BOARD_NOW);
    page->brief = board_href(v, "/brief", b->unit, v->day);
    page->light = &p->light;
    page->lights = page_tr(q, board_lights());
    page->figures = &p->figures;
    page->patterns = &p->patterns;
    page->chart = b->unit_count ? &p->chart : NULL;
    if (b->unit_count > BOARD_CHART_UNITS)
        page->more_units =
            page_say(q, N_("The chart shows the {0} units with the most items, the table all."),
                     html_number(&most, BOARD_CHART_UNITS));
    page->states = &p->states;
    page->units = &p->units;
    page->campaigns = b->campaign_count ? &p->campaigns : NULL;
    page->trend = &p->trend;
    page->points = &p->points;
}

static int show(struct request *q, struct response *r, const struct board_view *v,
                struct text wrong, struct err *err)
{
    struct pieces *p = arena_array(q->arena, struct pieces, 1);
    struct page_board_page page = {.title = page_tr(q, N_("Board")), .wrong = wrong};

    if (p == NULL)
        return err_set(err, NO_MEMORY);
    if (fill_filter(q, &p->filter, err) != 0)
        return -1;
    page.filter = &p->filter;
    if (wrong.n == 0) {
        fill_page(v, p, &page);
        if (v->board.unit.n) {
            page.title = page_say(q, N_("Board: {0}"), v->board.unit_name);
            page.up = query_text(q, "unit").n ? board_href(v, "/board", T(""), v->day) : T("");
        }
    }
    if (q->arena->failed)
        return err_set(err, NO_MEMORY);
    page_open(q, r, page.title, "board");
    page_board_page(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}

/* As `xiaohao board --json` gives it; over time only when a step is asked for. */
static void show_json(struct response *r, struct board_view *v)
{
    struct request *q = v->q;

    if (query_text(q, "step").n == 0)
        v->board.trend_count = 0;
    r->type = "application/json";
    board_json(&r->body, &v->board, q->ledger,
               v->day == BOARD_NOW ? q->app->env->now(q->app->env)
                                   : ledger_day_end(q->ledger, v->day));
    buf_char(&r->body, '\n');
}

int page_board(struct request *q, struct response *r, struct err *err)
{
    buf_auto struct buf wrong = BUF(BUF_ANY);
    struct board_view *v = arena_array(q->arena, struct board_view, 1);

    if (v == NULL)
        return err_set(err, NO_MEMORY);
    if (board_view_load(v, q, err) != 0) {
        if (q->json || err_http(err) >= 500)
            return -1;
        /* The form says what is wrong and keeps what it had. */
        r->status = err_http(err);
        err_say(&wrong, q->lang, err);
    }
    if (q->json) {
        show_json(r, v);
        return 0;
    }
    return show(q, r, v, buf_view(&wrong), err);
}
