/*
 * contract.c: what every store promises (store.h), put to each that there is: SQLite in memory and
 * in a file, and the failing store around it while nothing fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "faulty.h"
#include "store/sqlite.h"
#include "world.h"

static char folder[] = "/tmp/xiaohao-store-XXXXXX";
static struct store *store;
static struct err err;

/* Statements as tools/statements.py makes them. */
static const struct statement put = {"put", "INSERT INTO t (n, s, b) VALUES (?1, ?2, ?3)", "", 3,
                                     ""};
static const struct statement get = {"get", "SELECT n, s, b FROM t WHERE n = ?1", "", 1, "itb"};
static const struct statement all = {"all", "SELECT n, s, b FROM t ORDER BY n", "", 0, "itb"};
static const struct statement twice = {"twice", "SELECT ?1 || ?2 || ?1, 1", "", 2, "ti"};
static const struct statement broken = {"broken", "SELECT nothing FROM nowhere", "", 0, "i"};
static const struct statement count = {"count", "SELECT COUNT(*) FROM t", "", 0, "i"};

static int put_row(int64_t n, struct text s, struct text b)
{
    const struct value args[] = {
        {.kind = VALUE_INT, .i = n}, {.kind = VALUE_TEXT, .t = s}, {.kind = VALUE_BLOB, .t = b}};

    return store_run(store, &put, args, &err);
}

static int64_t rows_there(void)
{
    struct rows rows;
    int64_t n;

    assert_int_equal(store_query(store, &count, NULL, &rows, &err), 0);
    assert_int_equal(rows_next(&rows, &err), 1);
    n = rows_int(&rows, 0);
    assert_int_equal(rows_next(&rows, &err), 0);
    return n;
}

static void make_table(void)
{
    assert_int_equal(
        store_script(store, "CREATE TABLE t (n INTEGER PRIMARY KEY, s TEXT, b BLOB)", &err), 0);
}

/* --- the contract --------------------------------------------------------------------------------
 */

static void values_come_back(void **state)
{
    static const struct {
        int64_t n;
        struct text s, b;
    } cases[] = {
        {0, {"", 0}, {"", 0}},
        {1, {"中文 'quoted' \"", 18}, {"\0\1\2\xff", 4}},
        {-1, {"; DROP TABLE t; --", 18}, {"", 0}},
        {INT64_MAX, {"?1 $1", 5}, {"x", 1}},
        {INT64_MIN, {"\xf0\xa0\xae\xb7", 4}, {"\0", 1}},
        {7, {NULL, 0}, {NULL, 0}},
    };

    (void)state;
    make_table();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct value key = {.kind = VALUE_INT, .i = cases[i].n};
        struct rows rows;
        assert_int_equal(put_row(cases[i].n, cases[i].s, cases[i].b), 0);
        assert_int_equal(store_query(store, &get, &key, &rows, &err), 0);
        assert_int_equal(rows_next(&rows, &err), 1);
        assert_int_equal(rows_int(&rows, 0), cases[i].n);
        assert_true(text_eq(rows_text(&rows, 1), cases[i].s));
        assert_true(text_eq(rows_blob(&rows, 2), cases[i].b));
        assert_int_equal(rows_next(&rows, &err), 0);
        assert_int_equal(rows_next(&rows, &err), 0); /* the end stays the end */
    }
}

static void a_parameter_may_stand_twice(void **state)
{
    const struct value args[] = {{.kind = VALUE_TEXT, .t = T("a")},
                                 {.kind = VALUE_TEXT, .t = T("b")}};
    struct rows rows;

    (void)state;
    assert_int_equal(store_query(store, &twice, args, &rows, &err), 0);
    assert_int_equal(rows_next(&rows, &err), 1);
    assert_true(text_eq(rows_text(&rows, 0), T("aba")));
    rows_close(&rows);
    rows_close(&rows); /* twice does no harm */
}

/* One statement may be open several times, as in a loop inside a loop over it. */
static void a_statement_inside_itself(void **state)
{
    struct rows outer, inner;
    int seen = 0;

    (void)state;
    make_table();
    for (int n = 0; n < 3; n++)
        assert_int_equal(put_row(n, T("s"), T("b")), 0);
    assert_int_equal(store_query(store, &all, NULL, &outer, &err), 0);
    while (rows_next(&outer, &err) == 1) {
        assert_int_equal(store_query(store, &all, NULL, &inner, &err), 0);
        while (rows_next(&inner, &err) == 1)
            seen++;
        if (rows_int(&outer, 0) == 1) {
            /* Left in the middle. */
            assert_int_equal(store_query(store, &all, NULL, &inner, &err), 0);
            assert_int_equal(rows_next(&inner, &err), 1);
            rows_close(&inner);
        }
    }
    assert_int_equal(seen, 9);
}

