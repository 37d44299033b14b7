/*
 * campaign_plan.c: see campaign_plan.h.
 *
 * Four cursors in the order of items are merged, so that a large campaign is frozen in bounded
 * memory and as many statements as a small one.
 */
#include "ledger/campaign_plan.h"

#include <stdio.h>

#include "base/mem.h"
#include "campaign_plan.sql.h"
#include "ledger/batch.h"
#include "log.sql.h"

/* A cursor with the row that was read and not yet used. */
struct ahead {
    struct rows rows;
    bool open, have;
};

struct frozen {
    struct ahead problems, tasks, duties, milestones;
    struct frozen_tasks_out task;
    struct frozen_duties_out duty;
    struct frozen_milestones_out milestone;
};

static int next_task(struct frozen *f, struct err *err)
{
    int rc = frozen_tasks_next(&f->tasks.rows, &f->task, err);

    f->tasks.have = rc == 1;
    return rc < 0 ? -1 : 0;
}

static int next_duty(struct frozen *f, struct err *err)
{
    int rc = frozen_duties_next(&f->duties.rows, &f->duty, err);

    f->duties.have = rc == 1;
    return rc < 0 ? -1 : 0;
}

static int next_milestone(struct frozen *f, struct err *err)
{
    int rc = frozen_milestones_next(&f->milestones.rows, &f->milestone, err);

    f->milestones.have = rc == 1;
    return rc < 0 ? -1 : 0;
}

void frozen_close(struct frozen *f)
{
    if (f == NULL)
        return;
    struct ahead *all[] = {&f->problems, &f->tasks, &f->duties, &f->milestones};
    for (int i = 0; i < 4; i++)
        if (all[i]->open)
            rows_close(&all[i]->rows);
    mem_free(f);
}

struct frozen *frozen_open(struct store *s, struct text campaign, struct err *err)
{
    struct frozen *f = mem_alloc(sizeof *f);

    if (f == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    *f = (struct frozen){.problems.open = false};
    f->problems.open = frozen_problems_open(s, &(struct frozen_problems_in){campaign},
                                            &f->problems.rows, err) == 0;
    f->tasks.open = f->problems.open && frozen_tasks_open(s, &(struct frozen_tasks_in){campaign},
                                                          &f->tasks.rows, err) == 0;
    f->duties.open = f->tasks.open && frozen_duties_open(s, &(struct frozen_duties_in){campaign},
                                                         &f->duties.rows, err) == 0;
    f->milestones.open =
        f->duties.open && frozen_milestones_open(s, &(struct frozen_milestones_in){campaign},
                                                 &f->milestones.rows, err) == 0;
    if (!f->milestones.open || next_task(f, err) != 0 || next_duty(f, err) != 0 ||
        next_milestone(f, err) != 0) {
        frozen_close(f);
        return NULL;
    }
    return f;
}

/* --- one item ----------------------------------------------------------------------------------
 */

/* Makes room for one more of what grows by doubling; false when the arena has failed. */
static bool more(struct arena *arena, void **at, size_t count, size_t size)
{
    void *wider;

    if (count & (count - 1)) /* room is the next power of two */
        return true;
    wider = arena_take(arena, (count ? count * 2 : 1) * size);
    if (wider == NULL)
        return false;
    if (count)
        memcpy(wider, *at, count * size);
    *at = wider;
    return true;
}

static struct texts lines_of(struct text t, struct arena *arena)
{
    struct texts list = {0};
    struct text rest = t, line;

