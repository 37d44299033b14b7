/*
 * value.h: what a workbook's stored value means: decimals, serial dates, ISO dates, number formats,
 * escaped characters. Pure, no allocation.
 */
#ifndef XH_FORMATS_VALUE_H
#define XH_FORMATS_VALUE_H

#include "formats/sheet.h"

/* What a number format makes of a number. */
enum number_class {
    NUMBER_PLAIN,
    NUMBER_DATE,    /* has a year, month or day */
    NUMBER_TIME,    /* hours, minutes, seconds only: the time of a day */
    NUMBER_DURATION /* [h]:mm:ss: hours that do not stop at 24 */
};

/* Of a built-in format: ECMA-376 part 1, 18.8.30 numFmt, those of zh-CN among them. */
enum number_class number_class_of_id(uint32_t id);
/* Of a format's code: y m d h s and 年 月 日 outside quotes, brackets and escapes. */
enum number_class number_class_of_code(struct text code);

/* The value of a decimal notation (XML Schema double without INF and NaN); false if it is none. */
bool value_decimal(struct text t, double *value);

/* Room for the text of a date or time. */
enum { STAMP = 32 };

/*
 * Makes *c the date or time that the number is in a class other than NUMBER_PLAIN. c->number holds
 * it and c->text its notation; stamp becomes the new text's room. A number that is no day of the
 * calendar stays a CELL_NUMBER: a negative one, 29 February 1900 (serial 60, a day that the 1900
 * system has and the calendar has not), one outside 1900 to 2199.
 */
void value_date(struct cell *c, enum number_class class, bool date1904, char stamp[static STAMP]);

/* Makes *c the ISO 8601 date, date and time, or time that t is (a cell of type "d"); false, and *c
 * is as it was, when it is none. */
bool value_iso(struct cell *c, struct text t, bool date1904, char stamp[static STAMP]);

/* The value of an escape _xHHHH_ at p, -1 when there is none. */
int32_t value_escape(const char *p, size_t n);
/* Decodes _xHHHH_ (ECMA-376 part 1, 22.9.2.19 ST_Xstring), makes CR LF and CR a LF and drops
 * control characters that were escaped, in place; returns the new length. */
size_t value_unescape(char *p, size_t n);

#endif
