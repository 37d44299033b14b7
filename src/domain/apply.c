/*
 * apply.c: what an event makes of an item: the only code that changes one.
 *
 * It never refuses: whatever stands in the log was allowed when it was written.
 */
#include "domain/item.h"

static int64_t word_or(const struct vocabulary *v, struct text key, int64_t otherwise)
{
    int i = word_of(v, key);

    return i > 0 ? i : otherwise;
}

static void keep_text(struct text *value, struct text given)
{
    if (given.n)
        *value = given;
}

static void keep_day(int32_t *value, int32_t given)
{
    if (date_valid(given))
        *value = given;
}

struct task task_from(const struct task_line *line, const struct task *old)
{
    struct task t = old ? *old : (struct task){.state = TASK_OPEN, .due = DATE_NONE, .report = -1};

    t.n = line->n;
    keep_text(&t.text, line->text);
    keep_text(&t.lead, line->lead);
    keep_text(&t.person, line->person);
    keep_day(&t.due, line->due);
    t.class = word_or(&classes, line->class, t.class);
    if (line->done)
        t.state = TASK_DONE;
    return t;
}

static bool task_is_open(const struct task *t)
{
    return t->state == TASK_OPEN || t->state == TASK_ACCEPTED;
}

struct item item_new(const struct item_register_event *e, uint32_t without)
{
    struct item item = {
        .campaign = e->campaign,
        .kind = word_or(&kinds, e->kind, KIND_FINDING),
        .class = word_or(&classes, e->class, date_valid(e->due) ? CLASS_DATED : CLASS_NONE),
        .marking = e->marking,
        .version = 1,
        .lead = e->lead,
        .person = e->person,
        .due = e->due,
        .found = e->found,
        .tasks = (int64_t)e->tasks.count,
        .asked_due = DATE_NONE,
        .report = -1,
        .plan_state = PLAN_NONE,
        .owed = e->owed,
        .state = e->lead.n ? STATE_ASSIGNED : STATE_REGISTERED,
    };

    item.state = state_in_use(without, (enum state)word_or(&states, e->state, item.state));
    for (size_t i = 0; i < e->tasks.count; i++)
        item.tasks_open += !e->tasks.at[i].done;
    /* Struck off on the word of an older book: marked so for ever, and counted apart. */
    item.taken_over = item.state == STATE_STRUCK_OFF;
    return item;
}

static void clear_field(struct item *item, struct text name)
{
    if (text_eq(name, T("due")))
        item->due = DATE_NONE;
    else if (text_eq(name, T("found")))
        item->found = DATE_NONE;
    else if (text_eq(name, T("person")))
        item->person = T("");
    else if (text_eq(name, T("class")))
        item->class = CLASS_NONE;
    else if (text_eq(name, T("marking")))
        item->marking = MARKING_NONE;
}

/* Whoever changes the tasks takes back the plan that waits with the old ones. */
static void tasks_change(struct item *item)
{
    if (item->plan_state == PLAN_SUBMITTED)
        item->plan_state = PLAN_NONE;
}

static void amend(struct item *item, const struct item_amend_event *e, uint32_t without)
{
    for (size_t i = 0; i < e->clear.count; i++)
        clear_field(item, e->clear.at[i]);
    keep_text(&item->lead, e->lead);
    keep_text(&item->person, e->person);
    keep_day(&item->due, e->due);
    keep_day(&item->found, e->found);
    item->class = word_or(&classes, e->class, item->class);
    if (e->marking)
        item->marking = e->marking;
    if (e->owed)
        item->owed = true;
    if (item->state == STATE_REGISTERED && e->lead.n)
        item->state = state_in_use(without, STATE_ASSIGNED);
    if (e->tasks.count)
        tasks_change(item);
}

static void report(struct item *item, struct task *task, const struct item_report_event *e,
                   int64_t seq, struct text by)
{
    if (task) {
        task->report = seq;
        if (e->done && task_is_open(task)) {
            task->state = TASK_DONE;
            item->tasks_open--;
        }
    }
    item->report = seq;
    item->hand = by;
    item->state = STATE_IN_PROGRESS;
}

static void verify(struct item *item, const struct item_verify_event *e)
{
    item->passed = e->pass;
    item->grade = e->grade;
    if (e->pass) {
        item->state = STATE_VERIFIED;
    } else {
        item->state = STATE_IN_PROGRESS;
        item->returns++;
    }
}

