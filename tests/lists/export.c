/*
 * export.c: what is handed in comes back: an exported workbook is taken in by the import, and an
 * exported log is found true.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "ledger/verify.h"
#include "office/intake/intake.h"
#include "office/lists/export.h"
#include "office/lists/lists.h"
#include "various.h"

static struct world w;
static const char *folder;

static int open_world(void **state)
{
    struct err err = {0};

    (void)state;
    if (world_open(&w, &err) != 0)
        return -1;
    folder = world_folder(&w);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static void fill(void)
{
    static const char *const lines[][2] = {
        {"clerk",
         "register HZ --number 7 --text 配电箱未上锁 --category 临时用电 --level 3级 --object "
         "一标段 "
         "--place 3号楼 --found 2026-02-11 --due 2026-06-30 --class dated --unit A --assist B "
         "--assist C --person leader-a --remarks 复查两次"},
        {"clerk", "task HZ-0001 --text 加锁"},
        {"clerk", "task HZ-0001 --text 每周巡查"},
        {"clerk", "register HZ --text \"=cmd|' /C calc'!A0\" --class standing --unit B"},
        {"clerk", "register HZ --text 无单位的问题"},
    };

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        world_do(&w, lines[i][0], lines[i][1]);
}

static const char *export_as(const char *name, enum list_kind kind, enum lang lang, const char *by,
                             int64_t *rows)
{
    const char *path = world_line(&w, "%s/%s", folder, name);
    struct export_request request = {.query.kind = kind, .lang = lang, .at = w.env.clock};
    struct viewer v = various_viewer(&w, by);
    enum table_format format;
    struct err err = {0};

    assert_int_equal(table_format_of(path, &format), 0);
    assert_int_equal(export_list(path, format, &w.ledger, &v, &request, rows, NULL, NULL, &err), 0);
    return path;
}

static const char *contents(const char *path)
{
    struct text bytes;
    struct err err = {0};

    assert_int_equal(file_read(path, 1u << 20, &w.arena, &bytes, &err), 0);
    return arena_cstr(&w.arena, bytes);
}

/* The fields that a list shows of each item, a line each. */
static const char *rows_of(struct world *of)
{
    static const char *const keys[] = {
        "number", "text",  "category", "level",     "object",          "place",
        "class",  "found", "deadline", "lead_unit", "assisting_units", "responsible_person",
        "remarks"};
    struct viewer v = various_viewer(of, "clerk");
    struct err err = {0};
    const struct list_row *row;
    struct list *list =
        list_open(&of->ledger, &v, &(struct list_query){.kind = LIST_PROBLEMS}, &err);
    buf_auto struct buf out = BUF(BUF_ANY);

    assert_non_null(list);
    while (list_next(list, &row, &err) == 1) {
        buf_auto struct buf json = BUF(BUF_ANY);
        list_json(&json, row, T(""));
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            const char *at = strstr(buf_cstr(&json), world_line(&w, "\"%s\":", keys[i]));
            struct json j;
            assert_non_null(at);
            j = (struct json){at + strlen(keys[i]) + 3, json.p + json.n};
            assert_true(json_skip(&j));
            buf_bytes(&out, at, (size_t)(j.p - at));
            buf_char(&out, ' ');
        }
        buf_char(&out, '\n');
    }
    list_close(list);
    return arena_cstr(&w.arena, buf_view(&out));
}

static int mapped(struct intake_listener *l, const struct mapping_sheet *sheet, struct err *err)
{
    (void)l, (void)sheet, (void)err;
    return 0;
}

static int doubted(struct intake_listener *l, const struct doubt *doubt, struct err *err)
{
    (void)l, (void)doubt, (void)err;
    return 0;
}

static int rejected(struct intake_listener *l, const struct doubt *place, struct text reason,
                    struct err *err)
{
    (void)l, (void)place, (void)err;
    print_error("rejected: %.*s\n", TEXT_ARG(reason));
    return 0;
}

static void take_in(struct world *into, const char *path, const char *campaign,
                    struct intake_counts *counts)
{
    struct intake_listener listener = {.mapping = mapped, .doubt = doubted, .reject = rejected};
    struct viewer v = various_viewer(into, "clerk");
    struct intake_result result;
    struct err err = {0};

