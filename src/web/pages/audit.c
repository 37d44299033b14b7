/* audit.c: the log, its checkpoints, proofs to take away, and verification. */
#include "base/file.h"
#include "ledger/verify.h"
#include "office/lists/history.h"
#include "office/proof.h"
#include "web/app.h"
#include "web/pages/audit.html.h"
#include "web/pages/pages.h"
#include "web/routes.h"

enum { ROWS = 50 };

static struct text subject_href(struct request *q, const struct log_row *row)
{
    buf_auto struct buf out = BUF(4096);
    struct text rest = row->entry.on, code;
    bool instruction = row->entry.event.kind >= EVENT_INSTRUCTION_GIVE &&
                       row->entry.event.kind <= EVENT_INSTRUCTION_WITHDRAW;

    if (!row->open || (row->entry.event.kind < EVENT_ITEM_REGISTER && !instruction))
        return T("");
    text_cut(&rest, '/', &code);
    buf_str(&out, instruction ? "/instructions/" : "/items/");
    html_url(&out, code);
    return arena_text(q->arena, buf_view(&out));
}

static struct text kind_of(const struct entry *e)
{
    const struct shape *shape = event_shape((int)e->event.kind);

    return text_of(shape ? shape->name : "");
}

static struct page_audit_row *gather(struct request *q, const struct log_row *rows, size_t n,
                                     struct err *err)
{
    struct page_audit_row *out = arena_array(q->arena, struct page_audit_row, n + 1);
    struct names names = {.l = q->ledger, .arena = q->arena};

    for (size_t i = 0; i < n; i++)
        if (rows[i].open)
            history_names(&names, &rows[i].entry);
        else
            names_want_person(&names, rows[i].entry.by);
    names_fetch(&names);
    for (size_t i = 0; out && i < n; i++) {
        const struct entry *e = &rows[i].entry;
        buf_auto struct buf what = BUF(BUF_ANY);
        if (rows[i].open)
            history_say(&what, q->lang, &names, e);
        out[i] = (struct page_audit_row){.seq = e->seq,
                                         .when = page_time(q, e->at),
                                         .who = name_of_person(&names, e->by),
                                         .via = page_channel(q, e->via),
                                         .kind = kind_of(e),
                                         .on = rows[i].open ? e->on : T(""),
                                         .on_href = subject_href(q, &rows[i]),
                                         .what = arena_text(q->arena, buf_view(&what)),
                                         .open = rows[i].open};
    }
    if (out == NULL || names.err.code) {
        *err = names.err;
        if (out == NULL)
            err_set(err, NO_MEMORY);
        return NULL;
    }
    return out;
}

/* The page of the log, with a sentence above it when something was just verified. */
static int show(struct request *q, struct response *r, struct text result, bool bad,
                struct err *err)
{
    int64_t before = query_int(q, "before", 0, INT64_MAX - 1, INT64_MAX);
    buf_auto struct buf note = BUF(1u << 16), more = BUF(256), back = BUF(256), root = BUF(128),
                        key = BUF(1024);
    struct page_audit_page page = {.csrf = text_of(q->csrf), .result = result, .result_bad = bad};
    struct checkpoint point;
    struct log_row *rows;
    struct text body;
    size_t n;

    if (ledger_checkpoint(q->ledger, &note, err) != 0 ||
        note_open(buf_view(&note), &q->ledger->key, 1, &body, NULL, err) != 0 ||
        checkpoint_parse(&point, body, err) != 0 ||
        log_page(&rows, &n, q->ledger, &q->viewer, before, ROWS, q->arena, err) != 0)
        return -1;
    page.rows = gather(q, rows, n, err);
    if (page.rows == NULL)
        return -1;
    page.rows_count = n;
    buf_hex(&root, point.root.b, sizeof point.root.b);
    vkey_write(&q->ledger->key, &key);
    if (n == ROWS && rows[n - 1].entry.seq > 0)
        buf_printf(&more, "/audit?before=%lld", (long long)rows[n - 1].entry.seq);
    page.size = (int64_t)point.size;
    page.root = buf_view(&root);
    page.key = buf_view(&key);
    page.checkpoint = buf_view(&note);
    page.more = buf_view(&more);
    if (n && rows[0].entry.seq + 1 < page.size) {
        page.first = T("/audit");
        if (rows[0].entry.seq + 1 + ROWS < page.size)
            buf_printf(&back, "/audit?before=%lld", (long long)rows[0].entry.seq + 1 + ROWS);
        page.back = back.n ? buf_view(&back) : page.first;
    }
    page_open(q, r, page_tr(q, N_("The log")), "audit");
    page_audit_page(&r->body, q->lang, &page);
    page_shut(q, r);
    return 0;
}

