/*
 * batch.h: what one write transaction keeps in mind. Private to src/ledger.
 *
 * Read once and used by every command of the batch: actors, campaigns with their rules. Written
 * once at its end: counters, campaigns' last serials, the head and its checkpoint. A batch that
 * fails is forgotten whole.
 */
#ifndef XH_LEDGER_BATCH_H
#define XH_LEDGER_BATCH_H

#include "domain/instruction.h"
#include "ledger/ledger.h"

/* What the schema's script leaves as the database's version. */
enum { SCHEMA_VERSION = 3 };
/* What a version larger than that means: LEDGER_NEWER, LEDGER_MOVED or LEDGER_UNFINISHED. */
int ledger_version(struct ledger *l, int64_t version, struct err *err);
/* Makes the tables of the log and of what stands outside it, as far as they are not there; and
 * drops the projections and makes them anew, empty. */
int schema_make(struct store *s, struct err *err);
int projections_make(struct store *s, struct err *err);
/* Brings a ledger of an older version up to date in one transaction: what the schema has new, and
 * all projections made again from the log, which stays as it is. */
int ledger_upgrade(struct ledger *l, struct err *err);

struct campaign {
    struct campaign *next;
    struct text code, name, kind, procedure;
    int64_t version, confidential, marking, closed, last;
    struct rules rules;
    struct texts sealed; /* fields that the procedure seals */
    bool changed;
};

struct actor_row {
    struct actor_row *next;
    struct actor actor;
    const struct text *principals; /* persons they stand in for, and themselves */
    size_t principal_count;
};

struct tally_row {
    int64_t unit, vis, kind, period; /* kind -1: tally_state's state; 0, 1: tally_due's grain */
    struct text campaign;
    int64_t n;
};

/* A unit's path, or that a person is there: found once, used by the rows that follow. */
struct found {
    char what; /* 'u' or 'p'; 0 an empty place */
    struct text code, path;
};
enum { FOUND_PLACES = 4096 }; /* a newer one takes an older one's place */

struct batch {
    struct ledger *ledger;
    struct store *store;
    struct arena *arena; /* lives as long as the batch */
    int32_t today;
    struct campaign *campaigns;
    struct actor_row *actors;
    struct tally_row *tally; /* open addressing, tally_room a power of two */
    size_t tally_count, tally_room;
    struct found *found; /* FOUND_PLACES of them, or NULL */
    int64_t last_item;   /* id of the newest item; 0: not looked up yet */
    struct frontier frontier;
    int64_t at;
    int32_t day; /* of the entries that are counted now */
};

void batch_release(struct batch *b);
/* Writes counters and serials. */
int batch_flush(struct batch *b, struct err *err);

/* Puts an entry's bytes and hashes behind the log's last ones; batch_head or batch_settle ends it.
 */
int batch_append(struct batch *b, const struct entry *e, struct text bytes, struct err *err);
/* Writes the head of the log as it is now. */
int batch_head(struct batch *b, struct err *err);
/* The same with a checkpoint that the ledger's key signs. */
int batch_settle(struct batch *b, struct err *err);

/* NULL with err NONE when there is no such campaign; the row lives in the batch. */
int batch_campaign(struct batch *b, struct text code, struct campaign **campaign, struct err *err);
/* 1 found, 0 no such person (or inactive), -1. */
int batch_actor(struct batch *b, struct text code, struct actor_row **row, struct err *err);

/* Whether there is such a unit (its path in *path) or person: 1, 0, -1. */
int batch_unit(struct batch *b, struct text code, struct text *path, struct err *err);
int batch_person(struct batch *b, struct text code, struct err *err);
/* Forgets what was found of units and people, since it has changed. */
void batch_forget(struct batch *b);

/* Counts an item in (by = 1) or out (by = -1) of the counters of its lead unit and its ancestors.
 */
int batch_count(struct batch *b, const struct item *item, int by, struct err *err);
/* The same for a number of items alike, at a unit's path. */
int batch_count_at(struct batch *b, struct text path, const struct item *item, int64_t vis,
                   int64_t by, struct err *err);

/* Numbers of the units on a path, root first; at most 64. */
int path_units(struct text path, int64_t ids[static 64]);
/* A path's five characters for one unit. */
void path_put(char out[static 5], int64_t id);

/* Applies one entry to the projections. The entry is in the log already (or read from it). */
int project(struct batch *b, const struct entry *e, struct err *err);
int project_office(struct batch *b, const struct entry *e, struct err *err);
int project_item(struct batch *b, const struct entry *e, struct err *err);
int project_instruction(struct batch *b, const struct entry *e, struct err *err);
/* What an item's entry does to its instructions: a new one; or they go on to whom the item went. */
int project_instruct(struct batch *b, const struct entry *e, const struct item *item,
                     struct err *err);
int project_instructions_follow(struct batch *b, const struct item *before,
                                const struct item *after, struct err *err);

/* The code of the next instruction. */
int instruction_next_code(struct batch *b, struct text *code, struct err *err);
/* 1 found, 0 none. The instruction's texts go into the arena. */
int instruction_load(struct batch *b, struct text code, struct instruction *i, struct err *err);

/* The table duty's roles. */
enum { DUTY_LEAD, DUTY_ASSIST, DUTY_LEADER };

/* 1 found, 0 none. The item's texts go into the arena. */
int item_load(struct store *s, struct text code, struct item *item, struct arena *arena,
              struct err *err);
/* Splits "CODE/n"; n is 0 without one. False when what follows the slash is no number. */
bool subject_split(struct text on, struct text *code, int64_t *n);

static inline int64_t due_out(int32_t day)
{
    return date_valid(day) && day != 0 ? day : DUE_NONE;
}
static inline int32_t due_in(int64_t day)
{
    return day == DUE_NONE ? DATE_NONE : (int32_t)day;
}

#endif
