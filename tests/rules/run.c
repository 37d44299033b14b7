/*
 * run.c: the tables of rules (*.rules) put to the test, each row in an office of its own.
 *
 * A row is `state | command | who | outcome`:
 *
 *   state    [CAMPAIGN] STATE, STATE … [what else is so …] [@DAY]; or - for a command that is about
 *            no item. The item was brought there by real commands of
 *            those whose work it is. What else may be so is in `touches` below.
 *   command  as behind `xiaohao act`, without the item's code: it is put behind the verb (verb/2
 *            is for its task 2); $ITEM, $OTHER and $HIDDEN are the codes of the item, of another
 *            one, and of one in a confidential campaign; $FILE is a file. Other lines are those of
 * world.h. who      one of the cast of world.c; several parted by spaces outcome  the state that
 * the item then has, or `same`, or `done` for a command that is about none, or the name of the rule
 * that refuses; then field=value of the item (`fields`)
 *
 * At the end it is counted whether they cover every verb in every state, every verb for every role
 * and every rule.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/file.h"
#include "ledger/batch.h"
#include "world.h"

enum { CASES = 8000, COVERED = 64 };

struct row {
    struct text file, campaign, state, touches, day, command, who, outcome, checks;
    int line;
};

static struct row rows[CASES];
static struct CMUnitTest tests[CASES + 8];
static size_t row_count;
static struct arena text_arena = {.cap = 64u << 20};

/* --- reading the tables ----------------------------------------------------------------------- */

static void broken(struct text file, int line, const char *why)
{
    fprintf(stderr, "%.*s:%d: %s\n", TEXT_ARG(file), line, why);
    exit(2);
}

static bool word(struct text *rest, struct text *w)
{
    *rest = text_trim(*rest);
    return rest->n && text_cut(rest, ' ', w);
}

/* One row for each state and each person. The situation is [CAMPAIGN] STATE, STATE … [touches …]
 * [@DAY]. */
static void add_rows(struct row r, struct text situation, struct text people)
{
    struct text list[STATE_COUNT], w, who;
    int count = 0;
    bool more = true;

    r.campaign = T("HZ");
    r.touches = r.day = T("");
    while (word(&situation, &w)) {
        if (w.p[0] == '@') {
            r.day = text_from(w, 1);
        } else if (w.p[0] >= 'A' && w.p[0] <= 'Z' && count == 0) {
            r.campaign = w;
        } else if (more && count < STATE_COUNT) {
            more = text_ends(w, T(","));
            list[count++] = text_head(w, w.n - more);
        } else {
            r.touches = arena_join(&text_arena, arena_join(&text_arena, r.touches, T(" ")), w);
        }
    }
    for (int i = 0; i < count; i++) {
        if (!text_eq(list[i], T("-")) && word_of(&states, list[i]) <= 0)
            broken(r.file, r.line, "no such state");
        r.state = list[i];
        for (struct text names = people; word(&names, &who);) {
            if (row_count == CASES)
                broken(r.file, r.line, "too many rows");
            r.who = who;
            rows[row_count++] = r;
        }
    }
}

static void read_row(struct text file, int number, struct text line)
{
    struct row r = {.file = file, .line = number};
    struct text cells[4];

    for (int i = 0; i < 4; i++) {
        if (!text_cut(&line, '|', &cells[i]))
            broken(file, number, "a row is: state | command | who | outcome");
        cells[i] = text_trim(cells[i]);
    }
    r.command = cells[1];
    r.checks = cells[3];
    if (!word(&r.checks, &r.outcome) || cells[2].n == 0)
        broken(file, number, "who and outcome are missing");
    if (r.checks.p == NULL)
        r.checks = T("");
    add_rows(r, cells[0], cells[2]);
}

static void read_table(const char *path)
{
    struct text all, line;
    struct err err;
    int number = 0;
    const char *slash = strrchr(path, '/');

    if (file_read(path, 1 << 20, &text_arena, &all, &err) != 0) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(2);
    }
    while (text_cut(&all, '\n', &line)) {
        number++;
        line = text_trim(line);
        if (line.n && line.p[0] != '#')
            read_row(text_of(slash ? slash + 1 : path), number, line);
    }
}

