/*
 * main.c: from the words on the command line to one command.
 *
 * Options may stand before or behind the command. Which commands and options there are is in
 * commands.def; an unknown one is refused before anything is touched.
 */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/cli.h"
#include "office/names.h"
#include "office/verbs.h"

struct command_line {
    const char *name;
    int (*run)(struct cli *);
    const char *args, *summary;
};
static const struct command_line commands[] = {
#define COMMAND(name, function, args, summary) {name, function, args, summary},
#define OPTION(command, name, value, help)
#include "cli/commands.def"
#undef COMMAND
#undef OPTION
};
static const struct {
    const char *command, *name, *value, *help;
} options[] = {
#define COMMAND(name, function, args, summary)
#define OPTION(command, name, value, help) {command, name, value, help},
#include "cli/commands.def"
#undef COMMAND
#undef OPTION
};
enum {
    COMMANDS = sizeof commands / sizeof commands[0],
    OPTIONS = sizeof options / sizeof options[0]
};

static const struct command_line *find(const char *name)
{
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* --- speaking ------------------------------------------------------------------------------- */

int cli_print(struct cli *c, struct buf *out)
{
    struct err err;

    if (out->failed) {
        err_set(&err, NO_MEMORY);
        return cli_fail(c, &err);
    }
    if (out->n && fwrite(out->p, 1, out->n, stdout) != out->n) {
        err_errno(&err, text_of(tr(c->lang, N_("standard output"))));
        return cli_fail(c, &err);
    }
    buf_clear(out);
    return EXIT_DONE;
}

static void complain(struct cli *c, struct text code, struct text message)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    bool first = true;

    if (c->json) {
        buf_char(&out, '{');
        json_put_key(&out, "error", &first);
        json_put_text(&out, code);
        json_put_key(&out, "message", &first);
        json_put_text(&out, message);
        buf_str(&out, "}\n");
    } else {
        buf_str(&out, "xiaohao: ");
        buf_text(&out, message);
        buf_char(&out, '\n');
    }
    fwrite(out.p, 1, out.n, c->json ? stdout : stderr);
}

static const char *const error_names[] = {
    "NONE",
#define E(code, exit, http, sentence) #code,
#include "base/errors.def"
#undef E
};

int cli_fail(struct cli *c, const struct err *err)
{
    buf_auto struct buf out = BUF(BUF_ANY);

    err_say(&out, c->lang, err);
    complain(c, text_of(error_names[err->code]), buf_view(&out));
    return err_exit(err);
}

int cli_usage(struct cli *c, const char *sentence, struct text detail)
{
    buf_auto struct buf out = BUF(4096), which = BUF(64);
    struct err err;

    lang_format(&out, tr(c->lang, sentence), &detail, 1);
    if (c->command && find(c->command))
        buf_printf(&which, " %s", c->command);
    err_set(&err, USAGE, buf_view(&out), buf_view(&which));
    return cli_fail(c, &err);
}

int cli_refuse(struct cli *c, const struct outcome *o)
{
    buf_auto struct buf out = BUF(BUF_ANY);

    verdict_say(&out, c->lang, &o->verdict);
    complain(c, verdict_name(&o->verdict), buf_view(&out));
    return EXIT_REFUSED;
}

void cli_progress(void *cli, int64_t done)
{
    struct cli *c = cli;

    if (isatty(2) && !c->json)
        fprintf(stderr, "\r%lld … ", (long long)done);
}

/* --- arguments ------------------------------------------------------------------------------ */

const char *cli_option_at(const struct cli *c, const char *name, int i)
{
    for (int k = 0; k < c->option_count; k++)
        if (strcmp(c->options[k].name, name) == 0 && i-- == 0)
            return c->options[k].value;
    return NULL;
}

const char *cli_option(const struct cli *c, const char *name)
{
    return cli_option_at(c, name, 0);
}

const char *cli_arg(const struct cli *c, int i)
{
    return i < c->arg_count ? c->args[i] : NULL;
}

int cli_unit(struct cli *c, const char *given, struct text *code, struct err *err)
{
    return name_unit(&c->ledger, text_of(given), code, &c->arena, err);
}

int cli_person(struct cli *c, const char *given, struct text *code, struct err *err)
{
    return name_person(&c->ledger, text_of(given), code, &c->arena, err);
}

struct text cli_text(const struct cli *c, const char *option)
{
    const char *given = cli_option(c, option);

    return text_of(given ? given : "");
}

int cli_day(struct cli *c, const char *option, int32_t *day)
{
    const char *given = cli_option(c, option);

    *day = DATE_NONE;
    if (given && !date_parse(text_of(given), day))
        return cli_usage(c, N_("{0} is no day; write it like 2026-06-30"), text_of(given));
    return 0;
}

