/*
 * give.c: from an action's names and values to a command about an instruction; and the number of
 * the board that one may be about.
 */
#include "domain/instruction.h"
#include "office/instructions/instructions.h"
#include "office/lists/board.h"
#include "office/names.h"
#include "office/verbs.h"

static const struct {
    const char *name;
    enum event_kind kind;
    const char *options;
} actions[] = {
    {"give", EVENT_INSTRUCTION_GIVE, "text due to person number unit campaign as-of"},
    {"report", EVENT_INSTRUCTION_REPORT, "text"},
    {"close", EVENT_INSTRUCTION_CLOSE, "note"},
    {"return", EVENT_INSTRUCTION_RETURN, "reason"},
    {"withdraw", EVENT_INSTRUCTION_WITHDRAW, "reason"},
};
enum { ACTIONS = sizeof actions / sizeof actions[0] };

/* What was given. */
struct given {
    struct text text, note, reason, to, person;
    struct board_number number;
    int32_t due;
};

/* Every action takes --id and --version. */
static bool takes(int action, struct text name)
{
    struct text rest = text_of(actions[action].options), word;

    while (text_cut(&rest, ' ', &word))
        if (text_eq(word, name))
            return true;
    return text_eq(name, T("id")) || text_eq(name, T("version"));
}

static int take(struct ledger *l, struct given *g, struct command *c, struct text name,
                struct text value, struct arena *arena, struct err *err)
{
    bool fits = true;

    if (text_eq(name, T("text")))
        g->text = value;
    else if (text_eq(name, T("note")))
        g->note = value;
    else if (text_eq(name, T("reason")))
        g->reason = value;
    else if (text_eq(name, T("id")))
        c->id = value;
    else if (text_eq(name, T("campaign")))
        g->number.campaign = value;
    else if (text_eq(name, T("to")))
        return name_unit(l, value, &g->to, arena, err);
    else if (text_eq(name, T("person")))
        return name_person(l, value, &g->person, arena, err);
    else if (text_eq(name, T("unit")))
        return name_unit(l, value, &g->number.unit, arena, err);
    else if (text_eq(name, T("number")))
        fits = number_word(g->number.what = value);
    else if (text_eq(name, T("due")))
        fits = date_parse(value, &g->due);
    else if (text_eq(name, T("as-of")))
        fits = date_parse(value, &g->number.as_of);
    else
        fits = text_int(value, &c->seen) && c->seen > 0;
    return fits ? 0 : verb_bad_value(err, name, value);
}

/* --- the number ----------------------------------------------------------------------------------
 */

struct text board_number_label(struct text what, enum lang lang)
{
    int number = word_of(&number_names, what);

    return number > 0 ? word_label(&number_names, number, lang)
                      : word_label(&states, word_of(&states, what), lang);
}

void board_number_query(const struct board_number *number, struct list_query *query)
{
    int state = word_of(&states, number->what);

    query->kind = LIST_PROBLEMS;
    query->campaign = number->campaign;
    query->overdue = text_eq(number->what, T("overdue"));
    query->soon = text_eq(number->what, T("soon"));
    switch (word_of(&number_names, number->what)) {
    case NUMBER_OPEN: query->states = STATES_OPEN; break;
    case NUMBER_UNDATED:
        query->states = STATES_OPEN;
        query->between = true;
        query->since = query->until = DUE_NONE;
        break;
    case NUMBER_STRUCK_HERE: query->states = LIST_STRUCK_HERE; break;
    case NUMBER_STRUCK_BEFORE: query->states = LIST_STRUCK_BEFORE; break;
    case NUMBER_ASIDE: query->states = STATES_ASIDE; break;
    default: query->states = state > 0 ? BIT(state) : 0; break;
    }
}

static int64_t value_of(struct text what, const struct board_counts *c)
{
    int state = word_of(&states, what);

    switch (word_of(&number_names, what)) {
    case NUMBER_ALL: return board_total(c);
    case NUMBER_OPEN: return board_open(c);
    case NUMBER_OVERDUE: return c->overdue;
    case NUMBER_SOON: return c->soon;
    case NUMBER_UNDATED: return board_open(c) - c->dated;
    case NUMBER_STRUCK_HERE: return c->states[STATE_STRUCK_OFF];
    case NUMBER_STRUCK_BEFORE: return c->taken_over;
    case NUMBER_ASIDE: return board_aside(c);
    default: break;
    }
    return c->states[state > 0 ? state : 0] + (state == STATE_STRUCK_OFF ? c->taken_over : 0);
}

