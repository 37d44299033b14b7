/*
 * ledgers.c: the layouts of the three ledgers: the rectification ledger of an inspection, the
 * hazard ledger, the audit follow-up. See make.c.
 */
#include "make.h"

/* Dates as different hands write them. */
static void put_deadline(struct book *b, int row, int column, int year, int month, int day)
{
    char t[64];
    int last = month == 2 ? 28 : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;

    switch (chance(0, 7)) {
    case 0:
    case 1: snprintf(t, sizeof t, "%d年%d月底前", year, month); break;
    case 2: snprintf(t, sizeof t, "%d.%d.%d", year, month, day); break;
    case 3: snprintf(t, sizeof t, "%d年%d月%d日", year, month, day); break;
    case 4: snprintf(t, sizeof t, "%d-%02d-%02d", year, month, day); break;
    case 5: snprintf(t, sizeof t, "%d年%d月%d日前", year, month, last); break;
    default: put_date(b, row, column, year, month, day); return;
    }
    put(b, row, column, t, b->middle);
}

/* --- the rectification ledger --------------------------------------------------------------- */

enum state { OPEN, UNDER_WAY, NEARLY, DONE, STRUCK_OFF, STATES };

struct finding {
    int section, state;
    char class;
    char category[64], text[TEXT], measure[TEXT], lead[TEXT], assist[TEXT], done[TEXT];
};

static struct finding findings[256];
static int finding_count;
static const char *sections[8];

static void add_findings(void)
{
    static const struct {
        int section;
        char class;
        const char *category, *text, *measure, *lead, *assist, *done;
    } patterns[] = {
#define SECTION(n, name)
#define F(section, class, category, text, measure, lead, assist, done) \
    {section, class, category, text, measure, lead, assist, done},
#include "findings.def"
#undef SECTION
#undef F
    };
    /* Immediate matters are mostly settled by now, long-term ones never quite. */
    static const int immediate[] = {STRUCK_OFF, STRUCK_OFF, DONE, DONE, DONE, NEARLY, OPEN};
    static const int dated[] = {STRUCK_OFF, DONE,      DONE,      NEARLY, NEARLY,
                                OPEN,       UNDER_WAY, UNDER_WAY, OPEN};
    static const int standing[] = {UNDER_WAY, UNDER_WAY, NEARLY, DONE};

#define SECTION(n, name) sections[n] = name;
#define F(section, class, category, text, measure, lead, assist, done)
#include "findings.def"
#undef SECTION
#undef F
    /* The first halves of a section before the second ones, so that likes do not stand together. */
    for (int s = 0; sections[s]; s++)
        for (int half = 0; half < 2; half++)
            for (int i = 0; i < COUNT(patterns); i++) {
                struct finding *f = &findings[finding_count];
                if (patterns[i].section != s)
                    continue;
                f->section = s;
                f->class = patterns[i].class;
                f->state = f->class == 'I'   ? PICK(immediate)
                           : f->class == 'S' ? PICK(standing)
                                             : PICK(dated);
                expand(patterns[i].category, half, f->category);
                expand(patterns[i].text, half, f->text);
                expand(patterns[i].measure, half, f->measure);
                expand(patterns[i].lead, half, f->lead);
                expand(patterns[i].assist, half, f->assist);
                expand(patterns[i].done, half, f->done);
                finding_count++;
            }
}

