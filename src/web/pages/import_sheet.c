/* import_sheet.c: a sheet beside what it was taken for; see import.h. */
#include "web/pages/import.h"

enum { INPUTS = 1200 }; /* cells of a page that can be corrected; a form holds 2000 fields */

struct shown {
    struct request *q;
    const struct waiting *w;
    const struct preview *p;
    const struct preview_sheet *s;
    size_t sheet;
    struct page_import_note *notes; /* beside s->notes */
    int inputs;
    int64_t edited; /* the row that is being corrected as a whole */
};

static struct text sheet_href(const struct shown *d, size_t sheet, const char *anchor, uint64_t n)
{
    buf_auto struct buf rest = BUF(256);

    buf_printf(&rest, "?sheet=%zu", sheet);
    if (*anchor)
        buf_printf(&rest, "#%s%llu", anchor, (unsigned long long)n);
    return import_href(d->q, d->w, buf_cstr(&rest));
}

/* The next one on this sheet, else the first of the next sheet that has any. */
static struct text next_href(const struct shown *d, size_t i)
{
    if (i + 1 < d->s->note_count)
        return sheet_href(d, d->sheet, "d-", i + 2);
    for (size_t k = d->sheet + 1; k < d->p->sheet_count; k++)
        if (d->p->sheets[k].note_count)
            return sheet_href(d, k, "d-", 1);
    return T("");
}

static int make_notes(struct shown *d, struct err *err)
{
    d->notes = arena_array(d->q->arena, struct page_import_note, d->s->note_count + 1);
    if (d->notes == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < d->s->note_count; i++) {
        const struct preview_note *n = &d->s->notes[i];
        char room[24];
        d->notes[i] = (struct page_import_note){
            arena_join(d->q->arena, T("d-"), html_number(&room, (int64_t)i + 1)),
            n->said[d->q->lang], next_href(d, i), n->rejected};
    }
    return 0;
}

/* --- columns -----------------------------------------------------------------------------------
 */

static enum col taken_for(const struct preview_sheet *s, uint32_t column, struct text *header)
{
    *header = T("");
    for (size_t i = 0; i < s->map.count; i++)
        if (s->map.columns[i].column == column) {
            *header = s->map.columns[i].header;
            return s->map.columns[i].col;
        }
    return COL_OTHER;
}

static void put_options(struct shown *d, struct page_import_column *c, enum col col)
{
    struct page_import_option *list =
        arena_array(d->q->arena, struct page_import_option, COL_COUNT);
    struct text given;
    bool typed = import_given(d->q, c->name, &given);

    for (int i = 0; list && i < COL_COUNT; i++) {
        struct text key = text_of(col_key((enum col)i));
        if (col_of(key, d->w->kind) != i)
            continue;
        list[c->options_count++] = (struct page_import_option){
            key, page_tr(d->q, i == COL_OTHER ? N_("(kept as it is)") : col_label((enum col)i)),
            typed ? text_eq(given, key) : i == (int)col};
    }
    c->options = list;
}

static const struct page_import_column *make_columns(struct shown *d)
{
    const struct preview_sheet *s = d->s;
    struct page_import_column *list =
        arena_array(d->q->arena, struct page_import_column, s->columns + 1);

    for (uint32_t c = 0; list && c < s->columns; c++) {
        char letters[8];
        struct text header;
        enum col col = taken_for(s, c, &header);
        struct text name = arena_text(d->q->arena, column_letters(c, letters));
        list[c] = (struct page_import_column){
            .letters = name, .label = page_say(d->q, N_("What column {0} is"), name)};
        if (s->known) {
            list[c].name = import_column_field(d->q, c);
            put_options(d, &list[c], col);
        }
        for (size_t i = 0; i < s->note_count && s->notes[i].row == 0; i++) {
            if (s->notes[i].column != c)
                continue;
            if (list[c].notes_count++ == 0)
                list[c].notes = &d->notes[i];
        }
    }
    return list;
}

/* --- rows --------------------------------------------------------------------------------------
 */

static void put_cell(struct shown *d, const struct row *row, const struct cell *cell,
                     uint32_t column, const struct page_import_note *notes, size_t count,
                     struct page_import_cell *out)
{
    struct request *q = d->q;
    const struct cell_fix *fix;
    size_t fixes = fixes_of(&d->w->fixes, (uint32_t)d->sheet, row->number, &fix);
    char letters[8], number[24];
    struct text typed;

    *out = (struct page_import_cell){.words = cell ? cell->text : T(""),
                                     .notes = notes,
                                     .notes_count = count,
                                     .doubt = count > 0,
                                     .open = d->edited == row->number};
    for (; fixes; fixes--, fix++)
        if (fix->column == column) {
            out->fixed = true;
            out->was = fix->was.n ? fix->was : page_tr(q, N_("nothing"));
        }
    out->input = (out->open || out->doubt || out->fixed) && out->words.n <= FIX_BYTES &&
                 d->inputs < INPUTS && column < PREVIEW_COLUMNS;
    out->open = out->open && out->input;
    if (!out->input)
        return;
    d->inputs++;
    out->name = import_cell_field(q, row->number, column);
    out->label = page_say(q, N_("Row {0}, column {1}"),
                          arena_text(q->arena, html_number(&number, row->number)),
                          arena_text(q->arena, column_letters(column, letters)));
    out->value = import_given(q, out->name, &typed) ? typed : out->words;
}

static int make_row(struct shown *d, const struct row *row, size_t *note,
                    struct page_import_row *out, struct err *err)
{
    const struct preview_sheet *s = d->s;
    struct page_import_cell *cells =
        arena_array(d->q->arena, struct page_import_cell, s->columns + 1);
    buf_auto struct buf edit = BUF(256);
    char room[24];
    size_t k = 0, i = *note;

