/*
 * decide_instruction.c: an instruction's command: loads the situation that it meets, and asks the
 * rules of domain/instruction.c; see decide.h.
 */
#include "instruction.sql.h"
#include "item.sql.h"
#include "ledger/decide.h"
#include "ledger/instruct.h"
#include "office.sql.h"

static const struct text none = {"", 0};

static struct verdict no(enum rule rule, struct text a, struct text b)
{
    return (struct verdict){.rule = rule, .texts = {a, b}};
}

/* That unit and person are there, where they are named. */
static int check_addressee(struct batch *b, struct text unit, struct text person, struct outcome *o,
                           struct err *err)
{
    struct text path;
    int rc = unit.n ? batch_unit(b, unit, &path, err) : 1;

    if (rc == 0)
        o->verdict = no(RULE_UNKNOWN_UNIT, unit, none);
    if (rc == 1 && person.n && (rc = batch_person(b, person, err)) == 0)
        o->verdict = no(RULE_UNKNOWN_PERSON, person, none);
    return rc < 0 ? -1 : 0;
}

/* Whether the unit, or one below it, has a part in the item: 1, 0, -1. */
static int unit_reached(struct batch *b, const struct item *item, struct text unit, struct err *err)
{
    struct instruction_reach_out row;
    struct text path;
    int rc = batch_unit(b, unit, &path, err);

    if (rc <= 0)
        return rc;
    rc = instruction_reach_one(b->store, &(struct instruction_reach_in){item->id, path}, &row,
                               b->arena, err);
    return rc < 0 ? -1 : row.n > 0;
}

static int person_reached(struct batch *b, const struct item *item, struct text person,
                          struct err *err)
{
    struct item_visible_out row;

    if (text_eq(person, item->person))
        return 1;
    return item_visible_one(b->store, &(struct item_visible_in){person, b->today, item->code}, &row,
                            b->arena, err);
}

static int home_of(struct batch *b, struct text person, struct text *unit, struct err *err)
{
    struct instruction_home_out row = {none};
    int rc =
        instruction_home_one(b->store, &(struct instruction_home_in){person}, &row, b->arena, err);

    *unit = rc == 1 ? row.unit : none;
    return rc < 0 ? -1 : 0;
}

int decide_instruct(struct batch *b, struct command *c, struct outcome *o, const struct item *item,
                    struct err *err)
{
    struct item_instruct_event *d = &c->event.item_instruct;
    struct text home;
    int rc = check_addressee(b, d->unit, d->person, o, err);

    if (rc != 0 || o->verdict.rule)
        return rc;
    if (d->unit.n && (rc = unit_reached(b, item, d->unit, err)) == 0)
        o->verdict = no(RULE_UNREACHED, d->unit, item->code);
    else if (rc >= 0 && d->person.n && (rc = person_reached(b, item, d->person, err)) == 0)
        o->verdict = no(RULE_UNREACHED, d->person, item->code);
    if (rc < 0 || o->verdict.rule)
        return rc < 0 ? -1 : 0;
    /* Whoever is named alone answers with their unit, where it has a part in the item. */
    if (d->unit.n == 0 && d->person.n) {
        if (home_of(b, d->person, &home, err) != 0 ||
            (rc = home.n ? unit_reached(b, item, home, err) : 0) < 0)
            return -1;
        d->unit = rc == 1 ? home : none;
    }
    if (instruction_next_code(b, &d->code, err) != 0)
        return -1;
    o->instruction = d->code;
    return 0;
}

/* That the number is one that the author can have seen. */
static int check_number(struct batch *b, const struct command *c, struct outcome *o,
                        struct err *err)
{
    const struct instruction_give_event *d = &c->event.instruction_give;
    struct campaign *campaign = NULL;
    struct text path;
    int rc = 1;

    if (d->campaign.n) {
        if (batch_campaign(b, d->campaign, &campaign, err) != 0)
            return -1;
        rc = campaign ? campaign_seen(b, campaign, c->by, err) : 0;
        if (rc == 0)
            o->verdict = no(RULE_UNKNOWN_CAMPAIGN, d->campaign, none);
    }
    if (rc == 1 && d->what.n && !number_word(d->what))
        o->verdict = no(RULE_WORD, d->what, T("all, open, overdue, soon, struck_off …"));
    if (rc == 1 && d->of.n && (rc = batch_unit(b, d->of, &path, err)) == 0)
        o->verdict = no(RULE_UNKNOWN_UNIT, d->of, none);
    return rc < 0 ? -1 : 0;
}

/* The roles by which the author may instruct that unit about that campaign. */
static int roles_for(struct batch *b, struct text by, struct text unit, struct text campaign,
                     uint32_t *held, struct err *err)
{
    struct rows rows;
    struct instruction_roles_out row;
    int rc = instruction_roles_open(
        b->store, &(struct instruction_roles_in){by, b->today, unit, campaign}, &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = instruction_roles_next(&rows, &row, err)) == 1)
        *held |= (uint32_t)row.roles;
    return rc;
}

