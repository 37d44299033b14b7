/*
 * failing.c: whatever fails while something is done (a call of the store, an allocation of ours or
 * of the database's, a step with a file), once or from then on: it is done whole or not at all, and
 * can be done afterwards.
 *
 * failing calls|memory|sqlite|files
 *
 * Each operation is done again and again, with the first, second, third … step failing, until it
 * gets through. After every failure the log and the lists are what they were before; then the same
 * operation is done without a fault.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <ftw.h>
#include <sqlite3.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "faulty.h"
#include "ledger/batch.h"
#include "ledger/verify.h"
#include "office/backup/backup.h"
#include "office/evidence.h"
#include "office/lists/export.h"
#include "office/password.h"
#include "office/signin/second.h"
#include "office/signin/session.h"
#include "office/signin/signin.h"
#include "office/signin/token.h"
#include "store/sqlite.h"
#include "world.h"

static struct world w;
static const char *code; /* of the item at hand */
static char folder[300], from[340], to[340];

/* --- faults
 * ----------------------------------------------------------------------------------------- */

static sqlite3_mem_methods plain_memory;
static unsigned long sqlite_made, sqlite_fail_at;
static bool sqlite_forever;

static bool sqlite_fails(void)
{
    sqlite_made++;
    return sqlite_fail_at &&
           (sqlite_forever ? sqlite_made >= sqlite_fail_at : sqlite_made == sqlite_fail_at);
}

static void *failing_malloc(int n)
{
    return sqlite_fails() ? NULL : plain_memory.xMalloc(n);
}

static void *failing_realloc(void *p, int n)
{
    return sqlite_fails() ? NULL : plain_memory.xRealloc(p, n);
}

static void use_failing_memory(void)
{
    sqlite3_mem_methods failing;

    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain_memory);
    failing = plain_memory;
    failing.xMalloc = failing_malloc;
    failing.xRealloc = failing_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &failing);
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0); /* so that small ones are seen, too */
}

static void arm_calls(unsigned long n, bool forever)
{
    faulty_fail_at(w.ledger.store, n, forever);
}
static void arm_memory(unsigned long n, bool forever)
{
    mem_fail_at(n, forever);
}
static void arm_sqlite(unsigned long n, bool forever)
{
    sqlite_made = 0;
    sqlite_fail_at = n;
    sqlite_forever = forever;
}
static void arm_files(unsigned long n, bool forever)
{
    file_fail_at(n, forever, n % 2 ? EIO : ENOSPC);
}
static void (*arm)(unsigned long n, bool forever) = arm_calls;

/* --- operations
 * ------------------------------------------------------------------------------------- */

/* How far an item is brought before the operation. */
enum goal {
    NO_ITEM,
    NEW,
    ASSIGNED,
    ACCEPTED,
    WITH_TASK,
    PLANNED,
    REPORTED,
    APPLIED,
    VERIFIED,
    STRUCK
};

static void bring(enum goal goal)
{
    static const struct {
        const char *by, *line;
    } steps[] = {
        {"clerk", "assign %s --unit A --person liaison-a --due 2026-06-30"},
        {"liaison-a", "accept %s"},
        {"liaison-a", "task %s --text t"},
        {"liaison-a", "plan %s"},
        {"approver", "approve %s"},
        {"liaison-a", "report %s/1 --done"},
        {"liaison-a", "apply %s"},
        {"verifier", "verify %s --pass"},
        {"approver", "strike-off %s"},
    };
    /* How many of the steps each goal takes. */
    static const size_t until[] = {0, 0, 1, 2, 4, 5, 6, 7, 8, 9};

    if (goal == NO_ITEM)
        return;
    code = arena_cstr(&w.arena, world_do(&w, "clerk", "register FIN --text 问题"));
    for (size_t i = 0; i < until[goal]; i++) {
        char line[200];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(line, sizeof line, steps[i].line, code);
#pragma GCC diagnostic pop
        world_do(&w, steps[i].by, line);
    }
}

