/* show.c: see show.h. */
#include "office/lists/show.h"

#include "office/lists/pieces.h"
#include "office/lists/show.sql.h"

/* Who may read sealed values of items that they see. */
enum { OPENS_SEALED = BIT(ROLE_CLERK) | BIT(ROLE_APPROVER) | BIT(ROLE_VERIFIER) };

/* Room for one more in an array in the arena; NULL (the arena has failed) when there is none. */
static void *grow(struct arena *a, void *old, size_t count, size_t size)
{
    void *more;

    if (count & (count - 1) || count == 1)
        return old; /* the array doubles at 0, 2, 4, 8 …; a single one has room for a second */
    more = arena_take(a, size * (count ? count * 2 : 2));
    if (more && count)
        memcpy(more, old, size * count);
    return more;
}

/* --- history -----------------------------------------------------------------------------------
 */

/* The codes of other items that an entry says, each as text in it; how many. */
enum { CODES_EACH = 2 };
static int codes_said(struct event *e, struct text *codes[static CODES_EACH])
{
    switch (e->kind) {
    case EVENT_ITEM_REGISTER:
        codes[0] = &e->item_register.likely;
        codes[1] = &e->item_register.after;
        return 2;
    case EVENT_ITEM_MERGE: codes[0] = &e->item_merge.into; return 1;
    case EVENT_ITEM_LOOK_BACK: codes[0] = &e->item_look_back.item; return 1;
    default: return 0;
    }
}

/* Of the codes in `asked` (pieces.h) those that the viewer may see, as pieces between spaces. */
static int seen_codes(struct item_page *p, struct text asked, struct buf *seen, struct err *err)
{
    struct show_seen_out row;
    struct rows rows;
    int rc;

    if (show_seen_open(p->l->store, &(struct show_seen_in){p->v->person, p->v->today, asked}, &rows,
                       err) != 0)
        return -1;
    buf_char(seen, '\n');
    while ((rc = show_seen_next(&rows, &row, err)) == 1) {
        buf_text(seen, row.code);
        buf_char(seen, '\n');
    }
    return rc < 0 ? -1 : seen->failed ? err_set(err, NO_MEMORY) : 0;
}

/* Takes out the codes of items that the viewer may not see. What another item's entry says about
 * this one stays. */
static int hide_codes(struct item_page *p, struct err *err)
{
    buf_auto struct buf asked = BUF(BUF_ANY), seen = BUF(BUF_ANY), line = BUF(BUF_ANY);
    struct text *codes[CODES_EACH];

    for (size_t i = 0; i < p->history_count; i++)
        for (int k = codes_said(&p->history[i].event, codes); k-- > 0;)
            piece_put(&asked, *codes[k]);
    if (asked.failed)
        return err_set(err, NO_MEMORY);
    if (asked.n == 0)
        return 0;
    if (seen_codes(p, buf_view(&asked), &seen, err) != 0)
        return -1;
    for (size_t i = 0; i < p->history_count; i++)
        for (int k = codes_said(&p->history[i].event, codes); k-- > 0;) {
            buf_clear(&line);
            buf_char(&line, '\n');
            buf_text(&line, *codes[k]);
            buf_char(&line, '\n');
            if (!text_has(buf_view(&seen), buf_view(&line)) &&
                !text_eq(*codes[k], p->row->problem.code))
                *codes[k] = T("");
        }
    return line.failed ? err_set(err, NO_MEMORY) : 0;
}

/* The entry of another item belongs here when it made this one. */
static bool made_here(const struct item_page *p, const struct entry *e)
{
    return e->event.kind == EVENT_ITEM_LOOK_BACK &&
           text_eq(e->event.item_look_back.item, p->row->problem.code);
}

static int load_history(struct item_page *p, struct err *err)
{
    const struct problem *item = &p->row->problem;
    struct show_history_out row;
    struct rows rows;
    int rc =
        show_history_open(p->l->store, &(struct show_history_in){item->head, item->id}, &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = show_history_next(&rows, &row, err)) == 1) {
        struct entry e;
        p->history = grow(p->arena, p->history, p->history_count, sizeof e);
        if (!entry_read(arena_text(p->arena, row.bytes), p->arena, &e, NULL) || p->arena->failed) {
            rc = p->arena->failed ? err_set(err, NO_MEMORY)
                                  : err_set(err, CORRUPT, err_sentence(N_("The log")), item->code);
            break;
        }
        if (row.item != item->id && !made_here(p, &e))
            continue;
        p->history[p->history_count++] = e;
    }
    rows_close(&rows);
    return rc < 0 ? -1 : hide_codes(p, err);
}

