/* html.c: see html.h. */
#include "web/html.h"

#include <stdio.h>

static void escaped(struct buf *out, struct text t, bool lines)
{
    size_t from = 0;

    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];
        const char *as = c == '&'                                          ? "&amp;"
                         : c == '<'                                        ? "&lt;"
                         : c == '>'                                        ? "&gt;"
                         : c == '"'                                        ? "&quot;"
                         : c == '\''                                       ? "&#39;"
                         : c == '\n' && lines                              ? "<br>"
                         : c < 0x20 && c != '\n' && c != '\t' && c != '\r' ? ""
                                                                           : NULL;
        if (as == NULL)
            continue;
        buf_bytes(out, t.p + from, i - from);
        buf_str(out, as);
        from = i + 1;
    }
    buf_text(out, text_from(t, from));
}

void html_text(struct buf *out, struct text t)
{
    escaped(out, t, false);
}

void html_lines(struct buf *out, struct text t)
{
    escaped(out, t, true);
}

void html_url(struct buf *out, struct text t)
{
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            c == '-' || c == '.' || c == '_' || c == '~')
            buf_char(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
}

void html_link(struct buf *out, struct text t)
{
    if (t.n == 0 || t.p[0] != '/' || (t.n > 1 && (t.p[1] == '/' || t.p[1] == '\\')))
        buf_char(out, '#');
    else
        html_text(out, t);
}

struct text html_number(char (*room)[24], int64_t n)
{
    int length = snprintf(*room, sizeof *room, "%lld", (long long)n);

    return (struct text){*room, (size_t)length};
}

void html_tr(struct buf *out, enum lang lang, const char *sentence)
{
    html_text(out, text_of(tr(lang, sentence)));
}

void html_say(struct buf *out, enum lang lang, const char *sentence, const struct text *args,
              int count)
{
    for (const char *s = tr(lang, sentence); *s; s++) {
        if (s[0] == '{' && s[1] >= '0' && s[1] <= '9' && s[2] == '}' && s[1] - '0' < count) {
            html_text(out, args[s[1] - '0']);
            s += 2;
        } else {
            html_text(out, (struct text){s, 1});
        }
    }
}
