/*
 * preview.c: see preview.h. The book is read twice: the trial tells what is to be said of which
 * row, the second reading keeps those rows.
 */
#include "office/intake/preview.h"

#include <stdlib.h>

enum { SHEETS = 256 };

struct teller {
    struct intake_listener listener;
    struct sheet_sink sink; /* of the second reading */
    struct preview *p;
    struct arena *arena;
    const struct intake_options *options;
    bool (*go_on)(void *);
    void *arg;
    struct preview_note *notes;
    size_t note_count, left;
    size_t told; /* mappings so far: one a sheet, in the file's order */
    /* The second reading. */
    struct preview_sheet *sheet;
    size_t first_note, plain, noted;
    bool partly;
};

static int stop(struct teller *t, struct err *err)
{
    if (t->go_on(t->arg))
        return 0;
    return err_set(err, REFUSED, err_sentence(N_("The server is ending; try again later.")));
}

/* --- the trial ---------------------------------------------------------------------------------
 */

static int on_mapping(struct intake_listener *l, const struct mapping_sheet *s, struct err *err)
{
    struct teller *t = (struct teller *)l;
    struct preview_sheet *sheet;

    if (t->told >= SHEETS)
        return 0;
    sheet = &t->p->sheets[t->told++];
    sheet->known = true;
    sheet->map = *s;
    sheet->map.sheet = sheet->name = arena_text(t->arena, s->sheet);
    sheet->map.columns = arena_array(t->arena, struct mapping_column, s->count + 1);
    for (size_t i = 0; sheet->map.columns && i < s->count; i++) {
        sheet->map.columns[i] = s->columns[i];
        sheet->map.columns[i].header = arena_text(t->arena, s->columns[i].header);
    }
    return stop(t, err);
}

static struct preview_note *note(struct teller *t, const struct doubt *d)
{
    struct preview_note *n;

    if (t->note_count == PREVIEW_NOTES) {
        t->left++;
        return NULL;
    }
    n = &t->notes[t->note_count++];
    *n = (struct preview_note){
        .sheet = d->sheet, .row = d->row, .order = (uint32_t)t->note_count, .column = d->column};
    return n;
}

static int on_doubt(struct intake_listener *l, const struct doubt *d, struct err *err)
{
    struct teller *t = (struct teller *)l;
    struct preview_note *n = note(t, d);

    for (int lang = 0; n && lang < 2; lang++) {
        buf_auto struct buf said = BUF(1u << 16);
        doubt_say(&said, (enum lang)lang, d);
        n->said[lang] = arena_text(t->arena, buf_view(&said));
    }
    return stop(t, err);
}

static int on_reject(struct intake_listener *l, const struct doubt *at, struct text reason,
                     struct err *err)
{
    struct teller *t = (struct teller *)l;
    struct preview_note *n = note(t, at);

    if (n) {
        n->rejected = true;
        n->said[0] = n->said[1] = arena_text(t->arena, reason);
    }
    return stop(t, err);
}

static int on_progress(struct intake_listener *l, int64_t rows, struct err *err)
{
    struct teller *t = (struct teller *)l;

    if (rows >= PREVIEW_CHECKED) {
        t->partly = true;
        return err_set(err, REFUSED, T(""));
    }
    return stop(t, err);
}

