/* items.c: the list of items. */
#include "office/lists/lists.h"
#include "web/pages/items.html.h"
#include "web/pages/pages.h"
#include "web/routes.h"

enum { ROWS = 50 };

int page_items(struct request *q, struct response *r, struct err *err)
{
    struct list_query query = {.kind = LIST_PROBLEMS, .limit = ROWS + 1};
    struct page_item_row *rows = arena_array(q->arena, struct page_item_row, ROWS);
    struct page_mark *marks = arena_array(q->arena, struct page_mark, ROWS);
    buf_auto struct buf more = BUF(4096);
    const struct list_row *row;
    struct text after = query_text(q, "after");
    size_t count = 0;
    struct list *list;
    int rc;

    if (rows == NULL || marks == NULL)
        return err_set(err, NO_MEMORY);
    if (after.n && list_after(&query, q->ledger, &q->viewer, after, q->arena, err) != 0)
        return -1;
    list = list_open(q->ledger, &q->viewer, &query, err);
    if (list == NULL)
        return -1;
    while ((rc = list_next(list, &row, err)) == 1) {
        const struct problem *p = &row->problem;
        if (q->json) {
            list_json(&r->body, row, T(""));
            buf_char(&r->body, '\n');
        }
        if (count == ROWS) {
            buf_str(&more, "/items?after=");
            html_url(&more, rows[count - 1].code);
            break;
        }
        marks[count] = page_state(q, p->state, p->taken_over);
        rows[count] = (struct page_item_row){.code = arena_text(q->arena, p->code),
                                             .words = arena_text(q->arena, p->text),
                                             .lead = arena_text(q->arena, row->who.lead),
                                             .person = arena_text(q->arena, row->who.person),
                                             .due = page_day(q, p->due),
                                             .late = p->overdue,
                                             .state = &marks[count]};
        count++;
    }
    list_close(list);
    if (rc < 0)
        return -1;
    if (q->json) {
        r->type = "application/json";
        return 0;
    }
    page_open(q, r, page_tr(q, N_("Items")), "items");
    page_items_body(
        &r->body, q->lang,
        &(struct page_items_body){.rows = rows, .rows_count = count, .more = buf_view(&more)});
    page_shut(q, r);
    return 0;
}
