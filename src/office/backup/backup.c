/* backup.c: writing backups; see backup.h. */
#include "office/backup/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "ledger/evidence_home.h"
#include "ledger/log.sql.h"
#include "office/backup/beside.h"

/* A piece of the log stays below what any file system takes; so many pieces, and it is written
 * anew as a whole. */
enum { PIECE_BYTES = 256 << 20, PIECES = 1000, BLOCK = 1 << 20, EVERY = 4096 };

#define SEALED_LINE T("[\"sealed\",")

struct work {
    struct ledger *l;
    const char *to;
    const struct backup_how *how;
    struct backup_done *done;
    struct arena *arena;
    struct manifest before, m; /* before.entries is 0 where there is none */
};

static void tell(const struct work *w, int64_t n)
{
    if (w->how->progress)
        w->how->progress(w->how->arg, n);
}

/* --- a file that is hashed as it is written --------------------------------------------------- */

struct sink {
    struct file_new file;
    struct sha256_run run;
    struct buf block;
    int64_t bytes;
};

static int sink_open(struct sink *s, const char *folder, const char *path, struct err *err)
{
    char full[FILE_PATH];

    *s = (struct sink){.file.fd = -1, .block = BUF(2 * BLOCK)};
    sha256_begin(&s->run);
    return file_join(full, folder, path, err) != 0 ? -1 : file_new_open(&s->file, full, 0600, err);
}

static int sink_flush(struct sink *s, struct err *err)
{
    if (s->block.failed)
        return err_set(err, NO_MEMORY);
    sha256_add(&s->run, buf_view(&s->block));
    s->bytes += (int64_t)s->block.n;
    if (file_new_write(&s->file, buf_view(&s->block), err) != 0)
        return -1;
    buf_clear(&s->block);
    return 0;
}

static int sink_put(struct sink *s, struct text t, struct err *err)
{
    buf_text(&s->block, t);
    return s->block.n < BLOCK && !s->block.failed ? 0 : sink_flush(s, err);
}

static int sink_line(void *sink, struct text line, struct err *err)
{
    return sink_put(sink, line, err);
}

/* Ends it; rc says whether it is to be kept. Fills what the manifest says of it. */
static int sink_close(struct sink *s, int rc, const char *path, struct backup_file *f,
                      struct arena *arena, struct err *err)
{
    buf_auto struct buf hex = BUF(64);
    struct hash sum;

    if (rc == 0)
        rc = sink_flush(s, err);
    if (rc == 0)
        rc = file_new_done(&s->file, err);
    file_new_drop(&s->file);
    buf_release(&s->block);
    if (rc != 0)
        return -1;
    sum = sha256_end(&s->run);
    buf_hex(&hex, sum.b, sizeof sum.b);
    *f = (struct backup_file){.path = arena_text(arena, text_of(path)),
                              .sha256 = arena_text(arena, buf_view(&hex)),
                              .bytes = s->bytes};
    return hex.failed || arena->failed ? err_set(err, NO_MEMORY) : 0;
}

/* --- the log -----------------------------------------------------------------------------------
 */

struct walk {
    struct rows log, checkpoints;
    struct log_from_out entry;
    struct checkpoint_from_out note;
    int more, more_notes;
};

static int put_note(struct sink *s, struct text note, struct err *err)
{
    buf_auto struct buf line = BUF(2 * NOTE_MAX);

    buf_str(&line, CHECKPOINT_LINE);
    json_put_text(&line, note);
    buf_str(&line, "}\n");
    return line.failed ? err_set(err, NO_MEMORY) : sink_put(s, buf_view(&line), err);
}

/* Entries, each with the checkpoint of its size behind it, until the piece is large enough. */
static int put_entries(struct work *w, struct walk *k, struct sink *s, struct backup_piece *piece,
                       struct err *err)
{
    while (k->more == 1 && s->bytes < PIECE_BYTES) {
        int64_t size = k->entry.seq + 1;
        if (k->entry.seq != piece->first + piece->entries)
            return err_set(err, CORRUPT, text_of(w->l->dir), err_sentence(N_("The log")));
        if (sink_put(s, k->entry.bytes, err) != 0 || sink_put(s, T("\n"), err) != 0)
            return -1;
        while (k->more_notes == 1 && k->note.size <= size) {
            if (k->note.size == size && put_note(s, k->note.note, err) != 0)
                return -1;
            k->more_notes = checkpoint_from_next(&k->checkpoints, &k->note, err);
        }
        piece->entries++;
        if (size % EVERY == 0)
            tell(w, size);
        k->more = log_from_next(&k->log, &k->entry, err);
    }
    return k->more < 0 || k->more_notes < 0 ? -1 : 0;
}

