/* pick.c: units and persons for the pickers of a form. See search.h. */
#include "office/search/document.h"
#include "office/search/search.sqlite.sql.h"

/* Who knows everybody, as in the list of people. */
enum {
    KNOWS_ALL = BIT(ROLE_CLERK) | BIT(ROLE_APPROVER) | BIT(ROLE_VERIFIER) | BIT(ROLE_LEADER) |
                BIT(ROLE_AUDITOR) | BIT(ROLE_ADMINISTRATOR)
};

/* The condition; empty for words without a letter. */
static int condition_of(struct text words, struct buf *condition, struct err *err)
{
    struct ask ask;

    if (!ask_read(&ask, words))
        return err_set(err, TOO_LARGE, err_sentence(N_("What is searched for")),
                       err_sentence(N_("16 words with 64 characters")));
    ask_match_name(condition, &ask);
    return condition->failed ? err_set(err, NO_MEMORY) : 0;
}

int search_units(struct ledger *l, struct text words, struct text path, size_t limit,
                 struct unit_hit **found, size_t *count, struct arena *arena, struct err *err)
{
    buf_auto struct buf condition = BUF(1u << 16);
    struct search_units_hits_out row;
    struct rows rows;
    int rc;

    *count = 0;
    *found = arena_array(arena, struct unit_hit, limit);
    if (*found == NULL)
        return err_set(err, NO_MEMORY);
    if (condition_of(words, &condition, err) != 0)
        return -1;
    if (condition.n == 0)
        return 0;
    if (search_units_hits_open(
            l->store, &(struct search_units_hits_in){buf_view(&condition), path, (int64_t)limit},
            &rows, err) != 0)
        return -1;
    while ((rc = search_units_hits_next(&rows, &row, err)) == 1)
        (*found)[(*count)++] = (struct unit_hit){
            arena_text(arena, row.code), arena_text(arena, row.name), arena_text(arena, row.parent),
            arena_text(arena, row.parent_name), arena_text(arena, row.path)};
    return rc < 0 ? -1 : arena->failed ? err_set(err, NO_MEMORY) : 0;
}

int search_people(struct ledger *l, const struct viewer *v, struct text words, struct text path,
                  size_t limit, struct person_hit **found, size_t *count, struct arena *arena,
                  struct err *err)
{
    buf_auto struct buf condition = BUF(1u << 16);
    struct search_people_hits_out row;
    struct rows rows;
    int rc;

    *count = 0;
    *found = arena_array(arena, struct person_hit, limit);
    if (*found == NULL)
        return err_set(err, NO_MEMORY);
    if (condition_of(words, &condition, err) != 0)
        return -1;
    if (condition.n == 0)
        return 0;
    if (search_people_hits_open(
            l->store,
            &(struct search_people_hits_in){.viewer = v->person,
                                            .words = buf_view(&condition),
                                            .everybody = (v->roles & KNOWS_ALL) != 0,
                                            .home = v->path,
                                            .path = path,
                                            .count = (int64_t)limit},
            &rows, err) != 0)
        return -1;
    while ((rc = search_people_hits_next(&rows, &row, err)) == 1)
        (*found)[(*count)++] = (struct person_hit){
            arena_text(arena, row.code), arena_text(arena, row.name), arena_text(arena, row.unit),
            arena_text(arena, row.unit_name), row.roles};
    return rc < 0 ? -1 : arena->failed ? err_set(err, NO_MEMORY) : 0;
}
