/* credentials.h: `person token|totp|session|link`: how people sign in. */
#ifndef XH_CLI_CREDENTIALS_H
#define XH_CLI_CREDENTIALS_H

#include "cli/cli.h"

/* The first word says which of them, the second what to do, the third whose. An exit status. */
int person_credentials(struct cli *c);

#endif
