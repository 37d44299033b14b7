/* cmd_instruction.c: `instruction`: leaders' instructions, given, followed up and listed. */
#include "base/json.h"
#include "cli/grid.h"
#include "cli/looking.h"
#include "office/instructions/instructions.h"
#include "office/lists/history.h"
#include "office/lists/plain.h"

enum { LABELS = 20, BLOCK = 64 * 1024 };

static bool is(const struct cli *c, const char *word)
{
    return cli_arg(c, 0) && strcmp(cli_arg(c, 0), word) == 0;
}

/* --- doing -------------------------------------------------------------------------------------
 */

/* What became of it, with the state of the instruction as it is now. */
static int said(struct cli *c, const struct outcome *o)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    struct text code = o->instruction.n ? o->instruction : o->code;
    struct instruction_row row;
    struct err err = {0};
    char number[24];
    bool first = true;

    if (o->verdict.rule)
        return cli_refuse(c, o);
    if (instruction_find(&row, &c->ledger, &c->viewer, code, &c->arena, &err) != 0)
        return cli_fail(c, &err);
    snprintf(number, sizeof number, "%lld", (long long)o->seq);
    if (c->json) {
        buf_char(&out, '{');
        json_put_key(&out, "code", &first);
        json_put_text(&out, code);
        json_put_key(&out, "seq", &first);
        buf_int(&out, o->seq);
        json_put_key(&out, "version", &first);
        buf_int(&out, row.version);
        json_put_key(&out, "state", &first);
        json_put_text(&out, word_key(&instruction_states, row.state));
        if (o->repeated) {
            json_put_key(&out, "repeated", &first);
            buf_str(&out, "true");
        }
        buf_str(&out, "}\n");
    } else {
        say(&out, c->lang,
            o->repeated ? N_("{0}: done before, entry {1}; it is {2}.\n")
                        : N_("{0}: done, entry {1}; it is now {2}.\n"),
            code, text_of(number), word_label(&instruction_states, row.state, c->lang));
    }
    return cli_print(c, &out);
}

static int act(struct cli *c)
{
    struct param params[64];
    struct command command;
    struct outcome outcome;
    struct err err = {0};
    struct text on = text_of(cli_arg(c, 1) ? cli_arg(c, 1) : "");
    int status;

    if (on.n == 0 && !is(c, "give"))
        return cli_usage(c, N_("Name the instruction"), T(""));
    if ((status = cli_open(c, false)) != 0)
        return status;
    for (int i = 0; i < c->option_count; i++)
        params[i] = (struct param){text_of(c->options[i].name), text_of(c->options[i].value)};
    if (instruction_command(&c->ledger, &c->viewer, text_of(cli_arg(c, 0)), on, params,
                            (size_t)c->option_count, &command, &c->arena, &err) != 0)
        return cli_fail(c, &err);
    command.via = text_of(c->via);
    if (ledger_write(&c->ledger, &command, &outcome, 1, &c->arena, &err) != 0)
        return cli_fail(c, &err);
    return said(c, &outcome);
}

/* --- looking -----------------------------------------------------------------------------------
 */

/* "overdue 12 (HZ, 城关镇, 2026-06-30)" */
static void say_number(struct buf *out, enum lang lang, const struct board_number *n)
{
    buf_auto struct buf value = BUF(64), day = BUF(64), where = BUF(BUF_ANY);

    buf_int(&value, n->value);
    buf_date(&day, n->as_of);
    buf_plain(&where, n->unit_name.n ? n->unit_name : n->unit);
    if (n->campaign.n) {
        if (where.n)
            buf_between(&where, lang);
        buf_plain(&where, n->campaign);
    }
    if (where.n)
        say(out, lang, N_("{0} {1} on {2} ({3})"), board_number_label(n->what, lang),
            buf_view(&value), buf_view(&day), buf_view(&where));
    else
        say(out, lang, N_("{0} {1} on {2}"), board_number_label(n->what, lang), buf_view(&value),
            buf_view(&day));
}

static void say_about(struct buf *out, enum lang lang, const struct instruction_row *row)
{
    if (row->item.n)
        buf_plain(out, row->item);
    else if (row->number.what.n)
        say_number(out, lang, &row->number);
}

