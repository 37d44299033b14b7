/* hand_over.c: see hand_over.h. */
#include "office/hand_over.h"

#include "hand_over.sql.h"

static bool whole(const struct viewer *v, struct text from)
{
    return (v->roles & BIT(ROLE_ADMINISTRATOR)) || text_eq(from, v->person);
}

bool hand_over_may(const struct viewer *v, struct text from)
{
    return whole(v, from) || (v->roles & BIT(ROLE_CLERK));
}

int hand_over_next(struct ledger *l, const struct viewer *v, struct hand_over *h,
                   struct command commands[static HAND_OVER_BATCH],
                   bool seen[static HAND_OVER_BATCH], size_t *count, struct arena *arena,
                   struct err *err)
{
    struct hand_over_items_out row;
    struct rows rows;
    int rc;

    *count = 0;
    if (hand_over_items_open(l->store,
                             &(struct hand_over_items_in){v->person, v->today, h->from, h->after,
                                                          HAND_OVER_BATCH, whole(v, h->from)},
                             &rows, err) != 0)
        return -1;
    while ((rc = hand_over_items_next(&rows, &row, err)) == 1) {
        h->after = arena_text(arena, row.code);
        seen[*count] = row.seen;
        commands[(*count)++] = (struct command){
            .on = h->after,
            .event = {.kind = EVENT_ITEM_HANDOVER, .item_handover = {h->from, h->to, h->reason}}};
    }
    return rc < 0 ? -1 : arena->failed ? err_set(err, NO_MEMORY) : 0;
}
