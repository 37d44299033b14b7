/*
 * dates.c: see dates.h.
 *
 * The cell is folded (Chinese numerals become digits where a unit of time follows) and read from
 * left to right; every expression of a date that is found counts, the last one holds. Whatever is
 * not exactly one full date is a doubt.
 */
#include "office/import/dates.h"

#include "office/import/fold.h"

enum { KEY = 400, SERIAL_FIRST = 40000, SERIAL_LAST = 60000, SERIAL_EPOCH = 25569 };

struct scan {
    struct text left;
    const struct when_context *context;
    int year; /* that an earlier date or 今年 named; 0: none */
    int days; /* how many dates were found */
    bool impossible, ambiguous;
    enum doubt_kind doubt; /* of the last date */
    int32_t day;           /* the last date */
};

static bool take(struct scan *s, struct text literal)
{
    if (!text_starts(s->left, literal))
        return false;
    s->left = text_from(s->left, literal.n);
    return true;
}

static bool take_any(struct scan *s, const char *const *literals)
{
    for (; *literals; literals++)
        if (take(s, text_of(*literals)))
            return true;
    return false;
}

/* A run of digits: its value and how many; at most 9. */
static int take_number(struct scan *s, int *value)
{
    int n = 0, v = 0;

    while (n < 9 && (size_t)n < s->left.n && s->left.p[n] >= '0' && s->left.p[n] <= '9')
        v = v * 10 + s->left.p[n++] - '0';
    if ((size_t)n < s->left.n && s->left.p[n] >= '0' && s->left.p[n] <= '9')
        return 0;
    s->left = text_from(s->left, (size_t)n);
    *value = v;
    return n;
}

static const char *const day_words[] = {"日", "号", NULL};

static void found(struct scan *s, int32_t day, enum doubt_kind doubt)
{
    if (day == DATE_NONE) {
        s->impossible = true;
        return;
    }
    s->days++;
    s->day = day;
    s->doubt = doubt;
    s->year = date_civil(day).year;
}

/* The year for a month and day that come without one, and its doubt. */
static int year_for(struct scan *s, int month, int day, enum doubt_kind *doubt)
{
    struct civil base = date_civil(s->context->today);
    int32_t from = s->context->found;

    if (s->year)
        return s->year;
    *doubt = DOUBT_DATE_YEAR;
    if (from == DATE_NONE)
        return base.year;
    base = date_civil(from);
    return base.year + (month * 100 + day < base.month * 100 + base.day);
}

static void take_time(struct scan *s)
{
    static const char *const joints[] = {"t", " ", NULL}, *const tails[] = {"z", " am", " pm",
                                                                            NULL};
    struct scan before = *s;
    int v;

    take_any(s, joints);
    if (take_number(s, &v) == 0 || !take(s, T(":")) || take_number(s, &v) == 0) {
        *s = before;
        return;
    }
    if (take(s, T(":")))
        take_number(s, &v);
    if (take(s, T(".")))
        take_number(s, &v);
    take_any(s, tails);
}

/* After "6月": the day, the end, a third of the month; else its last day. */
static void take_in_month(struct scan *s, int year, int month, enum doubt_kind doubt)
{
    static const char *const ends[] = {"底", "末", "下旬", "份底", "份", NULL};
    static const char *const middles[] = {"中旬", "中", NULL};
    static const char *const starts[] = {"上旬", "初", NULL};
    struct scan before = *s;
    int day, last = 0;
    enum doubt_kind month_doubt = doubt ? doubt : DOUBT_DATE_MONTH;

    take(s, T(" "));
    if (take_number(s, &day)) {
        take_any(s, day_words);
        if (year == 0)
            year = year_for(s, month, day, &doubt);
        found(s, date_of(year, month, day), doubt);
        take_time(s);
        return;
    }
    *s = before;
    take(s, T(" "));
    if (take_any(s, middles))
        last = 20;
    else if (take_any(s, starts))
        last = 10;
    else
        take_any(s, ends);
    if (year == 0) {
        year = year_for(s, month, last ? last : 31, &doubt);
        month_doubt = doubt ? doubt : DOUBT_DATE_MONTH;
    }
    found(s, last ? date_of(year, month, last) : date_month_end(year, month), month_doubt);
}

