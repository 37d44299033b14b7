/*
 * bulk.c: the same done about many items, in three steps at one address: what was chosen, with how
 * each stands; the form of a verb; what became of each. Every item is a command of its own, with
 * the version that was shown and a key that follows from the form's, so that one that changed
 * meanwhile is refused and the others are done, and the same form sent twice is one.
 */
#include "office/lists/agenda.h"
#include "office/outcome.h"
#include "web/app.h"
#include "web/pages/act.h"
#include "web/pages/bulk.html.h"
#include "web/pages/list_columns.h"
#include "web/pages/list_filter.h"
#include "web/routes.h"

enum { BULK_MOST = 1000 };

/* What makes sense for many at once; a check is made of one. Files are stored once, and each item's
 * entry names them. */
static const char *const bulk_verbs[] = {
    "assign", "accept", "report", "attach", "approve", "apply",  "return",   "strike-off",
    "chase",  "extend", "grant",  "deny",   "suspend", "resume", "escalate", "instruct"};
enum { BULK_VERBS = sizeof bulk_verbs / sizeof bulk_verbs[0] };

struct bulk {
    struct request *q;
    struct text *codes; /* as chosen, at most BULK_MOST */
    int64_t *seen;      /* versions that were shown; 0: not said */
    size_t count;
    bool more; /* more were chosen than are taken at once */
    struct agenda_page page;
    const struct verb *verb; /* NULL: not chosen yet */
};

/* --- what was chosen ---------------------------------------------------------------------------
 */

static void choose(struct bulk *b, struct text code, int64_t seen)
{
    for (size_t i = 0; i < b->count; i++)
        if (text_eq(b->codes[i], code))
            return;
    if (b->count == BULK_MOST) {
        b->more = true;
        return;
    }
    b->codes[b->count] = code;
    b->seen[b->count++] = seen;
}

/* "CODE:VERSION" of the preview, or bare codes of the list. */
static void choose_given(struct bulk *b)
{
    const struct request *q = b->q;

    for (size_t i = 0; i < q->form_count; i++) {
        struct text value = text_trim(q->form[i].value);
        int64_t version = 0;
        size_t colon = value.n;
        if (value.n == 0)
            continue;
        if (text_eq(q->form[i].name, T("code")))
            choose(b, value, 0);
        if (!text_eq(q->form[i].name, T("item")))
            continue;
        while (colon > 0 && value.p[colon - 1] != ':')
            colon--;
        if (colon > 1 && text_int(text_from(value, colon), &version))
            value = text_head(value, colon - 1);
        choose(b, value, version);
    }
}

/* Everything that the list's filter shows, page by page. */
static int choose_all(struct bulk *b, struct err *err)
{
    struct request *q = b->q;
    const struct given *fields;
    struct list_filter f;
    size_t count;

    if (!fields_parse(q->arena, form_text(q, "filter"), &fields, &count))
        return err_set(err, BAD_VALUE, T("filter"));
    filter_read(&f, fields, count);
    if (filter_resolve(&f, q, err) != 0)
        return -1;
    if (f.day) /* nothing is done about a day that is past */
        return err_set(err, BAD_VALUE, arena_join(q->arena, T("day="), filter_text(&f, "day")));
    if (f.nothing)
        return 0;
    do {
        struct agenda_page page;
        if (agenda_load(&page, q->ledger, &q->viewer, &f.query, q->arena, err) != 0)
            return -1;
        for (size_t i = 0; i < page.count; i++)
            choose(b, page.rows[i].problem.code, 0);
        f.query.after_due = page.last_due;
        f.query.after_id = page.last_id;
        b->more |= page.more && b->count == BULK_MOST;
        if (!page.more)
            break;
    } while (b->count < BULK_MOST);
    return 0;
}

static int chosen_load(struct bulk *b, struct err *err)
{
    return agenda_chosen(&b->page, b->q->ledger, &b->q->viewer, b->codes, b->count, b->q->arena,
                         err);
}

static const struct list_row *row_of(const struct bulk *b, struct text code)
{
    for (size_t i = 0; i < b->page.count; i++)
        if (text_eq(b->page.rows[i].problem.code, code))
            return &b->page.rows[i];
    return NULL;
}

/* --- what can be done --------------------------------------------------------------------------
 */

