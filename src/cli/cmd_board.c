/* cmd_board.c: `board`: how many, in which state, how late. */
#include "cli/grid.h"
#include "cli/looking.h"
#include "office/lists/board.h"
#include "office/lists/plain.h"

enum { BAR = 24, STATES = 24 };

/* A bar of at most BAR columns for n of `most`; something shows whenever there is something. */
static void bar(struct buf *out, int64_t n, int64_t most)
{
    int64_t eighths = most > 0 ? (n * BAR * 8 + most / 2) / most : 0;
    static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

    if (n > 0 && eighths == 0)
        eighths = 1;
    for (; eighths >= 8; eighths -= 8)
        buf_str(out, "█");
    buf_str(out, parts[eighths]);
}

static void count_line(struct cli *c, struct buf *out, const char *label, int64_t n, int64_t most)
{
    buf_auto struct buf number = BUF(64);

    buf_str(out, "  ");
    buf_pad(out, text_of(tr(c->lang, label)), STATES);
    buf_int(&number, n);
    for (size_t i = number.n; i < 10; i++)
        buf_char(out, ' ');
    buf_text(out, buf_view(&number));
    if (most > 0 && n > 0) {
        buf_str(out, "  ");
        bar(out, n, most);
    }
    buf_char(out, '\n');
}

static void say_head(struct cli *c, struct buf *out, const struct looking *look,
                     const struct board *b)
{
    buf_plain(out, text_of(c->ledger.name));
    if (b->unit.n) {
        buf_str(out, "  ");
        buf_plain(out, b->unit_name);
    }
    if (b->campaign.n) {
        buf_str(out, "  ");
        buf_plain(out, look->campaign_name.n ? look->campaign_name : b->campaign);
    }
    buf_char(out, '\n');
    say(out, c->lang, N_("As of {0}."), text_of(look->words));
    if (b->unit.n)
        buf_str(out, tr(c->lang, N_(" Items whose lead unit is this one or stands below it.")));
    buf_str(out, "\n\n");
}

static void say_rate(struct cli *c, struct buf *out, const struct board_counts *t)
{
    buf_auto struct buf percent = BUF(64), n = BUF(64), of = BUF(64);

    board_rate(&percent, t);
    buf_int(&n, t->states[STATE_STRUCK_OFF]);
    buf_int(&of, board_rate_of(t));
    if (percent.n)
        say(out, c->lang, N_("Strike-off rate {0} % ({1} of {2}): "), buf_view(&percent),
            buf_view(&n), buf_view(&of));
    else
        say(out, c->lang, N_("No strike-off rate, since there is nothing to strike off: "));
    buf_str(out, tr(c->lang, board_rate_definition()));
    buf_str(out, tr(c->lang, N_(".")));
    buf_char(out, '\n');
}

static void say_totals(struct cli *c, struct buf *out, const struct board_counts *t)
{
    int64_t open = board_open(t), most = 0;

    for (int i = 1; i < STATE_COUNT; i++)
        if (t->states[i] > most)
            most = t->states[i];
    if (t->taken_over > most)
        most = t->taken_over;
    for (int i = 1; i < STATE_COUNT; i++) {
        count_line(c, out, states.words[i].label, t->states[i], most);
        if (i == STATE_STRUCK_OFF)
            count_line(c, out, N_("struck off (older book)"), t->taken_over, most);
    }
    buf_char(out, '\n');
    count_line(c, out, N_("all"), board_total(t), 0);
    count_line(c, out, N_("open"), open, 0);
    count_line(c, out, N_("overdue"), t->overdue, open);
    count_line(c, out, N_("due within 7 days"), t->soon, open);
    count_line(c, out, N_("without a deadline"), open - t->dated, open);
    count_line(c, out, N_("set aside"), board_aside(t), 0);
    buf_char(out, '\n');
    say_rate(c, out, t);
}

/* A table of units or campaigns. */
static int say_parts(struct cli *c, const char *what, const char *rest,
                     const struct board_part *parts, size_t count)
{
    const char *const headers[] = {what,          N_("Code"),   N_("All"),        N_("Open"),
                                   N_("Overdue"), N_("7 days"), N_("Struck off"), N_("Older book"),
                                   N_("Rate %")};
    enum { COLUMNS = sizeof headers / sizeof headers[0] };
    struct text cells[COLUMNS];
    struct grid grid;

    if (count == 0)
        return 0;
    for (int i = 0; i < COLUMNS; i++)
        cells[i] = text_of(tr(c->lang, headers[i]));
    grid_open(&grid, c, cells, COLUMNS);
    for (int i = 2; i < COLUMNS; i++)
        grid.right[i] = true;
    for (size_t i = 0; i < count && grid.status == 0; i++) {
        const struct board_counts *n = &parts[i].counts;
        const int64_t numbers[] = {
            board_total(n), board_open(n), n->overdue, n->soon, n->states[STATE_STRUCK_OFF],
            n->taken_over};
        struct buf texts[7] = {BUF(64), BUF(64), BUF(64), BUF(64), BUF(64), BUF(64), BUF(64)};
        cells[0] = parts[i].code.n ? parts[i].name : text_of(tr(c->lang, rest));
        cells[1] = parts[i].code;
        for (int k = 0; k < 6; k++) {
            buf_int(&texts[k], numbers[k]);
            cells[2 + k] = buf_view(&texts[k]);
        }
        board_rate(&texts[6], n);
        cells[8] = buf_view(&texts[6]);
        grid_row(&grid, cells);
        for (int k = 0; k < 7; k++)
            buf_release(&texts[k]);
    }
    return grid_close(&grid);
}

