/* verify.c: see verify.h. */
#include "ledger/verify.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "ledger/compare.h"
#include "ledger/evidence_home.h"
#include "ledger/identity.h"
#include "log.sql.h"

static struct text decimal(char out[static 24], int64_t v)
{
    snprintf(out, 24, "%lld", (long long)v);
    return text_of(out);
}

static int bad_entry(struct err *err, int64_t seq, const char *why)
{
    char number[24];

    return err_set(err, WRONG_ENTRY, decimal(number, seq), err_sentence(why));
}

static int bad_checkpoint(struct err *err, int64_t size, const char *why)
{
    char number[24];

    return err_set(err, WRONG_CHECKPOINT, decimal(number, size), err_sentence(why));
}

/* A checkpoint that somebody kept, and what the log gave when it had that size. A copy's log has
 * had several identities; the checkpoint is of one of them. */
struct held {
    struct text note;
    bool open, seen;
    struct checkpoint c;
    struct err why; /* the last identity was not the one */
};

/* Whether this identity of the log has signed it; whoever has not is no failure yet. */
static void held_open(struct held *h, const struct identity *who)
{
    struct text body;

    if (h->note.n == 0 || h->open)
        return;
    h->open = note_open(h->note, &who->key, 1, &body, NULL, &h->why) == 0 &&
              checkpoint_parse(&h->c, body, &h->why) == 0;
    if (h->open && !text_eq(h->c.origin, text_of(who->origin))) {
        h->open = false;
        err_set(&h->why, WRONG_HELD, err_sentence(N_("it is of another ledger")));
    }
}

static int held_check(struct held *h, const struct frontier *f, struct err *err)
{
    struct hash root;

    if (!h->open || h->c.size != f->size)
        return 0;
    root = frontier_root(f);
    h->seen = true;
    if (hash_eq(&root, &h->c.root))
        return 0;
    return err_set(
        err, WRONG_HELD,
        err_sentence(N_("an entry that it covers has been changed, taken out or put in")));
}

static int held_end(const struct held *h, struct verify_report *report, struct err *err)
{
    char have[24], then[24];

    if (h->note.n == 0)
        return 0;
    if (!h->open) {
        *err = h->why;
        return -1;
    }
    report->held = (int64_t)h->c.size;
    if (!h->seen)
        return err_set(err, ROLLED_BACK, decimal(have, report->entries),
                       decimal(then, report->held));
    return 0;
}

/* One stored checkpoint against the tree. */
static int check_checkpoint(const struct identity *who, const struct checkpoint_all_out *row,
                            const struct hash *root, struct err *err)
{
    struct text body;
    struct checkpoint c;
    struct err why;

    if (note_open(row->note, &who->key, 1, &body, NULL, &why) != 0 ||
        checkpoint_parse(&c, body, &why) != 0)
        return why.code == ERR_NO_MEMORY
                   ? err_set(err, NO_MEMORY)
                   : bad_checkpoint(err, row->size, N_("its signature does not fit"));
    if (!text_eq(c.origin, text_of(who->origin)) || c.size != (uint64_t)row->size)
        return bad_checkpoint(err, row->size, N_("it says something else of itself"));
    if (!hash_eq(&c.root, root))
        return bad_checkpoint(err, row->size, N_("the entries do not give its root"));
    return 0;
}

/* What an entry says, beyond its bytes. */
struct order {
    struct arena *arena;
    int64_t at;
};

static int check_evidence(struct ledger *l, const struct entry *e, struct evidence_list list,
                          struct verify_report *report, struct err *err)
{
    struct evidence_home home;

    evidence_home_of(&home, l);
    for (size_t i = 0; i < list.count; i++) {
        enum evidence_found found = EVIDENCE_MISSING;
        struct hash named;
        char number[24];
        const char *reason = NULL;
        struct err why;
        if (hash_parse(list.at[i].hash, &named) &&
            evidence_check(&home, list.at[i].hash, &found, &why) != 0) {
            if (home.store) {
                *err = why;
                return -1;
            }
            reason = N_("the file cannot be read");
        } else if (found == EVIDENCE_MISSING && report->lost) {
            report->lost(report->lost_arg, e, &list.at[i]);
            continue;
        } else if (found != EVIDENCE_WHOLE) {
            reason =
                found == EVIDENCE_MISSING ? N_("the file is missing") : N_("the file was altered");
        }
        if (reason)
            return err_set(err, WRONG_EVIDENCE, list.at[i].name, decimal(number, e->seq),
                           err_sentence(reason));
        report->evidence++;
    }
    return 0;
}

