/*
 * verbs.h: what can be done about an item: from names and values to a command.
 *
 * The command line and the pages give the same names and values; the list of both is verbs.def.
 */
#ifndef XH_OFFICE_VERBS_H
#define XH_OFFICE_VERBS_H

#include "ledger/ledger.h"

/* One given value; the same name may come several times. */
struct param {
    struct text name, value;
    struct text label; /* of a file: what its owner calls it; empty: as the path ends */
};

/* A verb as verbs.def has it: its options are names parted by spaces. */
struct verb {
    const char *name;
    enum event_kind kind;
    const char *options, *summary;
};
/* NULL when there is none of that name. */
const struct verb *verb_find(struct text name);
/* All of them, in their order; NULL behind the last. */
const struct verb *verb_at(int i);
/* Whether the verb takes that option; every verb takes id and version. */
bool verb_takes(const struct verb *v, struct text option);

/*
 * Makes the command for a verb on a subject. Names of units and persons become codes; files are
 * stored as evidence. The command's texts and lists live in the arena, params must too. -1 with
 * err: USAGE for an unknown verb, option or value; NOT_FOUND; AMBIGUOUS; NOT_A_FILE. `by` and `via`
 * are the caller's.
 */
int verb_command(struct ledger *l, const struct viewer *viewer, struct text verb, struct text on,
                 const struct param *params, size_t count, struct command *command,
                 struct arena *arena, struct err *err);

/* The idempotency key of one of several subjects that a command names under one key: a UUIDv8 that
 * follows from the key and the subject, so that each subject has its own, the same on repetition.
 * Lives in the arena. */
struct text verb_key(struct text key, struct text on, struct arena *arena);

/* Fills err with BAD_VALUE, "--name value", the value clipped; returns -1. */
int verb_bad_value(struct err *err, struct text name, struct text value);

/* Of an option of any verb: 1 takes a value, 0 is a switch, -1 is unknown. */
int verb_option(const char *name);
/* Appends the verbs with their options, for a person. */
void verb_help(struct buf *out, enum lang lang);
/* Appends " verb" for each verb, then " --option" for each option. */
void verb_words(struct buf *out);

#endif