    if (cells == NULL)
        return err_set(err, NO_MEMORY);
    *out = (struct page_import_row){
        .number = row->number,
        .width = s->columns ? s->columns : 1,
        .id = arena_join(d->q->arena, T("row-"), html_number(&room, row->number)),
        .header = s->known && !s->map.skip && row->number >= s->map.first_row &&
                  row->number <= s->map.last_row,
        .cells = cells,
        .cells_count = s->columns};
    buf_printf(&edit, "?sheet=%zu&row=%u#row-%u", d->sheet, row->number, row->number);
    if (d->edited != row->number)
        out->edit_href = import_href(d->q, d->w, buf_cstr(&edit));
    for (uint32_t c = 0; c < s->columns; c++) {
        size_t from;
        while (k < row->count && row->cells[k].column < c)
            k++;
        while (i < s->note_count && s->notes[i].row == row->number && s->notes[i].column < c)
            i++;
        from = i;
        while (i < s->note_count && s->notes[i].row == row->number && s->notes[i].column == c)
            out->bad = out->bad || s->notes[i++].rejected;
        put_cell(d, row, k < row->count && row->cells[k].column == c ? &row->cells[k] : NULL, c,
                 &d->notes[from], i - from, &cells[c]);
    }
    out->notes = &d->notes[i];
    while (i < s->note_count && s->notes[i].row == row->number) {
        out->bad = out->bad || s->notes[i++].rejected;
        out->notes_count++;
    }
    *note = i;
    return 0;
}

static int make_rows(struct shown *d, struct page_import_sheet *page, struct err *err)
{
    struct page_import_row *list =
        arena_array(d->q->arena, struct page_import_row, d->s->row_count + 1);
    size_t note = 0;

    if (list == NULL)
        return err_set(err, NO_MEMORY);
    while (note < d->s->note_count && d->s->notes[note].row == 0)
        note++;
    for (size_t i = 0; i < d->s->row_count; i++)
        if (make_row(d, &d->s->rows[i], &note, &list[i], err) != 0)
            return -1;
    page->rows = list;
    page->rows_count = d->s->row_count;
    return 0;
}

/* --- the page ----------------------------------------------------------------------------------
 */

static void make_tabs(struct shown *d, struct page_import_sheet *page)
{
    struct page_import_tab *tabs =
        arena_array(d->q->arena, struct page_import_tab, d->p->sheet_count + 1);

    for (size_t i = 0; tabs && i < d->p->sheet_count; i++) {
        const struct preview_sheet *s = &d->p->sheets[i];
        tabs[i] = (struct page_import_tab){sheet_href(d, i, "", 0), s->name,
                                           (int64_t)(s->note_count + s->notes_left), i == d->sheet,
                                           s->known && s->map.skip};
    }
    page->tabs = tabs;
    page->tabs_count = tabs ? d->p->sheet_count : 0;
}

/* What was typed, else what the sheet was taken for. */
static struct text header_row(struct request *q, const char *field, uint32_t row)
{
    char room[24];

    return form_text(q, field).n ? form_text(q, field)
                                 : arena_text(q->arena, html_number(&room, row ? row : 1));
}

int import_sheet_show(struct request *q, struct response *r, const struct waiting *w,
                      const struct preview *p, struct text wrong, struct err *err)
{
    struct shown d = {.q = q,
                      .w = w,
                      .p = p,
                      .sheet = import_sheet_asked(q, p),
                      .edited = query_int(q, "row", 1, INT32_MAX, 0)};
    struct page_import_notes said = {0};
    struct page_import_sheet page = {.name = w->name,
                                     .kind = import_kind_label(q, w->kind),
                                     .campaign = w->campaign,
                                     .href = import_href(q, w, ""),
                                     /* Where no table was found there is nothing to take in. */
                                     .apply_href =
                                         p->no_table ? T("") : import_href(q, w, "/apply"),
                                     .drop_href = import_href(q, w, "/drop"),
                                     .csrf = text_of(q->csrf),
                                     .wrong = wrong,
                                     .changes = w->changes,
                                     .sheet = (int64_t)d.sheet,
                                     .partly = p->partly,
                                     .no_table = p->no_table,
                                     .fixes = (int64_t)w->fixes.count,
                                     .said = &said};
    size_t i = 0;

    d.s = &p->sheets[d.sheet];
    if (make_notes(&d, err) != 0)
        return -1;
    import_counts(q, &p->result.counts, &page.counts, &page.counts_count);
    make_tabs(&d, &page);
    page.known = d.s->known;
    page.skip = q->form_count ? form_text(q, "skip").n > 0 : d.s->map.skip;
    page.first = header_row(q, "first", d.s->map.first_row);
    page.last = header_row(q, "last", d.s->map.last_row);
    page.notes = (int64_t)d.s->note_count;
    page.notes_left = (int64_t)d.s->notes_left;
    if (d.s->note_count)
        page.first_href = sheet_href(&d, d.sheet, "d-", 1);
    page.columns = make_columns(&d);
    page.columns_count = page.columns ? d.s->columns : 0;
    /* What is said of the sheet as a whole stands behind what is said of its columns. */
    while (i < d.s->note_count && d.s->notes[i].row == 0 && d.s->notes[i].column < d.s->columns)
        i++;
    said.notes = &d.notes[i];
    while (i < d.s->note_count && d.s->notes[i].row == 0) {
        said.notes_count++;
        i++;
    }
    if (make_rows(&d, &page, err) != 0)
        return -1;
    page_open(q, r, w->name, "import");
    page_import_sheet(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}
