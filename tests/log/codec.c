/*
 * codec.c: entries and their JSON: what is written is read again as it was, and nothing is read
 * that is not exactly what would be written (docs/log-format.md, "Canonical form").
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/env.h"
#include "base/json.h"
#include "ledger/entry.h"

static struct arena arena = {.cap = 64u << 20};
static struct env env;

static int fresh(void **state)
{
    (void)state;
    arena_clear(&arena);
    env = env_replay(5, 0);
    return 0;
}

static int release(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static uint32_t random_below(uint32_t n)
{
    uint32_t r;

    env.random(&env, &r, sizeof r);
    return r % n;
}

/* --- JSON ----------------------------------------------------------------------------------------
 */

static void texts_are_written_in_one_way(void **state)
{
    static const struct {
        struct text value;
        const char *json;
    } cases[] = {
        {{"", 0}, "\"\""},
        {{"a/b", 3}, "\"a/b\""},
        {{"\"\\", 2}, "\"\\\"\\\\\""},
        {{"\b\t\n\f\r", 5}, "\"\\b\\t\\n\\f\\r\""},
        {{"\x01\x0b\x1f", 3}, "\"\\u0001\\u000b\\u001f\""},
        {{"\x7f", 1}, "\"\x7f\""},
        {{"中文", 6}, "\"中文\""},
        {{"\xe2\x80\xa8", 3}, "\"\xe2\x80\xa8\""}, /* U+2028 stands for itself */
        {{"\xf0\x9f\x98\x80", 4}, "\"\xf0\x9f\x98\x80\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_auto struct buf out = BUF(1000);
        struct json j = {cases[i].json, cases[i].json + strlen(cases[i].json)};
        struct text back;
        json_put_text(&out, cases[i].value);
        assert_string_equal(buf_cstr(&out), cases[i].json);
        assert_true(json_text(&j, &arena, &back));
        assert_true(text_eq(back, cases[i].value));
        assert_ptr_equal(j.p, j.end);
    }
}

static void every_character_comes_back(void **state)
{
    (void)state;
    for (uint32_t cp = 1; cp < 0x110000; cp += cp < 0x3000 ? 1 : 97) {
        buf_auto struct buf out = BUF(100);
        char bytes[4];
        struct text value = {bytes, 0}, back;
        struct json j;
        if (cp >= 0xd800 && cp < 0xe000)
            continue;
        value.n = text_encode(cp, bytes);
        json_put_text(&out, value);
        j = (struct json){out.p, out.p + out.n};
        assert_true(json_text(&j, &arena, &back));
        assert_true(text_eq(back, value));
        arena_clear(&arena);
    }
}

static void other_texts_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "\"",
        "\"a",
        "a\"",
        "'a'",
        "\"\\/\"",
        "\"\\u0041\"",
        "\"\\u000a\"",
        "\"\\u0000\"",
        "\"\\u001F\"",
        "\"\\u0020\"",
        "\"\\u007f\"",
        "\"\\u4e2d\"",
        "\"\\ud800\"",
        "\"\\ud83d\\ude00\"",
        "\"\\x\"",
        "\"\\\"",
        "\"\\u00\"",
        "\"\\u\"",
        "\"\\U0001\"",
        "\"\t\"",
        "\"\n\"",
        "\"\x01\"",
        "\"\xff\"",
        "\"\xc0\x80\"",
        "\"\xed\xa0\x80\"",
        "\"\xe4\xb8\"",
        "\"\x80\"",
        "\"\xf4\x90\x80\x80\"",
        "\"\\n\xff\"",
        "\"\\n\x01\"",
        "\"\\n",
        "\"\\n\\\"",
        " \"a\"",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct json j = {bad[i], bad[i] + strlen(bad[i])};
        struct text t;
        if (json_text(&j, &arena, &t))
            fail_msg("taken: %s", bad[i]);
    }
    static const char with_nul[] = "\"a\0b\"";
    struct json nul = {with_nul, with_nul + sizeof with_nul - 1};
    struct text t;
    assert_false(json_text(&nul, &arena, &t));
}

