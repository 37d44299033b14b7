/* search.c: asking the index, and what is shown of a hit. See search.h. */
#include "base/json.h"
#include "office/lists/scopes.h"
#include "office/search/document.h"
#include "office/search/search.sqlite.sql.h"

/* Labels are phrases: a key of other places that is a bare word must not be taken for one of them,
 * since a failure's texts are translated where the catalogue knows them. */
static const struct {
    const char *key, *label;
} fields[] = {
    [SEARCH_CODE] = {"code", N_("code")},
    [SEARCH_NUMBER] = {"number", N_("number")},
    [SEARCH_TITLE] = {"title", N_("title")},
    [SEARCH_TEXT] = {"text", N_("what it says")},
    [SEARCH_PARTS] = {"parts", N_("one of its points")},
    [SEARCH_OBJECT] = {"object", N_("object")},
    [SEARCH_PLACE] = {"place", N_("place")},
    [SEARCH_CATEGORY] = {"category", N_("category")},
    [SEARCH_REMARKS] = {"remarks", N_("remarks")},
    [SEARCH_TASK] = {"measures", N_("measure")},
    [SEARCH_UNIT] = {"units", N_("unit")},
    [SEARCH_PERSON] = {"people", N_("person")},
    [SEARCH_SAID] = {"said", N_("what was done")},
};

const char *search_field_key(enum search_field field)
{
    return fields[field].key;
}

const char *search_field_label(enum search_field field, enum event_kind said)
{
    if (field == SEARCH_SAID)
        switch (said) {
        case EVENT_ITEM_REGISTER:
        case EVENT_ITEM_AMEND:
        case EVENT_ITEM_REPORT: return N_("progress");
        case EVENT_ITEM_APPLY: return N_("application for strike-off");
        case EVENT_ITEM_VERIFY: return N_("verdict of the check");
        case EVENT_ITEM_ANSWER: return N_("answer");
        case EVENT_ITEM_LOOK_BACK: return N_("later look-back");
        case EVENT_ITEM_INSTRUCT: return N_("leader's order");
        default: break;
        }
    return fields[field].label;
}

/* --- the question ----------------------------------------------------------------------------- */

/* More scopes than this are left to visible.sql alone. */
enum { SCOPES_MOST = 32, MATCH_BYTES = 64 * 1024 };

/* " AND (…)": only what one of the scopes may hold. Nothing where a scope holds everything. */
static void match_scopes(struct buf *out, const struct scopes *scopes)
{
    if (scopes->count > SCOPES_MOST)
        return;
    for (size_t i = 0; i < scopes->count; i++)
        if (scopes->at[i].unit.n == 0 && scopes->at[i].campaign.n == 0)
            return;
    for (size_t i = 0; i < scopes->count; i++) {
        const struct scope *s = &scopes->at[i];
        buf_str(out, i ? " OR (" : " AND ((");
        if (s->unit.n) {
            buf_char(out, '"');
            scope_put_unit(out, s->path);
            buf_char(out, '"');
        }
        if (s->campaign.n) {
            buf_str(out, s->unit.n ? " AND \"" : "\"");
            scope_put_campaign(out, s->campaign);
            buf_char(out, '"');
        }
        buf_char(out, ')');
    }
    buf_char(out, ')');
}

/* The whole condition. The campaign and the subtree that the question is narrowed to are tokens as
 * well: what they lead is among what they answer for. */
static int match(struct buf *out, const struct ask *ask, const struct scopes *scopes,
                 const struct list_query *narrow, struct err *err)
{
    ask_match(out, ask);
    match_scopes(out, scopes);
    if (narrow->campaign.n) {
        buf_str(out, " AND \"");
        scope_put_campaign(out, narrow->campaign);
        buf_char(out, '"');
    }
    if (narrow->path.n) {
        buf_str(out, " AND \"");
        scope_put_unit(out, narrow->path);
        buf_char(out, '"');
    }
    return out->failed ? err_set(err, NO_MEMORY) : 0;
}

/* --- hits ------------------------------------------------------------------------------------- */

/* Characters of a snippet, and how many of them at most stand before what was found. */
enum { SNIPPET_LEAD = 16, SNIPPET = 96, SPANS_MOST = 64 };

static struct text cut_snippet(struct text t, size_t from, size_t *start)
{
    size_t lead = 0, at = from;
    struct text rest;

