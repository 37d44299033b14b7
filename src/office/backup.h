/*
 * backup.h: a copy of a ledger, taken while it is in use, and put back.
 */
#ifndef XH_OFFICE_BACKUP_H
#define XH_OFFICE_BACKUP_H

#include "ledger/ledger.h"

/* Copies the database as of one moment, the evidence that the copy does not have yet, the keys and
 * the configuration into the folder `to` (made if it is not there). The folder is a ledger itself
 * and as secret as the ledger. */
int backup_write(struct ledger *l, const char *to, struct err *err);

/* Puts the backup in `from` into the folder `to`, which must hold no ledger, and checks log,
 * evidence and projections there. */
int backup_restore(const char *from, const char *to, struct env *env, struct err *err);

#endif
