/*
 * queue.c: many callers at once, one writer: everybody is answered, and truly, also when the store
 * fails in between.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <pthread.h>
#include <cmocka.h>

#include "faulty.h"
#include "ledger/queue.h"
#include "ledger/verify.h"
#include "store/sqlite.h"
#include "world.h"

enum { CALLERS = 8, EACH = 25 };

static struct world w;
static struct queue *queue;

/* What a caller was told of each of its commands. */
struct caller {
    pthread_t thread;
    int number;
    struct arena arena;
    int rc[EACH];
    struct outcome outcomes[EACH];
    char ids[EACH][24];
};

static void *call(void *arg)
{
    struct caller *me = arg;

    for (int i = 0; i < EACH; i++) {
        struct command c = {.via = T("test"), .event.kind = EVENT_ITEM_REGISTER};
        struct err err;
        snprintf(me->ids[i], sizeof me->ids[i], "%d-%d", me->number, i);
        c.id = text_of(me->ids[i]);
        /* Every fifth is refused: no auditor registers. */
        c.by = i % 5 == 4 ? T("auditor") : T("clerk");
        c.event.item_register = (struct item_register_event){
            .campaign = T("HZ"), .text = T("消防通道堵塞"), .due = DATE_NONE, .found = DATE_NONE};
        me->rc[i] = queue_submit(queue, &c, &me->outcomes[i], &me->arena, &err);
    }
    return NULL;
}

static void all_call(struct caller *callers)
{
    struct err err;

    queue = queue_open(&w.ledger, &err);
    assert_non_null(queue);
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){.number = i, .arena = ARENA(1u << 20)};
        assert_int_equal(pthread_create(&callers[i].thread, NULL, call, &callers[i]), 0);
    }
    for (int i = 0; i < CALLERS; i++)
        pthread_join(callers[i].thread, NULL);
    queue_close(queue);
}

static const struct statement entries_of_id = {"entries_of_id",
                                               "SELECT COUNT(*) FROM seen WHERE id = ?1",
                                               "SELECT COUNT(*) FROM seen WHERE id = $1", 1, "i"};
static const struct statement head_of_item = {"head_of_item",
                                              "SELECT MAX(head) FROM item WHERE code = ?1",
                                              "SELECT MAX(head) FROM item WHERE code = $1", 1, "i"};

static int64_t number(const struct statement *st, struct text of)
{
    const struct value key = {.kind = VALUE_TEXT, .t = of};
    struct rows rows;
    struct err err;
    int64_t n;

    assert_int_equal(store_query(w.ledger.store, st, &key, &rows, &err), 0);
    assert_int_equal(rows_next(&rows, &err), 1);
    n = rows_int(&rows, 0);
    rows_close(&rows);
    return n;
}

/* That what each caller was told is what the log says. */
static int check_answers(struct caller *callers)
{
    int written = 0;

    for (int i = 0; i < CALLERS; i++) {
        for (int k = 0; k < EACH; k++) {
            const struct outcome *o = &callers[i].outcomes[k];
            bool told = callers[i].rc[k] == 0 && o->verdict.rule == RULE_NONE;
            int64_t there = number(&entries_of_id, text_of(callers[i].ids[k]));
            assert_int_equal(there, told);
            written += told;
            if (callers[i].rc[k] == 0 && k % 5 == 4)
                assert_int_equal(o->verdict.rule, RULE_ROLE);
            if (!told)
                continue;
            assert_int_equal(number(&head_of_item, o->code), o->seq);
            /* All but the first say the same as another; the text is the caller's to keep. */
            assert_true(o->likely.n == 0 || text_starts(o->likely, T("HZ-")));
        }
        arena_release(&callers[i].arena);
    }
    return written;
}

static int make(void **state)
{
    struct err err;
    struct store *store = sqlite_open(":memory:", &(struct sqlite_options){.create = true}, &err);

    (void)state;
    if (store == NULL || (store = faulty_open(store)) == NULL || world_make(&w, store, &err) != 0 ||
        world_cast(&w, &err) != 0)
        return -1;
    return 0;
}

