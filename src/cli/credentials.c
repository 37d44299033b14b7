/*
 * credentials.c: `person token add|list|revoke`, `person totp reset`, `person session list|end`,
 * `person link add|list|remove`.
 *
 * One's own, or anybody's by an administrator. Nothing of it is in the log.
 */
#include "cli/credentials.h"

#include "base/json.h"
#include "office/signin/identity.h"
#include "office/signin/second.h"
#include "office/signin/session.h"
#include "office/signin/signin.h"
#include "office/signin/token.h"

enum { DAY_MS = 24 * 60 * 60 * 1000, TOKEN_DAYS = 90 };

/* A moment in the ledger's time; "-" for none. */
static void put_moment(struct cli *c, struct buf *out, int64_t ms)
{
    char time[20];

    buf_text(out, ms ? ledger_time(&c->ledger, ms, time) : T("-"));
}

/* One line of a list: an object, or its values with tabs between them. */
struct row {
    struct cli *c;
    struct buf *out;
    bool first;
};

static struct row row_begin(struct cli *c, struct buf *out)
{
    if (c->json)
        buf_char(out, '{');
    return (struct row){c, out, true};
}

static void row_value(struct row *r, const char *key, struct text value)
{
    if (r->c->json) {
        json_put_key(r->out, key, &r->first);
        json_put_text(r->out, value);
    } else {
        buf_str(r->out, r->first ? "" : "\t");
        buf_text(r->out, value);
        r->first = false;
    }
}

static void row_moment(struct row *r, const char *key, int64_t ms)
{
    buf_auto struct buf text = BUF(32);

    put_moment(r->c, &text, ms);
    row_value(r, key, buf_view(&text));
}

static void row_end(struct row *r)
{
    buf_str(r->out, r->c->json ? "}\n" : "\n");
}

/* "It is done", or that there is none. */
static int ended(struct cli *c, int found, const char *what, const char *which, struct err *err)
{
    buf_auto struct buf out = BUF(64);

    if (found == 0)
        err_set(err, NOT_FOUND, text_of(what), text_of(which));
    if (found != 1)
        return cli_fail(c, err);
    buf_str(&out, c->json ? "{\"done\":true}\n" : tr(c->lang, N_("Done.\n")));
    return cli_print(c, &out);
}

/* --- tokens ---------------------------------------------------------------------------------- */

static int token_add(struct cli *c, struct text person)
{
    buf_auto struct buf out = BUF(BUF_ANY), allowed = BUF(64);
    struct text words = cli_option(c, "allow") ? cli_text(c, "allow") : T("read");
    unsigned scopes = token_scopes(words);
    char token[TOKEN_TEXT];
    struct err err = {0};
    struct row r;
    int32_t until;
    int64_t expires;
    int status = cli_day(c, "until", &until);

    if (status)
        return status;
    if (scopes == 0)
        return cli_usage(c, N_("{0} is not a word that can stand there"), words);
    if (!date_valid(until))
        until = c->viewer.today + TOKEN_DAYS;
    /* Through the last millisecond of its last day, in the ledger's time. */
    expires = ((int64_t)until + 1) * DAY_MS - (int64_t)c->ledger.offset_minutes * 60000 - 1;
    if (token_make(&c->ledger, person, scopes, expires, cli_text(c, "label"), token, &err) != 0)
        return cli_fail(c, &err);
    if (c->json) {
        token_scopes_say(&allowed, scopes);
        r = row_begin(c, &out);
        row_value(&r, "token", text_of(token));
        row_value(&r, "person", person);
        row_value(&r, "allow", buf_view(&allowed));
        row_moment(&r, "expires", expires);
        row_end(&r);
    } else {
        say(&out, c->lang, N_("{0}\nThis is shown once; keep it like a password.\n"),
            text_of(token));
    }
    explicit_bzero(token, sizeof token);
    status = cli_print(c, &out);
    if (out.p)
        explicit_bzero(out.p, out.room);
    return status;
}

static int token_show(struct cli *c, struct text person)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    struct token *list;
    size_t count;
    struct err err = {0};

    if (token_list(&c->ledger, person, &list, &count, &c->arena, &err) != 0)
        return cli_fail(c, &err);
    for (size_t i = 0; i < count; i++) {
        buf_auto struct buf allowed = BUF(64);
        struct row r = row_begin(c, &out);
        token_scopes_say(&allowed, list[i].scopes);
        row_value(&r, "id", text_of(list[i].id));
        row_value(&r, "label", list[i].label);
        row_value(&r, "allow", buf_view(&allowed));
        row_moment(&r, "created", list[i].created);
        row_moment(&r, "expires", list[i].expires);
        row_moment(&r, "used", list[i].used);
        row_end(&r);
    }
    return cli_print(c, &out);
}

/* --- sessions and links ---------------------------------------------------------------------- */

