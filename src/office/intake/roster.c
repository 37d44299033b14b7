/*
 * roster.c: rows of units and of people. Whoever is there already and is said to be the same is
 * left alone; what differs is changed.
 */
#include "ledger/office.sql.h"
#include "office/intake/run.h"

static const struct text none = {"", 0};

/* The unit with that code, in the ledger or among those that this batch makes. 1, 0, -1. */
static int find_unit(struct run *r, struct text code, struct unit_get_out *unit, struct err *err)
{
    const struct unit_line *made = run_made_unit(r, code);

    if (made) {
        *unit = (struct unit_get_out){.name = made->name, .parent = made->parent};
        return 1;
    }
    return unit_get_one(r->ledger->store, &(struct unit_get_in){.code = code}, unit, &r->arena,
                        err);
}

/* The deepest parent that is named: by code, or by name below the one before it. */
static int find_parent(struct run *r, const struct draft *d, struct text *parent, struct err *err)
{
    struct unit_get_out unit;
    struct text given;
    int rc;

    *parent = none;
    if (d->unit.parents.count == 0)
        return 0;
    given = d->unit.parents.at[d->unit.parents.count - 1];
    rc = find_unit(r, given, &unit, err);
    if (rc != 0) {
        *parent = given;
        return rc < 0 ? -1 : 0;
    }
    return run_unit(r, d, given, parent, err);
}

int run_unit_row(struct run *r, const struct draft *d, struct err *err)
{
    struct unit_get_out old = {0};
    struct unit_line *line;
    struct text parent, code = d->unit.code;
    struct command *c;
    int rc;

    if (find_parent(r, d, &parent, err) != 0)
        return -1;
    if (code.n == 0) {
        /* Without codes a unit is known by its name. */
        struct unit_named_out named;
        rc = unit_named_one(r->ledger->store, &(struct unit_named_in){d->unit.name}, &named,
                            &r->arena, err);
        if (rc < 0)
            return -1;
        if (rc == 1)
            code = named.code;
    }
    rc = code.n ? find_unit(r, code, &old, err) : 0;
    if (rc < 0)
        return -1;
    if (rc == 0 && code.n == 0) {
        if (run_unit(r, d, d->unit.name, &code, err) != 0)
            return -1;
        r->result->counts.units_made--;
        line = run_made_unit(r, code);
        if (line) {
            line->provisional = false;
            line->parent = arena_text(&r->arena, parent);
        }
        r->result->counts.added++;
        return 0;
    }
    if (rc == 1 && text_eq(old.name, d->unit.name) && text_eq(old.parent, parent) &&
        !old.provisional) {
        r->result->counts.unchanged++;
        return 0;
    }
    if (rc == 0 || !text_eq(old.name, d->unit.name) || old.provisional) {
        run_add_unit(r, &(struct unit_line){.code = code,
                                            .name = d->unit.name,
                                            .parent = rc == 1 ? old.parent : parent,
                                            .kind = rc == 1 ? old.kind : none,
                                            .term_from = DATE_NONE,
                                            .term_until = DATE_NONE});
    }
    if (rc == 1 && !text_eq(old.parent, parent)) {
        if (run_row(r, d, FATE_UPDATED) == NULL ||
            (c = run_command(r, d, 0, EVENT_UNIT_MOVE, arena_text(&r->arena, code))) == NULL)
            return err_set(err, NO_MEMORY);
        c->event.unit_move.parent = parent;
        return 0;
    }
    if (rc == 1)
        r->result->counts.updated++;
    else
        r->result->counts.added++;
    return 0;
}

int run_person_row(struct run *r, const struct draft *d, struct err *err)
{
    struct person_get_out old = {0};
    struct person_of_unit_out there;
    struct person_line *line;
    struct text unit = none, code = d->person.code;
    size_t count = 0;
    int rc;

    if (run_unit(r, d, d->person.unit, &unit, err) != 0)
        return -1;
    if (code.n == 0) {
        rc = person_of_unit_one(r->ledger->store, &(struct person_of_unit_in){d->person.name, unit},
                                &there, &r->arena, err);
        if (rc < 0)
            return -1;
        if (rc == 1)
            code = there.code;
        else if (run_person(r, d, d->person.name, unit, false, &code, err) != 0)
            return -1;
    }
    rc = person_get_one(r->ledger->store, &(struct person_get_in){code}, &old, &r->arena, err);
    if (rc < 0)
        return -1;
    if (rc == 1 && text_eq(old.name, d->person.name) && text_eq(old.unit, unit) &&
        !old.provisional && (uint32_t)old.roles == d->person.roles) {
        r->result->counts.unchanged++;
        return 0;
    }
    /* Made a moment ago as a provisional one: this row says the rest. */
    for (count = 0; count < r->person_count && !text_eq(r->people[count].code, code); count++)
        ;
    line = &r->people[count];
    if (count == r->person_count)
        r->person_count++;
    else
        r->result->counts.people_made--;
    *line = (struct person_line){.code = arena_text(&r->arena, code),
                                 .name = arena_text(&r->arena, d->person.name),
                                 .unit = arena_text(&r->arena, unit),
                                 .clearance = old.clearance};
    line->roles.at = arena_array(&r->arena, struct text, ROLE_COUNT);
    for (int i = 1; line->roles.at && i < ROLE_COUNT; i++)
        if (d->person.roles & BIT(i))
            line->roles.at[line->roles.count++] = word_key(&roles, i);
    if (rc == 1)
        r->result->counts.updated++;
    else
        r->result->counts.added++;
    return 0;
}
