/* account_parts.c: see account_parts.h. */
#include "web/pages/account_parts.h"

#include "office/office.h"
#include "office/signin/session.h"
#include "office/signin/token.h"
#include "web/app.h"
#include "web/pages/form.h"

struct page_account_deputies *account_deputies(struct request *q, struct text person,
                                               struct text action, struct err *err)
{
    struct page_account_deputies *part = arena_array(q->arena, struct page_account_deputies, 1);
    struct page_account_deputy *rows;
    struct office_deputy *list;
    int32_t today = q->viewer.today;
    size_t count;

    if (office_deputies(q->ledger, person, &list, &count, q->arena, err) != 0)
        return NULL;
    rows = arena_array(q->arena, struct page_account_deputy, count + 1);
    if (part == NULL || rows == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        bool open = !date_valid(list[i].until);
        bool over = !open && list[i].until < today;
        rows[i] = (struct page_account_deputy){
            .code = list[i].deputy,
            .name = list[i].name,
            .from = page_day(q, list[i].from),
            .from_given = page_day(q, list[i].from),
            .until = open ? page_tr(q, N_("until further notice")) : page_day(q, list[i].until),
            .now = !over && list[i].from <= today,
            .over = over};
    }
    *part = (struct page_account_deputies){.action = action,
                                           .csrf = text_of(q->csrf),
                                           .yesterday = page_day(q, today - 1),
                                           .rows = rows,
                                           .rows_count = count};
    return part;
}

void account_deputy_fields(struct form *f)
{
    struct request *q = f->q;

    f->page.lead = page_tr(q, N_("A deputy sees and does during these days what the absent person "
                                 "may see and do. The log names both."));
    form_field(f, "deputy", "person", N_("Who stands in"), T(""), true);
    form_field(f, "from", "day", N_("First day"), page_day(q, q->viewer.today), true);
    form_field(f, "until", "day", N_("Last day"), T(""), true);
}

int account_deputy_command(struct request *q, struct text person, struct command *command,
                           struct err *err)
{
    struct person_deputy_event *d = &command->event.person_deputy;

    *command = (struct command){.on = person, .event = {.kind = EVENT_PERSON_DEPUTY}};
    if (form_person(q, "deputy", &d->deputy, err) != 0 ||
        form_day(q, "from", N_("First day"), &d->from, err) != 0 ||
        form_day(q, "until", N_("Last day"), &d->until, err) != 0)
        return -1;
    if (!date_valid(d->from))
        d->from = q->viewer.today;
    /* An absence ends; one that is over ends a deputy's time. */
    if (d->deputy.n == 0)
        return err_set(err, FORM_FIELD, err_sentence(N_("Who stands in")));
    if (!date_valid(d->until))
        return err_set(err, FORM_FIELD, err_sentence(N_("Last day")));
    if (d->until < d->from && d->until >= q->viewer.today)
        return err_set(err, FORM_FIELD, err_sentence(N_("Last day")));
    return 0;
}

/* What a browser calls itself, for people: "Edge (Windows)"; as it says it where that is not known.
 * Of two that fit the first counts: many call themselves Chrome and Safari, too. */
static struct text browser_of(struct request *q, struct text agent)
{
    static const char *const browsers[][2] = {
        {"MicroMessenger", "WeChat"}, {"DingTalk", "DingTalk"},
        {"QQBrowser", "QQ Browser"},  {"Edg", "Edge"},
        {"Firefox", "Firefox"},       {"Chrome", "Chrome"},
        {"Safari", "Safari"},
    };
    static const char *const systems[][2] = {
        {"OpenHarmony", "HarmonyOS"}, {"Android", "Android"}, {"iPhone", "iOS"},  {"iPad", "iOS"},
        {"Windows", "Windows"},       {"Mac OS X", "macOS"},  {"Linux", "Linux"},
    };
    const char *browser = NULL, *system = NULL;

    for (size_t i = 0; browser == NULL && i < sizeof browsers / sizeof browsers[0]; i++)
        if (text_has(agent, text_of(browsers[i][0])))
            browser = browsers[i][1];
    for (size_t i = 0; system == NULL && i < sizeof systems / sizeof systems[0]; i++)
        if (text_has(agent, text_of(systems[i][0])))
            system = systems[i][1];
    if (browser == NULL)
        return agent;
    return system ? page_say(q, N_("{0} ({1})"), text_of(browser), text_of(system))
                  : text_of(browser);
}

