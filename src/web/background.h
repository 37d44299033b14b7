/*
 * background.h: what the server does beside answering: the search index follows the log, the access
 * log is written, what uploads left behind is taken away.
 *
 * Of several servers on one database one does what is about the ledger, as long as it holds the
 * lease (lease.h); what a server noted in its own memory, each writes itself.
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
/* Whether this server does the ledger's work now. */
bool background_leads(struct background *b);
/* Where accesses are noted. */
struct access_log *background_access(struct background *b);
/* Finishes the step it is at, writes what was noted, and ends. NULL is allowed. */
void background_close(struct background *b);

#endif
