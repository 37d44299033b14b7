/*
 * access.h: the access log: who opened what of an item, when, and how.
 *
 * It stands outside the log (DESIGN, "The log is the truth") and is there to answer for one item
 * who knew it. It counts and ranks nobody: it is read by item, and no question is keyed by a
 * person. One row a person, item, kind and day, with the first and last time and how often.
 *
 * Noting only appends in memory; a writer behind the callers flushes from time to time, many notes
 * in one transaction. When the memory is full, whoever notes flushes; nothing is lost silently.
 */
#ifndef XH_OFFICE_ACCESS_H
#define XH_OFFICE_ACCESS_H

#include "ledger/ledger.h"

enum access_kind {
    ACCESS_PAGE = 1, /* the item's page */
    ACCESS_FILE,     /* a file of it; what: its hash */
    ACCESS_SEALED,   /* a sealed value; what: the field */
    ACCESS_EXPORT,   /* a list; item: the campaign, or none; what: the list's name */
    ACCESS_KINDS
};
enum access_channel { ACCESS_CLI = 1, ACCESS_WEB = 2, ACCESS_API = 4 }; /* bits */

struct access {
    struct text item, person, what;
    enum access_kind kind;
    enum access_channel channel;
};

struct access_log;
/* With a connection of its own to the ledger's database, which waits only shortly for other
 * writers. NULL with err where it cannot be written. */
struct access_log *access_open(const struct ledger *l, struct err *err);
/* Notes one access, now; from any thread. 0 also when it is only in memory yet; -1 when the memory
 * was full and could not be flushed: then this one is not noted. */
int access_note(struct access_log *log, const struct access *a, struct err *err);
/* Writes what was noted, in one transaction; from any thread. -1: it is all still in memory. */
int access_flush(struct access_log *log, struct err *err);
/* How many rows wait to be flushed. */
size_t access_waiting(struct access_log *log);
/* Flushes and closes. -1 when the last ones could not be written: those are lost, say so. NULL is
 * allowed. */
int access_close(struct access_log *log, struct err *err);

struct access_row {
    int32_t day;
    struct text person, name, what; /* what: of the last time */
    enum access_kind kind;
    unsigned channels;   /* bits of access_channel */
    int64_t first, last; /* ms since 1970 UTC */
    int64_t count;
};
enum { ACCESS_PAGE_ROWS = 200 };
/*
 * One page of who opened an item, newest days first, exports that may have held it included;
 * `after` is the last row of the page before, or NULL. NOT_FOUND for an item that the viewer may
 * not see; REFUSED for whoever is neither auditor nor clerk there. Rows live in the arena.
 */
int access_read(struct access_row **rows, size_t *count, struct ledger *l, const struct viewer *v,
                struct text code, const struct access_row *after, struct arena *arena,
                struct err *err);
/* Appends one as a compact JSON object, without a newline. */
void access_json(struct buf *out, const struct ledger *l, const struct access_row *row);
/* "page" and the like; and what people call it (marked for translation). */
const char *access_kind_key(enum access_kind kind);
const char *access_kind_label(enum access_kind kind);
/* Appends "cli, web". */
void access_channels(struct buf *out, unsigned channels);

/*
 * Drops what is said of days before `before`, in bounded steps, after an entry that says so
 * (access.purge). *dropped counts rows. The outcome's verdict refuses whoever is no auditor
 * (ROLE), and a day within the last half-year (KEPT).
 */
int access_purge(struct ledger *l, struct text by, struct text via, int32_t before,
                 struct outcome *outcome, int64_t *dropped, struct arena *arena, struct err *err);

#endif
