/*
 * refill.h: a ledger made again from a log that was kept elsewhere, in bounded memory.
 *
 * Entries and checkpoints come in their order. Each is checked before it is written: an entry is
 * canonical, has the next number and is no older than the one before it; a checkpoint has the root
 * that the entries give, and the signature of the key that the log names. The projections are made
 * along the way, so it does not matter which version of the program kept the log.
 */
#ifndef XH_LEDGER_REFILL_H
#define XH_LEDGER_REFILL_H

#include "ledger/ledger.h"

struct refill;

/* Begins on a new database without tables, of a ledger whose store, env and dir are filled; dir
 * names it in failures. It takes entries with at <= until and seq < size. NULL with err. */
struct refill *refill_open(struct ledger *l, int64_t until, int64_t size, struct err *err);
/* The same on a database that has the first entries of the log already, and tables in either case:
 * goes on behind them. It takes all entries, and what was taken is durable at each refill_step,
 * which comes by itself now and then as well. */
struct refill *refill_resume(struct ledger *l, struct err *err);
int refill_step(struct refill *r, struct err *err);
/* 1 taken; 0 it is later than what is wanted, and so is all that would follow; -1: CORRUPT,
 * WRONG_ENTRY. *read (may be NULL) is the entry, until the next call. */
int refill_entry(struct refill *r, struct text bytes, const struct entry **read, struct err *err);
/* A checkpoint of the entries so far: 0, or -1 with WRONG_CHECKPOINT. */
int refill_checkpoint(struct refill *r, struct text note, struct err *err);
/* Behind the last entry: from here on it is a copy with an identity of its own; its owner says so.
 * l->signer becomes its new key, which the caller keeps. */
int refill_copy(struct refill *r, struct err *err);
/* How many entries were taken, and when the last of them was written (ms). */
int64_t refill_entries(const struct refill *r);
int64_t refill_last(const struct refill *r);
/*
 * Ends it: the head is written and what the ledger is called is read. With a signer in l that is
 * the log's own, entries behind the last checkpoint get one. -1: UNCOVERED when they need one and
 * there is no key; OTHER_KEY when it is another ledger's. r is freed. After 0 the last transaction
 * is still open (l->trial), to be looked at with verify_records and then ended with refill_commit,
 * or dropped with ledger_trial_end.
 */
int refill_done(struct refill *r, struct err *err);
int refill_commit(struct ledger *l, struct err *err);
/* Gives up and frees r; NULL is allowed. What was written is of no use. */
void refill_drop(struct refill *r);

#endif
