/* looking.c: see looking.h. */
#include "cli/looking.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "office/lists/past.h"

enum how { WHOLE, BY_DAY, ONE_ITEM };

static int go_back(struct cli *c, struct looking *look, enum how how, struct text code,
                   struct err *err)
{
    int32_t day = ledger_day(&c->ledger, look->at);

    if (how == BY_DAY && day != 0 && look->at == ledger_day_end(&c->ledger, day)) {
        look->day = day;
        return 0;
    }
    if ((how == ONE_ITEM
             ? past_open_item(&look->past, &look->viewer, &c->ledger, &c->viewer, look->at, code,
                              err)
             : past_open(&look->past, &look->viewer, &c->ledger, &c->viewer, look->at, err)) != 0)
        return -1;
    look->is_past = true;
    look->ledger = &look->past;
    return 0;
}

static int look_at(struct cli *c, struct looking *look, enum how how, struct text code)
{
    const char *as_of = cli_option(c, "as-of");
    struct err err = {0};
    int status = cli_open(c, true);

    *look = (struct looking){.ledger = &c->ledger};
    if (status)
        return status;
    look->viewer = c->viewer;
    look->at = c->env.now(&c->env);
    if (as_of) {
        if (!ledger_moment(&c->ledger, text_of(as_of), &look->at))
            return cli_usage(c,
                             N_("{0} is no moment; write it like 2026-06-30 or 2026-06-30T18:05"),
                             text_of(as_of));
        if (go_back(c, look, how, code, &err) != 0)
            return cli_fail(c, &err);
    }
    moment_words(&c->ledger, look->at, look->words);
    moment_iso(&c->ledger, look->at, look->iso);
    if (as_of)
        look->as_of = text_of(look->iso);
    return store_begin(look->ledger->store, STORE_READ, &err) != 0 ? cli_fail(c, &err) : 0;
}

int looking_open(struct cli *c, struct looking *look)
{
    return look_at(c, look, WHOLE, T(""));
}

int looking_open_day(struct cli *c, struct looking *look)
{
    return look_at(c, look, BY_DAY, T(""));
}

int looking_open_item(struct cli *c, struct looking *look, struct text code)
{
    return look_at(c, look, ONE_ITEM, code);
}

void looking_close(struct looking *look)
{
    if (look->ledger->store)
        store_rollback(look->ledger->store);
    if (look->is_past)
        ledger_close(&look->past);
    look->is_past = false;
}

/* The states that --state names, as bits. */
static int choose_states(struct cli *c, struct list_query *query)
{
    const struct vocabulary *words = list_states(query->kind);
    struct texts given = cli_words(c, "state");

    for (size_t i = 0; i < given.count; i++) {
        uint32_t state = list_state(query->kind, given.at[i]);
        if (state == 0) {
            buf_auto struct buf all = BUF(4096);
            for (int k = 1; k < words->count; k++) {
                buf_str(&all, k > 1 ? ", " : "");
                buf_str(&all, words->words[k].key);
            }
            return cli_usage(c, N_("The states of this list are {0}"), buf_view(&all));
        }
        query->states |= state;
    }
    return 0;
}

int looking_query(struct cli *c, struct looking *look, struct list_query *query)
{
    const char *unit = cli_option(c, "unit"), *campaign = cli_option(c, "campaign");
    struct err err = {0};
    bool three = query->kind <= LIST_RESPONSIBILITIES;
    const char *other = !three && campaign                   ? "--campaign"
                        : !three && cli_option(c, "state")   ? "--state"
                        : !three && cli_option(c, "overdue") ? "--overdue"
                        : !three && cli_option(c, "soon")    ? "--soon"
                        : unit && query->kind > LIST_PEOPLE  ? "--unit"
                                                             : NULL;

    if (other)
        return cli_usage(c, N_("This list is not narrowed with {0}"), text_of(other));
    query->day = look->day;
    query->overdue = cli_option(c, "overdue") != NULL;
    query->soon = cli_option(c, "soon") != NULL;
    if (query->overdue && query->soon)
        return cli_usage(c, N_("Nothing is both overdue and due soon"), T(""));
    if (unit &&
        (cli_unit(c, unit, &look->unit, &err) != 0 ||
         list_choose_unit(query, look->ledger, look->unit, &look->unit_name, &c->arena, &err) != 0))
        return cli_fail(c, &err);
    if (campaign) {
        if (list_choose_campaign(query, look->ledger, &look->viewer, text_of(campaign),
                                 &look->campaign_name, &c->arena, &err) != 0)
            return cli_fail(c, &err);
        look->campaign = query->campaign;
    }
    return choose_states(c, query);
}

bool looking_number(const char *given, int64_t *number)
{
    return text_int(text_of(given), number) && *number > 0;
}

void looking_say(struct cli *c, const struct looking *look, struct buf *out)
{
    if (look->as_of.n == 0)
        return;
    say(out, c->lang, N_("As of {0}."), text_of(look->words));
    buf_char(out, '\n');
}

size_t looking_width(const struct cli *c)
{
    struct winsize size;

    if (!c->terminal)
        return 0;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20 ? size.ws_col : 80;
}