    while (at > 0 && lead < SNIPPET_LEAD) {
        do
            at--;
        while (at > 0 && ((unsigned char)t.p[at] & 0xc0) == 0x80);
        lead++;
    }
    *start = at;
    rest = text_from(t, at);
    for (int i = 0; i < SNIPPET && rest.n; i++)
        text_next(&rest);
    return (struct text){t.p + at, t.n - at - rest.n};
}

static void set_snippet(struct search_hit *hit, struct text t, const struct span *spans,
                        size_t count, struct arena *arena)
{
    size_t start = 0;
    struct text snippet = cut_snippet(t, count ? spans[0].from : 0, &start);

    hit->snippet = arena_text(arena, snippet);
    hit->cut_before = start > 0;
    hit->cut_behind = start + snippet.n < t.n;
    hit->span_count = 0;
    for (size_t i = 0; i < count && hit->span_count < SEARCH_SPANS; i++) {
        struct span span = {spans[i].from - start, spans[i].to - start};
        if (span.to > snippet.n)
            break;
        hit->spans[hit->span_count++] = span;
    }
}

static int bits(uint32_t set)
{
    return __builtin_popcount(set);
}

/* Looks for the terms in one field; the field that holds most of them, and the first of such, is
 * shown: behind one that holds all there is nothing to look for. */
struct looking_for {
    const struct ask *ask;
    uint32_t found; /* in any field */
    int best;       /* terms in the field that the hit shows */
    struct arena scratch, *arena;
};

static void look(struct looking_for *f, struct search_hit *hit, enum search_field field,
                 struct text value)
{
    struct span spans[SPANS_MOST];
    uint32_t found;
    size_t count;

    arena_clear(&f->scratch);
    count = ask_spans(f->ask, value, spans, SPANS_MOST, &found, &f->scratch);
    f->found |= found;
    if (bits(found) <= f->best)
        return;
    f->best = bits(found);
    hit->field = field;
    set_snippet(hit, value, spans, count, f->arena);
}

/* Whether all terms stand in the document as they were asked for (the index knows pairs of
 * characters, not whole phrases), and where: 1, 0, -1. */
static int confirm(struct looking_for *f, struct search_hit *hit, const struct search_hits_out *row,
                   struct err *err)
{
    uint32_t all = (uint32_t)((UINT64_C(1) << f->ask->count) - 1);
    struct text rest = row->text, value;
    enum search_field field;
    struct entry e;
    const char *why;

    f->found = 0;
    f->best = 0;
    hit->seq = row->seq;
    hit->said = EVENT_NONE;
    if (row->seq < 0) {
        while (f->best < (int)f->ask->count && document_next(&rest, &field, &value))
            look(f, hit, field, value);
    } else {
        arena_auto struct arena of_entry = ARENA(1u << 20);
        if (!entry_read(row->bytes, &of_entry, &e, &why))
            return of_entry.failed
                       ? err_set(err, NO_MEMORY)
                       : err_set(err, CORRUPT, err_sentence(N_("The log")), text_of(why));
        hit->said = e.event.kind;
        look(f, hit, SEARCH_SAID, document_said(&e.event));
    }
    if (f->scratch.failed || f->arena->failed)
        return err_set(err, NO_MEMORY);
    return f->found == all;
}

static void fill(struct search_hit *hit, const struct search_hits_out *row, struct arena *arena)
{
    hit->item = row->id;
    hit->code = arena_text(arena, row->code);
    hit->campaign = arena_text(arena, row->campaign);
    hit->kind = row->kind;
    hit->state = row->state;
    hit->number = arena_text(arena, row->number);
    hit->title = arena_text(arena, row->title);
    hit->about = arena_text(arena, row->about);
    hit->lead_code = arena_text(arena, row->lead);
    hit->lead = arena_text(arena, row->lead_name);
}

/* An item's documents come one after the other, what it says itself last: that is shown where it
 * holds the words, else the newest entry that does. */
static int read_hits(struct rows *rows, struct looking_for *f, struct search_page *page,
                     size_t limit, struct search_hits_in *in, int64_t *seen, struct err *err)
{
    struct search_hits_out row;
    int rc;

    *seen = 0;
    while ((rc = search_hits_next(rows, &row, err)) == 1) {
        struct search_hit hit = {0};
        in->below = row.doc;
        ++*seen;
        bool again = page->count && page->hits[page->count - 1].item == row.id;
        if (again && row.seq >= 0)
            continue;
        if ((rc = confirm(f, &hit, &row, err)) < 0)
            return -1;
        if (rc == 0)
            continue;
        if (!again && page->count == limit) {
            page->more = true;
            break;
        }
        page->count += !again;
        fill(&hit, &row, f->arena);
        page->hits[page->count - 1] = hit;
    }
    return rc < 0 ? -1 : f->arena->failed ? err_set(err, NO_MEMORY) : 0;
}

