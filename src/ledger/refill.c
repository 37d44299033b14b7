/* refill.c: see refill.h. */
#include "ledger/refill.h"

#include <stdio.h>

#include "base/mem.h"
#include "ledger/identity.h"
#include "ledger/replay.h"
#include "log.sql.h"

/* Entries of one transaction: the write-ahead log stays small. */
enum { COMMIT = 20000, RESUMABLE = 1000 };

struct refill {
    struct ledger *ledger;
    struct replay replay;
    int64_t size, covered, began; /* what is wanted; of the last checkpoint; of this transaction */
    struct identity who;          /* as the log says */
    bool steps;                   /* on a server as well */
    struct entry entry;
};

static int wrong(struct err *err, int64_t seq, const char *why)
{
    char number[24];

    snprintf(number, sizeof number, "%lld", (long long)seq);
    return err_set(err, WRONG_ENTRY, text_of(number), err_sentence(why));
}

static int wrong_checkpoint(struct err *err, int64_t size, const char *why)
{
    char number[24];

    snprintf(number, sizeof number, "%lld", (long long)size);
    return err_set(err, WRONG_CHECKPOINT, text_of(number), err_sentence(why));
}

static struct refill *begin(struct ledger *l, int64_t until, int64_t size, struct err *err)
{
    struct refill *r = mem_alloc(sizeof *r);

    if (r == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    *r = (struct refill){.ledger = l, .size = size};
    replay_start(&r->replay, l,
                 &(struct how){.until = until, .last = INT64_MAX, .recompute = true});
    if (store_begin(l->store, STORE_WRITE, err) == 0)
        return r;
    refill_drop(r);
    return NULL;
}

struct refill *refill_open(struct ledger *l, int64_t until, int64_t size, struct err *err)
{
    struct refill *r = begin(l, until, size, err);

    if (r == NULL || (schema_make(l->store, err) == 0 && projections_make(l->store, err) == 0))
        return r;
    refill_drop(r);
    return NULL;
}

/* Where the log that is there ends. */
static int find_end(struct refill *r, struct err *err)
{
    arena_auto struct arena arena = ARENA(1u << 20);
    struct ledger *l = r->ledger;
    struct tile_reader tiles = ledger_tiles(l);
    struct checkpoint_last_out note;
    struct log_last_out last;
    struct entry e;
    int rc = log_last_one(l->store, NULL, &last, &arena, err);

    if (rc != 1 || last.seq < 0)
        return rc < 0 ? -1 : 0;
    if (frontier_load(&r->replay.b.frontier, (uint64_t)last.seq + 1, &tiles, err) != 0 ||
        ledger_entry(l, last.seq, &arena, &e, err) != 0 || ledger_refresh(l, err) != 0)
        return -1;
    r->replay.b.at = e.at;
    r->began = last.seq + 1;
    r->who.key = l->key;
    snprintf(r->who.origin, sizeof r->who.origin, "%s", l->origin);
    rc = checkpoint_last_one(l->store, NULL, &note, &arena, err);
    r->covered = rc == 1 ? note.size : 0;
    return rc < 0 ? -1 : 0;
}

struct refill *refill_resume(struct ledger *l, struct err *err)
{
    struct refill *r = begin(l, INT64_MAX, INT64_MAX, err);

