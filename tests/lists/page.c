/*
 * page.c: what `show` and `plan` tell: the whole history in words, sealed values to those who may
 * read them, plans and what differs between them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ledger/log.sql.h"
#include "office/lists/past.h"
#include "office/lists/plan.h"
#include "office/lists/show.h"
#include "various.h"

static struct world w;

static int open_world(void **state)
{
    struct err err = {0};

    (void)state;
    return world_open(&w, &err);
}

static int close_world(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static struct item_page open_page(const char *person, const char *code)
{
    struct viewer *v = arena_array(&w.arena, struct viewer, 1);
    struct item_page page;
    struct err err = {0};

    *v = various_viewer(&w, person);
    if (item_page_open(&page, &w.ledger, &w.ledger, v, text_of(code), &w.arena, &err) != 0)
        fail_msg("%s cannot see %s", person, code);
    return page;
}

static const char *json_of(const char *person, const char *code)
{
    struct item_page page = open_page(person, code);
    buf_auto struct buf out = BUF(BUF_ANY);
    struct err err = {0};

    assert_int_equal(item_page_json(&out, &page, T(""), &err), 0);
    item_page_close(&page);
    return arena_cstr(&w.arena, buf_view(&out));
}

/* The history of an item against the sentences that are expected. */
static void history_is(const char *code, enum lang lang, const char *const *expected, size_t count)
{
    struct item_page page = open_page("owner", code);

    for (size_t i = 0; i < count && i < page.history_count; i++) {
        buf_auto struct buf said = BUF(BUF_ANY);
        history_say(&said, lang, &page.names, &page.history[i]);
        if (expected[i])
            assert_string_equal(buf_cstr(&said), expected[i]);
    }
    assert_int_equal(page.history_count, count);
    item_page_close(&page);
}

/* --- history -------------------------------------------------------------------------------------
 */