int cli_word(struct cli *c, const char *option, const struct vocabulary *v, int64_t *word)
{
    const char *given = cli_option(c, option);

    *word = 0;
    if (given && (*word = word_of(v, text_of(given))) <= 0)
        return cli_usage(c, N_("{0} is not a word that can stand there"), text_of(given));
    return 0;
}

struct texts cli_words(struct cli *c, const char *option)
{
    struct text rest = cli_text(c, option), piece;
    struct texts list = {0};

    if (rest.n == 0)
        return list;
    list.at = arena_array(&c->arena, struct text, rest.n + 1);
    while (list.at && text_cut(&rest, ',', &piece))
        list.at[list.count++] = text_trim(piece);
    return list;
}

int cli_open(struct cli *c, bool read_only)
{
    struct err err = {0};
    struct text who;

    if (c->open)
        return 0;
    if (ledger_open(&c->ledger, c->dir, read_only, &c->env, &err) != 0)
        return cli_fail(c, &err);
    c->open = true;
    who = text_of(c->ledger.owner);
    if ((c->as && cli_person(c, c->as, &who, &err) != 0) ||
        viewer_load(&c->viewer, &c->ledger, who, &c->arena, &err) != 0)
        return cli_fail(c, &err);
    return 0;
}

/* 1: takes a value, 0: a switch, -1: no such option, of this command or of all. */
static int option_takes(const char *command, const char *name)
{
    if (strcmp(name, "L") == 0 || strcmp(name, "as") == 0 || strcmp(name, "keys") == 0)
        return 1;
    if (strcmp(name, "json") == 0 || strcmp(name, "help") == 0 || strcmp(name, "h") == 0)
        return 0;
    if (strcmp(command, "act") == 0)
        return verb_option(name);
    for (int i = 0; i < OPTIONS; i++)
        if (strcmp(options[i].command, command) == 0 && strcmp(options[i].name, name) == 0)
            return options[i].value[0] != '\0';
    return -1;
}

static int add_option(struct cli *c, const char *name, const char *value)
{
    if (c->option_count == (int)(sizeof c->options / sizeof c->options[0]))
        return cli_usage(c, N_("There are too many options"), T(""));
    c->options[c->option_count++] = (struct option){name, value};
    return 0;
}

/* What stands before word `at`: options of that command with their values, of which the word itself
 * may be one; or something else. */
enum lead { LEAD_OTHER, LEAD_OPTIONS, LEAD_VALUE };
static enum lead lead_to(const char *command, int at, char **argv)
{
    for (int i = 1; i < at; i++) {
        const char *a = argv[i], *name = a + 1 + (a[1] == '-');
        char alone[64];
        size_t length = strcspn(name, "=");
        int takes;
        if (a[0] != '-' || length >= sizeof alone)
            return LEAD_OTHER;
        memcpy(alone, name, length);
        alone[length] = '\0';
        takes = option_takes(command, alone);
        if (takes < 0)
            return LEAD_OTHER;
        if (takes == 1 && name[length] == '\0' && ++i == at)
            return LEAD_VALUE;
    }
    return LEAD_OPTIONS;
}

/* Finds the command: the word before which its own options stand and nothing else. Where no word or
 * several are such, but one could be a command or a value, it is refused. Where there is none at
 * all, the first word that is no option is taken, and it is told later what is wrong with it. */
static int find_command(struct cli *c, int argc, char **argv)
{
    const char *first = NULL;
    int fits = 0, value = 0;

    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        enum lead lead = find(argv[i]) ? lead_to(argv[i], i, argv) : LEAD_OTHER;
        if (lead == LEAD_OPTIONS && fits++ == 0)
            c->command = argv[i];
        if (lead == LEAD_VALUE && value == 0)
            value = i;
    }
    for (int i = 1; i < argc && first == NULL; i++) {
        if (strcmp(argv[i], "-L") == 0 || strcmp(argv[i], "--as") == 0 ||
            strcmp(argv[i], "--keys") == 0)
            i++;
        else if (argv[i][0] != '-')
            first = argv[i];
    }
    if (c->command == NULL)
        c->command = first;
    if (fits == 1 || (fits == 0 && (value == 0 || first != argv[value])))
        return 0;
    for (int i = 1; i < argc; i++)
        c->json |= strcmp(argv[i], "--json") == 0;
    return cli_usage(c,
                     N_("It is not clear whether {0} is the command or the value of an option; put "
                        "the command first and its options behind it"),
                     text_of(c->command));
}

