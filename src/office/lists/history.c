/*
 * history.c: see history.h. The sentences and what is added to them are in history.def; this file
 * finds the fields by the tables that events.def makes, so that a new kind needs only its sentence.
 */
#include "office/lists/history.h"

#include "office/lists/plain.h"

enum form {
    PLAIN,
    UNIT,
    UNITS,
    PERSON,
    LEADERS,
    STATE,
    CLASS,
    MARKING,
    DAY,
    YES,
    PERCENT,
    TASKS,
    MILESTONES,
    EVIDENCE,
    SEALED,
    OTHERS,
    NAMED_UNITS,
    NAMED_PEOPLE
};

static const struct {
    enum event_kind kind;
    const char *field, *sentence;
} said[] = {
#define SAID(event, field, sentence) {EVENT_##event, #field, sentence},
#include "office/lists/history.def"
};

static const struct {
    const char *field;
    enum form form;
    const char *label;
} details[] = {
#define DETAIL(field, form, label) {field, form, label},
#include "office/lists/history.def"
};

enum { SAID_COUNT = sizeof said / sizeof said[0], DETAILS = sizeof details / sizeof details[0] };

struct speech {
    struct buf *out;
    enum lang lang;
    struct names *names;
};

/* --- fields ------------------------------------------------------------------------------------
 */

struct given {
    const struct field *field;
    const void *at;
};

/* What every list in an event looks like, and texts too. */
struct any_list {
    const void *at;
    size_t count;
};

static struct given find(const struct event *e, const char *key)
{
    const struct shape *shape = event_shape((int)e->kind);
    const void *data = &e->item_register; /* all kinds begin at the same place of the union */

    for (int i = 0; shape && i < shape->count; i++)
        if (strcmp(shape->fields[i].key, key) == 0)
            return (struct given){&shape->fields[i], (const char *)data + shape->fields[i].offset};
    return (struct given){0};
}

static bool filled(struct given v)
{
    if (v.field == NULL)
        return false;
    switch (v.field->type) {
    case FIELD_TEXT: return ((const struct text *)v.at)->n > 0;
    case FIELD_INT: return *(const int64_t *)v.at != 0;
    case FIELD_BOOL: return *(const bool *)v.at;
    case FIELD_DAY: return date_valid(*(const int32_t *)v.at) && *(const int32_t *)v.at != 0;
    case FIELD_TEXTS:
    case FIELD_LIST:
    default: return ((const struct any_list *)v.at)->count > 0;
    }
}

struct evidence_list history_evidence(const struct event *e)
{
    struct given v = find(e, "evidence");

    return v.field ? *(const struct evidence_list *)v.at : (struct evidence_list){0};
}

/* --- saying them -------------------------------------------------------------------------------
 */

static void word(struct speech *s, const char *sentence)
{
    buf_str(s->out, tr(s->lang, sentence));
}

static void between(struct speech *s, size_t i)
{
    if (i)
        buf_between(s->out, s->lang);
}

/* What a value is, before it; `alone`: there is no value behind. */
static void label(struct speech *s, const char *what, bool alone)
{
    if (*what) {
        word(s, what);
        buf_str(s->out, alone ? "" : " ");
    }
}

static void say_units(struct speech *s, struct texts units)
{
    for (size_t i = 0; i < units.count; i++) {
        between(s, i);
        buf_text(s->out, name_of_unit(s->names, units.at[i]));
    }
}

static void say_leaders(struct speech *s, struct leader_list leaders)
{
    for (size_t i = 0; i < leaders.count; i++) {
        between(s, i);
        buf_text(s->out, name_of_person(s->names, leaders.at[i].person));
        if (leaders.at[i].duty.n)
            say(s->out, s->lang, N_(" ({0})"), leaders.at[i].duty);
    }
}

static void say_milestones(struct speech *s, struct milestone_list list)
{
    for (size_t i = 0; i < list.count; i++) {
        const struct milestone_line *m = &list.at[i];
        between(s, i);
        if (m->n) {
            buf_int(s->out, m->n);
            buf_str(s->out, ". ");
        }
        buf_plain(s->out, m->text);
        if (date_valid(m->due)) {
            buf_char(s->out, ' ');
            buf_date(s->out, m->due);
        }
        if (m->done)
            word(s, N_(" (done)"));
    }
}

/* True when it is given; then its label stands, apart from what is there already. */
static bool part(struct speech *s, bool given, const char *what)
{
    if (!given)
        return false;
    if (s->out->n)
        word(s, N_("; "));
    label(s, what, false);
    return true;
}

/* A column that an import kept is named by us (intake/items.c) or as its workbook did. */
static void say_column(struct speech *s, struct text name)
{
    char known[32];

    if (name.n >= sizeof known || name.n == 0) {
        buf_plain(s->out, name);
        return;
    }
    memcpy(known, name.p, name.n);
    known[name.n] = '\0';
    buf_plain(s->out, text_of(tr(s->lang, known)));
}

