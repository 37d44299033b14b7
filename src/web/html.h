/*
 * html.h: text into HTML: what the pages' templates (tools/pages.py) are made of.
 *
 * Everything escapes; there is no way around it but html_raw's callers, who hold HTML that this
 * program made. A value is safe as element content and within double quotes.
 */
#ifndef XH_WEB_HTML_H
#define XH_WEB_HTML_H

#include "base/buf.h"
#include "base/lang.h"

/* & < > " ' as references; controls that XML forbids are left out. */
void html_text(struct buf *out, struct text t);
/* The same, line breaks as <br>. */
void html_lines(struct buf *out, struct text t);
/* Percent-encoded (RFC 3986, all but the unreserved), for a piece of a path or of a query. */
void html_url(struct buf *out, struct text t);
/* An address within this site, escaped; "#" for anything that does not begin with one slash. */
void html_link(struct buf *out, struct text t);
/* A number as text, in the room that is given. */
struct text html_number(char (*room)[24], int64_t n);
/* A sentence in the reader's language, escaped; with values for {0} …, which are escaped too. */
void html_tr(struct buf *out, enum lang lang, const char *sentence);
void html_say(struct buf *out, enum lang lang, const char *sentence, const struct text *args,
              int count);

#endif
