/*
 * form.h: forms about the office and about accounts: their fields, what was typed, and what became
 * of the command. Forms about items are act.h's.
 */
#ifndef XH_WEB_FORM_H
#define XH_WEB_FORM_H

#include "web/pages/act.h"
#include "web/pages/form.html.h"

enum { FORM_FIELDS = 48, FORM_GROUPS = 4 };

struct form {
    struct request *q;
    struct page_form_sheet page; /* texts that are not asked below are filled by hand */
    struct page_act_field fields[FORM_FIELDS];
    struct page_form_group groups[FORM_GROUPS];
    struct page_form_pair pairs[FORM_FIELDS / 2];
    size_t count;  /* of fields, those of `behind` and `pairs` included */
    size_t before; /* of fields above the groups; set by the first group */
};

/* An empty form; title and button are sentences of the catalogue. `action` is where it goes. */
void form_begin(struct form *f, struct request *q, const char *title, const char *button,
                struct text back, struct text back_label);
/* Adds a field of one of act.html's kinds. What was typed comes back instead of `value` when the
 * request holds a form. */
struct page_act_field *form_field(struct form *f, const char *name, const char *kind,
                                  const char *label, struct text value, bool required);
/* The last two fields stand side by side, below everything else. */
void form_pair(struct form *f);
/* How a form names a unit: by its name where only it bears that, else by its code. */
struct text form_unit_name(struct request *q, struct text code);
/* A choice of a vocabulary's words; `none` is the sentence for its first, NULL: it has none. */
void form_words(struct form *f, const char *name, const char *label, const struct vocabulary *v,
                int64_t value, const char *none);
/* Check boxes of one name for words of a vocabulary (bits), of which those of `allowed` are shown.
 * Fields that are added afterwards stand below them. */
void form_bits(struct form *f, const char *name, const char *label, const struct vocabulary *v,
               uint32_t allowed, uint32_t value);
/* Writes the page; `wrong` says what was wrong with it, or is empty. */
void form_show(struct form *f, struct response *r, const char *here, struct text wrong);

/* A field of the form without white space around it. */
struct text form_line(const struct request *q, const char *name);
/* A new code, which may be empty: at most 64 bytes, without a slash, space or control. -1:
 * FORM_FIELD. */
int form_code(struct request *q, const char *name, struct text *code, struct err *err);
/* A day from the form; DATE_NONE when it is empty. -1: FORM_FIELD. */
int form_day(struct request *q, const char *name, const char *label, int32_t *day, struct err *err);
/* The bits of the words that stand in fields of that name. */
uint32_t form_bits_given(const struct request *q, const char *name, const struct vocabulary *v);
/* A unit or person that a field names by code or name; empty when it is empty. */
int form_unit(struct request *q, const char *name, struct text *code, struct err *err);
int form_person(struct request *q, const char *name, struct text *code, struct err *err);

/*
 * Gives the command that the form made (rc: 0, or -1 with err when it could not be made) and
 * answers: on with `next`, to which the subject's code is added when it ends with a slash; or
 * `again` with what was wrong, on a fresh look at the ledger. Programs get an outcome.
 */
typedef int form_again(struct request *q, struct response *r, struct text wrong, struct err *err);
int form_done(struct request *q, struct response *r, int rc, struct command *command,
              const char *next, form_again *again, struct err *err);
/* `again` with that sentence, for what is no command. */
int form_wrong(struct request *q, struct response *r, const char *sentence, int status,
               form_again *again, struct err *err);

/* Asks the password in `again` once more. 0 when it is right, 1 when r holds the answer already. */
int form_password(struct request *q, struct response *r, form_again *again, struct err *err);

#endif
