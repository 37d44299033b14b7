/* seal.c: a sealed value opens for its key and commitment, and for nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sodium.h>

#include "base/mem.h"
#include "ledger/seal.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct stored {
    struct hash commitment;
    unsigned char wrapped[SEAL_WRAPPED];
    struct buf box;
};

static struct seal_key key;

static int close_it(struct stored *s, struct text value, struct env *env, struct err *err)
{
    s->box = BUF(SEAL_BOX_MAX);
    return seal_close(value, &key, env, &s->commitment, s->wrapped, &s->box, err);
}

static int open_it(const struct stored *s, const struct seal_key *with, struct opened *opened,
                   struct err *err)
{
    return seal_open(&s->commitment, (struct text){(const char *)s->wrapped, SEAL_WRAPPED},
                     buf_view(&s->box), with, opened, err);
}

static void refused(const struct stored *s, const struct seal_key *with)
{
    struct opened opened = {.size = 7};
    struct err err;

    assert_int_equal(open_it(s, with, &opened, &err), -1);
    assert_int_equal(err.code, ERR_SEAL_BROKEN);
    assert_null(opened.plain);
    assert_int_equal(opened.value.n, 0);
    seal_release(&opened);
}

static void a_value_of_any_length_opens(void **state)
{
    static const size_t lengths[] = {1000, 65503, 65504, SEAL_VALUE_MAX};
    char *bytes = malloc(SEAL_VALUE_MAX + 1);
    struct env env = env_replay(1, 0);
    struct err err;
    struct stored s;

    (void)state;
    assert_int_equal(seal_key_new(&key, &env, &err), 0);
    for (size_t i = 0; i <= SEAL_VALUE_MAX; i++)
        bytes[i] = (char)(i % 3 ? 0x80 : 0); /* what the padding is made of */
    for (size_t i = 0; i < 200 + COUNT(lengths); i++) {
        struct opened opened;
        struct text value = {bytes, i < 200 ? i : lengths[i - 200]};
        struct hash again;
        assert_int_equal(close_it(&s, value, &env, &err), 0);
        assert_int_equal(open_it(&s, &key, &opened, &err), 0);
        assert_true(text_eq(opened.value, value));
        /* Whoever is shown salt and value can check the commitment himself. */
        again = seal_commitment(opened.salt, value);
        assert_true(hash_eq(&again, &s.commitment));
        /* The length of the box tells the value's length only to a block. */
        assert_int_equal(s.box.n, 24 + (32 + value.n) / 64 * 64 + 64 + 16);
        assert_in_range(s.box.n, 0, SEAL_BOX_MAX);
        seal_release(&opened);
        assert_null(opened.plain);
        buf_release(&s.box);
    }
    assert_int_equal(close_it(&s, (struct text){bytes, SEAL_VALUE_MAX + 1}, &env, &err), -1);
    assert_int_equal(err.code, ERR_TOO_LARGE);
    buf_release(&s.box);
    free(bytes);
}

