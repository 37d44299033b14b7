/* The units and people that one cell names. All of them invented. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "office/import/names.h"

struct name_case {
    const char *cell, *names; /* name(note)+phone!role, … */
    const char *flags;        /* l lines joined, o others, n notes, u unlike, m too many */
};

static void check(const struct name_case *cases, size_t count, int how)
{
    for (size_t i = 0; i < count; i++) {
        struct arena a = ARENA(1 << 20);
        struct buf b = BUF(1 << 16), flags = BUF(64);
        struct names n;
        if (how == 0)
            names_units(text_of(cases[i].cell), &a, &n);
        else if (how == 1)
            names_people(text_of(cases[i].cell), &a, &n);
        else
            names_mixed(text_of(cases[i].cell), &n);
        for (size_t k = 0; k < n.count; k++) {
            const struct named *one = &n.at[k];
            if (k)
                buf_char(&b, '|');
            buf_text(&b, one->party.name);
            if (one->party.note.n) {
                buf_char(&b, '(');
                buf_text(&b, one->party.note);
                buf_char(&b, ')');
            }
            if (one->party.phone.n) {
                buf_char(&b, '+');
                buf_text(&b, one->party.phone);
            }
            if (one->role)
                buf_str(&b, one->role == NAME_LEAD ? "!lead" : "!assist");
            if (how == 2 && one->person)
                buf_str(&b, "!person");
        }
        buf_str(&flags, n.lines_joined ? "l" : "");
        buf_str(&flags, n.others ? "o" : "");
        buf_str(&flags, n.notes ? "n" : "");
        buf_str(&flags, n.unlike ? "u" : "");
        buf_str(&flags, n.too_many ? "m" : "");
        if (strcmp(buf_cstr(&b), cases[i].names) || strcmp(buf_cstr(&flags), cases[i].flags))
            print_error("“%s”: %s [%s]\n", cases[i].cell, buf_cstr(&b), buf_cstr(&flags));
        assert_string_equal(buf_cstr(&b), cases[i].names);
        assert_string_equal(buf_cstr(&flags), cases[i].flags);
        buf_release(&b);
        buf_release(&flags);
        arena_release(&a);
    }
}

static void units_of_a_cell(void **state)
{
    static const struct name_case cases[] = {
        {"北湖公司", "北湖公司", ""},
        {"市住建局、市城管局", "市住建局|市城管局", ""},
        {"市住建局，市城管局；北湖区政府", "市住建局|市城管局|北湖区政府", ""},
        {"市住建局,市城管局;北湖区政府", "市住建局|市城管局|北湖区政府", ""},
        {"市住建局/市城管局", "市住建局|市城管局", ""},
        {"市住建局\n市城管局", "市住建局|市城管局", ""},
        {"市住建局、\n市城管局", "市住建局|市城管局", ""},
        {"市住建局 市城管局", "市住建局|市城管局", ""},
        {"市住\n建局", "市住建局", "l"},
        {"北湖建设\n公司", "北湖建设公司", "l"},
        {"市 住建局", "市住建局", "l"},
        {"牵头单位：市住建局；配合单位：市城管局、北湖公司",
         "市住建局!lead|市城管局!assist|北湖公司!assist", ""},
        {"市城管局（配合）、市住建局（牵头）", "市城管局!assist|市住建局!lead", ""},
        {"南塘（集团）有限公司", "南塘（集团）有限公司", ""},
        {"南塘（一、二）公司、北湖公司", "南塘（一、二）公司|北湖公司", ""},
        {"市住建局等", "市住建局", "o"},
        {"市住建局、市城管局等单位", "市住建局|市城管局", "o"},
        {"各县区、市直有关部门", "各县区|市直有关部门", "u"},
        {"Parks, Recreation and Tourism", "Parks, Recreation and Tourism", ""},
        {"Public Works Department", "Public Works Department", ""},
        {"PWDx; BTDT", "PWDx|BTDT", ""},
        {"、，；", "", ""},
        {"", "", ""},
        {"（", "（", ""},
        {"））（（", "））（（", ""},
        {"：", "", ""},
    };

    (void)state;
    check(cases, sizeof cases / sizeof *cases, 0);
}

static void people_of_a_cell(void **state)
{
    static const struct name_case cases[] = {
        {"甲一", "甲一", ""},
        {"甲一、乙二，丙三;丁四", "甲一|乙二|丙三|丁四", ""},
        {"甲一 乙二", "甲一|乙二", ""},
        {"甲一\n乙二", "甲一|乙二", ""},
        {"甲　一", "甲一", ""},
        {"甲 一 乙 二", "甲一|乙二", ""},
        {"甲\n一", "甲一", "l"},
        {"甲一（主任）", "甲一(主任)", "n"},
        {"甲一(主任)、乙二", "甲一(主任)|乙二", "n"},
        {"局长 甲一", "甲一(局长)", "n"},
        {"甲一 副局长", "甲一(副局长)", "n"},
        {"甲一 13900000000", "甲一+13900000000", "n"},
        {"甲一13900000000", "甲一+13900000000", "n"},
        {"甲一（13900000000）", "甲一+13900000000", "n"},
        {"甲一（主任，13900000000）", "甲一(主任，13900000000)", "n"},
        {"甲一\n0571-88880000", "甲一+0571-88880000", "n"},
        {"甲一等", "甲一", "o"},
        {"甲一、乙二等人", "甲一|乙二", "o"},
        {"责任人：甲一", "甲一(责任人)", "n"},
        {"John Doe", "John Doe", ""},
        {"John Doe; Jane Roe", "John Doe|Jane Roe", ""},
        {"阿依古丽·买买提", "阿依古丽·买买提", ""},
        {"各部门负责人", "各部门负责人", "u"},
        {"甲一主任", "甲一主任", "u"},
        {"项目部", "项目部", ""},
        {"3号楼物业", "3号楼物业", "u"},
        {"/", "/", "u"},
        {"13900000000", "13900000000", "u"},
    };

    (void)state;
    check(cases, sizeof cases / sizeof *cases, 1);
}

static void units_and_people_in_one_cell(void **state)
{
    static const struct name_case cases[] = {
        {"市住建局 甲一", "市住建局|甲一!person", ""},
        {"市住建局（甲一）", "市住建局|甲一!person", ""},
        {"市住建局/甲一", "市住建局|甲一!person", ""},
        {"市住建局：甲一", "市住建局|甲一!person", ""},
        {"北湖公司\n乙二、丙三", "北湖公司|乙二!person|丙三!person", ""},
    };

    (void)state;
    check(cases, sizeof cases / sizeof *cases, 2);
}

static void a_list_without_end_is_no_list(void **state)
{
    struct arena a = ARENA(1 << 20);
    struct buf b = BUF(1 << 16);
    struct names n;

    (void)state;
    for (int i = 0; i < NAMES_MAX + 1; i++)
        buf_printf(&b, "甲%d、", i);
    names_units(buf_view(&b), &a, &n);
    assert_true(n.too_many);
    names_people(buf_view(&b), &a, &n);
    assert_true(n.too_many);
    names_mixed(buf_view(&b), &n);
    assert_true(n.too_many);
    buf_release(&b);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_of_a_cell),
        cmocka_unit_test(people_of_a_cell),
        cmocka_unit_test(units_and_people_in_one_cell),
        cmocka_unit_test(a_list_without_end_is_no_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
