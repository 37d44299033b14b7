/*
 * index.c: the search index follows the log.
 *
 * A step is one transaction: it reads some hundred entries, gathers which documents follow from
 * them, and writes those in the order of their numbers, since FTS5 flushes what it gathered when a
 * number is lower than the one before. An item's document is made from the item as it stands now,
 * which may be later than the entry: then a later entry finds nothing to change. Of several who
 * would index at once, one does; the others wait, and find it done.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "office/search/document.h"
#include "office/search/search.sql.h"
#include "office/search/search.sqlite.sql.h"

enum {
    STEP = 200,           /* entries or items of one transaction: others who write wait for it, */
    BREATH_US = 2000,     /* and between two they get in (sqlite.c looks every millisecond) */
    STEP_BYTES = 8 << 20, /* of memory, after which a step ends early */
    TOKEN_BYTES = 16u << 20, /* of one document */
};

/* Something to be done for an item (above 0), a unit or a person (the document's number). */
struct work {
    int64_t key, seq; /* seq -1: the item, unit or person itself; else an entry that says `text` */
    struct text text;
};

struct step {
    struct ledger *l;
    struct arena arena, of_item,
        of_entry; /* live as long as the step, one item's work, one entry */
    struct document document;
    struct buf tokens;
    struct work *work;
    size_t count, room;
};

static int add_work(struct step *s, int64_t key, int64_t seq, struct text text, struct err *err)
{
    if (key == 0)
        return 0;
    if (!mem_room(&s->work, s->count, &s->room, sizeof *s->work))
        return err_set(err, NO_MEMORY);
    s->work[s->count++] = (struct work){key, seq, text};
    return 0;
}

static int by_key(const void *x, const void *y)
{
    const struct work *a = x, *b = y;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->seq > b->seq) - (a->seq < b->seq);
}

/* --- writing documents ------------------------------------------------------------------------ */

/* The tokens of a document: its scope's and those of all fields, or of what an entry says. */
static struct text tokens_of(struct step *s, int64_t doc, struct text scope, struct text text)
{
    enum search_field field;
    struct text value;

    buf_clear(&s->tokens);
    buf_text(&s->tokens, scope);
    if (doc > 0 && doc % DOC_WIDTH) {
        tokens_put(&s->tokens, text);
        return buf_view(&s->tokens);
    }
    while (document_next(&text, &field, &value)) {
        if (doc < 0)
            tokens_put_name(&s->tokens, value);
        else
            tokens_put(&s->tokens, value);
    }
    return buf_view(&s->tokens);
}

static int put(struct step *s, int64_t doc, struct text scope, struct text text, struct err *err)
{
    struct text tokens = tokens_of(s, doc, scope, text);

    if (s->tokens.failed)
        return err_set(err, NO_MEMORY);
    return search_index_put(s->l->store, &(struct search_index_put_in){doc, tokens}, err);
}

static int drop(struct step *s, int64_t doc, struct text scope, struct text text, struct err *err)
{
    struct text tokens = tokens_of(s, doc, scope, text);

    if (s->tokens.failed)
        return err_set(err, NO_MEMORY);
    return search_index_drop(s->l->store, &(struct search_index_drop_in){doc, tokens}, err);
}

/* What the entry says, read from its bytes. */
static int said(struct step *s, struct text bytes, struct text *text, struct err *err)
{
    struct entry e;
    const char *why;

    arena_clear(&s->of_entry);
    if (!entry_read(bytes, &s->of_entry, &e, &why))
        return s->of_entry.failed
                   ? err_set(err, NO_MEMORY)
                   : err_set(err, CORRUPT, err_sentence(N_("The log")), text_of(why));
    *text = document_said(&e.event);
    return 0;
}

/* An item belongs elsewhere now, and so does what was said about it. */
static int move_entries(struct step *s, int64_t item, struct text from, struct text to,
                        struct err *err)
{
    struct search_doc_entries_out row;
    struct rows rows;
    struct text text;
    int rc = search_doc_entries_open(
        s->l->store, &(struct search_doc_entries_in){item * DOC_WIDTH, (item + 1) * DOC_WIDTH},
        &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = search_doc_entries_next(&rows, &row, err)) == 1)
        if (said(s, row.bytes, &text, err) != 0 || drop(s, row.doc, from, text, err) != 0 ||
            put(s, row.doc, to, text, err) != 0) {
            rows_close(&rows);
            return -1;
        }
    return rc;
}

