// SPDX-License-Identifier: MIT
/*
 * How the device status moves. The driver adds bits, each after the one before
 * it, until it resets the device; the device shows what was written, but that it
 * may refuse FEATURES_OK and sets NEEDS_RESET when it is broken. VIRTIO 1.2 2.1,
 * 3.1.1.
 *
 * QEMU: a driver that takes bus mastering away takes DRIVER_OK, too.
 */
#include <string.h>

#include "models/events.h"
#include "models/virtio_spec.h"
#include "testbench/check/rule.h"
#include "testbench/oracle/tap.h"

#define STEPS 4U

struct state {
        uint8_t shown; /* at the last look */
        bool written;  /* since then, as: */
        uint8_t value;
        bool reset, failed; /* since then, failed: after what was written */
        bool configured;    /* since then the driver wrote to a register */
        uint32_t select;    /* of the driver's features */
        bool version_1;     /* it took that */
};

static void written(struct state *state, const struct check_view *view, uint8_t value)
{
        static const struct {
                uint8_t bit, needs;
        } steps[STEPS] = {
                { VIRTIO_STATUS_ACKNOWLEDGE, 0 },
                { VIRTIO_STATUS_DRIVER, VIRTIO_STATUS_ACKNOWLEDGE },
                { VIRTIO_STATUS_FEATURES_OK, VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER },
                { VIRTIO_STATUS_DRIVER_OK, VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER },
        };
        uint8_t before = state->written ? state->value : state->shown;
        unsigned lost = before & ~(unsigned)value & ~VIRTIO_STATUS_NEEDS_RESET;

        state->written = true;
        state->failed = false;
        state->value = value;
        if (value == 0)
                return;
        if (lost != 0)
                check_broken(view, "the driver wrote 0x%x over 0x%x: bits go without a reset",
                             value, before);
        for (unsigned i = 0; i < STEPS; i++) {
                if (value & ~before & steps[i].bit && (before & steps[i].needs) != steps[i].needs &&
                    (value & steps[i].needs) != steps[i].needs)
                        check_broken(view, "the driver wrote 0x%x over 0x%x: out of order", value,
                                     before);
        }
}

static void hear_status(void *to, const struct check_view *view, const struct sim_record *record)
{
        written(to, view, (uint8_t)record->values[0].u);
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
        state->written = state->failed = state->version_1 = false;
}

static void hear_write(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;
        uint64_t offset = record->values[1].u, value = record->values[3].u;

        (void)view;
        state->configured = true;
        if (strcmp(record->values[0].text, "common") != 0)
                return;
        if (offset == VIRTIO_PCI_COMMON_DRIVER_FEATURE_SELECT)
                state->select = (uint32_t)value;
        else if (offset == VIRTIO_PCI_COMMON_DRIVER_FEATURE && state->select == 1)
                state->version_1 = value & 1U << (VIRTIO_F_VERSION_1 - 32);
}

static bool explained(const struct state *state, uint8_t shown)
{
        uint8_t was = state->reset ? 0 : state->shown;
        uint8_t bits = shown & (uint8_t)~VIRTIO_STATUS_NEEDS_RESET;
        uint8_t expected = state->written ? state->value : was;
        bool refused = state->written && state->value & ~was & VIRTIO_STATUS_FEATURES_OK;

        expected &= (uint8_t)~VIRTIO_STATUS_NEEDS_RESET;
        if (refused && bits == (was & (uint8_t)~VIRTIO_STATUS_NEEDS_RESET))
                return true;
        if (state->configured && bits == (expected & (uint8_t)~VIRTIO_STATUS_DRIVER_OK))
                return true;
        return bits == expected;
}

static void settle(void *to, const struct check_view *view, enum check_moment moment)
{
        struct state *state = to;
        uint8_t shown = 0;

        (void)moment;
        if (machine_has_balloon(view->machine))
                shown = (uint8_t)machine_read(view->machine, MACHINE_DEVICE_STATUS).value;
        else
                state->reset = true;
        if (!explained(state, shown))
                check_broken(view, "the device shows 0x%x, after 0x%x%s", shown,
                             state->written ? state->value : state->shown,
                             state->reset ? " and a reset" : "");
        else if (state->failed && !state->written && state->version_1 &&
                 !(shown & VIRTIO_STATUS_NEEDS_RESET))
                check_broken(view, "the device is broken and shows 0x%x, without NEEDS_RESET",
                             shown);
        *state = (struct state){ .shown = shown,
                                 .select = state->select,
                                 .version_1 = state->version_1 };
}

static const struct check_ear journal[] = {
        { &event_status, hear_status },
        { &event_device_error, hear_error },
        { &event_reset, hear_reset },
        { NULL, NULL },
};

static const struct check_ear seam[] = { { &tap_event_write, hear_write }, { NULL, NULL } };

const struct check_rule check_device_status = {
        .asks = "status bits come in their order and stay until a reset (VIRTIO 1.2 2.1, 3.1.1)",
        .state_size = sizeof(struct state),
        .journal = journal,
        .seam = seam,
        .settle = settle,
        .end = check_holds_nothing,
};
