/*
 * project_instruction.c: what entries make of leaders' instructions. An instruction itself is
 * changed by domain/instruction.c alone.
 */
#include <stdio.h>

#include "instruction.sql.h"
#include "item.sql.h"
#include "ledger/batch.h"

/* The code of the instruction with that serial: without a dash, so that no campaign's items have
 * such codes. */
static struct text code_of(struct batch *b, int64_t serial)
{
    char out[32];
    int n = snprintf(out, sizeof out, "PS%04lld", (long long)serial);

    return arena_text(b->arena, (struct text){out, (size_t)n});
}

int instruction_next_code(struct batch *b, struct text *code, struct err *err)
{
    struct instruction_last_id_out last;

    if (instruction_last_id_one(b->store, NULL, &last, b->arena, err) < 0)
        return -1;
    *code = code_of(b, last.id + 1);
    return 0;
}

int instruction_load(struct batch *b, struct text code, struct instruction *i, struct err *err)
{
    struct instruction_get_out r;
    int rc = instruction_get_one(b->store, &(struct instruction_get_in){code}, &r, b->arena, err);

    if (rc == 1)
        *i = (struct instruction){.id = r.id,
                                  .code = arena_text(b->arena, code),
                                  .item = r.item,
                                  .state = r.state,
                                  .version = r.version,
                                  .reports = r.reports,
                                  .returns = r.returns,
                                  .seq = r.seq,
                                  .report = r.report,
                                  .giver = r.giver,
                                  .unit = r.unit,
                                  .person = r.person,
                                  .campaign = r.campaign,
                                  .reporter = r.reporter,
                                  .due = due_in(r.due)};
    return rc;
}

/* A new one. Its code is the entry's, or for an entry from before they had codes the next one. */
static int put(struct batch *b, struct instruction_put_in row, const struct entry *e,
               struct err *err)
{
    struct instruction_last_id_out last;

    if (instruction_last_id_one(b->store, NULL, &last, b->arena, err) < 0)
        return -1;
    row.id = last.id + 1;
    if (row.code.n == 0)
        row.code = code_of(b, row.id);
    row.seq = e->seq;
    row.giver = e->by;
    row.state = INSTRUCTION_GIVEN;
    row.version = 1;
    row.report = -1;
    row.reporter = T("");
    return instruction_put(b->store, &row, err) != 0
               ? -1
               : instruction_entry_put(b->store, &(struct instruction_entry_put_in){row.id, e->seq},
                                       err);
}

int project_instruct(struct batch *b, const struct entry *e, const struct item *item,
                     struct err *err)
{
    const struct item_instruct_event *d = &e->event.item_instruct;
    /* Before they had codes they went to the item's lead unit and responsible person. */
    bool named = d->code.n > 0;

    return put(b,
               (struct instruction_put_in){.code = d->code,
                                           .item = item->id,
                                           .campaign = item->campaign,
                                           .unit = named ? d->unit : item->lead,
                                           .person = named ? d->person : item->person,
                                           .due = due_out(d->due)},
               e, err);
}

int project_instructions_follow(struct batch *b, const struct item *before,
                                const struct item *after, struct err *err)
{
    if (text_eq(before->lead, after->lead) && text_eq(before->person, after->person))
        return 0;
    return instruction_follow(b->store,
                              &(struct instruction_follow_in){.item = after->id,
                                                              .from_unit = before->lead,
                                                              .to_unit = after->lead,
                                                              .from_person = before->person,
                                                              .to_person = after->person},
                              err);
}

/* The entry stands in the item's chain too, so that its history tells it. */
static int chain(struct batch *b, int64_t item, int64_t seq, struct err *err)
{
    struct instruction_item_out row;
    int rc =
        instruction_item_one(b->store, &(struct instruction_item_in){item}, &row, b->arena, err);

    if (rc <= 0)
        return rc;
    return thread_put(b->store, &(struct thread_put_in){seq, item, row.head}, err) != 0
               ? -1
               : instruction_item_head(b->store, &(struct instruction_item_head_in){item, seq},
                                       err);
}

int project_instruction(struct batch *b, const struct entry *e, struct err *err)
{
    const struct instruction_give_event *d = &e->event.instruction_give;
    struct instruction i;
    int rc;

    if (e->event.kind == EVENT_INSTRUCTION_GIVE)
        return put(b,
                   (struct instruction_put_in){.code = e->on,
                                               .campaign = d->campaign,
                                               .whose = d->of,
                                               .unit = d->unit,
                                               .person = d->person,
                                               .due = due_out(d->due)},
                   e, err);
    rc = instruction_load(b, e->on, &i, err);
    if (rc <= 0)
        return rc;
    instruction_apply(&i, &e->event, e->seq, e->by);
    if (instruction_set(b->store,
                        &(struct instruction_set_in){.id = i.id,
                                                     .state = i.state,
                                                     .version = i.version,
                                                     .reports = i.reports,
                                                     .returns = i.returns,
                                                     .report = i.report,
                                                     .reporter = i.reporter},
                        err) != 0 ||
        instruction_entry_put(b->store, &(struct instruction_entry_put_in){i.id, e->seq}, err) != 0)
        return -1;
    return i.item ? chain(b, i.item, e->seq, err) : 0;
}
