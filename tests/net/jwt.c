/* jwt.c: ID tokens that are right, and every way in which one is not. Keys are made on the spot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sodium.h>

#include "net/jwt.h"

#define NOW 1772416800
#define CLAIMS                                                                                  \
    "\"iss\":\"https://id.example\",\"aud\":\"xiaohao\",\"exp\":1772417100,\"iat\":1772416800," \
    "\"nonce\":\"n-1\",\"sub\":\"user-7\""

static EVP_PKEY *rsa, *small, *ec;
static struct arena arena = {.cap = 64u << 20};
static struct err err;
static const char *keys; /* the published set: rsa as "r", ec as "e" */

static struct text encoded(const void *p, size_t n)
{
    size_t room = sodium_base64_encoded_len(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *out = arena_take(&arena, room);

    sodium_bin2base64(out, room, p, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return text_of(out);
}

static struct text number(EVP_PKEY *key, const char *name)
{
    unsigned char bytes[1024];
    BIGNUM *n = NULL;
    int size;

    assert_int_equal(EVP_PKEY_get_bn_param(key, name, &n), 1);
    size = BN_num_bytes(n) < 32 && key == ec ? 32 : BN_num_bytes(n);
    assert_int_equal(BN_bn2binpad(n, bytes, size), size);
    BN_free(n);
    return encoded(bytes, (size_t)size);
}

__attribute__((format(printf, 1, 2))) static const char *line(const char *format, ...)
{
    char *out = arena_take(&arena, 8192);
    va_list args;

    va_start(args, format);
    vsnprintf(out, 8192, format, args);
    va_end(args);
    return out;
}

static const char *rsa_jwk(EVP_PKEY *key, const char *more)
{
    return line("{\"kty\":\"RSA\",\"n\":\"%.*s\",\"e\":\"%.*s\"%s}",
                TEXT_ARG(number(key, OSSL_PKEY_PARAM_RSA_N)),
                TEXT_ARG(number(key, OSSL_PKEY_PARAM_RSA_E)), more);
}

static const char *ec_jwk(const char *more)
{
    return line("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%.*s\",\"y\":\"%.*s\"%s}",
                TEXT_ARG(number(ec, OSSL_PKEY_PARAM_EC_PUB_X)),
                TEXT_ARG(number(ec, OSSL_PKEY_PARAM_EC_PUB_Y)), more);
}

static int make_keys(void **state)
{
    (void)state;
    rsa = EVP_RSA_gen(2048);
    small = EVP_RSA_gen(1024);
    ec = EVP_EC_gen("P-256");
    keys = line("{\"keys\":[%s,%s]}", rsa_jwk(rsa, ",\"kid\":\"r\",\"use\":\"sig\""),
                ec_jwk(",\"kid\":\"e\",\"alg\":\"ES256\""));
    return rsa == NULL || small == NULL || ec == NULL;
}

static int drop_keys(void **state)
{
    (void)state;
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(small);
    EVP_PKEY_free(ec);
    arena_release(&arena);
    return 0;
}

static struct text signature(EVP_PKEY *key, struct text what)
{
    unsigned char out[1024], raw[64];
    size_t n = sizeof out;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    const unsigned char *p = out;
    ECDSA_SIG *sig;

    assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(EVP_DigestSign(ctx, out, &n, (const unsigned char *)what.p, what.n), 1);
    EVP_MD_CTX_free(ctx);
    if (key != ec)
        return encoded(out, n);
    sig = d2i_ECDSA_SIG(NULL, &p, (long)n);
    BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 32, 32);
    ECDSA_SIG_free(sig);
    return encoded(raw, sizeof raw);
}

/* key NULL: no signature at all. */
static struct text token(EVP_PKEY *key, const char *header, const char *claims)
{
    struct text h = encoded(header, strlen(header)), c = encoded(claims, strlen(claims));
    struct text what = text_of(line("%.*s.%.*s", TEXT_ARG(h), TEXT_ARG(c)));
    struct text s = key ? signature(key, what) : T("");

