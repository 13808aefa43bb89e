// SPDX-License-Identifier: MIT
/*
 * What a guest's memory is used for: pages counted by class, and the statistics
 * that come out of it. VIRTIO 1.2 5.5.6.4; Linux 6.1 mm/page_alloc.c, mm/vmscan.c.
 *
 * Free pages are those of struct guest_memory; here the page cache, anonymous
 * memory, what of it lies in swap, and huge pages take and give them. Who needs
 * pages below the watermarks reclaims: first the page cache, then anonymous memory
 * as far as there is swap. A guest whose memory is not modelled uses nothing, has
 * no watermarks and reports nothing from here.
 */
#ifndef GUEST_USAGE_H
#define GUEST_USAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/guest/guest.h"
#include "models/guest/memory.h"

#define GUEST_HUGE_PAGE_PAGES 512U /* 2 MiB */

struct guest_usage {
        struct guest_memory *memory; /* borrowed; NULL: not modelled */
        /* pages, now */
        uint64_t kernel, cache, anonymous, huge;
        uint64_t swapped, swap_size;
        uint64_t anonymous_base; /* of the system itself, which no OOM killer ends */
        uint64_t cache_floor;    /* mapped files of the system: not reclaimed */
        uint64_t reserved;       /* not the page allocator's: the statistics leave it out */
        uint64_t watermark_min, watermark_low, watermark_high;
        /* events, since boot */
        uint64_t swap_ins, swap_outs, major_faults, minor_faults;
        uint64_t huge_allocs, huge_fails;
        uint64_t oom_kills, stalls;
        uint64_t async_scans, async_reclaims, direct_scans, direct_reclaims;
};

/* The system has booted on memory, which is free but for the driver's zone. */
void guest_usage_init(struct guest_usage *usage, struct guest_memory *memory,
                      const struct guest_memory_options *options);

/*
 * Pages that can be had for an allocation that does not go below the lowest
 * watermark, at most wanted; reclaims for them. They are not taken yet.
 */
uint64_t guest_usage_find(struct guest_usage *usage, uint64_t wanted);
/* Anonymous memory: each page is a minor fault. Returns the pages that were had. */
uint64_t guest_usage_allocate(struct guest_usage *usage, uint64_t pages);
/* Gives anonymous memory back, what lies in swap first, as far as there is any beyond the base. */
void guest_usage_release(struct guest_usage *usage, uint64_t pages);
/* Reads a file: its pages enter the cache, and old ones leave it when there is no room. */
void guest_usage_read(struct guest_usage *usage, uint64_t pages);
/* The cache loses so many pages: files were deleted. */
void guest_usage_drop(struct guest_usage *usage, uint64_t pages);
/* Uses this much of what lies in swap: it comes back, and something else goes there. */
void guest_usage_touch(struct guest_usage *usage, uint64_t pages);
/* Takes so many huge pages, or counts those that failed. */
void guest_usage_take_huge(struct guest_usage *usage, uint64_t count);
/* What kswapd does: below the low watermark it reclaims up to the high one. */
void guest_usage_balance(struct guest_usage *usage);
/* Ends what is not the system's; false: there is nothing to end. */
bool guest_usage_kill(struct guest_usage *usage);

/*
 * What Linux would report of its first tags. counted_out: ballooned pages are no part of the
 * total memory.
 */
void guest_usage_stats(const struct guest_usage *usage, unsigned tags, bool counted_out,
                       struct guest_stats *out);

#endif
