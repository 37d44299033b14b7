/*
 * evidence_home.h: where the bytes of evidence lie, under their SHA-256: in a folder (the ledger's
 * evidence/, or one that several nodes share), or in the database, in chunks. config.json says
 * which (place.h).
 *
 * Who takes files in and gives them out is office/evidence.h; backups and moves read and write
 * here. No more than a chunk of a file is in memory. What was put is durable when put returns, or,
 * in the database, with the transaction that the caller has open.
 */
#ifndef XH_LEDGER_EVIDENCE_HOME_H
#define XH_LEDGER_EVIDENCE_HOME_H

#include "base/file.h"
#include "base/sha256.h"
#include "ledger/ledger.h"

/* Temporary files are `upload.tmp…` (base/file.c), in the folder that evidence has or would have.
 */
#define EVIDENCE_UPLOAD "upload"
/* How long what nobody names is kept, in ms. */
#define EVIDENCE_WAITS (24 * 60 * 60 * INT64_C(1000))

struct evidence_home {
    const struct evidence_ops *ops;
    struct env *env;
    char dir[PLACE_DIR + 16]; /* of evidence, or of what is on its way */
    struct store *store;      /* of the database; NULL for a folder */
    bool own;                 /* its connection ends with it */
};

typedef int evidence_block(void *arg, struct text block, struct err *err);
typedef int evidence_each(void *arg, struct text hash, uint64_t size, struct err *err);

/* The two kinds. hash is 64 hexadecimal digits, which was checked. */
struct evidence_ops {
    /* Takes over a file of that size which lies in dir. */
    int (*put)(struct evidence_home *, struct text hash, struct file_new *, uint64_t size,
               struct err *);
    /* A descriptor to read all of it, at its beginning: 1; 0 there is none; -1. */
    int (*open)(struct evidence_home *, struct text hash, int *fd, struct err *);
    int (*read)(struct evidence_home *, struct text hash, evidence_block *, void *arg,
                struct err *);
    int (*size)(struct evidence_home *, struct text hash, uint64_t *size, struct err *);
    int (*all)(struct evidence_home *, evidence_each *, void *arg, struct err *);
    /* Removes what came before that moment and is not whole or, in the database, named by no entry.
     */
    int (*sweep)(struct evidence_home *, int64_t before, struct err *);
};
extern const struct evidence_ops evidence_folder_ops, evidence_database_ops;

/* Of an open ledger, over its own connection: for the thread that uses it. */
void evidence_home_of(struct evidence_home *h, const struct ledger *l);
/* The same over a connection of its own, which only the database needs: for any thread. */
int evidence_home_open(struct evidence_home *h, const struct ledger *l, struct err *err);
/* A folder of evidence that is of no open ledger. */
void evidence_home_folder(struct evidence_home *h, const char *dir, struct env *env);
void evidence_home_close(struct evidence_home *h);

/* A file that comes in pieces. */
struct evidence_new {
    struct file_new file;
    struct sha256_run run;
    uint64_t size;
};
int evidence_new_begin(struct evidence_new *n, struct evidence_home *h, struct err *err);
int evidence_new_add(struct evidence_new *n, struct text bytes, struct err *err);
/* Puts it under its hash, 64 hexadecimal digits. The same bytes again are one file, and mend it. */
int evidence_new_put(struct evidence_new *n, struct evidence_home *h, struct text hash,
                     struct err *err);
/* Nothing is left of what was not put. */
void evidence_new_drop(struct evidence_new *n);

enum evidence_found { EVIDENCE_WHOLE, EVIDENCE_MISSING, EVIDENCE_ALTERED };
/* Reads all of it and says what was found; -1 when it cannot be read. */
int evidence_check(struct evidence_home *h, struct text hash, enum evidence_found *found,
                   struct err *err);
/* Copies it, unless it is there in the same size. Nothing is put unless it is whole. *copied (may
 * be NULL) is how many bytes were. */
int evidence_copy(struct evidence_home *from, struct evidence_home *to, struct text hash,
                  enum evidence_found *found, uint64_t *copied, struct err *err);

#endif
