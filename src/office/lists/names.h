/*
 * names.h: what units and persons are called, by their codes; each is asked for once.
 *
 * A page that names many says first whom it will name (names_want_…), then asks for all of them in
 * two statements (names_fetch). One that was not announced is asked for by itself.
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

/* The code must live as long as the arena. */
void names_want_unit(struct names *names, struct text code);
void names_want_person(struct names *names, struct text code);
/* Asks for those that are wanted and not known yet. */
void names_fetch(struct names *names);

/* The name; the code itself where there is no such unit or person, or no name. */
struct text name_of_unit(struct names *names, struct text code);
struct text name_of_person(struct names *names, struct text code);

#endif
