/*
 * act_form.c: a verb's options as the fields of a form, and the fields that came back as options;
 * see act.h. What a verb takes is in office/verbs.def; how it stands in a form, in act_fields.def.
 * The rules alone decide; the form only spares a way to them.
 */
#include "base/sha256.h"
#include "office/lists/show.h"
#include "web/pages/act.h"

enum kind {
    LINE,
    AREA,
    SECRET,
    DAY,
    NUMBER,
    UNIT,
    PERSON,
    UNITS,  /* any number */
    PEOPLE, /* any number */
    KIND,
    CLASS,
    MARKING,
    SIDE,
    SWITCH,
    VERDICT,
    FILES
};

enum { FIELDS = 40, MORE_LINES = 2 /* empty ones */, SAID_BYTES = 60 };

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
    [LINE] = "line",     [AREA] = "area",     [SECRET] = "secret",   [DAY] = "day",
    [NUMBER] = "number", [UNITS] = "units",   [PEOPLE] = "people",   [UNIT] = "unit",
    [PERSON] = "person", [KIND] = "choice",   [CLASS] = "choice",    [MARKING] = "choice",
    [SIDE] = "choice",   [SWITCH] = "switch", [VERDICT] = "verdict", [FILES] = "files"};

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

/* What is rarely said stands folded, in groups. */
static const struct {
    const char *options; /* of register and amend */
    const char *label;
} folds[] = {
#define FOLD(options, label) {options, label},
#include "web/pages/act_fields.def"
};
enum { FOLDS = sizeof folds / sizeof folds[0], TOP = -1, BEHIND = -2 };