    if (intake(&into->ledger, &v,
               &(struct intake_options){.kind = IMPORT_FINDINGS,
                                        .path = path,
                                        .campaign = text_of(campaign),
                                        .via = T("import"),
                                        .lang = LANG_EN},
               &listener, &result, NULL, &err) != 0) {
        buf_auto struct buf why = BUF(4096);
        err_say(&why, LANG_EN, &err);
        fail_msg("%s", buf_cstr(&why));
    }
    *counts = result.counts;
}

static void an_exported_workbook_is_taken_in_again(void **state)
{
    static const char *const names[] = {"out.xlsx", "out.csv"};

    (void)state;
    fill();
    for (int lang = LANG_ZH; lang <= LANG_EN; lang++)
        for (int i = 0; i < 2; i++) {
            const char *path = export_as(names[i], LIST_PROBLEMS, (enum lang)lang, "clerk", NULL);
            struct intake_counts counts;
            struct world other;
            struct err err = {0};
            const char *before, *after;
            assert_int_equal(world_open(&other, &err), 0);
            take_in(&other, path, "HZ", &counts);
            assert_int_equal(counts.added, 3);
            before = rows_of(&w);
            after = rows_of(&other);
            /* What has no number gets the place that stands in its column. */
            assert_non_null(strstr(after, "\"number\":\"2\" \"text\":\"="));
            after = strstr(after, "\"text\"");
            before = strstr(before, "\"text\"");
            assert_memory_equal(before, after, (size_t)(strchr(before, '\n') - before));
            world_close(&other);
        }
}

static void a_csv_has_the_words_of_the_field(void **state)
{
    int64_t rows = 0;
    const char *csv;

    (void)state;
    fill();
    csv = contents(export_as("out.csv", LIST_PROBLEMS, LANG_ZH, "clerk", &rows));
    assert_int_equal(rows, 3);
    assert_non_null(
        strstr(csv, "序号,台账编码,反馈问题,问题类别,级别,对象,部位,发现日期,整改措施,牵头单位,"
                    "配合单位,责任领导,责任人,整改时限,时限类别,整改进展,状态,备注\r\n"));
    assert_non_null(strstr(csv, "\r\n7,HZ-0001,配电箱未上锁,临时用电,3级,一标段,3号楼,2026-02-11,"
                                "\"1. 加锁\n2. 每周巡查\",城关镇,北山镇、市应急局,,leader-a,"
                                "2026-06-30,限期整改,,已交办,复查两次\r\n"));
    /* No program takes a text for a formula. */
    assert_null(strstr(csv, ",=cmd"));
    csv = contents(export_as("tasks.csv", LIST_TASKS, LANG_ZH, "clerk", &rows));
    assert_int_equal(rows, 2);
    assert_non_null(strstr(csv, "\r\n7,HZ-0001,配电箱未上锁,2,每周巡查,城关镇,北山镇、市应急局,"));
    csv = contents(export_as("who.csv", LIST_RESPONSIBILITIES, LANG_EN, "clerk", &rows));
    assert_int_equal(rows, 7);
    assert_non_null(strstr(csv, "Unit,Person,Part,Kind of duty,Ledger code,Problem,Task number,"
                                "Corrective actions,Deadline,Status\r\n"));
    assert_non_null(
        strstr(csv, "\r\n城关镇,leader-a,lead,,HZ-0001,配电箱未上锁,1,加锁,2026-06-30,open\r\n"));
}

static void an_export_holds_what_its_author_sees(void **state)
{
    int64_t rows = 0;
    const char *json;

    (void)state;
    fill();
    json = contents(export_as("a.json", LIST_PROBLEMS, LANG_EN, "liaison-a", &rows));
    assert_int_equal(rows, 1);
    assert_non_null(strstr(json, "\"code\":\"HZ-0001\""));
    assert_null(strstr(json, "HZ-0002"));
}

