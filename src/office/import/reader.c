/*
 * reader.c: see reader.h. Here: where a table starts, which rows are items, which rows belong
 * together. What the cells mean is in compose.c.
 */
#include "office/import/reader.h"

#include <stdlib.h>

#include "base/mem.h"
#include "office/import/importer.h"
#include "office/import/dates.h"
#include "office/import/fold.h"
#include "office/import/lines.h"
#include "office/import/status.h"

enum {
    SHEET_BYTES = 16 << 20, /* headers, titles, sections */
    LOOK_BYTES = 8 << 20,   /* rows that are looked at */
    SCRATCH_BYTES = 1 << 20,
    GROUP_BYTES = 8 << 20, /* rows of one merged item */
    DRAFT_ARENA = 8 << 20,
    FILE_BYTES = 64 << 20 /* synonyms, and what was found of every sheet */
};

/* --- copying -----------------------------------------------------------------------------------
 */

static bool copy_row(struct arena *a, const struct row *from, struct row *to)
{
    struct cell *cells = arena_array(a, struct cell, from->count + 1);

    if (cells == NULL)
        return false;
    memcpy(cells, from->cells, sizeof *cells * from->count);
    for (size_t i = 0; i < from->count; i++)
        cells[i].text = arena_text(a, cells[i].text);
    *to = *from;
    to->cells = cells;
    return !a->failed;
}

static bool blank(const struct row *row)
{
    uint32_t column;

    return row_text(row, &column).n == 0;
}

/* Keeps a row until the header is found. False when enough is kept, in rows or in bytes. */
static bool look_at(struct importer *im, const struct row *row)
{
    if (im->looked_count == HEADER_LOOK)
        return false;
    if (blank(row))
        return true;
    if (!copy_row(&im->look, row, &im->looked[im->looked_count]))
        return false;
    im->looked_count++;
    return true;
}

/* --- the item under way ------------------------------------------------------------------------
 */

static void flush(struct importer *im)
{
    table_end_run(im);
    if (!im->group_open)
        return;
    if (!im->group_broken)
        compose_end(&im->composer, im->rows, im->row_count);
    else if (im->row_count)
        compose_reject(&im->composer, REJECT_TOO_MANY_ROWS, im->rows, im->row_count,
                       DOUBT_NO_COLUMN);
    im->row_count = 0;
    im->group_open = im->group_broken = false;
    arena_clear(&im->group);
    arena_clear(&im->draft);
}

/* Moves the merges' window to this row. */
static void advance_merges(struct importer *im, const struct row *row)
{
    while (im->merge_next < im->merge_count &&
           im->merges[im->merge_next].first_row <= row->number) {
        const struct merge *m = &im->merges[im->merge_next++];
        if (m->last_row < row->number || m->first_column >= HEADER_COLUMNS)
            continue;
        im->wide[m->first_column].from = m->first_row;
        im->wide[m->first_column].until = m->last_row;
        im->wide[m->first_column].columns = m->last_column - m->first_column + 1;
        if (m->last_row > m->first_row) {
            im->carries[m->first_column].from = m->first_row;
            im->carries[m->first_column].until = m->last_row;
            im->carries[m->first_column].cell.kind = CELL_EMPTY;
        }
    }
}

/* Lays the row's cells beside their columns; fills in what merges carry down. */
static void lay_out(struct importer *im, const struct row *row)
{
    struct table *t = &im->table;
    struct line *line = &im->line;
    uint32_t last = row->count ? row->cells[row->count - 1].column : 0;
    size_t k = 0;

    line->row = row;
    if (last >= t->count)
        table_grow(im, last + 1);
    if (last >= HEADER_COLUMNS && !im->beyond_told) {
        im->beyond_told = true;
        table_report_row(im, DOUBT_COLUMNS_BEYOND, row);
    }
    for (size_t s = 0; s < t->count; s++) {
        struct carry *carry = &im->carries[s];
        const struct cell *cell = NULL;
        while (k < row->count && row->cells[k].column < s)
            k++;
        if (k < row->count && row->cells[k].column == s && !fold_is_blank(row->cells[k].text))
            cell = &row->cells[k];
        line->at[s] = cell;
        line->carried[s] = false;
        line->until[s] = 0;
        if (carry->until < row->number)
            continue;
        if (cell && carry->from == row->number) {
            line->until[s] = carry->until;
            carry->cell = *cell;
            buf_clear(&carry->text);
            buf_text(&carry->text, cell->text);
            carry->cell.text = buf_view(&carry->text);
        } else if (cell == NULL && carry->cell.kind != CELL_EMPTY) {
            line->at[s] = &carry->cell;
            line->carried[s] = true;
        }
    }
}

