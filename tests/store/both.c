/*
 * both.c: the same commands with the same clock and randomness are the same books on PostgreSQL as
 * on SQLite, to the byte: the log, every projection, and the projections made again from the log.
 * tests/support/postgres.py gives the server.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ledger/compare.h"
#include "ledger/verify.h"
#include "store/sqlite.h"
#include "world.h"
#include "../log/history.h"

enum { ENTRIES = 300 };

static struct world here, there; /* in memory, on the server */
static struct err err;

static void check_the_same(void)
{
    buf_auto struct buf first = BUF(4096);
    struct hash a = world_dump(&here.ledger), b = world_dump(&there.ledger);

    assert_int_equal(projections_compare(&here.ledger, &there.ledger, &first, &err), 0);
    assert_true(hash_eq(&a, &b));
    a = world_log(&here.ledger);
    b = world_log(&there.ledger);
    assert_true(hash_eq(&a, &b));
}

static void the_same_commands_are_the_same_books(void **state)
{
    (void)state;
    history_make(&here, ENTRIES);
    /* The log names files by their bytes, and world_folder gives both the same. */
    history_make(&there, ENTRIES);
    check_the_same();
}

static void they_are_made_again_alike(void **state)
{
    (void)state;
    history_sql(&there, "DELETE FROM item; UPDATE person SET roles = 0; DELETE FROM tally_due");
    assert_int_equal(ledger_rebuild(&there.ledger, INT64_MAX, NULL, NULL, &err), 0);
    check_the_same();
    assert_int_equal(ledger_rebuild(&here.ledger, INT64_MAX, NULL, NULL, &err), 0);
    check_the_same();
}

static void both_agree_with_their_log(void **state)
{
    struct verify_report a, b;

    (void)state;
    assert_int_equal(verify_ledger(&here.ledger, false, T(""), &a, NULL, NULL, &err), 0);
    assert_int_equal(verify_ledger(&there.ledger, false, T(""), &b, NULL, NULL, &err), 0);
    assert_true(hash_eq(&a.root, &b.root));
}

/* A transaction that the server gives up for another's is done again, and no caller hears of it. A
 * sequence goes on, whatever is rolled back. */
static void what_the_server_gives_up_is_done_again(void **state)
{
    static const char refuse[] =
        "CREATE SEQUENCE tries;"
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF nextval('tries') <= 2 THEN RAISE EXCEPTION 'not now' USING ERRCODE = '40P01'; END IF;"
        " RETURN NEW; END $$;"
        "CREATE TRIGGER refuse BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION refuse()";
    int64_t entries = world_entries(&there.ledger);
    struct command c = {.via = T("test"), .by = T("clerk"), .event.kind = EVENT_ITEM_REGISTER};
    struct outcome o;

    (void)state;
    c.event.item_register = (struct item_register_event){
        .campaign = T("HZ"), .text = T("路灯不亮"), .due = DATE_NONE, .found = DATE_NONE};
    assert_int_equal(store_script(there.ledger.store, refuse, &err), 0);
    assert_int_equal(ledger_write(&there.ledger, &c, &o, 1, &there.arena, &err), 0);
    assert_int_equal(o.verdict.rule, RULE_NONE);
    assert_false(o.repeated);
    assert_int_equal(world_entries(&there.ledger), entries + 1);
    assert_int_equal(store_script(there.ledger.store, "DROP TRIGGER refuse ON log", &err), 0);
}

static int make(void **state)
{
    (void)state;
    return world_make(&here,
                      sqlite_open(":memory:", &(struct sqlite_options){.create = true}, &err),
                      &err) != 0 ||
                   world_cast(&here, &err) != 0 || world_open(&there, &err) != 0
               ? -1
               : 0;
}

static int end(void **state)
{
    (void)state;
    world_close(&here);
    world_close(&there);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_commands_are_the_same_books),
        cmocka_unit_test(they_are_made_again_alike),
        cmocka_unit_test(both_agree_with_their_log),
        cmocka_unit_test(what_the_server_gives_up_is_done_again),
    };

    return cmocka_run_group_tests_name("both", tests, make, end) ? 1 : 0;
}
