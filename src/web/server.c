/*
 * server.c: see server.h.
 *
 * A visit is one request on its way: begun with the raw target, then the headers, then the body in
 * pieces, then the answer. The library is told to be strict; what it lets pass all the same (two
 * lengths, a length beside chunks, lines that end otherwise than with CR LF, a NUL) is refused
 * here.
 */
#include "web/server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "web/deadline.h"
#include "web/intake.h"
#include "web/listen.h"
#include "web/routes.h"

enum {
    CONNECTIONS = 1000,
    CONNECTIONS_KEPT = 900, /* above that, those that ask nothing make room */
    CONNECTIONS_EACH = 200, /* from one address; a proxy's are all from one */
    HEADERS_BYTES = 32 * 1024,
    IDLE_SECONDS = 30,
    HEAD_MS = 30 * 1000, /* for a request line, and again for the headers behind it */
    BODY_MS = 60 * 1000, /* for a body or an answer, and more for a long one: */
    BYTES_A_MS = 16,     /* as slow as that (16 KB/s) it may go */
    ANSWER_WAIT_S = 20,  /* for what is being answered when the server ends */
    VISIT_BYTES = 64 << 20,
    PIECE = 64 * 1024
};

#define RETRY_SECONDS "5" /* a standby becomes the primary within some of them */

struct server {
    struct app *app;
    struct MHD_Daemon *daemon;
    struct deadlines *deadlines;
    struct server_options options;
    char *certificate, *key;
    struct arena arena;
    int64_t visits; /* being answered now */
};

struct visit;
struct connection {
    struct deadline *deadline;
    struct visit *visit; /* NULL between two */
};

struct visit {
    struct server *server;
    struct arena arena;
    struct request q;
    struct text raw;
    const char *behind; /* the target, where it stands in the request: the version must follow */
    struct deadline *deadline;
    struct buf body;                     /* of a plain form */
    struct MHD_PostProcessor *form;      /* of one with files, */
    struct intake intake;                /* and what it brought */
    int64_t received, began, body_began; /* bytes; ms */
    int refusal;                         /* a status; what is left of the body is thrown away */
    bool begun, failed;
};

/* --- a visit's life ----------------------------------------------------------------------------
 */

/* Of the connection; NULL where there was no memory for one, and it is closed soon. */
static struct connection *connection_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void *visit_begin(void *server, const char *uri, struct MHD_Connection *connection)
{
    struct server *s = server;
    struct connection *c = connection_of(connection);
    struct visit *v = c ? mem_alloc(sizeof *v) : NULL;

    if (v == NULL)
        return NULL;
    deadline_set(c->deadline, s->options.head_ms, false);
    c->visit = v;
    v->server = s;
    v->deadline = c->deadline;
    v->arena = ARENA(VISIT_BYTES);
    v->body = BUF(INTAKE_FORM_BYTES);
    v->intake = intake_open(s->app->writer.dir, &v->arena);
    v->raw = arena_text(&v->arena, text_of(uri));
    v->behind = uri + v->raw.n + 1;
    v->began = s->app->env->now(s->app->env);
    __atomic_add_fetch(&s->visits, 1, __ATOMIC_RELAXED);
    return v;
}

static void visit_release(struct visit *v)
{
    if (v->form)
        MHD_destroy_post_processor(v->form);
    intake_close(&v->intake);
    buf_release(&v->body);
    arena_release(&v->arena);
    __atomic_sub_fetch(&v->server->visits, 1, __ATOMIC_RELAXED);
    mem_free(v);
}

static void visit_end(void *server, struct MHD_Connection *connection, void **state,
                      enum MHD_RequestTerminationCode code)
{
    struct server *s = server;
    struct visit *v = *state;

    (void)code;
    if (v == NULL)
        return;
    *state = NULL;
    connection_of(connection)->visit = NULL;
    deadline_set(v->deadline, s->options.head_ms, true);
    visit_release(v);
}

/* The library forgets to end some visits whose head it refuses itself: they end here. */
static void connection_end(struct connection *c)
{
    if (c == NULL)
        return;
    if (c->visit)
        visit_release(c->visit);
    deadline_forget(c->deadline);
    mem_free(c);
}

