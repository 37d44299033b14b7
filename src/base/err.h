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
    const char *sentences[4]; /* NULL: the text counts */
    uint16_t length[4];
    char texts[4][240];
};

/* What stands in a failure's sentence: words as they are (a path, what somebody typed), or a
 * sentence of the catalogue, which is translated when it is said. */
struct err_text {
    const char *sentence; /* NULL: the text counts */
    struct text text;
};
/* A sentence marked N_(), which lives as long as the program. */
static inline struct err_text err_sentence(const char *marked)
{
    return (struct err_text){.sentence = marked};
}

/* Fills e and returns -1. Up to four texts, of which words are clipped to 240 bytes. */
int err_fill(struct err *e, enum err_code code, const struct err_text *texts, int count);
/* The same with up to four of struct text or err_sentence(…) in place. */
#define err_set(e, code, ...)                                                       \
    err_fill((e), ERR_##code, (struct err_text[]){{0}, ERR_TEXTS(__VA_ARGS__)} + 1, \
             ERR_PICK(0, ##__VA_ARGS__, 4, 3, 2, 1, 0, 0))
/* The same for a failed system call: what (a path), and errno in words. */
int err_errno(struct err *e, struct text what);
/* The same for a file that cannot be opened: NOT_A_FILE. */
int err_unreadable(struct err *e, struct text path);

/* The sentence, in that language. */
void err_say(struct buf *out, enum lang lang, const struct err *e);
int err_exit(const struct err *e);
int err_http(const struct err *e);

/* Of err_set: what is given in place, one by one, so that words and sentences are told apart by
 * their type. */
static inline struct err_text err_words(struct text words)
{
    return (struct err_text){.text = words};
}
static inline struct err_text err_itself(struct err_text t)
{
    return t;
}
#define ERR_TEXT(t) _Generic((t), struct text : err_words, struct err_text : err_itself)(t)
#define ERR_PICK(zero, a, b, c, d, chosen, ...) chosen
#define ERR_TEXTS_0() \
    {                 \
        0             \
    }
#define ERR_TEXTS_1(a) ERR_TEXT(a)
#define ERR_TEXTS_2(a, b) ERR_TEXT(a), ERR_TEXT(b)
#define ERR_TEXTS_3(a, b, c) ERR_TEXT(a), ERR_TEXT(b), ERR_TEXT(c)
#define ERR_TEXTS_4(a, b, c, d) ERR_TEXT(a), ERR_TEXT(b), ERR_TEXT(c), ERR_TEXT(d)
#define ERR_TEXTS(...)                                                                             \
    ERR_PICK(0, ##__VA_ARGS__, ERR_TEXTS_4, ERR_TEXTS_3, ERR_TEXTS_2, ERR_TEXTS_1, ERR_TEXTS_0, 0) \
    (__VA_ARGS__)

#endif
