/*
 * plans.c: the plan of a whole campaign: its versions, who decides, what is frozen, and that a
 * version which does not say what the log gives is found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ledger/campaign_plan.h"
#include "ledger/verify.h"
#include "store/sqlite.h"
#include "world.h"

static struct world w;

static int open_world(void **state)
{
    struct err err;

    (void)state;
    if (world_open(&w, &err) != 0)
        return -1;
    world_do(&w, "clerk", "register HZ --text 消防通道堵塞 --unit A --due 2026-06-30");
    world_do(&w, "clerk",
             "register HZ --text 标志牌破损 --unit B --assist A1 --leader leader-b:分管");
    world_do(&w, "clerk", "register FIN --text 另一专项 --unit A");
    world_do(&w, "clerk", "task HZ-0001 --text 清理 --due 2026-04-30");
    world_do(&w, "clerk", "task HZ-0002 --text 更换 --unit A --person liaison-a");
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

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

static struct campaign_plan_event frozen_by(const char *line)
{
    struct outcome o = tell("clerk", line);
    struct entry e;
    struct err err;

    assert_int_equal(o.verdict.rule, RULE_NONE);
    assert_int_equal(ledger_entry(&w.ledger, o.seq, &w.arena, &e, &err), 0);
    assert_int_equal(e.event.kind, EVENT_CAMPAIGN_PLAN);
    assert_int_equal(e.event.campaign_plan.lists.count, 3);
    return e.event.campaign_plan;
}

static int64_t plan_state(int version)
{
    return world_number(
        w.ledger.store,
        world_line(&w, "SELECT state FROM campaign_plan WHERE version = %d", version));
}

static int verified(enum err_code *code)
{
    struct verify_report report;
    struct err err;
    int rc = verify_ledger(&w.ledger, false, T(""), &report, NULL, NULL, &err);

    *code = err.code;
    return rc;
}

static void versions_are_submitted_returned_and_approved(void **state)
{
    struct command late;
    struct outcome o;
    struct err err;
    struct hash dump;

    (void)state;
    assert_int_equal(frozen_by("plan-campaign HZ --note 第一稿").version, 1);
    o = tell("approver", "return-campaign HZ");
    refused(&o, "MISSING");
    tell("approver", "return-campaign HZ --reason 措施不具体");
    assert_int_equal(plan_state(1), PLAN_RETURNED);
    o = tell("approver", "approve-campaign HZ");
    refused(&o, "NO_PLAN");
    assert_int_equal(frozen_by("plan-campaign HZ").version, 2);
    /* A newer one takes the place of one that waits. */
    assert_int_equal(frozen_by("plan-campaign HZ").version, 3);
    assert_int_equal(world_command(&w, "approver", "approve-campaign HZ", &late, &err), 0);
    late.by = T("approver");
    late.via = T("test");
    late.seen = 2;
    assert_int_equal(ledger_write(&w.ledger, &late, &o, 1, &w.arena, &err), 0);
    refused(&o, "STALE");
    tell("approver", "approve-campaign HZ --note 同意");
    assert_int_equal(plan_state(2), PLAN_SUBMITTED);
    assert_int_equal(plan_state(3), PLAN_APPROVED);
    o = tell("approver", "return-campaign HZ --reason r");
    refused(&o, "NO_PLAN");
    dump = world_dump(&w.ledger);
    assert_int_equal(ledger_rebuild(&w.ledger, INT64_MAX, NULL, NULL, &err), 0);
    struct hash again = world_dump(&w.ledger);
    assert_true(hash_eq(&dump, &again));
}

static bool same(const struct campaign_plan_event *x, const struct campaign_plan_event *y, int list)
{
    return x->lists.at[list].rows == y->lists.at[list].rows &&
           text_eq(x->lists.at[list].hash, y->lists.at[list].hash);
}

/* What is planned changes the hash of the list that says it; what was done since does not. */
static void only_what_is_planned_counts(void **state)
{
    static const struct {
        const char *by, *line;
        bool same[3];
    } steps[] = {
        {"clerk", "chase HZ-0001 --text 请抓紧", {true, true, true}},
        {"liaison-a", "accept HZ-0001", {true, true, true}},
        {"clerk", "amend FIN-0001 --text 别的专项", {true, true, true}},
        {"clerk", "amend HZ-0001 --text 消防通道仍堵塞", {false, true, true}},
        {"clerk", "amend HZ-0001 --place 东门", {false, true, true}},
        {"clerk", "task HZ-0001 --n 1 --due 2026-05-01", {true, false, true}},
        {"clerk", "task HZ-0002 --n 1 --person liaison-a1", {true, false, false}},
        {"liaison-a", "milestone HZ-0001/1 --text 采购 --due 2026-04-01", {true, false, true}},
        {"clerk", "task HZ-0001 --text 巡查 --due 2026-05-01", {true, false, false}},
        {"clerk", "drop HZ-0001/2 --reason 重复", {true, false, false}},
        {"clerk", "register HZ --text 新问题 --unit A", {false, true, false}},
        {"clerk", "withdraw HZ-0003 --reason 误报", {false, true, false}},
    };
    struct campaign_plan_event before = frozen_by("plan-campaign HZ"), after;
    enum err_code code;

    (void)state;
    assert_int_equal(before.lists.at[0].rows, 2);
    assert_int_equal(before.lists.at[1].rows, 2);
    assert_int_equal(before.lists.at[2].rows, 2);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        world_do(&w, steps[i].by, steps[i].line);
        after = frozen_by("plan-campaign HZ");
        for (int k = 0; k < 3; k++)
            if (same(&before, &after, k) != steps[i].same[k])
                fail_msg("%s: list %d", steps[i].line, k);
        before = after;
    }
    assert_int_equal(verified(&code), 0);
}