static const struct verb *bulk_verb(struct text name)
{
    for (int i = 0; i < BULK_VERBS; i++)
        if (text_eq(name, text_of(bulk_verbs[i])))
            return verb_find(name);
    return NULL;
}

/* Whether the rules' table lets that verb begin in the item's state. */
static bool fits(const struct verb *v, const struct problem *p)
{
    if (v->kind == EVENT_ITEM_RESUME)
        return p->suspended;
    if (v->kind == EVENT_ITEM_GRANT || v->kind == EVENT_ITEM_DENY)
        return date_valid(p->asked_due);
    if (v->kind == EVENT_ITEM_APPROVE)
        return p->plan_state == PLAN_SUBMITTED;
    return (verb_states(v->kind) & BIT(p->state)) != 0;
}

static void offer(struct bulk *b, struct page_bulk_choose *page)
{
    struct request *q = b->q;
    struct page_bulk_verb *list = arena_array(q->arena, struct page_bulk_verb, BULK_VERBS);

    for (int i = 0; list && i < BULK_VERBS; i++) {
        const struct verb *v = verb_find(text_of(bulk_verbs[i]));
        int64_t count = 0;
        if (!(q->viewer.roles & verb_roles(v->kind)))
            continue;
        for (size_t k = 0; k < b->page.count; k++)
            count += fits(v, &b->page.rows[k].problem);
        if (count)
            list[page->verbs_count++] = (struct page_bulk_verb){
                text_of(v->name), page_tr(q, act_label(text_of(v->name))), v == b->verb, count};
    }
    page->verbs = list;
}

/* --- pages -------------------------------------------------------------------------------------
 */

static struct text back_of(struct request *q)
{
    struct text filter = form_text(q, "filter");

    return filter.n ? arena_join(q->arena, T("/items?"), filter) : T("/items");
}

static int show_choice(struct bulk *b, struct response *r, struct text wrong, struct err *err)
{
    struct request *q = b->q;
    struct page_list_line *rows = arena_array(q->arena, struct page_list_line, b->page.count + 1);
    struct page_bulk_choose page = {.count = (int64_t)b->page.count,
                                    .back = back_of(q),
                                    .wrong = wrong,
                                    .csrf = text_of(q->csrf),
                                    .filter = form_text(q, "filter"),
                                    .rows = rows,
                                    .rows_count = b->page.count};
    struct columns columns;
    char room[24];

    columns_of_choice(&columns);
    page.heads = columns_heads(&columns, q);
    if (b->verb) {
        page.form = act_form(q, b->verb, NULL, 0, err);
        page.verb = text_of(b->verb->name);
        if (page.form == NULL)
            return -1;
    }
    if (rows == NULL || page.heads == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < b->page.count; i++)
        rows[i] = columns_line(&columns, q, &b->page.rows[i]);
    offer(b, &page);
    if (b->more)
        page.note =
            page_say(q, N_("Only the first {0} are taken at once; do the others afterwards."),
                     html_number(&room, BULK_MOST));
    page_open(q, r, page_tr(q, N_("Many items")), "items");
    page_bulk_choose(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}

/* What became of one, in a sentence. */
static struct text say_outcome(struct request *q, const struct outcome *o)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    char room[24];

    if (o->verdict.rule)
        page_refusal(&out, q, &o->verdict);
    else
        say(&out, q->lang, o->repeated ? N_("before, entry {0}") : N_("entry {0}"),
            html_number(&room, o->seq));
    return arena_text(q->arena, buf_view(&out));
}

static int show_result(struct bulk *b, struct response *r, const struct outcome *outcomes,
                       struct err *err)
{
    struct request *q = b->q;
    struct page_list_line *rows = arena_array(q->arena, struct page_list_line, b->count + 1);
    struct page_bulk_result page = {.title = page_tr(q, act_label(text_of(b->verb->name))),
                                    .back = back_of(q),
                                    .csrf = text_of(q->csrf),
                                    .filter = form_text(q, "filter"),
                                    .rows = rows,
                                    .rows_count = b->count};
    struct columns columns = {
        {COLUMN_CODE, COLUMN_PROBLEM, COLUMN_STATE, COLUMN_DEADLINE, COLUMN_LEAD, COLUMN_PERSON},
        6};

