/*
 * project_item.c: what entries about items make of the projections.
 *
 * The item itself is changed by domain/apply.c alone; this file brings the rows in, and the
 * changed ones out, and keeps what is derived from them: counters, duties, chains, likeness.
 */
#include "domain/likeness.h"
#include "item.sql.h"
#include "ledger/agenda.h"
#include "ledger/batch.h"
#include "log.sql.h"

bool subject_split(struct text on, struct text *code, int64_t *n)
{
    struct text rest = on;

    *n = 0;
    text_cut(&rest, '/', code);
    return rest.p == NULL || (text_int(rest, n) && *n > 0);
}

static struct item item_of(const struct item_get_out *r)
{
    return (struct item){.id = r->id,
                         .code = r->code,
                         .campaign = r->campaign,
                         .kind = r->kind,
                         .state = r->state,
                         .class = r->class,
                         .marking = r->marking,
                         .version = r->version,
                         .head = r->head,
                         .lead = r->lead,
                         .person = r->person,
                         .due = due_in(r->due),
                         .found = due_in(r->found),
                         .tasks = r->tasks,
                         .tasks_open = r->tasks_open,
                         .returns = r->returns,
                         .reopened = r->reopened,
                         .plan = r->plan,
                         .plan_state = r->plan_state,
                         .asked_task = r->asked_task,
                         .asked_due = due_in(r->asked_due),
                         .extensions = r->extensions,
                         .report = r->report,
                         .suspended = r->suspended,
                         .owed = r->owed,
                         .answered = r->answered,
                         .passed = r->passed,
                         .taken_over = r->taken_over,
                         .hand = r->hand,
                         .grade = r->grade,
                         .day = (int32_t)r->day};
}

int item_load(struct store *s, struct text code, struct item *item, struct arena *arena,
              struct err *err)
{
    struct item_get_out row;
    int rc = item_get_one(s, &(struct item_get_in){.code = code}, &row, arena, err);

    if (rc == 1)
        *item = item_of(&row);
    return rc;
}

static int item_save(struct batch *b, const struct item *i, struct err *err)
{
    return item_set(b->store,
                    &(struct item_set_in){.id = i->id,
                                          .state = i->state,
                                          .class = i->class,
                                          .marking = i->marking,
                                          .version = i->version,
                                          .head = i->head,
                                          .lead = i->lead,
                                          .person = i->person,
                                          .due = due_out(i->due),
                                          .found = due_out(i->found),
                                          .tasks = i->tasks,
                                          .tasks_open = i->tasks_open,
                                          .returns = i->returns,
                                          .reopened = i->reopened,
                                          .plan = i->plan,
                                          .plan_state = i->plan_state,
                                          .asked_task = i->asked_task,
                                          .asked_due = due_out(i->asked_due),
                                          .extensions = i->extensions,
                                          .report = i->report,
                                          .suspended = i->suspended,
                                          .owed = i->owed,
                                          .answered = i->answered,
                                          .passed = i->passed,
                                          .taken_over = i->taken_over,
                                          .hand = i->hand,
                                          .grade = i->grade,
                                          .day = i->day},
                    err);
}

static int put_duty(struct batch *b, int64_t item, int64_t task, int role, size_t pos,
                    struct text unit, struct text person, struct text duty, struct err *err)
{
    return duty_put(b->store,
                    &(struct duty_put_in){.item = item,
                                          .task = task,
                                          .role = role,
                                          .pos = (int64_t)pos,
                                          .unit = unit,
                                          .person = person,
                                          .duty = duty},
                    err);
}

static int clear_duty(struct batch *b, int64_t item, int64_t task, int role, struct err *err)
{
    return duty_clear(b->store, &(struct duty_clear_in){.item = item, .task = task, .role = role},
                      err);
}

/* Who answers for an item (task 0) or a task. What is not given stays as it is; fresh: there is
 * nothing yet to clear. */
static int put_duties(struct batch *b, int64_t item, int64_t task, bool fresh, struct text lead,
                      struct text person, struct texts assist, struct leader_list leaders,
                      struct err *err)
{
    if ((lead.n || person.n) &&
        put_duty(b, item, task, DUTY_LEAD, 0, lead, person, T(""), err) != 0)
        return -1;
    if (assist.count && !fresh && clear_duty(b, item, task, DUTY_ASSIST, err) != 0)
        return -1;
    for (size_t i = 0; i < assist.count; i++)
        if (put_duty(b, item, task, DUTY_ASSIST, i, assist.at[i], T(""), T(""), err) != 0)
            return -1;
    if (leaders.count && !fresh && clear_duty(b, item, task, DUTY_LEADER, err) != 0)
        return -1;
    for (size_t i = 0; i < leaders.count; i++)
        if (put_duty(b, item, task, DUTY_LEADER, i, T(""), leaders.at[i].person, leaders.at[i].duty,
                     err) != 0)
            return -1;
    return 0;
}