static int decide_give(struct batch *b, struct command *c, struct outcome *o, struct err *err)
{
    struct instruction_give_event *d = &c->event.instruction_give;
    struct instruction_situation s = {0};

    if (check_number(b, c, o, err) != 0)
        return -1;
    if (o->verdict.rule)
        return 0;
    /* A number goes to the unit whose number it is, unless somebody else is named. */
    if (d->unit.n == 0 && d->person.n == 0)
        d->unit = d->of;
    if (d->unit.n == 0 && d->person.n && home_of(b, d->person, &d->unit, err) != 0)
        return -1;
    if (roles_for(b, c->by, d->unit, d->campaign, &s.roles, err) != 0)
        return -1;
    o->verdict = instruction_decide(&s, &c->event);
    if (o->verdict.rule || check_addressee(b, d->unit, d->person, o, err) != 0)
        return err->code ? -1 : 0;
    if (o->verdict.rule)
        return 0;
    if (instruction_next_code(b, &c->on, err) != 0)
        return -1;
    o->code = c->on;
    o->version = 1;
    return 0;
}

/* Marks the hands whose home does the addressed unit's work: the unit itself, what stands below it,
 * and for a body its members' homes. */
static int find_workers(struct store *store, int32_t today, const struct instruction *i,
                        const struct instruction_hands_out *hands, int count,
                        struct instruction_situation *s, struct arena *arena, struct err *err)
{
    enum { UNITS = BIT(ROLE_LIAISON) | BIT(ROLE_RESPONSIBLE) };
    struct unit_get_out unit;
    struct member_homes_out member;
    struct rows rows;
    int rc;

    if (i->unit.n == 0)
        return 0;
    rc = unit_get_one(store, &(struct unit_get_in){i->unit}, &unit, arena, err);
    if (rc <= 0)
        return rc;
    for (int k = 0; k < count; k++)
        s->addressee |=
            (hands[k].roles & UNITS) && hands[k].path.n && text_starts(hands[k].path, unit.path);
    if (s->addressee || !text_eq(unit.kind, T("body")))
        return 0;
    if (member_homes_open(store, &(struct member_homes_in){i->unit}, &rows, err) != 0)
        return -1;
    while ((rc = member_homes_next(&rows, &member, err)) == 1)
        for (int k = 0; k < count; k++)
            s->addressee |= member.until >= today && (hands[k].roles & UNITS) && hands[k].path.n &&
                            text_starts(hands[k].path, member.path);
    return rc;
}

int instruction_situate(struct instruction_situation *s, struct store *store, int32_t today,
                        struct text by, const struct instruction *i, struct arena *arena,
                        struct err *err)
{
    enum { HANDS = 17 };
    struct instruction_hands_out row, hands[HANDS];
    struct person_get_out giver;
    struct rows rows;
    int count = 0, rc;

    *s = (struct instruction_situation){.instruction = i};
    if (instruction_hands_open(store, &(struct instruction_hands_in){by, today, i->code}, &rows,
                               err) != 0)
        return -1;
    while ((rc = instruction_hands_next(&rows, &row, err)) == 1 && count < HANDS) {
        hands[count] = row;
        hands[count].person = arena_text(arena, row.person);
        hands[count++].path = arena_text(arena, row.path);
    }
    rows_close(&rows);
    if (rc < 0 || count == 0)
        return rc < 0 ? -1 : 0;
    for (int k = 0; k < count; k++) {
        s->roles |= (uint32_t)hands[k].roles;
        s->giver |= text_eq(hands[k].person, i->giver);
        s->addressee |= text_eq(hands[k].person, i->person);
    }
    if (!s->addressee && find_workers(store, today, i, hands, count, s, arena, err) != 0)
        return -1;
    rc = person_get_one(store, &(struct person_get_in){i->giver}, &giver, arena, err);
    s->orphan = rc == 1 && giver.inactive;
    return rc < 0 ? -1 : 1;
}

int decide_instruction(struct batch *b, struct command *c, struct outcome *o, struct err *err)
{
    struct instruction i;
    struct instruction_situation s;
    int rc;

    if (c->event.kind == EVENT_INSTRUCTION_GIVE)
        return decide_give(b, c, o, err);
    rc = instruction_load(b, c->on, &i, err);
    if (rc == 1)
        rc = instruction_situate(&s, b->store, b->today, c->by, &i, b->arena, err);
    if (rc < 0)
        return -1;
    if (rc == 0) {
        o->verdict = no(RULE_UNSEEN, c->on, none);
        return 0;
    }
    o->version = i.version;
    o->verdict = instruction_decide(&s, &c->event);
    /* Whoever looked at an older state hears that first. */
    if ((o->verdict.rule == RULE_NONE || o->verdict.rule > RULE_STALE) && c->seen &&
        c->seen != i.version)
        o->verdict = (struct verdict){
            .rule = RULE_STALE, .texts = {i.code}, .numbers = {c->seen, i.version}};
    o->version += o->verdict.rule == RULE_NONE;
    return 0;
}
