/* picture.c: see picture.h; the parent's side. */
#include "formats/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/date.h"
#include "formats/picture_child.h"

/* Milliseconds; the child has fewer seconds of the processor, so that this means it hangs, or that
 * the machine has no time for it. */
enum { PATIENCE = 60 * 1000 };

static int in_child(const char *argument, int from, int to, enum picture *result, struct err *err)
{
    struct confined child;
    int answer;

    if (confined_start(&child, &picture_job, argument, from, to, err) != 0)
        return -1;
    answer = confined_end(&child, PATIENCE);
    if (answer == CONFINED_UNSAFE)
        return err_set(err, NOT_CONFINED);
    *result = answer == CHILD_DONE        ? PICTURE_DONE
              : answer == CHILD_NONE      ? PICTURE_NONE
              : answer == CONFINED_SILENT ? PICTURE_SILENT
                                          : PICTURE_DIED;
    return 0;
}

int picture_render(int from, unsigned longest, int to, enum picture *result, struct err *err)
{
    char argument[16];
    unsigned char head[3];

    snprintf(argument, sizeof argument, "%u", longest);
    if (in_child(argument, from, to, result, err) != 0)
        return -1;
    if (*result == PICTURE_DONE &&
        (lseek(to, 0, SEEK_SET) != 0 || read(to, head, sizeof head) != (ssize_t)sizeof head ||
         memcmp(head, "\xff\xd8\xff", sizeof head) != 0))
        *result = PICTURE_NONE;
    return 0;
}

/* Digits where the pattern has a 0, the pattern's own character elsewhere. */
static bool looks_like(struct text t, const char *pattern)
{
    if (t.n != strlen(pattern))
        return false;
    for (size_t i = 0; i < t.n; i++)
        if (pattern[i] == '0' ? t.p[i] < '0' || t.p[i] > '9' : t.p[i] != pattern[i])
            return false;
    return true;
}

/* Cameras without a clock say 0000:00:00. */
static bool is_moment(struct text t)
{
    int32_t day;

    return date_parse(text_head(t, 10), &day) &&
           (looks_like(t, "0000-00-00 00:00:00") || looks_like(t, "0000-00-00T00:00:00+00:00") ||
            looks_like(t, "0000-00-00T00:00:00-00:00"));
}

static bool is_place(struct text t)
{
    for (size_t i = 0; i < t.n; i++)
        if (memchr("0123456789.-, ", t.p[i], 14) == NULL)
            return false;
    return t.n > 0;
}

static void keep(char *to, size_t room, struct text t)
{
    if (t.n < room) {
        memcpy(to, t.p, t.n);
        to[t.n] = '\0';
    }
}

int picture_facts(int from, struct picture_facts *facts, struct err *err)
{
    char said[256];
    struct text rest = {said, 0}, made = {0}, place = {0};
    enum picture result;
    ssize_t got = 0;
    int ends[2], rc;

    *facts = (struct picture_facts){0};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_errno(err, T("pipe"));
    rc = in_child("facts", from, ends[1], &result, err);
    close(ends[1]);
    /* It is less than a pipe holds, and the writer is gone. */
    if (rc == 0 && result == PICTURE_DONE)
        got = read(ends[0], said, sizeof said);
    close(ends[0]);
    if (rc != 0 || got <= 0)
        return rc;
    rest.n = (size_t)got;
    text_cut(&rest, '\n', &made);
    text_cut(&rest, '\n', &place);
    if (is_moment(made))
        keep(facts->made_at, sizeof facts->made_at, made);
    if (is_place(place))
        keep(facts->place, sizeof facts->place, place);
    return 0;
}
