/* lists.c: opening, reading and closing any list; where to go on in it. See lists.h. */
#include "base/mem.h"
#include "office/lists/cursor.h"
#include "office/lists/lists_office.sql.h"
#include "office/lists/scopes.h"

static const struct {
    const char *name, *label;
    const struct list_ops *ops;
    const struct vocabulary *states;
} kinds_of_list[LIST_KINDS] = {
    [LIST_PROBLEMS] = {"problems", N_("List of problems"), &list_problem_ops, &states},
    [LIST_TASKS] = {"tasks", N_("List of tasks"), &list_task_ops, &task_states},
    [LIST_RESPONSIBILITIES] = {"responsibilities", N_("List of responsibilities"),
                               &list_responsibility_ops, &task_states},
    [LIST_UNITS] = {"units", N_("List of units"), &list_unit_ops, NULL},
    [LIST_PEOPLE] = {"people", N_("List of people"), &list_person_ops, NULL},
    [LIST_CAMPAIGNS] = {"campaigns", N_("List of campaigns"), &list_campaign_ops, NULL},
    [LIST_SOURCES] = {"sources", N_("List of sources"), &list_source_ops, NULL},
};

int list_of(struct text word)
{
    for (int i = 0; i < LIST_KINDS; i++)
        if (text_eq(word, text_of(kinds_of_list[i].name)))
            return i;
    return -1;
}

const char *list_name(enum list_kind kind)
{
    return kinds_of_list[kind].name;
}

const char *list_label(enum list_kind kind)
{
    return kinds_of_list[kind].label;
}

const struct vocabulary *list_states(enum list_kind kind)
{
    return kinds_of_list[kind].states;
}

static const char *const struck[] = {"struck_off_here", "struck_off_taken_over"};

uint32_t list_state(enum list_kind kind, struct text word)
{
    int state = word_of(list_states(kind), word);

    for (int i = 0; kind == LIST_PROBLEMS && i < 2; i++)
        if (text_eq(word, text_of(struck[i])))
            return BIT(STATE_COUNT + i);
    return state > 0 ? BIT(state) : 0;
}

struct text list_state_key(int bit)
{
    return bit < STATE_COUNT ? word_key(&states, bit) : text_of(struck[bit - STATE_COUNT]);
}

struct text duty_role_key(enum duty_role role)
{
    static const char *const keys[] = {"lead", "assisting", "responsible_leader"};

    return text_of(keys[role]);
}

const char *duty_role_label(enum duty_role role)
{
    static const char *const labels[] = {N_("lead"), N_("assisting"), N_("responsible leader")};

    return labels[role];
}

/* Today, which is later than every change, or a past day. */
static int64_t day_of(const struct list_query *query)
{
    return query->day ? query->day : DUE_NONE;
}

/* --- narrowing ---------------------------------------------------------------------------------
 */

int list_choose_unit(struct list_query *query, struct ledger *l, struct text unit,
                     struct text *name, struct arena *arena, struct err *err)
{
    struct list_path_out row;
    int rc = list_path_one(l->store, &(struct list_path_in){unit, day_of(query)}, &row, arena, err);

    if (rc <= 0)
        return rc < 0 ? -1 : err_set(err, NOT_FOUND, err_sentence(N_("unit")), unit);
    query->path = row.path;
    if (name)
        *name = row.name;
    return 0;
}

int list_choose_campaign(struct list_query *query, struct ledger *l, const struct viewer *v,
                         struct text campaign, struct text *name, struct arena *arena,
                         struct err *err)
{
    struct list_campaigns_out row = {0};
    int rc = campaign.n ? list_campaigns_one(l->store,
                                             &(struct list_campaigns_in){.viewer = v->person,
                                                                         .today = v->today,
                                                                         .clearance = v->clearance,
                                                                         .after = T(""),
                                                                         .only = campaign,
                                                                         .count = 1},
                                             &row, arena, err)
                        : 0;

    if (rc <= 0)
        return rc < 0 ? -1 : err_set(err, NOT_FOUND, err_sentence(N_("campaign")), campaign);
    query->campaign = row.code;
    if (name)
        *name = row.name;
    return 0;
}

int list_campaigns_back_to(struct ledger *l, const struct viewer *v, struct text before,
                           int64_t limit, struct text *after, struct arena *arena, struct err *err)
{
    struct list_campaigns_back_out row;
    struct rows rows;
    int64_t n = 0;
    int rc;

    *after = T("");
    if (list_campaigns_back_open(
            l->store,
            &(struct list_campaigns_back_in){v->person, v->today, v->clearance, before, limit + 1},
            &rows, err) != 0)
        return -1;
    while ((rc = list_campaigns_back_next(&rows, &row, err)) == 1)
        if (++n == limit + 1)
            *after = arena_text(arena, row.code);
    rows_close(&rows);
    return rc;
}

/* --- where to go on --------------------------------------------------------------------------- */

/* Splits "CODE/n/line". Numbers that are not there are 0; false when one is no number. */
static bool split_key(struct text key, struct text *code, int64_t *task, int64_t *line)
{
    struct text rest = key, piece;

    *task = *line = 0;
    text_cut(&rest, '/', code);
    if (rest.p && (!text_cut(&rest, '/', &piece) || !text_int(piece, task) || *task < 0))
        return false;
    return rest.p == NULL || (text_int(rest, line) && *line > 0);
}

int list_after(struct list_query *query, struct ledger *l, const struct viewer *v, struct text key,
               struct arena *arena, struct err *err)
{
    struct list_place *after = &query->after;
    struct list_code_out row = {0};
    struct list_path_out unit;
    struct text code;
    int64_t task, line;
    int rc = 0;

