/* postgres_link.c: see postgres_link.h. */
#include "store/postgres_link.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { SILENCE_MS = 5000 }; /* what postgres_options says when it says 0 */

/* --- failures -------------------------------------------------------------------------------- */

int link_fail(struct err *err, const char *message)
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
    if (state && strcmp(state, "25006") == 0)
        return err_set(err, READ_ONLY);
    return link_fail(err, message ? message : PQresultErrorMessage(r));
}

int link_lost(struct postgres *s, struct err *err)
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

int link_failed(struct postgres *s, const struct err *err)
{
    if (s->state == OPEN && err->code != ERR_NOT_TEXT) /* that was not sent */
        s->state = FAILED;
    return -1;
}

/* --- sending and reading --------------------------------------------------------------------- */

/* Whether the server still takes connections. */
static bool alive(struct postgres *s)
{
    const char *keys[] = {"host", "port", "dbname", "user", "connect_timeout", NULL};
    const char *values[] = {PQhost(s->db), PQport(s->db), PQdb(s->db), PQuser(s->db), "2", NULL};

    return PQpingParams(keys, values, 0) == PQPING_OK;
}

/* Waits until PQgetResult need not. A server that hangs or is cut off closes nothing and says
 * nothing, for ever, and one that is busy says nothing either; so whoever is silent for long is
 * asked on another connection whether they are there. False: the connection is lost. */
static bool hear(struct postgres *s)
{
    int patience = s->options.silence_ms ? s->options.silence_ms : SILENCE_MS;

    for (;;) {
        int unsent = PQflush(s->db);
        struct pollfd p = {.fd = PQsocket(s->db),
                           .events = (short)(unsent == 1 ? POLLIN | POLLOUT : POLLIN)};
        int n;
        if (unsent < 0 || p.fd < 0)
            return false;
        if (!PQisBusy(s->db))
            return true;
        n = poll(&p, 1, patience);
        if ((n == 0 && !alive(s)) || (n < 0 && errno != EINTR) ||
            (n > 0 && PQconsumeInput(s->db) != 1))
            return false;
    }
}

static PGresult *next_result(struct postgres *s)
{
    return hear(s) ? PQgetResult(s->db) : NULL;
}

/* Whether that is the server's last word: an administrator, a timeout or a crash ends the session.
 */
static bool ends(const PGresult *r)
{
    const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);

    return severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
}

