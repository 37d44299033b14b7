/*
 * source.h: the bytes of a file that is read, on the disk or in memory, and its name for errors.
 *
 * Reading says where, so that two threads can read one source; nothing is mapped, so that a file
 * that shrinks meanwhile is only a short read.
 */
#ifndef XH_FORMATS_SOURCE_H
#define XH_FORMATS_SOURCE_H

#include "base/err.h"

struct source {
    const char *name;  /* as the person gave it */
    const char *bytes; /* in memory; NULL: fd counts */
    int fd;
    uint64_t size;
};

/* Up to n bytes from offset `at`; returns how many, fewer only at the end; -1 with err. */
int64_t source_read(const struct source *s, uint64_t at, void *to, size_t n, struct err *err);

/* Fills err with a code that takes the file's name and a reason (a sentence marked N_()). */
int source_refuse(const struct source *s, enum err_code code, const char *why, struct err *err);
/* ERR_FILE_LIMIT: what there is too much of, and how much could be taken. */
int source_limit(const struct source *s, const char *what, uint64_t most, struct err *err);

#endif
