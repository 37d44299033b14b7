/*
 * rebuild.c: the projections made again from the log: in place, or in memory as of a past moment;
 * and the canonical dump by which two sets of projections are compared.
 */
#include "base/json.h"
#include "dump.sql.h"
#include "item.sql.h"
#include "ledger/batch.h"
#include "ledger/campaign_plan.h"
#include "ledger/compare.h"
#include "ledger/replay.h"
#include "log.sql.h"
#include "store/sqlite.h"

/* Entries, or bytes of memory, between two flushes; memory is bounded by it. */
enum { STEP = 1000, STEP_BYTES = 16 << 20 };

void replay_start(struct replay *r, struct ledger *l, const struct how *how)
{
    *r = (struct replay){.arena = ARENA(BUF_ANY), .how = *how};
    r->b = (struct batch){.ledger = l, .store = l->store, .arena = &r->arena};
}

/* The item that the entry makes, if it makes one, gets its id next. */
static int same_id(struct replay *r, const struct entry *e, struct err *err)
{
    struct item_id_out row;
    struct text code = {"", 0};
    int rc;

    if (e->event.kind == EVENT_ITEM_REGISTER)
        code = e->on;
    else if (e->event.kind == EVENT_ITEM_LOOK_BACK)
        code = e->event.item_look_back.item;
    if (code.n == 0)
        return 0;
    rc = item_id_one(r->ids_of->store, &(struct item_id_in){.code = code}, &row, &r->arena, err);
    if (rc == 1)
        r->b.last_item = row.id - 1;
    return rc < 0 ? -1 : 0;
}

int replay_flush(struct replay *r, struct err *err)
{
    if (batch_flush(&r->b, err) != 0)
        return -1;
    r->b.campaigns = NULL;
    r->b.actors = NULL;
    r->b.found = NULL;
    arena_clear(&r->arena);
    return 0;
}

int replay_entry(struct replay *r, int64_t seq, struct text bytes, struct err *err)
{
    struct entry e;
    const char *why;

    if (!entry_read(bytes, &r->arena, &e, &why))
        return r->arena.failed
                   ? err_set(err, NO_MEMORY)
                   : err_set(err, CORRUPT, err_sentence(N_("The log")), err_sentence(why));
    if (e.at > r->how.until || e.seq > r->how.last)
        return 0;
    if (r->how.keep_log &&
        log_put(r->b.store, &(struct log_put_in){.seq = seq, .bytes = bytes}, err) != 0)
        return -1;
    return replay_read(r, &e, err);
}

int replay_read(struct replay *r, const struct entry *e, struct err *err)
{
    if ((r->how.recompute && check_campaign_plan(r->b.store, e, &r->arena, err) != 0) ||
        (r->ids_of && same_id(r, e, err) != 0) || project(&r->b, e, err) < 0)
        return -1;
    if (++r->done % STEP == 0 || r->arena.used > STEP_BYTES)
        return replay_flush(r, err) != 0 ? -1 : 1;
    return 1;
}

int replay_end(struct replay *r, int rc, struct err *err)
{
    if (rc >= 0)
        rc = batch_flush(&r->b, err);
    batch_release(&r->b);
    arena_release(&r->arena);
    return rc < 0 ? -1 : 0;
}

/* Projects the entries of `from` into the projections of l's store. */
static int replay(struct ledger *l, struct store *from, const struct how *how,
                  void (*progress)(void *, int64_t), void *arg, struct err *err)
{
    struct replay r;
    struct rows rows;
    struct log_from_out row;
    int rc = log_from_open(from, &(struct log_from_in){.seq = 0}, &rows, err);

    if (rc != 0)
        return -1;
    replay_start(&r, l, how);
    while ((rc = log_from_next(&rows, &row, err)) == 1) {
        rc = replay_entry(&r, row.seq, row.bytes, err);
        if (rc != 1)
            break;
        if (progress && r.done % STEP == 0)
            progress(arg, r.done);
    }
    rows_close(&rows);
    return replay_end(&r, rc, err);
}

