/* moment.c: see moment.h. */
#include "office/lists/moment.h"

#include <stdio.h>

struct text moment_iso(const struct ledger *l, int64_t ms, char out[static MOMENT_ISO])
{
    char time[20];
    int64_t part = ms % 1000;

    ledger_time(l, ms, time);
    if (part < 0)
        part += 1000;
    snprintf(out, MOMENT_ISO, "%.10sT%.8s.%03u%.6s", time, time + 11, (unsigned)part, l->timezone);
    return text_of(out);
}

struct text moment_words(const struct ledger *l, int64_t ms, char out[static MOMENT_WORDS])
{
    char time[20];

    ledger_time(l, ms, time);
    snprintf(out, MOMENT_WORDS, "%s %.6s", time, l->timezone);
    return text_of(out);
}
