/*
 * decide_office.c: the rules for entries that are not about an item, and what all entries may refer
 * to; see decide.h. They need a look into the projections (is there
 * such a unit?), so they are not in domain/.
 */
#include "ledger/decide.h"

#include <stdio.h>

#include "item.sql.h"
#include "ledger/campaign_plan.h"
#include "log.sql.h"
#include "office.sql.h"

static const struct text none = {"", 0};
static const char role_words[] =
    "clerk, approver, liaison, responsible-leader, verifier, leader, auditor, administrator";
enum { ACCESS_KEPT = 183 }; /* days, see RULE_KEPT */
static const struct verdict yes = {.rule = RULE_NONE};

static struct verdict no(enum rule rule, struct text a, struct text b)
{
    return (struct verdict){.rule = rule, .texts = {a, b}};
}

/* Yes when somebody of those roles asks. */
static struct verdict by_role(const struct actor *actor, const char *verb, uint32_t who)
{
    if (actor->roles & who)
        return yes;
    for (int i = 1; i < ROLE_COUNT; i++)
        if (who & BIT(i))
            return no(RULE_ROLE, text_of(verb), text_of(roles.words[i].label));
    return yes;
}

/* 1 there is one, 0 none, -1; an empty code names none and passes. */
static int unit_there(struct batch *b, struct text code, struct err *err)
{
    struct text path;

    return code.n ? batch_unit(b, code, &path, err) : 1;
}

static int person_there(struct batch *b, struct text code, struct err *err)
{
    return code.n ? batch_person(b, code, err) : 1;
}

/* The outcome of a look-up as a verdict; a failure leaves err->code set. */
static struct verdict there(int found, enum rule rule, struct text code)
{
    return found == 0 ? no(rule, code, none) : yes;
}

static struct verdict check_duty(struct batch *b, struct text lead, struct texts assist,
                                 struct text person, struct leader_list leaders, struct err *err)
{
    struct verdict v = there(unit_there(b, lead, err), RULE_UNKNOWN_UNIT, lead);

    for (size_t i = 0; i < assist.count && !v.rule; i++)
        v = there(unit_there(b, assist.at[i], err), RULE_UNKNOWN_UNIT, assist.at[i]);
    if (!v.rule)
        v = there(person_there(b, person, err), RULE_UNKNOWN_PERSON, person);
    for (size_t i = 0; i < leaders.count && !v.rule; i++)
        v = there(person_there(b, leaders.at[i].person, err), RULE_UNKNOWN_PERSON,
                  leaders.at[i].person);
    return v;
}

static struct verdict check_tasks(struct batch *b, struct task_list list, struct err *err)
{
    struct verdict v = yes;

    for (size_t i = 0; i < list.count && !v.rule; i++)
        v = check_duty(b, list.at[i].lead, list.at[i].assist, list.at[i].person, list.at[i].leaders,
                       err);
    return v;
}

static struct verdict check_source(struct batch *b, struct text code, struct err *err)
{
    struct source_get_out row;

    if (code.n == 0)
        return yes;
    return there(
        source_get_one(b->store, &(struct source_get_in){.code = code}, &row, b->arena, err),
        RULE_UNKNOWN_SOURCE, code);
}

/* That another item can go on in this one. One that the author does not see is for them none. */
static struct verdict check_into(struct batch *b, struct text by, struct text code, struct err *err)
{
    struct item_visible_out row;
    int rc = item_visible_one(b->store, &(struct item_visible_in){by, b->today, code}, &row,
                              b->arena, err);

    if (rc == 1 && !state_open(row.state))
        return no(RULE_INTO_CLOSED, code, text_of(states.words[row.state].label));
    return there(rc, RULE_UNKNOWN_ITEM, code);
}

/* Nothing goes into the hands of somebody who does nothing any more. */
static struct verdict check_successor(struct batch *b, struct text code, struct err *err)
{
    struct person_get_out row;
    int rc = person_get_one(b->store, &(struct person_get_in){code}, &row, b->arena, err);

    return there(rc == 1 && row.inactive ? 0 : rc, RULE_UNKNOWN_PERSON, code);
}

struct verdict check_references(struct batch *b, const struct command *c, struct err *err)
{
    const struct event *e = &c->event;
    struct verdict v = yes;

