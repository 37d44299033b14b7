/* world.c: see world.h. */
#include "world.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "office/instructions/instructions.h"
#include "store/postgres.h"
#include "store/sqlite.h"

#define START INT64_C(1772416800000) /* 2026-03-02 10:00 in +08:00 */

/* The cast. Roles count everywhere, a liaison's and a responsible leader's in their unit. */
static const char *const cast[] = {
    "unit CITY --name 清源市",
    "unit OFFICE --name 督查室 --parent CITY",
    "unit A --name 城关镇 --parent CITY",
    "unit A1 --name 城关镇应急办 --parent A",
    "unit B --name 北山镇 --parent CITY",
    "unit C --name 市应急局 --parent CITY",
    "unit TEAM --name 专班 --kind body --parent CITY",
    /* The office. */
    "person clerk --unit OFFICE --role clerk",
    "person approver --unit OFFICE --role approver",
    "person leader --unit OFFICE --role leader --clearance top-secret",
    "person auditor --unit OFFICE --role auditor",
    "person administrator --unit OFFICE --role administrator",
    "person nobody --unit OFFICE",
    "person both --unit OFFICE --role clerk,verifier,approver",
    "person clerk-b --unit B --role clerk --scope B",
    "person clerk-secret --unit OFFICE --role clerk --clearance secret --scope :,:SECRET",
    /* Those who do the work. */
    "person liaison-a --unit A --role liaison",
    "person liaison-a1 --unit A1 --role liaison",
    "person liaison-b --unit B --role liaison --scope B,A",
    "person leader-a --unit A --role responsible-leader",
    "person leader-b --unit B --role responsible-leader --scope B,A",
    "person member-b --unit B --role liaison --scope TEAM,B",
    /* Those who check: C is independent of A and B, A1 is not of A, CITY above A is. */
    "person verifier --unit C --role verifier",
    "person verifier-a --unit A --role verifier",
    "person verifier-a1 --unit A1 --role verifier",
    "person verifier-b --unit B --role verifier",
    "person verifier-city --unit CITY --role verifier",
    "person approver-a --unit A --role approver",
    ("person all-roles --unit C --role "
     "clerk,approver,liaison,responsible-leader,verifier,leader,auditor,administrator"),
    /* Those who stand in: while verifier and clerk are away, in March. */
    "person stand-in --unit OFFICE",
    "person stand-in-a --unit A",
    "person stand-in-clerk --unit B --role clerk --scope B",
    "member TEAM --person member-b",
    "deputy verifier --to stand-in --from 2026-03-01 --until 2026-03-31",
    "deputy verifier --to stand-in-a --from 2026-03-01 --until 2026-03-31",
    "deputy auditor --to stand-in-clerk --from 2026-03-01 --until 2026-03-31",
    /* Procedures and their campaigns. */
    "procedure answered --answer",
    "procedure final --final",
    "procedure short --without accepted,planned,applied,standing",
    "procedure unassigned --without assigned,accepted,planned",
    "procedure unplanned --without planned",
    "procedure signed --signer verify=leader,strike-off=leader",
    "procedure sealed --sealed place,originator_name",
    "campaign HZ",
    "campaign ANS --procedure answered --kind complaint",
    "campaign FIN --procedure final",
    "campaign SHORT --procedure short",
    "campaign NOASSIGN --procedure unassigned",
    "campaign NOPLAN --procedure unplanned",
    "campaign SIGNED --procedure signed",
    "campaign SEALED --procedure sealed",
    "campaign CLOSED --closed",
};

/* The store keeps prepared statements by their address, so each text has one for ever. */
static const struct statement *question(const char *sql)
{
    static struct statement known[256];
    size_t i = 0;

    while (known[i].sqlite && strcmp(known[i].sqlite, sql) != 0)
        if (++i == sizeof known / sizeof known[0])
            abort();
    if (known[i].sqlite == NULL)
        known[i] = (struct statement){.name = "test", .sqlite = strdup(sql), .columns = "i"};
    known[i].postgres = known[i].sqlite;
    return &known[i];
}

