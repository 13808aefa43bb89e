// SPDX-License-Identifier: MIT
/*
 * A balloon that does nothing and remembers everything: what the monitor asked
 * of it, and what it shall answer.
 */
#ifndef MODELS_HOST_TESTS_FAKE_BALLOON_H
#define MODELS_HOST_TESTS_FAKE_BALLOON_H

#include "models/balloon/balloon.h"

struct balloon {
        const struct balloon_profile *profile;
        struct balloon_properties properties;
        int64_t interval_s;
        unsigned interval_writes;
        uint64_t target_bytes;
        unsigned target_writes;
        char hints[32]; /* the orders, a letter each: S start, E end, D done */
        unsigned hint_count;
        int64_t actual_bytes;
        struct balloon_stats stats;
        uint8_t status, isr;
        uint64_t features;
        bool broken, disabled, started;
        uint16_t queue_select;
        struct vdev_queue_view queues[3];
};

/* As QEMU's at power on, with 512 MiB of RAM. */
void fake_balloon_init(struct balloon *balloon, const struct balloon_profile *profile);

#endif
