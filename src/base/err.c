/* err.c: see err.h. */
#include "base/err.h"

#include <errno.h>

static const struct {
    int exit, http;
    const char *sentence;
} errors[] = {
    [ERR_NONE] = {0, 200, ""},
#define E(code, exit, http, sentence) [ERR_##code] = {exit, http, sentence},
#include "base/errors.def"
#undef E
};

/* What the system says, as a sentence of ours: strerror() speaks the language of the process, not
 * of the reader. */
static const struct {
    int number;
    const char *sentence;
} reasons[] = {
    {ENOENT, N_("there is no such file or folder")},
    {EACCES, N_("the permissions do not allow it")},
    {EPERM, N_("the system does not allow it")},
    {ENOSPC, N_("the disk is full")},
    {EDQUOT, N_("the space granted on the disk is used up")},
    {EIO, N_("the disk cannot be read or written")},
    {EISDIR, N_("it is a folder")},
    {ENOTDIR, N_("a part of its path is no folder")},
    {ENOTEMPTY, N_("the folder is not empty")},
    {EEXIST, N_("it exists already")},
    {EROFS, N_("the disk can only be read")},
    {EFBIG, N_("the file would be larger than is allowed")},
    {ENAMETOOLONG, N_("its name is too long")},
    {ELOOP, N_("its links lead in a circle")},
    {EMFILE, N_("this program has too many files open")},
    {ENFILE, N_("the system has too many files open")},
    {ENOMEM, N_("the memory is used up")},
    {EAGAIN, N_("the system is too busy")},
    {EBUSY, N_("another program is using it")},
    {ETXTBSY, N_("another program is using it")},
    {EXDEV, N_("it is on another disk")},
    {ENXIO, N_("there is no such device")},
    {ENODEV, N_("there is no such device")},
    {EINVAL, N_("the system does not know how")},
    {EPIPE, N_("nobody reads it any more")},
    {ESTALE, N_("the file server has lost it")},
    {ETIMEDOUT, N_("the file server does not answer")},
};

int err_fill(struct err *e, enum err_code code, const struct err_text *texts, int count)
{
    e->code = code;
    e->count = count < 4 ? count : 4;
    for (int i = 0; i < e->count; i++) {
        struct text t = text_clip(texts[i].text, sizeof e->texts[i]);
        e->sentences[i] = texts[i].sentence;
        e->length[i] = (uint16_t)t.n;
        if (t.n)
            memcpy(e->texts[i], t.p, t.n);
    }
    return -1;
}

/* The last resort is the system's own sentence, which lives in room. */
static struct err_text reason_of(int number, char *room, size_t size)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].number == number)
            return err_sentence(reasons[i].sentence);
    return err_words(text_of(strerror_r(number, room, size)));
}

int err_errno(struct err *e, struct text what)
{
    char room[128];

    return err_set(e, IO, what, reason_of(errno, room, sizeof room));
}

int err_unreadable(struct err *e, struct text path)
{
    char room[128];

    return err_set(e, NOT_A_FILE, path, reason_of(errno, room, sizeof room));
}

void err_say(struct buf *out, enum lang lang, const struct err *e)
{
    struct text texts[4];

    for (int i = 0; i < e->count; i++)
        texts[i] = e->sentences[i] ? text_of(tr(lang, e->sentences[i]))
                                   : (struct text){e->texts[i], e->length[i]};
    lang_format(out, tr(lang, errors[e->code].sentence), texts, e->count);
}

int err_exit(const struct err *e)
{
    return errors[e->code].exit;
}

int err_http(const struct err *e)
{
    return errors[e->code].http;
}
