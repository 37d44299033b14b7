/* instructions.c: leaders' instructions (批示): the list, one of them, and what is done about it.
 */
#include "office/lists/history.h"
#include "office/outcome.h"
#include "web/app.h"
#include "web/pages/act.h"
#include "web/pages/instruction_say.h"
#include "web/pages/instructions.html.h"
#include "web/routes.h"

enum { ROWS = 50, FACTS = 12, FIELDS = 6, PARAMS = 12 };

/* --- the list ----------------------------------------------------------------------------------
 */

enum { SHOW_OPEN, SHOW_OVERDUE, SHOW_ALL, SHOWS };
static const struct {
    const char *key, *label;
} shows[SHOWS] = {{"open", N_("Open")}, {"overdue", N_("Overdue")}, {"all", N_("All of them")}};

struct chosen {
    int show;
    bool mine;
};

/* A leader's list begins with what they gave themselves; everybody else's with all they see. */
static struct chosen chosen(const struct request *q)
{
    struct chosen c = {SHOW_OPEN, (q->viewer.roles & BIT(ROLE_LEADER)) != 0};

    for (int i = 0; i < SHOWS; i++)
        if (text_eq(query_text(q, "show"), text_of(shows[i].key)))
            c.show = i;
    if (query_text(q, "mine").n)
        c.mine = text_eq(query_text(q, "mine"), T("1"));
    return c;
}

/* The list's own address, to go on behind an instruction ("after"), back before one ("before"), or
 * to begin ("", ""). */
static struct text list_href(struct request *q, int show, bool mine, const char *way,
                             struct text code)
{
    buf_auto struct buf out = BUF(1024);

    buf_printf(&out, "/instructions?show=%s&mine=%d", shows[show].key, mine);
    if (*way) {
        buf_printf(&out, "&%s=", way);
        html_url(&out, code);
    }
    return arena_text(q->arena, buf_view(&out));
}

/* Where the page begins that ends before the instruction of the address: the same list from the
 * other end. 0: at the beginning of all. */
static int back_to(struct request *q, struct instruction_query query, int64_t *after,
                   struct err *err)
{
    struct instruction_row before, *rows;
    size_t count;

    if (instruction_find(&before, q->ledger, &q->viewer, query_text(q, "before"), q->arena, err) !=
        0)
        return -1;
    query.newest = false;
    query.after = before.id;
    if (instructions_load(&rows, &count, q->ledger, &q->viewer, &query, q->arena, err) != 0)
        return -1;
    *after = count > ROWS ? rows[ROWS].id : 0;
    return 0;
}

static struct page_instruction_row list_row(struct request *q, const struct instruction_row *row,
                                            struct page_mark *mark)
{
    struct page_instruction_row out = {.code = row->code,
                                       .href = instruction_href(q, row->code),
                                       .words = row->text,
                                       .state = mark,
                                       .giver = row->giver_name,
                                       .given = page_day(q, row->given),
                                       .to = instruction_addressee(q, row),
                                       .due = page_day(q, row->due),
                                       .late = row->overdue,
                                       .report = row->report};

    *mark = instruction_mark(q, row->state);
    out.about = instruction_about(q, row, &out.about_href);
    return out;
}

