/*
 * identity.h: whose log it is: the origin that its checkpoints name and the key that signs them.
 * The first entry says so, and a ledger.copy says so anew for what follows.
 */
#ifndef XH_LEDGER_IDENTITY_H
#define XH_LEDGER_IDENTITY_H

#include "ledger/entry.h"
#include "ledger/note.h"

struct identity {
    struct vkey key;
    char origin[256];
};

/* Follows an entry of the log. 1 it says who from here on, 0 it says nothing of it, -1: WRONG_ENTRY
 * (the first does not begin a ledger), KEY_MALFORMED. */
int identity_follow(struct identity *who, const struct entry *e, struct err *err);
/* The same from an entry's bytes, which are read only when they may say so; the arena is cleared.
 */
int identity_follow_bytes(struct identity *who, int64_t seq, struct text bytes, struct arena *arena,
                          struct err *err);

#endif
