// SPDX-License-Identifier: MIT
#include "sim/kernel.h"

#include <stdlib.h>

#include "sim/assert.h"
#include "sim/queue_priv.h"

#define INSTANT_EVENTS_MAX 1000000U

struct sim_kernel {
        sim_time_t now;
        uint64_t sequence; /* of the next schedule */
        bool shuffle_ties;
        bool free_run;
        bool running;
        bool stop;
        uint64_t ties_key;
        uint64_t fired;
        uint64_t instant_events_max;
        struct sim_calendar calendar;
        struct sim_chooser chooser;
        struct sim_event **due; /* of the chooser: capacity due_max */
        size_t due_max;
        struct sim_queue queue;
};

/* A bijection (splitmix64's finalizer): different sequence numbers stay different. */
static uint64_t mix(uint64_t x)
{
        x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
        return x ^ x >> 31;
}

struct sim_kernel *sim_kernel_new(const struct sim_kernel_options *options)
{
        static const struct sim_kernel_options defaults = { 0 };
        struct sim_kernel *kernel = calloc(1, sizeof *kernel);

        sim_assert(kernel != NULL);
        if (options == NULL)
                options = &defaults;
        kernel->calendar = options->calendar;
        kernel->chooser = options->chooser;
        kernel->free_run =
                options->calendar.ops == NULL || options->calendar.ops == &sim_calendar_free_run;
        kernel->shuffle_ties = options->shuffle_ties;
        kernel->ties_key = mix(options->ties_seed);
        kernel->instant_events_max =
                options->instant_events_max > 0 ? options->instant_events_max : INSTANT_EVENTS_MAX;
        sim_queue_init(&kernel->queue);
        return kernel;
}

void sim_kernel_free(struct sim_kernel *kernel)
{
        if (kernel == NULL)
                return;
        sim_assert(!kernel->running);
        sim_queue_fini(&kernel->queue);
        free(kernel->due);
        free(kernel);
}

sim_time_t sim_kernel_now(const struct sim_kernel *kernel)
{
        return kernel->now;
}

sim_time_t sim_kernel_next(const struct sim_kernel *kernel)
{
        return sim_queue_first(&kernel->queue);
}

uint64_t sim_kernel_pending_count(const struct sim_kernel *kernel)
{
        return sim_queue_count(&kernel->queue);
}

uint64_t sim_kernel_fired_count(const struct sim_kernel *kernel)
{
        return kernel->fired;
}

void sim_kernel_stop(struct sim_kernel *kernel)
{
        kernel->stop = true;
}

/* The clock moves towards want as far as the calendar grants; false if it stays. */
static bool advance(struct sim_kernel *kernel, sim_time_t want)
{
        sim_time_t before = kernel->now;
        sim_time_t granted = want;

        if (!kernel->free_run) {
                granted = kernel->calendar.ops->grant(kernel->calendar.self, before, want);
                sim_assert(granted >= before && granted <= want);
                sim_assert(sim_queue_look(&kernel->queue) >= granted);
        }
        kernel->now = granted;
        return granted > before;
}

/* The earliest event is due now. */
static inline void fire(struct sim_kernel *kernel)
{
        struct sim_event *event = sim_queue_pop(&kernel->queue, kernel->now);

        kernel->fired++;
        event->fire(event->owner);
}

static void add_due(struct sim_kernel *kernel, size_t count, struct sim_event *event)
{
        if (count == kernel->due_max) {
                kernel->due_max = kernel->due_max * 2 + 8;
                kernel->due = realloc(kernel->due, kernel->due_max * sizeof(struct sim_event *));
                sim_assert(kernel->due != NULL);
        }
        kernel->due[count] = event;
}

/*
 * The same where somebody chooses. What is not chosen goes back with the order that it had; that
 * is less than others' that come later, so the deck, which takes only what comes last, is not used.
 */
static void fire_chosen(struct sim_kernel *kernel)
{
        struct sim_event *event = sim_queue_pop(&kernel->queue, kernel->now);
        size_t count = 0, chosen;

        if (sim_queue_look(&kernel->queue) == kernel->now) {
                add_due(kernel, count++, event);
                while (sim_queue_look(&kernel->queue) == kernel->now)
                        add_due(kernel, count++, sim_queue_pop(&kernel->queue, kernel->now));
                chosen = kernel->chooser.choose(
                        kernel->chooser.self, (const struct sim_event *const *)kernel->due, count);
                sim_assert(chosen < count);
                for (size_t i = 0; i < count; i++)
                        if (i != chosen)
                                sim_queue_insert(&kernel->queue, kernel->due[i], kernel->now);
                event = kernel->due[chosen];
        }
        kernel->fired++;
        event->fire(event->owner);
}

