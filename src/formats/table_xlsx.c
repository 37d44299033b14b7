/*
 * table_xlsx.c: the workbook that a person hands in, through libxlsxwriter.
 *
 * The library writes each finished row to a temporary file of its own (0600, unlinked at once) and
 * does not notice when that disk is full, so the finished workbook's rows are counted before it
 * gets its name.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/date.h"
#include "base/mem.h"
#include "formats/archive.h"
#include "formats/table_writer.h"
#include "formats/value.h"

/* Excel's limits: rows of a sheet, UTF-16 units of a cell, characters of a sheet's name. */
enum { SHEET_ROWS = 1048576, CELL_UNITS = 32767, NAME_UNITS = 31 };

/* Heights in points: of a line of 11-point text, what a row has around it, and a row's most. */
static const double LINE = 15.5, PADDING = 4, MOST_HEIGHT = 409;

/* The number of 1970-01-01 in a workbook, and the first day that all programs agree on: before 1
 * March 1900 they differ by the 29 February that Excel has there. */
enum { SERIAL_1970 = 25569, FIRST_SERIAL = 61 };

struct workbook {
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *title, *subtitle, *header, *kinds[COLUMN_NUMBER + 1];
    lxw_row_t at, header_at; /* the next row, and the header's */
    int sheets;
    uint64_t rows_written; /* over all sheets, titles included */
    struct buf text;       /* a cell's, cleaned */
};

/* A UTF-8 text as the library and XML can take it: no control characters but TAB and LF, nothing
 * that would be read as an _xHHHH_ escape, at most CELL_UNITS. NUL-terminated; NULL without memory.
 */
static const char *clean(struct table *t, struct text from)
{
    const char *mark = tr(t->spec.lang, N_(" … (cut off: the cell was too long)"));
    struct buf *b = &t->workbook->text;
    size_t units = 0, fits = 0, room = CELL_UNITS - strlen(mark);

    buf_clear(b);
    while (from.n) {
        struct text before = from;
        uint32_t cp = text_next(&from);
        size_t more = cp >= 0x10000 ? 2 : 1;

        if (cp == '\r') {
            if (from.n && from.p[0] == '\n')
                continue;
            cp = '\n';
        }
        if ((cp < 0x20 && cp != '\t' && cp != '\n') || cp == 0x7f)
            continue;
        if (cp == 0xfffe || cp == 0xffff)
            cp = 0xfffd;
        if (value_escape(before.p, before.n) >= 0) {
            buf_str(b, "_x005F");
            units += 6;
        }
        if (units + more > CELL_UNITS) {
            b->n = fits;
            buf_str(b, mark);
            break;
        }
        buf_cp(b, cp);
        units += more;
        if (units <= room)
            fits = b->n;
    }
    return b->failed ? NULL : buf_cstr(b);
}

static int failed(struct table *t, lxw_error code, struct err *err)
{
    if (code == LXW_ERROR_MEMORY_MALLOC_FAILED)
        return err_set(err, NO_MEMORY);
    return err_set(err, IO, text_of(t->file.path), text_of(lxw_strerror(code)));
}

/* Lines that a text takes in a column of that width, in characters; words do not fill a line. */
static int lines_of(struct text t, int width)
{
    struct text rest = t, line;
    int lines = 0, room = width > 4 ? width - 1 : 3;

    while (text_cut(&rest, '\n', &line)) {
        int wide = (int)(text_width(text_head(line, CELL_UNITS)) * 21 / 20);
        lines += wide > room ? (wide + room - 1) / room : 1;
    }
    return lines ? lines : 1;
}

static int width_of(const struct column *c)
{
    return c->width > 0 ? c->width : 12;
}

static double height_of(const struct table *t, const struct text *cells)
{
    int most = 1;
    double height;

    for (int i = 0; i < t->spec.count; i++) {
        int lines = lines_of(cells[i], width_of(&t->spec.columns[i]));
        most = lines > most ? lines : most;
    }
    height = most * LINE + PADDING;
    return height < MOST_HEIGHT ? height : MOST_HEIGHT;
}

