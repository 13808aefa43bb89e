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
#define GUEST_LARGE_PAGE_PAGES 16U /* 64 KiB */
/* 16 MiB: 128 raw buffers of 64 KiB, and the rings beside them. */
#define GUEST_ZONE_PAGES_MAX 4096U

struct guest_memory {
        uint64_t low_pages;   /* below the PCI hole; the rest continues at 4 GiB */
        uint64_t total_pages; /* of RAM, whether a PFN reaches it or not */
        uint32_t zone_first_page;
        uint32_t zone_pages;
        uint32_t page_pages;    /* of 4 KiB in a page of this guest's: 1, or 16 */
        uint64_t balloon_pages; /* held by the balloon now */
        uint64_t balloon_first; /* pages at the end of RAM that left the balloon by compaction */
        /* Out of the balloon, and nobody's before the device has acknowledged it. */
        uint64_t returning_pages;
        uint64_t hinted_pages; /* of the blocks that hints name, which nobody may use meanwhile */
        uint64_t hinted_end;   /* the page behind the last of them; 0: there are none */
        /* The pages from first to end are free and reported; the host knows of no others. */
        uint64_t reported_first, reported_end;
        uint64_t used_pages; /* by the rest of the guest, behind the zone */
        uint8_t taken[GUEST_ZONE_PAGES_MAX];
};

/*
 * Everything free, the balloon empty. low_bytes of RAM lie below the PCI hole. The guest's pages
 * have 4 KiB; with more, memory->page_pages and guest_memory_align say so.
 */
void guest_memory_init(struct guest_memory *memory, uint64_t ram_bytes, uint64_t low_bytes);
void guest_memory_align(struct guest_memory *memory, uint32_t page_pages);
/* The driver is gone: its zone is free, its balloon empty. */
void guest_memory_forget(struct guest_memory *memory);
/* A run of pages for rings and buffers: its address, or 0 when there is none. Content is unknown.
 */
uint64_t guest_memory_take(struct guest_memory *memory, uint32_t pages);
void guest_memory_give(struct guest_memory *memory, uint64_t address, uint32_t pages);

/* How far the balloon can grow before its pages meet others. */
uint64_t guest_memory_room_pages(const struct guest_memory *memory);
/* What is free has changed: pages that are in use again are not reported ones. */
void guest_memory_moved(struct guest_memory *memory);
/* Hinted blocks go back. */
void guest_memory_drop_hints(struct guest_memory *memory);
/* The first page that may be free, and the one behind the last. */
uint64_t guest_memory_free_first(const struct guest_memory *memory);
uint64_t guest_memory_free_end(const struct guest_memory *memory);
/*
 * The address of the first aligned block of so many pages, a power of two, from *page on and
 * before end; *page is then the page behind it. 0: there is none.
 */
uint64_t guest_memory_block(const struct guest_memory *memory, uint64_t *page, uint64_t end,
                            uint32_t pages);
/* Pages of nobody. */
uint64_t guest_memory_free_pages(const struct guest_memory *memory);
/* The PFN of the page at this depth of the stack; 0 is the first page that went in. */
uint32_t guest_memory_balloon_pfn(const struct guest_memory *memory, uint64_t depth);

static inline uint32_t guest_pages_of(uint64_t size_bytes)
{
        return (uint32_t)((size_bytes + GUEST_PAGE_SIZE_BYTES - 1) / GUEST_PAGE_SIZE_BYTES);
}

#endif
