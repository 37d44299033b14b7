/*
 * arena.h: memory for the length of one request, command or row.
 *
 * Everything taken from an arena lives until arena_clear or arena_release. It has a cap. When
 * memory or the cap runs out, `failed` is set and stays; text that could not be copied is empty.
 * Whoever is about to make something durable asks `failed` first.
 */
#ifndef XH_BASE_ARENA_H
#define XH_BASE_ARENA_H

#include "base/text.h"

struct arena_block;
struct arena {
    struct arena_block *blocks, *spare;
    size_t used, cap;
    bool failed;
};

#define ARENA(cap_bytes) ((struct arena){.cap = (cap_bytes)})

void arena_release(struct arena *a);
/* Forgets all that was taken; keeps the memory for the next round. */
void arena_clear(struct arena *a);
/* n zeroed bytes, aligned for any type; NULL (and failed) when there is no room. */
void *arena_take(struct arena *a, size_t n);
/* A copy of t; empty (and failed) when there is no room. */
struct text arena_text(struct arena *a, struct text t);
/* A NUL-terminated copy of t; "" when there is no room. */
const char *arena_cstr(struct arena *a, struct text t);
/* The concatenation of two texts. */
struct text arena_join(struct arena *a, struct text x, struct text y);

/* An array of `count` elements of a type. */
#define arena_array(a, type, count) ((type *)arena_take((a), sizeof(type) * (size_t)(count)))

#define arena_auto __attribute__((cleanup(arena_release)))

#endif