static void connection_change(void *server, struct MHD_Connection *connection, void **state,
                              enum MHD_ConnectionNotificationCode what)
{
    struct server *s = server;
    struct connection *c;

    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        connection_end(*state);
        *state = NULL;
        return;
    }
    c = mem_alloc(sizeof *c);
    if (c)
        c->deadline = deadline_watch(
            s->deadlines,
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd);
    if (c == NULL || c->deadline == NULL) {
        connection_end(c);
        return;
    }
    deadline_set(c->deadline, s->options.head_ms, true);
    *state = c;
}

/* --- the headers -------------------------------------------------------------------------------
 */

struct headers {
    struct visit *v;
    const char *line; /* where the next one must begin */
    bool some;
    int lengths, hosts, encodings;
    int64_t length;
    struct text type, language, cookie, forwarded_for, forwarded_proto;
    bool wrong;
};

/* A name of a header (RFC 9110, section 5.6.2). */
static bool is_token(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] <= ' ' || p[i] == 0x7f || strchr("\"(),/:;<=>?@[\\]{}", p[i]))
            return false;
    return n > 0;
}

static bool reads_in_place(void)
{
    return strncmp(MHD_get_version(), "0.", 2) == 0;
}

/* Before its version 1.0 the library takes a lone LF for the end of a line, a line that begins with
 * a colon for the end of the headers, and cuts values at a NUL. It reads in place and leaves a NUL
 * for each CR and LF, so one sees it: a line begins two bytes behind the end of the one before, and
 * nowhere else. (A folded value it puts elsewhere.) */
static bool line_follows(struct headers *h, const char *key, const char *value, size_t value_size)
{
    bool follows = !reads_in_place() || (key == h->line && value[value_size + 1] == '\0');

    h->some = true;
    for (size_t i = 0; i < value_size; i++)
        if (((unsigned char)value[i] < ' ' && value[i] != '\t') || value[i] == 0x7f)
            return false;
    h->line = value + value_size + 2;
    return follows;
}

/* Behind the last one stands an empty line. (There is something to look at: what the library knows
 * of the headers lies farther behind in the same block of memory.) */
static bool lines_end(const struct headers *h)
{
    return !h->some || !reads_in_place() || (h->line[0] == '\0' && h->line[1] == '\0');
}

