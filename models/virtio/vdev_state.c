// SPDX-License-Identifier: MIT
/*
 * What is saved of a virtio device, and what is found again in its rings. QEMU
 * hw/virtio/virtio.c, virtio_save, virtio_load and vmstate_virtio: elements taken are not
 * saved, nor the configuration's generation, nor what was last signalled; a split ring's
 * used index is read from the ring, and says how many elements are out.
 */
#include "models/virtio/vdev_priv.h"
#include "models/virtio/vring_priv.h"
#include "models/virtio_spec.h"
#include "sim/state.h"

#define SECTION "virtio"
#define SECTION_VERSION 1U

static void save_queue(bool packed, const struct vdev_queue *queue, struct state_writer *to)
{
        state_put(to, 2, queue->size);
        state_put(to, 8, queue->descriptors);
        state_put(to, 8, queue->available);
        state_put(to, 8, queue->used);
        state_put(to, 2, queue->last_available);
        /* Of a packed ring; nothing in it says these. */
        state_put(to, 1, queue->available_wrap);
        state_put(to, 2, packed ? queue->used_index : 0);
        state_put(to, 1, queue->used_wrap);
        state_put(to, 4, packed ? queue->in_use : 0);
}

void vdev_save(const struct vdev *vdev, struct state_writer *to)
{
        bool packed = vdev_has_feature(vdev, VIRTIO_F_RING_PACKED);

        state_section(to, SECTION, SECTION_VERSION);
        state_put(to, 1, vdev->status);
        state_put(to, 1, vdev->isr);
        state_put(to, 2, vdev->queue_select);
        state_put(to, 8, vdev->features);
        state_put(to, 1, vdev->started);
        state_put(to, 1, vdev->broken);
        state_put(to, 1, vdev->disabled);
        state_put(to, 1, vdev->config_size_bytes);
        state_put_bytes(to, vdev->config, vdev->config_size_bytes);
        state_put(to, 1, vdev->queue_count);
        for (unsigned i = 0; i < vdev->queue_count; i++)
                save_queue(packed, &vdev->queues[i], to);
}

/* QEMU: takes any size. A driver that made a packed ring smaller left a place past its end. */
static void load_queue(struct vdev *vdev, struct vdev_queue *queue, struct state_reader *from)
{
        queue->size = (uint16_t)state_get_to(from, 2, queue->size_max > 0 ? VIRTQ_SIZE_MAX : 0,
                                             "a queue is longer than it can be");
        if (queue->size == 0 && queue->size_max > 0)
                state_fail(from, "a queue that exists has no places");
        queue->descriptors = state_get(from, 8);
        queue->available = state_get(from, 8);
        queue->used = state_get(from, 8);
        queue->last_available = (uint16_t)state_get(from, 2);
        if (queue->descriptors == 0 && queue->last_available != 0)
                state_fail(from, "a queue without a ring has taken something from it");
        if (vdev_has_feature(vdev, VIRTIO_F_RING_PACKED) && queue->last_available >= VIRTQ_SIZE_MAX)
                state_fail(from, "a place is past the end of every packed ring");
        queue->available_wrap = state_get_bool(from);
        queue->used_index = (uint16_t)state_get_to(from, 2, VIRTQ_SIZE_MAX - 1,
                                                   "a place is past the end of every packed ring");
        queue->used_wrap = state_get_bool(from);
        queue->in_use = (uint32_t)state_get(from, 4);
}

/* What the driver made available, and how much of it is out. False: the ring does not say. */
static bool find_indexes(const struct vdev *vdev, struct vdev_queue *queue)
{
        if (vdev->ring->read_indexes == NULL)
                return false;
        vdev->ring->read_indexes(vdev, queue);
        /* QEMU up to 2.6: what is out was not counted anew. */
        queue->in_use =
                vdev->in_use_unbounded ? 0 : (uint16_t)(queue->last_available - queue->used_index);
        return true;
}

