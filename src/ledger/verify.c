/* verify.c: see verify.h. */
#include "ledger/verify.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "ledger/compare.h"
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

/* A checkpoint that somebody kept, and what the log gave when it had that size. */
struct held {
    bool given, seen;
    struct checkpoint c;
};

static int held_open(struct held *h, struct text note, const struct vkey *key, struct err *err)
{
    struct text body;

    if (note.n == 0)
        return 0;
    h->given = true;
    return note_open(note, key, 1, &body, NULL, err) != 0 ? -1 : checkpoint_parse(&h->c, body, err);
}

static int held_check(struct held *h, const struct frontier *f, struct err *err)
{
    struct hash root;

    if (!h->given || h->c.size != f->size)
        return 0;
    root = frontier_root(f);
    h->seen = true;
    if (hash_eq(&root, &h->c.root))
        return 0;
    return err_set(
        err, WRONG_HELD,
        err_sentence(N_("an entry that it covers has been changed, taken out or put in")));
}

static int held_end(const struct held *h, struct text origin, struct err *err)
{
    if (!h->given)
        return 0;
    if (!text_eq(h->c.origin, origin))
        return err_set(err, WRONG_HELD, err_sentence(N_("it is of another ledger")));
    if (!h->seen)
        return err_set(err, WRONG_HELD, err_sentence(N_("the log is shorter than it was then")));
    return 0;
}

