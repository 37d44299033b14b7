/*
 * import.c: import by upload: a book is handed in, shown beside what it was taken for, and written
 * when its person says so. What takes long is done in web/imports.c; these pages look how far it
 * is.
 */
#include "web/pages/import.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sha256.h"
#include "office/intake/report.h"
#include "office/lists/lists.h"
#include "web/app.h"
#include "web/routes.h"

enum { WAIT_MS = 1000, CHOOSE_WAIT_MS = 60 * 1000, CAMPAIGNS = 500, REPORT_SHOWN = 64 << 10 };

static const char *const kind_labels[IMPORT_KINDS] = {
    [IMPORT_FINDINGS] = N_("Problems: findings, hazards, complaints, decisions"),
    [IMPORT_TASKS] = N_("Tasks of problems that are in the ledger"),
    [IMPORT_UNITS] = N_("Units"),
    [IMPORT_PEOPLE] = N_("People")};

struct text import_kind_label(const struct request *q, enum import_kind kind)
{
    return page_tr(q, kind_labels[kind]);
}

struct text import_href(struct request *q, const struct waiting *w, const char *rest)
{
    buf_auto struct buf out = BUF(1024);

    buf_printf(&out, "/import/%s%s", w->id, rest);
    return arena_text(q->arena, buf_view(&out));
}

void import_counts(struct request *q, const struct intake_counts *n,
                   const struct page_import_count **list, size_t *count)
{
    struct page_import_count *out = arena_array(q->arena, struct page_import_count, REPORT_LINES);
    struct report_line lines[REPORT_LINES];

    *list = out;
    *count = 0;
    report_lines(lines, n);
    for (int i = 0; out && i < REPORT_LINES; i++)
        if (i == 0 || lines[i].n)
            out[(*count)++] = (struct page_import_count){
                page_tr(q, lines[i].n == n->doubts && i == REPORT_LINES - 1 ? N_("doubts")
                                                                            : lines[i].label),
                lines[i].n};
}

size_t import_sheet_asked(const struct request *q, const struct preview *p)
{
    int64_t n;

    if (text_int(form_text(q, "sheet").n ? form_text(q, "sheet") : query_text(q, "sheet"), &n) &&
        n >= 0 && (size_t)n < p->sheet_count)
        return (size_t)n;
    for (size_t i = 0; i < p->sheet_count; i++)
        if (p->sheets[i].known && !p->sheets[i].map.skip)
            return i;
    return 0;
}

/* --- handing in --------------------------------------------------------------------------------
 */

static int campaign_options(struct request *q, struct page_import_page *page, struct err *err)
{
    struct list_query query = {.kind = LIST_CAMPAIGNS, .limit = CAMPAIGNS};
    struct page_import_option *list =
        arena_array(q->arena, struct page_import_option, CAMPAIGNS + 1);
    struct list *rows = list_open(q->ledger, &q->viewer, &query, err);
    const struct list_row *row;
    struct text given =
        form_text(q, "campaign").n ? form_text(q, "campaign") : query_text(q, "campaign");
    size_t n = 0;
    int rc = -1;

    if (list && rows) {
        list[n++] =
            (struct page_import_option){T(""), page_tr(q, N_("This year's default one")), false};
        while (n <= CAMPAIGNS && (rc = list_next(rows, &row, err)) == 1) {
            struct text code = arena_text(q->arena, row->campaign.code);
            if (!row->campaign.closed)
                list[n++] = (struct page_import_option){
                    code, page_say(q, N_("{0} {1}"), code, row->campaign.name),
                    text_eq(code, given)};
        }
    }
    list_close(rows);
    page->campaigns = list;
    page->campaigns_count = n;
    return rc < 0 ? -1 : list ? 0 : err_set(err, NO_MEMORY);
}

