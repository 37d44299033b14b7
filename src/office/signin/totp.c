/* totp.c: see totp.h. HMAC-SHA-1 by libcrypto. */
#include "office/signin/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <stdio.h>

void totp_code(struct text secret, int64_t step, int digits, char out[static 9])
{
    unsigned char counter[8], mac[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    uint32_t value, modulus = 1;

    for (int i = 0; i < 8; i++)
        counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    HMAC(EVP_sha1(), secret.p, (int)secret.n, counter, sizeof counter, mac, &n);
    /* Four bytes from where the last half byte says, without the sign (RFC 4226, 5.3). */
    n = mac[19] & 15u;
    value = ((uint32_t)mac[n] & 0x7f) << 24 | (uint32_t)mac[n + 1] << 16 |
            (uint32_t)mac[n + 2] << 8 | mac[n + 3];
    for (int i = 0; i < digits; i++)
        modulus *= 10;
    snprintf(out, 9, "%0*u", digits, value % modulus);
    sodium_memzero(mac, sizeof mac);
}

int64_t totp_match(struct text secret, struct text code, int64_t now_ms, int64_t used)
{
    char given[TOTP_DIGITS], wanted[9];
    int64_t now = now_ms / TOTP_STEP_MS, found = -1;
    size_t n = 0;
    uint32_t cp;

    while ((cp = text_next(&code)) != 0) {
        cp = text_fold_cp(cp); /* full-width digits; white space is dropped */
        if (cp == 0)
            continue;
        if (cp < '0' || cp > '9' || n == sizeof given)
            return -1;
        given[n++] = (char)cp;
    }
    if (n != sizeof given)
        return -1;
    for (int64_t step = now - 1; step <= now + 1; step++) {
        totp_code(secret, step, TOTP_DIGITS, wanted);
        if (sodium_memcmp(wanted, given, sizeof given) == 0 && step > used && found < 0)
            found = step;
    }
    sodium_memzero(wanted, sizeof wanted);
    return found;
}

void buf_base32(struct buf *b, const void *p, size_t n)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const unsigned char *bytes = p;
    uint32_t held = 0;
    int bits = 0;

    for (size_t i = 0; i < n; i++) {
        held = held << 8 | bytes[i];
        for (bits += 8; bits >= 5; bits -= 5)
            buf_char(b, letters[held >> (bits - 5) & 31]);
        held &= (1u << bits) - 1;
    }
    if (bits)
        buf_char(b, letters[held << (5 - bits) & 31]);
}

void letters_in_fours(const unsigned char raw[static LETTERS_BYTES], char out[static LETTERS_TEXT])
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    uint64_t held = 0;
    int bits = 0, n = 0;

    for (size_t i = 0, count = 0; i < LETTERS_BYTES; i++) {
        held = held << 8 | raw[i];
        for (bits += 8; bits >= 5; bits -= 5, count++) {
            if (count && count % 4 == 0)
                out[n++] = '-';
            out[n++] = letters[held >> (bits - 5) & 31];
        }
        held &= (UINT64_C(1) << bits) - 1;
    }
    out[n] = '\0';
}

/* Percent-encodes all but RFC 3986's unreserved characters. */
static void put_encoded(struct buf *out, struct text t)
{
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            (c && strchr("-._~", c)))
            buf_char(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
}

void totp_uri(struct buf *out, struct text issuer, struct text account, struct text secret)
{
    buf_str(out, "otpauth://totp/");
    put_encoded(out, issuer);
    buf_char(out, ':');
    put_encoded(out, account);
    buf_str(out, "?secret=");
    buf_base32(out, secret.p, secret.n);
    buf_str(out, "&issuer=");
    put_encoded(out, issuer);
}
