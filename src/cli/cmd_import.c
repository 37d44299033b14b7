/*
 * cmd_import.c: `import KIND FILE`: takes a workbook in and reports every cell that was
 * interpreted, doubted or left out.
 */
#include <errno.h>

#include "base/file.h"
#include "base/json.h"
#include "base/sha256.h"
#include "cli/cli.h"
#include "office/intake/report.h"

struct teller {
    struct intake_listener listener;
    struct cli *cli;
    struct buf out;
};

static int tell(struct teller *t, struct err *err)
{
    if (t->out.failed)
        return err_set(err, NO_MEMORY);
    if (t->out.n && fwrite(t->out.p, 1, t->out.n, stdout) != t->out.n)
        return err_errno(err, text_of("stdout"));
    buf_clear(&t->out);
    return 0;
}

static int tell_mapping(struct intake_listener *l, const struct mapping_sheet *s, struct err *err)
{
    struct teller *t = (struct teller *)l;
    bool first = true;

    if (!t->cli->json) {
        if (s->skip)
            return 0;
        mapping_say(&t->out, t->cli->lang, s);
        return tell(t, err);
    }
    buf_char(&t->out, '{');
    json_put_key(&t->out, "mapping", &first);
    buf_char(&t->out, '[');
    for (size_t i = 0; i < s->count; i++) {
        char letters[8];
        bool inner = true;
        buf_str(&t->out, i ? ",{" : "{");
        json_put_key(&t->out, "column", &inner);
        json_put_text(&t->out, column_letters(s->columns[i].column, letters));
        json_put_key(&t->out, "header", &inner);
        json_put_text(&t->out, s->columns[i].header);
        json_put_key(&t->out, "field", &inner);
        json_put_text(&t->out, text_of(col_key(s->columns[i].col)));
        buf_char(&t->out, '}');
    }
    buf_char(&t->out, ']');
    json_put_key(&t->out, "sheet", &first);
    json_put_text(&t->out, s->sheet);
    json_put_key(&t->out, "skipped", &first);
    buf_str(&t->out, s->skip ? "true}\n" : "false}\n");
    return tell(t, err);
}

/* The place of a doubt as members of an object. */
static void put_place(struct buf *out, const struct doubt *d, bool *first)
{
    char letters[8];

    json_put_key(out, "sheet", first);
    json_put_text(out, d->sheet_name);
    if (d->row) {
        json_put_key(out, "row", first);
        buf_int(out, d->row);
    }
    if (d->column != DOUBT_NO_COLUMN) {
        json_put_key(out, "column", first);
        json_put_text(out, column_letters(d->column, letters));
        json_put_key(out, "header", first);
        json_put_text(out, d->header);
    }
}

static int tell_doubt(struct intake_listener *l, const struct doubt *d, struct err *err)
{
    struct teller *t = (struct teller *)l;
    buf_auto struct buf sentence = BUF(1u << 16);
    bool first = true;

    if (t->cli->json) {
        doubt_say(&sentence, t->cli->lang, d);
        buf_char(&t->out, '{');
        json_put_key(&t->out, "doubt", &first);
        json_put_text(&t->out, text_of(doubt_name(d->kind)));
        put_place(&t->out, d, &first);
        json_put_key(&t->out, "message", &first);
        json_put_text(&t->out, buf_view(&sentence));
        buf_str(&t->out, "}\n");
    } else {
        report_doubt(&t->out, t->cli->lang, d);
    }
    return tell(t, err);
}

static int tell_reject(struct intake_listener *l, const struct doubt *at, struct text reason,
                       struct err *err)
{
    struct teller *t = (struct teller *)l;
    bool first = true;

    if (t->cli->json) {
        buf_char(&t->out, '{');
        json_put_key(&t->out, "rejected", &first);
        buf_str(&t->out, "true");
        put_place(&t->out, at, &first);
        json_put_key(&t->out, "message", &first);
        json_put_text(&t->out, reason);
        buf_str(&t->out, "}\n");
    } else {
        report_reject(&t->out, t->cli->lang, at, reason);
    }
    return tell(t, err);
}

static int tell_progress(struct intake_listener *l, int64_t rows, struct err *err)
{
    struct teller *t = (struct teller *)l;

    (void)err;
    cli_progress(t->cli, rows);
    return 0;
}

