// SPDX-License-Identifier: MIT
#include "models/guest/usage.h"

#include <string.h>

#include "sim/assert.h"

#define KIB_PER_PAGE (GUEST_PAGE_SIZE_BYTES / 1024)
/* mm/page_alloc.c, init_per_zone_wmark_min: the limits of min_free_kbytes. */
#define MIN_FREE_KIB_LEAST 128U
#define MIN_FREE_KIB_MOST 262144U
/* The page allocator's own books: struct page takes 64 bytes of each 4096. */
#define BOOKS_SHARE 64U
#define FIRST_MEGABYTE_PAGES 256U
/* One fault on a mapped file reads so many pages: fault-around, 64 KiB. */
#define PAGES_PER_FILE_FAULT 16U

static uint64_t least(uint64_t a, uint64_t b)
{
        return a < b ? a : b;
}

static uint64_t less(uint64_t from, uint64_t pages)
{
        return from > pages ? from - pages : 0;
}

static uint64_t square_root(uint64_t square)
{
        uint64_t root = 0;

        for (uint64_t bit = UINT64_C(1) << 31; bit > 0; bit >>= 1)
                if ((root + bit) * (root + bit) <= square)
                        root += bit;
        return root;
}

static uint64_t free_pages(const struct guest_usage *usage)
{
        return guest_memory_free_pages(usage->memory);
}

/* The books of guest_memory follow those here. */
static void settle(struct guest_usage *usage)
{
        usage->memory->used_pages = usage->kernel + usage->cache + usage->anonymous + usage->huge;
        guest_memory_moved(usage->memory);
}

static void set_watermarks(struct guest_usage *usage, uint64_t managed_pages)
{
        uint64_t kib = square_root(managed_pages * KIB_PER_PAGE * 16);

        kib = kib < MIN_FREE_KIB_LEAST ? MIN_FREE_KIB_LEAST : least(kib, MIN_FREE_KIB_MOST);
        usage->watermark_min = kib / KIB_PER_PAGE;
        usage->watermark_low = usage->watermark_min + usage->watermark_min / 4;
        usage->watermark_high = usage->watermark_min + usage->watermark_min / 2;
}

void guest_usage_init(struct guest_usage *usage, struct guest_memory *memory,
                      const struct guest_memory_options *options)
{
        memset(usage, 0, sizeof *usage);
        if (!options->modelled)
                return;
        usage->memory = memory;
        memory->used_pages = 0;
        usage->kernel = least(memory->total_pages / BOOKS_SHARE, free_pages(usage));
        usage->reserved = least(usage->kernel + FIRST_MEGABYTE_PAGES, memory->total_pages);
        set_watermarks(usage, memory->total_pages - usage->reserved);
        settle(usage);
        usage->anonymous = least(options->anonymous_bytes / GUEST_PAGE_SIZE_BYTES,
                                 less(free_pages(usage), usage->watermark_high));
        usage->anonymous_base = usage->anonymous;
        settle(usage);
        usage->cache = least(options->cache_bytes / GUEST_PAGE_SIZE_BYTES,
                             less(free_pages(usage), usage->watermark_high));
        /* What runs is mapped: an eighth of the cache that the system booted with. */
        usage->cache_floor = usage->cache / 8;
        usage->swap_size = options->swap_bytes / GUEST_PAGE_SIZE_BYTES;
        settle(usage);
        /* Boot faulted all of it in. */
        usage->minor_faults = usage->anonymous;
        usage->major_faults = usage->cache / PAGES_PER_FILE_FAULT;
}

/* The page cache first, then anonymous memory into swap. Returns the pages that it freed. */
static uint64_t reclaim(struct guest_usage *usage, uint64_t wanted, uint64_t *scans,
                        uint64_t *reclaims)
{
        uint64_t dropped = least(wanted, less(usage->cache, usage->cache_floor));
        uint64_t room = usage->swap_size - usage->swapped;
        uint64_t swapped = least(least(wanted - dropped, room), usage->anonymous);

        usage->cache -= dropped;
        usage->anonymous -= swapped;
        usage->swapped += swapped;
        usage->swap_outs += swapped;
        *scans += wanted;
        *reclaims += dropped + swapped;
        settle(usage);
        return dropped + swapped;
}

uint64_t guest_usage_find(struct guest_usage *usage, uint64_t wanted)
{
        uint64_t needed = wanted + usage->watermark_min;

        if (usage->memory == NULL)
                return wanted;
        /* Hinted blocks are the first to go: virtio_balloon_shrinker_scan. */
        if (free_pages(usage) < needed)
                guest_memory_drop_hints(usage->memory);
        if (free_pages(usage) < needed) {
                usage->stalls++;
                (void)reclaim(usage, needed - free_pages(usage), &usage->direct_scans,
                              &usage->direct_reclaims);
        }
        return least(wanted, less(free_pages(usage), usage->watermark_min));
}

uint64_t guest_usage_allocate(struct guest_usage *usage, uint64_t pages)
{
        uint64_t got = guest_usage_find(usage, pages);

        usage->anonymous += got;
        usage->minor_faults += got;
        settle(usage);
        return got;
}

