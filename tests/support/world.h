/*
 * world.h: a small office for tests: a ledger in memory with a fixed cast, driven by command lines.
 *
 * Clock and randomness are replayed, so the same lines give the same bytes. The day is 2026-03-02
 * unless a test says otherwise.
 *
 * Units: CITY; below it OFFICE, A, B, C; below A its department A1. TEAM is a body whose only
 * member, member-b, comes from B. People are named by what they are; see world.c.
 */
#ifndef XH_TESTS_WORLD_H
#define XH_TESTS_WORLD_H

#include "ledger/ledger.h"

struct world {
    struct env env;
    struct ledger ledger;
    struct arena arena; /* what commands of a line and their outcomes live in */
};

/* Where the next store of these tests is: a new schema of the server that tests/support/postgres.py
 * started, or NULL, in memory. The address lives until the next one. */
const char *world_address(void);
/* Opens it. NULL with err. */
struct store *world_store(const char *address, struct err *err);
/* A ledger with its owner only, on that store (which becomes the world's); NULL: on one of
 * world_store. 0 or -1 with err. */
int world_make(struct world *w, struct store *store, struct err *err);
/* The same with units, people, procedures and campaigns. */
int world_open(struct world *w, struct err *err);
/* Units, people, procedures and campaigns into a ledger that has none. */
int world_cast(struct world *w, struct err *err);
void world_close(struct world *w);
/* The same for many short tests, each of which finds the office as it was; nothing may be written
 * there but with commands. At the end world_give_up. */
int world_borrow(struct world *w, struct err *err);
void world_give_back(struct world *w);
void world_give_up(void);

/* Gives the ledger a folder of its own for evidence and keys, with a file `file.txt` in it; returns
 * its path. world_close removes it. */
const char *world_folder(struct world *w);
/* Removes a folder of tests with all that is in it. */
void world_remove(const char *folder);

/* Sets the clock to ten in the morning of that day, "2026-07-01"; false when it is none. */
bool world_day(struct world *w, struct text day);

/*
 * Gives one command, as `by`. A line is a verb of verbs.def with its subject and options, as behind
 * `xiaohao act`, or one of these:
 *
 *   unit CODE [--name N] [--parent U] [--kind body]      move CODE [--parent U]
 *   person CODE [--name N] [--unit U] [--role R,R] [--scope U:C,…] [--clearance L] [--inactive]
 *          [--provisional]
 *   deputy PERSON --to P [--from DAY] [--until DAY]      member BODY --person P [--until DAY]
 *   procedure NAME [--without S,S] [--sealed F,F] [--answer] [--final] [--signer VERB=ROLE,…]
 *   campaign CODE [--procedure P] [--marking L] [--kind K] [--confidential] [--closed]
 *   source [CODE] --title T [--implements S] [--marking L]
 *   plan-campaign CODE [--note N]    return-campaign CODE --reason R
 *   approve-campaign CODE [--note N]
 *   handover CODE --from P --to P [--reason R]           purge --before DAY
 *   instruction-ACTION [CODE] …, as behind `xiaohao instruction ACTION`
 *
 * Words are parted by spaces; one with spaces stands in "…". -1 with err as ledger_write, or when
 * the line makes no command (verb_command's failures).
 */
int world_try(struct world *w, const char *by, const char *line, struct outcome *o,
              struct err *err);
/* Makes the command without giving it; its texts live in the world's arena. */
int world_command(struct world *w, const char *by, const char *line, struct command *c,
                  struct err *err);
/* world_try for lines that must be allowed: 0, or -1 with a message on standard error. Returns the
 * subject's code. */
struct text world_do(struct world *w, const char *by, const char *line);

/* printf into the arena. */
__attribute__((format(printf, 2, 3))) const char *world_line(struct world *w, const char *format,
                                                             ...);

/* SHA-256 over the canonical dump of all projections and over the log's bytes. */
struct hash world_dump(struct ledger *l);
struct hash world_log(struct ledger *l);
/* How many entries the log has, counted. */
int64_t world_entries(struct ledger *l);

/* One number that a query gives; fails loudly. */
int64_t world_number(struct store *s, const char *sql);

#endif