    if (r == NULL)
        return NULL;
    r->steps = true;
    if (find_end(r, err) == 0)
        return r;
    refill_drop(r);
    return NULL;
}

/* What was projected so far is written. In a file that has no name yet the transaction begins anew,
 * so that the write-ahead log stays small; a server gets all of it in one, unless it can go on. */
int refill_step(struct refill *r, struct err *err)
{
    r->began = refill_entries(r);
    if (replay_flush(&r->replay, err) != 0)
        return -1;
    if (r->ledger->store->server && !r->steps)
        return 0;
    if (store_commit(r->ledger->store, err) != 0)
        return -1;
    return store_begin(r->ledger->store, STORE_WRITE, err);
}

int refill_entry(struct refill *r, struct text bytes, const struct entry **read, struct err *err)
{
    struct replay *p = &r->replay;
    struct entry *e = &r->entry;
    int64_t seq = refill_entries(r);
    const char *why;

    if (seq >= r->size)
        return 0;
    if ((seq - r->began >= (r->steps ? RESUMABLE : COMMIT) || p->arena.used > (16u << 20)) &&
        refill_step(r, err) != 0)
        return -1;
    if (!entry_read(bytes, &p->arena, e, &why))
        return p->arena.failed ? err_set(err, NO_MEMORY) : wrong(err, seq, why);
    if (e->seq != seq)
        return wrong(err, seq, N_("its number is another one"));
    if (e->at < p->b.at)
        return wrong(err, seq, N_("it is older than the entry before it"));
    if (e->at > p->how.until)
        return 0;
    if (identity_follow(&r->who, e, err) < 0 || batch_append(&p->b, e, bytes, err) != 0 ||
        replay_read(p, e, err) < 0)
        return -1;
    if (read)
        *read = e;
    return 1;
}

int refill_checkpoint(struct refill *r, struct text note, struct err *err)
{
    struct batch *b = &r->replay.b;
    int64_t size = refill_entries(r);
    struct hash root = frontier_root(&b->frontier);
    struct text body;
    struct checkpoint c;
    struct err why;

    if (size == 0 || note_open(note, &r->who.key, 1, &body, NULL, &why) != 0 ||
        checkpoint_parse(&c, body, &why) != 0)
        return wrong_checkpoint(err, size, N_("its signature does not fit"));
    if (!text_eq(c.origin, text_of(r->who.origin)) || c.size != (uint64_t)size)
        return wrong_checkpoint(err, size, N_("it says something else of itself"));
    if (!hash_eq(&c.root, &root))
        return wrong_checkpoint(err, size, N_("the entries do not give its root"));
    r->covered = size;
    return checkpoint_put(b->store, &(struct checkpoint_put_in){.size = size, .note = note}, err);
}

int64_t refill_entries(const struct refill *r)
{
    return (int64_t)r->replay.b.frontier.size;
}

int64_t refill_last(const struct refill *r)
{
    return r->replay.b.at;
}

int refill_copy(struct refill *r, struct err *err)
{
    struct ledger *l = r->ledger;
    buf_auto struct buf bytes = BUF(ENTRY_BYTES), key = BUF(1024);
    char id[37], uuid[37], origin[64];
    struct entry e = {.seq = refill_entries(r),
                      .at = l->env->now(l->env),
                      .via = T("restore"),
                      .on = T("ledger")};

    if (ledger_refresh(l, err) != 0 || env_uuid(l->env, id, err) != 0 ||
        env_uuid(l->env, uuid, err) != 0)
        return -1;
    snprintf(origin, sizeof origin, "xiaohao/%s", uuid);
    signer_free(l->signer);
    l->signer = signer_new(text_of(origin), l->env, err);
    if (l->signer == NULL)
        return -1;
    vkey_write(signer_vkey(l->signer), &key);
    if (e.at < r->replay.b.at)
        e.at = r->replay.b.at;
    e.id = text_of(id);
    e.by = text_of(l->owner);
    e.event.kind = EVENT_LEDGER_COPY;
    e.event.ledger_copy =
        (struct ledger_copy_event){.origin = text_of(origin), .key = buf_view(&key)};
    entry_write(&bytes, &e);
    if (bytes.failed || key.failed)
        return err_set(err, NO_MEMORY);
    r->size = INT64_MAX;
    r->replay.how.until = INT64_MAX;
    return refill_entry(r, buf_view(&bytes), NULL, err) == 1 ? 0 : -1;
}

/* The ledger's key must be the one that the log names; it signs what no checkpoint covers yet. */
static int sign(struct refill *r, struct err *err)
{
    struct ledger *l = r->ledger;
    char number[2][24];

    if (l->signer &&
        memcmp(signer_vkey(l->signer)->key, r->who.key.key, sizeof r->who.key.key) != 0)
        return err_set(err, OTHER_KEY, text_of("keys/log.key"), text_of(r->who.origin));
    if (r->covered == refill_entries(r))
        return batch_head(&r->replay.b, err);
    if (l->signer)
        return batch_settle(&r->replay.b, err);
    snprintf(number[0], sizeof number[0], "%lld", (long long)refill_entries(r));
    snprintf(number[1], sizeof number[1], "%lld", (long long)r->covered);
    return err_set(err, UNCOVERED, text_of(number[0]), text_of(number[1]));
}

int refill_done(struct refill *r, struct err *err)
{
    struct ledger *l = r->ledger;
    int rc = 0;

    if (refill_entries(r) == 0)
        rc = wrong(err, 0, N_("it is missing"));
    if (rc == 0)
        rc = replay_flush(&r->replay, err);
    if (rc == 0)
        rc = ledger_refresh(l, err);
    if (rc == 0)
        rc = sign(r, err);
    if (rc != 0) {
        refill_drop(r);
        return -1;
    }
    rc = replay_end(&r->replay, 0, err);
    mem_free(r);
    if (rc != 0)
        store_rollback(l->store);
    else
        l->trial = true;
    return rc;
}

int refill_commit(struct ledger *l, struct err *err)
{
    l->trial = false;
    return store_commit(l->store, err);
}

void refill_drop(struct refill *r)
{
    struct err ignored;

    if (r == NULL)
        return;
    store_rollback(r->ledger->store);
    replay_end(&r->replay, -1, &ignored);
    mem_free(r);
}
