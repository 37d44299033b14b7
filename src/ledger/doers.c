/*
 * doers.c: who did an item: what independence is measured by (DESIGN, "The loop": nobody verifies
 * or strikes off what their own unit did).
 *
 * Who answers for an item now does not tell it: a unit may be written out of the book when the work
 * is done, a person may hand over, a member may leave a body. So when an independent hand is asked
 * for, and only then, the item's entries are read from the first to the last, and whoever answered
 * for it while something was done is kept. That costs as much as the item's history is long, and
 * costs a report nothing; no table could be forgotten or get out of step.
 *
 *   - A unit did it that answered for the item or one of its tasks when work was done: a report, an
 *     application, evidence from the unit, a task done, or progress on the word of a book. One that
 *     was named by mistake and let go before any work did not.
 *   - A body did it with the homes of all who were its members since its first work on the item.
 *   - A person has a hand in it who reported, applied, or attached as one of the unit.
 *
 * One entry is in memory at a time; what is kept grows with the names in them, within the batch's
 * arena.
 */
#include "item.sql.h"
#include "ledger/decide.h"
#include "office.sql.h"

/* A unit's own path, a person's home, and the homes of a body's members with their last days. */
struct home {
    struct text path;
    int64_t until;
};

/* A unit or person that the entries name. */
struct name {
    struct text code;
    bool unit, answers, hand;
    int32_t since; /* first day of work under it; DATE_NONE before that */
    bool known;    /* the homes were looked up */
    struct home *homes;
    size_t home_count, home_room;
};

/* Who stands in which place now; task 0 is the item, role is the table duty's. */
struct place {
    int64_t task;
    int role;
    size_t name;
};

struct replay {
    struct batch *b;
    enum event_kind asked; /* what is to be decided */
    struct text code;
    struct name *names;
    size_t name_count, name_room;
    struct place *places;
    size_t place_count, place_room;
};

/* Room for one more element; NULL when the arena is full, which the caller's caller asks. */
static void *room_for(struct arena *a, void *old, size_t count, size_t *room, size_t size)
{
    void *bigger;

    if (count < *room)
        return old;
    bigger = arena_take(a, (count ? count * 2 : 16) * size);
    if (bigger == NULL)
        return NULL;
    if (count)
        memcpy(bigger, old, count * size);
    *room = count ? count * 2 : 16;
    return bigger;
}

/* The name's number; any when memory is short, which the arena tells. */
static size_t name_of(struct replay *r, struct text code, bool unit)
{
    struct name *names;

    for (size_t i = 0; i < r->name_count; i++)
        if (r->names[i].unit == unit && text_eq(r->names[i].code, code))
            return i;
    names = room_for(r->b->arena, r->names, r->name_count, &r->name_room, sizeof *names);
    if (names == NULL)
        return 0;
    r->names = names;
    names[r->name_count] =
        (struct name){.code = arena_text(r->b->arena, code), .unit = unit, .since = DATE_NONE};
    return r->name_count++;
}

/* --- who answers, entry by entry ----------------------------------------------------------------
 */

/* Nobody of that kind stands in that place any more. */
static void vacate(struct replay *r, int64_t task, int role, bool unit)
{
    size_t kept = 0;

    for (size_t i = 0; i < r->place_count; i++) {
        const struct place *p = &r->places[i];
        if (p->task != task || p->role != role || r->names[p->name].unit != unit)
            r->places[kept++] = *p;
    }
    r->place_count = kept;
}

static void put(struct replay *r, int64_t task, int role, bool unit, struct text code)
{
    struct place *places;
    size_t name;

    if (code.n == 0)
        return;
    name = name_of(r, code, unit);
    if (r->b->arena->failed)
        return;
    places = room_for(r->b->arena, r->places, r->place_count, &r->place_room, sizeof *places);
    if (places == NULL)
        return;
    r->places = places;
    places[r->place_count++] = (struct place){task, role, name};
}

