/*
 * act.c: see act.h. What a verb takes is in office/verbs.def; how it stands in a form, in
 * act_fields.def. The rules alone decide; the form only spares a way to them.
 */
#include "web/pages/act.h"

#include "base/sha256.h"
#include "office/lists/show.h"
#include "office/outcome.h"
#include "web/app.h"
#include "web/pages/evidence.h"
#include "web/routes.h"

enum kind {
    LINE,
    AREA,
    SECRET,
    DAY,
    NUMBER,
    UNIT,
    PERSON,
    KIND,
    CLASS,
    MARKING,
    SIDE,
    SWITCH,
    VERDICT,
    FILES
};

static const struct field_known {
    const char *option;
    enum kind kind;
    const char *label;
} fields_known[] = {
#define FIELD(option, kind, label) {option, kind, label},
#include "web/pages/act_fields.def"
};
static const struct {
    const char *verb, *label;
} labels[] = {
#define VERB_LABEL(verb, label) {verb, label},
#include "web/pages/act_fields.def"
};
static const struct {
    const char *verb, *option;
} needs[] = {
#define NEEDS(verb, option) {verb, option},
#include "web/pages/act_fields.def"
};
/* As act.html calls them. */
static const char *const kind_names[] = {
    [LINE] = "line",       [AREA] = "area",      [SECRET] = "secret", [DAY] = "day",
    [NUMBER] = "number",   [UNIT] = "unit",      [PERSON] = "person", [KIND] = "choice",
    [CLASS] = "choice",    [MARKING] = "choice", [SIDE] = "choice",   [SWITCH] = "switch",
    [VERDICT] = "verdict", [FILES] = "files"};

const char *act_label(struct text verb)
{
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (text_eq(verb, text_of(labels[i].verb)))
            return labels[i].label;
    return "";
}

static const struct field_known *field_find(struct text option)
{
    for (size_t i = 0; i < sizeof fields_known / sizeof fields_known[0]; i++)
        if (text_eq(option, text_of(fields_known[i].option)))
            return &fields_known[i];
    return NULL;
}

const char *act_field_label(struct text option)
{
    const struct field_known *known = field_find(option);

    return known ? known->label : "";
}

static bool needed(const struct verb *v, struct text option)
{
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++)
        if (strcmp(needs[i].verb, v->name) == 0 && text_eq(option, text_of(needs[i].option)))
            return true;
    return false;
}

/* The word for some options differs from verb to verb. */
static const char *label_of(const struct verb *v, const struct field_known *f)
{
    bool text = strcmp(f->option, "text") == 0;

    switch (v->kind) {
    case EVENT_ITEM_REGISTER:
    case EVENT_ITEM_AMEND: return text ? N_("Problem") : f->label;
    case EVENT_ITEM_TASK: return text ? N_("Measure") : f->label;
    case EVENT_ITEM_REPORT: return text ? N_("What was done") : f->label;
    case EVENT_ITEM_ANSWER: return text ? N_("The answer") : f->label;
    case EVENT_ITEM_INSTRUCT: return text ? N_("The instruction") : f->label;
    case EVENT_ITEM_EXTEND: return strcmp(f->option, "due") == 0 ? N_("New deadline") : f->label;
    default: return f->label;
    }
}

/* What the item says now, for amend. */
static struct text present(struct request *q, const struct problem *p, struct text option)
{
    const struct {
        const char *option;
        struct text value;
    } texts[] = {{"number", p->number},     {"title", p->title},          {"text", p->text},
                 {"category", p->category}, {"object", p->object},        {"place", p->place},
                 {"level", p->level},       {"source", p->source},        {"cite", p->cite},
                 {"remarks", p->remarks},   {"originator", p->originator}};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (text_eq(option, text_of(texts[i].option)))
            return texts[i].value;
    if (text_eq(option, T("due")))
        return page_day(q, p->due);
    if (text_eq(option, T("found")))
        return page_day(q, p->found);
    if (text_eq(option, T("class")))
        return word_key(&classes, p->class);
    if (text_eq(option, T("kind")))
        return word_key(&kinds, p->kind);
    if (text_eq(option, T("marking")))
        return word_key(&markings, p->marking);
    return T("");
}