int page_instructions(struct request *q, struct response *r, struct err *err)
{
    struct chosen c = chosen(q);
    struct instruction_query query = {.mine = c.mine,
                                      .open = c.show == SHOW_OPEN,
                                      .overdue = c.show == SHOW_OVERDUE,
                                      .newest = true,
                                      .limit = ROWS + 1};
    struct page_instruction_tab *tabs = arena_array(q->arena, struct page_instruction_tab, SHOWS);
    struct page_instruction_tab *whose = arena_array(q->arena, struct page_instruction_tab, 2);
    struct page_instruction_row *list = arena_array(q->arena, struct page_instruction_row, ROWS);
    struct page_mark *marks = arena_array(q->arena, struct page_mark, ROWS);
    struct instruction_row *rows, after;
    struct page_pages_links pages = {0};
    size_t count;

    if (tabs == NULL || whose == NULL || list == NULL || marks == NULL)
        return err_set(err, NO_MEMORY);
    if (query_text(q, "after").n &&
        instruction_find(&after, q->ledger, &q->viewer, query_text(q, "after"), q->arena, err) != 0)
        return -1;
    query.after = query_text(q, "after").n ? after.id : 0;
    if (query_text(q, "before").n && back_to(q, query, &query.after, err) != 0)
        return -1;
    if (instructions_load(&rows, &count, q->ledger, &q->viewer, &query, q->arena, err) != 0)
        return -1;
    if (count > ROWS) {
        count = ROWS;
        pages.more = list_href(q, c.show, c.mine, "after", rows[ROWS - 1].code);
    }
    if (q->json) {
        r->type = "application/json";
        for (size_t i = 0; i < count; i++) {
            instruction_json(&r->body, q->ledger, &rows[i], NULL, 0);
            buf_char(&r->body, '\n');
        }
        return 0;
    }
    for (size_t i = 0; i < count; i++)
        list[i] = list_row(q, &rows[i], &marks[i]);
    if (query.after) {
        pages.first = list_href(q, c.show, c.mine, "", T(""));
        pages.back = count ? list_href(q, c.show, c.mine, "before", rows[0].code) : T("");
    }
    for (int i = 0; i < SHOWS; i++)
        tabs[i] = (struct page_instruction_tab){list_href(q, i, c.mine, "", T("")),
                                                page_tr(q, shows[i].label), i == c.show};
    whose[0] = (struct page_instruction_tab){list_href(q, c.show, true, "", T("")),
                                             page_tr(q, N_("Mine in person")), c.mine};
    whose[1] = (struct page_instruction_tab){list_href(q, c.show, false, "", T("")),
                                             page_tr(q, N_("All that I see")), !c.mine};
    page_open(q, r, page_tr(q, N_("Instructions")), "instructions");
    page_instructions_page(
        &r->body, q->lang,
        &(struct page_instructions_page){.tabs = tabs,
                                         .tabs_count = SHOWS,
                                         .whose = whose,
                                         .whose_count = 2,
                                         .give = (q->viewer.roles & BIT(ROLE_LEADER)) != 0,
                                         .rows = list,
                                         .rows_count = count,
                                         .pages = &pages});
    page_shut(q, r);
    return 0;
}

/* --- forms -------------------------------------------------------------------------------------
 */

struct form_field {
    const char *option, *kind, *label; /* kinds: act.html */
    bool required;
};
static const struct action {
    const char *name, *label;
    enum event_kind event;
    struct form_field fields[4];
} actions[] = {
    {"report",
     N_("Report on it"),
     EVENT_INSTRUCTION_REPORT,
     {{"text", "area", N_("What was done"), true}}},
    {"close", N_("Wind it up"), EVENT_INSTRUCTION_CLOSE, {{"note", "area", N_("Remark"), false}}},
    {"return",
     N_("Return for more"),
     EVENT_INSTRUCTION_RETURN,
     {{"reason", "area", N_("Reason"), true}}},
    {"withdraw",
     N_("Withdraw it"),
     EVENT_INSTRUCTION_WITHDRAW,
     {{"reason", "area", N_("Reason"), true}}},
    {"give",
     N_("Give an instruction"),
     EVENT_INSTRUCTION_GIVE,
     {{"text", "area", N_("The instruction"), true},
      {"to", "unit", N_("Addressed to the unit"), false},
      {"person", "person", N_("or to the person"), false},
      {"due", "day", N_("To be done by"), false}}},
};
enum { ACTIONS = sizeof actions / sizeof actions[0], GIVE = ACTIONS - 1 };

static struct page_act_form *form_of(struct request *q, const struct action *a, struct text address,
                                     int64_t version, bool again)
{
    struct page_act_form *form = arena_array(q->arena, struct page_act_form, 1);
    struct page_act_field *fields = arena_array(q->arena, struct page_act_field, FIELDS);
    size_t count = 0;

    if (form == NULL || fields == NULL)
        return NULL;
    for (size_t i = 0; i < 4 && a->fields[i].option; i++) {
        const struct form_field *f = &a->fields[i];
        fields[count++] = (struct page_act_field){.name = text_of(f->option),
                                                  .label = page_tr(q, f->label),
                                                  .value = form_text(q, f->option),
                                                  .kind = text_of(f->kind),
                                                  .required = f->required};
    }
    *form = (struct page_act_form){.action = address,
                                   .title = page_tr(q, a->label),
                                   .verb = text_of(a->name),
                                   .button = page_tr(q, a->label),
                                   .csrf = text_of(q->csrf),
                                   /* Sent again after others' changes it is another command. */
                                   .key = form_text(q, "id").n && !again ? form_text(q, "id")
                                                                         : page_key(q),
                                   .version = version,
                                   .fields = fields,
                                   .fields_count = count};
    return form;
}

