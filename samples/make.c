/*
 * make.c: writes the invented workbooks of this folder, in the shapes that real ones have.
 *
 *     cc -o /tmp/make samples/make.c samples/ledgers.c -lxlsxwriter && /tmp/make samples
 *
 * The same bytes come out every time: chance is a generator with a fixed seed. Who appears in the
 * workbooks is in office.def; what is said, in findings.def, hazards.def and audit.def, which
 * ledgers.c lays out. Nothing of the product is used, so that the workbooks know nothing of how
 * they will be read.
 */
#include "make.h"

#include <stdint.h>
#include <stdlib.h>

enum { PEOPLE = 96 };

/* --- chance ---------------------------------------------------------------------------------- */

static uint64_t seed;

void chance_from(unsigned start)
{
    seed = start;
}

int chance(int from, int to)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return from + (int)(seed % (uint64_t)(to - from + 1));
}

/* --- texts ----------------------------------------------------------------------------------- */

char *expand(const char *pattern, int alternative, char *out)
{
    char *o = out;
    int at = 0;
    bool inside = false;

    for (const char *p = pattern; *p; p++) {
        int from, to, n;
        if (*p == '[') {
            inside = true;
            at = 0;
        } else if (*p == ']') {
            inside = false;
        } else if (*p == '|' && inside) {
            at++;
        } else if (inside && at != alternative) {
            continue;
        } else if (sscanf(p, "{%d-%d}%n", &from, &to, &n) == 2) {
            o += sprintf(o, "%d", chance(from, to));
            p += n - 1;
        } else {
            *o++ = *p;
        }
    }
    *o = '\0';
    return out;
}

/* --- units and people ------------------------------------------------------------------------ */

static const struct unit {
    const char *code, *name, *parent;
    int staff;
} units[] =
    {
#define UNIT(code, name, parent, staff) {code, name, parent, staff},
#include "office.def"
#undef UNIT
},
  city[] = {
#define CITY_UNIT(code, name, parent) {code, name, parent, 0},
#include "office.def"
#undef CITY_UNIT
};

static struct person {
    char login[48], name[32];
    const char *unit, *roles, *title;
} people[PEOPLE];
static int person_count;

static const struct name {
    const char *login, *name;
} surnames[] =
    {
#define SURNAME(login, name) {login, name},
#include "office.def"
#undef SURNAME
},
  given[] = {
#define GIVEN(login, name) {login, name},
#include "office.def"
#undef GIVEN
};

/* Three people for each unit that has staff: its responsible leader, responsible person, liaison.
 */
static void make_people(void)
{
    static const char *const roles[] = {"责任领导", "联络员", "联络员"};
    static const char *const titles[] = {"分管负责人", "股室负责人", "整改联络员"};

    for (int u = 0; u < COUNT(units); u++) {
        if (!units[u].staff)
            continue;
        for (int i = 0; i < 3; i++) {
            struct person *p = &people[person_count];
            const struct name *s = &surnames[person_count % COUNT(surnames)];
            const struct name *g = &given[(person_count * 7 + person_count / 20) % COUNT(given)];
            snprintf(p->login, sizeof p->login, "%s.%s", s->login, g->login);
            snprintf(p->name, sizeof p->name, "%s%s", s->name, g->name);
            p->unit = units[u].name;
            p->roles = roles[i];
            p->title = titles[i];
            person_count++;
        }
    }
}

const char *person_of(const char *unit, int place)
{
    for (int i = 0; i < person_count; i++)
        if (strcmp(people[i].unit, unit) == 0)
            return people[i + place].name;
    fprintf(stderr, "nobody works at %s\n", unit);
    exit(1);
}

/* --- books ----------------------------------------------------------------------------------- */

static lxw_format *format(lxw_workbook *f, const char *font, double size, bool border, bool centre)
{
    lxw_format *x = workbook_add_format(f);

    format_set_font_name(x, font);
    format_set_font_size(x, size);
    format_set_text_wrap(x);
    format_set_align(x, LXW_ALIGN_VERTICAL_CENTER);
    if (centre)
        format_set_align(x, LXW_ALIGN_CENTER);
    if (border)
        format_set_border(x, LXW_BORDER_THIN);
    return x;
}

struct book book_open(const char *folder, const char *name, const char *title, bool chinese)
{
    struct book b = {0};
    char path[1024];
    lxw_doc_properties properties = {.title = (char *)title,
                                     .author = "invented sample",
                                     .comments = "All content is invented.",
                                     .created = 1790726400 /* 2026-09-30 */};
    const char *body = chinese ? "仿宋" : "Calibri", *head = chinese ? "黑体" : "Calibri";

