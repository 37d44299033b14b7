/*
 * file.h: whole files, durably.
 *
 * Writing goes: temporary name in the same folder, write, sync, rename, sync the folder. A reader
 * sees the old file or the new one. A test can fail the Nth of these steps (file_fail_at).
 */
#ifndef XH_BASE_FILE_H
#define XH_BASE_FILE_H

#include "base/arena.h"
#include "base/err.h"

/* Writes bytes to path with that mode (0600 for secrets). Without replace an existing
 * file is an error. */
int file_write(const char *path, struct text bytes, unsigned mode, bool replace, struct err *err);

/* A file written piece by piece, which appears under its name (replacing what was there) only when
 * it is whole. Until then it is beside it, under `name`, where a library may write it. */
struct file_new {
    int fd; /* -1 when there is none */
    char name[4096], path[4096];
};
int file_new_open(struct file_new *f, const char *path, unsigned mode, struct err *err);
int file_new_write(struct file_new *f, struct text bytes, struct err *err);
/* Syncs and renames; on -1 nothing is left of it. */
int file_new_done(struct file_new *f, struct err *err);
/* Gives up: nothing is left of it. Nothing to do after file_new_done. */
void file_new_drop(struct file_new *f);

/* Reads all of path, at most cap bytes, into the arena. */
int file_read(const char *path, size_t cap, struct arena *arena, struct text *bytes,
              struct err *err);

/* Hands the bytes of an ordinary file to each(), block by block, in bounded memory; a block lives
 * during the call. When each() returns -1 (with err filled) so does this. */
int file_scan(const char *path, int (*each)(void *arg, struct text block, struct err *err),
              void *arg, struct err *err);

/* Writes folder/name to out (FILE_PATH bytes); a path that is too long is an error. */
enum { FILE_PATH = 4096 };
int file_join(char out[static FILE_PATH], const char *folder, const char *name, struct err *err);

/* Makes the folder if it is not there; its parents must be. */
int file_mkdir(const char *path, unsigned mode, struct err *err);
/* Syncs a folder, so that renames in it are durable. */
int file_sync_dir(const char *path, struct err *err);
bool file_exists(const char *path);

/* Copies the file `from` to `to` like file_write does, in bounded memory. An existing `to` is
 * replaced. */
int file_copy(const char *from, const char *to, unsigned mode, struct err *err);

/* For tests: step n from now fails with that errno, once or for ever; 0 switches it off. Returns
 * the steps made since the last call. */
unsigned long file_fail_at(unsigned long n, int forever, int error);

#endif
