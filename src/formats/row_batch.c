/* row_batch.c: see row_batch.h. */
#include "formats/row_batch.h"

#include "base/mem.h"

/* A batch is handed over when it has about this much: small enough for the processor's cache. */
enum { FULL_CELLS = 8 * 1024, FULL_ROWS = 4 * 1024, FULL_BYTES = 256 * 1024 };

/* No batch holds more: the longest row, on top of an almost full batch. */
enum { MOST_BYTES = 8 << 20 };

struct row_batch *row_batch_new(void)
{
    struct row_batch *b = mem_alloc(sizeof *b);

    if (b)
        b->bytes = BUF(MOST_BYTES);
    return b;
}

void row_batch_free(struct row_batch *b)
{
    if (b == NULL)
        return;
    buf_release(&b->bytes);
    mem_free(b->cells);
    mem_free(b->rows);
    mem_free(b);
}

void row_batch_clear(struct row_batch *b)
{
    buf_clear(&b->bytes);
    b->cell_count = b->row_count = 0;
}

struct raw_cell *row_batch_cell(struct row_batch *b)
{
    if (!mem_room(&b->cells, b->cell_count, &b->cell_room, sizeof *b->cells))
        return NULL;
    return &b->cells[b->cell_count++];
}

struct raw_row *row_batch_row(struct row_batch *b)
{
    if (!mem_room(&b->rows, b->row_count, &b->row_room, sizeof *b->rows))
        return NULL;
    return &b->rows[b->row_count++];
}

bool row_batch_full(const struct row_batch *b)
{
    return b->cell_count >= FULL_CELLS || b->row_count >= FULL_ROWS || b->bytes.n >= FULL_BYTES;
}

static struct row_batch *relay_take(struct row_taker *taker, struct row_batch *full,
                                    struct err *err)
{
    struct relay *r = (struct relay *)taker;
    struct row_batch *b = NULL;
    bool fresh = false;

    pthread_mutex_lock(&r->lock);
    if (full) {
        full->next = NULL;
        if (r->last)
            r->last->next = full;
        else
            r->first = full;
        r->last = full;
        pthread_cond_signal(&r->changed);
    }
    while (!r->abandoned && r->empty == NULL && r->made == RELAY_BATCHES)
        pthread_cond_wait(&r->changed, &r->lock);
    if (r->abandoned) {
        pthread_mutex_unlock(&r->lock);
        return NULL;
    }
    if (r->empty) {
        b = r->empty;
        r->empty = b->next;
    } else {
        r->made++;
        fresh = true;
    }
    pthread_mutex_unlock(&r->lock);
    if (fresh)
        b = row_batch_new();
    if (b == NULL)
        err_set(err, NO_MEMORY);
    return b;
}

void relay_init(struct relay *r)
{
    *r = (struct relay){.taker = {relay_take}};
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->changed, NULL);
}

static void free_all(struct row_batch *b)
{
    while (b) {
        struct row_batch *next = b->next;
        row_batch_free(b);
        b = next;
    }
}

void relay_release(struct relay *r)
{
    free_all(r->first);
    free_all(r->empty);
    pthread_cond_destroy(&r->changed);
    pthread_mutex_destroy(&r->lock);
}

void relay_finish(struct relay *r)
{
    pthread_mutex_lock(&r->lock);
    r->finished = true;
    pthread_cond_signal(&r->changed);
    pthread_mutex_unlock(&r->lock);
}

struct row_batch *relay_next(struct relay *r, struct row_batch *used)
{
    struct row_batch *b;

    pthread_mutex_lock(&r->lock);
    if (used) {
        row_batch_clear(used);
        used->next = r->empty;
        r->empty = used;
        pthread_cond_signal(&r->changed);
    }
    while (r->first == NULL && !r->finished)
        pthread_cond_wait(&r->changed, &r->lock);
    b = r->first;
    if (b) {
        r->first = b->next;
        if (r->first == NULL)
            r->last = NULL;
    }
    pthread_mutex_unlock(&r->lock);
    return b;
}

void relay_abandon(struct relay *r)
{
    pthread_mutex_lock(&r->lock);
    r->abandoned = true;
    pthread_cond_signal(&r->changed);
    pthread_mutex_unlock(&r->lock);
}
