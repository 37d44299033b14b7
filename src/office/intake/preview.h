/*
 * preview.h: what an import would do, beside the sheet: the first rows of each sheet and all that
 * something is to be said of, before anything is written.
 */
#ifndef XH_OFFICE_INTAKE_PREVIEW_H
#define XH_OFFICE_INTAKE_PREVIEW_H

#include "office/intake/intake.h"

enum {
    PREVIEW_ROWS = 50,    /* of a sheet that are shown whatever they hold, below its header */
    PREVIEW_NOTED = 300,  /* further rows of a sheet, those with a note */
    PREVIEW_NOTES = 5000, /* of all sheets */
    PREVIEW_COLUMNS = 256,
    PREVIEW_CHECKED = 10000 /* rows: other writers wait while a trial lasts */
};

/* What is said of a cell, a row, a column (row 0) or the sheet (both none). */
struct preview_note {
    uint32_t sheet, row, order; /* order: in which it was said */
    uint32_t column;            /* column DOUBT_NO_COLUMN: the row or the sheet as a whole */
    bool rejected;
    struct text said[2]; /* by enum lang; a reject's only in the one that was asked for */
};

struct preview_sheet {
    struct text name;
    bool known;               /* it was looked at: `map` counts */
    struct mapping_sheet map; /* what its columns were taken for */
    struct row *rows;         /* with the corrections laid over them */
    size_t row_count;
    uint32_t columns; /* one more than the last one that is filled or mapped */
    struct preview_note
        *notes; /* by row and column; those of rows that are not shown are left out */
    size_t note_count, notes_left;
};

struct preview {
    struct intake_result result;
    bool partly;   /* only the first PREVIEW_CHECKED rows were tried */
    bool no_table; /* nowhere was a table found */
    struct preview_sheet *sheets;
    size_t sheet_count;
};

/* Tries the import (options->dry_run is set) and reads the book once more for what is to be shown.
 * All of it lives in the arena. `go_on` is asked now and then; false breaks off with -1. */
int preview_make(struct preview *p, struct ledger *l, const struct viewer *v,
                 const struct intake_options *options, bool (*go_on)(void *), void *arg,
                 struct arena *arena, struct err *err);

#endif
