/* compose.c: one draft from the cells of its rows; see compose.h. Units and people: duty.c. */
#include "office/import/compose.h"

#include <stdio.h>

#include "office/import/dates.h"
#include "office/import/fold.h"
#include "office/import/parts.h"
#include "office/import/status.h"

static const struct text NONE = {NULL, 0};

/* --- reporting ---------------------------------------------------------------------------------
 */

/* True when t holds what looks like a mobile telephone number or an identity number. */
static bool personal(struct text t)
{
    size_t run = 0;

    for (size_t i = 0; i <= t.n; i++) {
        char ch = i < t.n ? t.p[i] : '\0';
        if (ch >= '0' && ch <= '9') {
            run++;
            continue;
        }
        if ((run == 11 && t.p[i - 11] == '1' && t.p[i - 10] >= '3') || run == 18 ||
            (run == 17 && (ch == 'X' || ch == 'x')))
            return true;
        run = 0;
    }
    return false;
}

void compose_report(struct composer *c, struct doubt *d)
{
    if (c->stopped)
        return;
    if (col_sealed(d->col) || personal(d->cell) || personal(d->taken))
        d->cell = d->taken = NONE;
    d->sheet = c->table->sheet;
    d->sheet_name = c->table->name;
    c->counts->doubts++;
    if (c->sink->doubt && c->sink->doubt(c->sink, d, c->err))
        c->stopped = true;
}

void compose_doubt(struct composer *c, enum doubt_kind kind, int slot, struct text taken,
                   const char *word)
{
    struct doubt d = {.kind = kind,
                      .row = c->line->row->number,
                      .column = DOUBT_NO_COLUMN,
                      .taken = taken,
                      .word = word};

    if (slot >= 0) {
        const struct slot *s = &c->table->slots[slot];
        /* A merged cell was reported where it begins. */
        if (c->line->carried[slot])
            return;
        d.column = (uint32_t)slot;
        d.col = s->col;
        d.header = s->label;
        d.cell = c->line->at[slot] ? c->line->at[slot]->text : NONE;
    }
    compose_report(c, &d);
}

void compose_reject(struct composer *c, enum reject_kind kind, const struct row *rows, size_t count,
                    uint32_t column)
{
    struct reject r = {kind, c->table->sheet, c->table->name, rows, count, column};

    if (c->stopped)
        return;
    c->counts->rejects++;
    if (c->sink->reject && c->sink->reject(c->sink, &r, c->err))
        c->stopped = true;
}

/* --- cells -------------------------------------------------------------------------------------
 */

int compose_slot(const struct composer *c, enum col col)
{
    for (int s = c->table->first[col]; s >= 0; s = c->table->next[s])
        if (c->line->at[s])
            return s;
    return -1;
}

/* Makes room for one more element of an array in the arena; NULL when there is none. */
static void *grow(struct composer *c, void *at, size_t count, size_t *room, size_t size)
{
    void *bigger;

    if (at && count < *room)
        return at;
    *room = count ? count * 2 : 4;
    bigger = arena_take(c->arena, *room * size);
    if (bigger && count)
        memcpy(bigger, at, count * size);
    return bigger;
}

void compose_other(struct composer *c, int slot)
{
    struct draft *d = &c->draft;
    const struct cell *cell = c->line->at[slot];
    struct draft_other *at;

    if (c->line->carried[slot] || cell->kind == CELL_ERROR)
        return;
    at = grow(c, d->others, d->other_count, &c->other_room, sizeof *at);
    if (at == NULL)
        return;
    d->others = at;
    at[d->other_count++] = (struct draft_other){c->table->slots[slot].label, fold_trim(cell->text)};
}

