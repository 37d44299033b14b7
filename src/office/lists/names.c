/* names.c: see names.h. */
#include "office/lists/names.h"

#include "office/lists/pieces.h"
#include "office/lists/show.sql.h"

struct called {
    struct called *next;
    bool person, asked;
    struct text code, name;
};

static struct called *find(struct names *names, struct text code, bool person)
{
    for (struct called *c = names->known; c; c = c->next)
        if (c->person == person && text_eq(c->code, code))
            return c;
    return NULL;
}

static void want(struct names *names, struct text code, bool person)
{
    struct called *c;

    if (code.n == 0 || find(names, code, person))
        return;
    c = arena_array(names->arena, struct called, 1);
    if (c == NULL)
        return;
    *c = (struct called){.next = names->known, .person = person, .code = code, .name = code};
    names->known = c;
}

void names_want_unit(struct names *names, struct text code)
{
    want(names, code, false);
}

void names_want_person(struct names *names, struct text code)
{
    want(names, code, true);
}

static void take(struct names *names, struct text code, struct text name, bool person)
{
    struct called *c = find(names, code, person);

    if (c && name.n)
        c->name = arena_text(names->arena, name);
}

static void fetch_units(struct names *names, struct text codes)
{
    struct show_units_out row;
    struct rows rows;

    if (show_units_open(names->l->store, &(struct show_units_in){codes}, &rows, &names->err) != 0)
        return;
    while (show_units_next(&rows, &row, &names->err) == 1)
        take(names, row.code, row.name, false);
}

static void fetch_people(struct names *names, struct text codes)
{
    struct show_people_out row;
    struct rows rows;

    if (show_people_open(names->l->store, &(struct show_people_in){codes}, &rows, &names->err) != 0)
        return;
    while (show_people_next(&rows, &row, &names->err) == 1)
        take(names, row.code, row.name, true);
}

void names_fetch(struct names *names)
{
    buf_auto struct buf units = BUF(BUF_ANY), people = BUF(BUF_ANY);

    for (struct called *c = names->known; c; c = c->next) {
        if (!c->asked)
            piece_put(c->person ? &people : &units, c->code);
        c->asked = true;
    }
    if (units.failed || people.failed) {
        err_set(&names->err, NO_MEMORY);
        return;
    }
    if (units.n)
        fetch_units(names, buf_view(&units));
    if (people.n)
        fetch_people(names, buf_view(&people));
}

static struct text name_of(struct names *names, struct text code, bool person)
{
    struct called *c = find(names, code, person);

    if (c == NULL) {
        want(names, arena_text(names->arena, code), person);
        c = find(names, code, person);
    }
    if (c && !c->asked)
        names_fetch(names);
    return c ? c->name : code;
}

struct text name_of_unit(struct names *names, struct text code)
{
    return name_of(names, code, false);
}

struct text name_of_person(struct names *names, struct text code)
{
    return name_of(names, code, true);
}
