/* names.c: see names.h. */
#include "office/names.h"

#include "names.sql.h"

/* Takes the one code that the rows give; says which when there are several. */
static int only(struct rows *rows, const char *what, struct text given, struct text *code,
                struct arena *arena, struct err *err)
{
    buf_auto struct buf codes = BUF(4096);
    int count = 0, rc;

    while ((rc = rows_next(rows, err)) == 1) {
        struct text found = rows_text(rows, 0);
        if (count++ == 0)
            *code = arena_text(arena, found);
        else
            buf_str(&codes, ", ");
        buf_text(&codes, found);
    }
    if (rc < 0)
        return -1;
    if (count == 0)
        return err_set(err, NOT_FOUND, err_sentence(what), given);
    if (count > 1)
        return err_set(err, AMBIGUOUS, err_sentence(what), given, buf_view(&codes));
    return arena->failed ? err_set(err, NO_MEMORY) : 0;
}

int name_unit(struct ledger *l, struct text given, struct text *code, struct arena *arena,
              struct err *err)
{
    struct names_unit_code_out row;
    struct rows rows;
    int rc;

    given = text_trim(given);
    rc = names_unit_code_one(l->store, &(struct names_unit_code_in){given}, &row, arena, err);
    if (rc != 0) {
        *code = row.code;
        return rc < 0 ? -1 : 0;
    }
    if (names_unit_open(l->store, &(struct names_unit_in){given}, &rows, err) != 0)
        return -1;
    return only(&rows, N_("unit"), given, code, arena, err);
}

int name_person(struct ledger *l, struct text given, struct text *code, struct arena *arena,
                struct err *err)
{
    struct names_person_code_out row;
    struct rows rows;
    struct text name, unit, rest;
    int rc;

    given = text_trim(given);
    rc = names_person_code_one(l->store, &(struct names_person_code_in){given}, &row, arena, err);
    if (rc != 0) {
        *code = row.code;
        return rc < 0 ? -1 : 0;
    }
    rest = given;
    text_cut(&rest, '@', &name);
    if (rest.p) {
        if (name_unit(l, rest, &unit, arena, err) != 0)
            return -1;
        rc = names_person_at_open(l->store, &(struct names_person_at_in){name, unit}, &rows, err);
    } else {
        rc = names_person_open(l->store, &(struct names_person_in){given}, &rows, err);
    }
    return rc != 0 ? -1 : only(&rows, N_("person"), given, code, arena, err);
}
