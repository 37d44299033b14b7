/*
 * reader.h: from a workbook's rows to drafts, doubts and rejects.
 *
 * The importer is a sheet_sink: give it to sheet_read(). It works in one pass: it keeps the first
 * HEADER_LOOK rows of each sheet until it knows where the table starts and what its columns are,
 * says so (mapping), and then understands row after row. One pass and not two, because a second
 * reading would have to prove that the file did not change in between, and because unpacking is
 * most of the time. A page that shows the mapping first uses `preview`. Memory does not grow with
 * the file: rows live during the call, the rows of one merged item until it is whole.
 */
#ifndef XH_OFFICE_IMPORT_READER_H
#define XH_OFFICE_IMPORT_READER_H

#include "office/import/draft.h"
#include "office/import/fixes.h"
#include "office/import/mapping.h"

struct import_options {
    enum import_kind kind;
    const struct mapping *map;      /* given with --map, of the same kind; or NULL */
    const struct cell_fixes *fixes; /* laid over the file's cells; or NULL */
    int32_t today;                  /* in the ledger's time zone: gives 6月底 its year */
    bool preview;                   /* mappings and their doubts only */
};

/* What the importer calls, in the file's order. Each returns 0 to go on and -1 (with err filled)
 * to stop. What a draft, doubt or reject points to lives during the call; a mapping_sheet until
 * the importer is closed. */
struct import_sink {
    /* Once a sheet, before its first draft; a sheet without a table has skip set. */
    int (*mapping)(struct import_sink *, const struct mapping_sheet *, struct err *);
    int (*draft)(struct import_sink *, const struct draft *, struct err *);
    /* Doubts of a row come before its draft or reject. */
    int (*doubt)(struct import_sink *, const struct doubt *, struct err *);
    int (*reject)(struct import_sink *, const struct reject *, struct err *);
};

struct import_counts {
    uint32_t sheets, tables; /* sheets of the file, and those with a table */
    uint64_t drafts, rejects, doubts;
};

struct importer;

/* NULL on failure, with err filled. options and sink must live as long as the importer. */
struct importer *importer_open(const struct import_options *options, struct import_sink *sink,
                               struct err *err);
/* What sheet_read() is given. */
struct sheet_sink *importer_sheets(struct importer *im);
/* After sheet_read(): fails with NO_TABLE (naming `file`) when no sheet had a table. */
int importer_finish(struct importer *im, struct text file, struct err *err);
struct import_counts importer_counts(const struct importer *im);
/* What was found or used, of all sheets: to be saved with mapping_write(). */
const struct mapping *importer_mapping(const struct importer *im);
/* NULL is allowed. */
void importer_close(struct importer *im);

#endif
