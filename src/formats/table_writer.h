/*
 * table_writer.h: what the writers of table.h share.
 */
#ifndef XH_FORMATS_TABLE_WRITER_H
#define XH_FORMATS_TABLE_WRITER_H

#include "base/arena.h"
#include "base/file.h"
#include "formats/table.h"

/* One way of writing. A workbook takes the table whose `file` is open. */
struct table_ops {
    int (*open)(struct table *, struct err *);
    int (*row)(struct table *, const struct text *cells, struct err *);
    /* Writes what is left; the caller syncs and renames. */
    int (*close)(struct table *, struct err *);
    /* Frees what open() made, after close() as well as without. */
    void (*release)(struct table *);
};

extern const struct table_ops table_xlsx, table_csv, table_json;

struct table {
    const struct table_ops *ops;
    struct table_spec spec; /* a copy; texts are in the arena */
    struct arena arena;
    struct file_new file; /* fd -1: what is written goes elsewhere */
    /* Of the text formats: where it goes, and what is not written yet. */
    int (*write)(void *arg, struct text bytes, struct err *err);
    void *arg;
    struct buf out;
    uint64_t row_count; /* data rows so far */
    struct workbook *workbook;
};

/* True for a decimal as JSON writes it: 0, -12, 3.50; no sign but minus, no leading zeros. */
bool table_decimal(struct text t);

#endif
