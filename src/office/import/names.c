/*
 * names.c: see names.h.
 *
 * A cell is cut at its separators outside brackets into pieces; then each piece is cleaned: a
 * label in front (牵头单位：), brackets and telephone numbers behind, 等 at the end. Spaces and
 * line breaks separate only what looks like whole names.
 */
#include "office/import/names.h"

#include "office/import/fold.h"

/* The next character as half width, without moving. */
static uint32_t peek(struct text t)
{
    uint32_t cp = fold_next(&t);

    return cp >= 0xff01 && cp <= 0xff5e ? cp - 0xfee0 : cp;
}

bool names_like_unit(struct text t)
{
    static const char *const ends[] = {
        "局",   "委",   "办",   "部",     "厅",     "处",   "科",   "股",   "院",   "所",
        "站",   "队",   "室",   "会",     "中心",   "公司", "集团", "企业", "街道", "镇",
        "乡",   "县",   "区",   "市",     "省",     "村",   "社区", "政府", "机关", "学校",
        "大学", "中学", "小学", "医院",   "银行",   "协会", "团",   "组",   "馆",   "行",
        "厂",   "店",   "库",   "指挥部", "项目部", "监理", "支部", "党委", "总队", "支队",
        "大队", "军",   "署",   "库区",   "园",     "院校", "法院", "基地", NULL};

    /* "张主任（办公室）": what stands in brackets does not say what it is. */
    if (text_ends(t, T("）")) || text_ends(t, T(")"))) {
        ptrdiff_t at = text_find(t, T("（"));
        if (at < 0)
            at = text_find(t, T("("));
        if (at > 0)
            t = text_head(t, (size_t)at);
    }
    return fold_ends(fold_trim(t), ends) != NULL;
}

static bool all_han(struct text t)
{
    bool some = false;

    while (t.n) {
        uint32_t cp = fold_next(&t);
        if (!fold_is_han(cp) && cp != 0xb7) /* 阿卜杜拉·买买提 */
            return false;
        some = true;
    }
    return some;
}

static bool is_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

/* Telephone numbers: digits with spaces and dashes, at least seven. */
static bool like_phone(struct text t)
{
    int digits = 0;

    while (t.n) {
        uint32_t cp = peek(t);
        fold_next(&t);
        if (is_digit(cp))
            digits++;
        else if (cp != '-' && cp != '+' && cp != ' ')
            return false;
    }
    return digits >= 7 && digits <= 15;
}

/* --- cutting -----------------------------------------------------------------------------------
 */

enum cut { CUT_NO, CUT_HARD, CUT_LINE, CUT_SPACE };

struct piece {
    struct text text;
    enum cut before; /* what separates it from the piece before */
};

static enum cut cut_at(uint32_t cp, uint32_t before, uint32_t after)
{
    switch (cp) {
    case 0x3001: /* 、 */
    case 0xff1b: /* ； */
    case ';':
    case 0xff0c: /* ， */
    case '|': return CUT_HARD;
    case ',': return fold_is_han(before) || fold_is_han(after) ? CUT_HARD : CUT_NO;
    case '/':
    case 0xff0f: return fold_is_han(before) && fold_is_han(after) ? CUT_HARD : CUT_NO;
    case '\n':
    case '\r': return CUT_LINE;
    case ' ':
    case '\t':
    case 0xa0:
    case 0x3000: return CUT_SPACE;
    default: return CUT_NO;
    }
}

