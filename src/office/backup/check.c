/* check.c: reading backups and checking them where they lie; see backup.h. */
#include <stdio.h>
#include <sys/stat.h>

#include "base/json.h"
#include "base/mem.h"
#include "ledger/identity.h"
#include "office/backup/backup.h"

/* The longest line: an entry, a checkpoint with signatures of others, a sealed value in
 * hexadecimal. */
enum { LINE_MAX_BYTES = 1 << 20, EVERY = 4096 };

bool backup_is(const char *folder)
{
    arena_auto struct arena arena = ARENA(16u << 20);
    struct texts names;
    struct err ignored;

    return manifest_list(folder, &names, &arena, &ignored) == 0 && names.count > 0;
}

int backup_find(const char *from, char folder[static FILE_PATH], char name[static BACKUP_NAME],
                struct err *err)
{
    arena_auto struct arena arena = ARENA(16u << 20);
    struct texts names;
    struct text path = text_of(from), last;
    const char *slash;

    while (path.n > 1 && path.p[path.n - 1] == '/')
        path.n--;
    if (path.n >= FILE_PATH)
        return err_set(err, NO_BACKUP, text_clip(path, 200));
    if (manifest_list(from, &names, &arena, err) != 0)
        return -1;
    if (names.count) {
        snprintf(folder, FILE_PATH, "%.*s", TEXT_ARG(path));
        snprintf(name, BACKUP_NAME, "%.*s", TEXT_ARG(names.at[names.count - 1]));
        return 0;
    }
    slash = memrchr(path.p, '/', path.n);
    last = slash ? text_from(path, (size_t)(slash - path.p) + 1) : path;
    if (!manifest_named(last))
        return err_set(err, NO_BACKUP, text_of(from));
    snprintf(folder, FILE_PATH, "%.*s", slash ? (int)(slash - path.p) : 1, slash ? path.p : ".");
    snprintf(name, BACKUP_NAME, "%.*s", TEXT_ARG(last));
    if (manifest_list(folder, &names, &arena, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++)
        if (text_eq(names.at[i], last))
            return 0;
    return err_set(err, NO_BACKUP, text_of(from));
}

static int wrong(struct err *err, const char *path, const char *why)
{
    return err_set(err, BACKUP_FILE, text_of(path), err_sentence(why));
}

int backup_file(const char *folder, const struct backup_file *f, struct err *err)
{
    char name[256], path[FILE_PATH];
    struct hash found, named;
    uint64_t size;

    snprintf(name, sizeof name, "%.*s", TEXT_ARG(text_head(f->path, sizeof name - 1)));
    if (file_join(path, folder, name, err) != 0)
        return -1;
    if (!file_exists(path))
        return wrong(err, path, N_("the file is missing"));
    if (sha256_file(path, &found, &size, err) != 0)
        return -1;
    if (size < (uint64_t)f->bytes)
        return wrong(err, path, N_("it is cut off"));
    if (!hash_parse(f->sha256, &named) || !hash_eq(&found, &named))
        return wrong(err, path, N_("the file was altered"));
    return 0;
}

int backup_files(const char *folder, const struct manifest *m, struct err *err)
{
    for (size_t i = 0; i < m->pieces; i++)
        if (backup_file(folder, &m->log[i].file, err) != 0)
            return -1;
    return m->config.path.n ? backup_file(folder, &m->config, err) : 0;
}

/* --- lines -------------------------------------------------------------------------------------
 */

static int each_line(FILE *file, const char *path, char *bytes,
                     int (*line)(void *, struct text, struct err *), void *arg, struct err *err)
{
    for (int c = 0; c != EOF;) {
        struct text t = {bytes, 0};
        while ((c = getc_unlocked(file)) != EOF && c != '\n' && t.n < LINE_MAX_BYTES)
            bytes[t.n++] = (char)c;
        if (c == EOF && t.n == 0)
            break;
        if (c != '\n')
            return ferror(file) ? err_errno(err, text_of(path))
                                : wrong(err, path, N_("it is cut off"));
        switch (line(arg, t, err)) {
        case 1: break;
        case 0: return wrong(err, path, N_("a line of it cannot be read"));
        default: return -1;
        }
    }
    return ferror(file) ? err_errno(err, text_of(path)) : 0;
}

int backup_lines(const char *folder, const struct backup_file *f,
                 int (*line)(void *, struct text, struct err *), void *arg, struct err *err)
{
    mem_auto char *bytes = mem_alloc(LINE_MAX_BYTES + 1);
    char name[256], path[FILE_PATH];
    FILE *file;
    int rc;

    if (bytes == NULL)
        return err_set(err, NO_MEMORY);
    snprintf(name, sizeof name, "%.*s", TEXT_ARG(text_head(f->path, sizeof name - 1)));
    if (file_join(path, folder, name, err) != 0)
        return -1;
    file = fopen(path, "re");
    if (file == NULL)
        return err_unreadable(err, text_of(path));
    rc = each_line(file, path, bytes, line, arg, err);
    fclose(file);
    return rc;
}

/* --- the log -----------------------------------------------------------------------------------
 */

struct log_lines {
    const struct backup_reader *reader;
    struct arena *arena;
    bool enough;
};

static int log_line(void *arg, struct text t, struct err *err)
{
    struct log_lines *l = arg;
    int rc;

    if (l->enough)
        return 1;
    if (!text_starts(t, T(CHECKPOINT_LINE))) {
        rc = l->reader->entry(l->reader->arg, t, err);
        l->enough = rc == 0;
        return rc < 0 ? -1 : 1;
    }
    struct json j = {t.p, t.p + t.n};
    struct text key, note;
    arena_clear(l->arena);
    if (!json_take(&j, '{') || !json_key(&j, &key) || !json_text(&j, l->arena, &note) ||
        !json_take(&j, '}') || j.p != j.end)
        return l->arena->failed ? err_set(err, NO_MEMORY) : 0;
    return l->reader->checkpoint(l->reader->arg, note, err) < 0 ? -1 : 1;
}

int backup_log(const char *folder, const struct manifest *m, const struct backup_reader *reader,
               struct err *err)
{
    arena_auto struct arena arena = ARENA(8u << 20);
    struct log_lines lines = {.reader = reader, .arena = &arena};

