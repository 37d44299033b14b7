/*
 * xls.c: see xls.h. FreeXL parses in a confined child, which sends the cells back through a pipe:
 *
 *   'S' name            a sheet begins
 *   'C' cell            struct sent, then its text
 *   'R' number          the row of the cells before it
 *   'E' outcome         the end
 *
 * Texts are a length and bytes; numbers are the machine's own, for both ends are one program. The
 * parent believes nothing that it could not take from a file.
 */
#include "formats/xls.h"

#include <errno.h>
#include <fcntl.h>
#include <freexl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/confined.h"
#include "base/mem.h"
#include "formats/value.h"

/* What the child may use: memory, and seconds of the processor. The parent waits so many seconds
 * for a sign of life. */
enum { CHILD_BYTES = 512 << 20, CHILD_SECONDS = 30, SILENCE = 60 };

enum outcome { DONE, PASSWORD, DAMAGED, EXHAUSTED };

enum { SENT_NUMBER, SENT_TEXT, SENT_DATE };

struct sent {
    uint32_t column, kind;
    double number;
};

/* -- the child -- */

struct channel {
    int fd;
    size_t n;
    char bytes[64 * 1024];
};

static void flush(struct channel *out)
{
    size_t at = 0;

    while (at < out->n) {
        ssize_t put = write(out->fd, out->bytes + at, out->n - at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            _exit(1);
        at += (size_t)put;
    }
    out->n = 0;
}

static void put(struct channel *out, const void *p, size_t n)
{
    const char *s = p;

    while (n) {
        size_t room = sizeof out->bytes - out->n, some = n < room ? n : room;
        memcpy(out->bytes + out->n, s, some);
        out->n += some;
        s += some;
        n -= some;
        if (out->n == sizeof out->bytes)
            flush(out);
    }
}

static void put_text(struct channel *out, struct text t)
{
    uint32_t n = (uint32_t)t.n;

    put(out, &n, sizeof n);
    put(out, t.p, t.n);
}

_Noreturn static void leave(struct channel *out, uint32_t outcome)
{
    put(out, "E", 1);
    put(out, &outcome, sizeof outcome);
    flush(out);
    _exit(0);
}

/* The shortest decimal notation that gives the same number again, of those of 15 and 17 digits. */
static struct text decimal(double v, char room[static 32])
{
    int n = snprintf(room, 32, "%.15g", v);
    double again;

    if (!value_decimal((struct text){room, (size_t)n}, &again) || again != v)
        n = snprintf(room, 32, "%.17g", v);
    return (struct text){room, (size_t)n};
}

/* Sends the cell; false when it is empty. */
static bool put_cell(struct channel *out, uint32_t column, const FreeXL_CellValue *v)
{
    struct sent c = {.column = column};
    char room[32];
    struct text t;

    switch (v->type) {
    case FREEXL_CELL_INT:
    case FREEXL_CELL_DOUBLE:
        c.kind = SENT_NUMBER;
        c.number = v->type == FREEXL_CELL_INT ? v->value.int_value : v->value.double_value;
        t = decimal(c.number, room);
        break;
    case FREEXL_CELL_TEXT:
    case FREEXL_CELL_SST_TEXT:
        c.kind = SENT_TEXT;
        t = text_of(v->value.text_value);
        break;
    case FREEXL_CELL_DATE:
    case FREEXL_CELL_DATETIME:
    case FREEXL_CELL_TIME:
        c.kind = SENT_DATE;
        t = text_of(v->value.text_value);
        break;
    default: return false;
    }
    if (t.n == 0)
        return false;
    put(out, "C", 1);
    put(out, &c, sizeof c);
    put_text(out, t);
    return true;
}

static uint32_t put_sheet(struct channel *out, const void *book, uint16_t sheet)
{
    const char *name = NULL;
    uint32_t rows = 0;
    uint16_t columns = 0;

    if (freexl_get_worksheet_name(book, sheet, &name) != FREEXL_OK ||
        freexl_select_active_worksheet(book, sheet) != FREEXL_OK ||
        freexl_worksheet_dimensions(book, &rows, &columns) != FREEXL_OK)
        return DAMAGED;
    put(out, "S", 1);
    put_text(out, text_of(name));
    for (uint32_t r = 0; r < rows; r++) {
        uint32_t number = r + 1;
        bool any = false;

        for (uint16_t c = 0; c < columns; c++) {
            FreeXL_CellValue v;
            if (freexl_get_cell_value(book, r, c, &v) != FREEXL_OK)
                return DAMAGED;
            any |= put_cell(out, c, &v);
        }
        if (any) {
            put(out, "R", 1);
            put(out, &number, sizeof number);
        }
    }
    return DONE;
}

static int read_book(int file, int pipe_end, const char *argument)
{
    static struct channel out;
    uint32_t outcome = DONE;
    unsigned sheets = 0, password = FREEXL_BIFF_PLAIN;
    const void *book = NULL;
    int code;

    (void)file, (void)argument;
    out.fd = pipe_end;
    code = freexl_open("/proc/self/fd/3", &book);
    if (code == FREEXL_INSUFFICIENT_MEMORY)
        leave(&out, EXHAUSTED);
    if (book && freexl_get_info(book, FREEXL_BIFF_PASSWORD, &password) == FREEXL_OK &&
        password == FREEXL_BIFF_OBFUSCATED)
        leave(&out, PASSWORD);
    if (code != FREEXL_OK || freexl_get_info(book, FREEXL_BIFF_SHEET_COUNT, &sheets) != FREEXL_OK)
        leave(&out, DAMAGED);
    for (unsigned i = 0; i < sheets && i < UINT16_MAX && outcome == DONE; i++)
        outcome = put_sheet(&out, book, (uint16_t)i);
    leave(&out, outcome);
}

/* FreeXL takes a path and nothing else, and its iconv may load a module. */
static const struct confined_job book_job = {.name = "xiaohao: workbook",
                                             .work = read_book,
                                             .memory = CHILD_BYTES,
                                             .seconds = CHILD_SECONDS,
                                             .opens = true};
CONFINED_JOB(book_job)

/* -- the parent -- */

struct intake {
    const struct source *source;
    const struct sheet_limits *limits;
    struct sheet_sink *sink;
    int fd;
    size_t at, n;
    char *block;
    struct sheet_info info;
    bool begun;
    char name[256];
    struct buf texts; /* of the row */
    struct cell *cells;
    char (*stamps)[STAMP];
    size_t count, cell_room, stamp_room;
};

enum { BLOCK = 64 * 1024, ROW_BYTES = 4 << 20 };

static int damaged(const struct intake *in, struct err *err)
{
    return source_refuse(in->source, ERR_FILE_TRUNCATED, N_("its cells cannot be read"), err);
}

static int absurd(const struct intake *in, struct err *err)
{
    return source_refuse(in->source, ERR_FILE_UNSAFE, N_("sizes that ask for absurd memory"), err);
}

/* n bytes from the child; -1 when it is gone or says nothing. */
static int receive(struct intake *in, void *to, size_t n)
{
    char *p = to;

    while (n) {
        size_t some = in->n - in->at;
        struct pollfd wait = {.fd = in->fd, .events = POLLIN};
        ssize_t got;

        if (some) {
            some = some < n ? some : n;
            memcpy(p, in->block + in->at, some);
            in->at += some;
            p += some;
            n -= some;
            continue;
        }
        if (poll(&wait, 1, SILENCE * 1000) <= 0 && errno != EINTR)
            return -1;
        got = read(in->fd, in->block, BLOCK);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return -1;
        in->at = 0;
        in->n = (size_t)got;
    }
    return 0;
}

static int end_sheet(struct intake *in, struct err *err)
{
    if (!in->begun)
        return 0;
    in->begun = false;
    in->info.index++;
    return in->sink->end(in->sink, &in->info, err);
}

static int take_sheet(struct intake *in, struct err *err)
{
    uint32_t n;

    if (end_sheet(in, err) != 0)
        return -1;
    if (receive(in, &n, sizeof n) != 0 || n > sizeof in->name || receive(in, in->name, n) != 0)
        return damaged(in, err);
    if (in->info.index >= in->limits->sheets)
        return absurd(in, err);
    in->info.name = (struct text){in->name, n};
    in->begun = true;
    in->count = 0;
    buf_clear(&in->texts);
    return in->sink->begin(in->sink, &in->info, err);
}

/* Line breaks as LF, in place; returns the new length. */
static size_t line_breaks(char *p, size_t n)
{
    size_t out = 0;

    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\r' && i + 1 < n && p[i + 1] == '\n')
            continue;
        p[out++] = p[i] == '\r' ? '\n' : p[i];
    }
    return out;
}

