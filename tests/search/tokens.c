/* tokens.c: which tokens come of a text, and which texts hold what is asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "office/search/tokens.h"

static void texts_give_tokens(void **state)
{
    static const char *const table[][2] = {
        {"消防", "消 防 消防"},
        {"消防通道", "消 防 消防 通 防通 道 通道"},
        {"消防、通道", "消 防 消防 通 道 通道"},
        {"消防\n通道", "消 防 消防 通 防通 道 通道"},
        {"张　三", "张 三 张三"},
        {"滅火器", "灭 火 灭火 器 火器"},
        {"爲 為 为", "为 为 为为 为 为为"},
        {"臺賬", "台 账 台账"},
        {"薴 苧", "苎 苎 苎苎"},
        {"HZ2026-0012", "hz2026 0012 hz2026-0012"},
        {"ＨＺ２０２６－００１２", "hz2026 0012 hz2026-0012"},
        {"hz2026–0012", "hz2026 0012 hz2026-0012"},
        {"第12号楼", "第 12 第12 号 12号 楼 号楼"},
        {"第 12 号", "第 12 第12 号 12号"},
        {"国发〔2026〕3号", "国 发 国发 2026 3 号 3号"},
        {"2026-03-02", "2026 03 2026-03 02 03-02"},
        {"3.5%", "3 5 3-5"},
        {"a - b", "a b"},
        {"a--b", "a b"},
        {"Straße ÉCOLE Дом", "straße école дом"},
        {"カメラ", "カ メ カメ ラ メラ"},
        {"々〇", "々 〇 々〇"},
        {"𠀀𠀁", "𠀀 𠀁 𠀀𠀁"},
        {"*", ""},
        {"", ""},
        {"，。！？“”()[]{}\"'^:*+-", ""},
        {"\xff\xfe消\xe6", "消"},
        {"e\xcc\x81", "e\xcc\x81"},
    };
    buf_auto struct buf out = BUF(BUF_ANY);
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        buf_clear(&out);
        tokens_put(&out, text_of(table[i][0]));
        if (!text_eq(text_trim(buf_view(&out)), text_of(table[i][1]))) {
            print_error("%s gives%s, not %s\n", table[i][0], buf_cstr(&out), table[i][1]);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
    buf_clear(&out);
    tokens_put(&out, (struct text){"消\0防", 7});
    assert_true(text_eq(buf_view(&out), T(" 消 防")));
}

static void names_give_beginnings(void **state)
{
    buf_auto struct buf out = BUF(BUF_ANY);

    (void)state;
    tokens_put_name(&out, T("U01 城关镇"));
    assert_string_equal(buf_cstr(&out), " _pu _pu0 _pu01 _p城 _p关 _p城关 _p镇 _p关镇");
    buf_clear(&out);
    tokens_put_name(&out, T("abcdefghijklmnopqrstuvwxyz"));
    assert_true(text_ends(buf_view(&out), T(" _pabcdefghijklmnop")));
}

/* A word of any length counts, and never breaks a character. */
static void long_words_are_cut(void **state)
{
    buf_auto struct buf text = BUF(BUF_ANY), out = BUF(BUF_ANY);

    (void)state;
    for (int i = 0; i < 5000; i++)
        buf_str(&text, "é");
    tokens_put(&out, buf_view(&text));
    assert_int_equal(out.n, 1 + WORD_BYTES);
    assert_true(text_utf8(buf_view(&out)));
}

