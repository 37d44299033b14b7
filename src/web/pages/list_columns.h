/*
 * list_columns.h: the columns of the list of items, of which a reader chooses; the choice is a
 * cookie, since it belongs to a screen more than to a person.
 */
#ifndef XH_WEB_LIST_COLUMNS_H
#define XH_WEB_LIST_COLUMNS_H

#include "office/lists/lists.h"
#include "web/pages/list_table.html.h"
#include "web/request.h"

enum list_column {
#define COLUMN(name, key, kind, label) COLUMN_##name,
#include "web/pages/list_columns.def"
    LIST_COLUMNS
};
struct columns {
    enum list_column at[LIST_COLUMNS];
    size_t count;
};

const char *column_key(enum list_column column);
/* Marked for translation. */
const char *column_label(enum list_column column);
bool column_among(const struct columns *c, enum list_column column);

/* Those that the reader chose, or the usual ones. */
void columns_chosen(struct columns *c, const struct request *q);
/* Those that a choice among many items is made by: what each is, how it stands, who has it. */
void columns_of_choice(struct columns *c);

/* The heads and a row's cells, in the request's arena. */
struct page_list_heads *columns_heads(const struct columns *c, struct request *q);
struct page_list_line columns_line(const struct columns *c, struct request *q,
                                   const struct list_row *row);

#endif
