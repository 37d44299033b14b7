/*
 * queue.h: many callers, one writer: commands that come together share one transaction and one
 * sync.
 *
 * The queue has a thread of its own, which alone uses the ledger's connection while the queue is
 * open. A caller is answered when its command is durable, or refused, or failed.
 */
#ifndef XH_LEDGER_QUEUE_H
#define XH_LEDGER_QUEUE_H

#include "ledger/ledger.h"

struct queue;

/* Starts the writer. NULL with err on failure. The ledger must not be used until queue_close. */
struct queue *queue_open(struct ledger *l, struct err *err);

/* Writes one command and waits for it; from any thread. The outcome's texts live in the arena, each
 * clipped to 256 bytes; their room is taken before the command is given, so that what is durable is
 * answered with 0. -1: nothing of it was written (or that is not known: COMMIT_UNKNOWN). Afterwards
 * the command is used up. */
int queue_submit(struct queue *q, struct command *command, struct outcome *outcome,
                 struct arena *arena, struct err *err);

/* The same for several commands, which come to the writer together: a command is answered with its
 * outcome, whatever becomes of the others. -1 when one of them failed; what became of the others is
 * then not known, and the same idempotency keys may be sent again. */
int queue_submit_all(struct queue *q, struct command *commands, struct outcome *outcomes,
                     size_t count, struct arena *arena, struct err *err);

/* How many commands were given and are not answered yet; from any thread. */
size_t queue_waiting(struct queue *q);

/* Finishes what was submitted, stops the writer and frees the queue. NULL is allowed. */
void queue_close(struct queue *q);

#endif
