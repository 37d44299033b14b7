/*
 * items.c: from a draft of a finding, or of tasks, to commands.
 */
#include "ledger/batch.h"
#include "ledger/item.sql.h"
#include "office/intake/run.h"

static const struct text none = {"", 0};

/* Lists are as long as the draft's. */
static int take_duty(struct run *r, const struct draft *d, const struct duty *duty,
                     struct text *lead, struct texts *assist, struct text *person,
                     struct leader_list *leaders, struct err *err)
{
    size_t from = duty->led ? 1 : 0;

    *lead = *person = none;
    assist->at = arena_array(&r->arena, struct text, duty->units.count + 1);
    leaders->at =
        arena_array(&r->arena, struct leader_line, duty->leaders.count + duty->people.count + 1);
    assist->count = leaders->count = 0;
    if (assist->at == NULL || leaders->at == NULL)
        return err_set(err, NO_MEMORY);
    if (duty->led && duty->units.count && run_unit(r, d, duty->units.at[0].name, lead, err) != 0)
        return -1;
    for (size_t i = from; i < duty->units.count; i++)
        if (run_unit(r, d, duty->units.at[i].name, &assist->at[assist->count++], err) != 0)
            return -1;
    if (duty->people.count &&
        run_person(r, d, duty->people.at[0].name, *lead, false, person, err) != 0)
        return -1;
    for (size_t i = 0; i < duty->leaders.count; i++) {
        struct leader_line *line = &leaders->at[leaders->count++];
        line->duty = duty->leaders.at[i].note;
        if (run_person(r, d, duty->leaders.at[i].name, *lead, true, &line->person, err) != 0)
            return -1;
    }
    /* Further responsible persons are kept beside the first. */
    for (size_t i = 1; i < duty->people.count; i++) {
        struct leader_line *line = &leaders->at[leaders->count++];
        line->duty = text_of(tr(r->options->lang, N_("responsible person")));
        if (run_person(r, d, duty->people.at[i].name, *lead, false, &line->person, err) != 0)
            return -1;
    }
    return 0;
}

/* A task's duty says only what differs from its item's. */
static int take_task(struct run *r, const struct draft *d, const struct draft_task *t,
                     const struct item_register_event *item, bool done, struct task_line *line,
                     struct err *err)
{
    if (take_duty(r, d, &t->duty, &line->lead, &line->assist, &line->person, &line->leaders, err) !=
        0)
        return -1;
    line->text = t->measure.n ? t->measure : t->target;
    line->due = t->duty.deadline;
    line->class = word_key(&classes, t->duty.class);
    line->done = done || t->claim == CLAIM_PUT_RIGHT || t->claim == CLAIM_STRUCK_OFF;
    if (text_eq(line->lead, item->lead)) {
        line->lead = none;
        line->assist.count = 0;
    }
    if (text_eq(line->person, item->person))
        line->person = none;
    if (line->leaders.count == item->leaders.count)
        line->leaders.count = 0;
    if (t->milestones.n) {
        line->milestones.at = arena_array(&r->arena, struct milestone_line, 1);
        if (line->milestones.at == NULL)
            return err_set(err, NO_MEMORY);
        line->milestones.at[0] =
            (struct milestone_line){.n = 1, .text = t->milestones, .due = DATE_NONE};
        line->milestones.count = 1;
    }
    return 0;
}

/* What a column says that no member of an item stands for: kept by its name. */
static void keep(struct run *r, struct other_list *list, const char *name, struct text text)
{
    if (text.n)
        list->at[list->count++] = (struct other_line){text_of(tr(r->options->lang, name)), text};
}

static void keep_day(struct run *r, struct other_list *list, const char *name, int32_t day)
{
    char iso[11];

    if (date_valid(day))
        keep(r, list, name, arena_text(&r->arena, date_iso(day, iso)));
}

/* "K 整改时限: 6月底 → 2025-06-30"; the texts of what is to be sealed are not there. */
static void keep_fix(struct run *r, struct other_list *list, const struct draft_fix *fix)
{
    buf_auto struct buf out = BUF(1u << 16);
    char letters[8];

    buf_text(&out, column_letters(fix->column, letters));
    if (fix->header.n && !text_eq(fix->header, text_of(letters))) {
        buf_char(&out, ' ');
        buf_text(&out, fix->header);
    }
    if (fix->was.n || fix->value.n) {
        buf_str(&out, ": ");
        buf_text(&out, fix->was);
        buf_str(&out, " → ");
        buf_text(&out, fix->value);
    }
    keep(r, list, N_("corrected by hand"), arena_text(&r->arena, buf_view(&out)));
}

