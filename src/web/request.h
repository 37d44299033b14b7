/*
 * request.h: what came from a browser or a program, and what goes back.
 *
 * Whoever answers a route fills a struct response; only server.c knows the HTTP library. All texts
 * of a request live in its arena, as long as the request does.
 */
#ifndef XH_WEB_REQUEST_H
#define XH_WEB_REQUEST_H

#include "ledger/ledger.h"
#include "office/signin/session.h"
#include "web/watch.h"

struct app;

enum method { METHOD_GET, METHOD_POST };

/* A field of a query or of a form; the same name may come several times. */
struct given {
    struct text name, value;
};

/* A file that came with a form; it lies whole in a temporary file, which ends with the request. */
struct upload {
    struct text field, name;
    struct text path; /* of the temporary file */
    int64_t size;
};

struct request {
    struct app *app;
    struct arena *arena;
    enum method method;
    struct text path;   /* decoded, begins with a slash */
    struct text target; /* path and query as they came, for coming back after signing in */
    const struct given *query, *form;
    size_t query_count, form_count;
    const struct upload *uploads;
    size_t upload_count;
    int files_lost; /* that came with a form of which only the fields are taken (routes.h) */
    struct text columns_cookie; /* which columns the reader chose for the list of items */
    struct text session_cookie, service_cookie; /* the session; a sign-in elsewhere under way */
    struct text size_sent; /* how far the log was when the sender last wrote: cookie or header */
    struct text accept, origin, host, authorization, etag, agent, address;
    bool fragment; /* asked by the page's own script for a piece of the page */
    bool json;     /* a program asks (Accept: application/json, or with a token) */
    int again;     /* the page asks again by itself after so many seconds; 0: it does not */
    bool secure;   /* came through TLS, here or at the proxy */
    enum lang lang;

    /* Filled by the dispatcher. */
    struct text args[2];   /* what stands for {…} in the route's path */
    struct ledger *ledger; /* a connection of one's own, within a read transaction */
    uint64_t asked, trips; /* of it before */
    enum side side;        /* where it reads */
    bool cut;              /* the primary does not answer: nothing can be written */
    int64_t as_of;         /* of what a standby shows, ms; 0: of now */
    int64_t size;          /* of the log, once the request has written there; 0: it has not */
    bool signed_in;
    bool must_change;  /* the password was given by somebody else: nothing else before a new one */
    struct text token; /* of the session; empty when an API token asks */
    char csrf[SESSION_TOKEN]; /* that every form of the session carries */
    struct text person_name, unit_name;
    struct viewer viewer;
};

/* The field's value, empty when it was not given; form first where both could hold it. */
struct text query_text(const struct request *q, const char *name);
struct text form_text(const struct request *q, const char *name);
/* The value of a cookie of that header (RFC 6265, section 5.4). */
struct text cookie_of(struct text header, struct text name);
/* The reader's language: what they chose, or what their browser asks for; Chinese otherwise. */
enum lang language_of(struct text chosen, struct text accepted);
/* A whole number of the query within bounds, otherwise the given one. */
int64_t query_int(const struct request *q, const char *name, int64_t low, int64_t high,
                  int64_t otherwise);

/* Rows that are written while they are sent; see response.stream. */
struct stream {
    /* Appends the next piece; 1 more follows, 0 that was the last, -1 failed (the connection is
     * cut, so that nobody takes half for the whole). */
    int (*next)(void *state, struct buf *piece);
    void (*close)(void *state);
    void *state;
};

struct response {
    int status; /* 200 when it is left 0 */
    const char *type;
    struct buf body;
    struct buf location;    /* with a 303 */
    struct buf disposition; /* the name under which a download is kept */
    struct buf cookie;      /* "NAME=…; attributes", a line each */
    struct text etag;
    bool keep; /* may be kept for ever: its address holds its hash */
    int fd;    /* >= 0: the body is this file, which the server closes */
    int64_t fd_size;
    struct stream stream;
};

/* The header, and the cookie, that say how far the log was when their bearer last wrote, so that no
 * standby shows them a page without it. */
#define SIZE_HEADER "Xiaohao-Size"
#define SIZE_COOKIE "size"

/* For what takes long: gives the reading connection back, with its transaction, so that nobody
 * waits for it meanwhile; q->ledger is then NULL. Who asks the ledger once more takes one again,
 * with a new transaction. */
void request_lend(struct request *q);
int request_take_back(struct request *q, struct err *err);

/* An address of this site to send a browser to, as a visitor gave it: a path that no browser takes
 * for another site, without line breaks. Otherwise the other one. */
struct text local_address(struct text given, struct text otherwise);
/* Sends the browser to another address of this site. */
void respond_see(struct response *r, struct text location);
void respond_type(struct response *r, int status, const char *type);

/* Takes the pieces of a raw target: path (decoded; false when it cannot be: a NUL, broken UTF-8, a
 * wrong escape) and query fields. */
bool target_parse(struct request *q, struct text target);
/* The fields of application/x-www-form-urlencoded. False: malformed or too many. */
bool fields_parse(struct arena *arena, struct text encoded, const struct given **fields,
                  size_t *count);

#endif
