/*
 * cmd_proof.c: `checkpoint`, `prove`, `verify`, `rebuild`: what shows that nothing was altered.
 */
#include "base/file.h"
#include "base/json.h"
#include "cli/cli.h"
#include "ledger/verify.h"
#include "cli_proof.sql.h"
#include "office/search/search.h"

int cmd_checkpoint(struct cli *c)
{
    buf_auto struct buf note = BUF(1u << 16), out = BUF(1u << 17);
    struct err err = {0};
    bool first = true;
    int status = cli_open(c, true);

    if (status)
        return status;
    if (ledger_checkpoint(&c->ledger, &note, &err) != 0)
        return cli_fail(c, &err);
    if (!c->json)
        return cli_print(c, &note);
    buf_char(&out, '{');
    json_put_key(&out, "checkpoint", &first);
    json_put_text(&out, buf_view(&note));
    json_put_key(&out, "key", &first);
    {
        buf_auto struct buf key = BUF(1024);
        vkey_write(&c->ledger.key, &key);
        json_put_text(&out, buf_view(&key));
    }
    buf_str(&out, "}\n");
    return cli_print(c, &out);
}

/* One entry's proof in the text form of C2SP tlog-proof. */
static int put_proof(struct cli *c, struct buf *out, int64_t seq, int64_t size, struct text note,
                     struct err *err)
{
    struct tile_reader tiles = ledger_tiles(&c->ledger);
    struct proof proof;

    if (proof_inclusion(&proof, (uint64_t)seq, (uint64_t)size, &tiles, err) != 0)
        return -1;
    buf_str(out, "c2sp.org/tlog-proof@v1\nindex ");
    buf_int(out, seq);
    buf_char(out, '\n');
    for (unsigned i = 0; i < proof.count; i++) {
        buf_base64(out, proof.hash[i].b, sizeof proof.hash[i].b);
        buf_char(out, '\n');
    }
    buf_char(out, '\n');
    buf_text(out, note);
    return 0;
}

int cmd_prove(struct cli *c)
{
    buf_auto struct buf out = BUF(BUF_ANY), note = BUF(1u << 16);
    struct cli_thread_out step;
    struct cli_item_out item;
    struct text body;
    struct checkpoint point;
    struct err err = {0};
    int64_t seq;
    int status, rc;

    if (cli_arg(c, 0) == NULL)
        return cli_usage(c, N_("Name the item: prove CODE"), T(""));
    if ((status = cli_open(c, true)) != 0)
        return status;
    if (store_begin(c->ledger.store, false, &err) != 0)
        return cli_fail(c, &err);
    rc = cli_item_one(
        c->ledger.store,
        &(struct cli_item_in){c->viewer.person, c->viewer.today, text_of(cli_arg(c, 0))}, &item,
        &c->arena, &err);
    if (rc == 0)
        err_set(&err, NOT_FOUND, text_of(N_("item")), text_of(cli_arg(c, 0)));
    if (rc <= 0 || ledger_checkpoint(&c->ledger, &note, &err) != 0 ||
        note_open(buf_view(&note), &c->ledger.key, 1, &body, NULL, &err) != 0 ||
        checkpoint_parse(&point, body, &err) != 0)
        return cli_fail(c, &err);
    for (seq = item.head; seq >= 0; seq = step.prev) {
        struct cli_bytes_out entry;
        bool first = true;
        if (cli_thread_one(c->ledger.store, &(struct cli_thread_in){seq}, &step, &c->arena, &err) <=
                0 ||
            cli_bytes_one(c->ledger.store, &(struct cli_bytes_in){seq}, &entry, &c->arena, &err) <=
                0)
            return cli_fail(c, &err);
        if (c->json) {
            buf_auto struct buf proof = BUF(1u << 20);
            if (put_proof(c, &proof, seq, (int64_t)point.size, buf_view(&note), &err) != 0)
                return cli_fail(c, &err);
            buf_char(&out, '{');
            json_put_key(&out, "seq", &first);
            buf_int(&out, seq);
            json_put_key(&out, "entry", &first);
            json_put_text(&out, entry.bytes);
            json_put_key(&out, "proof", &first);
            json_put_text(&out, buf_view(&proof));
            buf_str(&out, "}\n");
        } else {
            buf_text(&out, entry.bytes);
            buf_str(&out, "\n");
            if (put_proof(c, &out, seq, (int64_t)point.size, buf_view(&note), &err) != 0)
                return cli_fail(c, &err);
            buf_str(&out, "\n");
        }
        if ((status = cli_print(c, &out)) != 0)
            return status;
        /* What a look-back made begins with that entry, which is in the old item's chain. */
        if (step.item != item.id)
            break;
    }
    store_rollback(c->ledger.store);
    return EXIT_DONE;
}

