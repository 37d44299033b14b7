/*
 * list_filter.h: which items a list shows. The filters stand in its address, so that a list can be
 * kept, sent and gone back to:
 *
 *   state=KEY (several; `open` for those; `all` for every one; none: the open ones), overdue=1,
 * soon=1 (due within BOARD_SOON days), dated=1, none=1 (without a deadline), unit=, person= (code
 * or name), campaign=CODE, kind=KEY, from=DAY, until=DAY (deadlines, both included), led=1 (only
 * what a unit of that subtree leads), led=itself (what the unit itself leads), led=none (no unit
 * leads it), day=DAY (as of that past day's end; of units it knows who led, of persons nothing)
 *
 * KEY of a state may also be one of the two that list_state (lists.h) knows.
 */
#ifndef XH_WEB_LIST_FILTER_H
#define XH_WEB_LIST_FILTER_H

#include "office/lists/agenda.h"
#include "web/request.h"

enum { FILTER_TERMS = 40 };

struct list_filter {
    struct given terms[FILTER_TERMS]; /* as they were given, those that are known */
    size_t count;
    struct agenda_query query; /* filled by filter_resolve */
    bool overdue, soon;
    int32_t day;  /* the past day that is asked for; 0: now */
    bool nothing; /* what is asked for excludes itself */
    struct text unit_name, campaign_name;
};

/* Takes the filters out of the fields of an address or a form; others are passed over. */
void filter_read(struct list_filter *f, const struct given *fields, size_t count);
/* Takes all terms of that name away. */
void filter_drop(struct list_filter *f, const char *name);
/* Fills the query. -1 with err: BAD_VALUE, NOT_FOUND, AMBIGUOUS; the terms still stand. */
int filter_resolve(struct list_filter *f, struct request *q, struct err *err);

/* The same as a list of problems, the unit's path left out: list_choose_unit. */
void filter_query(const struct list_filter *f, struct list_query *query);

/* The first value of a term, empty when it is not given. */
struct text filter_text(const struct list_filter *f, const char *name);
bool filter_has(const struct list_filter *f, const char *name, struct text value);

/* Appends "name=value&…" of all terms but the one at `without` (SIZE_MAX: all of them). */
void filter_address(struct buf *out, const struct list_filter *f, size_t without);

/* What a term is called on its chip: "Unit: Water bureau". In the request's arena. */
struct text filter_say(const struct list_filter *f, struct request *q, size_t term);

#endif
