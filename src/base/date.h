/*
 * date.h: days of the calendar.
 *
 * A day is an int32_t: days since 1970-01-01, proleptic Gregorian, without a time zone. Days that
 * a ledger can hold go from 1900-01-01 to 2199-12-31; everything outside is refused where it comes
 * in, so that arithmetic with days never overflows.
 */
#ifndef XH_BASE_DATE_H
#define XH_BASE_DATE_H

#include "base/buf.h"

/* "No day": outside the valid range, and smaller than any valid day. */
#define DATE_NONE INT32_MIN
/* 1900-01-01 and 2199-12-31. */
#define DATE_FIRST (-25567)
#define DATE_LAST 84005

struct civil {
    int year, month, day; /* 1900..2199, 1..12, 1..31 */
};

static inline bool date_valid(int32_t day)
{
    return day >= DATE_FIRST && day <= DATE_LAST;
}

/* The day of a year, month and day; DATE_NONE when there is no such day (2025-02-30) or it lies
 * outside the valid range. */
int32_t date_of(int64_t year, int64_t month, int64_t day);
/* The year, month and day of a valid day; all zero for any other. */
struct civil date_civil(int32_t day);
/* 28 to 31; 0 for a month that is none. */
int date_month_days(int64_t year, int64_t month);
/* The last day of that month; DATE_NONE like date_of. */
int32_t date_month_end(int64_t year, int64_t month);
/* 1 is Monday, 7 is Sunday (ISO 8601). */
int date_weekday(int32_t day);

/* Exactly "YYYY-MM-DD" (ISO 8601, nothing around it); false and DATE_NONE when it is not one. */
bool date_parse(struct text t, int32_t *day);
/* Writes "YYYY-MM-DD" and a NUL; "" for a day that is not valid. Returns out as text. */
struct text date_iso(int32_t day, char out[static 11]);
/* Appends "YYYY-MM-DD"; nothing for a day that is not valid. */
void buf_date(struct buf *b, int32_t day);

#endif