static void what_is_rolled_back_is_gone(void **state)
{
    (void)state;
    make_table();
    assert_int_equal(store_begin(store, STORE_WRITE, &err), 0);
    assert_int_equal(put_row(1, T("s"), T("b")), 0);
    assert_int_equal(rows_there(), 1);
    store_rollback(store);
    assert_int_equal(rows_there(), 0);
    store_rollback(store); /* allowed when nothing is open */
    assert_int_equal(store_begin(store, STORE_WRITE, &err), 0);
    assert_int_equal(put_row(2, T("s"), T("b")), 0);
    assert_int_equal(store_commit(store, &err), 0);
    assert_int_equal(rows_there(), 1);
}

/* A statement that fails says so, and the transaction may go on or be dropped. */
static void failures_are_told(void **state)
{
    struct rows rows;

    (void)state;
    make_table();
    assert_int_equal(store_query(store, &broken, NULL, &rows, &err), -1);
    assert_int_equal(err.code, ERR_DATABASE);
    rows_close(&rows); /* does no harm */
    assert_int_equal(store_begin(store, STORE_WRITE, &err), 0);
    assert_int_equal(put_row(1, T("s"), T("b")), 0);
    assert_int_equal(put_row(1, T("s"), T("b")), -1);
    assert_int_equal(err.code, ERR_DATABASE);
    assert_int_equal(put_row(2, T("s"), T("b")), 0);
    assert_int_equal(store_commit(store, &err), 0);
    assert_int_equal(rows_there(), 2);
    assert_int_equal(store_script(store, "SELECT nothing FROM nowhere", &err), -1);
    assert_int_equal(store_commit(store, &err), -1); /* nothing is open */
    assert_int_equal(rows_there(), 2);
}

/* A transaction inside a transaction is a mistake, and told as one. */
static void no_transaction_inside_another(void **state)
{
    (void)state;
    make_table();
    assert_int_equal(store_begin(store, STORE_WRITE, &err), 0);
    assert_int_equal(store_begin(store, STORE_WRITE, &err), -1);
    assert_int_equal(put_row(1, T("s"), T("b")), 0);
    assert_int_equal(store_commit(store, &err), 0);
    assert_int_equal(rows_there(), 1);
}

static void a_version_is_written_with_the_rest(void **state)
{
    int64_t version;

    (void)state;
    assert_int_equal(store_version(store, &version, &err), 0);
    assert_int_equal(version, 0);
    assert_int_equal(store_begin(store, STORE_WRITE, &err), 0);
    assert_int_equal(store_script(store, "PRAGMA user_version = 7", &err), 0);
    assert_int_equal(store_version(store, &version, &err), 0);
    assert_int_equal(version, 7);
    store_rollback(store);
    assert_int_equal(store_version(store, &version, &err), 0);
    assert_int_equal(version, 0);
}

static void a_copy_has_all_of_it(void **state)
{
    char path[100];
    struct store *other, *mine = store;

    (void)state;
    make_table();
    for (int n = 0; n < 500; n++)
        assert_int_equal(put_row(n, T("some text to fill a page or two"), T("b")), 0);
    snprintf(path, sizeof path, "%s/copy.db", folder);
    remove(path);
    assert_int_equal(store_copy(store, path, &err), 0);
    other = sqlite_open(path, &(struct sqlite_options){.read_only = true}, &err);
    assert_non_null(other);
    store = other;
    assert_int_equal(rows_there(), 500);
    assert_int_equal(put_row(1000, T("s"), T("b")), -1); /* it is read-only */
    store = mine;
    store_close(other);
    assert_int_equal(store_copy(store, "/nowhere/at/all.db", &err), -1);
    assert_int_equal(err.code, ERR_DATABASE);
}

/* --- the stores
 * ------------------------------------------------------------------------------------ */

static int open_memory(void **state)
{
    (void)state;
    store = sqlite_open(":memory:", &(struct sqlite_options){.create = true}, &err);
    return store ? 0 : -1;
}

static int open_file(void **state)
{
    char path[100];

    (void)state;
    snprintf(path, sizeof path, "%s/store.db", folder);
    remove(path);
    store = sqlite_open(path, &(struct sqlite_options){.create = true}, &err);
    return store ? 0 : -1;
}

