/*
 * signin.h: who is it? From a name, a password and a code to a person.
 *
 * What is told on failure does not depend on whether there is such a person, and a try takes as
 * long (one Argon2id) either way.
 *
 * A try has three steps: signin_begin (or signin_again_begin), signin_look, signin_end. The first
 * and the last use the ledger, on a connection that may write, in small transactions of their own:
 * the count of tries, codes that were used. The one between asks nothing of it and takes long: so
 * whoever has few connections gives this one away meanwhile.
 */
#ifndef XH_OFFICE_SIGNIN_SIGNIN_H
#define XH_OFFICE_SIGNIN_SIGNIN_H

#include "office/password.h"
#include "office/signin/outside.h"

struct signin_try {
    struct text name;     /* code, name that only one bears, or name@unit */
    struct text password; /* the caller wipes it */
    struct text code;     /* of the authenticator or a recovery code; may be empty */
    struct text address;  /* where the try comes from, "192.0.2.7" */
};

enum signin_answer {
    SIGNIN_REFUSED, /* no such person, a wrong password, or an inactive person: nobody is told which
                     */
    SIGNIN_WAIT,    /* too many tries; not looked at; again after `until` */
    SIGNIN_CODE,    /* the password is right, and a code is needed too, or another one */
    SIGNIN_DONE     /* it is `person`; session_open is next */
};

struct signin {
    enum signin_answer answer;
    struct text person; /* with SIGNIN_DONE and SIGNIN_CODE: the code, in the arena */
    int64_t until;      /* with SIGNIN_WAIT, ms */
};

/* A try under way. Its texts live in the arena and in the try's own. */
struct signin_check {
    struct text person; /* who is meant; empty: nobody */
    struct text who;    /* whose tries are counted */
    bool linked;        /* the directory is asked, not our own passwords, for */
    struct text name;   /* who it is there */
    bool again;         /* for somebody who is signed in: the password alone */
    bool fits;          /* what signin_look found */
    char hash[PASSWORD_HASH];
};

/* Whom the name means; counts the try. 1: signin_look is next; 0: s says SIGNIN_WAIT; -1 on a
 * failure of the machine. A name that is linked to the directory of `outside` (NULL: there is none)
 * is asked of the directory. */
int signin_begin(struct ledger *l, const struct outside *outside, const struct signin_try *t,
                 struct signin_check *c, struct signin *s, struct arena *arena, struct err *err);
/* The same for a person who is signed in, before their credentials are changed: is it still them?
 * `code` and `name` of the try are not looked at. */
int signin_again_begin(struct ledger *l, const struct outside *outside, struct text person,
                       const struct signin_try *t, struct signin_check *c, struct signin *s,
                       struct arena *arena, struct err *err);
/* Is it the password? One Argon2id, 64 MiB for a moment: let only a few run side by side; or, when
 * c->linked, as long as the directory takes. 0 and c->fits, -1. */
int signin_look(const struct outside *outside, const struct signin_try *t, struct signin_check *c,
                struct arena *arena, struct err *err);
/* The second factor, and the answer. 0, -1. */
int signin_end(struct ledger *l, const struct signin_try *t, const struct signin_check *c,
               struct signin *s, struct err *err);

/* 1 when the directory looks after the person's password, 0 when we do, -1. *name (in the arena):
 * what they are called there. */
int signin_of_directory(struct ledger *l, const struct outside *outside, struct text person,
                        struct text *name, struct arena *arena, struct err *err);

/* May the viewer look after that person's credentials: their own, or anybody's as an administrator?
 * Tokens are only ever made for oneself. */
bool credentials_may(const struct viewer *v, struct text person);

#endif