    while (t.n && text_cut(&rest, '\n', &line)) {
        void *at = list.at;
        if (!more(arena, &at, list.count, sizeof line))
            break;
        list.at = at;
        list.at[list.count++] = line;
    }
    return list;
}

/* Who else answers, for the item (task 0) and for each task. */
struct duty {
    int64_t task;
    struct texts assist;
    struct leader_list leaders;
};

static bool put_duty(struct duty *d, const struct frozen_duties_out *row, struct arena *arena)
{
    void *at = row->role == DUTY_ASSIST ? (void *)d->assist.at : (void *)d->leaders.at;

    if (row->role == DUTY_ASSIST) {
        if (!more(arena, &at, d->assist.count, sizeof *d->assist.at))
            return false;
        d->assist.at = at;
        d->assist.at[d->assist.count++] = arena_text(arena, row->unit);
        return true;
    }
    if (!more(arena, &at, d->leaders.count, sizeof *d->leaders.at))
        return false;
    d->leaders.at = at;
    d->leaders.at[d->leaders.count++] =
        (struct leader_line){arena_text(arena, row->person), arena_text(arena, row->duty)};
    return true;
}

/* Takes the duties of an item, the item's own first. */
static int take_duties(struct frozen *f, int64_t item, struct duty **list, size_t *count,
                       struct arena *arena, struct err *err)
{
    *list = NULL;
    *count = 0;
    while (f->duties.have && f->duty.item <= item) {
        if (f->duty.item == item) {
            if (*count == 0 || (*list)[*count - 1].task != f->duty.task) {
                void *at = *list;
                if (!more(arena, &at, *count, sizeof **list))
                    return err_set(err, NO_MEMORY);
                *list = at;
                (*list)[(*count)++] = (struct duty){.task = f->duty.task};
            }
            if (!put_duty(&(*list)[*count - 1], &f->duty, arena))
                return err_set(err, NO_MEMORY);
        }
        if (next_duty(f, err) != 0)
            return -1;
    }
    return 0;
}

static const struct duty *duty_of(const struct duty *list, size_t count, int64_t task)
{
    static const struct duty none = {0};

    for (size_t i = 0; i < count; i++)
        if (list[i].task == task)
            return &list[i];
    return &none;
}

static int take_milestones(struct frozen *f, int64_t item, int64_t task,
                           struct milestone_list *list, struct arena *arena, struct err *err)
{
    while (f->milestones.have &&
           (f->milestone.item < item || (f->milestone.item == item && f->milestone.task <= task))) {
        if (f->milestone.item == item && f->milestone.task == task) {
            void *at = list->at;
            if (!more(arena, &at, list->count, sizeof *list->at))
                return err_set(err, NO_MEMORY);
            list->at = at;
            list->at[list->count++] =
                (struct milestone_line){.n = f->milestone.n,
                                        .text = arena_text(arena, f->milestone.text),
                                        .due = due_in(f->milestone.due)};
        }
        if (next_milestone(f, err) != 0)
            return -1;
    }
    return 0;
}

/* A task has its item's lead unit, class and deadline where it has none of its own, and as long as
 * the same unit leads, its persons and assisting units: as in the list of tasks. */
static struct task_line task_line(const struct frozen_tasks_out *t,
                                  const struct problem_row_line *p, const struct duty *own,
                                  const struct duty *items, struct arena *arena)
{
    bool same = t->lead.n == 0 || text_eq(t->lead, p->lead);
    struct task_line line = {.n = t->n,
                             .text = arena_text(arena, t->text),
                             .lead = same ? p->lead : arena_text(arena, t->lead),
                             .assist = own->assist.count || !same ? own->assist : items->assist,
                             .person =
                                 t->person.n || !same ? arena_text(arena, t->person) : p->person,
                             .leaders = own->leaders.count || !same ? own->leaders : items->leaders,
                             .due = t->due < DUE_NONE ? due_in(t->due) : p->due,
                             .class = t->class ? word_key(&classes, t->class) : p->class};

    return line;
}

int frozen_next(struct frozen *f, struct frozen_item *item, struct arena *arena, struct err *err)
{
    struct frozen_problems_out r;
    struct problem_row_line *p = &item->problem;
    struct duty *duties;
    const struct duty *own;
    size_t count;
    int rc = frozen_problems_next(&f->problems.rows, &r, err);

    if (rc <= 0)
        return rc;
    *item = (struct frozen_item){.id = r.id};
    if (take_duties(f, r.id, &duties, &count, arena, err) != 0)
        return -1;
    own = duty_of(duties, count, 0);
    *p = (struct problem_row_line){.code = arena_text(arena, r.code),
                                   .number = arena_text(arena, r.number),
                                   .title = arena_text(arena, r.title),
                                   .text = arena_text(arena, r.text),
                                   .parts = lines_of(arena_text(arena, r.parts), arena),
                                   .category = arena_text(arena, r.category),
                                   .object = arena_text(arena, r.object),
                                   .place = arena_text(arena, r.place),
                                   .level = arena_text(arena, r.level),
                                   .class = word_key(&classes, r.class),
                                   .found = due_in(r.found),
                                   .due = due_in(r.due),
                                   .lead = arena_text(arena, r.lead),
                                   .assist = own->assist,
                                   .person = arena_text(arena, r.person),
                                   .leaders = own->leaders};
    while (f->tasks.have && f->task.item <= r.id) {
        void *at = item->tasks.at;
        struct task_line line;
        if (f->task.item == r.id) {
            line = task_line(&f->task, p, duty_of(duties, count, f->task.n), own, arena);
            if (take_milestones(f, r.id, line.n, &line.milestones, arena, err) != 0)
                return -1;
            if (!more(arena, &at, item->tasks.count, sizeof *item->tasks.at))
                return err_set(err, NO_MEMORY);
            item->tasks.at = at;
            item->tasks.at[item->tasks.count++] = line;
        }
        if (next_task(f, err) != 0)
            return -1;
    }
    return arena->failed ? err_set(err, NO_MEMORY) : 1;
}

/* --- count and hash ----------------------------------------------------------------------------
 */

enum { PROBLEMS, TASKS, DUTIES, LISTS };
static const char *const list_names[LISTS] = {"problems", "tasks", "responsibilities"};

struct freezing {
    struct sha256_run run[LISTS];
    int64_t rows[LISTS];
    struct buf line;
};

static void put_row(struct freezing *z, int list, const struct shape *shape, const void *row)
{
    buf_clear(&z->line);
    entry_write_data(&z->line, shape, row);
    buf_char(&z->line, '\n');
    sha256_add(&z->run[list], buf_view(&z->line));
    z->rows[list]++;
}

/* The rows of one task, or of an item without tasks: who leads, who assists, who leads from above.
 */
static void put_duties(struct freezing *z, struct text code, const struct task_line *t)
{
    struct duty_row_line row = {.code = code, .n = t->n, .role = T("lead")};

    row.unit = t->lead;
    row.person = t->person;
    if (row.unit.n || row.person.n)
        put_row(z, DUTIES, &shape_duty_row, &row);
    row.role = T("assisting");
    row.person = T("");
    for (size_t i = 0; i < t->assist.count; i++) {
        row.unit = t->assist.at[i];
        put_row(z, DUTIES, &shape_duty_row, &row);
    }
    row.role = T("responsible_leader");
    row.unit = T("");
    for (size_t i = 0; i < t->leaders.count; i++) {
        row.person = t->leaders.at[i].person;
        row.duty = t->leaders.at[i].duty;
        put_row(z, DUTIES, &shape_duty_row, &row);
    }
}

static void put_item(struct freezing *z, const struct frozen_item *item)
{
    const struct problem_row_line *p = &item->problem;
    struct task_line whole = {
        .lead = p->lead, .assist = p->assist, .person = p->person, .leaders = p->leaders};

    put_row(z, PROBLEMS, &shape_problem_row, p);
    for (size_t i = 0; i < item->tasks.count; i++) {
        struct task_row_line row = {.code = p->code, .task = {&item->tasks.at[i], 1}};
        put_row(z, TASKS, &shape_task_row, &row);
        put_duties(z, p->code, &item->tasks.at[i]);
    }
    if (item->tasks.count == 0)
        put_duties(z, p->code, &whole);
}

int freeze_lists(struct store *s, struct text campaign, struct frozen_list *lists,
                 struct arena *arena, struct err *err)
{
    arena_auto struct arena texts = ARENA(64u << 20);
    struct freezing z = {.line = BUF(BUF_ANY)};
    struct frozen_item item;
    struct frozen *f = frozen_open(s, campaign, err);
    int rc;