static enum MHD_Result take_header(void *state, enum MHD_ValueKind kind, const char *key,
                                   size_t key_size, const char *value, size_t value_size)
{
    struct headers *h = state;
    struct request *q = &h->v->q;
    struct text given = arena_text(&h->v->arena, (struct text){value, value_size});
    const struct {
        const char *name;
        struct text *place;
    } places[] = {{"accept", &q->accept},
                  {"accept-language", &h->language},
                  {"authorization", &q->authorization},
                  {"content-type", &h->type},
                  {"cookie", &h->cookie},
                  {"host", &q->host},
                  {"if-none-match", &q->etag},
                  {"origin", &q->origin},
                  {"user-agent", &q->agent},
                  {"x-forwarded-for", &h->forwarded_for},
                  {"x-forwarded-proto", &h->forwarded_proto},
                  {"xiaohao-size", &q->size_sent}};

    (void)kind;
    if (value == NULL || !is_token(key, key_size) || !line_follows(h, key, value, value_size)) {
        h->wrong = true;
        return MHD_NO;
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (strcasecmp(key, places[i].name) == 0)
            *places[i].place = given;
    if (strcasecmp(key, "hx-request") == 0)
        q->fragment = true;
    if (strcasecmp(key, "host") == 0)
        h->hosts++;
    if (strcasecmp(key, "transfer-encoding") == 0) {
        h->encodings++;
        if (strcasecmp(value, "chunked") != 0)
            h->wrong = true;
    }
    if (strcasecmp(key, "content-length") == 0) {
        h->lengths++;
        if (value_size > 18 || !text_int(given, &h->length) || given.p[0] < '0' || given.p[0] > '9')
            h->wrong = true;
    }
    return MHD_YES;
}

static struct text peer(struct visit *v, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char out[INET6_ADDRSTRLEN] = "";

    if (info && info->client_addr->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr,
                  out, sizeof out);
    else if (info && info->client_addr->sa_family == AF_INET6)
        inet_ntop(AF_INET6,
                  &((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr, out,
                  sizeof out);
    return arena_text(&v->arena, text_of(out));
}

static enum MHD_Result take_piece(void *state, enum MHD_ValueKind kind, const char *key,
                                  const char *name, const char *type, const char *encoding,
                                  const char *data, uint64_t at, size_t size);

static int64_t body_most(const struct visit *v)
{
    return v->form ? INTAKE_FILE_BYTES : INTAKE_FORM_BYTES;
}

/* Reads the headers. 0, or the status with which the request is refused. */
static int headers_take(struct visit *v, struct MHD_Connection *connection, const char *method,
                        const char *version)
{
    struct headers h = {.v = v, .line = version + strlen(version) + 2};
    struct request *q = &v->q;
    const union MHD_ConnectionInfo *tls =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_PROTOCOL);

    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, take_header, &h);
    q->app = v->server->app;
    q->arena = &v->arena;
    q->lang = language_of(cookie_of(h.cookie, T("lang")), h.language);
    q->session_cookie = cookie_of(h.cookie, T("session"));
    q->service_cookie = cookie_of(h.cookie, T("service"));
    if (q->size_sent.n == 0)
        q->size_sent = cookie_of(h.cookie, T(SIZE_COOKIE));
    q->columns_cookie = cookie_of(h.cookie, T("columns"));
    q->json = text_has(q->accept, T("application/json")) || q->authorization.n;
    q->address = peer(v, connection);
    q->secure = tls && v->server->options.certificate;
    if (v->server->options.proxied) {
        /* The proxy appends the address that it saw. */
        struct text rest = h.forwarded_for, piece;
        while (text_cut(&rest, ',', &piece))
            if (text_trim(piece).n)
                q->address = text_trim(piece);
        q->secure = text_eq(h.forwarded_proto, T("https"));
    }
    if (h.wrong || !lines_end(&h) || version != v->behind || h.lengths > 1 || h.hosts > 1 ||
        h.encodings > 1 || (h.lengths && h.encodings))
        return 400;
    if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
        return 505;
    if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
        q->method = METHOD_GET;
    else if (strcmp(method, "POST") == 0)
        q->method = METHOD_POST;
    else
        return 405;
    if (!target_parse(q, v->raw))
        return 400;
    if (q->method == METHOD_GET && (h.lengths || h.encodings))
        return 400;
    if (q->method == METHOD_POST && text_starts(h.type, T("multipart/form-data"))) {
        v->form = MHD_create_post_processor(connection, PIECE, take_piece, &v->intake);
        if (v->form == NULL)
            return 400;
    } else if (q->method == METHOD_POST && h.type.n &&
               !text_starts(h.type, T("application/x-www-form-urlencoded"))) {
        return 415;
    }
    if (h.length > body_most(v))
        return 413;
    return v->arena.failed ? 503 : 0;
}

/* --- the body ----------------------------------------------------------------------------------
 */

static enum MHD_Result take_piece(void *state, enum MHD_ValueKind kind, const char *key,
                                  const char *name, const char *type, const char *encoding,
                                  const char *data, uint64_t at, size_t size)
{
    (void)kind;
    (void)type;
    (void)encoding;
    intake_piece(state, key ? key : "", name, at, data, size);
    return MHD_YES;
}

static void body_take(struct visit *v, const char *data, size_t size)
{
    if (v->refusal)
        return; /* and the deadline stays where it was */
    v->received += (int64_t)size;
    deadline_set(v->deadline,
                 v->body_began + v->server->options.body_ms + v->received / BYTES_A_MS -
                     v->server->app->env->now(v->server->app->env),
                 false);
    if (v->received > body_most(v))
        v->refusal = 413;
    else if (v->form == NULL)
        buf_bytes(&v->body, data, size);
    else if (MHD_post_process(v->form, data, size) != MHD_YES)
        v->refusal = 400;
    else
        v->refusal = v->intake.refusal;
}

static void body_done(struct visit *v)
{
    struct request *q = &v->q;

    if (v->form) {
        if (MHD_destroy_post_processor(v->form) != MHD_YES && !v->refusal)
            v->refusal = 400;
        v->form = NULL;
        intake_done(&v->intake);
        if (!v->refusal)
            v->refusal = v->intake.refusal;
        q->form = v->intake.fields;
        q->form_count = v->intake.field_count;
        q->uploads = v->intake.uploads;
        q->upload_count = v->intake.upload_count;
        q->files_lost = v->intake.files_lost;
    } else if (!v->refusal && (v->body.failed || !fields_parse(&v->arena, buf_view(&v->body),
                                                               &q->form, &q->form_count))) {
        v->refusal = 400;
    }
}

/* --- the answer --------------------------------------------------------------------------------
 */

/* What every answer carries. Pages load nothing from elsewhere, run no script but their own, and
 * stand in nobody's frame. */
static const char *const always[][2] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
     "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
     "frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(self), geolocation=(), microphone=()"},
};

