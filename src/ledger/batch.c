/* batch.c: see batch.h. */
#include "ledger/batch.h"

#include "base/mem.h"
#include "item.sql.h"
#include "office.sql.h"

enum { PATH_STEP = 5 };
static const char path_digit[] = "0123456789abcdefghijklmnopqrstuvwxyz";

void path_put(char out[static 5], int64_t id)
{
    for (int i = PATH_STEP - 1; i >= 0; i--) {
        out[i] = path_digit[id % 36];
        id /= 36;
    }
}

int path_units(struct text path, int64_t ids[static 64])
{
    int count = 0;

    for (size_t at = 0; at + PATH_STEP <= path.n && count < 64; at += PATH_STEP) {
        int64_t id = 0;
        for (size_t i = 0; i < PATH_STEP; i++) {
            char c = path.p[at + i];
            id = id * 36 + (c <= '9' ? c - '0' : c - 'a' + 10);
        }
        ids[count++] = id;
    }
    return count;
}

void batch_release(struct batch *b)
{
    mem_free(b->tally);
    b->tally = NULL;
}

void batch_forget(struct batch *b)
{
    b->actors = NULL;
    if (b->found)
        memset(b->found, 0, FOUND_PLACES * sizeof *b->found);
}

/* Where that code is kept, or would be. NULL when memory is short: then nothing is kept. */
static struct found *found_place(struct batch *b, char what, struct text code)
{
    uint64_t h = (unsigned char)what;

    if (b->found == NULL)
        b->found = arena_array(b->arena, struct found, FOUND_PLACES);
    for (size_t i = 0; i < code.n; i++)
        h = (h ^ (unsigned char)code.p[i]) * 0x100000001b3u;
    return b->found ? &b->found[(h ^ h >> 32) % FOUND_PLACES] : NULL;
}

int batch_unit(struct batch *b, struct text code, struct text *path, struct err *err)
{
    struct found *f = found_place(b, 'u', code);
    struct unit_get_out unit;
    int rc;

    if (f && f->what == 'u' && text_eq(f->code, code)) {
        *path = f->path;
        return 1;
    }
    rc = unit_get_one(b->store, &(struct unit_get_in){.code = code}, &unit, b->arena, err);
    *path = rc == 1 ? unit.path : (struct text){"", 0};
    if (rc == 1 && f)
        *f = (struct found){'u', arena_text(b->arena, code), unit.path};
    return rc;
}

int batch_person(struct batch *b, struct text code, struct err *err)
{
    struct found *f = found_place(b, 'p', code);
    struct person_get_out person;
    int rc;

    if (f && f->what == 'p' && text_eq(f->code, code))
        return 1;
    rc = person_get_one(b->store, &(struct person_get_in){.code = code}, &person, b->arena, err);
    if (rc == 1 && f)
        *f = (struct found){'p', arena_text(b->arena, code), {"", 0}};
    return rc;
}

static int load_rules(struct batch *b, struct campaign *c, struct err *err)
{
    struct procedure_get_out row;
    struct entry e;
    int rc = procedure_get_one(
        b->store, &(struct procedure_get_in){.name = c->procedure, .version = c->version}, &row,
        b->arena, err);

    if (rc <= 0)
        return rc;
    if (ledger_entry(b->ledger, row.seq, b->arena, &e, err) != 0)
        return -1;
    c->rules.answer = e.event.procedure_put.answer;
    c->rules.final = e.event.procedure_put.final;
    c->rules.signers = e.event.procedure_put.signers;
    c->sealed = e.event.procedure_put.sealed;
    for (size_t i = 0; i < e.event.procedure_put.without.count; i++) {
        int state = word_of(&states, e.event.procedure_put.without.at[i]);
        if (state > 0)
            c->rules.without |= BIT(state);
    }
    return 0;
}

int batch_campaign(struct batch *b, struct text code, struct campaign **campaign, struct err *err)
{
    struct campaign_get_out row;
    struct campaign *c;
    int rc;

    *campaign = NULL;
    for (c = b->campaigns; c; c = c->next)
        if (text_eq(c->code, code)) {
            *campaign = c;
            return 0;
        }
    rc = campaign_get_one(b->store, &(struct campaign_get_in){.code = code}, &row, b->arena, err);
    if (rc <= 0)
        return rc;
    c = arena_array(b->arena, struct campaign, 1);
    if (c == NULL)
        return err_set(err, NO_MEMORY);
    *c = (struct campaign){.next = b->campaigns,
                           .code = arena_text(b->arena, code),
                           .name = row.name,
                           .kind = row.kind,
                           .procedure = row.procedure,
                           .version = row.version,
                           .confidential = row.confidential,
                           .marking = row.marking,
                           .closed = row.closed,
                           .last = row.last};
    if (load_rules(b, c, err) != 0)
        return -1;
    b->campaigns = c;
    *campaign = c;
    return 0;
}

