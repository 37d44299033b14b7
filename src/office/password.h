/*
 * password.h: passwords of people, outside the log.
 */
#ifndef XH_OFFICE_PASSWORD_H
#define XH_OFFICE_PASSWORD_H

#include "ledger/ledger.h"

/* At least this many characters; nothing else is asked of them (NIST SP 800-63B 5.1.1.2). */
enum { PASSWORD_MIN = 8, PASSWORD_MAX = 1024 };
/* One that is made here: 80 random bits in base 32, with dashes and the NUL. */
enum { PASSWORD_MADE = 20 };

/* A hash with its NUL. */
enum { PASSWORD_HASH = 128 };

/* The Argon2id hash of a password: takes long and 64 MiB, and asks nothing of the ledger. -1:
 * BAD_PASSWORD, or a failure. */
int password_hash(struct text password, char out[static PASSWORD_HASH], struct err *err);
/* Keeps it for the person and ends all their sessions, in a transaction of its own. given: somebody
 * else knows the password, so they must change it before they do anything else (session.h). */
int password_keep(struct ledger *l, struct text person, const char *hash, bool given,
                  struct err *err);
/* Both, of a password that is the person's own, where nobody waits for the connection. */
int password_set(struct ledger *l, struct text person, struct text password, struct err *err);
/* Makes one for a person who has none or forgot it; it is to be shown once and wiped. */
int password_make(struct env *env, char out[static PASSWORD_MADE], struct err *err);
/* Which of these the person has, or -1. */
enum password_kind { PASSWORD_NONE, PASSWORD_OWN, PASSWORD_GIVEN };
int password_kind(struct ledger *l, struct text person, struct err *err);
/* 1 and the hash that is kept, 0 and one that no password fits when there is none, -1. */
int password_of(struct ledger *l, struct text person, char out[static PASSWORD_HASH],
                struct err *err);
/* 1 when it is that password, 0 when not, -1 on a failure. Takes as long and as much as
 * password_hash, whatever the hash. */
int password_fits(const char *hash, struct text password, struct err *err);

#endif
