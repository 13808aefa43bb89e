// SPDX-License-Identifier: MIT
/*
 * Split virtqueues, from the device's side. VIRTIO 1.2 2.7; QEMU
 * hw/virtio/virtio.c, virtqueue_split_pop and its neighbours.
 *
 * Guest memory is read through the host in small fixed pieces. A piece outside
 * RAM reads as zero and loses writes, as QEMU's ring caches over unassigned
 * memory do.
 */
#include <string.h>

#include "models/events.h"
#include "models/virtio/le_priv.h"
#include "models/virtio/vdev_priv.h"
#include "models/virtio_spec.h"
#include "sim/assert.h"

/* struct virtq_avail: le16 flags, le16 idx, le16 ring[size], le16 used_event. */
#define AVAIL_INDEX 2U
#define AVAIL_RING 4U
/* struct virtq_used: le16 flags, le16 idx, struct virtq_used_elem ring[size], le16 avail_event. */
#define USED_INDEX 2U
#define USED_RING 4U

struct descriptor {
        uint64_t address;
        uint32_t length_bytes;
        uint16_t flags;
        uint16_t next;
};

/* Descriptors in guest memory: the ring's own or an indirect table. */
struct table {
        uint64_t address;
        uint32_t count;
};

static struct vdev_queue *queue_at(struct vdev *vdev, unsigned queue)
{
        sim_assert(queue < vdev->queue_count);
        return &vdev->queues[queue];
}

static uint16_t read_le16(const struct vdev *vdev, uint64_t address)
{
        uint8_t bytes[2];

        if (!vdev->host.ops->dma_read(vdev->host.self, address, bytes, sizeof bytes))
                return 0;
        return le16_get(bytes);
}

static void write_le16(const struct vdev *vdev, uint64_t address, uint16_t value)
{
        uint8_t bytes[2];

        le16_put(bytes, value);
        (void)vdev->host.ops->dma_write(vdev->host.self, address, bytes, sizeof bytes);
}

static void read_descriptor(const struct vdev *vdev, const struct table *table, uint32_t index,
                            struct descriptor *descriptor)
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

/*
 * QEMU: what begins in RAM must end in the same run of it; what begins outside reads as zero,
 * but nothing reaches past the last address.
 */
static bool mappable(const struct vdev *vdev, uint64_t address, uint64_t size_bytes)
{
        uint64_t span = vdev->host.ops->ram_span(vdev->host.self, address);

        if (size_bytes > 0 && address > UINT64_MAX - (size_bytes - 1))
                return false;
        return span == 0 || span >= size_bytes;
}

void vring_check_mapping(struct vdev *vdev, struct vdev_queue *queue)
{
        uint64_t size = queue->size;
        uint64_t event_bytes = vdev_has_feature(vdev, VIRTIO_F_EVENT_IDX) ? 2 : 0;

        if (queue->descriptors == 0)
                return;
        if (!mappable(vdev, queue->descriptors, size * VIRTQ_DESC_SIZE_BYTES))
                vdev_error(vdev, "Cannot map desc");
        else if (!mappable(vdev, queue->used,
                           USED_RING + size * VIRTQ_USED_ELEM_SIZE_BYTES + event_bytes))
                vdev_error(vdev, "Cannot map used");
        else if (!mappable(vdev, queue->available, AVAIL_RING + size * 2 + event_bytes))
                vdev_error(vdev, "Cannot map avail");
}

void vring_reset(struct vdev_queue *queue)
{
        *queue = (struct vdev_queue){ .size = queue->size_max, .size_max = queue->size_max };
}

/* ---- taking ---- */

static bool queue_empty(const struct vdev *vdev, struct vdev_queue *queue)
{
        if (queue->available == 0)
                return true;
        /* QEMU: the driver's index is read again only when all that it gave was taken. */
        if (queue->seen_available == queue->last_available)
                queue->seen_available = read_le16(vdev, queue->available + AVAIL_INDEX);
        return queue->seen_available == queue->last_available;
}

/* QEMU: the size of the jump in the driver's index is not checked, only each head. */
static bool take_head(struct vdev *vdev, struct vdev_queue *queue, uint16_t *head)
{
        uint64_t slot = queue->last_available++ % queue->size;

        *head = read_le16(vdev, queue->available + AVAIL_RING + slot * 2);
        if (*head < queue->size)
                return true;
        vdev_error_number(vdev, "Guest says index ", *head, 10, " is available");
        return false;
}

