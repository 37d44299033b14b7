/*
 * xlsx_merges.c: a sheet's merged ranges, found without parsing.
 *
 * They stand behind the rows, and whoever reads the rows wants them before. A `<` cannot stand in
 * XML text or in an attribute, so a search of the unpacked bytes for `<mergeCell ref="A1:B2"` finds
 * them at a tenth of the cost of parsing; what a comment or CDATA could feign is at worst a range
 * too many.
 */
#include "formats/xlsx.h"

#include "base/mem.h"

/* A block, and in front of it what the last one left over: at most one tag. */
enum { BLOCK = 256 * 1024, TAG = 512 };

void xlsx_merges_release(struct xlsx_merges *m)
{
    mem_free(m->items);
    *m = (struct xlsx_merges){0};
}

/* One corner of a range: "$A$1", "A1"; passes over it. */
static bool corner(const char **s, uint32_t *column, uint32_t *row)
{
    size_t letters;
    uint64_t v = 0;
    int digits = 0;

    if (**s == '$')
        ++*s;
    letters = xlsx_column(*s, column);
    *s += letters;
    if (**s == '$')
        ++*s;
    for (; **s >= '0' && **s <= '9' && digits < 8; ++*s, digits++)
        v = v * 10 + (uint64_t)(**s - '0');
    *row = (uint32_t)v;
    return letters > 0 && v > 0;
}

static void order(uint32_t *low, uint32_t *high)
{
    if (*low > *high) {
        uint32_t swap = *low;
        *low = *high;
        *high = swap;
    }
}

/* The range that a mergeCell tag's attributes give; false for none, or a single cell. */
static bool range(struct text tag, struct merge *m)
{
    ptrdiff_t at = text_find(tag, T("ref="));
    char copy[64];
    const char *s = copy;
    struct text value;

    if (at < 0 || (size_t)at + 5 >= tag.n)
        return false;
    value = text_head(text_from(tag, (size_t)at + 5), sizeof copy - 1);
    memcpy(copy, value.p, value.n);
    copy[value.n] = '\0';
    if (!corner(&s, &m->first_column, &m->first_row) || *s++ != ':' ||
        !corner(&s, &m->last_column, &m->last_row))
        return false;
    order(&m->first_column, &m->last_column);
    order(&m->first_row, &m->last_row);
    return m->first_column != m->last_column || m->first_row != m->last_row;
}

static int add(struct xlsx_merges *m, struct text tag, const struct source *source,
               const struct sheet_limits *limits, struct err *err)
{
    struct merge merge;

    if (!range(tag, &merge))
        return 0;
    if (m->count == limits->merges)
        return source_limit(source, N_("too many merged cells"), limits->merges, err);
    if (!mem_room(&m->items, m->count, &m->room, sizeof *m->items))
        return err_set(err, NO_MEMORY);
    m->items[m->count++] = merge;
    return 0;
}

/* Takes the tags that are whole in *t and leaves in *t what may be the beginning of another. */
static int scan(struct xlsx_merges *m, struct text *t, const struct source *source,
                const struct sheet_limits *limits, struct err *err)
{
    static const struct text name = {"mergeCell ", 10};
    ptrdiff_t at;

    while ((at = text_find(*t, name)) >= 0) {
        struct text tag = text_head(text_from(*t, (size_t)at), TAG);
        const char *close = memchr(tag.p, '>', tag.n);
        if (close == NULL && tag.n < TAG) {
            *t = tag;
            return 0;
        }
        if (close && add(m, text_head(tag, (size_t)(close - tag.p)), source, limits, err) != 0)
            return -1;
        *t = text_from(*t, (size_t)at + name.n);
    }
    if (t->n > name.n - 1)
        *t = text_from(*t, t->n - (name.n - 1));
    return 0;
}

int xlsx_merges_scan(struct xlsx_merges *m, struct archive *a, int64_t entry,
                     const struct sheet_limits *limits, struct err *err)
{
    mem_auto char *block = mem_alloc(TAG + BLOCK);
    struct text rest = {block, 0};
    struct part part;
    int64_t got;
    int rc = 0;

    m->count = 0;
    if (block == NULL)
        return err_set(err, NO_MEMORY);
    if (part_open(&part, a, entry, err) != 0)
        return -1;
    while (rc == 0) {
        memmove(block, rest.p, rest.n);
        got = part_read(&part, block + rest.n, BLOCK, err);
        if (got <= 0) {
            rc = (int)got;
            break;
        }
        rest = (struct text){block, rest.n + (size_t)got};
        rc = scan(m, &rest, a->source, limits, err);
    }
    part_close(&part);
    return rc;
}
