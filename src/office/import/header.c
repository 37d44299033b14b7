/*
 * header.c: see header.h.
 *
 * The row whose cells name the most fields is the anchor. From it the header grows down, over
 * vertical merges and rows of sub-headers, and up, over rows of groups. Then every column gets its
 * own text (the lowest) and its group (what stands above), and the columns are matched again.
 */
#include "office/import/header.h"

#include "office/import/fold.h"

enum { SHORT = 20, SUB = 16 };

/* The rows that are looked at, and what is merged in them. */
struct view {
    const struct row *rows;
    size_t count;
    const struct merge *merges;
    size_t merge_count;
};

static const struct cell *cell_in(const struct row *row, uint32_t column)
{
    for (size_t i = 0; i < row->count && row->cells[i].column <= column; i++)
        if (row->cells[i].column == column)
            return fold_trim(row->cells[i].text).n ? &row->cells[i] : NULL;
    return NULL;
}

/* The merge that covers the cell, or NULL. */
static const struct merge *merge_of(const struct view *v, uint32_t row, uint32_t column)
{
    for (size_t i = 0; i < v->merge_count; i++) {
        const struct merge *m = &v->merges[i];
        if (m->first_row <= row && row <= m->last_row && m->first_column <= column &&
            column <= m->last_column)
            return m;
    }
    return NULL;
}

static bool wide(const struct merge *m)
{
    return m && m->last_column > m->first_column;
}

static bool may_be_header(const struct cell *c)
{
    return c->kind == CELL_TEXT && c->column < UINT32_MAX && c->text.n <= HEADER_TEXT &&
           fold_trim(c->text).n;
}

/* A row's own cells as headers. */
static size_t own_texts(const struct row *row, struct header_text *texts)
{
    size_t n = 0;

    for (size_t i = 0; i < row->count && n < HEADER_COLUMNS; i++)
        if (may_be_header(&row->cells[i]))
            texts[n++] = (struct header_text){
                row->cells[i].column, fold_trim(row->cells[i].text), {NULL, 0}};
    return n;
}

static bool has_colon(struct text t)
{
    return text_has(t, T("：")) || text_has(t, T(":"));
}

/* True when every filled cell is a short text, as headers are. */
static bool short_texts(const struct row *row, size_t length, size_t *filled)
{
    *filled = 0;
    for (size_t i = 0; i < row->count; i++) {
        struct text t = fold_trim(row->cells[i].text);
        if (t.n == 0)
            continue;
        if (!may_be_header(&row->cells[i]) || fold_length(t) > length || has_colon(t))
            return false;
        (*filled)++;
    }
    return *filled > 0;
}

/* True when the row below holds only sub-headers of groups in `above`. */
static bool is_sub_row(const struct view *v, const struct row *above, const struct row *row)
{
    size_t filled;

    if (!short_texts(row, SUB, &filled))
        return false;
    for (size_t i = 0; i < row->count; i++) {
        uint32_t column = row->cells[i].column;
        const struct cell *head = cell_in(above, column);
        bool starts_group = wide(merge_of(v, above->number, column)) ||
                            (v->merge_count == 0 && cell_in(above, column + 1) == NULL &&
                             cell_in(row, column + 1) != NULL);
        if (fold_is_blank(row->cells[i].text))
            continue;
        if (head && !starts_group)
            return false;
        if (head == NULL && column == 0)
            return false;
    }
    return true;
}

/* True when the row above holds groups of the columns in `below`, or headers that reach down. */
static bool is_group_row(const struct view *v, const struct row *row, const struct row *below)
{
    size_t filled;
    bool reaches = false;

    if (row->number + 1 != below->number || !short_texts(row, SHORT, &filled) || filled < 2)
        return false;
    for (size_t i = 0; i < row->count; i++) {
        uint32_t column = row->cells[i].column;
        const struct merge *m = merge_of(v, row->number, column);
        if (fold_is_blank(row->cells[i].text))
            continue;
        reaches = reaches || wide(m) || (m && m->last_row >= below->number) ||
                  (v->merge_count == 0 && cell_in(below, column) == NULL);
    }
    return reaches;
}

/* What the header's row r says for a column: its cell, or the group that spans it. */
static struct text text_at(const struct view *v, const struct row *row, uint32_t column,
                           const struct row *below)
{
    const struct cell *c = cell_in(row, column);
    const struct merge *m;

    if (c)
        return c->kind == CELL_TEXT && c->text.n <= HEADER_TEXT ? fold_trim(c->text)
                                                                : (struct text){NULL, 0};
    m = merge_of(v, row->number, column);
    if (m) {
        c = m->first_row == row->number ? cell_in(row, m->first_column) : NULL;
        return c ? fold_trim(c->text) : (struct text){NULL, 0};
    }
    /* Without merges (a CSV file) a group's text stands over its first column only. */
    if (v->merge_count || below == NULL || cell_in(below, column) == NULL)
        return (struct text){NULL, 0};
    while (column-- > 0) {
        c = cell_in(row, column);
        if (c)
            return cell_in(below, column) ? fold_trim(c->text) : (struct text){NULL, 0};
        if (cell_in(below, column) == NULL)
            break;
    }
    return (struct text){NULL, 0};
}

