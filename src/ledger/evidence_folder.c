/* evidence_folder.c: evidence as files ab/HASH of a folder; see evidence_home.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/evidence_home.h"

static int path_of(char out[static FILE_PATH], const struct evidence_home *h, struct text hash,
                   struct err *err)
{
    char name[4 + 2 * sizeof(struct hash)];

    snprintf(name, sizeof name, "%.2s/%.64s", hash.p, hash.p);
    return file_join(out, h->dir, name, err);
}

/* The folder that the file goes to, itself durable. */
static int make_folder(const struct evidence_home *h, const char *path, struct err *err)
{
    char folder[FILE_PATH];

    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    if (file_exists(folder))
        return 0;
    return file_mkdir(folder, 0700, err) != 0 ? -1 : file_sync_dir(h->dir, err);
}

static int put(struct evidence_home *h, struct text hash, struct file_new *file, uint64_t size,
               struct err *err)
{
    (void)size;
    return path_of(file->path, h, hash, err) != 0 || make_folder(h, file->path, err) != 0
               ? -1
               : file_new_done(file, err);
}

static int open_it(struct evidence_home *h, struct text hash, int *fd, struct err *err)
{
    char path[FILE_PATH];

    if (path_of(path, h, hash, err) != 0)
        return -1;
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (*fd < 0)
        return errno == ENOENT ? 0 : err_errno(err, text_of(path));
    return 1;
}

static int read_it(struct evidence_home *h, struct text hash, evidence_block *each, void *arg,
                   struct err *err)
{
    char path[FILE_PATH];

    if (path_of(path, h, hash, err) != 0)
        return -1;
    if (!file_exists(path))
        return 0;
    return file_scan(path, each, arg, err) != 0 ? -1 : 1;
}

static int size_of(struct evidence_home *h, struct text hash, uint64_t *size, struct err *err)
{
    char path[FILE_PATH];
    struct stat st;

    if (path_of(path, h, hash, err) != 0)
        return -1;
    if (lstat(path, &st) != 0)
        return errno == ENOENT ? 0 : err_errno(err, text_of(path));
    *size = (uint64_t)st.st_size;
    return S_ISREG(st.st_mode);
}

/* One folder of them. */
static int all_in(struct evidence_home *h, const char *folder, evidence_each *each, void *arg,
                  struct err *err)
{
    DIR *d = opendir(folder);
    struct dirent *e;
    int rc = 0;

    if (d == NULL)
        return errno == ENOENT ? 0 : err_errno(err, text_of(folder));
    while (rc == 0 && (e = readdir(d)) != NULL) {
        struct text name = text_of(e->d_name);
        struct hash hash;
        uint64_t size;
        int there = hash_parse(name, &hash) ? size_of(h, name, &size, err) : 0;
        rc = there == 1 ? each(arg, name, size, err) : there;
    }
    closedir(d);
    return rc;
}

static int all(struct evidence_home *h, evidence_each *each, void *arg, struct err *err)
{
    int rc = 0;

    for (unsigned i = 0; i < 256 && rc == 0; i++) {
        char folder[FILE_PATH], name[4];
        snprintf(name, sizeof name, "%02x", i % 256u);
        rc = file_join(folder, h->dir, name, err);
        if (rc == 0)
            rc = all_in(h, folder, each, arg, err);
    }
    return rc;
}

static int sweep(struct evidence_home *h, int64_t before, struct err *err)
{
    char path[FILE_PATH];
    struct dirent *e;
    struct stat st;
    DIR *d = opendir(h->dir);
    int rc = 0;

    if (d == NULL)
        return errno == ENOENT ? 0 : err_errno(err, text_of(h->dir));
    while (rc == 0 && (e = readdir(d)) != NULL) {
        if (!text_starts(text_of(e->d_name), T(EVIDENCE_UPLOAD ".tmp")))
            continue;
        rc = file_join(path, h->dir, e->d_name, err);
        if (rc == 0 && lstat(path, &st) == 0 && st.st_mtime * INT64_C(1000) < before)
            unlink(path);
    }
    closedir(d);
    return rc;
}

const struct evidence_ops evidence_folder_ops = {
    .put = put, .open = open_it, .read = read_it, .size = size_of, .all = all, .sweep = sweep};
