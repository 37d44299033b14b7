/*
 * evidence_database.c: evidence in the database, in chunks; see evidence_home.h.
 *
 * A file waits in the folder until all of it is there and its hash is known. Then its chunks are
 * written, each by itself, so that nobody waits for a large file, and the mark that it is whole
 * last.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "evidence_home.sql.h"
#include "ledger/evidence_home.h"

/* Bytes of a chunk; how many files a sweep takes; how far back it looks, in ms. */
enum { CHUNK = 512 << 10, SWEPT = 1000 };
#define LOOKS_BACK (30 * EVIDENCE_WAITS)

static int put_chunks(struct evidence_home *h, struct text hash, int fd, uint64_t size,
                      struct err *err)
{
    mem_auto char *bytes = mem_alloc(CHUNK);
    int64_t n = 0;

    if (bytes == NULL)
        return err_set(err, NO_MEMORY);
    for (uint64_t at = 0; at < size; n++) {
        size_t have = 0, want = size - at < (uint64_t)CHUNK ? (size_t)(size - at) : (size_t)CHUNK;
        while (have < want) {
            ssize_t got = pread(fd, bytes + have, want - have, (off_t)(at + have));
            if (got == 0)
                errno = EIO;
            if (got <= 0 && errno != EINTR)
                return err_errno(err, text_of(h->dir));
            have += got > 0 ? (size_t)got : 0;
        }
        if (evidence_chunk_put(h->store, &(struct evidence_chunk_put_in){hash, n, {bytes, want}},
                               err) != 0)
            return -1;
        at += want;
    }
    return 0;
}

static int put(struct evidence_home *h, struct text hash, struct file_new *file, uint64_t size,
               struct err *err)
{
    if (evidence_file_put(h->store,
                          &(struct evidence_file_put_in){
                              .hash = hash, .size = (int64_t)size, .at = h->env->now(h->env)},
                          err) != 0 ||
        put_chunks(h, hash, file->fd, size, err) != 0)
        return -1;
    return evidence_file_whole(h->store, &(struct evidence_file_whole_in){hash}, err);
}

static int size_of(struct evidence_home *h, struct text hash, uint64_t *size, struct err *err)
{
    arena_auto struct arena arena = ARENA(4096);
    struct evidence_file_get_out row;
    int rc =
        evidence_file_get_one(h->store, &(struct evidence_file_get_in){hash}, &row, &arena, err);

    if (rc == 1)
        *size = (uint64_t)row.size;
    return rc;
}

/* 1 a chunk, 0 there is none. */
static int read_chunk(struct evidence_home *h, struct text hash, int64_t n, uint64_t *at,
                      evidence_block *each, void *arg, struct err *err)
{
    struct evidence_chunk_get_out row;
    struct rows rows;
    int rc;

    if (evidence_chunk_get_open(h->store, &(struct evidence_chunk_get_in){hash, n}, &rows, err) !=
        0)
        return -1;
    rc = evidence_chunk_get_next(&rows, &row, err);
    if (rc == 1) {
        *at += row.bytes.n;
        if (each(arg, row.bytes, err) != 0)
            rc = -1;
    }
    rows_close(&rows);
    return rc;
}

static int read_it(struct evidence_home *h, struct text hash, evidence_block *each, void *arg,
                   struct err *err)
{
    uint64_t size, at = 0;
    int rc = size_of(h, hash, &size, err), more = 1;

    if (rc != 1)
        return rc;
    for (int64_t n = 0; more == 1 && at < size; n++)
        more = read_chunk(h, hash, n, &at, each, arg, err);
    return more < 0 ? -1 : 1; /* a chunk that is missing changes the hash */
}

static int write_block(void *fd, struct text block, struct err *err)
{
    while (block.n) {
        ssize_t put = write(*(int *)fd, block.p, block.n);
        if (put < 0 && errno != EINTR)
            return err_errno(err, T(EVIDENCE_UPLOAD));
        block = text_from(block, put > 0 ? (size_t)put : 0);
    }
    return 0;
}

/* A file without a name, which is gone when it is closed. */
static int nameless(const char *dir, struct err *err)
{
    char path[FILE_PATH];
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd >= 0)
        return fd;
    if (file_join(path, dir, EVIDENCE_UPLOAD ".tmpXXXXXX", err) != 0)
        return -1;
    fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, text_of(dir));
    unlink(path);
    return fd;
}

static int open_it(struct evidence_home *h, struct text hash, int *fd, struct err *err)
{
    uint64_t size;
    int rc = size_of(h, hash, &size, err);

    if (rc != 1)
        return rc;
    *fd = nameless(h->dir, err);
    if (*fd < 0)
        return -1;
    rc = read_it(h, hash, write_block, fd, err);
    if (rc == 1 && lseek(*fd, 0, SEEK_SET) == 0)
        return 1;
    close(*fd);
    *fd = -1;
    return rc;
}

