/*
 * pieces.h: many keys in one parameter of a statement; see show.sql, show_further.
 */
#ifndef XH_OFFICE_LISTS_PIECES_H
#define XH_OFFICE_LISTS_PIECES_H

#include "base/buf.h"

/* Appends one; an empty one, and one too long to be a key, is left out. */
static inline void piece_put(struct buf *out, struct text key)
{
    int64_t characters = 0;

    for (size_t i = 0; i < key.n; i++)
        characters += ((unsigned char)key.p[i] & 0xc0) != 0x80;
    if (characters == 0 || characters > 9999)
        return;
    buf_printf(out, "%04lld", (long long)characters);
    buf_text(out, key);
}

#endif
