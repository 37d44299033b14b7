/*
 * disk.h: a disk in memory for SQLite that can lose what was not synced, as a disk does when the
 * power fails.
 *
 * A disk is a set of files. While it records, every step that changes it (a file made, a write, a
 * truncation, a sync, a deletion) is noted. The steps can then be walked through one by one; at
 * each a second disk can be made, as it would be found after a power failure at that moment: what
 * was synced is there, what was not is lost, there, or there in part.
 *
 * What is assumed of a disk is little: a synced file is durable, and so is its existence; a write
 * that was not synced may be missing whole or in any of its sectors of 512 bytes, whatever was
 * written before or after it.
 */
#ifndef XH_TESTS_DISK_H
#define XH_TESTS_DISK_H

#include "base/env.h"

#define DISK_VFS "crash" /* the name for struct sqlite_options.vfs */

struct disk;

/* An empty disk. */
struct disk *disk_new(void);
void disk_free(struct disk *d);
/* Files that are opened from now on by DISK_VFS are on this disk. */
void disk_use(struct disk *d);

/* Notes the steps from now on; what is there now counts as durable. */
void disk_record(struct disk *d);
/* How many steps were noted so far. */
size_t disk_steps(const struct disk *d);

enum step { STEP_END, STEP_MAKE, STEP_WRITE, STEP_TRUNCATE, STEP_SYNC, STEP_DELETE };

/* Walks through the steps that a disk has noted. */
struct walk;
struct walk *walk_new(const struct disk *recorded);
void walk_free(struct walk *w);
/* Takes the next step; STEP_END when there is none. */
enum step walk_step(struct walk *w);

enum loss {
    LOSE_ALL,  /* everything that was not synced */
    LOSE_NONE, /* the program was killed, not the power */
    LOSE_SOME  /* each write by chance, some of them torn */
};
/* The disk that is found afterwards. env gives the chance. */
struct disk *walk_crash(const struct walk *w, enum loss loss, struct env *env);

#endif
