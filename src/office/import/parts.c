/* parts.c: see parts.h. Pure, no allocation. */
#include "office/import/parts.h"

#include "office/import/fold.h"

/* The ways to number, each counted by itself. */
enum style {
    STYLE_DOT,       /* 1.  1、  1． */
    STYLE_BRACKET,   /* （1） */
    STYLE_HALF,      /* 1） */
    STYLE_CIRCLE,    /* ① */
    STYLE_IS,        /* 一是 */
    STYLE_HAN,       /* 一、 */
    STYLE_HAN_ROUND, /* （一） */
    STYLE_ORDINAL,   /* 第一，  首先 is not read */
    STYLES
};

static uint32_t half(uint32_t cp)
{
    return cp >= 0xff01 && cp <= 0xff5e ? cp - 0xfee0 : cp;
}

/* 一 … 十, 十一 …, up to 99; 0 when none stands there. Moves *t behind it. */
static int take_han(struct text *t)
{
    static const char digits[] = "一二三四五六七八九";
    int v = 0, tens = 0;
    bool any = false;

    for (int i = 0; i < 3 && t->n >= 3; i++) {
        ptrdiff_t at = text_find(text_of(digits), text_head(*t, 3));
        if (at >= 0 && at % 3 == 0 && v == 0)
            v = (int)(at / 3) + 1;
        else if (text_starts(*t, T("十")) && tens == 0) {
            tens = (v ? v : 1) * 10;
            v = 0;
        } else
            break;
        any = true;
        *t = text_from(*t, 3);
    }
    return any ? tens + v : 0;
}

static int take_digits(struct text *t)
{
    int v = 0, n = 0;

    while (t->n && n < 3) {
        struct text rest = *t;
        uint32_t cp = half(fold_next(&rest));
        if (cp < '0' || cp > '9')
            break;
        v = v * 10 + (int)cp - '0';
        n++;
        *t = rest;
    }
    return v <= PARTS_MAX ? v : 0;
}

static uint32_t peek(struct text t)
{
    return half(fold_next(&t));
}

/* A number at the start of *t; moves *t behind it. 0 when none stands there. */
static int take_marker(struct text *t, enum style *style)
{
    struct text rest = *t;
    uint32_t cp = half(fold_next(&rest)), next;
    int n;

    if (cp >= 0x2460 && cp <= 0x2473) {
        *style = STYLE_CIRCLE;
        *t = rest;
        return (int)(cp - 0x2460) + 1;
    }
    if (cp == '(') {
        n = take_digits(&rest);
        *style = STYLE_BRACKET;
        if (n == 0) {
            n = take_han(&rest);
            *style = STYLE_HAN_ROUND;
        }
        if (n == 0 || half(fold_next(&rest)) != ')')
            return 0;
        *t = rest;
        return n;
    }
    if (cp >= '0' && cp <= '9') {
        rest = *t;
        n = take_digits(&rest);
        cp = half(fold_next(&rest));
        next = peek(rest);
        *style = cp == ')' ? STYLE_HALF : STYLE_DOT;
        if (n == 0 || !(cp == '.' || cp == 0x3001 || cp == ')' || cp == 0x2024) ||
            (cp == '.' && next >= '0' && next <= '9'))
            return 0;
        *t = rest;
        return n;
    }
    if (cp == 0x7b2c) { /* 第一， */
        n = take_han(&rest);
        cp = half(fold_next(&rest));
        *style = STYLE_ORDINAL;
        if (n == 0 || (cp != ',' && cp != 0x3001))
            return 0;
        *t = rest;
        return n;
    }
    rest = *t;
    n = take_han(&rest);
    cp = half(fold_next(&rest));
    *style = cp == 0x662f ? STYLE_IS : STYLE_HAN; /* 是 */
    if (n == 0 || (cp != 0x662f && cp != 0x3001))
        return 0;
    *t = rest;
    return n;
}

/* True when a clause may begin behind this character. */
static bool opens(uint32_t cp)
{
    switch (cp) {
    case 0:
    case '\n':
    case ' ':
    case '\t':
    case 0xa0:
    case 0x3000:
    case 0x3002: /* 。 */
    case ';':
    case ':':
    case ',':
    case '!':
    case '?':
    case ')': return true;
    default: return false;
    }
}

/* First bytes with which a marker can start; most characters are none. */
static bool may_start(struct text t)
{
    unsigned char c = (unsigned char)t.p[0];

    if (c < 0x80)
        return (c >= '0' && c <= '9') || c == '(';
    if (t.n < 3)
        return false;
    switch (c) {
    case 0xe2: return (unsigned char)t.p[1] == 0x91; /* ① */
    case 0xe4: return true;                          /* 一 三 七 九 二 五 */
    case 0xe5: return true;                          /* 八 六 十 四 */
    case 0xe7: return (unsigned char)t.p[1] == 0xac; /* 第 */
    case 0xef: return (unsigned char)t.p[1] == 0xbc; /* （ １ */
    default: return false;
    }
}

struct found {
    size_t at, behind; /* of the marker */
};

int parts_split(struct text t, struct text *parts)
{
    struct found marks[STYLES][PARTS_MAX];
    int count[STYLES] = {0};
    struct text rest = t;
    uint32_t before = 0;
    int best = -1, made = 0;

    if (t.n < 8)
        return 0;
    while (rest.n) {
        size_t at = t.n - rest.n;
        struct text behind = rest;
        enum style style;
        bool here = opens(before) || (unsigned char)rest.p[0] == 0xe2; /* ① may stand anywhere */
        int n = here && may_start(rest) ? take_marker(&behind, &style) : 0;

        if (n && n == count[style] + 1 && n <= PARTS_MAX) {
            marks[style][count[style]++] = (struct found){at, t.n - behind.n};
            before = ' ';
            rest = behind;
            continue;
        }
        before = half(fold_next(&rest));
    }
    for (int i = 0; i < STYLES; i++)
        if (count[i] >= 2 && (best < 0 || marks[i][0].at < marks[best][0].at))
            best = i;
    if (best < 0)
        return 0;
    for (int i = 0; i < count[best]; i++) {
        size_t from = marks[best][i].behind;
        size_t to = i + 1 < count[best] ? marks[best][i + 1].at : t.n;
        struct text part = text_trim((struct text){t.p + from, to - from});
        if (fold_length(part) < 2)
            return 0; /* 1、2、3号楼 */
        parts[made++] = part;
    }
    return made;
}
