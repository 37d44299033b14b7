/*
 * decide_item.c: an item's command: loads the situation that it meets (a few rows, by key), and
 * asks the rules of domain/decide.c.
 */
#include "domain/likeness.h"
#include "item.sql.h"
#include "ledger/decide.h"
#include "office.sql.h"

static const struct text none = {"", 0};

static struct verdict no(enum rule rule, struct text a, struct text b)
{
    return (struct verdict){.rule = rule, .texts = {a, b}};
}

/* Paths of all units that answer for the item; for a body, its members' home units. */
static int load_answering(struct batch *b, struct situation *s, struct err *err)
{
    struct rows rows;
    struct doer_units_out unit;
    struct text *paths = arena_array(b->arena, struct text, 256);
    size_t count = 0;
    int rc;

    if (paths == NULL)
        return err_set(err, NO_MEMORY);
    if (doer_units_open(b->store, &(struct doer_units_in){.item = s->item->id}, &rows, err) != 0)
        return -1;
    while ((rc = doer_units_next(&rows, &unit, err)) == 1 && count < 256) {
        struct rows members;
        struct member_homes_out member;
        paths[count++] = arena_text(b->arena, unit.path);
        if (!text_eq(unit.kind, T("body")))
            continue;
        struct text body = arena_text(b->arena, unit.unit);
        rc = member_homes_open(b->store, &(struct member_homes_in){.body = body}, &members, err);
        while (rc == 0 && (rc = member_homes_next(&members, &member, err)) == 1) {
            if (count < 256 && member.until >= b->today)
                paths[count++] = arena_text(b->arena, member.path);
            rc = 0;
        }
        if (rc < 0)
            break;
    }
    rows_close(&rows);
    s->answering = paths;
    s->answering_count = count;
    return rc < 0 ? -1 : 0;
}

static int load_tasks(struct batch *b, struct situation *s, struct err *err)
{
    struct rows rows;
    struct task_all_out row;
    struct task *tasks = arena_array(b->arena, struct task, s->item->tasks + 1);
    int rc;

    if (tasks == NULL)
        return err_set(err, NO_MEMORY);
    if (task_all_open(b->store, &(struct task_all_in){.item = s->item->id}, &rows, err) != 0)
        return -1;
    while ((rc = task_all_next(&rows, &row, err)) == 1) {
        if ((int64_t)s->task_count > s->item->tasks)
            break;
        tasks[s->task_count++] = (struct task){.n = row.n,
                                               .state = row.state,
                                               .class = row.class,
                                               .text = arena_text(b->arena, row.text),
                                               .lead = arena_text(b->arena, row.lead),
                                               .person = arena_text(b->arena, row.person),
                                               .due = due_in(row.due),
                                               .report = row.report};
    }
    rows_close(&rows);
    s->tasks = tasks;
    return rc < 0 ? -1 : 0;
}

enum { DUTIES = 4096 }; /* of one item; an entry could not hold more */

/* Who answers for the item and its tasks. */
static int load_duties(struct batch *b, int64_t item, struct duty_all_out **duties, size_t *count,
                       struct err *err)
{
    struct rows rows;
    struct duty_all_out row;
    int rc;

    *count = 0;
    *duties = arena_array(b->arena, struct duty_all_out, DUTIES);
    if (*duties == NULL)
        return err_set(err, NO_MEMORY);
    if (duty_all_open(b->store, &(struct duty_all_in){.item = item}, &rows, err) != 0)
        return -1;
    while ((rc = duty_all_next(&rows, &row, err)) == 1 && *count < DUTIES) {
        row.unit = arena_text(b->arena, row.unit);
        row.person = arena_text(b->arena, row.person);
        row.duty = arena_text(b->arena, row.duty);
        (*duties)[(*count)++] = row;
    }
    rows_close(&rows);
    return rc < 0 ? -1 : 0;
}

/* The assisting units and leaders of `task` into its line. False when it has none of its own. */
static bool freeze_duties(struct batch *b, const struct duty_all_out *duties, size_t count,
                          int64_t task, struct task_line *line)
{
    line->assist.at = arena_array(b->arena, struct text, count + 1);
    line->leaders.at = arena_array(b->arena, struct leader_line, count + 1);
    if (line->assist.at == NULL || line->leaders.at == NULL)
        return true;
    for (size_t i = 0; i < count; i++) {
        if (duties[i].task != task)
            continue;
        if (duties[i].role == DUTY_ASSIST)
            line->assist.at[line->assist.count++] = duties[i].unit;
        if (duties[i].role == DUTY_LEADER)
            line->leaders.at[line->leaders.count++] =
                (struct leader_line){duties[i].person, duties[i].duty};
    }
    return line->assist.count + line->leaders.count > 0;
}

