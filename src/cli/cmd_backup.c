/* cmd_backup.c: `backup`, `restore`. */
#include "base/file.h"
#include "base/json.h"
#include "cli/cli.h"
#include "office/backup/backup.h"

static void json_number(struct buf *out, const char *key, int64_t n, bool *first)
{
    json_put_key(out, key, first);
    buf_int(out, n);
}

static void json_truth(struct buf *out, const char *key, bool is, bool *first)
{
    json_put_key(out, key, first);
    buf_str(out, is ? "true" : "false");
}

static void json_words(struct buf *out, const char *key, struct text t, bool *first)
{
    json_put_key(out, key, first);
    json_put_text(out, t);
}

static struct text number(char out[static 24], int64_t n)
{
    snprintf(out, 24, "%lld", (long long)n);
    return text_of(out);
}

/* A whole number above 0 that an option gives; 0 when it was not given. */
static int whole(struct cli *c, const char *option, int64_t *n)
{
    const char *given = cli_option(c, option);

    *n = 0;
    if (given && (!text_int(text_of(given), n) || *n <= 0))
        return cli_usage(c, N_("--{0} wants a whole number above 0"), text_of(option));
    return 0;
}

/* --- backup ------------------------------------------------------------------------------------
 */

static void put_listed(struct cli *c, struct buf *out, const struct manifest *m, bool newest)
{
    struct ledger zone = {0};
    char when[20], last[20], numbers[3][24];
    bool first = true;

    zone_minutes(m->timezone, &zone.offset_minutes);
    ledger_time(&zone, m->at, when);
    ledger_time(&zone, m->last, last);
    if (!c->json) {
        say(out, c->lang, N_("{0}  {1}  {2} entries, the last of {3}\n"), text_of(m->name),
            text_of(when), number(numbers[0], m->entries), text_of(last));
        if (newest)
            say(out, c->lang,
                m->keys ? N_("In the folder: {0} evidence files ({1} MB), the ledger's keys.\n")
                        : N_("In the folder: {0} evidence files ({1} MB); no keys, keep those "
                             "apart.\n"),
                number(numbers[1], m->evidence_files),
                number(numbers[2], m->evidence_bytes / 1000000));
        return;
    }
    buf_char(out, '{');
    json_words(out, "backup", text_of(m->name), &first);
    json_number(out, "at", m->at, &first);
    json_number(out, "entries", m->entries, &first);
    json_number(out, "last", m->last, &first);
    json_words(out, "root", m->root, &first);
    json_words(out, "checkpoint", m->checkpoint, &first);
    json_words(out, "origin", m->origin, &first);
    json_words(out, "version", m->version, &first);
    json_truth(out, "keys", m->keys, &first);
    json_number(out, "evidence_files", m->evidence_files, &first);
    json_number(out, "evidence_bytes", m->evidence_bytes, &first);
    buf_str(out, "}\n");
}

static int list(struct cli *c, const char *folder)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    arena_auto struct arena arena = ARENA(256u << 20);
    struct texts names;
    struct err err = {0};
    int status = EXIT_DONE;

    if (manifest_list(folder, &names, &c->arena, &err) != 0)
        return cli_fail(c, &err);
    if (names.count == 0) {
        err_set(&err, NO_BACKUP, text_of(folder));
        return cli_fail(c, &err);
    }
    for (size_t i = 0; i < names.count; i++) {
        struct manifest m;
        arena_clear(&arena);
        /* One that is damaged does not hide the others. */
        if (manifest_read(folder, names.at[i], &m, &arena, &err) != 0)
            status = cli_fail(c, &err);
        else
            put_listed(c, &out, &m, i + 1 == names.count);
    }
    return cli_print(c, &out) != EXIT_DONE ? EXIT_FAILED : status;
}