    return text_of(line("%.*s.%.*s", TEXT_ARG(what), TEXT_ARG(s)));
}

static struct jwt_claims claims;

static int verify_with(struct text given, const char *with)
{
    const struct jwt_wanted wanted = {T("https://id.example"), T("xiaohao"), T("n-1"), NOW};

    return jwt_verify(given, text_of(with), &wanted, &claims, NULL, &arena, &err);
}

static int verify(struct text given)
{
    return verify_with(given, keys);
}

#define R "{\"alg\":\"RS256\",\"kid\":\"r\"}"
#define E "{\"alg\":\"ES256\",\"kid\":\"e\"}"

static void refused(struct text given)
{
    assert_int_equal(verify(given), -1);
    assert_int_equal(err.code, ERR_UNTRUSTED);
    assert_int_equal(claims.subject.n, 0);
}

static void right_ones(void **state)
{
    (void)state;
    assert_int_equal(verify(token(rsa, R,
                                  "{" CLAIMS ",\"name\":\"李四\",\"email\":\"l@example\","
                                  "\"preferred_username\":\"li.si\","
                                  "\"email_verified\":true}")),
                     0);
    assert_true(text_eq(claims.subject, T("user-7")));
    assert_true(text_eq(claims.username, T("li.si")));
    assert_true(text_eq(claims.name, T("李四")));
    assert_true(text_eq(claims.email, T("l@example")) && claims.email_verified);
    for (int i = 0; i < 20; i++) /* r and s with zeros in front among them */
        assert_int_equal(verify(token(ec, E, "{" CLAIMS "}")), 0);
    /* No kid: the only key of its kind. */
    assert_int_equal(verify(token(rsa, "{\"alg\":\"RS256\"}", "{" CLAIMS "}")), 0);
}

static void claims_that_do_not_fit(void **state)
{
    static const struct {
        const char *claims;
        bool taken;
    } rows[] = {
#define BASE "\"iss\":\"https://id.example\",\"sub\":\"user-7\",\"nonce\":\"n-1\""
#define TIMES "\"exp\":1772417100,\"iat\":1772416800"
        {"{" BASE "," TIMES ",\"aud\":\"xiaohao\"}", true},
        {"{" BASE "," TIMES ",\"aud\":[\"xiaohao\"]}", true},
        {"{" BASE "," TIMES ",\"aud\":[\"xiaohao\",\"other\"],\"azp\":\"xiaohao\"}", true},
        {"{" BASE "," TIMES ",\"aud\":[\"xiaohao\",\"other\"]}", false},
        {"{" BASE "," TIMES ",\"aud\":[\"xiaohao\",\"other\"],\"azp\":\"other\"}", false},
        {"{" BASE "," TIMES ",\"aud\":\"xiaohao\",\"azp\":\"other\"}", false},
        {"{" BASE "," TIMES ",\"aud\":\"other\"}", false},
        {"{" BASE "," TIMES ",\"aud\":\"other\",\"azp\":\"xiaohao\"}", false},
        {"{" BASE "," TIMES ",\"aud\":[]}", false},
        {"{" BASE "," TIMES ",\"aud\":[\"xiaohao\",7]}", false},
        {"{" BASE "," TIMES "}", false},
        /* 60 s are borne. */
        {"{" BASE ",\"aud\":\"xiaohao\",\"exp\":1772416741,\"iat\":1772416800}", true},
        {"{" BASE ",\"aud\":\"xiaohao\",\"exp\":1772416740,\"iat\":1772416800}", false},
        {"{" BASE ",\"aud\":\"xiaohao\",\"exp\":1772417100,\"iat\":1772416860}", true},
        {"{" BASE ",\"aud\":\"xiaohao\",\"exp\":1772417100,\"iat\":1772416861}", false},
        {"{" BASE ",\"aud\":\"xiaohao\",\"exp\":1772417100,\"iat\":1772416200}", true},
        {"{" BASE ",\"aud\":\"xiaohao\",\"exp\":1772417100,\"iat\":1772416199}", false},
        {"{" BASE ",\"aud\":\"xiaohao\",\"exp\":1772417100.5,\"iat\":1772416800.5}", true},
        {"{" BASE ",\"aud\":\"xiaohao\",\"exp\":\"1772417100\",\"iat\":1772416800}", false},
        {"{" BASE ",\"aud\":\"xiaohao\",\"exp\":1e300,\"iat\":1772416800}", false},
        {"{" BASE ",\"aud\":\"xiaohao\",\"exp\":-1,\"iat\":1772416800}", false},
        {"{" BASE ",\"aud\":\"xiaohao\",\"iat\":1772416800}", false},
        {"{" BASE ",\"aud\":\"xiaohao\",\"exp\":1772417100}", false},
        {"{" BASE "," TIMES ",\"aud\":\"xiaohao\",\"nbf\":1772416861}", false},
        {"{" CLAIMS ",\"nonce\":\"n-2\"}", false}, /* a key twice */
        {"{\"iss\":\"https://id.example/\",\"aud\":\"xiaohao\"," TIMES
         ",\"nonce\":\"n-1\",\"sub\":\"user-7\"}",
         false},
        {"{\"iss\":\"https://id.example\",\"aud\":\"xiaohao\"," TIMES
         ",\"nonce\":\"n-2\",\"sub\":\"user-7\"}",
         false},
        {"{\"iss\":\"https://id.example\",\"aud\":\"xiaohao\"," TIMES ",\"sub\":\"user-7\"}",
         false},
        {"{\"iss\":\"https://id.example\",\"aud\":\"xiaohao\"," TIMES ",\"nonce\":\"n-1\"}", false},
        {"{\"iss\":\"https://id.example\",\"aud\":\"xiaohao\"," TIMES
         ",\"nonce\":\"n-1\",\"sub\":\"\"}",
         false},
        {"[]", false},
        {"x", false},
        {"", false}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int rc = verify(token(ec, E, rows[i].claims));
        if ((rc == 0) != rows[i].taken)
            fail_msg("%s: %d", rows[i].claims, rc);
    }
}

/* The classical forgeries: no signature, and the public key as a shared secret. */
static void other_algorithms(void **state)
{
    static const char *const headers[] = {"{\"alg\":\"none\"}",
                                          "{\"alg\":\"None\",\"kid\":\"r\"}",
                                          "{\"alg\":\"\"}",
                                          "{}",
                                          "{\"alg\":[\"RS256\"]}",
                                          "{\"alg\":\"HS256\",\"kid\":\"r\"}",
                                          "{\"alg\":\"RS512\",\"kid\":\"r\"}",
                                          "{\"alg\":\"PS256\",\"kid\":\"r\"}",
                                          "{\"alg\":\"ES256\",\"kid\":\"r\"}",
                                          "{\"alg\":\"RS256\",\"kid\":\"e\"}",
                                          "{\"alg\":\"RS256\",\"kid\":\"r\",\"crit\":[\"exp\"]}",
                                          "{\"alg\":\"RS256\",\"alg\":\"RS256\"}"};
    struct text header = encoded("{\"alg\":\"HS256\",\"kid\":\"r\"}", 25);
    struct text body = encoded("{" CLAIMS "}", strlen("{" CLAIMS "}")), what;
    const char *secrets[2];
    BIO *pem = BIO_new(BIO_s_mem());
    char *p;
    long n;

    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        refused(token(rsa, headers[i], "{" CLAIMS "}"));
        refused(token(NULL, headers[i], "{" CLAIMS "}"));
    }
    PEM_write_bio_PUBKEY(pem, rsa);
    n = BIO_get_mem_data(pem, &p);
    secrets[0] = line("%.*s", (int)n, p);
    secrets[1] = rsa_jwk(rsa, "");
    BIO_free(pem);
    what = text_of(line("%.*s.%.*s", TEXT_ARG(header), TEXT_ARG(body)));
    for (int i = 0; i < 2; i++) {
        unsigned char mac[32];
        HMAC(EVP_sha256(), secrets[i], (int)strlen(secrets[i]), (const unsigned char *)what.p,
             what.n, mac, NULL);
        refused(text_of(line("%.*s.%.*s", TEXT_ARG(what), TEXT_ARG(encoded(mac, 32)))));
    }
}

