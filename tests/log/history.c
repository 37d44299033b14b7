/* history.c: see history.h. */
#include "history.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/verify.h"
#include "office/lists/export.h"

/* One item's way; %s is its code, %d a number that differs from round to round. */
static const struct {
    const char *by, *line;
} steps[] = {
    {"clerk",
     "register HZ --number %2$d --text 通道堵塞%2$d --due 2026-06-30 --originator-name 王小明"},
    {"clerk", "amend %1$s --title 标题%2$d --originator-phone 13800000000"},
    {"clerk", "assign %1$s --unit A --assist B --person liaison-a --leader leader-a:分管"},
    {"liaison-a", "accept %1$s"},
    {"liaison-a", "task %1$s --text 清理%2$d --due 2026-05-31"},
    {"liaison-a", "milestone %1$s/1 --text 进场 --due 2026-04-30"},
    {"liaison-a", "plan %1$s"},
    {"approver", "approve %1$s"},
    {"liaison-a", "report %1$s/1 --text 已清理 --percent 100 --done --file %3$s/file.txt"},
    {"liaison-a", "extend %1$s --due 2026-07-31 --reason 汛期"},
    {"approver", "grant %1$s"},
    {"clerk", "plan-campaign HZ --note 第%2$d稿"},
    {"approver", "approve-campaign HZ"},
    {"leader", "instruct %1$s --text 抓紧 --due 2026-04-01"},
    {"liaison-a", "apply %1$s --text 申请"},
    {"verifier", "verify %1$s --fail --reason 不足"},
    {"liaison-a", "attach %1$s --file %3$s/file.txt --place 现场"},
    {"liaison-a", "apply %1$s"},
    {"verifier", "verify %1$s --pass --grade 好"},
    {"clerk", "answer %1$s --text 已办结"},
    {"approver", "strike-off %1$s"},
    {"verifier", "look-back %1$s --fail --reason 反弹"},
    {"clerk", "chase %1$s --text 请速办"},
    {"approver", "escalate %1$s --level 2"},
    {"clerk", "suspend %1$s --reason 诉讼"},
    {"clerk", "resume %1$s --reason 结案"},
    {"clerk", "handover %1$s --from liaison-a --to liaison-a1"},
    {"clerk", "move A1 --parent %4$s"},
    {"clerk", "source --title 文件%2$d"},
    {"clerk", "transfer %1$s --to 省厅 --reason 权属"},
};

enum { HOURS = 5 * 3600 * 1000 };

void history_make(struct world *w, int64_t entries)
{
    history_each(w, entries, NULL, NULL);
}

void history_each(struct world *w, int64_t entries, void (*each)(struct world *, void *), void *arg)
{
    const char *folder = world_folder(w), *code = "";

    for (int round = 1;; round++)
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            char line[1024];
            struct text on;
            if (world_entries(&w->ledger) >= entries)
                return;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
            snprintf(line, sizeof line, steps[i].line, code, round, folder, round % 2 ? "B" : "A");
#pragma GCC diagnostic pop
            on = world_do(w, steps[i].by, line);
            w->env.clock += HOURS; /* so that days pass */
            if (i == 0)
                code = arena_cstr(&w->arena, on);
            if (each)
                each(w, arg);
        }
}

static int write_block(void *arg, struct text bytes, struct err *err)
{
    (void)err;
    return fwrite(bytes.p, 1, bytes.n, arg) == bytes.n ? 0 : -1;
}

void history_export(struct world *w, const char *path)
{
    FILE *f = fopen(path, "w");
    struct err err;
    int64_t entries;

    if (f == NULL || export_log(&w->ledger, write_block, f, &entries, NULL, NULL, &err) != 0 ||
        fclose(f) != 0) {
        fprintf(stderr, "no export in %s\n", path);
        abort();
    }
}

static void stop(const char *what, const struct err *err)
{
    buf_auto struct buf why = BUF(4096);

    err_say(&why, LANG_EN, err);
    fprintf(stderr, "%s: %s\n", what, buf_cstr(&why));
    abort();
}

void history_sql(struct world *w, const char *format, ...)
{
    static char text[16384];
    struct err err;
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (store_script(w->ledger.store, text, &err) != 0)
        stop(text, &err);
}

struct text history_ask(struct world *w, const char *query)
{
    /* The store knows a statement by its address, so each has a place of its own for ever. */
    static struct statement known[8192];
    static size_t count;
    struct statement *st = &known[count++];
    struct text answer = T("");
    struct rows rows;
    struct err err;

    if (count > sizeof known / sizeof known[0])
        abort();
    *st = (struct statement){
        .name = "ask", .sqlite = arena_cstr(&w->arena, text_of(query)), .columns = "t"};
    st->postgres = st->sqlite;
    if (store_query(w->ledger.store, st, NULL, &rows, &err) != 0)
        stop(query, &err);
    if (rows_next(&rows, &err) == 1)
        answer = arena_text(&w->arena, rows_text(&rows, 0));
    rows_close(&rows);
    return answer;
}

enum err_code history_found(struct world *w, bool log_only, struct text held)
{
    struct verify_report report;
    struct err err = {0};

    if (verify_ledger(&w->ledger, log_only, held, &report, NULL, NULL, &err) == 0)
        return ERR_NONE;
    if (err_exit(&err) != 1)
        stop("verify fails instead of finding something", &err);
    return err.code;
}
