/*
 * board.c: see board.h.
 *
 * Counters are kept along the ancestors of lead units, by campaign and by class of visibility
 * (marking and confidentiality). They can tell what a viewer sees when each of the viewer's scopes
 * either covers all of the subtree that is asked for, or nothing of it that counts: a scope on a
 * subtree inside it, or on one beside it (where their unit may assist), needs a look at the items.
 */
#include "office/lists/board.h"

#include <stdlib.h>

#include "office/lists/board.sql.h"
#include "office/lists/lists_office.sql.h"
#include "office/lists/scopes.h"

enum { PATH_STEP = 5 }; /* characters of a path for each unit on it */

/* --- sums --------------------------------------------------------------------------------------
 */

int64_t board_open(const struct board_counts *c)
{
    int64_t sum = 0;

    for (int i = 1; i < STATE_COUNT; i++)
        if (state_open(i))
            sum += c->states[i];
    return sum;
}

int64_t board_aside(const struct board_counts *c)
{
    return c->states[STATE_TRANSFERRED] + c->states[STATE_MERGED] + c->states[STATE_WITHDRAWN];
}

int64_t board_total(const struct board_counts *c)
{
    int64_t sum = c->taken_over;

    for (int i = 1; i < STATE_COUNT; i++)
        sum += c->states[i];
    return sum;
}

int64_t board_rate_of(const struct board_counts *c)
{
    return board_open(c) + c->states[STATE_STANDING] + c->states[STATE_STRUCK_OFF];
}

const char *board_rate_definition(void)
{
    return N_(
        "struck off in this ledger, divided by open, standing and struck off together; without "
        "what was struck off on the word of an older book and what was set aside");
}

void board_rate(struct buf *out, const struct board_counts *c)
{
    int64_t n = c->states[STATE_STRUCK_OFF], of = board_rate_of(c), rate;

    if (of <= 0)
        return;
    rate = (n * 20000 + of) / (of * 2);
    if (rate == 10000 && n < of)
        rate = 9999;
    buf_int(out, rate / 100);
    buf_char(out, '.');
    buf_digits(out, (uint64_t)(rate % 100), 2);
}

static void add(struct board_counts *to, const struct board_counts *c, int by)
{
    for (int i = 0; i < STATE_COUNT; i++)
        to->states[i] += by * c->states[i];
    to->taken_over += by * c->taken_over;
    to->dated += by * c->dated;
    to->overdue += by * c->overdue;
    to->soon += by * c->soon;
}

static void add_state(struct board_counts *c, int64_t state, int64_t n)
{
    if (state == STATE_COUNT)
        c->taken_over += n;
    else if (state > 0 && state < STATE_COUNT)
        c->states[state] += n;
}

/* --- whose board -------------------------------------------------------------------------------
 */

/* Everything that the questions need. */
struct asking {
    struct ledger *l;
    const struct viewer *v;
    struct arena *arena;
    struct scopes scopes;
    int64_t id;       /* of the unit, 0 for the whole ledger */
    struct text path; /* of the unit */
    int64_t month;    /* as tally_due counts them */
    int32_t first, soon;
};

/* Room for one more; NULL when the arena has failed. */
static void *room(struct arena *a, void *old, size_t count, size_t size)
{
    void *more;

    if (count < 8 ? count != 0 : count & (count - 1))
        return old;
    more = arena_take(a, size * (count ? count * 2 : 8));
    if (more && count)
        memcpy(more, old, size * count);
    return more;
}

/* True when every scope covers all of the subtree, as far as units go. */
static bool counters_can_tell(const struct asking *q)
{
    for (size_t i = 0; i < q->scopes.count; i++)
        if (!text_starts(q->path, q->scopes.at[i].path))
            return false;
    return true;
}

/* The permission predicate (visible.sql) for a class of items that lie inside all scopes' units. */
static bool may_see(const struct asking *q, struct text campaign, int64_t vis)
{
    int64_t marking = vis / 2;
    bool confidential = vis & 1;

    for (size_t i = 0; i < q->scopes.count; i++) {
        const struct scope *s = &q->scopes.at[i];
        if ((text_eq(s->campaign, campaign) || (s->campaign.n == 0 && !confidential)) &&
            (marking <= MARKING_OPEN || marking <= s->clearance))
            return true;
    }
    return false;
}

/* --- counting ----------------------------------------------------------------------------------
 */

static struct board_counts *campaign_of(struct board *b, struct asking *q, struct text code)
{
    for (size_t i = 0; i < b->campaign_count; i++)
        if (text_eq(b->campaigns[i].code, code))
            return &b->campaigns[i].counts;
    b->campaigns = room(q->arena, b->campaigns, b->campaign_count, sizeof *b->campaigns);
    if (b->campaigns == NULL)
        return NULL;
    b->campaigns[b->campaign_count] = (struct board_part){.code = arena_text(q->arena, code)};
    return &b->campaigns[b->campaign_count++].counts;
}

static int by_id(const void *x, const void *y)
{
    const struct board_part *a = x, *b = y;

    return (a->id > b->id) - (a->id < b->id);
}

