/*
 * around.c: ways around the rules that take several steps, as somebody with one ordinary role would
 * try them. Each case is a list of commands with what must become of each: "" it is allowed, else
 * the name of the rule that refuses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ledger/batch.h"
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

struct step {
    const char *by, *line, *rule;
};

static void play(const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct outcome o;
        struct err err;
        if (steps[i].by == NULL) {
            assert_true(world_day(&w, text_of(steps[i].line)));
            continue;
        }
        if (world_try(&w, steps[i].by, steps[i].line, &o, &err) != 0)
            fail_msg("%s: %s fails", steps[i].by, steps[i].line);
        if (!text_eq(verdict_name(&o.verdict), text_of(steps[i].rule)))
            fail_msg("%s: %s: it says \"%.*s\", not \"%s\"", steps[i].by, steps[i].line,
                     TEXT_ARG(verdict_name(&o.verdict)), steps[i].rule);
    }
}

#define PLAY(...)                                         \
    do {                                                  \
        static const struct step steps[] = {__VA_ARGS__}; \
        play(steps, sizeof steps / sizeof steps[0]);      \
    } while (0)
#define DAY(day)      \
    {                 \
        NULL, day, "" \
    }

static struct item item_of(const char *code)
{
    struct item item;
    struct err err;

    assert_int_equal(item_load(w.ledger.store, text_of(code), &item, &w.arena, &err), 1);
    return item;
}

static void in_state(const char *code, enum state state)
{
    assert_string_equal(states.words[item_of(code).state].key, states.words[state].key);
}

/* --- who did it ----------------------------------------------------------------------------------
 */

/* Named by mistake and let go before any work: not a doer. */
static void who_declined_is_independent(void **state)
{
    (void)state;
    PLAY({"clerk", "register HZ --text 问题 --class immediate", ""},
         {"clerk", "assign HZ-0001 --unit A", ""}, {"liaison-a", "decline HZ-0001 --reason r", ""},
         {"clerk", "assign HZ-0001 --unit B", ""}, {"liaison-b", "accept HZ-0001", ""},
         {"liaison-b", "report HZ-0001 --text 已改", ""}, {"liaison-b", "apply HZ-0001", ""},
         {"verifier-b", "verify HZ-0001 --pass", "OWN_UNIT"},
         {"verifier-a", "verify HZ-0001 --pass", ""}, {"approver-a", "strike-off HZ-0001", ""});
}

/* Given to another unit after the first one did something: both did it. */
static void who_worked_and_left_is_not(void **state)
{
    (void)state;
    PLAY({"clerk", "register HZ --text 问题 --class immediate", ""},
         {"clerk", "assign HZ-0001 --unit A", ""}, {"liaison-a", "accept HZ-0001", ""},
         {"liaison-a", "report HZ-0001 --text 一半", ""}, {"clerk", "assign HZ-0001 --unit B", ""},
         {"liaison-b", "accept HZ-0001", ""}, {"liaison-b", "report HZ-0001 --text 已改", ""},
         {"liaison-b", "apply HZ-0001", ""}, {"verifier-a", "verify HZ-0001 --pass", "OWN_UNIT"},
         {"verifier-b", "verify HZ-0001 --pass", "OWN_UNIT"},
         {"verifier", "verify HZ-0001 --pass", ""},
         {"approver-a", "strike-off HZ-0001", "OWN_UNIT"}, {"approver", "strike-off HZ-0001", ""},
         {"verifier-a", "look-back HZ-0001 --pass", "OWN_UNIT"});
}

static void an_assisting_unit_written_out(void **state)
{
    (void)state;
    PLAY({"clerk", "register HZ --text 问题 --class immediate", ""},
         {"clerk", "assign HZ-0001 --unit A --assist B", ""}, {"liaison-a", "accept HZ-0001", ""},
         {"liaison-b", "report HZ-0001 --text 配合", ""},
         {"clerk", "amend HZ-0001 --clear assist", ""}, {"liaison-a", "apply HZ-0001", ""},
         {"verifier-b", "verify HZ-0001 --pass", "OWN_UNIT"},
         {"verifier", "verify HZ-0001 --pass", ""});
}

