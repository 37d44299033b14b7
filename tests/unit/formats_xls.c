/* Compound files: an .xls made by hand, its encrypted sister, and what else comes as .xls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "book.h"

static void reads_as(struct text bytes, const char *expected)
{
    struct transcript t = TRANSCRIPT;

    transcribe(&t, "book.xls", bytes);
    assert_string_equal(buf_cstr(&t.out), expected);
    buf_release(&t.out);
}

enum { SECTOR = 512, NONE = -1, END = -2, FAT = -3 };

static void put_sector_numbers(struct buf *b, int64_t v, int count)
{
    while (count--)
        put32(b, (uint64_t)v & UINT32_MAX);
}

static void put_directory_entry(struct buf *b, const char *name, int type, int64_t start, size_t n)
{
    size_t from = b->n, length = strlen(name);

    for (size_t i = 0; i < length; i++)
        put16(b, (unsigned char)name[i]);
    while (b->n < from + 64)
        buf_char(b, '\0');
    put16(b, length ? (unsigned)(2 * (length + 1)) : 0);
    buf_char(b, (char)type);
    buf_char(b, 1);
    put_sector_numbers(b, NONE, 2);
    put_sector_numbers(b, type == 5 ? 1 : NONE, 1);
    while (b->n < from + 116)
        buf_char(b, '\0');
    put32(b, (uint64_t)start & UINT32_MAX);
    put32(b, n);
    put32(b, 0);
}

/* A compound file ([MS-CFB]) with one stream: the FAT, the directory, the stream's sectors. */
static void compound(struct buf *b, const char *name, struct text stream)
{
    size_t sectors = (stream.n + SECTOR - 1) / SECTOR;

    buf_bytes(b, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
    while (b->n < 24)
        buf_char(b, '\0');
    put16(b, 0x3e);
    put16(b, 3);
    put16(b, 0xfffe);
    put16(b, 9);
    put16(b, 6);
    while (b->n < 44)
        buf_char(b, '\0');
    put32(b, 1); /* one sector of FAT */
    put32(b, 1); /* the directory is sector 1 */
    put32(b, 0);
    put32(b, 4096);
    put_sector_numbers(b, END, 1);
    put32(b, 0);
    put_sector_numbers(b, END, 1);
    put32(b, 0);
    put32(b, 0);
    while (b->n < SECTOR)
        put_sector_numbers(b, NONE, 1);

    put_sector_numbers(b, FAT, 1);
    put_sector_numbers(b, END, 1);
    for (size_t i = 0; i < sectors; i++)
        put_sector_numbers(b, i + 1 < sectors ? (int64_t)i + 3 : END, 1);
    while (b->n < 2 * SECTOR)
        put_sector_numbers(b, NONE, 1);

    put_directory_entry(b, "Root Entry", 5, END, 0);
    put_directory_entry(b, name, 2, 2, stream.n);
    put_directory_entry(b, "", 0, 0, 0);
    put_directory_entry(b, "", 0, 0, 0);
    buf_text(b, stream);
    while (b->n % SECTOR)
        buf_char(b, '\0');
}

/* A record of BIFF8 ([MS-XLS] 2.1.4). */
static void record(struct buf *b, unsigned type, const void *data, size_t n)
{
    put16(b, type);
    put16(b, (unsigned)n);
    buf_bytes(b, data, n);
}

static void begin(struct buf *b, unsigned type)
{
    char bof[16] = {0, 6, (char)type, 0, (char)0xbb, 0x0d, (char)0xcc, 0x07};

    record(b, 0x809, bof, sizeof bof);
}

/* A workbook stream: 甲 in A1, 45000 in B1 as a date, 12.5 in A3. */
static void workbook(struct buf *b, bool encrypted)
{
    static const char plain[20] = {0}, date[20] = {0, 0, 14};
    static const char dimensions[14] = {0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 2};
    double number = 45000;
    char cell[14] = {0, 0, 1, 0, 1, 0};
    size_t sheet_at, sheet;

    begin(b, 5);
    if (encrypted)
        record(b, 0x2f, "\0\0\1\2\3\4", 6);
    record(b, 0x42, "\xb0\x04", 2);
    record(b, 0xe0, plain, sizeof plain);
    record(b, 0xe0, date, sizeof date);
    sheet_at = b->n + 4;
    record(b, 0x85, "\0\0\0\0\0\0\1\1\x00\x4e", 10);
    record(b, 0xfc, "\1\0\0\0\1\0\0\0\1\0\1\x32\x75", 13);
    record(b, 0x0a, "", 0);
    sheet = b->n;
    begin(b, 0x10);
    record(b, 0x200, dimensions, sizeof dimensions);
    record(b, 0xfd, "\0\0\0\0\0\0\0\0\0\0", 10);
    memcpy(cell + 6, &number, sizeof number);
    record(b, 0x203, cell, sizeof cell);
    number = 12.5;
    memcpy(cell, "\2\0\0\0\0\0", 6);
    memcpy(cell + 6, &number, sizeof number);
    record(b, 0x203, cell, sizeof cell);
    record(b, 0x0a, "", 0);
    while (b->n < 4096)
        buf_char(b, '\0');
    for (int i = 0; i < 4; i++)
        b->p[sheet_at + (size_t)i] = (char)(sheet >> 8 * i & 255);
}

static void values(void **state)
{
    struct buf stream = BUF(1 << 20), file = BUF(1 << 20);

    (void)state;
    workbook(&stream, false);
    compound(&file, "Workbook", buf_view(&stream));
    reads_as(buf_view(&file), "[一]\n1 A=甲 B@2023-03-15\n3 A#12.5\n");
    buf_release(&stream);
    buf_release(&file);
}

static void passwords(void **state)
{
    static const char *const streams[] = {"EncryptedPackage", "EncryptionInfo"};
    struct buf stream = BUF(1 << 20), file = BUF(1 << 20);

    (void)state;
    workbook(&stream, true);
    compound(&file, "Workbook", buf_view(&stream));
    reads_as(buf_view(&file), "FILE_PASSWORD\n");
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        buf_clear(&file);
        compound(&file, streams[i], buf_view(&stream));
        reads_as(buf_view(&file), "FILE_PASSWORD\n");
    }
    buf_release(&stream);
    buf_release(&file);
}