/* --- what follows from it ----------------------------------------------------------------------
 */

static struct plan_row *plan_of(struct item_page *p, int64_t version)
{
    for (size_t i = 0; i < p->plan_count; i++)
        if (p->plans[i].version == version)
            return &p->plans[i];
    return NULL;
}

static void gather_plan(struct item_page *p, const struct entry *e)
{
    const struct event *d = &e->event;
    struct plan_row *plan = NULL;
    enum plan_state state = PLAN_APPROVED;

    if (d->kind == EVENT_ITEM_PLAN) {
        p->plans = grow(p->arena, p->plans, p->plan_count, sizeof *p->plans);
        if (p->plans)
            p->plans[p->plan_count++] =
                (struct plan_row){.version = d->item_plan.version,
                                  .tasks = (int64_t)d->item_plan.tasks.count,
                                  .state = PLAN_SUBMITTED,
                                  .entry = e};
    } else if (d->kind == EVENT_ITEM_APPROVE) {
        plan = plan_of(p, d->item_approve.version);
    } else if (d->kind == EVENT_ITEM_RETURN && text_eq(d->item_return.what, T("plan")) &&
               p->plan_count) {
        plan = &p->plans[p->plan_count - 1];
        state = PLAN_RETURNED;
    }
    if (plan) {
        plan->state = state;
        plan->decided = e;
    }
}

static void gather_evidence(struct item_page *p, const struct entry *e)
{
    struct evidence_list list = history_evidence(&e->event);

    for (size_t i = 0; i < list.count && !p->arena->failed; i++) {
        p->evidence = grow(p->arena, p->evidence, p->evidence_count, sizeof *p->evidence);
        if (p->evidence)
            p->evidence[p->evidence_count++] = (struct evidence_row){list.at[i], e};
    }
}

/* The newest value of each field counts. */
static void gather_sealed(struct item_page *p, const struct event *d)
{
    struct sealed_list list = {0};

    if (d->kind == EVENT_ITEM_REGISTER)
        list = d->item_register.sealed;
    else if (d->kind == EVENT_ITEM_AMEND)
        list = d->item_amend.sealed;
    for (size_t i = 0; i < list.count; i++) {
        size_t at = 0;
        while (at < p->sealed_count && !text_eq(p->sealed[at].field, list.at[i].field))
            at++;
        if (at == p->sealed_count)
            p->sealed = grow(p->arena, p->sealed, p->sealed_count++, sizeof *p->sealed);
        if (p->sealed == NULL) {
            p->sealed_count = 0;
            return; /* the arena has failed */
        }
        p->sealed[at] = (struct sealed_row){
            .field = list.at[i].field, .how = SEALED_HIDDEN, .commitment = list.at[i].commitment};
    }
}

static struct sealed_row *sealed_of(struct item_page *p, struct text commitment)
{
    for (size_t i = 0; i < p->sealed_count; i++)
        if (text_eq(p->sealed[i].commitment, commitment))
            return &p->sealed[i];
    return NULL;
}

/* Opens the values, when the viewer may read them. */
static int open_sealed(struct item_page *p, struct ledger *vault, struct err *err)
{
    buf_auto struct buf asked = BUF(BUF_ANY);
    struct show_sealed_out box;
    struct hash commitment;
    struct rows rows;
    struct err why;
    int rc;

    if ((p->v->roles & OPENS_SEALED) == 0 || p->sealed_count == 0)
        return 0;
    for (size_t i = 0; i < p->sealed_count; i++) {
        p->sealed[i].how = SEALED_ERASED;
        piece_put(&asked, p->sealed[i].commitment);
    }
    if (asked.failed)
        return err_set(err, NO_MEMORY);
    if (show_sealed_open(vault->store,
                         &(struct show_sealed_in){buf_view(&asked), p->row->problem.code}, &rows,
                         err) != 0)
        return -1;
    while ((rc = show_sealed_next(&rows, &box, err)) == 1) {
        struct sealed_row *row = sealed_of(p, box.commitment);
        if (row == NULL || row->how == SEALED_SHOWN)
            continue;
        row->how = SEALED_UNREADABLE;
        if (vault->has_seal && hash_parse(row->commitment, &commitment) &&
            seal_open(&commitment, box.wrapped, box.box, &vault->seal, &row->opened, &why) == 0) {
            row->how = SEALED_SHOWN;
            row->value = row->opened.value;
        }
    }
    return rc < 0 ? -1 : 0;
}