/* A task's unit did it when something was done, and not when the task was dropped before. */
static void a_dropped_tasks_unit(void **state)
{
    (void)state;
    PLAY({"clerk", "register HZ --text 问题 --class immediate", ""},
         {"clerk", "assign HZ-0001 --unit A", ""}, {"clerk", "task HZ-0001 --text t --unit B", ""},
         {"liaison-a", "accept HZ-0001", ""}, {"liaison-b", "report HZ-0001/1 --text 半", ""},
         {"clerk", "drop HZ-0001/1 --reason r", ""}, {"liaison-a", "apply HZ-0001", ""},
         {"verifier-b", "verify HZ-0001 --pass", "OWN_UNIT"},
         {"clerk", "register HZ --text 另一 --class immediate", ""},
         {"clerk", "assign HZ-0002 --unit A", ""}, {"clerk", "task HZ-0002 --text t --unit B", ""},
         {"clerk", "drop HZ-0002/1 --reason r", ""}, {"liaison-a", "accept HZ-0002", ""},
         {"liaison-a", "report HZ-0002 --text 已改", ""}, {"liaison-a", "apply HZ-0002", ""},
         {"verifier-b", "verify HZ-0002 --pass", ""});
}

/* Naming a task's person leaves its unit where it is. */
static void a_tasks_unit_stays_when_its_person_is_named(void **state)
{
    (void)state;
    PLAY({"clerk", "register HZ --text 问题 --class immediate", ""},
         {"clerk", "assign HZ-0001 --unit A", ""}, {"clerk", "task HZ-0001 --text t --unit B", ""},
         {"clerk", "task HZ-0001 --n 1 --person leader-b", ""}, {"liaison-a", "accept HZ-0001", ""},
         {"liaison-b", "report HZ-0001/1 --done", ""}, {"liaison-a", "apply HZ-0001", ""},
         {"verifier-b", "verify HZ-0001 --pass", "OWN_UNIT"});
}

static void who_handed_over_answered_for_it(void **state)
{
    (void)state;
    PLAY({"clerk", "register HZ --text 问题 --class immediate --person verifier", ""},
         {"clerk", "assign HZ-0001 --unit A", ""}, {"liaison-a", "accept HZ-0001", ""},
         {"liaison-a", "report HZ-0001 --text 已改", ""},
         {"clerk", "handover HZ-0001 --from verifier --to leader-a", ""},
         {"liaison-a", "apply HZ-0001", ""}, {"verifier", "verify HZ-0001 --pass", "OWN_UNIT"},
         {"verifier-b", "verify HZ-0001 --pass", ""});
}

static void every_hand_counts(void **state)
{
    (void)state;
    PLAY({"clerk", "register HZ --text 问题 --class immediate", ""},
         {"clerk", "assign HZ-0001 --unit A", ""}, {"liaison-a", "accept HZ-0001", ""},
         {"both", "report HZ-0001 --text 代报", ""},
         {"liaison-a", "report HZ-0001 --text 已改", ""}, {"clerk", "apply HZ-0001", ""},
         {"both", "verify HZ-0001 --pass", "OWN_HAND"}, {"verifier", "verify HZ-0001 --pass", ""},
         {"both", "strike-off HZ-0001", "OWN_HAND"}, {"approver", "strike-off HZ-0001", ""},
         {"both", "look-back HZ-0001 --pass", "OWN_HAND"});
}