/* Texts of carried cells must stay while their group does: the carry may be used anew. */
static void hold_carried(struct importer *im)
{
    for (size_t s = 0; s < im->table.count; s++) {
        struct cell *copy;
        if (!im->line.carried[s])
            continue;
        copy = arena_take(&im->group, sizeof *copy);
        if (copy == NULL)
            return;
        *copy = *im->line.at[s];
        copy->text = arena_text(&im->group, copy->text);
        im->line.at[s] = copy;
    }
}

/* The field whose cells make rows one item. */
static int text_slot(const struct importer *im)
{
    int s = im->table.first[COL_TEXT];

    return s >= 0 ? s : im->table.first[COL_TITLE];
}

static bool own(const struct importer *im, int slot)
{
    return slot >= 0 && im->line.at[slot] && !im->line.carried[slot];
}

static bool continues(const struct importer *im, uint32_t row)
{
    return im->group_open && row <= im->group_until && !own(im, im->table.first[COL_NUMBER]) &&
           !own(im, im->table.first[COL_CODE]) && !own(im, text_slot(im));
}

/* The last row of the item that begins at the line. */
static uint32_t group_end(const struct importer *im)
{
    int slots[] = {im->table.first[COL_NUMBER], im->table.first[COL_CODE], text_slot(im)};
    uint32_t end = im->line.row->number;

    for (int i = 0; i < 3; i++)
        if (slots[i] >= 0 && im->line.until[slots[i]] > end)
            end = im->line.until[slots[i]];
    return end;
}

/* One row of the item under way is kept and read. */
static void take_row(struct importer *im, const struct row *row, bool first)
{
    struct row *kept = &im->rows[im->row_count];

    im->group_open = true;
    if (im->row_count == DRAFT_ROWS || !copy_row(&im->group, row, kept)) {
        /* The rows so far are rejected together, the others one by one. */
        im->group_broken = true;
        compose_reject(&im->composer, REJECT_TOO_MANY_ROWS, row, 1, DOUBT_NO_COLUMN);
        return;
    }
    im->row_count++;
    lay_out(im, kept);
    hold_carried(im);
    if (im->group.failed || im->group_broken)
        im->group_broken = true;
    else if (first)
        compose_begin(&im->composer, &im->line, true);
    else
        compose_add(&im->composer, &im->line);
}

static void take_item(struct importer *im, const struct row *row)
{
    bool items = im->options->kind == IMPORT_FINDINGS || im->options->kind == IMPORT_TASKS;

    im->items++;
    if (items && continues(im, row->number)) {
        take_row(im, row, false);
        return;
    }
    flush(im);
    im->group_until = group_end(im);
    if (items && im->group_until > row->number) {
        take_row(im, row, true);
        return;
    }
    compose_begin(&im->composer, &im->line, false);
    compose_end(&im->composer, row, 1);
    arena_clear(&im->draft);
}

/* --- rows --------------------------------------------------------------------------------------
 */

/* Lines right below a header that explain its columns: words where dates should stand. */
static bool is_explanation(const struct importer *im, const struct row *row)
{
    struct when_context context = {im->options->today, DATE_NONE};
    size_t dates = 0, words = 0;

    if (im->items || row->number > im->header_last + 3)
        return false;
    for (size_t s = 0; s < im->table.count; s++) {
        const struct cell *c = im->line.at[s];
        if (c == NULL || !col_date(im->table.slots[s].col))
            continue;
        dates++;
        words += !when_read(c, &context).understood && status_read(c->text).claim == CLAIM_NONE;
    }
    return dates >= 2 && words == dates;
}

static uint32_t column_of(int slot)
{
    return slot >= 0 ? (uint32_t)slot : LINE_NO_COLUMN;
}

static uint32_t width_at(const struct importer *im, const struct row *row)
{
    uint32_t column;

    row_text(row, &column);
    if (column < HEADER_COLUMNS && im->wide[column].until >= row->number &&
        im->wide[column].from <= row->number)
        return im->wide[column].columns;
    return 1;
}

