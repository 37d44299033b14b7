/*
 * env.h: the clock and the randomness, the only door to either.
 *
 * A test puts its own in place (env_replay) and gets the same bytes again.
 */
#ifndef XH_BASE_ENV_H
#define XH_BASE_ENV_H

#include "base/err.h"

struct env {
    /* Milliseconds since 1970-01-01 UTC. */
    int64_t (*now)(struct env *);
    /* Fills n bytes with randomness fit for keys; 0 or -1. */
    int (*random)(struct env *, void *bytes, size_t n);
    int64_t clock;  /* of a replaying env: what now() says next; it ticks by 1 ms a call */
    uint64_t state; /* of a replaying env */
};

/* The machine's clock and randomness. */
struct env env_system(void);
/* A clock that starts at `start` ms and randomness that follows from seed: for tests only. */
struct env env_replay(uint64_t seed, int64_t start);

/* A new UUIDv7 (RFC 9562) in its 36 characters. */
int env_uuid(struct env *env, char out[static 37], struct err *err);
/* A UUID of that version (RFC 9562) in its 36 characters; b's bits of version and variant are set.
 */
void uuid_write(unsigned char b[static 16], unsigned version, char out[static 37]);

#endif
