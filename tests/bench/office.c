/*
 * office.c: makes a ledger of the size and the shape of a whole country's, through the ledger
 * itself, for what is measured of the web workplace.
 *
 *     bench_office FOLDER ITEMS
 *
 * Units in four levels: 31 provinces, 342 cities, 2,978 counties, 41,352 townships, with made
 * names. Six campaigns, deadlines over two years, states as a running ledger has them, one to three
 * tasks an item, reports on some. Three people look at it:
 *
 *     leader    sees everything
 *     clerk     sees one city, which one item in a hundred falls to, besides its share
 *     liaison   sees one township of that city, which takes one in fifty of those
 *
 * Prints the items, the seconds that writing them took, and how many that is a second.
 */
#include "filling.h"

enum { LEVELS = 4, LINES = 300, CAMPAIGNS = 6, CITY = 171 };

static const size_t counts[LEVELS] = {31, 342, 2978, 41352};

static struct filling f = FILLING;
static struct text *codes[LEVELS]; /* of the units */
static struct text *persons;       /* one for each county */
static int64_t serials[CAMPAIGNS]; /* the last that each campaign gave */

/* The first of the units of `level` + 1 that stand below unit i: they are spread evenly. */
static size_t below(int level, size_t i)
{
    return (i * counts[level + 1] + counts[level] - 1) / counts[level];
}

static size_t above(int level, size_t i)
{
    return i * counts[level - 1] / counts[level];
}

static uint64_t pick(uint64_t among)
{
    return chance(&f.state, among);
}

#define ANY(list) ((list)[pick(sizeof(list) / sizeof(list)[0])])

static struct text made_name(int level)
{
    static const char *const first[] = {"安", "宝", "常", "德", "东", "丰", "高", "广", "海", "和",
                                        "华", "嘉", "江", "金", "静", "昆", "兰", "临", "龙", "明"};
    static const char *const second[] = {"安", "城", "川", "都", "丰", "岗", "河",
                                         "湖", "江", "口", "林", "岭", "门", "南",
                                         "宁", "平", "浦", "山", "阳", "州"};
    static const char *const towns[] = {"镇", "乡", "街道"};
    static const char *const endings[] = {"省", "市", "县"};

    return print(&f.batch, "%s%s%s%s", ANY(first), ANY(second), level == 3 ? ANY(second) : "",
                 level == 3 ? ANY(towns) : endings[level]);
}

static void make_units(int level)
{
    static struct unit_line lines[LINES];
    size_t n = 0;

    codes[level] = arena_array(&f.lasting, struct text, counts[level]);
    if (codes[level] == NULL)
        die("no memory for the units");
    for (size_t i = 0; i < counts[level]; i++) {
        size_t parent = level ? above(level, i) : 0;
        struct text over = level ? codes[level - 1][parent] : T("");
        size_t number = level ? i - below(level - 1, parent) + 1 : i + 11;
        codes[level][i] = print(&f.lasting, "%.*s%0*zu", (int)over.n, over.n ? over.p : "",
                                level == 3 ? 3 : 2, number);
        lines[n++] =
            (struct unit_line){.code = codes[level][i], .name = made_name(level), .parent = over};
        if (n == LINES || i + 1 == counts[level]) {
            struct command c = {.event = {.kind = EVENT_UNIT_PUT}};
            c.event.unit_put.units = (struct unit_list){lines, n};
            write_all(&f, &c, 1);
            n = 0;
        }
    }
}

/* Townships [*from, *until) below a city. */
static void towns_of(size_t city, size_t *from, size_t *until)
{
    *from = below(2, below(1, city));
    *until = below(2, below(1, city + 1));
}

static struct text name_of_person(void)
{
    static const char *const surnames[] = {"赵", "钱", "孙", "李", "周",
                                           "吴", "郑", "王", "冯", "陈"};
    static const char *const given[] = {"正林", "海燕", "国栋", "秀兰", "建平",
                                        "思源", "文斌", "丽娟", "志强", "雅婷"};

    return print(&f.batch, "%s%s", ANY(surnames), ANY(given));
}

static void put_people(struct person_line *lines, size_t n)
{
    struct command c = {.event = {.kind = EVENT_PERSON_PUT}};

    c.event.person_put.people = (struct person_list){lines, n};
    write_all(&f, &c, 1);
}

