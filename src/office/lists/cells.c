/* cells.c: see cells.h. */
#include "office/lists/cells.h"

#include "office/lists/plain.h"

enum what {
    PLACE, /* the number that the book carried, else the place in the list */
    CODE,
    TITLE,
    TEXT,
    ITEM_TEXT,

    CATEGORY,
    OBJECT,
    PLACE_NAME,
    LEVEL,
    FOUND,
    MEASURES,
    LEAD,
    ASSISTING,
    LEADERS,
    PERSON,
    DEADLINE,
    DEADLINE_MARKED, /* with a sign when it is past */
    CLASS,
    PROGRESS,
    STATE,
    REMARKS,
    ITEM,
    TASK_NUMBER,
    ROLE,
    DUTY,
    UNIT,
    NAME,
    UNIT_KIND,
    PARENT,
    ROLES,
    NOTES,
    CAMPAIGN_KIND,
    PROCEDURE,
    ISSUER,
    NUMBER,
    DATE
};

#define COUNT(list) (int)(sizeof(list) / sizeof(list)[0])

static const struct cell_column sheet_problems[] = {
    {"number", N_("No."), COLUMN_SHORT, 5, PLACE},
    {"code", N_("Ledger code"), COLUMN_SHORT, 12, CODE},
    {"text", N_("Problem"), COLUMN_TEXT, 32, TEXT},
    {"category", N_("Problem category"), COLUMN_SHORT, 10, CATEGORY},
    {"level", N_("Level"), COLUMN_SHORT, 7, LEVEL},
    {"object", N_("Object"), COLUMN_TEXT, 10, OBJECT},
    {"place", N_("Location"), COLUMN_TEXT, 11, PLACE_NAME},
    {"found", N_("Date found"), COLUMN_DATE, 11, FOUND},
    {"measures", N_("Corrective actions"), COLUMN_TEXT, 28, MEASURES},
    {"lead_unit", N_("Lead unit"), COLUMN_TEXT, 13, LEAD},
    {"assisting_units", N_("Assisting units"), COLUMN_TEXT, 13, ASSISTING},
    {"responsible_leaders", N_("Responsible leader"), COLUMN_SHORT, 11, LEADERS},
    {"responsible_person", N_("Responsible person"), COLUMN_SHORT, 11, PERSON},
    {"deadline", N_("Deadline"), COLUMN_DATE, 11, DEADLINE},
    {"class", N_("Class"), COLUMN_SHORT, 9, CLASS},
    {"progress", N_("Progress"), COLUMN_TEXT, 22, PROGRESS},
    {"state", N_("Status"), COLUMN_SHORT, 9, STATE},
    {"remarks", N_("Remarks"), COLUMN_TEXT, 11, REMARKS},
};

static const struct cell_column sheet_tasks[] = {
    {"number", N_("No."), COLUMN_SHORT, 5, PLACE},
    {"item", N_("Ledger code"), COLUMN_SHORT, 12, ITEM},
    {"item_text", N_("Problem"), COLUMN_TEXT, 28, ITEM_TEXT},
    {"n", N_("Task number"), COLUMN_SHORT, 6, TASK_NUMBER},
    {"text", N_("Corrective actions"), COLUMN_TEXT, 34, TEXT},
    {"lead_unit", N_("Lead unit"), COLUMN_TEXT, 13, LEAD},
    {"assisting_units", N_("Assisting units"), COLUMN_TEXT, 13, ASSISTING},
    {"responsible_leaders", N_("Responsible leader"), COLUMN_SHORT, 11, LEADERS},
    {"responsible_person", N_("Responsible person"), COLUMN_SHORT, 11, PERSON},
    {"deadline", N_("Deadline"), COLUMN_DATE, 11, DEADLINE},
    {"class", N_("Class"), COLUMN_SHORT, 9, CLASS},
    {"progress", N_("Progress"), COLUMN_TEXT, 26, PROGRESS},
    {"state", N_("Status"), COLUMN_SHORT, 9, STATE},
};

static const struct cell_column sheet_responsibilities[] = {
    {"unit", N_("Unit"), COLUMN_TEXT, 16, UNIT},
    {"person", N_("Person"), COLUMN_SHORT, 9, PERSON},
    {"role", N_("Part"), COLUMN_SHORT, 9, ROLE},
    {"duty", N_("Kind of duty"), COLUMN_SHORT, 11, DUTY},
    {"item", N_("Ledger code"), COLUMN_SHORT, 12, ITEM},
    {"item_text", N_("Problem"), COLUMN_TEXT, 28, ITEM_TEXT},
    {"n", N_("Task number"), COLUMN_SHORT, 6, TASK_NUMBER},
    {"text", N_("Corrective actions"), COLUMN_TEXT, 34, TEXT},
    {"deadline", N_("Deadline"), COLUMN_DATE, 11, DEADLINE},
    {"state", N_("Status"), COLUMN_SHORT, 9, STATE},
};

