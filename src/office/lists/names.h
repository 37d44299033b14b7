/*
 * names.h: what units and persons are called, by their codes; each is asked for once.
 */
#ifndef XH_OFFICE_LISTS_NAMES_H
#define XH_OFFICE_LISTS_NAMES_H

#include "ledger/ledger.h"

struct called;
struct names {
    struct ledger *l;
    struct arena *arena; /* names live in it */
    struct called *known;
    struct err err; /* of the first question that failed; code NONE while none did */
};

/* The name; the code itself where there is no such unit or person, or no name. */
struct text name_of_unit(struct names *names, struct text code);
struct text name_of_person(struct names *names, struct text code);

#endif
