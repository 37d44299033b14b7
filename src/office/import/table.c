/*
 * table.c: the table of a sheet: its columns from a header or a map, what is said of them, and
 * lines that are printed again; see importer.h.
 */
#include "office/import/importer.h"

#include "office/import/fold.h"
#include "office/import/status.h"

/* --- reporting of rows -------------------------------------------------------------------------
 */

struct text row_text(const struct row *row, uint32_t *column)
{
    for (size_t i = 0; i < row->count; i++) {
        struct text t = fold_trim(row->cells[i].text);
        if (t.n) {
            *column = row->cells[i].column;
            return t;
        }
    }
    *column = 0;
    return (struct text){NULL, 0};
}

void table_report_row(struct importer *im, enum doubt_kind kind, const struct row *row)
{
    struct doubt d = {.kind = kind, .row = row->number, .column = DOUBT_NO_COLUMN};
    uint32_t column;

    /* Signature lines hold names and telephone numbers. */
    if (kind != DOUBT_SIGNATURE) {
        d.cell = row_text(row, &column);
        if (column < im->table.count)
            d.col = im->table.slots[column].col; /* a sealed one is kept back */
    }
    compose_report(&im->composer, &d);
}

void table_report_sheet(struct importer *im, enum doubt_kind kind)
{
    compose_report(&im->composer, &(struct doubt){.kind = kind, .column = DOUBT_NO_COLUMN});
}

void table_report_fixes(struct importer *im, uint32_t row)
{
    const struct cell_fix *fix;
    size_t count = fixes_of(im->options->fixes, im->table.sheet, row, &fix);

    for (; count; count--, fix++)
        compose_report(&im->composer, &(struct doubt){.kind = DOUBT_CORRECTED,
                                                      .row = row,
                                                      .column = fix->column,
                                                      .cell = fix->was,
                                                      .taken = fix->value});
}

void table_end_run(struct importer *im)
{
    if (im->run.kind)
        compose_report(&im->composer, &im->run);
    im->run.kind = DOUBT_NONE;
}

void table_add_to_run(struct importer *im, enum doubt_kind kind, uint32_t row)
{
    if (im->run.kind != kind) {
        table_end_run(im);
        im->run = (struct doubt){.kind = kind, .row = row, .column = DOUBT_NO_COLUMN};
    }
    im->run.last_row = row;
}

/* --- the columns -------------------------------------------------------------------------------
 */

void table_grow(struct importer *im, size_t count)
{
    struct table *t = &im->table;
    char letters[8];

    if (count > HEADER_COLUMNS)
        count = HEADER_COLUMNS;
    for (; t->count < count; t->count++)
        t->slots[t->count] = (struct slot){
            .label = arena_text(&im->sheet, column_letters((uint32_t)t->count, letters))};
}

static void add_slot(struct importer *im, uint32_t column, enum col col, struct text label,
                     struct text note)
{
    struct table *t = &im->table;
    int last = t->first[col];
    struct slot *s;

    if (column >= HEADER_COLUMNS)
        return;
    table_grow(im, column + 1);
    s = &t->slots[column];
    *s = (struct slot){col, label.n ? label : s->label, note, true, false};
    t->next[column] = -1;
    if (last < 0) {
        t->first[col] = (int16_t)column;
        return;
    }
    while (t->next[last] >= 0)
        last = t->next[last];
    t->next[last] = (int16_t)column;
}

static uint64_t hash_of(struct text t)
{
    char key[HEADER_TEXT];
    struct text k = fold(t, FOLD_PLAIN, key, sizeof key);
    uint64_t h = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < k.n; i++)
        h = (h ^ (unsigned char)k.p[i]) * UINT64_C(1099511628211);
    return h;
}

void table_remember(struct importer *im, const struct row *row)
{
    for (size_t i = 0; i < row->count && im->printed_count < PRINTED_MAX; i++)
        if (row->cells[i].kind == CELL_TEXT && row->cells[i].text.n <= HEADER_TEXT &&
            fold_trim(row->cells[i].text).n)
            im->printed[im->printed_count++] =
                (struct printed){row->cells[i].column, hash_of(row->cells[i].text)};
}

/* True when the row is the header's (or the title's) again, as printed pages have it. */
bool table_is_repeat(const struct importer *im, const struct row *row)
{
    size_t same = 0, filled = 0;

    for (size_t i = 0; i < row->count; i++) {
        const struct cell *c = &row->cells[i];
        uint64_t hash;
        size_t k = 0;
        if (fold_is_blank(c->text))
            continue;
        filled++;
        if (c->kind != CELL_TEXT || c->text.n > HEADER_TEXT) {
            if (filled == 1)
                return false;
            continue;
        }
        hash = hash_of(c->text);
        while (k < im->printed_count &&
               (im->printed[k].column != c->column || im->printed[k].hash != hash))
            k++;
        same += k < im->printed_count;
        /* The first cell of an item differs: most rows are settled by it. */
        if (filled == 1 && same == 0)
            return false;
    }
    return filled > 0 && same * 10 >= filled * 6;
}

static void report_column(struct importer *im, enum doubt_kind kind, uint32_t column,
                          const char *word)
{
    compose_report(&im->composer, &(struct doubt){.kind = kind,
                                                  .column = column,
                                                  .header = im->table.slots[column].label,
                                                  .word = word});
}

