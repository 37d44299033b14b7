/* Evidence that comes in pieces: whole or absent, under its own hash, whatever its name says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/verify.h"
#include "office/evidence.h"
#include "world.h"

static struct world w;

static int make(void **state)
{
    struct err err;

    (void)state;
    if (world_open(&w, &err) != 0)
        return -1;
    world_folder(&w);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

/* -- what lies in evidence/ -- */

static int whole, temporary, wrong;

static int look_at(const char *path, const struct stat *st, int type, struct FTW *at)
{
    const char *name = path + at->base;
    buf_auto struct buf hex = BUF(64);
    struct hash hash;
    struct err err;

    (void)st;
    if (type != FTW_F)
        return 0;
    if (strstr(name, ".tmp")) {
        temporary++;
        return 0;
    }
    if (sha256_file(path, &hash, NULL, &err) == 0)
        buf_hex(&hex, hash.b, sizeof hash.b);
    if (text_eq(buf_view(&hex), text_of(name)) && strncmp(name, path + at->base - 3, 2) == 0)
        whole++;
    else
        wrong++;
    return 0;
}

static void look(void)
{
    char folder[FILE_PATH + 16];

    whole = temporary = wrong = 0;
    snprintf(folder, sizeof folder, "%s/evidence", w.ledger.dir);
    assert_int_equal(nftw(folder, look_at, 16, FTW_PHYS), 0);
}

static struct evidence_line store(const char *name, struct text bytes)
{
    struct evidence_upload u;
    struct evidence_line line = {0};
    struct err err;

    assert_int_equal(evidence_begin(&u, &w.ledger, text_of(name), 0, &err), 0);
    assert_int_equal(evidence_append(&u, bytes, &err), 0);
    assert_int_equal(evidence_finish(&u, &line, &w.arena, &err), 0);
    evidence_abandon(&u);
    return line;
}

/* -- tests -- */

static void pieces_are_one_file(void **state)
{
    struct evidence_upload u;
    struct evidence_line line = {0}, again;
    struct evidence_file file;
    struct err err;
    char back[16];

    (void)state;
    assert_int_equal(evidence_begin(&u, &w.ledger, T("照片.txt"), 0, &err), 0);
    assert_int_equal(evidence_append(&u, T("ab"), &err), 0);
    assert_int_equal(evidence_append(&u, T(""), &err), 0);
    assert_int_equal(evidence_append(&u, T("c"), &err), 0);
    look();
    assert_int_equal(temporary, 1);
    assert_int_equal(whole, 0);
    assert_int_equal(evidence_finish(&u, &line, &w.arena, &err), 0);
    evidence_abandon(&u);
    /* FIPS 180-4's own example. */
    assert_true(
        text_eq(line.hash, T("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")));
    assert_true(text_eq(line.name, T("照片.txt")));
    assert_int_equal(line.size, 3);
    again = store("other.txt", T("abc"));
    assert_true(text_eq(again.hash, line.hash));
    assert_true(text_eq(again.name, T("other.txt")));
    look();
    assert_int_equal(whole, 1);
    assert_int_equal(temporary + wrong, 0);
    assert_int_equal(evidence_open(&w.ledger, line.hash, &file, &err), 0);
    assert_int_equal(file.size, 3);
    assert_int_equal(file.kind, EVIDENCE_OTHER);
    assert_int_equal(read(file.fd, back, sizeof back), 3);
    assert_memory_equal(back, "abc", 3);
    close(file.fd);
}

static void a_damaged_one_is_mended(void **state)
{
    struct evidence_line line = store("x", T("will be damaged"));
    char path[FILE_PATH + 100];

    (void)state;
    snprintf(path, sizeof path, "%s/evidence/%.2s/%.64s", w.ledger.dir, line.hash.p, line.hash.p);
    assert_int_equal(truncate(path, 3), 0);
    store("x", T("will be damaged"));
    look();
    assert_int_equal(wrong, 0);
}

static void abandoned_or_too_large_leaves_nothing(void **state)
{
    struct evidence_upload u;
    struct evidence_line line = {0};
    struct err err = {0};
    buf_auto struct buf said = BUF(1000);
    int before;

    (void)state;
    look();
    before = whole;
    assert_int_equal(evidence_begin(&u, &w.ledger, T("a"), 0, &err), 0);
    assert_int_equal(evidence_append(&u, T("abandoned"), &err), 0);
    evidence_abandon(&u);
    look();
    assert_int_equal(whole, before);
    assert_int_equal(temporary, 0);
    assert_int_equal(evidence_begin(&u, &w.ledger, T("现场.jpg"), 2048, &err), 0);
    assert_int_equal(evidence_append(&u, (struct text){w.ledger.dir, 2048}, &err), 0);
    assert_int_equal(evidence_append(&u, T("x"), &err), -1);
    assert_int_equal(err.code, ERR_TOO_LARGE);
    look();
    assert_int_equal(temporary, 0); /* at once, not only when it is abandoned */
    err_say(&said, LANG_EN, &err);
    assert_string_equal(buf_cstr(&said), "现场.jpg is too large: at most 2 KiB.");
    /* It stays so. */
    err.code = 0;
    assert_int_equal(evidence_append(&u, T(""), &err), -1);
    assert_int_equal(evidence_finish(&u, &line, &w.arena, &err), -1);
    assert_int_equal(err.code, ERR_TOO_LARGE);
    evidence_abandon(&u);
    look();
    assert_int_equal(whole, before);
    assert_int_equal(temporary + wrong, 0);
}

