/*
 * access.c: the access log: one row a person, item, kind and day; nothing lost when memory is full
 * or the database busy; read by item alone; dropped by the auditor with an entry.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <pthread.h>

#include "office/access.h"
#include "various.h"

static struct world w;
static char folder[64];

/* A ledger on disk, since the access log has a connection of its own. */
static int open_world(void **state)
{
    struct err err;

    (void)state;
    w = (struct world){.env = env_replay(1, INT64_C(1772416800000)), .arena = ARENA(64u << 20)};
    snprintf(folder, sizeof folder, "/tmp/xiaohao-test-XXXXXX");
    if (mkdtemp(folder) == NULL ||
        ledger_create(&w.ledger, folder, &(struct ledger_new){.marking = MARKING_SECRET}, &w.env,
                      &err) != 0 ||
        world_cast(&w, &err) != 0)
        return -1;
    world_do(&w, "clerk", "register HZ --text 一 --unit A");
    world_do(&w, "clerk", "register HZ --text 二 --unit B");
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close(&w);
    world_remove(folder);
    return 0;
}

static struct access_log *open_log(void)
{
    struct err err;
    struct access_log *log = access_open(&w.ledger, &err);

    assert_non_null(log);
    return log;
}

static void note(struct access_log *log, const char *item, const char *person,
                 enum access_kind kind, enum access_channel channel, const char *what)
{
    struct err err;

    assert_int_equal(access_note(log,
                                 &(struct access){.item = text_of(item),
                                                  .person = text_of(person),
                                                  .what = text_of(what),
                                                  .kind = kind,
                                                  .channel = channel},
                                 &err),
                     0);
}

static size_t read_all(const char *person, const char *item, struct access_row **rows)
{
    struct viewer v = various_viewer(&w, person);
    struct err err;
    size_t count;

    assert_int_equal(access_read(rows, &count, &w.ledger, &v, text_of(item), NULL, &w.arena, &err),
                     0);
    return count;
}

static int64_t rows_kept(void)
{
    return world_number(w.ledger.store, "SELECT COUNT(*) FROM access_seen");
}

static void one_row_a_person_item_kind_and_day(void **state)
{
    struct access_log *log = open_log();
    struct access_row *rows;
    struct err err;

    (void)state;
    for (int i = 0; i < 5; i++)
        note(log, "HZ-0001", "leader-a", ACCESS_PAGE, ACCESS_WEB, "");
    note(log, "HZ-0001", "leader-a", ACCESS_FILE, ACCESS_WEB, "ab12");
    note(log, "HZ-0002", "leader-a", ACCESS_PAGE, ACCESS_WEB, "");
    assert_int_equal(access_waiting(log), 3);
    assert_int_equal(access_flush(log, &err), 0);
    assert_int_equal(access_waiting(log), 0);
    note(log, "HZ-0001", "leader-a", ACCESS_PAGE, ACCESS_CLI, "");
    note(log, "HZ-0001", "clerk", ACCESS_PAGE, ACCESS_CLI, "");
    assert_int_equal(access_close(log, &err), 0);
    assert_int_equal(rows_kept(), 4);
    assert_int_equal(read_all("auditor", "HZ-0001", &rows), 3);
    assert_true(text_eq(rows[0].person, T("clerk")));
    assert_true(text_eq(rows[1].person, T("leader-a")) && rows[1].kind == ACCESS_PAGE);
    assert_int_equal(rows[1].count, 6);
    assert_int_equal(rows[1].channels, ACCESS_WEB | ACCESS_CLI);
    assert_true(rows[1].first < rows[1].last);
    assert_true(rows[2].kind == ACCESS_FILE && text_eq(rows[2].what, T("ab12")));
}

