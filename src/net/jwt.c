/* jwt.c: see jwt.h. Signatures by libcrypto. */
#include "net/jwt.h"

#include <jansson.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <sodium.h>

enum { RSA_BYTES_MIN = 2048 / 8, RSA_BYTES_MAX = 8192 / 8, EC_BYTES = 32, TEXT_MAX = 255 };

static int untrusted(struct err *err, const char *why)
{
    return err_set(err, UNTRUSTED, text_of(why));
}

/* base64url without padding (RFC 7515, section 2) into the arena; false when it is not that. The
 * letters are looked at first: libsodium takes some bytes above 127 for letters. */
static bool decode(struct text t, struct arena *arena, struct text *bytes)
{
    unsigned char *out = arena_take(arena, t.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_'))
            return false;
    }
    if (out == NULL || t.n == 0 ||
        sodium_base642bin(out, t.n, t.p, t.n, NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return false;
    *bytes = (struct text){(char *)out, n};
    return true;
}

static json_t *object_of(struct text bytes)
{
    json_t *object = json_loadb(bytes.p, bytes.n, JSON_REJECT_DUPLICATES, NULL);

    if (object && !json_is_object(object)) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* A string member, "" when there is none. */
static struct text member(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);

    return json_is_string(v) ? (struct text){json_string_value(v), json_string_length(v)} : T("");
}

static bool same_secret(struct text a, struct text b)
{
    return a.n == b.n && a.n > 0 && sodium_memcmp(a.p, b.p, a.n) == 0;
}

/* --- keys ------------------------------------------------------------------------------------- */

static EVP_PKEY *key_from(const char *type, OSSL_PARAM_BLD *parts)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(parts);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;

    if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    return key;
}

static EVP_PKEY *rsa_key(const json_t *jwk, struct arena *arena)
{
    struct text n, e;
    OSSL_PARAM_BLD *parts;
    BIGNUM *bn, *be;
    EVP_PKEY *key = NULL;

    if (!decode(member(jwk, "n"), arena, &n) || !decode(member(jwk, "e"), arena, &e) ||
        n.n < RSA_BYTES_MIN || n.n > RSA_BYTES_MAX || n.p[0] == 0 || e.n > 8)
        return NULL;
    parts = OSSL_PARAM_BLD_new();
    bn = BN_bin2bn((const unsigned char *)n.p, (int)n.n, NULL);
    be = BN_bin2bn((const unsigned char *)e.p, (int)e.n, NULL);
    if (parts && bn && be && OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_RSA_N, bn) == 1 &&
        OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_RSA_E, be) == 1)
        key = key_from("RSA", parts);
    OSSL_PARAM_BLD_free(parts);
    BN_free(bn);
    BN_free(be);
    return key;
}

static EVP_PKEY *ec_key(const json_t *jwk, struct arena *arena)
{
    unsigned char point[1 + 2 * EC_BYTES] = {POINT_CONVERSION_UNCOMPRESSED};
    struct text x, y;
    OSSL_PARAM_BLD *parts;
    EVP_PKEY *key = NULL;

    if (!text_eq(member(jwk, "crv"), T("P-256")) || !decode(member(jwk, "x"), arena, &x) ||
        !decode(member(jwk, "y"), arena, &y) || x.n != EC_BYTES || y.n != EC_BYTES)
        return NULL;
    memcpy(point + 1, x.p, EC_BYTES);
    memcpy(point + 1 + EC_BYTES, y.p, EC_BYTES);
    parts = OSSL_PARAM_BLD_new();
    if (parts &&
        OSSL_PARAM_BLD_push_utf8_string(parts, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(parts, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point) == 1)
        key = key_from("EC", parts);
    OSSL_PARAM_BLD_free(parts);
    return key;
}

/* Is this key for signatures of that kind? What a key does not say of itself is not held against
 * it. */
static bool is_for(const json_t *jwk, struct text alg)
{
    struct text use = member(jwk, "use"), own = member(jwk, "alg");

    return text_eq(member(jwk, "kty"), text_eq(alg, T("RS256")) ? T("RSA") : T("EC")) &&
           (use.n == 0 || text_eq(use, T("sig"))) && (own.n == 0 || text_eq(own, alg));
}

/* The key that the token names, or the only one of its kind when it names none. */
static const json_t *find_key(const json_t *keys, struct text alg, struct text kid)
{
    const json_t *list = json_object_get(keys, "keys"), *found = NULL;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *jwk = json_array_get(list, i);
        if (!is_for(jwk, alg) || (kid.n && !text_eq(member(jwk, "kid"), kid)))
            continue;
        if (found)
            return NULL;
        found = jwk;
    }
    return found;
}

