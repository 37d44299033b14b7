/*
 * homes.c: evidence is the same wherever it lies: in the folder, in SQLite, and, where
 * tests/support/postgres.py gives a server, in PostgreSQL.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "ledger/evidence_home.h"
#include "ledger/evidence_home.sql.h"
#include "ledger/verify.h"
#include "office/evidence.h"
#include "store/sqlite.h"
#include "world.h"

enum { CHUNK = 512 << 10, DAY = 24 * 3600 * 1000 };
enum kind { FOLDER, EMBEDDED, SERVER };

static struct world w;
static struct err err;

static int make(void **state)
{
    enum kind kind = *(const enum kind *)*state;
    char dir[] = "/tmp/xiaohao-test-XXXXXX", path[100];
    const char *address = kind == SERVER ? world_address() : NULL;
    struct store *store;

    if (kind == SERVER && address == NULL)
        return -1;
    if (mkdtemp(dir) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/evidence", dir);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/ledger.db", dir);
    store = address ? world_store(address, &err)
                    : sqlite_open(path, &(struct sqlite_options){.create = true, .wait_ms = 10000},
                                  &err);
    if (store == NULL || world_make(&w, store, &err) != 0)
        return -1;
    snprintf(w.ledger.dir, sizeof w.ledger.dir, "%s", dir);
    if (address)
        snprintf(w.ledger.address, sizeof w.ledger.address, "%s", address);
    w.ledger.evidence_in_database = kind != FOLDER;
    return world_cast(&w, &err);
}

static int drop(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static struct evidence_line keep_in(struct ledger *l, struct text bytes)
{
    struct evidence_upload u;
    struct evidence_line line = {0};

    assert_int_equal(evidence_begin(&u, l, T("a"), 0, &err), 0);
    assert_int_equal(evidence_append(&u, bytes, &err), 0);
    assert_int_equal(evidence_finish(&u, &line, &w.arena, &err), 0);
    return line;
}

static struct evidence_line keep(struct text bytes)
{
    return keep_in(&w.ledger, bytes);
}

static enum evidence_found found(struct text hash)
{
    enum evidence_found f;
    struct evidence_home home;

    evidence_home_of(&home, &w.ledger);
    assert_int_equal(evidence_check(&home, hash, &f, &err), 0);
    return f;
}

/* What nobody can guess, and not twice the same chunk. */
static struct text bytes_of(size_t n)
{
    char *p = arena_take(&w.arena, n + 1);

    assert_non_null(p);
    for (size_t i = 0; i < n; i++)
        p[i] = (char)((i * 2654435761u + n) >> 13);
    return (struct text){p, n};
}

static void what_goes_in_comes_out(void **state)
{
    static const size_t sizes[] = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct text bytes = bytes_of(sizes[i]);
        mem_auto char *back = mem_alloc(sizes[i] + 1);
        struct evidence_line line = keep(bytes);
        struct evidence_file file;
        assert_int_equal(found(line.hash), EVIDENCE_WHOLE);
        assert_int_equal(evidence_open(&w.ledger, line.hash, &file, &err), 0);
        assert_int_equal(file.size, sizes[i]);
        assert_int_equal(pread(file.fd, back, sizes[i] + 1, 0), sizes[i]);
        assert_int_equal(lseek(file.fd, 0, SEEK_CUR), 0);
        assert_memory_equal(back, bytes.p, sizes[i]);
        close(file.fd);
        arena_clear(&w.arena);
    }
}

struct count {
    int files;
    uint64_t bytes;
};

static int add(void *arg, struct text hash, uint64_t size, struct err *e)
{
    struct count *c = arg;

    (void)e;
    assert_int_equal(hash.n, 64);
    c->files++;
    c->bytes += size;
    return 0;
}

static struct count all(void)
{
    struct evidence_home home;
    struct count c = {0};

    evidence_home_of(&home, &w.ledger);
    assert_int_equal(home.ops->all(&home, add, &c, &err), 0);
    return c;
}

static void the_same_twice_is_one(void **state)
{
    struct count before = all(), after;

    (void)state;
    keep(T("twice"));
    keep(T("twice"));
    after = all();
    assert_int_equal(after.files, before.files + 1);
    assert_int_equal(after.bytes, before.bytes + 5);
}

