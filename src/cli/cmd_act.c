/*
 * cmd_act.c: `act VERB CODE …`: one verb, one or several subjects, one transaction.
 */
#include "cli/cli.h"
#include "office/outcome.h"
#include "office/verbs.h"

void cli_outcome(struct cli *c, struct buf *out, const struct outcome *o, struct text on)
{
    int64_t state;
    char number[24];

    if (c->json) {
        outcome_json(out, c->lang, &c->ledger, o, on);
        return;
    }
    state = outcome_state(&c->ledger, o, on);
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