static const struct cell_column terminal_problems[] = {
    {"code", N_("Code"), COLUMN_SHORT, 12, CODE},
    {"state", N_("Status"), COLUMN_SHORT, 8, STATE},
    {"deadline", N_("Deadline"), COLUMN_SHORT, 11, DEADLINE_MARKED},
    {"lead_unit", N_("Lead unit"), COLUMN_SHORT, 12, LEAD},
    {"responsible_person", N_("Person"), COLUMN_SHORT, 6, PERSON},
    {"text", N_("Problem"), COLUMN_TEXT, 20, TITLE},
};

static const struct cell_column terminal_tasks[] = {
    {"code", N_("Code"), COLUMN_SHORT, 14, CODE},
    {"state", N_("Status"), COLUMN_SHORT, 8, STATE},
    {"deadline", N_("Deadline"), COLUMN_SHORT, 11, DEADLINE_MARKED},
    {"lead_unit", N_("Lead unit"), COLUMN_SHORT, 12, LEAD},
    {"responsible_person", N_("Person"), COLUMN_SHORT, 6, PERSON},
    {"text", N_("Measure"), COLUMN_TEXT, 20, TEXT},
};

static const struct cell_column terminal_responsibilities[] = {
    {"unit", N_("Unit"), COLUMN_SHORT, 12, UNIT},
    {"person", N_("Person"), COLUMN_SHORT, 6, PERSON},
    {"role", N_("Part"), COLUMN_SHORT, 8, ROLE},
    {"duty", N_("Kind of duty"), COLUMN_SHORT, 8, DUTY},
    {"task", N_("Code"), COLUMN_SHORT, 14, CODE},
    {"state", N_("Status"), COLUMN_SHORT, 8, STATE},
    {"deadline", N_("Deadline"), COLUMN_SHORT, 11, DEADLINE_MARKED},
    {"text", N_("Measure"), COLUMN_TEXT, 20, TEXT},
};

static const struct cell_column terminal_units[] = {
    {"code", N_("Code"), COLUMN_SHORT, 8, CODE},
    {"name", N_("Name"), COLUMN_TEXT, 20, NAME},
    {"kind", N_("Kind"), COLUMN_SHORT, 6, UNIT_KIND},
    {"parent", N_("Below"), COLUMN_SHORT, 8, PARENT},
    {"notes", N_("Notes"), COLUMN_TEXT, 8, NOTES},
};

static const struct cell_column terminal_people[] = {
    {"code", N_("Code"), COLUMN_SHORT, 8, CODE},   {"name", N_("Name"), COLUMN_SHORT, 8, NAME},
    {"unit", N_("Unit"), COLUMN_SHORT, 12, UNIT},  {"roles", N_("Roles"), COLUMN_TEXT, 16, ROLES},
    {"notes", N_("Notes"), COLUMN_TEXT, 8, NOTES},
};

static const struct cell_column terminal_campaigns[] = {
    {"code", N_("Code"), COLUMN_SHORT, 8, CODE},
    {"name", N_("Name"), COLUMN_TEXT, 20, NAME},
    {"kind", N_("Kind"), COLUMN_SHORT, 8, CAMPAIGN_KIND},
    {"procedure", N_("Procedure"), COLUMN_SHORT, 8, PROCEDURE},
    {"notes", N_("Notes"), COLUMN_TEXT, 8, NOTES},
};

static const struct cell_column terminal_sources[] = {
    {"code", N_("Code"), COLUMN_SHORT, 8, CODE},
    {"date", N_("Date"), COLUMN_SHORT, 10, DATE},
    {"number", N_("Document number"), COLUMN_SHORT, 12, NUMBER},
    {"issuer", N_("Issuer"), COLUMN_SHORT, 12, ISSUER},
    {"title", N_("Title"), COLUMN_TEXT, 20, NAME},
};