/* A task's text, and what else is known of it in brackets. */
static void say_task(struct speech *s, const struct task_line *t)
{
    buf_auto struct buf inner = BUF(BUF_ANY);
    struct speech in = {&inner, s->lang, s->names};

    if (part(&in, t->lead.n, N_("lead unit")))
        buf_text(&inner, name_of_unit(s->names, t->lead));
    if (part(&in, t->assist.count, N_("assisting units")))
        say_units(&in, t->assist);
    if (part(&in, t->person.n, N_("responsible person")))
        buf_text(&inner, name_of_person(s->names, t->person));
    if (part(&in, t->leaders.count, N_("responsible leaders")))
        say_leaders(&in, t->leaders);
    if (part(&in, date_valid(t->due) && t->due, N_("deadline")))
        buf_date(&inner, t->due);
    if (part(&in, t->class.n, N_("class")))
        buf_text(&inner, word_label(&classes, word_of(&classes, t->class), s->lang));
    if (part(&in, t->milestones.count, N_("milestones")))
        say_milestones(&in, t->milestones);
    if (t->done) {
        if (inner.n)
            word(&in, N_("; "));
        word(&in, N_("done"));
    }
    buf_plain(s->out, t->text);
    if (inner.n)
        say(s->out, s->lang, N_(" ({0})"), buf_view(&inner));
}

void history_say_task(struct buf *out, enum lang lang, struct names *names,
                      const struct task_line *task)
{
    say_task(&(struct speech){out, lang, names}, task);
}

static void say_tasks(struct speech *s, struct task_list list)
{
    for (size_t i = 0; i < list.count; i++) {
        if (i)
            word(s, N_("; "));
        buf_int(s->out, list.at[i].n);
        buf_str(s->out, ". ");
        say_task(s, &list.at[i]);
    }
}

static void say_plain(struct speech *s, struct given v)
{
    const struct texts *texts = v.at;

    switch (v.field->type) {
    case FIELD_TEXT: {
        struct text t = text_trim(*(const struct text *)v.at);
        if (text_ends(t, T("。"))) /* another mark follows */
            t.n -= strlen("。");
        buf_plain(s->out, t);
        break;
    }
    case FIELD_INT: buf_int(s->out, *(const int64_t *)v.at); break;
    case FIELD_DAY: buf_date(s->out, *(const int32_t *)v.at); break;
    case FIELD_TEXTS:
        for (size_t i = 0; i < texts->count; i++) {
            between(s, i);
            buf_plain(s->out, texts->at[i]);
        }
        break;
    case FIELD_BOOL:
    case FIELD_LIST:
    default: break;
    }
}

static void say_word(struct speech *s, const struct vocabulary *v, struct given value)
{
    int number = word_of(v, *(const struct text *)value.at);

    buf_text(s->out, number > 0 ? word_label(v, number, s->lang) : *(const struct text *)value.at);
}

/* Kinds that share a field's name may not share its type: what `from` is in one is a person, in
 * another a day. */
static bool form_fits(enum form form, enum field_type type)
{
    switch (form) {
    case UNIT:
    case PERSON:
    case STATE:
    case CLASS: return type == FIELD_TEXT;
    case UNITS: return type == FIELD_TEXTS;
    case MARKING: return type == FIELD_INT;
    case DAY: return type == FIELD_DAY;
    case LEADERS:
    case TASKS:
    case MILESTONES:
    case EVIDENCE:
    case SEALED:
    case OTHERS:
    case NAMED_UNITS:
    case NAMED_PEOPLE: return type == FIELD_LIST;
    case YES:
    case PERCENT:
    case PLAIN:
    default: return true;
    }
}

static void say_value(struct speech *s, enum form form, struct given v)
{
    const struct any_list *list = v.at;

    switch (form_fits(form, v.field->type) ? form : PLAIN) {
    case UNIT: buf_text(s->out, name_of_unit(s->names, *(const struct text *)v.at)); break;
    case UNITS: say_units(s, *(const struct texts *)v.at); break;
    case PERSON: buf_text(s->out, name_of_person(s->names, *(const struct text *)v.at)); break;
    case LEADERS: say_leaders(s, *(const struct leader_list *)v.at); break;
    case STATE: say_word(s, &states, v); break;
    case CLASS: say_word(s, &classes, v); break;
    case MARKING: buf_text(s->out, word_label(&markings, *(const int64_t *)v.at, s->lang)); break;
    case DAY: buf_date(s->out, *(const int32_t *)v.at); break;
    case YES: break;
    case PERCENT:
        say_plain(s, v);
        buf_str(s->out, " %");
        break;
    case TASKS: say_tasks(s, *(const struct task_list *)v.at); break;
    case MILESTONES: say_milestones(s, *(const struct milestone_list *)v.at); break;
    case EVIDENCE:
        for (size_t i = 0; i < list->count; i++) {
            between(s, i);
            buf_plain(s->out, ((const struct evidence_line *)list->at)[i].name);
        }
        break;
    case SEALED:
        for (size_t i = 0; i < list->count; i++) {
            between(s, i);
            buf_plain(s->out, ((const struct sealed_line *)list->at)[i].field);
        }
        break;
    case OTHERS:
        for (size_t i = 0; i < list->count; i++) {
            const struct other_line *o = &((const struct other_line *)list->at)[i];
            between(s, i);
            say_column(s, o->name);
            buf_str(s->out, " = ");
            buf_plain(s->out, o->text);
        }
        break;
    case NAMED_UNITS:
        for (size_t i = 0; i < list->count; i++) {
            between(s, i);
            buf_plain(s->out, ((const struct unit_line *)list->at)[i].name);
        }
        break;
    case NAMED_PEOPLE:
        for (size_t i = 0; i < list->count; i++) {
            between(s, i);
            buf_plain(s->out, ((const struct person_line *)list->at)[i].name);
        }
        break;
    case PLAIN:
    default: say_plain(s, v); break;
    }
}

