/* roster.c: see roster.h. */
#include "office/roster.h"

#include "roster.sql.h"

enum { OF_ONE = 256, CIRCLE = 1024, DEPTH = 256 };

static int32_t day_of(int64_t day)
{
    return day == DUE_NONE ? DATE_NONE : (int32_t)day;
}

/* Words as LIKE takes them, with ! before its own signs, and in small letters: LIKE tells capitals
 * apart in one store and not in the other. */
static struct text like(struct arena *arena, struct text words)
{
    buf_auto struct buf out = BUF(4096);

    words = text_trim(words);
    for (size_t i = 0; i < words.n; i++) {
        if (words.p[i] == '%' || words.p[i] == '_' || words.p[i] == '!')
            buf_char(&out, '!');
        buf_char(&out,
                 words.p[i] >= 'A' && words.p[i] <= 'Z' ? (char)(words.p[i] | 0x20) : words.p[i]);
    }
    if (out.failed)
        arena->failed = true;
    return arena_text(arena, buf_view(&out));
}

/* What a list ends with. */
static int ended(int rc, const struct arena *arena, struct err *err)
{
    return rc < 0 ? -1 : arena->failed ? err_set(err, NO_MEMORY) : 0;
}

int roster_people(struct ledger *l, const struct roster_filter *f, struct roster_person **rows,
                  size_t *count, struct arena *arena, struct err *err)
{
    struct roster_people_rows_out r;
    struct rows found;
    int rc;

    *count = 0;
    *rows = arena_array(arena, struct roster_person, (size_t)f->limit);
    if (*rows == NULL)
        return err_set(err, NO_MEMORY);
    if (roster_people_rows_open(l->store,
                                &(struct roster_people_rows_in){like(arena, f->words), f->path,
                                                                f->roles, f->state, f->after,
                                                                f->limit},
                                &found, err) != 0)
        return -1;
    while ((rc = roster_people_rows_next(&found, &r, err)) == 1)
        (*rows)[(*count)++] = (struct roster_person){.code = arena_text(arena, r.code),
                                                     .name = arena_text(arena, r.name),
                                                     .unit = arena_text(arena, r.unit),
                                                     .unit_name = arena_text(arena, r.unit_name),
                                                     .roles = (uint32_t)r.roles,
                                                     .inactive = r.inactive != 0,
                                                     .provisional = r.provisional != 0};
    return ended(rc, arena, err);
}

/* The code that comes `limit` rows and one earlier; empty when there are not so many. */
static int back_to(struct rows *found, int64_t limit, struct text *after, struct arena *arena,
                   struct err *err)
{
    int64_t n = 0;
    int rc;

    *after = T("");
    while ((rc = rows_next(found, err)) == 1)
        if (++n == limit + 1)
            *after = arena_text(arena, rows_text(found, 0));
    rows_close(found);
    return ended(rc, arena, err);
}

int roster_people_back_to(struct ledger *l, const struct roster_filter *f, struct text before,
                          struct text *after, struct arena *arena, struct err *err)
{
    struct rows found;

    if (roster_people_back_open(l->store,
                                &(struct roster_people_back_in){like(arena, f->words), f->path,
                                                                f->roles, f->state, before,
                                                                f->limit + 1},
                                &found, err) != 0)
        return -1;
    return back_to(&found, f->limit, after, arena, err);
}

int roster_units_back_to(struct ledger *l, struct text parent, struct text words,
                         struct text before, int64_t limit, struct text *after, struct arena *arena,
                         struct err *err)
{
    struct rows found;
    int rc =
        words.n
            ? roster_named_back_open(
                  l->store, &(struct roster_named_back_in){like(arena, words), before, limit + 1},
                  &found, err)
            : roster_level_back_open(
                  l->store, &(struct roster_level_back_in){parent, before, limit + 1}, &found, err);

    return rc != 0 ? -1 : back_to(&found, limit, after, arena, err);
}

