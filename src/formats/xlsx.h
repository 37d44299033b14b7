/*
 * xlsx.h: the parts of an Office Open XML workbook (ECMA-376 part 1, SpreadsheetML), one function
 * each; xlsx.c puts them together.
 */
#ifndef XH_FORMATS_XLSX_H
#define XH_FORMATS_XLSX_H

#include "formats/row_batch.h"
#include "formats/value.h"
#include "formats/xml.h"

/* The shared strings in one block: string i goes from ends[i - 1] to ends[i]. */
struct xlsx_strings {
    struct buf bytes;
    uint32_t *ends;
    size_t count, room;
};
int xlsx_strings_read(struct xlsx_strings *s, struct archive *a, int64_t entry,
                      const struct sheet_limits *limits, struct err *err);
void xlsx_strings_release(struct xlsx_strings *s);

/* What each cell style's number format makes of a number. */
struct xlsx_styles {
    uint8_t *classes; /* enum number_class, by the cell's style number */
    size_t count, room;
};
int xlsx_styles_read(struct xlsx_styles *s, struct archive *a, int64_t entry, struct err *err);
void xlsx_styles_release(struct xlsx_styles *s);

/* The merged ranges of a sheet, which stand behind its rows: found by a scan that is much faster
 * than parsing. */
struct xlsx_merges {
    struct merge *items;
    size_t count, room;
};
int xlsx_merges_scan(struct xlsx_merges *m, struct archive *a, int64_t entry,
                     const struct sheet_limits *limits, struct err *err);
void xlsx_merges_release(struct xlsx_merges *m);

/* Parses a sheet's rows into batches for the taker. */
int xlsx_rows_parse(struct archive *a, int64_t entry, const struct sheet_limits *limits,
                    struct row_taker *taker, struct err *err);

/* The column that a reference's letters name ("AB12" is 27), and how many letters it has; 0 letters
 * when it does not begin with one to three. */
size_t xlsx_column(const char *reference, uint32_t *column);

/* Reads the whole workbook; see sheet_read. */
int xlsx_read(const struct source *source, const struct sheet_limits *limits,
              struct sheet_sink *sink, struct err *err);

#endif
