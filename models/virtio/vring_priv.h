// SPDX-License-Identifier: MIT
/*
 * What the two layouts of a virtqueue have in common, and how they differ:
 * vring_split.c is VIRTIO 1.2 2.7, vring_packed.c 2.8, vring.c stands before both.
 *
 * Guest memory is read through the host in small fixed pieces. A piece outside
 * RAM reads as zero and loses writes, as QEMU's ring caches over unassigned
 * memory do.
 */
#ifndef MODELS_VIRTIO_VRING_PRIV_H
#define MODELS_VIRTIO_VRING_PRIV_H

#include "models/virtio/vdev_priv.h"
#include "models/virtio_spec.h"

/* One entry of a descriptor ring or table. */
struct vring_descriptor {
        uint64_t address;
        uint32_t length_bytes;
        uint16_t flags;
        uint16_t next; /* split: of the chain; packed: the buffer's id */
};

/* Descriptors in guest memory: the ring's own or an indirect table. */
struct vring_table {
        uint64_t address;
        uint32_t count;
};

/* Bytes of a ring's parts behind its descriptors, which take the same in both layouts. */
struct vring_parts {
        uint64_t available_bytes, used_bytes;
};

struct vring_ops {
        struct vring_parts (*parts)(const struct vdev *vdev, const struct vdev_queue *queue);
        bool (*empty)(const struct vdev *vdev, struct vdev_queue *queue);
        /*
         * Takes the next chain of a ring that is not empty into an empty element. False: the
         * device is broken now; spans that were added are still mapped.
         */
        bool (*take)(struct vdev *vdev, struct vdev_queue *queue, struct vdev_element *element);
        /* Goes back by count places. */
        void (*rewind)(struct vdev_queue *queue, unsigned count);
        /* False: there is no ring. */
        bool (*give)(const struct vdev *vdev, struct vdev_queue *queue,
                     const struct vdev_element *element, uint32_t used_length_bytes);
        bool (*wants_interrupt)(const struct vdev *vdev, struct vdev_queue *queue);
        /* The driver's index and the device's own, from the ring. NULL: it does not hold them. */
        void (*read_indexes)(const struct vdev *vdev, struct vdev_queue *queue);
};

extern const struct vring_ops vring_split_ops;
extern const struct vring_ops vring_packed_ops;

/* The layout that the features ask for. */
void vring_choose(struct vdev *vdev);

uint16_t vring_read_le16(const struct vdev *vdev, uint64_t address);
void vring_write_le16(const struct vdev *vdev, uint64_t address, uint16_t value);

/* Before a descriptor is read. False: the driver raised the size of a ring in use, see vring_map.
 */
bool vring_check_size(struct vdev *vdev, const struct vdev_queue *queue);
/*
 * Goes into the table that an INDIRECT descriptor names. QEMU: accepted whether
 * INDIRECT_DESC was negotiated or not, and whatever else the flags say.
 */
bool vring_enter_indirect(struct vdev *vdev, struct vring_table *table,
                          const struct vring_descriptor *descriptor);
/* Adds the entries-th descriptor of a chain to its element. False: the device is broken now. */
bool vring_add(struct vdev *vdev, struct vdev_element *element,
               const struct vring_descriptor *descriptor, uint32_t entries, uint32_t entries_max);

/* VIRTIO 1.2 2.7.10: was event passed on the way from before to now? */
static inline bool vring_event_passed(uint16_t event, uint16_t now, uint16_t before)
{
        return (uint16_t)(now - event - 1) < (uint16_t)(now - before);
}

#endif
