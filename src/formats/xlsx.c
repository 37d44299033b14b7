/*
 * xlsx.c: a workbook as a whole: the package's relationships (ECMA-376 part 2, 9.3), the list of
 * sheets (part 1, 18.2), and the rows' way from the parser to the sink.
 *
 * A large sheet is parsed in a thread of its own. Meanwhile this one looks for the merged ranges
 * and reads strings and styles, and then turns raw cells into cells and hands them on: the sink's
 * work and the parser's go side by side.
 */
#include "formats/xlsx.h"

#include <pthread.h>
#include <stdio.h>

#include "base/mem.h"

/* A sheet of this size, unpacked, is worth a thread. */
#define LARGE (UINT64_C(1) << 20)

enum { RELATIONS = 20000, TEXT_BYTES = 8 << 20, PATH_BYTES = 1024 };

struct relation {
    const char *id, *type, *target;
};

/* A .rels part; texts are in the book's arena. */
struct relations {
    struct relation *items;
    size_t count, room;
};

struct sheet_entry {
    struct text name;
    const char *relation; /* id */
    bool hidden;
};

struct book {
    const struct source *source;
    const struct sheet_limits *limits;
    struct sheet_sink *sink;
    struct archive archive, parsed; /* this thread's, and the parser's */
    struct arena arena;
    const char *path; /* of the workbook part */
    struct relations relations;
    struct sheet_entry *sheets;
    size_t sheet_count, sheet_room;
    bool date1904;
    struct xlsx_strings strings;
    struct xlsx_styles styles;
    struct xlsx_merges merges;
    bool shared_read; /* strings and styles are */
    struct cell *cells;
    char (*stamps)[STAMP];
    size_t cell_room;
};

/* -- the package -- */

struct relation_parser {
    struct xml xml;
    struct book *book;
    struct relations *to;
};

static void ignore_end(struct xml *x, const char *name)
{
    (void)x, (void)name;
}

static void no_memory(struct xml *x)
{
    err_set(x->err, NO_MEMORY);
    xml_stop(x);
}

static void relation_start(struct xml *x, const char *name, const char **attributes)
{
    struct relation_parser *p = (struct relation_parser *)x;
    const char *id = xml_attribute(attributes, "Id"), *type = xml_attribute(attributes, "Type");
    const char *target = xml_attribute(attributes, "Target");
    const char *mode = xml_attribute(attributes, "TargetMode");
    struct relations *to = p->to;
    struct arena *a = &p->book->arena;

    if (!xml_is(name, "Relationship") || !id || !type || !target || to->count == RELATIONS ||
        (mode && xml_is(mode, "External")))
        return;
    if (!mem_room(&to->items, to->count, &to->room, sizeof *to->items)) {
        no_memory(x);
        return;
    }
    to->items[to->count++] = (struct relation){
        arena_cstr(a, text_of(id)), arena_cstr(a, text_of(type)), arena_cstr(a, text_of(target))};
    if (a->failed)
        no_memory(x);
}

/* Reads the relations of the part at path ("" for the package's own); none is no error. */
static int relations_read(struct book *b, const char *path, struct relations *to, struct err *err)
{
    struct relation_parser p = {
        .xml = {.start = relation_start, .end = ignore_end, .err = err}, .book = b, .to = to};
    const char *slash = strrchr(path, '/');
    char name[2 * PATH_BYTES];
    int folder = slash ? (int)(slash + 1 - path) : 0;
    int64_t entry;

    snprintf(name, sizeof name, "%.*s_rels/%s.rels", folder, path, path + folder);
    entry = archive_find(&b->archive, text_of(name));
    return entry < 0 ? 0 : xml_run(&p.xml, &b->archive, entry);
}

/* The first relation whose type ends so (transitional and strict types differ in front). */
static const struct relation *relation_of(const struct relations *r, const char *type)
{
    for (size_t i = 0; i < r->count; i++)
        if (text_ends(text_of(r->items[i].type), text_of(type)))
            return &r->items[i];
    return NULL;
}