/* QEMU: accepted whether INDIRECT_DESC was negotiated or not, and whatever else the flags say. */
static bool enter_indirect(struct vdev *vdev, struct table *table, struct descriptor *descriptor)
{
        if (descriptor->length_bytes == 0 ||
            descriptor->length_bytes % VIRTQ_DESC_SIZE_BYTES != 0) {
                vdev_error(vdev, "Invalid size for indirect buffer table");
                return false;
        }
        if (!mappable(vdev, descriptor->address, descriptor->length_bytes)) {
                vdev_error(vdev, "Cannot map indirect buffer");
                return false;
        }
        table->address = descriptor->address;
        table->count = descriptor->length_bytes / VIRTQ_DESC_SIZE_BYTES;
        read_descriptor(vdev, table, 0, descriptor);
        return true;
}

/* The order of the checks decides which message a chain with several faults gets. */
static bool collect(struct vdev *vdev, const struct table *table, struct descriptor *descriptor,
                    struct vdev_element *element)
{
        for (uint32_t entries = 1;; entries++) {
                bool device_writes = descriptor->flags & VIRTQ_DESC_F_WRITE;

                if (!device_writes && element->in_count > 0) {
                        vdev_error(vdev, "Incorrect order for descriptors");
                        return false;
                }
                if (!element_map(vdev, element, device_writes, descriptor->address,
                                 descriptor->length_bytes))
                        return false;
                if (entries > table->count) {
                        vdev_error(vdev, "Looped descriptor");
                        return false;
                }
                if (!(descriptor->flags & VIRTQ_DESC_F_NEXT))
                        return true;
                if (descriptor->next >= table->count) {
                        vdev_error_number(vdev, "Desc next is ", descriptor->next, 10, "");
                        return false;
                }
                read_descriptor(vdev, table, descriptor->next, descriptor);
        }
}

bool vdev_queue_pop(struct vdev *vdev, unsigned queue_index, struct vdev_element *element)
{
        struct vdev_queue *queue = queue_at(vdev, queue_index);
        struct table table = { queue->descriptors, queue->size };
        struct descriptor descriptor;

        element->out_count = 0;
        element->in_count = 0;
        if (vdev_stands_still(vdev) || queue_empty(vdev, queue))
                return false;
        if (queue->in_use >= queue->size && !vdev->in_use_unbounded) {
                vdev_error(vdev, "Virtqueue size exceeded");
                return false;
        }
        if (!take_head(vdev, queue, &element->head))
                return false;
        if (vdev_has_feature(vdev, VIRTIO_F_EVENT_IDX))
                write_le16(vdev,
                           queue->used + USED_RING +
                                   (uint64_t)queue->size * VIRTQ_USED_ELEM_SIZE_BYTES,
                           queue->last_available);
        read_descriptor(vdev, &table, element->head, &descriptor);
        if ((descriptor.flags & VIRTQ_DESC_F_INDIRECT) &&
            !enter_indirect(vdev, &table, &descriptor))
                return false;
        if (!collect(vdev, &table, &descriptor, element)) {
                element_unmap(vdev, element);
                element->out_count = 0;
                element->in_count = 0;
                return false;
        }
        queue->in_use++;
        return true;
}

bool vdev_queue_rewind(struct vdev *vdev, unsigned queue_index, unsigned count)
{
        struct vdev_queue *queue = queue_at(vdev, queue_index);

        if (count > queue->in_use)
                return false;
        queue->in_use -= count;
        queue->last_available = (uint16_t)(queue->last_available - count);
        return true;
}

/* ---- returning ---- */

bool vdev_queue_push(struct vdev *vdev, unsigned queue_index, struct vdev_element *element,
                     uint32_t used_length_bytes)
{
        struct vdev_queue *queue = queue_at(vdev, queue_index);
        uint8_t entry[VIRTQ_USED_ELEM_SIZE_BYTES];
        uint64_t slot = queue->used_index % queue->size;

        element_unmap(vdev, element);
        if (vdev_stands_still(vdev)) {
                queue->in_use--;
                return false;
        }
        if (queue->used == 0)
                return false;
        le32_put(entry, element->head);
        le32_put(entry + 4, used_length_bytes);
        (void)vdev->host.ops->dma_write(vdev->host.self,
                                        queue->used + USED_RING + slot * sizeof entry, entry,
                                        sizeof entry);
        queue->used_index++;
        write_le16(vdev, queue->used + USED_INDEX, queue->used_index);
        /* QEMU: unsigned; an element from before a queue reset takes it below zero. */
        queue->in_use--;
        /* QEMU: after 32768 entries without a question the last one says nothing any more. */
        if ((uint16_t)(queue->used_index - queue->signalled_used - 1) >= INT16_MAX)
                queue->signalled_used_valid = false;
        return true;
}

