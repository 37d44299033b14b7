/*
 * limit.h: how often a password may be tried.
 *
 * Tries are counted in the database, so that all nodes count together, in windows that begin with
 * the first try and end by themselves: nobody is locked out for ever, and two windows that meet let
 * through at most twice their number. Three counts go on side by side: a person from one address,
 * a person from anywhere, an address for anybody. A name that nobody bears is counted like one that
 * somebody does.
 */
#ifndef XH_OFFICE_SIGNIN_LIMIT_H
#define XH_OFFICE_SIGNIN_LIMIT_H

#include "ledger/ledger.h"

/* Tries in a window and its length in ms. NIST SP 800-63B 5.2.2 asks for at most 100 in a row on
 * one account; an office behind one address signs in together every morning. */
enum {
    LIMIT_PAIR = 5,
    LIMIT_PAIR_MS = 5 * 60 * 1000,
    LIMIT_PERSON = 50,
    LIMIT_PERSON_MS = 60 * 60 * 1000,
    LIMIT_ADDRESS = 100,
    LIMIT_ADDRESS_MS = 15 * 60 * 1000
};

/* Counts one try before it is looked at, so that tries at the same moment count too. who: the
 * person's code, or what was given instead of one; address: where it comes from. Returns 1 when it
 * may be looked at, 0 when not before *until (ms), -1 on failure. Writes: a transaction of its own.
 */
int limit_try(struct ledger *l, struct text who, struct text address, int64_t *until,
              struct err *err);
/* Takes that one try back: it was right. A transaction of its own. */
int limit_right(struct ledger *l, struct text who, struct text address, struct err *err);

/* The network of an address: "192.0.2.0/24", "2001:db8::/48"; what is no address stays as it is,
 * cut to 64 bytes. What is told of a session, and nothing finer. */
void address_network(struct text address, struct buf *out);

#endif
