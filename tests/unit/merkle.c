/*
 * merkle.c: the tree and its proofs, against the published vectors and against a naive, recursive
 * reading of RFC 6962 that shares nothing with ours but SHA-256.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "rfc6962.h"

/* A log kept in memory as a ledger keeps it: the hashes of each tile level. */

enum { LARGE = 70000 };
static struct {
    struct hash hash[3][LARGE];
    uint64_t count[3];
    struct frontier frontier;
} store;
/* The size that is asked for: nothing beyond it may be read. */
static uint64_t asked;
static unsigned reads, fail_read;

static int read_store(void *arg, int level, uint64_t first, unsigned count, struct hash *out,
                      struct err *err)
{
    assert_ptr_equal(arg, &store);
    assert_in_range(level, 0, 2);
    assert_in_range(count, 1, 128);
    assert_true(first + count <= tile_hashes(level, asked));
    assert_true(first / TILE_WIDTH == (first + count - 1) / TILE_WIDTH);
    if (++reads == fail_read)
        return err_set(err, DATABASE, T("a test"));
    memcpy(out, &store.hash[level][first], count * sizeof *out);
    return 0;
}
static const struct tile_reader tiles = {read_store, &store};

static void store_append(struct hash leaf)
{
    struct tile_hash done[TILE_LEVELS];
    int n = frontier_append(&store.frontier, &leaf, done);

    store.hash[0][store.count[0]++] = leaf;
    for (int i = 0; i < n; i++) {
        assert_int_equal(done[i].level, i + 1);
        assert_int_equal(done[i].index, store.count[i + 1]);
        store.hash[i + 1][store.count[i + 1]++] = done[i].hash;
    }
}

static void store_clear(void)
{
    memset(&store.count, 0, sizeof store.count);
    store.frontier = (struct frontier){0};
}

static void store_fill(uint64_t n)
{
    store_clear();
    for (uint64_t i = 0; i < n; i++)
        store_append(tree_leaf((struct text){(const char *)&i, sizeof i}));
}

static void inclusion(struct proof *p, uint64_t index, uint64_t size)
{
    struct err err;

    asked = size;
    assert_int_equal(proof_inclusion(p, index, size, &tiles, &err), 0);
}

static void consistency(struct proof *p, uint64_t old, uint64_t size)
{
    struct err err;

    asked = size;
    assert_int_equal(proof_consistency(p, old, size, &tiles, &err), 0);
}

static bool same(const struct proof *a, const struct proof *b)
{
    return a->count == b->count && memcmp(a->hash, b->hash, a->count * sizeof *a->hash) == 0;
}

static struct hash from_hex(const char *hex)
{
    struct hash h;

    assert_int_equal(strlen(hex), 64);
    for (int i = 0; i < 32; i++) {
        char byte[3] = {hex[2 * i], hex[2 * i + 1], 0};
        h.b[i] = (unsigned char)strtoul(byte, NULL, 16);
    }
    return h;
}

/* The entries, roots and proofs of Certificate Transparency's own tests (RFC 6962). */

