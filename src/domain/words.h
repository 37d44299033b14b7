/*
 * words.h: the closed vocabularies of the field as enums with their words. The list: words.def.
 */
#ifndef XH_DOMAIN_WORDS_H
#define XH_DOMAIN_WORDS_H

#include "base/lang.h"

enum state {
    STATE_NONE,
#define STATE(name, key, label) STATE_##name,
#include "domain/words.def"
    STATE_COUNT
};
enum task_state {
    TASK_NONE,
#define TASK_STATE(name, key, label) TASK_##name,
#include "domain/words.def"
    TASK_COUNT
};
enum item_class {
    CLASS_NONE,
#define CLASS(name, key, label) CLASS_##name,
#include "domain/words.def"
    CLASS_COUNT
};
enum item_kind {
    KIND_NONE,
#define KIND(name, key, label) KIND_##name,
#include "domain/words.def"
    KIND_COUNT
};
enum role {
    ROLE_NONE,
#define ROLE(name, key, label) ROLE_##name,
#include "domain/words.def"
    ROLE_COUNT
};
enum marking {
    MARKING_NONE, /* as little as open */
#define MARKING(name, key, label) MARKING_##name,
#include "domain/words.def"
    MARKING_COUNT
};
enum plan_state {
    PLAN_UNKNOWN,
#define PLAN(name, key, label) PLAN_##name,
#include "domain/words.def"
    PLAN_COUNT
};
enum instruction_state {
    INSTRUCTION_NONE,
#define INSTRUCTION(name, key, label) INSTRUCTION_##name,
#include "domain/words.def"
    INSTRUCTION_COUNT
};
enum number {
    NUMBER_NONE,
#define NUMBER(name, key, label) NUMBER_##name,
#include "domain/words.def"
    NUMBER_COUNT
};

/* One vocabulary: word i has the key in commands and JSON, and a label to translate. Word 0 is
 * "none" with an empty key. */
struct word {
    const char *key, *label;
};
struct vocabulary {
    const struct word *words;
    int count;
};
extern const struct vocabulary states, task_states, classes, kinds, roles, markings, plan_states,
    instruction_states, number_names;

/* The number of the word with that key; -1 when there is none. An empty key is 0. */
int word_of(const struct vocabulary *v, struct text key);
/* The key of number i, "" for one out of range. */
struct text word_key(const struct vocabulary *v, int64_t i);
/* What a person reads. */
struct text word_label(const struct vocabulary *v, int64_t i, enum lang lang);

/* A set of small number_names (states, roles) as bits. */
#define BIT(i) (1u << (i))

/* Roles that look at the whole ledger when no scope is given, and those that look at their unit. An
 * administrator sees accounts and no items. */
#define ROLES_OFFICE                                                                \
    (BIT(ROLE_CLERK) | BIT(ROLE_APPROVER) | BIT(ROLE_VERIFIER) | BIT(ROLE_LEADER) | \
     BIT(ROLE_AUDITOR))
#define ROLES_UNIT (BIT(ROLE_LIAISON) | BIT(ROLE_RESPONSIBLE))

/* States that are still somebody's duty: everything up to verified. */
#define STATES_OPEN                                                                           \
    (BIT(STATE_REGISTERED) | BIT(STATE_ASSIGNED) | BIT(STATE_ACCEPTED) | BIT(STATE_PLANNED) | \
     BIT(STATE_IN_PROGRESS) | BIT(STATE_APPLIED) | BIT(STATE_VERIFIED))

/* Those that nobody follows any more, without having been struck off. */
#define STATES_ASIDE (BIT(STATE_TRANSFERRED) | BIT(STATE_MERGED) | BIT(STATE_WITHDRAWN))

static inline bool state_open(int64_t state)
{
    return state > 0 && state < STATE_COUNT && (STATES_OPEN & BIT(state)) != 0;
}

#endif
