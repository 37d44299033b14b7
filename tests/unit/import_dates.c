/* What date cells of real life are taken as, and what is doubted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "office/import/dates.h"

static struct when read_as(const char *text, enum cell_kind kind, int32_t found)
{
    struct cell cell = {.kind = kind, .text = text_of(text)};
    struct when_context context = {date_of(2026, 11, 22), found};

    return when_read(&cell, &context);
}

struct date_case {
    const char *text, *iso; /* "" for no day */
    enum doubt_kind doubt;
    enum item_class class;
};

static void check(const struct date_case *cases, size_t count, enum cell_kind kind, int32_t found)
{
    for (size_t i = 0; i < count; i++) {
        struct when w = read_as(cases[i].text, kind, found);
        char iso[11];
        date_iso(w.day, iso);
        if (strcmp(iso, cases[i].iso) || w.doubt != cases[i].doubt || w.class != cases[i].class)
            print_error("“%s” is %s, %s, class %d\n", cases[i].text, iso, doubt_name(w.doubt),
                        w.class);
        assert_string_equal(iso, cases[i].iso);
        assert_int_equal(w.doubt, cases[i].doubt);
        assert_int_equal(w.class, cases[i].class);
        assert_int_equal(w.understood, w.doubt != DOUBT_NOT_UNDERSTOOD);
    }
}

static void exact_dates_are_no_doubt(void **state)
{
    static const struct date_case cases[] = {
        {"2025-07-02", "2025-07-02"},
        {"2025.7.2", "2025-07-02"},
        {"2025/7/2", "2025-07-02"},
        {"２０２５．７．２", "2025-07-02"},
        {"20250702", "2025-07-02"},
        {"2025年7月2日", "2025-07-02"},
        {"2025 年 7 月 2 日", "2025-07-02"},
        {"2025年07月02号", "2025-07-02"},
        {"2025-07-02 13:47:00", "2025-07-02"},
        {"2025-07-02T13:47:00Z", "2025-07-02"},
        {"2025/7/2 9:05", "2025-07-02"},
        {" 2025.7.2 ", "2025-07-02"},
        {"二〇二五年七月二日", "2025-07-02"},
        {"二〇二五年十二月三十一日", "2025-12-31"},
        {"Jul 2, 2025", "2025-07-02"},
        {"July 2nd, 2025", "2025-07-02"},
        {"2 July 2025", "2025-07-02"},
        {"2-Jul-2025", "2025-07-02"},
        {"25/12/2025", "2025-12-25"},
        {"12/25/2025", "2025-12-25"},
        {"2024-02-29", "2024-02-29"},
        {"", ""},
        {"  ", ""},
    };

    (void)state;
    check(cases, sizeof cases / sizeof *cases, CELL_TEXT, DATE_NONE);
}