/* Cuts the cell; returns the number of pieces, -1 for too many. */
static int cut_cell(struct text cell, struct piece *pieces)
{
    struct text rest = cell;
    size_t start = 0;
    int count = 0, depth = 0;
    uint32_t before = 0;
    enum cut pending = CUT_NO;

    for (;;) {
        size_t at = cell.n - rest.n;
        uint32_t cp = fold_next(&rest);
        uint32_t half = cp >= 0xff01 && cp <= 0xff5e ? cp - 0xfee0 : cp;
        bool end = cp == 0 && rest.n == 0 && at >= cell.n;
        enum cut cut;

        depth += half == '(' || half == '[' || cp == 0x3010;
        depth -= (half == ')' || half == ']' || cp == 0x3011) && depth > 0;
        cut = end ? CUT_HARD : depth ? CUT_NO : cut_at(cp, before, peek(rest));
        if (cut) {
            struct text piece = fold_trim((struct text){cell.p + start, at - start});
            if (piece.n) {
                if (count == NAMES_MAX)
                    return -1;
                pieces[count++] = (struct piece){piece, pending};
                pending = CUT_NO;
            }
            /* The strongest separator between two pieces counts: 、 before a line break. */
            if (pending == CUT_NO || cut < pending)
                pending = cut;
            start = cell.n - rest.n;
        }
        if (end)
            return count;
        if (!text_is_space(cp))
            before = cp;
    }
}

/* Glues piece i + 1 to piece i. */
static void glue(struct piece *pieces, int *count, int i, struct text between, struct arena *a)
{
    pieces[i].text = arena_join(a, arena_join(a, pieces[i].text, between), pieces[i + 1].text);
    (*count)--;
    memmove(&pieces[i + 1], &pieces[i + 2], sizeof *pieces * (size_t)(*count - i - 1));
}

/* --- one name ----------------------------------------------------------------------------------
 */

/* Takes "牵头单位：" or "责任人:" off the front; the label is returned. */
static struct text take_label(struct text *t)
{
    struct text label = {NULL, 0}, rest = *t;

    for (int i = 0; i < 10 && rest.n; i++) {
        size_t at = t->n - rest.n;
        uint32_t cp = peek(rest);
        fold_next(&rest);
        if (cp == ':') {
            label = fold_trim(text_head(*t, at));
            *t = fold_trim(rest);
            break;
        }
        if (cp == '(' || is_digit(cp))
            break;
    }
    return label;
}

static enum name_role role_of(struct text label)
{
    static const char *const lead[] = {"牵头", "主责", "主办", "责任单位", "负责单位", NULL};
    static const char *const assist[] = {"配合", "协办", "协助", "参与", "会办", NULL};

    if (fold_has(label, lead))
        return NAME_LEAD;
    return fold_has(label, assist) ? NAME_ASSIST : NAME_ANY;
}

/* Takes one pair of brackets off the end; what stood in it. */
static struct text take_brackets(struct text *t)
{
    struct text inside = {NULL, 0}, rest = *t;
    size_t open = SIZE_MAX, close = SIZE_MAX, behind = 0;

    while (rest.n) {
        size_t at = t->n - rest.n;
        uint32_t cp = peek(rest);
        fold_next(&rest);
        if (cp == '(' && (open == SIZE_MAX || close != SIZE_MAX)) {
            open = at;
            behind = t->n - rest.n;
            close = SIZE_MAX;
        } else if (cp == ')') {
            close = at;
        }
    }
    if (open != SIZE_MAX && open > 0 && close != SIZE_MAX && close >= behind &&
        (text_ends(*t, T(")")) || text_ends(*t, T("）")))) {
        inside = fold_trim((struct text){t->p + behind, close - behind});
        *t = fold_trim(text_head(*t, open));
    }
    return inside;
}

/* Takes a telephone number off the end, after a space or directly behind Chinese. */
static struct text take_phone(struct text *t)
{
    size_t at = t->n;
    struct text phone;

    while (at > 0 && (is_digit((uint32_t)t->p[at - 1]) || t->p[at - 1] == '-'))
        at--;
    phone = text_from(*t, at);
    if (at == 0 || !like_phone(phone))
        return (struct text){NULL, 0};
    *t = fold_trim(text_head(*t, at));
    return phone;
}

static const char *const titles[] = {"局长", "主任",   "书记", "处长",   "科长",   "股长",   "经理",
                                     "主席", "部长",   "县长", "区长",   "市长",   "镇长",   "乡长",
                                     "院长", "校长",   "所长", "队长",   "组长",   "站长",   "厅长",
                                     "司长", "委员",   "主管", "总工",   "工程师", "董事长", "科员",
                                     "干事", "秘书长", "会长", "理事长", "村长",   "巡视员", NULL};

