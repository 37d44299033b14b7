/*
 * past.c: see past.h.
 *
 * Scopes, clearance and deputies of that time do not count. So items that are hidden today are
 * taken out of the ledger in memory, and in what is left the viewer sees everything. Counters (the
 * tallies) do not follow: whoever counts in the past counts items.
 */
#include "office/lists/past.h"

#include <stdlib.h>

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
        if (more < 0 ||
            ((more == 0 || s.id > i.id) &&
             (past_no_serial(past->store, &(struct past_no_serial_in){.id = i.id}, err) != 0 ||
              past_drop(past->store, &(struct past_drop_in){.id = i.id}, err) != 0))) {
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

/* Of a ledger of a few items: asks for each. */
static int drop_hidden_few(struct ledger *past, struct ledger *now, const struct viewer *v,
                           struct err *err)
{
    arena_auto struct arena arena = ARENA(4096);
    struct past_items_out i;
    struct past_shown_out shown;
    struct rows items;
    int rc = past_items_open(past->store, NULL, &items, err);

    if (rc != 0)
        return -1;
    while ((rc = past_items_next(&items, &i, err)) == 1) {
        int seen = past_shown_one(
            now->store, &(struct past_shown_in){.viewer = v->person, .today = v->today, .id = i.id},
            &shown, &arena, err);
        if (seen < 0 ||
            (seen == 0 && past_drop(past->store, &(struct past_drop_in){.id = i.id}, err) != 0)) {
            rc = -1;
            break;
        }
    }
    rows_close(&items);
    return rc;
}

static int look(struct ledger *past, struct viewer *then, struct ledger *now,
                const struct viewer *viewer, int64_t until,
                int (*hide)(struct ledger *, struct ledger *, const struct viewer *, struct err *),
                struct err *err)
{
    if (store_begin(past->store, STORE_WRITE, err) != 0 || hide(past, now, viewer, err) != 0 ||
        see_all(past, now, viewer, err) != 0 || store_commit(past->store, err) != 0) {
        ledger_close(past);
        return -1;
    }
    *then = *viewer;
    then->today = ledger_day(now, until);
    then->uncounted = true;
    return 0;
}

int past_open(struct ledger *past, struct viewer *then, struct ledger *now,
              const struct viewer *viewer, int64_t until, struct err *err)
{
    if (ledger_as_of(past, now, until, err) != 0)
        return -1;
    return look(past, then, now, viewer, until, drop_hidden, err);
}

int past_open_entry(struct ledger *past, struct viewer *then, struct ledger *now,
                    const struct viewer *viewer, const struct entry *e, struct err *err)
{
    if (ledger_as_of_entry(past, now, e->seq, err) != 0)
        return -1;
    return look(past, then, now, viewer, e->at, drop_hidden, err);
}

/* --- some items ----------------------------------------------------------------------------------
 */

/* What is gathered for them. */
struct part {
    struct ledger *now;
    struct arena arena;
    int64_t *seqs, *items;
    size_t seq_count, item_count, asked; /* the first `asked` items are those that were asked for */
};

static bool push(struct arena *a, int64_t **at, size_t *count, int64_t n)
{
    if ((*count & (*count - 1)) == 0) {
        int64_t *more = arena_array(a, int64_t, *count ? *count * 2 : 1);
        if (more == NULL)
            return false;
        if (*count)
            memcpy(more, *at, *count * sizeof *more);
        *at = more;
    }
    (*at)[(*count)++] = n;
    return true;
}

static int add_item(struct part *p, int64_t id, struct err *err)
{
    for (size_t i = 0; i < p->item_count; i++)
        if (p->items[i] == id)
            return 0;
    return push(&p->arena, &p->items, &p->item_count, id) ? 0 : err_set(err, NO_MEMORY);
}

static int add_code(struct part *p, struct text code, struct err *err)
{
    struct past_item_out row;
    int rc;

    if (code.n == 0)
        return 0;
    rc = past_item_one(p->now->store, &(struct past_item_in){code}, &row, &p->arena, err);
    return rc < 0 ? -1 : rc == 0 ? 0 : add_item(p, row.id, err);
}

/* The items that an entry mentions. */
static int add_mentioned(struct part *p, const struct event *e, struct err *err)
{
    switch (e->kind) {
    case EVENT_ITEM_REGISTER:
        return add_code(p, e->item_register.likely, err) != 0
                   ? -1
                   : add_code(p, e->item_register.after, err);
    case EVENT_ITEM_MERGE: return add_code(p, e->item_merge.into, err);
    case EVENT_ITEM_LOOK_BACK: return add_code(p, e->item_look_back.item, err);
    default: return 0;
    }
}

/* The chain of one item. What came of another one's look-back needs that one, and its chain. */
static int add_chain(struct part *p, size_t at, struct err *err)
{
    struct past_chain_out row;
    struct rows rows;
    int64_t id = p->items[at];
    int rc = past_chain_open(p->now->store, &(struct past_chain_in){id}, &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = past_chain_next(&rows, &row, err)) == 1) {
        struct entry e;
        if (row.item != id) {
            rc = add_item(p, row.item, err); /* whose own chain has this entry */
        } else if (!push(&p->arena, &p->seqs, &p->seq_count, row.seq)) {
            rc = err_set(err, NO_MEMORY);
        } else if (at < p->asked) {
            const char *why;
            if (!entry_read(row.bytes, &p->arena, &e, &why))
                rc = p->arena.failed
                         ? err_set(err, NO_MEMORY)
                         : err_set(err, CORRUPT, err_sentence(N_("The log")), err_sentence(why));
            else
                rc = add_mentioned(p, &e.event, err);
        }
        if (rc < 0)
            break;
    }
    rows_close(&rows);
    return rc < 0 ? -1 : 0;
}