static int check_sealed(struct ledger *l, const struct entry *e, struct sealed_list list,
                        struct verify_report *report, struct arena *arena, struct err *err)
{
    for (size_t i = 0; i < list.count; i++) {
        struct sealed_get_out row;
        struct opened opened = {0};
        struct hash commitment;
        struct err why;
        int rc =
            sealed_get_one(l->store, &(struct sealed_get_in){.commitment = list.at[i].commitment},
                           &row, arena, err);
        if (rc < 0 || arena->failed)
            return rc < 0 ? -1 : err_set(err, NO_MEMORY);
        if (rc == 0 || !l->has_seal)
            continue; /* erased, or sealed for whoever has the key: the commitment stands */
        bool fits = text_eq(row.item, e->on) && text_eq(row.field, list.at[i].field) &&
                    hash_parse(list.at[i].commitment, &commitment);
        if (fits && seal_open(&commitment, row.wrapped, row.box, &l->seal, &opened, &why) != 0) {
            if (why.code == ERR_NO_MEMORY)
                return err_set(err, NO_MEMORY);
            fits = false;
        }
        if (!fits)
            return err_set(err, WRONG_SEALED, list.at[i].commitment,
                           err_sentence(N_("it is not what the entry committed to")));
        seal_release(&opened);
        report->sealed++;
    }
    return 0;
}

static int check_entry(struct ledger *l, struct order *order, int64_t seq, struct text bytes,
                       struct verify_report *report, struct err *err)
{
    struct entry e;
    const char *why;
    const struct event *d = &e.event;
    struct evidence_line document;

    arena_clear(order->arena);
    if (!entry_read(bytes, order->arena, &e, &why))
        return order->arena->failed ? err_set(err, NO_MEMORY) : bad_entry(err, seq, why);
    if (e.seq != seq)
        return bad_entry(err, seq, N_("its number is another one"));
    if (e.at < order->at)
        return bad_entry(err, seq, N_("it is older than the entry before it"));
    order->at = e.at;
    if (check_evidence(l, &e, entry_evidence(&e, &document), report, err) != 0)
        return -1;
    switch (d->kind) {
    case EVENT_ITEM_REGISTER:
        return check_sealed(l, &e, d->item_register.sealed, report, order->arena, err);
    case EVENT_ITEM_AMEND:
        return check_sealed(l, &e, d->item_amend.sealed, report, order->arena, err);
    default: return 0;
    }
}

/* The stored hashes of the levels above the leaves. */
static int check_nodes(struct ledger *l, const struct tile_hash *done, int count,
                       struct arena *arena, struct verify_report *report, struct err *err)
{
    for (int i = 0; i < count; i++) {
        struct node_get_out row;
        int rc = node_get_one(
            l->store, &(struct node_get_in){.level = done[i].level, .idx = (int64_t)done[i].index},
            &row, arena, err);
        if (rc < 0 || arena->failed)
            return rc < 0 ? -1 : err_set(err, NO_MEMORY);
        if (rc == 0 || !text_eq(row.hash, hash_text(&done[i].hash)))
            return bad_entry(err, report->entries - 1,
                             N_("a stored hash of the tree above it does not fit"));
    }
    return 0;
}

/* What stands behind the last entry: the head, and no more stored hashes than the tree has. */
static int check_end(struct ledger *l, const struct frontier *f, int64_t nodes,
                     struct verify_report *report, struct arena *arena, struct err *err)
{
    const char *apart = N_("the log's head does not agree with its entries");
    buf_auto struct buf frontier = BUF(4096);
    struct hash root = frontier_root(f);
    struct node_count_out stored;
    struct head_get_out head;
    struct entry last;
    int rc = head_get_one(l->store, NULL, &head, arena, err);

