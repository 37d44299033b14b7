/* restore.c: putting backups back; see backup.h. */
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/evidence_home.h"
#include "ledger/log.sql.h"
#include "ledger/refill.h"
#include "office/backup/backup.h"
#include "office/backup/beside.h"
#include "store/sqlite.h"

/* Marks a folder as one that a restore was interrupted in, and holds what is not whole yet. */
#define UNDER_WAY "restoring"

enum { CONFIG_MAX = 1 << 20, WAIT_MS = 60 * 1000, BESIDE_STEP = 1 << 20, EVERY = 4096 };

struct restore {
    const struct restore_how *how;
    struct restore_done *done;
    struct env *env;
    const char *to;
    char from[FILE_PATH]; /* the folder that keys/ are in */
    bool of_ledger;       /* it is a ledger's folder, not one of backups */
    struct evidence_home evidence, here;
    struct manifest m;      /* of a backup */
    struct manifest newest; /* which has what stands outside the log */
    struct ledger old;      /* of a ledger's folder: a copy of its database, brought up to date */
    struct ledger made;
    struct refill *refill;
    struct arena arena, lines;
    int64_t until, size;
};

/* --- entry by entry ----------------------------------------------------------------------------
 */

/* Evidence that the backup does not have: a failure, unless one was asked to go on without. */
static int lost(const struct restore *r, const char *path, const char *why, struct err *err)
{
    return r->how->incomplete ? 0 : err_set(err, BACKUP_FILE, text_of(path), err_sentence(why));
}

/* The file that an entry names, if it is there and not here yet. What it is, is looked at last. */
static int take_evidence(struct restore *r, const struct evidence_line *e, struct err *err)
{
    char name[80], path[FILE_PATH];
    enum evidence_found found;
    struct hash named;

    if (!hash_parse(e->hash, &named))
        return 0;
    if (evidence_copy(&r->evidence, &r->here, e->hash, &found, NULL, err) != 0)
        return -1;
    snprintf(name, sizeof name, "%.2s/%.64s", e->hash.p, e->hash.p);
    if (file_join(path, r->evidence.dir, name, err) != 0)
        return -1;
    switch (found) {
    case EVIDENCE_MISSING: return lost(r, path, N_("the file is missing"), err);
    case EVIDENCE_ALTERED: return lost(r, path, N_("the file was altered"), err);
    default: return 0;
    }
}

/* Where it comes from, and where it goes: into the folder. */
static int find_evidence(struct restore *r, struct err *err)
{
    char path[FILE_PATH];
    struct books_place p;

    evidence_home_of(&r->here, &r->made);
    if (!r->of_ledger) {
        if (file_join(path, r->from, "evidence", err) != 0)
            return -1;
        evidence_home_folder(&r->evidence, path, r->env);
        return 0;
    }
    if (place_find(&p, r->from, err) != 0)
        return -1;
    if (file_join(r->old.evidence, r->from, "evidence", err) != 0)
        return -1;
    if (p.evidence[0])
        snprintf(r->old.evidence, sizeof r->old.evidence, "%s", p.evidence);
    r->old.evidence_in_database = p.evidence_in_database;
    evidence_home_of(&r->evidence, &r->old);
    return 0;
}

static int take_entry(void *arg, struct text bytes, struct err *err)
{
    struct restore *r = arg;
    struct evidence_line document;
    struct evidence_list list;
    const struct entry *e;
    int rc = refill_entry(r->refill, bytes, &e, err);

    if (rc != 1)
        return rc;
    list = entry_evidence(e, &document);
    for (size_t i = 0; i < list.count; i++)
        if (take_evidence(r, &list.at[i], err) != 0)
            return -1;
    if (beside_expect_all(r->made.store, e, err) != 0)
        return -1;
    if (r->how->progress && e->seq % EVERY == 0)
        r->how->progress(r->how->arg, e->seq);
    return 1;
}

