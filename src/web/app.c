/* app.c: see app.h. */
#include "web/app.h"

#include "web/imports.h"
#include "web/request.h"

int app_open(struct app *app, const char *dir, struct env *env, struct err *err)
{
    *app = (struct app){.dir = dir, .env = env};
    pthread_mutex_init(&app->lock, NULL);
    pthread_cond_init(&app->freed, NULL);
    pthread_cond_init(&app->hashed, NULL);
    app->started = env->now(env);
    if (ledger_open(&app->writer, dir, false, env, err) != 0)
        return -1;
    for (; app->reader_count < READERS; app->reader_count++)
        if (ledger_open_reader(&app->readers[app->reader_count], &app->writer, err) != 0) {
            app_close(app);
            return -1;
        }
    if (outside_load(&app->outside, &app->writer, err) == 0)
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
    outside_release(&app->outside);
    for (int i = 0; i < app->reader_count; i++)
        ledger_close(&app->readers[i]);
    ledger_close(&app->writer);
    pthread_cond_destroy(&app->hashed);
    pthread_cond_destroy(&app->freed);
    pthread_mutex_destroy(&app->lock);
}

struct ledger *app_borrow(struct app *app)
{
    struct ledger *l = NULL;

    pthread_mutex_lock(&app->lock);
    while (l == NULL) {
        for (int i = 0; i < app->reader_count && l == NULL; i++)
            if (!app->busy[i]) {
                app->busy[i] = true;
                l = &app->readers[i];
            }
        if (l == NULL)
            pthread_cond_wait(&app->freed, &app->lock);
    }
    pthread_mutex_unlock(&app->lock);
    return l;
}

void app_return(struct app *app, struct ledger *l)
{
    pthread_mutex_lock(&app->lock);
    app->busy[l - app->readers] = false;
    pthread_cond_signal(&app->freed);
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
