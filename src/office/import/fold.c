/* fold.c: see fold.h. Pure, no allocation. */
#include "office/import/fold.h"

bool fold_is_punct(uint32_t cp)
{
    if (cp < 0x80)
        return cp > 0x20 && !(cp >= '0' && cp <= '9') && !(cp >= 'A' && cp <= 'Z') &&
               !(cp >= 'a' && cp <= 'z');
    return (cp >= 0xa1 && cp <= 0xbf) || cp == 0xd7 || cp == 0xf7 ||
           (cp >= 0x2010 && cp <= 0x205e) || (cp >= 0x2190 && cp <= 0x245f) ||
           (cp >= 0x2500 && cp <= 0x27ff && !(cp >= 0x2776 && cp <= 0x2793)) ||
           (cp >= 0x3001 && cp <= 0x3020 && cp != 0x3007) || cp == 0x30fb ||
           (cp >= 0xfe10 && cp <= 0xfe6f) || (cp >= 0xff61 && cp <= 0xff65) || cp == 0xfffd;
}

static int bracket(uint32_t cp)
{
    switch (cp) {
    case '(':
    case '[':
    case 0x3010: /* 【 */
    case 0x3014: /* 〔 */ return 1;
    case ')':
    case ']':
    case 0x3011:
    case 0x3015: return -1;
    default: return 0;
    }
}

struct text fold(struct text t, unsigned how, char *out, size_t room)
{
    size_t n = 0;
    int depth = 0;
    bool space = false;

    while (t.n) {
        uint32_t cp = fold_next(&t);
        uint32_t c = text_fold_cp(cp);
        int b = bracket(c);

        if (how & FOLD_NO_BRACKETS && b) {
            depth += b;
            if (depth < 0)
                depth = 0;
            continue;
        }
        if (depth)
            continue;
        if (c == 0) {
            space = space || cp == '\n' || cp == '\t' || text_is_space(cp);
            continue;
        }
        if (!(how & FOLD_PUNCT) && fold_is_punct(c))
            continue;
        if (n + 5 > room)
            break;
        if (space && how & FOLD_SPACE && n)
            out[n++] = ' ';
        space = false;
        n += text_encode(c, out + n);
    }
    return (struct text){out, n};
}

size_t fold_length(struct text t)
{
    size_t n = 0;

    for (size_t i = 0; i < t.n; i++)
        n += ((unsigned char)t.p[i] & 0xc0) != 0x80;
    return n;
}

const char *fold_is(struct text t, const char *const *words)
{
    for (; *words; words++)
        if (text_eq(t, text_of(*words)))
            return *words;
    return NULL;
}

const char *fold_starts(struct text t, const char *const *words)
{
    for (; *words; words++)
        if (text_starts(t, text_of(*words)))
            return *words;
    return NULL;
}

const char *fold_ends(struct text t, const char *const *words)
{
    for (; *words; words++)
        if (text_ends(t, text_of(*words)))
            return *words;
    return NULL;
}

const char *fold_has(struct text t, const char *const *words)
{
    for (; *words; words++)
        if (text_has(t, text_of(*words)))
            return *words;
    return NULL;
}