int board_number_read(struct board_number *n, struct ledger *l, const struct viewer *v,
                      struct arena *arena, struct err *err)
{
    struct board board;
    char day[11];
    int rc;

    if (!number_word(n->what))
        return verb_bad_value(err, T("number"), n->what);
    if (!date_valid(n->as_of))
        n->as_of = v->today;
    if (n->as_of > v->today)
        return verb_bad_value(err, T("as-of"), date_iso(n->as_of, day));
    if (store_begin(l->store, STORE_READ, err) != 0)
        return -1;
    rc = board_load(&board, l, v, n->unit, n->campaign, n->as_of == v->today ? BOARD_NOW : n->as_of,
                    arena, err);
    store_rollback(l->store);
    if (rc != 0)
        return -1;
    n->unit_name = board.unit_name;
    n->value = value_of(n->what, &board.total);
    return 0;
}

/* --- the command ---------------------------------------------------------------------------------
 */

/* An instruction on an item is an entry of the item. */
static void give_on_item(const struct given *g, struct command *c)
{
    c->event.kind = EVENT_ITEM_INSTRUCT;
    c->event.item_instruct = (struct item_instruct_event){
        .text = g->text, .due = g->due, .unit = g->to, .person = g->person};
}

static int give(struct ledger *l, const struct viewer *v, struct given *g, struct command *c,
                struct arena *arena, struct err *err)
{
    const struct board_number *n = &g->number;

    if (c->on.n && (n->what.n || n->unit.n || n->campaign.n || date_valid(n->as_of)))
        return err_set(
            err, USAGE,
            err_sentence(N_("An instruction is about an item or about a number, not both")),
            T(" instruction"));
    if (c->on.n) {
        give_on_item(g, c);
        return 0;
    }
    if (n->what.n == 0 && (n->unit.n || n->campaign.n || date_valid(n->as_of)))
        return err_set(err, USAGE, err_sentence(N_("Say which number of the board with --number")),
                       T(" instruction"));
    if (n->what.n && board_number_read(&g->number, l, v, arena, err) != 0)
        return -1;
    c->event.instruction_give =
        (struct instruction_give_event){.text = g->text,
                                        .due = g->due,
                                        .unit = g->to,
                                        .person = g->person,
                                        .what = n->what,
                                        .of = n->unit,
                                        .campaign = n->campaign,
                                        .as_of = n->what.n ? n->as_of : DATE_NONE,
                                        .value = n->value};
    return 0;
}

int instruction_command(struct ledger *l, const struct viewer *v, struct text action,
                        struct text on, const struct param *params, size_t count, struct command *c,
                        struct arena *arena, struct err *err)
{
    struct given g = {.due = DATE_NONE, .number.as_of = DATE_NONE};
    int a = 0;

    while (a < ACTIONS && !text_eq(action, text_of(actions[a].name)))
        a++;
    if (a == ACTIONS)
        return err_set(err, USAGE, err_sentence(N_("Name what to do about the instruction")),
                       T(" instruction"));
    *c = (struct command){.by = v->person, .on = on, .event = {.kind = actions[a].kind}};
    for (size_t i = 0; i < count; i++) {
        if (!takes(a, params[i].name))
            return err_set(err, USAGE, err_sentence(N_("One of the options does not belong there")),
                           T(" instruction"));
        if (take(l, &g, c, params[i].name, params[i].value, arena, err) != 0)
            return -1;
    }
    switch (c->event.kind) {
    case EVENT_INSTRUCTION_GIVE: return give(l, v, &g, c, arena, err);
    case EVENT_INSTRUCTION_REPORT: c->event.instruction_report.text = g.text; break;
    case EVENT_INSTRUCTION_CLOSE: c->event.instruction_close.note = g.note; break;
    case EVENT_INSTRUCTION_RETURN: c->event.instruction_return.reason = g.reason; break;
    default: c->event.instruction_withdraw.reason = g.reason; break;
    }
    return arena->failed ? err_set(err, NO_MEMORY) : 0;
}
