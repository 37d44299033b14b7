/*
 * pages.h: what the pages share: the frame around them, and small pieces that stand on several.
 */
#ifndef XH_WEB_PAGES_H
#define XH_WEB_PAGES_H

#include "office/access.h"
#include "web/pages/layout.html.h"
#include "web/request.h"

/* The frame: everything above the page's own content, and below it. A request for a fragment gets
 * neither. `here` is the navigation entry that the page belongs to ("items"), or "". */
void page_open(struct request *q, struct response *r, struct text title, const char *here);
void page_shut(struct request *q, struct response *r);

/* A whole page that says why there is none. Works also when nobody is signed in. */
void page_error(struct request *q, struct response *r, int status, struct text sentence);

/* The page for a form that came after its session had ended: what was typed goes around the sign-in
 * in it and is sent on from there. Files cannot: the page says so. */
void page_sign_in_again(struct request *q, struct response *r);

/* A day as people write it: "2026-11-25"; empty for none. In the arena. */
struct text page_day(struct request *q, int32_t day);
/* A moment in the ledger's zone to the minute. In the arena. */
struct text page_time(struct request *q, int64_t ms);
/* The label of a word of a vocabulary in the reader's language. */
struct text page_word(const struct request *q, const struct vocabulary *v, int64_t word);
/* How an entry came in, in words: "command line (root)" for "cli:root". In the arena. */
struct text page_channel(struct request *q, struct text via);
/* A sentence of the catalogue in the reader's language. */
struct text page_tr(const struct request *q, const char *sentence);
/* The same with values; in the arena. */
#define page_say(q, sentence, ...)                                        \
    page_say_to((q), (sentence), (struct text[]){{0}, ##__VA_ARGS__} + 1, \
                (int)(sizeof((struct text[]){{0}, ##__VA_ARGS__}) / sizeof(struct text)) - 1)
struct text page_say_to(struct request *q, const char *sentence, const struct text *args,
                        int count);

/* Notes in the access log who saw what of an item. Never in the way: what cannot be noted is told
 * to the server's log. */
void page_seen(struct request *q, enum access_kind kind, struct text item, struct text what);

/* Why a rule refused, for somebody who sees a form: no option of the command line is named. */
void page_refusal(struct buf *out, const struct request *q, const struct verdict *v);

/* A fresh idempotency key for a form. */
struct text page_key(struct request *q);

/* The state's mark: label and colour class. */
struct page_mark page_state(const struct request *q, int64_t state, bool taken_over);

#endif