int64_t world_number(struct store *s, const char *sql)
{
    struct rows rows;
    struct err err;
    int64_t n;

    if (store_query(s, question(sql), NULL, &rows, &err) != 0 || rows_next(&rows, &err) != 1) {
        fprintf(stderr, "cannot ask: %s\n", sql);
        abort();
    }
    n = rows_int(&rows, 0);
    rows_close(&rows);
    return n;
}

const char *world_line(struct world *w, const char *format, ...)
{
    char line[8192];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    return arena_cstr(&w->arena, text_of(line));
}

/* --- from a line to a command --------------------------------------------------------------- */

struct words {
    struct text verb, subject;
    struct param params[256];
    size_t count;
};

/* Takes a word off *rest; one in quotation marks loses them. */
static bool next_word(struct text *rest, struct text *word)
{
    while (rest->n && *rest->p == ' ')
        *rest = text_from(*rest, 1);
    if (rest->n == 0)
        return false;
    if (*rest->p == '"') {
        *rest = text_from(*rest, 1);
        return text_cut(rest, '"', word);
    }
    text_cut(rest, ' ', word);
    return true;
}

static void split(const char *line, struct words *w)
{
    struct text rest = text_of(line), word;
    struct param *open = NULL;

    *w = (struct words){.subject = {"", 0}};
    while (next_word(&rest, &word)) {
        if (word.n > 2 && text_starts(word, T("--"))) {
            open = &w->params[w->count++];
            *open = (struct param){text_from(word, 2), T("")};
        } else if (open) {
            open->value = word;
            open = NULL;
        } else if (w->verb.n == 0) {
            w->verb = word;
        } else {
            w->subject = word;
        }
    }
}

static struct text option(const struct words *w, const char *name)
{
    for (size_t i = 0; i < w->count; i++)
        if (text_eq(w->params[i].name, text_of(name)))
            return w->params[i].value;
    return T("");
}

static bool given(const struct words *w, const char *name)
{
    for (size_t i = 0; i < w->count; i++)
        if (text_eq(w->params[i].name, text_of(name)))
            return true;
    return false;
}

static int32_t day_of(const struct words *w, const char *name)
{
    int32_t day = DATE_NONE;

    date_parse(option(w, name), &day);
    return day;
}

static struct texts texts_of(struct world *w, struct text rest)
{
    struct texts list = {.at = arena_array(&w->arena, struct text, rest.n + 1)};
    struct text piece;

    while (rest.n && text_cut(&rest, ',', &piece))
        list.at[list.count++] = piece;
    return list;
}

static void person_line(struct world *w, const struct words *words, struct command *c)
{
    struct person_line *p = arena_array(&w->arena, struct person_line, 1);
    struct texts scopes = texts_of(w, option(words, "scope"));
    struct text name = option(words, "name");

    *p = (struct person_line){.code = words->subject,
                              .name = name.n ? name : words->subject,
                              .unit = option(words, "unit"),
                              .roles = texts_of(w, option(words, "role")),
                              .clearance = word_of(&markings, option(words, "clearance")),
                              .inactive = given(words, "inactive"),
                              .provisional = given(words, "provisional")};
    p->scopes.at = arena_array(&w->arena, struct scope_line, scopes.count + 1);
    for (size_t i = 0; i < scopes.count; i++) {
        struct text rest = scopes.at[i], unit;
        text_cut(&rest, ':', &unit);
        p->scopes.at[p->scopes.count++] =
            (struct scope_line){unit, rest.p ? rest : (struct text){"", 0}};
    }
    c->event.kind = EVENT_PERSON_PUT;
    c->event.person_put.people = (struct person_list){p, 1};
    c->on = T("");
}

static void procedure_line(struct world *w, const struct words *words, struct command *c)
{
    struct texts pairs = texts_of(w, option(words, "signer"));
    struct procedure_put_event *d = &c->event.procedure_put;

    c->event.kind = EVENT_PROCEDURE_PUT;
    *d = (struct procedure_put_event){.title = words->subject,
                                      .without = texts_of(w, option(words, "without")),
                                      .sealed = texts_of(w, option(words, "sealed")),
                                      .answer = given(words, "answer"),
                                      .final = given(words, "final")};
    d->signers.at = arena_array(&w->arena, struct signer_line, pairs.count + 1);
    for (size_t i = 0; i < pairs.count; i++) {
        struct text role = pairs.at[i], verb;
        text_cut(&role, '=', &verb);
        d->signers.at[d->signers.count++] = (struct signer_line){verb, role};
    }
}

