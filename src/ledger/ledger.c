/* ledger.c: making, opening and closing a ledger; its time zone; its viewers. See ledger.h. */
#include "ledger/ledger.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "ledger/batch.h"
#include "ledger/moving.h"
#include "log.sql.h"
#include "office.sql.h"
#include "store/sqlite.h"

enum { WAIT_MS = 60 * 1000 };

/* What the default procedure seals: who complained, and how they are reached. */
static struct text sealed_by_default[] = {{"originator_address", 18},
                                          {"originator_id", 13},
                                          {"originator_name", 15},
                                          {"originator_phone", 16}};

static void path_in(const struct ledger *l, const char *name, char out[static 4200])
{
    snprintf(out, 4200, "%s/%s", l->dir, name);
}

bool zone_minutes(struct text t, int32_t *minutes)
{
    int64_t h, m;

    if (t.n != 6 || (t.p[0] != '+' && t.p[0] != '-') || t.p[3] != ':' ||
        !text_int((struct text){t.p + 1, 2}, &h) || !text_int((struct text){t.p + 4, 2}, &m) ||
        h < 0 || h > 14 || m < 0 || m > 59)
        return false;
    *minutes = (int32_t)(t.p[0] == '-' ? -(h * 60 + m) : h * 60 + m);
    return true;
}

static void copy_text(char *out, size_t room, struct text t)
{
    t = text_clip(t, room - 1);
    if (t.n)
        memcpy(out, t.p, t.n);
    out[t.n] = '\0';
}

int ledger_refresh(struct ledger *l, struct err *err)
{
    arena_auto struct arena arena = ARENA(1u << 20);
    struct office_get_out row;
    int rc = office_get_one(l->store, NULL, &row, &arena, err);

    if (rc < 0)
        return -1;
    if (rc == 0)
        return err_set(err, CORRUPT, text_of(l->dir),
                       err_sentence(N_("the ledger has no first entry")));
    copy_text(l->name, sizeof l->name, row.name);
    copy_text(l->origin, sizeof l->origin, row.origin);
    copy_text(l->timezone, sizeof l->timezone, row.timezone);
    copy_text(l->owner, sizeof l->owner, row.owner);
    l->marking = row.marking;
    if (!zone_minutes(row.timezone, &l->offset_minutes))
        return err_set(err, CORRUPT, text_of(l->dir),
                       err_sentence(N_("its time zone cannot be read")));
    return vkey_parse(&l->key, row.key, err);
}

/* The first two entries: the ledger itself with its owner, and the default procedure. */
static int write_beginning(struct ledger *l, const struct ledger_new *what, struct err *err)
{
    arena_auto struct arena arena = ARENA(1u << 20);
    buf_auto struct buf key = BUF(1024);
    struct text owner_roles[] = {T("clerk"), T("auditor"), T("administrator")};
    struct person_line owner = {.code = T("owner"),
                                .name = what->owner_name.n ? what->owner_name : T("owner"),
                                .roles = {owner_roles, 3},
                                .clearance = MARKING_TOP_SECRET};
    struct command first[2] = {
        {.by = T("owner"), .via = T("init"), .event = {.kind = EVENT_LEDGER_INIT}},
        {.by = T("owner"),
         .via = T("init"),
         .on = T("default"),
         .event = {.kind = EVENT_PROCEDURE_PUT}}};
    struct outcome outcomes[2];

    vkey_write(signer_vkey(l->signer), &key);
    first[0].event.ledger_init =
        (struct ledger_init_event){.name = what->name.n ? what->name : T("Xiaohao"),
                                   .origin = text_of(l->origin),
                                   .key = buf_view(&key),
                                   .timezone = what->timezone.n ? what->timezone : T("+08:00"),
                                   .marking = what->marking ? what->marking : MARKING_INTERNAL,
                                   .owner = {&owner, 1}};
    first[1].event.procedure_put =
        (struct procedure_put_event){.title = T("default"), .sealed = {sealed_by_default, 4}};
    if (key.failed)
        return err_set(err, NO_MEMORY);
    if (ledger_write(l, first, outcomes, 2, &arena, err) != 0)
        return -1;
    return ledger_refresh(l, err);
}