static void any_bit_flipped_is_refused(void **state)
{
    struct env env = env_replay(2, 0);
    struct err err;
    struct stored s;
    struct opened opened;

    (void)state;
    assert_int_equal(close_it(&s, T("王小明 13800000000"), &env, &err), 0);
    for (size_t bit = 0; bit < 8 * s.box.n; bit++) {
        s.box.p[bit / 8] ^= (char)(1 << bit % 8);
        refused(&s, &key);
        s.box.p[bit / 8] ^= (char)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * SEAL_WRAPPED; bit++) {
        s.wrapped[bit / 8] ^= (unsigned char)(1 << bit % 8);
        refused(&s, &key);
        s.wrapped[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * 32; bit++) {
        struct seal_key other = key;
        s.commitment.b[bit / 8] ^= (unsigned char)(1 << bit % 8);
        refused(&s, &key);
        s.commitment.b[bit / 8] ^= (unsigned char)(1 << bit % 8);
        other.b[bit / 8] ^= (unsigned char)(1 << bit % 8);
        refused(&s, &other);
    }
    assert_int_equal(open_it(&s, &key, &opened, &err), 0);
    seal_release(&opened);

    /* cut off, longer, empty */
    for (size_t n = s.box.n; n-- > 0;) {
        s.box.n = n;
        refused(&s, &key);
    }
    buf_release(&s.box);
    refused(&s, &key);
    assert_int_equal(close_it(&s, T("a value"), &env, &err), 0);
    buf_char(&s.box, 0);
    refused(&s, &key);
    for (size_t n = 0; n < SEAL_WRAPPED; n++)
        assert_int_equal(seal_open(&s.commitment, (struct text){(const char *)s.wrapped, n},
                                   (struct text){s.box.p, s.box.n - 1}, &key, &opened, &err),
                         -1);
    buf_release(&s.box);
}

static void parts_of_two_values_do_not_mix(void **state)
{
    struct env env = env_replay(3, 0);
    struct err err;
    struct stored a, b, mixed;

    (void)state;
    /* The same value twice: nothing shows that it is the same. */
    assert_int_equal(close_it(&a, T("the same"), &env, &err), 0);
    assert_int_equal(close_it(&b, T("the same"), &env, &err), 0);
    assert_false(hash_eq(&a.commitment, &b.commitment));
    assert_memory_not_equal(a.wrapped, b.wrapped, SEAL_WRAPPED);
    assert_memory_not_equal(a.box.p, b.box.p, a.box.n);
    mixed = a;
    mixed.box = b.box;
    refused(&mixed, &key);
    mixed = a;
    mixed.commitment = b.commitment;
    refused(&mixed, &key);
    mixed = a;
    memcpy(mixed.wrapped, b.wrapped, SEAL_WRAPPED);
    refused(&mixed, &key);
    buf_release(&a.box);
    buf_release(&b.box);
}

/* Encrypts as seal.c does, whatever the plain bytes are: for one who holds the sealing key. */
static size_t forge(unsigned char *out, const void *plain, size_t n, const unsigned char *with,
                    const struct hash *commitment)
{
    memset(out, 9, 24);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + 24, NULL, plain, n, commitment->b, 32, NULL,
                                               out, with);
    return 24 + n + 16;
}

