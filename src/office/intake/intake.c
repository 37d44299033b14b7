/*
 * intake.c: see intake.h. The run: the file's hash, the importer, the batches, the rejects.
 */
#include "office/intake/intake.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "ledger/office.sql.h"
#include "office/intake/run.h"

enum {
    BATCH_ARENA = 256 << 20, /* rows, commands and what the writer needs for them */
    LINES = 200              /* of them in one entry */
};

static const struct text none = {"", 0};

/* --- what the parts use ------------------------------------------------------------------------
 */

int run_doubt(struct run *r, const struct draft *d, enum doubt_kind kind, struct text cell,
              struct text taken, struct err *err)
{
    struct doubt doubt = {.kind = kind,
                          .sheet = d->sheet,
                          .sheet_name = d->sheet_name,
                          .row = d->row,
                          .last_row = d->row,
                          .column = DOUBT_NO_COLUMN,
                          .cell = cell,
                          .taken = taken};

    r->result->counts.doubts++;
    return r->listener->doubt(r->listener, &doubt, err);
}

struct pending *run_row(struct run *r, const struct draft *d, enum row_fate fate)
{
    struct pending *p = &r->rows[r->row_count];
    struct row *rows = arena_array(&r->arena, struct row, d->row_count);

    if (rows == NULL)
        return NULL;
    for (size_t i = 0; i < d->row_count; i++) {
        struct cell *cells = arena_array(&r->arena, struct cell, d->rows[i].count + 1);
        if (cells == NULL)
            return NULL;
        for (size_t k = 0; k < d->rows[i].count; k++) {
            cells[k] = d->rows[i].cells[k];
            cells[k].text = arena_text(&r->arena, cells[k].text);
        }
        rows[i] = d->rows[i];
        rows[i].cells = cells;
    }
    *p = (struct pending){.sheet = d->sheet,
                          .row = d->row,
                          .sheet_name = arena_text(&r->arena, d->sheet_name),
                          .rows = rows,
                          .row_count = d->row_count,
                          .first = r->command_count,
                          .fate = fate};
    r->row_count++;
    return p;
}

/* The idempotency key of a row's command: a UUIDv8 (RFC 9562) of the run's key base, the sheet, the
 * row, and which command of the row it is. Rows of one file are neighbours in the index of keys. */
static struct text row_key(struct run *r, uint32_t sheet, uint32_t row, int which)
{
    unsigned char b[16];
    char out[37];

    memcpy(b, r->key_base.b, 10);
    b[10] = (unsigned char)(sheet & 0xff);
    b[11] = (unsigned char)(row >> 24);
    b[12] = (unsigned char)(row >> 16);
    b[13] = (unsigned char)(row >> 8);
    b[14] = (unsigned char)row;
    b[15] = (unsigned char)(which << 4 | (int)(sheet >> 8 & 15));
    uuid_write(b, 8, out);
    return arena_text(&r->arena, text_of(out));
}

struct command *run_command(struct run *r, const struct draft *d, int which, enum event_kind kind,
                            struct text on)
{
    struct command *c = &r->commands[r->command_count++];

    *c = (struct command){.id = row_key(r, d->sheet, d->row, which),
                          .by = r->viewer->person,
                          .via = r->options->via,
                          .on = on,
                          .event = {.kind = kind}};
    r->rows[r->row_count - 1].count++;
    return r->arena.failed ? NULL : c;
}

/* --- rejects ------------------------------------------------------------------------------------
 */