int batch_actor(struct batch *b, struct text code, struct actor_row **found, struct err *err)
{
    struct person_get_out row;
    struct deputy_for_out principal;
    struct actor_row *a;
    struct rows rows;
    struct text *principals;
    int rc;

    for (a = b->actors; a; a = a->next)
        if (text_eq(a->actor.code, code)) {
            *found = a;
            return 1;
        }
    rc = person_get_one(b->store, &(struct person_get_in){.code = code}, &row, b->arena, err);
    if (rc < 0 && err->code == ERR_NOT_TEXT) {
        err->code = ERR_NONE;
        return 0; /* nobody is called that */
    }
    if (rc <= 0 || row.inactive)
        return rc < 0 ? -1 : 0;
    a = arena_array(b->arena, struct actor_row, 1);
    principals = arena_array(b->arena, struct text, 17);
    if (a == NULL || principals == NULL)
        return err_set(err, NO_MEMORY);
    *a = (struct actor_row){.next = b->actors, .principals = principals};
    a->actor = (struct actor){.code = arena_text(b->arena, code),
                              .unit = row.unit,
                              .path = row.path,
                              .roles = (uint32_t)row.roles};
    principals[a->principal_count++] = a->actor.code;
    if (deputy_for_open(b->store, &(struct deputy_for_in){.deputy = code, .today = b->today}, &rows,
                        err) != 0)
        return -1;
    while ((rc = deputy_for_next(&rows, &principal, err)) == 1) {
        if (a->principal_count < 17)
            principals[a->principal_count++] = arena_text(b->arena, principal.person);
        a->actor.roles |= (uint32_t)principal.roles;
    }
    if (rc < 0)
        return -1;
    b->actors = a;
    *found = a;
    return 1;
}

static uint64_t tally_hash(const struct tally_row *r)
{
    uint64_t h = (uint64_t)r->unit * 0x9e3779b97f4a7c15u ^ (uint64_t)(r->kind + 2) << 56 ^
                 (uint64_t)r->period * 0xff51afd7ed558ccdu ^ (uint64_t)r->vis << 40;

    for (size_t i = 0; i < r->campaign.n; i++)
        h = (h ^ (unsigned char)r->campaign.p[i]) * 0x100000001b3u;
    return h ^ h >> 29;
}

static bool tally_same(const struct tally_row *x, const struct tally_row *y)
{
    return x->unit == y->unit && x->vis == y->vis && x->kind == y->kind && x->period == y->period &&
           text_eq(x->campaign, y->campaign);
}

static struct tally_row *tally_place(struct tally_row *rows, size_t room, const struct tally_row *r)
{
    size_t at = tally_hash(r) & (room - 1);

    while (rows[at].campaign.p && !tally_same(&rows[at], r))
        at = (at + 1) & (room - 1);
    return &rows[at];
}

static int tally_add(struct batch *b, struct tally_row row, struct err *err)
{
    struct tally_row *place;

    if (b->tally_count * 2 >= b->tally_room) {
        size_t room = b->tally_room ? b->tally_room * 2 : 256;
        struct tally_row *bigger = mem_alloc(room * sizeof *bigger);
        if (bigger == NULL)
            return err_set(err, NO_MEMORY);
        for (size_t i = 0; i < b->tally_room; i++)
            if (b->tally[i].campaign.p)
                *tally_place(bigger, room, &b->tally[i]) = b->tally[i];
        mem_free(b->tally);
        b->tally = bigger;
        b->tally_room = room;
    }
    place = tally_place(b->tally, b->tally_room, &row);
    if (place->campaign.p) {
        place->n += row.n;
    } else {
        *place = row;
        b->tally_count++;
    }
    return 0;
}

int batch_count_at(struct batch *b, struct text path, const struct item *item, int64_t vis,
                   int64_t by, struct err *err)
{
    int64_t ids[65] = {0}; /* unit 0 is the whole ledger */
    int count = 1 + path_units(path, ids + 1);
    struct campaign *c;

    if (batch_campaign(b, item->campaign, &c, err) != 0)
        return -1;
    if (c == NULL)
        return err_set(err, CORRUPT, err_sentence(N_("The ledger")),
                       err_sentence(N_("an item's campaign is not there")));
    if (vis < 0)
        vis = item->marking * 2 + c->confidential;
    for (int i = 0; i < count; i++) {
        struct tally_row r = {.unit = ids[i], .vis = vis, .kind = -1, .campaign = c->code, .n = by};
        r.period = item->taken_over && item->state == STATE_STRUCK_OFF ? STATE_COUNT : item->state;
        if (tally_add(b, r, err) != 0)
            return -1;
        if (!state_open(item->state) || !date_valid(item->due))
            continue;
        r.kind = 0;
        r.period = item->due;
        if (tally_add(b, r, err) != 0)
            return -1;
        struct civil civil = date_civil(item->due);
        r.kind = 1;
        r.period = civil.year * 12 + civil.month - 1;
        if (tally_add(b, r, err) != 0)
            return -1;
    }
    return 0;
}

