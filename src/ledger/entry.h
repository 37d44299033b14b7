/*
 * entry.h: one entry of the log as bytes and as a struct. docs/log-format.md gives the format.
 *
 * Writing and reading follow the tables made from domain/events.def. Reading is strict: bytes that
 * are not exactly what writing the same entry gives are refused.
 */
#ifndef XH_LEDGER_ENTRY_H
#define XH_LEDGER_ENTRY_H

#include "base/arena.h"
#include "base/err.h"
#include "domain/events.h"

/* tlog-tiles' limit on an entry. */
#define ENTRY_BYTES 65535

struct entry {
    int64_t seq; /* 0 is the first; also the leaf's index in the tree */
    int64_t at;  /* ms since 1970-01-01 UTC, never less than the entry before */
    struct text id, by, via, on;
    struct event event;
};

/* Appends the canonical bytes; out->failed when they exceed its cap, which should be ENTRY_BYTES.
 */
void entry_write(struct buf *out, const struct entry *e);
/* The members of one event's struct as an object, as `data` holds them. */
void entry_write_data(struct buf *out, const struct shape *shape, const void *data);

/* Reads an entry. Texts point into bytes or into the arena. False when the bytes are not the
 * canonical form of an entry that this program knows; *why (may be NULL) says what is wrong. */
bool entry_read(struct text bytes, struct arena *arena, struct entry *e, const char **why);

/* The files that an entry names by their hashes; `document` is room for a source's own. */
struct evidence_list entry_evidence(const struct entry *e, struct evidence_line *document);

#endif
