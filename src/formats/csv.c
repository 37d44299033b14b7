/* csv.c: see csv.h. */
#include "formats/csv.h"

#include <stdio.h>

#include "base/mem.h"
#include "formats/encoding.h"

/* A row's texts together. */
enum { ROW_BYTES = 4 << 20 };

bool csv_guarded(struct text t)
{
    while (t.n && t.p[0] == '\'')
        t = text_from(t, 1);
    /* Where Chinese or Japanese is typed, programs take the wide ones for the narrow (OWASP, "CSV
     * Injection"). */
    return t.n && (memchr("=+-@\t\r\n", t.p[0], 7) != NULL || text_starts(t, T("＝")) ||
                   text_starts(t, T("＋")) || text_starts(t, T("－")) || text_starts(t, T("＠")));
}

/* -- which separator -- */

/* In the order of preference between equals. The enumeration comma is common inside Chinese texts,
 * so it counts only where nothing else does. */
static const struct text separators[] = {{"\t", 1}, {",", 1}, {";", 1}, {"|", 1}, {"、", 3}};
enum { SEPARATORS = sizeof separators / sizeof *separators, LAST_RESORT = SEPARATORS - 1 };

enum { RECORDS = 200 };

/* How often each separator stands in each of the first records, outside quotes. */
struct sample {
    unsigned short counts[RECORDS][SEPARATORS];
    int records;
};

/* Takes the first record off *t and counts; the last may be cut off and does not count then. */
static bool sample_record(struct text *t, unsigned short counts[static SEPARATORS], bool *empty)
{
    bool quoted = false;

    memset(counts, 0, SEPARATORS * sizeof *counts);
    *empty = true;
    while (t->n) {
        size_t step = 1;
        char c = t->p[0];

        if (c == '"')
            quoted = !quoted;
        if (!quoted && (c == '\n' || c == '\r')) {
            *t = text_from(*t, 1);
            return true;
        }
        *empty = false;
        for (int i = 0; !quoted && i < SEPARATORS; i++)
            if (text_starts(*t, separators[i]) && counts[i] < UINT16_MAX) {
                counts[i]++;
                step = separators[i].n;
            }
        *t = text_from(*t, step);
    }
    return false;
}

/* The commonest count but zero, and how many records have it. */
static int commonest(const struct sample *s, int separator, int *have)
{
    int best = 0;

    *have = 0;
    for (int i = 0; i < s->records; i++) {
        int same = 0, count = s->counts[i][separator];
        for (int k = 0; k < s->records; k++)
            same += s->counts[k][separator] == count;
        if (count > 0 && (same > *have || (same == *have && count > best))) {
            *have = same;
            best = count;
        }
    }
    return best;
}

/* Excel's own first line: sep=; */
static bool announced(struct text *t, struct text *separator)
{
    if (!text_starts(*t, T("sep=")) || t->n < 6 || strchr("\r\n\"", t->p[4]) != NULL ||
        (t->p[5] != '\r' && t->p[5] != '\n'))
        return false;
    *separator = text_head(text_from(*t, 4), 1);
    *t = text_from(*t, t->n > 6 && t->p[5] == '\r' && t->p[6] == '\n' ? 7 : 6);
    return true;
}

/* The separator that stands in the most records the same number of times. */
static int find_separator(struct text t, struct text *separator, struct err *err)
{
    mem_auto struct sample *s = mem_alloc(sizeof *s);
    int best = -1, best_have = 0, best_count = 0;

    if (s == NULL)
        return err_set(err, NO_MEMORY);
    while (t.n && s->records < RECORDS) {
        bool empty, whole = sample_record(&t, s->counts[s->records], &empty);
        if (!empty && (whole || s->records == 0))
            s->records++;
    }
    for (int i = 0; i < SEPARATORS; i++) {
        int have, count = commonest(s, i, &have);
        if (i == LAST_RESORT && (2 * best_have >= s->records || 10 * have < 9 * s->records))
            continue;
        if (have > best_have || (have == best_have && count > best_count)) {
            best = i;
            best_have = have;
            best_count = count;
        }
    }
    *separator = best >= 0 ? separators[best] : separators[1];
    return 0;
}

/* -- what is no table -- */

static bool begins(struct text t, const char *word)
{
    size_t i = 0;

    for (; word[i]; i++) {
        char c = i < t.n ? t.p[i] : '\0';
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + 32);
        if (c != word[i])
            return false;
    }
    return true;
}

