// SPDX-License-Identifier: MIT
#include "models/balloon/profile.h"

#include <stddef.h>
#include <string.h>

#include "models/virtio_spec.h"

static const struct balloon_profile profiles[] = {
        /* The default stands first. */
        {
                .name = "qemu-7.2",
                .version_major = 7,
                .version_minor = 2,
                .version_micro = 22,
                .stats_count = VIRTIO_BALLOON_S_HTLB_PGFAIL + 1,
                .stats_buffer_tracked = true,
                .in_use_bounded = true,
                .interval_limit_checked = true,
                .modern = 1,
        },
        {
                .name = "qemu-1.4",
                .version_major = 1,
                .version_minor = 4,
                .version_micro = 0,
                .stats_count = VIRTIO_BALLOON_S_MEMTOT + 1,
                .stats_error_before_update = true,
                .absent_prints_negative = true,
                .used_length_is_bytes_read = true,
        },
        {
                .name = "qemu-10.0",
                .version_major = 10,
                .version_minor = 0,
                .version_micro = 0,
                .stats_count = VIRTIO_BALLOON_S_DIRECT_RECLAIM + 1,
                .stats_buffer_tracked = true,
                .in_use_bounded = true,
                .machine_reset_clears_stats = true,
                .interval_limit_checked = true,
                .balloon_error_names_value = true,
                .msix_vectors = 2,
                .unplug_blocks_ms = 5000,
                .modern = 1,
        },
};

#define PROFILE_COUNT (sizeof profiles / sizeof profiles[0])

const struct balloon_profile *balloon_profile_find(const char *name)
{
        for (size_t i = 0; i < PROFILE_COUNT; i++) {
                if (strcmp(profiles[i].name, name) == 0)
                        return &profiles[i];
        }
        return NULL;
}

const struct balloon_profile *balloon_profile_default(void)
{
        return &profiles[0];
}

const struct balloon_profile *balloon_profile_at(unsigned index)
{
        return index < PROFILE_COUNT ? &profiles[index] : NULL;
}
