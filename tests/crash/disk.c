/* disk.c: see disk.h. */
#include "disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <sqlite3.h>

enum { FILES = 16, NAME = 300, SECTOR = 512, REGIONS = 64 };

struct image {
    char name[NAME];
    unsigned char *bytes;
    size_t size, room;
    bool there;
};

struct noted {
    enum step kind;
    int file;
    size_t at, n; /* n is the new size of a truncation */
    unsigned char *bytes;
};

struct disk {
    struct image files[FILES];
    void *shared[FILES][REGIONS]; /* the write-ahead log's index */
    struct image base[FILES];     /* what was there when recording began */
    struct noted *steps;
    size_t count, room;
    bool recording;
};

static struct disk *current;

static void *must(void *p)
{
    if (p == NULL)
        abort();
    return p;
}

static void image_write(struct image *f, size_t at, const void *bytes, size_t n)
{
    if (at + n > f->room) {
        f->room = (at + n) * 2;
        f->bytes = must(realloc(f->bytes, f->room));
    }
    if (at > f->size)
        memset(f->bytes + f->size, 0, at - f->size);
    memcpy(f->bytes + at, bytes, n);
    if (at + n > f->size)
        f->size = at + n;
}

static void image_copy(struct image *to, const struct image *from)
{
    *to = *from;
    to->room = from->size;
    to->bytes = NULL;
    if (from->size) {
        to->bytes = must(malloc(from->size));
        memcpy(to->bytes, from->bytes, from->size);
    }
}

static void image_cut(struct image *f, size_t size)
{
    if (size < f->size)
        f->size = size;
}

struct disk *disk_new(void)
{
    return must(calloc(1, sizeof(struct disk)));
}

void disk_free(struct disk *d)
{
    if (current == d)
        current = NULL;
    for (int i = 0; i < FILES; i++) {
        free(d->files[i].bytes);
        free(d->base[i].bytes);
        for (int k = 0; k < REGIONS; k++)
            free(d->shared[i][k]);
    }
    for (size_t i = 0; i < d->count; i++)
        free(d->steps[i].bytes);
    free(d->steps);
    free(d);
}

void disk_record(struct disk *d)
{
    for (int i = 0; i < FILES; i++)
        image_copy(&d->base[i], &d->files[i]);
    d->recording = true;
}

size_t disk_steps(const struct disk *d)
{
    return d->count;
}

static void note(struct disk *d, enum step kind, int file, size_t at, const void *bytes, size_t n)
{
    struct noted *s;

    if (!d->recording)
        return;
    if (d->count == d->room) {
        d->room = d->room ? d->room * 2 : 1024;
        d->steps = must(realloc(d->steps, d->room * sizeof *d->steps));
    }
    s = &d->steps[d->count++];
    *s = (struct noted){.kind = kind, .file = file, .at = at, .n = n};
    if (kind == STEP_WRITE && n) {
        s->bytes = must(malloc(n));
        memcpy(s->bytes, bytes, n);
    }
}

static int find(struct disk *d, const char *name)
{
    for (int i = 0; i < FILES; i++)
        if (strcmp(d->files[i].name, name) == 0)
            return i;
    return -1;
}

/* --- SQLite's side
 * ---------------------------------------------------------------------------------- */

struct open_file {
    sqlite3_file base;
    struct disk *disk;
    int file;
};

static struct image *image_of(sqlite3_file *file)
{
    struct open_file *f = (struct open_file *)file;

    return &f->disk->files[f->file];
}

static int x_close(sqlite3_file *file)
{
    (void)file;
    return SQLITE_OK;
}

static int x_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
    struct image *f = image_of(file);
    size_t have = (size_t)at < f->size ? f->size - (size_t)at : 0;

    if (have >= (size_t)n) {
        memcpy(out, f->bytes + at, (size_t)n);
        return SQLITE_OK;
    }
    memset(out, 0, (size_t)n);
    if (have)
        memcpy(out, f->bytes + at, have);
    return SQLITE_IOERR_SHORT_READ;
}

static int x_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
    struct open_file *f = (struct open_file *)file;

    image_write(image_of(file), (size_t)at, bytes, (size_t)n);
    note(f->disk, STEP_WRITE, f->file, (size_t)at, bytes, (size_t)n);
    return SQLITE_OK;
}

static int x_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct open_file *f = (struct open_file *)file;

    image_cut(image_of(file), (size_t)size);
    note(f->disk, STEP_TRUNCATE, f->file, 0, NULL, (size_t)size);
    return SQLITE_OK;
}