/* Tables, keys and the first entries, in a transaction that is still open after 0. */
static int make_books(struct ledger *l, struct store *store, const struct ledger_new *what,
                      struct env *env, struct err *err)
{
    char uuid[37];
    int rc;

    l->store = store;
    l->env = env;
    if (what->timezone.n && !zone_minutes(what->timezone, &l->offset_minutes))
        return err_set(err, USAGE, err_sentence(N_("The time zone is written like +08:00")),
                       text_of(" init"));
    if (env_uuid(env, uuid, err) != 0)
        return -1;
    snprintf(l->origin, sizeof l->origin, "xiaohao/%s", uuid);
    l->signer = signer_new(text_of(l->origin), env, err);
    if (l->signer == NULL || seal_key_new(&l->seal, env, err) != 0)
        return -1;
    l->has_seal = true;
    if (store_begin(store, STORE_WRITE, err) != 0)
        return -1;
    l->trial = true; /* the transaction is ours */
    rc = schema_make(store, err) != 0 || projections_make(store, err) != 0 ||
                 write_beginning(l, what, err) != 0
             ? -1
             : 0;
    l->trial = false;
    if (rc != 0)
        store_rollback(store);
    return rc;
}

int ledger_create_on(struct ledger *l, struct store *store, const struct ledger_new *what,
                     struct env *env, struct err *err)
{
    return make_books(l, store, what, env, err) != 0 ? -1 : store_commit(store, err);
}

int ledger_save_keys(struct ledger *l, struct err *err)
{
    char path[4200], text[SIGNER_TEXT];
    size_t n;
    int rc = 0;

    if (l->signer) {
        n = signer_write(l->signer, text);
        path_in(l, "keys/log.key", path);
        rc = file_write(path, (struct text){text, n}, 0600, true, err);
    }
    if (rc == 0 && l->has_seal) {
        n = seal_key_write(&l->seal, text);
        path_in(l, "keys/seal.key", path);
        rc = file_write(path, (struct text){text, n}, 0600, true, err);
    }
    explicit_bzero(text, sizeof text);
    return rc;
}

/* Reads the place; one that was moved is refused unless that is asked for. */
static int find_place(struct ledger *l, const char *where, const bool *moved, struct env *env,
                      struct err *err)
{
    struct books_place p;
    char shown[PLACE_DIR];

    *l = (struct ledger){.env = env};
    if (place_find(&p, where, err) != 0)
        return -1;
    snprintf(l->dir, sizeof l->dir, "%s", p.dir);
    snprintf(l->address, sizeof l->address, "%s", p.address);
    snprintf(l->reading, sizeof l->reading, "%s", p.reading);
    snprintf(l->evidence, sizeof l->evidence, "%s", p.evidence);
    l->evidence_in_database = p.evidence_in_database;
    return p.moved_to[0] && moved == NULL
               ? err_set(err, LEDGER_MOVED, place_shown(l->dir, l->address, shown),
                         text_of(p.moved_to))
               : 0;
}

/* A folder that is named by itself leads to the database as well. */
static int write_config(struct ledger *l, struct err *err)
{
    buf_auto struct buf text = BUF(PLACE_ADDRESS * 6 + 64);
    char path[4200], shown[PLACE_DIR];

    path_in(l, "config.json", path);
    if (l->address[0] == '\0')
        return file_write(path, T("{}\n"), 0600, true, err);
    if (file_exists(path))
        return 0;
    buf_str(&text, "{\"store\": ");
    json_put_text(&text, place_shown(l->dir, l->address, shown));
    buf_str(&text, "}\n");
    return text.failed ? err_set(err, NO_MEMORY)
                       : file_write(path, buf_view(&text), 0600, true, err);
}

