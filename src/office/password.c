/* password.c: see password.h. Argon2id by libsodium, with its limits for interactive use. */
#include "office/password.h"

#include <sodium.h>

#include "office/signin/session.h"
#include "office/signin/totp.h"
#include "password.sql.h"

_Static_assert(PASSWORD_HASH == crypto_pwhash_STRBYTES, "as libsodium writes it");

int password_hash(struct text password, char out[static PASSWORD_HASH], struct err *err)
{
    if (password.n < PASSWORD_MIN || password.n > PASSWORD_MAX || !text_utf8(password))
        return err_set(err, BAD_PASSWORD);
    if (sodium_init() < 0 ||
        crypto_pwhash_str(out, password.p, password.n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        return err_set(err, NO_MEMORY);
    return 0;
}

int password_keep(struct ledger *l, struct text person, const char *hash, bool given,
                  struct err *err)
{
    if (store_begin(l->store, STORE_BESIDE, err) != 0)
        return -1;
    if (password_put(l->store, &(struct password_put_in){person, text_of(hash)}, err) != 0 ||
        (given ? password_given(l->store, &(struct password_given_in){person}, err)
               : password_own(l->store, &(struct password_own_in){person}, err)) != 0 ||
        session_end_others(l, person, T(""), err) != 0) {
        store_rollback(l->store);
        return -1;
    }
    return store_commit(l->store, err);
}

int password_set(struct ledger *l, struct text person, struct text password, struct err *err)
{
    char hash[PASSWORD_HASH];

    if (password_hash(password, hash, err) != 0)
        return -1;
    return password_keep(l, person, hash, false, err);
}

int password_make(struct env *env, char out[static PASSWORD_MADE], struct err *err)
{
    unsigned char raw[10];

    if (env->random(env, raw, sizeof raw) != 0)
        return err_set(err, RANDOM, text_of("getrandom"));
    letters_in_fours(raw, out);
    sodium_memzero(raw, sizeof raw);
    return 0;
}

int password_kind(struct ledger *l, struct text person, struct err *err)
{
    struct password_held_out row;

    if (password_held_one(l->store, &(struct password_held_in){person}, &row, NULL, err) < 0)
        return -1;
    return row.own == 0 ? PASSWORD_NONE : row.given ? PASSWORD_GIVEN : PASSWORD_OWN;
}

int password_of(struct ledger *l, struct text person, char out[static PASSWORD_HASH],
                struct err *err)
{
    /* Of a random password that nobody knows. */
    static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$"
                                 "GpZ3sK/oH9p7VIiV56G/64Zo/8GaUw434IimaPqxwCo";
    arena_auto struct arena arena = ARENA(4096);
    struct password_get_out row;
    int found = password_get_one(l->store, &(struct password_get_in){person}, &row, &arena, err);
    struct text hash = found == 1 ? text_head(row.hash, PASSWORD_HASH - 1) : text_of(nobody);

    if (found < 0)
        return -1;
    if (arena.failed)
        return err_set(err, NO_MEMORY);
    memcpy(out, hash.p, hash.n);
    out[hash.n] = '\0';
    return found;
}

int password_fits(const char *hash, struct text password, struct err *err)
{
    if (sodium_init() < 0)
        return err_set(err, NO_MEMORY);
    return password.n <= PASSWORD_MAX &&
           crypto_pwhash_str_verify(hash, password.p, password.n) == 0;
}
