/*
 * xml.h: one XML part of a workbook, streamed through expat.
 *
 * Names come without their namespace prefix: workbooks differ in prefixes and never use one local
 * name for two things where it matters. A document type (and so every entity), deep nesting and
 * whatever makes the parser ask for much memory are refused.
 */
#ifndef XH_FORMATS_XML_H
#define XH_FORMATS_XML_H

#include "formats/archive.h"

struct xml {
    /* Given by the caller. Names and attributes live during the call; text may be NULL. */
    void (*start)(struct xml *, const char *name, const char **attributes);
    void (*end)(struct xml *, const char *name);
    void (*text)(struct xml *, const char *bytes, size_t n);
    struct err *err;

    /* For the reader alone. */
    struct XML_ParserStruct *parser;
    const struct source *source;
    int depth;
    bool stopped;
};

/* Parses the whole part; 0, or -1 with x->err filled. */
int xml_run(struct xml *x, struct archive *a, int64_t entry);
/* Ends the run with -1 from within a callback, which has filled x->err. */
void xml_stop(struct xml *x);

/* The value of the attribute with that local name, NULL when there is none. */
const char *xml_attribute(const char **attributes, const char *name);
/* True for "1" and "true" (XML Schema boolean). */
bool xml_true(const char *value);
static inline bool xml_is(const char *name, const char *other)
{
    return strcmp(name, other) == 0;
}

#endif
