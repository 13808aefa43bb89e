// SPDX-License-Identifier: MIT
#include "models/guest/persona.h"

#include "sim/assert.h"

#define TRANSPORT_FEATURES                                                             \
        (VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC) | VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX) | \
         VIRTIO_FEATURE(VIRTIO_F_VERSION_1) | VIRTIO_FEATURE(VIRTIO_F_RING_PACKED) |   \
         VIRTIO_FEATURE(VIRTIO_F_RING_RESET))
/*
 * What Linux 6.1 knows; of PAGE_POISON and PAGE_REPORTING start.c takes what the kernel's own
 * poisoning allows. It never takes ACCESS_PLATFORM.
 */
#define LINUX_FEATURES                                                          \
        (TRANSPORT_FEATURES | VIRTIO_FEATURE(VIRTIO_BALLOON_F_MUST_TELL_HOST) | \
         VIRTIO_FEATURE(VIRTIO_BALLOON_F_STATS_VQ) |                            \
         VIRTIO_FEATURE(VIRTIO_BALLOON_F_DEFLATE_ON_OOM) |                      \
         VIRTIO_FEATURE(VIRTIO_BALLOON_F_FREE_PAGE_HINT) |                      \
         VIRTIO_FEATURE(VIRTIO_BALLOON_F_PAGE_POISON) |                         \
         VIRTIO_FEATURE(VIRTIO_BALLOON_F_PAGE_REPORTING))
#define RAW_FEATURES (LINUX_FEATURES & ~VIRTIO_FEATURE(VIRTIO_BALLOON_F_PAGE_POISON))
/* FreeBSD, sys/dev/virtio/balloon/virtio_balloon.c: VTBALLOON_FEATURES. */
#define FREEBSD_FEATURES \
        (VIRTIO_FEATURE(VIRTIO_BALLOON_F_MUST_TELL_HOST) | VIRTIO_FEATURE(VIRTIO_F_VERSION_1))

/* The order in which Linux writes them, update_balloon_stats; tags past 9 follow in theirs. */
static const uint8_t linux_tags[VIRTIO_BALLOON_S_COUNT] = {
        VIRTIO_BALLOON_S_SWAP_IN,       VIRTIO_BALLOON_S_SWAP_OUT,
        VIRTIO_BALLOON_S_MAJFLT,        VIRTIO_BALLOON_S_MINFLT,
        VIRTIO_BALLOON_S_HTLB_PGALLOC,  VIRTIO_BALLOON_S_HTLB_PGFAIL,
        VIRTIO_BALLOON_S_MEMFREE,       VIRTIO_BALLOON_S_MEMTOT,
        VIRTIO_BALLOON_S_AVAIL,         VIRTIO_BALLOON_S_CACHES,
        VIRTIO_BALLOON_S_OOM_KILL,      VIRTIO_BALLOON_S_ALLOC_STALL,
        VIRTIO_BALLOON_S_ASYNC_SCAN,    VIRTIO_BALLOON_S_DIRECT_SCAN,
        VIRTIO_BALLOON_S_ASYNC_RECLAIM, VIRTIO_BALLOON_S_DIRECT_RECLAIM
};

/*
 * No memory at all with all of it free, counters that run backwards, one statistic
 * twice, and tags of no statistic.
 */
static const struct guest_lie lies[] = {
        { VIRTIO_BALLOON_S_MEMTOT, 0, 0 },
        { VIRTIO_BALLOON_S_MEMFREE, UINT64_MAX - 1, 0 },
        { VIRTIO_BALLOON_S_AVAIL, UINT64_C(1) << 63, 0 },
        { VIRTIO_BALLOON_S_SWAP_IN, UINT64_C(1) << 30, UINT64_C(0) - 4096 },
        { VIRTIO_BALLOON_S_MINFLT, 3, UINT64_C(0) - 1 },
        { VIRTIO_BALLOON_S_CACHES, 1, 0 },
        { VIRTIO_BALLOON_S_CACHES, 2, 0 },
        { 0x7fff, 42, 0 },
        { 0xffff, UINT64_MAX, 0 },
};
_Static_assert(sizeof lies / sizeof lies[0] <= GUEST_LIES_MAX, "they fit into the buffer");

#define USUAL_ANSWER SIM_US(100)
/* Linux sleeps a fifth of a second when it finds no page, then sends what it has. */
#define LINUX_NAP .nap = SIM_MS(200), .nap_comes_first = true
#define LINUX_STATS .tags = linux_tags, .tag_count = VIRTIO_BALLOON_S_COUNT
#define LINUX_DRIVER \
        .exists = true, .drives = true, .features = LINUX_FEATURES, LINUX_STATS, LINUX_NAP

static const struct guest_persona personas[GUEST_DRIVER_COUNT] = {
        [GUEST_DRIVER_LINUX] = { .name = "linux", LINUX_DRIVER, .answer_after = USUAL_ANSWER },
        [GUEST_DRIVER_RAW] = { .name = "raw",
                               .exists = true,
                               .features = RAW_FEATURES,
                               .answer_after = USUAL_ANSWER },
        [GUEST_DRIVER_NONE] = { .name = "none", .answer_after = USUAL_ANSWER },
        /*
         * It sends what it got, then sleeps: vtballoon_inflate, VTBALLOON_LOWMEM_TIMEOUT;
         * vtballoon_detach never calls vtballoon_update_size.
         */
        [GUEST_DRIVER_FREEBSD] = { .name = "freebsd",
                                   .exists = true,
                                   .drives = true,
                                   .features = FREEBSD_FEATURES,
                                   .answer_after = USUAL_ANSWER,
                                   .leaves_actual = true,
                                   .nap = SIM_S(1) },
        [GUEST_DRIVER_WINDOWS] = { .name = "windows",
                                   LINUX_DRIVER,
                                   .answer_after = USUAL_ANSWER,
                                   .stats_writable = true },
        [GUEST_DRIVER_SLOW] = { .name = "slow", LINUX_DRIVER, .answer_after = SIM_S(10) },
        [GUEST_DRIVER_SILENT] = { .name = "silent",
                                  LINUX_DRIVER,
                                  .answer_after = USUAL_ANSWER,
                                  .silent = true },
        [GUEST_DRIVER_HUNG] = { .name = "hung",
                                LINUX_DRIVER,
                                .answer_after = USUAL_ANSWER,
                                .turn = GUEST_TURN_HANG },
        [GUEST_DRIVER_LIAR] = { .name = "liar",
                                LINUX_DRIVER,
                                .answer_after = USUAL_ANSWER,
                                .lies = lies,
                                .lie_count = sizeof lies / sizeof lies[0] },
        /* Linux 6.6, towards_target: the target is aligned to whole pages. */
        [GUEST_DRIVER_LINUX_6_6] = { .name = "linux-6.6",
                                     LINUX_DRIVER,
                                     .answer_after = USUAL_ANSWER,
                                     .rounds_target = true },
        [GUEST_DRIVER_RESETTING] = { .name = "resetting",
                                     LINUX_DRIVER,
                                     .answer_after = USUAL_ANSWER,
                                     .turn = GUEST_TURN_RESET },
};

const struct guest_persona *guest_persona_of(enum guest_driver driver)
{
        sim_assert((unsigned)driver < GUEST_DRIVER_COUNT);
        return &personas[driver];
}
