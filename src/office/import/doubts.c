/* doubts.c: doubts, rejects and claims as sentences; see draft.h. The sentences: doubts.def. */
#include "office/import/draft.h"

#include <stdio.h>

#include "office/import/mapping.h"

enum { CLIP = 120 }; /* bytes of a cell in a sentence */

static const struct {
    const char *name, *sentence;
} doubts[] = {
    [DOUBT_NONE] = {"NONE", ""},
#define D(kind, sentence) [DOUBT_##kind] = {#kind, sentence},
#include "office/import/doubts.def"
};

static const struct {
    const char *name, *sentence;
} rejects[] = {
#define REJECT(kind, sentence) [REJECT_##kind] = {#kind, sentence},
#include "office/import/doubts.def"
};

const char *claim_label(enum claim claim)
{
    static const char *const labels[] = {
        [CLAIM_NONE] = N_("no claim"),
        [CLAIM_OPEN] = N_("not done"),
        [CLAIM_IN_PROGRESS] = N_("being put right"),
        [CLAIM_BASICALLY] = N_("basically complete, which is not complete"),
        [CLAIM_PUT_RIGHT] = N_("put right, to be verified"),
        [CLAIM_STRUCK_OFF] = N_("struck off"),
        [CLAIM_WITHDRAWN] = N_("withdrawn"),
    };

    return labels[claim];
}

const char *doubt_name(enum doubt_kind kind)
{
    return doubts[kind].name;
}

void doubt_say(struct buf *out, enum lang lang, const struct doubt *d)
{
    char cell[CLIP + 8], row[12];
    struct text clipped = text_clip(d->cell, CLIP);
    struct text taken = d->word ? text_of(tr(lang, d->word)) : d->taken;
    size_t n = 0;

    /* One line: what is broken in the cell is shown with spaces. */
    for (; n < clipped.n; n++)
        cell[n] = (unsigned char)clipped.p[n] < 0x20 ? ' ' : clipped.p[n];
    if (clipped.n < d->cell.n) {
        memcpy(cell + n, "…", 3);
        n += 3;
    }
    snprintf(row, sizeof row, "%u", d->last_row);
    say(out, lang, doubts[d->kind].sentence, (struct text){cell, n}, taken, text_of(row));
}

void doubt_place(struct buf *out, enum lang lang, const struct doubt *d)
{
    char row[12], letters[8];
    size_t start = out->n;

    /* A CSV file's only sheet has no name. */
    if (d->sheet_name.n)
        say(out, lang, N_("sheet {0}"), d->sheet_name);
    if (d->row) {
        if (out->n > start)
            say(out, lang, N_(", "));
        snprintf(row, sizeof row, "%u", d->row);
        say(out, lang, N_("row {0}"), text_of(row));
    }
    if (d->column != DOUBT_NO_COLUMN) {
        if (out->n > start)
            say(out, lang, N_(", "));
        say(out, lang, d->header.n ? N_("column {0} ({1})") : N_("column {0}"),
            column_letters(d->column, letters), d->header);
    }
}

void reject_say(struct buf *out, enum lang lang, enum reject_kind kind)
{
    say(out, lang, rejects[kind].sentence);
}

const char *reject_name(enum reject_kind kind)
{
    return rejects[kind].name;
}
