/* table.c: see table.h. */
#include "formats/table.h"

#include "base/mem.h"
#include "formats/table_writer.h"

/* Titles, headers and keys of one table. */
enum { SPEC_BYTES = 1 << 20 };

int table_format_of(const char *path, enum table_format *format)
{
    static const struct {
        const char *ending;
        enum table_format format;
    } endings[] = {{".xlsx", TABLE_XLSX}, {".csv", TABLE_CSV}, {".json", TABLE_JSON}};
    size_t n = strlen(path);

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t length = strlen(endings[i].ending);
        if (n > length && strcasecmp(path + n - length, endings[i].ending) == 0) {
            *format = endings[i].format;
            return 0;
        }
    }
    return -1;
}

bool table_decimal(struct text t)
{
    size_t i = 0, digits;

    if (t.n && t.p[0] == '-')
        i++;
    if (i == t.n || (t.p[i] == '0' && i + 1 < t.n && t.p[i + 1] != '.'))
        return false;
    for (digits = 0; i < t.n && t.p[i] >= '0' && t.p[i] <= '9'; i++)
        digits++;
    if (digits == 0)
        return false;
    if (i < t.n && t.p[i] == '.') {
        for (i++, digits = 0; i < t.n && t.p[i] >= '0' && t.p[i] <= '9'; i++)
            digits++;
        if (digits == 0)
            return false;
    }
    return i == t.n;
}

/* A copy of the spec whose texts are the table's own. */
static bool copy_spec(struct table *t, const struct table_spec *spec)
{
    struct column *columns = arena_array(&t->arena, struct column, spec->count);

    if (columns == NULL)
        return false;
    for (int i = 0; i < spec->count; i++) {
        columns[i] = spec->columns[i];
        columns[i].key = arena_cstr(&t->arena, text_of(spec->columns[i].key));
        columns[i].header = arena_cstr(&t->arena, text_of(spec->columns[i].header));
    }
    t->spec = *spec;
    t->spec.columns = columns;
    t->spec.title = arena_text(&t->arena, spec->title);
    t->spec.subtitle = arena_text(&t->arena, spec->subtitle);
    t->spec.sheet = arena_text(&t->arena, spec->sheet);
    return !t->arena.failed;
}

static void release(struct table *t)
{
    t->ops->release(t);
    file_new_drop(&t->file);
    buf_release(&t->out);
    arena_release(&t->arena);
    mem_free(t);
}

/* A table that writes nowhere yet. NULL with err. */
static struct table *new_table(enum table_format format, const struct table_spec *spec,
                               struct err *err)
{
    static const struct table_ops *const ops[] = {
        [TABLE_XLSX] = &table_xlsx, [TABLE_CSV] = &table_csv, [TABLE_JSON] = &table_json};
    struct table *t = mem_alloc(sizeof *t);

    if (t == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    t->ops = ops[format];
    t->arena = ARENA(SPEC_BYTES);
    t->out = BUF(BUF_ANY);
    t->file.fd = -1;
    if (copy_spec(t, spec))
        return t;
    err_set(err, NO_MEMORY);
    release(t);
    return NULL;
}

static int to_file(void *t, struct text bytes, struct err *err)
{
    return file_new_write(&((struct table *)t)->file, bytes, err);
}

struct table *table_open(const char *path, enum table_format format, const struct table_spec *spec,
                         struct err *err)
{
    struct table *t = new_table(format, spec, err);

    if (t == NULL)
        return NULL;
    t->write = to_file;
    t->arg = t;
    if (file_new_open(&t->file, path, spec->private ? 0600 : 0666, err) == 0 &&
        t->ops->open(t, err) == 0)
        return t;
    release(t);
    return NULL;
}

struct table *table_stream(int (*write)(void *, struct text, struct err *), void *arg,
                           enum table_format format, const struct table_spec *spec, struct err *err)
{
    struct table *t = new_table(format, spec, err);

    if (t == NULL)
        return NULL;
    t->write = write;
    t->arg = arg;
    if (t->ops->open(t, err) == 0)
        return t;
    release(t);
    return NULL;
}

int table_row(struct table *t, const struct text *cells, struct err *err)
{
    t->row_count++;
    return t->ops->row(t, cells, err);
}

int table_close(struct table *t, struct err *err)
{
    int rc = t->ops->close(t, err);

    if (rc == 0 && t->file.fd >= 0)
        rc = file_new_done(&t->file, err);
    release(t);
    return rc;
}

void table_abort(struct table *t)
{
    if (t)
        release(t);
}