static void say_addressee(struct buf *out, enum lang lang, const struct instruction_row *row)
{
    buf_plain(out, row->unit_name.n ? row->unit_name : row->unit);
    if (row->unit.n && row->person.n)
        buf_between(out, lang);
    buf_plain(out, row->person_name.n ? row->person_name : row->person);
}

static void field(struct cli *c, struct buf *out, const char *label, struct text value)
{
    if (value.n == 0)
        return;
    buf_pad(out, text_of(tr(c->lang, label)), LABELS);
    buf_plain(out, value);
    buf_char(out, '\n');
}

static void show_words(struct cli *c, struct buf *out, const struct instruction_row *row,
                       const struct entry *entries, size_t count)
{
    struct names names = {.l = &c->ledger, .arena = &c->arena};
    buf_auto struct buf about = BUF(BUF_ANY), to = BUF(BUF_ANY), due = BUF(64);

    say_about(&about, c->lang, row);
    say_addressee(&to, c->lang, row);
    buf_date(&due, row->due);
    buf_plain(out, row->code);
    buf_str(out, "  ");
    buf_text(out, word_label(&instruction_states, row->state, c->lang));
    if (row->overdue)
        say(out, c->lang, N_("  overdue"));
    buf_char(out, '\n');
    field(c, out, N_("instruction"), row->text);
    field(c, out, N_("about"), buf_view(&about));
    field(c, out, N_("given by"), row->giver_name);
    field(c, out, N_("addressee"), buf_view(&to));
    field(c, out, N_("deadline"), buf_view(&due));
    field(c, out, N_("last report"), row->report);
    buf_char(out, '\n');
    for (size_t i = 0; i < count; i++) {
        char time[20];
        buf_text(out, ledger_time(&c->ledger, entries[i].at, time));
        buf_str(out, "  ");
        buf_plain(out, name_of_person(&names, entries[i].by));
        buf_str(out, "  ");
        history_say(out, c->lang, &names, &entries[i]);
        buf_char(out, '\n');
    }
}

static int show(struct cli *c)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    struct instruction_row row;
    struct entry *entries;
    struct err err = {0};
    size_t count;
    int status;

    if (cli_arg(c, 1) == NULL)
        return cli_usage(c, N_("Name the instruction"), T(""));
    if ((status = cli_open(c, true)) != 0)
        return status;
    if (store_begin(c->ledger.store, STORE_READ, &err) != 0 ||
        instruction_find(&row, &c->ledger, &c->viewer, text_of(cli_arg(c, 1)), &c->arena, &err) !=
            0 ||
        instruction_entries(&entries, &count, &c->ledger, &row, &c->arena, &err) != 0) {
        store_rollback(c->ledger.store);
        return cli_fail(c, &err);
    }
    if (c->json) {
        instruction_json(&out, &c->ledger, &row, entries, count);
        buf_char(&out, '\n');
    } else {
        show_words(c, &out, &row, entries, count);
    }
    store_rollback(c->ledger.store);
    return cli_print(c, &out);
}

static const char *const headers[] = {N_("Code"),      N_("State"),    N_("Instruction"),
                                      N_("About"),     N_("Given by"), N_("Given on"),
                                      N_("Addressee"), N_("Deadline"), N_("Reports")};
enum { COLUMNS = sizeof headers / sizeof headers[0] };

static int table_row(struct grid *grid, enum lang lang, const struct instruction_row *row)
{
    buf_auto struct buf all = BUF(BUF_ANY);
    struct text cells[COLUMNS];
    size_t ends[COLUMNS];
    int n = 0;

    buf_plain(&all, row->code);
    ends[n++] = all.n;
    buf_text(&all, word_label(&instruction_states, row->state, lang));
    if (row->overdue)
        say(&all, lang, N_("  overdue"));
    ends[n++] = all.n;
    buf_plain(&all, row->text);
    ends[n++] = all.n;
    say_about(&all, lang, row);
    ends[n++] = all.n;
    buf_plain(&all, row->giver_name);
    ends[n++] = all.n;
    buf_date(&all, row->given);
    ends[n++] = all.n;
    say_addressee(&all, lang, row);
    ends[n++] = all.n;
    buf_date(&all, row->due);
    ends[n++] = all.n;
    buf_int(&all, row->reports);
    ends[n++] = all.n;
    for (int i = 0; i < COLUMNS; i++) {
        size_t from = i ? ends[i - 1] : 0;
        cells[i] = (struct text){all.p + from, ends[i] - from};
    }
    return grid_row(grid, cells);
}

