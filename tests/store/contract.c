/*
 * contract.c: what every store promises (store.h), put to each that there is: SQLite in memory and
 * in a file, and the failing store around it while nothing fails; and, where a server is given
 * (tests/support/postgres.py), PostgreSQL and the failing store around that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "faulty.h"
#include "store/postgres.h"
#include "store/sqlite.h"
#include "world.h"

static char folder[] = "/tmp/xiaohao-store-XXXXXX";
static const char *address; /* of the schema at hand; NULL: a file, or memory */
static struct store *store;
static struct err err;

/* Statements as tools/statements.py makes them. */
#define BOTH(sql) sql, sql
static const struct statement put = {"put",
                                     "INSERT INTO t (n, s, b) VALUES (?1, ?2, ?3)",
                                     "INSERT INTO t (n, s, b) VALUES ($1, $2, $3)",
                                     3,
                                     "",
                                     false};
static const struct statement more = {
    "more", "UPDATE t SET n = n + ?1 WHERE n >= ?2", "UPDATE t SET n = n + $1 WHERE n >= $2", 2, "",
    false};
static const struct statement get = {
    "get", "SELECT n, s, b FROM t WHERE n = ?1", "SELECT n, s, b FROM t WHERE n = $1", 1, "itb",
    false};
static const struct statement all = {"all", BOTH("SELECT n, s, b FROM t ORDER BY n"), 0, "itb",
                                     false};
static const struct statement stream = {"stream",
                                        "SELECT n, s, b FROM t WHERE n >= ?1 ORDER BY n",
                                        "SELECT n, s, b FROM t WHERE n >= $1 ORDER BY n",
                                        1,
                                        "itb",
                                        true};
static const struct statement by_text = {"by_text", BOTH("SELECT n FROM t ORDER BY s"), 0, "i",
                                         false};
static const struct statement twice = {
    "twice", "SELECT ?1 || ?2 || ?1, 1", "SELECT $1 || $2 || $1, 1", 2, "ti", false};
static const struct statement broken = {"broken", BOTH("SELECT nothing FROM nowhere"), 0, "i",
                                        false};
static const struct statement count = {"count", BOTH("SELECT COUNT(*) FROM t"), 0, "i", false};
static const struct statement elsewhere = {"elsewhere", "SELECT 1", NULL, 0, "i", false};

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
    const char *sql = store->server
                          ? "CREATE TABLE t (n bigint PRIMARY KEY, s text COLLATE \"C\", b bytea)"
                          : "CREATE TABLE t (n INTEGER PRIMARY KEY, s TEXT, b BLOB)";

    assert_int_equal(store_script(store, sql, &err), 0);
}

static struct store *another(int wait_ms, bool read_only)
{
    char path[100];

