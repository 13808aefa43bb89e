// SPDX-License-Identifier: MIT
/*
 * What is armed in a machine. The decorators at its seams ask here; what fires is
 * journalled here, once, whichever seam it is at.
 */
#ifndef TESTBENCH_FAULT_FAULTS_H
#define TESTBENCH_FAULT_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/kernel.h"
#include "testbench/fault/points.h"

/* Embedded in its owner; the fields belong to faults.c. */
struct faults {
        const struct sim_kernel *kernel;
        struct sim_journal *journal;
        struct sim_rng streams[FAULT_POINTS]; /* of those that are not armed */
        struct {
                struct fault_order order;
                struct sim_fault fault;
        } armed[FAULT_POINTS];
        unsigned armed_mask; /* a bit for each point */
        struct fault_asker asker;
        fault_state_fn *state; /* NULL: nobody says in which state anything is */
        void *state_owner;
};

/*
 * Nothing is armed. Each point draws from a stream "fault/NAME" of the seed. asker: of orders
 * that are asked about; zero where there are none.
 */
void faults_init(struct faults *faults, const struct sim_kernel *kernel,
                 struct sim_journal *journal, uint64_t seed, struct fault_asker asker);
/* Who says in which state things are, of orders that fire only in some. */
void faults_tell_states(struct faults *faults, fault_state_fn *state, void *owner);
/* In place of what was armed of this point; its stream goes on. */
void faults_arm(struct faults *faults, const struct fault_order *order);
void faults_clear(struct faults *faults, enum fault_point point);

/* NULL: it is not armed. Else what was ordered, whose own conditions the caller looks at. */
static inline const struct fault_order *faults_armed(const struct faults *faults,
                                                     enum fault_point point)
{
        return faults->armed_mask & 1U << point ? &faults->armed[point].order : NULL;
}

/* A number below limit from the stream of the point. */
uint64_t faults_draw(struct faults *faults, enum fault_point point, uint64_t limit);

/*
 * The armed point is crossed: true, and journalled with detail, where it fires. In another state
 * than the order's it is not crossed.
 */
bool faults_fire(struct faults *faults, enum fault_point point, const char *detail);

#endif
