/*
 * backup.h: copies of a ledger, taken while it is in use, and put back.
 *
 * A backup is the log's entries and checkpoints, the evidence that they name, and what stands
 * outside the log; no projection and no index, which follow from the log. So it does not depend on
 * the database or on the version of the program that made it. manifest.h says what lies where.
 */
#ifndef XH_OFFICE_BACKUP_BACKUP_H
#define XH_OFFICE_BACKUP_BACKUP_H

#include "ledger/verify.h"
#include "office/backup/manifest.h"

struct backup_how {
    bool without_keys;                         /* and those that are in the folder are destroyed */
    int64_t keep;                              /* so many of the newest backups stay; 0: all */
    void (*progress)(void *arg, int64_t done); /* entries, then files; may be NULL */
    void *arg;
};
struct backup_done {
    char name[BACKUP_NAME];
    int64_t entries, new_entries, new_files;
    int64_t erased;  /* sealed values that the backup before had and the ledger has no more */
    int64_t dropped; /* older backups that were taken away */
    bool keys;
};

/*
 * Adds a backup to the folder `to` (made if it is not there) and takes no lock of the database: one
 * read transaction gives the log and what stands outside it, then files are copied that are not
 * there yet. The manifest is written last; whatever interrupts it before leaves the backups that
 * there were, and the next one clears away what was left.
 *
 * Erased values do not stay: what stands outside the log is kept in the newest backup alone, so
 * older ones lose it (overwritten) as soon as a newer one is whole.
 *
 * -1: BACKUP_PLACE (the folder holds something else), BACKUP_AHEAD (its newest backup is no
 * beginning of this ledger's log), BACKUP_BUSY, BACKUP_FILE (a damaged manifest), IO, DATABASE.
 */
int backup_write(struct ledger *l, const char *to, const struct backup_how *how,
                 struct backup_done *done, struct err *err);

/* Checks one backup where it lies, or, where name is empty, the newest: every file of it, every
 * entry against the root, the checkpoint's signature, every evidence file. BACKUP_FILE names what
 * is wrong. */
int backup_check(const char *folder, struct text name, struct verify_report *report,
                 void (*progress)(void *, int64_t), void *arg, struct err *err);
/* Whether the folder holds finished backups. */
bool backup_is(const char *folder);
/* Takes `from`, a folder of backups or one in it, apart; name is the newest where none is said.
 * NO_BACKUP. */
int backup_find(const char *from, char folder[static FILE_PATH], char name[static BACKUP_NAME],
                struct err *err);

/* Hears the lines of a backup's log: 1 go on, 0 enough, -1. */
struct backup_reader {
    int (*entry)(void *arg, struct text bytes, struct err *err);
    int (*checkpoint)(void *arg, struct text note, struct err *err);
    void *arg;
};
/* One file of it, and every one but evidence and beside, is there and is what the manifest says:
 * BACKUP_FILE. */
int backup_file(const char *folder, const struct backup_file *f, struct err *err);
int backup_files(const char *folder, const struct manifest *m, struct err *err);
int backup_log(const char *folder, const struct manifest *m, const struct backup_reader *reader,
               struct err *err);
/* Calls line() for every line of a file, without its newline: 1 go on, 0 it cannot be taken. */
int backup_lines(const char *folder, const struct backup_file *f,
                 int (*line)(void *arg, struct text line, struct err *err), void *arg,
                 struct err *err);
/* The beginning of a line that holds a checkpoint. */
#define CHECKPOINT_LINE "{\"checkpoint\":"

struct restore_how {
    const char *as_of; /* entries up to this moment (ledger_moment); NULL: all */
    int64_t size;      /* at most so many entries; 0: all */
    const char *keys;  /* a folder that the keys come from; NULL: the backup's */
    struct text held;  /* a checkpoint that somebody kept; may be empty */
    bool copy;         /* it is to live beside the original: it takes an identity of its own */
    bool incomplete; /* what is lost of evidence and of what stands outside the log is no failure */
    /* Hears of evidence that is missing, with incomplete. */
    void (*lost)(void *arg, const struct entry *, const struct evidence_line *);
    void (*progress)(void *arg, int64_t done); /* may be NULL */
    void *arg;
};
struct restore_done {
    int64_t entries, of; /* how many of those in the backup */
    int64_t lost;        /* evidence files that are in no place */
    bool keys;           /* it has them: it can be written and opens what is sealed */
    bool older;          /* than the checkpoint, of which report.held is the size */
    bool beside;         /* what stands outside the log is back, too */
    char origin[256];
    struct verify_report report;
};

/*
 * Puts a backup (a folder of backups: its newest; one in it; or a ledger's folder) to a new
 * place `to` (place.h): its folder is new, and so is its database: evidence, the log entry by
 * entry, the projections made again, what stands outside the log without sessions and tokens. All
 * is checked where it was put before it is called a ledger. Interrupted, it is begun again in the
 * same folder; evidence that was copied stays.
 *
 * -1: NO_BACKUP, NOT_EMPTY, LEDGER_EXISTS, BACKUP_FILE, WRONG_…, UNCOVERED, OTHER_KEY, IO.
 */
int backup_restore(const char *from, const char *to, const struct restore_how *how,
                   struct restore_done *done, struct env *env, struct err *err);

#endif
