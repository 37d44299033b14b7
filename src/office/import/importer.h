/*
 * importer.h: what reader.c and table.c share. Inside the import only.
 */
#ifndef XH_OFFICE_IMPORT_IMPORTER_H
#define XH_OFFICE_IMPORT_IMPORTER_H

#include "office/import/compose.h"
#include "office/import/header.h"

enum {
    MAPPINGS_MAX = 1000,
    PRINTED_MAX = 256 /* cells of header and title rows that may be printed again */
};

/* A merge that began above or begins here, by slot. */
struct carry {
    uint32_t from, until;
    struct cell cell;
    struct buf text;
};

/* A cell of the header or of a title, to know it when it is printed again. */
struct printed {
    uint32_t column;
    uint64_t hash;
};

enum stage { STAGE_LOOKING, STAGE_READING, STAGE_SKIPPING };

struct importer {
    struct sheet_sink sheets; /* first: the readers call it */
    const struct import_options *options;
    struct import_sink *sink;
    struct import_counts counts;
    struct arena file, sheet, look, draft, group, scratch, fixed;
    const struct synonyms *synonyms;
    struct mapping found;

    /* The sheet under way. */
    enum stage stage;
    bool hidden;
    const struct mapping_sheet *given; /* what the map says of it */
    struct merge *merges;              /* by first row */
    size_t merge_count, merge_next;
    struct row *looked;
    size_t looked_count;
    struct table table;
    uint32_t table_columns, header_last;
    struct carry carries[HEADER_COLUMNS];
    struct {
        uint32_t from, until, columns;
    } wide[HEADER_COLUMNS]; /* merges over several columns, by their first */
    struct printed printed[PRINTED_MAX];
    size_t printed_count;
    bool beyond_told; /* that columns beyond HEADER_COLUMNS are left out */
    uint32_t items;   /* rows taken as items so far */

    /* Rows of the same kind that are no items are reported as one run. */
    struct doubt run;

    /* The item under way, when it is merged over several rows. */
    struct row *rows;
    size_t row_count;
    uint32_t group_until;
    bool group_open, group_broken; /* broken: too many rows, or too much in them */

    struct composer composer;
    struct line line;
};

/* The first text of a row and its column; empty for an empty row. */
struct text row_text(const struct row *row, uint32_t *column);

/* Doubts about a row or the sheet as a whole. */
void table_report_row(struct importer *im, enum doubt_kind kind, const struct row *row);
void table_report_sheet(struct importer *im, enum doubt_kind kind);
/* The corrections of a header's row. */
void table_report_fixes(struct importer *im, uint32_t row);
/* Rows of one kind that follow each other are one doubt. */
void table_add_to_run(struct importer *im, enum doubt_kind kind, uint32_t row);
void table_end_run(struct importer *im);

/* Forgets the columns. */
void table_forget(struct importer *im);
/* Makes room for further columns, which have no header. */
void table_grow(struct importer *im, size_t count);
/* Takes the columns of a header, or of the map, as the table's. */
void table_use_header(struct importer *im, const struct header *h);
void table_use_map(struct importer *im, const struct header *h);
void table_report_columns(struct importer *im, const struct header *h);
/* What the sheet's name says of all its rows. */
void table_claim(struct importer *im);
/* Keeps and hands out what was found of this sheet. */
void table_tell(struct importer *im, bool skip, uint32_t first_row, struct err *err);

/* Header and title rows are remembered; a row that is one of them again is no item. */
void table_remember(struct importer *im, const struct row *row);
bool table_is_repeat(const struct importer *im, const struct row *row);

#endif
