/* access.c: see access.h. */
#include "office/access.h"

#include <pthread.h>
#include <string.h>

#include "access.sql.h"
#include "base/mem.h"
#include "ledger/item.sql.h"
#include "office/lists/json.h"

enum { WAITING = 512, WAIT_MS = 2000, STEP = 1000 };

struct note {
    struct access a; /* its texts are one piece of memory, at a.item.p */
    int32_t day;
    int64_t since, until, n;
};

/* `writing` is held while the store is used, `lock` while notes are; whoever needs both takes
 * `writing` first. */
struct access_log {
    pthread_mutex_t lock, writing;
    struct store *store;
    struct env env;
    struct ledger zone; /* for days: only its offset is used */
    struct note notes[WAITING];
    size_t count;
    size_t busy; /* the first so many are being written: nobody else touches them */
};

struct access_log *access_open(const struct ledger *l, struct err *err)
{
    struct access_log *log = mem_alloc(sizeof *log);

    if (log == NULL) {
        err_set(err, NO_MEMORY);
        return NULL;
    }
    memset(log, 0, sizeof *log);
    log->env = *l->env;
    log->zone.offset_minutes = l->offset_minutes;
    log->store = ledger_beside(l, WAIT_MS, err);
    if (log->store == NULL) {
        mem_free(log);
        return NULL;
    }
    pthread_mutex_init(&log->lock, NULL);
    pthread_mutex_init(&log->writing, NULL);
    return log;
}

static bool same(const struct note *n, const struct access *a, int32_t day)
{
    return n->day == day && n->a.kind == a->kind && text_eq(n->a.item, a->item) &&
           text_eq(n->a.person, a->person) && text_eq(n->a.what, a->what) &&
           n->a.channel == a->channel;
}

static struct text move(char **to, struct text t)
{
    struct text at = {*to, t.n};

    if (t.n)
        memcpy(*to, t.p, t.n);
    *to += t.n;
    return at;
}

/* With the lock held: 0, 1 when there is no room, -1. */
static int add(struct access_log *log, const struct access *a, int64_t now, struct err *err)
{
    int32_t day = ledger_day(&log->zone, now);
    struct note *n;
    char *copy;

    for (size_t i = log->count; i-- > log->busy;)
        if (same(&log->notes[i], a, day)) {
            log->notes[i].until = now;
            log->notes[i].n++;
            return 0;
        }
    if (log->count == WAITING)
        return 1;
    copy = mem_alloc(a->item.n + a->person.n + a->what.n + 1);
    if (copy == NULL)
        return err_set(err, NO_MEMORY);
    n = &log->notes[log->count++];
    *n = (struct note){.a = *a, .day = day, .since = now, .until = now, .n = 1};
    n->a.item = move(&copy, a->item);
    n->a.person = move(&copy, a->person);
    n->a.what = move(&copy, a->what);
    return 0;
}

int access_note(struct access_log *log, const struct access *a, struct err *err)
{
    int rc;

    for (int tries = 0; tries < 3; tries++) {
        pthread_mutex_lock(&log->lock);
        rc = add(log, a, log->env.now(&log->env), err);
        pthread_mutex_unlock(&log->lock);
        if (rc <= 0)
            return rc;
        if (access_flush(log, err) != 0)
            return -1;
    }
    return err_set(err, BUSY);
}

static int write_notes(struct store *s, const struct note *notes, size_t count, struct err *err)
{
    if (store_begin(s, STORE_BESIDE, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct note *n = &notes[i];
        if (access_add(s,
                       &(struct access_add_in){.item = n->a.item,
                                               .day = n->day,
                                               .person = n->a.person,
                                               .kind = n->a.kind,
                                               .channels = n->a.channel,
                                               .what = n->a.what,
                                               .since = n->since,
                                               .until = n->until,
                                               .n = n->n},
                       err) != 0) {
            store_rollback(s);
            return -1;
        }
    }
    return store_commit(s, err);
}

int access_flush(struct access_log *log, struct err *err)
{
    int rc;

    pthread_mutex_lock(&log->writing);
    pthread_mutex_lock(&log->lock);
    log->busy = log->count;
    pthread_mutex_unlock(&log->lock);
    /* Others go on noting behind these while these are written. */
    rc = log->busy ? write_notes(log->store, log->notes, log->busy, err) : 0;
    pthread_mutex_lock(&log->lock);
    if (rc == 0) {
        for (size_t i = 0; i < log->busy; i++)
            mem_free((void *)(uintptr_t)log->notes[i].a.item.p);
        log->count -= log->busy;
        memmove(log->notes, log->notes + log->busy, log->count * sizeof *log->notes);
    }
    log->busy = 0;
    pthread_mutex_unlock(&log->lock);
    pthread_mutex_unlock(&log->writing);
    return rc;
}

size_t access_waiting(struct access_log *log)
{
    size_t count;

    pthread_mutex_lock(&log->lock);
    count = log->count;
    pthread_mutex_unlock(&log->lock);
    return count;
}

int access_close(struct access_log *log, struct err *err)
{
    int rc;

    if (log == NULL)
        return 0;
    rc = access_flush(log, err);
    for (size_t i = 0; i < log->count; i++)
        mem_free((void *)(uintptr_t)log->notes[i].a.item.p);
    store_close(log->store);
    pthread_mutex_destroy(&log->lock);
    pthread_mutex_destroy(&log->writing);
    mem_free(log);
    return rc;
}

/* --- reading -----------------------------------------------------------------------------------
 */

static const struct {
    const char *key, *label;
} kind_words[ACCESS_KINDS] = {[ACCESS_PAGE] = {"page", N_("the item's page")},
                              [ACCESS_FILE] = {"file", N_("a file")},
                              [ACCESS_SEALED] = {"sealed", N_("a sealed value")},
                              [ACCESS_EXPORT] = {"export", N_("the export of a list")}};

const char *access_kind_key(enum access_kind kind)
{
    return kind > 0 && kind < ACCESS_KINDS ? kind_words[kind].key : "";
}

const char *access_kind_label(enum access_kind kind)
{
    return kind > 0 && kind < ACCESS_KINDS ? kind_words[kind].label : "";
}

static const char *const channel_words[] = {"cli", "web", "api"};

void access_channels(struct buf *out, unsigned channels)
{
    bool first = true;

    for (int i = 0; i < 3; i++)
        if (channels & (1u << i)) {
            buf_str(out, first ? "" : ", ");
            buf_str(out, channel_words[i]);
            first = false;
        }
}

/* Whether the viewer is auditor or clerk for the item; and the day of its first entry. */
static int may_read(struct ledger *l, const struct viewer *v, struct text code, int32_t *since,
                    struct arena *arena, struct err *err)
{
    struct item_roles_out row;
    struct access_first_out first;
    struct entry e;
    struct rows rows;
    uint32_t held = 0;
    bool seen = false;
    int rc =
        item_roles_open(l->store, &(struct item_roles_in){v->person, v->today, code}, &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = item_roles_next(&rows, &row, err)) == 1) {
        held |= (uint32_t)row.roles;
        seen = true;
    }
    if (rc < 0)
        return -1;
    if (!seen)
        return err_set(err, NOT_FOUND, err_sentence(N_("item")), code);
    if (!(held & (BIT(ROLE_AUDITOR) | BIT(ROLE_CLERK))))
        return err_set(err, REFUSED,
                       err_sentence(N_("Who opened an item is for auditors and clerks to read.")));
    rc = access_first_one(l->store, &(struct access_first_in){code}, &first, arena, err);
    if (rc < 0 || (rc == 1 && ledger_entry(l, first.seq, arena, &e, err) != 0))
        return -1;
    *since = rc == 1 ? ledger_day(l, e.at) : DATE_FIRST;
    return 0;
}

