/*
 * postgres.c: the store on PostgreSQL, over libpq's pipeline.
 *
 * Statements that give no rows are sent and not waited for; what became of them is read with the
 * next rows, or at the commit. So a batch of commands costs a few round trips, and a failure may be
 * told late: it fails the whole transaction, as store.h says. Outside a transaction everything is
 * waited for.
 *
 * Rows are fetched whole, so that statements may be asked within statements; those marked as
 * streams come through a cursor, some hundred rows at a time.
 *
 * Locks: whoever writes the log holds one advisory lock of the schema from begin on, whoever writes
 * beside it another, whoever follows the log a third. A script may drop and make tables anew, which
 * no snapshot knows of: readers take a shared lock on the store's own table before their snapshot,
 * so that a script waits for them, and they for a script; and so do those who follow.
 */
#include "store/postgres.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

enum {
    SLOTS = 1024, /* prepared statements; more are sent as they are */
    PARAMS = 64,  /* of one statement */
    QUEUED = 256, /* commands whose results have not been read */
    FETCH = 200   /* rows of a stream that are in memory */
};

/* Types of parameters and columns as the server numbers them. */
enum oid {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25
};

struct slot {
    const struct statement *statement;
    bool prepared;
};

/* Who wants the result of a command that was sent. */
struct queued {
    PGresult **rows;  /* takes the result over */
    int64_t *changed; /* hears how many rows it put in, changed or took out */
    bool *committed;  /* hears whether it was a COMMIT that did commit */
    bool *prepared;   /* hears whether it prepared a statement */
    bool sync;        /* no command: the end of what the server does as one */
};

enum state { IDLE, OPEN, FAILED };

struct postgres {
    struct store store;
    PGconn *db;
    char *address;
    struct postgres_options options;
    enum state state;
    bool wrote, versioned, lost;
    bool reading;  /* the transaction is the streams' own: nobody began it */
    int streams;   /* open ones */
    unsigned next; /* cursor's number */
    struct err late;
    struct queued queued[QUEUED];
    int queued_count;
    struct slot slots[SLOTS];
};

/* An open set of rows. */
struct set {
    PGresult *rows;
    int at;
    unsigned cursor; /* 0: all of it is here */
    const char *columns;
};

/* --- failures -------------------------------------------------------------------------------- */

static int fail_text(struct err *err, const char *message)
{
    struct text t = text_of(message);
    struct text line;

    if (!text_cut(&t, '\n', &line))
        line = t;
    return err_set(err, DATABASE, text_trim(line));
}

static int fail_result(const PGresult *r, struct err *err)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

    if (state && (strcmp(state, "55P03") == 0 || strcmp(state, "57014") == 0))
        return err_set(err, BUSY);
    if (state && (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0))
        return err_set(err, CONFLICT);
    return fail_text(err, message ? message : PQresultErrorMessage(r));
}

static int fail_lost(struct postgres *s, struct err *err)
{
    s->lost = true;
    return err_set(err, SERVER_LOST);
}

static void forget_queue(struct postgres *s)
{
    for (int i = 0; i < s->queued_count; i++)
        if (s->queued[i].rows)
            *s->queued[i].rows = NULL;
    s->queued_count = 0;
}

static int failed(struct postgres *s, const struct err *err)
{
    if (s->state == OPEN && err->code != ERR_NOT_TEXT) /* that was not sent */
        s->state = FAILED;
    return -1;
}

/* --- sending and reading --------------------------------------------------------------------- */

/* Reads what the server says to one command. */
static void read_one(struct postgres *s, const struct queued *q)
{
    PGresult *r = PQgetResult(s->db);
    ExecStatusType status = PQresultStatus(r);

    if (r == NULL || PQstatus(s->db) == CONNECTION_BAD) {
        PQclear(r);
        if (s->late.code == ERR_NONE || !s->lost)
            fail_lost(s, &s->late);
        return;
    }
    if (q->sync) {
        if (status != PGRES_PIPELINE_SYNC)
            fail_text(&s->late, "the connection is out of step");
        PQclear(r);
        return;
    }
    if (status == PGRES_FATAL_ERROR && s->late.code == ERR_NONE)
        fail_result(r, &s->late);
    if (q->prepared)
        *q->prepared = status == PGRES_COMMAND_OK;
    if (q->committed)
        *q->committed = status == PGRES_COMMAND_OK && strcmp(PQcmdStatus(r), "COMMIT") == 0;
    if (status == PGRES_COMMAND_OK && q->changed)
        *q->changed = strtoll(PQcmdTuples(r), NULL, 10);
    if (status == PGRES_TUPLES_OK && q->rows)
        *q->rows = r;
    else
        PQclear(r);
    while ((r = PQgetResult(s->db)) != NULL)
        PQclear(r);
}

