// SPDX-License-Identifier: MIT
/*
 * Guest RAM: 4 KiB pages, allocated when first written, zero until then.
 *
 * Every access is checked against the map. As on QEMU's PC machines, RAM past
 * the PCI hole continues at 4 GiB.
 */
#ifndef PCI_RAM_H
#define PCI_RAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RAM_PAGE_SIZE_BYTES 4096U
/* 64 TiB, what 46 address bits reach: the table of pages is sized for it. */
#define RAM_SIZE_MAX_BYTES (UINT64_C(1) << 46)

struct ram;

enum ram_layout {
        RAM_LAYOUT_Q35, /* from 0xb0000000 bytes on, 2 GiB lie below the hole: hw/i386/pc_q35.c */
        RAM_LAYOUT_PC,  /* from 0xe0000000 bytes on, 3 GiB: hw/i386/pc_piix.c */
};

/* What of RAM lies below the hole. */
uint64_t ram_low_bytes(enum ram_layout layout, uint64_t size_bytes);
/* size_bytes: a multiple of the page size, at most RAM_SIZE_MAX_BYTES. */
struct ram *ram_new(enum ram_layout layout, uint64_t size_bytes);
void ram_free(struct ram *ram); /* NULL is fine */
uint64_t ram_size_bytes(const struct ram *ram);

/* False: some byte lies outside; nothing was copied. size_bytes 0 is true. */
bool ram_read(const struct ram *ram, uint64_t address, void *to, size_t size_bytes);
bool ram_write(struct ram *ram, uint64_t address, const void *from, size_t size_bytes);
/* Bytes of RAM without a gap from address on; 0: not RAM. */
uint64_t ram_span(const struct ram *ram, uint64_t address);
/*
 * Makes the page that holds the address read as zero again and gives its memory
 * back: what discarding a page does. Nothing happens where there is no RAM.
 */
void ram_discard(struct ram *ram, uint64_t page_address);
/* Every page reads zero. */
void ram_clear(struct ram *ram);

#endif
