/* register.c: a new item in a campaign. */
#include "office/outcome.h"
#include "web/html.h"
#include "web/pages/act.h"
#include "web/pages/register.html.h"
#include "web/routes.h"

static struct text address(struct request *q, const char *before, const char *behind)
{
    buf_auto struct buf out = BUF(4096);

    buf_str(&out, before);
    html_url(&out, q->args[0]);
    buf_str(&out, behind);
    return arena_text(q->arena, buf_view(&out));
}

/* The campaign's name. NOT_FOUND when there is none that the viewer may see. */
static int campaign_name(struct request *q, struct text *name, struct err *err)
{
    struct list_query ignored = {0};

    if (list_choose_campaign(&ignored, q->ledger, &q->viewer, q->args[0], name, q->arena, err) != 0)
        return -1;
    if (name->n == 0)
        *name = q->args[0];
    return 0;
}

static int show(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    struct page_act_form *form = act_form(q, verb_find(T("register")), NULL, 0, err);
    struct page_register_page page = {
        .back = address(q, "/items?campaign=", ""), .wrong = wrong, .form = form};

    if (form == NULL)
        return -1;
    if (campaign_name(q, &page.campaign, err) != 0)
        return -1;
    form->action = address(q, "/campaigns/", "/register");
    page_open(q, r, form->title, "items");
    page_register_page(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}

int page_register(struct request *q, struct response *r, struct err *err)
{
    return show(q, r, T(""), err);
}

int page_register_done(struct request *q, struct response *r, struct err *err)
{
    buf_auto struct buf wrong = BUF(BUF_ANY);
    struct outcome outcome = {0};
    struct command command;
    struct param *params;
    struct text name;
    size_t count;
    int rc;

    if (campaign_name(q, &name, err) != 0 ||
        act_params(q, verb_find(T("register")), NULL, &params, &count, err) != 0)
        return -1;
    rc = verb_command(q->ledger, &q->viewer, T("register"), q->args[0], params, count, &command,
                      q->arena, err);
    if (rc == 0)
        rc = act_submit(q, &command, &outcome, err);
    if (rc != 0 && !act_keeps_form(q, err))
        return -1;
    if (rc != 0)
        err_say(&wrong, q->lang, err);
    page_refusal(&wrong, q, &outcome.verdict);
    if (q->json) {
        r->type = "application/json";
        r->status = outcome.verdict.rule ? 409 : 200;
        outcome_json(&r->body, q->lang, q->ledger, &outcome, q->args[0]);
        return 0;
    }
    if (wrong.n == 0) {
        buf_auto struct buf to = BUF(4096);
        buf_str(&to, "/items/");
        html_url(&to, outcome.code);
        respond_see(r, buf_view(&to));
        return 0;
    }
    r->status = outcome.verdict.rule ? 409 : err_http(err) == 503 ? 503 : 422;
    return show(q, r, buf_view(&wrong), err);
}
