/* lines.c: see lines.h. */
#include "office/import/lines.h"

#include "office/import/fold.h"

enum { KEY = 192 };

static bool is_total(struct text key, bool first_is_text)
{
    static const char *const words[] = {"合计",     "总计",       "小计",  "共计", "累计",
                                        "subtotal", "grandtotal", "total", NULL};
    const char *word = fold_starts(key, words);
    struct text rest;

    if (word == NULL)
        return false;
    rest = text_from(key, strlen(word));
    /* In the problem's own column only when nothing but a number follows. */
    if (!first_is_text)
        return fold_length(rest) <= 12;
    for (size_t i = 0; i < rest.n; i++)
        if (!strchr("0123456789.:()", rest.p[i]))
            return false;
    return true;
}

static bool is_note(struct text key)
{
    static const char *const marked[] = {
        "注:",      "备注:",    "说明:",    "附注:",    "注释:",    "填写要求",
        "填写说明", "填表说明", "填报说明", "填表要求", "填报要求", "编制说明",
        "※",        "note:",    "notes:",   "n.b.",     NULL};

    if (fold_starts(key, marked))
        return true;
    /* 注1：… */
    return text_starts(key, T("注")) && key.n > 4 && key.p[3] >= '1' && key.p[3] <= '9';
}

static bool is_signature(struct text key)
{
    static const char *const words[] = {
        "填报人",     "填表人",         "制表人",     "制表",         "编制人",     "编制单位",
        "制表单位",   "填报单位",       "报送单位",   "审核人",       "审核",       "复核人",
        "审批人",     "签发人",         "签发",       "单位盖章",     "盖章",       "负责人签字",
        "负责人签名", "主要负责人签字", "单位负责人", "负责人",       "签字",       "签名",
        "联系人",     "联系电话",       "填报日期",   "填报时间",     "填表日期",   "制表日期",
        "报送日期",   "日期",           "经办人",     "分管领导签字", "preparedby", "approvedby",
        "reviewedby", "signature",      NULL};
    const char *word;
    struct text rest;

    if (text_starts(key, T("(")))
        key = text_from(key, 1); /* （单位盖章） */
    word = fold_starts(key, words);
    if (word == NULL)
        return false;
    rest = text_from(key, strlen(word));
    /* 审核人员未到岗 is a problem, 审核人：张三 is not. */
    return rest.n == 0 || rest.p[0] == ':' || rest.p[0] == '(' || text_eq(rest, T(")"));
}

/* 1 for 一、 第一部分 第一章, 2 for （一）, 0 for none. */
static int section_level(struct text key)
{
    static const char digits[] = "一二三四五六七八九十";
    struct text rest = key;
    bool bracket = false, ordinal = false;
    int n = 0;

    if (text_starts(rest, T("("))) {
        bracket = true;
        rest = text_from(rest, 1);
    } else if (text_starts(rest, T("第"))) {
        ordinal = true;
        rest = text_from(rest, 3);
    }
    while (rest.n >= 3 && n < 3) {
        ptrdiff_t at = text_find(text_of(digits), text_head(rest, 3));
        if (at < 0 || at % 3)
            break;
        rest = text_from(rest, 3);
        n++;
    }
    if (n == 0)
        return 0;
    if (bracket)
        return text_starts(rest, T(")")) ? 2 : 0;
    if (ordinal)
        return text_starts(rest, T("部分")) || text_starts(rest, T("章")) ||
                       text_starts(rest, T("类")) || text_starts(rest, T("方面"))
                   ? 1
                   : 0;
    return text_starts(rest, T("、")) || text_starts(rest, T(".")) || text_starts(rest, T(",")) ? 1
                                                                                                : 0;
}

