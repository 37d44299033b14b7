/* The map of columns: written, corrected by hand, given back. And what headers mean. */
#include "import_sheet.h"

static struct err read_map(const char *json, struct mapping *map, struct arena *a)
{
    struct err err = {0};
    int result = mapping_read(text_of(json), a, map, &err);

    assert_int_equal(result, err.code ? -1 : 0);
    return err;
}

static void what_was_found_can_be_given_back(void **state)
{
    static const struct test_sheet sheets[] = {
        {"总表“甲”",
         "序号|问题描述|责任单位||天气\n||建设|施工|\n1|未设护栏|北湖公司|南塘公司|晴\n",
         "C1:D1 A1:A2 B1:B2 E1:E2"},
        {"封面", "台账\n"},
    };
    struct import_options options = {.kind = IMPORT_FINDINGS, .today = 20000};
    struct record r = record_new();
    struct arena a = ARENA(1 << 20);
    struct buf json = BUF(1 << 20), again = BUF(1 << 20);
    struct mapping map;
    struct err err = {0};
    struct importer *im = importer_open(&options, &r.sink, &err);

    (void)state;
    assert_int_equal(sheets_give(importer_sheets(im), sheets, 2, &err), 0);
    mapping_write(&json, importer_mapping(im));
    assert_int_equal(mapping_read(buf_view(&json), &a, &map, &err), 0);
    assert_int_equal(map.count, 2);
    assert_int_equal(map.sheets[0].first_row, 1);
    assert_int_equal(map.sheets[0].last_row, 2);
    assert_int_equal(map.sheets[0].columns[3].col, COL_LEAD);
    assert_true(map.sheets[1].skip);
    mapping_write(&again, &map);
    assert_true(text_eq(buf_view(&json), buf_view(&again)));
    importer_close(im);
    /* Given back as it is, it gives the same drafts and no doubt about headers. */
    struct record same = sheets_read(IMPORT_FINDINGS, sheets, 2, &map);
    assert_true(text_eq(buf_view(&same.drafts), buf_view(&r.drafts)));
    assert_false(text_has(buf_view(&same.doubts), T("MAP_HEADER")));
    record_release(&same);
    record_release(&r);
    buf_release(&json);
    buf_release(&again);
    arena_release(&a);
}

