/* routes.c: see routes.h. */
#include "web/routes.h"

#include "base/json.h"
#include "web/app.h"
#include "web/pages/pages.h"
#include "web/session.h"

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
    if (session_find(q, route->token, err) != 0) {
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

/* A reading connection for the request; what is asked on it is counted when it goes back. */
static void borrow(struct request *q)
{
    q->ledger = app_borrow(q->app);
    q->asked = q->ledger->store->asked;
    q->trips = q->ledger->store->trips;
}

static void give_back(struct request *q)
{
    if (q->ledger == NULL)
        return;
    __atomic_add_fetch(&q->app->statements, (int64_t)(q->ledger->store->asked - q->asked),
                       __ATOMIC_RELAXED);
    __atomic_add_fetch(&q->app->trips, (int64_t)(q->ledger->store->trips - q->trips),
                       __ATOMIC_RELAXED);
    app_return(q->app, q->ledger);
    q->ledger = NULL;
}

void request_lend(struct request *q)
{
    store_rollback(q->ledger->store);
    give_back(q);
}

int request_take_back(struct request *q, struct err *err)
{
    borrow(q);
    return store_begin(q->ledger->store, STORE_READ, err);
}

enum admission route_admits(struct request *q, struct response *r)
{
    const struct route *route;
    struct err err = {0};
    enum admission admission = ADMITTED;

    borrow(q);
    if (!admit(q, r, &route, &err))
        admission = r->status == 401 && lapsed_browser(q) ? FIELDS_ONLY : NOT_ADMITTED;
    give_back(q);
    return admission;
}

void route_answer(struct request *q, struct response *r)
{
    const struct route *route;
    struct err err = {0};

    borrow(q);
    if (admit(q, r, &route, &err)) {
        if (q->method == METHOD_POST && !session_meant(q, route->who & ANYBODY)) {
            answer_plain(q, r, 403, "FORGED",
                         N_("This form was not made for your session. Open the page again and "
                            "send it once more."));
        } else if (store_begin(q->ledger->store, STORE_READ, &err) != 0) {
            answer_failure(q, r, &err);
        } else {
            r->type = "text/html; charset=utf-8";
            int rc = route->answer(q, r, &err);
            if (q->ledger)
                store_rollback(q->ledger->store);
            if (rc == 0 && (r->body.failed || q->arena->failed))
                rc = err_set(&err, NO_MEMORY);
            if (rc != 0)
                answer_failure(q, r, &err);
        }
    }
    give_back(q);
}
