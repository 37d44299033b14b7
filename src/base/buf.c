/* buf.c: see buf.h. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

void buf_release(struct buf *b)
{
    mem_free(b->p);
    *b = (struct buf){.cap = b->cap};
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    b->failed = false;
}

/* Makes room for n more bytes and one for a NUL. */
static bool reserve(struct buf *b, size_t n)
{
    size_t room = b->room ? b->room : 128;
    char *p;

    if (b->failed)
        return false;
    if (n > b->cap || b->n > b->cap - n) {
        b->failed = true;
        return false;
    }
    if (b->n + n + 1 <= b->room)
        return true;
    while (room < b->n + n + 1)
        room *= 2;
    p = mem_grow(b->p, room);
    if (p == NULL) {
        b->failed = true;
        return false;
    }
    b->p = p;
    b->room = room;
    return true;
}

void buf_bytes(struct buf *b, const void *p, size_t n)
{
    if (n == 0 || !reserve(b, n))
        return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void buf_text(struct buf *b, struct text t)
{
    buf_bytes(b, t.p, t.n);
}

void buf_str(struct buf *b, const char *s)
{
    buf_bytes(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
    if (reserve(b, 1))
        b->p[b->n++] = c;
}

void buf_cp(struct buf *b, uint32_t cp)
{
    char out[4];

    buf_bytes(b, out, text_encode(cp, out));
}

void buf_digits(struct buf *b, uint64_t v, int digits)
{
    char out[20];
    int at = 20;

    do {
        out[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v || 20 - at < digits);
    buf_bytes(b, out + at, (size_t)(20 - at));
}

void buf_int(struct buf *b, int64_t v)
{
    if (v < 0)
        buf_char(b, '-');
    buf_digits(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 1);
}

void buf_hex(struct buf *b, const void *p, size_t n)
{
    static const char digit[] = "0123456789abcdef";
    const unsigned char *s = p;

    for (size_t i = 0; i < n; i++) {
        buf_char(b, digit[s[i] >> 4]);
        buf_char(b, digit[s[i] & 15]);
    }
}

void buf_base64(struct buf *b, const void *p, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *s = p;

    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)s[i] << 16;
        if (i + 1 < n)
            v |= (uint32_t)s[i + 1] << 8;
        if (i + 2 < n)
            v |= s[i + 2];
        buf_char(b, digit[v >> 18]);
        buf_char(b, digit[v >> 12 & 63]);
        buf_char(b, i + 1 < n ? digit[v >> 6 & 63] : '=');
        buf_char(b, i + 2 < n ? digit[v & 63] : '=');
    }
}

void buf_printf(struct buf *b, const char *format, ...)
{
    char out[512];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(out, sizeof out, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof out)
        b->failed = true;
    else
        buf_bytes(b, out, (size_t)n);
}

const char *buf_cstr(struct buf *b)
{
    if (b->failed || !reserve(b, 0))
        return "";
    b->p[b->n] = '\0';
    return b->p;
}