int roster_scopes(struct ledger *l, struct text person, struct roster_scope **rows, size_t *count,
                  struct arena *arena, struct err *err)
{
    struct roster_scope_rows_out r;
    struct rows found;
    int rc;

    *count = 0;
    *rows = arena_array(arena, struct roster_scope, OF_ONE);
    if (*rows == NULL)
        return err_set(err, NO_MEMORY);
    if (roster_scope_rows_open(l->store, &(struct roster_scope_rows_in){person}, &found, err) != 0)
        return -1;
    while ((rc = roster_scope_rows_next(&found, &r, err)) == 1)
        (*rows)[(*count)++] =
            (struct roster_scope){arena_text(arena, r.unit), arena_text(arena, r.unit_name),
                                  arena_text(arena, r.campaign)};
    return ended(rc, arena, err);
}

bool roster_scopes_follow(uint32_t bits, struct text unit, const struct roster_scope *scopes,
                          size_t count)
{
    bool office = (bits & ROLES_OFFICE) != 0, own = !office && (bits & ROLES_UNIT) && unit.n;

    if (!office && !own)
        return count == 0;
    return count == 1 && scopes[0].campaign.n == 0 &&
           text_eq(scopes[0].unit, office ? T("") : unit);
}

int roster_stands_in(struct ledger *l, struct text deputy, int32_t today,
                     struct roster_person **rows, size_t *count, struct arena *arena,
                     struct err *err)
{
    struct roster_stands_rows_out r;
    struct rows found;
    int rc;

    *count = 0;
    *rows = arena_array(arena, struct roster_person, OF_ONE);
    if (*rows == NULL)
        return err_set(err, NO_MEMORY);
    if (roster_stands_rows_open(l->store, &(struct roster_stands_rows_in){deputy, today}, &found,
                                err) != 0)
        return -1;
    while ((rc = roster_stands_rows_next(&found, &r, err)) == 1)
        (*rows)[(*count)++] = (struct roster_person){.code = arena_text(arena, r.code),
                                                     .name = arena_text(arena, r.name)};
    return ended(rc, arena, err);
}

int roster_bodies(struct ledger *l, struct text person, struct roster_body **rows, size_t *count,
                  struct arena *arena, struct err *err)
{
    struct roster_body_rows_out r;
    struct rows found;
    int rc;

    *count = 0;
    *rows = arena_array(arena, struct roster_body, OF_ONE);
    if (*rows == NULL)
        return err_set(err, NO_MEMORY);
    if (roster_body_rows_open(l->store, &(struct roster_body_rows_in){person}, &found, err) != 0)
        return -1;
    while ((rc = roster_body_rows_next(&found, &r, err)) == 1)
        (*rows)[(*count)++] = (struct roster_body){.code = arena_text(arena, r.code),
                                                   .name = arena_text(arena, r.name),
                                                   .term_from = day_of(r.term_from),
                                                   .term_until = day_of(r.term_until),
                                                   .until = day_of(r.until)};
    return ended(rc, arena, err);
}

/* --- units ------------------------------------------------------------------------------------ */

int roster_level(struct ledger *l, struct text parent, struct text after, int64_t limit,
                 struct roster_unit **rows, size_t *count, struct arena *arena, struct err *err)
{
    struct roster_unit_level_out r;
    struct rows found;
    int rc;

    *count = 0;
    *rows = arena_array(arena, struct roster_unit, (size_t)limit);
    if (*rows == NULL)
        return err_set(err, NO_MEMORY);
    if (roster_unit_level_open(l->store, &(struct roster_unit_level_in){parent, after, limit},
                               &found, err) != 0)
        return -1;
    while ((rc = roster_unit_level_next(&found, &r, err)) == 1)
        (*rows)[(*count)++] = (struct roster_unit){.code = arena_text(arena, r.code),
                                                   .name = arena_text(arena, r.name),
                                                   .parent = arena_text(arena, r.parent),
                                                   .body = r.kind.n != 0,
                                                   .provisional = r.provisional != 0,
                                                   .term_from = day_of(r.term_from),
                                                   .term_until = day_of(r.term_until),
                                                   .below = r.below};
    return ended(rc, arena, err);
}

