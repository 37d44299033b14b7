/* list_filter.c: see list_filter.h. */
#include "web/pages/list_filter.h"

#include "office/lists/board.h"
#include "office/names.h"
#include "web/html.h"
#include "web/pages/pages.h"

/* Whether a name is one of a filter, and whether it may come several times. */
static const struct {
    const char *name;
    bool several;
} known[] = {{"state", true}, {"overdue", false}, {"soon", false},   {"dated", false},
             {"none", false}, {"unit", false},    {"person", false}, {"campaign", false},
             {"kind", false}, {"from", false},    {"until", false},  {"led", false},
             {"day", false}};

bool filter_has(const struct list_filter *f, const char *name, struct text value)
{
    for (size_t i = 0; i < f->count; i++)
        if (text_eq(f->terms[i].name, text_of(name)) && text_eq(f->terms[i].value, value))
            return true;
    return false;
}

struct text filter_text(const struct list_filter *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++)
        if (text_eq(f->terms[i].name, text_of(name)))
            return f->terms[i].value;
    return T("");
}

void filter_read(struct list_filter *f, const struct given *fields, size_t count)
{
    *f = (struct list_filter){0};
    for (size_t i = 0; i < count && f->count < FILTER_TERMS; i++) {
        struct text value = text_trim(fields[i].value);
        for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
            const char *name = known[k].name;
            if (!text_eq(fields[i].name, text_of(name)) || value.n == 0)
                continue;
            if (known[k].several ? !filter_has(f, name, value) : filter_text(f, name).n == 0)
                f->terms[f->count++] = (struct given){text_of(name), value};
        }
    }
}

void filter_drop(struct list_filter *f, const char *name)
{
    size_t kept = 0;

    for (size_t i = 0; i < f->count; i++)
        if (!text_eq(f->terms[i].name, text_of(name)))
            f->terms[kept++] = f->terms[i];
    f->count = kept;
}

/* --- from terms to a query ---------------------------------------------------------------------
 */

static int bad(const struct given *term, struct err *err)
{
    buf_auto struct buf what = BUF(600);

    buf_text(&what, term->name);
    buf_char(&what, '=');
    buf_text(&what, text_clip(term->value, 200));
    return err_set(err, BAD_VALUE, buf_view(&what));
}

static int take_led(struct list_filter *f, const struct given *term, struct err *err)
{
    if (text_eq(term->value, T("1")))
        f->query.part = PART_LEADS;
    else if (text_eq(term->value, T("itself")))
        f->query.part = PART_ITSELF;
    else if (text_eq(term->value, T("none")))
        f->query.part = PART_NOBODY;
    else
        return bad(term, err);
    return 0;
}

static int take_term(struct list_filter *f, struct request *q, const struct given *term,
                     struct err *err)
{
    struct agenda_query *a = &f->query;
    struct list_query ignored = {.day = f->day};
    struct text name = term->name, value = term->value;
    bool from = text_eq(name, T("from"));
    char day[11];
    int word;

    if (text_eq(name, T("state"))) {
        uint32_t state = list_state(LIST_PROBLEMS, value);
        if (text_eq(value, T("all")))
            a->states = ~0u;
        else if (text_eq(value, T("open")))
            a->states |= STATES_OPEN;
        else if (state)
            a->states |= state;
        else
            return bad(term, err);
    } else if (text_eq(name, T("kind"))) {
        word = word_of(&kinds, value);
        if (word <= 0)
            return bad(term, err);
        a->kind = word;
    } else if (text_eq(name, T("unit"))) {
        return name_unit(q->ledger, value, &a->unit, q->arena, err) != 0
                   ? -1
                   : list_choose_unit(&ignored, q->ledger, a->unit, &f->unit_name, q->arena, err);
    } else if (text_eq(name, T("person"))) {
        if (f->day)
            return err_set(err, NOT_THEN, date_iso(f->day, day));
        return name_person(q->ledger, value, &a->person, q->arena, err);
    } else if (text_eq(name, T("campaign"))) {
        a->campaign = value;
        return list_choose_campaign(&ignored, q->ledger, &q->viewer, value, &f->campaign_name,
                                    q->arena, err);
    } else if (from || text_eq(name, T("until"))) {
        if (!date_parse(value, from ? &a->from : &a->until))
            return bad(term, err);
    } else if (text_eq(name, T("led"))) {
        return take_led(f, term, err);
    } else if (!text_eq(name, T("day")) && !text_eq(value, T("1"))) {
        return bad(term, err);
    }
    return 0;
}

/* The day comes first: what the other terms mean depends on it. Today is now. */
static int take_day(struct list_filter *f, struct request *q, struct err *err)
{
    struct text given = filter_text(f, "day");
    int32_t day;

    f->day = 0;
    if (given.n == 0)
        return 0;
    if (!date_parse(given, &day) || day > q->viewer.today)
        return bad(&(struct given){T("day"), given}, err);
    if (day < q->viewer.today)
        f->day = day;
    else
        filter_drop(f, "day");
    return 0;
}