static int x_sync(sqlite3_file *file, int flags)
{
    struct open_file *f = (struct open_file *)file;

    (void)flags;
    note(f->disk, STEP_SYNC, f->file, 0, NULL, 0);
    return SQLITE_OK;
}

static int x_size(sqlite3_file *file, sqlite3_int64 *size)
{
    *size = (sqlite3_int64)image_of(file)->size;
    return SQLITE_OK;
}

static int x_lock(sqlite3_file *file, int level)
{
    (void)file, (void)level;
    return SQLITE_OK; /* there is one connection at a time */
}

static int x_reserved(sqlite3_file *file, int *out)
{
    (void)file;
    *out = 0;
    return SQLITE_OK;
}

static int x_control(sqlite3_file *file, int op, void *arg)
{
    (void)file, (void)op, (void)arg;
    return SQLITE_NOTFOUND;
}

static int x_sector(sqlite3_file *file)
{
    (void)file;
    return SECTOR;
}

/* Nothing is promised: not that a write is atomic, not that it leaves its neighbours alone. */
static int x_character(sqlite3_file *file)
{
    (void)file;
    return 0;
}

static int x_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **out)
{
    struct open_file *f = (struct open_file *)file;
    void **place;

    *out = NULL;
    if (region >= REGIONS)
        return SQLITE_NOMEM;
    place = &f->disk->shared[f->file][region];
    if (*place == NULL && extend)
        *place = must(calloc(1, (size_t)size));
    *out = *place;
    return SQLITE_OK;
}

static int x_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    (void)file, (void)offset, (void)n, (void)flags;
    return SQLITE_OK;
}

static void x_shm_barrier(sqlite3_file *file)
{
    (void)file;
}

static int x_shm_unmap(sqlite3_file *file, int drop)
{
    struct open_file *f = (struct open_file *)file;

    for (int i = 0; drop && i < REGIONS; i++) {
        free(f->disk->shared[f->file][i]);
        f->disk->shared[f->file][i] = NULL;
    }
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = x_close,
    .xRead = x_read,
    .xWrite = x_write,
    .xTruncate = x_truncate,
    .xSync = x_sync,
    .xFileSize = x_size,
    .xLock = x_lock,
    .xUnlock = x_lock,
    .xCheckReservedLock = x_reserved,
    .xFileControl = x_control,
    .xSectorSize = x_sector,
    .xDeviceCharacteristics = x_character,
    .xShmMap = x_shm_map,
    .xShmLock = x_shm_lock,
    .xShmBarrier = x_shm_barrier,
    .xShmUnmap = x_shm_unmap,
};

static int v_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    struct open_file *f = (struct open_file *)file;
    struct disk *d = current;
    static unsigned temporary;
    char own[NAME];
    int i;

    (void)vfs;
    snprintf(own, sizeof own, "%s", name ? name : "");
    if (name == NULL)
        snprintf(own, sizeof own, "temporary-%u", temporary++);
    i = find(d, own);
    if (i < 0)
        i = find(d, "");
    if (i < 0)
        return SQLITE_CANTOPEN;
    if (!d->files[i].there) {
        if (!(flags & SQLITE_OPEN_CREATE))
            return SQLITE_CANTOPEN;
        snprintf(d->files[i].name, sizeof d->files[i].name, "%s", own);
        d->files[i].there = true;
        d->files[i].size = 0;
        note(d, STEP_MAKE, i, 0, NULL, 0);
    }
    *f = (struct open_file){.base.pMethods = &methods, .disk = d, .file = i};
    if (out)
        *out = flags;
    return SQLITE_OK;
}

static int v_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    int i = find(current, name);

    (void)vfs, (void)sync_folder;
    if (i < 0 || !current->files[i].there)
        return SQLITE_IOERR_DELETE_NOENT;
    current->files[i].there = false;
    current->files[i].size = 0;
    note(current, STEP_DELETE, i, 0, NULL, 0);
    return SQLITE_OK;
}

static int v_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    int i = find(current, name);

    (void)vfs, (void)flags;
    *out = i >= 0 && current->files[i].there;
    return SQLITE_OK;
}

static int v_full(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
    (void)vfs;
    snprintf(out, (size_t)n, "%s", name);
    return SQLITE_OK;
}

static int v_random(sqlite3_vfs *vfs, int n, char *out)
{
    /* The salts of the write-ahead log: always the same, so that a run can be had again. */
    static unsigned char next;

    (void)vfs;
    for (int i = 0; i < n; i++)
        out[i] = (char)(next = (unsigned char)(next * 5 + 17));
    return n;
}

