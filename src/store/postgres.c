/*
 * postgres.c: the store on PostgreSQL, over libpq's pipeline.
 *
 * Statements that give no rows are sent and not waited for; what became of them is read with the
 * next rows, or at the commit. So a batch of commands costs a few round trips, and a failure may be
 * told late: it fails the whole transaction, as store.h says. Outside a transaction everything is
 * waited for.
 *
 * A transaction that reads is begun on the way to its first statement: its BEGIN is not waited for.
 * Until something was answered nothing depends on it, so a connection that was lost meanwhile is
 * made again by that statement.
 *
 * Rows are fetched whole, so that statements may be asked within statements; those marked as
 * streams come through a cursor, some hundred rows at a time.
 *
 * A commit that the server answers with a warning is not known to be safe: it waited for its
 * standby, and was told not to. A transaction of the log that wrote nothing answers from what
 * another one wrote, so it writes a message to the server's log, that its commit waits as that
 * one's did.
 *
 * Locks: whoever writes the log holds one advisory lock of the schema from begin on, whoever writes
 * beside it another, whoever follows the log a third. A script may drop and make tables anew, which
 * no snapshot knows of: readers take a shared lock on the store's own table before their snapshot,
 * so that a script waits for them, and they for a script; and so do those who follow.
 */
#include "store/postgres_link.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

/* An open set of rows. */
struct set {
    PGresult *rows;
    int at;
    unsigned cursor; /* 0: all of it is here */
    const char *columns;
};

/* --- transactions ---------------------------------------------------------------------------- */

/* Does not wait for the answer, which the next to come reads. */
static void rollback(struct store *store)
{
    struct postgres *s = (struct postgres *)store;
    struct err ignored;

    if (s->state == IDLE)
        return;
    s->late.code = ERR_NONE;
    if (link_drain(s, &ignored) != 0)
        s->late.code = ERR_NONE;
    s->state = IDLE;
    s->reading = s->fresh = false;
    if (s->lost)
        return;
    link_send_text(s, "ROLLBACK", (struct queued){0});
    if (s->late.code == ERR_NONE && PQpipelineSync(s->db) == 1)
        s->queued[s->queued_count++] = (struct queued){.sync = true};
    else
        s->lost = true;
    s->late.code = ERR_NONE;
}