/* The group in which a verb's option stands; TOP: above them all, BEHIND: below. */
static int fold_of(const struct verb *v, struct text option)
{
    struct text rest, name;

    if (v->kind != EVENT_ITEM_REGISTER && v->kind != EVENT_ITEM_AMEND)
        return TOP;
    for (int i = 0; i < FOLDS; i++) {
        rest = text_of(folds[i].options);
        while (text_cut(&rest, ' ', &name))
            if (text_eq(name, option))
                return i;
    }
    return text_eq(option, T("reason")) ? BEHIND : TOP;
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

/* An item whose amendment is asked for, with those who answer for it. */
struct amended {
    const struct problem *item; /* NULL: no amendment */
    struct answering who;
};

static int amended_load(struct amended *a, struct request *q, const struct verb *v,
                        const struct problem *item, struct err *err)
{
    *a = (struct amended){.item = v->kind == EVENT_ITEM_AMEND ? item : NULL};
    return a->item ? item_answering(&a->who, q->ledger, item->id, q->arena, err) : 0;
}

/* What the item says now. */
static struct text present(struct request *q, const struct amended *a, struct text option)
{
    const struct problem *p = a->item;
    const struct {
        const char *option;
        struct text value;
    } texts[] = {
        {"number", p->number},     {"title", p->title},       {"text", p->text},
        {"part", p->parts},        {"category", p->category}, {"object", p->object},
        {"place", p->place},       {"level", p->level},       {"source", p->source},
        {"cite", p->cite},         {"remarks", p->remarks},   {"originator", p->originator},
        {"unit", a->who.lead},     {"person", a->who.person}, {"assist", a->who.assisting},
        {"leader", a->who.leaders}};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (text_eq(option, text_of(texts[i].option)))
            return texts[i].value;
    if (text_eq(option, T("due")))
        return page_day(q, p->due);
    if (text_eq(option, T("found")))
        return page_day(q, p->found);
    if (text_eq(option, T("class")))
        return word_key(&classes, p->class);
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

/* Of what may be several: fields of one name, a field of several lines. */
static bool many(struct text option)
{
    return text_eq(option, T("assist")) || text_eq(option, T("leader")) ||
           text_eq(option, T("part"));
}

/* What came in the form for an option; of several one a line, none of them empty. */
static struct text given_for(struct request *q, struct text option)
{
    buf_auto struct buf out = BUF(BUF_ANY);

    if (!many(option))
        return line_ends(q, form_text(q, arena_cstr(q->arena, option)));
    for (size_t i = 0; i < q->form_count; i++) {
        struct text rest = q->form[i].value, line;
        while (text_eq(q->form[i].name, option) && text_cut(&rest, '\n', &line)) {
            line = text_trim(line);
            if (line.n && out.n)
                buf_char(&out, '\n');
            buf_text(&out, line);
        }
    }
    return arena_text(q->arena, buf_view(&out));
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

/* A field for each that there is, and some more. */
static void lines_of(struct request *q, struct page_act_field *f)
{
    struct text rest = f->value, line;
    struct page_act_line *list;
    size_t count = MORE_LINES + (f->value.n > 0);

    for (size_t i = 0; i < f->value.n; i++)
        count += f->value.p[i] == '\n';
    list = arena_array(q->arena, struct page_act_line, count);
    if (list == NULL)
        return;
    while (text_cut(&rest, '\n', &line))
        list[f->lines_count++] = (struct page_act_line){line};
    while (f->lines_count < count)
        list[f->lines_count++] = (struct page_act_line){T("")};
    f->lines = list;
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
    case UNITS:
    case PEOPLE: lines_of(q, f); break;
    default: break;
    }
}

/* What an amendment changes and does not take away. */
static bool kept(struct text option)
{
    return text_eq(option, T("text")) || text_eq(option, T("unit"));
}

/* What a folded group says in short, so that it need not be opened to be read. */
static void fold_say(struct buf *out, struct request *q, const struct page_act_field *f)
{
    struct text value = f->value;

    if (value.n == 0 || text_eq(f->kind, T("secret")) || text_eq(f->kind, T("switch")))
        return;
    for (size_t i = 0; i < f->choices_count; i++)
        if (f->choices[i].chosen)
            value = f->choices[i].label;
    if (out->n)
        buf_str(out, q->lang == LANG_ZH ? "、" : ", ");
    buf_text(out, text_clip(value, SAID_BYTES));
    if (value.n > SAID_BYTES)
        buf_str(out, "…");
}

/* Puts the fields into their places: those above the groups, the groups, those below. */
static int fold(struct request *q, const struct verb *v, struct page_act_form *form,
                const struct page_act_field *fields, const bool *typed, size_t count)
{
    struct page_act_fold *list = arena_array(q->arena, struct page_act_fold, FOLDS);
    struct page_act_field *places = arena_array(q->arena, struct page_act_field, count + 1);
    size_t at = 0;

    if (list == NULL || places == NULL)
        return -1;
    form->fields = places;
    for (int group = TOP; group < FOLDS + 1; group++) {
        int wanted = group == FOLDS ? BEHIND : group;
        buf_auto struct buf said = BUF(BUF_ANY);
        struct page_act_fold made = {.fields = &places[at]};
        for (size_t i = 0; i < count; i++) {
            if (fold_of(v, fields[i].name) != wanted)
                continue;
            places[at++] = fields[i];
            made.fields_count++;
            made.open |= typed[i];
            if (group >= 0)
                fold_say(&said, q, &fields[i]);
        }
        if (group == TOP) {
            form->fields_count = made.fields_count;
        } else if (wanted == BEHIND) {
            form->behind = made.fields;
            form->behind_count = made.fields_count;
        } else if (made.fields_count) {
            made.label = page_tr(q, folds[group].label);
            made.said = arena_text(q->arena, buf_view(&said));
            list[form->folds_count++] = made;
        }
    }
    form->folds = list;
    return 0;
}

struct page_act_form *act_form(struct request *q, const struct verb *v, const struct problem *item,
                               int64_t task, struct err *err)
{
    struct text rest = text_of(v->options), option;
    struct page_act_form *form = arena_array(q->arena, struct page_act_form, 1);
    struct page_act_field *fields = arena_array(q->arena, struct page_act_field, FIELDS);
    buf_auto struct buf action = BUF(4096);
    bool typed[FIELDS] = {false};
    struct amended amended;
    size_t count = 0;

    if (amended_load(&amended, q, v, item, err) != 0)
        return NULL;
    if (form == NULL || fields == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    while (text_cut(&rest, ' ', &option) && count < FIELDS) {
        const struct field_known *known = field_find(option);
        struct text given = given_for(q, option), now = T("");
        /* The milestone's own number, a task's number: the form's hidden field or the next one. An
         * answer that is owed stays owed. */
        if (known == NULL || (v->kind == EVENT_ITEM_TASK && text_eq(option, T("n"))) ||
            (amended.item && amended.item->owed && text_eq(option, T("owed"))))
            continue;
        if (amended.item)
            now = line_ends(q, present(q, &amended, option));
        typed[count] = q->form_count && !untouched(q, option, given) && !text_eq(given, now);
        fields[count] =
            (struct page_act_field){.name = option,
                                    .label = page_tr(q, label_of(v, known)),
                                    .value = typed[count] ? given : now,
                                    .was = amended.item ? digest(q, now) : T(""),
                                    .kind = text_of(kind_names[known->kind]),
                                    .required = needed(v, option) || (now.n && kept(option))};
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
                                                                  : query_text(q, "next")};
    if (fold(q, v, form, fields, typed, count) != 0) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    return form;
}

/* --- from a form to a command ------------------------------------------------------------------
 */

enum { PARAMS = 200 };

/* The field in which the entry holds what an option says, where they have different names. */
static struct text cleared_name(struct text option)
{
    return text_eq(option, T("part"))     ? T("parts")
           : text_eq(option, T("leader")) ? T("leaders")
                                          : option;
}

/* One option of a form: left out where it says nothing new, emptied by `clear`. */
static int take(struct request *q, const struct amended *amended, struct text name,
                struct text value, struct param *list, size_t *n, struct buf *clear,
                struct err *err)
{
    struct text line;

    /* What others wrote meanwhile stays where this author changed nothing. */
    if (amended->item && (untouched(q, name, value) || text_eq(value, present(q, amended, name))))
        return 0;
    if (!text_eq(name, T("text")) && !text_eq(name, T("reason")))
        value = text_trim(value);
    if (amended->item && value.n == 0) {
        if (kept(name))
            return err_set(err, FORM_FIELD, err_sentence(act_field_label(name)));
        if (clear->n)
            buf_char(clear, ',');
        buf_text(clear, cleared_name(name));
        return 0;
    }
    if (value.n == 0 || (text_eq(name, T("version")) && text_eq(value, T("0"))))
        return 0;
    if (text_eq(name, T("pass")))
        list[(*n)++] =
            (struct param){text_eq(value, T("fail")) ? T("fail") : T("pass"), T(""), T("")};
    else if (!many(name))
        list[(*n)++] = (struct param){name, value, T("")};
    else
        while (*n + 1 < PARAMS && text_cut(&value, '\n', &line))
            list[(*n)++] = (struct param){name, line, T("")};
    return 0;
}

/* The option came in an earlier field of the form. */
static bool came_before(const struct request *q, size_t field)
{
    for (size_t i = 0; i < field; i++)
        if (text_eq(q->form[i].name, q->form[field].name))
            return true;
    return false;
}

int act_params(struct request *q, const struct verb *v, const struct problem *item,
               struct param **params, size_t *count, struct err *err)
{
    buf_auto struct buf clear = BUF(1024);
    struct param *list = arena_array(q->arena, struct param, PARAMS);
    struct amended amended;
    size_t n = 0;

    if (list == NULL)
        return err_set(err, NO_MEMORY);
    if (amended_load(&amended, q, v, item, err) != 0)
        return -1;
    for (size_t i = 0; i < q->form_count && n + 2 < PARAMS; i++) {
        struct text name = q->form[i].name;
        if (!verb_takes(v, name) || (many(name) && came_before(q, i)))
            continue;
        if (take(q, &amended, name,
                 many(name) ? given_for(q, name) : line_ends(q, q->form[i].value), list, &n, &clear,
                 err) != 0)
            return -1;
    }
    if (clear.n)
        list[n++] = (struct param){T("clear"), arena_text(q->arena, buf_view(&clear)), T("")};
    for (size_t i = 0; i < q->upload_count && n < PARAMS && verb_takes(v, T("file")); i++)
        list[n++] = (struct param){T("file"), q->uploads[i].path, q->uploads[i].name};
    *params = list;
    *count = n;
    return 0;
}
