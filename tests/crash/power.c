/*
 * power.c: the power fails at every moment of a hundred commits. Afterwards no acknowledged command
 * is lost, none is half there, `verify` finds nothing, and work goes on.
 *
 * power 0|1|2|3: which of the tests at the end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "disk.h"
#include "ledger/verify.h"
#include "store/sqlite.h"
#include "world.h"

enum { COMMITS = 100 };

/* The ledger as it was when a commit was acknowledged. */
struct moment {
    size_t steps; /* of the disk, when it was */
    int64_t entries;
    struct hash dump, log;
};

static struct moment moments[COMMITS + 2];
static size_t moment_count;
static struct disk *disk;
static struct world w;
static const char *careless = ""; /* SQL that takes the care away */

static struct store *open_store(struct disk *on)
{
    struct err err = {0};
    struct store *s;

    disk_use(on);
    s = sqlite_open("/ledger.db", &(struct sqlite_options){.create = true, .vfs = DISK_VFS}, &err);
    /* Often back into the file, so that this is interrupted as well. */
    if (s == NULL || store_script(s, "PRAGMA wal_autocheckpoint = 60", &err) != 0 ||
        store_script(s, careless, &err) != 0) {
        buf_auto struct buf why = BUF(1000);
        err_say(&why, LANG_EN, &err);
        print_error("%s\n", buf_cstr(&why));
        return NULL;
    }
    return s;
}

static struct moment now(struct ledger *l)
{
    return (struct moment){.steps = disk_steps(disk),
                           .entries = world_entries(l),
                           .dump = world_dump(l),
                           .log = world_log(l)};
}

/* --- the work
 * ------------------------------------------------------------------------------------- */

static const struct {
    const char *by, *line;
} work[] = {
    {"clerk", "register HZ --text 问题%2$d --due 2026-06-30 --originator-name 王小明"},
    {"clerk", "assign %1$s --unit A --assist B --person liaison-a"},
    {"liaison-a", "accept %1$s"},
    {"liaison-a", "task %1$s --text 清理 --due 2026-05-31"},
    {"liaison-a", "plan %1$s"},
    {"approver", "approve %1$s"},
    {"liaison-a", "report %1$s/1 --text 已清理 --done"},
    {"liaison-a", "apply %1$s"},
    {"verifier", "verify %1$s --pass"},
    {"approver", "strike-off %1$s"},
    {"clerk", "unit V%2$d --parent A"},
    {"clerk", "move V%2$d --parent B"},
    {"owner", "person p%2$d --unit A --role liaison"},
};

static void do_work(void)
{
    const char *code = "";
    int round = 0;

    for (size_t i = 0; moment_count <= COMMITS; i++) {
        enum { STEPS = sizeof work / sizeof work[0] };
        char line[300];
        struct command c[12];
        struct outcome o[12];
        struct err err;
        if (i % STEPS == 0)
            round++;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(line, sizeof line, work[i % STEPS].line, code, round);
#pragma GCC diagnostic pop
        /* Every third commit carries several commands. */
        int count = i % 3 == 0 ? 1 + (int)(i % 12) : 1;
        assert_int_equal(world_command(&w, work[i % STEPS].by, line, &c[0], &err), 0);
        for (int k = 1; k < count; k++)
            assert_int_equal(world_command(&w, "clerk",
                                           world_line(&w, "register HZ --text 另%zu-%d", i, k),
                                           &c[k], &err),
                             0);
        assert_int_equal(ledger_write(&w.ledger, c, o, (size_t)count, &w.arena, &err), 0);
        assert_int_equal(o[0].verdict.rule, RULE_NONE);
        if (i % STEPS == 0)
            code = arena_cstr(&w.arena, o[0].code);
        moments[moment_count++] = now(&w.ledger);
    }
}

static int make(void **state)
{
    struct err err;

    (void)state;
    disk = disk_new();
    if (world_make(&w, open_store(disk), &err) != 0 || world_cast(&w, &err) != 0)
        return -1;
    if (store_script(w.ledger.store, "PRAGMA wal_checkpoint(TRUNCATE)", &err) != 0)
        return -1;
    disk_record(disk);
    moments[moment_count++] = now(&w.ledger);
    do_work();
    /* Closing writes the log back into the file: that, too, may be interrupted. */
    store_close(w.ledger.store);
    w.ledger.store = NULL;
    return 0;
}

static int make_careless(void **state)
{
    careless = "PRAGMA synchronous = OFF";
    moment_count = 0;
    return make(state);
}

