/*
 * routes.h: the one table of addresses (routes.def) and the way from an address to its answer.
 *
 * The table gives dispatch, permissions, the API and its description. A route without a permission
 * does not build.
 */
#ifndef XH_WEB_ROUTES_H
#define XH_WEB_ROUTES_H

#include "office/signin/token.h"
#include "web/request.h"

/* Who may ask. Everything else that limits what they see is the one predicate, visible.sql. */
enum {
    ANYBODY = 1 << 30,   /* without signing in */
    SIGNED_IN = 1 << 29, /* every person of the office */
    /* Also: it shows what stands outside the log (sessions, tokens, books that are being taken in),
     * of which nobody knows how far a standby is. */
    PRIMARY_ONLY = 1 << 28,
    NO_LEDGER =
        1 << 27, /* also: it asks the ledger nothing and is answered whatever becomes of it */
    TOKEN_NONE = 0
};

struct route {
    enum method method;
    const char *path; /* "/items/{code}": a piece in braces stands for anything */
    int (*answer)(struct request *, struct response *, struct err *);
    uint32_t who;
    unsigned token; /* scopes that a program's token needs; TOKEN_NONE: not for programs */
    const char *summary;
};

extern const struct route routes[];
extern const int route_count;

/* The route of that method and path, with what stands for its braces in args. NULL: none; then
 * *other tells whether another method has it. */
const struct route *route_find(enum method method, struct text path, struct text args[static 2],
                               bool *other);

/* Answers the request, whatever happens: also with an error page. */
void route_answer(struct request *q, struct response *r);

/* Before the body is read: whether it would be taken, so that nobody uploads in vain or unasked.
 * Of a form from a browser whose session has ended only the fields are taken, so that what was
 * typed is not lost. NOT_ADMITTED: r holds the answer. */
enum admission { NOT_ADMITTED, FIELDS_ONLY, ADMITTED };
enum admission route_admits(struct request *q, struct response *r);

#define ROUTE(method, path, handler, who, token, summary) \
    int handler(struct request *, struct response *, struct err *);
#include "web/routes.def"
#undef ROUTE

#endif
