/*
 * people.c: the office's people, for the administrator: the list, one person's account, and the
 * forms that change who they are. Their credentials are credentials.c's. Nothing of an item stands
 * on these pages.
 */
#include "web/pages/people.h"

#include <stdio.h>

#include "office/hand_over.h"
#include "office/lists/lists.h"
#include "office/names.h"
#include "office/office.h"
#include "office/password.h"
#include "office/signin/identity.h"
#include "office/signin/second.h"
#include "office/signin/signin.h"
#include "web/app.h"
#include "web/pages/people.html.h"
#include "web/routes.h"

enum { ROWS = 50, SPARE_SCOPES = 2, SCOPES_SHOWN = 12 };

/* --- the list ----------------------------------------------------------------------------------
 */

static const struct {
    const char *word, *label;
} state_words[] = {[ROSTER_ACTIVE] = {"active", N_("active")},
                   [ROSTER_INACTIVE] = {"inactive", N_("inactive")},
                   [ROSTER_ALL] = {"all", N_("active and inactive")}};
enum { STATES = sizeof state_words / sizeof state_words[0] };

static void filter_fields(struct request *q, const struct roster_filter *f,
                          struct page_people_list *page)
{
    struct page_people_choice *list = arena_array(q->arena, struct page_people_choice, ROLE_COUNT),
                              *shown = arena_array(q->arena, struct page_people_choice, STATES);

    if (list == NULL || shown == NULL)
        return;
    list[0] = (struct page_people_choice){T(""), page_tr(q, N_("any")), f->roles == 0};
    for (int i = 1; i < ROLE_COUNT; i++)
        list[i] = (struct page_people_choice){word_key(&roles, i), page_word(q, &roles, i),
                                              f->roles == BIT(i)};
    for (int i = 0; i < STATES; i++)
        shown[i] = (struct page_people_choice){
            text_of(state_words[i].word), page_tr(q, state_words[i].label), (int)f->state == i};
    page->roles = list;
    page->roles_count = ROLE_COUNT;
    page->states = shown;
    page->states_count = STATES;
}

/* Reads the filter. A unit that is none finds nobody. */
static int filter_read(struct request *q, struct roster_filter *f, struct err *err)
{
    struct list_query unit = {.kind = LIST_PEOPLE};
    struct text given = text_trim(query_text(q, "unit")), code;
    int role = word_of(&roles, query_text(q, "role"));

    *f = (struct roster_filter){.words = text_trim(query_text(q, "name")),
                                .roles = role > 0 ? BIT(role) : 0,
                                .after = query_text(q, "after"),
                                .limit = ROWS + 1};
    for (int i = 0; i < STATES; i++)
        if (text_eq(query_text(q, "state"), text_of(state_words[i].word)))
            f->state = (enum roster_state)i;
    if (given.n == 0)
        return 0;
    if (name_unit(q->ledger, given, &code, q->arena, err) != 0 ||
        list_choose_unit(&unit, q->ledger, code, NULL, q->arena, err) != 0)
        return -1;
    f->path = unit.path;
    return 0;
}

/* The list's own address, to go on behind a code ("after"), back before one ("before"), or to begin
 * again ("", ""). */
static struct text list_href(struct request *q, const char *way, struct text code)
{
    static const char *const kept[] = {"name", "unit", "role", "state"};
    buf_auto struct buf out = BUF(8192);

    buf_str(&out, "/people?");
    if (*way) {
        buf_printf(&out, "%s=", way);
        html_url(&out, code);
    }
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (query_text(q, kept[i]).n) {
            buf_printf(&out, text_ends(buf_view(&out), T("?")) ? "%s=" : "&%s=", kept[i]);
            html_url(&out, query_text(q, kept[i]));
        }
    return arena_text(q->arena, buf_view(&out));
}

struct text people_href(struct request *q, struct text code)
{
    buf_auto struct buf out = BUF(4096);