static void questions_are_conditions(void **state)
{
    static const char *const table[][2] = {
        {"消防", "\"消防\""},
        {"消", "\"消\""},
        {"消防 通道", "\"消防\" AND \"通道\""},
        {"消防通道", "\"消防\" AND \"防通\" AND \"通道\""},
        {"滅火", "\"灭火\""},
        {"HZ-1", "\"hz-1\""},
        {"3号楼", "\"3号\" AND \"号楼\""},
        {"* OR NEAR(", "\"or\" AND \"near\""},
        {"\"a\" NOT {words}: ^b*", "\"a\" AND \"not\" AND \"words\" AND \"b\""},
        {"_u00001 _c42", "\"u00001\" AND \"c42\""},
        {"''\\;--", ""},
    };
    buf_auto struct buf out = BUF(BUF_ANY);
    struct ask ask;
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        buf_clear(&out);
        assert_true(ask_read(&ask, text_of(table[i][0])));
        ask_match(&out, &ask);
        if (strcmp(buf_cstr(&out), table[i][1]) != 0) {
            print_error("%s asks %s, not %s\n", table[i][0], buf_cstr(&out), table[i][1]);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void questions_have_limits(void **state)
{
    buf_auto struct buf words = BUF(BUF_ANY);
    struct ask ask;

    (void)state;
    for (int i = 0; i < 10000; i++)
        buf_char(&words, 'x');
    assert_false(ask_read(&ask, buf_view(&words)));
    buf_clear(&words);
    for (int i = 0; i < ASK_TERMS; i++)
        buf_str(&words, "a ");
    assert_true(ask_read(&ask, buf_view(&words)));
    assert_int_equal(ask.count, ASK_TERMS);
    buf_str(&words, "a");
    assert_false(ask_read(&ask, buf_view(&words)));
    buf_clear(&words);
    for (int i = 0; i < ASK_PIECES; i++)
        buf_str(&words, "消");
    assert_true(ask_read(&ask, buf_view(&words)));
    buf_str(&words, "防");
    assert_false(ask_read(&ask, buf_view(&words)));
}

/* The text with ‹› around what was found; empty when a term is missing. */
static void texts_hold_what_is_asked(void **state)
{
    static const char *const table[][3] = {
        {"消防", "1号楼消防通道", "1号楼‹消防›通道"},
        {"消防", "消 防", "‹消 防›"},
        {"消防", "消、防", ""},
        {"消防通道", "防通，消防和通道", ""},
        {"消防 通道", "通道被占，消防车", "‹通道›被占，‹消防›车"},
        {"消防 防通", "消防通道", "‹消防通›道"},
        {"灭火", "滅火器", "‹滅火›器"},
        {"滅火", "灭火器", "‹灭火›器"},
        {"ａｂ", "xab AB-1 ab", "xab ‹AB›-1 ‹ab›"},
        {"消消", "消消消", "‹消消消›"},
        {"12", "第12号和120号", "第‹12›号和120号"},
        {"消", "消防", "‹消›防"},
        {"HZ-12", "见HZ-12、HZ 12", "见‹HZ-12›、HZ 12"},
    };
    arena_auto struct arena arena = ARENA(BUF_ANY);
    buf_auto struct buf out = BUF(BUF_ANY);
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct text t = text_of(table[i][1]);
        struct span spans[8];
        struct ask ask;
        uint32_t found;
        size_t at = 0, n;
        buf_clear(&out);
        assert_true(ask_read(&ask, text_of(table[i][0])));
        n = ask_spans(&ask, t, spans, 8, &found, &arena);
        for (size_t k = 0; found == (1u << ask.count) - 1 && k < n; k++) {
            buf_bytes(&out, t.p + at, spans[k].from - at);
            buf_str(&out, "‹");
            buf_bytes(&out, t.p + spans[k].from, spans[k].to - spans[k].from);
            buf_str(&out, "›");
            at = spans[k].to;
        }
        if (at)
            buf_text(&out, text_from(t, at));
        if (strcmp(buf_cstr(&out), table[i][2]) != 0) {
            print_error("%s in %s: %s, not %s\n", table[i][0], table[i][1], buf_cstr(&out),
                        table[i][2]);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_give_tokens),     cmocka_unit_test(names_give_beginnings),
        cmocka_unit_test(long_words_are_cut),    cmocka_unit_test(questions_are_conditions),
        cmocka_unit_test(questions_have_limits), cmocka_unit_test(texts_hold_what_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
