/*
 * decide.c: which command is allowed to whom, in which state: the rules of the loop.
 *
 * The table says it for every verb; guards below it add what a table cannot. The order of checks
 * is the order of rules.def. Nothing here changes anything but the proposed event.
 */
#include "domain/item.h"

#include <stdio.h>

#define S(name) BIT(STATE_##name)
#define WHO(name) BIT(ROLE_##name)

enum {
    OPEN = STATES_OPEN,
    BEFORE_CHECK = S(REGISTERED) | S(ASSIGNED) | S(ACCEPTED) | S(PLANNED) | S(IN_PROGRESS),
    CLOSED = S(STRUCK_OFF) | S(STANDING),
    ANY = OPEN | CLOSED | S(TRANSFERRED) | S(MERGED) | S(WITHDRAWN),
    UNITS = WHO(LIAISON) | WHO(RESPONSIBLE), /* for them the item must be their own unit's */
    DOES = UNITS | WHO(CLERK),               /* the clerk may enter what a unit sent on paper */
};

/* Flags of a verb. */
enum {
    VERSION = 1,
    INDEPENDENT = 2,
    TASKS = 4,
    WHILE_SUSPENDED = 8,
    REASON = 16,
    LED = 32, /* only what a unit answers for */
};

struct move {
    const char *verb;
    uint32_t from; /* states; one that is left out is stood for by the one before it */
    uint32_t who;
    int flags;
    enum state to; /* a state that the procedure must have in use, or STATE_NONE */
};

static const struct move moves[EVENT_END] = {
    [EVENT_ITEM_AMEND] = {N_("amend"), OPEN, WHO(CLERK), VERSION | TASKS},
    [EVENT_ITEM_ASSIGN] = {N_("assign"), BEFORE_CHECK, WHO(CLERK), VERSION | TASKS},
    [EVENT_ITEM_ACCEPT] = {N_("accept"), S(ASSIGNED), DOES, VERSION | LED, STATE_ACCEPTED},
    [EVENT_ITEM_DECLINE] = {N_("decline"), S(ASSIGNED) | S(ACCEPTED), DOES, VERSION | REASON},
    [EVENT_ITEM_TASK] = {N_("set a task"), BEFORE_CHECK, DOES, VERSION | TASKS},
    [EVENT_TASK_DROP] = {N_("drop"), BEFORE_CHECK, WHO(CLERK) | WHO(APPROVER), VERSION | REASON},
    [EVENT_TASK_MILESTONE] = {N_("set a milestone"), BEFORE_CHECK, DOES, VERSION},
    [EVENT_ITEM_PLAN] = {N_("submit a plan"), S(ACCEPTED), DOES, VERSION | TASKS, STATE_PLANNED},
    [EVENT_ITEM_APPROVE] = {N_("approve a plan"), S(ACCEPTED), WHO(APPROVER),
                            VERSION | INDEPENDENT},
    [EVENT_ITEM_REPORT] = {N_("report"), S(PLANNED) | S(IN_PROGRESS), DOES, VERSION | LED},
    [EVENT_ITEM_ATTACH] = {N_("attach"), ANY, DOES | WHO(VERIFIER), WHILE_SUSPENDED},
    [EVENT_ITEM_APPLY] = {N_("apply for strike-off"), S(IN_PROGRESS), DOES, VERSION | LED,
                          STATE_APPLIED},
    [EVENT_ITEM_RETURN] = {N_("return"), S(ACCEPTED) | S(APPLIED), WHO(CLERK) | WHO(APPROVER),
                           VERSION | REASON},
    [EVENT_ITEM_VERIFY] = {N_("verify"), S(APPLIED), WHO(VERIFIER), VERSION | INDEPENDENT | LED},
    [EVENT_ITEM_STRIKE_OFF] = {N_("strike off"), S(VERIFIED) | S(STANDING), WHO(APPROVER),
                               VERSION | INDEPENDENT},
    [EVENT_ITEM_ANSWER] = {N_("answer"), OPEN | CLOSED, DOES, VERSION},
    [EVENT_ITEM_LOOK_BACK] = {N_("look back"), CLOSED, WHO(VERIFIER), VERSION | INDEPENDENT},
    [EVENT_ITEM_REOPEN] = {N_("reopen"), CLOSED, WHO(CLERK) | WHO(APPROVER), VERSION | REASON},
    [EVENT_ITEM_EXTEND] = {N_("ask for an extension"), OPEN & ~S(APPLIED) & ~S(VERIFIED), DOES,
                           VERSION | REASON},
    [EVENT_ITEM_GRANT] = {N_("grant an extension"), OPEN, WHO(APPROVER),
                          VERSION | INDEPENDENT | TASKS},
    [EVENT_ITEM_DENY] = {N_("deny an extension"), OPEN, WHO(APPROVER), VERSION | REASON},
    [EVENT_ITEM_SUSPEND] = {N_("suspend"), OPEN, WHO(CLERK) | WHO(APPROVER), VERSION | REASON},
    [EVENT_ITEM_RESUME] = {N_("resume"), OPEN, WHO(CLERK) | WHO(APPROVER),
                           VERSION | REASON | WHILE_SUSPENDED},
    [EVENT_ITEM_TRANSFER] = {N_("transfer"), OPEN, WHO(CLERK), VERSION | REASON | INDEPENDENT},
    [EVENT_ITEM_MERGE] = {N_("merge"), OPEN, WHO(CLERK), VERSION | REASON | INDEPENDENT},
    [EVENT_ITEM_WITHDRAW] = {N_("withdraw"), OPEN, WHO(CLERK), VERSION | REASON | INDEPENDENT},
    [EVENT_ITEM_CHASE] = {N_("chase"), OPEN, WHO(CLERK) | WHO(LEADER), WHILE_SUSPENDED},
    [EVENT_ITEM_ESCALATE] = {N_("escalate"), OPEN, WHO(CLERK) | WHO(APPROVER) | WHO(LEADER),
                             WHILE_SUSPENDED},
    [EVENT_ITEM_INSTRUCT] = {N_("instruct"), ANY, WHO(LEADER), WHILE_SUSPENDED},
    [EVENT_ITEM_HANDOVER] = {N_("hand over"), OPEN | CLOSED, WHO(CLERK) | WHO(ADMINISTRATOR),
                             VERSION | WHILE_SUSPENDED},
};

