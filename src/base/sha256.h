/*
 * sha256.h: SHA-256 (FIPS 180-4), by OpenSSL's libcrypto, which uses the processor's SHA
 * instructions.
 *
 * Pure and safe in every thread; only sha256_file touches anything outside its arguments.
 */
#ifndef XH_BASE_SHA256_H
#define XH_BASE_SHA256_H

#include "base/err.h"

struct hash {
    unsigned char b[32];
};

struct hash sha256(struct text bytes);
/* Of three pieces as if they stood in one; an empty piece adds nothing. */
struct hash sha256_join(struct text a, struct text b, struct text c);

/* Of bytes that come in pieces. The state is the library's; it holds nothing that must be freed. */
struct sha256_run {
    _Alignas(8) unsigned char state[112];
};
void sha256_begin(struct sha256_run *run);
void sha256_add(struct sha256_run *run, struct text piece);
struct hash sha256_end(struct sha256_run *run);

/* Of all of a file, read block by block; *size (may be NULL) gets its length in bytes. An ordinary
 * file is required. On -1 nothing is filled but err. */
int sha256_file(const char *path, struct hash *hash, uint64_t *size, struct err *err);

static inline bool hash_eq(const struct hash *a, const struct hash *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

static inline struct text hash_text(const struct hash *h)
{
    return (struct text){(const char *)h->b, sizeof h->b};
}

/* From 64 lower-case hexadecimal digits; false for anything else. */
static inline bool hash_parse(struct text hex, struct hash *h)
{
    if (hex.n != 2 * sizeof h->b)
        return false;
    for (size_t i = 0; i < hex.n; i++) {
        char c = hex.p[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return false;
        h->b[i / 2] = (unsigned char)(i % 2 ? h->b[i / 2] * 16 + digit : digit);
    }
    return true;
}

#endif