static int load_milestones(struct item_page *p, struct err *err)
{
    struct show_milestones_out r;
    struct rows rows;
    int rc = show_milestones_open(p->l->store, &(struct show_milestones_in){p->row->problem.id},
                                  &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = show_milestones_next(&rows, &r, err)) == 1) {
        p->milestones = grow(p->arena, p->milestones, p->milestone_count, sizeof *p->milestones);
        if (p->milestones == NULL)
            break;
        p->milestones[p->milestone_count++] =
            (struct milestone_row){.task = r.task,
                                   .n = r.n,
                                   .text = arena_text(p->arena, r.text),
                                   .due = r.due == DUE_NONE ? DATE_NONE : (int32_t)r.due,
                                   .done = r.done};
    }
    rows_close(&rows);
    return rc < 0 ? -1 : 0;
}

int item_page_open(struct item_page *p, struct ledger *l, struct ledger *vault,
                   const struct viewer *v, struct text code, struct arena *arena, struct err *err)
{
    *p = (struct item_page){.l = l, .v = v, .arena = arena, .names = {.l = l, .arena = arena}};
    p->list = list_item(l, v, code, err);
    if (p->list == NULL || list_next(p->list, &p->row, err) != 1)
        return -1;
    if (load_milestones(p, err) != 0 || load_history(p, err) != 0)
        return -1;
    for (size_t i = 0; i < p->history_count; i++) {
        if (!text_eq(text_head(p->history[i].on, code.n), code))
            continue; /* another item's */
        gather_plan(p, &p->history[i]);
        gather_evidence(p, &p->history[i]);
        gather_sealed(p, &p->history[i].event);
    }
    for (size_t i = 0; i < p->history_count; i++)
        history_names(&p->names, &p->history[i]);
    names_fetch(&p->names);
    if (p->names.err.code) {
        *err = p->names.err;
        return -1;
    }
    if (open_sealed(p, vault, err) != 0)
        return -1;
    return arena->failed ? err_set(err, NO_MEMORY) : 0;
}

void item_page_close(struct item_page *p)
{
    for (size_t i = 0; i < p->sealed_count; i++)
        seal_release(&p->sealed[i].opened);
    list_close(p->list);
    p->list = NULL;
    p->sealed_count = 0;
}

int item_answering(struct answering *who, struct ledger *l, int64_t item, struct arena *arena,
                   struct err *err)
{
    buf_auto struct buf assisting = BUF(BUF_ANY), leaders = BUF(BUF_ANY);
    struct show_answering_out row;
    struct rows rows;
    int rc;

    *who = (struct answering){0};
    if (show_answering_open(l->store, &(struct show_answering_in){item}, &rows, err) != 0)
        return -1;
    while ((rc = show_answering_next(&rows, &row, err)) == 1) {
        struct text unit = row.unit_alone ? row.unit_name : row.unit;
        struct text person = row.person_alone ? row.person_name : row.person;
        bool assists = row.role == 1; /* 0: leads; 2: a responsible leader */
        struct buf *list = assists ? &assisting : &leaders;
        if (row.role == 0) {
            who->lead = arena_text(arena, unit);
            who->person = arena_text(arena, person);
            continue;
        }
        if (list->n)
            buf_char(list, '\n');
        buf_text(list, assists ? unit : person);
        if (row.duty.n) {
            buf_char(list, ':');
            buf_text(list, row.duty);
        }
    }
    rows_close(&rows);
    who->assisting = arena_text(arena, buf_view(&assisting));
    who->leaders = arena_text(arena, buf_view(&leaders));
    return rc < 0 ? -1 : assisting.failed || leaders.failed ? err_set(err, NO_MEMORY) : 0;
}
