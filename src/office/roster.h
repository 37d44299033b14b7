/*
 * roster.h: lists of who and what the office is: people, where their roles count, the tree of
 * units. Nothing of an item is in them. Campaigns: lists/lists.h.
 *
 * Each list is one statement. A page of a long one begins behind the code `after`; ask for one more
 * than is shown to know whether there are others. Texts live in the arena.
 */
#ifndef XH_OFFICE_ROSTER_H
#define XH_OFFICE_ROSTER_H

#include "ledger/ledger.h"

enum roster_state { ROSTER_ACTIVE, ROSTER_INACTIVE, ROSTER_ALL };
struct roster_filter {
    struct text words; /* that the name or code holds; empty: any */
    struct text path;  /* of the unit in whose subtree they are; empty: everywhere */
    uint32_t roles;    /* one of these bits; 0: any */
    enum roster_state state;
    struct text after;
    int64_t limit;
};
struct roster_person {
    struct text code, name, unit, unit_name;
    uint32_t roles;
    bool inactive, provisional;
};
int roster_people(struct ledger *l, const struct roster_filter *f, struct roster_person **rows,
                  size_t *count, struct arena *arena, struct err *err);
/* Where the page of `limit` rows begins that ends before that code: *after, empty at the beginning
 * of all. One statement. */
int roster_people_back_to(struct ledger *l, const struct roster_filter *f, struct text before,
                          struct text *after, struct arena *arena, struct err *err);

/* Where a person's roles count. The campaign is a code alone: its name is not for everybody. */
struct roster_scope {
    struct text unit, unit_name, campaign;
};
int roster_scopes(struct ledger *l, struct text person, struct roster_scope **rows, size_t *count,
                  struct arena *arena, struct err *err);
/* True when these are the scopes that follow from roles and unit when none are named. */
bool roster_scopes_follow(uint32_t roles, struct text unit, const struct roster_scope *scopes,
                          size_t count);

/* Whom a person stands in for on that day; code and name are filled. */
int roster_stands_in(struct ledger *l, struct text deputy, int32_t today,
                     struct roster_person **rows, size_t *count, struct arena *arena,
                     struct err *err);

/* The bodies that a person belongs or belonged to. Days are DATE_NONE where none was said. */
struct roster_body {
    struct text code, name;
    int32_t term_from, term_until, until;
};
int roster_bodies(struct ledger *l, struct text person, struct roster_body **rows, size_t *count,
                  struct arena *arena, struct err *err);

struct roster_unit {
    struct text code, name, parent;
    bool body, provisional;
    int32_t term_from, term_until;
    int64_t below; /* units one level below */
};
/* The units below `parent` (empty: the roots); those whose name or code holds the words. */
int roster_level(struct ledger *l, struct text parent, struct text after, int64_t limit,
                 struct roster_unit **rows, size_t *count, struct arena *arena, struct err *err);
int roster_units_named(struct ledger *l, struct text words, struct text after, int64_t limit,
                       struct roster_unit **rows, size_t *count, struct arena *arena,
                       struct err *err);
/* Where the page of `limit` rows begins that ends before that code, as with people; `words` empty:
 * of a level. One statement. */
int roster_units_back_to(struct ledger *l, struct text parent, struct text words,
                         struct text before, int64_t limit, struct text *after, struct arena *arena,
                         struct err *err);
/* The units from the root down to this one, itself the last; code and name are filled. */
int roster_above(struct ledger *l, struct text code, struct roster_unit **rows, size_t *count,
                 struct arena *arena, struct err *err);
/* How many units stand below one, and how many people in all of them. 1, 0 no such unit, -1. */
int roster_weight(struct ledger *l, struct text code, int64_t *units, int64_t *people,
                  struct err *err);

/* Who has a scope on just that campaign: of a confidential one, its circle. For whoever may see the
 * campaign; code, name and unit_name are filled. */
int roster_circle(struct ledger *l, struct text campaign, struct roster_person **rows,
                  size_t *count, struct arena *arena, struct err *err);
/* The names of the procedures that there are. */
int roster_procedures(struct ledger *l, struct texts *names, struct arena *arena, struct err *err);

#endif
