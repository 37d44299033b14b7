/*
 * raw.c: the baseline of durable commands: a bare SQLite program that writes the same rows.
 *
 *     bench_raw BEFORE AFTER
 *
 * BEFORE is a ledger.db as it was before bench_callers ran (it is changed), AFTER the same one
 * afterwards. All rows that the ledger wrote are read into memory first. Then they are written into
 * BEFORE: the same rows of the same tables, in the same transactions (which the checkpoints show),
 * with the same settings, by prepared statements and nothing else: nothing is read, decided, hashed
 * or signed. What SQLite and the disk cost for these rows is all that is measured. Prints the
 * commands, the seconds, and how many that is a second.
 */
#include <sqlite3.h>
#include <string.h>

#include "bench.h"

/* One statement's parameters for one execution. */
struct write {
    int statement;
    int64_t batch; /* written in the transaction that reached this size */
    sqlite3_value *values[12];
};

enum { LOG, LEAF, NODE, SEEN, THREAD, ITEM, CHECKPOINT, HEAD, STATEMENTS };

/* from: what it wrote behind entry ?1, with the entry's number first and the parameters behind it.
 * A report changes these columns of its item; all that is random about it is which item. */
static const struct {
    const char *from, *to;
} statements[STATEMENTS] = {
    [LOG] = {"SELECT seq, seq, bytes FROM log WHERE seq >= ?1 ORDER BY seq",
             "INSERT INTO log (seq, bytes) VALUES (?, ?)"},
    [LEAF] = {"SELECT seq, seq, hash FROM leaf WHERE seq >= ?1 ORDER BY seq",
              "INSERT INTO leaf (seq, hash) VALUES (?, ?)"},
    /* A node of level L is complete with its last leaf; tiles are 256 wide. */
    [NODE] = {"SELECT ((idx + 1) << (8 * level)) - 1 AS seq, level, idx, hash FROM node "
              "WHERE ((idx + 1) << (8 * level)) - 1 >= ?1 ORDER BY seq, level",
              "INSERT INTO node (level, idx, hash) VALUES (?, ?, ?)"},
    [SEEN] = {"SELECT seq, id, seq FROM seen WHERE seq >= ?1 ORDER BY seq",
              "INSERT INTO seen (id, seq) VALUES (?, ?)"},
    [THREAD] = {"SELECT seq, seq, item, prev FROM thread WHERE seq >= ?1 ORDER BY seq",
                "INSERT INTO thread (seq, item, prev) VALUES (?, ?, ?)"},
    [ITEM] = {"SELECT t.seq, i.state, i.version, t.seq, t.seq, i.hand, t.item "
              "FROM thread t JOIN item i ON i.id = t.item WHERE t.seq >= ?1 ORDER BY t.seq",
              "UPDATE item SET state = ?, version = ?, head = ?, report = ?, hand = ? "
              "WHERE id = ?"},
    [CHECKPOINT] = {"SELECT size - 1, size, note FROM checkpoint WHERE size > ?1 ORDER BY size",
                    "INSERT INTO checkpoint (size, note) VALUES (?, ?)"},
    [HEAD] = {"SELECT c.size - 1, c.size, h.at, h.frontier FROM checkpoint c, head h "
              "WHERE c.size > ?1 ORDER BY c.size",
              "INSERT INTO head (one, size, at, frontier) VALUES (1, ?, ?, ?) ON CONFLICT (one) DO "
              "UPDATE SET size = excluded.size, at = excluded.at, frontier = excluded.frontier"},
};

static sqlite3 *open_db(const char *path, int flags)
{
    sqlite3 *db;

    if (sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        die("%s: %s", path, sqlite3_errmsg(db));
    return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;

    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) != SQLITE_OK)
        die("%s: %s", sql, sqlite3_errmsg(db));
    return s;
}

static void step(sqlite3 *db, sqlite3_stmt *s)
{
    if (sqlite3_step(s) != SQLITE_DONE)
        die("%s: %s", sqlite3_sql(s), sqlite3_errmsg(db));
    sqlite3_reset(s);
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        die("%s: %s", sql, sqlite3_errmsg(db));
}

static int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = prepare(db, sql);
    int64_t n;

    if (sqlite3_step(s) != SQLITE_ROW)
        die("%s: no row", sql);
    n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

/* Entry by entry, a checkpoint and the head behind those of their transaction. */
static int in_order(const void *a, const void *b)
{
    const struct write *x = a, *y = b;

    if (x->batch != y->batch)
        return x->batch < y->batch ? -1 : 1;
    return x->statement - y->statement;
}

int main(int argc, char **argv)
{
    sqlite3 *before, *after;
    sqlite3_stmt *to[STATEMENTS];
    struct write *writes;
    size_t count = 0, room;
    int64_t first, commands;
    double start;

    if (argc != 3)
        die("bench_raw BEFORE AFTER");
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    before = open_db(argv[1], SQLITE_OPEN_READWRITE);
    after = open_db(argv[2], SQLITE_OPEN_READONLY);
    run(before,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
        "PRAGMA cache_size = -65536; PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY");
    first = number(before, "SELECT size FROM head");
    commands = number(after, "SELECT size FROM head") - first;
    room = (size_t)commands * 8 + 1000;
    writes = calloc(room, sizeof *writes);
    if (writes == NULL)
        die("no memory");
    for (int i = 0; i < STATEMENTS; i++) {
        sqlite3_stmt *from = prepare(after, statements[i].from);
        sqlite3_bind_int64(from, 1, first);
        while (sqlite3_step(from) == SQLITE_ROW && count < room) {
            struct write *w = &writes[count++];
            w->statement = i;
            w->batch = sqlite3_column_int64(from, 0);
            for (int k = 1; k < sqlite3_column_count(from); k++)
                w->values[k - 1] = sqlite3_value_dup(sqlite3_column_value(from, k));
        }
        sqlite3_finalize(from);
        to[i] = prepare(before, statements[i].to);
    }
    qsort(writes, count, sizeof *writes, in_order);

    start = seconds();
    run(before, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < count; i++) {
        sqlite3_stmt *s = to[writes[i].statement];
        for (int k = 0; k < sqlite3_bind_parameter_count(s); k++)
            sqlite3_bind_value(s, k + 1, writes[i].values[k]);
        step(before, s);
        if (writes[i].statement == HEAD) {
            run(before, "COMMIT");
            if (i + 1 < count)
                run(before, "BEGIN IMMEDIATE");
        }
    }
    start = seconds() - start;
    if (!sqlite3_get_autocommit(before))
        die("the last transaction was not closed");
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(to[i]);
    sqlite3_close(after);
    sqlite3_close(before);
    printf("%lld %.3f %.0f\n", (long long)commands, start, (double)commands / start);
    return 0;
}
