// SPDX-License-Identifier: MIT
/*
 * Packed virtqueues, from the device's side. VIRTIO 1.2 2.8; QEMU
 * hw/virtio/virtio.c, virtqueue_packed_pop and its neighbours.
 *
 * The driver's event suppression structure is where a split ring has its
 * available ring, the device's where that has its used ring. QEMU's balloon
 * never writes its own: it wants every notification.
 */
#include <string.h>

#include "models/virtio/vring_priv.h"
#include "pci/le.h"

/* struct pvirtq_desc: le64 addr, le32 len, le16 id, le16 flags. */
#define DESC_LENGTH 8U
#define DESC_ID 12U
#define DESC_FLAGS 14U
/* struct pvirtq_event_suppress: le16 desc (15 bits offset, 1 bit wrap), le16 flags. */
#define EVENT_FLAGS 2U
#define EVENT_OFFSET_MASK 0x7fffU

static uint64_t descriptor_at(const struct vdev_queue *queue, uint16_t index)
{
        return queue->descriptors + (uint64_t)index * VIRTQ_DESC_SIZE_BYTES;
}

static struct vring_parts packed_parts(const struct vdev *vdev, const struct vdev_queue *queue)
{
        (void)vdev;
        (void)queue;
        return (struct vring_parts){ VIRTQ_EVENT_SIZE_BYTES, VIRTQ_EVENT_SIZE_BYTES };
}

static void read_descriptor(const struct vdev *vdev, const struct vring_table *table,
                            uint32_t index, struct vring_descriptor *descriptor)
{
        uint8_t bytes[VIRTQ_DESC_SIZE_BYTES];
        uint64_t address = table->address + (uint64_t)index * VIRTQ_DESC_SIZE_BYTES;

        if (!vdev->host.ops->dma_read(vdev->host.self, address, bytes, sizeof bytes))
                memset(bytes, 0, sizeof bytes);
        descriptor->address = le64_get(bytes);
        descriptor->length_bytes = le32_get(bytes + DESC_LENGTH);
        descriptor->next = le16_get(bytes + DESC_ID);
        descriptor->flags = le16_get(bytes + DESC_FLAGS);
}

/* Goes on by places, round the ring's end; the counter turns there. */
static void advance(const struct vdev_queue *queue, unsigned places, uint16_t *index, bool *wrap)
{
        unsigned next = *index + places;

        if (next >= queue->size) {
                next -= queue->size;
                *wrap = !*wrap;
        }
        *index = (uint16_t)next;
}

/* ---- taking ---- */

/* 2.8.1: AVAIL is the driver's wrap counter, USED is not. */
static bool packed_empty(const struct vdev *vdev, struct vdev_queue *queue)
{
        uint16_t flags;
        bool available, used;

        if (queue->descriptors == 0)
                return true;
        flags = vring_read_le16(vdev, descriptor_at(queue, queue->last_available) + DESC_FLAGS);
        available = flags & VIRTQ_DESC_F_AVAIL;
        used = flags & VIRTQ_DESC_F_USED;
        return available == used || available != queue->available_wrap;
}

/* QEMU: entries of a table have no NEXT, all of them belong to the chain. Returns how many. */
static uint32_t collect_table(struct vdev *vdev, const struct vring_table *table,
                              struct vdev_element *element)
{
        struct vring_descriptor descriptor;

        for (uint32_t i = 0; i < table->count; i++) {
                read_descriptor(vdev, table, i, &descriptor);
                if (!vring_add(vdev, element, &descriptor, i + 1, table->count))
                        return 0;
        }
        return table->count;
}

/* QEMU: only the first descriptor's AVAIL and USED are looked at. 0: the device is broken now. */
static uint32_t collect_ring(struct vdev *vdev, const struct vring_table *ring, uint32_t index,
                             struct vring_descriptor *descriptor, struct vdev_element *element)
{
        for (uint32_t entries = 1;; entries++) {
                if (!vring_add(vdev, element, descriptor, entries, ring->count))
                        return 0;
                if (!(descriptor->flags & VIRTQ_DESC_F_NEXT))
                        return entries;
                if (++index == ring->count)
                        index = 0;
                read_descriptor(vdev, ring, index, descriptor);
        }
}