static int print_words(struct cli *c, const struct looking *look, const struct board *b)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    int status;

    say_head(c, &out, look, b);
    say_totals(c, &out, &b->total);
    buf_char(&out, '\n');
    status = cli_print(c, &out);
    if (status == 0)
        status =
            say_parts(c, N_("Unit"), b->unit.n ? N_("(the unit itself)") : N_("(no lead unit)"),
                      b->units, b->unit_count);
    if (status == 0 && b->unit_count) {
        buf_char(&out, '\n');
        status = cli_print(c, &out);
    }
    return status ? status : say_parts(c, N_("Campaign"), "", b->campaigns, b->campaign_count);
}

/* How it went, week by week. */
static int say_trend(struct cli *c, const struct board *b)
{
    const char *const headers[] = {N_("Until"), N_("Open"), N_("Overdue"), N_("Struck off"),
                                   N_("Older book")};
    enum { COLUMNS = sizeof headers / sizeof headers[0] };
    buf_auto struct buf gap = BUF(16);
    struct text cells[COLUMNS];
    struct grid grid;
    int status;

    buf_char(&gap, '\n');
    if ((status = cli_print(c, &gap)) != 0)
        return status;
    for (int i = 0; i < COLUMNS; i++)
        cells[i] = text_of(tr(c->lang, headers[i]));
    grid_open(&grid, c, cells, COLUMNS);
    for (int i = 1; i < COLUMNS; i++)
        grid.right[i] = true;
    for (size_t i = 0; i < b->trend_count && grid.status == 0; i++) {
        const struct board_counts *n = &b->trend[i].counts;
        const int64_t numbers[] = {board_open(n), n->overdue, n->states[STATE_STRUCK_OFF],
                                   n->taken_over};
        struct buf texts[4] = {BUF(64), BUF(64), BUF(64), BUF(64)};
        char day[11];
        cells[0] = date_iso(b->trend[i].day, day);
        for (int k = 0; k < 4; k++) {
            buf_int(&texts[k], numbers[k]);
            cells[1 + k] = buf_view(&texts[k]);
        }
        grid_row(&grid, cells);
        for (int k = 0; k < 4; k++)
            buf_release(&texts[k]);
    }
    return grid_close(&grid);
}

/* Fills the board's trend from --trend. */
static int load_trend(struct cli *c, const struct looking *look, struct board *board)
{
    const char *given = cli_option(c, "trend");
    struct board_point *points;
    struct err err = {0};
    int64_t weeks;

    if (given == NULL)
        return 0;
    if (!looking_number(given, &weeks) || weeks > BOARD_POINTS)
        return cli_usage(c, N_("{0} is no number of weeks from 1 to 400"), text_of(given));
    points = arena_array(&c->arena, struct board_point, (size_t)weeks);
    if (points == NULL) {
        err_set(&err, NO_MEMORY);
        return cli_fail(c, &err);
    }
    if (board_trend(points, (size_t)weeks, BOARD_WEEKS, look->ledger, &look->viewer, look->unit,
                    look->campaign, look->day, &c->arena, &err) != 0)
        return cli_fail(c, &err);
    board->trend = points;
    board->trend_count = (size_t)weeks;
    return 0;
}

static int run(struct cli *c, struct looking *look)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    struct list_query query = {.kind = LIST_PROBLEMS};
    struct board board;
    struct err err = {0};
    int status = looking_open_day(c, look);

    if (status || (status = looking_query(c, look, &query)) != 0)
        return status;
    /* Whose board it is follows from what the viewer may see today. */
    if ((look->unit.n == 0 &&
         board_home(&look->unit, &c->ledger, &c->viewer, &c->arena, &err) != 0) ||
        board_load(&board, look->ledger, &look->viewer, look->unit, look->campaign, look->day,
                   &c->arena, &err) != 0)
        return cli_fail(c, &err);
    if ((status = load_trend(c, look, &board)) != 0)
        return status;
    if (!c->json) {
        status = print_words(c, look, &board);
        return status || board.trend_count == 0 ? status : say_trend(c, &board);
    }
    board_json(&out, &board, look->ledger, look->at);
    buf_char(&out, '\n');
    return cli_print(c, &out);
}

int cmd_board(struct cli *c)
{
    struct looking look;
    int status = run(c, &look);

    looking_close(&look);
    return status;
}