/* Another table below on the same sheet: a row that is a header with at least three fields. */
static bool begins_table(struct importer *im, const struct row *row, struct header *h)
{
    size_t filled = 0, known = 0;

    for (size_t i = 0; i < row->count && !im->given; i++) {
        const struct cell *c = &row->cells[i];
        if (fold_is_blank(c->text))
            continue;
        filled++;
        known += c->kind == CELL_TEXT && c->text.n <= 60 && !strchr("0123456789", c->text.p[0]) &&
                 columns_exact(im->synonyms, c->text) != COL_OTHER;
        /* Most rows are settled by their first cell. */
        if (known == 0)
            return false;
    }
    if (known < 3 || known * 2 < filled)
        return false;
    arena_clear(&im->scratch);
    return header_at(im->synonyms, row, 1, NULL, 0, row->number, row->number, &im->scratch, h);
}

static void take_section(struct importer *im, const struct row *row, bool sub)
{
    struct table *t = &im->table;
    uint32_t column;
    struct text text = arena_text(&im->sheet, row_text(row, &column));

    if (!sub)
        t->section[1] = (struct text){NULL, 0};
    t->section[sub] = text;
    table_report_row(im, DOUBT_SECTION, row);
}

static bool is_sealed(const struct importer *im, const struct row *row)
{
    uint32_t column;

    row_text(row, &column);
    return column < im->table.count && col_sealed(im->table.slots[column].col);
}

static void read_row(struct importer *im, const struct row *row)
{
    static const enum doubt_kind reported[] = {
        [LINE_NOTE] = DOUBT_FOOTNOTE,           [LINE_TOTAL] = DOUBT_TOTAL,
        [LINE_SIGNATURE] = DOUBT_SIGNATURE,     [LINE_NUMBERING] = DOUBT_NUMBERING,
        [LINE_ONLY_NUMBER] = DOUBT_ONLY_NUMBER, [LINE_ONLY_FORMULAS] = DOUBT_ONLY_FORMULAS};
    bool office = im->options->kind == IMPORT_UNITS || im->options->kind == IMPORT_PEOPLE;
    struct header h;
    enum line_kind kind;
    int text;

    advance_merges(im, row);
    lay_out(im, row);
    text =
        office
            ? im->table.first[im->options->kind == IMPORT_UNITS ? COL_UNIT_NAME : COL_PERSON_NAME]
            : text_slot(im);
    if (im->options->kind == IMPORT_TASKS)
        text = im->table.first[COL_MEASURE];
    kind = line_read(row,
                     &(struct line_context){.number_column = column_of(im->table.first[COL_NUMBER]),
                                            .text_column = column_of(text),
                                            .table_columns = im->table_columns,
                                            .width = width_at(im, row),
                                            .text_carried = text >= 0 && im->line.carried[text]});
    if (kind == LINE_BLANK)
        return;
    if ((kind == LINE_SECTION || kind == LINE_SUBSECTION) && is_sealed(im, row))
        kind = LINE_ITEM; /* a name alone in its row heads nothing */
    if ((kind == LINE_ITEM || kind == LINE_SECTION) && table_is_repeat(im, row)) {
        flush(im);
        table_report_row(im, DOUBT_REPEATED_HEADER, row);
        return;
    }
    if (kind == LINE_ITEM && begins_table(im, row, &h)) {
        flush(im);
        table_use_header(im, &h);
        im->printed_count = 0;
        table_remember(im, row);
        table_report_row(im, DOUBT_SECOND_TABLE, row);
        table_report_columns(im, &h);
        return;
    }
    switch (kind) {
    case LINE_ITEM:
        if (is_explanation(im, row)) {
            table_report_row(im, DOUBT_EXPLANATION, row);
            return;
        }
        take_item(im, row);
        return;
    case LINE_SECTION:
    case LINE_SUBSECTION:
        flush(im);
        take_section(im, row, kind == LINE_SUBSECTION);
        return;
    case LINE_ONLY_NUMBER:
    case LINE_ONLY_FORMULAS:
        if (im->group_open)
            flush(im);
        table_add_to_run(im, reported[kind], row->number);
        return;
    case LINE_NOTE:
    case LINE_TOTAL:
    case LINE_SIGNATURE:
    case LINE_NUMBERING:
    case LINE_BLANK:
    default:
        flush(im);
        table_report_row(im, reported[kind], row);
        return;
    }
}

/* --- the start of a sheet ----------------------------------------------------------------------
 */

