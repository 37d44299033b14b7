/*
 * merkle.c: see merkle.h.
 *
 * Everything walks ranges [low, high) of leaves. A range of the RFC's recursion begins at a
 * multiple of a power of two that is not smaller than its length, so it is made of full subtrees,
 * the largest first, one for each 1 in the binary notation of its length; each of them is one row
 * of stored hashes, folded.
 */
#include "ledger/merkle.h"

struct hash tree_leaf(struct text entry)
{
    return sha256_join((struct text){"\0", 1}, entry, (struct text){NULL, 0});
}

struct hash tree_node(const struct hash *left, const struct hash *right)
{
    char bytes[65] = {1};

    memcpy(bytes + 1, left->b, 32);
    memcpy(bytes + 33, right->b, 32);
    return sha256((struct text){bytes, sizeof bytes});
}

uint64_t tile_hashes(int level, uint64_t size)
{
    return level >= 0 && level < TILE_LEVELS ? size >> 8 * level : 0;
}

unsigned tile_width(int level, uint64_t tile, uint64_t size)
{
    uint64_t all = tile_hashes(level, size);

    if (tile > all / TILE_WIDTH)
        return 0;
    all -= tile * TILE_WIDTH;
    return all < TILE_WIDTH ? (unsigned)all : TILE_WIDTH;
}

void tile_path(struct buf *out, int level, uint64_t tile, unsigned width)
{
    uint64_t above = 1; /* 1000 to the number of path elements that follow */

    buf_str(out, "tile/");
    if (level == TILE_ENTRIES)
        buf_str(out, "entries");
    else
        buf_int(out, level);
    while (tile / above >= 1000)
        above *= 1000;
    for (; above > 1; above /= 1000) {
        buf_str(out, "/x");
        buf_digits(out, tile / above % 1000, 3);
    }
    buf_char(out, '/');
    buf_digits(out, tile % 1000, 3);
    if (width < TILE_WIDTH) {
        buf_str(out, ".p/");
        buf_int(out, width);
    }
}

static int out_of_range(uint64_t number, uint64_t size, struct err *err)
{
    buf_auto struct buf a = BUF(32), b = BUF(32);

    buf_digits(&a, number, 1);
    buf_digits(&b, size, 1);
    return err_set(err, TREE_RANGE, buf_view(&a), buf_view(&b));
}

int frontier_append(struct frontier *f, const struct hash *leaf,
                    struct tile_hash done[static TILE_LEVELS])
{
    struct hash hash = *leaf;
    int count = 0;
    int k = 0;

    /* Like counting in binary: two subtrees of one height are carried into one of the next. */
    for (; f->size >> k & 1; k++) {
        hash = tree_node(&f->node[k], &hash);
        if ((k + 1) % 8 == 0)
            done[count++] = (struct tile_hash){(k + 1) / 8, f->size >> (k + 1), hash};
    }
    f->node[k] = hash;
    f->size++;
    return count;
}

struct hash frontier_root(const struct frontier *f)
{
    struct hash root;
    bool any = false;

    for (int k = 0; k < 64; k++) {
        if ((f->size >> k & 1) == 0)
            continue;
        root = any ? tree_node(&f->node[k], &root) : f->node[k];
        any = true;
    }
    return any ? root : sha256((struct text){NULL, 0});
}

void frontier_write(const struct frontier *f, struct buf *out)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        buf_char(out, (char)(f->size >> shift & 0xff));
    for (int k = 63; k >= 0; k--)
        if (f->size >> k & 1)
            buf_bytes(out, f->node[k].b, 32);
}

int frontier_read(struct frontier *f, struct text bytes, struct err *err)
{
    struct frontier got = {.size = 0};
    size_t at = 8;

    for (size_t i = 0; i < 8 && i < bytes.n; i++)
        got.size = got.size << 8 | (unsigned char)bytes.p[i];
    if (got.size > TREE_MAX ||
        bytes.n != 8 + 32 * (size_t)__builtin_popcountll((unsigned long long)got.size))
        return err_set(err, CORRUPT, err_sentence(N_("The tree's frontier")),
                       err_sentence(N_("its length does not fit its size")));
    for (int k = 63; k >= 0; k--) {
        if ((got.size >> k & 1) == 0)
            continue;
        memcpy(got.node[k].b, bytes.p + at, 32);
        at += 32;
    }
    *f = got;
    return 0;
}

/* The root of the full subtree number `index` of 2^height leaves. */
static int subtree_root(struct hash *root, int height, uint64_t index,
                        const struct tile_reader *tiles, struct err *err)
{
    struct hash row[TILE_WIDTH / 2];
    unsigned count = 1u << height % 8;

    if (tiles->read(tiles->arg, height / 8, index * count, count, row, err) != 0)
        return -1;
    for (count /= 2; count > 0; count /= 2)
        for (unsigned i = 0; i < count; i++)
            row[i] = tree_node(&row[2 * i], &row[2 * i + 1]);
    *root = row[0];
    return 0;
}

int frontier_load(struct frontier *f, uint64_t size, const struct tile_reader *tiles,
                  struct err *err)
{
    struct frontier got = {.size = size};

