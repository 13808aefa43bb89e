// SPDX-License-Identifier: MIT
/*
 * What goes first at an instant, where that is chosen: one of the events that are due, or the next
 * step of the story. A step is an event of the kernel's then, which stops it. And whether what
 * somebody asks about breaks.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "sim/assert.h"
#include "testbench/scenario/run_priv.h"

static size_t by_scenario(struct run *run, size_t count)
{
        const struct scenario *scenario = run->scenario;
        size_t asked = run->order.asked++;
        uint32_t chosen = asked < scenario->order_count ? scenario->order[asked] : 0;

        if (chosen < count)
                return chosen;
        if (run_fail_always(run, NULL, sim_kernel_now(run->kernel))) {
                run->result->line = scenario->order_line;
                run->result->file_wrong = true;
                snprintf(run->result->expected, RUN_TEXT_SIZE,
                         "entry %zu of 'order' to be one of 0 to %zu", asked + 1, count - 1);
                snprintf(run->result->got, RUN_TEXT_SIZE, "%" PRIu32, chosen);
        }
        return 0;
}

static size_t ask(struct run *run, size_t count)
{
        const struct run_options *options = run->options;

        /* What runs then is looked at only to say what would have come. */
        if (run->over)
                return 0;
        return options->choose != NULL
                       ? options->choose(options->choose_owner, sim_kernel_now(run->kernel),
                                         run->order.candidates, count)
                       : by_scenario(run, count);
}

static size_t choose(void *self, const struct sim_event *const *events, size_t count)
{
        struct run *run = self;
        struct run_order *order = &run->order;
        size_t step = count, others = 0, chosen;

        if (count > order->candidates_max) {
                order->candidates_max = 2 * count;
                order->candidates = realloc(order->candidates,
                                            order->candidates_max * sizeof *order->candidates);
                sim_assert(order->candidates != NULL);
        }
        for (size_t i = 0; i < count; i++) {
                if (events[i] == &order->event)
                        step = i;
                else
                        order->candidates[others++] =
                                (struct run_candidate){ .name = events[i]->name };
        }
        if (step < count)
                order->candidates[others] = (struct run_candidate){ "step", order->step };
        chosen = ask(run, count);
        if (step == count)
                return chosen;
        return chosen == others ? step : chosen + (chosen >= step);
}

static void step_goes(void *owner)
{
        struct run *run = owner;

        if (!run->over)
                sim_kernel_stop(run->kernel);
}

struct sim_chooser run_order_init(struct run *run)
{
        run->order.on = run->scenario->ordered || run->options->choose != NULL;
        return run->order.on ? (struct sim_chooser){ choose, run }
                             : (struct sim_chooser){ .choose = NULL };
}

void run_order_begin(struct run *run)
{
        sim_event_init(&run->order.event, run->kernel, "step", step_goes, run);
}

void run_order_end(struct run *run)
{
        sim_event_cancel(&run->order.event);
        sim_event_fini(&run->order.event);
}

void run_order_fini(struct run *run)
{
        free(run->order.candidates);
}

/* The others say what has to be so when all that is due has run. */
static bool acts(const struct scenario_step *step)
{
        return step->verb != SCENARIO_EXPECT && step->verb != SCENARIO_CHECK;
}

void run_order_offer(struct run *run, size_t next, sim_time_t at)
{
        const struct scenario *scenario = run->scenario;

        if (!run->order.on || run->over)
                return;
        while (next < scenario->step_count && scenario->steps[next].verb == SCENARIO_EXPECT)
                next++;
        if (next == scenario->step_count || scenario->steps[next].at != at ||
            !acts(&scenario->steps[next]))
                return;
        run->order.step = &scenario->steps[next];
        sim_event_schedule_at(&run->order.event, at);
}

void run_order_judge(struct run *run)
{
        const struct scenario *scenario = run->scenario;

        if (run->options->choose != NULL || run->order.asked >= scenario->order_count ||
            !run_fail_always(run, NULL, sim_kernel_now(run->kernel)))
                return;
        run->result->line = scenario->order_line;
        run->result->file_wrong = true;
        snprintf(run->result->expected, RUN_TEXT_SIZE, "%zu choices, as 'order' has entries",
                 scenario->order_count);
        snprintf(run->result->got, RUN_TEXT_SIZE, "%zu", run->order.asked);
}

bool run_ask_fault(void *owner, enum fault_point point, uint64_t crossing, const char *detail)
{
        struct run *run = owner;
        const struct run_options *options = run->options;

        return !run->over && options->ask(options->choose_owner, sim_kernel_now(run->kernel), point,
                                          crossing, detail);
}