/* Lines above the table: titles, and sometimes a marking for all of it. */
static void take_above(struct importer *im, const struct row *row)
{
    for (size_t i = 0; i < row->count && im->table.marking == MARKING_NONE; i++) {
        enum marking marking = marking_read(fold_trim(row->cells[i].text));
        if (marking == MARKING_NONE || marking == MARKING_OPEN)
            continue;
        im->table.marking = marking;
        im->table.marking_text = arena_text(&im->sheet, fold_trim(row->cells[i].text));
        table_report_row(im, DOUBT_MARKING_SHEET, row);
    }
    table_remember(im, row);
    table_report_row(im, DOUBT_ABOVE_HEADER, row);
}

/* Decides on the rows looked at: where the table is, and reads those that belong to it. */
static void decide(struct importer *im, struct err *err)
{
    struct header h = {0};
    size_t merges = 0;
    bool found = true;

    while (merges < im->merge_count && merges < HEADER_MERGES && im->looked_count &&
           im->merges[merges].first_row <= im->looked[im->looked_count - 1].number)
        merges++;
    /* With a map the header's texts are read for comparing; whether they are known is all one. */
    if (im->given)
        header_at(im->synonyms, im->looked, im->looked_count, im->merges, merges,
                  im->given->first_row, im->given->last_row, &im->sheet, &h);
    else
        found = header_find(im->synonyms, im->looked, im->looked_count, im->merges, merges,
                            &im->sheet, &h);
    im->stage = found ? STAGE_READING : STAGE_SKIPPING;
    if (im->sheet.failed) {
        err_set(err, NO_MEMORY);
        im->composer.stopped = true;
        return;
    }
    if (!found) {
        table_report_sheet(im, DOUBT_SHEET_SKIPPED);
        table_tell(im, true, 0, err);
        return;
    }
    if (im->hidden)
        table_report_sheet(im, DOUBT_HIDDEN_SHEET);
    if (im->given)
        table_use_map(im, &h);
    else
        table_use_header(im, &h);
    if (!im->given)
        table_report_columns(im, &h);
    table_tell(im, false, im->given ? im->given->first_row : h.first_row, err);
    table_claim(im);
    for (size_t i = 0; i < im->looked_count && !im->composer.stopped; i++) {
        const struct row *row = &im->looked[i];
        uint32_t first = im->given ? im->given->first_row : h.first_row;
        if (row->number < first && !blank(row)) {
            take_above(im, row);
        } else if (row->number >= first && row->number <= im->header_last) {
            table_report_fixes(im, row->number);
            table_remember(im, row);
        } else if (row->number > im->header_last && !im->options->preview) {
            read_row(im, row);
        }
    }
}

static int by_row(const void *x, const void *y)
{
    const struct merge *a = x, *b = y;

    if (a->first_row != b->first_row)
        return a->first_row < b->first_row ? -1 : 1;
    return (a->first_column > b->first_column) - (a->first_column < b->first_column);
}

static int on_begin(struct sheet_sink *sink, const struct sheet_info *info, struct err *err)
{
    struct importer *im = (struct importer *)sink;

    im->composer.err = err;
    im->counts.sheets++;
    arena_clear(&im->sheet);
    arena_clear(&im->look);
    table_forget(im);
    im->table.sheet = info->index;
    im->table.name = arena_text(&im->sheet, info->name);
    im->table.marking = MARKING_NONE;
    im->table.marking_text = (struct text){NULL, 0};
    im->table.claim = CLAIM_NONE;
    im->hidden = info->hidden;
    im->looked_count = 0;
    im->merge_count = im->merge_next = 0;
    im->items = 0;
    im->beyond_told = false;
    im->printed_count = 0;
    im->run.kind = DOUBT_NONE;
    memset(im->wide, 0, sizeof im->wide);
    im->looked = arena_array(&im->sheet, struct row, HEADER_LOOK);
    mem_free(im->merges);
    im->merges = NULL;
    if (info->merge_count) {
        im->merges = mem_alloc(sizeof *im->merges * info->merge_count);
        if (im->merges == NULL)
            return err_set(err, NO_MEMORY);
        memcpy(im->merges, info->merges, sizeof *im->merges * info->merge_count);
        im->merge_count = info->merge_count;
        qsort(im->merges, im->merge_count, sizeof *im->merges, by_row);
    }
    if (im->sheet.failed)
        return err_set(err, NO_MEMORY);
    im->given = mapping_of(im->options->map, im->table.name);
    im->stage = STAGE_LOOKING;
    if (im->given && im->given->skip) {
        im->stage = STAGE_SKIPPING;
        table_report_sheet(im, DOUBT_SHEET_LEFT_OUT);
        table_tell(im, true, 0, err);
    }
    return im->composer.stopped ? -1 : 0;
}

