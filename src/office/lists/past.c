/*
 * past.c: see past.h.
 *
 * Scopes, clearance and deputies of that time do not count. So items that are hidden today are
 * taken out of the ledger in memory, and in what is left the viewer sees everything. Counters (the
 * tallies) do not follow: whoever counts in the past counts items.
 */
#include "office/lists/past.h"

#include "office/lists/lists_office.sql.h"
#include "office/lists/past.sql.h"

/* Walks the ids of both ledgers, ascending, and drops what only the past has. */
static int drop_hidden(struct ledger *past, struct ledger *now, const struct viewer *v,
                       struct err *err)
{
    struct rows seen, items;
    struct past_seen_out s = {.id = -1};
    struct past_items_out i;
    int rc, more = 1;

    if (past_seen_open(now->store, &(struct past_seen_in){.viewer = v->person, .today = v->today},
                       &seen, err) != 0)
        return -1;
    if (past_items_open(past->store, NULL, &items, err) != 0) {
        rows_close(&seen);
        return -1;
    }
    while ((rc = past_items_next(&items, &i, err)) == 1) {
        while (more == 1 && s.id < i.id)
            more = past_seen_next(&seen, &s, err);
        if (more < 0 || ((more == 0 || s.id > i.id) &&
                         past_drop(past->store, &(struct past_drop_in){.id = i.id}, err) != 0)) {
            rc = -1;
            break;
        }
    }
    rows_close(&seen);
    rows_close(&items);
    return rc;
}

static int see_all(struct ledger *past, struct ledger *now, const struct viewer *v, struct err *err)
{
    struct list_circle_out campaign;
    struct rows rows;
    int rc;

    if (past_no_scopes(past->store, NULL, err) != 0 ||
        past_no_deputies(past->store, NULL, err) != 0 ||
        past_person(past->store, &(struct past_person_in){.code = v->person}, err) != 0 ||
        past_scope(past->store, &(struct past_scope_in){.person = v->person, .campaign = T("")},
                   err) != 0 ||
        list_circle_open(now->store,
                         &(struct list_circle_in){.viewer = v->person, .today = v->today}, &rows,
                         err) != 0)
        return -1;
    while ((rc = list_circle_next(&rows, &campaign, err)) == 1)
        if (past_scope(past->store,
                       &(struct past_scope_in){.person = v->person, .campaign = campaign.code},
                       err) != 0) {
            rows_close(&rows);
            return -1;
        }
    return rc;
}

/* Leaves of a past ledger what the viewer may see. Closes it on failure. */
static int look_back(struct ledger *past, struct viewer *then, struct ledger *now,
                     const struct viewer *viewer, int64_t at, struct err *err)
{
    if (store_begin(past->store, true, err) != 0 || drop_hidden(past, now, viewer, err) != 0 ||
        see_all(past, now, viewer, err) != 0 || store_commit(past->store, err) != 0) {
        ledger_close(past);
        return -1;
    }
    *then = *viewer;
    then->today = ledger_day(now, at);
    return 0;
}

int past_open(struct ledger *past, struct viewer *then, struct ledger *now,
              const struct viewer *viewer, int64_t until, struct err *err)
{
    if (ledger_as_of(past, now, until, err) != 0)
        return -1;
    return look_back(past, then, now, viewer, until, err);
}

int past_open_entry(struct ledger *past, struct viewer *then, struct ledger *now,
                    const struct viewer *viewer, const struct entry *e, struct err *err)
{
    if (ledger_as_of_entry(past, now, e->seq, err) != 0)
        return -1;
    return look_back(past, then, now, viewer, e->at, err);
}
