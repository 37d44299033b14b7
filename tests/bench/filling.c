/* filling.c: see filling.h. */
#include "filling.h"

#include <stdarg.h>

void fail(const struct err *err)
{
    buf_auto struct buf out = BUF(BUF_ANY);

    err_say(&out, LANG_EN, err);
    die("%s", buf_cstr(&out));
}

struct text print(struct arena *a, const char *format, ...)
{
    char out[4001];
    va_list args;

    va_start(args, format);
    vsnprintf(out, sizeof out, format, args);
    va_end(args);
    return arena_text(a, text_of(out));
}

void write_all(struct filling *f, struct command *commands, size_t count)
{
    static struct outcome outcomes[BATCH];
    struct err err = {0};

    for (size_t i = 0; i < count; i++) {
        commands[i].by = text_of(f->ledger.owner);
        commands[i].via = T("bench");
    }
    if (ledger_write(&f->ledger, commands, outcomes, count, &f->batch, &err) != 0)
        fail(&err);
    for (size_t i = 0; i < count; i++)
        if (outcomes[i].verdict.rule) {
            buf_auto struct buf out = BUF(BUF_ANY);
            verdict_say(&out, LANG_EN, &outcomes[i].verdict);
            die("%s", buf_cstr(&out));
        }
    arena_clear(&f->batch);
}

void filling_create(struct filling *f, const char *folder, struct env *env)
{
    struct ledger_new what = {.name = T("bench"), .timezone = T("+08:00")};
    struct err err = {0};

    if (ledger_create(&f->ledger, folder, &what, env, &err) != 0)
        fail(&err);
}

void filling_close(struct filling *f)
{
    ledger_close(&f->ledger);
    arena_release(&f->lasting);
    arena_release(&f->batch);
}