static int by_path(const void *x, const void *y)
{
    return text_cmp(((const struct board_part *)x)->path, ((const struct board_part *)y)->path);
}

static int by_code(const void *x, const void *y)
{
    return text_cmp(((const struct board_part *)x)->code, ((const struct board_part *)y)->code);
}

static struct board_counts *part_by_id(struct board *b, int64_t id)
{
    struct board_part key = {.id = id}, *part;

    part = b->unit_count ? bsearch(&key, b->units, b->unit_count, sizeof key, by_id) : NULL;
    return part ? &part->counts : NULL;
}

static struct board_counts *part_by_path(struct board *b, struct text path)
{
    struct board_part key = {.path = path}, *part;

    part = b->unit_count ? bsearch(&key, b->units, b->unit_count, sizeof key, by_path) : NULL;
    return part ? &part->counts : NULL;
}

static int load_parts(struct board *b, struct asking *q, struct err *err)
{
    struct board_parts_out row;
    struct rows rows;
    int rc = board_parts_open(q->l->store, &(struct board_parts_in){b->unit}, &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = board_parts_next(&rows, &row, err)) == 1) {
        b->units = room(q->arena, b->units, b->unit_count, sizeof *b->units);
        if (b->units == NULL)
            break;
        b->units[b->unit_count++] = (struct board_part){.id = row.id,
                                                        .code = arena_text(q->arena, row.code),
                                                        .name = arena_text(q->arena, row.name),
                                                        .path = arena_text(q->arena, row.path)};
    }
    rows_close(&rows);
    if (q->arena->failed)
        return err_set(err, NO_MEMORY);
    return rc < 0 ? -1 : 0;
}

/* The unit's own rows make the total and the campaigns, those of the units below it the parts. */
static struct board_counts *place_of(struct board *b, int64_t unit, bool part)
{
    return part ? part_by_id(b, unit) : &b->total;
}

static int tally_states(struct board *b, struct asking *q, bool parts, struct err *err)
{
    struct board_states_out r;
    struct rows rows;
    int rc = parts ? board_part_states_open(q->l->store,
                                            &(struct board_part_states_in){b->unit, b->campaign},
                                            &rows, err)
                   : board_states_open(q->l->store, &(struct board_states_in){q->id, b->campaign},
                                       &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = board_states_next(&rows, &r, err)) == 1) {
        struct board_counts *c = place_of(b, r.unit, parts);
        if (c == NULL || !may_see(q, r.campaign, r.vis))
            continue;
        add_state(c, r.state, r.n);
        if (!parts && (c = campaign_of(b, q, r.campaign)) != NULL)
            add_state(c, r.state, r.n);
    }
    return rc;
}

static int tally_dues(struct board *b, struct asking *q, bool parts, struct err *err)
{
    struct board_due_out r;
    struct rows rows;
    int rc;

    if (parts)
        rc = board_part_due_open(q->l->store,
                                 &(struct board_part_due_in){b->unit, b->campaign, q->month,
                                                             q->first, b->today, q->soon},
                                 &rows, err);
    else
        rc = board_due_open(
            q->l->store,
            &(struct board_due_in){q->id, b->campaign, q->month, q->first, b->today, q->soon},
            &rows, err);
    if (rc != 0)
        return -1;
    while ((rc = board_due_next(&rows, &r, err)) == 1) {
        struct board_counts due = {.dated = r.dated, .overdue = r.overdue, .soon = r.soon};
        struct board_counts *c = place_of(b, r.unit, parts);
        if (c == NULL || !may_see(q, r.campaign, r.vis))
            continue;
        add(c, &due, 1);
        if (!parts && (c = campaign_of(b, q, r.campaign)) != NULL)
            add(c, &due, 1);
    }
    return rc;
}

/* The items themselves, one group of equals at a time. */
static int count_items(struct board *b, struct asking *q, struct err *err)
{
    struct board_count_out r;
    struct rows rows;
    int rc;

    if (b->unit_count)
        qsort(b->units, b->unit_count, sizeof *b->units, by_path);
    rc = board_count_open(q->l->store,
                          &(struct board_count_in){.viewer = q->v->person,
                                                   .today = b->today,
                                                   .campaign = b->campaign,
                                                   .path = q->path,
                                                   .size = (int64_t)q->path.n + PATH_STEP,
                                                   .soon = q->soon},
                          &rows, err);
    if (rc != 0)
        return -1;
    while ((rc = board_count_next(&rows, &r, err)) == 1) {
        struct board_counts one = {0}, *c;
        bool open = state_open(r.state);
        add_state(&one, r.taken_over && r.state == STATE_STRUCK_OFF ? STATE_COUNT : r.state, r.n);
        one.dated = open && r.late ? r.n : 0;
        one.overdue = open && r.late == 1 ? r.n : 0;
        one.soon = open && r.late == 2 ? r.n : 0;
        add(&b->total, &one, 1);
        if ((c = campaign_of(b, q, r.campaign)) != NULL)
            add(c, &one, 1);
        if ((c = part_by_path(b, r.part)) != NULL)
            add(c, &one, 1);
    }
    return rc;
}

