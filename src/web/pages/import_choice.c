/* import_choice.c: from the form of a sheet to a mapping and corrections; see import.h. */
#include "web/pages/import.h"

struct text import_column_field(struct request *q, uint32_t column)
{
    buf_auto struct buf out = BUF(32);

    buf_printf(&out, "col.%u", column);
    return arena_text(q->arena, buf_view(&out));
}

struct text import_cell_field(struct request *q, uint32_t row, uint32_t column)
{
    buf_auto struct buf out = BUF(64);

    buf_printf(&out, "fix.%u.%u", row, column);
    return arena_text(q->arena, buf_view(&out));
}

struct text import_plain(struct request *q, struct text t)
{
    char *p = arena_take(q->arena, t.n + 1);
    size_t n = 0;

    if (p == NULL)
        return T("");
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];
        if (c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7f))
            p[n++] = t.p[i];
    }
    return (struct text){p, n};
}

bool import_given(const struct request *q, struct text name, struct text *value)
{
    for (size_t i = 0; i < q->form_count; i++)
        if (text_eq(q->form[i].name, name)) {
            *value = q->form[i].value;
            return true;
        }
    return false;
}

/* --- corrections -------------------------------------------------------------------------------
 */

/* What stands in the cell now, corrections included. False when the row is not shown. */
static bool shown(const struct preview_sheet *s, uint32_t row, uint32_t column, struct text *text)
{
    for (size_t i = 0; i < s->row_count; i++) {
        if (s->rows[i].number != row)
            continue;
        *text = T("");
        for (size_t k = 0; k < s->rows[i].count; k++)
            if (s->rows[i].cells[k].column == column)
                *text = s->rows[i].cells[k].text;
        return true;
    }
    return false;
}

static bool place_of(struct text name, uint32_t *row, uint32_t *column)
{
    struct text rest = name, head, first;
    int64_t r, c;

    if (!text_cut(&rest, '.', &head) || !text_eq(head, T("fix")) || rest.p == NULL ||
        !text_cut(&rest, '.', &first) || rest.p == NULL || !text_int(first, &r) ||
        !text_int(rest, &c) || r < 1 || r > INT32_MAX || c < 0 || c >= PREVIEW_COLUMNS)
        return false;
    *row = (uint32_t)r;
    *column = (uint32_t)c;
    return true;
}

static int take_fixes(struct request *q, struct waiting *w, const struct preview_sheet *s,
                      uint32_t sheet, struct err *err)
{
    for (size_t i = 0; i < q->form_count; i++) {
        struct cell_fix fix = {.sheet = sheet};
        const struct cell_fix *had;
        struct text now;
        size_t count;
        if (!place_of(q->form[i].name, &fix.row, &fix.column) ||
            !shown(s, fix.row, fix.column, &now))
            continue;
        fix.value = import_plain(q, q->form[i].value);
        if (text_eq(fix.value, import_plain(q, now)))
            continue;
        if (fix.value.n > FIX_BYTES || !text_utf8(fix.value))
            return err_set(err, TOO_LARGE, err_sentence(N_("The corrected cell")), T("4000 bytes"));
        fix.was = now;
        for (count = fixes_of(&w->fixes, sheet, fix.row, &had); count; count--, had++)
            if (had->column == fix.column)
                fix.was = had->was;
        if (text_eq(fix.value, import_plain(q, fix.was)))
            fix.value = fix.was; /* as it was: no correction any more */
        if (!fixes_set(&w->fixes, &fix))
            return err_set(err, TOO_LARGE, err_sentence(N_("The list of corrections")), T("500"));
    }
    return 0;
}

/* --- the mapping -------------------------------------------------------------------------------
 */

static enum col found(const struct preview_sheet *s, uint32_t column, struct text *header)
{
    for (size_t i = 0; i < s->map.count; i++)
        if (s->map.columns[i].column == column) {
            *header = s->map.columns[i].header;
            return s->map.columns[i].col;
        }
    *header = T("");
    return COL_OTHER;
}

