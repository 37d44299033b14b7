/* cmd_show.c: `show`: an item with its tasks and its whole history in words. */
#include "cli/looking.h"
#include "cli/seen.h"
#include "office/lists/cells.h"
#include "office/lists/plain.h"
#include "office/lists/show.h"

enum { LABELS = 20 }; /* columns of the labels */

struct sheet {
    struct cli *c;
    struct item_page *page;
    struct buf out;
};

static const char *words(const struct sheet *s, const char *sentence)
{
    return tr(s->c->lang, sentence);
}

/* "Label   value", further lines below the first; nothing for an empty value. */
static void field(struct sheet *s, const char *label, struct text value)
{
    struct text rest = value, line;
    bool first = true;

    while (value.n && text_cut(&rest, '\n', &line)) {
        buf_pad(&s->out, text_of(first ? words(s, label) : ""), LABELS);
        buf_plain(&s->out, line);
        buf_char(&s->out, '\n');
        first = false;
    }
}

static void field_day(struct sheet *s, const char *label, int32_t day)
{
    char iso[11];

    field(s, label, date_iso(day, iso));
}

static void field_number(struct sheet *s, const char *label, int64_t n)
{
    buf_auto struct buf number = BUF(64);

    buf_int(&number, n);
    if (n)
        field(s, label, buf_view(&number));
}

static void heading(struct sheet *s, const char *what)
{
    buf_char(&s->out, '\n');
    buf_str(&s->out, words(s, what));
    buf_char(&s->out, '\n');
}

/* Who answers for the item or the task. */
static void answerable(struct sheet *s, const struct answerable *who)
{
    buf_auto struct buf units = BUF(BUF_ANY), leaders = BUF(BUF_ANY);

    for (size_t i = 0; i < who->assisting_count; i++) {
        if (i)
            buf_between(&units, s->c->lang);
        buf_text(&units, who->assisting[i]);
    }
    for (size_t i = 0; i < who->leader_count; i++) {
        if (i)
            buf_between(&leaders, s->c->lang);
        buf_text(&leaders, who->leaders[i].name);
        if (who->leaders[i].duty.n)
            say(&leaders, s->c->lang, N_(" ({0})"), who->leaders[i].duty);
    }
    field(s, N_("lead unit"), who->lead);
    field(s, N_("assisting units"), buf_view(&units));
    field(s, N_("responsible person"), who->person);
    field(s, N_("responsible leaders"), buf_view(&leaders));
}

static void head(struct sheet *s)
{
    const struct problem *p = &s->page->row->problem;
    enum lang lang = s->c->lang;

    buf_plain(&s->out, p->code);
    buf_str(&s->out, "  ");
    buf_text(&s->out, word_label(&kinds, p->kind, lang));
    buf_str(&s->out, "  ");
    buf_text(&s->out, word_label(&states, p->state, lang));
    if (p->taken_over && p->state == STATE_STRUCK_OFF)
        buf_str(&s->out, words(s, N_(" (on the word of an older book)")));
    if (p->overdue)
        say(&s->out, lang, N_("  overdue"));
    if (p->suspended)
        say(&s->out, lang, N_("  suspended"));
    buf_char(&s->out, '\n');
}

