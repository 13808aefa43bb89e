// SPDX-License-Identifier: MIT
/*
 * The driver's side of a packed virtqueue. VIRTIO 1.2 2.8; Linux 6.1
 * drivers/virtio/virtio_ring.c, the functions with packed in their name.
 *
 * As Linux does for a balloon, the driver leaves its own event suppression
 * alone: it wants every interrupt.
 */
#include "models/guest/gring_priv.h"
#include "models/virtio_spec.h"
#include "pci/le.h"

#define DESCRIPTOR_ID 12U
#define DESCRIPTOR_FLAGS 14U
#define EVENT_FLAGS 2U
#define EVENT_WRAP_SHIFT 15
#define EVENT_PLACE_MASK 0x7fff

static uint64_t event_bytes(unsigned size)
{
        (void)size;
        return VIRTQ_EVENT_SIZE_BYTES;
}

static uint64_t place_of(const struct gring *ring, unsigned index)
{
        return ring->descriptors + (uint64_t)VIRTQ_DESC_SIZE_BYTES * index;
}

/* A descriptor is available while its AVAIL is the wrap counter and its USED is not: 2.8.1. */
static uint16_t offered_flags(bool wrap, uint16_t flags, bool last)
{
        unsigned marks = wrap ? VIRTQ_DESC_F_AVAIL : VIRTQ_DESC_F_USED;

        return (uint16_t)((flags ^ marks) | (last ? 0 : VIRTQ_DESC_F_NEXT));
}

/* Every descriptor of a chain has the id; the first one's flags come last: 2.8.21. */
static void offer(struct gring *ring, uint16_t head, const struct gring_segment *segments,
                  unsigned count)
{
        uint64_t first = place_of(ring, ring->available_index);
        uint16_t first_flags = 0;

        for (unsigned i = 0; i < count; i++) {
                uint64_t place = place_of(ring, ring->available_index);
                uint16_t flags =
                        offered_flags(ring->available_wrap, segments[i].flags, i + 1 == count);
                uint8_t bytes[DESCRIPTOR_FLAGS];

                le64_put(bytes, segments[i].address);
                le32_put(bytes + 8, segments[i].size_bytes);
                le16_put(bytes + DESCRIPTOR_ID, head);
                gring_write(ring, place, bytes, sizeof bytes);
                if (i == 0)
                        first_flags = flags;
                else
                        gring_write_le16(ring, place + DESCRIPTOR_FLAGS, flags);
                if (++ring->available_index == ring->size) {
                        ring->available_index = 0;
                        ring->available_wrap = !ring->available_wrap;
                }
        }
        ring->offered = (uint16_t)(ring->offered + count);
        gring_write_le16(ring, first + DESCRIPTOR_FLAGS, first_flags);
}

static void silence(const struct gring *ring)
{
        gring_write_le16(ring, ring->available + EVENT_FLAGS, VIRTQ_EVENT_F_DISABLE);
}

static bool kick_wanted(struct gring *ring)
{
        uint16_t event = gring_read_le16(ring, ring->used);
        uint16_t flags = gring_read_le16(ring, ring->used + EVENT_FLAGS);
        uint16_t offered = ring->offered;
        int place = event & EVENT_PLACE_MASK;

        ring->offered = 0;
        if (flags != VIRTQ_EVENT_F_DESC)
                return flags != VIRTQ_EVENT_F_DISABLE;
        if (event >> EVENT_WRAP_SHIFT != ring->available_wrap)
                place -= ring->size;
        /* Wanted when that place is among those just offered: 2.8.10. */
        return (uint16_t)(ring->available_index - 1 - place) < offered;
}

static bool has_used(struct gring *ring)
{
        uint16_t flags = gring_read_le16(ring, place_of(ring, ring->used_index) + DESCRIPTOR_FLAGS);
        bool available = flags & VIRTQ_DESC_F_AVAIL;
        bool used = flags & VIRTQ_DESC_F_USED;

        return available == used && used == ring->used_wrap;
}

static uint32_t used_id(const struct gring *ring)
{
        return gring_read_le16(ring, place_of(ring, ring->used_index) + DESCRIPTOR_ID);
}

static void pass(struct gring *ring, unsigned count)
{
        ring->used_index = (uint16_t)(ring->used_index + count);
        if (ring->used_index >= ring->size) {
                ring->used_index = (uint16_t)(ring->used_index - ring->size);
                ring->used_wrap = !ring->used_wrap;
        }
}

const struct gring_layout gring_packed = {
        .available_bytes = event_bytes,
        .used_bytes = event_bytes,
        .silence = silence,
        .offer = offer,
        .kick_wanted = kick_wanted,
        .has_used = has_used,
        .used_id = used_id,
        .pass = pass,
};
