// SPDX-License-Identifier: MIT
/*
 * Split virtqueues, from the device's side. VIRTIO 1.2 2.7; QEMU
 * hw/virtio/virtio.c, virtqueue_split_pop and its neighbours.
 */
#include <string.h>

#include "models/virtio/vring_priv.h"
#include "pci/le.h"

/* struct virtq_avail: le16 flags, le16 idx, le16 ring[size], le16 used_event. */
#define AVAIL_INDEX 2U
#define AVAIL_RING VIRTQ_AVAIL_RING_OFFSET
/* struct virtq_used: le16 flags, le16 idx, struct virtq_used_elem ring[size], le16 avail_event. */
#define USED_INDEX 2U
#define USED_RING 4U

static struct vring_parts split_parts(const struct vdev *vdev, const struct vdev_queue *queue)
{
        uint64_t size = queue->size;
        uint64_t event_bytes = vdev_has_feature(vdev, VIRTIO_F_EVENT_IDX) ? 2 : 0;

        return (struct vring_parts){
                .available_bytes = AVAIL_RING + size * 2 + event_bytes,
                .used_bytes = USED_RING + size * VIRTQ_USED_ELEM_SIZE_BYTES + event_bytes,
        };
}

static void read_descriptor(const struct vdev *vdev, const struct vring_table *table,
                            uint32_t index, struct vring_descriptor *descriptor)
{
        uint8_t bytes[VIRTQ_DESC_SIZE_BYTES];
        uint64_t address = table->address + (uint64_t)index * VIRTQ_DESC_SIZE_BYTES;

        if (!vdev->host.ops->dma_read(vdev->host.self, address, bytes, sizeof bytes))
                memset(bytes, 0, sizeof bytes);
        descriptor->address = le64_get(bytes);
        descriptor->length_bytes = le32_get(bytes + 8);
        descriptor->flags = le16_get(bytes + 12);
        descriptor->next = le16_get(bytes + 14);
}

/* ---- taking ---- */

static bool split_empty(const struct vdev *vdev, struct vdev_queue *queue)
{
        if (queue->available == 0)
                return true;
        /* QEMU: the driver's index is read again only when all that it gave was taken. */
        if (queue->seen_available == queue->last_available)
                queue->seen_available = vring_read_le16(vdev, queue->available + AVAIL_INDEX);
        return queue->seen_available == queue->last_available;
}

/* QEMU: the size of the jump in the driver's index is not checked, only each head. */
static bool take_head(struct vdev *vdev, struct vdev_queue *queue, uint16_t *head)
{
        uint64_t slot = queue->last_available++ % queue->size;

        *head = vring_read_le16(vdev, queue->available + AVAIL_RING + slot * 2);
        if (*head < queue->size)
                return true;
        vdev_error_number(vdev, "Guest says index ", *head, 10, " is available");
        return false;
}

static bool collect(struct vdev *vdev, const struct vring_table *table,
                    struct vring_descriptor *descriptor, struct vdev_element *element)
{
        for (uint32_t entries = 1;; entries++) {
                if (!vring_add(vdev, element, descriptor, entries, table->count))
                        return false;
                if (!(descriptor->flags & VIRTQ_DESC_F_NEXT))
                        return true;
                if (descriptor->next >= table->count) {
                        vdev_error_number(vdev, "Desc next is ", descriptor->next, 10, "");
                        return false;
                }
                read_descriptor(vdev, table, descriptor->next, descriptor);
        }
}

static bool split_take(struct vdev *vdev, struct vdev_queue *queue, struct vdev_element *element)
{
        struct vring_table table = { queue->descriptors, queue->size };
        struct vring_descriptor descriptor;

        if (!take_head(vdev, queue, &element->head) || !vring_check_size(vdev, queue))
                return false;
        if (vdev_has_feature(vdev, VIRTIO_F_EVENT_IDX))
                vring_write_le16(vdev,
                                 queue->used + USED_RING +
                                         (uint64_t)queue->size * VIRTQ_USED_ELEM_SIZE_BYTES,
                                 queue->last_available);
        read_descriptor(vdev, &table, element->head, &descriptor);
        if (descriptor.flags & VIRTQ_DESC_F_INDIRECT) {
                if (!vring_enter_indirect(vdev, &table, &descriptor))
                        return false;
                read_descriptor(vdev, &table, 0, &descriptor);
        }
        element->places = 1; /* QEMU: of the available ring, however long the chain is */
        return collect(vdev, &table, &descriptor, element);
}

static void split_rewind(struct vdev_queue *queue, unsigned count)
{
        queue->last_available = (uint16_t)(queue->last_available - count);
}

/* ---- returning ---- */

static bool split_give(const struct vdev *vdev, struct vdev_queue *queue,
                       const struct vdev_element *element, uint32_t used_length_bytes)
{
        uint8_t entry[VIRTQ_USED_ELEM_SIZE_BYTES];
        uint64_t slot = queue->used_index % queue->size;

        if (queue->used == 0)
                return false;
        le32_put(entry, element->head);
        le32_put(entry + 4, used_length_bytes);
        (void)vdev->host.ops->dma_write(vdev->host.self,
                                        queue->used + USED_RING + slot * sizeof entry, entry,
                                        sizeof entry);
        queue->used_index++;
        vring_write_le16(vdev, queue->used + USED_INDEX, queue->used_index);
        /* QEMU: after 32768 entries without a question the last one says nothing any more. */
        if ((uint16_t)(queue->used_index - queue->signalled_used - 1) >= INT16_MAX)
                queue->signalled_used_valid = false;
        return true;
}

/* A field of the available ring. QEMU: of a queue without a ring all of them are 0. */
static uint16_t available_field(const struct vdev *vdev, const struct vdev_queue *queue,
                                uint64_t offset)
{
        return queue->descriptors == 0 ? 0 : vring_read_le16(vdev, queue->available + offset);
}

static bool split_wants_interrupt(const struct vdev *vdev, struct vdev_queue *queue)
{
        uint16_t before = queue->signalled_used;
        bool valid = queue->signalled_used_valid;

        if (vdev_has_feature(vdev, VIRTIO_F_NOTIFY_ON_EMPTY) && queue->in_use == 0 &&
            (vdev_stands_still(vdev) || split_empty(vdev, queue)))
                return true;
        if (!vdev_has_feature(vdev, VIRTIO_F_EVENT_IDX))
                return !(available_field(vdev, queue, 0) & VIRTQ_AVAIL_F_NO_INTERRUPT);
        queue->signalled_used = queue->used_index;
        queue->signalled_used_valid = true;
        return !valid || vring_event_passed(vring_read_le16(vdev, queue->available + AVAIL_RING +
                                                                          2U * queue->size),
                                            queue->used_index, before);
}

static void split_read_indexes(const struct vdev *vdev, struct vdev_queue *queue)
{
        queue->seen_available = vring_read_le16(vdev, queue->available + AVAIL_INDEX);
        queue->used_index = vring_read_le16(vdev, queue->used + USED_INDEX);
}

const struct vring_ops vring_split_ops = {
        .parts = split_parts,
        .empty = split_empty,
        .take = split_take,
        .rewind = split_rewind,
        .give = split_give,
        .wants_interrupt = split_wants_interrupt,
        .read_indexes = split_read_indexes,
};
