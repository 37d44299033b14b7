/* session.c: see session.h. */
#include "office/signin/session.h"

#include <sodium.h>

#include "office/signin/limit.h"
#include "session.sql.h"

enum { AGENT_MAX = 160, BASE64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING };
_Static_assert(SESSION_TOKEN == sodium_base64_ENCODED_LEN(32, BASE64),
               "session.h and libsodium agree");

static struct text hash_of(struct text token, char out[static 65])
{
    struct hash h = sha256(token);

    sodium_bin2hex(out, 65, h.b, sizeof h.b);
    return (struct text){out, 64};
}

int session_open(struct ledger *l, struct text person, struct text agent, struct text address,
                 char token[static SESSION_TOKEN], struct err *err)
{
    buf_auto struct buf network = BUF(128);
    unsigned char raw[32];
    char hash[65];
    int64_t now = l->env->now(l->env);

    if (l->env->random(l->env, raw, sizeof raw) != 0)
        return err_set(err, RANDOM, text_of("getrandom"));
    sodium_bin2base64(token, SESSION_TOKEN, raw, sizeof raw, BASE64);
    sodium_memzero(raw, sizeof raw);
    address_network(address, &network);
    if (network.failed)
        return err_set(err, NO_MEMORY);
    if (!text_utf8(agent))
        agent = T("");
    if (store_begin(l->store, STORE_BESIDE, err) != 0)
        return -1;
    if (session_sweep(l->store,
                      &(struct session_sweep_in){now, SESSION_IDLE_MS, SESSION_ABSOLUTE_MS},
                      err) != 0 ||
        session_put(l->store,
                    &(struct session_put_in){.hash = hash_of(text_of(token), hash),
                                             .person = person,
                                             .created = now,
                                             .seen = now,
                                             .agent = text_clip(agent, AGENT_MAX),
                                             .address = buf_view(&network)},
                    err) != 0) {
        store_rollback(l->store);
        return -1;
    }
    return store_commit(l->store, err);
}

/* What follows from a row and the moment. */
static void complete(struct session *s, struct text hash, int64_t now)
{
    memcpy(s->id, hash.p, SESSION_ID - 1);
    s->id[SESSION_ID - 1] = '\0';
    s->expires = s->seen + SESSION_IDLE_MS;
    if (s->expires > s->created + SESSION_ABSOLUTE_MS)
        s->expires = s->created + SESSION_ABSOLUTE_MS;
    s->touch = now - s->seen >= SESSION_SEEN_MS;
}

int session_get(struct ledger *l, struct text token, struct session *s, struct arena *arena,
                struct err *err)
{
    struct session_row_out row;
    char hex[65];
    struct text hash = hash_of(token, hex);
    int64_t now = l->env->now(l->env);
    int rc;

    if (token.n != SESSION_TOKEN - 1)
        return 0;
    rc = session_row_one(l->store,
                         &(struct session_row_in){hash, now, SESSION_IDLE_MS, SESSION_ABSOLUTE_MS},
                         &row, arena, err);
    if (rc != 1)
        return rc;
    *s = (struct session){.person = row.person,
                          .agent = row.agent,
                          .address = row.address,
                          .created = row.created,
                          .seen = row.seen,
                          .given = row.given != 0};
    complete(s, hash, now);
    return arena->failed ? err_set(err, NO_MEMORY) : 1;
}

int session_touch(struct ledger *l, struct text token, struct err *err)
{
    char hash[65];

    return session_seen(l->store,
                        &(struct session_seen_in){hash_of(token, hash), l->env->now(l->env)}, err);
}

int session_close(struct ledger *l, struct text token, struct err *err)
{
    char hash[65];

    return session_end(l->store, &(struct session_end_in){hash_of(token, hash)}, err);
}

int session_close_one(struct ledger *l, struct text person, struct text id, struct err *err)
{
    return session_end_one(l->store, &(struct session_end_one_in){person, id}, err);
}

int session_close_all(struct ledger *l, struct text person, struct err *err)
{
    return session_end_others(l, person, T(""), err);
}

int session_end_others(struct ledger *l, struct text person, struct text keep_token,
                       struct err *err)
{
    char hash[65];

    return session_end_but(
        l->store,
        &(struct session_end_but_in){person, keep_token.n ? hash_of(keep_token, hash) : T("")},
        err);
}

int session_list(struct ledger *l, struct text person, struct session **list, size_t *count,
                 struct arena *arena, struct err *err)
{
    enum { MOST = 200 };
    struct session_of_out row;
    struct rows rows;
    int64_t now = l->env->now(l->env);
    int rc;

    *count = 0;
    *list = arena_array(arena, struct session, MOST);
    if (*list == NULL)
        return err_set(err, NO_MEMORY);
    if (session_of_open(l->store,
                        &(struct session_of_in){person, now, SESSION_IDLE_MS, SESSION_ABSOLUTE_MS},
                        &rows, err) != 0)
        return -1;
    while ((rc = session_of_next(&rows, &row, err)) == 1 && *count < MOST) {
        struct session *s = &(*list)[(*count)++];
        *s = (struct session){.person = arena_text(arena, person),
                              .agent = arena_text(arena, row.agent),
                              .address = arena_text(arena, row.address),
                              .created = row.created,
                              .seen = row.seen};
        complete(s, row.hash, now);
    }
    rows_close(&rows);
    if (rc < 0)
        return -1;
    return arena->failed ? err_set(err, NO_MEMORY) : 0;
}

void session_csrf(struct text token, char out[static SESSION_TOKEN])
{
    struct hash h = sha256_join(T("xiaohao csrf v1\n"), token, T(""));

    sodium_bin2base64(out, SESSION_TOKEN, h.b, sizeof h.b, BASE64);
}

bool session_csrf_fits(struct text token, struct text given)
{
    char wanted[SESSION_TOKEN];

    session_csrf(token, wanted);
    return given.n == SESSION_TOKEN - 1 && sodium_memcmp(wanted, given.p, given.n) == 0;
}
