/*
 * home.h: the form to sign in, for those who come back to it.
 */
#ifndef XH_WEB_HOME_H
#define XH_WEB_HOME_H

#include "web/pages/pages.h"

/* The page with the form; `wrong` is the sentence that says why it is shown again, or empty. */
void home_sign_in(struct request *q, struct response *r, struct text name, struct text wrong);

#endif