static const struct {
    const char *name, *sentence;
    uint32_t words;
} rule_table[RULE_COUNT] = {
#define R(code, ...) [RULE_##code] = {#code, __VA_ARGS__},
#include "domain/rules.def"
#undef R
};

void verdict_say(struct buf *out, enum lang lang, const struct verdict *v)
{
    struct text texts[6];
    char copy[3][200], day[11], numbers[2][24];

    if (v->rule == RULE_NONE)
        return;
    for (int i = 0; i < 3; i++) {
        texts[i] = text_clip(v->texts[i], sizeof copy[i] - 1);
        if (texts[i].n == 0 || !(rule_table[v->rule].words & BIT(i)))
            continue;
        memcpy(copy[i], texts[i].p, texts[i].n);
        copy[i][texts[i].n] = '\0';
        texts[i] = text_of(tr(lang, copy[i]));
    }
    texts[3] = date_iso(v->day, day);
    for (int i = 0; i < 2; i++) {
        snprintf(numbers[i], sizeof numbers[i], "%lld", (long long)v->numbers[i]);
        texts[4 + i] = text_of(numbers[i]);
    }
    lang_format(out, tr(lang, rule_table[v->rule].sentence), texts, 6);
}

struct text verdict_name(const struct verdict *v)
{
    return text_of(v->rule ? rule_table[v->rule].name : "");
}

bool needs_tasks(enum event_kind kind)
{
    return (moves[kind].flags & TASKS) != 0;
}

bool needs_doers(enum event_kind kind)
{
    return (moves[kind].flags & INDEPENDENT) != 0;
}

bool moves_version(enum event_kind kind)
{
    return (moves[kind].flags & VERSION) != 0;
}

uint32_t verb_roles(enum event_kind kind)
{
    return moves[kind].who;
}

uint32_t verb_states(enum event_kind kind)
{
    return moves[kind].from;
}

static struct verdict no(enum rule rule, struct text a, struct text b, struct text c)
{
    return (struct verdict){.rule = rule, .texts = {a, b, c}};
}

static struct verdict no_day(enum rule rule, struct text subject, int32_t day)
{
    return (struct verdict){.rule = rule, .texts = {subject}, .day = day};
}

static const struct verdict yes = {.rule = RULE_NONE};
static const struct text none = {"", 0};

