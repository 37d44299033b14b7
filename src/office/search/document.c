/* document.c: see document.h. */
#include "office/search/document.h"

#include "office/search/search.sql.h"

/* --- fields ---------------------------------------------------------------------------------- */

/* A field begins with a control byte that no text keeps; BEL and the like mean nothing in one. */
enum { FIRST_MARK = 0x0e, LAST_MARK = FIRST_MARK + SEARCH_SAID };

static bool is_mark(char c)
{
    return c >= FIRST_MARK && c <= LAST_MARK;
}

void document_put(struct buf *text, enum search_field field, struct text value)
{
    if (value.n == 0 || text->n >= DOCUMENT_BYTES)
        return;
    value = text_clip(value, DOCUMENT_BYTES - text->n);
    buf_char(text, (char)(FIRST_MARK + (int)field));
    for (size_t i = 0; i < value.n; i++)
        buf_char(text, is_mark(value.p[i]) ? ' ' : value.p[i]);
}

bool document_next(struct text *rest, enum search_field *field, struct text *value)
{
    size_t n = 1;

    if (rest->n == 0 || !is_mark(rest->p[0]))
        return false;
    *field = (enum search_field)(rest->p[0] - FIRST_MARK);
    while (n < rest->n && !is_mark(rest->p[n]))
        n++;
    *value = (struct text){rest->p + 1, n - 1};
    *rest = text_from(*rest, n);
    return true;
}

/* --- scopes ---------------------------------------------------------------------------------- */

enum { PATH_STEP = 5 }; /* a path's characters for one unit: letters and digits */

static void put_unit(struct buf *out, const char *step)
{
    buf_str(out, "_u");
    buf_bytes(out, step, PATH_STEP);
}

void scope_put_unit(struct buf *out, struct text path)
{
    if (path.n >= PATH_STEP)
        put_unit(out, path.p + path.n - PATH_STEP);
}

void scope_put_campaign(struct buf *out, struct text campaign)
{
    buf_str(out, "_c");
    buf_hex(out, campaign.p, campaign.n);
}

/* Tokens of the unit on that path and of its ancestors, unless they are there. */
static void add_units(struct buf *scope, struct text path)
{
    for (size_t at = 0; at + PATH_STEP <= path.n; at += PATH_STEP) {
        char token[3 + PATH_STEP] = " _u";
        memcpy(token + 3, path.p + at, PATH_STEP);
        if (scope->n + sizeof token <= SCOPE_BYTES &&
            !text_has(buf_view(scope), (struct text){token, sizeof token}))
            buf_bytes(scope, token, sizeof token);
    }
}

/* --- items ----------------------------------------------------------------------------------- */

/* Code and name of whoever answers, once each. */
static void put_called(struct buf *text, enum search_field field, struct text code,
                       struct text name, struct text before)
{
    if (code.n == 0 || text_eq(code, before))
        return;
    document_put(text, field, name.n ? name : code);
    if (name.n && !text_eq(name, code))
        document_put(text, field, code);
}

static int load_duties(struct document *d, struct ledger *l, int64_t item, struct arena *arena,
                       struct err *err)
{
    struct search_duties_out row;
    struct rows rows;
    struct text unit = T("");
    int rc = search_duties_open(l->store, &(struct search_duties_in){item}, &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = search_duties_next(&rows, &row, err)) == 1) {
        add_units(&d->scope, row.path);
        put_called(&d->text, SEARCH_UNIT, row.unit, row.unit_name, unit);
        put_called(&d->text, SEARCH_PERSON, row.person, row.person_name, T(""));
        unit = arena_text(arena, row.unit);
    }
    return rc;
}

static int load_tasks(struct document *d, struct ledger *l, int64_t item, struct err *err)
{
    struct search_tasks_out row;
    struct rows rows;
    int rc = search_tasks_open(l->store, &(struct search_tasks_in){item}, &rows, err);

    if (rc != 0)
        return -1;
    while ((rc = search_tasks_next(&rows, &row, err)) == 1)
        document_put(&d->text, SEARCH_TASK, row.text);
    return rc;
}