/* FILE.rejects.xlsx beside the file, or in the current folder. */
static int open_rejects(struct run *r, struct err *err)
{
    enum { MOST = 256 };
    static _Thread_local char headers[MOST + 1][256];
    struct column columns[MOST + 1];
    const struct mapping_sheet *s = r->sheet;
    const char *slash = strrchr(r->options->path, '/');
    /* Rejected rows are as they came: with names and telephone numbers. */
    struct table_spec spec = {.columns = columns, .lang = r->options->lang, .private = true};
    struct err first;
    uint32_t last = 0;

    for (size_t i = 0; s && i < s->count; i++)
        if (s->columns[i].column > last && s->columns[i].column < MOST)
            last = s->columns[i].column;
    for (uint32_t i = 0; i <= last; i++) {
        struct text header = none;
        for (size_t k = 0; s && k < s->count; k++)
            if (s->columns[k].column == i)
                header = text_clip(s->columns[k].header, 255);
        if (header.n)
            memcpy(headers[i], header.p, header.n);
        headers[i][header.n] = '\0';
        columns[i] = (struct column){.key = "cell", .header = headers[i], .width = 20};
    }
    columns[last + 1] = (struct column){
        .key = "reason", .header = tr(r->options->lang, N_("reason for rejection")), .width = 40};
    spec.count = (int)last + 2;
    spec.sheet = s ? s->sheet : none;
    r->rejects_columns = last + 1;
    snprintf(r->result->rejects, sizeof r->result->rejects, "%s.rejects.xlsx", r->options->path);
    r->rejects = table_open(r->result->rejects, TABLE_XLSX, &spec, &first);
    if (r->rejects == NULL) {
        snprintf(r->result->rejects, sizeof r->result->rejects, "%s.rejects.xlsx",
                 slash ? slash + 1 : r->options->path);
        r->rejects = table_open(r->result->rejects, TABLE_XLSX, &spec, err);
    }
    return r->rejects ? 0 : -1;
}

/* The rows as the file has them, the reason behind the first. */
static int write_reject(struct run *r, const struct row *rows, size_t count, struct text reason,
                        struct err *err)
{
    struct text *cells;

    r->result->counts.rejected++;
    if (r->options->dry_run)
        return 0;
    if (r->rejects == NULL && open_rejects(r, err) != 0)
        return -1;
    cells = arena_array(&r->arena, struct text, r->rejects_columns + 1);
    if (cells == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < r->rejects_columns; k++)
            cells[k] = none;
        for (size_t k = 0; k < rows[i].count; k++)
            if (rows[i].cells[k].column < r->rejects_columns)
                cells[rows[i].cells[k].column] = rows[i].cells[k].text;
        cells[r->rejects_columns] = i == 0 ? reason : none;
        if (table_row(r->rejects, cells, err) != 0)
            return -1;
    }
    return 0;
}

static int tell_reject(struct run *r, uint32_t sheet, struct text sheet_name, uint32_t row,
                       uint32_t column, struct text reason, struct err *err)
{
    struct doubt at = {
        .sheet = sheet, .sheet_name = sheet_name, .row = row, .last_row = row, .column = column};

    return r->listener->reject(r->listener, &at, reason, err);
}

int run_reject(struct run *r, const struct draft *d, struct text reason, struct err *err)
{
    return write_reject(r, d->rows, d->row_count, reason, err) != 0
               ? -1
               : tell_reject(r, d->sheet, d->sheet_name, d->row, DOUBT_NO_COLUMN, reason, err);
}

/* --- batches ------------------------------------------------------------------------------------
 */

/* What became of one row, from its commands' outcomes. */
static int settle_row(struct run *r, const struct pending *p, const struct outcome *outcomes,
                      struct err *err)
{
    struct intake_counts *n = &r->result->counts;
    struct draft at = {.sheet = p->sheet, .sheet_name = p->sheet_name, .row = p->row};
    bool written = false, repeated = false, refused = false;

