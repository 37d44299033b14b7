/* intake.c: see intake.h. */
#include "web/intake.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

enum { NAME_BYTES = 255 };

struct intake intake_open(const char *dir, struct arena *arena)
{
    return (struct intake){.dir = dir, .arena = arena, .value = BUF(INTAKE_FORM_BYTES), .file = -1};
}

void intake_done(struct intake *in)
{
    if (in->value_open) {
        struct text value = arena_text(in->arena, buf_view(&in->value));
        in->fields[in->field_count - 1].value = value;
        in->field_bytes += value.n;
        if (!text_utf8(value) || (value.n && memchr(value.p, '\0', value.n)))
            in->refusal = 400;
    }
    if (in->value.failed || in->field_bytes > INTAKE_FORM_BYTES)
        in->refusal = 413;
    in->value_open = false;
    buf_clear(&in->value);
    if (in->file >= 0)
        close(in->file);
    in->file = -1;
}

static void field_begin(struct intake *in, const char *key)
{
    if (in->fields == NULL)
        in->fields = arena_array(in->arena, struct given, INTAKE_FIELDS);
    if (in->fields == NULL || in->field_count == INTAKE_FIELDS) {
        in->refusal = 413;
        return;
    }
    in->fields[in->field_count++].name = arena_text(in->arena, text_of(key));
    in->value_open = true;
}

static void file_begin(struct intake *in, const char *key, const char *name)
{
    char path[FILE_PATH];
    struct err err;

    if (in->fields_only) {
        in->files_lost++;
        return;
    }
    if (in->upload_count == INTAKE_FILES) {
        in->refusal = 413;
        return;
    }
    if (file_join(path, in->dir, "uploads", &err) != 0 || file_mkdir(path, 0700, &err) != 0 ||
        file_join(path, in->dir, "uploads/XXXXXX", &err) != 0 || (in->file = mkstemp(path)) < 0) {
        in->refusal = 500;
        return;
    }
    in->uploads[in->upload_count++] = (struct upload){
        .field = arena_text(in->arena, text_of(key)),
        .name = arena_text(in->arena, text_clip(text_of(name), NAME_BYTES)),
        .path = arena_text(in->arena, text_of(path)),
    };
}

static void begin(struct intake *in, const char *key, const char *name)
{
    intake_done(in);
    if (in->refusal)
        return;
    if (!text_utf8(text_of(key)) || (name && !text_utf8(text_of(name))))
        in->refusal = 400;
    else if (name)
        file_begin(in, key, name);
    else
        field_begin(in, key);
}

static void upload_write(struct intake *in, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t n = write(in->file, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            in->refusal = 500;
            return;
        }
        data += n;
        size -= (size_t)n;
        in->uploads[in->upload_count - 1].size += n;
    }
}

void intake_piece(struct intake *in, const char *key, const char *file_name, uint64_t at,
                  const char *data, size_t size)
{
    if (in->refusal)
        return;
    /* A file field that was left empty comes without a name and without bytes. */
    if (at == 0 && file_name && *file_name == '\0' && size == 0)
        intake_done(in);
    else if (at == 0)
        begin(in, key, file_name);
    if (in->refusal)
        return;
    if (in->value_open)
        buf_bytes(&in->value, data, size);
    else if (in->file >= 0)
        upload_write(in, data, size);
}

void intake_close(struct intake *in)
{
    if (in->file >= 0)
        close(in->file);
    for (size_t i = 0; i < in->upload_count; i++)
        unlink(arena_cstr(in->arena, in->uploads[i].path));
    buf_release(&in->value);
}
