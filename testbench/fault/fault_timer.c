// SPDX-License-Identifier: MIT
#include "testbench/fault/fault_timer.h"

#include <string.h>

#include "models/events.h"

static sim_time_t by_of(const struct fault_timer *timer, enum fault_point point)
{
        return timer->options.faults->armed[point].order.by;
}

static sim_time_t never(const struct fault_timer *timer, sim_time_t deadline)
{
        (void)timer;
        (void)deadline;
        return SIM_TIME_NEVER;
}

static sim_time_t later(const struct fault_timer *timer, sim_time_t deadline)
{
        return sim_time_add(deadline, by_of(timer, FAULT_LATE_TIMER));
}

/* At once, where that has passed. */
static sim_time_t sooner(const struct fault_timer *timer, sim_time_t deadline)
{
        sim_time_t by = by_of(timer, FAULT_EARLY_TIMER);

        return deadline > by ? deadline - by : 0;
}

/* One fault an arming: the first of these that fires. */
static const struct {
        enum fault_point point;
        sim_time_t (*fires_at)(const struct fault_timer *timer, sim_time_t deadline);
} kinds[] = {
        { FAULT_LOSE_TIMER, never },
        { FAULT_LATE_TIMER, later },
        { FAULT_EARLY_TIMER, sooner },
};

/* A clock that stands still fires nothing; when it starts, the deadline holds. */
static void hear(void *owner, const struct sim_record *record)
{
        struct fault_timer *timer = owner;
        const struct fault_timer_options *options = &timer->options;
        sim_time_t deadline;

        if (record->kind != &event_timer || strcmp(record->values[1].text, "armed") != 0)
                return;
        deadline = record->values[2].u;
        if (!sim_clock_running(options->clock) || !options->has_deadline(options->owner, deadline))
                return;
        for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
                if (faults_armed(options->faults, kinds[i].point) == NULL ||
                    !faults_fire(options->faults, kinds[i].point, "statistics"))
                        continue;
                options->divert(options->owner, kinds[i].fires_at(timer, deadline));
                return;
        }
}

void fault_timer_init(struct fault_timer *timer, const struct fault_timer_options *options)
{
        *timer = (struct fault_timer){ .options = *options };
        timer->listener = (struct sim_listener){ .record = hear, .owner = timer };
        sim_journal_subscribe(options->journal, &timer->listener);
}

void fault_timer_fini(struct fault_timer *timer)
{
        sim_journal_unsubscribe(timer->options.journal, &timer->listener);
}