/* A verifier's own photographs are no hand in the work. */
static void who_checks_may_attach(void **state)
{
    (void)state;
    world_folder(&w);
    world_do(&w, "clerk", "register HZ --text 问题 --class immediate");
    world_do(&w, "clerk", "assign HZ-0001 --unit A");
    world_do(&w, "liaison-a", "accept HZ-0001");
    world_do(&w, "liaison-a", "report HZ-0001 --text 已改");
    world_do(&w, "liaison-a", "apply HZ-0001");
    world_do(&w, "verifier", world_line(&w, "attach HZ-0001 --file %s/file.txt", w.ledger.dir));
    PLAY({"verifier", "verify HZ-0001 --pass", ""});
}

/* Evidence of the unit is its work, whatever the book says afterwards. */
static void who_attached_as_the_unit_did_it(void **state)
{
    (void)state;
    world_folder(&w);
    world_do(&w, "clerk", "register HZ --text 问题 --class immediate");
    world_do(&w, "clerk", "assign HZ-0001 --unit A");
    world_do(&w, "liaison-a", world_line(&w, "attach HZ-0001 --file %s/file.txt", w.ledger.dir));
    PLAY({"clerk", "assign HZ-0001 --unit B", ""}, {"liaison-b", "accept HZ-0001", ""},
         {"liaison-b", "report HZ-0001 --text 已改", ""}, {"liaison-b", "apply HZ-0001", ""},
         {"verifier-a", "verify HZ-0001 --pass", "OWN_UNIT"});
}

/* Whoever leaves the team does not take their unit out of what the team did meanwhile. */
static void who_left_a_body(void **state)
{
    (void)state;
    PLAY({"clerk", "register HZ --text 问题 --class immediate", ""},
         {"clerk", "assign HZ-0001 --unit TEAM", ""}, {"member-b", "accept HZ-0001", ""},
         {"member-b", "report HZ-0001 --text 已改", ""},
         {"clerk", "member TEAM --person member-b --until 2026-03-01", ""},
         {"clerk", "apply HZ-0001", ""}, {"verifier-b", "verify HZ-0001 --pass", "OWN_UNIT"},
         {"verifier-a", "verify HZ-0001 --pass", ""});
}

/* Who had left before the team's first work is free again, and who joined since is not. */
static void who_was_no_member_then(void **state)
{
    (void)state;
    PLAY({"clerk", "member TEAM --person member-b --until 2026-03-02", ""}, DAY("2026-03-09"),
         {"clerk", "register HZ --text 问题 --class immediate", ""},
         {"clerk", "assign HZ-0001 --unit TEAM", ""}, {"clerk", "accept HZ-0001", ""},
         {"clerk", "report HZ-0001 --text 已改", ""}, {"clerk", "apply HZ-0001", ""},
         {"clerk", "member TEAM --person leader-a", ""},
         {"verifier-a", "verify HZ-0001 --pass", "OWN_UNIT"},
         {"verifier-b", "verify HZ-0001 --pass", ""});
}

/* Nobody lends their role to be used on their own work. */
static void who_stands_in_is_one_with_them(void **state)
{
    (void)state;
    PLAY({"clerk", "register HZ --text 问题 --class immediate", ""},
         {"clerk", "assign HZ-0001 --unit A", ""}, {"liaison-a", "accept HZ-0001", ""},
         {"both", "report HZ-0001 --text 代报", ""}, {"liaison-a", "apply HZ-0001", ""},
         {"both", "deputy both --to nobody --from 2026-03-01 --until 2026-03-31", ""},
         {"nobody", "verify HZ-0001 --pass", "OWN_HAND"},
         {"verifier-a", "deputy verifier-a --to auditor --from 2026-03-01 --until 2026-03-31", ""},
         {"auditor", "verify HZ-0001 --pass", "OWN_UNIT"},
         {"stand-in", "verify HZ-0001 --pass", ""});
}

