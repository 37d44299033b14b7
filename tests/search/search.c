/*
 * search.c: what a search finds for whom; that the index follows the log, and holds nothing that is
 * sealed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../lists/various.h"
#include "../store/faulty.h"
#include "office/search/search.h"
#include "store/postgres.h"

static struct world w;

static int open_world(void **state)
{
    struct err err = {0};

    (void)state;
    return world_open(&w, &err);
}

static int open_various(void **state)
{
    struct err err = {0};

    return open_world(state) != 0 ? -1 : various_fill(&w, &err);
}

static int close_world(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static void catch_up(void)
{
    struct err err = {0};

    assert_int_equal(search_catch_up(&w.ledger, INT64_MAX, NULL, NULL, &err), 0);
}

/* Documents with a token in the index itself, whatever a later look would hide. */
static int64_t indexed(const char *token)
{
    struct store *s = w.ledger.store;

    return world_number(
        s,
        world_line(&w,
                   s->server ? "SELECT COUNT(*) FROM search_text WHERE words @@ CAST('''%s''' AS "
                               "tsquery)"
                             : "SELECT COUNT(*) FROM search_text WHERE search_text MATCH '%s'",
                   token));
}

static int64_t behind(void)
{
    struct err err = {0};
    int64_t n = -1;

    assert_int_equal(search_behind(&w.ledger, &n, &err), 0);
    return n;
}

static struct search_page page_of(const char *person, struct text words,
                                  const struct list_query *narrow)
{
    struct viewer v = various_viewer(&w, person);
    struct err err = {0};
    struct search_page page;

    assert_int_equal(search(&w.ledger, &v, words, narrow, &page, &w.arena, &err), 0);
    return page;
}

/* Codes of what is found, newest first, a space between. */
static const char *found(const char *person, const char *words)
{
    struct search_page page = page_of(person, text_of(words), &(struct list_query){.limit = 500});
    buf_auto struct buf out = BUF(BUF_ANY);

    assert_false(page.more);
    for (size_t i = 0; i < page.count; i++) {
        buf_str(&out, i ? " " : "");
        buf_text(&out, page.hits[i].code);
    }
    return arena_cstr(&w.arena, buf_view(&out));
}

static const char *registered(const char *line)
{
    return arena_cstr(&w.arena, world_do(&w, "clerk", line));
}

static void words_find_items(void **state)
{
    const char *code = registered(
        "register HZ --unit A --assist B --person leader-a --number 六-17 --title 占道停车"
        " --text \"１号楼消防通道被占用，ＡＢＣ公司未整改。\" --part 堆放杂物"
        " --category 安全生产 --object 幸福大廈 --place 解放路88號 --remarks 群众反映强烈");
    const char *other = registered("register HZ --unit B --text 路灯不亮");
    static const struct {
        const char *words;
        bool finds;
    } table[] = {
        {"消防", true},
        {"消", true},
        {"通", true},
        {"消防通道被占用", true},
        {"消防 公司", true},
        {"公司 消防", true},
        {"1号楼", true},
        {"１号楼", true},
        {"abc", true},
        {"ABC公司", true},
        {"ab", false},
        {"防消", false},
        {"消防公司", false},
        {"消防 路灯", false},
        {"幸福大厦", true},
        {"幸福大廈", true},
        {"解放路88号", true},
        {"解放路8", false},
        {"堆放", true},
        {"占道", true},
        {"强烈", true},
        {"強烈", true},
        {"安全生产", true},
        {"六-17", true},
        {"17", true},
        {"城关镇", true},
        {"城關鎮", true},
        {"北山镇", true},
        {"leader-a", true},
        {"未整改", true},
        {"HZ", true},
        {"督查室", false},
        {"消防 NOT 通道", false},
    };
    int wrong = 0;

    (void)state;
    world_do(&w, "clerk", world_line(&w, "task %s --text 清理通道并划线", code));
    catch_up();
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (text_has(text_of(found("clerk", table[i].words)), text_of(code)) != table[i].finds) {
            print_error("%s: %s\n", table[i].words, table[i].finds ? "not found" : "found");
            wrong++;
        }
    assert_int_equal(wrong, 0);
    assert_string_equal(found("clerk", "划线"), code);
    assert_string_equal(found("clerk", code), code);
    assert_string_equal(found("clerk", other), other);
    assert_string_equal(found("clerk", "北山镇"), world_line(&w, "%s %s", other, code));
}

