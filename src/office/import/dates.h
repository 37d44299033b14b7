/*
 * dates.h: what a date cell of real life means: serials, ISO, 2025.7.2, 2026年6月底前, 立行立改 …
 */
#ifndef XH_OFFICE_IMPORT_DATES_H
#define XH_OFFICE_IMPORT_DATES_H

#include "office/import/draft.h"

struct when {
    bool understood;       /* false: something stands there that is no date and no class */
    int32_t day;           /* DATE_NONE: no day is named */
    enum item_class class; /* IMMEDIATE or STANDING, when words say so */
    enum doubt_kind doubt; /* DOUBT_NONE: it says exactly this */
};

/* Where the year comes from when a cell names none. */
struct when_context {
    int32_t today; /* the year is this day's */
    int32_t found; /* unless the row has this: then the first such day on or after it; or
                      DATE_NONE. Spans (30日内) count from it. */
};

/* Pure. An empty cell is understood and names nothing. */
struct when when_read(const struct cell *cell, const struct when_context *context);

#endif
