// SPDX-License-Identifier: MIT
/*
 * The event kernel: one queue of pending events, one clock.
 *
 * Owns the order of everything. Events run by (time, sequence): at one time in
 * the order in which they were scheduled, or, with shuffled ties, in an order
 * drawn from a seed; a chooser, where there is one, has the last word. An event
 * is embedded in its owner, so neither scheduling nor cancelling allocates once
 * the queue is warm. Knows no PCI and no virtio.
 */
#ifndef SIM_KERNEL_H
#define SIM_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/calendar.h"
#include "sim/time.h"

struct sim_kernel;

typedef void sim_event_fn(void *owner);

/* Embedded in its owner. The fields below the line belong to the kernel. */
struct sim_event {
        const char *name; /* "balloon0/stats": for messages, borrowed */
        sim_event_fn *fire;
        void *owner;
        /* kernel's */
        struct sim_kernel *kernel;
        sim_time_t time;
        uint64_t order;
        void *place; /* NULL: not pending */
};

/* Says which of the events that are due at one time runs first. */
struct sim_chooser {
        /*
         * Asked before each event that is not the only one due: events are all of them, two or
         * more, in the order in which they would run, so 0 changes nothing. Returns the index of
         * the one that does. May not touch the kernel or its events.
         */
        size_t (*choose)(void *self, const struct sim_event *const *events, size_t count);
        void *self;
};

struct sim_kernel_options {
        struct sim_calendar calendar; /* zero: free run */
        struct sim_chooser chooser;   /* zero: none, and then it costs nothing */
        bool shuffle_ties;
        uint64_t ties_seed;
        /* Events that may run without time moving before the run gives up; 0: 1,000,000. */
        uint64_t instant_events_max;
};

enum sim_run_result {
        SIM_RUN_DONE,    /* the time asked for is reached */
        SIM_RUN_STOPPED, /* a callback called sim_kernel_stop */
        SIM_RUN_STUCK,   /* instant_events_max events ran at one time */
};

/* NULL options: all defaults. Never NULL: running out of memory is a bug report. */
struct sim_kernel *sim_kernel_new(const struct sim_kernel_options *options);
/* NULL is fine. No event may be pending. */
void sim_kernel_free(struct sim_kernel *kernel);

sim_time_t sim_kernel_now(const struct sim_kernel *kernel);
/* The time of the earliest pending event, SIM_TIME_NEVER if there is none. Commits to nothing. */
sim_time_t sim_kernel_next(const struct sim_kernel *kernel);
uint64_t sim_kernel_pending_count(const struct sim_kernel *kernel);
uint64_t sim_kernel_fired_count(const struct sim_kernel *kernel);

/* Runs the earliest event, moving time to it. False: none is pending, or the calendar stopped
 * short. */
bool sim_kernel_step(struct sim_kernel *kernel);
/*
 * Runs every event due at or before until (>= now, before SIM_TIME_NEVER), those
 * that they schedule included, then moves the clock to until. With until == now:
 * what is due now. Not from inside a callback, nor is sim_kernel_step.
 */
enum sim_run_result sim_kernel_run_until(struct sim_kernel *kernel, sim_time_t until);
/* From inside a callback: the run returns after it, with the clock where it is. */
void sim_kernel_stop(struct sim_kernel *kernel);

/* name and owner are borrowed for the event's life. */
void sim_event_init(struct sim_event *event, struct sim_kernel *kernel, const char *name,
                    sim_event_fn *fire, void *owner);
/* The event must not be pending. */
void sim_event_fini(struct sim_event *event);
/*
 * (Re)schedules; a time before now is a bug. A pending event moves, with a new
 * place in the order. Legal inside any callback, the event's own included: an
 * event is no longer pending when it fires.
 */
void sim_event_schedule_at(struct sim_event *event, sim_time_t time);
/* Nothing happens if it is not pending. */
void sim_event_cancel(struct sim_event *event);

static inline bool sim_event_pending(const struct sim_event *event)
{
        return event->place != NULL;
}

#endif
