/*
 * export.c: a list as a file: the same rows, columns and words as `xiaohao export`.
 *
 * It is made on a connection of its own, so that no page waits for a reader meanwhile. CSV and JSON
 * are made while they are sent, as fast as the visitor takes them. A workbook can be sent only when
 * it is whole, and lies in a temporary file before its first byte.
 */
#include "office/lists/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "web/app.h"
#include "web/html.h"
#include "web/pages/list_filter.h"
#include "web/pages/pages.h"
#include "web/routes.h"

enum { SENT_AT_ONCE = 64 * 1024 };

static const struct {
    const char *name, *type;
    enum table_format format;
} formats[] = {
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", TABLE_XLSX},
    {"csv", "text/csv; charset=utf-8", TABLE_CSV},
    {"json", "application/json", TABLE_JSON},
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

/* --- the file ----------------------------------------------------------------------------------
 */

/* An export on its way. It outlives the request, and so has an arena of its own. */
struct sending {
    struct app *app;
    struct arena arena;
    struct text person;
    struct export_request request;
    enum table_format format;
    struct ledger ledger;
    bool open; /* the ledger is */
    struct viewer viewer;
    struct export *rows; /* of CSV and JSON */
    int fd;              /* of a workbook; -1 until it is made */
};

static int make_workbook(struct sending *s, struct err *err)
{
    char path[FILE_PATH], name[64], uuid[37];

    if (env_uuid(s->app->env, uuid, err) != 0)
        return -1;
    snprintf(name, sizeof name, "uploads/%s", uuid);
    if (file_join(path, s->app->writer.dir, "uploads", err) != 0 ||
        file_mkdir(path, 0700, err) != 0 || file_join(path, s->app->writer.dir, name, err) != 0 ||
        export_list(path, s->format, &s->ledger, &s->viewer, &s->request, NULL, NULL, NULL, err) !=
            0)
        return -1;
    s->fd = open(path, O_RDONLY | O_CLOEXEC);
    unlink(path);
    return s->fd < 0 ? err_errno(err, text_of(path)) : 0;
}

static void close_ledger(struct sending *s)
{
    if (s->open)
        ledger_close(&s->ledger);
    s->open = false;
}

static int begin(struct sending *s, struct err *err)
{
    int rc;

    if (ledger_open(&s->ledger, s->app->dir, true, s->app->env, err) != 0)
        return -1;
    s->open = true;
    if (viewer_load(&s->viewer, &s->ledger, s->person, &s->arena, err) != 0)
        return -1;
    if (s->format == TABLE_XLSX) {
        rc = make_workbook(s, err);
        close_ledger(s);
        return rc;
    }
    s->rows = export_open(s->format, &s->ledger, &s->viewer, &s->request, err);
    return s->rows ? 0 : -1;
}

static int next_piece(void *state, struct buf *piece)
{
    struct sending *s = state;
    char bytes[SENT_AT_ONCE];
    struct err err;
    ssize_t n;

    if (s->rows == NULL && s->fd < 0 && begin(s, &err) != 0)
        return -1;
    if (s->rows)
        return export_next(s->rows, piece, &err);
    do
        n = read(s->fd, bytes, sizeof bytes);
    while (n < 0 && errno == EINTR);
    if (n > 0)
        buf_bytes(piece, bytes, (size_t)n);
    return n < 0 ? -1 : n > 0;
}

static void end(void *state)
{
    struct sending *s = state;

    export_close(s->rows);
    close_ledger(s);
    if (s->fd >= 0)
        close(s->fd);
    __atomic_sub_fetch(&s->app->exports, 1, __ATOMIC_RELAXED);
    arena_release(&s->arena);
    mem_free(s);
}

/* --- what is asked for -------------------------------------------------------------------------
 */

/* States of another list's rows, which have words of their own. */
static int task_states_of(const struct list_filter *f, struct list_query *query, struct err *err)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct given *term = &f->terms[i];
        bool other = !text_eq(term->name, T("state")) && !text_eq(term->name, T("unit")) &&
                     !text_eq(term->name, T("campaign")) && !text_eq(term->name, T("day")) &&
                     !text_eq(term->name, T("overdue")) && !text_eq(term->name, T("soon"));
        int word =
            text_eq(term->name, T("state")) ? word_of(list_states(query->kind), term->value) : 0;
        if (other || word < 0)
            return err_set(err, BAD_VALUE, word < 0 ? term->value : term->name);
        if (word)
            query->states |= BIT(word);
    }
    return 0;
}

/* What the list by deadline narrows further, for the head of the file. */
static struct text narrowed(struct request *q, const struct list_filter *f)
{
    static const char *const said[] = {"state", "overdue", "soon", "unit", "campaign", "day"};
    buf_auto struct buf out = BUF(8192);

