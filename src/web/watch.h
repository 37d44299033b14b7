/*
 * watch.h: whether the database's primary answers, whether a standby does, and how far behind that
 * one is.
 *
 * A node asks each of them once a second, on connections that lose patience soon. So whoever reads
 * need not find out by waiting, and what is old is known as old by this machine's own clock. A
 * ledger in a file has nothing to watch: its primary always answers.
 */
#ifndef XH_WEB_WATCH_H
#define XH_WEB_WATCH_H

#include "ledger/ledger.h"

/* Where somebody reads. */
enum side { PRIMARY, STANDBY };

struct watch;

/* Starts watching the ledger that is open. NULL with err on failure. */
struct watch *watch_open(const struct ledger *l, struct err *err);
/* NULL is allowed. */
void watch_close(struct watch *w);

/* Whether it answered when it was asked last. From any thread, at once. */
bool watch_answers(struct watch *w, enum side side);
/* Somebody lost their connection: it is looked at now. */
void watch_look(struct watch *w);
/* Until when a log of that size was the whole of it, as far as is known; `at`, when its last entry
 * was written, if nothing else is. ms since 1970 UTC. */
int64_t watch_as_of(struct watch *w, int64_t size, int64_t at);
/* How long the standby is behind, in ms. */
int64_t watch_lag(struct watch *w);

#endif