void vdev_queue_detach(struct vdev *vdev, unsigned queue_index, struct vdev_element *element)
{
        queue_at(vdev, queue_index)->in_use--;
        element_unmap(vdev, element);
}

/* VIRTIO 1.2 2.7.10: has used_event been passed since the last question? */
static bool event_passed(uint16_t event, uint16_t now, uint16_t before)
{
        return (uint16_t)(now - event - 1) < (uint16_t)(now - before);
}

static bool driver_wants_interrupt(struct vdev *vdev, struct vdev_queue *queue)
{
        uint16_t before = queue->signalled_used;
        bool valid = queue->signalled_used_valid;

        if (vdev_has_feature(vdev, VIRTIO_F_NOTIFY_ON_EMPTY) && queue->in_use == 0 &&
            (vdev_stands_still(vdev) || queue_empty(vdev, queue)))
                return true;
        if (!vdev_has_feature(vdev, VIRTIO_F_EVENT_IDX))
                return !(read_le16(vdev, queue->available) & VIRTQ_AVAIL_F_NO_INTERRUPT);
        queue->signalled_used = queue->used_index;
        queue->signalled_used_valid = true;
        return !valid ||
               event_passed(read_le16(vdev, queue->available + AVAIL_RING + 2U * queue->size),
                            queue->used_index, before);
}

void vdev_queue_interrupt(struct vdev *vdev, unsigned queue_index)
{
        if (driver_wants_interrupt(vdev, queue_at(vdev, queue_index)))
                vdev_raise(vdev, queue_index, VIRTIO_PCI_ISR_QUEUE);
}

/* ---- the transport's side ---- */

uint16_t vdev_queue_size(const struct vdev *vdev, unsigned queue)
{
        return queue < vdev->queue_count ? vdev->queues[queue].size : 0;
}

void vdev_queue_set_size(struct vdev *vdev, unsigned queue, uint16_t size)
{
        if (queue >= vdev->queue_count || size == 0 || size > VIRTQ_SIZE_MAX)
                return;
        vdev->queues[queue].size = size;
        vring_check_mapping(vdev, &vdev->queues[queue]);
}

void vdev_queue_set_rings(struct vdev *vdev, unsigned queue, uint64_t descriptors,
                          uint64_t available, uint64_t used)
{
        if (queue >= vdev->queue_count)
                return;
        vdev->queues[queue].descriptors = descriptors;
        vdev->queues[queue].available = available;
        vdev->queues[queue].used = used;
        vring_check_mapping(vdev, &vdev->queues[queue]);
}

void vdev_queue_set_legacy_address(struct vdev *vdev, unsigned queue, uint64_t address)
{
        uint64_t size = vdev_queue_size(vdev, queue);
        uint64_t available = address + size * VIRTQ_DESC_SIZE_BYTES;
        uint64_t used = available + AVAIL_RING + size * 2 + VIRTIO_LEGACY_QUEUE_ALIGN_BYTES - 1;

        vdev_queue_set_rings(vdev, queue, address, available,
                             used - used % VIRTIO_LEGACY_QUEUE_ALIGN_BYTES);
}

uint64_t vdev_queue_descriptors(const struct vdev *vdev, unsigned queue)
{
        return queue < vdev->queue_count ? vdev->queues[queue].descriptors : 0;
}

void vdev_queue_reset(struct vdev *vdev, unsigned queue)
{
        if (queue < vdev->queue_count)
                vring_reset(&vdev->queues[queue]);
}

void vdev_queue_notify(struct vdev *vdev, unsigned queue)
{
        if (queue >= vdev->queue_count)
                return;
        sim_emit(vdev->journal, &event_kick, SIM_T(event_queue_name(queue)));
        if (vdev->queues[queue].descriptors == 0 || vdev->broken)
                return;
        vdev->class->queue_notified(vdev->model, queue);
        if (vdev->start_on_kick)
                vdev_set_started(vdev, true);
}

bool vdev_queue_view(const struct vdev *vdev, unsigned queue_index, struct vdev_queue_view *view)
{
        const struct vdev_queue *queue;

        if (queue_index >= vdev->queue_count)
                return false;
        queue = &vdev->queues[queue_index];
        *view = (struct vdev_queue_view){
                .size = queue->size,
                .size_max = queue->size_max,
                .last_avail_index = queue->last_available,
                .used_index = queue->used_index,
                .seen_avail_index = queue->seen_available,
                .signalled_used_index = queue->signalled_used,
                .signalled_used_valid = queue->signalled_used_valid,
                .in_use = queue->in_use,
                .descriptors = queue->descriptors,
                .available = queue->available,
                .used = queue->used,
                .enabled = queue->descriptors != 0,
        };
        return true;
}