static void keys_that_do_not_fit(void **state)
{
    struct text good = token(rsa, R, "{" CLAIMS "}");
    const struct jwt_wanted wanted = {T("https://id.example"), T("xiaohao"), T("n-1"), NOW};
    bool unknown;
    const char *sets[] = {
        "",
        "[]",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":[]}",
        "{\"keys\":[7]}",
        line("{\"keys\":[%s]}", rsa_jwk(rsa, ",\"kid\":\"other\"")),
        line("{\"keys\":[%s]}", rsa_jwk(rsa, ",\"kid\":\"r\",\"use\":\"enc\"")),
        line("{\"keys\":[%s]}", rsa_jwk(rsa, ",\"kid\":\"r\",\"alg\":\"PS256\"")),
        line("{\"keys\":[%s,%s]}", rsa_jwk(rsa, ",\"kid\":\"r\""), rsa_jwk(rsa, ",\"kid\":\"r\"")),
        "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"r\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"r\"}]}",
        "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"r\",\"k\":\"AQAB\"}]}"};

    (void)state;
    assert_int_equal(verify(good), 0);
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        assert_int_equal(verify_with(good, sets[i]), -1);
        assert_int_equal(err.code, ERR_UNTRUSTED);
    }
    /* A key too small to be trusted, though the signature fits. */
    assert_int_equal(verify_with(token(small, R, "{" CLAIMS "}"),
                                 line("{\"keys\":[%s]}", rsa_jwk(small, ",\"kid\":\"r\""))),
                     -1);
    /* An unknown kid is told apart, so that newer keys can be asked for. */
    assert_int_equal(jwt_verify(token(rsa, "{\"alg\":\"RS256\",\"kid\":\"new\"}", "{" CLAIMS "}"),
                                text_of(keys), &wanted, &claims, &unknown, &arena, &err),
                     -1);
    assert_true(unknown);
    /* A point that is not on the curve. */
    assert_int_equal(verify_with(token(ec, E, "{" CLAIMS "}"),
                                 line("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e\","
                                      "\"x\":\"%.*s\",\"y\":\"%.*s\"}]}",
                                      TEXT_ARG(number(ec, OSSL_PKEY_PARAM_EC_PUB_X)),
                                      TEXT_ARG(number(ec, OSSL_PKEY_PARAM_EC_PUB_X)))),
                     -1);
}

