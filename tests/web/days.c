/*
 * days.c: makes a ledger with a past, for suites that look back through the pages.
 *
 *   days FOLDER FIRST LAST     a ledger in FOLDER with the office of world.h and the items of
 *                              various.h, worked on from the day FIRST to the day LAST
 *
 * Prints nothing; the same arguments give the same ledger.
 */
#include <stdio.h>
#include <stdlib.h>

#include "various.h"

enum { STEPS = 12 }; /* on a day */

static unsigned pick(unsigned n)
{
    static unsigned state = 5;

    state = state * 1103515245u + 12345u;
    return (state >> 16) % n;
}

static const char *const actors[] = {"clerk",     "clerk-secret", "approver", "liaison-a",
                                     "liaison-b", "all-roles",    "verifier"};

static const char *line_of(struct world *w, unsigned kind)
{
    static const char *const campaigns[] = {"HZ", "HZ", "ANS", "SECRET", "FIN"};
    static const char *const units[] = {"A", "A1", "B", "C", "CITY"};
    const char *campaign = campaigns[pick(5)], *unit = units[pick(5)];
    unsigned serial = pick(40) + 1;
    char day[11];

    date_iso(ledger_today(&w->ledger) - 3 + (int32_t)pick(20), day);
    switch (kind) {
    case 0:
        return world_line(w, "register %s --text 新问题 --unit %s --due %s", campaign, unit, day);
    case 1: return world_line(w, "amend %s-%04u --due %s", campaign, serial, day);
    case 2: return world_line(w, "amend %s-%04u --unit %s", campaign, serial, unit);
    case 3: return world_line(w, "apply %s-%04u", campaign, serial);
    case 4: return world_line(w, "verify %s-%04u --pass --grade 好", campaign, serial);
    case 5: return world_line(w, "strike-off %s-%04u", campaign, serial);
    case 6: return world_line(w, "withdraw %s-%04u --reason 重复", campaign, serial);
    case 7: return world_line(w, "reopen %s-%04u --reason 反弹", campaign, serial);
    case 8: return world_line(w, "amend %s-%04u --clear due", campaign, serial);
    default:
        return pick(8)
                   ? world_line(w, "assign %s-%04u --unit %s --due %s", campaign, serial, unit, day)
                   : world_line(w, "move A1 --parent %s", pick(2) ? "A" : "B");
    }
}

/* One step that somebody may take; most that are tried are refused. */
static void step(struct world *w)
{
    struct outcome o;
    struct err err = {0};

    for (int tries = 0; tries < 40; tries++) {
        const char *line = line_of(w, pick(10));
        for (size_t a = 0; a < sizeof actors / sizeof actors[0]; a++)
            if (world_try(w, actors[a], line, &o, &err) == 0 && o.verdict.rule == RULE_NONE)
                return;
    }
}

/* An item from its number to its end. */
static void strike_off(struct world *w)
{
    static const char *const steps[][2] = {{"liaison-a", "accept %.*s"},
                                           {"liaison-a", "report %.*s --text 已整改"},
                                           {"liaison-a", "apply %.*s"},
                                           {"verifier", "verify %.*s --pass"},
                                           {"approver", "strike-off %.*s"}};
    struct text code = world_do(w, "clerk", "register NOPLAN --text 当日办结 --unit A");

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        world_do(w, steps[i][0], world_line(w, steps[i][1], TEXT_ARG(code)));
#pragma GCC diagnostic pop
    }
}

static int make(struct world *w, const char *folder, const char *first, const char *last,
                struct err *err)
{
    int32_t day, end;

    if (!date_parse(text_of(first), &day) || !date_parse(text_of(last), &end))
        return err_set(err, BAD_VALUE, text_of(first));
    *w = (struct world){.env = env_replay(1, 0), .arena = ARENA(256u << 20)};
    world_day(w, text_of(first));
    if (ledger_create(&w->ledger, folder,
                      &(struct ledger_new){.name = T("往日台账"), .marking = MARKING_SECRET},
                      &w->env, err) != 0 ||
        world_cast(w, err) != 0 || various_fill(w, err) != 0)
        return -1;
    for (; day <= end; day++) {
        char iso[11];
        world_day(w, date_iso(day, iso));
        for (int i = 0; i < STEPS; i++)
            step(w);
        if (day % 3 == 0)
            strike_off(w);
        arena_clear(&w->arena);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct world w = {0};
    struct err err = {0};
    int rc;

    if (argc != 4)
        return 2;
    rc = make(&w, argv[1], argv[2], argv[3], &err);
    if (rc != 0) {
        buf_auto struct buf why = BUF(BUF_ANY);
        err_say(&why, LANG_EN, &err);
        fprintf(stderr, "%s\n", buf_cstr(&why));
    }
    ledger_close(&w.ledger);
    arena_release(&w.arena);
    return rc ? 1 : 0;
}
