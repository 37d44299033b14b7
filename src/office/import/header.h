/*
 * header.h: where the table of a sheet starts, and what its columns are called.
 */
#ifndef XH_OFFICE_IMPORT_HEADER_H
#define XH_OFFICE_IMPORT_HEADER_H

#include "formats/sheet.h"
#include "office/import/columns.h"

enum {
    HEADER_LOOK = 30,     /* rows that are looked at before it is decided */
    HEADER_WITHIN = 20,   /* rows with content among which a header may start */
    HEADER_LINES = 8,     /* rows that a header may take */
    HEADER_MERGES = 4096, /* merged cells that are looked at */
    HEADER_TEXT = 400     /* bytes of a cell that can be a header */
};

struct header {
    uint32_t first_row, last_row;
    size_t count;
    struct header_text *texts; /* by column, ascending */
    struct column_match *matches;
};

/*
 * Finds the header among the first rows of a sheet. A header may take several rows: merged cells
 * reach down, sub-headers stand under a group, a group may stand above its columns. False when
 * there is no table of that kind (or the arena is full: see a->failed). Texts point into the rows
 * or the arena.
 */
bool header_find(const struct synonyms *s, const struct row *rows, size_t count,
                 const struct merge *merges, size_t merge_count, struct arena *a,
                 struct header *out);

/* The header that these rows make, found by a map: nothing is searched. */
bool header_at(const struct synonyms *s, const struct row *rows, size_t count,
               const struct merge *merges, size_t merge_count, uint32_t first_row,
               uint32_t last_row, struct arena *a, struct header *out);

/* The header's text for people: "整改责任单位/建设". */
struct text header_label(const struct header_text *h, struct arena *a);

#endif
