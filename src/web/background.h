/*
 * background.h: what the server does beside answering: the search index follows the log, the access
 * log is written, what uploads left behind is taken away.
 *
 * One thread with a connection of its own. It works in short transactions, so that no command waits
 * for it longer than for another one.
 */
#ifndef XH_WEB_BACKGROUND_H
#define XH_WEB_BACKGROUND_H

#include "ledger/ledger.h"
#include "office/access.h"

struct background;

/* Starts it for a ledger that is open. NULL with err on failure. */
struct background *background_open(const struct ledger *l, struct err *err);
/* There is something new: look soon. From any thread. */
void background_wake(struct background *b);
/* Where accesses are noted. */
struct access_log *background_access(struct background *b);
/* Finishes the step it is at, writes what was noted, and ends. NULL is allowed. */
void background_close(struct background *b);

#endif
