/*
 * faulty.h: a store that passes everything on to another one, and fails when it is told to.
 *
 * A call is begin, commit, a statement, a row of one, a script or a copy. One that fails does
 * nothing of what was asked (a failing commit rolls back, as a commit must) and says DATABASE.
 */
#ifndef XH_TESTS_FAULTY_H
#define XH_TESTS_FAULTY_H

#include "store/store.h"

/* Takes the inner store, which it closes with itself. NULL when memory is short. */
struct store *faulty_open(struct store *inner);

/* The nth call from now fails (1 is the next), with forever all after it too; 0 switches it off.
 * Returns how many calls were made since the last call of this. */
unsigned long faulty_fail_at(struct store *s, unsigned long n, bool forever);

/* The name of the statement, or of what else, that failed last. */
const char *faulty_failed(struct store *s);

#endif
