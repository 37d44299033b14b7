/* file.c: see file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static _Thread_local unsigned long made, fail_at;
static _Thread_local int fail_forever, fail_errno;

unsigned long file_fail_at(unsigned long n, int forever, int error)
{
    unsigned long was = made;

    made = 0;
    fail_at = n;
    fail_forever = forever;
    fail_errno = error;
    return was;
}

/* True when this step is to fail; errno is set. */
static bool fails(void)
{
    made++;
    if (fail_at == 0 || (fail_forever ? made < fail_at : made != fail_at))
        return false;
    errno = fail_errno;
    return true;
}

static int write_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t put = fails() ? -1 : write(fd, p, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        p += put;
        n -= (size_t)put;
    }
    return 0;
}

/* The folder part of path, "." when it has none. */
static void folder_of(const char *path, char *out, size_t room)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        snprintf(out, room, ".");
    else
        snprintf(out, room, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

int file_sync_dir(const char *path, struct err *err)
{
    int fd = fails() ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc;

    if (fd < 0)
        return err_errno(err, text_of(path));
    rc = fsync(fd) == 0 ? 0 : err_errno(err, text_of(path));
    close(fd);
    return rc;
}

/* Opens a new file beside path, under a name that nobody had before. */
static int open_beside(const char *path, char *name, size_t room, unsigned mode, struct err *err)
{
    static _Atomic unsigned long serial; /* many threads write beside the same path */
    int fd = -1;

    for (int i = 0; fd < 0 && i < 100; i++) {
        if ((size_t)snprintf(name, room, "%s.tmp%ld-%lu", path, (long)getpid(), serial++) >= room) {
            errno = ENAMETOOLONG;
            break;
        }
        fd = fails() ? -1 : open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    return fd < 0 ? err_errno(err, text_of(path)) : fd;
}

/* Syncs fd and moves it from name to path; closes fd; removes name on failure. */
static int settle(int fd, const char *name, const char *path, bool replace, struct err *err)
{
    char folder[4096];
    int rc = fails() || fsync(fd) != 0 ? -1 : 0;

    if (close(fd) != 0)
        rc = -1;
    if (rc == 0)
        rc = fails() ? -1 : replace ? rename(name, path) : link(name, path);
    if (rc != 0) {
        err_errno(err, text_of(path));
        unlink(name);
        return -1;
    }
    if (!replace)
        unlink(name);
    folder_of(path, folder, sizeof folder);
    return file_sync_dir(folder, err);
}

int file_write(const char *path, struct text bytes, unsigned mode, bool replace, struct err *err)
{
    char name[4096];
    int fd = open_beside(path, name, sizeof name, mode, err);

    if (fd < 0)
        return -1;
    if (write_all(fd, bytes.p, bytes.n) != 0) {
        err_errno(err, text_of(path));
        close(fd);
        unlink(name);
        return -1;
    }
    return settle(fd, name, path, replace, err);
}

int file_new_open(struct file_new *f, const char *path, unsigned mode, struct err *err)
{
    f->fd = -1;
    if ((size_t)snprintf(f->path, sizeof f->path, "%s", path) >= sizeof f->path) {
        errno = ENAMETOOLONG;
        return err_errno(err, text_of(path));
    }
    f->fd = open_beside(path, f->name, sizeof f->name, mode, err);
    return f->fd < 0 ? -1 : 0;
}

int file_new_write(struct file_new *f, struct text bytes, struct err *err)
{
    return write_all(f->fd, bytes.p, bytes.n) == 0 ? 0 : err_errno(err, text_of(f->path));
}

int file_new_done(struct file_new *f, struct err *err)
{
    int fd = f->fd;

    f->fd = -1;
    return settle(fd, f->name, f->path, true, err);
}

void file_new_drop(struct file_new *f)
{
    if (f->fd < 0)
        return;
    close(f->fd);
    unlink(f->name);
    f->fd = -1;
}

int file_copy(const char *from, const char *to, unsigned mode, struct err *err)
{
    char name[4096], block[65536];
    int in = open(from, O_RDONLY | O_CLOEXEC), out;
    ssize_t got = 0;

    if (in < 0)
        return err_unreadable(err, text_of(from));
    out = open_beside(to, name, sizeof name, mode, err);
    if (out < 0) {
        close(in);
        return -1;
    }
    while ((got = read(in, block, sizeof block)) > 0)
        if (write_all(out, block, (size_t)got) != 0)
            break;
    if (got != 0) {
        err_errno(err, text_of(got < 0 ? from : to));
        close(in);
        close(out);
        unlink(name);
        return -1;
    }
    close(in);
    return settle(out, name, to, true, err);
}

int file_read(const char *path, size_t cap, struct arena *arena, struct text *bytes,
              struct err *err)
{
    struct stat st;
    int fd = fails() ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    char *p;
    size_t have = 0;

    if (fd < 0)
        return err_unreadable(err, text_of(path));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return err_set(err, NOT_A_FILE, text_of(path), err_sentence(N_("not an ordinary file")));
    }
    if ((uint64_t)st.st_size > cap) {
        char limit[32];
        close(fd);
        snprintf(limit, sizeof limit, "%zu", cap);
        return err_set(err, TOO_LARGE, text_of(path), text_of(limit));
    }
    p = arena_take(arena, (size_t)st.st_size + 1);
    if (p == NULL) {
        close(fd);
        return err_set(err, NO_MEMORY);
    }
    while (have < (size_t)st.st_size) {
        ssize_t got = fails() ? -1 : read(fd, p + have, (size_t)st.st_size - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        have += (size_t)got;
    }
    close(fd);
    if (have < (size_t)st.st_size)
        return err_errno(err, text_of(path));
    *bytes = (struct text){p, have};
    return 0;
}

int file_scan(const char *path, int (*each)(void *arg, struct text block, struct err *err),
              void *arg, struct err *err)
{
    struct stat st;
    char block[65536];
    int fd = fails() ? -1 : open(path, O_RDONLY | O_CLOEXEC), rc = 0;

    if (fd < 0)
        return err_unreadable(err, text_of(path));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return err_set(err, NOT_A_FILE, text_of(path), err_sentence(N_("not an ordinary file")));
    }
    while (rc == 0) {
        ssize_t got = fails() ? -1 : read(fd, block, sizeof block);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            rc = err_errno(err, text_of(path));
        else if (got == 0)
            break;
        else
            rc = each(arg, (struct text){block, (size_t)got}, err);
    }
    close(fd);
    return rc;
}

int file_join(char out[static FILE_PATH], const char *folder, const char *name, struct err *err)
{
    int n = snprintf(out, FILE_PATH, "%s/%s", folder, name);

    if (n < 0 || n >= FILE_PATH) {
        errno = ENAMETOOLONG;
        return err_errno(err, text_of(name));
    }
    return 0;
}

int file_mkdir(const char *path, unsigned mode, struct err *err)
{
    if (fails() || (mkdir(path, mode) != 0 && errno != EEXIST))
        return err_errno(err, text_of(path));
    return 0;
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}