static bool driver_is_ahead(const struct vdev_queue *queue)
{
        return (uint16_t)(queue->seen_available - queue->last_available) > queue->size;
}

/* QEMU: an index of the driver's that is too far ahead breaks the device, later. */
static void check_ring(const struct vdev *vdev, struct vdev_queue *queue, struct state_reader *from)
{
        if (queue->descriptors == 0)
                return;
        /* QEMU: of a driver that is not VERSION_1 the parts follow the descriptors. */
        if (!vdev_has_feature(vdev, VIRTIO_F_VERSION_1))
                vring_place_legacy(queue, queue->descriptors);
        if (find_indexes(vdev, queue) && !driver_is_ahead(queue) && queue->in_use > queue->size)
                state_fail(from, "more elements are out than their queue has places");
}

void vdev_load(struct vdev *vdev, struct state_reader *from)
{
        state_enter(from, SECTION, SECTION_VERSION);
        vdev->status = (uint8_t)state_get(from, 1);
        vdev->isr = (uint8_t)state_get(from, 1);
        vdev->queue_select = (uint16_t)state_get_to(from, 2, VDEV_QUEUE_SELECT_MAX,
                                                    "there are not so many queues to select");
        vdev->features = state_get(from, 8);
        if (vdev->features & ~vdev->host_features)
                state_fail(from, "features that the device does not offer");
        vdev->started = state_get_bool(from);
        vdev->broken = state_get_bool(from);
        vdev->disabled = state_get_bool(from);
        if (state_get(from, 1) != vdev->config_size_bytes)
                state_fail(from, "the configuration has another size");
        state_get_bytes(from, vdev->config, vdev->config_size_bytes);
        if (state_get(from, 1) != vdev->queue_count)
                state_fail(from, "the device has not so many queues");
        if (from->error != NULL)
                return;
        vring_choose(vdev);
        for (unsigned i = 0; i < vdev->queue_count; i++)
                load_queue(vdev, &vdev->queues[i], from);
        state_leave(from);
        for (unsigned i = 0; i < vdev->queue_count && from->error == NULL; i++)
                check_ring(vdev, &vdev->queues[i], from);
}

static void tell_ahead(struct vdev *vdev, unsigned index)
{
        const struct vdev_queue *queue = &vdev->queues[index];
        uint16_t delta = (uint16_t)(queue->seen_available - queue->last_available);
        struct vdev_message message = { .length = 0 };

        vdev_message_text(&message, "VQ ");
        vdev_message_number(&message, index, 10);
        vdev_message_text(&message, " size 0x");
        vdev_message_number(&message, queue->size, 16);
        vdev_message_text(&message, " Guest index 0x");
        vdev_message_number(&message, queue->seen_available, 16);
        vdev_message_text(&message, " inconsistent with Host index 0x");
        vdev_message_number(&message, queue->last_available, 16);
        vdev_message_text(&message, ": delta 0x");
        vdev_message_number(&message, delta, 16);
        vdev_error(vdev, message.text);
}

static void find_ring(struct vdev *vdev, unsigned index)
{
        struct vdev_queue *queue = &vdev->queues[index];

        if (queue->descriptors == 0)
                return;
        vring_map(vdev, queue);
        if (!find_indexes(vdev, queue)) {
                queue->seen_available = queue->last_available;
                return;
        }
        if (!driver_is_ahead(queue))
                return;
        tell_ahead(vdev, index);
        queue->used_index = 0;
        queue->seen_available = 0;
        queue->in_use = 0;
}

void vdev_loaded(struct vdev *vdev)
{
        if (!vdev_is_started(vdev) && !vdev_has_feature(vdev, VIRTIO_F_VERSION_1))
                vdev->start_on_kick = true;
        for (unsigned i = 0; i < vdev->queue_count; i++)
                find_ring(vdev, i);
}

void vdev_machine_runs(struct vdev *vdev)
{
        vdev_set_status(vdev, vdev->status);
}
