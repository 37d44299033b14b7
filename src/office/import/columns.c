/*
 * columns.c: see columns.h.
 *
 * Scores: a whole match is worth 1000, 2000 or 3000 by its synonym's strength, a synonym inside a
 * longer header less than 1000, by how much of the header it covers; Chinese headers name their
 * thing at the end, so a synonym there counts more. Columns and fields are then paired greedily,
 * best score first, which settles headers such as 完成时间 that could be two things.
 */
#include "office/import/columns.h"

#include <stdlib.h>

#include "base/lang.h"
#include "office/import/fold.h"

enum {
    F = 1 << IMPORT_FINDINGS,
    K = 1 << IMPORT_TASKS,
    U = 1 << IMPORT_UNITS,
    P = 1 << IMPORT_PEOPLE
};
enum { MANY = 1, SEALED = 2, DATE = 4 };

static const struct {
    const char *key, *label, *synonyms[3]; /* strong, ordinary, weak */
    int kinds, flags;
} cols[] = {
    [COL_OTHER] = {"other", N_("other"), {"", "", ""}, F | K | U | P, 0},
#define C(id, key, kinds, flags, label, strong, ordinary, weak) \
    [COL_##id] = {key, label, {strong, ordinary, weak}, kinds, flags},
#include "office/import/columns.def"
#undef C
};

const char *col_key(enum col col)
{
    return cols[col].key;
}

const char *col_label(enum col col)
{
    return cols[col].label;
}

bool col_sealed(enum col col)
{
    return (cols[col].flags & SEALED) != 0;
}

bool col_many(enum col col)
{
    return (cols[col].flags & (MANY | SEALED)) != 0;
}

bool col_date(enum col col)
{
    return (cols[col].flags & DATE) != 0;
}

int col_of(struct text key, enum import_kind kind)
{
    for (int i = 0; i < COL_COUNT; i++)
        if (cols[i].kinds >> kind & 1 && text_eq(key, text_of(cols[i].key)))
            return i;
    return -1;
}

struct synonym {
    struct text text; /* folded */
    uint16_t col, next;
    uint8_t weight; /* 3 strong, 2 ordinary, 1 weak */
    uint8_t length; /* characters */
    bool ascii;
};

enum { BUCKETS = 512, KEY = 384, NO_SYNONYM = UINT16_MAX };

struct synonyms {
    enum import_kind kind;
    struct synonym *at;
    size_t count;
    uint16_t bucket[BUCKETS];
};

static unsigned bucket_of(struct text key)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < key.n; i++)
        h = (h ^ (unsigned char)key.p[i]) * 16777619u;
    return (h ^ h >> 15) % BUCKETS;
}

static bool is_ascii(struct text t)
{
    for (size_t i = 0; i < t.n; i++)
        if ((unsigned char)t.p[i] >= 0x80)
            return false;
    return true;
}

const struct synonyms *synonyms_make(struct arena *a, enum import_kind kind)
{
    struct synonyms *s = arena_take(a, sizeof *s);
    size_t count = 0;

    for (int i = 0; i < COL_COUNT; i++)
        for (int w = 0; w < 3; w++)
            for (const char *p = cols[i].synonyms[w]; *p; p++)
                count += *p == '|' || p[1] == '\0';
    if (s == NULL || (s->at = arena_array(a, struct synonym, count)) == NULL)
        return NULL;
    s->kind = kind;
    memset(s->bucket, 0xff, sizeof s->bucket);
    for (int i = 0; i < COL_COUNT; i++) {
        for (int w = 0; w < 3 && cols[i].kinds >> kind & 1; w++) {
            struct text rest = text_of(cols[i].synonyms[w]), piece;
            while (text_cut(&rest, '|', &piece)) {
                char key[KEY];
                struct text folded = fold(piece, FOLD_PLAIN, key, sizeof key);
                struct synonym *new = &s->at[s->count];
                uint16_t *head = &s->bucket[bucket_of(folded)];
                if (folded.n == 0)
                    continue;
                *new = (struct synonym){
                    arena_text(a, folded),        (uint16_t)i,     *head, (uint8_t)(3 - w),
                    (uint8_t)fold_length(folded), is_ascii(folded)};
                *head = (uint16_t)s->count++;
            }
        }
    }
    return a->failed ? NULL : s;
}

