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
    struct text number;

    snprintf(row, sizeof row, "%u", d->row);
    number = text_of(row);
    if (d->row == 0 && d->column == DOUBT_NO_COLUMN)
        say(out, lang, N_("Sheet {0}"), d->sheet_name);
    else if (d->column == DOUBT_NO_COLUMN)
        say(out, lang, N_("Sheet {0}, row {1}"), d->sheet_name, number);
    else if (d->row == 0)
        say(out, lang, N_("Sheet {0}, column {1} ({2})"), d->sheet_name,
            column_letters(d->column, letters), d->header);
    else
        say(out, lang, N_("Sheet {0}, row {1}, column {2} ({3})"), d->sheet_name, number,
            column_letters(d->column, letters), d->header);
}

void reject_say(struct buf *out, enum lang lang, enum reject_kind kind)
{
    say(out, lang, rejects[kind].sentence);
}

const char *reject_name(enum reject_kind kind)
{
    return rejects[kind].name;
}
