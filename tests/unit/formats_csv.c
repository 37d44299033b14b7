/* Plain-text tables through sheet_read_bytes: encodings, separators, quotes, and what is no table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"
#include "book.h"

static void reads_as(const char *bytes, size_t n, const char *expected)
{
    struct transcript t = TRANSCRIPT;

    transcribe(&t, "table.csv", (struct text){bytes, n});
    assert_string_equal(buf_cstr(&t.out), expected);
    buf_release(&t.out);
}

#define BYTES(lit) lit, sizeof(lit) - 1

static void encodings(void **state)
{
    static const char *const read = "[]\n1 A=序号 B=问题\n2 A=1 B=一处渗漏\n";

    (void)state;
    reads_as(BYTES("序号,问题\n1,一处渗漏\n"), read);
    reads_as(BYTES("\xef\xbb\xbf序号,问题\n1,一处渗漏\n"), read);
    /* GB18030 */
    reads_as(BYTES("\xd0\xf2\xba\xc5,\xce\xca\xcc\xe2\r\n1,\xd2\xbb\xb4\xa6\xc9\xf8\xc2\xa9\r\n"),
             read);
    /* 联通, which is almost UTF-8; 㐂 and 𠀀 in four bytes */
    reads_as(BYTES("a,\xc1\xaa\xcd\xa8\n"), "[]\n1 A=a B=联通\n");
    reads_as(BYTES("\xd0\xf2\xba\xc5,\x81\x39\xef\x31\x95\x32\x82\x36\n"), "[]\n1 A=序号 B=㐂𠀀\n");
    /* UTF-16, with and without a mark, both orders */
    reads_as(BYTES("\xff\xfe"
                   "a\0,\0\x00\x4e\n\0"),
             "[]\n1 A=a B=一\n");
    reads_as(BYTES("\xfe\xff\0a\0,\x4e\x00\0\n"), "[]\n1 A=a B=一\n");
    reads_as(BYTES("a\0,\0b\0;\0c\0,\0\x00\x4e\n\0"), "[]\n1 A=a B=b;c C=一\n");
    reads_as(BYTES("\0a\0,\0b\0;\0c\0,\x4e\x00\0\n"), "[]\n1 A=a B=b;c C=一\n");
    reads_as(BYTES("\xff\xfe"
                   "a\0,\0\x3d\xd8\x00\xde\n\0"),
             "[]\n1 A=a B=😀\n");
    /* what cannot be told */
    reads_as(BYTES("\xef\xbb\xbf"
                   "a,\xff\n"),
             "FILE_ENCODING\n");
    reads_as(BYTES("\xff\xfe"
                   "a\0,\0\x00\xd8\n\0"),
             "FILE_ENCODING\n");
    reads_as(BYTES("id,name\n1,R\xe9sum\xe9 of Zo\xeb\n2,caf\xe9\n3,na\xefve fa\xe7"
                   "ade\n"),
             "FILE_ENCODING\n"); /* Latin-1 */
    reads_as(BYTES("\xbd\x73\xb8\xb9,\xb0\xdd\xc3\x44\n1,\xc1\x7b\xc3\xe4\xa8\xbe\xc5\x40\xaf\xca"
                   "\xa5\xa2\xa1\x41\xa6\x73\xa6\x62\xbc\x59\xb8\xa8\xad\xb7\xc0\x49\n"),
             "FILE_ENCODING\n"); /* Big5 */
}

