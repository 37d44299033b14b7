/*
 * evidence.h: files that show what was done, kept under their SHA-256 (ledger/evidence_home.h).
 *
 * What is here knows no viewer: who serves a file asks first whether the item that names it may be
 * seen. Everything is safe in several threads at once, of one ledger too.
 */
#ifndef XH_OFFICE_EVIDENCE_H
#define XH_OFFICE_EVIDENCE_H

#include "ledger/evidence_home.h"

/* The largest file taken, in bytes. */
#define EVIDENCE_BYTES (UINT64_C(1) << 30)
/* The longest name that is kept, in bytes. */
enum { EVIDENCE_NAME = 255 };

/* A file that comes in pieces. */
struct evidence_upload {
    struct ledger *ledger;
    struct evidence_new file;
    uint64_t most;
    char name[EVIDENCE_NAME + 1]; /* as it is shown */
    struct err failure;           /* what went wrong first; it stays so */
};

/*
 * Begins one of at most `most` bytes (0: EVIDENCE_BYTES). The name is for people only, as the
 * sender gave it: its folders, controls, marks that change the direction of writing and broken
 * bytes are taken out, and it never becomes a path. Until it is finished it is a temporary file.
 * Ends with evidence_finish or evidence_abandon.
 */
int evidence_begin(struct evidence_upload *u, struct ledger *l, struct text name, uint64_t most,
                   struct err *err);
/* TOO_LARGE when it is more than may come. After a failure nothing is left of it, and all that
 * follows fails in the same way. */
int evidence_append(struct evidence_upload *u, struct text bytes, struct err *err);
/* Durable where evidence is kept: only now may an entry name it. Fills hash, name and size of
 * *line; texts live in the arena. The same bytes again are one file. */
int evidence_finish(struct evidence_upload *u, struct evidence_line *line, struct arena *arena,
                    struct err *err);
/* Nothing is left of it. Nothing to do after evidence_finish or a failure. */
void evidence_abandon(struct evidence_upload *u);

/* All of the above for the file of that path, which is only read. An empty name: as the path ends.
 */
int evidence_store(struct ledger *l, struct text path, struct text name, struct evidence_line *line,
                   struct arena *arena, struct err *err);

/* Removes what uploads left behind: temporary files that nobody wrote to for a day, and in the
 * database what came a day ago and no entry names. For whoever starts to serve. */
int evidence_sweep(struct ledger *l, struct err *err);

/* What a file is, by its first bytes. */
enum evidence_kind {
    EVIDENCE_OTHER,
    EVIDENCE_JPEG,
    EVIDENCE_PNG,
    EVIDENCE_GIF,
    EVIDENCE_WEBP,
    EVIDENCE_HEIC,
    EVIDENCE_TIFF,
    EVIDENCE_BMP,
    EVIDENCE_PDF,
    EVIDENCE_DOCX,
    EVIDENCE_XLSX,
    EVIDENCE_PPTX,
    EVIDENCE_ZIP, /* of another kind */
    EVIDENCE_KINDS
};
/* How many first bytes are enough. */
enum { EVIDENCE_HEAD = 4096 };
enum evidence_kind evidence_kind(struct text head);
/* Its media type: application/octet-stream for what is not known. SVG and HTML are never known:
 * they are programs to a browser. */
const char *evidence_media(enum evidence_kind kind);

struct evidence_file {
    int fd; /* to read, at the beginning; the caller closes it */
    uint64_t size;
    enum evidence_kind kind;
};
/* Opens the file of that hash (64 lower-case hexadecimal digits). NOT_FOUND when there is none, and
 * in the same words when it is no hash. */
int evidence_open(struct ledger *l, struct text hash, struct evidence_file *file, struct err *err);

/* Fills made_at, where it is empty, with what the file itself says of when it was made, and place,
 * where it is empty and with_place, of where. A place is somebody's whereabouts: it is taken over
 * only when whoever gives the file asked for it. Leaves them as they are when the file says
 * nothing. */
int evidence_facts(struct ledger *l, struct evidence_line *line, bool with_place,
                   struct arena *arena, struct err *err);

#endif
