/* tokens.c: see tokens.h. */
#include "office/search/tokens.h"

#include "simplified.h"

/* To be raised when the rules of this file change, or what document.c makes of an entry. */
enum { RULES = 2 };

int64_t tokens_version(void)
{
    return (int64_t)RULES << 32 | SIMPLIFIED_FINGERPRINT;
}

static uint32_t simplify(uint32_t cp)
{
    size_t low = 0, high = sizeof simplified / sizeof simplified[0];

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (simplified[mid][0] == cp)
            return simplified[mid][1];
        if (simplified[mid][0] < cp)
            low = mid + 1;
        else
            high = mid;
    }
    return cp;
}

static bool within(uint32_t cp, uint32_t first, uint32_t last)
{
    return cp >= first && cp <= last;
}

/* Scripts that are written without spaces, by Unicode's blocks. */
static bool spaceless(uint32_t cp)
{
    return within(cp, 0x4e00, 0x9fff) || cp == 0x3005 || cp == 0x3007 ||
           within(cp, 0x3041, 0x3096) || within(cp, 0x30a1, 0x30fa) || within(cp, 0x30fc, 0x30fe) ||
           within(cp, 0x3400, 0x4dbf) || within(cp, 0xac00, 0xd7a3) || within(cp, 0xf900, 0xfaff) ||
           within(cp, 0x20000, 0x3fffd);
}

/* Letters of other scripts; the blocks below U+2000 have little else. */
static bool letter(uint32_t cp)
{
    return within(cp, 'a', 'z') || within(cp, '0', '9') ||
           (within(cp, 0xc0, 0x1fff) && cp != 0xd7 && cp != 0xf7 && cp != 0x60c && cp != 0x61b &&
            cp != 0x61f && cp != 0x6d4 && !text_is_space(cp));
}

static uint32_t small(uint32_t cp)
{
    if (within(cp, 'A', 'Z') || (within(cp, 0xc0, 0xde) && cp != 0xd7) ||
        within(cp, 0x391, 0x3a9) || within(cp, 0x410, 0x42f))
        return cp + 32;
    return within(cp, 0x400, 0x40f) ? cp + 80 : cp;
}

enum kind { BREAK, SPACE, JOINER, LETTER, CHARACTER };

static enum kind kind_of(uint32_t cp, uint32_t *folded)
{
    if (within(cp, 0xff01, 0xff5e))
        cp -= 0xfee0;
    *folded = cp;
    if (text_is_space(cp))
        return SPACE;
    if (spaceless(cp)) {
        *folded = simplify(cp);
        return CHARACTER;
    }
    *folded = small(cp);
    if (letter(*folded))
        return LETTER;
    if (cp == '-' || cp == '_' || cp == '/' || cp == '.' || cp == ':' ||
        within(cp, 0x2010, 0x2015) || cp == 0x2212)
        return JOINER;
    return BREAK;
}

static void add(struct piece *p, uint32_t cp)
{
    char bytes[4];
    size_t n = text_encode(cp, bytes);

    if (p->n + n > sizeof p->folded)
        return;
    memcpy(p->folded + p->n, bytes, n);
    p->n += n;
}

/* FNV-1a, 64 bits; two different words of one text are not met with the same one. */
static uint64_t word_key(const struct piece *p)
{
    uint64_t key = 14695981039346656037u;

    for (size_t i = 0; i < p->n; i++)
        key = (key ^ (unsigned char)p->folded[i]) * 1099511628211u;
    return key | UINT64_C(1) << 63;
}

bool piece_next(struct pieces *r, struct piece *p)
{
    bool spaced = false, broken = !r->begun, both;
    int joiners = 0;
    enum kind kind = BREAK;
    uint32_t folded = 0;
    struct text rest = text_from(r->all, r->at);

    p->n = 0;
    while (rest.n) {
        p->from = r->all.n - rest.n;
        kind = kind_of(text_next(&rest), &folded);
        if (kind >= LETTER)
            break;
        spaced = spaced || kind == SPACE;
        broken = broken || kind == BREAK;
        joiners += kind == JOINER;
    }
    if (kind < LETTER) {
        r->at = r->all.n;
        return false;
    }
    add(p, folded);
    r->at = r->all.n - rest.n;
    while (kind == LETTER && rest.n) {
        if (kind_of(text_next(&rest), &folded) != LETTER)
            break;
        add(p, folded);
        r->at = r->all.n - rest.n;
    }
    p->to = r->at;
    p->word = kind == LETTER;
    p->key = p->word ? word_key(p) : folded;
    both = p->word && r->word;
    p->joined =
        !broken && (both ? joiners == 1 && !spaced : joiners == 0 && !(spaced && r->asking));
    r->begun = true;
    r->word = p->word;
    return true;
}

/* The token of a piece that is joined to the one before it. */
static void put_pair(struct buf *out, const struct piece *before, const struct piece *p)
{
    buf_bytes(out, before->folded, before->n);
    if (before->word && p->word)
        buf_char(out, '-');
    buf_bytes(out, p->folded, p->n);
}

