/*
 * proof.h: what an auditor takes away: an item's entries with their proofs, and the log page by
 * page.
 */
#ifndef XH_OFFICE_PROOF_H
#define XH_OFFICE_PROOF_H

#include "ledger/ledger.h"

/*
 * Appends every entry about the item, newest first, each with its proof of inclusion in the form of
 * C2SP tlog-proof against the last checkpoint; or as JSON, an object a line. NOT_FOUND when there
 * is no such item that the viewer may see. Call it within a read transaction.
 */
int proof_item(struct buf *out, struct ledger *l, const struct viewer *v, struct text code,
               bool json, struct arena *arena, struct err *err);

/* One entry's proof alone. TREE_RANGE when there is no such entry. */
int proof_entry(struct buf *out, struct ledger *l, int64_t seq, struct err *err);

/* An entry of the log as an auditor meets it. */
struct log_row {
    struct entry entry; /* kind and subject only, when it is not `open` */
    struct text bytes;  /* its canonical bytes; empty when it is not */
    bool open;          /* it names no item, campaign, source or instruction that is hidden */
};

/* The entries before `before` (INT64_MAX: the newest), at most `count`, newest first. Three
 * statements at most. Everything lives in the arena. */
int log_page(struct log_row **rows, size_t *n, struct ledger *l, const struct viewer *v,
             int64_t before, int64_t count, struct arena *arena, struct err *err);

#endif
