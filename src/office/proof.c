/* proof.c: see proof.h. */
#include "office/proof.h"

#include "base/json.h"
#include "proof.sql.h"

/* The last checkpoint: its note and the size that it signs. */
static int last_checkpoint(struct ledger *l, struct buf *note, int64_t *size, struct err *err)
{
    struct checkpoint point;
    struct text body;

    if (ledger_checkpoint(l, note, err) != 0 ||
        note_open(buf_view(note), &l->key, 1, &body, NULL, err) != 0 ||
        checkpoint_parse(&point, body, err) != 0)
        return -1;
    *size = (int64_t)point.size;
    return 0;
}

/* One entry's proof in the text form of C2SP tlog-proof. */
static int put_proof(struct buf *out, struct ledger *l, int64_t seq, int64_t size, struct text note,
                     struct err *err)
{
    struct tile_reader tiles = ledger_tiles(l);
    struct proof proof;

    if (proof_inclusion(&proof, (uint64_t)seq, (uint64_t)size, &tiles, err) != 0)
        return -1;
    buf_str(out, "c2sp.org/tlog-proof@v1\nindex ");
    buf_int(out, seq);
    buf_char(out, '\n');
    for (unsigned i = 0; i < proof.count; i++) {
        buf_base64(out, proof.hash[i].b, sizeof proof.hash[i].b);
        buf_char(out, '\n');
    }
    buf_char(out, '\n');
    buf_text(out, note);
    return 0;
}

int proof_entry(struct buf *out, struct ledger *l, int64_t seq, struct err *err)
{
    buf_auto struct buf note = BUF(1u << 16);
    int64_t size;

    return last_checkpoint(l, &note, &size, err) != 0
               ? -1
               : put_proof(out, l, seq, size, buf_view(&note), err);
}

static int put_json(struct buf *out, struct ledger *l, int64_t seq, struct text bytes, int64_t size,
                    struct text note, struct err *err)
{
    buf_auto struct buf proof = BUF(1u << 20);
    bool first = true;

    if (put_proof(&proof, l, seq, size, note, err) != 0)
        return -1;
    buf_char(out, '{');
    json_put_key(out, "seq", &first);
    buf_int(out, seq);
    json_put_key(out, "entry", &first);
    json_put_text(out, bytes);
    json_put_key(out, "proof", &first);
    json_put_text(out, buf_view(&proof));
    buf_str(out, "}\n");
    return proof.failed ? err_set(err, NO_MEMORY) : 0;
}

int proof_item(struct buf *out, struct ledger *l, const struct viewer *v, struct text code,
               bool json, struct arena *arena, struct err *err)
{
    buf_auto struct buf note = BUF(1u << 16);
    struct proof_head_out item;
    struct proof_step_out step;
    int64_t size, seq;
    int rc = proof_head_one(l->store, &(struct proof_head_in){v->person, v->today, code}, &item,
                            arena, err);

    if (rc == 0)
        return err_set(err, NOT_FOUND, err_sentence(N_("item")), code);
    if (rc < 0 || last_checkpoint(l, &note, &size, err) != 0)
        return -1;
    for (seq = item.head; seq >= 0; seq = step.prev) {
        rc = proof_step_one(l->store, &(struct proof_step_in){seq}, &step, arena, err);
        if (rc == 0)
            return err_set(err, NOT_FOUND, err_sentence(N_("item")), code);
        if (rc < 0)
            return -1;
        if (json) {
            if (put_json(out, l, seq, step.bytes, size, buf_view(&note), err) != 0)
                return -1;
        } else {
            buf_text(out, step.bytes);
            buf_char(out, '\n');
            if (put_proof(out, l, seq, size, buf_view(&note), err) != 0)
                return -1;
            buf_char(out, '\n');
        }
        /* What a look-back made begins with that entry, which is in the old item's chain. */
        if (step.item != item.id)
            break;
    }
    return out->failed || arena->failed ? err_set(err, NO_MEMORY) : 0;
}

