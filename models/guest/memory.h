// SPDX-License-Identifier: MIT
/*
 * The guest's pages: which are the driver's, which can go to the balloon.
 *
 * Two parts of RAM. The driver's zone, near the start, holds rings and buffers
 * and is handed out in runs of pages. Everything behind it may go to the
 * balloon, as a stack that grows down from the last page of RAM: the pages that
 * the balloon holds are a count, not a list.
 *
 * What the rest of the guest does with its pages is counted by class, in usage.h.
 */
#ifndef GUEST_MEMORY_H
#define GUEST_MEMORY_H

#include <stdint.h>

#define GUEST_PAGE_SIZE_BYTES 4096U
/* 16 MiB: 128 raw buffers of 64 KiB, and the rings beside them. */
#define GUEST_ZONE_PAGES_MAX 4096U

struct guest_memory {
        uint64_t low_pages;   /* below the PCI hole; the rest continues at 4 GiB */
        uint64_t total_pages; /* of RAM, whether a PFN reaches it or not */
        uint32_t zone_first_page;
        uint32_t zone_pages;
        uint64_t balloon_pages; /* held by the balloon now */
        uint64_t used_pages;    /* by the rest of the guest, behind the zone */
        uint8_t taken[GUEST_ZONE_PAGES_MAX];
};

/* Everything free, the balloon empty. low_bytes of RAM lie below the PCI hole. */
void guest_memory_init(struct guest_memory *memory, uint64_t ram_bytes, uint64_t low_bytes);
/* The driver is gone: its zone is free, its balloon empty. */
void guest_memory_forget(struct guest_memory *memory);
/* A run of pages for rings and buffers: its address, or 0 when there is none. Content is unknown.
 */
uint64_t guest_memory_take(struct guest_memory *memory, uint32_t pages);
void guest_memory_give(struct guest_memory *memory, uint64_t address, uint32_t pages);

/* Pages of nobody. */
uint64_t guest_memory_free_pages(const struct guest_memory *memory);
/* The PFN of the page at this depth of the stack; 0 is the first page that went in. */
uint32_t guest_memory_balloon_pfn(const struct guest_memory *memory, uint64_t depth);

static inline uint32_t guest_pages_of(uint64_t size_bytes)
{
        return (uint32_t)((size_bytes + GUEST_PAGE_SIZE_BYTES - 1) / GUEST_PAGE_SIZE_BYTES);
}

#endif
