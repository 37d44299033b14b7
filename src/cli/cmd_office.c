/*
 * cmd_office.c: `campaign`, `procedure`, `unit`, `body`, `person`, `source`: who and what the
 * office is. Each is one command into the log; what was not said about an existing one stays.
 */
#include "base/file.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/credentials.h"
#include "cli_office.sql.h"
#include "office/evidence.h"
#include "office/hand_over.h"
#include "office/office.h"

static bool is(const struct cli *c, const char *word)
{
    return cli_arg(c, 0) && strcmp(cli_arg(c, 0), word) == 0;
}

/* "add CODE" and the like: the second word. */
static int subject(struct cli *c, struct text *on)
{
    if (cli_arg(c, 1) == NULL || cli_arg(c, 1)[0] == '\0')
        return cli_usage(c, N_("Name which {0}"), text_of(c->command));
    *on = text_of(cli_arg(c, 1));
    return cli_open(c, is(c, "show"));
}

static int unknown_action(struct cli *c)
{
    return cli_usage(c, N_("{0} is none of the actions"),
                     text_of(cli_arg(c, 0) ? cli_arg(c, 0) : ""));
}

/* Says that there is no such thing. */
static int missing(struct cli *c, const char *what, struct text on)
{
    struct err err = {0};

    err_set(&err, NOT_FOUND, err_sentence(what), on);
    return cli_fail(c, &err);
}

struct line {
    struct buf out;
    bool first;
};

static void put(struct cli *c, struct line *l, const char *key, struct text value)
{
    if (c->json) {
        json_put_key(&l->out, key, &l->first);
        json_put_text(&l->out, value);
    } else if (value.n) {
        buf_str(&l->out, key);
        buf_str(&l->out, ": ");
        buf_text(&l->out, value);
        buf_char(&l->out, '\n');
    }
}

static int show(struct cli *c, struct line *l)
{
    int status;

    if (c->json)
        buf_str(&l->out, "}\n");
    status = cli_print(c, &l->out);
    buf_release(&l->out);
    return status;
}

static struct line begin(struct cli *c)
{
    struct line l = {.out = BUF(BUF_ANY), .first = true};

    if (c->json)
        buf_char(&l.out, '{');
    return l;
}

int cmd_campaign(struct cli *c)
{
    struct command command = {.event = {.kind = EVENT_CAMPAIGN_PUT}};
    struct campaign_put_event *d = &command.event.campaign_put;
    struct err err = {0};
    int64_t marking, kind;
    int status = subject(c, &command.on), found;

    if (status || (status = cli_word(c, "marking", &markings, &marking)) != 0 ||
        (status = cli_word(c, "kind", &kinds, &kind)) != 0)
        return status;
    found = office_campaign(&c->ledger, &c->viewer, command.on, d, &c->arena, &err);
    if (found < 0)
        return cli_fail(c, &err);
    if (is(c, "show")) {
        struct line l;
        if (!found || d->marking > (c->viewer.clearance > 1 ? c->viewer.clearance : 1))
            return missing(c, N_("campaign"), command.on);
        l = begin(c);
        put(c, &l, "code", command.on);
        put(c, &l, "name", d->name);
        put(c, &l, "kind", d->kind);
        put(c, &l, "procedure", d->procedure);
        put(c, &l, "confidential", d->confidential ? T("yes") : T("no"));
        put(c, &l, "marking", word_key(&markings, d->marking));
        put(c, &l, "closed", d->closed ? T("yes") : T("no"));
        return show(c, &l);
    }
    if (is(c, "change") ? !found : !is(c, "add"))
        return is(c, "change") ? missing(c, N_("campaign"), command.on) : unknown_action(c);
    if (is(c, "add") && found)
        return cli_refuse(
            c, &(struct outcome){.verdict = {.rule = RULE_EXISTS, .texts = {command.on}}});
    if (cli_option(c, "name") || !found)
        d->name = cli_option(c, "name") ? cli_text(c, "name") : command.on;
    if (kind)
        d->kind = word_key(&kinds, kind);
    if (cli_option(c, "procedure"))
        d->procedure = cli_text(c, "procedure");
    if (cli_option(c, "confidential"))
        d->confidential = true;
    if (marking)
        d->marking = marking;
    d->closed = cli_option(c, "closed") != NULL;
    return cli_commit(c, &command, 1);
}

