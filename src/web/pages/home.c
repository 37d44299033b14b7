/* home.c: where a day begins, signing in and out, the reader's language, and what machines ask. */
#include "office/signin/signin.h"
#include "web/app.h"
#include "web/pages/act.h"
#include "web/pages/home.h"
#include "web/pages/home.html.h"
#include "web/pages/pages.h"
#include "web/routes.h"
#include "web/session.h"

/* The first of these that a person's roles fit. */
int page_home(struct request *q, struct response *r, struct err *err)
{
    static const struct {
        uint32_t roles;
        const char *page;
    } begins[] = {
        {BIT(ROLE_LIAISON) | BIT(ROLE_RESPONSIBLE), "/mine"},
        {BIT(ROLE_CLERK) | BIT(ROLE_APPROVER), "/items"},
        {BIT(ROLE_VERIFIER), "/checks"},
        {BIT(ROLE_LEADER), "/board"},
        {BIT(ROLE_AUDITOR), "/audit"},
        {BIT(ROLE_ADMINISTRATOR), "/people"},
    };

    (void)err;
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++)
        if (q->viewer.roles & begins[i].roles) {
            respond_see(r, text_of(begins[i].page));
            return 0;
        }
    respond_see(r, T("/account"));
    return 0;
}

/* --- what was typed before a session ended ------------------------------------------------------
 *
 * The form that came too late goes around the sign-in as fields whose names begin "kept-", and then
 * stands on a page from which it is sent on with the new session's csrf. The server keeps nothing.
 */

struct late {
    struct text to; /* where the form was sent; empty: there was none */
    struct page_kept *kept;
    size_t count;
    int64_t files;
};

/* The items of a choice, in one line: "ZG-0001、ZG-0002"; at the first of them. */
static bool keep_items(struct request *q, size_t first, struct text name, struct page_kept *kept)
{
    buf_auto struct buf out = BUF(BUF_ANY);

    for (size_t i = 0; i < q->form_count; i++) {
        struct text code = q->form[i].value;
        if (!text_eq(q->form[i].name, name))
            continue;
        if (i < first)
            return false;
        if (out.n)
            buf_str(&out, q->lang == LANG_ZH ? "、" : ", ");
        while (code.n && text_ends(name, T("item")) && code.p[code.n - 1] != ':')
            code.n--;
        if (code.n && code.p[code.n - 1] == ':')
            code.n--;
        buf_text(&out, code);
    }
    kept->label = page_tr(q, N_("Chosen items"));
    kept->said = arena_text(q->arena, buf_view(&out));
    return true;
}

/* What a kept field is called and says to a person. Labels are those of a form's fields; what the
 * form itself carries has none and is not shown. */
static void keep_say(struct request *q, size_t field, struct page_kept *kept)
{
    struct text name = kept->name;

    if (kept->value.n == 0)
        return;
    if (text_eq(name, T("item")) || text_eq(name, T("code"))) {
        keep_items(q, field, q->form[field].name, kept);
    } else if (text_eq(name, T("verb")) || text_eq(name, T("choose"))) {
        kept->label = page_tr(q, N_("What is to be done"));
        kept->said = page_tr(q, act_label(kept->value));
    } else if (text_eq(name, T("all"))) {
        kept->label = page_tr(q, N_("Chosen items"));
        kept->said = page_tr(q, N_("all that the filter shows"));
    } else {
        kept->label = page_tr(q, act_field_label(name));
        kept->said = kept->value;
    }
}

static void keep(struct request *q, struct late *late, const char *before, struct text to)
{
    size_t cut = strlen(before);

    late->kept = arena_array(q->arena, struct page_kept, q->form_count + 1);
    for (size_t i = 0; late->kept && i < q->form_count; i++) {
        struct text name = q->form[i].name, value = q->form[i].value;
        if (!text_starts(name, text_of(before)))
            continue;
        name = text_from(name, cut);
        if (name.n == 0 || text_eq(name, T("csrf")))
            continue;
        late->kept[late->count] = (struct page_kept){.name = name, .value = value};
        keep_say(q, i, &late->kept[late->count++]);
    }
    late->to = local_address(to, T("/"));
}

