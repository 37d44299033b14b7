/* source.c: see source.h. */
#include "formats/source.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

int64_t source_read(const struct source *s, uint64_t at, void *to, size_t n, struct err *err)
{
    size_t have = 0;

    if (at >= s->size)
        return 0;
    if (n > s->size - at)
        n = (size_t)(s->size - at);
    if (s->bytes) {
        memcpy(to, s->bytes + at, n);
        return (int64_t)n;
    }
    while (have < n) {
        ssize_t got = pread(s->fd, (char *)to + have, n - have, (off_t)(at + have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_errno(err, text_of(s->name));
        if (got == 0)
            break;
        have += (size_t)got;
    }
    return (int64_t)have;
}

int source_refuse(const struct source *s, enum err_code code, const char *why, struct err *err)
{
    return err_fill(err, code, (struct err_text[]){{.text = text_of(s->name)}, err_sentence(why)},
                    2);
}

int source_limit(const struct source *s, const char *what, uint64_t most, struct err *err)
{
    char number[24];

    snprintf(number, sizeof number, "%llu", (unsigned long long)most);
    return err_set(err, FILE_LIMIT, text_of(s->name), err_sentence(what), text_of(number));
}
