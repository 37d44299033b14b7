/* instructions.c: reading instructions; see instructions.h. */
#include "office/instructions/instructions.h"

#include "domain/instruction.h"
#include "instructions.sql.h"
#include "ledger/instruct.h"

/* instructions.sql and visible.sql count on these. */
_Static_assert(INSTRUCTION_RETURNED == 3 && INSTRUCTION_CLOSED == 4,
               "instructions.sql names states by number");
_Static_assert((BIT(ROLE_CLERK) | BIT(ROLE_LEADER) | BIT(ROLE_AUDITOR)) == 194 &&
                   (BIT(ROLE_LIAISON) | BIT(ROLE_RESPONSIBLE)) == 24,
               "visible.sql names roles by their bits");

/* What the entries say: that which gave it, and the last report. */
static int read_entries(struct instruction_row *row, struct ledger *l,
                        const struct instruction_list_out *r, struct arena *arena, struct err *err)
{
    struct entry e;

    if (!entry_read(arena_text(arena, r->said), arena, &e, NULL))
        return err_set(err, CORRUPT, err_sentence(N_("The log")), row->code);
    row->at = e.at;
    row->given = ledger_day(l, e.at);
    if (e.event.kind == EVENT_ITEM_INSTRUCT) {
        row->text = e.event.item_instruct.text;
    } else {
        const struct instruction_give_event *d = &e.event.instruction_give;
        row->text = d->text;
        row->number = (struct board_number){.what = d->what,
                                            .unit = d->of,
                                            .unit_name = row->number.unit_name,
                                            .campaign = d->campaign,
                                            .as_of = d->as_of,
                                            .value = d->value};
    }
    if (r->told.n == 0)
        return 0;
    if (!entry_read(arena_text(arena, r->told), arena, &e, NULL))
        return err_set(err, CORRUPT, err_sentence(N_("The log")), row->code);
    row->report_at = e.at;
    row->report = e.event.instruction_report.text;
    return 0;
}

static int read_row(struct instruction_row *row, struct ledger *l, const struct viewer *v,
                    const struct instruction_list_out *r, struct arena *arena, struct err *err)
{
    *row = (struct instruction_row){.id = r->id,
                                    .code = arena_text(arena, r->code),
                                    .item = arena_text(arena, r->item),
                                    .number = {.unit_name = arena_text(arena, r->whose_name)},
                                    .giver = arena_text(arena, r->giver),
                                    .giver_name = arena_text(arena, r->giver_name),
                                    .unit = arena_text(arena, r->unit),
                                    .unit_name = arena_text(arena, r->unit_name),
                                    .person = arena_text(arena, r->person),
                                    .person_name = arena_text(arena, r->person_name),
                                    .due = r->due == DUE_NONE ? DATE_NONE : (int32_t)r->due,
                                    .state = r->state,
                                    .overdue = instruction_open(r->state) && r->due < v->today,
                                    .version = r->version,
                                    .reports = r->reports,
                                    .returns = r->returns,
                                    .reporter = arena_text(arena, r->reporter),
                                    .reporter_name = arena_text(arena, r->reporter_name)};
    return read_entries(row, l, r, arena, err);
}

int instructions_load(struct instruction_row **list, size_t *count, struct ledger *l,
                      const struct viewer *v, const struct instruction_query *q,
                      struct arena *arena, struct err *err)
{
    int64_t limit = q->limit > 0 && q->limit < INSTRUCTION_PAGE ? q->limit : INSTRUCTION_PAGE;
    struct instruction_list_out r;
    struct rows rows;
    int rc;

    *count = 0;
    *list = arena_array(arena, struct instruction_row, limit);
    if (*list == NULL)
        return err_set(err, NO_MEMORY);
    rc = q->newest ? instruction_newest_open(l->store,
                                             &(struct instruction_newest_in){
                                                 v->person, v->today,
                                                 q->after ? q->after : INT64_MAX, q->code, q->item,
                                                 q->path, q->mine, q->open, q->overdue, limit},
                                             &rows, err)
                   : instruction_list_open(l->store,
                                           &(struct instruction_list_in){
                                               v->person, v->today, q->after, q->code, q->item,
                                               q->path, q->mine, q->open, q->overdue, limit},
                                           &rows, err);
    if (rc != 0)
        return -1;
    /* Both statements give the same columns. */
    while ((rc = instruction_list_next(&rows, &r, err)) == 1 && (int64_t)*count < limit)
        if (read_row(&(*list)[(*count)++], l, v, &r, arena, err) != 0) {
            rc = -1;
            break;
        }
    rows_close(&rows);
    if (arena->failed)
        return err_set(err, NO_MEMORY);
    return rc < 0 ? -1 : 0;
}

int instruction_find(struct instruction_row *row, struct ledger *l, const struct viewer *v,
                     struct text code, struct arena *arena, struct err *err)
{
    struct instruction_query query = {.code = code, .limit = 1};
    struct instruction_row *rows;
    size_t count = 0;

    if (code.n && instructions_load(&rows, &count, l, v, &query, arena, err) != 0)
        return -1;
    if (count == 0)
        return err_set(err, NOT_FOUND, err_sentence(N_("instruction")), code);
    *row = rows[0];
    return 0;
}

int instruction_entries(struct entry **entries, size_t *count, struct ledger *l,
                        const struct instruction_row *row, struct arena *arena, struct err *err)
{
    /* Each entry moved the version by one. */
    size_t most = (size_t)row->version;
    struct instruction_history_out r;
    struct rows rows;
    int rc;

    *count = 0;
    *entries = arena_array(arena, struct entry, most);
    if (*entries == NULL)
        return err_set(err, NO_MEMORY);
    if (instruction_history_open(l->store, &(struct instruction_history_in){row->id}, &rows, err) !=
        0)
        return -1;
    while ((rc = instruction_history_next(&rows, &r, err)) == 1 && *count < most)
        if (!entry_read(arena_text(arena, r.bytes), arena, &(*entries)[(*count)++], NULL)) {
            rc = err_set(err, CORRUPT, err_sentence(N_("The log")), row->code);
            break;
        }
    rows_close(&rows);
    if (arena->failed)
        return err_set(err, NO_MEMORY);
    return rc < 0 ? -1 : 0;
}

int instruction_may(uint32_t *may, struct ledger *l, const struct viewer *v,
                    const struct instruction_row *row, struct arena *arena, struct err *err)
{
    struct instruction i = {.code = row->code,
                            .state = row->state,
                            .giver = row->giver,
                            .unit = row->unit,
                            .person = row->person};
    /* With everything said that must be, what is refused is refused to this person now. */
    const struct event acts[] = {
        {.kind = EVENT_INSTRUCTION_REPORT, .instruction_report = {.text = T("…")}},
        {.kind = EVENT_INSTRUCTION_CLOSE},
        {.kind = EVENT_INSTRUCTION_RETURN, .instruction_return = {.reason = T("…")}},
        {.kind = EVENT_INSTRUCTION_WITHDRAW, .instruction_withdraw = {.reason = T("…")}},
    };
    struct instruction_situation s;
    int rc = instruction_situate(&s, l->store, v->today, v->person, &i, arena, err);

    *may = 0;
    for (size_t k = 0; rc == 1 && k < sizeof acts / sizeof acts[0]; k++)
        if (instruction_decide(&s, &acts[k]).rule == RULE_NONE)
            *may |= BIT(acts[k].kind);
    return rc < 0 ? -1 : 0;
}
