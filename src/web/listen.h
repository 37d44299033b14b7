/*
 * listen.h: where a server listens.
 */
#ifndef XH_WEB_LISTEN_H
#define XH_WEB_LISTEN_H

#include <sys/socket.h>

#include "base/text.h"

/* "127.0.0.1:8080", "[::1]:8080" or "localhost:8080" (which is 127.0.0.1). False: it is none. */
bool listen_address(struct text given, struct sockaddr_storage *out, socklen_t *size);

#endif
