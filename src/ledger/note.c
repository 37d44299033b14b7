/* note.c: see note.h. The signatures are libsodium's. */
#include "ledger/note.h"

#include <sodium.h>
#include <stdio.h>

#include "base/mem.h"
#include "ledger/merkle.h"

enum { ED25519 = 1 }; /* the signature type of signed-note */

struct signer {
    struct vkey vkey;
    unsigned char secret[crypto_sign_SECRETKEYBYTES]; /* seed ‖ public key, as libsodium has it */
};

/* Base 64 of RFC 4648 section 4, padded, with no bit and no character to spare. */
static bool from_base64(struct text t, unsigned char *out, size_t room, size_t *n)
{
    return sodium_base642bin(out, room, t.p, t.n, NULL, n, NULL, sodium_base64_VARIANT_ORIGINAL) ==
           0;
}

/* White_Space of Unicode. text_is_space has the zero-width characters besides, which the
 * specification lets pass. */
static bool is_unicode_space(uint32_t cp)
{
    bool zero_width = (cp >= 0x200b && cp <= 0x200f) || cp == 0x2060 || cp == 0xfeff;

    return text_is_space(cp) && !zero_width;
}

static bool name_ok(struct text name)
{
    if (name.n == 0 || !text_utf8(name))
        return false;
    while (name.n) {
        uint32_t cp = text_next(&name);
        if (cp < 0x20 || cp == '+' || is_unicode_space(cp))
            return false;
    }
    return true;
}

static uint32_t big_endian(const unsigned char b[static 4])
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4] */
static uint32_t key_id(struct text name, const unsigned char key[static 32])
{
    const char between[2] = {'\n', ED25519};
    struct hash h =
        sha256_join(name, (struct text){between, 2}, (struct text){(const char *)key, 32});

    return big_endian(h.b);
}

static int key_malformed(const char *reason, struct err *err)
{
    return err_set(err, KEY_MALFORMED, err_sentence(reason));
}

/* Eight lower-case hexadecimal digits. */
static bool parse_id(struct text hex, uint32_t *id)
{
    *id = 0;
    for (size_t i = 0; i < hex.n; i++) {
        char c = hex.p[i];
        bool digit = c >= '0' && c <= '9';
        if (!digit && (c < 'a' || c > 'f'))
            return false;
        *id = *id << 4 | (uint32_t)(digit ? c - '0' : c - 'a' + 10);
    }
    return hex.n == 8;
}

/* Parts `name+hex(id)+base64(0x01 ‖ 32 bytes)`. key[] gets the 32 bytes and may be a secret. */
static int parse_key(struct text line, struct vkey *v, unsigned char key[static 32],
                     struct err *err)
{
    unsigned char bytes[33];
    struct text name, hex;
    uint32_t id;
    size_t n = 0;
    bool fits;

    if (!text_cut(&line, '+', &name) || !text_cut(&line, '+', &hex) || line.p == NULL)
        return key_malformed(N_("it does not have its three parts"), err);
    if (name.n > NOTE_NAME_MAX || !name_ok(name))
        return key_malformed(N_("its name is empty, too long, or has a space or a plus in it"),
                             err);
    if (!parse_id(hex, &id))
        return key_malformed(N_("its id is not eight lower-case hexadecimal digits"), err);
    fits = from_base64(line, bytes, sizeof bytes, &n) && n == sizeof bytes && bytes[0] == ED25519;
    if (fits)
        memcpy(key, bytes + 1, 32);
    sodium_memzero(bytes, sizeof bytes);
    if (!fits)
        return key_malformed(N_("it is not an Ed25519 key"), err);
    *v = (struct vkey){.id = id};
    memcpy(v->name, name.p, name.n);
    return 0;
}

static int check_id(const struct vkey *v, struct err *err)
{
    if (v->id != key_id(text_of(v->name), v->key))
        return key_malformed(N_("its id does not fit its name and key"), err);
    return 0;
}

int vkey_parse(struct vkey *v, struct text line, struct err *err)
{
    struct vkey got;
    unsigned char key[32];

    if (parse_key(line, &got, key, err) != 0)
        return -1;
    memcpy(got.key, key, sizeof got.key);
    if (check_id(&got, err) != 0)
        return -1;
    *v = got;
    return 0;
}

void vkey_write(const struct vkey *v, struct buf *out)
{
    unsigned char bytes[33] = {ED25519};

    memcpy(bytes + 1, v->key, 32);
    buf_str(out, v->name);
    buf_printf(out, "+%08x+", v->id);
    buf_base64(out, bytes, sizeof bytes);
}

static struct signer *signer_of(struct text name, const unsigned char seed[static 32],
                                struct err *err)
{
    struct signer *s = sodium_init() < 0 ? NULL : mem_alloc(sizeof *s);