static struct text label(const struct vocabulary *v, int64_t i)
{
    return text_of(v->words[i].label);
}

enum state state_in_use(uint32_t without, enum state state)
{
    while (state > STATE_REGISTERED && state <= STATE_VERIFIED && (without & BIT(state)))
        state--;
    return state;
}

/* A verb that starts from a state that is left out starts from the one before it; and an item that
 * is in one (its campaign's procedure was changed) counts as in the one before it. */
static bool state_allows(const struct situation *s, uint32_t from)
{
    uint32_t allowed = 0;

    for (int i = 1; i < STATE_COUNT; i++)
        if (from & BIT(i))
            allowed |= BIT(state_in_use(s->rules.without, (enum state)i));
    return (allowed & BIT(state_in_use(s->rules.without, (enum state)s->item->state))) != 0;
}

/* The table's states, and two cases of their own: a task is accepted while its item is open, and
 * what is put right at once (立行立改) is reported without a plan. */
static bool state_fits(const struct situation *s, const struct event *e)
{
    if (e->kind == EVENT_ITEM_ACCEPT && s->task)
        return state_open(s->item->state);
    if (e->kind == EVENT_ITEM_REPORT && s->item->class == CLASS_IMMEDIATE &&
        state_allows(s, S(ACCEPTED)))
        return true;
    return state_allows(s, moves[e->kind].from);
}

/* True when a home stands in one of those units. */
static bool within(struct text home, const struct text *paths, size_t count)
{
    for (size_t i = 0; i < count && home.n; i++)
        if (paths[i].n && text_starts(home, paths[i]))
            return true;
    return false;
}

static bool among(struct text code, const struct text *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_eq(list[i], code))
            return true;
    return false;
}

/* Nobody checks, signs or takes out of the loop what their own unit did or what they answer for in
 * person, wherever their desk stands. Whoever stands in for somebody is one with them. Plans and
 * extensions are for the unit's own superiors as well, who may answer for it. */
static bool own_unit(const struct situation *s, enum event_kind kind)
{
    bool in_person = kind != EVENT_ITEM_APPROVE && kind != EVENT_ITEM_GRANT;
    const struct doers *d = &s->doers;

    for (size_t i = 0; i < d->self_count; i++)
        if (within(d->selves[i].path, d->paths, d->path_count) ||
            (in_person && among(d->selves[i].code, d->people, d->person_count)))
            return true;
    return false;
}

/* Out of the loop by another door than the strike-off. */
static bool leaves(enum event_kind kind)
{
    return kind == EVENT_ITEM_TRANSFER || kind == EVENT_ITEM_MERGE || kind == EVENT_ITEM_WITHDRAW;
}

static bool own_hand(const struct situation *s, enum event_kind kind)
{
    if (kind != EVENT_ITEM_VERIFY && kind != EVENT_ITEM_STRIKE_OFF && kind != EVENT_ITEM_LOOK_BACK)
        return false;
    for (size_t i = 0; i < s->doers.self_count; i++)
        if (among(s->doers.selves[i].code, s->doers.hands, s->doers.hand_count))
            return true;
    return false;
}

/* The roles that may do it: the table's, unless the procedure names a signer for the verb. */
static uint32_t who_may(const struct situation *s, enum event_kind kind)
{
    uint32_t who = 0;
    const struct shape *shape = event_shape((int)kind);
    struct text verb =
        text_from(text_of(shape->name), (size_t)(strchr(shape->name, '.') + 1 - shape->name));

    for (size_t i = 0; i < s->rules.signers.count; i++) {
        const struct signer_line *line = &s->rules.signers.at[i];
        int role = text_eq(line->verb, verb) ? word_of(&roles, line->role) : -1;
        if (role > 0)
            who |= BIT(role);
    }
    return who ? who : moves[kind].who;
}

static struct text first_role(uint32_t who)
{
    for (int i = 1; i < ROLE_COUNT; i++)
        if (who & BIT(i))
            return label(&roles, i);
    return none;
}