static void open_again(struct item *item)
{
    item->state = STATE_IN_PROGRESS;
    item->reopened++;
    item->passed = 0;
    item->answered = 0;
}

static void grant(struct item *item, struct task *task, const struct item_grant_event *e)
{
    if (item->asked_task == 0)
        item->due = e->due;
    else if (task)
        task->due = e->due;
    item->asked_due = DATE_NONE;
    item->asked_task = 0;
    item->extensions++;
}

void item_apply(struct item *item, struct task *task, const struct event *e, uint32_t without,
                int64_t seq, struct text by)
{
    switch (e->kind) {
    case EVENT_ITEM_AMEND: amend(item, &e->item_amend, without); break;
    case EVENT_ITEM_ASSIGN:
        keep_text(&item->lead, e->item_assign.lead);
        keep_text(&item->person, e->item_assign.person);
        keep_day(&item->due, e->item_assign.due);
        item->class = word_or(&classes, e->item_assign.class, item->class);
        if (item->class == CLASS_NONE && date_valid(item->due))
            item->class = CLASS_DATED;
        item->state = state_in_use(without, STATE_ASSIGNED);
        break;
    case EVENT_ITEM_ACCEPT:
        if (task)
            task->state = TASK_ACCEPTED;
        else
            item->state = state_in_use(without, STATE_ACCEPTED);
        break;
    case EVENT_ITEM_DECLINE: item->state = STATE_REGISTERED; break;
    case EVENT_ITEM_TASK:
    case EVENT_TASK_MILESTONE: tasks_change(item); break;
    case EVENT_TASK_DROP:
        tasks_change(item);
        if (task_is_open(task))
            item->tasks_open--;
        task->state = TASK_DROPPED;
        break;
    case EVENT_ITEM_PLAN:
        item->plan = e->item_plan.version;
        item->plan_state = PLAN_SUBMITTED;
        break;
    case EVENT_ITEM_APPROVE:
        item->plan_state = PLAN_APPROVED;
        item->state = state_in_use(without, STATE_PLANNED);
        break;
    case EVENT_ITEM_REPORT: report(item, task, &e->item_report, seq, by); break;
    case EVENT_ITEM_APPLY:
        item->state = state_in_use(without, STATE_APPLIED);
        item->hand = by;
        item->passed = 0;
        break;
    case EVENT_ITEM_RETURN:
        if (text_eq(e->item_return.what, T("plan"))) {
            item->plan_state = PLAN_RETURNED;
        } else {
            item->state = STATE_IN_PROGRESS;
            item->returns++;
        }
        break;
    case EVENT_ITEM_VERIFY: verify(item, &e->item_verify); break;
    case EVENT_ITEM_STRIKE_OFF:
        item->state = e->item_strike_off.standing ? STATE_STANDING : STATE_STRUCK_OFF;
        break;
    case EVENT_ITEM_ANSWER: item->answered = 1; break;
    case EVENT_ITEM_LOOK_BACK:
        if (!e->item_look_back.pass && e->item_look_back.item.n == 0)
            open_again(item);
        break;
    case EVENT_ITEM_REOPEN: open_again(item); break;
    case EVENT_ITEM_EXTEND:
        item->asked_due = e->item_extend.due;
        item->asked_task = task ? task->n : 0;
        break;
    case EVENT_ITEM_GRANT: grant(item, task, &e->item_grant); break;
    case EVENT_ITEM_DENY:
        item->asked_due = DATE_NONE;
        item->asked_task = 0;
        break;
    case EVENT_ITEM_SUSPEND: item->suspended = 1; break;
    case EVENT_ITEM_RESUME: item->suspended = 0; break;
    case EVENT_ITEM_TRANSFER: item->state = STATE_TRANSFERRED; break;
    case EVENT_ITEM_MERGE: item->state = STATE_MERGED; break;
    case EVENT_ITEM_WITHDRAW: item->state = STATE_WITHDRAWN; break;
    case EVENT_ITEM_HANDOVER:
        if (text_eq(item->person, e->item_handover.from))
            item->person = e->item_handover.to;
        break;
    default: break;
    }
    if (moves_version(e->kind))
        item->version++;
}
