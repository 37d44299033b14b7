/* routes.c: see routes.h. */
#include "web/routes.h"

#include <unistd.h>

#include "base/json.h"
#include "web/app.h"
#include "web/pages/pages.h"
#include "web/session.h"
#include "web/web.sql.h"

const struct route routes[] = {
#define ROUTE(method, path, handler, who, token, summary) \
    {METHOD_##method, path, handler, who, token, summary},
#include "web/routes.def"
#undef ROUTE
};
const int route_count = sizeof routes / sizeof routes[0];

#define ROUTE(method, path, handler, who, token, summary) \
    _Static_assert((who) != 0, "a route says who may ask");
#include "web/routes.def"
#undef ROUTE

/* "/items/{code}" against "/items/AB-1"; what stands for braces goes to args. */
static bool fits(const char *pattern, struct text path, struct text args[static 2])
{
    struct text left = text_of(pattern), right = path, want, got;
    int count = 0;

    for (;;) {
        bool more = text_cut(&left, '/', &want), also = text_cut(&right, '/', &got);
        if (more != also)
            return false;
        if (!more)
            return true;
        if (want.n && want.p[0] == '{') {
            if (got.n == 0 || count == 2)
                return false;
            args[count++] = got;
        } else if (!text_eq(want, got)) {
            return false;
        }
    }
}

const struct route *route_find(enum method method, struct text path, struct text args[static 2],
                               bool *other)
{
    *other = false;
    for (int i = 0; i < route_count; i++) {
        /* A route that fits half-way must leave nothing behind for the one that fits. */
        args[0] = args[1] = T("");
        if (!fits(routes[i].path, path, args))
            continue;
        if (routes[i].method == method)
            return &routes[i];
        *other = true;
    }
    return NULL;
}

/* --- what is answered instead of a page ---------------------------------------------------------
 */

static const char *error_key(const struct err *err)
{
    static const char *const names[] = {
        "NONE",
#define E(code, exit, http, sentence) #code,
#include "base/errors.def"
#undef E
    };
    return names[err->code];
}

static void answer_error(struct request *q, struct response *r, int status, const char *key,
                         struct text sentence)
{
    buf_clear(&r->body);
    buf_clear(&r->location);
    buf_clear(&r->disposition);
    if (q->json) {
        bool first = true;
        respond_type(r, status, "application/json");
        buf_char(&r->body, '{');
        json_put_key(&r->body, "error", &first);
        json_put_text(&r->body, text_of(key));
        json_put_key(&r->body, "message", &first);
        json_put_text(&r->body, sentence);
        buf_str(&r->body, "}\n");
        return;
    }
    respond_type(r, status, "text/html; charset=utf-8");
    page_error(q, r, status, sentence);
}

static void answer_failure(struct request *q, struct response *r, const struct err *err)
{
    buf_auto struct buf sentence = BUF(BUF_ANY);

    err_say(&sentence, q->lang, err);
    answer_error(q, r, err_http(err), error_key(err), buf_view(&sentence));
}

static void answer_plain(struct request *q, struct response *r, int status, const char *key,
                         const char *sentence)
{
    answer_error(q, r, status, key, text_of(tr(q->lang, sentence)));
}

/* --- where it reads -----------------------------------------------------------------------------
 */

/* How much older than the primary what a page shows may be while the primary answers; how often a
 * standby that is not yet far enough is asked again, and after how long. */
enum { LAG_MOST_MS = 10 * 1000, LOOKS = 6, LOOK_US = 20 * 1000 };

/* A reading connection for the request; what is asked on it is counted when it goes back. */
static int borrow(struct request *q, enum side side, struct err *err)
{
    q->side = side;
    q->ledger = app_borrow(q->app, side, err);
    if (q->ledger == NULL)
        return -1;
    q->asked = q->ledger->store->asked;
    q->trips = q->ledger->store->trips;
    return 0;
}

static void give_back(struct request *q)
{
    if (q->ledger == NULL)
        return;
    store_rollback(q->ledger->store);
    __atomic_add_fetch(&q->app->statements, (int64_t)(q->ledger->store->asked - q->asked),
                       __ATOMIC_RELAXED);
    __atomic_add_fetch(&q->app->trips, (int64_t)(q->ledger->store->trips - q->trips),
                       __ATOMIC_RELAXED);
    app_return(q->app, q->ledger);
    q->ledger = NULL;
}

/* The primary; a standby where that one does not answer. */
static int borrow_either(struct request *q, struct err *err)
{
    struct watch *w = q->app->watch;

    q->cut = !watch_answers(w, PRIMARY);
    if (!q->cut)
        return borrow(q, PRIMARY, err);
    return watch_answers(w, STANDBY) ? borrow(q, STANDBY, err) : err_set(err, SERVER_LOST);
}

/* Begins to read. On a standby: 0 also when what the sender wrote is not there yet, with *behind.
 */
static int begin(struct request *q, bool *behind, struct err *err)
{
    struct web_head_out head;
    int64_t written = 0;
    int rc;

    *behind = false;
    if (store_begin(q->ledger->store, STORE_READ, err) != 0)
        return -1;
    if (q->side == PRIMARY)
        return 0;
    rc = web_head_one(q->ledger->store, NULL, &head, q->arena, err);
    if (rc < 0)
        return -1;
    q->as_of = watch_as_of(q->app->watch, head.size, head.at);
    if (!text_int(q->size_sent, &written) || written < q->size)
        written = q->size;
    *behind = rc == 0 || head.size < written;
    return 0;
}

static bool lost(const struct err *err)
{
    return err->code == ERR_SERVER_LOST || err->code == ERR_NO_SERVER || err->code == ERR_CONFLICT;
}

/* Reads again after a connection was lost: on the primary, where that one still answers (somebody
 * ended the connection alone), else on the other side. */
static int change_sides(struct request *q, struct err *err)
{
    bool behind, again = q->side == PRIMARY && err->code != ERR_NO_SERVER &&
                         watch_answers(q->app->watch, PRIMARY);

    watch_look(q->app->watch);
    give_back(q);
    if (again) {
        err->code = ERR_NONE;
        if (borrow(q, PRIMARY, err) == 0 && begin(q, &behind, err) == 0)
            return 0;
        give_back(q);
        if (!lost(err))
            return -1;
    }
    if (q->cut || (q->side == PRIMARY && !watch_answers(q->app->watch, STANDBY)))
        return -1;
    q->cut = q->side == PRIMARY;
    q->as_of = 0;
    err->code = ERR_NONE;
    return borrow(q, q->cut ? STANDBY : PRIMARY, err) != 0 ? -1 : begin(q, &behind, err);
}

/* Begins to read on the side where the request was admitted. */
static int begin_here(struct request *q, struct err *err)
{
    bool behind;

    if (begin(q, &behind, err) == 0)
        return 0;
    return lost(err) ? change_sides(q, err) : -1;
}

/* Goes over to a standby that has what the sender wrote; stays where it is without one. */
static int begin_aside(struct request *q, struct err *err)
{
    bool behind = true;
    int rc;

    give_back(q);
    rc = borrow(q, STANDBY, err);
    for (int i = 0; i < LOOKS && rc == 0 && behind; i++) {
        if (i > 0) {
            store_rollback(q->ledger->store);
            usleep(LOOK_US);
        }
        rc = begin(q, &behind, err);
    }
    if (rc == 0 && !behind)
        return 0;
    give_back(q);
    q->as_of = 0;
    err->code = ERR_NONE;
    return borrow(q, PRIMARY, err) != 0 ? -1 : begin_here(q, err);
}

static bool may_stand_aside(const struct request *q, const struct route *route)
{
    return q->method == METHOD_GET && !q->cut && !(route->who & (ANYBODY | PRIMARY_ONLY)) &&
           watch_answers(q->app->watch, STANDBY) && watch_lag(q->app->watch) <= LAG_MOST_MS;
}

void request_lend(struct request *q)
{
    give_back(q);
}

int request_take_back(struct request *q, struct err *err)
{
    bool aside = q->side == STANDBY && !q->cut;

    if ((aside ? borrow(q, STANDBY, err) : borrow_either(q, err)) == 0 && begin_here(q, err) == 0)
        return 0;
    give_back(q);
    return -1;
}

/* --- dispatch ----------------------------------------------------------------------------------
 */

static bool may(const struct request *q, const struct route *route)
{
    return (route->who & (ANYBODY | SIGNED_IN)) || (q->viewer.roles & route->who);
}

/* A form from somebody's page whose session may have ended since: programs and mere fragments have
 * nothing typed to lose. */
static bool lapsed_browser(const struct request *q)
{
    return q->method == METHOD_POST && !q->json && !q->fragment &&
           q->session_cookie.n == SESSION_TOKEN - 1;
}

/* A command, which may be sent again, and without a password: that is typed anew. So may the choice
 * of many items that comes before a command about them. */
static bool may_be_kept(const struct request *q)
{
    return (form_text(q, "id").n > 0 || text_eq(q->path, T("/items/bulk"))) &&
           form_text(q, "again").n == 0;
}

/* Somebody who has to sign in first: the browser is sent there and back, a program is told. A form
 * that was made for a session which has ended since is kept on the page that asks to sign in. */
static void answer_unknown(struct request *q, struct response *r)
{
    if (lapsed_browser(q) && session_made(q) && may_be_kept(q)) {
        respond_type(r, 401, "text/html; charset=utf-8");
        page_sign_in_again(q, r);
        return;
    }
    if (q->json || q->method != METHOD_GET || q->fragment) {
        answer_plain(q, r, 401, "SIGN_IN",
                     N_("You are not signed in, or your session has ended. Sign in and try "
                        "again."));
        return;
    }
    respond_see(r, T("/sign-in?next="));
    html_url(&r->location, q->target);
}

/* Whoever has a password that somebody else knows goes nowhere before they have one of their own.
 */
static bool open_before_change(const struct route *route)
{
    return (route->who & ANYBODY) || strcmp(route->path, "/account/password") == 0 ||
           strcmp(route->path, "/sign-out") == 0;
}

/* Who asks: as the primary knows, so that what was ended or revoked is so at once; where that one
 * does not answer, nothing can be ended either, and a standby says who it is. */
static int find_session(struct request *q, unsigned scopes, struct err *err)
{
    int rc = borrow_either(q, err);

    if (rc == 0)
        rc = session_find(q, scopes, err);
    if (rc == 0 || q->side == STANDBY || !lost(err))
        return rc;
    if (change_sides(q, err) != 0)
        return -1;
    store_rollback(q->ledger->store);
    return session_find(q, scopes, err);
}

/* Finds the route and who asks. False: r holds the answer already. */
static bool admit(struct request *q, struct response *r, const struct route **found,
                  struct err *err)
{
    bool other;
    const struct route *route = route_find(q->method, q->path, q->args, &other);

    *found = route;
    if (route == NULL) {
        answer_plain(q, r, other ? 405 : 404, other ? "METHOD" : "NO_PAGE",
                     other ? N_("This address cannot be used that way.")
                           : N_("There is no such page, or you may not see it."));
        return false;
    }
    if (route->who & NO_LEDGER)
        return true;
    if (find_session(q, route->token, err) != 0) {
        answer_failure(q, r, err);
        return false;
    }
    if (!q->signed_in && !(route->who & ANYBODY)) {
        answer_unknown(q, r);
        return false;
    }
    if (!may(q, route)) {
        answer_plain(q, r, 403, "ROLE", N_("This page is for other roles than yours."));
        return false;
    }
    if (q->must_change && !open_before_change(route)) {
        if (q->json || q->fragment || q->method != METHOD_GET)
            answer_plain(q, r, 403, "PASSWORD",
                         N_("Your password was given to you by somebody else. Choose your own "
                            "first."));
        else
            respond_see(r, T("/account/password"));
        return false;
    }
    return true;
}

enum admission route_admits(struct request *q, struct response *r)
{
    const struct route *route;
    struct err err = {0};
    enum admission admission = ADMITTED;

    if (!admit(q, r, &route, &err))
        admission = r->status == 401 && lapsed_browser(q) ? FIELDS_ONLY : NOT_ADMITTED;
    give_back(q);
    return admission;
}

static int answer_once(struct request *q, struct response *r, const struct route *route,
                       struct err *err)
{
    int rc;

    r->type = "text/html; charset=utf-8";
    rc = route->answer(q, r, err);
    if (rc == 0 && (r->body.failed || q->arena->failed))
        rc = err_set(err, NO_MEMORY);
    return rc;
}

/* What only reads is read again elsewhere when a server was lost in the middle of it. */
static int answer(struct request *q, struct response *r, const struct route *route, struct err *err)
{
    int rc = may_stand_aside(q, route) ? begin_aside(q, err) : begin_here(q, err);

    if (rc == 0)
        rc = answer_once(q, r, route, err);
    if (rc == 0 || q->method != METHOD_GET || !lost(err) || change_sides(q, err) != 0)
        return rc;
    buf_clear(&r->body);
    buf_clear(&r->location);
    buf_clear(&r->disposition);
    buf_clear(&r->cookie);
    r->status = 0;
    return answer_once(q, r, route, err);
}

void route_answer(struct request *q, struct response *r)
{
    const struct route *route;
    struct err err = {0};

    if (admit(q, r, &route, &err)) {
        if (q->method == METHOD_POST && !session_meant(q, route->who & ANYBODY))
            answer_plain(q, r, 403, "FORGED",
                         N_("This form was not made for your session. Open the page again and "
                            "send it once more."));
        else if ((route->who & NO_LEDGER ? answer_once(q, r, route, &err)
                                         : answer(q, r, route, &err)) != 0)
            answer_failure(q, r, &err);
    }
    give_back(q);
}
