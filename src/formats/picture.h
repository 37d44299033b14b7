/*
 * picture.h: pictures that strangers send: a small JPEG made of them, and what they say of when and
 * where they were taken.
 *
 * JPEG, PNG and WebP are read, by libjpeg-turbo, libpng, libwebp and libexif, in a confined child
 * (base/confined.h). Nothing that comes back is believed: what is shown is encoded anew from the
 * pixels and carries no metadata of the original.
 */
#ifndef XH_FORMATS_PICTURE_H
#define XH_FORMATS_PICTURE_H

#include "base/err.h"

/* What is read at most: bytes of a file, and pixels (phones make 200 million). */
enum { PICTURE_BYTES = 128 << 20, PICTURE_PIXELS = 250000000 };

enum picture {
    PICTURE_DONE,
    PICTURE_NONE,  /* no picture that is read here, or broken, or too large: it stays so */
    PICTURE_DIED,  /* the child crashed, or took more than it may; the same for whoever asks */
    PICTURE_SILENT /* not done in time; it may be the machine */
};

/* Writes to the file `to` (open, empty) a JPEG of the picture in the file `from`, upright, its
 * longer side at most `longest` pixels, on white where it was transparent. Both descriptors stay
 * the caller's. 0 with *result, of which all but PICTURE_DONE leave `to` in any state; -1 when the
 * machine fails. Safe in every thread; takes up to half a GiB and some seconds. */
int picture_render(int from, unsigned longest, int to, enum picture *result, struct err *err);

/* What a JPEG's EXIF (CIPA DC-008, DateTimeOriginal, OffsetTimeOriginal, GPS) says; empty when it
 * says nothing. */
struct picture_facts {
    char made_at[32]; /* "2026-03-01T10:20:30+08:00", or "2026-03-01 10:20:30" without a zone */
    char place[32];   /* "31.23042, 121.47370": degrees north and east, WGS 84 as a rule */
};
/* 0 also when it is no picture; -1 when the machine fails. */
int picture_facts(int from, struct picture_facts *facts, struct err *err);

#endif