    *after = (struct list_place){.key = key};
    if (query->kind == LIST_UNITS) {
        rc = list_path_one(l->store, &(struct list_path_in){key, day_of(query)}, &unit, arena, err);
        after->key = unit.path;
        return rc < 0 ? -1 : rc == 0 ? err_set(err, NOT_FOUND, err_sentence(N_("unit")), key) : 0;
    }
    if (query->kind > LIST_UNITS)
        return 0; /* by code: whether there is such a row makes no difference */
    if (split_key(key, &code, &task, &line))
        rc = list_code_one(
            l->store, &(struct list_code_in){.viewer = v->person, .today = v->today, .code = code},
            &row, arena, err);
    if (rc < 0)
        return -1;
    if (rc == 0)
        return err_set(err, NOT_FOUND, err_sentence(N_("item")), key);
    /* Behind all of an item, behind one of its tasks, or behind a line of that task. */
    *after = (struct list_place){.id = row.id, .task = INT64_MAX, .line = line};
    if (line)
        after->task = task - 1;
    else if (task)
        after->task = task;
    return 0;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* A list of few items among many is found by who answers for them: all that a viewer of one subtree
 * sees has a duty in it, all that a subtree leads as well. That means to gather the few (k) and to
 * sort them, where else so many rows are passed by as it takes to fill the list: n / k for each. */
enum { FEW = 10000 }; /* so many are always worth it */
static int choose_narrow(struct list *q, struct err *err)
{
    /* Duties are those of today, and so is what is visible; what a unit led is of the day. */
    bool led = q->q.kind != LIST_RESPONSIBILITIES && q->q.day == 0;
    struct text candidates[2] = {led ? q->q.path : T(""), T("")};
    const struct scope *home;
    struct scopes scopes;
    int64_t best = INT64_MAX;

    if (scopes_load(&scopes, q->l, q->v, &q->of_list, err) != 0)
        return -1;
    home = scopes_home(&scopes);
    if (home)
        candidates[1] = home->path;
    for (int i = 0; i < 2; i++) {
        struct list_size_out size;
        double k, n;
        if (candidates[i].n == 0)
            continue;
        if (list_size_one(q->l->store, &(struct list_size_in){candidates[i]}, &size, &q->of_list,
                          err) < 0)
            return -1;
        k = 2.0 * (double)size.subtree; /* those where it only assists are not counted */
        n = (double)size.ledger;
        if ((k < FEW || k * k < n * (q->q.limit ? (double)q->q.limit : n / 16)) &&
            size.subtree < best) {
            best = size.subtree;
            q->narrow = candidates[i];
        }
    }
    return 0;
}

static struct list *start(struct ledger *l, const struct viewer *v, const struct list_query *query,
                          int64_t only, struct err *err)
{
    struct list *q = mem_alloc(sizeof *q);

    if (q == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    q->l = l;
    q->v = v;
    q->q = *query;
    q->only = only;
    q->of_list = ARENA(BUF_ANY);
    q->of_item = ARENA(BUF_ANY);
    q->of_row = ARENA(BUF_ANY);
    q->row.kind = query->kind;
    q->ops = query->day ? &list_past_ops : kinds_of_list[query->kind].ops;
    if ((query->kind <= LIST_RESPONSIBILITIES && only == 0 && choose_narrow(q, err) != 0) ||
        q->ops->open(q, err) != 0) {
        list_close(q);
        return NULL;
    }
    return q;
}

struct list *list_open(struct ledger *l, const struct viewer *v, const struct list_query *query,
                       struct err *err)
{
    return start(l, v, query, 0, err);
}

int list_next(struct list *q, const struct list_row **row, struct err *err)
{
    int rc;

    if ((q->q.limit > 0 || q->only) && q->given >= q->q.limit)
        return 0;
    rc = q->ops->next(q, err);
    if (rc == 1) {
        *row = &q->row;
        q->given++;
    }
    return rc;
}

void list_close(struct list *q)
{
    if (q == NULL)
        return;
    rows_close(&q->main);
    rows_close(&q->duties);
    rows_close(&q->measures);
    list_past_close(q);
    arena_release(&q->of_list);
    arena_release(&q->of_item);
    arena_release(&q->of_row);
    mem_free(q);
}

int64_t list_count(struct ledger *l, const struct viewer *v, const struct list_query *query,
                   struct err *err)
{
    const struct list_row *row;
    struct list *q = list_open(l, v, query, err);
    int64_t count = 0;
    int rc;

    if (q == NULL)
        return -1;
    while ((rc = list_next(q, &row, err)) == 1)
        count++;
    list_close(q);
    return rc < 0 ? -1 : count;
}

/* An item that may be seen is the first of those behind the id before its own. */
struct list *list_item(struct ledger *l, const struct viewer *v, struct text code, struct err *err)
{
    arena_auto struct arena arena = ARENA(4096);
    struct list_query query = {.kind = LIST_PROBLEMS, .limit = 1};
    struct list_code_out row;
    int rc = list_code_one(
        l->store, &(struct list_code_in){.viewer = v->person, .today = v->today, .code = code},
        &row, &arena, err);

    if (rc < 0)
        return NULL;
    if (rc == 0) {
        err_set(err, NOT_FOUND, err_sentence(N_("item")), code);
        return NULL;
    }
    query.after.id = row.id - 1;
    return start(l, v, &query, row.id, err);
}

struct list *list_item_tasks(struct ledger *l, const struct viewer *v, const struct problem *item,
                             struct err *err)
{
    struct list_query query = {.kind = LIST_TASKS, .limit = item->tasks};

    query.after.id = item->id;
    return start(l, v, &query, item->id, err);
}
