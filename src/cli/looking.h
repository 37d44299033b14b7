/*
 * looking.h: what the commands that only look have in common: now or a past moment, and which rows.
 */
#ifndef XH_CLI_LOOKING_H
#define XH_CLI_LOOKING_H

#include "cli/cli.h"
#include "office/lists/lists.h"
#include "office/lists/moment.h"

struct looking {
    struct ledger *ledger; /* to be asked: the one that is open, or `past` */
    struct ledger past;
    bool is_past;
    int32_t day; /* --as-of a whole day, to be asked of `ledger`, for list_query and board_load;
                    else 0 */
    struct viewer viewer; /* who asks it */
    int64_t at;           /* the moment, ms since 1970 UTC */
    char iso[MOMENT_ISO], words[MOMENT_WORDS];
    struct text as_of;                   /* iso when --as-of was given, else empty */
    struct text unit, unit_name;         /* that --unit names */
    struct text campaign, campaign_name; /* that --campaign names */
};

/* Opens the ledger, goes back to --as-of, and starts a read transaction: what is read is of one
 * moment. 0, or an exit status that was explained. Close it whatever happens. */
int looking_open(struct cli *c, struct looking *look);
/* The same for what the daily history can answer: --as-of a whole day fills `day`, and the log is
 * not read. */
int looking_open_day(struct cli *c, struct looking *look);
/* The same for one item and what it mentions. */
int looking_open_item(struct cli *c, struct looking *look, struct text code);
void looking_close(struct looking *look);

/* Fills the query from --unit, --campaign, --state and --overdue, as far as the list knows them. 0,
 * or an exit status that was explained. */
int looking_query(struct cli *c, struct looking *look, struct list_query *query);

/* A whole number above 0; false when it is none. */
bool looking_number(const char *given, int64_t *number);

/* "As of …" on a line of its own, when a past moment was asked for. */
void looking_say(struct cli *c, const struct looking *look, struct buf *out);

/* Columns of the terminal; 0: as wide as needed. */
size_t looking_width(const struct cli *c);

#endif