int cli_check_backup(struct cli *c, const char *from)
{
    buf_auto struct buf out = BUF(BUF_ANY), key = BUF(1024);
    char folder[FILE_PATH], name[BACKUP_NAME], numbers[3][24];
    struct verify_report report;
    struct err err = {0};
    bool first = true;

    if (backup_find(from, folder, name, &err) != 0 ||
        backup_check(folder, text_of(name), &report, cli_progress, c, &err) != 0)
        return cli_fail(c, &err);
    if (!c->json) {
        say(&out, c->lang,
            N_("The backup {0} is whole: {1} entries, {2} checkpoints, {3} evidence files.\n"),
            text_of(name), number(numbers[0], report.entries),
            number(numbers[1], report.checkpoints), number(numbers[2], report.evidence));
        return cli_print(c, &out);
    }
    buf_char(&out, '{');
    json_words(&out, "backup", text_of(name), &first);
    json_number(&out, "entries", report.entries, &first);
    json_number(&out, "checkpoints", report.checkpoints, &first);
    json_number(&out, "evidence", report.evidence, &first);
    json_number(&out, "sealed", report.sealed, &first);
    json_put_key(&out, "root", &first);
    buf_char(&out, '"');
    buf_hex(&out, report.root.b, sizeof report.root.b);
    buf_char(&out, '"');
    vkey_write(&report.key, &key);
    json_words(&out, "key", buf_view(&key), &first);
    buf_str(&out, "}\n");
    return cli_print(c, &out);
}

static void put_done(struct cli *c, struct buf *out, const char *folder,
                     const struct backup_done *done)
{
    char numbers[3][24];
    bool first = true;

    if (c->json) {
        buf_char(out, '{');
        json_truth(out, "done", true, &first);
        json_words(out, "backup", text_of(done->name), &first);
        json_number(out, "entries", done->entries, &first);
        json_number(out, "new_entries", done->new_entries, &first);
        json_number(out, "new_files", done->new_files, &first);
        json_number(out, "erased", done->erased, &first);
        json_number(out, "dropped", done->dropped, &first);
        json_truth(out, "keys", done->keys, &first);
        buf_str(out, "}\n");
        return;
    }
    say(out, c->lang, N_("The backup {0} is in {1}: {2} entries.\n"), text_of(done->name),
        text_of(folder), number(numbers[0], done->entries));
    say(out, c->lang, N_("New since the backup before: {0} entries, {1} evidence files.\n"),
        number(numbers[1], done->new_entries), number(numbers[2], done->new_files));
    if (done->erased)
        say(out, c->lang,
            N_("{0} sealed values that were erased from the ledger were erased from the backups as "
               "well.\n"),
            number(numbers[0], done->erased));
    if (done->dropped)
        say(out, c->lang, N_("{0} older backups were taken away.\n"),
            number(numbers[0], done->dropped));
    say(out, c->lang,
        done->keys
            ? N_("It holds the ledger's keys: whoever has the folder can read what is sealed and "
                 "write in the ledger's name. Keep it as secret as the ledger.\n")
            : N_("It holds no keys: keep keys/log.key and keys/seal.key in another safe place. "
                 "Without them sealed values stay closed and nothing can be written.\n"));
}

int cmd_backup(struct cli *c)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    const char *folder = cli_arg(c, 0);
    struct backup_how how = {
        .without_keys = cli_option(c, "without-keys") != NULL, .progress = cli_progress, .arg = c};
    struct backup_done done;
    struct err err = {0};
    int status;

    if (folder == NULL)
        return cli_usage(c, N_("Name the folder: backup DIR"), T(""));
    if (cli_option(c, "list"))
        return list(c, folder);
    if (cli_option(c, "verify"))
        return cli_check_backup(c, folder);
    if ((status = whole(c, "keep", &how.keep)) != 0 || (status = cli_open(c, true)) != 0)
        return status;
    if (backup_write(&c->ledger, folder, &how, &done, &err) != 0)
        return cli_fail(c, &err);
    put_done(c, &out, folder, &done);
    return cli_print(c, &out);
}

/* --- restore -----------------------------------------------------------------------------------
 */

static void tell_lost(void *arg, const struct entry *e, const struct evidence_line *line)
{
    struct cli *c = arg;
    buf_auto struct buf out = BUF(1u << 16);
    char seq[24];

    say(&out, c->lang, N_("Missing: evidence “{0}”, named by entry {1}, SHA-256 {2}\n"), line->name,
        number(seq, e->seq), line->hash);
    fwrite(out.p, 1, out.n, stderr);
}