int batch_count(struct batch *b, const struct item *item, int by, struct err *err)
{
    struct text path = {"", 0};

    if (item->lead.n && batch_unit(b, item->lead, &path, err) < 0)
        return -1;
    return batch_count_at(b, path, item, -1, by, err);
}

/* A change of a counter. */
static struct asked add_request(const struct batch *b, const struct tally_row *r)
{
    const struct tally_state_add_in state = {r->unit, r->campaign, r->vis, r->period, b->day, r->n};
    const struct tally_due_add_in due = {r->unit,   r->campaign, r->vis, r->kind,
                                         r->period, b->day,      r->n};

    return r->kind < 0 ? tally_state_add_ask(&state) : tally_due_add_ask(&due);
}

/* The counter has not changed on this day before: what it was is kept, and it belongs to this
 * day. */
static int begin_day(struct batch *b, const struct tally_row *r, struct err *err)
{
    const struct tally_state_keep_in state = {r->unit, r->campaign, r->vis, r->period, b->day};
    const struct tally_due_keep_in due = {r->unit, r->campaign, r->vis, r->kind, r->period, b->day};
    const struct tally_state_begin_in begin_state = {r->unit, r->campaign, r->vis, r->period,
                                                     b->day};
    const struct tally_due_begin_in begin_due = {r->unit, r->campaign, r->vis,
                                                 r->kind, r->period,   b->day};
    int rc =
        r->kind < 0 ? tally_state_keep(b->store, &state, err) : tally_due_keep(b->store, &due, err);

    if (rc == 0)
        rc = r->kind < 0 ? tally_state_begin(b->store, &begin_state, err)
                         : tally_due_begin(b->store, &begin_due, err);
    return rc;
}

/* Some counters together: those that are of this day already change at once, the others once they
 * are. */
enum { TOGETHER = 32 };
static int put_tallies(struct batch *b, const struct tally_row *const *rows, size_t count,
                       struct err *err)
{
    struct asked adds[TOGETHER];
    size_t late = 0;

    for (size_t i = 0; i < count; i++)
        adds[i] = add_request(b, rows[i]);
    if (store_ask(b->store, adds, count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (adds[i].changed > 0)
            continue;
        if (begin_day(b, rows[i], err) != 0)
            return -1;
        adds[late++] = add_request(b, rows[i]);
    }
    return late ? store_ask(b->store, adds, late, err) : 0;
}

static int flush_tallies(struct batch *b, struct err *err)
{
    const struct tally_row *rows[TOGETHER];
    size_t count = 0;

    for (size_t i = 0; i < b->tally_room; i++) {
        const struct tally_row *r = &b->tally[i];
        /* That items came and went is told by the whole ledger's day alone (office/lists/board.c
         * asks it), also when as many came as went. */
        if (r->campaign.p == NULL || (r->n == 0 && (r->kind >= 0 || r->unit != 0)))
            continue;
        rows[count++] = r;
        if (count < TOGETHER)
            continue;
        if (put_tallies(b, rows, count, err) != 0)
            return -1;
        count = 0;
    }
    return count ? put_tallies(b, rows, count, err) : 0;
}

int batch_flush(struct batch *b, struct err *err)
{
    for (struct campaign *c = b->campaigns; c; c = c->next) {
        struct campaign_put_in row = {.code = c->code,
                                      .name = c->name,
                                      .kind = c->kind,
                                      .procedure = c->procedure,
                                      .version = c->version,
                                      .confidential = c->confidential,
                                      .marking = c->marking,
                                      .closed = c->closed,
                                      .last = c->last};
        if (c->changed && campaign_put(b->store, &row, err) != 0)
            return -1;
        c->changed = false;
    }
    if (flush_tallies(b, err) != 0)
        return -1;
    if (b->tally)
        memset(b->tally, 0, b->tally_room * sizeof *b->tally);
    b->tally_count = 0;
    return b->arena->failed ? err_set(err, NO_MEMORY) : 0;
}
