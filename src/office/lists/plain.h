/*
 * plain.h: texts of others on a line of a terminal: without line breaks and control characters,
 * which a terminal would obey.
 */
#ifndef XH_OFFICE_LISTS_PLAIN_H
#define XH_OFFICE_LISTS_PLAIN_H

#include "base/lang.h"

/* Appends t on one line; every control character (C0, DEL, C1) becomes a space. */
void buf_plain(struct buf *out, struct text t);
/* Appends at most `width` columns of t, which is one line; what is cut off shows as "…". */
void buf_fit(struct buf *out, struct text t, size_t width);
/* Appends t and spaces until it takes `width` columns. */
void buf_pad(struct buf *out, struct text t, size_t width);

/* Appends what stands between two of several names or words. */
void buf_between(struct buf *out, enum lang lang);

#endif
