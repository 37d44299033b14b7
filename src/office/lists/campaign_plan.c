/* campaign_plan.c: see campaign_plan.h. */
#include "office/lists/campaign_plan.h"

#include <stdio.h>

#include "office/lists/campaign_plan.sql.h"
#include "office/lists/json.h"
#include "office/lists/past.h"
#include "office/lists/plain.h"

/* The entries of one version. */
static int read_plan(struct campaign_plan *p, const struct plans_of_out *row, struct arena *arena,
                     struct err *err)
{
    const char *why = NULL;
    char number[24];

    *p = (struct campaign_plan){.state = row->state};
    if (entry_read(arena_text(arena, row->submitted), arena, &p->submitted, &why) &&
        (row->decided.n == 0 ||
         entry_read(arena_text(arena, row->decided), arena, &p->decided, &why)))
        return 0;
    if (arena->failed)
        return err_set(err, NO_MEMORY);
    snprintf(number, sizeof number, "%lld", (long long)row->seq);
    return err_set(err, WRONG_ENTRY, text_of(number), err_sentence(why));
}

int campaign_plans(struct ledger *l, const struct viewer *v, struct text campaign,
                   struct campaign_plan **plans, size_t *count, struct arena *arena,
                   struct err *err)
{
    struct list_query query = {.kind = LIST_PROBLEMS};
    struct plans_of_out row;
    struct rows rows;
    size_t room = 0;
    int rc;

    *plans = NULL;
    *count = 0;
    if (list_choose_campaign(&query, l, v, campaign, NULL, arena, err) != 0 ||
        plans_of_open(l->store, &(struct plans_of_in){campaign}, &rows, err) != 0)
        return -1;
    while ((rc = plans_of_next(&rows, &row, err)) == 1) {
        struct campaign_plan *p;
        if (*count == room) {
            struct campaign_plan *wider =
                arena_array(arena, struct campaign_plan, room = room ? room * 2 : 16);
            if (wider == NULL) {
                rc = err_set(err, NO_MEMORY);
                break;
            }
            if (*count)
                memcpy(wider, *plans, *count * sizeof *wider);
            *plans = wider;
        }
        p = &(*plans)[(*count)++];
        rc = read_plan(p, &row, arena, err);
        if (rc != 0)
            break;
    }
    rows_close(&rows);
    for (size_t i = 0; i + 1 < *count; i++)
        (*plans)[i].superseded = (*plans)[i].state == PLAN_SUBMITTED;
    return rc;
}

const char *campaign_plan_key(const struct campaign_plan *plan)
{
    return plan->superseded ? "superseded" : plan_states.words[plan->state].key;
}

const char *campaign_plan_label(const struct campaign_plan *plan)
{
    return plan->superseded ? N_("superseded") : plan_states.words[plan->state].label;
}

/* --- an item's fields ---------------------------------------------------------------------------
 */

static const struct {
    const char *key, *label;
    size_t text; /* where it stands; 0: it is no text */
} fields[PROBLEM_FIELDS] = {
#define TEXT(member) offsetof(struct problem_row_line, member)
    [PROBLEM_NUMBER] = {"number", N_("Number"), TEXT(number)},
    [PROBLEM_TITLE] = {"title", N_("Title"), TEXT(title)},
    [PROBLEM_TEXT] = {"text", N_("Problem"), TEXT(text)},
    [PROBLEM_PARTS] = {"parts", N_("Parts"), 0},
    [PROBLEM_CATEGORY] = {"category", N_("Category"), TEXT(category)},
    [PROBLEM_OBJECT] = {"object", N_("Object"), TEXT(object)},
    [PROBLEM_PLACE] = {"place", N_("Place"), TEXT(place)},
    [PROBLEM_LEVEL] = {"level", N_("Level"), TEXT(level)},
    [PROBLEM_FOUND] = {"found", N_("Found"), 0},
    [PROBLEM_UNITS] = {"units", N_("units"), 0},
    [PROBLEM_PERSONS] = {"persons", N_("persons"), 0},
    [PROBLEM_DEADLINE] = {"deadline", N_("deadline"), 0},
#undef TEXT
};

const char *problem_field_key(enum problem_field field)
{
    return fields[field].key;
}

const char *problem_field_label(enum problem_field field)
{
    return fields[field].label;
}

static struct text text_at(const struct problem_row_line *p, size_t offset)
{
    return *(const struct text *)(const void *)((const char *)p + offset);
}