    if (size > TREE_MAX)
        return out_of_range(size, TREE_MAX, err);
    for (int k = 0; k < 63; k++)
        if (size >> k & 1 && subtree_root(&got.node[k], k, (size >> k) - 1, tiles, err) != 0)
            return -1;
    *f = got;
    return 0;
}

/* MTH(D[low:high]) of RFC 6962, for a range of its recursion that is not empty. */
static int range_root(struct hash *root, uint64_t low, uint64_t high,
                      const struct tile_reader *tiles, struct err *err)
{
    bool any = false;

    for (int k = 0; low < high; k++) {
        struct hash left;
        if (((high - low) >> k & 1) == 0)
            continue;
        if (subtree_root(&left, k, (high >> k) - 1, tiles, err) != 0)
            return -1;
        *root = any ? tree_node(&left, root) : left;
        any = true;
        high -= (uint64_t)1 << k;
    }
    return 0;
}

/* Where RFC 6962 parts the range: after the largest power of two leaves below its length. */
static uint64_t parting(uint64_t low, uint64_t high)
{
    unsigned long long last = high - low - 1;

    return low + ((uint64_t)1 << (63 - __builtin_clzll(last)));
}

/* The walks below go from the root down; a proof is told from the leaf up. */
static void turn_round(struct proof *proof)
{
    for (unsigned i = 0, j = proof->count; i + 1 < j; i++) {
        struct hash keep = proof->hash[--j];
        proof->hash[j] = proof->hash[i];
        proof->hash[i] = keep;
    }
}

int proof_inclusion(struct proof *proof, uint64_t index, uint64_t size,
                    const struct tile_reader *tiles, struct err *err)
{
    uint64_t low = 0, high = size;

    proof->count = 0;
    if (size > TREE_MAX || index >= size)
        return out_of_range(index, size, err);
    while (high - low > 1) {
        uint64_t middle = parting(low, high);
        bool left = index < middle;
        if (range_root(&proof->hash[proof->count++], left ? middle : low, left ? high : middle,
                       tiles, err) != 0)
            return -1;
        if (left)
            high = middle;
        else
            low = middle;
    }
    turn_round(proof);
    return 0;
}

int proof_consistency(struct proof *proof, uint64_t old, uint64_t size,
                      const struct tile_reader *tiles, struct err *err)
{
    uint64_t low = 0, high = size;

    proof->count = 0;
    if (size > TREE_MAX || old > size)
        return out_of_range(old, size, err);
    if (old == 0)
        return 0;
    while (high != old) {
        uint64_t middle = parting(low, high);
        bool left = old <= middle;
        if (range_root(&proof->hash[proof->count++], left ? middle : low, left ? high : middle,
                       tiles, err) != 0)
            return -1;
        if (left)
            high = middle;
        else
            low = middle;
    }
    /* The old tree ends in [low, high). Where that is all of it, its root is known already. */
    if (low > 0 && range_root(&proof->hash[proof->count++], low, high, tiles, err) != 0)
        return -1;
    turn_round(proof);
    return 0;
}

bool proof_includes(const struct proof *proof, uint64_t index, uint64_t size,
                    const struct hash *leaf, const struct hash *root)
{
    uint64_t at = index, last = size - 1; /* our node and the last one of its height */
    struct hash hash = *leaf;

    if (index >= size || proof->count > PROOF_MAX)
        return false;
    for (unsigned i = 0; i < proof->count; i++) {
        const struct hash *other = &proof->hash[i];
        if (last == 0)
            return false; /* we are at the root and a hash is left over */
        if (at & 1 || at == last) {
            hash = tree_node(other, &hash);
            /* The last node of a height with an odd number of them moves up alone. */
            while ((at & 1) == 0 && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = tree_node(&hash, other);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_eq(&hash, root);
}

bool proof_consistent(const struct proof *proof, uint64_t old, uint64_t size,
                      const struct hash *old_root, const struct hash *root)
{
    uint64_t at = old - 1, last = size - 1; /* the old tree's last node and the new one's */
    struct hash old_hash, hash;
    unsigned i = 0;

    if (old > size || proof->count > PROOF_MAX)
        return false;
    if (old == 0) {
        struct hash empty = sha256((struct text){NULL, 0});
        return proof->count == 0 && hash_eq(old_root, &empty) &&
               (size > 0 || hash_eq(root, &empty));
    }
    if (old == size)
        return proof->count == 0 && hash_eq(old_root, root);
    while (at & 1) {
        at >>= 1;
        last >>= 1;
    }
    /* Where the old tree is one full subtree its root is no part of the proof: we have it. */
    if (at == 0)
        hash = *old_root;
    else if (proof->count > 0)
        hash = proof->hash[i++];
    else
        return false;
    old_hash = hash;
    for (; i < proof->count; i++) {
        const struct hash *other = &proof->hash[i];
        if (last == 0)
            return false;
        if (at & 1 || at == last) {
            old_hash = tree_node(other, &old_hash);
            hash = tree_node(other, &hash);
            while ((at & 1) == 0 && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = tree_node(&hash, other);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_eq(&old_hash, old_root) && hash_eq(&hash, root);
}
