/* entry.c: see entry.h. */
#include "ledger/entry.h"

#include "base/json.h"

static const void *member(const void *data, const struct field *f)
{
    return (const char *)data + f->offset;
}

struct any_list {
    char *at;
    size_t count;
};

static void write_field(struct buf *out, const struct field *f, const void *p)
{
    const struct texts *texts = p;
    const struct any_list *list = p;

    switch (f->type) {
    case FIELD_TEXT: json_put_text(out, *(const struct text *)p); break;
    case FIELD_INT: buf_int(out, *(const int64_t *)p); break;
    case FIELD_BOOL: buf_str(out, "true"); break;
    case FIELD_DAY:
        buf_char(out, '"');
        buf_date(out, *(const int32_t *)p);
        buf_char(out, '"');
        break;
    case FIELD_TEXTS:
        for (size_t i = 0; i < texts->count; i++) {
            buf_char(out, i ? ',' : '[');
            json_put_text(out, texts->at[i]);
        }
        buf_char(out, ']');
        break;
    case FIELD_LIST:
        for (size_t i = 0; i < list->count; i++) {
            buf_char(out, i ? ',' : '[');
            entry_write_data(out, f->shape, list->at + i * f->shape->size);
        }
        buf_char(out, ']');
        break;
    }
}

void entry_write_data(struct buf *out, const struct shape *shape, const void *data)
{
    bool first = true;

    buf_char(out, '{');
    for (int i = 0; i < shape->count; i++) {
        const struct field *f = &shape->fields[i];
        const void *p = member(data, f);
        if (field_empty(f, data))
            continue;
        json_put_key(out, f->key, &first);
        write_field(out, f, p);
    }
    buf_char(out, '}');
}

void entry_write(struct buf *out, const struct entry *e)
{
    const struct shape *shape = event_shape((int)e->event.kind);

    buf_str(out, "{\"at\":");
    buf_int(out, e->at);
    buf_str(out, ",\"by\":");
    json_put_text(out, e->by);
    buf_str(out, ",\"data\":");
    entry_write_data(out, shape, &e->event.ledger_init);
    buf_str(out, ",\"id\":");
    json_put_text(out, e->id);
    buf_str(out, ",\"kind\":");
    json_put_text(out, text_of(shape->name));
    buf_str(out, ",\"on\":");
    json_put_text(out, e->on);
    buf_str(out, ",\"seq\":");
    buf_int(out, e->seq);
    buf_str(out, ",\"v\":1,\"via\":");
    json_put_text(out, e->via);
    buf_char(out, '}');
}

/* How many elements the array at j has; j stands behind its '['. */
static size_t count_elements(struct json j)
{
    size_t n = 0;

    if (json_peek(&j) == ']')
        return 0;
    do {
        if (!json_skip(&j))
            return 0;
        n++;
    } while (json_take(&j, ','));
    return n;
}

static bool read_data(struct json *j, struct arena *a, const struct shape *shape, void *data,
                      int depth);

static bool read_field(struct json *j, struct arena *a, const struct field *f, void *p, int depth)
{
    struct texts *texts = p;
    struct any_list *list = p;
    struct text day;

    switch (f->type) {
    case FIELD_TEXT: return json_text(j, a, p);
    case FIELD_INT: return json_int(j, p);
    case FIELD_BOOL: return json_bool(j, p);
    case FIELD_DAY: return json_text(j, a, &day) && date_parse(day, p);
    case FIELD_TEXTS:
        if (!json_take(j, '['))
            return false;
        texts->count = count_elements(*j);
        texts->at = arena_array(a, struct text, texts->count);
        for (size_t i = 0; i < texts->count && texts->at; i++)
            if ((i && !json_take(j, ',')) || !json_text(j, a, &texts->at[i]))
                return false;
        return texts->at && json_take(j, ']');
    case FIELD_LIST:
        if (depth == 0 || !json_take(j, '['))
            return false;
        list->count = count_elements(*j);
        list->at = arena_take(a, list->count * f->shape->size);
        for (size_t i = 0; i < list->count && list->at; i++)
            if ((i && !json_take(j, ',')) ||
                !read_data(j, a, f->shape, list->at + i * f->shape->size, depth - 1))
                return false;
        return list->at && json_take(j, ']');
    }
    return false;
}

