/* cmd_export.c: `export`: a list as a workbook, CSV or JSON; the log as JSON lines. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/looking.h"
#include "cli/seen.h"
#include "office/lists/export.h"

/* --- to standard output ------------------------------------------------------------------------
 */

static int to_stdout(void *arg, struct text bytes, struct err *err)
{
    struct cli *c = arg;

    if (bytes.n && fwrite(bytes.p, 1, bytes.n, stdout) != bytes.n)
        return err_errno(err, text_of(tr(c->lang, N_("standard output"))));
    return 0;
}

/* A file that is whole before the first of its bytes is printed, in a folder of its own. */
struct scratch {
    char folder[256], path[300];
};

static int scratch_open(struct scratch *s, const char *ending, struct err *err)
{
    const char *where = getenv("TMPDIR");

    snprintf(s->folder, sizeof s->folder, "%s/xiaohao-XXXXXX",
             where && *where && strlen(where) < 200 ? where : "/tmp");
    if (mkdtemp(s->folder) == NULL) {
        struct text folder = text_of(s->folder);
        s->path[0] = '\0';
        return err_errno(err, folder);
    }
    snprintf(s->path, sizeof s->path, "%s/export%s", s->folder, ending);
    return 0;
}

static void scratch_drop(struct scratch *s)
{
    if (s->path[0] == '\0')
        return;
    unlink(s->path);
    rmdir(s->folder);
}

/* --- lists -------------------------------------------------------------------------------------
 */

static int export_to(struct cli *c, struct looking *look, const struct export_request *request,
                     const char *path, enum table_format format)
{
    struct scratch scratch = {{0}, {0}};
    struct err err = {0};
    int64_t rows = 0;
    int rc = 0;

    if (path == NULL)
        rc = scratch_open(&scratch, format == TABLE_JSON ? ".json" : ".csv", &err);
    if (rc == 0)
        rc = export_list(path ? path : scratch.path, format, look->ledger, &look->viewer, request,
                         &rows, cli_progress, c, &err);
    if (rc == 0)
        seen_list(c, list_name(request->query.kind), request->query.campaign);
    if (rc == 0 && path == NULL)
        rc = file_scan(scratch.path, to_stdout, c, &err);
    scratch_drop(&scratch);
    if (rc != 0)
        return cli_fail(c, &err);
    if (path) {
        buf_auto struct buf out = BUF(BUF_ANY), number = BUF(64);
        buf_int(&number, rows);
        if (c->json) {
            buf_str(&out, "{\"rows\":");
            buf_text(&out, buf_view(&number));
            buf_char(&out, '}');
        } else {
            say(&out, c->lang, N_("{0} rows are in {1}."), buf_view(&number), text_of(path));
        }
        buf_char(&out, '\n');
        return cli_print(c, &out);
    }
    return EXIT_DONE;
}

static int export_three(struct cli *c, struct looking *look, enum list_kind kind)
{
    struct export_request request = {.query = {.kind = kind}, .lang = c->lang};
    const char *path = cli_option(c, "o");
    enum table_format format = c->json ? TABLE_JSON : TABLE_CSV;
    int status;

    if (path && table_format_of(path, &format) != 0)
        return cli_usage(c, N_("{0} ends in none of .xlsx, .csv and .json"), text_of(path));
    status = looking_open(c, look);
    if (status || (status = looking_query(c, look, &request.query)) != 0)
        return status;
    store_rollback(look->ledger->store); /* the export has a transaction of its own */
    request.campaign_name = look->campaign_name;
    request.unit_name = look->unit_name;
    request.at = look->at;
    return export_to(c, look, &request, path, format);
}

/* --- the log -----------------------------------------------------------------------------------
 */

static int to_file(void *arg, struct text bytes, struct err *err)
{
    return file_new_write(arg, bytes, err);
}

static int export_whole_log(struct cli *c, struct looking *look)
{
    static const char *const narrowing[] = {"as-of", "unit",    "campaign",
                                            "state", "overdue", "soon"};
    const char *path = cli_option(c, "o");
    struct file_new file = {.fd = -1};
    struct err err = {0};
    int64_t entries = 0;
    int status, rc;

    for (size_t i = 0; i < sizeof narrowing / sizeof narrowing[0]; i++)
        if (cli_option(c, narrowing[i]))
            return cli_usage(c, N_("The log is exported whole, without --{0}"),
                             text_of(narrowing[i]));
    if (path && !text_ends(text_of(path), T(".json")))
        return cli_usage(c, N_("The log is exported as .json; {0} is not"), text_of(path));
    status = looking_open(c, look);
    if (status)
        return status;
    store_rollback(look->ledger->store);
    if (!(look->viewer.roles & BIT(ROLE_AUDITOR)))
        return cli_refuse(
            c, &(struct outcome){.verdict = {.rule = RULE_ROLE,
                                             .texts = {text_of(N_("export the log")),
                                                       text_of(roles.words[ROLE_AUDITOR].label)}}});
    seen_list(c, "log", T(""));
    if (path == NULL) {
        rc = export_log(look->ledger, to_stdout, c, &entries, NULL, NULL, &err);
        return rc != 0 ? cli_fail(c, &err) : EXIT_DONE;
    }
    rc = file_new_open(&file, path, 0600, &err);
    if (rc == 0)
        rc = export_log(look->ledger, to_file, &file, &entries, cli_progress, c, &err);
    if (rc == 0)
        rc = file_new_done(&file, &err);
    else
        file_new_drop(&file);
    if (rc != 0)
        return cli_fail(c, &err);
    buf_auto struct buf out = BUF(BUF_ANY), number = BUF(64);
    buf_int(&number, entries);
    if (c->json) {
        buf_str(&out, "{\"entries\":");
        buf_text(&out, buf_view(&number));
        buf_char(&out, '}');
    } else {
        say(&out, c->lang, N_("{0} entries and their checkpoint are in {1}."), buf_view(&number),
            text_of(path));
    }
    buf_char(&out, '\n');
    return cli_print(c, &out);
}

int cmd_export(struct cli *c)
{
    const char *what = cli_arg(c, 0);
    struct looking look = {.ledger = &c->ledger};
    int kind = what ? list_of(text_of(what)) : -1, status;

    if (what && strcmp(what, "log") == 0) {
        status = export_whole_log(c, &look);
    } else if (kind < 0 || kind > LIST_RESPONSIBILITIES) {
        return cli_usage(c, N_("Name what to export: problems, tasks, responsibilities or log"),
                         T(""));
    } else {
        status = export_three(c, &look, (enum list_kind)kind);
    }
    looking_close(&look);
    return status;
}