/* 上半年, 第三季度, 年底 …; the words stand at the cursor. */
static bool take_part_of_year(struct scan *s, int year, enum doubt_kind doubt)
{
    static const char *const halves[] = {"上半年", NULL}, *const quarter_ends[] = {"末", "底",
                                                                                   NULL};
    static const char *const ends[] = {"年底", "年末", "年内", "下半年", "全年",
                                       "底",   "末",   "内",   NULL};
    struct scan before = *s;
    int quarter = 0, month = 0;

    take(s, T("第"));
    if (take_number(s, &quarter) == 1 && take(s, T("季度")) && quarter >= 1 && quarter <= 4) {
        month = quarter * 3;
        take_any(s, quarter_ends);
    } else {
        *s = before;
        if (take_any(s, halves))
            month = 6;
        /* 底, 末, 内 alone only behind a year. */
        else if ((year || text_starts(s->left, T("年")) || text_starts(s->left, T("下")) ||
                  text_starts(s->left, T("全"))) &&
                 take_any(s, ends))
            month = 12;
    }
    if (month == 0)
        return false;
    if (year == 0)
        year = year_for(s, month, 31, &doubt);
    found(s, date_month_end(year, month), doubt ? doubt : DOUBT_DATE_PHRASE);
    return true;
}

/* After "2026年". */
static void take_in_year(struct scan *s, int year, enum doubt_kind doubt)
{
    struct scan before;
    int month;

    take(s, T(" "));
    take(s, T("的"));
    before = *s;
    if (take_number(s, &month) && take(s, T("月"))) {
        take_in_month(s, year, month, doubt);
        return;
    }
    *s = before;
    if (!take_part_of_year(s, year, doubt))
        found(s, date_of(year, 12, 31), doubt ? doubt : DOUBT_DATE_PHRASE);
}

/* Two numbers with a mark between them, the first of four digits: 2025.7.2, 2025-07, 2025/7. */
static bool take_year_first(struct scan *s, int year, bool whole_number)
{
    struct scan before = *s;
    char mark = s->left.n ? s->left.p[0] : '\0';
    int month, day;
    size_t digits;

    if (mark != '.' && mark != '-' && mark != '/')
        return false;
    s->left = text_from(s->left, 1);
    take(s, T(" "));
    digits = s->left.n;
    if (take_number(s, &month) == 0 || digits - s->left.n > 2) {
        *s = before;
        return false;
    }
    digits -= s->left.n;
    before = *s;
    take(s, T(" "));
    if (s->left.n > 1 && s->left.p[0] == mark) {
        int n;
        s->left = text_from(s->left, 1);
        take(s, T(" "));
        n = take_number(s, &day);
        if (n == 1 || n == 2) {
            found(s, date_of(year, month, day), DOUBT_NONE);
            take_any(s, day_words);
            take_time(s);
            return true;
        }
        s->impossible =
            s->impossible || n > 0 || (s->left.n && s->left.p[0] >= '0' && s->left.p[0] <= '9');
    }
    s->left = before.left;
    /* The number 2025.1 may have been typed as 2025.10. */
    if (whole_number && digits == 1 && month == 1)
        s->ambiguous = true;
    else
        found(s, date_month_end(year, month), DOUBT_DATE_MONTH);
    return true;
}

static const char *const month_names[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                          "jul", "aug", "sep", "oct", "nov", "dec"};

/* The name of a month, long or short; 0 when none stands there. */
static int take_month_name(struct scan *s)
{
    for (int i = 0; i < 12; i++) {
        if (take(s, text_of(month_names[i]))) {
            while (s->left.n && s->left.p[0] >= 'a' && s->left.p[0] <= 'z')
                s->left = text_from(s->left, 1);
            take(s, T("."));
            return i + 1;
        }
    }
    return 0;
}

static void take_marks(struct scan *s)
{
    while (s->left.n && strchr(" ,-/.", s->left.p[0]))
        s->left = text_from(s->left, 1);
}

static void take_ordinal(struct scan *s)
{
    static const char *const ordinals[] = {"st", "nd", "rd", "th", NULL};

    take_any(s, ordinals);
}

static int full_year(int year, int digits)
{
    return digits == 2 ? 2000 + year : year;
}

/* "Jul 2, 2025", "July 2025". */
static bool take_month_first(struct scan *s)
{
    struct scan before = *s;
    int month = take_month_name(s), a, b, n;

    if (month == 0)
        return false;
    take_marks(s);
    n = take_number(s, &a);
    if (n == 4) {
        found(s, date_month_end(a, month), DOUBT_DATE_MONTH);
        return true;
    }
    if (n == 1 || n == 2) {
        enum doubt_kind doubt = DOUBT_NONE;
        struct scan after;
        take_ordinal(s);
        after = *s;
        take_marks(s);
        n = take_number(s, &b);
        if (n != 4) {
            *s = after;
            b = year_for(s, month, a, &doubt);
        }
        found(s, date_of(b, month, a), doubt);
        take_time(s);
        return true;
    }
    *s = before;
    return false;
}

