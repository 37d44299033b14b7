/*
 * seen.h: what commands that look note in the access log (office/access.h), where the ledger can be
 * written; and `show CODE --access`.
 */
#ifndef XH_CLI_SEEN_H
#define XH_CLI_SEEN_H

#include "cli/cli.h"
#include "office/lists/show.h"

/* The item's page was opened, and the sealed values on it that the viewer may read. */
void seen_page(struct cli *c, const struct item_page *page);
/* A list was exported; campaign: the only one in it, or empty. */
void seen_list(struct cli *c, const char *what, struct text campaign);

/* Prints who opened the item; an exit status. */
int show_access(struct cli *c, struct text code);

#endif
