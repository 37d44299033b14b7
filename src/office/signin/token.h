/*
 * token.h: what programs show instead of a password: `xh_ID_SECRET`.
 *
 * It is shown once, when it is made. The database holds the SHA-256 of the whole and the ID, which
 * names it in lists. A token acts for one person, within its scopes and never beyond what the
 * person may do, until a day; it ends when it is revoked and when the person is made inactive.
 */
#ifndef XH_OFFICE_SIGNIN_TOKEN_H
#define XH_OFFICE_SIGNIN_TOKEN_H

#include "ledger/ledger.h"

/* What a token is good for, as bits: looking; giving commands; changing the office itself (units,
 * people, procedures). None implies another. */
enum { TOKEN_READ = 1, TOKEN_WRITE = 2, TOKEN_ADMIN = 4, TOKEN_ALL = 7 };
enum {
    TOKEN_ID = 9,                /* with its NUL */
    TOKEN_TEXT = 3 + 8 + 1 + 44, /* "xh_", the ID, "_", 43 characters and the NUL */
    TOKEN_DAYS_MAX = 366,
    TOKENS_MAX = 50,               /* of a person */
    TOKEN_USED_MS = 60 * 60 * 1000 /* `used` is written at most so often */
};

struct token {
    struct text person, label; /* in the arena */
    char id[TOKEN_ID];
    unsigned scopes;
    int64_t created, expires, used; /* ms; used 0: never */
    bool touch;                     /* it is time for token_touch */
};

/* Reads "read,write,admin"; 0 when a word is none of them or there is none. */
unsigned token_scopes(struct text words);
/* Appends them in that form. */
void token_scopes_say(struct buf *out, unsigned scopes);
/* True when the token's scopes hold all that is needed. */
static inline bool token_allows(unsigned scopes, unsigned needed)
{
    return (scopes & needed) == needed;
}

/* Makes a token and fills out, which is to be shown once and wiped. expires is in ms, at most
 * TOKEN_DAYS_MAX from now. -1: BAD_VALUE (scopes, expires, a label that is empty, over 120 bytes or
 * no text), TOO_LARGE (TOKENS_MAX), a failure. A transaction of its own. */
int token_make(struct ledger *l, struct text person, unsigned scopes, int64_t expires,
               struct text label, char out[static TOKEN_TEXT], struct err *err);
/* 1 and the token, 0 when it opens nothing (any more), -1. One statement; reads only. */
int token_get(struct ledger *l, struct text shown, struct token *t, struct arena *arena,
              struct err *err);
/* Says that it was used just now: when t->touch asks for it. */
int token_touch(struct ledger *l, const struct token *t, struct err *err);
/* Revokes one of a person's: 1, or 0 when they have none of that ID, or -1. */
int token_revoke(struct ledger *l, struct text person, struct text id, struct err *err);
/* A person's tokens, newest first, expired ones too, into the arena. */
int token_list(struct ledger *l, struct text person, struct token **list, size_t *count,
               struct arena *arena, struct err *err);

#endif