static int take_checkpoint(void *arg, struct text note, struct err *err)
{
    return refill_checkpoint(((struct restore *)arg)->refill, note, err) != 0 ? -1 : 1;
}

/* The log of a ledger's folder, as a backup would give it. */
static int read_ledger(struct restore *r, struct err *err)
{
    struct rows log, notes;
    struct log_from_out entry;
    struct checkpoint_from_out note;
    int rc = log_from_open(r->old.store, &(struct log_from_in){.seq = 0}, &log, err), more;

    if (rc != 0)
        return -1;
    if (checkpoint_from_open(r->old.store, &(struct checkpoint_from_in){.size = 0}, &notes, err) !=
        0) {
        rows_close(&log);
        return -1;
    }
    more = checkpoint_from_next(&notes, &note, err);
    while (more >= 0 && (rc = log_from_next(&log, &entry, err)) == 1 &&
           (rc = take_entry(r, entry.bytes, err)) == 1)
        if (more == 1 && note.size == entry.seq + 1) {
            if (take_checkpoint(r, note.note, err) != 1)
                more = -1;
            else
                more = checkpoint_from_next(&notes, &note, err);
        }
    rows_close(&log);
    rows_close(&notes);
    return rc < 0 || more < 0 ? -1 : 0;
}

/* --- what stands outside the log ---------------------------------------------------------------
 */

static int take_line(void *arg, struct text line, struct err *err)
{
    struct restore *r = arg;

    if (r->lines.used > BESIDE_STEP)
        arena_clear(&r->lines);
    return beside_put(r->made.store, line, &r->lines, err);
}

static int take_own_line(void *arg, struct text line, struct err *err)
{
    line.n--; /* its newline */
    return take_line(arg, line, err) == 1 ? 0
           : err->code                    ? -1
                                          : err_set(err, CORRUPT, text_of("ledger.db"),
                                                    err_sentence(N_("a line of it cannot be read")));
}

static int take_beside(struct restore *r, struct err *err)
{
    bool whole = refill_entries(r->refill) == r->done->of;
    int64_t last;
    int rc;

    err->code = ERR_NONE;
    if (r->of_ledger)
        rc = beside_write(r->old.store, take_own_line, r, err);
    else
        rc = r->done->beside ? backup_lines(r->from, &r->newest.beside, take_line, r, err) : 0;
    last = refill_last(r->refill);
    return rc != 0 ? -1 : beside_settle(r->made.store, whole ? INT64_MAX : last, err);
}

/* --- the two folders ---------------------------------------------------------------------------
 */

static int join_two(char out[static FILE_PATH], const char *folder, const char *inner,
                    const char *name, struct err *err)
{
    char path[FILE_PATH];

    return file_join(path, folder, inner, err) != 0 ? -1 : file_join(out, path, name, err);
}

/* Nothing may be there but what an interrupted restore left. */
static int check_target(const char *to, struct err *err)
{
    char path[FILE_PATH], found[256] = "";
    struct dirent *e;
    DIR *d;

    if (file_join(path, to, "ledger.db", err) != 0)
        return -1;
    if (file_exists(path))
        return err_set(err, LEDGER_EXISTS, text_of(to));
    d = opendir(to);
    if (d == NULL)
        return errno == ENOENT ? 0 : err_unreadable(err, text_of(to));
    while ((e = readdir(d)) != NULL) {
        if (strcmp(e->d_name, UNDER_WAY) == 0) {
            closedir(d);
            return 0;
        }
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            strcmp(e->d_name, "lost+found") != 0)
            snprintf(found, sizeof found, "%s", e->d_name);
    }
    closedir(d);
    return found[0] ? err_set(err, NOT_EMPTY, text_of(to), text_of(found)) : 0;
}

/* Removes what is not whole: the database that was being made, temporary files. */
static void clear_folder(const char *folder, bool all)
{
    struct dirent *e;
    DIR *d = opendir(folder);

    while (d && (e = readdir(d)) != NULL) {
        char path[FILE_PATH];
        struct err ignored;
        if (e->d_name[0] != '.' && (all || strstr(e->d_name, ".tmp")) &&
            file_join(path, folder, e->d_name, &ignored) == 0)
            unlink(path);
    }
    if (d)
        closedir(d);
}