/* Headers that count or ask about a thing do not name the thing: 问题数, 完成率, 是否有措施. */
static bool only_whole(struct text key)
{
    static const char *const ends[] = {"数",   "数量", "率",   "占比", "比例",  "排名", "合计",
                                       "得分", "照片", "图片", "附件", "count", NULL};
    static const char *const starts[] = {"是否", "有无", NULL};

    return fold_ends(key, ends) || fold_starts(key, starts);
}

static void keep(int *best, int score)
{
    if (score > *best)
        *best = score;
}

static void score_whole(const struct synonyms *s, struct text key, int step, int extra, int *best)
{
    if (key.n == 0)
        return;
    for (unsigned i = s->bucket[bucket_of(key)]; i != NO_SYNONYM; i = s->at[i].next)
        if (text_eq(s->at[i].text, key))
            keep(&best[s->at[i].col], s->at[i].weight * step + extra);
}

static void score_inside(const struct synonyms *s, struct text key, int *best)
{
    /* 拟完成整改时间 is a deadline and no fact. */
    static const char *const plans[] = {"拟", "计划", "预计", "要求", "应", "目标", NULL};
    bool plan = fold_starts(key, plans) != NULL;
    int length = (int)fold_length(key);

    if (length < 2 || only_whole(key))
        return;
    for (size_t i = 0; i < s->count; i++) {
        const struct synonym *y = &s->at[i];
        int part = y->length, score;
        bool end;
        if (y->weight == 1 || part < 2 || part >= length || !text_has(key, y->text) ||
            (plan && y->col == COL_COMPLETED))
            continue;
        end = text_ends(key, y->text);
        if (y->ascii && (!end || part * 2 < length))
            continue;
        score = y->weight * 300 * part / length + (end ? 250 : 0);
        if (score >= (cols[y->col].flags & SEALED ? 150 : 350))
            keep(&best[y->col], score);
    }
}

/* The score of every field for one header. */
static void score_header(const struct synonyms *s, const struct header_text *h, int *best)
{
    char own_key[KEY], bare_key[KEY], group_key[KEY], both_key[2 * KEY];
    struct text own = fold(h->own, FOLD_PLAIN, own_key, KEY);
    struct text bare = fold(h->own, FOLD_NO_BRACKETS, bare_key, KEY);
    struct text group = fold(h->group, FOLD_NO_BRACKETS, group_key, KEY);
    struct text both = {both_key, group.n + bare.n};

    memset(best, 0, sizeof *best * COL_COUNT);
    score_whole(s, own, 1000, 0, best);
    score_whole(s, bare, 1000, -1, best);
    if (group.n) {
        int grouped[COL_COUNT] = {0};
        /* 姓名 under 整改责任人 is the person: a weak word yields to a group that is known. */
        score_whole(s, group, 250, 0, grouped);
        for (int i = 0; i < COL_COUNT; i++) {
            if (grouped[i] == 0)
                continue;
            for (int k = 0; k < COL_COUNT; k++)
                if (best[k] == 1000 || best[k] == 999)
                    best[k] = 450;
            keep(&best[i], grouped[i]);
        }
        memcpy(both_key, group.p, group.n);
        memcpy(both_key + group.n, bare.p, bare.n);
        score_whole(s, both, 1000, 5, best);
        score_inside(s, both, best);
    }
    score_inside(s, bare, best);
}

struct candidate {
    int score;
    uint16_t header, col;
};

static int by_score(const void *x, const void *y)
{
    const struct candidate *a = x, *b = y;

    if (a->score != b->score)
        return b->score - a->score;
    return a->col != b->col ? a->col - b->col : a->header - b->header;
}

/* True when a further column may join one that stands for the same field already. */
static bool may_join(enum col col, int first, int score)
{
    if (cols[col].flags & SEALED)
        return true;
    return cols[col].flags & MANY &&
           (score / 1000 == first / 1000 || (score < 1000 && score >= 500));
}