static int take_others(struct run *r, const struct draft *d, struct other_list *list,
                       struct err *err)
{
    const struct draft_item *i = &d->item;

    list->at = arena_array(&r->arena, struct other_line, d->other_count + d->fix_count + 16);
    if (list->at == NULL)
        return err_set(err, NO_MEMORY);
    keep(r, list, N_("basis"), i->basis);
    keep(r, list, N_("source"), i->source);
    keep(r, list, N_("raised by"), i->raised_by);
    keep(r, list, N_("found by"), i->finder);
    keep(r, list, N_("contact"), i->contact);
    keep(r, list, N_("status"), i->status);
    keep(r, list, N_("verifier"), i->verifier);
    keep(r, list, N_("funds"), i->funds);
    keep(r, list, N_("marking"), i->marking_text);
    keep_day(r, list, N_("completed on"), i->completed);
    keep_day(r, list, N_("verified on"), i->verified);
    keep_day(r, list, N_("struck off on"), i->struck_off);
    for (size_t k = 0; k < d->fix_count; k++)
        keep_fix(r, list, &d->fixes[k]);
    for (size_t k = 0; k < d->other_count; k++)
        list->at[list->count++] = (struct other_line){d->others[k].header, d->others[k].text};
    return 0;
}

/* How far the book says it is. What was put right still wants its verification; a measure, a unit
 * and a date in the office's book are a plan. */
static enum state taken_state(const struct draft_item *i, const struct item_register_event *e)
{
    switch (i->claim) {
    case CLAIM_STRUCK_OFF: return STATE_STRUCK_OFF;
    case CLAIM_PUT_RIGHT: return STATE_APPLIED;
    case CLAIM_BASICALLY:
    case CLAIM_IN_PROGRESS: return STATE_IN_PROGRESS;
    case CLAIM_WITHDRAWN: return STATE_WITHDRAWN;
    default: break;
    }
    if (i->progress.n)
        return STATE_IN_PROGRESS;
    if (e->lead.n && e->tasks.count)
        return STATE_PLANNED;
    return e->lead.n ? STATE_ASSIGNED : STATE_REGISTERED;
}

/* A title of its own is kept; one that repeats the text is not. Sections stand for a category. */
static int take_texts(struct run *r, const struct draft_item *i, struct item_register_event *e)
{
    struct text section = i->section[1].n ? i->section[1] : i->section[0];

    *e = (struct item_register_event){.campaign = r->campaign,
                                      .kind = word_key(&kinds, i->kind),
                                      .number = i->number,
                                      .title = text_eq(i->title, i->text) ? none : i->title,
                                      .text = i->text,
                                      .parts = {i->parts.at, i->parts.count},
                                      .category = i->category.n ? i->category : section,
                                      .object = i->object,
                                      .place = i->place,
                                      .level = i->level,
                                      .class = word_key(&classes, i->duty.class),
                                      .found = i->found,
                                      .due = i->duty.deadline,
                                      .marking = i->marking,
                                      .remarks = i->remarks,
                                      .progress = i->progress,
                                      .file = text_of(r->result->file_hash)};
    return 0;
}

static int take_secrets(struct run *r, const struct draft *d, struct command *c, struct err *err)
{
    struct secret *secrets;

    if (d->item.sealed_count == 0)
        return 0;
    secrets = arena_array(&r->arena, struct secret, d->item.sealed_count);
    if (secrets == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < d->item.sealed_count; i++) {
        const struct draft_sealed *s = &d->item.sealed[i];
        const char *field = s->col == COL_ORIGINATOR            ? "originator_name"
                            : s->col == COL_ORIGINATOR_IDENTITY ? "originator_id"
                                                                : col_key(s->col);
        secrets[i] = (struct secret){text_of(field), arena_text(&r->arena, s->text)};
        if (s->col != COL_CONTACT_PHONE && c->event.kind == EVENT_ITEM_REGISTER)
            c->event.item_register.owed = true;
    }
    c->secrets = secrets;
    c->secret_count = d->item.sealed_count;
    return 0;
}