static int task_save(struct batch *b, int64_t item, const struct task *t, struct err *err)
{
    return task_put(b->store,
                    &(struct task_put_in){.item = item,
                                          .n = t->n,
                                          .state = t->state,
                                          .class = t->class,
                                          .text = t->text,
                                          .lead = t->lead,
                                          .person = t->person,
                                          .due = due_out(t->due),
                                          .report = t->report},
                    err);
}

static int load_task(struct batch *b, int64_t item, int64_t n, struct task *t, struct err *err)
{
    struct task_get_out row;
    int rc =
        task_get_one(b->store, &(struct task_get_in){.item = item, .n = n}, &row, b->arena, err);

    if (rc == 1)
        *t = (struct task){.n = n,
                           .state = row.state,
                           .class = row.class,
                           .text = row.text,
                           .lead = row.lead,
                           .person = row.person,
                           .due = due_in(row.due),
                           .report = row.report};
    return rc;
}

static int put_milestones(struct batch *b, int64_t item, int64_t task, struct milestone_list list,
                          struct err *err)
{
    for (size_t i = 0; i < list.count; i++) {
        const struct milestone_line *m = &list.at[i];
        struct milestone_get_out old = {.text = {"", 0}, .due = DUE_NONE};
        int64_t n = m->n ? m->n : (int64_t)i + 1;
        if (milestone_get_one(b->store,
                              &(struct milestone_get_in){.item = item, .task = task, .n = n}, &old,
                              b->arena, err) < 0)
            return -1;
        if (milestone_put(b->store,
                          &(struct milestone_put_in){.item = item,
                                                     .task = task,
                                                     .n = n,
                                                     .text = m->text.n ? m->text : old.text,
                                                     .due = date_valid(m->due) ? m->due : old.due,
                                                     .done = m->done || old.done},
                          err) != 0)
            return -1;
    }
    return 0;
}

/* Adds tasks, or changes them by their number; keeps the item's counts. */
static int put_tasks(struct batch *b, struct item *item, struct task_list list, bool fresh,
                     struct err *err)
{
    for (size_t i = 0; i < list.count; i++) {
        const struct task_line *line = &list.at[i];
        struct task old, t;
        int known = fresh ? 0 : load_task(b, item->id, line->n, &old, err);
        if (known < 0)
            return -1;
        t = task_from(line, known ? &old : NULL);
        if (!fresh) {
            item->tasks += !known;
            item->tasks_open +=
                (t.state <= TASK_ACCEPTED) - (known && old.state <= TASK_ACCEPTED ? 1 : 0);
        }
        if (task_save(b, item->id, &t, err) != 0 ||
            put_duties(b, item->id, t.n, !known, t.lead, t.person, line->assist, line->leaders,
                       err) != 0 ||
            put_milestones(b, item->id, t.n, line->milestones, err) != 0)
            return -1;
    }
    return 0;
}

static int put_evidence(struct batch *b, const struct entry *e, int64_t item,
                        struct evidence_list list, struct err *err)
{
    for (size_t i = 0; i < list.count; i++)
        if (evidence_put(
                b->store,
                &(struct evidence_put_in){.hash = list.at[i].hash, .seq = e->seq, .item = item},
                err) != 0)
            return -1;
    return 0;
}

static struct text join_lines(struct arena *a, struct texts parts)
{
    struct text all = T("");

    for (size_t i = 0; i < parts.count; i++)
        all = i ? arena_join(a, arena_join(a, all, T("\n")), parts.at[i]) : parts.at[0];
    return all;
}

/* What finds an item again: its text's key and the number it carried. */
static int index_text(struct batch *b, const struct item *item, const struct text_put_in *t,
                      bool add, struct err *err)
{
    int64_t key = likeness_key(t->text, t->object, t->place, item->found);
    struct text campaign = item->campaign;

    if (key && (add ? likeness_put(b->store, &(struct likeness_put_in){key, t->id}, err)
                    : likeness_drop(b->store, &(struct likeness_drop_in){key, t->id}, err)) != 0)
        return -1;
    if (t->number.n == 0)
        return 0;
    return add ? carried_put(b->store, &(struct carried_put_in){campaign, t->number, t->id}, err)
               : carried_drop(b->store, &(struct carried_drop_in){campaign, t->number, t->id}, err);
}

