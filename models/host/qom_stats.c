// SPDX-License-Identifier: MIT
/* The property guest-stats. */
#include "models/balloon/balloon.h"
#include "models/host/qmp_json.h"
#include "models/host/qom.h"

/*
 * What guest-stats calls the tags 0, 1, …: hw/virtio/virtio-balloon.c,
 * balloon_stat_names. How many of them a QEMU knows is the profile's.
 */
static const char *const stat_names[VIRTIO_BALLOON_S_COUNT] = {
        [VIRTIO_BALLOON_S_SWAP_IN] = "stat-swap-in",
        [VIRTIO_BALLOON_S_SWAP_OUT] = "stat-swap-out",
        [VIRTIO_BALLOON_S_MAJFLT] = "stat-major-faults",
        [VIRTIO_BALLOON_S_MINFLT] = "stat-minor-faults",
        [VIRTIO_BALLOON_S_MEMFREE] = "stat-free-memory",
        [VIRTIO_BALLOON_S_MEMTOT] = "stat-total-memory",
        [VIRTIO_BALLOON_S_AVAIL] = "stat-available-memory",
        [VIRTIO_BALLOON_S_CACHES] = "stat-disk-caches",
        [VIRTIO_BALLOON_S_HTLB_PGALLOC] = "stat-htlb-pgalloc",
        [VIRTIO_BALLOON_S_HTLB_PGFAIL] = "stat-htlb-pgfail",
        [VIRTIO_BALLOON_S_OOM_KILL] = "stat-oom-kills",
        [VIRTIO_BALLOON_S_ALLOC_STALL] = "stat-alloc-stalls",
        [VIRTIO_BALLOON_S_ASYNC_SCAN] = "stat-async-scans",
        [VIRTIO_BALLOON_S_DIRECT_SCAN] = "stat-direct-scans",
        [VIRTIO_BALLOON_S_ASYNC_RECLAIM] = "stat-async-reclaims",
        [VIRTIO_BALLOON_S_DIRECT_RECLAIM] = "stat-direct-reclaims",
};

json_object *qom_statistics(const struct balloon *balloon, struct qmp_error *error)
{
        const struct balloon_profile *profile = balloon_profile(balloon);
        struct balloon_stats stats;

        balloon_read_stats(balloon, &stats);
        /* QEMU up to 2.0: an error, as the older of the two documents says. */
        if (profile->stats_error_before_update && stats.last_update_s == 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "guest hasn't updated any stats yet");
        json_object *all = qmp_json_object(), *values = qmp_json_object();
        for (unsigned i = 0; i < profile->stats_count && i < VIRTIO_BALLOON_S_COUNT; i++) {
                /* QEMU up to 2.9 prints every statistic as signed, both documents' -1. */
                json_object *value = profile->absent_prints_negative
                                             ? json_object_new_int64((int64_t)stats.values[i])
                                             : json_object_new_uint64(stats.values[i]);
                qmp_json_add(values, stat_names[i], value);
        }
        qmp_json_add(all, "stats", values);
        qmp_json_add(all, "last-update", json_object_new_int64(stats.last_update_s));
        return all;
}
