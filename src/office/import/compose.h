/*
 * compose.h: the making of one draft from the cells of its rows. Inside the import only.
 */
#ifndef XH_OFFICE_IMPORT_COMPOSE_H
#define XH_OFFICE_IMPORT_COMPOSE_H

#include "office/import/reader.h"

/* A column of the table that is being read. */
struct slot {
    enum col col;
    struct text label; /* the header, for people; the column's letters without one */
    struct text note;  /* the sub-header, where the group above says what the column is */
    bool named;        /* it has a header, or the map names it */
    bool told;         /* that it has none */
};

/* The table of a sheet. Slot i is column i; those of one field are chained. */
struct table {
    uint32_t sheet;
    struct text name;
    struct slot slots[HEADER_COLUMNS];
    size_t count;
    int16_t first[COL_COUNT]; /* the field's first column, -1 none */
    int16_t next[HEADER_COLUMNS];
    struct text section[2];
    enum marking marking; /* above the table: of every row */
    struct text marking_text;
    enum claim claim; /* that the sheet's name makes for every row */
};

/* A row with its cells by column; a cell may come from a merge that began above (carried). */
struct line {
    const struct row *row;
    const struct cell *at[HEADER_COLUMNS];
    bool carried[HEADER_COLUMNS];
    uint32_t until[HEADER_COLUMNS]; /* of a merge that begins here: its last row, else 0 */
};

struct composer {
    const struct import_options *options;
    struct import_sink *sink;
    struct import_counts *counts;
    struct table *table;
    struct arena *arena; /* of the draft being made */
    struct err *err;     /* of the call under way */
    bool stopped;        /* a sink said so; err is filled */

    struct draft draft;
    struct line *line; /* the row being taken */
    size_t bytes;      /* of all its cells so far */
    bool grouped;      /* several rows are merged into the item */
    bool too_long;
    uint32_t long_column;
    size_t other_room, sealed_room, task_room, fix_room;
};

/* Reports a doubt about a slot's cell of the current line; slot -1 is the row as a whole. */
void compose_doubt(struct composer *c, enum doubt_kind kind, int slot, struct text taken,
                   const char *word);
/* The same with everything given; keeps sealed texts back. */
void compose_report(struct composer *c, struct doubt *d);

/* Starts a draft at the line, adds further lines of the same item, and hands it over (or rejects
 * it). rows are those of the draft as the file has them. */
void compose_begin(struct composer *c, struct line *line, bool grouped);
void compose_add(struct composer *c, struct line *line);
void compose_end(struct composer *c, const struct row *rows, size_t count);
/* Rejects rows. */
void compose_reject(struct composer *c, enum reject_kind kind, const struct row *rows, size_t count,
                    uint32_t column);

/* --- what compose.c, duty.c and state.c share --- */

/* The slot of the first filled cell of a field in the line, -1 when none is filled. */
int compose_slot(const struct composer *c, enum col col);
/* A date field of the line; reports its doubts. *slot may be NULL. */
struct when;
struct when compose_when(struct composer *c, enum col col, int32_t found);
/* The text of a field, lines and all; trimmed. */
struct text compose_block(struct composer *c, enum col col);
/* An ISO date in the arena. */
struct text compose_iso(struct composer *c, int32_t day);
/* How far the row says it is. */
struct how_far {
    enum claim claim;
    struct text status, progress;
    int percent;
    int32_t completed, verified, struck_off;
};
struct how_far compose_how_far(struct composer *c, int32_t found);
/* Units, people, leaders, deadline and class of the line. */
void compose_duty(struct composer *c, struct duty *duty, int32_t found);
/* Keeps the cell of a slot as another column. */
void compose_other(struct composer *c, int slot);
/* The names of parties, joined with 、 */
struct text compose_names(struct composer *c, const struct parties *parties);

#endif