/* Takes options out of argv; words stay in c->args, the command first. */
static int parse(struct cli *c, int argc, char **argv)
{
    bool only_words = false;
    int status = find_command(c, argc, argv);

    if (status)
        return status;
    for (int i = 1; i < argc; i++) {
        char *a = argv[i], *value, *name;
        int takes, rc;
        if (only_words || a[0] != '-' || a[1] == '\0') {
            c->args[c->arg_count++] = a;
            continue;
        }
        if (strcmp(a, "--") == 0) {
            only_words = true;
            continue;
        }
        name = a + 1 + (a[1] == '-');
        value = strchr(name, '=');
        if (value)
            *value++ = '\0';
        if (strcmp(name, "json") == 0) {
            c->json = true;
            continue;
        }
        if (strcmp(name, "help") == 0 || strcmp(name, "h") == 0) {
            if ((rc = add_option(c, "help", "")) != 0)
                return rc;
            continue;
        }
        takes = option_takes(c->command ? c->command : "", name);
        if (takes < 0)
            return cli_usage(c, N_("There is no option {0} here"), text_of(a));
        if (takes == 0 && value)
            return cli_usage(c, N_("The option {0} takes no value"), text_of(a));
        if (takes == 1 && value == NULL) {
            if (i + 1 == argc)
                return cli_usage(c, N_("The option {0} wants a value"), text_of(a));
            value = argv[++i];
        }
        if (strcmp(name, "L") == 0) {
            c->dir = value;
            c->dir_given = true;
        } else if (strcmp(name, "keys") == 0)
            c->keys = value;
        else if (strcmp(name, "as") == 0)
            c->as = value;
        else if ((rc = add_option(c, name, takes ? value : "")) != 0)
            return rc;
    }
    return 0;
}

/* --- help ------------------------------------------------------------------------------------ */

/* Left column of that width, then text. */
static void two_columns(struct buf *out, struct text left, size_t width, const char *right)
{
    buf_str(out, "  ");
    buf_text(out, left);
    for (size_t n = text_width(left); n < width; n++)
        buf_char(out, ' ');
    buf_str(out, "  ");
    buf_str(out, right);
    buf_char(out, '\n');
}

static void help_all(struct cli *c, struct buf *out)
{
    buf_str(out,
            tr(c->lang, N_("xiaohao [-L DIR] [--as PERSON] [--json] COMMAND …\n\n"
                           "The ledger of a closed loop. The ledger is in the folder that -L or "
                           "XIAOHAO_LEDGER names, else in ./ledger. They may name a database "
                           "instead (postgresql://…); the ledger's keys are then in the folder "
                           "that --keys or XIAOHAO_KEYS names, else in ./ledger.\n\n")));
    for (int i = 0; i < COMMANDS; i++)
        two_columns(out, text_of(commands[i].name), 11, tr(c->lang, commands[i].summary));
    buf_str(out,
            tr(c->lang, N_("\n`xiaohao help COMMAND` tells more. Exit status: 0 done, 1 refused "
                           "or something found, 2 wrong usage, 3 a failure.\n")));
}

static void help_one(struct cli *c, struct buf *out, const struct command_line *command)
{
    buf_str(out, "xiaohao ");
    buf_str(out, command->name);
    buf_char(out, ' ');
    buf_str(out, command->args);
    buf_str(out, "\n\n");
    two_columns(out, T(""), 0, tr(c->lang, command->summary));
    buf_char(out, '\n');
    for (int i = 0; i < OPTIONS; i++) {
        buf_auto struct buf left = BUF(256);
        if (strcmp(options[i].command, command->name) != 0)
            continue;
        buf_str(&left, options[i].name[1] ? "--" : "-");
        buf_str(&left, options[i].name);
        if (options[i].value[0]) {
            buf_char(&left, ' ');
            buf_str(&left, options[i].value);
        }
        two_columns(out, buf_view(&left), 26, tr(c->lang, options[i].help));
    }
    if (strcmp(command->name, "act") == 0)
        verb_help(out, c->lang);
}

int cmd_help(struct cli *c)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    const char *name = cli_arg(c, 0);
    const struct command_line *command = name ? find(name) : NULL;

    if (name && command == NULL)
        return cli_usage(c, N_("There is no command {0}"), text_of(name));
    if (command)
        help_one(c, &out, command);
    else
        help_all(c, &out);
    return cli_print(c, &out);
}

int cmd_version(struct cli *c)
{
    buf_auto struct buf out = BUF(256);

    buf_str(&out, c->json ? "{\"version\":\"" XH_VERSION "\"}\n" : "xiaohao " XH_VERSION "\n");
    return cli_print(c, &out);
}