    if (rc < 0 || node_count_one(l->store, NULL, &stored, arena, err) < 0)
        return -1;
    frontier_write(f, &frontier);
    if (frontier.failed || arena->failed)
        return err_set(err, NO_MEMORY);
    if (rc == 0 || head.size != report->entries || report->checkpoints == 0)
        return bad_entry(err, report->entries, apart);
    if (ledger_entry(l, report->entries - 1, arena, &last, err) != 0)
        return -1;
    if (head.at != last.at || !text_eq(buf_view(&frontier), head.frontier))
        return bad_entry(err, report->entries - 1, apart);
    if (stored.n != nodes)
        return bad_entry(err, report->entries - 1,
                         N_("a stored hash of the tree above it does not fit"));
    if (!hash_eq(&root, &report->root))
        return bad_entry(err, report->entries - 1, N_("no checkpoint covers it"));
    return 0;
}

/* Entries, leaves and checkpoints walked side by side. */
static int walk(struct ledger *l, bool log_only, struct held *held, struct verify_report *report,
                void (*progress)(void *, int64_t), void *arg, struct err *err)
{
    arena_auto struct arena arena = ARENA(8u << 20), texts = ARENA(8u << 20);
    struct order order = {.arena = &arena};
    struct identity who = {0};
    struct frontier f = {0};
    struct rows log, leaves, checkpoints;
    struct log_from_out entry;
    struct leaf_all_out leaf;
    struct checkpoint_all_out c;
    int64_t nodes = 0;
    int rc, more, next_leaf;

    if (log_from_open(l->store, &(struct log_from_in){.seq = INT64_MIN}, &log, err) != 0)
        return -1;
    if (leaf_all_open(l->store, NULL, &leaves, err) != 0) {
        rows_close(&log);
        return -1;
    }
    if (checkpoint_all_open(l->store, NULL, &checkpoints, err) != 0) {
        rows_close(&log);
        rows_close(&leaves);
        return -1;
    }
    more = checkpoint_all_next(&checkpoints, &c, err);
    rc = 0;
    while (rc == 0 && more >= 0 && (rc = log_from_next(&log, &entry, err)) == 1) {
        struct tile_hash done[TILE_LEVELS];
        struct hash hash = tree_leaf(entry.bytes);
        int count;
        rc = 0;
        if (entry.seq != report->entries) {
            rc = bad_entry(err, report->entries, N_("it is missing"));
            break;
        }
        next_leaf = leaf_all_next(&leaves, &leaf, err);
        if (next_leaf < 0) {
            rc = -1;
            break;
        }
        if (next_leaf == 0 || leaf.seq != entry.seq || !text_eq(leaf.hash, hash_text(&hash))) {
            rc = bad_entry(err, entry.seq, N_("its bytes are not those that were written"));
            break;
        }
        rc = identity_follow_bytes(&who, entry.seq, entry.bytes, &arena, err);
        if (rc < 0)
            break;
        if (rc == 1)
            held_open(held, &who);
        if (entry.seq == 0 && (rc = held_check(held, &f, err)) != 0)
            break;
        rc = 0;
        count = frontier_append(&f, &hash, done);
        nodes += count;
        report->entries++;
        if (count && (rc = check_nodes(l, done, count, &texts, report, err)) != 0)
            break;
        arena_clear(&texts);
        if (more == 1 && c.size == report->entries) {
            struct hash root = frontier_root(&f);
            rc = check_checkpoint(&who, &c, &root, err);
            report->checkpoints++;
            report->root = root;
            more = rc == 0 ? checkpoint_all_next(&checkpoints, &c, err) : 0;
        }
        if (rc == 0)
            rc = held_check(held, &f, err);
        if (rc == 0 && !log_only)
            rc = check_entry(l, &order, entry.seq, entry.bytes, report, err);
        if (rc == 0 && progress && report->entries % 65536 == 0)
            progress(arg, report->entries);
    }
    if (rc == 0 && more < 0)
        rc = -1;
    if (rc == 0 && more == 1)
        rc = bad_checkpoint(err, c.size, N_("the entries that it covers are missing"));
    if (rc == 0 && leaf_all_next(&leaves, &leaf, err) == 1)
        rc = bad_entry(err, leaf.seq, N_("it is missing"));
    rows_close(&log);
    rows_close(&leaves);
    rows_close(&checkpoints);
    if (rc != 0)
        return -1;
    /* The lists' word for it is what the next checkpoint would be signed as. */
    if (memcmp(who.key.key, l->key.key, sizeof who.key.key) != 0 ||
        strcmp(who.origin, l->origin) != 0)
        return err_set(err, WRONG_PROJECTION, text_of(l->origin));
    return check_end(l, &f, nodes, report, &texts, err);
}

