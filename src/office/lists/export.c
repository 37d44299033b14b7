/* export.c: see export.h. */
#include "office/lists/export.h"

#include "base/json.h"
#include "base/mem.h"
#include "office/lists/cells.h"
#include "office/lists/export.sql.h"
#include "office/lists/moment.h"
#include "office/lists/plain.h"

/* What is gathered of the log before it is written, and rows between two words of progress. */
enum { BLOCK = 256 * 1024, STEP = 1000, COLUMNS_MAX = 32 };

/* --- lists -------------------------------------------------------------------------------------
 */

/* "Ledger, campaign: list" */
static void say_title(struct buf *out, const struct ledger *l, const struct export_request *r)
{
    buf_text(out, text_of(l->name));
    if (r->campaign_name.n) {
        buf_char(out, ' ');
        buf_text(out, r->campaign_name);
    }
    if (r->unit_name.n) {
        buf_char(out, ' ');
        buf_text(out, r->unit_name);
    }
    buf_char(out, ' ');
    buf_str(out, tr(r->lang, list_label(r->query.kind)));
}

/* As of when, how many rows, and which. */
static void say_subtitle(struct buf *out, const struct ledger *l, const struct export_request *r,
                         int64_t count)
{
    const struct vocabulary *words = list_states(r->query.kind);
    buf_auto struct buf number = BUF(64), chosen = BUF(4096);
    char time[MOMENT_WORDS];

    buf_int(&number, count);
    say(out, r->lang, N_("As of {0}; {1} rows"), moment_words(l, r->at, time), buf_view(&number));
    for (int i = 1; r->query.states && i < words->count; i++) {
        if (!(r->query.states & BIT(i)))
            continue;
        if (chosen.n)
            buf_between(&chosen, r->lang);
        buf_text(&chosen, word_label(words, i, r->lang));
    }
    if (chosen.n)
        say(out, r->lang, N_("; only {0}"), buf_view(&chosen));
    if (r->query.overdue)
        buf_str(out, tr(r->lang, N_("; only what is open and past its deadline")));
    if (r->query.soon)
        buf_str(out, tr(r->lang, N_("; only what is open and due within 7 days")));
    if (r->narrowed.n)
        say(out, r->lang, N_("; only {0}"), r->narrowed);
    if (r->query.states == 0 && !r->query.overdue && !r->query.soon)
        buf_str(out, tr(r->lang, N_("; in every state")));
}

/* A list that is being written, within a read transaction. */
struct export
{
    struct ledger *l;
    struct list_query query;
    enum lang lang;
    const struct cell_column *cells;
    struct buf texts[COLUMNS_MAX];
    struct text views[COLUMNS_MAX];
    int columns;
    struct list *list;
    struct table *table;
    int64_t done;   /* rows */
    struct buf out; /* of a stream: what was made and not handed on yet */
};

static int to_out(void *arg, struct text bytes, struct err *err)
{
    struct export *e = arg;

    buf_text(&e->out, bytes);
    return e->out.failed ? err_set(err, NO_MEMORY) : 0;
}

/* Without a path it goes to e->out. */
static int open_table(struct export *e, const char *path, enum table_format format,
                      const struct export_request *r, int64_t count, struct err *err)
{
    buf_auto struct buf title = BUF(4096), subtitle = BUF(8192);
    struct column columns[COLUMNS_MAX];
    struct table_spec spec = {.columns = columns,
                              .count = e->columns,
                              .sheet = text_of(tr(r->lang, list_label(r->query.kind))),
                              .lang = r->lang,
                              .made = r->at};

    for (int i = 0; i < e->columns; i++)
        columns[i] = (struct column){.key = e->cells[i].key,
                                     .header = tr(r->lang, e->cells[i].header),
                                     .kind = e->cells[i].kind,
                                     .width = e->cells[i].width};
    say_title(&title, e->l, r);
    say_subtitle(&subtitle, e->l, r, count);
    spec.title = buf_view(&title);
    spec.subtitle = buf_view(&subtitle);
    e->table =
        path ? table_open(path, format, &spec, err) : table_stream(to_out, e, format, &spec, err);
    return e->table ? 0 : -1;
}

/* Whatever it returns, finish() comes after it. */
static int begin(struct export *e, const char *path, enum table_format format, struct ledger *l,
                 const struct viewer *v, const struct export_request *r, struct err *err)
{
    int64_t count = 0;

    *e = (struct export){.query = r->query, .lang = r->lang, .out = BUF(BUF_ANY)};
    e->cells = cells_for_sheet(r->query.kind, &e->columns);
    for (int i = 0; i < e->columns; i++)
        e->texts[i] = BUF(BUF_ANY);
    if (store_begin(l->store, STORE_READ, err) != 0)
        return -1;
    e->l = l;
    /* Only a workbook says above its rows how many they are. */
    if (format == TABLE_XLSX && (count = list_count(l, v, &e->query, err)) < 0)
        return -1;
    e->query.measures = true;
    e->list = list_open(l, v, &e->query, err);
    return e->list ? open_table(e, path, format, r, count, err) : -1;
}

