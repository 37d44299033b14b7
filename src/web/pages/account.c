/*
 * account.c: everybody's own account: who they are here, password, second factor, sessions, tokens,
 * deputies. Credentials are written on the request's own connection, outside the log; secrets are
 * shown once and wiped.
 */
#include "office/office.h"
#include "office/password.h"
#include "office/signin/identity.h"
#include "office/signin/second.h"
#include "office/signin/signin.h"
#include "office/signin/token.h"
#include "web/app.h"
#include "web/pages/account.html.h"
#include "web/pages/people.h"
#include "web/routes.h"
#include "web/session.h"

enum { DAY_MS = 24 * 60 * 60 * 1000, TOKEN_DAYS = 90 };

/* --- the page ----------------------------------------------------------------------------------
 */

/* What was just done, told after the way back here. */
static const struct {
    const char *word, *sentence;
} done_words[] = {{"password", N_("The password is changed. All your other sessions have ended.")},
                  {"sessions", N_("Those sessions have ended.")},
                  {"token", N_("The token is revoked.")}};

static int links_show(struct request *q, struct page_account_page *page, struct err *err)
{
    const struct outside *o = &q->app->outside;
    struct page_account_link *shown;
    struct identity *links;
    size_t count;

    if (identity_list(q->ledger, q->viewer.person, &links, &count, q->arena, err) != 0)
        return -1;
    shown = arena_array(q->arena, struct page_account_link, count + 1);
    if (shown == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < count; i++) {
        bool directory = text_eq(links[i].issuer, T(IDENTITY_LDAP));
        shown[i] = (struct page_account_link){directory ? page_tr(q, N_("Directory"))
                                              : text_eq(links[i].issuer, o->issuer) && o->label.n
                                                  ? o->label
                                                  : links[i].issuer,
                                              links[i].subject};
        page->of_directory |= directory && o->has_directory;
    }
    page->links = shown;
    page->links_count = count;
    return 0;
}

