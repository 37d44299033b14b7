/*
 * totp.h: one-time codes by time (RFC 6238 over RFC 4226, HMAC-SHA-1, 30 s, 6 digits, the profile
 * that every authenticator knows), and the text in which one takes the secret over.
 *
 * Pure: no clock, no storage.
 */
#ifndef XH_OFFICE_SIGNIN_TOTP_H
#define XH_OFFICE_SIGNIN_TOTP_H

#include "base/buf.h"

/* A secret is as long as the hash (RFC 4226, section 4, R6). */
enum { TOTP_SECRET = 20, TOTP_STEP_MS = 30 * 1000, TOTP_DIGITS = 6 };

/* The code of a step (ms since 1970 / TOTP_STEP_MS), digits (6 to 8) and a NUL. */
void totp_code(struct text secret, int64_t step, int digits, char out[static 9]);
/* The step at now or next to it whose code this is and which comes after `used`; -1 when there is
 * none. Looks at all of them however soon it knows. White space in code is left out. */
int64_t totp_match(struct text secret, struct text code, int64_t now_ms, int64_t used);
/* Base 32 without padding (RFC 4648, section 6). */
void buf_base32(struct buf *b, const void *p, size_t n);
/* 80 random bits as people read them aloud: base 32 in small letters, "abcd-efgh-ijkl-mnop". */
enum { LETTERS_BYTES = 10, LETTERS_TEXT = 20 };
void letters_in_fours(const unsigned char raw[static LETTERS_BYTES], char out[static LETTERS_TEXT]);
/* Appends `otpauth://totp/ISSUER:ACCOUNT?secret=…&issuer=ISSUER`, percent-encoded: the form of the
 * Key URI Format that authenticators read from a picture. It holds the secret. */
void totp_uri(struct buf *out, struct text issuer, struct text account, struct text secret);

#endif