int cmd_completion(struct cli *c)
{
    buf_auto struct buf out = BUF(BUF_ANY);

    if (cli_arg(c, 0) == NULL || strcmp(cli_arg(c, 0), "bash") != 0)
        return cli_usage(c, N_("Name the shell: bash"), T(""));
    buf_str(&out, "# bash completion of xiaohao: source it, or put it into bash_completion.d\n"
                  "_xiaohao() {\n"
                  "    local word=${COMP_WORDS[COMP_CWORD]} command= i\n"
                  "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                  "        case ${COMP_WORDS[i]} in\n"
                  "        -L|--as|--keys) ((i++)) ;;\n"
                  "        -*) ;;\n"
                  "        *) command=${COMP_WORDS[i]}; break ;;\n"
                  "        esac\n"
                  "    done\n"
                  "    case $command in\n"
                  "    '') COMPREPLY=($(compgen -W '-L --keys --as --json");
    for (int i = 0; i < COMMANDS; i++) {
        buf_char(&out, ' ');
        buf_str(&out, commands[i].name);
    }
    buf_str(&out, "' -- \"$word\")) ;;\n    act) COMPREPLY=($(compgen -W '");
    verb_words(&out);
    buf_str(&out, "' -- \"$word\") $(compgen -f -- \"$word\")) ;;\n");
    for (int i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, "act") == 0)
            continue;
        buf_str(&out, "    ");
        buf_str(&out, commands[i].name);
        buf_str(&out, ") COMPREPLY=($(compgen -W '--json --as -L");
        for (const char *a = commands[i].args; *a; a++)
            if (*a >= 'a' && *a <= 'z' && (a == commands[i].args || a[-1] == '|')) {
                buf_char(&out, ' ');
                while ((*a >= 'a' && *a <= 'z') || *a == '-')
                    buf_char(&out, *a++);
                a--;
            }
        for (int k = 0; k < OPTIONS; k++)
            if (strcmp(options[k].command, commands[i].name) == 0) {
                buf_str(&out, options[k].name[1] ? " --" : " -");
                buf_str(&out, options[k].name);
            }
        buf_str(&out, "' -- \"$word\") $(compgen -f -- \"$word\")) ;;\n");
    }
    buf_str(&out, "    esac\n}\ncomplete -F _xiaohao xiaohao\n");
    return cli_print(c, &out);
}

/* --- main ------------------------------------------------------------------------------------ */

static enum lang environment_language(void)
{
    const char *names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return lang_of(value);
    }
    return LANG_EN;
}

/* Of a database its keys' folder belongs to the word that names the ledger (ledger/place.h). */
static void find_ledger(struct cli *c)
{
    struct text parts[] = {text_of(c->dir), T("#"), text_of(c->keys)};
    struct books_place p;
    struct err ignored; /* is told when the ledger is opened */
    char shown[PLACE_DIR];

    if (parts[2].n && place_is_database(parts[0]) && !text_has(parts[0], parts[1]))
        c->dir = arena_cstr(
            &c->arena, arena_join(&c->arena, arena_join(&c->arena, parts[0], parts[1]), parts[2]));
    if (place_find(&p, c->dir, &ignored) == 0)
        c->where = arena_text(&c->arena, place_shown(p.dir, p.address, shown));
    else
        c->where = place_is_database(parts[0]) ? T("postgresql://") : parts[0];
}

int main(int argc, char **argv)
{
    struct cli c = {.lang = environment_language(),
                    .dir = getenv("XIAOHAO_LEDGER"),
                    .keys = getenv("XIAOHAO_KEYS"),
                    .arena = ARENA(1u << 30),
                    .terminal = isatty(1),
                    .env = env_system()};
    const struct command_line *command;
    struct passwd *user = getpwuid(getuid());
    int status;

    snprintf(c.via, sizeof c.via, "cli:%s", user ? user->pw_name : "?");
    c.dir_given = c.dir && *c.dir;
    if (!c.dir_given)
        c.dir = "ledger";
    c.args = calloc((size_t)argc + 1, sizeof *c.args);
    if (c.args == NULL)
        return EXIT_FAILED;
    status = parse(&c, argc, argv);
    find_ledger(&c);
    if (status == 0) {
        command = c.command ? find(c.command) : NULL;
        if (c.command == NULL) {
            buf_auto struct buf out = BUF(BUF_ANY);
            help_all(&c, &out);
            status = cli_print(&c, &out);
            if (cli_option(&c, "help") == NULL)
                status = EXIT_USAGE;
        } else if (command == NULL) {
            status = cli_usage(&c, N_("There is no command {0}"), text_of(c.command));
        } else {
            c.args++;
            c.arg_count--;
            if (cli_option(&c, "help")) {
                buf_auto struct buf out = BUF(BUF_ANY);
                help_one(&c, &out, command);
                status = cli_print(&c, &out);
            } else {
                status = command->run(&c);
            }
            c.args--;
        }
    }
    if (c.open)
        ledger_close(&c.ledger);
    arena_release(&c.arena);
    free(c.args);
    if (fflush(stdout) != 0 && status == 0)
        status = EXIT_FAILED;
    return status;
}
