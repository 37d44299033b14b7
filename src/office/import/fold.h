/*
 * fold.h: text made plain for comparing: width and case folded, written to a caller's bytes.
 */
#ifndef XH_OFFICE_IMPORT_FOLD_H
#define XH_OFFICE_IMPORT_FOLD_H

#include "base/text.h"

enum {
    FOLD_PLAIN = 0,    /* without white space and punctuation */
    FOLD_PUNCT = 1,    /* punctuation stays (full width as half width) */
    FOLD_SPACE = 2,    /* a run of white space stays as one space, none at the ends */
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

/* Characters of t. */
size_t fold_length(struct text t);

#endif