static void what_is_not_there_is_told(void **state)
{
    const struct text nothing =
        T("00000000000000000000000000000000000000000000000000000000000000ab");
    struct evidence_file file;

    (void)state;
    assert_int_equal(found(nothing), EVIDENCE_MISSING);
    assert_int_equal(evidence_open(&w.ledger, nothing, &file, &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

/* The database of a world that keeps evidence in it; the bytes on the disk else. */
static void damage(struct text hash)
{
    char path[PLACE_DIR + 100];

    if (w.ledger.evidence_in_database) {
        assert_int_equal(evidence_chunk_put(w.ledger.store,
                                            &(struct evidence_chunk_put_in){hash, 0, T("other")},
                                            &err),
                         0);
        return;
    }
    snprintf(path, sizeof path, "%s/evidence/%.2s/%.64s", w.ledger.dir, hash.p, hash.p);
    assert_int_equal(truncate(path, 3), 0);
}

static void what_is_altered_is_found_not_copied_and_mended(void **state)
{
    struct evidence_line line = keep(T("as it came"));
    struct evidence_home from, to;
    enum evidence_found f;
    uint64_t copied, size;
    char dir[PLACE_DIR + 10];

    (void)state;
    damage(line.hash);
    assert_int_equal(found(line.hash), EVIDENCE_ALTERED);
    snprintf(dir, sizeof dir, "%s/other", w.ledger.dir);
    mkdir(dir, 0700);
    evidence_home_of(&from, &w.ledger);
    evidence_home_folder(&to, dir, &w.env);
    assert_int_equal(evidence_copy(&from, &to, line.hash, &f, &copied, &err), 0);
    assert_true(f == EVIDENCE_ALTERED && copied == 0);
    assert_int_equal(to.ops->size(&to, line.hash, &size, &err), 0);
    keep(T("as it came"));
    assert_int_equal(found(line.hash), EVIDENCE_WHOLE);
    assert_int_equal(evidence_copy(&from, &to, line.hash, &f, &copied, &err), 0);
    assert_true(f == EVIDENCE_WHOLE && copied == 10);
    assert_int_equal(evidence_copy(&from, &to, line.hash, &f, &copied, &err), 0);
    assert_true(f == EVIDENCE_WHOLE && copied == 0);
}

static void half_of_a_file_is_none(void **state)
{
    struct text hash = keep(T("was whole")).hash;
    struct evidence_file file;

    (void)state;
    if (!w.ledger.evidence_in_database)
        return;
    assert_int_equal(
        evidence_file_drop(w.ledger.store, &(struct evidence_file_drop_in){hash, INT64_MAX}, &err),
        0);
    assert_int_equal(
        evidence_file_put(w.ledger.store, &(struct evidence_file_put_in){hash, 9, 1}, &err), 0);
    assert_int_equal(found(hash), EVIDENCE_MISSING);
    assert_int_equal(evidence_open(&w.ledger, hash, &file, &err), -1);
}

static void what_no_entry_names_is_swept(void **state)
{
    const char *path = world_line(&w, "%s/two.txt", w.ledger.dir);
    struct evidence_line unused, named, young;
    struct verify_report report;
    struct text code;

    (void)state;
    unused = keep(T("nobody names it"));
    assert_int_equal(file_write(path, T("named"), 0600, true, &err), 0);
    named = keep(T("named"));
    code = world_do(&w, "clerk", "register HZ --text 路灯");
    world_do(&w, "clerk", world_line(&w, "attach %.*s --file %s", TEXT_ARG(code), path));
    w.env.clock += 2 * DAY;
    young = keep(T("just came"));
    assert_int_equal(evidence_sweep(&w.ledger, &err), 0);
    assert_int_equal(found(named.hash), EVIDENCE_WHOLE);
    assert_int_equal(found(young.hash), EVIDENCE_WHOLE);
    assert_int_equal(found(unused.hash),
                     w.ledger.evidence_in_database ? EVIDENCE_MISSING : EVIDENCE_WHOLE);
    assert_int_equal(verify_ledger(&w.ledger, false, T(""), &report, NULL, NULL, &err), 0);
    assert_int_equal(report.evidence, 1);
}

/* A source that has a new document still names the old one in the log. */
static void a_document_of_before_stays(void **state)
{
    struct evidence_line before = keep(T("the document of before")), after = keep(T("and after"));
    struct command c[2];
    struct outcome o[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        c[i] = (struct command){
            .by = T("clerk"),
            .via = T("test"),
            .on = i ? o[0].code : T(""),
            .event = {.kind = EVENT_SOURCE_PUT,
                      .source_put = {.title = T("来源"), .hash = i ? after.hash : before.hash}}};
        assert_int_equal(ledger_write(&w.ledger, &c[i], &o[i], 1, &w.arena, &err), 0);
        assert_int_equal(o[i].verdict.rule, RULE_NONE);
    }
    w.env.clock += 2 * DAY;
    assert_int_equal(evidence_sweep(&w.ledger, &err), 0);
    assert_int_equal(found(before.hash), EVIDENCE_WHOLE);
    assert_int_equal(found(after.hash), EVIDENCE_WHOLE);
}

static int failures;

static void *store_the_same(void *arg)
{
    struct arena arena = ARENA(1u << 16);
    struct evidence_upload u;
    struct evidence_line line = {0};
    struct err e;
    const struct text *bytes = arg;

    if (evidence_begin(&u, &w.ledger, T("a"), 0, &e) != 0 || evidence_append(&u, *bytes, &e) != 0 ||
        evidence_finish(&u, &line, &arena, &e) != 0) {
        __atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
    }
    arena_release(&arena);
    return NULL;
}

static void several_threads_put_the_same(void **state)
{
    struct text bytes = bytes_of(2 * CHUNK + 5);
    struct evidence_line line;
    pthread_t threads[6];

    (void)state;
    for (int i = 0; i < 6; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, store_the_same, &bytes), 0);
    for (int i = 0; i < 6; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(failures, 0);
    line = keep(bytes);
    assert_int_equal(found(line.hash), EVIDENCE_WHOLE);
}

#define OF(f) cmocka_unit_test_prestate_setup_teardown(f, make, drop, &places[i])

int main(void)
{
    static const char *const names[] = {"in the folder", "in SQLite", "in PostgreSQL"};
    static enum kind places[] = {FOLDER, EMBEDDED, SERVER};
    int failed = 0;

    for (int i = 0; i < 3; i++) {
        const struct CMUnitTest tests[] = {
            OF(what_goes_in_comes_out),     OF(the_same_twice_is_one),
            OF(what_is_not_there_is_told),  OF(what_is_altered_is_found_not_copied_and_mended),
            OF(half_of_a_file_is_none),     OF(what_no_entry_names_is_swept),
            OF(a_document_of_before_stays), OF(several_threads_put_the_same),
        };
        if (places[i] != SERVER || getenv("XIAOHAO_TEST_POSTGRES"))
            failed += cmocka_run_group_tests_name(names[i], tests, NULL, NULL);
    }
    return failed;
}
