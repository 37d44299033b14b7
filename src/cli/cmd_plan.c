/*
 * cmd_plan.c: `plan`: the frozen versions of an item's plan; those of a campaign's are in
 * cmd_plan_campaign.c.
 */
#include "cli/plan_page.h"
#include "office/lists/plain.h"
#include "office/lists/plan.h"

/* The version that a word names; `otherwise` when there is no word. */
static int version(struct cli *c, int word, int64_t otherwise, int64_t *n)
{
    const char *given = cli_arg(c, word);

    *n = otherwise;
    if (given && !looking_number(given, n))
        return cli_usage(c, N_("{0} is no version of a plan"), text_of(given));
    return 0;
}

static void say_version(struct plan_page *p, const char *sentence, const struct plan_version *plan)
{
    buf_auto struct buf n = BUF(64);
    char time[20];

    buf_int(&n, plan->entry.event.item_plan.version);
    say(&p->out, p->c->lang, sentence, plan->code, buf_view(&n),
        ledger_time(&p->c->ledger, plan->entry.at, time),
        name_of_person(&p->names, plan->entry.by));
    buf_char(&p->out, '\n');
}

static int show(struct plan_page *p, struct text code, int64_t n, struct err *err)
{
    struct plan_version plan;
    const struct item_plan_event *d = &plan.entry.event.item_plan;

    if (plan_load(&plan, p->look.ledger, &p->look.viewer, code, n, &p->c->arena, err) != 0)
        return -1;
    if (p->c->json) {
        plan_json(&p->out, &plan, p->look.ledger, &p->names);
        buf_char(&p->out, '\n');
        return 0;
    }
    looking_say(p->c, &p->look, &p->out);
    say_version(p, N_("Plan of {0}, version {1}, submitted {2} by {3}"), &plan);
    if (d->note.n) {
        buf_plain(&p->out, d->note);
        buf_char(&p->out, '\n');
    }
    for (size_t i = 0; i < d->tasks.count; i++) {
        buf_str(&p->out, "  ");
        buf_int(&p->out, d->tasks.at[i].n);
        buf_str(&p->out, ". ");
        history_say_task(&p->out, p->c->lang, &p->names, &d->tasks.at[i]);
        buf_char(&p->out, '\n');
    }
    return 0;
}

void plan_say_field(struct plan_page *p, const char *label, const struct buf *was,
                    const struct buf *is)
{
    buf_auto struct buf was_plain = BUF(BUF_ANY), is_plain = BUF(BUF_ANY);
    enum lang lang = p->c->lang;
    const char *nothing = tr(lang, N_("(nothing)"));

    buf_plain(&was_plain, was->n ? buf_view(was) : text_of(nothing));
    buf_plain(&is_plain, is->n ? buf_view(is) : text_of(nothing));
    buf_str(&p->out, "  ");
    say(&p->out, lang, N_("{0}: {1} → {2}"), text_of(tr(lang, label)), buf_view(&was_plain),
        buf_view(&is_plain));
    buf_char(&p->out, '\n');
}

void plan_say_task(struct plan_page *p, const struct plan_change *change)
{
    buf_auto struct buf task = BUF(BUF_ANY), n = BUF(64);
    const struct task_line *t = change->after ? change->after : change->before;
    enum lang lang = p->c->lang;

    buf_int(&n, t->n);
    history_say_task(&task, lang, &p->names, t);
    switch (change->how) {
    case TASK_ADDED:
        say(&p->out, lang, N_("Task {0} was added: {1}"), buf_view(&n), buf_view(&task));
        break;
    case TASK_LEFT_OUT:
        say(&p->out, lang, N_("Task {0} was dropped: {1}"), buf_view(&n), buf_view(&task));
        break;
    case TASK_CHANGED:
    default: say(&p->out, lang, N_("Task {0} was changed:"), buf_view(&n)); break;
    }
    buf_char(&p->out, '\n');
    for (int f = 0; f < PLAN_FIELDS; f++) {
        buf_auto struct buf was = BUF(BUF_ANY), is = BUF(BUF_ANY);
        if (!(change->fields & BIT(f)))
            continue;
        plan_field_say(&was, lang, &p->names, change->before, (enum plan_field)f);
        plan_field_say(&is, lang, &p->names, change->after, (enum plan_field)f);
        plan_say_field(p, plan_field_label((enum plan_field)f), &was, &is);
    }
}

