/* deadline.c: see deadline.h. */
#include "web/deadline.h"

#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

enum { LOOK_MS = 100 }; /* a deadline is kept to about so much */

struct deadline {
    struct deadlines *all;
    struct deadline *next, *before;
    int socket;
    int64_t since, due; /* ms of env's clock */
    bool waiting, shut;
};

struct deadlines {
    struct env *env;
    pthread_mutex_t lock; /* of all that follows */
    pthread_t thread;
    struct deadline *first;
    int count, room;
    int ends[2]; /* a pipe; closing its writing end ends the thread */
};

static void shut(struct deadline *d)
{
    shutdown(d->socket, SHUT_RDWR);
    d->shut = true;
}

static void *watch(void *state)
{
    struct deadlines *all = state;
    struct pollfd end = {.fd = all->ends[0], .events = POLLIN};

    while (poll(&end, 1, LOOK_MS) <= 0) {
        int64_t now = all->env->now(all->env);
        pthread_mutex_lock(&all->lock);
        for (struct deadline *d = all->first; d; d = d->next)
            if (!d->shut && d->due <= now)
                shut(d);
        pthread_mutex_unlock(&all->lock);
    }
    return NULL;
}

struct deadlines *deadlines_open(struct env *env, int room, struct err *err)
{
    struct deadlines *all = mem_alloc(sizeof *all);

    if (all == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    all->env = env;
    all->room = room;
    if (pipe(all->ends) != 0) {
        err_errno(err, T("pipe"));
        mem_free(all);
        return NULL;
    }
    pthread_mutex_init(&all->lock, NULL);
    if (pthread_create(&all->thread, NULL, watch, all) != 0) {
        err_set(err, NO_MEMORY);
        close(all->ends[0]);
        close(all->ends[1]);
        pthread_mutex_destroy(&all->lock);
        mem_free(all);
        return NULL;
    }
    return all;
}

void deadlines_close(struct deadlines *all)
{
    if (all == NULL)
        return;
    close(all->ends[1]);
    pthread_join(all->thread, NULL);
    close(all->ends[0]);
    pthread_mutex_destroy(&all->lock);
    mem_free(all);
}

/* Shuts down the one that waits longest, if there is one that waits. */
static void make_room(struct deadlines *all)
{
    struct deadline *oldest = NULL;

    for (struct deadline *d = all->first; d; d = d->next)
        if (d->waiting && !d->shut && (oldest == NULL || d->since < oldest->since))
            oldest = d;
    if (oldest)
        shut(oldest);
}

struct deadline *deadline_watch(struct deadlines *all, int socket)
{
    struct deadline *d = mem_alloc(sizeof *d);

    if (d == NULL)
        return NULL;
    *d = (struct deadline){.all = all, .socket = socket, .due = INT64_MAX};
    pthread_mutex_lock(&all->lock);
    if (++all->count > all->room)
        make_room(all);
    d->next = all->first;
    if (d->next)
        d->next->before = d;
    all->first = d;
    pthread_mutex_unlock(&all->lock);
    return d;
}

void deadline_forget(struct deadline *d)
{
    struct deadlines *all;

    if (d == NULL)
        return;
    all = d->all;
    pthread_mutex_lock(&all->lock);
    all->count--;
    if (d->next)
        d->next->before = d->before;
    if (d->before)
        d->before->next = d->next;
    else
        all->first = d->next;
    pthread_mutex_unlock(&all->lock);
    mem_free(d);
}

void deadline_set(struct deadline *d, int64_t ms, bool waiting)
{
    int64_t now = d->all->env->now(d->all->env);

    pthread_mutex_lock(&d->all->lock);
    d->since = now;
    d->due = now + ms;
    d->waiting = waiting;
    pthread_mutex_unlock(&d->all->lock);
}

void deadline_none(struct deadline *d)
{
    pthread_mutex_lock(&d->all->lock);
    d->due = INT64_MAX;
    d->waiting = false;
    pthread_mutex_unlock(&d->all->lock);
}