/* "2 Jul 2025", "2-Jul-25"; the day has been read. */
static bool take_named_month(struct scan *s, int day)
{
    struct scan before = *s;
    enum doubt_kind doubt = DOUBT_NONE;
    int month, year, n;

    take_ordinal(s);
    take_marks(s);
    month = take_month_name(s);
    if (month == 0) {
        *s = before;
        return false;
    }
    before = *s;
    take_marks(s);
    n = take_number(s, &year);
    if (n == 2)
        doubt = DOUBT_DATE_YEAR;
    if (n == 2 || n == 4) {
        year = full_year(year, n);
    } else {
        *s = before;
        year = year_for(s, month, day, &doubt);
    }
    found(s, date_of(year, month, day), doubt);
    take_time(s);
    return true;
}

/* "07/02/2025", and "7.2" where it is the whole cell or ends a range; a number has been read. */
static bool take_no_year(struct scan *s, int a, bool alone, bool whole_number)
{
    struct scan before = *s;
    char mark = s->left.n ? s->left.p[0] : '\0';
    int b, c, n;

    if (mark != '/' && mark != '-' && mark != '.')
        return false;
    s->left = text_from(s->left, 1);
    n = take_number(s, &b);
    if (n != 1 && n != 2) {
        *s = before;
        return false;
    }
    if (s->left.n > 1 && s->left.p[0] == mark) {
        s->left = text_from(s->left, 1);
        n = take_number(s, &c);
        if (n == 2 || n == 4) {
            bool swap = a > 12;
            enum doubt_kind doubt = n == 2 ? DOUBT_DATE_YEAR : DOUBT_NONE;
            if (!swap && b <= 12 && a != b)
                doubt = DOUBT_DATE_AMBIGUOUS;
            found(s, date_of(full_year(c, n), swap ? b : a, swap ? a : b), doubt);
            take_time(s);
            return true;
        }
        *s = before;
        return false;
    }
    if (alone && s->left.n == 0 && whole_number && b <= 3 && n == 1) {
        /* The number 7.2 may have been typed as 7.20. */
        s->ambiguous = true;
        return true;
    }
    if ((alone && (s->left.n == 0 || text_eq(s->left, T("前")))) || s->days) {
        enum doubt_kind doubt = DOUBT_DATE_YEAR;
        int year = year_for(s, a, b, &doubt);
        if (date_of(year, a, b) != DATE_NONE) {
            found(s, date_of(year, a, b), doubt);
            return true;
        }
    }
    *s = before;
    return false;
}

/* 30日内, 3个月内, 1周内: from the day it was found. */
static bool take_span(struct scan *s, int n, bool alone)
{
    struct scan before = *s;
    int32_t from = s->context->found;
    struct civil c;
    int months = 0, days = 0;

    take(s, T("个"));
    if (take(s, T("日")) || take(s, T("天")))
        days = n;
    else if (take(s, T("周")) || take(s, T("星期")))
        days = 7 * n;
    else if (take(s, T("月")))
        months = n;
    else if (take(s, T("年")))
        months = 12 * n;
    take(s, T("之"));
    take(s, T("以"));
    if ((days == 0 && months == 0) || n > 1000 || from == DATE_NONE ||
        !(take(s, T("内")) || (alone && s->left.n == 0 && !months))) {
        *s = before;
        return false;
    }
    if (days) {
        found(s, date_valid(from + days) ? from + days : DATE_NONE, DOUBT_DATE_SPAN);
        return true;
    }
    c = date_civil(from);
    months += c.month - 1;
    c.year += months / 12;
    c.month = months % 12 + 1;
    if (c.day > date_month_days(c.year, c.month))
        c.day = date_month_days(c.year, c.month);
    found(s, date_of(c.year, c.month, c.day), DOUBT_DATE_SPAN);
    return true;
}

