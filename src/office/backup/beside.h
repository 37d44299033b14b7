/*
 * beside.h: what stands outside the log, as lines of a file: sealed values, credentials, second
 * factors, identities, the access log. A line is a JSON array: the table, then the row's columns;
 * bytes are in hexadecimal.
 *
 * beside.c has the one list of these tables. A ledger that is moved takes all of it along, also
 * what no backup has: who is signed in, tokens, counted attempts.
 */
#ifndef XH_OFFICE_BACKUP_BESIDE_H
#define XH_OFFICE_BACKUP_BESIDE_H

#include "ledger/ledger.h"

/* Writes every row to line(), each with its newline, in the caller's read transaction. */
int beside_write(struct store *s, int (*line)(void *arg, struct text, struct err *), void *arg,
                 struct err *err);
/* A sealed value that an entry committed to: beside_put may fill it. */
int beside_expect_all(struct store *s, const struct entry *e, struct err *err);
/* Puts one line (without its newline) back, in the caller's transaction. 1; 0 it is none; -1. */
int beside_put(struct store *s, struct text line, struct arena *arena, struct err *err);
/* Afterwards: drops what was not filled, and what belongs to people whom the ledger does not know.
 * until (ms) drops what was opened later, too; INT64_MAX: nothing. */
int beside_settle(struct store *s, int64_t until, struct err *err);

/* Copies all of it, table by table, in the callers' transactions; what was there is gone. *rows is
 * how many there were. */
int beside_move(struct store *from, struct store *to, int64_t *rows, struct err *err);

#endif
