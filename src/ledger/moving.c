/* moving.c: see moving.h. */
#include "ledger/moving.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "ledger/batch.h"
#include "moving.sql.h"

enum { WAIT_MS = 60 * 1000 };

int moving_mark(struct store *s, int64_t version, struct text place, struct text origin,
                struct err *err)
{
    if (moving_put(s, &(struct moving_put_in){place, origin}, err) != 0)
        return -1;
    return store_set_version(s, version, err);
}

int moving_end(struct store *s, struct err *err)
{
    return moving_clear(s, NULL, err) != 0 ? -1 : store_set_version(s, SCHEMA_VERSION, err);
}

int moving_get(struct store *s, struct moving *m, struct err *err)
{
    arena_auto struct arena arena = ARENA(1u << 16);
    struct moving_read_out row;
    int rc = moving_read_one(s, NULL, &row, &arena, err);

    if (rc == 1) {
        snprintf(m->place, sizeof m->place, "%.*s", TEXT_ARG(row.place));
        snprintf(m->origin, sizeof m->origin, "%.*s", TEXT_ARG(row.origin));
    }
    return rc;
}

static int make(struct ledger *l, struct text from, struct text origin, struct err *err)
{
    if (store_begin(l->store, STORE_WRITE, err) != 0)
        return -1;
    if (schema_make(l->store, err) == 0 && projections_make(l->store, err) == 0 &&
        moving_mark(l->store, SCHEMA_UNFINISHED, from, origin, err) == 0)
        return store_commit(l->store, err) != 0 ? -1 : 1;
    store_rollback(l->store);
    return -1;
}

int moving_target(struct ledger *l, struct text from, struct text origin, struct err *err)
{
    char path[FILE_PATH], shown[PLACE_DIR];
    struct moving m;
    int64_t version;

    l->store = place_open(l->dir, l->address,
                          &(struct place_how){.create = true, .wait_ms = WAIT_MS}, err);
    if (l->store == NULL || store_version(l->store, &version, err) != 0)
        return -1;
    if (l->address[0] == '\0') {
        if (file_join(path, l->dir, "ledger.db", err) != 0)
            return -1;
        chmod(path, 0600); /* the write-ahead log takes its mode from it */
    }
    if (version == 0)
        return make(l, from, origin, err);
    if (version != SCHEMA_UNFINISHED)
        return err_set(err, LEDGER_EXISTS, place_shown(l->dir, l->address, shown));
    if (moving_get(l->store, &m, err) != 1)
        return -1;
    return text_eq(text_of(m.origin), origin)
               ? 0
               : err_set(err, MOVING_OTHER, place_shown(l->dir, l->address, shown),
                         text_of(m.place));
}