struct streaming {
    struct stream stream;
    struct MHD_Connection *connection;
    struct env *env;
    /* The visitor's time to take it, at most `patience` ms: what was left of it at `since`, from
     * when on it runs. What they take adds to it, so that nobody holds it by taking a little. */
    struct deadline *deadline;
    int64_t patience, left, since;
    struct buf piece;
    size_t at;
    bool over;
};

static ssize_t stream_read(void *state, uint64_t at, char *out, size_t room)
{
    struct streaming *s = state;
    size_t n;

    (void)at;
    s->left -= s->env->now(s->env) - s->since;
    if (s->left < 0)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    while (s->at == s->piece.n) {
        int rc;
        if (s->over)
            return MHD_CONTENT_READER_END_OF_STREAM;
        buf_clear(&s->piece);
        s->at = 0;
        /* Only a visitor may be idle too long; what is being made takes its time. */
        MHD_set_connection_option(s->connection, MHD_CONNECTION_OPTION_TIMEOUT, 0u);
        deadline_none(s->deadline);
        rc = s->stream.next(s->stream.state, &s->piece);
        MHD_set_connection_option(s->connection, MHD_CONNECTION_OPTION_TIMEOUT,
                                  (unsigned)IDLE_SECONDS);
        if (rc < 0 || s->piece.failed)
            return MHD_CONTENT_READER_END_WITH_ERROR;
        s->over = rc == 0;
    }
    n = s->piece.n - s->at < room ? s->piece.n - s->at : room;
    s->left += (int64_t)n / BYTES_A_MS;
    if (s->left > s->patience)
        s->left = s->patience;
    s->since = s->env->now(s->env);
    deadline_set(s->deadline, s->left, false);
    memcpy(out, s->piece.p + s->at, n);
    s->at += n;
    return (ssize_t)n;
}

static void stream_end(void *state)
{
    struct streaming *s = state;

    s->stream.close(s->stream.state);
    buf_release(&s->piece);
    mem_free(s);
}

static struct MHD_Response *body_of(const struct visit *v, struct response *r,
                                    struct MHD_Connection *connection)
{
    if (r->stream.next) {
        struct streaming *s = mem_alloc(sizeof *s);
        if (s == NULL) {
            r->stream.close(r->stream.state);
            return NULL;
        }
        *s = (struct streaming){.stream = r->stream,
                                .connection = connection,
                                .env = v->server->app->env,
                                .deadline = v->deadline,
                                .patience = v->server->options.body_ms,
                                .left = v->server->options.body_ms,
                                .since = v->server->app->env->now(v->server->app->env),
                                .piece = BUF(BUF_ANY)};
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE, stream_read, s,
                                                 stream_end);
    }
    if (r->fd >= 0)
        return MHD_create_response_from_fd64((uint64_t)r->fd_size, r->fd);
    return MHD_create_response_from_buffer(r->body.n, r->body.p, MHD_RESPMEM_MUST_COPY);
}

static void header(struct MHD_Response *m, const char *name, const char *value)
{
    /* A value with a line break would be refused by the library; it is then left out. */
    MHD_add_response_header(m, name, value);
}

/* Whoever wrote reads it, wherever they are sent next. */
static void say_size(struct MHD_Response *m, const struct request *q)
{
    char line[80];

    if (q->size == 0)
        return;
    snprintf(line, sizeof line, "%lld", (long long)q->size);
    header(m, SIZE_HEADER, line);
    if (q->authorization.n)
        return;
    snprintf(line, sizeof line, "%s=%lld; Path=/; HttpOnly; SameSite=Lax%s", SIZE_COOKIE,
             (long long)q->size, q->secure ? "; Secure" : "");
    header(m, "Set-Cookie", line);
}

static void access_line(const struct visit *v, const struct response *r)
{
    const struct app *app = v->server->app;
    buf_auto struct buf line = BUF(16384);
    struct text path = text_clip(v->q.path, 512);
    int64_t now = app->env->now(app->env);

    if (!v->server->options.log)
        return;
    /* The query is left out: it may hold what somebody searched for. */
    buf_printf(&line, "%lld.%03lld ", (long long)(now / 1000), (long long)(now % 1000));
    buf_text(&line, v->q.address);
    buf_str(&line, v->q.method == METHOD_POST ? " POST " : " GET ");
    while (path.n) {
        uint32_t cp = text_next(&path);
        bool odd = cp <= 0x20 || (cp >= 0x7f && cp <= 0xa0) || cp == 0x2028 || cp == 0x2029;
        buf_cp(&line, odd ? '?' : cp);
    }
    buf_printf(&line, " %d %zu %lld ms ", r->status, r->body.n, (long long)(now - v->began));
    buf_text(&line, v->q.signed_in ? v->q.viewer.person : T("-"));
    buf_char(&line, '\n');
    if (!line.failed)
        fwrite(line.p, 1, line.n, stderr);
}

