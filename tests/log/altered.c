/*
 * altered.c: whatever is altered in an exported log of 200 entries is found, and where.
 *
 * altered PART OF: flips the bits and makes the random edits that fall to this part, so that
 * several processes can do it side by side. Without arguments: whole entries.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <fcntl.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "history.h"
#include "ledger/verify.h"

enum { ENTRIES = 200, RANDOM_EDITS = 20000 };

static struct world w;
static int part = 0, parts = 1;
static char path[300];
static struct text export; /* its bytes as they were written */
static size_t *starts;     /* of its lines, and behind the last */
static size_t lines;

static void put_file(struct text bytes)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    if (bytes.n)
        assert_true(fwrite(bytes.p, 1, bytes.n, f) == bytes.n);
    assert_int_equal(fclose(f), 0);
}

static int make(void **state)
{
    struct err err;

    (void)state;
    if (world_open(&w, &err) != 0)
        return -1;
    history_make(&w, ENTRIES);
    snprintf(path, sizeof path, "%s/log.json", world_folder(&w));
    history_export(&w, path);
    if (file_read(path, 16 << 20, &w.arena, &export, &err) != 0)
        return -1;
    starts = calloc(ENTRIES + 3, sizeof *starts);
    for (size_t i = 0; i < export.n; i++)
        if (export.p[i] == '\n')
            starts[++lines] = i + 1;
    return lines == ENTRIES + 1 ? 0 : -1;
}

static int drop(void **state)
{
    (void)state;
    free(starts);
    world_close(&w);
    return 0;
}

/* 0 all is well; else the line that is named, -1 for a finding without one. */
static long line_named(struct text held)
{
    struct verify_report report;
    struct err err = {0};

    if (verify_export(path, &(struct verify_trust){0}, held, &report, &err) == 0)
        return 0;
    if (err_exit(&err) != 1)
        fail_msg("it is no finding but a failure");
    return err.code == ERR_WRONG_EXPORT ? strtol(err.texts[1], NULL, 10) : -1;
}

static void unaltered_is_found_right(void **state)
{
    struct verify_report report;
    struct err err;

    (void)state;
    put_file(export);
    assert_int_equal(verify_export(path, &(struct verify_trust){0}, T(""), &report, &err), 0);
    assert_int_equal(report.entries, ENTRIES);
    assert_int_equal(report.checkpoints, 1);
}

/* Where a bit was flipped, its line is named, or the next one (whose time is now before that of the
 * altered one), or the checkpoint, which covers all. */
static void every_bit(void **state)
{
    int fd = -1;
    size_t missed = 0, flipped = 0;

    (void)state;
    put_file(export);
    fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    for (size_t line = 0; line < lines; line++)
        for (size_t i = starts[line]; i < starts[line + 1]; i++)
            for (int bit = 0; bit < 8; bit++) {
                char c = (char)(export.p[i] ^ 1 << bit);
                long named;
                if (flipped++ % (size_t)parts != (size_t)part)
                    continue;
                assert_int_equal(pwrite(fd, &c, 1, (off_t)i), 1);
                named = line_named(T(""));
                if (named != (long)line + 1 && named != (long)line + 2 && named != (long)lines &&
                    missed++ < 20)
                    print_error("byte %zu of line %zu, bit %d: it names line %ld\n",
                                i - starts[line], line + 1, bit, named);
                assert_int_equal(pwrite(fd, export.p + i, 1, (off_t)i), 1);
            }
    close(fd);
    assert_int_equal(missed, 0);
    put_file(export);
}

/* --- whole entries -----------------------------------------------------------------------------
 */

static struct text line_at(size_t n)
{
    return (struct text){export.p + starts[n], starts[n + 1] - starts[n]};
}

/* Writes the lines whose numbers stand in order[], and gives what is found. */
static long with_lines(const size_t *order, size_t count, struct text behind)
{
    buf_auto struct buf out = BUF(BUF_ANY);

    for (size_t i = 0; i < count; i++)
        buf_text(&out, line_at(order[i]));
    buf_text(&out, behind);
    put_file(buf_view(&out));
    return line_named(T(""));
}

static void an_entry_taken_out(void **state)
{
    size_t order[ENTRIES + 2];

    (void)state;
    for (size_t out = 0; out < lines; out++) {
        size_t n = 0;
        for (size_t i = 0; i < lines; i++)
            if (i != out)
                order[n++] = i;
        /* The line that took its place has another number. */
        assert_int_equal(with_lines(order, n, T("")), (long)out + 1);
    }
}

static void two_entries_swapped(void **state)
{
    size_t order[ENTRIES + 2];

    (void)state;
    for (size_t a = 0; a + 1 < lines; a++) {
        size_t b = a + 1 + a * 7 % (lines - a - 1);
        for (size_t i = 0; i < lines; i++)
            order[i] = i == a ? b : i == b ? a : i;
        assert_int_equal(with_lines(order, lines, T("")), (long)a + 1);
    }
}

static void an_entry_repeated(void **state)
{
    size_t order[ENTRIES + 3];

    (void)state;
    for (size_t twice = 0; twice < lines; twice++) {
        size_t n = 0;
        for (size_t i = 0; i < lines; i++) {
            order[n++] = i;
            if (i == twice)
                order[n++] = i;
        }
        assert_int_equal(with_lines(order, n, T("")), (long)twice + 2);
    }
}

