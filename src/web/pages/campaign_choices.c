/* campaign_choices.c: see campaign_choices.h. */
#include "web/pages/campaign_choices.h"

int campaigns_load(struct request *q, struct campaign_row **rows, size_t *count, struct err *err)
{
    struct list_query query = {.kind = LIST_CAMPAIGNS, .limit = CAMPAIGNS};
    const struct list_row *row;
    struct list *list;
    int rc;

    *count = 0;
    *rows = arena_array(q->arena, struct campaign_row, CAMPAIGNS);
    if (*rows == NULL)
        return err_set(err, NO_MEMORY);
    list = list_open(q->ledger, &q->viewer, &query, err);
    if (list == NULL)
        return -1;
    while ((rc = list_next(list, &row, err)) == 1) {
        struct campaign_row *c = &(*rows)[(*count)++];
        *c = row->campaign;
        c->code = arena_text(q->arena, c->code);
        c->name = arena_text(q->arena, c->name);
    }
    list_close(list);
    return rc;
}

struct text campaign_label(struct request *q, const struct campaign_row *c)
{
    return c->name.n && !text_eq(c->name, c->code)
               ? arena_join(q->arena, arena_join(q->arena, c->code, T(" ")), c->name)
               : c->code;
}