    snprintf(path, sizeof path, "%s/store.db", folder);
    return address
               ? postgres_open(
                     address,
                     &(struct postgres_options){.read_only = read_only, .wait_ms = wait_ms}, &err)
               : sqlite_open(path,
                             &(struct sqlite_options){.read_only = read_only, .wait_ms = wait_ms},
                             &err);
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
        {1, {"中文 'quoted' \"", 17}, {"\0\1\2\xff", 4}},
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

/* A statement that fails fails its whole transaction, at the latest at the commit; outside of one
 * it is told at once. */
static void failures_are_told(void **state)
{
    struct rows rows;

    (void)state;
    make_table();
    assert_int_equal(store_query(store, &broken, NULL, &rows, &err), -1);
    assert_int_equal(err.code, ERR_DATABASE);
    rows_close(&rows); /* does no harm */
    assert_int_equal(put_row(1, T("s"), T("b")), 0);
    assert_int_equal(put_row(1, T("s"), T("b")), -1);
    assert_int_equal(err.code, ERR_DATABASE);
    assert_int_equal(rows_there(), 1);
    assert_int_equal(store_begin(store, STORE_WRITE, &err), 0);
    assert_int_equal(put_row(2, T("s"), T("b")), 0);
    put_row(2, T("s"), T("b"));
    put_row(3, T("s"), T("b"));
    err.code = ERR_NONE;
    assert_int_equal(store_commit(store, &err), -1);
    assert_int_equal(err.code, ERR_DATABASE);
    assert_int_equal(rows_there(), 1);
    assert_int_equal(store_script(store, "SELECT nothing FROM nowhere", &err), -1);
    assert_int_equal(store_commit(store, &err), -1); /* nothing is open */
    assert_int_equal(rows_there(), 1);
}

/* Of a transaction that failed nothing is asked or written any more. */
static void what_failed_stays_failed(void **state)
{
    struct rows rows;

    (void)state;
    make_table();
    assert_int_equal(store_begin(store, STORE_WRITE, &err), 0);
    assert_int_equal(store_query(store, &broken, NULL, &rows, &err), -1);
    assert_int_equal(put_row(1, T("s"), T("b")), -1);
    assert_int_equal(err.code, ERR_DATABASE);
    assert_int_equal(store_query(store, &all, NULL, &rows, &err), -1);
    store_rollback(store);
    assert_int_equal(store_begin(store, STORE_WRITE, &err), 0);
    assert_int_equal(put_row(1, T("s"), T("b")), 0);
    assert_int_equal(store_commit(store, &err), 0);
    assert_int_equal(rows_there(), 1);
}

/* Text is UTF-8 without NUL; what is none is refused before it comes to the database. */
static void what_is_no_text_is_refused(void **state)
{
    static const struct text wrong[] = {{"a\0b", 3}, {"\xff", 1}, {"\xed\xa0\x80", 3}};

    (void)state;
    make_table();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(put_row(1, wrong[i], T("b")), -1);
        assert_int_equal(err.code, ERR_NOT_TEXT);
    }
    assert_int_equal(rows_there(), 0);
}

/* Text is in the order of its bytes, whatever the language of the database is. */
static void text_is_ordered_by_bytes(void **state)
{
    static const char *const texts[] = {"",  " ", "A", "B", "Z-1", "Z1",
                                        "_", "a", "b", "é", "中",  "文"};
    enum { COUNT = sizeof texts / sizeof texts[0] };
    struct rows rows;

    (void)state;
    make_table();
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(put_row(i * 7 % COUNT, text_of(texts[i * 7 % COUNT]), T("")), 0);
    assert_int_equal(store_query(store, &by_text, NULL, &rows, &err), 0);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(rows_next(&rows, &err), 1);
        assert_int_equal(rows_int(&rows, 0), i);
    }
    assert_int_equal(rows_next(&rows, &err), 0);
}

static struct asked ask_get(int64_t n)
{
    return (struct asked){.statement = &get, .args = {{.kind = VALUE_INT, .i = n}}};
}

static struct asked ask_more(int64_t by, int64_t from)
{
    return (struct asked){.statement = &more,
                          .args = {{.kind = VALUE_INT, .i = by}, {.kind = VALUE_INT, .i = from}}};
}