    if (f == NULL)
        return -1;
    for (int i = 0; i < LISTS; i++)
        sha256_begin(&z.run[i]);
    while ((rc = frozen_next(f, &item, &texts, err)) == 1) {
        put_item(&z, &item);
        arena_clear(&texts);
    }
    frozen_close(f);
    *lists = (struct frozen_list){arena_array(arena, struct frozen_line, LISTS), LISTS};
    if (rc == 0 && (z.line.failed || lists->at == NULL))
        rc = err_set(err, NO_MEMORY);
    buf_release(&z.line);
    for (int i = 0; i < LISTS && rc == 0; i++) {
        buf_auto struct buf hex = BUF(64);
        struct hash hash = sha256_end(&z.run[i]);
        buf_hex(&hex, hash.b, sizeof hash.b);
        lists->at[i] = (struct frozen_line){.list = text_of(list_names[i]),
                                            .rows = z.rows[i],
                                            .hash = arena_text(arena, buf_view(&hex))};
    }
    return rc == 0 && arena->failed ? err_set(err, NO_MEMORY) : rc;
}

int campaign_plan_read(struct ledger *l, struct command *c, struct arena *arena, struct err *err)
{
    struct head_get_out head;
    uint32_t offers;
    int rc;

    if (!l->trial && store_begin(l->store, STORE_READ, err) != 0)
        return -1;
    rc = campaign_plan_offers(l, c->by, c->on, &offers, arena, err);
    if (rc == 0 && head_get_one(l->store, NULL, &head, arena, err) == 1) {
        c->read = head.size;
        /* Whoever may not submit it is refused before the lists are looked at. */
        if (offers & PLAN_OFFER(EVENT_CAMPAIGN_PLAN))
            rc = freeze_lists(l->store, c->on, &c->event.campaign_plan.lists, arena, err);
    } else {
        rc = -1;
    }
    if (!l->trial)
        store_rollback(l->store);
    return rc;
}

/* What is done about an item changes no list: work goes on while a plan is read. */
static bool moves_lists(enum event_kind kind)
{
    switch (kind) {
    case EVENT_ITEM_ACCEPT:
    case EVENT_ITEM_REPORT:
    case EVENT_ITEM_ATTACH:
    case EVENT_ITEM_APPLY:
    case EVENT_ITEM_RETURN:
    case EVENT_ITEM_VERIFY:
    case EVENT_ITEM_STRIKE_OFF:
    case EVENT_ITEM_ANSWER:
    case EVENT_ITEM_EXTEND:
    case EVENT_ITEM_DENY:
    case EVENT_ITEM_SUSPEND:
    case EVENT_ITEM_RESUME:
    case EVENT_ITEM_CHASE:
    case EVENT_ITEM_ESCALATE:
    case EVENT_ITEM_INSTRUCT: return false;
    default: return true;
    }
}

/* Whether the lists may be others than those that were read: 1, 0, -1. Costs what was written
 * since.
 */
static int lists_moved(struct batch *b, const struct command *c, struct err *err)
{
    arena_auto struct arena arena = ARENA(8u << 20);
    struct campaign_plan_since_out row;
    struct rows rows;
    struct entry e;
    bool moved = false;
    int rc = campaign_plan_since_open(b->store, &(struct campaign_plan_since_in){c->on, c->read},
                                      &rows, err);

    if (rc != 0)
        return -1;
    while (!moved && (rc = campaign_plan_since_next(&rows, &row, err)) == 1) {
        moved = !entry_read(row.bytes, &arena, &e, NULL) || moves_lists(e.event.kind);
        arena_clear(&arena);
    }
    rows_close(&rows);
    return rc < 0 ? -1 : moved;
}

/* --- rules and projection ----------------------------------------------------------------------
 */

static struct verdict no(enum rule rule, struct text a, struct text b)
{
    return (struct verdict){.rule = rule, .texts = {a, b}};
}

static struct verdict wrong_role(const char *verb, enum role role)
{
    return no(RULE_ROLE, text_of(verb), text_of(roles.words[role].label));
}

/* The roles that count for the whole campaign; *seen: whether the author sees anything of it. */
static int campaign_roles(struct batch *b, const struct command *c, const struct campaign *campaign,
                          uint32_t *bits, bool *seen, struct err *err)
{
    struct rows rows;
    struct campaign_plan_roles_out row;
    int rc = campaign_plan_roles_open(b->store,
                                      &(struct campaign_plan_roles_in){c->by, b->today, c->on,
                                                                       campaign->confidential,
                                                                       campaign->marking},
                                      &rows, err);

    *bits = 0;
    *seen = false;
    if (rc != 0)
        return -1;
    while ((rc = campaign_plan_roles_next(&rows, &row, err)) == 1) {
        *seen = true;
        *bits |= row.whole ? (uint32_t)row.roles : 0;
    }
    rows_close(&rows);
    return rc;
}

/* Whether somebody may do that about the campaign's plan, whatever state it is in; *last is its
 * last version, zeros while there is none. */
static struct verdict may_plan(struct batch *b, const struct command *c, uint32_t actor,
                               struct campaign_plan_last_out *last, struct err *err)
{
    enum event_kind kind = c->event.kind;
    enum role role = kind == EVENT_CAMPAIGN_PLAN ? ROLE_CLERK : ROLE_APPROVER;
    const char *verb = kind == EVENT_CAMPAIGN_PLAN          ? N_("submit a plan")
                       : kind == EVENT_CAMPAIGN_PLAN_RETURN ? N_("return a plan")
                                                            : N_("approve a plan");
    struct campaign *campaign;
    uint32_t bits;
    bool seen;

