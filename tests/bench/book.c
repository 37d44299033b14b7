/*
 * book.c: writes a large workbook of findings, as a program of an office writes it.
 *
 *     bench_book inline|shared ROWS FILE
 *
 * One sheet with a title, a header of 12 columns and ROWS findings, strings in the cells or in one
 * shared table (the two ways that programs have). Every finding reads differently; units, people
 * and phrases repeat, as they do in life.
 */
#include <string.h>
#include <xlsxwriter.h>

#include "bench.h"

int main(int argc, char **argv)
{
    static const char *const header[] = {"序号",     "问题分类", "具体表现", "整改措施",
                                         "牵头单位", "配合单位", "责任领导", "责任人",
                                         "整改时限", "整改进展", "完成情况", "备注"};
    static const char *const kinds[] = {"安全生产", "民生保障", "财务资产", "作风建设"};
    static const char *const matters[] = {
        "疏散通道被占用，安全出口上锁", "台账记录不全，责任人未签字", "设备超过检验有效期仍在使用",
        "资金拨付滞后，项目未按期开工"};
    static const char *const measures[] = {"立即清理，划定禁停区，每周检查签字。",
                                           "补齐台账，明确专人，按月抽查。",
                                           "停用报检，合格前不得启用。", "倒排工期，按月调度。"};
    static const char *const surnames[] = {"赵", "钱", "孙", "李", "周",
                                           "吴", "郑", "王", "冯", "陈"};
    static const char *const given[] = {"正林", "海燕", "国栋", "秀兰", "建平",
                                        "思源", "文斌", "丽娟", "志强", "雅婷"};
    static const char *const states[] = {"未完成", "正在整改", "基本完成", "已完成", "已销号"};
    lxw_workbook_options options = {.constant_memory = argc > 1 && strcmp(argv[1], "inline") == 0};
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *date;
    uint64_t state = 362436069ull;
    long rows;

    if (argc != 4 || (rows = atol(argv[2])) < 1)
        die("bench_book inline|shared ROWS FILE");
    book = workbook_new_opt(argv[3], &options);
    sheet = workbook_add_worksheet(book, "台账");
    date = workbook_add_format(book);
    format_set_num_format(date, "yyyy/m/d");
    worksheet_write_string(sheet, 0, 0, "整改台账", NULL);
    for (int c = 0; c < 12; c++)
        worksheet_write_string(sheet, 1, (lxw_col_t)c, header[c], NULL);
    for (long i = 1; i <= rows; i++) {
        lxw_row_t r = (lxw_row_t)i + 1;
        int unit = (int)chance(&state, 200) + 1, m = (int)chance(&state, 4);
        char t[256];
        worksheet_write_number(sheet, r, 0, (double)i, NULL);
        worksheet_write_string(sheet, r, 1, kinds[chance(&state, 4)], NULL);
        snprintf(t, sizeof t, "第%ld号检查点%s，涉及%d处。", i, matters[m],
                 (int)chance(&state, 90) + 2);
        worksheet_write_string(sheet, r, 2, t, NULL);
        worksheet_write_string(sheet, r, 3, measures[m], NULL);
        snprintf(t, sizeof t, "第%d办公室", unit);
        worksheet_write_string(sheet, r, 4, t, NULL);
        snprintf(t, sizeof t, "第%d办公室", unit % 200 + 1);
        worksheet_write_string(sheet, r, 5, t, NULL);
        snprintf(t, sizeof t, "%s%s", surnames[unit % 10], given[unit / 10 % 10]);
        worksheet_write_string(sheet, r, 6, t, NULL);
        snprintf(t, sizeof t, "%s%s", surnames[unit / 10 % 10], given[unit % 7]);
        worksheet_write_string(sheet, r, 7, t, NULL);
        worksheet_write_number(sheet, r, 8, (double)(46100 + chance(&state, 500)), date);
        snprintf(t, sizeof t, "已完成%d%%，按月推进。", (int)chance(&state, 100));
        worksheet_write_string(sheet, r, 9, t, NULL);
        worksheet_write_string(sheet, r, 10, states[chance(&state, 5)], NULL);
        worksheet_write_string(sheet, r, 11, "列入年度计划", NULL);
    }
    if (workbook_close(book) != LXW_NO_ERROR)
        die("%s cannot be written", argv[3]);
    return 0;
}
