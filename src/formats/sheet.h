/*
 * sheet.h: a workbook or table as rows, whatever its file format.
 *
 * The readers (xlsx.c, csv.c, xls.c) push rows of a file into a `struct sheet_sink`, sheet by
 * sheet, row by row, in bounded memory: a row and its texts live only during the call. They know
 * nothing of items; what a cell means is for office/import.
 */
#ifndef XH_FORMATS_SHEET_H
#define XH_FORMATS_SHEET_H

#include "base/arena.h"
#include "base/err.h"

enum cell_kind {
    CELL_EMPTY, /* only of a formula whose result the file does not hold */
    CELL_TEXT,
    CELL_NUMBER, /* text holds the file's decimal notation, number its value */
    CELL_DATE,   /* a number in a date format, or an ISO date cell; see day and seconds */
    CELL_BOOL,
    CELL_ERROR /* #REF! and the like; text holds it */
};

struct cell {
    enum cell_kind kind;
    uint32_t column;  /* 0 is A */
    struct text text; /* as a person would read it; UTF-8, CR LF turned into LF; dates as ISO,
                         2025-07-02 or 2025-07-02 10:30:00; a time without a day is CELL_TEXT */
    double number;    /* of CELL_NUMBER and CELL_DATE (the serial) */
    int32_t day;      /* of CELL_DATE: days since 1970-01-01, proleptic Gregorian */
    int32_t seconds;  /* of CELL_DATE: seconds of that day */
    bool formula;     /* the value is a formula's cached result */
};

struct row {
    uint32_t sheet;           /* 0 is the first sheet */
    uint32_t number;          /* the row number that a person sees: 1 is the first */
    bool hidden;              /* hidden or filtered out in the file */
    size_t count;             /* of cells, those that are not empty, ascending by column; rows
                                 without any are passed over */
    const struct cell *cells; /* lives during the call */
};

/* A merged range of cells, all ends included, rows as a person sees them. */
struct merge {
    uint32_t first_row, last_row, first_column, last_column;
};

struct sheet_info {
    uint32_t index;
    struct text name;
    bool hidden;
    size_t merge_count; /* known before the first row: the reader looks ahead for them */
    const struct merge *merges;
};

/* What the reader calls. Each returns 0 to go on and -1 (with err filled) to stop. */
struct sheet_sink {
    int (*begin)(struct sheet_sink *, const struct sheet_info *, struct err *);
    int (*row)(struct sheet_sink *, const struct row *, struct err *);
    int (*end)(struct sheet_sink *, const struct sheet_info *, struct err *);
};

/* Bounds on what a file may ask for; sheet_limits() gives the product's own. */
struct sheet_limits {
    uint64_t file_bytes, inflated_bytes, string_bytes;
    uint32_t sheets, rows, columns, cell_bytes, merges;
};
struct sheet_limits sheet_limits(void);

/* What kind of file it is, by its content and never by its name. */
enum sheet_format { SHEET_XLSX, SHEET_CSV, SHEET_XLS };

/*
 * Reads the whole file at path into sink. Refuses, in bounded time and memory and with an error
 * that says what to do: password-protected books, zip and XML bombs, overlapping zip entries,
 * truncated or renamed files. Rows seen before an error have been delivered, so a caller that
 * must be all-or-nothing collects first. *format (may be NULL) tells what was read.
 */
int sheet_read(const char *path, const struct sheet_limits *limits, struct sheet_sink *sink,
               enum sheet_format *format, struct err *err);

/* The same; in errors the file is called `name`. */
int sheet_read_as(const char *path, const char *name, const struct sheet_limits *limits,
                  struct sheet_sink *sink, enum sheet_format *format, struct err *err);

/* The same for a file that is in memory; name is for errors. */
int sheet_read_bytes(const char *name, const void *bytes, size_t n,
                     const struct sheet_limits *limits, struct sheet_sink *sink,
                     enum sheet_format *format, struct err *err);

#endif
