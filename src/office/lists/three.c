/*
 * three.c: problems, tasks and responsibilities.
 *
 * Each list is one cursor over its rows and one or two beside it, all in the order of items. They
 * are merged here: what belongs to an item is taken off the cursors beside it when they come to
 * that item. Memory holds one item at a time.
 */
#include <stdio.h>

#include "office/lists/cursor.h"

/* lists.sql counts on these. */
_Static_assert(STATE_VERIFIED == 7 && STATE_STANDING == 9 && STATE_TRANSFERRED == 10,
               "lists.sql names states by number");
_Static_assert(STATE_STRUCK_OFF == 8 && STATE_COUNT == 13 && PART_ITSELF == 2,
               "lists.sql parts what was struck off");
_Static_assert(TASK_OPEN == 1 && TASK_ACCEPTED == 2 && TASK_DONE == 3 && TASK_DROPPED == 4,
               "lists.sql names states of tasks by number");

static int32_t day_of(int64_t day)
{
    return day == DUE_NONE ? DATE_NONE : (int32_t)day;
}

struct text list_progress(struct text bytes, struct arena *arena)
{
    struct entry e;

    if (bytes.n == 0 || !entry_read(bytes, arena, &e, NULL))
        return T("");
    switch (e.event.kind) {
    case EVENT_ITEM_REPORT: return e.event.item_report.text;
    case EVENT_ITEM_REGISTER: return e.event.item_register.progress;
    case EVENT_ITEM_AMEND: return e.event.item_amend.progress;
    default: return T("");
    }
}

/* --- the cursors beside ----------------------------------------------------------------------- */

static int64_t limit_of(const struct list *q)
{
    return q->q.limit > 0 ? q->q.limit : COUNT_ALL;
}

/* The duties of the list's items. Tasks are chosen by more than their items: for them, all items of
 * the campaign. */
static int open_duties(struct list *q, struct err *err)
{
    bool items = q->q.kind == LIST_PROBLEMS;

    return list_duties_open(q->l->store,
                            &(struct list_duties_in){.viewer = q->v->person,
                                                     .today = q->v->today,
                                                     .after = q->q.after.id - !items,
                                                     .campaign = q->q.campaign,
                                                     .states = items ? q->q.states : 0,
                                                     .path = items ? q->q.path : T(""),
                                                     .overdue = items ? list_lateness(&q->q) : 0,
                                                     .narrow = q->narrow,
                                                     .person = items ? q->q.person : T(""),
                                                     .kind = items ? q->q.item_kind : 0,
                                                     .since = items ? list_since(&q->q) : INT64_MIN,
                                                     .until = items ? list_until(&q->q) : INT64_MAX,
                                                     .part = items ? q->q.part : PART_LEADS},
                            &q->duties, err);
}

static bool keep_line(struct list *q, const struct list_duties_out *d)
{
    struct arena *a = &q->of_item;

    if (q->line_count == q->line_room) {
        size_t room = q->line_room ? q->line_room * 2 : 16;
        struct duty_line *lines = arena_array(a, struct duty_line, room);
        if (lines == NULL)
            return false;
        if (q->line_count)
            memcpy(lines, q->lines, q->line_count * sizeof *lines);
        q->lines = lines;
        q->line_room = room;
    }
    q->lines[q->line_count++] = (struct duty_line){.task = d->task,
                                                   .role = d->role,
                                                   .unit = arena_text(a, d->unit),
                                                   .unit_name = arena_text(a, d->unit_name),
                                                   .path = arena_text(a, d->path),
                                                   .person = arena_text(a, d->person),
                                                   .person_name = arena_text(a, d->person_name),
                                                   .home = arena_text(a, d->home),
                                                   .home_name = arena_text(a, d->home_name),
                                                   .home_path = arena_text(a, d->home_path),
                                                   .duty = arena_text(a, d->duty)};
    return !a->failed;
}

/* Takes the item's duties off their cursor; those of items in between are none of this list's. */
static int take_duties(struct list *q, int64_t item, struct err *err)
{
    int rc = 1;

    if (q->item == item)
        return 0;
    arena_clear(&q->of_item);
    q->item = item;
    q->lines = NULL;
    q->line_count = q->line_room = 0;
    for (;;) {
        if (!q->duty_ahead) {
            rc = list_duties_next(&q->duties, &q->duty, err);
            if (rc <= 0)
                return rc;
            q->duty_ahead = true;
        }
        if (q->duty.item > item)
            return 0;
        if (q->duty.item == item && q->duty.role && !keep_line(q, &q->duty))
            return err_set(err, NO_MEMORY);
        q->duty_ahead = false;
    }
}

