/* password.c: see password.h. Argon2id by libsodium, with its limits for interactive use. */
#include "office/password.h"

#include <sodium.h>

#include "office/signin/session.h"
#include "office/signin/totp.h"
#include "password.sql.h"

/* Keeps the hash; given: somebody else knows the password. */
static int keep(struct ledger *l, struct text person, struct text password, bool given,
                struct err *err)
{
    char hash[crypto_pwhash_STRBYTES];

    if (password.n < PASSWORD_MIN || password.n > PASSWORD_MAX || !text_utf8(password))
        return err_set(err, BAD_PASSWORD);
    if (sodium_init() < 0 ||
        crypto_pwhash_str(hash, password.p, password.n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        return err_set(err, NO_MEMORY);
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
    return keep(l, person, password, false, err);
}

int password_give(struct ledger *l, struct text person, char out[static PASSWORD_MADE],
                  struct err *err)
{
    unsigned char raw[10];

    if (l->env->random(l->env, raw, sizeof raw) != 0)
        return err_set(err, RANDOM, text_of("getrandom"));
    letters_in_fours(raw, out);
    sodium_memzero(raw, sizeof raw);
    return keep(l, person, text_of(out), true, err);
}

int password_kind(struct ledger *l, struct text person, struct err *err)
{
    struct password_held_out row;

    if (password_held_one(l->store, &(struct password_held_in){person}, &row, NULL, err) < 0)
        return -1;
    return row.own == 0 ? PASSWORD_NONE : row.given ? PASSWORD_GIVEN : PASSWORD_OWN;
}

int password_check(struct ledger *l, struct text person, struct text password, struct err *err)
{
    /* Of a random password that nobody knows, for persons who have none. */
    static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$"
                                 "GpZ3sK/oH9p7VIiV56G/64Zo/8GaUw434IimaPqxwCo";
    arena_auto struct arena arena = ARENA(4096);
    struct password_get_out row;
    int found = password_get_one(l->store, &(struct password_get_in){person}, &row, &arena, err);
    const char *hash = found == 1 ? arena_cstr(&arena, row.hash) : nobody;
    bool fits;

    if (found < 0)
        return -1;
    if (sodium_init() < 0 || arena.failed)
        return err_set(err, NO_MEMORY);
    if (password.n > PASSWORD_MAX)
        return 0;
    fits = crypto_pwhash_str_verify(hash, password.p, password.n) == 0;
    return fits && found == 1;
}
