/* evidence.c: see evidence.h. */
#include "office/evidence.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/picture.h"

/* -- names -- */

/* Marks that turn the direction of writing, so that "gnp.exe" would read "exe.png". */
static bool turns(uint32_t cp)
{
    return cp == 0x061c || cp == 0x200e || cp == 0x200f || (cp >= 0x202a && cp <= 0x202e) ||
           (cp >= 0x2066 && cp <= 0x2069);
}

static bool shown(uint32_t cp)
{
    bool control = cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029;

    return !control && !turns(cp) && cp != 0xfffd && cp != 0xfeff && (cp & 0xfffe) != 0xfffe;
}

/* The name's last part (a browser on Windows sends folders with backslashes), cleaned; a long one
 * keeps its ending. Empty when nothing is left. */
static void clean_name(struct text given, char out[static EVIDENCE_NAME + 1])
{
    buf_auto struct buf clean = BUF(1 << 16);
    struct text name, ending = {0};

    for (size_t i = given.n; i-- > 0;)
        if (given.p[i] == '/' || given.p[i] == '\\') {
            given = text_from(given, i + 1);
            break;
        }
    while (given.n) {
        uint32_t cp = text_next(&given);
        if (shown(cp))
            buf_cp(&clean, cp);
    }
    name = text_trim(buf_view(&clean));
    if (text_eq(name, T(".")) || text_eq(name, T("..")))
        name.n = 0;
    if (name.n > EVIDENCE_NAME) {
        for (size_t i = name.n - 1; i + 16 > name.n; i--)
            if (name.p[i] == '.') {
                ending = text_from(name, i);
                break;
            }
        name = text_clip(name, EVIDENCE_NAME - ending.n);
    }
    snprintf(out, EVIDENCE_NAME + 1, "%.*s%.*s", TEXT_ARG(name), TEXT_ARG(ending));
}

/* -- storing -- */

static int fail(struct evidence_upload *u, struct err *err)
{
    u->failure = *err;
    evidence_new_drop(&u->file);
    return -1;
}

static int too_large(struct evidence_upload *u, struct err *err)
{
    static const struct {
        uint64_t bytes;
        const char *name;
    } units[] = {{UINT64_C(1) << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}, {1, "B"}};
    char limit[40];
    size_t i = 0;

    while (u->most % units[i].bytes)
        i++;
    snprintf(limit, sizeof limit, "%llu %s", (unsigned long long)(u->most / units[i].bytes),
             units[i].name);
    err_set(err, TOO_LARGE, text_of(u->name), text_of(limit));
    return fail(u, err);
}

int evidence_begin(struct evidence_upload *u, struct ledger *l, struct text name, uint64_t most,
                   struct err *err)
{
    struct evidence_home home;

    *u = (struct evidence_upload){.ledger = l, .most = most ? most : EVIDENCE_BYTES};
    clean_name(name, u->name);
    evidence_home_of(&home, l);
    return evidence_new_begin(&u->file, &home, err) != 0 ? fail(u, err) : 0;
}

int evidence_append(struct evidence_upload *u, struct text bytes, struct err *err)
{
    if (u->failure.code) {
        *err = u->failure;
        return -1;
    }
    if (bytes.n > u->most - u->file.size)
        return too_large(u, err);
    return evidence_new_add(&u->file, bytes, err) != 0 ? fail(u, err) : 0;
}

int evidence_finish(struct evidence_upload *u, struct evidence_line *line, struct arena *arena,
                    struct err *err)
{
    buf_auto struct buf hex = BUF(64);
    struct evidence_home home;
    struct hash hash;
    int rc;

    if (u->failure.code) {
        *err = u->failure;
        return -1;
    }
    hash = sha256_end(&u->file.run);
    buf_hex(&hex, hash.b, sizeof hash.b);
    if (hex.failed) {
        err_set(err, NO_MEMORY);
        return fail(u, err);
    }
    line->hash = arena_text(arena, buf_view(&hex));
    line->name = arena_text(arena, u->name[0] ? text_of(u->name) : text_head(buf_view(&hex), 12));
    line->size = (int64_t)u->file.size;
    if (arena->failed) {
        err_set(err, NO_MEMORY);
        return fail(u, err);
    }
    rc = evidence_home_open(&home, u->ledger, err);
    if (rc == 0)
        rc = evidence_new_put(&u->file, &home, line->hash, err);
    evidence_home_close(&home);
    return rc != 0 ? fail(u, err) : 0;
}

void evidence_abandon(struct evidence_upload *u)
{
    evidence_new_drop(&u->file);
}

static int append_block(void *arg, struct text block, struct err *err)
{
    return evidence_append(arg, block, err);
}

int evidence_store(struct ledger *l, struct text path, struct text name, struct evidence_line *line,
                   struct arena *arena, struct err *err)
{
    struct evidence_upload u;
    const char *from = arena_cstr(arena, path);
    int rc;

    if (arena->failed)
        return err_set(err, NO_MEMORY);
    if (evidence_begin(&u, l, name.n ? name : path, 0, err) != 0)
        return -1;
    rc = file_scan(from, append_block, &u, err);
    if (rc == 0)
        rc = evidence_finish(&u, line, arena, err);
    evidence_abandon(&u);
    return rc;
}