/* Keys come in the table's order; empty values are left out when written, so none may come. */
static bool read_data(struct json *j, struct arena *a, const struct shape *shape, void *data,
                      int depth)
{
    int at = 0;
    bool first = true;

    for (int i = 0; i < shape->count; i++)
        if (shape->fields[i].type == FIELD_DAY)
            *(int32_t *)((char *)data + shape->fields[i].offset) = DATE_NONE;
    if (!json_take(j, '{'))
        return false;
    while (json_peek(j) != '}') {
        struct text key;
        const struct field *f;
        if ((!first && !json_take(j, ',')) || !json_key(j, &key))
            return false;
        first = false;
        while (at < shape->count && !text_eq(key, text_of(shape->fields[at].key)))
            at++;
        if (at == shape->count)
            return false;
        f = &shape->fields[at++];
        if (!read_field(j, a, f, (char *)data + f->offset, depth) || field_empty(f, data))
            return false;
    }
    return json_take(j, '}');
}

/* Takes `"key":` exactly, with `before` in front. */
static bool expect(struct json *j, const char *literal)
{
    size_t n = strlen(literal);

    if ((size_t)(j->end - j->p) < n || memcmp(j->p, literal, n) != 0)
        return false;
    j->p += n;
    return true;
}

bool entry_read(struct text bytes, struct arena *a, struct entry *e, const char **why)
{
    struct json j = {bytes.p, bytes.p + bytes.n}, data;
    struct text kind;
    const char *reason = N_("it is not the canonical form of an entry");

    memset(e, 0, sizeof *e);
    if (why)
        *why = reason;
    if (bytes.n > ENTRY_BYTES || !expect(&j, "{\"at\":") || !json_int(&j, &e->at) ||
        !expect(&j, ",\"by\":") || !json_text(&j, a, &e->by) || !expect(&j, ",\"data\":"))
        return false;
    data = j;
    if (!json_skip(&j) || !expect(&j, ",\"id\":") || !json_text(&j, a, &e->id) ||
        !expect(&j, ",\"kind\":") || !json_text(&j, a, &kind) || !expect(&j, ",\"on\":") ||
        !json_text(&j, a, &e->on) || !expect(&j, ",\"seq\":") || !json_int(&j, &e->seq) ||
        !expect(&j, ",\"v\":1,\"via\":") || !json_text(&j, a, &e->via) || !expect(&j, "}") ||
        j.p != j.end)
        return false;
    e->event.kind = event_kind_of(kind);
    if (e->event.kind == EVENT_NONE) {
        if (why)
            *why = N_("its kind is not known to this version");
        return false;
    }
    return read_data(&data, a, event_shape((int)e->event.kind), &e->event.ledger_init, 3) &&
           expect(&data, ",\"id\":") && !a->failed;
}

struct evidence_list entry_evidence(const struct entry *e, struct evidence_line *document)
{
    const struct event *d = &e->event;

    switch (d->kind) {
    case EVENT_SOURCE_PUT:
        *document = (struct evidence_line){.hash = d->source_put.hash, .name = d->source_put.name};
        return (struct evidence_list){document, document->hash.n > 0};
    case EVENT_ITEM_REPORT: return d->item_report.evidence;
    case EVENT_ITEM_ATTACH: return d->item_attach.evidence;
    case EVENT_ITEM_APPLY: return d->item_apply.evidence;
    case EVENT_ITEM_VERIFY: return d->item_verify.evidence;
    case EVENT_ITEM_LOOK_BACK: return d->item_look_back.evidence;
    default: return (struct evidence_list){NULL, 0};
    }
}