/* Where target leads from the part at `from`; "" when it leads nowhere or is absurdly long. */
static void resolve(const char *from, const char *target, char out[static PATH_BYTES])
{
    struct text rest = text_of(target), piece;
    size_t n = 0;

    if (target[0] != '/' && target[0] != '\\') {
        const char *slash = strrchr(from, '/');
        n = slash ? (size_t)(slash - from) : 0;
        if (n >= PATH_BYTES)
            n = 0;
        memcpy(out, from, n);
    }
    while (rest.n) {
        size_t cut = 0;
        while (cut < rest.n && rest.p[cut] != '/' && rest.p[cut] != '\\')
            cut++;
        piece = text_head(rest, cut);
        rest = text_from(rest, cut + 1);
        if (piece.n == 0 || text_eq(piece, T(".")))
            continue;
        if (text_eq(piece, T(".."))) {
            while (n > 0 && out[--n] != '/')
                ;
            continue;
        }
        if (n + 1 + piece.n >= PATH_BYTES) {
            n = 0;
            break;
        }
        if (n)
            out[n++] = '/';
        memcpy(out + n, piece.p, piece.n);
        n += piece.n;
    }
    out[n] = '\0';
}

/* The entry that a relation of the workbook leads to, -1 when there is none. */
static int64_t entry_of(const struct book *b, const struct relation *r)
{
    char path[PATH_BYTES];

    if (r == NULL)
        return -1;
    resolve(b->path, r->target, path);
    return archive_find(&b->archive, text_of(path));
}

/* -- the workbook part -- */

struct book_parser {
    struct xml xml;
    struct book *book;
    bool is_workbook;
};

static void book_sheet(struct book_parser *p, const char **attributes)
{
    struct book *b = p->book;
    const char *name = xml_attribute(attributes, "name"), *id = xml_attribute(attributes, "id");
    const char *state = xml_attribute(attributes, "state");

    if (id == NULL)
        return;
    if (b->sheet_count == b->limits->sheets) {
        source_limit(b->source, N_("too many worksheets"), b->limits->sheets, p->xml.err);
        xml_stop(&p->xml);
    } else if (!mem_room(&b->sheets, b->sheet_count, &b->sheet_room, sizeof *b->sheets)) {
        no_memory(&p->xml);
    } else {
        b->sheets[b->sheet_count++] = (struct sheet_entry){
            .name = arena_text(&b->arena, text_of(name ? name : "")),
            .relation = arena_cstr(&b->arena, text_of(id)),
            .hidden = state && (xml_is(state, "hidden") || xml_is(state, "veryHidden"))};
        if (b->arena.failed)
            no_memory(&p->xml);
    }
}

static void book_start(struct xml *x, const char *name, const char **attributes)
{
    struct book_parser *p = (struct book_parser *)x;

    if (x->depth == 1)
        p->is_workbook = xml_is(name, "workbook");
    else if (xml_is(name, "workbookPr"))
        p->book->date1904 = xml_true(xml_attribute(attributes, "date1904"));
    else if (x->depth == 3 && xml_is(name, "sheet"))
        book_sheet(p, attributes);
}

static int unknown(const struct book *b, const char *why, struct err *err)
{
    return source_refuse(b->source, ERR_FILE_UNKNOWN, why, err);
}

