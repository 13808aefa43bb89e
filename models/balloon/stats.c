// SPDX-License-Identifier: MIT
#include "models/balloon/stats.h"

#include <string.h>

#include "models/events.h"
#include "models/virtio_spec.h"
#include "pci/le.h"
#include "sim/assert.h"

#define NS_PER_MS 1000000U
#define MS_PER_S 1000U
#define US_PER_S 1000000

/* Whole records only, so that none straddles two copies. */
#define DECODE_RECORDS 400U
#define DECODE_BYTES (DECODE_RECORDS * VIRTIO_BALLOON_STAT_SIZE_BYTES)

_Static_assert(VIRTIO_BALLOON_S_COUNT <= 32, "a set of tags is a uint32_t");

/*
 * Read a row as: in this state, on this event, do that to the timer and go
 * there. A held buffer is returned on TICK, and on BUFFER by the one that
 * replaces it; it is dropped on RESET. TICK_UNTRACKED returns the last one, held
 * or not; nothing else does then.
 */
#define MOVE(action, state)                                   \
        {                                                     \
                BALLOON_STATS_##action, BALLOON_STATS_##state \
        }
const struct balloon_stats_move balloon_stats_moves[BALLOON_STATS_STATE_COUNT]
                                                   [BALLOON_STATS_EVENT_COUNT] = {
        [BALLOON_STATS_DISABLED] = {
                [BALLOON_STATS_ENABLE] = MOVE(ARM_NOW, WAITING),
                [BALLOON_STATS_BUFFER] = MOVE(KEEP, DISABLED_HELD),
                [BALLOON_STATS_EMPTY_KICK] = MOVE(KEEP, DISABLED),
                [BALLOON_STATS_RESET] = MOVE(KEEP, DISABLED),
        },
        [BALLOON_STATS_DISABLED_HELD] = {
                [BALLOON_STATS_ENABLE] = MOVE(ARM_NOW, HOLDING),
                [BALLOON_STATS_BUFFER] = MOVE(KEEP, DISABLED_HELD),
                [BALLOON_STATS_EMPTY_KICK] = MOVE(KEEP, DISABLED_HELD),
                [BALLOON_STATS_RESET] = MOVE(KEEP, DISABLED),
        },
        [BALLOON_STATS_WAITING] = {
                [BALLOON_STATS_CHANGE] = MOVE(ARM, WAITING),
                [BALLOON_STATS_DISABLE] = MOVE(CANCEL, DISABLED),
                [BALLOON_STATS_BUFFER] = MOVE(ARM, HOLDING),
                /* QEMU: re-arms although nothing was answered; so a guest that
                 * notifies more often than the interval is never asked. */
                [BALLOON_STATS_EMPTY_KICK] = MOVE(ARM, WAITING),
                [BALLOON_STATS_TICK] = MOVE(ARM, WAITING),
                [BALLOON_STATS_TICK_UNTRACKED] = MOVE(STAY_IDLE, OUTSTANDING),
                [BALLOON_STATS_TICK_NO_FEATURE] = MOVE(ARM, WAITING),
                [BALLOON_STATS_RESET] = MOVE(KEEP, WAITING),
        },
        [BALLOON_STATS_HOLDING] = {
                [BALLOON_STATS_CHANGE] = MOVE(ARM, HOLDING),
                [BALLOON_STATS_DISABLE] = MOVE(CANCEL, DISABLED_HELD),
                [BALLOON_STATS_BUFFER] = MOVE(ARM, HOLDING),
                [BALLOON_STATS_EMPTY_KICK] = MOVE(ARM, HOLDING),
                [BALLOON_STATS_TICK] = MOVE(STAY_IDLE, OUTSTANDING),
                [BALLOON_STATS_TICK_UNTRACKED] = MOVE(STAY_IDLE, OUTSTANDING),
                [BALLOON_STATS_TICK_NO_FEATURE] = MOVE(ARM, HOLDING),
                [BALLOON_STATS_RESET] = MOVE(KEEP, WAITING),
        },
        [BALLOON_STATS_OUTSTANDING] = {
                [BALLOON_STATS_CHANGE] = MOVE(ARM, WAITING),
                [BALLOON_STATS_DISABLE] = MOVE(KEEP, DISABLED),
                [BALLOON_STATS_BUFFER] = MOVE(ARM, HOLDING),
                [BALLOON_STATS_EMPTY_KICK] = MOVE(ARM, WAITING),
                /* QEMU: a reset forgets the request, yet only the driver's first
                 * buffer starts the timer again. */
                [BALLOON_STATS_RESET] = MOVE(KEEP, OUTSTANDING),
        },
};
#undef MOVE

const char *balloon_stats_state_name(enum balloon_stats_state state)
{
        static const char *const names[BALLOON_STATS_STATE_COUNT] = {
                "disabled", "disabled, buffer held", "waiting", "holding", "outstanding"
        };

        return names[state];
}

