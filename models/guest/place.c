// SPDX-License-Identifier: MIT
/* What somebody between driver and device has to know of the driver. */
#include "models/guest/guest_priv.h"

#define RING_FIELDS_BYTES 6U       /* flags, idx and the event index: VIRTIO 1.2 2.7.6, 2.7.8 */
#define EVENT_SUPPRESSION_BYTES 4U /* 2.8.14 */

/*
 * The window that starts last before the offset: where each ends the driver does not
 * keep, and it writes to none past its end. The legacy registers lie around the
 * notification and the ISR. VIRTIO 1.2 4.1.4.10.
 */
bool guest_place(const struct guest *guest, unsigned bar, uint64_t offset,
                 enum guest_region *region, uint64_t *inner)
{
        const struct guest_pci *pci = &guest->pci;
        const struct guest_window *const windows[] = {
                [GUEST_REGION_COMMON] = &pci->common, [GUEST_REGION_DEVICE] = &pci->device,
                [GUEST_REGION_NOTIFY] = &pci->notify, [GUEST_REGION_ISR] = &pci->isr,
                [GUEST_REGION_MSIX] = &pci->table,    [GUEST_REGION_PBA] = &pci->pending,
        };
        unsigned count = pci->msix != 0 ? GUEST_REGION_PBA + 1 : GUEST_REGION_ISR + 1;
        const struct guest_window *found = NULL;

        if (!pci->found)
                return false;
        for (unsigned i = 0; i < count; i++) {
                const struct guest_window *window = windows[i];

                if (window->bar != bar || window->offset > offset ||
                    (found != NULL && window->offset < found->offset))
                        continue;
                found = window;
                *region = (enum guest_region)i;
        }
        if (found != NULL && !pci->modern &&
            ((found == &pci->notify && offset >= VIRTIO_PCI_LEGACY_DEVICE_STATUS) ||
             (found == &pci->isr && offset > VIRTIO_PCI_LEGACY_ISR))) {
                found = &pci->common;
                *region = GUEST_REGION_COMMON;
        }
        if (found != NULL)
                *inner = offset - found->offset;
        return found != NULL;
}

bool guest_ring_place(const struct guest *guest, uint64_t address, unsigned *queue,
                      enum guest_ring_part *part, uint64_t *inner)
{
        bool packed = guest->features & VIRTIO_FEATURE(VIRTIO_F_RING_PACKED);

        for (unsigned i = 0; i < GUEST_QUEUES_MAX; i++) {
                const struct gring *ring = &guest->rings[i];
                const uint64_t size = ring->size;
                const struct {
                        uint64_t address, size_bytes;
                } parts[] = {
                        [GUEST_RING_DESCRIPTORS] = { ring->descriptors,
                                                     size * VIRTQ_DESC_SIZE_BYTES },
                        [GUEST_RING_AVAILABLE] = { ring->available,
                                                   packed ? EVENT_SUPPRESSION_BYTES
                                                          : RING_FIELDS_BYTES + 2 * size },
                        [GUEST_RING_USED] = { ring->used,
                                              packed ? EVENT_SUPPRESSION_BYTES
                                                     : RING_FIELDS_BYTES +
                                                               VIRTQ_USED_ELEM_SIZE_BYTES * size },
                };

                if (!gring_ready(ring))
                        continue;
                for (unsigned j = 0; j < sizeof parts / sizeof parts[0]; j++) {
                        if (address < parts[j].address ||
                            address - parts[j].address >= parts[j].size_bytes)
                                continue;
                        *queue = i;
                        *part = (enum guest_ring_part)j;
                        *inner = address - parts[j].address;
                        return true;
                }
        }
        return false;
}

bool guest_has_used(struct guest *guest, unsigned queue)
{
        return queue < GUEST_QUEUES_MAX && gring_ready(&guest->rings[queue]) &&
               gring_has_used(&guest->rings[queue]);
}

/* The device has what was made available and not used: by the driver's own count. */
bool guest_asked(struct guest *guest, bool *asked)
{
        struct gring *ring = &guest->rings[VIRTIO_BALLOON_STATSQ];

        if (!(guest->features & VIRTIO_FEATURE(VIRTIO_BALLOON_F_STATS_VQ)) || !gring_ready(ring))
                return false;
        *asked = ring->in_flight == 0 || gring_has_used(ring);
        return true;
}

enum guest_life guest_life(const struct guest *guest)
{
        if (guest->frozen)
                return GUEST_FROZEN;
        return guest->hung ? GUEST_HUNG : GUEST_RUNNING;
}
