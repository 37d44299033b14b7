/*
 * server.h: HTTP: connections in, responses out. Only server.c knows the library (libmicrohttpd).
 *
 * Each connection has a thread. What is malformed is refused and the connection closed; sizes,
 * numbers and times are limited here, before anything is understood.
 */
#ifndef XH_WEB_SERVER_H
#define XH_WEB_SERVER_H

#include "web/app.h"

struct server_options {
    struct text address;     /* "127.0.0.1:8080", "[::1]:8080" */
    const char *certificate; /* PEM files; NULL: no TLS here */
    const char *key;
    bool proxied; /* behind a proxy on this machine whose X-Forwarded-* are believed */
    bool log;     /* an access log on standard error */
    /* How long a visitor may take: for a request's head, for its body (and longer for a long one).
     * 0: half a minute, a minute. */
    int64_t head_ms, body_ms;
};

struct server;

/* Begins to answer. NULL with err on failure. The port that was taken is told by server_port (0 in
 * the address lets the system choose). */
struct server *server_open(struct app *app, const struct server_options *options, struct err *err);
int server_port(const struct server *s);
/* Takes no new connection, finishes what is being answered (at most for a while), and ends. */
void server_close(struct server *s);

#endif
