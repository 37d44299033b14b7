/* place.c: see place.h. */
#include "ledger/place.h"

#include <jansson.h>
#include <stdio.h>

#include "base/file.h"
#include "store/postgres.h"
#include "store/sqlite.h"

enum { CONFIG_MAX = 1 << 20 };

static int keep(char *out, size_t room, struct text t, struct err *err)
{
    if (t.n >= room)
        return err_set(err, TOO_LARGE, err_sentence(N_("The path")), T("4095"));
    snprintf(out, room, "%.*s", TEXT_ARG(t));
    return 0;
}

int place_evidence(struct books_place *p, struct text where, struct err *err)
{
    p->evidence[0] = '\0';
    p->evidence_in_database = text_eq(where, T(PLACE_EVIDENCE_DATABASE));
    if (p->evidence_in_database || where.n == 0 || text_eq(where, T(PLACE_EVIDENCE_FOLDER)))
        return 0;
    if (where.p[0] == '/')
        return keep(p->evidence, sizeof p->evidence, where, err);
    return err_set(err, CONFIG, T("evidence"),
                   err_sentence(N_("it is “folder”, “database” or a path that begins with /")));
}

static struct text said(const json_t *config, const char *name)
{
    return text_of(json_string_value(json_object_get(config, name)));
}

/* An address of a database in config.json; none leaves *out as it is. */
static int read_address(char out[static PLACE_ADDRESS], const json_t *config, const char *key,
                        struct err *err)
{
    struct text address = said(config, key);

    if (address.n && !postgres_is(address))
        return err_set(err, CONFIG, text_of(key),
                       err_sentence(N_("it is not the address of a database (postgresql://…)")));
    return address.n ? keep(out, PLACE_ADDRESS, address, err) : 0;
}

/* What the folder's config.json says, where there is one. */
static int read_config(struct books_place *p, struct err *err)
{
    arena_auto struct arena arena = ARENA(CONFIG_MAX + 4096);
    char path[FILE_PATH];
    struct text bytes;
    json_t *config;
    int rc;

    if (file_join(path, p->dir, "config.json", err) != 0)
        return -1;
    if (!file_exists(path))
        return 0;
    if (file_read(path, CONFIG_MAX, &arena, &bytes, err) != 0)
        return -1;
    config = json_loadb(bytes.p, bytes.n, JSON_REJECT_DUPLICATES, NULL);
    /* What else is wrong with it is told by whoever needs it. */
    rc = place_evidence(p, said(config, "evidence"), err);
    /* A database that somebody named says itself that it was moved. */
    if (rc == 0 && p->address[0] == '\0')
        rc = keep(p->moved_to, sizeof p->moved_to, said(config, "moved_to"), err) != 0
                 ? -1
                 : read_address(p->address, config, "store", err);
    if (rc == 0)
        rc = read_address(p->reading, config, "read_store", err);
    json_decref(config);
    return rc;
}

bool place_is_database(struct text word)
{
    return postgres_is(word);
}

int place_find(struct books_place *p, const char *word, struct err *err)
{
    struct text rest = text_of(word), address;

    *p = (struct books_place){0};
    if (!postgres_is(rest))
        return keep(p->dir, sizeof p->dir, rest, err) != 0 ? -1 : read_config(p, err);
    text_cut(&rest, '#', &address);
    if (keep(p->address, sizeof p->address, address, err) != 0 ||
        keep(p->dir, sizeof p->dir, rest.n ? rest : T("ledger"), err) != 0)
        return -1;
    return read_config(p, err);
}

bool place_holds(const struct books_place *p)
{
    char path[FILE_PATH];
    struct err err;

    return p->address[0] || (file_join(path, p->dir, "ledger.db", &err) == 0 && file_exists(path));
}

struct text place_shown(const char *dir, const char *address, char out[static PLACE_DIR])
{
    if (address[0])
        postgres_shown(address, out, PLACE_DIR);
    else
        snprintf(out, PLACE_DIR, "%s", dir);
    return text_of(out);
}

struct store *place_open(const char *dir, const char *address, const struct place_how *how,
                         struct err *err)
{
    char path[FILE_PATH];

    if (address[0])
        return postgres_open(address,
                             &(struct postgres_options){.create = how->create,
                                                        .read_only = how->read_only,
                                                        .lazy = how->lazy,
                                                        .wait_ms = how->wait_ms,
                                                        .silence_ms = how->silence_ms},
                             err);
    if (file_join(path, dir, "ledger.db", err) != 0)
        return NULL;
    return sqlite_open(path,
                       &(struct sqlite_options){.create = how->create,
                                                .read_only = how->read_only,
                                                .beside = how->beside,
                                                .lazy = how->lazy,
                                                .wait_ms = how->wait_ms},
                       err);
}