/* What was corrected by hand in the line: told, and kept with the draft. */
static void take_fixes(struct composer *c)
{
    const struct cell_fix *fix;
    size_t count = fixes_of(c->options->fixes, c->table->sheet, c->line->row->number, &fix);
    struct draft *d = &c->draft;

    for (size_t i = 0; i < count; i++, fix++) {
        struct doubt told = {.kind = DOUBT_CORRECTED,
                             .row = fix->row,
                             .column = fix->column,
                             .cell = fix->was,
                             .taken = fix->value};
        struct draft_fix *at = grow(c, d->fixes, d->fix_count, &c->fix_room, sizeof *at);
        if (at == NULL)
            return;
        if (fix->column < c->table->count) {
            told.col = c->table->slots[fix->column].col;
            told.header = c->table->slots[fix->column].label;
        }
        compose_report(c, &told);
        d->fixes = at;
        at[d->fix_count++] = (struct draft_fix){fix->column, told.header, told.cell, told.taken};
    }
}

/* The text of a field, lines and all. */
struct text compose_block(struct composer *c, enum col col)
{
    int slot = compose_slot(c, col);

    if (slot < 0)
        return NONE;
    if (c->line->at[slot]->kind == CELL_ERROR) {
        compose_doubt(c, DOUBT_CELL_ERROR, slot, NONE, NULL);
        return NONE;
    }
    return fold_trim(c->line->at[slot]->text);
}

/* The text of a field as one line: a break inside Chinese goes, any other becomes a space. */
static struct text one_line(struct composer *c, enum col col)
{
    struct text t = compose_block(c, col), rest = t;
    uint32_t before = 0;
    size_t n = 0;
    char *out;

    if (t.n == 0 || memchr(t.p, '\n', t.n) == NULL)
        return t;
    out = arena_take(c->arena, t.n);
    if (out == NULL)
        return NONE;
    while (rest.n) {
        struct text at = rest;
        uint32_t cp = fold_next(&rest);
        if (cp == '\n') {
            struct text after = fold_trim(rest);
            rest = after;
            if (!(fold_is_han(before) && fold_is_han(fold_next(&after))))
                out[n++] = ' ';
            continue;
        }
        memcpy(out + n, at.p, at.n - rest.n);
        n += at.n - rest.n;
        before = cp;
    }
    compose_doubt(c, DOUBT_LINES_JOINED, compose_slot(c, col), (struct text){out, n}, NULL);
    return (struct text){out, n};
}

/* One line that serves as a name or number; longer ones are kept as another column. */
static struct text name_line(struct composer *c, enum col col)
{
    struct text t = one_line(c, col);

    if (t.n <= DRAFT_NAME_BYTES)
        return t;
    compose_doubt(c, DOUBT_LONG_NAME, compose_slot(c, col), NONE, NULL);
    compose_other(c, compose_slot(c, col));
    return NONE;
}

/* All columns of a field, joined by line breaks. */
static struct text blocks(struct composer *c, enum col col)
{
    struct text all = NONE;
    int last = -1;

    for (int s = c->table->first[col]; s >= 0; s = c->table->next[s]) {
        const struct cell *cell = c->line->at[s];
        if (cell == NULL || cell->kind == CELL_ERROR)
            continue;
        if (all.n == 0) {
            all = fold_trim(cell->text);
        } else {
            all = arena_join(c->arena, arena_join(c->arena, all, T("\n")), fold_trim(cell->text));
            last = s;
        }
    }
    if (last >= 0)
        compose_doubt(c, DOUBT_TEXTS_JOINED, last, NONE, NULL);
    return all;
}

struct text compose_iso(struct composer *c, int32_t day)
{
    char iso[11];

    return arena_text(c->arena, date_iso(day, iso));
}

struct when compose_when(struct composer *c, enum col col, int32_t found)
{
    struct when w = {.understood = true, .day = DATE_NONE};
    int slot = compose_slot(c, col);
    const char *word = NULL;
    struct text taken = NONE;