static void separators(void **state)
{
    static const struct {
        const char *text, *read;
    } cases[] = {
        {"a,b,c\n1,2,3\n", "1 A=a B=b C=c\n2 A=1 B=2 C=3\n"},
        {"a;b;c\n1,5;2,5;3\n", "1 A=a B=b C=c\n2 A=1,5 B=2,5 C=3\n"},
        {"a\tb\n1, 2\t3\n", "1 A=a B=b\n2 A=1, 2 B=3\n"},
        {"a|b|c\nx,y|z|1\n", "1 A=a B=b C=c\n2 A=x,y B=z C=1\n"},
        {"a、b、c\n1、2、3\n", "1 A=a B=b C=c\n2 A=1 B=2 C=3\n"},
        /* the enumeration comma inside texts */
        {"序号,责任人\n1,甲、乙\n2,丙、丁\n",
         "1 A=序号 B=责任人\n2 A=1 B=甲、乙\n3 A=2 B=丙、丁\n"},
        {"甲、乙\n丙\n", "1 A=甲、乙\n2 A=丙\n"},
        /* a title above, a note below */
        {"2026年整改台账\na;b;c\n1;2;3\n4;5;6\n注：略，有误\n",
         "1 A=2026年整改台账\n2 A=a B=b C=c\n3 A=1 B=2 C=3\n4 A=4 B=5 C=6\n5 A=注：略，有误\n"},
        /* separators inside quotes do not count */
        {"\"a,1\";b\n\"c,2,3\";d\n", "1 A=a,1 B=b\n2 A=c,2,3 B=d\n"},
        {"sep=;\r\na,b;c\r\n", "2 A=a,b B=c\n"},
        {"sep=|\na,b|c\n", "2 A=a,b B=c\n"},
        {"one column\nonly\n", "1 A=one column\n2 A=only\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char read[512];
        snprintf(read, sizeof read, "[]\n%s", cases[i].read);
        reads_as(cases[i].text, strlen(cases[i].text), read);
    }
}

static void quotes(void **state)
{
    static const struct {
        const char *text, *read;
    } cases[] = {
        {"\"a\",\"b \"\"c\"\"\"\n", "1 A=a B=b \"c\"\n"},
        {"\"line 1\r\nline 2\rline 3\nline 4\",x\r\ny,z\r\n",
         "1 A=line 1\nline 2\nline 3\nline 4 B=x\n2 A=y B=z\n"},
        {"a,b\rc,d\r", "1 A=a B=b\n2 A=c B=d\n"},
        {"a,b\r\n\r\n\r\nc,d", "1 A=a B=b\n4 A=c B=d\n"},
        {"a,,c,\n,,,\nx,\"\",y,z\n", "1 A=a C=c\n3 A=x C=y D=z\n"},
        {"a 5\" pipe,b\nc,d\n", "1 A=a 5\" pipe B=b\n2 A=c B=d\n"},
        {"\"a\"b,c\n", "1 A=ab B=c\n"},
        /* the guard against formulas is taken off, one apostrophe of it */
        {"'=1+1,'-x,''@,'a,'\n", "1 A==1+1 B=-x C='@ D='a E='\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char read[512];
        snprintf(read, sizeof read, "[]\n%s", cases[i].read);
        reads_as(cases[i].text, strlen(cases[i].text), read);
    }
    reads_as(BYTES("a,b\n\"c,d\ne,f\n"), "[]\n1 A=a B=b\nFILE_QUOTE\n");
}

static void no_tables(void **state)
{
    (void)state;
    reads_as("", 0, "FILE_EMPTY\n");
    reads_as(BYTES("\xef\xbb\xbf"), "FILE_EMPTY\n");
    reads_as(BYTES(" \r\n\t\n"), "FILE_EMPTY\n");
    reads_as(BYTES("\xff\xfe"), "FILE_EMPTY\n");
    reads_as(BYTES("<!DOCTYPE html><table>"), "FILE_UNKNOWN\n");
    reads_as(BYTES("  \n<HTML xmlns:x='urn:schemas-microsoft-com:office:excel'>"),
             "FILE_UNKNOWN\n");
    reads_as(BYTES("\xef\xbb\xbf<table><tr><td>1</td></tr></table>"), "FILE_UNKNOWN\n");
    reads_as(BYTES("<?xml version='1.0'?><Workbook/>"), "FILE_UNKNOWN\n");
    reads_as(BYTES("{\"a\": 1}"), "FILE_UNKNOWN\n");
    reads_as(BYTES("[\n  {\"a\": 1}]"), "FILE_UNKNOWN\n");
    reads_as(BYTES("%PDF-1.7\n"), "FILE_UNKNOWN\n");
    reads_as(BYTES("{\\rtf1"), "FILE_UNKNOWN\n");
    reads_as(BYTES("\x89PNG\r\n"), "FILE_UNKNOWN\n");
    reads_as(BYTES("\xff\xd8\xff\xe0"), "FILE_UNKNOWN\n");
    reads_as(BYTES("\x7f"
                   "ELF\2\1\1"),
             "FILE_UNKNOWN\n");
    reads_as(BYTES("a,b\0\1,c\n"), "FILE_UNKNOWN\n");
    reads_as(BYTES("a,b\n\0c,d\0\n\0"), "FILE_UNKNOWN\n");
    reads_as(BYTES("[甲],b\n"), "[]\n1 A=[甲] B=b\n"); /* no JSON */
}

/* NUL deep inside, after what looked like a table. */
static void late_nul(void **state)
{
    struct buf b = BUF(1 << 20);
    struct transcript t = TRANSCRIPT;

    (void)state;
    while (b.n < 200000)
        buf_str(&b, "some,cells\n");
    buf_bytes(&b, "x\0y,z\n", 6);
    t.quiet = true;
    assert_int_equal(transcribe(&t, "table.csv", buf_view(&b)), -1);
    assert_string_equal(buf_cstr(&t.out), "FILE_UNKNOWN\n");
    buf_release(&t.out);
    buf_release(&b);
}

/* Rows of all lengths, so that characters, quotes and line breaks fall on the blocks' ends. */
static void block_ends(void **state)
{
    enum { ROWS = 6000 };
    struct buf b = BUF(4 << 20);
    struct transcript t = TRANSCRIPT;

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        for (int k = 0; k < i % 37; k++)
            buf_str(&b, "渗");
        buf_str(&b, ",\"a\r\n\"\"漏\"\"\",end\r\n");
    }
    transcribe(&t, "table.csv", buf_view(&b));
    assert_int_equal(t.rows, ROWS);
    assert_int_equal(t.cells, 3 * ROWS - (ROWS + 36) / 37);
    assert_true(text_ends(buf_view(&t.out), T(" B=a\n\"漏\" C=end\n")));
    buf_release(&t.out);
    buf_release(&b);
}

static void limits(void **state)
{
    static const struct {
        struct sheet_limits limits;
        enum err_code code;
    } cases[] = {
        {{.file_bytes = 10, .rows = 9, .columns = 9, .cell_bytes = 99}, ERR_FILE_LIMIT},
        {{.file_bytes = 99, .rows = 1, .columns = 9, .cell_bytes = 99}, ERR_FILE_LIMIT},
        {{.file_bytes = 99, .rows = 9, .columns = 2, .cell_bytes = 99}, ERR_FILE_LIMIT},
        {{.file_bytes = 99, .rows = 9, .columns = 9, .cell_bytes = 3}, ERR_FILE_LIMIT},
        {{.file_bytes = 99, .rows = 2, .columns = 3, .cell_bytes = 4}, ERR_NONE},
    };
    static const char table[] = "a,b,cccc\nd,e,f\n";

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct transcript t = TRANSCRIPT;
        struct err err = {0};
        sheet_read_bytes("table.csv", table, sizeof table - 1, &cases[i].limits, &t.sink, NULL,
                         &err);
        assert_int_equal(err.code, cases[i].code);
        buf_release(&t.out);
    }
}