/* One question in nearly all cases; where many documents do not hold the words as they were asked
 * for, or an item has many that do, others for what stands behind, four times as many each. */
enum { COUNT_MOST = 4000 };

static int ask_hits(struct ledger *l, struct search_hits_in *in, struct looking_for *f,
                    struct search_page *page, size_t limit, struct err *err)
{
    struct rows rows;
    int64_t seen;
    int rc;

    for (in->count = 2 * ((int64_t)limit + 1);; in->count *= 4) {
        if (in->count > COUNT_MOST)
            in->count = COUNT_MOST;
        if (search_hits_open(l->store, in, &rows, err) != 0)
            return -1;
        rc = read_hits(&rows, f, page, limit, in, &seen, err);
        rows_close(&rows);
        if (rc != 0 || page->more || seen < in->count)
            return rc;
    }
}

int search(struct ledger *l, const struct viewer *v, struct text words,
           const struct list_query *narrow, struct search_page *page, struct arena *arena,
           struct err *err)
{
    buf_auto struct buf condition = BUF(MATCH_BYTES);
    struct scopes scopes;
    struct ask ask;
    struct looking_for f = {.ask = &ask, .scratch = ARENA(BUF_ANY), .arena = arena};
    int64_t limit = narrow->limit ? narrow->limit : SEARCH_LIMIT;
    int64_t below = narrow->after.id ? narrow->after.id * DOC_WIDTH : INT64_MAX;
    int rc;

    *page = (struct search_page){0};
    if (!ask_read(&ask, words))
        return err_set(err, TOO_LARGE, err_sentence(N_("What is searched for")),
                       err_sentence(N_("16 words with 64 characters")));
    if (ask.count == 0)
        return err_set(err, NO_WORDS, words);
    if (limit > SEARCH_LIMIT_MOST)
        limit = SEARCH_LIMIT_MOST;
    page->hits = arena_array(arena, struct search_hit, limit);
    if (page->hits == NULL)
        return err_set(err, NO_MEMORY);
    rc = search_ready(l, &page->behind, err);
    if (rc <= 0)
        return rc;
    if (scopes_load(&scopes, l, v, arena, err) != 0)
        return -1;
    if (scopes.count == 0)
        return 0; /* no item can be seen */
    if (match(&condition, &ask, &scopes, narrow, err) != 0)
        return -1;
    rc = ask_hits(l,
                  &(struct search_hits_in){.viewer = v->person,
                                           .today = v->today,
                                           .words = buf_view(&condition),
                                           .below = below,
                                           .campaign = narrow->campaign,
                                           .states = narrow->states,
                                           .path = narrow->path},
                  &f, page, (size_t)limit, err);
    arena_release(&f.scratch);
    return rc;
}

/* --- JSON ------------------------------------------------------------------------------------- */

void search_json(struct buf *out, const struct search_hit *hit)
{
    const struct {
        const char *key;
        struct text value;
    } texts[] = {{"code", hit->code},
                 {"campaign", hit->campaign},
                 {"kind", word_key(&kinds, hit->kind)},
                 {"state", word_key(&states, hit->state)},
                 {"number", hit->number},
                 {"title", hit->title},
                 {"lead_unit", hit->lead},
                 {"lead_unit_code", hit->lead_code},
                 {"field", text_of(search_field_key(hit->field))},
                 {"snippet", hit->snippet}};
    bool first = true;

    buf_char(out, '{');
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].value.n) {
            json_put_key(out, texts[i].key, &first);
            json_put_text(out, texts[i].value);
        }
    if (hit->seq >= 0) {
        json_put_key(out, "entry", &first);
        buf_int(out, hit->seq);
        json_put_key(out, "entry_kind", &first);
        json_put_text(out, text_of(event_shape((int)hit->said)->name));
    }
    json_put_key(out, "cut_before", &first);
    buf_str(out, hit->cut_before ? "true" : "false");
    json_put_key(out, "cut_behind", &first);
    buf_str(out, hit->cut_behind ? "true" : "false");
    json_put_key(out, "spans", &first);
    buf_char(out, '[');
    for (size_t i = 0; i < hit->span_count; i++)
        buf_printf(out, "%s[%zu,%zu]", i ? "," : "", hit->spans[i].from, hit->spans[i].to);
    buf_str(out, "]}");
}
