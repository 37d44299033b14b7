/*
 * csv.h: tables as plain text (RFC 4180, and what is found instead of it).
 */
#ifndef XH_FORMATS_CSV_H
#define XH_FORMATS_CSV_H

#include "formats/sheet.h"
#include "formats/source.h"

/* Reads it as one sheet without a name; see sheet_read. Every cell is a CELL_TEXT. */
int csv_read(const struct source *source, const struct sheet_limits *limits,
             struct sheet_sink *sink, struct err *err);

/*
 * A cell that would begin with one of = + - @ (wide ones as well) TAB CR LF is written with an
 * apostrophe in front, so that no program takes it for a formula; one that begins with apostrophes
 * and then one of these gets one more. Reading takes it off again: this is true for a text that has
 * such an apostrophe (reading) or needs one (writing).
 */
bool csv_guarded(struct text t);

#endif
