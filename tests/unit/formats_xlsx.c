/* Workbooks read through sheet_read_bytes: as they are in life, and as an attacker makes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"
#include "book.h"

/* Reads and compares the transcript. */
static void reads_as(struct text bytes, const char *expected)
{
    struct transcript t = TRANSCRIPT;

    transcribe(&t, "book.xlsx", bytes);
    assert_false(t.out.failed);
    assert_string_equal(buf_cstr(&t.out), expected);
    buf_release(&t.out);
}

static void book_reads_as(const struct book_made *b, const char *expected)
{
    struct archive_made a = ARCHIVE_MADE;

    book_make(&a, b);
    reads_as(buf_view(&a.bytes), expected);
    archive_drop(&a);
}

#define STRINGS                                                                                \
    "<sst><si><t>甲</t></si><si><t>乙 </t></si><si><r><t>多</t></r><r><rPr/><t>段</t></r>" \
    "<rPh sb='0' eb='1'><t>duo</t></rPh></si><si><t>a_x000D_&#10;b &amp; c</t></si><si/></sst>"
#define STYLES                                                                                       \
    "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='yyyy&quot;年&quot;m&quot;月&quot;'/>" \
    "</numFmts><cellStyleXfs><xf numFmtId='14'/></cellStyleXfs><cellXfs><xf numFmtId='0'/>"          \
    "<xf numFmtId='14'/><xf numFmtId='164'/><xf numFmtId='31'/><xf numFmtId='46'/></cellXfs>"        \
    "</styleSheet>"

