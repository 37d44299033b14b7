/*
 * files.c: evidence to take away, and small pictures of it.
 *
 * Originals are served as downloads alone and never shown; what a page shows of a picture was
 * encoded anew (office/rendition.h). Whoever may see no item that a file belongs to is told that
 * there is none.
 */
#include "office/lists/history.h"
#include "office/rendition.h"
#include "web/app.h"
#include "web/pages/pages.h"
#include "web/routes.h"
#include "web/web.sql.h"

/* The item and the file's name there. -1: NOT_FOUND, or a failure. */
static int find(struct request *q, struct text *code, struct text *name, struct err *err)
{
    struct text hash = q->args[0];
    struct web_file_out row;
    struct entry e;
    int rc = web_file_one(q->ledger->store,
                          &(struct web_file_in){q->viewer.person, q->viewer.today, hash}, &row,
                          q->arena, err);

    if (rc == 0)
        return err_set(err, NOT_FOUND, err_sentence(N_("evidence")), hash);
    if (rc < 0 || !entry_read(row.bytes, q->arena, &e, NULL))
        return rc < 0 ? -1 : err_set(err, NO_MEMORY);
    *code = row.code;
    *name = hash;
    struct evidence_list list = history_evidence(&e.event);
    for (size_t i = 0; i < list.count; i++)
        if (text_eq(list.at[i].hash, hash) && list.at[i].name.n)
            *name = list.at[i].name;
    return 0;
}

int page_file(struct request *q, struct response *r, struct err *err)
{
    struct evidence_file file;
    struct text code, name;

    if (find(q, &code, &name, err) != 0 || evidence_open(q->ledger, q->args[0], &file, err) != 0)
        return -1;
    page_seen(q, ACCESS_FILE, code, q->args[0]);
    r->type = evidence_media(file.kind);
    r->fd = file.fd;
    r->fd_size = (int64_t)file.size;
    buf_str(&r->disposition, "attachment; filename*=UTF-8''");
    html_url(&r->disposition, name);
    return 0;
}

int page_picture(struct request *q, struct response *r, struct err *err)
{
    bool small = text_eq(q->args[1], T("small"));
    struct evidence_file file;
    struct text code, name;

    if (!small && !text_eq(q->args[1], T("view")))
        return err_set(err, NOT_FOUND, err_sentence(N_("page")), q->args[1]);
    if (find(q, &code, &name, err) != 0)
        return -1;
    /* Making one may take seconds: others may use the connection meanwhile. */
    request_lend(q);
    if (rendition_open(&q->app->writer, q->args[0], small ? RENDITION_THUMBNAIL : RENDITION_VIEW,
                       &file, err) != 0)
        return -1;
    r->type = evidence_media(file.kind);
    r->fd = file.fd;
    r->fd_size = (int64_t)file.size;
    r->etag = q->args[0];
    return 0;
}
