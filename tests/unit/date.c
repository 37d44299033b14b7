/* date.c: days and their year, month and day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/date.h"

static void known_days(void **state)
{
    static const struct {
        const char *iso;
        int32_t day;
        int weekday;
    } cases[] = {
        {"1970-01-01", 0, 4},         {"1969-12-31", -1, 3},    {"1900-01-01", DATE_FIRST, 1},
        {"2199-12-31", DATE_LAST, 2}, {"2000-02-29", 11016, 2}, {"2024-12-31", 20088, 2},
        {"2026-11-22", 20779, 7},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[11];
        int32_t day;
        assert_true(date_parse(text_of(cases[i].iso), &day));
        assert_int_equal(day, cases[i].day);
        assert_int_equal(date_weekday(day), cases[i].weekday);
        date_iso(day, out);
        assert_string_equal(out, cases[i].iso);
    }
}

static void every_day_there_and_back(void **state)
{
    (void)state;
    for (int32_t day = DATE_FIRST; day <= DATE_LAST; day++) {
        struct civil c = date_civil(day);
        assert_int_equal(date_of(c.year, c.month, c.day), day);
        assert_true(c.day <= date_month_days(c.year, c.month));
    }
    assert_int_equal(date_month_end(2100, 2), date_of(2100, 2, 28));
    assert_int_equal(date_month_end(2000, 2), date_of(2000, 2, 29));
}

static void what_is_no_day(void **state)
{
    static const char *const cases[] = {"",           "2025-02-30",  "2025-13-01", "2025-00-10",
                                        "2025-01-00", "1899-12-31",  "2200-01-01", "2025-1-01",
                                        "2025/01/01", "2025-01-011", "2025-0x-01"};
    int32_t day;
    char out[11];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(date_parse(text_of(cases[i]), &day));
        assert_int_equal(day, DATE_NONE);
    }
    assert_int_equal(date_of(INT64_MAX, INT64_MIN, INT64_MAX), DATE_NONE);
    assert_int_equal(date_of(2025, 1, INT64_MIN), DATE_NONE);
    assert_int_equal(date_month_days(2025, 13), 0);
    assert_int_equal(date_civil(DATE_NONE).year, 0);
    assert_int_equal(date_iso(DATE_NONE, out).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_days),
        cmocka_unit_test(every_day_there_and_back),
        cmocka_unit_test(what_is_no_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
