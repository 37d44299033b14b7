/*
 * act.h: a verb as a form, and what became of it: the one way by which pages give commands.
 */
#ifndef XH_WEB_ACT_H
#define XH_WEB_ACT_H

#include "office/lists/lists.h"
#include "office/verbs.h"
#include "web/pages/act.html.h"
#include "web/pages/pages.h"

/* What a verb is called on a button, marked for translation: "Report progress". */
const char *act_label(struct text verb);

/* What a field of such a form is called, marked for translation; "" when there is no such field. */
const char *act_field_label(struct text option);

/*
 * The form of a verb on an item, in the arena. `item` gives amend its present values, which costs a
 * statement; task is the number of a task or 0. What was typed comes back from the request when it
 * holds a form. NULL with err on a failure.
 */
struct page_act_form *act_form(struct request *q, const struct verb *v, const struct problem *item,
                               int64_t task, struct err *err);

/* The given values of a form as the verb's options; files that came with it among them. Empty ones
 * are left out. `item` as above: what amend leaves as it is, is left out too. FORM_FIELD: what
 * cannot be taken away was emptied. */
int act_params(struct request *q, const struct verb *v, const struct problem *item,
               struct param **params, size_t *count, struct err *err);

/* Whether a form comes back, filled, with the sentence of that failure: its author can mend it, or
 * may send it again in a moment. A program is told, and what nothing can be read for has no page.
 */
bool act_keeps_form(const struct request *q, const struct err *err);

/* Writes one command through the queue. Refusals and entries are counted. The reading connection is
 * lent while the command waits, so no rows may be open; afterwards q->ledger is within a new read
 * transaction, which sees what was written, others' changes among it. */
int act_submit(struct request *q, struct command *command, struct outcome *outcome,
               struct err *err);
/* The same for many, which share transactions (queue.h). */
int act_submit_all(struct request *q, struct command *commands, struct outcome *outcomes,
                   size_t count, struct err *err);

#endif
