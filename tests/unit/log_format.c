/*
 * log_format.c: the worked examples of docs/log-format.md are what the code gives. Each example is
 * made anew and looked up in the page, as whole lines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/file.h"
#include "ledger/merkle.h"
#include "ledger/note.h"
#include "ledger/seal.h"

static struct arena arena = {.cap = 1 << 20};
static struct text page;

static int read_page(void **state)
{
    struct err err;

    (void)state;
    return file_read(LOG_FORMAT, 1 << 20, &arena, &page, &err);
}

static int drop_page(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* The page has these lines, one after the other. */
static void shown(struct buf *lines)
{
    buf_auto struct buf whole = BUF(10000);

    assert_false(lines->failed);
    buf_char(&whole, '\n');
    buf_text(&whole, buf_view(lines));
    if (!text_has(page, buf_view(&whole)))
        fail_msg("docs/log-format.md does not have:\n%s", buf_cstr(lines));
    buf_clear(lines);
}

static void shown_hex(const char *name, const void *bytes, size_t n)
{
    buf_auto struct buf line = BUF(10000);

    buf_printf(&line, n ? "%s = " : "%s =", name);
    buf_hex(&line, bytes, n);
    buf_char(&line, '\n');
    shown(&line);
}

static void shown_text(const char *name, struct text value)
{
    buf_auto struct buf line = BUF(10000);

    buf_printf(&line, "%s = ", name);
    buf_text(&line, value);
    buf_char(&line, '\n');
    shown(&line);
}

static const struct {
    const char *bytes;
    size_t n;
} entries[] = {{"", 0},
               {"\0", 1},
               {"\x10", 1},
               {"\x20\x21", 2},
               {"\x30\x31", 2},
               {"\x40\x41\x42\x43", 4},
               {"\x50\x51\x52\x53\x54\x55\x56\x57", 8}};
static struct hash leaves[7];

static int read_leaves(void *arg, int level, uint64_t first, unsigned count, struct hash *out,
                       struct err *err)
{
    (void)arg;
    (void)err;
    assert_int_equal(level, 0);
    assert_true(first + count <= 7);
    memcpy(out, leaves + first, count * sizeof *out);
    return 0;
}
static const struct tile_reader tiles = {read_leaves, NULL};

static void shown_proof(const char *name, const struct proof *proof)
{
    buf_auto struct buf lines = BUF(10000);

    buf_printf(&lines, "%s =\n", name);
    for (unsigned i = 0; i < proof->count; i++) {
        buf_str(&lines, "  ");
        buf_hex(&lines, proof->hash[i].b, 32);
        buf_char(&lines, '\n');
    }
    shown(&lines);
}

static struct frontier seven(void)
{
    struct frontier f = {.size = 0};
    struct tile_hash done[TILE_LEVELS];

    for (size_t i = 0; i < 7; i++) {
        leaves[i] = tree_leaf((struct text){entries[i].bytes, entries[i].n});
        frontier_append(&f, &leaves[i], done);
    }
    return f;
}

static void tree(void **state)
{
    struct frontier f = {.size = 0};
    struct tile_hash done[TILE_LEVELS];
    struct proof proof;
    struct err err;
    char name[32];
    buf_auto struct buf bytes = BUF(1000);

    (void)state;
    for (size_t i = 0; i <= 7; i++) {
        struct hash root = frontier_root(&f);
        snprintf(name, sizeof name, "root of %zu", i);
        shown_hex(name, root.b, 32);
        if (i == 7)
            break;
        leaves[i] = tree_leaf((struct text){entries[i].bytes, entries[i].n});
        snprintf(name, sizeof name, "entry %zu", i);
        shown_hex(name, entries[i].bytes, entries[i].n);
        snprintf(name, sizeof name, "leaf %zu", i);
        shown_hex(name, leaves[i].b, 32);
        frontier_append(&f, &leaves[i], done);
    }
    frontier_write(&f, &bytes);
    shown_hex("frontier of 7", bytes.p, bytes.n);
    assert_int_equal(proof_inclusion(&proof, 5, 7, &tiles, &err), 0);
    shown_proof("inclusion of 5 in 7", &proof);
    assert_int_equal(proof_consistency(&proof, 3, 7, &tiles, &err), 0);
    shown_proof("consistency of 3 with 7", &proof);
    assert_int_equal(proof_consistency(&proof, 4, 7, &tiles, &err), 0);
    shown_proof("consistency of 4 with 7", &proof);
}

