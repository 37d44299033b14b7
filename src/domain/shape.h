/*
 * shape.h: how an event's struct lies in memory, for the code that writes and reads entries.
 *
 * The tables are made from events.def; fields stand in the order of their JSON keys.
 */
#ifndef XH_DOMAIN_SHAPE_H
#define XH_DOMAIN_SHAPE_H

#include "base/arena.h"
#include "base/date.h"
#include "base/text.h"

struct texts {
    struct text *at;
    size_t count;
};

/* A day of 0 or DATE_NONE is "none" in an event (nothing falls due on 1970-01-01); reading gives
 * DATE_NONE. */
enum field_type { FIELD_TEXT, FIELD_INT, FIELD_BOOL, FIELD_DAY, FIELD_TEXTS, FIELD_LIST };

struct shape;
struct field {
    const char *key;
    enum field_type type;
    size_t offset;
    const struct shape *shape; /* of FIELD_LIST: the record; memory is {pointer, count} */
};

struct shape {
    const char *name;
    const struct field *fields;
    int count;
    size_t size; /* of the struct */
};

/* True when that field of the struct says nothing: no text, 0, false, no day, no elements. */
bool field_empty(const struct field *f, const void *data);
/* True when no field says anything. */
bool shape_empty(const struct shape *shape, const void *data);

/* Copies everything that the struct points to into the arena (arena->failed tells when that did
 * not succeed), so that it lives as long as the arena does. */
void shape_own(const struct shape *shape, void *data, struct arena *arena);

#endif
