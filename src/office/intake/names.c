/*
 * names.c: from the names of a workbook to units and persons.
 *
 * Nothing is guessed: a name that nobody bears is made provisionally and reported, one that several
 * bear is taken as the first of them and reported. What a name was taken as is kept for the run, so
 * that it means the same in every row.
 */
#include "base/mem.h"
#include "base/sha256.h"
#include "ledger/office.sql.h"
#include "office/intake/run.h"

struct name_slot {
    struct text key, code;
};

void name_map_release(struct name_map *m)
{
    mem_free(m->slots);
    arena_release(&m->arena);
    m->slots = NULL;
}

static struct name_slot *place(struct name_slot *slots, size_t room, struct text key)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (size_t i = 0; i < key.n; i++)
        h = (h ^ (unsigned char)key.p[i]) * 0x100000001b3u;
    for (size_t at = h & (room - 1);; at = (at + 1) & (room - 1))
        if (slots[at].key.p == NULL || text_eq(slots[at].key, key))
            return &slots[at];
}

static struct text *known(struct name_map *m, struct text key)
{
    struct name_slot *slot = m->room ? place(m->slots, m->room, key) : NULL;

    return slot && slot->key.p ? &slot->code : NULL;
}

static int remember(struct name_map *m, struct text key, struct text code, struct err *err)
{
    struct name_slot *slot;

    if (m->count * 2 >= m->room) {
        size_t room = m->room ? m->room * 2 : 256;
        struct name_slot *bigger = mem_alloc(room * sizeof *bigger);
        if (bigger == NULL)
            return err_set(err, NO_MEMORY);
        for (size_t i = 0; i < m->room; i++)
            if (m->slots[i].key.p)
                *place(bigger, room, m->slots[i].key) = m->slots[i];
        mem_free(m->slots);
        m->slots = bigger;
        m->room = room;
    }
    slot = place(m->slots, m->room, key);
    slot->key = arena_text(&m->arena, key);
    slot->code = arena_text(&m->arena, code);
    m->count++;
    return m->arena.failed ? err_set(err, NO_MEMORY) : 0;
}

/* A code for what has only a name: a letter and ten characters that follow from the name, so that
 * the same name gets the same code whenever the run is repeated. */
static struct text made_code(struct arena *a, char letter, struct text name, struct text beside)
{
    static const char digit[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford's base 32 */
    struct hash h = sha256_join(name, T("@"), beside);
    char out[11] = {letter};
    uint64_t bits = 0;

    for (int i = 0; i < 7; i++)
        bits = bits << 8 | h.b[i];
    for (int i = 1; i < 11; i++) {
        out[i] = digit[bits & 31];
        bits >>= 5;
    }
    return arena_text(a, (struct text){out, sizeof out});
}

/* "u" or "p", the name, and what it stands beside. */
static struct text map_key(struct arena *a, const char *what, struct text name, struct text beside)
{
    return arena_join(a, arena_join(a, text_of(what), name),
                      beside.n ? arena_join(a, T("\n"), beside) : T(""));
}

/* Where that code is in the index, or the empty place where it would be. */
static uint32_t *unit_place(struct run *r, struct text code)
{
    uint32_t h = 0x811c9dc5u;

    for (size_t i = 0; i < code.n; i++)
        h = (h ^ (unsigned char)code.p[i]) * 0x01000193u;
    for (uint32_t at = h % UNIT_PLACES;; at = (at + 1) % UNIT_PLACES) {
        uint32_t found = r->unit_index[at];
        if (found == 0 || text_eq(r->units[found - 1].code, code))
            return &r->unit_index[at];
    }
}

struct unit_line *run_made_unit(struct run *r, struct text code)
{
    uint32_t found = *unit_place(r, code);

    return found ? &r->units[found - 1] : NULL;
}

struct unit_line *run_add_unit(struct run *r, const struct unit_line *line)
{
    struct unit_line *made = &r->units[r->unit_count++];

