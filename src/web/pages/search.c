/* search.c: finding items by numbers, words, units, people and reports. */
#include "office/search/search.h"

#include "web/pages/pages.h"
#include "web/pages/search.html.h"
#include "web/routes.h"

enum { UNITS = 6, WORDS_BYTES = 600 };

static void add_piece(struct page_search_piece *list, size_t *count, struct text words, bool hit)
{
    if (words.n)
        list[(*count)++] = (struct page_search_piece){words, hit};
}

/* The snippet cut where hits begin and end, so that the page can mark them. */
static void pieces(struct request *q, const struct search_hit *hit, struct page_search_row *row)
{
    struct page_search_piece *list =
        arena_array(q->arena, struct page_search_piece, SEARCH_SPANS * 2 + 3);
    size_t at = 0, count = 0;

    if (list == NULL)
        return;
    if (hit->cut_before)
        add_piece(list, &count, T("…"), false);
    for (size_t i = 0; i < hit->span_count; i++) {
        const struct span *s = &hit->spans[i];
        add_piece(list, &count, text_head(text_from(hit->snippet, at), s->from - at), false);
        add_piece(list, &count, text_head(text_from(hit->snippet, s->from), s->to - s->from), true);
        at = s->to;
    }
    add_piece(list, &count, text_from(hit->snippet, at), false);
    if (hit->cut_behind)
        add_piece(list, &count, T("…"), false);
    row->pieces = list;
    row->pieces_count = count;
}

static int units(struct request *q, struct text words, struct page_search_page *out,
                 struct err *err)
{
    struct page_search_unit *list = arena_array(q->arena, struct page_search_unit, UNITS);
    struct unit_hit *found;
    size_t count;

    if (list == NULL)
        return err_set(err, NO_MEMORY);
    if (search_units(q->ledger, words, T(""), UNITS, &found, &count, q->arena, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        buf_auto struct buf href = BUF(4096);
        buf_str(&href, "/items?unit=");
        html_url(&href, found[i].code);
        list[i] = (struct page_search_unit){found[i].name, arena_text(q->arena, buf_view(&href))};
    }
    out->units = list;
    out->units_count = count;
    return 0;
}

static int gather(struct request *q, const struct search_page *page, struct text words,
                  struct page_search_page *out, struct err *err)
{
    struct page_search_row *rows = arena_array(q->arena, struct page_search_row, page->count + 1);
    struct page_mark *marks = arena_array(q->arena, struct page_mark, page->count + 1);
    buf_auto struct buf more = BUF(4096);

    if (rows == NULL || marks == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < page->count; i++) {
        const struct search_hit *hit = &page->hits[i];
        marks[i] = page_state(q, hit->state, false);
        rows[i] = (struct page_search_row){
            .code = hit->code,
            .state = &marks[i],
            .lead = hit->lead,
            /* What it is about is told where the hit itself does not tell it. */
            .about = hit->field == SEARCH_TITLE || hit->field == SEARCH_TEXT ? T("") : hit->about,
            .field = page_tr(q, search_field_label(hit->field, hit->said))};
        pieces(q, hit, &rows[i]);
    }
    if (page->more && page->count) {
        buf_str(&more, "/search?q=");
        html_url(&more, words);
        buf_str(&more, "&after=");
        html_url(&more, page->hits[page->count - 1].code);
    }
    out->rows = rows;
    out->rows_count = page->count;
    out->more = arena_text(q->arena, buf_view(&more));
    out->behind = page->behind;
    return units(q, words, out, err);
}

static void answer_json(struct response *r, const struct search_page *page)
{
    r->type = "application/json";
    for (size_t i = 0; i < page->count; i++) {
        search_json(&r->body, &page->hits[i]);
        buf_char(&r->body, '\n');
    }
}

int page_search(struct request *q, struct response *r, struct err *err)
{
    struct text words = text_trim(text_clip(query_text(q, "q"), WORDS_BYTES));
    struct text after = query_text(q, "after");
    struct list_query narrow = {.kind = LIST_PROBLEMS};
    struct page_search_page out = {.words = words};
    struct search_page page = {0};
    buf_auto struct buf wrong = BUF(4096);
    struct err why = {0};
    int rc = 0;

    if (after.n && list_after(&narrow, q->ledger, &q->viewer, after, q->arena, err) != 0)
        return -1;
    if (words.n)
        rc = search(q->ledger, &q->viewer, words, &narrow, &page, q->arena, &why);
    if (rc != 0 && (q->json || err_http(&why) >= 500)) {
        *err = why;
        return -1;
    }
    if (q->json) {
        answer_json(r, &page);
        return 0;
    }
    if (rc != 0) {
        err_say(&wrong, q->lang, &why);
        out.wrong = buf_view(&wrong);
    } else if (page.count == 1 && text_eq(page.hits[0].code, words) && !page.more) {
        /* Whoever gives a whole number wants that item. */
        buf_auto struct buf href = BUF(4096);
        buf_str(&href, "/items/");
        html_url(&href, words);
        respond_see(r, buf_view(&href));
        return 0;
    } else if (gather(q, &page, words, &out, err) != 0) {
        return -1;
    }
    page_open(q, r, page_tr(q, N_("Search")), "");
    page_search_page(&r->body, q->lang, &out);
    page_shut(q, r);
    return 0;
}
