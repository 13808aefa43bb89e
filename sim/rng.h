// SPDX-License-Identifier: MIT
/*
 * Named random streams, counter-based (Philox 4x64 of Random123).
 *
 * A stream is a function of (seed, name, draw number): a new draw in one
 * component moves no other. Every draw names its stream.
 */
#ifndef SIM_RNG_H
#define SIM_RNG_H

#include <stdint.h>

/* A value; copy it to fork a stream. */
struct sim_rng {
        uint64_t key[2];
        uint64_t drawn;
};

void sim_rng_init(struct sim_rng *rng, uint64_t seed, const char *name);
uint64_t sim_rng_u64(struct sim_rng *rng);
/* Uniform in 0 .. limit - 1, without bias; limit > 0. */
uint64_t sim_rng_below(struct sim_rng *rng, uint64_t limit);

#endif
