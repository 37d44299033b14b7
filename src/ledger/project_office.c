/*
 * project_office.c: what entries about the office (units, people, rules, campaigns, sources) make
 * of the projections.
 */
#include "item.sql.h"
#include "ledger/agenda.h"
#include "ledger/batch.h"
#include "ledger/campaign_plan.h"
#include "office.sql.h"

static uint32_t role_bits(struct texts names)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < names.count; i++) {
        int role = word_of(&roles, names.at[i]);
        if (role > 0)
            bits |= BIT(role);
    }
    return bits;
}

static int put_scope(struct batch *b, struct text person, struct text unit, struct text campaign,
                     struct err *err)
{
    return scope_put(b->store,
                     &(struct scope_put_in){.person = person, .unit = unit, .campaign = campaign},
                     err);
}

static int put_person(struct batch *b, const struct person_line *p, struct err *err)
{
    struct person_get_out old;
    uint32_t bits = role_bits(p->roles);
    int64_t id;
    int rc =
        person_get_one(b->store, &(struct person_get_in){.code = p->code}, &old, b->arena, err);

    if (rc < 0)
        return -1;
    id = old.id;
    if (rc == 0) {
        struct person_last_id_out last;
        if (person_last_id_one(b->store, NULL, &last, b->arena, err) < 0)
            return -1;
        id = last.id + 1;
    }
    if (person_put(b->store,
                   &(struct person_put_in){.code = p->code,
                                           .id = id,
                                           .name = p->name,
                                           .unit = p->unit,
                                           .roles = bits,
                                           .clearance = p->clearance,
                                           .inactive = p->inactive,
                                           .provisional = p->provisional},
                   err) != 0 ||
        scope_clear(b->store, &(struct scope_clear_in){.person = p->code}, err) != 0)
        return -1;
    for (size_t i = 0; i < p->scopes.count; i++)
        if (put_scope(b, p->code, p->scopes.at[i].unit, p->scopes.at[i].campaign, err) != 0)
            return -1;
    if (p->scopes.count == 0 && (bits & ROLES_OFFICE) &&
        put_scope(b, p->code, T(""), T(""), err) != 0)
        return -1;
    if (p->scopes.count == 0 && !(bits & ROLES_OFFICE) && (bits & ROLES_UNIT) && p->unit.n &&
        put_scope(b, p->code, p->unit, T(""), err) != 0)
        return -1;
    b->actors = NULL; /* whoever is known may have changed */
    return 0;
}

/* The path of a unit below parent: the parent's, and five characters of its own. */
static int unit_path_of(struct batch *b, struct text parent, int64_t id, struct text *path,
                        struct err *err)
{
    struct unit_get_out up = {.path = {"", 0}};
    char own[5];

    if (parent.n &&
        unit_get_one(b->store, &(struct unit_get_in){.code = parent}, &up, b->arena, err) < 0)
        return -1;
    path_put(own, id);
    *path = arena_join(b->arena, up.path, (struct text){own, sizeof own});
    return 0;
}

static int put_unit(struct batch *b, const struct unit_line *u, struct err *err)
{
    struct unit_get_out old;
    struct unit_last_id_out last;
    struct unit_put_in row = {.code = u->code,
                              .name = u->name,
                              .kind = u->kind,
                              .parent = u->parent,
                              .provisional = u->provisional,
                              .term_from = due_out(u->term_from),
                              .term_until = due_out(u->term_until)};
    int rc = unit_get_one(b->store, &(struct unit_get_in){.code = u->code}, &old, b->arena, err);

    if (rc < 0)
        return -1;
    row.day = b->day;
    if (rc == 1) {
        row.id = old.id;
        row.path = old.path;
        if (text_eq(old.name, u->name))
            row.day = old.day;
        else if (unit_keep(b->store, &(struct unit_keep_in){.code = u->code, .day = b->day}, err) !=
                 0)
            return -1;
    } else {
        if (unit_last_id_one(b->store, NULL, &last, b->arena, err) < 0)
            return -1;
        row.id = last.id + 1;
        if (unit_path_of(b, u->parent, row.id, &row.path, err) != 0)
            return -1;
    }
    return unit_put(b->store, &row, err);
}

