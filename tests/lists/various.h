/*
 * various.h: the office of world.h with many items that differ in all that lists and boards look
 * at: lead and assisting units, persons, campaigns, markings, states, deadlines, tasks.
 */
#ifndef XH_TESTS_VARIOUS_H
#define XH_TESTS_VARIOUS_H

#include "world.h"

enum { VARIOUS = 160 };

/* Registers VARIOUS items and does something about some of them. The day is 2026-03-02 before and
 * after, unless `later` says so. -1 with err. */
int various_fill(struct world *w, struct err *err);

/* People of the cast who see different things. */
extern const char *const various_people[];
extern const size_t various_people_count;

/* The viewer of that code; fails loudly. */
struct viewer various_viewer(struct world *w, const char *person);

#endif
