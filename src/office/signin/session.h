/*
 * session.h: who is signed in.
 *
 * The browser holds 32 random bytes, the token; the database holds its SHA-256 only. A session ends
 * by itself when it is idle or old, at once when it is closed, when the person's password or second
 * factor changes, and when they are made inactive. What guards forms (the CSRF secret) follows from
 * the token, so it is kept nowhere.
 *
 * Reading is one statement and writes nothing, so it may use a connection that only reads.
 * Functions that write are one statement or a transaction of their own, on a connection that may
 * write.
 */
#ifndef XH_OFFICE_SIGNIN_SESSION_H
#define XH_OFFICE_SIGNIN_SESSION_H

#include "ledger/ledger.h"

/* Unused so long, or so old, it ends. `seen` is written at most once in SESSION_SEEN_MS. */
enum {
    SESSION_IDLE_MS = 30 * 60 * 1000,
    SESSION_ABSOLUTE_MS = 12 * 60 * 60 * 1000,
    SESSION_SEEN_MS = 60 * 1000
};
/* A token and a CSRF secret in base64url, and how a session is named in lists, each with its NUL.
 */
enum { SESSION_TOKEN = 44, SESSION_ID = 17 };

struct session {
    struct text person;             /* code; this and the texts below live in the arena */
    struct text agent;              /* what the browser called itself, cut */
    struct text address;            /* the network it came from */
    int64_t created, seen, expires; /* ms; expires if nothing more comes */
    char id[SESSION_ID];            /* names it in lists; opens nothing */
    bool touch;                     /* it is time for session_touch */
    bool given; /* with a password that somebody else gave: it is to be changed first */
};

/* Signs the person in: fills token, which goes into the cookie and nowhere else. */
int session_open(struct ledger *l, struct text person, struct text agent, struct text address,
                 char token[static SESSION_TOKEN], struct err *err);
/* 1 and the session, 0 when the token opens none (any more), -1. */
int session_get(struct ledger *l, struct text token, struct session *s, struct arena *arena,
                struct err *err);
/* Says that the session was used just now: when s->touch asks for it. */
int session_touch(struct ledger *l, struct text token, struct err *err);
/* Ends the session of the token; no failure when there is none. */
int session_close(struct ledger *l, struct text token, struct err *err);
/* Ends one of a person's by its id. */
int session_close_one(struct ledger *l, struct text person, struct text id, struct err *err);
/* Ends all of a person's. */
int session_close_all(struct ledger *l, struct text person, struct err *err);
/* Ends all of a person's but that of keep_token (may be empty); a part of the caller's transaction.
 */
int session_end_others(struct ledger *l, struct text person, struct text keep_token,
                       struct err *err);
/* A person's sessions, newest first, at most 200, into the arena. */
int session_list(struct ledger *l, struct text person, struct session **list, size_t *count,
                 struct arena *arena, struct err *err);

/* The secret that every form of the session carries: SHA-256("xiaohao csrf v1\n" ‖ token). */
void session_csrf(struct text token, char out[static SESSION_TOKEN]);
/* True when that is what the form carried; takes as long whatever it is. */
bool session_csrf_fits(struct text token, struct text given);

#endif