/* A header merged over several columns names the first of them, unless all of them count. */
static void drop_repeats(struct header *h)
{
    size_t n = 0;

    for (size_t i = 0; i < h->count; i++) {
        bool repeats = n && h->matches[i].second &&
                       h->texts[i].column == h->texts[n - 1].column + 1 &&
                       h->texts[i].own.p == h->texts[n - 1].own.p;
        if (repeats)
            continue;
        h->texts[n] = h->texts[i];
        h->matches[n++] = h->matches[i];
    }
    h->count = n;
}

static bool fill(const struct synonyms *s, const struct view *v, uint32_t first, uint32_t last,
                 struct arena *a, struct header *out)
{
    const struct row *lines[HEADER_LINES];
    size_t line_count = 0, n = 0;
    uint32_t columns = 0;
    bool any = false, known;

    for (size_t i = 0; i < v->count; i++) {
        const struct row *r = &v->rows[i];
        if (r->number < first || r->number > last || line_count == HEADER_LINES)
            continue;
        lines[line_count++] = r;
        if (r->count && r->cells[r->count - 1].column + 1 > columns)
            columns = r->cells[r->count - 1].column + 1;
    }
    for (size_t i = 0; i < v->merge_count; i++)
        if (v->merges[i].first_row >= first && v->merges[i].first_row <= last &&
            v->merges[i].last_column + 1 > columns)
            columns = v->merges[i].last_column + 1;
    if (columns > HEADER_COLUMNS)
        columns = HEADER_COLUMNS;
    out->texts = arena_array(a, struct header_text, columns + 1);
    out->matches = arena_array(a, struct column_match, columns + 1);
    if (a->failed)
        return false;
    for (uint32_t c = 0; c < columns; c++) {
        struct header_text h = {c, {NULL, 0}, {NULL, 0}};
        for (size_t i = 0; i < line_count; i++) {
            struct text t = text_at(v, lines[i], c, i + 1 < line_count ? lines[i + 1] : NULL);
            if (t.n == 0 || text_eq(t, h.own))
                continue;
            if (h.own.n)
                h.group = h.group.n ? arena_join(a, h.group, h.own) : h.own;
            h.own = t;
        }
        if (h.own.n) {
            out->texts[n++] = h;
            any = true;
        }
    }
    out->first_row = first;
    out->last_row = last;
    out->count = n;
    known = columns_match(s, out->texts, n, out->matches) > 0;
    drop_repeats(out);
    return any && known && !a->failed;
}

bool header_at(const struct synonyms *s, const struct row *rows, size_t count,
               const struct merge *merges, size_t merge_count, uint32_t first_row,
               uint32_t last_row, struct arena *a, struct header *out)
{
    struct view v = {rows, count, merges, merge_count};

    return fill(s, &v, first_row, last_row, a, out);
}

bool header_find(const struct synonyms *s, const struct row *rows, size_t count,
                 const struct merge *merges, size_t merge_count, struct arena *a,
                 struct header *out)
{
    struct view v = {rows, count, merges, merge_count};
    struct header_text texts[HEADER_COLUMNS];
    struct column_match matches[HEADER_COLUMNS];
    size_t anchor = SIZE_MAX, start;
    uint32_t last;
    int best = 0;

    for (size_t i = 0; i < count && i < HEADER_WITHIN; i++) {
        size_t n = own_texts(&rows[i], texts);
        int score = n ? columns_match(s, texts, n, matches) : 0;
        if (score > best) {
            best = score;
            anchor = i;
        }
    }
    if (anchor == SIZE_MAX) {
        /* The fields may be spread over two rows of which neither makes a table alone. */
        for (size_t i = 0; i + 1 < count && i < HEADER_WITHIN; i++)
            if (own_texts(&rows[i], texts) >= 2 && is_sub_row(&v, &rows[i], &rows[i + 1]) &&
                fill(s, &v, rows[i].number, rows[i + 1].number, a, out))
                return true;
        return false;
    }
    start = anchor;
    last = rows[anchor].number;
    for (size_t i = 0; i < merge_count; i++) {
        const struct merge *m = &merges[i];
        if (m->first_row == rows[anchor].number && m->last_row > last &&
            m->last_row < m->first_row + HEADER_LINES && cell_in(&rows[anchor], m->first_column))
            last = m->last_row;
    }
    for (size_t i = anchor + 1; i < count && i < anchor + HEADER_LINES; i++)
        if (rows[i].number <= last + 1 &&
            (rows[i].number <= last || is_sub_row(&v, &rows[i - 1], &rows[i])))
            last = rows[i].number > last ? rows[i].number : last;
    while (start > 0 && anchor - start < 2 && is_group_row(&v, &rows[start - 1], &rows[start]))
        start--;
    if (fill(s, &v, rows[start].number, last, a, out))
        return true;
    /* Growing may only make it better. */
    return fill(s, &v, rows[anchor].number, rows[anchor].number, a, out);
}

struct text header_label(const struct header_text *h, struct arena *a)
{
    char joined[2 * HEADER_TEXT + 8];
    struct text text = h->own;
    size_t n = 0;

    if (h->group.n && h->group.n + h->own.n + 1 <= 2 * HEADER_TEXT) {
        memcpy(joined, h->group.p, h->group.n);
        n = h->group.n;
        joined[n++] = '/';
        memcpy(joined + n, h->own.p, h->own.n);
        text = (struct text){joined, n + h->own.n};
    }
    /* One line: headers are often broken to fit their column. */
    text = arena_text(a, text);
    n = 0;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != '\n' && text.p[i] != '\r')
            ((char *)text.p)[n++] = text.p[i];
    text.n = n;
    return text;
}