static bool json(struct text t)
{
    struct text next = text_trim(text_from(t, 1));

    return (t.n && (t.p[0] == '{' || t.p[0] == '[') &&
            (next.n == 0 || strchr("\"{[]}", next.p[0]) != NULL));
}

/* Other things with the ending .csv, told by their beginning. */
static const char *other(struct text block)
{
    struct text t = text_trim(block);

    if (begins(t, "<!doctype html") || begins(t, "<html") || begins(t, "<head") ||
        begins(t, "<table") || begins(t, "<meta") || begins(t, "<style"))
        return N_("a web page");
    if (begins(t, "<?xml") || begins(t, "<workbook"))
        return N_("an XML file");
    if (begins(t, "{\\rtf"))
        return N_("a rich text document");
    if (begins(t, "%pdf-"))
        return N_("a PDF document");
    if (json(t))
        return N_("a JSON file");
    return NULL;
}

/* Control characters, but those that lay out text: bytes of something else. */
static bool binary(struct text block)
{
    for (size_t i = 0; i < block.n; i++) {
        unsigned char c = (unsigned char)block.p[i];
        if (c < 0x20 && (c < '\t' || c > '\r'))
            return true;
    }
    return false;
}

/* -- rows -- */

enum state { CELL_START, PLAIN, QUOTED, QUOTE_IN_QUOTED };

struct field {
    uint32_t column, at, n;
};

struct csv {
    const struct source *source;
    const struct sheet_limits *limits;
    struct sheet_sink *sink;
    struct text separator;
    char kept[4];
    enum state state;
    bool skip_lf; /* the last character was a CR */
    struct buf bytes;
    struct field *fields;
    size_t field_count, field_room;
    struct cell *cells;
    size_t cell_room;
    uint32_t row, column, at, quote_row;
};

static int append(struct csv *c, const char *p, size_t n, struct err *err)
{
    if (c->bytes.n - c->at + n > c->limits->cell_bytes)
        return source_limit(c->source, N_("a cell with too much text"), c->limits->cell_bytes, err);
    if (c->bytes.n + n > ROW_BYTES)
        return source_limit(c->source, N_("a row with too much text"), ROW_BYTES, err);
    buf_bytes(&c->bytes, p, n);
    return c->bytes.failed ? err_set(err, NO_MEMORY) : 0;
}

static int end_cell(struct csv *c, struct err *err)
{
    struct text t = {c->bytes.p ? c->bytes.p + c->at : "", c->bytes.n - c->at};
    uint32_t guard = t.n && t.p[0] == '\'' && csv_guarded(t);

    if (c->column >= c->limits->columns)
        return source_limit(c->source, N_("too many columns"), c->limits->columns, err);
    if (t.n) {
        if (!mem_room(&c->fields, c->field_count, &c->field_room, sizeof *c->fields))
            return err_set(err, NO_MEMORY);
        c->fields[c->field_count++] =
            (struct field){c->column, c->at + guard, (uint32_t)t.n - guard};
    }
    c->column++;
    c->at = (uint32_t)c->bytes.n;
    c->state = CELL_START;
    return 0;
}

static int end_row(struct csv *c, struct err *err)
{
    struct row row = {.number = ++c->row, .count = c->field_count};

    if (c->row > c->limits->rows)
        return source_limit(c->source, N_("too many rows"), c->limits->rows, err);
    if (c->field_count > c->cell_room) {
        mem_free(c->cells);
        c->cell_room = 0;
        c->cells = mem_alloc(c->field_room * sizeof *c->cells);
        if (c->cells == NULL)
            return err_set(err, NO_MEMORY);
        c->cell_room = c->field_room;
    }
    for (size_t i = 0; i < c->field_count; i++) {
        const struct field *f = &c->fields[i];
        c->cells[i] = (struct cell){
            .kind = CELL_TEXT, .column = f->column, .text = {c->bytes.p + f->at, f->n}};
    }
    row.cells = c->cells;
    c->field_count = 0;
    c->column = c->at = 0;
    buf_clear(&c->bytes);
    return row.count ? c->sink->row(c->sink, &row, err) : 0;
}

/* One step in a cell that is not, or no longer, quoted: up to its end or the block's. */
static int plain(struct csv *c, struct text *t, struct err *err)
{
    char first = c->separator.p[0];
    size_t n = 0;

    c->state = PLAIN;
    while (n < t->n && t->p[n] != '\n' && t->p[n] != '\r' &&
           (t->p[n] != first || !text_starts(text_from(*t, n), c->separator)))
        n++;
    if (append(c, t->p, n, err) != 0)
        return -1;
    *t = text_from(*t, n);
    if (t->n == 0)
        return 0;
    if (end_cell(c, err) != 0)
        return -1;
    if (t->p[0] == first) {
        *t = text_from(*t, c->separator.n);
        return 0;
    }
    c->skip_lf = t->p[0] == '\r';
    *t = text_from(*t, 1);
    return end_row(c, err);
}