/* chained: the entry hangs on another item's chain already. */
static int project_register(struct batch *b, const struct entry *e, bool chained, struct err *err)
{
    const struct item_register_event *d = &e->event.item_register;
    struct item item;
    struct item_last_id_out last;
    struct campaign *c;
    struct item_put_in row;
    struct text_put_in t;
    struct spread spread = {0};
    int64_t serial;
    struct text dash = text_from(e->on, d->campaign.n + 1);

    if (b->last_item == 0) {
        if (item_last_id_one(b->store, NULL, &last, b->arena, err) < 0)
            return -1;
        b->last_item = last.id;
    }
    if (batch_campaign(b, d->campaign, &c, err) != 0)
        return -1;
    item = item_new(d, c ? c->rules.without : 0);
    if (c && text_int(dash, &serial) && serial > c->last) {
        c->last = serial;
        c->changed = true;
    }
    item.id = ++b->last_item;
    item.code = e->on;
    item.head = e->seq;
    item.day = b->day;
    if (d->progress.n)
        item.report = e->seq;
    row = (struct item_put_in){.id = item.id,
                               .code = item.code,
                               .campaign = item.campaign,
                               .kind = item.kind,
                               .state = item.state,
                               .class = item.class,
                               .marking = item.marking,
                               .version = item.version,
                               .head = item.head,
                               .lead = item.lead,
                               .person = item.person,
                               .due = due_out(item.due),
                               .found = due_out(item.found),
                               .tasks = item.tasks,
                               .tasks_open = item.tasks_open,
                               .plan_state = item.plan_state,
                               .asked_due = DUE_NONE,
                               .report = item.report,
                               .owed = item.owed,
                               .taken_over = item.taken_over,
                               .hand = T(""),
                               .grade = T(""),
                               .day = item.day};
    t = (struct text_put_in){.id = item.id,
                             .number = d->number,
                             .title = d->title,
                             .text = d->text,
                             .parts = join_lines(b->arena, d->parts),
                             .category = d->category,
                             .object = d->object,
                             .place = d->place,
                             .level = d->level,
                             .source = d->source,
                             .cite = d->cite,
                             .remarks = d->remarks,
                             .originator = d->originator,
                             .likely = d->likely,
                             .after = d->after,
                             .file = d->file,
                             .sheet = d->sheet,
                             .row = d->row};
    if (item_put(b->store, &row, err) != 0 || text_put(b->store, &t, err) != 0 ||
        put_duties(b, item.id, 0, true, d->lead, d->person, d->assist, d->leaders, err) != 0 ||
        put_tasks(b, &item, d->tasks, true, err) != 0 || index_text(b, &item, &t, true, err) != 0)
        return -1;
    if (!chained && thread_put(b->store, &(struct thread_put_in){e->seq, item.id, -1}, err) != 0)
        return -1;
    if (agenda_spread(b, item.id, &spread, err) != 0 || agenda_put(b, &item, &spread, err) != 0)
        return -1;
    return batch_count(b, &item, 1, err);
}

/* Where closed items never reopen, a failed look-back makes a new item that is linked to the old
 * one and says the same. */
static int recur(struct batch *b, const struct entry *e, const struct item *old, struct err *err)
{
    struct text_get_out t;
    struct entry made = {.seq = e->seq, .at = e->at, .by = e->by};
    struct item_register_event *d = &made.event.item_register;
    int rc = text_get_one(b->store, &(struct text_get_in){.id = old->id}, &t, b->arena, err);

    if (rc <= 0)
        return rc;
    made.on = e->event.item_look_back.item;
    made.event.kind = EVENT_ITEM_REGISTER;
    *d = (struct item_register_event){.campaign = old->campaign,
                                      .kind = word_key(&kinds, old->kind),
                                      .title = t.title,
                                      .text = t.text,
                                      .category = t.category,
                                      .object = t.object,
                                      .place = t.place,
                                      .level = t.level,
                                      .lead = old->lead,
                                      .person = old->person,
                                      .marking = old->marking,
                                      .remarks = e->event.item_look_back.reason,
                                      .found = DATE_NONE,
                                      .due = DATE_NONE,
                                      .after = old->code};
    /* The new item hangs on the look-back's entry, which is in the old item's chain. */
    return project_register(b, &made, true, err);
}

/* What is given replaces, what is cleared is emptied. */
static struct text amended(struct text old, struct text given, struct texts clear, const char *name)
{
    if (given.n)
        return given;
    for (size_t i = 0; i < clear.count; i++)
        if (text_eq(clear.at[i], text_of(name)))
            return T("");
    return old;
}

