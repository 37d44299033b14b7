/*
 * verbs.c: see verbs.h.
 *
 * Values are first gathered by their meaning (a unit, a day, a text …), whatever the verb; then
 * each verb takes from them what its event holds. An option that a verb does not take was refused
 * before.
 */
#include "office/verbs.h"

#include "office/evidence.h"
#include "office/names.h"

static const struct verb verbs[] = {
#define VERB(name, event, options, summary) {name, EVENT_##event, options, summary},
#include "office/verbs.def"
};
static const struct {
    const char *name, *value, *help;
} params_known[] = {
#define PARAM(name, value, help) {name, value, help},
#include "office/verbs.def"
};
enum {
    VERBS = sizeof verbs / sizeof verbs[0],
    PARAMS = sizeof params_known / sizeof params_known[0],
    LISTED = 64 /* of one option in a command */
};

int verb_option(const char *name)
{
    for (int i = 0; i < PARAMS; i++)
        if (strcmp(params_known[i].name, name) == 0)
            return params_known[i].value[0] != '\0';
    return -1;
}

const struct verb *verb_at(int i)
{
    return i < VERBS ? &verbs[i] : NULL;
}

const struct verb *verb_find(struct text name)
{
    for (int i = 0; i < VERBS; i++)
        if (text_eq(name, text_of(verbs[i].name)))
            return &verbs[i];
    return NULL;
}

bool verb_takes(const struct verb *v, struct text name)
{
    struct text rest = text_of(v->options), word;

    if (text_eq(name, T("id")) || text_eq(name, T("version")))
        return true;
    while (text_cut(&rest, ' ', &word))
        if (text_eq(word, name))
            return true;
    return false;
}

void verb_help(struct buf *out, enum lang lang)
{
    for (int i = 0; i < VERBS; i++) {
        struct text rest = text_of(verbs[i].options), word;
        buf_str(out, "\n  ");
        buf_str(out, verbs[i].name);
        buf_str(out, "  ");
        buf_str(out, tr(lang, verbs[i].summary));
        buf_str(out, "\n     ");
        while (text_cut(&rest, ' ', &word)) {
            buf_str(out, " --");
            buf_text(out, word);
        }
        buf_char(out, '\n');
    }
    buf_char(out, '\n');
    for (int i = 0; i < PARAMS; i++) {
        size_t start = out->n;
        buf_str(out, "  --");
        buf_str(out, params_known[i].name);
        buf_char(out, ' ');
        buf_str(out, params_known[i].value);
        while (!out->failed && out->n - start < 32)
            buf_char(out, ' ');
        buf_str(out, tr(lang, params_known[i].help));
        buf_char(out, '\n');
    }
}

void verb_words(struct buf *out)
{
    for (int i = 0; i < VERBS; i++) {
        buf_char(out, ' ');
        buf_str(out, verbs[i].name);
    }
    for (int i = 0; i < PARAMS; i++) {
        buf_str(out, " --");
        buf_str(out, params_known[i].name);
    }
}

/* What was given, by meaning. */
struct given {
    struct ledger *l;
    struct arena *arena;
    struct text campaign, kind, number, title, text, category, object, place, level, class, source,
        cite, remarks, originator, note, reason, grade, into, to, made_at, side, unit, person;
    struct texts parts, assist, clear;
    struct leader_list leaders;
    struct evidence_list evidence;
    int32_t due, found;
    int64_t marking, percent, n, version;
    bool done, pass, fail, owed;
    struct secret *secrets;
    size_t secret_count;
};

int verb_bad_value(struct err *err, struct text name, struct text value)
{
    buf_auto struct buf what = BUF(600);

    buf_str(&what, "--");
    buf_text(&what, name);
    buf_char(&what, ' ');
    buf_text(&what, text_clip(value, 200));
    return err_set(err, BAD_VALUE, buf_view(&what));
}

static int add_text(struct given *g, struct texts *list, struct text value, struct err *err)
{
    if (list->at == NULL)
        list->at = arena_array(g->arena, struct text, LISTED);
    if (list->at == NULL)
        return err_set(err, NO_MEMORY);
    if (list->count == LISTED)
        return err_set(err, TOO_LARGE, err_sentence(N_("The list")), T("64"));
    list->at[list->count++] = value;
    return 0;
}