/* Narrows the deadlines further. */
static void between(struct agenda_query *a, int32_t from, int32_t until)
{
    if (date_valid(from) && (!date_valid(a->from) || a->from < from))
        a->from = from;
    if (date_valid(until) && (!date_valid(a->until) || a->until > until))
        a->until = until;
}

int filter_resolve(struct list_filter *f, struct request *q, struct err *err)
{
    struct agenda_query *a = &f->query;
    int32_t today;

    *a = (struct agenda_query){.from = DATE_NONE, .until = DATE_NONE, .part = PART_ANY};
    if (take_day(f, q, err) != 0)
        return -1;
    today = f->day ? f->day : q->viewer.today;
    /* The unit was taken away from beside it. */
    if (filter_text(f, "unit").n == 0 && !filter_has(f, "led", T("none")))
        filter_drop(f, "led");
    for (size_t i = 0; i < f->count; i++)
        if (take_term(f, q, &f->terms[i], err) != 0)
            return -1;
    f->overdue = filter_text(f, "overdue").n > 0;
    f->soon = filter_text(f, "soon").n > 0;
    a->dated = filter_text(f, "dated").n > 0 || date_valid(a->from) || date_valid(a->until);
    a->undated = filter_text(f, "none").n > 0;
    f->nothing = (f->overdue && f->soon) || (a->undated && (a->dated || f->overdue || f->soon)) ||
                 (a->part == PART_NOBODY && a->unit.n > 0);
    if (a->states == 0)
        a->states = STATES_OPEN;
    if (f->overdue || f->soon) {
        a->states &= STATES_OPEN;
        f->nothing |= a->states == 0;
    }
    if (f->overdue)
        between(a, DATE_NONE, today - 1);
    if (f->soon)
        between(a, today, today + BOARD_SOON);
    if (a->states == ~0u)
        a->states = 0;
    return 0;
}

void filter_query(const struct list_filter *f, struct list_query *query)
{
    const struct agenda_query *a = &f->query;

    query->kind = LIST_PROBLEMS;
    query->day = f->day;
    query->campaign = a->campaign;
    query->overdue = f->overdue;
    query->soon = f->soon && !f->overdue;
    query->part = a->part;
    query->states = a->states;
    query->person = a->person;
    query->item_kind = a->kind;
    query->between = f->nothing || a->dated || a->undated;
    query->since = a->undated ? DUE_NONE : date_valid(a->from) ? a->from : INT64_MIN;
    query->until = f->nothing             ? INT64_MIN
                   : date_valid(a->until) ? a->until
                   : a->dated             ? DUE_NONE - 1
                                          : INT64_MAX;
}

/* --- as an address and in words ----------------------------------------------------------------
 */

void filter_address(struct buf *out, const struct list_filter *f, size_t without)
{
    bool first = true;

    for (size_t i = 0; i < f->count; i++) {
        if (i == without)
            continue;
        if (!first)
            buf_char(out, '&');
        first = false;
        buf_text(out, f->terms[i].name);
        buf_char(out, '=');
        html_url(out, f->terms[i].value);
    }
}

struct text filter_say(const struct list_filter *f, struct request *q, size_t term)
{
    struct text name = f->terms[term].name, value = f->terms[term].value;
    char room[24];

    if (text_eq(name, T("state")))
        return text_eq(value, T("all"))    ? page_tr(q, N_("In every state"))
               : text_eq(value, T("open")) ? page_tr(q, N_("Open"))
               : list_state(LIST_PROBLEMS, value) == LIST_STRUCK_HERE
                   ? page_tr(q, N_("Struck off in this ledger"))
               : list_state(LIST_PROBLEMS, value) == LIST_STRUCK_BEFORE
                   ? page_tr(q, N_("Struck off (older book)"))
                   : page_word(q, &states, word_of(&states, value));
    if (text_eq(name, T("kind")))
        return page_word(q, &kinds, word_of(&kinds, value));
    if (text_eq(name, T("overdue")))
        return page_tr(q, N_("Overdue"));
    if (text_eq(name, T("soon")))
        return page_say(q, N_("Due within {0} days"), html_number(&room, BOARD_SOON));
    if (text_eq(name, T("dated")))
        return page_tr(q, N_("With a deadline"));
    if (text_eq(name, T("none")))
        return page_tr(q, N_("Without a deadline"));
    if (text_eq(name, T("unit")))
        return page_say(q, N_("Unit: {0}"), f->unit_name.n ? f->unit_name : value);
    if (text_eq(name, T("person")))
        return page_say(q, N_("Person: {0}"), value);
    if (text_eq(name, T("campaign")))
        return page_say(q, N_("Campaign: {0}"), f->campaign_name.n ? f->campaign_name : value);
    if (text_eq(name, T("day")))
        return page_say(q, N_("As of {0}"), value);
    if (text_eq(name, T("led")))
        return text_eq(value, T("itself")) ? page_tr(q, N_("Led by the unit itself"))
               : text_eq(value, T("none")) ? page_tr(q, N_("Without a lead unit"))
                                           : page_tr(q, N_("Led by the unit or below it"));
    if (text_eq(name, T("from")))
        return page_say(q, N_("Due from {0}"), value);
    return page_say(q, N_("Due until {0}"), value);
}