static void interpreted_dates_are_doubts(void **state)
{
    static const struct date_case cases[] = {
        {"2026年6月底前", "2026-06-30", DOUBT_DATE_MONTH},
        {"2026年6月", "2026-06-30", DOUBT_DATE_MONTH},
        {"2026年6月前", "2026-06-30", DOUBT_DATE_MONTH},
        {"2026.6", "2026-06-30", DOUBT_DATE_MONTH},
        {"202606", "2026-06-30", DOUBT_DATE_MONTH},
        {"2026年2月末", "2026-02-28", DOUBT_DATE_MONTH},
        {"2026年6月上旬", "2026-06-10", DOUBT_DATE_MONTH},
        {"2026年6月中旬前", "2026-06-20", DOUBT_DATE_MONTH},
        {"2026年6月份", "2026-06-30", DOUBT_DATE_MONTH},
        {"2026年6月30日前", "2026-06-30", DOUBT_DATE_PHRASE},
        {"2026年6月30日之前完成", "2026-06-30", DOUBT_DATE_PHRASE},
        {"计划于2026年6月30日完成整改", "2026-06-30", DOUBT_DATE_PHRASE},
        {"6月底", "2026-06-30", DOUBT_DATE_YEAR},
        {"6月底前", "2026-06-30", DOUBT_DATE_YEAR},
        {"六月底前", "2026-06-30", DOUBT_DATE_YEAR},
        {"7月2日", "2026-07-02", DOUBT_DATE_YEAR},
        {"7.2", "2026-07-02", DOUBT_DATE_YEAR},
        {"7/2", "2026-07-02", DOUBT_DATE_YEAR},
        {"26年6月30日", "2026-06-30", DOUBT_DATE_YEAR},
        {"2026年上半年", "2026-06-30", DOUBT_DATE_PHRASE},
        {"2026年第三季度", "2026-09-30", DOUBT_DATE_PHRASE},
        {"2026年3季度末", "2026-09-30", DOUBT_DATE_PHRASE},
        {"2026年底前", "2026-12-31", DOUBT_DATE_PHRASE},
        {"2026年年底", "2026-12-31", DOUBT_DATE_PHRASE},
        {"2026年内", "2026-12-31", DOUBT_DATE_PHRASE},
        {"2026年", "2026-12-31", DOUBT_DATE_PHRASE},
        {"年底前", "2026-12-31", DOUBT_DATE_YEAR},
        {"上半年", "2026-06-30", DOUBT_DATE_YEAR},
        {"一季度", "2026-03-31", DOUBT_DATE_YEAR},
        {"今年6月底前", "2026-06-30", DOUBT_DATE_YEAR},
        {"明年3月底", "2027-03-31", DOUBT_DATE_YEAR},
        {"本月底", "2026-11-30", DOUBT_DATE_YEAR},
        {"07/02/2025", "2025-07-02", DOUBT_DATE_AMBIGUOUS},
        {"7/2/25", "2025-07-02", DOUBT_DATE_AMBIGUOUS},
        {"July 2025", "2025-07-31", DOUBT_DATE_MONTH},
        {"45870", "2025-08-01", DOUBT_DATE_SERIAL},
        {"2025.7.1-2025.7.31", "2025-07-31", DOUBT_DATE_SEVERAL},
        {"2025年7月1日至8月31日", "2025-08-31", DOUBT_DATE_SEVERAL},
        {"2025.7.1-7.31", "2025-07-31", DOUBT_DATE_SEVERAL},
        {"2025-07-02\n2025-09-30", "2025-09-30", DOUBT_DATE_SEVERAL},
        {"2025年7月2日（已延期）", "2025-07-02", DOUBT_DATE_PHRASE},
    };

    (void)state;
    check(cases, sizeof cases / sizeof *cases, CELL_TEXT, DATE_NONE);
}

static void words_are_classes(void **state)
{
    static const struct date_case cases[] = {
        {"立行立改", "", DOUBT_CLASS, CLASS_IMMEDIATE},
        {"立即整改", "", DOUBT_CLASS, CLASS_IMMEDIATE},
        {"立行\n立改", "", DOUBT_CLASS, CLASS_IMMEDIATE},
        {"长期坚持", "", DOUBT_CLASS, CLASS_STANDING},
        {"持续推进", "", DOUBT_CLASS, CLASS_STANDING},
        {"立行立改，2026年6月底前", "2026-06-30", DOUBT_DATE_MONTH, CLASS_IMMEDIATE},
        {"2026年12月底前并长期坚持", "2026-12-31", DOUBT_DATE_MONTH, CLASS_STANDING},
        {"Immediate", "", DOUBT_CLASS, CLASS_IMMEDIATE},
        {"ongoing", "", DOUBT_CLASS, CLASS_STANDING},
    };

    (void)state;
    check(cases, sizeof cases / sizeof *cases, CELL_TEXT, DATE_NONE);
}

static void what_is_no_date_stays_empty(void **state)
{
    static const struct date_case cases[] = {
        {"2025.2.30", "", DOUBT_NOT_UNDERSTOOD},
        {"2025年13月1日", "", DOUBT_NOT_UNDERSTOOD},
        {"2025-00-01", "", DOUBT_NOT_UNDERSTOOD},
        {"20251345", "", DOUBT_NOT_UNDERSTOOD},
        {"待定", "", DOUBT_NOT_UNDERSTOOD},
        {"/", "", DOUBT_NOT_UNDERSTOOD},
        {"30日内", "", DOUBT_NOT_UNDERSTOOD},
        {"15个工作日内", "", DOUBT_NOT_UNDERSTOOD},
        {"101004143000", "", DOUBT_NOT_UNDERSTOOD},
        {"1.5", "2026-01-05", DOUBT_DATE_YEAR},
        {"99.99", "", DOUBT_NOT_UNDERSTOOD},
        {"1850-01-01", "", DOUBT_NOT_UNDERSTOOD},
        {"2025.7.2和2025.2.30", "", DOUBT_NOT_UNDERSTOOD},
        {"已整改", "", DOUBT_NOT_UNDERSTOOD},
        {"2025-07-99999999999", "", DOUBT_NOT_UNDERSTOOD},
    };

    (void)state;
    check(cases, sizeof cases / sizeof *cases, CELL_TEXT, DATE_NONE);
}