/* Somebody changes the tables, and freezes what they then say. */
static void what_the_log_does_not_give_is_found(void **state)
{
    struct err err;
    enum err_code code;

    (void)state;
    frozen_by("plan-campaign HZ");
    assert_int_equal(verified(&code), 0);
    assert_int_equal(
        store_script(w.ledger.store, "UPDATE item_text SET text = '已无问题' WHERE id = 1", &err),
        0);
    frozen_by("plan-campaign HZ");
    assert_int_equal(ledger_rebuild(&w.ledger, INT64_MAX, NULL, NULL, &err), 0);
    assert_int_equal(verified(&code), -1);
    assert_int_equal(code, ERR_WRONG_ENTRY);
}

/* A large campaign is read before anybody waits for it: what is said under the lock is what was
 * read, and only what is planned otherwise meanwhile refuses it. */
static void a_plan_is_read_before_it_is_written(void **state)
{
    static const struct {
        const char *by, *line, *rule;
    } meanwhile[] = {
        {"clerk", "chase HZ-0001 --text 请抓紧", ""},
        {"liaison-a", "accept HZ-0001", ""},
        {"clerk", "suspend HZ-0001 --reason 停工", ""},
        {"clerk", "resume HZ-0001 --reason 复工", ""},
        {"clerk", "amend FIN-0001 --text 别的专项", ""},
        {"clerk", "amend HZ-0001 --text 消防通道仍堵塞", "MOVED"},
        {"clerk", "task HZ-0002 --n 1 --person liaison-a1", "MOVED"},
        {"clerk", "register HZ --text 新问题 --unit A", "MOVED"},
        {"clerk", "withdraw HZ-0003 --reason 误报", "MOVED"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof meanwhile / sizeof meanwhile[0]; i++) {
        struct command c;
        struct outcome o;
        struct err err;
        assert_int_equal(world_command(&w, "clerk", "plan-campaign HZ", &c, &err), 0);
        c.by = T("clerk");
        c.via = T("test");
        assert_int_equal(campaign_plan_read(&w.ledger, &c, &w.arena, &err), 0);
        assert_int_equal(c.read, world_entries(&w.ledger));
        world_do(&w, meanwhile[i].by, meanwhile[i].line);
        assert_int_equal(ledger_write(&w.ledger, &c, &o, 1, &w.arena, &err), 0);
        if (meanwhile[i].rule[0])
            refused(&o, meanwhile[i].rule);
        else
            assert_int_equal(o.verdict.rule, RULE_NONE);
    }
    enum err_code code;
    assert_int_equal(verified(&code), 0);
}

/* Not read again where all writers wait: what somebody did to the tables since is not in it. */
static void nothing_is_read_under_the_lock(void **state)
{
    struct campaign_plan_event before = frozen_by("plan-campaign HZ");
    struct command c;
    struct outcome o;
    struct entry e;
    struct err err;

    (void)state;
    assert_int_equal(world_command(&w, "clerk", "plan-campaign HZ", &c, &err), 0);
    c.by = T("clerk");
    c.via = T("test");
    assert_int_equal(campaign_plan_read(&w.ledger, &c, &w.arena, &err), 0);
    assert_int_equal(store_script(w.ledger.store, "UPDATE item_text SET text = '改'", &err), 0);
    assert_int_equal(ledger_write(&w.ledger, &c, &o, 1, &w.arena, &err), 0);
    assert_int_equal(ledger_entry(&w.ledger, o.seq, &w.arena, &e, &err), 0);
    for (int i = 0; i < 3; i++)
        assert_true(same(&before, &e.event.campaign_plan, i));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
    const struct CMUnitTest tests[] = {
        TEST(versions_are_submitted_returned_and_approved),
        TEST(only_what_is_planned_counts),
        TEST(what_the_log_does_not_give_is_found),
        TEST(a_plan_is_read_before_it_is_written),
        TEST(nothing_is_read_under_the_lock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
