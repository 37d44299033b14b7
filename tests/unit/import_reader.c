/* Whole sheets, as offices keep them: what becomes an item, what is doubted, what is left out. All
 * content is invented. */
#include "import_sheet.h"

struct sheet_case {
    const char *what;
    struct test_sheet sheet;
    const char *maps, *drafts, *doubts, *rejects; /* NULL: not looked at */
};

static void compare(const char *what, const char *part, const struct buf *got, const char *expected)
{
    struct buf copy = BUF(1 << 20);

    if (expected == NULL)
        return;
    buf_text(&copy, buf_view(got));
    if (strcmp(buf_cstr(&copy), expected))
        print_error("--- %s, %s:\n%s--- expected:\n%s", what, part, buf_cstr(&copy), expected);
    assert_string_equal(buf_cstr(&copy), expected);
    buf_release(&copy);
}

static void check(enum import_kind kind, const struct sheet_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct sheet_case *c = &cases[i];
        struct record r = sheets_read(kind, &c->sheet, 1, NULL);
        compare(c->what, "maps", &r.maps, c->maps);
        compare(c->what, "drafts", &r.drafts, c->drafts);
        compare(c->what, "doubts", &r.doubts, c->doubts);
        compare(c->what, "rejects", &r.rejects, c->rejects);
        record_release(&r);
    }
}