    *last = (struct campaign_plan_last_out){0};
    if (!(actor & BIT(role)))
        return wrong_role(verb, role);
    if (batch_campaign(b, c->on, &campaign, err) != 0 ||
        (campaign && campaign_roles(b, c, campaign, &bits, &seen, err) != 0))
        return no(RULE_NONE, T(""), T(""));
    if (campaign == NULL || !seen)
        return no(RULE_UNKNOWN_CAMPAIGN, c->on, T(""));
    if (!(bits & BIT(role)))
        return wrong_role(verb, role);
    campaign_plan_last_one(b->store, &(struct campaign_plan_last_in){c->on}, last, b->arena, err);
    return no(RULE_NONE, T(""), T(""));
}

struct verdict decide_campaign_plan(struct batch *b, struct command *c, uint32_t actor,
                                    struct err *err)
{
    struct event *e = &c->event;
    struct campaign_plan_last_out last;
    struct verdict v = may_plan(b, c, actor, &last, err);

    if (v.rule || err->code)
        return v;
    if (e->kind == EVENT_CAMPAIGN_PLAN) {
        int moved = lists_moved(b, c, err);
        if (moved != 0)
            return no(moved > 0 ? RULE_MOVED : RULE_NONE, c->on, T(""));
        e->campaign_plan.version = last.version + 1;
        /* They were not read where there was nothing to plan (campaign_plan_read). */
        return e->campaign_plan.lists.count > TASKS && e->campaign_plan.lists.at[TASKS].rows
                   ? no(RULE_NONE, T(""), T(""))
                   : no(RULE_NO_TASKS, T(""), T(""));
    }
    if (last.state != PLAN_SUBMITTED)
        return no(RULE_NO_PLAN, c->on, T(""));
    if (c->seen && c->seen != last.version)
        return (struct verdict){
            .rule = RULE_STALE, .texts = {c->on}, .numbers = {c->seen, last.version}};
    if (e->kind == EVENT_CAMPAIGN_PLAN_RETURN) {
        e->campaign_plan_return.version = last.version;
        return e->campaign_plan_return.reason.n
                   ? no(RULE_NONE, T(""), T(""))
                   : no(RULE_MISSING, text_of(N_("The reason")), T("--reason"));
    }
    e->campaign_plan_approve.version = last.version;
    return no(RULE_NONE, T(""), T(""));
}

int campaign_plan_offers(struct ledger *l, struct text by, struct text campaign, uint32_t *offers,
                         struct arena *arena, struct err *err)
{
    static const enum event_kind kinds_of[] = {EVENT_CAMPAIGN_PLAN, EVENT_CAMPAIGN_PLAN_RETURN,
                                               EVENT_CAMPAIGN_PLAN_APPROVE};
    struct batch b = {.ledger = l, .store = l->store, .arena = arena, .today = ledger_today(l)};
    struct campaign_plan_last_out last;
    struct actor_row *actor;
    int rc = batch_actor(&b, by, &actor, err);