/* The values of a form as the action's options. */
static size_t params_of(const struct request *q, const struct action *a, struct param *params)
{
    static const char *const always[] = {"id", "version"};
    size_t n = 0;

    for (size_t i = 0; i < 4 && a->fields[i].option; i++) {
        struct text value = text_trim(form_text(q, a->fields[i].option));
        if (value.n)
            params[n++] = (struct param){text_of(a->fields[i].option), value, T("")};
    }
    for (size_t i = 0; i < 2; i++) {
        struct text value = form_text(q, always[i]);
        if (value.n && !text_eq(value, T("0")))
            params[n++] = (struct param){text_of(always[i]), value, T("")};
    }
    return n;
}

/* Decides and writes; *wrong gets the sentence of what the author can mend. -1 for the rest. */
static int submit(struct request *q, struct response *r, const struct action *a, struct text on,
                  const struct param *params, size_t count, struct outcome *o, struct buf *wrong,
                  struct err *err)
{
    struct command command;
    int rc;

    /* A number of the board is read at a moment of its own. */
    store_rollback(q->ledger->store);
    rc = instruction_command(q->ledger, &q->viewer, text_of(a->name), on, params, count, &command,
                             q->arena, err);
    if (rc == 0)
        rc = act_submit(q, &command, o, err);
    if (rc != 0 && !act_keeps_form(q, err))
        return -1;
    if (rc != 0) {
        r->status = err_http(err) == 503 ? 503 : 422;
        err_say(wrong, q->lang, err);
        store_rollback(q->ledger->store);
        if (store_begin(q->ledger->store, STORE_READ, err) != 0)
            return -1;
    } else if (o->verdict.rule) {
        r->status = 409;
        page_refusal(wrong, q, &o->verdict);
    }
    if (q->json) {
        r->type = "application/json";
        outcome_json(&r->body, q->lang, q->ledger, o, on);
    } else if (wrong->n == 0) {
        respond_see(r, instruction_href(q, o->code.n ? o->code : on));
    }
    return 0;
}

/* --- one of them -------------------------------------------------------------------------------
 */

static void fact(struct page_instruction_sheet *page, struct page_instruction_fact *facts,
                 struct text label, struct text value, struct text href, bool strong)
{
    if (value.n && page->facts_count < FACTS)
        facts[page->facts_count++] = (struct page_instruction_fact){label, value, href, strong};
}

static void gather_facts(struct request *q, const struct instruction_row *row,
                         struct page_instruction_sheet *page, struct page_instruction_fact *facts)
{
    struct text href, about = instruction_about(q, row, &href), none = T("");
    char room[24];

    fact(page, facts, page_tr(q, row->item.n ? N_("About the item") : N_("About the number")),
         about, row->item.n ? href : none, false);
    if (row->number.what.n)
        fact(page, facts, page_tr(q, N_("Its rows today")), page_tr(q, N_("Show the list")), href,
             false);
    fact(page, facts, page_tr(q, N_("Given by")), row->giver_name, none, false);
    fact(page, facts, page_tr(q, N_("Given on")), page_time(q, row->at), none, false);
    fact(page, facts, page_tr(q, N_("Addressee")), instruction_addressee(q, row), none, false);
    fact(page, facts, page_tr(q, N_("To be done by")), page_day(q, row->due), none, row->overdue);
    fact(page, facts, page_tr(q, N_("Reports")),
         arena_text(q->arena, html_number(&room, row->reports)), none, false);
    if (row->returns)
        fact(page, facts, page_tr(q, N_("Times returned")),
             arena_text(q->arena, html_number(&room, row->returns)), none, false);
    page->facts = facts;
}