/* How amend tells what its author changed: the value that the form showed, in short. */
static struct text digest(struct request *q, struct text value)
{
    buf_auto struct buf out = BUF(32);
    struct hash h = sha256(value);

    buf_hex(&out, h.b, 8);
    return arena_text(q->arena, buf_view(&out));
}

/* Line ends as a form sends them (HTML, 4.10.21.4) become ours. */
static struct text line_ends(struct request *q, struct text value)
{
    char *out;
    size_t n = 0;

    if (!text_has(value, T("\r")) || (out = arena_take(q->arena, value.n)) == NULL)
        return value;
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] != '\r' || i + 1 == value.n || value.p[i + 1] != '\n')
            out[n++] = value.p[i];
    return (struct text){out, n};
}

/* The author of an amendment left the field as the form showed it, whatever it says by now. */
static bool untouched(struct request *q, struct text option, struct text value)
{
    struct text was = form_text(q, arena_cstr(q->arena, arena_join(q->arena, T("was-"), option)));

    return was.n && text_eq(was, digest(q, value));
}

static void choices_of(struct request *q, struct page_act_field *f, const struct vocabulary *v)
{
    struct page_act_choice *list = arena_array(q->arena, struct page_act_choice, v->count + 1);

    if (list == NULL)
        return;
    list[f->choices_count++] = (struct page_act_choice){T(""), T(""), false};
    for (int i = 1; i < (int)v->count; i++)
        list[f->choices_count++] = (struct page_act_choice){
            word_key(v, i), word_label(v, i, q->lang), text_eq(f->value, word_key(v, i))};
    f->choices = list;
}

static void verdict_choices(struct request *q, struct page_act_field *f)
{
    struct page_act_choice *list = arena_array(q->arena, struct page_act_choice, 2);

    if (list == NULL)
        return;
    list[0] = (struct page_act_choice){T("pass"), page_tr(q, N_("Put right: passed")),
                                       text_eq(f->value, T("pass"))};
    list[1] = (struct page_act_choice){T("fail"), page_tr(q, N_("Not put right: failed")),
                                       text_eq(f->value, T("fail"))};
    f->choices = list;
    f->choices_count = 2;
}

static void side_choices(struct request *q, struct page_act_field *f)
{
    struct page_act_choice *list = arena_array(q->arena, struct page_act_choice, 3);

    if (list == NULL)
        return;
    list[0] = (struct page_act_choice){T(""), T(""), false};
    list[1] = (struct page_act_choice){T("before"), page_tr(q, N_("before")),
                                       text_eq(f->value, T("before"))};
    list[2] = (struct page_act_choice){T("after"), page_tr(q, N_("after")),
                                       text_eq(f->value, T("after"))};
    f->choices = list;
    f->choices_count = 3;
}

static void field_fill(struct request *q, struct page_act_field *f, enum kind kind)
{
    switch (kind) {
    case KIND: choices_of(q, f, &kinds); break;
    case CLASS: choices_of(q, f, &classes); break;
    case MARKING: choices_of(q, f, &markings); break;
    case VERDICT: verdict_choices(q, f); break;
    case SIDE: side_choices(q, f); break;
    default: break;
    }
}

