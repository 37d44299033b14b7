/* mapping.c: see mapping.h. A user's JSON is read with jansson. */
#include "office/import/mapping.h"

#include <jansson.h>

#include "base/json.h"

enum { SHEETS_MAX = 1000, COLUMNS_MAX = 16384, ROWS_MAX = 1048576, HEADER_ROWS_MAX = 8 };

const char *import_kind_key(enum import_kind kind)
{
    static const char *const keys[] = {"findings", "tasks", "units", "people"};

    return keys[kind];
}

struct text column_letters(uint32_t column, char out[static 8])
{
    char letters[8];
    size_t at = sizeof letters;

    for (uint64_t n = (uint64_t)column + 1; n && at > 1; n = (n - 1) / 26)
        letters[--at] = (char)('A' + (n - 1) % 26);
    memcpy(out, letters + at, sizeof letters - at);
    out[sizeof letters - at] = '\0';
    return (struct text){out, sizeof letters - at};
}

bool column_of_letters(struct text letters, uint32_t *column)
{
    uint32_t n = 0;

    if (letters.n == 0 || letters.n > 3)
        return false;
    for (size_t i = 0; i < letters.n; i++) {
        char c = letters.p[i];
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 32);
        if (c < 'A' || c > 'Z')
            return false;
        n = n * 26 + (uint32_t)(c - 'A') + 1;
    }
    *column = n - 1;
    return n <= COLUMNS_MAX;
}

const struct mapping_sheet *mapping_of(const struct mapping *m, struct text sheet)
{
    const struct mapping_sheet *any = NULL;

    for (size_t i = 0; m && i < m->count; i++) {
        if (text_eq(m->sheets[i].sheet, sheet))
            return &m->sheets[i];
        if (text_eq(m->sheets[i].sheet, T("*")))
            any = &m->sheets[i];
    }
    return any;
}

static struct text string_of(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);

    return v && json_is_string(v) ? (struct text){json_string_value(v), json_string_length(v)}
                                  : (struct text){NULL, 0};
}

static int wrong(struct err *err, struct text sheet, struct text column, struct text what,
                 const char *sentence)
{
    return err_set(err, MAP_WRONG, sheet, column, what, err_sentence(sentence));
}

static int read_column(const json_t *c, struct mapping_sheet *s, size_t n, enum import_kind kind,
                       struct arena *a, struct err *err)
{
    struct text letters = string_of(c, "column"), field = string_of(c, "field");
    struct mapping_column *out = &s->columns[n];
    int col;

    if (!column_of_letters(letters, &out->column))
        return wrong(err, s->sheet, letters, letters,
                     N_("no such column; write letters such as B"));
    col = field.n ? col_of(field, kind) : -1;
    if (col < 0)
        return wrong(err, s->sheet, letters, field, N_("no such field for this kind of import"));
    out->col = (enum col)col;
    out->header = arena_text(a, string_of(c, "header"));
    for (size_t i = 0; i < n; i++) {
        if (s->columns[i].column == out->column)
            return wrong(err, s->sheet, letters, letters, N_("the column is given twice"));
        if (out->col != COL_OTHER && s->columns[i].col == out->col && !col_many(out->col))
            return wrong(err, s->sheet, letters, field,
                         N_("only one column may stand for this field"));
    }
    return 0;
}

static int read_sheet(const json_t *o, struct mapping_sheet *s, enum import_kind kind,
                      struct arena *a, struct err *err)
{
    const json_t *header = json_object_get(o, "header"), *columns = json_object_get(o, "columns");
    json_int_t first, last;

    s->sheet = arena_text(a, string_of(o, "sheet"));
    if (!json_is_string(json_object_get(o, "sheet")))
        return wrong(err, T(""), T(""), T("sheet"), N_("a sheet has no name"));
    s->skip = json_is_true(json_object_get(o, "skip"));
    if (s->skip)
        return 0;
    first = json_integer_value(json_array_get(header, 0));
    last = json_integer_value(json_array_get(header, 1));
    if (json_array_size(header) == 1)
        last = first;
    if (first < 1 || last < first || last > ROWS_MAX || last - first >= HEADER_ROWS_MAX)
        return wrong(err, s->sheet, T(""), T("header"),
                     N_("give the first and the last row of the header, such as [2, 3]"));
    s->first_row = (uint32_t)first;
    s->last_row = (uint32_t)last;
    s->count = json_array_size(columns);
    if (s->count == 0 || s->count > HEADER_COLUMNS)
        return wrong(err, s->sheet, T(""), T("columns"), N_("list the columns"));
    s->columns = arena_array(a, struct mapping_column, s->count);
    if (a->failed)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < s->count; i++)
        if (read_column(json_array_get(columns, i), s, i, kind, a, err))
            return -1;
    return 0;
}

