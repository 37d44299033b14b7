/* waiting.c: see waiting.h. What was chosen is in choices.json, which jansson reads and writes. */
#include "office/intake/waiting.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { CHOICES_BYTES = 16 << 20, STAMP = 12 /* hexadecimal digits of the moment */ };

/* An id is the moment, a hyphen and 32 random digits: when its day is over is told by its name. */
static bool id_moment(const char *id, int64_t *at)
{
    if (strlen(id) != WAITING_ID - 1 || id[STAMP] != '-')
        return false;
    for (int i = 0; i < WAITING_ID - 1; i++)
        if (i != STAMP && !strchr("0123456789abcdef", id[i]))
            return false;
    *at = (int64_t)strtoll(id, NULL, 16);
    return true;
}

static bool over(const struct ledger *l, int64_t at)
{
    int64_t now = l->env->now(l->env);

    return now - at > INT64_C(3600000) * WAITING_HOURS;
}

static int folder_of(char out[static FILE_PATH], const struct ledger *l, const char *id,
                     struct err *err)
{
    char uploads[FILE_PATH];

    return file_join(uploads, l->dir, "uploads", err) != 0 ? -1 : file_join(out, uploads, id, err);
}

int waiting_path(char out[static FILE_PATH], const struct ledger *l, const char *id,
                 const char *file, struct err *err)
{
    char folder[FILE_PATH];

    return folder_of(folder, l, id, err) != 0 ? -1 : file_join(out, folder, file, err);
}

/* --- choices.json ------------------------------------------------------------------------------
 */

static json_t *string_of(struct text t)
{
    return json_stringn(t.p ? t.p : "", t.n);
}

static struct text text_in(const json_t *object, const char *key, struct arena *arena)
{
    const json_t *v = json_object_get(object, key);

    return json_is_string(v)
               ? arena_text(arena, (struct text){json_string_value(v), json_string_length(v)})
               : T("");
}

static int64_t int_in(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static json_t *fixes_json(const struct cell_fixes *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->count; i++) {
        const struct cell_fix *fix = &f->at[i];
        json_array_append_new(list, json_pack("{s:I,s:I,s:I,s:o,s:o}", "sheet",
                                              (json_int_t)fix->sheet, "row", (json_int_t)fix->row,
                                              "column", (json_int_t)fix->column, "was",
                                              string_of(fix->was), "value", string_of(fix->value)));
    }
    return list;
}

static json_t *counts_json(const struct intake_counts *n)
{
    return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "rows", (json_int_t)n->rows,
                     "added", (json_int_t)n->added, "updated", (json_int_t)n->updated, "unchanged",
                     (json_int_t)n->unchanged, "duplicates", (json_int_t)n->duplicates, "skipped",
                     (json_int_t)n->skipped, "refused", (json_int_t)n->refused, "rejected",
                     (json_int_t)n->rejected, "doubts", (json_int_t)n->doubts, "units_made",
                     (json_int_t)n->units_made, "people_made", (json_int_t)n->people_made);
}

static struct intake_counts counts_in(const json_t *o)
{
    return (struct intake_counts){.rows = int_in(o, "rows"),
                                  .added = int_in(o, "added"),
                                  .updated = int_in(o, "updated"),
                                  .unchanged = int_in(o, "unchanged"),
                                  .duplicates = int_in(o, "duplicates"),
                                  .skipped = int_in(o, "skipped"),
                                  .refused = int_in(o, "refused"),
                                  .rejected = int_in(o, "rejected"),
                                  .doubts = int_in(o, "doubts"),
                                  .units_made = int_in(o, "units_made"),
                                  .people_made = int_in(o, "people_made")};
}

int waiting_save(const struct waiting *w, const struct ledger *l, struct err *err)
{
    char path[FILE_PATH];
    json_t *root;
    char *bytes;
    int rc;

    if (waiting_path(path, l, w->id, "choices.json", err) != 0)
        return -1;
    root = json_pack("{s:o,s:o,s:o,s:o,s:o,s:b,s:o,s:o,s:I,s:i,s:o,s:o}", "person",
                     string_of(w->person), "name", string_of(w->name), "kind",
                     json_string(import_kind_key(w->kind)), "campaign", string_of(w->campaign),
                     "updates", string_of(w->updates), "skip_duplicates", w->skip_duplicates, "map",
                     string_of(w->map), "fixes", fixes_json(&w->fixes), "changes",
                     (json_int_t)w->changes, "stage", (int)w->stage, "counts",
                     counts_json(&w->counts), "into", string_of(w->into));
    bytes = root ? json_dumps(root, JSON_COMPACT) : NULL;
    json_decref(root);
    if (bytes == NULL)
        return err_set(err, NO_MEMORY);
    rc = file_write(path, text_of(bytes), 0600, true, err);
    free(bytes);
    return rc;
}

static bool read_fixes(const json_t *list, struct cell_fixes *f, struct arena *arena)
{
    f->at = arena_array(arena, struct cell_fix, FIXES_MAX);
    for (size_t i = 0; f->at && i < json_array_size(list); i++) {
        const json_t *o = json_array_get(list, i);
        struct cell_fix fix = {(uint32_t)int_in(o, "sheet"), (uint32_t)int_in(o, "row"),
                               (uint32_t)int_in(o, "column"), text_in(o, "was", arena),
                               text_in(o, "value", arena)};
        if (!fixes_set(f, &fix))
            return false;
    }
    return f->at != NULL;
}