static void make_people(void)
{
    static struct person_line lines[LINES];
    static struct text held[] = {
        {"responsible-leader", 18}, {"leader", 6}, {"clerk", 5}, {"liaison", 7}};
    struct scope_line city = {.unit = codes[1][CITY]};
    size_t from, until, n = 0;

    towns_of(CITY, &from, &until);
    persons = arena_array(&f.lasting, struct text, counts[2]);
    if (persons == NULL)
        die("no memory for the people");
    for (size_t i = 0; i < counts[2]; i++) {
        persons[i] = print(&f.lasting, "r%04zu", i);
        lines[n++] = (struct person_line){
            .code = persons[i], .name = name_of_person(), .unit = codes[2][i], .roles = {held, 1}};
        if (n == LINES || i + 1 == counts[2]) {
            put_people(lines, n);
            n = 0;
        }
    }
    lines[n++] =
        (struct person_line){.code = T("leader"), .name = T("郑正林"), .roles = {&held[1], 1}};
    lines[n++] = (struct person_line){.code = T("clerk"),
                                      .name = T("钱海燕"),
                                      .unit = codes[1][CITY],
                                      .roles = {&held[2], 1},
                                      .scopes = {&city, 1}};
    lines[n++] = (struct person_line){
        .code = T("liaison"), .name = T("孙秀兰"), .unit = codes[3][from], .roles = {&held[3], 1}};
    put_people(lines, n);
}

static const struct {
    const char *code, *name, *kind, *category;
} campaigns[CAMPAIGNS] = {
    {"AQ", "安全生产大检查", "finding", "安全生产"},
    {"XF", "消防隐患排查整治", "hazard", "消防安全"},
    {"HB", "生态环境督察整改", "finding", "生态环境"},
    {"XC", "巡察反馈问题整改", "finding", "作风建设"},
    {"XD", "信访事项办理", "complaint", "民生保障"},
    {"DC", "重点工作督查", "decision", "重点工作"},
};

static void make_campaigns(void)
{
    static struct command c[CAMPAIGNS];

    for (int i = 0; i < CAMPAIGNS; i++) {
        c[i].on = text_of(campaigns[i].code);
        c[i].event.kind = EVENT_CAMPAIGN_PUT;
        c[i].event.campaign_put.name = text_of(campaigns[i].name);
        c[i].event.campaign_put.kind = text_of(campaigns[i].kind);
        c[i].event.campaign_put.procedure = T("default");
    }
    write_all(&f, c, CAMPAIGNS);
}

/* A township, a county or a city: which one leads. *county is its own, or one of the city's. */
static struct text pick_unit(size_t *county)
{
    size_t from, until, town = pick(counts[3]);

    if (pick(100) == 0) {
        towns_of(CITY, &from, &until);
        town = pick(50) == 0 ? from : from + pick(until - from);
    }
    *county = above(3, town);
    switch (pick(20)) {
    case 0: return codes[1][above(2, *county)];
    case 1:
    case 2:
    case 3: return codes[2][*county];
    default: return codes[3][town];
    }
}

/* As it stands in a running ledger: what was due is mostly struck off, what is to come is not. */
static struct text pick_state(bool past)
{
    static const char *const open[] = {"registered",  "assigned",   "accepted",    "planned",
                                       "applied",     "verified",   "in_progress", "in_progress",
                                       "in_progress", "in_progress"};

    if (pick(100) < (past ? 85 : 10))
        return pick(20) ? T("struck_off") : T("standing");
    return text_of(ANY(open));
}

