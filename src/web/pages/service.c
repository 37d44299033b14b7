/*
 * service.c: signing in with the office's own sign-in service (OpenID Connect): off to its page and
 * back. What must be kept meanwhile stands in a cookie of this browser, for ten minutes and for one
 * answer.
 */
#include "office/signin/outside.h"
#include "web/app.h"
#include "web/pages/home.h"
#include "web/routes.h"
#include "web/session.h"

enum { NEXT_MAX = 1024 };

/* Where the service sends the browser back to: here, by the name that the browser uses. The service
 * takes only what was registered with it, so a forged name leads nowhere. */
static struct text redirect_of(struct request *q)
{
    buf_auto struct buf out = BUF(1024);

    buf_str(&out, q->secure ? "https://" : "http://");
    buf_text(&out, q->host);
    buf_str(&out, "/sign-in/service/done");
    return arena_text(q->arena, buf_view(&out));
}

/* The cookie: what the service's answer is checked against, and where to go then. Empty: forget. */
static void keep(const struct request *q, struct response *r, const char *kept, struct text next)
{
    buf_str(&r->cookie, *kept ? "service=kept=" : "service=");
    buf_str(&r->cookie, kept);
    if (*kept && next.n && next.n <= NEXT_MAX) {
        buf_str(&r->cookie, "&next=");
        html_url(&r->cookie, next);
    }
    buf_printf(&r->cookie, "; Path=/sign-in; HttpOnly; SameSite=Lax; Max-Age=%d",
               *kept ? OIDC_KEPT_MS / 1000 : 0);
    if (q->secure)
        buf_str(&r->cookie, "; Secure");
}

int page_service(struct request *q, struct response *r, struct err *err)
{
    char kept_text[OIDC_KEPT_TEXT];
    struct oidc_kept kept;
    struct text redirect = redirect_of(q);
    int rc;

    if (q->app->outside.service == NULL)
        return err_set(err, NOT_FOUND, err_sentence(N_("page")), q->path);
    /* The service may take its time. */
    request_lend(q);
    rc = signin_service_begin(&q->app->outside, redirect, &kept, &r->location, err);
    if (request_take_back(q, rc == 0 ? err : &(struct err){0}) != 0 || rc != 0)
        return -1;
    oidc_kept_write(&kept, kept_text);
    keep(q, r, kept_text, local_address(query_text(q, "next"), T("/")));
    r->status = 303;
    explicit_bzero(&kept, sizeof kept);
    explicit_bzero(kept_text, sizeof kept_text);
    return 0;
}

/* A field's value; p is NULL when it was not there. */
static struct text given(const struct given *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (text_eq(fields[i].name, text_of(name)))
            return fields[i].value;
    return (struct text){0};
}

/* Takes the cookie apart. */
static bool kept_read(struct request *q, struct oidc_kept *kept, struct text *next)
{
    const struct given *fields;
    size_t count;

    if (!fields_parse(q->arena, q->service_cookie, &fields, &count))
        return false;
    *next = given(fields, count, "next");
    return oidc_kept_read(kept, given(fields, count, "kept"));
}

static int refuse(struct request *q, struct response *r, int status, struct text sentence)
{
    r->status = status;
    home_sign_in(q, r, T(""), sentence);
    return 0;
}

int page_service_done(struct request *q, struct response *r, struct err *err)
{
    struct oidc_answer answer = {.code = given(q->query, q->query_count, "code"),
                                 .state = given(q->query, q->query_count, "state"),
                                 .issuer = given(q->query, q->query_count, "iss"),
                                 .error = given(q->query, q->query_count, "error")};
    char token[SESSION_TOKEN] = "";
    buf_auto struct buf wrong = BUF(BUF_ANY);
    struct outside_person who;
    struct oidc_kept kept;
    struct text next, redirect = redirect_of(q);
    struct ledger own;
    int rc;

    keep(q, r, "", T(""));
    if (q->app->outside.service == NULL)
        return err_set(err, NOT_FOUND, err_sentence(N_("page")), q->path);
    if (!kept_read(q, &kept, &next))
        return refuse(q, r, 403,
                      page_tr(q, N_("No sign-in was begun in this browser, or it took longer than "
                                    "ten minutes. Begin again.")));
    /* The service may take its time: a connection of one's own, so that nobody waits for it. */
    request_lend(q);
    rc = ledger_open(&own, q->app->dir, false, q->app->env, err);
    if (rc == 0) {
        rc = signin_service_finish(&own, &q->app->outside, redirect, &kept, &answer, &who, q->arena,
                                   err);
        ledger_close(&own);
    }
    explicit_bzero(&kept, sizeof kept);
    if (request_take_back(q, rc == 0 ? err : &(struct err){0}) != 0)
        return -1;
    if (rc != 0) {
        int status = err_http(err);
        err_say(&wrong, q->lang, err);
        *err = (struct err){0};
        return refuse(q, r, status, buf_view(&wrong));
    }
    if (who.person.n == 0)
        return refuse(q, r, 403,
                      page_say(q,
                               N_("The sign-in service knows you as {0} ({1}), but that account is "
                                  "linked to no active person here. Ask the administrator to link "
                                  "it."),
                               who.claims.name.n ? who.claims.name : who.claims.subject,
                               who.claims.subject));
    store_rollback(q->ledger->store);
    if (session_open(q->ledger, who.person, q->agent, q->address, token, err) != 0)
        return -1;
    session_cookie(q, r, text_of(token));
    explicit_bzero(token, sizeof token);
    respond_see(r, local_address(next, T("/")));
    return 0;
}