/* --- building the situation --------------------------------------------------------------------
 */

struct scene {
    struct world w;
    const struct row *row;
    const char *item, *lead, *hand; /* code; lead unit; who of it acts */
    const char *reporter, *applicant, *checker, *striker;
};

/* "lead=B" → "B"; NULL when it is not touched. */
static const char *touched(const struct scene *s, const char *name)
{
    struct text rest = s->row->touches, w;

    while (word(&rest, &w)) {
        struct text value = w, key;
        text_cut(&value, '=', &key);
        if (text_eq(key, text_of(name)))
            return arena_cstr(&text_arena, value.p ? value : T(""));
    }
    return NULL;
}

static bool is(const struct scene *s, const char *name)
{
    return touched(s, name) != NULL;
}

/* What a state may be touched with. */
static const char *const touches[] = {
    "lead",          /* =UNIT, A otherwise: who does it */
    "assist",        /* =UNIT */
    "person",        /* =PERSON: the responsible one */
    "leaders",       /* =PERSON: a responsible leader */
    "class",         /* =CLASS */
    "marking",       /* =LEVEL */
    "nodue",         /* no deadline; 2026-06-30 otherwise */
    "owed",          /* the originator is owed an answer */
    "answered",      /* and has it */
    "task",          /* an open task, due 2026-05-31 */
    "accepted-task", /* an accepted one */
    "done-task",     /* a done one */
    "dropped-task",  /* a dropped one */
    "submitted",     /* a plan waits for its approval */
    "returned",      /* a plan was returned */
    "asked",         /* an extension to 2026-08-31 is asked */
    "asked-task",    /* one of task 1, to 2026-06-15 */
    "suspended",     /* the work is */
    "failed",        /* a verification failed before */
    "reported",      /* =PERSON: who reported */
    "applied",       /* =PERSON: who applied */
    "amended",       /* =UNIT: given to another lead unit at the end, by amending */
    NULL};

static void check_touches(const struct row *r)
{
    struct text rest = r->touches, w;

    while (word(&rest, &w)) {
        struct text value = w, key;
        bool known = false;
        text_cut(&value, '=', &key);
        for (int i = 0; touches[i]; i++)
            known |= text_eq(key, text_of(touches[i]));
        if (!known)
            broken(r->file, r->line, "no such touch");
    }
}

static bool without(struct scene *s, enum state state)
{
    struct batch b = {.ledger = &s->w.ledger, .store = s->w.ledger.store, .arena = &s->w.arena};
    struct campaign *c;
    struct err err;

    return batch_campaign(&b, s->row->campaign, &c, &err) == 0 && c &&
           (c->rules.without & BIT(state));
}

static void give(struct scene *s, const char *by, const char *format, ...)
{
    char line[4096];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    world_do(&s->w, by, line);
}

/* Who of a unit acts for it. */
static const char *hand_of(const char *unit)
{
    return strcmp(unit, "B") == 0        ? "liaison-b"
           : strcmp(unit, "A1") == 0     ? "liaison-a1"
           : strcmp(unit, "TEAM") == 0   ? "member-b"
           : strcmp(unit, "C") == 0      ? "all-roles"
           : strcmp(unit, "OFFICE") == 0 ? "clerk"
                                         : "liaison-a";
}

static void add_tasks(struct scene *s)
{
    if (!is(s, "task") && !is(s, "accepted-task") && !is(s, "done-task") &&
        !is(s, "dropped-task") && !is(s, "asked-task"))
        return;
    give(s, "clerk", "task %s --text t --due 2026-05-31", s->item);
    if (is(s, "accepted-task"))
        give(s, s->hand, "accept %s/1", s->item);
    if (is(s, "dropped-task"))
        give(s, "clerk", "drop %s/1 --reason r", s->item);
}