    switch (e->kind) {
    case EVENT_ITEM_REGISTER:
        v = check_duty(b, e->item_register.lead, e->item_register.assist, e->item_register.person,
                       e->item_register.leaders, err);
        if (!v.rule)
            v = check_tasks(b, e->item_register.tasks, err);
        return v.rule ? v : check_source(b, e->item_register.source, err);
    case EVENT_ITEM_AMEND:
        v = check_duty(b, e->item_amend.lead, e->item_amend.assist, e->item_amend.person,
                       e->item_amend.leaders, err);
        if (!v.rule)
            v = check_tasks(b, e->item_amend.tasks, err);
        return v.rule ? v : check_source(b, e->item_amend.source, err);
    case EVENT_ITEM_ASSIGN:
        return check_duty(b, e->item_assign.lead, e->item_assign.assist, e->item_assign.person,
                          e->item_assign.leaders, err);
    case EVENT_ITEM_TASK: return check_tasks(b, e->item_task.tasks, err);
    case EVENT_ITEM_MERGE: return check_into(b, c->by, e->item_merge.into, err);
    case EVENT_ITEM_HANDOVER: return check_successor(b, e->item_handover.to, err);
    default: return yes;
    }
}

static struct text numbered(struct batch *b, const char *prefix, int digits, int64_t n)
{
    char out[32];
    int length = snprintf(out, sizeof out, "%s%0*lld", prefix, digits, (long long)n);

    return arena_text(b->arena, (struct text){out, (size_t)length});
}

/* The next code that nobody has; *n is the number that it carries. Somebody may have given such a
 * code by hand. */
static struct text next_code(struct batch *b, const char *prefix, int64_t *n,
                             int (*there_is)(struct batch *, struct text, struct err *),
                             struct err *err)
{
    struct text code;

    do
        code = numbered(b, prefix, 5, ++*n);
    while (!b->arena->failed && there_is(b, code, err) == 1);
    return code;
}

static struct verdict decide_units(struct batch *b, struct unit_put_event *d, struct err *err)
{
    struct unit_last_id_out last;
    struct verdict v = yes;

    if (unit_last_id_one(b->store, NULL, &last, b->arena, err) < 0)
        return yes;
    for (size_t i = 0; i < d->units.count && !v.rule && !err->code; i++) {
        struct unit_line *u = &d->units.at[i];
        bool in_batch = false;
        if (u->name.n == 0)
            return no(RULE_MISSING, text_of(N_("The unit's name")), T("--name"));
        if (u->code.n == 0)
            u->code = next_code(b, "U", &last.id, unit_there, err);
        /* A parent may stand earlier in the same entry. */
        for (size_t k = i; k-- > 0 && !in_batch && u->parent.n;)
            in_batch = text_eq(d->units.at[k].code, u->parent);
        if (!in_batch)
            v = there(unit_there(b, u->parent, err), RULE_UNKNOWN_UNIT, u->parent);
        if (text_eq(u->code, u->parent))
            v = no(RULE_CYCLE, none, none);
    }
    return v;
}

static struct verdict decide_people(struct batch *b, struct person_put_event *d,
                                    const struct actor *actor, struct err *err)
{
    struct person_last_id_out last;
    struct verdict v = yes;

    if (person_last_id_one(b->store, NULL, &last, b->arena, err) < 0)
        return yes;
    for (size_t i = 0; i < d->people.count && !v.rule && !err->code; i++) {
        struct person_line *p = &d->people.at[i];
        if (p->name.n == 0)
            return no(RULE_MISSING, text_of(N_("The person's name")), T("--name"));
        /* An import by a clerk may note a name that it met, without any rights; not change
         * anybody's. */
        if (!(actor->roles & BIT(ROLE_CLERK)) || !p->provisional || p->roles.count ||
            p->scopes.count || (p->code.n && person_there(b, p->code, err) == 1))
            v = by_role(actor, N_("make or change people"), BIT(ROLE_ADMINISTRATOR));
        for (size_t k = 0; k < p->roles.count && !v.rule; k++)
            if (word_of(&roles, p->roles.at[k]) <= 0)
                v = no(RULE_WORD, p->roles.at[k], text_of(role_words));
        if (p->code.n == 0)
            p->code = next_code(b, "P", &last.id, person_there, err);
        if (!v.rule)
            v = there(unit_there(b, p->unit, err), RULE_UNKNOWN_UNIT, p->unit);
        for (size_t k = 0; k < p->scopes.count && !v.rule; k++)
            v = there(unit_there(b, p->scopes.at[k].unit, err), RULE_UNKNOWN_UNIT,
                      p->scopes.at[k].unit);
    }
    return v;
}

/* States without which there is no loop. */
static const enum state core[] = {STATE_REGISTERED, STATE_IN_PROGRESS, STATE_VERIFIED,
                                  STATE_STRUCK_OFF};

/* A verb about items as the log names it: "strike_off", also for "strike-off"; "" for none. */
static struct text verb_of(struct text verb)
{
    for (int kind = EVENT_ITEM_REGISTER; kind < EVENT_END; kind++) {
        const struct shape *shape = event_shape(kind);
        struct text name = text_of(shape ? strchr(shape->name, '.') + 1 : NULL);
        size_t same = 0;
        while (same < name.n && same < verb.n &&
               name.p[same] == (verb.p[same] == '-' ? '_' : verb.p[same]))
            same++;
        if (name.n && same == name.n && same == verb.n)
            return name;
    }
    return none;
}