/* Several statements together are as one after the other. */
static void asked_together(void **state)
{
    struct asked asked[4];

    (void)state;
    make_table();
    for (int n = 1; n <= 3; n++)
        assert_int_equal(put_row(n, T("s"), T("b")), 0);
    assert_int_equal(store_begin(store, STORE_WRITE, &err), 0);
    asked[0] = ask_more(100, 2);
    asked[1] = ask_more(100, 1000);
    asked[2] = ask_more(100, 102);
    assert_int_equal(store_ask(store, asked, 3, &err), 0);
    assert_int_equal(asked[0].changed, 2);
    assert_int_equal(asked[1].changed, 0);
    assert_int_equal(asked[2].changed, 2);
    asked[0] = ask_get(202);
    asked[1] = ask_get(2);
    asked[2] = ask_get(203);
    asked[3] = ask_get(202);
    assert_int_equal(store_ask(store, asked, 4, &err), 0);
    assert_int_equal(rows_next(&asked[2].rows, &err), 1);
    assert_int_equal(rows_int(&asked[2].rows, 0), 203);
    assert_int_equal(rows_next(&asked[0].rows, &err), 1);
    assert_int_equal(rows_next(&asked[3].rows, &err), 1);
    assert_int_equal(rows_next(&asked[1].rows, &err), 0);
    for (int i = 0; i < 4; i++)
        rows_close(&asked[i].rows);
    /* One that fails takes all with it. */
    asked[0] = ask_get(202);
    asked[1] = (struct asked){.statement = &broken};
    assert_int_equal(store_ask(store, asked, 2, &err), -1);
    assert_int_equal(err.code, ERR_DATABASE);
    assert_null(asked[0].rows.handle);
    assert_int_equal(store_commit(store, &err), -1);
    asked[0] = ask_get(2);
    assert_int_equal(store_ask(store, asked, 1, &err), 0);
    assert_int_equal(rows_next(&asked[0].rows, &err), 1);
    rows_close(&asked[0].rows);
}

static int stream_from(int64_t n, struct rows *rows)
{
    const struct value key = {.kind = VALUE_INT, .i = n};

    return store_query(store, &stream, &key, rows, &err);
}

/* A stream gives all its rows, in order, whatever is asked meanwhile, within a transaction (and
 * then what it wrote) and without. */
static void streams(void **state)
{
    struct rows outer, inner;

    (void)state;
    make_table();
    assert_int_equal(store_begin(store, STORE_WRITE, &err), 0);
    for (int n = 0; n < 1000; n++)
        assert_int_equal(put_row(n, T("some text"), T("b")), 0);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(stream_from(0, &outer), 0);
        for (int n = 0; n < 1000; n++) {
            assert_int_equal(rows_next(&outer, &err), 1);
            assert_int_equal(rows_int(&outer, 0), n);
            if (n % 100)
                continue;
            assert_int_equal(rows_there(), 1000);
            /* One inside it, left in the middle. */
            assert_int_equal(stream_from(n, &inner), 0);
            assert_int_equal(rows_next(&inner, &err), 1);
            assert_int_equal(rows_int(&inner, 0), n);
            rows_close(&inner);
        }
        assert_int_equal(rows_next(&outer, &err), 0);
        assert_int_equal(rows_next(&outer, &err), 0);
        if (round == 0)
            assert_int_equal(store_commit(store, &err), 0);
    }
    assert_int_equal(stream_from(1000, &outer), 0);
    assert_int_equal(rows_next(&outer, &err), 0);
    assert_int_equal(put_row(1000, T("s"), T("b")), 0);
    assert_int_equal(rows_there(), 1001);
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
    assert_int_equal(store_script(store,
                                  store->server ? "CREATE TABLE schema_version (version bigint);"
                                                  "INSERT INTO schema_version (version) VALUES (7)"
                                                : "PRAGMA user_version = 7",
                                  &err),
                     0);
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
    if (store->server) {
        assert_int_equal(store_copy(store, "/nowhere", &err), -1);
        assert_int_equal(err.code, ERR_NO_COPY);
        return;
    }
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

static int open_server(void **state)
{
    (void)state;
    address = world_address();
    store = world_store(address, &err);
    return store ? 0 : -1;
}

