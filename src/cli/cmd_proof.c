/*
 * cmd_proof.c: `checkpoint`, `prove`, `verify`, `rebuild`: what shows that nothing was altered.
 */
#include "base/file.h"
#include "base/json.h"
#include "cli/cli.h"
#include "ledger/verify.h"
#include "office/backup/backup.h"
#include "office/proof.h"
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

int cmd_prove(struct cli *c)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    struct err err = {0};
    int status, rc;

    if (cli_arg(c, 0) == NULL)
        return cli_usage(c, N_("Name the item: prove CODE"), T(""));
    if ((status = cli_open(c, true)) != 0)
        return status;
    if (store_begin(c->ledger.store, STORE_READ, &err) != 0)
        return cli_fail(c, &err);
    rc = proof_item(&out, &c->ledger, &c->viewer, text_of(cli_arg(c, 0)), c->json, &c->arena, &err);
    store_rollback(c->ledger.store);
    return rc != 0 ? cli_fail(c, &err) : cli_print(c, &out);
}

/* Whose key an export is checked with: one that was given; that of the ledger which is named, or is
 * here; or, for want of a better, the one that the export names itself. */
enum key_from { KEY_GIVEN, KEY_LEDGER, KEY_EXPORT };

static int find_trust(struct cli *c, struct vkey *given, struct verify_trust *trust,
                      enum key_from *from)
{
    const char *key = cli_option(c, "key");
    struct books_place place;
    struct err err = {0};
    int status;

    *trust = (struct verify_trust){0};
    *from = KEY_EXPORT;
    if (key) {
        *from = KEY_GIVEN;
        trust->key = given;
        return vkey_parse(given, text_of(key), &err) != 0
                   ? cli_usage(c,
                               N_("{0} is no key; `xiaohao checkpoint --json` prints a ledger's"),
                               text_of(key))
                   : 0;
    }
    if (!c->dir_given && (place_find(&place, c->dir, &err) != 0 || !place_holds(&place)))
        return 0;
    if ((status = cli_open(c, true)) != 0)
        return status;
    *from = KEY_LEDGER;
    *trust = (struct verify_trust){.key = &c->ledger.key, .origin = text_of(c->ledger.origin)};
    return 0;
}

static void say_trust(struct cli *c, struct buf *out, enum key_from from, struct text key)
{
    switch (from) {
    case KEY_GIVEN:
        say(out, c->lang, N_("Its checkpoint is signed with the key that you gave, {0}.\n"), key);
        break;
    case KEY_LEDGER:
        say(out, c->lang, N_("Its checkpoint is signed with the key of the ledger in {1}, {0}.\n"),
            key, c->where);
        break;
    case KEY_EXPORT:
    default:
        say(out, c->lang,
            N_("Its checkpoint is signed with the key that its own first entry names, {0}. That is "
               "weaker: whoever writes a whole log anew can put a key of their own there. Compare "
               "it with a key that you got another way, or give that with --key.\n"),
            key);
    }
}

/* What was found of an export, or with export NULL of the ledger. */
static void put_report(struct cli *c, struct buf *out, const struct verify_report *report,
                       const char *export, enum key_from from)
{
    static const char *const names[] = {"given", "ledger", "export"};
    buf_auto struct buf key = BUF(1024);
    char numbers[4][24];
    bool first = true;

    vkey_write(&report->key, &key);
    if (c->json) {
        buf_char(out, '{');
        json_put_key(out, "entries", &first);
        buf_int(out, report->entries);
        json_put_key(out, "checkpoints", &first);
        buf_int(out, report->checkpoints);
        json_put_key(out, "evidence", &first);
        buf_int(out, report->evidence);
        json_put_key(out, "sealed", &first);
        buf_int(out, report->sealed);
        json_put_key(out, "root", &first);
        buf_char(out, '"');
        buf_hex(out, report->root.b, sizeof report->root.b);
        buf_char(out, '"');
        json_put_key(out, "key", &first);
        json_put_text(out, buf_view(&key));
        if (export) {
            json_put_key(out, "key_from", &first);
            json_put_text(out, text_of(names[from]));
        }
        buf_str(out, "}\n");
        return;
    }
    snprintf(numbers[0], 24, "%lld", (long long)report->entries);
    snprintf(numbers[1], 24, "%lld", (long long)report->checkpoints);
    snprintf(numbers[2], 24, "%lld", (long long)report->evidence);
    snprintf(numbers[3], 24, "%lld", (long long)report->sealed);
    say(out, c->lang,
        N_("All is as it was written: {0} entries, {1} checkpoints, {2} evidence files, {3} sealed "
           "values.\n"),
        text_of(numbers[0]), text_of(numbers[1]), text_of(numbers[2]), text_of(numbers[3]));
    if (export)
        say_trust(c, out, from, buf_view(&key));
    if (key.failed)
        out->failed = true;
}

int cmd_verify(struct cli *c)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    struct verify_report report;
    struct verify_trust trust;
    struct vkey given;
    enum key_from from = KEY_LEDGER;
    struct text held = T("");
    struct err err = {0};
    const char *export = cli_arg(c, 0), *kept = cli_option(c, "checkpoint");
    int rc, status;

    if (export == NULL && cli_option(c, "key"))
        return cli_usage(c, N_("--key is for an export; a ledger is checked with its own key"),
                         T(""));
    if (kept && file_read(kept, NOTE_MAX, &c->arena, &held, &err) != 0)
        return cli_fail(c, &err);
    if (export == NULL && kept == NULL && backup_is(c->dir))
        return cli_check_backup(c, c->dir);
    status = export ? find_trust(c, &given, &trust, &from) : cli_open(c, true);
    if (status)
        return status;
    rc = export ? verify_export(export, &trust, held, &report, &err)
                : verify_ledger(&c->ledger, cli_option(c, "log-only") != NULL, held, &report,
                                cli_progress, c, &err);
    if (rc != 0)
        return cli_fail(c, &err);
    put_report(c, &out, &report, export, from);
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