    page.heads = columns_heads(&columns, q);
    if (rows == NULL || page.heads == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < b->count; i++) {
        const struct list_row *row = row_of(b, b->codes[i]);
        struct list_row nothing = {.kind = LIST_PROBLEMS, .problem = {.code = b->codes[i]}};
        rows[i] = columns_line(&columns, q, row ? row : &nothing);
        rows[i].done = outcomes[i].verdict.rule == RULE_NONE;
        rows[i].outcome = say_outcome(q, &outcomes[i]);
        *(rows[i].done ? &page.done : &page.refused) += 1;
    }
    page_open(q, r, page.title, "items");
    page_bulk_result(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}

static int result_json(struct bulk *b, struct response *r, const struct outcome *outcomes)
{
    r->type = "application/json";
    buf_str(&r->body, "{\"outcomes\":[");
    for (size_t i = 0; i < b->count; i++) {
        const struct list_row *row = row_of(b, b->codes[i]);
        if (i)
            buf_char(&r->body, ',');
        outcome_json_in(&r->body, b->q->lang, &outcomes[i], b->codes[i],
                        row ? row->problem.state : 0);
    }
    buf_str(&r->body, "]}\n");
    return 0;
}

/* --- doing it ----------------------------------------------------------------------------------
 */

/* One command an item, all with the same values. */
static int commands_of(struct bulk *b, struct command *commands, struct err *err)
{
    struct request *q = b->q;
    struct param *params;
    size_t count;

    if (act_params(q, b->verb, NULL, &params, &count, err) != 0 ||
        verb_command(q->ledger, &q->viewer, text_of(b->verb->name), b->codes[0], params, count,
                     &commands[0], q->arena, err) != 0)
        return -1;
    for (size_t i = b->count; i-- > 0;) {
        commands[i] = commands[0];
        commands[i].on = b->codes[i];
        commands[i].seen = b->seen[i];
        if (commands[i].id.n)
            commands[i].id = verb_key(commands[0].id, b->codes[i], q->arena);
    }
    return 0;
}

static int carry_out(struct bulk *b, struct response *r, struct err *err)
{
    struct request *q = b->q;
    struct command *commands = arena_array(q->arena, struct command, b->count);
    struct outcome *outcomes = arena_array(q->arena, struct outcome, b->count);
    buf_auto struct buf wrong = BUF(BUF_ANY);
    int rc;

    if (commands == NULL || outcomes == NULL)
        return err_set(err, NO_MEMORY);
    rc = commands_of(b, commands, err);
    if (rc == 0)
        rc = act_submit_all(q, commands, outcomes, b->count, err);
    if (rc != 0 && !act_keeps_form(q, err))
        return -1;
    if (rc != 0) {
        r->status = err_http(err) == 503 ? 503 : 422;
        err_say(&wrong, q->lang, err);
        if (chosen_load(b, err) != 0)
            return -1;
        return show_choice(b, r, buf_view(&wrong), err);
    }
    /* What is shown is how they stand now. */
    if (chosen_load(b, err) != 0)
        return -1;
    return q->json ? result_json(b, r, outcomes) : show_result(b, r, outcomes, err);
}

int page_bulk(struct request *q, struct response *r, struct err *err)
{
    struct bulk b = {.q = q,
                     .codes = arena_array(q->arena, struct text, BULK_MOST),
                     .seen = arena_array(q->arena, int64_t, BULK_MOST)};
    struct text verb = form_text(q, "choose").n ? form_text(q, "choose") : form_text(q, "verb");
    bool go = (q->json || form_text(q, "go").n) && form_text(q, "choose").n == 0;

    if (b.codes == NULL || b.seen == NULL)
        return err_set(err, NO_MEMORY);
    b.verb = bulk_verb(verb);
    if (b.verb == NULL && (verb.n || q->json))
        return err_set(err, NO_VERB, verb);
    if (form_text(q, "all").n) {
        if (choose_all(&b, err) != 0)
            return -1;
    } else {
        choose_given(&b);
    }
    if (go && b.verb && b.count)
        return carry_out(&b, r, err);
    if (q->json)
        return err_set(err, BAD_VALUE, T("item"));
    return chosen_load(&b, err) != 0 ? -1 : show_choice(&b, r, T(""), err);
}
