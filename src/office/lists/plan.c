/* plan.c: see plan.h. */
#include "office/lists/plan.h"

#include <stdio.h>

#include "office/lists/json.h"
#include "office/lists/plain.h"
#include "office/lists/show.sql.h"

static const struct {
    const char *key, *label;
} fields[PLAN_FIELDS] = {
    [PLAN_MEASURE] = {"measure", N_("measure")},
    [PLAN_UNITS] = {"units", N_("units")},
    [PLAN_PERSONS] = {"persons", N_("persons")},
    [PLAN_DEADLINE] = {"deadline", N_("deadline")},
};

const char *plan_field_key(enum plan_field field)
{
    return fields[field].key;
}

const char *plan_field_label(enum plan_field field)
{
    return fields[field].label;
}

static int no_version(struct text code, int64_t n, struct err *err)
{
    char name[96];
    struct text clipped = text_clip(code, 64);

    snprintf(name, sizeof name, "%.*s, %lld", TEXT_ARG(clipped), (long long)(n > 0 ? n : 1));
    return err_set(err, NOT_FOUND, err_sentence(N_("version of the plan of")), text_of(name));
}

int plan_load(struct plan_version *plan, struct ledger *l, const struct viewer *v, struct text code,
              int64_t n, struct arena *arena, struct err *err)
{
    const struct list_row *row;
    struct show_plan_out at;
    struct list *list;
    int64_t item = 0, last = 0;
    int rc;

    *plan = (struct plan_version){.code = code};
    list = list_item(l, v, code, err);
    if (list == NULL)
        return -1;
    rc = list_next(list, &row, err);
    if (rc == 1) {
        item = row->problem.id;
        last = row->problem.plan;
    }
    list_close(list);
    if (rc < 0)
        return -1;
    if (n <= 0)
        n += last;
    rc = show_plan_one(l->store, &(struct show_plan_in){item, n}, &at, arena, err);
    if (rc <= 0)
        return rc < 0 ? -1 : no_version(code, n, err);
    return ledger_entry(l, at.seq, arena, &plan->entry, err);
}

/* --- comparing ---------------------------------------------------------------------------------
 */

static bool same_texts(struct texts x, struct texts y)
{
    for (size_t i = 0; i < x.count && x.count == y.count; i++)
        if (!text_eq(x.at[i], y.at[i]))
            return false;
    return x.count == y.count;
}

static bool same_leaders(struct leader_list x, struct leader_list y)
{
    for (size_t i = 0; i < x.count && x.count == y.count; i++)
        if (!text_eq(x.at[i].person, y.at[i].person) || !text_eq(x.at[i].duty, y.at[i].duty))
            return false;
    return x.count == y.count;
}

uint32_t plan_differences(const struct task_line *x, const struct task_line *y)
{
    uint32_t bits = 0;

    if (!text_eq(x->text, y->text))
        bits |= BIT(PLAN_MEASURE);
    if (!text_eq(x->lead, y->lead) || !same_texts(x->assist, y->assist))
        bits |= BIT(PLAN_UNITS);
    if (!text_eq(x->person, y->person) || !same_leaders(x->leaders, y->leaders))
        bits |= BIT(PLAN_PERSONS);
    if (x->due != y->due || !text_eq(x->class, y->class))
        bits |= BIT(PLAN_DEADLINE);
    return bits;
}

static const struct task_line *task_of(struct task_list list, int64_t n)
{
    for (size_t i = 0; i < list.count; i++)
        if (list.at[i].n == n)
            return &list.at[i];
    return NULL;
}

const struct plan_change *plan_changes(struct task_list x, struct task_list y, size_t *count,
                                       struct arena *arena)
{
    struct plan_change *changes = arena_array(arena, struct plan_change, x.count + y.count + 1);

    *count = 0;
    for (size_t i = 0; changes && i < x.count; i++) {
        const struct task_line *now = task_of(y, x.at[i].n);
        struct plan_change change = {TASK_LEFT_OUT, &x.at[i], now, 0};
        if (now) {
            change.how = TASK_CHANGED;
            change.fields = plan_differences(&x.at[i], now);
        }
        if (now == NULL || change.fields)
            changes[(*count)++] = change;
    }
    for (size_t i = 0; changes && i < y.count; i++)
        if (task_of(x, y.at[i].n) == NULL)
            changes[(*count)++] = (struct plan_change){TASK_ADDED, NULL, &y.at[i], 0};
    return changes;
}

