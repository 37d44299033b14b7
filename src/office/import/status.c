/* status.c: see status.h. The table of phrases is status.def. */
#include "office/import/status.h"

#include "office/import/fold.h"

enum { KEY = 384 };

static const struct phrase {
    struct text words;
    enum claim claim;
    int certain;
} phrases[] = {
#define STATUS(words, claim, certain) {{words, sizeof words - 1}, CLAIM_##claim, certain},
#include "office/import/status.def"
#undef STATUS
};
enum { PHRASES = sizeof phrases / sizeof *phrases };

/* True when nothing but a verdict on punctuality stands there. */
static bool only_verdict(struct text key)
{
    static const char *const verdicts[] = {"超期",    "已超期", "逾期", "已逾期",  "未超期",
                                           "未逾期",  "按期",   "正常", "overdue", "ontime",
                                           "on time", "late",   NULL};

    return fold_is(key, verdicts) != NULL;
}

/* True when the phrase stands in k, as status.def says. */
static bool stands_in(struct text k, const struct phrase *p)
{
    ptrdiff_t at;
    size_t end;

    if (p->certain == 2)
        return text_ends(k, p->words) && (unsigned char)p->words.p[0] >= 0x80;
    at = text_find(k, p->words);
    if (at < 0 || (unsigned char)p->words.p[0] >= 0x80)
        return at >= 0;
    end = (size_t)at + p->words.n;
    return (at == 0 || k.p[at - 1] == ' ' || (unsigned char)k.p[at - 1] >= 0x80) &&
           (end == k.n || k.p[end] == ' ' || (unsigned char)k.p[end] >= 0x80);
}

int status_yes(struct text t)
{
    static const char *const yes[] = {"是", "√", "✓", "✔", "y", "yes", "true", NULL};
    static const char *const no[] = {"否", "×", "✗", "n", "no", "false", NULL};
    char key[16];
    struct text k;

    k = t.n < sizeof key ? fold(t, FOLD_PUNCT, key, sizeof key) : (struct text){NULL, 0};
    if (fold_is(k, yes))
        return 1;
    return fold_is(k, no) ? 0 : -1;
}

/* A bit for each character of t, by its last byte: a phrase whose first character has no bit in a
 * text cannot stand in it. */
static uint64_t signs_of(struct text t, bool first_only)
{
    uint64_t signs = 0;

    for (size_t i = 0; i < t.n;) {
        size_t n = (unsigned char)t.p[i] < 0x80 ? 1 : (unsigned char)t.p[i] < 0xe0 ? 2 : 3;
        size_t last = i + n <= t.n ? i + n - 1 : t.n - 1;
        signs |= UINT64_C(1) << (t.p[last] & 63);
        if (first_only)
            break;
        i += n;
    }
    return signs;
}

struct status status_read(struct text t)
{
    char key[KEY];
    struct text k = fold(t, FOLD_SPACE, key, sizeof key);
    bool letters = k.n && (unsigned char)k.p[0] < 0x80;
    uint64_t signs;
    int yes;

    if (fold_is_blank(t))
        return (struct status){CLAIM_NONE, DOUBT_NONE};
    if (only_verdict(k))
        return (struct status){CLAIM_NONE, DOUBT_VERDICT_IGNORED};
    yes = status_yes(t);
    if (yes >= 0)
        return (struct status){yes ? CLAIM_PUT_RIGHT : CLAIM_OPEN, DOUBT_STATUS};
    for (int i = 0; i < PHRASES; i++)
        if (text_eq(k, phrases[i].words))
            return (struct status){phrases[i].claim,
                                   phrases[i].certain ? DOUBT_NONE : DOUBT_STATUS};
    /* Spaces mean nothing inside Chinese. */
    if (!letters)
        k = fold(t, FOLD_PLAIN, key, sizeof key);
    signs = signs_of(k, false);
    for (int i = 0; i < PHRASES; i++)
        if (signs_of(phrases[i].words, true) & signs && stands_in(k, &phrases[i]))
            return (struct status){phrases[i].claim, DOUBT_STATUS};
    k = fold(t, FOLD_PUNCT, key, sizeof key);
    if (text_ends(k, T("%"))) {
        int percent = percent_read(&(struct cell){.kind = CELL_TEXT, .text = t});
        if (percent >= 0)
            return (struct status){percent >= 100 ? CLAIM_PUT_RIGHT : CLAIM_IN_PROGRESS,
                                   DOUBT_STATUS};
    }
    return (struct status){CLAIM_NONE, DOUBT_STATUS_UNKNOWN};
}

