/*
 * callers.c: many callers report on random items, each waiting until its report is durable.
 *
 *     bench_callers FOLDER CALLERS COMMANDS ITEMS
 *
 * The ledger in FOLDER is one of bench_fill. Caller n is the clerk cNN and waits for each answer
 * before the next command, as a page does. Prints the commands, the seconds from the first to the
 * last answer, and how many that is a second.
 */
#include <pthread.h>

#include "bench.h"
#include "ledger/queue.h"

enum { CALLERS_MAX = 64 };

static struct queue *queue;
static int64_t items, each;

static void *caller(void *arg)
{
    arena_auto struct arena arena = ARENA(1u << 20);
    int number = *(int *)arg;
    uint64_t state = UINT64_C(0x9E3779B97F4A7C15) * (uint64_t)(number + 1);
    char by[16], code[32], text[256];

    snprintf(by, sizeof by, "c%02d", number + 1);
    for (int64_t i = 0; i < each; i++) {
        struct command c = {.by = text_of(by), .via = T("bench")};
        struct outcome o = {0};
        struct err err = {0};
        snprintf(code, sizeof code, "B-%04llu",
                 (unsigned long long)chance(&state, (uint64_t)items) + 1);
        snprintf(text, sizeof text,
                 "已完成现场整改%llu处，更换器材并划定禁停区，责任人每周检查签字，佐证照片已归档。",
                 (unsigned long long)chance(&state, 40) + 1);
        c.on = text_of(code);
        c.event.kind = EVENT_ITEM_REPORT;
        c.event.item_report.text = text_of(text);
        c.event.item_report.percent = (int64_t)chance(&state, 100);
        arena_clear(&arena);
        if (queue_submit(queue, &c, &o, &arena, &err) != 0 || o.verdict.rule) {
            buf_auto struct buf out = BUF(BUF_ANY);
            if (err.code)
                err_say(&out, LANG_EN, &err);
            else
                verdict_say(&out, LANG_EN, &o.verdict);
            die("%s: %s", code, buf_cstr(&out));
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    struct ledger ledger;
    struct env env = env_system();
    struct err err = {0};
    pthread_t threads[CALLERS_MAX];
    int numbers[CALLERS_MAX];
    int64_t callers, commands;
    double start;

    if (argc != 5 || !text_int(text_of(argv[2]), &callers) || callers < 1 ||
        callers > CALLERS_MAX || !text_int(text_of(argv[3]), &commands) ||
        !text_int(text_of(argv[4]), &items))
        die("bench_callers FOLDER CALLERS COMMANDS ITEMS");
    each = commands / callers;
    if (ledger_open(&ledger, argv[1], false, &env, &err) != 0 ||
        (queue = queue_open(&ledger, &err)) == NULL)
        die("the ledger in %s cannot be opened", argv[1]);
    start = seconds();
    for (int i = 0; i < callers; i++) {
        numbers[i] = i;
        if (pthread_create(&threads[i], NULL, caller, &numbers[i]) != 0)
            die("no more threads");
    }
    for (int i = 0; i < callers; i++)
        pthread_join(threads[i], NULL);
    start = seconds() - start;
    queue_close(queue);
    ledger_close(&ledger);
    printf("%lld %.3f %.0f\n", (long long)(each * callers), start,
           (double)(each * callers) / start);
    return 0;
}
