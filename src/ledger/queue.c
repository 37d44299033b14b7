/* queue.c: see queue.h. */
#include "ledger/queue.h"

#include <pthread.h>

#include "base/mem.h"

/* At most so many commands in a transaction: what a caller may have to wait for. */
enum { BATCH = 256 };
/* What is kept of each text of an answer: any code that the ledger makes, and what verdict_say
 * says of a text. */
enum { KEPT = 256 };
struct answer_texts {
    char code[KEPT], likely[KEPT], instruction[KEPT], verdict[3][KEPT];
};

struct waiting {
    struct waiting *next;
    struct command *command;
    struct outcome *answer;
    struct answer_texts *texts; /* the caller's, taken before the command was given */
    struct err *err;
    int rc;
    bool done;
};

struct queue {
    struct ledger *ledger;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work, answered;
    struct waiting *first, **last;
    size_t waiting; /* given and not answered: those of the batch that is being written as well */
    bool closing;
};

static struct text keep(char room[static KEPT], struct text t)
{
    t = text_clip(t, KEPT);
    if (t.n)
        memcpy(room, t.p, t.n);
    return (struct text){room, t.n};
}

/* The texts of an outcome, out of the batch's arena into the room that the caller brought: what is
 * durable is answered, whatever memory is left. */
static void hand_back(struct waiting *w, const struct outcome *o, int rc, const struct err *err)
{
    w->rc = rc;
    if (rc != 0) {
        *w->err = *err;
        return;
    }
    *w->answer = *o;
    w->answer->code = keep(w->texts->code, o->code);
    w->answer->likely = keep(w->texts->likely, o->likely);
    w->answer->instruction = keep(w->texts->instruction, o->instruction);
    for (int i = 0; i < 3; i++)
        w->answer->verdict.texts[i] = keep(w->texts->verdict[i], o->verdict.texts[i]);
}

static void write_batch(struct queue *q, struct waiting **batch, size_t count)
{
    arena_auto struct arena arena = ARENA(64u << 20);
    struct command commands[BATCH];
    struct outcome outcomes[BATCH];
    struct err err = {0};
    int rc;

    for (size_t i = 0; i < count; i++)
        commands[i] = *batch[i]->command;
    rc = ledger_write(q->ledger, commands, outcomes, count, &arena, &err);
    /* What may have been written is not written again under another key. */
    if (rc == 0 || count == 1 || err.code == ERR_COMMIT_UNKNOWN) {
        for (size_t i = 0; i < count; i++)
            hand_back(batch[i], &outcomes[i], rc, &err);
        return;
    }
    /* One command that cannot be written must not take the others with it. */
    for (size_t i = 0; i < count; i++) {
        arena_clear(&arena);
        commands[0] = *batch[i]->command;
        rc = ledger_write(q->ledger, commands, outcomes, 1, &arena, &err);
        hand_back(batch[i], &outcomes[0], rc, &err);
    }
}

static void *writer(void *arg)
{
    struct queue *q = arg;
    struct waiting *batch[BATCH];

    pthread_mutex_lock(&q->lock);
    for (;;) {
        size_t count = 0;
        while (q->first == NULL && !q->closing)
            pthread_cond_wait(&q->work, &q->lock);
        if (q->first == NULL)
            break;
        while (q->first && count < BATCH) {
            batch[count++] = q->first;
            q->first = q->first->next;
        }
        if (q->first == NULL)
            q->last = &q->first;
        pthread_mutex_unlock(&q->lock);
        write_batch(q, batch, count);
        pthread_mutex_lock(&q->lock);
        for (size_t i = 0; i < count; i++)
            batch[i]->done = true;
        q->waiting -= count;
        pthread_cond_broadcast(&q->answered);
    }
    pthread_mutex_unlock(&q->lock);
    return NULL;
}

struct queue *queue_open(struct ledger *l, struct err *err)
{
    struct queue *q = mem_alloc(sizeof *q);

    if (q == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    q->ledger = l;
    q->last = &q->first;
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->work, NULL);
    pthread_cond_init(&q->answered, NULL);
    if (pthread_create(&q->thread, NULL, writer, q) != 0) {
        err_set(err, NO_MEMORY);
        mem_free(q);
        return NULL;
    }
    return q;
}

int queue_submit_all(struct queue *q, struct command *commands, struct outcome *outcomes,
                     size_t count, struct arena *arena, struct err *err)
{
    struct waiting *all = arena_array(arena, struct waiting, count + 1);
    struct answer_texts *texts = arena_array(arena, struct answer_texts, count + 1);
    int rc = 0;

    if (all == NULL || texts == NULL)
        return err_set(err, NO_MEMORY);
    pthread_mutex_lock(&q->lock);
    for (size_t i = 0; i < count; i++) {
        all[i] = (struct waiting){
            .command = &commands[i], .answer = &outcomes[i], .texts = &texts[i], .err = err};
        *q->last = &all[i];
        q->last = &all[i].next;
    }
    q->waiting += count;
    pthread_cond_signal(&q->work);
    for (size_t i = 0; i < count; i++) {
        while (!all[i].done)
            pthread_cond_wait(&q->answered, &q->lock);
        rc |= all[i].rc;
    }
    pthread_mutex_unlock(&q->lock);
    return rc;
}

int queue_submit(struct queue *q, struct command *command, struct outcome *outcome,
                 struct arena *arena, struct err *err)
{
    return queue_submit_all(q, command, outcome, 1, arena, err);
}

size_t queue_waiting(struct queue *q)
{
    size_t waiting;

    pthread_mutex_lock(&q->lock);
    waiting = q->waiting;
    pthread_mutex_unlock(&q->lock);
    return waiting;
}

void queue_close(struct queue *q)
{
    if (q == NULL)
        return;
    pthread_mutex_lock(&q->lock);
    q->closing = true;
    pthread_cond_signal(&q->work);
    pthread_mutex_unlock(&q->lock);
    pthread_join(q->thread, NULL);
    pthread_cond_destroy(&q->answered);
    pthread_cond_destroy(&q->work);
    pthread_mutex_destroy(&q->lock);
    mem_free(q);
}
