/* faulty.c: see faulty.h. */
#include "faulty.h"

#include <stdlib.h>

struct faulty {
    struct store store;
    struct store *inner;
    unsigned long made, fail_at;
    bool forever;
    const char *failed;
};

static bool fails(struct faulty *f, const char *what, struct err *err)
{
    f->made++;
    if (f->fail_at == 0 || (f->forever ? f->made < f->fail_at : f->made != f->fail_at))
        return false;
    f->failed = what;
    err_set(err, DATABASE, T("it was told to fail"));
    return true;
}

static int begin(struct store *s, enum store_mode mode, struct err *err)
{
    struct faulty *f = (struct faulty *)s;

    return fails(f, "begin", err) ? -1 : store_begin(f->inner, mode, err);
}

static int commit(struct store *s, struct err *err)
{
    struct faulty *f = (struct faulty *)s;

    if (!fails(f, "commit", err))
        return store_commit(f->inner, err);
    store_rollback(f->inner);
    return -1;
}

static void rollback(struct store *s)
{
    store_rollback(((struct faulty *)s)->inner);
}

static int run(struct store *s, const struct statement *st, const struct value *args,
               struct err *err)
{
    struct faulty *f = (struct faulty *)s;

    return fails(f, st->name, err) ? -1 : store_run(f->inner, st, args, err);
}

static int query(struct store *s, const struct statement *st, const struct value *args,
                 struct rows *rows, struct err *err)
{
    struct faulty *f = (struct faulty *)s;

    *rows = (struct rows){.store = s};
    if (fails(f, st->name, err) || store_query(f->inner, st, args, rows, err) != 0) {
        rows->handle = NULL;
        return -1;
    }
    rows->store = s; /* its rows come through here, too */
    return 0;
}

static int ask(struct store *s, struct asked *asked, size_t count, struct err *err)
{
    struct faulty *f = (struct faulty *)s;

    if (fails(f, asked[0].statement->name, err) || store_ask(f->inner, asked, count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        asked[i].rows.store = s;
    return 0;
}

static void close_rows(struct rows *rows)
{
    struct store *s = rows->store;

    rows->store = ((struct faulty *)s)->inner;
    rows_close(rows);
    rows->store = s;
}

static int next(struct rows *rows, struct err *err)
{
    struct store *s = rows->store;
    struct faulty *f = (struct faulty *)s;
    int rc;

    if (rows->handle == NULL)
        return 0;
    if (fails(f, "next", err)) {
        close_rows(rows);
        return -1;
    }
    rows->store = f->inner;
    rc = rows_next(rows, err);
    rows->store = s;
    return rc;
}

static int64_t get_int(struct rows *rows, int column)
{
    struct rows inner = *rows;

    inner.store = ((struct faulty *)rows->store)->inner;
    return rows_int(&inner, column);
}

static struct text get_text(struct rows *rows, int column)
{
    struct rows inner = *rows;

    inner.store = ((struct faulty *)rows->store)->inner;
    return rows_text(&inner, column);
}

static int script(struct store *s, const char *sql, struct err *err)
{
    struct faulty *f = (struct faulty *)s;

    return fails(f, "script", err) ? -1 : store_script(f->inner, sql, err);
}

static int version(struct store *s, int64_t *number, struct err *err)
{
    struct faulty *f = (struct faulty *)s;

    return fails(f, "version", err) ? -1 : store_version(f->inner, number, err);
}

static int set_version(struct store *s, int64_t number, struct err *err)
{
    struct faulty *f = (struct faulty *)s;

    return fails(f, "set_version", err) ? -1 : store_set_version(f->inner, number, err);
}

static int copy(struct store *s, const char *path, struct err *err)
{
    struct faulty *f = (struct faulty *)s;

    return fails(f, "copy", err) ? -1 : store_copy(f->inner, path, err);
}

static void close_store(struct store *s)
{
    store_close(((struct faulty *)s)->inner);
    free(s);
}

static const struct store_ops ops = {
    .name = "faulty",
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .run = run,
    .query = query,
    .ask = ask,
    .next = next,
    .get_int = get_int,
    .get_text = get_text,
    .close_rows = close_rows,
    .script = script,
    .version = version,
    .set_version = set_version,
    .copy = copy,
    .close = close_store,
};

struct store *faulty_open(struct store *inner)
{
    struct faulty *f = calloc(1, sizeof *f);

    if (f == NULL)
        return NULL;
    f->store.ops = &ops;
    f->store.server = inner->server;
    f->inner = inner;
    return &f->store;
}

unsigned long faulty_fail_at(struct store *s, unsigned long n, bool forever)
{
    struct faulty *f = (struct faulty *)s;
    unsigned long was = f->made;

    f->made = 0;
    f->fail_at = n;
    f->forever = forever;
    return was;
}

const char *faulty_failed(struct store *s)
{
    const char *name = ((struct faulty *)s)->failed;

    return name ? name : "";
}
