/*
 * cmd_act.c: `act VERB CODE …`: one verb, one or several subjects, one transaction.
 */
#include "base/json.h"
#include "cli/cli.h"
#include "cli_office.sql.h"
#include "office/verbs.h"

/* The state of the item, 0 when it is none. */
static int64_t state_of(struct cli *c, struct text code)
{
    struct text rest = code, item;
    struct cli_state_out row;
    struct err ignored;

    text_cut(&rest, '/', &item);
    return cli_state_one(c->ledger.store, &(struct cli_state_in){item}, &row, &c->arena,
                         &ignored) == 1
               ? row.state
               : 0;
}

void cli_outcome(struct cli *c, struct buf *out, const struct outcome *o, struct text on)
{
    int64_t state = o->verdict.rule ? 0 : state_of(c, o->code.n ? o->code : on);
    bool first = true;
    char number[24];

    if (c->json) {
        buf_char(out, '{');
        json_put_key(out, "code", &first);
        json_put_text(out, o->code.n ? o->code : on);
        if (o->verdict.rule) {
            buf_auto struct buf sentence = BUF(BUF_ANY);
            verdict_say(&sentence, c->lang, &o->verdict);
            json_put_key(out, "error", &first);
            json_put_text(out, verdict_name(&o->verdict));
            json_put_key(out, "message", &first);
            json_put_text(out, buf_view(&sentence));
        } else {
            json_put_key(out, "seq", &first);
            buf_int(out, o->seq);
            if (o->version) {
                json_put_key(out, "version", &first);
                buf_int(out, o->version);
            }
            if (state) {
                json_put_key(out, "state", &first);
                json_put_text(out, word_key(&states, state));
            }
            if (o->repeated) {
                json_put_key(out, "repeated", &first);
                buf_str(out, "true");
            }
        }
        buf_str(out, "}\n");
        return;
    }
    snprintf(number, sizeof number, "%lld", (long long)o->seq);
    if (state)
        say(out, c->lang,
            o->repeated ? N_("{0}: done before, entry {1}; it is {2}.\n")
                        : N_("{0}: done, entry {1}; it is now {2}.\n"),
            o->code.n ? o->code : on, text_of(number), word_label(&states, state, c->lang));
    else
        say(out, c->lang,
            o->repeated ? N_("{0}: done before, entry {1}.\n") : N_("{0}: done, entry {1}.\n"),
            o->code.n ? o->code : on, text_of(number));
}

int cli_commit(struct cli *c, struct command *commands, size_t count)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    struct outcome *outcomes = arena_array(&c->arena, struct outcome, count);
    struct err err = {0};
    int status = EXIT_DONE, rc;

    if (outcomes == NULL) {
        err_set(&err, NO_MEMORY);
        return cli_fail(c, &err);
    }
    for (size_t i = 0; i < count; i++) {
        commands[i].by = c->viewer.person;
        commands[i].via = text_of(c->via);
    }
    if (ledger_write(&c->ledger, commands, outcomes, count, &c->arena, &err) != 0)
        return cli_fail(c, &err);
    for (size_t i = 0; i < count; i++) {
        if (outcomes[i].verdict.rule) {
            status = EXIT_REFUSED;
            if (!c->json || count == 1) {
                cli_refuse(c, &outcomes[i]);
                continue;
            }
        }
        cli_outcome(c, &out, &outcomes[i], commands[i].on);
    }
    rc = cli_print(c, &out);
    return rc ? rc : status;
}

int cmd_act(struct cli *c)
{
    struct param params[64];
    struct command *commands;
    struct err err = {0};
    int count = c->arg_count - 1, status;

    if (count < 1 || cli_arg(c, 1) == NULL)
        return cli_usage(c, N_("Name a verb and what it is about: act VERB CODE …"), T(""));
    if ((status = cli_open(c, false)) != 0)
        return status;
    for (int i = 0; i < c->option_count; i++)
        params[i] = (struct param){text_of(c->options[i].name), text_of(c->options[i].value)};
    commands = arena_array(&c->arena, struct command, count);
    if (commands == NULL) {
        err_set(&err, NO_MEMORY);
        return cli_fail(c, &err);
    }
    for (int i = 0; i < count; i++) {
        if (verb_command(&c->ledger, &c->viewer, text_of(cli_arg(c, 0)), text_of(cli_arg(c, i + 1)),
                         params, (size_t)c->option_count, &commands[i], &c->arena, &err) != 0)
            return cli_fail(c, &err);
        if (count > 1 && commands[i].id.n)
            commands[i].id = verb_key(commands[i].id, commands[i].on, &c->arena);
    }
    return cli_commit(c, commands, (size_t)count);
}
