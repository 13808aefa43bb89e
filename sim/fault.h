// SPDX-License-Identifier: MIT
/*
 * When a fault fires.
 *
 * A fault point is crossed each time that what it can break happens; a rule says
 * at which crossings it does. All conditions that a rule gives must hold; one that
 * gives none fires every time. The answer is a function of the rule, the stream and
 * the times of the crossings before: nothing else decides.
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/rng.h"
#include "sim/time.h"

#define SIM_FAULT_CERTAIN UINT32_C(1000000000)

#define SIM_FAULT_NTH_MAX 8U

/* Zero: every time. */
struct sim_fault_rule {
        sim_time_t from, until; /* crossings in from .. until - 1 count, others do not; 0: no end */
        /* Of those only these, the first being 1; they rise, and 0s fill up what is behind. */
        uint64_t nth[SIM_FAULT_NTH_MAX];
        uint64_t every;       /* or each so many of them */
        uint64_t times;       /* at most so often */
        bool uncertain;       /* with a probability: */
        uint32_t per_billion; /* at most SIM_FAULT_CERTAIN */
};

/* A value. */
struct sim_fault {
        struct sim_fault_rule rule;
        struct sim_rng rng; /* drawn from only where everything else holds, once a crossing */
        uint64_t crossed, fired;
};

/* The stream is the caller's: a copy goes on where rng stands. */
void sim_fault_init(struct sim_fault *fault, const struct sim_fault_rule *rule,
                    const struct sim_rng *rng);
/* The point is crossed at now: does it fire? */
bool sim_fault_crosses(struct sim_fault *fault, sim_time_t now);
/* It never fires again. */
bool sim_fault_spent(const struct sim_fault *fault, sim_time_t now);

#endif