    for (size_t i = 0; i < p->count; i++) {
        const struct outcome *o = &outcomes[i];
        buf_auto struct buf why = BUF(BUF_ANY);
        if (o->repeated) {
            repeated = true;
            continue;
        }
        if (o->verdict.rule == RULE_NONE) {
            written = true;
            if (o->likely.n) {
                n->duplicates++;
                if (run_doubt(r, &at, DOUBT_LIKELY, p->text, o->likely, err) != 0)
                    return -1;
            }
            continue;
        }
        if (o->verdict.rule == RULE_DUPLICATE) {
            n->skipped++;
            if (run_doubt(r, &at, DOUBT_SKIPPED, p->text, o->likely, err) != 0)
                return -1;
            continue;
        }
        verdict_say(&why, r->options->lang, &o->verdict);
        /* A change that the rules refuse leaves the item as it was: reported, not rejected. */
        if (p->fate == FATE_UPDATED) {
            refused = true;
            if (run_doubt(r, &at, DOUBT_REFUSED, buf_view(&why), o->code, err) != 0)
                return -1;
            continue;
        }
        return write_reject(r, p->rows, p->row_count, buf_view(&why), err) != 0
                   ? -1
                   : tell_reject(r, p->sheet, p->sheet_name, p->row, DOUBT_NO_COLUMN,
                                 buf_view(&why), err);
    }
    if (written && p->fate == FATE_ADDED)
        n->added++;
    else if (written)
        n->updated++;
    else if (refused)
        n->refused++;
    else if (repeated)
        n->unchanged++;
    return 0;
}

/* Commands that make the batch's units and people, in front of all others. */
static size_t put_made(struct run *r, struct command *commands)
{
    size_t count = 0;

    for (size_t i = 0; i < r->unit_count; i += LINES) {
        struct command *c = &commands[count++];
        size_t n = r->unit_count - i < LINES ? r->unit_count - i : LINES;
        *c = (struct command){
            .by = r->viewer->person, .via = r->options->via, .event = {.kind = EVENT_UNIT_PUT}};
        c->event.unit_put.units = (struct unit_list){r->units + i, n};
    }
    for (size_t i = 0; i < r->person_count; i += LINES) {
        struct command *c = &commands[count++];
        size_t n = r->person_count - i < LINES ? r->person_count - i : LINES;
        *c = (struct command){
            .by = r->viewer->person, .via = r->options->via, .event = {.kind = EVENT_PERSON_PUT}};
        c->event.person_put.people = (struct person_list){r->people + i, n};
    }
    return count;
}

static int begin_batch(struct run *r, struct err *err)
{
    arena_clear(&r->arena);
    r->command_count = r->row_count = r->unit_count = r->person_count = 0;
    r->commands = arena_array(&r->arena, struct command, BATCH_COMMANDS);
    r->rows = arena_array(&r->arena, struct pending, BATCH_ROWS + 1);
    r->units = arena_array(&r->arena, struct unit_line, MADE);
    r->unit_index = arena_array(&r->arena, uint32_t, UNIT_PLACES);
    r->people = arena_array(&r->arena, struct person_line, MADE);
    return r->arena.failed ? err_set(err, NO_MEMORY) : 0;
}

static int write_batch(struct run *r, struct err *err)
{
    enum { FRONT = 2 * (MADE / LINES + 1) };
    struct command *all = arena_array(&r->arena, struct command, r->command_count + FRONT);
    struct outcome *outcomes = arena_array(&r->arena, struct outcome, r->command_count + FRONT);
    size_t front;

    if (all == NULL || outcomes == NULL)
        return err_set(err, NO_MEMORY);
    front = put_made(r, all);
    if (front + r->command_count == 0)
        return 0;
    memcpy(all + front, r->commands, r->command_count * sizeof *all);
    if (ledger_write(r->ledger, all, outcomes, front + r->command_count, &r->arena, err) != 0)
        return -1;
    for (size_t i = 0; i < front; i++)
        if (outcomes[i].verdict.rule) {
            buf_auto struct buf why = BUF(BUF_ANY);
            verdict_say(&why, r->options->lang, &outcomes[i].verdict);
            return err_set(err, REFUSED, buf_view(&why));
        }
    for (size_t i = 0; i < r->row_count; i++)
        if (settle_row(r, &r->rows[i], outcomes + front + r->rows[i].first, err) != 0)
            return -1;
    if (r->listener->progress &&
        r->listener->progress(r->listener, r->result->counts.rows, err) != 0)
        return -1;
    return begin_batch(r, err);
}