/* Whom the person stands in for today, one behind the other. */
static int stands_in(struct request *q, struct text *names, struct err *err)
{
    buf_auto struct buf out = BUF(4096);
    struct roster_person *list;
    size_t count;

    if (roster_stands_in(q->ledger, q->viewer.person, q->viewer.today, &list, &count, q->arena,
                         err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_str(&out, account_comma(q));
        buf_text(&out, list[i].name);
    }
    *names = arena_text(q->arena, buf_view(&out));
    return 0;
}

static int account_fill(struct request *q, struct page_account_page *page, struct err *err)
{
    struct text me = q->viewer.person;
    struct roster_scope *scopes;
    struct person_line line;
    size_t count;
    int kind, second;

    if (people_find(q, me, &line, err) != 0 ||
        roster_scopes(q->ledger, me, &scopes, &count, q->arena, err) != 0 ||
        links_show(q, page, err) != 0 || stands_in(q, &page->stands_in, err) != 0 ||
        (kind = password_kind(q->ledger, me, err)) < 0 ||
        (second = second_has(q->ledger, me, &page->left, err)) < 0 ||
        (page->scopes = account_scopes(q, scopes, count, err)) == NULL ||
        (page->deputies = account_deputies(q, me, T("/account/deputy"), err)) == NULL ||
        (page->sessions = account_sessions(q, me, T("/account/sessions"), err)) == NULL ||
        (page->tokens = account_tokens(q, me, T("/account/tokens/revoke"), err)) == NULL)
        return -1;
    page->code = me;
    page->name = line.name;
    page->unit = q->unit_name;
    page->roles = account_roles(q, people_roles(&line));
    page->clearance = page_word(q, &markings, line.clearance > 1 ? line.clearance : MARKING_OPEN);
    page->password = page_tr(q, kind == PASSWORD_NONE ? N_("none yet") : N_("set"));
    page->second = second == 1;
    page->has_deputies = page->deputies->rows_count > 0;
    page->others = page->sessions->rows_count > 1;
    page->has_tokens = page->tokens->rows_count > 0;
    return 0;
}

int page_account(struct request *q, struct response *r, struct err *err)
{
    struct page_account_page page = {.csrf = text_of(q->csrf),
                                     .other = q->lang == LANG_ZH ? T("en") : T("zh"),
                                     .other_label = q->lang == LANG_ZH ? T("English") : T("中文")};

    if (account_fill(q, &page, err) != 0)
        return -1;
    for (size_t i = 0; i < sizeof done_words / sizeof done_words[0]; i++)
        if (text_eq(query_text(q, "done"), text_of(done_words[i].word)))
            page.done = page_tr(q, done_words[i].sentence);
    page_open(q, r, page_tr(q, N_("My account")), "");
    page_account_page(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}

/* --- the password ------------------------------------------------------------------------------
 */

static int password_form(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    (void)err;
    page_open(q, r, page_tr(q, N_("Change the password")), "");
    page_account_password(&r->body, q->lang,
                          &(struct page_account_password){.wrong = wrong,
                                                          .me = q->viewer.person,
                                                          .must = q->must_change,
                                                          .csrf = text_of(q->csrf)});
    page_shut(q, r);
    return 0;
}

int page_account_password_form(struct request *q, struct response *r, struct err *err)
{
    return password_form(q, r, T(""), err);
}

int page_account_password_done(struct request *q, struct response *r, struct err *err)
{
    struct text chosen = form_text(q, "new"), name;
    char token[SESSION_TOKEN] = "", hash[PASSWORD_HASH];
    int rc;

    rc = signin_of_directory(q->ledger, &q->app->outside, q->viewer.person, &name, q->arena, err);
    if (rc < 0)
        return -1;
    if (rc == 1)
        return form_wrong(q, r, N_("Your password is the directory's. Change it there."), 409,
                          password_form, err);
    if (!text_eq(chosen, form_text(q, "repeated")))
        return form_wrong(q, r, N_("The new password was not typed the same twice."), 422,
                          password_form, err);
    if (chosen.n < PASSWORD_MIN || chosen.n > PASSWORD_MAX)
        return form_wrong(q, r, N_("A password has at least 8 characters and at most 1024."), 422,
                          password_form, err);
    if (text_eq(chosen, form_text(q, "again")))
        return form_wrong(q, r, N_("That is the present password. Choose another one."), 422,
                          password_form, err);
    rc = form_password(q, r, password_form, err);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    /* Every session has ended; this browser gets a new one. */
    if (session_hash(q, chosen, hash, err) != 0 ||
        password_keep(q->ledger, q->viewer.person, hash, false, err) != 0 ||
        session_open(q->ledger, q->viewer.person, q->agent, q->address, token, err) != 0)
        return -1;
    session_cookie(q, r, text_of(token));
    explicit_bzero(token, sizeof token);
    respond_see(r, T("/account?done=password"));
    return 0;
}

/* --- the second factor -------------------------------------------------------------------------
 */

static int second_form(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    bool off = text_ends(q->path, T("/off"));
    struct form f;

    (void)err;
    form_begin(&f, q, off ? N_("Switch the second factor off") : N_("Set up a second factor"),
               off ? N_("Switch off") : N_("Next step"), T("/account"),
               page_tr(q, N_("My account")));
    f.page.lead =
        off ? page_tr(q, N_("Your authenticator and recovery codes no longer count, and all your "
                            "sessions end. Then sign in with the password alone."))
            : page_tr(q, N_("Besides the password, signing in then asks for a code that an "
                            "authenticator on your telephone shows. One that you have set up goes "
                            "on counting until the new one has shown its first code."));
    f.page.again = true;
    f.page.danger = off;
    form_show(&f, r, "", wrong);
    return 0;
}

int page_account_second(struct request *q, struct response *r, struct err *err)
{
    return second_form(q, r, T(""), err);
}

int page_account_second_off(struct request *q, struct response *r, struct err *err)
{
    return second_form(q, r, T(""), err);
}

static void enrol_show(struct request *q, struct response *r, struct text picture,
                       struct text secret, struct text wrong)
{
    page_open(q, r, page_tr(q, N_("Set up a second factor")), "");
    page_account_enrol(
        &r->body, q->lang,
        &(struct page_account_enrol){
            .picture = picture, .secret = secret, .wrong = wrong, .csrf = text_of(q->csrf)});
    page_shut(q, r);
}

static void buf_wipe(struct buf *b)
{
    if (b->p)
        explicit_bzero(b->p, b->room);
}

int page_account_second_done(struct request *q, struct response *r, struct err *err)
{
    buf_auto struct buf uri = BUF(4096), picture = BUF(1 << 20);
    int rc = form_password(q, r, second_form, err);

    if (rc != 0)
        return rc < 0 ? -1 : 0;
    rc = second_enrol(q->ledger, q->viewer.person, &uri, err);
    if (rc == 0)
        rc = second_picture(buf_view(&uri), &picture, err);
    if (rc == 0)
        enrol_show(q, r, buf_view(&picture), second_secret(buf_view(&uri)), T(""));
    buf_wipe(&uri);
    buf_wipe(&picture);
    return rc;
}

int page_account_second_confirm(struct request *q, struct response *r, struct err *err)
{
    char codes[RECOVERY_CODES][RECOVERY_TEXT];
    struct page_account_code shown[RECOVERY_CODES];
    int rc;

    store_rollback(q->ledger->store);
    rc = second_confirm(q->ledger, q->viewer.person, form_line(q, "code"), q->token, codes, err);
    if (rc < 0)
        return -1;
    if (rc == 0) {
        r->status = 422;
        enrol_show(q, r, T(""), T(""),
                   page_tr(q, N_("That is not the code of the new secret. Look at the "
                                 "authenticator and type what it shows now.")));
        return 0;
    }
    for (int i = 0; i < RECOVERY_CODES; i++)
        shown[i].words = text_of(codes[i]);
    page_open(q, r, page_tr(q, N_("Recovery codes")), "");
    page_account_codes(&r->body, q->lang,
                       &(struct page_account_codes){.codes = shown, .codes_count = RECOVERY_CODES});
    page_shut(q, r);
    explicit_bzero(codes, sizeof codes);
    return 0;
}

int page_account_second_off_done(struct request *q, struct response *r, struct err *err)
{
    int rc = form_password(q, r, second_form, err);

    if (rc != 0)
        return rc < 0 ? -1 : 0;
    if (second_reset(q->ledger, q->viewer.person, err) != 0)
        return -1;
    session_cookie(q, r, T(""));
    respond_see(r, T("/sign-in"));
    return 0;
}

/* --- sessions ----------------------------------------------------------------------------------
 */

int page_account_sessions_done(struct request *q, struct response *r, struct err *err)
{
    struct text id = form_text(q, "session");
    int rc;

    store_rollback(q->ledger->store);
    rc = id.n ? session_close_one(q->ledger, q->viewer.person, id, err)
              : session_end_others(q->ledger, q->viewer.person, q->token, err);
    respond_see(r, T("/account?done=sessions"));
    return rc;
}

/* --- tokens ------------------------------------------------------------------------------------
 */

static const struct word scope_words[] = {
    {"", ""},
    {"read", N_("look at what I may see")},
    {"write", N_("give commands in my name")},
    {"admin", N_("change units, people, campaigns")},
};
static const struct vocabulary scope_vocabulary = {scope_words,
                                                   sizeof scope_words / sizeof scope_words[0]};

/* Whoever may not change the office gives no program the right to. */
static uint32_t scopes_for(const struct request *q)
{
    bool office = (q->viewer.roles & (BIT(ROLE_CLERK) | BIT(ROLE_ADMINISTRATOR))) != 0;

    return BIT(1) | BIT(2) | (office ? BIT(3) : 0);
}

static int token_form(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    struct form f;

    (void)err;
    form_begin(&f, q, N_("Make a token"), N_("Make a token"), T("/account"),
               page_tr(q, N_("My account")));
    f.page.lead =
        page_tr(q, N_("A token lets a program act for you, within what is ticked here and "
                      "never beyond what you may do."));
    form_field(&f, "label", "line", N_("What it is for"), T(""), true);
    form_field(&f, "until", "day", N_("Last day"), page_day(q, q->viewer.today + TOKEN_DAYS), true)
        ->hint = page_tr(q, N_("at most 366 days from now"));
    form_bits(&f, "allow", N_("The program may"), &scope_vocabulary, scopes_for(q), BIT(1));
    form_show(&f, r, "", wrong);
    return 0;
}

int page_account_token(struct request *q, struct response *r, struct err *err)
{
    return token_form(q, r, T(""), err);
}

int page_account_token_done(struct request *q, struct response *r, struct err *err)
{
    enum { LABEL = 120 };
    uint32_t bits = form_bits_given(q, "allow", &scope_vocabulary) & scopes_for(q);
    struct text label = form_line(q, "label");
    char token[TOKEN_TEXT];
    int64_t expires;
    int32_t until;

    if (form_day(q, "until", N_("Last day"), &until, err) != 0)
        until = DATE_NONE;
    *err = (struct err){0};
    store_rollback(q->ledger->store);
    if (label.n == 0 || label.n > LABEL)
        return form_wrong(q, r, N_("Say what the token is for, in at most 120 bytes."), 422,
                          token_form, err);
    if (bits == 0)
        return form_wrong(q, r, N_("Tick what the program may do."), 422, token_form, err);
    if (!date_valid(until) || until < q->viewer.today || until >= q->viewer.today + TOKEN_DAYS_MAX)
        return form_wrong(q, r, N_("The last day lies between today and a year from now."), 422,
                          token_form, err);
    /* Through the last millisecond of its last day, in the ledger's time. */
    expires = ((int64_t)until + 1) * DAY_MS - (int64_t)q->ledger->offset_minutes * 60000 - 1;
    /* The vocabulary's bits are one higher than the token's. */
    if (token_make(q->ledger, q->viewer.person, bits >> 1, expires, label, token, err) != 0)
        return -1;
    page_open(q, r, page_tr(q, N_("Make a token")), "");
    page_form_once(&r->body, q->lang,
                   &(struct page_form_once){
                       .back = T("/account"),
                       .back_label = page_tr(q, N_("I have kept it")),
                       .title = label,
                       .lead = page_tr(q, N_("The program sends it as: Authorization: Bearer …")),
                       .secret = text_of(token),
                       .note = page_tr(q, N_("It is shown this once. Keep it like a password."))});
    page_shut(q, r);
    explicit_bzero(token, sizeof token);
    return 0;
}

int page_account_token_revoke(struct request *q, struct response *r, struct err *err)
{
    store_rollback(q->ledger->store);
    if (token_revoke(q->ledger, q->viewer.person, form_text(q, "token"), err) < 0)
        return -1;
    respond_see(r, T("/account?done=token"));
    return 0;
}

/* --- who stands in -----------------------------------------------------------------------------
 */

static int deputy_form(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    struct form f;

    (void)err;
    form_begin(&f, q, N_("Name a deputy"), N_("Name a deputy"), T("/account"),
               page_tr(q, N_("My account")));
    account_deputy_fields(&f);
    form_show(&f, r, "", wrong);
    return 0;
}

int page_account_deputy(struct request *q, struct response *r, struct err *err)
{
    return deputy_form(q, r, T(""), err);
}

int page_account_deputy_done(struct request *q, struct response *r, struct err *err)
{
    struct command command;

    return form_done(q, r, account_deputy_command(q, q->viewer.person, &command, err), &command,
                     "/account", deputy_form, err);
}