/* out has room for 2 * TEXT bytes. */
static void write_progress(const struct finding *f, char *out)
{
    static const char *const open[] = {
        "已制定整改方案，待班子会审定。", "责任已分解到股室，尚未取得实质进展。",
        "涉及多个部门，正在协调。", "已召开专题会研究，正在细化措施。", ""};
    static const char *const under_way[] = {
        "完成{40-60}%，按月调度推进。", "已启动实施，预计{11-12}月底前完成。",
        "分两批整改，第一批已完成。", "正在推进，完成约{50-75}%。"};
    static const char *const nearly[] = {"，剩余部分计划{10-11}月底前完成。", "，个别问题待复核。",
                                         "，总体完成{85-95}%。"};
    static const char *const done[] = {"。", "，佐证材料已报送。", "，已申请销号。",
                                       "。\n已建立长效机制。"};
    static const char *const struck[] = {"，{7-9}月{3-27}日现场验收通过。",
                                         "，县委巡察办复核同意销号。", "，经现场核验，同意销号。"};
    char more[TEXT];

    if (f->state == OPEN) {
        strcpy(out, PICK(open));
        return;
    }
    if (f->state == UNDER_WAY) {
        expand(PICK(under_way), 0, out);
        return;
    }
    expand(f->state == NEARLY ? PICK(nearly)
           : f->state == DONE ? PICK(done)
                              : PICK(struck),
           0, more);
    snprintf(out, 2 * TEXT, "%s%s", f->done, more);
}

/* The same state in the words of different hands. */
static const char *status_of(const struct finding *f)
{
    static const char *const open[] = {"未完成", "未完成", "未整改", ""};
    static const char *const under_way[] = {"正在整改", "推进中", "未完成"};
    static const char *const nearly[] = {"基本完成"};
    static const char *const done[] = {"已完成", "已整改", "已完成", "整改到位", "已整改未销号"};
    static const char *const struck[] = {"已销号", "已销号", "同意销号"};

    return f->state == OPEN        ? PICK(open)
           : f->state == UNDER_WAY ? PICK(under_way)
           : f->state == NEARLY    ? PICK(nearly)
           : f->state == DONE      ? PICK(done)
                                   : PICK(struck);
}

static void write_deadline(struct book *b, int row, const struct finding *f)
{
    int done = f->state >= DONE, month = done ? chance(5, 9) : chance(7, 15);

    if (f->class == 'I')
        put(b, row, 8, chance(0, 3) ? "立行立改" : "立行立改，2026年6月底前", b->middle);
    else if (f->class == 'S')
        put(b, row, 8, chance(0, 2) ? "长期坚持" : "2026年12月底前，长期坚持", b->middle);
    else
        put_deadline(b, row, 8, month > 12 ? 2027 : 2026, month > 12 ? month - 12 : month,
                     5 * chance(1, 5));
}

/* A list of units, with the mark between them that one hand prefers. */
static void put_units(struct book *b, int row, int column, const char *list, const char *mark)
{
    char t[2 * TEXT], *o = t;

    while (*list) {
        if (strncmp(list, "、", 3) == 0) {
            o = stpcpy(o, mark);
            list += 3;
        } else {
            *o++ = *list++;
        }
    }
    *o = '\0';
    put(b, row, column, t, b->middle);
}

/* Now and then all units stand together as leading, or all the townships assist. */
static void write_units(struct book *b, int row, const struct finding *f, int n)
{
    static const char *const marks[] = {"、", "；", "\n", "，"};
    const char *mark = PICK(marks);
    char all[2 * TEXT + 8];

    if (n % 23 == 7 && f->assist[0]) {
        snprintf(all, sizeof all, "%s、%s", f->lead, f->assist);
        put_units(b, row, 4, all, mark);
        put(b, row, 5, "", b->middle);
        return;
    }
    put_units(b, row, 4, f->lead, mark);
    put_units(b, row, 5, n % 41 == 5 ? "各乡镇（街道）" : f->assist, mark);
}

