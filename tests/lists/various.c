/* various.c: see various.h. */
#include "various.h"

#include <stdio.h>
#include <stdlib.h>

const char *const various_people[] = {
    "owner",          "clerk",      "clerk-b",       "clerk-secret",  "leader",   "auditor",
    "liaison-a",      "liaison-a1", "liaison-b",     "leader-a",      "member-b", "verifier",
    "verifier-city",  "stand-in",   "stand-in-a",    "administrator", "nobody",   "all-roles",
    "stand-in-clerk", "two-scopes", "campaign-only", "inner-scope"};
const size_t various_people_count = sizeof various_people / sizeof various_people[0];

static const char *const more_people[] = {
    "person two-scopes --unit OFFICE --role clerk --scope A1,C --clearance confidential",
    "person campaign-only --unit OFFICE --role clerk --scope :ANS,:SECRET --clearance secret",
    "person inner-scope --unit A --role liaison --scope A:HZ",
};

static const char *const units[] = {"CITY", "OFFICE", "A", "A1", "B", "C", "TEAM", ""};
static const char *const people[] = {"", "leader-a", "liaison-b", "verifier"};
static const char *const campaigns[] = {"HZ", "HZ", "ANS", "SECRET", "FIN"};
static const char *const books_states[] = {"",         "",           "in_progress", "applied",
                                           "verified", "struck_off", "standing",    "withdrawn"};

/* A small generator, so that the items are the same in every run. */
static unsigned pick(unsigned *state, unsigned n)
{
    *state = *state * 1103515245u + 12345u;
    return (*state >> 16) % n;
}

static struct text some(unsigned *state, const char *const *words, unsigned n)
{
    return text_of(words[pick(state, n)]);
}

static int32_t some_day(unsigned *state, int32_t today)
{
    static const int32_t days[] = {-400, -40, -2, -1, 0, 1, 6, 7, 8, 30, 300};
    unsigned k = pick(state, 13);

    return k < 11 ? today + days[k] : DATE_NONE;
}

static void make(struct world *w, unsigned *state, int i, struct command *c)
{
    struct item_register_event *d = &c->event.item_register;
    int32_t today = ledger_day(&w->ledger, w->env.clock);
    unsigned tasks = pick(state, 4), assisting = pick(state, 3);
    struct text campaign = some(state, campaigns, 5);
    bool secret = text_eq(campaign, T("SECRET"));

    *c = (struct command){.by = secret ? T("clerk-secret") : T("clerk"), .via = T("test")};
    c->event.kind = EVENT_ITEM_REGISTER;
    *d = (struct item_register_event){.campaign = campaign,
                                      .text = text_of(world_line(w, "第%d个问题", i)),
                                      .number = text_of(world_line(w, "%d", i)),
                                      .lead = some(state, units, 8),
                                      .person = some(state, people, 4),
                                      .due = some_day(state, today),
                                      .found = DATE_NONE,
                                      .marking = pick(state, 5),
                                      .state = some(state, books_states, 8)};
    d->assist.at = arena_array(&w->arena, struct text, 3);
    for (unsigned k = 0; k < assisting; k++)
        d->assist.at[d->assist.count++] = text_of(units[pick(state, 7)]);
    if (pick(state, 2)) {
        d->leaders.at = arena_array(&w->arena, struct leader_line, 1);
        d->leaders.at[d->leaders.count++] = (struct leader_line){T("leader-a"), T("包保")};
    }
    if (pick(state, 3) == 0)
        d->progress = text_of(world_line(w, "第%d个问题的进展", i));
    d->tasks.at = arena_array(&w->arena, struct task_line, 4);
    for (unsigned k = 0; k < tasks; k++) {
        struct task_line *t = &d->tasks.at[d->tasks.count++];
        *t =
            (struct task_line){.text = text_of(world_line(w, "措施%d-%u", i, k + 1)),
                               .lead = some(state, units, 8),
                               .person = some(state, people, 4),
                               .due = date_valid(d->due) && pick(state, 2) ? d->due - 1 : DATE_NONE,
                               .done = pick(state, 3) == 0};
    }
}

struct viewer various_viewer(struct world *w, const char *person)
{
    struct viewer v;
    struct err err = {0};

    if (viewer_load(&v, &w->ledger, text_of(person), &w->arena, &err) != 0) {
        fprintf(stderr, "there is no viewer %s\n", person);
        abort();
    }
    return v;
}

int various_fill(struct world *w, struct err *err)
{
    struct command *commands = arena_array(&w->arena, struct command, VARIOUS);
    struct outcome *outcomes = arena_array(&w->arena, struct outcome, VARIOUS);
    unsigned state = 7;

    for (size_t i = 0; i < sizeof more_people / sizeof more_people[0]; i++)
        world_do(w, "owner", more_people[i]);
    for (int i = 0; i < VARIOUS; i++)
        make(w, &state, i, &commands[i]);
    if (ledger_write(&w->ledger, commands, outcomes, VARIOUS, &w->arena, err) != 0)
        return -1;
    for (int i = 0; i < VARIOUS; i++)
        if (outcomes[i].verdict.rule) {
            fprintf(stderr, "item %d is refused\n", i);
            abort();
        }
    return 0;
}