static void tile_examples(void **state)
{
    buf_auto struct buf line = BUF(1000);

    (void)state;
    buf_str(&line, "path of tile 1234067 of level 0, full = ");
    tile_path(&line, 0, 1234067, 256);
    buf_str(&line, "\npath of tile 273 of level 0, 112 wide = ");
    tile_path(&line, 0, 273, 112);
    buf_str(&line, "\npath of tile 1 of entries, 44 wide = ");
    tile_path(&line, TILE_ENTRIES, 1, 44);
    buf_char(&line, '\n');
    shown(&line);
    for (int level = 0; level < 3; level++) {
        uint64_t full = 0;
        while (tile_width(level, full, 70000) == TILE_WIDTH)
            full++;
        buf_printf(&line, "tiles of 70000 leaves on level %d = %d full, 1 of %u\n", level,
                   (int)full, tile_width(level, full, 70000));
        shown(&line);
    }
}

/* Randomness that counts: 00 01 02 … */
static int counting(struct env *env, void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ((unsigned char *)bytes)[i] = (unsigned char)env->state++;
    return 0;
}

static void notes_and_checkpoints(void **state)
{
    struct env env = {.random = counting};
    struct err err;
    struct signer *s = signer_new(T("example.org/ledger"), &env, &err);
    struct frontier f = seven();
    struct checkpoint c = {.origin = T("example.org/ledger"), .size = 7, .root = frontier_root(&f)};
    buf_auto struct buf key = BUF(1000), body = BUF(1000), note = BUF(1000);
    char text[SIGNER_TEXT];
    unsigned char seed[32], id[4];

    (void)state;
    assert_non_null(s);
    env.state = 0;
    counting(&env, seed, sizeof seed);
    shown_text("name", T("example.org/ledger"));
    shown_hex("seed", seed, sizeof seed);
    shown_hex("public key", signer_vkey(s)->key, 32);
    for (int i = 0; i < 4; i++)
        id[i] = (unsigned char)(signer_vkey(s)->id >> (24 - 8 * i));
    shown_hex("key id", id, 4);
    vkey_write(signer_vkey(s), &key);
    shown_text("verifier key", buf_view(&key));
    shown_text("private key", (struct text){text, signer_write(s, text) - 1});
    assert_int_equal(checkpoint_write(&c, &body, &err), 0);
    assert_int_equal(note_sign(&note, buf_view(&body), s, &err), 0);
    shown(&note);
    signer_free(s);
}

static void sealed_values(void **state)
{
    struct env env = {.random = counting, .state = 0xe0};
    struct seal_key key;
    struct hash commitment;
    struct opened opened;
    struct text value = T("王小明 13800000000");
    struct err err;
    unsigned char wrapped[SEAL_WRAPPED], data_key[32];
    char text[SEAL_KEY_TEXT];
    buf_auto struct buf box = BUF(SEAL_BOX_MAX);

    (void)state;
    assert_int_equal(seal_key_new(&key, &env, &err), 0);
    env.state = 0;
    assert_int_equal(seal_close(value, &key, &env, &commitment, wrapped, &box, &err), 0);
    shown_hex("value", value.p, value.n);
    shown_hex("commitment", commitment.b, 32);
    shown_hex("nonce of the box", box.p, 24);
    shown_hex("box", box.p, box.n);
    shown_text("sealing key", (struct text){text, seal_key_write(&key, text) - 1});
    shown_hex("nonce of the wrapped key", wrapped, 24);
    shown_hex("wrapped", wrapped, sizeof wrapped);
    assert_int_equal(seal_open(&commitment, (struct text){(const char *)wrapped, sizeof wrapped},
                               buf_view(&box), &key, &opened, &err),
                     0);
    assert_true(text_eq(opened.value, value));
    shown_hex("salt", opened.salt, SEAL_SALT);
    seal_release(&opened);
    env.state = 32; /* the second thing drawn */
    counting(&env, data_key, sizeof data_key);
    shown_hex("data key", data_key, sizeof data_key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree),
        cmocka_unit_test(tile_examples),
        cmocka_unit_test(notes_and_checkpoints),
        cmocka_unit_test(sealed_values),
    };
    return cmocka_run_group_tests(tests, read_page, drop_page);
}