/* One expression at a digit. Takes at least the digits. */
static void take_digits(struct scan *s, bool alone, bool whole_number)
{
    struct scan before = *s;
    int v, n = take_number(s, &v);

    if (n == 0) { /* more than nine digits: no date */
        while (s->left.n && s->left.p[0] >= '0' && s->left.p[0] <= '9')
            s->left = text_from(s->left, 1);
        return;
    }
    if (n == 8 && v >= 19000101 && v <= 21991231) {
        found(s, date_of(v / 10000, v / 100 % 100, v % 100), DOUBT_NONE);
        take_time(s);
        return;
    }
    if (n == 6 && v >= 190001 && v <= 219912 && v % 100 >= 1 && v % 100 <= 12) {
        found(s, date_month_end(v / 100, v % 100), DOUBT_DATE_MONTH);
        return;
    }
    if (n == 5 && alone && v >= SERIAL_FIRST && v <= SERIAL_LAST) {
        /* A fraction of the number is the time of day. */
        if (take(s, T(".")))
            take_number(s, &n);
        found(s, v - SERIAL_EPOCH, DOUBT_DATE_SERIAL);
        return;
    }
    if (n == 4 && v >= 1900 && v <= 2199) {
        if (take(s, T("年")) || take(s, T(" 年")))
            take_in_year(s, v, DOUBT_NONE);
        else if (!take_year_first(s, v, whole_number) && alone &&
                 (s->left.n == 0 || text_eq(s->left, T("前"))))
            found(s, date_of(v, 12, 31), DOUBT_DATE_PHRASE);
        return;
    }
    if (n > 3)
        return;
    if (take_span(s, v, alone))
        return;
    if (n > 2)
        return;
    if (text_starts(s->left, T("季度"))) {
        *s = before;
        if (!take_part_of_year(s, s->year, DOUBT_NONE))
            take_number(s, &v);
        return;
    }
    if (n == 2 && take(s, T("年")))
        take_in_year(s, 2000 + v, DOUBT_DATE_YEAR);
    else if (take(s, T("月")))
        take_in_month(s, s->year, v, DOUBT_NONE);
    else if (!take_named_month(s, v))
        take_no_year(s, v, alone, whole_number);
}

/* 今年, 明年, 本月底: relative to the day of today. */
static bool take_relative_year(struct scan *s)
{
    struct civil today = date_civil(s->context->today);

    if (take(s, T("今年")) || take(s, T("本年度")) || take(s, T("本年"))) {
        take_in_year(s, today.year, DOUBT_DATE_YEAR);
    } else if (take(s, T("明年"))) {
        take_in_year(s, today.year + 1, DOUBT_DATE_YEAR);
    } else if (take(s, T("去年"))) {
        take_in_year(s, today.year - 1, DOUBT_DATE_YEAR);
    } else if (take(s, T("本月")) || text_starts(s->left, T("月底"))) {
        take(s, T("月"));
        take_in_month(s, today.year, today.month, DOUBT_DATE_YEAR);
    } else if (take(s, T("下月")) || take(s, T("下个月"))) {
        take_in_month(s, today.year + today.month / 12, today.month % 12 + 1, DOUBT_DATE_YEAR);
    } else {
        return false;
    }
    return true;
}

/* Spaces beside Chinese mean nothing; between figures they part two dates. In place. */
static struct text without_spaces(struct text t, char *bytes)
{
    size_t n = 0;

    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] != ' ' || !(i && (t.p[i - 1] & 0x80 || t.p[i + 1] & 0x80)))
            bytes[n++] = t.p[i];
    return (struct text){bytes, n};
}

/* Chinese numerals before 年月日号季个周天 become digits. Returns the folded text. */
static struct text numerals(struct text t, char *out, size_t room)
{
    static const char digits[] = "〇一二三四五六七八九";
    static const char units[] = "年月日号季个周天";
    size_t n = 0;

    while (t.n && n + 8 < room) {
        struct text run = t, rest;
        int values[8], count = 0;
        while (run.n >= 3 && count < 8) {
            ptrdiff_t at = text_find(text_of(digits), text_head(run, 3));
            if (at >= 0 && at % 3 == 0)
                values[count++] = (int)(at / 3);
            else if (text_starts(run, T("十")))
                values[count++] = 10;
            else
                break;
            run = text_from(run, 3);
        }
        if (count && run.n >= 3 && text_find(text_of(units), text_head(run, 3)) >= 0) {
            bool tens = false;
            int v = 0;
            for (int i = 0; i < count; i++)
                tens = tens || values[i] == 10;
            for (int i = 0; i < count && !tens; i++)
                out[n++] = (char)('0' + values[i]);
            for (int i = 0; i < count && tens; i++)
                v = values[i] == 10 ? (v ? v : 1) * 10 : v + values[i];
            if (tens && v > 99)
                v = 0;
            if (tens && v >= 10)
                out[n++] = (char)('0' + v / 10);
            if (tens)
                out[n++] = (char)('0' + v % 10);
            t = run;
            continue;
        }
        rest = t;
        fold_next(&rest);
        memcpy(out + n, t.p, t.n - rest.n);
        n += t.n - rest.n;
        t = rest;
    }
    return (struct text){out, n};
}