static void numbers_are_read_in_one_way(void **state)
{
    static const struct {
        const char *json;
        int64_t value;
    } good[] = {{"0", 0},
                {"-1", -1},
                {"10", 10},
                {"9007199254740991", JSON_INT_MAX},
                {"-9007199254740991", -JSON_INT_MAX}};
    static const char *const bad[] = {
        "",
        "-",
        "-0",
        "00",
        "01",
        "-01",
        "+1",
        ".1",
        "a",
        " 1",
        "0x1",
        "9007199254740992",
        "-9007199254740992",
        "9223372036854775808",
        "99999999999999999999999999999999999999",
        "18446744073709551617",
        "null",
        "\"1\"",
    };
    /* What a float's first digits would be is left standing, so that the next token fails. */
    static const char *const rest[] = {"1.0", "1e0", "1E0", "1 ", "0.", "12a"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct json j = {good[i].json, good[i].json + strlen(good[i].json)};
        int64_t v;
        assert_true(json_int(&j, &v));
        assert_int_equal(v, good[i].value);
        assert_ptr_equal(j.p, j.end);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct json j = {bad[i], bad[i] + strlen(bad[i])};
        int64_t v;
        if (json_int(&j, &v) && j.p == j.end)
            fail_msg("taken: %s", bad[i]);
    }
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        struct json j = {rest[i], rest[i] + strlen(rest[i])};
        int64_t v;
        assert_false(json_int(&j, &v) && j.p == j.end);
    }
}

/* Whatever it is given, it stops, and inside the bytes. */
static void skipping_stays_inside(void **state)
{
    static const char alphabet[] = "{}[]\",:\\a1 \n";
    char bytes[24];

    (void)state;
    for (int round = 0; round < 200000; round++) {
        size_t n = random_below(sizeof bytes);
        char *copy = malloc(n ? n : 1); /* so that a byte too far is seen */
        struct json j;
        for (size_t i = 0; i < n; i++)
            copy[i] = alphabet[random_below(sizeof alphabet - 1)];
        j = (struct json){copy, copy + n};
        json_skip(&j);
        assert_true(j.p >= copy && j.p <= copy + n);
        free(copy);
    }
}

/* --- entries
 * --------------------------------------------------------------------------------------- */

/* Text of any kind, with what must be escaped among it. */
static struct text some_text(void)
{
    static const char *const pieces[] = {
        "a", "问题", "\"", "\\", "\n", "\x01", "/",  "\x7f", "é",    "𠮷",          "{}[]",
        ",", ":",    " ",  "\t", "\r", "\b",   "\f", "0",    "\x1f", "\xef\xbb\xbf"};
    struct text t = T("");
    uint32_t count = 1 + random_below(6);

    for (uint32_t i = 0; i < count; i++)
        t = arena_join(&arena, t, text_of(pieces[random_below(sizeof pieces / sizeof pieces[0])]));
    return t;
}

/* Fills fields from `from` up to `until`; in a list every record has all of its fields. */
static void fill(const struct shape *shape, void *data, int from, int until)
{
    for (int i = from; i < until; i++) {
        const struct field *f = &shape->fields[i];
        void *p = (char *)data + f->offset;
        uint32_t r;
        switch (f->type) {
        case FIELD_TEXT: *(struct text *)p = some_text(); break;
        case FIELD_INT:
            env.random(&env, &r, sizeof r);
            *(int64_t *)p = r % 5 == 0   ? JSON_INT_MAX
                            : r % 5 == 1 ? -JSON_INT_MAX
                                         : (int64_t)r - INT32_MAX + (r == INT32_MAX);
            break;
        case FIELD_BOOL: *(bool *)p = true; break;
        case FIELD_DAY: {
            int32_t day = DATE_FIRST + (int32_t)random_below((uint32_t)(DATE_LAST - DATE_FIRST));
            *(int32_t *)p = day ? day : 1;
            break;
        }
        case FIELD_TEXTS: {
            struct texts *t = p;
            t->count = 1 + random_below(3);
            t->at = arena_array(&arena, struct text, t->count);
            for (size_t k = 0; k < t->count; k++)
                t->at[k] = random_below(4) ? some_text() : T("");
            break;
        }
        case FIELD_LIST: {
            struct {
                char *at;
                size_t count;
            } list = {.count = 1 + random_below(2)};
            list.at = arena_take(&arena, list.count * f->shape->size);
            for (size_t k = 0; k < list.count; k++)
                fill(f->shape, list.at + k * f->shape->size, 0, f->shape->count);
            memcpy(p, &list, sizeof list);
            break;
        }
        }
    }
}

