/* lists_office.c: the lists of what the office is: units, people, campaigns, sources. */
#include "office/lists/cursor.h"
#include "office/lists/lists_office.sql.h"

static int64_t limit_of(const struct list *q)
{
    return q->q.limit > 0 ? q->q.limit : COUNT_ALL;
}

/* --- units ------------------------------------------------------------------------------------ */

static int open_units(struct list *q, struct err *err)
{
    return list_units_open(
        q->l->store,
        &(struct list_units_in){.path = q->q.path, .after = q->q.after.key, .count = limit_of(q)},
        &q->main, err);
}

static int next_unit(struct list *q, struct err *err)
{
    struct list_units_out r;
    int rc = list_units_next(&q->main, &r, err);

    if (rc == 1)
        q->row.unit = (struct unit_row){.code = r.code,
                                        .name = r.name,
                                        .kind = r.kind.n ? r.kind : T("unit"),
                                        .parent = r.parent,
                                        .path = r.path,
                                        .depth = (int64_t)r.path.n / 5, /* see unit's schema */
                                        .provisional = r.provisional};
    return rc;
}

const struct list_ops list_unit_ops = {open_units, next_unit};

/* --- people ----------------------------------------------------------------------------------- */

/* The office and the administrator know everybody; others those of their own unit. */
static int open_people(struct list *q, struct err *err)
{
    bool everybody = (q->v->roles & (ROLES_OFFICE | BIT(ROLE_ADMINISTRATOR))) != 0;

    return list_people_open(q->l->store,
                            &(struct list_people_in){.viewer = q->v->person,
                                                     .everybody = everybody,
                                                     .home = q->v->path,
                                                     .path = q->q.path,
                                                     .after = q->q.after.key,
                                                     .count = limit_of(q)},
                            &q->main, err);
}

static int next_person(struct list *q, struct err *err)
{
    struct list_people_out r;
    int rc = list_people_next(&q->main, &r, err);

    if (rc == 1)
        q->row.person = (struct person_row){.code = r.code,
                                            .name = r.name,
                                            .unit = r.unit,
                                            .unit_name = r.unit_name,
                                            .roles = r.roles,
                                            .inactive = r.inactive,
                                            .provisional = r.provisional};
    return rc;
}

const struct list_ops list_person_ops = {open_people, next_person};

/* --- campaigns -------------------------------------------------------------------------------- */

static int open_campaigns(struct list *q, struct err *err)
{
    return list_campaigns_open(q->l->store,
                               &(struct list_campaigns_in){.viewer = q->v->person,
                                                           .today = q->v->today,
                                                           .clearance = q->v->clearance,
                                                           .after = q->q.after.key,
                                                           .only = q->q.campaign,
                                                           .count = limit_of(q)},
                               &q->main, err);
}

static int next_campaign(struct list *q, struct err *err)
{
    struct list_campaigns_out r;
    int rc = list_campaigns_next(&q->main, &r, err);

    if (rc == 1)
        q->row.campaign = (struct campaign_row){.code = r.code,
                                                .name = r.name,
                                                .kind = r.kind,
                                                .procedure = r.procedure,
                                                .version = r.version,
                                                .marking = r.marking,
                                                .last = r.last,
                                                .confidential = r.confidential,
                                                .closed = r.closed};
    return rc;
}

const struct list_ops list_campaign_ops = {open_campaigns, next_campaign};

/* --- sources ---------------------------------------------------------------------------------- */

static int open_sources(struct list *q, struct err *err)
{
    return list_sources_open(q->l->store,
                             &(struct list_sources_in){.viewer = q->v->person,
                                                       .today = q->v->today,
                                                       .clearance = q->v->clearance,
                                                       .office = (q->v->roles & ROLES_OFFICE) != 0,
                                                       .after = q->q.after.key,
                                                       .count = limit_of(q)},
                             &q->main, err);
}

static int next_source(struct list *q, struct err *err)
{
    struct list_sources_out r;
    int rc = list_sources_next(&q->main, &r, err);

    if (rc == 1)
        q->row.source =
            (struct source_row){.code = r.code,
                                .title = r.title,
                                .issuer = r.issuer,
                                .number = r.number,
                                .level = r.level,
                                .hash = r.hash,
                                .date = r.date == DUE_NONE ? DATE_NONE : (int32_t)r.date,
                                .marking = r.marking};
    return rc;
}

const struct list_ops list_source_ops = {open_sources, next_source};
