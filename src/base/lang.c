/*
 * lang.c: see lang.h. The catalogue is gettext's .mo format, embedded by the build
 * (GNU gettext manual, "The Format of GNU MO Files"): sorted originals, found by bisection.
 */
#include "base/lang.h"

#include "catalog_zh.h"

static uint32_t word(size_t at)
{
    uint32_t v;

    memcpy(&v, catalog_zh + at, sizeof v);
    return v;
}

const char *tr(enum lang lang, const char *sentence)
{
    uint32_t low = 0, high, originals, translations;

    /* The empty sentence is the catalogue's own header. */
    if (lang != LANG_ZH || *sentence == '\0')
        return sentence;
    high = word(8);
    originals = word(12);
    translations = word(16);
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        const char *text = (const char *)catalog_zh + word(originals + 8 * mid + 4);
        int c = strcmp(sentence, text);
        if (c == 0)
            return (const char *)catalog_zh + word(translations + 8 * mid + 4);
        if (c < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return sentence;
}

enum lang lang_of(const char *locale)
{
    return locale && strncmp(locale, "zh", 2) == 0 ? LANG_ZH : LANG_EN;
}

void lang_format(struct buf *out, const char *pattern, const struct text *args, int count)
{
    for (const char *s = pattern; *s; s++) {
        if (s[0] == '{' && s[1] >= '0' && s[1] <= '9' && s[2] == '}' && s[1] - '0' < count) {
            buf_text(out, args[s[1] - '0']);
            s += 2;
        } else {
            buf_char(out, *s);
        }
    }
}