static void an_error_names_what_is_wrong(void **state)
{
#define SHEET(columns)                                                                             \
    "{\"kind\": \"findings\", \"sheets\": [{\"sheet\": \"甲\", \"header\": [1, 2], \"columns\": " \
    "[" columns "]}]}"
    static const struct {
        const char *json, *sheet, *column, *what;
    } cases[] = {
        {SHEET("{\"column\": \"A\", \"field\": \"nummer\"}"), "甲", "A", "nummer"},
        {SHEET("{\"column\": \"A\"}"), "甲", "A", ""},
        {SHEET("{\"column\": \"A1\", \"field\": \"number\"}"), "甲", "A1", "A1"},
        {SHEET("{\"column\": \"ABCD\", \"field\": \"number\"}"), "甲", "ABCD", "ABCD"},
        {SHEET("{\"column\": \"A\", \"field\": \"number\"}, {\"column\": \"a\", \"field\": "
               "\"text\"}"),
         "甲", "a", "a"},
        {SHEET("{\"column\": \"A\", \"field\": \"number\"}, {\"column\": \"B\", \"field\": "
               "\"number\"}"),
         "甲", "B", "number"},
        {SHEET("{\"column\": \"A\", \"field\": \"roles\"}"), "甲", "A", "roles"},
        {SHEET(""), "甲", "", "columns"},
        {"{\"kind\": \"findings\", \"sheets\": [{\"sheet\": \"甲\", \"header\": [0]}]}", "甲", "",
         "header"},
        {"{\"kind\": \"findings\", \"sheets\": [{\"sheet\": \"甲\", \"header\": [2, 1]}]}", "甲",
         "", "header"},
        {"{\"kind\": \"findings\", \"sheets\": [{\"sheet\": \"甲\", \"header\": [1, 999]}]}", "甲",
         "", "header"},
        {"{\"kind\": \"findings\", \"sheets\": [{\"skip\": true}]}", "", "", "sheet"},
        {"{\"kind\": \"findings\", \"sheets\": [{\"sheet\": \"甲\", \"skip\": true}, {\"sheet\": "
         "\"甲\", \"skip\": true}]}",
         "甲", "", ""},
        {"{\"kind\": \"cows\", \"sheets\": []}", "", "", "cows"},
        {"{\"kind\": \"findings\", \"sheets\": []}", "", "", "sheets"},
        {"[]", "", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena a = ARENA(1 << 20);
        struct mapping map;
        struct err err = read_map(cases[i].json, &map, &a);
        assert_int_equal(err.code, ERR_MAP_WRONG);
        assert_true(text_eq((struct text){err.texts[0], err.length[0]}, text_of(cases[i].sheet)));
        assert_true(text_eq((struct text){err.texts[1], err.length[1]}, text_of(cases[i].column)));
        assert_true(text_eq((struct text){err.texts[2], err.length[2]}, text_of(cases[i].what)));
        arena_release(&a);
    }
}

static void what_is_no_json_is_refused(void **state)
{
    static const char *const cases[] = {"", "{", "null", "{\"kind\": 1, \"kind\": 2}", "\xff"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena a = ARENA(1 << 20);
        struct mapping map;
        assert_int_not_equal(read_map(cases[i], &map, &a).code, ERR_NONE);
        arena_release(&a);
    }
}

static void column_letters_there_and_back(void **state)
{
    static const struct {
        uint32_t column;
        const char *letters;
    } cases[] = {{0, "A"}, {25, "Z"}, {26, "AA"}, {701, "ZZ"}, {702, "AAA"}, {16383, "XFD"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char letters[8];
        uint32_t column;
        assert_true(text_eq(column_letters(cases[i].column, letters), text_of(cases[i].letters)));
        assert_true(column_of_letters(text_of(cases[i].letters), &column));
        assert_int_equal(column, cases[i].column);
    }
    uint32_t column;
    assert_false(column_of_letters(T("XFE"), &column));
    assert_false(column_of_letters(T(""), &column));
    assert_false(column_of_letters(T("A1"), &column));
    column_letters(UINT32_MAX, (char[8]){0});
}

/* One header a column, as the field's workbooks have them. */
static void headers_mean_fields(void **state)
{
    static const struct {
        const char *header, *group;
        enum col col;
    } cases[] = {
        {"反馈问题", "", COL_TEXT},
        {"存在的主要问题", "", COL_TEXT},
        {"具体问题描述", "", COL_TEXT},
        {"问题类别", "", COL_CATEGORY},
        {"问题编号", "", COL_NUMBER},
        {"问题来源", "", COL_SOURCE},
        {"问题整改责任人", "", COL_PERSON},
        {"整改责任领导", "", COL_LEADER},
        {"县级责任领导", "", COL_LEADER},
        {"责任单位联系电话", "", COL_CONTACT_PHONE},
        {"整改措施落实情况", "", COL_STATUS},
        {"整改完成时限", "", COL_DEADLINE},
        {"拟完成整改时间", "", COL_DEADLINE},
        {"实际完成时间", "", COL_COMPLETED},
        {"隐患等级（一般/重大）", "", COL_LEVEL},
        {"整改资金\n（万元）", "", COL_FUNDS},
        {"投诉人手机号码", "", COL_ORIGINATOR_PHONE},
        {"是否落实责任单位", "", COL_OTHER},
        {"隐患照片", "", COL_OTHER},
        {"问题数量", "", COL_OTHER},
        {"整改完成率", "", COL_OTHER},
        {"天气", "", COL_OTHER},
        {"施工", "责任单位", COL_LEAD},
        {"姓名", "责任人", COL_PERSON},
        {"姓名", "整改责任人", COL_PERSON},
        {"电话", "责任人", COL_CONTACT_PHONE},
        {"姓名", "投诉人", COL_ORIGINATOR},
        {"Scheduled Completion Date", "", COL_DEADLINE},
        {"Status Date", "", COL_OTHER},
        {"scheduled_completion_date", "", COL_DEADLINE},
        {"POAM ID", "", COL_NUMBER},
        {"Resources", "", COL_OTHER},
    };
    struct arena a = ARENA(4 << 20);
    const struct synonyms *s = synonyms_make(&a, IMPORT_FINDINGS);

    (void)state;
    assert_non_null(s);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct header_text h = {3, text_of(cases[i].header), text_of(cases[i].group)};
        struct column_match m;
        columns_match(s, &h, 1, &m);
        if (m.col != cases[i].col)
            print_error("“%s” under “%s” is %s\n", cases[i].header, cases[i].group, col_key(m.col));
        assert_int_equal(m.col, cases[i].col);
        assert_int_equal(m.column, 3);
    }
    arena_release(&a);
}

/* Every field has a key that is found again, and a name in Chinese. */
static void fields_have_keys_and_names(void **state)
{
    (void)state;
    for (int col = 0; col < COL_COUNT; col++) {
        int hits = 0;
        assert_true((unsigned char)tr(LANG_ZH, col_label((enum col)col))[0] >= 0x80);
        for (int kind = 0; kind < IMPORT_KINDS; kind++)
            hits += col_of(text_of(col_key((enum col)col)), (enum import_kind)kind) == col;
        assert_true(hits > 0);
    }
    assert_int_equal(col_of(T("nothing"), IMPORT_FINDINGS), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_found_can_be_given_back),
        cmocka_unit_test(an_error_names_what_is_wrong),
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test(column_letters_there_and_back),
        cmocka_unit_test(headers_mean_fields),
        cmocka_unit_test(fields_have_keys_and_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