void guest_usage_release(struct guest_usage *usage, uint64_t pages)
{
        uint64_t owned = less(usage->anonymous + usage->swapped, usage->anonymous_base);
        uint64_t swapped;

        pages = least(pages, owned);
        swapped = least(pages, usage->swapped);
        usage->swapped -= swapped;
        usage->anonymous -= pages - swapped;
        settle(usage);
}

void guest_usage_read(struct guest_usage *usage, uint64_t pages)
{
        uint64_t room = less(free_pages(usage), usage->watermark_low);

        usage->major_faults += (pages + PAGES_PER_FILE_FAULT - 1) / PAGES_PER_FILE_FAULT;
        if (pages > room) {
                uint64_t old = least(pages - room, less(usage->cache, usage->cache_floor));

                usage->async_scans += old;
                usage->async_reclaims += old;
                usage->cache -= old;
                pages = room + old;
        }
        usage->cache += pages;
        settle(usage);
}

void guest_usage_drop(struct guest_usage *usage, uint64_t pages)
{
        usage->cache -= least(pages, less(usage->cache, usage->cache_floor));
        settle(usage);
}

void guest_usage_touch(struct guest_usage *usage, uint64_t pages)
{
        uint64_t got;

        /* What goes out for it makes room in swap only once it has come in. */
        pages = least(pages, usage->swapped);
        got = least(guest_usage_find(usage, pages), usage->swapped);
        usage->swapped -= got;
        usage->anonymous += got;
        usage->swap_ins += got;
        usage->major_faults += got;
        settle(usage);
}

void guest_usage_take_huge(struct guest_usage *usage, uint64_t count)
{
        uint64_t got = least(count, guest_usage_find(usage, count * GUEST_HUGE_PAGE_PAGES) /
                                            GUEST_HUGE_PAGE_PAGES);

        usage->huge += got * GUEST_HUGE_PAGE_PAGES;
        usage->huge_allocs += got;
        usage->huge_fails += count - got;
        settle(usage);
}

void guest_usage_balance(struct guest_usage *usage)
{
        uint64_t now = free_pages(usage);

        if (now < usage->watermark_low)
                (void)reclaim(usage, usage->watermark_high - now, &usage->async_scans,
                              &usage->async_reclaims);
}

bool guest_usage_kill(struct guest_usage *usage)
{
        uint64_t owned = less(usage->anonymous + usage->swapped, usage->anonymous_base);

        if (owned == 0)
                return false;
        usage->oom_kills++;
        guest_usage_release(usage, owned);
        return true;
}

static uint64_t bytes_of(uint64_t pages)
{
        return pages * GUEST_PAGE_SIZE_BYTES;
}

/* mm/page_alloc.c, si_mem_available. */
static uint64_t available(const struct guest_usage *usage)
{
        uint64_t cache = usage->cache - least(usage->cache / 2, usage->watermark_low);

        return less(free_pages(usage) + cache, usage->watermark_high);
}

void guest_usage_stats(const struct guest_usage *usage, unsigned tags, bool counted_out,
                       struct guest_stats *out)
{
        uint64_t total = usage->memory->total_pages - usage->reserved;

        if (counted_out)
                total = less(total, usage->memory->balloon_pages);
        for (unsigned tag = 0; tag < VIRTIO_BALLOON_S_COUNT; tag++)
                out->reported[tag] = tag < tags;
        out->values[VIRTIO_BALLOON_S_SWAP_IN] = bytes_of(usage->swap_ins);
        out->values[VIRTIO_BALLOON_S_SWAP_OUT] = bytes_of(usage->swap_outs);
        out->values[VIRTIO_BALLOON_S_MAJFLT] = usage->major_faults;
        /* Linux counts all faults here, the major ones among them: PGFAULT. */
        out->values[VIRTIO_BALLOON_S_MINFLT] = usage->minor_faults + usage->major_faults;
        out->values[VIRTIO_BALLOON_S_MEMFREE] = bytes_of(free_pages(usage));
        out->values[VIRTIO_BALLOON_S_MEMTOT] = bytes_of(total);
        out->values[VIRTIO_BALLOON_S_AVAIL] = bytes_of(available(usage));
        out->values[VIRTIO_BALLOON_S_CACHES] = bytes_of(usage->cache);
        out->values[VIRTIO_BALLOON_S_HTLB_PGALLOC] = usage->huge_allocs;
        out->values[VIRTIO_BALLOON_S_HTLB_PGFAIL] = usage->huge_fails;
        out->values[VIRTIO_BALLOON_S_OOM_KILL] = usage->oom_kills;
        out->values[VIRTIO_BALLOON_S_ALLOC_STALL] = usage->stalls;
        out->values[VIRTIO_BALLOON_S_ASYNC_SCAN] = usage->async_scans;
        out->values[VIRTIO_BALLOON_S_DIRECT_SCAN] = usage->direct_scans;
        out->values[VIRTIO_BALLOON_S_ASYNC_RECLAIM] = usage->async_reclaims;
        out->values[VIRTIO_BALLOON_S_DIRECT_RECLAIM] = usage->direct_reclaims;
}