/* Nobody has a ledger whose keys are not there: they are written before the commit. */
static int make_with_keys(struct ledger *l, struct store *store, const struct ledger_new *what,
                          struct env *env, struct err *err)
{
    if (make_books(l, store, what, env, err) != 0)
        return -1;
    if (ledger_save_keys(l, err) != 0) {
        store_rollback(store);
        return -1;
    }
    return store_commit(store, err);
}

/* The database gets its name last: a folder without ledger.db is no ledger, and init may be tried
 * again. */
static int create_in_folder(struct ledger *l, const struct ledger_new *what, struct env *env,
                            struct err *err)
{
    char path[4200], temporary[4200];
    struct store *store;

    path_in(l, "ledger.db", path);
    path_in(l, "ledger.db.new", temporary);
    remove(temporary);
    store =
        sqlite_open(temporary, &(struct sqlite_options){.create = true, .wait_ms = WAIT_MS}, err);
    if (store == NULL)
        return -1;
    chmod(temporary, 0600); /* the write-ahead log takes its mode from it */
    if (make_with_keys(l, store, what, env, err) != 0) {
        ledger_close(l);
        remove(temporary);
        return -1;
    }
    ledger_close(l); /* the write-ahead log goes back into the file */
    if (write_config(l, err) != 0)
        return -1;
    if (rename(temporary, path) != 0)
        return err_errno(err, text_of(path));
    return file_sync_dir(l->dir, err);
}

static int create_on_server(struct ledger *l, const struct ledger_new *what, struct env *env,
                            struct err *err)
{
    char key[4200], seal[4200], shown[PLACE_DIR];
    struct store *store;
    int64_t version;
    int rc;

    /* Keys that are there are those of another ledger. */
    path_in(l, "keys/log.key", key);
    path_in(l, "keys/seal.key", seal);
    if (file_exists(key) || file_exists(seal))
        return err_set(err, LEDGER_EXISTS, text_of(l->dir));
    store = place_open(l->dir, l->address, &(struct place_how){.create = true, .wait_ms = WAIT_MS},
                       err);
    if (store == NULL)
        return -1;
    rc = store_version(store, &version, err);
    if (rc == 0 && version > 0)
        rc = err_set(err, LEDGER_EXISTS, place_shown(l->dir, l->address, shown));
    if (rc != 0) {
        store_close(store);
        return -1;
    }
    rc = write_config(l, err) != 0 ? -1 : make_with_keys(l, store, what, env, err);
    ledger_close(l);
    if (rc != 0 && err->code != ERR_COMMIT_UNKNOWN) {
        remove(key);
        remove(seal);
    }
    return rc;
}

int ledger_create(struct ledger *l, const char *where, const struct ledger_new *what,
                  struct env *env, struct err *err)
{
    char path[4200];
    int rc = find_place(l, where, NULL, env, err);

    if (rc != 0)
        return -1;
    path_in(l, "ledger.db", path);
    if (file_exists(path))
        return err_set(err, LEDGER_EXISTS, text_of(l->dir));
    if (file_mkdir(l->dir, 0700, err) != 0)
        return -1;
    path_in(l, "evidence", path);
    if (file_mkdir(path, 0700, err) != 0)
        return -1;
    path_in(l, "keys", path);
    if (file_mkdir(path, 0700, err) != 0)
        return -1;
    rc = l->address[0] ? create_on_server(l, what, env, err) : create_in_folder(l, what, env, err);
    return rc != 0 ? -1 : ledger_open(l, where, false, env, err);
}

int ledger_load_keys(struct ledger *l, struct err *err)
{
    arena_auto struct arena arena = ARENA(1u << 16);
    char path[4200];
    struct text line;
    int rc = 0;

    path_in(l, "keys/log.key", path);
    if (file_exists(path)) {
        if (file_read(path, SIGNER_TEXT, &arena, &line, err) != 0)
            return -1;
        l->signer = signer_parse(line, err);
        explicit_bzero((void *)(uintptr_t)line.p, line.n);
        if (l->signer == NULL)
            return -1;
    }
    path_in(l, "keys/seal.key", path);
    if (file_exists(path)) {
        if (file_read(path, SEAL_KEY_TEXT, &arena, &line, err) != 0)
            return -1;
        rc = seal_key_parse(&l->seal, line, err);
        explicit_bzero((void *)(uintptr_t)line.p, line.n);
        l->has_seal = rc == 0;
    }
    return rc;
}

