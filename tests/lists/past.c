/*
 * past.c: a past day from the daily history is the same as from the log.
 *
 * The log replayed into memory is one way to a past day, the history that the projections keep is
 * another; over weeks of work chosen at random, for each viewer, both give the same boards and the
 * same lists.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ledger/verify.h"
#include "office/lists/board.h"
#include "office/lists/lists.h"
#include "office/lists/past.h"
#include "office/lists/show.h"
#include "various.h"

enum { DAYS = 24, STEPS = 14 };

static struct world w;
static int32_t first_day;

/* --- weeks of work -------------------------------------------------------------------------------
 */

static unsigned pick(unsigned n)
{
    static unsigned state = 11;

    state = state * 1103515245u + 12345u;
    return (state >> 16) % n;
}

static const char *const lines[] = {
    "register HZ --text 新问题%2$u --unit %3$s --due %4$s",
    "register ANS --text 信访%2$u --unit %3$s --assist B",
    "register FIN --text 第%2$u件 --unit %3$s --due %4$s",
    "amend %1$s --due %4$s --text 改述%2$u",
    "amend %1$s --unit %3$s",
    "amend %1$s --marking %5$s",
    "amend %1$s --clear due --assist %3$s",
    "assign %1$s --unit %3$s --due %4$s",
    "assign %1$s --unit %3$s --person liaison-b",
    "accept %1$s",
    "decline %1$s --reason 非职责",
    "task %1$s --text 措施%2$u --unit %3$s",
    "plan %1$s",
    "approve %1$s",
    "report %1$s --text 进展%2$u",
    "report %1$s/1 --text 完成%2$u --done",
    "apply %1$s",
    "apply %1$s",
    "verify %1$s --pass --grade 好",
    "verify %1$s --fail --reason 不足",
    "strike-off %1$s",
    "strike-off %1$s --standing",
    "answer %1$s --text 已办",
    "look-back %1$s --fail --reason 反弹",
    "reopen %1$s --reason 反弹",
    "extend %1$s --due %4$s --reason 汛期",
    "grant %1$s",
    "withdraw %1$s --reason 重复",
    "transfer %1$s --to 省厅 --reason 权属",
    "merge %1$s --into %6$s --reason 同一件",
    "suspend %1$s --reason 诉讼",
    "chase %1$s --text 催",
    "handover %1$s --from liaison-b --to leader-a --reason 调动",
};
/* Now and then: the tree of units and what they are called. */
static const char *const office_lines[] = {
    "move A1 --parent B",   "move B --parent A",      "move A1 --parent CITY",
    "unit A --name 城关%u", "move B --parent OFFICE", "unit NEW%u --name 新设 --parent A",
    "move C --parent B",    "move B --parent CITY",   "move A1 --parent A",
};
static const char *const actors[] = {"clerk",     "clerk-secret", "approver", "verifier",
                                     "liaison-a", "liaison-b",    "leader",   "owner",
                                     "all-roles", "liaison-a1",   "member-b", "verifier-city"};

static const char *some_item(void)
{
    static const char *const campaigns[] = {"HZ", "HZ", "ANS", "SECRET", "FIN"};

    return world_line(&w, "%s-%04u", campaigns[pick(5)], pick(70) + 1);
}

/* One step that somebody may take; most that are tried are refused. */
static void step(unsigned n)
{
    static const char *const units[] = {"A", "A1", "B", "C", "CITY", "TEAM"};
    static const char *const marks[] = {"open", "internal", "confidential", "secret"};

    for (int tries = 0; tries < 20; tries++) {
        char line[400], day[11];
        const char *item = some_item(), *other = some_item(), *unit = units[pick(6)];
        struct outcome o;
        struct err err = {0};
        date_iso(ledger_today(&w.ledger) - 5 + (int32_t)pick(40), day);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
        if (n % 9 == 0)
            snprintf(line, sizeof line, office_lines[pick(9)], n);
        else
            snprintf(line, sizeof line, lines[pick(sizeof lines / sizeof lines[0])], item, n, unit,
                     day, marks[pick(4)], other);
#pragma GCC diagnostic pop
        for (size_t a = 0; a < sizeof actors / sizeof actors[0]; a++)
            if (world_try(&w, actors[a], line, &o, &err) == 0 && o.verdict.rule == RULE_NONE)
                return;
    }
}

