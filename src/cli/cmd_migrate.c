/* cmd_migrate.c: `migrate` moves a ledger to another place. */
#include "base/json.h"
#include "cli/cli.h"
#include "office/migrate.h"

/* The place's word; of a database the folder that --keys names belongs to it. */
static const char *place(struct cli *c, const char *word)
{
    if (c->keys == NULL || !place_is_database(text_of(word)) || strchr(word, '#'))
        return word;
    return arena_cstr(&c->arena, arena_join(&c->arena, arena_join(&c->arena, text_of(word), T("#")),
                                            text_of(c->keys)));
}

static void number(struct cli *c, struct buf *out, const char *key, int64_t n, bool *first)
{
    (void)c;
    json_put_key(out, key, first);
    buf_int(out, n);
}

static void put_json(struct cli *c, struct buf *out, const struct migrate_done *done)
{
    bool first = true;

    buf_char(out, '{');
    json_put_key(out, "done", &first);
    buf_str(out, "true");
    json_put_key(out, "from", &first);
    json_put_text(out, text_of(done->from));
    json_put_key(out, "to", &first);
    json_put_text(out, text_of(done->to));
    json_put_key(out, "origin", &first);
    json_put_text(out, text_of(done->origin));
    json_put_key(out, "before", &first);
    buf_str(out, done->before ? "true" : "false");
    json_put_key(out, "went_on", &first);
    buf_str(out, done->went_on ? "true" : "false");
    number(c, out, "entries", done->entries, &first);
    number(c, out, "copied", done->copied, &first);
    number(c, out, "evidence", done->evidence, &first);
    number(c, out, "beside", done->beside, &first);
    json_put_key(out, "dump", &first);
    buf_char(out, '"');
    buf_hex(out, done->dump.b, sizeof done->dump.b);
    buf_str(out, "\"}\n");
}

static void put_words(struct cli *c, struct buf *out, const struct migrate_done *done)
{
    char numbers[2][24];

    snprintf(numbers[0], sizeof numbers[0], "%lld", (long long)done->entries);
    snprintf(numbers[1], sizeof numbers[1], "%lld", (long long)done->evidence);
    if (done->before)
        say(out, c->lang, N_("The ledger was moved to {0} already. Nothing was done.\n"),
            text_of(done->to));
    else
        say(out, c->lang,
            N_("The ledger is in {0} now: {1} entries, {2} evidence files; all was checked there, "
               "and the lists agree with those of the old place.\n"),
            text_of(done->to), text_of(numbers[0]), text_of(numbers[1]));
    say(out, c->lang,
        N_("From now on name it with -L {0}, also where `serve`, `backup` and other programs are "
           "started.\nThe old place, {1}, is marked as moved and takes no work. Make a backup of "
           "the new one; then the old one may be removed, its keys with care.\n"),
        text_of(done->to), text_of(done->from));
}

int cmd_migrate(struct cli *c)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    struct migrate_how how = {
        .evidence = cli_option(c, "evidence"), .progress = cli_progress, .arg = c};
    struct migrate_done done;
    struct err err = {0};

    if (c->arg_count != 2)
        return cli_usage(c, N_("Name both places: migrate FROM TO"), T(""));
    if (migrate(place(c, cli_arg(c, 0)), place(c, cli_arg(c, 1)), &how, &done, &c->env, &err) !=
        0) {
        int status = cli_fail(c, &err);
        if (!done.damaged)
            return status;
        say(&out, c->lang,
            N_("What was moved to {0} does not agree with the ledger. That is as it was, where "
               "it was. Empty the new place and begin again.\n"),
            text_of(done.to));
        fwrite(buf_cstr(&out), 1, out.n, stderr);
        return status;
    }
    if (c->json)
        put_json(c, &out, &done);
    else
        put_words(c, &out, &done);
    return cli_print(c, &out);
}