/* True when the line is about the office. */
static bool office_line(struct world *w, const struct words *words, struct command *c)
{
    struct text verb = words->verb, name = option(words, "name");
    struct event *e = &c->event;

    if (name.n == 0)
        name = words->subject;
    if (text_eq(verb, T("unit"))) {
        struct unit_line *u = arena_array(&w->arena, struct unit_line, 1);
        *u = (struct unit_line){.code = words->subject,
                                .name = name,
                                .kind = option(words, "kind"),
                                .parent = option(words, "parent"),
                                .term_from = DATE_NONE,
                                .term_until = DATE_NONE};
        e->kind = EVENT_UNIT_PUT;
        e->unit_put.units = (struct unit_list){u, 1};
        c->on = T("");
    } else if (text_eq(verb, T("move"))) {
        e->kind = EVENT_UNIT_MOVE;
        e->unit_move.parent = option(words, "parent");
    } else if (text_eq(verb, T("person"))) {
        person_line(w, words, c);
    } else if (text_eq(verb, T("deputy"))) {
        e->kind = EVENT_PERSON_DEPUTY;
        e->person_deputy = (struct person_deputy_event){option(words, "to"), day_of(words, "from"),
                                                        day_of(words, "until")};
    } else if (text_eq(verb, T("member"))) {
        e->kind = EVENT_BODY_MEMBER;
        e->body_member =
            (struct body_member_event){option(words, "person"), day_of(words, "until")};
    } else if (text_eq(verb, T("procedure"))) {
        procedure_line(w, words, c);
    } else if (text_eq(verb, T("campaign"))) {
        e->kind = EVENT_CAMPAIGN_PUT;
        e->campaign_put =
            (struct campaign_put_event){.name = name,
                                        .kind = option(words, "kind"),
                                        .procedure = option(words, "procedure"),
                                        .marking = word_of(&markings, option(words, "marking")),
                                        .confidential = given(words, "confidential"),
                                        .closed = given(words, "closed")};
    } else if (text_eq(verb, T("plan-campaign"))) {
        e->kind = EVENT_CAMPAIGN_PLAN;
        e->campaign_plan.note = option(words, "note");
    } else if (text_eq(verb, T("return-campaign"))) {
        e->kind = EVENT_CAMPAIGN_PLAN_RETURN;
        e->campaign_plan_return.reason = option(words, "reason");
    } else if (text_eq(verb, T("approve-campaign"))) {
        e->kind = EVENT_CAMPAIGN_PLAN_APPROVE;
        e->campaign_plan_approve.note = option(words, "note");
    } else if (text_eq(verb, T("source"))) {
        e->kind = EVENT_SOURCE_PUT;
        e->source_put =
            (struct source_put_event){.title = option(words, "title"),
                                      .implements = option(words, "implements"),
                                      .date = DATE_NONE,
                                      .marking = word_of(&markings, option(words, "marking"))};
    } else if (text_eq(verb, T("handover"))) {
        e->kind = EVENT_ITEM_HANDOVER;
        e->item_handover = (struct item_handover_event){option(words, "from"), option(words, "to"),
                                                        option(words, "reason")};
    } else if (text_eq(verb, T("purge"))) {
        e->kind = EVENT_ACCESS_PURGE;
        e->access_purge.before = day_of(words, "before");
    } else {
        return false;
    }
    return true;
}

/* "instruction-give …": what stands behind the dash is the action. */
static int instruction_line(struct world *w, const struct words *words, const char *by,
                            struct command *c, struct err *err)
{
    struct viewer *viewer = arena_array(&w->arena, struct viewer, 1);

