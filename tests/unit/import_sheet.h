/*
 * import_sheet.h: small sheets written as text, for the tests of the import.
 *
 * Rows end with a line break, cells with |. A cell of digits is a number, @2025-07-02 a date, =x a
 * formula's result, #REF! an error, ¶ a line break inside; a row that begins with ~ is hidden.
 * Merges are written A2:B5.
 */
#ifndef XH_TESTS_IMPORT_SHEET_H
#define XH_TESTS_IMPORT_SHEET_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/mem.h"
#include "office/import/reader.h"

enum { SHEET_CELLS = 64, SHEET_ROWS = 64 };

struct test_sheet {
    const char *name, *cells, *merges; /* merges may be NULL */
    bool hidden;
};

/* A row of the sheet's text; buffers are the caller's. False at the end. */
static bool sheet_row(struct text *rest, uint32_t number, struct row *row, struct cell *cells)
{
    /* Not from the heap, whose failures are tested. Texts live until the next row. */
    static char bytes[1 << 20];
    char *copy = bytes;
    struct text line, piece;
    uint32_t column = 0;

    if (rest->n == 0 || !text_cut(rest, '\n', &line))
        return false;
    *row = (struct row){.number = number, .cells = cells};
    if (text_starts(line, T("~"))) {
        row->hidden = true;
        line = text_from(line, 1);
    }
    while (text_cut(&line, '|', &piece)) {
        struct cell *c = &cells[row->count];
        size_t n = 0;
        bool digits = piece.n > 0;
        *c = (struct cell){.kind = CELL_TEXT, .column = column++};
        if (text_starts(piece, T("="))) {
            c->formula = true;
            piece = text_from(piece, 1);
        }
        if (text_starts(piece, T("@"))) {
            piece = text_from(piece, 1);
            c->kind = CELL_DATE;
            date_parse(text_head(piece, 10), &c->day);
        } else if (text_starts(piece, T("#"))) {
            c->kind = CELL_ERROR;
        }
        for (size_t i = 0; i < piece.n; i++) {
            digits = digits && ((piece.p[i] >= '0' && piece.p[i] <= '9') || piece.p[i] == '.');
            if (piece.n - i >= 2 && memcmp(piece.p + i, "¶", 2) == 0) {
                copy[n++] = '\n';
                i++;
            } else {
                copy[n++] = piece.p[i];
            }
        }
        copy[n] = '\0';
        c->text = (struct text){copy, n};
        if (digits && c->kind == CELL_TEXT) {
            c->kind = CELL_NUMBER;
            sscanf(copy, "%lf", &c->number);
        }
        copy += n + 1;
        row->count += n > 0;
    }
    return true;
}

static size_t sheet_merges(const char *text, struct merge *merges)
{
    struct text rest = text_of(text ? text : ""), one;
    size_t count = 0;

    while (rest.n && text_cut(&rest, ' ', &one)) {
        char c1[4], c2[4];
        struct merge *m = &merges[count];
        if (sscanf(one.p, "%3[A-Z]%u:%3[A-Z]%u", c1, &m->first_row, c2, &m->last_row) != 4)
            continue;
        column_of_letters(text_of(c1), &m->first_column);
        column_of_letters(text_of(c2), &m->last_column);
        count++;
    }
    return count;
}

/* Gives the sheets to the sink as a reader would. */
static int sheets_give(struct sheet_sink *sink, const struct test_sheet *sheets, size_t count,
                       struct err *err)
{
    int result = 0;

    for (size_t i = 0; i < count && result == 0; i++) {
        struct merge merges[SHEET_ROWS];
        struct cell cells[SHEET_CELLS];
        struct row row;
        struct sheet_info info = {.index = (uint32_t)i,
                                  .name = text_of(sheets[i].name),
                                  .hidden = sheets[i].hidden,
                                  .merge_count = sheet_merges(sheets[i].merges, merges),
                                  .merges = merges};
        struct text rest = text_of(sheets[i].cells);
        result = sink->begin(sink, &info, err);
        for (uint32_t n = 1; result == 0 && sheet_row(&rest, n, &row, cells); n++)
            if (row.count)
                result = sink->row(sink, &row, err);
        if (result == 0)
            result = sink->end(sink, &info, err);
    }
    return result;
}