/* 1 when a row was written, 0 when there was none left and the table is closed. */
static int put_row(struct export *e, struct err *err)
{
    const struct list_row *row;
    int rc = list_next(e->list, &row, err);

    if (rc < 0)
        return -1;
    if (rc == 0) {
        struct table *table = e->table;
        e->table = NULL;
        return table_close(table, err);
    }
    e->done++;
    for (int i = 0; i < e->columns; i++) {
        buf_clear(&e->texts[i]);
        cell_say(&e->texts[i], e->lang, &e->cells[i], row, e->done);
        if (e->texts[i].failed)
            return err_set(err, NO_MEMORY);
        e->views[i] = buf_view(&e->texts[i]);
    }
    return table_row(e->table, e->views, err) == 0 ? 1 : -1;
}

static void finish(struct export *e)
{
    list_close(e->list);
    table_abort(e->table);
    for (int i = 0; i < e->columns; i++)
        buf_release(&e->texts[i]);
    buf_release(&e->out);
    if (e->l)
        store_rollback(e->l->store);
}

int export_list(const char *path, enum table_format format, struct ledger *l,
                const struct viewer *v, const struct export_request *r, int64_t *rows,
                void (*progress)(void *, int64_t), void *arg, struct err *err)
{
    struct export e;
    int rc = begin(&e, path, format, l, v, r, err);

    if (rc == 0)
        while ((rc = put_row(&e, err)) == 1)
            if (progress && e.done % STEP == 0)
                progress(arg, e.done);
    if (rc == 0 && rows)
        *rows = e.done;
    finish(&e);
    return rc;
}

struct export *export_open(enum table_format format, struct ledger *l, const struct viewer *v,
                           const struct export_request *r, struct err *err)
{
    struct export *e = mem_alloc(sizeof *e);

    if (e == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    if (begin(e, NULL, format, l, v, r, err) == 0)
        return e;
    export_close(e);
    return NULL;
}

int export_next(struct export *e, struct buf *piece, struct err *err)
{
    int rc = 1;

    while (rc == 1 && e->out.n == 0)
        rc = put_row(e, err);
    if (rc < 0)
        return -1;
    buf_text(piece, buf_view(&e->out));
    buf_clear(&e->out);
    return piece->failed ? err_set(err, NO_MEMORY) : rc;
}

void export_close(struct export *e)
{
    if (e == NULL)
        return;
    finish(e);
    mem_free(e);
}

/* --- the log -----------------------------------------------------------------------------------
 */

/* Within a read transaction: the checkpoint is that of these entries. */
static int write_log(struct ledger *l, int (*write)(void *, struct text, struct err *), void *arg,
                     int64_t *entries, void (*progress)(void *, int64_t), void *progress_arg,
                     struct err *err)
{
    buf_auto struct buf out = BUF(BUF_ANY), note = BUF(NOTE_MAX);
    struct export_entries_out row;
    struct rows rows;
    bool first = true;
    int rc = export_entries_open(l->store, NULL, &rows, err);

    if (rc != 0)
        return -1;
    *entries = 0;
    while ((rc = export_entries_next(&rows, &row, err)) == 1) {
        buf_text(&out, row.bytes);
        buf_char(&out, '\n');
        (*entries)++;
        if (out.n >= BLOCK) {
            if ((rc = write(arg, buf_view(&out), err)) != 0)
                break;
            buf_clear(&out);
        }
        if (progress && *entries % STEP == 0)
            progress(progress_arg, *entries);
    }
    rows_close(&rows);
    if (rc != 0 || ledger_checkpoint(l, &note, err) != 0)
        return -1;
    buf_char(&out, '{');
    json_put_key(&out, "checkpoint", &first);
    json_put_text(&out, buf_view(&note));
    buf_str(&out, "}\n");
    return out.failed ? err_set(err, NO_MEMORY) : write(arg, buf_view(&out), err);
}

int export_log(struct ledger *l, int (*write)(void *, struct text, struct err *), void *arg,
               int64_t *entries, void (*progress)(void *, int64_t), void *progress_arg,
               struct err *err)
{
    int rc;

    if (store_begin(l->store, STORE_READ, err) != 0)
        return -1;
    rc = write_log(l, write, arg, entries, progress, progress_arg, err);
    store_rollback(l->store);
    return rc;
}