static int by_place(const void *x, const void *y)
{
    const struct preview_note *a = x, *b = y;

    if (a->sheet != b->sheet)
        return a->sheet < b->sheet ? -1 : 1;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    if (a->column != b->column)
        return a->column < b->column ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

/* --- the second reading ------------------------------------------------------------------------
 */

static int on_begin(struct sheet_sink *sink, const struct sheet_info *info, struct err *err)
{
    struct teller *t = (struct teller *)((char *)sink - offsetof(struct teller, sink));
    struct preview_sheet *s = info->index < SHEETS ? &t->p->sheets[info->index] : NULL;

    t->sheet = s;
    t->plain = t->noted = 0;
    if (s == NULL)
        return 0;
    if (t->p->sheet_count <= info->index)
        t->p->sheet_count = info->index + 1;
    s->name = arena_text(t->arena, info->name);
    while (t->first_note < t->note_count && t->notes[t->first_note].sheet < info->index)
        t->first_note++;
    s->notes = t->notes + t->first_note;
    s->rows =
        arena_array(t->arena, struct row,
                    PREVIEW_ROWS + PREVIEW_NOTED +
                        (s->known && !s->map.skip ? s->map.last_row - s->map.first_row + 1 : 0));
    for (size_t i = 0; s->known && i < s->map.count; i++)
        if (s->map.columns[i].column >= s->columns)
            s->columns = s->map.columns[i].column + 1;
    /* What is said of the sheet and of its columns stands above all rows. */
    while (t->first_note < t->note_count && t->notes[t->first_note].sheet == info->index &&
           t->notes[t->first_note].row == 0) {
        t->first_note++;
        s->note_count++;
    }
    return s->rows ? stop(t, err) : err_set(err, NO_MEMORY);
}

static bool keep(struct teller *t, const struct row *row)
{
    struct preview_sheet *s = t->sheet;
    struct row *to = &s->rows[s->row_count];
    struct cell *cells = arena_array(t->arena, struct cell, row->count + 1);

    if (cells == NULL)
        return false;
    for (size_t i = 0; i < row->count; i++) {
        cells[i] = row->cells[i];
        cells[i].text = arena_text(t->arena, row->cells[i].text);
        if (cells[i].column >= s->columns)
            s->columns = cells[i].column + 1;
    }
    *to = *row;
    to->cells = cells;
    s->row_count++;
    return !t->arena->failed;
}

static int on_row(struct sheet_sink *sink, const struct row *row, struct err *err)
{
    struct teller *t = (struct teller *)((char *)sink - offsetof(struct teller, sink));
    struct preview_sheet *s = t->sheet;
    arena_auto struct arena scratch = ARENA(8 << 20);
    struct row laid;
    size_t notes = 0;
    bool header, wanted;

    if (s == NULL)
        return 0;
    /* A note may stand at a row that holds nothing. */
    while (t->first_note < t->note_count && t->notes[t->first_note].sheet == row->sheet &&
           t->notes[t->first_note].row < row->number) {
        t->first_note++;
        s->notes_left++;
    }
    while (t->first_note + notes < t->note_count &&
           t->notes[t->first_note + notes].sheet == row->sheet &&
           t->notes[t->first_note + notes].row == row->number)
        notes++;
    header = s->known && !s->map.skip && row->number >= s->map.first_row &&
             row->number <= s->map.last_row;
    wanted = header || t->plain < PREVIEW_ROWS || (notes && t->noted < PREVIEW_NOTED);
    if (wanted) {
        if (!header && t->plain < PREVIEW_ROWS)
            t->plain++;
        else if (!header)
            t->noted++;
        row = fixes_lay(t->options->fixes, row, &laid, &scratch);
        if (scratch.failed || !keep(t, row))
            return err_set(err, NO_MEMORY);
        /* Kept notes stand one behind the other. */
        memmove(s->notes + s->note_count, t->notes + t->first_note, notes * sizeof *s->notes);
        s->note_count += notes;
    } else {
        s->notes_left += notes;
    }
    t->first_note += notes;
    return row->number % 1024 == 0 ? stop(t, err) : 0;
}

static int on_end(struct sheet_sink *sink, const struct sheet_info *info, struct err *err)
{
    struct teller *t = (struct teller *)((char *)sink - offsetof(struct teller, sink));

    while (t->first_note < t->note_count && t->notes[t->first_note].sheet == info->index) {
        t->first_note++;
        if (t->sheet)
            t->sheet->notes_left++;
    }
    if (t->sheet && t->sheet->columns > PREVIEW_COLUMNS)
        t->sheet->columns = PREVIEW_COLUMNS;
    return stop(t, err);
}

int preview_make(struct preview *p, struct ledger *l, const struct viewer *v,
                 const struct intake_options *options, bool (*go_on)(void *), void *arg,
                 struct arena *arena, struct err *err)
{
    struct intake_options trial = *options;
    struct sheet_limits limits = sheet_limits();
    struct teller t = {.listener = {.mapping = on_mapping,
                                    .doubt = on_doubt,
                                    .reject = on_reject,
                                    .progress = on_progress},
                       .sink = {on_begin, on_row, on_end},
                       .p = p,
                       .arena = arena,
                       .options = &trial,
                       .go_on = go_on,
                       .arg = arg};

    trial.dry_run = true;
    *p = (struct preview){.sheets = arena_array(arena, struct preview_sheet, SHEETS)};
    t.notes = arena_array(arena, struct preview_note, PREVIEW_NOTES);
    if (p->sheets == NULL || t.notes == NULL)
        return err_set(err, NO_MEMORY);
    if (intake(l, v, &trial, &t.listener, &p->result, NULL, err) != 0) {
        p->no_table = err->code == ERR_NO_TABLE;
        p->partly = t.partly;
        if (!p->no_table && !p->partly)
            return -1;
        err->code = ERR_NONE;
    }
    qsort(t.notes, t.note_count, sizeof *t.notes, by_place);
    if (sheet_read_as(trial.path, trial.name ? trial.name : trial.path, &limits, &t.sink, NULL,
                      err) != 0)
        return -1;
    return arena->failed ? err_set(err, NO_MEMORY) : 0;
}
