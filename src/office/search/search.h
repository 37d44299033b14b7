/*
 * search.h: finding items by codes, numbers, words, units, people and what was reported.
 *
 * The index is derived from the log and follows it lazily: no command waits for it. Whoever has
 * time calls search_catch_up: a search before it looks, the web server beside its work. `rebuild`
 * empties it.
 *
 * What is found is decided by visible.sql alone; an item's units with all above them and its
 * campaign are tokens of the index only so that a small scope makes a search cheaper.
 */
#ifndef XH_OFFICE_SEARCH_SEARCH_H
#define XH_OFFICE_SEARCH_SEARCH_H

#include "office/lists/lists.h"
#include "office/search/tokens.h"

/* --- the index ------------------------------------------------------------------------------- */

/* How many entries of the log, and items whose units were moved or renamed, wait for the index. */
int search_behind(struct ledger *l, int64_t *behind, struct err *err);
/* Takes up to `count` of them in, oldest first, in transactions of some hundred; progress (may be
 * NULL) hears how many are done. Must not be called within a transaction or a trial. What is done
 * stays done when it fails or is broken off. */
int search_catch_up(struct ledger *l, int64_t count, void (*progress)(void *, int64_t), void *arg,
                    struct err *err);

/* Empties the index: it is made again from the log by whoever catches up. */
int search_reset(struct ledger *l, struct err *err);

/* --- asking ---------------------------------------------------------------------------------- */

enum search_field {
    SEARCH_CODE,
    SEARCH_NUMBER,
    SEARCH_TITLE,
    SEARCH_TEXT,
    SEARCH_PARTS,
    SEARCH_OBJECT,
    SEARCH_PLACE,
    SEARCH_CATEGORY,
    SEARCH_REMARKS,
    SEARCH_TASK,
    SEARCH_UNIT,
    SEARCH_PERSON,
    SEARCH_SAID /* in an entry about the item */
};
/* "measures" and what people call it; of SEARCH_SAID by the kind of the entry. */
const char *search_field_key(enum search_field field);
const char *search_field_label(enum search_field field, enum event_kind said);

enum { SEARCH_LIMIT = 50, SEARCH_LIMIT_MOST = 500, SEARCH_SPANS = 8 };
struct search_hit {
    int64_t item;
    struct text code, campaign;
    int64_t kind, state;
    struct text number, title, lead_code, lead;
    struct text about;       /* its title, else how its text begins */
    enum search_field field; /* where it was found */
    int64_t seq;             /* of SEARCH_SAID: the entry, and its kind; else -1 */
    enum event_kind said;
    struct text snippet; /* of that field's own text; what was left out before or behind it: */
    bool cut_before, cut_behind;
    struct span spans[SEARCH_SPANS]; /* of the snippet: what was asked for */
    size_t span_count;
};
struct search_page {
    struct search_hit *hits; /* in the arena, newest item first, each item once */
    size_t count;
    bool more;      /* there are others behind the last one */
    int64_t behind; /* what the index does not know yet, as search_behind */
};
/*
 * What the viewer may see of the items in which all the words stand; words in a row without a space
 * stand in a row. Of `narrow` campaign, path, states, after.id and limit count (0: SEARCH_LIMIT;
 * the kind is LIST_PROBLEMS). As many statements for any page, but where the words stand
 * apart or one item says them again and again. Wants a read transaction around it
 * where it is to be of one moment. -1: TOO_LARGE, NO_WORDS, or a failure. `narrow` and texts of the
 * page live in the arena's and the caller's hands.
 */
int search(struct ledger *l, const struct viewer *v, struct text words,
           const struct list_query *narrow, struct search_page *page, struct arena *arena,
           struct err *err);
/* Appends the hit as one compact JSON object, without a newline. */
void search_json(struct buf *out, const struct search_hit *hit);

/* --- completing names in forms --------------------------------------------------------------- */

struct unit_hit {
    struct text code, name, parent, parent_name, path;
};
struct person_hit {
    struct text code, name, unit, unit_name;
    int64_t roles; /* BIT(ROLE_…) */
};
/*
 * The first units, or persons of the office, in whose code or name the words stand, a word as a
 * beginning; *found in the arena, *count at most `limit`. path: only in that subtree (empty:
 * everywhere). Persons only as far as the viewer may list them, none that is inactive, and never
 * anybody who complained: those are no persons of the ledger. Words without a letter find nothing.
 */
int search_units(struct ledger *l, struct text words, struct text path, size_t limit,
                 struct unit_hit **found, size_t *count, struct arena *arena, struct err *err);
int search_people(struct ledger *l, const struct viewer *v, struct text words, struct text path,
                  size_t limit, struct person_hit **found, size_t *count, struct arena *arena,
                  struct err *err);

#endif