static void who_planned_does_not_approve(void **state)
{
    (void)state;
    PLAY({"clerk", "register HZ --text 问题 --due 2026-06-30", ""},
         {"clerk", "assign HZ-0001 --unit A", ""}, {"liaison-a", "accept HZ-0001", ""},
         {"liaison-a", "task HZ-0001 --text t", ""}, {"liaison-a", "plan HZ-0001", ""},
         {"liaison-a", "extend HZ-0001 --due 2026-08-31 --reason r", ""},
         {"clerk", "amend HZ-0001 --unit B", ""}, {"approver-a", "approve HZ-0001", "OWN_UNIT"},
         {"approver-a", "grant HZ-0001", "OWN_UNIT"}, {"approver", "approve HZ-0001", ""},
         {"approver", "grant HZ-0001", ""});
}

/* --- the word of a book --------------------------------------------------------------------------
 */

static void registered(const char *state, const char *lead)
{
    struct command c = {.by = T("clerk"), .via = T("test"), .event.kind = EVENT_ITEM_REGISTER};
    struct outcome o;
    struct err err;

    c.event.item_register = (struct item_register_event){
        .campaign = T("HZ"), .text = T("问题"), .state = text_of(state), .lead = text_of(lead)};
    assert_int_equal(ledger_write(&w.ledger, &c, &o, 1, &w.arena, &err), 0);
    assert_int_equal(o.verdict.rule, RULE_NONE);
}

static void what_a_book_calls_done_was_done_by_its_unit(void **state)
{
    (void)state;
    registered("applied", "A");
    PLAY({"clerk", "amend HZ-0001 --unit B", ""},
         {"verifier-a", "verify HZ-0001 --pass", "OWN_UNIT"},
         {"verifier-b", "verify HZ-0001 --pass", "OWN_UNIT"},
         {"verifier", "verify HZ-0001 --pass", ""});
    /* What it calls assigned was not done yet. */
    registered("assigned", "A");
    PLAY({"clerk", "amend HZ-0002 --unit B --class immediate", ""},
         {"liaison-b", "accept HZ-0002", ""}, {"liaison-b", "report HZ-0002 --text 已改", ""},
         {"liaison-b", "apply HZ-0002", ""}, {"verifier-a", "verify HZ-0002 --pass", ""});
}

/* Work of nobody could be checked by anybody. */
static void nothing_is_done_by_nobody(void **state)
{
    (void)state;
    registered("in_progress", "");
    registered("applied", "");
    PLAY({"clerk", "report HZ-0001 --text 已改", "MISSING"}, {"clerk", "apply HZ-0001", "MISSING"},
         {"verifier-a", "verify HZ-0002 --pass", "MISSING"},
         {"clerk", "amend HZ-0002 --unit A", ""},
         {"verifier-a", "verify HZ-0002 --pass", "OWN_UNIT"},
         {"verifier", "verify HZ-0002 --pass", ""});
}

/* --- other doors ---------------------------------------------------------------------------------
 */

static void nothing_goes_on_in_what_is_closed(void **state)
{
    (void)state;
    registered("struck_off", "B");
    PLAY({"clerk", "register HZ --text 甲", ""}, {"clerk", "register HZ --text 乙", ""},
         {"clerk", "register HZ --text 丙", ""},
         {"clerk", "merge HZ-0002 --into HZ-0001 --reason r", "INTO_CLOSED"},
         {"clerk", "merge HZ-0002 --into HZ-0003 --reason r", ""},
         {"clerk", "merge HZ-0003 --into HZ-0002 --reason r", "INTO_CLOSED"},
         {"clerk", "withdraw HZ-0004 --reason r", ""},
         {"clerk", "merge HZ-0003 --into HZ-0004 --reason r", "INTO_CLOSED"});
}

static void a_changed_plan_is_submitted_again(void **state)
{
    (void)state;
    PLAY({"clerk", "register HZ --text 问题 --due 2026-06-30", ""},
         {"clerk", "assign HZ-0001 --unit A", ""}, {"liaison-a", "accept HZ-0001", ""},
         {"liaison-a", "task HZ-0001 --text 拆除", ""}, {"liaison-a", "plan HZ-0001", ""},
         {"liaison-a", "task HZ-0001 --n 1 --text 观察", ""},
         {"approver", "approve HZ-0001", "NO_PLAN"}, {"liaison-a", "plan HZ-0001", ""},
         {"approver", "approve HZ-0001", ""});
}

