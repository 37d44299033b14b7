/* A confined child: what it can do, what it cannot, and how its end is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/confined.h"

enum {
    OPENED = 1,
    CREATED = 2,
    CONNECTED = 4,
    FORKED = 8,
    EXECUTED = 16,
    SIGNALLED = 32,
    INHERITED = 64
};

/* What of all that a hostile library could try goes well. */
static int tries(int in, int out, const char *argument)
{
    char *argv[] = {(char *)(uintptr_t) "/bin/true", NULL};
    struct stat st;
    int could = 0;
    long pid;

    (void)in, (void)out;
    for (int fd = 5; fd < 200; fd++)
        if (fstat(fd, &st) == 0)
            could |= INHERITED;
    if (open("/etc/passwd", O_RDONLY) >= 0)
        could |= OPENED;
    if (open(argument, O_WRONLY | O_CREAT, 0600) >= 0)
        could |= CREATED;
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0)
        could |= CONNECTED;
    pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0)
        _exit(0);
    if (pid > 0)
        could |= FORKED;
    if (kill(getpid(), 0) == 0)
        could |= SIGNALLED;
    if (mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
        could |= EXECUTED;
    execv(argv[0], argv);
    return could;
}

/* Copies, as far as it may. */
static int copies(int in, int out, const char *argument)
{
    char block[1000];
    ssize_t got;

    (void)argument;
    while ((got = read(in, block, sizeof block)) > 0)
        if (write(out, block, (size_t)got) != got)
            return 1;
    return got == 0 ? 0 : 2;
}

_Noreturn static int crashes(int in, int out, const char *argument)
{
    (void)in, (void)out, (void)argument;
    __builtin_trap();
}

_Noreturn static int spins(int in, int out, const char *argument)
{
    volatile unsigned n = 0;

    (void)in, (void)out, (void)argument;
    for (;;)
        n++;
}

static int takes(int in, int out, const char *argument)
{
    size_t n = (size_t)64 << 20;
    char *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)in, (void)out, (void)argument;
    return p == MAP_FAILED ? 7 : 0;
}

#define JOB(which, ...)                                                                   \
    {                                                                                     \
        .name = "xiaohao: test " #which, .work = which, .memory = 32 << 20, .seconds = 1, \
        __VA_ARGS__                                                                       \
    }
static const struct confined_job closed_job = JOB(tries, .written = 1 << 20),
                                 open_job = {.name = "xiaohao: test open",
                                             .work = tries,
                                             .memory = 32 << 20,
                                             .seconds = 1,
                                             .opens = true},
                                 copy_job = JOB(copies, .written = 5000), crash_job = JOB(crashes),
                                 spin_job = JOB(spins), take_job = JOB(takes);
CONFINED_JOB(closed_job)
CONFINED_JOB(open_job)
CONFINED_JOB(copy_job)
CONFINED_JOB(crash_job)
CONFINED_JOB(spin_job)
CONFINED_JOB(take_job)

static int null_fd;
static char unwanted[] = "/tmp/xiaohao-confined-XXXXXX";

static int run(const struct confined_job *job, const char *argument, int in, int out, int patience)
{
    struct confined c;
    struct err err;
    int rc;

    assert_int_equal(confined_start(&c, job, argument, in, out, &err), 0);
    rc = confined_end(&c, patience);
    /* Gone, and waited for. */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    return rc;
}

static void it_can_do_nothing(void **state)
{
    int stray = fcntl(null_fd, F_DUPFD, 50); /* without CLOEXEC */

    (void)state;
    assert_true(stray >= 0);
    assert_int_equal(run(&closed_job, unwanted, null_fd, null_fd, 20000), 0);
    assert_int_not_equal(access(unwanted, F_OK), 0);
    close(stray);
}

static void where_it_must_open_it_only_reads(void **state)
{
    (void)state;
    assert_int_equal(run(&open_job, unwanted, null_fd, null_fd, 20000), OPENED | EXECUTED);
    assert_int_not_equal(access(unwanted, F_OK), 0);
}

static void what_it_is_given_it_reads_and_writes(void **state)
{
    int in = memfd_create("in", MFD_CLOEXEC), out = memfd_create("out", MFD_CLOEXEC);
    char block[6000] = "bytes", back[6000];

    (void)state;
    assert_int_equal(write(in, block, 4000), 4000);
    lseek(in, 0, SEEK_SET);
    assert_int_equal(run(&copy_job, "", in, out, 20000), 0);
    assert_int_equal(pread(out, back, sizeof back, 0), 4000);
    assert_memory_equal(block, back, 4000);
    /* More than it may write: it is stopped. */
    lseek(out, 0, SEEK_SET);
    assert_int_equal(pwrite(in, block, 6000, 0), 6000);
    lseek(in, 0, SEEK_SET);
    assert_int_equal(run(&copy_job, "", in, out, 20000), CONFINED_DIED);
    assert_true(lseek(out, 0, SEEK_END) <= 5000);
    close(in);
    close(out);
}

static void its_end_is_told(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(run(&crash_job, "", null_fd, null_fd, 20000), CONFINED_DIED);
    /* A second of the processor. */
    assert_int_equal(run(&spin_job, "", null_fd, null_fd, 60000), CONFINED_DIED);
    /* It waits for bytes that never come. */
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(run(&copy_job, "", ends[0], null_fd, 300), CONFINED_SILENT);
    assert_int_equal(run(&copy_job, "", ends[0], null_fd, 0), CONFINED_SILENT);
    close(ends[0]);
    close(ends[1]);
}

/* The address sanitizer takes terabytes of addresses: this one is run in the build without it. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifndef SANITIZED
static void memory_is_bounded(void **state)
{
    (void)state;
    assert_int_equal(run(&take_job, "", null_fd, null_fd, 20000), 7);
}
#endif

static _Atomic bool enough;

static void *allocates(void *arg)
{
    while (!enough)
        free(malloc(1000));
    return arg;
}

static void *starts(void *arg)
{
    struct confined c;
    struct err err;

    for (int i = 0; i < 10; i++)
        if (confined_start(&c, &copy_job, "", null_fd, null_fd, &err) != 0 ||
            confined_end(&c, 20000) != 0)
            return NULL;
    return arg;
}

static void threads_start_them_while_others_work(void **state)
{
    pthread_t busy[2], starting[3];
    char done;
    void *result;

    (void)state;
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&busy[i], NULL, allocates, NULL), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&starting[i], NULL, starts, &done), 0);
    for (int i = 0; i < 3; i++) {
        pthread_join(starting[i], &result);
        assert_ptr_equal(result, &done);
    }
    enough = true;
    for (int i = 0; i < 2; i++)
        pthread_join(busy[i], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_can_do_nothing),
        cmocka_unit_test(where_it_must_open_it_only_reads),
        cmocka_unit_test(what_it_is_given_it_reads_and_writes),
        cmocka_unit_test(its_end_is_told),
#ifndef SANITIZED
        cmocka_unit_test(memory_is_bounded),
#endif
        cmocka_unit_test(threads_start_them_while_others_work),
    };

    null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    close(mkstemp(unwanted));
    unlink(unwanted);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