    buf_str(&out, "/people/");
    html_url(&out, code);
    return arena_text(q->arena, buf_view(&out));
}

static void list_lines(struct response *r, const struct roster_person *rows, size_t count)
{
    r->type = "application/json";
    for (size_t i = 0; i < count; i++) {
        struct list_row row = {.kind = LIST_PEOPLE,
                               .person = {.code = rows[i].code,
                                          .name = rows[i].name,
                                          .unit = rows[i].unit,
                                          .unit_name = rows[i].unit_name,
                                          .roles = rows[i].roles,
                                          .inactive = rows[i].inactive,
                                          .provisional = rows[i].provisional}};
        list_json(&r->body, &row, T(""));
        buf_char(&r->body, '\n');
    }
}

int page_people(struct request *q, struct response *r, struct err *err)
{
    struct page_people_list page = {.name = query_text(q, "name"), .unit = query_text(q, "unit")};
    struct page_people_row *shown = arena_array(q->arena, struct page_people_row, ROWS);
    struct page_pages_links pages = {0};
    struct roster_person *rows = NULL;
    struct roster_filter f;
    size_t count = 0;
    int rc = filter_read(q, &f, err);

    if (shown == NULL)
        return err_set(err, NO_MEMORY);
    if (rc != 0 && (q->json || err_http(err) >= 500))
        return -1;
    /* A unit that nobody knows: the list is empty. */
    *err = (struct err){0};
    if (rc == 0 && query_text(q, "before").n) {
        f.limit = ROWS;
        rc = roster_people_back_to(q->ledger, &f, query_text(q, "before"), &f.after, q->arena, err);
        f.limit = ROWS + 1;
        if (rc != 0)
            return -1;
    }
    if (rc == 0 && roster_people(q->ledger, &f, &rows, &count, q->arena, err) != 0)
        return -1;
    if (count > ROWS) {
        count = ROWS;
        pages.more = list_href(q, "after", rows[ROWS - 1].code);
    }
    if (q->json) {
        list_lines(r, rows, count);
        return 0;
    }
    for (size_t i = 0; i < count; i++)
        shown[i] =
            (struct page_people_row){.code = rows[i].code,
                                     .href = people_href(q, rows[i].code),
                                     .name = rows[i].name,
                                     .unit = rows[i].unit_name.n ? rows[i].unit_name : rows[i].unit,
                                     .roles = account_roles(q, rows[i].roles),
                                     .inactive = rows[i].inactive,
                                     .provisional = rows[i].provisional};
    if (f.after.n) {
        pages.first = list_href(q, "", T(""));
        pages.back = count ? list_href(q, "before", rows[0].code) : T("");
    }
    page.pages = &pages;
    page.rows = shown;
    page.rows_count = count;
    filter_fields(q, &f, &page);
    page_open(q, r, page_tr(q, N_("People")), "people");
    page_people_list(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}

/* --- one person --------------------------------------------------------------------------------
 */

int people_find(struct request *q, struct text code, struct person_line *line, struct err *err)
{
    int rc = office_person(q->ledger, code, line, q->arena, err);

    return rc == 0 ? err_set(err, NOT_FOUND, err_sentence(N_("person")), code) : rc < 0 ? -1 : 0;
}

uint32_t people_roles(const struct person_line *line)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < line->roles.count; i++) {
        int role = word_of(&roles, line->roles.at[i]);
        if (role > 0)
            bits |= BIT(role);
    }
    return bits;
}

static struct text days(struct request *q, int32_t from, int32_t until)
{
    if (!date_valid(from) && !date_valid(until))
        return T("");
    return page_say(q, N_("{0} – {1}"), page_day(q, from), page_day(q, until));
}

static int show_bodies(struct request *q, struct text code, struct page_people_person *page,
                       struct err *err)
{
    struct page_people_body *shown;
    struct roster_body *rows;
    size_t count;

