/*
 * lists.h: the lists of a ledger, row by row, in order, in bounded memory.
 *
 * The three lists (problems, tasks, responsibilities) are views of the same rows; beside them stand
 * the lists of what the office is. A list is opened, read and closed; whoever wants all of it at
 * one moment opens it within a read transaction. What the viewer may not see is not there.
 *
 * On a past day, which rows there are is asked of the daily history; what they say is made again
 * from the log for some rows at a time, from their own entries and those about the office. So a
 * page costs in proportion to its rows (see three_past.c).
 */
#ifndef XH_OFFICE_LISTS_H
#define XH_OFFICE_LISTS_H

#include "ledger/ledger.h"

enum list_kind {
    LIST_PROBLEMS,         /* a row an item */
    LIST_TASKS,            /* a row a task */
    LIST_RESPONSIBILITIES, /* a row a unit or person, and task; or item without tasks */
    LIST_UNITS,
    LIST_PEOPLE,
    LIST_CAMPAIGNS,
    LIST_SOURCES,
    LIST_KINDS
};
/* The list with that name ("problems"), -1 when there is none. */
int list_of(struct text word);
/* Its name, and what people call it (marked for translation). */
const char *list_name(enum list_kind kind);
const char *list_label(enum list_kind kind);
/* The words that can be asked for as states of that list's rows. */
const struct vocabulary *list_states(enum list_kind kind);

/* STRUCK_OFF in two: here, and on the word of an older book. Bits beside those of the states. */
enum {
    LIST_STATES = STATE_COUNT + 2, /* of problems, these two included */
    LIST_STRUCK_HERE = BIT(STATE_COUNT),
    LIST_STRUCK_BEFORE = BIT(STATE_COUNT + 1)
};
/* The bit of a word that rows of that list can be asked for by, also "struck_off_here" and
 * "struck_off_taken_over" of problems; 0: there is no such word. And the word of a bit's number. */
uint32_t list_state(enum list_kind kind, struct text word);
struct text list_state_key(int bit);

enum list_part {
    PART_LEADS,  /* a unit of the subtree leads; on a past day, PART_ANY is this, too */
    PART_ANY,    /* one answers for it in whatever way */
    PART_ITSELF, /* the root itself leads */
    PART_NOBODY  /* no unit leads; with no path */
};

struct list_query {
    enum list_kind kind;
    struct text campaign; /* code; empty: all */
    struct text path;     /* of the root of a subtree; empty: every unit */
    enum list_part part;  /* of problems: what that subtree has to do with them */
    uint32_t states;      /* BIT() of list_states(), of problems also LIST_STRUCK_…; 0: all */
    bool overdue;         /* open and past the deadline */
    bool soon;            /* open and due within a week, today included; not with overdue */
    bool measures;        /* of problems: `measures` is filled */
    /* As of the end of that day, seen with the eyes of today (past.h); 0: now. Set it before a unit
     * is chosen: the tree of units is that of the day, too. */
    int32_t day;
    /* Of problems, as the list by deadline knows them (agenda.h): */
    struct text person; /* code of who answers for it in person; empty: all */
    int64_t item_kind;  /* 0: all */
    bool between;       /* only deadlines from since until until, both included; DUE_NONE: none */
    int64_t since, until;
    int64_t limit; /* at most so many rows; 0: all */
    /* Of problems on a past day, with a limit of at most 1000: those with the nearest deadlines.
     * The rows come by number all the same. */
    bool nearest;
    /* Where to go on: filled by list_after. */
    struct list_place {
        int64_t id, task, line;
        struct text key;
    } after;
};

/* Fills query->after from the key of a row that was seen: CODE, of a task CODE/n, of a
 * responsibility CODE/n/line. NOT_FOUND when there is no such item or unit, or the viewer may not
 * see it. */
int list_after(struct list_query *query, struct ledger *l, const struct viewer *v, struct text key,
               struct arena *arena, struct err *err);

/* Narrows a query to a unit (by its code) and what stands below it, or to a campaign. *name (may be
 * NULL) gets what it is called. NOT_FOUND when there is none, or the viewer may not see it. Texts
 * live in the arena. */
int list_choose_unit(struct list_query *query, struct ledger *l, struct text unit,
                     struct text *name, struct arena *arena, struct err *err);
int list_choose_campaign(struct list_query *query, struct ledger *l, const struct viewer *v,
                         struct text campaign, struct text *name, struct arena *arena,
                         struct err *err);
