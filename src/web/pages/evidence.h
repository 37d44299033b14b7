/*
 * evidence.h: the files of an item on a page: the state before beside the state after, and what
 * says neither.
 */
#ifndef XH_WEB_EVIDENCE_H
#define XH_WEB_EVIDENCE_H

#include "office/lists/show.h"
#include "web/pages/evidence.html.h"
#include "web/request.h"

/* In the arena; NULL when it is used up. */
struct page_evidence *evidence_sides(struct request *q, struct item_page *item);

#endif