static void the_history_tells_what_was_done(void **state)
{
    static const struct {
        const char *by, *line, *said, *said_zh;
    } loop[] = {
        {"clerk", "register ANS --text 油烟扰民 --originator 市民热线 --owed",
         "registered this item: 油烟扰民; originator 市民热线; the originator is owed an answer.",
         "登记本件：油烟扰民；提出人 市民热线；须答复提出方。"},
        {"clerk",
         "assign ANS-0001 --unit A --assist B --person leader-a --leader leader:包案 --due "
         "2026-06-30",
         "assigned it: lead unit 城关镇; assisting units 北山镇; responsible person leader-a; "
         "responsible leaders leader (包案); deadline 2026-06-30.",
         "交办本件：牵头单位 城关镇；配合单位 北山镇；责任人 leader-a；责任领导 leader（包案）；"
         "时限 2026-06-30。"},
        {"liaison-a", "accept ANS-0001", "accepted it.", "接收本件。"},
        {"liaison-a", "task ANS-0001 --text 装净化器 --due 2026-05-31",
         "set tasks: 1. 装净化器 (deadline 2026-05-31).",
         "设定整改措施：1. 装净化器（时限 2026-05-31）。"},
        {"liaison-a", "milestone ANS-0001/1 --text 招标 --due 2026-04-30",
         "set milestones of task 1: 1. 招标 2026-04-30.",
         "设定第 1 项措施的节点：1. 招标 2026-04-30。"},
        {"liaison-a", "accept ANS-0001/1", "accepted task 1.", "接收第 1 项措施。"},
        {"liaison-a", "plan ANS-0001 --note 送审", NULL, NULL},
        {"clerk", "return ANS-0001 --reason 无责任人",
         "returned the submitted plan: reason 无责任人.", "退回整改方案：理由 无责任人。"},
        {"liaison-a", "plan ANS-0001", NULL, NULL},
        {"approver", "approve ANS-0001", "approved version 2 of the plan.",
         "批准第 2 版整改方案。"},
        {"liaison-a", "extend ANS-0001 --due 2026-07-31 --reason 采购延迟",
         "asked for a later deadline: deadline 2026-07-31; reason 采购延迟.",
         "申请延期：时限 2026-07-31；理由 采购延迟。"},
        {"approver", "grant ANS-0001", "granted the extension: deadline 2026-07-31.",
         "批准延期：时限 2026-07-31。"},
        {"leader", "instruct ANS-0001 --text 抓紧办",
         "gave instruction PS0001: 抓紧办; to 城关镇; responsible person leader-a.",
         "作出批示 PS0001：抓紧办；交 城关镇；责任人 leader-a。"},
        {"leader-a", "instruction-report PS0001 --text 已部署",
         "reported on instruction PS0001: 已部署.", "反馈批示 PS0001 办理情况：已部署。"},
        {"leader", "instruction-return PS0001 --reason 未见照片",
         "returned instruction PS0001: reason 未见照片.", "退回批示 PS0001 续办：理由 未见照片。"},
        {"liaison-a", "instruction-report PS0001 --text 照片已报",
         "reported on instruction PS0001: 照片已报.", "反馈批示 PS0001 办理情况：照片已报。"},
        {"leader", "instruction-close PS0001 --note 到位",
         "wound up instruction PS0001: note 到位.", "办结批示 PS0001：说明 到位。"},
        {"clerk", "chase ANS-0001 --text 请报进展", "sent a reminder: 请报进展.",
         "催办：请报进展。"},
        {"liaison-a", "report ANS-0001 --text 已招标 --percent 40",
         "reported on progress: 已招标; done 40 %.", "报送整改进展：已招标；已完成 40 %。"},
        {"liaison-a", "report ANS-0001/1 --text 已安装 --done", "reported task 1 as done: 已安装.",
         "报告第 1 项措施已完成：已安装。"},
        {"liaison-a", "apply ANS-0001 --text 请验收", "applied for its strike-off: 请验收.",
         "申请销号：请验收。"},
        {"verifier", "verify ANS-0001 --fail --reason 仍有油烟",
         "verified it; it did not pass: reason 仍有油烟.", "验收不通过：理由 仍有油烟。"},
        {"liaison-a", "apply ANS-0001", "applied for its strike-off.", "申请销号。"},
        {"verifier", "verify ANS-0001 --pass --grade 好", "verified it; it passed: grade 好.",
         "验收通过：验收等次 好。"},
        {"liaison-a", "answer ANS-0001 --text 已整改", "answered the originator: 已整改.",
         "答复提出方：已整改。"},
        {"approver", "strike-off ANS-0001", "struck the number off.", "予以销号。"},
        {"verifier", "look-back ANS-0001 --pass", "looked back; it stayed right.",
         "回头看，整改成果保持良好。"},
        {"clerk", "reopen ANS-0001 --reason 又有投诉", "reopened it: reason 又有投诉.",
         "重新打开本件：理由 又有投诉。"},
        {"clerk", "suspend ANS-0001 --reason 停业", "suspended it: reason 停业.",
         "中止办理：理由 停业。"},
        {"clerk", "resume ANS-0001 --reason 复业", "resumed it: reason 复业.",
         "恢复办理：理由 复业。"},
        {"clerk", "transfer ANS-0001 --to 区城管局 --reason 属地",
         "transferred it to 区城管局: reason 属地.", "移送 区城管局：理由 属地。"},
    };
    enum { STEPS = sizeof loop / sizeof loop[0] };
    const char *english[STEPS], *chinese[STEPS];

    (void)state;
    for (int i = 0; i < STEPS; i++) {
        world_do(&w, loop[i].by, loop[i].line);
        english[i] = loop[i].said;
        chinese[i] = loop[i].said_zh;
    }
    history_is("ANS-0001", LANG_EN, english, STEPS);
    history_is("ANS-0001", LANG_ZH, chinese, STEPS);
}