static int open_store(struct ledger *l, bool read_only, struct err *err)
{
    l->store = place_open(l->dir, l->address,
                          &(struct place_how){.read_only = read_only, .wait_ms = WAIT_MS}, err);
    return l->store ? 0 : -1;
}

int ledger_version(struct ledger *l, int64_t version, struct err *err)
{
    char number[24], shown[PLACE_DIR];
    struct text name = place_shown(l->dir, l->address, shown);
    struct moving m = {0};

    if (version == SCHEMA_UNFINISHED || version == SCHEMA_MOVED)
        return moving_get(l->store, &m, err) < 0 ? -1
               : version == SCHEMA_MOVED ? err_set(err, LEDGER_MOVED, name, text_of(m.place))
                                         : err_set(err, LEDGER_UNFINISHED, name, text_of(m.place));
    snprintf(number, sizeof number, "%lld", (long long)version);
    return version > SCHEMA_VERSION ? err_set(err, LEDGER_NEWER, name, text_of(number)) : 0;
}

/* Opens the database, and brings it up to date when it is of an older version. */
static int open_books(struct ledger *l, bool read_only, bool *moved, struct err *err)
{
    char number[24], shown[PLACE_DIR];
    struct text name = place_shown(l->dir, l->address, shown);
    int64_t version;

    if (open_store(l, read_only, err) != 0 || store_version(l->store, &version, err) != 0)
        return -1;
    if (moved)
        *moved = version == SCHEMA_MOVED;
    if (version == SCHEMA_VERSION || (moved && *moved))
        return 0;
    if (version > SCHEMA_VERSION)
        return ledger_version(l, version, err);
    snprintf(number, sizeof number, "%lld", (long long)version);
    if (version < 1)
        return l->address[0]
                   ? err_set(err, NO_LEDGER, name)
                   : err_set(err, CORRUPT, name, err_sentence(N_("the ledger has no first entry")));
    if (!read_only)
        return ledger_upgrade(l, err);
    /* Whoever only reads writes this once. */
    store_close(l->store);
    if (open_store(l, false, err) != 0 || ledger_upgrade(l, err) != 0)
        return err->code == ERR_NOT_A_FILE || err->code == ERR_DATABASE
                   ? err_set(err, LEDGER_OLDER, name, text_of(number))
                   : -1;
    store_close(l->store);
    return open_store(l, true, err);
}

static int open_at(struct ledger *l, const char *where, bool read_only, bool *moved,
                   struct env *env, struct err *err)
{
    char path[4200];

    if (find_place(l, where, moved, env, err) != 0)
        return -1;
    path_in(l, "ledger.db", path);
    if (l->address[0] == '\0' && !file_exists(path))
        return err_set(err, NO_LEDGER, text_of(l->dir));
    if (open_books(l, read_only, moved, err) != 0 || ledger_refresh(l, err) != 0 ||
        ledger_load_keys(l, err) != 0) {
        ledger_close(l);
        return -1;
    }
    return 0;
}

int ledger_open(struct ledger *l, const char *where, bool read_only, struct env *env,
                struct err *err)
{
    return open_at(l, where, read_only, NULL, env, err);
}

int moving_source(struct ledger *l, const char *where, bool *moved, struct env *env,
                  struct err *err)
{
    return open_at(l, where, false, moved, env, err);
}

/* One more connection to the database. */
static struct store *open_beside(const struct ledger *l, int wait_ms, bool lazy, struct err *err)
{
    if (l->dir[0] == '\0') {
        err_set(err, NO_LEDGER, T(":memory:"));
        return NULL;
    }
    return place_open(l->dir, l->address,
                      &(struct place_how){.beside = true, .lazy = lazy, .wait_ms = wait_ms}, err);
}