static int store_with_failures(struct text bytes, struct err *err)
{
    struct evidence_upload u;
    struct evidence_line line = {0};
    int rc;

    if (evidence_begin(&u, &w.ledger, T("a"), 0, err) != 0)
        return -1;
    rc = evidence_append(&u, bytes, err) != 0 ? -1 : evidence_finish(&u, &line, &w.arena, err);
    evidence_abandon(&u);
    return rc;
}

/* Each step of each kind fails, once: a full disk, a broken one. */
static void whole_or_absent_when_the_disk_fails(void **state)
{
    static const int errors[] = {ENOSPC, EIO};
    unsigned long steps = 0;

    (void)state;
    for (size_t e = 0; e < sizeof errors / sizeof errors[0]; e++)
        for (unsigned long n = 1;; n++) {
            char bytes[64];
            struct err err = {0};
            int rc;
            snprintf(bytes, sizeof bytes, "bytes %zu %lu", e, n);
            file_fail_at(n, 0, errors[e]);
            rc = store_with_failures(text_of(bytes), &err);
            steps = file_fail_at(0, 0, 0);
            look();
            assert_int_equal(temporary + wrong, 0);
            if (rc == 0)
                break;
            assert_int_equal(err.code, ERR_IO);
            /* It can be given again. */
            assert_int_equal(store_with_failures(text_of(bytes), &err), 0);
        }
    assert_true(steps >= 5);
}

static void *store_the_same(void *arg)
{
    arena_auto struct arena arena = ARENA(1u << 20);
    const int64_t *seed = arg;

    for (int i = 0; i < 40; i++) {
        struct evidence_upload u;
        struct evidence_line line = {0};
        struct err err;
        char bytes[64];
        snprintf(bytes, sizeof bytes, "round %d", i);
        if (evidence_begin(&u, &w.ledger, T("a"), 0, &err) != 0 ||
            evidence_append(&u, text_of(bytes), &err) != 0 ||
            ((i + *seed) % 5 && evidence_finish(&u, &line, &arena, &err) != 0))
            return NULL;
        evidence_abandon(&u);
    }
    return arg;
}

static void several_threads_store_the_same(void **state)
{
    pthread_t threads[4];
    int64_t seeds[4] = {0, 1, 2, 3};
    int before;
    void *result;

    (void)state;
    look();
    before = whole;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, store_the_same, &seeds[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &result);
        assert_ptr_equal(result, &seeds[i]);
    }
    look();
    assert_int_equal(whole, before + 40);
    assert_int_equal(temporary + wrong, 0);
}

static void names_are_for_people(void **state)
{
    static const struct {
        const char *given, *shown;
    } names[] = {
        {"../../etc/passwd", "passwd"},
        {"C:\\fakepath\\整改后.jpg", "整改后.jpg"},
        {"a\r\nSet-Cookie: x\x7f.txt", "aSet-Cookie: x.txt"},
        {"\xe2\x80\xaegpj.exe", "gpj.exe"},                 /* U+202E */
        {"a\xe2\x81\xa6\xe2\x81\xa9\xd8\x9c.pdf", "a.pdf"}, /* U+2066, U+2069, U+061C */
        {"\xff\xfe\x80name", "name"},
        {"a\xc2\x85\xe2\x80\xa8"
         "b",
         "ab"}, /* U+0085, U+2028 */
        {"  照片 1.jpg ", "照片 1.jpg"},
        /* Nothing is left: the hash's first digits. */
        {"", "ba7816bf8f01"},
        {"folder/", "ba7816bf8f01"},
        {"..", "ba7816bf8f01"},
        {"/..", "ba7816bf8f01"},
        {"\x01\x02", "ba7816bf8f01"},
    };
    buf_auto struct buf longest = BUF(100000);
    struct evidence_line line;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        line = store(names[i].given, T("abc"));
        assert_string_equal(arena_cstr(&w.arena, line.name), names[i].shown);
    }
    for (int i = 0; i < 200; i++)
        buf_str(&longest, "关于");
    buf_str(&longest, ".pdf");
    line = store(buf_cstr(&longest), T("abc"));
    assert_true(line.name.n <= EVIDENCE_NAME && line.name.n > EVIDENCE_NAME - 6);
    assert_true(text_utf8(line.name) && text_ends(line.name, T("关.pdf")));
    /* A dot far from the end begins no ending. */
    buf_clear(&longest);
    buf_str(&longest, "a.");
    for (int i = 0; i < 300; i++)
        buf_char(&longest, 'b');
    line = store(buf_cstr(&longest), T("abc"));
    assert_int_equal(line.name.n, EVIDENCE_NAME);
    look();
    assert_int_equal(temporary + wrong, 0);
}