static int session_show(struct cli *c, struct text person)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    struct session *list;
    size_t count;
    struct err err = {0};

    if (session_list(&c->ledger, person, &list, &count, &c->arena, &err) != 0)
        return cli_fail(c, &err);
    for (size_t i = 0; i < count; i++) {
        struct row r = row_begin(c, &out);
        row_value(&r, "id", text_of(list[i].id));
        row_moment(&r, "created", list[i].created);
        row_moment(&r, "seen", list[i].seen);
        row_value(&r, "address", list[i].address);
        row_value(&r, "agent", list[i].agent);
        row_end(&r);
    }
    return cli_print(c, &out);
}

static int session_stop(struct cli *c, struct text person)
{
    const char *id = cli_option(c, "id");
    struct err err = {0};
    int rc = id ? session_close_one(&c->ledger, person, text_of(id), &err)
                : session_close_all(&c->ledger, person, &err);

    return ended(c, rc == 0 ? 1 : -1, "", "", &err);
}

static int link_show(struct cli *c, struct text person)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    struct identity *list;
    size_t count;
    struct err err = {0};

    if (identity_list(&c->ledger, person, &list, &count, &c->arena, &err) != 0)
        return cli_fail(c, &err);
    for (size_t i = 0; i < count; i++) {
        struct row r = row_begin(c, &out);
        row_value(&r, "issuer", list[i].issuer);
        row_value(&r, "subject", list[i].subject);
        row_end(&r);
    }
    return cli_print(c, &out);
}

/* Links are an administrator's: who may link themselves may sign in as anybody's account says. */
static int link_change(struct cli *c, struct text person, bool add)
{
    const char *issuer = cli_option(c, "issuer"), *subject = cli_option(c, "subject");
    struct err err = {0};
    int rc;

    if (issuer == NULL || subject == NULL)
        return cli_usage(c, N_("Name --issuer and --subject"), T(""));
    if (!(c->viewer.roles & BIT(ROLE_ADMINISTRATOR)))
        return cli_refuse(
            c, &(struct outcome){.verdict = {.rule = RULE_ROLE,
                                             .texts = {text_of(N_("link people to accounts")),
                                                       text_of(N_("administrator"))}}});
    rc = add ? identity_link(&c->ledger, person, text_of(issuer), text_of(subject), &err)
             : identity_unlink(&c->ledger, person, text_of(issuer), text_of(subject), &err);
    if (add && rc == 0)
        return cli_refuse(
            c, &(struct outcome){.verdict = {.rule = RULE_EXISTS, .texts = {text_of(subject)}}});
    return ended(c, rc, N_("link"), subject, &err);
}

/* --- which ----------------------------------------------------------------------------------- */

static int token_end(struct cli *c, struct text person)
{
    const char *id = cli_option(c, "id");
    struct err err = {0};

    if (id == NULL)
        return cli_usage(c, N_("Name which with --id"), T(""));
    return ended(c, token_revoke(&c->ledger, person, text_of(id), &err), N_("token"), id, &err);
}

static int totp_end(struct cli *c, struct text person)
{
    struct err err = {0};

    return ended(c, second_reset(&c->ledger, person, &err) == 0 ? 1 : -1, "", "", &err);
}

static int link_add(struct cli *c, struct text person)
{
    return link_change(c, person, true);
}

static int link_remove(struct cli *c, struct text person)
{
    return link_change(c, person, false);
}

static const struct {
    const char *what, *action;
    int (*run)(struct cli *, struct text person);
    bool reads;
} actions[] = {
    {"token", "add", token_add, false},      {"token", "list", token_show, true},
    {"token", "revoke", token_end, false},   {"totp", "reset", totp_end, false},
    {"session", "list", session_show, true}, {"session", "end", session_stop, false},
    {"link", "add", link_add, false},        {"link", "list", link_show, true},
    {"link", "remove", link_remove, false},
};

int person_credentials(struct cli *c)
{
    const char *what = cli_arg(c, 0), *action = cli_arg(c, 1), *whose = cli_arg(c, 2);
    struct text person;
    struct err err = {0};
    size_t i = 0, count = sizeof actions / sizeof actions[0];
    int status;

    while (i < count && (action == NULL || strcmp(actions[i].what, what) != 0 ||
                         strcmp(actions[i].action, action) != 0))
        i++;
    if (i == count)
        return cli_usage(c, N_("{0} is none of the actions"), text_of(action ? action : ""));
    if (whose == NULL)
        return cli_usage(c, N_("Name which {0}"), text_of(c->command));
    if ((status = cli_open(c, actions[i].reads)) != 0)
        return status;
    if (cli_person(c, whose, &person, &err) != 0)
        return cli_fail(c, &err);
    if (!credentials_may(&c->viewer, person))
        return cli_refuse(
            c, &(struct outcome){.verdict = {.rule = RULE_ROLE,
                                             .texts = {text_of(N_("look after others' sign-in")),
                                                       text_of(N_("administrator"))}}});
    return actions[i].run(c, person);
}
