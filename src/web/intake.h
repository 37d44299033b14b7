/*
 * intake.h: what a form with files brings, field by field, as it comes in. Files lie in the
 * ledger's folder `uploads` until the request ends.
 */
#ifndef XH_WEB_INTAKE_H
#define XH_WEB_INTAKE_H

#include "web/request.h"

enum {
    INTAKE_FORM_BYTES = 2 << 20, /* of all fields that are no files */
    INTAKE_FIELDS = 2000,
    INTAKE_FILES = 20
};
#define INTAKE_FILE_BYTES (INT64_C(512) << 20) /* of all files of one form */

struct intake {
    const char *dir; /* the ledger's folder */
    struct arena *arena;
    struct given *fields;
    size_t field_count, field_bytes;
    struct buf value; /* of the field that is coming in */
    bool value_open;
    struct upload uploads[INTAKE_FILES];
    size_t upload_count;
    int file;         /* the file that is coming in */
    bool fields_only; /* files are thrown away, */
    int files_lost;   /* so many */
    int refusal;      /* the status that what came deserves; what follows is thrown away */
};

/* `dir` and the arena must live as long. */
struct intake intake_open(const char *dir, struct arena *arena);
/* A piece of the field `key`; at 0 it begins. file_name: it is a file, called so; NULL: it is not.
 */
void intake_piece(struct intake *in, const char *key, const char *file_name, uint64_t at,
                  const char *data, size_t size);
/* The last field is whole. */
void intake_done(struct intake *in);
/* Removes the files. */
void intake_close(struct intake *in);

#endif