int access_read(struct access_row **list, size_t *count, struct ledger *l, const struct viewer *v,
                struct text code, const struct access_row *after, struct arena *arena,
                struct err *err)
{
    struct access_of_item_out r;
    struct rows rows;
    int32_t since = 0;
    int rc;

    *count = 0;
    *list = arena_array(arena, struct access_row, ACCESS_PAGE_ROWS);
    if (*list == NULL)
        return err_set(err, NO_MEMORY);
    if (may_read(l, v, code, &since, arena, err) != 0)
        return -1;
    rc = access_of_item_open(l->store,
                             &(struct access_of_item_in){.viewer = v->person,
                                                         .today = v->today,
                                                         .code = code,
                                                         .since = since,
                                                         .day = after ? after->day : DUE_NONE,
                                                         .person = after ? after->person : T(""),
                                                         .kind = after ? after->kind : 0,
                                                         .count = ACCESS_PAGE_ROWS},
                             &rows, err);
    if (rc != 0)
        return -1;
    while ((rc = access_of_item_next(&rows, &r, err)) == 1)
        (*list)[(*count)++] = (struct access_row){.day = (int32_t)r.day,
                                                  .person = arena_text(arena, r.person),
                                                  .name = arena_text(arena, r.name),
                                                  .what = arena_text(arena, r.what),
                                                  .kind = (enum access_kind)r.kind,
                                                  .channels = (unsigned)r.channels,
                                                  .first = r.since,
                                                  .last = r.until,
                                                  .count = r.n};
    return arena->failed ? err_set(err, NO_MEMORY) : rc;
}

void access_json(struct buf *out, const struct ledger *l, const struct access_row *row)
{
    buf_auto struct buf channels = BUF(64);
    struct json_out j = json_open(out);

    access_channels(&channels, row->channels);
    json_key_day(&j, "day", row->day);
    json_key_text(&j, "person", row->person);
    json_key_text(&j, "name", row->name);
    json_key_text(&j, "kind", text_of(access_kind_key(row->kind)));
    json_key_text(&j, "what", row->what);
    json_key_text(&j, "channels", buf_view(&channels));
    json_key_moment(&j, "first", l, row->first);
    json_key_moment(&j, "last", l, row->last);
    json_key_int(&j, "count", row->count);
    json_close(&j);
}

/* --- dropping what is old ------------------------------------------------------------------------
 */

int access_purge(struct ledger *l, struct text by, struct text via, int32_t before,
                 struct outcome *outcome, int64_t *dropped, struct arena *arena, struct err *err)
{
    struct command c = {.by = by, .via = via, .event = {.kind = EVENT_ACCESS_PURGE}};
    struct access_left_out left;
    struct access_any_out more;

    *dropped = 0;
    c.event.access_purge.before = before;
    if (ledger_write(l, &c, outcome, 1, arena, err) != 0)
        return -1;
    if (outcome->verdict.rule)
        return 0;
    if (access_left_one(l->store, &(struct access_left_in){before}, &left, arena, err) < 0)
        return -1;
    for (more.n = left.n; more.n > 0;)
        if (access_drop(l->store, &(struct access_drop_in){before, STEP}, err) != 0 ||
            access_any_one(l->store, &(struct access_any_in){before}, &more, arena, err) < 0)
            return -1;
    *dropped = left.n;
    return 0;
}
