/*
 * special.c: rules that no row of a table can say, since they need two commands, a batch, or bytes
 * that no line holds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ledger/batch.h"
#include "ledger/verify.h"
#include "world.h"

static struct world w;

static int open_world(void **state)
{
    struct err err;

    (void)state;
    return world_open(&w, &err);
}

static int close_world(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

/* Gives a command that must not fail and tells what became of it. */
static struct outcome tell(const char *by, const char *line)
{
    struct outcome o;
    struct err err;

    if (world_try(&w, by, line, &o, &err) != 0)
        fail_msg("%s fails", line);
    return o;
}

static void refused(const struct outcome *o, const char *rule)
{
    assert_string_equal(arena_cstr(&w.arena, verdict_name(&o->verdict)), rule);
}

static struct outcome write_one(struct command *c)
{
    struct outcome o;
    struct err err;

    assert_int_equal(ledger_write(&w.ledger, c, &o, 1, &w.arena, &err), 0);
    return o;
}

static struct command registering(const char *text)
{
    struct command c = {.by = T("clerk"), .via = T("test"), .event.kind = EVENT_ITEM_REGISTER};

    c.event.item_register =
        (struct item_register_event){.campaign = T("HZ"), .text = text_of(text)};
    return c;
}

static struct entry entry_at(int64_t seq)
{
    struct entry e;
    struct err err;

    assert_int_equal(ledger_entry(&w.ledger, seq, &w.arena, &e, &err), 0);
    return e;
}

/* --- the idempotency key -------------------------------------------------------------------------
 */

static void same_key_twice_is_one_entry(void **state)
{
    struct outcome first, again;
    int64_t entries;

    (void)state;
    first = tell("clerk", "register HZ --text 问题 --id key-1");
    entries = world_entries(&w.ledger);
    again = tell("clerk", "register HZ --text 问题 --id key-1");
    assert_true(again.repeated);
    assert_int_equal(again.seq, first.seq);
    assert_true(text_eq(again.code, first.code));
    assert_int_equal(world_entries(&w.ledger), entries);
    /* Also where the first one would no longer be allowed. */
    tell("clerk", "withdraw HZ-0001 --reason r --id key-2");
    again = tell("clerk", "withdraw HZ-0001 --reason r --id key-2");
    assert_true(again.repeated && again.verdict.rule == RULE_NONE);
}

static void same_key_twice_in_one_batch_is_one_entry(void **state)
{
    struct command c[2] = {registering("问题"), registering("问题")};
    struct outcome o[2];
    struct err err;
    int64_t entries = world_entries(&w.ledger);

    (void)state;
    c[0].id = c[1].id = T("key");
    assert_int_equal(ledger_write(&w.ledger, c, o, 2, &w.arena, &err), 0);
    assert_int_equal(world_entries(&w.ledger), entries + 1);
    assert_true(o[1].repeated);
    assert_true(text_eq(o[0].code, o[1].code));
}

static void a_refused_key_may_come_again(void **state)
{
    struct outcome o;

    (void)state;
    tell("clerk", "register HZ --text 问题");
    o = tell("clerk", "resume HZ-0001 --reason r --id key");
    refused(&o, "NOTHING");
    tell("clerk", "suspend HZ-0001 --reason r");
    o = tell("clerk", "resume HZ-0001 --reason r --id key");
    assert_int_equal(o.verdict.rule, RULE_NONE);
    assert_false(o.repeated);
}

/* --- batches -----------------------------------------------------------------------------------
 */

static void a_batch_sees_its_own_commands(void **state)
{
    struct command c[4];
    struct outcome o[4];
    struct err err;
    int64_t entries = world_entries(&w.ledger);

    (void)state;
    c[0] = registering("问题");
    assert_int_equal(world_command(&w, "clerk", "assign HZ-0001 --unit A", &c[1], &err), 0);
    assert_int_equal(world_command(&w, "verifier", "verify HZ-0001 --pass", &c[2], &err), 0);
    assert_int_equal(world_command(&w, "liaison-a", "accept HZ-0001", &c[3], &err), 0);
    assert_int_equal(ledger_write(&w.ledger, c, o, 4, &w.arena, &err), 0);
    assert_int_equal(o[1].verdict.rule, RULE_NONE);
    refused(&o[2], "STATE"); /* and the next one goes in all the same */
    assert_int_equal(o[3].verdict.rule, RULE_NONE);
    assert_int_equal(o[3].seq, o[1].seq + 1);
    assert_int_equal(o[3].version, 3);
    assert_int_equal(world_entries(&w.ledger), entries + 3);
    assert_int_equal(world_number(w.ledger.store, "SELECT COUNT(*) FROM checkpoint"), 3);
}

