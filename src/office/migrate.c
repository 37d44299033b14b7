/* migrate.c: see migrate.h. */
#include "office/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledger/compare.h"
#include "ledger/evidence_home.h"
#include "ledger/log.sql.h"
#include "ledger/moving.h"
#include "ledger/refill.h"
#include "ledger/verify.h"
#include "office/backup/beside.h"

/* A file of this name is in the new folder until all is there. */
#define UNDER_WAY "moving"

enum { CONFIG_MAX = 1 << 20, WAIT_MS = 60 * 1000, EVERY = 1024 };
/* Evidence that is copied within one transaction, in bytes. */
#define EVIDENCE_STEP (UINT64_C(64) << 20)

struct move {
    const struct migrate_how *how;
    struct migrate_done *done;
    struct ledger from, to;
    struct store *lock; /* holds up who writes outside the log, on a server */
    struct evidence_home evidence_from, evidence_to;
    uint64_t evidence_bytes; /* since the last step */
    struct refill *refill;
    struct arena arena;
};

/* --- places ----------------------------------------------------------------------------------- */

/* The word that names the place from everywhere. */
static int place_word(const struct ledger *l, char out[static PLACE_DIR], struct err *err)
{
    char shown[PLACE_DIR], *full = realpath(l->dir, NULL);
    int n;

    if (full == NULL)
        return err_errno(err, text_of(l->dir));
    n = l->address[0]
            ? snprintf(out, PLACE_DIR, "%s#%s", place_shown(l->dir, l->address, shown).p, full)
            : snprintf(out, PLACE_DIR, "%s", full);
    free(full);
    return n < PLACE_DIR ? 0 : err_set(err, TOO_LARGE, err_sentence(N_("The path")), T("4095"));
}

static int refuse(const struct move *m, const char *why, struct err *err)
{
    return err_set(err, MOVING_PLACE, text_of(m->to.dir), err_sentence(why));
}

static int mark_path(const struct move *m, char out[static FILE_PATH], struct err *err)
{
    return file_join(out, m->to.dir, UNDER_WAY, err);
}

/* A new folder, or one that a move was interrupted in. */
static int check_folder(const struct move *m, struct err *err)
{
    char mark[FILE_PATH];
    bool empty = true;
    struct dirent *e;
    DIR *d;

    if (mark_path(m, mark, err) != 0 || file_mkdir(m->to.dir, 0700, err) != 0)
        return -1;
    if (file_exists(mark))
        return 0;
    d = opendir(m->to.dir);
    if (d == NULL)
        return err_unreadable(err, text_of(m->to.dir));
    while ((e = readdir(d)) != NULL)
        empty &= strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
                 strcmp(e->d_name, "lost+found") == 0 || strstr(e->d_name, ".tmp") != NULL;
    closedir(d);
    if (!empty)
        return refuse(m, N_("its folder is not empty"), err);
    return file_write(mark, T("xiaohao migrate\n"), 0600, true, err);
}

static int find_target(struct move *m, const char *to, struct err *err)
{
    struct books_place p;
    char *here, *there;
    bool same;

    if (place_is_database(text_of(to)) && strchr(to, '#') == NULL)
        return err_set(err, USAGE,
                       err_sentence(N_("Name the folder for keys and evidence behind the database: "
                                       "postgresql://…#FOLDER")),
                       text_of(" migrate"));
    if (place_find(&p, to, err) != 0 || place_evidence(&p, text_of(m->how->evidence), err) != 0)
        return -1;
    snprintf(m->to.dir, sizeof m->to.dir, "%s", p.dir);
    snprintf(m->to.address, sizeof m->to.address, "%s", p.address);
    if (strlen(m->to.dir) >= PLACE_DIR - 200)
        return err_set(err, TOO_LARGE, err_sentence(N_("The path")), T("3895"));
    here = realpath(m->from.dir, NULL);
    there = realpath(m->to.dir, NULL);
    same = here && there && strcmp(here, there) == 0;
    free(here);
    free(there);
    return same ? refuse(m, N_("it is the folder that the ledger is in"), err) : 0;
}

