/*
 * mem.h: the one door to the heap.
 *
 * All of our own allocations go through here, so that a test can fail the Nth
 * of them (mem_fail_at) and every growth has one place to be looked at.
 * Libraries keep their own allocators.
 */
#ifndef XH_BASE_MEM_H
#define XH_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

/* Zeroed block of n bytes; NULL when memory is short. The caller frees with mem_free. */
void *mem_alloc(size_t n);

/* Like realloc; on NULL the old block still stands. */
void *mem_grow(void *old, size_t n);

/* Makes room for one more item in a growing array: `items` is the address of its pointer, count how
 * many it has, *room for how many it is allocated, size one item's. False when memory is short. */
bool mem_room(void *items, size_t count, size_t *room, size_t size);

/* Frees a block of mem_alloc or mem_grow; NULL is allowed. */
void mem_free(void *p);

/* For tests: the nth allocation from now fails (1 is the next); with forever, all after it too.
 * n = 0 switches it off. Returns how many allocations were made since the last call. */
unsigned long mem_fail_at(unsigned long n, int forever);

/* Frees *p at the end of its scope: `mem_auto char *s = …`. */
static inline void mem_free_at(void *p)
{
    mem_free(*(void **)p);
}
#define mem_auto __attribute__((cleanup(mem_free_at)))

#endif
