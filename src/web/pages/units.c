/*
 * units.c: the tree of units, a level at a time; one unit or body; and the forms that add, rename
 * and move them and change who belongs to a body.
 */
#include "office/lists/lists.h"
#include "office/office.h"
#include "web/pages/people.h"
#include "web/pages/units.html.h"
#include "web/routes.h"

enum { ROWS = 100 };

static struct text href_of(struct request *q, const char *before, struct text code,
                           const char *behind)
{
    buf_auto struct buf out = BUF(8192);

    buf_str(&out, before);
    html_url(&out, code);
    buf_str(&out, behind);
    return arena_text(q->arena, buf_view(&out));
}

struct text units_href(struct request *q, struct text code)
{
    return href_of(q, "/units/", code, "");
}

static struct text unit_page(struct request *q, struct text code, bool body)
{
    return href_of(q, body ? "/bodies/" : "/units/", code, "");
}

/* The way down to a unit; `self`: the unit itself is on it. Of a level's links, or of units'. */
static int crumbs(struct request *q, struct text code, bool self, bool levels,
                  const struct page_unit_crumb **list, size_t *count, struct err *err)
{
    struct page_unit_crumb *shown;
    struct roster_unit *above;
    size_t n;

    if (roster_above(q->ledger, code, &above, &n, q->arena, err) != 0)
        return -1;
    shown = arena_array(q->arena, struct page_unit_crumb, n + 1);
    if (shown == NULL)
        return err_set(err, NO_MEMORY);
    if (n && !self)
        n--;
    for (size_t i = 0; i < n; i++)
        shown[i] = (struct page_unit_crumb){above[i].name,
                                            levels ? href_of(q, "/units?below=", above[i].code, "")
                                                   : units_href(q, above[i].code)};
    *list = shown;
    *count = n;
    return 0;
}

static int unit_find(struct request *q, struct text code, struct unit_line *line, struct err *err)
{
    int rc = office_unit(q->ledger, code, line, q->arena, err);

    return rc == 0 ? err_set(err, NOT_FOUND, err_sentence(N_("unit")), code) : rc < 0 ? -1 : 0;
}

/* --- a level, or what was searched for ---------------------------------------------------------
 */

static void level_lines(struct response *r, const struct roster_unit *rows, size_t count)
{
    r->type = "application/json";
    for (size_t i = 0; i < count; i++) {
        struct list_row row = {.kind = LIST_UNITS,
                               .unit = {.code = rows[i].code,
                                        .name = rows[i].name,
                                        .kind = rows[i].body ? T("body") : T("unit"),
                                        .parent = rows[i].parent,
                                        .provisional = rows[i].provisional}};
        list_json(&r->body, &row, T(""));
        buf_char(&r->body, '\n');
    }
}

