/*
 * store.h: a database as a const table of functions. Statements in, rows out; it knows nobody's
 * business.
 *
 * Statements come from the .sql files (tools/statements.py gives them typed C); nobody else calls
 * store_run and store_query. One struct store is one connection and belongs to one thread at a
 * time. All parameters are bound; there is no way to paste text into SQL.
 */
#ifndef XH_STORE_STORE_H
#define XH_STORE_STORE_H

#include "base/arena.h"
#include "base/err.h"

enum value_kind { VALUE_INT, VALUE_TEXT, VALUE_BLOB };

struct value {
    enum value_kind kind;
    int64_t i;
    struct text t; /* must live until the statement has run or its rows are closed */
};

struct statement {
    const char *name;
    const char *sqlite, *postgres; /* the same statement, parameters as ?1 and as $1 */
    int params;
    const char *columns; /* one letter a column: i(nt), t(ext), b(lob) */
};

struct store;
struct rows {
    struct store *store;
    void *handle;
    int slot;
};

struct store_ops {
    const char *name;
    int (*begin)(struct store *, bool write, struct err *);
    int (*commit)(struct store *, struct err *);
    void (*rollback)(struct store *);
    int (*run)(struct store *, const struct statement *, const struct value *, struct err *);
    int (*query)(struct store *, const struct statement *, const struct value *, struct rows *,
                 struct err *);
    int (*next)(struct rows *, struct err *);
    int64_t (*get_int)(struct rows *, int column);
    struct text (*get_text)(struct rows *, int column);
    void (*close_rows)(struct rows *);
    int (*script)(struct store *, const char *sql, struct err *);
    int64_t (*changed)(struct store *);
    int (*version)(struct store *, int64_t *, struct err *);
    int (*copy)(struct store *, const char *path, struct err *);
    void (*close)(struct store *);
};

struct store {
    const struct store_ops *ops;
    uint64_t asked; /* statements run and queries opened since it was opened */
};

/* Starts a transaction; write takes the database's write lock at once (waiting a while for other
 * writers), so that what is read in it cannot change before the commit. */
static inline int store_begin(struct store *s, bool write, struct err *err)
{
    return s->ops->begin(s, write, err);
}
/* Returns 0 only when everything since begin is durable. On -1 it is rolled back. */
static inline int store_commit(struct store *s, struct err *err)
{
    return s->ops->commit(s, err);
}
/* Drops everything since begin; allowed when no transaction is open. */
static inline void store_rollback(struct store *s)
{
    s->ops->rollback(s);
}
static inline int store_run(struct store *s, const struct statement *st, const struct value *args,
                            struct err *err)
{
    s->asked++;
    return s->ops->run(s, st, args, err);
}
/* How many rows the last store_run put in, changed or took out. */
static inline int64_t store_changed(struct store *s)
{
    return s->ops->changed(s);
}
/* After 0 the rows are open and must be closed with rows_close; rows_next that returned 0 or -1
 * has closed them. */
static inline int store_query(struct store *s, const struct statement *st, const struct value *args,
                              struct rows *rows, struct err *err)
{
    s->asked++;
    return s->ops->query(s, st, args, rows, err);
}
/* Runs a script of several statements (a schema). */
static inline int store_script(struct store *s, const char *sql, struct err *err)
{
    return s->ops->script(s, sql, err);
}
/* The version that the schema's script left; 0 where none has run. */
static inline int store_version(struct store *s, int64_t *version, struct err *err)
{
    return s->ops->version(s, version, err);
}
/* Copies the whole database into a new file at path, while others go on reading and writing. */
static inline int store_copy(struct store *s, const char *path, struct err *err)
{
    return s->ops->copy(s, path, err);
}
static inline void store_close(struct store *s)
{
    if (s)
        s->ops->close(s);
}

/* 1 a row, 0 the end, -1 a failure. */
static inline int rows_next(struct rows *r, struct err *err)
{
    return r->store->ops->next(r, err);
}
static inline int64_t rows_int(struct rows *r, int column)
{
    return r->store->ops->get_int(r, column);
}
/* Lives until the next rows_next or rows_close. */
static inline struct text rows_text(struct rows *r, int column)
{
    return r->store->ops->get_text(r, column);
}
#define rows_blob rows_text
static inline void rows_close(struct rows *r)
{
    if (r->handle)
        r->store->ops->close_rows(r);
}

#endif