int roster_units_named(struct ledger *l, struct text words, struct text after, int64_t limit,
                       struct roster_unit **rows, size_t *count, struct arena *arena,
                       struct err *err)
{
    struct roster_unit_named_out r;
    struct rows found;
    int rc;

    *count = 0;
    *rows = arena_array(arena, struct roster_unit, (size_t)limit);
    if (*rows == NULL)
        return err_set(err, NO_MEMORY);
    if (roster_unit_named_open(l->store,
                               &(struct roster_unit_named_in){like(arena, words), after, limit},
                               &found, err) != 0)
        return -1;
    while ((rc = roster_unit_named_next(&found, &r, err)) == 1)
        (*rows)[(*count)++] = (struct roster_unit){.code = arena_text(arena, r.code),
                                                   .name = arena_text(arena, r.name),
                                                   .parent = arena_text(arena, r.parent),
                                                   .body = r.kind.n != 0,
                                                   .provisional = r.provisional != 0,
                                                   .term_from = day_of(r.term_from),
                                                   .term_until = day_of(r.term_until),
                                                   .below = r.below};
    return ended(rc, arena, err);
}

int roster_above(struct ledger *l, struct text code, struct roster_unit **rows, size_t *count,
                 struct arena *arena, struct err *err)
{
    struct roster_unit_above_out r;
    struct rows found;
    int rc;

    *count = 0;
    *rows = arena_array(arena, struct roster_unit, DEPTH);
    if (*rows == NULL)
        return err_set(err, NO_MEMORY);
    if (roster_unit_above_open(l->store, &(struct roster_unit_above_in){code}, &found, err) != 0)
        return -1;
    while ((rc = roster_unit_above_next(&found, &r, err)) == 1 && *count < DEPTH)
        (*rows)[(*count)++] = (struct roster_unit){.code = arena_text(arena, r.code),
                                                   .name = arena_text(arena, r.name)};
    rows_close(&found);
    return ended(rc, arena, err);
}

int roster_weight(struct ledger *l, struct text code, int64_t *units, int64_t *people,
                  struct err *err)
{
    struct roster_unit_weight_out r = {0};
    int rc = roster_unit_weight_one(l->store, &(struct roster_unit_weight_in){code}, &r, NULL, err);

    *units = r.units;
    *people = r.people;
    return rc;
}

/* --- campaigns -------------------------------------------------------------------------------- */

int roster_circle(struct ledger *l, struct text campaign, struct roster_person **rows,
                  size_t *count, struct arena *arena, struct err *err)
{
    struct roster_circle_rows_out r;
    struct rows found;
    int rc;

    *count = 0;
    *rows = arena_array(arena, struct roster_person, CIRCLE);
    if (*rows == NULL)
        return err_set(err, NO_MEMORY);
    if (roster_circle_rows_open(l->store, &(struct roster_circle_rows_in){campaign}, &found, err) !=
        0)
        return -1;
    while ((rc = roster_circle_rows_next(&found, &r, err)) == 1)
        (*rows)[(*count)++] = (struct roster_person){.code = arena_text(arena, r.code),
                                                     .name = arena_text(arena, r.name),
                                                     .unit_name = arena_text(arena, r.unit_name)};
    return ended(rc, arena, err);
}

int roster_procedures(struct ledger *l, struct texts *names, struct arena *arena, struct err *err)
{
    struct roster_procedure_rows_out r;
    struct rows found;
    struct text *at = arena_array(arena, struct text, OF_ONE);
    int rc;

    *names = (struct texts){.at = at};
    if (at == NULL)
        return err_set(err, NO_MEMORY);
    if (roster_procedure_rows_open(l->store, NULL, &found, err) != 0)
        return -1;
    while ((rc = roster_procedure_rows_next(&found, &r, err)) == 1)
        at[names->count++] = arena_text(arena, r.name);
    return ended(rc, arena, err);
}