/* What of an item is as with a task. */
static struct task_line as_task(const struct problem_row_line *p)
{
    return (struct task_line){.lead = p->lead,
                              .assist = p->assist,
                              .person = p->person,
                              .leaders = p->leaders,
                              .due = p->due,
                              .class = p->class};
}

void problem_field_say(struct buf *out, enum lang lang, struct names *names,
                       const struct problem_row_line *p, enum problem_field field)
{
    struct task_line line = as_task(p);

    if (fields[field].text) {
        buf_text(out, text_at(p, fields[field].text));
        return;
    }
    switch (field) {
    case PROBLEM_UNITS: plan_field_say(out, lang, names, &line, PLAN_UNITS); break;
    case PROBLEM_PERSONS: plan_field_say(out, lang, names, &line, PLAN_PERSONS); break;
    case PROBLEM_DEADLINE: plan_field_say(out, lang, names, &line, PLAN_DEADLINE); break;
    case PROBLEM_FOUND:
        if (date_valid(p->found) && p->found)
            buf_date(out, p->found);
        break;
    default:
        for (size_t i = 0; i < p->parts.count; i++) {
            if (i)
                buf_between(out, lang);
            buf_text(out, p->parts.at[i]);
        }
    }
}

static bool same_parts(struct texts x, struct texts y)
{
    for (size_t i = 0; i < x.count && x.count == y.count; i++)
        if (!text_eq(x.at[i], y.at[i]))
            return false;
    return x.count == y.count;
}

static uint32_t problem_differences(const struct problem_row_line *x,
                                    const struct problem_row_line *y)
{
    static const enum problem_field of_task[PLAN_FIELDS] = {[PLAN_UNITS] = PROBLEM_UNITS,
                                                            [PLAN_PERSONS] = PROBLEM_PERSONS,
                                                            [PLAN_DEADLINE] = PROBLEM_DEADLINE};
    struct task_line one = as_task(x), two = as_task(y);
    uint32_t bits = 0, tasks = plan_differences(&one, &two);

    for (int f = 0; f < PROBLEM_FIELDS; f++)
        if (fields[f].text && !text_eq(text_at(x, fields[f].text), text_at(y, fields[f].text)))
            bits |= BIT(f);
    for (int f = 0; f < PLAN_FIELDS; f++)
        if (tasks & BIT(f))
            bits |= BIT(of_task[f]);
    if (!same_parts(x->parts, y->parts))
        bits |= BIT(PROBLEM_PARTS);
    if (x->found != y->found)
        bits |= BIT(PROBLEM_FOUND);
    return bits;
}

/* --- comparing ---------------------------------------------------------------------------------
 */

/* A version's items, one at a time. */
struct side {
    struct ledger past;
    struct viewer then;
    struct arena arena;
    struct frozen *items;
    struct frozen_item item;
    bool open, have;
};

static int side_next(struct side *s, struct err *err)
{
    int rc;

    arena_clear(&s->arena);
    rc = frozen_next(s->items, &s->item, &s->arena, err);
    s->have = rc == 1;
    return rc < 0 ? -1 : 0;
}

static int side_open(struct side *s, struct ledger *l, const struct viewer *v, struct text campaign,
                     const struct campaign_plan *plan, struct err *err)
{
    *s = (struct side){.arena = ARENA(64u << 20)};
    if (past_open_entry(&s->past, &s->then, l, v, &plan->submitted, err) != 0)
        return -1;
    s->open = true;
    s->items = frozen_open(s->past.store, campaign, err);
    return s->items == NULL ? -1 : side_next(s, err);
}

static void side_close(struct side *s)
{
    frozen_close(s->items);
    if (s->open)
        ledger_close(&s->past);
    arena_release(&s->arena);
}

static int change_of(struct item_change *change, const struct frozen_item *before,
                     const struct frozen_item *after, struct arena *arena, struct err *err)
{
    *change = (struct item_change){.how = before == NULL  ? ITEM_ADDED
                                          : after == NULL ? ITEM_DROPPED
                                                          : ITEM_CHANGED,
                                   .before = before,
                                   .after = after};
    if (before && after)
        change->fields = problem_differences(&before->problem, &after->problem);
    arena_clear(arena);
    change->tasks =
        plan_changes(before ? before->tasks : (struct task_list){0},
                     after ? after->tasks : (struct task_list){0}, &change->task_count, arena);
    return change->tasks == NULL ? err_set(err, NO_MEMORY) : 0;
}

