/*
 * watch.c: see watch.h.
 *
 * Each side has a thread of its own, since one that hangs must not hide the other. Of the primary
 * is kept how far its log was when: so the age of a standby's log is the moment at which the
 * primary had been seen with just that much for the last time.
 */
#include "web/watch.h"

#include <pthread.h>

#include "base/mem.h"
#include "web.sql.h"

enum { EVERY_MS = 1000, SILENCE_MS = 1500, MOMENTS = 64 };

struct probe {
    struct watch *watch;
    enum side side;
    struct ledger ledger;
    bool open, running;
    pthread_t thread;
};

/* The primary's log was so long, last seen then. */
struct moment {
    int64_t size, at;
};

struct watch {
    const struct ledger *of;
    struct env *env;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool closing;
    uint64_t looks; /* how often somebody asked to look now */
    struct probe probes[2];
    bool answers[2];
    struct web_head_out standby;
    struct moment moments[MOMENTS];
    size_t count; /* so far; they go round */
};

static struct moment *newest(struct watch *w)
{
    return w->count ? &w->moments[(w->count - 1) % MOMENTS] : NULL;
}

/* With the lock held. */
static void take_note(struct watch *w, enum side side, bool answered,
                      const struct web_head_out *head)
{
    int64_t now = w->env->now(w->env);

    w->answers[side] = answered;
    if (!answered)
        return;
    if (side == STANDBY) {
        w->standby = *head;
        return;
    }
    if (w->count == 0 || newest(w)->size != head->size)
        w->moments[w->count++ % MOMENTS] = (struct moment){.size = head->size};
    newest(w)->at = now;
}

static bool ask(struct probe *p, struct web_head_out *head)
{
    arena_auto struct arena arena = ARENA(4096);
    struct err err = {0};

    if (!p->open)
        p->open =
            ledger_open_asking(&p->ledger, p->watch->of, p->side == STANDBY, SILENCE_MS, &err) == 0;
    return p->open && web_head_one(p->ledger.store, NULL, head, &arena, &err) == 1;
}

static void *work(void *probe)
{
    struct probe *p = probe;
    struct watch *w = p->watch;
    uint64_t seen = 0;

    pthread_mutex_lock(&w->lock);
    while (!w->closing) {
        struct web_head_out head;
        bool answered;
        int64_t until;
        struct timespec at;

        seen = w->looks;
        pthread_mutex_unlock(&w->lock);
        answered = ask(p, &head);
        pthread_mutex_lock(&w->lock);
        take_note(w, p->side, answered, &head);
        until = w->env->now(w->env) + EVERY_MS;
        at = (struct timespec){.tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000};
        while (!w->closing && seen == w->looks &&
               pthread_cond_timedwait(&w->woken, &w->lock, &at) == 0)
            ;
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

struct watch *watch_open(const struct ledger *l, struct err *err)
{
    struct watch *w = mem_alloc(sizeof *w);

    if (w == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    w->of = l;
    w->env = l->env;
    w->answers[PRIMARY] = true;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->woken, NULL);
    for (enum side side = PRIMARY; side <= STANDBY; side++) {
        struct probe *p = &w->probes[side];
        if ((side == PRIMARY ? l->address[0] : l->reading[0]) == '\0')
            continue;
        p->watch = w;
        p->side = side;
        p->running = pthread_create(&p->thread, NULL, work, p) == 0;
        if (!p->running) {
            err_set(err, NO_MEMORY);
            watch_close(w);
            return NULL;
        }
    }
    return w;
}

void watch_close(struct watch *w)
{
    if (w == NULL)
        return;
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_broadcast(&w->woken);
    pthread_mutex_unlock(&w->lock);
    for (enum side side = PRIMARY; side <= STANDBY; side++) {
        struct probe *p = &w->probes[side];
        if (p->running)
            pthread_join(p->thread, NULL);
        if (p->open)
            ledger_close(&p->ledger);
    }
    pthread_cond_destroy(&w->woken);
    pthread_mutex_destroy(&w->lock);
    mem_free(w);
}

bool watch_answers(struct watch *w, enum side side)
{
    bool yes;

    pthread_mutex_lock(&w->lock);
    yes = w->answers[side];
    pthread_mutex_unlock(&w->lock);
    return yes;
}

void watch_look(struct watch *w)
{
    pthread_mutex_lock(&w->lock);
    w->looks++;
    pthread_cond_broadcast(&w->woken);
    pthread_mutex_unlock(&w->lock);
}

/* With the lock held. */
static int64_t as_of(struct watch *w, int64_t size, int64_t at)
{
    size_t known = w->count < MOMENTS ? w->count : MOMENTS;

    if (w->answers[PRIMARY] && (w->count == 0 || newest(w)->size <= size))
        return w->env->now(w->env);
    for (size_t i = 1; i <= known; i++) {
        const struct moment *m = &w->moments[(w->count - i) % MOMENTS];
        if (m->size <= size)
            return m->at;
    }
    return at;
}

int64_t watch_as_of(struct watch *w, int64_t size, int64_t at)
{
    int64_t moment;

    pthread_mutex_lock(&w->lock);
    moment = as_of(w, size, at);
    pthread_mutex_unlock(&w->lock);
    return moment;
}

int64_t watch_lag(struct watch *w)
{
    int64_t lag;

    pthread_mutex_lock(&w->lock);
    lag = w->env->now(w->env) - as_of(w, w->standby.size, w->standby.at);
    pthread_mutex_unlock(&w->lock);
    return lag > 0 ? lag : 0;
}
