/*
 * identity.h: who a person is to a sign-in service (issuer and subject, as OpenID Connect names
 * them) or to the directory (issuer "ldap", the user's name there). An administrator links them;
 * nobody is linked by a name or a mail address that looks alike.
 */
#ifndef XH_OFFICE_SIGNIN_IDENTITY_H
#define XH_OFFICE_SIGNIN_IDENTITY_H

#include "ledger/ledger.h"

/* The directory's name in this table; the user's name is compared without case. */
#define IDENTITY_LDAP "ldap"
enum { IDENTITIES_MAX = 50, IDENTITY_TEXT = 255 };

struct identity {
    struct text issuer, subject; /* in the arena */
};

/* Links: 1, or 0 when somebody (also this person) is linked so already, or -1: BAD_VALUE (empty,
 * longer than IDENTITY_TEXT bytes, no text). A transaction of its own. */
int identity_link(struct ledger *l, struct text person, struct text issuer, struct text subject,
                  struct err *err);
/* Takes the link away and ends the person's sessions: 1, or 0 when there was none, or -1. */
int identity_unlink(struct ledger *l, struct text person, struct text issuer, struct text subject,
                    struct err *err);
/* 1 and the code of the active person, 0 when nobody is linked so, -1. Reads only. */
int identity_person(struct ledger *l, struct text issuer, struct text subject, struct text *person,
                    struct arena *arena, struct err *err);
/* A person's links, at most IDENTITIES_MAX, into the arena. */
int identity_list(struct ledger *l, struct text person, struct identity **list, size_t *count,
                  struct arena *arena, struct err *err);

#endif