static int merge(struct side *x, struct side *y, campaign_plan_each *each, void *arg,
                 int64_t *count, struct err *err)
{
    arena_auto struct arena arena = ARENA(64u << 20);
    struct item_change change;

    while (x->have || y->have) {
        bool one = x->have && (!y->have || x->item.id <= y->item.id);
        bool two = y->have && (!x->have || y->item.id <= x->item.id);
        if (change_of(&change, one ? &x->item : NULL, two ? &y->item : NULL, &arena, err) != 0)
            return -1;
        if (change.how != ITEM_CHANGED || change.fields || change.task_count) {
            if (each(arg, &change, err) != 0)
                return -1;
            ++*count;
        }
        if ((one && side_next(x, err) != 0) || (two && side_next(y, err) != 0))
            return -1;
    }
    return 0;
}

int campaign_plan_compare(struct ledger *l, const struct viewer *v, struct text campaign,
                          const struct campaign_plan *before, const struct campaign_plan *after,
                          campaign_plan_each *each, void *arg, int64_t *count, struct err *err)
{
    struct side x = {.open = false}, y = {.open = false};
    int64_t found = 0;
    int rc = before ? side_open(&x, l, v, campaign, before, err) : 0;

    if (rc == 0)
        rc = side_open(&y, l, v, campaign, after, err);
    if (rc == 0)
        rc = merge(&x, &y, each, arg, &found, err);
    side_close(&x);
    side_close(&y);
    if (count)
        *count = found;
    return rc;
}

/* --- JSON --------------------------------------------------------------------------------------
 */

void campaign_plan_json(struct buf *out, struct text campaign, const struct campaign_plan *plan,
                        struct ledger *l, struct names *names)
{
    const struct entry *e = &plan->submitted, *d = &plan->decided;
    const struct campaign_plan_event *p = &e->event.campaign_plan;
    bool decided = d->event.kind != 0;
    struct json_out j = json_open(out), list;

    json_key_text(&j, "campaign", campaign);
    json_key_int(&j, "version", p->version);
    json_key_text(&j, "state", text_of(campaign_plan_key(plan)));
    json_key_int(&j, "seq", e->seq);
    json_key_moment(&j, "at", l, e->at);
    json_key_text(&j, "by", e->by);
    json_key_text(&j, "by_name", name_of_person(names, e->by));
    json_key_text(&j, "note", p->note);
    json_key_any(&j, "lists");
    buf_char(out, '[');
    for (size_t i = 0; i < p->lists.count; i++) {
        if (i)
            buf_char(out, ',');
        list = json_open(out);
        json_key_text(&list, "list", p->lists.at[i].list);
        json_key_int(&list, "rows", p->lists.at[i].rows);
        json_key_text(&list, "hash", p->lists.at[i].hash);
        json_close(&list);
    }
    buf_char(out, ']');
    json_key_text(&j, "decided_by", d->by);
    json_key_text(&j, "decided_by_name", decided ? name_of_person(names, d->by) : T(""));
    if (decided)
        json_key_moment(&j, "decided_at", l, d->at);
    else
        json_key_text(&j, "decided_at", T(""));
    json_key_text(&j, "decision_note",
                  d->event.kind == EVENT_CAMPAIGN_PLAN_APPROVE ? d->event.campaign_plan_approve.note
                  : d->event.kind == EVENT_CAMPAIGN_PLAN_RETURN
                      ? d->event.campaign_plan_return.reason
                      : T(""));
    json_close(&j);
}

void item_change_json(struct buf *out, const struct item_change *c, enum lang lang,
                      struct names *names)
{
    static const char *const hows[] = {"added", "dropped", "changed"};
    const struct frozen_item *known = c->after ? c->after : c->before;
    struct json_out j = json_open(out), changed;

    json_key_text(&j, "code", known->problem.code);
    json_key_text(&j, "change", text_of(hows[c->how]));
    json_key_any(&j, "fields");
    changed = json_open(out);
    for (int f = 0; f < PROBLEM_FIELDS; f++) {
        buf_auto struct buf was = BUF(BUF_ANY), is = BUF(BUF_ANY);
        struct json_out pair;
        if (!(c->fields & BIT(f)))
            continue;
        problem_field_say(&was, lang, names, &c->before->problem, (enum problem_field)f);
        problem_field_say(&is, lang, names, &c->after->problem, (enum problem_field)f);
        json_key_any(&changed, fields[f].key);
        pair = json_open(out);
        json_key_text(&pair, "before", buf_view(&was));
        json_key_text(&pair, "after", buf_view(&is));
        json_close(&pair);
    }
    json_close(&changed);
    json_key_any(&j, "tasks");
    task_changes_json(out, c->tasks, c->task_count, lang, names);
    json_close(&j);
}