/* The event that would register the draft as a new item. All its texts are copies. */
static int understand(struct run *r, const struct draft *d, struct item_register_event *e,
                      struct err *err)
{
    const struct draft_item *i = &d->item;
    bool done = i->claim == CLAIM_PUT_RIGHT || i->claim == CLAIM_STRUCK_OFF;

    take_texts(r, i, e);
    e->sheet = d->sheet_name;
    e->row = d->row;
    if (take_duty(r, d, &i->duty, &e->lead, &e->assist, &e->person, &e->leaders, err) != 0 ||
        take_others(r, d, &e->others, err) != 0)
        return -1;
    e->tasks.at = arena_array(&r->arena, struct task_line, i->task_count + 1);
    if (e->tasks.at == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t k = 0; k < i->task_count; k++)
        if (take_task(r, d, &i->tasks[k], e, done, &e->tasks.at[e->tasks.count++], err) != 0)
            return -1;
    e->state = word_key(&states, taken_state(i, e));
    return 0;
}

/* --- does the file speak of an item that is there? -------------------------------------------- */

/* How alike two texts are, 0 to 100: shared pairs of neighbouring characters (Dice). */
static int likeness_percent(struct text x, struct text y)
{
    enum { MOST = 2000 };
    static _Thread_local uint64_t pairs[MOST];
    size_t count = 0, shared = 0, other = 0;
    uint32_t before = 0;

    while (x.n && count < MOST) {
        uint32_t cp = text_fold_cp(text_next(&x));
        if (cp == 0)
            continue;
        if (before)
            pairs[count++] = (uint64_t)before << 32 | cp;
        before = cp;
    }
    before = 0;
    while (y.n && other < MOST) {
        uint32_t cp = text_fold_cp(text_next(&y));
        if (cp == 0)
            continue;
        if (before) {
            uint64_t pair = (uint64_t)before << 32 | cp;
            other++;
            for (size_t i = 0; i < count; i++)
                if (pairs[i] == pair) {
                    pairs[i] = 0;
                    shared++;
                    break;
                }
        }
        before = cp;
    }
    return count + other ? (int)(200 * shared / (count + other)) : 0;
}

enum {
    ALIKE = 60
}; /* percent from which a text with the same number is the same matter, reworded */

/* The same matter, reworded: of the same object and place (two books that name none and share their
 * numbers are told apart by the text alone). */
static bool is_alike(const struct text_get_out *text, const struct draft_item *i)
{
    return likeness_percent(text->text, i->text) >= ALIKE &&
           (text->object.n == 0) == (i->object.n == 0) &&
           (text->place.n == 0) == (i->place.n == 0) &&
           (i->object.n == 0 || likeness_percent(text->object, i->object) >= ALIKE) &&
           (i->place.n == 0 || likeness_percent(text->place, i->place) >= ALIKE);
}

/* Whether the importing person may see the item: what they may not see is answered like what is not
 * there. 1, 0, -1. */
static int may_see(struct run *r, struct text code, struct err *err)
{
    struct item_visible_out seen;

    return item_visible_one(r->ledger->store,
                            &(struct item_visible_in){.viewer = r->viewer->person,
                                                      .today = r->viewer->today,
                                                      .code = code},
                            &seen, &r->arena, err);
}

