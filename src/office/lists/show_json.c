/* show_json.c: an item's page as one JSON document. */
#include "office/lists/json.h"
#include "office/lists/moment.h"
#include "office/lists/show.h"

static void milestones(struct json_out *j, const struct item_page *p, int64_t task)
{
    bool first = true;

    json_key_any(j, "milestones");
    buf_char(j->out, '[');
    for (size_t i = 0; i < p->milestone_count; i++) {
        const struct milestone_row *m = &p->milestones[i];
        struct json_out row;
        if (m->task != task)
            continue;
        if (!first)
            buf_char(j->out, ',');
        first = false;
        row = json_open(j->out);
        json_key_int(&row, "n", m->n);
        json_key_text(&row, "text", m->text);
        json_key_day(&row, "deadline", m->due);
        json_key_bool(&row, "done", m->done);
        json_close(&row);
    }
    buf_char(j->out, ']');
}

static int tasks(struct json_out *j, struct item_page *p, struct err *err)
{
    const struct list_row *row;
    struct list *list = list_item_tasks(p->l, p->v, &p->row->problem, err);
    bool first = true;
    int rc;

    if (list == NULL)
        return -1;
    json_key_any(j, "tasks");
    buf_char(j->out, '[');
    while ((rc = list_next(list, &row, err)) == 1) {
        struct json_out task;
        if (!first)
            buf_char(j->out, ',');
        first = false;
        task = json_open(j->out);
        json_task(&task, row);
        milestones(&task, p, row->task.n);
        json_close(&task);
    }
    list_close(list);
    buf_char(j->out, ']');
    return rc;
}

/* Who did it and when. */
static void authorship(struct json_out *j, struct item_page *p, const struct entry *e)
{
    json_key_int(j, "seq", e->seq);
    json_key_moment(j, "at", p->l, e->at);
    json_key_text(j, "by", e->by);
    json_key_text(j, "by_name", name_of_person(&p->names, e->by));
}

/* Who approved a plan or gave it back, when and why; empty while nobody has. */
static void decision(struct json_out *j, struct item_page *p, const struct entry *e)
{
    struct text why = T("");

    if (e)
        why = e->event.kind == EVENT_ITEM_RETURN ? e->event.item_return.reason
                                                 : e->event.item_approve.note;
    json_key_text(j, "decided_by", e ? e->by : T(""));
    json_key_text(j, "decided_by_name", e ? name_of_person(&p->names, e->by) : T(""));
    if (e)
        json_key_moment(j, "decided_at", p->l, e->at);
    else
        json_key_text(j, "decided_at", T(""));
    json_key_text(j, "decided_why", why);
}

static void plans(struct json_out *j, struct item_page *p)
{
    json_key_any(j, "plans");
    buf_char(j->out, '[');
    for (size_t i = 0; i < p->plan_count; i++) {
        const struct plan_row *plan = &p->plans[i];
        struct json_out row;
        if (i)
            buf_char(j->out, ',');
        row = json_open(j->out);
        json_key_int(&row, "version", plan->version);
        json_key_text(&row, "state", word_key(&plan_states, plan->state));
        json_key_int(&row, "tasks", plan->tasks);
        json_key_text(&row, "note", plan->entry->event.item_plan.note);
        authorship(&row, p, plan->entry);
        decision(&row, p, plan->decided);
        json_close(&row);
    }
    buf_char(j->out, ']');
}

static void evidence(struct json_out *j, struct item_page *p)
{
    json_key_any(j, "evidence");
    buf_char(j->out, '[');
    for (size_t i = 0; i < p->evidence_count; i++) {
        const struct evidence_line *file = &p->evidence[i].file;
        struct json_out row;
        if (i)
            buf_char(j->out, ',');
        row = json_open(j->out);
        json_key_text(&row, "hash", file->hash);
        json_key_text(&row, "name", file->name);
        json_key_int(&row, "size", file->size);
        json_key_text(&row, "made_at", file->made_at);
        json_key_text(&row, "place", file->place);
        json_key_text(&row, "side", file->side);
        json_key_text(&row, "on", p->evidence[i].entry->on);
        authorship(&row, p, p->evidence[i].entry);
        json_close(&row);
    }
    buf_char(j->out, ']');
}

static void sealed(struct json_out *j, const struct item_page *p)
{
    json_key_any(j, "sealed");
    buf_char(j->out, '[');
    for (size_t i = 0; i < p->sealed_count; i++) {
        const struct sealed_row *s = &p->sealed[i];
        struct json_out row;
        if (i)
            buf_char(j->out, ',');
        row = json_open(j->out);
        json_key_text(&row, "field", s->field);
        if (s->how == SEALED_SHOWN)
            json_key_text(&row, "value", s->value);
        else if (s->how == SEALED_ERASED)
            json_key_bool(&row, "erased", true);
        else if (s->how == SEALED_UNREADABLE)
            json_key_bool(&row, "unreadable", true);
        json_close(&row);
    }
    buf_char(j->out, ']');
}

static void history(struct json_out *j, struct item_page *p)
{
    json_key_any(j, "history");
    buf_char(j->out, '[');
    for (size_t i = 0; i < p->history_count; i++) {
        const struct entry *e = &p->history[i];
        const struct shape *shape = event_shape((int)e->event.kind);
        struct json_out row;
        if (i)
            buf_char(j->out, ',');
        row = json_open(j->out);
        authorship(&row, p, e);
        json_key_text(&row, "via", e->via);
        json_key_text(&row, "kind", text_of(shape->name));
        json_key_text(&row, "on", e->on);
        json_key_any(&row, "data");
        entry_write_data(j->out, shape, &e->event.item_register);
        json_close(&row);
    }
    buf_char(j->out, ']');
}

int item_plans_json(struct buf *out, struct item_page *p, struct err *err)
{
    struct json_out j = json_open(out);

    json_key_text(&j, "code", p->row->problem.code);
    plans(&j, p);
    json_close(&j);
    return out->failed ? err_set(err, NO_MEMORY) : 0;
}

int item_page_json(struct buf *out, struct item_page *p, struct text as_of, struct err *err)
{
    const struct problem *item = &p->row->problem;
    struct json_out j = json_open(out), asked;

    if (as_of.n)
        json_key_text(&j, "as_of", as_of);
    json_problem(&j, p->row);
    json_key_int(&j, "plan", item->plan);
    json_key_text(&j, "plan_state", word_key(&plan_states, item->plan_state));
    json_key_any(&j, "extension_asked");
    asked = json_open(out);
    if (date_valid(item->asked_due)) {
        json_key_int(&asked, "task", item->asked_task);
        json_key_day(&asked, "deadline", item->asked_due);
    }
    json_close(&asked);
    if (tasks(&j, p, err) != 0)
        return -1;
    plans(&j, p);
    evidence(&j, p);
    sealed(&j, p);
    history(&j, p);
    json_close(&j);
    if (p->names.err.code) {
        *err = p->names.err;
        return -1;
    }
    return out->failed ? err_set(err, NO_MEMORY) : 0;
}
