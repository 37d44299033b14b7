/*
 * lists.c: what a person sees in a list: all of it and nothing else, in order, page by page, as of
 * any moment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "office/lists/lists.h"
#include "office/lists/past.h"
#include "store/sqlite.h"
#include "various.h"
#include "../store/faulty.h"

static struct world w;

static int open_world(void **state)
{
    struct err err = {0};

    (void)state;
    return world_open(&w, &err);
}

static int open_various(void **state)
{
    struct err err = {0};

    return open_world(state) != 0 ? -1 : various_fill(&w, &err);
}

static int close_world(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

/* All rows as JSON, a line each. */
static const char *rows_of(struct ledger *l, const struct viewer *v, const struct list_query *query)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    const struct list_row *row;
    struct err err = {0};
    struct list *list = list_open(l, v, query, &err);
    int rc = 0;

    assert_non_null(list);
    while ((rc = list_next(list, &row, &err)) == 1) {
        list_json(&out, row, T(""));
        buf_char(&out, '\n');
    }
    assert_int_equal(rc, 0);
    list_close(list);
    return arena_cstr(&w.arena, buf_view(&out));
}

/* The value of a key in a line of JSON, as it stands there. */
static struct text value(struct text line, const char *key)
{
    const char *pattern = world_line(&w, "\"%s\":", key);
    ptrdiff_t at = text_find(line, text_of(pattern));
    struct json j;
    struct text rest;

    if (at < 0)
        fail_msg("no %s in %.*s", key, TEXT_ARG(line));
    rest = text_from(line, (size_t)at + strlen(pattern));
    j = (struct json){rest.p, rest.p + rest.n};
    assert_true(json_skip(&j));
    return text_head(rest, (size_t)(j.p - rest.p));
}

static const char *value_of(const char *rows, int line, const char *key)
{
    struct text rest = text_of(rows), piece = T("");

    for (int i = 0; i <= line; i++)
        if (!text_cut(&rest, '\n', &piece) || piece.n == 0)
            return "(no such row)";
    return arena_cstr(&w.arena, value(piece, key));
}

static size_t lines_in(const char *rows)
{
    size_t n = 0;

    for (; *rows; rows++)
        n += *rows == '\n';
    return n;
}

/* --- what belongs to a row -----------------------------------------------------------------------
 */

static void a_task_has_what_it_names_and_else_what_its_item_has(void **state)
{
    static const struct {
        int row;
        const char *key, *value;
    } expected[] = {
        /* Nothing of its own: all is its item's. */
        {0, "code", "\"HZ-0001/1\""},
        {0, "lead_unit", "\"城关镇\""},
        {0, "assisting_units", "[\"北山镇\",\"市应急局\"]"},
        {0, "responsible_person", "\"leader-a\""},
        {0, "responsible_leaders", "[{\"name\":\"leader\",\"duty\":\"包案\"}]"},
        {0, "deadline", "\"2026-06-30\""},
        {0, "class", "\"dated\""},
        /* A person of its own in the same unit. */
        {1, "lead_unit", "\"城关镇\""},
        {1, "assisting_units", "[\"北山镇\",\"市应急局\"]"},
        {1, "responsible_person", "\"liaison-a\""},
        {1, "responsible_leaders", "[{\"name\":\"leader\",\"duty\":\"包案\"}]"},
        {1, "deadline", "\"2026-05-31\""},
        /* Another unit leads: nobody of the item's answers for it unless named. */
        {2, "lead_unit", "\"北山镇\""},
        {2, "assisting_units", "[]"},
        {2, "responsible_person", "\"\""},
        {2, "responsible_leaders", "[]"},
        /* Another unit with its own people. */
        {3, "lead_unit", "\"市应急局\""},
        {3, "assisting_units", "[\"城关镇应急办\"]"},
        {3, "responsible_person", "\"verifier\""},
        {3, "class", "\"immediate\""},
        {3, "item_text", "\"电动车进楼入户\""},
        {4, "code", "(no such row)"},
    };
    struct viewer v = various_viewer(&w, "clerk");
    const char *rows;

    (void)state;
    world_do(&w, "clerk",
             "register HZ --text 电动车进楼入户 --unit A --assist B --assist C --person leader-a "
             "--leader leader:包案 --due 2026-06-30");
    world_do(&w, "clerk", "task HZ-0001 --text 建充电棚");
    world_do(&w, "clerk", "task HZ-0001 --text 入户劝导 --person liaison-a --due 2026-05-31");
    world_do(&w, "clerk", "task HZ-0001 --text 巡查 --unit B");
    world_do(
        &w, "clerk",
        "task HZ-0001 --text 清理楼道 --unit C --assist A1 --person verifier --class immediate");
    rows = rows_of(&w.ledger, &v, &(struct list_query){.kind = LIST_TASKS});
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const char *found = expected[i].value[0] == '('
                                ? value_of(rows, expected[i].row, "code")
                                : value_of(rows, expected[i].row, expected[i].key);
        if (strcmp(found, expected[i].value) != 0)
            fail_msg("row %d, %s: %s, not %s", expected[i].row, expected[i].key, found,
                     expected[i].value);
    }
}

