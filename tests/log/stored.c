/*
 * stored.c: what is altered in the log as the ledger's own database holds it is found by `verify
 * --log-only`; what an earlier checkpoint adds to that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/file.h"
#include "history.h"
#include "ledger/verify.h"
#include "store/sqlite.h"

static struct world w;

#define sql(...) history_sql(&w, __VA_ARGS__)
#define ask(query) history_ask(&w, query)
#define found(log_only, held) history_found(&w, log_only, held)

/* Enough for one hash above the leaves (256 of them), written in few commits. */
enum { ENTRIES = 270 };

static int make(void **state)
{
    struct err err;

    (void)state;
    if (world_open(&w, &err) != 0)
        return -1;
    history_make(&w, 80);
    while (world_entries(&w.ledger) < ENTRIES) {
        struct command c[40];
        struct outcome o[40];
        for (int i = 0; i < 40; i++)
            if (world_command(&w, "clerk", world_line(&w, "register HZ --text 问题%d", i), &c[i],
                              &err) != 0)
                return -1;
        if (ledger_write(&w.ledger, c, o, 40, &w.arena, &err) != 0)
            return -1;
    }
    return 0;
}

static int drop(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

/* --- bits of the log, its tree, its checkpoints and its head
 * -------------------------------------- */

struct cell {
    const char *table, *column, *where;
    bool text;
    int step; /* every so manieth bit */
};

static int unhex(char c)
{
    return c <= '9' ? c - '0' : c - 'A' + 10;
}

static void put_bytes(const struct cell *c, const unsigned char *bytes, size_t n)
{
    buf_auto struct buf hex = BUF(1u << 20);

    buf_hex(&hex, bytes, n);
    sql(c->text ? "UPDATE %s SET %s = CAST(x'%s' AS TEXT) WHERE %s"
                : "UPDATE %s SET %s = x'%s' WHERE %s",
        c->table, c->column, buf_cstr(&hex), c->where);
}

static size_t flip_bits(const struct cell *c)
{
    char query[300];
    struct text hex;
    unsigned char bytes[8192];
    size_t missed = 0, n;

    snprintf(query, sizeof query, "SELECT hex(%s) FROM %s WHERE %s", c->column, c->table, c->where);
    hex = ask(query);
    n = hex.n / 2;
    assert_true(n > 0 && n < sizeof bytes);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (unsigned char)(unhex(hex.p[2 * i]) * 16 + unhex(hex.p[2 * i + 1]));
    for (size_t bit = 0; bit < n * 8; bit += (size_t)c->step) {
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        put_bytes(c, bytes, n);
        if (found(true, T("")) == ERR_NONE && missed++ < 10)
            print_error("%s.%s where %s: byte %zu, bit %zu\n", c->table, c->column, c->where,
                        bit / 8, bit % 8);
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    put_bytes(c, bytes, n);
    return missed;
}

static void bits_of_bytes(void **state)
{
    static const struct cell cells[] = {
        {"log", "bytes", "seq = 0", false, 5},
        {"log", "bytes", "seq = 1", false, 3},
        {"log", "bytes", "seq = 20", false, 11},
        {"log", "bytes", "seq = 80", false, 61},
        {"log", "bytes", "seq = 255", false, 97},
        {"log", "bytes", "seq = (SELECT MAX(seq) FROM log)", false, 97},
        {"leaf", "hash", "seq = 0", false, 1},
        {"leaf", "hash", "seq = 30", false, 3},
        {"leaf", "hash", "seq = 256", false, 17},
        {"leaf", "hash", "seq = (SELECT MAX(seq) FROM leaf)", false, 17},
        {"node", "hash", "level = 1 AND idx = 0", false, 3},
        {"checkpoint", "note", "size = (SELECT MIN(size) FROM checkpoint)", true, 1},
        {"checkpoint", "note", "size = (SELECT MAX(size) FROM checkpoint)", true, 23},
        {"head", "frontier", "one = 1", false, 7},
    };
    size_t missed = 0;

    (void)state;
    assert_int_equal(found(true, T("")), ERR_NONE);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        missed += flip_bits(&cells[i]);
    assert_int_equal(found(false, T("")), ERR_NONE);
    assert_int_equal(missed, 0);
}

static void bits_of_numbers(void **state)
{
    static const struct cell cells[] = {
        {"log", "seq", "seq = 0", false, 1},
        {"log", "seq", "seq = 100", false, 1},
        {"log", "seq", "seq = (SELECT MAX(seq) FROM log)", false, 1},
        {"leaf", "seq", "seq = 0", false, 1},
        {"leaf", "seq", "seq = (SELECT MAX(seq) FROM leaf)", false, 1},
        {"node", "level", "level = 1", false, 1},
        {"node", "idx", "level = 1", false, 1},
        {"checkpoint", "size", "size = (SELECT MIN(size) FROM checkpoint)", false, 1},
        {"checkpoint", "size", "size = (SELECT MAX(size) FROM checkpoint)", false, 1},
        {"head", "size", "one = 1", false, 1},
        {"head", "at", "one = 1", false, 1},
    };
    size_t missed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        for (int bit = 0; bit < 64; bit++) {
            const struct cell *c = &cells[i];
            char query[300];
            int64_t old, now;
            snprintf(query, sizeof query, "SELECT %s FROM %s WHERE %s", c->column, c->table,
                     c->where);
            old = strtoll(arena_cstr(&w.arena, ask(query)), NULL, 10);
            now = (int64_t)((uint64_t)old ^ UINT64_C(1) << bit);
            /* One that another row has already cannot be written. */
            snprintf(query, sizeof query, "SELECT COUNT(*) FROM %s WHERE %s = %lld", c->table,
                     c->column, (long long)now);
            if (strcmp(c->table, "node") != 0 && ask(query).p[0] != '0')
                continue;
            sql("UPDATE %s SET %s = %lld WHERE %s", c->table, c->column, (long long)now, c->where);
            if (found(true, T("")) == ERR_NONE && missed++ < 10)
                print_error("%s.%s: %lld instead of %lld\n", c->table, c->column, (long long)now,
                            (long long)old);
            sql("UPDATE %s SET %s = %lld WHERE %s = %lld", c->table, c->column, (long long)old,
                c->column, (long long)now);
        }
    assert_int_equal(found(false, T("")), ERR_NONE);
    assert_int_equal(missed, 0);
}

/* Whole rows taken out, put in or swapped. */
static void rows_of_the_log(void **state)
{
    static const struct {
        const char *table, *change;
    } changes[] = {
        {"log", "DELETE FROM log WHERE seq = 7"},
        {"log", "DELETE FROM log WHERE seq = 0"},
        {"log", "DELETE FROM log WHERE seq = (SELECT MAX(seq) FROM log)"},
        {"log", "DELETE FROM log"},
        {"log", "INSERT INTO log SELECT seq + 100000, bytes FROM log WHERE seq = 7"},
        {"log", "INSERT INTO log SELECT MAX(seq) + 1, bytes FROM log"},
        {"log", "INSERT INTO log SELECT -1, bytes FROM log WHERE seq = 7"},
        {"log", "UPDATE log SET bytes = (SELECT bytes FROM log WHERE seq = 8) WHERE seq = 7"},
        {"log", "UPDATE log SET seq = CASE seq WHEN 7 THEN -8 ELSE -7 END WHERE seq IN (7, 8);"
                "UPDATE log SET seq = -seq WHERE seq IN (-7, -8)"},
        {"leaf", "DELETE FROM leaf WHERE seq = 7"},
        {"leaf", "DELETE FROM leaf WHERE seq = (SELECT MAX(seq) FROM leaf)"},
        {"leaf", "INSERT INTO leaf SELECT MAX(seq) + 1, hash FROM leaf"},
        {"leaf", "INSERT INTO leaf SELECT -1, hash FROM leaf WHERE seq = 0"},
        {"node", "DELETE FROM node"},
        {"node", "INSERT INTO node SELECT 1, 1, hash FROM node"},
        {"node", "INSERT INTO node SELECT 2, 0, hash FROM node"},
        {"checkpoint", "DELETE FROM checkpoint"},
        {"checkpoint", "DELETE FROM checkpoint WHERE size = (SELECT MAX(size) FROM checkpoint)"},
        {"checkpoint", "INSERT INTO checkpoint SELECT MAX(size) + 1, note FROM checkpoint"},
        {"checkpoint", "INSERT INTO checkpoint SELECT 0, note FROM checkpoint LIMIT 1"},
        {"head", "DELETE FROM head"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const char *t = changes[i].table;
        sql("CREATE TEMP TABLE keep AS SELECT * FROM %s", t);
        sql("%s", changes[i].change);
        if (found(true, T("")) == ERR_NONE)
            fail_msg("not found: %s", changes[i].change);
        sql("DELETE FROM %s; INSERT INTO %s SELECT * FROM keep; DROP TABLE keep", t, t);
    }
    assert_int_equal(found(false, T("")), ERR_NONE);
}

/* --- an earlier checkpoint
 * ------------------------------------------------------------------------ */

static struct text checkpoint_now(struct world *of)
{
    buf_auto struct buf note = BUF(1u << 16);
    struct err err;

    assert_int_equal(ledger_checkpoint(&of->ledger, &note, &err), 0);
    return arena_text(&w.arena, buf_view(&note));
}

/* Who has the database and its key takes back what was written last. */
static void a_cut_tail_is_told_by_a_kept_checkpoint(void **state)
{
    struct text kept, older;
    struct err err;

    (void)state;
    older = checkpoint_now(&w);
    sql("CREATE TEMP TABLE head_then AS SELECT * FROM head");
    for (int i = 0; i < 5; i++)
        world_do(&w, "clerk", "chase HZ-0001 --text 催");
    kept = checkpoint_now(&w);
    assert_int_equal(found(true, kept), ERR_NONE);
    assert_int_equal(found(true, older), ERR_NONE);
    sql("DELETE FROM log WHERE seq >= (SELECT size FROM head_then);"
        "DELETE FROM leaf WHERE seq >= (SELECT size FROM head_then);"
        "DELETE FROM checkpoint WHERE size > (SELECT size FROM head_then);"
        "DELETE FROM head; INSERT INTO head SELECT * FROM head_then; DROP TABLE head_then");
    assert_int_equal(ledger_rebuild(&w.ledger, INT64_MAX, NULL, NULL, &err), 0);
    assert_int_equal(found(true, T("")), ERR_NONE);
    assert_int_equal(found(true, older), ERR_NONE);
    assert_int_equal(found(true, kept), ERR_ROLLED_BACK);
    /* And that somebody goes on from there does not hide it. */
    for (int i = 0; i < 9; i++)
        world_do(&w, "clerk", "chase HZ-0001 --text 改写");
    assert_int_equal(found(true, T("")), ERR_NONE);
    assert_int_equal(found(true, older), ERR_NONE);
    assert_int_equal(found(true, kept), ERR_WRONG_HELD);
}

/* The whole log written anew, with one word changed, under the true key. */
static void a_log_written_anew_is_told_by_a_kept_checkpoint(void **state)
{
    struct world other;
    struct verify_report report;
    struct err err;
    struct text kept, old;
    char path[400];

    (void)state;
    assert_int_equal(world_open(&other, &err), 0);
    old = checkpoint_now(&other);
    world_do(&other, "clerk", "register HZ --text 另一个问题");
    history_make(&other, world_entries(&w.ledger) + 3);
    kept = checkpoint_now(&w);
    assert_string_equal(w.ledger.origin, other.ledger.origin);
    assert_memory_equal(w.ledger.key.key, other.ledger.key.key, 32);
    assert_int_equal(verify_ledger(&other.ledger, true, T(""), &report, NULL, NULL, &err), 0);
    assert_int_equal(verify_ledger(&other.ledger, true, old, &report, NULL, NULL, &err), 0);
    assert_int_equal(verify_ledger(&other.ledger, true, kept, &report, NULL, NULL, &err), -1);
    assert_int_equal(err.code, ERR_WRONG_HELD);
    snprintf(path, sizeof path, "%s/log.json", world_folder(&w));
    history_export(&other, path);
    assert_int_equal(verify_export(path, &(struct verify_trust){0}, T(""), &report, &err), 0);
    assert_int_equal(verify_export(path, &(struct verify_trust){0}, old, &report, &err), 0);
    assert_int_equal(verify_export(path, &(struct verify_trust){0}, kept, &report, &err), -1);
    assert_int_equal(err.code, ERR_WRONG_HELD);
    world_close(&other);
}

/* Another ledger is as good as any alone; who trusts our key, or kept our checkpoint, refuses it.
 */
static void another_key_is_not_ours(void **state)
{
    struct world other = {.env = env_replay(2, 1772416800000), .arena = ARENA(64u << 20)};
    struct verify_report report;
    struct err err;
    struct text kept = checkpoint_now(&w);
    struct vkey wrong = w.ledger.key;
    char path[400];

    (void)state;
    struct store *store = sqlite_open(":memory:", &(struct sqlite_options){.create = true}, &err);
    assert_non_null(store);
    assert_int_equal(ledger_create_on(&other.ledger, store, &(struct ledger_new){.name = T("x")},
                                      &other.env, &err),
                     0);
    snprintf(path, sizeof path, "%s/log.json", world_folder(&w));
    history_export(&other, path);
    assert_int_equal(verify_export(path, &(struct verify_trust){0}, T(""), &report, &err), 0);
    assert_int_equal(
        verify_export(path, &(struct verify_trust){.key = &w.ledger.key}, T(""), &report, &err),
        -1);
    assert_int_equal(err_exit(&err), 1);
    assert_int_equal(verify_export(path, &(struct verify_trust){0}, kept, &report, &err), -1);
    assert_int_equal(err_exit(&err), 1);
    world_close(&other);
    history_export(&w, path);
    assert_int_equal(
        verify_export(path, &(struct verify_trust){.key = &w.ledger.key}, kept, &report, &err), 0);
    wrong.key[0] ^= 1;
    assert_int_equal(
        verify_export(path, &(struct verify_trust){.key = &wrong}, T(""), &report, &err), -1);
}

int main(void)
{
    const struct CMUnitTest log[] = {
        cmocka_unit_test(bits_of_bytes),
        cmocka_unit_test(bits_of_numbers),
        cmocka_unit_test(rows_of_the_log),
        cmocka_unit_test(a_log_written_anew_is_told_by_a_kept_checkpoint),
        cmocka_unit_test(a_cut_tail_is_told_by_a_kept_checkpoint),
        cmocka_unit_test(another_key_is_not_ours),
    };

    return cmocka_run_group_tests_name("log", log, make, drop);
}
