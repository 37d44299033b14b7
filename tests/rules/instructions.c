/*
 * instructions.c: the table of instructions.rules put to the test, each row in an office of its
 * own; and what no row can say: stand-ins, who has left, items that go to another unit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/file.h"
#include "ledger/batch.h"
#include "office/instructions/instructions.h"
#include "world.h"

enum { CASES = 600 };

struct row {
    struct text about, state, day, command, who, outcome, checks;
    int line;
};

static struct row rows[CASES];
static struct CMUnitTest tests[CASES + 16];
static size_t row_count;
static struct world w;
static struct arena text_arena = {.cap = 64u << 20};

/* --- reading the table ------------------------------------------------------------------------ */

static void broken(int line, const char *why)
{
    fprintf(stderr, "instructions.rules:%d: %s\n", line, why);
    exit(2);
}

static bool word(struct text *rest, struct text *next)
{
    *rest = text_trim(*rest);
    return rest->n && text_cut(rest, ' ', next);
}

static void add_row(struct row r, struct text who)
{
    if (row_count == CASES)
        broken(r.line, "too many rows");
    r.who = who;
    rows[row_count++] = r;
}

static void read_row(int number, struct text line)
{
    struct row r = {.line = number, .about = T(""), .day = T("")};
    struct text cells[4], state, who;

    for (int i = 0; i < 4; i++) {
        if (!text_cut(&line, '|', &cells[i]))
            broken(number, "a row is: state | command | who | outcome");
        cells[i] = text_trim(cells[i]);
    }
    r.command = cells[1];
    r.checks = cells[3];
    word(&r.checks, &r.outcome);
    if (r.checks.p == NULL)
        r.checks = T("");
    word(&cells[0], &r.about);
    if (text_eq(r.about, T("-"))) {
        r.state = T("");
        while (word(&cells[2], &who))
            add_row(r, who);
        return;
    }
    while (word(&cells[0], &state)) {
        struct text people = cells[2];
        r.state = text_head(state, state.n - text_ends(state, T(",")));
        if (word_of(&instruction_states, r.state) <= 0)
            broken(number, "no such state");
        while (word(&people, &who))
            add_row(r, who);
    }
}

static void read_table(const char *path)
{
    struct text all, line;
    struct err err;
    int number = 0;

    if (file_read(path, 1 << 20, &text_arena, &all, &err) != 0)
        exit(2);
    while (text_cut(&all, '\n', &line)) {
        number++;
        line = text_trim(line);
        if (line.n && line.p[0] != '#')
            read_row(number, line);
    }
}

/* --- a row ------------------------------------------------------------------------------------ */

static void build(const struct row *r)
{
    int state = word_of(&instruction_states, r->state);

    world_do(&w, "clerk", "register HZ --text 消防通道堵塞 --unit A --person liaison-a");
    if (text_eq(r->about, T("-")))
        return;
    if (text_eq(r->about, T("item")))
        world_do(&w, "leader", "instruction-give HZ-0001 --text 抓紧 --due 2026-04-30");
    else if (text_eq(r->about, T("number")))
        world_do(&w, "leader",
                 "instruction-give --number open --unit A --text 抓紧 --due 2026-04-30");
    else if (text_eq(r->about, T("free")))
        world_do(&w, "leader", "instruction-give --to A --text 抓紧 --due 2026-04-30");
    else
        broken(r->line, "about item, number or free");
    if (state == INSTRUCTION_WITHDRAWN)
        world_do(&w, "leader", "instruction-withdraw PS0001 --reason r");
    if (state == INSTRUCTION_GIVEN || state == INSTRUCTION_WITHDRAWN)
        return;
    world_do(&w, "liaison-a", "instruction-report PS0001 --text 已办");
    if (state == INSTRUCTION_RETURNED)
        world_do(&w, "leader", "instruction-return PS0001 --reason r");
    if (state == INSTRUCTION_CLOSED)
        world_do(&w, "leader", "instruction-close PS0001");
}