static void the_place_of_the_hit(void **state)
{
    const char *code =
        registered("register SHORT --unit A --text 甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未"
                   "申酉戌亥，滅火器压力不足，灭火器过期");
    struct search_page page;
    struct search_hit *hit;
    struct span *s;

    (void)state;
    catch_up();
    page = page_of("clerk", T("灭火器"), &(struct list_query){0});
    assert_int_equal(page.count, 1);
    hit = &page.hits[0];
    assert_int_equal(hit->field, SEARCH_TEXT);
    assert_int_equal(hit->seq, -1);
    assert_true(hit->cut_before);
    assert_false(hit->cut_behind);
    assert_int_equal(hit->span_count, 2);
    for (s = hit->spans; s < hit->spans + 2; s++)
        assert_true(text_ends((struct text){hit->snippet.p + s->from, s->to - s->from}, T("火器")));
    world_do(&w, "liaison-a", world_line(&w, "report %s --text 已更换灭火瓶两只", code));
    catch_up();
    page = page_of("clerk", T("两只"), &(struct list_query){0});
    assert_int_equal(page.count, 1);
    assert_int_equal(page.hits[0].field, SEARCH_SAID);
    assert_int_equal(page.hits[0].said, EVENT_ITEM_REPORT);
    assert_true(text_eq(page.hits[0].snippet, T("已更换灭火瓶两只")));
    assert_int_equal(page.hits[0].spans[0].from, strlen("已更换灭火瓶"));
}

static void what_was_amended_is_gone(void **state)
{
    const char *code = registered("register HZ --unit A --text 井盖缺失");

    (void)state;
    catch_up();
    assert_string_equal(found("clerk", "井盖"), code);
    world_do(&w, "clerk", world_line(&w, "amend %s --text 路面塌陷 --place 东大街", code));
    catch_up();
    assert_string_equal(found("clerk", "井盖"), "");
    assert_string_equal(found("clerk", "塌陷"), code);
    assert_string_equal(found("clerk", "东大街"), code);
    world_do(&w, "clerk", world_line(&w, "amend %s --clear place", code));
    catch_up();
    assert_string_equal(found("clerk", "东大街"), "");
    /* The words are not in the index itself either, not only hidden by a later look. */
    assert_int_equal(indexed("井盖"), 0);
    assert_int_equal(indexed("塌陷"), 1);
}

/* An item that goes to another unit takes what was said about it along. */
static void units_change(void **state)
{
    const char *code = registered("register SHORT --unit A --text 河道淤积");

    (void)state;
    world_do(&w, "liaison-a", world_line(&w, "report %s --text 已调挖掘机进场", code));
    catch_up();
    assert_string_equal(found("liaison-a", "挖掘机"), code);
    assert_string_equal(found("clerk-b", "挖掘机"), "");
    world_do(&w, "clerk", world_line(&w, "assign %s --unit B", code));
    catch_up();
    assert_string_equal(found("liaison-a", "挖掘机"), "");
    assert_string_equal(found("clerk-b", "挖掘机"), code);
    assert_string_equal(found("clerk-b", "河道"), code);
    /* A unit moves below another: whoever looks at that one finds its items. */
    world_do(&w, "clerk", "unit D --name 丁镇 --parent CITY");
    world_do(&w, "administrator", "person of-d --unit D --role liaison");
    catch_up();
    assert_string_equal(found("of-d", "河道"), "");
    world_do(&w, "clerk", "move B --parent D");
    assert_int_equal(behind(), 1);
    catch_up();
    assert_int_equal(behind(), 0);
    assert_string_equal(found("of-d", "河道"), code);
    assert_string_equal(found("of-d", "挖掘机"), code);
    /* A new name finds, the old one does not. */
    world_do(&w, "clerk", "unit B --name 南山镇");
    catch_up();
    assert_string_equal(found("clerk", "南山镇"), code);
    assert_string_equal(found("clerk", "北山镇"), "");
}

