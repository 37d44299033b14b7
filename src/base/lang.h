/*
 * lang.h: the reader's language.
 *
 * Every sentence for a person is written once in English in the source, marked N_() or given to
 * tr(), and translated in locale/zh_CN/. The catalogues are compiled in; tr() takes the language
 * as an argument, so that two readers can be answered in two languages at once.
 */
#ifndef XH_BASE_LANG_H
#define XH_BASE_LANG_H

#include "base/buf.h"

enum lang { LANG_ZH, LANG_EN };

/* Marks a sentence for the catalogue where it cannot be translated yet (a table). */
#define N_(sentence) sentence

/* The sentence in that language; the English itself where no translation is known. Never NULL. */
const char *tr(enum lang lang, const char *sentence);

/* The language of a locale name such as LANG's ("zh_CN.UTF-8"); English for what is not Chinese. */
enum lang lang_of(const char *locale);

/* Appends pattern to out with {0} … {9} replaced by args; a number without an argument stays. */
void lang_format(struct buf *out, const char *pattern, const struct text *args, int count);

/* lang_format(out, tr(lang, sentence), …) with the arguments given in place. */
#define say(out, lang, sentence, ...)                                                   \
    lang_format((out), tr((lang), (sentence)), (struct text[]){{0}, ##__VA_ARGS__} + 1, \
                (int)(sizeof((struct text[]){{0}, ##__VA_ARGS__}) / sizeof(struct text)) - 1)

#endif