/* An insider with the sealing key can encrypt what he likes, but the log holds the commitment. */
static void an_insider_cannot_exchange_the_value(void **state)
{
    static const unsigned char data_key[48] = {5};
    struct {
        const char *value, *committed;
        size_t length, padding; /* where 0x80 stands; 0 for none */
        size_t key_length;
        bool fits;
    } cases[] = {
        {"Zhang", "Zhang", 64, 37, 32, true},   /* as it must be */
        {"Zhang", "Li", 64, 37, 32, false},     /* another value */
        {"Zhang", "Zhang", 64, 0, 32, false},   /* no padding */
        {"Zhang", "Zhang", 128, 37, 32, false}, /* a block too many */
        {"Zhang", "Zhang", 100, 37, 32, false}, /* not a multiple of a block */
        {"Zhang", "Zhang", 64, 38, 32, false},  /* a byte too many */
        {"Zhang", "", 64, 20, 32, false},       /* shorter than a salt */
        {"Zhang", "Zhang", 64, 37, 31, false},  /* data keys of the wrong length */
        {"Zhang", "Zhang", 64, 37, 48, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        unsigned char plain[128] = {1, 2, 3}, box[200], wrapped[200];
        struct hash commitment = seal_commitment(plain, text_of(cases[i].committed));
        struct opened opened;
        struct err err;
        size_t box_n, wrapped_n;
        memcpy(plain + 32, cases[i].value, strlen(cases[i].value));
        if (cases[i].padding) {
            memset(plain + cases[i].padding, 0, sizeof plain - cases[i].padding);
            plain[cases[i].padding] = 0x80;
        }
        box_n = forge(box, plain, cases[i].length, data_key, &commitment);
        wrapped_n = forge(wrapped, data_key, cases[i].key_length, key.b, &commitment);
        assert_int_equal(seal_open(&commitment, (struct text){(char *)wrapped, wrapped_n},
                                   (struct text){(char *)box, box_n}, &key, &opened, &err),
                         cases[i].fits ? 0 : -1);
        if (cases[i].fits)
            assert_true(text_eq(opened.value, text_of(cases[i].value)));
        else
            assert_int_equal(err.code, ERR_SEAL_BROKEN);
        seal_release(&opened);
    }
}

static void an_erased_data_key_leaves_nothing_to_read(void **state)
{
    static const char value[] = "planted secret 0xSEALED";
    struct env env = env_replay(4, 0);
    struct err err;
    struct stored s;

    (void)state;
    assert_int_equal(close_it(&s, text_of(value), &env, &err), 0);
    assert_false(text_has(buf_view(&s.box), T("planted")));
    assert_false(text_has((struct text){(const char *)s.wrapped, SEAL_WRAPPED}, T("planted")));
    memset(s.wrapped, 0, SEAL_WRAPPED);
    refused(&s, &key);
    buf_release(&s.box);
}

static void short_of_memory(void **state)
{
    struct env env = env_replay(5, 0);
    struct err err;
    struct stored s;
    struct opened opened;
    unsigned long needed = 3; /* seal: two blocks and the box */

    (void)state;
    for (int forever = 0; forever < 2; forever++) {
        for (unsigned long n = 1; n <= needed + 1; n++) {
            mem_fail_at(n, forever);
            int rc = close_it(&s, T("value"), &env, &err);
            mem_fail_at(0, 0);
            assert_int_equal(rc, n <= needed ? -1 : 0);
            if (rc != 0) {
                assert_int_equal(err.code, ERR_NO_MEMORY);
                assert_int_equal(s.box.n, 0);
            } else {
                mem_fail_at(1, forever);
                assert_int_equal(open_it(&s, &key, &opened, &err), -1);
                mem_fail_at(0, 0);
                assert_int_equal(err.code, ERR_NO_MEMORY);
                assert_null(opened.plain);
                assert_int_equal(open_it(&s, &key, &opened, &err), 0);
                seal_release(&opened);
            }
            buf_release(&s.box);
        }
    }
}

/* Gives bytes for so many calls, then none. */
static int some_random(struct env *env, void *bytes, size_t n)
{
    memset(bytes, 1, n);
    return env->state-- > 0 ? 0 : -1;
}

static void short_of_randomness(void **state)
{
    struct err err;
    struct stored s;

    (void)state;
    for (uint64_t calls = 0; calls < 4; calls++) {
        struct env env = {.random = some_random, .state = calls};
        assert_int_equal(close_it(&s, T("value"), &env, &err), -1);
        assert_int_equal(err.code, ERR_RANDOM);
        assert_int_equal(s.box.n, 0);
        buf_release(&s.box);
    }
    {
        struct env env = {.random = some_random, .state = 0};
        struct seal_key none;
        assert_int_equal(seal_key_new(&none, &env, &err), -1);
        assert_int_equal(err.code, ERR_RANDOM);
    }
}

static void the_sealing_key_goes_to_text_and_back(void **state)
{
    struct seal_key back;
    struct err err;
    char text[SEAL_KEY_TEXT];
    size_t n = seal_key_write(&key, text);

    (void)state;
    assert_true(n < SEAL_KEY_TEXT && text[n - 1] == '\n');
    assert_int_equal(seal_key_parse(&back, (struct text){text, n}, &err), 0);
    assert_memory_equal(back.b, key.b, 32);
    assert_int_equal(seal_key_parse(&back, (struct text){text, n - 1}, &err), 0);
    for (size_t cut = 0; cut < n - 1; cut++)
        assert_int_equal(seal_key_parse(&back, (struct text){text, cut}, &err), -1);
    for (size_t bit = 0; bit < 8 * n; bit++) {
        text[bit / 8] ^= (char)(1 << bit % 8);
        assert_int_equal(seal_key_parse(&back, (struct text){text, n}, &err), -1);
        assert_int_equal(err.code, ERR_KEY_MALFORMED);
        text[bit / 8] ^= (char)(1 << bit % 8);
    }
    seal_key_wipe(&back);
    for (size_t i = 0; i < 32; i++)
        assert_int_equal(back.b[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_of_any_length_opens),
        cmocka_unit_test(any_bit_flipped_is_refused),
        cmocka_unit_test(parts_of_two_values_do_not_mix),
        cmocka_unit_test(an_insider_cannot_exchange_the_value),
        cmocka_unit_test(an_erased_data_key_leaves_nothing_to_read),
        cmocka_unit_test(short_of_memory),
        cmocka_unit_test(short_of_randomness),
        cmocka_unit_test(the_sealing_key_goes_to_text_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