static const char begin_read[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
static const char begin_write[] = "BEGIN ISOLATION LEVEL READ COMMITTED";
static const char *const locks[] = {
    [STORE_READ] = NULL,
    [STORE_WRITE] =
        "SELECT pg_advisory_xact_lock(hashtextextended('xiaohao log ' || current_schema(), 0))",
    [STORE_BESIDE] =
        "SELECT pg_advisory_xact_lock(hashtextextended('xiaohao beside ' || current_schema(), 0))",
    [STORE_FOLLOW] =
        "SELECT pg_advisory_xact_lock(hashtextextended('xiaohao follow ' || current_schema(), 0))",
};
static const char mark_log[] = "SELECT pg_logical_emit_message(true, 'xiaohao', CAST('' AS text))";

static int begin_once(struct postgres *s, enum store_mode mode, struct err *err)
{
    bool fresh = mode == STORE_READ;

    if (link_ready(s, err) != 0 || (fresh ? link_room(s, 3, err) : link_drain(s, err)) != 0)
        return -1;
    link_send_text(s, mode == STORE_READ ? begin_read : begin_write, (struct queued){0});
    if (locks[mode])
        link_send_text(s, locks[mode], (struct queued){0});
    if ((mode == STORE_READ || mode == STORE_FOLLOW) && s->versioned)
        link_send_text(s, "LOCK TABLE schema_version IN ACCESS SHARE MODE", (struct queued){0});
    s->state = OPEN;
    s->wrote = false;
    s->log = mode == STORE_WRITE;
    s->fresh = fresh;
    if (fresh || link_drain(s, err) == 0)
        return 0;
    rollback(&s->store);
    return -1;
}

static int begin(struct store *store, enum store_mode mode, struct err *err)
{
    struct postgres *s = (struct postgres *)store;

    if (s->state != IDLE)
        return err_set(err, DATABASE, T("a transaction is open already"));
    if (begin_once(s, mode, err) == 0)
        return 0;
    /* Nothing was asked yet: a connection that was lost meanwhile is made again. */
    return s->lost && err->code == ERR_SERVER_LOST ? begin_once(s, mode, err) : -1;
}

/* After a failure: whether the same may be asked once more, on a connection made again. */
static bool again(struct postgres *s, bool fresh, const struct err *failure)
{
    struct err ignored;

    if (!s->lost || failure->code != ERR_SERVER_LOST || !(fresh || s->state == IDLE))
        return false;
    s->state = IDLE;
    return !fresh || begin_once(s, STORE_READ, &ignored) == 0;
}

static int commit(struct store *store, struct err *err)
{
    struct postgres *s = (struct postgres *)store;
    bool committed = false;

    if (s->state == IDLE || s->reading)
        return err_set(err, DATABASE, T("no transaction is open"));
    if (link_ready(s, err) != 0 || link_room(s, 3, err) != 0) {
        rollback(store);
        return -1;
    }
    if (s->log && !s->wrote)
        link_send_text(s, mark_log, (struct queued){0});
    s->warned = false;
    link_send_text(s, "COMMIT", (struct queued){.committed = &committed});
    if (link_drain(s, err) == 0 && committed) {
        s->state = IDLE;
        return s->warned ? err_set(err, COMMIT_UNKNOWN) : 0;
    }
    if (s->lost) {
        s->state = IDLE;
        return s->wrote ? err_set(err, COMMIT_UNKNOWN) : -1;
    }
    if (err->code == ERR_NONE)
        err_set(err, DATABASE, T("the transaction was rolled back"));
    rollback(store);
    return -1;
}

/* --- statements and rows --------------------------------------------------------------------- */

static int run(struct store *store, const struct statement *st, const struct value *args,
               struct err *err)
{
    struct postgres *s = (struct postgres *)store;

    if (link_ready(s, err) != 0)
        return -1;
    if (s->reading)
        return err_set(err, DATABASE, T("a stream is open, and nothing may be written"));
    if (link_send(s, st, args, (struct queued){0}, err) != 0)
        return link_failed(s, err);
    s->wrote = true;
    return s->state == IDLE ? link_drain(s, err) : 0;
}

/* Whether the columns are of the types that the statement says: 0, -1. */
static int check_columns(const PGresult *r, const struct statement *st, struct err *err)
{
    int count = (int)strlen(st->columns);
    bool right = PQnfields(r) == count;

    for (int i = 0; i < count && right; i++) {
        enum oid type = (enum oid)PQftype(r, i);
        if (st->columns[i] == 'i')
            right = type == OID_INT8 || type == OID_INT4 || type == OID_INT2 || type == OID_BOOL;
        else
            right = type == (st->columns[i] == 't' ? OID_TEXT : OID_BYTEA);
    }
    return right ? 0 : err_set(err, DATABASE, text_of(st->name));
}

static void close_rows(struct rows *rows)
{
    struct postgres *s = (struct postgres *)rows->store;
    struct set *set = rows->handle;
    struct err late; /* fails the transaction, and is told at its next statement */
    char text[40];

    rows->handle = NULL;
    if (set->cursor) {
        s->streams--;
        snprintf(text, sizeof text, "CLOSE c%u", set->cursor);
        if (s->reading && s->streams == 0)
            rollback(&s->store);
        else if (s->state == OPEN && !s->lost && link_room(s, 1, &late) == 0)
            link_send_text(s, text, (struct queued){0});
    }
    PQclear(set->rows);
    mem_free(set);
}

static int fetch(struct postgres *s, struct set *set, struct err *err)
{
    char text[60];

    PQclear(set->rows);
    set->rows = NULL;
    set->at = -1;
    if (link_ready(s, err) != 0 || link_room(s, 1, err) != 0)
        return -1;
    snprintf(text, sizeof text, "FETCH %d FROM c%u", FETCH, set->cursor);
    link_send_text(s, text, (struct queued){.rows = &set->rows});
    return link_drain(s, err) != 0 ? -1 : set->rows ? 0 : err_set(err, NO_MEMORY);
}

/* A stream: declared here; its rows are fetched as they are asked for. */
static int declare(struct postgres *s, const struct statement *st, const struct value *args,
                   struct set *set, struct err *err)
{
    size_t room = strlen(st->postgres) + 60;
    char *text = mem_alloc(room);
    struct bound b;

    if (text == NULL)
        return err_set(err, NO_MEMORY);
    snprintf(text, room, "DECLARE c%u NO SCROLL CURSOR FOR %s", ++s->next, st->postgres);
    if (link_bind(&b, st, args, err) != 0 || link_room(s, 1, err) != 0) {
        mem_free(text);
        return -1;
    }
    link_sent(
        s, PQsendQueryParams(s->db, text, st->params, b.types, b.values, b.lengths, b.formats, 1),
        (struct queued){0});
    mem_free(text);
    set->cursor = s->next;
    s->streams++;
    if (fetch(s, set, err) != 0)
        return -1;
    s->fresh = false;
    return 0;
}

/* Outside a transaction a stream has one of its own, until the last is closed. */
static int open_stream(struct postgres *s, const struct statement *st, const struct value *args,
                       struct rows *rows, struct err *err)
{
    struct set *set = rows->handle;
    bool own = s->state == IDLE;

    if (own && begin(&s->store, STORE_READ, err) != 0)
        return -1;
    s->reading |= own;
    if (link_ready(s, err) == 0 && declare(s, st, args, set, err) == 0)
        return 0;
    link_failed(s, err);
    if (set->cursor)
        s->streams--;
    set->cursor = 0;
    if (own)
        rollback(&s->store);
    return -1;
}

/* Room for the rows of a statement. */
static int new_set(struct rows *rows, struct store *store, const struct statement *st,
                   struct err *err)
{
    struct set *set = mem_alloc(sizeof *set);

    *rows = (struct rows){.store = store, .handle = set};
    if (set == NULL)
        return err_set(err, NO_MEMORY);
    *set = (struct set){.at = -1, .columns = st->columns};
    return 0;
}

static int query_once(struct postgres *s, const struct statement *st, const struct value *args,
                      struct rows *rows, struct err *err)
{
    struct set *set = rows->handle;

    if (link_ready(s, err) != 0)
        return -1;
    if (link_send(s, st, args, (struct queued){.rows = &set->rows}, err) != 0)
        return link_failed(s, err);
    if (link_drain(s, err) != 0)
        return -1;
    s->fresh = false;
    return set->rows ? 0 : err_set(err, NO_MEMORY);
}

static int query(struct store *store, const struct statement *st, const struct value *args,
                 struct rows *rows, struct err *err)
{
    struct postgres *s = (struct postgres *)store;
    int (*how)(struct postgres *, const struct statement *, const struct value *, struct rows *,
               struct err *) = st->stream ? open_stream : query_once;
    struct set *set;
    bool fresh = s->fresh;
    int rc = new_set(rows, store, st, err);

    if (rc != 0)
        return -1;
    rc = how(s, st, args, rows, err);
    /* Nothing depends on what was asked before: a lost connection is made again. */
    if (rc != 0 && again(s, fresh, err))
        rc = how(s, st, args, rows, err);
    set = rows->handle;
    if (rc == 0)
        rc = check_columns(set->rows, st, err);
    if (rc != 0)
        close_rows(rows);
    return rc;
}

/* All are sent before the first is waited for. */
static int ask_once(struct store *store, struct asked *asked, size_t count, struct err *err)
{
    struct postgres *s = (struct postgres *)store;
    int rc = link_ready(s, err);
    size_t n = 0;

    for (; n < count && rc == 0; n++) {
        struct asked *r = &asked[n];
        struct queued what = {0};
        r->rows = (struct rows){0};
        if (r->statement->columns[0]) {
            struct set *set;
            if ((rc = new_set(&r->rows, store, r->statement, err)) != 0)
                break;
            set = r->rows.handle;
            what.rows = &set->rows;
        } else {
            what.changed = &r->changed;
            s->wrote = true;
        }
        rc = link_send(s, r->statement, r->args, what, err);
    }
    if (rc == 0)
        rc = link_drain(s, err);
    else
        link_failed(s, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        struct set *set = asked[i].rows.handle;
        if (set)
            rc = set->rows ? check_columns(set->rows, asked[i].statement, err)
                           : err_set(err, NO_MEMORY);
    }
    if (rc == 0) {
        s->fresh = false;
        return 0;
    }
    /* What was sent before the failure still points into the sets. */
    if (s->queued_count) {
        struct err ignored;
        link_drain(s, &ignored);
    }
    for (size_t i = 0; i < n; i++)
        rows_close(&asked[i].rows);
    return -1;
}

static int ask(struct store *store, struct asked *asked, size_t count, struct err *err)
{
    struct postgres *s = (struct postgres *)store;
    bool fresh = s->fresh;
    int rc = ask_once(store, asked, count, err);

    return rc != 0 && fresh && again(s, true, err) ? ask_once(store, asked, count, err) : rc;
}

static int next(struct rows *rows, struct err *err)
{
    struct set *set = rows->handle;

    if (set == NULL)
        return 0;
    if (set->cursor && set->at + 1 == PQntuples(set->rows) && PQntuples(set->rows) == FETCH &&
        fetch((struct postgres *)rows->store, set, err) != 0) {
        close_rows(rows);
        return -1;
    }
    if (++set->at < PQntuples(set->rows))
        return 1;
    close_rows(rows);
    return 0;
}

static int64_t get_int(struct rows *rows, int column)
{
    const struct set *set = rows->handle;
    const unsigned char *p = (const unsigned char *)PQgetvalue(set->rows, set->at, column);
    int n = PQgetlength(set->rows, set->at, column);
    uint64_t value;

    if (n == 0) /* NULL */
        return 0;
    value = n < 8 && p[0] & 0x80 ? UINT64_MAX : 0;
    for (int i = 0; i < n; i++)
        value = value << 8 | p[i];
    return (int64_t)value;
}

static struct text get_text(struct rows *rows, int column)
{
    const struct set *set = rows->handle;

    return (struct text){PQgetvalue(set->rows, set->at, column),
                         (size_t)PQgetlength(set->rows, set->at, column)};
}

/* --- the whole ------------------------------------------------------------------------------- */

/* Does something of the simple protocol, which knows no pipeline. */
static int leave_pipeline(struct postgres *s, struct err *err)
{
    if (link_ready(s, err) != 0 || link_drain(s, err) != 0)
        return -1;
    return PQexitPipelineMode(s->db) == 1 ? 0 : link_fail(err, PQerrorMessage(s->db));
}

static int enter_pipeline(struct postgres *s, int rc, struct err *err)
{
    if (rc != 0)
        link_failed(s, err);
    if (!s->lost && PQenterPipelineMode(s->db) != 1)
        link_lost(s, rc == 0 ? err : &(struct err){0});
    return s->lost ? -1 : rc;
}

static int script(struct store *store, const char *sql, struct err *err)
{
    struct postgres *s = (struct postgres *)store;
    int rc;

    if (leave_pipeline(s, err) != 0)
        return -1;
    rc = s->versioned && s->state == OPEN
             ? link_plain(s, "LOCK TABLE schema_version IN ACCESS EXCLUSIVE MODE", err)
             : 0;
    if (rc == 0)
        rc = link_plain(s, sql, err);
    if (rc == 0)
        rc = link_look(s, err);
    s->wrote = true;
    return enter_pipeline(s, rc, err);
}

static int version(struct store *store, int64_t *number, struct err *err)
{
    struct postgres *s = (struct postgres *)store;
    char answer[32] = "";
    int rc;

    if (leave_pipeline(s, err) != 0)
        return -1;
    rc = link_look(s, err);
    if (rc == 0 && s->versioned)
        rc = link_ask(s, "SELECT version FROM schema_version", answer, sizeof answer, err);
    *number = strtoll(answer, NULL, 10);
    return enter_pipeline(s, rc, err);
}

static int set_version(struct store *store, int64_t version, struct err *err)
{
    char sql[80];

    snprintf(sql, sizeof sql, "UPDATE schema_version SET version = %lld", (long long)version);
    return script(store, sql, err);
}

static int copy(struct store *store, const char *path, struct err *err)
{
    (void)store, (void)path;
    return err_set(err, NO_COPY);
}

static void close_store(struct store *store)
{
    struct postgres *s = (struct postgres *)store;
    struct err ignored;

    rollback(store);
    if (s->queued_count)
        link_drain(s, &ignored); /* what was sent is heard out */
    PQfinish(s->db);
    mem_free(s->address);
    mem_free(s);
}

static const struct store_ops ops = {
    .name = "postgres",
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

struct store *postgres_open(const char *address, const struct postgres_options *options,
                            struct err *err)
{
    struct postgres *s = mem_alloc(sizeof *s);
    size_t n = strlen(address) + 1;

    if (s == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    s->store.ops = &ops;
    s->store.server = true;
    s->options = *options;
    s->address = mem_alloc(n);
    if (s->address)
        memcpy(s->address, address, n);
    if (s->address == NULL || link_connect(s, err) != 0) {
        if (s->address == NULL)
            err_set(err, NO_MEMORY);
        close_store(&s->store);
        return NULL;
    }
    return &s->store;
}
