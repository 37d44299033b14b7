/*
 * books.c: what is altered in the lists, the evidence and the sealed values is found by `verify`;
 * and what `rebuild` and `as of` make of the log.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "history.h"
#include "ledger/verify.h"
#include "store/sqlite.h"

enum { ENTRIES = 120 };

static struct world w;

#define sql(...) history_sql(&w, __VA_ARGS__)
#define ask(query) history_ask(&w, query)
#define found() history_found(&w, false, T(""))

static int make(void **state)
{
    struct err err;

    (void)state;
    if (world_open(&w, &err) != 0)
        return -1;
    history_make(&w, ENTRIES);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

/* --- projections -------------------------------------------------------------------------------
 */

/* Tables that are no projections (schema.sqlite.sql). */
#define OTHERS                                                                                \
    "('log', 'leaf', 'node', 'checkpoint', 'head', 'sealed', 'credential', 'second_factor', " \
    "'recovery_code', 'attempt', 'session', 'token', 'identity', 'given_password', "          \
    "'access_seen', 'evidence_file', 'evidence_chunk', 'moving', 'keep') AND "                \
    "name NOT LIKE 'search~_%' ESCAPE '~'"

/* A comma list of the columns of a table, or of those of its key. */
static const char *columns(const char *table, bool key)
{
    const char *query =
        world_line(&w, "SELECT group_concat(name) FROM pragma_table_info('%s') WHERE %s", table,
                   key ? "pk > 0" : "1");

    return arena_cstr(&w.arena, ask(query));
}

static bool is_text(const char *table, const char *column)
{
    return text_eq(ask(world_line(&w, "SELECT type FROM pragma_table_info('%s') WHERE name = '%s'",
                                  table, column)),
                   T("TEXT"));
}

/* Counters of nothing are no fact of the log. */
static const char *counting(const char *table)
{
    return strncmp(table, "tally_", 6) == 0 ? "WHERE n <> 0" : "";
}

/* Alters a table, expects it to be found, and puts the table back. */
static int altered(const char *table, const char *change)
{
    enum err_code code;

    sql("CREATE TEMP TABLE keep AS SELECT * FROM %s", table);
    sql("%s", change);
    code = found();
    sql("DELETE FROM %s; INSERT INTO %s SELECT * FROM keep; DROP TABLE keep", table, table);
    if (code != ERR_WRONG_PROJECTION)
        print_error("not found (%d): %s\n", (int)code, change);
    return code != ERR_WRONG_PROJECTION;
}

static void every_column_of_every_list(void **state)
{
    struct text tables =
                    ask("SELECT group_concat(name) FROM sqlite_master WHERE type = 'table' AND "
                        "name NOT IN " OTHERS),
                name;
    int missed = 0, checked = 0;

    (void)state;
    assert_int_equal(found(), ERR_NONE);
    while (text_cut(&tables, ',', &name)) {
        const char *table = arena_cstr(&w.arena, name), *key = columns(table, true);
        struct text all = text_of(columns(table, false)), column;
        if (text_eq(ask(world_line(&w, "SELECT COUNT(*) FROM %s %s", table, counting(table))),
                    T("0")))
            fail_msg("the history puts nothing into %s", table);
        while (text_cut(&all, ',', &column)) {
            const char *c = arena_cstr(&w.arena, column);
            missed += altered(
                table, world_line(&w,
                                  "UPDATE %s SET %s = %s %s WHERE (%s) = (SELECT %s FROM %s %s "
                                  "ORDER BY %s DESC LIMIT 1)",
                                  table, c, c, is_text(table, c) ? "|| 'x'" : "+ 7777777", key, key,
                                  table, counting(table), key));
            checked++;
        }
        missed += altered(table, world_line(&w,
                                            "DELETE FROM %s WHERE (%s) = (SELECT %s FROM %s %s "
                                            "LIMIT 1)",
                                            table, key, key, table, counting(table)));
        missed += altered(table, world_line(&w, "DELETE FROM %s", table));
    }
    assert_true(checked > 100);
    assert_int_equal(missed, 0);
    assert_int_equal(found(), ERR_NONE);
}