    if (viewer_load(viewer, &w->ledger, text_of(by), &w->arena, err) != 0)
        return -1;
    return instruction_command(&w->ledger, viewer, text_from(words->verb, strlen("instruction-")),
                               words->subject, words->params, words->count, c, &w->arena, err);
}

int world_command(struct world *w, const char *by, const char *line, struct command *c,
                  struct err *err)
{
    struct viewer viewer = {.person = text_of(by)};
    struct words words;
    int rc = 0;

    /* The words point into a copy that lives as long as the command. */
    split(arena_cstr(&w->arena, text_of(line)), &words);
    *c = (struct command){.on = words.subject};
    if (text_starts(words.verb, T("instruction-")))
        rc = instruction_line(w, &words, by, c, err);
    else if (!office_line(w, &words, c))
        rc = verb_command(&w->ledger, &viewer, words.verb, words.subject, words.params, words.count,
                          c, &w->arena, err);
    else
        c->id = option(&words, "id");
    c->by = arena_text(&w->arena, text_of(by));
    c->via = T("test");
    return rc;
}

int world_try(struct world *w, const char *by, const char *line, struct outcome *o, struct err *err)
{
    struct command c;

    err->code = ERR_NONE;
    if (world_command(w, by, line, &c, err) != 0)
        return -1;
    return ledger_write(&w->ledger, &c, o, 1, &w->arena, err);
}

struct text world_do(struct world *w, const char *by, const char *line)
{
    buf_auto struct buf why = BUF(4096);
    struct outcome o;
    struct err err = {0};

    if (world_try(w, by, line, &o, &err) != 0)
        err_say(&why, LANG_EN, &err);
    else if (o.verdict.rule)
        verdict_say(&why, LANG_EN, &o.verdict);
    else
        return o.code;
    fprintf(stderr, "%s: %s: %s\n", by, line, buf_cstr(&why));
    abort();
}

/* --- the world ------------------------------------------------------------------------------- */

bool world_day(struct world *w, struct text day)
{
    int32_t d;

    if (!date_parse(day, &d))
        return false;
    w->env.clock = (int64_t)d * 86400000 + INT64_C(2) * 3600000;
    return true;
}

const char *world_address(void)
{
    static char address[PLACE_ADDRESS];
    static int made;
    const char *server = getenv("XIAOHAO_TEST_POSTGRES");

    if (server == NULL || *server == '\0')
        return NULL;
    snprintf(address, sizeof address, "%s&options=-csearch_path%%3Dw%ld_%d", server, (long)getpid(),
             ++made);
    return address;
}

struct store *world_store(const char *address, struct err *err)
{
    return address ? postgres_open(
                         address, &(struct postgres_options){.create = true, .wait_ms = 60000}, err)
                   : sqlite_open(":memory:", &(struct sqlite_options){.create = true}, err);
}

int world_make(struct world *w, struct store *store, struct err *err)
{
    *w = (struct world){.env = env_replay(1, START), .arena = ARENA(64u << 20)};
    if (store == NULL) {
        const char *address = world_address();
        store = world_store(address, err);
        if (address)
            snprintf(w->ledger.address, sizeof w->ledger.address, "%s", address);
    }
    if (store == NULL)
        return -1;
    return ledger_create_on(&w->ledger, store,
                            &(struct ledger_new){.name = T("test"), .marking = MARKING_SECRET},
                            &w->env, err);
}

int world_cast(struct world *w, struct err *err)
{
    enum { COUNT = sizeof cast / sizeof cast[0] };
    struct command commands[COUNT + 1];
    struct outcome outcomes[COUNT + 1];

    for (size_t i = 0; i < COUNT; i++)
        if (world_command(w, "owner", cast[i], &commands[i], err) != 0)
            return -1;
    /* Confidential: its maker is in its circle, and nobody else who does not name it. */
    if (world_command(w, "clerk-secret", "campaign SECRET --confidential", &commands[COUNT], err) !=
            0 ||
        ledger_write(&w->ledger, commands, outcomes, COUNT + 1, &w->arena, err) != 0)
        return -1;
    for (size_t i = 0; i <= COUNT; i++)
        if (outcomes[i].verdict.rule) {
            buf_auto struct buf why = BUF(4096);
            verdict_say(&why, LANG_EN, &outcomes[i].verdict);
            fprintf(stderr, "cast %zu: %s\n", i, buf_cstr(&why));
            return err_set(err, USAGE, T("the cast"), T("act"));
        }
    return 0;
}