/* --- what came out, as lines of text -----------------------------------------------------------
 */

struct record {
    struct import_sink sink;
    struct buf drafts, doubts, rejects, maps;
    size_t draft_count;
};

static void record_text(struct buf *b, const char *key, struct text t)
{
    if (t.n == 0)
        return;
    buf_printf(b, " %s=", key);
    for (size_t i = 0; i < t.n; i++)
        buf_char(b, t.p[i] == '\n' ? '/' : t.p[i]);
}

static void record_day(struct buf *b, const char *key, int32_t day)
{
    char iso[11];

    if (day != DATE_NONE)
        record_text(b, key, date_iso(day, iso));
}

static void record_parties(struct buf *b, const char *key, const struct parties *p)
{
    for (size_t i = 0; i < p->count; i++) {
        if (i == 0)
            buf_printf(b, " %s=", key);
        else
            buf_char(b, ',');
        buf_text(b, p->at[i].name);
        if (p->at[i].note.n) {
            buf_char(b, '(');
            buf_text(b, p->at[i].note);
            buf_char(b, ')');
        }
        if (p->at[i].phone.n)
            buf_str(b, "+phone");
    }
}

static void record_duty(struct buf *b, const struct duty *d)
{
    record_parties(b, d->led ? "lead" : "assist", &d->units);
    record_parties(b, "people", &d->people);
    record_parties(b, "leaders", &d->leaders);
    record_day(b, "due", d->deadline);
    if (d->class != CLASS_DATED)
        record_text(b, "class", word_key(&classes, d->class));
}

static void record_item(struct buf *b, const struct draft_item *i)
{
    record_text(b, "no", i->number);
    record_text(b, "title", i->title);
    record_text(b, "text", i->text);
    if (i->parts.count)
        buf_printf(b, " parts=%zu", i->parts.count);
    record_text(b, "category", i->category);
    record_text(b, "section", i->section[0]);
    record_text(b, "sub", i->section[1]);
    record_text(b, "level", i->level);
    record_text(b, "place", i->place);
    record_text(b, "marking", word_key(&markings, i->marking));
    record_day(b, "found", i->found);
    record_duty(b, &i->duty);
    if (i->claim)
        buf_printf(b, " claim=%d", i->claim);
    record_text(b, "progress", i->progress);
    if (i->percent >= 0)
        buf_printf(b, " percent=%d", i->percent);
    record_day(b, "completed", i->completed);
    record_day(b, "struck", i->struck_off);
    record_text(b, "remarks", i->remarks);
    for (size_t k = 0; k < i->sealed_count; k++)
        buf_printf(b, " sealed:%s", col_key(i->sealed[k].col));
    for (size_t k = 0; k < i->task_count; k++) {
        const struct draft_task *t = &i->tasks[k];
        buf_printf(b, "\n  task %u:", t->row);
        record_text(b, "measure", t->measure);
        if (i->task_count > 1)
            record_duty(b, &t->duty);
        if (i->task_count > 1 && t->claim)
            buf_printf(b, " claim=%d", t->claim);
    }
}