    if (slot < 0)
        return w;
    w = when_read(c->line->at[slot], &(struct when_context){c->options->today, found});
    /* The caller sees what else it could be. */
    if (!w.understood && col == COL_COMPLETED)
        return w;
    if (w.doubt) {
        if (w.day != DATE_NONE)
            taken = compose_iso(c, w.day);
        else if (w.class)
            word = classes.words[w.class].label;
        compose_doubt(c, w.doubt, slot, taken, word);
    }
    return w;
}

static struct draft_texts parts_of(struct composer *c, struct text t)
{
    struct text parts[PARTS_MAX];
    int n = parts_split(t, parts);
    struct draft_texts out = {NULL, 0};

    if (n == 0)
        return out;
    out.at = arena_array(c->arena, struct text, n);
    if (out.at) {
        memcpy(out.at, parts, sizeof *parts * (size_t)n);
        out.count = (size_t)n;
    }
    return out;
}

static struct text number_text(struct composer *c, size_t n)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%zu", n);
    return arena_text(c->arena, text_of(digits));
}

/* --- items -------------------------------------------------------------------------------------
 */

static enum item_kind kind_of(struct composer *c)
{
    static const struct {
        const char *words;
        enum item_kind kind;
    } words[] = {
        {"问题", KIND_FINDING},      {"finding", KIND_FINDING},     {"隐患", KIND_HAZARD},
        {"hazard", KIND_HAZARD},     {"信访件", KIND_COMPLAINT},    {"信访", KIND_COMPLAINT},
        {"投诉", KIND_COMPLAINT},    {"complaint", KIND_COMPLAINT}, {"决定", KIND_DECISION},
        {"议定事项", KIND_DECISION}, {"decision", KIND_DECISION}};
    char key[64];
    struct text k = fold(compose_block(c, COL_KIND), FOLD_PLAIN, key, sizeof key);

    if (k.n == 0)
        return KIND_NONE;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_eq(k, text_of(words[i].words)))
            return words[i].kind;
    compose_doubt(c, DOUBT_KIND_UNKNOWN, compose_slot(c, COL_KIND), NONE, NULL);
    compose_other(c, compose_slot(c, COL_KIND));
    return KIND_NONE;
}

static void item_marking(struct composer *c, struct draft_item *item)
{
    item->marking_text = compose_block(c, COL_MARKING);
    if (item->marking_text.n == 0) {
        item->marking = c->table->marking;
        item->marking_text = c->table->marking_text;
        return;
    }
    item->marking = marking_read(item->marking_text);
    if (item->marking == MARKING_NONE)
        compose_doubt(c, DOUBT_MARKING, compose_slot(c, COL_MARKING), NONE, NULL);
}

static void item_level(struct composer *c, struct draft_item *item)
{
    bool changed = false;

    item->level = name_line(c, COL_LEVEL);
    if (item->level.n == 0)
        return;
    item->level = level_read(item->level, c->arena, &changed);
    if (changed)
        compose_doubt(c, DOUBT_LEVEL, compose_slot(c, COL_LEVEL), item->level, NULL);
}

/* What a draft has once: from its first row. */
static void item_head(struct composer *c, struct draft_item *item)
{
    const struct table *t = c->table;

    item->number = name_line(c, COL_NUMBER);
    item->code = name_line(c, COL_CODE);
    item->title = one_line(c, COL_TITLE);
    item->text = compose_block(c, COL_TEXT);
    if (item->text.n == 0) {
        item->text = item->title;
        item->title = NONE;
    }
    item->parts = parts_of(c, item->text);
    if (item->parts.count)
        compose_doubt(c, DOUBT_PARTS, compose_slot(c, COL_TEXT), number_text(c, item->parts.count),
                      NULL);
    item->category = one_line(c, COL_CATEGORY);
    item->kind = kind_of(c);
    /* Lines of these are several objects or places. */
    item->object = compose_block(c, COL_OBJECT);
    item->place = compose_block(c, COL_PLACE);
    item->basis = compose_block(c, COL_BASIS);
    item->source = one_line(c, COL_SOURCE);
    item->raised_by = one_line(c, COL_RAISED_BY);
    item->finder = compose_block(c, COL_FINDER);
    item->contact = compose_block(c, COL_CONTACT);
    item->verifier = compose_block(c, COL_VERIFIER);
    item->funds = compose_block(c, COL_FUNDS);
    item->section[0] = t->section[0];
    item->section[1] = t->section[1];
    item_level(c, item);
    item_marking(c, item);
    item->found = compose_when(c, COL_FOUND, DATE_NONE).day;
}