static void headers(void **state)
{
    static const struct sheet_case cases[] = {
        {"a plain header",
         {"台账", "序号|问题描述|责任单位|整改时限\n1|甲|北湖公司|2026.7.2\n"},
         "台账 1-1 A:number B:text C:lead D:deadline\n",
         "1"},
        {"title, empty rows and a line of facts above",
         {"台账",
          "2026年安全隐患问题整改台账\n\n填报单位：北湖公司|||日期：2026年7月1日\n"
          "序号|问题描述|责任单位|整改时限\n1|甲甲|北湖公司|2026.7.2\n",
          "A1:D1"},
         "台账 4-4 A:number B:text C:lead D:deadline\n"},
        {"vertical merges and a group",
         {"台账",
          "序号|问题描述|责任单位||整改时限\n\n||建设|施工|\n1|甲甲|北湖公司|南塘公司|2026.7.2\n",
          "A1:A3 B1:B3 C1:D2 E1:E3"},
         "台账 1-3 A:number B:text C:lead D:lead E:deadline\n",
         "4: no=1 text=甲甲 lead=北湖公司(建设),南塘公司(施工) due=2026-07-02\n"},
        {"a group without merges, as CSV has it",
         {"",
          "序号|问题描述|责任单位||整改时限\n||建设|施工|\n1|甲甲|北湖公司|南塘公司|2026.7.2\n"},
         " 1-2 A:number B:text C:lead D:lead E:deadline\n",
         "3: no=1 text=甲甲 lead=北湖公司(建设),南塘公司(施工) due=2026-07-02\n"},
        {"groups above",
         {"台账",
          "序号|基本情况||整改情况||\n|问题描述|隐患等级|措施|责任人|期限\n1|甲甲|3级|拆除|甲一|"
          "2026.7.2\n",
          "A1:A2 B1:C1 D1:F1"},
         "台账 1-2 A:number B:text C:level D:measure E:person F:deadline\n"},
        {"a name under a group",
         {"台账",
          "序号|问题描述|整改责任人||整改时限\n||姓名|电话|\n1|甲甲|甲一|13900000000|7月2日\n",
          "A1:A2 B1:B2 C1:D1 E1:E2"},
         "台账 1-2 A:number B:text C:person D:contact_phone E:deadline\n"},
        {"brackets and units of measure",
         {"台账", "序号|隐患描述（含照片）|投入资金（万元）|整改要求(措施)\n1|甲甲|1.5|拆除\n"},
         "台账 1-1 A:number B:text C:funds D:measure\n"},
        {"完成时间 beside a deadline and alone",
         {"台账", "序号|问题|整改时限|完成时间\n1|甲甲|2026.7.2|2026.7.1\n"},
         "台账 1-1 A:number B:text C:deadline D:completed\n"},
        {"完成时间 alone",
         {"台账", "序号|问题|完成时间\n1|甲甲|2026.7.2\n"},
         "台账 1-1 A:number B:text C:deadline\n",
         "2: no=1 text=甲甲 due=2026-07-02\n",
         "C COLUMN_AMBIGUOUS word=deadline\n"},
        {"counts and questions are no problems",
         {"统计", "单位|问题数|已销号数|销号率\n北湖公司|3|2|66\n"},
         "统计 skipped\n",
         ""},
        {"two measures, several leaders",
         {"台账",
          "序号|具体表现|整改措施|整改要求|责任领导|分管领导\n1|甲甲|拆除|限期|甲一|乙二\n"},
         "台账 1-1 A:number B:text C:measure D:measure E:leader F:leader\n"},
        {"complaints: the originator's columns",
         {"信访",
          "受理编号|信访人|联系电话|身份证号|地址|诉求内容\nX1|甲一|13900000000|110101199001011234|"
          "北湖路1号|噪声\n"},
         "信访 1-1 A:number B:originator C:originator_phone D:originator_identity "
         "E:originator_address F:text\n"},
        {"hazards: a telephone is the contact's, an address the place",
         {"台账", "序号|隐患描述|地址|联系人|联系电话\n1|甲甲|北湖路1号|甲一|13900000000\n"},
         "台账 1-1 A:number B:text C:place D:contact E:contact_phone\n"},
        {"FedRAMP",
         {"Open", "POAM ID|Controls|Weakness Name|Weakness Description|Asset Identifier|"
                  "Point of Contact|Original Detection Date|Scheduled Completion Date|"
                  "Status Date|Original Risk Rating|Adjusted Risk Rating\n"},
         "Open 1-1 A:number B:basis C:title D:text E:object F:person G:found H:deadline I:other "
         "J:level K:other\n"},
        {"boston311",
         {"", "case_enquiry_id|open_dt|target_dt|closed_dt|ontime|case_status|"
              "closure_reason|case_title|department|location|source\n"},
         " 1-1 A:number B:found C:deadline D:completed E:verdict F:status G:progress H:title "
         "I:lead J:place K:source\n"},
        {"no table",
         {"封面", "安全隐患整改台账\n北湖公司\n2026年7月\n"},
         "封面 skipped\n",
         "",
         " SHEET_SKIPPED\n"},
        {"an empty sheet", {"Sheet3", ""}, "Sheet3 skipped\n", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sheet_case c = cases[i];
        if (c.drafts && strcmp(c.drafts, "1") == 0)
            c.drafts = NULL;
        check(IMPORT_FINDINGS, &c, 1);
    }
}

static void a_header_in_row_20_and_not_in_row_21(void **state)
{
    struct buf b = BUF(1 << 16);
    struct test_sheet sheet = {.name = "台账"};
    struct record r;

    (void)state;
    for (int i = 0; i < 19; i++)
        buf_str(&b, "说明文字\n");
    buf_str(&b, "序号|问题描述|责任单位\n1|甲甲|北湖公司\n");
    sheet.cells = buf_cstr(&b);
    r = sheets_read(IMPORT_FINDINGS, &sheet, 1, NULL);
    compare("row 20", "maps", &r.maps, "台账 20-20 A:number B:text C:lead\n");
    assert_int_equal(r.draft_count, 1);
    record_release(&r);
    buf_clear(&b);
    for (int i = 0; i < 20; i++)
        buf_str(&b, "说明文字\n");
    buf_str(&b, "序号|问题描述|责任单位\n1|甲甲|北湖公司\n");
    sheet.cells = buf_cstr(&b);
    r = sheets_read(IMPORT_FINDINGS, &sheet, 1, NULL);
    compare("row 21", "maps", &r.maps, "台账 skipped\n");
    record_release(&r);
    buf_release(&b);
}

#define HEAD "序号|问题描述|整改措施|责任单位|责任人|整改时限|完成情况\n"

static void lines_that_are_no_items(void **state)
{
    static const struct sheet_case cases[] = {
        {"numbering, sections, totals, notes, signatures",
         {"台账",
          HEAD "1|2|3|4|5|6|7\n"
               "一、安全管理方面\n"
               "1|未设护栏|补设|北湖公司|甲一|2026.7.2|已整改\n"
               "（一）用电\n"
               "2|一闸多机|改接|北湖公司|甲一|2026.7.2|未完成\n"
               "二、消防方面\n"
               "3|通道堵塞|清理|南塘公司|乙二|2026.7.2|已销号\n"
               "合计|3件\n"
               "注：本表按月更新。\n"
               "填报人：甲一|||审核人：乙二|||联系电话：13900000000\n",
          "A3:G3 A5:G5 A7:G7 A10:G10"},
         NULL,
         "4: no=1 text=未设护栏 section=一、安全管理方面 lead=北湖公司 people=甲一 due=2026-07-02 "
         "claim=4\n  task 4: measure=补设\n"
         "6: no=2 text=一闸多机 section=一、安全管理方面 sub=（一）用电 lead=北湖公司 people=甲一 "
         "due=2026-07-02 claim=1\n  task 6: measure=改接\n"
         "8: no=3 text=通道堵塞 section=二、消防方面 lead=南塘公司 people=乙二 due=2026-07-02 "
         "claim=5\n  task 8: measure=清理\n",
         "2 NUMBERING cell=1\n3 SECTION cell=一、安全管理方面\n"
         "4G STATUS_PUT_RIGHT cell=已整改 word=put right, to be verified\n5 SECTION "
         "cell=（一）用电\n"
         "7 SECTION cell=二、消防方面\n8G STATUS_STRUCK_OFF cell=已销号 word=struck off\n"
         "9 TOTAL cell=合计\n10 FOOTNOTE cell=注：本表按月更新。\n11 SIGNATURE\n",
         ""},
        {"a printed header and title again, prepared numbers, formulas",
         {"台账",
          "隐患台账\n" HEAD "1|未设护栏|补设|北湖公司|甲一|2026.7.2|已整改\n"
          "隐患台账\n" HEAD "2|一闸多机|改接|北湖公司|甲一|2026.7.2|未完成\n"
          "3\n4\n5\n|||||=2026-07-02|\n",
          "A1:G1 A4:G4"},
         NULL,
         "3: no=1 text=未设护栏 lead=北湖公司 people=甲一 due=2026-07-02 claim=4\n"
         "  task 3: measure=补设\n"
         "6: no=2 text=一闸多机 lead=北湖公司 people=甲一 due=2026-07-02 claim=1\n"
         "  task 6: measure=改接\n",
         "1 ABOVE_HEADER cell=隐患台账\n"
         "3G STATUS_PUT_RIGHT cell=已整改 word=put right, to be verified\n4 REPEATED_HEADER "
         "cell=隐患台账\n"
         "5 REPEATED_HEADER cell=序号\n7-9 ONLY_NUMBER\n10-10 ONLY_FORMULAS\n",
         ""},
        {"words of such lines inside problems",
         {"台账", HEAD "1|合计3处消火栓缺失|补设|北湖公司|甲一|2026.7.2|未完成\n"
                       "2|审核人员未到岗|到岗|北湖公司|甲一|2026.7.2|未完成\n"
                       "3|注水管道渗漏|更换|北湖公司|甲一|2026.7.2|未完成\n"
                       "|一、二层楼梯间堆物|清理|北湖公司|甲一|2026.7.2|未完成\n"},
         NULL,
         "2: no=1 text=合计3处消火栓缺失 lead=北湖公司 people=甲一 due=2026-07-02 claim=1\n"
         "  task 2: measure=补设\n"
         "3: no=2 text=审核人员未到岗 lead=北湖公司 people=甲一 due=2026-07-02 claim=1\n"
         "  task 3: measure=到岗\n"
         "4: no=3 text=注水管道渗漏 lead=北湖公司 people=甲一 due=2026-07-02 claim=1\n"
         "  task 4: measure=更换\n"
         "5: text=一、二层楼梯间堆物 lead=北湖公司 people=甲一 due=2026-07-02 claim=1\n"
         "  task 5: measure=清理\n",
         "",
         ""},
        {"hidden rows are items; rows without a problem are rejected",
         {"台账", HEAD "~1|未设护栏|补设|北湖公司|甲一|2026.7.2|未完成\n"
                       "2||补设|北湖公司|甲一|2026.7.2|未完成\n"
                       "||再补设\n"},
         NULL,
         "2: no=1 text=未设护栏 lead=北湖公司 people=甲一 due=2026-07-02 claim=1\n"
         "  task 2: measure=补设\n",
         NULL,
         "3+1 NO_TEXT\n4+1 NO_TEXT\n"},
        {"another table below",
         {"台账", HEAD "1|未设护栏|补设|北湖公司|甲一|2026.7.2|未完成\n\n"
                       "编号|隐患描述|整改期限|牵头单位\n7|通道堵塞|2026.8.1|南塘公司\n"},
         NULL,
         "2: no=1 text=未设护栏 lead=北湖公司 people=甲一 due=2026-07-02 claim=1\n"
         "  task 2: measure=补设\n"
         "5: no=7 text=通道堵塞 lead=南塘公司 due=2026-08-01\n",
         "4 SECOND_TABLE cell=编号\n",
         ""},
        {"an example row, and rows whose words are headers' words",
         {"台账", "类别|问题描述|责任单位\n示例|某处未设护栏|某单位\n隐患|一闸多机|北湖公司\n"
                  "问题|通道堵塞|南塘公司\n"},
         NULL,
         "3: text=一闸多机 category=隐患 lead=北湖公司\n4: text=通道堵塞 category=问题 "
         "lead=南塘公司\n",
         "2 FOOTNOTE cell=示例\n",
         ""},
        {"lines that explain the columns",
         {"Open", "ID|Weakness Description|Original Detection Date|Scheduled Completion Date\n"
                  "Unique id|What is weak|Date it was found|Date of completion\n"
                  "Text|Text|Date|Date\nV-1|Open port|2026-05-05|2026-08-03\n"},
         NULL,
         "4: no=V-1 text=Open port found=2026-05-05 due=2026-08-03\n",
         "2 EXPLANATION cell=Unique id\n3 EXPLANATION cell=Text\n",
         ""},
    };

    (void)state;
    check(IMPORT_FINDINGS, cases, sizeof cases / sizeof *cases);
}

static void merged_rows(void **state)
{
    static const struct sheet_case cases[] = {
        {"number and problem over three rows, a measure each",
         {"台账",
          HEAD "1|制度不健全|修订制度|北湖公司|甲一|2026.7.2|已完成\n"
               "||组织培训|南塘公司|乙二|2026.8.1|未完成\n"
               "||开展检查||丙三|2026.9.1|\n"
               "2|一闸多机|改接|北湖公司|甲一|2026.7.2|未完成\n",
          "A2:A4 B2:B4 D3:D4"},
         NULL,
         "2-4: no=1 text=制度不健全 lead=北湖公司 people=甲一 due=2026-07-02 claim=1\n"
         "  task 2: measure=修订制度 lead=北湖公司 people=甲一 due=2026-07-02 claim=4\n"
         "  task 3: measure=组织培训 lead=南塘公司 people=乙二 due=2026-08-01 claim=1\n"
         "  task 4: measure=开展检查 lead=南塘公司 people=丙三 due=2026-09-01\n"
         "5: no=2 text=一闸多机 lead=北湖公司 people=甲一 due=2026-07-02 claim=1\n"
         "  task 5: measure=改接\n",
         "2-4A MERGED cell=1 taken=1\n2-4B MERGED cell=制度不健全 taken=制度不健全\n"
         "2G STATUS_PUT_RIGHT cell=已完成 word=put right, to be verified\n"
         "3-4D MERGED cell=南塘公司 taken=南塘公司\n2-4 MERGED_ITEM taken=3\n",
         ""},
        {"a unit over several items",
         {"台账", HEAD "1|未设护栏|补设|北湖公司|甲一|2026.7.2|未完成\n2|一闸多机|改接||||未完成\n",
          "D2:D3 E2:E3 F2:F3"},
         NULL,
         "2: no=1 text=未设护栏 lead=北湖公司 people=甲一 due=2026-07-02 claim=1\n"
         "  task 2: measure=补设\n"
         "3: no=2 text=一闸多机 lead=北湖公司 people=甲一 due=2026-07-02 claim=1\n"
         "  task 3: measure=改接\n",
         NULL,
         ""},
        {"only the number merged, a problem each",
         {"台账", "序号|问题描述|责任单位\n1|未设护栏|北湖公司\n|一闸多机|南塘公司\n", "A2:A3"},
         NULL,
         "2: no=1 text=未设护栏 lead=北湖公司\n3: no=1 text=一闸多机 lead=南塘公司\n",
         NULL,
         ""},
        {"the problem merged, a number each",
         {"台账", "序号|问题描述|责任单位\n1|未设护栏|北湖公司\n2||南塘公司\n", "B2:B3"},
         NULL,
         "2: no=1 text=未设护栏 lead=北湖公司\n3: no=2 text=未设护栏 lead=南塘公司\n",
         NULL,
         ""},
        {"blanks without a merge are not filled",
         {"台账", HEAD "1|未设护栏|补设|北湖公司|甲一|2026.7.2|未完成\n"
                       "2|一闸多机|改接||||未完成\n"},
         NULL,
         "2: no=1 text=未设护栏 lead=北湖公司 people=甲一 due=2026-07-02 claim=1\n"
         "  task 2: measure=补设\n"
         "3: no=2 text=一闸多机 claim=1\n  task 3: measure=改接\n",
         "3D EMPTY_CELL\n3E EMPTY_CELL\n3F EMPTY_CELL\n",
         ""},
        {"a merged item that ends the sheet",
         {"台账", "序号|问题描述|整改措施\n1|未设护栏|补设\n||检查\n", "A2:A3 B2:B3"},
         NULL,
         "2-3: no=1 text=未设护栏\n  task 2: measure=补设\n  task 3: measure=检查\n",
         NULL,
         ""},
    };

    (void)state;
    check(IMPORT_FINDINGS, cases, sizeof cases / sizeof *cases);
}

static void cells_of_a_row(void **state)
{
    static const struct sheet_case cases[] = {
        {"units, people and dates of life",
         {"台账",
          "序号|检查时间|问题描述|隐患等级|牵头单位|配合单位|责任人|责任领导|整改时限|完成情况\n"
          "1|@2025-11-20|未设护栏|一般3级|北湖公司、南塘公司|南塘公司；东港公司|甲一、乙二|"
          "丙三（局长）|12月底前|基本完成\n"},
         NULL,
         "2: no=1 text=未设护栏 level=3级 found=2025-11-20 lead=北湖公司,南塘公司,东港公司 "
         "people=甲一,乙二 leaders=丙三(局长) due=2025-12-31 claim=3\n",
         "2D LEVEL cell=一般3级 taken=3级\n2F UNIT_REPEATED cell=南塘公司；东港公司 "
         "taken=南塘公司\n"
         "2E UNITS_SEVERAL cell=北湖公司、南塘公司 taken=北湖公司\n"
         "2H NAME_NOTE cell=丙三（局长） taken=丙三\n"
         "2G PEOPLE_SEVERAL cell=甲一、乙二 taken=甲一\n"
         "2I DATE_YEAR cell=12月底前 taken=2025-12-31\n"
         "2J STATUS_BASICALLY cell=基本完成 word=basically complete, which is not complete\n",
         ""},
        {"an impossible date keeps the row",
         {"台账", "序号|问题描述|整改时限\n1|未设护栏|2025.2.30\n"},
         NULL,
         "2: no=1 text=未设护栏\n",
         "2C NOT_UNDERSTOOD cell=2025.2.30\n",
         ""},
        {"a status in a column of dates",
         {"台账", "序号|问题描述|整改完成日期|销号情况\n1|未设护栏|已整改|\n2|一闸多机|2026.7.2|\n"
                  "3|通道堵塞|2026.7.2|整改中\n4|灯具损坏||已整改未销号\n"},
         NULL,
         "2: no=1 text=未设护栏 claim=4\n3: no=2 text=一闸多机 claim=4 completed=2026-07-02\n"
         "4: no=3 text=通道堵塞 claim=2 completed=2026-07-02\n5: no=4 text=灯具损坏 claim=4\n",
         "2C DATE_IS_STATUS cell=已整改 word=put right, to be verified\n"
         "3C STATUS_FROM_DATE cell=2026.7.2 word=put right, to be verified\n"
         "4C STATUS_CONFLICT cell=2026.7.2 word=being put right\n"
         "5D STATUS cell=已整改未销号 word=put right, to be verified\n",
         ""},
        {"progress beside a status, and without one",
         {"台账", "序号|问题描述|整改进展|完成情况\n1|未设护栏|已完成并通过验收|未完成\n"
                  "2|一闸多机|完成80%|已完成\n3|通道堵塞|已完成整改|\n"},
         NULL,
         "2: no=1 text=未设护栏 claim=1 progress=已完成并通过验收\n"
         "3: no=2 text=一闸多机 claim=4 progress=完成80% percent=80\n"
         "4: no=3 text=通道堵塞 claim=4 progress=已完成整改\n",
         "2C STATUS_CONFLICT cell=已完成并通过验收 word=not done\n"
         "3D STATUS_PUT_RIGHT cell=已完成 word=put right, to be verified\n"
         "3C STATUS_CONFLICT cell=完成80% word=put right, to be verified\n"
         "4C STATUS_FROM_PROGRESS cell=已完成整改 word=put right, to be verified\n",
         ""},
        {"numbered points, broken lines, errors",
         {"台账", "序号|问题描述|隐患类型|部位\n1|1.堆放材料。¶2.灭火器过期。|隧道开¶挖支护|#REF!\n"
                  "2|#N/A|消防|一层\n"},
         NULL,
         "2: no=1 text=1.堆放材料。/2.灭火器过期。 parts=2 category=隧道开挖支护\n",
         "2B PARTS cell=1.堆放材料。/2.灭火器过期。 taken=2\n"
         "2C LINES_JOINED cell=隧道开/挖支护 taken=隧道开挖支护\n2D CELL_ERROR cell=#REF!\n"
         "3B CELL_ERROR cell=#N/A\n",
         "3+1 NO_TEXT\n"},
        {"unknown columns are kept",
         {"台账", "序号|问题描述|标号|天气\n1|未设护栏|C30|晴\n2|一闸多机||阴\n"},
         "台账 1-1 A:number B:text C:other D:other\n",
         "2: no=1 text=未设护栏 {标号: C30} {天气: 晴}\n3: no=2 text=一闸多机 {天气: 阴}\n",
         "C COLUMN_OTHER\nD COLUMN_OTHER\n",
         ""},
        {"cells without a header are kept",
         {"台账",
          "序号|问题描述||责任单位\n1|未设护栏|甲|北湖公司|乙\n2|一闸多机|丙|北湖公司|丁\n"},
         "台账 1-1 A:number B:text D:lead\n",
         "2: no=1 text=未设护栏 lead=北湖公司 {C: 甲} {E: 乙}\n"
         "3: no=2 text=一闸多机 lead=北湖公司 {C: 丙} {E: 丁}\n",
         "2C COLUMN_UNNAMED cell=甲\n2E COLUMN_UNNAMED cell=乙\n",
         ""},
        {"the sheet's name says that all is closed",
         {"已销号台账", "序号|问题描述|责任单位\n1|未设护栏|北湖公司\n"},
         NULL,
         "2: no=1 text=未设护栏 lead=北湖公司 claim=5\n",
         " STATUS_FROM_SHEET cell=已销号台账 word=struck off\n",
         ""},
        {"a marking above the table",
         {"台账", "秘密★5年\n序号|问题描述|责任单位\n1|未设护栏|北湖公司\n"},
         NULL,
         "3: no=1 text=未设护栏 marking=confidential lead=北湖公司\n",
         "1 MARKING_SHEET cell=秘密★5年\n1 ABOVE_HEADER cell=秘密★5年\n",
         ""},
        {"classes and strike-off columns",
         {"台账", "序号|问题描述|整改类型|整改时限|是否销号|销号日期\n"
                  "1|未设护栏|立行立改||是|\n2|一闸多机|限期整改|2026.7.2|否|\n"
                  "3|制度不全|长期坚持|||2026.7.2\n"},
         NULL,
         "2: no=1 text=未设护栏 class=immediate claim=5\n"
         "3: no=2 text=一闸多机 due=2026-07-02\n"
         "4: no=3 text=制度不全 class=standing claim=5 struck=2026-07-02\n",
         NULL,
         ""},
        {"unit and person in one cell",
         {"台账", "序号|问题描述|责任单位及责任人\n1|未设护栏|北湖公司 甲一\n"},
         NULL,
         "2: no=1 text=未设护栏 lead=北湖公司 people=甲一\n",
         "2C MIXED_PARTY cell=北湖公司 甲一 taken=甲一\n",
         ""},
        {"a hidden sheet is read",
         {"台账", "序号|问题描述|责任单位\n1|未设护栏|北湖公司\n", NULL, true},
         NULL,
         "2: no=1 text=未设护栏 lead=北湖公司\n",
         " HIDDEN_SHEET\n",
         ""},
    };

    (void)state;
    check(IMPORT_FINDINGS, cases, sizeof cases / sizeof *cases);
}

/* Secrets of a sealed column stand in the draft and in nothing that is said. */
static void sealed_texts_are_never_said(void **state)
{
    static const struct test_sheet sheets[] = {
        {"信访",
         "受理编号|信访人|联系电话|身份证号|住址|诉求内容|备注\n"
         "X1|赵秘密|13811112222|11010119900101123X|秘密路1号|噪声扰民|#REF!\n"
         "X2|赵秘密、钱秘密|13811112222|#N/A|秘密路¶2号||\n"
         "|赵秘密\n填报人：赵秘密|13811112222\n",
         "B2:B3 C2:C3"},
        {"台账",
         "序号|问题描述|责任人|备注\n1|来电13811112222反映|孙一13811112222|11010119900101123X\n"
         "2|甲甲|孙一（13811112222）、李二|\n"},
    };
    static const char *const secrets[] = {"赵秘密", "钱秘密", "13811112222", "1101011990",
                                          "秘密路"};
    struct record r = sheets_read(IMPORT_FINDINGS, sheets, 2, NULL);

    (void)state;
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        assert_false(text_has(buf_view(&r.doubts), text_of(secrets[i])));
        assert_false(text_has(buf_view(&r.maps), text_of(secrets[i])));
    }
    assert_true(text_has(buf_view(&r.drafts), T("sealed:originator sealed:originator_phone "
                                                "sealed:originator_identity "
                                                "sealed:originator_address")));
    assert_true(text_has(buf_view(&r.doubts), T("2B PERSONAL")));
    assert_true(text_has(buf_view(&r.doubts), T("2D PERSONAL")));
    record_release(&r);
}

