/* Any bytes as the JSON that people give: a map of columns; and as canonical JSON values. */
#include <stdint.h>

#include "base/json.h"
#include "office/import/mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    arena_auto struct arena arena = ARENA(16u << 20);
    buf_auto struct buf out = BUF(MAPPING_BYTES);
    struct text given = {(const char *)bytes, n}, text;
    struct json j = {given.p, given.p + n}, k = j, s = j;
    struct mapping map;
    struct err err = {0};
    int64_t number;

    if (mapping_read(given, &arena, &map, &err) == 0)
        mapping_write(&out, &map);
    json_skip(&s);
    json_int(&k, &number);
    json_text(&j, &arena, &text);
    return 0;
}
