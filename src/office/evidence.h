/*
 * evidence.h: files that show what was done, kept under their SHA-256.
 */
#ifndef XH_OFFICE_EVIDENCE_H
#define XH_OFFICE_EVIDENCE_H

#include "ledger/ledger.h"

/* The largest file taken, in bytes. */
#define EVIDENCE_BYTES (UINT64_C(1) << 30)

/* Copies the file into evidence/ of the ledger (written, synced, renamed, folder synced) and fills
 * hash, name and size of *line; texts live in the arena. The original is only read. */
int evidence_store(struct ledger *l, struct text path, struct evidence_line *line,
                   struct arena *arena, struct err *err);

#endif