/* Writes the document anew where it has changed; *scope is the one that holds afterwards. */
static int put_document(struct step *s, int64_t doc, const struct search_doc_get_out *old,
                        bool known, struct text *scope, struct err *err)
{
    struct text text = buf_view(&s->document.text);
    struct text now = arena_text(&s->of_item, buf_view(&s->document.scope));

    *scope = now;
    if (s->document.text.failed || s->document.scope.failed || s->of_item.failed)
        return err_set(err, NO_MEMORY);
    if (known && text_eq(old->text, text) && text_eq(old->scope, now))
        return 0;
    if (known && drop(s, doc, old->scope, old->text, err) != 0)
        return -1;
    if (put(s, doc, now, text, err) != 0 ||
        search_doc_put(
            s->l->store,
            &(struct search_doc_put_in){.doc = doc, .seq = -1, .scope = now, .text = text},
            err) != 0)
        return -1;
    if (doc > 0 && known && !text_eq(old->scope, now))
        return move_entries(s, doc / DOC_WIDTH, old->scope, now, err);
    return 0;
}

/* All the work on one item. */
static int index_item(struct step *s, const struct work *work, size_t count, struct err *err)
{
    int64_t doc = work->key * DOC_WIDTH;
    struct search_doc_get_out old = {{"", 0}, {"", 0}};
    struct search_doc_last_out last = {doc};
    struct text scope;
    int known =
        search_doc_get_one(s->l->store, &(struct search_doc_get_in){doc}, &old, &s->of_item, err);
    int rc;

    if (known < 0)
        return -1;
    scope = old.scope;
    if (work->seq < 0 || !known) {
        rc = document_load(&s->document, s->l, work->key, &s->of_item, err);
        if (rc <= 0)
            return rc;
        if (put_document(s, doc, &old, known, &scope, err) != 0)
            return -1;
    }
    if (work[count - 1].seq >= 0 && known &&
        search_doc_last_one(s->l->store,
                            &(struct search_doc_last_in){doc, (work->key + 1) * DOC_WIDTH}, &last,
                            &s->of_item, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (work[i].seq < 0 || last.doc + 1 == (work->key + 1) * DOC_WIDTH)
            continue;
        last.doc++;
        if (put(s, last.doc, scope, work[i].text, err) != 0 ||
            search_doc_put(s->l->store,
                           &(struct search_doc_put_in){
                               .doc = last.doc, .seq = work[i].seq, .scope = T(""), .text = T("")},
                           err) != 0)
            return -1;
    }
    return 0;
}

/* A unit's or person's name; work->text is the code. A new name goes to the items as well. */
static int index_name(struct step *s, const struct work *work, struct err *err)
{
    struct search_doc_get_out old = {{"", 0}, {"", 0}};
    struct search_person_out person;
    struct search_unit_out unit;
    struct text scope, name, code = work->text;
    bool is_unit = work->key % 2 == 0;
    int known = search_doc_get_one(s->l->store, &(struct search_doc_get_in){work->key}, &old,
                                   &s->of_item, err);
    int rc = is_unit ? search_unit_one(s->l->store, &(struct search_unit_in){code}, &unit,
                                       &s->of_item, err)
                     : search_person_one(s->l->store, &(struct search_person_in){code}, &person,
                                         &s->of_item, err);

    if (known < 0 || rc <= 0)
        return known < 0 ? -1 : rc;
    name = is_unit ? unit.name : person.name;
    buf_clear(&s->document.text);
    buf_clear(&s->document.scope);
    document_put(&s->document.text, SEARCH_CODE, code);
    document_put(&s->document.text, is_unit ? SEARCH_UNIT : SEARCH_PERSON, name);
    if (known && text_eq(old.text, buf_view(&s->document.text)))
        return 0;
    if (put_document(s, work->key, &old, known, &scope, err) != 0)
        return -1;
    if (!known)
        return 0;
    return is_unit
               ? search_todo_unit(s->l->store, &(struct search_todo_unit_in){code, DOC_WIDTH}, err)
               : search_todo_person(s->l->store, &(struct search_todo_person_in){code, DOC_WIDTH},
                                    err);
}

static int do_work(struct step *s, struct err *err)
{
    size_t end;

    if (s->arena.failed)
        return err_set(err, NO_MEMORY);
    if (s->count)
        qsort(s->work, s->count, sizeof *s->work, by_key);
    for (size_t i = 0; i < s->count; i = end) {
        for (end = i + 1; end < s->count && s->work[end].key == s->work[i].key; end++)
            continue;
        arena_clear(&s->of_item);
        if ((s->work[i].key < 0 ? index_name(s, &s->work[i], err)
                                : index_item(s, &s->work[i], end - i, err)) != 0)
            return -1;
    }
    return 0;
}

/* --- from entries to work --------------------------------------------------------------------- */

static int gather_units(struct step *s, struct unit_list units, struct err *err)
{
    struct search_unit_out row;

    for (size_t i = 0; i < units.count; i++) {
        struct text code = units.at[i].code;
        int rc = search_unit_one(s->l->store, &(struct search_unit_in){code}, &row, &s->arena, err);
        if (rc < 0 || (rc == 1 && add_work(s, doc_of_unit(row.id), -1, code, err) != 0))
            return -1;
    }
    return 0;
}

static int gather_people(struct step *s, struct person_list people, struct err *err)
{
    struct search_person_out row;

    for (size_t i = 0; i < people.count; i++) {
        struct text code = people.at[i].code;
        int rc =
            search_person_one(s->l->store, &(struct search_person_in){code}, &row, &s->arena, err);
        if (rc < 0 || (rc == 1 && add_work(s, doc_of_person(row.id), -1, code, err) != 0))
            return -1;
    }
    return 0;
}

static int gather_item(struct step *s, int64_t item, const struct entry *e, struct err *err)
{
    struct search_item_id_out made;
    struct text text = document_said(&e->event);
    int rc = 0;

    if (document_changes(&e->event) && add_work(s, item, -1, T(""), err) != 0)
        return -1;
    if (text.n && add_work(s, item, e->seq, text, err) != 0)
        return -1;
    if (e->event.kind == EVENT_ITEM_LOOK_BACK && e->event.item_look_back.item.n) {
        rc = search_item_id_one(s->l->store,
                                &(struct search_item_id_in){e->event.item_look_back.item}, &made,
                                &s->arena, err);
        if (rc == 1)
            rc = add_work(s, made.id, -1, T(""), err);
    }
    return rc;
}

static int gather(struct step *s, int64_t item, const struct entry *e, struct err *err)
{
    struct search_unit_out unit;
    int rc;

    switch (e->event.kind) {
    case EVENT_LEDGER_INIT: return gather_people(s, e->event.ledger_init.owner, err);
    case EVENT_UNIT_PUT: return gather_units(s, e->event.unit_put.units, err);
    case EVENT_PERSON_PUT: return gather_people(s, e->event.person_put.people, err);
    case EVENT_UNIT_MOVE:
        rc = search_unit_one(s->l->store, &(struct search_unit_in){e->on}, &unit, &s->arena, err);
        if (rc <= 0)
            return rc;
        return search_todo_below(s->l->store, &(struct search_todo_below_in){unit.path, DOC_WIDTH},
                                 err);
    default: return item ? gather_item(s, item, e, err) : 0;
    }
}

/* Reads up to `count` entries from *next on and moves it behind the last one. */
static int gather_entries(struct step *s, int64_t *next, int64_t count, struct err *err)
{
    struct search_entries_out row;
    struct rows rows;
    int rc =
        search_entries_open(s->l->store, &(struct search_entries_in){*next, count}, &rows, err);

    if (rc != 0)
        return -1;
    while (s->arena.used < STEP_BYTES && (rc = search_entries_next(&rows, &row, err)) == 1) {
        struct entry e;
        const char *why;
        if (!entry_read(arena_text(&s->arena, row.bytes), &s->arena, &e, &why)) {
            rc = s->arena.failed ? err_set(err, NO_MEMORY)
                                 : err_set(err, CORRUPT, err_sentence(N_("The log")), text_of(why));
            break;
        }
        rc = gather(s, row.item, &e, err);
        if (rc != 0)
            break;
        *next = row.seq + 1;
    }
    rows_close(&rows);
    return rc < 0 ? -1 : 0;
}

/* Reads up to `count` items that wait to be read again. */
static int gather_todo(struct step *s, int64_t count, struct err *err)
{
    struct search_todo_next_out row;
    struct rows rows;
    int64_t last = 0;
    int rc = search_todo_next_open(s->l->store, &(struct search_todo_next_in){count}, &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = search_todo_next_next(&rows, &row, err)) == 1) {
        last = row.item;
        if (add_work(s, row.item, -1, T(""), err) != 0) {
            rows_close(&rows);
            return -1;
        }
    }
    return rc < 0 ? -1 : search_todo_done(s->l->store, &(struct search_todo_done_in){last}, err);
}

