/*
 * deadline.h: connections that may not take for ever.
 *
 * The HTTP library ends a connection that is silent. One that drips a byte now and then is not, and
 * would hold its thread as long as it likes; so each connection has a deadline here, and a thread
 * shuts down the sockets that are past theirs. The library then ends the connection as if the other
 * side had.
 */
#ifndef XH_WEB_DEADLINE_H
#define XH_WEB_DEADLINE_H

#include "base/env.h"

struct deadlines;
struct deadline;

/* Begins to watch. Of more connections than `room`, those that wait longest for a request are shut
 * down, so that nobody keeps others out by being there. NULL with err on failure. */
struct deadlines *deadlines_open(struct env *env, int room, struct err *err);
/* Ends watching; every deadline was forgotten before. NULL is allowed. */
void deadlines_close(struct deadlines *all);

/* Watches a socket; it has no deadline yet. NULL when there is no memory. */
struct deadline *deadline_watch(struct deadlines *all, int socket);
/* Before the socket is closed: its number will be another one's. NULL is allowed. */
void deadline_forget(struct deadline *d);

/* So many milliseconds from now on; waiting: nothing is being asked on it. */
void deadline_set(struct deadline *d, int64_t ms, bool waiting);
/* None: it is the server's turn. */
void deadline_none(struct deadline *d);

#endif
