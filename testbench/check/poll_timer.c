// SPDX-License-Identifier: MIT
/*
 * When the device may ask for statistics. It asks once and waits for the answer,
 * with its timer idle; the answer arms it. It asks when its timer is due; the timer is armed only
 * while there is an interval, for the machine's clock cut to milliseconds plus the interval, or for
 * now when polling begins. docs/time-and-determinism.md, VIRTIO 1.2 5.5.6.3.
 */
#include <inttypes.h>
#include <string.h>

#include "models/events.h"
#include "sim/clock.h"
#include "testbench/check/rule.h"
#include "testbench/text.h"

struct state {
        bool armed;
        sim_time_t deadline;
        bool armed_new; /* since the last look, at: */
        sim_time_t at;
        int64_t interval_s; /* at the last look */
        bool outstanding;   /* asked, and not answered */
        bool asked;         /* since the last look */
        bool answered;      /* since then, and not asked again */
        bool early;         /* a buffer came back before its time: another has to replace it */
};

static void hear_poll(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)record;
        if (state->outstanding)
                check_broken(view, "a second poll, and the first is not answered");
        state->outstanding = state->asked = true;
        state->answered = false;
        if (state->armed && state->deadline <= sim_clock_now(machine_clock(view->machine)))
                state->armed = false;
        else
                state->early = true;
}

static void hear_timer(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        state->armed = strcmp(record->values[1].text, "armed") == 0;
        state->armed_new = state->armed;
        state->deadline = record->values[2].u;
        state->at = sim_clock_now(machine_clock(view->machine));
        if (state->armed && state->asked && state->outstanding)
                check_broken(view, "armed with the request, and not with its answer");
}

static void hear_answer(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)view;
        (void)record;
        state->outstanding = state->early = false;
        state->answered = true;
}

static void hear_reset(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)view;
        (void)record;
        state->outstanding = false;
}

/* QEMU's sum, which overflows; up to 2.1 the interval in milliseconds was an int. */
static sim_time_t deadline_after(const struct check_view *view, sim_time_t at, uint64_t interval_s)
{
        uint64_t interval_ms = interval_s * 1000;
        uint64_t sum;

        if (!view->profile->interval_limit_checked)
                interval_ms = (uint64_t)(int32_t)interval_ms;
        sum = (at / SIM_MS(1) + interval_ms) * SIM_MS(1);
        return sum > SIM_TIME_LIMIT ? 0 : sum;
}

static void judge_deadline(const struct state *state, const struct check_view *view,
                           int64_t interval_s)
{
        sim_time_t due = deadline_after(view, state->at, (uint64_t)interval_s);
        bool begins =
                state->interval_s == 0 && state->deadline == deadline_after(view, state->at, 0);
        char at[TEXT_TIME_SIZE], deadline[TEXT_TIME_SIZE];

        if (interval_s == 0)
                check_broken(view, "the timer is armed, and there is no interval");
        else if (state->deadline != due && !begins)
                check_broken(view, "armed at %s for %s, with an interval of %" PRId64 " s",
                             text_time(at, state->at), text_time(deadline, state->deadline),
                             interval_s);
}

static void settle(void *to, const struct check_view *view, enum check_moment moment)
{
        struct state *state = to;
        int64_t interval_s = 0;

        if (moment == CHECK_BEFORE_WRITE)
                return;
        if (machine_has_balloon(view->machine))
                interval_s = machine_read(view->machine, MACHINE_INTERVAL).value;
        if (state->armed_new)
                judge_deadline(state, view, interval_s);
        if (state->early)
                check_broken(view,
                             "a poll before the timer was due, and nothing replaced the buffer");
        state->armed_new = false;
        if (state->answered && interval_s > 0 && !state->armed)
                check_broken(view, "answered, and the timer is idle");
        state->early = state->asked = state->answered = false;
        state->interval_s = interval_s;
}

static const struct check_ear journal[] = {
        { &event_timer, hear_timer },
        { &event_poll, hear_poll },
        { &event_answer, hear_answer },
        { &event_reset, hear_reset },
        { NULL, NULL },
};

const struct check_rule check_poll_timer = {
        .asks = "one request at a time, when the interval has passed"
                " (VIRTIO 1.2 5.5.6.3, docs/time-and-determinism.md)",
        .state_size = sizeof(struct state),
        .journal = journal,
        .seam = check_hears_nothing,
        .settle = settle,
        .end = check_holds_nothing,
};