static lxw_format *format_of(struct table *t, enum lxw_format_alignments across, bool border)
{
    lxw_format *f = workbook_add_format(t->workbook->book);

    if (f == NULL)
        return NULL;
    if (t->spec.lang == LANG_ZH)
        format_set_font_name(f, "宋体");
    format_set_align(f, (uint8_t)across);
    format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
    format_set_text_wrap(f);
    if (border)
        format_set_border(f, LXW_BORDER_THIN);
    return f;
}

static bool make_formats(struct table *t)
{
    struct workbook *w = t->workbook;

    w->title = format_of(t, LXW_ALIGN_CENTER, false);
    w->subtitle = format_of(t, LXW_ALIGN_CENTER, false);
    w->header = format_of(t, LXW_ALIGN_CENTER, true);
    w->kinds[COLUMN_TEXT] = format_of(t, LXW_ALIGN_LEFT, true);
    w->kinds[COLUMN_SHORT] = format_of(t, LXW_ALIGN_CENTER, true);
    w->kinds[COLUMN_DATE] = format_of(t, LXW_ALIGN_CENTER, true);
    w->kinds[COLUMN_NUMBER] = format_of(t, LXW_ALIGN_CENTER, true);
    if (!w->title || !w->subtitle || !w->header || !w->kinds[COLUMN_TEXT] ||
        !w->kinds[COLUMN_SHORT] || !w->kinds[COLUMN_DATE] || !w->kinds[COLUMN_NUMBER])
        return false;
    format_set_bold(w->title);
    format_set_font_size(w->title, 16);
    format_set_font_size(w->subtitle, 10);
    format_set_bold(w->header);
    format_set_bg_color(w->header, 0xDDEBF7);
    format_set_num_format(w->kinds[COLUMN_DATE], "yyyy-mm-dd");
    return true;
}

/* A line over the whole width, above the header. */
static int banner(struct table *t, struct text text, lxw_format *format, double height,
                  struct err *err)
{
    struct workbook *w = t->workbook;
    const char *s = clean(t, text);
    lxw_col_t last = (lxw_col_t)(t->spec.count - 1);
    lxw_error code;

    if (text.n == 0)
        return 0;
    if (s == NULL)
        return err_set(err, NO_MEMORY);
    worksheet_set_row(w->sheet, w->at, height, NULL);
    code = last ? worksheet_merge_range(w->sheet, w->at, 0, w->at, last, s, format)
                : worksheet_write_string(w->sheet, w->at, 0, s, format);
    w->at++;
    return code == LXW_NO_ERROR ? 0 : failed(t, code, err);
}

/* Excel allows 31 characters, none of []:*?/\ and no apostrophe at an end. */
static void sheet_name(const struct table *t, int number, char out[static 4 * NAME_UNITS + 1])
{
    struct text rest = text_trim(t->spec.sheet);
    char tail[16] = "";
    size_t n = 0, units = 0;

    if (number > 1)
        snprintf(tail, sizeof tail, " (%d)", number);
    while (rest.n) {
        uint32_t cp = text_next(&rest);
        size_t more = cp >= 0x10000 ? 2 : 1;
        if (cp < 0x20 || (cp < 0x80 && strchr("[]:*?/\\", (int)cp)) ||
            (cp == '\'' && (!n || !rest.n)))
            cp = '_';
        if (units + more + strlen(tail) > NAME_UNITS)
            break;
        n += text_encode(cp, out + n);
        units += more;
    }
    snprintf(out + n, 16 + 1, "%s%s", n ? "" : "Sheet", n || number > 1 ? tail : "1");
}