static int open_faulty(void **state)
{
    if (open_memory(state) != 0)
        return -1;
    store = faulty_open(store);
    return store ? 0 : -1;
}

static int close_it(void **state)
{
    (void)state;
    store_close(store);
    return 0;
}

/* Only for files: two connections, and what is left when one is closed. */
static void two_connections(void **state)
{
    char path[100];
    struct store *one = store, *two;

    (void)state;
    snprintf(path, sizeof path, "%s/store.db", folder);
    make_table();
    two = sqlite_open(path, &(struct sqlite_options){.wait_ms = 20}, &err);
    assert_non_null(two);
    assert_int_equal(store_begin(one, STORE_WRITE, &err), 0);
    assert_int_equal(put_row(1, T("s"), T("b")), 0);
    /* The other one reads what was, and waits in vain to write. */
    store = two;
    assert_int_equal(rows_there(), 0);
    assert_int_equal(store_begin(two, STORE_WRITE, &err), -1);
    assert_int_equal(err.code, ERR_BUSY);
    store = one;
    assert_int_equal(store_commit(one, &err), 0);
    store = two;
    assert_int_equal(rows_there(), 1);
    /* A moment that is being read stays as it is. */
    assert_int_equal(store_begin(two, STORE_READ, &err), 0);
    assert_int_equal(rows_there(), 1);
    store = one;
    assert_int_equal(put_row(2, T("s"), T("b")), 0);
    store = two;
    assert_int_equal(rows_there(), 1);
    store_rollback(two);
    assert_int_equal(rows_there(), 2);
    store_close(two);
    store = one;
}

static void what_is_committed_stays(void **state)
{
    char path[100];

    (void)state;
    snprintf(path, sizeof path, "%s/store.db", folder);
    make_table();
    assert_int_equal(put_row(1, T("s"), T("b")), 0);
    assert_int_equal(store_begin(store, STORE_WRITE, &err), 0);
    assert_int_equal(put_row(2, T("s"), T("b")), 0);
    store_close(store); /* with a transaction open: it is dropped */
    store = sqlite_open(path, &(struct sqlite_options){.create = false}, &err);
    assert_non_null(store);
    assert_int_equal(rows_there(), 1);
}

static void what_is_no_database_is_told(void **state)
{
    char path[100];
    FILE *f;

    (void)state;
    snprintf(path, sizeof path, "%s/none.db", folder);
    remove(path);
    assert_null(sqlite_open(path, &(struct sqlite_options){.create = false}, &err));
    assert_int_equal(err.code, ERR_NOT_A_FILE);
    f = fopen(path, "w");
    for (int i = 0; i < 5000; i++)
        fputc('x', f);
    fclose(f);
    assert_null(sqlite_open(path, &(struct sqlite_options){.create = false}, &err));
    assert_null(sqlite_open(folder, &(struct sqlite_options){.create = true}, &err));
}

int main(void)
{
#define CONTRACT(open)                                                                       \
    cmocka_unit_test_setup_teardown(values_come_back, open, close_it),                       \
        cmocka_unit_test_setup_teardown(a_parameter_may_stand_twice, open, close_it),        \
        cmocka_unit_test_setup_teardown(a_statement_inside_itself, open, close_it),          \
        cmocka_unit_test_setup_teardown(what_is_rolled_back_is_gone, open, close_it),        \
        cmocka_unit_test_setup_teardown(failures_are_told, open, close_it),                  \
        cmocka_unit_test_setup_teardown(no_transaction_inside_another, open, close_it),      \
        cmocka_unit_test_setup_teardown(a_version_is_written_with_the_rest, open, close_it), \
        cmocka_unit_test_setup_teardown(a_copy_has_all_of_it, open, close_it)
    const struct CMUnitTest memory[] = {CONTRACT(open_memory)};
    const struct CMUnitTest file[] = {
        CONTRACT(open_file),
        cmocka_unit_test_setup_teardown(two_connections, open_file, close_it),
        cmocka_unit_test_setup_teardown(what_is_committed_stays, open_file, close_it),
        cmocka_unit_test(what_is_no_database_is_told),
    };
    const struct CMUnitTest faulty[] = {CONTRACT(open_faulty)};
    int failed;

    if (mkdtemp(folder) == NULL)
        return 2;
    failed = cmocka_run_group_tests_name("memory", memory, NULL, NULL) +
             cmocka_run_group_tests_name("file", file, NULL, NULL) +
             cmocka_run_group_tests_name("faulty", faulty, NULL, NULL);
    world_remove(folder);
    return failed ? 1 : 0;
}