static int begin_folder(const char *to, struct err *err)
{
    static const char *const folders[] = {UNDER_WAY, "evidence", "keys"};
    char path[FILE_PATH];

    if (check_target(to, err) != 0 || file_mkdir(to, 0700, err) != 0)
        return -1;
    for (int i = 0; i < 3; i++) {
        if (file_join(path, to, folders[i], err) != 0 || file_mkdir(path, 0700, err) != 0)
            return -1;
        clear_folder(path, i == 0);
    }
    for (unsigned i = 0; i < 256; i++) {
        char name[16];
        snprintf(name, sizeof name, "evidence/%02x", i);
        if (file_join(path, to, name, err) == 0)
            clear_folder(path, false);
    }
    return 0;
}

/* The keys, from the folder that was named or from the backup; none is no failure. */
static int take_keys(struct restore *r, struct err *err)
{
    static const char *const names[] = {"log.key", "seal.key"};
    char source[FILE_PATH], target[FILE_PATH];

    for (int i = 0; i < 2; i++) {
        if ((r->how->keys ? file_join(source, r->how->keys, names[i], err)
                          : join_two(source, r->from, "keys", names[i], err)) != 0 ||
            join_two(target, r->to, "keys", names[i], err) != 0)
            return -1;
        if (file_exists(source)) {
            if (file_copy(source, target, 0600, err) != 0)
                return -1;
        } else if (r->how->keys) {
            return err_set(err, NOT_A_FILE, text_of(source),
                           err_sentence(N_("the file is missing")));
        }
    }
    return ledger_load_keys(&r->made, err);
}

/* The settings that the ledger had, but where its books and its evidence are: they are here now. */
static int take_config(struct restore *r, struct err *err)
{
    char source[FILE_PATH], target[FILE_PATH], shown[PLACE_DIR];
    struct text bytes = T("{}"), place;
    json_t *config = NULL;
    char *text;
    int rc;

    if (file_join(target, r->made.dir, "config.json", err) != 0 ||
        file_join(source, r->from,
                  r->of_ledger ? "config.json" : arena_cstr(&r->arena, r->m.config.path), err) != 0)
        return -1;
    if ((r->of_ledger || r->m.config.path.n > 0) && file_exists(source) &&
        file_read(source, CONFIG_MAX, &r->arena, &bytes, err) != 0)
        return -1;
    config = json_loadb(bytes.p, bytes.n, 0, NULL);
    if (config == NULL) /* what is wrong with it is told by whoever needs it */
        return file_write(target, bytes, 0600, true, err);
    json_object_del(config, "store");
    json_object_del(config, "evidence");
    json_object_del(config, "moved_to");
    place = place_shown(r->made.dir, r->made.address, shown);
    if (r->made.address[0])
        json_object_set_new(config, "store", json_stringn(place.p, place.n));
    text = json_dumps(config, JSON_INDENT(2));
    json_decref(config);
    rc = text ? file_write(target, text_of(text), 0600, true, err) : err_set(err, NO_MEMORY);
    free(text);
    return rc;
}

/* A backup in the folder, or a ledger: one of an earlier version, or a copy made by hand. */
static int find_source(struct restore *r, const char *from, struct err *err)
{
    char path[FILE_PATH], name[BACKUP_NAME];
    struct texts names;

    if (file_join(path, from, "ledger.db", err) != 0)
        return -1;
    if (file_exists(path)) {
        r->of_ledger = r->done->beside = true;
        snprintf(r->from, sizeof r->from, "%s", from);
        return 0;
    }
    if (backup_find(from, r->from, name, err) != 0 ||
        manifest_list(r->from, &names, &r->arena, err) != 0 ||
        manifest_read(r->from, text_of(name), &r->m, &r->arena, err) != 0 ||
        backup_files(r->from, &r->m, err) != 0)
        return -1;
    r->done->of = r->m.entries;
    r->done->beside =
        manifest_read(r->from, names.at[names.count - 1], &r->newest, &r->arena, err) == 0 &&
        backup_file(r->from, &r->newest.beside, err) == 0;
    return r->done->beside || r->how->incomplete ? 0 : -1;
}

