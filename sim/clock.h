// SPDX-License-Identifier: MIT
/*
 * Clocks and the timers on them.
 *
 * A sim_clock is a machine's virtual clock: it follows the kernel's time, stands
 * still while it is stopped, and lags by that much from then on (QEMU's
 * QEMU_CLOCK_VIRTUAL). A sim_wall is the host's wall clock: an epoch plus the
 * kernel's time, never stopped, but stepped (QEMU's g_get_real_time).
 */
#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/kernel.h"
#include "sim/time.h"

struct sim_clock;
struct sim_timer;

/* Embedded in its owner; the fields belong to the clock. */
struct sim_timer {
        struct sim_clock *clock;
        struct sim_event event;
        struct sim_timer *next, *previous;
        sim_event_fn *fire;
        void *owner;
        sim_time_t deadline;
        bool armed;
};

/* Running, at the kernel's time. */
struct sim_clock *sim_clock_new(struct sim_kernel *kernel);
/* NULL is fine. No timer may be armed. */
void sim_clock_free(struct sim_clock *clock);
sim_time_t sim_clock_now(const struct sim_clock *clock);
bool sim_clock_running(const struct sim_clock *clock);
/* Stop and start are idempotent. Timers keep their deadlines, and run when the clock reaches them.
 */
void sim_clock_stop(struct sim_clock *clock);
void sim_clock_start(struct sim_clock *clock);

void sim_timer_init(struct sim_timer *timer, struct sim_clock *clock, const char *name,
                    sim_event_fn *fire, void *owner);
/* The timer must not be armed. */
void sim_timer_fini(struct sim_timer *timer);
/*
 * deadline is in the clock's time and may lie in the past: the timer then fires
 * at once, when the clock runs. An armed timer moves. Not armed when it fires.
 */
void sim_timer_arm_at(struct sim_timer *timer, sim_time_t deadline);
void sim_timer_cancel(struct sim_timer *timer);
/*
 * For faults: an armed timer of a clock that runs fires at this time of it, or not at all
 * (SIM_TIME_NEVER), and not at its deadline, which it keeps. Until it is armed anew, or the
 * clock starts again: then the deadline holds.
 */
void sim_timer_divert(struct sim_timer *timer, sim_time_t time);

static inline bool sim_timer_armed(const struct sim_timer *timer)
{
        return timer->armed;
}

/* Of an armed timer. */
static inline sim_time_t sim_timer_deadline(const struct sim_timer *timer)
{
        return timer->deadline;
}

struct sim_wall {
        const struct sim_kernel *kernel;
        int64_t epoch_us;          /* microseconds since 1970 at virtual time 0; may be negative */
        void (*read)(void *owner); /* it is about to be, and may be stepped still; NULL: no one */
        void *owner;
};

/* Microseconds since 1970, as g_get_real_time counts. */
int64_t sim_wall_us(const struct sim_wall *wall);
/* From now on it shows so much more; of a negative number less. */
void sim_wall_step(struct sim_wall *wall, int64_t by_us);

#endif
