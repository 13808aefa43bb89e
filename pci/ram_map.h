// SPDX-License-Identifier: MIT
/*
 * Where a PC has RAM and ROM, as QEMU lays it out before a firmware has run:
 * hw/i386/pc.c, pc_q35.c, pc_piix.c, x86.c, and hw/pci-host/pam.c.
 *
 *   0 .. 0xa0000            RAM
 *   0xa0000 .. 0xc0000      RAM, too; with a VGA card its window, which is none
 *   0xc0000 .. 0xe0000      ROM: option ROMs
 *   0xe0000 .. 0x100000     ROM: the firmware's last 128 KiB
 *   0x100000 .. low end     RAM
 *   4 GiB - 256 KiB ..      ROM: the firmware
 *   4 GiB ..                the rest of RAM
 *
 * The firmware is blank: no one runs it, and its ROM reads as zeros.
 */
#ifndef PCI_RAM_MAP_H
#define PCI_RAM_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RAM_MAP_REGIONS_MAX 16U
#define RAM_MAP_FIRMWARE_BYTES 0x40000U

enum ram_layout {
        RAM_LAYOUT_Q35, /* from 0xb0000000 bytes on, 2 GiB lie below the hole: hw/i386/pc_q35.c */
        RAM_LAYOUT_PC,  /* from 0xe0000000 bytes on, 3 GiB: hw/i386/pc_piix.c */
};

/* One run of memory; neighbours are different memories, and nothing is mapped across them. */
struct ram_region {
        uint64_t first, end;
        uint64_t offset; /* in the memory that backs it */
        bool rom;        /* reads as memory, and writes are lost */
};

/* In the order of their addresses, and disjoint. */
struct ram_map {
        struct ram_region regions[RAM_MAP_REGIONS_MAX];
        unsigned count;
};

/* What of RAM lies below the hole. */
uint64_t ram_low_bytes(enum ram_layout layout, uint64_t size_bytes);
/* Where RAM above the hole ends: at 4 GiB, if there is none. */
uint64_t ram_high_end(enum ram_layout layout, uint64_t size_bytes);
/* A PC with size_bytes of RAM. */
void ram_map_init(struct ram_map *map, enum ram_layout layout, uint64_t size_bytes, bool vga);
/* Puts a run of memory where none is, of whole pages. False: there is some, or no room. */
bool ram_map_add(struct ram_map *map, const struct ram_region *region);
/* NULL: neither RAM nor ROM. */
const struct ram_region *ram_map_find(const struct ram_map *map, uint64_t address);
/* Some bytes that lie in one region, or for a write in RAM. size_bytes 0 is true. */
bool ram_map_holds(const struct ram_map *map, uint64_t address, uint64_t size_bytes, bool write);

#endif
