/* cmd_init.c: `init` makes a ledger; `passwd` is for the web workplace's accounts. */
#include "base/json.h"
#include "cli/cli.h"

int cmd_init(struct cli *c)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    struct ledger_new what = {.name = cli_text(c, "name"), .timezone = cli_text(c, "timezone")};
    struct err err = {0};
    bool first = true;
    int status = cli_word(c, "marking", &markings, &what.marking);

    if (status)
        return status;
    if (c->arg_count)
        return cli_usage(c, N_("init takes no {0}; name the folder with -L"),
                         text_of(cli_arg(c, 0)));
    if (ledger_create(&c->ledger, c->dir, &what, &c->env, &err) != 0)
        return cli_fail(c, &err);
    c->open = true;
    if (c->json) {
        buf_char(&out, '{');
        json_put_key(&out, "ledger", &first);
        json_put_text(&out, c->where);
        json_put_key(&out, "name", &first);
        json_put_text(&out, text_of(c->ledger.name));
        json_put_key(&out, "origin", &first);
        json_put_text(&out, text_of(c->ledger.origin));
        json_put_key(&out, "owner", &first);
        json_put_text(&out, text_of(c->ledger.owner));
        buf_str(&out, "}\n");
    } else {
        say(&out, c->lang,
            N_("The ledger “{0}” is in {1}. Its owner (clerk, auditor and administrator) is "
               "“{2}”.\nTake a workbook in: xiaohao -L {1} import findings FILE.xlsx\n"),
            text_of(c->ledger.name), c->where, text_of(c->ledger.owner));
    }
    return cli_print(c, &out);
}
