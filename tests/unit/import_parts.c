/* Numbered parts of a text, and the key by which the same text is found again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "office/import/parts.h"

static void parts_of_texts(void **state)
{
    static const struct {
        const char *text, *parts; /* joined by | */
    } cases[] = {
        {"1.消防通道堆放材料。\n2.灭火器过期2具。", "消防通道堆放材料。|灭火器过期2具。"},
        {"1.消防通道堆放材料。2.灭火器过期2具。", "消防通道堆放材料。|灭火器过期2具。"},
        {"1、堆放材料；2、灭火器过期；3、未培训", "堆放材料；|灭火器过期；|未培训"},
        {"１．堆放材料。２．灭火器过期。", "堆放材料。|灭火器过期。"},
        {"（1）堆放材料。（2）灭火器过期。", "堆放材料。|灭火器过期。"},
        {"(1)堆放材料 (2)灭火器过期", "堆放材料|灭火器过期"},
        {"1）堆放材料；2）灭火器过期", "堆放材料；|灭火器过期"},
        {"①堆放材料②灭火器过期③未培训", "堆放材料|灭火器过期|未培训"},
        {"存在以下问题：一是堆放材料；二是灭火器过期。", "堆放材料；|灭火器过期。"},
        {"一、堆放材料。二、灭火器过期。", "堆放材料。|灭火器过期。"},
        {"（一）堆放材料。（二）灭火器过期。", "堆放材料。|灭火器过期。"},
        {"第一，堆放材料。第二，灭火器过期。", "堆放材料。|灭火器过期。"},
        {"现场检查发现：1.堆放材料。2.灭火器过期。", "堆放材料。|灭火器过期。"},
        {"1.堆放材料：（1）钢管；（2）木方。2.灭火器过期。",
         "堆放材料：（1）钢管；（2）木方。|灭火器过期。"},
        {"1. Open port\n2. Weak password", "Open port|Weak password"},
        /* None of these is a list. */
        {"1.5米以下未设护栏。2.5米以上亦未设。", ""},
        {"距边坡1.5米，高2.3米", ""},
        {"1、2、3号楼未设护栏", ""},
        {"2.灭火器过期。3.堆放材料。", ""},
        {"1.只有一条。", ""},
        {"1.第一条。3.缺第二条。", ""},
        {"2025.7.2检查，2025.7.3复查", ""},
        {"一是一，二是二", ""},
        {"配电箱未上锁，一闸多机。", ""},
        {"", ""},
        {"1.", ""},
        {"1.\n2.", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text parts[PARTS_MAX];
        struct buf b = BUF(1 << 16);
        int n = parts_split(text_of(cases[i].text), parts);
        for (int k = 0; k < n; k++) {
            if (k)
                buf_char(&b, '|');
            buf_text(&b, parts[k]);
        }
        if (strcmp(buf_cstr(&b), cases[i].parts))
            print_error("“%s”: %s\n", cases[i].text, buf_cstr(&b));
        assert_string_equal(buf_cstr(&b), cases[i].parts);
        buf_release(&b);
    }
}

static void more_parts_than_the_limit(void **state)
{
    struct text parts[PARTS_MAX];
    struct buf b = BUF(1 << 16);

    (void)state;
    for (int i = 1; i < 200; i++)
        buf_printf(&b, "%d.未设护栏。", i);
    assert_int_equal(parts_split(buf_view(&b), parts), PARTS_MAX);
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_texts),
        cmocka_unit_test(more_parts_than_the_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
