// SPDX-License-Identifier: MIT
/*
 * Once faults stop, polling that was alive comes back: within three intervals and
 * ten seconds of the machine's clock the guest is asked and answers. No specification says so,
 * and QEMU has no timeout (docs/faults.md): a story in which polling dies of a
 * fault says that it does.
 */
#include <inttypes.h>

#include "models/events.h"
#include "models/virtio_spec.h"
#include "sim/clock.h"
#include "testbench/check/rule.h"
#include "testbench/fault/points.h"
#include "testbench/text.h"

#define INTERVALS 3U
#define GRACE SIM_S(10)

struct state {
        bool answered; /* ever; last at: */
        sim_time_t answered_at;
        bool owed; /* a poll and its answer, since: */
        sim_time_t since;
        bool polled; /* since then */
};

static sim_time_t bound_of(const struct check_view *view)
{
        uint64_t interval_s = (uint64_t)machine_read(view->machine, MACHINE_INTERVAL).value;

        return sim_time_add(GRACE, INTERVALS * interval_s * SIM_S(1));
}

static sim_time_t now_of(const struct check_view *view)
{
        return sim_clock_now(machine_clock(view->machine));
}

static void hear_answer(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)record;
        state->answered = true;
        state->answered_at = now_of(view);
        state->owed = state->owed && !state->polled;
}

static void hear_poll(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)view;
        (void)record;
        state->polled = true;
}

static void hear_fault(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;
        sim_time_t now = now_of(view);

        (void)record;
        if (!machine_has_balloon(view->machine))
                return;
        state->owed |= state->answered && now - state->answered_at <= bound_of(view);
        state->since = now;
        state->polled = false;
}

static void settle(void *to, const struct check_view *view, enum check_moment moment)
{
        struct state *state = to;
        char at[TEXT_TIME_SIZE];
        sim_time_t now;

        if (moment == CHECK_BEFORE_WRITE || !state->owed)
                return;
        now = now_of(view);
        if (!machine_has_balloon(view->machine) ||
            machine_read(view->machine, MACHINE_INTERVAL).value == 0)
                state->owed = false;
        else if (!(machine_read(view->machine, MACHINE_DEVICE_STATUS).value &
                   VIRTIO_STATUS_DRIVER_OK))
                state->since = now;
        else if (now - state->since > bound_of(view)) {
                check_broken(view, "polling is dead since a fault, or a driver that began, at %s",
                             text_time(at, state->since));
                state->owed = false;
        }
}

static const struct check_ear journal[] = {
        { &event_answer, hear_answer },
        { &event_poll, hear_poll },
        { &event_fault, hear_fault },
        { NULL, NULL },
};

const struct check_rule check_liveness = {
        .asks = "polling comes back within 3 intervals and 10 s of the last fault (docs/faults.md)",
        .state_size = sizeof(struct state),
        .journal = journal,
        .seam = check_hears_nothing,
        .settle = settle,
        .end = check_holds_nothing,
};