static void other_files(void **state)
{
    static const char *const streams[] = {"WordDocument", "PowerPoint Document", "Contents"};
    struct buf stream = BUF(1 << 20), file = BUF(1 << 20);

    (void)state;
    workbook(&stream, false);
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        buf_clear(&file);
        compound(&file, streams[i], buf_view(&stream));
        reads_as(buf_view(&file), "FILE_UNKNOWN\n");
    }
    buf_release(&stream);
    buf_release(&file);
}

/* Cut off and scrambled: an error or rows, whatever the library does with it in its process. */
static void broken(void **state)
{
    struct buf stream = BUF(1 << 20), file = BUF(1 << 20);

    (void)state;
    workbook(&stream, false);
    compound(&file, "Workbook", buf_view(&stream));
    for (size_t n = 8; n < file.n; n += 397) {
        struct transcript t = TRANSCRIPT;
        transcribe(&t, "cut.xls", text_head(buf_view(&file), n));
        buf_release(&t.out);
    }
    for (size_t i = 8; i < file.n; i += 61) {
        struct transcript t = TRANSCRIPT;
        char was = file.p[i];
        file.p[i] = (char)0xff;
        transcribe(&t, "odd.xls", buf_view(&file));
        file.p[i] = was;
        buf_release(&t.out);
    }
    reads_as(text_head(buf_view(&file), 100), "FILE_TRUNCATED\n");
    reads_as(text_head(buf_view(&file), 2 * SECTOR), "FILE_TRUNCATED\n");
    buf_release(&stream);
    buf_release(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(passwords),
        cmocka_unit_test(other_files),
        cmocka_unit_test(broken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
