/* likeness.c: see likeness.h. */
#include "domain/likeness.h"

/* Punctuation and symbols, ASCII ones after folding. */
static bool is_mark(uint32_t cp)
{
    return (cp < 0x80 && !(cp >= '0' && cp <= '9') && !(cp >= 'a' && cp <= 'z')) ||
           (cp >= 0xa1 && cp <= 0xbf) || (cp >= 0x2010 && cp <= 0x206f) ||
           (cp >= 0x3001 && cp <= 0x301f) || cp == 0x30fb || (cp >= 0xfe10 && cp <= 0xfe6b) ||
           (cp >= 0xff61 && cp <= 0xff65);
}

static uint64_t mix(uint64_t h, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        h = (h ^ (v >> (8 * i) & 0xff)) * 0x100000001b3u;
    return h;
}

/* A number in front counts only when a letter follows at once ("3号楼"). */
static bool is_numbering(uint32_t cp, struct text rest)
{
    uint32_t next = text_fold_cp(text_next(&rest));

    return cp >= '0' && cp <= '9' && (next == 0 || is_mark(next) || (next >= '0' && next <= '9'));
}

/* Mixes the folded text into *h; false when nothing was left of it. */
static bool mix_text(uint64_t *h, struct text t)
{
    bool any = false;

    while (t.n) {
        uint32_t cp = text_fold_cp(text_next(&t));
        if (cp == 0 || is_mark(cp) || (!any && is_numbering(cp, t)))
            continue;
        any = true;
        *h = mix(*h, cp);
    }
    return any;
}

int64_t likeness_key(struct text text, struct text object, struct text place, int32_t found)
{
    uint64_t h = 0xcbf29ce484222325u;

    if (!mix_text(&h, text))
        return 0;
    h = mix(h, 1); /* no text holds it: a border */
    mix_text(&h, object);
    h = mix(h, 1);
    mix_text(&h, place);
    h = mix(h, date_valid(found) && found ? (uint32_t)found : 1); /* 0 is no day either */
    return (int64_t)(h ? h : 1);
}