/* Waits for everything that was sent. The first failure of it is told. */
static int drain(struct postgres *s, struct err *err)
{
    if (s->queued_count == 0 && s->late.code == ERR_NONE)
        return 0;
    if (!s->lost && s->queued_count && !s->queued[s->queued_count - 1].sync) {
        if (PQpipelineSync(s->db) != 1)
            fail_lost(s, &s->late);
        else
            s->queued[s->queued_count++] = (struct queued){.sync = true};
    }
    for (int i = 0; i < s->queued_count && !s->lost; i++) {
        read_one(s, &s->queued[i]);
        if (!s->lost)
            s->queued[i].rows = NULL;
    }
    forget_queue(s);
    if (s->late.code == ERR_NONE)
        return 0;
    *err = s->late;
    s->late.code = ERR_NONE;
    return failed(s, err);
}

/* Makes room for that many commands and a sync behind them. */
static int make_room(struct postgres *s, int count, struct err *err)
{
    return s->queued_count + count + 1 < QUEUED ? 0 : drain(s, err);
}

static void sent(struct postgres *s, int ok, struct queued what)
{
    if (ok != 1) {
        if (s->late.code == ERR_NONE) {
            if (PQstatus(s->db) == CONNECTION_BAD)
                fail_lost(s, &s->late);
            else
                fail_text(&s->late, PQerrorMessage(s->db));
        }
        return;
    }
    s->queued[s->queued_count++] = what;
}

/* Sends text as it is: BEGIN and the like. There must be room. */
static void send_text(struct postgres *s, const char *sql, struct queued what)
{
    sent(s, PQsendQueryParams(s->db, sql, 0, NULL, NULL, NULL, NULL, 1), what);
}

struct bound {
    Oid types[PARAMS];
    const char *values[PARAMS];
    int lengths[PARAMS], formats[PARAMS];
    int64_t ints[PARAMS];
};

static int bind(struct bound *b, const struct statement *st, const struct value *args,
                struct err *err)
{
    if (st->params > PARAMS)
        return err_set(err, DATABASE, text_of(st->name));
    for (int i = 0; i < st->params; i++) {
        const struct value *v = &args[i];
        b->formats[i] = 1;
        if (v->kind == VALUE_INT) {
            b->types[i] = OID_INT8;
            b->ints[i] = (int64_t)__builtin_bswap64((uint64_t)v->i);
            b->values[i] = (const char *)&b->ints[i];
            b->lengths[i] = 8;
            continue;
        }
        /* Told here, before the server drops the transaction for it. */
        if (v->t.n > INT32_MAX || !value_sound(v))
            return err_set(err, NOT_TEXT);
        b->types[i] = v->kind == VALUE_TEXT ? OID_TEXT : OID_BYTEA;
        b->values[i] = v->t.p ? v->t.p : "";
        b->lengths[i] = (int)v->t.n;
    }
    return 0;
}

/* The statement's place; -1 when all are taken. */
static int slot_of(struct postgres *s, const struct statement *st)
{
    size_t at = ((uintptr_t)st >> 4) % SLOTS;

    for (int i = 0; i < SLOTS; i++, at = (at + 1) % SLOTS) {
        if (s->slots[at].statement == NULL)
            s->slots[at].statement = st;
        if (s->slots[at].statement == st)
            return (int)at;
    }
    return -1;
}

/* Sends a statement, prepared when it is new on this connection. */
static int send_statement(struct postgres *s, const struct statement *st, const struct value *args,
                          struct queued what, struct err *err)
{
    struct bound b;
    char name[24];
    int slot;

    if (st->postgres == NULL)
        return err_set(err, NOT_ON_SERVER);
    if (bind(&b, st, args, err) != 0 || make_room(s, 2, err) != 0)
        return -1;
    slot = slot_of(s, st);
    if (slot < 0) {
        sent(s,
             PQsendQueryParams(s->db, st->postgres, st->params, b.types, b.values, b.lengths,
                               b.formats, 1),
             what);
        return 0;
    }
    snprintf(name, sizeof name, "s%d", slot);
    if (!s->slots[slot].prepared) {
        s->slots[slot].prepared = true;
        sent(s, PQsendPrepare(s->db, name, st->postgres, st->params, b.types),
             (struct queued){.prepared = &s->slots[slot].prepared});
    }
    sent(s, PQsendQueryPrepared(s->db, name, st->params, b.values, b.lengths, b.formats, 1), what);
    return 0;
}

