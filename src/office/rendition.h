/*
 * rendition.h: what pages show of a picture: a JPEG encoded anew, small, without what the original
 * says of its place, its camera or its owner. The original's bytes are never shown inline.
 *
 * Renditions are kept in renditions/ of the ledger: a cache, which may be deleted at any time and
 * is in no backup. A picture that cannot be shown leaves an empty file there, so that it is tried
 * once and not by every page.
 */
#ifndef XH_OFFICE_RENDITION_H
#define XH_OFFICE_RENDITION_H

#include "office/evidence.h"

/* The longer side, in pixels at most. */
enum rendition_size { RENDITION_THUMBNAIL = 320, RENDITION_VIEW = 1600 };

/*
 * Opens the rendition of the evidence of that hash, making it if it is not there; file->kind is
 * EVIDENCE_JPEG, and the caller closes file->fd. NOT_A_PICTURE for what cannot be shown (a page
 * then shows a sign for evidence_open's kind); NOT_FOUND like evidence_open. Making one takes up to
 * half a GiB and some seconds, so two are made at a time and others wait.
 */
int rendition_open(struct ledger *l, struct text hash, enum rendition_size size,
                   struct evidence_file *file, struct err *err);

#endif
