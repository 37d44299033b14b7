/* Any bytes as a table in plain text. */
#include "formats/csv.h"
#include "book.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct source source = {.name = "fuzz.csv", .bytes = (const char *)bytes, .fd = -1, .size = n};
    struct sheet_limits limits = sheet_limits();
    struct transcript t = TRANSCRIPT;
    struct err err = {0};

    csv_read(&source, &limits, &t.sink, &err);
    buf_release(&t.out);
    return 0;
}