static struct entry some_entry(int kind)
{
    struct entry e = {.seq = random_below(1000000), .at = 1772416800000 + random_below(1000000)};

    e.id = some_text();
    e.by = some_text();
    e.via = some_text();
    e.on = random_below(3) ? some_text() : T("");
    e.event.kind = (enum event_kind)kind;
    return e;
}

/* The entry's bytes; read back and written again they are the same. */
static void comes_back(const struct entry *e)
{
    buf_auto struct buf once = BUF(1u << 20), again = BUF(1u << 20);
    struct entry back;
    const char *why = "";

    entry_write(&once, e);
    assert_false(once.failed);
    if (once.n > ENTRY_BYTES)
        return;
    if (!entry_read(buf_view(&once), &arena, &back, &why))
        fail_msg("%s: %s", why, buf_cstr(&once));
    assert_int_equal(back.seq, e->seq);
    assert_int_equal(back.at, e->at);
    assert_int_equal(back.event.kind, e->event.kind);
    assert_true(text_eq(back.id, e->id) && text_eq(back.by, e->by) && text_eq(back.on, e->on) &&
                text_eq(back.via, e->via));
    entry_write(&again, &back);
    assert_int_equal(once.n, again.n);
    assert_memory_equal(once.p, again.p, once.n);
}

static void every_kind_comes_back(void **state)
{
    int kinds = 0;

    (void)state;
    for (int kind = 0; kind < EVENT_END; kind++) {
        const struct shape *shape = event_shape(kind);
        if (shape == NULL)
            continue;
        kinds++;
        assert_int_equal(event_kind_of(text_of(shape->name)), kind);
        /* With nothing, with one field at a time, with all of them. */
        struct entry e = some_entry(kind);
        comes_back(&e);
        for (int f = 0; f < shape->count; f++) {
            e = some_entry(kind);
            fill(shape, &e.event.ledger_init, f, f + 1);
            comes_back(&e);
        }
        for (int round = 0; round < 20; round++) {
            e = some_entry(kind);
            fill(shape, &e.event.ledger_init, 0, shape->count);
            comes_back(&e);
            arena_clear(&arena);
        }
    }
    assert_true(kinds > 35);
}

/* Keys stand in the order of their bytes, as RFC 8785 asks. */
static void fields_stand_in_order(void **state)
{
    (void)state;
    for (int kind = 0; kind < EVENT_END; kind++) {
        const struct shape *shape = event_shape(kind);
        for (int i = 1; shape && i < shape->count; i++)
            assert_true(strcmp(shape->fields[i - 1].key, shape->fields[i].key) < 0);
    }
}

#define BASE                                                                                       \
    "{\"at\":1,\"by\":\"owner\",\"data\":{\"marking\":2,\"name\":\"A/\\n\\u001f中\",\"owner\":[{" \
    "\"clearance\":1,\"code\":\"x\",\"inactive\":true,\"roles\":[\"clerk\",\"auditor\"]}]},"       \
    "\"id\":\"i\",\"kind\":\"ledger.init\",\"on\":\"\",\"seq\":0,\"v\":1,\"via\":\"t\"}"

