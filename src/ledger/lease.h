/*
 * lease.h: what one of all the processes on a ledger may do alone: the work beside answering, a
 * book that is being taken in.
 *
 * On a server it is held by a connection and ends with it, so that whoever dies gives it back at
 * once. On a file, which one server serves, everybody holds it.
 */
#ifndef XH_LEDGER_LEASE_H
#define XH_LEDGER_LEASE_H

#include "ledger/ledger.h"

/* Takes it for this connection, if nobody else has it, until the connection ends. A connection that
 * was lost has lost it, too, and is made again silently: so it is asked before each piece of work.
 */
int lease_hold(struct ledger *l, struct text name, bool *mine, struct err *err);
/* Whether nobody holds it now. Of the database itself: a standby knows nothing of it. */
int lease_is_free(struct ledger *l, struct text name, bool *free, struct err *err);
/* The server ends this connection when it is silent for so long, so that whoever hangs gives back
 * what it holds. For connections that say something more often. */
int lease_for(struct ledger *l, int silent_ms, struct err *err);

#endif
