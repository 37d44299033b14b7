/* rendition.c: see rendition.h. */
#include "office/rendition.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/picture.h"

/* How many are made at a time in this process. */
enum { AT_A_TIME = 2 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t freed = PTHREAD_COND_INITIALIZER;
static int busy;

static void enter(void)
{
    pthread_mutex_lock(&lock);
    while (busy == AT_A_TIME)
        pthread_cond_wait(&freed, &lock);
    busy++;
    pthread_mutex_unlock(&lock);
}

static void leave(void)
{
    pthread_mutex_lock(&lock);
    busy--;
    pthread_cond_signal(&freed);
    pthread_mutex_unlock(&lock);
}

/* 1: it is there and open; 0: it is not; -1 with NOT_A_PICTURE when it was tried in vain. */
static int open_kept(const char *path, struct text hash, struct evidence_file *file,
                     struct err *err)
{
    struct stat st;

    file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file->fd < 0)
        return errno == ENOENT ? 0 : err_errno(err, text_of(path));
    if (fstat(file->fd, &st) == 0 && st.st_size > 0) {
        file->size = (uint64_t)st.st_size;
        file->kind = EVIDENCE_JPEG;
        return 1;
    }
    close(file->fd);
    file->fd = -1;
    return err_set(err, NOT_A_PICTURE, hash);
}

/* Makes the folders of path, DIR/renditions/ab. */
static int make_folders(const struct ledger *l, const char *path, struct err *err)
{
    char folder[FILE_PATH];

    if (file_join(folder, l->dir, "renditions", err) != 0 || file_mkdir(folder, 0700, err) != 0)
        return -1;
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    return file_mkdir(folder, 0700, err);
}

/* Whatever is made of the picture in `from` appears under path: an empty file of what is none. */
static int make(const struct ledger *l, const char *path, int from, enum rendition_size size,
                struct text hash, struct err *err)
{
    struct file_new file;
    enum picture result;

    if (make_folders(l, path, err) != 0 || file_new_open(&file, path, 0600, err) != 0)
        return -1;
    if (picture_render(from, size, file.fd, &result, err) != 0) {
        file_new_drop(&file);
        return -1;
    }
    if (result == PICTURE_SILENT) {
        file_new_drop(&file);
        return err_set(err, NOT_A_PICTURE, hash);
    }
    if (result != PICTURE_DONE && ftruncate(file.fd, 0) != 0) {
        err_errno(err, text_of(path));
        file_new_drop(&file);
        return -1;
    }
    return file_new_done(&file, err);
}

/* DIR/renditions/ab/HASH-SIZE. */
static int path_of(char out[static FILE_PATH], const struct ledger *l, struct text hash,
                   enum rendition_size size, struct err *err)
{
    char name[100];

    snprintf(name, sizeof name, "renditions/%.2s/%.64s-%d", hash.p, hash.p, (int)size);
    return file_join(out, l->dir, name, err);
}

static int make_of(struct ledger *l, const char *path, struct text hash, enum rendition_size size,
                   struct err *err)
{
    struct evidence_file original;
    int rc;

    if (evidence_open(l, hash, &original, err) != 0)
        return -1;
    rc = make(l, path, original.fd, size, hash, err);
    close(original.fd);
    return rc;
}

int rendition_open(struct ledger *l, struct text hash, enum rendition_size size,
                   struct evidence_file *file, struct err *err)
{
    char path[FILE_PATH];
    struct hash parsed;
    int rc;

    file->fd = -1;
    if (!hash_parse(hash, &parsed))
        return err_set(err, NOT_FOUND, err_sentence(N_("evidence")), hash);
    rc = path_of(path, l, hash, size, err) != 0 ? -1 : open_kept(path, hash, file, err);
    if (rc == 0) {
        enter();
        /* Somebody else may have made it meanwhile. */
        rc = open_kept(path, hash, file, err);
        if (rc == 0)
            rc = make_of(l, path, hash, size, err);
        leave();
        if (rc == 0)
            rc = open_kept(path, hash, file, err);
        if (rc == 0) /* deleted at once */
            rc = err_set(err, NOT_A_PICTURE, hash);
    }
    return rc > 0 ? 0 : -1;
}
