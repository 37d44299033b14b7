/*
 * cli.h: what every command of the command line shares: its arguments, the ledger, and how it
 * speaks. Each command is one function in a file of its own, listed in commands.def.
 */
#ifndef XH_CLI_CLI_H
#define XH_CLI_CLI_H

#include <stdio.h>

#include "ledger/ledger.h"

/* Exit statuses (DESIGN, "The command line"). */
enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_FAILED = 3 };

struct option {
    const char *name;  /* without the dashes */
    const char *value; /* "" for a switch that was given */
};

struct cli {
    enum lang lang;
    bool json;
    const char *dir;   /* the ledger's place, as a word of place.h */
    const char *keys;  /* the folder of a database's keys; NULL: nobody named it */
    struct text where; /* the place, for people */
    bool dir_given;    /* somebody named it */
    const char *as;    /* NULL: the owner */
    const char *command;
    const char **args; /* behind the command, options taken out */
    int arg_count;
    struct option options[64];
    int option_count;
    bool terminal; /* standard output is one */
    struct env env;
    struct ledger ledger;
    bool open;
    struct viewer viewer; /* after cli_open */
    struct arena arena;   /* lives as long as the command */
    char via[64];
};

/* The value of an option, NULL when it was not given. */
const char *cli_option(const struct cli *c, const char *name);
/* The i-th value of an option that may be given several times, NULL behind the last. */
const char *cli_option_at(const struct cli *c, const char *name, int i);
/* Argument i, NULL when there are fewer. */
const char *cli_arg(const struct cli *c, int i);

/* Opens the ledger and finds the viewer (--as, or the owner). 0, or an exit status that was
 * already explained on standard error. */
int cli_open(struct cli *c, bool read_only);

/* Says a failure on standard error and returns its exit status. With --json the document is
 * {"error":CODE,"message":…}. */
int cli_fail(struct cli *c, const struct err *err);
/* The same for wrong usage: sentence is translated. */
int cli_usage(struct cli *c, const char *sentence, struct text detail);
/* Says a refusal on standard error; with --json as a document on standard output. Returns 1. */
int cli_refuse(struct cli *c, const struct outcome *o);

/* Writes the commands as the viewer's and says what became of each: 0, 1 when one was refused, 3.
 */
int cli_commit(struct cli *c, struct command *commands, size_t count);
/* What became of one command: a sentence, or with --json an object on a line. */
void cli_outcome(struct cli *c, struct buf *out, const struct outcome *o, struct text on);

/* Checks a folder of backups, or one in it, where it lies, and says what was found. */
int cli_check_backup(struct cli *c, const char *folder);

/* Writes the buffer to standard output and empties it; exit status 3 when that fails. */
int cli_print(struct cli *c, struct buf *out);
/* Progress of long work, on a terminal only: rewrites one line on standard error. */
void cli_progress(void *cli, int64_t done);

/* A unit by its code or its unique name; a person by code, unique name, or "name@unit"; the codes
 * live in the arena. -1 with err NOT_FOUND or AMBIGUOUS. */
int cli_unit(struct cli *c, const char *given, struct text *code, struct err *err);
int cli_person(struct cli *c, const char *given, struct text *code, struct err *err);
/* The day that an option gives, DATE_NONE when it was not given; an exit status when it is none. */
int cli_day(struct cli *c, const char *option, int32_t *day);
/* The word of a vocabulary that an option gives, 0 when it was not given; an exit status when it is
 * none of them. */
int cli_word(struct cli *c, const char *option, const struct vocabulary *v, int64_t *word);
/* Splits an option's value at commas; texts live in the arena. */
struct texts cli_words(struct cli *c, const char *option);
/* The text that an option gives, or the empty text. */
struct text cli_text(const struct cli *c, const char *option);

#define COMMAND(name, function, args, summary) int function(struct cli *c);
#define OPTION(command, name, value, help)
#include "cli/commands.def"
#undef COMMAND
#undef OPTION

#endif