static void gather_history(struct request *q, struct names *names, const struct entry *entries,
                           size_t count, struct page_instruction_sheet *page)
{
    struct page_instruction_event *list =
        arena_array(q->arena, struct page_instruction_event, count + 1);

    for (size_t i = 0; list && i < count; i++) {
        const struct entry *e = &entries[count - 1 - i];
        buf_auto struct buf what = BUF(BUF_ANY);
        history_say(&what, q->lang, names, e);
        list[i] = (struct page_instruction_event){page_time(q, e->at), name_of_person(names, e->by),
                                                  arena_text(q->arena, buf_view(&what)), e->seq};
    }
    page->history = list;
    page->history_count = list ? count : 0;
}

static struct text action_href(struct request *q, struct text code, const char *action)
{
    return arena_join(q->arena, arena_join(q->arena, instruction_href(q, code), T("/")),
                      text_of(action));
}

/* The page; with the form of an action, and what was wrong with it. */
static int show(struct request *q, struct response *r, const struct action *a, bool again,
                struct text wrong, struct err *err)
{
    struct page_instruction_tab *buttons = arena_array(q->arena, struct page_instruction_tab, GIVE);
    struct page_instruction_fact *facts =
        arena_array(q->arena, struct page_instruction_fact, FACTS);
    struct names names = {.l = q->ledger, .arena = q->arena};
    struct page_instruction_sheet page = {.wrong = wrong};
    struct instruction_row row;
    struct entry *entries;
    struct page_mark mark;
    size_t count;
    uint32_t may;

    if (buttons == NULL || facts == NULL)
        return err_set(err, NO_MEMORY);
    if (instruction_find(&row, q->ledger, &q->viewer, q->args[0], q->arena, err) != 0 ||
        instruction_entries(&entries, &count, q->ledger, &row, q->arena, err) != 0)
        return -1;
    if (q->json) {
        r->type = "application/json";
        instruction_json(&r->body, q->ledger, &row, entries, count);
        buf_char(&r->body, '\n');
        return 0;
    }
    if (instruction_may(&may, q->ledger, &q->viewer, &row, q->arena, err) != 0)
        return -1;
    mark = instruction_mark(q, row.state);
    page.code = row.code;
    page.state = &mark;
    page.late = row.overdue;
    page.words = row.text;
    page.report = row.report;
    if (row.report_at)
        page.reporter = page_say(q, N_("{0}, {1}"), row.reporter_name, page_time(q, row.report_at));
    for (int i = 0; i < GIVE && a == NULL; i++)
        if (may & BIT(actions[i].event)) {
            buttons[page.actions_count] = (struct page_instruction_tab){
                action_href(q, row.code, actions[i].name), page_tr(q, actions[i].label),
                page.actions_count == 0};
            page.actions_count++;
        }
    page.actions = buttons;
    if (a &&
        (page.form = form_of(q, a, action_href(q, row.code, a->name), row.version, again)) == NULL)
        return err_set(err, NO_MEMORY);
    gather_facts(q, &row, &page, facts);
    gather_history(q, &names, entries, count, &page);
    if (names.err.code) {
        *err = names.err;
        return -1;
    }
    page_open(q, r, row.code, "instructions");
    page_instruction_sheet(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}

int page_instruction(struct request *q, struct response *r, struct err *err)
{
    return show(q, r, NULL, false, T(""), err);
}

static const struct action *action_asked(struct request *q, struct err *err)
{
    for (int i = 0; i < GIVE; i++)
        if (text_eq(q->args[1], text_of(actions[i].name)))
            return &actions[i];
    err_set(err, NOT_FOUND, err_sentence(N_("page")), q->args[1]);
    return NULL;
}

int page_instruction_act(struct request *q, struct response *r, struct err *err)
{
    const struct action *a = action_asked(q, err);

    return a ? show(q, r, a, false, T(""), err) : -1;
}

int page_instruction_act_done(struct request *q, struct response *r, struct err *err)
{
    const struct action *a = action_asked(q, err);
    buf_auto struct buf wrong = BUF(BUF_ANY);
    struct outcome outcome = {0};
    struct param params[PARAMS];
    struct instruction_row row;

    /* Programs are told of one that is not there, or not for them, as of every other thing. */
    if (a == NULL ||
        instruction_find(&row, q->ledger, &q->viewer, q->args[0], q->arena, err) != 0 ||
        submit(q, r, a, q->args[0], params, params_of(q, a, params), &outcome, &wrong, err) != 0)
        return -1;
    if (q->json || wrong.n == 0)
        return 0;
    return show(q, r, a, outcome.verdict.rule == RULE_STALE, buf_view(&wrong), err);
}

/* --- a new one ---------------------------------------------------------------------------------
 */

/* What the address, or a program's form, says of a number of the board. */
static struct text asked(const struct request *q, const char *name)
{
    return form_text(q, name).n ? form_text(q, name) : query_text(q, name);
}

static const struct {
    const char *field, *option;
} number_fields[] = {
    {"what", "number"}, {"of", "unit"}, {"campaign", "campaign"}, {"as_of", "as-of"}};
enum { NUMBER_FIELDS = sizeof number_fields / sizeof number_fields[0] };

/* The number as it is, and whether it is what the board had shown. */
static int about_number(struct request *q, struct page_instruction_new *page, struct err *err)
{
    struct board_number n = {.what = asked(q, "what"),
                             .unit = asked(q, "of"),
                             .campaign = asked(q, "campaign"),
                             .as_of = DATE_NONE};
    char now[24];
    int64_t shown;
    int rc;

    if (n.what.n == 0)
        return 0;
    if (asked(q, "as_of").n && !date_parse(asked(q, "as_of"), &n.as_of))
        return err_set(err, BAD_VALUE, asked(q, "as_of"));
    store_rollback(q->ledger->store);
    rc = board_number_read(&n, q->ledger, &q->viewer, q->arena, err);
    if (rc != 0 || store_begin(q->ledger->store, STORE_READ, err) != 0)
        return -1;
    page->about = number_words(q, &n);
    page->own = n.unit.n > 0;
    page->about_href = number_href(q, &n);
    if (text_int(asked(q, "value"), &shown) && shown != n.value)
        page->changed = page_say(q, N_("The board showed {0}; it is {1} now, and that is written."),
                                 asked(q, "value"), html_number(&now, n.value));
    return 0;
}

static struct text new_address(struct request *q)
{
    buf_auto struct buf out = BUF(8192);
    char mark = '?';