static int open_weeks(void **state)
{
    struct err err = {0};
    unsigned n = 1;

    (void)state;
    if (world_open(&w, &err) != 0 || various_fill(&w, &err) != 0)
        return -1;
    first_day = ledger_today(&w.ledger);
    for (int day = 0; day < DAYS; day++) {
        char iso[11];
        if (!world_day(&w, date_iso(first_day + day, iso)))
            return -1;
        for (int i = 0; i < STEPS; i++)
            step(n++);
    }
    return 0;
}

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

/* --- boards --------------------------------------------------------------------------------------
 */

static void same_counts(const struct board_counts *x, const struct board_counts *y,
                        const char *what)
{
    if (memcmp(x, y, sizeof *x) == 0)
        return;
    for (int i = 0; i < STATE_COUNT; i++)
        print_error("state %d: %lld from the history, %lld from the log\n", i,
                    (long long)x->states[i], (long long)y->states[i]);
    print_error("taken over %lld %lld, dated %lld %lld, overdue %lld %lld, soon %lld %lld\n",
                (long long)x->taken_over, (long long)y->taken_over, (long long)x->dated,
                (long long)y->dated, (long long)x->overdue, (long long)y->overdue,
                (long long)x->soon, (long long)y->soon);
    fail_msg("%s", what);
}

static void same_parts(const struct board_part *x, size_t nx, const struct board_part *y, size_t ny,
                       bool names, const char *what)
{
    if (nx != ny)
        fail_msg("%s: %zu parts and %zu", what, nx, ny);
    for (size_t i = 0; i < nx; i++) {
        if (!text_eq(x[i].code, y[i].code) || (names && !text_eq(x[i].name, y[i].name)))
            fail_msg("%s: %.*s and %.*s", what, TEXT_ARG(x[i].name), TEXT_ARG(y[i].name));
        same_counts(&x[i].counts, &y[i].counts, what);
    }
}

static int64_t same_board(const struct viewer *v, int32_t day, struct ledger *past,
                          const struct viewer *then, const char *unit, const char *campaign)
{
    char iso[11];
    const char *what = world_line(&w, "%.*s, unit '%s', campaign '%s', %s", TEXT_ARG(v->person),
                                  unit, campaign, (date_iso(day, iso), iso));
    struct board x, y;
    struct board_point point;
    struct err err = {0};
    int rx = board_load(&x, &w.ledger, v, text_of(unit), text_of(campaign), day, &w.arena, &err);
    int ry =
        board_load(&y, past, then, text_of(unit), text_of(campaign), BOARD_NOW, &w.arena, &err);

    if (rx != 0 || ry != 0) {
        /* A campaign that was not there yet is known today, and had nothing. */
        if (rx != ry && (rx != 0 || board_total(&x.total) != 0))
            fail_msg("%s: one way finds it, the other not", what);
        return 0;
    }
    assert_int_equal(x.day, y.day);
    same_counts(&x.total, &y.total, what);
    same_parts(x.units, x.unit_count, y.units, y.unit_count, true, what);
    same_parts(x.campaigns, x.campaign_count, y.campaigns, y.campaign_count, false, what);
    assert_int_equal(board_trend(&point, 1, BOARD_DAYS, &w.ledger, v, text_of(unit),
                                 text_of(campaign), day, &w.arena, &err),
                     0);
    same_counts(&point.counts, &y.total, what);
    return board_total(&x.total);
}

static void boards_are_the_same(void **state)
{
    static const char *const units[] = {"", "CITY", "A", "A1", "B", "C", "TEAM", "NEW9"};
    static const char *const campaigns[] = {"", "HZ", "SECRET", "ANS", "FIN"};
    int64_t sum = 0;

    (void)state;
    for (int32_t day = first_day - 1; day < first_day + DAYS; day += 6)
        for (size_t p = 0; p < various_people_count; p++) {
            struct viewer v = various_viewer(&w, various_people[p]), then;
            struct ledger past;
            struct err err = {0};
            assert_int_equal(
                past_open(&past, &then, &w.ledger, &v, ledger_day_end(&w.ledger, day), &err), 0);
            for (size_t u = 0; u < sizeof units / sizeof units[0]; u++)
                for (size_t c = 0; c < sizeof campaigns / sizeof campaigns[0]; c++)
                    sum += same_board(&v, day, &past, &then, units[u], campaigns[c]);
            ledger_close(&past);
            arena_clear(&w.arena);
        }
    assert_true(sum > 5000);
}