/* What is given replaces, what is not stays. */
static void put_duty(struct replay *r, int64_t task, struct text lead, struct text person,
                     struct texts assist, struct leader_list leaders)
{
    if (lead.n)
        vacate(r, task, DUTY_LEAD, true);
    put(r, task, DUTY_LEAD, true, lead);
    if (person.n)
        vacate(r, task, DUTY_LEAD, false);
    put(r, task, DUTY_LEAD, false, person);
    if (assist.count)
        vacate(r, task, DUTY_ASSIST, true);
    for (size_t i = 0; i < assist.count; i++)
        put(r, task, DUTY_ASSIST, true, assist.at[i]);
    if (leaders.count)
        vacate(r, task, DUTY_LEADER, false);
    for (size_t i = 0; i < leaders.count; i++)
        put(r, task, DUTY_LEADER, false, leaders.at[i].person);
}

/* True when a book's word is that one of them is done. */
static bool put_tasks(struct replay *r, struct task_list list)
{
    bool done = false;

    for (size_t i = 0; i < list.count; i++) {
        const struct task_line *t = &list.at[i];
        put_duty(r, t->n, t->lead, t->person, t->assist, t->leaders);
        done |= t->done;
    }
    return done;
}

static void clear(struct replay *r, struct texts names)
{
    for (size_t i = 0; i < names.count; i++) {
        if (text_eq(names.at[i], T("person")))
            vacate(r, 0, DUTY_LEAD, false);
        else if (text_eq(names.at[i], T("assist")))
            vacate(r, 0, DUTY_ASSIST, true);
        else if (text_eq(names.at[i], T("leaders")))
            vacate(r, 0, DUTY_LEADER, false);
    }
}

static void drop_task(struct replay *r, int64_t task)
{
    for (int role = DUTY_LEAD; role <= DUTY_LEADER; role++) {
        vacate(r, task, role, true);
        vacate(r, task, role, false);
    }
}

static void hand_over(struct replay *r, struct text from, struct text to)
{
    size_t old = name_of(r, from, false), new = name_of(r, to, false);

    for (size_t i = 0; i < r->place_count; i++)
        if (r->places[i].name == old)
            r->places[i].name = new;
}

/* A recurrence begins with the old item's lead unit and person, and with nothing done. */
static void begin_anew(struct replay *r)
{
    size_t kept = 0;

    for (size_t i = 0; i < r->place_count; i++)
        if (r->places[i].task == 0 && r->places[i].role == DUTY_LEAD)
            r->places[kept++] = r->places[i];
    r->place_count = kept;
    for (size_t i = 0; i < r->name_count; i++) {
        r->names[i].since = DATE_NONE;
        r->names[i].hand = false;
    }
}

/* --- who did it ----------------------------------------------------------------------------------
 */

static void worked(struct replay *r, int64_t at)
{
    for (size_t i = 0; i < r->place_count; i++) {
        struct name *n = &r->names[r->places[i].name];
        if (!date_valid(n->since))
            n->since = ledger_day(r->b->ledger, at);
    }
}

static void worked_by(struct replay *r, struct text by, int64_t at)
{
    size_t hand = name_of(r, by, false);

    if (r->b->arena->failed)
        return;
    r->names[hand].hand = true;
    worked(r, at);
}

static void add_home(struct replay *r, struct name *n, struct text path, int64_t until)
{
    struct home *homes =
        room_for(r->b->arena, n->homes, n->home_count, &n->home_room, sizeof *homes);

    if (homes == NULL || path.n == 0)
        return;
    n->homes = homes;
    homes[n->home_count++] = (struct home){arena_text(r->b->arena, path), until};
}

