/*
 * xlsx_parts.c: the small parts that all sheets share: strings (ECMA-376 part 1, 18.4) and styles
 * (18.8).
 */
#include "formats/xlsx.h"

#include <stdlib.h>

#include "base/mem.h"

struct string_parser {
    struct xml xml;
    struct xlsx_strings *strings;
    const struct sheet_limits *limits;
    bool collect, phonetic;
};

static void string_start(struct xml *x, const char *name, const char **attributes)
{
    struct string_parser *p = (struct string_parser *)x;

    (void)attributes;
    if (name[0] == 't' && name[1] == '\0')
        p->collect = !p->phonetic;
    else if (xml_is(name, "rPh"))
        p->phonetic = true;
}

static void string_end(struct xml *x, const char *name)
{
    struct string_parser *p = (struct string_parser *)x;
    struct xlsx_strings *s = p->strings;
    size_t from = s->count ? s->ends[s->count - 1] : 0;

    p->collect = false;
    if (xml_is(name, "rPh"))
        p->phonetic = false;
    if (!xml_is(name, "si"))
        return;
    if (s->bytes.failed || !mem_room(&s->ends, s->count, &s->room, sizeof *s->ends)) {
        err_set(x->err, NO_MEMORY);
        xml_stop(x);
        return;
    }
    if (s->bytes.n > from)
        s->bytes.n = from + value_unescape(s->bytes.p + from, s->bytes.n - from);
    s->ends[s->count++] = (uint32_t)s->bytes.n;
}

static void string_text(struct xml *x, const char *bytes, size_t n)
{
    struct string_parser *p = (struct string_parser *)x;

    if (!p->collect)
        return;
    if (p->strings->bytes.n + n <= p->limits->string_bytes) {
        buf_bytes(&p->strings->bytes, bytes, n);
        return;
    }
    source_limit(x->source, N_("too much text"), p->limits->string_bytes, x->err);
    xml_stop(x);
}

int xlsx_strings_read(struct xlsx_strings *s, struct archive *a, int64_t entry,
                      const struct sheet_limits *limits, struct err *err)
{
    struct string_parser p = {
        .xml = {.start = string_start, .end = string_end, .text = string_text, .err = err},
        .strings = s,
        .limits = limits};

    s->bytes = BUF((size_t)limits->string_bytes);
    return xml_run(&p.xml, a, entry);
}

void xlsx_strings_release(struct xlsx_strings *s)
{
    buf_release(&s->bytes);
    mem_free(s->ends);
    *s = (struct xlsx_strings){0};
}

/* Excel allows 65,490 cell styles; more is refused rather than misread. */
enum { STYLES = 65536, CUSTOM = 4096 };

struct style_parser {
    struct xml xml;
    struct xlsx_styles *styles;
    struct custom {
        uint32_t id;
        uint8_t class;
    } * custom; /* the book's own formats */
    size_t custom_count, custom_room;
    bool in_xfs;
};

static void style_fail(struct xml *x, bool memory)
{
    if (memory)
        err_set(x->err, NO_MEMORY);
    else
        source_refuse(x->source, ERR_FILE_UNSAFE, N_("more cell styles than any workbook has"),
                      x->err);
    xml_stop(x);
}

static void style_custom(struct style_parser *p, const char **attributes)
{
    const char *id = xml_attribute(attributes, "numFmtId");
    const char *code = xml_attribute(attributes, "formatCode");

    if (id == NULL || code == NULL)
        return;
    if (p->custom_count == CUSTOM) {
        style_fail(&p->xml, false);
    } else if (!mem_room(&p->custom, p->custom_count, &p->custom_room, sizeof *p->custom)) {
        style_fail(&p->xml, true);
    } else {
        p->custom[p->custom_count++] = (struct custom){
            (uint32_t)strtoul(id, NULL, 10), (uint8_t)number_class_of_code(text_of(code))};
    }
}

static void style_cell(struct style_parser *p, const char **attributes)
{
    const char *value = xml_attribute(attributes, "numFmtId");
    uint32_t id = value ? (uint32_t)strtoul(value, NULL, 10) : 0;
    struct xlsx_styles *s = p->styles;
    uint8_t class = (uint8_t)number_class_of_id(id);

    for (size_t i = 0; i < p->custom_count; i++)
        if (p->custom[i].id == id)
            class = p->custom[i].class;
    if (s->count == STYLES) {
        style_fail(&p->xml, false);
    } else if (!mem_room(&s->classes, s->count, &s->room, sizeof *s->classes)) {
        style_fail(&p->xml, true);
    } else {
        s->classes[s->count++] = class;
    }
}

static void style_start(struct xml *x, const char *name, const char **attributes)
{
    struct style_parser *p = (struct style_parser *)x;

    /* cellXfs is what cells point at; cellStyleXfs before it has xf elements, too. */
    if (xml_is(name, "cellXfs"))
        p->in_xfs = true;
    else if (xml_is(name, "numFmt"))
        style_custom(p, attributes);
    else if (p->in_xfs && xml_is(name, "xf"))
        style_cell(p, attributes);
}

static void style_end(struct xml *x, const char *name)
{
    struct style_parser *p = (struct style_parser *)x;

    if (xml_is(name, "cellXfs"))
        p->in_xfs = false;
}

int xlsx_styles_read(struct xlsx_styles *s, struct archive *a, int64_t entry, struct err *err)
{
    struct style_parser p = {.xml = {.start = style_start, .end = style_end, .err = err},
                             .styles = s};
    int rc = xml_run(&p.xml, a, entry);

    mem_free(p.custom);
    return rc;
}

void xlsx_styles_release(struct xlsx_styles *s)
{
    mem_free(s->classes);
    *s = (struct xlsx_styles){0};
}