static void time_never_goes_back(void **state)
{
    struct outcome a, b;

    (void)state;
    assert_true(world_day(&w, T("2026-05-01")));
    a = tell("clerk", "register HZ --text 一");
    assert_true(world_day(&w, T("2026-03-01")));
    b = tell("clerk", "register HZ --text 二");
    assert_true(entry_at(b.seq).at >= entry_at(a.seq).at);
}

static void codes_are_never_used_again(void **state)
{
    (void)state;
    tell("clerk", "register HZ --text 一");
    tell("clerk", "withdraw HZ-0001 --reason r");
    assert_string_equal(arena_cstr(&w.arena, tell("clerk", "register HZ --text 二").code),
                        "HZ-0002");
    /* Another campaign counts for itself. */
    assert_string_equal(arena_cstr(&w.arena, tell("clerk", "register ANS --text 三").code),
                        "ANS-0001");
}

/* A unit or person that an import meets gets a code that nobody has, also not by hand. */
static void made_codes_take_nobodys_place(void **state)
{
    struct unit_line unit = {.name = T("无名单位"), .provisional = true};
    struct person_line person = {.name = T("无名氏"), .provisional = true};
    struct command c = {.by = T("owner"), .via = T("test"), .event.kind = EVENT_UNIT_PUT};
    struct outcome o;
    int64_t units, people;

    (void)state;
    for (int n = 8; n < 12; n++)
        tell("clerk", world_line(&w, "unit U%05d --name 手工", n));
    for (int n = 33; n < 40; n++)
        tell("owner", world_line(&w, "person P%05d --name 手工 --role auditor", n));
    units = world_number(w.ledger.store, "SELECT COUNT(*) FROM unit");
    people = world_number(w.ledger.store, "SELECT COUNT(*) FROM person");
    c.event.unit_put.units = (struct unit_list){&unit, 1};
    o = write_one(&c);
    assert_int_equal(o.verdict.rule, RULE_NONE);
    assert_int_equal(world_number(w.ledger.store, "SELECT COUNT(*) FROM unit"), units + 1);
    c = (struct command){.by = T("owner"), .via = T("test"), .event.kind = EVENT_PERSON_PUT};
    c.event.person_put.people = (struct person_list){&person, 1};
    o = write_one(&c);
    assert_int_equal(o.verdict.rule, RULE_NONE);
    assert_int_equal(world_number(w.ledger.store, "SELECT COUNT(*) FROM person"), people + 1);
}

/* --- text
 * ----------------------------------------------------------------------------------------- */

static void what_is_no_text_is_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
    } bad[] = {{"\xff", 1},         {"a\0b", 3},         {"\xc0\x80", 2},
               {"\xed\xa0\x80", 3}, {"\xe4\xb8", 2},     {"\xf4\x90\x80\x80", 4},
               {"\xfe\xff", 2},     {"ok\xe4\xb8zz", 6}, {"\0", 1}};
    int64_t entries = world_entries(&w.ledger);

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct text t = {bad[i].bytes, bad[i].n};
        struct command c = registering("问题");
        struct outcome o;
        c.event.item_register.text = t;
        o = write_one(&c);
        refused(&o, "NOT_TEXT");
        c = registering("问题");
        c.event.item_register.parts = (struct texts){&t, 1};
        o = write_one(&c);
        refused(&o, "NOT_TEXT");
        c = registering("问题");
        c.id = t;
        o = write_one(&c);
        refused(&o, "NOT_TEXT");
        c = registering("问题");
        c.via = t;
        o = write_one(&c);
        refused(&o, "NOT_TEXT");
        c = registering("问题");
        c.by = t;
        o = write_one(&c);
        refused(&o, "UNKNOWN_PERSON");
    }
    assert_int_equal(world_entries(&w.ledger), entries);
}

/* The longest entry fits, one byte more does not, and nothing is used up by the refusal. */
static void an_entry_has_a_longest(void **state)
{
    static char text[70000];
    size_t most = 0;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    for (size_t low = 1, high = sizeof text - 1; low < high;) {
        size_t n = (low + high) / 2;
        struct command c = registering("");
        struct outcome o;
        c.event.item_register.text = (struct text){text, n};
        /* Tried, not kept. */
        struct err err;
        assert_int_equal(ledger_trial(&w.ledger, &err), 0);
        o = write_one(&c);
        ledger_trial_end(&w.ledger);
        if (o.verdict.rule == RULE_NONE)
            low = most = n + 0, low = n + 1;
        else
            high = n;
    }
    struct command c = registering("");
    c.id = T("the longest, with a key of its own length 36");
    c.id = text_head(c.id, 36);
    c.event.item_register.text = (struct text){text, most};
    struct outcome o = write_one(&c);
    assert_int_equal(o.verdict.rule, RULE_NONE);
    assert_string_equal(arena_cstr(&w.arena, o.code), "HZ-0001");
    assert_int_equal(world_number(w.ledger.store, "SELECT MAX(LENGTH(bytes)) FROM log"), 65535);
}