static bool packed_take(struct vdev *vdev, struct vdev_queue *queue, struct vdev_element *element)
{
        struct vring_table table = { queue->descriptors, queue->size };
        struct vring_descriptor descriptor;

        if (!vring_check_size(vdev, queue))
                return false;
        read_descriptor(vdev, &table, queue->last_available, &descriptor);
        /* QEMU: the first descriptor's; the specification has the id in the last. */
        element->head = descriptor.next;
        if (descriptor.flags & VIRTQ_DESC_F_INDIRECT) {
                if (!vring_enter_indirect(vdev, &table, &descriptor) ||
                    collect_table(vdev, &table, element) == 0)
                        return false;
                element->places = 1;
        } else {
                element->places = (uint16_t)collect_ring(vdev, &table, queue->last_available,
                                                         &descriptor, element);
                if (element->places == 0)
                        return false;
        }
        advance(queue, element->places, &queue->last_available, &queue->available_wrap);
        queue->seen_available = queue->last_available;
        return true;
}

static void packed_rewind(struct vdev_queue *queue, unsigned count)
{
        if (queue->last_available >= count) {
                queue->last_available = (uint16_t)(queue->last_available - count);
        } else {
                queue->last_available = (uint16_t)(queue->size + queue->last_available - count);
                queue->available_wrap = !queue->available_wrap;
        }
}

/* ---- returning ---- */

/* The length and the id before the flags, which say that the descriptor is used. */
static bool packed_give(const struct vdev *vdev, struct vdev_queue *queue,
                        const struct vdev_element *element, uint32_t used_length_bytes)
{
        const uint16_t used = VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED;
        uint8_t bytes[DESC_FLAGS - DESC_LENGTH];
        uint16_t place = queue->used_index;
        bool wrap = queue->used_wrap;
        uint64_t at;

        if (queue->descriptors == 0)
                return false;
        /* Where it stands, unless the driver made the ring smaller meanwhile. */
        advance(queue, 0, &place, &wrap);
        at = descriptor_at(queue, place);
        le32_put(bytes, used_length_bytes);
        le16_put(bytes + (DESC_ID - DESC_LENGTH), element->head);
        (void)vdev->host.ops->dma_write(vdev->host.self, at + DESC_LENGTH, bytes, sizeof bytes);
        vring_write_le16(vdev, at + DESC_FLAGS, wrap ? used : 0);
        advance(queue, element->places, &queue->used_index, &queue->used_wrap);
        return true;
}

static bool packed_wants_interrupt(const struct vdev *vdev, struct vdev_queue *queue)
{
        uint16_t before = queue->signalled_used;
        bool valid = queue->signalled_used_valid;
        uint16_t flags, event, offset;

        if (queue->descriptors == 0)
                return false;
        flags = vring_read_le16(vdev, queue->available + EVENT_FLAGS);
        event = vring_read_le16(vdev, queue->available);
        offset = event & EVENT_OFFSET_MASK;
        queue->signalled_used = queue->used_index;
        queue->signalled_used_valid = true;
        if (flags == VIRTQ_EVENT_F_DISABLE)
                return false;
        if (flags == VIRTQ_EVENT_F_ENABLE)
                return true;
        /* QEMU: any other value is DESC, whether EVENT_IDX was negotiated or not. */
        if (queue->used_wrap != (event > EVENT_OFFSET_MASK))
                offset = (uint16_t)(offset - queue->size);
        return !valid || vring_event_passed(offset, queue->used_index, before);
}

const struct vring_ops vring_packed_ops = {
        .parts = packed_parts,
        .empty = packed_empty,
        .take = packed_take,
        .rewind = packed_rewind,
        .give = packed_give,
        .wants_interrupt = packed_wants_interrupt,
};
