/*
 * rebuild.c: the projections made again from the log: in place, or in memory as of a past moment;
 * and the canonical dump by which two sets of projections are compared.
 */
#include "base/json.h"
#include "dump.sql.h"
#include "ledger/batch.h"
#include "ledger/campaign_plan.h"
#include "ledger/compare.h"
#include "log.sql.h"
#include "schema.h"
#include "store/sqlite.h"

/* Entries, or bytes of memory, between two flushes; memory is bounded by it. */
enum { STEP = 1000, STEP_BYTES = 16 << 20 };

/* How far, and what else. */
struct replay {
    int64_t until;  /* entries with at <= until */
    int64_t last;   /* and seq <= last */
    bool keep_log;  /* the entries are copied, too */
    bool recompute; /* what an entry took from the projections is compared with them */
};

/* Projects the entries of `from` into the projections of l's store. */
static int replay(struct ledger *l, struct store *from, const struct replay *how,
                  void (*progress)(void *, int64_t), void *arg, struct err *err)
{
    arena_auto struct arena arena = ARENA(BUF_ANY);
    struct batch b = {.ledger = l, .store = l->store, .arena = &arena};
    struct rows rows;
    struct log_from_out row;
    int64_t done = 0;
    int rc = log_from_open(from, &(struct log_from_in){.seq = 0}, &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = log_from_next(&rows, &row, err)) == 1) {
        struct entry e;
        const char *why;
        if (!entry_read(row.bytes, &arena, &e, &why)) {
            rc = arena.failed
                     ? err_set(err, NO_MEMORY)
                     : err_set(err, CORRUPT, err_sentence(N_("The log")), err_sentence(why));
            break;
        }
        if (e.at > how->until || e.seq > how->last)
            break;
        if ((how->recompute && check_campaign_plan(l->store, &e, &arena, err) != 0) ||
            (how->keep_log &&
             log_put(l->store, &(struct log_put_in){.seq = row.seq, .bytes = row.bytes}, err) !=
                 0) ||
            project(&b, &e, err) < 0) {
            rc = -1;
            break;
        }
        if (++done % STEP == 0 || arena.used > STEP_BYTES) {
            if (batch_flush(&b, err) != 0) {
                rc = -1;
                break;
            }
            b.campaigns = NULL;
            b.actors = NULL;
            b.found = NULL;
            arena_clear(&arena);
            if (progress)
                progress(arg, done);
        }
    }
    rows_close(&rows);
    if (rc >= 0)
        rc = batch_flush(&b, err);
    batch_release(&b);
    return rc < 0 ? -1 : 0;
}

static int make_again(struct ledger *l, int64_t until, void (*progress)(void *, int64_t), void *arg,
                      struct err *err)
{
    return store_script(l->store, projections_sql, err) != 0
               ? -1
               : replay(l, l->store, &(struct replay){.until = until, .last = INT64_MAX}, progress,
                        arg, err);
}

int ledger_rebuild(struct ledger *l, int64_t until, void (*progress)(void *, int64_t), void *arg,
                   struct err *err)
{
    if (store_begin(l->store, true, err) != 0)
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
    return store_script(l->store, schema_sql, err) != 0 ? -1
                                                        : make_again(l, INT64_MAX, NULL, NULL, err);
}

int ledger_upgrade(struct ledger *l, struct err *err)
{
    if (store_begin(l->store, true, err) != 0)
        return -1;
    if (upgrade(l, err) != 0) {
        store_rollback(l->store);
        return -1;
    }
    return store_commit(l->store, err);
}

static int in_memory(struct ledger *past, struct ledger *now, const struct replay *how,
                     struct err *err)
{
    *past = *now;
    past->signer = NULL;
    past->dir[0] = '\0';
    past->store = sqlite_open(":memory:", &(struct sqlite_options){.create = true}, err);
    if (past->store == NULL)
        return -1;
    if (store_script(past->store, schema_sql, err) == 0 &&
        store_script(past->store, projections_sql, err) == 0 &&
        store_begin(past->store, true, err) == 0 &&
        replay(past, now->store, how, NULL, NULL, err) == 0 && store_commit(past->store, err) == 0)
        return 0;
    store_close(past->store);
    past->store = NULL;
    return -1;
}

int ledger_as_of(struct ledger *past, struct ledger *now, int64_t until, struct err *err)
{
    return in_memory(past, now,
                     &(struct replay){.until = until, .last = INT64_MAX, .keep_log = true}, err);
}

int ledger_as_of_entry(struct ledger *past, struct ledger *now, int64_t seq, struct err *err)
{
    return in_memory(past, now, &(struct replay){.until = INT64_MAX, .last = seq, .keep_log = true},
                     err);
}

int ledger_recomputed(struct ledger *again, struct ledger *l, struct err *err)
{
    return in_memory(
        again, l,
        &(struct replay){
            .until = INT64_MAX, .last = INT64_MAX, .keep_log = true, .recompute = true},
        err);
}

static const struct statement *const dumps[] = {&dump_seen_statement,
                                                &dump_office_statement,
                                                &dump_unit_statement,
                                                &dump_member_statement,
                                                &dump_person_statement,
                                                &dump_scope_statement,
                                                &dump_deputy_statement,
                                                &dump_procedure_statement,
                                                &dump_campaign_statement,
                                                &dump_campaign_plan_statement,
                                                &dump_source_statement,
                                                &dump_item_statement,
                                                &dump_item_text_statement,
                                                &dump_task_statement,
                                                &dump_milestone_statement,
                                                &dump_duty_statement,
                                                &dump_plan_statement,
                                                &dump_thread_statement,
                                                &dump_likeness_statement,
                                                &dump_carried_statement,
                                                &dump_evidence_statement,
                                                &dump_instruction_statement,
                                                &dump_instruction_entry_statement,
                                                &dump_tally_state_statement,
                                                &dump_tally_due_statement,
                                                &dump_agenda_statement};

/* The table's name and the row's columns as one line of JSON. Counters of nothing are left out:
 * whether something was ever counted there is no fact of the log. */
static bool dump_row(struct buf *line, const struct statement *st, struct rows *rows)
{
    size_t count = strlen(st->columns);

    buf_clear(line);
    if (strncmp(st->name, "dump_tally", 10) == 0 && rows_int(rows, (int)count - 1) == 0)
        return false;
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
    return true;
}

/* 1 a row's line, 0 the end, -1. */
static int dump_next(struct buf *line, const struct statement *st, struct rows *rows,
                     struct err *err)
{
    int rc;

    while ((rc = rows_next(rows, err)) == 1)
        if (dump_row(line, st, rows))
            return line->failed ? err_set(err, NO_MEMORY) : 1;
    return rc;
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