static void the_index_follows_lazily(void **state)
{
    struct err err = {0};
    struct search_page page;
    int64_t size = world_entries(&w.ledger);
    const char *code;

    (void)state;
    assert_int_equal(behind(), size);
    page = page_of("clerk", T("消防"), &(struct list_query){0});
    assert_int_equal(page.count, 0);
    assert_int_equal(page.behind, size);
    assert_int_equal(search_catch_up(&w.ledger, 10, NULL, NULL, &err), 0);
    assert_int_equal(behind(), size - 10);
    catch_up();
    assert_int_equal(behind(), 0);
    code = registered("register HZ --unit A --text 消防水池无水");
    page = page_of("clerk", T("消防"), &(struct list_query){0});
    assert_int_equal(page.count, 0);
    assert_int_equal(page.behind, 1);
    catch_up();
    assert_string_equal(found("clerk", "消防"), code);
}

/* Whatever was in the index, after a rebuild it is made from the log alone. */
static void a_rebuild_resets_it(void **state)
{
    struct hash before, after;
    struct err err = {0};
    const char *all;

    (void)state;
    catch_up();
    all = found("leader", "问题");
    assert_true(strlen(all) > 200);
    before = world_dump(&w.ledger);
    assert_int_equal(
        store_script(w.ledger.store, "UPDATE search_doc SET text = '', scope = ''", &err), 0);
    assert_int_equal(ledger_rebuild(&w.ledger, INT64_MAX, NULL, NULL, &err), 0);
    assert_int_equal(behind(), world_entries(&w.ledger));
    assert_string_equal(found("leader", "问题"), "");
    catch_up();
    assert_string_equal(found("leader", "问题"), all);
    after = world_dump(&w.ledger);
    assert_true(hash_eq(&before, &after));
    /* And when it was made by other rules. */
    assert_int_equal(store_script(w.ledger.store, "UPDATE search_state SET tokens = 1", &err), 0);
    assert_int_equal(behind(), world_entries(&w.ledger));
    assert_string_equal(found("leader", "问题"), "");
    catch_up();
    assert_string_equal(found("leader", "问题"), all);
    if (w.ledger.store->server)
        assert_int_equal(
            world_number(w.ledger.store,
                         "SELECT COUNT(*) FROM search_text t FULL JOIN search_doc d ON "
                         "d.doc = t.doc WHERE t.doc IS NULL OR d.doc IS NULL"),
            0);
    else
        assert_int_equal(
            store_script(w.ledger.store,
                         "INSERT INTO search_text (search_text) VALUES ('integrity-check')", &err),
            0);
}

/* Every item of `various` says 问题: so a search finds exactly what the list of problems shows. */
static void same_as_list(const char *person, struct list_query query)
{
    struct viewer v = various_viewer(&w, person);
    struct err err = {0};
    const struct list_row *row;
    struct list *list = list_open(&w.ledger, &v, &query, &err);
    buf_auto struct buf seen = BUF(BUF_ANY), listed = BUF(BUF_ANY), one = BUF(BUF_ANY);
    struct search_page page;

    assert_non_null(list);
    while (list_next(list, &row, &err) == 1) {
        buf_clear(&one);
        buf_text(&one, row->problem.code);
        buf_char(&one, '\n');
        buf_text(&one, buf_view(&listed));
        buf_clear(&listed);
        buf_text(&listed, buf_view(&one));
    }
    list_close(list);
    query.limit = 7;
    do {
        page = page_of(person, T("问题"), &query);
        assert_true(page.count == 7 || !page.more);
        for (size_t i = 0; i < page.count; i++) {
            buf_text(&seen, page.hits[i].code);
            buf_char(&seen, '\n');
            query.after.id = page.hits[i].item;
        }
    } while (page.more);
    if (!text_eq(buf_view(&seen), buf_view(&listed)))
        fail_msg("%s: search\n%s\nlist\n%s", person, buf_cstr(&seen), buf_cstr(&listed));
}

