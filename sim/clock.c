// SPDX-License-Identifier: MIT
#include "sim/clock.h"

#include <stdlib.h>

#include "sim/assert.h"

struct sim_clock {
        struct sim_kernel *kernel;
        bool running;
        sim_time_t lag;        /* the kernel's time less the clock's, while it runs */
        sim_time_t stopped_at; /* the clock's time, while it does not */
        /* The armed timers by deadline, then by arming: the order in which start re-arms them. */
        struct sim_timer *first, *last;
};

struct sim_clock *sim_clock_new(struct sim_kernel *kernel)
{
        struct sim_clock *clock = calloc(1, sizeof *clock);

        sim_assert(clock != NULL);
        clock->kernel = kernel;
        clock->running = true;
        return clock;
}

void sim_clock_free(struct sim_clock *clock)
{
        if (clock == NULL)
                return;
        sim_assert(clock->first == NULL);
        free(clock);
}

sim_time_t sim_clock_now(const struct sim_clock *clock)
{
        return clock->running ? sim_kernel_now(clock->kernel) - clock->lag : clock->stopped_at;
}

bool sim_clock_running(const struct sim_clock *clock)
{
        return clock->running;
}

/* A time that the kernel's cannot express is never reached: no event stands for it. */
static void timer_schedule_at(struct sim_timer *timer, sim_time_t clock_time)
{
        sim_time_t now = sim_kernel_now(timer->clock->kernel);
        sim_time_t time = sim_time_add(clock_time, timer->clock->lag);

        if (time == SIM_TIME_NEVER)
                sim_event_cancel(&timer->event);
        else
                sim_event_schedule_at(&timer->event, time > now ? time : now);
}

static void timer_schedule(struct sim_timer *timer)
{
        timer_schedule_at(timer, timer->deadline);
}

void sim_clock_stop(struct sim_clock *clock)
{
        if (!clock->running)
                return;
        clock->stopped_at = sim_clock_now(clock);
        clock->running = false;
        for (struct sim_timer *timer = clock->first; timer != NULL; timer = timer->next)
                sim_event_cancel(&timer->event);
}

void sim_clock_start(struct sim_clock *clock)
{
        if (clock->running)
                return;
        clock->lag = sim_kernel_now(clock->kernel) - clock->stopped_at;
        clock->running = true;
        for (struct sim_timer *timer = clock->first; timer != NULL; timer = timer->next)
                timer_schedule(timer);
}

/* From the back: a new deadline is mostly the latest. */
static void timer_link(struct sim_clock *clock, struct sim_timer *timer)
{
        struct sim_timer *before = clock->last;

        while (before != NULL && before->deadline > timer->deadline)
                before = before->previous;
        timer->previous = before;
        timer->next = before != NULL ? before->next : clock->first;
        if (timer->next != NULL)
                timer->next->previous = timer;
        else
                clock->last = timer;
        if (before != NULL)
                before->next = timer;
        else
                clock->first = timer;
}

static void timer_unlink(struct sim_clock *clock, struct sim_timer *timer)
{
        if (timer->next != NULL)
                timer->next->previous = timer->previous;
        else
                clock->last = timer->previous;
        if (timer->previous != NULL)
                timer->previous->next = timer->next;
        else
                clock->first = timer->next;
        timer->next = NULL;
        timer->previous = NULL;
}

static void timer_fire(void *owner)
{
        struct sim_timer *timer = owner;

        timer_unlink(timer->clock, timer);
        timer->armed = false;
        timer->fire(timer->owner);
}

void sim_timer_init(struct sim_timer *timer, struct sim_clock *clock, const char *name,
                    sim_event_fn *fire, void *owner)
{
        *timer = (struct sim_timer){ .clock = clock, .fire = fire, .owner = owner };
        sim_event_init(&timer->event, clock->kernel, name, timer_fire, timer);
}

void sim_timer_fini(struct sim_timer *timer)
{
        sim_assert(!timer->armed);
        sim_event_fini(&timer->event);
}

void sim_timer_arm_at(struct sim_timer *timer, sim_time_t deadline)
{
        struct sim_clock *clock = timer->clock;

        if (timer->armed)
                timer_unlink(clock, timer);
        timer->deadline = deadline;
        timer->armed = true;
        timer_link(clock, timer);
        if (clock->running)
                timer_schedule(timer);
}

void sim_timer_cancel(struct sim_timer *timer)
{
        if (!timer->armed)
                return;
        timer_unlink(timer->clock, timer);
        timer->armed = false;
        sim_event_cancel(&timer->event);
}

void sim_timer_divert(struct sim_timer *timer, sim_time_t time)
{
        sim_assert(timer->armed && timer->clock->running);
        timer_schedule_at(timer, time);
}

int64_t sim_wall_us(const struct sim_wall *wall)
{
        uint64_t elapsed_us = sim_kernel_now(wall->kernel) / 1000U;

        if (wall->read != NULL)
                wall->read(wall->owner);
        /* Wraps rather than overflows when an epoch lies at the far end. */
        return (int64_t)((uint64_t)wall->epoch_us + elapsed_us);
}

void sim_wall_step(struct sim_wall *wall, int64_t by_us)
{
        wall->epoch_us = (int64_t)((uint64_t)wall->epoch_us + (uint64_t)by_us);
}