static int freeze_milestones(struct batch *b, int64_t item, int64_t task,
                             struct milestone_list *list, struct err *err)
{
    enum { MOST = 100 };
    struct rows rows;
    struct milestone_all_out row;
    int rc;

    if (milestone_all_open(b->store, &(struct milestone_all_in){.item = item, .task = task}, &rows,
                           err) != 0)
        return -1;
    while ((rc = milestone_all_next(&rows, &row, err)) == 1 && list->count < MOST) {
        if (list->at == NULL)
            list->at = arena_array(b->arena, struct milestone_line, MOST);
        if (list->at == NULL) {
            rc = err_set(err, NO_MEMORY);
            break;
        }
        list->at[list->count++] = (struct milestone_line){row.n, arena_text(b->arena, row.text),
                                                          due_in(row.due), row.done != 0};
    }
    rows_close(&rows);
    return rc < 0 ? -1 : 0;
}

/* The three lists as they are now, for a plan that freezes them. A task whose unit is the item's
 * has the item's persons and assisting units where it names none itself. */
static int freeze_tasks(struct batch *b, struct situation *s, struct item_plan_event *plan,
                        struct err *err)
{
    struct task_line *lines = arena_array(b->arena, struct task_line, s->task_count + 1);
    struct duty_all_out *duties;
    size_t duty_count, count = 0;

    if (lines == NULL)
        return err_set(err, NO_MEMORY);
    if (load_duties(b, s->item->id, &duties, &duty_count, err) != 0)
        return -1;
    for (size_t i = 0; i < s->task_count; i++) {
        const struct task *t = &s->tasks[i];
        struct task_line *line = &lines[count];
        bool same = t->lead.n == 0 || text_eq(t->lead, s->item->lead);
        if (t->state == TASK_DROPPED)
            continue;
        *line = (struct task_line){.n = t->n,
                                   .text = t->text,
                                   .lead = same ? s->item->lead : t->lead,
                                   .person = t->person.n || !same ? t->person : s->item->person,
                                   .due = t->due,
                                   .class = word_key(&classes, t->class),
                                   .done = t->state == TASK_DONE};
        if (!freeze_duties(b, duties, duty_count, t->n, line) && same)
            freeze_duties(b, duties, duty_count, 0, line);
        if (freeze_milestones(b, s->item->id, t->n, &line->milestones, err) != 0)
            return -1;
        count++;
    }
    plan->tasks = (struct task_list){lines, count};
    return b->arena->failed ? err_set(err, NO_MEMORY) : 0;
}

static int is_mine(struct batch *b, struct situation *s, const struct actor_row *a, struct err *err)
{
    for (size_t i = 0; i < a->principal_count && !s->mine; i++) {
        struct duty_mine_out row;
        if (duty_mine_one(b->store,
                          &(struct duty_mine_in){.item = s->item->id, .person = a->principals[i]},
                          &row, b->arena, err) < 0)
            return -1;
        s->mine = row.n > 0;
    }
    return 0;
}

/* The roles that count for this item: whoever stands in for others has theirs only where those
 * have them, and their own only where they have them themselves. 1, 0 when they do not see it, -1.
 */
static int roles_here(struct batch *b, struct text by, struct text code, uint32_t *held,
                      struct err *err)
{
    struct rows rows;
    struct item_roles_out row;
    int rc = item_roles_open(b->store, &(struct item_roles_in){by, b->today, code}, &rows, err);
    int seen = 0;

    *held = 0;
    while (rc == 0 && (rc = item_roles_next(&rows, &row, err)) == 1) {
        *held |= (uint32_t)row.roles;
        seen = 1;
        rc = 0;
    }
    return rc < 0 ? -1 : seen;
}

/* The roles that count where an item of that campaign is given to that unit (none: to nobody yet):
 * whoever gives it must be able to follow it there. */
static int roles_there(struct batch *b, struct text by, struct text campaign, struct text unit,
                       uint32_t *held, struct err *err)
{
    struct rows rows;
    struct place_roles_out row;
    int rc = place_roles_open(b->store, &(struct place_roles_in){by, b->today, campaign, unit},
                              &rows, err);

    *held = 0;
    while (rc == 0 && (rc = place_roles_next(&rows, &row, err)) == 1) {
        *held |= (uint32_t)row.roles;
        rc = 0;
    }
    return rc;
}

