/* background.c: see background.h. */
#include "web/background.h"

#include <pthread.h>

#include "base/mem.h"
#include "ledger/lease.h"
#include "office/evidence.h"
#include "office/intake/waiting.h"
#include "office/search/search.h"

/* How long it rests when nobody wakes it; how long it lets those go on who do, so that what many
 * write is indexed in one transaction; and how many entries it indexes before it looks whether it
 * should end. */
enum { REST_MS = 2000, GATHER_MS = 250, STEP = 2000 };
/* How often what was left behind is looked for; and how long a server that hangs holds the lease.
 */
enum { SWEEP_MS = 10 * 60 * 1000, SILENT_MS = 10 * 1000 };

struct background {
    struct ledger ledger;
    struct access_log *access;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool awake, closing, running;
    bool leads;    /* atomic */
    int64_t swept; /* when; 0: never */
};

/* With the lock held. */
static void wait(struct background *b, int64_t ms, bool until_woken)
{
    int64_t until = b->ledger.env->now(b->ledger.env) + ms;
    struct timespec at = {.tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000};

    while (!b->closing && !(until_woken && b->awake) &&
           pthread_cond_timedwait(&b->woken, &b->lock, &at) == 0)
        ;
}

/* True when it is to go on. */
static bool rest(struct background *b)
{
    bool on;

    pthread_mutex_lock(&b->lock);
    wait(b, REST_MS, true);
    if (b->awake)
        wait(b, GATHER_MS, false);
    b->awake = false;
    on = !b->closing;
    pthread_mutex_unlock(&b->lock);
    return on;
}

/* Whether this server is the one; asked anew each time, since the lease ends with its connection.
 */
static bool leads(struct background *b)
{
    struct err err = {0};
    bool mine = false;

    if (lease_for(&b->ledger, SILENT_MS, &err) != 0 ||
        lease_hold(&b->ledger, T("background"), &mine, &err) != 0)
        mine = false;
    __atomic_store_n(&b->leads, mine, __ATOMIC_RELAXED);
    return mine;
}

static void sweep(struct background *b)
{
    int64_t now = b->ledger.env->now(b->ledger.env);
    struct err err = {0};

    if (b->swept && now - b->swept < SWEEP_MS)
        return;
    evidence_sweep(&b->ledger, &err);
    waiting_sweep(&b->ledger);
    b->swept = now;
}

/* What fails here is tried again after the next rest; a search then says how far behind it is, and
 * what was noted stays in memory. */
static void step(struct background *b)
{
    struct err err = {0};
    int64_t behind;

    if (access_waiting(b->access))
        access_flush(b->access, &err);
    if (!leads(b))
        return;
    sweep(b);
    /* What comes while it works is for the next time, or it would never rest. */
    do
        if (search_behind(&b->ledger, &behind, &err) != 0 ||
            (behind > 0 && search_catch_up(&b->ledger, STEP, NULL, NULL, &err) != 0))
            return;
    while (behind > STEP && !__atomic_load_n(&b->closing, __ATOMIC_RELAXED));
}

static void *work(void *background)
{
    struct background *b = background;

    do
        step(b);
    while (rest(b));
    return NULL;
}

struct background *background_open(const struct ledger *l, struct err *err)
{
    struct background *b = mem_alloc(sizeof *b);

    if (b == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->woken, NULL);
    if (ledger_open_follower(&b->ledger, l, err) == 0 &&
        (b->access = access_open(&b->ledger, err)) != NULL) {
        if (pthread_create(&b->thread, NULL, work, b) == 0) {
            b->running = true;
            return b;
        }
        err_set(err, NO_MEMORY);
    }
    background_close(b);
    return NULL;
}

void background_wake(struct background *b)
{
    pthread_mutex_lock(&b->lock);
    b->awake = true;
    pthread_cond_signal(&b->woken);
    pthread_mutex_unlock(&b->lock);
}

bool background_leads(struct background *b)
{
    return __atomic_load_n(&b->leads, __ATOMIC_RELAXED);
}

struct access_log *background_access(struct background *b)
{
    return b->access;
}

void background_close(struct background *b)
{
    struct err err = {0};

    if (b == NULL)
        return;
    if (b->running) {
        pthread_mutex_lock(&b->lock);
        __atomic_store_n(&b->closing, true, __ATOMIC_RELAXED);
        pthread_cond_signal(&b->woken);
        pthread_mutex_unlock(&b->lock);
        pthread_join(b->thread, NULL);
    }
    access_close(b->access, &err);
    ledger_close(&b->ledger);
    pthread_cond_destroy(&b->woken);
    pthread_mutex_destroy(&b->lock);
    mem_free(b);
}