/* --- duplicates, and what was taken over from a book ---------------------------------------------
 */

static void likely_names_the_first_that_says_the_same(void **state)
{
    struct command c = registering(" 消防通道，堵塞！");
    struct outcome o;

    (void)state;
    tell("clerk", "register HZ --text 消防通道堵塞");
    o = write_one(&c);
    assert_int_equal(o.verdict.rule, RULE_NONE);
    assert_string_equal(arena_cstr(&w.arena, o.likely), "HZ-0001");
    assert_true(text_eq(entry_at(o.seq).event.item_register.likely, T("HZ-0001")));
    c = registering("消防通道堵塞");
    c.skip_likely = true;
    o = write_one(&c);
    refused(&o, "DUPLICATE");
}

static void likely_names_nothing_hidden(void **state)
{
    struct outcome o;

    (void)state;
    tell("clerk-secret", "register SECRET --text 消防通道堵塞");
    o = tell("clerk", "register HZ --text 消防通道堵塞");
    assert_int_equal(o.likely.n, 0);
    assert_int_equal(entry_at(o.seq).event.item_register.likely.n, 0);
    o = tell("clerk-secret", "register HZ --text 消防通道堵塞");
    assert_true(o.likely.n > 0);
}

static void strike_off_wants_a_verification_of_ours(void **state)
{
    struct command c = registering("问题");
    struct outcome o;

    (void)state;
    c.event.item_register.state = T("verified");
    c.event.item_register.lead = T("A");
    o = write_one(&c);
    assert_int_equal(o.verdict.rule, RULE_NONE);
    o = tell("approver", "strike-off HZ-0001");
    refused(&o, "UNVERIFIED");
}

static void struck_off_by_a_book_is_marked_for_ever(void **state)
{
    struct command c = registering("问题");
    struct item item;
    struct err err;

    (void)state;
    c.event.item_register.state = T("struck_off");
    c.event.item_register.lead = T("A");
    write_one(&c);
    assert_int_equal(item_load(w.ledger.store, T("HZ-0001"), &item, &w.arena, &err), 1);
    assert_int_equal(item.state, STATE_STRUCK_OFF);
    assert_true(item.taken_over);
    /* Counted apart, not among those that were verified here. */
    assert_int_equal(
        world_number(
            w.ledger.store,
            "SELECT CAST(SUM(n) AS BIGINT) FROM tally_state WHERE unit = 0 AND state = 13"),
        1);
    assert_int_equal(world_number(w.ledger.store,
                                  "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM tally_state "
                                  "WHERE unit = 0 AND state = 8"),
                     0);
    tell("clerk", "reopen HZ-0001 --reason r");
    assert_int_equal(item_load(w.ledger.store, T("HZ-0001"), &item, &w.arena, &err), 1);
    assert_true(item.taken_over);
    assert_int_equal(world_number(w.ledger.store,
                                  "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM tally_state "
                                  "WHERE unit = 0 AND state = 13"),
                     0);
}

/* --- plans
 * ----------------------------------------------------------------------------------------- */

static void a_plan_is_frozen(void **state)
{
    struct outcome first, second;

    (void)state;
    world_do(&w, "clerk", "register HZ --text 问题 --due 2026-06-30");
    world_do(&w, "clerk", "assign HZ-0001 --unit A");
    world_do(&w, "liaison-a", "accept HZ-0001");
    world_do(&w, "liaison-a", "task HZ-0001 --text 清理 --due 2026-04-30");
    first = tell("liaison-a", "plan HZ-0001");
    world_do(&w, "approver", "return HZ-0001 --reason 太慢");
    world_do(&w, "liaison-a", "task HZ-0001 --n 1 --due 2026-03-31");
    world_do(&w, "liaison-a", "task HZ-0001 --text 巡查 --unit A1 --person liaison-a1");
    second = tell("liaison-a", "plan HZ-0001");
    struct entry one = entry_at(first.seq), two = entry_at(second.seq);
    assert_int_equal(one.event.item_plan.version, 1);
    assert_int_equal(one.event.item_plan.tasks.count, 1);
    assert_int_equal(two.event.item_plan.version, 2);
    assert_int_equal(two.event.item_plan.tasks.count, 2);
    assert_int_equal(one.event.item_plan.tasks.at[0].due - two.event.item_plan.tasks.at[0].due, 30);
    assert_true(text_eq(two.event.item_plan.tasks.at[1].lead, T("A1")));
    second = tell("approver", "approve HZ-0001");
    assert_int_equal(entry_at(second.seq).event.item_approve.version, 2);
}

