/* arena.c: see arena.h. A list of blocks, the newest first; large requests get their own block. */
#include "base/arena.h"

#include "base/mem.h"

struct arena_block {
    struct arena_block *next;
    size_t used, room;
    _Alignas(max_align_t) char bytes[];
};

enum { BLOCK = 16 * 1024 };

void arena_release(struct arena *a)
{
    while (a->blocks) {
        struct arena_block *next = a->blocks->next;
        mem_free(a->blocks);
        a->blocks = next;
    }
    a->used = 0;
    a->failed = false;
}

void arena_clear(struct arena *a)
{
    struct arena_block *keep = a->blocks;

    if (keep && keep->room == BLOCK) {
        a->blocks = keep->next;
        keep->next = NULL;
    } else {
        keep = NULL;
    }
    arena_release(a);
    if (keep) {
        memset(keep->bytes, 0, keep->used);
        keep->used = 0;
        a->blocks = keep;
    }
}

void *arena_take(struct arena *a, size_t n)
{
    struct arena_block *b = a->blocks;
    size_t align = _Alignof(max_align_t);
    void *p;

    if (a->failed || n > a->cap || a->used > a->cap - n) {
        a->failed = true;
        return NULL;
    }
    n = (n + align - 1) / align * align;
    if (b == NULL || b->room - b->used < n) {
        size_t room = n > BLOCK / 4 ? n : BLOCK;
        b = mem_alloc(sizeof *b + room);
        if (b == NULL) {
            a->failed = true;
            return NULL;
        }
        b->room = room;
        /* A block of its own goes behind the current one, which still has room. */
        if (a->blocks && room != BLOCK) {
            b->next = a->blocks->next;
            a->blocks->next = b;
        } else {
            b->next = a->blocks;
            a->blocks = b;
        }
    }
    p = b->bytes + b->used;
    b->used += n;
    a->used += n;
    return p;
}

struct text arena_text(struct arena *a, struct text t)
{
    char *p;

    if (t.n == 0)
        return (struct text){"", 0};
    p = arena_take(a, t.n);
    if (p == NULL)
        return (struct text){"", 0};
    memcpy(p, t.p, t.n);
    return (struct text){p, t.n};
}

const char *arena_cstr(struct arena *a, struct text t)
{
    char *p = arena_take(a, t.n + 1);

    if (p == NULL)
        return "";
    if (t.n)
        memcpy(p, t.p, t.n);
    return p;
}

struct text arena_join(struct arena *a, struct text x, struct text y)
{
    char *p = arena_take(a, x.n + y.n + 1);

    if (p == NULL)
        return (struct text){"", 0};
    if (x.n)
        memcpy(p, x.p, x.n);
    if (y.n)
        memcpy(p + x.n, y.p, y.n);
    return (struct text){p, x.n + y.n};
}
