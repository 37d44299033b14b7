/*
 * columns.h: the fields that a workbook's columns can stand for, and how headers name them.
 *
 * The table is columns.def. Matching is on folded text: width, case, white space, punctuation and
 * a bracketed unit of measure do not count. A whole match beats one inside a longer header.
 */
#ifndef XH_OFFICE_IMPORT_COLUMNS_H
#define XH_OFFICE_IMPORT_COLUMNS_H

#include "base/arena.h"

enum import_kind { IMPORT_FINDINGS, IMPORT_TASKS, IMPORT_UNITS, IMPORT_PEOPLE, IMPORT_KINDS };

enum col {
    COL_OTHER, /* kept as (header, text) */
#define C(id, key, kinds, flags, label, strong, ordinary, weak) COL_##id,
#include "office/import/columns.def"
#undef C
    COL_COUNT
};

/* What the field is called in a map ("deadline") and by people (marked for translation). */
const char *col_key(enum col col);
const char *col_label(enum col col);
/* The field with that key for that kind of import; -1 when there is none. "other" is COL_OTHER. */
int col_of(struct text key, enum import_kind kind);
/* Its texts never appear in a report, a doubt or a log line. */
bool col_sealed(enum col col);
/* Several columns may stand for it. */
bool col_many(enum col col);
bool col_date(enum col col);

/* The synonyms, folded once for all headers of a file. Lives in the arena. */
struct synonyms;
const struct synonyms *synonyms_make(struct arena *a, enum import_kind kind);

/* A column's header: its own text and the group header above it (may be empty). */
struct header_text {
    uint32_t column;
    struct text own, group;
};

enum { HEADER_COLUMNS = 256 }; /* columns beyond are kept as other */

/* How a column was matched. */
struct column_match {
    uint32_t column;
    enum col col;
    int score;      /* 0: none; 1000 and more: a whole match */
    bool second;    /* a match that lost to a better column */
    bool ambiguous; /* the header could stand for another field as well */
};

/* Finds a field for each of at most HEADER_COLUMNS headers. Returns the sum of the scores when
 * they make a table of that kind, else 0. */
int columns_match(const struct synonyms *s, const struct header_text *headers, size_t count,
                  struct column_match *matches);

/* The best field for one text as a header, exact matches only; COL_OTHER when there is none. */
enum col columns_exact(const struct synonyms *s, struct text header);

#endif