/* A quote that is never closed must not gather the rest of the file. */
static void endless_quote(void **state)
{
    struct buf b = BUF(32 << 20);
    struct transcript t = TRANSCRIPT;

    (void)state;
    buf_str(&b, "a,b\n\"c");
    while (b.n < 16 << 20)
        buf_str(&b, ",more and more and more text without an end\n");
    assert_int_equal(transcribe(&t, "table.csv", buf_view(&b)), -1);
    assert_string_equal(buf_cstr(&t.out), "[]\n1 A=a B=b\nFILE_LIMIT\n");
    buf_release(&t.out);
    buf_release(&b);
}

static void no_memory(void **state)
{
    static const char table[] = "\xd0\xf2\xba\xc5,\xce\xca\xcc\xe2\n1,\"\xd2\xbb\n\"\n";

    (void)state;
    for (int forever = 0; forever < 2; forever++)
        for (unsigned long n = 1;; n++) {
            struct transcript t = TRANSCRIPT;
            struct sheet_limits most = sheet_limits();
            struct err err = {0};
            unsigned long made;
            int rc;

            t.quiet = true;
            mem_fail_at(n, forever);
            rc = sheet_read_bytes("table.csv", table, sizeof table - 1, &most, &t.sink, NULL, &err);
            made = mem_fail_at(0, 0);
            assert_true(rc == 0 || err.code == ERR_NO_MEMORY);
            assert_true(rc != 0 || t.rows == 2);
            buf_release(&t.out);
            if (made < n)
                break;
            assert_true(n < 1000);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings), cmocka_unit_test(separators),    cmocka_unit_test(quotes),
        cmocka_unit_test(no_tables), cmocka_unit_test(late_nul),      cmocka_unit_test(block_ends),
        cmocka_unit_test(limits),    cmocka_unit_test(endless_quote), cmocka_unit_test(no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