/* One stored checkpoint against the tree. */
static int check_checkpoint(const struct ledger *l, const struct checkpoint_all_out *row,
                            const struct hash *root, struct err *err)
{
    struct text body;
    struct checkpoint c;
    struct err why;

    if (note_open(row->note, &l->key, 1, &body, NULL, &why) != 0 ||
        checkpoint_parse(&c, body, &why) != 0)
        return why.code == ERR_NO_MEMORY
                   ? err_set(err, NO_MEMORY)
                   : bad_checkpoint(err, row->size, N_("its signature does not fit"));
    if (!text_eq(c.origin, text_of(l->origin)) || c.size != (uint64_t)row->size)
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
    for (size_t i = 0; i < list.count; i++) {
        buf_auto struct buf path = BUF(8192), hex = BUF(64);
        struct hash hash;
        struct err why;
        char number[24];
        const char *reason = NULL;
        buf_str(&path, l->dir);
        buf_str(&path, "/evidence/");
        buf_text(&path, text_head(list.at[i].hash, 2));
        buf_char(&path, '/');
        buf_text(&path, list.at[i].hash);
        if (path.failed)
            return err_set(err, NO_MEMORY);
        if (!file_exists(buf_cstr(&path)))
            reason = N_("the file is missing");
        else if (sha256_file(buf_cstr(&path), &hash, NULL, &why) != 0)
            reason = N_("the file cannot be read");
        else
            buf_hex(&hex, hash.b, sizeof hash.b);
        if (hex.failed)
            return err_set(err, NO_MEMORY);
        if (reason == NULL && !text_eq(buf_view(&hex), list.at[i].hash))
            reason = N_("the file was altered");
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

    arena_clear(order->arena);
    if (!entry_read(bytes, order->arena, &e, &why))
        return order->arena->failed ? err_set(err, NO_MEMORY) : bad_entry(err, seq, why);
    if (e.seq != seq)
        return bad_entry(err, seq, N_("its number is another one"));
    if (e.at < order->at)
        return bad_entry(err, seq, N_("it is older than the entry before it"));
    order->at = e.at;
    switch (d->kind) {
    case EVENT_SOURCE_PUT: {
        struct evidence_line document = {.hash = d->source_put.hash, .name = d->source_put.name};
        return check_evidence(l, &e, (struct evidence_list){&document, document.hash.n > 0}, report,
                              err);
    }
    case EVENT_ITEM_REPORT: return check_evidence(l, &e, d->item_report.evidence, report, err);
    case EVENT_ITEM_ATTACH: return check_evidence(l, &e, d->item_attach.evidence, report, err);
    case EVENT_ITEM_APPLY: return check_evidence(l, &e, d->item_apply.evidence, report, err);
    case EVENT_ITEM_VERIFY: return check_evidence(l, &e, d->item_verify.evidence, report, err);
    case EVENT_ITEM_LOOK_BACK:
        return check_evidence(l, &e, d->item_look_back.evidence, report, err);
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
    rc = held_check(held, &f, err);
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
        count = frontier_append(&f, &hash, done);
        nodes += count;
        report->entries++;
        if (count && (rc = check_nodes(l, done, count, &texts, report, err)) != 0)
            break;
        arena_clear(&texts);
        if (more == 1 && c.size == report->entries) {
            struct hash root = frontier_root(&f);
            rc = check_checkpoint(l, &c, &root, err);
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
    return check_end(l, &f, nodes, report, &texts, err);
}

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

int verify_ledger(struct ledger *l, bool log_only, struct text held_note,
                  struct verify_report *report, void (*progress)(void *, int64_t), void *arg,
                  struct err *err)
{
    struct held held = {0};

    *report = (struct verify_report){.key = l->key};
    err->code = ERR_NONE;
    if (held_open(&held, held_note, &l->key, err) != 0)
        return -1;
    /* One moment of the books: others may go on writing. */
    if (store_begin(l->store, STORE_READ, err) != 0)
        return -1;
    int rc = walk(l, log_only, &held, report, progress, arg, err);
    if (rc == 0)
        rc = held_end(&held, text_of(l->origin), err);
    if (rc == 0 && !log_only)
        rc = check_projections(l, err);
    store_rollback(l->store);
    return rc;
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

/* The first entry names the log's origin, and the key that its checkpoints are signed with. */
static int begin_export(const char *path, const struct entry *e, const struct verify_trust *trust,
                        struct vkey *key, char origin[static 256], struct err *err)
{
    struct vkey named;
    struct err ignored;
    struct text o = text_clip(e->event.ledger_init.origin, 255);

    if (e->event.kind != EVENT_LEDGER_INIT ||
        vkey_parse(&named, e->event.ledger_init.key, &ignored) != 0)
        return bad_line(err, path, 1, N_("it does not begin a ledger"));
    if (o.n)
        memcpy(origin, o.p, o.n);
    origin[o.n] = '\0';
    if (trust->origin.n && !text_eq(trust->origin, o))
        return err_set(err, OTHER_LEDGER, text_of(path), o, trust->origin);
    *key = trust->key ? *trust->key : named;
    if (memcmp(key->key, named.key, sizeof named.key) != 0)
        return bad_line(err, path, 1, N_("it names another key than the one that is trusted"));
    return 0;
}

int verify_export(const char *path, const struct verify_trust *trust, struct text held_note,
                  struct verify_report *report, struct err *err)
{
    arena_auto struct arena arena = ARENA(8u << 20);
    struct held held = {0};
    struct frontier f = {0};
    struct vkey *key = &report->key;
    struct text t;
    char origin[256] = "";
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
            json_take(&j, '{');
            if (!json_key(&j, &key_name) || !json_text(&j, &arena, &note) || !json_take(&j, '}') ||
                j.p != j.end) {
                rc =
                    bad_line(err, path, number, N_("it is not the canonical form of a checkpoint"));
            } else if (note_open(note, key, 1, &body, NULL, err) != 0 ||
                       checkpoint_parse(&c, body, err) != 0) {
                rc = bad_line(err, path, number, N_("its signature does not fit"));
            } else if (!text_eq(c.origin, text_of(origin)) || c.size != f.size ||
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
        } else if (e.seq == 0 && (begin_export(path, &e, trust, key, origin, err) != 0 ||
                                  held_open(&held, held_note, key, err) != 0)) {
            rc = -1;
        }
        at = e.at;
        leaf = tree_leaf(t);
        frontier_append(&f, &leaf, done);
        report->entries++;
        if (rc == 0)
            rc = held_check(&held, &f, err);
    }
    if (rc == 0 && ferror(file))
        rc = err_errno(err, text_of(path));
    if (rc == 0 && !closed)
        rc = bad_line(err, path, number + 1, N_("the checkpoint that ends an export is missing"));
    if (rc == 0)
        rc = held_end(&held, text_of(origin), err);
    fclose(file);
    return rc;
}