/* --- signature -------------------------------------------------------------------------------- */

/* R ‖ S (RFC 7518, 3.4) as libcrypto takes it; the caller frees. The length, or 0. */
static int der_of(struct text raw, unsigned char **der)
{
    const unsigned char *p = (const unsigned char *)raw.p;
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(p, EC_BYTES, NULL), *s = BN_bin2bn(p + EC_BYTES, EC_BYTES, NULL);
    int n = 0;

    *der = NULL;
    if (sig && r && s && ECDSA_SIG_set0(sig, r, s) == 1) {
        r = s = NULL;
        n = i2d_ECDSA_SIG(sig, der);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(sig);
    return n > 0 ? n : 0;
}

static bool signature_fits(EVP_PKEY *key, bool ec, struct text what, struct text raw)
{
    EVP_MD_CTX *ctx;
    unsigned char *der = NULL;
    const unsigned char *signature = (const unsigned char *)raw.p;
    size_t n = raw.n;
    bool fits;

    if (ec) {
        if (raw.n != 2 * EC_BYTES || (n = (size_t)der_of(raw, &der)) == 0)
            return false;
        signature = der;
    }
    ctx = EVP_MD_CTX_new();
    fits = ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
           EVP_DigestVerify(ctx, signature, n, (const unsigned char *)what.p, what.n) == 1;
    EVP_MD_CTX_free(ctx);
    OPENSSL_free(der);
    return fits;
}

/* Header and signature: 0 when one of the keys signed `what`. */
static int check_signature(struct text header_bytes, struct text what, struct text raw,
                           struct text keys_text, bool *unknown_key, struct arena *arena,
                           struct err *err)
{
    json_t *header = object_of(header_bytes), *keys = object_of(keys_text);
    struct text alg = member(header, "alg");
    bool ec = text_eq(alg, T("ES256"));
    const json_t *jwk;
    EVP_PKEY *key;
    int rc = -1;

    if (header == NULL || keys == NULL) {
        untrusted(err, header ? N_("the service's keys cannot be read")
                              : N_("the ID token cannot be read"));
    } else if (!ec && !text_eq(alg, T("RS256"))) {
        untrusted(err, N_("the ID token is signed with another algorithm than RS256 or ES256"));
    } else if (json_object_get(header, "crit")) {
        untrusted(err, N_("the ID token asks for what is not known here"));
    } else if ((jwk = find_key(keys, alg, member(header, "kid"))) == NULL) {
        *unknown_key = true;
        untrusted(err, N_("the ID token is signed with a key that the service does not publish"));
    } else if ((key = ec ? ec_key(jwk, arena) : rsa_key(jwk, arena)) == NULL) {
        untrusted(err, N_("the service's keys cannot be read"));
    } else {
        rc = signature_fits(key, ec, what, raw)
                 ? 0
                 : untrusted(err, N_("the signature of the ID token does not fit"));
        EVP_PKEY_free(key);
    }
    json_decref(header);
    json_decref(keys);
    return rc;
}

/* --- claims ----------------------------------------------------------------------------------- */

/* For us, and for us alone unless azp says that we asked for it. */
static bool is_for_us(const json_t *claims, struct text client_id)
{
    const json_t *aud = json_object_get(claims, "aud"), *azp = json_object_get(claims, "azp");
    bool among = text_eq(member(claims, "aud"), client_id);

    for (size_t i = 0; i < json_array_size(aud); i++) {
        const json_t *one = json_array_get(aud, i);
        if (!json_is_string(one))
            return false;
        among |= text_eq((struct text){json_string_value(one), json_string_length(one)}, client_id);
    }
    if (azp == NULL)
        return among && json_array_size(aud) <= 1;
    return among && text_eq(member(claims, "azp"), client_id);
}

/* Whole seconds; a number with a fraction (RFC 7519 allows it) is cut. False when there is none. */
static bool seconds(const json_t *claims, const char *key, int64_t *s)
{
    const json_t *v = json_object_get(claims, key);

    if (json_is_integer(v))
        *s = json_integer_value(v);
    else if (json_is_real(v) && json_real_value(v) >= 0 && json_real_value(v) < 1e15)
        *s = (int64_t)json_real_value(v);
    else
        return false;
    return *s >= 0 && *s < INT64_C(1000000000000000);
}

static int check_claims(const json_t *c, const struct jwt_wanted *wanted, struct err *err)
{
    struct text subject = member(c, "sub");
    int64_t exp, iat, nbf;

    if (wanted->issuer.n == 0 || !text_eq(member(c, "iss"), wanted->issuer))
        return untrusted(err, N_("the ID token comes from another issuer"));
    if (wanted->client_id.n == 0 || !is_for_us(c, wanted->client_id))
        return untrusted(err, N_("the ID token is meant for somebody else"));
    if (!seconds(c, "exp", &exp) || wanted->now >= exp + JWT_LEEWAY)
        return untrusted(err, N_("the ID token has expired; check the clock"));
    if (!seconds(c, "iat", &iat) || iat > wanted->now + JWT_LEEWAY ||
        iat < wanted->now - JWT_AGE_MAX)
        return untrusted(err, N_("the ID token was not made just now; check the clock"));
    if (json_object_get(c, "nbf") && (!seconds(c, "nbf", &nbf) || nbf > wanted->now + JWT_LEEWAY))
        return untrusted(err, N_("the ID token is not valid yet; check the clock"));
    if (!same_secret(member(c, "nonce"), wanted->nonce))
        return untrusted(err, N_("the ID token belongs to another sign-in"));
    if (subject.n == 0 || subject.n > TEXT_MAX || memchr(subject.p, '\0', subject.n))
        return untrusted(err, N_("the ID token does not say who it is"));
    return 0;
}

int jwt_verify(struct text token, struct text keys, const struct jwt_wanted *wanted,
               struct jwt_claims *claims, bool *unknown_key, struct arena *arena, struct err *err)
{
    struct text rest = token, parts[3], raw[3];
    bool unknown = false;
    json_t *c;
    int rc;

    *claims = (struct jwt_claims){0};
    if (unknown_key == NULL)
        unknown_key = &unknown;
    *unknown_key = false;
    if (token.n > JWT_MAX || keys.n > JWKS_MAX)
        return untrusted(err, N_("the ID token cannot be read"));
    for (int i = 0; i < 3; i++)
        if (!text_cut(&rest, '.', &parts[i]) || !decode(parts[i], arena, &raw[i]))
            return arena->failed ? err_set(err, NO_MEMORY)
                                 : untrusted(err, N_("the ID token cannot be read"));
    if (rest.n || parts[0].n + parts[1].n + parts[2].n + 2 != token.n)
        return untrusted(err, N_("the ID token cannot be read"));
    if (check_signature(raw[0], text_head(token, parts[0].n + 1 + parts[1].n), raw[2], keys,
                        unknown_key, arena, err) != 0)
        return -1;
    c = object_of(raw[1]);
    if (c == NULL)
        return untrusted(err, N_("the ID token cannot be read"));
    rc = check_claims(c, wanted, err);
    if (rc == 0)
        *claims = (struct jwt_claims){
            .subject = arena_text(arena, member(c, "sub")),
            .username = arena_text(arena, text_clip(member(c, "preferred_username"), TEXT_MAX)),
            .email = arena_text(arena, text_clip(member(c, "email"), TEXT_MAX)),
            .name = arena_text(arena, text_clip(member(c, "name"), TEXT_MAX)),
            .email_verified = json_is_true(json_object_get(c, "email_verified"))};
    json_decref(c);
    return rc == 0 && arena->failed ? err_set(err, NO_MEMORY) : rc;
}