/* How much is looked at: the log; also what it names beside it; also what follows from it. */
enum depth { LOG, RECORDS, ALL };

static int check_projections(struct ledger *l, struct err *err)
{
    buf_auto struct buf first = BUF(4096);
    struct ledger again;
    int rc = ledger_recomputed(&again, l, err);

    if (rc != 0)
        return -1;
    rc = projections_compare(l, &again, &first, err);
    store_close(again.store);
    return rc == 1 ? err_set(err, WRONG_PROJECTION, buf_view(&first)) : rc;
}

static int verify(struct ledger *l, enum depth depth, struct text held_note,
                  struct verify_report *report, void (*progress)(void *, int64_t), void *arg,
                  struct err *err)
{
    struct held held = {.note = held_note};

    report->key = l->key;
    err->code = ERR_NONE;
    /* One moment of the books: others may go on writing. */
    if (!l->trial && store_begin(l->store, STORE_READ, err) != 0)
        return -1;
    int rc = walk(l, depth == LOG, &held, report, progress, arg, err);
    if (rc == 0)
        rc = held_end(&held, report, err);
    if (rc == 0 && depth == ALL)
        rc = check_projections(l, err);
    if (!l->trial)
        store_rollback(l->store);
    return rc;
}

int verify_ledger(struct ledger *l, bool log_only, struct text held, struct verify_report *report,
                  void (*progress)(void *, int64_t), void *arg, struct err *err)
{
    *report = (struct verify_report){0};
    return verify(l, log_only ? LOG : ALL, held, report, progress, arg, err);
}

int verify_records(struct ledger *l, struct text held,
                   void (*lost)(void *, const struct entry *, const struct evidence_line *),
                   struct verify_report *report, void (*progress)(void *, int64_t), void *arg,
                   struct err *err)
{
    *report = (struct verify_report){.lost = lost, .lost_arg = arg};
    return verify(l, RECORDS, held, report, progress, arg, err);
}

int verify_held(struct ledger *l, struct text note, struct err *err)
{
    arena_auto struct arena arena = ARENA(1u << 20);
    struct tile_reader tiles = ledger_tiles(l);
    struct identity who = {.key = l->key};
    struct verify_report report = {0};
    struct held held = {.note = note};
    struct head_get_out head;
    struct frontier f;
    int rc = 0;

    snprintf(who.origin, sizeof who.origin, "%s", l->origin);
    held_open(&held, &who);
    if (store_begin(l->store, STORE_READ, err) != 0)
        return -1;
    if (head_get_one(l->store, NULL, &head, &arena, err) != 1)
        rc = -1;
    if (rc == 0 && held.open && held.c.size <= (uint64_t)head.size) {
        rc = frontier_load(&f, held.c.size, &tiles, err);
        if (rc == 0)
            rc = held_check(&held, &f, err);
    }
    store_rollback(l->store);
    report.entries = rc == 0 ? head.size : 0;
    return rc != 0 ? -1 : held_end(&held, &report, err);
}

/* --- an exported log ------------------------------------------------------------------------- */

static int bad_line(struct err *err, const char *path, int64_t line, const char *why)
{
    char number[24];

    return err_set(err, WRONG_EXPORT, text_of(path), decimal(number, line), err_sentence(why));
}

/* The longest line that is looked at: a checkpoint may carry signatures of others. */
enum { LINE_BYTES = 1 << 20 };

/* Reads a line with its newline, if it has one, into LINE_BYTES bytes: 1, 0 at the end, -1 when it
 * is longer. Whatever the file is, no more is held of it. */
static int read_line(FILE *file, char *bytes, struct text *line)
{
    int c = 0;

    *line = (struct text){bytes, 0};
    while (c != '\n' && (c = getc_unlocked(file)) != EOF) {
        if (line->n == LINE_BYTES)
            return -1;
        bytes[line->n++] = (char)c;
    }
    return line->n > 0;
}

/* Whether who the log is, at its end, is whom it must be of: the first entry names its origin and
 * the key that its checkpoints are signed with, and a copy's log names its own behind that. */