    snprintf(path, sizeof path, "%s/%s", folder, name);
    b.file = workbook_new(path);
    if (b.file == NULL)
        exit(1);
    workbook_set_properties(b.file, &properties);
    b.title =
        format(b.file, chinese ? "方正小标宋简体" : "Calibri", chinese ? 20 : 16, false, true);
    b.subtitle = format(b.file, body, 11, false, false);
    b.header = format(b.file, head, 11, true, true);
    format_set_bg_color(b.header, 0xDDE6F0);
    format_set_bold(b.header);
    b.cell = format(b.file, body, 10.5, true, false);
    b.middle = format(b.file, body, 10.5, true, true);
    b.date = format(b.file, body, 10.5, true, true);
    format_set_num_format(b.date, chinese ? "yyyy/m/d" : "d mmm yyyy");
    b.section = format(b.file, head, 11, true, false);
    b.note = format(b.file, body, 10, false, false);
    return b;
}

void book_sheet(struct book *b, const char *name, const double *widths, int count)
{
    b->sheet = workbook_add_worksheet(b->file, name);
    for (int i = 0; i < count; i++)
        worksheet_set_column(b->sheet, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL);
    worksheet_set_landscape(b->sheet);
    worksheet_set_paper(b->sheet, 9); /* A4 */
}

void book_close(struct book *b)
{
    lxw_error e = workbook_close(b->file);

    if (e) {
        fprintf(stderr, "%s\n", lxw_strerror(e));
        exit(1);
    }
}

void put(struct book *b, int row, int column, const char *text, lxw_format *f)
{
    worksheet_write_string(b->sheet, (lxw_row_t)row, (lxw_col_t)column, text, f);
}

void put_number(struct book *b, int row, int column, double n, lxw_format *f)
{
    worksheet_write_number(b->sheet, (lxw_row_t)row, (lxw_col_t)column, n, f);
}

void put_date(struct book *b, int row, int column, int year, int month, int day)
{
    lxw_datetime d = {.year = year, .month = month, .day = day};

    worksheet_write_datetime(b->sheet, (lxw_row_t)row, (lxw_col_t)column, &d, b->date);
}

void merge(struct book *b, int row, int column, int last_row, int last_column, const char *text,
           lxw_format *f)
{
    worksheet_merge_range(b->sheet, (lxw_row_t)row, (lxw_col_t)column, (lxw_row_t)last_row,
                          (lxw_col_t)last_column, text, f);
}

/* --- units and people ----------------------------------------------------------------------- */

static void write_unit_sheet(struct book *b, const char *name, const char *const header[3],
                             const struct unit *list, int count)
{
    static const double widths[] = {14, 34, 18};

    book_sheet(b, name, widths, COUNT(widths));
    for (int i = 0; i < 3; i++)
        put(b, 0, i, header[i], b->header);
    for (int i = 0; i < count; i++) {
        put(b, i + 1, 0, list[i].code, b->cell);
        put(b, i + 1, 1, list[i].name, b->cell);
        put(b, i + 1, 2, list[i].parent, b->cell);
    }
}

static void write_units_book(const char *folder)
{
    static const char *const zh[] = {"单位编码", "单位名称", "上级单位"};
    static const char *const en[] = {"Unit code", "Unit name", "Parent unit"};
    struct book b = book_open(folder, "units.xlsx", "单位", true);

    write_unit_sheet(&b, "青禾县", zh, units, COUNT(units));
    write_unit_sheet(&b, "Port Averill", en, city, COUNT(city));
    book_close(&b);
}

static void put_person(struct book *b, int row, const char *login, const char *name,
                       const char *unit, const char *roles, const char *title)
{
    put(b, row, 0, login, b->cell);
    put(b, row, 1, name, b->cell);
    put(b, row, 2, unit, b->cell);
    put(b, row, 3, roles, b->cell);
    put(b, row, 4, title, b->cell);
}

static void write_people_book(const char *folder)
{
    static const double widths[] = {22, 18, 34, 18, 24};
    struct book b = book_open(folder, "people.xlsx", "人员", true);
    int row = 1;

    book_sheet(&b, "青禾县", widths, COUNT(widths));
    put_person(&b, 0, "账号", "姓名", "单位", "角色", "职务");
#define STAFF(login, name, unit, roles, title) \
    put_person(&b, row++, login, name, unit, roles, title);
#include "office.def"
#undef STAFF
    for (int i = 0; i < person_count; i++)
        put_person(&b, row++, people[i].login, people[i].name, people[i].unit, people[i].roles,
                   people[i].title);
    row = 1;
    book_sheet(&b, "Port Averill", widths, COUNT(widths));
    put_person(&b, 0, "Login", "Name", "Unit", "Roles", "Title");
#define CITY_STAFF(login, name, unit, roles, title) \
    put_person(&b, row++, login, name, unit, roles, title);
#include "office.def"
#undef CITY_STAFF
    book_close(&b);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : "samples";

    make_people();
    write_rectification(folder);
    write_hazards(folder);
    write_audit(folder);
    write_units_book(folder);
    write_people_book(folder);
    return 0;
}
