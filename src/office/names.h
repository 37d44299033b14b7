/*
 * names.h: from what a person types to the code that is meant.
 */
#ifndef XH_OFFICE_NAMES_H
#define XH_OFFICE_NAMES_H

#include "ledger/ledger.h"

/* A unit by its code, or by a name that only one unit bears. A person by code, by a name that only
 * one bears, or by "name@unit". Codes live in the arena. -1: NOT_FOUND, or AMBIGUOUS with the codes
 * that fit. */
int name_unit(struct ledger *l, struct text given, struct text *code, struct arena *arena,
              struct err *err);
int name_person(struct ledger *l, struct text given, struct text *code, struct arena *arena,
                struct err *err);

#endif
