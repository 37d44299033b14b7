/*
 * session.h: who asks: the session's cookie or a token, and whether a form was meant.
 */
#ifndef XH_WEB_SESSION_H
#define XH_WEB_SESSION_H

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

/* Sets the session's cookie; an empty token takes it away. */
void session_cookie(const struct request *q, struct response *r, struct text token);

#endif