static void units_and_people_and_tasks(void **state)
{
    static const struct sheet_case units[] = {
        {"codes and parents' columns, the deepest counts",
         {"", "code|name|areaCode|provinceCode|cityCode\n110101001|甲街道|110101|11|1101\n"},
         " 1-1 A:code B:name C:parent_3 D:parent_1 E:parent_2\n",
         "2: code=110101001 name=甲街道 in=11 in=1101 in=110101\n"},
        {"Chinese headers",
         {"单位", "编码|名称|上级编码\n01|市住建局|\n0101|建管科|01\n"},
         "单位 1-1 A:code B:name C:parent\n",
         "2: code=01 name=市住建局\n3: code=0101 name=建管科 in=01\n",
         "",
         ""},
        {"only levels",
         {"单位", "一级单位|二级单位|三级单位\n甲市|乙区|丙街道\n甲市|乙区|\n"},
         "单位 1-1 A:parent_1 B:parent_2 C:parent_3\n",
         "2: name=丙街道 in=甲市 in=乙区\n3: name=乙区 in=甲市\n"},
        {"a row without a name",
         {"单位", "编码|名称\n01|\n02|市城管局\n"},
         NULL,
         "3: code=02 name=市城管局\n",
         NULL,
         "2+1 NO_NAME\n"},
    };
    static const struct sheet_case people[] = {
        {"roles and telephones",
         {"人员", "姓名|单位|角色|联系电话|职务\n甲一|市住建局|经办人、审批人|13900000000|科长\n"
                  "乙二|市城管局|核查人、司机||\n"},
         "人员 1-1 A:name B:unit C:roles D:phone E:title\n",
         "2: name=甲一 unit=市住建局 role=clerk role=approver phone\n"
         "3: name=乙二 unit=市城管局 role=verifier {角色: 核查人、司机}\n",
         "3C ROLE_UNKNOWN cell=核查人、司机\n",
         ""},
    };
    static const struct sheet_case tasks[] = {
        {"measures of items",
         {"任务",
          "问题编号|整改措施|责任单位|责任人|整改时限\nHZ-1|补设护栏|北湖公司|甲一|2026.7.2\n"
          "|开展检查|南塘公司|乙二|2026.8.1\nHZ-2||北湖公司|甲一|2026.7.2\n"
          "|拆除|北湖公司|甲一|2026.7.2\n",
          "A2:A3"},
         "任务 1-1 A:number B:measure C:lead D:person E:deadline\n",
         "2-3: no=HZ-1 lead=北湖公司 people=甲一 due=2026-07-02\n"
         "  task 2: measure=补设护栏 lead=北湖公司 people=甲一 due=2026-07-02\n"
         "  task 3: measure=开展检查 lead=南塘公司 people=乙二 due=2026-08-01\n",
         NULL,
         "4+1 NO_MEASURE\n5+1 NO_ITEM\n"},
    };

    (void)state;
    check(IMPORT_UNITS, units, sizeof units / sizeof *units);
    check(IMPORT_PEOPLE, people, sizeof people / sizeof *people);
    check(IMPORT_TASKS, tasks, sizeof tasks / sizeof *tasks);
}

