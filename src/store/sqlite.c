/*
 * sqlite.c: the store on SQLite, the embedded default.
 *
 * Prepared statements are kept for the life of the connection, found by the address of their
 * struct statement. WAL with synchronous=FULL: a commit that returned is on the disk, but for lazy
 * connections.
 */
#include "store/sqlite.h"

#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"

enum { SLOTS = 512 };

struct slot {
    const struct statement *statement;
    sqlite3_stmt *prepared;
    bool busy;
};

enum control { BEGIN_READ, BEGIN_WRITE, COMMIT, ROLLBACK, CONTROLS };
static const char *const control_sql[CONTROLS] = {"BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"};

struct sqlite {
    struct store store;
    sqlite3 *db;
    sqlite3_stmt *controls[CONTROLS];
    struct slot slots[SLOTS];
    int wait_ms;
    bool dropped, stuck; /* a transaction was rolled back; one could not be */
    bool doomed;         /* a statement of the open transaction failed */
};

static int fail(struct sqlite *s, struct err *err)
{
    int code = sqlite3_errcode(s->db);

    if (code == SQLITE_NOMEM)
        return err_set(err, NO_MEMORY);
    if (code == SQLITE_BUSY)
        return err_set(err, BUSY);
    return err_set(err, DATABASE, text_of(sqlite3_errmsg(s->db)));
}

/* A statement that fails, fails the whole transaction. */
static int doom(struct sqlite *s, int rc, const struct err *err)
{
    s->doomed |= rc != 0 && err->code != ERR_NOT_TEXT && !sqlite3_get_autocommit(s->db);
    return rc;
}

static int plain(struct sqlite *s, const char *sql, struct err *err)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(s, err);
}

/* Tells a transaction that was dropped from one that a failing COMMIT ended all the same. */
static void dropped(void *sqlite)
{
    ((struct sqlite *)sqlite)->dropped = true;
}

/* Another one writes. SQLite's own handler rests longer and longer, and would miss the moments in
 * which somebody who writes much lets others in. */
static int wait_for_lock(void *sqlite, int times)
{
    if (times >= ((struct sqlite *)sqlite)->wait_ms)
        return 0;
    usleep(1000);
    return 1;
}

/* BEGIN and the like are prepared once: a ROLLBACK must not need memory when there is none. */
static int control(struct sqlite *s, enum control which, struct err *err)
{
    sqlite3_stmt *prepared = s->controls[which];
    int rc = sqlite3_step(prepared) == SQLITE_DONE ? 0 : fail(s, err);

    sqlite3_reset(prepared);
    return rc;
}

static void rollback(struct store *store)
{
    struct sqlite *s = (struct sqlite *)store;
    struct err ignored;

    if (!sqlite3_get_autocommit(s->db))
        s->stuck = control(s, ROLLBACK, &ignored) != 0;
    s->doomed = false;
}

/* The prepared statement, from the cache when it is free; slot -1 means that it is the caller's to
 * finalise (the same statement is in use further up). */
static sqlite3_stmt *prepare(struct sqlite *s, const struct statement *st, int *slot,
                             struct err *err)
{
    size_t at = ((uintptr_t)st >> 4) % SLOTS;
    sqlite3_stmt *prepared = NULL;

    /* An earlier rollback found no memory; nothing is read or written before it is made up for. */
    if (s->stuck)
        rollback(&s->store);
    if (s->stuck) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    if (s->doomed) {
        err_set(err, DATABASE, STORE_DOOMED);
        return NULL;
    }
    for (int i = 0; i < SLOTS && s->slots[at].statement && s->slots[at].statement != st; i++)
        at = (at + 1) % SLOTS;
    if (s->slots[at].statement == st && !s->slots[at].busy) {
        *slot = (int)at;
        s->slots[at].busy = true;
        return s->slots[at].prepared;
    }
    if (sqlite3_prepare_v3(s->db, st->sqlite, -1, SQLITE_PREPARE_PERSISTENT, &prepared, NULL) !=
        SQLITE_OK) {
        fail(s, err);
        return NULL;
    }
    *slot = -1;
    if (s->slots[at].statement == NULL) {
        s->slots[at] = (struct slot){st, prepared, true};
        *slot = (int)at;
    }
    return prepared;
}

static void finish(struct sqlite *s, sqlite3_stmt *prepared, int slot)
{
    if (slot < 0) {
        sqlite3_finalize(prepared);
        return;
    }
    sqlite3_reset(prepared);
    s->slots[slot].busy = false;
}

