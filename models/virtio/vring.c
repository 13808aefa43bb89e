// SPDX-License-Identifier: MIT
/*
 * Virtqueues as the rest of the device sees them, whatever their layout. QEMU
 * hw/virtio/virtio.c, virtqueue_pop and its neighbours.
 */
#include <string.h>

#include "models/events.h"
#include "models/virtio/vring_priv.h"
#include "pci/le.h"
#include "sim/assert.h"

static struct vdev_queue *queue_at(struct vdev *vdev, unsigned queue)
{
        sim_assert(queue < vdev->queue_count);
        return &vdev->queues[queue];
}

uint16_t vring_read_le16(const struct vdev *vdev, uint64_t address)
{
        uint8_t bytes[2];

        if (!vdev->host.ops->dma_read(vdev->host.self, address, bytes, sizeof bytes))
                return 0;
        return le16_get(bytes);
}

void vring_write_le16(const struct vdev *vdev, uint64_t address, uint16_t value)
{
        uint8_t bytes[2];

        le16_put(bytes, value);
        (void)vdev->host.ops->dma_write(vdev->host.self, address, bytes, sizeof bytes);
}

/* ---- where a ring is ---- */

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

/*
 * Checks that the parts of a ring that begin in RAM end there. QEMU maps a ring once, and
 * keeps that size: a driver that raises it later has a ring that its descriptors do not fill.
 */
void vring_map(struct vdev *vdev, struct vdev_queue *queue)
{
        struct vring_parts parts = vdev->ring->parts(vdev, queue);
        uint64_t descriptors_bytes = (uint64_t)queue->size * VIRTQ_DESC_SIZE_BYTES;

        if (queue->descriptors == 0)
                return;
        queue->mapped_size = queue->size;
        if (!mappable(vdev, queue->descriptors, descriptors_bytes))
                vdev_error(vdev, "Cannot map desc");
        else if (!mappable(vdev, queue->used, parts.used_bytes))
                vdev_error(vdev, "Cannot map used");
        else if (!mappable(vdev, queue->available, parts.available_bytes))
                vdev_error(vdev, "Cannot map avail");
}

void vring_reset(struct vdev_queue *queue)
{
        *queue = (struct vdev_queue){
                .size = queue->size_max,
                .size_max = queue->size_max,
                .available_wrap = true,
                .used_wrap = true,
        };
}

void vring_choose(struct vdev *vdev)
{
        vdev->ring =
                vdev_has_feature(vdev, VIRTIO_F_RING_PACKED) ? &vring_packed_ops : &vring_split_ops;
}

void vdev_map_rings(struct vdev *vdev)
{
        for (unsigned i = 0; i < vdev->queue_count; i++)
                vring_map(vdev, &vdev->queues[i]);
}

void vring_set_features(struct vdev *vdev)
{
        vring_choose(vdev);
        /* QEMU: the feature makes a split ring longer, so what is mapped is mapped anew. */
        if (vdev_has_feature(vdev, VIRTIO_F_EVENT_IDX))
                vdev_map_rings(vdev);
}

bool vring_check_size(struct vdev *vdev, const struct vdev_queue *queue)
{
        if (queue->size <= queue->mapped_size)
                return true;
        vdev_error(vdev, "Cannot map descriptor ring");
        return false;
}

/* ---- chains, for both layouts ---- */

bool vring_enter_indirect(struct vdev *vdev, struct vring_table *table,
                          const struct vring_descriptor *descriptor)
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
        return true;
}

/* The order of the checks decides which message a chain with several faults gets. */
bool vring_add(struct vdev *vdev, struct vdev_element *element,
               const struct vring_descriptor *descriptor, uint32_t entries, uint32_t entries_max)
{
        bool device_writes = descriptor->flags & VIRTQ_DESC_F_WRITE;

        if (!device_writes && element->in_count > 0) {
                vdev_error(vdev, "Incorrect order for descriptors");
                return false;
        }
        if (!element_map(vdev, element, device_writes, descriptor->address,
                         descriptor->length_bytes))
                return false;
        if (entries > entries_max) {
                vdev_error(vdev, "Looped descriptor");
                return false;
        }
        return true;
}