/* --- settings and keys ------------------------------------------------------------------------ */

static int read_config(const char *dir, json_t **config, struct arena *arena, struct err *err)
{
    char path[FILE_PATH];
    struct text bytes = T("{}");

    if (file_join(path, dir, "config.json", err) != 0 ||
        (file_exists(path) && file_read(path, CONFIG_MAX, arena, &bytes, err) != 0))
        return -1;
    *config = json_loadb(bytes.p, bytes.n, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(*config))
        return 0;
    json_decref(*config);
    return err_set(err, NOT_JSON, text_of(path), err_sentence(N_("it is no object")));
}

/* Writes it and takes it over. */
static int write_config(const char *dir, json_t *config, struct err *err)
{
    char path[FILE_PATH], *text = json_dumps(config, JSON_INDENT(2));
    int rc = text ? file_join(path, dir, "config.json", err) : err_set(err, NO_MEMORY);

    if (rc == 0)
        rc = file_write(path, text_of(text), 0600, true, err);
    free(text);
    json_decref(config);
    return rc;
}

/* The settings go along, but where books and evidence are: that is said anew. */
static int make_config(struct move *m, struct err *err)
{
    struct books_place p = {0};
    char shown[PLACE_DIR];
    struct text evidence;
    json_t *config;

    if (read_config(m->from.dir, &config, &m->arena, err) != 0)
        return -1;
    if (m->how->evidence)
        json_object_set_new(config, "evidence", json_string(m->how->evidence));
    evidence = text_of(json_string_value(json_object_get(config, "evidence")));
    if (place_evidence(&p, evidence, err) != 0) {
        json_decref(config);
        return -1;
    }
    m->to.evidence_in_database = p.evidence_in_database;
    snprintf(m->to.evidence, sizeof m->to.evidence, "%s", p.evidence);
    json_object_del(config, "moved_to");
    json_object_del(config, "store");
    if (m->to.address[0])
        json_object_set_new(config, "store",
                            json_string(place_shown(m->to.dir, m->to.address, shown).p));
    return write_config(m->to.dir, config, err);
}

static int copy_keys(struct move *m, struct err *err)
{
    static const char *const names[] = {"keys/log.key", "keys/seal.key"};
    char from[FILE_PATH], to[FILE_PATH];

    for (int i = 0; i < 2; i++) {
        if (file_join(from, m->from.dir, names[i], err) != 0 ||
            file_join(to, m->to.dir, names[i], err) != 0)
            return -1;
        if (file_exists(from) && file_copy(from, to, 0600, err) != 0)
            return -1;
    }
    return 0;
}

static int make_folders(struct move *m, struct err *err)
{
    char path[FILE_PATH];

    if (file_join(path, m->to.dir, "evidence", err) != 0 || file_mkdir(path, 0700, err) != 0 ||
        file_join(path, m->to.dir, "keys", err) != 0 || file_mkdir(path, 0700, err) != 0)
        return -1;
    return m->to.evidence[0] ? file_mkdir(m->to.evidence, 0700, err) : 0;
}

/* --- what is copied --------------------------------------------------------------------------- */

static int take_evidence(struct move *m, const struct entry *e, struct err *err)
{
    struct evidence_line document;
    struct evidence_list list = entry_evidence(e, &document);

    for (size_t i = 0; i < list.count; i++) {
        enum evidence_found found = EVIDENCE_MISSING;
        struct hash named;
        uint64_t copied = 0;
        char seq[24];
        if (hash_parse(list.at[i].hash, &named) &&
            evidence_copy(&m->evidence_from, &m->evidence_to, list.at[i].hash, &found, &copied,
                          err) != 0)
            return -1;
        m->evidence_bytes += copied;
        snprintf(seq, sizeof seq, "%lld", (long long)e->seq);
        if (found != EVIDENCE_WHOLE)
            return err_set(err, WRONG_EVIDENCE, list.at[i].name, text_of(seq),
                           err_sentence(found == EVIDENCE_MISSING ? N_("the file is missing")
                                                                  : N_("the file was altered")));
    }
    return 0;
}