static void a_campaign_keeps_its_procedures_version(void **state)
{
    struct outcome o;

    (void)state;
    world_do(&w, "clerk", "register HZ --text 问题 --unit A");
    world_do(&w, "clerk", "procedure default --without accepted,planned --sealed originator_name");
    o = tell("liaison-a", "report HZ-0001 --text 已改");
    refused(&o, "STATE");
    world_do(&w, "clerk", "campaign HZ"); /* takes the newest version */
    o = tell("liaison-a", "report HZ-0001 --text 已改");
    assert_int_equal(o.verdict.rule, RULE_NONE);
}

/* --- what may not be seen ------------------------------------------------------------------------
 */

static void say_both(const struct outcome *o, struct buf *out)
{
    verdict_say(out, LANG_EN, &o->verdict);
    buf_char(out, '\n');
    verdict_say(out, LANG_ZH, &o->verdict);
}

/* The same sentences, but for the name that was asked for. */
static void alike(struct buf *hidden, struct buf *absent, const char *name, const char *instead)
{
    buf_cstr(absent);
    for (char *p = absent->p; (p = strstr(p, name)) != NULL;)
        memcpy(p, instead, strlen(name));
    assert_string_equal(buf_cstr(hidden), buf_cstr(absent));
}

/* What is hidden and what is not there are answered alike, to the byte. */
static void hidden_is_like_absent(void **state)
{
    static const char *const lines[] = {
        "chase %s",
        "report %s --text r",
        "verify %s --pass",
        "strike-off %s",
        "report %s/1 --text r",
        "merge HZ-0001 --into %s --reason r",
        "amend %s --title t --version 7",
        "handover %s --from clerk --to owner",
    };

    (void)state;
    world_do(&w, "clerk", "register HZ --text 问题");
    world_do(&w, "clerk-secret", "register SECRET --text 密 --unit A --due 2026-06-30");
    world_do(&w, "clerk-secret", "task SECRET-0001 --text t");
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        static const char *const people[] = {"clerk", "liaison-a", "verifier", "auditor"};
        for (size_t k = 0; k < sizeof people / sizeof people[0]; k++) {
            buf_auto struct buf hidden = BUF(4096), absent = BUF(4096);
            char line[100];
            struct outcome o;
            snprintf(line, sizeof line, lines[i], "SECRET-0001");
            o = tell(people[k], line);
            say_both(&o, &hidden);
            assert_int_not_equal(o.verdict.rule, RULE_NONE);
            assert_int_equal(o.version, i == 5 ? o.version : 0);
            snprintf(line, sizeof line, lines[i], "SECRET-0002");
            o = tell(people[k], line);
            say_both(&o, &absent);
            alike(&hidden, &absent, "0002", "0001");
        }
    }
    /* The same for the campaign itself. */
    buf_auto struct buf hidden = BUF(4096), absent = BUF(4096);
    struct outcome o = tell("clerk", "register SECRET --text 问题");
    say_both(&o, &hidden);
    o = tell("clerk", "register TERCES --text 问题");
    say_both(&o, &absent);
    alike(&hidden, &absent, "TERCES", "SECRET");
}

static void whoever_left_does_nothing(void **state)
{
    struct outcome o;

    (void)state;
    world_do(&w, "clerk", "register HZ --text 问题");
    world_do(&w, "owner", "person clerk --unit OFFICE --role clerk --inactive");
    o = tell("clerk", "chase HZ-0001");
    refused(&o, "UNKNOWN_PERSON");
    /* Nor does anybody for them. */
    world_do(&w, "owner", "deputy clerk --to nobody --from 2026-03-01 --until 2026-03-31");
    o = tell("nobody", "chase HZ-0001");
    refused(&o, "UNSEEN");
}

static void nobody_enters_a_hidden_circle_by_themselves(void **state)
{
    struct outcome o;

    (void)state;
    world_do(&w, "clerk-secret", "register SECRET --text 密");
    tell("clerk", "campaign SECRET --confidential");
    tell("clerk", "deputy clerk --to clerk-secret --from 2026-03-01 --until 2026-03-31");
    o = tell("clerk", "chase SECRET-0001");
    refused(&o, "UNSEEN");
}

