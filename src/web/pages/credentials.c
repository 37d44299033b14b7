/*
 * credentials.c: what an administrator does about somebody's credentials: a first password, the
 * second factor after a lost telephone, sessions, tokens, accounts elsewhere. Nothing of it is in
 * the log; secrets are shown once and wiped.
 *
 * What gives a way in is asked for with the administrator's own password; what takes one away is
 * not.
 */
#include "office/password.h"
#include "office/signin/identity.h"
#include "office/signin/second.h"
#include "office/signin/session.h"
#include "office/signin/token.h"
#include "web/app.h"
#include "web/pages/people.h"
#include "web/routes.h"
#include "web/session.h"

/* The person of the address, whose name the form leads back to. */
static int begin(struct form *f, struct request *q, const char *title, const char *button,
                 const char *lead, struct err *err)
{
    struct person_line line;

    if (people_find(q, q->args[0], &line, err) != 0)
        return -1;
    form_begin(f, q, title, button, people_href(q, q->args[0]), line.name);
    f->page.lead = page_tr(q, lead);
    f->page.again = true;
    return 0;
}

/* That there is such a person; then no transaction is in the way of writing. */
static int person_to_write(struct request *q, struct err *err)
{
    struct person_line line;

    if (people_find(q, q->args[0], &line, err) != 0)
        return -1;
    store_rollback(q->ledger->store);
    return 0;
}

static int back_to(struct request *q, struct response *r)
{
    respond_see(r, people_href(q, q->args[0]));
    return 0;
}

/* --- a first password --------------------------------------------------------------------------
 */

static int password_form(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    struct form f;

    if (begin(&f, q, N_("Give a new password"), N_("Make a password"),
              N_("A password is made and shown once. With it the person signs in and must choose "
                 "one of their own before anything else. All their sessions end."),
              err) != 0)
        return -1;
    form_show(&f, r, "people", wrong);
    return 0;
}

int page_person_password(struct request *q, struct response *r, struct err *err)
{
    return password_form(q, r, T(""), err);
}

int page_person_password_done(struct request *q, struct response *r, struct err *err)
{
    char made[PASSWORD_MADE] = "", hash[PASSWORD_HASH];
    struct person_line line;
    int rc;

    if (people_find(q, q->args[0], &line, err) != 0)
        return -1;
    rc = form_password(q, r, password_form, err);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    rc = password_make(q->app->env, made, err);
    if (rc == 0)
        rc = session_hash(q, text_of(made), hash, err);
    if (rc == 0)
        rc = password_keep(q->ledger, q->args[0], hash, true, err);
    if (rc == 0) {
        page_open(q, r, page_tr(q, N_("Give a new password")), "people");
        page_form_once(&r->body, q->lang,
                       &(struct page_form_once){
                           .back = people_href(q, q->args[0]),
                           .back_label = page_tr(q, N_("I have written it down")),
                           .title = page_say(q, N_("The password of {0}"), line.name),
                           .lead = page_tr(q, N_("Hand it to the person and to nobody else.")),
                           .secret = text_of(made),
                           .note = page_tr(q, N_("It is shown this once and kept nowhere."))});
        page_shut(q, r);
    }
    explicit_bzero(made, sizeof made);
    return rc;
}

/* --- the second factor -------------------------------------------------------------------------
 */

static int second_form(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    struct form f;

    if (begin(
            &f, q, N_("Reset the second factor"), N_("Reset"),
            N_("Do this after the person has shown who they are. Their authenticator and recovery "
               "codes no longer count, and all their sessions end."),
            err) != 0)
        return -1;
    f.page.danger = true;
    form_show(&f, r, "people", wrong);
    return 0;
}

int page_person_second(struct request *q, struct response *r, struct err *err)
{
    return second_form(q, r, T(""), err);
}

int page_person_second_done(struct request *q, struct response *r, struct err *err)
{
    int rc;

    if (person_to_write(q, err) != 0)
        return -1;
    rc = form_password(q, r, second_form, err);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    return second_reset(q->ledger, q->args[0], err) == 0 ? back_to(q, r) : -1;
}

/* --- accounts elsewhere ------------------------------------------------------------------------
 */

static int link_form(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    const struct outside *o = &q->app->outside;
    struct page_act_choice *list = arena_array(q->arena, struct page_act_choice, 2);
    struct page_act_field *field;
    struct form f;
    size_t n = 0;

    if (list == NULL)
        return err_set(err, NO_MEMORY);
    if (begin(&f, q, N_("Link an account"), N_("Link"),
              N_("Whoever signs in there under that name is then this person here."), err) != 0)
        return -1;
    if (o->service || o->has_directory) {
        field = form_field(&f, "issuer", "choice", N_("Where"), T(""), true);
        if (o->service)
            list[n++] = (struct page_act_choice){o->issuer, o->label.n ? o->label : o->issuer,
                                                 text_eq(field->value, o->issuer)};
        if (o->has_directory)
            list[n++] = (struct page_act_choice){T(IDENTITY_LDAP), page_tr(q, N_("Directory")),
                                                 text_eq(field->value, T(IDENTITY_LDAP))};
        field->choices = list;
        field->choices_count = n;
    } else {
        f.page.warn = page_tr(q, N_("Neither a sign-in service nor a directory is set up. See "
                                    "docs/sign-in.md."));
        form_field(&f, "issuer", "line", N_("Where"), T(""), true)->hint =
            page_tr(q, N_("the service's address, or ldap"));
    }
    form_field(&f, "subject", "line", N_("Name or number there"), T(""), true)->hint =
        page_tr(q, N_("the service says it to whoever signs in without being linked"));
    form_show(&f, r, "people", wrong);
    return 0;
}

int page_person_link(struct request *q, struct response *r, struct err *err)
{
    return link_form(q, r, T(""), err);
}

int page_person_link_done(struct request *q, struct response *r, struct err *err)
{
    struct text issuer = form_line(q, "issuer"), subject = form_line(q, "subject");
    int rc;

    if (person_to_write(q, err) != 0)
        return -1;
    if (issuer.n == 0 || subject.n == 0 || issuer.n > IDENTITY_TEXT || subject.n > IDENTITY_TEXT)
        return form_wrong(q, r, N_("Name where and who, with at most 255 bytes each."), 422,
                          link_form, err);
    rc = form_password(q, r, link_form, err);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    rc = identity_link(q->ledger, q->args[0], issuer, subject, err);
    if (rc == 0)
        return form_wrong(q, r, N_("That account is linked already."), 409, link_form, err);
    return rc == 1 ? back_to(q, r) : -1;
}

int page_person_unlink_done(struct request *q, struct response *r, struct err *err)
{
    if (person_to_write(q, err) != 0 ||
        identity_unlink(q->ledger, q->args[0], form_text(q, "issuer"), form_text(q, "subject"),
                        err) < 0)
        return -1;
    return back_to(q, r);
}

/* --- sessions and tokens -----------------------------------------------------------------------
 */

int page_person_sessions_done(struct request *q, struct response *r, struct err *err)
{
    struct text id = form_text(q, "session");

    if (person_to_write(q, err) != 0 || (id.n ? session_close_one(q->ledger, q->args[0], id, err)
                                              : session_close_all(q->ledger, q->args[0], err)) != 0)
        return -1;
    return back_to(q, r);
}

int page_person_revoke_done(struct request *q, struct response *r, struct err *err)
{
    if (person_to_write(q, err) != 0 ||
        token_revoke(q->ledger, q->args[0], form_text(q, "token"), err) < 0)
        return -1;
    return back_to(q, r);
}