void write_rectification(const char *folder)
{
    static const double widths[] = {5, 11, 42, 36, 14, 15, 10, 10, 14, 34, 10, 14};
    static const struct {
        const char *name;
        int from;
    } columns[] = {{"序号", 0},      {"整改措施", 3}, {"牵头单位", 4}, {"配合单位", 5},
                   {"责任领导", 6},  {"责任人", 7},   {"整改时限", 8}, {"整改进展", 9},
                   {"完成情况", 10}, {"备注", 11}};
    static const char *const remarks[] = {"重点关注", "跨年度任务", "需县级统筹资金",
                                          "与上轮巡察反馈问题相近"};
    struct book b = book_open(folder, "rectification.xlsx", "巡察反馈问题整改台账", true);
    int row = 4, section = -1, struck = 0, done = 0;
    char t[2 * TEXT];

    chance_from(20260930);
    add_findings();
    book_sheet(&b, "整改台账", widths, COUNT(widths));
    merge(&b, 0, 0, 0, 11, "青禾县安全生产和民生领域专项巡察反馈问题整改台账", b.title);
    merge(&b, 1, 0, 1, 11, "牵头汇总：县委巡察办                    统计截至：2026年9月30日",
          b.subtitle);
    for (int i = 0; i < COUNT(columns); i++)
        merge(&b, 2, columns[i].from, 3, columns[i].from, columns[i].name, b.header);
    merge(&b, 2, 1, 2, 2, "反馈问题", b.header);
    put(&b, 3, 1, "分类", b.header);
    put(&b, 3, 2, "具体表现", b.header);
    worksheet_set_row(b.sheet, 0, 34, NULL);
    worksheet_freeze_panes(b.sheet, 4, 0);
    worksheet_repeat_rows(b.sheet, 2, 3);
    for (int i = 0; i < finding_count; i++, row++) {
        const struct finding *f = &findings[i];
        if (f->section != section) {
            section = f->section;
            merge(&b, row, 0, row, 11, sections[section], b.section);
            row++;
        }
        struck += f->state == STRUCK_OFF;
        done += f->state == DONE;
        put_number(&b, row, 0, i + 1, b.middle);
        put(&b, row, 1, f->category, b.middle);
        put(&b, row, 2, f->text, b.cell);
        put(&b, row, 3, f->measure, b.cell);
        write_units(&b, row, f, i);
        put(&b, row, 6, person_of(f->lead, 0), b.middle);
        snprintf(t, sizeof t, "%s%s%s", person_of(f->lead, 1), i % 17 == 3 ? "、" : "",
                 i % 17 == 3 ? person_of(f->lead, 2) : "");
        put(&b, row, 7, t, b.middle);
        write_deadline(&b, row, f);
        write_progress(f, t);
        put(&b, row, 9, t, b.cell);
        put(&b, row, 10, status_of(f), b.middle);
        put(&b, row, 11, i % 9 == 4 ? PICK(remarks) : "", b.middle);
    }
    merge(&b, row, 0, row, 1, "合计", b.middle);
    snprintf(t, sizeof t, "%d件", finding_count);
    put(&b, row, 2, t, b.middle);
    snprintf(t, sizeof t, "已销号%d件，已完成整改待销号%d件", struck, done);
    merge(&b, row, 3, row, 11, t, b.middle);
    merge(&b, row + 1, 0, row + 1, 11,
          "注：1.“已完成”“已整改”指责任单位报告整改完成，须经验收方可销号。2."
          "“基本完成”不计入完成数。",
          b.note);
    merge(&b, row + 2, 0, row + 2, 11,
          "填报人：陈雅文          审核人：陆明远          填报日期：2026年9月30日", b.note);
    book_close(&b);
}

/* --- the hazard ledger ---------------------------------------------------------------------- */

static const struct hazard {
    int sheet;
    const char *object, *unit, *part, *text, *level, *measure;
    int funds;
} hazards[] = {
#define PLACE(sheet, object, unit) {sheet, object, unit, NULL, NULL, NULL, NULL, 0},
#define HAZARD(part, text, level, measure, funds) \
    {0, NULL, NULL, part, text, level, measure, funds},
#include "hazards.def"
#undef PLACE
#undef HAZARD
};