static void every_kind_of_entry_has_its_sentence(void **state)
{
    struct names names = {.l = &w.ledger, .arena = &w.arena};

    (void)state;
    for (int kind = EVENT_INSTRUCTION_GIVE; kind < EVENT_END; kind++) {
        struct entry e = {.on = T("HZ-0001"), .event = {.kind = (enum event_kind)kind}};
        buf_auto struct buf english = BUF(BUF_ANY), chinese = BUF(BUF_ANY);
        if (event_shape(kind) == NULL ||
            (kind > EVENT_INSTRUCTION_WITHDRAW && kind < EVENT_ITEM_REGISTER))
            continue;
        history_say(&english, LANG_EN, &names, &e);
        history_say(&chinese, LANG_ZH, &names, &e);
        if (strstr(buf_cstr(&english), event_shape(kind)->name) ||
            text_eq(buf_view(&english), buf_view(&chinese)))
            fail_msg("%s: %s / %s", event_shape(kind)->name, buf_cstr(&english),
                     buf_cstr(&chinese));
    }
}

/* A line break or an escape sequence in a workbook does nothing to the terminal. */
static void texts_of_others_stay_on_their_line(void **state)
{
    struct command c = {.by = T("clerk"), .via = T("test"), .event.kind = EVENT_ITEM_REGISTER};
    struct item_page page;
    struct outcome o;
    struct err err;
    buf_auto struct buf said = BUF(BUF_ANY);

    (void)state;
    c.event.item_register = (struct item_register_event){.campaign = T("HZ"),
                                                         .text = T("一\n二\033[2J\xc2\x9b"
                                                                   "1m三")};
    assert_int_equal(ledger_write(&w.ledger, &c, &o, 1, &w.arena, &err), 0);
    page = open_page("clerk", "HZ-0001");
    history_say(&said, LANG_EN, &page.names, &page.history[0]);
    assert_string_equal(buf_cstr(&said), "registered this item: 一 二 [2J 1m三.");
    item_page_close(&page);
}

/* A recurrence begins with the look-back that made it; the old item's history does not follow. */
static void a_recurrence_begins_with_its_look_back(void **state)
{
    static const char *const lines[][2] = {
        {"clerk", "register FIN --text 占用通道 --unit A"},
        {"liaison-a", "accept FIN-0001"},
        {"liaison-a", "task FIN-0001 --text 清理"},
        {"liaison-a", "plan FIN-0001"},
        {"approver", "approve FIN-0001"},
        {"liaison-a", "report FIN-0001/1 --text 已清 --done"},
        {"liaison-a", "apply FIN-0001"},
        {"verifier", "verify FIN-0001 --pass"},
        {"approver", "strike-off FIN-0001"},
        {"verifier", "look-back FIN-0001 --fail --reason 又占用"},
        {"clerk", "assign FIN-0002 --unit A --due 2026-05-01"},
    };
    static const char *const expected[] = {
        "looked back; it did not stay right; the recurrence is item FIN-0002: reason 又占用.",
        "assigned it: lead unit 城关镇; deadline 2026-05-01."};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        world_do(&w, lines[i][0], lines[i][1]);
    history_is("FIN-0002", LANG_EN, expected, 2);
    assert_non_null(strstr(json_of("clerk", "FIN-0002"), "\"recurrence_of\":\"FIN-0001\""));
}

/* Neither fields nor history mention an item that the reader may not see. */
static void codes_of_hidden_items_are_not_told(void **state)
{
    const char *page;

    (void)state;
    world_do(&w, "clerk", "register HZ --text 同样的话 --unit C");
    world_do(&w, "clerk", "register HZ --text 同样的话 --unit A");
    world_do(&w, "clerk", "merge HZ-0002 --into HZ-0001 --reason 同一问题");
    page = json_of("clerk", "HZ-0002");
    assert_non_null(strstr(page, "\"probable_duplicate_of\":\"HZ-0001\""));
    assert_non_null(strstr(page, "\"into\":\"HZ-0001\""));
    page = json_of("liaison-a", "HZ-0002");
    assert_null(strstr(page, "HZ-0001"));
    assert_non_null(strstr(page, "\"kind\":\"item.merge\""));
}

/* --- the document --------------------------------------------------------------------------------
 */

