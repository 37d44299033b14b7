/*
 * draw.h: small pictures for tests. Each is four fields: red, green above; blue, white below.
 */
#ifndef XH_TESTS_DRAW_H
#define XH_TESTS_DRAW_H

#include "base/buf.h"

struct drawing {
    unsigned width, height;
    int orientation;     /* EXIF; 0: no EXIF at all */
    const char *made;    /* EXIF DateTimeOriginal; NULL: none */
    const char *offset;  /* OffsetTimeOriginal; NULL: none */
    bool placed;         /* with GPS: 31°13'49.5" N, 121°28'25.3" E */
    bool cmyk;           /* of a JPEG, as Adobe writes it */
    const char *comment; /* of a JPEG; NULL: none */
    bool interlaced;     /* of a PNG */
    bool clear;          /* of a PNG: the red field is transparent, and black */
};
void draw_jpeg(struct buf *out, const struct drawing *d);
void draw_png(struct buf *out, const struct drawing *d);
void draw_webp(struct buf *out, const struct drawing *d);

/* A PNG's signature and a header that says this size, then nothing that could fill it. */
void draw_flood(struct buf *out, unsigned width, unsigned height);

/* The colours of the four fields as letters, row by row ("RGBW"; ? for another), of a JPEG, and its
 * size; false when it is none. *plain: it has no block of an application but JFIF, no comment. */
bool see_jpeg(struct text jpeg, unsigned *width, unsigned *height, char fields[static 5],
              bool *plain);

#endif