/* "张三:分管领导" */
static int add_leader(struct given *g, struct text value, struct err *err)
{
    struct text name, duty = value;
    struct leader_line *line;

    if (g->leaders.at == NULL)
        g->leaders.at = arena_array(g->arena, struct leader_line, LISTED);
    if (g->leaders.at == NULL)
        return err_set(err, NO_MEMORY);
    if (g->leaders.count == LISTED)
        return err_set(err, TOO_LARGE, err_sentence(N_("The list")), T("64"));
    text_cut(&duty, ':', &name);
    line = &g->leaders.at[g->leaders.count++];
    line->duty = duty.p ? duty : T("");
    return name_person(g->l, name, &line->person, g->arena, err);
}

/* What a picture says of its time is taken over, unless the author says otherwise; what it says of
 * its place is not. */
static int add_file(struct given *g, const struct param *p, struct err *err)
{
    struct evidence_line *line;

    if (g->evidence.at == NULL)
        g->evidence.at = arena_array(g->arena, struct evidence_line, LISTED);
    if (g->evidence.at == NULL)
        return err_set(err, NO_MEMORY);
    if (g->evidence.count == LISTED)
        return err_set(err, TOO_LARGE, err_sentence(N_("The list")), T("64"));
    line = &g->evidence.at[g->evidence.count++];
    return evidence_store(g->l, p->value, p->label, line, g->arena, err) != 0
               ? -1
               : evidence_facts(g->l, line, false, g->arena, err);
}

static int add_secret(struct given *g, struct text name, struct text value, struct err *err)
{
    char *field;

    if (g->secrets == NULL)
        g->secrets = arena_array(g->arena, struct secret, LISTED);
    field = arena_take(g->arena, name.n);
    if (g->secrets == NULL || field == NULL)
        return err_set(err, NO_MEMORY);
    for (size_t i = 0; i < name.n; i++)
        field[i] = name.p[i] == '-' ? '_' : name.p[i];
    g->secrets[g->secret_count++] = (struct secret){{field, name.n}, value};
    return 0;
}

static int take_word(const struct vocabulary *v, struct text name, struct text value,
                     struct text *out, struct err *err)
{
    if (word_of(v, value) <= 0)
        return verb_bad_value(err, name, value);
    *out = value;
    return 0;
}

/* Where a plain text goes. */
static struct text *text_place(struct given *g, struct text name)
{
    const struct {
        const char *name;
        struct text *place;
    } places[] = {{"campaign", &g->campaign},
                  {"number", &g->number},
                  {"title", &g->title},
                  {"text", &g->text},
                  {"category", &g->category},
                  {"object", &g->object},
                  {"place", &g->place},
                  {"level", &g->level},
                  {"source", &g->source},
                  {"cite", &g->cite},
                  {"remarks", &g->remarks},
                  {"originator", &g->originator},
                  {"note", &g->note},
                  {"reason", &g->reason},
                  {"grade", &g->grade},
                  {"into", &g->into},
                  {"to", &g->to},
                  {"made-at", &g->made_at},
                  {"side", &g->side}};

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (text_eq(name, text_of(places[i].name)))
            return places[i].place;
    return NULL;
}

static int take(struct given *g, const struct param *p, struct err *err)
{
    struct text name = p->name, value = p->value;
    struct text *place = text_place(g, name), piece, rest = value;
    int rc = 0;

    if (place) {
        *place = value;
        return 0;
    }
    if (text_starts(name, T("originator-")))
        return add_secret(g, name, value, err);
    if (text_eq(name, T("unit")))
        return name_unit(g->l, value, &g->unit, g->arena, err);
    if (text_eq(name, T("person")))
        return name_person(g->l, value, &g->person, g->arena, err);
    if (text_eq(name, T("assist")))
        return name_unit(g->l, value, &piece, g->arena, err) != 0
                   ? -1
                   : add_text(g, &g->assist, piece, err);
    if (text_eq(name, T("leader")))
        return add_leader(g, value, err);
    if (text_eq(name, T("part")))
        return add_text(g, &g->parts, value, err);
    if (text_eq(name, T("file")))
        return add_file(g, p, err);
    if (text_eq(name, T("kind")))
        return take_word(&kinds, name, value, &g->kind, err);
    if (text_eq(name, T("class")))
        return take_word(&classes, name, value, &g->class, err);
    if (text_eq(name, T("marking"))) {
        g->marking = word_of(&markings, value);
        return g->marking > 0 ? 0 : verb_bad_value(err, name, value);
    }
    if (text_eq(name, T("due")))
        return date_parse(value, &g->due) ? 0 : verb_bad_value(err, name, value);
    if (text_eq(name, T("found")))
        return date_parse(value, &g->found) ? 0 : verb_bad_value(err, name, value);
    if (text_eq(name, T("percent")))
        return text_int(value, &g->percent) && g->percent >= 0 && g->percent <= 100
                   ? 0
                   : verb_bad_value(err, name, value);
    if (text_eq(name, T("n")))
        return text_int(value, &g->n) && g->n > 0 ? 0 : verb_bad_value(err, name, value);
    if (text_eq(name, T("version")))
        return text_int(value, &g->version) && g->version > 0 ? 0
                                                              : verb_bad_value(err, name, value);
    if (text_eq(name, T("clear"))) {
        while (rc == 0 && text_cut(&rest, ',', &piece))
            rc = add_text(g, &g->clear, text_trim(piece), err);
        return rc;
    }
    if (text_eq(name, T("done")))
        g->done = true;
    else if (text_eq(name, T("pass")))
        g->pass = true;
    else if (text_eq(name, T("fail")))
        g->fail = true;
    else if (text_eq(name, T("owed")))
        g->owed = true;
    return 0;
}

