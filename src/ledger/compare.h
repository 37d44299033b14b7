/* compare.h: two sets of projections held against each other. */
#ifndef XH_LEDGER_COMPARE_H
#define XH_LEDGER_COMPARE_H

#include "ledger/ledger.h"

/* 0 when both are the same to the byte; 1 when not, with the first row that differs (clipped to
 * 200 bytes) in `first`; -1. */
int projections_compare(struct ledger *x, struct ledger *y, struct buf *first, struct err *err);

#endif