static struct instruction_row look(const char *code)
{
    struct viewer *v = arena_array(&w.arena, struct viewer, 1);
    struct instruction_row row = {0};
    struct err err;

    if (viewer_load(v, &w.ledger, T("leader"), &w.arena, &err) != 0 ||
        instruction_find(&row, &w.ledger, v, text_of(code), &w.arena, &err) != 0)
        fail_msg("%s is gone", code);
    return row;
}

static struct text or_none(struct text t)
{
    return t.n ? t : T("none");
}

static struct text number(int64_t n)
{
    return text_of(world_line(&w, "%lld", (long long)n));
}

/* A value that begins with + is by how much it grew. */
static struct text grown(struct text expected, int64_t before, int64_t after)
{
    return expected.n && expected.p[0] == '+'
               ? text_of(world_line(&w, "+%lld", (long long)(after - before)))
               : number(after);
}

static void check_field(const struct instruction_row *before, const struct instruction_row *row,
                        struct text check)
{
    struct text value = check, name, got = T("");
    char day[11];

    text_cut(&value, '=', &name);
    if (text_eq(name, T("unit")))
        got = or_none(row->unit);
    else if (text_eq(name, T("person")))
        got = or_none(row->person);
    else if (text_eq(name, T("item")))
        got = or_none(row->item);
    else if (text_eq(name, T("what")))
        got = or_none(row->number.what);
    else if (text_eq(name, T("value")))
        got = number(row->number.value);
    else if (text_eq(name, T("due")))
        got = or_none(date_iso(row->due, day));
    else if (text_eq(name, T("version")))
        got = grown(value, before->version, row->version);
    else if (text_eq(name, T("reports")))
        got = grown(value, before->reports, row->reports);
    else if (text_eq(name, T("returns")))
        got = grown(value, before->returns, row->returns);
    else
        fail_msg("no such field: %.*s", TEXT_ARG(name));
    if (!text_eq(got, value))
        fail_msg("%.*s is %.*s, not %.*s", TEXT_ARG(name), TEXT_ARG(got), TEXT_ARG(value));
}

/* A refusal is a whole sentence in either language. */
static void check_said(const struct verdict *v)
{
    for (int lang = 0; lang < 2; lang++) {
        buf_auto struct buf out = BUF(4096);
        verdict_say(&out, (enum lang)lang, v);
        if (out.n < 10 || strchr(buf_cstr(&out), '{') || strstr(buf_cstr(&out), "  "))
            fail_msg("it says: %s", buf_cstr(&out));
    }
}

static void play(const struct row *r)
{
    struct instruction_row before = {0}, row;
    struct text rest = r->checks, check, got, line = r->command;
    ptrdiff_t hidden = text_find(line, T("$HIDDEN"));
    bool rule = r->outcome.p[0] >= 'A' && r->outcome.p[0] <= 'Z';
    struct outcome o;
    struct err err = {0};
    int64_t entries;

    build(r);
    if (r->state.n) {
        before = look("PS0001");
        if (before.state != word_of(&instruction_states, r->state))
            fail_msg("it was brought to another state");
    }
    if (hidden >= 0) {
        struct text code = world_do(&w, "clerk-secret", "register SECRET --text 密 --unit A");
        struct text behind = text_from(line, (size_t)hidden + strlen("$HIDDEN"));
        line = text_of(
            world_line(&w, "%.*s%.*s%.*s", (int)hidden, line.p, TEXT_ARG(code), TEXT_ARG(behind)));
    }
    entries = world_entries(&w.ledger);
    if (world_try(&w, arena_cstr(&w.arena, r->who),
                  world_line(&w, "instruction-%.*s", TEXT_ARG(line)), &o, &err) != 0) {
        buf_auto struct buf why = BUF(4096);
        err_say(&why, LANG_EN, &err);
        fail_msg("it fails: %s", buf_cstr(&why));
    }
    got = o.verdict.rule ? verdict_name(&o.verdict) : T("allowed");
    if ((o.verdict.rule || rule) && !text_eq(got, r->outcome))
        fail_msg("it says %.*s, not %.*s", TEXT_ARG(got), TEXT_ARG(r->outcome));
    if (world_entries(&w.ledger) != entries + !o.verdict.rule)
        fail_msg("the log did not grow by what was allowed");
    if (rule) {
        check_said(&o.verdict);
        return;
    }
    row = look("PS0001");
    got = word_key(&instruction_states, row.state);
    if (!text_eq(got, r->outcome))
        fail_msg("it is %.*s, not %.*s", TEXT_ARG(got), TEXT_ARG(r->outcome));
    while (word(&rest, &check))
        check_field(&before, &row, check);
    if (o.version && row.item.n == 0)
        assert_int_equal(o.version, row.version);
}