/* Whatever single bit of a token is flipped, it is refused: of one that has the letters of
 * base64url that base64 has not. */
static void every_bit_matters(void **state)
{
    struct text good = token(ec, E, "{" CLAIMS "}");
    char *copy = arena_take(&arena, good.n);

    (void)state;
    while (text_find(good, T("-")) < 0 || text_find(good, T("_")) < 0)
        good = token(ec, E, "{" CLAIMS "}");
    assert_int_equal(verify(good), 0);
    for (size_t i = 0; i < good.n * 8; i++) {
        memcpy(copy, good.p, good.n);
        copy[i / 8] ^= (char)(1 << i % 8);
        if (verify((struct text){copy, good.n}) == 0)
            fail_msg("bit %zu of %.*s", i, TEXT_ARG(good));
    }
}

static void what_is_no_token(void **state)
{
    struct text good = token(ec, E, "{" CLAIMS "}");
    char *large = arena_take(&arena, JWT_MAX + 1);

    (void)state;
    for (size_t n = 0; n < good.n; n++)
        refused(text_head(good, n));
    refused(text_of(line("%.*s.", TEXT_ARG(good))));
    refused(text_of(line("%.*s=", TEXT_ARG(good))));
    refused(text_of(line(" %.*s", TEXT_ARG(good))));
    refused(text_of(line("%.*s.x", TEXT_ARG(good))));
    refused(T("..."));
    memset(large, 'A', JWT_MAX + 1);
    refused((struct text){large, JWT_MAX + 1});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_ones),        cmocka_unit_test(claims_that_do_not_fit),
        cmocka_unit_test(other_algorithms),  cmocka_unit_test(keys_that_do_not_fit),
        cmocka_unit_test(every_bit_matters), cmocka_unit_test(what_is_no_token)};

    return cmocka_run_group_tests_name("jwt", tests, make_keys, drop_keys);
}