static void response_end(struct response *r)
{
    buf_release(&r->body);
    buf_release(&r->location);
    buf_release(&r->disposition);
    buf_release(&r->cookie);
}

static enum MHD_Result reply(struct visit *v, struct MHD_Connection *connection, struct response *r)
{
    struct MHD_Response *m = body_of(v, r, connection);
    enum MHD_Result rc = MHD_NO;

    if (r->status == 0)
        r->status = 200;
    deadline_set(v->deadline,
                 v->server->options.body_ms +
                     (r->fd >= 0 ? r->fd_size : (int64_t)r->body.n) / BYTES_A_MS,
                 false);
    __atomic_add_fetch(&v->server->app->requests, 1, __ATOMIC_RELAXED);
    if (r->status >= 500)
        __atomic_add_fetch(&v->server->app->failures, 1, __ATOMIC_RELAXED);
    if (m) {
        for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
            header(m, always[i][0], always[i][1]);
        header(m, "Content-Type", r->type ? r->type : "text/html; charset=utf-8");
        header(m, "Cache-Control",
               r->keep     ? "public, max-age=31536000, immutable"
               : r->etag.n ? "private, no-cache"
                           : "no-store");
        if (r->etag.n) {
            buf_auto struct buf quoted = BUF(256);
            buf_char(&quoted, '"');
            buf_text(&quoted, r->etag);
            buf_char(&quoted, '"');
            header(m, "ETag", buf_cstr(&quoted));
        }
        header(m, "Vary", "Cookie, Accept, Accept-Language, HX-Request");
        if (r->location.n)
            header(m, "Location", buf_cstr(&r->location));
        if (r->disposition.n)
            header(m, "Content-Disposition", buf_cstr(&r->disposition));
        for (struct text rest = buf_view(&r->cookie), line; text_cut(&rest, '\n', &line);)
            if (line.n)
                header(m, "Set-Cookie", arena_cstr(&v->arena, line));
        say_size(m, &v->q);
        if (r->status == 503)
            header(m, "Retry-After", RETRY_SECONDS);
        if (v->q.secure)
            header(m, "Strict-Transport-Security", "max-age=31536000");
        if (v->refusal || r->status == 400)
            header(m, "Connection", "close");
        rc = MHD_queue_response(connection, (unsigned)r->status, m);
        MHD_destroy_response(m);
    }
    access_line(v, r);
    response_end(r);
    return rc;
}

static struct response response_new(void)
{
    return (struct response){.body = BUF(BUF_ANY),
                             .location = BUF(8192),
                             .disposition = BUF(4096),
                             .cookie = BUF(4096),
                             .fd = -1};
}

static enum MHD_Result refuse(struct visit *v, struct MHD_Connection *connection, int status)
{
    struct response r = response_new();

    v->refusal = status;
    respond_type(&r, status, "text/plain; charset=utf-8");
    say(&r.body, v->q.lang,
        status == 413   ? N_("That is more than can be taken at once.")
        : status == 405 ? N_("This address cannot be used that way.")
        : status == 415 ? N_("A form was expected.")
        : status == 505 ? N_("The server speaks HTTP/1.1.")
        : status == 400 ? N_("The request is malformed.")
                        : N_("The server cannot take this now. Try again."));
    buf_char(&r.body, '\n');
    return reply(v, connection, &r);
}

static enum MHD_Result handle(void *server, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **state)
{
    struct visit *v = *state;
    struct response r = response_new();