static void responsibilities_name_unit_person_and_part(void **state)
{
    static const char *const expected[][7] = {
        /* key, unit, person, role, duty, task, state */
        {"HZ-0001/1/1", "A", "leader-a", "lead", "", "HZ-0001/1", "open"},
        {"HZ-0001/1/2", "B", "", "assisting", "", "HZ-0001/1", "open"},
        {"HZ-0001/1/3", "OFFICE", "leader", "responsible_leader", "包案", "HZ-0001/1", "open"},
        {"HZ-0001/2/1", "B", "liaison-b", "lead", "", "HZ-0001/2", "open"},
        /* Items without tasks stand for themselves, nobody is lost. */
        {"HZ-0002/0/1", "C", "", "lead", "", "", "open"},
        {"HZ-0003/0/1", "B", "", "lead", "", "", "dropped"},
    };
    static const char *const keys[] = {"key",  "unit_code", "person", "role",
                                       "duty", "task",      "state"};
    enum { ROWS = sizeof expected / sizeof expected[0] };
    struct viewer v = various_viewer(&w, "clerk");
    struct list_query query = {.kind = LIST_RESPONSIBILITIES};
    struct err err = {0};
    const char *rows;

    (void)state;
    world_do(&w, "clerk",
             "register HZ --text 一 --unit A --assist B --person leader-a --leader leader:包案");
    world_do(&w, "clerk", "task HZ-0001 --text 甲");
    world_do(&w, "clerk", "task HZ-0001 --text 乙 --unit B --person liaison-b");
    world_do(&w, "clerk", "register HZ --text 二 --unit C");
    world_do(&w, "clerk", "register HZ --text 三 --unit B");
    world_do(&w, "clerk", "withdraw HZ-0003 --reason 重复");
    rows = rows_of(&w.ledger, &v, &query);
    assert_int_equal(lines_in(rows), ROWS);
    for (int i = 0; i < ROWS; i++)
        for (int k = 0; k < 7; k++)
            assert_string_equal(value_of(rows, i, keys[k]),
                                world_line(&w, "\"%s\"", expected[i][k]));
    /* A unit's own rows, wherever the task is led; a leader's with the task that is led there. */
    assert_int_equal(list_choose_unit(&query, &w.ledger, T("B"), NULL, &w.arena, &err), 0);
    rows = rows_of(&w.ledger, &v, &query);
    assert_int_equal(lines_in(rows), 3);
    assert_string_equal(value_of(rows, 0, "key"), "\"HZ-0001/1/2\"");
    assert_string_equal(value_of(rows, 1, "key"), "\"HZ-0001/2/1\"");
    assert_string_equal(value_of(rows, 2, "key"), "\"HZ-0003/0/1\"");
    assert_int_equal(list_choose_unit(&query, &w.ledger, T("A"), NULL, &w.arena, &err), 0);
    assert_int_equal(lines_in(rows_of(&w.ledger, &v, &query)), 2);
}