/* One step inside quotes: up to a quote or a line break. */
static int quoted(struct csv *c, struct text *t, struct err *err)
{
    size_t n = 0;

    while (n < t->n && t->p[n] != '"' && t->p[n] != '\r')
        n++;
    if (append(c, t->p, n, err) != 0)
        return -1;
    *t = text_from(*t, n);
    if (t->n == 0)
        return 0;
    if (t->p[0] == '"') {
        c->state = QUOTE_IN_QUOTED;
    } else {
        c->skip_lf = true;
        if (append(c, "\n", 1, err) != 0)
            return -1;
    }
    *t = text_from(*t, 1);
    return 0;
}

static int feed(struct csv *c, struct text t, struct err *err)
{
    int rc = 0;

    while (rc == 0 && t.n) {
        char next = t.p[0];

        if (c->skip_lf) {
            c->skip_lf = false;
            if (next == '\n') {
                t = text_from(t, 1);
                continue;
            }
        }
        if (c->state == QUOTED) {
            rc = quoted(c, &t, err);
        } else if (next == '"' && (c->state == CELL_START || c->state == QUOTE_IN_QUOTED)) {
            if (c->state == QUOTE_IN_QUOTED)
                rc = append(c, "\"", 1, err);
            else
                c->quote_row = c->row + 1;
            c->state = QUOTED;
            t = text_from(t, 1);
        } else {
            rc = plain(c, &t, err);
        }
    }
    return rc;
}

/* The last row, which may have no line break. */
static int finish(struct csv *c, struct err *err)
{
    char row[16];

    if (c->state == QUOTED) {
        snprintf(row, sizeof row, "%u", c->quote_row);
        return err_set(err, FILE_QUOTE, text_of(c->source->name), text_of(row));
    }
    if (c->state == CELL_START && c->column == 0)
        return 0;
    return end_cell(c, err) != 0 ? -1 : end_row(c, err);
}

/* Looks at the first block: refuses what is no table, finds the separator. */
static int first_block(struct csv *c, const struct decoder *d, struct text *block, struct err *err)
{
    const char *what = other(*block);

    if (what)
        return source_refuse(c->source, ERR_FILE_UNKNOWN, what, err);
    if (text_trim(*block).n == 0 && d->at >= c->source->size)
        return err_set(err, FILE_EMPTY, text_of(c->source->name));
    if (announced(block, &c->separator))
        c->row = 1;
    else if (find_separator(*block, &c->separator, err) != 0)
        return -1;
    /* An announced separator lies in this block, which will be gone. */
    memcpy(c->kept, c->separator.p, c->separator.n);
    c->separator.p = c->kept;
    return 0;
}

static int read_blocks(struct csv *c, struct decoder *d, struct err *err)
{
    static const struct sheet_info info = {.name = {"", 0}};
    struct text block;
    int rc = decoder_next(d, &block, err);

    if (rc == 0)
        return err_set(err, FILE_EMPTY, text_of(c->source->name));
    for (bool first = true; rc > 0; first = false) {
        if (binary(block))
            return source_refuse(c->source, ERR_FILE_UNKNOWN, N_("bytes that are no text"), err);
        if (first &&
            (first_block(c, d, &block, err) != 0 || c->sink->begin(c->sink, &info, err) != 0))
            return -1;
        rc = feed(c, block, err) == 0 ? decoder_next(d, &block, err) : -1;
    }
    if (rc < 0 || finish(c, err) != 0)
        return -1;
    return c->sink->end(c->sink, &info, err);
}

int csv_read(const struct source *source, const struct sheet_limits *limits,
             struct sheet_sink *sink, struct err *err)
{
    struct csv c = {.source = source, .limits = limits, .sink = sink, .bytes = BUF(ROW_BYTES + 1)};
    enum encoding encoding;
    struct decoder d;
    int rc;

    if (encoding_find(source, &encoding, err) != 0 || decoder_open(&d, source, encoding, err) != 0)
        return -1;
    rc = read_blocks(&c, &d, err);
    decoder_close(&d);
    buf_release(&c.bytes);
    mem_free(c.fields);
    mem_free(c.cells);
    return rc;
}
