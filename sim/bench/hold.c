// SPDX-License-Identifier: MIT
/*
 * What an event costs with 1 to 1,000,000 others pending, in nanoseconds:
 *   hold    the earliest event fires and schedules itself again
 *   rearm   a pending event moves to another time, as a busy timeout does
 *   cancel  a pending event is cancelled and scheduled anew
 */
#define _POSIX_C_SOURCE 199309L
#include "sim/bench/hold_load.h"

#include <stdlib.h>

#include "sim/assert.h"
#include "sim/kernel.h"

struct load {
        struct sim_kernel *kernel;
        uint64_t random;
        uint64_t left;
        unsigned size;
        struct holder *holders;
};

struct holder {
        struct sim_event event;
        struct load *load;
};

static void holder_schedule(struct holder *holder)
{
        struct load *load = holder->load;

        sim_event_schedule_at(&holder->event,
                              sim_kernel_now(load->kernel) + hold_delay_ticks(&load->random));
}

static void holder_fire(void *owner)
{
        struct holder *holder = owner;

        if (--holder->load->left == 0)
                sim_kernel_stop(holder->load->kernel);
        holder_schedule(holder);
}

static void hold(struct load *load, uint64_t operations)
{
        load->left = operations;
        sim_assert(sim_kernel_run_until(load->kernel, SIM_TIME_NEVER - 1) == SIM_RUN_STOPPED);
}

static struct holder *some_holder(struct load *load)
{
        return &load->holders[hold_delay_ticks(&load->random) % load->size];
}

static void rearm(struct load *load, uint64_t operations)
{
        while (operations-- > 0)
                holder_schedule(some_holder(load));
}

static void cancel(struct load *load, uint64_t operations)
{
        while (operations-- > 0) {
                struct holder *holder = some_holder(load);

                sim_event_cancel(&holder->event);
                holder_schedule(holder);
        }
}

static void measure(struct load *load, const char *what,
                    void (*operate)(struct load *load, uint64_t operations))
{
        double figures[HOLD_ROUNDS];

        for (unsigned round = 0; round < HOLD_ROUNDS; round++) {
                double start = hold_now_ns();

                operate(load, HOLD_OPERATIONS);
                figures[round] = (hold_now_ns() - start) / HOLD_OPERATIONS;
        }
        hold_print(what, load->size, hold_median(figures));
}

static void measure_size(unsigned size)
{
        struct load load = { .kernel = sim_kernel_new(NULL), .random = HOLD_SEED, .size = size };

        load.holders = calloc(size, sizeof *load.holders);
        sim_assert(load.holders != NULL);
        for (unsigned i = 0; i < size; i++) {
                load.holders[i].load = &load;
                sim_event_init(&load.holders[i].event, load.kernel, "holder", holder_fire,
                               &load.holders[i]);
                holder_schedule(&load.holders[i]);
        }
        hold(&load, 2 * (uint64_t)size + HOLD_OPERATIONS / 10); /* until it is steady */
        measure(&load, "hold", hold);
        measure(&load, "rearm", rearm);
        measure(&load, "cancel", cancel);
        for (unsigned i = 0; i < size; i++)
                sim_event_cancel(&load.holders[i].event);
        sim_kernel_free(load.kernel);
        free(load.holders);
}

int main(void)
{
        for (unsigned i = 0; i < HOLD_SIZES; i++)
                measure_size(hold_sizes[i]);
        return 0;
}
