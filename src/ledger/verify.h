/*
 * verify.h: has anything been changed? It names the first thing that is wrong.
 *
 * What is promised: whoever holds an earlier checkpoint detects every change of what it covers.
 * Without one, changes that were signed anew with the ledger's own key cannot be told.
 */
#ifndef XH_LEDGER_VERIFY_H
#define XH_LEDGER_VERIFY_H

#include "ledger/ledger.h"

struct verify_report {
    int64_t entries, checkpoints, evidence, sealed; /* how many were checked */
    struct hash root;
    struct vkey key; /* that the checkpoints were checked with */
    int64_t held;    /* the size of the checkpoint that somebody kept */
    /* Hears of evidence that is not there, instead of failing; NULL: it fails. */
    void (*lost)(void *arg, const struct entry *, const struct evidence_line *);
    void *lost_arg;
};

/*
 * Checks the ledger: every entry against the tree, every checkpoint's signature and root, and,
 * unless log_only, that every entry is canonical and in order, every evidence file and sealed value
 * is what the log says, and the projections are what the log gives. held (may be empty) is a
 * checkpoint that somebody else kept. 0 all is well; -1 with err: exit status 1 when something is
 * wrong, 3 when it could not be looked at.
 */
int verify_ledger(struct ledger *l, bool log_only, struct text held, struct verify_report *report,
                  void (*progress)(void *, int64_t), void *arg, struct err *err);

/* The same without the projections, in bounded memory: for a ledger whose projections were made
 * from this log just now. lost, with arg, hears of evidence that is not there; NULL: it is a
 * failure. */
int verify_records(struct ledger *l, struct text held,
                   void (*lost)(void *arg, const struct entry *, const struct evidence_line *),
                   struct verify_report *report, void (*progress)(void *, int64_t), void *arg,
                   struct err *err);

/* Whether the log goes on from a checkpoint that somebody kept, by its stored hashes, at the cost
 * of a look: WRONG_HELD when it does not; ROLLED_BACK when it is shorter. Of a copy, a checkpoint
 * of the time before is NOTE_UNSIGNED here: verify_ledger knows it. */
int verify_held(struct ledger *l, struct text note, struct err *err);

/* Whose export it must be; nobody's in particular where it is all empty. */
struct verify_trust {
    const struct vkey *key; /* that its checkpoint must be signed with; NULL: the one that its own
                             * first entry names, which whoever wrote all of it anew has chosen */
    struct text origin;     /* of the ledger that it must be of; empty: of any */
};

/* Checks a log that was exported as JSON lines (docs/log-format.md, "Export"). OTHER_LEDGER when it
 * is of another origin than the trusted one. held as above. */
int verify_export(const char *path, const struct verify_trust *trust, struct text held,
                  struct verify_report *report, struct err *err);

#endif
