/* identity.c: see identity.h. */
#include "ledger/identity.h"

#include <stdio.h>

static int wrong(struct err *err, int64_t seq, const char *why)
{
    char number[24];

    snprintf(number, sizeof number, "%lld", (long long)seq);
    return err_set(err, WRONG_ENTRY, text_of(number), err_sentence(why));
}

static int become(struct identity *who, struct text origin, struct text key, struct err *err)
{
    origin = text_clip(origin, sizeof who->origin - 1);
    if (vkey_parse(&who->key, key, err) != 0)
        return -1;
    if (origin.n)
        memcpy(who->origin, origin.p, origin.n);
    who->origin[origin.n] = '\0';
    return 1;
}

int identity_follow(struct identity *who, const struct entry *e, struct err *err)
{
    const struct event *d = &e->event;

    if ((d->kind == EVENT_LEDGER_INIT) != (e->seq == 0))
        return wrong(err, e->seq,
                     e->seq ? N_("it begins another ledger") : N_("it does not begin a ledger"));
    if (d->kind == EVENT_LEDGER_INIT)
        return become(who, d->ledger_init.origin, d->ledger_init.key, err);
    if (d->kind == EVENT_LEDGER_COPY)
        return become(who, d->ledger_copy.origin, d->ledger_copy.key, err);
    return 0;
}

int identity_follow_bytes(struct identity *who, int64_t seq, struct text bytes, struct arena *arena,
                          struct err *err)
{
    struct entry e;
    const char *why;

    if (seq > 0 && !text_has(bytes, T("\"kind\":\"ledger.copy\"")))
        return 0;
    arena_clear(arena);
    if (!entry_read(bytes, arena, &e, &why))
        return arena->failed ? err_set(err, NO_MEMORY) : wrong(err, seq, why);
    return identity_follow(who, &e, err);
}