static int drop(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static void is_sound(void)
{
    struct verify_report report;
    struct err err;

    world_folder(&w);
    assert_int_equal(verify_ledger(&w.ledger, false, T(""), &report, NULL, NULL, &err), 0);
}

static void everybody_is_answered(void **state)
{
    static struct caller callers[CALLERS];
    int64_t checkpoints = world_number(w.ledger.store, "SELECT COUNT(*) FROM checkpoint");

    (void)state;
    all_call(callers);
    assert_int_equal(check_answers(callers), CALLERS * EACH * 4 / 5);
    /* They shared transactions. */
    assert_true(world_number(w.ledger.store, "SELECT COUNT(*) FROM checkpoint") - checkpoints <
                CALLERS * EACH * 4 / 5);
    is_sound();
}

/* What a caller is told lives in the caller's own memory: it can be read when the queue is gone. */
static void an_instruction_s_code_is_told(void **state)
{
    arena_auto struct arena arena = ARENA(1u << 20);
    struct command c = {
        .by = T("leader"), .via = T("test"), .on = T("HZ-0001"), .event.kind = EVENT_ITEM_INSTRUCT};
    struct outcome o = {0};
    struct err err;

    (void)state;
    world_do(&w, "clerk", "register HZ --text t --unit A");
    c.event.item_instruct = (struct item_instruct_event){.text = T("抓紧"), .due = DATE_NONE};
    queue = queue_open(&w.ledger, &err);
    assert_non_null(queue);
    assert_int_equal(queue_submit(queue, &c, &o, &arena, &err), 0);
    queue_close(queue);
    assert_true(text_eq(o.instruction, T("PS0001")));
}

static void a_failure_in_between(void **state)
{
    static struct caller callers[CALLERS];

    (void)state;
    /* Somewhere in the work, once; the others must not suffer by it. */
    faulty_fail_at(w.ledger.store, 700, false);
    all_call(callers);
    assert_true(check_answers(callers) >= CALLERS * EACH * 4 / 5 - 1);
    is_sound();
}

static void a_store_that_is_gone(void **state)
{
    static struct caller callers[CALLERS];
    int written;

    (void)state;
    faulty_fail_at(w.ledger.store, 900, true);
    all_call(callers);
    faulty_fail_at(w.ledger.store, 0, false);
    written = check_answers(callers);
    assert_true(written < CALLERS * EACH * 4 / 5);
    is_sound();
}

/* A caller whose arena is full is told so before anything is written; one who has just the room for
 * the answer gets it. */
static void a_caller_without_memory(void **state)
{
    static const size_t caps[] = {0, 64, 512, 1200, 4096};
    char id[24];

    (void)state;
    for (size_t i = 0; i < sizeof caps / sizeof caps[0]; i++) {
        struct arena arena = ARENA(caps[i]);
        struct command c = {.by = T("clerk"), .via = T("test"), .event.kind = EVENT_ITEM_REGISTER};
        struct outcome o;
        struct err err = {0};
        int rc;
        snprintf(id, sizeof id, "small-%d", (int)i);
        c.id = text_of(id);
        c.event.item_register = (struct item_register_event){
            .campaign = T("HZ"), .text = T("消防通道堵塞"), .due = DATE_NONE, .found = DATE_NONE};
        queue = queue_open(&w.ledger, &err);
        assert_non_null(queue);
        rc = queue_submit(queue, &c, &o, &arena, &err);
        queue_close(queue);
        assert_int_equal(number(&entries_of_id, text_of(id)), rc == 0);
        if (i == 0)
            assert_int_equal(rc, -1);
        if (caps[i] >= 4096)
            assert_int_equal(rc, 0);
        if (rc == 0)
            assert_true(text_starts(o.code, T("HZ-")));
        arena_release(&arena);
    }
    is_sound();
}

/* What is said of a long text is a text all the same, cut between characters. */
static void a_long_text_is_clipped(void **state)
{
    struct arena arena = ARENA(1u << 16);
    struct command c = {.by = T("clerk"), .via = T("test"), .event.kind = EVENT_ITEM_CHASE};
    char on[1501];
    struct outcome o;
    struct err err;

    (void)state;
    for (size_t i = 0; i < 1500; i += 3)
        memcpy(on + i, "件", 3);
    on[1500] = '\0';
    c.on = text_of(on);
    queue = queue_open(&w.ledger, &err);
    assert_non_null(queue);
    assert_int_equal(queue_submit(queue, &c, &o, &arena, &err), 0);
    queue_close(queue);
    assert_int_equal(o.verdict.rule, RULE_UNSEEN);
    assert_true(o.code.n > 200 && o.code.n <= 256 && text_utf8(o.code));
    assert_true(text_utf8(o.verdict.texts[0]));
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everybody_is_answered, make, drop),
        cmocka_unit_test_setup_teardown(an_instruction_s_code_is_told, make, drop),
        cmocka_unit_test_setup_teardown(a_failure_in_between, make, drop),
        cmocka_unit_test_setup_teardown(a_store_that_is_gone, make, drop),
        cmocka_unit_test_setup_teardown(a_caller_without_memory, make, drop),
        cmocka_unit_test_setup_teardown(a_long_text_is_clipped, make, drop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
