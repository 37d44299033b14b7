/* json.c: the JSON of rows; see lists.h and json.h. */
#include "office/lists/json.h"

#include "office/lists/moment.h"

struct json_out json_open(struct buf *out)
{
    buf_char(out, '{');
    return (struct json_out){.out = out, .first = true};
}

void json_close(struct json_out *j)
{
    buf_char(j->out, '}');
}

void json_key_any(struct json_out *j, const char *key)
{
    json_put_key(j->out, key, &j->first);
}

void json_key_text(struct json_out *j, const char *key, struct text t)
{
    json_key_any(j, key);
    json_put_text(j->out, t);
}

void json_key_int(struct json_out *j, const char *key, int64_t v)
{
    json_key_any(j, key);
    buf_int(j->out, v);
}

void json_key_bool(struct json_out *j, const char *key, bool v)
{
    json_key_any(j, key);
    buf_str(j->out, v ? "true" : "false");
}

void json_key_day(struct json_out *j, const char *key, int32_t day)
{
    char iso[11];

    json_key_text(j, key, date_iso(day, iso));
}

void json_key_moment(struct json_out *j, const char *key, const struct ledger *l, int64_t ms)
{
    char iso[MOMENT_ISO];

    json_key_text(j, key, moment_iso(l, ms, iso));
}

static void key_texts(struct json_out *j, const char *key, const struct text *at, size_t count)
{
    json_key_any(j, key);
    buf_char(j->out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_char(j->out, ',');
        json_put_text(j->out, at[i]);
    }
    buf_char(j->out, ']');
}

/* A text of several lines as an array. */
static void key_lines(struct json_out *j, const char *key, struct text t)
{
    struct text rest = t, line;
    bool first = true;

    json_key_any(j, key);
    buf_char(j->out, '[');
    while (t.n && text_cut(&rest, '\n', &line)) {
        if (!first)
            buf_char(j->out, ',');
        first = false;
        json_put_text(j->out, line);
    }
    buf_char(j->out, ']');
}

static void answerable(struct json_out *j, const struct answerable *who)
{
    json_key_text(j, "lead_unit", who->lead);
    json_key_text(j, "lead_unit_code", who->lead_code);
    key_texts(j, "assisting_units", who->assisting, who->assisting_count);
    json_key_text(j, "responsible_person", who->person);
    json_key_text(j, "responsible_person_code", who->person_code);
    json_key_any(j, "responsible_leaders");
    buf_char(j->out, '[');
    for (size_t i = 0; i < who->leader_count; i++) {
        struct json_out leader;
        if (i)
            buf_char(j->out, ',');
        leader = json_open(j->out);
        json_key_text(&leader, "name", who->leaders[i].name);
        json_key_text(&leader, "duty", who->leaders[i].duty);
        json_close(&leader);
    }
    buf_char(j->out, ']');
}

void json_problem(struct json_out *j, const struct list_row *row)
{
    const struct problem *p = &row->problem;
    struct json_out source;

    json_key_text(j, "code", p->code);
    json_key_text(j, "campaign", p->campaign);
    json_key_text(j, "number", p->number);
    json_key_text(j, "kind", word_key(&kinds, p->kind));
    json_key_text(j, "title", p->title);
    json_key_text(j, "text", p->text);
    key_lines(j, "parts", p->parts);
    json_key_text(j, "category", p->category);
    json_key_text(j, "object", p->object);
    json_key_text(j, "place", p->place);
    json_key_text(j, "level", p->level);
    json_key_text(j, "class", word_key(&classes, p->class));
    json_key_text(j, "marking", word_key(&markings, p->marking));
    json_key_text(j, "state", word_key(&states, p->state));
    json_key_day(j, "found", p->found);
    json_key_day(j, "deadline", p->due);
    json_key_bool(j, "overdue", p->overdue);
    answerable(j, &row->who);
    json_key_text(j, "originator", p->originator);
    json_key_bool(j, "answer_owed", p->owed);
    json_key_bool(j, "answered", p->answered);
    json_key_text(j, "progress", p->progress);
    json_key_int(j, "tasks_open", p->tasks_open);
    json_key_int(j, "returns", p->returns);
    json_key_int(j, "reopened", p->reopened);
    json_key_int(j, "extensions", p->extensions);
    json_key_bool(j, "suspended", p->suspended);
    json_key_bool(j, "taken_over", p->taken_over);
    json_key_text(j, "probable_duplicate_of", p->likely);
    json_key_text(j, "recurrence_of", p->follows);
    json_key_text(j, "grade", p->grade);
    json_key_text(j, "remarks", p->remarks);
    json_key_int(j, "version", p->version);
    json_key_any(j, "source");
    source = json_open(j->out);
    json_key_text(&source, "file", p->file);
    json_key_text(&source, "sheet", p->sheet);
    json_key_int(&source, "row", p->row);
    json_key_text(&source, "document", p->source);
    json_key_text(&source, "cite", p->cite);
    json_close(&source);
}

