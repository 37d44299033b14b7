/*
 * board.c: see board.h.
 *
 * Counters are kept along the ancestors of lead units, by campaign and by class of visibility
 * (marking and confidentiality). They can tell what a viewer sees when each of the viewer's scopes
 * either covers all of the subtree that is asked for, or nothing of it that counts: a scope on a
 * subtree inside it, or on one beside it (where their unit may assist), needs a look at the items.
 *
 * On a past day it is today's eyes that look. An item may since have come into or gone out of a
 * viewer's subtree, or of what their clearance reaches; counters of that day know nothing of it. So
 * they can tell only for a viewer of all units, from whom nothing is hidden that has changed since.
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
    int32_t day;      /* as of its end */
    int64_t month;    /* of the day, as tally_due counts them */
    int32_t first, soon;
};

static void ask_day(struct asking *q, int32_t day)
{
    struct civil civil = date_civil(day);

    q->day = day;
    q->soon = day + BOARD_SOON;
    q->month = civil.year * 12 + civil.month - 1;
    q->first = day - civil.day + 1;
}

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

/* True when every scope covers all of the subtree, as far as units go. */
static bool scopes_cover(const struct asking *q)
{
    for (size_t i = 0; i < q->scopes.count; i++)
        if (!text_starts(q->path, q->scopes.at[i].path))
            return false;
    return true;
}

