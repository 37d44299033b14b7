/* token.c: see token.h. */
#include "office/signin/token.h"

#include <sodium.h>
#include <stdio.h>

#include "token.sql.h"

enum { LABEL_MAX = 120, BASE64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

static const char *const scope_words[] = {"read", "write", "admin"};

unsigned token_scopes(struct text words)
{
    struct text word;
    unsigned scopes = 0;

    while (text_cut(&words, ',', &word)) {
        unsigned bit = 0;
        word = text_trim(word);
        for (unsigned i = 0; i < 3; i++)
            if (text_eq(word, text_of(scope_words[i])))
                bit = 1u << i;
        if (bit == 0)
            return 0;
        scopes |= bit;
    }
    return scopes;
}

void token_scopes_say(struct buf *out, unsigned scopes)
{
    const char *comma = "";

    for (unsigned i = 0; i < 3; i++)
        if (scopes & 1u << i) {
            buf_str(out, comma);
            buf_str(out, scope_words[i]);
            comma = ",";
        }
}

static struct text hash_of(struct text shown, char out[static 65])
{
    struct hash h = sha256(shown);

    sodium_bin2hex(out, 65, h.b, sizeof h.b);
    return (struct text){out, 64};
}

/* The ID is hexadecimal, so that it has no underscore and reads well aloud. */
static int make_text(struct env *env, char id[static TOKEN_ID], char out[static TOKEN_TEXT],
                     struct err *err)
{
    unsigned char raw[4 + 32];
    char secret[44];

    if (env->random(env, raw, sizeof raw) != 0)
        return err_set(err, RANDOM, text_of("getrandom"));
    sodium_bin2hex(id, TOKEN_ID, raw, 4);
    sodium_bin2base64(secret, sizeof secret, raw + 4, 32, BASE64);
    snprintf(out, TOKEN_TEXT, "xh_%s_%s", id, secret);
    sodium_memzero(raw, sizeof raw);
    sodium_memzero(secret, sizeof secret);
    return 0;
}

int token_make(struct ledger *l, struct text person, unsigned scopes, int64_t expires,
               struct text label, char out[static TOKEN_TEXT], struct err *err)
{
    int64_t now = l->env->now(l->env);
    struct token_count_out count = {0};
    char id[TOKEN_ID], hash[65];

    label = text_trim(label);
    if (scopes == 0 || scopes & ~(unsigned)TOKEN_ALL)
        return err_set(err, BAD_VALUE, T("scopes"));
    if (expires <= now || expires > now + (int64_t)TOKEN_DAYS_MAX * 24 * 60 * 60 * 1000)
        return err_set(err, BAD_VALUE, T("expires"));
    if (label.n == 0 || label.n > LABEL_MAX || !text_utf8(label))
        return err_set(err, BAD_VALUE, T("label"));
    if (make_text(l->env, id, out, err) != 0 || store_begin(l->store, STORE_BESIDE, err) != 0)
        return -1;
    if (token_expired(l->store, &(struct token_expired_in){person, now}, err) == 0 &&
        token_count_one(l->store, &(struct token_count_in){person}, &count, NULL, err) >= 0 &&
        (count.n < TOKENS_MAX ||
         err_set(err, TOO_LARGE, err_sentence(N_("The number of tokens")), T("50")) == 0) &&
        token_put(l->store,
                  &(struct token_put_in){text_of(id), hash_of(text_of(out), hash), person, label,
                                         scopes, now, expires},
                  err) == 0)
        return store_commit(l->store, err);
    store_rollback(l->store);
    sodium_memzero(out, TOKEN_TEXT);
    return -1;
}

int token_get(struct ledger *l, struct text shown, struct token *t, struct arena *arena,
              struct err *err)
{
    struct token_row_out row;
    char hash[65];
    int64_t now = l->env->now(l->env);
    int rc;

    if (shown.n != TOKEN_TEXT - 1 || !text_starts(shown, T("xh_")))
        return 0;
    *t = (struct token){0};
    memcpy(t->id, shown.p + 3, TOKEN_ID - 1);
    rc = token_row_one(l->store, &(struct token_row_in){text_of(t->id), now}, &row, arena, err);
    if (rc != 1)
        return rc;
    hash_of(shown, hash);
    if (row.hash.n != 64 || sodium_memcmp(row.hash.p, hash, 64) != 0)
        return arena->failed ? err_set(err, NO_MEMORY) : 0;
    t->person = row.person;
    t->label = row.label;
    t->scopes = (unsigned)row.scopes;
    t->created = row.created;
    t->expires = row.expires;
    t->used = row.used;
    t->touch = now - row.used >= TOKEN_USED_MS;
    return arena->failed ? err_set(err, NO_MEMORY) : 1;
}

int token_touch(struct ledger *l, const struct token *t, struct err *err)
{
    return token_seen(l->store, &(struct token_seen_in){text_of(t->id), l->env->now(l->env)}, err);
}

int token_revoke(struct ledger *l, struct text person, struct text id, struct err *err)
{
    arena_auto struct arena arena = ARENA(4096);
    struct token_owner_out row;
    int rc = token_owner_one(l->store, &(struct token_owner_in){id}, &row, &arena, err);

    if (arena.failed)
        return err_set(err, NO_MEMORY);
    if (rc != 1 || !text_eq(row.person, person))
        return rc < 0 ? -1 : 0;
    return token_drop(l->store, &(struct token_drop_in){person, id}, err) != 0 ? -1 : 1;
}

int token_list(struct ledger *l, struct text person, struct token **list, size_t *count,
               struct arena *arena, struct err *err)
{
    struct token_of_out row;
    struct rows rows;
    int rc;

    *count = 0;
    *list = arena_array(arena, struct token, TOKENS_MAX);
    if (*list == NULL)
        return err_set(err, NO_MEMORY);
    if (token_of_open(l->store, &(struct token_of_in){person}, &rows, err) != 0)
        return -1;
    while ((rc = token_of_next(&rows, &row, err)) == 1 && *count < TOKENS_MAX) {
        struct token *t = &(*list)[(*count)++];
        *t = (struct token){.person = arena_text(arena, person),
                            .label = arena_text(arena, row.label),
                            .scopes = (unsigned)row.scopes,
                            .created = row.created,
                            .expires = row.expires,
                            .used = row.used};
        snprintf(t->id, sizeof t->id, "%.*s", TEXT_ARG(row.id));
    }
    rows_close(&rows);
    if (rc < 0)
        return -1;
    return arena->failed ? err_set(err, NO_MEMORY) : 0;
}
