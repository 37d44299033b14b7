/*
 * mapping.h: which column of which sheet is which field; as the import found it, or as given back
 * with --map.
 *
 * As JSON: {"kind": "findings", "sheets": [{"sheet": "总表", "header": [2, 5], "columns":
 * [{"column": "A", "header": "序号", "field": "number"}, …]}, {"sheet": "封面", "skip": true}]}.
 * A column that is not listed is kept as "other"; a sheet that is not listed is understood anew;
 * a CSV file's only sheet has the name ""; the sheet "*" stands for every sheet that is not listed.
 */
#ifndef XH_OFFICE_IMPORT_MAPPING_H
#define XH_OFFICE_IMPORT_MAPPING_H

#include "base/err.h"
#include "office/import/columns.h"

enum { MAPPING_BYTES = 4 << 20 }; /* of its JSON */

struct mapping_column {
    uint32_t column;
    struct text header; /* for people; when given back, compared with the file's */
    enum col col;
};

struct mapping_sheet {
    struct text sheet;
    bool skip;                    /* nothing is taken from it */
    uint32_t first_row, last_row; /* of the header */
    struct mapping_column *columns;
    size_t count;
};

struct mapping {
    enum import_kind kind;
    struct mapping_sheet *sheets;
    size_t count;
};

/* Reads a map. An error names the sheet, the column and the field. Texts live in the arena. */
int mapping_read(struct text json, struct arena *a, struct mapping *out, struct err *err);
/* Appends the map as JSON, a column a line. */
void mapping_write(struct buf *out, const struct mapping *m);
/* Appends "A 序号 → number" lines for people. */
void mapping_say(struct buf *out, enum lang lang, const struct mapping_sheet *s);

/* What the map says of that sheet, or NULL. */
const struct mapping_sheet *mapping_of(const struct mapping *m, struct text sheet);

/* Column 0 is "A". Writes at most 7 letters and a NUL. */
struct text column_letters(uint32_t column, char out[static 8]);
/* The column of letters; false when they are none (beyond XFD). */
bool column_of_letters(struct text letters, uint32_t *column);
/* "findings" … */
const char *import_kind_key(enum import_kind kind);

#endif
