/*
 * row_batch.h: rows as a file stores them, in batches, and their way from the thread that parses to
 * the thread that asked.
 *
 * A raw cell is what stands in the file: the type, the style's number, the value's bytes. What it
 * means (a shared string, a date) is found out on the other side, so that the two threads share
 * the work and the parser can start before shared strings and styles are read.
 */
#ifndef XH_FORMATS_ROW_BATCH_H
#define XH_FORMATS_ROW_BATCH_H

#include <pthread.h>

#include "base/err.h"

enum raw_type { RAW_NUMBER, RAW_SHARED, RAW_TEXT, RAW_BOOL, RAW_ERROR, RAW_ISO };

struct raw_cell {
    uint32_t column, style;
    uint32_t at, n; /* of the value, in the batch's bytes */
    uint8_t type;   /* enum raw_type */
    bool formula;
};

struct raw_row {
    uint32_t number, count;
    bool hidden;
};

/* Row after row: the cells of the first, of the second, … */
struct row_batch {
    struct row_batch *next;
    struct buf bytes;
    struct raw_cell *cells;
    size_t cell_count, cell_room;
    struct raw_row *rows;
    size_t row_count, row_room;
};

/* A new, empty batch; NULL when memory is short. */
struct row_batch *row_batch_new(void);
void row_batch_free(struct row_batch *b);
void row_batch_clear(struct row_batch *b);
/* A new cell, or row, at the end; NULL when memory is short. */
struct raw_cell *row_batch_cell(struct row_batch *b);
struct raw_row *row_batch_row(struct row_batch *b);
/* True when it is time to hand the batch over. */
bool row_batch_full(const struct row_batch *b);

/* Where a parser brings its full batches: gets one, returns the next empty one. NULL means stop:
 * err is filled, unless nobody wants more. */
struct row_taker {
    struct row_batch *(*take)(struct row_taker *, struct row_batch *full, struct err *err);
};

/*
 * A queue of batches between two threads, bounded: the maker waits when RELAY_BATCHES are under
 * way, which is all the memory that it takes.
 */
enum { RELAY_BATCHES = 16 };

struct relay {
    struct row_taker taker; /* the maker's side */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct row_batch *first, *last; /* full ones, oldest first */
    struct row_batch *empty;
    int made;
    bool finished, abandoned;
};

void relay_init(struct relay *r);
/* Both threads are done with it. */
void relay_release(struct relay *r);
/* The maker has brought its last batch, or has failed. */
void relay_finish(struct relay *r);
/* The user's side: gives the used batch back (NULL at first), waits for a full one; NULL when the
 * maker has finished and all are used. */
struct row_batch *relay_next(struct relay *r, struct row_batch *used);
/* The user wants no more: the maker's next take() returns NULL. */
void relay_abandon(struct relay *r);

#endif