static void put_older(struct cli *c, struct buf *out, const struct restore_done *done)
{
    char numbers[2][24];

    say(out, c->lang,
        N_("Attention: this ledger is older than the checkpoint. It has {0} entries, the "
           "checkpoint covers {1}: what was written in between is missing. Whoever holds that "
           "checkpoint will see it. Look for a newer backup.\n"),
        number(numbers[0], done->report.entries), number(numbers[1], done->report.held));
}

static void put_restored(struct cli *c, struct buf *out, const char *to,
                         const struct restore_how *how, const struct restore_done *done)
{
    char numbers[2][24];

    say(out, c->lang, N_("The ledger is in {0}; its log, evidence and lists were checked.\n"),
        text_of(to));
    if (done->entries < done->of)
        say(out, c->lang, N_("It has the first {0} of the backup's {1} entries.\n"),
            number(numbers[0], done->entries), number(numbers[1], done->of));
    if (how->copy)
        say(out, c->lang,
            N_("It is a copy with an identity of its own, {0}, and may live beside its "
               "original.\n"),
            text_of(done->origin));
    else
        say(out, c->lang,
            N_("It takes the original's place: use the original no more, or restore with "
               "--copy.\n"));
    if (!done->keys)
        say(out, c->lang,
            N_("It has no keys: it can be read and not written. Put log.key and seal.key into "
               "{0}/keys.\n"),
            text_of(to));
    if (!done->beside)
        say(out, c->lang,
            N_("What stands outside the log was lost: passwords, sealed values, the access "
               "log.\n"));
    if (done->lost)
        say(out, c->lang, N_("{0} evidence files are missing; `xiaohao verify` names the first.\n"),
            number(numbers[0], done->lost));
    if (done->older)
        put_older(c, out, done);
}

static void json_restored(struct buf *out, const struct restore_how *how,
                          const struct restore_done *done)
{
    bool first = true;

    buf_char(out, '{');
    json_truth(out, "done", true, &first);
    json_number(out, "entries", done->entries, &first);
    json_number(out, "of", done->of, &first);
    json_number(out, "evidence", done->report.evidence, &first);
    json_number(out, "lost", done->lost, &first);
    json_words(out, "origin", text_of(done->origin), &first);
    json_truth(out, "copy", how->copy, &first);
    json_truth(out, "keys", done->keys, &first);
    json_truth(out, "beside", done->beside, &first);
    json_truth(out, "older_than_checkpoint", done->older, &first);
    if (done->older)
        json_number(out, "checkpoint_size", done->report.held, &first);
    buf_str(out, "}\n");
}

int cmd_restore(struct cli *c)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    const char *from = cli_arg(c, 0), *to = cli_arg(c, 1) ? cli_arg(c, 1) : c->dir;
    const char *kept = cli_option(c, "checkpoint");
    struct restore_how how = {.as_of = cli_option(c, "as-of"),
                              .keys = cli_option(c, "keys-from"),
                              .copy = cli_option(c, "copy") != NULL,
                              .incomplete = cli_option(c, "incomplete") != NULL,
                              .lost = tell_lost,
                              .progress = cli_progress,
                              .arg = c};
    struct restore_done done;
    struct err err = {0};
    int status;

    if (from == NULL)
        return cli_usage(c, N_("Name the backup: restore BACKUP"), T(""));
    if ((status = whole(c, "size", &how.size)) != 0)
        return status;
    if (kept && file_read(kept, NOTE_MAX, &c->arena, &how.held, &err) != 0)
        return cli_fail(c, &err);
    if (backup_restore(from, to, &how, &done, &c->env, &err) != 0)
        return cli_fail(c, &err);
    if (c->json)
        json_restored(&out, &how, &done);
    else
        put_restored(c, &out, to, &how, &done);
    status = cli_print(c, &out);
    /* It is there, and something is wrong with it. */
    return status == EXIT_DONE && (done.lost || done.older || !done.beside) ? EXIT_REFUSED : status;
}
