// SPDX-License-Identifier: MIT
#include "models/guest/memory.h"

#include <string.h>

#include "sim/assert.h"

#define HIGH_FIRST_PAGE (UINT64_C(0x100000000) / GUEST_PAGE_SIZE_BYTES)
/* A PC's first megabyte is not all RAM. */
#define ZONE_FIRST_PAGE 256U
#define PFN_COUNT (UINT64_C(1) << 32)

void guest_memory_init(struct guest_memory *memory, uint64_t ram_bytes, uint64_t low_bytes)
{
        uint64_t half;

        memset(memory, 0, sizeof *memory);
        memory->page_pages = 1;
        memory->total_pages = ram_bytes / GUEST_PAGE_SIZE_BYTES;
        memory->low_pages = low_bytes / GUEST_PAGE_SIZE_BYTES;
        /* A PFN on the wire has 32 bits: what lies behind cannot go to the balloon. */
        if (memory->total_pages - memory->low_pages > PFN_COUNT - HIGH_FIRST_PAGE)
                memory->total_pages = PFN_COUNT - HIGH_FIRST_PAGE + memory->low_pages;
        half = memory->total_pages / 2;
        /* A machine too small for the usual place gets the zone in its first half, past page 0. */
        memory->zone_first_page = half > 2 * ZONE_FIRST_PAGE ? ZONE_FIRST_PAGE : 1;
        if (half > memory->zone_first_page)
                memory->zone_pages = half - memory->zone_first_page < GUEST_ZONE_PAGES_MAX
                                             ? (uint32_t)half - memory->zone_first_page
                                             : GUEST_ZONE_PAGES_MAX;
}

void guest_memory_align(struct guest_memory *memory, uint32_t page_pages)
{
        memory->page_pages = page_pages;
        memory->total_pages -= memory->total_pages % page_pages;
}

void guest_memory_forget(struct guest_memory *memory)
{
        memory->balloon_pages = 0;
        memory->balloon_first = 0;
        memory->returning_pages = 0;
        memory->reported_first = 0;
        memory->reported_end = 0;
        guest_memory_drop_hints(memory);
        memset(memory->taken, 0, sizeof memory->taken);
}

uint64_t guest_memory_take(struct guest_memory *memory, uint32_t pages)
{
        uint32_t run = 0;

        sim_assert(pages > 0);
        for (uint32_t page = 0; page < memory->zone_pages; page++) {
                run = memory->taken[page] ? 0 : run + 1;
                if (run == pages) {
                        uint32_t first = page + 1 - pages;

                        memset(memory->taken + first, 1, pages);
                        return (uint64_t)(memory->zone_first_page + first) * GUEST_PAGE_SIZE_BYTES;
                }
        }
        return 0;
}

void guest_memory_give(struct guest_memory *memory, uint64_t address, uint32_t pages)
{
        uint64_t first = address / GUEST_PAGE_SIZE_BYTES - memory->zone_first_page;

        sim_assert(first < memory->zone_pages && pages <= memory->zone_pages - first);
        memset(memory->taken + first, 0, pages);
}

static uint64_t kept_pages(const struct guest_memory *memory)
{
        return (uint64_t)memory->zone_first_page + memory->zone_pages;
}

uint64_t guest_memory_free_pages(const struct guest_memory *memory)
{
        uint64_t kept = kept_pages(memory);

        if (memory->total_pages <= kept)
                return 0;
        return memory->total_pages - kept - memory->balloon_pages - memory->returning_pages -
               memory->used_pages - memory->hinted_pages;
}

uint64_t guest_memory_free_first(const struct guest_memory *memory)
{
        return kept_pages(memory) + memory->used_pages;
}

uint64_t guest_memory_free_end(const struct guest_memory *memory)
{
        return memory->total_pages - memory->balloon_first - memory->balloon_pages -
               memory->returning_pages;
}

uint64_t guest_memory_room_pages(const struct guest_memory *memory)
{
        uint64_t first = guest_memory_free_first(memory), end = guest_memory_free_end(memory);

        if (first < memory->hinted_end)
                first = memory->hinted_end;
        return end > first ? end - first : 0;
}

static uint64_t clamp(uint64_t page, uint64_t first, uint64_t end)
{
        if (page < first)
                return first;
        return page > end ? end : page;
}

void guest_memory_moved(struct guest_memory *memory)
{
        uint64_t first = guest_memory_free_first(memory), end = guest_memory_free_end(memory);

        if (end < first)
                end = first;
        memory->reported_first = clamp(memory->reported_first, first, end);
        memory->reported_end = clamp(memory->reported_end, memory->reported_first, end);
}

void guest_memory_drop_hints(struct guest_memory *memory)
{
        memory->hinted_pages = 0;
        memory->hinted_end = 0;
}

/* The frame of a page: RAM goes on at 4 GiB, behind the hole. */
static uint64_t frame_of(const struct guest_memory *memory, uint64_t page)
{
        return page >= memory->low_pages ? page - memory->low_pages + HIGH_FIRST_PAGE : page;
}

uint64_t guest_memory_block(const struct guest_memory *memory, uint64_t *page, uint64_t end,
                            uint32_t pages)
{
        for (uint64_t at = *page;;) {
                uint64_t past = frame_of(memory, at) & (pages - 1);
                uint64_t first = past == 0 ? at : at + pages - past;

                /* A block below the hole does not go on above it. */
                if (at < memory->low_pages && first + pages > memory->low_pages &&
                    memory->low_pages < end) {
                        at = memory->low_pages;
                        continue;
                }
                if (first + pages > end)
                        return 0;
                *page = first + pages;
                return frame_of(memory, first) * GUEST_PAGE_SIZE_BYTES;
        }
}

uint32_t guest_memory_balloon_pfn(const struct guest_memory *memory, uint64_t depth)
{
        sim_assert(depth < memory->total_pages - memory->balloon_first);
        return (uint32_t)frame_of(memory, memory->total_pages - 1 - memory->balloon_first - depth);
}