static int take_cell(struct intake *in, struct err *err)
{
    struct sent sent;
    struct cell *c;
    uint32_t n;
    size_t at = in->texts.n;

    if (!in->begun || receive(in, &sent, sizeof sent) != 0 || receive(in, &n, sizeof n) != 0)
        return damaged(in, err);
    if (n > in->limits->cell_bytes || at + n > ROW_BYTES || sent.column >= in->limits->columns ||
        in->count >= in->limits->columns)
        return absurd(in, err);
    if (!mem_room(&in->cells, in->count, &in->cell_room, sizeof *in->cells) ||
        !mem_room(&in->stamps, in->count, &in->stamp_room, sizeof *in->stamps))
        return err_set(err, NO_MEMORY);
    c = &in->cells[in->count++];
    *c = (struct cell){.column = sent.column, .number = sent.number};
    c->kind = sent.kind == SENT_NUMBER ? CELL_NUMBER
              : sent.kind == SENT_DATE ? CELL_DATE
                                       : CELL_TEXT;
    while (n) {
        char some[512];
        uint32_t now = n < sizeof some ? n : (uint32_t)sizeof some;
        if (receive(in, some, now) != 0)
            return damaged(in, err);
        buf_bytes(&in->texts, some, now);
        n -= now;
    }
    if (in->texts.failed)
        return err_set(err, NO_MEMORY);
    in->texts.n = at + line_breaks(in->texts.p + at, in->texts.n - at);
    c->text.n = in->texts.n - at;
    return 0;
}

