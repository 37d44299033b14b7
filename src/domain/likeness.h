/*
 * likeness.h: when two texts say the same.
 */
#ifndef XH_DOMAIN_LIKENESS_H
#define XH_DOMAIN_LIKENESS_H

#include "base/text.h"

/* A key that texts share when they differ only in width, case, white space, punctuation and a
 * leading number ("3、", "(2)"). FNV-1a over the folded text; 0 for a text with nothing left. As a
 * signed number, since that is what databases hold. */
int64_t likeness_key(struct text t);

#endif
