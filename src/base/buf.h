/*
 * buf.h: bytes that grow, up to a cap.
 *
 * Failure is sticky: when memory or the cap runs out, `failed` is set, further appends do nothing
 * and the caller asks once, at the end. A buffer never holds more than its cap.
 */
#ifndef XH_BASE_BUF_H
#define XH_BASE_BUF_H

#include "base/text.h"

struct buf {
    char *p;
    size_t n, room, cap;
    bool failed;
};

/* An empty buffer that may grow to cap bytes; nothing is allocated yet. */
#define BUF(cap_bytes) ((struct buf){.cap = (cap_bytes)})
/* A cap for buffers whose size follows from something already capped. */
#define BUF_ANY (64u << 20)

void buf_release(struct buf *b);
/* Empties it and keeps the memory. */
void buf_clear(struct buf *b);
void buf_bytes(struct buf *b, const void *p, size_t n);
void buf_text(struct buf *b, struct text t);
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_cp(struct buf *b, uint32_t cp);
void buf_int(struct buf *b, int64_t v);
/* Decimal, with at least `digits` digits, zeros in front. */
void buf_digits(struct buf *b, uint64_t v, int digits);
/* Lower-case hexadecimal of n bytes. */
void buf_hex(struct buf *b, const void *p, size_t n);
void buf_base64(struct buf *b, const void *p, size_t n);

/* printf for numbers and short ASCII; text of unknown length goes through buf_text. */
__attribute__((format(printf, 2, 3))) void buf_printf(struct buf *b, const char *format, ...);

/* NUL-terminates and returns the string; the bytes stay the buffer's. "" when it failed. */
const char *buf_cstr(struct buf *b);

static inline struct text buf_view(const struct buf *b)
{
    return (struct text){b->p, b->n};
}

#define buf_auto __attribute__((cleanup(buf_release)))

#endif