static int compare(struct plan_page *p, struct text code, int64_t n, int64_t m, struct err *err)
{
    struct plan_version before, after;
    const struct plan_change *changes;
    size_t count;

    if (plan_load(&before, p->look.ledger, &p->look.viewer, code, n, &p->c->arena, err) != 0 ||
        plan_load(&after, p->look.ledger, &p->look.viewer, code, m, &p->c->arena, err) != 0)
        return -1;
    changes = plan_compare(&before, &after, &count, &p->c->arena);
    if (changes == NULL)
        return err_set(err, NO_MEMORY);
    if (p->c->json) {
        plan_changes_json(&p->out, &before, &after, changes, count, p->c->lang, &p->names);
        buf_char(&p->out, '\n');
        return 0;
    }
    looking_say(p->c, &p->look, &p->out);
    say_version(p, N_("From: plan of {0}, version {1}, submitted {2} by {3}"), &before);
    say_version(p, N_("To: plan of {0}, version {1}, submitted {2} by {3}"), &after);
    for (size_t i = 0; i < count; i++)
        plan_say_task(p, &changes[i]);
    if (count == 0) {
        buf_str(&p->out, tr(p->c->lang, N_("They are the same.")));
        buf_char(&p->out, '\n');
    }
    return 0;
}

/* Whether the viewer sees such an item. A campaign's code is looked up behind the items'. */
static int is_item(struct plan_page *p, struct text code, struct err *err)
{
    struct list *list = list_item(p->look.ledger, &p->look.viewer, code, err);

    if (list == NULL)
        return err->code == ERR_NOT_FOUND ? 0 : -1;
    list_close(list);
    return 1;
}

static int look_at(struct plan_page *p, const char *action, const char *code, int64_t n, int64_t m,
                   struct err *err)
{
    struct text on = text_of(code);
    int item;

    if (strcmp(action, "list") == 0)
        return plan_list(p, on, err);
    if (strcmp(action, "show") == 0)
        return show(p, on, n < 0 ? 0 : n, err);
    item = is_item(p, on, err);
    if (item < 0)
        return -1;
    return item ? compare(p, on, n, m, err) : plan_compare_campaign(p, on, n, m, err);
}

int cmd_plan(struct cli *c)
{
    static const char *const looks[] = {"show", "compare", "list"}, *const acts[] = {"submit",
                                                                                     "approve",
                                                                                     "return"};
    const char *action = cli_arg(c, 0), *code = cli_arg(c, 1);
    struct plan_page p = {.c = c, .out = BUF(BUF_ANY)};
    struct err err = {0};
    int64_t n, m;
    bool looking = false, acting = false;
    int status, rc;

    for (int i = 0; code && i < 3; i++) {
        looking |= strcmp(action, looks[i]) == 0;
        acting |= strcmp(action, acts[i]) == 0;
    }
    if (!looking && !acting)
        return cli_usage(
            c,
            N_("Say show, compare, list, submit, approve or return, and name the item or campaign"),
            T(""));
    if ((status = version(c, 2, acting ? 0 : -1, &n)) != 0 || (status = version(c, 3, 0, &m)) != 0)
        return status;
    if (acting)
        return plan_act(c, action, n);
    status = looking_open(c, &p.look);
    if (status == 0) {
        p.names = (struct names){.l = p.look.ledger, .arena = &c->arena};
        rc = look_at(&p, action, code, n, m, &err);
        if (rc == 0 && p.names.err.code) {
            err = p.names.err;
            rc = -1;
        }
        status = rc != 0 ? cli_fail(c, &err) : cli_print(c, &p.out);
    }
    buf_release(&p.out);
    looking_close(&p.look);
    return status;
}
