// SPDX-License-Identifier: MIT
#include "models/balloon/backing.h"

#include <stdlib.h>
#include <string.h>

#include "models/virtio_spec.h"
#include "sim/assert.h"

#define GUEST_PAGE_BYTES VIRTIO_BALLOON_PAGE_SIZE_BYTES

void balloon_backing_init(struct balloon_backing *backing, uint32_t page_bytes)
{
        sim_assert(page_bytes >= GUEST_PAGE_BYTES && page_bytes <= BALLOON_BACKING_PAGE_BYTES_MAX);
        sim_assert((page_bytes & (page_bytes - 1)) == 0);
        *backing = (struct balloon_backing){ .page_bytes = page_bytes,
                                             .total = page_bytes / GUEST_PAGE_BYTES };
        if (backing->total == 1)
                return;
        backing->parts = calloc((backing->total + 7) / 8, 1);
        sim_assert(backing->parts != NULL);
}

void balloon_backing_fini(struct balloon_backing *backing)
{
        free(backing->parts);
        backing->parts = NULL;
}

void balloon_backing_forget(struct balloon_backing *backing)
{
        if (backing->given == 0)
                return;
        backing->given = 0;
        memset(backing->parts, 0, (backing->total + 7) / 8);
}

/* QEMU: a part that is given again is no further one. */
bool balloon_backing_give(struct balloon_backing *backing, uint64_t address, uint64_t *first)
{
        uint64_t part = address % backing->page_bytes / GUEST_PAGE_BYTES;

        *first = address - address % backing->page_bytes;
        if (backing->parts == NULL)
                return true;
        if (backing->first != *first)
                balloon_backing_forget(backing);
        backing->first = *first;
        if (!(backing->parts[part / 8] >> part % 8 & 1)) {
                backing->parts[part / 8] |= (uint8_t)(1U << part % 8);
                backing->given++;
        }
        if (backing->given < backing->total)
                return false;
        balloon_backing_forget(backing);
        return true;
}
