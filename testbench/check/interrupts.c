// SPDX-License-Identifier: MIT
/*
 * When the device interrupts: for a buffer that it returned, unless the driver
 * wants none, and not before DRIVER_OK. VIRTIO 1.2 2.7.7, 2.7.10, 2.8.10, 3.1.1.
 *
 * The driver may change its mind between the device's decision and the look: a wish
 * counts if it held all the while. What becomes of a wish with MSI-X is in messages.c.
 */
#include <string.h>

#include "models/events.h"
#include "models/virtio_spec.h"
#include "testbench/check/messages.h"
#include "testbench/check/rule.h"
#include "testbench/oracle/tap.h"

#define QUEUES 4U /* the names that records give them */
#define HEADER_SIZE_BYTES 4U

struct wish {
        unsigned begun;         /* of the ring; 0: of none yet */
        uint16_t looked, write; /* at the last look, and before the last write since then */
};

struct state {
        uint8_t status; /* as the driver wrote it */
        struct wish wishes[QUEUES];
        unsigned used[QUEUES]; /* buffers that came back since the last look */
        bool raised[QUEUES];   /* since then */
        bool quiet;            /* since then: the queues ended, or the device broke */
        bool changed;          /* the configuration did, since then */
        bool broken;           /* it tells of no change until a reset */
        struct messages messages;
};

static unsigned queue_called(const char *name)
{
        unsigned queue = 0;

        while (queue + 1 < QUEUES && strcmp(event_queue_name(queue), name) != 0)
                queue++;
        return queue;
}

static void hear_status(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)view;
        state->status = (uint8_t)record->values[0].u;
}

static void hear_error(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)view;
        (void)record;
        state->quiet = state->broken = true;
}

static void hear_reset(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)view;
        (void)record;
        state->quiet = true;
        state->broken = false;
        state->status = 0;
}

static void hear_message(void *to, const struct check_view *view, const struct sim_record *record)
{
        const struct state *state = to;

        (void)record;
        if (!(state->status & VIRTIO_STATUS_DRIVER_OK))
                check_broken(view, "an interrupt with device status 0x%x", state->status);
}

static void hear_interrupt(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        hear_message(to, view, record);
        state->raised[queue_called(record->values[0].text)] = true;
}

static void hear_sent(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)view;
        state->messages.came[record->values[0].u & 0xff] = true;
}

static void hear_change(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)view;
        (void)record;
        state->changed = true;
}

static void hear_used(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)view;
        state->used[queue_called(record->values[0].text)]++;
}

/* What the driver says of interrupts: an index, or flags. */
static uint16_t wish_of(const struct check_view *view, const struct tap_queue_view *ring)
{
        uint64_t at = ring->available;

        if (!ring->packed && !ring->event_index)
                return ring->available_flags;
        at += ring->packed ? 2 : HEADER_SIZE_BYTES + 2U * (uint64_t)ring->size;
        return (uint16_t)check_ram_le(view, at, 2);
}

/* A place of a packed ring that the driver waits for is not judged. */
static bool wants(const struct tap_queue_view *ring, uint16_t wish, unsigned returned)
{
        if (ring->packed)
                return wish == VIRTQ_EVENT_F_ENABLE;
        if (!ring->event_index)
                return !(wish & VIRTQ_AVAIL_F_NO_INTERRUPT);
        return (uint16_t)(ring->used_index - wish - 1) < returned;
}

/* Buffers came back that the driver waits for, and waited all the while. */
static bool is_due(const struct state *state, unsigned queue, const struct tap_queue_view *ring,
                   uint16_t wish)
{
        const struct wish *before = &state->wishes[queue];
        unsigned returned = state->used[queue];

        return returned > 0 && !state->quiet && before->begun == ring->begun &&
               wants(ring, before->looked, returned) && wants(ring, before->write, returned) &&
               wants(ring, wish, returned);
}

static void settle(void *to, const struct check_view *view, enum check_moment moment)
{
        bool messages = machine_msix_enabled(view->machine);
        struct state *state = to;
        uint32_t due = 0;

        for (unsigned i = 0; i < QUEUES; i++) {
                const struct tap_queue_view *ring = machine_queue(view->machine, i);
                uint16_t wish;

                if (ring == NULL)
                        continue;
                wish = wish_of(view, ring);
                if (moment == CHECK_BEFORE_WRITE) {
                        state->wishes[i].write = wish;
                        continue;
                }
                if ((messages || !state->raised[i]) && is_due(state, i, ring, wish)) {
                        due |= UINT32_C(1) << i;
                        if (!messages)
                                check_broken(view, "%s: %u buffers came back without an interrupt",
                                             event_queue_name(i), state->used[i]);
                }
                state->wishes[i] = (struct wish){ ring->begun, wish, wish };
        }
        if (moment == CHECK_BEFORE_WRITE) {
                messages_before_write(&state->messages, view);
                return;
        }
        if (state->changed && !state->quiet && !state->broken &&
            state->status & VIRTIO_STATUS_DRIVER_OK)
                due |= UINT32_C(1) << TAP_CAUSE_CONFIG;
        messages_settle(&state->messages, view, due);
        state->changed = false;
        memset(state->used, 0, sizeof state->used);
        memset(state->raised, 0, sizeof state->raised);
        state->quiet = false;
}

static const struct check_ear journal[] = {
        { &event_status, hear_status },
        { &event_device_error, hear_error },
        { &event_reset, hear_reset },
        { &event_interrupt, hear_interrupt },
        { &event_message, hear_message },
        { &event_config_change, hear_change },
        { NULL, NULL },
};

static const struct check_ear seam[] = {
        { &tap_event_used, hear_used },
        { &tap_event_sent, hear_sent },
        { NULL, NULL },
};

const struct check_rule check_interrupts = {
        .asks = "a buffer that comes back interrupts, once the driver is ready"
                " (VIRTIO 1.2 2.7.7, 2.7.10, 2.8.10, 3.1.1)",
        .state_size = sizeof(struct state),
        .journal = journal,
        .seam = seam,
        .settle = settle,
        .end = check_holds_nothing,
};