static void progress_is_the_last_that_was_told(void **state)
{
    struct viewer v = various_viewer(&w, "clerk");
    struct list_query problems = {.kind = LIST_PROBLEMS}, tasks = {.kind = LIST_TASKS};

    (void)state;
    world_do(&w, "clerk", "register SHORT --text 一 --unit A");
    assert_string_equal(value_of(rows_of(&w.ledger, &v, &problems), 0, "progress"), "\"\"");
    world_do(&w, "clerk", "task SHORT-0001 --text 甲");
    world_do(&w, "clerk", "report SHORT-0001 --text 已排查");
    world_do(&w, "clerk", "report SHORT-0001/1 --text 已整改两处");
    assert_string_equal(value_of(rows_of(&w.ledger, &v, &tasks), 0, "progress"),
                        value_of(rows_of(&w.ledger, &v, &problems), 0, "progress"));
    world_do(&w, "clerk", "report SHORT-0001 --text 全部完成");
    assert_string_equal(value_of(rows_of(&w.ledger, &v, &problems), 0, "progress"), "\"全部完成\"");
}

/* --- pages and filters ---------------------------------------------------------------------------
 */

/* The part of a code or key that list_after wants. */
static struct text last_key(const char *rows, enum list_kind kind)
{
    struct text v = text_of(
        value_of(rows, (int)lines_in(rows) - 1, kind == LIST_RESPONSIBILITIES ? "key" : "code"));

    return (struct text){v.p + 1, v.n - 2};
}

static void pages_make_the_list(void **state)
{
    const struct list_query queries[] = {
        {.kind = LIST_PROBLEMS},
        {.kind = LIST_PROBLEMS, .campaign = T("HZ")},
        {.kind = LIST_PROBLEMS, .states = BIT(STATE_IN_PROGRESS) | BIT(STATE_STRUCK_OFF)},
        {.kind = LIST_PROBLEMS, .overdue = true},
        {.kind = LIST_TASKS},
        {.kind = LIST_TASKS, .campaign = T("ANS"), .states = BIT(TASK_OPEN)},
        {.kind = LIST_TASKS, .overdue = true},
        {.kind = LIST_RESPONSIBILITIES},
        {.kind = LIST_RESPONSIBILITIES, .states = BIT(TASK_DONE)},
        {.kind = LIST_UNITS},
        {.kind = LIST_PEOPLE},
        {.kind = LIST_CAMPAIGNS}};
    static const char *const subtrees[] = {"", "A", "C"};

    (void)state;
    for (size_t p = 0; p < various_people_count; p++)
        for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++)
            for (size_t u = 0; u < 3; u++) {
                struct viewer v = various_viewer(&w, various_people[p]);
                struct list_query query = queries[i];
                buf_auto struct buf pages = BUF(BUF_ANY);
                struct err err = {0};
                const char *whole, *page;
                if (*subtrees[u] && query.kind > LIST_PEOPLE)
                    continue;
                if (*subtrees[u])
                    assert_int_equal(list_choose_unit(&query, &w.ledger, text_of(subtrees[u]), NULL,
                                                      &w.arena, &err),
                                     0);
                whole = rows_of(&w.ledger, &v, &query);
                assert_int_equal(list_count(&w.ledger, &v, &query, &err), lines_in(whole));
                query.limit = 7;
                while (lines_in(page = rows_of(&w.ledger, &v, &query)) > 0) {
                    struct text key = arena_text(&w.arena, last_key(page, query.kind));
                    assert_true(lines_in(page) <= 7);
                    buf_str(&pages, page);
                    assert_int_equal(list_after(&query, &w.ledger, &v, key, &w.arena, &err), 0);
                }
                assert_string_equal(buf_cstr(&pages), whole);
                arena_clear(&w.arena);
            }
}

static void filters_leave_out_what_does_not_fit(void **state)
{
    struct viewer v = various_viewer(&w, "clerk-secret");
    const char *all = rows_of(&w.ledger, &v, &(struct list_query){.kind = LIST_PROBLEMS});
    struct text rest = text_of(all), line;
    size_t late = 0, verified = 0, of_hz = 0;

    (void)state;
    while (text_cut(&rest, '\n', &line) && line.n) {
        struct text state_word = value(line, "state"), due = value(line, "deadline");
        bool open = !text_eq(state_word, T("\"struck_off\"")) &&
                    !text_eq(state_word, T("\"standing\"")) &&
                    !text_eq(state_word, T("\"withdrawn\""));
        bool is_late = open && due.n > 2 && text_cmp(due, T("\"2026-03-02\"")) < 0;
        assert_true(text_eq(value(line, "overdue"), is_late ? T("true") : T("false")));
        late += is_late;
        verified += text_eq(state_word, T("\"verified\""));
        of_hz += text_eq(value(line, "campaign"), T("\"HZ\""));
    }
    assert_true(late > 5 && verified > 5 && of_hz > 20 && lines_in(all) == VARIOUS);
    assert_int_equal(
        lines_in(
            rows_of(&w.ledger, &v, &(struct list_query){.kind = LIST_PROBLEMS, .overdue = true})),
        late);
    assert_int_equal(lines_in(rows_of(&w.ledger, &v,
                                      &(struct list_query){.kind = LIST_PROBLEMS,
                                                           .states = BIT(STATE_VERIFIED)})),
                     verified);
    assert_int_equal(
        lines_in(rows_of(&w.ledger, &v,
                         &(struct list_query){.kind = LIST_PROBLEMS, .campaign = T("HZ")})),
        of_hz);
}