static int take_measures(struct list *q, struct problem *p, struct err *err)
{
    struct measure *measures = NULL;
    size_t count = 0, room = 0;

    for (;;) {
        if (!q->measure_ahead) {
            int rc = list_measures_next(&q->measures, &q->measure, err);
            if (rc < 0)
                return -1;
            if (rc == 0)
                break;
            q->measure_ahead = true;
        }
        if (q->measure.item > p->id)
            break;
        if (q->measure.item == p->id && q->measure.n) {
            if (count == room) {
                struct measure *more = arena_array(&q->of_row, struct measure, room * 2 + 8);
                if (more == NULL)
                    return err_set(err, NO_MEMORY);
                if (count)
                    memcpy(more, measures, count * sizeof *more);
                measures = more;
                room = room * 2 + 8;
            }
            measures[count++] = (struct measure){.n = q->measure.n,
                                                 .text = arena_text(&q->of_row, q->measure.text),
                                                 .due = DATE_NONE};
        }
        q->measure_ahead = false;
    }
    p->measures = measures;
    p->measure_count = count;
    return 0;
}

/* Assisting units and leaders: the task's own, or where it has none and its item's unit leads, its
 * item's. Task 0 is the item. */
static int fill_answerable(struct list *q, struct answerable *who, int64_t task, bool same,
                           struct err *err)
{
    int64_t from[2] = {task, task}; /* whose assisting units, whose leaders */
    struct text *units = arena_array(&q->of_row, struct text, q->line_count + 1);
    struct leader_name *leaders = arena_array(&q->of_row, struct leader_name, q->line_count + 1);

    if (units == NULL || leaders == NULL)
        return err_set(err, NO_MEMORY);
    for (int i = 0; i < 2 && same; i++) {
        bool own = false;
        for (size_t k = 0; k < q->line_count; k++)
            own = own || (q->lines[k].task == task && q->lines[k].role == DUTY_ASSISTS + i);
        from[i] = own ? task : 0;
    }
    who->assisting_count = who->leader_count = 0;
    for (size_t k = 0; k < q->line_count; k++) {
        const struct duty_line *d = &q->lines[k];
        if (d->role == DUTY_ASSISTS && d->task == from[0])
            units[who->assisting_count++] = d->unit_name.n ? d->unit_name : d->unit;
        else if (d->role == DUTY_ANSWERS && d->task == from[1])
            leaders[who->leader_count++] =
                (struct leader_name){d->person_name.n ? d->person_name : d->person, d->duty};
    }
    who->assisting = units;
    who->leaders = leaders;
    return 0;
}

/* --- problems --------------------------------------------------------------------------------- */

static struct list_problems_in problems_in(const struct list *q)
{
    return (struct list_problems_in){.viewer = q->v->person,
                                     .today = q->v->today,
                                     .after = q->q.after.id,
                                     .campaign = q->q.campaign,
                                     .states = q->q.states,
                                     .path = q->q.path,
                                     .overdue = list_lateness(&q->q),
                                     .narrow = q->narrow,
                                     .person = q->q.person,
                                     .kind = q->q.item_kind,
                                     .since = list_since(&q->q),
                                     .until = list_until(&q->q),
                                     .part = q->q.part,
                                     .count = limit_of(q)};
}

/* Those of one item, together: `main` are its own row or its tasks. */
static int open_one(struct list *q, struct asked main, struct err *err)
{
    struct asked both[] = {main, list_duties_of_ask(&(struct list_duties_of_in){q->only})};

    if (store_ask(q->l->store, both, sizeof both / sizeof both[0], err) != 0)
        return -1;
    q->main = both[0].rows;
    q->duties = both[1].rows;
    return 0;
}

static int open_problems(struct list *q, struct err *err)
{
    struct list_problems_in in = problems_in(q);

    if (q->only)
        return open_one(
            q,
            list_problem_of_ask(&(struct list_problem_of_in){q->v->person, q->v->today, q->only}),
            err);
    if (list_problems_open(q->l->store, &in, &q->main, err) != 0 || open_duties(q, err) != 0)
        return -1;
    if (!q->q.measures)
        return 0;
    return list_measures_open(q->l->store,
                              &(struct list_measures_in){.viewer = in.viewer,
                                                         .today = in.today,
                                                         .after = in.after,
                                                         .campaign = in.campaign,
                                                         .states = in.states,
                                                         .path = in.path,
                                                         .overdue = in.overdue,
                                                         .narrow = in.narrow,
                                                         .person = in.person,
                                                         .kind = in.kind,
                                                         .since = in.since,
                                                         .until = in.until,
                                                         .part = in.part},
                              &q->measures, err);
}

