/*
 * draft.h: what the import understood of a workbook, before anything of it is in the ledger.
 *
 * A draft is one understood row (or the rows of one merged item). Drafts come one at a time, in
 * the file's order; everything they point to lives during the call. Interpretation never fails in
 * silence: what was interpreted, doubted or left out comes as a doubt, what cannot be taken as a
 * reject. Nothing here knows the ledger: units and persons are still names.
 */
#ifndef XH_OFFICE_IMPORT_DRAFT_H
#define XH_OFFICE_IMPORT_DRAFT_H

#include "base/date.h"
#include "domain/words.h"
#include "formats/sheet.h"
#include "office/import/columns.h"

/* What is too much for one row; a row beyond is rejected. An entry of the log holds 65,535 bytes
 * (DESIGN, "The log is the truth"), so all texts of a draft together stay well below. */
enum {
    DRAFT_CELL_BYTES = 16 * 1024,
    DRAFT_BYTES = 40 * 1024,
    DRAFT_ROWS = 500,      /* of one merged item */
    DRAFT_NAME_BYTES = 240 /* of a unit, a person, a number, a code */
};

/* What the imported book says of an item's end. */
enum claim {
    CLAIM_NONE,
    CLAIM_OPEN,        /* nothing done yet */
    CLAIM_IN_PROGRESS, /* being put right */
    CLAIM_BASICALLY,   /* 基本完成: not complete */
    CLAIM_PUT_RIGHT,   /* 已整改: an application for strike-off, to be verified */
    CLAIM_STRUCK_OFF,  /* 已销号: a strike-off on the word of the imported book */
    CLAIM_WITHDRAWN,   /* void, not confirmed, a duplicate */
    CLAIM_COUNT
};
/* The claim in English, marked for translation. */
const char *claim_label(enum claim claim);

enum doubt_kind {
    DOUBT_NONE,
#define D(kind, sentence) DOUBT_##kind,
#include "office/import/doubts.def"
#undef D
    DOUBT_COUNT
};

enum reject_kind {
#define REJECT(kind, sentence) REJECT_##kind,
#include "office/import/doubts.def"
#undef REJECT
    REJECT_COUNT
};

#define DOUBT_NO_COLUMN UINT32_MAX

/* One thing that was interpreted, doubted or left out. Texts live during the call. `cell` is empty
 * for sealed fields and for texts that seem to hold a telephone or identity number. */
struct doubt {
    enum doubt_kind kind;
    uint32_t sheet;
    struct text sheet_name;
    uint32_t row, last_row; /* 0: the sheet as a whole; last_row > row: a run of rows */
    uint32_t column;        /* DOUBT_NO_COLUMN: the row as a whole */
    enum col col;           /* the field that the column stands for */
    struct text header;     /* the column's header in the file */
    struct text cell;       /* what stands there */
    struct text taken;      /* what it was taken as; may be empty */
    const char *word;       /* what it was taken as, when that is a marked word; else NULL */
};

/* Appends the doubt's sentence, without its place; a long cell is clipped. */
void doubt_say(struct buf *out, enum lang lang, const struct doubt *d);
/* Appends "sheet S, row 5, column K (header)", as far as it has them. */
void doubt_place(struct buf *out, enum lang lang, const struct doubt *d);
/* The kind's name for JSON: "DATE_YEAR". */
const char *doubt_name(enum doubt_kind kind);

/* A row that cannot be taken. */
struct reject {
    enum reject_kind kind;
    uint32_t sheet;
    struct text sheet_name;
    const struct row *rows; /* as the file has them */
    size_t row_count;
    uint32_t column; /* that is to blame, or DOUBT_NO_COLUMN */
};
void reject_say(struct buf *out, enum lang lang, enum reject_kind kind);
const char *reject_name(enum reject_kind kind);

/* A unit or a person as a cell names it. */
struct party {
    struct text name;
    struct text note; /* beside it: a title in brackets (主任), a label, the column's sub-header */
    struct text phone; /* in brackets or behind the name: to be sealed */
};
struct parties {
    struct party *at;
    size_t count;
};

/* Who answers for it and until when. */
struct duty {
    bool led;              /* units.at[0] is the lead unit; else all assist */
    struct parties units;  /* the lead first, then those that assist */
    struct parties people; /* the responsible person first */
    struct parties leaders;
    int32_t deadline; /* DATE_NONE: none was understood */
    enum item_class class;
};

struct draft_texts {
    struct text *at;
    size_t count;
};

struct draft_task {
    uint32_t row;
    struct text number, measure, target, milestones;
    struct draft_texts parts; /* of the measure, when it is numbered */
    struct duty duty;
    enum claim claim;
    struct text progress;
    int percent; /* -1: none */
    int32_t completed;
};

struct draft_sealed {
    enum col col;
    struct text text;
};

/* A column that no field stands for, kept as it was. */
struct draft_other {
    struct text header, text;
};

/* A finding (or hazard, complaint, decision), or rows for the tasks of one. */
struct draft_item {
    struct text number; /* that the file carries */
    struct text code;   /* of the ledger, where the file names one */
    struct text title, text;
    struct draft_texts parts; /* the numbered problems of the text, kept as one item */
    struct text category, object, place, basis, source, raised_by, finder, contact;
    enum item_kind kind;    /* KIND_NONE: the campaign's */
    struct text section[2]; /* the lines above that head it: 一、… and （一）… */
    struct text level;      /* "3级", "重大", "High" */
    enum marking marking;
    struct text marking_text; /* with its term: "秘密★5年" */
    int32_t found;
    struct duty duty; /* of the item: its first row's, with what is merged over it */
    struct draft_task *tasks;
    size_t task_count; /* 0: the file names no measure */
    enum claim claim;
    struct text status; /* the words of the book */
    struct text progress;
    int percent; /* -1: none */
    int32_t completed, verified, struck_off;
    struct text verifier, funds, remarks;
    struct draft_sealed *sealed;
    size_t sealed_count;
};

struct draft_unit {
    struct text code, name;
    struct draft_texts parents; /* codes or names, outermost first; the last is its parent */
};

struct draft_person {
    struct text code, name, unit, title;
    struct text phone; /* to be sealed */
    uint32_t roles;    /* BIT(ROLE_…) */
};

/* A cell that was corrected by hand; what stood there and what was read are empty where they are to
 * be sealed. */
struct draft_fix {
    uint32_t column;
    struct text header, was, value;
};

struct draft {
    enum import_kind kind;
    uint32_t sheet;
    struct text sheet_name;
    uint32_t row, last_row;
    union {
        struct draft_item item; /* IMPORT_FINDINGS, IMPORT_TASKS */
        struct draft_unit unit;
        struct draft_person person;
    };
    struct draft_other *others;
    size_t other_count;
    struct draft_fix *fixes;
    size_t fix_count;
    const struct row *rows; /* as the file has them, for FILE.rejects.xlsx */
    size_t row_count;
};

#endif
