/* seal.c: see seal.h. Everything secret that is not the caller's is wiped before it is left. */
#include "ledger/seal.h"

#include <sodium.h>
#include <stdio.h>

#include "base/mem.h"

enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES
};
_Static_assert(NONCE == 24 && TAG == 16 && KEY == 32, "seal.h and libsodium agree");

/* Writes nonce ‖ ciphertext ‖ tag to out: n + 40 bytes. The commitment is the associated data. */
static int encrypt(unsigned char *out, const unsigned char *plain, size_t n,
                   const unsigned char key[static KEY], const struct hash *commitment,
                   struct env *env, struct err *err)
{
    if (env->random(env, out, NONCE) != 0)
        return err_set(err, RANDOM, text_of("getrandom"));
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, NULL, plain, n, commitment->b,
                                               sizeof commitment->b, NULL, out, key);
    return 0;
}

/* The reverse: fills plain with sealed.n - 40 bytes. False when anything was altered. */
static bool decrypt(unsigned char *plain, struct text sealed, const unsigned char key[static KEY],
                    const struct hash *commitment)
{
    const unsigned char *p = (const unsigned char *)sealed.p;

    return sealed.n >= NONCE + TAG && crypto_aead_xchacha20poly1305_ietf_decrypt(
                                          plain, NULL, NULL, p + NONCE, sealed.n - NONCE,
                                          commitment->b, sizeof commitment->b, p, key) == 0;
}

int seal_key_new(struct seal_key *key, struct env *env, struct err *err)
{
    if (env->random(env, key->b, sizeof key->b) != 0)
        return err_set(err, RANDOM, text_of("getrandom"));
    return 0;
}

static const char key_head[] = "SEALING+KEY+";

size_t seal_key_write(const struct seal_key *key, char out[static SEAL_KEY_TEXT])
{
    struct hash check = sha256_join(text_of(key_head), (struct text){(const char *)key->b, 32},
                                    (struct text){NULL, 0});
    char hex[9], base64[sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_ORIGINAL)];
    int n;

    sodium_bin2hex(hex, sizeof hex, check.b, 4);
    sodium_bin2base64(base64, sizeof base64, key->b, 32, sodium_base64_VARIANT_ORIGINAL);
    n = snprintf(out, SEAL_KEY_TEXT, "%s%s+%s\n", key_head, hex, base64);
    sodium_memzero(base64, sizeof base64);
    return (size_t)n;
}

int seal_key_parse(struct seal_key *key, struct text line, struct err *err)
{
    struct seal_key got;
    char again[SEAL_KEY_TEXT];
    size_t head = sizeof key_head - 1 + 9, n = 0;
    bool fits;

    if (text_ends(line, T("\n")))
        line.n--;
    fits = line.n > head &&
           sodium_base642bin(got.b, sizeof got.b, line.p + head, line.n - head, NULL, &n, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           n == sizeof got.b;
    /* There is one way to write a key, so head and check digits are right if it gives the same. */
    if (fits) {
        size_t length = seal_key_write(&got, again) - 1;
        fits = text_eq(line, (struct text){again, length});
    }
    if (fits)
        *key = got;
    seal_key_wipe(&got);
    sodium_memzero(again, sizeof again);
    return fits ? 0 : err_set(err, KEY_MALFORMED, err_sentence(N_("it is not a sealing key")));
}

void seal_key_wipe(struct seal_key *key)
{
    sodium_memzero(key, sizeof *key);
}

struct hash seal_commitment(const unsigned char salt[static SEAL_SALT], struct text value)
{
    return sha256_join(T("xiaohao seal v1\n"), (struct text){(const char *)salt, SEAL_SALT}, value);
}

/* Salt ‖ value ‖ 0x80 ‖ zeros, up to a multiple of SEAL_BLOCK (the padding of ISO/IEC 7816-4). */
static size_t padded(size_t value)
{
    return (SEAL_SALT + value) / SEAL_BLOCK * SEAL_BLOCK + SEAL_BLOCK;
}

static void wipe_free(unsigned char *p, size_t n)
{
    if (p)
        sodium_memzero(p, n);
    mem_free(p);
}

int seal_close(struct text value, const struct seal_key *key, struct env *env,
               struct hash *commitment, unsigned char wrapped[static SEAL_WRAPPED], struct buf *box,
               struct err *err)
{
    unsigned char data_key[KEY];
    unsigned char *plain, *sealed;
    size_t size = padded(value.n);
    int rc = -1;

    if (value.n > SEAL_VALUE_MAX)
        return err_set(err, TOO_LARGE, err_sentence(N_("A sealed value")), T("65535"));
    if (sodium_init() < 0)
        return err_set(err, NO_MEMORY);
    plain = mem_alloc(size);
    sealed = mem_alloc(NONCE + size + TAG);
    if (plain == NULL || sealed == NULL) {
        err_set(err, NO_MEMORY);
        goto done;
    }
    if (env->random(env, plain, SEAL_SALT) != 0 || env->random(env, data_key, KEY) != 0) {
        err_set(err, RANDOM, text_of("getrandom"));
        goto done;
    }
    if (value.n)
        memcpy(plain + SEAL_SALT, value.p, value.n);
    plain[SEAL_SALT + value.n] = 0x80;
    *commitment = seal_commitment(plain, value);
    if (encrypt(sealed, plain, size, data_key, commitment, env, err) != 0 ||
        encrypt(wrapped, data_key, KEY, key->b, commitment, env, err) != 0)
        goto done;
    buf_bytes(box, sealed, NONCE + size + TAG);
    rc = box->failed ? err_set(err, NO_MEMORY) : 0;
done:
    wipe_free(plain, size);
    mem_free(sealed);
    sodium_memzero(data_key, sizeof data_key);
    return rc;
}

/* Finds the value in what was decrypted; false when the padding is not exactly as it must be. */
static bool unpad(const unsigned char *plain, size_t size, size_t *value)
{
    size_t end;

    return size >= SEAL_BLOCK && sodium_unpad(&end, plain, size, SEAL_BLOCK) == 0 &&
           end >= SEAL_SALT && padded(*value = end - SEAL_SALT) == size;
}

int seal_open(const struct hash *commitment, struct text wrapped, struct text box,
              const struct seal_key *key, struct opened *opened, struct err *err)
{
    unsigned char data_key[KEY];
    struct opened got = {.size = 0};
    struct hash again;
    size_t n = 0;
    bool fits;

    *opened = got;
    if (sodium_init() < 0)
        return err_set(err, NO_MEMORY);
    if (wrapped.n != SEAL_WRAPPED || box.n < NONCE + SEAL_BLOCK + TAG || box.n > SEAL_BOX_MAX)
        return err_set(err, SEAL_BROKEN);
    got.size = box.n - NONCE - TAG;
    got.plain = mem_alloc(got.size);
    if (got.plain == NULL)
        return err_set(err, NO_MEMORY);
    fits = decrypt(data_key, wrapped, key->b, commitment) &&
           decrypt(got.plain, box, data_key, commitment) && unpad(got.plain, got.size, &n);
    sodium_memzero(data_key, sizeof data_key);
    if (fits) {
        got.salt = got.plain;
        got.value = (struct text){(const char *)got.plain + SEAL_SALT, n};
        again = seal_commitment(got.salt, got.value);
        fits = hash_eq(&again, commitment);
    }
    if (!fits) {
        seal_release(&got);
        return err_set(err, SEAL_BROKEN);
    }
    *opened = got;
    return 0;
}

void seal_release(struct opened *opened)
{
    wipe_free(opened->plain, opened->size);
    *opened = (struct opened){.size = 0};
}
