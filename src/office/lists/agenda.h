/*
 * agenda.h: items by deadline: the list that pages show.
 *
 * A page of it costs the same whoever asks: it follows the agenda of one unit (ledger/agenda.h),
 * the one that is asked for or the one that the viewer's scopes lie on, and every row is asked of
 * the one predicate.
 */
#ifndef XH_OFFICE_LISTS_AGENDA_H
#define XH_OFFICE_LISTS_AGENDA_H

#include "office/lists/lists.h"

enum { AGENDA_ROWS = 50 }; /* of a page */

struct agenda_query {
    struct text unit;     /* code of a subtree's root; empty: all that the viewer may see */
    enum list_part part;  /* what that subtree has to do with it; PART_NOBODY has no unit */
    struct text campaign; /* code; empty: all */
    struct text person;   /* code of who answers for it in person, also for a task; empty: all */
    uint32_t states;      /* BIT(STATE_…) and LIST_STRUCK_…; 0: all */
    int64_t kind;         /* 0: all */
    int32_t from, until;  /* deadlines in these days, both included; DATE_NONE: no bound */
    bool dated;           /* only what has a deadline */
    bool undated;         /* only what has none */
    bool duties;          /* assisting units and responsible leaders are filled */
    bool open_tasks;      /* `measures` are filled with the tasks that are still open */
    /* Where to go on: the last row that was seen. */
    int64_t after_due, after_id;
    /* Where to go back from: the first row that was seen; a statement more. */
    int64_t before_due, before_id;
};

/* A page of items, nearest deadline first, as list_row of LIST_PROBLEMS.
 * Everything lives in the arena. */
struct agenda_page {
    struct list_row *rows;
    size_t count;
    bool more;                   /* there are further ones */
    bool earlier;                /* there are some before it */
    int64_t first_due, first_id; /* of the first row, for before_due and before_id */
    int64_t last_due, last_id;   /* of the last row, for after_due and after_id */
};

/* NOT_FOUND when there is no such unit, or no such campaign that the viewer may see. A fixed number
 * of statements. Call it within a read transaction. */
int agenda_load(struct agenda_page *page, struct ledger *l, const struct viewer *v,
                const struct agenda_query *query, struct arena *arena, struct err *err);

/* The items of those codes, in the order of the codes, as the page has them (without duties); codes
 * of what the viewer may not see, and of nothing, are left out, and so is a code that came before.
 * One statement, however many there are. */
int agenda_chosen(struct agenda_page *page, struct ledger *l, const struct viewer *v,
                  const struct text *codes, size_t count, struct arena *arena, struct err *err);

#endif
