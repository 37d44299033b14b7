/*
 * lines.h: lines of a sheet that are no items: notes, totals, signatures, numbering, sections.
 */
#ifndef XH_OFFICE_IMPORT_LINES_H
#define XH_OFFICE_IMPORT_LINES_H

#include "formats/sheet.h"

enum line_kind {
    LINE_ITEM,
    LINE_BLANK,
    LINE_NOTE,
    LINE_TOTAL,
    LINE_SIGNATURE,
    LINE_NUMBERING,
    LINE_SECTION,     /* 一、… */
    LINE_SUBSECTION,  /* （一）… */
    LINE_ONLY_NUMBER, /* a number that was prepared for a row to come */
    LINE_ONLY_FORMULAS
};

#define LINE_NO_COLUMN UINT32_MAX

/* What is known of the row beside its cells. */
struct line_context {
    uint32_t number_column, text_column; /* LINE_NO_COLUMN: the table has none */
    uint32_t table_columns;              /* columns of the header */
    uint32_t width;    /* columns over which the first filled cell is merged; 1: not merged */
    bool text_carried; /* a merged cell from above gives the row its problem */
};

/* Pure. */
enum line_kind line_read(const struct row *row, const struct line_context *context);

#endif