struct page_account_sessions *account_sessions(struct request *q, struct text person,
                                               struct text action, struct err *err)
{
    struct page_account_sessions *part = arena_array(q->arena, struct page_account_sessions, 1);
    struct page_account_session *rows;
    struct session *list;
    struct session own;
    bool here = false;
    size_t count;

    if (session_list(q->ledger, person, &list, &count, q->arena, err) != 0)
        return NULL;
    if (text_eq(person, q->viewer.person) && q->token.n) {
        int rc = session_get(q->ledger, q->token, &own, q->arena, err);
        if (rc < 0)
            return NULL;
        here = rc == 1;
    }
    rows = arena_array(q->arena, struct page_account_session, count + 1);
    if (part == NULL || rows == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct page_account_session){.id = arena_text(q->arena, text_of(list[i].id)),
                                                .since = page_time(q, list[i].created),
                                                .seen = page_time(q, list[i].seen),
                                                .network = list[i].address,
                                                .agent = browser_of(q, list[i].agent),
                                                .here = here && strcmp(own.id, list[i].id) == 0};
    *part = (struct page_account_sessions){
        .action = action, .csrf = text_of(q->csrf), .rows = rows, .rows_count = count};
    return part;
}

static struct text scopes_in_words(struct request *q, unsigned scopes)
{
    static const struct {
        unsigned bit;
        const char *label;
    } words[] = {{TOKEN_READ, N_("look")},
                 {TOKEN_WRITE, N_("give commands")},
                 {TOKEN_ADMIN, N_("change the office")}};
    buf_auto struct buf out = BUF(256);

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (scopes & words[i].bit) {
            if (out.n)
                buf_str(&out, account_comma(q));
            buf_str(&out, tr(q->lang, words[i].label));
        }
    return arena_text(q->arena, buf_view(&out));
}

struct page_account_tokens *account_tokens(struct request *q, struct text person,
                                           struct text action, struct err *err)
{
    struct page_account_tokens *part = arena_array(q->arena, struct page_account_tokens, 1);
    struct page_account_token *rows;
    struct token *list;
    int64_t now = q->app->env->now(q->app->env);
    size_t count;

    if (token_list(q->ledger, person, &list, &count, q->arena, err) != 0)
        return NULL;
    rows = arena_array(q->arena, struct page_account_token, count + 1);
    if (part == NULL || rows == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct page_account_token){
            .id = arena_text(q->arena, text_of(list[i].id)),
            .label = list[i].label,
            .scopes = scopes_in_words(q, list[i].scopes),
            .created = text_head(page_time(q, list[i].created), 10),
            .expires = text_head(page_time(q, list[i].expires), 10),
            .used =
                list[i].used ? text_head(page_time(q, list[i].used), 10) : page_tr(q, N_("never")),
            .over = list[i].expires < now};
    *part = (struct page_account_tokens){
        .action = action, .csrf = text_of(q->csrf), .rows = rows, .rows_count = count};
    return part;
}

/* --- roles and scopes in words -----------------------------------------------------------------
 */

struct text account_roles(struct request *q, uint32_t bits)
{
    buf_auto struct buf out = BUF(1024);

    for (int i = 1; i < ROLE_COUNT; i++)
        if (bits & BIT(i)) {
            if (out.n)
                buf_str(&out, account_comma(q));
            buf_text(&out, page_word(q, &roles, i));
        }
    return arena_text(q->arena, buf_view(&out));
}

struct page_account_scopes *account_scopes(struct request *q, const struct roster_scope *scopes,
                                           size_t count, struct err *err)
{
    struct page_account_scopes *part = arena_array(q->arena, struct page_account_scopes, 1);
    struct page_account_scope *rows = arena_array(q->arena, struct page_account_scope, count + 1);

    if (part == NULL || rows == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        const struct roster_scope *s = &scopes[i];
        struct text unit = s->unit_name.n ? s->unit_name : s->unit;
        rows[i].words = unit.n && s->campaign.n
                            ? page_say(q, N_("{0} and what stands below it, campaign {1} alone"),
                                       unit, s->campaign)
                        : unit.n ? page_say(q, N_("{0} and what stands below it"), unit)
                        : s->campaign.n
                            ? page_say(q, N_("every unit, campaign {0} alone"), s->campaign)
                            : page_tr(q, N_("every unit and campaign that is not confidential"));
    }
    *part = (struct page_account_scopes){.rows = rows, .rows_count = count};
    return part;
}
