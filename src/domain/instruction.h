/*
 * instruction.h: a leader's order (批示) and what becomes of it, as item.h has it for items.
 *
 * Pure: no allocation, no clock, no I/O, no SQL. given → reported → closed by whoever gave it, or
 * returned for more and reported again; withdrawn aside.
 */
#ifndef XH_DOMAIN_INSTRUCTION_H
#define XH_DOMAIN_INSTRUCTION_H

#include "domain/item.h"

struct instruction {
    int64_t id; /* its serial */
    struct text code;
    int64_t item; /* id of the item that it is about; 0: none */
    int64_t state, version, reports, returns;
    int64_t seq;    /* of the entry that gave it */
    int64_t report; /* seq of the last report; -1 none */
    struct text giver, unit, person, campaign;
    struct text reporter; /* who made the last report */
    int32_t due;          /* DATE_NONE: none */
};

struct instruction_situation {
    const struct instruction *instruction; /* NULL: it is being given */
    uint32_t roles; /* BIT(ROLE_…) that count for it, those of persons stood in for included */
    bool giver;     /* the author gave it, or stands in for who did */
    bool orphan;    /* who gave it does nothing any more */
    bool addressee; /* the author is the person, or does the unit's work */
};

/* Decides on a proposed event of kind instruction.…. Refuses by ROLE, NOT_YOURS, GIVER,
 * INSTRUCTION_STATE, MISSING, in this order. */
struct verdict instruction_decide(const struct instruction_situation *s, const struct event *e);

/* The instruction after the event (never instruction.give); `by` is the author. */
void instruction_apply(struct instruction *i, const struct event *e, int64_t seq, struct text by);

/* True for instruction.give and what follows it. */
static inline bool instruction_event(enum event_kind kind)
{
    return kind >= EVENT_INSTRUCTION_GIVE && kind <= EVENT_INSTRUCTION_WITHDRAW;
}

/* True while somebody still has to do something about it. */
bool instruction_open(int64_t state);

/* A number's word: one of NUMBER or STATE. */
bool number_word(struct text what);

#endif
