/* confined.c: see confined.h. */
#include "base/confined.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define SANITIZED
#endif

enum { IN = 3, OUT = 4 };

/* -- the child -- */

/* At most that, or what it was limited to already. */
static bool limit(__rlimit_resource_t what, rlim_t most)
{
    struct rlimit now;

    if (getrlimit(what, &now) != 0)
        return false;
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most)
        most = now.rlim_max;
    return setrlimit(what, &(struct rlimit){most, most}) == 0;
}

/* Addresses the child may use; the sanitizers' own are beyond any limit. */
static bool limit_memory(size_t bytes)
{
#ifdef SANITIZED
    (void)bytes;
    return true;
#else
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");

    if (f == NULL)
        return false;
    if (fscanf(f, "%lu", &pages) != 1)
        pages = 0;
    fclose(f);
    return pages && limit(RLIMIT_AS, (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + bytes);
#endif
}

/* What a decoder needs of the kernel: its descriptors, memory, and to end. Everything else fails
 * with EPERM, which libraries survive where it does not matter. */
static bool filter(bool opens)
{
    static const int plain[] = {
        SCMP_SYS(read),        SCMP_SYS(readv),         SCMP_SYS(pread64),
        SCMP_SYS(lseek),       SCMP_SYS(fstat),         SCMP_SYS(newfstatat),
        SCMP_SYS(write),       SCMP_SYS(writev),        SCMP_SYS(close),
        SCMP_SYS(munmap),      SCMP_SYS(mremap),        SCMP_SYS(madvise),
        SCMP_SYS(brk),         SCMP_SYS(futex),         SCMP_SYS(exit),
        SCMP_SYS(exit_group),  SCMP_SYS(clock_gettime), SCMP_SYS(sched_yield),
        SCMP_SYS(getrandom),   SCMP_SYS(getpid),        SCMP_SYS(gettid),
        SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigreturn),
    };
    /* Memory that can be executed is for those who load modules by opening them. */
    const struct scmp_arg_cmp to_read =
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, 0),
                              no_code = SCMP_A2(SCMP_CMP_MASKED_EQ,
                                                opens ? 0 : (scmp_datum_t)PROT_EXEC, 0);
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool ok = f != NULL;

    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        ok = ok && seccomp_rule_add(f, SCMP_ACT_ALLOW, plain[i], 0) == 0;
    ok = ok && seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, &no_code) == 0 &&
         seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, &no_code) == 0;
    if (opens)
        ok = ok && seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, &to_read) == 0;
    ok = ok && seccomp_load(f) == 0;
    seccomp_release(f);
    return ok;
}

void confined_enter(const struct confined_job *job, int argc, char **argv)
{
    if (argc != 2 || strcmp(argv[0], job->name) != 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_CPU, job->seconds) ||
        !limit(RLIMIT_FSIZE, job->written) || !limit_memory(job->memory) || !filter(job->opens))
        _exit(CONFINED_UNSAFE);
    _exit(job->work(IN, OUT, argv[1]));
}

/* -- the parent -- */

/* The child inherits no settings and no secrets, but what the sanitizers are to do. */
static char **environment(void)
{
#ifdef SANITIZED
    return environ;
#else
    static char *none[] = {NULL};
    return none;
#endif
}

static int spawn(pid_t *pid, const struct confined_job *job, const char *argument, int in, int out)
{
    char *argv[] = {(char *)(uintptr_t)job->name, (char *)(uintptr_t)argument, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t all, none;
    int rc = posix_spawn_file_actions_init(&files);

    if (rc != 0)
        return rc;
    rc = posix_spawnattr_init(&how);
    if (rc == 0) {
        sigfillset(&all);
        sigemptyset(&none);
        /* Nothing of the parent's stays open but standard error and the two. */
        rc = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
        rc = rc ? rc : posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
        rc = rc ? rc : posix_spawn_file_actions_adddup2(&files, in, IN);
        rc = rc ? rc : posix_spawn_file_actions_adddup2(&files, out, OUT);
        rc = rc ? rc : posix_spawn_file_actions_addclosefrom_np(&files, OUT + 1);
        rc = rc ? rc : posix_spawnattr_setsigdefault(&how, &all);
        rc = rc ? rc : posix_spawnattr_setsigmask(&how, &none);
        rc = rc ? rc
                : posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
        rc = rc ? rc : posix_spawn(pid, "/proc/self/exe", &files, &how, argv, environment());
        posix_spawnattr_destroy(&how);
    }
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

int confined_start(struct confined *c, const struct confined_job *job, const char *argument, int in,
                   int out, struct err *err)
{
    /* Out of the way of the numbers that they get in the child. */
    int from = fcntl(in, F_DUPFD_CLOEXEC, 10), to = fcntl(out, F_DUPFD_CLOEXEC, 10);
    int rc = from < 0 || to < 0 ? errno : spawn(&c->pid, job, argument, from, to);

    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    if (rc == 0)
        return 0;
    c->pid = -1;
    errno = rc;
    return err_errno(err, text_of(job->name));
}

int confined_end(struct confined *c, int patience)
{
    struct pollfd end = {.fd = patience ? pidfd_open(c->pid, 0) : -1, .events = POLLIN};
    int status = 0, ready = 0;
    pid_t ended;

    if (end.fd >= 0) {
        do
            ready = poll(&end, 1, patience);
        while (ready < 0 && errno == EINTR);
        close(end.fd);
    }
    if (ready <= 0)
        kill(c->pid, SIGKILL); /* it is not waited for yet, so the number is still its own */
    do
        ended = waitpid(c->pid, &status, 0);
    while (ended < 0 && errno == EINTR);
    c->pid = -1;
    if (ended > 0 && WIFEXITED(status))
        return WEXITSTATUS(status);
    return ready <= 0 ? CONFINED_SILENT : CONFINED_DIED;
}