static void a_row_put_in(void **state)
{
    (void)state;
    assert_int_equal(altered("item",
                             "INSERT INTO item SELECT id + 1000, code || 'x', campaign, kind,"
                             "state, class, marking, version, head, lead, person, due, found,"
                             "tasks, tasks_open, returns, reopened, plan, plan_state,"
                             "asked_task, asked_due, extensions, report, suspended, owed,"
                             "answered, passed, taken_over, hand, grade, day FROM item LIMIT 1"),
                     0);
    assert_int_equal(altered("scope", "INSERT INTO scope VALUES ('nobody', '', '')"), 0);
    assert_int_equal(altered("person", "UPDATE person SET roles = 510 WHERE code = 'nobody'"), 0);
    assert_int_equal(
        altered("tally_state", "INSERT INTO tally_state VALUES (99, 'HZ', 0, 1, 1, 1)"), 0);
    assert_int_equal(altered("seen", "INSERT INTO seen VALUES ('x', 1)"), 0);
}

/* --- rebuild, as of, the canonical dump ---------------------------------------------------------
 */

static void rebuild_gives_the_same(void **state)
{
    struct hash before = world_dump(&w.ledger), after;
    struct err err;

    (void)state;
    sql("DELETE FROM item; UPDATE person SET roles = 0; DELETE FROM tally_due; DELETE FROM seen");
    assert_int_equal(ledger_rebuild(&w.ledger, INT64_MAX, NULL, NULL, &err), 0);
    after = world_dump(&w.ledger);
    assert_true(hash_eq(&before, &after));
    assert_int_equal(found(), ERR_NONE);
}

/* The same commands with the same clock and randomness are the same bytes. */
static void the_same_again_is_the_same_log(void **state)
{
    struct world again;
    struct verify_report one, two;
    struct err err;
    struct hash a, b;

    (void)state;
    assert_int_equal(world_open(&again, &err), 0);
    snprintf(again.ledger.dir, sizeof again.ledger.dir, "%s", w.ledger.dir);
    history_make(&again, ENTRIES);
    assert_int_equal(verify_ledger(&w.ledger, false, T(""), &one, NULL, NULL, &err), 0);
    assert_int_equal(verify_ledger(&again.ledger, false, T(""), &two, NULL, NULL, &err), 0);
    assert_true(hash_eq(&one.root, &two.root));
    a = world_log(&w.ledger);
    b = world_log(&again.ledger);
    assert_true(hash_eq(&a, &b));
    a = world_dump(&w.ledger);
    b = world_dump(&again.ledger);
    assert_true(hash_eq(&a, &b));
    again.ledger.dir[0] = '\0'; /* the folder is the first one's */
    world_close(&again);
}

struct moments {
    struct hash dump[ENTRIES];
    int64_t at[ENTRIES];
    size_t count;
};

static void keep_moment(struct world *of, void *arg)
{
    struct moments *m = arg;
    struct entry e;
    struct err err;

    assert_int_equal(
        ledger_entry(&of->ledger, world_entries(&of->ledger) - 1, &of->arena, &e, &err), 0);
    m->at[m->count] = e.at;
    m->dump[m->count++] = world_dump(&of->ledger);
}

/* The ledger as of each entry's moment is what it was then. */
static void as_of_any_moment(void **state)
{
    static struct moments m;
    struct world again;
    struct err err;

    (void)state;
    assert_int_equal(world_open(&again, &err), 0);
    snprintf(again.ledger.dir, sizeof again.ledger.dir, "%s", w.ledger.dir);
    history_each(&again, ENTRIES, keep_moment, &m);
    again.ledger.dir[0] = '\0';
    world_close(&again);
    assert_true(m.count > 40);
    for (size_t i = 0; i < m.count; i++) {
        struct ledger past;
        struct hash then;
        assert_int_equal(ledger_as_of(&past, &w.ledger, m.at[i], &err), 0);
        then = world_dump(&past);
        store_close(past.store);
        assert_true(hash_eq(&then, &m.dump[i]));
    }
}

