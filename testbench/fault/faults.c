// SPDX-License-Identifier: MIT
#include "testbench/fault/faults.h"

#include <stdio.h>

#include "sim/assert.h"

#define STREAM_SIZE 40

void faults_init(struct faults *faults, const struct sim_kernel *kernel,
                 struct sim_journal *journal, uint64_t seed, struct fault_asker asker)
{
        char stream[STREAM_SIZE];

        *faults = (struct faults){ .kernel = kernel, .journal = journal, .asker = asker };
        for (unsigned point = 0; point < FAULT_POINTS; point++) {
                snprintf(stream, sizeof stream, "fault/%s", fault_points[point].name);
                sim_rng_init(&faults->streams[point], seed, stream);
        }
}

void faults_clear(struct faults *faults, enum fault_point point)
{
        if (faults_armed(faults, point) == NULL)
                return;
        faults->streams[point] = faults->armed[point].fault.rng;
        faults->armed_mask &= ~(1U << point);
}

void faults_arm(struct faults *faults, const struct fault_order *order)
{
        enum fault_point point = order->point;

        sim_assert(!order->clear);
        faults_clear(faults, point);
        faults->armed[point].order = *order;
        sim_fault_init(&faults->armed[point].fault, &order->rule, &faults->streams[point]);
        faults->armed_mask |= 1U << point;
}

void faults_tell_states(struct faults *faults, fault_state_fn *state, void *owner)
{
        faults->state = state;
        faults->state_owner = owner;
}

static bool is_in_state(const struct faults *faults, const struct fault_order *order)
{
        return !order->in_state ||
               fault_while_holds(&order->condition, faults->state, faults->state_owner);
}

uint64_t faults_draw(struct faults *faults, enum fault_point point, uint64_t limit)
{
        bool armed = faults_armed(faults, point) != NULL;

        return sim_rng_below(armed ? &faults->armed[point].fault.rng : &faults->streams[point],
                             limit);
}

bool faults_fire(struct faults *faults, enum fault_point point, const char *detail)
{
        struct sim_fault *fault = &faults->armed[point].fault;
        sim_time_t now = sim_kernel_now(faults->kernel);
        bool fires =
                is_in_state(faults, &faults->armed[point].order) && sim_fault_crosses(fault, now);

        if (fires && faults->armed[point].order.asked)
                fires = faults->asker.ask(faults->asker.owner, point, fault->crossed, detail);
        if (fires)
                sim_emit(faults->journal, &event_fault, SIM_T(fault_points[point].name),
                         SIM_T(detail));
        if (sim_fault_spent(fault, now))
                faults_clear(faults, point);
        return fires;
}
