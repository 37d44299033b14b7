/* totp.c: one-time codes against the vectors of RFC 6238 and RFC 4226, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "office/signin/totp.h"

/* The key of RFC 6238, appendix B, for SHA-1. */
static const struct text key = {"12345678901234567890", 20};

static void vectors_of_rfc_6238(void **state)
{
    static const struct {
        int64_t seconds;
        const char *code;
    } rows[] = {{59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
                {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
    char out[9];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        totp_code(key, rows[i].seconds / 30, 8, out);
        assert_string_equal(out, rows[i].code);
        totp_code(key, rows[i].seconds / 30, 6, out);
        assert_string_equal(out, rows[i].code + 2);
    }
}

static void vectors_of_rfc_4226(void **state)
{
    static const char *const codes[] = {"755224", "287082", "359152", "969429", "338314",
                                        "254676", "287922", "162583", "399871", "520489"};
    char out[9];

    (void)state;
    for (int64_t i = 0; i < 10; i++) {
        totp_code(key, i, 6, out);
        assert_string_equal(out, codes[i]);
    }
}

static void one_step_either_side(void **state)
{
    const int64_t now = INT64_C(1111111109) * 1000, step = now / TOTP_STEP_MS;
    char code[9];

    (void)state;
    for (int64_t d = -3; d <= 3; d++) {
        totp_code(key, step + d, 6, code);
        assert_int_equal(totp_match(key, text_of(code), now, -1),
                         d >= -1 && d <= 1 ? step + d : -1);
    }
}

static void a_used_step_is_over(void **state)
{
    const int64_t now = INT64_C(1234567890) * 1000, step = now / TOTP_STEP_MS;
    char code[9];

    (void)state;
    totp_code(key, step, 6, code);
    assert_int_equal(totp_match(key, text_of(code), now, step - 1), step);
    assert_int_equal(totp_match(key, text_of(code), now, step), -1);
    totp_code(key, step - 1, 6, code);
    assert_int_equal(totp_match(key, text_of(code), now, step), -1);
    totp_code(key, step + 1, 6, code);
    assert_int_equal(totp_match(key, text_of(code), now, step), step + 1);
}

static void what_people_type(void **state)
{
    const int64_t now = 59000; /* 287082 */
    static const struct {
        const char *typed;
        bool taken;
    } rows[] = {{"287082", true},      {" 287 082 ", true}, {"２８７０８２", true},
                {"287　082", true},    {"", false},         {"28708", false},
                {"2870822", false},    {"28708a", false},   {"-287082", false},
                {"287082\xff", false}, {"94287082", false}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(totp_match(key, text_of(rows[i].typed), now, -1), rows[i].taken ? 1 : -1);
    assert_int_equal(totp_match(key, T("287082\0"), now, -1), 1); /* text ends at NUL */
}

static void the_text_for_authenticators(void **state)
{
    buf_auto struct buf out = BUF(4096);

    (void)state;
    totp_uri(&out, T("清源 & Co"), T("a b"), key);
    assert_string_equal(buf_cstr(&out), "otpauth://totp/%E6%B8%85%E6%BA%90%20%26%20Co:a%20b"
                                        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                                        "&issuer=%E6%B8%85%E6%BA%90%20%26%20Co");
}

/* RFC 4648, section 10, without the padding. */
static void base_32(void **state)
{
    static const char *const rows[][2] = {{"", ""},
                                          {"f", "MY"},
                                          {"fo", "MZXQ"},
                                          {"foo", "MZXW6"},
                                          {"foob", "MZXW6YQ"},
                                          {"fooba", "MZXW6YTB"},
                                          {"foobar", "MZXW6YTBOI"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buf_auto struct buf out = BUF(64);
        buf_base32(&out, rows[i][0], strlen(rows[i][0]));
        assert_string_equal(buf_cstr(&out), rows[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors_of_rfc_6238),
                                       cmocka_unit_test(vectors_of_rfc_4226),
                                       cmocka_unit_test(one_step_either_side),
                                       cmocka_unit_test(a_used_step_is_over),
                                       cmocka_unit_test(what_people_type),
                                       cmocka_unit_test(the_text_for_authenticators),
                                       cmocka_unit_test(base_32)};

    return cmocka_run_group_tests_name("totp", tests, NULL, NULL);
}