static void run_row(void **state)
{
    play(*state);
}

static int open_row(void **state)
{
    struct err err;

    (void)state;
    return world_open(&w, &err);
}

static int open_world(void **state)
{
    struct err err;

    (void)state;
    if (world_open(&w, &err) != 0)
        return -1;
    world_do(&w, "clerk", "register HZ --text 消防通道堵塞 --unit A --person liaison-a");
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

/* --- is everything covered? ------------------------------------------------------------------- */

static const char *const actions[] = {"give", "report", "close", "return", "withdraw"};

static bool about_who(const struct row *r)
{
    static const char *const names[] = {"ROLE", "NOT_YOURS", "UNSEEN", "GIVER"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (text_eq(r->outcome, text_of(names[i])))
            return true;
    return false;
}

static void every_action_in_every_state_and_for_every_role(void **state)
{
    static const char *const parts[] = {"clerk",    "approver", "liaison-a", "leader-a",
                                        "verifier", "leader",   "auditor",   "administrator"};
    int missing = 0;

    (void)state;
    for (size_t a = 0; a < sizeof actions / sizeof actions[0]; a++) {
        for (int st = 1; st < INSTRUCTION_COUNT && a > 0; st++) {
            bool found = false;
            for (size_t i = 0; i < row_count && !found; i++)
                found = text_starts(rows[i].command, text_of(actions[a])) &&
                        text_eq(rows[i].state, word_key(&instruction_states, st)) &&
                        !about_who(&rows[i]);
            missing += !found;
        }
        for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
            bool found = false;
            for (size_t i = 0; i < row_count && !found; i++)
                found = text_starts(rows[i].command, text_of(actions[a])) &&
                        text_eq(rows[i].who, text_of(parts[p]));
            if (!found)
                print_error("no row has %s by %s\n", actions[a], parts[p]);
            missing += !found;
        }
    }
    assert_int_equal(missing, 0);
}

/* --- what no row can say ------------------------------------------------------------------------
 */

static const char *tell(const char *by, const char *line)
{
    struct outcome o;
    struct err err;

    if (world_try(&w, by, line, &o, &err) != 0)
        fail_msg("%s fails", line);
    return arena_cstr(&w.arena, o.verdict.rule    ? verdict_name(&o.verdict)
                                : o.instruction.n ? o.instruction
                                                  : o.code);
}

static void codes_follow_one_another(void **state)
{
    (void)state;
    assert_string_equal(tell("leader", "instruct HZ-0001 --text 一"), "PS0001");
    assert_string_equal(tell("leader", "instruction-give --to A --text 二"), "PS0002");
    assert_string_equal(tell("leader", "instruction-give HZ-0001 --text 三 --id k"), "PS0003");
    /* The same key again is the same one; a refused one takes no code. */
    assert_string_equal(tell("leader", "instruction-give HZ-0001 --text 三 --id k"), "PS0003");
    assert_string_equal(tell("leader", "instruction-give HZ-0001"), "MISSING");
    assert_string_equal(tell("leader", "instruct HZ-0001 --text 四"), "PS0004");
    /* No campaign's items come to have such a code. */
    world_do(&w, "clerk", "campaign PS");
    assert_string_equal(tell("clerk", "register PS --text t"), "PS-0001");
}

static void who_stands_in_acts_for_giver_and_addressee(void **state)
{
    (void)state;
    world_do(&w, "leader", "instruction-give HZ-0001 --text 抓紧");
    assert_string_equal(tell("stand-in", "instruction-report PS0001 --text t"), "UNSEEN");
    world_do(&w, "owner", "deputy liaison-a --to stand-in --from 2026-03-01 --until 2026-03-31");
    world_do(&w, "owner", "deputy leader --to nobody --from 2026-03-01 --until 2026-03-31");
    world_do(&w, "stand-in", "instruction-report PS0001 --text t");
    assert_string_equal(tell("stand-in", "instruction-close PS0001"), "GIVER");
    world_do(&w, "nobody", "instruction-return PS0001 --reason r");
    assert_true(world_day(&w, T("2026-04-01")));
    assert_string_equal(tell("nobody", "instruction-withdraw PS0001 --reason r"), "UNSEEN");
    assert_string_equal(tell("stand-in", "instruction-report PS0001 --text t"), "UNSEEN");
}

static void another_leader_ends_what_one_who_left_began(void **state)
{
    (void)state;
    world_do(&w, "leader", "instruction-give HZ-0001 --text 抓紧");
    world_do(&w, "liaison-a", "instruction-report PS0001 --text t");
    assert_string_equal(tell("all-roles", "instruction-close PS0001"), "GIVER");
    world_do(&w, "owner", "person leader --unit OFFICE --role leader --inactive");
    assert_string_equal(tell("clerk", "instruction-close PS0001"), "GIVER");
    assert_string_equal(tell("all-roles", "instruction-close PS0001"), "PS0001");
}

/* What is open goes with the item; what is done stays with whom it was. */
static void an_instruction_follows_its_item(void **state)
{
    struct instruction_row row;

    (void)state;
    world_do(&w, "leader", "instruct HZ-0001 --text 一");
    world_do(&w, "leader", "instruct HZ-0001 --text 二");
    world_do(&w, "liaison-a", "instruction-report PS0002 --text t");
    world_do(&w, "leader", "instruction-close PS0002");
    world_do(&w, "clerk", "assign HZ-0001 --unit B --person leader-b");
    row = look("PS0001");
    assert_true(text_eq(row.unit, T("B")) && text_eq(row.person, T("leader-b")));
    assert_true(text_eq(look("PS0002").unit, T("A")));
    world_do(&w, "clerk", "handover HZ-0001 --from leader-b --to liaison-b");
    assert_true(text_eq(look("PS0001").person, T("liaison-b")));
    /* One that was given before anybody had the item goes to who gets it. */
    world_do(&w, "clerk", "register HZ --text 另一件");
    world_do(&w, "leader", "instruct HZ-0002 --text 三");
    assert_true(look("PS0003").unit.n == 0);
    world_do(&w, "clerk", "assign HZ-0002 --unit B");
    assert_true(text_eq(look("PS0003").unit, T("B")));
    world_do(&w, "liaison-b", "instruction-report PS0003 --text t");
}

/* A campaign that is not there and one that is not for the leader are the same to them. */
static void a_hidden_campaign_is_like_none(void **state)
{
    static const char *const lines[] = {
        "instruction-give --number open --campaign SECRET --text t --to A",
        "instruction-give --number open --campaign NONE --text t --to A"};
    struct command c = {.by = T("leader"), .via = T("test")};
    struct outcome o;
    struct err err;

    (void)state;
    world_do(&w, "clerk-secret", "register SECRET --text 密");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(world_try(&w, "leader", lines[i], &o, &err), -1);
        assert_int_equal(err.code, ERR_NOT_FOUND);
        c.event = (struct event){.kind = EVENT_INSTRUCTION_GIVE};
        c.event.instruction_give =
            (struct instruction_give_event){.text = T("t"),
                                            .unit = T("A"),
                                            .what = T("open"),
                                            .campaign = i ? T("NONE") : T("SECRET")};
        c.id = T("");
        assert_int_equal(ledger_write(&w.ledger, &c, &o, 1, &w.arena, &err), 0);
        assert_int_equal(o.verdict.rule, RULE_UNKNOWN_CAMPAIGN);
    }
}