/* Some of those people have a scope on that campaign. */
static bool scopes_name(const struct person_list *people, struct text campaign)
{
    for (size_t i = 0; i < people->count; i++)
        for (size_t k = 0; k < people->at[i].scopes.count; k++)
            if (text_eq(people->at[i].scopes.at[k].campaign, campaign))
                return true;
    return false;
}

/* The entry is about that campaign, or says who has to do with it. */
static bool of_campaign(const struct entry *e, struct text campaign)
{
    switch (e->event.kind) {
    case EVENT_CAMPAIGN_PUT:
    case EVENT_CAMPAIGN_PLAN:
    case EVENT_CAMPAIGN_PLAN_RETURN:
    case EVENT_CAMPAIGN_PLAN_APPROVE: return text_eq(e->on, campaign);
    case EVENT_PERSON_PUT: return scopes_name(&e->event.person_put.people, campaign);
    default: return false;
    }
}

static void shut(struct log_row *row)
{
    row->open = false;
    row->bytes = T("");
}

/* Entries about campaigns and sources that the viewer may not know of. */
static int shut_office(struct log_row *rows, size_t n, struct ledger *l, const struct viewer *v,
                       struct err *err)
{
    struct log_office_hidden_out hidden;
    struct rows cursor;
    int rc;

    if (log_office_hidden_open(l->store,
                               &(struct log_office_hidden_in){v->person, v->today, v->clearance},
                               &cursor, err) != 0)
        return -1;
    while ((rc = log_office_hidden_next(&cursor, &hidden, err)) == 1)
        for (size_t i = 0; i < n; i++) {
            const struct entry *e = &rows[i].entry;
            if (hidden.source ? e->event.kind == EVENT_SOURCE_PUT && text_eq(e->on, hidden.code)
                              : of_campaign(e, hidden.code))
                shut(&rows[i]);
        }
    return rc;
}

/* Entries about instructions that are not for the viewer; rows[n - 1] is the oldest. */
static int shut_instructions(struct log_row *rows, size_t n, struct ledger *l,
                             const struct viewer *v, struct err *err)
{
    struct log_instructions_hidden_out hidden;
    struct rows cursor;
    int rc;

    if (log_instructions_hidden_open(l->store,
                                     &(struct log_instructions_hidden_in){v->person, v->today,
                                                                          rows[n - 1].entry.seq,
                                                                          rows[0].entry.seq},
                                     &cursor, err) != 0)
        return -1;
    while ((rc = log_instructions_hidden_next(&cursor, &hidden, err)) == 1)
        for (size_t i = 0; i < n; i++)
            if (rows[i].entry.seq == hidden.seq)
                shut(&rows[i]);
    return rc;
}

int log_page(struct log_row **rows, size_t *n, struct ledger *l, const struct viewer *v,
             int64_t before, int64_t count, struct arena *arena, struct err *err)
{
    struct log_rows_out row;
    struct rows cursor;
    int rc;

    *n = 0;
    *rows = arena_array(arena, struct log_row, count);
    if (*rows == NULL)
        return err_set(err, NO_MEMORY);
    if (log_rows_open(l->store, &(struct log_rows_in){v->person, v->today, before, count}, &cursor,
                      err) != 0)
        return -1;
    while ((rc = log_rows_next(&cursor, &row, err)) == 1) {
        struct log_row *out = &(*rows)[*n];
        out->open = row.open != 0;
        if (!entry_read(arena_text(arena, row.bytes), arena, &out->entry, NULL)) {
            rows_close(&cursor);
            return err_set(err, CORRUPT, text_of(l->dir),
                           err_sentence(N_("an entry cannot be read")));
        }
        if (out->open)
            out->bytes = arena_text(arena, row.bytes);
        ++*n;
    }
    if (rc != 0 || *n == 0)
        return rc;
    return shut_office(*rows, *n, l, v, err) != 0 ? -1 : shut_instructions(*rows, *n, l, v, err);
}
