/* Tables written and read back with our own readers; what a failure leaves behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "book.h"
#include "formats/archive.h"
#include "formats/table.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/xh-table-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

/* The files in the folder. */
static int count_files(void)
{
    DIR *d = opendir(folder);
    int n = 0;

    for (struct dirent *e; (e = readdir(d)) != NULL;)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void empty_folder(void)
{
    DIR *d = opendir(folder);

    for (struct dirent *e; (e = readdir(d)) != NULL;)
        if (e->d_name[0] != '.')
            unlinkat(dirfd(d), e->d_name, 0);
    closedir(d);
}

static int drop_folder(void **state)
{
    (void)state;
    empty_folder();
    return rmdir(folder);
}

static const char *in_folder(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static const struct column columns[] = {
    {"no", "序号", COLUMN_NUMBER, 6},
    {"problem", "反馈问题", COLUMN_TEXT, 30},
    {"due", "整改时限", COLUMN_DATE, 12},
    {"state", "状态", COLUMN_SHORT, 10},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

struct cells {
    const char *text[COLUMNS];
};

static struct table_spec spec(void)
{
    return (struct table_spec){.title = T("整改台账"),
                               .subtitle = T("共2件"),
                               .sheet = T("问题/清单"),
                               .columns = columns,
                               .count = COLUMNS,
                               .lang = LANG_ZH};
}

/* Writes the rows; the result of the first step that fails. */
static int write_table(const char *path, const struct cells *from, size_t count, struct err *err)
{
    struct table_spec s = spec();
    enum table_format format;
    struct table *t;

    assert_int_equal(table_format_of(path, &format), 0);
    t = table_open(path, format, &s, err);
    if (t == NULL)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct text cells[COLUMNS];
        for (int k = 0; k < COLUMNS; k++)
            cells[k] = text_of(from[i].text[k]);
        if (table_row(t, cells, err) != 0) {
            table_abort(t);
            return -1;
        }
    }
    return table_close(t, err);
}

static struct text read_file(struct arena *a, const char *path)
{
    struct text t = {0};
    struct err err = {0};

    assert_int_equal(file_read(path, 64 << 20, a, &t, &err), 0);
    return t;
}

static const struct cells rows[] = {
    {{"1", "临边防护缺失", "2026-06-30", "未完成"}},
    {{"2", "=cmd|' /C calc'!A0", "长期坚持", "@SUM(1)"}},
    {{"-3", "one\ntwo \"quoted\", <&>", "", "_x000D_"}},
    {{"007", "-5", "2026-02-30", ""}},
    {{"1.50", "\t-", "1899-12-31", " x "}},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void workbook_read_back(void **state)
{
    struct transcript t = TRANSCRIPT;
    struct arena a = ARENA(64 << 20);
    struct err err = {0};

    (void)state;
    assert_int_equal(write_table(in_folder("a.xlsx"), rows, ROWS, &err), 0);
    assert_int_equal(count_files(), 1);
    transcribe(&t, "a.xlsx", read_file(&a, in_folder("a.xlsx")));
    assert_string_equal(buf_cstr(&t.out), "[问题_清单 A1:D1 A2:D2]\n"
                                          "1 A=整改台账\n"
                                          "2 A=共2件\n"
                                          "3 A=序号 B=反馈问题 C=整改时限 D=状态\n"
                                          "4 A#1 B=临边防护缺失 C@2026-06-30 D=未完成\n"
                                          "5 A#2 B==cmd|' /C calc'!A0 C=长期坚持 D=@SUM(1)\n"
                                          "6 A#-3 B=one\ntwo \"quoted\", <&> D=_x000D_\n"
                                          "7 A=007 B=-5 C=2026-02-30\n"
                                          "8 A#1.5 B=\t- C=1899-12-31 D= x \n");
    buf_release(&t.out);
    arena_release(&a);
    empty_folder();
}

/* The set-up for print and screen that a person expects. */
static void workbook_set_up(void **state)
{
    static const char *const in_sheet[] = {
        "<pane ySplit=\"3\"", "<autoFilter ref=\"A3:D8\"", "orientation=\"landscape\"",
        "paperSize=\"9\"",    "fitToHeight=\"0\"",         "第 &amp;P 页 共 &amp;N 页"};
    struct arena a = ARENA(64 << 20);
    struct sheet_limits limits = sheet_limits();
    struct archive archive;
    struct err err = {0};
    struct text file;
    char part_bytes[65536] = "";
    struct part part;

    (void)state;
    assert_int_equal(write_table(in_folder("a.xlsx"), rows, ROWS, &err), 0);
    file = read_file(&a, in_folder("a.xlsx"));
    assert_int_equal(
        archive_open(&archive,
                     &(struct source){.name = "a", .bytes = file.p, .fd = -1, .size = file.n},
                     &limits, &err),
        0);
    assert_int_equal(
        part_open(&part, &archive, archive_find(&archive, T("xl/worksheets/sheet1.xml")), &err), 0);
    assert_true(part_read(&part, part_bytes, sizeof part_bytes - 1, &err) > 0);
    part_close(&part);
    for (size_t i = 0; i < sizeof in_sheet / sizeof *in_sheet; i++)
        assert_non_null(strstr(part_bytes, in_sheet[i]));
    assert_null(strstr(part_bytes, "<f>"));
    memset(part_bytes, 0, sizeof part_bytes);
    assert_int_equal(part_open(&part, &archive, archive_find(&archive, T("xl/workbook.xml")), &err),
                     0);
    assert_true(part_read(&part, part_bytes, sizeof part_bytes - 1, &err) > 0);
    part_close(&part);
    assert_non_null(strstr(part_bytes, "_xlnm.Print_Titles"));
    archive_close(&archive);
    arena_release(&a);
    empty_folder();
}

static void csv_bytes(void **state)
{
    struct arena a = ARENA(64 << 20);
    struct transcript t = TRANSCRIPT;
    struct err err = {0};
    struct text file;

    (void)state;
    assert_int_equal(write_table(in_folder("a.csv"), rows, ROWS, &err), 0);
    file = read_file(&a, in_folder("a.csv"));
    assert_true(text_eq(file, T("\xef\xbb\xbf序号,反馈问题,整改时限,状态\r\n"
                                "1,临边防护缺失,2026-06-30,未完成\r\n"
                                "2,\"'=cmd|' /C calc'!A0\",长期坚持,'@SUM(1)\r\n"
                                "-3,\"one\ntwo \"\"quoted\"\", <&>\",,_x000D_\r\n"
                                "007,'-5,2026-02-30,\r\n"
                                "1.50,\"'\t-\",1899-12-31,\" x \"\r\n")));
    transcribe(&t, "a.csv", file);
    assert_string_equal(buf_cstr(&t.out), "[]\n"
                                          "1 A=序号 B=反馈问题 C=整改时限 D=状态\n"
                                          "2 A=1 B=临边防护缺失 C=2026-06-30 D=未完成\n"
                                          "3 A=2 B==cmd|' /C calc'!A0 C=长期坚持 D=@SUM(1)\n"
                                          "4 A=-3 B=one\ntwo \"quoted\", <&> D=_x000D_\n"
                                          "5 A=007 B=-5 C=2026-02-30\n"
                                          "6 A=1.50 B=\t- C=1899-12-31 D= x \n");
    buf_release(&t.out);
    arena_release(&a);
    empty_folder();
}

/* No cell of a CSV begins like a formula, whatever it was. */
static void injection(void **state)
{
    /* The first column holds numbers: there a signed decimal, and only that, stands as it is. */
    static const char *const leads[] = {"=", "+", "-", "@", "\t", "\r", "\n", "'=", "''@"};
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
        struct arena a = ARENA(1 << 20);
        char text[32];
        const struct cells row = {{i % 2 ? "+7" : text, text, text, text}};
        struct text file, line, cell;

        snprintf(text, sizeof text, "%s1+1", leads[i]);
        assert_int_equal(write_table(in_folder("a.csv"), &row, 1, &err), 0);
        file = read_file(&a, in_folder("a.csv"));
        line = text_from(file, (size_t)text_find(file, T("\r\n")) + 2);
        while (text_cut(&line, ',', &cell)) {
            if (cell.n && cell.p[0] == '"')
                cell = text_from(cell, 1);
            assert_true(cell.p[0] == '\'' || text_eq(cell, T("+7")));
        }
        arena_release(&a);
    }
    empty_folder();
}

static void json_bytes(void **state)
{
    static const char expected[] =
        "[\n"
        "{\"no\":1,\"problem\":\"临边防护缺失\",\"due\":\"2026-06-30\",\"state\":\"未完成\"},\n"
        "{\"no\":2,\"problem\":\"=cmd|' /C "
        "calc'!A0\",\"due\":\"长期坚持\",\"state\":\"@SUM(1)\"},\n"
        "{\"no\":-3,\"problem\":\"one\\ntwo \\\"quoted\\\", "
        "<&>\",\"due\":\"\",\"state\":\"_x000D_\"},\n"
        "{\"no\":\"007\",\"problem\":\"-5\",\"due\":\"2026-02-30\",\"state\":\"\"},\n"
        "{\"no\":1.50,\"problem\":\"\\t-\",\"due\":\"1899-12-31\",\"state\":\" x \"}\n"
        "]\n";
    struct arena a = ARENA(64 << 20);
    struct err err = {0};

    (void)state;
    assert_int_equal(write_table(in_folder("a.json"), rows, ROWS, &err), 0);
    assert_true(text_eq(read_file(&a, in_folder("a.json")), text_of(expected)));
    assert_int_equal(write_table(in_folder("a.JSON"), rows, 0, &err), 0);
    assert_true(text_eq(read_file(&a, in_folder("a.JSON")), T("[\n]\n")));
    arena_release(&a);
    empty_folder();
}

/* What Excel cannot hold is cut off visibly; what XML cannot hold is left out. */
static void odd_texts(void **state)
{
    struct buf longest = BUF(1 << 20), emoji = BUF(1 << 20);
    struct arena a = ARENA(64 << 20);
    struct transcript t = TRANSCRIPT;
    struct err err = {0};
    struct cells row = {{"123456789012345678", "a\1b\x1f\xff c\r\nd\re", "", ""}};
    struct text read;

    (void)state;
    while (longest.n < 32768 * 3)
        buf_str(&longest, "长");
    while (emoji.n < 20000 * 4)
        buf_str(&emoji, "😀");
    row.text[2] = buf_cstr(&longest);
    row.text[3] = buf_cstr(&emoji);
    assert_int_equal(write_table(in_folder("a.xlsx"), &row, 1, &err), 0);
    transcribe(&t, "a.xlsx", read_file(&a, in_folder("a.xlsx")));
    read = buf_view(&t.out);
    assert_true(text_has(read, T("4 A=123456789012345678 B=ab\xef\xbf\xbd c\nd\ne C=长")));
    assert_true(text_has(read, T("长……（内容过长，已截断） D=😀")));
    assert_true(text_has(read, T("😀……（内容过长，已截断）\n")));
    buf_release(&t.out);
    buf_release(&longest);
    buf_release(&emoji);
    arena_release(&a);
    empty_folder();
}

/* More rows than a sheet has go on in the next one. */
static void many_rows(void **state)
{
    enum { MANY = 1048576 + 3 };
    static const struct column one[] = {{"no", "no", COLUMN_NUMBER, 8}};
    struct table_spec s = {.sheet = T("rows"), .columns = one, .count = 1, .lang = LANG_EN};
    struct transcript t = TRANSCRIPT;
    struct sheet_limits limits = sheet_limits();
    struct err err = {0};
    struct table *table = table_open(in_folder("many.xlsx"), TABLE_XLSX, &s, &err);

    (void)state;
    for (int i = 0; i < MANY; i++) {
        char number[16];
        struct text cell = {number, (size_t)snprintf(number, sizeof number, "%d", i)};
        assert_int_equal(table_row(table, &cell, &err), 0);
    }
    assert_int_equal(table_close(table, &err), 0);
    t.quiet = true;
    assert_int_equal(sheet_read(in_folder("many.xlsx"), &limits, &t.sink, NULL, &err), 0);
    assert_string_equal(buf_cstr(&t.out), "[rows]\n[rows (2)]\n");
    assert_int_equal(t.rows, MANY + 2);
    buf_release(&t.out);
    empty_folder();
}

static void names(void **state)
{
    enum table_format format;
    struct err err = {0};
    struct stat st;
    mode_t mask = umask(027);

    (void)state;
    assert_int_equal(table_format_of("a.XLSX", &format), 0);
    assert_int_equal(format, TABLE_XLSX);
    assert_int_equal(table_format_of("/x/y.Csv", &format), 0);
    assert_int_equal(format, TABLE_CSV);
    assert_int_equal(table_format_of("a.txt", &format), -1);
    assert_int_equal(table_format_of("csv", &format), -1);
    assert_int_equal(table_format_of(".csv", &format), -1);
    assert_int_equal(write_table(in_folder("a.csv"), rows, 1, &err), 0);
    assert_int_equal(write_table(in_folder("a.xlsx"), rows, 1, &err), 0);
    assert_int_equal(stat(in_folder("a.csv"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_int_equal(stat(in_folder("a.xlsx"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    umask(mask);
    assert_int_equal(write_table("/nowhere/a.xlsx", rows, 1, &err), -1);
    assert_int_equal(err.code, ERR_IO);
    empty_folder();
}

static const char *const endings[] = {"a.xlsx", "a.csv", "a.json"};

/* Every step with memory or the disk fails, once and for ever: the old file or the new one stands,
 * and nothing beside it. */
static void failures(void **state)
{
    (void)state;
    for (size_t f = 0; f < sizeof endings / sizeof *endings; f++) {
        for (int kind = 0; kind < 4; kind++)
            for (unsigned long n = 1;; n++) {
                struct arena a = ARENA(1 << 20);
                struct err err = {0};
                unsigned long made;
                bool old;
                int rc;

                assert_int_equal(file_write(in_folder(endings[f]), T("old"), 0600, true, &err), 0);
                if (kind < 2)
                    mem_fail_at(n, kind);
                else
                    file_fail_at(n, kind - 2, ENOSPC);
                rc = write_table(in_folder(endings[f]), rows, ROWS, &err);
                made = kind < 2 ? mem_fail_at(0, 0) : file_fail_at(0, 0, 0);
                assert_true(rc == 0 || err.code == ERR_NO_MEMORY || err.code == ERR_IO);
                assert_int_equal(count_files(), 1);
                old = text_eq(read_file(&a, in_folder(endings[f])), T("old"));
                /* After the rename only the folder's sync can fail. */
                assert_true(rc == 0 ? !old : old || kind >= 2);
                arena_release(&a);
                if (made < n)
                    break;
                assert_true(n < 1000);
            }
        empty_folder();
    }
}

/* The library that writes workbooks does not see a full disk; we do. */
static void full_disk(void **state)
{
    struct rlimit most = {200 * 1024, 200 * 1024};
    int status;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        struct table_spec s = spec();
        struct err err = {0};
        struct table *t;
        char text[600];
        int rc = 0;

        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &most);
        memset(text, 'x', sizeof text);
        t = table_open(in_folder("a.xlsx"), TABLE_XLSX, &s, &err);
        for (int i = 0; t && rc == 0 && i < 1000; i++) {
            struct text cells[COLUMNS] = {{0}, {text, sizeof text}};
            rc = table_row(t, cells, &err);
        }
        rc = t && rc == 0 ? table_close(t, &err) : -1;
        _exit(rc == -1 && err.code == ERR_IO ? 0 : 1);
    }
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(count_files(), 0);
}

static void given_up(void **state)
{
    (void)state;
    for (size_t f = 0; f < sizeof endings / sizeof *endings; f++) {
        struct table_spec s = spec();
        struct text cells[COLUMNS] = {T("1"), T("x")};
        enum table_format format;
        struct err err = {0};
        struct table *t;

        table_format_of(endings[f], &format);
        t = table_open(in_folder(endings[f]), format, &s, &err);
        assert_int_equal(table_row(t, cells, &err), 0);
        assert_int_equal(count_files(), 1);
        table_abort(t);
        assert_int_equal(count_files(), 0);
    }
    table_abort(NULL);
}

static int hand_on(void *arg, struct text bytes, struct err *err)
{
    struct buf *to = arg;

    buf_text(to, bytes);
    return to->failed ? err_set(err, NO_MEMORY) : 0;
}

/* Whoever is told that it goes nowhere is told at once, and what was handed on stays. */
static void handed_on_until_it_cannot_be(void **state)
{
    static char text[100 * 1024];
    buf_auto struct buf all = BUF(600 * 1024);
    struct text cells[COLUMNS] = {T("1"), {text, sizeof text}};
    struct table_spec s = spec();
    struct err err = {0};
    struct table *t;
    int rc = 0, rows_taken = 0;

    (void)state;
    memset(text, 'x', sizeof text);
    t = table_stream(hand_on, &all, TABLE_CSV, &s, &err);
    assert_non_null(t);
    for (; rc == 0 && rows_taken < 20; rows_taken++)
        rc = table_row(t, cells, &err);
    assert_int_equal(rc, -1);
    assert_int_equal(err.code, ERR_NO_MEMORY);
    assert_true(rows_taken > 5 && rows_taken < 12);
    table_abort(t);
    assert_int_equal(count_files(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workbook_read_back), cmocka_unit_test(workbook_set_up),
        cmocka_unit_test(csv_bytes),          cmocka_unit_test(injection),
        cmocka_unit_test(json_bytes),         cmocka_unit_test(odd_texts),
        cmocka_unit_test(many_rows),          cmocka_unit_test(names),
        cmocka_unit_test(failures),           cmocka_unit_test(full_disk),
        cmocka_unit_test(given_up),           cmocka_unit_test(handed_on_until_it_cannot_be),
    };

    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