/* --- what is sealed
 * --------------------------------------------------------------------------------- */

static bool in_log(const char *text)
{
    return world_number(
               w.ledger.store,
               world_line(
                   &w,
                   w.ledger.store->server
                       ? "SELECT COUNT(*) FROM log WHERE position(CAST('%s' AS bytea) IN bytes) > 0"
                       : "SELECT COUNT(*) FROM log WHERE instr(bytes, CAST('%s' AS BLOB))",
                   text)) > 0;
}

static void what_a_procedure_seals_is_not_in_the_log(void **state)
{
    struct verify_report report;
    struct err err;

    (void)state;
    world_folder(&w);
    world_do(&w, "clerk", "register SEALED --text 问题 --place 幸福小区 --originator-name 王小明");
    world_do(&w, "clerk", "amend SEALED-0001 --place 和平小区");
    world_do(&w, "clerk", "register HZ --text 问题 --place 光明小区");
    assert_false(in_log("幸福小区"));
    assert_false(in_log("王小明"));
    assert_false(in_log("和平小区"));
    assert_true(in_log("光明小区"));
    assert_int_equal(world_number(w.ledger.store, "SELECT COUNT(*) FROM sealed"), 3);
    assert_int_equal(
        world_number(w.ledger.store, "SELECT COUNT(*) FROM item_text WHERE place <> ''"), 1);
    assert_int_equal(verify_ledger(&w.ledger, false, T(""), &report, NULL, NULL, &err), 0);
    assert_int_equal(report.sealed, 3);
}

/* A refused command leaves no sealed value behind. */
static void a_refused_secret_is_not_kept(void **state)
{
    struct outcome o;

    (void)state;
    o = tell("verifier", "register HZ --text 问题 --originator-name 王小明");
    refused(&o, "ROLE");
    tell("clerk", "register HZ --text 问题 --originator-name 李小红 --id once");
    tell("clerk", "register HZ --text 问题 --originator-name 李小红 --id once");
    assert_int_equal(world_number(w.ledger.store, "SELECT COUNT(*) FROM sealed"), 1);
}

/* "item" and "clerk" are words of the catalogue, and may also be what somebody typed. */
static void what_was_typed_is_never_translated(void **state)
{
    static const struct {
        const char *by, *line, *rule, *says, *not ;
    } rows[] = {
        {"owner", "unit x --name x --parent item", "UNKNOWN_UNIT", "item", NULL},
        {"clerk", "register clerk --text 问题", "UNKNOWN_CAMPAIGN", "clerk", NULL},
        {"clerk", "chase clerk", "UNSEEN", "clerk", NULL},
        {"owner", "person x --name x --role item", "WORD", "item", NULL},
        {"verifier", "register HZ --text 问题", "ROLE", NULL, "clerk"},
        {"clerk", "register HZ", "MISSING", "--text", "The text"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buf_auto struct buf out = BUF(4096);
        struct outcome o = tell(rows[i].by, rows[i].line);
        refused(&o, rows[i].rule);
        verdict_say(&out, LANG_ZH, &o.verdict);
        if ((rows[i].says && !text_has(buf_view(&out), text_of(rows[i].says))) ||
            (rows[i].not &&text_has(buf_view(&out), text_of(rows[i].not ))))
            fail_msg("%s: %s", rows[i].line, buf_cstr(&out));
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
    const struct CMUnitTest tests[] = {
        TEST(same_key_twice_is_one_entry),
        TEST(same_key_twice_in_one_batch_is_one_entry),
        TEST(a_refused_key_may_come_again),
        TEST(a_batch_sees_its_own_commands),
        TEST(time_never_goes_back),
        TEST(codes_are_never_used_again),
        TEST(made_codes_take_nobodys_place),
        TEST(what_is_no_text_is_refused),
        TEST(an_entry_has_a_longest),
        TEST(likely_names_the_first_that_says_the_same),
        TEST(likely_names_nothing_hidden),
        TEST(strike_off_wants_a_verification_of_ours),
        TEST(struck_off_by_a_book_is_marked_for_ever),
        TEST(a_plan_is_frozen),
        TEST(a_campaign_keeps_its_procedures_version),
        TEST(hidden_is_like_absent),
        TEST(whoever_left_does_nothing),
        TEST(nobody_enters_a_hidden_circle_by_themselves),
        TEST(what_a_procedure_seals_is_not_in_the_log),
        TEST(a_refused_secret_is_not_kept),
        TEST(what_was_typed_is_never_translated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