/* --- steps ------------------------------------------------------------------------------------ */

static int progress_get(struct ledger *l, struct search_progress_out *p, struct err *err)
{
    if (search_progress_one(l->store, NULL, p, NULL, err) < 0)
        return -1;
    if (p->tokens != tokens_version())
        p->next = 0;
    return 0;
}

int search_ready(struct ledger *l, int64_t *behind, struct err *err)
{
    struct search_progress_out p;

    if (progress_get(l, &p, err) != 0)
        return -1;
    /* What waits beside the log is of an index that is no longer there. */
    *behind = p.size - p.next + (p.next ? p.todo : 0);
    return p.next > 0;
}

int search_behind(struct ledger *l, int64_t *behind, struct err *err)
{
    return search_ready(l, behind, err) < 0 ? -1 : 0;
}

/* One transaction's worth: 1 something was done, 0 there is nothing to do, -1. */
static int work_within(struct step *s, int64_t count, int64_t *done, struct err *err)
{
    struct search_progress_out p;
    struct store *store = s->l->store;
    int64_t from;

    if (progress_get(s->l, &p, err) != 0)
        return -1;
    /* The index was emptied, or made by other rules. */
    if (p.next == 0 &&
        (search_index_wipe(store, NULL, err) != 0 || search_forget_docs(store, NULL, err) != 0 ||
         search_forget_todo(store, NULL, err) != 0))
        return -1;
    from = p.next;
    if (p.next < p.size) {
        if (gather_entries(s, &p.next, count, err) != 0)
            return -1;
        *done = p.next - from;
    } else if (p.todo) {
        *done = p.todo < count ? p.todo : count;
        if (gather_todo(s, count, err) != 0)
            return -1;
    } else {
        return 0;
    }
    if (do_work(s, err) != 0 ||
        search_progress_put(store, &(struct search_progress_put_in){p.next, tokens_version()},
                            err) != 0)
        return -1;
    return 1;
}