static struct text reason_of(const struct event *e)
{
    switch (e->kind) {
    case EVENT_ITEM_DECLINE: return e->item_decline.reason;
    case EVENT_TASK_DROP: return e->task_drop.reason;
    case EVENT_ITEM_RETURN: return e->item_return.reason;
    case EVENT_ITEM_REOPEN: return e->item_reopen.reason;
    case EVENT_ITEM_EXTEND: return e->item_extend.reason;
    case EVENT_ITEM_DENY: return e->item_deny.reason;
    case EVENT_ITEM_SUSPEND: return e->item_suspend.reason;
    case EVENT_ITEM_RESUME: return e->item_resume.reason;
    case EVENT_ITEM_TRANSFER: return e->item_transfer.reason;
    case EVENT_ITEM_MERGE: return e->item_merge.reason;
    case EVENT_ITEM_WITHDRAW: return e->item_withdraw.reason;
    default: return none;
    }
}

/* A task's deadline is not later than its item's. */
static struct verdict task_within(int32_t task_due, int32_t item_due)
{
    if (date_valid(task_due) && date_valid(item_due) && task_due > item_due)
        return no_day(RULE_AFTER_ITEM, none, item_due);
    return yes;
}

/* The same for all tasks of the item; one that `changed` gives another deadline is not asked. */
static struct verdict tasks_within(const struct situation *s, int32_t item_due,
                                   const struct task_list *changed)
{
    struct verdict v = yes;

    for (size_t i = 0; i < s->task_count && v.rule == RULE_NONE; i++) {
        bool asked = s->tasks[i].state != TASK_DROPPED;
        for (size_t k = 0; changed && k < changed->count; k++)
            if (changed->at[k].n == s->tasks[i].n && date_valid(changed->at[k].due))
                asked = false;
        if (asked)
            v = task_within(s->tasks[i].due, item_due);
    }
    return v;
}

/* A deadline that has passed, or that an approved plan holds, is made later by an extension alone.
 * What was opened again after it was closed starts anew. */
static struct verdict made_later(const struct situation *s, int32_t old, int32_t new, bool planned)
{
    bool passed = s->today > old && s->item->reopened == 0;

    if (!date_valid(old) || (date_valid(new) && new <= old) || !(passed || planned))
        return yes;
    return no_day(RULE_EXTENSION_ONLY, s->item->code, old);
}

/* An approved plan holds the deadlines of its tasks while the work goes on. */
static bool plan_holds(const struct item *item)
{
    return item->plan_state == PLAN_APPROVED &&
           (item->state == STATE_PLANNED || item->state == STATE_IN_PROGRESS);
}

/* item_due is the item's deadline as it will be; book: on the word of a book. */
static struct verdict decide_tasks(const struct situation *s, struct task_list *list,
                                   int32_t item_due, bool book)
{
    int64_t next = 0;

    if (list->count == 0)
        return no(RULE_MISSING, text_of(N_("The task")), T("--text"), none);
    for (size_t i = 0; i < s->task_count; i++)
        if (s->tasks[i].n > next)
            next = s->tasks[i].n;
    for (size_t i = 0; i < list->count; i++) {
        struct task_line *line = &list->at[i];
        const struct task *old = NULL;
        struct verdict v;
        if (line->n == 0)
            line->n = ++next;
        for (size_t k = 0; k < s->task_count; k++)
            if (s->tasks[k].n == line->n)
                old = &s->tasks[k];
        if (old && (old->state == TASK_DONE || old->state == TASK_DROPPED))
            return no(RULE_TASK_CLOSED, s->item->code, label(&task_states, old->state), none);
        if (old == NULL && line->text.n == 0)
            return no(RULE_MISSING, text_of(N_("The task's text")), T("--text"), none);
        v = task_within(line->due, item_due);
        if (!v.rule && !book && old && date_valid(line->due))
            v = made_later(s, old->due, line->due, plan_holds(s->item));
        if (v.rule)
            return v;
    }
    return yes;
}

/* The same for the item's own deadline. */
static struct verdict decide_amend(const struct situation *s, struct item_amend_event *e)
{
    const struct item *item = s->item;
    int32_t due = item->due;
    struct verdict v = yes;
    bool book = e->file.n > 0;

    if (shape_empty(&shape_item_amend, e))
        return no(RULE_NOTHING, none, none, none);
    if (among(T("due"), e->clear.at, e->clear.count))
        due = DATE_NONE;
    if (date_valid(e->due))
        due = e->due;
    if (!book)
        v = made_later(s, item->due, due, false);
    if (!v.rule && e->tasks.count)
        v = decide_tasks(s, &e->tasks, due, book);
    if (!v.rule && e->marking > s->marking_limit)
        v = no(RULE_MARKING, label(&markings, s->marking_limit), none, none);
    return v.rule ? v : tasks_within(s, due, &e->tasks);
}