/* Who signs what: the verbs and roles must be known, or a rule would be thought to hold that does
 * not. */
static struct verdict decide_signers(struct signer_list *signers)
{
    for (size_t i = 0; i < signers->count; i++) {
        struct signer_line *line = &signers->at[i];
        struct text verb = verb_of(line->verb);
        if (verb.n == 0)
            return no(RULE_WORD, line->verb, text_of(N_("the verbs of `xiaohao help act`")));
        if (word_of(&roles, line->role) <= 0)
            return no(RULE_WORD, line->role, text_of(role_words));
        line->verb = verb;
    }
    return yes;
}

static struct verdict decide_procedure(struct batch *b, struct command *c, struct err *err)
{
    struct procedure_put_event *d = &c->event.procedure_put;
    struct procedure_last_out last = {0};

    for (size_t i = 0; i < d->without.count; i++) {
        int state = word_of(&states, d->without.at[i]);
        if (state <= 0)
            return no(RULE_WORD, d->without.at[i],
                      T("assigned, accepted, planned, applied, standing"));
        for (size_t k = 0; k < sizeof core / sizeof core[0]; k++)
            if (state == (int)core[k])
                return no(RULE_CORE_STATE, text_of(states.words[state].label), none);
    }
    if (procedure_last_one(b->store, &(struct procedure_last_in){.name = c->on}, &last, b->arena,
                           err) >= 0)
        d->version = last.version + 1;
    return decide_signers(&d->signers);
}

/* Items' codes begin with their campaign's, and a slash parts an item from its task. */
enum { CODE_BYTES = 64 };
static bool is_code(struct text t)
{
    if (t.n == 0 || t.n > CODE_BYTES || !text_utf8(t))
        return false;
    while (t.n) {
        uint32_t cp = text_next(&t);
        if (cp < 0x20 || cp == 0x7f || cp == '/' || text_is_space(cp))
            return false;
    }
    return true;
}

int campaign_seen(struct batch *b, const struct campaign *c, struct text by, struct err *err)
{
    struct campaign_circle_out row;

    if (!c->confidential)
        return 1;
    if (campaign_circle_one(b->store, &(struct campaign_circle_in){by, b->today, c->code}, &row,
                            b->arena, err) < 0)
        return -1;
    return row.n > 0;
}

static struct verdict decide_campaign(struct batch *b, struct command *c, struct err *err)
{
    struct campaign_put_event *d = &c->event.campaign_put;
    struct procedure_last_out last;
    struct campaign *old;

    if (!is_code(c->on))
        return (struct verdict){.rule = RULE_CODE, .texts = {c->on}, .numbers = {CODE_BYTES}};
    if (d->procedure.n == 0)
        d->procedure = T("default");
    if (d->marking > b->ledger->marking)
        return no(RULE_MARKING, text_of(markings.words[b->ledger->marking].label), none);
    if (batch_campaign(b, c->on, &old, err) != 0)
        return yes;
    /* Counters are kept by class of visibility; who may see a campaign is settled at its start. */
    if (old && old->confidential != d->confidential)
        return no(RULE_EXISTS, c->on, none);
    /* Nobody comes into the circle of a confidential campaign by changing it. */
    if (old && campaign_seen(b, old, c->by, err) != 1)
        return err->code ? yes : no(RULE_EXISTS, c->on, none);
    return there(procedure_last_one(b->store, &(struct procedure_last_in){.name = d->procedure},
                                    &last, b->arena, err),
                 RULE_UNKNOWN_PROCEDURE, d->procedure);
}

static struct verdict decide_move(struct batch *b, struct command *c, struct err *err)
{
    struct unit_get_out u, parent = {.path = {"", 0}};
    int rc = unit_get_one(b->store, &(struct unit_get_in){.code = c->on}, &u, b->arena, err);

    if (rc <= 0)
        return there(rc, RULE_UNKNOWN_UNIT, c->on);
    if (c->event.unit_move.parent.n == 0)
        return yes;
    rc = unit_get_one(b->store, &(struct unit_get_in){.code = c->event.unit_move.parent}, &parent,
                      b->arena, err);
    if (rc <= 0)
        return there(rc, RULE_UNKNOWN_UNIT, c->event.unit_move.parent);
    return text_starts(parent.path, u.path) ? no(RULE_CYCLE, none, none) : yes;
}

static struct verdict decide_member(struct batch *b, struct command *c, struct err *err)
{
    struct unit_get_out u;
    int rc = unit_get_one(b->store, &(struct unit_get_in){.code = c->on}, &u, b->arena, err);