    if (s == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    memcpy(s->vkey.name, name.p, name.n);
    crypto_sign_seed_keypair(s->vkey.key, s->secret, seed);
    s->vkey.id = key_id(name, s->vkey.key);
    return s;
}

struct signer *signer_new(struct text name, struct env *env, struct err *err)
{
    unsigned char seed[crypto_sign_SEEDBYTES];
    struct signer *s;

    if (name.n > NOTE_NAME_MAX || !name_ok(name)) {
        key_malformed(N_("its name is empty, too long, or has a space or a plus in it"), err);
        return NULL;
    }
    if (env->random(env, seed, sizeof seed) != 0) {
        err_set(err, RANDOM, text_of("getrandom"));
        return NULL;
    }
    s = signer_of(name, seed, err);
    sodium_memzero(seed, sizeof seed);
    return s;
}

static const char private_key[] = "PRIVATE+KEY+";

struct signer *signer_parse(struct text line, struct err *err)
{
    unsigned char seed[crypto_sign_SEEDBYTES];
    struct vkey v;
    struct signer *s;

    if (text_ends(line, T("\n")))
        line.n--;
    if (!text_starts(line, text_of(private_key))) {
        key_malformed(N_("it is not a private key"), err);
        return NULL;
    }
    if (parse_key(text_from(line, sizeof private_key - 1), &v, seed, err) != 0)
        return NULL;
    s = signer_of(text_of(v.name), seed, err);
    sodium_memzero(seed, sizeof seed);
    if (s) {
        memcpy(v.key, s->vkey.key, sizeof v.key);
        if (check_id(&v, err) != 0) {
            signer_free(s);
            return NULL;
        }
    }
    return s;
}

size_t signer_write(const struct signer *s, char out[static SIGNER_TEXT])
{
    unsigned char bytes[33] = {ED25519};
    char key[sodium_base64_ENCODED_LEN(sizeof bytes, sodium_base64_VARIANT_ORIGINAL)];
    int n;

    memcpy(bytes + 1, s->secret, 32);
    sodium_bin2base64(key, sizeof key, bytes, sizeof bytes, sodium_base64_VARIANT_ORIGINAL);
    n = snprintf(out, SIGNER_TEXT, "%s%s+%08x+%s\n", private_key, s->vkey.name, s->vkey.id, key);
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(key, sizeof key);
    return (size_t)n;
}

const struct vkey *signer_vkey(const struct signer *s)
{
    return &s->vkey;
}

void signer_free(struct signer *s)
{
    if (s)
        sodium_memzero(s, sizeof *s);
    mem_free(s);
}

static int malformed(const char *reason, struct err *err)
{
    return err_set(err, NOTE_MALFORMED, err_sentence(reason));
}

/* UTF-8 without control characters but newline. */
static int check_text(struct text t, struct err *err)
{
    for (size_t i = 0; i < t.n; i++)
        if ((unsigned char)t.p[i] < 0x20 && t.p[i] != '\n')
            return malformed(N_("it has a control character"), err);
    return text_utf8(t) ? 0 : malformed(N_("it is not UTF-8"), err);
}

int note_sign(struct buf *out, struct text body, const struct signer *s, struct err *err)
{
    unsigned char bytes[4 + crypto_sign_BYTES];

    if (body.n > NOTE_MAX - 2 * SIGNER_TEXT)
        return malformed(N_("it is too long"), err);
    if (!text_ends(body, T("\n")))
        return malformed(N_("its text does not end in a newline"), err);
    if (check_text(body, err) != 0)
        return -1;
    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(s->vkey.id >> (24 - 8 * i));
    crypto_sign_detached(bytes + 4, NULL, (const unsigned char *)body.p, body.n, s->secret);
    buf_text(out, body);
    buf_str(out, "\n— ");
    buf_str(out, s->vkey.name);
    buf_char(out, ' ');
    buf_base64(out, bytes, sizeof bytes);
    buf_char(out, '\n');
    return out->failed ? err_set(err, NO_MEMORY) : 0;
}

/* Takes a signature line apart: `— name base64(key id ‖ signature)`, at least one byte of it. */
static int parse_signature(struct text line, struct text *name, uint32_t *id,
                           unsigned char bytes[static NOTE_SIGNATURE_MAX], size_t *n,
                           struct err *err)
{
    struct text dash = T("— ");

