/*
 * text.h: text is a pointer and a length, UTF-8, not NUL-terminated, never owned.
 *
 * Who owns the bytes is said where they come from (an arena, a buffer, a literal).
 */
#ifndef XH_BASE_TEXT_H
#define XH_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
    const char *p;
    size_t n;
};

/* A literal as text. */
#define T(lit) ((struct text){"" lit, sizeof(lit) - 1})
/* For printf: printf("%.*s", TEXT_ARG(t)). */
#define TEXT_ARG(t) (int)(t).n, (t).p ? (t).p : ""

static inline struct text text_of(const char *s)
{
    return (struct text){s, s ? strlen(s) : 0};
}

static inline bool text_eq(struct text a, struct text b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline struct text text_from(struct text t, size_t at)
{
    return at >= t.n ? (struct text){t.p ? t.p + t.n : NULL, 0} : (struct text){t.p + at, t.n - at};
}

static inline struct text text_head(struct text t, size_t n)
{
    return (struct text){t.p, n < t.n ? n : t.n};
}

/* Bytewise order (which is code point order in UTF-8): <0, 0, >0. */
int text_cmp(struct text a, struct text b);
bool text_starts(struct text t, struct text prefix);
bool text_ends(struct text t, struct text suffix);
/* Byte offset of the first needle, or -1. An empty needle is found at 0. */
ptrdiff_t text_find(struct text t, struct text needle);
bool text_has(struct text t, struct text needle);

/* Without white space at both ends (ASCII, NBSP, ideographic space, zero-width characters, BOM). */
struct text text_trim(struct text t);

/* Takes from *rest up to the next byte sep, which is dropped. False when *rest is used up. */
bool text_cut(struct text *rest, char sep, struct text *piece);

/* A whole decimal number, optionally signed, nothing else around it; false when it is not one. */
bool text_int(struct text t, int64_t *value);

/* Takes the next code point off *t. Broken bytes come as U+FFFD, one byte each. 0 at the end. */
uint32_t text_next(struct text *t);

/* True when all of t is well-formed UTF-8 (no surrogates, no overlong forms). NUL is allowed. */
bool text_utf8(struct text t);

/* Writes cp as UTF-8 to out (at least 4 bytes) and returns how many bytes. */
size_t text_encode(uint32_t cp, char out[static 4]);

/* The longest head of t that has at most n bytes and does not split a character. */
struct text text_clip(struct text t, size_t n);

/* Columns that t takes on a terminal or in a workbook cell: East Asian wide characters take 2. */
size_t text_width(struct text t);
/* Same for one code point: 0 (combining, zero-width), 1 or 2. */
int text_cp_width(uint32_t cp);

/* Code point folded for comparing: full width to half width, A-Z to a-z. 0 means "drop it": white
 * space of any kind, zero-width characters, controls. */
uint32_t text_fold_cp(uint32_t cp);

/* True for code points that are white space, of any width, zero-width ones among them. */
bool text_is_space(uint32_t cp);

#endif