/* 1 when the counters of q's day know what the viewer sees today, 0, -1. */
static int counters_can_tell(const struct asking *q, struct err *err)
{
    struct board_changed_out class;
    struct rows rows;
    int rc;

    if (q->v->uncounted)
        return 0;
    if (q->day >= q->v->today)
        return scopes_cover(q);
    for (size_t i = 0; i < q->scopes.count; i++)
        if (q->scopes.at[i].path.n)
            return 0;
    if (board_changed_open(q->l->store, &(struct board_changed_in){q->day}, &rows, err) != 0)
        return -1;
    while ((rc = board_changed_next(&rows, &class, err)) == 1)
        if (!may_see(q, class.campaign, class.vis)) {
            rows_close(&rows);
            return 0;
        }
    return rc < 0 ? -1 : 1;
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
    int rc = board_parts_open(q->l->store, &(struct board_parts_in){b->unit, q->day}, &rows, err);

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
    int rc =
        parts ? board_part_states_open(q->l->store,
                                       &(struct board_part_states_in){b->unit, q->day, b->campaign},
                                       &rows, err)
              : board_states_open(
                    q->l->store, &(struct board_states_in){q->id, q->day, b->campaign}, &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = board_states_next(&rows, &r, err)) == 1) {
        struct board_counts *c = place_of(b, r.unit, parts);
        if (c == NULL || r.n == 0 || !may_see(q, r.campaign, r.vis))
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
        rc = board_part_due_open(
            q->l->store,
            &(struct board_part_due_in){b->unit, q->day, b->campaign, q->month, q->first, q->soon},
            &rows, err);
    else
        rc = board_due_open(
            q->l->store,
            &(struct board_due_in){q->id, q->day, b->campaign, q->month, q->first, q->soon}, &rows,
            err);
    if (rc != 0)
        return -1;
    while ((rc = board_due_next(&rows, &r, err)) == 1) {
        struct board_counts due = {.dated = r.dated, .overdue = r.overdue, .soon = r.soon};
        struct board_counts *c = place_of(b, r.unit, parts);
        if (c == NULL || r.dated == 0 || !may_see(q, r.campaign, r.vis))
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
                                                   .today = q->v->today,
                                                   .campaign = b->campaign,
                                                   .path = q->path,
                                                   .size = (int64_t)q->path.n + PATH_STEP,
                                                   .soon = q->soon,
                                                   .day = q->day},
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

/* The unit as it was on q's day: 1, 0 when there was none, -1. */
static int find_unit(struct asking *q, struct board *b, struct err *err)
{
    struct board_unit_out u;
    int rc;

    q->id = 0;
    q->path = T("");
    if (b->unit.n == 0)
        return 1;
    rc = board_unit_one(q->l->store, &(struct board_unit_in){b->unit, q->day}, &u, q->arena, err);
    if (rc == 1) {
        q->id = u.id;
        q->path = u.path;
        b->unit_name = u.name;
    }
    return rc;
}

/* Fills the counts, those of the parts where there are some. */
static int count_all(struct board *b, struct asking *q, struct err *err)
{
    int rc = counters_can_tell(q, err);

    if (rc < 0)
        return -1;
    if (rc == 0)
        return count_items(b, q, err);
    if (b->unit_count)
        qsort(b->units, b->unit_count, sizeof *b->units, by_id);
    if (tally_states(b, q, false, err) != 0 || tally_dues(b, q, false, err) != 0)
        return -1;
    return b->unit_count && (tally_states(b, q, true, err) != 0 || tally_dues(b, q, true, err) != 0)
               ? -1
               : 0;
}

static int start(struct asking *q, struct board *b, struct ledger *l, const struct viewer *v,
                 struct text unit, struct text campaign, int32_t day, struct arena *arena,
                 struct err *err)
{
    *q = (struct asking){.l = l, .v = v, .arena = arena};
    ask_day(q, day == BOARD_NOW ? v->today : day);
    *b = (struct board){.unit = unit, .campaign = campaign, .day = q->day};
    return scopes_load(&q->scopes, l, v, arena, err);
}

int board_glance(struct board_counts *total, struct ledger *l, const struct viewer *v,
                 struct text campaign, struct arena *arena, struct err *err)
{
    struct asking q;
    struct board b;
    int rc;

    if (start(&q, &b, l, v, T(""), campaign, BOARD_NOW, arena, err) != 0)
        return -1;
    rc = counters_can_tell(&q, err);
    if (rc <= 0)
        return rc;
    if (tally_states(&b, &q, false, err) != 0 || tally_dues(&b, &q, false, err) != 0)
        return -1;
    *total = b.total;
    return arena->failed ? err_set(err, NO_MEMORY) : 1;
}

int board_load(struct board *b, struct ledger *l, const struct viewer *v, struct text unit,
               struct text campaign, int32_t day, struct arena *arena, struct err *err)
{
    struct asking q;
    int rc;

    if (start(&q, b, l, v, unit, campaign, day, arena, err) != 0)
        return -1;
    rc = find_unit(&q, b, err);
    if (rc <= 0)
        return rc < 0 ? -1 : err_set(err, NOT_FOUND, err_sentence(N_("unit")), b->unit);
    if (load_parts(b, &q, err) != 0 || count_all(b, &q, err) != 0 ||
        name_campaigns(b, &q, err) != 0 || finish_units(b, &q, err) != 0)
        return -1;
    return arena->failed ? err_set(err, NO_MEMORY) : 0;
}

/* The last day of the period before the one that holds the day. */
static int32_t step_back(int32_t day, enum board_step step)
{
    switch (step) {
    case BOARD_WEEKS: return day - date_weekday(day);
    case BOARD_MONTHS: return day - date_civil(day).day;
    default: return day - 1;
    }
}

int board_trend(struct board_point *points, size_t count, enum board_step step, struct ledger *l,
                const struct viewer *v, struct text unit, struct text campaign, int32_t day,
                struct arena *arena, struct err *err)
{
    struct asking q;
    struct board b;

    if (start(&q, &b, l, v, unit, campaign, day, arena, err) != 0)
        return -1;
    for (size_t i = count; i > 0; i--) {
        int rc = find_unit(&q, &b, err);
        b.total = (struct board_counts){0};
        if (rc < 0 || (rc == 1 && count_all(&b, &q, err) != 0))
            return -1;
        if (i == count && rc == 0)
            return err_set(err, NOT_FOUND, err_sentence(N_("unit")), b.unit);
        if (i == count && name_campaigns(&b, &q, err) != 0)
            return -1;
        points[i - 1] = (struct board_point){q.day, b.total};
        ask_day(&q, step_back(q.day, step));
    }
    return arena->failed ? err_set(err, NO_MEMORY) : 0;
}
