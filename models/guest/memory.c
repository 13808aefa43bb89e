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

void guest_memory_forget(struct guest_memory *memory)
{
        memory->balloon_pages = 0;
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

uint64_t guest_memory_free_pages(const struct guest_memory *memory)
{
        uint64_t kept = (uint64_t)memory->zone_first_page + memory->zone_pages;

        if (memory->total_pages <= kept)
                return 0;
        return memory->total_pages - kept - memory->balloon_pages - memory->used_pages;
}

uint32_t guest_memory_balloon_pfn(const struct guest_memory *memory, uint64_t depth)
{
        uint64_t page;

        sim_assert(depth < memory->total_pages);
        page = memory->total_pages - 1 - depth;
        if (page >= memory->low_pages)
                page = page - memory->low_pages + HIGH_FIRST_PAGE;
        return (uint32_t)page;
}