static int take_entry(struct move *m, struct text bytes, struct err *err)
{
    const struct entry *e;

    if (refill_entry(m->refill, bytes, &e, err) != 1 || take_evidence(m, e, err) != 0)
        return -1;
    m->done->copied++;
    if (m->how->progress && e->seq % EVERY == 0)
        m->how->progress(m->how->arg, e->seq);
    if (m->evidence_bytes < EVIDENCE_STEP)
        return 0;
    m->evidence_bytes = 0;
    return refill_step(m->refill, err);
}

/* The entries behind those that are there, each with the checkpoint of its size. */
static int take_log(struct move *m, struct err *err)
{
    int64_t next = refill_entries(m->refill);
    struct rows log, notes;
    struct log_from_out entry;
    struct checkpoint_from_out note;
    int rc, more;

    if (log_from_open(m->from.store, &(struct log_from_in){.seq = next}, &log, err) != 0)
        return -1;
    if (checkpoint_from_open(m->from.store, &(struct checkpoint_from_in){.size = next}, &notes,
                             err) != 0) {
        rows_close(&log);
        return -1;
    }
    more = checkpoint_from_next(&notes, &note, err);
    while (more >= 0 && (rc = log_from_next(&log, &entry, err)) == 1) {
        int64_t size = entry.seq + 1;
        if (take_entry(m, entry.bytes, err) != 0) {
            more = -1;
        } else if (more == 1 && note.size == size) {
            more = refill_checkpoint(m->refill, note.note, err) != 0
                       ? -1
                       : checkpoint_from_next(&notes, &note, err);
        }
    }
    rows_close(&log);
    rows_close(&notes);
    return more < 0 || rc < 0 ? -1 : 0;
}

/* The log that is there must be the beginning of this one. */
static int check_beginning(struct move *m, struct err *err)
{
    struct tile_reader here = ledger_tiles(&m->from), there = ledger_tiles(&m->to);
    uint64_t size = (uint64_t)refill_entries(m->refill);
    struct frontier a = {0}, b = {0};
    struct hash x, y;

    if (size == 0)
        return 0;
    m->done->went_on = true;
    if (frontier_load(&a, size, &here, err) != 0 || frontier_load(&b, size, &there, err) != 0)
        return -1;
    x = frontier_root(&a);
    y = frontier_root(&b);
    if (!hash_eq(&x, &y))
        return err_set(err, CORRUPT, text_of(m->done->to),
                       err_sentence(N_("its log is not the beginning of the ledger's")));
    return 0;
}

/* While others work. */
static int copy_beside_work(struct move *m, struct err *err)
{
    int rc;

    m->done->damaged = true;
    m->refill = refill_resume(&m->to, err);
    if (m->refill == NULL || check_beginning(m, err) != 0 ||
        store_begin(m->from.store, STORE_READ, err) != 0)
        return -1;
    m->done->damaged = false;
    rc = take_log(m, err);
    store_rollback(m->from.store);
    return rc != 0 ? -1 : refill_step(m->refill, err);
}

/* --- the end ---------------------------------------------------------------------------------- */

/* From here on nobody writes in the old place. */
static int lock(struct move *m, struct err *err)
{
    if (store_begin(m->from.store, STORE_WRITE, err) != 0)
        return -1;
    if (!m->from.store->server)
        return 0;
    m->lock = place_open(m->from.dir, m->from.address,
                         &(struct place_how){.beside = true, .wait_ms = WAIT_MS}, err);
    return m->lock ? store_begin(m->lock, STORE_BESIDE, err) : -1;
}

static int add_line(void *run, struct text line)
{
    sha256_add(run, line);
    sha256_add(run, T("\n"));
    return 0;
}

