/* limit.c: see limit.h. */
#include "office/signin/limit.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "base/sha256.h"
#include "limit.sql.h"

enum { KEYS = 3, KEY_TEXT = 2 + 64 + 1 };

static const struct {
    char letter;
    bool who, where;
    int64_t tries, ms;
} windows[KEYS] = {{'b', true, true, LIMIT_PAIR, LIMIT_PAIR_MS},
                   {'p', true, false, LIMIT_PERSON, LIMIT_PERSON_MS},
                   {'a', false, true, LIMIT_ADDRESS, LIMIT_ADDRESS_MS}};

/* Keeps the first bits of an address; "" when it is none. */
static void mask_address(struct text address, unsigned v4_bits, unsigned v6_bits,
                         char out[static INET6_ADDRSTRLEN])
{
    unsigned char b[16];
    char given[INET6_ADDRSTRLEN];
    int family = AF_INET;
    unsigned bits = v4_bits;

    out[0] = '\0';
    if (address.n >= sizeof given)
        return;
    snprintf(given, sizeof given, "%.*s", TEXT_ARG(address));
    if (inet_pton(AF_INET, given, b) != 1) {
        if (inet_pton(AF_INET6, given, b) != 1)
            return;
        family = AF_INET6;
        bits = v6_bits;
    }
    for (unsigned bit = bits; bit < (family == AF_INET ? 32u : 128u); bit++)
        b[bit / 8] &= (unsigned char)~(0x80u >> bit % 8);
    inet_ntop(family, b, out, INET6_ADDRSTRLEN);
}

void address_network(struct text address, struct buf *out)
{
    char masked[INET6_ADDRSTRLEN];

    mask_address(address, 24, 48, masked);
    if (masked[0] == '\0') {
        buf_text(out, text_clip(address, 64));
        return;
    }
    buf_str(out, masked);
    buf_str(out, strchr(masked, ':') ? "/48" : "/24");
}

/* What is counted under: a letter and a hash, so that keys are short whatever was given. A
 * subscriber's IPv6 network is one address. */
static struct text key_of(int window, struct text who, struct text address,
                          char out[static KEY_TEXT])
{
    char masked[INET6_ADDRSTRLEN];
    struct hash h;
    int n = 0;

    mask_address(address, 32, 64, masked);
    if (masked[0])
        address = text_of(masked);
    h = sha256_join(windows[window].who ? who : T(""), T("\n"),
                    windows[window].where ? address : T(""));
    n += snprintf(out, KEY_TEXT, "%c:", windows[window].letter);
    for (size_t i = 0; i < sizeof h.b; i++)
        n += snprintf(out + n, (size_t)(KEY_TEXT - n), "%02x", h.b[i]);
    return (struct text){out, (size_t)n};
}

/* One window of one try; moves *until on when it is over its number. */
static int count(struct ledger *l, int window, struct text key, int64_t now, int64_t *until,
                 struct err *err)
{
    struct attempt_get_out row;

    if (attempt_add(l->store, &(struct attempt_add_in){key, now + windows[window].ms}, err) != 0 ||
        attempt_get_one(l->store, &(struct attempt_get_in){key}, &row, NULL, err) < 0)
        return -1;
    if (row.n > windows[window].tries && row.until > *until)
        *until = row.until;
    return 0;
}

int limit_try(struct ledger *l, struct text who, struct text address, int64_t *until,
              struct err *err)
{
    int64_t now = l->env->now(l->env);
    int rc;

    *until = 0;
    if (store_begin(l->store, STORE_BESIDE, err) != 0)
        return -1;
    rc = attempt_sweep(l->store, &(struct attempt_sweep_in){now}, err);
    for (int i = 0; i < KEYS && rc == 0; i++) {
        char key[KEY_TEXT];
        rc = count(l, i, key_of(i, who, address, key), now, until, err);
    }
    /* What is not looked at is not counted either: waiting is over when the window is. */
    if (rc != 0 || *until) {
        store_rollback(l->store);
        return rc != 0 ? -1 : 0;
    }
    return store_commit(l->store, err) != 0 ? -1 : 1;
}

int limit_right(struct ledger *l, struct text who, struct text address, struct err *err)
{
    if (store_begin(l->store, STORE_BESIDE, err) != 0)
        return -1;
    for (int i = 0; i < KEYS; i++) {
        char key[KEY_TEXT];
        if (attempt_take_back(
                l->store, &(struct attempt_take_back_in){key_of(i, who, address, key)}, err) != 0) {
            store_rollback(l->store);
            return -1;
        }
    }
    return store_commit(l->store, err);
}