/* Who hands over must answer for something. An administrator, who settles what somebody leaves
 * behind, and the person themselves need not see the item; for all others one that they do not see
 * is none. */
static int load_handover(struct batch *b, const struct command *c, const struct actor *actor,
                         struct situation *s, bool *visible, struct err *err)
{
    struct text from = c->event.item_handover.from;
    struct duty_mine_out row;

    if (duty_mine_one(b->store, &(struct duty_mine_in){.item = s->item->id, .person = from}, &row,
                      b->arena, err) < 0)
        return -1;
    s->theirs = row.n > 0;
    if (s->theirs && (actor->roles & BIT(ROLE_ADMINISTRATOR))) {
        s->actor.roles |= BIT(ROLE_ADMINISTRATOR);
        *visible = true;
    }
    *visible |= s->theirs && text_eq(from, c->by);
    return 0;
}

/* A new item that says the same as another is marked as its probable duplicate. */
static int find_likely(struct batch *b, struct command *c, struct outcome *o, struct err *err)
{
    struct likeness_get_out row;
    const struct item_register_event *d = &c->event.item_register;
    int64_t key = likeness_key(d->text, d->object, d->place, d->found);
    int rc;

    if (key == 0)
        return 0;
    rc = likeness_get_one(b->store, &(struct likeness_get_in){c->by, b->today, key}, &row, b->arena,
                          err);
    if (rc <= 0)
        return rc;
    o->likely = c->event.item_register.likely = row.code;
    if (c->skip_likely)
        o->verdict = no(RULE_DUPLICATE, row.code, none);
    return 0;
}

/* What the procedure seals never enters the log in the open: such a text of the event becomes a
 * secret of the command. */
static int seal_fields(struct batch *b, struct command *c, const struct campaign *campaign,
                       struct err *err)
{
    const struct shape *shape = event_shape((int)c->event.kind);
    struct secret *secrets = NULL;

    for (size_t i = 0; i < campaign->sealed.count; i++)
        for (int k = 0; k < shape->count; k++) {
            const struct field *f = &shape->fields[k];
            struct text *t = (struct text *)((char *)&c->event.item_register + f->offset);
            if (f->type != FIELD_TEXT || t->n == 0 ||
                !text_eq(campaign->sealed.at[i], text_of(f->key)))
                continue;
            if (secrets == NULL) {
                secrets =
                    arena_array(b->arena, struct secret, c->secret_count + campaign->sealed.count);
                if (secrets == NULL)
                    return err_set(err, NO_MEMORY);
                for (size_t n = 0; n < c->secret_count; n++)
                    secrets[n] = c->secrets[n];
                c->secrets = secrets;
            }
            secrets[c->secret_count++] = (struct secret){text_of(f->key), *t};
            *t = none;
        }
    return 0;
}

/* 1 found, 0 no such task, -1. */
static int load_task(struct batch *b, struct situation *s, int64_t n, struct err *err)
{
    struct task *task = arena_array(b->arena, struct task, 1);
    struct task_get_out row;
    int rc = task_get_one(b->store, &(struct task_get_in){.item = s->item->id, .n = n}, &row,
                          b->arena, err);

    if (task == NULL)
        return err_set(err, NO_MEMORY);
    if (rc <= 0)
        return rc;
    *task = (struct task){.n = n,
                          .state = row.state,
                          .class = row.class,
                          .text = row.text,
                          .lead = row.lead,
                          .person = row.person,
                          .due = due_in(row.due),
                          .report = row.report};
    s->task = task;
    return 1;
}

int situation_load(struct batch *b, struct text by, struct text on, struct situation *s,
                   struct err *err)
{
    struct item *item = arena_array(b->arena, struct item, 1);
    struct actor_row *actor;
    struct campaign *campaign;
    struct text code;
    int64_t n = 0;
    int visible, rc;

    if (item == NULL)
        return err_set(err, NO_MEMORY);
    if (!subject_split(on, &code, &n))
        code = on;
    rc = item_load(b->store, code, item, b->arena, err);
    if (rc <= 0)
        return rc;
    s->item = item;
    visible = roles_here(b, by, code, &s->actor.roles, err);
    rc = batch_actor(b, by, &actor, err);
    if (visible < 0 || rc < 0 || batch_campaign(b, item->campaign, &campaign, err) != 0)
        return -1;
    if (campaign)
        s->rules = campaign->rules;
    if ((n && load_task(b, s, n, err) < 0) || load_answering(b, s, err) != 0 ||
        (rc == 1 && is_mine(b, s, actor, err) != 0))
        return -1;
    return visible;
}