static int digest(struct ledger *l, struct hash *dump, struct err *err)
{
    struct sha256_run run;
    int rc;

    sha256_begin(&run);
    rc = ledger_dump(l, add_line, &run, err);
    *dump = sha256_end(&run);
    return rc;
}

static int compare_lists(struct move *m, struct err *err)
{
    buf_auto struct buf first = BUF(4096);
    struct hash here;
    int rc;

    if (digest(&m->from, &here, err) != 0 || digest(&m->to, &m->done->dump, err) != 0)
        return -1;
    if (hash_eq(&here, &m->done->dump))
        return 0;
    rc = projections_compare(&m->from, &m->to, &first, err);
    return rc < 0 ? -1 : err_set(err, WRONG_PROJECTION, buf_view(&first));
}

static int compare_heads(struct move *m, struct err *err)
{
    struct head_get_out here, there;

    if (head_get_one(m->from.store, NULL, &here, &m->arena, err) != 1 ||
        head_get_one(m->to.store, NULL, &there, &m->arena, err) != 1)
        return err->code
                   ? -1
                   : err_set(err, CORRUPT, text_of(m->done->from),
                             err_sentence(N_("the log's head does not agree with its entries")));
    m->done->entries = there.size;
    return here.size == there.size && here.at == there.at && text_eq(here.frontier, there.frontier)
               ? 0
               : err_set(err, CORRUPT, text_of(m->done->to),
                         err_sentence(N_("the log's head does not agree with its entries")));
}

/* Each of them, byte for byte. */
static int compare_checkpoints(struct move *m, struct err *err)
{
    struct checkpoint_all_out here, there;
    struct rows a, b;
    char size[24];
    int ra, rb;

    if (checkpoint_all_open(m->from.store, NULL, &a, err) != 0)
        return -1;
    if (checkpoint_all_open(m->to.store, NULL, &b, err) != 0) {
        rows_close(&a);
        return -1;
    }
    do {
        ra = checkpoint_all_next(&a, &here, err);
        rb = ra < 0 ? -1 : checkpoint_all_next(&b, &there, err);
    } while (ra == 1 && rb == 1 && here.size == there.size && text_eq(here.note, there.note));
    if (ra == 1 || rb == 1)
        snprintf(size, sizeof size, "%lld", (long long)(ra == 1 ? here.size : there.size));
    rows_close(&a);
    rows_close(&b);
    if (ra < 0 || rb < 0)
        return -1;
    return ra == 0 && rb == 0 ? 0
                              : err_set(err, WRONG_CHECKPOINT, text_of(size),
                                        err_sentence(N_("it is not that of the old place")));
}

static void tell(void *arg, int64_t done)
{
    const struct move *m = arg;

    if (m->how->progress)
        m->how->progress(m->how->arg, done);
}

/* What was copied is read again where it is now. */
static int check(struct move *m, struct err *err)
{
    struct verify_report report;

    m->done->damaged = true;
    err->code = ERR_NONE;
    if (compare_heads(m, err) != 0 || compare_checkpoints(m, err) != 0 ||
        verify_records(&m->to, T(""), NULL, &report, tell, m, err) != 0 ||
        compare_lists(m, err) != 0)
        return -1;
    m->done->evidence = report.evidence;
    m->done->damaged = false;
    return 0;
}

static int copy_the_rest(struct move *m, struct err *err)
{
    struct refill *refill = m->refill;

    if (lock(m, err) != 0 || take_log(m, err) != 0 ||
        beside_move(m->from.store, m->to.store, &m->done->beside, err) != 0)
        return -1;
    m->refill = NULL;
    if (refill_done(refill, err) != 0 || check(m, err) != 0)
        return -1;
    return refill_commit(&m->to, err);
}

/* The old place first: never can both be worked in. */
static int leave(struct move *m, struct err *err)
{
    json_t *config;

    if (read_config(m->from.dir, &config, &m->arena, err) != 0)
        return -1;
    json_object_set_new(config, "moved_to", json_string(m->done->to));
    if (write_config(m->from.dir, config, err) != 0 ||
        moving_mark(m->from.store, SCHEMA_MOVED, text_of(m->done->to), text_of(m->from.origin),
                    err) != 0)
        return -1;
    return store_commit(m->from.store, err);
}