int evidence_sweep(struct ledger *l, struct err *err)
{
    struct evidence_home home;
    int rc = evidence_home_open(&home, l, err);

    if (rc == 0)
        rc = home.ops->sweep(&home, l->env->now(l->env) - EVIDENCE_WAITS, err);
    evidence_home_close(&home);
    return rc;
}

/* -- what it is -- */

static const char *const media[EVIDENCE_KINDS] = {
    [EVIDENCE_OTHER] = "application/octet-stream",
    [EVIDENCE_JPEG] = "image/jpeg",
    [EVIDENCE_PNG] = "image/png",
    [EVIDENCE_GIF] = "image/gif",
    [EVIDENCE_WEBP] = "image/webp",
    [EVIDENCE_HEIC] = "image/heic",
    [EVIDENCE_TIFF] = "image/tiff",
    [EVIDENCE_BMP] = "image/bmp",
    [EVIDENCE_PDF] = "application/pdf",
    [EVIDENCE_DOCX] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    [EVIDENCE_XLSX] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    [EVIDENCE_PPTX] = "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    [EVIDENCE_ZIP] = "application/zip",
};

const char *evidence_media(enum evidence_kind kind)
{
    return media[kind];
}

/* An Office file has its document's folder among its first members. */
static enum evidence_kind zip_kind(struct text head)
{
    if (!text_has(head, T("[Content_Types].xml")) && !text_has(head, T("_rels/")))
        return EVIDENCE_ZIP;
    return text_has(head, T("word/"))  ? EVIDENCE_DOCX
           : text_has(head, T("xl/"))  ? EVIDENCE_XLSX
           : text_has(head, T("ppt/")) ? EVIDENCE_PPTX
                                       : EVIDENCE_ZIP;
}

enum evidence_kind evidence_kind(struct text head)
{
    static const struct {
        const char *magic;
        size_t n;
        enum evidence_kind kind;
    } plain[] = {
        {"\xff\xd8\xff", 3, EVIDENCE_JPEG}, {"\x89PNG\r\n\x1a\n", 8, EVIDENCE_PNG},
        {"GIF87a", 6, EVIDENCE_GIF},        {"GIF89a", 6, EVIDENCE_GIF},
        {"II*\0", 4, EVIDENCE_TIFF},        {"MM\0*", 4, EVIDENCE_TIFF},
        {"%PDF-", 5, EVIDENCE_PDF},
    };
    static const char *const heic[] = {"heic", "heix", "heim", "heis",
                                       "hevc", "hevx", "mif1", "msf1"};
    struct text fourth = text_from(head, 4), eighth = text_from(head, 8);

    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (text_starts(head, (struct text){plain[i].magic, plain[i].n}))
            return plain[i].kind;
    if (text_starts(head, T("RIFF")) && text_starts(eighth, T("WEBP")))
        return EVIDENCE_WEBP;
    for (size_t i = 0; i < sizeof heic / sizeof heic[0]; i++)
        if (text_starts(fourth, T("ftyp")) && text_starts(eighth, text_of(heic[i])))
            return EVIDENCE_HEIC;
    /* "BM" begins many a text; the header's reserved bytes are zero. */
    if (text_starts(head, T("BM")) && text_starts(text_from(head, 6), T("\0\0\0\0")))
        return EVIDENCE_BMP;
    return text_starts(head, T("PK\3\4")) ? zip_kind(head) : EVIDENCE_OTHER;
}

int evidence_open(struct ledger *l, struct text hash, struct evidence_file *file, struct err *err)
{
    struct evidence_home home;
    char head[EVIDENCE_HEAD];
    struct hash parsed;
    struct stat st;
    ssize_t got;
    int rc;

    file->fd = -1;
    if (!hash_parse(hash, &parsed) || l->dir[0] == '\0')
        return err_set(err, NOT_FOUND, err_sentence(N_("evidence")), hash);
    rc = evidence_home_open(&home, l, err) != 0 ? -1 : home.ops->open(&home, hash, &file->fd, err);
    evidence_home_close(&home);
    if (rc != 1)
        return rc < 0 ? -1 : err_set(err, NOT_FOUND, err_sentence(N_("evidence")), hash);
    got = pread(file->fd, head, sizeof head, 0);
    if (got < 0 || fstat(file->fd, &st) != 0) {
        err_errno(err, hash);
        close(file->fd);
        file->fd = -1;
        return -1;
    }
    file->size = (uint64_t)st.st_size;
    file->kind = evidence_kind((struct text){head, (size_t)got});
    return 0;
}

int evidence_facts(struct ledger *l, struct evidence_line *line, bool with_place,
                   struct arena *arena, struct err *err)
{
    struct evidence_file file;
    struct picture_facts facts;
    int64_t moment;
    int rc;

    if (line->made_at.n && (line->place.n || !with_place))
        return 0;
    if (evidence_open(l, line->hash, &file, err) != 0)
        return -1;
    rc = file.kind == EVIDENCE_JPEG ? picture_facts(file.fd, &facts, err) : 1;
    close(file.fd);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    if (line->made_at.n == 0 && ledger_moment(l, text_of(facts.made_at), &moment))
        line->made_at = arena_text(arena, text_of(facts.made_at));
    if (line->place.n == 0 && with_place)
        line->place = arena_text(arena, text_of(facts.place));
    return arena->failed ? err_set(err, NO_MEMORY) : 0;
}