static void is_refused(struct text bytes, const char *what)
{
    struct entry e;
    const char *why = NULL;
    char *copy = malloc(bytes.n ? bytes.n : 1);

    assert_non_null(copy);
    if (bytes.n)
        memcpy(copy, bytes.p, bytes.n);
    if (entry_read((struct text){copy, bytes.n}, &arena, &e, &why))
        fail_msg("taken: %s", what);
    assert_non_null(why);
    free(copy);
    arena_clear(&arena);
}

static void other_forms_are_refused(void **state)
{
    /* What stands in BASE, and what is put in its place. */
    static const struct {
        const char *old, *now;
    } variants[] = {
        /* White space. */
        {"{\"at\"", " {\"at\""},
        {"{\"at\"", "{ \"at\""},
        {"\"at\":1", "\"at\": 1"},
        {"\"at\":1", "\"at\" :1"},
        {"1,\"by\"", "1, \"by\""},
        {"{\"marking\"", "{\n\"marking\""},
        {"\"t\"}", "\"t\" }"},
        {"\"t\"}", "\"t\"}\n"},
        {"\"t\"}", "\"t\"} "},
        {"[\"clerk\"", "[ \"clerk\""},
        {"\"clerk\",", "\"clerk\", "},
        {"}]", "} ]"},
        /* Order, repetition, what is unknown or missing. */
        {"\"at\":1,\"by\":\"owner\"", "\"by\":\"owner\",\"at\":1"},
        {"\"at\":1,", "\"at\":1,\"at\":1,"},
        {"\"v\":1,", ""},
        {"\"seq\":0,", ""},
        {",\"via\":\"t\"", ""},
        {"\"via\":\"t\"", "\"via\":\"t\",\"x\":1"},
        {"\"via\":\"t\"", "\"via\":\"t\",\"via\":\"t\""},
        {"\"on\":\"\",", ""},
        {"\"marking\":2,\"name\"", "\"marking\":2,\"marking\":2,\"name\""},
        {"\"marking\":2,", "\"marking\":2,\"mystery\":2,"},
        {"\"marking\":2,", "\"aaa\":2,"},
        {"\"marking\":2,\"name\":\"A/\\n\\u001f中\"", "\"name\":\"A\",\"marking\":2"},
        {"\"code\":\"x\",", "\"code\":\"x\",\"code\":\"x\","},
        {"\"code\":\"x\"", "\"coda\":\"x\""},
        {"\"code\":\"x\",\"inactive\":true", "\"inactive\":true,\"code\":\"x\""},
        {"\"kind\"", "\"Kind\""},
        {"ledger.init", "ledger.Init"},
        {"ledger.init", "ledger.end"},
        {"ledger.init", ""},
        {"\"ledger.init\"", "1"},
        {"\"v\":1", "\"v\":2"},
        {"\"v\":1", "\"v\":\"1\""},
        /* Escapes. */
        {"A/", "\\u0041/"},
        {"A/", "A\\/"},
        {"\\n", "\\u000a"},
        {"\\n", "\n"},
        {"\\u001f", "\\u001F"},
        {"\\u001f", "\x1f"},
        {"\\u001f", "\\u0000"},
        {"中", "\\u4e2d"},
        {"中", "\\ud800"},
        {"中", "\\x"},
        {"\"by\"", "\"b\\u0079\""},
        {"\"name\"", "\"n\\u0061me\""},
        /* Numbers. */
        {"\"at\":1", "\"at\":1.0"},
        {"\"at\":1", "\"at\":1e0"},
        {"\"at\":1", "\"at\":01"},
        {"\"at\":1", "\"at\":+1"},
        {"\"at\":1", "\"at\":-0"},
        {"\"at\":1", "\"at\":\"1\""},
        {"\"at\":1", "\"at\":true"},
        {"\"at\":1", "\"at\":null"},
        {"\"at\":1", "\"at\":"},
        {"\"at\":1", "\"at\":9007199254740992"},
        {"\"at\":1", "\"at\":-9007199254740992"},
        {"\"seq\":0", "\"seq\":-0"},
        {"\"seq\":0", "\"seq\":00"},
        {"\"marking\":2", "\"marking\":2.5"},
        {"\"marking\":2", "\"marking\":9223372036854775809"},
        /* What says nothing is left out. */
        {"\"marking\":2", "\"marking\":0"},
        {"\"code\":\"x\"", "\"code\":\"\""},
        {"\"inactive\":true", "\"inactive\":false"},
        {"[\"clerk\",\"auditor\"]", "[]"},
        {"\"inactive\":true", "\"inactive\":1"},
        {"\"inactive\":true", "\"inactive\":\"true\""},
        {"\"inactive\":true", "\"inactive\":True"},
        {"\"inactive\":true", "\"inactive\":null"},
        /* Types and brackets. */
        {"\"by\":\"owner\"", "\"by\":null"},
        {"\"by\":\"owner\"", "\"by\":[\"owner\"]"},
        {"[\"clerk\",\"auditor\"]", "\"clerk\""},
        {"[\"clerk\",\"auditor\"]", "[\"clerk\",\"auditor\",]"},
        {"[\"clerk\",\"auditor\"]", "[,\"auditor\"]"},
        {"[\"clerk\",\"auditor\"]", "[\"clerk\" \"auditor\"]"},
        {"[\"clerk\",\"auditor\"]", "[\"clerk\",1]"},
        {"[\"clerk\",\"auditor\"]", "{\"clerk\":1}"},
        {"[\"clerk\",\"auditor\"]", "[\"clerk\",\"auditor\"}"},
        {"}]}", "}}]"},
        {"}]}", "]}"},
        {"\"data\":{", "\"data\":["},
        {"{\"at\"", "[\"at\""},
        {"\"t\"}", "\"t\"]"},
        {"\"t\"}", "\"t\"}}"},
        {"\"t\"}", "\"t\"},"},
        {"\"t\"}", "\"t\""},
        {"{\"at\"", "{{\"at\""},
        {"{\"at\"", "\xef\xbb\xbf{\"at\""},
        {"{\"clearance\"", "[\"clearance\""},
        {"\"owner\":[{", "\"owner\":[[{"},
        /* Bytes that are no UTF-8, and NUL. */
        {"中", "\xff"},
        {"中", "\xc0\xaf"},
        {"中", "\xed\xa0\x80"},
        {"中", "\xe4\xb8"},
        {"中", "\x80"},
        {"中", "\xf8\x88\x80\x80\x80"},
        {"owner\"", "own\xe9r\""},
    };

    (void)state;
    struct entry e;
    struct text base = T(BASE);
    assert_true(entry_read(base, &arena, &e, NULL));
    for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++) {
        buf_auto struct buf out = BUF(10000);
        ptrdiff_t at = text_find(base, text_of(variants[i].old));
        if (at < 0)
            fail_msg("no %s in it", variants[i].old);
        buf_text(&out, text_head(base, (size_t)at));
        buf_str(&out, variants[i].now);
        buf_text(&out, text_from(base, (size_t)at + strlen(variants[i].old)));
        is_refused(buf_view(&out), buf_cstr(&out));
    }
    for (size_t n = 0; n < base.n; n++)
        is_refused(text_head(base, n), "a piece of it");
    for (size_t at = 0; at <= base.n; at++) {
        buf_auto struct buf out = BUF(10000);
        buf_text(&out, text_head(base, at));
        buf_char(&out, '\0');
        buf_text(&out, text_from(base, at));
        is_refused(buf_view(&out), "one with a NUL");
    }
}