static void put_summary(struct teller *t, const struct intake_result *r, bool dry_run)
{
    struct report_line lines[REPORT_LINES];
    bool first = true;

    if (!t->cli->json) {
        report_summary(&t->out, t->cli->lang, r, dry_run);
        return;
    }
    report_lines(lines, &r->counts);
    buf_char(&t->out, '{');
    json_put_key(&t->out, "summary", &first);
    buf_str(&t->out, dry_run ? "\"dry-run\"" : "\"done\"");
    for (int i = 0; i < REPORT_LINES; i++) {
        json_put_key(&t->out, lines[i].key, &first);
        buf_int(&t->out, lines[i].n);
    }
    json_put_key(&t->out, "campaign", &first);
    json_put_text(&t->out, text_of(r->campaign));
    json_put_key(&t->out, "file", &first);
    json_put_text(&t->out, text_of(r->file_hash));
    json_put_key(&t->out, "rejects", &first);
    json_put_text(&t->out, text_of(r->rejects));
    buf_str(&t->out, "}\n");
}

/* --updates names a file by its path or its hash. */
static int updates_hash(struct cli *c, struct text *hash, struct err *err)
{
    const char *given = cli_option(c, "updates");
    buf_auto struct buf hex = BUF(64);
    struct hash h;

    *hash = T("");
    if (given == NULL)
        return 0;
    if (hash_parse(text_of(given), &h)) {
        *hash = text_of(given);
        return 0;
    }
    if (sha256_file(given, &h, NULL, err) != 0)
        return -1;
    buf_hex(&hex, h.b, sizeof h.b);
    *hash = arena_text(&c->arena, buf_view(&hex));
    return 0;
}

static int read_map(struct cli *c, struct mapping *map, struct err *err)
{
    struct text json;

    if (file_read(cli_option(c, "map"), MAPPING_BYTES, &c->arena, &json, err) != 0)
        return -1;
    return mapping_read(json, &c->arena, map, err);
}

int cmd_import(struct cli *c)
{
    struct teller t = {.listener = {.mapping = tell_mapping,
                                    .doubt = tell_doubt,
                                    .reject = tell_reject,
                                    .progress = tell_progress},
                       .cli = c,
                       .out = BUF(BUF_ANY)};
    struct intake_options options = {.kind = IMPORT_KINDS,
                                     .path = cli_arg(c, 1),
                                     .campaign = cli_text(c, "campaign"),
                                     .skip_duplicates = cli_option(c, "skip-duplicates") != NULL,
                                     .dry_run = cli_option(c, "dry-run") != NULL,
                                     .via = T("import"),
                                     .lang = c->lang};
    struct intake_result result;
    struct mapping map;
    buf_auto struct buf map_out = BUF(MAPPING_BYTES);
    struct err err = {0};
    int status, rc;

    for (int i = 0; cli_arg(c, 0) && i < IMPORT_KINDS; i++)
        if (strcmp(cli_arg(c, 0), import_kind_key((enum import_kind)i)) == 0)
            options.kind = (enum import_kind)i;
    if (options.kind == IMPORT_KINDS || options.path == NULL)
        return cli_usage(
            c, N_("Say what it is and give the file: import findings|tasks|units|people FILE"),
            T(""));
    if ((status = cli_open(c, false)) != 0)
        return status;
    if (updates_hash(c, &options.updates, &err) != 0 ||
        (cli_option(c, "map") && read_map(c, &map, &err) != 0))
        return cli_fail(c, &err);
    if (cli_option(c, "map"))
        options.map = &map;
    rc = intake(&c->ledger, &c->viewer, &options, &t.listener, &result, &map_out, &err);
    if (rc == 0 && cli_option(c, "save-map"))
        rc = file_write(cli_option(c, "save-map"), buf_view(&map_out), 0644, true, &err);
    if (rc != 0) {
        buf_release(&t.out);
        return cli_fail(c, &err);
    }
    put_summary(&t, &result, options.dry_run);
    status = cli_print(c, &t.out);
    buf_release(&t.out);
    return status ? status : result.counts.rejected ? EXIT_REFUSED : EXIT_DONE;
}
