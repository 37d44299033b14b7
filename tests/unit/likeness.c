/* likeness.c: which matters count as the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "domain/likeness.h"

static int64_t key(const char *text, const char *object, const char *place, int32_t found)
{
    return likeness_key(text_of(text), text_of(object), text_of(place), found);
}

/* What differs only in how it is written is the same. */
static void writing_does_not_count(void **state)
{
    static const char *const same[][2] = {
        {"配电箱未上锁，一闸多机。", "配电箱未上锁 一闸多机"},
        {"3、配电箱未上锁", "配电箱未上锁"},
        {"（2）配电箱未上锁", "配电箱未上锁。"},
        {"Open Port 80", "open port 80."},
        {"ＡＢＣ１２", "abc12"},
        {"第一行\n第二行", "第一行第二行"},
    };
    static const char *const other[][2] = {
        {"灭火器过期2具", "灭火器过期3具"},
        {"3号楼未设护栏", "5号楼未设护栏"},
        {"已设护栏", "未设护栏"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_true(key(same[i][0], "", "", DATE_NONE) == key(same[i][1], "", "", DATE_NONE));
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        assert_true(key(other[i][0], "", "", DATE_NONE) != key(other[i][1], "", "", DATE_NONE));
    assert_true(key("", "", "", DATE_NONE) == 0);
    assert_true(key("。，\n ", "塔吊", "东区", 20000) == 0);
}

/* The same words about another object, place or day are another matter. */
static void object_place_and_day_count(void **state)
{
    int64_t here = key("未设护栏", "二标段", "3号楼", 20000);

    (void)state;
    assert_true(here == key("未设护栏。", "二标段", "3号楼", 20000));
    assert_true(here != key("未设护栏", "一标段", "3号楼", 20000));
    assert_true(here != key("未设护栏", "二标段", "4号楼", 20000));
    assert_true(here != key("未设护栏", "二标段", "3号楼", 20001));
    assert_true(here != key("未设护栏", "二标段3号楼", "", 20000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writing_does_not_count),
        cmocka_unit_test(object_place_and_day_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
