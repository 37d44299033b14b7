/* lease.c: see lease.h. */
#include "ledger/lease.h"

#include <stdio.h>

#include "lease.sqlite.sql.h"

int lease_hold(struct ledger *l, struct text name, bool *mine, struct err *err)
{
    arena_auto struct arena arena = ARENA(4096);
    struct lease_take_out row = {0};

    if (lease_take_one(l->store, &(struct lease_take_in){name}, &row, &arena, err) < 0)
        return -1;
    *mine = row.mine != 0;
    return 0;
}

int lease_is_free(struct ledger *l, struct text name, bool *free, struct err *err)
{
    arena_auto struct arena arena = ARENA(4096);
    struct lease_free_out row = {0};

    if (lease_free_one(l->store, &(struct lease_free_in){name}, &row, &arena, err) < 0)
        return -1;
    *free = row.free != 0;
    return 0;
}

int lease_for(struct ledger *l, int silent_ms, struct err *err)
{
    arena_auto struct arena arena = ARENA(4096);
    struct lease_short_out row;
    char ms[16];

    snprintf(ms, sizeof ms, "%d", silent_ms);
    return lease_short_one(l->store, &(struct lease_short_in){text_of(ms)}, &row, &arena, err) < 0
               ? -1
               : 0;
}