int cmd_procedure(struct cli *c)
{
    struct command command = {.event = {.kind = EVENT_PROCEDURE_PUT}};
    struct procedure_put_event *d = &command.event.procedure_put;
    struct texts pairs;
    int status = subject(c, &command.on);

    if (status)
        return status;
    if (is(c, "show")) {
        struct cli_procedure_out row;
        struct entry e;
        struct err err = {0};
        struct line l;
        buf_auto struct buf data = BUF(ENTRY_BYTES);
        int found = cli_procedure_one(c->ledger.store, &(struct cli_procedure_in){command.on}, &row,
                                      &c->arena, &err);
        if (found < 0 || (found && ledger_entry(&c->ledger, row.seq, &c->arena, &e, &err) != 0))
            return cli_fail(c, &err);
        if (!found)
            return missing(c, N_("procedure"), command.on);
        entry_write_data(&data, event_shape(EVENT_PROCEDURE_PUT), &e.event.procedure_put);
        l = begin(c);
        put(c, &l, "name", command.on);
        if (c->json) {
            json_put_key(&l.out, "rules", &l.first);
            buf_text(&l.out, buf_view(&data));
        } else {
            put(c, &l, "rules", buf_view(&data));
        }
        return show(c, &l);
    }
    if (!is(c, "set"))
        return unknown_action(c);
    *d = (struct procedure_put_event){.title = cli_text(c, "title"),
                                      .basis = cli_text(c, "basis"),
                                      .without = cli_words(c, "without"),
                                      .sealed = cli_words(c, "sealed"),
                                      .answer = cli_option(c, "answer") != NULL,
                                      .final = cli_option(c, "final") != NULL};
    pairs = cli_words(c, "signer");
    d->signers.at = arena_array(&c->arena, struct signer_line, pairs.count);
    for (size_t i = 0; i < pairs.count && d->signers.at; i++) {
        struct text rest = pairs.at[i], verb;
        text_cut(&rest, '=', &verb);
        if (rest.p == NULL || word_of(&roles, rest) <= 0)
            return cli_usage(c, N_("{0} is not VERB=ROLE"), pairs.at[i]);
        d->signers.at[d->signers.count++] = (struct signer_line){verb, rest};
    }
    return cli_commit(c, &command, 1);
}

/* What is known of a unit, for `change` to keep. */
static int load_unit(struct cli *c, struct unit_line *line)
{
    struct err err = {0};
    struct text on;

    if (cli_unit(c, cli_arg(c, 1), &on, &err) != 0 ||
        office_unit(&c->ledger, on, line, &c->arena, &err) < 0)
        return cli_fail(c, &err);
    return 0;
}

static int put_unit(struct cli *c, struct text kind)
{
    struct command command = {.event = {.kind = EVENT_UNIT_PUT}};
    struct unit_line line = {.kind = kind, .term_from = DATE_NONE, .term_until = DATE_NONE}, old;
    struct err err = {0};
    int32_t from, until;
    struct text on;
    int status = subject(c, &on);

    if (status)
        return status;
    if (is(c, "add")) {
        if (office_unit(&c->ledger, on, &old, &c->arena, &err) == 1)
            return cli_refuse(c,
                              &(struct outcome){.verdict = {.rule = RULE_EXISTS, .texts = {on}}});
        line.code = line.name = on;
        if (cli_option(c, "parent") &&
            cli_unit(c, cli_option(c, "parent"), &line.parent, &err) != 0)
            return cli_fail(c, &err);
    } else {
        if ((status = load_unit(c, &line)) != 0)
            return status;
        line.provisional = false; /* somebody has looked at it */
    }
    if (cli_option(c, "name"))
        line.name = cli_text(c, "name");
    if (kind.n &&
        ((status = cli_day(c, "from", &from)) != 0 || (status = cli_day(c, "until", &until)) != 0))
        return status;
    if (kind.n && date_valid(from))
        line.term_from = from;
    if (kind.n && date_valid(until))
        line.term_until = until;
    command.event.unit_put.units = (struct unit_list){&line, 1};
    return cli_commit(c, &command, 1);
}

/* Members of a body and deputies of a person: a line each, in JSON an object each under `key`. */
static void put_list(struct cli *c, struct line *l, const char *key, size_t i, size_t count,
                     struct text code, struct text name, int32_t from, int32_t until)
{
    char days[2][11];
    bool first = true;

