// SPDX-License-Identifier: MIT
#include "sim/rng.h"

#include "sim/assert.h"

/* Else Random123 takes the C library's, which prints. */
#define R123_ASSERT(condition) sim_assert(condition)
#include <Random123/philox.h>

#define LANES 4

/* FNV-1a, 64 bits: fixed for ever, because every recorded seed depends on it. */
static uint64_t name_hash(const char *name)
{
        uint64_t hash = UINT64_C(0xcbf29ce484222325);

        for (; *name != '\0'; name++) {
                hash ^= (unsigned char)*name;
                hash *= UINT64_C(0x100000001b3);
        }
        return hash;
}

void sim_rng_init(struct sim_rng *rng, uint64_t seed, const char *name)
{
        *rng = (struct sim_rng){ .key = { seed, name_hash(name) } };
}

/* Four draws share a block; computing it anew for each keeps the stream a plain value. */
uint64_t sim_rng_u64(struct sim_rng *rng)
{
        philox4x64_ctr_t counter = { { rng->drawn / LANES } };
        philox4x64_key_t key = { { rng->key[0], rng->key[1] } };
        uint64_t lane = rng->drawn % LANES;

        rng->drawn++;
        return philox4x64(counter, key).v[lane];
}

uint64_t sim_rng_below(struct sim_rng *rng, uint64_t limit)
{
        sim_assert(limit > 0);
        /* 2^64 mod limit: the draws below it would favour the small results. */
        uint64_t surplus = (0 - limit) % limit;
        uint64_t draw = sim_rng_u64(rng);

        while (draw < surplus)
                draw = sim_rng_u64(rng);
        return draw % limit;
}