static int open_faulty(void **state)
{
    if ((getenv("XIAOHAO_TEST_POSTGRES") ? open_server : open_memory)(state) != 0)
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

/* Not in memory: two connections, and what is left when one is closed. */
static void two_connections(void **state)
{
    struct store *one = store, *two;

    (void)state;
    make_table();
    two = another(20, false);
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
    (void)state;
    make_table();
    assert_int_equal(put_row(1, T("s"), T("b")), 0);
    assert_int_equal(store_begin(store, STORE_WRITE, &err), 0);
    assert_int_equal(put_row(2, T("s"), T("b")), 0);
    store_close(store); /* with a transaction open: it is dropped */
    store = another(0, false);
    assert_non_null(store);
    assert_int_equal(rows_there(), 1);
}

static void who_only_reads_writes_nothing(void **state)
{
    struct store *writer = store;

    (void)state;
    make_table();
    store = another(20, true);
    assert_non_null(store);
    assert_int_equal(rows_there(), 0);
    assert_int_equal(put_row(1, T("s"), T("b")), -1);
    /* On a server that is what a standby says. */
    assert_int_equal(err.code, store->server ? ERR_READ_ONLY : ERR_DATABASE);
    store_close(store);
    store = writer;
    assert_int_equal(rows_there(), 0);
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

/* --- a server
 * ------------------------------------------------------------------------------------ */

/* Whoever writes beside the log and whoever writes it do not wait for each other. */
static void beside_the_log(void **state)
{
    struct store *one = store, *two = another(20, false), *three = another(20, false);

    (void)state;
    assert_non_null(two);
    assert_non_null(three);
    assert_int_equal(store_begin(one, STORE_WRITE, &err), 0);
    assert_int_equal(store_begin(two, STORE_BESIDE, &err), 0);
    assert_int_equal(store_begin(three, STORE_BESIDE, &err), -1);
    assert_int_equal(err.code, ERR_BUSY);
    assert_int_equal(store_begin(three, STORE_WRITE, &err), -1);
    assert_int_equal(err.code, ERR_BUSY);
    assert_int_equal(store_commit(one, &err), 0);
    assert_int_equal(store_begin(three, STORE_WRITE, &err), 0);
    store_close(three);
    store_close(two);
}

/* A snapshot would find the new tables empty: whoever makes them waits for readers, and they for
 * them. */
static void tables_are_not_changed_under_a_reader(void **state)
{
    static const char again[] = "DROP TABLE IF EXISTS t; CREATE TABLE t (n bigint); "
                                "INSERT INTO t (n) VALUES (1)";
    struct store *one = store, *two;
    struct rows rows;

    (void)state;
    make_table();
    assert_int_equal(store_script(one, "CREATE TABLE schema_version (version bigint)", &err), 0);
    two = another(20, false);
    /* A reader's transaction begins with what it asks first. */
    assert_int_equal(store_begin(one, STORE_READ, &err), 0);
    assert_int_equal(rows_there(), 0);
    assert_int_equal(store_begin(two, STORE_WRITE, &err), 0);
    assert_int_equal(store_script(two, again, &err), -1);
    assert_int_equal(err.code, ERR_BUSY);
    store_rollback(two);
    store_rollback(one);
    assert_int_equal(store_begin(one, STORE_WRITE, &err), 0);
    assert_int_equal(store_script(one, again, &err), 0);
    assert_int_equal(store_begin(two, STORE_READ, &err), 0);
    assert_int_equal(store_query(two, &count, NULL, &rows, &err), -1);
    assert_int_equal(err.code, ERR_BUSY);
    store_rollback(two);
    assert_int_equal(store_commit(one, &err), 0);
    assert_int_equal(store_begin(two, STORE_READ, &err), 0);
    store = two;
    assert_int_equal(rows_there(), 1);
    store_close(two);
    store = one;
}

static const struct statement pid = {"pid", NULL, "SELECT pg_backend_pid()", 0, "i", false};
static const struct statement end = {
    "end",
    NULL,
    "SELECT CASE WHEN pg_terminate_backend(CAST($1 AS INTEGER), 5000) THEN 1 ELSE 0 END",
    1,
    "i",
    false};

/* The server drops the connection of the store at hand. */
static void lose_it(void)
{
    struct store *other = another(0, false);
    struct value who = {.kind = VALUE_INT};
    struct rows rows;

    assert_non_null(other);
    assert_int_equal(store_query(store, &pid, NULL, &rows, &err), 0);
    assert_int_equal(rows_next(&rows, &err), 1);
    who.i = rows_int(&rows, 0);
    rows_close(&rows);
    assert_int_equal(store_query(other, &end, &who, &rows, &err), 0);
    assert_int_equal(rows_next(&rows, &err), 1);
    assert_int_equal(rows_int(&rows, 0), 1);
    rows_close(&rows);
    store_close(other);
}

static void a_lost_connection(void **state)
{
    struct rows rows;

    (void)state;
    make_table();
    /* Between transactions nobody hears of it. */
    lose_it();
    assert_int_equal(rows_there(), 0);
    lose_it();
    assert_int_equal(store_begin(store, STORE_WRITE, &err), 0);
    assert_int_equal(put_row(1, T("s"), T("b")), 0);
    /* Within one it is told, and what was written is not there. */
    lose_it();
    assert_int_equal(store_query(store, &all, NULL, &rows, &err), -1);
    assert_int_equal(err.code, ERR_SERVER_LOST);
    assert_int_equal(store_commit(store, &err), -1);
    assert_int_equal(rows_there(), 0);
    /* At the commit nobody knows. */
    assert_int_equal(store_begin(store, STORE_WRITE, &err), 0);
    assert_int_equal(put_row(1, T("s"), T("b")), 0);
    lose_it();
    assert_int_equal(store_commit(store, &err), -1);
    assert_int_equal(err.code, ERR_COMMIT_UNKNOWN);
    assert_int_equal(rows_there(), 0);
    /* A stream that was open is told so, and what comes then has a new connection. */
    for (int n = 0; n < 300; n++)
        assert_int_equal(put_row(n, T("s"), T("b")), 0);
    assert_int_equal(stream_from(0, &rows), 0);
    assert_int_equal(rows_next(&rows, &err), 1);
    lose_it();
    for (int n = 1; n < 200; n++)
        assert_int_equal(rows_next(&rows, &err), 1);
    assert_int_equal(rows_next(&rows, &err), -1);
    assert_int_equal(err.code, ERR_SERVER_LOST);
    assert_int_equal(rows_there(), 300);
}

static void what_is_not_on_a_server(void **state)
{
    struct rows rows;

    (void)state;
    assert_int_equal(store_query(store, &elsewhere, NULL, &rows, &err), -1);
    assert_int_equal(err.code, ERR_NOT_ON_SERVER);
    /* A schema that nobody made, and a server that is not there. */
    assert_null(postgres_open(world_address(), &(struct postgres_options){0}, &err));
    assert_int_equal(err.code, ERR_NO_SCHEMA);
    assert_null(postgres_open("postgresql://x:secret@/none?host=/nowhere",
                              &(struct postgres_options){0}, &err));
    assert_int_equal(err.code, ERR_NO_SERVER);
}

static void passwords_are_not_shown(void **state)
{
    static const struct {
        const char *address, *shown;
    } cases[] = {
        {"postgresql://host/name", "postgresql://host/name"},
        {"postgresql://host:5432/name", "postgresql://host:5432/name"},
        {"postgresql://me@host/name?connect_timeout=3",
         "postgresql://me@host/name?connect_timeout=3"},
        {"postgresql://me:secret@host:1/name", "postgresql://me@host:1/name"},
        {"postgresql://me:se:c@ret@host/name", "postgresql://me@host/name"},
        {"postgresql://me:se/cret@host", "postgresql://me@host"},
        {"postgresql:///n?password=secret&user=me&sslpassword=secret", "postgresql:///n?user=me"},
        {"postgresql:///n?user=me&password=secret&host=%2Ftmp",
         "postgresql:///n?user=me&host=%2Ftmp"},
    };
    char shown[100];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        postgres_shown(cases[i].address, shown, sizeof shown);
        assert_string_equal(shown, cases[i].shown);
    }
    postgres_shown(cases[2].address, shown, 20);
    assert_string_equal(shown, "postgresql://me@hos");
    /* Nor is one in an address that cannot be read, or of a server that is not there. */
    for (int i = 0; i < 2; i++) {
        buf_auto struct buf said = BUF(4096);
        assert_null(postgres_open(i ? "postgresql://me:secret@host:port:/n"
                                    : "postgresql://me:secret@/n?host=/nowhere",
                                  &(struct postgres_options){0}, &err));
        err_say(&said, LANG_EN, &err);
        assert_false(text_has(buf_view(&said), T("secret")));
    }
}

int main(void)
{
#define CONTRACT(open)                                                                       \
    cmocka_unit_test_setup_teardown(values_come_back, open, close_it),                       \
        cmocka_unit_test_setup_teardown(a_parameter_may_stand_twice, open, close_it),        \
        cmocka_unit_test_setup_teardown(a_statement_inside_itself, open, close_it),          \
        cmocka_unit_test_setup_teardown(what_is_rolled_back_is_gone, open, close_it),        \
        cmocka_unit_test_setup_teardown(failures_are_told, open, close_it),                  \
        cmocka_unit_test_setup_teardown(what_failed_stays_failed, open, close_it),           \
        cmocka_unit_test_setup_teardown(what_is_no_text_is_refused, open, close_it),         \
        cmocka_unit_test_setup_teardown(text_is_ordered_by_bytes, open, close_it),           \
        cmocka_unit_test_setup_teardown(asked_together, open, close_it),                     \
        cmocka_unit_test_setup_teardown(streams, open, close_it),                            \
        cmocka_unit_test_setup_teardown(no_transaction_inside_another, open, close_it),      \
        cmocka_unit_test_setup_teardown(a_version_is_written_with_the_rest, open, close_it), \
        cmocka_unit_test_setup_teardown(a_copy_has_all_of_it, open, close_it)
    const struct CMUnitTest memory[] = {CONTRACT(open_memory)};
    const struct CMUnitTest file[] = {
        CONTRACT(open_file),
        cmocka_unit_test_setup_teardown(two_connections, open_file, close_it),
        cmocka_unit_test_setup_teardown(what_is_committed_stays, open_file, close_it),
        cmocka_unit_test_setup_teardown(who_only_reads_writes_nothing, open_file, close_it),
        cmocka_unit_test(what_is_no_database_is_told),
    };
    const struct CMUnitTest server[] = {
        CONTRACT(open_server),
        cmocka_unit_test_setup_teardown(two_connections, open_server, close_it),
        cmocka_unit_test_setup_teardown(what_is_committed_stays, open_server, close_it),
        cmocka_unit_test_setup_teardown(who_only_reads_writes_nothing, open_server, close_it),
        cmocka_unit_test_setup_teardown(beside_the_log, open_server, close_it),
        cmocka_unit_test_setup_teardown(tables_are_not_changed_under_a_reader, open_server,
                                        close_it),
        cmocka_unit_test_setup_teardown(a_lost_connection, open_server, close_it),
        cmocka_unit_test_setup_teardown(what_is_not_on_a_server, open_server, close_it),
        cmocka_unit_test(passwords_are_not_shown),
    };
    const struct CMUnitTest faulty[] = {CONTRACT(open_faulty)};
    int failed;

    if (mkdtemp(folder) == NULL)
        return 2;
    failed = getenv("XIAOHAO_TEST_POSTGRES")
                 ? cmocka_run_group_tests_name("server", server, NULL, NULL)
                 : cmocka_run_group_tests_name("memory", memory, NULL, NULL) +
                       cmocka_run_group_tests_name("file", file, NULL, NULL);
    failed += cmocka_run_group_tests_name("faulty", faulty, NULL, NULL);
    world_remove(folder);
    return failed ? 1 : 0;
}