/* An entry as they were before instructions had codes makes one all the same, after a rebuild too.
 */
static void an_old_entry_makes_one_too(void **state)
{
    struct batch b = {.ledger = &w.ledger, .store = w.ledger.store, .arena = &w.arena};
    struct entry e = {.seq = 1000,
                      .at = w.env.clock,
                      .by = T("leader"),
                      .id = T("old"),
                      .via = T("test"),
                      .on = T("HZ-0001"),
                      .event = {.kind = EVENT_ITEM_INSTRUCT}};
    struct instruction i;
    struct err err;

    (void)state;
    e.event.item_instruct = (struct item_instruct_event){.text = T("抓紧"), .due = DATE_NONE};
    assert_int_equal(project(&b, &e, &err), 0);
    assert_int_equal(instruction_load(&b, T("PS0001"), &i, &err), 1);
    assert_true(text_eq(i.unit, T("A")) && text_eq(i.person, T("liaison-a")));
    assert_true(text_eq(i.giver, T("leader")) && i.state == INSTRUCTION_GIVEN);
    batch_release(&b);
}

static void a_rebuild_gives_the_same(void **state)
{
    struct hash before, after;
    struct err err;

    (void)state;
    world_do(&w, "leader", "instruct HZ-0001 --text 一 --due 2026-04-01");
    world_do(&w, "liaison-a", "instruction-report PS0001 --text t");
    world_do(&w, "leader", "instruction-return PS0001 --reason r");
    world_do(&w, "leader", "instruction-give --number all --unit A --text 二");
    world_do(&w, "clerk", "amend HZ-0001 --unit B");
    before = world_dump(&w.ledger);
    assert_int_equal(ledger_rebuild(&w.ledger, INT64_MAX, NULL, NULL, &err), 0);
    after = world_dump(&w.ledger);
    assert_memory_equal(before.b, after.b, sizeof before.b);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest special[] = {
        cmocka_unit_test(every_action_in_every_state_and_for_every_role),
        cmocka_unit_test_setup_teardown(codes_follow_one_another, open_world, close_world),
        cmocka_unit_test_setup_teardown(who_stands_in_acts_for_giver_and_addressee, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(another_leader_ends_what_one_who_left_began, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(an_instruction_follows_its_item, open_world, close_world),
        cmocka_unit_test_setup_teardown(a_hidden_campaign_is_like_none, open_world, close_world),
        cmocka_unit_test_setup_teardown(an_old_entry_makes_one_too, open_world, close_world),
        cmocka_unit_test_setup_teardown(a_rebuild_gives_the_same, open_world, close_world),
    };
    size_t count = 0;
    int failed;

    for (int i = 1; i < argc; i++)
        read_table(argv[i]);
    for (size_t i = 0; i < row_count; i++) {
        const struct row *r = &rows[i];
        char name[400];
        snprintf(name, sizeof name, "instructions.rules:%d %.*s %.*s | %.*s | %.*s", r->line,
                 TEXT_ARG(r->about), TEXT_ARG(r->state), TEXT_ARG(r->command), TEXT_ARG(r->who));
        tests[count++] = (struct CMUnitTest){.name = arena_cstr(&text_arena, text_of(name)),
                                             .test_func = run_row,
                                             .setup_func = open_row,
                                             .teardown_func = close_world,
                                             .initial_state = &rows[i]};
    }
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
        tests[count++] = special[i];
    failed = _cmocka_run_group_tests("instructions", tests, count, NULL, NULL);
    arena_release(&text_arena);
    return failed ? 1 : 0;
}
