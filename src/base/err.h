/*
 * err.h: why something failed, carried to whoever can say it.
 *
 * A function that can fail returns 0 or -1 and takes a `struct err *` as its last argument, which
 * it fills on -1. Nothing here prints: a library never speaks, its caller does, in the reader's
 * language.
 */
#ifndef XH_BASE_ERR_H
#define XH_BASE_ERR_H

#include "base/lang.h"

enum err_code {
    ERR_NONE,
#define E(code, exit, http, sentence) ERR_##code,
#include "base/errors.def"
#undef E
};

struct err {
    enum err_code code;
    int count;
    uint16_t length[4];
    char texts[4][240];
};

/* Fills e and returns -1. Up to four texts, each clipped to 240 bytes; a text that is a sentence
 * marked N_() is translated when it is said. */
int err_fill(struct err *e, enum err_code code, const struct text *texts, int count);
#define err_set(e, code, ...)                                          \
    err_fill((e), ERR_##code, (struct text[]){{0}, ##__VA_ARGS__} + 1, \
             (int)(sizeof((struct text[]){{0}, ##__VA_ARGS__}) / sizeof(struct text)) - 1)
/* The same for a failed system call: what (a path) and the text of errno. */
int err_errno(struct err *e, struct text what);

/* The sentence, in that language. */
void err_say(struct buf *out, enum lang lang, const struct err *e);
int err_exit(const struct err *e);
int err_http(const struct err *e);

#endif
