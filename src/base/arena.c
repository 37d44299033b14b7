/* arena.c: see arena.h. A list of blocks, the newest first. */
#include "base/arena.h"

#include "base/mem.h"

struct arena_block {
    struct arena_block *next;
    size_t used, room;
    _Alignas(max_align_t) char bytes[];
};

enum { BLOCK = 16 * 1024 };

static void drop(struct arena_block **list)
{
    while (*list) {
        struct arena_block *next = (*list)->next;
        mem_free(*list);
        *list = next;
    }
}

void arena_release(struct arena *a)
{
    drop(&a->blocks);
    drop(&a->spare);
    a->used = 0;
    a->failed = false;
}

void arena_clear(struct arena *a)
{
    while (a->blocks) {
        struct arena_block *b = a->blocks;
        a->blocks = b->next;
        if (b->room == BLOCK) {
            b->used = 0;
            b->next = a->spare;
            a->spare = b;
        } else {
            mem_free(b);
        }
    }
    a->used = 0;
    a->failed = false;
}

/* A block with room for n bytes: a spare one, or a new one; large requests get one of their own. */
static struct arena_block *more(struct arena *a, size_t n)
{
    struct arena_block *b = a->spare;
    size_t room = n > BLOCK / 4 ? n : BLOCK;

    if (room == BLOCK && b) {
        a->spare = b->next;
    } else {
        b = mem_grow(NULL, sizeof *b + room);
        if (b == NULL)
            return NULL;
        b->used = 0;
        b->room = room;
    }
    /* One of its own goes behind the current one, which still has room. */
    if (a->blocks && room != BLOCK) {
        b->next = a->blocks->next;
        a->blocks->next = b;
    } else {
        b->next = a->blocks;
        a->blocks = b;
    }
    return b;
}

/* n bytes with anything in them. */
static void *take(struct arena *a, size_t n)
{
    struct arena_block *b = a->blocks;
    size_t align = _Alignof(max_align_t);
    void *p;

    if (a->failed || n > a->cap || a->used > a->cap - n) {
        a->failed = true;
        return NULL;
    }
    n = (n + align - 1) / align * align;
    if (b == NULL || b->room - b->used < n)
        b = more(a, n);
    if (b == NULL) {
        a->failed = true;
        return NULL;
    }
    p = b->bytes + b->used;
    b->used += n;
    a->used += n;
    return p;
}

void *arena_take(struct arena *a, size_t n)
{
    void *p = take(a, n);

    return p ? memset(p, 0, n) : NULL;
}

struct text arena_text(struct arena *a, struct text t)
{
    char *p;

    if (t.n == 0)
        return (struct text){"", 0};
    p = take(a, t.n);
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
    char *p = take(a, x.n + y.n + 1);

    if (p == NULL)
        return (struct text){"", 0};
    if (x.n)
        memcpy(p, x.p, x.n);
    if (y.n)
        memcpy(p + x.n, y.p, y.n);
    return (struct text){p, x.n + y.n};
}
