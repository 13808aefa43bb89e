// SPDX-License-Identifier: MIT
/*
 * Private to pci/: the arithmetic that every kind of access shares.
 */
#ifndef PCI_ACCESS_H
#define PCI_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

/* What an access reads where nothing answers: all ones of its width. */
static inline uint64_t access_all_ones(unsigned size_bytes)
{
        return size_bytes < 8 ? (UINT64_C(1) << (size_bytes * 8)) - 1 : UINT64_MAX;
}

static inline bool access_size_is_valid(unsigned size_bytes, unsigned size_max_bytes)
{
        return size_bytes != 0 && size_bytes <= size_max_bytes &&
               (size_bytes & (size_bytes - 1)) == 0;
}

/* Does offset .. offset + size_bytes lie inside 0 .. limit_bytes? Nothing wraps. */
static inline bool access_is_inside(uint64_t offset, uint64_t size_bytes, uint64_t limit_bytes)
{
        return offset < limit_bytes && size_bytes <= limit_bytes - offset;
}

/* Registers at a fixed place, on the path of every access and of DMA: one load each. */
static inline uint32_t access_load16(const uint8_t *bytes)
{
        return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
}

static inline uint32_t access_load32(const uint8_t *bytes)
{
        return access_load16(bytes) | access_load16(bytes + 2) << 16;
}

#endif
