/* agenda.c: see agenda.h. */
#include "ledger/agenda.h"

#include "agenda.sql.h"
#include "item.sql.h"

enum { ON_PATH = 64, STEP = 10000 };

static bool holds(const struct spread *s, int64_t unit)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->units[i] == unit)
            return true;
    return false;
}

static int add_unit(struct batch *b, struct spread *s, int64_t unit, struct err *err)
{
    if (holds(s, unit))
        return 0;
    if (s->count == s->room) {
        size_t room = s->room ? s->room * 2 : 16;
        int64_t *units = arena_array(b->arena, int64_t, room);
        if (units == NULL)
            return err_set(err, NO_MEMORY);
        if (s->count)
            memcpy(units, s->units, s->count * sizeof *units);
        s->units = units;
        s->room = room;
    }
    s->units[s->count++] = unit;
    return 0;
}

int agenda_spread(struct batch *b, int64_t item, struct spread *s, struct err *err)
{
    struct agenda_paths_out row;
    struct rows rows;
    int64_t ids[ON_PATH];
    int rc;

    s->count = 0;
    if (add_unit(b, s, 0, err) != 0 || /* the whole ledger */
        agenda_paths_open(b->store, &(struct agenda_paths_in){.item = item}, &rows, err) != 0)
        return -1;
    while ((rc = agenda_paths_next(&rows, &row, err)) == 1) {
        int count = path_units(row.path, ids);
        for (int i = 0; i < count; i++)
            if (add_unit(b, s, ids[i], err) != 0) {
                rows_close(&rows);
                return -1;
            }
    }
    return rc;
}

int agenda_drop(struct batch *b, const struct item *item, const struct spread *s, struct err *err)
{
    for (size_t i = 0; i < s->count; i++)
        if (agenda_out(b->store,
                       &(struct agenda_out_in){.unit = s->units[i],
                                               .state = item->state,
                                               .due = due_out(item->due),
                                               .item = item->id},
                       err) != 0)
            return -1;
    return 0;
}

int agenda_put(struct batch *b, const struct item *item, const struct spread *s, struct err *err)
{
    for (size_t i = 0; i < s->count; i++)
        if (agenda_in(b->store,
                      &(struct agenda_in_in){.unit = s->units[i],
                                             .state = item->state,
                                             .due = due_out(item->due),
                                             .item = item->id},
                      err) != 0)
            return -1;
    return 0;
}

int agenda_leave_units(struct batch *b, struct text path, struct text up, struct err *err)
{
    int64_t ids[ON_PATH];
    int count = path_units(up, ids);

    for (int i = 0; i < count; i++)
        if (agenda_leave(b->store, &(struct agenda_leave_in){.path = path, .unit = ids[i]}, err) !=
            0)
            return -1;
    return 0;
}

int agenda_join_units(struct batch *b, struct text path, struct err *err)
{
    struct item_last_id_out last;

    if (item_last_id_one(b->store, NULL, &last, b->arena, err) < 0)
        return -1;
    for (int64_t after = 0; after < last.id; after += STEP)
        if (agenda_join(
                b->store,
                &(struct agenda_join_in){.path = path, .after = after, .last = after + STEP},
                err) != 0)
            return -1;
    return 0;
}