/* 1 with the code of the item that this row corrects; 0 when there is none; -1. */
static int corrects(struct run *r, const struct draft *d, struct text *code, struct err *err)
{
    struct rows rows;
    struct carried_get_out row;
    struct text unlike = none;
    struct {
        int64_t id;
        struct text code;
    } found[20];
    int count = 0, rc;

    *code = none;
    /* Our own code, from a list that we gave out. */
    if (d->item.code.n) {
        struct item item;
        struct text_get_out text;
        rc = may_see(r, d->item.code, err);
        if (rc == 1)
            rc = item_load(r->ledger->store, d->item.code, &item, &r->arena, err);
        if (rc == 1)
            rc = text_get_one(r->ledger->store, &(struct text_get_in){item.id}, &text, &r->arena,
                              err);
        if (rc < 0)
            return -1;
        if (rc == 1 && text_eq(item.campaign, r->campaign) &&
            likeness_percent(text.text, d->item.text) >= ALIKE) {
            *code = item.code;
            return 1;
        }
    }
    if (d->item.number.n == 0)
        return 0;
    if (carried_get_open(
            r->ledger->store,
            &(struct carried_get_in){.campaign = r->campaign, .number = d->item.number}, &rows,
            err) != 0)
        return -1;
    while ((rc = carried_get_next(&rows, &row, err)) == 1 && count < 20) {
        found[count].id = row.item;
        found[count++].code = arena_text(&r->arena, row.code);
    }
    rows_close(&rows);
    if (rc < 0)
        return -1;
    for (int i = 0; i < count && code->n == 0; i++) {
        struct text_get_out text;
        rc = may_see(r, found[i].code, err);
        if (rc == 0)
            continue;
        if (rc == 1)
            rc = text_get_one(r->ledger->store, &(struct text_get_in){found[i].id}, &text,
                              &r->arena, err);
        if (rc < 0)
            return -1;
        if (rc == 0 || text_eq(text.file, text_of(r->result->file_hash)))
            continue; /* the same number on another sheet of this very file */
        if (r->options->updates.n ? text_eq(text.file, r->options->updates)
                                  : is_alike(&text, &d->item))
            *code = found[i].code;
        else if (r->options->updates.n == 0)
            unlike = found[i].code;
    }
    if (code->n == 0 && unlike.n &&
        run_doubt(r, d, DOUBT_NUMBER_TAKEN, d->item.number, unlike, err) != 0)
        return -1;
    return code->n > 0;
}

int run_item(struct run *r, const struct draft *d, struct err *err)
{
    struct item_register_event e;
    struct text code;
    struct pending *row;
    struct command *c;
    int rc = corrects(r, d, &code, err);

    if (rc < 0 || understand(r, d, &e, err) != 0)
        return -1;
    if (rc == 1)
        return run_update(r, d, &e, code, err);
    row = run_row(r, d, FATE_ADDED);
    c = row ? run_command(r, d, 0, EVENT_ITEM_REGISTER, none) : NULL;
    if (c == NULL)
        return err_set(err, NO_MEMORY);
    c->event.item_register = e;
    c->skip_likely = r->options->skip_duplicates;
    row->text = e.text;
    return take_secrets(r, d, c, err);
}

/* Tasks belong to an item that is named by its code, or by the number that its book carried. */
int run_tasks(struct run *r, const struct draft *d, struct err *err)
{
    struct item_register_event like_item = {0};
    struct item_id_out known;
    struct carried_get_out carried;
    struct task_list list = {0};
    struct text on = d->item.code;
    struct command *c;
    int rc =
        on.n ? item_id_one(r->ledger->store, &(struct item_id_in){on}, &known, &r->arena, err) : 0;

    if (rc == 0 && d->item.number.n) {
        rc = item_id_one(r->ledger->store, &(struct item_id_in){d->item.number}, &known, &r->arena,
                         err);
        on = d->item.number;
        if (rc == 0) {
            rc = carried_get_one(r->ledger->store,
                                 &(struct carried_get_in){r->campaign, d->item.number}, &carried,
                                 &r->arena, err);
            on = carried.code;
        }
    }
    if (rc == 1)
        rc = may_see(r, on, err);
    if (rc < 0)
        return -1;
    if (rc == 0) {
        buf_auto struct buf why = BUF(4096);
        say(&why, r->options->lang, N_("There is no item with this number in the campaign."));
        return run_reject(r, d, buf_view(&why), err);
    }
    list.at = arena_array(&r->arena, struct task_line, d->item.task_count + 1);
    if (list.at == NULL || run_row(r, d, FATE_ADDED) == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t k = 0; k < d->item.task_count; k++)
        if (take_task(r, d, &d->item.tasks[k], &like_item, false, &list.at[list.count++], err) != 0)
            return -1;
    c = run_command(r, d, 0, EVENT_ITEM_TASK, on);
    if (c == NULL)
        return err_set(err, NO_MEMORY);
    c->event.item_task.tasks = list;
    return 0;
}
