/*
 * export.h: lists as the files that a person hands in, and the log for whoever checks it.
 */
#ifndef XH_OFFICE_EXPORT_H
#define XH_OFFICE_EXPORT_H

#include "formats/table.h"
#include "office/lists/lists.h"

struct export_request {
    struct list_query query; /* of problems, tasks or responsibilities */
    enum lang lang;
    struct text campaign_name; /* of the query's campaign; may be empty */
    struct text unit_name;     /* of the query's unit; may be empty */
    struct text narrowed;      /* what else the query asks for, in words; may be empty */
    int64_t at;                /* the moment that is exported, ms since 1970 UTC */
};

/* Writes the list to path (replacing what was there, only when it is whole), all rows of one
 * moment. *rows (may be NULL) gets how many; progress may be NULL. */
int export_list(const char *path, enum table_format format, struct ledger *l,
                const struct viewer *v, const struct export_request *request, int64_t *rows,
                void (*progress)(void *, int64_t), void *arg, struct err *err);

/* The same bytes of a CSV or JSON a piece at a time, each made when it is asked for, in memory that
 * does not grow with the list. The ledger's connection is in one read transaction until
 * export_close; it, the viewer and the request's texts must live as long. */
struct export;
struct export *export_open(enum table_format format, struct ledger *l, const struct viewer *v,
                           const struct export_request *request, struct err *err);
/* Appends the next piece: 1 more follows, 0 that was the last, -1 what came so far is not whole. */
int export_next(struct export *e, struct buf *piece, struct err *err);
void export_close(struct export *e); /* NULL is allowed */

/*
 * Writes the log as JSON lines: every entry's canonical bytes, then {"checkpoint":"<signed note>"}
 * that fits them (docs/log-format.md, "Export"). It holds everything but sealed values, so it is
 * for auditors alone: whoever calls it has asked for that role. The bytes go to write in blocks.
 */
int export_log(struct ledger *l, int (*write)(void *arg, struct text bytes, struct err *err),
               void *arg, int64_t *entries, void (*progress)(void *, int64_t), void *progress_arg,
               struct err *err);

#endif