static int all(struct evidence_home *h, evidence_each *each, void *arg, struct err *err)
{
    struct evidence_files_out row;
    struct rows rows;
    int rc = evidence_files_open(h->store, NULL, &rows, err);

    while (rc == 0 && (rc = evidence_files_next(&rows, &row, err)) == 1) {
        rc = each(arg, row.hash, (uint64_t)row.size, err);
        if (rc != 0)
            rows_close(&rows);
    }
    return rc;
}

/* --- what nobody needs ------------------------------------------------------------------------ */

static void forget(struct texts *unused, struct text hash)
{
    for (size_t i = 0; i < unused->count; i++)
        if (text_eq(unused->at[i], hash))
            unused->at[i].n = 0;
}

/* Takes those out of the list that an entry about the office names. */
static int keep_documents(struct evidence_home *h, struct texts *unused, struct err *err)
{
    arena_auto struct arena arena = ARENA(8u << 20);
    struct evidence_office_out row;
    struct rows rows;
    int rc;

    if (evidence_office_open(h->store, NULL, &rows, err) != 0)
        return -1;
    while ((rc = evidence_office_next(&rows, &row, err)) == 1) {
        struct evidence_line document;
        struct evidence_list list = {NULL, 0};
        struct entry e;
        arena_clear(&arena);
        if (entry_read(row.bytes, &arena, &e, NULL))
            list = entry_evidence(&e, &document);
        for (size_t i = 0; i < list.count; i++)
            forget(unused, list.at[i].hash);
        if (arena.failed) {
            rows_close(&rows);
            return err_set(err, NO_MEMORY);
        }
    }
    return rc;
}

static int drop(struct evidence_home *h, struct text hash, int64_t before, struct err *err)
{
    if (store_begin(h->store, STORE_BESIDE, err) != 0)
        return -1;
    if (evidence_file_drop(h->store, &(struct evidence_file_drop_in){hash, before}, err) == 0 &&
        evidence_chunk_drop(h->store, &(struct evidence_chunk_drop_in){hash}, err) == 0)
        return store_commit(h->store, err);
    store_rollback(h->store);
    return -1;
}

/* What is on its way lies in the folder in either case. */
static int sweep_folder(struct evidence_home *h, int64_t before, struct err *err)
{
    struct evidence_home folder;

    evidence_home_folder(&folder, h->dir, h->env);
    return folder.ops->sweep(&folder, before, err);
}

/* Whether an item names it: 1, 0, -1. */
static int named(struct evidence_home *h, struct text hash, struct err *err)
{
    arena_auto struct arena arena = ARENA(4096);
    struct evidence_named_out row;
    int rc = evidence_named_one(h->store, &(struct evidence_named_in){hash}, &row, &arena, err);

    return rc == 1 ? row.n > 0 : rc;
}

/* What came in the month before and is not whole, or is named by no item. */
static int find_unused(struct evidence_home *h, int64_t before, struct texts *unused,
                       struct arena *arena, struct err *err)
{
    struct evidence_came_out row;
    struct rows rows;
    int rc = 0;

    unused->at = arena_array(arena, struct text, SWEPT);
    if (unused->at == NULL)
        return err_set(err, NO_MEMORY);
    if (evidence_came_open(
            h->store, &(struct evidence_came_in){.after = before - LOOKS_BACK, .before = before},
            &rows, err) != 0)
        return -1;
    while (unused->count < SWEPT && (rc = evidence_came_next(&rows, &row, err)) == 1) {
        int found = row.whole ? named(h, row.hash, err) : 0;
        if (found == 0)
            unused->at[unused->count++] = arena_text(arena, row.hash);
        if (found < 0) {
            rc = -1;
            break;
        }
    }
    rows_close(&rows);
    return rc < 0 ? -1 : arena->failed ? err_set(err, NO_MEMORY) : 0;
}

static int sweep(struct evidence_home *h, int64_t before, struct err *err)
{
    arena_auto struct arena arena = ARENA(1u << 20);
    struct texts unused = {0};
    int rc = sweep_folder(h, before, err);

    if (rc == 0)
        rc = find_unused(h, before, &unused, &arena, err);
    if (rc == 0 && unused.count)
        rc = keep_documents(h, &unused, err);
    for (size_t i = 0; i < unused.count && rc == 0; i++)
        if (unused.at[i].n)
            rc = drop(h, unused.at[i], before, err);
    return rc;
}

const struct evidence_ops evidence_database_ops = {
    .put = put, .open = open_it, .read = read_it, .size = size_of, .all = all, .sweep = sweep};
