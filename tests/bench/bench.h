/* bench.h: what the benchmark's programs share: chance that repeats, and seconds. */
#ifndef XH_TESTS_BENCH_H
#define XH_TESTS_BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* xorshift64; *state must not be 0. A number below `below`. */
static inline uint64_t chance(uint64_t *state, uint64_t below)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state % below;
}

static inline double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Says what failed and ends the program. */
#define die(...) (fprintf(stderr, __VA_ARGS__), fputc('\n', stderr), exit(3))

#endif