/* Moves what is counted below a unit from its old ancestors to its new ones, or back. */
static int count_subtree(struct batch *b, struct text below, struct text at, int by,
                         struct err *err)
{
    struct rows rows;
    struct unit_items_out row;
    int rc = unit_items_open(b->store, &(struct unit_items_in){.path = below}, &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = unit_items_next(&rows, &row, err)) == 1) {
        struct item item = {.campaign = arena_text(b->arena, row.campaign),
                            .state = row.state,
                            .taken_over = row.taken_over,
                            .due = due_in(row.due)};
        if (batch_count_at(b, at, &item, row.vis, by * row.n, err) != 0) {
            rows_close(&rows);
            return -1;
        }
    }
    return rc;
}

static int move_unit(struct batch *b, struct text code, struct text parent, struct err *err)
{
    struct unit_get_out u;
    struct text path, old_up, new_up;
    struct rows rows;
    struct unit_below_out below;
    struct texts codes = {0}, paths = {0};
    size_t room = 0;
    int rc = unit_get_one(b->store, &(struct unit_get_in){.code = code}, &u, b->arena, err);

    if (rc <= 0 || unit_path_of(b, parent, u.id, &path, err) != 0)
        return rc == 0 ? 0 : -1;
    old_up = text_head(u.path, u.path.n - 5);
    new_up = text_head(path, path.n - 5);
    /* The whole ledger's counters (unit 0) go down and up again: no change. */
    if (agenda_leave_units(b, u.path, old_up, err) != 0)
        return -1;
    if (count_subtree(b, u.path, old_up, -1, err) != 0 ||
        count_subtree(b, u.path, new_up, 1, err) != 0)
        return -1;
    if (unit_below_open(b->store, &(struct unit_below_in){.path = u.path}, &rows, err) != 0)
        return -1;
    while ((rc = unit_below_next(&rows, &below, err)) == 1) {
        if (codes.count == room) {
            struct text *more =
                arena_array(b->arena, struct text, (room = room ? room * 2 : 64) * 2);
            if (more == NULL) {
                rows_close(&rows);
                return err_set(err, NO_MEMORY);
            }
            for (size_t i = 0; i < codes.count; i++) {
                more[i] = codes.at[i];
                more[room + i] = paths.at[i];
            }
            codes.at = more;
            paths.at = more + room;
        }
        codes.at[codes.count++] = arena_text(b->arena, below.code);
        paths.at[paths.count++] = arena_join(b->arena, path, text_from(below.path, u.path.n));
    }
    if (rc < 0)
        return -1;
    for (size_t i = 0; i < codes.count; i++)
        if (unit_keep(b->store, &(struct unit_keep_in){.code = codes.at[i], .day = b->day}, err) !=
                0 ||
            unit_repath(
                b->store,
                &(struct unit_repath_in){.code = codes.at[i], .path = paths.at[i], .day = b->day},
                err) != 0)
            return -1;
    batch_forget(b);
    if (unit_reparent(b->store, &(struct unit_reparent_in){.code = code, .parent = parent}, err) !=
        0)
        return -1;
    return agenda_join_units(b, path, err);
}

static int put_campaign(struct batch *b, const struct entry *e, struct err *err)
{
    const struct campaign_put_event *d = &e->event.campaign_put;
    struct procedure_last_out last;
    struct campaign *c;
    int rc;

    if (batch_campaign(b, e->on, &c, err) != 0)
        return -1;
    rc = procedure_last_one(b->store, &(struct procedure_last_in){.name = d->procedure}, &last,
                            b->arena, err);
    if (rc < 0)
        return -1;
    if (campaign_put(b->store,
                     &(struct campaign_put_in){.code = e->on,
                                               .name = d->name,
                                               .kind = d->kind,
                                               .procedure = d->procedure,
                                               .version = rc == 1 ? last.version : 1,
                                               .confidential = d->confidential,
                                               .marking = d->marking,
                                               .closed = d->closed,
                                               .last = c ? c->last : 0},
                     err) != 0)
        return -1;
    /* Whoever makes a confidential campaign is in its circle. */
    if (d->confidential && put_scope(b, e->by, T(""), e->on, err) != 0)
        return -1;
    if (batch_flush(b, err) != 0)
        return -1;
    b->campaigns = NULL; /* read again with its new rules */
    return 0;
}

