/*
 * sheet.c: see sheet.h. Opens a file, tells its format by its first bytes and gives it to the
 * reader of that format.
 */
#include "formats/sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/csv.h"
#include "formats/source.h"
#include "formats/xls.h"
#include "formats/xlsx.h"

struct sheet_limits sheet_limits(void)
{
    return (struct sheet_limits){
        .file_bytes = UINT64_C(512) << 20,
        .inflated_bytes = UINT64_C(2) << 30,
        .string_bytes = UINT64_C(256) << 20,
        .sheets = 256,
        .rows = 1048576, /* Excel's own */
        .columns = 16384,
        .cell_bytes = 4 * 32767,
        .merges = 200000,
    };
}

/* Formats that are told by their first bytes and cannot be read. */
static const struct {
    struct text magic;
    const char *what;
} others[] = {
    {{"%PDF-", 5}, N_("a PDF document")},
    {{"{\\rtf", 5}, N_("a rich text document")},
    {{"\xff\xd8\xff", 3}, N_("a picture")},
    {{"\x89PNG", 4}, N_("a picture")},
    {{"GIF8", 4}, N_("a picture")},
    {{"Rar!", 4}, N_("a packed archive")},
    {{"7z\xbc\xaf", 4}, N_("a packed archive")},
    {{"\x1f\x8b", 2}, N_("a packed archive")},
};

static int read_source(const struct source *s, const struct sheet_limits *limits,
                       struct sheet_sink *sink, enum sheet_format *format, struct err *err)
{
    enum sheet_format found = SHEET_CSV;
    char head[8] = {0};
    struct text t = {head, sizeof head};

    if (s->size == 0)
        return err_set(err, FILE_EMPTY, text_of(s->name));
    if (s->size > limits->file_bytes)
        return source_limit(s, N_("more bytes than any ledger's workbook"), limits->file_bytes,
                            err);
    if (source_read(s, 0, head, sizeof head, err) < 0)
        return -1;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (text_starts(t, others[i].magic))
            return source_refuse(s, ERR_FILE_UNKNOWN, others[i].what, err);
    if (text_starts(t, T("PK\3\4")) || text_starts(t, T("PK\5\6")))
        found = SHEET_XLSX;
    else if (text_starts(t, T("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")))
        found = SHEET_XLS;
    if (format)
        *format = found;
    switch (found) {
    case SHEET_XLSX: return xlsx_read(s, limits, sink, err);
    case SHEET_XLS: return xls_read(s, limits, sink, err);
    default: return csv_read(s, limits, sink, err);
    }
}

int sheet_read_bytes(const char *name, const void *bytes, size_t n,
                     const struct sheet_limits *limits, struct sheet_sink *sink,
                     enum sheet_format *format, struct err *err)
{
    struct source s = {.name = name, .bytes = bytes, .fd = -1, .size = n};

    return read_source(&s, limits, sink, format, err);
}

int sheet_read_as(const char *path, const char *name, const struct sheet_limits *limits,
                  struct sheet_sink *sink, enum sheet_format *format, struct err *err)
{
    struct source s = {.name = name, .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat st;
    int rc;

    if (s.fd < 0)
        return err_unreadable(err, text_of(name));
    if (fstat(s.fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(s.fd);
        return err_set(err, NOT_A_FILE, text_of(name), err_sentence(N_("not an ordinary file")));
    }
    s.size = (uint64_t)st.st_size;
    rc = read_source(&s, limits, sink, format, err);
    close(s.fd);
    return rc;
}

int sheet_read(const char *path, const struct sheet_limits *limits, struct sheet_sink *sink,
               enum sheet_format *format, struct err *err)
{
    return sheet_read_as(path, path, limits, sink, format, err);
}
