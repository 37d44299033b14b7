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

/* Keeps the Argon2id hash of a person's password and ends all their sessions, in a transaction of
 * its own. -1: BAD_PASSWORD, or a failure. */
int password_set(struct ledger *l, struct text person, struct text password, struct err *err);
/* Makes one for a person who has none or forgot it, and fills out, which is to be shown once and
 * wiped. They must change it before they do anything else (session.h). As password_set. */
int password_give(struct ledger *l, struct text person, char out[static PASSWORD_MADE],
                  struct err *err);
/* Which of these the person has, or -1. */
enum password_kind { PASSWORD_NONE, PASSWORD_OWN, PASSWORD_GIVEN };
int password_kind(struct ledger *l, struct text person, struct err *err);
/* 1 when it is the person's password, 0 when not, -1 on a failure. Takes as long for a person who
 * has none. */
int password_check(struct ledger *l, struct text person, struct text password, struct err *err);

#endif
