/*
 * xlsx_rows.c: the rows of one sheet (ECMA-376 part 1, 18.3.1 worksheets): sheetData, row, c, v, f,
 * is, and the merged ranges. This is where the time goes: no allocation per cell, no copy but the
 * one into the batch.
 */
#include "formats/xlsx.h"

#include <stdlib.h>

#include "base/mem.h"

/* A row's texts together: Excel's own limit a cell is 32,767 characters. */
enum { ROW_BYTES = 4 << 20 };

struct parser {
    struct xml xml;
    const struct sheet_limits *limits;
    struct row_taker *taker;
    struct row_batch *batch;
    struct raw_cell cell; /* the one being read */
    uint32_t row;         /* number of the one being read, or of the last */
    uint32_t column;      /* the next cell's, if it does not say */
    size_t row_cells;     /* where the row's cells and bytes begin in the batch */
    size_t row_bytes;
    bool hidden, sorted;
    bool in_data, in_row, in_cell, phonetic, collect;
};

static void stop(struct parser *p, enum err_code code, const char *why)
{
    source_refuse(p->xml.source, code, why, p->xml.err);
    xml_stop(&p->xml);
}

static void stop_limit(struct parser *p, const char *what, uint64_t most)
{
    source_limit(p->xml.source, what, most, p->xml.err);
    xml_stop(&p->xml);
}

/* A whole number without sign; false when it is none or above 2^32. */
static bool whole(const char *s, uint32_t *value)
{
    uint64_t v = 0;
    int digits = 0;

    for (; *s >= '0' && *s <= '9' && digits < 11; s++, digits++)
        v = v * 10 + (uint64_t)(*s - '0');
    *value = (uint32_t)v;
    return digits > 0 && *s == '\0' && v <= UINT32_MAX;
}

size_t xlsx_column(const char *reference, uint32_t *column)
{
    size_t n = 0;
    uint32_t v = 0;

    for (;; n++) {
        char c = reference[n];
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 32);
        if (c < 'A' || c > 'Z')
            break;
        if (n == 3)
            return 0;
        v = v * 26 + (uint32_t)(c - 'A' + 1);
    }
    *column = v - 1;
    return n;
}

static void row_begin(struct parser *p, const char **attributes)
{
    uint32_t number = p->row + 1;

    p->hidden = false;
    for (; *attributes; attributes += 2) {
        if (xml_is(attributes[0], "r")) {
            if (!whole(attributes[1], &number) || number <= p->row) {
                stop(p, ERR_FILE_TRUNCATED, N_("its rows are out of order"));
                return;
            }
        } else if (xml_is(attributes[0], "hidden")) {
            p->hidden = xml_true(attributes[1]);
        }
    }
    if (number > p->limits->rows) {
        stop_limit(p, N_("too many rows"), p->limits->rows);
        return;
    }
    p->row = number;
    p->column = 0;
    p->in_row = true;
    p->sorted = true;
    p->row_cells = p->batch->cell_count;
    p->row_bytes = p->batch->bytes.n;
}