struct problem list_problem(const struct list_problems_out *r, int32_t today)
{
    return (struct problem){.id = r->id,
                            .code = r->code,
                            .campaign = r->campaign,
                            .kind = r->kind,
                            .state = r->state,
                            .class = r->class,
                            .marking = r->marking,
                            .version = r->version,
                            .head = r->head,
                            .due = day_of(r->due),
                            .found = day_of(r->found),
                            .overdue = state_open(r->state) && r->due < today,
                            .suspended = r->suspended,
                            .taken_over = r->taken_over,
                            .owed = r->owed,
                            .answered = r->answered,
                            .tasks = r->tasks,
                            .tasks_open = r->tasks_open,
                            .returns = r->returns,
                            .reopened = r->reopened,
                            .extensions = r->extensions,
                            .plan = r->plan,
                            .plan_state = r->plan_state,
                            .asked_task = r->asked_task,
                            .asked_due = day_of(r->asked_due),
                            .grade = r->grade,
                            .number = r->number,
                            .title = r->title,
                            .text = r->text,
                            .parts = r->parts,
                            .category = r->category,
                            .object = r->object,
                            .place = r->place,
                            .level = r->level,
                            .source = r->source,
                            .cite = r->cite,
                            .remarks = r->remarks,
                            .originator = r->originator,
                            .likely = r->likely,
                            .follows = r->follows,
                            .file = r->file,
                            .sheet = r->sheet,
                            .row = r->row};
}

static int next_problem(struct list *q, struct err *err)
{
    struct list_problems_out r;
    struct problem *p = &q->row.problem;
    int rc = list_problems_next(&q->main, &r, err);

    if (rc <= 0)
        return rc;
    arena_clear(&q->of_row);
    *p = list_problem(&r, q->v->today);
    p->progress = list_progress(r.report, &q->of_row);
    q->row.who = (struct answerable){
        .lead_code = r.lead, .lead = r.lead_name, .person_code = r.person, .person = r.person_name};
    if (take_duties(q, p->id, err) != 0 || fill_answerable(q, &q->row.who, 0, false, err) != 0 ||
        (q->q.measures && take_measures(q, p, err) != 0))
        return -1;
    return q->of_row.failed ? err_set(err, NO_MEMORY) : 1;
}

const struct list_ops list_problem_ops = {open_problems, next_problem};

/* --- tasks ------------------------------------------------------------------------------------ */

static int open_tasks(struct list *q, struct err *err)
{
    bool whole = q->q.kind == LIST_RESPONSIBILITIES;
    const struct list_place *after = &q->q.after;

    if (q->only)
        return open_one(q, list_tasks_of_ask(&(struct list_tasks_of_in){q->only}), err);
    if (list_tasks_open(q->l->store,
                        &(struct list_tasks_in){.viewer = q->v->person,
                                                .today = q->v->today,
                                                .after = after->id - 1,
                                                .campaign = q->q.campaign,
                                                .states = q->q.states,
                                                .path = whole ? T("") : q->q.path,
                                                .overdue = list_lateness(&q->q),
                                                .narrow = q->narrow,
                                                .whole = whole,
                                                .key_item = after->id,
                                                .key_task = after->task,
                                                .count = whole ? COUNT_ALL : limit_of(q)},
                        &q->main, err) != 0)
        return -1;
    return open_duties(q, err);
}

/* "CODE/n", and "CODE" for what is no task. */
static struct text task_code(struct list *q, struct text code, int64_t n)
{
    char number[24];
    int length = snprintf(number, sizeof number, "/%lld", (long long)n);

    return n ? arena_join(&q->of_row, code, (struct text){number, (size_t)length}) : code;
}