static void numbers_may_have_lost_a_zero(void **state)
{
    static const struct date_case cases[] = {
        {"45870", "2025-08-01", DOUBT_DATE_SERIAL},
        {"45870.5", "2025-08-01", DOUBT_DATE_SERIAL},
        {"20250702", "2025-07-02"},
        {"2025.7", "2025-07-31", DOUBT_DATE_MONTH},
        {"2025.1", "", DOUBT_NOT_UNDERSTOOD},
        {"2025.12", "2025-12-31", DOUBT_DATE_MONTH},
        {"7.2", "", DOUBT_NOT_UNDERSTOOD},
        {"7.25", "2026-07-25", DOUBT_DATE_YEAR},
        {"3", "", DOUBT_NOT_UNDERSTOOD},
        {"39999", "", DOUBT_NOT_UNDERSTOOD},
        {"60001", "", DOUBT_NOT_UNDERSTOOD},
    };

    (void)state;
    check(cases, sizeof cases / sizeof *cases, CELL_NUMBER, DATE_NONE);
}

static void the_day_it_was_found_gives_the_year_and_spans(void **state)
{
    static const struct date_case cases[] = {
        {"12月底前", "2025-12-31", DOUBT_DATE_YEAR}, {"3月底前", "2026-03-31", DOUBT_DATE_YEAR},
        {"11月20日", "2025-11-20", DOUBT_DATE_YEAR}, {"11月19日", "2026-11-19", DOUBT_DATE_YEAR},
        {"30日内", "2025-12-20", DOUBT_DATE_SPAN},   {"30天", "2025-12-20", DOUBT_DATE_SPAN},
        {"3个月内", "2026-02-20", DOUBT_DATE_SPAN},  {"一个月之内", "2025-12-20", DOUBT_DATE_SPAN},
        {"1周内", "2025-11-27", DOUBT_DATE_SPAN},    {"1年内", "2026-11-20", DOUBT_DATE_SPAN},
        {"15个工作日内", "", DOUBT_NOT_UNDERSTOOD},
    };

    (void)state;
    check(cases, sizeof cases / sizeof *cases, CELL_TEXT, date_of(2025, 11, 20));
}

static void date_cells_and_errors(void **state)
{
    struct when_context context = {date_of(2026, 11, 22), DATE_NONE};
    struct cell cell = {.kind = CELL_DATE, .text = T("2025-07-02"), .day = date_of(2025, 7, 2)};

    (void)state;
    assert_int_equal(when_read(&cell, &context).day, date_of(2025, 7, 2));
    assert_int_equal(when_read(&cell, &context).doubt, DOUBT_NONE);
    cell.day = DATE_FIRST - 1;
    assert_int_equal(when_read(&cell, &context).doubt, DOUBT_NOT_UNDERSTOOD);
    cell = (struct cell){.kind = CELL_ERROR, .text = T("#REF!")};
    assert_false(when_read(&cell, &context).understood);
}

/* Whatever stands in a cell, reading ends and gives a valid day or none. */
static void any_bytes_end(void **state)
{
    static const char *const pieces[] = {
        "2025", "年",           "月",   "7", ".",  "-",   "/",  "底", "前",   "第",
        "季度", "一",           "十",   " ", "\n", "jul", "内", "个", "\xff", "\xe5\xb9",
        "日",   "999999999999", "今年", "("};
    uint32_t seed = 7;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char text[256];
        size_t n = 0;
        for (int k = 0; k < 12; k++) {
            const char *piece;
            seed = seed * 1664525 + 1013904223;
            piece = pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)];
            memcpy(text + n, piece, strlen(piece));
            n += strlen(piece);
        }
        text[n] = '\0';
        struct when w =
            read_as(text, i % 2 ? CELL_TEXT : CELL_NUMBER, i % 3 ? DATE_LAST : DATE_NONE);
        assert_true(w.day == DATE_NONE || date_valid(w.day));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_dates_are_no_doubt),
        cmocka_unit_test(interpreted_dates_are_doubts),
        cmocka_unit_test(words_are_classes),
        cmocka_unit_test(what_is_no_date_stays_empty),
        cmocka_unit_test(numbers_may_have_lost_a_zero),
        cmocka_unit_test(the_day_it_was_found_gives_the_year_and_spans),
        cmocka_unit_test(date_cells_and_errors),
        cmocka_unit_test(any_bytes_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
