/*
 * instruct.h: who somebody is for an instruction: what its rules (domain/instruction.h) ask.
 */
#ifndef XH_LEDGER_INSTRUCT_H
#define XH_LEDGER_INSTRUCT_H

#include "domain/instruction.h"
#include "ledger/ledger.h"

/* Fills the situation in which `by` meets the instruction, of which code, giver, unit, person and
 * state are given. 1; 0 when they do not see it; -1. At most four statements. */
int instruction_situate(struct instruction_situation *s, struct store *store, int32_t today,
                        struct text by, const struct instruction *i, struct arena *arena,
                        struct err *err);

#endif