static int write_piece(struct work *w, struct walk *k, struct err *err)
{
    struct backup_piece *piece = &w->m.log[w->m.pieces];
    struct sink s;
    char path[64];
    int rc;

    if (w->m.pieces == 2 * PIECES)
        return err_set(err, TOO_LARGE, text_of(w->to), T("500 GB"));
    piece->first = k->entry.seq;
    snprintf(path, sizeof path, "log/%012lld-%s", (long long)piece->first, w->m.name);
    rc = sink_open(&s, w->to, path, err);
    if (rc == 0)
        rc = put_entries(w, k, &s, piece, err);
    rc = sink_close(&s, rc, path, &piece->file, w->arena, err);
    w->m.pieces++;
    return rc;
}

/* The entries that the folder does not have yet. */
static int write_log(struct work *w, struct err *err)
{
    struct walk k;
    int64_t from = w->before.entries;
    int rc = 0;

    w->m.log = arena_array(w->arena, struct backup_piece, 2 * PIECES);
    if (w->m.log == NULL)
        return err_set(err, NO_MEMORY);
    if (w->before.pieces >= PIECES)
        from = 0;
    for (size_t i = 0; from && i < w->before.pieces; i++)
        w->m.log[w->m.pieces++] = w->before.log[i];
    w->done->new_entries = w->m.entries - w->before.entries;
    if (log_from_open(w->l->store, &(struct log_from_in){.seq = from}, &k.log, err) != 0)
        return -1;
    if (checkpoint_from_open(w->l->store, &(struct checkpoint_from_in){.size = from},
                             &k.checkpoints, err) != 0) {
        rows_close(&k.log);
        return -1;
    }
    k.more_notes = checkpoint_from_next(&k.checkpoints, &k.note, err);
    k.more = k.more_notes < 0 ? -1 : log_from_next(&k.log, &k.entry, err);
    while (rc == 0 && k.more == 1)
        rc = write_piece(w, &k, err);
    rows_close(&k.log);
    rows_close(&k.checkpoints);
    return rc != 0 || k.more < 0 ? -1 : 0;
}

/* What the head says; and the backup before must be a beginning of this log. */
static int read_head(struct work *w, struct err *err)
{
    struct tile_reader tiles = ledger_tiles(w->l);
    buf_auto struct buf hex = BUF(64), then = BUF(64);
    struct checkpoint_last_out note;
    struct head_get_out head;
    struct frontier f;
    struct hash root;
    char number[2][24];

    if (head_get_one(w->l->store, NULL, &head, w->arena, err) != 1 ||
        checkpoint_last_one(w->l->store, NULL, &note, w->arena, err) != 1 || note.size != head.size)
        return err->code
                   ? -1
                   : err_set(err, CORRUPT, text_of(w->l->dir),
                             err_sentence(N_("the log's head does not agree with its entries")));
    if (frontier_read(&f, head.frontier, err) != 0)
        return -1;
    root = frontier_root(&f);
    buf_hex(&hex, root.b, sizeof root.b);
    w->m.entries = head.size;
    w->m.last = head.at;
    w->m.root = arena_text(w->arena, buf_view(&hex));
    w->m.checkpoint = note.note;
    if (w->before.entries && w->before.entries <= head.size) {
        if (frontier_load(&f, (uint64_t)w->before.entries, &tiles, err) != 0)
            return -1;
        root = frontier_root(&f);
        buf_hex(&then, root.b, sizeof root.b);
    }
    if (hex.failed || then.failed || w->arena->failed)
        return err_set(err, NO_MEMORY);
    if (w->before.entries == 0 || text_eq(buf_view(&then), w->before.root))
        return 0;
    snprintf(number[0], sizeof number[0], "%lld", (long long)w->before.entries);
    snprintf(number[1], sizeof number[1], "%lld", (long long)head.size);
    return err_set(err, BACKUP_AHEAD, text_of(w->before.name), text_of(number[0]),
                   text_of(number[1]));
}

