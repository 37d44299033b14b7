/*
 * date.c: see date.h. The conversions count in eras of 400 years that begin on 1 March, so that
 * the leap day is the last of its year (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
 */
#include "base/date.h"

enum { ERA_DAYS = 146097, EPOCH = 719468 /* 0000-03-01 to 1970-01-01 */ };

int date_month_days(int64_t year, int64_t month)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    if (month < 1 || month > 12)
        return 0;
    return days[month - 1] + (month == 2 && leap);
}

int32_t date_of(int64_t year, int64_t month, int64_t day)
{
    int y, m, era, year_of_era, day_of_year;

    if (year < 1900 || year > 2199 || day < 1 || day > date_month_days(year, month))
        return DATE_NONE;
    m = (int)month;
    y = (int)year - (m <= 2);
    era = y / 400;
    year_of_era = y - era * 400;
    day_of_year = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + (int)day - 1;
    return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           EPOCH;
}

struct civil date_civil(int32_t day)
{
    int era, day_of_era, year_of_era, day_of_year, m;
    struct civil c;

    if (!date_valid(day))
        return (struct civil){0, 0, 0};
    day += EPOCH;
    era = day / ERA_DAYS;
    day_of_era = day - era * ERA_DAYS;
    year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (ERA_DAYS - 1)) / 365;
    day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    m = (5 * day_of_year + 2) / 153;
    c.day = day_of_year - (153 * m + 2) / 5 + 1;
    c.month = m < 10 ? m + 3 : m - 9;
    c.year = year_of_era + era * 400 + (c.month <= 2);
    return c;
}

int32_t date_month_end(int64_t year, int64_t month)
{
    return date_of(year, month, date_month_days(year, month));
}

int date_weekday(int32_t day)
{
    /* 1970-01-01 was a Thursday. */
    return (int)((((int64_t)day + 3) % 7 + 7) % 7) + 1;
}

bool date_parse(struct text t, int32_t *day)
{
    static const uint8_t digits[] = {0, 1, 2, 3, 5, 6, 8, 9};
    int d[8];

    *day = DATE_NONE;
    if (t.n != 10 || t.p[4] != '-' || t.p[7] != '-')
        return false;
    for (int i = 0; i < 8; i++) {
        d[i] = t.p[digits[i]] - '0';
        if (d[i] < 0 || d[i] > 9)
            return false;
    }
    *day = date_of(d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3], d[4] * 10 + d[5], d[6] * 10 + d[7]);
    return *day != DATE_NONE;
}

struct text date_iso(int32_t day, char out[static 11])
{
    struct civil c = date_civil(day);
    int parts[] = {c.year / 100, c.year % 100, c.month, c.day};
    size_t n = 0;

    if (c.year) {
        for (int i = 0; i < 4; i++) {
            if (i >= 2)
                out[n++] = '-';
            out[n++] = (char)('0' + parts[i] / 10);
            out[n++] = (char)('0' + parts[i] % 10);
        }
    }
    out[n] = '\0';
    return (struct text){out, n};
}

void buf_date(struct buf *b, int32_t day)
{
    char out[11];

    buf_text(b, date_iso(day, out));
}