static int count_row(void *arg, struct text line)
{
    struct buf *names = arg;
    struct text rest = text_from(line, 2), name;

    text_cut(&rest, '"', &name);
    if (!text_has(buf_view(names), name))
        buf_printf(names, "%.*s,", TEXT_ARG(name));
    return 0;
}

/* dump.sql names every projection with all its columns. */
static void the_dump_leaves_nothing_out(void **state)
{
    struct text tables =
                    ask("SELECT group_concat(name) FROM sqlite_master WHERE type = 'table' AND "
                        "name NOT IN " OTHERS),
                name;
    buf_auto struct buf names = BUF(10000);
    struct err err;

    (void)state;
    assert_int_equal(ledger_dump(&w.ledger, count_row, &names, &err), 0);
    /* That every column is in it was seen above, where each was altered. */
    while (text_cut(&tables, ',', &name))
        if (!text_has(buf_view(&names), name))
            fail_msg("%.*s is not in the dump", TEXT_ARG(name));
}

/* Many long amendments of one item: the memory that a rebuild takes does not grow with them. */
static void rebuild_of_long_texts(void **state)
{
    struct world big;
    struct err err = {0};
    static char text[60001];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    assert_int_equal(world_open(&big, &err), 0);
    world_do(&big, "clerk", "register HZ --text 问题");
    for (int i = 0; i < 240; i++) {
        static const char *const fields[] = {"title", "category", "object",  "place",
                                             "level", "cite",     "remarks", "number"};
        struct arena arena = ARENA(16u << 20);
        struct command c;
        struct outcome o;
        struct arena keep = big.arena;
        big.arena = arena;
        assert_int_equal(world_command(&big, "clerk",
                                       world_line(&big, "amend HZ-0001 --%s x", fields[i % 8]), &c,
                                       &err),
                         0);
        struct text *fields_of[] = {&c.event.item_amend.title,   &c.event.item_amend.category,
                                    &c.event.item_amend.object,  &c.event.item_amend.place,
                                    &c.event.item_amend.level,   &c.event.item_amend.cite,
                                    &c.event.item_amend.remarks, &c.event.item_amend.number};
        *fields_of[i % 8] = (struct text){text, sizeof text - 1};
        assert_int_equal(ledger_write(&big.ledger, &c, &o, 1, &big.arena, &err), 0);
        assert_int_equal(o.verdict.rule, RULE_NONE);
        arena_release(&big.arena);
        big.arena = keep;
    }
    assert_int_equal(ledger_rebuild(&big.ledger, INT64_MAX, NULL, NULL, &err), 0);
    world_close(&big);
}

/* --- evidence and sealed values ------------------------------------------------------------------
 */

/* The one file of evidence that the history stored. */
static const char *evidence_path(void)
{
    const char *hash = arena_cstr(&w.arena, ask("SELECT hash FROM evidence LIMIT 1"));

    return world_line(&w, "%s/evidence/%.2s/%s", world_folder(&w), hash, hash);
}

static void put(const char *path, struct text bytes)
{
    struct err err;

    assert_int_equal(file_write(path, bytes, 0600, true, &err), 0);
}

static void evidence_altered_cut_or_gone(void **state)
{
    const char *path = evidence_path();
    struct text bytes, altered_bytes;
    struct err err;
    char *copy;

    (void)state;
    assert_int_equal(file_read(path, 1000, &w.arena, &bytes, &err), 0);
    for (size_t bit = 0; bit < bytes.n * 8; bit++) {
        altered_bytes = arena_text(&w.arena, bytes);
        copy = (char *)(uintptr_t)altered_bytes.p;
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        put(path, altered_bytes);
        assert_int_equal(found(), ERR_WRONG_EVIDENCE);
    }
    put(path, text_head(bytes, bytes.n - 1));
    assert_int_equal(found(), ERR_WRONG_EVIDENCE);
    put(path, arena_join(&w.arena, bytes, T("x")));
    assert_int_equal(found(), ERR_WRONG_EVIDENCE);
    put(path, T(""));
    assert_int_equal(found(), ERR_WRONG_EVIDENCE);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(found(), ERR_WRONG_EVIDENCE);
    /* The log alone is not concerned. */
    assert_int_equal(history_found(&w, true, T("")), ERR_NONE);
    put(path, bytes);
    assert_int_equal(found(), ERR_NONE);
}

