/*
 * board.h: how many items, in which state, how late: by unit and by campaign.
 *
 * What is counted is what the list of problems shows the same viewer with the same unit, campaign
 * and day. It is read from counters and their daily history where they can tell, at a cost that
 * does not grow with the number of items; else visible items are counted as they are or were. The
 * log is never read.
 */
#ifndef XH_OFFICE_BOARD_H
#define XH_OFFICE_BOARD_H

#include "ledger/ledger.h"

/* Days ahead that count as "soon": due from today until so many days later. */
enum { BOARD_SOON = 7 };

struct board_counts {
    int64_t states[STATE_COUNT];  /* STRUCK_OFF without those taken over */
    int64_t taken_over;           /* struck off on the word of an older book */
    int64_t dated, overdue, soon; /* of the open ones: with a deadline, past it, within days */
};
/* Sums of states. */
int64_t board_open(const struct board_counts *c);
int64_t board_aside(const struct board_counts *c); /* transferred, merged, withdrawn */
int64_t board_total(const struct board_counts *c); /* all of them */
/* The strike-off rate: struck off here, of all that could be. What was struck off on the word of an
 * older book and what was set aside counts on neither side. */
int64_t board_rate_of(const struct board_counts *c);
/* Its definition in words, marked for translation. */
const char *board_rate_definition(void);
/* Appends the rate as "98.71" (two digits, rounded, but 100.00 only for all of them); nothing when
 * there is nothing to divide by. */
void board_rate(struct buf *out, const struct board_counts *c);

struct board_part {
    struct text code, name; /* no code: of the unit itself, or of no unit at all */
    struct text path;       /* of a unit */
    int64_t id;
    struct board_counts counts;
};

struct board {
    struct text unit, unit_name; /* whose board it is; empty: the whole ledger */
    struct text campaign;        /* the only one that is counted; empty: all */
    int32_t day;                 /* as of its end */
    struct board_counts total;
    struct board_part *units, *campaigns; /* without those that have nothing */
    size_t unit_count, campaign_count;
    const struct board_point *trend; /* filled by the caller (board_trend), for board_json */
    size_t trend_count;
};

/* The unit whose board a viewer means who names none: that of their only subtree; empty for a
 * viewer of the whole ledger, or of several subtrees. */
int board_home(struct text *unit, struct ledger *l, const struct viewer *v, struct arena *arena,
               struct err *err);

/* No day given: now. */
enum { BOARD_NOW = 0 };

/*
 * Fills the board for a unit (code; empty: all that the viewer may see) and a campaign (code;
 * empty: all), as of the end of a day (BOARD_NOW: as it is). NOT_FOUND when there is, or was, no
 * such unit, or no such campaign for the viewer.
 *
 * On a past day items are counted in the states, under the lead units and in the tree of units of
 * that day; who may see them is a matter of today, and campaigns are called what they are called
 * today. Everything lives in the arena. Call it within a read transaction.
 */
int board_load(struct board *board, struct ledger *l, const struct viewer *v, struct text unit,
               struct text campaign, int32_t day, struct arena *arena, struct err *err);

/* One point of a trend: the board's total at the end of a day. */
struct board_point {
    int32_t day;
    struct board_counts counts;
};
enum board_step { BOARD_DAYS, BOARD_WEEKS, BOARD_MONTHS };
enum { BOARD_POINTS = 400 };
/*
 * Fills `count` points (1 to BOARD_POINTS), oldest first: the last is `day` (BOARD_NOW: today),
 * those before it are the last days of the days, weeks (Sundays) or months before. Before the unit
 * was there, nothing is counted. Unit, campaign and failures as board_load; each point costs the
 * same few statements.
 */
int board_trend(struct board_point *points, size_t count, enum board_step step, struct ledger *l,
                const struct viewer *v, struct text unit, struct text campaign, int32_t day,
                struct arena *arena, struct err *err);

/*
 * Only the total of all that the viewer may see (of a campaign; empty: all), where the counters can
 * tell it: 1. 0 where they cannot, and counting would cost more the more there is.
 */
int board_glance(struct board_counts *total, struct ledger *l, const struct viewer *v,
                 struct text campaign, struct arena *arena, struct err *err);

/* Appends the board as one JSON document, without a newline. */
void board_json(struct buf *out, const struct board *board, const struct ledger *l, int64_t at);

#endif