static void everybody_finds_what_they_may_see(void **state)
{
    static const char *const units[] = {"", "CITY", "A", "A1", "B", "TEAM"};
    static const char *const campaigns[] = {"", "HZ", "SECRET"};
    static const uint32_t choices[] = {0, BIT(STATE_IN_PROGRESS) | BIT(STATE_APPLIED)};
    struct err err = {0};

    (void)state;
    catch_up();
    for (size_t p = 0; p < various_people_count; p++)
        for (size_t u = 0; u < 6; u++)
            for (size_t c = 0; c < 3; c++)
                for (size_t s = 0; s < 2; s++) {
                    struct list_query query = {.kind = LIST_PROBLEMS,
                                               .campaign = text_of(campaigns[c]),
                                               .states = choices[s]};
                    if (units[u][0])
                        assert_int_equal(list_choose_unit(&query, &w.ledger, text_of(units[u]),
                                                          NULL, &w.arena, &err),
                                         0);
                    same_as_list(various_people[p], query);
                }
    assert_string_equal(found("administrator", "问题"), "");
    assert_string_equal(found("nobody", "问题"), "");
}

/* What one may not see answers as what does not exist. */
static void hidden_is_absent(void **state)
{
    static const struct {
        const char *by, *line, *sees, *blind;
    } table[] = {
        {"clerk", "register HZ --unit B --text 琉璃瓦", "clerk", "liaison-a"},
        {"clerk-secret", "register SECRET --unit A --text 琥珀厅", "clerk-secret", "liaison-a"},
        {"clerk-secret", "register HZ --unit A --marking secret --text 翡翠湾", "clerk-secret",
         "liaison-a"},
    };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const char *code = arena_cstr(&w.arena, world_do(&w, table[i].by, table[i].line));
        const char *words = strstr(table[i].line, "--text ") + 7;
        struct search_page page;
        catch_up();
        assert_string_equal(found(table[i].sees, words), code);
        page = page_of(table[i].blind, text_of(words), &(struct list_query){0});
        struct search_page none = page_of(table[i].blind, T("没有这个词"), &(struct list_query){0});
        assert_true(page.more == none.more && page.behind == none.behind);
        assert_int_equal(none.count, 0);
        assert_int_equal(page.count, 0);
    }
}

/* No part of a sealed value, however small, is in the index. */
static void sealed_is_not_in_it(void **state)
{
    static const char *const secrets[] = {"欧阳", "阳锦", "锦瑟",       "鹭岛",
                                          "瑟",   "鹭",   "13987650421"};
    const char *code = registered("register SEALED --unit A --text 油烟扰民 --place 鹭岛南路乙字楼"
                                  " --originator-name 欧阳锦瑟");

    (void)state;
    registered("register HZ --unit A --text 噪声扰民 --originator-phone 13987650421");
    catch_up();
    assert_string_equal(found("clerk", "油烟"), code);
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        assert_string_equal(found("clerk", secrets[i]), "");
        assert_int_equal(indexed(secrets[i]), 0);
        assert_int_equal(
            world_number(w.ledger.store,
                         world_line(&w, "SELECT COUNT(*) FROM search_doc WHERE text LIKE '%%%s%%'",
                                    secrets[i])),
            0);
    }
    /* Nor is an item found by who raised it, sealed or not. */
    registered("register HZ --unit A --text 绿化带被占 --originator 梧桐社区居委会");
    catch_up();
    assert_string_equal(found("clerk", "梧桐社区"), "");
}

