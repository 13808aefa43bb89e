// SPDX-License-Identifier: MIT
/*
 * What last-update says: the second of the host's wall clock at which the device
 * took the last answer, whatever clock the guest has. It moves with an answer
 * alone; only another device, or a reset that clears the statistics, puts it
 * back to 0. QEMU docs/interop/virtio-balloon-stats.rst, docs/time-and-determinism.md.
 */
#include <inttypes.h>
#include <string.h>

#include "models/events.h"
#include "testbench/check/rule.h"

#define US_PER_S 1000000

struct state {
        int64_t shown;  /* at the last look */
        bool answered;  /* since then, in: */
        int64_t second; /* of the host's clock, as it was then */
        bool reset;     /* since then: of the machine, or another device came */
};

static void hear_answer(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        state->answered = true;
        state->second =
                (machine_epoch_us(view->machine) + (int64_t)(record->time / SIM_US(1))) / US_PER_S;
}

static void hear_reset(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)view;
        (void)record;
        state->reset = true;
}

static void hear_monitor(void *to, const struct check_view *view, const struct sim_record *record)
{
        const char *event = record->values[0].text;

        if (strcmp(event, "STOP") == 0 || strcmp(event, "MIGRATION") == 0)
                hear_reset(to, view, record);
}

static void settle(void *to, const struct check_view *view, enum check_moment moment)
{
        struct state *state = to;
        int64_t shown = 0;

        if (moment == CHECK_BEFORE_WRITE)
                return;
        if (machine_has_balloon(view->machine))
                shown = machine_read(view->machine, MACHINE_LAST_UPDATE).value;
        else
                state->reset = true;
        if (state->answered && shown != state->second)
                check_broken(view, "%" PRId64 " after an answer at %" PRId64, shown, state->second);
        else if (!state->answered && shown != state->shown && !(state->reset && shown == 0))
                check_broken(view, "%" PRId64 " after %" PRId64 ", and nothing was answered", shown,
                             state->shown);
        *state = (struct state){ .shown = shown };
}

static const struct check_ear journal[] = {
        { &event_answer, hear_answer },
        { &event_reset, hear_reset },
        { &event_qmp_event, hear_monitor },
        { NULL, NULL },
};

const struct check_rule check_last_update = {
        .asks = "last-update is the host's second of the last answer"
                " (docs/time-and-determinism.md)",
        .state_size = sizeof(struct state),
        .journal = journal,
        .seam = check_hears_nothing,
        .settle = settle,
        .end = check_holds_nothing,
};
