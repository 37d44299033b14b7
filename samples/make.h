/*
 * make.h: what the two files of the generator share: chance, texts, books, people. See make.c.
 */
#ifndef SAMPLES_MAKE_H
#define SAMPLES_MAKE_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <xlsxwriter.h>

enum { TEXT = 2048 };

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
/* One of several. */
#define PICK(list) (list[chance(0, COUNT(list) - 1)])

/* Where chance starts, so that one workbook does not depend on another; not 0. */
void chance_from(unsigned start);
/* A number between both, included; the same ones every time. */
int chance(int from, int to);
/* Replaces [one|two] by the alternative that is wanted and {3-6} by a number. Returns out, which
 * has room for TEXT bytes. */
char *expand(const char *pattern, int alternative, char *out);

struct book {
    lxw_workbook *file;
    lxw_worksheet *sheet;
    lxw_format *title, *subtitle, *header, *cell, *middle, *date, *section, *note;
};

struct book book_open(const char *folder, const char *name, const char *title, bool chinese);
/* Begins a sheet with columns of these widths. */
void book_sheet(struct book *b, const char *name, const double *widths, int count);
void book_close(struct book *b);
/* Rows and columns count from 0. */
void put(struct book *b, int row, int column, const char *text, lxw_format *f);
void put_number(struct book *b, int row, int column, double n, lxw_format *f);
void put_date(struct book *b, int row, int column, int year, int month, int day);
void merge(struct book *b, int row, int column, int last_row, int last_column, const char *text,
           lxw_format *f);

/* The name of the unit's person of that place: 0 leader, 1 responsible person, 2 liaison. */
const char *person_of(const char *unit, int place);

void write_rectification(const char *folder);
void write_hazards(const char *folder);
void write_audit(const char *folder);

#endif