int percent_read(const struct cell *cell)
{
    struct text t = cell->text;
    int last = -1;

    if (cell->kind == CELL_NUMBER) {
        double v = cell->number;
        if (v > 0 && v <= 1)
            return (int)(v * 100 + 0.5);
        return v >= 0 && v <= 100 ? (int)v : -1;
    }
    for (size_t i = 0; i < t.n; i++) {
        size_t start = i;
        int v = 0;
        bool wide = i + 3 <= t.n && memcmp(t.p + i, "％", 3) == 0;
        if (t.p[i] != '%' && !wide)
            continue;
        /* Back over "80" or "80.5". */
        while (start > 0 &&
               ((t.p[start - 1] >= '0' && t.p[start - 1] <= '9') || t.p[start - 1] == '.'))
            start--;
        for (size_t k = start; k < i && t.p[k] != '.' && v <= 100; k++)
            v = v * 10 + t.p[k] - '0';
        if (start < i && v <= 100)
            last = v;
    }
    return last;
}

/* The number in a level: Arabic, Chinese, Roman; 0 when there is none. */
static int level_number(struct text k, size_t *start, size_t *length)
{
    static const struct {
        const char *sign;
        int value;
        bool han;
    } signs[] = {{"iii", 3},      {"iv", 4},       {"ii", 2},       {"i", 1},
                 {"v", 5},        {"Ⅰ", 1},        {"Ⅱ", 2},        {"Ⅲ", 3},
                 {"Ⅳ", 4},        {"Ⅴ", 5},        {"一", 1, true}, {"二", 2, true},
                 {"三", 3, true}, {"四", 4, true}, {"五", 5, true}};
    struct text head = text_ends(k, T("级")) ? text_head(k, k.n - 3) : k;

    if (head.n && head.p[head.n - 1] >= '1' && head.p[head.n - 1] <= '9' &&
        (head.n == 1 || head.p[head.n - 2] < '0' || head.p[head.n - 2] > '9')) {
        *start = head.n - 1;
        *length = k.n - *start;
        return head.p[head.n - 1] - '0';
    }
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        /* 一 alone is no level, 一级 is; letters only as the whole. */
        struct text sign = text_of(signs[i].sign);
        bool ascii = (unsigned char)sign.p[0] < 0x80, bare = head.n == k.n;
        if (!text_ends(head, sign) || (bare && !ascii && (signs[i].han || head.n > sign.n)) ||
            (ascii && head.n != sign.n))
            continue;
        *start = head.n - sign.n;
        *length = k.n - *start;
        return signs[i].value;
    }
    return 0;
}

struct text level_read(struct text t, struct arena *a, bool *changed)
{
    static const char *const tails[] = {"安全隐患", "事故隐患", "隐患", "风险", "问题", NULL};
    char key[96], out[128];
    struct text trimmed = fold_trim(t), k, prefix;
    const char *tail;
    size_t start, length;
    int number;

    *changed = false;
    if (trimmed.n == 0 || trimmed.n > 64)
        return trimmed;
    if (trimmed.n == 4 && trimmed.p[0] >= '1' && trimmed.p[0] <= '9' && text_ends(trimmed, T("级")))
        return trimmed;
    k = fold(trimmed, FOLD_PLAIN, key, sizeof key);
    number = level_number(k, &start, &length);
    if (number) {
        size_t n = 0;
        prefix = text_head(k, start);
        if (text_eq(prefix, T("一般")) || text_eq(prefix, T("一般隐患")) ||
            text_eq(prefix, T("风险")) || text_eq(prefix, T("隐患")) || text_eq(prefix, T("level")))
            prefix.n = 0;
        memcpy(out, prefix.p, prefix.n);
        n = prefix.n;
        out[n++] = (char)('0' + number);
        memcpy(out + n, "级", 3);
        n += 3;
        *changed = !text_eq(trimmed, (struct text){out, n});
        return *changed ? arena_text(a, (struct text){out, n}) : trimmed;
    }
    tail = fold_ends(k, tails);
    if (tail == NULL || strlen(tail) == k.n)
        return trimmed;
    *changed = true;
    return arena_text(a, text_head(k, k.n - strlen(tail)));
}