static const struct {
    const struct cell_column *sheet;
    int sheet_count;
    const struct cell_column *terminal;
    int terminal_count;
} columns[LIST_KINDS] = {
    [LIST_PROBLEMS] = {sheet_problems, COUNT(sheet_problems), terminal_problems,
                       COUNT(terminal_problems)},
    [LIST_TASKS] = {sheet_tasks, COUNT(sheet_tasks), terminal_tasks, COUNT(terminal_tasks)},
    [LIST_RESPONSIBILITIES] = {sheet_responsibilities, COUNT(sheet_responsibilities),
                               terminal_responsibilities, COUNT(terminal_responsibilities)},
    [LIST_UNITS] = {NULL, 0, terminal_units, COUNT(terminal_units)},
    [LIST_PEOPLE] = {NULL, 0, terminal_people, COUNT(terminal_people)},
    [LIST_CAMPAIGNS] = {NULL, 0, terminal_campaigns, COUNT(terminal_campaigns)},
    [LIST_SOURCES] = {NULL, 0, terminal_sources, COUNT(terminal_sources)},
};

const struct cell_column *cells_for_sheet(enum list_kind kind, int *count)
{
    *count = columns[kind].sheet_count;
    return columns[kind].sheet;
}

const struct cell_column *cells_for_terminal(enum list_kind kind, int *count)
{
    *count = columns[kind].terminal_count;
    return columns[kind].terminal;
}

/* --- what stands in them -----------------------------------------------------------------------
 */

static void say_assisting(struct buf *out, enum lang lang, const struct answerable *who)
{
    for (size_t i = 0; i < who->assisting_count; i++) {
        if (i)
            buf_between(out, lang);
        buf_text(out, who->assisting[i]);
    }
}

static void say_leaders(struct buf *out, enum lang lang, const struct answerable *who)
{
    for (size_t i = 0; i < who->leader_count; i++) {
        if (i)
            buf_between(out, lang);
        buf_text(out, who->leaders[i].name);
        if (who->leaders[i].duty.n)
            say(out, lang, N_(" ({0})"), who->leaders[i].duty);
    }
}

/* "1. …" on lines of their own; a single one without a number. */
static void say_measures(struct buf *out, const struct problem *p)
{
    for (size_t i = 0; i < p->measure_count; i++) {
        if (i)
            buf_char(out, '\n');
        if (p->measure_count > 1) {
            buf_int(out, (int64_t)i + 1);
            buf_str(out, ". ");
        }
        buf_text(out, p->measures[i].text);
    }
}

static void say_deadline(struct buf *out, int32_t due, bool overdue)
{
    buf_date(out, due);
    if (overdue)
        buf_char(out, '!');
}

static void say_notes(struct buf *out, enum lang lang, const bool *marks, const char *const *notes,
                      int count)
{
    size_t start = out->n;

    for (int i = 0; i < count; i++) {
        if (!marks[i])
            continue;
        if (out->n > start)
            buf_between(out, lang);
        buf_str(out, tr(lang, notes[i]));
    }
}

static void say_problem(struct buf *out, enum lang lang, enum what what, const struct list_row *row,
                        int64_t place)
{
    const struct problem *p = &row->problem;

    switch (what) {
    case PLACE:
        if (p->number.n)
            buf_text(out, p->number);
        else
            buf_int(out, place);
        break;
    case CODE: buf_text(out, p->code); break;
    case TITLE: buf_text(out, p->title.n ? p->title : p->text); break;
    case TEXT: buf_text(out, p->text); break;
    case CATEGORY: buf_text(out, p->category); break;
    case LEVEL: buf_text(out, p->level); break;
    case OBJECT: buf_text(out, p->object); break;
    case PLACE_NAME: buf_text(out, p->place); break;
    case FOUND: buf_date(out, p->found); break;
    case MEASURES: say_measures(out, p); break;
    case DEADLINE: buf_date(out, p->due); break;
    case DEADLINE_MARKED: say_deadline(out, p->due, p->overdue); break;
    case CLASS: buf_text(out, word_label(&classes, p->class, lang)); break;
    case PROGRESS: buf_text(out, p->progress); break;
    case STATE: buf_text(out, word_label(&states, p->state, lang)); break;
    case REMARKS: buf_text(out, p->remarks); break;
    default: break;
    }
}

static void say_task(struct buf *out, enum lang lang, enum what what, const struct list_row *row,
                     int64_t place)
{
    const struct task_row *t = &row->task;

    switch (what) {
    case PLACE:
        if (t->number.n)
            buf_text(out, t->number);
        else
            buf_int(out, place);
        break;
    case CODE: buf_text(out, t->code); break;
    case ITEM: buf_text(out, t->item); break;
    case ITEM_TEXT: buf_text(out, t->item_text); break;
    case TASK_NUMBER:
        if (t->n)
            buf_int(out, t->n);
        break;
    case TEXT:
        buf_text(out, t->n || row->kind != LIST_RESPONSIBILITIES ? t->text : t->item_text);
        break;
    case DEADLINE: buf_date(out, t->due); break;
    case DEADLINE_MARKED: say_deadline(out, t->due, t->overdue); break;
    case CLASS: buf_text(out, word_label(&classes, t->class, lang)); break;
    case PROGRESS: buf_text(out, t->progress); break;
    case STATE: buf_text(out, word_label(&task_states, t->state, lang)); break;
    default: break;
    }
}

