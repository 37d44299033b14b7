/* value.c: see value.h. */
#include "formats/value.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"

enum number_class number_class_of_id(uint32_t id)
{
    if (id == 46)
        return NUMBER_DURATION;
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id == 45 || id == 47 || id == 55 ||
        id == 56)
        return NUMBER_TIME;
    if ((id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58))
        return NUMBER_DATE;
    return NUMBER_PLAIN;
}

/* Passes over a [bracket]; true when it is an elapsed [h], [mm] or [ss]. */
static bool bracket(struct text *rest)
{
    const char *close = rest->n ? memchr(rest->p, ']', rest->n) : NULL;
    struct text in = close ? text_head(*rest, (size_t)(close - rest->p)) : *rest;
    bool elapsed = in.n > 0;

    for (size_t i = 0; i < in.n; i++)
        if (strchr("hHmMsS", in.p[i]) == NULL || in.p[i] == '\0')
            elapsed = false;
    *rest = text_from(*rest, close ? in.n + 1 : in.n);
    return elapsed;
}

enum number_class number_class_of_code(struct text code)
{
    bool date = false, time = false, month_or_minute = false, elapsed = false;

    while (code.n) {
        uint32_t c = text_next(&code);
        switch (c) {
        case '"':
            while (code.n && text_next(&code) != '"')
                ;
            break;
        case '[': elapsed |= bracket(&code); break;
        case '\\':
        case '_':
        case '*': text_next(&code); break;
        case 'y':
        case 'Y':
        case 'd':
        case 'D':
        case 0x5e74: /* 年 */
        case 0x65e5: /* 日 */ date = true; break;
        case 'h':
        case 'H':
        case 's':
        case 'S': time = true; break;
        case 'm':
        case 'M':
        case 0x6708: /* 月 */ month_or_minute = true; break;
        default: break;
        }
    }
    if (date)
        return NUMBER_DATE;
    if (elapsed)
        return NUMBER_DURATION;
    if (time)
        return NUMBER_TIME;
    return month_or_minute ? NUMBER_DATE : NUMBER_PLAIN;
}

/* The C locale, so that a decimal point is a point whatever the reader's language. */
static locale_t plain_locale;

static void make_plain_locale(void)
{
    plain_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

bool value_decimal(struct text t, double *value)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    size_t i = 0, digits = 0, fraction = 0;
    uint64_t mantissa = 0;
    bool minus = false, exact = true;
    char copy[64];

    if (i < t.n && (t.p[i] == '-' || t.p[i] == '+'))
        minus = t.p[i++] == '-';
    for (; i < t.n && digit(t.p[i]); i++, digits++)
        mantissa = mantissa * 10 + (uint64_t)(t.p[i] - '0');
    if (i < t.n && t.p[i] == '.')
        for (i++; i < t.n && digit(t.p[i]); i++, digits++, fraction++)
            mantissa = mantissa * 10 + (uint64_t)(t.p[i] - '0');
    if (digits == 0)
        return false;
    if (i < t.n) {
        if (t.p[i] != 'e' && t.p[i] != 'E')
            return false;
        exact = false;
        i++;
        if (i < t.n && (t.p[i] == '-' || t.p[i] == '+'))
            i++;
        if (i == t.n)
            return false;
        for (; i < t.n; i++)
            if (!digit(t.p[i]))
                return false;
    }
    /* At most 15 digits and a power of ten up to 22 are exact in a double, and so is the rounding
     * of their quotient (Clinger 1990): nearly every number in a workbook. */
    if (exact && digits <= 15) {
        *value = (double)mantissa / power[fraction];
        if (minus)
            *value = -*value;
        return true;
    }
    if (t.n >= sizeof copy)
        return false;
    memcpy(copy, t.p, t.n);
    copy[t.n] = '\0';
    pthread_once(&once, make_plain_locale);
    if (plain_locale == (locale_t)0)
        return false;
    *value = strtod_l(copy, NULL, plain_locale);
    return isfinite(*value);
}

enum { DAY = 86400 };

/* Serial numbers of 1970-01-01: ECMA-376 part 1, 18.17.4.1. */
enum { EPOCH_1900 = 25569, EPOCH_1904 = 24107 };

static struct text stamp_text(char stamp[static STAMP], int32_t day, int32_t seconds)
{
    char iso[11];
    int n;

    date_iso(day, iso);
    if (seconds == 0)
        n = snprintf(stamp, STAMP, "%s", iso);
    else
        n = snprintf(stamp, STAMP, "%s %02d:%02d:%02d", iso, seconds / 3600, seconds / 60 % 60,
                     seconds % 60);
    return (struct text){stamp, (size_t)n};
}