/* What was opened again after it was closed needs a new deadline, and gets one. */
static void what_is_opened_again_starts_anew(void **state)
{
    (void)state;
    PLAY({"clerk", "register HZ --text 问题 --class immediate --due 2026-03-10", ""},
         {"clerk", "assign HZ-0001 --unit A", ""}, {"liaison-a", "accept HZ-0001", ""},
         {"liaison-a", "report HZ-0001 --text 已改", ""}, {"liaison-a", "apply HZ-0001", ""},
         DAY("2026-03-20"), {"clerk", "amend HZ-0001 --due 2026-12-31", "EXTENSION_ONLY"},
         {"verifier", "verify HZ-0001 --pass", ""}, {"approver", "strike-off HZ-0001", ""},
         {"verifier", "look-back HZ-0001 --fail --reason 反弹", ""},
         {"clerk", "amend HZ-0001 --due 2026-12-31", ""});
}

/* An extension of a task is not granted when the task has ended meanwhile. */
static void what_ended_is_not_extended(void **state)
{
    (void)state;
    PLAY({"clerk", "register HZ --text 问题 --due 2026-06-30 --class immediate", ""},
         {"clerk", "assign HZ-0001 --unit A", ""}, {"liaison-a", "accept HZ-0001", ""},
         {"liaison-a", "task HZ-0001 --text t --due 2026-05-31", ""},
         {"liaison-a", "extend HZ-0001/1 --due 2026-06-15 --reason r", ""},
         {"clerk", "drop HZ-0001/1 --reason r", ""}, {"approver", "grant HZ-0001", "TASK_CLOSED"},
         {"approver", "deny HZ-0001 --reason r", ""});
}

/* --- where one is a clerk ------------------------------------------------------------------------
 */

static void a_campaigns_clerk(void **state)
{
    (void)state;
    PLAY({"administrator", "person clerk-ans --unit OFFICE --role clerk --scope :ANS", ""},
         {"clerk-ans", "register ANS --text 问题 --unit A", ""},
         {"clerk-ans", "register HZ --text 问题", "ROLE"},
         {"clerk-ans", "register SECRET --text 问题", "UNKNOWN_CAMPAIGN"},
         {"clerk-ans", "chase ANS-0001", ""});
}

/* --- states that are left out --------------------------------------------------------------------
 */

static void a_new_item_is_in_no_state_that_is_left_out(void **state)
{
    (void)state;
    PLAY({"clerk", "register NOASSIGN --text 问题 --unit A", ""});
    in_state("NOASSIGN-0001", STATE_REGISTERED);
    /* Nor is a recurrence. */
    PLAY({"clerk", "procedure strict --without assigned,accepted,planned,applied --final", ""},
         {"clerk", "campaign STRICT --procedure strict", ""},
         {"clerk", "register STRICT --text 问题 --unit A", ""},
         {"liaison-a", "report STRICT-0001 --text 已改", ""},
         {"verifier", "verify STRICT-0001 --pass", ""}, {"approver", "strike-off STRICT-0001", ""},
         {"verifier", "look-back STRICT-0001 --fail --reason 反弹", ""});
    in_state("STRICT-0002", STATE_REGISTERED);
    /* It begins with the old one's unit, and with nothing done. */
    PLAY({"verifier-a", "verify STRICT-0002 --pass", "STATE"},
         {"clerk", "assign STRICT-0002 --unit B", ""},
         {"liaison-b", "report STRICT-0002 --text 已改", ""},
         {"verifier-b", "verify STRICT-0002 --pass", "OWN_UNIT"},
         {"verifier-a", "verify STRICT-0002 --pass", ""});
}