void table_report_columns(struct importer *im, const struct header *h)
{
    for (size_t i = 0; i < h->count; i++) {
        const struct column_match *m = &h->matches[i];
        if (m->col == COL_OTHER)
            report_column(im, m->second ? DOUBT_COLUMN_SECOND : DOUBT_COLUMN_OTHER, m->column,
                          NULL);
        else if (m->ambiguous)
            report_column(im, DOUBT_COLUMN_AMBIGUOUS, m->column, col_label(m->col));
        else if (m->score < 1000)
            report_column(im, DOUBT_COLUMN_INSIDE, m->column, col_label(m->col));
        if (m->col == COL_VERDICT)
            report_column(im, DOUBT_VERDICT_IGNORED, m->column, NULL);
    }
}

/* A sheet whose name says that all of it is done: "Closed POA&M Items", 已销号台账. */
void table_claim(struct importer *im)
{
    struct table *t = &im->table;
    struct status st;

    t->claim = CLAIM_NONE;
    if (im->options->kind != IMPORT_FINDINGS || t->first[COL_STATUS] >= 0 ||
        t->first[COL_STRUCK] >= 0)
        return;
    st = status_read(t->name);
    if (st.claim != CLAIM_PUT_RIGHT && st.claim != CLAIM_STRUCK_OFF)
        return;
    t->claim = st.claim;
    compose_report(&im->composer, &(struct doubt){.kind = DOUBT_STATUS_FROM_SHEET,
                                                  .column = DOUBT_NO_COLUMN,
                                                  .cell = t->name,
                                                  .word = claim_label(st.claim)});
}

void table_forget(struct importer *im)
{
    struct table *t = &im->table;

    t->count = 0;
    memset(t->first, 0xff, sizeof t->first);
    t->section[0] = t->section[1] = (struct text){NULL, 0};
    for (size_t i = 0; i < HEADER_COLUMNS; i++)
        im->carries[i].until = 0;
}

/* Takes the columns of a header as the table's. */
void table_use_header(struct importer *im, const struct header *h)
{
    table_forget(im);
    for (size_t i = 0; i < h->count; i++) {
        const struct header_text *text = &h->texts[i];
        bool grouped = text->group.n && h->matches[i].score < 1000;
        add_slot(im, text->column, h->matches[i].col, header_label(text, &im->sheet),
                 grouped ? arena_text(&im->sheet, text->own) : (struct text){NULL, 0});
    }
    im->header_last = h->last_row;
    im->table_columns = h->count ? h->texts[h->count - 1].column + 1 : 0;
}

/* The columns as the map gives them; the file's own headers name them. */
void table_use_map(struct importer *im, const struct header *h)
{
    const struct mapping_sheet *given = im->given;
    uint32_t end = 0;
    size_t at = 0;

    table_forget(im);
    for (size_t i = 0; i < given->count; i++)
        if (given->columns[i].column >= end)
            end = given->columns[i].column + 1;
    if (h->count && h->texts[h->count - 1].column + 1 > end)
        end = h->texts[h->count - 1].column + 1;
    for (uint32_t c = 0; c < end && c < HEADER_COLUMNS; c++) {
        const struct mapping_column *column = NULL;
        struct text label = {NULL, 0}, note = {NULL, 0};
        for (size_t i = 0; i < given->count; i++)
            if (given->columns[i].column == c)
                column = &given->columns[i];
        while (at < h->count && h->texts[at].column < c)
            at++;
        if (at < h->count && h->texts[at].column == c) {
            label = header_label(&h->texts[at], &im->sheet);
            note = h->texts[at].group.n ? arena_text(&im->sheet, h->texts[at].own) : note;
        }
        if (column == NULL && label.n == 0)
            continue;
        add_slot(im, c, column ? column->col : COL_OTHER, label, note);
        if (column && column->header.n && hash_of(column->header) != hash_of(label))
            compose_report(&im->composer, &(struct doubt){.kind = DOUBT_MAP_HEADER,
                                                          .column = c,
                                                          .header = label,
                                                          .cell = label,
                                                          .taken = column->header});
    }
    im->header_last = given->last_row;
    im->table_columns = end;
}

/* Keeps and hands out what was found of this sheet. */
void table_tell(struct importer *im, bool skip, uint32_t first_row, struct err *err)
{
    struct mapping_sheet *s;

    if (im->found.count == MAPPINGS_MAX || im->file.failed || im->composer.stopped)
        return;
    s = &im->found.sheets[im->found.count++];
    *s = (struct mapping_sheet){.sheet = arena_text(&im->file, im->table.name), .skip = skip};
    if (!skip) {
        s->first_row = first_row;
        s->last_row = im->header_last;
        s->columns = arena_array(&im->file, struct mapping_column, im->table.count);
        for (size_t i = 0; i < im->table.count && s->columns; i++)
            if (im->table.slots[i].named)
                s->columns[s->count++] = (struct mapping_column){
                    (uint32_t)i, arena_text(&im->file, im->table.slots[i].label),
                    im->table.slots[i].col};
        im->counts.tables++;
    }
    if (im->file.failed) {
        err_set(err, NO_MEMORY);
        im->composer.stopped = true;
    } else if (im->sink->mapping && im->sink->mapping(im->sink, s, err)) {
        im->composer.stopped = true;
    }
}
