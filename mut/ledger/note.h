/*
 * note.h: C2SP signed notes with Ed25519 keys, and the checkpoint that such a note carries.
 *
 * Sources: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, RFC 8032. docs/log-format.md has all of
 * it byte by byte. Nothing here reads a clock, a file or randomness but through its arguments.
 */
#ifndef XH_LEDGER_NOTE_H
#define XH_LEDGER_NOTE_H

#include "base/env.h"
#include "base/sha256.h"

/* What is taken: a note's bytes and signature lines, a signature's bytes (with its key id), and the
 * length in bytes of a name of a key of ours. The specification asks for at least 16 signatures. */
enum {
    NOTE_MAX = 256 * 1024,
    NOTE_SIGNATURES = 64,
    NOTE_SIGNATURE_MAX = 8192,
    NOTE_NAME_MAX = 255
};

/* A verifier key: who signs. Its id follows from name and public key. */
struct vkey {
    char name[NOTE_NAME_MAX + 1];
    uint32_t id;
    unsigned char key[32]; /* Ed25519 public key */
};

/* From `name+hex(id)+base64(0x01 ‖ key)`, nothing else around it; KEY_MALFORMED, also when the id
 * does not follow from the rest or the key is of another kind than Ed25519. */
int vkey_parse(struct vkey *v, struct text line, struct err *err);
/* Appends that text, without a newline. */
void vkey_write(const struct vkey *v, struct buf *out);

/* A signing key. It holds a secret: signer_free wipes it. */
struct signer;
/* A new key of that name (UTF-8, without white space and plus). NULL with err filled on failure. */
struct signer *signer_new(struct text name, struct env *env, struct err *err);
/* From the text of signer_write, one newline at its end allowed. NULL with err filled. */
struct signer *signer_parse(struct text line, struct err *err);
/* Writes `PRIVATE+KEY+name+hex(id)+base64(0x01 ‖ seed)` and a newline, the form of Go's
 * golang.org/x/mod/sumdb/note, and returns its length. The caller keeps it in a file of mode 0600
 * and wipes it from memory (explicit_bzero). */
enum { SIGNER_TEXT = NOTE_NAME_MAX + 80 };
size_t signer_write(const struct signer *s, char out[static SIGNER_TEXT]);
const struct vkey *signer_vkey(const struct signer *s);
/* Wipes and frees; NULL is allowed. */
void signer_free(struct signer *s);

/* Appends to out the signed note of body: body, an empty line, the signature line. body must end in
 * a newline, be UTF-8 and have no control character but newline (NOTE_MALFORMED). */
int note_sign(struct buf *out, struct text body, const struct signer *s, struct err *err);

/*
 * Checks a signed note against the keys that the reader trusts and gives its body, which is a part
 * of note. Signatures of other keys are ignored, whatever their kind, but must have the form of
 * one. -1: NOTE_MALFORMED when the form is broken or beyond the limits above; NOTE_FORGED when a
 * trusted key's signature does not fit; NOTE_UNSIGNED when no trusted key has signed. signed_by
 * (may be NULL) has `count` places and tells which keys have.
 */
int note_open(struct text note, const struct vkey *known, size_t count, struct text *body,
              bool *signed_by, struct err *err);

/* What a log says of itself at a moment: the body of a signed note. */
struct checkpoint {
    struct text origin;     /* the log's identity, one line, not empty */
    uint64_t size;          /* entries; at most TREE_MAX */
    struct hash root;       /* of the tree of that size */
    struct text extensions; /* further lines, none empty, each with its newline; nearly always "" */
};

/* Appends the body. CHECKPOINT_MALFORMED when a field breaks the rules above. */
int checkpoint_write(const struct checkpoint *c, struct buf *out, struct err *err);
/* Reads a body; the texts are parts of it. CHECKPOINT_MALFORMED when anything is not exactly as
 * checkpoint_write would write it. */
int checkpoint_parse(struct checkpoint *c, struct text body, struct err *err);

#endif