static void exports_that_may_have_held_it_are_told(void **state)
{
    struct access_log *log;
    struct access_row *rows;
    struct err err;

    (void)state;
    assert_true(world_day(&w, T("2026-03-01")));
    log = open_log();
    note(log, "HZ", "approver", ACCESS_EXPORT, ACCESS_CLI, "problems"); /* before it was there */
    assert_int_equal(access_close(log, &err), 0);
    assert_true(world_day(&w, T("2026-03-05")));
    log = open_log();
    note(log, "HZ", "clerk", ACCESS_EXPORT, ACCESS_CLI, "problems");
    note(log, "", "auditor", ACCESS_EXPORT, ACCESS_CLI, "log");
    note(log, "ANS", "verifier", ACCESS_EXPORT, ACCESS_CLI, "tasks");
    assert_int_equal(access_close(log, &err), 0);
    assert_int_equal(read_all("clerk", "HZ-0001", &rows), 2);
    assert_true(text_eq(rows[0].person, T("auditor")) && text_eq(rows[1].person, T("clerk")));
}

/* For clerks and auditors of the item, by item; what one may not see is like what is not there. */
static void it_is_read_by_item_and_by_few(void **state)
{
    static const struct {
        const char *person, *item;
        enum err_code code;
    } cases[] = {{"auditor", "HZ-0001", ERR_NONE},
                 {"clerk", "HZ-0001", ERR_NONE},
                 {"liaison-a", "HZ-0001", ERR_REFUSED},
                 {"leader", "HZ-0001", ERR_REFUSED},
                 {"approver", "HZ-0001", ERR_REFUSED},
                 {"clerk-b", "HZ-0002", ERR_NONE},
                 {"clerk-b", "HZ-0001", ERR_NOT_FOUND},
                 {"nobody", "HZ-0001", ERR_NOT_FOUND},
                 {"administrator", "HZ-0001", ERR_NOT_FOUND},
                 {"auditor", "HZ-9999", ERR_NOT_FOUND},
                 {"auditor", "", ERR_NOT_FOUND},
                 {"auditor", "HZ", ERR_NOT_FOUND}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct viewer v = various_viewer(&w, cases[i].person);
        struct access_row *rows;
        struct err err = {0};
        size_t count;
        int rc =
            access_read(&rows, &count, &w.ledger, &v, text_of(cases[i].item), NULL, &w.arena, &err);
        if ((rc == 0 ? ERR_NONE : err.code) != cases[i].code)
            fail_msg("%s and %s: %d", cases[i].person, cases[i].item, (int)err.code);
    }
}

static void a_full_memory_is_flushed_by_who_notes(void **state)
{
    struct access_log *log = open_log();
    struct err err;

    (void)state;
    for (int i = 0; i < 2000; i++)
        note(log, world_line(&w, "HZ-%04d", i), "clerk", ACCESS_PAGE, ACCESS_WEB, "");
    assert_true(access_waiting(log) < 2000);
    assert_int_equal(access_close(log, &err), 0);
    assert_int_equal(rows_kept(), 2000);
}

/* While another holds the database, what is noted waits, and whoever notes too much hears of it. */
static void a_busy_database_loses_nothing(void **state)
{
    struct access_log *log = open_log();
    struct err err;
    int noted = 0, rc = 0;

    (void)state;
    assert_int_equal(store_begin(w.ledger.store, STORE_WRITE, &err), 0);
    for (int i = 0; i < 2000 && rc == 0; i++) {
        rc = access_note(log,
                         &(struct access){.item = text_of(world_line(&w, "HZ-%04d", i)),
                                          .person = T("clerk"),
                                          .what = T(""),
                                          .kind = ACCESS_PAGE,
                                          .channel = ACCESS_WEB},
                         &err);
        noted += rc == 0;
    }
    assert_int_equal(rc, -1);
    assert_int_equal(err.code, ERR_BUSY);
    assert_int_equal(access_waiting(log), noted);
    store_rollback(w.ledger.store);
    assert_int_equal(access_close(log, &err), 0);
    assert_int_equal(rows_kept(), noted);
}

enum { THREADS = 4, EACH = 600 };
struct worker {
    struct access_log *log;
    int number, failed;
};