static void what_is_too_much_is_rejected(void **state)
{
    struct buf b = BUF(4 << 20);
    struct test_sheet sheet = {.name = "台账"};
    struct record r;

    (void)state;
    buf_str(&b, "序号|问题描述|整改措施\n1|");
    for (int i = 0; i < DRAFT_CELL_BYTES; i++)
        buf_char(&b, 'x');
    buf_str(&b, "x|补设\n2|未设护栏|补设\n");
    for (int k = 0; k < 3; k++) {
        buf_str(&b, k ? "|" : "3|");
        for (int i = 0; i < DRAFT_CELL_BYTES - 10; i++)
            buf_char(&b, 'y');
    }
    buf_char(&b, '\n');
    sheet.cells = buf_cstr(&b);
    r = sheets_read(IMPORT_FINDINGS, &sheet, 1, NULL);
    compare("long", "rejects", &r.rejects, "2+1 TEXT_TOO_LONG\n4+1 ROW_TOO_LONG\n");
    assert_int_equal(r.draft_count, 1);
    record_release(&r);
    /* 600 rows of one item. */
    buf_clear(&b);
    buf_str(&b, "序号|问题描述|整改措施\n1|未设护栏|补设\n");
    for (int i = 0; i < 600; i++)
        buf_str(&b, "||补设\n");
    buf_str(&b, "2|一闸多机|改接\n");
    sheet.cells = buf_cstr(&b);
    sheet.merges = "A2:A602 B2:B602";
    r = sheets_read(IMPORT_FINDINGS, &sheet, 1, NULL);
    assert_int_equal(r.draft_count, 1);
    assert_true(text_has(buf_view(&r.rejects), T("2+500 TOO_MANY_ROWS\n")));
    record_release(&r);
    buf_release(&b);
}