/* A form that came around a sign-in, if this is one. */
static void kept_before(struct request *q, struct late *late)
{
    if (form_text(q, "to").n == 0)
        return;
    if (!text_int(form_text(q, "files"), &late->files) || late->files < 0)
        late->files = 0;
    keep(q, late, "kept-", form_text(q, "to"));
}

/* The page on which the form that was sent stands, if there is one. */
static struct text form_page(struct text to)
{
    struct text args[2];
    bool other;

    if (text_eq(to, T("/items/bulk"))) /* what was chosen there stands on the list */
        return T("/items");
    return route_find(METHOD_GET, to, args, &other) ? to : T("/");
}

static void sign_in_form(struct request *q, struct response *r, struct text name, struct text next,
                         struct text wrong, const struct late *late)
{
    const struct outside *o = &q->app->outside;

    page_open(q, r, page_tr(q, N_("Sign in")), "");
    page_sign_in_form(&r->body, q->lang,
                      &(struct page_sign_in_form){
                          .ledger = text_of(q->app->writer.name),
                          .name = name,
                          .next = local_address(next, T("/")),
                          .wrong = wrong,
                          .to = late->to,
                          .files = late->files,
                          .kept = late->kept,
                          .kept_count = late->count,
                          .service = o->service == NULL ? T("")
                                     : o->label.n       ? o->label
                                                        : page_tr(q, N_("the sign-in service")),
                      });
    page_shut(q, r);
}

void home_sign_in(struct request *q, struct response *r, struct text name, struct text wrong)
{
    struct late late = {0};

    kept_before(q, &late);
    sign_in_form(q, r, name, form_text(q, "next").n ? form_text(q, "next") : query_text(q, "next"),
                 wrong, &late);
}

void page_sign_in_again(struct request *q, struct response *r)
{
    struct late late = {.files = q->files_lost};

    keep(q, &late, "", q->path);
    sign_in_form(q, r, T(""), form_page(q->path), T(""), &late);
}

static void send_on(struct request *q, struct response *r, struct text token,
                    const struct late *late)
{
    char csrf[SESSION_TOKEN];

    session_csrf(token, csrf);
    page_open(q, r, page_tr(q, N_("You are signed in again")), "");
    page_send_on(&r->body, q->lang,
                 &(struct page_send_on){.to = late->to,
                                        .open = form_page(late->to),
                                        .csrf = text_of(csrf),
                                        .files = late->files,
                                        .kept = late->kept,
                                        .kept_count = late->count});
    page_shut(q, r);
}

/* Whoever signed in meanwhile in another tab, by the sign-in service, goes on where they are. */
static void sign_in_back(struct request *q, struct response *r, const struct late *late)
{
    if (!q->signed_in) {
        r->status = 403;
        home_sign_in(q, r, T(""), page_tr(q, N_("You are not signed in yet.")));
    } else if (late->to.n) {
        send_on(q, r, q->token, late);
    } else {
        respond_see(r, local_address(form_text(q, "next"), T("/")));
    }
}

int page_sign_in_back(struct request *q, struct response *r, struct err *err)
{
    (void)err;
    page_open(q, r, page_tr(q, N_("You are signed in")), "");
    page_signed_in(&r->body, q->lang, &(struct page_signed_in){.person = q->person_name});
    page_shut(q, r);
    return 0;
}

/* --- signing in and out ------------------------------------------------------------------------
 */

int page_sign_in(struct request *q, struct response *r, struct err *err)
{
    (void)err;
    home_sign_in(q, r, T(""), T(""));
    return 0;
}

