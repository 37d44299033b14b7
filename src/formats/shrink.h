/*
 * shrink.h: a picture made smaller row by row, each new pixel the mean of the area that it covers.
 * Takes memory for the small picture and two rows only. Pure.
 */
#ifndef XH_FORMATS_SHRINK_H
#define XH_FORMATS_SHRINK_H

#include <stdbool.h>
#include <stdint.h>

struct shrink {
    uint32_t from_width, from_height, width, height;
    unsigned char *pixels; /* the small picture: RGB, width * 3 bytes a row */
    uint32_t *across;    /* the row that came, made narrower: sums, weights add up to from_width */
    uint64_t *down;      /* rows of it added: weights add up to from_height */
    uint32_t filled, at; /* weight that `down` has; the row of the small picture */
};

/* For a picture of that size, so that the longer side of the small one has at most `longest`
 * pixels; it is never made larger. A side has at most 2^24 pixels. False when memory is
 * short. */
bool shrink_begin(struct shrink *s, uint32_t width, uint32_t height, uint32_t longest);
/* The next row, from_width * 3 bytes; from_height of them fill the small picture. */
void shrink_row(struct shrink *s, const unsigned char *rgb);
/* All rows came. */
bool shrink_done(const struct shrink *s);
void shrink_release(struct shrink *s);

#endif