static void a_map_is_obeyed(void **state)
{
    static const char json[] = "{\"kind\": \"findings\", \"sheets\": ["
                               "{\"sheet\": \"甲\", \"header\": [1], \"columns\": ["
                               "{\"column\": \"A\", \"header\": \"号\", \"field\": \"number\"},"
                               "{\"column\": \"C\", \"header\": \"内容\", \"field\": \"text\"},"
                               "{\"column\": \"B\", \"field\": \"lead\"}]},"
                               "{\"sheet\": \"乙\", \"skip\": true}]}";
    static const struct test_sheet sheets[] = {
        {"甲", "号|谁|说什么|天气\n1|北湖公司|未设护栏|晴\n"},
        {"乙", "序号|问题描述|责任单位\n1|一闸多机|北湖公司\n"},
        {"丙", "序号|问题描述|责任单位\n1|通道堵塞|北湖公司\n"},
    };
    struct arena a = ARENA(1 << 20);
    struct mapping map;
    struct err err = {0};
    struct record r;

    (void)state;
    assert_int_equal(mapping_read(T(""), &a, &map, &err), -1);
    assert_int_equal(mapping_read(text_of(json), &a, &map, &err), 0);
    r = sheets_read(IMPORT_FINDINGS, sheets, 3, &map);
    compare("map", "maps", &r.maps,
            "甲 1-1 A:number B:lead C:text D:other\n乙 skipped\n丙 1-1 A:number B:text C:lead\n");
    compare(
        "map", "drafts", &r.drafts,
        "2: no=1 text=未设护栏 lead=北湖公司 {天气: 晴}\n2: no=1 text=通道堵塞 lead=北湖公司\n");
    compare("map", "doubts", &r.doubts, "C MAP_HEADER cell=说什么 taken=内容\n SHEET_LEFT_OUT\n");
    record_release(&r);
    arena_release(&a);
}