/* --- who sees what -------------------------------------------------------------------------------
 */

/* Every item that a list gives can be opened, and no other: one predicate for both. */
static void a_list_shows_what_can_be_seen_one_by_one(void **state)
{
    struct viewer owner = various_viewer(&w, "clerk-secret");
    const char *all = rows_of(&w.ledger, &owner, &(struct list_query){.kind = LIST_PROBLEMS});

    (void)state;
    for (size_t p = 0; p < various_people_count; p++) {
        struct viewer v = various_viewer(&w, various_people[p]);
        const char *mine = rows_of(&w.ledger, &v, &(struct list_query){.kind = LIST_PROBLEMS});
        struct text rest = text_of(all), line;
        size_t seen = 0;
        while (text_cut(&rest, '\n', &line) && line.n) {
            struct text quoted = value(line, "code");
            struct text code = {quoted.p + 1, quoted.n - 2};
            struct err err = {0};
            struct list *one = list_item(&w.ledger, &v, code, &err);
            bool listed = text_has(text_of(mine),
                                   text_of(world_line(&w, "{\"code\":%.*s,", TEXT_ARG(quoted))));
            assert_int_equal(one != NULL, listed);
            assert_true(one || err.code == ERR_NOT_FOUND);
            seen += listed;
            list_close(one);
        }
        assert_int_equal(seen, lines_in(mine));
    }
}