/* True when it was said: what tasks and problems have in common. */
static bool say_answerable(struct buf *out, enum lang lang, enum what what,
                           const struct answerable *who)
{
    switch (what) {
    case LEAD: buf_text(out, who->lead); return true;
    case ASSISTING: say_assisting(out, lang, who); return true;
    case LEADERS: say_leaders(out, lang, who); return true;
    case PERSON: buf_text(out, who->person); return true;
    default: return false;
    }
}

static void say_responsibility(struct buf *out, enum lang lang, enum what what,
                               const struct list_row *row, int64_t place)
{
    const struct duty_row *d = &row->duty;

    switch (what) {
    case UNIT: buf_text(out, d->unit); break;
    case PERSON: buf_text(out, d->person); break;
    case ROLE: buf_str(out, tr(lang, duty_role_label(d->role))); break;
    case DUTY: buf_text(out, d->duty); break;
    default: say_task(out, lang, what, row, place); break;
    }
}

static void say_unit(struct buf *out, enum lang lang, enum what what, const struct unit_row *u)
{
    switch (what) {
    case CODE: buf_text(out, u->code); break;
    case NAME:
        for (int64_t i = 1; i < u->depth && i < 16; i++)
            buf_str(out, "  ");
        buf_text(out, u->name);
        break;
    case UNIT_KIND:
        if (text_eq(u->kind, T("body")))
            buf_str(out, tr(lang, N_("team")));
        break;
    case PARENT: buf_text(out, u->parent); break;
    case NOTES:
        say_notes(out, lang, &u->provisional, (const char *const[]){N_("provisional")}, 1);
        break;
    default: break;
    }
}

static void say_person(struct buf *out, enum lang lang, enum what what, const struct person_row *p)
{
    bool first = true;

    switch (what) {
    case CODE: buf_text(out, p->code); break;
    case NAME: buf_text(out, p->name); break;
    case UNIT: buf_text(out, p->unit_name); break;
    case ROLES:
        for (int i = 1; i < ROLE_COUNT; i++) {
            if (!(p->roles & BIT(i)))
                continue;
            if (!first)
                buf_between(out, lang);
            first = false;
            buf_text(out, word_label(&roles, i, lang));
        }
        break;
    case NOTES:
        say_notes(out, lang, (const bool[]){p->provisional, p->inactive},
                  (const char *const[]){N_("provisional"), N_("inactive")}, 2);
        break;
    default: break;
    }
}

static void say_campaign(struct buf *out, enum lang lang, enum what what,
                         const struct campaign_row *c)
{
    switch (what) {
    case CODE: buf_text(out, c->code); break;
    case NAME: buf_text(out, c->name); break;
    case CAMPAIGN_KIND: buf_text(out, word_label(&kinds, word_of(&kinds, c->kind), lang)); break;
    case PROCEDURE: buf_text(out, c->procedure); break;
    case NOTES:
        say_notes(out, lang, (const bool[]){c->confidential, c->closed},
                  (const char *const[]){N_("for its circle only"), N_("closed")}, 2);
        break;
    default: break;
    }
}

static void say_source(struct buf *out, enum what what, const struct source_row *s)
{
    switch (what) {
    case CODE: buf_text(out, s->code); break;
    case NAME: buf_text(out, s->title); break;
    case DATE: buf_date(out, s->date); break;
    case NUMBER: buf_text(out, s->number); break;
    case ISSUER: buf_text(out, s->issuer); break;
    default: break;
    }
}

void cell_say(struct buf *out, enum lang lang, const struct cell_column *column,
              const struct list_row *row, int64_t place)
{
    enum what what = (enum what)column->what;

    switch (row->kind) {
    case LIST_PROBLEMS:
        if (!say_answerable(out, lang, what, &row->who))
            say_problem(out, lang, what, row, place);
        break;
    case LIST_TASKS:
        if (!say_answerable(out, lang, what, &row->who))
            say_task(out, lang, what, row, place);
        break;
    case LIST_RESPONSIBILITIES: say_responsibility(out, lang, what, row, place); break;
    case LIST_UNITS: say_unit(out, lang, what, &row->unit); break;
    case LIST_PEOPLE: say_person(out, lang, what, &row->person); break;
    case LIST_CAMPAIGNS: say_campaign(out, lang, what, &row->campaign); break;
    case LIST_SOURCES:
    default: say_source(out, what, &row->source); break;
    }
}
