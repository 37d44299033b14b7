/*
 * act.c: the page of one verb, and commands on their way to the queue; see act.h. Its form is
 * act_form.c's.
 */
#include "web/pages/act.h"

#include "office/lists/show.h"
#include "office/outcome.h"
#include "web/app.h"
#include "web/pages/evidence.h"
#include "web/routes.h"

int act_submit_all(struct request *q, struct command *commands, struct outcome *outcomes,
                   size_t count, struct err *err)
{
    int rc;

    if (q->cut || !watch_answers(q->app->watch, PRIMARY))
        return err_set(err, READ_ONLY);
    for (size_t i = 0; i < count; i++) {
        commands[i].by = q->viewer.person;
        commands[i].via = q->authorization.n ? T("api") : T("web");
    }
    /* Whoever waits for the disk reads nothing meanwhile: a full batch must not take every reader.
     */
    request_lend(q);
    rc = queue_submit_all(q->app->queue, commands, outcomes, count, q->arena, err);
    for (size_t i = 0; i < count && rc == 0; i++)
        if (outcomes[i].seq >= q->size)
            q->size = outcomes[i].seq + 1;
    if (request_take_back(q, rc == 0 ? err : &(struct err){0}) != 0 || rc != 0)
        return -1;
    background_wake(q->app->background);
    for (size_t i = 0; i < count; i++)
        __atomic_add_fetch(outcomes[i].verdict.rule ? &q->app->refusals : &q->app->commands, 1,
                           __ATOMIC_RELAXED);
    return 0;
}

bool act_keeps_form(const struct request *q, const struct err *err)
{
    return !q->json && q->ledger && (err_http(err) < 500 || err_http(err) == 503);
}

int act_submit(struct request *q, struct command *command, struct outcome *outcome, struct err *err)
{
    return act_submit_all(q, command, outcome, 1, err);
}

/* --- the page of one verb ----------------------------------------------------------------------
 */

/* "CODE", or "CODE/n" when the form or the address names a task. */
static struct text subject(struct request *q, int64_t *task)
{
    struct text given = form_text(q, "task").n ? form_text(q, "task") : query_text(q, "task");

    *task = 0;
    if (!text_int(given, task) || *task <= 0)
        return q->args[0];
    return arena_join(q->arena, arena_join(q->arena, q->args[0], T("/")), given);
}

/* What others did since the form was made. */
static void changes_since(struct request *q, struct item_page *item, int64_t head,
                          struct page_act_page *page)
{
    struct page_act_change *list =
        arena_array(q->arena, struct page_act_change, item->history_count + 1);
    size_t count = 0;

    for (size_t i = 0; list && i < item->history_count; i++) {
        const struct entry *e = &item->history[i];
        buf_auto struct buf what = BUF(BUF_ANY);
        if (e->seq <= head)
            continue;
        history_say(&what, q->lang, &item->names, e);
        list[count++] =
            (struct page_act_change){page_time(q, e->at), name_of_person(&item->names, e->by),
                                     arena_text(q->arena, buf_view(&what))};
    }
    page->changes = list;
    page->changes_count = count;
}

/* What a verdict is about, for the verbs that are one. *out stays NULL for others. */
static int gather_case(struct request *q, const struct verb *v, struct item_page *item,
                       const struct page_act_case **out, struct err *err)
{
    const struct problem *p = &item->row->problem;
    struct page_act_case *made = arena_array(q->arena, struct page_act_case, 1);
    struct page_act_task *tasks = arena_array(q->arena, struct page_act_task, p->tasks + 1);
    const struct list_row *row;
    struct list *list;
    size_t n = 0;
    int rc = 0;

    if (v->kind != EVENT_ITEM_VERIFY && v->kind != EVENT_ITEM_LOOK_BACK &&
        v->kind != EVENT_ITEM_STRIKE_OFF)
        return 0;
    if (made == NULL || tasks == NULL)
        return err_set(err, NO_MEMORY);
    list = list_item_tasks(q->ledger, &q->viewer, p, err);
    while (list && n < (size_t)p->tasks && (rc = list_next(list, &row, err)) == 1)
        if (row->task.n)
            tasks[n++] = (struct page_act_task){row->task.n, arena_text(q->arena, row->task.text),
                                                arena_text(q->arena, row->task.progress)};
    list_close(list);
    if (list == NULL || rc < 0)
        return -1;
    *made = (struct page_act_case){.words = p->text,
                                   .progress = p->progress,
                                   .tasks = tasks,
                                   .tasks_count = n,
                                   .evidence = evidence_sides(q, item)};
    *out = made;
    return made->evidence ? 0 : err_set(err, NO_MEMORY);
}

