/* scopes.c: see scopes.h. */
#include "office/lists/scopes.h"

#include "office/lists/lists.sql.h"

int scopes_load(struct scopes *scopes, struct ledger *l, const struct viewer *v,
                struct arena *arena, struct err *err)
{
    struct list_scopes_out row;
    struct rows rows;
    size_t room = 0;
    int rc = list_scopes_open(l->store, &(struct list_scopes_in){v->person, v->today}, &rows, err);

    *scopes = (struct scopes){0};
    if (rc != 0)
        return -1;
    while ((rc = list_scopes_next(&rows, &row, err)) == 1) {
        if (row.unit.n && row.path.n == 0)
            continue; /* there is no such unit: it covers nothing */
        if (scopes->count == room) {
            struct scope *more = arena_array(arena, struct scope, room * 2 + 8);
            if (more == NULL)
                break;
            if (room)
                memcpy(more, scopes->at, room * sizeof *more);
            scopes->at = more;
            room = room * 2 + 8;
        }
        scopes->at[scopes->count++] =
            (struct scope){arena_text(arena, row.unit), arena_text(arena, row.path),
                           arena_text(arena, row.campaign), row.clearance};
    }
    rows_close(&rows);
    if (arena->failed)
        return err_set(err, NO_MEMORY);
    return rc < 0 ? -1 : 0;
}

const struct scope *scopes_home(const struct scopes *scopes)
{
    for (size_t i = 0; i < scopes->count; i++)
        if (scopes->at[i].unit.n == 0 || !text_eq(scopes->at[i].unit, scopes->at[0].unit))
            return NULL;
    return scopes->count ? &scopes->at[0] : NULL;
}