static struct verdict decide_extend(const struct situation *s, const struct item_extend_event *e)
{
    int32_t due = s->task ? s->task->due : s->item->due;

    if (s->task && s->task->state != TASK_OPEN && s->task->state != TASK_ACCEPTED)
        return no(RULE_TASK_CLOSED, s->item->code, label(&task_states, s->task->state), none);
    if (date_valid(s->item->asked_due))
        return no(RULE_PENDING, s->item->code, none, none);
    if (!date_valid(due))
        return no(RULE_NO_DEADLINE, s->item->code, none, none);
    if (s->today > due)
        return no_day(RULE_LATE, s->item->code, due);
    if (!date_valid(e->due))
        return no(RULE_MISSING, text_of(N_("The new deadline")), T("--due"), none);
    if (e->due <= due)
        return no_day(RULE_NOT_LATER, none, due);
    return s->task ? task_within(e->due, s->item->due) : yes;
}

/* What is granted may be less or more than what was asked, and keeps the rules of asking. */
static struct verdict decide_grant(const struct situation *s, struct item_grant_event *e)
{
    int32_t due = s->item->due;

    if (!date_valid(s->item->asked_due))
        return no(RULE_NOTHING_ASKED, s->item->code, none, none);
    if (!date_valid(e->due))
        e->due = s->item->asked_due;
    if (s->item->asked_task) {
        due = DATE_NONE;
        for (size_t i = 0; i < s->task_count; i++)
            if (s->tasks[i].n == s->item->asked_task) {
                due = s->tasks[i].due;
                if (s->tasks[i].state != TASK_OPEN && s->tasks[i].state != TASK_ACCEPTED)
                    return no(RULE_TASK_CLOSED, s->item->code,
                              label(&task_states, s->tasks[i].state), none);
            }
    }
    if (date_valid(due) && e->due <= due)
        return no_day(RULE_NOT_LATER, none, due);
    return s->item->asked_task ? task_within(e->due, s->item->due) : yes;
}

/* Whoever is owed an answer gets it before the item leaves the loop, by whichever door; of what is
 * transferred the one who takes it over owes the answer. */
static struct verdict answered_first(const struct situation *s)
{
    return s->rules.answer && s->item->owed && !s->item->answered
               ? no(RULE_UNANSWERED, none, none, none)
               : yes;
}

static struct verdict decide_strike_off(const struct situation *s, struct item_strike_off_event *e)
{
    if (s->item->tasks_open > 0)
        return (struct verdict){.rule = RULE_TASKS_OPEN, .numbers = {s->item->tasks_open}};
    if (!s->item->passed)
        return no(RULE_UNVERIFIED, none, none, none);
    if (answered_first(s).rule)
        return answered_first(s);
    /* A long-term item passes its stage check into `standing`; from there it is struck off. */
    e->standing = s->item->class == CLASS_STANDING && s->item->state != STATE_STANDING &&
                  !(s->rules.without & BIT(STATE_STANDING));
    return yes;
}

/* What the table cannot say, verb by verb. */
static struct verdict guard(const struct situation *s, struct event *e)
{
    const struct item *item = s->item;

