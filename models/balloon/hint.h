// SPDX-License-Identifier: MIT
/*
 * Free page hints: which pages a migration need not copy. VIRTIO 1.2 5.5.6.6;
 * QEMU hw/virtio/virtio-balloon.c, get_free_page_hints and its neighbours.
 *
 * The host asks with a command id in the configuration. The driver echoes it in a
 * buffer that the device reads, and from then on buffers that the device may write
 * name free pages, until one with any other id, or the same again. A hint is told,
 * and nothing of the page changes: no migration is simulated that would leave it out.
 */
#ifndef MODELS_BALLOON_HINT_H
#define MODELS_BALLOON_HINT_H

#include <stdbool.h>
#include <stdint.h>

#include "models/balloon/balloon.h"
#include "models/virtio/vdev.h"
#include "sim/clock.h"
#include "sim/state.h"

/* ---- the state machine, as a table so that a test can walk all of it ---- */

enum balloon_hint_state {
        BALLOON_HINT_STOPPED,   /* nobody asks, or the driver or the host ended it */
        BALLOON_HINT_REQUESTED, /* the driver has not echoed the id */
        BALLOON_HINT_STARTED,   /* buffers are hints */
        BALLOON_HINT_FINISHED,  /* the driver may have its pages back */
        BALLOON_HINT_STATE_COUNT
};

enum balloon_hint_event {
        BALLOON_HINT_EVENT_START,
        BALLOON_HINT_EVENT_STOP, /* by the host, or a reset */
        BALLOON_HINT_EVENT_DONE,
        BALLOON_HINT_EVENT_ID,       /* the driver's buffer names the last id asked for */
        BALLOON_HINT_EVENT_OTHER_ID, /* or any other */
        BALLOON_HINT_EVENT_COUNT
};

struct balloon_hint_move {
        enum balloon_hint_state next;
        bool asks;  /* with the next id */
        bool tells; /* a configuration change */
};

extern const struct balloon_hint_move balloon_hint_moves[BALLOON_HINT_STATE_COUNT]
                                                        [BALLOON_HINT_EVENT_COUNT];

/* ---- the hints of one balloon ---- */

/* Embedded in its owner; the fields are hint.c's. */
struct balloon_hints {
        struct vdev *vdev;
        /*
         * QEMU: another thread serves the queue, not while the machine is stopped; here
         * it is this timer, due at once.
         */
        struct sim_timer serve;
        enum balloon_hint_state state;
        uint32_t command_id; /* the last one asked for */
        struct vdev_element element;
};

void balloon_hints_init(struct balloon_hints *hints, struct vdev *vdev, struct sim_clock *clock);
void balloon_hints_fini(struct balloon_hints *hints);
/* The driver notified the queue of hints: its buffers are taken and returned, this instant. */
void balloon_hints_notified(struct balloon_hints *hints);
/* As in balloon_hint. */
void balloon_hints_order(struct balloon_hints *hints, enum balloon_hint_order order);
/* Before the driver's features are gone. */
void balloon_hints_reset(struct balloon_hints *hints);
void balloon_hints_save(const struct balloon_hints *hints, struct state_writer *to);
void balloon_hints_load(struct balloon_hints *hints, struct state_reader *from);
/* What free_page_hint_cmd_id reads: an id, or 0, stop, or 1, done. */
uint32_t balloon_hints_command(const struct balloon_hints *hints);

#endif