static const char *register_line(struct scene *s)
{
    const char *class = touched(s, "class"), *marking = touched(s, "marking"),
               *person = touched(s, "person"), *leader = touched(s, "leaders");
    char line[1024];
    int n = snprintf(line, sizeof line, "register %.*s --text 消防通道堵塞%s",
                     TEXT_ARG(s->row->campaign), is(s, "nodue") ? "" : " --due 2026-06-30");

    if (class)
        n += snprintf(line + n, sizeof line - (size_t)n, " --class %s", class);
    if (marking)
        n += snprintf(line + n, sizeof line - (size_t)n, " --marking %s", marking);
    if (person)
        n += snprintf(line + n, sizeof line - (size_t)n, " --person %s", person);
    if (leader)
        n += snprintf(line + n, sizeof line - (size_t)n, " --leader %s:分管领导", leader);
    if (is(s, "owed") || is(s, "answered"))
        n += snprintf(line + n, sizeof line - (size_t)n, " --originator 市民热线");
    return arena_cstr(&s->w.arena, text_of(line));
}

/* Brings the item from registered up to `goal`, or to the state that stands for it. */
static void walk(struct scene *s, enum state goal)
{
    const char *assist = touched(s, "assist"), *clerk = "clerk";

    if (goal >= STATE_ASSIGNED)
        give(s, clerk, "assign %s --unit %s%s%s", s->item, s->lead, assist ? " --assist " : "",
             assist ? assist : "");
    if (goal < STATE_ACCEPTED || goal > STATE_STANDING)
        goto aside;
    if (!without(s, STATE_ACCEPTED))
        give(s, s->hand, "accept %s", s->item);
    add_tasks(s);
    if (goal == STATE_ACCEPTED) {
        if (is(s, "submitted") || is(s, "returned")) {
            give(s, s->hand, "task %s --text m --due 2026-05-31", s->item);
            give(s, s->hand, "plan %s", s->item);
        }
        if (is(s, "returned"))
            give(s, "approver", "return %s --reason r", s->item);
        return;
    }
    if (!without(s, STATE_PLANNED) &&
        !(is(s, "class") && strcmp(touched(s, "class"), "immediate") == 0)) {
        if (!is(s, "task") && !is(s, "accepted-task") && !is(s, "done-task"))
            give(s, s->hand, "task %s --text m --due 2026-05-31", s->item);
        give(s, s->hand, "plan %s", s->item);
        give(s, "approver", "approve %s", s->item);
    }
    if (goal == STATE_PLANNED)
        return;
    give(s, s->reporter, "report %s --text 已清理", s->item);
    if (!is(s, "task") && !is(s, "accepted-task") && !is(s, "asked-task"))
        for (int64_t n = world_number(s->w.ledger.store, "SELECT COALESCE(MAX(n), 0) FROM task");
             n > 0; n--)
            if (!is(s, "dropped-task") || n > 1)
                give(s, s->reporter, "report %s/%d --done", s->item, (int)n);
    if (goal == STATE_IN_PROGRESS && !is(s, "failed"))
        return;
    if (!without(s, STATE_APPLIED))
        give(s, s->applicant, "apply %s", s->item);
    if (is(s, "failed")) {
        give(s, s->checker, "verify %s --fail --reason 未完成", s->item);
        if (goal == STATE_IN_PROGRESS)
            return;
        give(s, s->applicant, "apply %s", s->item);
    }
    if (goal == STATE_APPLIED)
        return;
    give(s, s->checker, "verify %s --pass", s->item);
    if (is(s, "answered"))
        give(s, s->hand, "answer %s --text 已办结", s->item);
    if (goal > STATE_VERIFIED)
        give(s, s->striker, "strike-off %s", s->item);
    return;
aside:
    if (goal == STATE_ASSIGNED)
        add_tasks(s);
    else if (goal == STATE_TRANSFERRED)
        give(s, clerk, "transfer %s --to 省里 --reason r", s->item);
    else if (goal == STATE_MERGED)
        give(s, clerk, "merge %s --into %.*s --reason r", s->item,
             TEXT_ARG(world_do(&s->w, clerk, "register HZ --text 另一件")));
    else if (goal == STATE_WITHDRAWN)
        give(s, clerk, "withdraw %s --reason r", s->item);
}