/* Evidence carries when, where and which side, as far as it was said. */
static struct evidence_list described(struct given *g)
{
    for (size_t i = 0; i < g->evidence.count; i++) {
        if (g->made_at.n)
            g->evidence.at[i].made_at = g->made_at;
        g->evidence.at[i].place = g->place;
        g->evidence.at[i].side = g->side;
    }
    return g->evidence;
}

static void fill_register(struct given *g, struct command *c)
{
    struct text campaign = g->campaign.n ? g->campaign : c->on;

    c->event.item_register =
        (struct item_register_event){.campaign = campaign,
                                     .kind = g->kind,
                                     .number = g->number,
                                     .title = g->title,
                                     .text = g->text,
                                     .parts = g->parts,
                                     .category = g->category,
                                     .object = g->object,
                                     .place = g->place,
                                     .level = g->level,
                                     .class = g->class,
                                     .found = g->found,
                                     .due = g->due,
                                     .lead = g->unit,
                                     .assist = g->assist,
                                     .person = g->person,
                                     .leaders = g->leaders,
                                     .source = g->source,
                                     .cite = g->cite,
                                     .marking = g->marking,
                                     .remarks = g->remarks,
                                     .originator = g->originator,
                                     .owed = g->owed || g->originator.n || g->secret_count};
}

static void fill_amend(struct given *g, struct command *c)
{
    c->event.item_amend =
        (struct item_amend_event){.number = g->number,
                                  .title = g->title,
                                  .text = g->text,
                                  .parts = g->parts,
                                  .category = g->category,
                                  .object = g->object,
                                  .place = g->place,
                                  .level = g->level,
                                  .class = g->class,
                                  .found = g->found,
                                  .due = g->due,
                                  .lead = g->unit,
                                  .assist = g->assist,
                                  .person = g->person,
                                  .leaders = g->leaders,
                                  .source = g->source,
                                  .cite = g->cite,
                                  .marking = g->marking,
                                  .remarks = g->remarks,
                                  .originator = g->originator,
                                  .owed = g->owed || g->originator.n || g->secret_count,
                                  .clear = g->clear,
                                  .reason = g->reason};
}

static int fill_task(struct given *g, struct command *c, struct err *err)
{
    struct task_line *line = arena_array(g->arena, struct task_line, 1);

    if (line == NULL)
        return err_set(err, NO_MEMORY);
    *line = (struct task_line){.n = g->n,
                               .text = g->text,
                               .lead = g->unit,
                               .assist = g->assist,
                               .person = g->person,
                               .leaders = g->leaders,
                               .due = g->due,
                               .class = g->class};
    c->event.item_task.tasks = (struct task_list){line, 1};
    return 0;
}

static int fill_milestone(struct given *g, struct command *c, struct err *err)
{
    struct milestone_line *line = arena_array(g->arena, struct milestone_line, 1);

    if (line == NULL)
        return err_set(err, NO_MEMORY);
    *line = (struct milestone_line){
        .n = g->n ? g->n : 1, .text = g->text, .due = g->due, .done = g->done};
    c->event.task_milestone.milestones = (struct milestone_list){line, 1};
    return 0;
}