/* What --to, --mine, --item, --open, --overdue and --after choose. */
static int choose(struct cli *c, struct instruction_query *query)
{
    const char *to = cli_option(c, "to"), *after = cli_option(c, "after"),
               *limit = cli_option(c, "limit");
    struct list_query unit = {.kind = LIST_UNITS};
    struct instruction_row row;
    struct err err = {0};
    struct text code;

    *query = (struct instruction_query){.item = cli_text(c, "item"),
                                        .mine = cli_option(c, "mine") != NULL,
                                        .open = cli_option(c, "open") != NULL,
                                        .overdue = cli_option(c, "overdue") != NULL};
    if (limit && !looking_number(limit, &query->limit))
        return cli_usage(c, N_("{0} is no number of rows"), text_of(limit));
    if (to) {
        if (cli_unit(c, to, &code, &err) != 0 ||
            list_choose_unit(&unit, &c->ledger, code, NULL, &c->arena, &err) != 0)
            return cli_fail(c, &err);
        query->path = unit.path;
    }
    if (after &&
        instruction_find(&row, &c->ledger, &c->viewer, text_of(after), &c->arena, &err) != 0)
        return cli_fail(c, &err);
    query->after = after ? row.id : 0;
    return 0;
}

/* Page by page, so that a list of any length needs little memory. */
static int pages(struct cli *c, struct instruction_query *query, struct grid *grid)
{
    arena_auto struct arena page = ARENA(256u << 20);
    buf_auto struct buf out = BUF(BUF_ANY);
    struct instruction_row *rows;
    struct err err = {0};
    int64_t left = query->limit ? query->limit : INT64_MAX;
    size_t count;
    int status = 0;

    do {
        arena_clear(&page);
        query->limit = left < INSTRUCTION_PAGE ? left : INSTRUCTION_PAGE;
        if (instructions_load(&rows, &count, &c->ledger, &c->viewer, query, &page, &err) != 0)
            return cli_fail(c, &err);
        for (size_t i = 0; i < count && status == 0; i++) {
            if (!c->json) {
                status = table_row(grid, c->lang, &rows[i]);
                continue;
            }
            instruction_json(&out, &c->ledger, &rows[i], NULL, 0);
            buf_char(&out, '\n');
            if (out.n >= BLOCK || out.failed)
                status = cli_print(c, &out);
        }
        if (count)
            query->after = rows[count - 1].id;
        left -= (int64_t)count;
    } while (status == 0 && count == (size_t)query->limit && left > 0);
    return status ? status : cli_print(c, &out);
}

static int list(struct cli *c)
{
    struct instruction_query query;
    struct text texts[COLUMNS];
    struct err err = {0};
    struct grid grid;
    int status = cli_open(c, true), closed;

    if (status)
        return status;
    if (store_begin(c->ledger.store, STORE_READ, &err) != 0)
        return cli_fail(c, &err);
    status = choose(c, &query);
    if (status == 0 && c->json) {
        status = pages(c, &query, NULL);
    } else if (status == 0) {
        for (int i = 0; i < COLUMNS; i++)
            texts[i] = text_of(tr(c->lang, headers[i]));
        grid_open(&grid, c, texts, COLUMNS);
        grid.right[COLUMNS - 1] = true;
        status = pages(c, &query, &grid);
        closed = grid_close(&grid);
        status = status ? status : closed;
    }
    store_rollback(c->ledger.store);
    return status;
}

int cmd_instruction(struct cli *c)
{
    if (is(c, "list"))
        return list(c);
    return is(c, "show") ? show(c) : act(c);
}
