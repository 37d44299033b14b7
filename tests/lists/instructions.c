/*
 * instructions.c: who sees which instruction, in lists and one by one; pages; numbers that open to
 * their rows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "office/instructions/instructions.h"
#include "various.h"

static struct world w;

/* Five instructions: about an item of A, a number of A, nothing (to A's department), nothing (to
 * liaison-b), and an item of a confidential campaign that TEAM works on. */
static int open_world(void **state)
{
    static const char *const lines[][2] = {
        {"clerk", "register HZ --text 一 --unit A --assist B --person leader-a"},
        {"leader", "instruction-give HZ-0001 --text 甲 --due 2026-02-01"},
        {"leader", "instruction-give --number open --unit A --text 乙"},
        {"leader", "instruction-give --to A1 --text 丙 --due 2026-03-02"},
        {"leader", "instruction-give --person liaison-b --text 丁"},
        {"owner",
         "person leader-x --role leader --unit OFFICE --clearance secret --scope :,:SECRET"},
        {"clerk-secret", "register SECRET --text 密 --unit TEAM"},
        {"leader-x", "instruction-give SECRET-0001 --text 戊"},
    };
    struct err err;

    (void)state;
    if (world_open(&w, &err) != 0)
        return -1;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        world_do(&w, lines[i][0], lines[i][1]);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

/* The codes that a query gives somebody: "PS0001 PS0003". */
static const char *codes(const char *person, struct instruction_query query)
{
    struct viewer v = various_viewer(&w, person);
    buf_auto struct buf out = BUF(4096);
    struct instruction_row *rows;
    struct err err;
    size_t count;

    if (instructions_load(&rows, &count, &w.ledger, &v, &query, &w.arena, &err) != 0)
        fail_msg("no list for %s", person);
    for (size_t i = 0; i < count; i++) {
        buf_str(&out, i ? " " : "");
        buf_text(&out, rows[i].code);
    }
    return arena_cstr(&w.arena, buf_view(&out));
}

static bool found(const char *person, const char *code)
{
    struct viewer v = various_viewer(&w, person);
    struct instruction_row row;
    struct err err;

    if (instruction_find(&row, &w.ledger, &v, text_of(code), &w.arena, &err) == 0)
        return true;
    assert_int_equal(err.code, ERR_NOT_FOUND);
    return false;
}

static void everybody_sees_what_is_theirs(void **state)
{
    static const struct {
        const char *person, *codes;
    } cases[] = {
        {"leader", "PS0001 PS0002 PS0003 PS0004"},
        {"clerk", "PS0001 PS0002 PS0003 PS0004"},
        {"auditor", "PS0001 PS0002 PS0003 PS0004"},
        {"stand-in-clerk", "PS0001 PS0002 PS0003 PS0004"}, /* stands in for the auditor */
        {"clerk-b", "PS0001 PS0004"},                      /* B assists with the item */
        {"clerk-secret", "PS0001 PS0002 PS0003 PS0004 PS0005"},
        {"leader-x", "PS0001 PS0002 PS0003 PS0004 PS0005"},
        {"liaison-a", "PS0001 PS0002 PS0003"},
        {"leader-a", "PS0001 PS0002 PS0003"},
        {"liaison-a1", "PS0003"},
        {"liaison-b", "PS0001 PS0002 PS0003 PS0004"}, /* looks at A too */
        {"member-b", "PS0004"}, /* of TEAM, and not in the confidential campaign's circle */
        {"approver", ""},
        {"verifier", ""},
        {"administrator", ""},
        {"nobody", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *seen = codes(cases[i].person, (struct instruction_query){0});
        if (strcmp(seen, cases[i].codes) != 0)
            fail_msg("%s sees %s, not %s", cases[i].person, seen, cases[i].codes);
        /* One by one it is the same. */
        for (int n = 1; n <= 6; n++) {
            const char *code = world_line(&w, "PS%04d", n);
            if (found(cases[i].person, code) != (strstr(cases[i].codes, code) != NULL))
                fail_msg("%s finds %s otherwise than the list says", cases[i].person, code);
        }
    }
}

/* Whoever loses sight of the item loses its instruction, even one that names them. */
static void an_item_out_of_sight_takes_its_instruction_along(void **state)
{
    (void)state;
    world_do(&w, "leader", "instruction-give HZ-0001 --text 己 --person liaison-b");
    assert_true(found("liaison-b", "PS0006"));
    world_do(&w, "owner", "person liaison-b --unit B --role liaison --scope :SECRET");
    assert_false(found("liaison-b", "PS0006"));
    assert_false(found("liaison-b", "PS0001"));
    assert_true(found("liaison-b", "PS0004")); /* theirs, about no item */
}

static void lists_are_narrowed(void **state)
{
    struct list_query unit = {.kind = LIST_UNITS};
    struct err err;

    (void)state;
    assert_int_equal(list_choose_unit(&unit, &w.ledger, T("A"), NULL, &w.arena, &err), 0);
    assert_string_equal(codes("clerk", (struct instruction_query){.path = unit.path}),
                        "PS0001 PS0002 PS0003");
    assert_string_equal(codes("clerk", (struct instruction_query){.item = T("HZ-0001")}), "PS0001");
    assert_string_equal(codes("clerk", (struct instruction_query){.item = T("SECRET-0001")}), "");
    assert_string_equal(codes("clerk", (struct instruction_query){.mine = true}), "");
    assert_string_equal(codes("liaison-b", (struct instruction_query){.mine = true}), "PS0004");
    assert_string_equal(codes("leader-x", (struct instruction_query){.mine = true}), "PS0005");
    /* Due on 2 March, it is not overdue on that day. */
    assert_string_equal(codes("clerk", (struct instruction_query){.overdue = true}), "PS0001");
    assert_true(world_day(&w, T("2026-03-03")));
    assert_string_equal(codes("clerk", (struct instruction_query){.overdue = true}),
                        "PS0001 PS0003");
    world_do(&w, "clerk", "instruction-report PS0001 --text t");
    assert_string_equal(codes("clerk", (struct instruction_query){.overdue = true}),
                        "PS0001 PS0003");
    world_do(&w, "leader", "instruction-close PS0001");
    assert_string_equal(codes("clerk", (struct instruction_query){.overdue = true}), "PS0003");
    assert_string_equal(codes("clerk", (struct instruction_query){.open = true}),
                        "PS0002 PS0003 PS0004");
}

static void pages_go_on_behind_a_code(void **state)
{
    (void)state;
    assert_string_equal(codes("clerk", (struct instruction_query){.limit = 2}), "PS0001 PS0002");
    assert_string_equal(codes("clerk", (struct instruction_query){.after = 2, .limit = 2}),
                        "PS0003 PS0004");
    assert_string_equal(codes("clerk", (struct instruction_query){.after = 4}), "");
}

/* A list of problems with the number's query has as many rows as its value says. */
static void a_number_opens_to_its_rows(void **state)
{
    static const char *const words[] = {"all",        "open",    "overdue",  "soon",
                                        "registered", "applied", "verified", "struck_off"};
    static const char *const people[] = {"clerk", "liaison-b", "clerk-secret", "owner"};
    struct err err;

    (void)state;
    if (various_fill(&w, &err) != 0)
        fail_msg("no items");
    for (size_t p = 0; p < sizeof people / sizeof people[0]; p++)
        for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
            for (int unit = 0; unit < 2; unit++) {
                struct viewer v = various_viewer(&w, people[p]);
                struct board_number n = {.what = text_of(words[k]),
                                         .unit = unit ? T("A") : T(""),
                                         .campaign = T("HZ"),
                                         .as_of = DATE_NONE};
                struct list_query query = {0};
                assert_int_equal(board_number_read(&n, &w.ledger, &v, &w.arena, &err), 0);
                assert_int_equal(n.as_of, v.today);
                board_number_query(&n, &query);
                if (unit)
                    assert_int_equal(
                        list_choose_unit(&query, &w.ledger, n.unit, NULL, &w.arena, &err), 0);
                if (list_count(&w.ledger, &v, &query, &err) != n.value)
                    fail_msg("%s of %s for %s: %lld", words[k], unit ? "A" : "all", people[p],
                             (long long)n.value);
            }
}

static void a_number_of_a_past_day_is_that_day_s(void **state)
{
    struct board_number n = {.what = T("open"), .unit = T("A")};
    struct viewer v;
    struct err err;

    (void)state;
    assert_true(world_day(&w, T("2026-03-03")));
    world_do(&w, "clerk", "register HZ --text 次日 --unit A");
    v = various_viewer(&w, "clerk");
    n.as_of = v.today;
    assert_int_equal(board_number_read(&n, &w.ledger, &v, &w.arena, &err), 0);
    assert_int_equal(n.value, 2);
    n.as_of = v.today - 1;
    assert_int_equal(board_number_read(&n, &w.ledger, &v, &w.arena, &err), 0);
    assert_int_equal(n.value, 1);
    n.as_of = v.today + 1;
    assert_int_equal(board_number_read(&n, &w.ledger, &v, &w.arena, &err), -1);
    assert_int_equal(err.code, ERR_BAD_VALUE);
}

static void the_document_says_all(void **state)
{
    static const char *const parts[] = {
        "{\"code\":\"PS0002\",\"state\":\"reported\",\"overdue\":false,\"text\":\"乙\",\"item\":"
        "\"\",",
        "\"number\":{\"what\":\"open\",\"unit\":\"A\",\"unit_name\":\"城关镇\",\"campaign\":\"\","
        "\"as_of\":\"2026-03-02\",\"value\":1,\"query\":{\"list\":\"problems\",\"unit\":\"A\",",
        "\"states\":[\"registered\",\"assigned\",\"accepted\",\"planned\",\"in_progress\","
        "\"applied\",\"verified\"],\"overdue\":false,\"soon\":false,",
        "\"giver\":\"leader\",\"giver_name\":\"leader\",",
        "\"unit\":\"A\",\"unit_name\":\"城关镇\",\"person\":\"\",",
        "\"by\":\"liaison-a\",\"by_name\":\"liaison-a\",\"text\":\"已办\"}",
        "\"version\":2,\"history\":[{\"seq\":",
        "\"kind\":\"instruction.report\",\"on\":\"PS0002\",\"data\":{\"text\":\"已办\"}}]}"};
    struct viewer v = various_viewer(&w, "leader");
    buf_auto struct buf out = BUF(BUF_ANY);
    struct instruction_row row;
    struct entry *entries;
    struct err err;
    size_t count;

    (void)state;
    world_do(&w, "liaison-a", "instruction-report PS0002 --text 已办");
    assert_int_equal(instruction_find(&row, &w.ledger, &v, T("PS0002"), &w.arena, &err), 0);
    assert_int_equal(instruction_entries(&entries, &count, &w.ledger, &row, &w.arena, &err), 0);
    assert_int_equal(count, 2);
    instruction_json(&out, &w.ledger, &row, entries, count);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strstr(buf_cstr(&out), parts[i]) == NULL)
            fail_msg("%s is not in %s", parts[i], buf_cstr(&out));
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(everybody_sees_what_is_theirs),
        WITH_WORLD(an_item_out_of_sight_takes_its_instruction_along),
        WITH_WORLD(lists_are_narrowed),
        WITH_WORLD(pages_go_on_behind_a_code),
        WITH_WORLD(a_number_opens_to_its_rows),
        WITH_WORLD(a_number_of_a_past_day_is_that_day_s),
        WITH_WORLD(the_document_says_all),
    };

    return cmocka_run_group_tests_name("instructions", tests, NULL, NULL);
}
