/* instruction.c: see instruction.h. The table says what may be done from which state, and by whom.
 */
#include "domain/instruction.h"

enum who { LEADER, ADDRESSEE, GIVER };
enum {
    GIVEN = BIT(INSTRUCTION_GIVEN),
    REPORTED = BIT(INSTRUCTION_REPORTED),
    RETURNED = BIT(INSTRUCTION_RETURNED),
    OPEN = GIVEN | REPORTED | RETURNED
};

struct step {
    const char *verb;
    uint32_t from;
    enum who who;
    enum instruction_state to;
};
static const struct step steps[] = {
    [EVENT_INSTRUCTION_GIVE] = {N_("give an instruction"), 0, LEADER, INSTRUCTION_GIVEN},
    [EVENT_INSTRUCTION_REPORT] = {N_("report on an instruction"), OPEN, ADDRESSEE,
                                  INSTRUCTION_REPORTED},
    [EVENT_INSTRUCTION_CLOSE] = {N_("wind up an instruction"), REPORTED, GIVER, INSTRUCTION_CLOSED},
    [EVENT_INSTRUCTION_RETURN] = {N_("return an instruction"), REPORTED, GIVER,
                                  INSTRUCTION_RETURNED},
    [EVENT_INSTRUCTION_WITHDRAW] = {N_("withdraw an instruction"), OPEN, GIVER,
                                    INSTRUCTION_WITHDRAWN},
};

bool instruction_open(int64_t state)
{
    return state > 0 && state < INSTRUCTION_COUNT && (OPEN & BIT(state)) != 0;
}

bool number_word(struct text what)
{
    return word_of(&number_names, what) > 0 || word_of(&states, what) > 0;
}

static struct verdict no(enum rule rule, struct text a, struct text b)
{
    return (struct verdict){.rule = rule, .texts = {a, b}};
}

/* What the event must say, and cannot do without. */
static struct verdict said(const struct event *e)
{
    switch (e->kind) {
    case EVENT_INSTRUCTION_GIVE:
        if (e->instruction_give.text.n == 0)
            return no(RULE_MISSING, text_of(N_("The instruction")), T("--text"));
        if (e->instruction_give.unit.n == 0 && e->instruction_give.person.n == 0)
            return no(RULE_MISSING, text_of(N_("The addressee")), T("--to"));
        break;
    case EVENT_INSTRUCTION_REPORT:
        if (e->instruction_report.text.n == 0)
            return no(RULE_MISSING, text_of(N_("What was done")), T("--text"));
        break;
    case EVENT_INSTRUCTION_RETURN:
        if (e->instruction_return.reason.n == 0)
            return no(RULE_MISSING, text_of(N_("The reason")), T("--reason"));
        break;
    case EVENT_INSTRUCTION_WITHDRAW:
        if (e->instruction_withdraw.reason.n == 0)
            return no(RULE_MISSING, text_of(N_("The reason")), T("--reason"));
        break;
    default: break;
    }
    return (struct verdict){.rule = RULE_NONE};
}

struct verdict instruction_decide(const struct instruction_situation *s, const struct event *e)
{
    const struct step *step = &steps[e->kind];
    struct text verb = text_of(step->verb);
    bool leads = (s->roles & BIT(ROLE_LEADER)) != 0;

    if (step->who == LEADER && !leads)
        return no(RULE_ROLE, verb, text_of(roles.words[ROLE_LEADER].label));
    /* The clerk may enter what a unit sent on paper. */
    if (step->who == ADDRESSEE && !s->addressee && !(s->roles & BIT(ROLE_CLERK)))
        return no(RULE_NOT_YOURS, s->instruction->code, verb);
    /* When whoever gave it has left, another leader brings it to its end. */
    if (step->who == GIVER && !s->giver && !(s->orphan && leads))
        return no(RULE_GIVER, s->instruction->code, verb);
    if (s->instruction && !(step->from & BIT(s->instruction->state)))
        return no(RULE_INSTRUCTION_STATE, verb,
                  text_of(instruction_states.words[s->instruction->state].label));
    return said(e);
}

void instruction_apply(struct instruction *i, const struct event *e, int64_t seq, struct text by)
{
    i->state = steps[e->kind].to;
    i->version++;
    if (e->kind == EVENT_INSTRUCTION_REPORT) {
        i->reports++;
        i->report = seq;
        i->reporter = by;
    }
    i->returns += e->kind == EVENT_INSTRUCTION_RETURN;
}