    if (roster_bodies(q->ledger, code, &rows, &count, q->arena, err) != 0)
        return -1;
    shown = arena_array(q->arena, struct page_people_body, count + 1);
    if (shown == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < count; i++) {
        buf_auto struct buf href = BUF(4096);
        buf_str(&href, "/bodies/");
        html_url(&href, rows[i].code);
        shown[i] = (struct page_people_body){rows[i].name, arena_text(q->arena, buf_view(&href)),
                                             days(q, rows[i].term_from, rows[i].term_until),
                                             page_day(q, rows[i].until)};
    }
    page->bodies = shown;
    page->bodies_count = count;
    return 0;
}

static int show_links(struct request *q, struct text code, struct page_people_person *page,
                      struct err *err)
{
    struct page_people_link *shown;
    struct identity *links;
    size_t count;

    if (identity_list(q->ledger, code, &links, &count, q->arena, err) != 0)
        return -1;
    shown = arena_array(q->arena, struct page_people_link, count + 1);
    if (shown == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < count; i++) {
        bool directory = text_eq(links[i].issuer, T(IDENTITY_LDAP));
        shown[i] = (struct page_people_link){links[i].issuer, links[i].subject, directory};
        page->of_directory |= directory && q->app->outside.has_directory;
    }
    page->links = shown;
    page->links_count = count;
    return 0;
}

/* What there is to sign in with. */
static int show_credentials(struct request *q, struct text code, struct page_people_person *page,
                            struct err *err)
{
    static const char *const kinds_of[] = {
        [PASSWORD_NONE] = N_("none yet"),
        [PASSWORD_OWN] = N_("set"),
        [PASSWORD_GIVEN] = N_("given, not yet changed"),
    };
    int kind = password_kind(q->ledger, code, err),
        second = kind < 0 ? -1 : second_has(q->ledger, code, &page->left, err);

    if (second < 0)
        return -1;
    page->password = page_tr(q, kinds_of[kind]);
    page->second = second == 1;
    return show_links(q, code, page, err);
}