int page_units(struct request *q, struct response *r, struct err *err)
{
    struct page_unit_level page = {.words = text_trim(query_text(q, "name"))};
    struct page_unit_entry *shown = arena_array(q->arena, struct page_unit_entry, ROWS);
    struct text below = query_text(q, "below"), after = query_text(q, "after"), self;
    struct page_pages_links pages = {0};
    struct unit_line here = {0};
    struct roster_unit *rows;
    size_t count;

    if (shown == NULL)
        return err_set(err, NO_MEMORY);
    page.found = page.words.n > 0;
    if (!page.found && below.n &&
        (unit_find(q, below, &here, err) != 0 ||
         crumbs(q, below, false, true, &page.crumbs, &page.crumbs_count, err) != 0))
        return -1;
    if (query_text(q, "before").n &&
        roster_units_back_to(q->ledger, below, page.words, query_text(q, "before"), ROWS, &after,
                             q->arena, err) != 0)
        return -1;
    if ((page.found
             ? roster_units_named(q->ledger, page.words, after, ROWS + 1, &rows, &count, q->arena,
                                  err)
             : roster_level(q->ledger, below, after, ROWS + 1, &rows, &count, q->arena, err)) != 0)
        return -1;
    self = page.found ? href_of(q, "/units?name=", page.words, "")
                      : href_of(q, "/units?below=", below, "");
    if (count > ROWS) {
        count = ROWS;
        pages.more = href_of(q, arena_cstr(q->arena, arena_join(q->arena, self, T("&after="))),
                             rows[ROWS - 1].code, "");
    }
    if (q->json) {
        level_lines(r, rows, count);
        return 0;
    }
    for (size_t i = 0; i < count; i++)
        shown[i] =
            (struct page_unit_entry){.code = rows[i].code,
                                     .href = unit_page(q, rows[i].code, rows[i].body),
                                     .name = rows[i].name,
                                     .body = rows[i].body,
                                     .provisional = rows[i].provisional,
                                     .below = rows[i].below,
                                     .below_href = href_of(q, "/units?below=", rows[i].code, ""),
                                     .parent = rows[i].parent};
    page.here = here.name;
    page.here_href = unit_page(q, below, here.kind.n > 0);
    page.add_href = href_of(q, "/units/new?parent=", below, "");
    page.body_href = T("/units/new?kind=body");
    pages.first = after.n ? self : T("");
    if (after.n && count)
        pages.back = href_of(q, arena_cstr(q->arena, arena_join(q->arena, self, T("&before="))),
                             rows[0].code, "");
    page.pages = &pages;
    page.rows = shown;
    page.rows_count = count;
    page_open(q, r, page_tr(q, N_("Units")), "units");
    page_unit_level(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}

/* --- one unit or body --------------------------------------------------------------------------
 */

static int members_show(struct request *q, struct text body, struct page_unit_sheet *page,
                        struct err *err)
{
    struct page_unit_member *shown;
    struct office_member *list;
    size_t count;

    if (office_members(q->ledger, body, &list, &count, q->arena, err) != 0)
        return -1;
    shown = arena_array(q->arena, struct page_unit_member, count + 1);
    if (shown == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < count; i++)
        shown[i] = (struct page_unit_member){.code = list[i].person,
                                             .name = list[i].name.n ? list[i].name : list[i].person,
                                             .unit = list[i].unit_name,
                                             .until = page_day(q, list[i].until),
                                             .over = date_valid(list[i].until) &&
                                                     list[i].until < q->viewer.today};
    page->members = shown;
    page->members_count = count;
    return 0;
}

static int unit_show(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    struct text code = q->args[0];
    struct page_unit_sheet page = {.wrong = wrong, .code = code, .csrf = text_of(q->csrf)};
    struct unit_line line;

    if (unit_find(q, code, &line, err) != 0 ||
        crumbs(q, code, false, false, &page.crumbs, &page.crumbs_count, err) != 0 ||
        roster_weight(q->ledger, code, &page.units, &page.people, err) < 0)
        return -1;
    page.body = line.kind.n > 0;
    if (page.body && members_show(q, code, &page, err) != 0)
        return -1;
    page.name = line.name;
    page.provisional = line.provisional;
    if (date_valid(line.term_from) || date_valid(line.term_until))
        page.term =
            page_say(q, N_("{0} – {1}"), page_day(q, line.term_from), page_day(q, line.term_until));
    page.href = unit_page(q, code, page.body);
    page.level_href = href_of(q, "/units?below=", code, "");
    page.yesterday = page_day(q, q->viewer.today - 1);
    if (q->viewer.roles & BIT(ROLE_ADMINISTRATOR))
        page.people_href = href_of(q, "/people?unit=", code, "");
    if (!page.body && (q->viewer.roles & BIT(ROLE_CLERK))) {
        page.items_href = href_of(q, "/items?unit=", code, "");
        page.board_href = href_of(q, "/board?unit=", code, "");
    }
    page_open(q, r, line.name, "units");
    page_unit_sheet(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}

int page_unit(struct request *q, struct response *r, struct err *err)
{
    return unit_show(q, r, T(""), err);
}

/* --- adding and changing -----------------------------------------------------------------------
 */

/* Of a new one the form says whether it is a body; of an old one its line. */
static bool is_body(struct request *q, const struct unit_line *line)
{
    return line->code.n
               ? line->kind.n > 0
               : text_eq(q->form_count ? form_line(q, "kind") : query_text(q, "kind"), T("body"));
}

static int change_form(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    bool is_new = q->args[0].n == 0, body;
    struct unit_line line = {.term_from = DATE_NONE, .term_until = DATE_NONE};
    struct form f;

    if (!is_new && unit_find(q, q->args[0], &line, err) != 0)
        return -1;
    body = is_body(q, &line);
    if (is_new)
        form_begin(&f, q, body ? N_("Add a body") : N_("Add a unit"), N_("Add"), T("/units"),
                   page_tr(q, N_("Units")));
    else
        form_begin(&f, q, body ? N_("Change a body") : N_("Rename a unit"), N_("Change"),
                   unit_page(q, q->args[0], body), line.name);
    if (body && is_new)
        f.page.lead = page_tr(q, N_("A body has members from several units, for a term. Who checks "
                                    "a body's work must come from none of its members' units."));
    form_field(&f, "name", "line", N_("Name"), line.name, true);
    if (is_new) {
        form_field(&f, "code", "line", N_("Code"), T(""), false)->hint =
            page_tr(q, N_("empty: one is given"));
        form_field(&f, "parent", "unit", N_("Stands below"),
                   form_unit_name(q, query_text(q, "parent")), false);
        f.page.kind = body ? T("body") : T("");
    }
    if (body) {
        form_field(&f, "from", "day", N_("Term from"), page_day(q, line.term_from), false);
        form_field(&f, "until", "day", N_("Term until"), page_day(q, line.term_until), false);
    }
    form_show(&f, r, "units", wrong);
    return 0;
}

int page_unit_change(struct request *q, struct response *r, struct err *err)
{
    return change_form(q, r, T(""), err);
}

int page_unit_new(struct request *q, struct response *r, struct err *err)
{
    return change_form(q, r, T(""), err);
}

/* Fills the line with what the form says. */
static int unit_take(struct request *q, struct unit_line *line, bool is_new, struct err *err)
{
    bool body = is_body(q, line);
    struct unit_line old;
    int rc = 0;

    if (is_new) {
        if (form_code(q, "code", &line->code, err) != 0 ||
            form_unit(q, "parent", &line->parent, err) != 0)
            return -1;
        rc = line->code.n ? office_unit(q->ledger, line->code, &old, q->arena, err) : 0;
        if (rc != 0)
            return rc < 0 ? -1 : err_set(err, TAKEN, line->code);
        line->kind = body ? T("body") : T("");
    }
    line->name = form_line(q, "name");
    line->provisional = false; /* somebody has looked at it */
    if (body && (form_day(q, "from", N_("Term from"), &line->term_from, err) != 0 ||
                 form_day(q, "until", N_("Term until"), &line->term_until, err) != 0))
        return -1;
    if (date_valid(line->term_from) && date_valid(line->term_until) &&
        line->term_until < line->term_from)
        return err_set(err, FORM_FIELD, err_sentence(N_("Term until")));
    return 0;
}

int page_unit_change_done(struct request *q, struct response *r, struct err *err)
{
    struct command command = {.event = {.kind = EVENT_UNIT_PUT}};
    struct unit_line line = {.term_from = DATE_NONE, .term_until = DATE_NONE};
    bool is_new = q->args[0].n == 0;
    int rc;

    if (!is_new && unit_find(q, q->args[0], &line, err) != 0)
        return -1;
    rc = unit_take(q, &line, is_new, err);
    command.event.unit_put.units = (struct unit_list){&line, 1};
    return form_done(q, r, rc, &command, line.kind.n ? "/bodies/" : "/units/", change_form, err);
}

int page_unit_new_done(struct request *q, struct response *r, struct err *err)
{
    return page_unit_change_done(q, r, err);
}

/* --- moving ------------------------------------------------------------------------------------
 */

static int move_form(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    int64_t units, people;
    struct unit_line line;
    char room[2][24];
    struct form f;

    if (unit_find(q, q->args[0], &line, err) != 0 ||
        roster_weight(q->ledger, q->args[0], &units, &people, err) < 0)
        return -1;
    form_begin(&f, q, N_("Move a unit"), N_("Move"), units_href(q, q->args[0]), line.name);
    f.page.danger = true;
    f.page.warn = page_say(q,
                           N_("With {0} move {1} units below it and {2} people. Their items count "
                              "from then on at the new place, also for the boards, and whoever "
                              "looks after the new place sees them; the old place no longer does."),
                           line.name, html_number(&room[0], units), html_number(&room[1], people));
    form_field(&f, "parent", "unit", N_("Stands below"), form_unit_name(q, line.parent), false);
    form_show(&f, r, "units", wrong);
    return 0;
}

int page_unit_move(struct request *q, struct response *r, struct err *err)
{
    return move_form(q, r, T(""), err);
}

int page_unit_move_done(struct request *q, struct response *r, struct err *err)
{
    struct command command = {.on = q->args[0], .event = {.kind = EVENT_UNIT_MOVE}};
    struct unit_line line;

    if (unit_find(q, q->args[0], &line, err) != 0)
        return -1;
    return form_done(q, r, form_unit(q, "parent", &command.event.unit_move.parent, err), &command,
                     "/units/", move_form, err);
}

/* --- who belongs to a body ---------------------------------------------------------------------
 */

static int join_form(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    struct unit_line line;
    struct form f;

    if (unit_find(q, q->args[0], &line, err) != 0)
        return -1;
    form_begin(&f, q, N_("Add a member"), N_("Add"), unit_page(q, q->args[0], true), line.name);
    form_field(&f, "person", "person", N_("Person"), T(""), true);
    form_field(&f, "until", "day", N_("Member until"), T(""), false)->hint =
        page_tr(q, N_("last day; empty: not limited"));
    form_show(&f, r, "units", wrong);
    return 0;
}

int page_body_join(struct request *q, struct response *r, struct err *err)
{
    return join_form(q, r, T(""), err);
}

int page_body_join_done(struct request *q, struct response *r, struct err *err)
{
    struct command command = {.on = q->args[0], .event = {.kind = EVENT_BODY_MEMBER}};
    struct body_member_event *d = &command.event.body_member;
    struct unit_line line;
    int rc;

    if (unit_find(q, q->args[0], &line, err) != 0)
        return -1;
    rc = form_person(q, "person", &d->person, err) != 0 ||
                 form_day(q, "until", N_("Member until"), &d->until, err) != 0
             ? -1
             : 0;
    if (rc == 0 && d->person.n == 0)
        rc = err_set(err, FORM_FIELD, err_sentence(N_("Person")));
    return form_done(q, r, rc, &command, "/bodies/", join_form, err);
}
