/* env.c: see env.h. */
#include "base/env.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

static int64_t system_now(struct env *env)
{
    struct timespec t;

    (void)env;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int system_random(struct env *env, void *bytes, size_t n)
{
    char *p = bytes;

    (void)env;
    while (n) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        p += got;
        n -= (size_t)got;
    }
    return 0;
}

struct env env_system(void)
{
    return (struct env){.now = system_now, .random = system_random};
}

static int64_t replay_now(struct env *env)
{
    return env->clock++;
}

/* SplitMix64: short, and every bit of the seed matters. */
static int replay_random(struct env *env, void *bytes, size_t n)
{
    unsigned char *p = bytes;

    for (size_t i = 0; i < n; i++) {
        uint64_t z = (env->state += 0x9e3779b97f4a7c15u);
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        p[i] = (unsigned char)(z >> 56);
    }
    return 0;
}

struct env env_replay(uint64_t seed, int64_t start)
{
    return (struct env){.now = replay_now, .random = replay_random, .clock = start, .state = seed};
}

void uuid_write(unsigned char b[static 16], unsigned version, char out[static 37])
{
    static const char digit[] = "0123456789abcdef";
    char *o = out;

    b[6] = (unsigned char)(version << 4 | (b[6] & 0x0f));
    b[8] = (unsigned char)(0x80 | (b[8] & 0x3f));
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *o++ = '-';
        *o++ = digit[b[i] >> 4];
        *o++ = digit[b[i] & 15];
    }
    *o = '\0';
}

int env_uuid(struct env *env, char out[static 37], struct err *err)
{
    unsigned char b[16];
    uint64_t ms = (uint64_t)env->now(env);

    if (env->random(env, b + 6, 10) != 0)
        return err_set(err, RANDOM, text_of("getrandom"));
    for (int i = 0; i < 6; i++)
        b[i] = (unsigned char)(ms >> (40 - 8 * i));
    uuid_write(b, 7, out);
    return 0;
}