/* A sealed value of the backup before that the ledger has no more. */
static int count_erased(void *arg, struct text line, struct err *err)
{
    arena_auto struct arena arena = ARENA(1u << 20);
    struct work *w = arg;
    struct json j = {line.p, line.p + line.n};
    struct text table, commitment;
    struct sealed_get_out row;
    int rc;

    if (!text_starts(line, SEALED_LINE))
        return 1;
    if (!json_take(&j, '[') || !json_text(&j, &arena, &table) || !json_take(&j, ',') ||
        !json_text(&j, &arena, &commitment))
        return 0;
    rc = sealed_get_one(w->l->store, &(struct sealed_get_in){.commitment = commitment}, &row,
                        &arena, err);
    w->done->erased += rc == 0;
    return rc < 0 ? -1 : 1;
}

static int write_beside(struct work *w, struct err *err)
{
    struct sink s;
    char path[64];
    int rc;

    snprintf(path, sizeof path, "%s/beside.jsonl", w->m.name);
    rc = sink_open(&s, w->to, path, err);
    if (rc == 0)
        rc = beside_write(w->l->store, sink_line, &s, err);
    if (sink_close(&s, rc, path, &w->m.beside, w->arena, err) != 0)
        return -1;
    return w->before.entries ? backup_lines(w->to, &w->before.beside, count_erased, w, err) : 0;
}

/* --- files -------------------------------------------------------------------------------------
 */

static int join_both(char source[static FILE_PATH], const char *from, char target[static FILE_PATH],
                     const char *to, const char *name, struct err *err)
{
    return file_join(source, from, name, err) != 0 ? -1 : file_join(target, to, name, err);
}

static bool temporary(const char *name)
{
    return strstr(name, ".tmp") != NULL;
}

struct homes {
    struct work *w;
    struct evidence_home from, to;
};

/* What is altered in the ledger does not take the place of a file that is whole. */
static int copy_file(void *arg, struct text hash, uint64_t size, struct err *err)
{
    struct homes *h = arg;
    struct work *w = h->w;
    enum evidence_found found;
    uint64_t copied;

    w->m.evidence_files++;
    w->m.evidence_bytes += (int64_t)size;
    if (evidence_copy(&h->from, &h->to, hash, &found, &copied, err) != 0)
        return -1;
    w->done->new_files += copied > 0;
    if (copied > 0 && w->done->new_files % 64 == 0)
        tell(w, w->m.evidence_files);
    return 0;
}

static int copy_evidence(struct work *w, struct err *err)
{
    struct homes h = {.w = w};
    char to[FILE_PATH];

    if (file_join(to, w->to, "evidence", err) != 0 || file_mkdir(to, 0700, err) != 0)
        return -1;
    evidence_home_of(&h.from, w->l);
    evidence_home_folder(&h.to, to, w->l->env);
    return h.from.ops->all(&h.from, copy_file, &h, err);
}

/* Overwrites and removes: what was destroyed in the ledger does not stay on this disk either. */
static void destroy(const char *path)
{
    static const char zeros[4096];
    struct stat st;
    int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        for (off_t left = st.st_size; left > 0;) {
            ssize_t put = write(fd, zeros, left < 4096 ? (size_t)left : sizeof zeros);
            if (put <= 0)
                break;
            left -= put;
        }
        fsync(fd);
    }
    if (fd >= 0)
        close(fd);
    unlink(path);
}

static const char *const key_files[] = {"keys/log.key", "keys/seal.key"};

static int copy_keys(struct work *w, struct err *err)
{
    char source[FILE_PATH], target[FILE_PATH];

    if (file_join(target, w->to, "keys", err) != 0 ||
        (!w->how->without_keys && file_mkdir(target, 0700, err) != 0))
        return -1;
    for (int i = 0; i < 2; i++) {
        if (join_both(source, w->l->dir, target, w->to, key_files[i], err) != 0)
            return -1;
        if (w->how->without_keys)
            destroy(target);
        else if (file_exists(source) && file_copy(source, target, 0600, err) != 0)
            return -1;
        w->m.keys = w->m.keys || file_exists(target);
    }
    return 0;
}