/* Where a name is at home: looked up once. */
static int find_homes(struct replay *r, struct name *n, struct err *err)
{
    struct unit_get_out unit;
    struct person_get_out person;
    struct member_homes_out member;
    struct store *s = r->b->store;
    struct rows rows;
    int rc;

    if (n->known)
        return 0;
    n->known = true;
    if (!n->unit) {
        rc = person_get_one(s, &(struct person_get_in){n->code}, &person, r->b->arena, err);
        if (rc == 1)
            add_home(r, n, person.path, DUE_NONE);
        return rc < 0 ? -1 : 0;
    }
    rc = unit_get_one(s, &(struct unit_get_in){n->code}, &unit, r->b->arena, err);
    if (rc <= 0)
        return rc;
    add_home(r, n, unit.path, DUE_NONE);
    if (!text_eq(unit.kind, T("body")))
        return 0;
    if (member_homes_open(s, &(struct member_homes_in){n->code}, &rows, err) != 0)
        return -1;
    while ((rc = member_homes_next(&rows, &member, err)) == 1)
        add_home(r, n, member.path, member.until);
    rows_close(&rows);
    return rc;
}

/* Evidence is the unit's when somebody of it attached it, and the checker's or clerk's own when
 * not. 1, 0 or -1. */
static int is_of_the_unit(struct replay *r, struct text by, struct err *err)
{
    size_t who = name_of(r, by, false);

    if (r->b->arena->failed || find_homes(r, &r->names[who], err) != 0)
        return -1;
    for (size_t i = 0; i < r->place_count; i++) {
        struct name *n = &r->names[r->places[i].name];
        if (r->places[i].name == who)
            return 1;
        if (!n->unit)
            continue;
        if (find_homes(r, n, err) != 0)
            return -1;
        for (size_t k = 0; k < n->home_count && r->names[who].home_count; k++)
            if (text_starts(r->names[who].homes[0].path, n->homes[k].path))
                return 1;
    }
    return 0;
}

static bool milestone_done(struct milestone_list list)
{
    for (size_t i = 0; i < list.count; i++)
        if (list.at[i].done)
            return true;
    return false;
}

/* A book's word that an item is past its plan. */
static bool past_plan(struct text state)
{
    int s = word_of(&states, state);

    return s >= STATE_IN_PROGRESS && s <= STATE_STANDING;
}

static int follow(struct replay *r, const struct entry *e, struct err *err)
{
    const struct event *d = &e->event;
    struct text code;
    int64_t task;
    bool done;
    int rc;

    subject_split(e->on, &code, &task);
    switch (d->kind) {
    case EVENT_ITEM_REGISTER:
        put_duty(r, 0, d->item_register.lead, d->item_register.person, d->item_register.assist,
                 d->item_register.leaders);
        done = put_tasks(r, d->item_register.tasks);
        if (done || d->item_register.progress.n || past_plan(d->item_register.state))
            worked(r, e->at);
        return 0;
    case EVENT_ITEM_AMEND:
        clear(r, d->item_amend.clear);
        put_duty(r, 0, d->item_amend.lead, d->item_amend.person, d->item_amend.assist,
                 d->item_amend.leaders);
        done = put_tasks(r, d->item_amend.tasks);
        if (done || d->item_amend.progress.n)
            worked(r, e->at);
        return 0;
    case EVENT_ITEM_ASSIGN:
        put_duty(r, 0, d->item_assign.lead, d->item_assign.person, d->item_assign.assist,
                 d->item_assign.leaders);
        return 0;
    case EVENT_ITEM_TASK:
        if (put_tasks(r, d->item_task.tasks))
            worked(r, e->at);
        return 0;
    case EVENT_TASK_DROP: drop_task(r, task); return 0;
    case EVENT_ITEM_HANDOVER: hand_over(r, d->item_handover.from, d->item_handover.to); return 0;
    case EVENT_ITEM_REPORT:
    case EVENT_ITEM_APPLY: worked_by(r, e->by, e->at); return 0;
    case EVENT_TASK_MILESTONE:
        if (!milestone_done(d->task_milestone.milestones))
            return 0;
        __attribute__((fallthrough));
    case EVENT_ITEM_ATTACH:
        rc = is_of_the_unit(r, e->by, err);
        if (rc == 1)
            worked_by(r, e->by, e->at);
        return rc < 0 ? -1 : 0;
    /* For its approval a plan is what was done, and for its grant an extension's asking. */
    case EVENT_ITEM_PLAN:
        if (r->asked == EVENT_ITEM_APPROVE)
            worked(r, e->at);
        return 0;
    case EVENT_ITEM_EXTEND:
        if (r->asked == EVENT_ITEM_GRANT)
            worked(r, e->at);
        return 0;
    case EVENT_ITEM_LOOK_BACK:
        if (text_eq(d->item_look_back.item, r->code))
            begin_anew(r);
        return 0;
    default: return 0;
    }
}