static bool own_task(const struct composer *c)
{
    static const enum col cols[] = {COL_MEASURE, COL_LEAD,     COL_ASSIST, COL_LEAD_PERSON,
                                    COL_PERSON,  COL_DEADLINE, COL_TARGET, COL_TASK_NUMBER};

    for (size_t i = 0; i < sizeof cols / sizeof *cols; i++)
        for (int s = c->table->first[cols[i]]; s >= 0; s = c->table->next[s])
            if (c->line->at[s] && !c->line->carried[s])
                return true;
    return false;
}

static void add_task(struct composer *c, struct draft_item *item, struct text measure,
                     const struct duty *duty, const struct how_far *s)
{
    struct draft_task *task = grow(c, item->tasks, item->task_count, &c->task_room, sizeof *task);

    if (task == NULL)
        return;
    item->tasks = task;
    task += item->task_count++;
    *task = (struct draft_task){.row = c->line->row->number,
                                .number = name_line(c, COL_TASK_NUMBER),
                                .measure = measure,
                                .target = compose_block(c, COL_TARGET),
                                .milestones = compose_block(c, COL_MILESTONES),
                                .parts = parts_of(c, measure),
                                .duty = *duty,
                                .claim = s->claim,
                                .progress = s->progress,
                                .percent = s->percent,
                                .completed = s->completed};
}

static struct text join(struct composer *c, enum col col, struct text before, struct text more)
{
    if (more.n == 0 || text_eq(before, more))
        return before;
    if (before.n == 0)
        return more;
    compose_doubt(c, DOUBT_TEXTS_JOINED, compose_slot(c, col), NONE, NULL);
    return arena_join(c->arena, arena_join(c->arena, before, T("\n")), more);
}

static void item_line(struct composer *c, bool first)
{
    struct draft_item *item = &c->draft.item;
    struct duty duty = {.deadline = DATE_NONE};
    struct how_far s;
    struct text measure;
    bool task;

    if (first)
        item_head(c, item);
    compose_duty(c, &duty, item->found);
    s = compose_how_far(c, item->found);
    measure = blocks(c, COL_MEASURE);
    task = c->grouped ? own_task(c) : measure.n > 0;
    if (task)
        add_task(c, item, measure, &duty, &s);
    if (first) {
        item->duty = duty;
        item->claim = s.claim;
        item->status = s.status;
        item->progress = s.progress;
        item->percent = s.percent;
        item->completed = s.completed;
        item->verified = s.verified;
        item->struck_off = s.struck_off;
        item->remarks = compose_block(c, COL_REMARKS);
        return;
    }
    /* The item is as far as its row that is least far. */
    if (s.claim && (item->claim == CLAIM_NONE || s.claim < item->claim))
        item->claim = s.claim;
    if (s.completed > item->completed)
        item->completed = s.completed;
    if (compose_slot(c, COL_PROGRESS) >= 0 && !task)
        item->progress = join(c, COL_PROGRESS, item->progress, s.progress);
    if (compose_slot(c, COL_REMARKS) >= 0 && !c->line->carried[compose_slot(c, COL_REMARKS)])
        item->remarks = join(c, COL_REMARKS, item->remarks, compose_block(c, COL_REMARKS));
}

/* --- units and people --------------------------------------------------------------------------
 */

