/* err.c: failures in words: sentences of ours are translated, words of others never are. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"

static bool says(enum lang lang, const struct err *e, const char *part)
{
    buf_auto struct buf out = BUF(4096);

    err_say(&out, lang, e);
    return strstr(buf_cstr(&out), part) != NULL;
}

/* "item" and "unit" are words of the catalogue, and may also be what somebody typed. */
static void words_are_never_translated(void **state)
{
    struct err e;

    (void)state;
    err_set(&e, NOT_FOUND, err_sentence(N_("unit")), text_of("item"));
    assert_true(says(LANG_EN, &e, "There is no unit item,"));
    assert_true(says(LANG_ZH, &e, "item"));
    assert_true(says(LANG_ZH, &e, tr(LANG_ZH, "unit")));
    assert_false(says(LANG_ZH, &e, "unit"));
    assert_false(says(LANG_ZH, &e, tr(LANG_ZH, "item")));
    /* Also when the same failure held a sentence in that place before. */
    err_set(&e, NOT_FOUND, text_of("unit"), err_sentence(N_("item")));
    assert_true(says(LANG_ZH, &e, "unit"));
    assert_false(says(LANG_ZH, &e, "item"));
}

static void every_count_of_texts_is_taken(void **state)
{
    struct err e;

    (void)state;
    assert_int_equal(err_set(&e, NO_MEMORY), -1);
    assert_int_equal(e.count, 0);
    err_set(&e, NO_LEDGER, text_of("a"));
    assert_int_equal(e.count, 1);
    err_set(&e, WRONG_EXPORT, text_of("a"), text_of("7"), err_sentence(N_("item")));
    assert_true(says(LANG_EN, &e, "a, line 7: item."));
    err_set(&e, MAP_WRONG, text_of("a"), text_of("b"), text_of("c"), text_of("d"));
    assert_true(says(LANG_EN, &e, "“a”, column b, “c”): d"));
}

/* What the system says is said in the reader's language. */
static void reasons_of_the_system_are_translated(void **state)
{
    static const int numbers[] = {ENOENT, EACCES,  ENOSPC, EIO,    EISDIR, EROFS, EMFILE, ENFILE,
                                  EPERM,  ENOTDIR, EEXIST, EFBIG,  ENOMEM, EBUSY, EXDEV,  ELOOP,
                                  EDQUOT, EPIPE,   EINVAL, EAGAIN, ENXIO,  ESTALE};
    struct err e;

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        buf_auto struct buf out = BUF(4096);
        errno = numbers[i];
        err_errno(&e, text_of("/"));
        err_say(&out, LANG_ZH, &e);
        for (const char *c = buf_cstr(&out); *c; c++)
            if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z'))
                fail_msg("errno %d is said as %s", numbers[i], buf_cstr(&out));
    }
    errno = EACCES;
    err_unreadable(&e, text_of("x.csv"));
    assert_int_equal(e.code, ERR_NOT_A_FILE);
    assert_true(says(LANG_EN, &e, "x.csv cannot be read: the permissions do not allow it."));
    /* The last resort is better than nothing. */
    errno = EDOM;
    err_errno(&e, text_of("x.csv"));
    assert_true(says(LANG_ZH, &e, "x.csv"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_never_translated),
        cmocka_unit_test(every_count_of_texts_is_taken),
        cmocka_unit_test(reasons_of_the_system_are_translated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