static int people_show(struct request *q, struct response *r, struct text done, struct err *err)
{
    struct person_line line;
    struct page_people_person page = {0};
    struct roster_scope *scopes;
    struct text code = q->args[0], href = people_href(q, code), unit_name = T("");
    struct unit_line unit;
    size_t count;

    if (people_find(q, code, &line, err) != 0 ||
        roster_scopes(q->ledger, code, &scopes, &count, q->arena, err) != 0 ||
        show_bodies(q, code, &page, err) != 0 || show_credentials(q, code, &page, err) != 0)
        return -1;
    if (line.unit.n && office_unit(q->ledger, line.unit, &unit, q->arena, err) == 1)
        unit_name = unit.name;
    if (err->code)
        return -1;
    page.scopes = account_scopes(q, scopes, count, err);
    page.deputies = page.scopes
                        ? account_deputies(q, code, arena_join(q->arena, href, T("/deputy")), err)
                        : NULL;
    page.sessions = page.deputies
                        ? account_sessions(q, code, arena_join(q->arena, href, T("/sessions")), err)
                        : NULL;
    page.tokens = page.sessions
                      ? account_tokens(q, code, arena_join(q->arena, href, T("/revoke")), err)
                      : NULL;
    if (page.tokens == NULL)
        return -1;
    page.code = code;
    page.name = line.name;
    page.unit = unit_name.n ? unit_name : line.unit;
    page.unit_href = units_href(q, line.unit);
    page.roles = account_roles(q, people_roles(&line));
    page.clearance = page_word(q, &markings, line.clearance > 1 ? line.clearance : MARKING_OPEN);
    page.inactive = line.inactive;
    page.provisional = line.provisional;
    page.href = href;
    page.csrf = text_of(q->csrf);
    page.done = done;
    page.has_deputies = page.deputies->rows_count > 0;
    page.has_sessions = page.sessions->rows_count > 0;
    page.has_tokens = page.tokens->rows_count > 0;
    page_open(q, r, line.name, "people");
    page_people_person(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}

/* What a hand-over did, told after the way back here. */
static struct text handed(struct request *q)
{
    int64_t done = query_int(q, "handed", 0, INT32_MAX, -1),
            refused = query_int(q, "refused", 0, INT32_MAX, 0);
    char room[2][24];

    if (done < 0)
        return T("");
    return refused ? page_say(q, N_("{0} items were handed over; {1} were refused by a rule."),
                              html_number(&room[0], done), html_number(&room[1], refused))
                   : page_say(q, N_("{0} items were handed over."), html_number(&room[0], done));
}

int page_person(struct request *q, struct response *r, struct err *err)
{
    return people_show(q, r, handed(q), err);
}

/* --- the form of a person ----------------------------------------------------------------------
 */

/* A row of scope.N fields: a unit (* is every unit) and a campaign; an empty unit leaves it out. */
static void scope_fields(struct form *f, const struct roster_scope *scopes, size_t count)
{
    struct request *q = f->q;

    for (size_t i = 0; i < count + SPARE_SCOPES && i < SCOPES_SHOWN; i++) {
        const struct roster_scope *s = i < count ? &scopes[i] : NULL;
        char name[32];
        buf_auto struct buf n = BUF(16);
        struct page_act_field *field;
        buf_int(&n, (int64_t)i + 1);
        snprintf(name, sizeof name, "unit.%zu", i + 1);
        field = form_field(f, arena_cstr(q->arena, text_of(name)), "line", N_("Scope"),
                           s ? s->unit.n ? s->unit : T("*") : T(""), false);
        field->label = page_say(q, N_("Scope {0}: unit and what stands below it"), buf_view(&n));
        field->hint =
            s && s->unit_name.n ? s->unit_name : page_tr(q, N_("name or code; * is every unit"));
        snprintf(name, sizeof name, "campaign.%zu", i + 1);
        field = form_field(f, arena_cstr(q->arena, text_of(name)), "line", N_("Scope"),
                           s ? s->campaign : T(""), false);
        field->label = page_say(q, N_("Scope {0}: campaign"), buf_view(&n));
        field->hint = page_tr(q, N_("its code; empty: all that are not confidential"));
        form_pair(f);
    }
}

static int scopes_take(struct request *q, struct scope_list *list, struct err *err)
{
    list->at = arena_array(q->arena, struct scope_line, SCOPES_SHOWN);
    list->count = 0;
    if (list->at == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < SCOPES_SHOWN; i++) {
        char unit[32], campaign[32];
        struct scope_line *line = &list->at[list->count];
        snprintf(unit, sizeof unit, "unit.%zu", i + 1);
        snprintf(campaign, sizeof campaign, "campaign.%zu", i + 1);
        if (form_line(q, unit).n == 0)
            continue;
        *line = (struct scope_line){T(""), form_line(q, campaign)};
        if (!text_eq(form_line(q, unit), T("*")) && form_unit(q, unit, &line->unit, err) != 0)
            return -1;
        list->count++;
    }
    return 0;
}

static void person_fields(struct form *f, const struct person_line *line, bool is_new,
                          const struct roster_scope *scopes, size_t count)
{
    struct request *q = f->q;
    uint32_t bits = people_roles(line);
    bool follow = roster_scopes_follow(bits, line->unit, scopes, count);

    if (is_new)
        form_field(f, "code", "line", N_("Code"), T(""), false)->hint =
            page_tr(q, N_("for signing in; empty: one is given"));
    form_field(f, "name", "line", N_("Full name"), line->name, true);
    form_field(f, "unit", "unit", N_("Unit"), form_unit_name(q, line->unit), false);
    form_words(f, "clearance", N_("Clearance"), &markings,
               line->clearance > 1 ? line->clearance : MARKING_OPEN, NULL);
    if (!is_new)
        form_field(f, "inactive", "switch", N_("Inactive: can no longer sign in"),
                   line->inactive ? T("1") : T(""), false);
    form_bits(f, "role", N_("Roles"), &roles, ~0u, bits);
    form_field(f, "follow", "switch", N_("Scopes follow from the roles and the unit"),
               follow ? T("1") : T(""), false);
    scope_fields(f, follow ? NULL : scopes, follow ? 0 : count);
}

static int change_form(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    bool is_new = q->args[0].n == 0;
    struct person_line line = {0};
    struct roster_scope *scopes = NULL;
    size_t count = 0;
    struct form f;

    if (!is_new && (people_find(q, q->args[0], &line, err) != 0 ||
                    roster_scopes(q->ledger, q->args[0], &scopes, &count, q->arena, err) != 0))
        return -1;
    if (is_new)
        form_begin(&f, q, N_("Add a person"), N_("Add"), T("/people"), page_tr(q, N_("People")));
    else
        form_begin(&f, q, N_("Change a person"), N_("Change"), people_href(q, q->args[0]),
                   line.name);
    if (is_new)
        f.page.lead = page_tr(q, N_("Afterwards give them a password, or link their account "
                                    "elsewhere, so that they can sign in."));
    if (count > SCOPES_SHOWN - SPARE_SCOPES)
        f.page.warn = page_tr(q, N_("This person has more scopes than fit on this page. Change "
                                    "them with the command line."));
    person_fields(&f, &line, is_new, scopes, count);
    form_show(&f, r, "people", wrong);
    return 0;
}

int page_person_change(struct request *q, struct response *r, struct err *err)
{
    return change_form(q, r, T(""), err);
}

/* Fills the line with what the form says. */
static int person_take(struct request *q, struct person_line *line, struct err *err)
{
    uint32_t bits = form_bits_given(q, "role", &roles);
    int marking = word_of(&markings, form_line(q, "clearance"));

    line->name = form_line(q, "name");
    line->clearance = marking > 0 ? marking : line->clearance;
    line->inactive = form_line(q, "inactive").n > 0;
    line->provisional = false; /* somebody has looked at them */
    line->roles = (struct texts){.at = arena_array(q->arena, struct text, ROLE_COUNT)};
    for (int i = 1; line->roles.at && i < ROLE_COUNT; i++)
        if (bits & BIT(i))
            line->roles.at[line->roles.count++] = word_key(&roles, i);
    if (form_unit(q, "unit", &line->unit, err) != 0)
        return -1;
    line->scopes.count = 0;
    return form_line(q, "follow").n ? 0 : scopes_take(q, &line->scopes, err);
}

int page_person_change_done(struct request *q, struct response *r, struct err *err)
{
    struct command command = {.event = {.kind = EVENT_PERSON_PUT}};
    bool is_new = q->args[0].n == 0;
    struct person_line line = {0}, old;
    int rc;

    if (!is_new && people_find(q, q->args[0], &line, err) != 0)
        return -1;
    if (line.scopes.count > SCOPES_SHOWN - SPARE_SCOPES)
        return err_set(err, TOO_LARGE, err_sentence(N_("The list")), T("10"));
    rc = person_take(q, &line, err);
    if (is_new) {
        if (rc == 0)
            rc = form_code(q, "code", &line.code, err);
        if (rc == 0 && line.code.n && office_person(q->ledger, line.code, &old, q->arena, err) == 1)
            rc = err_set(err, TAKEN, line.code);
    }
    command.event.person_put.people = (struct person_list){&line, 1};
    return form_done(q, r, rc, &command, "/people/", change_form, err);
}

int page_person_new(struct request *q, struct response *r, struct err *err)
{
    return change_form(q, r, T(""), err);
}

int page_person_new_done(struct request *q, struct response *r, struct err *err)
{
    return page_person_change_done(q, r, err);
}

/* --- a deputy ----------------------------------------------------------------------------------
 */

static int deputy_form(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    struct person_line line;
    struct form f;

    if (people_find(q, q->args[0], &line, err) != 0)
        return -1;
    form_begin(&f, q, N_("Name a deputy"), N_("Name a deputy"), people_href(q, q->args[0]),
               line.name);
    account_deputy_fields(&f);
    form_show(&f, r, "people", wrong);
    return 0;
}

int page_person_deputy(struct request *q, struct response *r, struct err *err)
{
    return deputy_form(q, r, T(""), err);
}

int page_person_deputy_done(struct request *q, struct response *r, struct err *err)
{
    struct person_line line;
    struct command command;

    if (people_find(q, q->args[0], &line, err) != 0)
        return -1;
    return form_done(q, r, account_deputy_command(q, q->args[0], &command, err), &command,
                     "/people/", deputy_form, err);
}

/* --- what somebody leaves behind ---------------------------------------------------------------
 */

static int hand_over_form(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    struct person_line line;
    struct form f;

    if (people_find(q, q->args[0], &line, err) != 0)
        return -1;
    form_begin(&f, q, N_("Hand over open work"), N_("Hand over"), people_href(q, q->args[0]),
               line.name);
    f.page.lead = page_tr(q, N_("All that this person answers for and that is not yet closed goes "
                                "into the hands of somebody else. What is done so far stays under "
                                "their name."));
    form_field(&f, "to", "person", N_("Who takes over"), T(""), true);
    form_field(&f, "reason", "line", N_("Reason"), T(""), false);
    form_show(&f, r, "people", wrong);
    return 0;
}

int page_person_hand_over(struct request *q, struct response *r, struct err *err)
{
    return hand_over_form(q, r, T(""), err);
}

/* Batch by batch; of what was refused only the number is told, since an administrator sees no
 * items.
 */
static int hand_over_all(struct request *q, struct hand_over *all, int64_t *done, int64_t *refused,
                         struct err *err)
{
    struct command *commands = arena_array(q->arena, struct command, HAND_OVER_BATCH);
    struct outcome *outcomes = arena_array(q->arena, struct outcome, HAND_OVER_BATCH);
    bool seen[HAND_OVER_BATCH];
    size_t count;

    if (commands == NULL || outcomes == NULL)
        return err_set(err, NO_MEMORY);
    do {
        if (hand_over_next(q->ledger, &q->viewer, all, commands, seen, &count, q->arena, err) !=
                0 ||
            (count && act_submit_all(q, commands, outcomes, count, err) != 0))
            return -1;
        for (size_t i = 0; i < count; i++)
            ++*(outcomes[i].verdict.rule ? refused : done);
    } while (count == HAND_OVER_BATCH);
    return 0;
}

int page_person_hand_over_done(struct request *q, struct response *r, struct err *err)
{
    struct hand_over all = {.from = q->args[0], .reason = form_line(q, "reason")};
    buf_auto struct buf wrong = BUF(BUF_ANY), to = BUF(4096);
    int64_t done = 0, refused = 0;
    struct person_line line;

    if (people_find(q, q->args[0], &line, err) != 0)
        return -1;
    if (form_person(q, "to", &all.to, err) != 0) {
        err_say(&wrong, q->lang, err);
        *err = (struct err){0};
        r->status = 422;
        return hand_over_form(q, r, buf_view(&wrong), err);
    }
    if (all.to.n == 0 || text_eq(all.to, all.from))
        return form_wrong(q, r, N_("Name somebody else who takes over."), 422, hand_over_form, err);
    if (hand_over_all(q, &all, &done, &refused, err) != 0)
        return -1;
    buf_text(&to, people_href(q, q->args[0]));
    buf_printf(&to, "?handed=%lld&refused=%lld", (long long)done, (long long)refused);
    respond_see(r, buf_view(&to));
    return 0;
}
