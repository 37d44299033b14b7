/* session.c: see session.h. */
#include "web/session.h"

#include "web/app.h"

/* "Bearer xh_…" */
static struct text bearer(const struct request *q)
{
    return text_starts(q->authorization, T("Bearer ")) ? text_from(q->authorization, 7) : T("");
}

/* The person's code from the token or the cookie; 1, 0, -1. */
static int who(struct request *q, unsigned scopes, struct text *person, struct err *err)
{
    struct session session;
    struct token token;
    int rc;

    if (q->authorization.n) {
        rc = bearer(q).n ? token_get(q->ledger, bearer(q), &token, q->arena, err) : 0;
        if (rc <= 0 || scopes == TOKEN_NONE || !token_allows(token.scopes, scopes))
            return rc < 0 ? -1 : 0;
        *person = token.person;
        if (token.touch && !q->cut && token_touch(q->ledger, &token, err) != 0)
            return -1;
        return 1;
    }
    if (q->session_cookie.n == 0)
        return 0;
    rc = session_get(q->ledger, q->session_cookie, &session, q->arena, err);
    if (rc <= 0)
        return rc;
    *person = session.person;
    q->token = q->session_cookie;
    q->must_change = session.given;
    session_csrf(q->token, q->csrf);
    if (session.touch && !q->cut && session_touch(q->ledger, q->token, err) != 0)
        return -1;
    return 1;
}

int session_find(struct request *q, unsigned scopes, struct err *err)
{
    struct text person;
    int rc = who(q, scopes, &person, err);

    if (rc <= 0)
        return rc;
    if (viewer_load(&q->viewer, q->ledger, person, q->arena, err) != 0)
        return -1;
    q->person_name = q->viewer.name;
    q->unit_name = q->viewer.unit_name;
    q->signed_in = !q->viewer.inactive;
    return 0;
}

/* A browser that says where a form came from must say: from here. */
static bool from_here(const struct request *q)
{
    struct text origin = q->origin, scheme;

    /* Which of the two schemes it used, a proxy in between may hide. */
    scheme = text_head(origin, text_starts(origin, T("https://")) ? 8 : 7);
    return origin.n == 0 || ((text_eq(scheme, T("https://")) || text_eq(scheme, T("http://"))) &&
                             text_eq(text_from(origin, scheme.n), q->host));
}

bool session_meant(const struct request *q, bool anybody)
{
    if (q->authorization.n)
        return true;
    return from_here(q) &&
           (anybody || !q->signed_in || session_csrf_fits(q->token, form_text(q, "csrf")));
}

bool session_made(const struct request *q)
{
    return from_here(q) && session_csrf_fits(q->session_cookie, form_text(q, "csrf"));
}

int session_sign_in(struct request *q, struct text person, const struct signin_try *t,
                    struct signin *s, struct err *err)
{
    const struct outside *outside = &q->app->outside;
    struct signin_check c;
    int rc;

    store_rollback(q->ledger->store);
    rc = person.n ? signin_again_begin(q->ledger, outside, person, t, &c, s, q->arena, err)
                  : signin_begin(q->ledger, outside, t, &c, s, q->arena, err);
    if (rc <= 0)
        return rc;
    request_lend(q);
    if (!c.linked)
        app_hash(q->app);
    rc = signin_look(outside, t, &c, q->arena, err);
    if (!c.linked)
        app_hashed(q->app);
    if (request_take_back(q, rc == 0 ? err : &(struct err){0}) != 0 || rc != 0)
        return -1;
    store_rollback(q->ledger->store);
    return signin_end(q->ledger, t, &c, s, err);
}

int session_hash(struct request *q, struct text password, char out[static PASSWORD_HASH],
                 struct err *err)
{
    int rc;

    request_lend(q);
    app_hash(q->app);
    rc = password_hash(password, out, err);
    app_hashed(q->app);
    if (request_take_back(q, rc == 0 ? err : &(struct err){0}) != 0 || rc != 0)
        return -1;
    store_rollback(q->ledger->store);
    return 0;
}

void session_cookie(const struct request *q, struct response *r, struct text token)
{
    if (r->cookie.n)
        buf_char(&r->cookie, '\n');
    buf_str(&r->cookie, "session=");
    buf_text(&r->cookie, token);
    buf_str(&r->cookie, "; Path=/; HttpOnly; SameSite=Lax");
    if (q->secure)
        buf_str(&r->cookie, "; Secure");
    if (token.n == 0)
        buf_str(&r->cookie, "; Max-Age=0");
}