    if (rc <= 0)
        return there(rc, RULE_UNKNOWN_UNIT, c->on);
    if (!text_eq(u.kind, T("body")))
        return no(RULE_NO_BODY, c->on, none);
    /* Whoever takes part today is a member until yesterday at the earliest: independence asks who
     * was one (doers.c), so nobody leaves a body in the past. */
    if (date_valid(c->event.body_member.until) && c->event.body_member.until != 0 &&
        c->event.body_member.until < b->today - 1)
        return (struct verdict){.rule = RULE_PAST, .day = b->today - 1};
    return there(person_there(b, c->event.body_member.person, err), RULE_UNKNOWN_PERSON,
                 c->event.body_member.person);
}

static struct verdict decide_source(struct batch *b, struct command *c, struct err *err)
{
    struct source_count_out count;

    if (c->event.source_put.title.n == 0)
        return no(RULE_MISSING, text_of(N_("The title")), T("--title"));
    if (c->event.source_put.marking > b->ledger->marking)
        return no(RULE_MARKING, text_of(markings.words[b->ledger->marking].label), none);
    if (c->on.n == 0 && source_count_one(b->store, NULL, &count, b->arena, err) >= 0)
        c->on = numbered(b, "S", 4, count.n + 1);
    return check_source(b, c->event.source_put.implements, err);
}

int decide_office(struct batch *b, struct command *c, struct outcome *o, const struct actor *actor,
                  struct err *err)
{
    const uint32_t clerk = BIT(ROLE_CLERK), office = clerk | BIT(ROLE_ADMINISTRATOR);
    struct verdict v;

    switch (c->event.kind) {
    case EVENT_UNIT_PUT:
        v = by_role(actor, N_("make or change units"), office);
        if (!v.rule)
            v = decide_units(b, &c->event.unit_put, err);
        break;
    case EVENT_UNIT_MOVE:
        v = by_role(actor, N_("move units"), office);
        if (!v.rule)
            v = decide_move(b, c, err);
        break;
    case EVENT_PERSON_PUT: v = decide_people(b, &c->event.person_put, actor, err); break;
    case EVENT_PERSON_DEPUTY:
        v = text_eq(actor->code, c->on)
                ? yes
                : by_role(actor, N_("name deputies"), BIT(ROLE_ADMINISTRATOR));
        if (!v.rule)
            v = there(person_there(b, c->event.person_deputy.deputy, err), RULE_UNKNOWN_PERSON,
                      c->event.person_deputy.deputy);
        if (!v.rule)
            v = there(person_there(b, c->on, err), RULE_UNKNOWN_PERSON, c->on);
        if (!v.rule && text_eq(c->on, c->event.person_deputy.deputy))
            v = no(RULE_SELF, c->on, c->event.person_deputy.deputy);
        break;
    case EVENT_BODY_MEMBER:
        v = by_role(actor, N_("change bodies"), office);
        if (!v.rule)
            v = decide_member(b, c, err);
        break;
    case EVENT_PROCEDURE_PUT:
        v = by_role(actor, N_("set procedures"), clerk);
        if (!v.rule)
            v = decide_procedure(b, c, err);
        break;
    case EVENT_CAMPAIGN_PUT:
        v = by_role(actor, N_("make or change campaigns"), clerk);
        if (!v.rule)
            v = decide_campaign(b, c, err);
        break;
    case EVENT_CAMPAIGN_PLAN:
    case EVENT_CAMPAIGN_PLAN_RETURN:
    case EVENT_CAMPAIGN_PLAN_APPROVE: v = decide_campaign_plan(b, c, actor->roles, err); break;
    case EVENT_SOURCE_PUT:
        v = by_role(actor, N_("add sources"), clerk);
        if (!v.rule)
            v = decide_source(b, c, err);
        break;
    case EVENT_ACCESS_PURGE:
        v = by_role(actor, N_("drop what the access log says"), BIT(ROLE_AUDITOR));
        if (!v.rule && !date_valid(c->event.access_purge.before))
            v = no(RULE_MISSING, text_of(N_("The day")), T("--before"));
        if (!v.rule && c->event.access_purge.before > b->today - ACCESS_KEPT)
            v = (struct verdict){.rule = RULE_KEPT, .day = b->today - ACCESS_KEPT};
        break;
    default: v = no(RULE_ROLE, text_of(N_("begin a ledger")), none);
    }
    o->verdict = v;
    o->code = c->on;
    if (c->event.kind == EVENT_UNIT_PUT && c->event.unit_put.units.count == 1)
        o->code = c->event.unit_put.units.at[0].code;
    if (c->event.kind == EVENT_PERSON_PUT && c->event.person_put.people.count == 1)
        o->code = c->event.person_put.people.at[0].code;
    return err->code ? -1 : 0;
}