static int open_second(struct ledger *l, const struct ledger *of, bool lazy, struct err *err)
{
    *l = *of;
    l->signer = NULL;
    l->store = open_beside(of, WAIT_MS, lazy, err);
    return l->store ? 0 : -1;
}

int ledger_open_reader(struct ledger *l, const struct ledger *of, struct err *err)
{
    return open_second(l, of, false, err);
}

int ledger_open_follower(struct ledger *l, const struct ledger *of, struct err *err)
{
    return open_second(l, of, true, err);
}

int ledger_open_asking(struct ledger *l, const struct ledger *of, bool standby, int silence_ms,
                       struct err *err)
{
    const struct place_how how = {
        .read_only = true, .beside = true, .wait_ms = WAIT_MS, .silence_ms = silence_ms};

    *l = *of;
    l->signer = NULL;
    l->store = place_open(l->dir, standby ? l->reading : l->address, &how, err);
    return l->store ? 0 : -1;
}

void ledger_close(struct ledger *l)
{
    store_close(l->store);
    signer_free(l->signer);
    seal_key_wipe(&l->seal);
    l->store = NULL;
    l->signer = NULL;
    l->has_seal = false;
}

struct store *ledger_beside(const struct ledger *l, int wait_ms, struct err *err)
{
    return open_beside(l, wait_ms, false, err);
}

/* --- time ----------------------------------------------------------------------------------- */

enum { DAY_MS = 24 * 60 * 60 * 1000 };

static int64_t local_ms(const struct ledger *l, int64_t ms)
{
    return ms + (int64_t)l->offset_minutes * 60000;
}

int32_t ledger_day(const struct ledger *l, int64_t ms)
{
    int64_t local = local_ms(l, ms);

    return (int32_t)(local >= 0 ? local / DAY_MS : -((-local + DAY_MS - 1) / DAY_MS));
}

int64_t ledger_day_end(const struct ledger *l, int32_t day)
{
    return ((int64_t)day + 1) * DAY_MS - 1 - (int64_t)l->offset_minutes * 60000;
}

int32_t ledger_today(struct ledger *l)
{
    return ledger_day(l, l->env->now(l->env));
}

struct text ledger_time(const struct ledger *l, int64_t ms, char out[static 20])
{
    char day[11];
    int32_t d = ledger_day(l, ms);
    int s = (int)((local_ms(l, ms) - (int64_t)d * DAY_MS) / 1000);

    date_iso(d, day);
    snprintf(out, 20, "%.10s %02u:%02u:%02u", day, (unsigned)(s / 3600) % 24u,
             (unsigned)(s / 60 % 60) % 60u, (unsigned)(s % 60) % 60u);
    return text_of(out);
}

bool ledger_moment(const struct ledger *l, struct text t, int64_t *ms)
{
    int32_t day, offset = l->offset_minutes;
    int64_t h = 23, m = 59, s = 59, extra = 999;

    if (!date_parse(text_head(t, 10), &day))
        return false;
    t = text_from(t, 10);
    if (t.n) {
        extra = s = 0;
        if ((t.p[0] != ' ' && t.p[0] != 'T') || t.n < 6 || t.p[3] != ':' ||
            !text_int((struct text){t.p + 1, 2}, &h) || !text_int((struct text){t.p + 4, 2}, &m))
            return false;
        t = text_from(t, 6);
        if (t.n >= 3 && t.p[0] == ':') {
            if (!text_int((struct text){t.p + 1, 2}, &s))
                return false;
            t = text_from(t, 3);
        } else {
            s = 59; /* a minute means all of it, as a day does */
            extra = 999;
        }
        if (t.n >= 4 && t.p[0] == '.') {
            if (!text_int((struct text){t.p + 1, 3}, &extra))
                return false;
            t = text_from(t, 4);
        } else {
            extra = 999;
        }
        if (text_eq(t, T("Z")))
            offset = 0;
        else if (t.n && !zone_minutes(t, &offset))
            return false;
        if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 || extra < 0)
            return false;
    }
    *ms = (int64_t)day * DAY_MS + ((h * 60 + m) * 60 + s) * 1000 + extra - (int64_t)offset * 60000;
    return true;
}

