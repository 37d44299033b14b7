/* export.c: see export.h. */
#include "office/lists/export.h"

#include "base/json.h"
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

struct sheet {
    const struct cell_column *cells;
    struct buf texts[COLUMNS_MAX];
    struct text views[COLUMNS_MAX];
    int count;
};

static void release_sheet(struct sheet *s)
{
    for (int i = 0; i < s->count; i++)
        buf_release(&s->texts[i]);
}

static struct table *open_table(const char *path, enum table_format format, struct ledger *l,
                                const struct export_request *r, struct sheet *s, int64_t count,
                                struct err *err)
{
    buf_auto struct buf title = BUF(4096), subtitle = BUF(8192);
    struct column columns[COLUMNS_MAX];
    struct table_spec spec = {.columns = columns,
                              .count = s->count,
                              .sheet = text_of(tr(r->lang, list_label(r->query.kind))),
                              .lang = r->lang,
                              .made = r->at};

    for (int i = 0; i < s->count; i++) {
        columns[i] = (struct column){.key = s->cells[i].key,
                                     .header = tr(r->lang, s->cells[i].header),
                                     .kind = s->cells[i].kind,
                                     .width = s->cells[i].width};
        s->texts[i] = BUF(BUF_ANY);
    }
    say_title(&title, l, r);
    say_subtitle(&subtitle, l, r, count);
    spec.title = buf_view(&title);
    spec.subtitle = buf_view(&subtitle);
    return table_open(path, format, &spec, err);
}

static int put_row(struct table *t, struct sheet *s, enum lang lang, const struct list_row *row,
                   int64_t place, struct err *err)
{
    for (int i = 0; i < s->count; i++) {
        buf_clear(&s->texts[i]);
        cell_say(&s->texts[i], lang, &s->cells[i], row, place);
        if (s->texts[i].failed)
            return err_set(err, NO_MEMORY);
        s->views[i] = buf_view(&s->texts[i]);
    }
    return table_row(t, s->views, err);
}

/* Within a read transaction: the number of rows stands above them. */
static int write_list(const char *path, enum table_format format, struct ledger *l,
                      const struct viewer *v, const struct export_request *r, int64_t *rows,
                      void (*progress)(void *, int64_t), void *arg, struct err *err)
{
    struct list_query query = r->query;
    struct sheet sheet = {0};
    const struct list_row *row;
    struct table *table = NULL;
    struct list *list;
    int64_t count, done = 0;
    int rc = -1;

    count = list_count(l, v, &query, err);
    if (count < 0)
        return -1;
    query.measures = true;
    sheet.cells = cells_for_sheet(query.kind, &sheet.count);
    list = list_open(l, v, &query, err);
    if (list)
        table = open_table(path, format, l, r, &sheet, count, err);
    if (table)
        while ((rc = list_next(list, &row, err)) == 1) {
            if ((rc = put_row(table, &sheet, r->lang, row, ++done, err)) != 0)
                break;
            if (progress && done % STEP == 0)
                progress(arg, done);
        }
    list_close(list);
    release_sheet(&sheet);
    if (table == NULL || rc != 0) {
        table_abort(table);
        return -1;
    }
    if (rows)
        *rows = done;
    return table_close(table, err);
}

int export_list(const char *path, enum table_format format, struct ledger *l,
                const struct viewer *v, const struct export_request *r, int64_t *rows,
                void (*progress)(void *, int64_t), void *arg, struct err *err)
{
    int rc;

    if (store_begin(l->store, STORE_READ, err) != 0)
        return -1;
    rc = write_list(path, format, l, v, r, rows, progress, arg, err);
    store_rollback(l->store);
    return rc;
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
