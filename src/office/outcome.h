/*
 * outcome.h: what became of a command, for programs: the same object on the command line and from
 * the pages' addresses.
 */
#ifndef XH_OFFICE_OUTCOME_H
#define XH_OFFICE_OUTCOME_H

#include "ledger/ledger.h"

/* The state of the item (or of a task's item) now, 0 when it is none. */
int64_t outcome_state(struct ledger *l, const struct outcome *o, struct text on);

/* Appends one JSON object on a line. `on` is what the command was about. */
void outcome_json(struct buf *out, enum lang lang, struct ledger *l, const struct outcome *o,
                  struct text on);
/* The same without a line's end, where the state is known already (0: none). */
void outcome_json_in(struct buf *out, enum lang lang, const struct outcome *o, struct text on,
                     int64_t state);

#endif