/* A source's document is kept like evidence, and checked like it. */
static void a_sources_document(void **state)
{
    struct command c = {.by = T("clerk"), .via = T("test"), .event.kind = EVENT_SOURCE_PUT};
    struct outcome o;
    struct err err;
    struct text bytes = T("第三批督察反馈意见\n");
    struct hash hash = sha256(bytes);
    buf_auto struct buf hex = BUF(64);
    const char *path;

    (void)state;
    buf_hex(&hex, hash.b, sizeof hash.b);
    c.event.source_put = (struct source_put_event){
        .title = T("反馈意见"), .name = T("意见.txt"), .hash = buf_view(&hex), .date = DATE_NONE};
    path = world_line(&w, "%s/evidence/%.2s", world_folder(&w), buf_cstr(&hex));
    assert_int_equal(file_mkdir(path, 0700, &err), 0);
    path = world_line(&w, "%s/%s", path, buf_cstr(&hex));
    put(path, bytes);
    assert_int_equal(ledger_write(&w.ledger, &c, &o, 1, &w.arena, &err), 0);
    assert_int_equal(found(), ERR_NONE);
    put(path, T("第四批督察反馈意见\n"));
    assert_int_equal(found(), ERR_WRONG_EVIDENCE);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(found(), ERR_WRONG_EVIDENCE);
    put(path, bytes);
}

static void sealed_values_altered_or_exchanged(void **state)
{
    static const char *const changes[] = {
        "UPDATE sealed SET box = x'00'",
        "UPDATE sealed SET box = CAST(box || x'00' AS BLOB)",
        "UPDATE sealed SET box = x''",
        "UPDATE sealed SET wrapped = CAST(substr(wrapped, 2) || x'00' AS BLOB)",
        "UPDATE sealed SET wrapped = x''",
        "UPDATE sealed SET box = (SELECT box FROM keep WHERE field <> sealed.field)",
        "UPDATE sealed SET wrapped = (SELECT wrapped FROM keep WHERE field <> sealed.field)",
        ("UPDATE sealed SET box = (SELECT box FROM keep WHERE field <> sealed.field), wrapped = "
         "(SELECT wrapped FROM keep WHERE field <> sealed.field)"),
        /* Shown under another item or as another field. */
        "UPDATE sealed SET item = 'HZ-0002'",
        "UPDATE sealed SET field = 'remarks'",
    };

    (void)state;
    sql("DELETE FROM sealed WHERE item <> 'HZ-0001'"); /* erased: that is allowed */
    assert_int_equal(found(), ERR_NONE);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        sql("CREATE TEMP TABLE keep AS SELECT * FROM sealed");
        sql("%s", changes[i]);
        if (found() != ERR_WRONG_SEALED)
            fail_msg("not found: %s", changes[i]);
        sql("DELETE FROM sealed; INSERT INTO sealed SELECT * FROM keep; DROP TABLE keep");
    }
    assert_int_equal(found(), ERR_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_column_of_every_list),
        cmocka_unit_test(a_row_put_in),
        cmocka_unit_test(rebuild_gives_the_same),
        cmocka_unit_test(the_same_again_is_the_same_log),
        cmocka_unit_test(as_of_any_moment),
        cmocka_unit_test(the_dump_leaves_nothing_out),
        cmocka_unit_test(rebuild_of_long_texts),
        cmocka_unit_test(evidence_altered_cut_or_gone),
        cmocka_unit_test(a_sources_document),
        cmocka_unit_test(sealed_values_altered_or_exchanged),
    };

    return cmocka_run_group_tests(tests, make, drop);
}
