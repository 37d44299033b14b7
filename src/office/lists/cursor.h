/*
 * cursor.h: what a list that is being read keeps. Private to src/office/lists.
 */
#ifndef XH_OFFICE_LISTS_CURSOR_H
#define XH_OFFICE_LISTS_CURSOR_H

#include "office/lists/lists.h"
#include "office/lists/lists.sql.h"

/* "No limit" for SQL. */
#define COUNT_ALL INT64_MAX

/* An assisting unit or a responsible leader of an item (task 0) or a task. */
struct duty_line {
    int64_t task, role;
    struct text unit, unit_name, path;
    struct text person, person_name, home, home_name, home_path;
    struct text duty;
};

/* The chunk of a past day's list that is being given. */
struct past_rows {
    struct ledger ledger; /* in memory, of that day */
    struct viewer then;
    struct list *list;  /* on it */
    struct text *codes; /* its items, ascending by id; the ledger may have more */
    size_t count, at;   /* at: that of the last row */
    struct arena arena; /* the codes */
    int64_t last;       /* id of the last item */
    bool open, ended;
};

struct list {
    struct ledger *l;
    const struct viewer *v;
    struct list_query q;
    const struct list_ops *ops;
    int64_t only;       /* this item alone; 0: a whole list */
    struct text narrow; /* path of a small subtree that answers for all items of the list */
    struct rows main, duties, measures;
    struct arena of_list, of_item, of_row; /* live as long as the list, the item, the row */
    struct list_row row;
    int64_t given;

    /* The next rows of the cursors beside the main one, when they have been read ahead. */
    struct list_duties_out duty;
    struct list_measures_out measure;
    bool duty_ahead, measure_ahead;

    int64_t item; /* whose duties are in lines */
    struct duty_line *lines;
    size_t line_count, line_room;

    struct duty_row *duty_rows; /* of the task that is under way */
    size_t duty_count, duty_at;

    struct past_rows past;
};

/* The item of a row, whose texts stay the row's; without its progress. */
struct problem list_problem(const struct list_problems_out *r, int32_t today);
/* What the entry (its bytes) says that an item's or a task's progress was last told in; '' for
 * none. It points into the bytes and the arena. */
struct text list_progress(struct text bytes, struct arena *arena);

/* $7 of lists.sql, and the deadlines that are asked for. */
static inline int64_t list_lateness(const struct list_query *q)
{
    return q->overdue ? 1 : q->soon ? 2 : 0;
}
static inline int64_t list_since(const struct list_query *q)
{
    return q->between ? q->since : INT64_MIN;
}
static inline int64_t list_until(const struct list_query *q)
{
    return q->between ? q->until : INT64_MAX;
}

/* How the kinds of lists differ. */
struct list_ops {
    int (*open)(struct list *, struct err *);
    int (*next)(struct list *, struct err *); /* fills list->row */
};
extern const struct list_ops list_problem_ops, list_task_ops, list_responsibility_ops,
    list_unit_ops, list_person_ops, list_campaign_ops, list_source_ops, list_past_ops;

/* Leaves the chunk of a past day. */
void list_past_close(struct list *);

#endif