static int write_header(struct table *t, struct err *err)
{
    struct workbook *w = t->workbook;
    int most = 1;

    for (int i = 0; i < t->spec.count; i++) {
        int lines = lines_of(text_of(t->spec.columns[i].header), width_of(&t->spec.columns[i]));
        most = lines > most ? lines : most;
    }
    worksheet_set_row(w->sheet, w->at, most * LINE + 2 * PADDING, NULL);
    for (int i = 0; i < t->spec.count; i++) {
        const char *s = clean(t, text_of(t->spec.columns[i].header));
        lxw_error code;
        if (s == NULL)
            return err_set(err, NO_MEMORY);
        code = worksheet_write_string(w->sheet, w->at, (lxw_col_t)i, s, w->header);
        if (code != LXW_NO_ERROR)
            return failed(t, code, err);
    }
    w->header_at = w->at++;
    return 0;
}

static int new_sheet(struct table *t, struct err *err)
{
    struct workbook *w = t->workbook;
    char name[4 * NAME_UNITS + 1 + 16];

    sheet_name(t, ++w->sheets, name);
    w->sheet = workbook_add_worksheet(w->book, name);
    if (w->sheet == NULL)
        return err_set(err, NO_MEMORY);
    w->at = 0;
    for (int i = 0; i < t->spec.count; i++)
        worksheet_set_column(w->sheet, (lxw_col_t)i, (lxw_col_t)i, width_of(&t->spec.columns[i]),
                             NULL);
    if (banner(t, t->spec.title, w->title, 32, err) != 0 ||
        banner(t, t->spec.subtitle, w->subtitle, 18, err) != 0 || write_header(t, err) != 0)
        return -1;
    worksheet_freeze_panes(w->sheet, w->at, 0);
    worksheet_repeat_rows(w->sheet, w->header_at, w->header_at);
    worksheet_set_landscape(w->sheet);
    worksheet_set_paper(w->sheet, 9); /* A4 */
    worksheet_fit_to_pages(w->sheet, 1, 0);
    worksheet_set_margins(w->sheet, 0.5, 0.5, 0.6, 0.7);
    worksheet_center_horizontally(w->sheet);
    worksheet_set_footer(w->sheet, tr(t->spec.lang, N_("&CPage &P of &N")));
    return 0;
}

/* Ends a sheet: what can be said only when its last row is known. */
static void end_sheet(struct table *t)
{
    struct workbook *w = t->workbook;

    w->rows_written += w->at;
    worksheet_autofilter(w->sheet, w->header_at, 0, w->at - 1, (lxw_col_t)(t->spec.count - 1));
}

static int xlsx_open(struct table *t, struct err *err)
{
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    lxw_doc_properties properties = {.created = t->spec.made ? t->spec.made / 1000 : 1};

    t->workbook = mem_alloc(sizeof *t->workbook);
    if (t->workbook == NULL)
        return err_set(err, NO_MEMORY);
    t->workbook->text = BUF(BUF_ANY);
    t->workbook->book = workbook_new_opt(t->file.name, &options);
    if (t->workbook->book == NULL || !make_formats(t))
        return err_set(err, NO_MEMORY);
    workbook_set_properties(t->workbook->book, &properties);
    return new_sheet(t, err);
}

/* A number that a double holds without loss. */
static bool exact(struct text t, double *value)
{
    return t.n <= 16 && table_decimal(t) && value_decimal(t, value);
}

static lxw_error write_cell(struct table *t, lxw_col_t column, struct text text)
{
    struct workbook *w = t->workbook;
    enum column_kind kind = t->spec.columns[column].kind;
    lxw_format *format = w->kinds[kind];
    const char *s;
    double value;
    int32_t day;

    if (text.n == 0)
        return worksheet_write_blank(w->sheet, w->at, column, format);
    if (kind == COLUMN_NUMBER && exact(text, &value))
        return worksheet_write_number(w->sheet, w->at, column, value, format);
    if (kind == COLUMN_DATE && date_parse(text, &day) && day + SERIAL_1970 >= FIRST_SERIAL)
        return worksheet_write_number(w->sheet, w->at, column, day + SERIAL_1970, format);
    s = clean(t, text);
    if (s == NULL)
        return LXW_ERROR_MEMORY_MALLOC_FAILED;
    if (*s == '\0')
        return worksheet_write_blank(w->sheet, w->at, column, format);
    return worksheet_write_string(w->sheet, w->at, column, s, format);
}