static void hostile_words(void **state)
{
    static const char *const words[] = {
        "* OR NEAR(",
        "\"",
        "\"\"\"",
        "a\"b",
        "'; DROP TABLE log; --",
        "words:消防",
        "^消防",
        "消防*",
        "-消防",
        "(消防",
        "消防 OR 路灯",
        "{words}:消防",
        "NEAR(消防 通道, 2)",
        "\\",
        "%",
        "_",
        "$1",
        "?1",
        "消防 AND",
        "\xff\xfe\xfd",
        "\x01\x0e\x0f",
        "_u00001",
    };
    struct viewer v = various_viewer(&w, "clerk");
    buf_auto struct buf lots = BUF(BUF_ANY);
    struct list_query narrow = {0};
    struct search_page page;
    struct err err = {0};

    (void)state;
    registered("register HZ --unit A --text 消防通道");
    catch_up();
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        int rc = search(&w.ledger, &v, text_of(words[i]), &narrow, &page, &w.arena, &err);
        if (rc != 0 && err.code != ERR_NO_WORDS)
            fail_msg("%s: failure %d", words[i], (int)err.code);
    }
    assert_string_equal(found("clerk", "消防 OR 路灯"), "");
    assert_int_equal(page_of("clerk", (struct text){"消防\0\"OR", 11}, &narrow).count, 0);
    assert_int_equal(page_of("clerk", (struct text){"消防\0", 7}, &narrow).count, 1);
    for (int i = 0; i < 10000; i++)
        buf_str(&lots, "\"");
    assert_int_equal(search(&w.ledger, &v, buf_view(&lots), &narrow, &page, &w.arena, &err), -1);
    assert_int_equal(err.code, ERR_TOO_LARGE);
    assert_int_equal(search(&w.ledger, &v, T("***"), &narrow, &page, &w.arena, &err), -1);
    assert_int_equal(err.code, ERR_NO_WORDS);
}

static void pickers_complete_names(void **state)
{
    struct viewer clerk = various_viewer(&w, "clerk"), mine = various_viewer(&w, "liaison-a");
    struct person_hit *people;
    struct unit_hit *units;
    struct err err = {0};
    size_t n;

    (void)state;
    catch_up();
    static const struct {
        const char *words, *code;
        size_t n;
    } table[] = {{"城关", "A", 2},    {"城關鎮", "A", 2}, {"应急", "A1", 2},
                 {"应急办", "A1", 1}, {"a1", "A1", 1},    {"OFF", "OFFICE", 1},
                 {"镇 城", "A", 2},   {"没有", "", 0},    {"***", "", 0}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        assert_int_equal(
            search_units(&w.ledger, text_of(table[i].words), T(""), 10, &units, &n, &w.arena, &err),
            0);
        if (n != table[i].n || (n && !text_eq(units[0].code, text_of(table[i].code))))
            fail_msg("%s: %zu", table[i].words, n);
    }
    assert_int_equal(search_units(&w.ledger, T("城"), T(""), 1, &units, &n, &w.arena, &err), 0);
    assert_int_equal(n, 1);
    assert_int_equal(
        search_people(&w.ledger, &clerk, T("verif"), T(""), 20, &people, &n, &w.arena, &err), 0);
    assert_int_equal(n, 5);
    assert_true(text_eq(people[0].code, T("verifier")));
    /* As in the list of people: who is of no office sees those of their own unit. */
    assert_int_equal(
        search_people(&w.ledger, &mine, T("verif"), T(""), 20, &people, &n, &w.arena, &err), 0);
    assert_int_equal(n, 2);
    world_do(&w, "administrator", "person verifier-a --unit A --role verifier --inactive");
    catch_up();
    assert_int_equal(
        search_people(&w.ledger, &mine, T("verif"), T(""), 20, &people, &n, &w.arena, &err), 0);
    assert_int_equal(n, 1);
}

/* What is too long to be searched whole is searched in part, and holds nothing else up. */
static void long_items_hold_nothing_up(void **state)
{
    static char text[6001];
    char code[64];
    const char *next;

    (void)state;
    snprintf(code, sizeof code, "%s", registered("register HZ --unit A --text 滑坡"));
    for (size_t i = 0; i + 3 < sizeof text; i += 3)
        memcpy(text + i, "土", 3);
    for (int i = 0; i < 1145; i++) {
        world_do(&w, "clerk", world_line(&w, "task %s --text %s", code, i < 45 ? text : "短"));
        arena_clear(&w.arena);
    }
    next = registered("register HZ --unit A --text 裂缝");
    catch_up();
    assert_int_equal(behind(), 0);
    assert_string_equal(found("clerk", "滑坡"), code);
    assert_string_equal(found("clerk", "裂缝"), next);
}

/* Pages go on through all windows of the index (office/search/search.postgres.sql), whether words
 * are frequent, rare, never meet, or stand apart where they were asked for in a row. */
