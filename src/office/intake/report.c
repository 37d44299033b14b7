/* report.c: see report.h. */
#include "office/intake/report.h"

#include <stdio.h>

static const char *colon(enum lang lang)
{
    return lang == LANG_ZH ? "：" : ": ";
}

void report_doubt(struct buf *out, enum lang lang, const struct doubt *d)
{
    size_t start;

    buf_str(out, "  ");
    start = out->n;
    doubt_place(out, lang, d);
    if (out->n > start) /* a CSV file as a whole has no place */
        buf_str(out, colon(lang));
    doubt_say(out, lang, d);
    buf_char(out, '\n');
}

void report_reject(struct buf *out, enum lang lang, const struct doubt *at, struct text reason)
{
    buf_str(out, tr(lang, N_("! REJECTED ")));
    doubt_place(out, lang, at);
    buf_str(out, colon(lang));
    buf_text(out, reason);
    buf_char(out, '\n');
}

void report_lines(struct report_line lines[static REPORT_LINES], const struct intake_counts *n)
{
    const struct report_line all[REPORT_LINES] = {
        {"rows", N_("rows understood"), n->rows},
        {"added", N_("added"), n->added},
        {"updated", N_("changed"), n->updated},
        {"unchanged", N_("unchanged (in the ledger already)"), n->unchanged},
        {"duplicates", N_("of the added, probable duplicates"), n->duplicates},
        {"skipped", N_("left out as duplicates"), n->skipped},
        {"refused", N_("left as they were, by a rule"), n->refused},
        {"rejected", N_("rejected"), n->rejected},
        {"units_made", N_("units made provisionally"), n->units_made},
        {"people_made", N_("persons noted provisionally"), n->people_made},
        {"doubts", N_("doubts, listed above"), n->doubts}};

    memcpy(lines, all, sizeof all);
}

void report_summary(struct buf *out, enum lang lang, const struct intake_result *r, bool dry_run)
{
    struct report_line lines[REPORT_LINES];

    report_lines(lines, &r->counts);
    buf_str(out, tr(lang, dry_run ? N_("\nNothing was written (--dry-run). It would be:\n")
                                  : N_("\nTaken in:\n")));
    for (int i = 0; i < REPORT_LINES; i++) {
        char number[24];
        int width = snprintf(number, sizeof number, "%lld", (long long)lines[i].n);
        if (lines[i].n == 0 && i > 1)
            continue;
        for (int k = width; k < 8; k++)
            buf_char(out, ' ');
        buf_str(out, number);
        buf_str(out, "  ");
        buf_str(out, tr(lang, lines[i].label));
        buf_char(out, '\n');
    }
    if (r->campaign[0])
        say(out, lang, N_("Campaign: {0}\n"), text_of(r->campaign));
    if (r->rejects[0])
        say(out, lang, N_("Rejected rows, to be mended and given back: {0}\n"),
            text_of(r->rejects));
}