static void unit_line(struct composer *c)
{
    static const enum col ranks[] = {COL_UNIT_RANK1, COL_UNIT_RANK2, COL_UNIT_RANK3,
                                     COL_UNIT_RANK4, COL_UNIT_RANK5, COL_UNIT_PARENT};
    struct draft_unit *unit = &c->draft.unit;
    struct text parents[6];
    size_t n = 0;

    unit->code = name_line(c, COL_UNIT_CODE);
    unit->name = name_line(c, COL_UNIT_NAME);
    for (size_t i = 0; i < 6; i++) {
        struct text t = name_line(c, ranks[i]);
        if (t.n && !text_eq(t, unit->code))
            parents[n++] = t;
    }
    /* Columns of levels only: the deepest that is filled is the unit itself. */
    if (c->table->first[COL_UNIT_NAME] < 0 && n)
        unit->name = parents[--n];
    else if (n && unit->code.n == 0 && text_eq(parents[n - 1], unit->name))
        n--;
    if (n && (unit->parents.at = arena_array(c->arena, struct text, n)) != NULL) {
        memcpy(unit->parents.at, parents, sizeof *parents * n);
        unit->parents.count = n;
    }
}

static void person_line(struct composer *c)
{
    struct draft_person *p = &c->draft.person;
    bool unknown = false;
    int slot = compose_slot(c, COL_PERSON_ROLES);

    p->code = name_line(c, COL_PERSON_CODE);
    p->name = name_line(c, COL_PERSON_NAME);
    p->unit = name_line(c, COL_PERSON_UNIT);
    p->title = name_line(c, COL_PERSON_TITLE);
    p->phone = compose_block(c, COL_PERSON_PHONE);
    if (slot >= 0)
        p->roles = roles_read(c->line->at[slot]->text, &unknown);
    if (unknown) {
        compose_doubt(c, DOUBT_ROLE_UNKNOWN, slot, NONE, NULL);
        compose_other(c, slot);
    }
}

/* --- a draft -----------------------------------------------------------------------------------
 */

/* What holds for every cell of a line, whatever its field. */
static void take_cells(struct composer *c, bool first)
{
    struct table *t = c->table;
    struct draft *d = &c->draft;

    for (size_t s = 0; s < t->count; s++) {
        const struct cell *cell = c->line->at[s];
        enum col col = t->slots[s].col;
        bool own = cell && !c->line->carried[s];
        if (cell == NULL)
            continue;
        if (own && cell->text.n > DRAFT_CELL_BYTES) {
            c->too_long = true;
            c->long_column = (uint32_t)s;
        }
        c->bytes += own || first ? cell->text.n : 0;
        if (own && c->line->until[s])
            compose_report(c, &(struct doubt){.kind = DOUBT_MERGED,
                                              .row = c->line->row->number,
                                              .last_row = c->line->until[s],
                                              .column = (uint32_t)s,
                                              .col = col,
                                              .header = t->slots[s].label,
                                              .cell = cell->text,
                                              .taken = cell->text});
        if (own && !t->slots[s].named && !t->slots[s].told) {
            t->slots[s].told = true;
            compose_doubt(c, DOUBT_COLUMN_UNNAMED, (int)s, NONE, NULL);
        }
        if (col == COL_OTHER || col == COL_VERDICT) {
            compose_other(c, (int)s);
        } else if (col_sealed(col) && d->kind != IMPORT_PEOPLE && (own || first)) {
            struct draft_item *item = &d->item;
            struct draft_sealed *at =
                grow(c, item->sealed, item->sealed_count, &c->sealed_room, sizeof *at);
            if (at) {
                item->sealed = at;
                at[item->sealed_count++] = (struct draft_sealed){col, fold_trim(cell->text)};
            }
            continue;
        }
        if (own && cell->text.n >= 11 && !col_sealed(col) && col != COL_NUMBER && col != COL_CODE &&
            col != COL_PERSON && col != COL_LEADER && personal(cell->text))
            compose_doubt(c, DOUBT_PERSONAL, (int)s, NONE, NULL);
    }
}