/* One sheet's rows, and what is read. */
static void cells(void **state)
{
    static const struct {
        const char *rows, *read;
    } cases[] = {
        {"<row r='1'><c r='A1' t='s'><v>0</v></c><c r='C1' t='s'><v>1</v></c></row>",
         "1 A=甲 C=乙 \n"},
        {"<row r='2'><c r='A2' t='s'><v>2</v></c><c r='B2' t='s'><v>3</v></c></row>",
         "2 A=多段 B=a\nb & c\n"},
        /* shared strings in any order, an empty one */
        {"<row r='1'><c r='A1' t='s'><v>3</v></c><c r='B1' t='s'><v>0</v></c>"
         "<c r='C1' t='s'><v>4</v></c></row>",
         "1 A=a\nb & c B=甲\n"},
        {"<row r='1'><c r='A1' t='inlineStr'><is><t>x</t></is></c>"
         "<c r='B1' t='inlineStr'><is><r><t>y</t></r><r><t>z</t></r><rPh><t>no</t></rPh></is></c>"
         "<c r='C1' t='inlineStr'><is><t><![CDATA[<&>]]></t></is></c></row>",
         "1 A=x B=yz C=<&>\n"},
        /* rows and cells without r= */
        {"<row><c><v>1</v></c><c/><c><v>3</v></c></row><row/><row><c><v>4</v></c></row>",
         "1 A#1 C#3\n3 A#4\n"},
        {"<row r='5'><c r='B5'><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>",
         "5 B#1 C#2\n6 A#3\n"},
        /* dates by built-in, custom and Chinese formats, and a duration */
        {"<row r='1'><c r='A1' s='1'><v>45000</v></c><c r='B1' s='2'><v>45000.25</v></c>"
         "<c r='C1' s='3'><v>1</v></c><c r='D1' s='4'><v>2.5</v></c><c r='E1' "
         "s='0'><v>45000</v></c>"
         "<c r='F1' s='99'><v>45000</v></c></row>",
         "1 A@2023-03-15 B@2023-03-15 06:00:00 C@1900-01-01 D=60:00:00 E#45000 F#45000\n"},
        {"<row r='1'><c r='A1' t='d'><v>2021-01-01</v></c><c r='B1' "
         "t='d'><v>2021-01-01T10:10:10</v>"
         "</c><c r='C1' t='d'><v>10:10:10</v></c><c r='D1' t='d'><v>soon</v></c></row>",
         "1 A@2021-01-01 B@2021-01-01 10:10:10 C=10:10:10 D=soon\n"},
        {"<row r='1'><c r='A1' t='b'><v>1</v></c><c r='B1' t='b'><v>0</v></c>"
         "<c r='C1' t='e'><v>#REF!</v></c></row>",
         "1 A?TRUE B?FALSE C!#REF!\n"},
        /* formulas: number, text, none; the formula's own text is not the cell's */
        {"<row r='1'><c r='A1'><f>1+1</f><v>2</v></c><c r='B1' t='str'><f>\"x\"</f><v>x</v></c>"
         "<c r='C1'><f>NOW()</f></c></row>",
         "1 A#2\" B=x\" C~\"\n"},
        {"<row r='1' hidden='1'><c r='A1'><v>1</v></c></row>"
         "<row r='2' hidden='false'><c r='A2'><v>2</v></c></row>",
         "1* A#1\n2 A#2\n"},
        /* out of order, and twice the same place */
        {"<row r='1'><c r='C1'><v>3</v></c><c r='A1'><v>1</v></c><c r='A1'><v>9</v></c></row>",
         "1 A#9 C#3\n"},
        {"<row r='1'><c r='XFD1'><v>1</v></c><c r='a2'><v>2</v></c></row>", "1 A#2 XFD#1\n"},
        {"<row r='1'>\n <c r='A1'>\n <v> 12 </v>\n</c>\n</row>", "1 A#12\n"},
        {"<row r='1'><c r='A1'><v>12abc</v></c></row>", "1 A=12abc\n"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char sheet[2048], read[2048];

        snprintf(sheet, sizeof sheet, SHEET("%s"), cases[i].rows);
        snprintf(read, sizeof read, "[一]\n%s", cases[i].read);
        book_reads_as(&(struct book_made){.sheet = text_of(sheet),
                                          .strings = T(STRINGS),
                                          .styles = T(STYLES)},
                      read);
    }
}

static void bad_cells(void **state)
{
    static const struct {
        const char *rows, *read;
    } cases[] = {
        {"<row r='2'/><row r='1'/>", "FILE_TRUNCATED"},
        {"<row r='0'/>", "FILE_TRUNCATED"},
        {"<row r='-1'/>", "FILE_TRUNCATED"},
        {"<row r='99999999999999999999'/>", "FILE_TRUNCATED"},
        {"<row r='1048577'/>", "FILE_LIMIT"},
        {"<row><c r='12'/></row>", "FILE_TRUNCATED"},
        {"<row><c r='AAAA1'/></row>", "FILE_TRUNCATED"},
        {"<row><c r='XFE1'/></row>", "FILE_LIMIT"},
        {"<row><c t='s'><v>5</v></c></row>", "FILE_TRUNCATED"},
        {"<row><c t='s'><v>-1</v></c></row>", "FILE_TRUNCATED"},
        {"<row><c t='s'><v>x</v></c></row>", "FILE_TRUNCATED"},
        {"<row><c>", "FILE_TRUNCATED"},
        {"<row><c></row></c>", "FILE_TRUNCATED"},
        {"<row>&lol;</row>", "FILE_TRUNCATED"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char sheet[512], read[64];

        snprintf(sheet, sizeof sheet, SHEET("%s"), cases[i].rows);
        snprintf(read, sizeof read, "[一]\n%s\n", cases[i].read);
        book_reads_as(&(struct book_made){.sheet = text_of(sheet), .strings = T(STRINGS)}, read);
    }
}

/* Prefixes, absolute and relative paths, case, backslashes, 1904, hidden sheets, charts. */
static void packages(void **state)
{
    static const struct text sheet = {SHEET("<row><c><v>1</v></c></row>"),
                                      sizeof SHEET("<row><c><v>1</v></c></row>") - 1};
#define RELS(type, target) \
    "<Relationships><Relationship Id='s1' Type='x/" type "' Target='" target "'/></Relationships>"
    static const struct {
        const char *parts, *read;
    } cases[] = {
        {RELS("worksheet", "/xl/worksheets/sheet1.xml"), "[一]\n1 A#1\n"},
        {RELS("worksheet", "../xl/./worksheets/sheet1.xml"), "[一]\n1 A#1\n"},
        {RELS("worksheet", "Worksheets\\Sheet1.XML"), "[一]\n1 A#1\n"},
        {RELS("worksheet", "../../../xl/worksheets/sheet1.xml"), "[一]\n1 A#1\n"},
        {RELS("worksheet", "/etc/passwd"), "FILE_TRUNCATED\n"},
        {RELS("worksheet", ""), "FILE_TRUNCATED\n"},
        {RELS("chartsheet", "worksheets/sheet1.xml"), "FILE_UNKNOWN\n"},
        {"<Relationships/>", "FILE_TRUNCATED\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        book_reads_as(&(struct book_made){.sheet = sheet, .parts = text_of(cases[i].parts)},
                      cases[i].read);
    book_reads_as(
        &(struct book_made){
            .sheet = T("<x:worksheet xmlns:x='u'><x:sheetData><x:row r='1'><x:c r='A1' t='s'><x:v>0"
                       "</x:v></x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref='A1:B1'/>"
                       "</x:mergeCells></x:worksheet>"),
            .strings = T("<q:sst xmlns:q='u'><q:si><q:t>甲</q:t></q:si></q:sst>")},
        "[一 A1:B1]\n1 A=甲\n");
    book_reads_as(&(struct book_made){.sheet = T(SHEET("<row><c s='0'><v>42735</v></c></row>")),
                                      .styles = T("<s><cellXfs><xf numFmtId='14'/></cellXfs></s>"),
                                      .workbook = T("<workbook><workbookPr date1904='true'/>"
                                                    "<sheets><sheet name='a&amp;b' id='s1' "
                                                    "state='hidden'/></sheets></workbook>")},
                  "[a&b*]\n1 A@2021-01-01\n");
    book_reads_as(&(struct book_made){.sheet = sheet, .workbook = T("<workbook/>")},
                  "FILE_UNKNOWN\n");
    book_reads_as(&(struct book_made){.sheet = sheet, .workbook = T("<document/>")},
                  "FILE_UNKNOWN\n");
    book_reads_as(&(struct book_made){.sheet = sheet, .package = T("<Relationships/>")},
                  "[一]\n1 A#1\n");
    book_reads_as(&(struct book_made){.sheet = T("\xff\xfe<\0w\0o\0r\0k\0/\0>\0")},
                  "[一]\nFILE_ENCODING\n");
}

static void merges(void **state)
{
    static const struct {
        const char *after, *read;
    } cases[] = {
        {"<mergeCells count='2'><mergeCell ref='A1:B2'/><mergeCell ref='C3:C9'/></mergeCells>",
         "[一 A1:B2 C3:C9]\n"},
        {"<mergeCells><mergeCell  ref = 'A1:B2'/></mergeCells>", "[一]\n"}, /* nobody writes so */
        {"<mergeCells><mergeCell ref=\"$B$2:$A$1\" x='y'></mergeCell></mergeCells>",
         "[一 A1:B2]\n"},
        {"<mergeCells><mergeCell ref='A1'/><mergeCell ref='A1:A1'/><mergeCell ref=''/>"
         "<mergeCell ref='1:2'/><mergeCell ref='A0:B1'/></mergeCells>",
         "[一]\n"},
        {"<mergeCells><mergeCell ref='A1:XFD1048576'/></mergeCells>", "[一 A1:XFD1048576]\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char sheet[512];
        snprintf(sheet, sizeof sheet, "<worksheet><sheetData/>%s</worksheet>", cases[i].after);
        book_reads_as(&(struct book_made){.sheet = text_of(sheet)}, cases[i].read);
    }
}

/* A range whose tag lies across two of the blocks that are searched. */
static void merges_across_blocks(void **state)
{
    enum { BLOCK = 256 * 1024 };

    (void)state;
    for (int shift = 0; shift < 40; shift++) {
        struct archive_made a = ARCHIVE_MADE;
        struct buf sheet = BUF(1 << 20);

        buf_str(&sheet, "<worksheet><sheetData/><x>");
        while (sheet.n < (size_t)(BLOCK - shift))
            buf_char(&sheet, ' ');
        buf_str(&sheet, "</x><mergeCells><mergeCell ref='A1:B2'/></mergeCells></worksheet>");
        book_make(&a, &(struct book_made){.sheet = buf_view(&sheet)});
        reads_as(buf_view(&a.bytes), "[一 A1:B2]\n");
        buf_release(&sheet);
        archive_drop(&a);
    }
}

/* -- large sheets, which are parsed in a thread -- */

static void large_book(struct archive_made *a, int rows, const char *tail)
{
    struct buf sheet = BUF(64 << 20);

    buf_str(&sheet, "<worksheet><sheetData>");
    for (int i = 1; i <= rows; i++)
        buf_printf(&sheet,
                   "<row r='%d'><c r='A%d'><v>%d</v></c><c r='B%d' t='inlineStr'><is><t>text of "
                   "row %d</t></is></c><c r='C%d' t='s'><v>0</v></c></row>",
                   i, i, i, i, i, i);
    buf_str(&sheet, tail);
    book_make(a, &(struct book_made){.sheet = buf_view(&sheet), .strings = T(STRINGS)});
    buf_release(&sheet);
}

static void large_sheets(void **state)
{
    static const struct {
        const char *tail;
        unsigned long stop_at;
        const char *outcome;
        unsigned long rows; /* that were seen at least */
    } cases[] = {
        {"</sheetData><mergeCells><mergeCell ref='A1:B1'/></mergeCells></worksheet>", 0,
         "[一 A1:B1]\n", 30000},
        {"</sheetData></worksheet>", 1, "[一]\nBUSY\n", 1},
        {"</sheetData></worksheet>", 20000, "[一]\nBUSY\n", 20000},
        {"<row r='30001'><c", 0, "[一]\nFILE_TRUNCATED\n", 10000},
        {"<row r='7'/></sheetData></worksheet>", 0, "[一]\nFILE_TRUNCATED\n", 10000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct transcript t = TRANSCRIPT;
        struct archive_made a = ARCHIVE_MADE;

        t.quiet = true;
        t.stop_at = cases[i].stop_at;
        large_book(&a, 30000, cases[i].tail);
        transcribe(&t, "large.xlsx", buf_view(&a.bytes));
        assert_string_equal(buf_cstr(&t.out), cases[i].outcome);
        assert_true(t.rows >= cases[i].rows);
        buf_release(&t.out);
        archive_drop(&a);
    }
}

/* -- hostile files -- */

static void entity_bombs(void **state)
{
    static const char *const bombs[] = {
        "<!DOCTYPE x [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;'>]><worksheet>&b;</worksheet>",
        "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><worksheet/>",
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><worksheet>&e;</worksheet>",
        "<!DOCTYPE worksheet><worksheet/>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++) {
        struct text bomb = text_of(bombs[i]);
        struct text sheet = T(SHEET(""));

        book_reads_as(&(struct book_made){.sheet = bomb}, "[一]\nFILE_UNSAFE\n");
        book_reads_as(&(struct book_made){.sheet = sheet, .strings = bomb}, "FILE_UNSAFE\n");
        book_reads_as(&(struct book_made){.sheet = sheet, .styles = bomb}, "FILE_UNSAFE\n");
        book_reads_as(&(struct book_made){.sheet = sheet, .workbook = bomb}, "FILE_UNSAFE\n");
        book_reads_as(&(struct book_made){.sheet = sheet, .package = bomb}, "FILE_UNSAFE\n");
    }
}

/* XML that would make a parser's memory grow with the file. */
static void greedy_xml(void **state)
{
    struct buf deep = BUF(1 << 20), names = BUF(64 << 20), tag = BUF(64 << 20);

    (void)state;
    buf_str(&deep, "<worksheet>");
    for (int i = 0; i < 100; i++)
        buf_str(&deep, "<a>");
    book_reads_as(&(struct book_made){.sheet = buf_view(&deep)}, "[一]\nFILE_UNSAFE\n");

    buf_str(&names, "<worksheet>");
    for (int i = 0; i < 1000000; i++)
        buf_printf(&names, "<a%d/>", i);
    book_reads_as(&(struct book_made){.sheet = buf_view(&names)}, "[一]\nFILE_UNSAFE\n");

    buf_str(&tag, "<worksheet a='");
    while (tag.n < 24 << 20)
        buf_str(&tag, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    book_reads_as(&(struct book_made){.sheet = buf_view(&tag)}, "[一]\nFILE_UNSAFE\n");
    buf_release(&deep);
    buf_release(&names);
    buf_release(&tag);
}

/* Texts longer than a cell, a row or a book may have. */
static void greedy_text(void **state)
{
    struct buf cell = BUF(64 << 20), row = BUF(64 << 20);

    (void)state;
    buf_str(&cell, "<worksheet><sheetData><row><c t='str'><v>");
    for (int i = 0; i < 4 * 32767 + 1; i++)
        buf_char(&cell, 'a');
    buf_str(&cell, "</v></c></row></sheetData></worksheet>");
    book_reads_as(&(struct book_made){.sheet = buf_view(&cell)}, "[一]\nFILE_LIMIT\n");

    buf_str(&row, "<worksheet><sheetData><row>");
    for (int i = 0; i < 100; i++) {
        buf_str(&row, "<c t='str'><v>");
        for (int k = 0; k < 100000; k++)
            buf_char(&row, 'a');
        buf_str(&row, "</v></c>");
    }
    buf_str(&row, "</row></sheetData></worksheet>");
    book_reads_as(&(struct book_made){.sheet = buf_view(&row)}, "[一]\nFILE_LIMIT\n");
    buf_release(&cell);
    buf_release(&row);
}

static void package_parts(struct archive_made *a)
{
    archive_add(a, "_rels/.rels", T(BOOK_RELS));
    archive_add(a, "xl/workbook.xml", T(BOOK_WORKBOOK));
    archive_add(a, "xl/_rels/workbook.xml.rels", T(BOOK_PARTS));
}

/* 200 kB that unpack to 200 MB of spaces. */
static void zip_bomb(void **state)
{
    static char spaces[1 << 20];
    struct archive_made a = ARCHIVE_MADE;

    (void)state;
    memset(spaces, ' ', sizeof spaces);
    package_parts(&a);
    archive_pack(&a, "xl/worksheets/sheet1.xml", (struct text){spaces, sizeof spaces}, 200);
    reads_as(archive_end(&a), "FILE_BOMB\n");
    archive_drop(&a);
}

/* Many sheets that all lead to one part: what is unpacked is counted together. */
static void same_part_again(void **state)
{
    struct sheet_limits limits = sheet_limits();
    struct transcript t = TRANSCRIPT;
    struct archive_made a = ARCHIVE_MADE;
    struct buf book = BUF(1 << 20), sheet = BUF(1 << 20);
    struct err err = {0};

    (void)state;
    buf_str(&book, "<workbook><sheets>");
    for (int i = 0; i < 200; i++)
        buf_str(&book, "<sheet name='x' id='s1'/>");
    buf_str(&book, "</sheets></workbook>");
    buf_str(&sheet, "<worksheet>");
    while (sheet.n < 100000)
        buf_char(&sheet, ' ');
    buf_str(&sheet, "</worksheet>");
    book_make(&a, &(struct book_made){.sheet = buf_view(&sheet), .workbook = buf_view(&book)});
    limits.inflated_bytes = 1 << 20;
    assert_int_equal(
        sheet_read_bytes("book.xlsx", a.bytes.p, a.bytes.n, &limits, &t.sink, NULL, &err), -1);
    assert_int_equal(err.code, ERR_FILE_BOMB);
    limits.inflated_bytes = 1 << 30;
    limits.sheets = 100;
    assert_int_equal(
        sheet_read_bytes("book.xlsx", a.bytes.p, a.bytes.n, &limits, &t.sink, NULL, &err), -1);
    assert_int_equal(err.code, ERR_FILE_LIMIT);
    buf_release(&t.out);
    buf_release(&book);
    buf_release(&sheet);
    archive_drop(&a);
}

/* Archives whose directory does not tell the truth. */
static void false_directories(void **state)
{
    static const struct text sheet = {SHEET(""), sizeof SHEET("") - 1};
    struct entry_made e;
    struct archive_made a;

    (void)state;
    /* two entries on one place */
    a = ARCHIVE_MADE;
    package_parts(&a);
    e = (struct entry_made){.name = T("xl/worksheets/sheet1.xml"),
                            .data = sheet,
                            .size = sheet.n,
                            .crc = crc_of(sheet)};
    archive_entry(&a, &e);
    e.name = T("xl/worksheets/sheet2.xml");
    archive_record(&a, &e);
    reads_as(archive_end(&a), "FILE_BOMB\n");
    archive_drop(&a);

    /* an entry that reaches into the next */
    a = ARCHIVE_MADE;
    package_parts(&a);
    e.offset = a.bytes.n;
    archive_record(&a, &(struct entry_made){.name = T("xl/worksheets/sheet1.xml"),
                                            .data = {"", 200},
                                            .size = 200,
                                            .offset = e.offset});
    e.name = T("xl/worksheets/sheet1.xml");
    buf_clear(&a.directory);
    a.entries = 0;
    archive_entry(&a, &e);
    archive_add(&a, "b", T("0123456789"));
    archive_add(&a, "c", T("0123456789"));
    buf_clear(&a.directory);
    a.entries = 0;
    e.data.n += 20;
    e.size += 20;
    archive_record(&a, &e);
    archive_record(&a, &(struct entry_made){.name = T("b"),
                                            .data = {"", 10},
                                            .size = 10,
                                            .offset = e.offset + 30 + e.name.n + sheet.n,
                                            .crc = crc_of(T("0123456789"))});
    reads_as(archive_end(&a), "FILE_BOMB\n");
    archive_drop(&a);

    /* data beyond the end */
    a = ARCHIVE_MADE;
    package_parts(&a);
    e = (struct entry_made){.name = T("x"), .data = {"", 1u << 30}, .size = 1u << 30};
    archive_record(&a, &e);
    reads_as(archive_end(&a), "FILE_TRUNCATED\n");
    archive_drop(&a);

    /* encrypted */
    a = ARCHIVE_MADE;
    e = (struct entry_made){.name = T("x"), .data = sheet, .size = sheet.n, .flags = 1};
    archive_entry(&a, &e);
    reads_as(archive_end(&a), "FILE_PASSWORD\n");
    archive_drop(&a);

    /* a compression that no workbook uses */
    a = ARCHIVE_MADE;
    package_parts(&a);
    e = (struct entry_made){
        .name = T("xl/worksheets/sheet1.xml"), .data = sheet, .size = sheet.n, .method = 12};
    archive_entry(&a, &e);
    reads_as(archive_end(&a), "FILE_UNSAFE\n");
    archive_drop(&a);

    /* a wrong checksum */
    a = ARCHIVE_MADE;
    package_parts(&a);
    e = (struct entry_made){
        .name = T("xl/worksheets/sheet1.xml"), .data = sheet, .size = sheet.n, .crc = 1};
    archive_entry(&a, &e);
    reads_as(archive_end(&a), "FILE_TRUNCATED\n");
    archive_drop(&a);

    /* more entries than there is room for, and more than any workbook has */
    a = ARCHIVE_MADE;
    a.entries = 60000;
    reads_as(archive_end(&a), "FILE_BOMB\n");
    archive_drop(&a);
    a = ARCHIVE_MADE;
    archive_add(&a, "x", sheet);
    a.entries = 3;
    reads_as(archive_end(&a), "FILE_TRUNCATED\n");
    archive_drop(&a);
}

/* Other things in the wrapper of a zip. */
static void other_archives(void **state)
{
    static const char *const names[] = {"word/document.xml", "ppt/presentation.xml",
                                        "xl/workbook.bin", "content.xml", "holiday.jpg"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct archive_made a = ARCHIVE_MADE;
        archive_add(&a, names[i], T("x"));
        reads_as(archive_end(&a), "FILE_UNKNOWN\n");
        archive_drop(&a);
    }
    reads_as(T("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "FILE_UNKNOWN\n");
}

/* A small but complete workbook, for the tests that break it. */
static void small_book(struct archive_made *a)
{
    book_make(a, &(struct book_made){
                     .sheet = T("<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c>"
                                "<c r='B1' s='1'><v>45000</v></c></row><row r='2'>"
                                "<c r='A2' t='inlineStr'><is><t>乙</t></is></c></row></sheetData>"
                                "<mergeCells><mergeCell ref='A1:A2'/></mergeCells></worksheet>"),
                     .strings = T(STRINGS),
                     .styles = T(STYLES)});
}

#define SMALL_BOOK "[一 A1:A2]\n1 A=甲 B@2023-03-15\n2 A=乙\n"

static void cut_off(void **state)
{
    struct archive_made a = ARCHIVE_MADE;

    (void)state;
    small_book(&a);
    reads_as(buf_view(&a.bytes), SMALL_BOOK);
    for (size_t n = 0; n < a.bytes.n; n += 97) {
        struct transcript t = TRANSCRIPT;
        assert_int_equal(transcribe(&t, "cut.xlsx", text_head(buf_view(&a.bytes), n)), -1);
        assert_string_equal(buf_cstr(&t.out), n ? "FILE_TRUNCATED\n" : "FILE_EMPTY\n");
        buf_release(&t.out);
    }
    archive_drop(&a);
}

/* Every byte changed: an error or rows, never a crash. */
static void scrambled(void **state)
{
    struct archive_made a = ARCHIVE_MADE;

    (void)state;
    small_book(&a);
    for (size_t i = 0; i < a.bytes.n; i++) {
        struct transcript t = TRANSCRIPT;
        char was = a.bytes.p[i];

        a.bytes.p[i] = (char)(was ^ 0x55);
        transcribe(&t, "odd.xlsx", buf_view(&a.bytes));
        assert_false(t.out.failed);
        a.bytes.p[i] = was;
        buf_release(&t.out);
    }
    archive_drop(&a);
}

/* Every allocation of ours fails, once and for ever: an error or the whole. */
static void no_memory(void **state)
{
    struct archive_made a = ARCHIVE_MADE;

    (void)state;
    small_book(&a);
    for (int forever = 0; forever < 2; forever++)
        for (unsigned long n = 1;; n++) {
            struct transcript t = TRANSCRIPT;
            struct sheet_limits limits = sheet_limits();
            struct err err = {0};
            unsigned long made;
            int rc;

            t.quiet = true;
            mem_fail_at(n, forever);
            rc = sheet_read_bytes("book.xlsx", a.bytes.p, a.bytes.n, &limits, &t.sink, NULL, &err);
            made = mem_fail_at(0, 0);
            assert_true(rc == 0 || err.code == ERR_NO_MEMORY);
            assert_true(rc != 0 || t.rows == 2);
            buf_release(&t.out);
            if (made < n)
                break;
            assert_true(n < 10000);
        }
    archive_drop(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells),
        cmocka_unit_test(bad_cells),
        cmocka_unit_test(packages),
        cmocka_unit_test(merges),
        cmocka_unit_test(merges_across_blocks),
        cmocka_unit_test(large_sheets),
        cmocka_unit_test(entity_bombs),
        cmocka_unit_test(greedy_xml),
        cmocka_unit_test(greedy_text),
        cmocka_unit_test(zip_bomb),
        cmocka_unit_test(same_part_again),
        cmocka_unit_test(false_directories),
        cmocka_unit_test(other_archives),
        cmocka_unit_test(cut_off),
        cmocka_unit_test(scrambled),
        cmocka_unit_test(no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
