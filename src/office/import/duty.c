/* duty.c: who answers for an item and until when, from the cells of a row; see compose.h. */
#include "office/import/compose.h"
#include "office/import/dates.h"
#include "office/import/fold.h"
#include "office/import/names.h"

enum { PARTIES_MAX = 128 };

struct list {
    struct party at[PARTIES_MAX];
    size_t count;
};

static struct parties keep(struct composer *c, const struct list *list)
{
    struct parties p = {NULL, list->count};

    if (list->count)
        p.at = arena_array(c->arena, struct party, list->count);
    if (p.at == NULL)
        return (struct parties){NULL, 0};
    memcpy(p.at, list->at, sizeof *list->at * list->count);
    return p;
}

struct text compose_names(struct composer *c, const struct parties *parties)
{
    struct text all = {NULL, 0};

    if (parties->count == 1)
        return parties->at[0].name;
    for (size_t i = 0; i < parties->count; i++) {
        if (i)
            all = arena_join(c->arena, all, T("、"));
        all = arena_join(c->arena, all, parties->at[i].name);
    }
    return all;
}

static bool has(const struct list *list, struct text name)
{
    for (size_t i = 0; i < list->count; i++)
        if (text_eq(list->at[i].name, name))
            return true;
    return false;
}

/* What had to be interpreted in a cell of names. */
static void report_names(struct composer *c, int slot, const struct names *n)
{
    struct list list;
    struct parties parties;
    struct text taken;

    list.count = 0;
    if (!n->lines_joined && !n->others && !n->notes && !n->unlike)
        return;
    for (size_t i = 0; i < n->count && i < PARTIES_MAX; i++)
        list.at[list.count++] = n->at[i].party;
    parties = keep(c, &list);
    taken = compose_names(c, &parties);
    if (n->lines_joined)
        compose_doubt(c, DOUBT_NAME_LINES, slot, taken, NULL);
    if (n->others)
        compose_doubt(c, DOUBT_MORE_UNNAMED, slot, taken, NULL);
    if (n->notes)
        compose_doubt(c, DOUBT_NAME_NOTE, slot, taken, NULL);
    if (n->unlike)
        compose_doubt(c, DOUBT_NAME_UNLIKE, slot, taken, NULL);
}

/* Adds a name once. False (and a doubt) when it stands there already or is no name. */
static bool add(struct composer *c, struct list *list, int slot, const struct party *p, bool unit)
{
    if (p->name.n > DRAFT_NAME_BYTES || list->count == PARTIES_MAX) {
        compose_doubt(c, DOUBT_LONG_NAME, slot, (struct text){NULL, 0}, NULL);
        compose_other(c, slot);
        return false;
    }
    if (has(list, p->name)) {
        if (unit)
            compose_doubt(c, DOUBT_UNIT_REPEATED, slot, p->name, NULL);
        return false;
    }
    list->at[list->count++] = *p;
    return true;
}

static void read_names(struct composer *c, int slot, struct names *n)
{
    const struct cell *cell = c->line->at[slot];
    enum col col = c->table->slots[slot].col;

    n->count = 0;
    if (cell->kind == CELL_ERROR) {
        compose_doubt(c, DOUBT_CELL_ERROR, slot, (struct text){NULL, 0}, NULL);
        return;
    }
    if (col == COL_LEAD || col == COL_ASSIST)
        names_units(cell->text, c->arena, n);
    else if (col == COL_LEAD_PERSON)
        names_mixed(cell->text, n);
    else
        names_people(cell->text, c->arena, n);
    if (n->too_many) {
        n->count = 0;
        compose_doubt(c, DOUBT_NOT_UNDERSTOOD, slot, (struct text){NULL, 0}, NULL);
        compose_other(c, slot);
        return;
    }
    report_names(c, slot, n);
}

