/*
 * jwt.h: is this ID token what the sign-in service signed for us, now, for this sign-in?
 *
 * JSON Web Signature (RFC 7515) in its compact form with RS256 or ES256 (RFC 7518), keys as a JSON
 * Web Key Set (RFC 7517), the checks of OpenID Connect Core 3.1.3.7. Every other algorithm is
 * refused, `none` and those with a shared secret among them, whatever the keys say. Pure: no clock,
 * no network.
 */
#ifndef XH_NET_JWT_H
#define XH_NET_JWT_H

#include "base/arena.h"
#include "base/err.h"

/* Bytes of a token and of a key set that are taken; difference of clocks that is borne, in s; a
 * token is older than that many seconds when it is not of this sign-in. */
enum { JWT_MAX = 32 * 1024, JWKS_MAX = 256 * 1024, JWT_LEEWAY = 60, JWT_AGE_MAX = 600 };

struct jwt_wanted {
    struct text issuer, client_id, nonce;
    int64_t now; /* s since 1970 */
};

struct jwt_claims {
    struct text subject;               /* never empty; the texts live in the arena */
    struct text username, email, name; /* preferred_username and so on; empty when not given */
    bool email_verified;
};

/* 0 and the claims; -1 with UNTRUSTED and the reason, or NO_MEMORY. *unknown_key (may be NULL): the
 * token names a key that is not in the set, so a newer set may help. */
int jwt_verify(struct text token, struct text keys, const struct jwt_wanted *wanted,
               struct jwt_claims *claims, bool *unknown_key, struct arena *arena, struct err *err);

#endif