/* True for what may be a person's name: two to four Chinese characters, longer with a middle dot,
 * or letters. */
static bool like_person(struct text t)
{
    size_t n = fold_length(t);

    if (text_has(t, T("·")))
        return n <= 20;
    if (all_han(t))
        return n >= 2 && n <= 4 && !fold_ends(t, titles);
    while (t.n) {
        uint32_t cp = fold_next(&t);
        if (!((cp | 32) >= 'a' && (cp | 32) <= 'z') && cp != ' ' && cp != '.' && cp != '-' &&
            cp != '\'' && cp < 0xc0)
            return false;
    }
    return n >= 2;
}

static bool take_others(struct text *t)
{
    static const char *const words[] = {"等有关单位", "等部门", "等单位", "等人", "等", NULL};
    const char *word = fold_ends(*t, words);

    if (word == NULL || strlen(word) == t->n)
        return false;
    *t = fold_trim(text_head(*t, t->n - strlen(word)));
    return true;
}

static void add(struct names *out, struct text name, struct text note, struct text phone,
                enum name_role role, bool person)
{
    if (name.n == 0)
        return;
    if (out->count == NAMES_MAX) {
        out->too_many = true;
        return;
    }
    out->at[out->count++] =
        (struct named){.party = {name, note, phone}, .role = role, .person = person};
}

/* Units that stand for many: 各县区, 相关部门. */
static bool like_many(struct text t)
{
    static const char *const words[] = {"有关单位", "相关单位", "有关部门", "相关部门", NULL};

    return text_starts(t, T("各")) || fold_has(t, words);
}

static void add_unit(struct names *out, struct text t, enum name_role *role)
{
    struct text label = take_label(&t), whole, inside;
    enum name_role own;

    if (label.n && role_of(label) != NAME_ANY)
        *role = role_of(label);
    own = *role;
    out->others = take_others(&t) || out->others;
    /* Brackets belong to the name (…（集团）有限公司) unless they say who leads. */
    whole = t;
    inside = take_brackets(&t);
    if (inside.n && role_of(inside) != NAME_ANY)
        own = role_of(inside);
    else
        t = whole;
    out->unlike = out->unlike || like_many(t) || (label.n && *role == NAME_ANY);
    add(out, t, role_of(label) == NAME_ANY ? label : (struct text){NULL, 0}, (struct text){NULL, 0},
        own, false);
}

static void add_person(struct names *out, struct text t)
{
    struct text label = take_label(&t), note = label, phone, inside;

    out->others = take_others(&t) || out->others;
    phone = take_phone(&t);
    while ((inside = take_brackets(&t)).n) {
        if (like_phone(inside))
            phone = inside;
        else if (note.n == 0)
            note = inside;
    }
    if (phone.n == 0)
        phone = take_phone(&t);
    out->others = take_others(&t) || out->others;
    out->notes = out->notes || note.n || phone.n;
    /* A number or a title alone belongs to the name before it. */
    if (like_phone(t) && out->count) {
        out->at[out->count - 1].party.phone = t;
        out->notes = true;
        return;
    }
    out->unlike = out->unlike || (t.n && !like_person(t));
    add(out, t, note, phone, NAME_ANY, true);
}

/* --- the three readings ------------------------------------------------------------------------
 */

/* A unit's name that was broken over two lines: the whole ends like a unit, its head does not. */
static void join_unit_lines(struct piece *pieces, int *count, struct arena *a, struct names *out)
{
    for (int i = 0; i + 1 < *count;) {
        struct piece *next = &pieces[i + 1];
        bool broken = next->before == CUT_LINE && !names_like_unit(pieces[i].text) &&
                      (names_like_unit(next->text) || fold_length(next->text) <= 2) &&
                      !text_has(pieces[i].text, T(":")) && !text_has(pieces[i].text, T("："));
        bool short_words = next->before == CUT_SPACE &&
                           !(fold_length(pieces[i].text) >= 3 && fold_length(next->text) >= 3 &&
                             names_like_unit(pieces[i].text));
        if (broken || short_words) {
            bool han = all_han(text_head(next->text, 3));
            out->lines_joined = out->lines_joined || broken || han;
            glue(pieces, count, i, han ? T("") : T(" "), a);
        } else {
            i++;
        }
    }
}

