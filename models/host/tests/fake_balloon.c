// SPDX-License-Identifier: MIT
#include "models/host/tests/fake_balloon.h"

void fake_balloon_init(struct balloon *balloon, const struct balloon_profile *profile)
{
        *balloon = (struct balloon){
                .profile = profile,
                .properties = { .page_poison = true,
                                .indirect_desc = true,
                                .event_idx = true,
                                .queue_reset = true,
                                .notify_on_empty = true,
                                .any_layout = true,
                                .use_started = true,
                                .use_disabled_flag = true },
                .actual_bytes = 536870912,
        };
        for (unsigned i = 0; i < VIRTIO_BALLOON_S_COUNT; i++)
                balloon->stats.values[i] = VIRTIO_BALLOON_STAT_ABSENT;
        for (unsigned i = 0; i < 3; i++)
                balloon->queues[i] = (struct vdev_queue_view){ .size = 128, .size_max = 128 };
}

void balloon_set_polling_interval(struct balloon *balloon, int64_t interval_s)
{
        balloon->interval_s = interval_s;
        balloon->interval_writes++;
}

int64_t balloon_polling_interval_s(const struct balloon *balloon)
{
        return balloon->interval_s;
}

void balloon_read_stats(const struct balloon *balloon, struct balloon_stats *stats)
{
        *stats = balloon->stats;
}

void balloon_set_target(struct balloon *balloon, uint64_t target_bytes)
{
        balloon->target_bytes = target_bytes;
        balloon->target_writes++;
}

int64_t balloon_actual_bytes(const struct balloon *balloon)
{
        return balloon->actual_bytes;
}

const struct balloon_profile *balloon_profile(const struct balloon *balloon)
{
        return balloon->profile;
}

const struct balloon_properties *balloon_properties(const struct balloon *balloon)
{
        return &balloon->properties;
}

/* The virtio device below is the balloon itself. */
struct vdev *balloon_vdev(struct balloon *balloon)
{
        return (struct vdev *)balloon;
}

static const struct balloon *balloon_of(const struct vdev *vdev)
{
        return (const struct balloon *)vdev;
}

uint64_t vdev_features(const struct vdev *vdev)
{
        return balloon_of(vdev)->features;
}

uint8_t vdev_status(const struct vdev *vdev)
{
        return balloon_of(vdev)->status;
}

bool vdev_broken(const struct vdev *vdev)
{
        return balloon_of(vdev)->broken;
}

uint8_t vdev_isr(const struct vdev *vdev)
{
        return balloon_of(vdev)->isr;
}

bool vdev_disabled(const struct vdev *vdev)
{
        return balloon_of(vdev)->disabled;
}

bool vdev_start_on_kick(const struct vdev *vdev)
{
        (void)vdev;
        return false;
}

bool vdev_started(const struct vdev *vdev)
{
        return balloon_of(vdev)->started;
}

uint16_t vdev_queue_select(const struct vdev *vdev)
{
        return balloon_of(vdev)->queue_select;
}

bool vdev_queue_view(const struct vdev *vdev, unsigned queue, struct vdev_queue_view *view)
{
        if (queue >= 3)
                return false;
        *view = balloon_of(vdev)->queues[queue];
        return true;
}

void balloon_hint(struct balloon *balloon, enum balloon_hint_order order)
{
        static const char letters[] = {
                [BALLOON_HINT_START] = 'S', [BALLOON_HINT_STOP] = 'E', [BALLOON_HINT_DONE] = 'D'
        };

        balloon->hints[balloon->hint_count++] = letters[order];
        balloon->hints[balloon->hint_count] = '\0';
}