static int v_sleep(sqlite3_vfs *vfs, int us)
{
    (void)vfs;
    return us;
}

static int v_time(sqlite3_vfs *vfs, double *out)
{
    (void)vfs;
    *out = 2461000.0;
    return SQLITE_OK;
}

static int v_error(sqlite3_vfs *vfs, int n, char *out)
{
    (void)vfs, (void)n, (void)out;
    return 0;
}

void disk_use(struct disk *d)
{
    static sqlite3_vfs vfs = {.iVersion = 1,
                              .szOsFile = sizeof(struct open_file),
                              .mxPathname = NAME - 10,
                              .zName = DISK_VFS,
                              .xOpen = v_open,
                              .xDelete = v_delete,
                              .xAccess = v_access,
                              .xFullPathname = v_full,
                              .xRandomness = v_random,
                              .xSleep = v_sleep,
                              .xCurrentTime = v_time,
                              .xGetLastError = v_error};

    if (sqlite3_vfs_find(DISK_VFS) == NULL && sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
        abort();
    current = d;
}

/* --- walking
 * ----------------------------------------------------------------------------------------- */

struct walk {
    const struct disk *disk;
    size_t at;                   /* steps taken */
    struct image durable[FILES]; /* as after a failure that loses all that was not synced */
    size_t synced[FILES];        /* the step after the file's last sync */
};

struct walk *walk_new(const struct disk *recorded)
{
    struct walk *w = must(calloc(1, sizeof *w));

    w->disk = recorded;
    for (int i = 0; i < FILES; i++)
        image_copy(&w->durable[i], &recorded->base[i]);
    return w;
}

void walk_free(struct walk *w)
{
    for (int i = 0; i < FILES; i++)
        free(w->durable[i].bytes);
    free(w);
}

/* One noted step on a file as it is. */
static void apply(struct image *f, const struct noted *s, const struct disk *d)
{
    switch (s->kind) {
    case STEP_MAKE:
        snprintf(f->name, sizeof f->name, "%s", d->files[s->file].name);
        f->there = true;
        f->size = 0;
        break;
    case STEP_WRITE: image_write(f, s->at, s->bytes, s->n); break;
    case STEP_TRUNCATE: image_cut(f, s->n); break;
    case STEP_DELETE:
        f->there = false;
        f->size = 0;
        break;
    default: break;
    }
}

enum step walk_step(struct walk *w)
{
    const struct noted *s;

    if (w->at == w->disk->count)
        return STEP_END;
    s = &w->disk->steps[w->at++];
    if (s->kind == STEP_SYNC) {
        for (size_t i = w->synced[s->file]; i < w->at; i++)
            if (w->disk->steps[i].file == s->file)
                apply(&w->durable[s->file], &w->disk->steps[i], w->disk);
        w->synced[s->file] = w->at;
    }
    return s->kind;
}

static uint32_t chance(struct env *env, uint32_t n)
{
    uint32_t r;

    env->random(env, &r, sizeof r);
    return r % n;
}

/* A write of which some sectors came to the disk. */
static void apply_torn(struct image *f, const struct noted *s, struct env *env)
{
    for (size_t from = 0; from < s->n;) {
        size_t n = SECTOR - (s->at + from) % SECTOR;
        if (n > s->n - from)
            n = s->n - from;
        if (chance(env, 2))
            image_write(f, s->at + from, s->bytes + from, n);
        from += n;
    }
}

struct disk *walk_crash(const struct walk *w, enum loss loss, struct env *env)
{
    struct disk *d = disk_new();

    for (int i = 0; i < FILES; i++) {
        image_copy(&d->files[i], &w->durable[i]);
        for (size_t k = w->synced[i]; loss != LOSE_ALL && k < w->at; k++) {
            const struct noted *s = &w->disk->steps[k];
            uint32_t fate = loss == LOSE_SOME ? chance(env, 4) : 0;
            if (s->file != i)
                continue;
            /* Kept, kept, torn or lost. A file that was made and is lost loses its writes, too. */
            if (fate == 3 || (s->kind == STEP_WRITE && !d->files[i].there))
                continue;
            if (fate == 2 && s->kind == STEP_WRITE)
                apply_torn(&d->files[i], s, env);
            else
                apply(&d->files[i], s, w->disk);
        }
        if (!d->files[i].there)
            d->files[i].name[0] = '\0';
    }
    return d;
}