static void a_map_for_every_sheet_and_a_preview(void **state)
{
    static const char json[] =
        "{\"kind\": \"findings\", \"sheets\": [{\"sheet\": \"*\", \"header\": "
        "[2], \"columns\": [{\"column\": \"B\", \"field\": \"text\"}]}]}";
    static const struct test_sheet sheets[] = {{"甲", "台账\n甲|乙\n一|未设护栏\n"},
                                               {"", "台账\n甲|乙\n二|一闸多机\n"}};
    struct arena a = ARENA(1 << 20);
    struct mapping map;
    struct err err = {0};
    struct import_options options = {.kind = IMPORT_FINDINGS, .today = 20000, .preview = true};
    struct record r;
    struct importer *im;

    (void)state;
    assert_int_equal(mapping_read(text_of(json), &a, &map, &err), 0);
    r = sheets_read(IMPORT_FINDINGS, sheets, 2, &map);
    compare("every sheet", "drafts", &r.drafts,
            "3: text=未设护栏 {甲: 一}\n3: text=一闸多机 {甲: 二}\n");
    record_release(&r);
    r = record_new();
    options.map = &map;
    im = importer_open(&options, &r.sink, &err);
    assert_int_equal(sheets_give(importer_sheets(im), sheets, 2, &err), 0);
    assert_int_equal(r.draft_count, 0);
    assert_int_equal(importer_counts(im).tables, 2);
    assert_int_equal(importer_mapping(im)->count, 2);
    importer_close(im);
    record_release(&r);
    arena_release(&a);
}

