/*
 * document.h: what is found of an item: what it says itself, field by field, and what is said about
 * it in entries of the log. Private to src/office/search.
 *
 * No sealed value comes here: documents are made of projections and entries, which hold none. Nor
 * does an item's originator: nothing is found by who complained.
 */
#ifndef XH_OFFICE_SEARCH_DOCUMENT_H
#define XH_OFFICE_SEARCH_DOCUMENT_H

#include "ledger/ledger.h"
#include "office/search/search.h"

/* Documents of an item: from its number times this on (search.sqlite.sql). */
enum { DOC_WIDTH = 1 << 12 };
static inline int64_t doc_of_unit(int64_t unit)
{
    return -2 * unit;
}
static inline int64_t doc_of_person(int64_t person)
{
    return -2 * person - 1;
}

struct document {
    struct buf text;  /* fields, each behind a byte that says which */
    struct buf scope; /* tokens of where it belongs */
};
/* At most so many bytes of one document are searched, and so many units counted as its own; what is
 * beyond is left out, so that no item holds the index up. Tokens take at most three times the bytes
 * of a text, which together with those of a scope fits into PostgreSQL's tsvector (1 MiB). */
enum { DOCUMENT_BYTES = 256 * 1024, SCOPE_BYTES = 192 * 1024 };

/* The item as it stands: 1, 0 when there is none, -1. */
int document_load(struct document *d, struct ledger *l, int64_t item, struct arena *arena,
                  struct err *err);
/* Appends a field. */
void document_put(struct buf *text, enum search_field field, struct text value);
/* Takes the next field off *rest; false at the end. */
bool document_next(struct text *rest, enum search_field *field, struct text *value);

/* What an entry about an item says; empty when nothing. */
struct text document_said(const struct event *e);
/* True when what the item itself says, or where it belongs, may be another one after it. */
bool document_changes(const struct event *e);

/* The token of a unit and of what stands below it, by the unit's path; of a campaign. */
void scope_put_unit(struct buf *out, struct text path);
void scope_put_campaign(struct buf *out, struct text campaign);

/* Whether there is an index to be asked: 1, 0 when it was emptied or made by other rules, -1; and
 * how far it is behind. */
int search_ready(struct ledger *l, int64_t *behind, struct err *err);

#endif