static void make_item(struct command *c, int64_t n)
{
    static const char *const places[] = {"农贸市场", "中心小学", "卫生院", "敬老院", "安置小区",
                                         "工业园区", "加油站",   "渡口",   "水库",   "客运站"};
    static const char *const matters[] = {
        "疏散通道被占用，安全出口上锁", "台账记录不全，责任人未签字",
        "设备超过检验有效期仍在使用",   "资金拨付滞后，项目未按期开工",
        "值班人员脱岗，电话无人接听",   "群众反映的问题答复不具体",
        "消防设施损坏，喷淋管网无水",   "污水直排河道，在线监测不正常",
        "电气线路私拉乱接，未穿管保护", "建筑垃圾堆放占道，久未清运"};
    static const char *const causes[] = {
        "检查发现，主要是日常巡查流于形式，发现问题没有及时上报；",
        "经核实，问题此前已经指出，整改后又有反复，长效机制没有建立；",
        "据群众反映并现场查看，责任分工不清，相关部门之间互相等待；"};
    static const char *const orders[] = {
        "要求立即停用并设置警示标志，限期完成整改，举一反三开展排查。",
        "责成牵头单位制定方案，明确责任人和完成时限，按月报送进展情况。",
        "由属地组织复核，整改前后拍照留存，完成后书面申请验收。"};
    static const char *const measures[] = {
        "立即清理现场，划定禁停区，设置标识，明确专人每周检查并签字。",
        "补齐台账资料，组织培训一次，按月抽查，结果纳入年度考核。",
        "委托有资质的单位检测维修，合格前不得启用，费用列入本年预算。"};
    struct item_register_event *d = &c->event.item_register;
    size_t campaign = pick(CAMPAIGNS), county, tasks = 1 + pick(3);
    struct task_line *lines = arena_array(&f.batch, struct task_line, tasks);
    struct text *assist = arena_array(&f.batch, struct text, 1);
    const char *place = ANY(places), *matter = ANY(matters);
    int32_t today = ledger_today(&f.ledger), due = today - 365 + (int32_t)pick(730);

    *c = (struct command){.event = {.kind = EVENT_ITEM_REGISTER}};
    if (lines == NULL || assist == NULL)
        die("no memory for an item");
    serials[campaign]++;
    d->campaign = text_of(campaigns[campaign].code);
    d->kind = text_of(campaigns[campaign].kind);
    d->category = text_of(campaigns[campaign].category);
    d->lead = pick_unit(&county);
    d->person = persons[county];
    d->number = print(&f.batch, "%lld", (long long)n);
    d->title = print(&f.batch, "第%lld号%s%s", (long long)n, place, matter);
    d->text = print(&f.batch, "第%lld号检查点（%s）%s，涉及%llu处。%s%s", (long long)n, place,
                    matter, (unsigned long long)pick(90) + 2, ANY(causes), ANY(orders));
    d->place = text_of(place);
    d->due = due;
    d->found = due - 30 - (int32_t)pick(120);
    d->state = pick_state(due < today);
    d->row = n + 3;
    if (pick(3) == 0) {
        assist[0] = codes[2][county];
        d->assist = (struct texts){assist, 1};
    }
    for (size_t i = 0; i < tasks; i++)
        lines[i] = (struct task_line){.text = text_of(ANY(measures)),
                                      .due = due - 7 * (int32_t)i,
                                      .done = text_eq(d->state, T("struck_off"))};
    d->tasks = (struct task_list){lines, tasks};
}

/* A report on the item that the command before this one registers. */
static void make_report(struct command *c, const struct command *registered)
{
    const struct item_register_event *d = &registered->event.item_register;

    *c = (struct command){.event = {.kind = EVENT_ITEM_REPORT}};
    for (int i = 0; i < CAMPAIGNS; i++)
        if (text_eq(d->campaign, text_of(campaigns[i].code)))
            c->on = print(&f.batch, "%s-%04lld", campaigns[i].code, (long long)serials[i]);
    c->event.item_report.percent = 10 * (int64_t)pick(10);
    c->event.item_report.text =
        print(&f.batch,
              "已完成现场整改%llu处，更换器材并划定禁停区，责任人每周检查签字，其余按方案推进。",
              (unsigned long long)pick(40) + 1);
}

int main(int argc, char **argv)
{
    static struct command commands[BATCH];
    struct env env = env_system();
    int64_t items;
    double start;

    if (argc != 3 || !text_int(text_of(argv[2]), &items))
        die("bench_office FOLDER ITEMS");
    filling_create(&f, argv[1], &env);
    for (int level = 0; level < LEVELS; level++)
        make_units(level);
    make_people();
    make_campaigns();
    start = seconds();
    for (int64_t done = 0; done < items;) {
        size_t n = 0;
        while (n + 1 < BATCH && done < items) {
            make_item(&commands[n++], ++done);
            if (text_eq(commands[n - 1].event.item_register.state, T("in_progress")) &&
                pick(20) == 0) {
                make_report(&commands[n], &commands[n - 1]);
                n++;
            }
        }
        write_all(&f, commands, n);
    }
    start = seconds() - start;
    filling_close(&f);
    printf("%lld %.3f %.0f\n", (long long)items, start, (double)items / start);
    return 0;
}