static void pages_through_many_items(void **state)
{
    static const struct {
        const char *words;
        int every, at; /* items whose number leaves that over; 0: none */
    } table[] = {{"问题", 1, 0},       {"消防", 2, 1},          {"路灯", 2, 0},
                 {"消防 路灯", 0, 0},  {"罕见", 211, 7},        {"罕见 问题", 211, 7},
                 {"消防通道", 194, 5}, {"消防 通道 城关", 2, 1}};
    enum { ITEMS = 600 };
    static char codes[ITEMS][24];
    struct search_page page;

    (void)state;
    for (int i = 0; i < ITEMS; i++) {
        snprintf(
            codes[i], sizeof codes[i], "%s",
            registered(world_line(&w, "register HZ --unit %s --text 问题%s%s%s", i % 3 ? "A" : "A1",
                                  i % 2 ? "消防，防通，通道" : "路灯",
                                  i % 194 == 5 ? "，消防通道" : "", i % 211 == 7 ? "，罕见" : "")));
        arena_clear(&w.arena);
    }
    catch_up();
    for (size_t t = 0; t < sizeof table / sizeof table[0]; t++) {
        buf_auto struct buf wanted = BUF(BUF_ANY), got = BUF(BUF_ANY);
        struct list_query narrow = {.limit = 9};
        for (int i = ITEMS - 1; i >= 0; i--)
            if (table[t].every && i % table[t].every == table[t].at)
                buf_printf(&wanted, "%s ", codes[i]);
        do {
            page = page_of("clerk", text_of(table[t].words), &narrow);
            assert_true(page.count == 9 || !page.more);
            for (size_t k = 0; k < page.count; k++) {
                buf_printf(&got, "%.*s ", TEXT_ARG(page.hits[k].code));
                narrow.after.id = page.hits[k].item;
            }
        } while (page.more);
        assert_string_equal(buf_cstr(&got), buf_cstr(&wanted));
    }
}

/* What is found, by whom, in which order and with which words around: the same to the byte. */
static void ask_everything(struct buf *out)
{
    static const char *const words[] = {"问题",    "整改", "1",       "城关镇", "A",
                                        "已 整改", "HZ",   "问题 镇", "清源市", "leader-a"};
    struct err err = {0};
    struct unit_hit *units;
    struct person_hit *people;
    size_t n;

    for (size_t p = 0; p < various_people_count; p++) {
        struct viewer v = various_viewer(&w, various_people[p]);
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
            struct list_query narrow = {.limit = 11};
            struct search_page page = {.more = true};
            while (page.more) {
                page = page_of(various_people[p], text_of(words[i]), &narrow);
                for (size_t k = 0; k < page.count; k++) {
                    search_json(out, &page.hits[k]);
                    narrow.after.id = page.hits[k].item;
                }
                buf_char(out, '\n');
            }
            assert_int_equal(search_people(&w.ledger, &v, text_of(words[i]), T(""), 9, &people, &n,
                                           &w.arena, &err),
                             0);
            for (size_t k = 0; k < n; k++)
                buf_text(out, people[k].code);
            assert_int_equal(
                search_units(&w.ledger, text_of(words[i]), T(""), 9, &units, &n, &w.arena, &err),
                0);
            for (size_t k = 0; k < n; k++)
                buf_text(out, units[k].path);
        }
    }
}

static void both_stores_say_the_same(void **state)
{
    const char *address = world_address();
    buf_auto struct buf here = BUF(BUF_ANY), there = BUF(BUF_ANY);
    struct err err = {0};

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(world_make(&w, world_store(i ? NULL : address, &err), &err), 0);
        assert_int_equal(w.ledger.store->server, i == 0);
        assert_int_equal(world_cast(&w, &err), 0);
        assert_int_equal(various_fill(&w, &err), 0);
        catch_up();
        ask_everything(i ? &there : &here);
        world_close(&w);
    }
    assert_true(here.n > 100000);
    assert_string_equal(buf_cstr(&here), buf_cstr(&there));
}

/* Of several who would index one does, those who write do not wait for it, and all find what it
 * took in. */
