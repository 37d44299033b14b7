/*
 * cmd_access.c: the access log on the command line: `access purge`, `show CODE --access`, and the
 * notes that commands which look make in it.
 */
#include "base/json.h"
#include "cli/grid.h"
#include "cli/looking.h"
#include "cli/seen.h"
#include "office/access.h"

/* --- noting --------------------------------------------------------------------------------------
 */

/* Where the ledger can only be read nothing can be noted: then there is nothing to say. A writer
 * that was in the way for long is told. */
static void note_all(struct cli *c, const struct access *notes, size_t count)
{
    buf_auto struct buf out = BUF(4096);
    struct err err = {0};
    struct access_log *log = access_open(&c->ledger, &err);
    int rc = 0;

    if (log == NULL)
        return;
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = access_note(log, &notes[i], &err);
    if (access_close(log, &err) != 0 && err.code == ERR_BUSY) {
        say(&out, c->lang, N_("xiaohao: another command is writing; this look was not noted.\n"));
        fwrite(out.p, 1, out.n, stderr);
    }
}

void seen_page(struct cli *c, const struct item_page *page)
{
    struct access notes[2] = {{.item = page->row->problem.code,
                               .person = c->viewer.person,
                               .what = T(""),
                               .kind = ACCESS_PAGE,
                               .channel = ACCESS_CLI}};
    size_t count = 1;

    for (size_t i = 0; i < page->sealed_count; i++)
        if (page->sealed[i].how == SEALED_SHOWN) {
            notes[1] = notes[0];
            notes[1].kind = ACCESS_SEALED;
            notes[1].what = page->sealed[i].field;
            count = 2;
        }
    note_all(c, notes, count);
}

void seen_list(struct cli *c, const char *what, struct text campaign)
{
    note_all(c,
             &(struct access){.item = campaign,
                              .person = c->viewer.person,
                              .what = text_of(what),
                              .kind = ACCESS_EXPORT,
                              .channel = ACCESS_CLI},
             1);
}

/* --- reading -------------------------------------------------------------------------------------
 */

static const char *const headers[] = {N_("Day"),   N_("Person"), N_("Opened"), N_("Which"),
                                      N_("First"), N_("Last"),   N_("Times"),  N_("By way of")};
enum { COLUMNS = sizeof headers / sizeof headers[0] };

static int table_row(struct cli *c, struct grid *grid, const struct access_row *row)
{
    buf_auto struct buf count = BUF(64), channels = BUF(64);
    char day[11], first[20], last[20];

    buf_int(&count, row->count);
    access_channels(&channels, row->channels);
    return grid_row(
        grid, (struct text[COLUMNS]){date_iso(row->day, day), row->name.n ? row->name : row->person,
                                     text_of(tr(c->lang, access_kind_label(row->kind))),
                                     text_head(row->what, 24),
                                     text_from(ledger_time(&c->ledger, row->first, first), 11),
                                     text_from(ledger_time(&c->ledger, row->last, last), 11),
                                     buf_view(&count), buf_view(&channels)});
}

/* Headers stand above the first page that could be read. */
static void open_table(struct cli *c, struct grid *grid)
{
    struct text texts[COLUMNS];

    for (int i = 0; i < COLUMNS; i++)
        texts[i] = text_of(tr(c->lang, headers[i]));
    grid_open(grid, c, texts, COLUMNS);
    grid->right[6] = true;
}

int show_access(struct cli *c, struct text code)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    struct access_row *rows, *after = NULL;
    struct err err = {0};
    struct grid grid;
    size_t count;
    int status = cli_open(c, true), closed;
    bool opened = false;

    if (status)
        return status;
    do {
        if (access_read(&rows, &count, &c->ledger, &c->viewer, code, after, &c->arena, &err) != 0) {
            status = cli_fail(c, &err);
            break;
        }
        if (!c->json && !opened)
            open_table(c, &grid);
        opened = !c->json;
        for (size_t i = 0; i < count && status == 0; i++) {
            if (!c->json) {
                status = table_row(c, &grid, &rows[i]);
                continue;
            }
            access_json(&out, &c->ledger, &rows[i]);
            buf_char(&out, '\n');
        }
        after = count ? &rows[count - 1] : NULL;
        if (status == 0)
            status = cli_print(c, &out);
    } while (status == 0 && count == ACCESS_PAGE_ROWS);
    if (!opened)
        return status;
    closed = grid_close(&grid);
    return status ? status : closed;
}

/* --- dropping ------------------------------------------------------------------------------------
 */

int cmd_access(struct cli *c)
{
    buf_auto struct buf out = BUF(4096), number = BUF(64);
    struct outcome outcome;
    struct err err = {0};
    int64_t dropped;
    int32_t before;
    int status;
    bool first = true;

    if (cli_arg(c, 0) == NULL || strcmp(cli_arg(c, 0), "purge") != 0)
        return cli_usage(c, N_("Say what to do with the access log: purge --before DAY"), T(""));
    if ((status = cli_open(c, false)) != 0 || (status = cli_day(c, "before", &before)) != 0)
        return status;
    if (access_purge(&c->ledger, c->viewer.person, text_of(c->via), before, &outcome, &dropped,
                     &c->arena, &err) != 0)
        return cli_fail(c, &err);
    if (outcome.verdict.rule)
        return cli_refuse(c, &outcome);
    buf_int(&number, dropped);
    if (c->json) {
        buf_char(&out, '{');
        json_put_key(&out, "dropped", &first);
        buf_text(&out, buf_view(&number));
        json_put_key(&out, "seq", &first);
        buf_int(&out, outcome.seq);
        buf_str(&out, "}\n");
    } else {
        say(&out, c->lang, N_("{0} rows of the access log were dropped.\n"), buf_view(&number));
    }
    return cli_print(c, &out);
}