static int add_office(struct part *p, struct err *err)
{
    struct past_office_out row;
    struct rows rows;
    int rc = past_office_open(p->now->store, NULL, &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = past_office_next(&rows, &row, err)) == 1)
        if (!push(&p->arena, &p->seqs, &p->seq_count, row.seq)) {
            rows_close(&rows);
            return err_set(err, NO_MEMORY);
        }
    return rc;
}

static int by_seq(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

    return (a > b) - (a < b);
}

static int gather(struct part *p, const int64_t *items, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!push(&p->arena, &p->items, &p->item_count, items[i]))
            return err_set(err, NO_MEMORY);
    p->asked = count;
    if (add_office(p, err) != 0)
        return -1;
    for (size_t i = 0; i < p->item_count; i++)
        if (add_chain(p, i, err) != 0)
            return -1;
    if (p->seq_count)
        qsort(p->seqs, p->seq_count, sizeof *p->seqs, by_seq);
    return 0;
}

int past_open_items(struct ledger *past, struct viewer *then, struct ledger *now,
                    const struct viewer *viewer, int64_t until, const int64_t *items, size_t count,
                    struct err *err)
{
    struct part p = {.now = now, .arena = ARENA(BUF_ANY)};
    int rc = gather(&p, items, count, err);

    if (rc == 0)
        rc = ledger_part_as_of(past, now, until, p.seqs, p.seq_count, err);
    arena_release(&p.arena);
    return rc != 0 ? -1 : look(past, then, now, viewer, until, drop_hidden_few, err);
}

int past_open_item(struct ledger *past, struct viewer *then, struct ledger *now,
                   const struct viewer *viewer, int64_t until, struct text code, struct err *err)
{
    arena_auto struct arena arena = ARENA(4096);
    struct past_item_out row;
    int rc = past_item_one(now->store, &(struct past_item_in){code}, &row, &arena, err);

    if (rc < 0)
        return -1;
    return past_open_items(past, then, now, viewer, until, &row.id, (size_t)rc, err);
}
