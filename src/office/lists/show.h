/*
 * show.h: one item with all that is known of it, and its history.
 */
#ifndef XH_OFFICE_SHOW_H
#define XH_OFFICE_SHOW_H

#include "office/lists/history.h"
#include "office/lists/lists.h"

struct milestone_row {
    int64_t task, n;
    struct text text;
    int32_t due;
    bool done;
};

/* A value that is kept outside the log. */
struct sealed_row {
    struct text field, commitment;
    enum {
        SEALED_HIDDEN,    /* not for this viewer: nothing but the field's name */
        SEALED_SHOWN,     /* value is filled */
        SEALED_ERASED,    /* it was destroyed */
        SEALED_UNREADABLE /* its key is not at hand, or it was altered */
    } how;
    struct text value;
    struct opened opened;
};

struct plan_row {
    int64_t version, tasks;
    enum plan_state state;
    const struct entry *entry;   /* that submitted it */
    const struct entry *decided; /* that approved or returned it; NULL while none has */
};

struct evidence_row {
    struct evidence_line file;
    const struct entry *entry; /* that brought it */
};

/* Who answers for an item, as one would type it into a form: a name that only one bears, otherwise
 * the code; of several one a line, a leader with a colon and the duty. */
struct answering {
    struct text lead, person, assisting, leaders;
};
/* One statement. Texts live in the arena. Whether the viewer sees the item was asked before. */
int item_answering(struct answering *who, struct ledger *l, int64_t item, struct arena *arena,
                   struct err *err);

/* An item. Texts live in the arena that was given, or as long as the page is open. */
struct item_page {
    struct ledger *l;
    const struct viewer *v;
    struct arena *arena;
    struct names names;
    struct list *list;
    const struct list_row *row;       /* the item, as a list of problems gives it */
    struct milestone_row *milestones; /* of all its tasks */
    size_t milestone_count;
    struct entry *history; /* oldest first */
    size_t history_count;
    struct sealed_row *sealed;
    size_t sealed_count;
    struct plan_row *plans;
    size_t plan_count;
    struct evidence_row *evidence;
    size_t evidence_count;
};

/*
 * Fills the page with the item of that code. NOT_FOUND when there is none that the viewer may see.
 * Codes of other items that the viewer may not see are taken out of the history. Sealed values come
 * from `vault`: the ledger itself, also where l is one of its past moments. Close it whatever
 * happens.
 */
int item_page_open(struct item_page *page, struct ledger *l, struct ledger *vault,
                   const struct viewer *v, struct text code, struct arena *arena, struct err *err);
void item_page_close(struct item_page *page);

/* Appends {"code":…,"plans":[…]}, its versions as the page's document has them, without a newline.
 */
int item_plans_json(struct buf *out, struct item_page *page, struct err *err);

/* Appends the page as one JSON document without a newline. as_of may be empty. */
int item_page_json(struct buf *out, struct item_page *page, struct text as_of, struct err *err);

#endif
