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

int64_t likeness_key(struct text t)
{
    uint64_t h = 0xcbf29ce484222325u;
    bool leading = true, any = false;

    while (t.n) {
        uint32_t cp = text_fold_cp(text_next(&t));
        if (cp == 0 || is_mark(cp))
            continue;
        if (leading && cp >= '0' && cp <= '9') {
            /* A number in front counts only when a letter follows at once ("3号楼"). */
            struct text rest = t;
            uint32_t next = text_fold_cp(text_next(&rest));
            if (next == 0 || is_mark(next) || (next >= '0' && next <= '9'))
                continue;
        }
        leading = false;
        any = true;
        for (int i = 0; i < 4; i++) {
            h ^= cp >> (8 * i) & 0xff;
            h *= 0x100000001b3u;
        }
    }
    return any ? (int64_t)(h ? h : 1) : 0;
}