static struct text stage_label(struct request *q, const struct waiting *w)
{
    return page_tr(q, w->stage == WAITING_DONE    ? N_("taken in")
                      : w->stage == WAITING_BEGUN ? N_("begun")
                                                  : N_("nothing written yet"));
}

static int waiting_books(struct request *q, struct page_import_page *page, struct err *err)
{
    struct page_import_book *list;
    struct waiting *all;
    size_t count;

    if (waiting_list(&all, &count, q->ledger, q->viewer.person, q->arena, err) != 0)
        return -1;
    list = arena_array(q->arena, struct page_import_book, count + 1);
    for (size_t i = 0; list && i < count; i++)
        list[i] = (struct page_import_book){import_href(q, &all[i], ""), all[i].name,
                                            page_time(q, all[i].at), stage_label(q, &all[i])};
    page->books = list;
    page->books_count = list ? count : 0;
    return 0;
}

static int show_form(struct request *q, struct response *r, struct text wrong, struct err *err)
{
    struct page_import_option options[IMPORT_KINDS];
    struct page_import_page page = {.kinds = options,
                                    .kinds_count = IMPORT_KINDS,
                                    .skip = form_text(q, "skip-duplicates").n > 0,
                                    .wrong = wrong,
                                    .csrf = text_of(q->csrf)};

    for (int i = 0; i < IMPORT_KINDS; i++) {
        struct text key = text_of(import_kind_key((enum import_kind)i));
        options[i] = (struct page_import_option){key, import_kind_label(q, (enum import_kind)i),
                                                 text_eq(form_text(q, "kind"), key)};
    }
    if (campaign_options(q, &page, err) != 0 || waiting_books(q, &page, err) != 0)
        return -1;
    page_open(q, r, page_tr(q, N_("Import a workbook")), "import");
    page_import_page(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}

int page_import_form(struct request *q, struct response *r, struct err *err)
{
    return show_form(q, r, T(""), err);
}

/* The form again, with the sentence of what is wrong. */
static int form_again(struct request *q, struct response *r, const struct err *wrong,
                      struct err *err)
{
    buf_auto struct buf sentence = BUF(BUF_ANY);

    if (err_http(wrong) >= 500) {
        *err = *wrong;
        return -1;
    }
    err_say(&sentence, q->lang, wrong);
    r->status = err_http(wrong) == 409 ? 409 : 422;
    return show_form(q, r, buf_view(&sentence), err);
}

static const struct upload *upload_of(const struct request *q, const char *field)
{
    for (size_t i = 0; i < q->upload_count; i++)
        if (text_eq(q->uploads[i].field, text_of(field)))
            return &q->uploads[i];
    return NULL;
}

/* What the form says; -1 with err when something is missing. */
static int read_form(struct request *q, struct waiting *w, struct err *err)
{
    const struct upload *file = upload_of(q, "file"), *updates = upload_of(q, "updates");
    buf_auto struct buf hex = BUF(64);
    struct hash hash;

    *w = (struct waiting){.person = q->viewer.person,
                          .kind = IMPORT_KINDS,
                          .campaign = form_text(q, "campaign"),
                          .skip_duplicates = form_text(q, "skip-duplicates").n > 0};
    for (int i = 0; i < IMPORT_KINDS; i++)
        if (text_eq(form_text(q, "kind"), text_of(import_kind_key((enum import_kind)i))))
            w->kind = (enum import_kind)i;
    if (w->kind == IMPORT_KINDS)
        return err_set(err, BAD_VALUE, form_text(q, "kind"));
    if (file == NULL)
        return err_set(err, REFUSED, err_sentence(N_("Choose the file.")));
    w->name = text_utf8(file->name) && file->name.n ? file->name : T("book");
    if (updates == NULL)
        return 0;
    if (sha256_file(arena_cstr(q->arena, updates->path), &hash, NULL, err) != 0)
        return -1;
    buf_hex(&hex, hash.b, sizeof hash.b);
    w->updates = arena_text(q->arena, buf_view(&hex));
    return 0;
}

/* Sees whether the trial failed already: 1 with *wrong, else 0. */
static int failed(struct request *q, const struct waiting *w, struct err *wrong)
{
    const struct import_job *job = imports_borrow(q->app->imports, w->id, WAIT_MS);
    bool yes = job && job->done && job->err.code;

    if (yes)
        *wrong = job->err;
    imports_return(q->app->imports, job);
    return yes;
}

static void drop(struct request *q, const struct waiting *w)
{
    imports_forget(q->app->imports, w->id);
    waiting_drop(q->ledger, w->id);
}

int page_import_upload(struct request *q, struct response *r, struct err *err)
{
    struct err wrong = {0};
    struct waiting w, *all;
    size_t count;

    if (waiting_list(&all, &count, q->ledger, q->viewer.person, q->arena, err) != 0)
        return -1;
    if (count == WAITING_MOST)
        err_set(&wrong, REFUSED,
                err_sentence(N_("You handed in 50 books today. Throw some of them away first.")));
    if (wrong.code || read_form(q, &w, &wrong) != 0)
        return form_again(q, r, &wrong, err);
    if (waiting_keep(&w, q->ledger, arena_cstr(q->arena, upload_of(q, "file")->path), err) != 0)
        return -1;
    if (imports_start(q->app->imports, &w, false, q->lang, &wrong) != 0 || failed(q, &w, &wrong)) {
        drop(q, &w);
        return form_again(q, r, &wrong, err);
    }
    respond_see(r, import_href(q, &w, ""));
    return 0;
}

/* --- how far it is -----------------------------------------------------------------------------
 */

static int find(struct request *q, struct waiting *w, struct err *err)
{
    return waiting_find(w, q->ledger, q->args[0], q->viewer.person, q->arena, err);
}

/* The moment in the ledger's zone to the second: a page that moves shows that it does. */
static struct text seconds(struct request *q)
{
    char out[20];

    return arena_text(q->arena, ledger_time(&q->app->writer, q->app->env->now(q->app->env), out));
}

/* rows: read so far; 0 where another server reads them. */
static int show_progress(struct request *q, struct response *r, const struct waiting *w,
                         bool writing, int64_t rows)
{
    q->again = 2;
    page_open(q, r, w->name, "import");
    page_import_progress(&r->body, q->lang,
                         &(struct page_import_progress){.name = w->name,
                                                        .href = import_href(q, w, ""),
                                                        .writing = writing,
                                                        .rows = rows,
                                                        .now = seconds(q)});
    page_shut(q, r);
    return 0;
}

static int show_broken(struct request *q, struct response *r, const struct waiting *w,
                       const struct import_job *job)
{
    buf_auto struct buf wrong = BUF(BUF_ANY);

    if (job && job->err.code)
        err_say(&wrong, q->lang, &job->err);
    page_open(q, r, w->name, "import");
    page_import_broken(&r->body, q->lang,
                       &(struct page_import_broken){.name = w->name,
                                                    .wrong = buf_view(&wrong),
                                                    .href = import_href(q, w, "/apply"),
                                                    .csrf = text_of(q->csrf)});
    page_shut(q, r);
    return 0;
}

static const char *report_file(const struct request *q)
{
    return q->lang == LANG_ZH ? "report.zh" : "report.en";
}

/* The beginning of the report. */
static int report_head(struct request *q, const struct waiting *w, struct page_import_result *page,
                       struct err *err)
{
    char path[FILE_PATH], *bytes = arena_take(q->arena, REPORT_SHOWN + 1);
    ssize_t n;
    int fd;

    if (bytes == NULL)
        return err_set(err, NO_MEMORY);
    if (waiting_path(path, q->ledger, w->id, report_file(q), err) != 0)
        return -1;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    n = fd < 0 ? -1 : read(fd, bytes, REPORT_SHOWN + 1);
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return err_errno(err, T("report"));
    page->more = n > REPORT_SHOWN;
    page->report = text_clip((struct text){bytes, (size_t)n}, REPORT_SHOWN);
    return 0;
}

static int show_result(struct request *q, struct response *r, const struct waiting *w,
                       struct err *err)
{
    struct page_import_result page = {.name = w->name,
                                      .campaign = w->into,
                                      .rejected = w->counts.rejected,
                                      .report_href = import_href(q, w, "/report")};
    buf_auto struct buf list = BUF(1024);

    import_counts(q, &w->counts, &page.counts, &page.counts_count);
    if (w->into.n) {
        buf_str(&list, "/items?state=all&campaign=");
        html_url(&list, w->into);
        page.list_href = buf_view(&list);
    }
    if (w->counts.rejected)
        page.rejects_href = import_href(q, w, "/rejects");
    if (report_head(q, w, &page, err) != 0)
        return -1;
    page_open(q, r, w->name, "import");
    page_import_result(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}

/* The trial of what is chosen now, begun when there is none. NULL with err on a failure. */
static const struct import_job *trial(struct request *q, const struct waiting *w, int wait_ms,
                                      struct err *err)
{
    const struct import_job *job = imports_borrow(q->app->imports, w->id, wait_ms);

    if (job && (!job->done || (job->changes == w->changes && job->lang == q->lang && !job->run)))
        return job;
    imports_return(q->app->imports, job);
    if (imports_start(q->app->imports, w, false, q->lang, err) != 0)
        return NULL;
    job = imports_borrow(q->app->imports, w->id, wait_ms);
    if (job == NULL)
        err_set(err, NOT_FOUND, err_sentence(N_("import")), q->args[0]);
    return job;
}

static int show_trial(struct request *q, struct response *r, const struct waiting *w,
                      struct err *err)
{
    const struct import_job *job = trial(q, w, WAIT_MS, err);
    struct err wrong = {0};
    int rc;

    if (job == NULL)
        return -1;
    if (!job->done)
        rc = show_progress(q, r, w, job->run, __atomic_load_n(&job->rows, __ATOMIC_RELAXED));
    else if (job->err.code == ERR_NONE)
        rc = import_sheet_show(q, r, w, &job->preview, T(""), err);
    else
        rc = 1;
    if (rc == 1)
        wrong = job->err;
    imports_return(q->app->imports, job);
    if (rc != 1)
        return rc;
    drop(q, w);
    return form_again(q, r, &wrong, err);
}

int page_import_book(struct request *q, struct response *r, struct err *err)
{
    const struct import_job *job;
    struct waiting w;
    bool elsewhere;
    int rc;

    if (find(q, &w, err) != 0)
        return -1;
    if (w.stage == WAITING_DONE)
        return show_result(q, r, &w, err);
    if (w.stage == WAITING_CHOSEN)
        return show_trial(q, r, &w, err);
    if (imports_elsewhere(q->ledger, w.id, &elsewhere, err) != 0)
        return -1;
    job = imports_borrow(q->app->imports, w.id, 0);
    if (job && job->run && !job->done)
        rc = show_progress(q, r, &w, true, __atomic_load_n(&job->rows, __ATOMIC_RELAXED));
    else if (elsewhere)
        rc = show_progress(q, r, &w, true, 0);
    else
        rc = show_broken(q, r, &w, job && job->run ? job : NULL);
    imports_return(q->app->imports, job);
    return rc;
}

/* --- choosing and writing ----------------------------------------------------------------------
 */

/* The form follows the choices as they are. */
static bool current(const struct request *q, const struct waiting *w)
{
    int64_t changes;

    return w->stage == WAITING_CHOSEN && text_int(form_text(q, "changes"), &changes) &&
           changes == w->changes;
}

int page_import_choose(struct request *q, struct response *r, struct err *err)
{
    buf_auto struct buf to = BUF(64), wrong = BUF(BUF_ANY);
    const struct import_job *job;
    struct waiting w, chosen;
    int rc = 0;

    if (find(q, &w, err) != 0)
        return -1;
    buf_printf(&to, "?sheet=%lld", (long long)query_int(q, "sheet", 0, 255, 0));
    if (!current(q, &w)) {
        respond_see(r, import_href(q, &w, ""));
        return 0;
    }
    /* The form may be of another node: what was chosen in it is not dropped for that. */
    request_lend(q);
    job = trial(q, &w, CHOOSE_WAIT_MS, err);
    if (request_take_back(q, job ? err : &(struct err){0}) != 0 || job == NULL) {
        imports_return(q->app->imports, job);
        return -1;
    }
    if (!job->done || job->err.code) {
        respond_see(r, import_href(q, &w, ""));
    } else {
        chosen = w;
        rc = import_choose(q, &chosen, &job->preview, err);
        if (rc == 0) {
            chosen.changes++;
            buf_clear(&to);
            buf_printf(&to, "?sheet=%zu", import_sheet_asked(q, &job->preview));
            rc = waiting_save(&chosen, q->ledger, err);
            respond_see(r, import_href(q, &w, buf_cstr(&to)));
        } else if (err_http(err) < 500) {
            err_say(&wrong, q->lang, err);
            r->status = 422;
            rc = import_sheet_show(q, r, &w, &job->preview, buf_view(&wrong), err);
        }
    }
    imports_return(q->app->imports, job);
    return rc;
}

int page_import_apply(struct request *q, struct response *r, struct err *err)
{
    const struct import_job *job;
    struct waiting w;
    bool running;

    if (find(q, &w, err) != 0 || imports_elsewhere(q->ledger, w.id, &running, err) != 0)
        return -1;
    job = imports_borrow(q->app->imports, w.id, 0);
    running |= job && !job->done;
    imports_return(q->app->imports, job);
    respond_see(r, import_href(q, &w, ""));
    /* What is written is what was shown; what was begun goes on. */
    if (running || (w.stage != WAITING_BEGUN && !current(q, &w)))
        return 0;
    request_lend(q); /* it waits until the run has begun */
    return imports_start(q->app->imports, &w, true, q->lang, err);
}

int page_import_drop(struct request *q, struct response *r, struct err *err)
{
    const struct import_job *job;
    struct waiting w;
    bool running;

    if (find(q, &w, err) != 0)
        return -1;
    job = imports_borrow(q->app->imports, w.id, WAIT_MS);
    running = job && !job->done;
    imports_return(q->app->imports, job);
    respond_see(r, running ? import_href(q, &w, "") : T("/import"));
    if (!running)
        drop(q, &w);
    return 0;
}

/* --- to take away ------------------------------------------------------------------------------
 */

static int send_file(struct request *q, struct response *r, const char *file, const char *ending,
                     const char *type, struct err *err)
{
    struct waiting w;
    char path[FILE_PATH];
    struct stat st;

    if (find(q, &w, err) != 0 || waiting_path(path, q->ledger, w.id, file, err) != 0)
        return -1;
    if (w.stage != WAITING_DONE || (r->fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
        return err_set(err, NOT_FOUND, err_sentence(N_("import")), q->args[0]);
    if (fstat(r->fd, &st) != 0)
        return err_errno(err, text_of(path));
    r->fd_size = st.st_size;
    r->type = type;
    buf_str(&r->disposition, "attachment; filename*=UTF-8''");
    html_url(&r->disposition, w.name);
    buf_str(&r->disposition, ending);
    return 0;
}

int page_import_report(struct request *q, struct response *r, struct err *err)
{
    return send_file(q, r, report_file(q), ".txt", "text/plain; charset=utf-8", err);
}

int page_import_rejects(struct request *q, struct response *r, struct err *err)
{
    return send_file(q, r, "book.rejects.xlsx", ".rejects.xlsx",
                     "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", err);
}