/* --- putting it together -----------------------------------------------------------------------
 */

/* Campaigns by code, with their names; a campaign that is asked for must be there. */
static int name_campaigns(struct board *b, struct asking *q, struct err *err)
{
    struct list_campaigns_out r;
    struct rows rows;
    bool there = b->campaign.n == 0 || b->campaign_count > 0;
    int rc = list_campaigns_open(q->l->store,
                                 &(struct list_campaigns_in){.viewer = q->v->person,
                                                             .today = q->v->today,
                                                             .clearance = q->v->clearance,
                                                             .after = T(""),
                                                             .only = b->campaign,
                                                             .count = INT64_MAX},
                                 &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = list_campaigns_next(&rows, &r, err)) == 1) {
        there = true;
        for (size_t i = 0; i < b->campaign_count; i++)
            if (text_eq(b->campaigns[i].code, r.code))
                b->campaigns[i].name = arena_text(q->arena, r.name);
    }
    if (b->campaign_count)
        qsort(b->campaigns, b->campaign_count, sizeof *b->campaigns, by_code);
    if (rc == 0 && !there)
        return err_set(err, NOT_FOUND, err_sentence(N_("campaign")), b->campaign);
    return rc;
}

/* Leaves out units that have nothing; what is in none of them stands last, without a code. */
static int finish_units(struct board *b, struct asking *q, struct err *err)
{
    struct board_counts rest = b->total;
    struct board_part *all;
    size_t kept = 0;

    if (b->unit_count)
        qsort(b->units, b->unit_count, sizeof *b->units, by_path);
    for (size_t i = 0; i < b->unit_count; i++) {
        add(&rest, &b->units[i].counts, -1);
        if (board_total(&b->units[i].counts))
            b->units[kept++] = b->units[i];
    }
    b->unit_count = kept;
    if (board_total(&rest) == 0)
        return 0;
    all = arena_array(q->arena, struct board_part, kept + 1);
    if (all == NULL)
        return err_set(err, NO_MEMORY);
    if (kept)
        memcpy(all, b->units, kept * sizeof *all);
    all[kept] = (struct board_part){.counts = rest};
    b->units = all;
    b->unit_count = kept + 1;
    return 0;
}

int board_home(struct text *unit, struct ledger *l, const struct viewer *v, struct arena *arena,
               struct err *err)
{
    const struct scope *home;
    struct scopes scopes;

    if (scopes_load(&scopes, l, v, arena, err) != 0)
        return -1;
    home = scopes_home(&scopes);
    *unit = home ? home->unit : T("");
    return 0;
}

static void begin(struct board *b, struct asking *q)
{
    struct civil day = date_civil(q->v->today);

    b->today = q->v->today;
    q->soon = b->today + BOARD_SOON;
    q->month = day.year * 12 + day.month - 1;
    q->first = b->today - day.day + 1;
}

int board_glance(struct board_counts *total, struct ledger *l, const struct viewer *v,
                 struct text campaign, struct arena *arena, struct err *err)
{
    struct asking q = {.l = l, .v = v, .arena = arena};
    struct board b = {.campaign = campaign};

    begin(&b, &q);
    if (scopes_load(&q.scopes, l, v, arena, err) != 0)
        return -1;
    if (!counters_can_tell(&q))
        return 0;
    if (tally_states(&b, &q, false, err) != 0 || tally_dues(&b, &q, false, err) != 0)
        return -1;
    *total = b.total;
    return arena->failed ? err_set(err, NO_MEMORY) : 1;
}

int board_load(struct board *b, struct ledger *l, const struct viewer *v, struct text unit,
               struct text campaign, bool past, struct arena *arena, struct err *err)
{
    struct asking q = {.l = l, .v = v, .arena = arena};
    struct board_unit_out u;
    int rc;

    *b = (struct board){.unit = unit, .campaign = campaign};
    begin(b, &q);
    if (scopes_load(&q.scopes, l, v, arena, err) != 0)
        return -1;
    if (b->unit.n) {
        rc = board_unit_one(l->store, &(struct board_unit_in){b->unit}, &u, arena, err);
        if (rc <= 0)
            return rc < 0 ? -1 : err_set(err, NOT_FOUND, err_sentence(N_("unit")), b->unit);
        q.id = u.id;
        q.path = u.path;
        b->unit_name = u.name;
    }
    if (load_parts(b, &q, err) != 0)
        return -1;
    if (past || !counters_can_tell(&q)) {
        if (count_items(b, &q, err) != 0)
            return -1;
    } else {
        if (b->unit_count)
            qsort(b->units, b->unit_count, sizeof *b->units, by_id);
        if (tally_states(b, &q, false, err) != 0 || tally_states(b, &q, true, err) != 0 ||
            tally_dues(b, &q, false, err) != 0 || tally_dues(b, &q, true, err) != 0)
            return -1;
    }
    if (name_campaigns(b, &q, err) != 0 || finish_units(b, &q, err) != 0)
        return -1;
    return arena->failed ? err_set(err, NO_MEMORY) : 0;
}
