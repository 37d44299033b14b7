/*
 * seal.h: values that must stay secret or may have to be erased.
 *
 * The log carries a commitment, SHA-256 over a random salt and the value. Outside the log, and
 * outside bundles, lie the box (salt and value, encrypted under a data key of their own) and the
 * data key (encrypted under the ledger's sealing key). Whoever is given salt and value can check
 * the commitment; whoever has only the commitment learns nothing. To erase a value is to destroy
 * its box and its wrapped key, everywhere: the commitment stays and proves nothing any more.
 *
 * docs/log-format.md has it byte by byte. Encryption is libsodium's XChaCha20-Poly1305.
 */
#ifndef XH_LEDGER_SEAL_H
#define XH_LEDGER_SEAL_H

#include "base/env.h"
#include "base/sha256.h"

enum {
    SEAL_SALT = 32,
    SEAL_WRAPPED = 24 + 32 + 16, /* nonce ‖ encrypted data key ‖ tag */
    SEAL_BLOCK = 64,             /* what is encrypted in a box is a multiple of it */
    SEAL_VALUE_MAX = 65535,      /* the longest value, in bytes */
    SEAL_BOX_MAX = 24 + SEAL_SALT + SEAL_VALUE_MAX + SEAL_BLOCK + 16
};

/* A ledger's sealing key. A secret: seal_key_wipe it. */
struct seal_key {
    unsigned char b[32];
};

int seal_key_new(struct seal_key *key, struct env *env, struct err *err);
/* From the text of seal_key_write, one newline at its end allowed; KEY_MALFORMED, also when the
 * check digits do not fit. */
int seal_key_parse(struct seal_key *key, struct text line, struct err *err);
/* Writes `SEALING+KEY+hex(check)+base64(key)` and a newline, and returns its length. The caller
 * keeps it in a file of mode 0600 and wipes it from memory (explicit_bzero). */
enum { SEAL_KEY_TEXT = 80 };
size_t seal_key_write(const struct seal_key *key, char out[static SEAL_KEY_TEXT]);
void seal_key_wipe(struct seal_key *key);

/* SHA-256("xiaohao seal v1\n" ‖ salt ‖ value) */
struct hash seal_commitment(const unsigned char salt[static SEAL_SALT], struct text value);

/* Seals value under the key: fills commitment and wrapped and appends the box to box. -1: TOO_LARGE
 * (over SEAL_VALUE_MAX), RANDOM, NO_MEMORY. */
int seal_close(struct text value, const struct seal_key *key, struct env *env,
               struct hash *commitment, unsigned char wrapped[static SEAL_WRAPPED], struct buf *box,
               struct err *err);

/* An opened value. seal_release wipes and frees it. */
struct opened {
    struct text value;
    const unsigned char *salt; /* SEAL_SALT bytes */
    unsigned char *plain;      /* what holds both */
    size_t size;
};

/* Opens a box and checks it against the commitment in the log. -1: SEAL_BROKEN when the key, the
 * wrapped key, the box and the commitment do not belong together or any bit of them was altered;
 * NO_MEMORY. Then *opened is empty. */
int seal_open(const struct hash *commitment, struct text wrapped, struct text box,
              const struct seal_key *key, struct opened *opened, struct err *err);
void seal_release(struct opened *opened);

#endif
