/* manifest.c: see manifest.h. */
#include "office/backup/manifest.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"
#include "base/json.h"
#include "base/mem.h"

enum { MANIFEST_MAX = 64 << 20, DAY_MS = 24 * 60 * 60 * 1000 };

void manifest_name(int64_t ms, char out[static BACKUP_NAME])
{
    struct civil day = date_civil((int32_t)(ms / DAY_MS));
    unsigned in_day = (unsigned)(ms % DAY_MS);

    snprintf(out, BACKUP_NAME, "%04u%02u%02uT%02u%02u%02u%03uZ", (unsigned)day.year % 10000u,
             (unsigned)day.month % 100u, (unsigned)day.day % 100u, in_day / 3600000 % 24u,
             in_day / 60000 % 60u, in_day / 1000 % 60u, in_day % 1000u);
}

bool manifest_named(struct text name)
{
    if (name.n != BACKUP_NAME - 1)
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (i == 8            ? name.p[i] != 'T'
            : i == name.n - 1 ? name.p[i] != 'Z'
                              : name.p[i] < '0' || name.p[i] > '9')
            return false;
    return true;
}

/* --- writing --------------------------------------------------------------------------------- */

static void put_text(struct buf *b, const char *key, struct text t, bool *first)
{
    json_put_key(b, key, first);
    json_put_text(b, t);
}

static void put_int(struct buf *b, const char *key, int64_t v, bool *first)
{
    json_put_key(b, key, first);
    buf_int(b, v);
}

static void put_file(struct buf *b, const struct backup_file *f, bool *first)
{
    put_int(b, "bytes", f->bytes, first);
    put_text(b, "path", f->path, first);
    put_text(b, "sha256", f->sha256, first);
}

static void put_part(struct buf *b, const char *key, const struct backup_file *f, bool *first)
{
    bool inner = true;

    json_put_key(b, key, first);
    buf_char(b, '{');
    put_file(b, f, &inner);
    buf_char(b, '}');
}

static void put_manifest(struct buf *b, const struct manifest *m)
{
    bool first = true;

    buf_char(b, '{');
    put_int(b, "format", 1, &first);
    put_text(b, "version", m->version, &first);
    put_text(b, "origin", m->origin, &first);
    put_text(b, "ledger", m->ledger, &first);
    put_text(b, "timezone", m->timezone, &first);
    put_int(b, "at", m->at, &first);
    put_int(b, "last", m->last, &first);
    put_int(b, "entries", m->entries, &first);
    put_text(b, "root", m->root, &first);
    put_text(b, "checkpoint", m->checkpoint, &first);
    json_put_key(b, "keys", &first);
    buf_str(b, m->keys ? "true" : "false");
    put_int(b, "evidence_files", m->evidence_files, &first);
    put_int(b, "evidence_bytes", m->evidence_bytes, &first);
    put_part(b, "beside", &m->beside, &first);
    put_part(b, "config", &m->config, &first);
    json_put_key(b, "log", &first);
    buf_char(b, '[');
    for (size_t i = 0; i < m->pieces; i++) {
        bool inner = true;
        buf_str(b, i ? ",{" : "{");
        put_int(b, "first", m->log[i].first, &inner);
        put_int(b, "entries", m->log[i].entries, &inner);
        put_file(b, &m->log[i].file, &inner);
        buf_char(b, '}');
    }
    buf_str(b, "]}\n");
}

static int path_of(const char *folder, const char *name, char out[static FILE_PATH],
                   struct err *err)
{
    char inner[FILE_PATH];

    return file_join(inner, folder, name, err) != 0 ? -1
                                                    : file_join(out, inner, "manifest.json", err);
}

/* One line of JSON, and one with its SHA-256, so that a damaged manifest is known as one. */
int manifest_write(const char *folder, const struct manifest *m, struct err *err)
{
    buf_auto struct buf b = BUF(MANIFEST_MAX);
    char path[FILE_PATH];
    struct hash sum;

    put_manifest(&b, m);
    if (b.failed)
        return err_set(err, NO_MEMORY);
    sum = sha256(buf_view(&b));
    buf_hex(&b, sum.b, sizeof sum.b);
    buf_char(&b, '\n');
    if (b.failed)
        return err_set(err, NO_MEMORY);
    return path_of(folder, m->name, path, err) != 0
               ? -1
               : file_write(path, buf_view(&b), 0600, true, err);
}

/* --- reading --------------------------------------------------------------------------------- */

struct reader {
    struct json j;
    struct arena *arena;
    bool first, ok;
};

static bool key(struct reader *r, const char *expected)
{
    struct text k;

    r->ok = r->ok && (r->first || json_take(&r->j, ',')) && json_key(&r->j, &k) &&
            text_eq(k, text_of(expected));
    r->first = false;
    return r->ok;
}

static struct text get_text(struct reader *r, const char *expected)
{
    struct text t = {"", 0};

    if (key(r, expected))
        r->ok = json_text(&r->j, r->arena, &t);
    return r->ok ? t : (struct text){"", 0};
}

static int64_t get_int(struct reader *r, const char *expected)
{
    int64_t v = 0;

    if (key(r, expected))
        r->ok = json_int(&r->j, &v) && v >= 0;
    return r->ok ? v : 0;
}

static bool take(struct reader *r, char c)
{
    r->ok = r->ok && json_take(&r->j, c);
    if (c == '{')
        r->first = true;
    return r->ok;
}