static void item(struct sheet *s)
{
    const struct problem *p = &s->page->row->problem;
    buf_auto struct buf extension = BUF(256);
    enum lang lang = s->c->lang;

    field(s, N_("campaign"), p->campaign);
    field(s, N_("number"), p->number);
    field(s, N_("title"), p->title);
    field(s, N_("problem"), p->text);
    field(s, N_("category"), p->category);
    field(s, N_("level"), p->level);
    field(s, N_("object"), p->object);
    field(s, N_("place"), p->place);
    if (p->marking > MARKING_OPEN)
        field(s, N_("marking"), word_label(&markings, p->marking, lang));
    field_day(s, N_("found on"), p->found);
    field_day(s, N_("deadline"), p->due);
    field(s, N_("class"), word_label(&classes, p->class, lang));
    answerable(s, &s->page->row->who);
    field(s, N_("originator"), p->originator);
    if (p->owed)
        field(s, N_("answer"), text_of(words(s, p->answered ? N_("given") : N_("owed"))));
    field(s, N_("progress"), p->progress);
    field(s, N_("grade"), p->grade);
    field_number(s, N_("failed checks"), p->returns);
    field_number(s, N_("reopened"), p->reopened);
    field_number(s, N_("extensions"), p->extensions);
    if (date_valid(p->asked_due)) {
        buf_date(&extension, p->asked_due);
        if (p->asked_task) {
            buf_auto struct buf n = BUF(64);
            buf_int(&n, p->asked_task);
            say(&extension, lang, N_(" (of task {0})"), buf_view(&n));
        }
        field(s, N_("extension asked"), buf_view(&extension));
    }
    field(s, N_("probable duplicate of"), p->likely);
    field(s, N_("recurrence of"), p->follows);
    field(s, N_("source document"), p->source);
    field(s, N_("cited passage"), p->cite);
    field(s, N_("remarks"), p->remarks);
    if (p->file.n) {
        buf_auto struct buf from = BUF(4096), row = BUF(64);
        buf_int(&row, p->row);
        /* A CSV file's only sheet has no name. */
        say(&from, lang,
            p->sheet.n ? N_("sheet {0}, row {1} of the file {2}") : N_("row {1} of the file {2}"),
            p->sheet, buf_view(&row), text_head(p->file, 12));
        field(s, N_("taken from"), buf_view(&from));
    }
    field_number(s, N_("version"), p->version);
}

static void sealed(struct sheet *s)
{
    for (size_t i = 0; i < s->page->sealed_count; i++) {
        const struct sealed_row *row = &s->page->sealed[i];
        buf_auto struct buf label = BUF(4096);
        if (i == 0)
            heading(s, N_("Sealed"));
        buf_plain(&label, row->field);
        switch (row->how) {
        case SEALED_SHOWN: field(s, buf_cstr(&label), row->value); break;
        case SEALED_ERASED: field(s, buf_cstr(&label), text_of(words(s, N_("(erased)")))); break;
        case SEALED_UNREADABLE:
            field(s, buf_cstr(&label),
                  text_of(words(s, N_("(cannot be opened: its key is not at "
                                      "hand, or it was altered)"))));
            break;
        case SEALED_HIDDEN:
        default: buf_text(&s->out, buf_view(&label)); buf_char(&s->out, '\n');
        }
    }
}

static void milestones(struct sheet *s, int64_t task)
{
    for (size_t i = 0; i < s->page->milestone_count; i++) {
        const struct milestone_row *m = &s->page->milestones[i];
        buf_auto struct buf line = BUF(BUF_ANY);
        if (m->task != task)
            continue;
        buf_int(&line, m->n);
        buf_str(&line, ". ");
        buf_plain(&line, m->text);
        if (date_valid(m->due)) {
            buf_char(&line, ' ');
            buf_date(&line, m->due);
        }
        if (m->done)
            buf_str(&line, words(s, N_(" (done)")));
        field(s, N_("milestone"), buf_view(&line));
    }
}

static int tasks(struct sheet *s, struct err *err)
{
    struct item_page *p = s->page;
    struct list *list = list_item_tasks(p->l, p->v, &p->row->problem, err);
    const struct list_row *row;
    int rc;

    if (list == NULL)
        return -1;
    while ((rc = list_next(list, &row, err)) == 1) {
        const struct task_row *t = &row->task;
        buf_char(&s->out, '\n');
        say(&s->out, s->c->lang, N_("Task {0}: {1}"), t->code,
            word_label(&task_states, t->state, s->c->lang));
        if (t->overdue)
            say(&s->out, s->c->lang, N_("  overdue"));
        buf_char(&s->out, '\n');
        field(s, N_("measure"), t->text);
        field_day(s, N_("deadline"), t->due);
        field(s, N_("class"), word_label(&classes, t->class, s->c->lang));
        answerable(s, &row->who);
        field(s, N_("progress"), t->progress);
        milestones(s, t->n);
    }
    list_close(list);
    return rc;
}