    for (size_t i = 0; i < m->pieces && !lines.enough; i++)
        if (backup_lines(folder, &m->log[i].file, log_line, &lines, err) != 0)
            return -1;
    return 0;
}

/* --- a check in place --------------------------------------------------------------------------
 */

struct check {
    const char *folder;
    struct arena arena;
    struct frontier frontier;
    struct verify_report *report;
    void (*progress)(void *, int64_t);
    void *arg;
    struct identity who;
};

static int check_evidence(struct check *c, const struct evidence_line *e, struct err *err)
{
    char name[80], path[FILE_PATH];
    struct hash named, found;

    if (!hash_parse(e->hash, &named))
        return 0; /* what is no hash names no file; the log's own check says so */
    snprintf(name, sizeof name, "evidence/%.2s/%.64s", e->hash.p, e->hash.p);
    if (file_join(path, c->folder, name, err) != 0)
        return -1;
    if (!file_exists(path))
        return wrong(err, path, N_("the file is missing"));
    if (sha256_file(path, &found, NULL, err) != 0)
        return -1;
    c->report->evidence++;
    return hash_eq(&named, &found) ? 0 : wrong(err, path, N_("the file was altered"));
}

static int check_entry(void *arg, struct text bytes, struct err *err)
{
    struct check *c = arg;
    struct tile_hash done[TILE_LEVELS];
    struct hash leaf = tree_leaf(bytes);
    struct evidence_line document;
    struct evidence_list list;
    struct entry e;
    char number[24];
    const char *why;

    arena_clear(&c->arena);
    snprintf(number, sizeof number, "%lld", (long long)c->report->entries);
    if (!entry_read(bytes, &c->arena, &e, &why))
        return c->arena.failed ? err_set(err, NO_MEMORY)
                               : err_set(err, WRONG_ENTRY, text_of(number), err_sentence(why));
    if (e.seq != c->report->entries)
        return err_set(err, WRONG_ENTRY, text_of(number),
                       err_sentence(N_("its number is another one")));
    if (identity_follow(&c->who, &e, err) < 0)
        return -1;
    frontier_append(&c->frontier, &leaf, done);
    if (++c->report->entries % EVERY == 0 && c->progress)
        c->progress(c->arg, c->report->entries);
    list = entry_evidence(&e, &document);
    for (size_t i = 0; i < list.count; i++)
        if (check_evidence(c, &list.at[i], err) != 0)
            return -1;
    return 1;
}

static int count_checkpoint(void *arg, struct text note, struct err *err)
{
    (void)note;
    (void)err;
    ((struct check *)arg)->report->checkpoints++;
    return 1;
}

/* The one checkpoint that covers all of it: with the root it vouches for every entry. */
static int check_end(struct check *c, const struct manifest *m, const char *path, struct err *err)
{
    struct text body;
    struct checkpoint last;
    struct hash root = frontier_root(&c->frontier), named;

    c->report->root = root;
    c->report->key = c->who.key;
    if (!hash_parse(m->root, &named) || !hash_eq(&root, &named))
        return wrong(err, path, N_("the entries do not give its root"));
    if (note_open(m->checkpoint, &c->who.key, 1, &body, NULL, err) != 0 ||
        checkpoint_parse(&last, body, err) != 0)
        return -1;
    return text_eq(last.origin, text_of(c->who.origin)) && last.size == c->frontier.size &&
                   hash_eq(&last.root, &root)
               ? 0
               : wrong(err, path, N_("the entries do not give its root"));
}

static int count_sealed(void *arg, struct text line, struct err *err)
{
    (void)err;
    if (text_starts(line, T("[\"sealed\",")))
        ((struct check *)arg)->report->sealed++;
    return 1;
}

int backup_check(const char *folder, struct text name, struct verify_report *report,
                 void (*progress)(void *, int64_t), void *arg, struct err *err)
{
    arena_auto struct arena arena = ARENA(256u << 20);
    struct check c = {.folder = folder,
                      .arena = ARENA(8u << 20),
                      .report = report,
                      .progress = progress,
                      .arg = arg};
    const struct backup_reader reader = {check_entry, count_checkpoint, &c};
    char path[FILE_PATH], inner[BACKUP_NAME + 16];
    struct manifest m;
    struct texts names;
    bool newest;
    int rc = manifest_list(folder, &names, &arena, err);

    *report = (struct verify_report){0};
    if (rc == 0 && names.count == 0)
        return err_set(err, NO_BACKUP, text_of(folder));
    if (rc == 0 && name.n == 0)
        name = names.at[names.count - 1];
    newest = rc == 0 && text_eq(name, names.at[names.count - 1]);
    if (rc == 0)
        rc = manifest_read(folder, name, &m, &arena, err);
    if (rc == 0)
        rc = backup_files(folder, &m, err);
    /* Older backups have given up what stood outside the log. */
    if (rc == 0 && newest)
        rc = backup_file(folder, &m.beside, err);
    if (rc == 0 && newest)
        rc = backup_lines(folder, &m.beside, count_sealed, &c, err);
    if (rc == 0)
        rc = backup_log(folder, &m, &reader, err);
    if (rc == 0) {
        snprintf(inner, sizeof inner, "%s/manifest.json", m.name);
        rc = file_join(path, folder, inner, err) != 0 ? -1 : check_end(&c, &m, path, err);
    }
    arena_release(&c.arena);
    return rc;
}
