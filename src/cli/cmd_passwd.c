/* cmd_passwd.c: `passwd`. */
#include <stdlib.h>

#include "cli/cli.h"
#include "office/password.h"

static int done(struct cli *c, const char *sentence, struct text a)
{
    buf_auto struct buf out = BUF(BUF_ANY);

    if (c->json)
        buf_str(&out, "{\"done\":true}\n");
    else
        lang_format(&out, tr(c->lang, sentence), &a, 1);
    return cli_print(c, &out);
}

int cmd_passwd(struct cli *c)
{
    struct err err = {0};
    struct text person, password;
    char *line = NULL;
    size_t room = 0;
    ssize_t got;
    int rc, status;

    if (cli_arg(c, 0) == NULL)
        return cli_usage(c, N_("Name the person: passwd PERSON"), T(""));
    if ((status = cli_open(c, false)) != 0)
        return status;
    if (cli_person(c, cli_arg(c, 0), &person, &err) != 0)
        return cli_fail(c, &err);
    /* One's own password, or anybody's by an administrator. */
    if (!text_eq(person, c->viewer.person) && !(c->viewer.roles & BIT(ROLE_ADMINISTRATOR)))
        return cli_refuse(c,
                          &(struct outcome){.verdict = {.rule = RULE_ROLE,
                                                        .texts = {text_of(N_("set passwords")),
                                                                  text_of(N_("administrator"))}}});
    got = getline(&line, &room, stdin);
    password = (struct text){line, got > 0 ? (size_t)got : 0};
    while (password.n && (password.p[password.n - 1] == '\n' || password.p[password.n - 1] == '\r'))
        password.n--;
    rc = password_set(&c->ledger, person, password, &err);
    if (line)
        explicit_bzero(line, room);
    free(line);
    return rc != 0 ? cli_fail(c, &err) : done(c, N_("The password of {0} is set.\n"), person);
}