static int copy_config(struct work *w, struct err *err)
{
    char source[FILE_PATH], path[64];
    struct text bytes;
    struct sink s;
    int rc;

    if (file_join(source, w->l->dir, "config.json", err) != 0)
        return -1;
    if (!file_exists(source))
        return 0;
    snprintf(path, sizeof path, "%s/config.json", w->m.name);
    rc = file_read(source, BLOCK, w->arena, &bytes, err);
    if (rc == 0) {
        rc = sink_open(&s, w->to, path, err);
        if (rc == 0)
            rc = sink_put(&s, bytes, err);
        rc = sink_close(&s, rc, path, &w->m.config, w->arena, err);
    }
    return rc;
}

/* --- the folder --------------------------------------------------------------------------------
 */

/* Removes a backup, its manifest first, so that it is none from then on. */
static void remove_backup(const char *to, const char *name)
{
    static const char *const files[] = {"manifest.json", "beside.jsonl", "config.json"};
    char folder[FILE_PATH], path[FILE_PATH];
    struct dirent *e;
    struct err ignored;
    DIR *d;

    if (file_join(folder, to, name, &ignored) != 0)
        return;
    for (int i = 0; i < 3; i++)
        if (file_join(path, folder, files[i], &ignored) == 0)
            destroy(path);
    d = opendir(folder);
    while (d && (e = readdir(d)) != NULL)
        if (temporary(e->d_name) && file_join(path, folder, e->d_name, &ignored) == 0)
            destroy(path);
    if (d)
        closedir(d);
    rmdir(folder);
}

/* Calls each() for what is in a folder. */
static void for_each(const char *to, const char *name,
                     void (*each)(void *, const char *folder, const char *name), void *arg)
{
    char folder[FILE_PATH];
    struct dirent *e;
    struct err ignored;
    DIR *d = file_join(folder, to, name, &ignored) == 0 ? opendir(folder) : NULL;

    while (d && (e = readdir(d)) != NULL)
        if (e->d_name[0] != '.')
            each(arg, folder, e->d_name);
    if (d)
        closedir(d);
}

static void sweep_temporary(void *arg, const char *folder, const char *name)
{
    char path[FILE_PATH];
    struct err ignored;

    (void)arg;
    if (temporary(name) && file_join(path, folder, name, &ignored) == 0)
        destroy(path);
}

static void sweep_unfinished(void *arg, const char *folder, const char *name)
{
    char inner[FILE_PATH], path[FILE_PATH];
    struct err ignored;

    (void)arg;
    if (manifest_named(text_of(name)) && file_join(inner, folder, name, &ignored) == 0 &&
        file_join(path, inner, "manifest.json", &ignored) == 0 && !file_exists(path))
        remove_backup(folder, name);
}

/* A piece that no backup names: of one that was interrupted, or of those that were taken away. */
struct pieces {
    const struct manifest *m;
    size_t count;
};

static void sweep_piece(void *arg, const char *folder, const char *name)
{
    const struct pieces *kept = arg;
    char path[FILE_PATH];
    struct err ignored;

    for (size_t i = 0; i < kept->count; i++)
        for (size_t k = 0; k < kept->m[i].pieces; k++)
            if (text_eq(text_from(kept->m[i].log[k].file.path, 4), text_of(name)))
                return;
    if (file_join(path, folder, name, &ignored) == 0)
        unlink(path);
}

/* Clears away what interrupted backups left. */
static void sweep(const char *to)
{
    char name[16];

    for_each(to, ".", sweep_unfinished, NULL);
    for_each(to, "log", sweep_temporary, NULL);
    for_each(to, "keys", sweep_temporary, NULL);
    for (unsigned i = 0; i < 256; i++) {
        snprintf(name, sizeof name, "evidence/%02x", i);
        for_each(to, name, sweep_temporary, NULL);
    }
}

/* Takes older backups away, what stood outside the log from those that stay, and pieces of the log
 * that no backup needs any more. */
static int prune(struct work *w, struct err *err)
{
    struct texts names;
    struct pieces kept = {0};
    struct manifest *list;
    size_t first;

    if (manifest_list(w->to, &names, w->arena, err) != 0)
        return -1;
    first = w->how->keep > 0 && (size_t)w->how->keep < names.count
                ? names.count - (size_t)w->how->keep
                : 0;
    list = arena_array(w->arena, struct manifest, names.count + 1);
    if (list == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < names.count; i++) {
        char folder[FILE_PATH], path[FILE_PATH];
        const char *name = arena_cstr(w->arena, names.at[i]);
        if (i < first) {
            remove_backup(w->to, name);
            w->done->dropped++;
            continue;
        }
        if (i + 1 < names.count && file_join(folder, w->to, name, err) == 0 &&
            file_join(path, folder, "beside.jsonl", err) == 0 && file_exists(path))
            destroy(path);
        if (manifest_read(w->to, names.at[i], &list[kept.count], w->arena, err) != 0)
            return -1; /* which pieces it needs is not known: none goes */
        kept.count++;
    }
    kept.m = list;
    for_each(w->to, "log", sweep_piece, &kept);
    return file_sync_dir(w->to, err);
}