/* Cut off after any line, and after any byte of the last lines. */
static void cut_off(void **state)
{
    size_t order[ENTRIES + 2];

    (void)state;
    for (size_t i = 0; i < lines; i++)
        order[i] = i;
    for (size_t n = 0; n < lines; n++)
        assert_int_equal(with_lines(order, n, T("")), (long)n + 1);
    for (size_t n = starts[lines - 2]; n < export.n; n++) {
        put_file(text_head(export, n));
        assert_true(line_named(T("")) >= (long)lines - 1);
    }
}

static void something_put_behind(void **state)
{
    static const char *const more[] = {"\n", " ", "x\n", "{}\n", "\xef\xbb\xbf\n"};
    size_t order[ENTRIES + 2];

    (void)state;
    for (size_t i = 0; i < lines; i++)
        order[i] = i;
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        assert_int_equal(with_lines(order, lines, text_of(more[i])), (long)lines + 1);
    for (size_t i = 0; i < lines; i++)
        assert_int_equal(with_lines(order, lines, line_at(i)), (long)lines + 1);
}

static void something_put_in_front(void **state)
{
    static const char *const more[] = {"\n", " ", "\xef\xbb\xbf", "{}\n"};

    (void)state;
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        buf_auto struct buf out = BUF(BUF_ANY);
        buf_str(&out, more[i]);
        buf_text(&out, export);
        put_file(buf_view(&out));
        assert_int_equal(line_named(T("")), 1);
    }
}

/* One to three edits of any kind at any place; those that change nothing do not count. */
static void random_edits(void **state)
{
    struct env env = env_replay((uint64_t)part + 7, 0);
    long found = 0, missed = 0;

    (void)state;
    for (int round = 0; round < RANDOM_EDITS / parts; round++) {
        uint32_t r[3];
        char *bytes = malloc(export.n * 2 + 64);
        size_t n = export.n;
        assert_non_null(bytes);
        memcpy(bytes, export.p, n);
        env.random(&env, r, sizeof r);
        for (uint32_t k = 0; k <= r[0] % 3; k++) {
            uint32_t e[4];
            size_t at, length, from;
            env.random(&env, e, sizeof e);
            at = e[0] % n;
            length = 1 + e[1] % 40;
            from = e[2] % export.n;
            if (length > n - at)
                length = n - at;
            if (length > export.n - from)
                length = export.n - from;
            switch (e[3] % 4) {
            case 0: /* something else in its place */
                memcpy(bytes + at, export.p + from, length);
                break;
            case 1: /* taken out */
                memmove(bytes + at, bytes + at + length, n - at - length);
                n -= length;
                break;
            case 2: /* put in */
                memmove(bytes + at + length, bytes + at, n - at);
                memcpy(bytes + at, export.p + from, length);
                n += length;
                break;
            default: bytes[at] = (char)e[1];
            }
        }
        put_file((struct text){bytes, n});
        if (n == export.n && memcmp(bytes, export.p, n) == 0) {
            assert_int_equal(line_named(T("")), 0);
        } else if (line_named(T("")) == 0) {
            missed++;
        } else {
            found++;
        }
        free(bytes);
    }
    assert_int_equal(missed, 0);
    assert_true(found > RANDOM_EDITS / parts * 9 / 10);
}

/* A log that somebody wrote anew with a key of their own is as good as any other; only who kept a
 * checkpoint of the true one can tell. And a file of any kind is no export. */
static void other_files(void **state)
{
    static const char *const files[] = {
        "",
        "\n",
        "{}\n",
        "[]\n",
        "null\n",
        "{\"checkpoint\":\"\"}\n",
        "{\"checkpoint\":1}\n",
        "PK\x03\x04",
        /* A first entry that names no origin, or no key. */
        "{\"at\":1,\"by\":\"o\",\"data\":{\"name\":\"x\"},\"id\":\"i\",\"kind\":\"ledger.init\","
        "\"on\":\"\",\"seq\":0,\"v\":1,\"via\":\"t\"}\n",
        "{\"at\":1,\"by\":\"o\",\"data\":{\"origin\":\"x\"},\"id\":\"i\",\"kind\":\"ledger.init\","
        "\"on\":\"\",\"seq\":0,\"v\":1,\"via\":\"t\"}\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        put_file(text_of(files[i]));
        assert_int_equal(line_named(T("")), 1);
    }
    put_file((struct text){"\0\0\0\n", 4});
    assert_int_equal(line_named(T("")), 1);
    /* One line of a terabyte is refused at once, and not held. */
    put_file(T("{"));
    assert_int_equal(truncate(path, (off_t)1 << 40), 0);
    assert_int_equal(line_named(T("")), 1);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unaltered_is_found_right),
        cmocka_unit_test(every_bit),
        cmocka_unit_test(random_edits),
    };
    const struct CMUnitTest once[] = {
        cmocka_unit_test(an_entry_taken_out),   cmocka_unit_test(two_entries_swapped),
        cmocka_unit_test(an_entry_repeated),    cmocka_unit_test(cut_off),
        cmocka_unit_test(something_put_behind), cmocka_unit_test(something_put_in_front),
        cmocka_unit_test(other_files),
    };

    if (argc == 3) {
        part = atoi(argv[1]);
        parts = atoi(argv[2]);
    }
    return argc == 3 ? cmocka_run_group_tests_name("bits", tests, make, drop)
                     : cmocka_run_group_tests_name("entries", once, make, drop);
}