void json_task(struct json_out *j, const struct list_row *row)
{
    const struct task_row *t = &row->task;

    json_key_text(j, "code", t->code);
    json_key_text(j, "item", t->item);
    json_key_int(j, "n", t->n);
    json_key_text(j, "campaign", t->campaign);
    json_key_text(j, "number", t->number);
    json_key_text(j, "item_text", t->item_text);
    json_key_text(j, "item_state", word_key(&states, t->item_state));
    json_key_text(j, "text", t->text);
    json_key_text(j, "state", word_key(&task_states, t->state));
    json_key_text(j, "class", word_key(&classes, t->class));
    json_key_day(j, "deadline", t->due);
    json_key_bool(j, "overdue", t->overdue);
    answerable(j, &row->who);
    json_key_text(j, "progress", t->progress);
}

static void responsibility(struct json_out *j, const struct list_row *row)
{
    const struct task_row *t = &row->task;
    const struct duty_row *d = &row->duty;

    json_key_text(j, "key", d->key);
    json_key_text(j, "unit", d->unit);
    json_key_text(j, "unit_code", d->unit_code);
    json_key_text(j, "person", d->person);
    json_key_text(j, "person_code", d->person_code);
    json_key_text(j, "role", duty_role_key(d->role));
    json_key_text(j, "duty", d->duty);
    json_key_text(j, "task", t->n ? t->code : T(""));
    json_key_text(j, "item", t->item);
    json_key_text(j, "campaign", t->campaign);
    json_key_text(j, "number", t->number);
    json_key_text(j, "item_text", t->item_text);
    json_key_text(j, "text", t->text);
    json_key_day(j, "deadline", t->due);
    json_key_bool(j, "overdue", t->overdue);
    json_key_text(j, "state", word_key(&task_states, t->state));
}

static void unit(struct json_out *j, const struct unit_row *u)
{
    json_key_text(j, "code", u->code);
    json_key_text(j, "name", u->name);
    json_key_text(j, "kind", u->kind);
    json_key_text(j, "parent", u->parent);
    json_key_int(j, "depth", u->depth);
    json_key_bool(j, "provisional", u->provisional);
}

static void person(struct json_out *j, const struct person_row *p)
{
    struct text names[ROLE_COUNT];
    size_t count = 0;

    for (int i = 1; i < ROLE_COUNT; i++)
        if (p->roles & BIT(i))
            names[count++] = word_key(&roles, i);
    json_key_text(j, "code", p->code);
    json_key_text(j, "name", p->name);
    json_key_text(j, "unit", p->unit_name);
    json_key_text(j, "unit_code", p->unit);
    key_texts(j, "roles", names, count);
    json_key_bool(j, "inactive", p->inactive);
    json_key_bool(j, "provisional", p->provisional);
}

static void campaign(struct json_out *j, const struct campaign_row *c)
{
    json_key_text(j, "code", c->code);
    json_key_text(j, "name", c->name);
    json_key_text(j, "kind", c->kind);
    json_key_text(j, "procedure", c->procedure);
    json_key_int(j, "procedure_version", c->version);
    json_key_bool(j, "confidential", c->confidential);
    json_key_text(j, "marking", word_key(&markings, c->marking));
    json_key_bool(j, "closed", c->closed);
    if (c->last >= 0)
        json_key_int(j, "last_serial", c->last);
}

static void source(struct json_out *j, const struct source_row *s)
{
    json_key_text(j, "code", s->code);
    json_key_text(j, "title", s->title);
    json_key_text(j, "issuer", s->issuer);
    json_key_text(j, "number", s->number);
    json_key_day(j, "date", s->date);
    json_key_text(j, "level", s->level);
    json_key_text(j, "file", s->hash);
    json_key_text(j, "marking", word_key(&markings, s->marking));
}

void list_json(struct buf *out, const struct list_row *row, struct text as_of)
{
    struct json_out j = json_open(out);

    if (as_of.n)
        json_key_text(&j, "as_of", as_of);
    switch (row->kind) {
    case LIST_PROBLEMS:
        json_problem(&j, row);
        json_key_int(&j, "tasks", row->problem.tasks);
        break;
    case LIST_TASKS: json_task(&j, row); break;
    case LIST_RESPONSIBILITIES: responsibility(&j, row); break;
    case LIST_UNITS: unit(&j, &row->unit); break;
    case LIST_PEOPLE: person(&j, &row->person); break;
    case LIST_CAMPAIGNS: campaign(&j, &row->campaign); break;
    case LIST_SOURCES:
    default: source(&j, &row->source); break;
    }
    json_close(&j);
}