enum marking marking_read(struct text t)
{
    static const struct {
        const char *words;
        enum marking marking;
    } words[] = {
        {"绝密", MARKING_TOP_SECRET}, {"机密", MARKING_SECRET}, {"秘密", MARKING_CONFIDENTIAL},
        {"内部", MARKING_INTERNAL},   {"公开", MARKING_OPEN},   {"非密", MARKING_OPEN},
        {"无", MARKING_OPEN}};
    static const char *const terms[] = {"★", "☆", "*", "(", NULL};
    static const char *const tails[] = {"级", "资料", "文件", NULL};
    char key[64];
    struct text k = text_head(t, 48);

    /* Typed with spaces between the characters: 秘　密★1年. */
    k = fold(k, FOLD_PUNCT, key, sizeof key);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct text rest = text_from(k, strlen(words[i].words));
        if (text_starts(k, text_of(words[i].words)) &&
            (rest.n == 0 || fold_starts(rest, terms) || fold_is(rest, tails)))
            return words[i].marking;
    }
    return MARKING_NONE;
}

static bool is_separator(uint32_t cp)
{
    switch (cp) {
    case ',':
    case ';':
    case '/':
    case '|':
    case '\n':
    case 0x3001: /* 、 */
    case 0xff0c: /* ， */
    case 0xff1b: /* ； */
    case 0xff0f: return true;
    default: return false;
    }
}

uint32_t roles_read(struct text t, bool *unknown)
{
    static const struct {
        const char *words;
        enum role role;
    } words[] = {{"经办人", ROLE_CLERK},
                 {"经办", ROLE_CLERK},
                 {"承办人", ROLE_CLERK},
                 {"clerk", ROLE_CLERK},
                 {"审批人", ROLE_APPROVER},
                 {"审核人", ROLE_APPROVER},
                 {"审批", ROLE_APPROVER},
                 {"approver", ROLE_APPROVER},
                 {"联络员", ROLE_LIAISON},
                 {"联络人", ROLE_LIAISON},
                 {"liaison", ROLE_LIAISON},
                 {"责任领导", ROLE_RESPONSIBLE},
                 {"分管领导", ROLE_RESPONSIBLE},
                 {"responsible leader", ROLE_RESPONSIBLE},
                 {"responsible-leader", ROLE_RESPONSIBLE},
                 {"核查人", ROLE_VERIFIER},
                 {"验收人", ROLE_VERIFIER},
                 {"复查人", ROLE_VERIFIER},
                 {"核查员", ROLE_VERIFIER},
                 {"verifier", ROLE_VERIFIER},
                 {"领导", ROLE_LEADER},
                 {"leader", ROLE_LEADER},
                 {"审计员", ROLE_AUDITOR},
                 {"auditor", ROLE_AUDITOR},
                 {"管理员", ROLE_ADMINISTRATOR},
                 {"系统管理员", ROLE_ADMINISTRATOR},
                 {"administrator", ROLE_ADMINISTRATOR},
                 {"admin", ROLE_ADMINISTRATOR}};
    struct text rest = t, piece;
    uint32_t set = 0;

    *unknown = false;
    while (rest.n) {
        size_t start = t.n - rest.n, end = t.n;
        char key[64];
        bool known = false;
        while (rest.n && end == t.n) {
            size_t at = t.n - rest.n;
            if (is_separator(fold_next(&rest)))
                end = at;
        }
        piece = (struct text){t.p + start, end - start};
        piece = fold(piece, FOLD_PUNCT | FOLD_SPACE, key, sizeof key);
        for (size_t i = 0; i < sizeof words / sizeof *words && !known; i++) {
            known = text_eq(piece, text_of(words[i].words));
            if (known)
                set |= BIT(words[i].role);
        }
        *unknown = *unknown || (piece.n && !known);
    }
    return set;
}