int cmd_verify(struct cli *c)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    struct verify_report report;
    struct text held = T("");
    struct err err = {0};
    const char *export = cli_arg(c, 0), *kept = cli_option(c, "checkpoint");
    char numbers[4][24];
    int rc, status = 0;
    bool first = true;

    if (kept && file_read(kept, NOTE_MAX, &c->arena, &held, &err) != 0)
        return cli_fail(c, &err);
    /* An export is checked alone; where its ledger is at hand, with the ledger's key. */
    if (export == NULL && (status = cli_open(c, true)) != 0)
        return status;
    rc = export ? verify_export(export, NULL, held, &report, &err)
                : verify_ledger(&c->ledger, cli_option(c, "log-only") != NULL, held, &report,
                                cli_progress, c, &err);
    if (rc != 0)
        return cli_fail(c, &err);
    if (c->json) {
        buf_char(&out, '{');
        json_put_key(&out, "entries", &first);
        buf_int(&out, report.entries);
        json_put_key(&out, "checkpoints", &first);
        buf_int(&out, report.checkpoints);
        json_put_key(&out, "evidence", &first);
        buf_int(&out, report.evidence);
        json_put_key(&out, "sealed", &first);
        buf_int(&out, report.sealed);
        json_put_key(&out, "root", &first);
        buf_char(&out, '"');
        buf_hex(&out, report.root.b, sizeof report.root.b);
        buf_str(&out, "\"}\n");
        return cli_print(c, &out);
    }
    snprintf(numbers[0], 24, "%lld", (long long)report.entries);
    snprintf(numbers[1], 24, "%lld", (long long)report.checkpoints);
    snprintf(numbers[2], 24, "%lld", (long long)report.evidence);
    snprintf(numbers[3], 24, "%lld", (long long)report.sealed);
    say(&out, c->lang,
        N_("All is as it was written: {0} entries, {1} checkpoints, {2} evidence files, {3} sealed "
           "values.\n"),
        text_of(numbers[0]), text_of(numbers[1]), text_of(numbers[2]), text_of(numbers[3]));
    return cli_print(c, &out);
}

static int print_line(void *arg, struct text line)
{
    struct cli *c = arg;

    (void)c;
    return fwrite(line.p, 1, line.n, stdout) == line.n && fputc('\n', stdout) != EOF ? 0 : -1;
}

int cmd_rebuild(struct cli *c)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    struct err err = {0};
    int status = cli_open(c, cli_option(c, "dump") != NULL);

    if (status)
        return status;
    /* The dump holds every campaign: it is for those who may take the whole log away. */
    if (cli_option(c, "dump") && !(c->viewer.roles & BIT(ROLE_AUDITOR)))
        return cli_refuse(
            c, &(struct outcome){.verdict = {.rule = RULE_ROLE,
                                             .texts = {text_of(N_("dump the lists")),
                                                       text_of(roles.words[ROLE_AUDITOR].label)}}});
    if (cli_option(c, "dump"))
        return ledger_dump(&c->ledger, print_line, c, &err) != 0 ? cli_fail(c, &err) : EXIT_DONE;
    if (ledger_rebuild(&c->ledger, INT64_MAX, cli_progress, c, &err) != 0 ||
        search_catch_up(&c->ledger, INT64_MAX, cli_progress, c, &err) != 0)
        return cli_fail(c, &err);
    if (c->json)
        buf_str(&out, "{\"rebuilt\":true}\n");
    else
        say(&out, c->lang, N_("All lists were made again from the log.\n"));
    return cli_print(c, &out);
}
