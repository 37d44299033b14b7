/*
 * ledger.h: one office's books: a folder with ledger.db, evidence/, keys/ and config.json.
 *
 * Everything that changes the books goes through ledger_write: commands in, entries and outcomes
 * out. Everything that reads asks statements of the store; `struct viewer` and visible.sql decide
 * what is seen.
 */
#ifndef XH_LEDGER_LEDGER_H
#define XH_LEDGER_LEDGER_H

#include "base/env.h"
#include "domain/item.h"
#include "ledger/entry.h"
#include "ledger/merkle.h"
#include "ledger/note.h"
#include "ledger/place.h"
#include "ledger/seal.h"
#include "store/store.h"

/* The day that stands for "none" in the tables: later than every day that counts. */
#define DUE_NONE 1000000

struct ledger {
    struct store *store;
    struct env *env;
    char dir[PLACE_DIR];         /* empty for a ledger in memory */
    char address[PLACE_ADDRESS]; /* of its database; empty: ledger.db in the folder */
    char reading[PLACE_ADDRESS]; /* of its standbys; empty: none */
    bool evidence_in_database;   /* see evidence_home.h */
    char evidence[PLACE_DIR];    /* its folder, where it is not evidence/ of dir */
    struct signer *signer;       /* NULL: no key at hand, the books can only be read */
    struct seal_key seal;
    bool has_seal;
    /* As the log says: */
    char name[256], origin[256], timezone[16], owner[64];
    struct vkey key;
    int64_t marking;        /* highest marking that it may hold */
    int32_t offset_minutes; /* of the time zone, east of UTC */
    bool trial;             /* see ledger_trial */
};

struct ledger_new {
    struct text name, owner_name, timezone; /* timezone as "+08:00" */
    int64_t marking;
};

/* Makes a ledger at that place (place.h; its folder is made if it is not there), with its keys, its
 * owner and the default procedure, and opens it. LEDGER_EXISTS when there is one. */
int ledger_create(struct ledger *l, const char *where, const struct ledger_new *what,
                  struct env *env, struct err *err);
/* The same on a store that is open already (tests: in memory): no folder, keys held in memory. */
int ledger_create_on(struct ledger *l, struct store *store, const struct ledger_new *what,
                     struct env *env, struct err *err);
/* Opens the ledger at that place (place.h). A missing key is no failure here: writing then fails. A
 * ledger of an older version is brought up to date first, also for whoever only reads: LEDGER_OLDER
 * when it cannot be written here; one of a newer version is refused with LEDGER_NEWER, one that was
 * moved with LEDGER_MOVED, one that is not moved to the end with LEDGER_UNFINISHED. */
int ledger_open(struct ledger *l, const char *where, bool read_only, struct env *env,
                struct err *err);
/* One more connection to a ledger that is open, for another thread: it asks questions and writes
 * what stands outside the log; commands are refused (it has no signer). The environment is shared.
 */
int ledger_open_reader(struct ledger *l, const struct ledger *of, struct err *err);
/* The same for whoever writes only what follows from the log and is made again when it is lost: its
 * commits wait for no disk, so that they do not hold up those that do. */
int ledger_open_follower(struct ledger *l, const struct ledger *of, struct err *err);
/* The same for whoever only asks, the database itself or a standby of it (l->reading must name
 * one); silence_ms as postgres.h has it, or 0. A standby shows what was written up to a moment ago.
 */
int ledger_open_asking(struct ledger *l, const struct ledger *of, bool standby, int silence_ms,
                       struct err *err);
/* Reads keys/ of the ledger's folder again; a missing key is no failure. */
int ledger_load_keys(struct ledger *l, struct err *err);
/* Writes keys/log.key and keys/seal.key, those that the ledger has, into its folder (0600). */
int ledger_save_keys(struct ledger *l, struct err *err);
/* Reads name, key and the rest from the projections again (after a rebuild). */
int ledger_refresh(struct ledger *l, struct err *err);
void ledger_close(struct ledger *l);
/* Another connection to the same database for what stands outside the log, which waits at most
 * wait_ms for other writers; the caller closes it with store_close. NULL with err, also for a
 * ledger in memory. */
struct store *ledger_beside(const struct ledger *l, int wait_ms, struct err *err);

/* Days and times in the ledger's own zone. */
int32_t ledger_day(const struct ledger *l, int64_t ms);
int32_t ledger_today(struct ledger *l);
/* The last millisecond of a day. */
int64_t ledger_day_end(const struct ledger *l, int32_t day);
/* "2026-11-22 18:05:09" in the ledger's zone. */
struct text ledger_time(const struct ledger *l, int64_t ms, char out[static 20]);
/* "+08:00" as minutes east of UTC; false when it is no zone. */
bool zone_minutes(struct text t, int32_t *minutes);
/* A moment from "2026-11-22", "2026-11-22 18:05" or "2026-11-22T18:05:09[Z|+08:00]"; a bare day is
 * its last millisecond. False when it is none of these. */