/* --- lists ---------------------------------------------------------------------------------------
 */

/* All rows as JSON, read by pages of `page` rows (0: at once). */
static void rows_of(struct buf *out, struct ledger *l, const struct viewer *v,
                    struct list_query query, int64_t page)
{
    const struct list_row *row;
    struct err err = {0};
    char key[64] = "";
    int64_t given;

    query.limit = page;
    do {
        struct list *list;
        int rc;
        given = 0;
        if (*key)
            assert_int_equal(list_after(&query, l, v, text_of(key), &w.arena, &err), 0);
        list = list_open(l, v, &query, &err);
        assert_non_null(list);
        while ((rc = list_next(list, &row, &err)) == 1) {
            struct text code = query.kind == LIST_PROBLEMS           ? row->problem.code
                               : query.kind == LIST_TASKS            ? row->task.code
                               : query.kind == LIST_RESPONSIBILITIES ? row->duty.key
                               : query.kind == LIST_UNITS            ? row->unit.code
                                                                     : row->person.code;
            snprintf(key, sizeof key, "%.*s", TEXT_ARG(code));
            list_json(out, row, T(""));
            buf_char(out, '\n');
            given++;
        }
        assert_int_equal(rc, 0);
        list_close(list);
    } while (page && given == page);
}

static size_t same_list(const struct viewer *v, int32_t day, struct ledger *past,
                        const struct viewer *then, struct list_query query, const char *unit,
                        int64_t page)
{
    buf_auto struct buf x = BUF(BUF_ANY), y = BUF(BUF_ANY);
    struct list_query old = query;
    struct err err = {0};
    int rx = 0, ry = 0;

    query.day = day;
    if (*unit) {
        rx = list_choose_unit(&query, &w.ledger, text_of(unit), NULL, &w.arena, &err);
        ry = list_choose_unit(&old, past, text_of(unit), NULL, &w.arena, &err);
        assert_int_equal(rx, ry);
    }
    if (rx != 0)
        return 0;
    rows_of(&x, &w.ledger, v, query, page);
    rows_of(&y, past, then, old, 0);
    if (!text_eq(buf_view(&x), buf_view(&y))) {
        size_t at = 0;
        while (at < x.n && at < y.n && x.p[at] == y.p[at])
            at++;
        at = at > 200 ? at - 200 : 0;
        fail_msg("%.*s, %s, day %d, unit '%s', overdue %d, states %x, page %lld, at %zu:\n%.600s\n"
                 "and from the log\n%.600s",
                 TEXT_ARG(v->person), list_name(query.kind), (int)day, unit, (int)query.overdue,
                 query.states, (long long)page, at, at < x.n ? buf_cstr(&x) + at : "",
                 at < y.n ? buf_cstr(&y) + at : "");
    }
    return x.n;
}

static void lists_are_the_same(void **state)
{
    size_t sum = 0;

    (void)state;
    for (int32_t day = first_day + 5; day < first_day + DAYS; day += 12)
        for (size_t p = 0; p < various_people_count; p += 3) {
            struct viewer v = various_viewer(&w, various_people[p]), then;
            struct list_query some = {.kind = LIST_PROBLEMS, .campaign = T("HZ"), .measures = true};
            struct ledger past;
            struct err err = {0};
            assert_int_equal(
                past_open(&past, &then, &w.ledger, &v, ledger_day_end(&w.ledger, day), &err), 0);
            for (int kind = 0; kind < LIST_KINDS; kind++) {
                struct list_query q = {.kind = (enum list_kind)kind};
                bool three = kind <= LIST_RESPONSIBILITIES;
                sum += same_list(&v, day, &past, &then, q, "", three ? 40 : 0);
                if (kind > LIST_PEOPLE)
                    continue;
                sum += same_list(&v, day, &past, &then, q, "A", 0);
                sum += same_list(&v, day, &past, &then, q, "B", three ? 15 : 0);
                q.overdue = three;
                sum += same_list(&v, day, &past, &then, q, "CITY", three ? 9 : 0);
            }
            sum += same_list(&v, day, &past, &then, some, "", 0);
            some.states = BIT(STATE_IN_PROGRESS) | BIT(STATE_STRUCK_OFF);
            sum += same_list(&v, day, &past, &then, some, "", 6);
            ledger_close(&past);
            arena_clear(&w.arena);
        }
    assert_true(sum > 50000);
}

