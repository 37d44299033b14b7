/*
 * oidc.h: signing in with a service that speaks OpenID Connect (Core 1.0, Discovery 1.0): the
 * authorization code flow with PKCE (RFC 7636, S256), state and nonce.
 *
 * Two steps: oidc_begin gives the address to send the browser to, and what must be kept in that
 * browser until it comes back; oidc_finish takes what it came back with. A struct oidc is made once
 * and used by all threads; it keeps what the service says of itself for an hour.
 */
#ifndef XH_NET_OIDC_H
#define XH_NET_OIDC_H

#include "base/buf.h"
#include "base/env.h"
#include "net/jwt.h"

struct oidc_config {
    struct text issuer;        /* "https://…", exactly as the service writes it */
    struct text client_id;     /* as the service registered us */
    struct text client_secret; /* empty for a public client */
    struct text ca;            /* file of certificates that are trusted; empty: the system's */
    struct text scope;         /* empty: "openid profile email" */
};

/* 32 random bytes in base64url, with its NUL; how long a sign-in may take. */
enum { OIDC_RANDOM = 44, OIDC_KEPT_MS = 10 * 60 * 1000, OIDC_KEPT_TEXT = 3 * OIDC_RANDOM + 20 };

/* What the caller keeps between the steps, for this browser only. */
struct oidc_kept {
    char state[OIDC_RANDOM], nonce[OIDC_RANDOM], verifier[OIDC_RANDOM];
    int64_t made; /* ms */
};
/* As text for a cookie (HttpOnly, Secure, SameSite=Lax), and back; false when it is not one. */
void oidc_kept_write(const struct oidc_kept *kept, char out[static OIDC_KEPT_TEXT]);
bool oidc_kept_read(struct oidc_kept *kept, struct text text);

/* What the browser brought back, decoded; p NULL for what was not there. */
struct oidc_answer {
    struct text code, state;
    struct text issuer; /* `iss` (RFC 9207) */
    struct text error;  /* the service's word for why not */
};

struct oidc;
/* Copies the config; asks nothing yet. NULL with err: CONFIG, NO_MEMORY. */
struct oidc *oidc_new(const struct oidc_config *config, struct env *env, struct err *err);
/* Wipes and frees; NULL is allowed. */
void oidc_free(struct oidc *o);

/* Fills kept and appends the address of the service's page. redirect is our own address that the
 * browser comes back to, as registered with the service. -1: NET, UNTRUSTED (the service names
 * another issuer or speaks no https), NOT_JSON, RANDOM, NO_MEMORY. */
int oidc_begin(struct oidc *o, struct text redirect, struct oidc_kept *kept, struct buf *url,
               struct err *err);
/* Checks the answer, asks the service for the ID token and verifies it. Each kept is good for one
 * call: the caller forgets it whatever comes. -1: UNTRUSTED with the reason, NET, NOT_JSON. No
 * error holds the code, the verifier, the client's secret or a token. */
int oidc_finish(struct oidc *o, struct text redirect, const struct oidc_kept *kept,
                const struct oidc_answer *answer, struct jwt_claims *claims, struct arena *arena,
                struct err *err);

#endif