/* Time and name of an entry's author. */
static void authorship(struct sheet *s, const struct entry *e)
{
    char time[20];

    buf_text(&s->out, ledger_time(&s->c->ledger, e->at, time));
    buf_str(&s->out, "  ");
    buf_plain(&s->out, name_of_person(&s->page->names, e->by));
}

static void plans(struct sheet *s)
{
    for (size_t i = 0; i < s->page->plan_count; i++) {
        const struct plan_row *plan = &s->page->plans[i];
        buf_auto struct buf version = BUF(64), count = BUF(64);
        if (i == 0)
            heading(s, N_("Versions of the plan"));
        buf_int(&version, plan->version);
        buf_int(&count, plan->tasks);
        authorship(s, plan->entry);
        buf_str(&s->out, "  ");
        say(&s->out, s->c->lang, N_("version {0}, {1} tasks: {2}"), buf_view(&version),
            buf_view(&count), word_label(&plan_states, plan->state, s->c->lang));
        buf_char(&s->out, '\n');
    }
}

static void evidence(struct sheet *s)
{
    for (size_t i = 0; i < s->page->evidence_count; i++) {
        const struct evidence_line *file = &s->page->evidence[i].file;
        if (i == 0)
            heading(s, N_("Evidence"));
        authorship(s, s->page->evidence[i].entry);
        buf_str(&s->out, "  ");
        buf_plain(&s->out, file->name);
        buf_str(&s->out, "  ");
        buf_plain(&s->out, text_head(file->hash, 12));
        if (file->made_at.n || file->place.n) {
            buf_str(&s->out, "  ");
            buf_plain(&s->out, file->made_at);
            buf_char(&s->out, ' ');
            buf_plain(&s->out, file->place);
        }
        buf_char(&s->out, '\n');
    }
}

static void history(struct sheet *s)
{
    heading(s, N_("History"));
    for (size_t i = 0; i < s->page->history_count; i++) {
        authorship(s, &s->page->history[i]);
        buf_str(&s->out, "  ");
        history_say(&s->out, s->c->lang, &s->page->names, &s->page->history[i]);
        buf_char(&s->out, '\n');
    }
}

static int print_words(struct sheet *s, struct err *err)
{
    head(s);
    item(s);
    sealed(s);
    if (tasks(s, err) != 0)
        return -1;
    plans(s);
    evidence(s);
    history(s);
    if (s->page->names.err.code) {
        *err = s->page->names.err;
        return -1;
    }
    return 0;
}

int cmd_show(struct cli *c)
{
    const char *code = cli_arg(c, 0);
    struct looking look;
    struct item_page page = {0};
    struct sheet s = {.c = c, .page = &page, .out = BUF(BUF_ANY)};
    struct err err = {0};
    int status;

    if (code == NULL)
        return cli_usage(c, N_("Name the item"), T(""));
    if (cli_option(c, "access"))
        return show_access(c, text_of(code));
    status = looking_open_item(c, &look, text_of(code));
    if (status == 0 && item_page_open(&page, look.ledger, &c->ledger, &look.viewer, text_of(code),
                                      &c->arena, &err) != 0)
        status = cli_fail(c, &err);
    if (status == 0) {
        int rc;
        seen_page(c, &page);
        if (c->json) {
            rc = item_page_json(&s.out, &page, look.as_of, &err);
            buf_char(&s.out, '\n');
        } else {
            looking_say(c, &look, &s.out);
            rc = print_words(&s, &err);
        }
        status = rc != 0 ? cli_fail(c, &err) : cli_print(c, &s.out);
    }
    item_page_close(&page);
    buf_release(&s.out);
    looking_close(&look);
    return status;
}