/* Reads what the server says to one command. */
static void read_one(struct postgres *s, const struct queued *q)
{
    PGresult *r = next_result(s);
    ExecStatusType status = PQresultStatus(r);

    if (r == NULL || PQstatus(s->db) == CONNECTION_BAD || ends(r) ||
        (q->sync && status != PGRES_PIPELINE_SYNC)) {
        PQclear(r);
        if (s->late.code == ERR_NONE || !s->lost)
            link_lost(s, &s->late);
        return;
    }
    if (q->sync) {
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
    while ((r = next_result(s)) != NULL)
        PQclear(r);
}

/* Waits for everything that was sent. The first failure of it is told. */
int link_drain(struct postgres *s, struct err *err)
{
    if (s->queued_count == 0 && s->late.code == ERR_NONE)
        return 0;
    s->store.trips += s->queued_count > 0;
    if (!s->lost && s->queued_count && !s->queued[s->queued_count - 1].sync) {
        if (PQpipelineSync(s->db) != 1)
            link_lost(s, &s->late);
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
    return link_failed(s, err);
}

/* Makes room for that many commands and a sync behind them. */
int link_room(struct postgres *s, int count, struct err *err)
{
    return s->queued_count + count + 1 < QUEUED ? 0 : link_drain(s, err);
}

void link_sent(struct postgres *s, int ok, struct queued what)
{
    if (ok != 1) {
        if (s->late.code == ERR_NONE) {
            if (PQstatus(s->db) == CONNECTION_BAD)
                link_lost(s, &s->late);
            else
                link_fail(&s->late, PQerrorMessage(s->db));
        }
        return;
    }
    s->queued[s->queued_count++] = what;
}

/* Sends text as it is: BEGIN and the like. There must be room. */
void link_send_text(struct postgres *s, const char *sql, struct queued what)
{
    link_sent(s, PQsendQueryParams(s->db, sql, 0, NULL, NULL, NULL, NULL, 1), what);
}

int link_bind(struct bound *b, const struct statement *st, const struct value *args,
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
int link_send(struct postgres *s, const struct statement *st, const struct value *args,
              struct queued what, struct err *err)
{
    struct bound b;
    char name[24];
    int slot;

    if (st->postgres == NULL)
        return err_set(err, NOT_ON_SERVER);
    if (link_bind(&b, st, args, err) != 0 || link_room(s, 2, err) != 0)
        return -1;
    slot = slot_of(s, st);
    if (slot < 0) {
        link_sent(s,
                  PQsendQueryParams(s->db, st->postgres, st->params, b.types, b.values, b.lengths,
                                    b.formats, 1),
                  what);
        return 0;
    }
    snprintf(name, sizeof name, "s%d", slot);
    if (!s->slots[slot].prepared) {
        s->slots[slot].prepared = true;
        link_sent(s, PQsendPrepare(s->db, name, st->postgres, st->params, b.types),
                  (struct queued){.prepared = &s->slots[slot].prepared});
    }
    link_sent(s, PQsendQueryPrepared(s->db, name, st->params, b.values, b.lengths, b.formats, 1),
              what);
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

/* A commit that was not waited for as it should have been is told by a warning alone. */
static void take_notice(void *arg, const PGresult *r)
{
    struct postgres *s = arg;
    const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);

    s->warned |= severity && strcmp(severity, "WARNING") == 0;
}

/* The last result of text of the simple protocol, outside the pipeline; NULL with SERVER_LOST. */
static PGresult *simple(struct postgres *s, const char *sql, struct err *err)
{
    PGresult *last = NULL, *r;

    if (PQsendQuery(s->db, sql) == 1)
        while ((r = next_result(s)) != NULL) {
            PQclear(last);
            last = r;
        }
    if (last && !ends(last) && PQtransactionStatus(s->db) != PQTRANS_ACTIVE &&
        PQstatus(s->db) != CONNECTION_BAD)
        return last;
    PQclear(last);
    link_lost(s, err);
    return NULL;
}

int link_plain(struct postgres *s, const char *sql, struct err *err)
{
    PGresult *r = simple(s, sql, err);
    ExecStatusType status = PQresultStatus(r);
    int rc = r ? 0 : -1;

    if (r && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        rc = fail_result(r, err);
    PQclear(r);
    return rc;
}

int link_ask(struct postgres *s, const char *sql, char *out, size_t room, struct err *err)
{
    PGresult *r = simple(s, sql, err);
    int rc = r ? 0 : -1;

    if (r && PQresultStatus(r) != PGRES_TUPLES_OK)
        rc = fail_result(r, err);
    else if (r)
        snprintf(out, room, "%s", PQntuples(r) == 1 ? PQgetvalue(r, 0, 0) : "");
    PQclear(r);
    return rc;
}

int link_look(struct postgres *s, struct err *err)
{
    char answer[64];

    if (link_ask(s,
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

    if (link_ask(s, "SELECT current_schema()", name, sizeof name, err) != 0)
        return -1;
    if (name[0])
        return link_look(s, err);
    if (link_ask(s,
                 "SELECT quote_ident(btrim(split_part(current_setting('search_path'), ',', 1),"
                 " ' \"'))",
                 name, sizeof name, err) != 0)
        return -1;
    if (!s->options.create)
        return err_set(err, NO_SCHEMA, text_of(name));
    snprintf(make, sizeof make, "CREATE SCHEMA IF NOT EXISTS %s", name);
    return link_plain(s, make, err);
}

static int set_up(struct postgres *s, struct err *err)
{
    char encoding[64], settings[400];
    const char *read_only = s->options.read_only ? "; SET default_transaction_read_only = on" : "";
    const char *lazy = s->options.lazy ? "; SET synchronous_commit = off" : "";

    PQsetNoticeReceiver(s->db, take_notice, s);
    if (PQsetnonblocking(s->db, 1) != 0)
        return link_fail(err, PQerrorMessage(s->db));
    if (link_ask(s, "SHOW server_encoding", encoding, sizeof encoding, err) != 0)
        return -1;
    if (strcmp(encoding, "UTF8") != 0)
        return err_set(err, NOT_UTF8, text_of(encoding));
    /* Our statements are short: compiling them, or planning them anew for each set of parameters,
     * costs more than it gives. What is not asked for is left out of a general plan as it runs. */
    snprintf(settings, sizeof settings,
             "SET jit = off; SET plan_cache_mode = force_generic_plan; SET client_min_messages = "
             "warning; "
             "SET lock_timeout = %d%s%s",
             s->options.wait_ms, read_only, lazy);
    if (link_plain(s, settings, err) != 0 || find_schema(s, err) != 0)
        return -1;
    return PQenterPipelineMode(s->db) == 1 ? 0 : link_fail(err, PQerrorMessage(s->db));
}

int link_connect(struct postgres *s, struct err *err)
{
    /* What stands before the address may be said otherwise in it. */
    const char *keys[] = {"connect_timeout",  "keepalives_idle",  "keepalives_interval",
                          "keepalives_count", "tcp_user_timeout", "fallback_application_name",
                          "dbname",           "client_encoding",  NULL};
    const char *values[] = {"5", "10", "5", "3", "15000", "xiaohao", s->address, "UTF8", NULL};
    char shown[200];

    PQfinish(s->db);
    s->db = NULL;
    s->queued_count = 0;
    s->late.code = ERR_NONE;
    s->state = IDLE;
    s->fresh = false;
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
int link_ready(struct postgres *s, struct err *err)
{
    if (s->state == IDLE && s->lost)
        return link_connect(s, err);
    if (s->state == FAILED)
        return err_set(err, DATABASE, STORE_DOOMED);
    return s->lost ? link_lost(s, err) : 0;
}
