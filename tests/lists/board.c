/*
 * board.c: the board's numbers are those of the list, for everybody, at any time.
 *
 * Counters along the tree of units and a list under the permission predicate are two ways to the
 * same numbers; here each viewer counts both ways.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "office/lists/board.h"
#include "office/lists/lists.h"
#include "office/lists/past.h"
#include "various.h"

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

/* Counts a list. */
static struct board_counts count(struct ledger *l, const struct viewer *v,
                                 const struct list_query *query)
{
    struct board_counts c = {0};
    const struct list_row *row;
    struct err err = {0};
    struct list *list = list_open(l, v, query, &err);

    assert_non_null(list);
    while (list_next(list, &row, &err) == 1) {
        const struct problem *p = &row->problem;
        bool dated = date_valid(p->due), open = state_open(p->state);
        if (p->taken_over && p->state == STATE_STRUCK_OFF)
            c.taken_over++;
        else
            c.states[p->state]++;
        c.dated += open && dated;
        c.overdue += p->overdue;
        c.soon += open && dated && p->due >= v->today && p->due <= v->today + BOARD_SOON;
    }
    list_close(list);
    return c;
}

static void same(const struct board_counts *x, const struct board_counts *y, const char *what)
{
    if (memcmp(x, y, sizeof *x) == 0)
        return;
    for (int i = 0; i < STATE_COUNT; i++)
        print_error("state %d: %lld on the board, %lld in the list\n", i, (long long)x->states[i],
                    (long long)y->states[i]);
    print_error("taken over %lld %lld, dated %lld %lld, overdue %lld %lld, soon %lld %lld\n",
                (long long)x->taken_over, (long long)y->taken_over, (long long)x->dated,
                (long long)y->dated, (long long)x->overdue, (long long)y->overdue,
                (long long)x->soon, (long long)y->soon);
    fail_msg("%s", what);
}

static void sum_up(struct board_counts *to, const struct board_counts *c)
{
    for (int i = 0; i < STATE_COUNT; i++)
        to->states[i] += c->states[i];
    to->taken_over += c->taken_over;
    to->dated += c->dated;
    to->overdue += c->overdue;
    to->soon += c->soon;
}

/* The board of a unit and a campaign against the list with the same filters, and its parts against
 * theirs. Returns how many items it counts. */
static int64_t compare(struct ledger *l, const struct viewer *v, const char *unit,
                       const char *campaign, bool past)
{
    const char *what = world_line(&w, "%.*s, unit '%s', campaign '%s'%s", TEXT_ARG(v->person), unit,
                                  campaign, past ? ", past" : "");
    struct list_query query = {.kind = LIST_PROBLEMS};
    struct board_counts listed, parts = {0};
    struct board b;
    struct err err = {0};
    int there = 0;

    if (*unit)
        assert_int_equal(list_choose_unit(&query, l, text_of(unit), NULL, &w.arena, &err), 0);
    if (*campaign)
        there = list_choose_campaign(&query, l, v, text_of(campaign), NULL, &w.arena, &err);
    if (board_load(&b, l, v, text_of(unit), text_of(campaign), BOARD_NOW, &w.arena, &err) != 0) {
        assert_int_equal(there, -1);
        assert_int_equal(err.code, ERR_NOT_FOUND);
        return 0;
    }
    assert_int_equal(there, 0);
    listed = count(l, v, &query);
    same(&b.total, &listed, what);
    for (size_t i = 0; i < b.campaign_count; i++) {
        struct list_query part = query;
        part.campaign = b.campaigns[i].code;
        listed = count(l, v, &part);
        same(&b.campaigns[i].counts, &listed, what);
    }
    for (size_t i = 0; i < b.unit_count; i++) {
        struct list_query part = query;
        sum_up(&parts, &b.units[i].counts);
        if (b.units[i].code.n == 0)
            continue;
        assert_int_equal(list_choose_unit(&part, l, b.units[i].code, NULL, &w.arena, &err), 0);
        listed = count(l, v, &part);
        same(&b.units[i].counts, &listed, what);
    }
    same(&b.total, &parts, what);
    return board_total(&b.total);
}