static void build(struct scene *s)
{
    enum state goal = (enum state)word_of(&states, s->row->state);
    const char *marked = touched(s, "marking");
    const char *author = marked ? "clerk-secret" : "clerk";

    s->lead = is(s, "lead") ? touched(s, "lead") : "A";
    s->hand = hand_of(s->lead);
    s->reporter = is(s, "reported") ? touched(s, "reported") : s->hand;
    s->applicant = is(s, "applied") ? touched(s, "applied") : s->hand;
    /* The procedure of SIGNED names the leader for both. */
    s->checker = text_eq(s->row->campaign, T("SIGNED")) ? "leader" : "verifier";
    s->striker = text_eq(s->row->campaign, T("SIGNED")) ? "leader" : "approver";
    s->item = arena_cstr(&s->w.arena, world_do(&s->w, author, register_line(s)));
    if (goal == STATE_REGISTERED)
        add_tasks(s);
    walk(s, goal);
    if (is(s, "asked"))
        give(s, s->hand, "extend %s --due 2026-08-31 --reason r", s->item);
    if (is(s, "asked-task"))
        give(s, s->hand, "extend %s/1 --due 2026-06-15 --reason r", s->item);
    if (is(s, "amended"))
        give(s, "clerk", "amend %s --unit %s", s->item, touched(s, "amended"));
    if (is(s, "suspended"))
        give(s, "clerk", "suspend %s --reason r", s->item);
}

/* --- the command and what came of it ------------------------------------------------------------
 */

static bool is_office(struct text verb)
{
    static const char *const office[] = {
        "unit",     "move",   "person",   "deputy",        "member",          "procedure",
        "campaign", "source", "register", "plan-campaign", "return-campaign", "approve-campaign",
        "purge"};

    for (size_t i = 0; i < sizeof office / sizeof office[0]; i++)
        if (text_eq(verb, text_of(office[i])))
            return true;
    return false;
}

static void put_code(struct scene *s, struct buf *line, const char *name)
{
    struct text code;

    if (strcmp(name, "ITEM") == 0) {
        buf_str(line, s->item);
    } else if (strcmp(name, "FILE") == 0) {
        buf_str(line, world_folder(&s->w));
        buf_str(line, "/file.txt");
    } else if (strcmp(name, "HIDDEN") == 0) {
        code = world_do(&s->w, "clerk-secret", "register SECRET --text 密");
        buf_text(line, code);
    } else {
        code = world_do(&s->w, "clerk", "register HZ --text 另一件");
        buf_text(line, code);
    }
}

/* The row's command with the item's code behind its verb and the codes that $… stand for. */
static const char *line_of(struct scene *s)
{
    static const char *const codes[] = {"ITEM", "HIDDEN", "OTHER", "FILE"};
    buf_auto struct buf line = BUF(1u << 20);
    struct text rest = s->row->command, verb;

    text_cut(&rest, ' ', &verb);
    if (s->item && !is_office(verb)) {
        struct text task = verb, name;
        text_cut(&task, '/', &name);
        buf_text(&line, name);
        buf_char(&line, ' ');
        buf_str(&line, s->item);
        if (task.p) {
            buf_char(&line, '/');
            buf_text(&line, task);
        }
    } else {
        buf_text(&line, verb);
    }
    buf_char(&line, ' ');
    for (size_t i = 0; rest.p && i < rest.n; i++) {
        bool code = false;
        for (size_t k = 0; k < 4 && rest.p[i] == '$'; k++)
            if (text_starts(text_from(rest, i + 1), text_of(codes[k]))) {
                put_code(s, &line, codes[k]);
                i += strlen(codes[k]);
                code = true;
            }
        /* $LONG: more than an entry can hold. */
        if (!code && text_starts(text_from(rest, i), T("$LONG"))) {
            for (int k = 0; k < 70000; k++)
                buf_char(&line, 'x');
            i += 4;
            code = true;
        }
        if (!code)
            buf_char(&line, rest.p[i]);
    }
    return arena_cstr(&s->w.arena, buf_view(&line));
}

