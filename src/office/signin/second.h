/*
 * second.h: the second factor of a sign-in: one-time codes by time, and recovery codes for the day
 * when the telephone is lost.
 *
 * The secret lies in the database sealed (ledger/seal.h), bound to its person; recovery codes are
 * kept as hashes. Each function that writes opens a transaction of its own; l->store is a
 * connection that may write. Whether the person may do it is the caller's question
 * (credentials_may).
 */
#ifndef XH_OFFICE_SIGNIN_SECOND_H
#define XH_OFFICE_SIGNIN_SECOND_H

#include "ledger/ledger.h"

/* Recovery codes: how many, and how long each is with its dashes and the NUL: 80 random bits. */
enum { RECOVERY_CODES = 10, RECOVERY_TEXT = 20 };

/* Makes a new secret for the person, which counts once second_confirm has seen a code of it; until
 * then an older one goes on counting. Appends the otpauth:// text that an authenticator takes over.
 * It is a secret: show it once and keep it nowhere. -1: KEYS_MISSING, RANDOM, a failure. */
int second_enrol(struct ledger *l, struct text person, struct buf *uri, struct err *err);
/* Appends that text as a picture to be taken with a camera: an <svg> of class "qr". */
int second_picture(struct text uri, struct buf *svg, struct err *err);
/* The secret within that text, as one types it where there is no camera. */
struct text second_secret(struct text uri);
/* With a right code of the new secret: from now on it counts and `codes` are the person's recovery
 * codes, shown once, older ones gone; all their sessions but the one of keep_token (may be empty)
 * end. 1, or 0 when the code is not right or nothing waits for one, or -1. */
int second_confirm(struct ledger *l, struct text person, struct text code, struct text keep_token,
                   char codes[static RECOVERY_CODES][RECOVERY_TEXT], struct err *err);
/* 1 when the person has a second factor that counts, 0 when not, -1. *left (may be NULL): how many
 * recovery codes are left. Reads only. */
int second_has(struct ledger *l, struct text person, int64_t *left, struct err *err);
/* 1 when it is a code of the person's authenticator that was not taken before, or a recovery code,
 * which is then used up; 0 when not; -1. */
int second_check(struct ledger *l, struct text person, struct text code, struct err *err);
/* Takes the second factor away, recovery codes too, and ends all sessions: for an administrator
 * after the person showed who they are. */
int second_reset(struct ledger *l, struct text person, struct err *err);

#endif