    if (!text_starts(line, dash))
        return malformed(N_("a signature line does not begin with a dash"), err);
    line = text_from(line, dash.n);
    if (!text_cut(&line, ' ', name) || line.p == NULL || !name_ok(*name))
        return malformed(N_("a signature line has no proper key name"), err);
    if (!from_base64(line, bytes, NOTE_SIGNATURE_MAX, n) || *n <= 4)
        return malformed(N_("a signature is not base 64, too short or too long"), err);
    *id = big_endian(bytes);
    return 0;
}

/* The last empty line of a note; -1 when it has none. */
static ptrdiff_t last_empty_line(struct text note)
{
    for (size_t at = note.n; at-- > 1;)
        if (note.p[at] == '\n' && note.p[at - 1] == '\n')
            return (ptrdiff_t)at;
    return -1;
}

int note_open(struct text note, const struct vkey *known, size_t count, struct text *body,
              bool *signed_by, struct err *err)
{
    unsigned char bytes[NOTE_SIGNATURE_MAX];
    struct text signatures, text, line, name;
    unsigned long lines = 0, good = 0;
    ptrdiff_t split;

    for (size_t k = 0; signed_by && k < count; k++)
        signed_by[k] = false;
    if (sodium_init() < 0)
        return err_set(err, NO_MEMORY);
    if (note.n > NOTE_MAX)
        return malformed(N_("it is too long"), err);
    if (check_text(note, err) != 0)
        return -1;
    split = last_empty_line(note);
    if (split < 0)
        return malformed(N_("no empty line parts text and signatures"), err);
    text = text_head(note, (size_t)split);
    signatures = text_from(note, (size_t)split + 1);
    if (!text_ends(signatures, T("\n")))
        return malformed(N_("it does not end in a signature line"), err);
    signatures.n--;

    while (text_cut(&signatures, '\n', &line)) {
        uint32_t id = 0;
        size_t n = 0;
        if (++lines > NOTE_SIGNATURES)
            return malformed(N_("it has too many signatures"), err);
        if (parse_signature(line, &name, &id, bytes, &n, err) != 0)
            return -1;
        for (size_t k = 0; k < count; k++) {
            if (known[k].id != id || !text_eq(text_of(known[k].name), name))
                continue;
            if (n != 4 + crypto_sign_BYTES ||
                crypto_sign_verify_detached(bytes + 4, (const unsigned char *)text.p, text.n,
                                            known[k].key) != 0)
                return err_set(err, NOTE_FORGED, name);
            if (signed_by)
                signed_by[k] = true;
            good++;
        }
    }
    if (good == 0)
        return err_set(err, NOTE_UNSIGNED);
    *body = text;
    return 0;
}

static int checkpoint_malformed(const char *reason, struct err *err)
{
    return err_set(err, CHECKPOINT_MALFORMED, err_sentence(reason));
}

/* No empty line, and the last one ended. */
static bool extensions_ok(struct text lines)
{
    return lines.n == 0 ||
           (lines.p[0] != '\n' && text_ends(lines, T("\n")) && !text_has(lines, T("\n\n")));
}

int checkpoint_write(const struct checkpoint *c, struct buf *out, struct err *err)
{
    if (c->origin.n == 0 || text_has(c->origin, T("\n")))
        return checkpoint_malformed(N_("its origin is not one line"), err);
    if (c->size > TREE_MAX)
        return checkpoint_malformed(N_("its size is not a decimal number in range"), err);
    if (!extensions_ok(c->extensions))
        return checkpoint_malformed(N_("it has an empty or unfinished line"), err);
    buf_text(out, c->origin);
    buf_char(out, '\n');
    buf_digits(out, c->size, 1);
    buf_char(out, '\n');
    buf_base64(out, c->root.b, sizeof c->root.b);
    buf_char(out, '\n');
    buf_text(out, c->extensions);
    return out->failed ? err_set(err, NO_MEMORY) : 0;
}

/* Digits only, no zero in front, at most TREE_MAX. */
static bool parse_size(struct text t, uint64_t *size)
{
    int64_t v;

    if (t.n == 0 || t.p[0] < '0' || t.p[0] > '9' || (t.p[0] == '0' && t.n > 1) || !text_int(t, &v))
        return false;
    *size = (uint64_t)v;
    return true;
}

int checkpoint_parse(struct checkpoint *c, struct text body, struct err *err)
{
    struct checkpoint got;
    struct text size, root;
    size_t n = 0;

    if (!text_cut(&body, '\n', &got.origin) || got.origin.n == 0)
        return checkpoint_malformed(N_("its origin is not one line"), err);
    if (!text_cut(&body, '\n', &size) || !parse_size(size, &got.size))
        return checkpoint_malformed(N_("its size is not a decimal number in range"), err);
    if (!text_cut(&body, '\n', &root) || !from_base64(root, got.root.b, 32, &n) || n != 32)
        return checkpoint_malformed(N_("its root is not 32 bytes in base 64"), err);
    /* body.p is NULL when the root's line was not ended. */
    if (body.p == NULL || !extensions_ok(body))
        return checkpoint_malformed(N_("it has an empty or unfinished line"), err);
    got.extensions = body;
    *c = got;
    return 0;
}