static void the_document_has_all_parts(void **state)
{
    static const char *const parts[] = {
        "{\"code\":\"HZ-0001\",\"campaign\":\"HZ\",",
        "\"extension_asked\":{\"task\":1,\"deadline\":\"2026-05-20\"}",
        "\"tasks\":[{\"code\":\"HZ-0001/1\",\"item\":\"HZ-0001\",\"n\":1,",
        "\"milestones\":[{\"n\":1,\"text\":\"招标\",\"deadline\":\"2026-04-01\",\"done\":false}]",
        "\"plans\":[{\"version\":1,\"state\":\"approved\",\"tasks\":1,",
        "\"evidence\":[{\"hash\":\"",
        "\"name\":\"file.txt\"",
        "\"sealed\":[],\"history\":[{\"seq\":",
        "\"by\":\"clerk\",\"by_name\":\"clerk\",\"via\":\"test\",\"kind\":\"item.register\",",
        "\"on\":\"HZ-0001\",\"data\":{\"campaign\":\"HZ\",\"due\":\"2026-06-30\",",
    };
    const char *folder = world_folder(&w), *page;

    (void)state;
    world_do(&w, "clerk", "register HZ --text 一 --unit A --due 2026-06-30");
    world_do(&w, "liaison-a", "accept HZ-0001");
    world_do(&w, "liaison-a", "task HZ-0001 --text 甲 --due 2026-05-10");
    world_do(&w, "liaison-a", "milestone HZ-0001/1 --text 招标 --due 2026-04-01");
    world_do(&w, "liaison-a", "plan HZ-0001");
    world_do(&w, "approver", "approve HZ-0001");
    world_do(&w, "liaison-a",
             world_line(&w, "report HZ-0001 --text 动工 --file %s/file.txt", folder));
    world_do(&w, "liaison-a", "extend HZ-0001/1 --due 2026-05-20 --reason 雨季");
    page = json_of("liaison-a", "HZ-0001");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strstr(page, parts[i]) == NULL)
            fail_msg("%s is not in %s", parts[i], page);
}

/* --- sealed values -------------------------------------------------------------------------------
 */

static void sealed_values_are_for_those_who_may_read_them(void **state)
{
    static const struct {
        const char *person, *sealed;
    } cases[] = {
        {"clerk", "[{\"field\":\"originator_name\",\"value\":\"赵某某\"}]"},
        {"approver", "[{\"field\":\"originator_name\",\"value\":\"赵某某\"}]"},
        {"verifier", "[{\"field\":\"originator_name\",\"value\":\"赵某某\"}]"},
        {"stand-in", "[{\"field\":\"originator_name\",\"value\":\"赵某某\"}]"},
        {"liaison-a", "[{\"field\":\"originator_name\"}]"},
        {"leader-a", "[{\"field\":\"originator_name\"}]"},
        {"leader", "[{\"field\":\"originator_name\"}]"},
        {"auditor", "[{\"field\":\"originator_name\"}]"},
    };
    struct item_page page;
    struct ledger past;
    struct viewer v, then;
    struct err err = {0};
    int64_t before;

    (void)state;
    before = w.env.clock - 1;
    world_do(&w, "clerk", "register ANS --text 油烟扰民 --unit A --originator-name 赵某某");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *json = json_of(cases[i].person, "ANS-0001");
        if (strstr(json, world_line(&w, "\"sealed\":%s,\"history\"", cases[i].sealed)) == NULL)
            fail_msg("%s: %s", cases[i].person, json);
        if (strstr(cases[i].sealed, "value") == NULL)
            assert_null(strstr(json, "赵某某"));
    }
    /* Lists and words never hold it. */
    v = various_viewer(&w, "clerk");
    /* A changed one counts. */
    world_do(&w, "clerk", "amend ANS-0001 --originator-name 钱某某");
    assert_non_null(strstr(json_of("clerk", "ANS-0001"), "\"value\":\"钱某某\""));
    assert_null(strstr(json_of("clerk", "ANS-0001"), "赵某某"));
    /* An erased one is gone, also when the past is asked. */
    page = open_page("clerk", "ANS-0001");
    struct text commitments[8];
    size_t count = 0;
    for (size_t i = 0; i < page.history_count; i++) {
        struct sealed_list list = page.history[i].event.kind == EVENT_ITEM_AMEND
                                      ? page.history[i].event.item_amend.sealed
                                      : page.history[i].event.item_register.sealed;
        assert_int_equal(list.count, 1);
        assert_true(count < 8);
        commitments[count++] = arena_text(&w.arena, list.at[0].commitment);
    }
    item_page_close(&page);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(
            sealed_erase(w.ledger.store, &(struct sealed_erase_in){commitments[i]}, &err), 0);
    assert_non_null(
        strstr(json_of("clerk", "ANS-0001"), "[{\"field\":\"originator_name\",\"erased\":true}]"));
    assert_non_null(strstr(json_of("auditor", "ANS-0001"), "[{\"field\":\"originator_name\"}]"));
    assert_int_equal(past_open(&past, &then, &w.ledger, &v, w.env.clock, &err), 0);
    assert_int_equal(item_page_open(&page, &past, &w.ledger, &then, T("ANS-0001"), &w.arena, &err),
                     0);
    assert_int_equal(page.sealed[0].how, SEALED_ERASED);
    item_page_close(&page);
    ledger_close(&past);
    /* Before it was registered, there was nothing. */
    assert_int_equal(past_open(&past, &then, &w.ledger, &v, before, &err), 0);
    assert_int_equal(item_page_open(&page, &past, &w.ledger, &then, T("ANS-0001"), &w.arena, &err),
                     -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    item_page_close(&page);
    ledger_close(&past);
}