void names_units(struct text cell, struct arena *a, struct names *out)
{
    struct piece pieces[NAMES_MAX];
    enum name_role role = NAME_ANY;
    int count;

    out->count = 0;
    out->lines_joined = out->others = out->notes = out->unlike = out->too_many = false;
    count = cut_cell(cell, pieces);
    if (count < 0) {
        out->too_many = true;
        return;
    }
    join_unit_lines(pieces, &count, a, out);
    for (int i = 0; i < count; i++)
        add_unit(out, pieces[i].text, &role);
}

/* Spaces and line breaks inside people's names: 张　三 is one name, 张三 李四 are two, John Doe is
 * one, 局长 张三 is one with a title. */
static void join_people(struct piece *pieces, int *count, struct arena *a, struct names *out)
{
    for (int i = 0; i + 1 < *count;) {
        struct text x = pieces[i].text, y = pieces[i + 1].text;
        enum cut cut = pieces[i + 1].before;
        bool soft = cut == CUT_LINE || cut == CUT_SPACE;
        bool letters = cut == CUT_SPACE && !all_han(x) && !all_han(y) && !like_phone(y);

        if (soft && all_han(x) && all_han(y) && fold_length(x) == 1 && fold_length(y) <= 2) {
            out->lines_joined = out->lines_joined || cut == CUT_LINE;
            glue(pieces, count, i, T(""), a);
        } else if (letters) {
            glue(pieces, count, i, T(" "), a);
        } else if (cut == CUT_SPACE && all_han(x) && all_han(y) &&
                   !fold_ends(x, titles) != !fold_ends(y, titles)) {
            /* The title goes into brackets behind the name, where add_person() finds it. */
            struct text name = fold_ends(x, titles) ? y : x;
            struct text title = fold_ends(x, titles) ? x : y;
            pieces[i].text =
                arena_join(a, arena_join(a, name, T("(")), arena_join(a, title, T(")")));
            pieces[i + 1] = (struct piece){{NULL, 0}, CUT_NO};
            (*count)--;
            memmove(&pieces[i + 1], &pieces[i + 2], sizeof *pieces * (size_t)(*count - i - 1));
            i++;
        } else {
            i++;
        }
    }
}

void names_people(struct text cell, struct arena *a, struct names *out)
{
    struct piece pieces[NAMES_MAX];
    int count;

    out->count = 0;
    out->lines_joined = out->others = out->notes = out->unlike = out->too_many = false;
    count = cut_cell(cell, pieces);
    if (count < 0) {
        out->too_many = true;
        return;
    }
    join_people(pieces, &count, a, out);
    for (int i = 0; i < count; i++)
        add_person(out, pieces[i].text);
}

void names_mixed(struct text cell, struct names *out)
{
    struct piece pieces[NAMES_MAX];
    enum name_role role = NAME_ANY;
    int count;

    out->count = 0;
    out->lines_joined = out->others = out->notes = out->unlike = out->too_many = false;
    count = cut_cell(cell, pieces);
    if (count < 0) {
        out->too_many = true;
        return;
    }
    for (int i = 0; i < count; i++) {
        struct text t = pieces[i].text, rest = t, label = take_label(&rest), whole, inside;
        /* 市住建局：张三 */
        if (label.n && names_like_unit(label) && role_of(label) == NAME_ANY) {
            add_unit(out, label, &role);
            t = rest;
        }
        whole = t;
        inside = take_brackets(&t);
        if (names_like_unit(t) && inside.n && like_person(inside)) {
            add_unit(out, t, &role); /* 市住建局（张三） */
            add_person(out, inside);
        } else if (names_like_unit(whole) || fold_length(whole) > 4) {
            add_unit(out, whole, &role);
        } else {
            add_person(out, whole);
        }
    }
}
