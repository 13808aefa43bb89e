// SPDX-License-Identifier: MIT
/*
 * Guest memory: 4 KiB pages, allocated when first written, zero until then.
 *
 * Every access is checked against the map (pci/ram_map.h).
 */
#ifndef PCI_RAM_H
#define PCI_RAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pci/ram_map.h"

#define RAM_PAGE_SIZE_BYTES 4096U
/* 64 TiB, what 46 address bits reach: the table of pages is sized for it. */
#define RAM_SIZE_MAX_BYTES (UINT64_C(1) << 46)

struct ram;

/* A PC without a VGA card. size_bytes: a multiple of the page size, at most RAM_SIZE_MAX_BYTES. */
struct ram *ram_new(enum ram_layout layout, uint64_t size_bytes);
/* The map is copied; its RAM lies below RAM_SIZE_MAX_BYTES + 4 GiB. */
struct ram *ram_new_mapped(const struct ram_map *map);
void ram_free(struct ram *ram); /* NULL is fine */
/*
 * Memory that comes while the machine runs, of whole pages, where there is none. False: there
 * is some, or no room for one more region.
 */
bool ram_add(struct ram *ram, const struct ram_region *region);

/*
 * False: some byte lies outside of memory, or in another region than the first, or is to
 * be written and ROM; nothing was copied. size_bytes 0 is true.
 */
bool ram_read(const struct ram *ram, uint64_t address, void *to, size_t size_bytes);
bool ram_write(struct ram *ram, uint64_t address, const void *from, size_t size_bytes);
/* Bytes of one region, RAM or ROM, from address on; 0: neither. */
uint64_t ram_span(const struct ram *ram, uint64_t address);
bool ram_is_rom(const struct ram *ram, uint64_t address);
/*
 * Makes the page that holds the address read as zero again and gives its memory
 * back: what discarding a page does. Nothing happens where there is no RAM.
 */
void ram_discard(struct ram *ram, uint64_t page_address);
/*
 * Called whenever a page gets memory of the host's: written the first time, or the first
 * time since it was discarded. NULL: nobody wants to know.
 */
void ram_on_backed(struct ram *ram, void (*backed)(void *owner, uint64_t page_address),
                   void *owner);
/* Every page reads zero. */
void ram_clear(struct ram *ram);

#endif
