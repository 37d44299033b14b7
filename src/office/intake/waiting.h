/*
 * waiting.h: a book that was handed in and waits until its person has looked at it: the file with
 * what they chose, kept in the ledger's uploads/ for a day at most.
 *
 * A folder each, under a name that tells nothing and cannot be guessed. Only the person who handed
 * the book in finds it again.
 */
#ifndef XH_OFFICE_INTAKE_WAITING_H
#define XH_OFFICE_INTAKE_WAITING_H

#include "base/file.h"
#include "office/intake/intake.h"

enum { WAITING_ID = 46, WAITING_HOURS = 24, WAITING_MOST = 50 /* of one person at a time */ };

enum waiting_stage {
    WAITING_CHOSEN, /* nothing is written; it may be changed */
    WAITING_BEGUN,  /* it is being written, or was broken off */
    WAITING_DONE
};

struct waiting {
    char id[WAITING_ID];
    int64_t at; /* ms since 1970 UTC */
    struct text person, name;
    enum import_kind kind;
    struct text campaign, updates; /* as struct intake_options has them */
    bool skip_duplicates;
    struct text map; /* the sheets whose columns the person chose, as JSON; empty: none */
    struct cell_fixes fixes;
    int64_t changes; /* of the choices so far, to tell what follows older ones */
    enum waiting_stage stage;
    struct intake_counts counts; /* with WAITING_DONE */
    struct text into;            /* the campaign that it went to */
};

/* Takes the file at `path` (of the ledger's own disk) over into a new folder and saves the choices;
 * fills id and at. */
int waiting_keep(struct waiting *w, struct ledger *l, const char *path, struct err *err);
int waiting_save(const struct waiting *w, const struct ledger *l, struct err *err);
/* NOT_FOUND when there is none of that id, it is another person's, or its day is over. Texts live
 * in the arena. */
int waiting_find(struct waiting *w, const struct ledger *l, struct text id, struct text person,
                 struct arena *arena, struct err *err);
/* All of a person's, newest first, at most WAITING_MOST. */
int waiting_list(struct waiting **list, size_t *count, const struct ledger *l, struct text person,
                 struct arena *arena, struct err *err);
/* The path of one of its files: "book", "book.rejects.xlsx", "report.zh" … */
int waiting_path(char out[static FILE_PATH], const struct ledger *l, const char *id,
                 const char *file, struct err *err);
/* Removes it with all that belongs to it. */
void waiting_drop(const struct ledger *l, const char *id);
/* Removes everybody's whose day is over, and files of requests that a killed server left there,
 * which nobody wrote to for as long. */
void waiting_sweep(const struct ledger *l);

#endif