/* Where the page of `limit` campaigns begins that ends before that code: *after, empty at the
 * beginning of all. One statement. */
int list_campaigns_back_to(struct ledger *l, const struct viewer *v, struct text before,
                           int64_t limit, struct text *after, struct arena *arena, struct err *err);

struct leader_name {
    struct text name, duty;
};
/* Who answers, by name. */
struct answerable {
    struct text lead_code, lead;     /* the lead unit */
    struct text person_code, person; /* the responsible person */
    const struct text *assisting;    /* units' names */
    size_t assisting_count;
    const struct leader_name *leaders;
    size_t leader_count;
};

struct measure {
    int64_t n;
    struct text text;
    int32_t due; /* its own; DATE_NONE without one */
};

struct problem {
    int64_t id;
    struct text code, campaign;
    int64_t kind, state, class, marking, version, head;
    int32_t due, found; /* DATE_NONE: none */
    bool overdue, suspended, taken_over, owed, answered;
    int64_t tasks, tasks_open, returns, reopened, extensions, plan, plan_state;
    int64_t asked_task; /* of a pending extension, with asked_due */
    int32_t asked_due;
    struct text grade, number, title, text, parts, category, object, place, level;
    struct text source, cite, remarks, originator;
    struct text likely, follows; /* codes of a probable duplicate, and of the item that recurs */
    struct text file, sheet;
    int64_t row;
    struct text progress;           /* the last report's text */
    const struct measure *measures; /* of tasks that were not dropped */
    size_t measure_count;
};

struct task_row {
    struct text code; /* CODE/n; CODE where an item without tasks stands for itself */
    int64_t n, state, class;
    struct text item, campaign, number, title, item_text, text;
    int64_t item_state;
    int32_t due; /* its own, or its item's */
    bool overdue;
    struct text progress;
};

enum duty_role { DUTY_LEADS, DUTY_ASSISTS, DUTY_ANSWERS };
struct duty_row {
    struct text key; /* CODE/n/line */
    int64_t line;    /* of the task, from 1 */
    enum duty_role role;
    struct text unit_code, unit, person_code, person, duty;
};
/* "lead", "assisting", "responsible_leader", and what people call it. */
struct text duty_role_key(enum duty_role role);
const char *duty_role_label(enum duty_role role);

struct unit_row {
    struct text code, name, kind, parent, path;
    int64_t depth; /* 1 for a root */
    bool provisional;
};
struct person_row {
    struct text code, name, unit, unit_name;
    int64_t roles; /* BIT(ROLE_…) */
    bool inactive, provisional;
};
struct campaign_row {
    struct text code, name, kind, procedure;
    int64_t version, marking, last; /* last: the last serial; -1: not told */
    bool confidential, closed;
};
struct source_row {
    struct text code, title, issuer, number, level, hash;
    int32_t date;
    int64_t marking;
};

/* A row of the list's kind; texts live until the next row. Tasks and responsibilities have `task`
 * and `who`, responsibilities `duty` as well. */
struct list_row {
    enum list_kind kind;
    struct answerable who;
    union {
        struct problem problem;
        struct {
            struct task_row task;
            struct duty_row duty;
        };
        struct unit_row unit;
        struct person_row person;
        struct campaign_row campaign;
        struct source_row source;
    };
};

struct list;
/* The query's texts and the viewer must live as long as the list. NULL with err on failure. */
struct list *list_open(struct ledger *l, const struct viewer *v, const struct list_query *query,
                       struct err *err);
/* 1 with the row, 0 at the end, -1. */
int list_next(struct list *list, const struct list_row **row, struct err *err);
void list_close(struct list *list); /* NULL is allowed */

/* How many rows the query gives; -1 on failure. */
int64_t list_count(struct ledger *l, const struct viewer *v, const struct list_query *query,
                   struct err *err);

/* The list of problems with that item alone, NOT_FOUND when there is none that the viewer may see;
 * and the list of tasks with all tasks of an item that was seen. */
struct list *list_item(struct ledger *l, const struct viewer *v, struct text code, struct err *err);
struct list *list_item_tasks(struct ledger *l, const struct viewer *v, const struct problem *item,
                             struct err *err);

/* Appends the row as one compact JSON object, without a newline. as_of, when it is not empty, is
 * put first under that name. */
void list_json(struct buf *out, const struct list_row *row, struct text as_of);

#endif