static void without_the_key_a_sealed_value_is_not_shown(void **state)
{
    (void)state;
    world_do(&w, "clerk", "register ANS --text 油烟扰民 --unit A --originator-name 赵某某");
    w.ledger.has_seal = false;
    assert_non_null(strstr(json_of("clerk", "ANS-0001"),
                           "[{\"field\":\"originator_name\",\"unreadable\":true}]"));
    w.ledger.has_seal = true;
    w.ledger.seal.b[0] ^= 1;
    assert_non_null(strstr(json_of("clerk", "ANS-0001"),
                           "[{\"field\":\"originator_name\",\"unreadable\":true}]"));
}

static void a_hidden_item_answers_like_none(void **state)
{
    static const char *const codes[] = {"HZ-0001", "HZ-9999", "SECRET-0001", "SECRET-9999",
                                        "",        "/",       "HZ-0001/1"};
    struct viewer v = various_viewer(&w, "liaison-a");

    (void)state;
    world_do(&w, "clerk", "register HZ --text 一 --unit B");
    world_do(&w, "clerk-secret", "register SECRET --text 二 --unit A");
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        buf_auto struct buf said = BUF(4096);
        struct plan_version plan;
        struct item_page page;
        struct err err = {0};
        assert_int_equal(
            item_page_open(&page, &w.ledger, &w.ledger, &v, text_of(codes[i]), &w.arena, &err), -1);
        item_page_close(&page);
        err_say(&said, LANG_EN, &err);
        assert_string_equal(
            buf_cstr(&said),
            world_line(&w, "There is no item %s, or you may not see it.", codes[i]));
        assert_int_equal(plan_load(&plan, &w.ledger, &v, text_of(codes[i]), 1, &w.arena, &err), -1);
        assert_int_equal(err.code, ERR_NOT_FOUND);
    }
}

/* --- plans ---------------------------------------------------------------------------------------
 */

