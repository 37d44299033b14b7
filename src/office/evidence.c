/* evidence.c: see evidence.h. */
#include "office/evidence.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/file.h"

int evidence_store(struct ledger *l, struct text path, struct evidence_line *line,
                   struct arena *arena, struct err *err)
{
    buf_auto struct buf folder = BUF(8192), target = BUF(8192), hex = BUF(64);
    const char *from = arena_cstr(arena, path), *slash;
    struct hash hash, stored;
    uint64_t size;

    if (arena->failed)
        return err_set(err, NO_MEMORY);
    if (sha256_file(from, &hash, &size, err) != 0)
        return -1;
    if (size > EVIDENCE_BYTES)
        return err_set(err, TOO_LARGE, path, T("1 GiB"));
    buf_hex(&hex, hash.b, sizeof hash.b);
    buf_str(&folder, l->dir);
    buf_str(&folder, "/evidence/");
    buf_text(&folder, text_head(buf_view(&hex), 2));
    buf_text(&target, buf_view(&folder));
    buf_char(&target, '/');
    buf_text(&target, buf_view(&hex));
    if (hex.failed || folder.failed || target.failed)
        return err_set(err, NO_MEMORY);
    if (!file_exists(buf_cstr(&target))) {
        if (file_mkdir(buf_cstr(&folder), 0700, err) != 0 ||
            file_copy(from, buf_cstr(&target), 0600, err) != 0)
            return -1;
        /* The file may have changed while it was copied. */
        if (sha256_file(buf_cstr(&target), &stored, NULL, err) != 0)
            return -1;
        if (!hash_eq(&hash, &stored)) {
            remove(buf_cstr(&target));
            return err_set(err, NOT_A_FILE, path, err_sentence(N_("it changed while it was read")));
        }
    }
    slash = strrchr(from, '/');
    line->hash = arena_text(arena, buf_view(&hex));
    line->name = arena_text(arena, text_of(slash ? slash + 1 : from));
    line->size = (int64_t)size;
    return arena->failed ? err_set(err, NO_MEMORY) : 0;
}
