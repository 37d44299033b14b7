/* imports.c: see imports.h. */
#include "web/imports.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "ledger/lease.h"
#include "office/intake/report.h"
#include "office/search/search.h"
#include "web/app.h"

enum { LOOK_MS = 20 };
enum { KEPT = 16, UNDER_WAY = 4, VIEW_BYTES = 64 << 20, CHOICE_BYTES = 16 << 20, INDEXED = 2000 };

struct job {
    struct import_job told; /* first: what others see */
    struct imports *all;
    struct arena arena;   /* of the preview */
    struct arena choices; /* of what is below */
    struct waiting book;
    pthread_t thread;
    bool used, under_way, joined;
    bool begun; /* a run: it is written down that it is, or it is over */
    int borrowed;
    uint64_t age; /* the smaller, the older */
};

struct imports {
    struct app *app;
    pthread_mutex_t lock;
    struct job jobs[KEPT];
    uint64_t age;
    bool ending; /* atomic */
};

/* --- what a thread does ------------------------------------------------------------------------
 */

static bool go_on(void *arg)
{
    const struct job *j = arg;

    return !__atomic_load_n(&j->all->ending, __ATOMIC_RELAXED);
}

/* Writes the report in both languages while the run goes on. */
struct teller {
    struct intake_listener listener;
    struct job *job;
    FILE *files[2]; /* by enum lang */
};

static int stop(const struct teller *t, struct err *err)
{
    return go_on(t->job) ? 0
                         : err_set(err, REFUSED,
                                   err_sentence(N_("The server is ending; try again "
                                                   "later.")));
}

static int put(struct teller *t, int lang, struct buf *line, struct err *err)
{
    if (line->failed)
        return err_set(err, NO_MEMORY);
    if (line->n && fwrite(line->p, 1, line->n, t->files[lang]) != line->n)
        return err_errno(err, T("report"));
    buf_clear(line);
    return 0;
}

static int on_mapping(struct intake_listener *l, const struct mapping_sheet *s, struct err *err)
{
    struct teller *t = (struct teller *)l;
    buf_auto struct buf line = BUF(BUF_ANY);

    for (int lang = 0; lang < 2 && !s->skip; lang++) {
        mapping_say(&line, (enum lang)lang, s);
        if (put(t, lang, &line, err) != 0)
            return -1;
    }
    return stop(t, err);
}

static int on_doubt(struct intake_listener *l, const struct doubt *d, struct err *err)
{
    struct teller *t = (struct teller *)l;
    buf_auto struct buf line = BUF(1u << 20);

    for (int lang = 0; lang < 2; lang++) {
        report_doubt(&line, (enum lang)lang, d);
        if (put(t, lang, &line, err) != 0)
            return -1;
    }
    return stop(t, err);
}

static int on_reject(struct intake_listener *l, const struct doubt *at, struct text reason,
                     struct err *err)
{
    struct teller *t = (struct teller *)l;
    buf_auto struct buf line = BUF(1u << 20);

    for (int lang = 0; lang < 2; lang++) {
        report_reject(&line, (enum lang)lang, at, reason);
        if (put(t, lang, &line, err) != 0)
            return -1;
    }
    return stop(t, err);
}

static int on_progress(struct intake_listener *l, int64_t rows, struct err *err)
{
    struct teller *t = (struct teller *)l;

    __atomic_store_n(&t->job->told.rows, rows, __ATOMIC_RELAXED);
    return stop(t, err);
}

static void catch_up(struct job *j, struct ledger *l)
{
    struct err ignored;
    int64_t behind;

    while (go_on(j) && search_behind(l, &behind, &ignored) == 0 && behind > 0 &&
           search_catch_up(l, INDEXED, NULL, NULL, &ignored) == 0)
        ;
}