static int xlsx_row(struct table *t, const struct text *cells, struct err *err)
{
    struct workbook *w = t->workbook;

    if (w->at == SHEET_ROWS) {
        end_sheet(t);
        if (new_sheet(t, err) != 0)
            return -1;
    }
    worksheet_set_row(w->sheet, w->at, height_of(t, cells), NULL);
    for (int i = 0; i < t->spec.count; i++) {
        lxw_error code = write_cell(t, (lxw_col_t)i, cells[i]);
        if (code != LXW_NO_ERROR)
            return failed(t, code, err);
    }
    w->at++;
    return 0;
}

/* Adds the rows that a sheet's part has. */
static int count_rows(struct archive *a, int64_t entry, uint64_t *rows, struct err *err)
{
    static const struct text tag = {"<row ", 5};
    mem_auto char *block = mem_alloc(64 * 1024);
    size_t kept = 0;
    struct part part;
    int64_t got;

    if (block == NULL)
        return err_set(err, NO_MEMORY);
    if (part_open(&part, a, entry, err) != 0)
        return -1;
    while ((got = part_read(&part, block + kept, 64 * 1024 - kept, err)) > 0) {
        struct text rest = {block, kept + (size_t)got};
        ptrdiff_t at;
        while ((at = text_find(rest, tag)) >= 0) {
            ++*rows;
            rest = text_from(rest, (size_t)at + tag.n);
        }
        kept = rest.n < tag.n - 1 ? rest.n : tag.n - 1;
        memmove(block, rest.p + rest.n - kept, kept);
    }
    part_close(&part);
    return got < 0 ? -1 : 0;
}

static int check(struct table *t, struct err *err)
{
    struct source source = {.name = t->file.path, .fd = open(t->file.name, O_RDONLY | O_CLOEXEC)};
    struct sheet_limits limits = {.inflated_bytes = UINT64_MAX};
    struct archive a;
    struct stat st;
    uint64_t rows = 0;
    int rc = -1;

    if (source.fd < 0 || fstat(source.fd, &st) != 0) {
        err_errno(err, text_of(t->file.path));
    } else {
        source.size = (uint64_t)st.st_size;
        rc = archive_open(&a, &source, &limits, err);
    }
    if (rc == 0) {
        for (int i = 1; rc == 0 && i <= t->workbook->sheets; i++) {
            char name[48];
            snprintf(name, sizeof name, "xl/worksheets/sheet%d.xml", i);
            rc = count_rows(&a, archive_find(&a, text_of(name)), &rows, err);
        }
        archive_close(&a);
    }
    if (source.fd >= 0)
        close(source.fd);
    if (rc == 0 && rows == t->workbook->rows_written)
        return 0;
    errno = ENOSPC;
    return err_errno(err, text_of(t->file.path));
}

static int xlsx_close(struct table *t, struct err *err)
{
    lxw_workbook *book = t->workbook->book;
    lxw_error code;

    end_sheet(t);
    t->workbook->book = NULL; /* freed, whatever comes */
    code = workbook_close(book);
    return code == LXW_NO_ERROR ? check(t, err) : failed(t, code, err);
}

static void xlsx_release(struct table *t)
{
    if (t->workbook == NULL)
        return;
    if (t->workbook->book)
        lxw_workbook_free(t->workbook->book);
    buf_release(&t->workbook->text);
    mem_free(t->workbook);
}

const struct table_ops table_xlsx = {xlsx_open, xlsx_row, xlsx_close, xlsx_release};
