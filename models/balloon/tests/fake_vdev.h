// SPDX-License-Identifier: MIT
/*
 * A fake of models/virtio/vdev.h: no rings, only what a device type asks of
 * them. A test makes chains available, notifies, and reads what was returned.
 */
#ifndef MODELS_BALLOON_TESTS_FAKE_VDEV_H
#define MODELS_BALLOON_TESTS_FAKE_VDEV_H

#include "models/virtio/vdev.h"

#define FAKE_CHAINS_MAX 8
#define FAKE_SPANS_MAX 3
#define FAKE_USED_MAX 32

struct fake_chain {
        uint16_t head, out_count, in_count;
        struct vdev_span spans[FAKE_SPANS_MAX];
};

struct fake_used {
        unsigned queue;
        uint16_t head;
        uint32_t length_bytes;
};

struct vdev {
        struct vdev_options options;
        uint64_t features;
        bool disabled;         /* bus mastering off: nothing is taken, what is returned is lost */
        const uint8_t *memory; /* guest memory from address 0 on; past it everything is zero */
        size_t memory_size_bytes;
        struct fake_chain available[VDEV_QUEUES_MAX][FAKE_CHAINS_MAX];
        unsigned available_count[VDEV_QUEUES_MAX];
        int in_use[VDEV_QUEUES_MAX];
        struct fake_used used[FAKE_USED_MAX]; /* the last ones, in a ring */
        unsigned used_count;
        unsigned interrupts[VDEV_QUEUES_MAX];
        unsigned config_changes, detached, reads;
        const char *error; /* the last one; NULL: none */
};

/* A chain of one readable span; more are added to what it returns. */
struct fake_chain *fake_post(struct vdev *vdev, unsigned queue, uint16_t head, uint64_t address,
                             uint32_t length_bytes);
/* Through the class, as a transport does. */
void fake_notify(struct vdev *vdev, unsigned queue);
/* As status 0 does: the class first, then the rings are gone. */
void fake_reset(struct vdev *vdev, bool machine_reset);
const struct fake_used *fake_last_used(const struct vdev *vdev);

#endif