/* A telephone or an address belongs to an originator only beside one. */
static void settle_originator(struct column_match *m, size_t count, const struct header_text *h,
                              const int *taken, enum import_kind kind)
{
    bool person = taken[COL_ORIGINATOR] || taken[COL_ORIGINATOR_IDENTITY];

    for (size_t i = 0; i < count && kind == IMPORT_FINDINGS; i++) {
        char key[KEY];
        struct text own = fold(h[i].own, FOLD_NO_BRACKETS, key, sizeof key);
        bool address = text_eq(own, T("地址")) || text_eq(own, T("address"));
        if (m[i].col == COL_ORIGINATOR_PHONE && !person && !text_has(own, T("人")) &&
            !text_has(own, T("来电")) && !text_has(own, T("群众")) && !text_has(own, T("caller")))
            m[i].col = COL_CONTACT_PHONE;
        if (address && person && (m[i].col == COL_PLACE || m[i].col == COL_OTHER)) {
            m[i].col = COL_ORIGINATOR_ADDRESS;
            m[i].second = false;
        }
    }
}

/* What a table of that kind must have; 0 when it is none. */
static int worth(const int *taken, enum import_kind kind)
{
    int sum = 0, fields = 0, ranks = 0;
    int text = taken[COL_TEXT] > taken[COL_TITLE] ? taken[COL_TEXT] : taken[COL_TITLE];
    bool loop = taken[COL_MEASURE] || taken[COL_DEADLINE] || taken[COL_STATUS] ||
                taken[COL_FOUND] || taken[COL_LEVEL] || taken[COL_PROGRESS] || taken[COL_NUMBER];

    for (int i = COL_OTHER + 1; i < COL_COUNT; i++) {
        sum += taken[i];
        fields += taken[i] > 0;
        ranks += taken[i] > 0 && i >= COL_UNIT_RANK1 && i <= COL_UNIT_RANK5;
    }
    switch (kind) {
    case IMPORT_FINDINGS:
        /* A weak word such as "description" is a problem only in a table of that sort. */
        if (text == 0 || fields < 2 || sum < 3000 || (text <= 1000 && !(loop && sum > 4000)))
            return 0;
        break;
    case IMPORT_TASKS:
        if (!taken[COL_MEASURE] || sum < 3000 || !(taken[COL_NUMBER] || taken[COL_CODE] || text))
            return 0;
        break;
    case IMPORT_UNITS:
        if ((!taken[COL_UNIT_NAME] && ranks < 2) || sum < 2900)
            return 0;
        break;
    case IMPORT_PEOPLE:
    default:
        if (!taken[COL_PERSON_NAME] || fields < 2)
            return 0;
        break;
    }
    return sum;
}

int columns_match(const struct synonyms *s, const struct header_text *headers, size_t count,
                  struct column_match *matches)
{
    struct candidate candidates[HEADER_COLUMNS * 4];
    int taken[COL_COUNT] = {0};
    size_t n = 0;

    if (count > HEADER_COLUMNS)
        count = HEADER_COLUMNS;
    for (size_t i = 0; i < count; i++) {
        int best[COL_COUNT];
        matches[i] = (struct column_match){headers[i].column, COL_OTHER, 0, false, false};
        score_header(s, &headers[i], best);
        for (int col = COL_OTHER + 1; col < COL_COUNT; col++)
            if (best[col] && n < HEADER_COLUMNS * 4)
                candidates[n++] = (struct candidate){best[col], (uint16_t)i, (uint16_t)col};
    }
    qsort(candidates, n, sizeof *candidates, by_score);
    for (size_t k = 0; k < n; k++) {
        struct candidate *c = &candidates[k];
        struct column_match *m = &matches[c->header];
        if (m->col != COL_OTHER) {
            m->ambiguous = m->ambiguous || (c->score == m->score && !taken[c->col]);
        } else if (taken[c->col] && !may_join(c->col, taken[c->col], c->score)) {
            m->second = true;
        } else {
            m->col = c->col;
            m->score = c->score;
            m->second = false;
            if (!taken[c->col])
                taken[c->col] = c->score;
        }
    }
    settle_originator(matches, count, headers, taken, s->kind);
    return worth(taken, s->kind);
}

enum col columns_exact(const struct synonyms *s, struct text header)
{
    char key[KEY];
    struct text own = fold(header, FOLD_PLAIN, key, sizeof key);
    const struct synonym *best = NULL;

    for (unsigned i = s->bucket[bucket_of(own)]; i != NO_SYNONYM; i = s->at[i].next)
        if (text_eq(s->at[i].text, own) && (best == NULL || s->at[i].weight > best->weight))
            best = &s->at[i];
    return best ? (enum col)best->col : COL_OTHER;
}
