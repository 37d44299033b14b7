/*
 * read.c: reads a workbook with our reader, as the import does, and counts its cells.
 *
 *     bench_read FILE
 *
 * Prints the rows, the cells and the bytes of their texts.
 */
#include "bench.h"
#include "formats/sheet.h"

struct counter {
    struct sheet_sink sink;
    uint64_t rows, cells, bytes;
};

static int on_sheet(struct sheet_sink *sink, const struct sheet_info *info, struct err *err)
{
    (void)sink, (void)info, (void)err;
    return 0;
}

static int on_row(struct sheet_sink *sink, const struct row *row, struct err *err)
{
    struct counter *c = (struct counter *)sink;

    (void)err;
    c->rows++;
    c->cells += row->count;
    for (size_t i = 0; i < row->count; i++)
        c->bytes += row->cells[i].text.n;
    return 0;
}

int main(int argc, char **argv)
{
    struct counter c = {.sink = {.begin = on_sheet, .row = on_row, .end = on_sheet}};
    struct sheet_limits limits = sheet_limits();
    struct err err = {0};

    if (argc != 2)
        die("bench_read FILE");
    if (sheet_read(argv[1], &limits, &c.sink, NULL, &err) != 0) {
        buf_auto struct buf out = BUF(BUF_ANY);
        err_say(&out, LANG_EN, &err);
        die("%s", buf_cstr(&out));
    }
    printf("%llu %llu %llu\n", (unsigned long long)c.rows, (unsigned long long)c.cells,
           (unsigned long long)c.bytes);
    return 0;
}
