/* Any bytes as an entry of the log. What is read must write back to the very same bytes: the form
 * is canonical in both directions. */
#include <stdint.h>
#include <stdlib.h>

#include "ledger/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    arena_auto struct arena arena = ARENA(4u << 20);
    buf_auto struct buf again = BUF(ENTRY_BYTES);
    struct text given = {(const char *)bytes, n};
    struct entry e;

    if (!entry_read(given, &arena, &e, NULL))
        return 0;
    entry_write(&again, &e);
    if (again.failed || !text_eq(buf_view(&again), given))
        abort();
    return 0;
}
