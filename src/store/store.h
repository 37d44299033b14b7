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

/* Whether a store takes it: text is UTF-8 without NUL. NOT_TEXT else. */
static inline bool value_sound(const struct value *v)
{
    return v->kind != VALUE_TEXT || v->t.n == 0 ||
           (text_utf8(v->t) && memchr(v->t.p, '\0', v->t.n) == NULL);
}

struct statement {
    const char *name;
    /* The same statement, parameters as ?1 and as $1; NULL where that store has nothing like it. */
    const char *sqlite, *postgres;
    int params;
    const char *columns; /* one letter a column: i(nt), t(ext), b(lob) */
    bool stream;         /* many rows: they are not all in memory at once */
};

/* What is said of a transaction that goes on after a failure of its own. */
#define STORE_DOOMED T("a statement of this transaction failed before")

struct store;
struct rows {
    struct store *store;
    void *handle;
    int slot;
};

/* What a transaction is for. */
enum store_mode {
    STORE_READ,   /* one moment is read, and nothing written */
    STORE_WRITE,  /* the log is written: one at a time */
    STORE_BESIDE, /* what stands outside the log is written: one at a time as well, but whoever
                     writes the log and whoever writes beside it need not wait for each other */
    STORE_FOLLOW, /* what follows from the log at its own pace is written: one at a time as well,
                     and where there is a server, nobody else waits for it */
};

/* One of several statements that are asked together; NAME_ask of the .sql files fills it. */
enum { ASKED_ARGS = 16 };
struct asked {
    const struct statement *statement;
    struct value args[ASKED_ARGS];
    struct rows rows; /* of a statement with columns */
    int64_t changed;  /* of one without: how many rows it put in, changed or took out */
};

struct store_ops {
    const char *name;
    int (*begin)(struct store *, enum store_mode, struct err *);
    int (*commit)(struct store *, struct err *);
    void (*rollback)(struct store *);
    int (*run)(struct store *, const struct statement *, const struct value *, struct err *);
    int (*query)(struct store *, const struct statement *, const struct value *, struct rows *,
                 struct err *);
    int (*ask)(struct store *, struct asked *, size_t, struct err *);
    int (*next)(struct rows *, struct err *);
    int64_t (*get_int)(struct rows *, int column);
    struct text (*get_text)(struct rows *, int column);
    void (*close_rows)(struct rows *);
    int (*script)(struct store *, const char *sql, struct err *);
    int (*version)(struct store *, int64_t *, struct err *);
    int (*set_version)(struct store *, int64_t, struct err *);
    int (*copy)(struct store *, const char *path, struct err *);
    void (*close)(struct store *);
};

struct store {
    const struct store_ops *ops;
    uint64_t asked; /* statements run and queries opened since it was opened */
    uint64_t trips; /* how often an answer of the server was waited for; 0 where there is none */
    bool server;    /* takes statements and scripts in PostgreSQL's words */
};

/* Starts a transaction. All but STORE_READ take their lock at once (waiting a while for
 * other writers: BUSY), so that what is read in it, of what it may write, cannot change before the
 * commit. One of STORE_READ may begin with the first statement, which then tells what is wrong. */
static inline int store_begin(struct store *s, enum store_mode mode, struct err *err)
{
    return s->ops->begin(s, mode, err);
}
/* Returns 0 only when everything since begin is durable. On -1 it is rolled back, unless err says
 * COMMIT_UNKNOWN: then the server was lost before it answered. */
static inline int store_commit(struct store *s, struct err *err)
{
    return s->ops->commit(s, err);
}
/* Drops everything since begin; allowed when no transaction is open. */
static inline void store_rollback(struct store *s)
{
    s->ops->rollback(s);
}
/* A failure within a transaction fails the whole of it (but NOT_TEXT, which is found before
 * anything is asked), and may be told late: by any later call of the transaction, at the latest by
 * its commit. Outside of one it is told at once. */
static inline int store_run(struct store *s, const struct statement *st, const struct value *args,
                            struct err *err)
{
    s->asked++;
    return s->ops->run(s, st, args, err);
}
/* After 0 the rows are open and must be closed with rows_close; rows_next that returned 0 or -1
 * has closed them. While a stream is open that was opened outside a transaction, nothing may be
 * written. */
static inline int store_query(struct store *s, const struct statement *st, const struct value *args,
                              struct rows *rows, struct err *err)
{
    s->asked++;
    return s->ops->query(s, st, args, rows, err);
}
/* Asks several statements that do not need each other's answers, in one round trip where there is a
 * server. They are done in their order. After 0 the rows of all that have columns are open; after
 * -1 none are. No stream may be among them. */
static inline int store_ask(struct store *s, struct asked *asked, size_t count, struct err *err)
{
    s->asked += count;
    return s->ops->ask(s, asked, count, err);
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
/* Says another one, in the caller's transaction; the script must have run. */
static inline int store_set_version(struct store *s, int64_t version, struct err *err)
{
    return s->ops->set_version(s, version, err);
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