static void what_is_hidden_answers_like_what_is_not_there(void **state)
{
    struct viewer v = various_viewer(&w, "liaison-b"), all = various_viewer(&w, "clerk");
    struct list_query query = {.kind = LIST_PROBLEMS};
    buf_auto struct buf hidden = BUF(4096), absent = BUF(4096);
    struct err err = {0};

    (void)state;
    world_do(&w, "clerk", "register HZ --text 同样的话 --unit C");
    world_do(&w, "clerk", "register HZ --text 同样的话 --unit B");
    /* The same sentence for both. */
    assert_int_equal(list_after(&query, &w.ledger, &v, T("HZ-0001"), &w.arena, &err), -1);
    err_say(&hidden, LANG_ZH, &err);
    assert_int_equal(list_after(&query, &w.ledger, &v, T("HZ-9999"), &w.arena, &err), -1);
    err_say(&absent, LANG_ZH, &err);
    assert_int_equal(hidden.n, absent.n);
    /* A mention of what is hidden does not say that it is there. */
    if (text_find(text_of(rows_of(&w.ledger, &all, &query)),
                  T("\"probable_duplicate_of\":\"HZ-")) >= 0)
        assert_int_equal(text_find(text_of(rows_of(&w.ledger, &v, &query)), T("HZ-0001")), -1);
    assert_int_equal(lines_in(rows_of(&w.ledger, &v, &query)), 1);
    /* Nor does a confidential campaign. */
    assert_int_equal(
        list_choose_campaign(&query, &w.ledger, &all, T("SECRET"), NULL, &w.arena, &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_int_equal(
        text_find(text_of(rows_of(&w.ledger, &all, &(struct list_query){.kind = LIST_CAMPAIGNS})),
                  T("SECRET")),
        -1);
}

static void people_are_known_to_the_office_and_to_their_own_unit(void **state)
{
    static const struct {
        const char *viewer;
        const char *sees, *not ;
    } cases[] = {
        {"clerk", "liaison-b", "?"},
        {"administrator", "liaison-b", "?"},
        {"liaison-a", "liaison-a1", "liaison-b"},
        {"liaison-a1", "liaison-a1", "leader-a"},
        {"leader-a", "liaison-a", "clerk"},
        {"nobody", "nobody", "liaison-a"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct viewer v = various_viewer(&w, cases[i].viewer);
        const char *rows = rows_of(&w.ledger, &v, &(struct list_query){.kind = LIST_PEOPLE});
        assert_non_null(strstr(rows, world_line(&w, "{\"code\":\"%s\"", cases[i].sees)));
        assert_null(strstr(rows, world_line(&w, "{\"code\":\"%s\"", cases[i].not )));
    }
}

static void sources_are_known_with_the_items_that_cite_them(void **state)
{
    struct viewer clerk = various_viewer(&w, "clerk"), a = various_viewer(&w, "liaison-a"),
                  b = various_viewer(&w, "member-b");
    struct list_query query = {.kind = LIST_SOURCES};

    (void)state;
    world_do(&w, "clerk", "source S1 --title 检查通报");
    world_do(&w, "clerk", "source S2 --title 会议纪要");
    world_do(&w, "clerk", "source S3 --title 密件 --marking secret");
    world_do(&w, "clerk", "register HZ --text 一 --unit A1 --source S1");
    assert_int_equal(lines_in(rows_of(&w.ledger, &clerk, &query)), 2);
    assert_int_equal(lines_in(rows_of(&w.ledger, &a, &query)), 1);
    assert_int_equal(lines_in(rows_of(&w.ledger, &b, &query)), 0);
}

/* --- the past ------------------------------------------------------------------------------------
 */

static void the_past_is_seen_with_the_eyes_of_today(void **state)
{
    struct viewer a = various_viewer(&w, "liaison-a"), clerk = various_viewer(&w, "clerk"), then;
    struct list_query query = {.kind = LIST_PROBLEMS};
    struct ledger past;
    struct err err = {0};
    int64_t until;
    const char *rows;

    (void)state;
    world_do(&w, "clerk", "register HZ --text 一 --unit A --due 2026-03-05");
    world_do(&w, "clerk", "register HZ --text 二 --unit A");
    world_do(&w, "clerk", "register HZ --text 三 --unit B");
    world_do(&w, "liaison-a", "accept HZ-0001");
    until = w.env.clock;
    world_day(&w, T("2026-04-01"));
    world_do(&w, "clerk", "withdraw HZ-0002 --reason 不属实");
    world_do(&w, "clerk", "amend HZ-0001 --text 一改");
    world_do(&w, "clerk", "register HZ --text 四 --unit A");
    /* HZ-0003 goes from B to A, and HZ-0001 from A to C: what is A's today is what A sees. */
    world_do(&w, "clerk", "assign HZ-0003 --unit A");
    world_do(&w, "clerk", "decline HZ-0001 --reason 非本单位职责");
    world_do(&w, "clerk", "assign HZ-0001 --unit C");
    world_do(&w, "owner", "person late --unit A --role liaison");

    a = various_viewer(&w, "liaison-a");
    assert_int_equal(past_open(&past, &then, &w.ledger, &a, until, &err), 0);
    assert_int_equal(then.today, ledger_day(&w.ledger, until));
    rows = rows_of(&past, &then, &query);
    assert_int_equal(lines_in(rows), 2);
    assert_string_equal(value_of(rows, 0, "text"), "\"二\"");
    assert_string_equal(value_of(rows, 0, "state"), "\"assigned\"");
    assert_string_equal(value_of(rows, 1, "code"), "\"HZ-0003\"");
    assert_string_equal(value_of(rows, 1, "lead_unit_code"), "\"B\"");
    ledger_close(&past);

    /* Everybody of today may look back, also who was not there. */
    a = various_viewer(&w, "late");
    assert_int_equal(past_open(&past, &then, &w.ledger, &a, until, &err), 0);
    assert_int_equal(lines_in(rows_of(&past, &then, &query)), 2);
    assert_null(
        strstr(rows_of(&past, &then, &(struct list_query){.kind = LIST_PEOPLE}), "\"late\""));
    ledger_close(&past);

    clerk = various_viewer(&w, "clerk");
    assert_int_equal(past_open(&past, &then, &w.ledger, &clerk, until, &err), 0);
    rows = rows_of(&past, &then, &query);
    assert_int_equal(lines_in(rows), 3);
    assert_string_equal(value_of(rows, 0, "text"), "\"一\"");
    assert_string_equal(value_of(rows, 0, "state"), "\"accepted\"");
    assert_string_equal(value_of(rows, 0, "overdue"), "false");
    ledger_close(&past);
    /* Nothing of today has changed by it. */
    assert_int_equal(lines_in(rows_of(&w.ledger, &clerk, &query)), 4);
}

/* --- when memory is short ------------------------------------------------------------------------
 */

/* Everything that reads, once; 0 when all of it went well. */
static int read_all(const struct viewer *v, struct buf *out)
{
    struct err err = {0};

    for (int kind = 0; kind < LIST_KINDS; kind++) {
        struct list_query query = {.kind = (enum list_kind)kind, .measures = true};
        const struct list_row *row;
        struct list *list = list_open(&w.ledger, v, &query, &err);
        int rc = list ? 0 : -1;
        while (list && (rc = list_next(list, &row, &err)) == 1)
            list_json(out, row, T(""));
        list_close(list);
        if (rc < 0) {
            assert_true(err.code == ERR_NO_MEMORY || err.code == ERR_DATABASE);
            return -1;
        }
    }
    return out->failed ? -1 : 0;
}

/* Whichever allocation fails: all rows come, or it is said that memory is short. */
static void a_list_is_whole_or_fails(void **state)
{
    struct viewer v = various_viewer(&w, "liaison-a");
    buf_auto struct buf whole = BUF(BUF_ANY);

    (void)state;
    assert_int_equal(read_all(&v, &whole), 0);
    for (int forever = 0; forever < 2; forever++)
        for (unsigned long n = 1;; n++) {
            buf_auto struct buf out = BUF(BUF_ANY);
            unsigned long made;
            int rc;
            mem_fail_at(n, forever);
            rc = read_all(&v, &out);
            made = mem_fail_at(0, 0);
            if (rc == 0)
                assert_true(text_eq(buf_view(&out), buf_view(&whole)));
            if (made < n)
                break;
        }
}

/* The same for the database's calls, of which some are tried. */
static void a_list_is_whole_or_fails_with_the_database(void **state)
{
    struct sqlite_options options = {.create = true};
    struct err err = {0};
    struct store *inner = sqlite_open(":memory:", &options, &err), *store = faulty_open(inner);
    buf_auto struct buf whole = BUF(BUF_ANY);
    struct viewer v;

    (void)state;
    assert_int_equal(world_make(&w, store, &err), 0);
    assert_int_equal(world_cast(&w, &err), 0);
    assert_int_equal(various_fill(&w, &err), 0);
    v = various_viewer(&w, "leader");
    assert_int_equal(read_all(&v, &whole), 0);
    for (unsigned long n = 1;; n += 1 + n / 16) {
        buf_auto struct buf out = BUF(BUF_ANY);
        unsigned long made;
        int rc;
        faulty_fail_at(store, n, false);
        rc = read_all(&v, &out);
        made = faulty_fail_at(store, 0, false);
        assert_int_equal(rc, made < n ? 0 : -1);
        if (made < n)
            break;
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_task_has_what_it_names_and_else_what_its_item_has,
                                        open_world, close_world),
        cmocka_unit_test_setup_teardown(responsibilities_name_unit_person_and_part, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(progress_is_the_last_that_was_told, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(pages_make_the_list, open_various, close_world),
        cmocka_unit_test_setup_teardown(filters_leave_out_what_does_not_fit, open_various,
                                        close_world),
        cmocka_unit_test_setup_teardown(a_list_shows_what_can_be_seen_one_by_one, open_various,
                                        close_world),
        cmocka_unit_test_setup_teardown(what_is_hidden_answers_like_what_is_not_there, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(people_are_known_to_the_office_and_to_their_own_unit,
                                        open_world, close_world),
        cmocka_unit_test_setup_teardown(sources_are_known_with_the_items_that_cite_them, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(the_past_is_seen_with_the_eyes_of_today, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(a_list_is_whole_or_fails, open_various, close_world),
        cmocka_unit_test(a_list_is_whole_or_fails_with_the_database),
    };

    return cmocka_run_group_tests_name("lists", tests, NULL, NULL);
}
