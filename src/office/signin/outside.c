/* outside.c: see outside.h. */
#include "office/signin/outside.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "office/signin/identity.h"

enum { CONFIG_MAX = 1 << 20, SECRET_MAX = 4096 };

/* A setting of a section: which field it fills. A file's is a path in the ledger's folder, a
 * secret's the one line of such a file. */
enum setting_kind { PLAIN, FILE_NAME, SECRET };
struct setting {
    const char *key;
    enum setting_kind kind;
    struct text *field;
};

struct reading {
    const struct ledger *ledger;
    struct outside *outside;
    const char *section;
    struct err *err;
};

static int wrong(struct reading *r, const char *key, const char *why)
{
    char where[128];

    snprintf(where, sizeof where, "%s.%s", r->section, key);
    return err_set(r->err, CONFIG, text_of(where), text_of(why));
}

/* A path as it is, if it is absolute, else in the ledger's folder. */
static struct text path_of(struct reading *r, struct text name)
{
    char path[FILE_PATH];
    struct arena *arena = &r->outside->arena;

    if (text_starts(name, T("/")))
        return arena_text(arena, name);
    if (file_join(path, r->ledger->dir, arena_cstr(arena, name), r->err) != 0)
        return T("");
    return arena_text(arena, text_of(path));
}

/* The one line of a file that only its owner may read. */
static int read_secret(struct reading *r, struct text name, struct text *secret)
{
    const char *path = arena_cstr(&r->outside->arena, path_of(r, name));
    struct stat st;

    if (stat(path, &st) == 0 && (st.st_mode & 077) != 0)
        return err_set(r->err, SECRET_OPEN, text_of(path));
    if (file_read(path, SECRET_MAX, &r->outside->arena, secret, r->err) != 0)
        return -1;
    while (secret->n && (secret->p[secret->n - 1] == '\n' || secret->p[secret->n - 1] == '\r'))
        secret->n--;
    if (secret->n == 0)
        return err_set(r->err, FILE_EMPTY, text_of(path));
    return 0;
}

static int read_setting(struct reading *r, const struct setting *s, const json_t *value)
{
    struct text given = {json_string_value(value), json_string_length(value)};

    if (!json_is_string(value) || given.n == 0 || memchr(given.p, '\0', given.n))
        return wrong(r, s->key, N_("it is no text"));
    if (s->kind == SECRET)
        return read_secret(r, given, s->field);
    *s->field = s->kind == FILE_NAME ? path_of(r, given) : arena_text(&r->outside->arena, given);
    return s->field->n ? 0 : -1;
}

/* Fills the fields of a section. What is not known is refused: it would be a setting that somebody
 * believes in and that does nothing. 1, 0 when there is no such section, -1. */
static int read_section(struct reading *r, const json_t *config, const struct setting *settings,
                        size_t count)
{
    json_t *section = json_object_get(config, r->section), *value;
    const char *key;

    if (section == NULL)
        return 0;
    if (!json_is_object(section))
        return wrong(r, "", N_("it is no object"));
    json_object_foreach(section, key, value)
    {
        size_t i = 0;
        while (i < count && strcmp(settings[i].key, key) != 0)
            i++;
        if (i == count)
            return wrong(r, key, N_("there is no such setting"));
        if (read_setting(r, &settings[i], value) != 0)
            return -1;
    }
    return 1;
}

static int read_directory(struct reading *r, const json_t *config)
{
    struct directory_config *d = &r->outside->directory;
    const struct setting settings[] = {
        {"url", PLAIN, &d->url},       {"ca", FILE_NAME, &d->ca},
        {"dn", PLAIN, &d->dn},         {"bind_dn", PLAIN, &d->bind_dn},
        {"base", PLAIN, &d->base},     {"bind_password_file", SECRET, &d->bind_password},
        {"filter", PLAIN, &d->filter}, {"name", PLAIN, &d->name},
        {"email", PLAIN, &d->email}};
    int rc;

    r->section = "ldap";
    rc = read_section(r, config, settings, sizeof settings / sizeof settings[0]);
    if (rc == 1 && directory_config_check(d, r->err) != 0)
        return -1;
    r->outside->has_directory = rc == 1;
    return rc < 0 ? -1 : 0;
}

static int read_service(struct reading *r, const json_t *config)
{
    struct oidc_config o = {0};
    const struct setting settings[] = {
        {"issuer", PLAIN, &o.issuer}, {"client_id", PLAIN, &o.client_id},
        {"ca", FILE_NAME, &o.ca},     {"client_secret_file", SECRET, &o.client_secret},
        {"scope", PLAIN, &o.scope},   {"label", PLAIN, &r->outside->label}};
    int rc;

    r->section = "oidc";
    rc = read_section(r, config, settings, sizeof settings / sizeof settings[0]);
    if (rc != 1)
        return rc;
    r->outside->issuer = o.issuer;
    r->outside->service = oidc_new(&o, r->ledger->env, r->err);
    return r->outside->service ? 0 : -1;
}

int outside_load(struct outside *o, const struct ledger *l, struct err *err)
{
    arena_auto struct arena arena = ARENA(CONFIG_MAX + 4096);
    struct reading r = {.ledger = l, .outside = o, .err = err};
    char path[FILE_PATH];
    struct text bytes;
    json_error_t at;
    json_t *config;
    int rc = -1;

    *o = (struct outside){.arena = ARENA(1u << 20)};
    if (file_join(path, l->dir, "config.json", err) != 0)
        return -1;
    if (!file_exists(path))
        return 0;
    if (file_read(path, CONFIG_MAX, &arena, &bytes, err) != 0)
        return -1;
    config = json_loadb(bytes.p, bytes.n, JSON_REJECT_DUPLICATES, &at);
    if (json_is_object(config)) {
        rc = read_directory(&r, config) != 0 ? -1 : read_service(&r, config);
    } else {
        char where[64];
        snprintf(where, sizeof where, "%d:%d", config ? 1 : at.line, config ? 1 : at.column);
        err_set(err, NOT_JSON, text_of(path), text_of(where));
    }
    json_decref(config);
    return rc == 0 && o->arena.failed ? err_set(err, NO_MEMORY) : rc;
}

void outside_release(struct outside *o)
{
    struct text secret = o->directory.bind_password;

    if (secret.p)
        sodium_memzero((void *)(uintptr_t)secret.p, secret.n);
    oidc_free(o->service);
    arena_release(&o->arena);
    *o = (struct outside){0};
}

/* --- the service ------------------------------------------------------------------------------ */

int signin_service_begin(const struct outside *o, struct text redirect, struct oidc_kept *kept,
                         struct buf *url, struct err *err)
{
    if (o->service == NULL)
        return err_set(err, NOT_FOUND, err_sentence(N_("sign-in service")), T(""));
    return oidc_begin(o->service, redirect, kept, url, err);
}

int signin_service_finish(struct ledger *l, const struct outside *o, struct text redirect,
                          const struct oidc_kept *kept, const struct oidc_answer *answer,
                          struct outside_person *who, struct arena *arena, struct err *err)
{
    *who = (struct outside_person){.issuer = o->issuer};
    if (o->service == NULL)
        return err_set(err, NOT_FOUND, err_sentence(N_("sign-in service")), T(""));
    if (oidc_finish(o->service, redirect, kept, answer, &who->claims, arena, err) != 0)
        return -1;
    return identity_person(l, o->issuer, who->claims.subject, &who->person, arena, err) < 0 ? -1
                                                                                            : 0;
}
