/*
 * place.h: where a ledger is. One word names it: a folder, or the address of a database with,
 * behind a #, the folder that holds the rest (postgresql://host/name#FOLDER).
 *
 * The folder always holds keys/, evidence/ and config.json; the books are in its ledger.db, or in
 * the database that the word, or "store" in its config.json, names. Evidence is in evidence/, or
 * where "evidence" says: in another folder, which several nodes may share, or in the database.
 * "read_store" names standbys of the database, which pages may be read from.
 */
#ifndef XH_LEDGER_PLACE_H
#define XH_LEDGER_PLACE_H

#include "store/store.h"

enum { PLACE_DIR = 4096, PLACE_ADDRESS = 2048 };

struct books_place {
    char dir[PLACE_DIR];         /* empty: in memory alone */
    char address[PLACE_ADDRESS]; /* of the database; empty: the folder's ledger.db */
    char reading[PLACE_ADDRESS]; /* of standbys of it, to read from; empty: none */
    bool evidence_in_database;
    char evidence[PLACE_DIR]; /* else its folder, where it is not evidence/ */
    char moved_to[PLACE_DIR]; /* the ledger was moved from here to there; empty: it was not */
};

/* Whether the word is the address of a database. */
bool place_is_database(struct text word);
/* Reads the word, and the folder's config.json. CONFIG. */
int place_find(struct books_place *p, const char *word, struct err *err);
/* Where evidence is, in the words of config.json: PLACE_EVIDENCE_FOLDER (evidence/ of the ledger's
 * folder; also for nothing), PLACE_EVIDENCE_DATABASE, or the path of a folder. CONFIG. */
#define PLACE_EVIDENCE_FOLDER "folder"
#define PLACE_EVIDENCE_DATABASE "database"
int place_evidence(struct books_place *p, struct text where, struct err *err);
/* Whether there may be a ledger: the folder has a ledger.db, or a database is named. */
bool place_holds(const struct books_place *p);
/* The place for people, without a password: the folder, or the database's address. */
struct text place_shown(const char *dir, const char *address, char out[static PLACE_DIR]);

/* Opens the database of the place. */
struct place_how {
    bool create, read_only;
    bool beside;    /* one of many connections of a process */
    bool lazy;      /* commits keep their order but wait for no disk; nobody waits for this one */
    int wait_ms;    /* how long to wait for other writers */
    int silence_ms; /* as postgres.h has it */
};
struct store *place_open(const char *dir, const char *address, const struct place_how *how,
                         struct err *err);

#endif
