/*
 * report.h: what an import found and did, in words: the same on the command line and on the pages.
 */
#ifndef XH_OFFICE_INTAKE_REPORT_H
#define XH_OFFICE_INTAKE_REPORT_H

#include "office/intake/intake.h"

/* Append one line each. A reject's reason is in the language that intake was asked for. */
void report_doubt(struct buf *out, enum lang lang, const struct doubt *d);
void report_reject(struct buf *out, enum lang lang, const struct doubt *at, struct text reason);

/* The counts in their order, with a key for programs and a label marked for translation. */
struct report_line {
    const char *key, *label;
    int64_t n;
};
enum { REPORT_LINES = 11 };
void report_lines(struct report_line lines[static REPORT_LINES], const struct intake_counts *n);

/* Appends the counts, the campaign and where the rejected rows are. */
void report_summary(struct buf *out, enum lang lang, const struct intake_result *r, bool dry_run);

#endif
