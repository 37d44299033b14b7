/*
 * instruction_say.h: how an instruction's parts stand on pages: its state, whom it is for, what it
 * is about.
 */
#ifndef XH_WEB_INSTRUCTION_SAY_H
#define XH_WEB_INSTRUCTION_SAY_H

#include "office/instructions/instructions.h"
#include "web/pages/pages.h"

/* All texts live in the request's arena. */
struct page_mark instruction_mark(struct request *q, int64_t state);
struct text instruction_href(struct request *q, struct text code);
struct text instruction_addressee(struct request *q, const struct instruction_row *row);
/* "overdue 12, 2026-06-30, Chengguan" */
struct text number_words(struct request *q, const struct board_number *n);
/* The list of items that the number counts, as of its day. */
struct text number_href(struct request *q, const struct board_number *n);
/* An item's code, a number, or nothing. */
struct text instruction_about(struct request *q, const struct instruction_row *row,
                              struct text *href);

#endif