/* Whatever bytes are taken, they are those that would be written. */
static void only_what_would_be_written_is_taken(void **state)
{
    long taken = 0;

    (void)state;
    for (int round = 0; round < 60000; round++) {
        buf_auto struct buf bytes = BUF(1u << 20), again = BUF(1u << 20);
        int kind = (int)random_below(EVENT_END);
        const struct shape *shape = event_shape(kind);
        struct entry e;
        if (shape == NULL)
            continue;
        arena_clear(&arena);
        e = some_entry(kind);
        fill(shape, &e.event.ledger_init, 0, (int)random_below((uint32_t)shape->count + 1));
        entry_write(&bytes, &e);
        for (uint32_t k = 0; k <= random_below(3); k++) {
            char *p = bytes.p + random_below((uint32_t)bytes.n);
            switch (random_below(3)) {
            case 0: *p = (char)random_below(256); break;
            case 1: *p = (char)(*p ^ 1 << random_below(8)); break;
            default: *p = bytes.p[random_below((uint32_t)bytes.n)];
            }
        }
        if (!entry_read(buf_view(&bytes), &arena, &e, NULL))
            continue;
        taken++;
        entry_write(&again, &e);
        if (!text_eq(buf_view(&bytes), buf_view(&again)))
            fail_msg("taken: %s\nwritten: %s", buf_cstr(&bytes), buf_cstr(&again));
    }
    assert_true(taken > 1000);
}

