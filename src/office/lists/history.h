/*
 * history.h: an entry of the log in words.
 */
#ifndef XH_OFFICE_LISTS_HISTORY_H
#define XH_OFFICE_LISTS_HISTORY_H

#include "ledger/entry.h"
#include "office/lists/names.h"

/* Wants the names that the entry's sentence will say, and that of who did it. The entry must live
 * as long as the names' arena. */
void history_names(struct names *names, const struct entry *e);
/* Appends what was done, as a sentence without its subject: "assigned it: lead unit …; deadline …".
 * Whoever did it stands before. Units and persons by name. */
void history_say(struct buf *out, enum lang lang, struct names *names, const struct entry *e);

/* Appends one task as a plan or an entry names it: "measure (lead unit …; deadline …)". */
void history_say_task(struct buf *out, enum lang lang, struct names *names,
                      const struct task_line *task);

/* The evidence that an entry of an item brings; empty for most. */
struct evidence_list history_evidence(const struct event *e);

#endif