/* The procedure is changed while an item is on its way. */
static void a_procedure_changes_on_the_way(void **state)
{
    (void)state;
    PLAY({"clerk", "register HZ --text 问题", ""}, {"clerk", "assign HZ-0001 --unit A", ""},
         {"liaison-a", "accept HZ-0001", ""}, {"liaison-a", "task HZ-0001 --text t", ""},
         {"liaison-a", "plan HZ-0001", ""}, {"clerk", "campaign HZ --procedure unplanned", ""},
         {"approver", "approve HZ-0001", ""});
    in_state("HZ-0001", STATE_ACCEPTED);
    PLAY({"liaison-a", "report HZ-0001/1 --done", ""}, {"liaison-a", "apply HZ-0001", ""},
         {"clerk", "campaign HZ --procedure short", ""},
         {"clerk", "return HZ-0001 --reason r", ""});
    in_state("HZ-0001", STATE_IN_PROGRESS);
}

static void at_once_where_nobody_accepts(void **state)
{
    (void)state;
    PLAY({"clerk", "procedure p --without accepted", ""}, {"clerk", "campaign P --procedure p", ""},
         {"clerk", "register P --text 问题 --class immediate --unit A", ""},
         {"liaison-a", "report P-0001 --text 已改", ""},
         {"clerk", "register P --text 问题 --unit A", ""},
         {"liaison-a", "report P-0002 --text 已改", "STATE"},
         {"clerk", "procedure q --without assigned", ""}, {"clerk", "campaign Q --procedure q", ""},
         {"clerk", "register Q --text 问题", ""}, {"clerk", "accept Q-0001", "MISSING"},
         {"clerk", "amend Q-0001 --unit A", ""}, {"liaison-a", "accept Q-0001", ""});
    in_state("Q-0001", STATE_ACCEPTED);
}

/* --- hand-over -----------------------------------------------------------------------------------
 */

static void nothing_goes_to_who_left(void **state)
{
    (void)state;
    PLAY({"clerk", "register HZ --text 问题 --unit A --person liaison-a", ""},
         {"administrator", "person leader-a --unit A --inactive", ""},
         {"administrator", "handover HZ-0001 --from liaison-a --to leader-a", "UNKNOWN_PERSON"},
         {"clerk-secret", "register SECRET --text 密 --unit A --person liaison-a", ""},
         {"clerk", "handover SECRET-0001 --from liaison-a --to liaison-b", "UNSEEN"},
         {"administrator", "handover SECRET-0001 --from leader-a --to liaison-b", "UNSEEN"},
         {"administrator", "handover SECRET-0001 --from liaison-a --to liaison-b", ""});
    assert_true(text_eq(item_of("SECRET-0001").person, T("liaison-b")));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
    const struct CMUnitTest tests[] = {
        TEST(who_declined_is_independent),
        TEST(who_worked_and_left_is_not),
        TEST(an_assisting_unit_written_out),
        TEST(a_dropped_tasks_unit),
        TEST(a_tasks_unit_stays_when_its_person_is_named),
        TEST(who_handed_over_answered_for_it),
        TEST(every_hand_counts),
        TEST(who_checks_may_attach),
        TEST(who_attached_as_the_unit_did_it),
        TEST(who_left_a_body),
        TEST(who_was_no_member_then),
        TEST(who_stands_in_is_one_with_them),
        TEST(who_planned_does_not_approve),
        TEST(what_a_book_calls_done_was_done_by_its_unit),
        TEST(nothing_is_done_by_nobody),
        TEST(nothing_goes_on_in_what_is_closed),
        TEST(a_changed_plan_is_submitted_again),
        TEST(what_is_opened_again_starts_anew),
        TEST(what_ended_is_not_extended),
        TEST(a_campaigns_clerk),
        TEST(a_new_item_is_in_no_state_that_is_left_out),
        TEST(a_procedure_changes_on_the_way),
        TEST(at_once_where_nobody_accepts),
        TEST(nothing_goes_to_who_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
