/* pick.c: what a field for a unit or a person offers while somebody types. */
#include "base/json.h"
#include "office/search/search.h"
#include "web/html.h"
#include "web/pages/pages.h"
#include "web/routes.h"

enum { OFFERED = 20 };

struct offer {
    struct text code, name, where; /* where: the unit above, or of a person */
};

/* A name that only one of them bears says who is meant; else the code does. */
static bool alone(const struct offer *list, size_t count, size_t at)
{
    for (size_t i = 0; i < count; i++)
        if (i != at && text_eq(list[i].name, list[at].name))
            return false;
    return true;
}

static void put_option(struct buf *out, const struct offer *o, bool by_name)
{
    buf_str(out, "<option value=\"");
    html_text(out, by_name ? o->name : o->code);
    buf_str(out, "\">");
    html_text(out, by_name ? o->code : o->name);
    if (o->where.n) {
        buf_str(out, " · ");
        html_text(out, o->where);
    }
    buf_str(out, "</option>\n");
}

static void put_object(struct buf *out, const struct offer *o)
{
    bool first = true;

    buf_char(out, '{');
    json_put_key(out, "code", &first);
    json_put_text(out, o->code);
    json_put_key(out, "name", &first);
    json_put_text(out, o->name);
    json_put_key(out, "unit", &first);
    json_put_text(out, o->where);
    buf_char(out, '}');
}

static void answer(struct request *q, struct response *r, const struct offer *list, size_t count)
{
    if (q->json) {
        r->type = "application/json";
        buf_char(&r->body, '[');
    }
    for (size_t i = 0; i < count; i++) {
        if (q->json && i)
            buf_char(&r->body, ',');
        if (q->json)
            put_object(&r->body, &list[i]);
        else
            put_option(&r->body, &list[i], alone(list, count, i));
    }
    if (q->json)
        buf_str(&r->body, "]\n");
}

int page_pick_units(struct request *q, struct response *r, struct err *err)
{
    struct offer list[OFFERED];
    struct unit_hit *found;
    size_t count;

    if (search_units(q->ledger, query_text(q, "q"), T(""), OFFERED, &found, &count, q->arena,
                     err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        list[i] = (struct offer){found[i].code, found[i].name, found[i].parent_name};
    answer(q, r, list, count);
    return 0;
}

int page_pick_people(struct request *q, struct response *r, struct err *err)
{
    struct offer list[OFFERED];
    struct person_hit *found;
    size_t count;

    if (search_people(q->ledger, &q->viewer, query_text(q, "q"), T(""), OFFERED, &found, &count,
                      q->arena, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        list[i] = (struct offer){found[i].code, found[i].name, found[i].unit_name};
    answer(q, r, list, count);
    return 0;
}