/* --- connecting ------------------------------------------------------------------------------ */

bool postgres_is(struct text address)
{
    return text_starts(address, T("postgresql://")) || text_starts(address, T("postgres://"));
}

/* Drops what stands behind a mark in user:password@, and every password among the parameters. It
 * looks for the last @, so that a password that was not escaped is not shown either. */
void postgres_shown(const char *address, char *out, size_t room)
{
    struct text rest = text_of(address), part;
    struct text head = text_head(rest, strcspn(address, "?"));
    const char *slashes = strstr(address, "//"), *at = memrchr(head.p, '@', head.n);
    const char *colon = slashes ? strchr(slashes, ':') : NULL;
    size_t n;

    if (at && colon && colon < at)
        n = (size_t)snprintf(out, room, "%.*s%.*s", (int)(colon - head.p), head.p,
                             (int)(head.p + head.n - at), at);
    else
        n = (size_t)snprintf(out, room, "%.*s", TEXT_ARG(head));
    rest = text_from(rest, head.n + 1);
    for (char mark = '?'; n < room && text_cut(&rest, '&', &part);) {
        if (part.n == 0 || text_starts(part, T("password=")) ||
            text_starts(part, T("sslpassword=")))
            continue;
        n += (size_t)snprintf(out + n, room - n, "%c%.*s", mark, TEXT_ARG(part));
        mark = '&';
    }
}

static void no_notices(void *arg, const char *message)
{
    (void)arg, (void)message;
}

/* A command of the simple protocol, outside the pipeline. */
static int plain(struct postgres *s, const char *sql, struct err *err)
{
    PGresult *r = PQexec(s->db, sql);
    ExecStatusType status = PQresultStatus(r);
    int rc = 0;

    if (PQstatus(s->db) == CONNECTION_BAD)
        rc = fail_lost(s, err);
    else if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        rc = fail_result(r, err);
    PQclear(r);
    return rc;
}

/* The one value of a question without parameters, as text. */
static int ask_plain(struct postgres *s, const char *sql, char *out, size_t room, struct err *err)
{
    PGresult *r = PQexec(s->db, sql);
    int rc = 0;

    if (PQstatus(s->db) == CONNECTION_BAD)
        rc = fail_lost(s, err);
    else if (PQresultStatus(r) != PGRES_TUPLES_OK)
        rc = fail_result(r, err);
    else
        snprintf(out, room, "%s", PQntuples(r) == 1 ? PQgetvalue(r, 0, 0) : "");
    PQclear(r);
    return rc;
}

static int look_for_version(struct postgres *s, struct err *err)
{
    char answer[64];

    if (ask_plain(s,
                  "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema()"
                  " AND tablename = 'schema_version'",
                  answer, sizeof answer, err) != 0)
        return -1;
    s->versioned = answer[0] == '1';
    return 0;
}

/* The schema that the address names first, made where it may be. */
static int find_schema(struct postgres *s, struct err *err)
{
    char name[256], make[512];

    if (ask_plain(s, "SELECT current_schema()", name, sizeof name, err) != 0)
        return -1;
    if (name[0])
        return look_for_version(s, err);
    if (ask_plain(s,
                  "SELECT quote_ident(btrim(split_part(current_setting('search_path'), ',', 1),"
                  " ' \"'))",
                  name, sizeof name, err) != 0)
        return -1;
    if (!s->options.create)
        return err_set(err, NO_SCHEMA, text_of(name));
    snprintf(make, sizeof make, "CREATE SCHEMA IF NOT EXISTS %s", name);
    return plain(s, make, err);
}

static int set_up(struct postgres *s, struct err *err)
{
    char encoding[64], settings[300];
    const char *read_only = s->options.read_only ? "; SET default_transaction_read_only = on" : "";
    const char *lazy = s->options.lazy ? "; SET synchronous_commit = off" : "";

    PQsetNoticeProcessor(s->db, no_notices, NULL);
    if (ask_plain(s, "SHOW server_encoding", encoding, sizeof encoding, err) != 0)
        return -1;
    if (strcmp(encoding, "UTF8") != 0)
        return err_set(err, NOT_UTF8, text_of(encoding));
    /* Our statements are short; compiling them costs more than it gives. */
    snprintf(settings, sizeof settings, "SET jit = off; SET lock_timeout = %d%s%s",
             s->options.wait_ms, read_only, lazy);
    if (plain(s, settings, err) != 0 || find_schema(s, err) != 0)
        return -1;
    return PQenterPipelineMode(s->db) == 1 ? 0 : fail_text(err, PQerrorMessage(s->db));
}