/* The number that a cell of a numbering line holds: 3, （3）, ③; 0 for anything else. */
static int numbering_of(const struct cell *c)
{
    char key[16];
    struct text k;
    int64_t v;

    if (c->text.n > 12)
        return 0;
    k = fold(c->text, FOLD_PLAIN, key, sizeof key);
    if (text_int(k, &v) && v > 0 && v < 1000)
        return (int)v;
    if (k.n == 3 && memcmp(k.p, "①", 2) == 0 && (unsigned char)k.p[2] >= 0xa0 &&
        (unsigned char)k.p[2] <= 0xb3)
        return (unsigned char)k.p[2] - 0xa0 + 1;
    return 0;
}

static bool is_numbering(const struct row *row)
{
    int n = 0, last = 0;

    for (size_t i = 0; i < row->count; i++) {
        struct text t = fold_trim(row->cells[i].text);
        int v;
        if (t.n == 0)
            continue;
        if (n == 0 && (text_eq(t, T("栏次")) || text_eq(t, T("甲"))))
            continue;
        v = numbering_of(&row->cells[i]);
        if (v == 0 || (n && v != last + 1) || (n == 0 && v > 2))
            return false;
        last = v;
        n++;
    }
    return n >= 3;
}

enum line_kind line_read(const struct row *row, const struct line_context *context)
{
    static const char *const examples[] = {"例",   "示例",   "样例",    "范例",
                                           "(例)", "(示例)", "example", NULL};
    const struct cell *first = NULL;
    size_t filled = 0, formulas = 0;
    bool number = false, text = context->text_carried, first_is_text;
    struct text t, key;
    char bytes[KEY];
    int level;

    for (size_t i = 0; i < row->count; i++) {
        const struct cell *c = &row->cells[i];
        if (fold_is_blank(c->text))
            continue;
        if (first == NULL)
            first = c;
        filled++;
        number = number || c->column == context->number_column;
        text = text || c->column == context->text_column;
        formulas += c->formula;
    }
    if (first == NULL)
        return LINE_BLANK;
    if (!text && formulas == filled)
        return LINE_ONLY_FORMULAS;
    t = fold_trim(first->text);
    if (first->column == context->number_column && t.p[0] >= '0' && t.p[0] <= '9' && text)
        return filled >= 3 && is_numbering(row) ? LINE_NUMBERING : LINE_ITEM;
    if (!text && number && filled == formulas + !first->formula &&
        first->column == context->number_column && numbering_of(first))
        return LINE_ONLY_NUMBER;
    if (is_numbering(row))
        return LINE_NUMBERING;
    first_is_text = first->column == context->text_column;
    key = fold(text_head(t, KEY), FOLD_PUNCT, bytes, sizeof bytes);
    if (is_total(key, first_is_text))
        return LINE_TOTAL;
    if (fold_is(key, examples))
        return LINE_NOTE;
    if (is_note(key) && (context->width >= 3 || filled == 1 || !text))
        return LINE_NOTE;
    if (is_signature(key) && first->kind == CELL_TEXT)
        return LINE_SIGNATURE;
    if (filled > 1 || first->kind != CELL_TEXT || context->text_carried)
        return LINE_ITEM;
    /* One cell alone. */
    level = section_level(key);
    if (context->width * 2 >= context->table_columns && context->width >= 2) {
        if (level == 0 && (fold_length(t) > 40 || text_has(t, T("。"))))
            return LINE_NOTE;
        return level == 2 ? LINE_SUBSECTION : LINE_SECTION;
    }
    if (first_is_text && (level == 0 || context->number_column == LINE_NO_COLUMN ||
                          fold_length(t) > 30 || text_has(t, T("。"))))
        return LINE_ITEM;
    /* Behind the problem's column it is something that lost its row. */
    if (context->text_column != LINE_NO_COLUMN && first->column > context->text_column)
        return LINE_ITEM;
    /* A table's first column may hold anything; what is no problem and has nothing beside it is
     * a heading. */
    if (level == 0 && fold_length(t) > 30)
        return LINE_NOTE;
    return level == 2 ? LINE_SUBSECTION : LINE_SECTION;
}