static int check_trust(const char *path, const struct identity *who,
                       const struct verify_trust *trust, struct err *err)
{
    if (trust->origin.n && !text_eq(trust->origin, text_of(who->origin)))
        return err_set(err, OTHER_LEDGER, text_of(path), text_of(who->origin), trust->origin);
    if (trust->key && memcmp(trust->key->key, who->key.key, sizeof who->key.key) != 0)
        return bad_line(err, path, 1, N_("it names another key than the one that is trusted"));
    return 0;
}

/* The identity that an entry gives the log, if it gives one. */
static int follow(const char *path, int64_t number, const struct entry *e, struct identity *who,
                  struct held *held, struct err *err)
{
    int rc = identity_follow(who, e, err);

    if (rc < 0)
        return bad_line(err, path, number,
                        e->seq ? N_("it begins another ledger") : N_("it does not begin a ledger"));
    if (rc == 1)
        held_open(held, who);
    return 0;
}

int verify_export(const char *path, const struct verify_trust *trust, struct text held_note,
                  struct verify_report *report, struct err *err)
{
    arena_auto struct arena arena = ARENA(8u << 20);
    struct held held = {.note = held_note};
    struct identity who = {0};
    struct frontier f = {0};
    struct text t;
    mem_auto char *line = mem_alloc(LINE_BYTES);
    int64_t number = 0, at = 0;
    int rc = 0, got;
    bool closed = false;
    FILE *file = fopen(path, "re");

    *report = (struct verify_report){0};
    err->code = ERR_NONE;
    if (line == NULL) {
        if (file)
            fclose(file);
        return err_set(err, NO_MEMORY);
    }
    if (file == NULL)
        return err_unreadable(err, text_of(path));
    while (rc == 0 && (got = read_line(file, line, &t)) != 0) {
        struct json j;
        struct entry e;
        const char *why;
        struct hash leaf;
        struct tile_hash done[TILE_LEVELS];
        number++;
        arena_clear(&arena);
        if (closed) {
            rc = bad_line(err, path, number, N_("nothing may follow the checkpoint"));
            break;
        }
        if (got < 0) {
            rc = bad_line(err, path, number, N_("it is longer than any entry"));
            break;
        }
        if (t.p[t.n - 1] != '\n') {
            rc = bad_line(err, path, number, N_("it is cut off"));
            break;
        }
        t.n--;
        j = (struct json){t.p, t.p + t.n};
        if (text_starts(t, T("{\"checkpoint\":"))) {
            struct text note, body, key_name;
            struct checkpoint c;
            struct hash root = frontier_root(&f);
            if (check_trust(path, &who, trust, err) != 0) {
                rc = -1;
                break;
            }
            json_take(&j, '{');
            if (!json_key(&j, &key_name) || !json_text(&j, &arena, &note) || !json_take(&j, '}') ||
                j.p != j.end) {
                rc =
                    bad_line(err, path, number, N_("it is not the canonical form of a checkpoint"));
            } else if (note_open(note, trust->key ? trust->key : &who.key, 1, &body, NULL, err) !=
                           0 ||
                       checkpoint_parse(&c, body, err) != 0) {
                rc = bad_line(err, path, number, N_("its signature does not fit"));
            } else if (!text_eq(c.origin, text_of(who.origin)) || c.size != f.size ||
                       !hash_eq(&c.root, &root)) {
                rc = bad_line(err, path, number, N_("the entries do not give its root"));
            }
            report->root = root;
            report->checkpoints++;
            closed = true;
            continue;
        }
        if (!entry_read(t, &arena, &e, &why)) {
            rc = arena.failed ? err_set(err, NO_MEMORY) : bad_line(err, path, number, why);
        } else if (e.seq != report->entries) {
            rc = bad_line(err, path, number, N_("its number is another one"));
        } else if (e.at < at) {
            rc = bad_line(err, path, number, N_("it is older than the entry before it"));
        } else {
            rc = follow(path, number, &e, &who, &held, err);
        }
        at = e.at;
        leaf = tree_leaf(t);
        frontier_append(&f, &leaf, done);
        report->entries++;
        if (rc == 0)
            rc = held_check(&held, &f, err);
    }
    report->key = who.key;
    if (rc == 0 && ferror(file))
        rc = err_errno(err, text_of(path));
    if (rc == 0 && !closed)
        rc = bad_line(err, path, number + 1, N_("the checkpoint that ends an export is missing"));
    if (rc == 0)
        rc = held_end(&held, report, err);
    fclose(file);
    return rc;
}
