/* seen.c: who opened an item, for those who answer for it; see office/access.h. */
#include "web/app.h"
#include "web/pages/pages.h"
#include "web/pages/seen.html.h"
#include "web/routes.h"

static struct page_seen_row row_of(struct request *q, const struct access_row *from)
{
    buf_auto struct buf how = BUF(256);

    access_channels(&how, from->channels);
    return (struct page_seen_row){.day = page_day(q, from->day),
                                  .who = from->name,
                                  .what = page_tr(q, access_kind_label(from->kind)),
                                  .how = arena_text(q->arena, buf_view(&how)),
                                  .times = from->count,
                                  .first = page_time(q, from->first),
                                  .last = page_time(q, from->last)};
}

int page_who_saw(struct request *q, struct response *r, struct err *err)
{
    struct access_row *rows;
    struct page_seen_row *out;
    size_t count;

    if (access_read(&rows, &count, q->ledger, &q->viewer, q->args[0], NULL, q->arena, err) != 0)
        return -1;
    if (q->json) {
        r->type = "application/json";
        for (size_t i = 0; i < count; i++) {
            access_json(&r->body, q->ledger, &rows[i]);
            buf_char(&r->body, '\n');
        }
        return 0;
    }
    out = arena_array(q->arena, struct page_seen_row, count + 1);
    if (out == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < count; i++)
        out[i] = row_of(q, &rows[i]);
    page_open(q, r, q->args[0], "items");
    page_seen_page(&r->body, q->lang,
                   &(struct page_seen_page){.code = q->args[0], .rows = out, .rows_count = count});
    page_shut(q, r);
    return 0;
}