static void hazard_header(struct book *b, int row)
{
    static const char *const names[] = {
        "序号",     "排查时间", "排查人",       "检查对象",         "隐患部位",
        "隐患描述", "隐患等级", "整改措施",     "整改资金（万元）", NULL,
        NULL,       "整改期限", "整改完成日期", "销号情况",         "备注"};

    for (int i = 0; i < COUNT(names); i++)
        if (names[i])
            merge(b, row, i, row + 1, i, names[i], b->header);
    merge(b, row, 9, row, 10, "整改责任", b->header);
    put(b, row + 1, 9, "责任单位", b->header);
    put(b, row + 1, 10, "责任人", b->header);
}

static void write_hazard(struct book *b, int row, int number, const struct hazard *place,
                         const struct hazard *h, bool serious)
{
    static const char *const finders[] = {"段永辉、吕倩", "贾世铭", "薛浩锋、曾敏",
                                          "段永辉、贾世铭、吕倩"};
    int month = serious ? chance(5, 7) : chance(5, 9), day = chance(2, 27);
    int state = serious ? 2 * chance(0, 4) : chance(0, 9), later = serious ? 3 : 1;

    put_number(b, row, 0, number, b->middle);
    if (chance(0, 5)) {
        put_date(b, row, 1, 2026, month, day);
    } else {
        char t[32];
        snprintf(t, sizeof t, "2026.%d.%d", month, day);
        put(b, row, 1, t, b->middle);
    }
    put(b, row, 2, PICK(finders), b->middle);
    put(b, row, 4, h->part, b->middle);
    put(b, row, 5, h->text, b->cell);
    if (h->level[0] == '3' && h->level[1] == '\0')
        put_number(b, row, 6, 3, b->middle);
    else
        put(b, row, 6, h->level, b->middle);
    put(b, row, 7, h->measure, b->cell);
    put_number(b, row, 8, h->funds / 10.0, b->middle);
    put(b, row, 9, place->unit, b->middle);
    put(b, row, 10, number % 11 == 6 ? "" : person_of(place->unit, 1), b->middle);
    if (!serious && number % 7 == 2)
        put(b, row, 11, chance(0, 1) ? "立即整改" : "立行立改", b->middle);
    else if (!serious && number % 13 == 4)
        put(b, row, 11, "15日内", b->middle);
    else
        put_deadline(b, row, 11, 2026, month + later, day);
    if (serious && state <= 2)
        put_date(b, row, 12, 2026, month + 2, day);
    else if (state <= 3)
        put_date(b, row, 12, 2026, month + (day > 20), day > 20 ? day - 18 : day + chance(2, 7));
    else
        put(b, row, 12, state == 4 ? "已整改" : "", b->middle);
    put(b, row, 13,
        state <= 2   ? "已销号"
        : state <= 4 ? "整改完成"
        : state <= 5 ? "待验收"
        : state <= 7 ? "整改中"
                     : "",
        b->middle);
    put(b, row, 14, serious ? "挂牌督办" : "", b->middle);
}

void write_hazards(const char *folder)
{
    static const double widths[] = {5, 11, 14, 16, 16, 34, 9, 34, 9, 16, 10, 13, 13, 11, 10};
    static const struct {
        const char *name, *title;
        int header;
    } sheets[] = {{"一般隐患", "青禾县安全生产隐患排查治理台账（一般隐患）", 2},
                  {"重大隐患", "青禾县重大事故隐患挂牌督办台账", 1}};
    struct book b = book_open(folder, "hazards.xlsx", "隐患排查治理台账", true);

    chance_from(20260615);
    for (int s = 0; s < COUNT(sheets); s++) {
        int row = sheets[s].header + 2, number = 0;
        book_sheet(&b, sheets[s].name, widths, COUNT(widths));
        merge(&b, 0, 0, 0, 14, sheets[s].title, b.title);
        if (sheets[s].header > 1)
            merge(&b, 1, 0, 1, 14, "填报单位：县应急管理局（盖章）", b.subtitle);
        hazard_header(&b, sheets[s].header);
        worksheet_freeze_panes(b.sheet, (lxw_row_t)row, 0);
        for (int i = 0; i < COUNT(hazards); i++) {
            const struct hazard *place = &hazards[i];
            int first = row;
            if (place->object == NULL || place->sheet != s)
                continue;
            for (int k = i + 1; k < COUNT(hazards) && hazards[k].part; k++)
                write_hazard(&b, row++, ++number, place, &hazards[k], s == 1);
            /* What was checked stands once for all its rows. */
            if (row - first > 1)
                merge(&b, first, 3, row - 1, 3, place->object, b.middle);
            else
                put(&b, first, 3, place->object, b.middle);
        }
        merge(&b, row, 0, row + 1, 14,
              "填写要求：1.一般隐患分为1级至4级，重大隐患单独填报。2.“销号情况”由检查单位填写。",
              b.note);
    }
    book_close(&b);
}

