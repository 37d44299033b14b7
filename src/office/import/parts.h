/*
 * parts.h: numbered parts of a text (1.…2.…, （一）…, ①…, 一是…).
 */
#ifndef XH_OFFICE_IMPORT_PARTS_H
#define XH_OFFICE_IMPORT_PARTS_H

#include "office/import/draft.h"

enum { PARTS_MAX = 60 };

/* The parts of t when it is numbered: the numbers start at 1, ascend one by one and stand at the
 * start of a clause (so 1.5米 is none). Fills parts and returns how many there are; 0 when t has
 * fewer than two. The parts point into t, without their numbers. Pure. */
int parts_split(struct text t, struct text *parts);

#endif