static int amend_text(struct batch *b, const struct item *before, const struct item *item,
                      const struct item_amend_event *d, struct err *err)
{
    struct text_get_out old;
    struct text_put_in was, now;
    int rc = text_get_one(b->store, &(struct text_get_in){.id = item->id}, &old, b->arena, err);

    if (rc <= 0)
        return rc;
    was = (struct text_put_in){.id = item->id,
                               .number = old.number,
                               .text = old.text,
                               .object = old.object,
                               .place = old.place};
    now = (struct text_put_in){
        .id = item->id,
        .number = amended(old.number, d->number, d->clear, "number"),
        .title = amended(old.title, d->title, d->clear, "title"),
        .text = d->text.n ? d->text : old.text,
        .parts = d->parts.count ? join_lines(b->arena, d->parts)
                                : amended(old.parts, T(""), d->clear, "parts"),
        .category = amended(old.category, d->category, d->clear, "category"),
        .object = amended(old.object, d->object, d->clear, "object"),
        .place = amended(old.place, d->place, d->clear, "place"),
        .level = amended(old.level, d->level, d->clear, "level"),
        .source = amended(old.source, d->source, d->clear, "source"),
        .cite = amended(old.cite, d->cite, d->clear, "cite"),
        .remarks = amended(old.remarks, d->remarks, d->clear, "remarks"),
        .originator = amended(old.originator, d->originator, d->clear, "originator"),
        .likely = old.likely,
        .after = old.after,
        .file = d->file.n ? d->file : old.file,
        .sheet = d->file.n ? d->sheet : old.sheet,
        .row = d->file.n ? d->row : old.row};
    if (index_text(b, before, &was, false, err) != 0)
        return -1;
    return text_put(b->store, &now, err) != 0 ? -1 : index_text(b, item, &now, true, err);
}

/* The rows beside the item that an event changes. */
static int project_around(struct batch *b, const struct entry *e, const struct item *before,
                          struct item *item, struct err *err)
{
    const struct event *d = &e->event;

    switch (d->kind) {
    case EVENT_ITEM_AMEND:
        if (amend_text(b, before, item, &d->item_amend, err) != 0)
            return -1;
        for (size_t i = 0; i < d->item_amend.clear.count; i++)
            if (text_eq(d->item_amend.clear.at[i], T("assist")) &&
                clear_duty(b, item->id, 0, DUTY_ASSIST, err) != 0)
                return -1;
            else if (text_eq(d->item_amend.clear.at[i], T("leaders")) &&
                     clear_duty(b, item->id, 0, DUTY_LEADER, err) != 0)
                return -1;
        if (d->item_amend.progress.n)
            item->report = e->seq;
        /* The lead unit and the person stand in one row. */
        if ((!text_eq(before->lead, item->lead) || !text_eq(before->person, item->person)) &&
            put_duty(b, item->id, 0, DUTY_LEAD, 0, item->lead, item->person, T(""), err) != 0)
            return -1;
        return put_duties(b, item->id, 0, false, T(""), T(""), d->item_amend.assist,
                          d->item_amend.leaders, err) != 0
                   ? -1
                   : put_tasks(b, item, d->item_amend.tasks, false, err);
    case EVENT_ITEM_ASSIGN:
        return put_duties(b, item->id, 0, false, item->lead, item->person, d->item_assign.assist,
                          d->item_assign.leaders, err);
    case EVENT_ITEM_TASK: return put_tasks(b, item, d->item_task.tasks, false, err);
    case EVENT_ITEM_PLAN:
        return plan_put(
            b->store,
            &(struct plan_put_in){.item = item->id, .version = d->item_plan.version, .seq = e->seq},
            err);
    case EVENT_ITEM_REPORT: return put_evidence(b, e, item->id, d->item_report.evidence, err);
    case EVENT_ITEM_ATTACH: return put_evidence(b, e, item->id, d->item_attach.evidence, err);
    case EVENT_ITEM_APPLY: return put_evidence(b, e, item->id, d->item_apply.evidence, err);
    case EVENT_ITEM_VERIFY: return put_evidence(b, e, item->id, d->item_verify.evidence, err);
    case EVENT_ITEM_LOOK_BACK:
        if (d->item_look_back.item.n && recur(b, e, item, err) != 0)
            return -1;
        return put_evidence(b, e, item->id, d->item_look_back.evidence, err);
    case EVENT_ITEM_INSTRUCT: return project_instruct(b, e, item, err);
    case EVENT_ITEM_HANDOVER:
        if (task_hand(b->store,
                      &(struct task_hand_in){.item = item->id,
                                             .from_person = d->item_handover.from,
                                             .to_person = d->item_handover.to},
                      err) != 0)
            return -1;
        return duty_hand(b->store,
                         &(struct duty_hand_in){.item = item->id,
                                                .from_person = d->item_handover.from,
                                                .to_person = d->item_handover.to},
                         err);
    default: return 0;
    }
}