    for (size_t i = 0; i < f->count; i++) {
        bool known = false;
        for (size_t k = 0; k < sizeof said / sizeof said[0]; k++)
            known |= text_eq(f->terms[i].name, text_of(said[k]));
        if (known)
            continue;
        if (out.n)
            buf_str(&out, q->lang == LANG_ZH ? "、" : ", ");
        buf_text(&out, filter_say(f, q, i));
    }
    return arena_text(q->arena, buf_view(&out));
}

static int ask(struct request *q, struct export_request *request, struct err *err)
{
    struct list_query *query = &request->query;
    bool items = query->kind == LIST_PROBLEMS;
    struct list_filter f;

    filter_read(&f, q->query, q->query_count);
    if (!items) {
        if (task_states_of(&f, query, err) != 0)
            return -1;
        filter_drop(&f, "state");
    }
    if (filter_resolve(&f, q, err) != 0)
        return -1;
    query->day = f.day;
    query->campaign = f.query.campaign;
    request->campaign_name = f.campaign_name;
    request->unit_name = f.unit_name;
    if (f.query.unit.n &&
        list_choose_unit(query, q->ledger, f.query.unit, NULL, q->arena, err) != 0)
        return -1;
    if (f.day)
        request->at = ledger_day_end(q->ledger, f.day);
    query->overdue = f.overdue;
    query->soon = f.soon && !f.overdue;
    if (items) {
        filter_query(&f, query);
        if (filter_text(&f, "state").n == 0)
            query->states = 0;
        if (query->part == PART_ANY && !text_eq(query_text(q, "any"), T("1")))
            query->part = PART_LEADS;
        request->narrowed = narrowed(q, &f);
    }
    return 0;
}

/* Out of the request's arena into one that lives as long as the sending. */
static void keep(struct sending *s)
{
    struct export_request *r = &s->request;
    struct text *const texts[] = {&s->person,       &r->query.campaign, &r->query.path,
                                  &r->query.person, &r->campaign_name,  &r->unit_name,
                                  &r->narrowed};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = arena_text(&s->arena, *texts[i]);
}

/* "problems-2026-11-25.xlsx", and for those who can read it (RFC 6266) what people call it. */
static void name_file(struct request *q, struct response *r, enum list_kind kind,
                      const char *ending)
{
    buf_auto struct buf name = BUF(4096);
    char day[11];

    date_iso(q->viewer.today, day);
    buf_str(&r->disposition, "attachment; filename=\"");
    buf_str(&r->disposition, list_name(kind));
    buf_printf(&r->disposition, "-%s.%s\"; filename*=UTF-8''", day, ending);
    buf_text(&name, text_of(q->app->writer.name));
    buf_char(&name, ' ');
    buf_str(&name, tr(q->lang, list_label(kind)));
    buf_printf(&name, " %s.%s", day, ending);
    html_url(&r->disposition, buf_view(&name));
}

static int format_of(struct request *q, struct err *err)
{
    struct text given = query_text(q, "format");

    for (int i = 0; i < FORMATS; i++)
        if (text_eq(given, text_of(formats[i].name)))
            return i;
    if (given.n == 0)
        return q->json ? FORMATS - 1 : 0;
    err_set(err, BAD_VALUE, arena_join(q->arena, T("format="), text_clip(given, 100)));
    return -1;
}

int page_export(struct request *q, struct response *r, struct err *err)
{
    int kind = list_of(q->args[0]), format = format_of(q, err);
    struct sending *s;

    if (kind < 0 || kind > LIST_RESPONSIBILITIES)
        return err_set(err, NOT_FOUND, err_sentence(N_("list")), q->args[0]);
    if (format < 0)
        return -1;
    s = mem_alloc(sizeof *s);
    if (s == NULL)
        return err_set(err, NO_MEMORY);
    *s = (struct sending){.app = q->app,
                          .arena = ARENA(1 << 20),
                          .person = q->viewer.person,
                          .request = {.query = {.kind = (enum list_kind)kind},
                                      .lang = q->lang,
                                      .at = q->app->env->now(q->app->env)},
                          .format = formats[format].format,
                          .fd = -1};
    if (__atomic_add_fetch(&q->app->exports, 1, __ATOMIC_RELAXED) > EXPORTS) {
        end(s);
        return err_set(err, EXPORTS_BUSY);
    }
    if (ask(q, &s->request, err) != 0) {
        end(s);
        return -1;
    }
    keep(s);
    page_seen(q, ACCESS_EXPORT, s->request.query.campaign,
              text_of(list_name((enum list_kind)kind)));
    r->type = formats[format].type;
    name_file(q, r, (enum list_kind)kind, formats[format].name);
    r->stream = (struct stream){next_piece, end, s};
    return 0;
}