static int take_row(struct intake *in, uint32_t last, uint32_t *number, struct err *err)
{
    struct row row = {.sheet = in->info.index, .count = in->count};
    size_t at = 0;

    if (!in->begun || receive(in, number, sizeof *number) != 0 || *number <= last)
        return damaged(in, err);
    if (*number > in->limits->rows)
        return absurd(in, err);
    row.number = *number;
    for (size_t i = 0; i < in->count; i++) {
        struct cell *c = &in->cells[i];
        c->text.p = in->texts.p + at;
        at += c->text.n;
        if ((i && c->column <= c[-1].column) || !text_utf8(c->text))
            return damaged(in, err);
        if (c->kind == CELL_DATE && !value_iso(c, c->text, false, in->stamps[i]))
            c->kind = CELL_TEXT;
    }
    row.cells = in->cells;
    if (row.count && in->sink->row(in->sink, &row, err) != 0)
        return -1;
    in->count = 0;
    buf_clear(&in->texts);
    return 0;
}

static int take_end(struct intake *in, struct err *err)
{
    uint32_t outcome;

    if (receive(in, &outcome, sizeof outcome) != 0)
        return damaged(in, err);
    switch (outcome) {
    case DONE:
        if (end_sheet(in, err) != 0)
            return -1;
        return in->info.index ? 0
                              : source_refuse(in->source, ERR_FILE_UNKNOWN,
                                              N_("a workbook without a worksheet"), err);
    case PASSWORD: return err_set(err, FILE_PASSWORD, text_of(in->source->name));
    case EXHAUSTED: return absurd(in, err);
    default: return damaged(in, err);
    }
}

static int take_all(struct intake *in, struct err *err)
{
    uint32_t row = 0;
    char type;
    int rc = 0;

    while (rc == 0) {
        if (receive(in, &type, 1) != 0)
            return absurd(in, err); /* it was stopped, or it crashed */
        switch (type) {
        case 'S':
            rc = take_sheet(in, err);
            row = 0;
            break;
        case 'C': rc = take_cell(in, err); break;
        case 'R': rc = take_row(in, row, &row, err); break;
        case 'E': return take_end(in, err);
        default: return damaged(in, err);
        }
    }
    return rc;
}

/* The file as a descriptor that the child can open: bytes in memory get one. */
static int descriptor_of(const struct source *s, struct err *err)
{
    size_t at = 0;
    int fd;

    if (s->bytes == NULL)
        return s->fd;
    fd = memfd_create("workbook", MFD_CLOEXEC);
    while (fd >= 0 && at < s->size) {
        ssize_t put = write(fd, s->bytes + at, (size_t)s->size - at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0) {
            close(fd);
            fd = -1;
        }
        at += (size_t)put;
    }
    return fd < 0 ? err_errno(err, text_of(s->name)) : fd;
}

static int read_in_child(struct intake *in, struct err *err)
{
    int ends[2], file = descriptor_of(in->source, err), rc = -1;
    struct confined child;

    if (file < 0)
        return -1;
    in->block = mem_alloc(BLOCK);
    if (in->block == NULL) {
        err_set(err, NO_MEMORY);
    } else if (pipe2(ends, O_CLOEXEC) != 0) {
        err_errno(err, text_of(in->source->name));
    } else {
        bool started = confined_start(&child, &book_job, "", file, ends[1], err) == 0;
        close(ends[1]);
        in->fd = ends[0];
        if (started) {
            rc = take_all(in, err);
            if (confined_end(&child, 0) == CONFINED_UNSAFE)
                err_set(err, NOT_CONFINED);
        }
        close(ends[0]);
    }
    if (in->source->bytes)
        close(file);
    mem_free(in->block);
    return rc;
}

int xls_read(const struct source *source, const struct sheet_limits *limits,
             struct sheet_sink *sink, struct err *err)
{
    static const char *const what[] = {[CFB_OTHER] = N_("an Office file without a worksheet"),
                                       [CFB_DOCUMENT] = N_("a Word document"),
                                       [CFB_PRESENTATION] = N_("a presentation")};
    struct intake in = {
        .source = source, .limits = limits, .sink = sink, .texts = BUF(ROW_BYTES + 1)};
    enum cfb_kind kind;
    int rc;

    if (cfb_kind(source, &kind, err) != 0)
        return -1;
    if (kind == CFB_ENCRYPTED)
        return err_set(err, FILE_PASSWORD, text_of(source->name));
    if (kind == CFB_BROKEN)
        return damaged(&in, err);
    if (kind != CFB_WORKBOOK)
        return source_refuse(source, ERR_FILE_UNKNOWN, what[kind], err);
    rc = read_in_child(&in, err);
    buf_release(&in.texts);
    mem_free(in.cells);
    mem_free(in.stamps);
    return rc;
}