/* An item command: loads the situation and asks the rules. *campaign is where a new code is taken.
 */
int decide_item(struct batch *b, struct command *c, struct outcome *o, struct actor_row *actor,
                struct campaign **campaign, struct err *err)
{
    struct situation s = {
        .actor = actor->actor, .today = b->today, .marking_limit = b->ledger->marking};
    const struct item *item;
    struct text code, given = none;
    int64_t n = 0;
    uint32_t there;
    int rc;

    if (c->event.kind == EVENT_ITEM_REGISTER) {
        struct item_register_event *d = &c->event.item_register;
        if (batch_campaign(b, d->campaign, campaign, err) != 0)
            return -1;
        int seen = *campaign ? campaign_seen(b, *campaign, c->by, err) : 0;
        if (seen < 0)
            return -1;
        if (seen == 0)
            o->verdict = no(RULE_UNKNOWN_CAMPAIGN, d->campaign, none);
        else if ((*campaign)->closed)
            o->verdict = no(RULE_CLOSED_CAMPAIGN, d->campaign, none);
        else {
            s.rules = (*campaign)->rules;
            if (roles_there(b, c->by, d->campaign, d->lead, &s.actor.roles, err) != 0 ||
                seal_fields(b, c, *campaign, err) != 0)
                return -1;
            o->verdict = decide(&s, &c->event);
            if (d->marking == 0)
                d->marking = (*campaign)->marking;
            if (d->kind.n == 0)
                d->kind = (*campaign)->kind;
        }
        return o->verdict.rule ? 0 : find_likely(b, c, o, err);
    }
    rc = situation_load(b, c->by, c->on, &s, err);
    if (rc >= 0 && c->event.kind == EVENT_ITEM_HANDOVER && s.item) {
        bool visible = rc == 1;
        if (load_handover(b, c, &actor->actor, &s, &visible, err) < 0)
            return -1;
        rc = visible;
    }
    if (rc < 0)
        return -1;
    if (rc == 0) {
        o->verdict = no(RULE_UNSEEN, c->on, none);
        return 0;
    }
    item = s.item;
    o->code = item->code;
    o->version = item->version;
    if (batch_campaign(b, item->campaign, campaign, err) != 0)
        return -1;
    if (*campaign && c->event.kind == EVENT_ITEM_AMEND && seal_fields(b, c, *campaign, err) != 0)
        return -1;
    /* What is sealed changes something, too; the commitments are made when it is allowed. */
    if (c->event.kind == EVENT_ITEM_AMEND)
        c->event.item_amend.sealed.count = c->secret_count;
    if (!s.task && subject_split(c->on, &code, &n) && n) {
        o->verdict = no(RULE_UNKNOWN_TASK, code, text_from(c->on, code.n + 1));
        return 0;
    }
    if (c->event.kind == EVENT_ITEM_AMEND)
        given = c->event.item_amend.lead;
    if (c->event.kind == EVENT_ITEM_ASSIGN)
        given = c->event.item_assign.lead;
    if (given.n && !text_eq(given, item->lead)) {
        if (roles_there(b, c->by, item->campaign, given, &there, err) != 0)
            return -1;
        s.actor.roles &= there;
    }
    if (needs_doers(c->event.kind) && doers_load(b, item, c->event.kind, c->by, &s.doers, err) != 0)
        return -1;
    if (needs_tasks(c->event.kind) && load_tasks(b, &s, err) != 0)
        return -1;
    if (c->event.kind == EVENT_ITEM_PLAN && freeze_tasks(b, &s, &c->event.item_plan, err) != 0)
        return -1;
    o->verdict = decide(&s, &c->event);
    /* Whoever looked at an older state hears that first, not that the state does not fit. */
    if ((o->verdict.rule == RULE_NONE || o->verdict.rule > RULE_STALE) && c->seen &&
        c->seen != item->version && moves_version(c->event.kind))
        o->verdict = (struct verdict){
            .rule = RULE_STALE, .texts = {item->code}, .numbers = {c->seen, item->version}};
    if (o->verdict.rule == RULE_NONE && c->event.kind == EVENT_ITEM_INSTRUCT)
        return decide_instruct(b, c, o, item, err);
    if (o->verdict.rule == RULE_NONE && moves_version(c->event.kind))
        o->version = item->version + 1;
    return 0;
}
