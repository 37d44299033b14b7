/*
 * outside.h: signing in with what the office has already: a sign-in service (OpenID Connect) or a
 * directory (LDAP), as config.json says. docs/sign-in.md has the settings.
 *
 * Who somebody is there is told to us; who that is here, an administrator has said (identity.h).
 * Secrets stand in files of their own (0600, beside the ledger's keys), never in config.json, in a
 * log or in an error.
 */
#ifndef XH_OFFICE_SIGNIN_OUTSIDE_H
#define XH_OFFICE_SIGNIN_OUTSIDE_H

#include "ledger/ledger.h"
#include "net/ldap_client.h"
#include "net/oidc.h"

struct outside {
    bool has_directory;
    struct directory_config directory;
    struct oidc *service; /* NULL: there is none */
    struct text issuer;   /* of the service */
    struct text label;    /* what people call the service; may be empty */
    struct arena arena;
};

/* Reads config.json of the ledger's folder; nothing is asked of anybody yet. Made once, then used
 * by all threads. outside_release it, also after -1. -1: NOT_JSON, CONFIG, SECRET_OPEN, NOT_A_FILE.
 */
int outside_load(struct outside *o, const struct ledger *l, struct err *err);
/* Wipes the secrets and frees. */
void outside_release(struct outside *o);

/* What the service said and who that is here. */
struct outside_person {
    struct text person;       /* the active person's code; empty: nobody is linked so */
    struct text issuer;       /* who said it, and for the administrator who may link: */
    struct jwt_claims claims; /* all in the arena */
};

/* Begins: appends the service's page to url and fills kept (oidc.h); redirect is our own address
 * that the browser comes back to. NOT_FOUND when there is no service. */
int signin_service_begin(const struct outside *o, struct text redirect, struct oidc_kept *kept,
                         struct buf *url, struct err *err);
/* Ends: -1 as oidc_finish. The service answers for second factors; session_open is next when a
 * person was found. */
int signin_service_finish(struct ledger *l, const struct outside *o, struct text redirect,
                          const struct oidc_kept *kept, const struct oidc_answer *answer,
                          struct outside_person *who, struct arena *arena, struct err *err);

#endif