/* --- the item's entries --------------------------------------------------------------------------
 */

/* In one statement, however many there are. Each must hang on the one before it. */
static int read_chain(struct replay *r, int64_t head, struct err *err)
{
    arena_auto struct arena arena = ARENA(16u << 20);
    struct thread_entries_out row;
    struct rows rows;
    int64_t last = -1;
    int rc = thread_entries_open(r->b->store, &(struct thread_entries_in){head}, &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = thread_entries_next(&rows, &row, err)) == 1) {
        struct entry e;
        if (row.prev != last)
            break;
        last = row.seq;
        arena_clear(&arena);
        if (!entry_read(arena_text(&arena, row.bytes), &arena, &e, NULL)) {
            last = -1;
            break;
        }
        if (follow(r, &e, err) != 0 || r->b->arena->failed) {
            rows_close(&rows);
            return r->b->arena->failed ? err_set(err, NO_MEMORY) : -1;
        }
    }
    rows_close(&rows);
    if (rc < 0)
        return -1;
    if (arena.failed)
        return err_set(err, NO_MEMORY);
    return last == head ? 0
                        : err_set(err, CORRUPT, err_sentence(N_("The ledger")),
                                  err_sentence(N_("an item's history is broken")));
}

/* The actor, and those whom they stand in for. */
static int find_selves(struct batch *b, struct text by, struct doers *d, struct err *err)
{
    struct rows rows;
    struct selves_out row;
    struct self *selves = NULL;
    size_t room = 0;
    int rc = selves_open(b->store, &(struct selves_in){by, b->today}, &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = selves_next(&rows, &row, err)) == 1) {
        selves = room_for(b->arena, selves, d->self_count, &room, sizeof *selves);
        if (selves == NULL) {
            rc = err_set(err, NO_MEMORY);
            break;
        }
        selves[d->self_count++] =
            (struct self){arena_text(b->arena, row.code), arena_text(b->arena, row.path)};
    }
    rows_close(&rows);
    d->selves = selves;
    return rc;
}

int doers_load(struct batch *b, const struct item *item, enum event_kind asked, struct text by,
               struct doers *d, struct err *err)
{
    struct replay r = {.b = b, .asked = asked, .code = item->code};
    struct text *paths, *people, *hands;
    size_t homes = 0;

    *d = (struct doers){.paths = NULL};
    if (read_chain(&r, item->head, err) != 0 || find_selves(b, by, d, err) != 0)
        return -1;
    for (size_t i = 0; i < r.place_count; i++)
        r.names[r.places[i].name].answers = true;
    for (size_t i = 0; i < r.name_count; i++) {
        if (r.names[i].unit && find_homes(&r, &r.names[i], err) != 0)
            return -1;
        homes += r.names[i].home_count;
    }
    paths = arena_array(b->arena, struct text, homes + 1);
    people = arena_array(b->arena, struct text, r.name_count + 1);
    hands = arena_array(b->arena, struct text, r.name_count + 1);
    if (b->arena->failed)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < r.name_count; i++) {
        const struct name *n = &r.names[i];
        bool did = date_valid(n->since);
        /* Whoever leaves was a member until the day before at the earliest (RULE_PAST). */
        int64_t from = did ? n->since - 1 : b->today;
        if (n->hand)
            hands[d->hand_count++] = n->code;
        if (!did && !n->answers)
            continue;
        if (!n->unit)
            people[d->person_count++] = n->code;
        for (size_t k = 0; n->unit && k < n->home_count; k++)
            if (n->homes[k].until >= from)
                paths[d->path_count++] = n->homes[k].path;
    }
    d->paths = paths;
    d->people = people;
    d->hands = hands;
    return 0;
}