/* All pieces of a stream; how many they were, none much longer than a block. */
static int take_all(struct export *e, struct buf *all)
{
    buf_auto struct buf piece = BUF(BUF_ANY);
    struct err err = {0};
    int rc = 1, pieces = 0;

    while (rc == 1) {
        buf_clear(&piece);
        rc = export_next(e, &piece, &err);
        assert_true(rc >= 0 && piece.n > 0 && piece.n < 300 * 1024);
        buf_text(all, buf_view(&piece));
        pieces++;
    }
    return pieces;
}

static void a_stream_is_the_file_in_pieces(void **state)
{
    enum { LONG = 8000, MANY = 80 };
    struct viewer v = various_viewer(&w, "clerk");
    char text[LONG + 1];

    (void)state;
    fill();
    memset(text, 'x', LONG);
    text[LONG] = '\0';
    for (int i = 0; i < MANY; i++)
        world_do(&w, "clerk", world_line(&w, "register HZ --text %s", text));
    for (enum list_kind kind = LIST_PROBLEMS; kind <= LIST_RESPONSIBILITIES; kind++)
        for (enum table_format format = TABLE_CSV; format <= TABLE_JSON; format++) {
            const char *path =
                export_as(format == TABLE_CSV ? "a.csv" : "a.json", kind, LANG_ZH, "clerk", NULL);
            struct export_request request = {.query.kind = kind, .at = w.env.clock};
            buf_auto struct buf all = BUF(BUF_ANY);
            struct err err = {0};
            struct export *e = export_open(format, &w.ledger, &v, &request, &err);
            assert_non_null(e);
            assert_int_equal(take_all(e, &all), kind == LIST_PROBLEMS ? 3 : 1);
            export_close(e);
            assert_string_equal(buf_cstr(&all), contents(path));
        }
}

static void a_stream_can_be_left(void **state)
{
    struct export_request request = {.query.kind = LIST_PROBLEMS};
    struct viewer v = various_viewer(&w, "clerk");
    buf_auto struct buf piece = BUF(BUF_ANY);
    struct err err = {0};
    struct export *e;

    (void)state;
    fill();
    e = export_open(TABLE_CSV, &w.ledger, &v, &request, &err);
    assert_non_null(e);
    export_close(e);
    export_close(NULL);
    /* The connection is free for what comes next. */
    world_do(&w, "clerk", "register HZ --text 后来的");
    e = export_open(TABLE_CSV, &w.ledger, &v, &request, &err);
    assert_int_equal(export_next(e, &piece, &err), 0);
    export_close(e);
    assert_non_null(strstr(buf_cstr(&piece), "后来的"));
}

static int keep(void *arg, struct text bytes, struct err *err)
{
    buf_text(arg, bytes);
    (void)err;
    return 0;
}

static void an_exported_log_is_found_true(void **state)
{
    buf_auto struct buf log = BUF(BUF_ANY);
    struct verify_report report;
    struct err err = {0};
    int64_t entries = 0;
    const char *path = world_line(&w, "%s/log.json", folder);

    (void)state;
    fill();
    world_do(&w, "clerk", "register ANS --text 油烟扰民 --originator-name 赵某某");
    assert_int_equal(export_log(&w.ledger, keep, &log, &entries, NULL, NULL, &err), 0);
    assert_int_equal(entries, world_entries(&w.ledger));
    assert_null(strstr(buf_cstr(&log), "赵某某"));
    assert_int_equal(file_write(path, buf_view(&log), 0600, true, &err), 0);
    assert_int_equal(
        verify_export(path, &(struct verify_trust){.key = &w.ledger.key}, T(""), &report, &err), 0);
    assert_int_equal(report.entries, entries);
    assert_int_equal(report.checkpoints, 1);
}

int main(void)
{
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(an_exported_workbook_is_taken_in_again),
        IN_A_WORLD(a_csv_has_the_words_of_the_field),
        IN_A_WORLD(an_export_holds_what_its_author_sees),
        IN_A_WORLD(a_stream_is_the_file_in_pieces),
        IN_A_WORLD(a_stream_can_be_left),
        IN_A_WORLD(an_exported_log_is_found_true),
    };

    return cmocka_run_group_tests_name("export", tests, NULL, NULL);
}
