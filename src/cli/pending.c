#include "cli/cli.h"
int cmd_list(struct cli *c)
{
    (void)c;
    return 3;
}
int cmd_show(struct cli *c)
{
    (void)c;
    return 3;
}
int cmd_plan(struct cli *c)
{
    (void)c;
    return 3;
}
int cmd_board(struct cli *c)
{
    (void)c;
    return 3;
}
int cmd_export(struct cli *c)
{
    (void)c;
    return 3;
}