int page_audit(struct request *q, struct response *r, struct err *err)
{
    return show(q, r, T(""), false, err);
}

int page_audit_entry(struct request *q, struct response *r, struct err *err)
{
    buf_auto struct buf proof = BUF(1u << 20);
    struct page_audit_row *row;
    struct log_row *rows;
    int64_t seq;
    size_t n;

    if (!text_int(q->args[0], &seq) || seq < 0 || seq == INT64_MAX ||
        log_page(&rows, &n, q->ledger, &q->viewer, seq + 1, 1, q->arena, err) != 0 || n == 0 ||
        rows[0].entry.seq != seq)
        return err->code ? -1 : err_set(err, NOT_FOUND, err_sentence(N_("entry")), q->args[0]);
    if (proof_entry(&proof, q->ledger, seq, err) != 0)
        return -1;
    if (q->json) {
        r->type = "text/plain; charset=utf-8";
        buf_text(&r->body, rows[0].bytes);
        buf_char(&r->body, '\n');
        buf_text(&r->body, buf_view(&proof));
        return 0;
    }
    row = gather(q, rows, 1, err);
    if (row == NULL)
        return -1;
    page_open(q, r, page_tr(q, N_("The log")), "audit");
    page_audit_entry_sheet(&r->body, q->lang,
                           &(struct page_audit_entry_sheet){
                               .row = row, .bytes = rows[0].bytes, .proof = buf_view(&proof)});
    page_shut(q, r);
    return 0;
}

/* A file to keep, named so that one can tell it later. */
static void keep_as(struct response *r, struct text name, const char *ending)
{
    buf_str(&r->disposition, "attachment; filename*=UTF-8''");
    html_url(&r->disposition, name);
    buf_str(&r->disposition, ending);
}

int page_checkpoint(struct request *q, struct response *r, struct err *err)
{
    r->type = "text/plain; charset=utf-8";
    keep_as(r, T("checkpoint"), ".txt");
    return ledger_checkpoint(q->ledger, &r->body, err);
}

int page_proof(struct request *q, struct response *r, struct err *err)
{
    r->type = q->json ? "application/json" : "text/plain; charset=utf-8";
    keep_as(r, q->args[0], ".proof.txt");
    return proof_item(&r->body, q->ledger, &q->viewer, q->args[0], q->json, q->arena, err);
}

/* --- verifying ---------------------------------------------------------------------------------
 */

static int verify(struct request *q, struct verify_report *report, struct err *err)
{
    struct text held = T("");
    struct ledger l;
    int rc;

    if (q->upload_count &&
        file_read(arena_cstr(q->arena, q->uploads[0].path), NOTE_MAX, q->arena, &held, err) != 0)
        return -1;
    if (ledger_open(&l, q->app->dir, true, q->app->env, err) != 0)
        return -1;
    rc = verify_ledger(&l, form_text(q, "whole").n == 0, held, report, NULL, NULL, err);
    ledger_close(&l);
    return rc;
}

int page_verify(struct request *q, struct response *r, struct err *err)
{
    buf_auto struct buf said = BUF(BUF_ANY);
    char room[4][24];
    struct verify_report report;
    struct err wrong = {0};
    bool alone = !__atomic_test_and_set(&q->app->verifying, __ATOMIC_ACQUIRE);
    int rc = -1;

    if (!alone) {
        r->status = 503;
        return show(q, r, page_tr(q, N_("Somebody is verifying just now. Try again in a minute.")),
                    true, err);
    }
    /* It takes a while: nobody waits for this connection meanwhile. */
    store_rollback(q->ledger->store);
    rc = verify(q, &report, &wrong);
    __atomic_clear(&q->app->verifying, __ATOMIC_RELEASE);
    if (store_begin(q->ledger->store, STORE_READ, err) != 0)
        return -1;
    if (rc != 0)
        err_say(&said, q->lang, &wrong);
    else if (form_text(q, "whole").n == 0)
        say(&said, q->lang,
            N_("All entries are as they were written: {0} entries, {1} checkpoints."),
            html_number(&room[0], report.entries), html_number(&room[1], report.checkpoints));
    else
        say(&said, q->lang,
            N_("All is as it was written: {0} entries, {1} checkpoints, {2} evidence files, {3} "
               "sealed values.\n"),
            html_number(&room[0], report.entries), html_number(&room[1], report.checkpoints),
            html_number(&room[2], report.evidence), html_number(&room[3], report.sealed));
    if (q->json) {
        r->type = "text/plain; charset=utf-8";
        r->status = rc ? err_http(&wrong) : 200;
        buf_text(&r->body, buf_view(&said));
        return 0;
    }
    return show(q, r, buf_view(&said), rc != 0, err);
}