int world_open(struct world *w, struct err *err)
{
    return world_make(w, NULL, err) != 0 ? -1 : world_cast(w, err);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

void world_remove(const char *folder)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *world_folder(struct world *w)
{
    char path[FILE_PATH + 16];
    const char *under = getenv("TMPDIR");
    struct err err;

    if (w->ledger.dir[0])
        return w->ledger.dir;
    snprintf(w->ledger.dir, sizeof w->ledger.dir, "%s/xiaohao-test-XXXXXX",
             under && *under ? under : "/tmp");
    if (mkdtemp(w->ledger.dir) == NULL)
        abort();
    snprintf(path, sizeof path, "%s/evidence", w->ledger.dir);
    if (file_mkdir(path, 0700, &err) != 0)
        abort();
    snprintf(path, sizeof path, "%s/file.txt", w->ledger.dir);
    if (file_write(path, T("佐证\n"), 0600, true, &err) != 0)
        abort();
    return w->ledger.dir;
}

void world_close(struct world *w)
{
    if (w->ledger.dir[0])
        world_remove(w->ledger.dir);
    ledger_close(&w->ledger);
    arena_release(&w->arena);
}

/* A server takes long to make tables: there one office serves all, each time in a transaction that
 * is dropped. */
static struct world kept;

int world_borrow(struct world *w, struct err *err)
{
    if (getenv("XIAOHAO_TEST_POSTGRES") == NULL)
        return world_open(w, err);
    if (kept.ledger.store == NULL && world_open(&kept, err) != 0)
        return -1;
    *w = kept;
    w->arena = ARENA(64u << 20);
    w->ledger.env = &w->env;
    return ledger_trial(&w->ledger, err);
}

void world_give_back(struct world *w)
{
    if (kept.ledger.store == NULL) {
        world_close(w);
        return;
    }
    ledger_trial_end(&w->ledger);
    if (w->ledger.dir[0])
        world_remove(w->ledger.dir);
    arena_release(&w->arena);
}

void world_give_up(void)
{
    if (kept.ledger.store)
        world_close(&kept);
}

/* --- looking -----------------------------------------------------------------------------------
 */

static int add_line(void *arg, struct text line)
{
    struct buf *all = arg;

    buf_text(all, line);
    buf_char(all, '\n');
    return all->failed ? -1 : 0;
}

struct hash world_dump(struct ledger *l)
{
    buf_auto struct buf all = BUF(BUF_ANY);
    struct err err;

    if (ledger_dump(l, add_line, &all, &err) != 0) {
        buf_auto struct buf why = BUF(1000);
        err_say(&why, LANG_EN, &err);
        fprintf(stderr, "no dump: %s\n", buf_cstr(&why));
        abort();
    }
    return sha256(buf_view(&all));
}

static const struct statement all_bytes = {.name = "test_bytes",
                                           .sqlite = "SELECT bytes FROM log ORDER BY seq",
                                           .postgres = "SELECT bytes FROM log ORDER BY seq",
                                           .columns = "b"};
struct hash world_log(struct ledger *l)
{
    buf_auto struct buf all = BUF(BUF_ANY);
    struct rows rows;
    struct err err;
    int rc = store_query(l->store, &all_bytes, NULL, &rows, &err);

    while (rc == 0 && (rc = rows_next(&rows, &err)) == 1) {
        struct text bytes = rows_blob(&rows, 0);
        buf_int(&all, (int64_t)bytes.n);
        buf_text(&all, bytes);
        rc = 0;
    }
    if (rc < 0) {
        fprintf(stderr, "no log\n");
        abort();
    }
    return sha256(buf_view(&all));
}

int64_t world_entries(struct ledger *l)
{
    return world_number(l->store, "SELECT COUNT(*) FROM log");
}
