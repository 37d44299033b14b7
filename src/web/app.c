/* app.c: see app.h. */
#include "web/app.h"

#include "web/imports.h"
#include "web/request.h"

static int name_standbys(struct ledger *l, const char *read, struct err *err)
{
    if (read == NULL && l->reading[0] == '\0')
        return 0;
    if (l->address[0] == '\0')
        return err_set(err, REFUSED,
                       err_sentence(N_("A ledger in a folder has no standbys to read from. Leave "
                                       "--read and read_store away.")));
    if (read && (!place_is_database(text_of(read)) || strlen(read) >= sizeof l->reading))
        return err_set(err, BAD_VALUE, T("--read postgresql://…"));
    if (read)
        memcpy(l->reading, read, strlen(read) + 1);
    return 0;
}

int app_open(struct app *app, const char *dir, const char *read, struct env *env, struct err *err)
{
    *app = (struct app){.dir = dir, .env = env};
    pthread_mutex_init(&app->lock, NULL);
    pthread_cond_init(&app->freed, NULL);
    pthread_cond_init(&app->hashed, NULL);
    app->started = env->now(env);
    if (ledger_open(&app->writer, dir, false, env, err) != 0)
        return -1;
    if (name_standbys(&app->writer, read, err) != 0) {
        app_close(app);
        return -1;
    }
    for (int i = 0; i < READERS; i++) {
        struct reader *r = &app->readers[PRIMARY][i];
        r->open = ledger_open_reader(&r->ledger, &app->writer, err) == 0;
        if (!r->open) {
            app_close(app);
            return -1;
        }
    }
    if (outside_load(&app->outside, &app->writer, err) == 0)
        app->watch = watch_open(&app->writer, err);
    if (app->watch)
        app->background = background_open(&app->writer, err);
    if (app->background)
        app->queue = queue_open(&app->writer, err);
    if (app->queue)
        app->imports = imports_open(app, err);
    if (app->imports == NULL) {
        app_close(app);
        return -1;
    }
    return 0;
}

void app_close(struct app *app)
{
    imports_close(app->imports);
    queue_close(app->queue);
    background_close(app->background);
    watch_close(app->watch);
    outside_release(&app->outside);
    for (enum side side = PRIMARY; side <= STANDBY; side++)
        for (int i = 0; i < READERS; i++)
            if (app->readers[side][i].open)
                ledger_close(&app->readers[side][i].ledger);
    ledger_close(&app->writer);
    pthread_cond_destroy(&app->hashed);
    pthread_cond_destroy(&app->freed);
    pthread_mutex_destroy(&app->lock);
}

static struct reader *idle(struct reader *readers)
{
    for (int i = 0; i < READERS; i++)
        if (!readers[i].busy)
            return &readers[i];
    return NULL;
}

struct ledger *app_borrow(struct app *app, enum side side, struct err *err)
{
    struct reader *r;

    pthread_mutex_lock(&app->lock);
    while ((r = idle(app->readers[side])) == NULL)
        pthread_cond_wait(&app->freed, &app->lock);
    r->busy = true;
    pthread_mutex_unlock(&app->lock);
    /* Standbys may come and go while the server runs. */
    if (!r->open)
        r->open = ledger_open_asking(&r->ledger, &app->writer, side == STANDBY, 0, err) == 0;
    if (r->open)
        return &r->ledger;
    app_return(app, &r->ledger);
    return NULL;
}

void app_return(struct app *app, struct ledger *l)
{
    pthread_mutex_lock(&app->lock);
    ((struct reader *)l)->busy = false;
    pthread_cond_broadcast(&app->freed);
    pthread_mutex_unlock(&app->lock);
}

void app_hash(struct app *app)
{
    pthread_mutex_lock(&app->lock);
    while (app->hashing == HASHING)
        pthread_cond_wait(&app->hashed, &app->lock);
    app->hashing++;
    pthread_mutex_unlock(&app->lock);
}

void app_hashed(struct app *app)
{
    pthread_mutex_lock(&app->lock);
    app->hashing--;
    pthread_cond_signal(&app->hashed);
    pthread_mutex_unlock(&app->lock);
}
