/*
 * three_past.c: any list as of the end of a past day.
 *
 * The daily history says which items there were, in the states, under the lead units and with the
 * deadlines of that day, by key and as many as are wanted. Of these a ledger in memory is made
 * (past.h) and the list of today is asked of it: so every column says what it said then, and there
 * is no second list. Tasks are not in the history; of them all items of the campaign are looked
 * through, as many at a time.
 */
#include "base/mem.h"
#include "office/lists/cursor.h"
#include "office/lists/past.h"

/* Items that are made at a time: memory is bounded by it. */
enum { CHUNK = 1000 };

void list_past_close(struct list *q)
{
    struct past_rows *p = &q->past;

    list_close(p->list);
    if (p->open)
        ledger_close(&p->ledger);
    arena_release(&p->arena);
    p->list = NULL;
    p->open = false;
}

static int open_nearest(struct list *q, const struct list_then_in *in, struct rows *rows,
                        struct err *err)
{
    return list_then_nearest_open(
        q->l->store,
        &(struct list_then_nearest_in){in->viewer, in->today, in->after, in->campaign, in->states,
                                       in->path, in->overdue, in->narrow, in->day, in->count,
                                       in->part, in->kind, in->since, in->until},
        rows, err);
}

/* The next items that may have rows of the list. */
static int find_items(struct list *q, int64_t ids[static CHUNK], struct err *err)
{
    struct past_rows *p = &q->past;
    bool items = q->q.kind == LIST_PROBLEMS;
    /* An item may have several tasks or none that is wanted. */
    int64_t wanted = q->q.limit > 0 ? (q->q.limit - q->given) * (items ? 1 : 4) : CHUNK;
    struct list_then_in in = {.viewer = q->v->person,
                              .today = q->v->today,
                              .after = p->last,
                              .campaign = q->q.campaign,
                              .narrow = q->narrow,
                              .day = q->q.day,
                              .count = wanted < CHUNK ? wanted : CHUNK,
                              .since = INT64_MIN,
                              .until = INT64_MAX};
    struct list_then_out row;
    struct rows rows;
    int rc;

    p->arena = ARENA(BUF_ANY);
    p->codes = arena_array(&p->arena, struct text, CHUNK);
    p->count = p->at = 0;
    if (p->codes == NULL)
        return err_set(err, NO_MEMORY);
    if (items) {
        in.states = q->q.states;
        in.path = q->q.path;
        in.part = q->q.part;
        in.overdue = list_lateness(&q->q);
        in.kind = q->q.item_kind;
        in.since = list_since(&q->q);
        in.until = list_until(&q->q);
    }
    rc = items && q->q.nearest ? open_nearest(q, &in, &rows, err)
                               : list_then_open(q->l->store, &in, &rows, err);
    if (rc != 0)
        return -1;
    while ((rc = list_then_next(&rows, &row, err)) == 1) {
        p->codes[p->count] = arena_text(&p->arena, row.code);
        ids[p->count++] = p->last = row.id;
    }
    if (rc == 0 && p->arena.failed)
        rc = err_set(err, NO_MEMORY);
    return rc;
}

/* Makes the next chunk and opens the list on it. */
static int open_chunk(struct list *q, struct err *err)
{
    struct past_rows *p = &q->past;
    struct list_query query = q->q;
    int64_t ids[CHUNK], until = ledger_day_end(q->l, q->q.day);
    int rc;

    list_past_close(q);
    if (q->q.kind <= LIST_RESPONSIBILITIES) {
        if (find_items(q, ids, err) != 0)
            return -1;
        p->ended = p->count == 0;
        if (p->ended)
            return 0;
    } else {
        p->ended = true; /* one chunk is all of it */
    }
    /* What campaigns and sources say depends on all items. */
    if (q->q.kind >= LIST_CAMPAIGNS)
        rc = past_open(&p->ledger, &p->then, q->l, q->v, until, err);
    else
        rc = past_open_items(&p->ledger, &p->then, q->l, q->v, until, ids, p->count, err);
    if (rc != 0)
        return -1;
    p->open = true;
    query.day = 0;
    query.limit = 0;
    query.part = query.part == PART_ANY ? PART_LEADS : query.part;
    p->list = list_open(&p->ledger, &p->then, &query, err);
    return p->list ? 0 : -1;
}

static int open_past(struct list *q, struct err *err)
{
    q->past.last = q->q.after.id - (q->q.kind != LIST_PROBLEMS);
    return open_chunk(q, err);
}

/* Whether the row's item is one of those that were asked for. */
static bool asked_for(struct list *q, const struct list_row *row)
{
    struct past_rows *p = &q->past;
    struct text code;

    if (row->kind > LIST_RESPONSIBILITIES)
        return true;
    code = row->kind == LIST_PROBLEMS ? row->problem.code : row->task.item;
    for (size_t i = p->at; i < p->count; i++)
        if (text_eq(p->codes[i], code)) {
            p->at = i;
            return true;
        }
    return false;
}

static int next_past(struct list *q, struct err *err)
{
    struct past_rows *p = &q->past;
    const struct list_row *row;

    for (;;) {
        int rc = p->list ? list_next(p->list, &row, err) : 0;
        if (rc < 0)
            return -1;
        if (rc == 1 && asked_for(q, row)) {
            q->row = *row;
            return 1;
        }
        if (rc == 1)
            continue;
        if (p->ended)
            return 0;
        if (open_chunk(q, err) != 0)
            return -1;
        if (p->list == NULL)
            return 0;
    }
}

const struct list_ops list_past_ops = {open_past, next_past};