bool ledger_moment(const struct ledger *l, struct text t, int64_t *ms);

/* Who looks: the first two parameters of every statement with {{visible}}. */
struct viewer {
    struct text person;
    int32_t today;
    uint32_t roles; /* their own and those of the persons they stand in for */
    struct text name, unit, path, unit_name;
    int64_t clearance;
    bool inactive;
    bool uncounted; /* counters do not know what this viewer sees: see office/lists/past.h */
};
/* The person with that code; RULE-like NOT_FOUND when there is none. Texts go into the arena. */
int viewer_load(struct viewer *v, struct ledger *l, struct text person, struct arena *arena,
                struct err *err);

/* A value to be sealed by the command that carries it. */
struct secret {
    struct text field, value;
};

struct command {
    struct text id;  /* idempotency key; empty: the writer makes a UUIDv7 */
    struct text by;  /* the author's person code */
    struct text via; /* channel: "cli:root", "import", … */
    struct text on;  /* the subject; for a new item, unit, … see events.def */
    int64_t seen;    /* the item's version that the author saw; 0: not said */
    struct event event;
    int64_t read; /* of a campaign's plan: the log's size when its lists were read; 0: not yet */
    const struct secret *secrets;
    size_t secret_count;
    bool skip_likely; /* of a new item: refuse it when it says the same as another */
};

struct outcome {
    struct verdict verdict; /* RULE_NONE: it is in the log */
    int64_t seq;
    int64_t version;         /* of the item afterwards; with STALE, the one it is at */
    struct text code;        /* the item's or other subject's code */
    struct text likely;      /* of a new item: the code of the one that says the same, if any */
    struct text instruction; /* of an item's instruction: its own code */
    bool repeated; /* this idempotency key is in the log already; nothing was written now */
};

/*
 * Decides the commands one after the other and appends what is allowed: one transaction, one sync.
 * Returns 0 when every outcome is filled and durable; on -1 nothing was written at all, unless err
 * says COMMIT_UNKNOWN: then a server was lost and did not come back, and all of it may be there or
 * nothing. Outcomes' texts live in the arena. Commands' events may be completed (codes, numbers).
 */
int ledger_write(struct ledger *l, struct command *commands, struct outcome *outcomes, size_t count,
                 struct arena *arena, struct err *err);

/* What `by` may do now about the item, or with CODE/n about its task: *offers has OFFER(kind) for
 * each kind of event that the rules would allow once its form is filled in; 0 where there is no
 * such item, or they do not see it. Reads only; some ten statements, and the item's thread for who
 * may check it. */
#define OFFER(kind) (UINT64_C(1) << ((int)(kind) - (int)EVENT_ITEM_REGISTER))
int ledger_offers(struct ledger *l, struct text by, struct text on, uint64_t *offers,
                  struct arena *arena, struct err *err);

/*
 * A trial: what is written until ledger_trial_end is seen by this connection and then dropped.
 * Other writers wait meanwhile.
 */
int ledger_trial(struct ledger *l, struct err *err);
void ledger_trial_end(struct ledger *l);

/* Drops the projections and makes them again from the log, up to and including the entries with
 * at <= until (INT64_MAX: all). progress (may be NULL) hears the number of entries done. */
int ledger_rebuild(struct ledger *l, int64_t until, void (*progress)(void *, int64_t), void *arg,
                   struct err *err);
/* A ledger in memory as it stood at that moment: the same projections, the same questions. It
 * cannot be written. */
int ledger_as_of(struct ledger *past, struct ledger *now, int64_t until, struct err *err);
/* The same as it stood behind one entry: several may be of one millisecond. */
int ledger_as_of_entry(struct ledger *past, struct ledger *now, int64_t seq, struct err *err);
/* The same as of now, where what an entry took from the projections (a campaign's frozen lists) is
 * compared with what they give: WRONG_ENTRY. */
int ledger_recomputed(struct ledger *again, struct ledger *l, struct err *err);
/* The same of some entries alone, by seq, ascending: those about the office, and the chains of the
 * items that are asked for. Items have the ids that they have in `now`. */
int ledger_part_as_of(struct ledger *past, struct ledger *now, int64_t until, const int64_t *seqs,
                      size_t count, struct err *err);
/* Every projection, ordered by key, one row a line, as text. */
int ledger_dump(struct ledger *l, int (*line)(void *, struct text), void *arg, struct err *err);

/* Reads one entry of the log. NOT_FOUND when there is none. */
int ledger_entry(struct ledger *l, int64_t seq, struct arena *arena, struct entry *e,
                 struct err *err);
/* The last signed checkpoint. */
int ledger_checkpoint(struct ledger *l, struct buf *note, struct err *err);
/* The stored hashes, for proofs. */
struct tile_reader ledger_tiles(struct ledger *l);

#endif
