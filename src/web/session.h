/*
 * session.h: who asks: the session's cookie or a token, and whether a form was meant.
 */
#ifndef XH_WEB_SESSION_H
#define XH_WEB_SESSION_H

#include "office/signin/signin.h"
#include "web/request.h"
#include "web/routes.h"

/* Fills q->session, q->viewer and q->signed_in from the cookie or from a token of that scope. 0
 * also when nobody is signed in; -1 on a failure. Costs a fixed few statements. */
int session_find(struct request *q, unsigned scopes, struct err *err);

/* A form was made for the one who sends it: its field `csrf` says so, and no other site sent it.
 * Requests with a token carry no cookie and so cannot be forged. What `anybody` may send needs no
 * csrf: signing in where one is signed in already, in another window. */
bool session_meant(const struct request *q, bool anybody);

/* The form was made here for the session of the cookie, whether or not that still lasts. */
bool session_made(const struct request *q);

/* The three steps of signin.h for whom the try names, or again for `person` when that is not empty:
 * the reading connection is lent while a password is hashed or the directory is asked. Afterwards
 * no transaction is open, since what follows writes. */
int session_sign_in(struct request *q, struct text person, const struct signin_try *t,
                    struct signin *s, struct err *err);
/* The hash of a new password, likewise. */
int session_hash(struct request *q, struct text password, char out[static PASSWORD_HASH],
                 struct err *err);

/* Sets the session's cookie; an empty token takes it away. */
void session_cookie(const struct request *q, struct response *r, struct text token);

#endif
