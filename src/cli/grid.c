/* grid.c: see grid.h. */
#include "cli/grid.h"

#include "cli/looking.h"
#include "office/lists/plain.h"

enum { BLOCK = 64 * 1024, GAP = 2, WIDEST = 40 };

static void print_row(struct grid *g, const struct text *cells)
{
    buf_auto struct buf line = BUF(BUF_ANY);
    int last = g->count - 1;

    while (last > 0 && cells[last].n == 0)
        last--;
    for (int i = 0; i <= last; i++) {
        size_t width = text_width(cells[i]), room = g->widths[i];
        if (i)
            buf_str(&line, "  ");
        if (g->right[i])
            for (; width < room; width++)
                buf_char(&line, ' ');
        if (i < last)
            buf_pad(&line, cells[i], g->right[i] ? 0 : room);
        else
            buf_text(&line, cells[i]);
    }
    if (g->room)
        buf_fit(&g->out, buf_view(&line), g->room);
    else
        buf_text(&g->out, buf_view(&line));
    buf_char(&g->out, '\n');
    g->out.failed = g->out.failed || line.failed;
}

/* Prints the rows that were held back. */
static void settle(struct grid *g)
{
    for (size_t i = 0; i < g->row_count; i++)
        print_row(g, g->rows[i]);
    g->settled = true;
    arena_release(&g->held);
}

static void hold(struct grid *g, const struct text *cells)
{
    for (int i = 0; i < g->count; i++) {
        size_t width = text_width(cells[i]);
        g->rows[g->row_count][i] = arena_text(&g->held, cells[i]);
        /* One long text does not push the others aside. */
        if (width > WIDEST && g->row_count)
            width = WIDEST;
        if (width > g->widths[i])
            g->widths[i] = width;
    }
    g->row_count++;
}

void grid_open(struct grid *g, struct cli *c, const struct text *headers, int count)
{
    *g = (struct grid){.cli = c,
                       .out = BUF(BUF_ANY),
                       .held = ARENA(BUF_ANY),
                       .count = count,
                       .room = looking_width(c)};
    g->rows = arena_take(&g->held, sizeof *g->rows * GRID_AHEAD);
    if (g->rows)
        hold(g, headers);
}

int grid_row(struct grid *g, const struct text *cells)
{
    buf_auto struct buf plain = BUF(BUF_ANY);
    struct text clean[GRID_COLUMNS];
    size_t ends[GRID_COLUMNS];

    if (g->status)
        return g->status;
    for (int i = 0; i < g->count; i++) {
        buf_plain(&plain, cells[i]);
        ends[i] = plain.n;
    }
    for (int i = 0; i < g->count; i++) {
        size_t from = i ? ends[i - 1] : 0;
        clean[i] = (struct text){plain.p + from, ends[i] - from};
    }
    if (g->rows == NULL || plain.failed || g->held.failed) {
        struct err err;
        err_set(&err, NO_MEMORY);
        return g->status = cli_fail(g->cli, &err);
    }
    if (!g->settled && g->row_count < GRID_AHEAD) {
        hold(g, clean);
        return 0;
    }
    if (!g->settled)
        settle(g);
    print_row(g, clean);
    if (g->out.n >= BLOCK || g->out.failed)
        g->status = cli_print(g->cli, &g->out);
    return g->status;
}

int grid_close(struct grid *g)
{
    if (!g->settled)
        settle(g);
    if (g->status == 0)
        g->status = cli_print(g->cli, &g->out);
    buf_release(&g->out);
    arena_release(&g->held);
    return g->status;
}
