/*
 * campaign_choices.h: the campaigns that a viewer may see, to choose from.
 */
#ifndef XH_WEB_CAMPAIGN_CHOICES_H
#define XH_WEB_CAMPAIGN_CHOICES_H

#include "office/lists/lists.h"
#include "web/request.h"

enum { CAMPAIGNS = 500 }; /* at most; who has more names one in the address */

/* By code; they live in the request's arena. */
int campaigns_load(struct request *q, struct campaign_row **rows, size_t *count, struct err *err);
/* "ZG2026 name" in the request's arena. */
struct text campaign_label(struct request *q, const struct campaign_row *c);

#endif
