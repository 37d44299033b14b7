/*
 * qr.h: text as a QR code (ISO/IEC 18004).
 */
#ifndef XH_FORMATS_QR_H
#define XH_FORMATS_QR_H

#include "base/buf.h"
#include "base/err.h"

/* Appends an <svg> of class "qr", black on white with the quiet zone of four modules; 15 % of it
 * may be unreadable (level M). TOO_LARGE for more than 2,331 bytes. */
int qr_svg(struct buf *svg, struct text text, struct err *err);

#endif
