/*
 * campaigns.c: the campaigns that the reader may know of; clerks add, change and close them. One
 * above the reader's clearance, or whose circle they are not in, is not there.
 */
#include "office/lists/lists.h"
#include "office/office.h"
#include "web/pages/campaigns.html.h"
#include "web/pages/people.h"
#include "web/routes.h"

enum { ROWS = 100 };

static struct text href_of(struct request *q, const char *before, struct text code)
{
    buf_auto struct buf out = BUF(4096);

    buf_str(&out, before);
    html_url(&out, code);
    return arena_text(q->arena, buf_view(&out));
}

static struct text marking_word(struct request *q, int64_t marking)
{
    return page_word(q, &markings, marking > 1 ? marking : MARKING_OPEN);
}

static struct text kind_word(struct request *q, struct text kind)
{
    return kind.n ? page_word(q, &kinds, word_of(&kinds, kind)) : T("");
}

static bool is_clerk(const struct request *q)
{
    return (q->viewer.roles & BIT(ROLE_CLERK)) != 0;
}

int page_campaigns(struct request *q, struct response *r, struct err *err)
{
    struct list_query query = {.kind = LIST_CAMPAIGNS, .limit = ROWS + 1};
    struct page_campaign_list page = {.may = is_clerk(q)};
    struct page_campaign_entry *shown = arena_array(q->arena, struct page_campaign_entry, ROWS);
    struct page_pages_links pages = {0};
    const struct list_row *row;
    struct list *list;
    size_t count = 0;
    int rc;

    if (shown == NULL)
        return err_set(err, NO_MEMORY);
    query.after.key = query_text(q, "after");
    if (query_text(q, "before").n &&
        list_campaigns_back_to(q->ledger, &q->viewer, query_text(q, "before"), ROWS,
                               &query.after.key, q->arena, err) != 0)
        return -1;
    list = list_open(q->ledger, &q->viewer, &query, err);
    if (list == NULL)
        return -1;
    while ((rc = list_next(list, &row, err)) == 1) {
        const struct campaign_row *c = &row->campaign;
        if (count == ROWS) {
            pages.more = href_of(q, "/campaigns?after=", shown[ROWS - 1].code);
            break;
        }
        if (q->json) {
            list_json(&r->body, row, T(""));
            buf_char(&r->body, '\n');
        }
        shown[count++] =
            (struct page_campaign_entry){.code = arena_text(q->arena, c->code),
                                         .href = href_of(q, "/campaigns/", c->code),
                                         .name = arena_text(q->arena, c->name),
                                         .kind = kind_word(q, c->kind),
                                         .procedure = arena_text(q->arena, c->procedure),
                                         .marking = marking_word(q, c->marking),
                                         .confidential = c->confidential,
                                         .closed = c->closed};
    }
    list_close(list);
    if (rc < 0)
        return -1;
    if (q->json) {
        r->type = "application/json";
        return 0;
    }
    if (query.after.key.n) {
        pages.first = T("/campaigns");
        pages.back = count ? href_of(q, "/campaigns?before=", shown[0].code) : T("");
    }
    page.pages = &pages;
    page.rows = shown;
    page.rows_count = count;
    page_open(q, r, page_tr(q, N_("Campaigns")), "campaigns");
    page_campaign_list(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}

/* The campaign of the address as the list would show it; NOT_FOUND otherwise. */
static int campaign_find(struct request *q, struct campaign_put_event *data, struct err *err)
{
    int rc = office_campaign(q->ledger, &q->viewer, q->args[0], data, q->arena, err);

    if (rc < 0)
        return -1;
    if (rc == 0 || (data->marking > 1 && data->marking > q->viewer.clearance))
        return err_set(err, NOT_FOUND, err_sentence(N_("campaign")), q->args[0]);
    return 0;
}

int page_campaign(struct request *q, struct response *r, struct err *err)
{
    struct page_campaign_sheet page = {.may = is_clerk(q), .code = q->args[0]};
    struct page_campaign_person *shown;
    struct campaign_put_event data;
    struct roster_person *circle = NULL;
    size_t count = 0;

    if (campaign_find(q, &data, err) != 0)
        return -1;
    if (data.confidential &&
        roster_circle(q->ledger, q->args[0], &circle, &count, q->arena, err) != 0)
        return -1;
    shown = arena_array(q->arena, struct page_campaign_person, count + 1);
    if (shown == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < count; i++)
        shown[i] = (struct page_campaign_person){circle[i].name, circle[i].unit_name};
    page.name = data.name;
    page.kind = kind_word(q, data.kind);
    page.procedure = data.procedure;
    page.marking = marking_word(q, data.marking);
    page.confidential = data.confidential;
    page.closed = data.closed;
    page.href = href_of(q, "/campaigns/", q->args[0]);
    if (page.may) {
        page.items_href = href_of(q, "/items?campaign=", q->args[0]);
        page.board_href = href_of(q, "/board?campaign=", q->args[0]);
    }
    page.circle = shown;
    page.circle_count = count;
    page_open(q, r, data.name, "campaigns");
    page_campaign_sheet(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}

/* --- adding and changing -----------------------------------------------------------------------
 */

static int procedure_field(struct form *f, struct text value, struct err *err)
{
    struct request *q = f->q;
    struct page_act_field *field =
        form_field(f, "procedure", "choice", N_("Procedure"), value, true);
    struct page_act_choice *list;
    struct texts names;

    if (roster_procedures(q->ledger, &names, q->arena, err) != 0)
        return -1;
    list = arena_array(q->arena, struct page_act_choice, names.count + 1);
    if (list == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < names.count; i++)
        list[i] =
            (struct page_act_choice){names.at[i], names.at[i], text_eq(names.at[i], field->value)};
    field->choices = list;
    field->choices_count = names.count;
    return 0;
}

static int change_form(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    bool is_new = q->args[0].n == 0;
    struct campaign_put_event data = {.procedure = T("default")};
    struct form f;

    if (!is_new && campaign_find(q, &data, err) != 0)
        return -1;
    if (is_new)
        form_begin(&f, q, N_("Add a campaign"), N_("Add"), T("/campaigns"),
                   page_tr(q, N_("Campaigns")));
    else
        form_begin(&f, q, N_("Change a campaign"), N_("Change"),
                   href_of(q, "/campaigns/", q->args[0]), data.name);
    if (is_new)
        form_field(&f, "code", "line", N_("Code"), T(""), true)->hint = page_tr(
            q, N_("its items' numbers begin with it, for example HZ2026; it stays for ever"));
    form_field(&f, "name", "line", N_("Name"), data.name, true);
    form_words(&f, "kind", N_("Kind of items"), &kinds, word_of(&kinds, data.kind), N_("any"));
    if (procedure_field(&f, data.procedure, err) != 0)
        return -1;
    form_words(&f, "marking", N_("Marking"), &markings,
               data.marking > 1 ? data.marking : MARKING_OPEN, NULL);
    if (is_new)
        form_field(&f, "confidential", "switch",
                   N_("Confidential: only its circle knows of it; this cannot be changed later"),
                   T(""), false);
    else
        form_field(&f, "closed", "switch", N_("Closed: takes no new items"),
                   data.closed ? T("1") : T(""), false);
    form_show(&f, r, "campaigns", wrong);
    return 0;
}

int page_campaign_new(struct request *q, struct response *r, struct err *err)
{
    return change_form(q, r, T(""), err);
}

int page_campaign_change(struct request *q, struct response *r, struct err *err)
{
    return change_form(q, r, T(""), err);
}

int page_campaign_change_done(struct request *q, struct response *r, struct err *err)
{
    struct command command = {.on = q->args[0], .event = {.kind = EVENT_CAMPAIGN_PUT}};
    struct campaign_put_event *d = &command.event.campaign_put, old;
    bool is_new = q->args[0].n == 0;
    int marking = word_of(&markings, form_line(q, "marking")), kind, rc = 0;

    if (!is_new && campaign_find(q, d, err) != 0)
        return -1;
    if (is_new) {
        rc = form_code(q, "code", &command.on, err);
        if (rc == 0 && command.on.n == 0)
            rc = err_set(err, FORM_FIELD, err_sentence(N_("Code")));
        /* One that the clerk may not know of is told by the rules, in the same words. */
        if (rc == 0)
            rc = office_campaign(q->ledger, &q->viewer, command.on, &old, q->arena, err);
        if (rc == 1)
            rc = err_set(err, TAKEN, command.on);
        d->confidential = form_line(q, "confidential").n > 0;
    }
    d->name = form_line(q, "name");
    kind = word_of(&kinds, form_line(q, "kind"));
    d->kind = word_key(&kinds, kind > 0 ? kind : 0);
    if (form_line(q, "procedure").n)
        d->procedure = form_line(q, "procedure");
    if (marking > 0)
        d->marking = marking;
    if (!is_new)
        d->closed = form_line(q, "closed").n > 0;
    if (rc == 0 && d->name.n == 0)
        rc = err_set(err, FORM_FIELD, err_sentence(N_("Name")));
    return form_done(q, r, rc, &command, "/campaigns/", change_form, err);
}

int page_campaign_new_done(struct request *q, struct response *r, struct err *err)
{
    return page_campaign_change_done(q, r, err);
}