int project_office(struct batch *b, const struct entry *e, struct err *err)
{
    const struct event *d = &e->event;

    switch (d->kind) {
    case EVENT_LEDGER_INIT:
        /* Projections count days in this zone, from here on. */
        if (!zone_minutes(d->ledger_init.timezone, &b->ledger->offset_minutes))
            return err_set(err, CORRUPT, text_of(b->ledger->dir),
                           err_sentence(N_("its time zone cannot be read")));
        if (office_put(b->store,
                       &(struct office_put_in){.name = d->ledger_init.name,
                                               .origin = d->ledger_init.origin,
                                               .key = d->ledger_init.key,
                                               .timezone = d->ledger_init.timezone,
                                               .marking = d->ledger_init.marking,
                                               .owner = e->by},
                       err) != 0)
            return -1;
        for (size_t i = 0; i < d->ledger_init.owner.count; i++)
            if (put_person(b, &d->ledger_init.owner.at[i], err) != 0)
                return -1;
        return 0;
    case EVENT_LEDGER_COPY:
        return office_identity(b->store,
                               &(struct office_identity_in){.origin = d->ledger_copy.origin,
                                                            .key = d->ledger_copy.key},
                               err);
    case EVENT_UNIT_PUT:
        for (size_t i = 0; i < d->unit_put.units.count; i++)
            if (put_unit(b, &d->unit_put.units.at[i], err) != 0)
                return -1;
        return 0;
    case EVENT_UNIT_MOVE: return move_unit(b, e->on, d->unit_move.parent, err);
    case EVENT_PERSON_PUT:
        for (size_t i = 0; i < d->person_put.people.count; i++)
            if (put_person(b, &d->person_put.people.at[i], err) != 0)
                return -1;
        return 0;
    case EVENT_PERSON_DEPUTY:
        b->actors = NULL;
        return deputy_put(b->store,
                          &(struct deputy_put_in){.person = e->on,
                                                  .deputy = d->person_deputy.deputy,
                                                  .since = due_out(d->person_deputy.from),
                                                  .until = due_out(d->person_deputy.until)},
                          err);
    case EVENT_BODY_MEMBER:
        return member_put(b->store,
                          &(struct member_put_in){.body = e->on,
                                                  .person = d->body_member.person,
                                                  .until = due_out(d->body_member.until)},
                          err);
    case EVENT_PROCEDURE_PUT:
        return procedure_put(b->store,
                             &(struct procedure_put_in){
                                 .name = e->on, .version = d->procedure_put.version, .seq = e->seq},
                             err);
    case EVENT_CAMPAIGN_PUT: return put_campaign(b, e, err);
    case EVENT_CAMPAIGN_PLAN:
    case EVENT_CAMPAIGN_PLAN_RETURN:
    case EVENT_CAMPAIGN_PLAN_APPROVE: return project_campaign_plan(b, e, err);
    case EVENT_SOURCE_PUT:
        return source_put(b->store,
                          &(struct source_put_in){.code = e->on,
                                                  .seq = e->seq,
                                                  .title = d->source_put.title,
                                                  .issuer = d->source_put.issuer,
                                                  .number = d->source_put.number,
                                                  .date = due_out(d->source_put.date),
                                                  .level = d->source_put.level,
                                                  .hash = d->source_put.hash,
                                                  .marking = d->source_put.marking},
                          err);
    default: return 0;
    }
}