/* What is too much is not even read, so that the arena stays small. */
static bool beyond(const struct composer *c)
{
    return c->too_long || c->bytes > DRAFT_BYTES;
}

void compose_begin(struct composer *c, struct line *line, bool grouped)
{
    c->draft = (struct draft){.kind = c->options->kind,
                              .sheet = c->table->sheet,
                              .sheet_name = c->table->name,
                              .row = line->row->number};
    c->line = line;
    c->grouped = grouped;
    c->too_long = false;
    c->bytes = 0;
    c->other_room = c->sealed_room = c->task_room = c->fix_room = 0;
    take_fixes(c);
    take_cells(c, true);
    if (line->row->hidden)
        compose_doubt(c, DOUBT_HIDDEN_ROW, -1, NONE, NULL);
    if (beyond(c))
        return;
    switch (c->draft.kind) {
    case IMPORT_FINDINGS:
    case IMPORT_TASKS: item_line(c, true); break;
    case IMPORT_UNITS: unit_line(c); break;
    case IMPORT_PEOPLE:
    case IMPORT_KINDS:
    default: person_line(c); break;
    }
}

void compose_add(struct composer *c, struct line *line)
{
    c->line = line;
    take_fixes(c);
    take_cells(c, false);
    if (line->row->hidden)
        compose_doubt(c, DOUBT_HIDDEN_ROW, -1, NONE, NULL);
    if (!beyond(c))
        item_line(c, false);
}

/* Why the draft cannot be taken; -1 when it can. */
static int refused(const struct composer *c)
{
    const struct draft *d = &c->draft;
    bool measure = false;

    if (c->too_long)
        return REJECT_TEXT_TOO_LONG;
    if (c->bytes > DRAFT_BYTES)
        return REJECT_ROW_TOO_LONG;
    switch (d->kind) {
    case IMPORT_FINDINGS: return d->item.text.n ? -1 : REJECT_NO_TEXT;
    case IMPORT_TASKS:
        for (size_t i = 0; i < d->item.task_count; i++)
            measure = measure || d->item.tasks[i].measure.n;
        if (!measure)
            return REJECT_NO_MEASURE;
        return d->item.number.n || d->item.code.n || d->item.text.n ? -1 : REJECT_NO_ITEM;
    case IMPORT_UNITS: return d->unit.name.n ? -1 : REJECT_NO_NAME;
    case IMPORT_PEOPLE:
    case IMPORT_KINDS:
    default: return d->person.name.n ? -1 : REJECT_NO_NAME;
    }
}

void compose_end(struct composer *c, const struct row *rows, size_t count)
{
    struct draft *d = &c->draft;
    int reject = refused(c);

    d->rows = rows;
    d->row_count = count;
    d->last_row = rows[count - 1].number;
    /* Rows that turned out not to continue the item leave it one without measures. */
    if (count == 1 && d->kind == IMPORT_FINDINGS && d->item.task_count == 1 &&
        d->item.tasks[0].measure.n == 0)
        d->item.task_count = 0;
    if (c->stopped)
        return;
    if (c->arena->failed) {
        err_set(c->err, NO_MEMORY);
        c->stopped = true;
        return;
    }
    if (reject >= 0) {
        compose_reject(c, (enum reject_kind)reject, rows, count,
                       c->too_long ? c->long_column : DOUBT_NO_COLUMN);
        return;
    }
    if (count > 1)
        compose_report(c, &(struct doubt){.kind = DOUBT_MERGED_ITEM,
                                          .row = d->row,
                                          .last_row = d->last_row,
                                          .column = DOUBT_NO_COLUMN,
                                          .taken = number_text(c, d->item.task_count)});
    c->counts->drafts++;
    if (!c->stopped && c->sink->draft && c->sink->draft(c->sink, d, c->err))
        c->stopped = true;
}
