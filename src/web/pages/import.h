/*
 * import.h: what the pages of a waiting book share.
 */
#ifndef XH_WEB_IMPORT_H
#define XH_WEB_IMPORT_H

#include "web/imports.h"
#include "web/pages/import.html.h"
#include "web/pages/pages.h"

/* What a kind of import is called. */
struct text import_kind_label(const struct request *q, enum import_kind kind);
/* "/import/ID" and what stands behind it. In the arena. */
struct text import_href(struct request *q, const struct waiting *w, const char *rest);

/* The counts that are not 0, and that of the rows. */
void import_counts(struct request *q, const struct intake_counts *n,
                   const struct page_import_count **list, size_t *count);

/* The sheet that the request names: the one of its field `sheet`, else the first with a table. */
size_t import_sheet_asked(const struct request *q, const struct preview *p);

/* import_sheet.c: the page of a sheet with what it was taken for; `wrong` may be empty. */
int import_sheet_show(struct request *q, struct response *r, const struct waiting *w,
                      const struct preview *p, struct text wrong, struct err *err);

/* import_choice.c: takes what the form says of a sheet into the choices: its mapping where it is
 * another than what it was taken for, and corrected cells. w->map and fixes live in the arena
 * afterwards. -1 with err (MAP_WRONG and the like) when it cannot be taken. */
int import_choose(struct request *q, struct waiting *w, const struct preview *p, struct err *err);

/* "col.7" and "fix.12.7", as the form's fields are called. In the arena. */
struct text import_column_field(struct request *q, uint32_t column);
struct text import_cell_field(struct request *q, uint32_t row, uint32_t column);
/* A text as a browser gives it back: line breaks alone, no other controls. In the arena. */
struct text import_plain(struct request *q, struct text t);
/* A field of the form that was given, also when it is empty. */
bool import_given(const struct request *q, struct text name, struct text *value);

#endif
