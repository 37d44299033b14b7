/*
 * manifest.h: what a folder of backups holds. docs/operations.md, "Backup and restore", has it for
 * people.
 *
 *     evidence/ab/HASH          shared by all backups, each file once
 *     log/FIRST-END             entries and checkpoints, shared: a backup adds what is new
 *     keys/                     unless it was made without
 *     20261122T100509123Z/      one backup: manifest.json, config.json, and in the newest
 * beside.jsonl
 *
 * A backup counts once its manifest is there, which is written last.
 */
#ifndef XH_OFFICE_BACKUP_MANIFEST_H
#define XH_OFFICE_BACKUP_MANIFEST_H

#include "base/arena.h"
#include "base/env.h"
#include "base/file.h"
#include "base/sha256.h"
#include "domain/shape.h"

/* The name of a backup: its moment in UTC. */
enum { BACKUP_NAME = 20 };

/* A file of the backup, its path from the folder of backups on. */
struct backup_file {
    struct text path, sha256; /* the hash in hexadecimal */
    int64_t bytes;
};

/* A piece of the log. */
struct backup_piece {
    struct backup_file file;
    int64_t first, entries;
};

struct manifest {
    char name[BACKUP_NAME];
    struct text version;                    /* of the program */
    struct text origin, ledger, timezone;   /* of the ledger: its identity, its name */
    int64_t at, last, entries;              /* when; when the last entry was written; how many */
    struct text root, checkpoint;           /* hexadecimal; the signed note of that size */
    bool keys;                              /* they are in the folder */
    int64_t evidence_files, evidence_bytes; /* in the folder, then */
    struct backup_piece *log;
    size_t pieces;
    struct backup_file beside, config; /* what stands outside the log; path is empty for none */
};

/* Writes the name of a backup of that moment (ms). */
void manifest_name(int64_t ms, char out[static BACKUP_NAME]);
/* Whether it is the name of a backup. */
bool manifest_named(struct text name);

/* Writes folder/NAME/manifest.json, whole or not at all. */
int manifest_write(const char *folder, const struct manifest *m, struct err *err);
/* Texts live in the arena. BACKUP_FILE when it is damaged. */
int manifest_read(const char *folder, struct text name, struct manifest *m, struct arena *arena,
                  struct err *err);

/* The names of the finished backups in a folder, oldest first, into the arena. A folder that is not
 * there has none. */
int manifest_list(const char *folder, struct texts *names, struct arena *arena, struct err *err);

#endif
