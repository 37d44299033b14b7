/*
 * encoding.h: the text of a file as UTF-8, whatever it was written in.
 *
 * Which encoding it is, is found by reading the whole file once, strictly; there is no guess that
 * the rest of the file could belie.
 */
#ifndef XH_FORMATS_ENCODING_H
#define XH_FORMATS_ENCODING_H

#include "formats/source.h"

enum encoding { ENCODING_UTF8, ENCODING_UTF16LE, ENCODING_UTF16BE, ENCODING_GB18030 };

/* UTF-8 and UTF-16 by their byte order mark or, of UTF-16, by where its zero bytes are; else UTF-8
 * if all of it is; else GB18030 if all of it is and reads like Chinese; else an error that names
 * what it might be. A text with NUL in it is none. */
int encoding_find(const struct source *source, enum encoding *encoding, struct err *err);

struct decoder {
    const struct source *source;
    enum encoding encoding;
    void *iconv; /* of GB18030 and UTF-16 */
    uint64_t at;
    size_t left;    /* bytes of an unfinished character */
    char *in, *out; /* blocks */
};

int decoder_open(struct decoder *d, const struct source *source, enum encoding encoding,
                 struct err *err);
void decoder_close(struct decoder *d);
/* The next block, whole characters without a byte order mark; 1, 0 at the end, -1 with err. It
 * lives until the next call. */
int decoder_next(struct decoder *d, struct text *block, struct err *err);

#endif
