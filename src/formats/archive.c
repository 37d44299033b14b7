/*
 * archive.c: see archive.h. The format: PKWARE APPNOTE.TXT 6.3.10, sections 4.3 (records), 4.4
 * (fields).
 *
 * libzip reads the archive; it does not say where entries lie, so the directory is walked here as
 * well, for that check alone, and compared with what libzip saw.
 */
#include "formats/archive.h"

#include <stdlib.h>
#include <zip.h>

#include "base/mem.h"

/* A part may unpack to this much whatever its packed size … */
#define FREE_BYTES (UINT64_C(32) << 20)
/* … and beyond it to this many times that size: repetitive sheets reach 20 to 60. */
enum { MOST_RATIO = 200 };

enum { END = 22, END64 = 56, LOCATOR64 = 20, CENTRAL = 46, LOCAL = 30, COMMENT = 65535 };
enum { DIRECTORY_BYTES = 16 << 20 };

static uint32_t u16(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32(const unsigned char *p)
{
    return u16(p) | u16(p + 2) << 16;
}

static uint64_t u64(const unsigned char *p)
{
    return u32(p) | (uint64_t)u32(p + 4) << 32;
}

static int broken(const struct source *s, const char *why, struct err *err)
{
    return source_refuse(s, ERR_FILE_TRUNCATED, why, err);
}

static int unsafe(const struct source *s, const char *why, struct err *err)
{
    return source_refuse(s, ERR_FILE_UNSAFE, why, err);
}

static int bomb(const struct source *s, const char *why, struct err *err)
{
    return source_refuse(s, ERR_FILE_BOMB, why, err);
}

/* Exactly n bytes at `at`. */
static int read_exactly(const struct source *s, uint64_t at, void *to, size_t n, struct err *err)
{
    int64_t got = source_read(s, at, to, n, err);

    if (got < 0)
        return -1;
    if ((uint64_t)got < n)
        return broken(s, N_("the archive ends too early"), err);
    return 0;
}

struct directory {
    uint64_t offset, size, count;
};

/* Finds the directory through the end record, which is the last thing but for a comment. */
static int find_directory(const struct source *s, struct directory *d, struct err *err)
{
    size_t n = s->size < END + COMMENT ? (size_t)s->size : END + COMMENT, at;
    mem_auto unsigned char *tail = mem_alloc(n);
    const unsigned char *end;
    uint64_t end_at;

    if (tail == NULL)
        return err_set(err, NO_MEMORY);
    if (n < END)
        return broken(s, N_("the archive ends too early"), err);
    if (read_exactly(s, s->size - n, tail, n, err) != 0)
        return -1;
    for (at = n - END;; at--) {
        if (memcmp(tail + at, "PK\5\6", 4) == 0 && at + END + u16(tail + at + 20) <= n)
            break;
        if (at == 0)
            return broken(s, N_("the archive's directory is missing"), err);
    }
    end = tail + at;
    end_at = s->size - n + at;
    *d = (struct directory){u32(end + 16), u32(end + 12), u16(end + 10)};
    if (d->offset == UINT32_MAX || d->size == UINT32_MAX || d->count == UINT16_MAX) {
        unsigned char locator[LOCATOR64], end64[END64];
        if (end_at >= LOCATOR64) {
            if (read_exactly(s, end_at - LOCATOR64, locator, LOCATOR64, err) != 0)
                return -1;
            if (memcmp(locator, "PK\6\7", 4) == 0) {
                if (read_exactly(s, u64(locator + 8), end64, END64, err) != 0)
                    return -1;
                if (memcmp(end64, "PK\6\6", 4) != 0)
                    return broken(s, N_("the archive's directory is missing"), err);
                *d = (struct directory){u64(end64 + 48), u64(end64 + 40), u64(end64 + 32)};
            }
        }
    }
    if (d->count > ARCHIVE_ENTRIES || d->size > DIRECTORY_BYTES)
        return bomb(s, N_("too many entries in the archive"), err);
    if (d->offset > s->size || d->size > s->size - d->offset)
        return broken(s, N_("the archive's directory is missing"), err);
    return 0;
}

/* Where an entry lies, header and data. */
struct extent {
    uint64_t from, to;
};

static int by_start(const void *a, const void *b)
{
    const struct extent *x = a, *y = b;

    return (x->from > y->from) - (x->from < y->from);
}

/* Takes the 64-bit fields out of an entry's extra data (APPNOTE 4.5.3): those that are all ones in
 * the header, in the order size, packed size, offset. */
static void widen(const unsigned char *extra, size_t n, uint64_t *field[static 3])
{
    while (n >= 4) {
        size_t length = u16(extra + 2), at = 4;
        if (length > n - 4)
            return;
        if (u16(extra) == 1) {
            for (int i = 0; i < 3; i++)
                if (*field[i] == UINT32_MAX && at + 8 <= length + 4) {
                    *field[i] = u64(extra + at);
                    at += 8;
                }
            return;
        }
        extra += 4 + length;
        n -= 4 + length;
    }
}

/* Checks the entry at p (n bytes are left of the directory) and libzip's view of it; returns the
 * record's length, 0 when it is broken, -1 with err. */
static int64_t check_entry(const struct archive *a, uint64_t index, const unsigned char *p,
                           size_t n, struct extent *extent, struct err *err)
{
    const struct source *s = a->source;
    unsigned char local[LOCAL];
    uint64_t size, packed, offset, length;
    struct zip_stat seen;
    const char *name;

    if (n < CENTRAL || memcmp(p, "PK\1\2", 4) != 0)
        return 0;
    length = CENTRAL + (uint64_t)u16(p + 28) + u16(p + 30) + u16(p + 32);
    if (length > n)
        return 0;
    packed = u32(p + 20);
    size = u32(p + 24);
    offset = u32(p + 42);
    widen(p + CENTRAL + u16(p + 28), u16(p + 30), (uint64_t *[]){&size, &packed, &offset});
    if (u16(p + 8) & 1)
        return err_set(err, FILE_PASSWORD, text_of(s->name));
    if (offset >= s->size || s->size - offset < LOCAL)
        return 0;
    if (read_exactly(s, offset, local, LOCAL, err) != 0)
        return -1;
    if (memcmp(local, "PK\3\4", 4) != 0)
        return 0;
    *extent = (struct extent){offset, offset + LOCAL + u16(local + 26) + u16(local + 28)};
    if (extent->to > s->size || packed > s->size - extent->to)
        return 0;
    extent->to += packed;

    name = zip_get_name(a->zip, index, ZIP_FL_ENC_RAW);
    if (name == NULL || zip_stat_index(a->zip, index, 0, &seen) != 0)
        return 0;
    if (!text_eq(text_of(name), text_head((struct text){(const char *)p + CENTRAL, u16(p + 28)},
                                          strnlen((const char *)p + CENTRAL, u16(p + 28)))) ||
        seen.size != size || seen.comp_size != packed)
        return unsafe(s, N_("an archive with two directories"), err);
    return (int64_t)length;
}

static int check_entries(struct archive *a, const struct directory *d, struct err *err)
{
    const struct source *s = a->source;
    mem_auto unsigned char *bytes = mem_alloc((size_t)d->size);
    mem_auto struct extent *extents = mem_alloc(sizeof *extents * (size_t)d->count);
    uint64_t at = 0;

    if (bytes == NULL || extents == NULL)
        return err_set(err, NO_MEMORY);
    if (read_exactly(s, d->offset, bytes, (size_t)d->size, err) != 0)
        return -1;
    if (zip_get_num_entries(a->zip, 0) != (zip_int64_t)d->count)
        return unsafe(s, N_("an archive with two directories"), err);
    for (uint64_t i = 0; i < d->count; i++) {
        int64_t used = check_entry(a, i, bytes + at, (size_t)(d->size - at), &extents[i], err);
        if (used < 0)
            return -1;
        if (used == 0)
            return broken(s, N_("the archive's directory is damaged"), err);
        at += (uint64_t)used;
    }
    qsort(extents, (size_t)d->count, sizeof *extents, by_start);
    for (uint64_t i = 1; i < d->count; i++)
        if (extents[i].from < extents[i - 1].to)
            return bomb(s, N_("entries that lie over each other"), err);
    return 0;
}

/* A libzip source that reads ours; one for each archive, so that its position is its own. */
struct reader {
    const struct source *source;
    uint64_t at;
    zip_error_t error;
};

static zip_int64_t reader_call(void *state, void *data, zip_uint64_t n, zip_source_cmd_t command)
{
    struct reader *r = state;
    struct err err = {0};

    switch (command) {
    case ZIP_SOURCE_OPEN: r->at = 0; return 0;
    case ZIP_SOURCE_READ: {
        int64_t got = source_read(r->source, r->at, data, (size_t)n, &err);
        if (got < 0)
            zip_error_set(&r->error, ZIP_ER_READ, 0);
        else
            r->at += (uint64_t)got;
        return got;
    }
    case ZIP_SOURCE_SEEK: {
        zip_int64_t to = zip_source_seek_compute_offset(r->at, r->source->size, data, n, &r->error);
        if (to < 0)
            return -1;
        r->at = (uint64_t)to;
        return 0;
    }
    case ZIP_SOURCE_TELL: return (zip_int64_t)r->at;
    case ZIP_SOURCE_STAT: {
        struct zip_stat *st = ZIP_SOURCE_GET_ARGS(struct zip_stat, data, n, &r->error);
        if (st == NULL)
            return -1;
        zip_stat_init(st);
        st->size = r->source->size;
        st->valid |= ZIP_STAT_SIZE;
        return sizeof *st;
    }
    case ZIP_SOURCE_ERROR: return zip_error_to_data(&r->error, data, n);
    case ZIP_SOURCE_CLOSE: return 0;
    case ZIP_SOURCE_FREE: mem_free(r); return 0;
    case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(
            ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR,
            ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_SUPPORTS, -1);
    default: zip_error_set(&r->error, ZIP_ER_OPNOTSUPP, 0); return -1;
    }
}

int archive_open(struct archive *a, const struct source *source, const struct sheet_limits *limits,
                 struct err *err)
{
    struct directory d = {0};
    struct reader *r;
    zip_source_t *zs;

    *a = (struct archive){.source = source, .inflated_most = limits->inflated_bytes};
    if (find_directory(source, &d, err) != 0)
        return -1;
    r = mem_alloc(sizeof *r);
    if (r == NULL)
        return err_set(err, NO_MEMORY);
    r->source = source;
    zip_error_init(&r->error);
    zs = zip_source_function_create(reader_call, r, NULL);
    if (zs == NULL) {
        mem_free(r);
        return err_set(err, NO_MEMORY);
    }
    a->zip = zip_open_from_source(zs, ZIP_RDONLY, NULL);
    if (a->zip == NULL) {
        zip_source_free(zs);
        return broken(source, N_("the archive's directory is damaged"), err);
    }
    if (check_entries(a, &d, err) != 0) {
        archive_close(a);
        return -1;
    }
    return 0;
}

void archive_close(struct archive *a)
{
    if (a->zip)
        zip_discard(a->zip);
    a->zip = NULL;
}

static char folded(char c)
{
    return c == '\\' ? '/' : c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

int64_t archive_find(const struct archive *a, struct text name)
{
    int64_t count = zip_get_num_entries(a->zip, 0);

    if (name.n && folded(name.p[0]) == '/')
        name = text_from(name, 1);
    for (int64_t i = 0; i < count; i++) {
        const char *s = zip_get_name(a->zip, (zip_uint64_t)i, ZIP_FL_ENC_RAW);
        size_t at = 0;

        if (s && folded(s[0]) == '/')
            s++;
        while (s && at < name.n && s[at] && folded(s[at]) == folded(name.p[at]))
            at++;
        if (s && at == name.n && s[at] == '\0')
            return i;
    }
    return -1;
}

uint64_t archive_size(const struct archive *a, int64_t entry)
{
    struct zip_stat st;

    return zip_stat_index(a->zip, (zip_uint64_t)entry, 0, &st) == 0 ? st.size : 0;
}

int part_open(struct part *p, struct archive *a, int64_t entry, struct err *err)
{
    struct zip_stat st;

    *p = (struct part){.archive = a};
    if (entry < 0 || zip_stat_index(a->zip, (zip_uint64_t)entry, 0, &st) != 0)
        return broken(a->source, N_("a part of the workbook is missing"), err);
    if (st.comp_method != ZIP_CM_STORE && st.comp_method != ZIP_CM_DEFLATE)
        return unsafe(a->source, N_("an unusual compression"), err);
    p->packed = st.comp_size;
    p->file = zip_fopen_index(a->zip, (zip_uint64_t)entry, 0);
    if (p->file == NULL)
        return broken(a->source, N_("a part of the workbook cannot be unpacked"), err);
    return 0;
}

void part_close(struct part *p)
{
    if (p->file)
        zip_fclose(p->file);
    p->file = NULL;
}

int64_t part_read(struct part *p, void *to, size_t n, struct err *err)
{
    zip_int64_t got = zip_fread(p->file, to, n);

    if (got < 0)
        return broken(p->archive->source, N_("a part of the workbook cannot be unpacked"), err);
    p->inflated += (uint64_t)got;
    p->archive->inflated += (uint64_t)got;
    if (p->archive->inflated > p->archive->inflated_most)
        return bomb(p->archive->source, N_("too much text"), err);
    if (p->inflated > FREE_BYTES && p->inflated / MOST_RATIO > p->packed)
        return bomb(p->archive->source, N_("a few bytes repeated without end"), err);
    return got;
}