/* Hours that may exceed 24; c becomes text, its number stays. */
static void become_time(struct cell *c, int64_t seconds, char stamp[static STAMP])
{
    int n = snprintf(stamp, STAMP, "%02lld:%02lld:%02lld", (long long)(seconds / 3600),
                     (long long)(seconds / 60 % 60), (long long)(seconds % 60));

    c->kind = CELL_TEXT;
    c->text = (struct text){stamp, (size_t)n};
}

void value_date(struct cell *c, enum number_class class, bool date1904, char stamp[static STAMP])
{
    double whole = floor(c->number), seconds = round((c->number - whole) * DAY);
    int32_t day;

    if (!(c->number >= 0 && c->number < 3e6))
        return;
    if (class == NUMBER_DURATION || (c->number < 1 && (class == NUMBER_TIME || !date1904))) {
        become_time(c, (int64_t)round(c->number * DAY), stamp);
        return;
    }
    if (seconds >= DAY) {
        whole += 1;
        seconds = 0;
    }
    if (!date1904 && whole == 60)
        return;
    if (date1904)
        day = (int32_t)whole - EPOCH_1904;
    else
        day = (int32_t)whole - EPOCH_1900 + (whole < 60);
    if (!date_valid(day))
        return;
    c->kind = CELL_DATE;
    c->day = day;
    c->seconds = (int32_t)seconds;
    c->text = stamp_text(stamp, day, c->seconds);
}

/* "hh:mm" or "hh:mm:ss", with a fraction and a zone that are left out. */
static bool clock_of(struct text t, int32_t *seconds)
{
    int64_t part[3] = {0};
    struct text rest = t;
    int count = 0;

    for (size_t i = 0; i < rest.n; i++)
        if (rest.p[i] == 'Z' || rest.p[i] == '+' || rest.p[i] == '-' || rest.p[i] == '.') {
            rest = text_head(rest, i);
            break;
        }
    while (rest.n) {
        struct text piece;
        if (count == 3 || !text_cut(&rest, ':', &piece) || piece.n != 2 || !digit(piece.p[0]) ||
            !digit(piece.p[1]))
            return false;
        part[count++] = (piece.p[0] - '0') * 10 + (piece.p[1] - '0');
    }
    if (count < 2 || part[0] > 23 || part[1] > 59 || part[2] > 59)
        return false;
    *seconds = (int32_t)(part[0] * 3600 + part[1] * 60 + part[2]);
    return true;
}

bool value_iso(struct cell *c, struct text t, bool date1904, char stamp[static STAMP])
{
    int32_t day, seconds = 0;
    struct text rest;

    if (clock_of(t, &seconds)) {
        c->number = (double)seconds / DAY;
        become_time(c, seconds, stamp);
        return true;
    }
    if (!date_parse(text_head(t, 10), &day))
        return false;
    rest = text_from(t, 10);
    if (rest.n &&
        ((rest.p[0] != 'T' && rest.p[0] != ' ') || !clock_of(text_from(rest, 1), &seconds)))
        return false;
    c->kind = CELL_DATE;
    c->day = day;
    c->seconds = seconds;
    c->number = (double)(day + (date1904 ? EPOCH_1904 : EPOCH_1900)) + (double)seconds / DAY;
    c->text = stamp_text(stamp, day, seconds);
    return true;
}

int32_t value_escape(const char *p, size_t n)
{
    int32_t v = 0;

    if (n < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_')
        return -1;
    for (int i = 2; i < 6; i++) {
        char c = p[i];
        int d = digit(c)               ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
        if (d < 0)
            return -1;
        v = v * 16 + d;
    }
    return v;
}

size_t value_unescape(char *p, size_t n)
{
    size_t in = 0, out = 0;

    if (memchr(p, '_', n) == NULL && memchr(p, '\r', n) == NULL)
        return n;
    while (in < n) {
        int32_t v = value_escape(p + in, n - in), low;
        uint32_t cp;

        if (v < 0) {
            p[out++] = p[in++];
        } else {
            in += 7;
            cp = (uint32_t)v;
            if (v >= 0xd800 && v < 0xdc00) {
                low = value_escape(p + in, n - in);
                if (low >= 0xdc00 && low < 0xe000) {
                    cp = 0x10000 + ((uint32_t)(v - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
                    in += 7;
                }
            }
            if (cp >= 0xd800 && cp < 0xe000)
                cp = 0xfffd;
            if (cp >= 0x20 || cp == '\t' || cp == '\n' || cp == '\r')
                out += text_encode(cp, p + out);
        }
        if (out && p[out - 1] == '\r') {
            /* CR LF, with the LF plain or escaped, is one line break; so is a lone CR. */
            p[out - 1] = '\n';
            if (in < n && p[in] == '\n')
                in++;
            else if (value_escape(p + in, n - in) == '\n')
                in += 7;
        }
    }
    return out;
}
