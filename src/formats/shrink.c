/* shrink.c: see shrink.h. */
#include "formats/shrink.h"

#include <string.h>

#include "base/mem.h"

/* What becomes of a side when the longer one becomes `longest`. */
static uint32_t scaled(uint32_t side, uint32_t longer, uint32_t longest)
{
    uint64_t to = longer <= longest ? side : ((uint64_t)side * longest + longer / 2) / longer;

    return to ? (uint32_t)to : 1;
}

bool shrink_begin(struct shrink *s, uint32_t width, uint32_t height, uint32_t longest)
{
    uint32_t longer = width > height ? width : height;

    *s = (struct shrink){.from_width = width,
                         .from_height = height,
                         .width = scaled(width, longer, longest),
                         .height = scaled(height, longer, longest)};
    s->pixels = mem_alloc((size_t)s->width * s->height * 3);
    s->across = mem_alloc((size_t)s->width * 3 * sizeof *s->across);
    s->down = mem_alloc((size_t)s->width * 3 * sizeof *s->down);
    return s->pixels && s->across && s->down;
}

/* In units of 1/width of a new pixel each old one is `width` wide and each new one from_width. */
static void narrow(struct shrink *s, const unsigned char *rgb)
{
    uint32_t *to = s->across, room = s->from_width;

    memset(s->across, 0, (size_t)s->width * 3 * sizeof *s->across);
    for (uint32_t x = 0; x < s->from_width; x++, rgb += 3) {
        uint32_t left = s->width;
        while (left) {
            uint32_t some = left < room ? left : room;
            for (int c = 0; c < 3; c++)
                to[c] += some * rgb[c];
            left -= some;
            room -= some;
            if (room == 0) {
                to += 3;
                room = s->from_width;
            }
        }
    }
}

void shrink_row(struct shrink *s, const unsigned char *rgb)
{
    uint32_t left = s->height;
    size_t n = (size_t)s->width * 3;
    uint64_t whole = (uint64_t)s->from_width * s->from_height;

    narrow(s, rgb);
    while (left && s->at < s->height) {
        uint32_t room = s->from_height - s->filled, some = left < room ? left : room;
        for (size_t i = 0; i < n; i++)
            s->down[i] += (uint64_t)some * s->across[i];
        left -= some;
        s->filled += some;
        if (s->filled == s->from_height) {
            for (size_t i = 0; i < n; i++)
                s->pixels[s->at * n + i] = (unsigned char)((s->down[i] + whole / 2) / whole);
            memset(s->down, 0, n * sizeof *s->down);
            s->filled = 0;
            s->at++;
        }
    }
}

bool shrink_done(const struct shrink *s)
{
    return s->at == s->height;
}

void shrink_release(struct shrink *s)
{
    mem_free(s->pixels);
    mem_free(s->across);
    mem_free(s->down);
}