    *made = *line;
    made->code = arena_text(&r->arena, line->code);
    made->name = arena_text(&r->arena, line->name);
    made->parent = arena_text(&r->arena, line->parent);
    made->kind = arena_text(&r->arena, line->kind);
    *unit_place(r, made->code) = (uint32_t)r->unit_count;
    return made;
}

int run_unit(struct run *r, const struct draft *d, struct text name, struct text *code,
             struct err *err)
{
    struct text key = map_key(&r->arena, "u", name, T("")), *had = known(&r->names, key);
    struct unit_get_out unit;
    struct unit_named_out row;
    struct rows rows;
    int count = 0, rc;

    *code = T("");
    if (name.n == 0)
        return 0;
    if (had) {
        *code = *had;
        return 0;
    }
    rc = unit_get_one(r->ledger->store, &(struct unit_get_in){name}, &unit, &r->arena, err);
    if (rc < 0)
        return -1;
    if (rc == 1)
        *code = arena_text(&r->arena, name); /* the row ends before the batch */
    else if (unit_named_open(r->ledger->store, &(struct unit_named_in){name}, &rows, err) != 0)
        return -1;
    else
        while ((rc = unit_named_next(&rows, &row, err)) == 1)
            if (count++ == 0)
                *code = arena_text(&r->arena, row.code);
    if (rc < 0)
        return -1;
    if (count > 1 && run_doubt(r, d, DOUBT_UNIT_AMBIGUOUS, name, *code, err) != 0)
        return -1;
    if (code->n == 0) {
        *code = made_code(&r->arena, 'U', name, T(""));
        run_add_unit(r, &(struct unit_line){.code = *code,
                                            .name = name,
                                            .term_from = DATE_NONE,
                                            .term_until = DATE_NONE,
                                            .provisional = true});
        if (run_doubt(r, d, DOUBT_UNIT_NEW, name, *code, err) != 0)
            return -1;
        r->result->counts.units_made++;
    }
    return remember(&r->names, key, *code, err);
}

int run_person(struct run *r, const struct draft *d, struct text name, struct text unit,
               bool anywhere, struct text *code, struct err *err)
{
    struct text key = map_key(&r->arena, anywhere ? "l" : "p", name, unit),
                *had = known(&r->names, key);
    struct person_of_unit_out there;
    struct person_named_out row;
    struct rows rows;
    int count = 0, rc;

    *code = T("");
    if (name.n == 0)
        return 0;
    if (had) {
        *code = *had;
        return 0;
    }
    rc = person_of_unit_one(r->ledger->store,
                            &(struct person_of_unit_in){.name = name, .unit = unit}, &there,
                            &r->arena, err);
    if (rc < 0)
        return -1;
    if (rc == 1) {
        *code = there.code;
    } else if (anywhere) {
        struct text first = T("");
        if (person_named_open(r->ledger->store, &(struct person_named_in){name}, &rows, err) != 0)
            return -1;
        while ((rc = person_named_next(&rows, &row, err)) == 1)
            if (count++ == 0)
                first = arena_text(&r->arena, row.code);
        if (rc < 0)
            return -1;
        if (count == 1)
            *code = first;
    }
    if (code->n == 0) {
        *code = made_code(&r->arena, 'P', name, unit);
        /* The same person may have been met in the other role. */
        had = known(&r->names, map_key(&r->arena, anywhere ? "p" : "l", name, unit));
        if (had == NULL || !text_eq(*had, *code)) {
            r->people[r->person_count++] = (struct person_line){.code = *code,
                                                                .name = arena_text(&r->arena, name),
                                                                .unit = unit,
                                                                .provisional = true};
            if (run_doubt(r, d, DOUBT_PERSON_NEW, name, *code, err) != 0)
                return -1;
            r->result->counts.people_made++;
        }
    }
    return remember(&r->names, key, *code, err);
}
