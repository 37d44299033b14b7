/*
 * fixes.h: cells that a person corrected by hand, laid over a file's rows before they are
 * understood.
 *
 * The file stays as it is; a correction names its sheet, row and column, what stood there and what
 * is to be read instead. It is reported as a doubt (CORRECTED) and goes with the draft, so that
 * whatever is made of it can say so.
 */
#ifndef XH_OFFICE_IMPORT_FIXES_H
#define XH_OFFICE_IMPORT_FIXES_H

#include "formats/sheet.h"

enum { FIXES_MAX = 500, FIX_BYTES = 4000 /* of a value */ };

struct cell_fix {
    uint32_t sheet, row,
        column;             /* the sheet by its place in the file, the row as a person sees it */
    struct text was, value; /* an empty value empties the cell */
};

/* Ascending by sheet, row and column, each cell once. */
struct cell_fixes {
    struct cell_fix *at;
    size_t count;
};

/* Sets, replaces, or with value equal to `was` takes away the correction of a cell. `at` has room
 * for FIXES_MAX; texts are not copied. False when there are too many. */
bool fixes_set(struct cell_fixes *f, const struct cell_fix *fix);

/* Those of a row: their number, and the first. NULL fixes are none. */
size_t fixes_of(const struct cell_fixes *f, uint32_t sheet, uint32_t row,
                const struct cell_fix **first);

/* The row with its corrections: the very row when it has none, else *out, whose cells live in the
 * arena. A corrected cell is text. */
const struct row *fixes_lay(const struct cell_fixes *f, const struct row *row, struct row *out,
                            struct arena *arena);

#endif
