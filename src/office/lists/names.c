/* names.c: see names.h. */
#include "office/lists/names.h"

#include "office/lists/show.sql.h"

struct called {
    struct called *next;
    bool person;
    struct text code, name;
};

static struct text name_of(struct names *names, struct text code, bool person)
{
    struct show_unit_out unit = {{"", 0}};
    struct show_person_out who = {{"", 0}};
    struct called *c;
    int rc;

    if (code.n == 0)
        return code;
    for (c = names->known; c; c = c->next)
        if (c->person == person && text_eq(c->code, code))
            return c->name;
    if (person)
        rc = show_person_one(names->l->store, &(struct show_person_in){code}, &who, names->arena,
                             &names->err);
    else
        rc = show_unit_one(names->l->store, &(struct show_unit_in){code}, &unit, names->arena,
                           &names->err);
    c = arena_array(names->arena, struct called, 1);
    if (rc < 0 || c == NULL)
        return code;
    *c = (struct called){names->known, person, arena_text(names->arena, code),
                         person ? who.name : unit.name};
    if (c->name.n == 0)
        c->name = c->code;
    names->known = c;
    return c->name;
}

struct text name_of_unit(struct names *names, struct text code)
{
    return name_of(names, code, false);
}

struct text name_of_person(struct names *names, struct text code)
{
    return name_of(names, code, true);
}
