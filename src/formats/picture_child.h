/* picture_child.h: what the files of the picture's child tell each other. */
#ifndef XH_FORMATS_PICTURE_CHILD_H
#define XH_FORMATS_PICTURE_CHILD_H

#include "base/confined.h"

extern const struct confined_job picture_job;

/* The child's answers; no exit status that a runtime library would give by itself. */
enum { CHILD_DONE = 40, CHILD_NONE };

/* The EXIF block (from "Exif" on) as "made_at\nplace\n". */
void facts_of_exif(struct text exif, struct buf *out);
/* 1 to 8; 1 when it does not say. */
int orientation_of_exif(struct text exif);

#endif