/* --- whom they name ----------------------------------------------------------------------------
 */

static void want_units(struct names *names, struct texts units)
{
    for (size_t i = 0; i < units.count; i++)
        names_want_unit(names, units.at[i]);
}

static void want_leaders(struct names *names, struct leader_list leaders)
{
    for (size_t i = 0; i < leaders.count; i++)
        names_want_person(names, leaders.at[i].person);
}

static void want_tasks(struct names *names, struct task_list tasks)
{
    for (size_t i = 0; i < tasks.count; i++) {
        const struct task_line *t = &tasks.at[i];
        names_want_unit(names, t->lead);
        want_units(names, t->assist);
        names_want_person(names, t->person);
        want_leaders(names, t->leaders);
    }
}

void history_names(struct names *names, const struct entry *e)
{
    names_want_person(names, e->by);
    for (int i = 0; i < DETAILS; i++) {
        struct given v = find(&e->event, details[i].field);
        if (!filled(v) || !form_fits(details[i].form, v.field->type))
            continue;
        switch (details[i].form) {
        case UNIT: names_want_unit(names, *(const struct text *)v.at); break;
        case UNITS: want_units(names, *(const struct texts *)v.at); break;
        case PERSON: names_want_person(names, *(const struct text *)v.at); break;
        case LEADERS: want_leaders(names, *(const struct leader_list *)v.at); break;
        case TASKS: want_tasks(names, *(const struct task_list *)v.at); break;
        default: break;
        }
    }
}

/* --- an entry ----------------------------------------------------------------------------------
 */

/* The number behind the slash of "CODE/n". */
static struct text task_number(struct text on)
{
    struct text code, rest = on;

    text_cut(&rest, '/', &code);
    return rest;
}

static const char *sentence_of(const struct entry *e)
{
    for (int i = 0; i < SAID_COUNT; i++) {
        const char *field = said[i].field;
        if (said[i].kind != e->event.kind)
            continue;
        if (*field == '\0' || (strcmp(field, "/") == 0 && task_number(e->on).n) ||
            (*field != '/' && filled(find(&e->event, field))))
            return said[i].sentence;
    }
    return event_shape((int)e->event.kind) ? event_shape((int)e->event.kind)->name : "";
}

/* Whom or what else the sentence names. */
static struct text other_of(struct speech *s, const struct entry *entry)
{
    const struct event *e = &entry->event;

    switch (e->kind) {
    case EVENT_ITEM_INSTRUCT: return e->item_instruct.code;
    case EVENT_INSTRUCTION_GIVE:
    case EVENT_INSTRUCTION_REPORT:
    case EVENT_INSTRUCTION_CLOSE:
    case EVENT_INSTRUCTION_RETURN:
    case EVENT_INSTRUCTION_WITHDRAW: return entry->on;
    case EVENT_ITEM_RETURN:
        return text_of(tr(s->lang, text_eq(e->item_return.what, T("plan"))
                                       ? N_("submitted plan")
                                       : N_("application for strike-off")));
    case EVENT_ITEM_LOOK_BACK: return e->item_look_back.item;
    case EVENT_ITEM_MERGE: return e->item_merge.into;
    case EVENT_ITEM_TRANSFER: return e->item_transfer.to;
    default: return T("");
    }
}

void history_say(struct buf *out, enum lang lang, struct names *names, const struct entry *e)
{
    struct speech s = {out, lang, names};
    buf_auto struct buf version = BUF(64);
    struct given v = find(&e->event, "version");
    bool first = true;

    if (v.field)
        buf_int(&version, *(const int64_t *)v.at);
    say(out, lang, sentence_of(e), task_number(e->on), buf_view(&version), other_of(&s, e));
    for (int i = 0; i < DETAILS; i++) {
        v = find(&e->event, details[i].field);
        if (!filled(v) ||
            (e->event.kind == EVENT_ITEM_TRANSFER && strcmp(details[i].field, "to") == 0))
            continue;
        word(&s, first ? N_(": ") : N_("; "));
        /* What the sentence is about needs no label. */
        if (!first || (e->event.kind != EVENT_ITEM_TASK && e->event.kind != EVENT_ITEM_PLAN &&
                       e->event.kind >= EVENT_INSTRUCTION_GIVE))
            label(&s, details[i].label, details[i].form == YES);
        first = false;
        say_value(&s, details[i].form, v);
    }
    word(&s, N_("."));
}