static int run_book(struct job *j, struct ledger *l, const struct viewer *v,
                    const struct intake_options *options, struct err *err)
{
    static const char *const names[2] = {[LANG_ZH] = "report.zh", [LANG_EN] = "report.en"};
    struct teller t = {.listener = {on_mapping, on_doubt, on_reject, on_progress}, .job = j};
    struct intake_result result = {0};
    char path[FILE_PATH];
    int rc = 0;

    for (int i = 0; i < 2 && rc == 0; i++) {
        rc = waiting_path(path, l, j->told.id, names[i], err);
        if (rc == 0 && (t.files[i] = fopen(path, "we")) == NULL)
            rc = err_errno(err, text_of(path));
    }
    if (rc == 0)
        rc = intake(l, v, options, &t.listener, &result, NULL, err);
    /* A file's own name is nobody's business but this server's. */
    if (result.rejects[0])
        snprintf(result.rejects, sizeof result.rejects, "%.*s.rejects.xlsx",
                 TEXT_ARG(j->book.name));
    for (int i = 0; i < 2; i++) {
        buf_auto struct buf sum = BUF(1u << 20);
        report_summary(&sum, (enum lang)i, &result, false);
        if (t.files[i] && rc == 0)
            rc = put(&t, i, &sum, err);
        if (t.files[i] && fclose(t.files[i]) != 0 && rc == 0)
            rc = err_errno(err, T("report"));
    }
    if (rc != 0)
        return -1;
    j->book.stage = WAITING_DONE;
    j->book.counts = result.counts;
    j->book.into = text_of(result.campaign);
    if (waiting_save(&j->book, l, err) != 0)
        return -1;
    /* What stands in the ledger now needs no second copy of the people in it. */
    if (waiting_path(path, l, j->told.id, "book", err) == 0)
        remove(path);
    /* The rows are in the ledger whatever becomes of the index, which any search makes up for. */
    catch_up(j, l);
    return 0;
}

static int work(struct job *j, struct ledger *l, struct err *err)
{
    const struct waiting *w = &j->book;
    char path[FILE_PATH];
    struct mapping map;
    struct viewer viewer;
    struct intake_options options = {.kind = w->kind,
                                     .path = path,
                                     .name = arena_cstr(&j->choices, w->name),
                                     .campaign = w->campaign,
                                     .fixes = &w->fixes,
                                     .updates = w->updates,
                                     .skip_duplicates = w->skip_duplicates,
                                     .via = T("import"),
                                     .lang = j->told.lang};

    if (waiting_path(path, l, w->id, "book", err) != 0 ||
        (w->map.n && mapping_read(w->map, &j->choices, &map, err) != 0) ||
        viewer_load(&viewer, l, w->person, &j->choices, err) != 0)
        return -1;
    options.map = w->map.n ? &map : NULL;
    return j->told.run
               ? run_book(j, l, &viewer, &options, err)
               : preview_make(&j->told.preview, l, &viewer, &options, go_on, j, &j->arena, err);
}

static struct text lease_of(const char *id, struct buf *out)
{
    buf_printf(out, "import %s", id);
    return buf_view(out);
}

/* A run begins: written down by whoever holds the lease, as another server may be writing the book.
 */
static int begin_run(struct job *j, struct ledger *l, struct err *err)
{
    buf_auto struct buf name = BUF(256);
    bool mine;

    if (lease_hold(l, lease_of(j->told.id, &name), &mine, err) != 0)
        return -1;
    if (!mine)
        return err_set(err, REFUSED, err_sentence(N_("This book is being taken in already.")));
    j->book.stage = WAITING_BEGUN;
    return waiting_save(&j->book, l, err);
}