static int take_step(struct step *s, int64_t count, int64_t *done, struct err *err)
{
    int rc;

    *done = 0;
    s->count = 0;
    arena_clear(&s->arena);
    if (store_begin(s->l->store, STORE_FOLLOW, err) != 0)
        return -1;
    rc = work_within(s, count < STEP ? count : STEP, done, err);
    if (rc == 1 && store_commit(s->l->store, err) == 0)
        return 1;
    store_rollback(s->l->store);
    return rc == 0 ? 0 : -1;
}

int search_reset(struct ledger *l, struct err *err)
{
    return search_forget_progress(l->store, NULL, err);
}

int search_catch_up(struct ledger *l, int64_t count, void (*progress)(void *, int64_t), void *arg,
                    struct err *err)
{
    struct step s = {.l = l,
                     .arena = ARENA(BUF_ANY),
                     .of_item = ARENA(BUF_ANY),
                     .of_entry = ARENA(1u << 20),
                     .document = {.text = BUF(DOCUMENT_BYTES + 1024), .scope = BUF(SCOPE_BYTES)},
                     .tokens = BUF(TOKEN_BYTES)};
    int64_t left = count, done, behind;
    int rc = search_behind(l, &behind, err) != 0 ? -1 : behind > 0;

    /* Nothing to do takes no lock. */
    while (rc == 1 && left > 0) {
        rc = take_step(&s, left, &done, err);
        left -= done;
        if (rc == 1 && left > 0 && done == STEP)
            usleep(BREATH_US);
        if (rc == 1 && progress)
            progress(arg, count - left);
    }
    arena_release(&s.arena);
    arena_release(&s.of_item);
    arena_release(&s.of_entry);
    buf_release(&s.document.text);
    buf_release(&s.document.scope);
    buf_release(&s.tokens);
    mem_free(s.work);
    return rc < 0 ? -1 : 0;
}