static sqlite3_stmt *start(struct sqlite *s, const struct statement *st, const struct value *args,
                           int *slot, struct err *err)
{
    sqlite3_stmt *prepared = prepare(s, st, slot, err);

    if (prepared == NULL)
        return NULL;
    for (int i = 0; i < st->params; i++) {
        const struct value *v = &args[i];
        const char *p = v->t.p ? v->t.p : "";
        int rc;
        if (v->kind == VALUE_INT)
            rc = sqlite3_bind_int64(prepared, i + 1, v->i);
        else if (!value_sound(v))
            rc = SQLITE_MISMATCH;
        else if (v->kind == VALUE_TEXT)
            rc = sqlite3_bind_text64(prepared, i + 1, p, v->t.n, SQLITE_STATIC, SQLITE_UTF8);
        else
            rc = sqlite3_bind_blob64(prepared, i + 1, p, v->t.n, SQLITE_STATIC);
        if (rc != SQLITE_OK) {
            if (rc == SQLITE_MISMATCH)
                err_set(err, NOT_TEXT);
            else
                fail(s, err);
            finish(s, prepared, *slot);
            return NULL;
        }
    }
    return prepared;
}

static int run(struct store *store, const struct statement *st, const struct value *args,
               struct err *err)
{
    struct sqlite *s = (struct sqlite *)store;
    int slot, rc;
    sqlite3_stmt *prepared = start(s, st, args, &slot, err);

    if (prepared == NULL)
        return doom(s, -1, err);
    rc = sqlite3_step(prepared);
    rc = rc == SQLITE_DONE || rc == SQLITE_ROW ? 0 : fail(s, err);
    finish(s, prepared, slot);
    return doom(s, rc, err);
}

static int query(struct store *store, const struct statement *st, const struct value *args,
                 struct rows *rows, struct err *err)
{
    struct sqlite *s = (struct sqlite *)store;

    *rows = (struct rows){.store = store};
    rows->handle = start(s, st, args, &rows->slot, err);
    return doom(s, rows->handle ? 0 : -1, err);
}

static void close_rows(struct rows *rows)
{
    finish((struct sqlite *)rows->store, rows->handle, rows->slot);
    rows->handle = NULL;
}

static int next(struct rows *rows, struct err *err)
{
    int rc;

    if (rows->handle == NULL)
        return 0;
    rc = sqlite3_step(rows->handle);
    if (rc == SQLITE_ROW)
        return 1;
    rc = rc == SQLITE_DONE ? 0 : fail((struct sqlite *)rows->store, err);
    close_rows(rows);
    return doom((struct sqlite *)rows->store, rc, err);
}

static int ask(struct store *store, struct asked *asked, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct asked *r = &asked[i];
        int rc;
        r->rows = (struct rows){0};
        rc = r->statement->columns[0] ? query(store, r->statement, r->args, &r->rows, err)
                                      : run(store, r->statement, r->args, err);
        if (rc != 0) {
            while (i-- > 0)
                rows_close(&asked[i].rows);
            return -1;
        }
        r->changed = sqlite3_changes(((struct sqlite *)store)->db);
    }
    return 0;
}

static int64_t get_int(struct rows *rows, int column)
{
    return sqlite3_column_int64(rows->handle, column);
}

static struct text get_text(struct rows *rows, int column)
{
    /* sqlite3_column_blob gives text its bytes too, without converting. */
    const char *p = sqlite3_column_blob(rows->handle, column);

    return (struct text){p ? p : "", (size_t)sqlite3_column_bytes(rows->handle, column)};
}

static int begin(struct store *store, enum store_mode mode, struct err *err)
{
    struct sqlite *s = (struct sqlite *)store;
    bool inside;

    if (s->stuck)
        rollback(store);
    inside = !sqlite3_get_autocommit(s->db);
    if (control(s, mode == STORE_READ ? BEGIN_READ : BEGIN_WRITE, err) == 0)
        return 0;
    if (!inside)
        rollback(store);
    return -1;
}

static int commit(struct store *store, struct err *err)
{
    struct sqlite *s = (struct sqlite *)store;
    bool inside = !sqlite3_get_autocommit(s->db);

    if (s->doomed) {
        rollback(store);
        return err_set(err, DATABASE, STORE_DOOMED);
    }
    s->dropped = false;
    if (control(s, COMMIT, err) == 0)
        return 0;
    /* Memory may run out after the transaction is on the disk: then it is committed. */
    if (inside && sqlite3_get_autocommit(s->db) && !s->dropped)
        return 0;
    rollback(store);
    return -1;
}