static int connect(struct postgres *s, struct err *err)
{
    /* What stands before the address may be said otherwise in it. */
    const char *keys[] = {"connect_timeout",
                          "keepalives_idle",
                          "tcp_user_timeout",
                          "fallback_application_name",
                          "dbname",
                          "client_encoding",
                          NULL};
    const char *values[] = {"10", "30", "60000", "xiaohao", s->address, "UTF8", NULL};
    char shown[200];

    PQfinish(s->db);
    s->db = NULL;
    s->queued_count = 0;
    s->late.code = ERR_NONE;
    s->state = IDLE;
    s->lost = true;
    for (int i = 0; i < SLOTS; i++)
        s->slots[i].prepared = false;
    postgres_shown(s->address, shown, sizeof shown);
    s->db = PQconnectdbParams(keys, values, 1);
    if (PQstatus(s->db) == CONNECTION_OK) {
        s->lost = false;
        return set_up(s, err);
    }
    /* An address that cannot be read is quoted in the message, password and all. */
    struct text message = text_of(s->db ? PQerrorMessage(s->db) : "out of memory"), line;
    PQconninfoOption *parts = PQconninfoParse(s->address, NULL);
    if (parts == NULL)
        return err_set(err, BAD_VALUE, T("postgresql://…"));
    PQconninfoFree(parts);
    if (!text_cut(&message, '\n', &line))
        line = message;
    return err_set(err, NO_SERVER, text_of(shown), text_trim(line));
}

/* Outside a transaction a lost connection is made again. */
static int ready(struct postgres *s, struct err *err)
{
    if (s->state == IDLE && s->lost)
        return connect(s, err);
    if (s->state == FAILED)
        return err_set(err, DATABASE, STORE_DOOMED);
    return s->lost ? fail_lost(s, err) : 0;
}

/* --- transactions ---------------------------------------------------------------------------- */