void tokens_put(struct buf *out, struct text t)
{
    struct pieces r = {.all = t};
    struct piece at[2];

    for (int i = 0; piece_next(&r, &at[i]); i = !i) {
        buf_char(out, ' ');
        buf_bytes(out, at[i].folded, at[i].n);
        if (at[i].joined) {
            buf_char(out, ' ');
            put_pair(out, &at[!i], &at[i]);
        }
    }
}

/* Longer words are completed by their first so many bytes. */
enum { BEGINNING_BYTES = 16 };

static void put_beginning(struct buf *out, struct text word)
{
    buf_str(out, "_p");
    buf_text(out, text_clip(word, BEGINNING_BYTES));
}

static void put_name_pair(struct buf *out, const struct piece *before, const struct piece *p)
{
    buf_str(out, "_p");
    put_pair(out, before, p);
}

void tokens_put_name(struct buf *out, struct text t)
{
    struct pieces r = {.all = t};
    struct piece at[2];

    for (int i = 0; piece_next(&r, &at[i]); i = !i) {
        struct text word = {at[i].folded, at[i].n}, rest = word;
        while (rest.n && word.n - rest.n < BEGINNING_BYTES) {
            text_next(&rest);
            buf_char(out, ' ');
            put_beginning(out, text_head(word, word.n - rest.n));
        }
        if (at[i].joined && !at[i].word && !at[!i].word) {
            buf_char(out, ' ');
            put_name_pair(out, &at[!i], &at[i]);
        }
    }
}

bool ask_read(struct ask *ask, struct text words)
{
    struct pieces r = {.all = words, .asking = true};
    struct piece p;
    size_t n = 0;

    ask->count = 0;
    if (words.n > ASK_BYTES)
        return false;
    while (piece_next(&r, &p)) {
        if (n == ASK_PIECES || (!p.joined && ask->count == ASK_TERMS))
            return false;
        if (!p.joined)
            ask->terms[ask->count++] = (struct term){.first = n};
        ask->terms[ask->count - 1].count++;
        ask->pieces[n++] = p;
    }
    return true;
}

void ask_match(struct buf *out, const struct ask *ask)
{
    for (size_t i = 0; i < ask->count; i++) {
        const struct piece *p = &ask->pieces[ask->terms[i].first];
        size_t tokens = ask->terms[i].count > 1 ? ask->terms[i].count - 1 : 1;
        for (size_t k = 0; k < tokens; k++) {
            buf_str(out, i || k ? " AND \"" : "\"");
            if (ask->terms[i].count > 1)
                put_pair(out, &p[k], &p[k + 1]);
            else
                buf_bytes(out, p->folded, p->n);
            buf_char(out, '"');
        }
    }
}

void ask_match_name(struct buf *out, const struct ask *ask)
{
    size_t count =
        ask->count ? ask->terms[ask->count - 1].first + ask->terms[ask->count - 1].count : 0;

    for (size_t i = 0; i < count; i++) {
        const struct piece *p = &ask->pieces[i];
        buf_str(out, i ? " AND \"" : "\"");
        if (p->joined && !p->word && !p[-1].word)
            put_name_pair(out, &p[-1], p);
        else
            put_beginning(out, (struct text){p->folded, p->n});
        buf_char(out, '"');
    }
}

/* What is left of the text's pieces to compare with. */
struct mark {
    uint64_t key;
    size_t from, to;
    bool joined;
};

static bool stands_at(const struct ask *ask, const struct term *term, const struct mark *marks,
                      size_t left)
{
    if (term->count > left)
        return false;
    for (size_t k = 0; k < term->count; k++)
        if (ask->pieces[term->first + k].key != marks[k].key || (k && !marks[k].joined))
            return false;
    return true;
}

size_t ask_spans(const struct ask *ask, struct text t, struct span *spans, size_t room,
                 uint32_t *found, struct arena *arena)
{
    struct pieces r = {.all = t};
    struct piece p;
    struct mark *marks = arena_array(arena, struct mark, t.n + 1);
    size_t n = 0, count = 0;

    *found = 0;
    while (marks && piece_next(&r, &p))
        marks[n++] = (struct mark){p.key, p.from, p.to, p.joined};
    for (size_t at = 0; at < n; at++)
        for (size_t i = 0; i < ask->count; i++) {
            const struct term *term = &ask->terms[i];
            struct span span;
            if (!stands_at(ask, term, &marks[at], n - at))
                continue;
            *found |= 1u << i;
            span = (struct span){marks[at].from, marks[at + term->count - 1].to};
            if (count && span.from < spans[count - 1].to) {
                if (span.to > spans[count - 1].to)
                    spans[count - 1].to = span.to;
            } else if (count < room) {
                spans[count++] = span;
            }
        }
    return count;
}
