/*
 * http_client.h: asking a web server. HTTPS only, certificates are always checked.
 *
 * Safe in every thread; each call is a connection of its own. Library: libcurl.
 */
#ifndef XH_NET_HTTP_CLIENT_H
#define XH_NET_HTTP_CLIENT_H

#include "base/buf.h"
#include "base/err.h"

struct http_request {
    const char *url;  /* https:// only */
    const char *ca;   /* file of certificates that are trusted; NULL: the system's */
    struct text form; /* application/x-www-form-urlencoded: a POST; p NULL: a GET */
    const char *user; /* with password: HTTP Basic; NULL: none */
    const char *password;
    int timeout_ms; /* of the whole; 0: 10000 */
};

/* Appends the body to out, whose cap is the most that is taken, and fills *status. A GET follows up
 * to three redirects, https only; a POST none. -1: NET (the text names the host and the cause, not
 * the request), TOO_LARGE, NO_MEMORY. */
int http_ask(const struct http_request *request, long *status, struct buf *out, struct err *err);

/* Appends `key=value`, percent-encoded, with the given sign in front unless it is '\0'. */
void http_put_param(struct buf *out, char sign, const char *key, struct text value);
/* Appends value, all but RFC 3986's unreserved characters percent-encoded. */
void http_put_encoded(struct buf *out, struct text value);

#endif