    *offers = 0;
    for (size_t i = 0; rc == 1 && i < 3; i++) {
        struct command c = {.by = by, .on = campaign, .event = {.kind = kinds_of[i]}};
        struct frozen_tasks_out any;
        struct verdict v = may_plan(&b, &c, actor->actor.roles, &last, err);
        int fits = v.rule || err->code ? 0
                   : i > 0             ? last.state == PLAN_SUBMITTED
                           : frozen_tasks_one(l->store, &(struct frozen_tasks_in){campaign}, &any,
                                              arena, err);
        if (fits < 0 || err->code)
            rc = -1;
        else if (fits)
            *offers |= PLAN_OFFER(kinds_of[i]);
    }
    batch_release(&b);
    return rc < 0 ? -1 : 0;
}

int project_campaign_plan(struct batch *b, const struct entry *e, struct err *err)
{
    const struct event *d = &e->event;
    bool approved = d->kind == EVENT_CAMPAIGN_PLAN_APPROVE;

    if (d->kind == EVENT_CAMPAIGN_PLAN)
        return campaign_plan_put(
            b->store,
            &(struct campaign_plan_put_in){e->on, d->campaign_plan.version, e->seq, PLAN_SUBMITTED},
            err);
    return campaign_plan_decide(
        b->store,
        &(struct campaign_plan_decide_in){
            e->on, approved ? d->campaign_plan_approve.version : d->campaign_plan_return.version,
            approved ? PLAN_APPROVED : PLAN_RETURNED, e->seq},
        err);
}

int check_campaign_plan(struct store *s, const struct entry *e, struct arena *arena,
                        struct err *err)
{
    const struct frozen_list *said = &e->event.campaign_plan.lists;
    struct frozen_list is;
    char number[24];
    bool same;

    if (e->event.kind != EVENT_CAMPAIGN_PLAN)
        return 0;
    if (freeze_lists(s, e->on, &is, arena, err) != 0)
        return -1;
    same = said->count == is.count;
    for (size_t i = 0; i < is.count && same; i++)
        same = text_eq(said->at[i].list, is.at[i].list) && said->at[i].rows == is.at[i].rows &&
               text_eq(said->at[i].hash, is.at[i].hash);
    if (same)
        return 0;
    snprintf(number, sizeof number, "%lld", (long long)e->seq);
    return err_set(err, WRONG_ENTRY, text_of(number),
                   err_sentence(N_("the lists that it froze are not those that the log gives")));
}