/* An item's page from its own entries is that from all of them. */
static void pages_are_the_same(void **state)
{
    static const char *const people[] = {"clerk", "leader", "liaison-a", "two-scopes"};
    int shown = 0;

    (void)state;
    for (size_t p = 0; p < sizeof people / sizeof people[0]; p++) {
        struct viewer v = various_viewer(&w, people[p]), then, then_one;
        int64_t until = ledger_day_end(&w.ledger, first_day + 15) - 5000;
        struct ledger past, one;
        struct err err = {0};
        assert_int_equal(past_open(&past, &then, &w.ledger, &v, until, &err), 0);
        for (unsigned n = 1; n < 50; n++) {
            const char *code = world_line(&w, "%s-%04u", n % 3 ? "HZ" : "FIN", n);
            buf_auto struct buf x = BUF(BUF_ANY), y = BUF(BUF_ANY);
            struct item_page page;
            int rx, ry;
            assert_int_equal(
                past_open_item(&one, &then_one, &w.ledger, &v, until, text_of(code), &err), 0);
            rx = item_page_open(&page, &one, &w.ledger, &then_one, text_of(code), &w.arena, &err);
            if (rx == 0)
                assert_int_equal(item_page_json(&x, &page, T(""), &err), 0);
            item_page_close(&page);
            ledger_close(&one);
            ry = item_page_open(&page, &past, &w.ledger, &then, text_of(code), &w.arena, &err);
            if (ry == 0)
                assert_int_equal(item_page_json(&y, &page, T(""), &err), 0);
            item_page_close(&page);
            assert_int_equal(rx, ry);
            if (!text_eq(buf_view(&x), buf_view(&y)))
                fail_msg("%s, %s:\n%s\nand from the log\n%s", people[p], code, buf_cstr(&x),
                         buf_cstr(&y));
            shown += rx == 0;
        }
        ledger_close(&past);
        arena_clear(&w.arena);
    }
    assert_true(shown > 60);
}

static void a_rebuild_gives_the_same_history(void **state)
{
    struct hash before = world_dump(&w.ledger), after;
    struct verify_report report;
    struct err err = {0};

    (void)state;
    assert_int_equal(ledger_rebuild(&w.ledger, INT64_MAX, NULL, NULL, &err), 0);
    after = world_dump(&w.ledger);
    assert_true(hash_eq(&before, &after));
    assert_int_equal(verify_ledger(&w.ledger, true, T(""), &report, NULL, NULL, &err), 0);
}

/* --- what it costs -------------------------------------------------------------------------------
 */

static int64_t number(const char *sql)
{
    return world_number(w.ledger.store, sql);
}

/* What changes nothing that is counted writes nothing into the history. */
static void a_report_leaves_no_trace_in_it(void **state)
{
    static const char all[] =
        "SELECT (SELECT COUNT(*) FROM item_day) + (SELECT COUNT(*) FROM unit_day) + (SELECT "
        "COUNT(*) FROM tally_state_day) + (SELECT COUNT(*) FROM tally_due_day)";
    int64_t before;

    (void)state;
    world_do(&w, "clerk", "register NOPLAN --text 一 --unit A --due 2026-03-31");
    world_do(&w, "liaison-a", "accept NOPLAN-0001");
    world_do(&w, "liaison-a", "report NOPLAN-0001 --text 开始");
    assert_int_equal(number(all), 0); /* all of it on one day */
    world_day(&w, T("2026-03-05"));
    world_do(&w, "liaison-a", "report NOPLAN-0001 --text 继续");
    world_do(&w, "clerk", "chase NOPLAN-0001 --text 催");
    world_do(&w, "clerk", "register HZ --text 二 --unit B --due 2026-04-30");
    before = number(all);
    assert_int_equal(number("SELECT COUNT(*) FROM item_day"), 0);
    world_do(&w, "liaison-a", "apply NOPLAN-0001");
    assert_int_equal(number("SELECT COUNT(*) FROM item_day"), 1);
    assert_true(number(all) > before);
}