static int make_again(struct ledger *l, int64_t until, void (*progress)(void *, int64_t), void *arg,
                      struct err *err)
{
    return projections_make(l->store, err) != 0
               ? -1
               : replay(l, l->store, &(struct how){.until = until, .last = INT64_MAX}, progress,
                        arg, err);
}

int ledger_rebuild(struct ledger *l, int64_t until, void (*progress)(void *, int64_t), void *arg,
                   struct err *err)
{
    if (store_begin(l->store, STORE_WRITE, err) != 0)
        return -1;
    if (make_again(l, until, progress, arg, err) != 0) {
        store_rollback(l->store);
        return -1;
    }
    return store_commit(l->store, err);
}

static int upgrade(struct ledger *l, struct err *err)
{
    int64_t version;

    if (store_version(l->store, &version, err) != 0)
        return -1;
    if (version >= SCHEMA_VERSION)
        return 0; /* somebody else was quicker */
    return schema_make(l->store, err) != 0 ? -1 : make_again(l, INT64_MAX, NULL, NULL, err);
}

int ledger_upgrade(struct ledger *l, struct err *err)
{
    if (store_begin(l->store, STORE_WRITE, err) != 0)
        return -1;
    if (upgrade(l, err) != 0) {
        store_rollback(l->store);
        return -1;
    }
    return store_commit(l->store, err);
}

/* An empty ledger in memory, in a transaction. */
static int past_start(struct ledger *past, struct ledger *now, struct err *err)
{
    *past = *now;
    past->signer = NULL;
    past->dir[0] = past->address[0] = '\0';
    past->store = sqlite_open(":memory:", &(struct sqlite_options){.create = true}, err);
    if (past->store == NULL)
        return -1;
    if (schema_make(past->store, err) == 0 && projections_make(past->store, err) == 0 &&
        store_begin(past->store, STORE_WRITE, err) == 0)
        return 0;
    store_close(past->store);
    past->store = NULL;
    return -1;
}

static int past_done(struct ledger *past, int rc, struct err *err)
{
    if (rc == 0 && store_commit(past->store, err) == 0)
        return 0;
    store_close(past->store);
    past->store = NULL;
    return -1;
}

static int in_memory(struct ledger *past, struct ledger *now, const struct how *how,
                     struct err *err)
{
    if (past_start(past, now, err) != 0)
        return -1;
    return past_done(past, replay(past, now->store, how, NULL, NULL, err), err);
}

int ledger_as_of(struct ledger *past, struct ledger *now, int64_t until, struct err *err)
{
    return in_memory(past, now, &(struct how){.until = until, .last = INT64_MAX, .keep_log = true},
                     err);
}

int ledger_as_of_entry(struct ledger *past, struct ledger *now, int64_t seq, struct err *err)
{
    return in_memory(past, now, &(struct how){.until = INT64_MAX, .last = seq, .keep_log = true},
                     err);
}

int ledger_recomputed(struct ledger *again, struct ledger *l, struct err *err)
{
    return in_memory(
        again, l,
        &(struct how){.until = INT64_MAX, .last = INT64_MAX, .keep_log = true, .recompute = true},
        err);
}

int ledger_part_as_of(struct ledger *past, struct ledger *now, int64_t until, const int64_t *seqs,
                      size_t count, struct err *err)
{
    struct replay r;
    int rc = 1;

    if (past_start(past, now, err) != 0)
        return -1;
    replay_start(&r, past, &(struct how){.until = until, .last = INT64_MAX, .keep_log = true});
    r.ids_of = now;
    for (size_t i = 0; i < count && rc == 1; i++) {
        struct log_get_out row;
        rc = log_get_one(now->store, &(struct log_get_in){.seq = seqs[i]}, &row, &r.arena, err);
        if (rc == 1)
            rc = replay_entry(&r, seqs[i], row.bytes, err);
    }
    return past_done(past, replay_end(&r, rc, err), err);
}