/* A ledger's database is copied as of one moment and brought up to date there, not where it lies.
 */
static int open_ledger(struct restore *r, struct err *err)
{
    char source[FILE_PATH], folder[FILE_PATH], target[FILE_PATH], log[FILE_PATH];
    struct log_last_out last;
    struct store *s;
    int rc;

    if (file_join(source, r->from, "ledger.db", err) != 0 ||
        file_join(folder, r->to, UNDER_WAY, err) != 0 ||
        file_join(target, folder, "ledger.db", err) != 0 ||
        file_join(log, r->from, "ledger.db-wal", err) != 0)
        return -1;
    s = sqlite_open(source, &(struct sqlite_options){.read_only = true, .wait_ms = WAIT_MS}, err);
    rc = s ? store_copy(s, target, err) : -1;
    store_close(s);
    /* Where it cannot be written, SQLite may not read along; then nobody else writes it either. */
    if (rc != 0 && !file_exists(log))
        rc = file_copy(source, target, 0600, err);
    if (rc != 0 || ledger_open(&r->old, folder, false, r->env, err) != 0 ||
        log_last_one(r->old.store, NULL, &last, &r->arena, err) != 1)
        return -1;
    r->done->of = last.seq + 1;
    return 0;
}

static int find_moment(struct restore *r, struct err *err)
{
    struct ledger zone = r->old;

    r->size = r->how->size > 0 ? r->how->size : INT64_MAX;
    r->until = INT64_MAX;
    if (r->how->as_of == NULL)
        return 0;
    if (!r->of_ledger)
        zone_minutes(r->m.timezone, &zone.offset_minutes);
    return ledger_moment(&zone, text_of(r->how->as_of), &r->until)
               ? 0
               : err_set(err, BAD_VALUE, text_of("--as-of"));
}

/* --- all of it ---------------------------------------------------------------------------------
 */

static int fill(struct restore *r, struct err *err)
{
    const struct backup_reader reader = {take_entry, take_checkpoint, r};

    r->refill = refill_open(&r->made, r->until, r->size, err);
    if (r->refill == NULL)
        return -1;
    if ((r->of_ledger ? read_ledger(r, err) : backup_log(r->from, &r->m, &reader, err)) != 0)
        return -1;
    if (refill_entries(r->refill) == 0)
        return err_set(err, BAD_VALUE, text_of(r->how->as_of ? r->how->as_of : "--size"));
    r->done->entries = refill_entries(r->refill);
    if (take_beside(r, err) != 0 || (r->how->copy && refill_copy(r->refill, err) != 0))
        return -1;
    struct refill *refill = r->refill;
    r->refill = NULL;
    return refill_done(refill, err);
}

static void count_lost(void *arg, const struct entry *e, const struct evidence_line *line)
{
    struct restore *r = arg;

    r->done->lost++;
    if (r->how->lost)
        r->how->lost(r->how->arg, e, line);
}

static void tell(void *arg, int64_t done)
{
    const struct restore *r = arg;

    if (r->how->progress)
        r->how->progress(r->how->arg, done);
}

/* Everything is read again where it was put. A checkpoint may know of more than was in the backup,
 * which is no fault of what was restored. */
static int check(struct restore *r, struct err *err)
{
    struct verify_report *report = &r->done->report;
    int rc = verify_records(&r->made, r->how->held, r->how->incomplete ? count_lost : NULL, report,
                            tell, r, err);

    r->done->older = rc != 0 && err->code == ERR_ROLLED_BACK;
    if (rc != 0 && err->code == ERR_WRONG_SEALED && report->sealed == 0)
        return err_set(err, OTHER_KEY, text_of("keys/seal.key"), text_of(r->made.origin));
    return r->done->older ? 0 : rc;
}

