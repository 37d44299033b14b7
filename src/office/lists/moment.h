/*
 * moment.h: moments in the ledger's zone, as JSON and people read them.
 */
#ifndef XH_OFFICE_LISTS_MOMENT_H
#define XH_OFFICE_LISTS_MOMENT_H

#include "ledger/ledger.h"

enum { MOMENT_ISO = 32, MOMENT_WORDS = 32 };

/* "2026-11-22T18:05:09.123+08:00" (ISO 8601). */
struct text moment_iso(const struct ledger *l, int64_t ms, char out[static MOMENT_ISO]);
/* "2026-11-22 18:05:09 +08:00": for a person, the zone said. */
struct text moment_words(const struct ledger *l, int64_t ms, char out[static MOMENT_WORDS]);

#endif
