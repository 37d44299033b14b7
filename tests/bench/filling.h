/* filling.h: what the programs that fill a ledger share: writing in batches, and made text. */
#ifndef XH_TESTS_BENCH_FILLING_H
#define XH_TESTS_BENCH_FILLING_H

#include "bench.h"
#include "ledger/ledger.h"

enum { BATCH = 500 }; /* commands in one transaction */

struct filling {
    struct ledger ledger;
    struct arena lasting; /* codes and names that are used to the end */
    struct arena batch;   /* texts of the commands that come next; write_all clears it */
    uint64_t state;       /* of chance() */
};

#define FILLING                                                       \
    {                                                                 \
        .lasting = {.cap = 256u << 20}, .batch = {.cap = 256u << 20}, \
        .state = UINT64_C(88172645463325252)                          \
    }

/* Says what went wrong and ends the program. */
void fail(const struct err *err);
/* A text of at most 4,000 bytes in the arena. */
__attribute__((format(printf, 2, 3))) struct text print(struct arena *a, const char *format, ...);
/* Writes at most BATCH commands in the owner's name; a refusal ends the program, too. */
void write_all(struct filling *f, struct command *commands, size_t count);
/* Makes the ledger in the folder, in the zone +08:00. */
void filling_create(struct filling *f, const char *folder, struct env *env);
void filling_close(struct filling *f);

#endif
