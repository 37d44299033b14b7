/*
 * merkle.h: the log's Merkle tree, as RFC 6962 section 2.1 defines it, kept in the tiles of C2SP
 * tlog-tiles, with its proofs. docs/log-format.md has all of it byte by byte.
 *
 * Pure: no I/O, no allocation. Stored hashes come through a `struct tile_reader`.
 */
#ifndef XH_LEDGER_MERKLE_H
#define XH_LEDGER_MERKLE_H

#include "base/sha256.h"

/* The largest tree: sizes fit a database's signed 64-bit integer. */
#define TREE_MAX ((uint64_t)INT64_MAX)

/* SHA-256(0x00 ‖ entry) */
struct hash tree_leaf(struct text entry);
/* SHA-256(0x01 ‖ left ‖ right) */
struct hash tree_node(const struct hash *left, const struct hash *right);

/*
 * Tiles. Level 0 holds the leaf hashes; level k the roots of full subtrees of 256^k leaves, each
 * once and from left to right. A tile is 256 neighbours of a level, or, at its right end, the 1 to
 * 255 that there are. A tree of TREE_MAX leaves has the levels 0 to 7.
 */
enum { TILE_WIDTH = 256, TILE_LEVELS = 8 };

/* How many hashes level `level` holds in a tree of that size. */
uint64_t tile_hashes(int level, uint64_t size);
/* How many of them are in the level's tile number `tile`: 256 for a full tile, 0 for none. */
unsigned tile_width(int level, uint64_t tile, uint64_t size);
/* Appends a tile's path, `tile/<level>/<tile>`, and `.p/<width>` when width < 256. The level
 * TILE_ENTRIES is that of entry bundles, `tile/entries/<tile>`. */
enum { TILE_ENTRIES = -1 };
void tile_path(struct buf *out, int level, uint64_t tile, unsigned width);

/* How stored hashes are read: `count` (1 to 128) of them at that level, from the level's hash
 * number `first` on, never from more than one tile, never beyond tile_hashes() of the size that was
 * asked for. read() returns 0, or -1 with err filled. */
struct tile_reader {
    int (*read)(void *arg, int level, uint64_t first, unsigned count, struct hash *out,
                struct err *err);
    void *arg;
};

/*
 * A frontier is all that must be known of a tree to append to it and to tell its root: the roots
 * of the full subtrees that it is made of, one for each 1 in the binary notation of its size.
 * `(struct frontier){0}` is the empty tree.
 */
struct frontier {
    uint64_t size;
    struct hash node[64]; /* [k]: of the subtree of 2^k leaves, where bit k of size is set */
};

/* A hash that a tile of level 1 or more is to hold from now on. */
struct tile_hash {
    int level;
    uint64_t index; /* within its level */
    struct hash hash;
};

/* Appends a leaf hash; amortised, one node is hashed. Fills done[] with the hashes of level 1 and
 * above that became complete, lowest first, and returns how many (nearly always 0). The leaf hash
 * itself is to be stored at level 0, index size - 1. */
int frontier_append(struct frontier *f, const struct hash *leaf,
                    struct tile_hash done[static TILE_LEVELS]);
/* The tree's root; SHA-256 of nothing for the empty tree. */
struct hash frontier_root(const struct frontier *f);
/* The frontier of the first `size` leaves, from stored hashes. -1 when the reader fails, or when
 * size is above TREE_MAX (TREE_RANGE). */
int frontier_load(struct frontier *f, uint64_t size, const struct tile_reader *tiles,
                  struct err *err);
/* As bytes: the size in 8, the most significant first; then the hashes, the largest subtree first.
 * At most 8 + 63 * 32. Reading refuses any other length and a size above TREE_MAX (CORRUPT). */
void frontier_write(const struct frontier *f, struct buf *out);
int frontier_read(struct frontier *f, struct text bytes, struct err *err);

/* A proof: hashes in the order of RFC 6962, the lowest first. */
enum { PROOF_MAX = 64 };
struct proof {
    unsigned count;
    struct hash hash[PROOF_MAX];
};

/* That leaf `index` is in the tree of `size` leaves (RFC 6962 section 2.1.1). -1 when index is not
 * below size or size above TREE_MAX (TREE_RANGE), or when the reader fails. */
int proof_inclusion(struct proof *proof, uint64_t index, uint64_t size,
                    const struct tile_reader *tiles, struct err *err);
/* That the tree of `old` leaves is the beginning of that of `size` (RFC 6962 section 2.1.2). It has
 * no hash when old is 0 or size. -1 as above; old must not be above size. */
int proof_consistency(struct proof *proof, uint64_t old, uint64_t size,
                      const struct tile_reader *tiles, struct err *err);

/*
 * The checks (RFC 9162 sections 2.1.3.2 and 2.1.4.2). True only when the proof has exactly the
 * hashes it must have and every one of them went into the result.
 *
 * The empty tree is the beginning of every tree: with old = 0, old_root must be its root and the
 * proof be empty. With old = size the roots must be the same and the proof be empty.
 */
bool proof_includes(const struct proof *proof, uint64_t index, uint64_t size,
                    const struct hash *leaf, const struct hash *root);
bool proof_consistent(const struct proof *proof, uint64_t old, uint64_t size,
                      const struct hash *old_root, const struct hash *root);

#endif