static void *work(void *arg)
{
    struct worker *me = arg;
    struct err err;

    for (int i = 0; i < EACH; i++) {
        char item[32];
        int n = snprintf(item, sizeof item, "W%d-%04d", me->number, i);
        me->failed |= access_note(me->log,
                                  &(struct access){.item = {item, (size_t)n},
                                                   .person = T("clerk"),
                                                   .what = T("x"),
                                                   .kind = ACCESS_PAGE,
                                                   .channel = ACCESS_API},
                                  &err) != 0;
        if (i % 100 == 0)
            me->failed |= access_flush(me->log, &err) != 0;
    }
    return NULL;
}

static void many_threads_note_at_once(void **state)
{
    struct access_log *log = open_log();
    struct worker workers[THREADS];
    pthread_t threads[THREADS];
    struct err err;

    (void)state;
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){log, i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(workers[i].failed, 0);
    }
    assert_int_equal(access_close(log, &err), 0);
    assert_int_equal(rows_kept(), THREADS * EACH);
}

static void pages_go_on(void **state)
{
    struct access_log *log = open_log();
    struct viewer v = various_viewer(&w, "auditor");
    struct access_row *rows, *after = NULL;
    struct err err;
    size_t count, all = 0;

    (void)state;
    for (int i = 0; i < 450; i++)
        note(log, "HZ-0001", world_line(&w, "p%03d", i / 3),
             (enum access_kind)(ACCESS_PAGE + i % 3), ACCESS_WEB, "");
    assert_int_equal(access_close(log, &err), 0);
    do {
        assert_int_equal(
            access_read(&rows, &count, &w.ledger, &v, T("HZ-0001"), after, &w.arena, &err), 0);
        for (size_t i = 0; i < count; i++, all++) {
            assert_string_equal(arena_cstr(&w.arena, rows[i].person),
                                world_line(&w, "p%03d", (int)all / 3));
            assert_int_equal(rows[i].kind, ACCESS_PAGE + all % 3);
        }
        after = count ? &rows[count - 1] : NULL;
    } while (count == ACCESS_PAGE_ROWS);
    assert_int_equal(all, 450);
}

static void old_days_are_dropped_with_an_entry(void **state)
{
    struct access_log *log;
    struct outcome o;
    struct err err;
    int64_t entries, dropped;
    int32_t before;

    (void)state;
    assert_true(date_parse(T("2026-03-03"), &before));
    log = open_log();
    for (int i = 0; i < 1500; i++)
        note(log, world_line(&w, "HZ-%04d", i), "clerk", ACCESS_PAGE, ACCESS_WEB, "");
    assert_int_equal(access_close(log, &err), 0);
    assert_true(world_day(&w, T("2026-10-01")));
    log = open_log();
    note(log, "HZ-0001", "clerk", ACCESS_PAGE, ACCESS_WEB, "");
    assert_int_equal(access_close(log, &err), 0);
    entries = world_entries(&w.ledger);
    assert_int_equal(
        access_purge(&w.ledger, T("clerk"), T("test"), before, &o, &dropped, &w.arena, &err), 0);
    assert_int_equal(o.verdict.rule, RULE_ROLE);
    assert_int_equal(rows_kept(), 1501);
    assert_int_equal(
        access_purge(&w.ledger, T("auditor"), T("test"), before, &o, &dropped, &w.arena, &err), 0);
    assert_int_equal(o.verdict.rule, RULE_NONE);
    assert_int_equal(dropped, 1500);
    assert_int_equal(rows_kept(), 1);
    assert_int_equal(world_entries(&w.ledger), entries + 1);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(one_row_a_person_item_kind_and_day),
        WITH_WORLD(exports_that_may_have_held_it_are_told),
        WITH_WORLD(it_is_read_by_item_and_by_few),
        WITH_WORLD(a_full_memory_is_flushed_by_who_notes),
        WITH_WORLD(a_busy_database_loses_nothing),
        WITH_WORLD(many_threads_note_at_once),
        WITH_WORLD(pages_go_on),
        WITH_WORLD(old_days_are_dropped_with_an_entry),
    };

    return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