static int on_row(struct sheet_sink *sink, const struct row *row, struct err *err)
{
    struct importer *im = (struct importer *)sink;
    struct row laid;

    im->composer.err = err;
    arena_clear(&im->fixed);
    row = fixes_lay(im->options->fixes, row, &laid, &im->fixed);
    if (im->fixed.failed)
        return err_set(err, NO_MEMORY);
    if (im->stage == STAGE_LOOKING) {
        if (im->given && row->number < im->given->first_row) {
            if (!blank(row))
                take_above(im, row);
            return im->composer.stopped ? -1 : 0;
        }
        if (!(im->given && row->number > im->given->last_row) && look_at(im, row))
            return 0;
        decide(im, err);
    }
    if (im->stage == STAGE_READING && !im->options->preview && !im->composer.stopped)
        read_row(im, row);
    return im->composer.stopped ? -1 : 0;
}

static int on_end(struct sheet_sink *sink, const struct sheet_info *info, struct err *err)
{
    struct importer *im = (struct importer *)sink;

    (void)info;
    im->composer.err = err;
    if (im->stage == STAGE_LOOKING)
        decide(im, err);
    if (!im->composer.stopped)
        flush(im);
    return im->composer.stopped ? -1 : 0;
}

/* --- opening and closing -----------------------------------------------------------------------
 */

struct importer *importer_open(const struct import_options *options, struct import_sink *sink,
                               struct err *err)
{
    struct importer *im = mem_alloc(sizeof *im);

    if (im == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    im->sheets = (struct sheet_sink){on_begin, on_row, on_end};
    im->options = options;
    im->sink = sink;
    im->file = ARENA(FILE_BYTES);
    im->sheet = ARENA(SHEET_BYTES);
    im->look = ARENA(LOOK_BYTES);
    im->scratch = ARENA(SCRATCH_BYTES);
    im->draft = ARENA(DRAFT_ARENA);
    im->group = ARENA(GROUP_BYTES);
    im->fixed = ARENA(LOOK_BYTES);
    for (size_t i = 0; i < HEADER_COLUMNS; i++)
        im->carries[i].text = BUF(1 << 20);
    im->synonyms = synonyms_make(&im->file, options->kind);
    im->found.kind = options->kind;
    im->found.sheets = arena_array(&im->file, struct mapping_sheet, MAPPINGS_MAX);
    im->rows = mem_alloc(sizeof *im->rows * DRAFT_ROWS);
    im->composer = (struct composer){.options = options,
                                     .sink = sink,
                                     .counts = &im->counts,
                                     .table = &im->table,
                                     .arena = &im->draft};
    if (im->synonyms == NULL || im->found.sheets == NULL || im->rows == NULL) {
        importer_close(im);
        err_set(err, NO_MEMORY);
        return NULL;
    }
    return im;
}

struct sheet_sink *importer_sheets(struct importer *im)
{
    return &im->sheets;
}

int importer_finish(struct importer *im, struct text file, struct err *err)
{
    static const char *const names[] = {N_("a list of findings"), N_("a list of tasks"),
                                        N_("a list of units"), N_("a list of people")};

    if (im->counts.tables == 0)
        return err_set(err, NO_TABLE, file, err_sentence(names[im->options->kind]));
    return 0;
}

struct import_counts importer_counts(const struct importer *im)
{
    return im->counts;
}

const struct mapping *importer_mapping(const struct importer *im)
{
    return &im->found;
}

void importer_close(struct importer *im)
{
    if (im == NULL)
        return;
    for (size_t i = 0; i < HEADER_COLUMNS; i++)
        buf_release(&im->carries[i].text);
    arena_release(&im->file);
    arena_release(&im->sheet);
    arena_release(&im->look);
    arena_release(&im->scratch);
    arena_release(&im->draft);
    arena_release(&im->group);
    arena_release(&im->fixed);
    mem_free(im->merges);
    mem_free(im->rows);
    mem_free(im);
}