static bool counted_alike(const struct item *x, const struct item *y)
{
    return x->state == y->state && x->due == y->due && x->marking == y->marking &&
           x->taken_over == y->taken_over && text_eq(x->lead, y->lead);
}

/* Events that may change which units answer for an item. */
static bool changes_units(enum event_kind kind)
{
    return kind == EVENT_ITEM_AMEND || kind == EVENT_ITEM_ASSIGN || kind == EVENT_ITEM_TASK;
}

/* The item's places in the agenda, when the event moves them. before: the units that answered for
 * it until now, if they were looked up. */
static int project_agenda(struct batch *b, const struct item *was, const struct item *item,
                          struct spread *before, struct err *err)
{
    struct spread after = {0};

    if (before->units == NULL) {
        if (was->state == item->state && was->due == item->due)
            return 0;
        if (agenda_spread(b, item->id, before, err) != 0)
            return -1;
        after = *before;
    } else if (agenda_spread(b, item->id, &after, err) != 0) {
        return -1;
    }
    return agenda_drop(b, was, before, err) != 0 ? -1 : agenda_put(b, item, &after, err);
}

/* What is counted of an item changes: on a later day, what it was is kept. */
static int recount(struct batch *b, const struct item *was, const struct item *item,
                   struct err *err)
{
    if (was->day < b->day && item_day_put(b->store,
                                          &(struct item_day_put_in){.item = was->id,
                                                                    .day = was->day,
                                                                    .state = was->state,
                                                                    .due = due_out(was->due),
                                                                    .lead = was->lead},
                                          err) != 0)
        return -1;
    return batch_count(b, was, -1, err) != 0 ? -1 : batch_count(b, item, 1, err);
}

int project_item(struct batch *b, const struct entry *e, struct err *err)
{
    struct item was, item;
    struct spread units = {0};
    struct task task;
    struct campaign *c;
    struct text code;
    int64_t n, asked;
    int rc;

    if (e->event.kind == EVENT_ITEM_REGISTER)
        return project_register(b, e, false, err);
    if (!subject_split(e->on, &code, &n))
        code = e->on;
    rc = item_load(b->store, code, &item, b->arena, err);
    if (rc <= 0)
        return rc;
    if (batch_campaign(b, item.campaign, &c, err) != 0)
        return -1;
    was = item;
    asked = e->event.kind == EVENT_ITEM_GRANT ? item.asked_task : n;
    rc = asked ? load_task(b, item.id, asked, &task, err) : 0;
    if (rc < 0)
        return -1;
    item_apply(&item, rc ? &task : NULL, &e->event, c ? c->rules.without : 0, e->seq, e->by);
    item.head = e->seq;
    if (rc && task_save(b, item.id, &task, err) != 0)
        return -1;
    if (e->event.kind == EVENT_TASK_MILESTONE &&
        put_milestones(b, item.id, n, e->event.task_milestone.milestones, err) != 0)
        return -1;
    if (changes_units(e->event.kind) && agenda_spread(b, item.id, &units, err) != 0)
        return -1;
    if (project_around(b, e, &was, &item, err) != 0 ||
        project_agenda(b, &was, &item, &units, err) != 0 ||
        project_instructions_follow(b, &was, &item, err) != 0)
        return -1;
    if (!counted_alike(&was, &item)) {
        item.day = b->day;
        if (recount(b, &was, &item, err) != 0)
            return -1;
    }
    if (item_save(b, &item, err) != 0)
        return -1;
    return thread_put(b->store, &(struct thread_put_in){e->seq, item.id, was.head}, err);
}

int project(struct batch *b, const struct entry *e, struct err *err)
{
    int32_t day = ledger_day(b->ledger, e->at);

    /* What was counted until now belongs to the day that is over. */
    if (day != b->day && b->tally_count && batch_flush(b, err) != 0)
        return -1;
    b->day = day;
    if (seen_put(b->store, &(struct seen_put_in){.id = e->id, .seq = e->seq}, err) != 0)
        return -1;
    if (instruction_event(e->event.kind))
        return project_instruction(b, e, err);
    if (e->event.kind >= EVENT_ITEM_REGISTER)
        return project_item(b, e, err);
    if (office_entry_put(b->store, &(struct office_entry_put_in){.seq = e->seq}, err) != 0)
        return -1;
    return project_office(b, e, err);
}
