/* What a stored number, date or escaped text means: src/formats/value.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "formats/csv.h"
#include "formats/value.h"

static void number_formats(void **state)
{
    static const struct {
        const char *code;
        enum number_class class;
    } cases[] = {
        {"General", NUMBER_PLAIN},
        {"0.00", NUMBER_PLAIN},
        {"#,##0_);[Red]\\(#,##0\\)", NUMBER_PLAIN},
        {"0.00E+00", NUMBER_PLAIN},
        {"0\"days\"", NUMBER_PLAIN},
        {"0\\d", NUMBER_PLAIN},
        {"_d0", NUMBER_PLAIN},
        {"[$￥-804]#,##0", NUMBER_PLAIN},
        {"[DBNum1]0", NUMBER_PLAIN},
        {"@", NUMBER_PLAIN},
        {"yyyy-mm-dd", NUMBER_DATE},
        {"YYYY/M/D", NUMBER_DATE},
        {"yyyy\"年\"m\"月\"d\"日\";@", NUMBER_DATE},
        {"[$-804]yyyy年mm月", NUMBER_DATE},
        {"[DBNum1]m\"月\"", NUMBER_DATE},
        {"d-mmm", NUMBER_DATE},
        {"m/d h:mm", NUMBER_DATE},
        {"h:mm", NUMBER_TIME},
        {"上午/下午h\"时\"mm\"分\"", NUMBER_TIME},
        {"mm:ss.0", NUMBER_TIME},
        {"[h]:mm:ss", NUMBER_DURATION},
        {"[mm]:ss", NUMBER_DURATION},
        {"\"unclosed", NUMBER_PLAIN},
        {"[unclosed", NUMBER_PLAIN},
    };
    static const struct {
        uint32_t id;
        enum number_class class;
    } ids[] = {{0, NUMBER_PLAIN},  {4, NUMBER_PLAIN},  {13, NUMBER_PLAIN}, {14, NUMBER_DATE},
               {18, NUMBER_TIME},  {22, NUMBER_DATE},  {27, NUMBER_DATE},  {32, NUMBER_TIME},
               {36, NUMBER_DATE},  {37, NUMBER_PLAIN}, {45, NUMBER_TIME},  {46, NUMBER_DURATION},
               {49, NUMBER_PLAIN}, {50, NUMBER_DATE},  {58, NUMBER_DATE},  {59, NUMBER_PLAIN}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("%s\n", cases[i].code);
        assert_int_equal(number_class_of_code(text_of(cases[i].code)), cases[i].class);
    }
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        assert_int_equal(number_class_of_id(ids[i].id), ids[i].class);
}

static void serial_dates(void **state)
{
    static const struct {
        double serial;
        enum number_class class;
        bool date1904;
        enum cell_kind kind;
        const char *text;
    } cases[] = {
        {1, NUMBER_DATE, false, CELL_DATE, "1900-01-01"},
        {59, NUMBER_DATE, false, CELL_DATE, "1900-02-28"},
        {60, NUMBER_DATE, false, CELL_NUMBER, "as is"}, /* 29 February 1900 */
        {60.5, NUMBER_DATE, false, CELL_NUMBER, "as is"},
        {61, NUMBER_DATE, false, CELL_DATE, "1900-03-01"},
        {25569, NUMBER_DATE, false, CELL_DATE, "1970-01-01"},
        {45000, NUMBER_DATE, false, CELL_DATE, "2023-03-15"},
        {45000.5, NUMBER_DATE, false, CELL_DATE, "2023-03-15 12:00:00"},
        {45000.999999, NUMBER_DATE, false, CELL_DATE, "2023-03-16"}, /* rounded to seconds */
        {45351, NUMBER_DATE, false, CELL_DATE, "2024-02-29"},
        {0, NUMBER_DATE, false, CELL_TEXT, "00:00:00"},
        {0.75, NUMBER_DATE, false, CELL_TEXT, "18:00:00"},
        {0.75, NUMBER_TIME, false, CELL_TEXT, "18:00:00"},
        {45000.75, NUMBER_TIME, false, CELL_DATE, "2023-03-15 18:00:00"},
        {1.5, NUMBER_DURATION, false, CELL_TEXT, "36:00:00"},
        {-1, NUMBER_DATE, false, CELL_NUMBER, "as is"},
        {-0.5, NUMBER_TIME, false, CELL_NUMBER, "as is"},
        {2958465, NUMBER_DATE, false, CELL_NUMBER, "as is"}, /* 9999-12-31 */
        {1e300, NUMBER_DATE, false, CELL_NUMBER, "as is"},
        {0, NUMBER_DATE, true, CELL_DATE, "1904-01-01"},
        {0.5, NUMBER_DATE, true, CELL_DATE, "1904-01-01 12:00:00"},
        {60, NUMBER_DATE, true, CELL_DATE, "1904-03-01"},
        {42735, NUMBER_DATE, true, CELL_DATE, "2021-01-01"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char stamp[STAMP];
        struct cell c = {.kind = CELL_NUMBER, .number = cases[i].serial, .text = T("as is")};

        value_date(&c, cases[i].class, cases[i].date1904, stamp);
        print_message("%g %s\n", cases[i].serial, cases[i].text);
        assert_int_equal(c.kind, cases[i].kind);
        assert_true(text_eq(c.text, text_of(cases[i].text)));
    }
}