const struct plan_change *plan_compare(const struct plan_version *before,
                                       const struct plan_version *after, size_t *count,
                                       struct arena *arena)
{
    return plan_changes(before->entry.event.item_plan.tasks, after->entry.event.item_plan.tasks,
                        count, arena);
}

/* --- saying it ---------------------------------------------------------------------------------
 */

void plan_field_say(struct buf *out, enum lang lang, struct names *names, const struct task_line *t,
                    enum plan_field field)
{
    switch (field) {
    case PLAN_UNITS:
        buf_text(out, name_of_unit(names, t->lead));
        for (size_t i = 0; i < t->assist.count; i++) {
            buf_between(out, lang);
            buf_text(out, name_of_unit(names, t->assist.at[i]));
        }
        break;
    case PLAN_PERSONS:
        buf_text(out, name_of_person(names, t->person));
        for (size_t i = 0; i < t->leaders.count; i++) {
            if (i || t->person.n)
                buf_between(out, lang);
            buf_text(out, name_of_person(names, t->leaders.at[i].person));
            if (t->leaders.at[i].duty.n)
                say(out, lang, N_(" ({0})"), t->leaders.at[i].duty);
        }
        break;
    case PLAN_DEADLINE:
        if (t->due)
            buf_date(out, t->due);
        if (t->class.n) {
            if (date_valid(t->due) && t->due)
                buf_between(out, lang);
            buf_text(out, word_label(&classes, word_of(&classes, t->class), lang));
        }
        break;
    case PLAN_MEASURE:
    default: buf_text(out, t->text);
    }
}

static void key_task(struct json_out *j, const char *key, const struct task_line *t)
{
    json_key_any(j, key);
    if (t)
        entry_write_data(j->out, &shape_task, t);
    else
        buf_str(j->out, "{}");
}

void plan_json(struct buf *out, const struct plan_version *plan, struct ledger *l,
               struct names *names)
{
    const struct entry *e = &plan->entry;
    struct json_out j = json_open(out);

    json_key_text(&j, "code", plan->code);
    json_key_int(&j, "version", e->event.item_plan.version);
    json_key_int(&j, "seq", e->seq);
    json_key_moment(&j, "at", l, e->at);
    json_key_text(&j, "by", e->by);
    json_key_text(&j, "by_name", name_of_person(names, e->by));
    json_key_text(&j, "note", e->event.item_plan.note);
    json_key_any(&j, "tasks");
    buf_char(out, '[');
    for (size_t i = 0; i < e->event.item_plan.tasks.count; i++) {
        if (i)
            buf_char(out, ',');
        entry_write_data(out, &shape_task, &e->event.item_plan.tasks.at[i]);
    }
    buf_char(out, ']');
    json_close(&j);
}

void task_changes_json(struct buf *out, const struct plan_change *changes, size_t count,
                       enum lang lang, struct names *names)
{
    static const char *const hows[] = {"added", "dropped", "changed"};

    buf_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        const struct plan_change *c = &changes[i];
        struct json_out row, changed;
        if (i)
            buf_char(out, ',');
        row = json_open(out);
        json_key_int(&row, "n", c->after ? c->after->n : c->before->n);
        json_key_text(&row, "change", text_of(hows[c->how]));
        json_key_any(&row, "fields");
        changed = json_open(out);
        for (int f = 0; f < PLAN_FIELDS; f++) {
            buf_auto struct buf was = BUF(BUF_ANY), is = BUF(BUF_ANY);
            struct json_out pair;
            if (!(c->fields & BIT(f)))
                continue;
            plan_field_say(&was, lang, names, c->before, (enum plan_field)f);
            plan_field_say(&is, lang, names, c->after, (enum plan_field)f);
            json_key_any(&changed, fields[f].key);
            pair = json_open(out);
            json_key_text(&pair, "before", buf_view(&was));
            json_key_text(&pair, "after", buf_view(&is));
            json_close(&pair);
        }
        json_close(&changed);
        key_task(&row, "before", c->before);
        key_task(&row, "after", c->after);
        json_close(&row);
    }
    buf_char(out, ']');
}

void plan_changes_json(struct buf *out, const struct plan_version *before,
                       const struct plan_version *after, const struct plan_change *changes,
                       size_t count, enum lang lang, struct names *names)
{
    struct json_out j = json_open(out);

    json_key_text(&j, "code", before->code);
    json_key_int(&j, "before", before->entry.event.item_plan.version);
    json_key_int(&j, "after", after->entry.event.item_plan.version);
    json_key_any(&j, "changes");
    task_changes_json(out, changes, count, lang, names);
    json_close(&j);
}