static int stop(struct import_sink *sink, const struct draft *d, struct err *err)
{
    (void)sink;
    (void)d;
    return err_set(err, BUSY);
}

static void a_sink_that_stops_is_heard(void **state)
{
    static const struct test_sheet sheet = {"台账", "序号|问题描述|责任单位\n1|甲甲|北湖公司\n"};
    struct import_sink sink = {.draft = stop};
    struct import_options options = {.kind = IMPORT_FINDINGS, .today = 20000};
    struct err err = {0};
    struct importer *im = importer_open(&options, &sink, &err);

    (void)state;
    assert_int_equal(sheets_give(importer_sheets(im), &sheet, 1, &err), -1);
    assert_int_equal(err.code, ERR_BUSY);
    importer_close(im);
}

static void a_file_without_a_table_is_refused(void **state)
{
    static const struct test_sheet sheet = {"封面", "安全隐患台账\n"};
    struct import_sink sink = {0};
    struct import_options options = {.kind = IMPORT_FINDINGS, .today = 20000};
    struct err err = {0};
    struct importer *im = importer_open(&options, &sink, &err);

    (void)state;
    assert_int_equal(sheets_give(importer_sheets(im), &sheet, 1, &err), 0);
    assert_int_equal(importer_finish(im, T("a.xlsx"), &err), -1);
    assert_int_equal(err.code, ERR_NO_TABLE);
    importer_close(im);
    importer_close(NULL);
}