static struct text number(struct scene *s, int64_t n)
{
    return text_of(world_line(&s->w, "%lld", (long long)n));
}

static struct text day(struct scene *s, int32_t d)
{
    char out[11];

    return date_valid(d) ? arena_text(&s->w.arena, date_iso(d, out)) : T("none");
}

/* A field of the item afterwards, as text. */
static struct text field(struct scene *s, const struct item *i, const struct item *before,
                         struct text name)
{
    struct store *store = s->w.ledger.store;

#define IS(literal) text_eq(name, T(literal))
    if (IS("version"))
        return number(s, i->version - before->version);
    if (IS("plan"))
        return word_key(&plan_states, i->plan_state);
    if (IS("plans"))
        return number(s, i->plan);
    if (IS("due"))
        return day(s, i->due);
    if (IS("asked"))
        return day(s, i->asked_due);
    if (IS("class"))
        return word_key(&classes, i->class);
    if (IS("lead"))
        return i->lead;
    if (IS("person"))
        return i->person.n ? i->person : T("none");
    if (IS("hand"))
        return i->hand;
    if (IS("grade"))
        return i->grade;
    if (IS("returns"))
        return number(s, i->returns);
    if (IS("reopened"))
        return number(s, i->reopened);
    if (IS("extensions"))
        return number(s, i->extensions);
    if (IS("tasks"))
        return number(s, i->tasks);
    if (IS("tasks_open"))
        return number(s, i->tasks_open);
    if (IS("passed"))
        return number(s, i->passed);
    if (IS("answered"))
        return number(s, i->answered);
    if (IS("suspended"))
        return number(s, i->suspended);
    if (IS("task_due"))
        return day(s, (int32_t)world_number(store, "SELECT due FROM task WHERE n = 1"));
    if (IS("task_state"))
        return word_key(&task_states, world_number(store, "SELECT state FROM task WHERE n = 1"));
    if (IS("milestones"))
        return number(s, world_number(store, "SELECT COUNT(*) FROM milestone"));
    /* The state of the linked item that a look-back made. */
    if (IS("new"))
        return word_key(&states, world_number(store, "SELECT i.state FROM item i JOIN item_text t "
                                                     "ON t.id = i.id WHERE t.after <> ''"));
#undef IS
    broken(s->row->file, s->row->line, "no such field");
    return T("");
}

/* A refusal is a whole sentence in either language. */
static const char *unsaid(const struct verdict *v)
{
    buf_auto struct buf en = BUF(4096), zh = BUF(4096);

    verdict_say(&en, LANG_EN, v);
    verdict_say(&zh, LANG_ZH, v);
    if (en.n < 10 || zh.n < 10 || text_eq(buf_view(&en), buf_view(&zh)))
        return "the sentence is missing, or not translated";
    if (text_has(buf_view(&en), T("{")) || text_has(buf_view(&zh), T("{")) ||
        text_has(buf_view(&en), T("  ")) || text_has(buf_view(&en), T("“”")))
        return "the sentence has an empty place";
    return NULL;
}

