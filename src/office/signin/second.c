/* second.c: see second.h. */
#include "office/signin/second.h"

#include <sodium.h>

#include "formats/qr.h"
#include "office/signin/session.h"
#include "office/signin/totp.h"
#include "second.sql.h"

enum { WAITING = 0, COUNTS = 1 };

/* An opened secret. second_close wipes it. */
struct second {
    struct opened opened;
    struct text secret;
    int64_t step;
    struct text commitment, box, wrapped; /* as they are stored; in the arena */
};

static void second_close(struct second *s)
{
    seal_release(&s->opened);
}

/* What is sealed: who it belongs to and the secret, so that a row moved to somebody else opens for
 * nobody. */
static void value_of(struct buf *out, struct text person, const unsigned char *secret)
{
    buf_text(out, person);
    buf_char(out, '\n');
    buf_bytes(out, secret, TOTP_SECRET);
}

/* 1 and the secret, 0 when there is none, -1. */
static int second_open(struct ledger *l, struct text person, int state, struct second *s,
                       struct arena *arena, struct err *err)
{
    struct second_get_out row;
    struct hash commitment;
    struct text value;
    int rc = second_get_one(l->store, &(struct second_get_in){person, state}, &row, arena, err);

    *s = (struct second){.step = -1};
    if (rc != 1)
        return rc;
    if (arena->failed)
        return err_set(err, NO_MEMORY);
    if (!l->has_seal)
        return err_set(err, KEYS_MISSING, text_of("keys/seal.key"));
    if (row.commitment.n != sizeof commitment.b)
        return err_set(err, SEAL_BROKEN);
    memcpy(commitment.b, row.commitment.p, sizeof commitment.b);
    if (seal_open(&commitment, row.wrapped, row.box, &l->seal, &s->opened, err) != 0)
        return -1;
    value = s->opened.value;
    if (value.n != person.n + 1 + TOTP_SECRET || !text_starts(value, person)) {
        second_close(s);
        return err_set(err, SEAL_BROKEN);
    }
    s->secret = text_from(value, person.n + 1);
    s->step = row.step;
    s->commitment = row.commitment;
    s->box = row.box;
    s->wrapped = row.wrapped;
    return 1;
}

int second_enrol(struct ledger *l, struct text person, struct buf *uri, struct err *err)
{
    buf_auto struct buf box = BUF(SEAL_BOX_MAX), value = BUF(1024);
    unsigned char secret[TOTP_SECRET], wrapped[SEAL_WRAPPED];
    struct hash commitment;
    int rc = -1;

    if (!l->has_seal)
        return err_set(err, KEYS_MISSING, text_of("keys/seal.key"));
    if (l->env->random(l->env, secret, sizeof secret) != 0)
        return err_set(err, RANDOM, text_of("getrandom"));
    value_of(&value, person, secret);
    if (value.failed)
        err_set(err, NO_MEMORY);
    else if (seal_close(buf_view(&value), &l->seal, l->env, &commitment, wrapped, &box, err) == 0)
        rc = second_put(l->store,
                        &(struct second_put_in){.person = person,
                                                .state = WAITING,
                                                .commitment = hash_text(&commitment),
                                                .box = buf_view(&box),
                                                .wrapped = {(char *)wrapped, sizeof wrapped},
                                                .step = -1},
                        err);
    if (rc == 0) {
        totp_uri(uri, text_of(l->name), person, (struct text){(char *)secret, sizeof secret});
        rc = uri->failed ? err_set(err, NO_MEMORY) : 0;
    }
    sodium_memzero(secret, sizeof secret);
    if (value.p)
        sodium_memzero(value.p, value.n);
    return rc;
}

int second_picture(struct text uri, struct buf *svg, struct err *err)
{
    return qr_svg(svg, uri, err);
}

struct text second_secret(struct text uri)
{
    ptrdiff_t at = text_find(uri, T("?secret="));
    struct text rest = text_from(uri, at < 0 ? uri.n : (size_t)at + 8), secret = T("");

    text_cut(&rest, '&', &secret);
    return secret;
}

/* --- recovery codes -------------------------------------------------------------------------- */

/* The hash of a code as a person types it: letters of either case, dashes and spaces left out. ""
 * in place of what is no such code. */
static struct text recovery_hash(struct text person, struct text code, char out[static 65])
{
    buf_auto struct buf plain = BUF(2048);
    struct hash h;
    size_t from;
    uint32_t cp;

    buf_str(&plain, "xiaohao recovery v1\n");
    buf_text(&plain, person);
    buf_char(&plain, '\n');
    from = plain.n;
    while ((cp = text_next(&code)) != 0 && plain.n - from <= 16) {
        cp = text_fold_cp(cp);
        if (cp && cp != '-')
            buf_cp(&plain, cp);
    }
    if (plain.failed || plain.n - from != 16)
        return T("");
    h = sha256(buf_view(&plain));
    sodium_bin2hex(out, 65, h.b, sizeof h.b);
    sodium_memzero(plain.p, plain.n);
    return (struct text){out, 64};
}