/* Whatever stands on a sheet, reading ends; every row is an item, a reject or a doubt. */
static void any_sheet_ends(void **state)
{
    static const char *const pieces[] = {
        "|",        "|",           "|",    "\n",          "\n",       "序号",
        "问题描述", "责任单位",    "1",    "2",           "一、",     "合计",
        "注：",     "填报人：",    "~",    "#REF!",       "=3",       "6月底",
        "¶",        "甲、乙",      "（",   "）",          "已整改",   "1.甲甲2.乙乙",
        "100%",     "@2025-07-02", "\xff", "13811112222", "整改时限", "整改措施",
        "联系电话", "3级"};
    static const char *const merges[] = {"A1:B2", "B3:B9",   "A3:A9", "A4:F4",
                                         "C2:D3", "B2:B400", "A5:A6"};
    uint32_t seed = 11;

    (void)state;
    for (int i = 0; i < 3000; i++) {
        struct buf b = BUF(1 << 20), m = BUF(1 << 10);
        struct test_sheet sheet = {.name = "台账"};
        struct record r;
        if (i % 3)
            buf_str(&b, HEAD);
        for (int k = 0; k < 120; k++) {
            seed = seed * 1664525 + 1013904223;
            buf_str(&b, pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)]);
        }
        for (int k = 0; k < i % 4; k++) {
            seed = seed * 1664525 + 1013904223;
            buf_str(&m, k ? " " : "");
            buf_str(&m, merges[(seed >> 16) % (sizeof merges / sizeof *merges)]);
        }
        sheet.cells = buf_cstr(&b);
        sheet.merges = buf_cstr(&m);
        r = sheets_read((enum import_kind)(i % IMPORT_KINDS), &sheet, 1, NULL);
        record_release(&r);
        buf_release(&b);
        buf_release(&m);
    }
}

static void columns_beyond_the_limit_are_reported(void **state)
{
    struct cell cells[] = {{.kind = CELL_NUMBER, .column = 0, .text = T("1")},
                           {.kind = CELL_TEXT, .column = 1, .text = T("未设护栏")},
                           {.kind = CELL_TEXT, .column = 16383, .text = T("远")}};
    struct cell head[] = {{.kind = CELL_TEXT, .column = 0, .text = T("序号")},
                          {.kind = CELL_TEXT, .column = 1, .text = T("问题描述")},
                          {.kind = CELL_TEXT, .column = 16383, .text = T("备注")}};
    struct row rows[] = {{.number = 1, .count = 3, .cells = head},
                         {.number = 2, .count = 3, .cells = cells}};
    struct sheet_info info = {.name = T("台账")};
    struct import_options options = {.kind = IMPORT_FINDINGS, .today = 20000};
    struct record r = record_new();
    struct err err = {0};
    struct importer *im = importer_open(&options, &r.sink, &err);
    struct sheet_sink *sink = importer_sheets(im);

    (void)state;
    assert_int_equal(sink->begin(sink, &info, &err), 0);
    assert_int_equal(sink->row(sink, &rows[0], &err), 0);
    assert_int_equal(sink->row(sink, &rows[1], &err), 0);
    assert_int_equal(sink->end(sink, &info, &err), 0);
    assert_int_equal(r.draft_count, 1);
    assert_true(text_has(buf_view(&r.doubts), T("COLUMNS_BEYOND")));
    importer_close(im);
    record_release(&r);
}

/* Every allocation fails once: the import stops with an error or finishes, and nothing leaks. */
static void memory_that_runs_out(void **state)
{
    static const struct test_sheet sheet = {
        "台账",
        "隐患台账\n" HEAD "1|制度不健全|修订制度|北湖公司|甲一|6月底前|已完成\n"
        "||组织培训|南塘公司、东港公司|乙二|2026.8.1|未完成\n2|一闸多机|改接|北湖公司|甲一|7月|\n",
        "A1:G1 A3:A4 B3:B4"};

    (void)state;
    for (unsigned long n = 1; n < 60; n++) {
        struct record r = record_new();
        struct import_options options = {.kind = IMPORT_FINDINGS, .today = 20000};
        struct err err = {0};
        struct importer *im;
        mem_fail_at(n, 0);
        im = importer_open(&options, &r.sink, &err);
        if (im && sheets_give(importer_sheets(im), &sheet, 1, &err) == 0)
            assert_true(err.code == ERR_NONE);
        importer_close(im);
        mem_fail_at(0, 0);
        record_release(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers),
        cmocka_unit_test(a_header_in_row_20_and_not_in_row_21),
        cmocka_unit_test(lines_that_are_no_items),
        cmocka_unit_test(merged_rows),
        cmocka_unit_test(cells_of_a_row),
        cmocka_unit_test(sealed_texts_are_never_said),
        cmocka_unit_test(units_and_people_and_tasks),
        cmocka_unit_test(what_is_too_much_is_rejected),
        cmocka_unit_test(a_map_is_obeyed),
        cmocka_unit_test(a_map_for_every_sheet_and_a_preview),
        cmocka_unit_test(a_sink_that_stops_is_heard),
        cmocka_unit_test(a_file_without_a_table_is_refused),
        cmocka_unit_test(any_sheet_ends),
        cmocka_unit_test(columns_beyond_the_limit_are_reported),
        cmocka_unit_test(memory_that_runs_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
