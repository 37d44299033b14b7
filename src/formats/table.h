/*
 * table.h: rows out, as a workbook, CSV or JSON a person would hand in.
 *
 * A writer is opened for a path, told the columns, given rows, and closed. The file appears under
 * its name only when it is whole (written beside it, then renamed). CSV and JSON can also be handed
 * on while they are made.
 */
#ifndef XH_FORMATS_TABLE_H
#define XH_FORMATS_TABLE_H

#include "base/err.h"
#include "base/lang.h"

enum table_format { TABLE_XLSX, TABLE_CSV, TABLE_JSON };

enum column_kind {
    COLUMN_TEXT,  /* wrapped, left */
    COLUMN_SHORT, /* centred: a state, a level, a name */
    COLUMN_DATE,  /* ISO text in, a real date with the format yyyy-mm-dd in the workbook */
    COLUMN_NUMBER /* decimal text in, a number in the workbook and in JSON */
};

struct column {
    const char *key;    /* JSON key, ASCII */
    const char *header; /* already in the reader's language, UTF-8 */
    enum column_kind kind;
    int width; /* in characters of the default font (a Chinese character counts 2) */
};

struct table_spec {
    struct text title;    /* one merged line on top of the sheet; empty for none */
    struct text subtitle; /* a second, smaller line (as-of time, number of rows); may be empty */
    struct text sheet;    /* the sheet's name; characters that Excel forbids are replaced */
    const struct column *columns;
    int count;
    uint16_t highlight; /* reserved, 0 */
    enum lang lang;     /* of the page numbers and of what the writer itself has to say */
    bool private;       /* for the user alone (mode 0600), whatever the umask */
    int64_t made;       /* the file's creation time in ms since 1970 UTC; 0 when it is not known */
};

struct table;

/* The format by the path's ending (.xlsx, .csv, .json; case does not matter); -1 when unknown. */
int table_format_of(const char *path, enum table_format *format);

/* Opens; NULL on failure with err filled. The spec and its texts need live only for the call. */
struct table *table_open(const char *path, enum table_format format, const struct table_spec *spec,
                         struct err *err);
/* The same bytes to write() in blocks as they are made, and nowhere else; CSV and JSON alone. When
 * write() returns -1 (with err filled) so does whoever gave the row. */
struct table *table_stream(int (*write)(void *arg, struct text bytes, struct err *err), void *arg,
                           enum table_format format, const struct table_spec *spec,
                           struct err *err);
/* One row of spec->count cells; an empty text is an empty cell. Texts need live only for the call.
 *
 * A workbook takes 32,767 characters in a cell (more is cut off and marked) and 1,048,576 rows in a
 * sheet (more go on in a further one). A text that looks like a formula stays a text: in a workbook
 * by its type, in CSV by an apostrophe in front (see csv_guarded in csv.h). */
int table_row(struct table *t, const struct text *cells, struct err *err);
/* Finishes, syncs and renames a file into place; frees t whatever happens. On -1 none was left. */
int table_close(struct table *t, struct err *err);
/* Gives up: removes what was written and frees t. NULL is allowed. */
void table_abort(struct table *t);

#endif
