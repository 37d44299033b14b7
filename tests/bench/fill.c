/*
 * fill.c: makes a ledger with many items in progress, through the ledger itself.
 *
 *     bench_fill FOLDER ITEMS [UNITS]
 *
 * UNITS is a file with unit codes of the ledger in FOLDER, one a line (script/bench imports a tree
 * first). Without it a ledger is made in FOLDER, with 18 districts of 12 offices each. In both
 * cases there are then 64 clerks c01 … c64 and the items B-0001, B-0002 and so on. Prints the
 * items, the seconds that writing them took, and how many that is a second.
 */
#include "filling.h"

enum { CLERKS = 64, DISTRICTS = 18, OFFICES = 12 };

static struct filling f = FILLING;
static struct text *units;
static size_t unit_count;

/* Districts and their offices, as units; only the offices get items. */
static void make_units(void)
{
    static struct unit_line lines[DISTRICTS * (OFFICES + 1)];
    struct command c = {.event = {.kind = EVENT_UNIT_PUT}};
    size_t n = 0;

    units = arena_array(&f.lasting, struct text, DISTRICTS * OFFICES);
    for (int d = 1; d <= DISTRICTS; d++) {
        struct text district = print(&f.lasting, "U%02d", d);
        lines[n++] = (struct unit_line){.code = district, .name = print(&f.lasting, "第%d区", d)};
        for (int o = 1; o <= OFFICES; o++) {
            struct text code = print(&f.lasting, "U%02d%02d", d, o);
            lines[n++] = (struct unit_line){.code = code,
                                            .name = print(&f.lasting, "第%d区第%d办公室", d, o),
                                            .parent = district};
            units[unit_count++] = code;
        }
    }
    c.event.unit_put.units = (struct unit_list){lines, n};
    write_all(&f, &c, 1);
}

static void read_units(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[256];

    units = arena_array(&f.lasting, struct text, 1000000);
    if (file == NULL || units == NULL)
        die("%s cannot be read", path);
    while (fgets(line, sizeof line, file) && unit_count < 1000000) {
        struct text code = text_trim(text_of(line));
        if (code.n)
            units[unit_count++] = arena_text(&f.lasting, code);
    }
    fclose(file);
}

static void make_clerks(void)
{
    static struct person_line lines[CLERKS];
    static struct text role[] = {{"clerk", 5}};
    struct command c[2] = {{.event = {.kind = EVENT_PERSON_PUT}},
                           {.on = T("B"), .event = {.kind = EVENT_CAMPAIGN_PUT}}};

    for (int i = 0; i < CLERKS; i++)
        lines[i] = (struct person_line){.code = print(&f.lasting, "c%02d", i + 1),
                                        .name = print(&f.lasting, "经办%02d", i + 1),
                                        .roles = {role, 1}};
    c[0].event.person_put.people = (struct person_list){lines, CLERKS};
    c[1].event.campaign_put.name = T("性能测试");
    c[1].event.campaign_put.kind = T("finding");
    c[1].event.campaign_put.procedure = T("default");
    write_all(&f, c, 2);
}

static void make_item(struct command *c, int64_t n)
{
    static const char *const places[] = {"农贸市场", "中心小学", "卫生院", "敬老院", "安置小区",
                                         "工业园区", "加油站",   "渡口",   "水库",   "客运站"};
    static const char *const matters[] = {
        "疏散通道被占用，安全出口上锁", "台账记录不全，责任人未签字", "设备超过检验有效期仍在使用",
        "资金拨付滞后，项目未按期开工", "值班人员脱岗，电话无人接听", "群众反映的问题答复不具体"};
    struct item_register_event *d = &c->event.item_register;
    struct task_line *task = arena_array(&f.batch, struct task_line, 1);
    struct text unit = units[chance(&f.state, unit_count)];
    int32_t due = ledger_today(&f.ledger) - 200 + (int32_t)chance(&f.state, 600);

    *c = (struct command){.event = {.kind = EVENT_ITEM_REGISTER}};
    *task = (struct task_line){
        .text = T("立即清理整改，明确责任人，建立日常检查制度，每周检查并签字。"), .due = due};
    d->campaign = T("B");
    d->kind = T("finding");
    d->number = print(&f.batch, "%lld", (long long)n);
    d->text = print(&f.batch, "第%llu号%s检查点%s，涉及%llu处。", (unsigned long long)n,
                    places[chance(&f.state, 10)], matters[chance(&f.state, 6)],
                    (unsigned long long)chance(&f.state, 90) + 2);
    d->category = T("安全生产");
    d->due = due;
    d->found = due - 60;
    d->lead = unit;
    d->tasks = (struct task_list){task, 1};
    d->state = T("in_progress");
    d->row = n + 3;
}

int main(int argc, char **argv)
{
    static struct command commands[BATCH];
    struct env env = env_system();
    struct err err = {0};
    int64_t items;
    double start;

    if (argc < 3 || !text_int(text_of(argv[2]), &items))
        die("bench_fill FOLDER ITEMS [UNITS]");
    if (argc > 3) {
        if (ledger_open(&f.ledger, argv[1], false, &env, &err) != 0)
            fail(&err);
        read_units(argv[3]);
    } else {
        filling_create(&f, argv[1], &env);
        make_units();
    }
    make_clerks();
    start = seconds();
    for (int64_t done = 0; done < items;) {
        size_t count = items - done < BATCH ? (size_t)(items - done) : BATCH;
        for (size_t i = 0; i < count; i++)
            make_item(&commands[i], ++done);
        write_all(&f, commands, count);
    }
    start = seconds() - start;
    printf("%lld %.3f %.0f\n", (long long)items, start, (double)items / start);
    filling_close(&f);
    return 0;
}
