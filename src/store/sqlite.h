/* sqlite.h: the embedded store. Only sqlite.c includes sqlite3.h. */
#ifndef XH_STORE_SQLITE_H
#define XH_STORE_SQLITE_H

#include "store/store.h"

struct sqlite_options {
    bool create;     /* make the file when it is not there */
    bool read_only;  /* refuse every write */
    bool beside;     /* one of many connections of a process: keeps little in memory */
    bool lazy;       /* commits keep their order but wait for no disk; nobody waits for this one */
    const char *vfs; /* NULL for the system's; tests give their own */
    int wait_ms;     /* how long to wait for another writer */
};

/* Opens the database file; ":memory:" for one that lives only as long as the connection. Commits
 * are durable when they return (write-ahead log, full synchronisation); of a lazy connection they
 * are with the next commit of another one. NULL on failure. */
struct store *sqlite_open(const char *path, const struct sqlite_options *options, struct err *err);

#endif