struct page_act_form *act_form(struct request *q, const struct verb *v, const struct problem *item,
                               int64_t task)
{
    struct text rest = text_of(v->options), option;
    struct page_act_form *form = arena_array(q->arena, struct page_act_form, 1);
    struct page_act_field *fields = arena_array(q->arena, struct page_act_field, 40);
    buf_auto struct buf action = BUF(4096);
    size_t count = 0;

    if (form == NULL || fields == NULL)
        return NULL;
    while (text_cut(&rest, ' ', &option) && count < 40) {
        const struct field_known *known = field_find(option);
        struct text given = line_ends(q, form_text(q, known ? known->option : "")), now = T("");
        /* The milestone's own number, a task's number: the form's hidden field or the next one. */
        if (known == NULL || (v->kind == EVENT_ITEM_TASK && text_eq(option, T("n"))))
            continue;
        if (v->kind == EVENT_ITEM_AMEND && item)
            now = present(q, item, option);
        fields[count] = (struct page_act_field){
            .name = option,
            .label = page_tr(q, label_of(v, known)),
            .value = q->form_count && !untouched(q, option, given) ? given : now,
            .was = v->kind == EVENT_ITEM_AMEND && item ? digest(q, line_ends(q, now)) : T(""),
            .kind = text_of(kind_names[known->kind]),
            .required = needed(v, option)};
        field_fill(q, &fields[count], known->kind);
        count++;
    }
    buf_str(&action, "/items/");
    html_url(&action, item ? item->code : q->args[0]);
    buf_char(&action, '/');
    buf_str(&action, v->name);
    *form = (struct page_act_form){.action = arena_text(q->arena, buf_view(&action)),
                                   .title = page_tr(q, act_label(text_of(v->name))),
                                   .verb = text_of(v->name),
                                   .button = page_tr(q, act_label(text_of(v->name))),
                                   .danger = v->kind == EVENT_ITEM_STRIKE_OFF,
                                   .csrf = text_of(q->csrf),
                                   .key = form_text(q, "id").n ? form_text(q, "id") : page_key(q),
                                   .version = item ? item->version : 0,
                                   .head = item ? item->head : 0,
                                   .task = task,
                                   .next = form_text(q, "next").n ? form_text(q, "next")
                                                                  : query_text(q, "next"),
                                   .fields = fields,
                                   .fields_count = count};
    return form;
}

/* --- from a form to a command ------------------------------------------------------------------
 */

enum { PARAMS = 200 };

int act_params(struct request *q, const struct verb *v, const struct problem *item,
               struct param **params, size_t *count, struct err *err)
{
    bool amend = v->kind == EVENT_ITEM_AMEND;
    buf_auto struct buf clear = BUF(1024);
    struct param *list = arena_array(q->arena, struct param, PARAMS);
    size_t n = 0;

    if (list == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < q->form_count && n + 2 < PARAMS; i++) {
        struct text name = q->form[i].name, value = q->form[i].value, line;
        bool verdict = text_eq(name, T("pass"));
        if (!verb_takes(v, name))
            continue;
        value = line_ends(q, value);
        /* What others wrote meanwhile stays where this author changed nothing. */
        if (amend && item && (untouched(q, name, value) || text_eq(value, present(q, item, name))))
            continue;
        if (!text_eq(name, T("text")) && !text_eq(name, T("reason")))
            value = text_trim(value);
        if (amend && item && value.n == 0) {
            if (clear.n)
                buf_char(&clear, ',');
            buf_text(&clear, name);
            continue;
        }
        if (value.n == 0 || (text_eq(name, T("version")) && text_eq(value, T("0"))))
            continue;
        if (verdict)
            list[n++] =
                (struct param){text_eq(value, T("fail")) ? T("fail") : T("pass"), T(""), T("")};
        else if (text_eq(name, T("part")))
            while (n + 1 < PARAMS && text_cut(&value, '\n', &line)) {
                if (text_trim(line).n)
                    list[n++] = (struct param){name, text_trim(line), T("")};
            }
        else
            list[n++] = (struct param){name, value, T("")};
    }
    if (clear.n)
        list[n++] = (struct param){T("clear"), arena_text(q->arena, buf_view(&clear)), T("")};
    for (size_t i = 0; i < q->upload_count && n < PARAMS && verb_takes(v, T("file")); i++)
        list[n++] = (struct param){T("file"), q->uploads[i].path, q->uploads[i].name};
    *params = list;
    *count = n;
    return 0;
}