static const struct statement *const dumps[] = {
    &dump_seen_statement,          &dump_office_statement,
    &dump_unit_statement,          &dump_member_statement,
    &dump_person_statement,        &dump_scope_statement,
    &dump_deputy_statement,        &dump_procedure_statement,
    &dump_campaign_statement,      &dump_source_statement,
    &dump_item_statement,          &dump_item_text_statement,
    &dump_task_statement,          &dump_milestone_statement,
    &dump_duty_statement,          &dump_plan_statement,
    &dump_thread_statement,        &dump_likeness_statement,
    &dump_carried_statement,       &dump_evidence_statement,
    &dump_tally_state_statement,   &dump_tally_due_statement,
    &dump_unit_day_statement,      &dump_item_day_statement,
    &dump_office_entry_statement,  &dump_tally_state_day_statement,
    &dump_tally_due_day_statement, &dump_campaign_plan_statement,
    &dump_instruction_statement,   &dump_instruction_entry_statement,
    &dump_agenda_statement};

/* The table's name and the row's columns as one line of JSON. */
static void dump_row(struct buf *line, const struct statement *st, struct rows *rows)
{
    size_t count = strlen(st->columns);

    buf_clear(line);
    buf_char(line, '[');
    json_put_text(line, text_of(st->name + strlen("dump_")));
    for (size_t i = 0; i < count; i++) {
        buf_char(line, ',');
        if (st->columns[i] == 'i')
            buf_int(line, rows_int(rows, (int)i));
        else
            json_put_text(line, rows_text(rows, (int)i));
    }
    buf_char(line, ']');
}

/* 1 a row's line, 0 the end, -1. */
static int dump_next(struct buf *line, const struct statement *st, struct rows *rows,
                     struct err *err)
{
    int rc = rows_next(rows, err);

    if (rc != 1)
        return rc;
    dump_row(line, st, rows);
    return line->failed ? err_set(err, NO_MEMORY) : 1;
}

int ledger_dump(struct ledger *l, int (*line)(void *, struct text), void *arg, struct err *err)
{
    buf_auto struct buf out = BUF(1u << 20);

    for (size_t i = 0; i < sizeof dumps / sizeof dumps[0]; i++) {
        struct rows rows;
        int rc = store_query(l->store, dumps[i], NULL, &rows, err);
        while (rc == 0 && (rc = dump_next(&out, dumps[i], &rows, err)) == 1)
            if ((rc = line(arg, buf_view(&out))) != 0) {
                rows_close(&rows);
                return rc;
            }
        if (rc < 0)
            return -1;
    }
    return 0;
}

int projections_compare(struct ledger *x, struct ledger *y, struct buf *first, struct err *err)
{
    buf_auto struct buf one = BUF(1u << 20), two = BUF(1u << 20);

    for (size_t i = 0; i < sizeof dumps / sizeof dumps[0]; i++) {
        struct rows a, b;
        int ra, rb;
        if (store_query(x->store, dumps[i], NULL, &a, err) != 0)
            return -1;
        if (store_query(y->store, dumps[i], NULL, &b, err) != 0) {
            rows_close(&a);
            return -1;
        }
        do {
            ra = dump_next(&one, dumps[i], &a, err);
            rb = ra < 0 ? -1 : dump_next(&two, dumps[i], &b, err);
        } while (ra == 1 && rb == 1 && text_eq(buf_view(&one), buf_view(&two)));
        rows_close(&a);
        rows_close(&b);
        if (ra < 0 || rb < 0)
            return -1;
        if (ra || rb) {
            buf_text(first, text_clip(buf_view(ra ? &one : &two), 200));
            return 1;
        }
    }
    return 0;
}
