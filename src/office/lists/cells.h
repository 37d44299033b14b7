/*
 * cells.h: rows as cells: which columns a list has on a terminal and in a workbook, and what stands
 * in them.
 */
#ifndef XH_OFFICE_CELLS_H
#define XH_OFFICE_CELLS_H

#include "formats/table.h"
#include "office/lists/lists.h"

/* A list's columns; headers are marked for translation. In a workbook they are those that a person
 * hands in, whose headers `import` knows again; on a terminal the fewer that fit. */
struct cell_column {
    const char *key, *header;
    enum column_kind kind;
    int width;
    int what; /* for cell_say */
};
const struct cell_column *cells_for_sheet(enum list_kind kind, int *count);
const struct cell_column *cells_for_terminal(enum list_kind kind, int *count);

/* Appends what stands in that column of the row, which is the place-th (from 1). */
void cell_say(struct buf *out, enum lang lang, const struct cell_column *column,
              const struct list_row *row, int64_t place);

#endif