int act_submit_all(struct request *q, struct command *commands, struct outcome *outcomes,
                   size_t count, struct err *err)
{
    int rc;

    for (size_t i = 0; i < count; i++) {
        commands[i].by = q->viewer.person;
        commands[i].via = q->authorization.n ? T("api") : T("web");
    }
    /* Whoever waits for the disk reads nothing meanwhile: a full batch must not take every reader.
     */
    request_lend(q);
    rc = queue_submit_all(q->app->queue, commands, outcomes, count, q->arena, err);
    if (request_take_back(q, rc == 0 ? err : &(struct err){0}) != 0 || rc != 0)
        return -1;
    background_wake(q->app->background);
    for (size_t i = 0; i < count; i++)
        __atomic_add_fetch(outcomes[i].verdict.rule ? &q->app->refusals : &q->app->commands, 1,
                           __ATOMIC_RELAXED);
    return 0;
}

int act_submit(struct request *q, struct command *command, struct outcome *outcome, struct err *err)
{
    return act_submit_all(q, command, outcome, 1, err);
}

/* --- the page of one verb ----------------------------------------------------------------------
 */

/* "CODE", or "CODE/n" when the form or the address names a task. */
static struct text subject(struct request *q, int64_t *task)
{
    struct text given = form_text(q, "task").n ? form_text(q, "task") : query_text(q, "task");

    *task = 0;
    if (!text_int(given, task) || *task <= 0)
        return q->args[0];
    return arena_join(q->arena, arena_join(q->arena, q->args[0], T("/")), given);
}

/* What others did since the form was made. */
static void changes_since(struct request *q, struct item_page *item, int64_t head,
                          struct page_act_page *page)
{
    struct page_act_change *list =
        arena_array(q->arena, struct page_act_change, item->history_count + 1);
    size_t count = 0;

    for (size_t i = 0; list && i < item->history_count; i++) {
        const struct entry *e = &item->history[i];
        buf_auto struct buf what = BUF(BUF_ANY);
        if (e->seq <= head)
            continue;
        history_say(&what, q->lang, &item->names, e);
        list[count++] =
            (struct page_act_change){page_time(q, e->at), name_of_person(&item->names, e->by),
                                     arena_text(q->arena, buf_view(&what))};
    }
    page->changes = list;
    page->changes_count = count;
}

/* What a verdict is about, for the verbs that are one. *out stays NULL for others. */
static int gather_case(struct request *q, const struct verb *v, struct item_page *item,
                       const struct page_act_case **out, struct err *err)
{
    const struct problem *p = &item->row->problem;
    struct page_act_case *made = arena_array(q->arena, struct page_act_case, 1);
    struct page_act_task *tasks = arena_array(q->arena, struct page_act_task, p->tasks + 1);
    const struct list_row *row;
    struct list *list;
    size_t n = 0;
    int rc = 0;

    if (v->kind != EVENT_ITEM_VERIFY && v->kind != EVENT_ITEM_LOOK_BACK &&
        v->kind != EVENT_ITEM_STRIKE_OFF)
        return 0;
    if (made == NULL || tasks == NULL)
        return err_set(err, NO_MEMORY);
    list = list_item_tasks(q->ledger, &q->viewer, p, err);
    while (list && n < (size_t)p->tasks && (rc = list_next(list, &row, err)) == 1)
        if (row->task.n)
            tasks[n++] = (struct page_act_task){row->task.n, arena_text(q->arena, row->task.text),
                                                arena_text(q->arena, row->task.progress)};
    list_close(list);
    if (list == NULL || rc < 0)
        return -1;
    *made = (struct page_act_case){.words = p->text,
                                   .progress = p->progress,
                                   .tasks = tasks,
                                   .tasks_count = n,
                                   .evidence = evidence_sides(q, item)};
    *out = made;
    return made->evidence ? 0 : err_set(err, NO_MEMORY);
}