/* Says what else the archive is, when it is no workbook. */
static int not_a_workbook(const struct book *b, struct err *err)
{
    static const struct {
        const char *entry, *what;
    } known[] = {{"word/document.xml", N_("a Word document")},
                 {"ppt/presentation.xml", N_("a presentation")},
                 {"xl/workbook.bin", N_("a binary workbook, .xlsb")},
                 {"content.xml", N_("an OpenDocument file")}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (archive_find(&b->archive, text_of(known[i].entry)) >= 0)
            return unknown(b, known[i].what, err);
    return unknown(b, N_("a zip archive without a workbook"), err);
}

static int book_read(struct book *b, struct err *err)
{
    struct book_parser p = {.xml = {.start = book_start, .end = ignore_end, .err = err}, .book = b};
    struct relations package = {0};
    const struct relation *main_part;
    char path[PATH_BYTES] = "xl/workbook.xml";
    int64_t entry;
    int rc = relations_read(b, "", &package, err);

    main_part = relation_of(&package, "/officeDocument");
    if (main_part)
        resolve("", main_part->target, path);
    mem_free(package.items);
    if (rc != 0)
        return -1;
    entry = archive_find(&b->archive, text_of(path));
    if (entry < 0 || text_ends(text_of(path), T(".bin")))
        return not_a_workbook(b, err);
    if (xml_run(&p.xml, &b->archive, entry) != 0)
        return -1;
    if (!p.is_workbook)
        return not_a_workbook(b, err);
    b->path = arena_cstr(&b->arena, text_of(path));
    if (b->arena.failed)
        return err_set(err, NO_MEMORY);
    return relations_read(b, path, &b->relations, err);
}

/* -- raw cells to cells -- */

static int damaged(const struct book *b, const char *why, struct err *err)
{
    return source_refuse(b->source, ERR_FILE_TRUNCATED, why, err);
}

static struct text shared(const struct book *b, struct text index, bool *there)
{
    int64_t i;
    uint32_t from;

    *there = text_int(index, &i) && i >= 0 && (uint64_t)i < b->strings.count;
    if (!*there)
        return (struct text){0};
    from = i ? b->strings.ends[i - 1] : 0;
    return (struct text){b->strings.bytes.p + from, b->strings.ends[i] - from};
}

/* Makes *c what the raw cell means. */
static int cell_of(const struct book *b, const struct raw_cell *raw, struct row_batch *batch,
                   struct cell *c, char stamp[static STAMP], struct err *err)
{
    enum number_class class = NUMBER_PLAIN;
    char *bytes;
    bool there;

    *c = (struct cell){.column = raw->column, .formula = raw->formula};
    if (raw->n == 0)
        return 0;
    bytes = batch->bytes.p + raw->at;
    c->text = (struct text){bytes, raw->n};
    if (raw->type != RAW_TEXT && (bytes[0] <= ' ' || bytes[raw->n - 1] <= ' '))
        c->text = text_trim(c->text);
    switch ((enum raw_type)raw->type) {
    case RAW_SHARED:
        c->text = shared(b, c->text, &there);
        if (!there)
            return damaged(b, N_("a cell refers to a text that is not there"), err);
        c->kind = c->text.n ? CELL_TEXT : CELL_EMPTY;
        break;
    case RAW_TEXT:
        c->text.n = value_unescape(bytes, raw->n);
        c->kind = c->text.n ? CELL_TEXT : CELL_EMPTY;
        break;
    case RAW_BOOL:
        c->kind = CELL_BOOL;
        c->number = text_eq(c->text, T("1")) || text_eq(c->text, T("true"));
        c->text = c->number != 0 ? T("TRUE") : T("FALSE");
        break;
    case RAW_ERROR: c->kind = CELL_ERROR; break;
    case RAW_ISO:
        if (!value_iso(c, c->text, b->date1904, stamp))
            c->kind = CELL_TEXT;
        break;
    case RAW_NUMBER:
        if (!value_decimal(c->text, &c->number)) {
            c->kind = c->text.n ? CELL_TEXT : CELL_EMPTY;
            break;
        }
        c->kind = CELL_NUMBER;
        if (raw->style < b->styles.count)
            class = (enum number_class)b->styles.classes[raw->style];
        if (class != NUMBER_PLAIN)
            value_date(c, class, b->date1904, stamp);
        break;
    }
    return 0;
}

static int deliver(struct book *b, uint32_t sheet, struct row_batch *batch, struct err *err)
{
    const struct raw_cell *raw = batch->cells;

    for (size_t i = 0; i < batch->row_count; i++) {
        const struct raw_row *from = &batch->rows[i];
        struct row row = {.sheet = sheet, .number = from->number, .hidden = from->hidden};

        if (from->count > b->cell_room) {
            size_t room = from->count * 2;
            mem_free(b->cells);
            mem_free(b->stamps);
            b->cells = mem_alloc(room * sizeof *b->cells);
            b->stamps = mem_alloc(room * sizeof *b->stamps);
            b->cell_room = b->cells && b->stamps ? room : 0;
            if (b->cell_room == 0)
                return err_set(err, NO_MEMORY);
        }
        for (uint32_t k = 0; k < from->count; k++, raw++) {
            struct cell *c = &b->cells[row.count];
            if (cell_of(b, raw, batch, c, b->stamps[row.count], err) != 0)
                return -1;
            if (c->kind != CELL_EMPTY || c->formula)
                row.count++;
        }
        row.cells = b->cells;
        if (row.count && b->sink->row(b->sink, &row, err) != 0)
            return -1;
    }
    return 0;
}

/* -- one sheet -- */

static int shared_read(struct book *b, struct err *err)
{
    const struct relation *strings = relation_of(&b->relations, "/sharedStrings");
    int64_t entry = entry_of(b, relation_of(&b->relations, "/styles"));

    if (b->shared_read)
        return 0;
    b->shared_read = true;
    if (entry >= 0 && xlsx_styles_read(&b->styles, &b->archive, entry, err) != 0)
        return -1;
    entry = entry_of(b, strings);
    return entry < 0 ? 0 : xlsx_strings_read(&b->strings, &b->archive, entry, b->limits, err);
}

/* All that a sheet's rows need before the first of them can be handed on. */
static int sheet_begin(struct book *b, int64_t entry, struct sheet_info *info, struct err *err)
{
    if (xlsx_merges_scan(&b->merges, &b->archive, entry, b->limits, err) != 0 ||
        shared_read(b, err) != 0)
        return -1;
    info->merge_count = b->merges.count;
    info->merges = b->merges.items;
    return b->sink->begin(b->sink, info, err);
}

/* A small sheet: the taker hands the rows on at once. */
struct direct {
    struct row_taker taker;
    struct book *book;
    uint32_t sheet;
};

static struct row_batch *direct_take(struct row_taker *taker, struct row_batch *full,
                                     struct err *err)
{
    struct direct *d = (struct direct *)taker;

    if (full == NULL) {
        full = row_batch_new();
        if (full == NULL)
            err_set(err, NO_MEMORY);
        return full;
    }
    if (deliver(d->book, d->sheet, full, err) != 0) {
        row_batch_free(full);
        return NULL;
    }
    row_batch_clear(full);
    return full;
}

static int sheet_small(struct book *b, int64_t entry, struct sheet_info *info, struct err *err)
{
    struct direct d = {{direct_take}, b, info->index};

    if (sheet_begin(b, entry, info, err) != 0)
        return -1;
    return xlsx_rows_parse(&b->parsed, entry, b->limits, &d.taker, err);
}

/* A large sheet: a thread parses, this one hands on. */
struct task {
    struct relay relay;
    struct book *book;
    int64_t entry;
    int rc;
    struct err err;
};

static void *parse_thread(void *arg)
{
    struct task *t = arg;

    t->rc = xlsx_rows_parse(&t->book->parsed, t->entry, t->book->limits, &t->relay.taker, &t->err);
    relay_finish(&t->relay);
    return NULL;
}

static int sheet_large(struct book *b, int64_t entry, struct sheet_info *info, struct err *err)
{
    struct task t = {.book = b, .entry = entry};
    struct row_batch *batch = NULL;
    pthread_t thread;
    int rc;

    relay_init(&t.relay);
    if (pthread_create(&thread, NULL, parse_thread, &t) != 0) {
        relay_release(&t.relay);
        return sheet_small(b, entry, info, err);
    }
    rc = sheet_begin(b, entry, info, err);
    while (rc == 0 && (batch = relay_next(&t.relay, batch)) != NULL)
        rc = deliver(b, info->index, batch, err);
    relay_abandon(&t.relay);
    pthread_join(thread, NULL);
    row_batch_free(batch);
    relay_release(&t.relay);
    if (rc == 0 && t.rc != 0) {
        *err = t.err;
        rc = -1;
    }
    return rc;
}

static int sheets_read(struct book *b, struct err *err)
{
    uint32_t index = 0;

    for (size_t i = 0; i < b->sheet_count; i++) {
        struct sheet_info info = {
            .index = index, .name = b->sheets[i].name, .hidden = b->sheets[i].hidden};
        const struct relation *r = NULL;
        int64_t entry;
        int rc;

        for (size_t k = 0; k < b->relations.count; k++)
            if (xml_is(b->relations.items[k].id, b->sheets[i].relation))
                r = &b->relations.items[k];
        if (r && !text_ends(text_of(r->type), T("/worksheet")))
            continue; /* a chart or a dialog */
        entry = entry_of(b, r);
        if (entry < 0)
            return damaged(b, N_("a worksheet is missing"), err);
        rc = archive_size(&b->archive, entry) < LARGE ? sheet_small(b, entry, &info, err)
                                                      : sheet_large(b, entry, &info, err);
        if (rc != 0 || b->sink->end(b->sink, &info, err) != 0)
            return -1;
        index++;
    }
    return index ? 0 : unknown(b, N_("a workbook without a worksheet"), err);
}

int xlsx_read(const struct source *source, const struct sheet_limits *limits,
              struct sheet_sink *sink, struct err *err)
{
    struct book b = {.source = source, .limits = limits, .sink = sink, .arena = ARENA(TEXT_BYTES)};
    int rc = -1;

    if (archive_open(&b.archive, source, limits, err) != 0)
        return -1;
    if (archive_open(&b.parsed, source, limits, err) == 0) {
        if (book_read(&b, err) == 0)
            rc = sheets_read(&b, err);
        archive_close(&b.parsed);
    }
    archive_close(&b.archive);
    xlsx_strings_release(&b.strings);
    xlsx_styles_release(&b.styles);
    xlsx_merges_release(&b.merges);
    mem_free(b.relations.items);
    mem_free(b.sheets);
    mem_free(b.cells);
    mem_free(b.stamps);
    arena_release(&b.arena);
    return rc;
}