static int read_root(const json_t *root, struct arena *a, struct mapping *out, struct err *err)
{
    const json_t *sheets = json_object_get(root, "sheets");
    struct text kind = string_of(root, "kind");
    bool known = false;

    for (int i = 0; i < IMPORT_KINDS; i++) {
        if (text_eq(kind, text_of(import_kind_key((enum import_kind)i)))) {
            out->kind = (enum import_kind)i;
            known = true;
        }
    }
    if (!known)
        return wrong(err, T(""), T(""), kind, N_("the kind is findings, tasks, units or people"));
    out->count = json_array_size(sheets);
    if (out->count == 0 || out->count > SHEETS_MAX)
        return wrong(err, T(""), T(""), T("sheets"), N_("list the sheets"));
    out->sheets = arena_array(a, struct mapping_sheet, out->count);
    if (a->failed)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < out->count; i++) {
        if (read_sheet(json_array_get(sheets, i), &out->sheets[i], out->kind, a, err))
            return -1;
        for (size_t k = 0; k < i; k++)
            if (text_eq(out->sheets[k].sheet, out->sheets[i].sheet))
                return wrong(err, out->sheets[i].sheet, T(""), T(""),
                             N_("the sheet is given twice"));
    }
    return a->failed ? err_set(err, NO_MEMORY) : 0;
}

int mapping_read(struct text json, struct arena *a, struct mapping *out, struct err *err)
{
    json_error_t error;
    json_t *root;
    int result;

    *out = (struct mapping){0};
    if (json.n > MAPPING_BYTES)
        return err_set(err, TOO_LARGE, err_sentence(N_("The map")), T("4 MiB"));
    root = json_loadb(json.p ? json.p : "", json.n, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL)
        return err_set(err, NOT_JSON, err_sentence(N_("The map")), text_of(error.text));
    result = read_root(root, a, out, err);
    json_decref(root);
    return result;
}

static void write_sheet(struct buf *out, const struct mapping_sheet *s)
{
    char letters[8];

    buf_str(out, "    {\"sheet\": ");
    json_put_text(out, s->sheet);
    if (s->skip) {
        buf_str(out, ", \"skip\": true}");
        return;
    }
    buf_printf(out, ", \"header\": [%u, %u], \"columns\": [", s->first_row, s->last_row);
    for (size_t i = 0; i < s->count; i++) {
        buf_str(out, i ? ",\n      {\"column\": " : "\n      {\"column\": ");
        json_put_text(out, column_letters(s->columns[i].column, letters));
        buf_str(out, ", \"header\": ");
        json_put_text(out, s->columns[i].header);
        buf_str(out, ", \"field\": ");
        json_put_text(out, text_of(col_key(s->columns[i].col)));
        buf_char(out, '}');
    }
    buf_str(out, "]}");
}

void mapping_write(struct buf *out, const struct mapping *m)
{
    buf_str(out, "{\n  \"kind\": ");
    json_put_text(out, text_of(import_kind_key(m->kind)));
    buf_str(out, ",\n  \"sheets\": [");
    for (size_t i = 0; i < m->count; i++) {
        buf_str(out, i ? ",\n" : "\n");
        write_sheet(out, &m->sheets[i]);
    }
    buf_str(out, "\n  ]\n}\n");
}

void mapping_say(struct buf *out, enum lang lang, const struct mapping_sheet *s)
{
    char letters[8];

    if (s->skip) {
        say(out, lang, N_("Sheet {0}: left out"), s->sheet);
        buf_char(out, '\n');
        return;
    }
    if (s->sheet.n) { /* a CSV file's has no name */
        say(out, lang, N_("Sheet {0}:"), s->sheet);
        buf_char(out, '\n');
    }
    for (size_t i = 0; i < s->count; i++) {
        const struct mapping_column *c = &s->columns[i];
        buf_str(out, "  ");
        buf_text(out, column_letters(c->column, letters));
        for (size_t w = strlen(letters); w < 4; w++)
            buf_char(out, ' ');
        buf_text(out, c->header);
        for (size_t w = text_width(c->header); w < 32; w++)
            buf_char(out, ' ');
        buf_str(out, " ");
        buf_str(out, col_key(c->col));
        buf_str(out, " (");
        buf_str(out, tr(lang, col_label(c->col)));
        buf_str(out, ")\n");
    }
}