/* The form, again with a sentence when something was wrong with it. */
static int act_show(struct request *q, struct response *r, const struct verb *v, int64_t task,
                    const struct outcome *refused, struct text wrong, struct err *err)
{
    struct item_page item;
    int rc = item_page_open(&item, q->ledger, q->ledger, &q->viewer, q->args[0], q->arena, err);

    if (rc == 0) {
        const struct problem *p = &item.row->problem;
        struct page_mark state = page_state(q, p->state, p->taken_over);
        struct page_act_form *form = act_form(q, v, p, task);
        struct page_act_page page = {.code = q->args[0],
                                     .words = p->title.n ? p->title : p->text,
                                     .state = &state,
                                     .title = page_tr(q, act_label(text_of(v->name))),
                                     .wrong = wrong,
                                     .form = form};
        int64_t head;
        rc = form ? gather_case(q, v, &item, &page.about, err) : err_set(err, NO_MEMORY);
        if (rc == 0 && refused && refused->verdict.rule == RULE_STALE &&
            text_int(form_text(q, "head"), &head)) {
            changes_since(q, &item, head, &page);
            form->key = page_key(q); /* what is sent again is another command */
        }
        if (rc == 0) {
            page_open(q, r, page.title, "items");
            page_act_page(&r->body, q->lang, &page);
            page_shut(q, r);
        }
    }
    item_page_close(&item);
    return rc;
}

static const struct verb *verb_asked(struct request *q, struct err *err)
{
    const struct verb *v = verb_find(q->args[1]);

    /* A new item has no number yet; it has a page of its own. */
    if (v == NULL || v->kind == EVENT_ITEM_REGISTER) {
        err_set(err, NOT_FOUND, err_sentence(N_("page")), q->args[1]);
        return NULL;
    }
    return v;
}

int page_act(struct request *q, struct response *r, struct err *err)
{
    const struct verb *v = verb_asked(q, err);
    int64_t task;

    if (v == NULL)
        return -1;
    subject(q, &task);
    return act_show(q, r, v, task, NULL, T(""), err);
}

int page_act_done(struct request *q, struct response *r, struct err *err)
{
    const struct verb *v = verb_asked(q, err);
    buf_auto struct buf wrong = BUF(BUF_ANY);
    const struct list_row *row;
    struct list *list;
    struct param *params;
    struct command command;
    struct outcome outcome = {0};
    struct text on;
    size_t count;
    int64_t task;
    int rc = -1;

    if (v == NULL)
        return -1;
    on = subject(q, &task);
    list = list_item(q->ledger, &q->viewer, q->args[0], err);
    if (list && list_next(list, &row, err) == 1)
        rc = act_params(q, v, &row->problem, &params, &count, err);
    list_close(list);
    if (rc != 0)
        return -1;
    rc = verb_command(q->ledger, &q->viewer, text_of(v->name), on, params, count, &command,
                      q->arena, err);
    if (rc != 0 && (q->json || err_http(err) >= 500))
        return -1;
    if (rc != 0)
        err_say(&wrong, q->lang, err);
    else if (act_submit(q, &command, &outcome, err) != 0)
        return -1;
    else if (outcome.verdict.rule)
        page_refusal(&wrong, q, &outcome.verdict);
    if (q->json) {
        r->type = "application/json";
        r->status = outcome.verdict.rule ? 409 : 200;
        outcome_json(&r->body, q->lang, q->ledger, &outcome, on);
        return 0;
    }
    if (wrong.n == 0) {
        buf_auto struct buf to = BUF(4096);
        buf_str(&to, "/items/");
        html_url(&to, q->args[0]);
        respond_see(r, local_address(form_text(q, "next"), buf_view(&to)));
        return 0;
    }
    r->status = outcome.verdict.rule ? 409 : 422;
    return act_show(q, r, v, task, &outcome, buf_view(&wrong), err);
}