    if (!c->json) {
        buf_str(&l->out, key);
        buf_str(&l->out, ": ");
        buf_text(&l->out, code);
        buf_str(&l->out, " ");
        buf_text(&l->out, name);
        buf_printf(&l->out, " %s – %s\n", date_iso(from, days[0]).p, date_iso(until, days[1]).p);
        return;
    }
    if (i == 0) {
        json_put_key(&l->out, key, &l->first);
        buf_char(&l->out, '[');
    }
    buf_str(&l->out, i ? ",{" : "{");
    json_put_key(&l->out, "person", &first);
    json_put_text(&l->out, code);
    json_put_key(&l->out, "name", &first);
    json_put_text(&l->out, name);
    json_put_key(&l->out, "from", &first);
    json_put_text(&l->out, date_iso(from, days[0]));
    json_put_key(&l->out, "until", &first);
    json_put_text(&l->out, date_iso(until, days[1]));
    buf_str(&l->out, i + 1 == count ? "}]" : "}");
}

static int show_unit(struct cli *c)
{
    struct office_member *members;
    struct unit_line row = {0};
    struct err err = {0};
    struct line l;
    struct text on;
    char day[11];
    size_t count;
    int status = subject(c, &on);

    if (status || (status = load_unit(c, &row)) != 0)
        return status;
    if (office_members(&c->ledger, row.code, &members, &count, &c->arena, &err) != 0)
        return cli_fail(c, &err);
    l = begin(c);
    put(c, &l, "code", row.code);
    put(c, &l, "name", row.name);
    put(c, &l, "kind", row.kind.n ? row.kind : T("unit"));
    put(c, &l, "parent", row.parent);
    put(c, &l, "provisional", row.provisional ? T("yes") : T("no"));
    if (text_eq(row.kind, T("body"))) {
        put(c, &l, "from", date_iso(row.term_from, day));
        put(c, &l, "until", date_iso(row.term_until, day));
        for (size_t i = 0; i < count; i++)
            put_list(c, &l, "members", i, count, members[i].person, members[i].name, DATE_NONE,
                     members[i].until);
    }
    return show(c, &l);
}

int cmd_unit(struct cli *c)
{
    struct command command = {.event = {.kind = EVENT_UNIT_MOVE}};
    struct err err = {0};
    int status;

    if (is(c, "show"))
        return show_unit(c);
    if (is(c, "add") || is(c, "change"))
        return put_unit(c, T(""));
    if (!is(c, "move"))
        return unknown_action(c);
    if ((status = subject(c, &command.on)) != 0)
        return status;
    if (cli_unit(c, cli_arg(c, 1), &command.on, &err) != 0 ||
        (cli_option(c, "parent") &&
         cli_unit(c, cli_option(c, "parent"), &command.event.unit_move.parent, &err) != 0))
        return cli_fail(c, &err);
    return cli_commit(c, &command, 1);
}

int cmd_body(struct cli *c)
{
    struct command command = {.event = {.kind = EVENT_BODY_MEMBER}};
    struct body_member_event *d = &command.event.body_member;
    struct err err = {0};
    int status;

    if (is(c, "show"))
        return show_unit(c);
    if (is(c, "add") || is(c, "change"))
        return put_unit(c, T("body"));
    if (!is(c, "join") && !is(c, "leave"))
        return unknown_action(c);
    if ((status = subject(c, &command.on)) != 0 || (status = cli_day(c, "until", &d->until)) != 0)
        return status;
    if (cli_option(c, "person") == NULL)
        return cli_usage(c, N_("Name who with --person"), T(""));
    if (cli_unit(c, cli_arg(c, 1), &command.on, &err) != 0 ||
        cli_person(c, cli_option(c, "person"), &d->person, &err) != 0)
        return cli_fail(c, &err);
    /* Without a day, who leaves was a member until yesterday. */
    if (is(c, "leave") && !date_valid(d->until))
        d->until = c->viewer.today - 1;
    return cli_commit(c, &command, 1);
}

/* "UNIT[:CAMPAIGN],…" */
static int take_scopes(struct cli *c, struct scope_list *list)
{
    struct texts words = cli_words(c, "scope");
    struct err err = {0};

    list->at = arena_array(&c->arena, struct scope_line, words.count);
    for (size_t i = 0; i < words.count && list->at; i++) {
        struct text rest = words.at[i], unit;
        struct scope_line *line = &list->at[list->count++];
        text_cut(&rest, ':', &unit);
        line->unit = T("");
        line->campaign = rest.p ? rest : T("");
        if (unit.n && cli_unit(c, arena_cstr(&c->arena, unit), &line->unit, &err) != 0)
            return cli_fail(c, &err);
    }
    return 0;
}

