/*
 * confined.h: work on hostile bytes, in a process that can do nothing else.
 *
 * Libraries that parse what strangers send (pictures, old workbooks) run in a child process: it
 * gets one descriptor to read from and one to write to, little memory and time, and from then on no
 * way to open files for writing, to reach the network, to start a program or to touch another
 * process. The worst that a file can do is that the child is stopped.
 *
 * The server has many threads, and a fork of such a process may do next to nothing before it
 * executes a program: a lock of malloc may be held by a thread that is not there any more. So the
 * child executes this very binary again (/proc/self/exe, which is right even after an upgrade has
 * replaced the file). A job announces itself by CONFINED_JOB; a process that was started under the
 * job's name does that job before main() and ends. Every program that links a job can therefore
 * start it, tests included, and no command line reaches it.
 */
#ifndef XH_BASE_CONFINED_H
#define XH_BASE_CONFINED_H

#include <sys/types.h>

#include "base/err.h"

struct confined_job {
    const char *name; /* the child's argv[0]: "xiaohao: …" */
    /* The work, in the child: its answer, 0 to 100, is the exit status. May end by _exit. */
    int (*work)(int in, int out, const char *argument);
    size_t memory;    /* bytes of addresses beyond what the program itself takes */
    size_t written;   /* the longest file that it may write; pipes are not bounded by it */
    unsigned seconds; /* of the processor */
    bool opens;       /* may open files to read (a library that takes only a path) */
};

/* Makes a `const struct confined_job` one that confined_start finds; once, in the file of its work.
 * Static libraries hold the child's side whenever something refers to the job. */
#define CONFINED_JOB(job)                                                          \
    static __attribute__((constructor)) void confined_##job(int argc, char **argv) \
    {                                                                              \
        confined_enter(&(job), argc, argv);                                        \
    }
void confined_enter(const struct confined_job *job, int argc, char **argv);

struct confined {
    pid_t pid;
};

/* Starts the job with those two descriptors (which stay the caller's) and an argument; safe in
 * every thread. confined_end must follow. */
int confined_start(struct confined *c, const struct confined_job *job, const char *argument, int in,
                   int out, struct err *err);

enum {
    CONFINED_UNSAFE = 125, /* this system gives no way to confine it; nothing was done */
    CONFINED_DIED = 256,   /* it crashed, or took more than it may have */
    CONFINED_SILENT        /* it was not done in time, and was killed */
};
/* Waits so many milliseconds for its end (0: kills it at once) and returns its answer or one of
 * the above. The process is gone afterwards. */
int confined_end(struct confined *c, int patience);

#endif
