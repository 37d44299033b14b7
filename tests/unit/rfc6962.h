/*
 * rfc6962.h: RFC 6962 section 2.1, word for word, for tests: slow, recursive, and sharing nothing
 * with src/ledger/merkle.c but SHA-256.
 */
#ifndef XH_TESTS_RFC6962_H
#define XH_TESTS_RFC6962_H

#include "ledger/merkle.h"

static inline struct hash naive_node(struct hash left, struct hash right)
{
    return sha256_join(T("\1"), hash_text(&left), hash_text(&right));
}

static inline uint64_t naive_k(uint64_t n)
{
    uint64_t k = 1;

    while (k * 2 < n)
        k *= 2;
    return k;
}

static inline struct hash mth(const struct hash *d, uint64_t n)
{
    uint64_t k = naive_k(n);

    if (n == 0)
        return sha256(T(""));
    return n == 1 ? d[0] : naive_node(mth(d, k), mth(d + k, n - k));
}

static inline void path(struct proof *p, uint64_t m, const struct hash *d, uint64_t n)
{
    uint64_t k = naive_k(n);

    if (n == 1)
        return;
    if (m < k) {
        path(p, m, d, k);
        p->hash[p->count++] = mth(d + k, n - k);
    } else {
        path(p, m - k, d + k, n - k);
        p->hash[p->count++] = mth(d, k);
    }
}

static inline void subproof(struct proof *p, uint64_t m, const struct hash *d, uint64_t n,
                            bool whole)
{
    uint64_t k = naive_k(n);

    if (m == n) {
        if (!whole)
            p->hash[p->count++] = mth(d, n);
    } else if (m <= k) {
        subproof(p, m, d, k, whole);
        p->hash[p->count++] = mth(d + k, n - k);
    } else {
        subproof(p, m - k, d + k, n - k, false);
        p->hash[p->count++] = mth(d, k);
    }
}

#endif
