/* escape.c: names and values that go into a filter, a DN or an address; what is never asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "net/http_client.h"
#include "net/ldap_client.h"
#include "net/oidc.h"

struct row {
    struct text given;
    const char *wanted;
};

static void check(const struct row *rows, size_t n, void (*put)(struct buf *, struct text))
{
    for (size_t i = 0; i < n; i++) {
        buf_auto struct buf out = BUF(4096);
        put(&out, rows[i].given);
        assert_string_equal(buf_cstr(&out), rows[i].wanted);
    }
}

/* RFC 4515, sections 3 and 4. */
static void filters(void **state)
{
    static const struct row rows[] = {{{"li.si", 5}, "li.si"},
                                      {{"Parens R Us (for all your parenthetical needs)", 46},
                                       "Parens R Us \\28for all your parenthetical needs\\29"},
                                      {{"*", 1}, "\\2a"},
                                      {{"C:\\MyFile", 9}, "C:\\5cMyFile"},
                                      {{"a\0b", 3}, "a\\00b"},
                                      {{"x)(|(uid=*", 10}, "x\\29\\28|\\28uid=\\2a"},
                                      {{"李四", 6}, "李四"},
                                      {{"", 0}, ""}};

    (void)state;
    check(rows, sizeof rows / sizeof rows[0], directory_escape_filter);
}

/* RFC 4514, 2.4. */
static void names(void **state)
{
    static const struct row rows[] = {
        {{"li.si", 5}, "li.si"},
        {{"James \"Jim\" Smith, III", 22}, "James \\22Jim\\22 Smith\\2c III"},
        {{"#1", 2}, "\\231"},
        {{"1#", 2}, "1#"},
        {{" a ", 3}, "\\20a\\20"},
        {{" ", 1}, "\\20"},
        {{"a b", 3}, "a b"},
        {{"x,ou=admins", 11}, "x\\2cou\\3dadmins"},
        {{"a+b;c<d>e\\f", 11}, "a\\2bb\\3bc\\3cd\\3ee\\5cf"},
        {{"Before\rAfter", 12}, "Before\\0dAfter"},
        {{"a\0b", 3}, "a\\00b"},
        {{"李四", 6}, "李四"}};

    (void)state;
    check(rows, sizeof rows / sizeof rows[0], directory_escape_dn);
}

static void addresses(void **state)
{
    static const struct row rows[] = {{{"a b&c=d/é", 10}, "a%20b%26c%3Dd%2F%C3%A9"},
                                      {{"-._~09AZ", 8}, "-._~09AZ"},
                                      {{"\0", 1}, "%00"}};

    (void)state;
    check(rows, sizeof rows / sizeof rows[0], http_put_encoded);
}

/* Nobody listens at that address: an answer that is no failure was given without asking. */
static void an_empty_password_is_never_asked(void **state)
{
    const struct directory_config config = {.url = T("ldaps://127.0.0.1:1"),
                                            .dn = T("uid={user},dc=example")};
    static const struct text users[] = {{"", 0}, {"  ", 2}, {"a\0b", 3}, {"a\nb", 3}, {"\xff", 1}};
    arena_auto struct arena arena = ARENA(65536);
    struct directory_entry entry;
    struct err err = {0};

    (void)state;
    assert_int_equal(directory_check(&config, T("li.si"), T(""), &entry, &arena, &err), 0);
    for (size_t i = 0; i < sizeof users / sizeof users[0]; i++)
        assert_int_equal(directory_check(&config, users[i], T("secret"), &entry, &arena, &err), 0);
    assert_int_equal(directory_check(&config, T("li.si"), T("secret"), &entry, &arena, &err), -1);
    assert_int_equal(err.code, ERR_DIRECTORY);
}

static void settings_that_cannot_be(void **state)
{
    static const struct directory_config rows[] = {
        {.dn = {"uid={user}", 10}},
        {.url = {"http://x", 8}, .dn = {"uid={user}", 10}},
        {.url = {"ldaps://x", 9}},
        {.url = {"ldaps://x", 9}, .dn = {"uid=li.si", 9}},
        {.url = {"ldaps://x", 9}, .filter = {"(uid={user})", 12}},
        {.url = {"ldaps://x", 9}, .filter = {"(uid=*)", 7}, .base = {"dc=x", 4}},
        {.url = {"ldaps://x", 9},
         .filter = {"(uid={user})", 12},
         .base = {"dc=x", 4},
         .bind_dn = {"cn=service", 10}}};
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(directory_config_check(&rows[i], &err), -1);
        assert_int_equal(err.code, ERR_CONFIG);
    }
}

static void only_https_is_asked(void **state)
{
    static const char *const rows[] = {"http://127.0.0.1:1/", "file:///etc/passwd",
                                       "ftp://127.0.0.1:1/", "127.0.0.1:1", ""};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buf_auto struct buf out = BUF(4096);
        struct err err = {0};
        long status = 0;
        assert_int_equal(http_ask(&(struct http_request){.url = rows[i]}, &status, &out, &err), -1);
        assert_int_equal(err.code, ERR_NET);
        assert_int_equal(out.n, 0);
    }
}

static void what_is_kept_comes_back(void **state)
{
    struct oidc_kept kept = {.made = 1772416800000}, back;
    char text[OIDC_KEPT_TEXT];

    (void)state;
    memset(kept.state, 's', OIDC_RANDOM - 1);
    memset(kept.nonce, 'n', OIDC_RANDOM - 1);
    memset(kept.verifier, 'v', OIDC_RANDOM - 1);
    oidc_kept_write(&kept, text);
    assert_true(oidc_kept_read(&back, text_of(text)));
    assert_memory_equal(&kept, &back, sizeof kept);
    for (size_t n = 0; n < 3 * OIDC_RANDOM; n++)
        assert_false(oidc_kept_read(&back, (struct text){text, n}));
    assert_false(oidc_kept_read(&back, T("...1")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(filters),
                                       cmocka_unit_test(names),
                                       cmocka_unit_test(addresses),
                                       cmocka_unit_test(an_empty_password_is_never_asked),
                                       cmocka_unit_test(settings_that_cannot_be),
                                       cmocka_unit_test(only_https_is_asked),
                                       cmocka_unit_test(what_is_kept_comes_back)};

    return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
