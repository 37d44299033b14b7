/* How far an item is, how serious, how secret, who is who: the words of a cell as values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "office/import/status.h"

static void statuses(void **state)
{
    static const struct {
        const char *text;
        enum claim claim;
        enum doubt_kind doubt;
    } cases[] = {
        {"", CLAIM_NONE, DOUBT_NONE},
        {"　", CLAIM_NONE, DOUBT_NONE},
        {"已整改", CLAIM_PUT_RIGHT, DOUBT_NONE},
        {"已完成", CLAIM_PUT_RIGHT, DOUBT_NONE},
        {"整改完成", CLAIM_PUT_RIGHT, DOUBT_NONE},
        {"已 整 改", CLAIM_PUT_RIGHT, DOUBT_STATUS},
        {"已整改。", CLAIM_PUT_RIGHT, DOUBT_NONE},
        {"Closed", CLAIM_PUT_RIGHT, DOUBT_NONE},
        {"RESOLVED", CLAIM_PUT_RIGHT, DOUBT_NONE},
        {"现场处置", CLAIM_PUT_RIGHT, DOUBT_STATUS},
        {"已于7月2日完成整改", CLAIM_PUT_RIGHT, DOUBT_STATUS},
        {"7月2日完成", CLAIM_PUT_RIGHT, DOUBT_STATUS},
        {"已整改，待验收", CLAIM_PUT_RIGHT, DOUBT_STATUS},
        {"已完成并通过验收", CLAIM_PUT_RIGHT, DOUBT_STATUS},
        {"√", CLAIM_PUT_RIGHT, DOUBT_STATUS},
        {"是", CLAIM_PUT_RIGHT, DOUBT_STATUS},
        {"100%", CLAIM_PUT_RIGHT, DOUBT_STATUS},
        {"已销号", CLAIM_STRUCK_OFF, DOUBT_NONE},
        {"已整改销号", CLAIM_STRUCK_OFF, DOUBT_NONE},
        {"已销案", CLAIM_STRUCK_OFF, DOUBT_NONE},
        {"2025.7.2已销号", CLAIM_STRUCK_OFF, DOUBT_STATUS},
        {"销号", CLAIM_STRUCK_OFF, DOUBT_NONE},
        {"已整改未销号", CLAIM_PUT_RIGHT, DOUBT_STATUS},
        {"已整改，未销号", CLAIM_PUT_RIGHT, DOUBT_STATUS},
        {"已整改，尚未销号", CLAIM_PUT_RIGHT, DOUBT_STATUS},
        {"申请销号", CLAIM_PUT_RIGHT, DOUBT_NONE},
        {"未销号", CLAIM_OPEN, DOUBT_STATUS},
        {"不予销号", CLAIM_IN_PROGRESS, DOUBT_STATUS},
        {"基本完成", CLAIM_BASICALLY, DOUBT_NONE},
        {"已基本完成整改", CLAIM_BASICALLY, DOUBT_STATUS},
        {"基本整改到位", CLAIM_BASICALLY, DOUBT_STATUS},
        {"未完成", CLAIM_OPEN, DOUBT_NONE},
        {"尚未完成整改", CLAIM_OPEN, DOUBT_STATUS},
        {"未整改", CLAIM_OPEN, DOUBT_NONE},
        {"待整改", CLAIM_OPEN, DOUBT_NONE},
        {"逾期未完成", CLAIM_OPEN, DOUBT_STATUS},
        {"Open", CLAIM_OPEN, DOUBT_NONE},
        {"Not completed", CLAIM_OPEN, DOUBT_NONE},
        {"否", CLAIM_OPEN, DOUBT_STATUS},
        {"整改中", CLAIM_IN_PROGRESS, DOUBT_NONE},
        {"正在推进，完成80%", CLAIM_IN_PROGRESS, DOUBT_STATUS},
        {"80%", CLAIM_IN_PROGRESS, DOUBT_STATUS},
        {"部分完成", CLAIM_IN_PROGRESS, DOUBT_STATUS},
        {"预计9月底完成", CLAIM_IN_PROGRESS, DOUBT_STATUS},
        {"复查不合格", CLAIM_IN_PROGRESS, DOUBT_STATUS},
        {"整改不到位", CLAIM_IN_PROGRESS, DOUBT_STATUS},
        {"In progress", CLAIM_IN_PROGRESS, DOUBT_NONE},
        {"不属实", CLAIM_WITHDRAWN, DOUBT_STATUS},
        {"OVERDUE", CLAIM_NONE, DOUBT_VERDICT_IGNORED},
        {"超期", CLAIM_NONE, DOUBT_VERDICT_IGNORED},
        {"按期", CLAIM_NONE, DOUBT_VERDICT_IGNORED},
        {"甲", CLAIM_NONE, DOUBT_STATUS_UNKNOWN},
        {"已制定方案", CLAIM_NONE, DOUBT_STATUS_UNKNOWN},
        {"reopening hours", CLAIM_NONE, DOUBT_STATUS_UNKNOWN},
        {"abandoned", CLAIM_NONE, DOUBT_STATUS_UNKNOWN},
        {"\xff\xfe%", CLAIM_NONE, DOUBT_STATUS_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct status s = status_read(text_of(cases[i].text));
        if (s.claim != cases[i].claim || s.doubt != cases[i].doubt)
            print_error("“%s”: %s, %s\n", cases[i].text, claim_label(s.claim), doubt_name(s.doubt));
        assert_int_equal(s.claim, cases[i].claim);
        assert_int_equal(s.doubt, cases[i].doubt);
    }
}

static void levels(void **state)
{
    static const struct {
        const char *text, *level;
        bool changed;
    } cases[] = {
        {"3级", "3级", false},
        {"3", "3级", true},
        {"三级", "3级", true},
        {"一般3级", "3级", true},
        {"Ⅲ级", "3级", true},
        {"III", "3级", true},
        {"III级", "3级", true},
        {"Ⅳ", "4级", true},
        {"重大1级", "重大1级", false},
        {"３级", "3级", true},
        {"Level 2", "2级", true},
        {"重大", "重大", false},
        {"一般", "一般", false},
        {"一般隐患", "一般", true},
        {"重大事故隐患", "重大", true},
        {"较大风险", "较大", true},
        {"隐患", "隐患", false},
        {"High", "High", false},
        {"高", "高", false},
        {"A", "A", false},
        {"12", "12", false},
        {"第一", "第一", false},
        {"", "", false},
        {" 重大 ", "重大", false},
    };
    struct arena a = ARENA(1 << 20);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool changed;
        struct text level = level_read(text_of(cases[i].text), &a, &changed);
        if (!text_eq(level, text_of(cases[i].level)) || changed != cases[i].changed)
            print_error("“%s”: %.*s %d\n", cases[i].text, TEXT_ARG(level), changed);
        assert_true(text_eq(level, text_of(cases[i].level)));
        assert_int_equal(changed, cases[i].changed);
    }
    arena_release(&a);
}

static void percentages(void **state)
{
    static const struct {
        const char *text;
        int percent;
    } cases[] = {{"完成80%", 80}, {"完成８０％", -1}, {"完成80％", 80}, {"由30%提高到75.5%", 75},
                 {"%", -1},       {"已完成", -1},     {"150%", -1},     {"100%", 100}};
    struct cell number = {.kind = CELL_NUMBER, .text = T("0.8"), .number = 0.8};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cell cell = {.kind = CELL_TEXT, .text = text_of(cases[i].text)};
        assert_int_equal(percent_read(&cell), cases[i].percent);
    }
    assert_int_equal(percent_read(&number), 80);
    number.number = 80;
    assert_int_equal(percent_read(&number), 80);
    number.number = 45870;
    assert_int_equal(percent_read(&number), -1);
}

static void markings_of_cells(void **state)
{
    static const struct {
        const char *text;
        enum marking marking;
    } cases[] = {{"秘密", MARKING_CONFIDENTIAL}, {"秘密★5年", MARKING_CONFIDENTIAL},
                 {"机密★10年", MARKING_SECRET},  {"绝 密", MARKING_TOP_SECRET},
                 {"内部资料", MARKING_INTERNAL}, {"内部", MARKING_INTERNAL},
                 {"公开", MARKING_OPEN},         {"秘密侦查情况", MARKING_NONE},
                 {"内部管理台账", MARKING_NONE}, {"", MARKING_NONE},
                 {"机密级", MARKING_SECRET}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(marking_read(text_of(cases[i].text)), cases[i].marking);
}

static void roles_of_cells(void **state)
{
    static const struct {
        const char *text;
        uint32_t roles;
        bool unknown;
    } cases[] = {{"经办人", BIT(ROLE_CLERK), false},
                 {"经办人、审批人", BIT(ROLE_CLERK) | BIT(ROLE_APPROVER), false},
                 {"核查人，验收人", BIT(ROLE_VERIFIER), false},
                 {"责任领导\n联络员", BIT(ROLE_RESPONSIBLE) | BIT(ROLE_LIAISON), false},
                 {"Auditor; Administrator", BIT(ROLE_AUDITOR) | BIT(ROLE_ADMINISTRATOR), false},
                 {"领导，司机", BIT(ROLE_LEADER), true},
                 {"", 0, false},
                 {"、、", 0, false}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool unknown;
        if (roles_read(text_of(cases[i].text), &unknown) != cases[i].roles)
            print_error("“%s”\n", cases[i].text ? cases[i].text : "");
        assert_int_equal(roles_read(text_of(cases[i].text), &unknown), cases[i].roles);
        assert_int_equal(unknown, cases[i].unknown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses),       cmocka_unit_test(levels),
        cmocka_unit_test(percentages),    cmocka_unit_test(markings_of_cells),
        cmocka_unit_test(roles_of_cells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
