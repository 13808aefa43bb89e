// SPDX-License-Identifier: MIT
/*
 * When the configuration's generation moves: once with each change that the
 * device tells, with every new target, and never by what the driver writes.
 * VIRTIO 1.2 2.5, 4.1.4.3.
 */
#include <inttypes.h>
#include <string.h>

#include "models/events.h"
#include "models/virtio_spec.h"
#include "testbench/check/rule.h"
#include "testbench/oracle/tap.h"

struct state {
        bool known;
        int64_t generation, pages; /* at the last look */
        unsigned told;             /* changes since then */
        bool written;              /* since then, by the driver */
        bool failed, reset;        /* since then */
};

static void hear_change(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)view;
        (void)record;
        state->told++;
}

static void hear_error(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)view;
        (void)record;
        state->failed = true;
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
        struct state *state = to;

        (void)view;
        if (strcmp(record->values[0].text, "MIGRATION") == 0)
                state->known = false; /* another device */
}

static void hear_write(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)view;
        (void)record;
        state->written = true;
}

static void judge(const struct state *state, const struct check_view *view, int64_t generation,
                  int64_t pages)
{
        bool driver_ok =
                machine_read(view->machine, MACHINE_DEVICE_STATUS).value & VIRTIO_STATUS_DRIVER_OK;

        if ((uint8_t)(generation - state->generation) != (uint8_t)state->told)
                check_broken(view, "it went from %" PRId64 " to %" PRId64 " with %u changes told",
                             state->generation, generation, state->told);
        else if (pages != state->pages && state->told == 0 && driver_ok && !state->reset)
                check_broken(view, "num_pages went from %" PRId64 " to %" PRId64 ", and it stayed",
                             state->pages, pages);
        else if (state->told > 0 && state->written && !state->failed)
                check_broken(view, "it went to %" PRId64 " by what the driver wrote", generation);
}

static void settle(void *to, const struct check_view *view, enum check_moment moment)
{
        struct state *state = to;
        int64_t generation, pages;

        (void)moment;
        if (!machine_has_balloon(view->machine)) {
                *state = (struct state){ .known = false };
                return;
        }
        generation = machine_read(view->machine, MACHINE_CONFIG_GENERATION).value;
        pages = machine_read(view->machine, MACHINE_NUM_PAGES).value;
        if (state->known)
                judge(state, view, generation, pages);
        *state = (struct state){ .known = true, .generation = generation, .pages = pages };
}

static const struct check_ear journal[] = {
        { &event_config_change, hear_change },
        { &event_device_error, hear_error },
        { &event_reset, hear_reset },
        { &event_qmp_event, hear_monitor },
        { NULL, NULL },
};

static const struct check_ear seam[] = { { &tap_event_write, hear_write }, { NULL, NULL } };

const struct check_rule check_config_generation = {
        .asks = "the generation moves with each change of the device's and no other"
                " (VIRTIO 1.2 2.5.2, 4.1.4.3.1)",
        .state_size = sizeof(struct state),
        .journal = journal,
        .seam = seam,
        .settle = settle,
        .end = check_holds_nothing,
};