/* NULL when all is as the row says. */
static const char *compare(struct scene *s, const struct outcome *o, const struct item *before)
{
    struct text expected = s->row->outcome, rest = s->row->checks, w, got;
    struct item item = *before;
    struct err err;
    bool rule = expected.p[0] >= 'A' && expected.p[0] <= 'Z';

    if (o->verdict.rule || rule) {
        got = o->verdict.rule ? verdict_name(&o->verdict) : T("allowed");
        if (!rule || !text_eq(got, expected))
            return world_line(&s->w, "it says %.*s, not %.*s", TEXT_ARG(got), TEXT_ARG(expected));
        return unsaid(&o->verdict);
    }
    if (s->item && item_load(s->w.ledger.store, text_of(s->item), &item, &s->w.arena, &err) != 1)
        return "the item is gone";
    got = !s->item ? T("done")
          : text_eq(expected, T("same"))
              ? (item.state == before->state ? expected : word_key(&states, item.state))
              : word_key(&states, item.state);
    if (!text_eq(got, expected))
        return world_line(&s->w, "the item is %.*s, not %.*s", TEXT_ARG(got), TEXT_ARG(expected));
    while (word(&rest, &w)) {
        struct text value = w, name;
        text_cut(&value, '=', &name);
        got = field(s, &item, before, name);
        if (!value.p || !text_eq(got, value))
            return world_line(&s->w, "%.*s is %.*s, not %.*s", TEXT_ARG(name), TEXT_ARG(got),
                              TEXT_ARG(value));
    }
    return NULL;
}

/* What is wrong, in the world's arena; NULL when all is as the row says. */
static const char *play(struct scene *s)
{
    const struct row *row = s->row;
    struct item before = {0};
    struct outcome o;
    struct err err;
    const char *line, *wrong;
    int64_t entries;

    if (!text_eq(row->state, T("-"))) {
        build(s);
        if (item_load(s->w.ledger.store, text_of(s->item), &before, &s->w.arena, &err) != 1)
            return "there is no item";
        if (before.state != word_of(&states, row->state) &&
            !without(s, (enum state)word_of(&states, row->state)))
            return world_line(&s->w, "the item was brought to %s", states.words[before.state].key);
    }
    if (row->day.n && !world_day(&s->w, row->day))
        broken(row->file, row->line, "no such day");
    line = line_of(s);
    entries = world_entries(&s->w.ledger);
    if (world_try(&s->w, arena_cstr(&s->w.arena, row->who), line, &o, &err) != 0) {
        buf_auto struct buf why = BUF(4096);
        err_say(&why, LANG_EN, &err);
        return world_line(&s->w, "it fails: %s", buf_cstr(&why));
    }
    wrong = compare(s, &o, &before);
    /* What is refused leaves nothing, what is allowed is one entry. */
    if (wrong == NULL && world_entries(&s->w.ledger) != entries + (o.verdict.rule ? 0 : 1))
        return "the log did not grow by what was allowed";
    return wrong;
}

static void run_row(void **state)
{
    struct scene s = {.row = *state};
    struct err err;
    char message[600] = "";
    const char *wrong;

    if (world_borrow(&s.w, &err) != 0)
        fail_msg("no world");
    wrong = play(&s);
    if (wrong)
        snprintf(message, sizeof message, "%s", wrong);
    world_give_back(&s.w);
    if (wrong)
        fail_msg("%s", message);
}

/* --- is everything covered? ---------------------------------------------------------------------
 */

static struct text verb_of(const struct row *r)
{
    struct text rest = r->command, verb, name;

    text_cut(&rest, ' ', &verb);
    text_cut(&verb, '/', &name);
    return name;
}

static const char *const verbs[] = {
#define VERB(name, event, options, summary) name,
#include "office/verbs.def"
    "handover"};
enum { VERBS = sizeof verbs / sizeof verbs[0] };

