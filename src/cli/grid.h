/*
 * grid.h: rows in aligned columns, for people.
 *
 * The first rows settle the widths, so that a list of any length needs little memory. Chinese
 * characters count as the two columns that they take. On a terminal a line is cut to its width.
 */
#ifndef XH_CLI_GRID_H
#define XH_CLI_GRID_H

#include "cli/cli.h"

enum { GRID_COLUMNS = 16, GRID_AHEAD = 200 };

struct grid {
    struct cli *cli;
    struct buf out;
    struct arena held; /* the rows by which the widths are settled */
    struct text (*rows)[GRID_COLUMNS];
    size_t row_count;
    size_t widths[GRID_COLUMNS];
    bool right[GRID_COLUMNS]; /* numbers */
    int count;
    size_t room; /* of a line; 0: any */
    bool settled;
    int status; /* an exit status once something has failed */
};

/* Headers are in the reader's language already. */
void grid_open(struct grid *g, struct cli *c, const struct text *headers, int count);
/* One row; texts need live only for the call. Returns g->status. */
int grid_row(struct grid *g, const struct text *cells);
/* Prints what is left; returns the exit status. Frees everything. */
int grid_close(struct grid *g);

#endif
