/* office.c: see office.h. */
#include "office/office.h"

#include "office.sql.h"

enum { SCOPES = 256, LISTED = 1024 }; /* at most, of one person; of one body or absence */

static int32_t day_of(int64_t day)
{
    return day == DUE_NONE ? DATE_NONE : (int32_t)day;
}

int office_unit(struct ledger *l, struct text code, struct unit_line *line, struct arena *arena,
                struct err *err)
{
    struct office_unit_row_out r;
    int rc = office_unit_row_one(l->store, &(struct office_unit_row_in){code}, &r, arena, err);

    if (rc == 1)
        *line = (struct unit_line){.code = arena_text(arena, code),
                                   .kind = r.kind,
                                   .name = r.name,
                                   .parent = r.parent,
                                   .provisional = r.provisional,
                                   .term_from = day_of(r.term_from),
                                   .term_until = day_of(r.term_until)};
    return rc;
}

static int load_scopes(struct ledger *l, struct text person, struct scope_list *list,
                       struct arena *arena, struct err *err)
{
    struct office_scopes_out r;
    struct rows rows;
    int rc;

    *list = (struct scope_list){.at = arena_array(arena, struct scope_line, SCOPES)};
    if (list->at == NULL)
        return err_set(err, NO_MEMORY);
    if (office_scopes_open(l->store, &(struct office_scopes_in){person}, &rows, err) != 0)
        return -1;
    while ((rc = office_scopes_next(&rows, &r, err)) == 1) {
        /* Whoever changes a person must not lose a scope of theirs on the way. */
        if (list->count == SCOPES) {
            rc = err_set(err, TOO_LARGE, err_sentence(N_("The list")), T("256"));
            break;
        }
        list->at[list->count++] =
            (struct scope_line){arena_text(arena, r.unit), arena_text(arena, r.campaign)};
    }
    rows_close(&rows);
    return rc;
}

int office_person(struct ledger *l, struct text code, struct person_line *line, struct arena *arena,
                  struct err *err)
{
    struct office_person_row_out r;
    int rc = office_person_row_one(l->store, &(struct office_person_row_in){code}, &r, arena, err);

    if (rc != 1)
        return rc;
    *line = (struct person_line){.code = arena_text(arena, code),
                                 .name = r.name,
                                 .unit = r.unit,
                                 .roles.at = arena_array(arena, struct text, ROLE_COUNT),
                                 .clearance = r.clearance,
                                 .inactive = r.inactive,
                                 .provisional = r.provisional};
    for (int i = 1; line->roles.at && i < ROLE_COUNT; i++)
        if (r.roles & (int64_t)BIT(i))
            line->roles.at[line->roles.count++] = word_key(&roles, i);
    if (load_scopes(l, code, &line->scopes, arena, err) != 0)
        return -1;
    return arena->failed ? err_set(err, NO_MEMORY) : 1;
}

int office_campaign(struct ledger *l, const struct viewer *v, struct text code,
                    struct campaign_put_event *data, struct arena *arena, struct err *err)
{
    struct office_campaign_row_out r;
    int rc = office_campaign_row_one(
        l->store, &(struct office_campaign_row_in){v->person, v->today, code}, &r, arena, err);

    if (rc == 1)
        *data = (struct campaign_put_event){.name = r.name,
                                            .kind = r.kind,
                                            .procedure = r.procedure,
                                            .confidential = r.confidential,
                                            .marking = r.marking,
                                            .closed = r.closed};
    return rc;
}

int office_members(struct ledger *l, struct text body, struct office_member **members,
                   size_t *count, struct arena *arena, struct err *err)
{
    struct office_member_rows_out r;
    struct rows rows;
    int rc;

    *count = 0;
    *members = arena_array(arena, struct office_member, LISTED);
    if (*members == NULL)
        return err_set(err, NO_MEMORY);
    if (office_member_rows_open(l->store, &(struct office_member_rows_in){body}, &rows, err) != 0)
        return -1;
    while ((rc = office_member_rows_next(&rows, &r, err)) == 1 && *count < LISTED)
        (*members)[(*count)++] = (struct office_member){.person = arena_text(arena, r.person),
                                                        .name = arena_text(arena, r.name),
                                                        .unit = arena_text(arena, r.unit),
                                                        .unit_name = arena_text(arena, r.unit_name),
                                                        .until = day_of(r.until)};
    rows_close(&rows);
    return rc < 0 ? -1 : arena->failed ? err_set(err, NO_MEMORY) : 0;
}

int office_deputies(struct ledger *l, struct text person, struct office_deputy **deputies,
                    size_t *count, struct arena *arena, struct err *err)
{
    struct office_deputy_rows_out r;
    struct rows rows;
    int rc;

    *count = 0;
    *deputies = arena_array(arena, struct office_deputy, LISTED);
    if (*deputies == NULL)
        return err_set(err, NO_MEMORY);
    if (office_deputy_rows_open(l->store, &(struct office_deputy_rows_in){person}, &rows, err) != 0)
        return -1;
    while ((rc = office_deputy_rows_next(&rows, &r, err)) == 1 && *count < LISTED)
        (*deputies)[(*count)++] = (struct office_deputy){.deputy = arena_text(arena, r.deputy),
                                                         .name = arena_text(arena, r.name),
                                                         .from = day_of(r.since),
                                                         .until = day_of(r.until)};
    rows_close(&rows);
    return rc < 0 ? -1 : arena->failed ? err_set(err, NO_MEMORY) : 0;
}