static int put_person(struct cli *c)
{
    struct command command = {.event = {.kind = EVENT_PERSON_PUT}};
    struct person_line line = {0}, old;
    struct err err = {0};
    struct text on;
    int status = subject(c, &on);

    if (status)
        return status;
    if (is(c, "add")) {
        line.name = on;
        line.code = cli_option(c, "code") ? cli_text(c, "code") : on;
        if (office_person(&c->ledger, line.code, &old, &c->arena, &err) == 1)
            return cli_refuse(
                c, &(struct outcome){.verdict = {.rule = RULE_EXISTS, .texts = {line.code}}});
    } else {
        if (cli_person(c, cli_arg(c, 1), &on, &err) != 0 ||
            office_person(&c->ledger, on, &line, &c->arena, &err) < 0)
            return cli_fail(c, &err);
        line.provisional = false; /* somebody has looked at them */
        /* A change of roles or unit without scopes follows the new roles. */
        if (cli_option(c, "role") || cli_option(c, "unit"))
            line.scopes.count = 0;
    }
    if (cli_option(c, "name"))
        line.name = cli_text(c, "name");
    if (cli_option(c, "unit") && cli_unit(c, cli_option(c, "unit"), &line.unit, &err) != 0)
        return cli_fail(c, &err);
    if (cli_option(c, "role"))
        line.roles = cli_words(c, "role");
    if (cli_option(c, "scope")) {
        line.scopes = (struct scope_list){0};
        if ((status = take_scopes(c, &line.scopes)) != 0)
            return status;
    }
    if (cli_option(c, "clearance") &&
        (status = cli_word(c, "clearance", &markings, &line.clearance)) != 0)
        return status;
    line.inactive = cli_option(c, "inactive") != NULL;
    command.event.person_put.people = (struct person_list){&line, 1};
    return cli_commit(c, &command, 1);
}

/* What became of a batch of hand-overs: refusals, and what the viewer sees of them by its code; the
 * others are only counted. */
static int hand_over_batch(struct cli *c, struct command *commands, const bool *seen, size_t count,
                           int64_t *done)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    struct outcome *outcomes = arena_array(&c->arena, struct outcome, count);
    struct err err = {0};
    int status = EXIT_DONE, rc;

    if (outcomes == NULL) {
        err_set(&err, NO_MEMORY);
        return cli_fail(c, &err);
    }
    if (ledger_write(&c->ledger, commands, outcomes, count, &c->arena, &err) != 0)
        return cli_fail(c, &err);
    for (size_t i = 0; i < count; i++) {
        if (outcomes[i].verdict.rule)
            status = cli_refuse(c, &outcomes[i]);
        else if (seen[i])
            cli_outcome(c, &out, &outcomes[i], commands[i].on);
        *done += outcomes[i].verdict.rule == RULE_NONE;
    }
    rc = cli_print(c, &out);
    return rc ? rc : status;
}

static int say_handed_over(struct cli *c, struct text from, struct text to, int64_t done)
{
    buf_auto struct buf out = BUF(BUF_ANY);
    char number[24];
    bool first = true;

    snprintf(number, sizeof number, "%lld", (long long)done);
    if (c->json) {
        buf_char(&out, '{');
        json_put_key(&out, "handed_over", &first);
        buf_str(&out, number);
        buf_str(&out, "}\n");
    } else if (done) {
        say(&out, c->lang, N_("{0} items are now in the hands of {2} instead of {1}.\n"),
            text_of(number), from, to);
    } else {
        say(&out, c->lang, N_("{0} answers for nothing that could be handed over.\n"), from);
    }
    return cli_print(c, &out);
}

/* All that somebody answers for, batch by batch (hand_over.h). */
static int hand_over(struct cli *c, struct text from, struct text to)
{
    struct hand_over all = {.from = from, .to = to, .reason = cli_text(c, "reason")};
    struct command commands[HAND_OVER_BATCH];
    bool seen[HAND_OVER_BATCH];
    struct err err = {0};
    int64_t done = 0;
    int status = EXIT_DONE, rc;
    size_t count;

    if (!hand_over_may(&c->viewer, from))
        return cli_refuse(c, &(struct outcome){.verdict = {.rule = RULE_ROLE,
                                                           .texts = {text_of(N_("hand over")),
                                                                     text_of(N_("clerk"))}}});
    do {
        if (hand_over_next(&c->ledger, &c->viewer, &all, commands, seen, &count, &c->arena, &err) !=
            0)
            return cli_fail(c, &err);
        for (size_t i = 0; i < count; i++) {
            commands[i].by = c->viewer.person;
            commands[i].via = text_of(c->via);
        }
        if (count)
            status |= hand_over_batch(c, commands, seen, count, &done);
    } while (count == HAND_OVER_BATCH && status < EXIT_USAGE);
    rc = status < EXIT_USAGE ? say_handed_over(c, from, to, done) : 0;
    return rc ? rc : status;
}

