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

#endif
