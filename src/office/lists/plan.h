/*
 * plan.h: the frozen versions of an item's plan, and what differs between two.
 */
#ifndef XH_OFFICE_PLAN_H
#define XH_OFFICE_PLAN_H

#include "office/lists/history.h"
#include "office/lists/lists.h"

struct plan_version {
    struct text code;   /* of the item */
    struct entry entry; /* that submitted it; event.item_plan holds its tasks */
};

/* Loads version n (0: the last; -1: the one before the last) of an item's plan. NOT_FOUND when
 * there is no such item for the viewer, or no such version. */
int plan_load(struct plan_version *plan, struct ledger *l, const struct viewer *v, struct text code,
              int64_t n, struct arena *arena, struct err *err);

enum plan_field { PLAN_MEASURE, PLAN_UNITS, PLAN_PERSONS, PLAN_DEADLINE, PLAN_FIELDS };
/* "measure", "units", …, and what people call it. */
const char *plan_field_key(enum plan_field field);
const char *plan_field_label(enum plan_field field);

struct plan_change {
    enum { TASK_ADDED, TASK_LEFT_OUT, TASK_CHANGED } how;
    const struct task_line *before, *after; /* NULL where there is none */
    uint32_t fields;                        /* BIT(PLAN_…) of a changed one */
};

/* What differs, by the tasks' numbers. The array lives in the arena; NULL when that has failed. */
const struct plan_change *plan_compare(const struct plan_version *before,
                                       const struct plan_version *after, size_t *count,
                                       struct arena *arena);

/* The same of two lists of tasks; and which fields of two tasks differ, as BIT(PLAN_…). */
const struct plan_change *plan_changes(struct task_list before, struct task_list after,
                                       size_t *count, struct arena *arena);
uint32_t plan_differences(const struct task_line *before, const struct task_line *after);

/* Appends a task's field as a person reads it. */
void plan_field_say(struct buf *out, enum lang lang, struct names *names,
                    const struct task_line *task, enum plan_field field);

/* One JSON document each, without a newline. */
void plan_json(struct buf *out, const struct plan_version *plan, struct ledger *l,
               struct names *names);
void plan_changes_json(struct buf *out, const struct plan_version *before,
                       const struct plan_version *after, const struct plan_change *changes,
                       size_t count, enum lang lang, struct names *names);
/* The changes alone, as an array. */
void task_changes_json(struct buf *out, const struct plan_change *changes, size_t count,
                       enum lang lang, struct names *names);

#endif
