/*
 * item.h: an item, the situation in which a command meets it, the decision, and what follows.
 *
 * Pure: no allocation, no clock, no I/O, no SQL. The writer loads a situation, asks decide(), and
 * when the answer is RULE_NONE puts the event into the log; item_apply() is the only code that
 * changes an item's state, for a new entry and for one that is read again by `rebuild`.
 */
#ifndef XH_DOMAIN_ITEM_H
#define XH_DOMAIN_ITEM_H

#include "domain/events.h"
#include "domain/words.h"

enum rule {
    RULE_NONE,
#define R(code, ...) RULE_##code,
#include "domain/rules.def"
#undef R
    RULE_COUNT
};

/* What decide() says: RULE_NONE, or the rule that refuses with the texts of its sentence. Those
 * that rules.def calls words are sentences of the catalogue, in English, and translated when they
 * are said; the others are what somebody typed. */
struct verdict {
    enum rule rule;
    struct text texts[3];
    int32_t day;
    int64_t numbers[2];
};

/* Appends the rule's sentence in that language. */
void verdict_say(struct buf *out, enum lang lang, const struct verdict *v);
/* The rule's name for JSON: "OWN_UNIT". */
struct text verdict_name(const struct verdict *v);

/* The hot part of an item: what commands change. Days are DATE_NONE when there is none. */
struct item {
    int64_t id;
    struct text code, campaign;
    int64_t kind, state, class, marking;
    int64_t version; /* moves with what people edit; not with attachments and reminders */
    int64_t head;    /* seq of the item's last entry */
    struct text lead, person;
    int32_t due, found;
    int64_t tasks, tasks_open; /* how many there are, and how many are not done or dropped */
    int64_t returns, reopened; /* failed or returned checks; look-backs that opened it again */
    int64_t plan, plan_state;  /* the last version, and where it stands */
    int64_t asked_task;        /* of a pending extension: 0 is the item's own */
    int32_t asked_due;         /* DATE_NONE: none is pending */
    int64_t extensions;        /* granted */
    int64_t report;            /* seq of the last report; -1 none */
    int64_t suspended, owed, answered, passed, taken_over;
    struct text hand;  /* person who reported or applied last */
    struct text grade; /* of the last verification */
    int32_t day;       /* since when what is counted of it is as it is; kept by projections */
};

struct task {
    int64_t n, state, class;
    struct text text, lead, person;
    int32_t due;
    int64_t report; /* seq of the last report on it; -1 none */
};

struct actor {
    struct text code, unit;
    struct text path; /* of the home unit, unit.h; empty without one */
    uint32_t roles;   /* BIT(ROLE_…) that count for this item, deputies' included */
};

struct rules {        /* of the item's campaign */
    uint32_t without; /* BIT(STATE_…) left out */
    bool answer, final;
    struct signer_list signers;
};

/* A person that the actor is: themselves, or somebody whom they stand in for. */
struct self {
    struct text code, path; /* path: of their home unit */
};

/* Who did an item, or answers for it: what independence is measured by. */
struct doers {
    const struct text *paths; /* of units, homes of bodies' members among them */
    size_t path_count;
    const struct text *people; /* who answer or answered for it in person */
    size_t person_count;
    const struct text *hands; /* who reported, applied or attached */
    size_t hand_count;
    const struct self *selves;
    size_t self_count;
};

struct situation {
    struct actor actor;
    struct rules rules;
    const struct item *item;  /* NULL for a command on none */
    const struct task *task;  /* the addressed one, or NULL */
    const struct task *tasks; /* all of them, where needs_tasks() says so */
    size_t task_count;
    const struct text *answering; /* paths of the units that answer for it now, bodies' members'
                                     homes among them */
    size_t answering_count;
    struct doers doers;    /* where needs_doers() says so */
    bool mine;             /* the actor is the responsible person or a leader of it */
    bool theirs;           /* of a hand-over: who hands over answers for something of it */
    int32_t today;         /* in the ledger's time zone */
    int64_t marking_limit; /* of the ledger */
};

/* True when deciding on this kind of event needs all tasks of the item. */
bool needs_tasks(enum event_kind kind);
/* True when deciding on it needs to know who did the item. */
bool needs_doers(enum event_kind kind);
/* True when the event's version check applies: kinds that move the version. */
bool moves_version(enum event_kind kind);

/* The roles that may do it and the states it starts from, before a campaign's procedure and the
 * item itself have their say: what is worth offering. */
uint32_t verb_roles(enum event_kind kind);
uint32_t verb_states(enum event_kind kind);

/* Decides on a proposed event about an item (kinds 20 to 50). May complete the event: a plan's
 * version, a granted deadline. */
struct verdict decide(const struct situation *s, struct event *event);

/* What a new item looks like after its item.register; id, code and head are the caller's.
 * `without` are the states that its procedure leaves out. */
struct item item_new(const struct item_register_event *e, uint32_t without);
/* The item and (where the event addresses or changes one) the task after the event. `by` is the
 * author. Tasks added or replaced by lists are the caller's to store; counts are kept here with
 * task_tally(). */
void item_apply(struct item *item, struct task *task, const struct event *event, uint32_t without,
                int64_t seq, struct text by);
/* A task as a list's line says. An existing one keeps what the line leaves empty. */
struct task task_from(const struct task_line *line, const struct task *old);

/* The state that stands for `state` when some are left out: itself, or the last one before it
 * that is in use. */
enum state state_in_use(uint32_t without, enum state state);

#endif
