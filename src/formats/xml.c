/* xml.c: see xml.h. */
#include "formats/xml.h"

#include <expat.h>

#include "base/mem.h"

enum { DEPTH = 64, BLOCK = 128 * 1024 };

/*
 * Expat's memory is capped, because it keeps every name it has seen and a tag as long as the file
 * would make it keep the file. Its allocator has no argument, so the count is the thread's.
 */
enum { MEMORY = 16 << 20 };

static _Thread_local size_t used;
static _Thread_local bool refused;

static bool refuse(size_t more)
{
    if (more <= MEMORY && used <= MEMORY - more)
        return false;
    refused = true;
    return true;
}

struct counted {
    size_t n;
    _Alignas(max_align_t) char bytes[];
};

static void *counted_alloc(size_t n)
{
    struct counted *c;

    if (refuse(n))
        return NULL;
    c = mem_alloc(sizeof *c + n);
    if (c == NULL)
        return NULL;
    c->n = n;
    used += n;
    return c->bytes;
}

static void counted_free(void *p)
{
    struct counted *c;

    if (p == NULL)
        return;
    c = (struct counted *)((char *)p - offsetof(struct counted, bytes));
    used -= c->n;
    mem_free(c);
}

static void *counted_grow(void *p, size_t n)
{
    struct counted *c;
    size_t old;

    if (p == NULL)
        return counted_alloc(n);
    c = (struct counted *)((char *)p - offsetof(struct counted, bytes));
    old = c->n;
    if (n > old && refuse(n - old))
        return NULL;
    c = mem_grow(c, sizeof *c + n);
    if (c == NULL)
        return NULL;
    c->n = n;
    used += n - old;
    return c->bytes;
}

static const char *local(const char *name)
{
    const char *colon = NULL;

    for (const char *s = name; *s; s++)
        if (*s == ':')
            colon = s;
    return colon ? colon + 1 : name;
}

static void XMLCALL on_start(void *user, const char *name, const char **attributes)
{
    struct xml *x = user;

    if (x->stopped)
        return;
    if (++x->depth > DEPTH) {
        source_refuse(x->source, ERR_FILE_UNSAFE, N_("elements nested too deeply"), x->err);
        xml_stop(x);
        return;
    }
    x->start(x, local(name), attributes);
}

static void XMLCALL on_end(void *user, const char *name)
{
    struct xml *x = user;

    if (x->stopped)
        return;
    x->depth--;
    x->end(x, local(name));
}

static void XMLCALL on_text(void *user, const char *bytes, int n)
{
    struct xml *x = user;

    if (!x->stopped)
        x->text(x, bytes, (size_t)n);
}

static void XMLCALL on_doctype(void *user, const char *name, const char *system, const char *public,
                               int subset)
{
    struct xml *x = user;

    (void)name, (void)system, (void)public, (void)subset;
    source_refuse(x->source, ERR_FILE_UNSAFE, N_("a document type with entities"), x->err);
    xml_stop(x);
}

void xml_stop(struct xml *x)
{
    x->stopped = true;
    XML_StopParser(x->parser, XML_FALSE);
}

static int failed(struct xml *x)
{
    enum XML_Error code = XML_GetErrorCode(x->parser);

    if (code == XML_ERROR_NO_MEMORY && refused)
        return source_refuse(x->source, ERR_FILE_UNSAFE, N_("XML tags of absurd size"), x->err);
    if (code == XML_ERROR_NO_MEMORY)
        return err_set(x->err, NO_MEMORY);
    return source_refuse(x->source, ERR_FILE_TRUNCATED, N_("its XML is broken"), x->err);
}

static int feed(struct xml *x, struct part *part)
{
    for (;;) {
        char *block = XML_GetBuffer(x->parser, BLOCK);
        int64_t got;

        if (block == NULL)
            return failed(x);
        got = part_read(part, block, BLOCK, x->err);
        if (got < 0)
            return -1;
        if (part->inflated == (uint64_t)got && got >= 2 &&
            (block[0] == '\0' || block[1] == '\0' || memcmp(block, "\xff\xfe", 2) == 0 ||
             memcmp(block, "\xfe\xff", 2) == 0))
            return source_refuse(x->source, ERR_FILE_ENCODING, N_("its XML is not in UTF-8"),
                                 x->err);
        if (XML_ParseBuffer(x->parser, (int)got, got == 0) != XML_STATUS_OK)
            return x->stopped ? -1 : failed(x);
        if (got == 0)
            return 0;
    }
}

int xml_run(struct xml *x, struct archive *a, int64_t entry)
{
    static const XML_Memory_Handling_Suite memory = {counted_alloc, counted_grow, counted_free};
    struct part part;
    int rc;

    x->source = a->source;
    x->depth = 0;
    x->stopped = false;
    refused = false;
    if (part_open(&part, a, entry, x->err) != 0)
        return -1;
    x->parser = XML_ParserCreate_MM(NULL, &memory, NULL);
    if (x->parser == NULL) {
        part_close(&part);
        return err_set(x->err, NO_MEMORY);
    }
    XML_SetUserData(x->parser, x);
    XML_SetElementHandler(x->parser, on_start, on_end);
    if (x->text)
        XML_SetCharacterDataHandler(x->parser, on_text);
    XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
    rc = feed(x, &part);
    XML_ParserFree(x->parser);
    x->parser = NULL;
    part_close(&part);
    return rc;
}

const char *xml_attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (xml_is(local(attributes[0]), name))
            return attributes[1];
    return NULL;
}

bool xml_true(const char *value)
{
    return value && (xml_is(value, "1") || xml_is(value, "true"));
}