/* --- the audit follow-up -------------------------------------------------------------------- */

static const char *owner_of(const char *department)
{
#define CITY_STAFF(login, name, unit, roles, title)                     \
    if (strcmp(department, unit) == 0 && strcmp(roles, "liaison") == 0) \
        return name;
#include "office.def"
#undef CITY_STAFF
    return "";
}

void write_audit(const char *folder)
{
    static const double widths[] = {10, 46, 42, 10, 20, 24, 18, 13, 14, 36, 13};
    static const char *const names[] = {"Finding ID",      "Finding",
                                        "Recommendation",  "Risk rating",
                                        "Lead department", "Supporting departments",
                                        "Owner",           "Due date",
                                        "Status",          "Management response",
                                        "Last updated"};
    static const struct {
        const char *text, *recommendation, *risk, *lead, *assist, *response;
    } patterns[] = {
#define A(text, recommendation, risk, lead, assist, response) \
    {text, recommendation, risk, lead, assist, response},
#include "audit.def"
#undef A
    };
    static const char *const states[] = {"In progress", "In progress", "Not started", "Completed",
                                         "Completed",   "Closed",      "Open",        "Resolved"};
    struct book b = book_open(folder, "audit-follow-up.xlsx", "Audit follow-up", false);
    int row = 3;

    chance_from(20260703);
    book_sheet(&b, "Follow-up", widths, COUNT(widths));
    put(&b, 0, 0, "City of Port Averill: audit recommendations follow-up", b.title);
    put(&b, 1, 0, "Internal Audit, status as of 30 September 2026", b.subtitle);
    worksheet_set_row(b.sheet, 0, 24, NULL);
    for (int i = 0; i < COUNT(names); i++)
        put(&b, 2, i, names[i], b.header);
    worksheet_freeze_panes(b.sheet, 3, 0);
    for (int half = 0; half < 2; half++)
        for (int i = 0; i < COUNT(patterns); i++, row++) {
            char t[TEXT];
            int month = chance(6, 14);
            snprintf(t, sizeof t, "%s-%02d", half ? "2025-07" : "2026-02", i + 1);
            put(&b, row, 0, t, b.middle);
            put(&b, row, 1, expand(patterns[i].text, half, t), b.cell);
            put(&b, row, 2, expand(patterns[i].recommendation, half, t), b.cell);
            put(&b, row, 3, patterns[i].risk, b.middle);
            put(&b, row, 5, expand(patterns[i].assist, half, t), b.middle);
            put(&b, row, 4, expand(patterns[i].lead, half, t), b.middle);
            put(&b, row, 6, owner_of(t), b.middle);
            if (chance(0, 4))
                put_date(&b, row, 7, month > 12 ? 2027 : 2026, month > 12 ? month - 12 : month, 15);
            else
                put(&b, row, 7, chance(0, 1) ? "31 December 2026" : "2026-10-31", b.middle);
            put(&b, row, 8, PICK(states), b.middle);
            put(&b, row, 9, patterns[i].response, b.cell);
            put_date(&b, row, 10, 2026, 9, chance(1, 30));
        }
    put(&b, row + 1, 0,
        "Note: \"Completed\" means that management reports completion; Internal Audit verifies "
        "before a recommendation is struck off.",
        b.note);
    book_close(&b);
}