const char *balloon_stats_event_name(enum balloon_stats_event event)
{
        static const char *const names[BALLOON_STATS_EVENT_COUNT] = {
                "enable",
                "change",
                "disable",
                "buffer",
                "empty kick",
                "tick",
                "tick, buffer not tracked",
                "tick, STATS_VQ not negotiated",
                "reset"
        };

        return names[event];
}

/* Whether it knows of one: QEMU up to 2.5 never does. */
static bool holds_buffer(const struct balloon_poller *poller)
{
        return poller->profile->stats_buffer_tracked &&
               (poller->state == BALLOON_STATS_HOLDING ||
                poller->state == BALLOON_STATS_DISABLED_HELD);
}

/*
 * QEMU computes milliseconds and multiplies them into a signed 64-bit number of
 * nanoseconds; one that came out negative counts as 0, long past. The sums here
 * are unsigned, which wraps in the same way.
 */
static sim_time_t deadline_after(const struct balloon_poller *poller, uint64_t span_ms)
{
        uint64_t now_ms = sim_clock_now(poller->timer.clock) / NS_PER_MS;
        uint64_t deadline = (now_ms + span_ms) * NS_PER_MS;

        return deadline > SIM_TIME_LIMIT ? 0 : deadline;
}

static uint64_t interval_ms(const struct balloon_poller *poller)
{
        uint64_t ms = (uint64_t)poller->interval_s * MS_PER_S;

        /* QEMU: up to 2.1 seconds and milliseconds were ints, which overflow. */
        return poller->profile->interval_limit_checked ? ms : (uint64_t)(int64_t)(int32_t)ms;
}

static void journal_timer(const struct balloon_poller *poller)
{
        bool armed = sim_timer_armed(&poller->timer);

        sim_emit(vdev_journal(poller->vdev), &event_timer, SIM_T(poller->timer.event.name),
                 SIM_T(armed ? "armed" : "idle"),
                 SIM_U(armed ? sim_timer_deadline(&poller->timer) : SIM_TIME_NEVER));
}

/* The only place that changes the state or the timer. */
static void move(struct balloon_poller *poller, enum balloon_stats_event event)
{
        const struct balloon_stats_move *to = &balloon_stats_moves[poller->state][event];

        sim_assert(to->timer != BALLOON_STATS_NO_MOVE);
        poller->state = to->next;
        switch (to->timer) {
        case BALLOON_STATS_ARM_NOW:
                sim_timer_arm_at(&poller->timer, deadline_after(poller, 0));
                break;
        case BALLOON_STATS_ARM:
                sim_timer_arm_at(&poller->timer, deadline_after(poller, interval_ms(poller)));
                break;
        case BALLOON_STATS_CANCEL:
                sim_timer_cancel(&poller->timer);
                break;
        case BALLOON_STATS_STAY_IDLE:
                break;
        case BALLOON_STATS_KEEP:
        case BALLOON_STATS_NO_MOVE:
                return;
        }
        journal_timer(poller);
}

/* The interrupt is the caller's, when its state is whole again: it runs guest code. */
static void return_held(struct balloon_poller *poller, uint32_t used_length_bytes)
{
        struct vdev_element *element = &poller->elements[poller->held];

        /* QEMU: a broken device, or one without bus mastering, loses the buffer. */
        if (vdev_queue_push(poller->vdev, VIRTIO_BALLOON_STATSQ, element, used_length_bytes))
                sim_emit(vdev_journal(poller->vdev), &event_poll,
                         SIM_T(event_queue_name(VIRTIO_BALLOON_STATSQ)), SIM_U(element->head),
                         SIM_U(used_length_bytes));
}

static void tick(void *owner)
{
        struct balloon_poller *poller = owner;
        bool tracked = poller->profile->stats_buffer_tracked;

        if (!vdev_has_feature(poller->vdev, VIRTIO_BALLOON_F_STATS_VQ)) {
                move(poller, BALLOON_STATS_TICK_NO_FEATURE);
                return;
        }
        if (tracked && !holds_buffer(poller)) {
                move(poller, BALLOON_STATS_TICK);
                return;
        }
        return_held(poller,
                    poller->profile->used_length_is_bytes_read ? poller->held_bytes_decoded : 0);
        move(poller, tracked ? BALLOON_STATS_TICK : BALLOON_STATS_TICK_UNTRACKED);
        vdev_queue_interrupt(poller->vdev, VIRTIO_BALLOON_STATSQ);
}

static void forget_values(struct balloon_stats *stats)
{
        for (unsigned tag = 0; tag < VIRTIO_BALLOON_S_COUNT; tag++)
                stats->values[tag] = VIRTIO_BALLOON_STAT_ABSENT;
}

