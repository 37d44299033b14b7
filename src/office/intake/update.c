/*
 * update.c: a corrected file changes the items that it names: only what differs, as commands under
 * the ordinary rules.
 */
#include "ledger/batch.h"
#include "ledger/item.sql.h"
#include "ledger/office.sql.h"
#include "office/intake/run.h"

static struct text changed(struct text old, struct text now)
{
    return now.n && !text_eq(old, now) ? now : T("");
}

static struct text lines(struct arena *a, struct texts parts)
{
    struct text all = T("");

    for (size_t i = 0; i < parts.count; i++)
        all = i ? arena_join(a, arena_join(a, all, T("\n")), parts.at[i]) : parts.at[0];
    return all;
}

/* Units that assist and leaders, as they are. */
static int same_duties(struct run *r, int64_t item, const struct item_register_event *now,
                       bool *assist, bool *leaders, struct err *err)
{
    struct rows rows;
    struct duty_all_out row;
    size_t a = 0, l = 0;
    int rc;

    *assist = *leaders = true;
    if (duty_all_open(r->ledger->store, &(struct duty_all_in){.item = item}, &rows, err) != 0)
        return -1;
    while ((rc = duty_all_next(&rows, &row, err)) == 1) {
        if (row.task != 0)
            continue;
        if (row.role == DUTY_ASSIST &&
            (a >= now->assist.count || !text_eq(row.unit, now->assist.at[a++])))
            *assist = false;
        if (row.role == DUTY_LEADER &&
            (l >= now->leaders.count || !text_eq(row.person, now->leaders.at[l++].person)))
            *leaders = false;
    }
    *assist = *assist && a == now->assist.count;
    *leaders = *leaders && l == now->leaders.count;
    return rc;
}

/* Tasks whose words or deadline differ, by their place in the list; further ones are new. */
static int changed_tasks(struct run *r, const struct item *item,
                         const struct item_register_event *now, struct task_list *list,
                         struct err *err)
{
    list->at = arena_array(&r->arena, struct task_line, now->tasks.count + 1);
    if (list->at == NULL)
        return err_set(err, NO_MEMORY);
    /* A cell that joins several measures cannot say which of them it changes. */
    if ((int64_t)now->tasks.count < item->tasks)
        return 0;
    for (size_t i = 0; i < now->tasks.count; i++) {
        const struct task_line *line = &now->tasks.at[i];
        struct task_get_out old;
        int rc = task_get_one(r->ledger->store,
                              &(struct task_get_in){.item = item->id, .n = (int64_t)i + 1}, &old,
                              &r->arena, err);
        struct task_line *out = &list->at[list->count];
        if (rc < 0)
            return -1;
        *out = *line;
        if (rc == 1) {
            if (old.state >= TASK_DONE)
                continue;
            out->n = (int64_t)i + 1;
            out->text = changed(old.text, line->text);
            out->lead = changed(old.lead, line->lead);
            out->person = changed(old.person, line->person);
            if (due_out(line->due) == old.due)
                out->due = DATE_NONE;
            if (out->text.n + out->lead.n + out->person.n == 0 && !date_valid(out->due) &&
                !line->done)
                continue;
        }
        out->milestones.count = 0;
        list->count++;
    }
    return 0;
}

/* The differences as one amendment. */
static int compare(struct run *r, const struct item *item, const struct text_get_out *text,
                   const struct item_register_event *now, struct item_amend_event *e,
                   struct err *err)
{
    bool assist, leaders;
    struct text parts = lines(&r->arena, now->parts);

    if (same_duties(r, item->id, now, &assist, &leaders, err) != 0)
        return -1;
    *e = (struct item_amend_event){.title = changed(text->title, now->title),
                                   .text = changed(text->text, now->text),
                                   .parts = changed(text->parts, parts).n ? now->parts
                                                                          : (struct texts){0},
                                   .category = changed(text->category, now->category),
                                   .object = changed(text->object, now->object),
                                   .place = changed(text->place, now->place),
                                   .level = changed(text->level, now->level),
                                   .class = changed(word_key(&classes, item->class), now->class),
                                   .found = now->found == item->found ? DATE_NONE : now->found,
                                   .due = now->due == item->due ? DATE_NONE : now->due,
                                   .lead = changed(item->lead, now->lead),
                                   .person = changed(item->person, now->person),
                                   .assist = assist ? (struct texts){0} : now->assist,
                                   .leaders = leaders ? (struct leader_list){0} : now->leaders,
                                   .remarks = changed(text->remarks, now->remarks)};
    return changed_tasks(r, item, now, &e->tasks, err);
}

/* The words of the last report; an imported item's progress is in its first entry. */
static int last_progress(struct run *r, const struct item *item, struct text *text, struct err *err)
{
    struct entry e;

    *text = T("");
    if (item->report < 0)
        return 0;
    if (ledger_entry(r->ledger, item->report, &r->arena, &e, err) != 0)
        return -1;
    *text = e.event.kind == EVENT_ITEM_REPORT     ? e.event.item_report.text
            : e.event.kind == EVENT_ITEM_REGISTER ? e.event.item_register.progress
            : e.event.kind == EVENT_ITEM_AMEND    ? e.event.item_amend.progress
                                                  : T("");
    return 0;
}

int run_update(struct run *r, const struct draft *d, const struct item_register_event *now,
               struct text code, struct err *err)
{
    struct item item;
    struct text_get_out text;
    struct item_amend_event amend;
    struct text progress, said;
    struct command *c;
    bool done, applies;
    int rc = item_load(r->ledger->store, code, &item, &r->arena, err);

    if (rc <= 0)
        return rc;
    rc = text_get_one(r->ledger->store, &(struct text_get_in){item.id}, &text, &r->arena, err);
    if (rc <= 0 || compare(r, &item, &text, now, &amend, err) != 0 ||
        last_progress(r, &item, &progress, err) != 0)
        return rc == 0 ? 0 : -1;
    done = d->item.claim == CLAIM_PUT_RIGHT || d->item.claim == CLAIM_STRUCK_OFF;
    applies = done && state_open(item.state) && item.state < STATE_APPLIED;
    said = now->progress.n && !text_eq(now->progress, progress) ? now->progress : T("");
    /* Work begins with a report: the book's word for "done" is one when it says no more. */
    if (applies && said.n == 0 && item.state != STATE_IN_PROGRESS)
        said = d->item.status;
    if (d->item.claim == CLAIM_STRUCK_OFF && item.state != STATE_STRUCK_OFF &&
        run_doubt(r, d, DOUBT_NOT_STRUCK_OFF, d->item.status, code, err) != 0)
        return -1;
    if (shape_empty(&shape_item_amend, &amend) && said.n == 0 && !applies) {
        r->result->counts.unchanged++;
        return 0;
    }
    if (run_row(r, d, FATE_UPDATED) == NULL)
        return err_set(err, NO_MEMORY);
    if (!shape_empty(&shape_item_amend, &amend)) {
        c = run_command(r, d, 0, EVENT_ITEM_AMEND, code);
        amend.file = text_of(r->result->file_hash);
        amend.sheet = d->sheet_name;
        amend.row = d->row;
        if (c)
            c->event.item_amend = amend;
    }
    if (said.n && (c = run_command(r, d, 1, EVENT_ITEM_REPORT, code)) != NULL)
        c->event.item_report.text = said;
    if (applies && (c = run_command(r, d, 2, EVENT_ITEM_APPLY, code)) != NULL)
        c->event.item_apply.text = d->item.status;
    return r->arena.failed ? err_set(err, NO_MEMORY) : 0;
}