/* Does not wait for the answer, which the next to come reads. */
static void rollback(struct store *store)
{
    struct postgres *s = (struct postgres *)store;
    struct err ignored;

    if (s->state == IDLE)
        return;
    s->late.code = ERR_NONE;
    if (drain(s, &ignored) != 0)
        s->late.code = ERR_NONE;
    s->state = IDLE;
    s->reading = false;
    if (s->lost)
        return;
    send_text(s, "ROLLBACK", (struct queued){0});
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

static int begin_once(struct postgres *s, enum store_mode mode, struct err *err)
{
    if (ready(s, err) != 0 || drain(s, err) != 0)
        return -1;
    send_text(s, mode == STORE_READ ? begin_read : begin_write, (struct queued){0});
    if (locks[mode])
        send_text(s, locks[mode], (struct queued){0});
    if ((mode == STORE_READ || mode == STORE_FOLLOW) && s->versioned)
        send_text(s, "LOCK TABLE schema_version IN ACCESS SHARE MODE", (struct queued){0});
    s->state = OPEN;
    s->wrote = false;
    if (drain(s, err) == 0)
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

static int commit(struct store *store, struct err *err)
{
    struct postgres *s = (struct postgres *)store;
    bool committed = false;

    if (s->state == IDLE || s->reading)
        return err_set(err, DATABASE, T("no transaction is open"));
    if (ready(s, err) != 0 || make_room(s, 2, err) != 0) {
        rollback(store);
        return -1;
    }
    send_text(s, "COMMIT", (struct queued){.committed = &committed});
    if (drain(s, err) == 0 && committed) {
        s->state = IDLE;
        return 0;
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

    if (ready(s, err) != 0)
        return -1;
    if (send_statement(s, st, args, (struct queued){0}, err) != 0)
        return failed(s, err);
    s->wrote = true;
    return s->state == IDLE ? drain(s, err) : 0;
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
        else if (s->state == OPEN && !s->lost && make_room(s, 1, &late) == 0)
            send_text(s, text, (struct queued){0});
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
    if (ready(s, err) != 0 || make_room(s, 1, err) != 0)
        return -1;
    snprintf(text, sizeof text, "FETCH %d FROM c%u", FETCH, set->cursor);
    send_text(s, text, (struct queued){.rows = &set->rows});
    return drain(s, err) != 0 ? -1 : set->rows ? 0 : err_set(err, NO_MEMORY);
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
    if (bind(&b, st, args, err) != 0 || make_room(s, 1, err) != 0) {
        mem_free(text);
        return -1;
    }
    sent(s, PQsendQueryParams(s->db, text, st->params, b.types, b.values, b.lengths, b.formats, 1),
         (struct queued){0});
    mem_free(text);
    set->cursor = s->next;
    s->streams++;
    return fetch(s, set, err);
}

/* Outside a transaction a stream has one of its own, until the last is closed. */
static int open_stream(struct postgres *s, const struct statement *st, const struct value *args,
                       struct rows *rows, struct err *err)
{
    bool own = s->state == IDLE;

    if (own && begin(&s->store, STORE_READ, err) != 0)
        return -1;
    s->reading |= own;
    if (ready(s, err) == 0 && declare(s, st, args, rows->handle, err) == 0)
        return 0;
    failed(s, err);
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

    if (ready(s, err) != 0)
        return -1;
    if (send_statement(s, st, args, (struct queued){.rows = &set->rows}, err) != 0)
        return failed(s, err);
    if (drain(s, err) != 0)
        return -1;
    return set->rows ? 0 : err_set(err, NO_MEMORY);
}

static int query(struct store *store, const struct statement *st, const struct value *args,
                 struct rows *rows, struct err *err)
{
    struct postgres *s = (struct postgres *)store;
    struct set *set;
    int rc = new_set(rows, store, st, err);

    if (rc != 0)
        return -1;
    if (st->stream) {
        rc = open_stream(s, st, args, rows, err);
    } else {
        rc = query_once(s, st, args, rows, err);
        /* Nothing depends on what was asked before: a lost connection is made again. */
        if (rc != 0 && s->lost && s->state == IDLE && err->code == ERR_SERVER_LOST)
            rc = query_once(s, st, args, rows, err);
    }
    set = rows->handle;
    if (rc == 0)
        rc = check_columns(set->rows, st, err);
    if (rc != 0)
        close_rows(rows);
    return rc;
}

/* All are sent before the first is waited for. */
static int ask(struct store *store, struct asked *asked, size_t count, struct err *err)
{
    struct postgres *s = (struct postgres *)store;
    int rc = ready(s, err);
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
        rc = send_statement(s, r->statement, r->args, what, err);
    }
    if (rc == 0)
        rc = drain(s, err);
    else
        failed(s, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        struct set *set = asked[i].rows.handle;
        if (set)
            rc = set->rows ? check_columns(set->rows, asked[i].statement, err)
                           : err_set(err, NO_MEMORY);
    }
    if (rc == 0)
        return 0;
    /* What was sent before the failure still points into the sets. */
    if (s->queued_count) {
        struct err ignored;
        drain(s, &ignored);
    }
    for (size_t i = 0; i < n; i++)
        rows_close(&asked[i].rows);
    return -1;
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
    if (ready(s, err) != 0 || drain(s, err) != 0)
        return -1;
    return PQexitPipelineMode(s->db) == 1 ? 0 : fail_text(err, PQerrorMessage(s->db));
}

static int enter_pipeline(struct postgres *s, int rc, struct err *err)
{
    if (rc != 0)
        failed(s, err);
    if (!s->lost && PQenterPipelineMode(s->db) != 1)
        fail_lost(s, rc == 0 ? err : &(struct err){0});
    return s->lost ? -1 : rc;
}

static int script(struct store *store, const char *sql, struct err *err)
{
    struct postgres *s = (struct postgres *)store;
    int rc;

    if (leave_pipeline(s, err) != 0)
        return -1;
    rc = s->versioned && s->state == OPEN
             ? plain(s, "LOCK TABLE schema_version IN ACCESS EXCLUSIVE MODE", err)
             : 0;
    if (rc == 0)
        rc = plain(s, sql, err);
    if (rc == 0)
        rc = look_for_version(s, err);
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
    rc = look_for_version(s, err);
    if (rc == 0 && s->versioned)
        rc = ask_plain(s, "SELECT version FROM schema_version", answer, sizeof answer, err);
    *number = strtoll(answer, NULL, 10);
    return enter_pipeline(s, rc, err);
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
        drain(s, &ignored); /* what was sent is heard out */
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
    if (s->address == NULL || connect(s, err) != 0) {
        if (s->address == NULL)
            err_set(err, NO_MEMORY);
        close_store(&s->store);
        return NULL;
    }
    return &s->store;
}