static const struct {
    struct text entry;
    const char *root; /* of the tree that ends with it */
} published[] = {
    {{"", 0}, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {{"\0", 1}, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
    {{"\x10", 1}, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
    {{"\x20\x21", 2}, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
    {{"\x30\x31", 2}, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
    {{"\x40\x41\x42\x43", 4}, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
    {{"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
     "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
    {{"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16},
     "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
};

#define A "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
#define B "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
#define C "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
#define D "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
#define E "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
#define F "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
#define G "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
#define H "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
#define I "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
static const struct {
    uint64_t number, size; /* the leaf's index, or the old tree's size */
    const char *hash[4];
} published_inclusion[] = {{0, 1, {NULL}},
                           {0, 8, {A, B, C}},
                           {5, 8, {D, E, F}},
                           {2, 3, {G}},
                           {1, 5, {H, B, D}}},
  published_consistency[] = {{1, 1, {NULL}}, {1, 8, {A, B, C}}, {6, 8, {I, E, F}}, {2, 5, {B, D}}};

static void published_trees_and_proofs(void **state)
{
    struct proof p;
    struct hash roots[9];

    (void)state;
    store_clear();
    roots[0] = frontier_root(&store.frontier);
    assert_true(hash_eq(
        &roots[0], &(struct hash[]){from_hex(
                       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")}[0]));
    for (int i = 0; i < 8; i++) {
        struct hash want = from_hex(published[i].root);
        store_append(tree_leaf(published[i].entry));
        roots[i + 1] = frontier_root(&store.frontier);
        assert_true(hash_eq(&roots[i + 1], &want));
    }
    for (size_t i = 0; i < sizeof published_inclusion / sizeof *published_inclusion; i++) {
        uint64_t index = published_inclusion[i].number, size = published_inclusion[i].size;
        struct hash leaf = tree_leaf(published[index].entry);
        inclusion(&p, index, size);
        for (unsigned k = 0; k < 4 && published_inclusion[i].hash[k]; k++) {
            struct hash want = from_hex(published_inclusion[i].hash[k]);
            assert_true(k < p.count && hash_eq(&p.hash[k], &want));
        }
        assert_true(p.count == 4 || published_inclusion[i].hash[p.count] == NULL);
        assert_true(proof_includes(&p, index, size, &leaf, &roots[size]));
    }
    for (size_t i = 0; i < sizeof published_consistency / sizeof *published_consistency; i++) {
        uint64_t old = published_consistency[i].number, size = published_consistency[i].size;
        consistency(&p, old, size);
        for (unsigned k = 0; k < 4 && published_consistency[i].hash[k]; k++) {
            struct hash want = from_hex(published_consistency[i].hash[k]);
            assert_true(k < p.count && hash_eq(&p.hash[k], &want));
        }
        assert_true(p.count == 4 || published_consistency[i].hash[p.count] == NULL);
        assert_true(proof_consistent(&p, old, size, &roots[old], &roots[size]));
    }
}

enum { ALL = 130 };
static struct hash all_roots[ALL + 1];

static void fill_all(void)
{
    store_clear();
    for (uint64_t n = 0; n <= ALL; n++) {
        all_roots[n] = frontier_root(&store.frontier);
        store_append(tree_leaf((struct text){(const char *)&n, sizeof n}));
    }
}

static void every_proof_is_the_rfcs_and_holds(void **state)
{
    struct frontier loaded;
    struct proof ours, naive;
    struct err err;

    (void)state;
    fill_all();
    for (uint64_t n = 0; n <= ALL; n++) {
        struct hash root = mth(store.hash[0], n);
        assert_true(hash_eq(&all_roots[n], &root));
        asked = n;
        assert_int_equal(frontier_load(&loaded, n, &tiles, &err), 0);
        root = frontier_root(&loaded);
        assert_true(hash_eq(&all_roots[n], &root));
        for (uint64_t m = 0; m <= n; m++) {
            naive.count = 0;
            if (m > 0)
                subproof(&naive, m, store.hash[0], n, true);
            consistency(&ours, m, n);
            assert_true(same(&ours, &naive));
            assert_true(proof_consistent(&ours, m, n, &all_roots[m], &all_roots[n]));
            if (m == n)
                continue;
            naive.count = 0;
            path(&naive, m, store.hash[0], n);
            inclusion(&ours, m, n);
            assert_true(same(&ours, &naive));
            assert_true(proof_includes(&ours, m, n, &store.hash[0][m], &all_roots[n]));
        }
    }
}

/* Each proof in every wrong form: a bit altered, a hash dropped, added, doubled or exchanged. */
static void each_wrong_form(const struct proof *p,
                            bool (*holds)(const struct proof *, const void *), const void *arg)
{
    struct proof wrong;
    static unsigned turn;

    for (unsigned i = 0; i < p->count; i++) {
        turn = turn * 5 + 1;
        wrong = *p;
        wrong.hash[i].b[turn / 8 % 32] ^= (unsigned char)(1u << turn % 8);
        assert_false(holds(&wrong, arg));

        wrong = *p;
        wrong.count--;
        memmove(&wrong.hash[i], &p->hash[i + 1], (p->count - i - 1) * sizeof *p->hash);
        assert_false(holds(&wrong, arg));

        if (i > 0) {
            wrong = *p;
            wrong.hash[i] = p->hash[i - 1];
            wrong.hash[i - 1] = p->hash[i];
            assert_false(holds(&wrong, arg));
        }
    }
    for (unsigned i = 0; i <= p->count; i++) {
        wrong = *p;
        wrong.count++;
        memmove(&wrong.hash[i + 1], &p->hash[i], (p->count - i) * sizeof *p->hash);
        memset(&wrong.hash[i], 0, sizeof *wrong.hash);
        assert_false(holds(&wrong, arg));
        wrong.hash[i] = p->count ? p->hash[i ? i - 1 : 0] : all_roots[1];
        assert_false(holds(&wrong, arg));
    }
    wrong = *p;
    for (wrong.count = 0; wrong.count <= PROOF_MAX; wrong.count++)
        if (wrong.count != p->count)
            assert_false(holds(&wrong, arg));
    wrong.count = PROOF_MAX + 1;
    assert_false(holds(&wrong, arg));
    wrong.count = (unsigned)-1;
    assert_false(holds(&wrong, arg));
}

struct claim {
    uint64_t number, size;
    struct hash first, root; /* the leaf, or the old root */
};

static bool holds_inclusion(const struct proof *p, const void *arg)
{
    const struct claim *c = arg;
    return proof_includes(p, c->number, c->size, &c->first, &c->root);
}

static bool holds_consistency(const struct proof *p, const void *arg)
{
    const struct claim *c = arg;
    return proof_consistent(p, c->number, c->size, &c->first, &c->root);
}

static void a_proof_with_any_hash_altered_dropped_or_added_is_refused(void **state)
{
    struct proof p;

    (void)state;
    memset(&p, 0, sizeof p);
    fill_all();
    for (uint64_t n = 0; n <= ALL; n++) {
        for (uint64_t m = 0; m <= n; m++) {
            struct claim c = {m, n, all_roots[m], all_roots[n]};
            consistency(&p, m, n);
            each_wrong_form(&p, holds_consistency, &c);
            if (m > 0 || n == 0) {
                c.root.b[n % 32] ^= 4;
                assert_false(holds_consistency(&p, &c));
                c.root = all_roots[n];
            }
            c.first.b[m % 32] ^= 4;
            assert_false(holds_consistency(&p, &c));
            if (m == n)
                continue;
            c.first = store.hash[0][m];
            inclusion(&p, m, n);
            each_wrong_form(&p, holds_inclusion, &c);
            c.root.b[n % 32] ^= 4;
            assert_false(holds_inclusion(&p, &c));
            c.root = all_roots[n];
            c.first.b[m % 32] ^= 4;
            assert_false(holds_inclusion(&p, &c));
        }
    }
}

/* A proof of one tree does not pass for one of a larger tree in which it is the right half: the
 * sizes are checked too, not only that the hashes end in the roots. */
static void a_proof_carried_on_above_the_root_is_refused(void **state)
{
    struct proof p;
    struct hash left;

    (void)state;
    fill_all();
    left = all_roots[1];
    for (uint64_t n = 1; n <= ALL; n++) {
        struct hash root = tree_node(&left, &all_roots[n]);
        for (uint64_t m = 0; m < n; m++) {
            struct hash old = tree_node(&left, &all_roots[m]);
            inclusion(&p, m, n);
            p.hash[p.count++] = left;
            assert_false(proof_includes(&p, m, n, &store.hash[0][m], &root));
            consistency(&p, m, n);
            p.hash[p.count++] = left;
            assert_false(proof_consistent(&p, m, n, &old, &root));
        }
    }
}

static void another_leafs_place_is_refused(void **state)
{
    struct proof p;

    (void)state;
    fill_all();
    for (uint64_t n = 2; n <= ALL; n += 3)
        for (uint64_t m = 0; m < n; m++) {
            inclusion(&p, m, n);
            for (uint64_t other = 0; other < n + 2; other++)
                if (other != m)
                    assert_false(proof_includes(&p, other, n, &store.hash[0][m], &all_roots[n]));
        }
}

static void questions_out_of_range_are_refused(void **state)
{
    struct proof p = {.count = 0};
    struct frontier f;
    struct err err;
    struct hash empty = sha256(T("")), leaf;
    const uint64_t over = TREE_MAX + 1;

    (void)state;
    fill_all();
    leaf = store.hash[0][0];
    asked = 0; /* nothing may be read */
    assert_int_equal(proof_inclusion(&p, 0, 0, &tiles, &err), -1);
    assert_int_equal(err.code, ERR_TREE_RANGE);
    assert_int_equal(proof_inclusion(&p, 7, 7, &tiles, &err), -1);
    assert_int_equal(proof_inclusion(&p, UINT64_MAX, 7, &tiles, &err), -1);
    assert_int_equal(proof_inclusion(&p, 0, over, &tiles, &err), -1);
    assert_int_equal(proof_consistency(&p, 8, 7, &tiles, &err), -1);
    assert_int_equal(err.code, ERR_TREE_RANGE);
    assert_int_equal(proof_consistency(&p, 1, over, &tiles, &err), -1);
    assert_int_equal(frontier_load(&f, over, &tiles, &err), -1);

    p.count = 0;
    assert_false(proof_includes(&p, 0, 0, &leaf, &empty));
    assert_false(proof_includes(&p, 0, 0, &leaf, &leaf));
    assert_false(proof_includes(&p, 1, 1, &leaf, &leaf));
    assert_true(proof_includes(&p, 0, 1, &leaf, &leaf));
    assert_false(proof_includes(&p, UINT64_MAX, UINT64_MAX, &leaf, &leaf));
    assert_false(proof_includes(&p, UINT64_MAX, 0, &leaf, &leaf));
    assert_false(proof_consistent(&p, 2, 1, &leaf, &leaf));
    assert_false(proof_consistent(&p, UINT64_MAX, 0, &leaf, &leaf));
    assert_false(proof_consistent(&p, 1, 2, &leaf, &leaf));
    /* The empty tree is the beginning of every tree, but it is the empty tree. */
    assert_true(proof_consistent(&p, 0, 1, &empty, &leaf));
    assert_false(proof_consistent(&p, 0, 1, &leaf, &leaf));
    assert_true(proof_consistent(&p, 0, 0, &empty, &empty));
    assert_false(proof_consistent(&p, 0, 0, &leaf, &leaf));
    assert_false(proof_consistent(&p, 0, 0, &empty, &leaf));
    p.count = 1;
    assert_false(proof_consistent(&p, 0, 1, &empty, &leaf));
    assert_false(proof_consistent(&p, 1, 1, &leaf, &leaf));
    assert_false(proof_includes(&p, 0, 1, &leaf, &leaf));
}

static void a_store_that_fails_gives_no_proof(void **state)
{
    struct proof p;
    struct frontier f;
    struct err err;

    (void)state;
    fill_all();
    asked = 121;
    for (int what = 0; what < 3; what++) {
        unsigned needed = 0;
        for (fail_read = 0; fail_read <= needed; fail_read++) {
            int rc;
            reads = 0;
            if (what == 0)
                rc = proof_inclusion(&p, 60, asked, &tiles, &err);
            else if (what == 1)
                rc = proof_consistency(&p, 61, asked, &tiles, &err);
            else
                rc = frontier_load(&f, asked, &tiles, &err);
            if (fail_read == 0)
                needed = reads;
            assert_int_equal(rc, fail_read ? -1 : 0);
            assert_true(fail_read == 0 || err.code == ERR_DATABASE);
        }
        assert_true(needed > 2);
    }
    fail_read = 0;
}

/* tlog-tiles' own example: 70,000 entries. */
static void tiles_are_those_of_the_specification(void **state)
{
    struct proof ours, naive;
    struct frontier loaded;
    struct err err;
    struct hash root;
    unsigned full[3] = {0}, partial[3] = {0};
    uint64_t seed = 1;
    static const uint64_t sizes[] = {255, 256, 257, 511, 512, 513, 65535, 65536, 65537, LARGE};

    (void)state;
    store_fill(LARGE);
    assert_int_equal(store.count[0], 70000);
    assert_int_equal(store.count[1], 273);
    assert_int_equal(store.count[2], 1);
    for (int level = 0; level < 3; level++)
        for (uint64_t tile = 0; tile < 300; tile++) {
            unsigned width = tile_width(level, tile, LARGE);
            if (width == TILE_WIDTH)
                full[level]++;
            else if (width)
                partial[level] = width;
        }
    assert_int_equal(full[0], 273);
    assert_int_equal(partial[0], 112);
    assert_int_equal(full[1], 1);
    assert_int_equal(partial[1], 17);
    assert_int_equal(full[2], 0);
    assert_int_equal(partial[2], 1);
    assert_int_equal(tile_width(3, 0, LARGE), 0);
    assert_int_equal(tile_width(0, 0, 256), 256);
    assert_int_equal(tile_width(0, 1, 256), 0);
    assert_int_equal(tile_width(1, 0, 256), 1);
    assert_int_equal(tile_width(0, 0, 0), 0);
    assert_int_equal(tile_width(0, UINT64_MAX, 256), 0);
    assert_int_equal(tile_width(-1, 0, 256), 0);
    assert_int_equal(tile_width(64, 0, UINT64_MAX), 0);

    /* Each stored hash is MTH of what it stands for. */
    for (uint64_t i = 0; i < store.count[1]; i++) {
        root = mth(store.hash[0] + i * 256, 256);
        assert_true(hash_eq(&store.hash[1][i], &root));
    }
    root = mth(store.hash[0], 65536);
    assert_true(hash_eq(&store.hash[2][0], &root));

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t n = sizes[i];
        struct hash want = mth(store.hash[0], n);
        asked = n;
        assert_int_equal(frontier_load(&loaded, n, &tiles, &err), 0);
        root = frontier_root(&loaded);
        assert_true(hash_eq(&root, &want));
        for (int round = 0; round < 6; round++) {
            uint64_t m;
            struct hash old;
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            m = round == 0 ? n - 1 : round == 1 ? n / 256 * 256 - 1 : (seed >> 33) % n;
            m = m < n ? m : 0;
            naive.count = 0;
            path(&naive, m, store.hash[0], n);
            inclusion(&ours, m, n);
            assert_true(same(&ours, &naive));
            assert_true(proof_includes(&ours, m, n, &store.hash[0][m], &want));
            old = mth(store.hash[0], m + 1);
            naive.count = 0;
            subproof(&naive, m + 1, store.hash[0], n, true);
            consistency(&ours, m + 1, n);
            assert_true(same(&ours, &naive));
            assert_true(proof_consistent(&ours, m + 1, n, &old, &want));
        }
    }
}

static void tile_paths(void **state)
{
    static const struct {
        int level;
        uint64_t tile;
        unsigned width;
        const char *path;
    } cases[] = {
        {0, 0, 256, "tile/0/000"},
        {0, 1234067, 256, "tile/0/x001/x234/067"}, /* the specification's */
        {0, 273, 112, "tile/0/273.p/112"},
        {1, 0, 17, "tile/1/000.p/17"},
        {2, 999, 1, "tile/2/999.p/1"},
        {0, 1000, 255, "tile/0/x001/000.p/255"},
        {7, 999999, 256, "tile/7/x999/999"},
        {0, 1000000, 256, "tile/0/x001/x000/000"},
        {0, TREE_MAX / 256, 256, "tile/0/x036/x028/x797/x018/x963/967"},
        {63, 5, 256, "tile/63/005"},
        {TILE_ENTRIES, 1234067, 3, "tile/entries/x001/x234/067.p/3"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_auto struct buf b = BUF(100);
        tile_path(&b, cases[i].level, cases[i].tile, cases[i].width);
        assert_string_equal(buf_cstr(&b), cases[i].path);
    }
}

/* A log of so many entries that are all the same: a subtree's root follows from its height alone,
 * so that the largest trees can be proved about without being stored. */
static struct hash uniform[64];

static int read_uniform(void *arg, int level, uint64_t first, unsigned count, struct hash *out,
                        struct err *err)
{
    (void)arg;
    (void)err;
    assert_in_range(level, 0, TILE_LEVELS - 1);
    assert_true(first + count <= tile_hashes(level, asked));
    for (unsigned i = 0; i < count; i++)
        out[i] = uniform[8 * level];
    return 0;
}

static void the_largest_trees(void **state)
{
    static const struct tile_reader huge = {read_uniform, NULL};
    static const uint64_t sizes[] = {TREE_MAX,   TREE_MAX - 1,     TREE_MAX / 2 + 1,
                                     1ull << 57, (1ull << 56) + 1, (1ull << 62) + 1};
    struct frontier f;
    struct proof p;
    struct err err;

    (void)state;
    uniform[0] = tree_leaf(T("the same"));
    for (int k = 1; k < 64; k++)
        uniform[k] = tree_node(&uniform[k - 1], &uniform[k - 1]);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct hash root;
        uint64_t olds[] = {1, 2, 255, 256, 1ull << 55, 1ull << 56, sizes[i] / 2 + 1, sizes[i] - 1};
        asked = sizes[i];
        assert_int_equal(frontier_load(&f, sizes[i], &huge, &err), 0);
        root = frontier_root(&f);
        for (size_t k = 0; k < sizeof olds / sizeof *olds; k++) {
            struct hash old;
            assert_int_equal(proof_inclusion(&p, olds[k], sizes[i], &huge, &err), 0);
            assert_true(p.count <= 63);
            assert_true(proof_includes(&p, olds[k], sizes[i], &uniform[0], &root));
            p.hash[p.count / 2].b[9] ^= 1;
            assert_false(proof_includes(&p, olds[k], sizes[i], &uniform[0], &root));
            assert_int_equal(frontier_load(&f, olds[k], &huge, &err), 0);
            old = frontier_root(&f);
            assert_int_equal(proof_consistency(&p, olds[k], sizes[i], &huge, &err), 0);
            assert_true(p.count <= PROOF_MAX);
            assert_true(proof_consistent(&p, olds[k], sizes[i], &old, &root));
            p.hash[p.count / 2].b[9] ^= 1;
            assert_false(proof_consistent(&p, olds[k], sizes[i], &old, &root));
        }
    }
    for (p.count = PROOF_MAX; p.count <= PROOF_MAX + 1; p.count++) {
        assert_false(proof_includes(&p, 5, UINT64_MAX, &uniform[0], &uniform[0]));
        assert_false(proof_consistent(&p, 5, UINT64_MAX, &uniform[0], &uniform[0]));
    }
}

static void a_frontier_goes_to_bytes_and_back(void **state)
{
    struct frontier f = {0}, back;
    struct err err;

    (void)state;
    for (uint64_t n = 0; n < 600; n++) {
        buf_auto struct buf b = BUF(8 + 64 * 32 + 1);
        struct tile_hash done[TILE_LEVELS];
        struct hash leaf = tree_leaf((struct text){(const char *)&n, sizeof n}), one, two;
        frontier_write(&f, &b);
        assert_int_equal(frontier_read(&back, buf_view(&b), &err), 0);
        assert_int_equal(back.size, n);
        one = frontier_root(&f);
        two = frontier_root(&back);
        assert_true(hash_eq(&one, &two));
        /* Any other length is refused. */
        for (size_t cut = 0; cut < b.n; cut++) {
            assert_int_equal(frontier_read(&back, text_head(buf_view(&b), cut), &err), -1);
            assert_int_equal(err.code, ERR_CORRUPT);
        }
        buf_char(&b, 0);
        assert_int_equal(frontier_read(&back, buf_view(&b), &err), -1);
        frontier_append(&f, &leaf, done);
    }
    {
        char huge[8 + 64 * 32];
        memset(huge, 0xff, sizeof huge); /* a size of 2^64 - 1 */
        assert_int_equal(frontier_read(&back, (struct text){huge, sizeof huge}, &err), -1);
        huge[0] = 0x7f; /* TREE_MAX */
        assert_int_equal(frontier_read(&back, (struct text){huge, sizeof huge - 32}, &err), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_trees_and_proofs),
        cmocka_unit_test(every_proof_is_the_rfcs_and_holds),
        cmocka_unit_test(a_proof_with_any_hash_altered_dropped_or_added_is_refused),
        cmocka_unit_test(a_proof_carried_on_above_the_root_is_refused),
        cmocka_unit_test(another_leafs_place_is_refused),
        cmocka_unit_test(questions_out_of_range_are_refused),
        cmocka_unit_test(a_store_that_fails_gives_no_proof),
        cmocka_unit_test(tiles_are_those_of_the_specification),
        cmocka_unit_test(tile_paths),
        cmocka_unit_test(the_largest_trees),
        cmocka_unit_test(a_frontier_goes_to_bytes_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
