// SPDX-License-Identifier: MIT
/* The driver's side of a split virtqueue. VIRTIO 1.2 2.7. */
#include "models/guest/gring_priv.h"
#include "models/virtio_spec.h"
#include "pci/le.h"

#define RING_HEADER_SIZE_BYTES 4U /* le16 flags, le16 idx */
#define INDEX_OFFSET 2U

/* Both rings end with the other side's event field. */
static uint64_t available_bytes(unsigned size)
{
        return RING_HEADER_SIZE_BYTES + 2U * size + 2U;
}

static uint64_t used_bytes(unsigned size)
{
        return RING_HEADER_SIZE_BYTES + VIRTQ_USED_ELEM_SIZE_BYTES * size + 2U;
}

static uint64_t used_event_at(const struct gring *ring)
{
        return ring->available + RING_HEADER_SIZE_BYTES + 2U * ring->size;
}

static uint64_t avail_event_at(const struct gring *ring)
{
        return ring->used + RING_HEADER_SIZE_BYTES + VIRTQ_USED_ELEM_SIZE_BYTES * ring->size;
}

/* Linux: with event indexes the flags count for nothing, and stay as they are. */
static void silence(const struct gring *ring)
{
        if (!ring->event_index)
                gring_write_le16(ring, ring->available, VIRTQ_AVAIL_F_NO_INTERRUPT);
}

static void write_descriptor(const struct gring *ring, uint16_t index,
                             const struct gring_segment *segment, bool last)
{
        uint8_t bytes[VIRTQ_DESC_SIZE_BYTES];
        unsigned flags = segment->flags;

        if (!last)
                flags |= VIRTQ_DESC_F_NEXT;
        le64_put(bytes, segment->address);
        le32_put(bytes + 8, segment->size_bytes);
        le16_put(bytes + 12, (uint16_t)flags);
        le16_put(bytes + 14, last ? 0 : ring->slots[index].next);
        gring_write(ring, ring->descriptors + (uint64_t)VIRTQ_DESC_SIZE_BYTES * index, bytes,
                    sizeof bytes);
}

static void offer(struct gring *ring, uint16_t head, const struct gring_segment *segments,
                  unsigned count)
{
        uint16_t index = head;

        for (unsigned i = 0; i < count; i++) {
                write_descriptor(ring, index, &segments[i], i + 1 == count);
                index = ring->slots[index].next;
        }
        /* The entry before the index, so that the device never sees one without the other: 2.7.13.
         */
        gring_write_le16(ring,
                         ring->available + RING_HEADER_SIZE_BYTES +
                                 2U * (unsigned)(ring->available_index % ring->size),
                         head);
        ring->available_index++;
        gring_write_le16(ring, ring->available + INDEX_OFFSET, ring->available_index);
}

static bool kick_wanted(struct gring *ring)
{
        uint16_t offered = (uint16_t)(ring->available_index - ring->offered_index);
        uint16_t event;

        ring->offered_index = ring->available_index;
        if (!ring->event_index)
                return !(gring_read_le16(ring, ring->used) & VIRTQ_USED_F_NO_NOTIFY);
        /* Wanted when an entry of index avail_event is among those just offered: 2.7.10. */
        event = gring_read_le16(ring, avail_event_at(ring));
        return (uint16_t)(ring->available_index - 1 - event) < offered;
}

static bool has_used(struct gring *ring)
{
        uint16_t index = gring_read_le16(ring, ring->used + INDEX_OFFSET);
        uint16_t fresh = (uint16_t)(index - ring->used_index);

        if (fresh > ring->in_flight) {
                gring_break(ring, "the device moved a used index past what was posted");
                return false;
        }
        return fresh > 0;
}

static uint32_t used_id(const struct gring *ring)
{
        uint8_t bytes[4];
        unsigned place = ring->used_index % ring->size;

        gring_read(ring, ring->used + RING_HEADER_SIZE_BYTES + VIRTQ_USED_ELEM_SIZE_BYTES * place,
                   bytes, sizeof bytes);
        return le32_get(bytes);
}

static void pass(struct gring *ring, unsigned count)
{
        (void)count;
        ring->used_index++;
        if (ring->event_index)
                gring_write_le16(ring, used_event_at(ring), ring->used_index);
}

const struct gring_layout gring_split = {
        .available_bytes = available_bytes,
        .used_bytes = used_bytes,
        .silence = silence,
        .offer = offer,
        .kick_wanted = kick_wanted,
        .has_used = has_used,
        .used_id = used_id,
        .pass = pass,
};
