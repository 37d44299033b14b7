/*
 * json.h: canonical JSON (RFC 8785), the part of it that entries use.
 *
 * Writing: strings, integers and the punctuation by hand. Reading: strict: whatever is not exactly
 * the canonical form is refused, so that one value has one sequence of bytes. No floats, no null;
 * integers within ±(2^53 - 1); strings are UTF-8 without NUL. Other JSON (a user's files) is read
 * with a library where it comes in.
 */
#ifndef XH_BASE_JSON_H
#define XH_BASE_JSON_H

#include "base/arena.h"
#include "base/buf.h"

#define JSON_INT_MAX INT64_C(9007199254740991)

/* Appends t as a JSON string with its quotes. */
void json_put_text(struct buf *b, struct text t);
/* Appends `"key":`, with a comma in front unless *first; clears *first. Keys are plain ASCII. */
void json_put_key(struct buf *b, const char *key, bool *first);

/* What is left to read. A function that returns false has met something else; the reader is then
 * of no further use. */
struct json {
    const char *p, *end;
};

/* Takes that one character. */
bool json_take(struct json *j, char c);
/* Looks without taking; 0 at the end. */
static inline char json_peek(const struct json *j)
{
    return j->p < j->end ? *j->p : '\0';
}
/* A string; points into the input when nothing is escaped, else into the arena. */
bool json_text(struct json *j, struct arena *a, struct text *t);
/* A key and its colon. */
bool json_key(struct json *j, struct text *key);
bool json_int(struct json *j, int64_t *v);
bool json_bool(struct json *j, bool *v);
/* Passes over one value of any kind, checking only that brackets and quotes match. */
bool json_skip(struct json *j);

#endif