/* A path stays within the folder. */
static struct backup_file get_file(struct reader *r)
{
    struct backup_file f = {.bytes = get_int(r, "bytes")};
    struct hash ignored;

    f.path = get_text(r, "path");
    f.sha256 = get_text(r, "sha256");
    if (f.path.n && (f.path.p[0] == '/' || text_has(f.path, T("..")) || f.path.n > 200 ||
                     memchr(f.path.p, '\0', f.path.n) || !hash_parse(f.sha256, &ignored)))
        r->ok = false;
    return f;
}

static struct backup_file get_part(struct reader *r, const char *expected)
{
    struct backup_file f = {0};

    if (key(r, expected) && take(r, '{')) {
        f = get_file(r);
        take(r, '}');
        r->first = false;
    }
    return f;
}

static void get_log(struct reader *r, struct manifest *m)
{
    size_t room = 0;
    struct backup_piece *list = NULL;
    int64_t entries = 0;

    if (!key(r, "log") || !take(r, '['))
        return;
    while (r->ok && json_peek(&r->j) != ']') {
        if (m->pieces)
            take(r, ',');
        if (!mem_room(&list, m->pieces, &room, sizeof *list))
            r->ok = false;
        if (!take(r, '{'))
            break;
        list[m->pieces].first = get_int(r, "first");
        list[m->pieces].entries = get_int(r, "entries");
        list[m->pieces].file = get_file(r);
        /* The pieces are the log, without a gap. */
        r->ok = r->ok && list[m->pieces].first == entries &&
                list[m->pieces].entries <= m->entries - entries && list[m->pieces].file.path.n;
        entries += r->ok ? list[m->pieces].entries : 0;
        m->pieces++;
        take(r, '}');
    }
    r->ok = r->ok && entries == m->entries;
    m->log = arena_array(r->arena, struct backup_piece, m->pieces + 1);
    if (m->log && m->pieces)
        memcpy(m->log, list, m->pieces * sizeof *list);
    mem_free(list);
    take(r, ']');
    r->first = false;
}

static bool parse(struct text line, struct manifest *m, struct arena *arena)
{
    struct reader r = {.j = {line.p, line.p + line.n}, .arena = arena, .ok = true};

    take(&r, '{');
    r.ok = get_int(&r, "format") == 1 && r.ok;
    m->version = get_text(&r, "version");
    m->origin = get_text(&r, "origin");
    m->ledger = get_text(&r, "ledger");
    m->timezone = get_text(&r, "timezone");
    m->at = get_int(&r, "at");
    m->last = get_int(&r, "last");
    m->entries = get_int(&r, "entries");
    m->root = get_text(&r, "root");
    m->checkpoint = get_text(&r, "checkpoint");
    if (key(&r, "keys"))
        r.ok = json_bool(&r.j, &m->keys);
    m->evidence_files = get_int(&r, "evidence_files");
    m->evidence_bytes = get_int(&r, "evidence_bytes");
    m->beside = get_part(&r, "beside");
    m->config = get_part(&r, "config");
    get_log(&r, m);
    take(&r, '}');
    take(&r, '\n');
    return r.ok && r.j.p == r.j.end && m->entries > 0 && m->beside.path.n;
}

int manifest_read(const char *folder, struct text name, struct manifest *m, struct arena *arena,
                  struct err *err)
{
    char path[FILE_PATH];
    struct text all, sum;
    struct hash hash, named;
    ptrdiff_t end;

    *m = (struct manifest){0};
    snprintf(m->name, sizeof m->name, "%.*s", TEXT_ARG(text_head(name, BACKUP_NAME - 1)));
    if (path_of(folder, m->name, path, err) != 0 ||
        file_read(path, MANIFEST_MAX, arena, &all, err) != 0)
        return -1;
    end = text_find(all, T("\n")) + 1;
    sum = text_from(all, (size_t)end);
    if (text_ends(sum, T("\n")))
        sum.n--;
    all = text_head(all, (size_t)end);
    hash = sha256(all);
    if (end == 0 || !hash_parse(sum, &named) || !hash_eq(&hash, &named) || !parse(all, m, arena))
        return arena->failed ? err_set(err, NO_MEMORY)
                             : err_set(err, BACKUP_FILE, text_of(path),
                                       err_sentence(N_("it is damaged, or of a newer version")));
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return text_cmp(*(const struct text *)a, *(const struct text *)b);
}

int manifest_list(const char *folder, struct texts *names, struct arena *arena, struct err *err)
{
    DIR *d = opendir(folder);
    struct text *list = NULL;
    size_t room = 0;
    struct dirent *e;
    bool short_of = false;

    *names = (struct texts){NULL, 0};
    if (d == NULL)
        return errno == ENOENT ? 0 : err_unreadable(err, text_of(folder));
    while (!short_of && (e = readdir(d)) != NULL) {
        char path[FILE_PATH];
        if (!manifest_named(text_of(e->d_name)) || path_of(folder, e->d_name, path, err) != 0 ||
            !file_exists(path))
            continue;
        short_of = !mem_room(&list, names->count, &room, sizeof *list);
        if (!short_of)
            list[names->count++] = arena_text(arena, text_of(e->d_name));
    }
    closedir(d);
    names->at = arena_array(arena, struct text, names->count + 1);
    if (names->at && names->count) {
        memcpy(names->at, list, names->count * sizeof *list);
        qsort(names->at, names->count, sizeof *names->at, by_name);
    }
    mem_free(list);
    return short_of || arena->failed ? err_set(err, NO_MEMORY) : 0;
}