static void *job_thread(void *arg)
{
    struct job *j = arg;
    struct imports *all = j->all;
    struct ledger l;
    struct err err = {0};
    int rc = ledger_open(&l, all->app->dir, false, all->app->env, &err);

    if (rc == 0) {
        rc = j->told.run ? begin_run(j, &l, &err) : 0;
        __atomic_store_n(&j->begun, true, __ATOMIC_RELEASE);
        if (rc == 0)
            rc = work(j, &l, &err);
        ledger_close(&l);
    }
    pthread_mutex_lock(&all->lock);
    if (rc != 0)
        j->told.err = err;
    __atomic_store_n(&j->begun, true, __ATOMIC_RELEASE);
    j->told.done = true;
    j->under_way = false;
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

/* --- who knows what ----------------------------------------------------------------------------
 */

/* With the lock held, of a job that nobody works on or looks at. */
static void clear(struct job *j)
{
    if (!j->used)
        return;
    if (!j->joined)
        pthread_join(j->thread, NULL);
    arena_release(&j->arena);
    arena_release(&j->choices);
    *j = (struct job){0};
}

static bool idle(const struct job *j)
{
    return !j->under_way && j->borrowed == 0;
}

static struct job *find(struct imports *all, const char *id)
{
    for (int i = 0; i < KEPT; i++)
        if (all->jobs[i].used && strcmp(all->jobs[i].told.id, id) == 0)
            return &all->jobs[i];
    return NULL;
}

/* A place for a new job: its own, a free one, or that of the oldest that is done. */
static struct job *place(struct imports *all, const char *id)
{
    struct job *best = find(all, id);
    int busy = 0;

    for (int i = 0; i < KEPT; i++)
        busy += all->jobs[i].under_way;
    if (best)
        return idle(best) && busy < UNDER_WAY ? best : NULL;
    for (int i = 0; i < KEPT; i++) {
        struct job *j = &all->jobs[i];
        if (idle(j) && (best == NULL || j->age < best->age))
            best = j;
    }
    return busy < UNDER_WAY ? best : NULL;
}

struct imports *imports_open(struct app *app, struct err *err)
{
    struct imports *all = mem_alloc(sizeof *all);

    if (all == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    all->app = app;
    pthread_mutex_init(&all->lock, NULL);
    return all;
}

void imports_close(struct imports *all)
{
    if (all == NULL)
        return;
    __atomic_store_n(&all->ending, true, __ATOMIC_RELAXED);
    for (int i = 0; i < KEPT; i++)
        clear(&all->jobs[i]);
    pthread_mutex_destroy(&all->lock);
    mem_free(all);
}

/* The job's own copy of what was chosen. */
static bool copy_choices(struct job *j, const struct waiting *w)
{
    struct arena *a = &j->choices;

    j->book = *w;
    j->book.person = arena_text(a, w->person);
    j->book.name = arena_text(a, w->name);
    j->book.campaign = arena_text(a, w->campaign);
    j->book.updates = arena_text(a, w->updates);
    j->book.map = arena_text(a, w->map);
    j->book.into = arena_text(a, w->into);
    j->book.fixes.at = arena_array(a, struct cell_fix, w->fixes.count + 1);
    for (size_t i = 0; j->book.fixes.at && i < w->fixes.count; i++) {
        j->book.fixes.at[i] = w->fixes.at[i];
        j->book.fixes.at[i].was = arena_text(a, w->fixes.at[i].was);
        j->book.fixes.at[i].value = arena_text(a, w->fixes.at[i].value);
    }
    return !a->failed;
}

int imports_start(struct imports *all, const struct waiting *w, bool run, enum lang lang,
                  struct err *err)
{
    struct job *j;
    int rc = 0;

    pthread_mutex_lock(&all->lock);
    j = place(all, w->id);
    if (j == NULL) {
        pthread_mutex_unlock(&all->lock);
        return err_set(err, REFUSED,
                       err_sentence(N_("Several books are being read just now. Try again in a "
                                       "moment.")));
    }
    clear(j);
    *j = (struct job){.told = {.run = run, .lang = lang, .changes = w->changes},
                      .all = all,
                      .arena = ARENA(VIEW_BYTES),
                      .choices = ARENA(CHOICE_BYTES),
                      .used = true,
                      .under_way = true,
                      .age = ++all->age};
    memcpy(j->told.id, w->id, sizeof j->told.id);
    if (!copy_choices(j, w)) {
        rc = err_set(err, NO_MEMORY);
    } else if ((errno = pthread_create(&j->thread, NULL, job_thread, j)) != 0) {
        rc = err_errno(err, T("pthread_create"));
    }
    if (rc != 0) {
        j->under_way = false;
        j->joined = true; /* there is nothing to join */
        clear(j);
    } else if (run) {
        j->borrowed++; /* it stays while it is waited for */
    }
    pthread_mutex_unlock(&all->lock);
    if (rc != 0 || !run)
        return rc;
    while (!__atomic_load_n(&j->begun, __ATOMIC_ACQUIRE))
        usleep(LOOK_MS * 1000);
    imports_return(all, &j->told);
    return 0;
}

const struct import_job *imports_borrow(struct imports *all, const char *id, int wait_ms)
{
    struct job *j;

    pthread_mutex_lock(&all->lock);
    j = find(all, id);
    if (j) {
        j->borrowed++;
        for (; !j->told.done && wait_ms > 0; wait_ms -= LOOK_MS) {
            pthread_mutex_unlock(&all->lock);
            usleep(LOOK_MS * 1000);
            pthread_mutex_lock(&all->lock);
        }
    }
    pthread_mutex_unlock(&all->lock);
    return j ? &j->told : NULL;
}

void imports_return(struct imports *all, const struct import_job *job)
{
    if (job == NULL)
        return;
    pthread_mutex_lock(&all->lock);
    for (int i = 0; i < KEPT; i++)
        if (&all->jobs[i].told == job)
            all->jobs[i].borrowed--;
    pthread_mutex_unlock(&all->lock);
}

void imports_forget(struct imports *all, const char *id)
{
    struct job *j;

    pthread_mutex_lock(&all->lock);
    j = find(all, id);
    if (j && idle(j))
        clear(j);
    pthread_mutex_unlock(&all->lock);
}

int imports_elsewhere(struct ledger *l, const char *id, bool *elsewhere, struct err *err)
{
    buf_auto struct buf name = BUF(256);
    bool free;

    if (lease_is_free(l, lease_of(id, &name), &free, err) != 0)
        return -1;
    *elsewhere = !free;
    return 0;
}