static void iso_dates(void **state)
{
    static const struct {
        const char *text, *read; /* NULL: it is none */
    } cases[] = {
        {"2025-07-02", "2025-07-02"},
        {"2025-07-02T10:30:00", "2025-07-02 10:30:00"},
        {"2025-07-02T10:30:00.250Z", "2025-07-02 10:30:00"},
        {"2025-07-02 10:30", "2025-07-02 10:30:00"},
        {"2025-07-02T10:30:00+08:00", "2025-07-02 10:30:00"},
        {"10:10:10", "10:10:10"},
        {"2025-02-30", NULL},
        {"2025-07-02T", NULL},
        {"2025-07-02Tnoon", NULL},
        {"2025-7-2", NULL},
        {"25:00:00", NULL},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char stamp[STAMP];
        struct cell c = {0};
        bool is = value_iso(&c, text_of(cases[i].text), false, stamp);

        print_message("%s\n", cases[i].text);
        assert_int_equal(is, cases[i].read != NULL);
        assert_true(!is || text_eq(c.text, text_of(cases[i].read)));
    }
}

static void decimals(void **state)
{
    static const struct {
        const char *text;
        bool is;
        double value;
    } cases[] = {
        {"0", true, 0},
        {"-12", true, -12},
        {"+3.5", true, 3.5},
        {".5", true, .5},
        {"0.1", true, 0.1},
        {"123456789012345", true, 123456789012345},
        {"0.30000000000000004", true, 0.30000000000000004},
        {"1.7976931348623157E+308", true, 1.7976931348623157e308},
        {"1e-5", true, 1e-5},
        {"4.4501477170144023e-308", true, 4.4501477170144023e-308},
        {"", false, 0},
        {"-", false, 0},
        {".", false, 0},
        {"1e", false, 0},
        {"1e999", false, 0},
        {"0x10", false, 0},
        {"nan", false, 0},
        {"inf", false, 0},
        {"1,5", false, 0},
        {"1 2", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double v = 0;
        print_message("%s\n", cases[i].text);
        assert_int_equal(value_decimal(text_of(cases[i].text), &v), cases[i].is);
        assert_true(!cases[i].is || v == cases[i].value);
    }
}

static void escapes(void **state)
{
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"plain", "plain"},
        {"a_x000D_\nb", "a\nb"},
        {"a_x000D__x000A_b", "a\nb"},
        {"a_x000D_b", "a\nb"},
        {"a\r\nb\rc", "a\nb\nc"},
        {"_x005F_x000D_", "_x000D_"},
        {"_x4E00_", "一"},
        {"_xD83D__xDE00_", "😀"},
        {"_xD83D_x", "\xef\xbf\xbdx"},
        {"a_x0000_b_x0007_", "ab"},
        {"_x00", "_x00"},
        {"_xGGGG_", "_xGGGG_"},
        {"snake_case_x_y_", "snake_case_x_y_"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char copy[64];
        size_t n = strlen(cases[i].from);

        memcpy(copy, cases[i].from, n);
        n = value_unescape(copy, n);
        assert_true(text_eq((struct text){copy, n}, text_of(cases[i].to)));
    }
}

static void guards(void **state)
{
    static const char *const formulas[] = {"=1",  "+1",  "-1",  "@a",  "\tx", "\rx",
                                           "\nx", "'=1", "''-", "＝1", "＋1"};
    static const char *const texts[] = {"", "a", "1-2", " =1", "'", "'a"};

    (void)state;
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++)
        assert_true(csv_guarded(text_of(formulas[i])));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(csv_guarded(text_of(texts[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_formats), cmocka_unit_test(serial_dates),
        cmocka_unit_test(iso_dates),      cmocka_unit_test(decimals),
        cmocka_unit_test(escapes),        cmocka_unit_test(guards),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