/* A new database: a file that has no name yet, or a place on a server where no ledger is. */
static int open_new(struct restore *r, struct err *err)
{
    char path[FILE_PATH], shown[PLACE_DIR];
    struct ledger *l = &r->made;
    int64_t version;

    if (l->address[0]) {
        l->store = place_open(l->dir, l->address,
                              &(struct place_how){.create = true, .wait_ms = WAIT_MS}, err);
        if (l->store == NULL || store_version(l->store, &version, err) != 0)
            return -1;
        return version ? err_set(err, LEDGER_EXISTS, place_shown(l->dir, l->address, shown)) : 0;
    }
    if (join_two(path, l->dir, UNDER_WAY, "new.db", err) != 0)
        return -1;
    l->store = sqlite_open(path, &(struct sqlite_options){.create = true, .wait_ms = WAIT_MS}, err);
    if (l->store)
        chmod(path, 0600); /* the write-ahead log takes its mode from it */
    return l->store ? 0 : -1;
}

static int make(struct restore *r, struct err *err)
{
    if (take_keys(r, err) != 0 || (r->of_ledger && open_ledger(r, err) != 0) ||
        find_evidence(r, err) != 0 || find_moment(r, err) != 0 || open_new(r, err) != 0 ||
        fill(r, err) != 0 || (r->how->copy && ledger_save_keys(&r->made, err) != 0) ||
        take_config(r, err) != 0)
        return -1;
    snprintf(r->done->origin, sizeof r->done->origin, "%s", r->made.origin);
    r->done->keys = r->made.signer && r->made.has_seal;
    return check(r, err) != 0 ? -1 : refill_commit(&r->made, err);
}

/* The database gets its name last: a folder without ledger.db is no ledger. */
static int finish(struct restore *r, struct err *err)
{
    char from[FILE_PATH], to[FILE_PATH], folder[FILE_PATH];

    if (join_two(from, r->to, UNDER_WAY, "new.db", err) != 0 ||
        file_join(to, r->to, "ledger.db", err) != 0 ||
        file_join(folder, r->to, UNDER_WAY, err) != 0 || file_sync_dir(r->to, err) != 0)
        return -1;
    if (r->made.address[0] == '\0' && rename(from, to) != 0)
        return err_errno(err, text_of(to));
    clear_folder(folder, true);
    rmdir(folder);
    return file_sync_dir(r->to, err);
}

int backup_restore(const char *from, const char *to, const struct restore_how *how,
                   struct restore_done *done, struct env *env, struct err *err)
{
    struct restore r = {.how = how,
                        .done = done,
                        .env = env,
                        .made.env = env,
                        .arena = ARENA(256u << 20),
                        .lines = ARENA(16u << 20)};
    struct books_place place;
    int rc;

    *done = (struct restore_done){0};
    if (place_find(&place, to, err) != 0)
        return -1;
    if (strlen(place.dir) >= FILE_PATH - 200 || strlen(from) >= FILE_PATH - 200)
        return err_set(err, TOO_LARGE, err_sentence(N_("The path")), T("3895"));
    r.to = place.dir;
    snprintf(r.made.dir, sizeof r.made.dir, "%s", place.dir);
    snprintf(r.made.address, sizeof r.made.address, "%s", place.address);
    rc = check_target(r.to, err);
    if (rc == 0)
        rc = find_source(&r, from, err);
    if (rc == 0)
        rc = begin_folder(r.to, err);
    if (rc == 0)
        rc = make(&r, err);
    refill_drop(r.refill);
    if (r.made.trial)
        ledger_trial_end(&r.made);
    ledger_close(&r.made); /* the write-ahead log goes back into the file */
    ledger_close(&r.old);
    if (rc == 0)
        rc = finish(&r, err);
    arena_release(&r.arena);
    arena_release(&r.lines);
    return rc;
}
