/*
 * likeness.h: when two matters are the same.
 */
#ifndef XH_DOMAIN_LIKENESS_H
#define XH_DOMAIN_LIKENESS_H

#include "base/date.h"

/* A key that matters share when they say the same of the same object at the same place, found on
 * the same day (what is not given is empty or DATE_NONE). Texts are the same when they differ only
 * in width, case, white space, punctuation and a leading number ("3、", "(2)"). FNV-1a over the
 * folded texts; 0 for a text with nothing left. As a signed number, since databases hold those. */
int64_t likeness_key(struct text text, struct text object, struct text place, int32_t found);

#endif
