/* list_columns.c: see list_columns.h. */
#include "web/pages/list_columns.h"

#include "web/pages/pages.h"

static const struct {
    const char *key, *kind, *label;
} known[] = {
#define COLUMN(name, key, kind, label) {key, kind, label},
#include "web/pages/list_columns.def"
};

const char *column_key(enum list_column column)
{
    return known[column].key;
}

const char *column_label(enum list_column column)
{
    return known[column].label;
}

bool column_among(const struct columns *c, enum list_column column)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->at[i] == column)
            return true;
    return false;
}

void columns_chosen(struct columns *c, const struct request *q)
{
    static const struct columns usual = {
        {COLUMN_CODE, COLUMN_PROBLEM, COLUMN_STATE, COLUMN_DEADLINE, COLUMN_LEAD, COLUMN_PERSON},
        6};
    struct text rest = q->columns_cookie, key;

    *c = (struct columns){{COLUMN_CODE}, 1};
    while (text_cut(&rest, '.', &key))
        for (int i = COLUMN_CODE + 1; i < LIST_COLUMNS; i++)
            if (text_eq(key, text_of(known[i].key)) && !column_among(c, (enum list_column)i))
                c->at[c->count++] = (enum list_column)i;
    if (c->count == 1)
        *c = usual;
}

void columns_of_choice(struct columns *c)
{
    *c =
        (struct columns){{COLUMN_CODE, COLUMN_NUMBER, COLUMN_PROBLEM, COLUMN_STATE, COLUMN_DEADLINE,
                          COLUMN_LEAD, COLUMN_PERSON, COLUMN_TASKS, COLUMN_PROGRESS},
                         9};
}

struct page_list_heads *columns_heads(const struct columns *c, struct request *q)
{
    struct page_list_heads *heads = arena_array(q->arena, struct page_list_heads, 1);
    struct page_list_head *list = arena_array(q->arena, struct page_list_head, LIST_COLUMNS);

    if (heads == NULL || list == NULL)
        return NULL;
    for (size_t i = 0; i < c->count; i++)
        list[i] = (struct page_list_head){page_tr(q, known[c->at[i]].label),
                                          text_of(known[c->at[i]].kind)};
    *heads = (struct page_list_heads){.heads = list, .heads_count = c->count};
    return heads;
}

/* --- cells -------------------------------------------------------------------------------------
 */

static void between(struct buf *out, const struct request *q)
{
    if (out->n)
        buf_str(out, q->lang == LANG_ZH ? "、" : ", ");
}

static struct text assisting(struct request *q, const struct answerable *who)
{
    buf_auto struct buf out = BUF(BUF_ANY);

    for (size_t i = 0; i < who->assisting_count; i++) {
        between(&out, q);
        buf_text(&out, who->assisting[i]);
    }
    return arena_text(q->arena, buf_view(&out));
}

static struct text leaders(struct request *q, const struct answerable *who)
{
    buf_auto struct buf out = BUF(BUF_ANY);

    for (size_t i = 0; i < who->leader_count; i++) {
        between(&out, q);
        buf_text(&out, who->leaders[i].name);
        if (who->leaders[i].duty.n)
            say(&out, q->lang, N_(" ({0})"), who->leaders[i].duty);
    }
    return arena_text(q->arena, buf_view(&out));
}

static struct text tasks(struct request *q, const struct problem *p)
{
    buf_auto struct buf out = BUF(64);

    if (p->tasks)
        buf_printf(&out, "%lld/%lld", (long long)p->tasks_open, (long long)p->tasks);
    return arena_text(q->arena, buf_view(&out));
}

static struct text value_of(struct request *q, enum list_column column, const struct list_row *row)
{
    const struct problem *p = &row->problem;

    switch (column) {
    case COLUMN_NUMBER: return p->number;
    case COLUMN_PROBLEM: return p->title.n ? p->title : p->text;
    case COLUMN_DEADLINE: return page_day(q, p->due);
    case COLUMN_LEAD: return row->who.lead;
    case COLUMN_ASSISTING: return assisting(q, &row->who);
    case COLUMN_PERSON: return row->who.person;
    case COLUMN_LEADERS: return leaders(q, &row->who);
    case COLUMN_TASKS: return tasks(q, p);
    case COLUMN_PLAN:
        return p->plan_state > PLAN_NONE ? page_word(q, &plan_states, p->plan_state) : T("");
    case COLUMN_PROGRESS: return p->progress;
    case COLUMN_GRADE: return p->grade;
    case COLUMN_CAMPAIGN: return p->campaign;
    case COLUMN_LEVEL: return p->level;
    case COLUMN_CATEGORY: return p->category;
    case COLUMN_OBJECT: return p->object;
    case COLUMN_FOUND: return page_day(q, p->found);
    case COLUMN_CODE:
    case COLUMN_STATE:
    case LIST_COLUMNS:
    default: return T("");
    }
}

struct page_list_line columns_line(const struct columns *c, struct request *q,
                                   const struct list_row *row)
{
    const struct problem *p = &row->problem;
    struct page_list_cell *cells = arena_array(q->arena, struct page_list_cell, LIST_COLUMNS);
    struct page_mark *state = arena_array(q->arena, struct page_mark, 1);

    struct text code = arena_text(q->arena, p->code);

    if (cells == NULL || state == NULL)
        return (struct page_list_line){0};
    *state = page_state(q, p->state, p->taken_over);
    for (size_t i = 0; i < c->count; i++)
        cells[i] =
            (struct page_list_cell){.code = code,
                                    .label = page_tr(q, known[c->at[i]].label),
                                    .kind = text_of(known[c->at[i]].kind),
                                    .value = arena_text(q->arena, value_of(q, c->at[i], row)),
                                    .late = c->at[i] == COLUMN_DEADLINE && p->overdue,
                                    .state = state};
    return (struct page_list_line){
        .code = code, .version = p->version, .cells = cells, .cells_count = c->count};
}