/* --- what the importer tells --------------------------------------------------------------------
 */

static int on_mapping(struct import_sink *sink, const struct mapping_sheet *s, struct err *err)
{
    struct run *r = (struct run *)sink;

    r->sheet = s->skip ? r->sheet : s;
    return r->listener->mapping(r->listener, s, err);
}

static int on_doubt(struct import_sink *sink, const struct doubt *d, struct err *err)
{
    struct run *r = (struct run *)sink;

    r->result->counts.doubts++;
    return r->listener->doubt(r->listener, d, err);
}

static int on_reject(struct import_sink *sink, const struct reject *j, struct err *err)
{
    struct run *r = (struct run *)sink;
    buf_auto struct buf why = BUF(4096);

    reject_say(&why, r->options->lang, j->kind);
    if (write_reject(r, j->rows, j->row_count, buf_view(&why), err) != 0)
        return -1;
    return tell_reject(r, j->sheet, j->sheet_name, j->row_count ? j->rows[0].number : 0, j->column,
                       buf_view(&why), err);
}

static int on_draft(struct import_sink *sink, const struct draft *d, struct err *err)
{
    struct run *r = (struct run *)sink;
    size_t had;
    int rc;

    if (r->row_count == BATCH_ROWS || r->command_count + 4 > BATCH_COMMANDS ||
        r->unit_count > MADE / 2 || r->person_count > MADE / 2)
        if (write_batch(r, err) != 0)
            return -1;
    r->result->counts.rows++;
    had = r->command_count;
    rc = d->kind == IMPORT_FINDINGS ? run_item(r, d, err)
         : d->kind == IMPORT_TASKS  ? run_tasks(r, d, err)
         : d->kind == IMPORT_UNITS  ? run_unit_row(r, d, err)
                                    : run_person_row(r, d, err);
    /* What the draft points to is gone when this returns. */
    for (size_t i = had; rc == 0 && i < r->command_count; i++)
        shape_own(event_shape((int)r->commands[i].event.kind), &r->commands[i].event.ledger_init,
                  &r->arena);
    if (rc == 0 && r->command_count > had) {
        struct pending *p = &r->rows[r->row_count - 1];
        p->text = arena_text(&r->arena, text_clip(p->text, 120));
    }
    return rc == 0 && r->arena.failed ? err_set(err, NO_MEMORY) : rc;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static int refuse_campaign(struct run *r, struct err *err)
{
    struct verdict v = {.rule = RULE_UNKNOWN_CAMPAIGN, .texts = {r->campaign}};
    buf_auto struct buf why = BUF(4096);

    verdict_say(&why, r->options->lang, &v);
    return err_set(err, REFUSED, buf_view(&why));
}

/* The campaign that was named, or this year's default one, made when it is not there. */
static int find_campaign(struct run *r, struct err *err)
{
    struct campaign_get_out row;
    struct command c = {
        .by = r->viewer->person, .via = r->options->via, .event = {.kind = EVENT_CAMPAIGN_PUT}};
    struct outcome o;
    char code[16];
    int rc;

    if (r->options->campaign.n) {
        r->campaign = r->options->campaign;
    } else {
        snprintf(code, sizeof code, "XH%d", date_civil(r->viewer->today).year);
        r->campaign = text_of(code);
    }
    rc = campaign_get_one(r->ledger->store, &(struct campaign_get_in){r->campaign}, &row, &r->arena,
                          err);
    /* One that the clerk may not see is answered like one that is not there. */
    if (rc == 1 && row.confidential) {
        struct campaign_circle_out circle;
        if (campaign_circle_one(
                r->ledger->store,
                &(struct campaign_circle_in){r->viewer->person, r->viewer->today, r->campaign},
                &circle, &r->arena, err) < 0)
            return -1;
        if (circle.n == 0)
            return refuse_campaign(r, err);
    }
    if (rc < 0)
        return -1;
    snprintf(r->result->campaign, sizeof r->result->campaign, "%.*s", TEXT_ARG(r->campaign));
    if (rc == 1) {
        r->campaign = text_of(r->result->campaign);
        return 0;
    }
    if (r->options->campaign.n)
        return refuse_campaign(r, err);
    r->campaign = c.on = text_of(r->result->campaign);
    c.event.campaign_put.name = text_of(tr(r->options->lang, N_("Default campaign")));
    if (ledger_write(r->ledger, &c, &o, 1, &r->arena, err) != 0)
        return -1;
    if (o.verdict.rule) {
        buf_auto struct buf why = BUF(4096);
        verdict_say(&why, r->options->lang, &o.verdict);
        return err_set(err, REFUSED, buf_view(&why));
    }
    return 0;
}

static int prepare(struct run *r, struct err *err)
{
    buf_auto struct buf hex = BUF(64);
    struct hash file;

    if (!(r->viewer->roles & BIT(ROLE_CLERK))) {
        struct verdict v = {.rule = RULE_ROLE,
                            .texts = {text_of(N_("import")), text_of(N_("clerk"))}};
        buf_auto struct buf why = BUF(4096);
        verdict_say(&why, r->options->lang, &v);
        return err_set(err, REFUSED, buf_view(&why));
    }
    if (sha256_file(r->options->path, &file, NULL, err) != 0)
        return -1;
    buf_hex(&hex, file.b, sizeof file.b);
    snprintf(r->result->file_hash, sizeof r->result->file_hash, "%s", buf_cstr(&hex));
    if (r->options->kind == IMPORT_FINDINGS || r->options->kind == IMPORT_TASKS)
        if (find_campaign(r, err) != 0)
            return -1;
    r->key_base =
        sha256_join(hash_text(&file), r->campaign, text_of(import_kind_key(r->options->kind)));
    return begin_batch(r, err);
}

static int run_file(struct run *r, struct buf *map_out, struct err *err)
{
    struct import_options options = {.kind = r->options->kind,
                                     .map = r->options->map,
                                     .fixes = r->options->fixes,
                                     .today = r->viewer->today};
    const char *name = r->options->name ? r->options->name : r->options->path;
    struct sheet_limits limits = sheet_limits();
    struct importer *im = importer_open(&options, &r->sink, err);
    int rc;

    if (im == NULL)
        return -1;
    rc = sheet_read_as(r->options->path, name, &limits, importer_sheets(im), NULL, err);
    if (rc == 0)
        rc = importer_finish(im, text_of(name), err);
    if (rc == 0)
        rc = write_batch(r, err);
    if (map_out)
        mapping_write(map_out, importer_mapping(im));
    r->sheet = NULL;
    importer_close(im);
    return rc;
}

int intake(struct ledger *l, const struct viewer *viewer, const struct intake_options *options,
           struct intake_listener *listener, struct intake_result *result, struct buf *map_out,
           struct err *err)
{
    struct run r = {
        .sink = {.mapping = on_mapping, .draft = on_draft, .doubt = on_doubt, .reject = on_reject},
        .ledger = l,
        .viewer = viewer,
        .options = options,
        .listener = listener,
        .result = result,
        .arena = ARENA(BATCH_ARENA),
        .names = {.arena = ARENA(512u << 20)}};
    int rc;

    *result = (struct intake_result){0};
    err->code = ERR_NONE;
    if (options->dry_run && ledger_trial(l, err) != 0)
        return -1;
    rc = prepare(&r, err);
    if (rc == 0)
        rc = run_file(&r, map_out, err);
    if (options->dry_run)
        ledger_trial_end(l);
    if (r.rejects && rc == 0)
        rc = table_close(r.rejects, err);
    else
        table_abort(r.rejects);
    if (r.rejects == NULL || rc != 0)
        result->rejects[0] = '\0';
    name_map_release(&r.names);
    arena_release(&r.arena);
    return rc;
}
