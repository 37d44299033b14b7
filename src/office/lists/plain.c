/* plain.c: see plain.h. */
#include "office/lists/plain.h"

void buf_plain(struct buf *out, struct text t)
{
    while (t.n) {
        uint32_t cp = text_next(&t);
        if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029)
            cp = ' ';
        buf_cp(out, cp);
    }
}

void buf_fit(struct buf *out, struct text t, size_t width)
{
    size_t used = 0;

    if (text_width(t) <= width) {
        buf_text(out, t);
        return;
    }
    while (t.n) {
        uint32_t cp = text_next(&t);
        size_t w = (size_t)text_cp_width(cp);
        if (used + w + 1 > width)
            break;
        used += w;
        buf_cp(out, cp);
    }
    buf_str(out, "…");
}

void buf_pad(struct buf *out, struct text t, size_t width)
{
    buf_text(out, t);
    for (size_t n = text_width(t); n < width; n++)
        buf_char(out, ' ');
}

void buf_between(struct buf *out, enum lang lang)
{
    say(out, lang, N_(", {0}"), T(""));
}