static void only_a_hash_opens_a_file(void **state)
{
    static const char good[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    struct evidence_file file;
    struct err err;
    char secret[FILE_PATH + 64], bad[65];
    struct text tries[12];
    size_t n = 0;

    (void)state;
    store("a", T("abc"));
    /* What a wrong path would reach. */
    snprintf(secret, sizeof secret, "%s/evidence/secret", w.ledger.dir);
    assert_int_equal(file_write(secret, T("secret"), 0600, true, &err), 0);
    tries[n++] = T("");
    tries[n++] = T("..");
    tries[n++] = T("secret");
    tries[n++] = T("../secret");
    tries[n++] = T("../keys/log.key");
    tries[n++] = T("////////////////////////////////////////////////////////../secret");
    tries[n++] = T("..\0816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    tries[n++] = T("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
    tries[n++] = text_head(text_of(good), 63);
    tries[n++] = T("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0");
    tries[n++] = T("0000000000000000000000000000000000000000000000000000000000000000");
    memcpy(bad, good, sizeof bad);
    bad[3] = '/';
    tries[n++] = text_of(bad);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(evidence_open(&w.ledger, tries[i], &file, &err), -1);
        assert_int_equal(err.code, ERR_NOT_FOUND);
        assert_int_equal(file.fd, -1);
    }
    remove(secret);
    assert_int_equal(evidence_open(&w.ledger, text_of(good), &file, &err), 0);
    close(file.fd);
}

static void uploads_of_yesterday_are_swept(void **state)
{
    struct timespec times[2] = {{0}};
    char path[FILE_PATH + 64], young[FILE_PATH + 64];
    struct evidence_line line = store("a", T("stays"));
    struct evidence_file file;
    struct err err;

    (void)state;
    times[0].tv_sec = times[1].tv_sec =
        (time_t)(w.ledger.env->now(w.ledger.env) / 1000 - 25 * 3600);
    snprintf(path, sizeof path, "%s/evidence/upload.tmp1-1", w.ledger.dir);
    snprintf(young, sizeof young, "%s/evidence/upload.tmp1-2", w.ledger.dir);
    assert_int_equal(file_write(path, T("half"), 0600, true, &err), 0);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    times[0].tv_sec = times[1].tv_sec += 2 * 3600;
    assert_int_equal(file_write(young, T("half"), 0600, true, &err), 0);
    assert_int_equal(utimensat(AT_FDCWD, young, times, 0), 0);
    assert_int_equal(evidence_sweep(&w.ledger, &err), 0);
    assert_false(file_exists(path));
    assert_true(file_exists(young));
    remove(young);
    assert_int_equal(evidence_open(&w.ledger, line.hash, &file, &err), 0);
    close(file.fd);
}

static void kinds_by_their_first_bytes(void **state)
{
    static const struct {
        struct text head;
        const char *media;
    } files[] = {
        {{"\xff\xd8\xff\xe0", 4}, "image/jpeg"},
        {{"\x89PNG\r\n\x1a\n", 8}, "image/png"},
        {{"GIF89a", 6}, "image/gif"},
        {{"RIFF\1\2\3\4WEBPVP8 ", 16}, "image/webp"},
        {{"RIFF\1\2\3\4WAVEfmt ", 16}, "application/octet-stream"},
        {{"\0\0\0\x18"
          "ftypheic",
          12},
         "image/heic"},
        {{"\0\0\0\x18"
          "ftypisom",
          12},
         "application/octet-stream"},
        {{"II*\0", 4}, "image/tiff"},
        {{"MM\0*", 4}, "image/tiff"},
        {{"BM\1\2\3\4\0\0\0\0", 10}, "image/bmp"},
        {{"BMW is parked", 13}, "application/octet-stream"},
        {{"%PDF-1.7", 8}, "application/pdf"},
        {{"PK\3\4....[Content_Types].xml....word/document.xml", 49},
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
        {{"PK\3\4....[Content_Types].xml....xl/workbook.xml", 47},
         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {{"PK\3\4....[Content_Types].xml....ppt/x", 37},
         "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
        {{"PK\3\4....readme.txt", 18}, "application/zip"},
        {{"<svg xmlns=", 11}, "application/octet-stream"},
        {{"<!DOCTYPE html>", 15}, "application/octet-stream"},
        {{"", 0}, "application/octet-stream"},
        {{"\xff\xd8", 2}, "application/octet-stream"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        assert_string_equal(evidence_media(evidence_kind(files[i].head)), files[i].media);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_one_file),
        cmocka_unit_test(a_damaged_one_is_mended),
        cmocka_unit_test(abandoned_or_too_large_leaves_nothing),
        cmocka_unit_test(whole_or_absent_when_the_disk_fails),
        cmocka_unit_test(several_threads_store_the_same),
        cmocka_unit_test(names_are_for_people),
        cmocka_unit_test(only_a_hash_opens_a_file),
        cmocka_unit_test(uploads_of_yesterday_are_swept),
        cmocka_unit_test(kinds_by_their_first_bytes),
    };

    return cmocka_run_group_tests(tests, make, drop);
}