    (void)server;
    (void)url;
    if (v == NULL)
        return MHD_NO;
    if (!v->begun) {
        int status = headers_take(v, connection, method, version);
        v->begun = true;
        if (status)
            return refuse(v, connection, status);
        deadline_none(v->deadline);
        if (v->q.method == METHOD_POST) {
            enum admission admission = route_admits(&v->q, &r);
            if (admission == NOT_ADMITTED) {
                v->refusal = r.status;
                return reply(v, connection, &r);
            }
            v->intake.fields_only = admission == FIELDS_ONLY;
            response_end(&r);
        }
        /* Nobody leaves files here without having signed in. */
        if (v->form && !v->q.signed_in && !v->intake.fields_only)
            return refuse(v, connection, 415);
        v->body_began = v->server->app->env->now(v->server->app->env);
        deadline_set(v->deadline, v->server->options.body_ms, false);
        return MHD_YES;
    }
    if (*size) {
        body_take(v, data, *size);
        *size = 0;
        return MHD_YES;
    }
    deadline_none(v->deadline);
    if (v->q.method == METHOD_POST)
        body_done(v);
    if (v->refusal)
        return refuse(v, connection, v->refusal);
    route_answer(&v->q, &r);
    return reply(v, connection, &r);
}

/* --- beginning and ending ----------------------------------------------------------------------
 */

static char *whole_file(struct server *s, const char *path, struct err *err)
{
    struct text bytes;

    if (file_read(path, 1 << 20, &s->arena, &bytes, err) != 0)
        return NULL;
    return (char *)(uintptr_t)arena_cstr(&s->arena, bytes);
}

/* A connection is a descriptor, and some more are open beside them; the usual 1,024 are too few. */
static void allow_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= 4 * CONNECTIONS)
        return;
    limit.rlim_cur = limit.rlim_max < 4 * CONNECTIONS ? limit.rlim_max : 4 * CONNECTIONS;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void silent(void *state, const char *format, va_list values)
{
    (void)state;
    (void)format;
    (void)values;
}

struct server *server_open(struct app *app, const struct server_options *options, struct err *err)
{
    struct server *s = mem_alloc(sizeof *s);
    struct sockaddr_storage address;
    socklen_t size;
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION |
                     MHD_USE_POLL | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem more[4] = {{0}};
    int count = 0;

    if (s == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    s->app = app;
    s->options = *options;
    if (s->options.head_ms == 0)
        s->options.head_ms = HEAD_MS;
    if (s->options.body_ms == 0)
        s->options.body_ms = BODY_MS;
    s->arena = ARENA(4 << 20);
    if (!listen_address(options->address, &address, &size)) {
        err_set(err, BAD_VALUE, T("--listen ADDR:PORT"));
        server_close(s);
        return NULL;
    }
    if (options->certificate) {
        s->certificate = whole_file(s, options->certificate, err);
        s->key = s->certificate
                     ? whole_file(s, options->key ? options->key : options->certificate, err)
                     : NULL;
        if (s->key == NULL) {
            server_close(s);
            return NULL;
        }
        flags |= MHD_USE_TLS;
        more[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, s->certificate};
        more[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, s->key};
    }
    allow_descriptors();
    s->deadlines = deadlines_open(app->env, CONNECTIONS_KEPT, err);
    if (s->deadlines == NULL) {
        server_close(s);
        return NULL;
    }
    if (address.ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    if (!options->proxied)
        more[count++] =
            (struct MHD_OptionItem){MHD_OPTION_PER_IP_CONNECTION_LIMIT, CONNECTIONS_EACH, NULL};
    more[count] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    s->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, handle, s, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
        MHD_OPTION_EXTERNAL_LOGGER, silent, NULL, MHD_OPTION_URI_LOG_CALLBACK, visit_begin, s,
        MHD_OPTION_NOTIFY_COMPLETED, visit_end, s, MHD_OPTION_NOTIFY_CONNECTION, connection_change,
        s, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADERS_BYTES,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_LISTEN_BACKLOG_SIZE, 512u,
        MHD_OPTION_THREAD_STACK_SIZE, (size_t)(1 << 20), MHD_OPTION_ARRAY, more, MHD_OPTION_END);
    if (s->daemon == NULL) {
        err_errno(err, options->address);
        server_close(s);
        return NULL;
    }
    return s;
}

int server_port(const struct server *s)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);

    return info ? info->port : 0;
}

void server_close(struct server *s)
{
    if (s == NULL)
        return;
    if (s->daemon) {
        MHD_socket listening = MHD_quiesce_daemon(s->daemon);
        for (int i = 0; i < ANSWER_WAIT_S * 20 && __atomic_load_n(&s->visits, __ATOMIC_RELAXED);
             i++)
            usleep(50 * 1000);
        MHD_stop_daemon(s->daemon);
        if (listening != MHD_INVALID_SOCKET)
            close(listening);
    }
    deadlines_close(s->deadlines);
    arena_release(&s->arena);
    mem_free(s);
}