static int by_column(const void *a, const void *b)
{
    const struct raw_cell *x = a, *y = b;

    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* Cells that came in disorder: by column, of two in one place the later. */
static void row_sort(struct parser *p)
{
    struct raw_cell *cells = p->batch->cells + p->row_cells;
    size_t n = p->batch->cell_count - p->row_cells, kept = 0;

    qsort(cells, n, sizeof *cells, by_column);
    for (size_t i = 0; i < n; i++) {
        if (kept && cells[kept - 1].column == cells[i].column)
            kept--;
        cells[kept++] = cells[i];
    }
    p->batch->cell_count = p->row_cells + kept;
}

static void row_end(struct parser *p)
{
    size_t count = p->batch->cell_count - p->row_cells;
    struct raw_row *row;

    p->in_row = false;
    if (count == 0)
        return;
    if (!p->sorted) {
        row_sort(p);
        count = p->batch->cell_count - p->row_cells;
    }
    row = row_batch_row(p->batch);
    if (row == NULL) {
        stop(p, ERR_NO_MEMORY, "");
        return;
    }
    *row = (struct raw_row){.number = p->row, .count = (uint32_t)count, .hidden = p->hidden};
    if (row_batch_full(p->batch)) {
        p->batch = p->taker->take(p->taker, p->batch, p->xml.err);
        if (p->batch == NULL)
            xml_stop(&p->xml);
    }
}

static enum raw_type type_of(const char *t)
{
    switch (t[0]) {
    case 's': return t[1] == '\0' ? RAW_SHARED : RAW_TEXT; /* s, str */
    case 'i': return RAW_TEXT;                             /* inlineStr */
    case 'b': return RAW_BOOL;
    case 'e': return RAW_ERROR;
    case 'd': return RAW_ISO;
    default: return RAW_NUMBER;
    }
}

static void cell_begin(struct parser *p, const char **attributes)
{
    struct raw_cell *c = &p->cell;
    uint32_t column = p->column;

    *c = (struct raw_cell){.at = (uint32_t)p->batch->bytes.n};
    for (; *attributes; attributes += 2) {
        const char *name = attributes[0], *value = attributes[1];
        if (name[0] == '\0' || name[1] != '\0')
            continue;
        if (name[0] == 'r') {
            if (xlsx_column(value, &column) == 0) {
                stop(p, ERR_FILE_TRUNCATED, N_("a cell without a proper place"));
                return;
            }
        } else if (name[0] == 's') {
            if (!whole(value, &c->style))
                c->style = 0;
        } else if (name[0] == 't') {
            c->type = (uint8_t)type_of(value);
        }
    }
    if (column >= p->limits->columns) {
        stop_limit(p, N_("too many columns"), p->limits->columns);
        return;
    }
    if (column < p->column)
        p->sorted = false;
    c->column = column;
    p->column = column + 1;
    p->in_cell = true;
    p->phonetic = p->collect = false;
}

static void cell_end(struct parser *p)
{
    struct raw_cell *c;

    p->in_cell = p->collect = false;
    p->cell.n = (uint32_t)(p->batch->bytes.n - p->cell.at);
    if (p->cell.n == 0 && !p->cell.formula)
        return;
    c = row_batch_cell(p->batch);
    if (c == NULL)
        stop(p, ERR_NO_MEMORY, "");
    else
        *c = p->cell;
}

static void on_start(struct xml *x, const char *name, const char **attributes)
{
    struct parser *p = (struct parser *)x;

    if (p->in_cell) {
        if (name[0] == 'v' && name[1] == '\0')
            p->collect = true;
        else if (name[0] == 't' && name[1] == '\0')
            p->collect = !p->phonetic;
        else if (name[0] == 'f' && name[1] == '\0')
            p->cell.formula = true;
        else if (xml_is(name, "rPh"))
            p->phonetic = true;
    } else if (p->in_row) {
        if (name[0] == 'c' && name[1] == '\0')
            cell_begin(p, attributes);
    } else if (p->in_data) {
        if (xml_is(name, "row"))
            row_begin(p, attributes);
    } else if (xml_is(name, "sheetData")) {
        p->in_data = true;
    }
}

static void on_end(struct xml *x, const char *name)
{
    struct parser *p = (struct parser *)x;

    p->collect = false;
    if (p->in_cell) {
        if (name[0] == 'c' && name[1] == '\0')
            cell_end(p);
        else if (p->phonetic && xml_is(name, "rPh"))
            p->phonetic = false;
    } else if (p->in_row) {
        if (xml_is(name, "row"))
            row_end(p);
    } else if (p->in_data && xml_is(name, "sheetData")) {
        p->in_data = false;
    }
}

static void on_text(struct xml *x, const char *bytes, size_t n)
{
    struct parser *p = (struct parser *)x;

    if (!p->collect)
        return;
    buf_bytes(&p->batch->bytes, bytes, n);
    if (p->batch->bytes.failed)
        stop(p, ERR_NO_MEMORY, "");
    else if (p->batch->bytes.n - p->cell.at > p->limits->cell_bytes)
        stop_limit(p, N_("a cell with too much text"), p->limits->cell_bytes);
    else if (p->batch->bytes.n - p->row_bytes > ROW_BYTES)
        stop_limit(p, N_("a row with too much text"), ROW_BYTES);
}

int xlsx_rows_parse(struct archive *a, int64_t entry, const struct sheet_limits *limits,
                    struct row_taker *taker, struct err *err)
{
    struct parser p = {.xml = {.start = on_start, .end = on_end, .text = on_text, .err = err},
                       .limits = limits,
                       .taker = taker};
    int rc;

    p.batch = taker->take(taker, NULL, err);
    if (p.batch == NULL)
        return -1;
    rc = xml_run(&p.xml, a, entry);
    if (rc == 0 && p.batch->row_count) {
        p.batch = taker->take(taker, p.batch, err);
        if (p.batch == NULL)
            rc = -1;
    }
    row_batch_free(p.batch);
    return rc;
}
