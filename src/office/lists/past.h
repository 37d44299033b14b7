/*
 * past.h: the ledger as it stood at a moment, for a viewer of today.
 */
#ifndef XH_OFFICE_PAST_H
#define XH_OFFICE_PAST_H

#include "ledger/ledger.h"

/*
 * Makes *past the ledger in memory as of `until` (ms since 1970 UTC), and *then the viewer who asks
 * it: with `then`, every question that can be asked of today can be asked of the past. What may be
 * seen is what the viewer may see today: an item that is hidden from them now is not there,
 * whatever they could see at that time. *then points into *viewer. The caller closes *past with
 * ledger_close.
 */
int past_open(struct ledger *past, struct viewer *then, struct ledger *now,
              const struct viewer *viewer, int64_t until, struct err *err);
/* The same as of an entry: several may be of one millisecond. */
int past_open_entry(struct ledger *past, struct viewer *then, struct ledger *now,
                    const struct viewer *viewer, const struct entry *e, struct err *err);

/*
 * The same of some items alone, by their ids, and of what they mention; all that is no item is
 * there. It costs in proportion to what the log says about the office and about these items.
 */
int past_open_items(struct ledger *past, struct viewer *then, struct ledger *now,
                    const struct viewer *viewer, int64_t until, const int64_t *items, size_t count,
                    struct err *err);
/* The same of one item that is asked for by its code; when there is none, of no item. */
int past_open_item(struct ledger *past, struct viewer *then, struct ledger *now,
                   const struct viewer *viewer, int64_t until, struct text code, struct err *err);

#endif