int document_load(struct document *d, struct ledger *l, int64_t item, struct arena *arena,
                  struct err *err)
{
    struct search_item_out row;
    int rc = search_item_one(l->store, &(struct search_item_in){item}, &row, arena, err);

    buf_clear(&d->text);
    buf_clear(&d->scope);
    if (rc <= 0)
        return rc;
    const struct text fields[] = {
        [SEARCH_CODE] = row.code,       [SEARCH_NUMBER] = row.number,
        [SEARCH_TITLE] = row.title,     [SEARCH_TEXT] = row.text,
        [SEARCH_PARTS] = row.parts,     [SEARCH_OBJECT] = row.object,
        [SEARCH_PLACE] = row.place,     [SEARCH_CATEGORY] = row.category,
        [SEARCH_REMARKS] = row.remarks,
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        document_put(&d->text, (enum search_field)i, fields[i]);
    buf_char(&d->scope, ' ');
    scope_put_campaign(&d->scope, row.campaign);
    if (load_tasks(d, l, item, err) != 0 || load_duties(d, l, item, arena, err) != 0)
        return -1;
    return d->text.failed || d->scope.failed || arena->failed ? err_set(err, NO_MEMORY) : 1;
}

/* --- entries --------------------------------------------------------------------------------- */

struct text document_said(const struct event *e)
{
    switch (e->kind) {
    case EVENT_ITEM_REGISTER: return e->item_register.progress;
    case EVENT_ITEM_AMEND:
        return e->item_amend.progress.n ? e->item_amend.progress : e->item_amend.reason;
    case EVENT_ITEM_ASSIGN: return e->item_assign.note;
    case EVENT_ITEM_ACCEPT: return e->item_accept.note;
    case EVENT_ITEM_DECLINE: return e->item_decline.reason;
    case EVENT_TASK_DROP: return e->task_drop.reason;
    case EVENT_ITEM_PLAN: return e->item_plan.note;
    case EVENT_ITEM_APPROVE: return e->item_approve.note;
    case EVENT_ITEM_REPORT: return e->item_report.text;
    case EVENT_ITEM_ATTACH: return e->item_attach.note;
    case EVENT_ITEM_APPLY: return e->item_apply.text;
    case EVENT_ITEM_RETURN: return e->item_return.reason;
    case EVENT_ITEM_VERIFY: return e->item_verify.reason;
    case EVENT_ITEM_STRIKE_OFF: return e->item_strike_off.note;
    case EVENT_ITEM_ANSWER: return e->item_answer.text;
    case EVENT_ITEM_LOOK_BACK: return e->item_look_back.reason;
    case EVENT_ITEM_REOPEN: return e->item_reopen.reason;
    case EVENT_ITEM_EXTEND: return e->item_extend.reason;
    case EVENT_ITEM_GRANT: return e->item_grant.note;
    case EVENT_ITEM_DENY: return e->item_deny.reason;
    case EVENT_ITEM_SUSPEND: return e->item_suspend.reason;
    case EVENT_ITEM_RESUME: return e->item_resume.reason;
    case EVENT_ITEM_TRANSFER: return e->item_transfer.reason;
    case EVENT_ITEM_MERGE: return e->item_merge.reason;
    case EVENT_ITEM_WITHDRAW: return e->item_withdraw.reason;
    case EVENT_ITEM_CHASE: return e->item_chase.text;
    case EVENT_ITEM_ESCALATE: return e->item_escalate.text;
    case EVENT_ITEM_INSTRUCT: return e->item_instruct.text;
    case EVENT_ITEM_HANDOVER: return e->item_handover.reason;
    default: return T("");
    }
}

bool document_changes(const struct event *e)
{
    switch (e->kind) {
    case EVENT_ITEM_REGISTER:
    case EVENT_ITEM_AMEND:
    case EVENT_ITEM_ASSIGN:
    case EVENT_ITEM_TASK:
    case EVENT_ITEM_HANDOVER: return true;
    default: return false;
    }
}
