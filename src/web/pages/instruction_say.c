/* instruction_say.c: see instruction_say.h. */
#include "web/pages/instruction_say.h"

#include "web/pages/board_view.h"

struct page_mark instruction_mark(struct request *q, int64_t state)
{
    static const char *const colours[INSTRUCTION_COUNT] = {[INSTRUCTION_GIVEN] = "work",
                                                           [INSTRUCTION_REPORTED] = "wait",
                                                           [INSTRUCTION_RETURNED] = "bad",
                                                           [INSTRUCTION_CLOSED] = "closed",
                                                           [INSTRUCTION_WITHDRAWN] = "aside"};

    return (struct page_mark){page_word(q, &instruction_states, state), text_of(colours[state])};
}

static struct text address(struct request *q, const char *folder, struct text code)
{
    buf_auto struct buf out = BUF(4096);

    buf_str(&out, folder);
    html_url(&out, code);
    return arena_text(q->arena, buf_view(&out));
}

struct text instruction_href(struct request *q, struct text code)
{
    return address(q, "/instructions/", code);
}

static void add(struct request *q, struct buf *out, struct text more)
{
    if (out->n && more.n)
        buf_str(out, q->lang == LANG_ZH ? "，" : ", ");
    buf_text(out, more);
}

struct text instruction_addressee(struct request *q, const struct instruction_row *row)
{
    buf_auto struct buf out = BUF(BUF_ANY);

    add(q, &out, row->unit_name.n ? row->unit_name : row->unit);
    add(q, &out, row->person_name.n ? row->person_name : row->person);
    return arena_text(q->arena, buf_view(&out));
}

struct text number_words(struct request *q, const struct board_number *n)
{
    buf_auto struct buf out = BUF(BUF_ANY);

    buf_text(&out, board_number_label(n->what, q->lang));
    buf_char(&out, ' ');
    buf_int(&out, n->value);
    add(q, &out, page_day(q, n->as_of));
    add(q, &out, n->unit_name.n ? n->unit_name : n->unit);
    add(q, &out, n->campaign);
    return arena_text(q->arena, buf_view(&out));
}

struct text number_href(struct request *q, const struct board_number *n)
{
    struct board_rows rows = {n->unit, n->unit.n ? "1" : NULL, n->campaign, n->as_of};

    return board_items_href(q, &rows, board_terms(q, n->what));
}

struct text instruction_about(struct request *q, const struct instruction_row *row,
                              struct text *href)
{
    *href = T("");
    if (row->item.n) {
        *href = address(q, "/items/", row->item);
        return row->item;
    }
    if (row->number.what.n == 0)
        return T("");
    *href = number_href(q, &row->number);
    return number_words(q, &row->number);
}