static void one_indexes_for_all(void **state)
{
    const char *address = world_address(), *code;
    struct err err = {0};
    struct store *own;
    struct ledger other;
    int64_t n = -1;

    (void)state;
    assert_int_equal(world_make(&w, world_store(address, &err), &err), 0);
    assert_int_equal(world_cast(&w, &err), 0);
    other = w.ledger;
    other.store = postgres_open(address, &(struct postgres_options){.wait_ms = 100}, &err);
    assert_non_null(other.store);
    assert_int_equal(store_begin(other.store, STORE_FOLLOW, &err), 0);
    code = registered("register HZ --unit A --text 消防水池无水");
    store_rollback(other.store);
    assert_int_equal(store_begin(w.ledger.store, STORE_FOLLOW, &err), 0);
    assert_int_equal(search_catch_up(&other, INT64_MAX, NULL, NULL, &err), -1);
    assert_int_equal(err.code, ERR_BUSY);
    store_rollback(w.ledger.store);
    catch_up();
    assert_int_equal(search_behind(&other, &n, &err), 0);
    assert_int_equal(n, 0);
    own = w.ledger.store;
    w.ledger.store = other.store;
    assert_string_equal(found("clerk", "消防"), code);
    w.ledger.store = own;
    store_close(other.store);
    world_close(&w);
}

/* Whatever call of the database fails, what is indexed is whole, and going on makes up for it. */
static void failures_lose_nothing(void **state)
{
    struct err err = {0};
    struct store *store = faulty_open(world_store(world_address(), &err));
    const char *all;

    (void)state;
    assert_int_equal(world_make(&w, store, &err), 0);
    assert_int_equal(world_cast(&w, &err), 0);
    assert_int_equal(various_fill(&w, &err), 0);
    catch_up();
    all = found("leader", "问题");
    assert_int_equal(ledger_rebuild(&w.ledger, INT64_MAX, NULL, NULL, &err), 0);
    for (unsigned long n = 1;; n += 1 + n / 8) {
        unsigned long made;
        int rc;
        faulty_fail_at(store, n, false);
        rc = search_catch_up(&w.ledger, 20, NULL, NULL, &err);
        made = faulty_fail_at(store, 0, false);
        assert_int_equal(rc, made < n ? 0 : -1);
        if (made < n && behind() == 0)
            break;
    }
    assert_string_equal(found("leader", "问题"), all);
    for (unsigned long n = 1;; n += 1 + n / 8) {
        struct viewer v = various_viewer(&w, "clerk");
        struct list_query narrow = {0};
        struct search_page page;
        unsigned long made;
        int rc;
        faulty_fail_at(store, n, false);
        rc = search(&w.ledger, &v, T("问题"), &narrow, &page, &w.arena, &err);
        made = faulty_fail_at(store, 0, false);
        assert_int_equal(rc, made < n ? 0 : -1);
        if (made < n)
            break;
    }
    world_close(&w);
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
#define IN_VARIOUS(test) cmocka_unit_test_setup_teardown(test, open_various, close_world)
    const struct CMUnitTest tests[] = {
        IN_WORLD(words_find_items),
        IN_WORLD(the_place_of_the_hit),
        IN_WORLD(what_was_amended_is_gone),
        IN_WORLD(units_change),
        IN_WORLD(the_index_follows_lazily),
        IN_VARIOUS(a_rebuild_resets_it),
        IN_VARIOUS(everybody_finds_what_they_may_see),
        IN_VARIOUS(hidden_is_absent),
        IN_WORLD(sealed_is_not_in_it),
        IN_WORLD(hostile_words),
        IN_WORLD(pickers_complete_names),
        IN_WORLD(long_items_hold_nothing_up),
        IN_WORLD(pages_through_many_items),
        cmocka_unit_test(failures_lose_nothing),
    };
    const struct CMUnitTest of_a_server[] = {
        cmocka_unit_test(both_stores_say_the_same),
        cmocka_unit_test(one_indexes_for_all),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    if (world_address())
        failed += cmocka_run_group_tests(of_a_server, NULL, NULL);
    return failed;
}