/* The form, again with a sentence when something was wrong with it. */
static int act_show(struct request *q, struct response *r, const struct verb *v, int64_t task,
                    const struct outcome *refused, struct text wrong, struct err *err)
{
    struct item_page item;
    int rc = item_page_open(&item, q->ledger, q->ledger, &q->viewer, q->args[0], q->arena, err);

    if (rc == 0) {
        const struct problem *p = &item.row->problem;
        struct page_mark state = page_state(q, p->state, p->taken_over);
        struct page_act_form *form = act_form(q, v, p, task, err);
        struct page_act_page page = {.code = q->args[0],
                                     .words = p->title.n ? p->title : p->text,
                                     .state = &state,
                                     .title = page_tr(q, act_label(text_of(v->name))),
                                     .wrong = wrong,
                                     .form = form};
        int64_t head;
        rc = form ? gather_case(q, v, &item, &page.about, err) : -1;
        if (rc == 0 && refused && refused->verdict.rule == RULE_STALE &&
            text_int(form_text(q, "head"), &head)) {
            changes_since(q, &item, head, &page);
            form->key = page_key(q); /* what is sent again is another command */
        }
        if (rc == 0) {
            page_open(q, r, page.title, "items");
            page_act_page(&r->body, q->lang, &page);
            page_shut(q, r);
        }
    }
    item_page_close(&item);
    return rc;
}

static const struct verb *verb_asked(struct request *q, struct err *err)
{
    const struct verb *v = verb_find(q->args[1]);

    /* A new item has no number yet; it has a page of its own. */
    if (v == NULL || v->kind == EVENT_ITEM_REGISTER) {
        err_set(err, NOT_FOUND, err_sentence(N_("page")), q->args[1]);
        return NULL;
    }
    return v;
}

int page_act(struct request *q, struct response *r, struct err *err)
{
    const struct verb *v = verb_asked(q, err);
    int64_t task;

    if (v == NULL)
        return -1;
    subject(q, &task);
    return act_show(q, r, v, task, NULL, T(""), err);
}

int page_act_done(struct request *q, struct response *r, struct err *err)
{
    const struct verb *v = verb_asked(q, err);
    buf_auto struct buf wrong = BUF(BUF_ANY);
    const struct list_row *row;
    struct list *list;
    struct param *params;
    struct command command;
    struct outcome outcome = {0};
    struct text on;
    size_t count;
    int64_t task;
    bool found;
    int rc = -1;

    if (v == NULL)
        return -1;
    on = subject(q, &task);
    list = list_item(q->ledger, &q->viewer, q->args[0], err);
    found = list && list_next(list, &row, err) == 1;
    if (found)
        rc = act_params(q, v, &row->problem, &params, &count, err);
    list_close(list);
    if (!found)
        return -1;
    if (rc == 0)
        rc = verb_command(q->ledger, &q->viewer, text_of(v->name), on, params, count, &command,
                          q->arena, err);
    if (rc == 0)
        rc = act_submit(q, &command, &outcome, err);
    if (rc != 0 && !act_keeps_form(q, err))
        return -1;
    if (rc != 0)
        err_say(&wrong, q->lang, err);
    else if (outcome.verdict.rule)
        page_refusal(&wrong, q, &outcome.verdict);
    if (q->json) {
        r->type = "application/json";
        r->status = outcome.verdict.rule ? 409 : 200;
        outcome_json(&r->body, q->lang, q->ledger, &outcome, on);
        return 0;
    }
    if (wrong.n == 0) {
        buf_auto struct buf to = BUF(4096);
        buf_str(&to, "/items/");
        html_url(&to, q->args[0]);
        respond_see(r, local_address(form_text(q, "next"), buf_view(&to)));
        return 0;
    }
    r->status = outcome.verdict.rule ? 409 : err_http(err) == 503 ? 503 : 422;
    return act_show(q, r, v, task, &outcome, buf_view(&wrong), err);
}
