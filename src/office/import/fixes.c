/* fixes.c: see fixes.h. */
#include "office/import/fixes.h"

static int compare(const struct cell_fix *a, uint32_t sheet, uint32_t row, uint32_t column)
{
    return a->sheet != sheet ? (a->sheet < sheet ? -1 : 1)
           : a->row != row   ? (a->row < row ? -1 : 1)
                             : (a->column > column) - (a->column < column);
}

/* The place of the first that does not stand before that cell. */
static size_t place(const struct cell_fixes *f, uint32_t sheet, uint32_t row, uint32_t column)
{
    size_t low = 0, high = f->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&f->at[middle], sheet, row, column) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool fixes_set(struct cell_fixes *f, const struct cell_fix *fix)
{
    size_t i = place(f, fix->sheet, fix->row, fix->column), rest = f->count - i;
    bool there = i < f->count && compare(&f->at[i], fix->sheet, fix->row, fix->column) == 0;

    if (there && text_eq(fix->value, fix->was)) {
        memmove(&f->at[i], &f->at[i + 1], (rest - 1) * sizeof *f->at);
        f->count--;
    } else if (there) {
        f->at[i] = *fix;
    } else if (!text_eq(fix->value, fix->was)) {
        if (f->count == FIXES_MAX)
            return false;
        memmove(&f->at[i + 1], &f->at[i], rest * sizeof *f->at);
        f->at[i] = *fix;
        f->count++;
    }
    return true;
}

size_t fixes_of(const struct cell_fixes *f, uint32_t sheet, uint32_t row,
                const struct cell_fix **first)
{
    size_t i = f && f->count ? place(f, sheet, row, 0) : 0, n = 0;

    while (f && i + n < f->count && f->at[i + n].sheet == sheet && f->at[i + n].row == row)
        n++;
    *first = n ? &f->at[i] : NULL;
    return n;
}

static void put(struct cell *cells, size_t *count, const struct cell_fix *fix)
{
    if (fix->value.n)
        cells[(*count)++] =
            (struct cell){.kind = CELL_TEXT, .column = fix->column, .text = fix->value};
}

const struct row *fixes_lay(const struct cell_fixes *f, const struct row *row, struct row *out,
                            struct arena *arena)
{
    const struct cell_fix *fix;
    size_t left = fixes_of(f, row->sheet, row->number, &fix), n = 0;
    struct cell *cells;

    if (left == 0)
        return row;
    cells = arena_array(arena, struct cell, row->count + left);
    *out = *row;
    out->cells = cells;
    out->count = 0;
    for (size_t i = 0; cells && i < row->count; i++) {
        while (left && fix->column < row->cells[i].column) {
            put(cells, &n, fix++);
            left--;
        }
        if (left && fix->column == row->cells[i].column) {
            put(cells, &n, fix++);
            left--;
        } else {
            cells[n++] = row->cells[i];
        }
    }
    while (cells && left--)
        put(cells, &n, fix++);
    out->count = n;
    return out;
}