int page_sign_in_done(struct request *q, struct response *r, struct err *err)
{
    static const char *const why[] = {
        [SIGNIN_REFUSED] = N_("Name and password do not fit together."),
        [SIGNIN_WAIT] = N_("Too many tries. Wait some minutes, then try again."),
        [SIGNIN_CODE] = N_("A one-time code is needed too, or another one than this."),
    };
    char token[SESSION_TOKEN] = "";
    struct signin_try given = {.name = text_trim(form_text(q, "name")),
                               .password = form_text(q, "password"),
                               .code = form_text(q, "code"),
                               .address = q->address};
    struct signin answer;
    struct late late = {0};

    kept_before(q, &late);
    if (form_text(q, "back").n) {
        sign_in_back(q, r, &late);
        return 0;
    }
    if (session_sign_in(q, T(""), &given, &answer, err) != 0)
        return -1;
    if (answer.answer != SIGNIN_DONE) {
        r->status = answer.answer == SIGNIN_WAIT ? 429 : 403;
        home_sign_in(q, r, given.name, page_tr(q, why[answer.answer]));
        return 0;
    }
    if (session_open(q->ledger, answer.person, q->agent, q->address, token, err) != 0)
        return -1;
    session_cookie(q, r, text_of(token));
    if (late.to.n)
        send_on(q, r, text_of(token), &late);
    else
        respond_see(r, local_address(form_text(q, "next"), T("/")));
    explicit_bzero(token, sizeof token);
    return 0;
}

int page_sign_out(struct request *q, struct response *r, struct err *err)
{
    store_rollback(q->ledger->store);
    if (session_close(q->ledger, q->token, err) != 0)
        return -1;
    session_cookie(q, r, T(""));
    respond_see(r, T("/sign-in"));
    return 0;
}

int page_language(struct request *q, struct response *r, struct err *err)
{
    (void)err;
    buf_str(&r->cookie, text_eq(form_text(q, "lang"), T("en")) ? "lang=en" : "lang=zh");
    buf_str(&r->cookie, "; Path=/; SameSite=Lax; Max-Age=31536000");
    if (q->secure)
        buf_str(&r->cookie, "; Secure");
    respond_see(r, local_address(form_text(q, "next"), T("/")));
    return 0;
}

/* --- for machines ------------------------------------------------------------------------------
 */

int page_health(struct request *q, struct response *r, struct err *err)
{
    (void)err;
    respond_type(r, q->app->stopping ? 503 : 200, "text/plain; charset=utf-8");
    buf_str(&r->body, q->app->stopping ? "stopping\n" : "ok\n");
    if (!watch_answers(q->app->watch, PRIMARY))
        buf_str(&r->body, "primary: no answer\n");
    if (q->app->writer.reading[0] && watch_answers(q->app->watch, STANDBY))
        buf_printf(&r->body, "standby: %lld ms behind\n", (long long)watch_lag(q->app->watch));
    else if (q->app->writer.reading[0])
        buf_str(&r->body, "standby: no answer\n");
    return 0;
}

int page_metrics(struct request *q, struct response *r, struct err *err)
{
    const struct app *app = q->app;
    const struct {
        const char *name, *type, *help;
        int64_t value;
    } rows[] = {
        {"xiaohao_requests_total", "counter", "Requests answered.", app->requests},
        {"xiaohao_failures_total", "counter", "Answers with a status of 500 and above.",
         app->failures},
        {"xiaohao_commands_total", "counter", "Commands that became entries.", app->commands},
        {"xiaohao_refusals_total", "counter", "Commands that a rule refused.", app->refusals},
        {"xiaohao_queue_waiting", "gauge", "Commands given to the queue and not answered yet.",
         (int64_t)queue_waiting(app->queue)},
        {"xiaohao_statements_total", "counter", "Statements asked of the database by requests.",
         app->statements},
        {"xiaohao_primary_answers", "gauge", "Whether the database's primary answers.",
         watch_answers(app->watch, PRIMARY)},
        {"xiaohao_standby_answers", "gauge", "Whether a standby answers, to be read from.",
         watch_answers(app->watch, STANDBY)},
        {"xiaohao_standby_lag_milliseconds", "gauge", "How long the standby is behind.",
         app->writer.reading[0] ? watch_lag(app->watch) : 0},
        {"xiaohao_leads", "gauge", "Whether this node does the ledger's background work.",
         background_leads(app->background)},
        {"xiaohao_round_trips_total", "counter",
         "Waits of requests for an answer of the database's server.", app->trips},
        {"xiaohao_uptime_seconds", "gauge", "Since the server began.",
         (app->env->now(app->env) - app->started) / 1000},
    };

    (void)err;
    respond_type(r, 200, "text/plain; version=0.0.4; charset=utf-8");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        buf_printf(&r->body, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n", rows[i].name, rows[i].help,
                   rows[i].name, rows[i].type, rows[i].name, (long long)rows[i].value);
    return 0;
}