static int script(struct store *store, const char *sql, struct err *err)
{
    return doom((struct sqlite *)store, plain((struct sqlite *)store, sql, err), err);
}

static int version(struct store *store, int64_t *version, struct err *err)
{
    struct sqlite *s = (struct sqlite *)store;
    sqlite3_stmt *prepared;
    int rc = sqlite3_prepare_v2(s->db, "PRAGMA user_version", -1, &prepared, NULL);

    if (rc == SQLITE_OK && (rc = sqlite3_step(prepared)) == SQLITE_ROW) {
        *version = sqlite3_column_int64(prepared, 0);
        sqlite3_finalize(prepared);
        return 0;
    }
    fail(s, err);
    sqlite3_finalize(prepared);
    return -1;
}

static int set_version(struct store *store, int64_t version, struct err *err)
{
    char sql[60];

    snprintf(sql, sizeof sql, "PRAGMA user_version = %lld", (long long)version);
    return script(store, sql, err);
}

static int copy(struct store *store, const char *path, struct err *err)
{
    struct sqlite *s = (struct sqlite *)store;
    sqlite3 *to = NULL;
    sqlite3_backup *b;
    int rc = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);

    b = rc == SQLITE_OK ? sqlite3_backup_init(to, "main", s->db, "main") : NULL;
    if (b) {
        sqlite3_backup_step(b, -1);
        rc = sqlite3_backup_finish(b);
    } else if (rc == SQLITE_OK) {
        rc = sqlite3_errcode(to);
    }
    if (rc != SQLITE_OK)
        err_set(err, DATABASE, text_of(sqlite3_errstr(rc)));
    sqlite3_close(to);
    return rc == SQLITE_OK ? 0 : -1;
}

static void close_store(struct store *store)
{
    struct sqlite *s = (struct sqlite *)store;

    for (int i = 0; i < SLOTS; i++)
        sqlite3_finalize(s->slots[i].prepared);
    for (int i = 0; i < CONTROLS; i++)
        sqlite3_finalize(s->controls[i]);
    sqlite3_close(s->db);
    mem_free(s);
}

static const struct store_ops ops = {
    .name = "sqlite",
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

struct store *sqlite_open(const char *path, const struct sqlite_options *o, struct err *err)
{
    struct sqlite *s = mem_alloc(sizeof *s);
    int flags = o->read_only ? SQLITE_OPEN_READONLY
                             : SQLITE_OPEN_READWRITE | (o->create ? SQLITE_OPEN_CREATE : 0);

    if (s == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    s->store.ops = &ops;
    /* Counting every allocation under a lock costs more than many statements do. It can be set
     * only before the first connection; later calls do nothing. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (sqlite3_open_v2(path, &s->db, flags | SQLITE_OPEN_NOMUTEX, o->vfs) != SQLITE_OK) {
        err_set(err, NOT_A_FILE, text_of(path),
                text_of(s->db ? sqlite3_errmsg(s->db) : "out of memory"));
        close_store(&s->store);
        return NULL;
    }
    sqlite3_extended_result_codes(s->db, 0);
    s->wait_ms = o->wait_ms;
    sqlite3_busy_handler(s->db, wait_for_lock, s);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    /* Whoever only reads walks through once, and of many connections each has the system's cache
     * behind it: little is worth keeping. */
    const char *cache =
        o->read_only || o->beside ? "PRAGMA cache_size = -8192" : "PRAGMA cache_size = -65536";

    /* The write-ahead log goes back into the file every 32 MiB, so that a page that many commits
     * change is written back once. Where there is one for whom nobody waits, it does so earlier and
     * spares the others. */
    const char *pace = o->lazy ? "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4096"
                               : "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8192";

    /* Deleted values (an erased secret) are overwritten. */
    if ((!o->read_only && plain(s, "PRAGMA journal_mode = WAL", err) != 0) ||
        plain(s, "PRAGMA secure_delete = ON; PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY",
              err) != 0 ||
        plain(s, pace, err) != 0 || plain(s, cache, err) != 0) {
        close_store(&s->store);
        return NULL;
    }
    sqlite3_rollback_hook(s->db, dropped, s);
    for (int i = 0; i < CONTROLS; i++)
        if (sqlite3_prepare_v3(s->db, control_sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &s->controls[i], NULL) != SQLITE_OK) {
            fail(s, err);
            close_store(&s->store);
            return NULL;
        }
    return &s->store;
}
