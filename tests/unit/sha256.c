/* sha256.c: the published digests, whole, in pieces and from files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <errno.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/sha256.h"

static void is(struct hash h, const char *hex)
{
    buf_auto struct buf b = BUF(64);

    buf_hex(&b, h.b, sizeof h.b);
    assert_string_equal(buf_cstr(&b), hex);
}

/* FIPS 180-4's examples, from NIST's "Example Algorithms". */
static const struct {
    const char *message, *digest;
} published[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void published_digests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        struct text all = text_of(published[i].message);
        is(sha256(all), published[i].digest);
        for (size_t a = 0; a <= all.n; a++)
            for (size_t b = a; b <= all.n; b++)
                is(sha256_join(text_head(all, a), text_head(text_from(all, a), b - a),
                               text_from(all, b)),
                   published[i].digest);
    }
}

static void files(void **state)
{
    char folder[] = "/tmp/xh-sha256-XXXXXX", path[64], gone[64];
    char *million = malloc(1000000);
    struct hash h;
    struct err err;
    uint64_t size = 7;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a", folder);
    snprintf(gone, sizeof gone, "%s/b", folder);
    memset(million, 'a', 1000000);
    assert_int_equal(file_write(path, (struct text){million, 1000000}, 0600, false, &err), 0);
    assert_int_equal(sha256_file(path, &h, &size, &err), 0);
    is(h, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    assert_int_equal(size, 1000000);
    assert_int_equal(sha256_file(path, &h, NULL, &err), 0);

    assert_int_equal(file_write(path, T(""), 0600, true, &err), 0);
    assert_int_equal(sha256_file(path, &h, &size, &err), 0);
    is(h, published[0].digest);
    assert_int_equal(size, 0);

    assert_int_equal(sha256_file(gone, &h, &size, &err), -1);
    assert_int_equal(err.code, ERR_NOT_A_FILE);
    assert_int_equal(sha256_file(folder, &h, &size, &err), -1);
    assert_int_equal(err.code, ERR_NOT_A_FILE);

    /* A disk that fails at any step gives no digest. */
    for (unsigned long n = 1; n <= 2; n++) {
        file_fail_at(n, 0, EIO);
        assert_int_equal(sha256_file(path, &h, &size, &err), -1);
    }
    file_fail_at(0, 0, 0);
    unlink(path);
    rmdir(folder);
    free(million);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_digests),
        cmocka_unit_test(files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