static void depth_and_size_are_bounded(void **state)
{
    static char bytes[ENTRY_BYTES + 100];

    (void)state;
    memset(bytes, '[', sizeof bytes);
    is_refused((struct text){bytes, ENTRY_BYTES}, "brackets without end");
    memset(bytes, '{', sizeof bytes);
    is_refused((struct text){bytes, ENTRY_BYTES}, "braces without end");
    memset(bytes, '"', sizeof bytes);
    is_refused((struct text){bytes, ENTRY_BYTES}, "quotes without end");
    /* An entry that is canonical and a byte too long. */
    struct entry e = some_entry(EVENT_ITEM_CHASE);
    buf_auto struct buf out = BUF(1u << 20);
    memset(bytes, 'x', sizeof bytes);
    e.event.item_chase.text = (struct text){bytes, 100};
    entry_write(&out, &e);
    e.event.item_chase.text.n += ENTRY_BYTES - out.n;
    buf_clear(&out);
    entry_write(&out, &e);
    assert_int_equal(out.n, ENTRY_BYTES);
    struct entry back;
    assert_true(entry_read(buf_view(&out), &arena, &back, NULL));
    e.event.item_chase.text.n++;
    buf_clear(&out);
    entry_write(&out, &e);
    is_refused(buf_view(&out), "one that is too long");
    /* And it cannot be written where the cap is the longest entry. */
    buf_auto struct buf capped = BUF(ENTRY_BYTES);
    entry_write(&capped, &e);
    assert_true(capped.failed);
}

/* Records inside records, as many as fit, take no more memory than a reader has. */
static void many_small_records(void **state)
{
    buf_auto struct buf out = BUF(1u << 20);
    arena_auto struct arena small = ARENA(8u << 20); /* what verify gives */
    struct entry e;

    (void)state;
    buf_str(&out, "{\"at\":1,\"by\":\"o\",\"data\":{\"tasks\":[{}");
    while (out.n < ENTRY_BYTES - 100)
        buf_str(&out, ",{}");
    buf_str(
        &out,
        "]},\"id\":\"i\",\"kind\":\"item.register\",\"on\":\"\",\"seq\":0,\"v\":1,\"via\":\"t\"}");
    assert_true(entry_read(buf_view(&out), &small, &e, NULL));
    assert_true(e.event.item_register.tasks.count > 20000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, fresh)
    const struct CMUnitTest tests[] = {
        TEST(texts_are_written_in_one_way),
        TEST(every_character_comes_back),
        TEST(other_texts_are_refused),
        TEST(numbers_are_read_in_one_way),
        TEST(skipping_stays_inside),
        TEST(every_kind_comes_back),
        TEST(fields_stand_in_order),
        TEST(other_forms_are_refused),
        TEST(only_what_would_be_written_is_taken),
        TEST(depth_and_size_are_bounded),
        TEST(many_small_records),
    };

    return cmocka_run_group_tests(tests, NULL, release);
}