static int64_t compare_all(struct ledger *l, const struct viewer *v, bool past)
{
    static const char *const units[] = {"", "CITY", "A", "A1", "B", "C", "TEAM"};
    static const char *const campaigns[] = {"", "HZ", "SECRET", "ANS", "NONE"};
    int64_t sum = 0;

    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++)
        for (size_t c = 0; c < sizeof campaigns / sizeof campaigns[0]; c++)
            sum += compare(l, v, units[u], campaigns[c], past);
    return sum;
}

static void compare_everybody(void)
{
    int64_t sum = 0;

    for (size_t p = 0; p < various_people_count; p++) {
        struct viewer v = various_viewer(&w, various_people[p]);
        sum += compare_all(&w.ledger, &v, false);
    }
    assert_true(sum > 1000);
}

static void the_board_counts_what_the_list_shows(void **state)
{
    (void)state;
    compare_everybody();
}

static void it_does_after_work_moves_and_time(void **state)
{
    struct text hz, noplan;

    (void)state;
    hz = world_do(&w, "clerk", "register HZ --text 一 --unit A --due 2026-03-20");
    world_do(&w, "liaison-a", world_line(&w, "accept %.*s", TEXT_ARG(hz)));
    noplan = world_do(&w, "clerk", "register NOPLAN --text 二 --unit A1 --due 2026-03-31");
    world_do(&w, "clerk", "register NOPLAN --text 三 --unit A1 --due 2026-04-30");
    world_do(&w, "liaison-a1", world_line(&w, "accept %.*s", TEXT_ARG(noplan)));
    world_do(&w, "liaison-a1", world_line(&w, "report %.*s --text 已整改", TEXT_ARG(noplan)));
    world_do(&w, "liaison-a1", world_line(&w, "apply %.*s", TEXT_ARG(noplan)));
    world_do(&w, "verifier", world_line(&w, "verify %.*s --pass", TEXT_ARG(noplan)));
    world_do(&w, "approver", world_line(&w, "strike-off %.*s", TEXT_ARG(noplan)));
    world_do(&w, "clerk", "amend NOPLAN-0002 --marking secret");
    world_do(&w, "owner", "move A1 --parent B");
    world_do(&w, "owner", "move B --parent C");
    world_do(&w, "clerk", world_line(&w, "assign %.*s --unit C --due 2026-03-09", TEXT_ARG(hz)));
    for (size_t day = 0; day < 4; day++) {
        static const char *const days[] = {"2026-03-02", "2026-03-31", "2026-04-01", "2027-01-01"};
        assert_true(world_day(&w, text_of(days[day])));
        compare_everybody();
    }
}

static void it_does_in_the_past(void **state)
{
    int64_t until = w.env.clock, sum = 0;

    (void)state;
    world_day(&w, T("2026-05-01"));
    world_do(&w, "clerk", "register HZ --text 后来的 --unit A");
    for (size_t p = 0; p < various_people_count; p++) {
        struct viewer v = various_viewer(&w, various_people[p]), then;
        struct ledger past;
        struct err err = {0};
        assert_int_equal(past_open(&past, &then, &w.ledger, &v, until, &err), 0);
        sum += compare_all(&past, &then, true);
        ledger_close(&past);
        arena_clear(&w.arena);
    }
    assert_true(sum > 1000);
}

static void a_viewer_of_one_subtree_means_its_board(void **state)
{
    static const struct {
        const char *person, *unit;
    } cases[] = {{"clerk", ""},    {"liaison-a", "A"},     {"liaison-a1", "A1"},  {"liaison-b", ""},
                 {"nobody", ""},   {"inner-scope", "A"},   {"campaign-only", ""}, {"clerk-b", "B"},
                 {"stand-in", ""}, {"stand-in-clerk", ""}, {"two-scopes", ""}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct viewer v = various_viewer(&w, cases[i].person);
        struct text unit;
        struct err err = {0};
        assert_int_equal(board_home(&unit, &w.ledger, &v, &w.arena, &err), 0);
        if (!text_eq(unit, text_of(cases[i].unit)))
            fail_msg("%s: '%.*s'", cases[i].person, TEXT_ARG(unit));
    }
}

