/*
 * instructions.h: leaders' instructions (批示): giving them, following them up, reading them.
 *
 * The rules are domain/instruction.c's; who sees one is said once, in ledger/visible.sql. One that
 * a viewer may not see answers like one that does not exist.
 */
#ifndef XH_OFFICE_INSTRUCTIONS_H
#define XH_OFFICE_INSTRUCTIONS_H

#include "office/lists/lists.h"
#include "office/verbs.h"

/* A number of the board, as the query that it stands for and the value that was shown. */
struct board_number {
    struct text what;                      /* words.def: NUMBER or STATE; empty: none */
    struct text unit, unit_name, campaign; /* codes; empty: the whole ledger, all campaigns */
    int32_t as_of;
    int64_t value;
};

struct instruction_row {
    int64_t id;
    struct text code;
    struct text item;           /* code of the item that it is about; empty: none */
    struct board_number number; /* that it is about */
    struct text text;
    struct text giver, giver_name;
    struct text unit, unit_name, person, person_name; /* the addressee: one of them, or both */
    int64_t at;                                       /* when it was given, ms since 1970 UTC */
    int32_t given, due;                               /* days; due DATE_NONE: none */
    int64_t state;                                    /* enum instruction_state */
    bool overdue;                                     /* open and past its day */
    int64_t version, reports, returns;
    struct text report, reporter, reporter_name; /* the last one */
    int64_t report_at;                           /* 0: none */
};

struct instruction_query {
    struct text code; /* this one alone; empty: any */
    struct text item; /* about this item */
    struct text path; /* of the root of the subtree that is addressed; empty: any */
    bool mine; /* given by, or addressed in person to, the viewer or whom they stand in for */
    bool open, overdue;
    bool newest;   /* newest first, else in the order of codes */
    int64_t after; /* only behind this id in that order; 0: from the beginning */
    int64_t limit; /* at most so many; 0 or more than INSTRUCTION_PAGE: INSTRUCTION_PAGE */
};
enum { INSTRUCTION_PAGE = 500 };

/* One page in one statement. Everything lives in the arena. */
int instructions_load(struct instruction_row **rows, size_t *count, struct ledger *l,
                      const struct viewer *v, const struct instruction_query *query,
                      struct arena *arena, struct err *err);
/* The one of that code, NOT_FOUND when there is none that the viewer may see. */
int instruction_find(struct instruction_row *row, struct ledger *l, const struct viewer *v,
                     struct text code, struct arena *arena, struct err *err);
/* All entries about one that was seen, oldest first; history_say tells them. */
int instruction_entries(struct entry **entries, size_t *count, struct ledger *l,
                        const struct instruction_row *row, struct arena *arena, struct err *err);

/* What the rules would let the viewer do about one that was seen: BIT(EVENT_INSTRUCTION_…) of
 * report, close, return and withdraw. A fixed number of statements. */
int instruction_may(uint32_t *may, struct ledger *l, const struct viewer *v,
                    const struct instruction_row *row, struct arena *arena, struct err *err);

/* Appends one as a compact JSON object, without a newline; history (may be NULL) adds the entries
 * under that name. A number comes with the `query` whose rows it counts. */
void instruction_json(struct buf *out, const struct ledger *l, const struct instruction_row *row,
                      const struct entry *history, size_t history_count);

/*
 * The number's value now, or at the end of the day as_of when that is past: what the board shows
 * the viewer. number->unit, campaign and what are given; value, unit_name and as_of (if none was
 * given: today) are filled. NOT_FOUND for a unit or campaign that is not there for the viewer,
 * BAD_VALUE for a word or a day that is none. Outside a transaction.
 */
int board_number_read(struct board_number *number, struct ledger *l, const struct viewer *v,
                      struct arena *arena, struct err *err);
/* Narrows a list of problems to the rows that the number counts; the unit is chosen with
 * list_choose_unit. */
void board_number_query(const struct board_number *number, struct list_query *query);
/* "overdue" and the like, or a state's word. */
struct text board_number_label(struct text what, enum lang lang);

/*
 * Makes the command for an action: `give` (on: an item's code, or empty for a number or for none),
 * `report`, `return`, `close`, `withdraw` (on: the instruction's code). params are the options that
 * the command line has: of give text, due, to (a unit), person, number, unit, campaign, as-of; text
 * of report; reason of return and withdraw; note of close; id and version of all. An item's
 * instruction is an item.instruct. -1 with err: USAGE, NOT_FOUND, AMBIGUOUS, BAD_VALUE. The
 * command's texts live in the arena; `by` and `via` are the caller's.
 */
int instruction_command(struct ledger *l, const struct viewer *v, struct text action,
                        struct text on, const struct param *params, size_t count,
                        struct command *command, struct arena *arena, struct err *err);

#endif
