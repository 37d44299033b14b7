/*
 * fold.h: text made plain for comparing: width and case folded, written to a caller's bytes.
 */
#ifndef XH_OFFICE_IMPORT_FOLD_H
#define XH_OFFICE_IMPORT_FOLD_H

#include "base/text.h"

enum {
    FOLD_PLAIN = 0,      /* without white space and punctuation */
    FOLD_PUNCT = 1,      /* punctuation stays (full width as half width) */
    FOLD_SPACE = 2,      /* a run of white space stays as one space, none at the ends */
    FOLD_NO_BRACKETS = 4 /* what stands in brackets goes */
};

/* Folds t into out, at most room bytes; a longer text is cut at a character. */
struct text fold(struct text t, unsigned how, char *out, size_t room);

/* True for punctuation and signs of any script; not for digits, letters and enclosed numbers. */
bool fold_is_punct(uint32_t cp);

/* True for Chinese characters. */
static inline bool fold_is_han(uint32_t cp)
{
    return (cp >= 0x4e00 && cp <= 0x9fff) || (cp >= 0x3400 && cp <= 0x4dbf) ||
           (cp >= 0x20000 && cp <= 0x3ffff) || cp == 0x3007;
}

/* text_next(), with the characters that fill workbooks (ASCII and Chinese) read in place. */
static inline uint32_t fold_next(struct text *t)
{
    const unsigned char *s = (const unsigned char *)t->p;

    if (t->n && s[0] < 0x80) {
        *t = (struct text){t->p + 1, t->n - 1};
        return s[0];
    }
    if (t->n >= 3 && s[0] >= 0xe1 && s[0] <= 0xef && s[0] != 0xed && (s[1] & 0xc0) == 0x80 &&
        (s[2] & 0xc0) == 0x80) {
        *t = (struct text){t->p + 3, t->n - 3};
        return (uint32_t)(s[0] & 0xf) << 12 | (uint32_t)(s[1] & 0x3f) << 6 | (s[2] & 0x3f);
    }
    return text_next(t);
}

/* True for a byte that begins a character which is surely no white space: most cells are settled by
 * their first and last. */
static inline bool fold_is_ink(char byte)
{
    unsigned char b = (unsigned char)byte;

    return (b > 0x20 && b < 0x7f) || (b >= 0xe4 && b <= 0xee);
}

/* text_trim() and text_trim().n == 0, quick for what has nothing to trim. */
static inline struct text fold_trim(struct text t)
{
    if (t.n && fold_is_ink(t.p[0]) &&
        ((t.p[t.n - 1] > 0x20 && t.p[t.n - 1] < 0x7f) ||
         (t.n >= 3 && fold_is_ink(t.p[t.n - 3]) && (unsigned char)t.p[t.n - 3] >= 0xe4)))
        return t;
    return text_trim(t);
}

static inline bool fold_is_blank(struct text t)
{
    return t.n == 0 || (!fold_is_ink(t.p[0]) && text_trim(t).n == 0);
}

/* The first of a NULL-terminated list of words that t is, starts with, ends with or holds; NULL
 * when none. */
const char *fold_is(struct text t, const char *const *words);
const char *fold_starts(struct text t, const char *const *words);
const char *fold_ends(struct text t, const char *const *words);
const char *fold_has(struct text t, const char *const *words);

/* Characters of t. */
size_t fold_length(struct text t);

#endif