/* True for outcomes that say nothing of the state: who asks is refused. */
static bool about_who(const struct row *r)
{
    static const char *const names[] = {"ROLE", "NOT_YOURS", "UNSEEN", "OWN_UNIT", "OWN_HAND"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (text_eq(r->outcome, text_of(names[i])))
            return true;
    return false;
}

static void every_verb_in_every_state(void **state)
{
    int missing = 0;

    (void)state;
    for (int v = 0; v < VERBS; v++)
        for (int st = 1; st < STATE_COUNT && strcmp(verbs[v], "register") != 0; st++) {
            bool found = false;
            for (size_t i = 0; i < row_count && !found; i++)
                found = text_eq(verb_of(&rows[i]), text_of(verbs[v])) &&
                        text_eq(rows[i].state, word_key(&states, st)) && !about_who(&rows[i]);
            if (!found) {
                print_error("no row has %s of an item that is %s\n", verbs[v],
                            states.words[st].key);
                missing++;
            }
        }
    assert_int_equal(missing, 0);
}

/* One of the cast with that role and no other. */
static bool plays(struct text who, int role)
{
    static const struct {
        const char *who;
        enum role role;
    } parts[] = {{"clerk", ROLE_CLERK},       {"approver", ROLE_APPROVER},
                 {"liaison-a", ROLE_LIAISON}, {"leader-a", ROLE_RESPONSIBLE},
                 {"verifier", ROLE_VERIFIER}, {"leader", ROLE_LEADER},
                 {"auditor", ROLE_AUDITOR},   {"administrator", ROLE_ADMINISTRATOR}};

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (text_eq(who, text_of(parts[i].who)) && parts[i].role == (enum role)role)
            return true;
    return false;
}

static void every_verb_for_every_role(void **state)
{
    int missing = 0;

    (void)state;
    for (int v = 0; v < VERBS; v++)
        for (int role = 1; role < ROLE_COUNT; role++) {
            bool found = false;
            for (size_t i = 0; i < row_count && !found; i++)
                found = text_eq(verb_of(&rows[i]), text_of(verbs[v])) && plays(rows[i].who, role);
            if (!found) {
                print_error("no row has %s by one who is %s\n", verbs[v], roles.words[role].key);
                missing++;
            }
        }
    assert_int_equal(missing, 0);
}

static void every_rule(void **state)
{
    static const char *const rules[] = {
#define R(code, ...) #code,
#include "domain/rules.def"
#undef R
    };
    /* Refusals that no single command brings about, which special.c, around.c and plans.c have;
     * and those of instructions, which have a table of their own. */
    static const char *const elsewhere[] = {
        "NOT_TEXT",          "DUPLICATE", "UNVERIFIED",  "UNREACHED",
        "INSTRUCTION_STATE", "GIVER",     "INTO_CLOSED", "MOVED"};
    int missing = 0;

    (void)state;
    for (size_t k = 0; k < sizeof rules / sizeof rules[0]; k++) {
        bool found = false;
        for (size_t i = 0; i < row_count && !found; i++)
            found = text_eq(rows[i].outcome, text_of(rules[k]));
        for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
            found |= strcmp(elsewhere[i], rules[k]) == 0;
        if (!found) {
            print_error("no row is refused by %s\n", rules[k]);
            missing++;
        }
    }
    assert_int_equal(missing, 0);
}

int main(int argc, char **argv)
{
    size_t count = 0;
    const char *only = getenv("ONLY"); /* part of a row's name, to look at one */

    for (int i = 1; i < argc; i++)
        read_table(argv[i]);
    for (size_t i = 0; i < row_count; i++) {
        const struct row *r = &rows[i];
        char name[400];
        check_touches(r);
        snprintf(name, sizeof name, "%.*s:%d %.*s %.*s %.*s%s%.*s | %.*s | %.*s", TEXT_ARG(r->file),
                 r->line, TEXT_ARG(r->campaign), TEXT_ARG(r->state), TEXT_ARG(r->touches),
                 r->day.n ? " @" : "", TEXT_ARG(r->day), TEXT_ARG(text_head(r->command, 120)),
                 TEXT_ARG(r->who));
        if (only && strstr(name, only) == NULL)
            continue;
        tests[count++] = (struct CMUnitTest){.name = arena_cstr(&text_arena, text_of(name)),
                                             .test_func = run_row,
                                             .initial_state = &rows[i]};
    }
    if (only == NULL) {
        tests[count++] = (struct CMUnitTest)cmocka_unit_test(every_verb_in_every_state);
        tests[count++] = (struct CMUnitTest)cmocka_unit_test(every_verb_for_every_role);
        tests[count++] = (struct CMUnitTest)cmocka_unit_test(every_rule);
    }
    int failed = _cmocka_run_group_tests("rules", tests, count, NULL, NULL);
    world_give_up();
    arena_release(&text_arena);
    return failed ? 1 : 0;
}
