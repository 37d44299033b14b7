/*
 * table_text.c: CSV and JSON.
 *
 * CSV: UTF-8 with a byte order mark, without which Excel takes it for the system's encoding; CR LF
 * and quotes as RFC 4180 has them. JSON: an array, one compact object a line.
 */
#include "base/json.h"
#include "formats/csv.h"
#include "formats/table_writer.h"

/* What is gathered before it is written. */
enum { BLOCK = 256 * 1024 };

static int write_out(struct table *t, struct err *err)
{
    int rc;

    if (t->out.failed)
        return err_set(err, NO_MEMORY);
    rc = t->write(t->arg, buf_view(&t->out), err);
    buf_clear(&t->out);
    return rc;
}

static int write_block(struct table *t, struct err *err)
{
    return t->out.n >= BLOCK || t->out.failed ? write_out(t, err) : 0;
}

static void nothing(struct table *t)
{
    (void)t;
}

/* Appends t without NUL, and with quotes doubled if it stands in quotes. */
static void csv_text(struct buf *b, struct text t, bool quoted)
{
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] == '\0')
            continue;
        if (quoted && t.p[i] == '"')
            buf_char(b, '"');
        buf_char(b, t.p[i]);
    }
}

/* A number with at most one sign, which no program can take for a formula that does something. */
static bool signed_decimal(struct text t)
{
    if (t.n > 1 && t.p[0] == '+' && t.p[1] != '-')
        t = text_from(t, 1);
    return table_decimal(t);
}

static void csv_cell(struct buf *b, struct text t, enum column_kind kind)
{
    bool quoted = false, guarded;

    while (t.n && t.p[0] == '\0')
        t = text_from(t, 1);
    guarded = csv_guarded(t) && !(kind == COLUMN_NUMBER && signed_decimal(t));
    for (size_t i = 0; i < t.n && !quoted; i++)
        quoted = memchr(",;\t|\"\r\n", t.p[i], 7) != NULL;
    if (t.n && (t.p[0] == ' ' || t.p[t.n - 1] == ' '))
        quoted = true;
    if (quoted)
        buf_char(b, '"');
    if (guarded)
        buf_char(b, '\'');
    csv_text(b, t, quoted);
    if (quoted)
        buf_char(b, '"');
}

static int csv_open(struct table *t, struct err *err)
{
    buf_str(&t->out, "\xef\xbb\xbf");
    for (int i = 0; i < t->spec.count; i++) {
        if (i)
            buf_char(&t->out, ',');
        csv_cell(&t->out, text_of(t->spec.columns[i].header), COLUMN_TEXT);
    }
    buf_str(&t->out, "\r\n");
    return write_block(t, err);
}

static int csv_row(struct table *t, const struct text *cells, struct err *err)
{
    for (int i = 0; i < t->spec.count; i++) {
        if (i)
            buf_char(&t->out, ',');
        csv_cell(&t->out, cells[i], t->spec.columns[i].kind);
    }
    buf_str(&t->out, "\r\n");
    return write_block(t, err);
}

const struct table_ops table_csv = {csv_open, csv_row, write_out, nothing};

static int json_open(struct table *t, struct err *err)
{
    buf_str(&t->out, "[");
    return write_block(t, err);
}

static int json_row(struct table *t, const struct text *cells, struct err *err)
{
    bool first = true;

    buf_str(&t->out, t->row_count > 1 ? ",\n{" : "\n{");
    for (int i = 0; i < t->spec.count; i++) {
        json_put_key(&t->out, t->spec.columns[i].key, &first);
        if (t->spec.columns[i].kind == COLUMN_NUMBER && table_decimal(cells[i]))
            buf_text(&t->out, cells[i]);
        else
            json_put_text(&t->out, cells[i].n ? cells[i] : T(""));
    }
    buf_char(&t->out, '}');
    return write_block(t, err);
}

static int json_close(struct table *t, struct err *err)
{
    buf_str(&t->out, "\n]\n");
    return write_out(t, err);
}

const struct table_ops table_json = {json_open, json_row, json_close, nothing};