static int fill(struct given *g, struct command *c, struct err *err)
{
    struct event *e = &c->event;
    struct text passed = g->pass ? T("pass") : T("");

    if ((e->kind == EVENT_ITEM_VERIFY || e->kind == EVENT_ITEM_LOOK_BACK) && g->pass == g->fail)
        return err_set(err, BAD_VALUE, passed.n ? T("--pass --fail") : T("--pass | --fail"));
    switch (e->kind) {
    case EVENT_ITEM_REGISTER: fill_register(g, c); break;
    case EVENT_ITEM_AMEND: fill_amend(g, c); break;
    case EVENT_ITEM_ASSIGN:
        e->item_assign = (struct item_assign_event){g->unit, g->assist, g->person, g->leaders,
                                                    g->due,  g->class,  g->note};
        break;
    case EVENT_ITEM_ACCEPT: e->item_accept.note = g->note; break;
    case EVENT_ITEM_DECLINE: e->item_decline.reason = g->reason; break;
    case EVENT_ITEM_TASK: return fill_task(g, c, err);
    case EVENT_TASK_DROP: e->task_drop.reason = g->reason; break;
    case EVENT_TASK_MILESTONE: return fill_milestone(g, c, err);
    case EVENT_ITEM_PLAN: e->item_plan.note = g->note; break;
    case EVENT_ITEM_APPROVE: e->item_approve.note = g->note; break;
    case EVENT_ITEM_REPORT:
        e->item_report = (struct item_report_event){g->text, g->percent, g->done, described(g)};
        break;
    case EVENT_ITEM_ATTACH:
        if (g->evidence.count == 0)
            return err_set(err, BAD_VALUE, T("--file"));
        e->item_attach = (struct item_attach_event){described(g), g->note};
        break;
    case EVENT_ITEM_APPLY: e->item_apply = (struct item_apply_event){g->text, described(g)}; break;
    case EVENT_ITEM_RETURN: e->item_return.reason = g->reason; break;
    case EVENT_ITEM_VERIFY:
        e->item_verify = (struct item_verify_event){g->pass, g->grade, g->reason, described(g)};
        break;
    case EVENT_ITEM_STRIKE_OFF: e->item_strike_off.note = g->note; break;
    case EVENT_ITEM_ANSWER: e->item_answer.text = g->text; break;
    case EVENT_ITEM_LOOK_BACK:
        e->item_look_back = (struct item_look_back_event){
            .pass = g->pass, .reason = g->reason, .evidence = described(g)};
        break;
    case EVENT_ITEM_REOPEN: e->item_reopen.reason = g->reason; break;
    case EVENT_ITEM_EXTEND: e->item_extend = (struct item_extend_event){g->due, g->reason}; break;
    case EVENT_ITEM_GRANT: e->item_grant = (struct item_grant_event){g->due, g->note}; break;
    case EVENT_ITEM_DENY: e->item_deny.reason = g->reason; break;
    case EVENT_ITEM_SUSPEND: e->item_suspend.reason = g->reason; break;
    case EVENT_ITEM_RESUME: e->item_resume.reason = g->reason; break;
    case EVENT_ITEM_TRANSFER:
        e->item_transfer = (struct item_transfer_event){g->to, g->reason};
        break;
    case EVENT_ITEM_MERGE: e->item_merge = (struct item_merge_event){g->into, g->reason}; break;
    case EVENT_ITEM_WITHDRAW: e->item_withdraw.reason = g->reason; break;
    case EVENT_ITEM_CHASE: e->item_chase.text = g->text; break;
    case EVENT_ITEM_ESCALATE:
        if (g->level.n && !text_int(g->level, &e->item_escalate.level))
            return verb_bad_value(err, T("level"), g->level);
        e->item_escalate.text = g->text;
        break;
    case EVENT_ITEM_INSTRUCT:
        e->item_instruct = (struct item_instruct_event){g->text, g->due};
        break;
    default: break;
    }
    return 0;
}

int verb_command(struct ledger *l, const struct viewer *viewer, struct text verb, struct text on,
                 const struct param *params, size_t count, struct command *command,
                 struct arena *arena, struct err *err)
{
    struct given g = {.l = l, .arena = arena, .due = DATE_NONE, .found = DATE_NONE};
    const struct verb *v = verb_find(verb);

    if (v == NULL)
        return err_set(err, NO_VERB, verb);
    *command = (struct command){.by = viewer->person, .on = on, .event = {.kind = v->kind}};
    for (size_t i = 0; i < count; i++) {
        if (!verb_takes(v, params[i].name))
            return err_set(err, NO_OPTION, verb, params[i].name);
        if (text_eq(params[i].name, T("id")))
            command->id = params[i].value;
        else if (take(&g, &params[i], err) != 0)
            return -1;
    }
    command->seen = g.version;
    if (fill(&g, command, err) != 0)
        return -1;
    command->secrets = g.secrets;
    command->secret_count = g.secret_count;
    return arena->failed ? err_set(err, NO_MEMORY) : 0;
}

struct text verb_key(struct text key, struct text on, struct arena *arena)
{
    struct hash hash = sha256_join(key, (struct text){"", 1}, on);
    char out[37];

    uuid_write(hash.b, 8, out);
    return arena_text(arena, text_of(out));
}