int cmd_person(struct cli *c)
{
    struct command command = {.event = {.kind = EVENT_PERSON_DEPUTY}};
    struct person_deputy_event *d = &command.event.person_deputy;
    struct err err = {0};
    struct text to = T("");
    int status;

    if (is(c, "add") || is(c, "change"))
        return put_person(c);
    if (is(c, "token") || is(c, "totp") || is(c, "session") || is(c, "link"))
        return person_credentials(c);
    if (!is(c, "show") && !is(c, "deputy") && !is(c, "hand-over"))
        return unknown_action(c);
    if ((status = subject(c, &command.on)) != 0)
        return status;
    if (cli_person(c, cli_arg(c, 1), &command.on, &err) != 0)
        return cli_fail(c, &err);
    if (is(c, "show")) {
        struct office_deputy *deputies;
        struct person_line row = {0};
        struct line l;
        buf_auto struct buf held = BUF(1024);
        size_t count;
        if (office_person(&c->ledger, command.on, &row, &c->arena, &err) < 0 ||
            office_deputies(&c->ledger, command.on, &deputies, &count, &c->arena, &err) != 0)
            return cli_fail(c, &err);
        for (size_t i = 0; i < row.roles.count; i++) {
            buf_str(&held, i ? "," : "");
            buf_text(&held, row.roles.at[i]);
        }
        l = begin(c);
        put(c, &l, "code", command.on);
        put(c, &l, "name", row.name);
        put(c, &l, "unit", row.unit);
        put(c, &l, "roles", buf_view(&held));
        put(c, &l, "clearance", word_key(&markings, row.clearance));
        put(c, &l, "inactive", row.inactive ? T("yes") : T("no"));
        put(c, &l, "provisional", row.provisional ? T("yes") : T("no"));
        for (size_t i = 0; i < count; i++)
            put_list(c, &l, "deputies", i, count, deputies[i].deputy, deputies[i].name,
                     deputies[i].from, deputies[i].until);
        return show(c, &l);
    }
    if (cli_option(c, "to") == NULL)
        return cli_usage(c, N_("Name who with --to"), T(""));
    if (cli_person(c, cli_option(c, "to"), &to, &err) != 0)
        return cli_fail(c, &err);
    if (is(c, "hand-over"))
        return hand_over(c, command.on, to);
    d->deputy = to;
    if ((status = cli_day(c, "from", &d->from)) != 0 ||
        (status = cli_day(c, "until", &d->until)) != 0)
        return status;
    if (!date_valid(d->from))
        d->from = c->viewer.today;
    return cli_commit(c, &command, 1);
}

int cmd_source(struct cli *c)
{
    struct command command = {.event = {.kind = EVENT_SOURCE_PUT}};
    struct source_put_event *d = &command.event.source_put;
    struct evidence_line file = {0};
    struct err err = {0};
    struct text on;
    int status = subject(c, &on);

    if (status)
        return status;
    if (is(c, "show")) {
        struct cli_source_out row;
        struct line l;
        char day[11];
        int found =
            cli_source_one(c->ledger.store, &(struct cli_source_in){on}, &row, &c->arena, &err);
        if (found < 0)
            return cli_fail(c, &err);
        if (!found || row.marking > (c->viewer.clearance > 1 ? c->viewer.clearance : 1))
            return missing(c, N_("source"), on);
        l = begin(c);
        put(c, &l, "code", on);
        put(c, &l, "title", row.title);
        put(c, &l, "issuer", row.issuer);
        put(c, &l, "number", row.number);
        put(c, &l, "date", date_iso((int32_t)row.date, day));
        put(c, &l, "level", row.level);
        put(c, &l, "marking", word_key(&markings, row.marking));
        put(c, &l, "hash", row.hash);
        return show(c, &l);
    }
    if (!is(c, "add"))
        return unknown_action(c);
    if ((status = cli_day(c, "date", &d->date)) != 0 ||
        (status = cli_word(c, "marking", &markings, &d->marking)) != 0)
        return status;
    if (evidence_store(&c->ledger, on, T(""), &file, &c->arena, &err) != 0)
        return cli_fail(c, &err);
    d->hash = file.hash;
    d->name = file.name;
    d->title = cli_option(c, "title") ? cli_text(c, "title") : file.name;
    d->issuer = cli_text(c, "issuer");
    d->number = cli_text(c, "number");
    d->level = cli_text(c, "level");
    d->implements = cli_text(c, "implements");
    return cli_commit(c, &command, 1);
}