static int drop(void **state)
{
    (void)state;
    world_close(&w);
    disk_free(disk);
    return 0;
}

/* --- after the failure
 * ----------------------------------------------------------------------------- */

/* What is wrong with the ledger on the disk that was found after `steps`; NULL when all is well. */
static const char *look(struct disk *found, size_t steps, bool thorough)
{
    struct ledger l = w.ledger; /* its keys were in files of their own */
    const char *wrong = NULL;
    struct verify_report report;
    struct moment is;
    struct err err = {0};
    size_t last = 0;

    while (last + 1 < moment_count && moments[last + 1].steps <= steps)
        last++;
    l.store = open_store(found);
    if (l.store == NULL || ledger_refresh(&l, &err) != 0)
        return "it cannot be opened";
    is = now(&l);
    if (is.entries < moments[last].entries)
        wrong = "an acknowledged command is lost";
    else if (is.entries != moments[last].entries &&
             (last + 1 == moment_count || is.entries != moments[last + 1].entries))
        wrong = "a commit is there in part";
    else if (is.entries != moments[last].entries)
        last++; /* it was not acknowledged yet, and is there whole */
    if (wrong == NULL &&
        (!hash_eq(&is.dump, &moments[last].dump) || !hash_eq(&is.log, &moments[last].log)))
        wrong = "it is another ledger";
    if (wrong == NULL && thorough) {
        arena_auto struct arena arena = ARENA(8u << 20);
        struct command c = {.by = T("clerk"), .via = T("test"), .event.kind = EVENT_ITEM_REGISTER};
        struct outcome o;
        if (verify_ledger(&l, false, T(""), &report, NULL, NULL, &err) != 0)
            wrong = "verify finds something";
        c.event.item_register = (struct item_register_event){
            .campaign = T("HZ"), .text = T("断电之后"), .due = DATE_NONE, .found = DATE_NONE};
        if (ledger_write(&l, &c, &o, 1, &arena, &err) != 0 || o.verdict.rule)
            wrong = "the work cannot go on";
        else if (verify_ledger(&l, true, T(""), &report, NULL, NULL, &err) != 0)
            wrong = "verify finds something afterwards";
    }
    store_close(l.store);
    return wrong;
}

/* How often something was wrong. */
static size_t fail_at_every_step(enum loss loss, const char *what)
{
    struct walk *walk = walk_new(disk);
    struct env env = env_replay(loss + 3u, 0);
    size_t steps = 0, wrong = 0, looked = 0;
    enum step step;

    while ((step = walk_step(walk)) != STEP_END) {
        const char *why;
        struct disk *found;
        steps++;
        /* What was not synced being lost, writes change nothing. */
        if (loss == LOSE_ALL && step == STEP_WRITE && steps % 50)
            continue;
        found = walk_crash(walk, loss, &env);
        why = look(found, steps, step != STEP_WRITE || steps % 50 == 0);
        disk_free(found);
        looked++;
        if (why && wrong++ < 10 && *careless == '\0')
            print_error("%s, after step %zu of %zu: %s\n", what, steps, disk_steps(disk), why);
    }
    walk_free(walk);
    assert_true(looked > 20);
    return wrong;
}

static void all_that_was_not_synced_is_lost(void **state)
{
    (void)state;
    assert_int_equal(fail_at_every_step(LOSE_ALL, "all lost"), 0);
}

static void killed_between_two_steps(void **state)
{
    (void)state;
    assert_int_equal(fail_at_every_step(LOSE_NONE, "killed"), 0);
}

static void some_writes_are_lost_or_torn(void **state)
{
    (void)state;
    assert_int_equal(fail_at_every_step(LOSE_SOME, "some lost"), 0);
}

/* That these tests would see it: a store that does not sync loses what it acknowledged. */
static void without_syncs_it_is_seen(void **state)
{
    (void)state;
    assert_true(fail_at_every_step(LOSE_ALL, "") > 10);
    assert_int_equal(fail_at_every_step(LOSE_NONE, "killed"), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_was_not_synced_is_lost),
        cmocka_unit_test(killed_between_two_steps),
        cmocka_unit_test(some_writes_are_lost_or_torn),
        cmocka_unit_test(without_syncs_it_is_seen),
    };
    int which = argc > 1 ? atoi(argv[1]) : 0;

    return _cmocka_run_group_tests(tests[which].name, &tests[which], 1,
                                   which == 3 ? make_careless : make, drop);
}
