// SPDX-License-Identifier: MIT
/*
 * The faults of the statistics timer: it hears in the journal that the timer was
 * armed, and has it fire early, late or never. The deadline that everybody sees stays.
 */
#ifndef TESTBENCH_FAULT_FAULT_TIMER_H
#define TESTBENCH_FAULT_FAULT_TIMER_H

#include "sim/clock.h"
#include "sim/journal.h"
#include "testbench/fault/faults.h"

struct fault_timer_options {
        struct faults *faults;
        struct sim_clock *clock;
        struct sim_journal *journal; /* in which the device tells of event_timer */
        /* The device that the machine has armed its timer so: not one that is being made. */
        bool (*has_deadline)(void *owner, sim_time_t deadline);
        void (*divert)(void *owner, sim_time_t time); /* SIM_TIME_NEVER: it does not fire */
        void *owner;
};

/* Embedded in its owner; the fields belong to fault_timer.c. */
struct fault_timer {
        struct fault_timer_options options;
        struct sim_listener listener;
};

void fault_timer_init(struct fault_timer *timer, const struct fault_timer_options *options);
void fault_timer_fini(struct fault_timer *timer);

#endif