    buf_str(&out, "/instructions/new");
    for (int i = 0; i < NUMBER_FIELDS; i++) {
        struct text value = asked(q, number_fields[i].field);
        if (value.n == 0)
            continue;
        buf_char(&out, mark);
        buf_str(&out, number_fields[i].field);
        buf_char(&out, '=');
        html_url(&out, value);
        mark = '&';
    }
    return arena_text(q->arena, buf_view(&out));
}

static int show_new(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    struct page_instruction_new page = {
        .wrong = wrong, .form = form_of(q, &actions[GIVE], new_address(q), 0, false)};

    if (page.form == NULL)
        return err_set(err, NO_MEMORY);
    /* What is wrong with the number was said already when the form comes back. */
    if (about_number(q, &page, err) != 0 && (wrong.n == 0 || err_http(err) >= 500))
        return -1;
    page_open(q, r, page.form->title, "instructions");
    page_instruction_new(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}

int page_instruct(struct request *q, struct response *r, struct err *err)
{
    return show_new(q, r, T(""), err);
}

int page_instruct_done(struct request *q, struct response *r, struct err *err)
{
    buf_auto struct buf wrong = BUF(BUF_ANY);
    struct param params[PARAMS];
    size_t count = params_of(q, &actions[GIVE], params);
    struct outcome outcome = {0};

    for (int i = 0; i < NUMBER_FIELDS; i++)
        if (asked(q, number_fields[i].field).n)
            params[count++] = (struct param){text_of(number_fields[i].option),
                                             asked(q, number_fields[i].field), T("")};
    if (submit(q, r, &actions[GIVE], T(""), params, count, &outcome, &wrong, err) != 0)
        return -1;
    return q->json || wrong.n == 0 ? 0 : show_new(q, r, buf_view(&wrong), err);
}