/* ---- taking and returning ---- */

bool vdev_queue_pop(struct vdev *vdev, unsigned queue_index, struct vdev_element *element)
{
        struct vdev_queue *queue = queue_at(vdev, queue_index);

        element->out_count = 0;
        element->in_count = 0;
        if (vdev_stands_still(vdev) || vdev->ring->empty(vdev, queue))
                return false;
        if (queue->in_use >= queue->size && !vdev->in_use_unbounded) {
                vdev_error(vdev, "Virtqueue size exceeded");
                return false;
        }
        if (!vdev->ring->take(vdev, queue, element)) {
                element_unmap(vdev, element);
                element->out_count = 0;
                element->in_count = 0;
                return false;
        }
        queue->in_use += element->places;
        return true;
}

bool vdev_queue_rewind(struct vdev *vdev, unsigned queue_index, unsigned count)
{
        struct vdev_queue *queue = queue_at(vdev, queue_index);

        if (count > queue->in_use)
                return false;
        queue->in_use -= count;
        vdev->ring->rewind(queue, count);
        return true;
}

bool vdev_queue_push(struct vdev *vdev, unsigned queue_index, struct vdev_element *element,
                     uint32_t used_length_bytes)
{
        struct vdev_queue *queue = queue_at(vdev, queue_index);

        element_unmap(vdev, element);
        if (vdev_stands_still(vdev)) {
                /* QEMU: one, however many places of a packed ring the element has. */
                queue->in_use--;
                return false;
        }
        if (!vdev->ring->give(vdev, queue, element, used_length_bytes))
                return false;
        /* QEMU: unsigned; an element from before a queue reset takes it below zero. */
        queue->in_use -= element->places;
        return true;
}

void vdev_queue_detach(struct vdev *vdev, unsigned queue_index, struct vdev_element *element)
{
        queue_at(vdev, queue_index)->in_use -= element->places;
        element_unmap(vdev, element);
}

void vdev_queue_interrupt(struct vdev *vdev, unsigned queue_index)
{
        if (vdev->ring->wants_interrupt(vdev, queue_at(vdev, queue_index)))
                vdev_raise(vdev, queue_index, VIRTIO_PCI_ISR_QUEUE);
}

/* ---- the transport's side ---- */

/* QEMU: what the device left out stays as it is, whatever the driver writes. */
static bool queue_exists(const struct vdev *vdev, unsigned queue)
{
        return queue < vdev->queue_count && vdev->queues[queue].size_max > 0;
}

uint16_t vdev_queue_size(const struct vdev *vdev, unsigned queue)
{
        return queue < vdev->queue_count ? vdev->queues[queue].size : 0;
}

void vdev_queue_set_size(struct vdev *vdev, unsigned queue, uint16_t size)
{
        if (!queue_exists(vdev, queue) || size == 0 || size > VIRTQ_SIZE_MAX)
                return;
        vdev->queues[queue].size = size;
}

void vdev_queue_set_rings(struct vdev *vdev, unsigned queue, uint64_t descriptors,
                          uint64_t available, uint64_t used)
{
        if (!queue_exists(vdev, queue))
                return;
        vdev->queues[queue].descriptors = descriptors;
        vdev->queues[queue].available = available;
        vdev->queues[queue].used = used;
        vring_map(vdev, &vdev->queues[queue]);
}

void vring_place_legacy(struct vdev_queue *queue, uint64_t address)
{
        uint64_t size = queue->size;
        uint64_t available = address + size * VIRTQ_DESC_SIZE_BYTES;
        uint64_t used = available + VIRTQ_AVAIL_RING_OFFSET + size * 2 +
                        VIRTIO_LEGACY_QUEUE_ALIGN_BYTES - 1;

        queue->descriptors = address;
        queue->available = available;
        queue->used = used - used % VIRTIO_LEGACY_QUEUE_ALIGN_BYTES;
}

void vdev_queue_set_legacy_address(struct vdev *vdev, unsigned queue, uint64_t address)
{
        if (!queue_exists(vdev, queue))
                return;
        vring_place_legacy(&vdev->queues[queue], address);
        vring_map(vdev, &vdev->queues[queue]);
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