/* A folder that is not empty is taken only if all that is in it is ours. */
static void look(void *arg, const char *folder, const char *name)
{
    (void)folder;
    if (strcmp(name, "evidence") != 0 && strcmp(name, "log") != 0 && strcmp(name, "keys") != 0 &&
        strcmp(name, "lost+found") != 0 && !manifest_named(text_of(name)))
        *(bool *)arg = true;
}

static int check_place(struct work *w, struct err *err)
{
    struct texts names;
    bool strange = false;

    if (manifest_list(w->to, &names, w->arena, err) != 0)
        return -1;
    if (names.count == 0) {
        for_each(w->to, ".", look, &strange);
        return strange ? err_set(err, BACKUP_PLACE, text_of(w->to),
                                 err_sentence(N_("it holds something else")))
                       : 0;
    }
    if (manifest_read(w->to, names.at[names.count - 1], &w->before, w->arena, err) != 0)
        return -1;
    return text_eq(w->before.origin, text_of(w->l->origin))
               ? 0
               : err_set(err, BACKUP_PLACE, text_of(w->to),
                         err_sentence(N_("it holds the backups of another ledger")));
}

/* The folder of this backup, named by its moment, which is later than those that there are. */
static int name_it(struct work *w, struct err *err)
{
    char folder[FILE_PATH];

    w->m.at = w->l->env->now(w->l->env);
    if (w->m.at <= w->before.at)
        w->m.at = w->before.at + 1;
    manifest_name(w->m.at, w->m.name);
    snprintf(w->done->name, sizeof w->done->name, "%s", w->m.name);
    if (file_join(folder, w->to, "log", err) != 0 || file_mkdir(folder, 0700, err) != 0)
        return -1;
    return file_join(folder, w->to, w->m.name, err) != 0 ? -1 : file_mkdir(folder, 0700, err);
}

/* All that comes from the database, as of one moment. */
static int write_database(struct work *w, struct err *err)
{
    int rc;

    if (store_begin(w->l->store, STORE_READ, err) != 0)
        return -1;
    err->code = ERR_NONE;
    rc = read_head(w, err);
    if (rc == 0)
        rc = write_log(w, err);
    if (rc == 0)
        rc = write_beside(w, err);
    store_rollback(w->l->store);
    return rc;
}

static int write_all(struct work *w, struct err *err)
{
    int rc = check_place(w, err);

    if (rc != 0)
        return -1;
    sweep(w->to);
    /* The database first: evidence that it names was there before it, so what is copied afterwards
     * holds all of it. */
    if (name_it(w, err) != 0 || write_database(w, err) != 0 || copy_evidence(w, err) != 0 ||
        copy_keys(w, err) != 0 || copy_config(w, err) != 0 || file_sync_dir(w->to, err) != 0)
        rc = -1;
    if (rc == 0)
        rc = manifest_write(w->to, &w->m, err);
    if (rc != 0) {
        sweep(w->to);
        return -1;
    }
    w->done->entries = w->m.entries;
    w->done->keys = w->m.keys;
    return prune(w, err);
}

int backup_write(struct ledger *l, const char *to, const struct backup_how *how,
                 struct backup_done *done, struct err *err)
{
    arena_auto struct arena arena = ARENA(512u << 20);
    struct work w = {.l = l, .to = to, .how = how, .done = done, .arena = &arena};
    int fd, rc;

    *done = (struct backup_done){0};
    w.m.version = T(XH_VERSION);
    w.m.origin = text_of(l->origin);
    w.m.ledger = text_of(l->name);
    w.m.timezone = text_of(l->timezone);
    if (file_mkdir(to, 0700, err) != 0)
        return -1;
    fd = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, text_of(to));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        rc = err_set(err, BACKUP_BUSY, text_of(to));
    else
        rc = write_all(&w, err);
    close(fd);
    return rc;
}