bool sim_kernel_step(struct sim_kernel *kernel)
{
        sim_time_t next = sim_queue_look(&kernel->queue);

        sim_assert(!kernel->running);
        if (next == SIM_TIME_NEVER)
                return false;
        kernel->running = true;
        if (next > kernel->now)
                advance(kernel, next);
        /* The other side of the calendar may have cancelled what was next. */
        bool due = sim_queue_look(&kernel->queue) == kernel->now;
        if (due && kernel->chooser.choose != NULL)
                fire_chosen(kernel);
        else if (due)
                fire(kernel);
        kernel->running = false;
        return due;
}

/* Inlined into its two callers, so that choosing is nothing to look at between events. */
static inline __attribute__((always_inline)) enum sim_run_result run(struct sim_kernel *kernel,
                                                                     sim_time_t until,
                                                                     bool choosing)
{
        const bool free_run = kernel->free_run;
        uint64_t instant_events = 0;

        for (;;) {
                sim_time_t next = sim_queue_look(&kernel->queue);

                if (next > until || (next > kernel->now && !free_run)) {
                        if (kernel->now == until)
                                return SIM_RUN_DONE;
                        if (advance(kernel, next < until ? next : until))
                                instant_events = 0;
                        else if (++instant_events > kernel->instant_events_max)
                                return SIM_RUN_STUCK; /* a calendar that grants nothing */
                        continue; /* the calendar may have changed what is next */
                }
                if (next > kernel->now) {
                        kernel->now = next;
                        instant_events = 0;
                }
                if (++instant_events > kernel->instant_events_max)
                        return SIM_RUN_STUCK;
                if (choosing)
                        fire_chosen(kernel);
                else
                        fire(kernel);
                if (kernel->stop)
                        return SIM_RUN_STOPPED;
        }
}

enum sim_run_result sim_kernel_run_until(struct sim_kernel *kernel, sim_time_t until)
{
        sim_assert(!kernel->running);
        sim_assert(until >= kernel->now && until < SIM_TIME_NEVER);
        kernel->running = true;
        kernel->stop = false;
        enum sim_run_result result = kernel->chooser.choose == NULL ? run(kernel, until, false)
                                                                    : run(kernel, until, true);
        kernel->running = false;
        return result;
}

void sim_event_init(struct sim_event *event, struct sim_kernel *kernel, const char *name,
                    sim_event_fn *fire_event, void *owner)
{
        *event = (struct sim_event){
                .name = name, .fire = fire_event, .owner = owner, .kernel = kernel
        };
}

void sim_event_fini(struct sim_event *event)
{
        sim_assert(event->place == NULL);
}

/* Whatever is not common, apart from what is: that is a function without calls then. */
__attribute__((noinline)) static void insert(struct sim_kernel *kernel, struct sim_event *event)
{
        sim_assert(event->time >= kernel->now && event->time < SIM_TIME_NEVER);
        if (kernel->shuffle_ties)
                event->order = mix(event->order ^ kernel->ties_key);
        sim_queue_insert(&kernel->queue, event, kernel->now);
}

static inline void schedule(struct sim_kernel *kernel, struct sim_event *event, sim_time_t time)
{
        event->time = time;
        event->order = kernel->sequence++;
        if (time >= kernel->now && !kernel->shuffle_ties &&
            sim_queue_fits_deck(&kernel->queue, time))
                sim_queue_insert_deck(&kernel->queue, event);
        else
                insert(kernel, event);
}

__attribute__((noinline)) static void reschedule(struct sim_event *event, sim_time_t time)
{
        sim_queue_remove(&event->kernel->queue, event);
        schedule(event->kernel, event, time);
}

void sim_event_schedule_at(struct sim_event *event, sim_time_t time)
{
        if (event->place == NULL)
                schedule(event->kernel, event, time);
        else
                reschedule(event, time);
}

void sim_event_cancel(struct sim_event *event)
{
        if (event->place != NULL)
                sim_queue_remove(&event->kernel->queue, event);
}