static int record_draft(struct import_sink *sink, const struct draft *d, struct err *err)
{
    struct record *r = (struct record *)sink;
    struct buf *b = &r->drafts;

    (void)err;
    r->draft_count++;
    if (d->last_row > d->row)
        buf_printf(b, "%u-%u:", d->row, d->last_row);
    else
        buf_printf(b, "%u:", d->row);
    switch (d->kind) {
    case IMPORT_UNITS:
        record_text(b, "code", d->unit.code);
        record_text(b, "name", d->unit.name);
        for (size_t i = 0; i < d->unit.parents.count; i++)
            record_text(b, "in", d->unit.parents.at[i]);
        break;
    case IMPORT_PEOPLE:
        record_text(b, "code", d->person.code);
        record_text(b, "name", d->person.name);
        record_text(b, "unit", d->person.unit);
        for (int i = 1; i < ROLE_COUNT; i++)
            if (d->person.roles & BIT(i))
                record_text(b, "role", word_key(&roles, i));
        if (d->person.phone.n)
            buf_str(b, " phone");
        break;
    case IMPORT_FINDINGS:
    case IMPORT_TASKS:
    case IMPORT_KINDS:
    default: record_item(b, &d->item); break;
    }
    for (size_t i = 0; i < d->other_count; i++) {
        buf_str(b, " {");
        buf_text(b, d->others[i].header);
        buf_str(b, ": ");
        buf_text(b, d->others[i].text);
        buf_char(b, '}');
    }
    buf_char(b, '\n');
    return 0;
}

static int record_doubt(struct import_sink *sink, const struct doubt *d, struct err *err)
{
    struct record *r = (struct record *)sink;
    struct buf *b = &r->doubts, said = BUF(1 << 16);
    char letters[8];

    (void)err;
    if (d->row)
        buf_printf(b, "%u", d->row);
    if (d->last_row)
        buf_printf(b, "-%u", d->last_row);
    if (d->column != DOUBT_NO_COLUMN)
        buf_text(b, column_letters(d->column, letters));
    buf_printf(b, " %s", doubt_name(d->kind));
    record_text(b, "cell", d->cell);
    record_text(b, "taken", d->taken);
    if (d->word)
        record_text(b, "word", text_of(d->word));
    buf_char(b, '\n');
    /* Every sentence is there in both languages. */
    doubt_say(&said, LANG_EN, d);
    assert_true(said.n > 0 || said.failed);
    buf_clear(&said);
    doubt_say(&said, LANG_ZH, d);
    assert_true(said.failed || (said.n > 0 && (unsigned char)said.p[0] >= 0x80));
    buf_clear(&said);
    doubt_place(&said, LANG_ZH, d);
    buf_release(&said);
    return 0;
}

static int record_reject(struct import_sink *sink, const struct reject *r, struct err *err)
{
    struct record *rec = (struct record *)sink;

    (void)err;
    buf_printf(&rec->rejects, "%u+%zu %s\n", r->rows[0].number, r->row_count, reject_name(r->kind));
    return 0;
}

static int record_map(struct import_sink *sink, const struct mapping_sheet *m, struct err *err)
{
    struct record *r = (struct record *)sink;
    struct buf *b = &r->maps;
    char letters[8];

    (void)err;
    buf_text(b, m->sheet);
    if (m->skip) {
        buf_str(b, " skipped\n");
        return 0;
    }
    buf_printf(b, " %u-%u", m->first_row, m->last_row);
    for (size_t i = 0; i < m->count; i++) {
        buf_char(b, ' ');
        buf_text(b, column_letters(m->columns[i].column, letters));
        buf_printf(b, ":%s", col_key(m->columns[i].col));
    }
    buf_char(b, '\n');
    return 0;
}

static struct record record_new(void)
{
    return (struct record){.sink = {record_map, record_draft, record_doubt, record_reject},
                           .drafts = BUF(8 << 20),
                           .doubts = BUF(8 << 20),
                           .rejects = BUF(8 << 20),
                           .maps = BUF(8 << 20)};
}

static void record_release(struct record *r)
{
    buf_release(&r->drafts);
    buf_release(&r->doubts);
    buf_release(&r->rejects);
    buf_release(&r->maps);
}

/* Reads the sheets; the map may be NULL. */
static struct record sheets_read(enum import_kind kind, const struct test_sheet *sheets,
                                 size_t count, const struct mapping *map)
{
    struct record r = record_new();
    struct import_options options = {.kind = kind, .map = map, .today = date_of(2026, 11, 22)};
    struct err err = {0};
    struct importer *im = importer_open(&options, &r.sink, &err);

    assert_non_null(im);
    assert_int_equal(sheets_give(importer_sheets(im), sheets, count, &err), 0);
    importer_close(im);
    return r;
}

#endif