/* What the form says of the sheet; *changed: it is not what the sheet was taken for. */
static int form_map(struct request *q, const struct waiting *w, const struct preview_sheet *s,
                    struct mapping_sheet *m, bool *changed, struct err *err)
{
    int64_t first = s->map.first_row, last = s->map.last_row;
    bool header;
    struct text given;

    *m = (struct mapping_sheet){.sheet = s->name, .skip = form_text(q, "skip").n > 0};
    *changed = m->skip != s->map.skip;
    if (m->skip)
        return 0;
    if (!text_int(form_text(q, "first"), &first) || !text_int(form_text(q, "last"), &last) ||
        first < 1 || last < first || last > 1048576)
        return err_set(err, MAP_WRONG, s->name, T("header"), form_text(q, "first"),
                       err_sentence(N_("give the first and the last row of the header, such as "
                                       "[2, 3]")));
    m->first_row = (uint32_t)first;
    m->last_row = (uint32_t)last;
    m->columns = arena_array(q->arena, struct mapping_column, s->columns + 1);
    if (m->columns == NULL)
        return err_set(err, NO_MEMORY);
    header = m->first_row == s->map.first_row && m->last_row == s->map.last_row;
    *changed = *changed || !header;
    for (uint32_t c = 0; c < s->columns; c++) {
        struct mapping_column *to = &m->columns[m->count++];
        enum col was = found(s, c, &to->header);
        int col = (int)was;
        if (import_given(q, import_column_field(q, c), &given))
            col = col_of(given, w->kind);
        if (col < 0)
            return err_set(err, BAD_VALUE, given);
        to->column = c;
        to->col = (enum col)col;
        *changed = *changed || to->col != was;
        if (!header)
            to->header = T(""); /* it stands elsewhere now */
    }
    return 0;
}

/* A sheet that is no longer left out, of which nothing else was said, is looked at afresh. */
static bool afresh(const struct preview_sheet *s, const struct mapping_sheet *m)
{
    bool any = false;

    for (size_t i = 0; i < m->count; i++)
        any = any || m->columns[i].col != COL_OTHER;
    return s->map.skip && !m->skip && !any;
}

static int take_map(struct request *q, struct waiting *w, const struct preview_sheet *s,
                    struct err *err)
{
    struct mapping had = {.kind = w->kind}, now = {.kind = w->kind};
    buf_auto struct buf json = BUF(MAPPING_BYTES);
    struct mapping_sheet m;
    bool changed;

    if (form_map(q, w, s, &m, &changed, err) != 0)
        return -1;
    if (!changed)
        return 0;
    if (w->map.n && mapping_read(w->map, q->arena, &had, err) != 0)
        return -1;
    now.sheets = arena_array(q->arena, struct mapping_sheet, had.count + 1);
    if (now.sheets == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < had.count; i++)
        if (!text_eq(had.sheets[i].sheet, m.sheet))
            now.sheets[now.count++] = had.sheets[i];
    if (!afresh(s, &m))
        now.sheets[now.count++] = m;
    w->map = T("");
    if (now.count == 0)
        return 0;
    mapping_write(&json, &now);
    if (json.failed)
        return err_set(err, TOO_LARGE, err_sentence(N_("The map")), T("4 MiB"));
    w->map = arena_text(q->arena, buf_view(&json));
    /* What is given back is what a map of a file would be held to. */
    return mapping_read(w->map, q->arena, &had, err);
}

int import_choose(struct request *q, struct waiting *w, const struct preview *p, struct err *err)
{
    size_t sheet = import_sheet_asked(q, p);
    const struct preview_sheet *s = &p->sheets[sheet];

    if (p->sheet_count == 0)
        return 0;
    if (s->known && take_map(q, w, s, err) != 0)
        return -1;
    return take_fixes(q, w, s, (uint32_t)sheet, err);
}
