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

/* Reads all of path, at most cap bytes, into the arena. */
int file_read(const char *path, size_t cap, struct arena *arena, struct text *bytes,
              struct err *err);

/* Makes the folder if it is not there; its parents must be. */
int file_mkdir(const char *path, unsigned mode, struct err *err);
/* Syncs a folder, so that renames in it are durable. */
int file_sync_dir(const char *path, struct err *err);
bool file_exists(const char *path);

/* Copies the file `from` to `to` like file_write does, in bounded memory. An existing `to` is replaced. */
int file_copy(const char *from, const char *to, unsigned mode, struct err *err);

/* For tests: step n from now fails with that errno, once or for ever; 0 switches it off. Returns
 * the steps made since the last call. */
unsigned long file_fail_at(unsigned long n, int forever, int error);

#endif