static int arrive(struct move *m, struct err *err)
{
    char mark[FILE_PATH];

    if (store_begin(m->to.store, STORE_WRITE, err) != 0)
        return -1;
    if (moving_end(m->to.store, err) != 0) {
        store_rollback(m->to.store);
        return -1;
    }
    if (store_commit(m->to.store, err) != 0 || mark_path(m, mark, err) != 0)
        return -1;
    unlink(mark);
    return file_sync_dir(m->to.dir, err);
}

/* The old place is marked already: that was the last step but one, or the last. */
static int arrive_late(struct move *m, const char *to, struct env *env, struct err *err)
{
    struct ledger arrived = {0};
    struct moving mark = {0};
    struct head_get_out head;
    int rc;

    if (moving_get(m->from.store, &mark, err) < 0 || place_word(&m->to, m->done->to, err) != 0)
        return -1;
    if (strcmp(mark.place, m->done->to) != 0)
        return err_set(err, LEDGER_MOVED, text_of(m->done->from), text_of(mark.place));
    m->done->went_on = true;
    rc = moving_target(&m->to, text_of(m->done->from), text_of(m->from.origin), err);
    if (rc == 1)
        return err_set(err, NO_LEDGER, text_of(m->done->to));
    if (rc == 0 && head_get_one(m->to.store, NULL, &head, &m->arena, err) == 1) {
        m->done->entries = head.size;
        return arrive(m, err);
    }
    if (err->code != ERR_LEDGER_EXISTS || ledger_open(&arrived, to, true, env, err) != 0)
        return -1;
    m->done->before = true;
    rc = strcmp(arrived.origin, m->from.origin) == 0
             ? 0
             : err_set(err, LEDGER_EXISTS, text_of(m->done->to));
    ledger_close(&arrived);
    return rc;
}

static int move(struct move *m, struct err *err)
{
    if (check_folder(m, err) != 0 || place_word(&m->to, m->done->to, err) != 0 ||
        moving_target(&m->to, text_of(m->done->from), text_of(m->from.origin), err) < 0 ||
        make_config(m, err) != 0 || make_folders(m, err) != 0 || copy_keys(m, err) != 0 ||
        ledger_load_keys(&m->to, err) != 0)
        return -1;
    evidence_home_of(&m->evidence_from, &m->from);
    evidence_home_of(&m->evidence_to, &m->to);
    return copy_beside_work(m, err) != 0 || copy_the_rest(m, err) != 0 || leave(m, err) != 0
               ? -1
               : arrive(m, err);
}

int migrate(const char *from, const char *to, const struct migrate_how *how,
            struct migrate_done *done, struct env *env, struct err *err)
{
    struct move m = {.how = how, .done = done, .arena = ARENA(16u << 20), .to.env = env};
    bool moved;
    int rc;

    *done = (struct migrate_done){0};
    err->code = ERR_NONE;
    rc = moving_source(&m.from, from, &moved, env, err);
    if (rc == 0)
        rc = find_target(&m, to, err);
    if (rc == 0)
        rc = place_word(&m.from, done->from, err);
    if (rc == 0) {
        snprintf(done->origin, sizeof done->origin, "%s", m.from.origin);
        rc = moved ? arrive_late(&m, to, env, err) : move(&m, err);
    }
    /* Neither a disk nor a server that fails. */
    done->damaged &= rc != 0 && (err_exit(err) == 1 || err->code == ERR_CORRUPT);
    refill_drop(m.refill);
    if (m.to.trial)
        ledger_trial_end(&m.to);
    if (m.from.store)
        store_rollback(m.from.store);
    store_close(m.lock);
    ledger_close(&m.from);
    ledger_close(&m.to);
    arena_release(&m.arena);
    return rc;
}