static void two_versions_are_compared_task_by_task(void **state)
{
    struct viewer v = various_viewer(&w, "clerk");
    struct names names = {.l = &w.ledger, .arena = &w.arena};
    struct plan_version first, second, last, before;
    const struct plan_change *changes;
    buf_auto struct buf was = BUF(BUF_ANY), is = BUF(BUF_ANY), json = BUF(BUF_ANY);
    struct err err = {0};
    size_t count;

    (void)state;
    world_do(&w, "clerk", "register HZ --text 一 --unit A --person leader-a --due 2026-12-31");
    world_do(&w, "liaison-a", "accept HZ-0001");
    world_do(&w, "liaison-a", "task HZ-0001 --text 甲 --due 2026-05-10");
    world_do(&w, "liaison-a", "task HZ-0001 --text 乙");
    world_do(&w, "liaison-a", "task HZ-0001 --text 丙");
    world_do(&w, "liaison-a", "plan HZ-0001");
    world_do(&w, "clerk", "return HZ-0001 --reason 再议");
    world_do(&w, "liaison-a",
             "task HZ-0001 --n 1 --text 甲改 --unit B --person liaison-b --due 2026-06-10");
    world_do(&w, "clerk", "drop HZ-0001/2 --reason 不需要");
    world_do(&w, "liaison-a", "task HZ-0001 --text 丁");
    world_do(&w, "liaison-a", "plan HZ-0001 --note 修订");
    assert_int_equal(plan_load(&first, &w.ledger, &v, T("HZ-0001"), 1, &w.arena, &err), 0);
    assert_int_equal(plan_load(&second, &w.ledger, &v, T("HZ-0001"), 2, &w.arena, &err), 0);
    assert_int_equal(plan_load(&last, &w.ledger, &v, T("HZ-0001"), 0, &w.arena, &err), 0);
    assert_int_equal(plan_load(&before, &w.ledger, &v, T("HZ-0001"), -1, &w.arena, &err), 0);
    assert_int_equal(last.entry.seq, second.entry.seq);
    assert_int_equal(before.entry.seq, first.entry.seq);
    assert_int_equal(plan_load(&last, &w.ledger, &v, T("HZ-0001"), 3, &w.arena, &err), -1);
    err_say(&was, LANG_EN, &err);
    assert_string_equal(buf_cstr(&was),
                        "There is no version of the plan of HZ-0001, 3, or you may not see it.");
    buf_clear(&was);

    changes = plan_compare(&first, &second, &count, &w.arena);
    assert_int_equal(count, 3);
    assert_int_equal(changes[0].how, TASK_CHANGED);
    assert_int_equal(changes[0].fields,
                     BIT(PLAN_MEASURE) | BIT(PLAN_UNITS) | BIT(PLAN_PERSONS) | BIT(PLAN_DEADLINE));
    plan_field_say(&was, LANG_ZH, &names, changes[0].before, PLAN_UNITS);
    plan_field_say(&is, LANG_ZH, &names, changes[0].after, PLAN_UNITS);
    assert_string_equal(buf_cstr(&was), "城关镇");
    assert_string_equal(buf_cstr(&is), "北山镇");
    assert_int_equal(changes[1].how, TASK_LEFT_OUT);
    assert_int_equal(changes[1].before->n, 2);
    assert_int_equal(changes[2].how, TASK_ADDED);
    assert_int_equal(changes[2].after->n, 4);
    plan_changes_json(&json, &first, &second, changes, count, LANG_EN, &names);
    assert_non_null(strstr(buf_cstr(&json),
                           "{\"code\":\"HZ-0001\",\"before\":1,\"after\":2,"
                           "\"changes\":[{\"n\":1,\"change\":\"changed\",\"fields\":"
                           "{\"measure\":{\"before\":\"甲\",\"after\":\"甲改\"}"));
    plan_compare(&second, &second, &count, &w.arena);
    assert_int_equal(count, 0);
}

int main(void)
{
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(the_history_tells_what_was_done),
        IN_A_WORLD(every_kind_of_entry_has_its_sentence),
        IN_A_WORLD(texts_of_others_stay_on_their_line),
        IN_A_WORLD(a_recurrence_begins_with_its_look_back),
        IN_A_WORLD(codes_of_hidden_items_are_not_told),
        IN_A_WORLD(the_document_has_all_parts),
        IN_A_WORLD(sealed_values_are_for_those_who_may_read_them),
        IN_A_WORLD(without_the_key_a_sealed_value_is_not_shown),
        IN_A_WORLD(a_hidden_item_answers_like_none),
        IN_A_WORLD(two_versions_are_compared_task_by_task),
    };

    return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