/* Writes commands with a fault; the arena of the write is its own, since it may be used up. */
static int write_commands(struct command *commands, size_t count, struct err *err)
{
    arena_auto struct arena arena = ARENA(8u << 20);
    struct outcome outcomes[64];

    if (ledger_write(&w.ledger, commands, outcomes, count, &arena, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (outcomes[i].verdict.rule) {
            buf_auto struct buf why = BUF(1000);
            arm(0, false);
            verdict_say(&why, LANG_EN, &outcomes[i].verdict);
            fail_msg("it is refused instead: %s", buf_cstr(&why));
        }
    return 0;
}

struct operation {
    const char *name;
    enum goal goal;
    const char *by, *line;         /* one command; %s is the item */
    int (*other)(struct err *err); /* or something else */
    bool changes_nothing;
};

static int twenty_registers(struct err *err)
{
    struct task_line tasks[2] = {{.text = T("一"), .lead = T("A"), .due = DATE_NONE},
                                 {.text = T("二"), .lead = T("B"), .due = DATE_NONE}};
    struct secret secret = {T("originator_name"), T("王小明")};
    struct text parts[] = {T("甲"), T("乙")};
    struct command c[20];

    for (int i = 0; i < 20; i++) {
        c[i] = (struct command){.by = T("clerk"),
                                .via = T("import"),
                                .event.kind = EVENT_ITEM_REGISTER,
                                .secrets = i % 4 ? NULL : &secret,
                                .secret_count = i % 4 ? 0 : 1};
        c[i].event.item_register = (struct item_register_event){.campaign = T("HZ"),
                                                                .number = T("1"),
                                                                .text = T("问题"),
                                                                .lead = i % 2 ? T("A1") : T("TEAM"),
                                                                .person = T("liaison-a"),
                                                                .parts = {parts, 2},
                                                                .due = DATE_NONE,
                                                                .found = DATE_NONE,
                                                                .tasks = {tasks, 2}};
    }
    return write_commands(c, 20, err);
}

static int fifty_units(struct err *err)
{
    static int round;
    struct unit_line units[50];
    struct command c = {.by = T("clerk"), .via = T("import"), .event.kind = EVENT_UNIT_PUT};
    char names[50][40];

    round++;
    for (int i = 0; i < 50; i++) {
        snprintf(names[i], sizeof names[i], "V%d-%d", round, i);
        units[i] = (struct unit_line){.code = text_of(names[i]),
                                      .name = text_of(names[i]),
                                      .parent = i % 7 ? text_of(names[i - i % 7]) : T("CITY"),
                                      .term_from = DATE_NONE,
                                      .term_until = DATE_NONE};
    }
    c.event.unit_put.units = (struct unit_list){units, 50};
    return write_commands(&c, 1, err);
}

static int report_with_evidence(struct err *err)
{
    arena_auto struct arena arena = ARENA(8u << 20);
    struct evidence_line line = {0};
    struct command c = {.by = T("liaison-a"), .via = T("test"), .on = text_of(code)};
    char path[340];

    snprintf(path, sizeof path, "%s/file.txt", folder);
    c.event.kind = EVENT_ITEM_REPORT;
    c.event.item_report.text = T("已清理");
    if (evidence_store(&w.ledger, text_of(path), T(""), &line, &arena, err) != 0)
        return -1;
    c.event.item_report.evidence = (struct evidence_list){&line, 1};
    return write_commands(&c, 1, err);
}

static int rebuild(struct err *err)
{
    return ledger_rebuild(&w.ledger, INT64_MAX, NULL, NULL, err);
}

static int upgrade(struct err *err)
{
    return store_script(w.ledger.store, "PRAGMA user_version = 1", err) != 0
               ? -1
               : ledger_upgrade(&w.ledger, err);
}

static int as_of(struct err *err)
{
    struct ledger past;

    if (ledger_as_of(&past, &w.ledger, INT64_MAX, err) != 0)
        return -1;
    store_close(past.store);
    return 0;
}

static int verify(struct err *err)
{
    struct verify_report report;
    int rc = verify_ledger(&w.ledger, false, T(""), &report, NULL, NULL, err);

    /* A fault is no finding. */
    if (rc != 0 && err_exit(err) == 1) {
        static struct buf why = {.cap = 1000}; /* a failing test does not return */
        arm(0, false);
        err_say(&why, LANG_EN, err);
        fail_msg("it finds what is not: %s", buf_cstr(&why));
    }
    return rc;
}

static int drop_bytes(void *arg, struct text bytes, struct err *err)
{
    (void)arg, (void)bytes, (void)err;
    return 0;
}

static int export(struct err *err)
{
    int64_t entries;

    return export_log(&w.ledger, drop_bytes, NULL, &entries, NULL, NULL, err);
}

static int dump_line(void *arg, struct text line)
{
    (void)arg, (void)line;
    return 0;
}

static int dump(struct err *err)
{
    return ledger_dump(&w.ledger, dump_line, NULL, err);
}

static int password(struct err *err)
{
    return password_set(&w.ledger, T("clerk"), T("correct horse battery"), err);
}

/* A right password is never called wrong because the database failed. */
static int sign_in(struct err *err)
{
    const struct signin_try t = {
        .name = T("both"), .password = T("correct horse battery"), .address = T("192.0.2.7")};
    arena_auto struct arena arena = ARENA(1u << 20); /* what failed in it stays failed */
    struct signin_check check;
    struct signin s;
    int rc = signin_begin(&w.ledger, NULL, &t, &check, &s, &arena, err);

    if (rc < 0 || (rc == 1 && (signin_look(NULL, &t, &check, &arena, err) != 0 ||
                               signin_end(&w.ledger, &t, &check, &s, err) != 0)))
        return -1;
    if (s.answer == SIGNIN_REFUSED)
        fail_msg("a failure is called a wrong password");
    return 0;
}

static int credentials(struct err *err)
{
    arena_auto struct arena arena = ARENA(1u << 20);
    buf_auto struct buf uri = BUF(4096);
    char session[SESSION_TOKEN], shown[TOKEN_TEXT];
    struct session *sessions, s;
    struct token *tokens, t;
    int64_t later = w.env.clock + 1000000;
    size_t count;

    if (second_enrol(&w.ledger, T("clerk"), &uri, err) != 0 ||
        session_open(&w.ledger, T("clerk"), T("b"), T("192.0.2.7"), session, err) != 0 ||
        session_get(&w.ledger, text_of(session), &s, &arena, err) != 1 ||
        session_list(&w.ledger, T("clerk"), &sessions, &count, &arena, err) != 0 ||
        token_make(&w.ledger, T("clerk"), TOKEN_READ, later, T("x"), shown, err) != 0 ||
        token_get(&w.ledger, text_of(shown), &t, &arena, err) != 1 ||
        token_list(&w.ledger, T("clerk"), &tokens, &count, &arena, err) != 0 ||
        token_revoke(&w.ledger, T("clerk"), text_of(t.id), err) != 1 ||
        second_reset(&w.ledger, T("clerk"), err) != 0)
        return -1;
    return 0;
}

static int trial(struct err *err)
{
    struct command c;
    int rc;

    if (ledger_trial(&w.ledger, err) != 0)
        return -1;
    c = (struct command){.by = T("clerk"), .via = T("test"), .event.kind = EVENT_ITEM_REGISTER};
    c.event.item_register =
        (struct item_register_event){.campaign = T("HZ"), .text = T("试"), .due = DATE_NONE};
    rc = write_commands(&c, 1, err);
    ledger_trial_end(&w.ledger);
    return rc;
}

static const struct operation operations[] = {
    {"register", NO_ITEM, "clerk", "register HZ --text 问题 --unit A --due 2026-06-30"},
    {"register what is sealed", NO_ITEM, "clerk",
     "register SEALED --text 问题 --place 幸福小区 --originator-name 王小明"},
    {"twenty registers", .other = twenty_registers},
    {"amend", ASSIGNED, "clerk", "amend %s --title t --text 另说 --unit B --number 9 --assist C"},
    {"assign", NEW, "clerk",
     "assign %s --unit A --assist B --person liaison-a --leader leader-a:分管"},
    {"task", ACCEPTED, "liaison-a", "task %s --text t --unit A1 --due 2026-05-31"},
    {"plan", ACCEPTED, "liaison-a", "task %s --text t"},
    {"report", PLANNED, "liaison-a", "report %s --text 已清理"},
    {"report with evidence", PLANNED, .other = report_with_evidence},
    {"verify", APPLIED, "verifier", "verify %s --pass"},
    {"strike-off", VERIFIED, "approver", "strike-off %s"},
    {"look-back that makes a new item", STRUCK, "verifier", "look-back %s --fail --reason 反弹"},
    {"merge", ASSIGNED, "clerk", "merge %s --into HZ-0001 --reason 同一件"},
    {"handover", ASSIGNED, "clerk", "handover %s --from liaison-a --to leader-a"},
    {"fifty units", .other = fifty_units},
    {"unit move", ASSIGNED, "clerk", "move A --parent CITY"},
    {"person", NO_ITEM, "owner", "person verifier --unit C --role verifier --scope A,B,C"},
    {"deputy", NO_ITEM, "owner", "deputy clerk --to both --from 2026-03-01 --until 2026-03-31"},
    {"member", NO_ITEM, "clerk", "member TEAM --person nobody"},
    {"procedure", NO_ITEM, "clerk", "procedure default --without planned --sealed place"},
    {"campaign", NO_ITEM, "clerk-secret", "campaign SECRET --confidential --name 改名"},
    {"source", NO_ITEM, "clerk", "source --title 文件"},
    {"rebuild", .other = rebuild, .changes_nothing = true},
    {"upgrade", .other = upgrade, .changes_nothing = true},
    {"as of", .other = as_of, .changes_nothing = true},
    {"verify the ledger", .other = verify, .changes_nothing = true},
    {"export the log", .other = export, .changes_nothing = true},
    {"dump", .other = dump, .changes_nothing = true},
    {"trial", .other = trial, .changes_nothing = true},
    {"password", .other = password, .changes_nothing = true},
    {"sign-in", .other = sign_in, .changes_nothing = true},
    {"credentials", .other = credentials, .changes_nothing = true},
};

static int run(const struct operation *o, bool with_fault, unsigned long n, bool forever,
               struct err *err)
{
    struct command c;
    int rc;

    err->code = ERR_NONE;
    if (o->line) {
        char line[400];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(line, sizeof line, o->line, code);
#pragma GCC diagnostic pop
        if (world_command(&w, o->by, line, &c, err) != 0)
            fail_msg("no command: %s", line);
    }
    if (with_fault)
        arm(n, forever);
    rc = o->line ? write_commands(&c, 1, err) : o->other(err);
    arm(0, false);
    return rc;
}

/* The lists and the log, and that they agree. */
static void is_sound(const struct operation *o, unsigned long n)
{
    struct verify_report report;
    struct err err = {0};

    if (verify_ledger(&w.ledger, false, T(""), &report, NULL, NULL, &err) != 0) {
        buf_auto struct buf why = BUF(1000);
        err_say(&why, LANG_EN, &err);
        fail_msg("%s, fault at %lu: %s", o->name, n, buf_cstr(&why));
    }
}

static void fails_whole(const struct operation *o, bool forever)
{
    /* Every step of a single command; the longer ones in growing strides. */
    bool every = o->line && !forever && arm != arm_sqlite;
    struct err err;

    for (unsigned long n = 1;; n += every ? 1 : 1 + n / 16) {
        struct arena keep = w.arena;
        struct hash dump_before, log_before, dump_after, log_after;
        int rc;

        /* What the commands of one round take is given back after it. */
        w.arena = ARENA(32u << 20);
        bring(o->goal);
        dump_before = world_dump(&w.ledger);
        log_before = world_log(&w.ledger);
        rc = run(o, true, n, forever, &err);
        if (rc != 0) {
            if (err.code == ERR_NONE)
                fail_msg("%s, fault at %lu: it fails and does not say why", o->name, n);
            dump_after = world_dump(&w.ledger);
            log_after = world_log(&w.ledger);
            if (!hash_eq(&dump_before, &dump_after) || !hash_eq(&log_before, &log_after))
                fail_msg("%s, fault at %lu (%s): it failed and is there all the same, or in part",
                         o->name, n, arm == arm_calls ? faulty_failed(w.ledger.store) : "");
            if (n % 8 == 1)
                is_sound(o, n);
            /* Without the fault it can be done. */
            if (run(o, false, 0, false, &err) != 0)
                fail_msg("%s after a fault at %lu: it cannot be done any more", o->name, n);
        }
        arena_release(&w.arena);
        w.arena = keep;
        if (rc == 0) {
            if (n == 1)
                fail_msg("%s: no step of it failed", o->name);
            is_sound(o, n);
            return;
        }
        if (n > 20000)
            fail_msg("%s: it never gets through", o->name);
    }
}

static void once(void **state)
{
    fails_whole(*state, false);
}

static void from_then_on(void **state)
{
    fails_whole(*state, true);
}

/* --- files
 * ------------------------------------------------------------------------------------------ */

/* Nothing that was begun and not finished stays beside what is whole. */
static int is_left(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return strstr(path, ".tmp") != NULL;
}

static bool no_leftovers(const char *path)
{
    return nftw(path, is_left, 16, FTW_PHYS) != 1;
}

static struct ledger made;

static int init(struct err *err)
{
    struct env env = env_replay(9, 1772416800000);
    static struct env kept;
    int rc;

    kept = env;
    rc = ledger_create(&made, to, &(struct ledger_new){.name = T("n")}, &kept, err);
    if (rc == 0)
        ledger_close(&made);
    return rc;
}

static int restore(struct err *err)
{
    struct env env = env_replay(9, 1772416800000);

    struct restore_done done;

    return backup_restore(from, to, &(struct restore_how){0}, &done, &env, err);
}

static int back_up(struct ledger *l, const char *folder_of_backups, struct err *err)
{
    struct backup_done done;

    return backup_write(l, folder_of_backups, &(struct backup_how){.keep = 1}, &done, err);
}

static bool ledger_stands(const char *dir)
{
    struct env env = env_replay(9, 1772416800000);
    struct verify_report report;
    struct ledger l;
    struct err err;
    bool stands = ledger_open(&l, dir, false, &env, &err) == 0 && l.signer && l.has_seal &&
                  verify_ledger(&l, false, T(""), &report, NULL, NULL, &err) == 0;

    ledger_close(&l);
    return stands;
}

/* A folder is a ledger afterwards, whole and sound, or is none, and can become one. */
static void folder_whole_or_none(int (*make)(struct err *), bool forever)
{
    char path[400];
    struct err err;

    snprintf(path, sizeof path, "%s/ledger.db", to);
    for (unsigned long n = 1;; n++) {
        int rc;
        world_remove(to);
        file_fail_at(n, forever, n % 2 ? EIO : ENOSPC);
        err.code = ERR_NONE;
        rc = make(&err);
        file_fail_at(0, false, 0);
        assert_true(no_leftovers(to));
        if (rc == 0) {
            assert_true(n > 1);
            assert_true(ledger_stands(to));
            return;
        }
        assert_int_not_equal(err.code, ERR_NONE);
        if (file_exists(path)) {
            if (!ledger_stands(to))
                fail_msg("a fault at step %lu leaves a ledger that is none", n);
            continue;
        }
        if (make(&err) != 0 || !ledger_stands(to))
            fail_msg("after a fault at step %lu it cannot be made any more", n);
    }
}

static void init_once(void **state)
{
    (void)state;
    folder_whole_or_none(init, false);
}
static void init_from_then_on(void **state)
{
    (void)state;
    folder_whole_or_none(init, true);
}
static void restore_once(void **state)
{
    (void)state;
    folder_whole_or_none(restore, false);
}
static void restore_from_then_on(void **state)
{
    (void)state;
    folder_whole_or_none(restore, true);
}

/* A backup beside an older one: both stand, or the older one does as it was, and nothing is left of
 * the one that failed when the next has been made. */
static void backup_once(void **state)
{
    char origin[400];
    struct env env = env_replay(9, 1772416800000);
    arena_auto struct arena arena = ARENA(8u << 20);
    struct ledger l;
    struct err err;
    struct verify_report report;
    int64_t entries;
    int rc = -1;

    (void)state;
    world_remove(to);
    snprintf(origin, sizeof origin, "%s/origin", folder);
    assert_int_equal(ledger_open(&l, origin, false, &env, &err), 0);
    assert_int_equal(back_up(&l, to, &err), 0);
    assert_int_equal(backup_check(to, T(""), &report, NULL, NULL, &err), 0);
    entries = report.entries;
    for (unsigned long n = 1; rc != 0; n++) {
        struct command c = {.by = T("owner"), .via = T("test"), .event.kind = EVENT_CAMPAIGN_PUT};
        struct outcome o;
        c.on = T("NEW");
        assert_int_equal(ledger_write(&l, &c, &o, 1, &arena, &err), 0);
        file_fail_at(n, false, EIO);
        rc = back_up(&l, to, &err);
        file_fail_at(0, false, 0);
        assert_int_equal(backup_check(to, T(""), &report, NULL, NULL, &err), 0);
        assert_true(no_leftovers(to));
        assert_true(report.entries >= entries &&
                    (rc != 0 || report.entries == entries + (int64_t)n));
    }
    ledger_close(&l);
    world_remove(to);
}

/* --- the groups
 * --------------------------------------------------------------------------------------- */

static int make(void **state)
{
    struct store *store;
    struct err err;

    (void)state;
    store = sqlite_open(":memory:", &(struct sqlite_options){.create = true}, &err);
    if (store == NULL || (store = faulty_open(store)) == NULL)
        return -1;
    if (world_make(&w, store, &err) != 0 || world_cast(&w, &err) != 0)
        return -1;
    snprintf(folder, sizeof folder, "%s", world_folder(&w));
    snprintf(from, sizeof from, "%s/backup", folder);
    snprintf(to, sizeof to, "%s/to", folder);
    world_do(&w, "clerk", "register HZ --text 问题");
    return 0;
}

/* The same before each test, whose state is its operation. */
static int make_keeping(void **state)
{
    void *operation = *state;
    int rc = make(state);

    *state = operation;
    if (rc == 0 && ((const struct operation *)operation)->other == sign_in) {
        struct err err;
        rc = password_set(&w.ledger, T("both"), T("correct horse battery"), &err);
    }
    return rc;
}

static int make_in_folder(void **state)
{
    struct err err;

    /* A backup to restore from, of a ledger with its keys. */
    if (make(state) != 0)
        return -1;
    snprintf(to, sizeof to, "%s/origin", folder);
    if (init(&err) != 0)
        return -1;
    struct env env = env_replay(9, 1772416800000);
    struct ledger l;
    if (ledger_open(&l, to, false, &env, &err) != 0)
        return -1;
    int rc = back_up(&l, from, &err);
    ledger_close(&l);
    snprintf(to, sizeof to, "%s/to", folder);
    return rc;
}

static int drop(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

int main(int argc, char **argv)
{
    enum { COUNT = sizeof operations / sizeof operations[0] };
    static struct CMUnitTest tests[2 * COUNT];
    const struct CMUnitTest files[] = {
        cmocka_unit_test(init_once),
        cmocka_unit_test(init_from_then_on),
        cmocka_unit_test(restore_once),
        cmocka_unit_test(restore_from_then_on),
        cmocka_unit_test(backup_once),
        {"report with evidence, once", once, NULL, NULL, NULL},
        {"report with evidence, from then on", from_then_on, NULL, NULL, NULL},
    };
    struct CMUnitTest with_files[sizeof files / sizeof files[0]];
    static char names[2 * COUNT][80];
    const char *what = argc > 1 ? argv[1] : "calls", *only = getenv("ONLY");
    size_t count = 0;

    for (size_t i = 0; i < 2 * COUNT; i++) {
        const struct operation *o = &operations[i / 2];
        snprintf(names[i], sizeof names[i], "%s: %s, %s", what, o->name,
                 i % 2 ? "from then on" : "once");
        if (only && strstr(names[i], only) == NULL)
            continue;
        /* A password's hash is not made by anything that these faults reach. */
        if (o->other == password && strcmp(what, "memory") == 0)
            continue;
        tests[count++] = (struct CMUnitTest){.name = names[i],
                                             .test_func = i % 2 ? from_then_on : once,
                                             .setup_func = make_keeping,
                                             .teardown_func = drop,
                                             .initial_state = (void *)(uintptr_t)o};
    }
    if (strcmp(what, "files") == 0) {
        memcpy(with_files, files, sizeof files);
        for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
            for (size_t k = 0; k < COUNT; k++)
                if (operations[k].other == report_with_evidence)
                    with_files[i].initial_state = (void *)(uintptr_t)&operations[k];
        arm = arm_files;
        return _cmocka_run_group_tests("files", with_files, sizeof files / sizeof files[0],
                                       make_in_folder, drop);
    }
    if (strcmp(what, "memory") == 0)
        arm = arm_memory;
    if (strcmp(what, "sqlite") == 0) {
        use_failing_memory();
        arm = arm_sqlite;
    }
    return _cmocka_run_group_tests(what, tests, count, NULL, NULL);
}