static void rates_say_what_they_are(void **state)
{
    static const struct {
        int64_t struck, open, standing, aside, taken_over;
        const char *rate;
    } cases[] = {
        {688, 9, 0, 0, 0, "98.71"},  {0, 0, 0, 5, 9, ""},        {0, 3, 0, 0, 7, "0.00"},
        {1, 0, 0, 0, 0, "100.00"},   {1, 0, 1, 0, 0, "50.00"},   {99999, 1, 0, 0, 0, "99.99"},
        {1, 99999, 0, 0, 0, "0.00"}, {2, 1, 0, 40, 50, "66.67"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct board_counts c = {.taken_over = cases[i].taken_over};
        buf_auto struct buf rate = BUF(64);
        c.states[STATE_STRUCK_OFF] = cases[i].struck;
        c.states[STATE_IN_PROGRESS] = cases[i].open;
        c.states[STATE_STANDING] = cases[i].standing;
        c.states[STATE_WITHDRAWN] = cases[i].aside;
        board_rate(&rate, &c);
        assert_string_equal(buf_cstr(&rate), cases[i].rate);
    }
}

static void the_document_has_every_number(void **state)
{
    static const char *const parts[] = {
        "\"ledger\":\"test\"",
        "\"as_of\":\"2026-03-02T10:00:00.000+08:00\"",
        "\"unit\":\"A\",\"unit_name\":\"城关镇\"",
        "\"total\":2,\"open\":2,\"overdue\":1,",
        "\"due_within_7_days\":1,\"without_deadline\":0,\"struck_off\":0,",
        "\"struck_off_taken_over\":0,\"standing\":0,\"aside\":0,",
        "\"strike_off_rate\":{\"percent\":\"0.00\",\"numerator\":0,\"denominator\":2}",
        "\"states\":{\"registered\":0,\"assigned\":2,",
        "\"units\":[{\"code\":\"A1\",\"name\":\"城关镇应急办\",\"total\":1,",
        ",{\"code\":\"\",\"name\":\"\",\"total\":1,",
        "\"campaigns\":[{\"code\":\"HZ\",\"name\":\"HZ\",\"total\":2,"};
    struct viewer v = various_viewer(&w, "clerk");
    buf_auto struct buf out = BUF(BUF_ANY);
    struct board b;
    struct err err = {0};
    int64_t now;

    (void)state;
    world_do(&w, "clerk", "register HZ --text 一 --unit A --due 2026-03-01");
    world_do(&w, "clerk", "register HZ --text 二 --unit A1 --due 2026-03-09");
    world_do(&w, "clerk", "register HZ --text 三 --unit B --due 2026-03-09");
    world_day(&w, T("2026-03-02"));
    now = w.env.clock;
    assert_int_equal(board_load(&b, &w.ledger, &v, T("A"), T(""), BOARD_NOW, &w.arena, &err), 0);
    board_json(&out, &b, &w.ledger, now);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strstr(buf_cstr(&out), parts[i]) == NULL)
            fail_msg("%s is not in %s", parts[i], buf_cstr(&out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_board_counts_what_the_list_shows, open_various,
                                        close_world),
        cmocka_unit_test_setup_teardown(it_does_after_work_moves_and_time, open_various,
                                        close_world),
        cmocka_unit_test_setup_teardown(it_does_in_the_past, open_various, close_world),
        cmocka_unit_test_setup_teardown(a_viewer_of_one_subtree_means_its_board, open_various,
                                        close_world),
        cmocka_unit_test(rates_say_what_they_are),
        cmocka_unit_test_setup_teardown(the_document_has_every_number, open_world, close_world),
    };

    return cmocka_run_group_tests_name("board", tests, NULL, NULL);
}
