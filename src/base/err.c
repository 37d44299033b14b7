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

int err_fill(struct err *e, enum err_code code, const struct text *texts, int count)
{
    e->code = code;
    e->count = count < 4 ? count : 4;
    for (int i = 0; i < e->count; i++) {
        struct text t = text_clip(texts[i], sizeof e->texts[i]);
        e->length[i] = (uint16_t)t.n;
        if (t.n)
            memcpy(e->texts[i], t.p, t.n);
    }
    return -1;
}

int err_errno(struct err *e, struct text what)
{
    char reason[128];

    return err_set(e, IO, what, text_of(strerror_r(errno, reason, sizeof reason)));
}

void err_say(struct buf *out, enum lang lang, const struct err *e)
{
    struct text texts[4];
    char copy[4][241];

    /* A text may itself be a marked sentence (a reason): it is translated too. */
    for (int i = 0; i < e->count; i++) {
        memcpy(copy[i], e->texts[i], e->length[i]);
        copy[i][e->length[i]] = '\0';
        texts[i] = text_of(tr(lang, copy[i]));
    }
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