/* --- reading -------------------------------------------------------------------------------- */

int viewer_load(struct viewer *v, struct ledger *l, struct text person, struct arena *arena,
                struct err *err)
{
    struct person_get_out row;
    struct deputy_for_out principal;
    int32_t today = ledger_today(l);
    struct asked asked[] = {
        person_get_ask(&(struct person_get_in){.code = person}),
        deputy_for_ask(&(struct deputy_for_in){.deputy = person, .today = today}),
    };
    int rc = store_ask(l->store, asked, sizeof asked / sizeof asked[0], err);

    if (rc != 0)
        return -1;
    rc = person_get_next(&asked[0].rows, &row, err);
    if (rc == 1) {
        person_get_keep(&row, arena);
        *v = (struct viewer){.person = arena_text(arena, person),
                             .today = today,
                             .roles = (uint32_t)row.roles,
                             .name = row.name,
                             .unit = row.unit,
                             .path = row.path,
                             .unit_name = row.unit_name,
                             .clearance = row.clearance};
    }
    rows_close(&asked[0].rows);
    if (rc == 0 || (rc == 1 && row.inactive))
        rc = err_set(err, NOT_FOUND, err_sentence(N_("person")), person);
    while (rc == 1 && (rc = deputy_for_next(&asked[1].rows, &principal, err)) == 1)
        v->roles |= (uint32_t)principal.roles;
    rows_close(&asked[1].rows);
    return rc;
}

int ledger_entry(struct ledger *l, int64_t seq, struct arena *arena, struct entry *e,
                 struct err *err)
{
    struct log_get_out row;
    const char *why;
    int rc = log_get_one(l->store, &(struct log_get_in){.seq = seq}, &row, arena, err);
    char number[24];

    if (rc < 0)
        return -1;
    snprintf(number, sizeof number, "%lld", (long long)seq);
    if (rc == 0)
        return err_set(err, NOT_FOUND, err_sentence(N_("entry")), text_of(number));
    if (!entry_read(row.bytes, arena, e, &why))
        return arena->failed ? err_set(err, NO_MEMORY)
                             : err_set(err, WRONG_ENTRY, text_of(number), err_sentence(why));
    return 0;
}

int ledger_checkpoint(struct ledger *l, struct buf *note, struct err *err)
{
    arena_auto struct arena arena = ARENA(1u << 16);
    struct checkpoint_last_out row;
    int rc = checkpoint_last_one(l->store, NULL, &row, &arena, err);

    if (rc < 0)
        return -1;
    if (rc == 1)
        buf_text(note, row.note);
    return note->failed ? err_set(err, NO_MEMORY) : 0;
}

static int read_hashes(void *arg, int level, uint64_t first, unsigned count, struct hash *out,
                       struct err *err)
{
    struct ledger *l = arg;
    struct rows rows;
    unsigned got = 0;
    int rc;

    rc = level == 0
             ? leaf_from_open(l->store, &(struct leaf_from_in){(int64_t)first, count}, &rows, err)
             : node_from_open(l->store, &(struct node_from_in){level, (int64_t)first, count}, &rows,
                              err);
    if (rc != 0)
        return -1;
    while (got < count && (rc = rows_next(&rows, err)) == 1) {
        struct text hash = rows_blob(&rows, 0);
        if (hash.n != sizeof out->b)
            break;
        memcpy(out[got++].b, hash.p, hash.n);
    }
    rows_close(&rows);
    if (rc < 0)
        return -1;
    return got == count ? 0
                        : err_set(err, CORRUPT, text_of(l->dir),
                                  err_sentence(N_("hashes of the tree are missing")));
}

struct tile_reader ledger_tiles(struct ledger *l)
{
    return (struct tile_reader){.read = read_hashes, .arg = l};
}
