/* text.c: see text.h. Pure, no allocation. */
#include "base/text.h"

int text_cmp(struct text a, struct text b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;

    return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool text_starts(struct text t, struct text prefix)
{
    return t.n >= prefix.n && text_eq(text_head(t, prefix.n), prefix);
}

bool text_ends(struct text t, struct text suffix)
{
    return t.n >= suffix.n && text_eq(text_from(t, t.n - suffix.n), suffix);
}

ptrdiff_t text_find(struct text t, struct text needle)
{
    const char *hit;

    if (needle.n == 0)
        return 0;
    if (t.n < needle.n)
        return -1;
    hit = memmem(t.p, t.n, needle.p, needle.n);
    return hit ? hit - t.p : -1;
}

bool text_has(struct text t, struct text needle)
{
    return text_find(t, needle) >= 0;
}

bool text_is_space(uint32_t cp)
{
    return (cp >= 0x09 && cp <= 0x0d) || cp == 0x20 || cp == 0x85 || cp == 0xa0 || cp == 0x1680 ||
           (cp >= 0x2000 && cp <= 0x200f) || cp == 0x2028 || cp == 0x2029 || cp == 0x202f ||
           cp == 0x205f || cp == 0x2060 || cp == 0x3000 || cp == 0xfeff;
}

struct text text_trim(struct text t)
{
    struct text rest = t;

    while (rest.n) {
        struct text before = rest;
        if (!text_is_space(text_next(&rest))) {
            rest = before;
            break;
        }
    }
    t = rest;
    while (t.n) {
        size_t start = t.n - 1;
        struct text last;
        while (start > 0 && ((unsigned char)t.p[start] & 0xc0) == 0x80)
            start--;
        last = text_from(t, start);
        if (!text_is_space(text_next(&last)) || last.n)
            break;
        t.n = start;
    }
    return t;
}

bool text_cut(struct text *rest, char sep, struct text *piece)
{
    const char *hit;

    if (rest->p == NULL)
        return false;
    hit = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
    if (hit == NULL) {
        *piece = *rest;
        *rest = (struct text){NULL, 0};
    } else {
        *piece = text_head(*rest, (size_t)(hit - rest->p));
        *rest = text_from(*rest, piece->n + 1);
    }
    return true;
}

bool text_int(struct text t, int64_t *value)
{
    bool minus = false;
    int64_t v = 0;

    if (t.n && (t.p[0] == '-' || t.p[0] == '+')) {
        minus = t.p[0] == '-';
        t = text_from(t, 1);
    }
    if (t.n == 0)
        return false;
    for (size_t i = 0; i < t.n; i++) {
        int digit = t.p[i] - '0';
        if (digit < 0 || digit > 9 || v > (INT64_MAX - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    *value = minus ? -v : v;
    return true;
}

/* Length of the well-formed sequence at t, 0 when broken (RFC 3629). */
static size_t sequence(struct text t, uint32_t *cp)
{
    const unsigned char *s = (const unsigned char *)t.p;
    uint32_t c = s[0], low;
    size_t n;

    if (c < 0x80) {
        *cp = c;
        return 1;
    }
    if (c >= 0xc2 && c <= 0xdf) {
        n = 2, low = 0x80, c &= 0x1f;
    } else if (c >= 0xe0 && c <= 0xef) {
        n = 3, low = 0x800, c &= 0x0f;
    } else if (c >= 0xf0 && c <= 0xf4) {
        n = 4, low = 0x10000, c &= 0x07;
    } else {
        return 0;
    }
    if (t.n < n)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3f);
    }
    if (c < low || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *cp = c;
    return n;
}

uint32_t text_next(struct text *t)
{
    uint32_t cp = 0xfffd;
    size_t n;

    if (t->n == 0)
        return 0;
    n = sequence(*t, &cp);
    *t = text_from(*t, n ? n : 1);
    return cp;
}

bool text_utf8(struct text t)
{
    size_t i = 0;

    while (i < t.n) {
        uint32_t cp;
        size_t n;

        /* Eight ASCII bytes at a time: most of a log's bytes are ASCII. */
        while (i + 8 <= t.n) {
            uint64_t word;
            memcpy(&word, t.p + i, 8);
            if (word & 0x8080808080808080u)
                break;
            i += 8;
        }
        if (i == t.n)
            break;
        n = sequence(text_from(t, i), &cp);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

size_t text_encode(uint32_t cp, char out[static 4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xc0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xe0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
    out[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}

struct text text_clip(struct text t, size_t n)
{
    if (t.n <= n)
        return t;
    while (n > 0 && ((unsigned char)t.p[n] & 0xc0) == 0x80)
        n--;
    return text_head(t, n);
}

int text_cp_width(uint32_t cp)
{
    if (cp == 0 || (cp >= 0x300 && cp <= 0x36f) || (cp >= 0x200b && cp <= 0x200f) || cp == 0x2060 ||
        cp == 0xfeff || (cp >= 0xfe00 && cp <= 0xfe0f))
        return 0;
    /* East Asian Width W and F (UAX 11), by block. */
    if ((cp >= 0x1100 && cp <= 0x115f) || (cp >= 0x2e80 && cp <= 0x303e) ||
        (cp >= 0x3041 && cp <= 0xa4cf) || (cp >= 0xa960 && cp <= 0xa97f) ||
        (cp >= 0xac00 && cp <= 0xd7a3) || (cp >= 0xf900 && cp <= 0xfaff) ||
        (cp >= 0xfe30 && cp <= 0xfe6f) || (cp >= 0xff00 && cp <= 0xff60) ||
        (cp >= 0xffe0 && cp <= 0xffe6) || (cp >= 0x1f300 && cp <= 0x1faff) ||
        (cp >= 0x20000 && cp <= 0x3fffd))
        return 2;
    return 1;
}

size_t text_width(struct text t)
{
    size_t width = 0;

    while (t.n)
        width += (size_t)text_cp_width(text_next(&t));
    return width;
}

uint32_t text_fold_cp(uint32_t cp)
{
    if (cp >= 0xff01 && cp <= 0xff5e)
        cp -= 0xfee0;
    if (cp < 0x20 || cp == 0x7f || text_is_space(cp))
        return 0;
    return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
}
