/* mem.c: see mem.h. The counters are per thread, so a test fails only its own allocations. */
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static _Thread_local unsigned long made, fail_at;
static _Thread_local int fail_forever;

static int fails(void)
{
    made++;
    if (fail_at == 0)
        return 0;
    return fail_forever ? made >= fail_at : made == fail_at;
}

void *mem_alloc(size_t n)
{
    return fails() ? NULL : calloc(1, n ? n : 1);
}

void *mem_grow(void *old, size_t n)
{
    return fails() ? NULL : realloc(old, n ? n : 1);
}

bool mem_room(void *items, size_t count, size_t *room, size_t size)
{
    size_t more = *room ? *room * 2 : 16;
    void *p;

    if (count < *room)
        return true;
    memcpy(&p, items, sizeof p);
    p = mem_grow(p, more * size);
    if (p == NULL)
        return false;
    memcpy(items, &p, sizeof p);
    *room = more;
    return true;
}

void mem_free(void *p)
{
    free(p);
}

unsigned long mem_fail_at(unsigned long n, int forever)
{
    unsigned long was = made;

    made = 0;
    fail_at = n;
    fail_forever = forever;
    return was;
}
