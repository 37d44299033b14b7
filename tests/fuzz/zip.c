/* Any bytes as an archive: its directory is checked and every entry unpacked. */
#include "formats/archive.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct source source = {.name = "fuzz.zip", .bytes = (const char *)bytes, .fd = -1, .size = n};
    struct sheet_limits limits = sheet_limits();
    struct err err = {0};
    struct archive a;
    struct part part;
    static char block[4096];

    limits.inflated_bytes = 4 << 20;
    if (archive_open(&a, &source, &limits, &err) != 0)
        return 0;
    archive_find(&a, T("xl/workbook.xml"));
    for (int64_t i = 0; i < 64 && part_open(&part, &a, i, &err) == 0; i++) {
        while (part_read(&part, block, sizeof block, &err) > 0)
            ;
        part_close(&part);
    }
    archive_close(&a);
    return 0;
}
