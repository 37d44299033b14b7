/*
 * book.h: for tests: workbooks made byte by byte, honest and hostile, and a transcript of what a
 * reader makes of a file.
 */
#ifndef XH_TESTS_BOOK_H
#define XH_TESTS_BOOK_H

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "formats/sheet.h"

/* -- zip archives (PKWARE APPNOTE 4.3) -- */

struct archive_made {
    struct buf bytes, directory;
    unsigned entries;
};

#define ARCHIVE_MADE \
    ((struct archive_made){.bytes = BUF((size_t)512 << 20), .directory = BUF(64 << 20)})

static inline void put16(struct buf *b, unsigned v)
{
    buf_char(b, (char)(v & 255));
    buf_char(b, (char)(v >> 8 & 255));
}

static inline void put32(struct buf *b, uint64_t v)
{
    put16(b, (unsigned)(v & 0xffff));
    put16(b, (unsigned)(v >> 16 & 0xffff));
}

struct entry_made {
    struct text name, data; /* data as it lies in the archive */
    uint64_t size, offset;  /* unpacked; of the local header */
    uint64_t crc;
    unsigned method, flags;
};

/* A directory record that says so, whether it is true or not. */
static inline void archive_record(struct archive_made *a, const struct entry_made *e)
{
    struct buf *b = &a->directory;

    a->entries++;
    buf_bytes(b, "PK\1\2\x14\0\x14\0", 8);
    put16(b, e->flags);
    put16(b, e->method);
    put32(b, 0x21 << 16);
    put32(b, e->crc);
    put32(b, e->data.n);
    put32(b, e->size);
    put16(b, (unsigned)e->name.n);
    buf_bytes(b, "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
    put32(b, e->offset);
    buf_text(b, e->name);
}

static inline void archive_entry(struct archive_made *a, struct entry_made *e)
{
    struct buf *b = &a->bytes;

    e->offset = b->n;
    buf_bytes(b, "PK\3\4\x14\0", 6);
    put16(b, e->flags);
    put16(b, e->method);
    put32(b, 0x21 << 16);
    put32(b, e->crc);
    put32(b, e->data.n);
    put32(b, e->size);
    put16(b, (unsigned)e->name.n);
    put16(b, 0);
    buf_text(b, e->name);
    buf_text(b, e->data);
    archive_record(a, e);
}

static inline uint64_t crc_of(struct text t)
{
    return crc32(0, (const Bytef *)t.p, (uInt)t.n);
}

/* A stored entry. */
static inline void archive_add(struct archive_made *a, const char *name, struct text data)
{
    struct entry_made e = {
        .name = text_of(name), .data = data, .size = data.n, .crc = crc_of(data)};

    archive_entry(a, &e);
}

/* A deflated entry; repeat > 1 unpacks to data that often. */
static inline void archive_pack(struct archive_made *a, const char *name, struct text data,
                                size_t repeat)
{
    struct buf packed = BUF((size_t)512 << 20);
    struct entry_made e = {.name = text_of(name), .method = 8, .size = (uint64_t)data.n * repeat};
    z_stream z = {0};
    char out[65536];

    if (deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    for (size_t i = 0; i < repeat; i++) {
        z.next_in = (Bytef *)(uintptr_t)data.p;
        z.avail_in = (uInt)data.n;
        e.crc = crc32((uLong)e.crc, z.next_in, z.avail_in);
        do {
            z.next_out = (Bytef *)out;
            z.avail_out = sizeof out;
            deflate(&z, i + 1 == repeat ? Z_FINISH : Z_NO_FLUSH);
            buf_bytes(&packed, out, sizeof out - z.avail_out);
        } while (z.avail_out == 0);
    }
    deflateEnd(&z);
    e.data = buf_view(&packed);
    archive_entry(a, &e);
    buf_release(&packed);
}

/* The whole archive; its bytes are a->bytes. */
static inline struct text archive_end(struct archive_made *a)
{
    size_t at = a->bytes.n;

    buf_text(&a->bytes, buf_view(&a->directory));
    buf_bytes(&a->bytes, "PK\5\6\0\0\0\0", 8);
    put16(&a->bytes, a->entries);
    put16(&a->bytes, a->entries);
    put32(&a->bytes, a->directory.n);
    put32(&a->bytes, at);
    put16(&a->bytes, 0);
    return buf_view(&a->bytes);
}

static inline void archive_drop(struct archive_made *a)
{
    buf_release(&a->bytes);
    buf_release(&a->directory);
}

/* -- workbooks -- */

#define BOOK_RELS                                                                                \
    "<Relationships><Relationship Id='rId1' "                                                    \
    "Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument' " \
    "Target='xl/workbook.xml'/></Relationships>"
#define BOOK_PARTS                                                                             \
    "<Relationships><Relationship Id='s1' Type='x/worksheet' Target='worksheets/sheet1.xml'/>" \
    "<Relationship Id='st' Type='x/styles' Target='styles.xml'/>"                              \
    "<Relationship Id='sst' Type='x/sharedStrings' Target='sharedStrings.xml'/></Relationships>"
#define BOOK_WORKBOOK \
    "<workbook xmlns:r='r'><sheets><sheet name='一' sheetId='1' r:id='s1'/></sheets></workbook>"
#define SHEET(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"

/* What a workbook is made of; a part without text is the default, of strings and styles none. */
struct book_made {
    struct text sheet, strings, styles, workbook, parts, package;
};

static inline void book_make(struct archive_made *a, const struct book_made *b)
{
    archive_add(a, "_rels/.rels", b->package.p ? b->package : T(BOOK_RELS));
    archive_add(a, "xl/workbook.xml", b->workbook.p ? b->workbook : T(BOOK_WORKBOOK));
    archive_add(a, "xl/_rels/workbook.xml.rels", b->parts.p ? b->parts : T(BOOK_PARTS));
    if (b->strings.p)
        archive_add(a, "xl/sharedStrings.xml", b->strings);
    if (b->styles.p)
        archive_add(a, "xl/styles.xml", b->styles);
    archive_add(a, "xl/worksheets/sheet1.xml", b->sheet);
    archive_end(a);
}

/* -- transcripts --
 *
 *   [name A1:B2]          a sheet and its merged ranges; [name*] a hidden one
 *   3* A=text B#12 …      a row (3* a hidden one) with its cells, and a kind's sign each:
 *                         = text, # number, @ date, ? bool, ! error, a quote for a formula
 *   ERROR_CODE            if it failed
 */
struct transcript {
    struct sheet_sink sink;
    struct buf out;
    unsigned long rows, cells;
    unsigned long stop_at; /* the sink fails at this row; 0 never */
    bool quiet;            /* only counts */
};

static inline void put_place(struct buf *b, uint32_t column, uint32_t row)
{
    char letters[4];
    int n = 0;

    for (uint32_t c = column + 1; c; c = (c - 1) / 26)
        letters[n++] = (char)('A' + (c - 1) % 26);
    while (n)
        buf_char(b, letters[--n]);
    if (row)
        buf_int(b, row);
}

static inline int transcript_begin(struct sheet_sink *s, const struct sheet_info *info,
                                   struct err *err)
{
    struct transcript *t = (struct transcript *)s;

    (void)err;
    buf_char(&t->out, '[');
    buf_text(&t->out, info->name);
    if (info->hidden)
        buf_char(&t->out, '*');
    for (size_t i = 0; i < info->merge_count; i++) {
        buf_char(&t->out, ' ');
        put_place(&t->out, info->merges[i].first_column, info->merges[i].first_row);
        buf_char(&t->out, ':');
        put_place(&t->out, info->merges[i].last_column, info->merges[i].last_row);
    }
    buf_str(&t->out, "]\n");
    return 0;
}

static inline int transcript_row(struct sheet_sink *s, const struct row *row, struct err *err)
{
    struct transcript *t = (struct transcript *)s;

    t->rows++;
    t->cells += row->count;
    if (t->stop_at && t->rows >= t->stop_at)
        return err_set(err, BUSY);
    for (size_t i = 0; i < row->count; i++)
        if ((i && row->cells[i].column <= row->cells[i - 1].column) ||
            !text_utf8(row->cells[i].text))
            abort(); /* what sheet.h promises */
    if (t->quiet)
        return 0;
    buf_int(&t->out, row->number);
    if (row->hidden)
        buf_char(&t->out, '*');
    for (size_t i = 0; i < row->count; i++) {
        const struct cell *c = &row->cells[i];
        buf_char(&t->out, ' ');
        put_place(&t->out, c->column, 0);
        buf_char(&t->out, "~=#@?!"[c->kind]);
        buf_text(&t->out, c->text);
        if (c->formula)
            buf_char(&t->out, '"');
    }
    buf_char(&t->out, '\n');
    return 0;
}

static inline int transcript_end(struct sheet_sink *s, const struct sheet_info *info,
                                 struct err *err)
{
    (void)s, (void)info, (void)err;
    return 0;
}

static inline const char *code_name(enum err_code code)
{
    static const char *const names[] = {
        [ERR_NONE] = "NONE",
#define E(code, exit, http, sentence) [ERR_##code] = #code,
#include "base/errors.def"
#undef E
    };
    return names[code];
}

#define TRANSCRIPT                                                                   \
    ((struct transcript){.sink = {transcript_begin, transcript_row, transcript_end}, \
                         .out = BUF(64 << 20)})

/* Reads the bytes; the transcript is in t->out. */
static inline int transcribe(struct transcript *t, const char *name, struct text bytes)
{
    struct sheet_limits limits = sheet_limits();
    struct err err = {0};
    int rc = sheet_read_bytes(name, bytes.p, bytes.n, &limits, &t->sink, NULL, &err);

    if (rc != 0) {
        buf_str(&t->out, code_name(err.code));
        buf_char(&t->out, '\n');
    }
    return rc;
}

#endif
