/*
 * intake.h: takes a workbook or table into the ledger.
 *
 * office/import understands the file; here its drafts become commands: names become units and
 * persons (made provisionally when nobody knows them), rows become items, and a corrected file
 * changes the items that it names. Rows are written in bounded batches, one transaction each; a row
 * is whole or absent; a run that was broken off goes on where it stopped, since each row's
 * idempotency key follows from the file's hash, the sheet and the row.
 */
#ifndef XH_OFFICE_INTAKE_H
#define XH_OFFICE_INTAKE_H

#include "ledger/ledger.h"
#include "office/import/reader.h"

struct intake_options {
    enum import_kind kind;
    const char *path;
    const char *name;          /* what its owner calls it, for errors; NULL: the path */
    struct text campaign;      /* empty: the default one of this year, made when it is not there */
    const struct mapping *map; /* or NULL */
    const struct cell_fixes *fixes; /* cells corrected by hand; or NULL */
    struct text updates; /* SHA-256 (hexadecimal) of the file that this one corrects, or empty */
    bool skip_duplicates, dry_run;
    struct text via;
    enum lang lang; /* of the rejects' reasons and of names that are made */
};

struct intake_counts {
    int64_t rows;       /* understood */
    int64_t added;      /* items, tasks, units or persons that are new */
    int64_t updated;    /* changed by this file */
    int64_t unchanged;  /* in the ledger as the file says, or from this very file */
    int64_t duplicates; /* of the added: that say the same as another item */
    int64_t skipped;    /* left out as duplicates */
    int64_t refused;    /* changes that a rule forbids: the item is as it was */
    int64_t rejected;
    int64_t doubts;
    int64_t units_made, people_made; /* provisionally */
};

/* Who is told what happens, in the file's order as far as a batch allows. -1 stops the run. */
struct intake_listener {
    int (*mapping)(struct intake_listener *, const struct mapping_sheet *, struct err *);
    int (*doubt)(struct intake_listener *, const struct doubt *, struct err *);
    /* reason is in the options' language. */
    int (*reject)(struct intake_listener *, const struct doubt *place, struct text reason,
                  struct err *);
    /* After each batch; may be NULL. */
    int (*progress)(struct intake_listener *, int64_t rows, struct err *);
};

struct intake_result {
    struct intake_counts counts;
    char campaign[64];  /* that the items went to */
    char file_hash[65]; /* SHA-256 of the file */
    char rejects[4200]; /* path of the rejects' workbook; empty when there is none */
};

/* Takes the file in on behalf of the viewer. *map_out (may be NULL) gets the mapping used, as JSON.
 * -1 with err when the file cannot be taken at all, a rule forbids the whole (the sentence is
 * err's), or the machine failed; what was written before is kept (unless dry_run) and counted. */
int intake(struct ledger *l, const struct viewer *viewer, const struct intake_options *options,
           struct intake_listener *listener, struct intake_result *result, struct buf *map_out,
           struct err *err);

#endif