    switch (e->kind) {
    case EVENT_ITEM_AMEND: return decide_amend(s, &e->item_amend);
    case EVENT_ITEM_ASSIGN: {
        struct verdict v = yes;
        if (e->item_assign.lead.n == 0 && item->lead.n == 0)
            return no(RULE_MISSING, text_of(N_("The lead unit")), T("--unit"), none);
        if (date_valid(e->item_assign.due))
            v = made_later(s, item->due, e->item_assign.due, false);
        if (date_valid(e->item_assign.due) && !v.rule)
            v = tasks_within(s, e->item_assign.due, NULL);
        return v;
    }
    case EVENT_ITEM_ACCEPT:
        if (s->task && s->task->state != TASK_OPEN)
            return no(RULE_TASK_CLOSED, item->code, label(&task_states, s->task->state), none);
        return yes;
    case EVENT_ITEM_TASK: return decide_tasks(s, &e->item_task.tasks, item->due, false);
    case EVENT_TASK_DROP:
    case EVENT_TASK_MILESTONE:
        if (s->task == NULL)
            return no(RULE_MISSING, text_of(N_("The task's number")), T("CODE/n"), none);
        if (s->task->state == TASK_DONE || s->task->state == TASK_DROPPED)
            return no(RULE_TASK_CLOSED, item->code, label(&task_states, s->task->state), none);
        if (e->kind == EVENT_TASK_MILESTONE)
            for (size_t i = 0; i < e->task_milestone.milestones.count; i++) {
                struct verdict v = task_within(e->task_milestone.milestones.at[i].due,
                                               date_valid(s->task->due) ? s->task->due : item->due);
                if (v.rule)
                    return v;
            }
        return yes;
    case EVENT_ITEM_PLAN:
        if (e->item_plan.tasks.count == 0)
            return no(RULE_NO_TASKS, none, none, none);
        e->item_plan.version = item->plan + 1;
        return tasks_within(s, item->due, NULL);
    case EVENT_ITEM_APPROVE:
        if (item->plan_state != PLAN_SUBMITTED)
            return no(RULE_NO_PLAN, item->code, none, none);
        e->item_approve.version = item->plan;
        return yes;
    case EVENT_ITEM_REPORT:
        if (e->item_report.done && s->task == NULL)
            return no(RULE_MISSING, text_of(N_("The task's number")), T("CODE/n"), none);
        if (s->task && (s->task->state == TASK_DONE || s->task->state == TASK_DROPPED))
            return no(RULE_TASK_CLOSED, item->code, label(&task_states, s->task->state), none);
        if (e->item_report.text.n == 0 && !e->item_report.done)
            return no(RULE_MISSING, text_of(N_("What was done")), T("--text"), none);
        return yes;
    case EVENT_ITEM_RETURN:
        if (item->state == STATE_APPLIED) {
            e->item_return.what = T("application");
            return yes;
        }
        e->item_return.what = T("plan");
        return item->plan_state == PLAN_SUBMITTED ? yes : no(RULE_NO_PLAN, item->code, none, none);
    case EVENT_ITEM_APPLY: {
        struct item_strike_off_event unused = {0};
        struct verdict v = decide_strike_off(s, &unused);
        return v.rule == RULE_TASKS_OPEN ? v : yes;
    }
    case EVENT_ITEM_VERIFY:
        if (!e->item_verify.pass && e->item_verify.reason.n == 0)
            return no(RULE_MISSING, text_of(N_("The reason")), T("--reason"), none);
        return yes;
    case EVENT_ITEM_STRIKE_OFF: return decide_strike_off(s, &e->item_strike_off);
    case EVENT_ITEM_ANSWER:
        if (!item->owed)
            return no(RULE_NO_ORIGINATOR, none, none, none);
        if (e->item_answer.text.n == 0)
            return no(RULE_MISSING, text_of(N_("The answer")), T("--text"), none);
        return yes;
    case EVENT_ITEM_LOOK_BACK:
        if (!e->item_look_back.pass && e->item_look_back.reason.n == 0)
            return no(RULE_MISSING, text_of(N_("The reason")), T("--reason"), none);
        return yes;
    case EVENT_ITEM_REOPEN: return s->rules.final ? no(RULE_FINAL, none, none, none) : yes;
    case EVENT_ITEM_EXTEND: return decide_extend(s, &e->item_extend);
    case EVENT_ITEM_GRANT: return decide_grant(s, &e->item_grant);
    case EVENT_ITEM_DENY:
        return date_valid(item->asked_due) ? yes : no(RULE_NOTHING_ASKED, item->code, none, none);
    case EVENT_ITEM_SUSPEND: return yes;
    case EVENT_ITEM_RESUME: return item->suspended ? yes : no(RULE_NOTHING, none, none, none);
    case EVENT_ITEM_MERGE:
        if (e->item_merge.into.n == 0)
            return no(RULE_MISSING, text_of(N_("The other item")), T("--into"), none);
        if (text_eq(e->item_merge.into, item->code))
            return no(RULE_SELF, item->code, e->item_merge.into, none);
        return answered_first(s);
    case EVENT_ITEM_TRANSFER:
        if (e->item_transfer.to.n == 0)
            return no(RULE_MISSING, text_of(N_("To whom")), T("--to"), none);
        return yes;
    case EVENT_ITEM_WITHDRAW: return answered_first(s);
    case EVENT_ITEM_INSTRUCT:
        if (e->item_instruct.text.n == 0)
            return no(RULE_MISSING, text_of(N_("The instruction")), T("--text"), none);
        /* It goes to those whose work the item is, unless somebody else is named. */
        if (e->item_instruct.unit.n == 0 && e->item_instruct.person.n == 0) {
            e->item_instruct.unit = item->lead;
            e->item_instruct.person = item->person;
        }
        return yes;
    case EVENT_ITEM_HANDOVER:
        if (text_eq(e->item_handover.from, e->item_handover.to))
            return no(RULE_SELF, e->item_handover.from, e->item_handover.to, none);
        return s->theirs ? yes : no(RULE_NOTHING, none, none, none);
    default: return yes;
    }
}