static int next_task_row(struct list *q, struct list_tasks_out *r, struct err *err)
{
    int rc = list_tasks_next(&q->main, r, err);
    bool open;

    if (rc <= 0)
        return rc;
    arena_clear(&q->of_row);
    open = state_open(r->item_state) && r->state <= TASK_ACCEPTED;
    q->row.task = (struct task_row){.code = task_code(q, r->code, r->n),
                                    .n = r->n,
                                    .state = r->state,
                                    .class = r->class,
                                    .item = r->code,
                                    .campaign = r->campaign,
                                    .number = r->number,
                                    .title = r->title,
                                    .item_text = r->item_text,
                                    .text = r->text,
                                    .item_state = r->item_state,
                                    .due = day_of(r->due),
                                    .overdue = open && r->due < q->v->today,
                                    .progress = list_progress(r->report, &q->of_row)};
    q->row.who = (struct answerable){.lead_code = r->lead,
                                     .lead = r->lead_name,
                                     .person_code = r->person,
                                     .person = r->person_name};
    if (take_duties(q, r->id, err) != 0 ||
        fill_answerable(q, &q->row.who, r->n, text_eq(r->lead, r->item_lead), err) != 0)
        return -1;
    return q->of_row.failed ? err_set(err, NO_MEMORY) : 1;
}

static int next_task(struct list *q, struct err *err)
{
    struct list_tasks_out r;

    return next_task_row(q, &r, err);
}

const struct list_ops list_task_ops = {open_tasks, next_task};

/* --- responsibilities ------------------------------------------------------------------------- */

static bool in_subtree(struct text path, struct text root)
{
    return root.n == 0 || text_starts(path, root);
}

static struct text line_key(struct list *q, struct text code, int64_t n, int64_t line)
{
    char tail[48];
    int length = snprintf(tail, sizeof tail, "/%lld/%lld", (long long)n, (long long)line);

    return arena_join(&q->of_row, code, (struct text){tail, (size_t)length});
}

/* The rows of one task: its lead unit with the responsible person, the assisting units, the
 * leaders. A unit counts where it stands; a leader where they are at home, or who leads. */
static int spread(struct list *q, const struct list_tasks_out *r, struct err *err)
{
    bool same = text_eq(r->lead, r->item_lead);
    int64_t own[2] = {0, 0};
    struct duty_row *rows = arena_array(&q->of_row, struct duty_row, q->line_count + 1);
    int64_t line = 0;

    q->duty_rows = rows;
    q->duty_count = q->duty_at = 0;
    if (rows == NULL)
        return err_set(err, NO_MEMORY);
    if (r->lead.n || r->person.n) {
        line++;
        if (in_subtree(r->path, q->q.path))
            rows[q->duty_count++] = (struct duty_row){.key = line_key(q, r->code, r->n, line),
                                                      .line = line,
                                                      .role = DUTY_LEADS,
                                                      .unit_code = r->lead,
                                                      .unit = r->lead_name,
                                                      .person_code = r->person,
                                                      .person = r->person_name};
    }
    for (size_t i = 0; i < q->line_count; i++)
        if (q->lines[i].task == r->n)
            own[q->lines[i].role - DUTY_ASSISTS]++;
    for (size_t i = 0; i < q->line_count; i++) {
        const struct duty_line *d = &q->lines[i];
        bool unit = d->role == DUTY_ASSISTS;
        if (d->task != (own[d->role - DUTY_ASSISTS] || !same ? r->n : 0))
            continue;
        line++;
        if (!in_subtree(unit ? d->path : d->home_path, q->q.path) &&
            (unit || !in_subtree(r->path, q->q.path)))
            continue;
        rows[q->duty_count++] = (struct duty_row){.key = line_key(q, r->code, r->n, line),
                                                  .line = line,
                                                  .role = (enum duty_role)d->role,
                                                  .unit_code = unit ? d->unit : d->home,
                                                  .unit = unit ? d->unit_name : d->home_name,
                                                  .person_code = d->person,
                                                  .person = d->person_name,
                                                  .duty = d->duty};
    }
    return q->of_row.failed ? err_set(err, NO_MEMORY) : 0;
}

/* Leaves out the lines up to the place where the query goes on. */
static void pass_lines(struct list *q, const struct list_tasks_out *r)
{
    const struct list_place *after = &q->q.after;

    if (after->line == 0 || r->id != after->id || r->n != after->task + 1)
        return;
    while (q->duty_at < q->duty_count && q->duty_rows[q->duty_at].line <= after->line)
        q->duty_at++;
}

static int next_responsibility(struct list *q, struct err *err)
{
    struct list_tasks_out r;

    while (q->duty_at == q->duty_count) {
        int rc = next_task_row(q, &r, err);
        if (rc <= 0)
            return rc;
        if (spread(q, &r, err) != 0)
            return -1;
        pass_lines(q, &r);
    }
    q->row.duty = q->duty_rows[q->duty_at++];
    return 1;
}

const struct list_ops list_responsibility_ops = {open_tasks, next_responsibility};