/* A past day is a look-up: neither the log nor the items are asked. */
static void a_past_board_and_a_trend_need_no_items(void **state)
{
    static const struct {
        const char *day;
        int64_t open, overdue, struck;
    } expected[] = {
        {"2026-02-22", 0, 0, 0}, {"2026-03-01", 0, 0, 0}, {"2026-03-08", 2, 0, 0},
        {"2026-03-15", 3, 1, 0}, {"2026-03-22", 2, 0, 1}, {"2026-03-29", 2, 1, 1},
        {"2026-03-31", 3, 2, 0},
    };
    struct board_point points[7], days[3], months[2];
    struct viewer v;
    struct board b;
    struct err err = {0};

    (void)state;
    world_do(&w, "clerk", "register NOPLAN --text 一 --unit A --due 2026-03-10");
    world_do(&w, "clerk", "register HZ --text 二 --unit A1 --due 2026-03-25");
    world_do(&w, "liaison-a", "accept NOPLAN-0001");
    world_day(&w, T("2026-03-12"));
    world_do(&w, "clerk", "register HZ --text 三 --unit B");
    world_day(&w, T("2026-03-20"));
    world_do(&w, "liaison-a", "report NOPLAN-0001 --text 已整改");
    world_do(&w, "liaison-a", "apply NOPLAN-0001");
    world_do(&w, "verifier", "verify NOPLAN-0001 --pass");
    world_do(&w, "approver", "strike-off NOPLAN-0001");
    world_day(&w, T("2026-03-31"));
    world_do(&w, "verifier", "look-back NOPLAN-0001 --fail --reason 反弹");
    world_do(&w, "clerk", "move A1 --parent B");
    v = various_viewer(&w, "clerk");
    assert_int_equal(store_begin(w.ledger.store, STORE_WRITE, &err), 0);
    assert_int_equal(
        store_script(w.ledger.store,
                     "DELETE FROM log; DELETE FROM item; DELETE FROM item_day; DELETE FROM thread",
                     &err),
        0);
    assert_int_equal(
        board_trend(points, 7, BOARD_WEEKS, &w.ledger, &v, T(""), T(""), BOARD_NOW, &w.arena, &err),
        0);
    for (size_t i = 0; i < 7; i++) {
        char day[11];
        date_iso(points[i].day, day);
        assert_string_equal(day, expected[i].day);
        if (board_open(&points[i].counts) != expected[i].open ||
            points[i].counts.overdue != expected[i].overdue ||
            points[i].counts.states[STATE_STRUCK_OFF] != expected[i].struck)
            fail_msg("%s: %lld open, %lld overdue, %lld struck off", day,
                     (long long)board_open(&points[i].counts), (long long)points[i].counts.overdue,
                     (long long)points[i].counts.states[STATE_STRUCK_OFF]);
    }
    assert_int_equal(board_trend(days, 3, BOARD_DAYS, &w.ledger, &v, T("A"), T("HZ"), points[6].day,
                                 &w.arena, &err),
                     0);
    assert_int_equal(days[0].day, points[6].day - 2);
    assert_int_equal(board_open(&days[1].counts), 1);
    assert_int_equal(board_open(&days[2].counts), 0); /* A1 has gone to B */
    assert_int_equal(board_trend(months, 2, BOARD_MONTHS, &w.ledger, &v, T(""), T(""), BOARD_NOW,
                                 &w.arena, &err),
                     0);
    assert_int_equal(months[0].day, points[6].day - 31);
    assert_int_equal(board_load(&b, &w.ledger, &v, T("A"), T(""), points[3].day, &w.arena, &err),
                     0);
    assert_int_equal(board_total(&b.total), 2);
    assert_int_equal(b.unit_count, 2);
    assert_string_equal(arena_cstr(&w.arena, b.units[0].code), "A1");
    assert_int_equal(board_trend(points, 2, BOARD_WEEKS, &w.ledger, &v, T("NO"), T(""), BOARD_NOW,
                                 &w.arena, &err),
                     -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    store_rollback(w.ledger.store);
}

int main(void)
{
    const struct CMUnitTest weeks[] = {
        cmocka_unit_test(boards_are_the_same),
        cmocka_unit_test(lists_are_the_same),
        cmocka_unit_test(pages_are_the_same),
        cmocka_unit_test(a_rebuild_gives_the_same_history),
    };
    const struct CMUnitTest costs[] = {
        cmocka_unit_test_setup_teardown(a_report_leaves_no_trace_in_it, open_world, close_world),
        cmocka_unit_test_setup_teardown(a_past_board_and_a_trend_need_no_items, open_world,
                                        close_world),
    };
    int failed = cmocka_run_group_tests_name("weeks of work", weeks, open_weeks, close_world);

    return failed + cmocka_run_group_tests_name("costs", costs, NULL, NULL);
}