/* Units of the lead columns first; the first of them leads unless the cell says otherwise. */
static void read_units(struct composer *c, struct duty *duty, struct list *people)
{
    static const enum col cols[] = {COL_LEAD, COL_LEAD_PERSON, COL_ASSIST};
    struct list units; /* not cleared: it is large and filled up to count */
    size_t leads = 0, first = 0;
    int lead_slot = -1, assist_slot = -1;
    bool marked = false;

    units.count = 0;
    for (int k = 0; k < 3; k++) {
        for (int s = c->table->first[cols[k]]; s >= 0; s = c->table->next[s]) {
            struct names n;
            if (c->line->at[s] == NULL)
                continue;
            read_names(c, s, &n);
            for (size_t i = 0; i < n.count; i++) {
                struct named *one = &n.at[i];
                if (one->person) {
                    add(c, people, s, &one->party, false);
                    continue;
                }
                if (one->party.note.n == 0)
                    one->party.note = c->table->slots[s].note;
                if (!add(c, &units, s, &one->party, true))
                    continue;
                if (cols[k] == COL_ASSIST || one->role == NAME_ASSIST) {
                    assist_slot = s;
                    continue;
                }
                if (leads == 0 || (one->role == NAME_LEAD && !marked))
                    first = units.count - 1;
                marked = marked || one->role == NAME_LEAD;
                if (leads++ == 0)
                    lead_slot = s;
            }
            if (cols[k] == COL_LEAD_PERSON && n.count > 1) {
                struct parties all = keep(c, people);
                compose_doubt(c, DOUBT_MIXED_PARTY, s, compose_names(c, &all), NULL);
            }
        }
    }
    if (leads && first > 0) {
        struct party lead = units.at[first];
        memmove(&units.at[1], &units.at[0], sizeof lead * first);
        units.at[0] = lead;
    }
    duty->led = leads > 0;
    duty->units = keep(c, &units);
    if (leads > 1)
        compose_doubt(c, DOUBT_UNITS_SEVERAL, lead_slot, units.at[0].name, NULL);
    else if (leads == 0 && units.count)
        compose_doubt(c, DOUBT_NO_LEAD, assist_slot, (struct text){NULL, 0}, NULL);
    else if (units.count == 0 && c->table->first[COL_LEAD] >= 0)
        compose_doubt(c, DOUBT_EMPTY_CELL, c->table->first[COL_LEAD], (struct text){NULL, 0}, NULL);
}

static void read_people(struct composer *c, enum col col, struct list *list)
{
    for (int s = c->table->first[col]; s >= 0; s = c->table->next[s]) {
        struct names n;
        if (c->line->at[s] == NULL)
            continue;
        read_names(c, s, &n);
        for (size_t i = 0; i < n.count; i++) {
            if (n.at[i].party.note.n == 0)
                n.at[i].party.note = c->table->slots[s].note;
            add(c, list, s, &n.at[i].party, false);
        }
    }
}

static enum item_class class_of(struct composer *c)
{
    int slot = compose_slot(c, COL_CLASS);
    const struct cell *cell;
    struct when w;

    if (slot < 0)
        return CLASS_NONE;
    cell = c->line->at[slot];
    w = when_read(cell, &(struct when_context){c->options->today, DATE_NONE});
    if (w.class == CLASS_NONE &&
        (text_has(cell->text, T("限期")) || text_has(cell->text, T("dated"))))
        w.class = CLASS_DATED;
    if (w.class == CLASS_NONE) {
        compose_doubt(c, DOUBT_NOT_UNDERSTOOD, slot, (struct text){NULL, 0}, NULL);
        compose_other(c, slot);
    } else {
        compose_doubt(c, DOUBT_CLASS, slot, (struct text){NULL, 0}, classes.words[w.class].label);
    }
    return w.class;
}

void compose_duty(struct composer *c, struct duty *duty, int32_t found)
{
    struct list people, leaders;
    enum item_class class;
    struct when w;
    int slot;

    people.count = leaders.count = 0;
    read_units(c, duty, &people);
    read_people(c, COL_PERSON, &people);
    read_people(c, COL_LEADER, &leaders);
    duty->people = keep(c, &people);
    duty->leaders = keep(c, &leaders);
    if (people.count > 1)
        compose_doubt(c, DOUBT_PEOPLE_SEVERAL, compose_slot(c, COL_PERSON), people.at[0].name,
                      NULL);
    else if (people.count == 0 && c->table->first[COL_PERSON] >= 0)
        compose_doubt(c, DOUBT_EMPTY_CELL, c->table->first[COL_PERSON], (struct text){NULL, 0},
                      NULL);
    class = class_of(c);
    w = compose_when(c, COL_DEADLINE, found);
    duty->deadline = w.day;
    duty->class = class ? class : w.class ? w.class : w.day != DATE_NONE ? CLASS_DATED : CLASS_NONE;
    slot = c->table->first[COL_DEADLINE];
    if (slot >= 0 && c->line->at[slot] == NULL && class != CLASS_STANDING)
        compose_doubt(c, DOUBT_EMPTY_CELL, slot, (struct text){NULL, 0}, NULL);
    if (w.day != DATE_NONE && found != DATE_NONE && w.day < found) {
        char iso[11];
        compose_doubt(c, DOUBT_DATE_ORDER, slot, arena_text(c->arena, date_iso(w.day, iso)), NULL);
    }
}