static const char *const immediate_words[] = {
    "立行立改", "立即整改", "立整立改", "立查立改",  "即知即改", "即查即改", "边查边改",
    "边督边改", "当场整改", "现场整改", "马上整改",  "立刻整改", "随即整改", "即刻",
    "立即",     "立刻",     "马上",     "immediate", "asap",     NULL};
static const char *const standing_words[] = {
    "长期坚持", "持续推进", "持续坚持", "持续整改",   "常态化",   "常抓不懈",  "长期",      "持续",
    "长效",     "一直",     "ongoing",  "continuous", "standing", "long term", "long-term", NULL};

/* The plain forms that fill most columns: 2025-07-02, 2025.7.2, 2025/07/02. */
static bool plain(struct text t, int32_t *day)
{
    int part[3] = {0, 0, 0}, digits[3] = {0, 0, 0}, at = 0;
    char mark = '\0';

    if (t.n < 8 || t.n > 10)
        return false;
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i];
        if (c >= '0' && c <= '9') {
            part[at] = part[at] * 10 + c - '0';
            digits[at]++;
        } else if ((c == '-' || c == '.' || c == '/') && at < 2 && (at == 0 || c == mark)) {
            mark = c;
            at++;
        } else {
            return false;
        }
    }
    *day = date_of(part[0], part[1], part[2]);
    return at == 2 && digits[0] == 4 && digits[1] <= 2 && digits[2] <= 2 && *day != DATE_NONE;
}

static struct when read_text(struct text t, bool whole_number, const struct when_context *context)
{
    static const char *const harmless[] = {"之前", "以前", "前", "完成", "。", " ", NULL};
    char folded[KEY], digits[KEY + 16];
    struct when w = {.understood = true, .day = DATE_NONE};
    struct scan s = {.context = context, .day = DATE_NONE};
    bool rest = false, number = whole_number;
    struct text all;

    if (plain(t, &w.day))
        return w;
    w.day = DATE_NONE;
    all = fold(t, FOLD_PUNCT | FOLD_SPACE, folded, sizeof folded);
    all = without_spaces(all, folded);
    all = numerals(all, digits, sizeof digits);
    s.left = all;
    while (s.left.n) {
        struct text before = s.left;
        int days = s.days;
        if (before.p[0] >= '0' && before.p[0] <= '9')
            take_digits(&s, before.n == all.n, number);
        else if (!take_relative_year(&s) && !take_part_of_year(&s, s.year, DOUBT_NONE) &&
                 !take_month_first(&s)) {
            if (!take_any(&s, harmless)) {
                fold_next(&s.left);
                rest = true;
            } else if (s.doubt == DOUBT_NONE && s.days) {
                s.doubt = DOUBT_DATE_PHRASE;
            }
            continue;
        }
        if (s.left.n == before.n)
            fold_next(&s.left);
        rest = rest || s.days == days;
    }
    if ((rest || s.days == 0) && fold_has(all, immediate_words))
        w.class = CLASS_IMMEDIATE;
    else if ((rest || s.days == 0) && fold_has(all, standing_words))
        w.class = CLASS_STANDING;
    if (s.impossible || s.ambiguous || (s.days == 0 && w.class == CLASS_NONE)) {
        w.understood = all.n == 0;
        w.doubt = w.understood ? DOUBT_NONE : DOUBT_NOT_UNDERSTOOD;
        w.class = CLASS_NONE;
        return w;
    }
    w.day = s.day;
    if (s.days == 0)
        w.doubt = DOUBT_CLASS;
    else if (s.days > 1)
        w.doubt = DOUBT_DATE_SEVERAL;
    else
        w.doubt = s.doubt == DOUBT_NONE && rest ? DOUBT_DATE_PHRASE : s.doubt;
    return w;
}

struct when when_read(const struct cell *cell, const struct when_context *context)
{
    struct when none = {.understood = true, .day = DATE_NONE};

    switch (cell->kind) {
    case CELL_EMPTY: return none;
    case CELL_DATE:
        if (date_valid(cell->day))
            return (struct when){.understood = true, .day = cell->day};
        return (struct when){.day = DATE_NONE, .doubt = DOUBT_NOT_UNDERSTOOD};
    case CELL_NUMBER: return read_text(fold_trim(cell->text), true, context);
    case CELL_TEXT: return read_text(fold_trim(cell->text), false, context);
    case CELL_BOOL:
    case CELL_ERROR:
    default: return (struct when){.day = DATE_NONE, .doubt = DOUBT_NOT_UNDERSTOOD};
    }
}
