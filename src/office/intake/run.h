/*
 * run.h: one run of the intake: what its parts share. Private to src/office/intake.
 */
#ifndef XH_OFFICE_INTAKE_RUN_H
#define XH_OFFICE_INTAKE_RUN_H

#include "formats/table.h"
#include "office/intake/intake.h"

enum {
    BATCH_ROWS = 2000,               /* rows in a transaction: what other writers wait for */
    BATCH_COMMANDS = 4 * BATCH_ROWS, /* a row may take several: amend, report, apply */
    MADE = 4 * BATCH_ROWS,           /* units or people that a batch can make */
    UNIT_PLACES = 1 << 15            /* of the index of units by code: four times MADE */
};

/* What became of a row is known when its batch is written. */
enum row_fate { FATE_ADDED, FATE_UPDATED };

struct pending {
    uint32_t sheet, row;
    struct text sheet_name;
    const struct row *rows; /* a copy, for the rejects */
    size_t row_count;
    size_t first, count; /* of its commands */
    enum row_fate fate;
    struct text text; /* for a doubt about a duplicate */
};

/* Names that were met, with their codes. */
struct name_map {
    struct name_slot *slots;
    size_t count, room;
    struct arena arena;
};

struct run {
    struct import_sink sink;
    struct ledger *ledger;
    const struct viewer *viewer;
    const struct intake_options *options;
    struct intake_listener *listener;
    struct intake_result *result;
    struct hash key_base; /* of file, campaign and kind: what rows' idempotency keys follow from */
    struct text campaign;

    struct arena arena; /* of the batch */
    struct command *commands;
    struct outcome *outcomes;
    size_t command_count;
    struct pending *rows;
    size_t row_count;
    /* Units and people that the batch makes; their two commands go before all others. */
    struct unit_line *units;
    size_t unit_count;
    uint32_t *unit_index; /* UNIT_PLACES: by code, 1 + the place in units */
    struct person_line *people;
    size_t person_count;

    struct name_map names;
    struct table *rejects;
    const struct mapping_sheet *sheet; /* that rows come from */
    uint32_t rejects_columns;
};

/* names.c */
void name_map_release(struct name_map *m);
/* The unit that a cell names: by code, by name, else made provisionally. */
int run_unit(struct run *r, const struct draft *d, struct text name, struct text *code,
             struct err *err);
/* A unit that the batch makes; and the one with that code among them, or NULL. */
struct unit_line *run_add_unit(struct run *r, const struct unit_line *line);
struct unit_line *run_made_unit(struct run *r, struct text code);
/* The person of that name in that unit (its code; may be empty), else made provisionally. With
 * anywhere, somebody of the name in another unit will do, when there is only one. */
int run_person(struct run *r, const struct draft *d, struct text name, struct text unit,
               bool anywhere, struct text *code, struct err *err);

/* items.c, roster.c: one draft becomes commands of the batch. */
int run_item(struct run *r, const struct draft *d, struct err *err);
int run_tasks(struct run *r, const struct draft *d, struct err *err);
int run_unit_row(struct run *r, const struct draft *d, struct err *err);
int run_person_row(struct run *r, const struct draft *d, struct err *err);
/* update.c: the draft changes an item that is there. */
int run_update(struct run *r, const struct draft *d, const struct item_register_event *now,
               struct text code, struct err *err);

/* intake.c */
/* Begins the commands of a row; then run_command for each. NULL when memory is short. */
struct pending *run_row(struct run *r, const struct draft *d, enum row_fate fate);
/* The next command of the row that was begun last; which >= 0 gives it the row's idempotency key,
 * which tells apart the row's commands. */
struct command *run_command(struct run *r, const struct draft *d, int which, enum event_kind kind,
                            struct text on);
/* Tells a doubt about the draft's row. */
int run_doubt(struct run *r, const struct draft *d, enum doubt_kind kind, struct text cell,
              struct text taken, struct err *err);
/* Refuses the draft's row with a sentence. */
int run_reject(struct run *r, const struct draft *d, struct text reason, struct err *err);

#endif
