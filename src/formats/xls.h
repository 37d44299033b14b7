/*
 * xls.h: files in Microsoft's compound file format (CFB): the .xls of Excel 97 to 2003, and what
 * else comes in that wrapper, an encrypted .xlsx above all.
 */
#ifndef XH_FORMATS_XLS_H
#define XH_FORMATS_XLS_H

#include "formats/sheet.h"
#include "formats/source.h"

/* Reads the values of a .xls; formulas come as their results, merged ranges and hidden rows are not
 * known. The parsing library runs in a child process with little memory and time, so that the
 * worst that a file can do is to be refused. See sheet_read. */
int xls_read(const struct source *source, const struct sheet_limits *limits,
             struct sheet_sink *sink, struct err *err);

/* What a compound file is, by the streams in its directory. */
enum cfb_kind {
    CFB_BROKEN,
    CFB_OTHER,
    CFB_WORKBOOK,
    CFB_ENCRYPTED,
    CFB_DOCUMENT,
    CFB_PRESENTATION
};
int cfb_kind(const struct source *source, enum cfb_kind *kind, struct err *err);

#endif
