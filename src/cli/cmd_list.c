/* cmd_list.c: `list`: every row of a list, as a table or as JSON lines. */
#include "cli/grid.h"
#include "cli/looking.h"
#include "office/lists/cells.h"

enum { BLOCK = 64 * 1024 };

static int print_json(struct cli *c, struct list *list, const struct looking *look)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    const struct list_row *row;
    struct err err = {0};
    int rc, status;

    while ((rc = list_next(list, &row, &err)) == 1) {
        list_json(&out, row, look->as_of);
        buf_char(&out, '\n');
        if ((out.n >= BLOCK || out.failed) && (status = cli_print(c, &out)) != 0)
            return status;
    }
    return rc < 0 ? cli_fail(c, &err) : cli_print(c, &out);
}

static int print_table(struct cli *c, struct list *list, enum list_kind kind)
{
    buf_auto struct buf cell = BUF(BUF_ANY);
    struct text texts[GRID_COLUMNS];
    size_t ends[GRID_COLUMNS];
    int count;
    const struct cell_column *columns = cells_for_terminal(kind, &count);
    const struct list_row *row;
    struct err err = {0};
    struct grid grid;
    int64_t place = 0;
    int rc, status;

    for (int i = 0; i < count; i++)
        texts[i] = text_of(tr(c->lang, columns[i].header));
    grid_open(&grid, c, texts, count);
    while ((rc = list_next(list, &row, &err)) == 1) {
        place++;
        buf_clear(&cell);
        for (int i = 0; i < count; i++) {
            cell_say(&cell, c->lang, &columns[i], row, place);
            ends[i] = cell.n;
        }
        for (int i = 0; i < count; i++) {
            size_t from = i ? ends[i - 1] : 0;
            texts[i] = (struct text){cell.p + from, ends[i] - from};
        }
        if (cell.failed) {
            rc = err_set(&err, NO_MEMORY);
            break;
        }
        if (grid_row(&grid, texts) != 0)
            break;
    }
    status = grid_close(&grid);
    return rc < 0 ? cli_fail(c, &err) : status;
}

static int run(struct cli *c, struct looking *look, struct list_query *query)
{
    const char *after = cli_option(c, "after"), *limit = cli_option(c, "limit");
    buf_auto struct buf out = BUF(4096);
    struct err err = {0};
    struct list *list;
    int status = looking_open_day(c, look);

    if (status || (status = looking_query(c, look, query)) != 0)
        return status;
    if (limit && !looking_number(limit, &query->limit))
        return cli_usage(c, N_("{0} is no number of rows"), text_of(limit));
    if (after &&
        list_after(query, look->ledger, &look->viewer, text_of(after), &c->arena, &err) != 0)
        return cli_fail(c, &err);
    list = list_open(look->ledger, &look->viewer, query, &err);
    if (list == NULL)
        return cli_fail(c, &err);
    if (!c->json)
        looking_say(c, look, &out);
    status = cli_print(c, &out);
    if (status == 0)
        status = c->json ? print_json(c, list, look) : print_table(c, list, query->kind);
    list_close(list);
    return status;
}

int cmd_list(struct cli *c)
{
    int kind = cli_arg(c, 0) ? list_of(text_of(cli_arg(c, 0))) : -1, status;
    struct list_query query = {0};
    struct looking look;

    if (kind < 0)
        return cli_usage(c,
                         N_("Name the list: problems, tasks, responsibilities, units, people, "
                            "campaigns or sources"),
                         T(""));
    query.kind = (enum list_kind)kind;
    status = run(c, &look, &query);
    looking_close(&look);
    return status;
}
