// SPDX-License-Identifier: MIT
/*
 * Statistics polling: when the device asks the guest for statistics, and what
 * it makes of the answer. VIRTIO 1.2 5.5.6.3; QEMU hw/virtio/virtio-balloon.c,
 * balloon_stats_poll_cb and virtio_balloon_receive_stats.
 *
 * Owns the interval, the timer, the one statistics buffer that the device may
 * hold, and the last answer. To ask is to return the buffer; to answer is to
 * make a buffer available again and to notify. The device never looks into the
 * available ring on its own: only a notification makes it take a buffer, and
 * one notification takes one.
 *
 * QEMU up to 2.5 does not know whether it holds a buffer (stats_buffer_tracked of
 * the profile): when it asks, it returns the last one that it took.
 */
#ifndef MODELS_BALLOON_STATS_H
#define MODELS_BALLOON_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "models/balloon/balloon.h"
#include "models/virtio/vdev.h"
#include "sim/clock.h"

/* ---- the machine, as a table ---- */

/* Interval, timer and buffer together have no other combinations than these. */
enum balloon_stats_state {
        BALLOON_STATS_DISABLED,      /* interval 0, timer idle, no buffer */
        BALLOON_STATS_DISABLED_HELD, /* interval 0, timer idle, a buffer held */
        BALLOON_STATS_WAITING,       /* timer armed, no buffer */
        BALLOON_STATS_HOLDING,       /* timer armed, a buffer held */
        BALLOON_STATS_OUTSTANDING,   /* asked: timer idle, the buffer is the guest's */
        BALLOON_STATS_STATE_COUNT
};

enum balloon_stats_event {
        BALLOON_STATS_ENABLE,          /* interval 0 -> N */
        BALLOON_STATS_CHANGE,          /* interval N -> M */
        BALLOON_STATS_DISABLE,         /* interval N -> 0 */
        BALLOON_STATS_BUFFER,          /* notified, a buffer was there */
        BALLOON_STATS_EMPTY_KICK,      /* notified, none was there */
        BALLOON_STATS_TICK,            /* the timer fired */
        BALLOON_STATS_TICK_UNTRACKED,  /* the same of a device that knows of no buffer held */
        BALLOON_STATS_TICK_NO_FEATURE, /* the timer fired, STATS_VQ is not negotiated */
        BALLOON_STATS_RESET,           /* the device was reset */
        BALLOON_STATS_EVENT_COUNT
};

/* What a move does to the timer. now is cut to milliseconds first. */
enum balloon_stats_timer {
        BALLOON_STATS_NO_MOVE = 0, /* the event cannot happen in this state */
        BALLOON_STATS_KEEP,        /* as it was */
        BALLOON_STATS_ARM_NOW,     /* armed for now: fires before time passes */
        BALLOON_STATS_ARM,         /* armed for now + interval, also when armed already */
        BALLOON_STATS_CANCEL,
        BALLOON_STATS_STAY_IDLE /* it fired and is not armed again */
};

struct balloon_stats_move {
        enum balloon_stats_timer timer;
        enum balloon_stats_state next;
};

extern const struct balloon_stats_move balloon_stats_moves[BALLOON_STATS_STATE_COUNT]
                                                          [BALLOON_STATS_EVENT_COUNT];
const char *balloon_stats_state_name(enum balloon_stats_state state);
const char *balloon_stats_event_name(enum balloon_stats_event event);

/* ---- the poller ---- */

/* Embedded in its owner; the fields are stats.c's. */
struct balloon_poller {
        const struct balloon_profile *profile;
        struct vdev *vdev;
        struct sim_wall wall;
        struct sim_timer timer;
        enum balloon_stats_state state;
        int64_t interval_s;
        /* One is held or spare, the other takes the next buffer: a new one is
         * taken before the held one is returned. */
        struct vdev_element elements[2];
        unsigned held; /* index of the held one; while none is, of the last one */
        uint32_t held_bytes_decoded;
        struct balloon_stats stats;
};

struct balloon_poller_options {
        const struct balloon_profile *profile;
        struct vdev *vdev;
        struct sim_clock *clock;
        struct sim_wall wall;
        const char *timer_name; /* borrowed for the poller's life */
        int64_t interval_s;     /* what -device gave */
};

void balloon_poller_init(struct balloon_poller *poller,
                         const struct balloon_poller_options *options);
void balloon_poller_fini(struct balloon_poller *poller);

/* 0 disables. The interval that it has already: nothing happens. */
void balloon_poller_set_interval(struct balloon_poller *poller, int64_t interval_s);
/* The driver notified statsq. */
void balloon_poller_notified(struct balloon_poller *poller);
/*
 * The driver wrote DRIVER_OK while the machine runs. QEMU: if the queue counts a
 * chain as taken that nobody holds, it is taken again; a load of a snapshot
 * means to do that, and a queue reset with a buffer held comes to it too.
 */
void balloon_poller_started(struct balloon_poller *poller);
/* Drops a held buffer, if tracked, without a used entry; the timer runs on, the answer stays. */
void balloon_poller_reset(struct balloon_poller *poller, bool machine_reset);

#endif