static bool read_choices(struct waiting *w, struct text bytes, struct arena *arena)
{
    json_t *root = json_loadb(bytes.p ? bytes.p : "", bytes.n, 0, NULL);
    struct text kind = text_in(root, "kind", arena);
    bool fine = root && read_fixes(json_object_get(root, "fixes"), &w->fixes, arena);
    int64_t stage = int_in(root, "stage");

    w->changes = int_in(root, "changes");

    w->person = text_in(root, "person", arena);
    w->name = text_in(root, "name", arena);
    w->campaign = text_in(root, "campaign", arena);
    w->updates = text_in(root, "updates", arena);
    w->map = text_in(root, "map", arena);
    w->into = text_in(root, "into", arena);
    w->skip_duplicates = json_is_true(json_object_get(root, "skip_duplicates"));
    w->stage = stage == WAITING_BEGUN  ? WAITING_BEGUN
               : stage == WAITING_DONE ? WAITING_DONE
                                       : WAITING_CHOSEN;
    w->counts = counts_in(json_object_get(root, "counts"));
    w->kind = IMPORT_KINDS;
    for (int i = 0; i < IMPORT_KINDS; i++)
        if (text_eq(kind, text_of(import_kind_key((enum import_kind)i))))
            w->kind = (enum import_kind)i;
    json_decref(root);
    return fine && w->kind != IMPORT_KINDS && !arena->failed;
}

/* --- folders -----------------------------------------------------------------------------------
 */

int waiting_keep(struct waiting *w, struct ledger *l, const char *path, struct err *err)
{
    char folder[FILE_PATH], book[FILE_PATH];
    unsigned char random[16];
    buf_auto struct buf id = BUF(64);

    w->at = l->env->now(l->env);
    if (l->env->random(l->env, random, sizeof random) != 0)
        return err_set(err, RANDOM, T("getrandom"));
    buf_printf(&id, "%012llx-", (unsigned long long)w->at);
    buf_hex(&id, random, sizeof random);
    snprintf(w->id, sizeof w->id, "%s", buf_cstr(&id));
    if (folder_of(folder, l, "", err) != 0 || file_mkdir(folder, 0700, err) != 0 ||
        folder_of(folder, l, w->id, err) != 0 || file_mkdir(folder, 0700, err) != 0 ||
        waiting_path(book, l, w->id, "book", err) != 0)
        return -1;
    if (rename(path, book) != 0)
        return err_errno(err, text_of(book));
    return waiting_save(w, l, err);
}

int waiting_find(struct waiting *w, const struct ledger *l, struct text id, struct text person,
                 struct arena *arena, struct err *err)
{
    buf_auto struct buf name = BUF(4096);
    char path[FILE_PATH];
    struct text bytes;

    *w = (struct waiting){0};
    buf_text(&name, id);
    if (id_moment(buf_cstr(&name), &w->at) && !over(l, w->at)) {
        snprintf(w->id, sizeof w->id, "%s", buf_cstr(&name));
        if (waiting_path(path, l, w->id, "choices.json", err) == 0 && file_exists(path) &&
            file_read(path, CHOICES_BYTES, arena, &bytes, err) == 0 &&
            read_choices(w, bytes, arena) && text_eq(w->person, person))
            return 0;
    }
    return err_set(err, NOT_FOUND, err_sentence(N_("import")), id);
}

static int newest_first(const void *x, const void *y)
{
    const struct waiting *a = x, *b = y;

    return strcmp(b->id, a->id);
}

int waiting_list(struct waiting **list, size_t *count, const struct ledger *l, struct text person,
                 struct arena *arena, struct err *err)
{
    char path[FILE_PATH];
    const struct dirent *e;
    struct err ignored;
    DIR *d;

    *count = 0;
    *list = arena_array(arena, struct waiting, WAITING_MOST);
    if (*list == NULL)
        return err_set(err, NO_MEMORY);
    if (file_join(path, l->dir, "uploads", err) != 0)
        return -1;
    d = opendir(path);
    while (d && *count < WAITING_MOST && (e = readdir(d)) != NULL)
        if (waiting_find(&(*list)[*count], l, text_of(e->d_name), person, arena, &ignored) == 0)
            ++*count;
    if (d)
        closedir(d);
    qsort(*list, *count, sizeof **list, newest_first);
    return 0;
}

void waiting_drop(const struct ledger *l, const char *id)
{
    char folder[FILE_PATH], path[FILE_PATH];
    const struct dirent *e;
    struct err err;
    int64_t at;
    DIR *d;

    if (!id_moment(id, &at) || folder_of(folder, l, id, &err) != 0)
        return;
    d = opendir(folder);
    while (d && (e = readdir(d)) != NULL)
        if (file_join(path, folder, e->d_name, &err) == 0)
            unlink(path);
    if (d)
        closedir(d);
    rmdir(folder);
}

/* What a server that was killed left of a request: a file, where a book that waits is a folder. */
static void drop_left(const struct ledger *l, const char *path)
{
    struct stat st;

    if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && over(l, st.st_mtime * INT64_C(1000)))
        unlink(path);
}

void waiting_sweep(const struct ledger *l)
{
    char folder[FILE_PATH], path[FILE_PATH];
    const struct dirent *e;
    struct err err;
    int64_t at;
    DIR *d;

    if (file_join(folder, l->dir, "uploads", &err) != 0)
        return;
    d = opendir(folder);
    while (d && (e = readdir(d)) != NULL)
        if (id_moment(e->d_name, &at)) {
            if (over(l, at))
                waiting_drop(l, e->d_name);
        } else if (file_join(path, folder, e->d_name, &err) == 0) {
            drop_left(l, path);
        }
    if (d)
        closedir(d);
}