static struct verdict decide_register(const struct situation *s, struct item_register_event *e)
{
    if (!(s->actor.roles & WHO(CLERK)))
        return no(RULE_ROLE, text_of(N_("register")), label(&roles, ROLE_CLERK), none);
    /* A book may say "planned" where the procedure knows no plans; and what it calls standing is
     * still somebody's duty where the procedure knows nothing long-term. */
    if (text_eq(e->state, T("standing")) && (s->rules.without & BIT(STATE_STANDING)))
        e->state = word_key(&states, STATE_IN_PROGRESS);
    if (e->state.n)
        e->state = word_key(&states,
                            state_in_use(s->rules.without, (enum state)word_of(&states, e->state)));
    for (size_t i = 0; i < e->tasks.count; i++) {
        e->tasks.at[i].n = (int64_t)i + 1;
        if (date_valid(e->due) && date_valid(e->tasks.at[i].due) && e->tasks.at[i].due > e->due)
            return no_day(RULE_AFTER_ITEM, none, e->due);
    }
    if (e->marking > s->marking_limit)
        return no(RULE_MARKING, label(&markings, s->marking_limit), none, none);
    if (e->text.n == 0)
        return no(RULE_MISSING, text_of(N_("The text")), T("--text"), none);
    return yes;
}

struct verdict decide(const struct situation *s, struct event *e)
{
    const struct move *m = &moves[e->kind];
    const struct item *item = s->item;
    struct verdict v;
    uint32_t who, held;
    struct text verb;

    if (e->kind == EVENT_ITEM_REGISTER)
        return decide_register(s, &e->item_register);
    verb = text_of(m->verb);
    who = who_may(s, e->kind);
    held = who & s->actor.roles;
    /* What somebody answers for themselves they hand over in any role. */
    if (e->kind == EVENT_ITEM_HANDOVER && s->theirs &&
        text_eq(e->item_handover.from, s->actor.code))
        held = who;
    if (held == 0)
        return no(RULE_ROLE, verb, first_role(who), none);
    /* Liaisons and responsible leaders act for their own units and on their own matters only. */
    if ((held & ~(uint32_t)UNITS) == 0 && !s->mine &&
        !within(s->actor.path, s->answering, s->answering_count))
        return no(RULE_NOT_YOURS, item->code, verb, none);
    if (item->suspended && !(m->flags & WHILE_SUSPENDED))
        return no(RULE_SUSPENDED, item->code, none, none);
    if (!state_fits(s, e))
        return no(RULE_STATE, verb, label(&states, item->state), none);
    if (m->to && (s->rules.without & BIT(m->to)) && s->task == NULL)
        return no(RULE_LEFT_OUT, label(&states, m->to), none, none);
    if ((m->flags & INDEPENDENT) && own_unit(s, e->kind))
        return no(leaves(e->kind) ? RULE_OWN_EXIT : RULE_OWN_UNIT, none, none, none);
    if ((m->flags & INDEPENDENT) && own_hand(s, e->kind))
        return no(RULE_OWN_HAND, none, none, none);
    v = guard(s, e);
    /* Work that no unit answers for could be checked by anybody. */
    if ((m->flags & LED) && s->answering_count == 0 && (!v.rule || v.rule > RULE_MISSING))
        return no(RULE_MISSING, text_of(N_("The lead unit")), T("amend --unit"), none);
    /* That the reason is missing is told when nothing would refuse it with one. */
    if ((m->flags & REASON) && reason_of(e).n == 0 && (!v.rule || v.rule > RULE_MISSING))
        return no(RULE_MISSING, text_of(N_("The reason")), T("--reason"), none);
    return v;
}