/* Ten new ones instead of those that there were; inside a transaction. */
static int new_codes(struct ledger *l, struct text person,
                     char codes[static RECOVERY_CODES][RECOVERY_TEXT], struct err *err)
{
    if (recovery_clear(l->store, &(struct recovery_clear_in){person}, err) != 0)
        return -1;
    for (int i = 0; i < RECOVERY_CODES; i++) {
        unsigned char raw[LETTERS_BYTES];
        char hash[65];
        if (l->env->random(l->env, raw, sizeof raw) != 0)
            return err_set(err, RANDOM, text_of("getrandom"));
        letters_in_fours(raw, codes[i]);
        sodium_memzero(raw, sizeof raw);
        if (recovery_put(
                l->store,
                &(struct recovery_put_in){person, recovery_hash(person, text_of(codes[i]), hash)},
                err) != 0)
            return -1;
    }
    return 0;
}

int second_confirm(struct ledger *l, struct text person, struct text code, struct text keep_token,
                   char codes[static RECOVERY_CODES][RECOVERY_TEXT], struct err *err)
{
    arena_auto struct arena arena = ARENA(1u << 20);
    struct second s;
    int64_t step = -1;
    int rc;

    if (store_begin(l->store, STORE_BESIDE, err) != 0)
        return -1;
    rc = second_open(l, person, WAITING, &s, &arena, err);
    if (rc == 1) {
        step = totp_match(s.secret, code, l->env->now(l->env), s.step);
        second_close(&s);
    }
    if (rc < 0 || step < 0) {
        store_rollback(l->store);
        return rc < 0 ? -1 : 0;
    }
    if (second_put(l->store,
                   &(struct second_put_in){.person = person,
                                           .state = COUNTS,
                                           .commitment = s.commitment,
                                           .box = s.box,
                                           .wrapped = s.wrapped,
                                           .step = step},
                   err) != 0 ||
        second_drop(l->store, &(struct second_drop_in){person, WAITING}, err) != 0 ||
        new_codes(l, person, codes, err) != 0 ||
        session_end_others(l, person, keep_token, err) != 0) {
        store_rollback(l->store);
        return -1;
    }
    return store_commit(l->store, err) != 0 ? -1 : 1;
}

int second_has(struct ledger *l, struct text person, int64_t *left, struct err *err)
{
    arena_auto struct arena arena = ARENA(1u << 20);
    struct recovery_left_out codes;
    struct second_get_out row;
    int rc = second_get_one(l->store, &(struct second_get_in){person, COUNTS}, &row, &arena, err);

    if (rc < 0 || left == NULL)
        return rc;
    if (recovery_left_one(l->store, &(struct recovery_left_in){person}, &codes, NULL, err) < 0)
        return -1;
    *left = codes.n;
    return rc;
}

int second_check(struct ledger *l, struct text person, struct text code, struct err *err)
{
    arena_auto struct arena arena = ARENA(1u << 20);
    char hex[65];
    struct text hash = recovery_hash(person, code, hex);
    struct recovery_get_out found = {0};
    struct second s;
    int64_t step = -1;
    int rc;

    /* Read and marked as used under the database's lock: a code counts once, whoever is first. */
    if (store_begin(l->store, STORE_BESIDE, err) != 0)
        return -1;
    rc = second_open(l, person, COUNTS, &s, &arena, err);
    if (rc == 1) {
        step = totp_match(s.secret, code, l->env->now(l->env), s.step);
        second_close(&s);
        if (step >= 0)
            rc = second_used(l->store, &(struct second_used_in){person, step}, err);
        else if (hash.n)
            rc = recovery_get_one(l->store, &(struct recovery_get_in){person, hash}, &found, NULL,
                                  err);
        if (rc >= 0 && found.n)
            rc = recovery_drop(l->store, &(struct recovery_drop_in){person, hash}, err);
    }
    if (rc < 0 || (step < 0 && found.n == 0)) {
        store_rollback(l->store);
        return rc < 0 ? -1 : 0;
    }
    return store_commit(l->store, err) != 0 ? -1 : 1;
}

int second_reset(struct ledger *l, struct text person, struct err *err)
{
    if (store_begin(l->store, STORE_BESIDE, err) != 0)
        return -1;
    if (second_drop(l->store, &(struct second_drop_in){person, WAITING}, err) != 0 ||
        second_drop(l->store, &(struct second_drop_in){person, COUNTS}, err) != 0 ||
        recovery_clear(l->store, &(struct recovery_clear_in){person}, err) != 0 ||
        session_end_others(l, person, T(""), err) != 0) {
        store_rollback(l->store);
        return -1;
    }
    return store_commit(l->store, err);
}