/* Returns the bytes of whole records; adds the tags known to *known. */
static size_t decode_records(struct balloon_poller *poller, const uint8_t *bytes, size_t size,
                             uint32_t *known)
{
        const uint8_t *end =
                bytes + size / VIRTIO_BALLOON_STAT_SIZE_BYTES * VIRTIO_BALLOON_STAT_SIZE_BYTES;

        for (const uint8_t *at = bytes; at < end; at += VIRTIO_BALLOON_STAT_SIZE_BYTES) {
                uint16_t tag = le16_get(at);

                if (tag >= poller->profile->stats_count)
                        continue;
                poller->stats.values[tag] = le64_get(at + 2);
                *known |= UINT32_C(1) << tag;
        }
        return (size_t)(end - bytes);
}

static unsigned count_tags(uint32_t set)
{
        unsigned count = 0;

        for (; set != 0; set &= set - 1)
                count++;
        return count;
}

/* Takes the values out of the held buffer, however long the guest made it. */
static void decode_held(struct balloon_poller *poller)
{
        const struct vdev_element *element = &poller->elements[poller->held];
        uint8_t bytes[DECODE_BYTES];
        uint32_t known = 0;
        uint64_t offset = 0;
        size_t copied;

        forget_values(&poller->stats);
        do {
                copied = vdev_element_read(poller->vdev, element, offset, bytes, sizeof bytes);
                offset += decode_records(poller, bytes, copied, &known);
        } while (copied == sizeof bytes);
        poller->held_bytes_decoded = (uint32_t)offset;
        poller->stats.last_update_s = sim_wall_us(&poller->wall) / US_PER_S;
        sim_emit(vdev_journal(poller->vdev), &event_answer,
                 SIM_T(event_queue_name(VIRTIO_BALLOON_STATSQ)), SIM_U(element->head),
                 SIM_U(vdev_element_out_bytes(element)), SIM_U(count_tags(known)));
}

void balloon_poller_notified(struct balloon_poller *poller)
{
        unsigned spare = 1U - poller->held;
        bool replaces = holds_buffer(poller);

        if (!vdev_queue_pop(poller->vdev, VIRTIO_BALLOON_STATSQ, &poller->elements[spare])) {
                move(poller, BALLOON_STATS_EMPTY_KICK);
                return;
        }
        /* QEMU: a second buffer sends the first one back, always with length 0. */
        if (replaces)
                return_held(poller, 0);
        poller->held = spare;
        decode_held(poller);
        move(poller, BALLOON_STATS_BUFFER);
        if (replaces)
                vdev_queue_interrupt(poller->vdev, VIRTIO_BALLOON_STATSQ);
}

void balloon_poller_started(struct balloon_poller *poller)
{
        if (poller->profile->stats_buffer_tracked && !holds_buffer(poller) &&
            vdev_queue_rewind(poller->vdev, VIRTIO_BALLOON_STATSQ, 1))
                balloon_poller_notified(poller);
}

void balloon_poller_set_interval(struct balloon_poller *poller, int64_t interval_s)
{
        int64_t before_s = poller->interval_s;

        sim_assert(interval_s >= 0);
        if (interval_s == before_s)
                return;
        poller->interval_s = interval_s;
        if (interval_s == 0)
                move(poller, BALLOON_STATS_DISABLE);
        else if (before_s == 0)
                move(poller, BALLOON_STATS_ENABLE);
        else
                move(poller, BALLOON_STATS_CHANGE);
}

void balloon_poller_reset(struct balloon_poller *poller, bool machine_reset)
{
        if (holds_buffer(poller))
                vdev_queue_detach(poller->vdev, VIRTIO_BALLOON_STATSQ,
                                  &poller->elements[poller->held]);
        move(poller, BALLOON_STATS_RESET);
        if (machine_reset && poller->profile->machine_reset_clears_stats) {
                forget_values(&poller->stats);
                poller->stats.last_update_s = 0;
        }
}

void balloon_poller_init(struct balloon_poller *poller,
                         const struct balloon_poller_options *options)
{
        memset(poller, 0, sizeof *poller);
        poller->profile = options->profile;
        poller->vdev = options->vdev;
        poller->wall = options->wall;
        vdev_element_init(&poller->elements[0]);
        vdev_element_init(&poller->elements[1]);
        forget_values(&poller->stats);
        sim_timer_init(&poller->timer, options->clock, options->timer_name, tick, poller);
        if (options->interval_s == 0)
                return;
        /* QEMU: the timer's first tick comes before the guest runs, and finds no driver. */
        poller->interval_s = options->interval_s;
        move(poller, BALLOON_STATS_ENABLE);
        move(poller, BALLOON_STATS_TICK_NO_FEATURE);
}

void balloon_poller_fini(struct balloon_poller *poller)
{
        sim_timer_cancel(&poller->timer);
        sim_timer_fini(&poller->timer);
        vdev_element_fini(&poller->elements[1]);
        vdev_element_fini(&poller->elements[0]);
}
