// SPDX-License-Identifier: MIT
/*
 * The device side of virtio, below every device type and above every transport:
 * device status, feature negotiation, queues, interrupts and the broken state.
 *
 * A device type (the balloon) implements struct vdev_class and calls the upper
 * half; a transport (virtio-pci) calls the lower half. VIRTIO 1.2 chapters 2
 * and 3; QEMU hw/virtio/virtio.c where the two differ, marked QEMU:.
 */
#ifndef MODELS_VIRTIO_VDEV_H
#define MODELS_VIRTIO_VDEV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pci/function.h"
#include "sim/journal.h"

struct vdev;

#define VDEV_CONFIG_SIZE_MAX 64
#define VDEV_QUEUES_MAX 8

/* What a device type is. Calls come from inside a register access of the guest. */
struct vdev_class {
        uint16_t device_id;
        /* The device-specific configuration as the driver sees it now:
         * vdev_options.config_size_bytes. */
        void (*config_get)(void *model, uint8_t *config);
        /* The driver wrote into it; config is the whole of it afterwards. */
        void (*config_set)(void *model, const uint8_t *config);
        /* A notification for an existing, ready queue of a device that is not broken. */
        void (*queue_notified)(void *model, unsigned queue);
        /*
         * The driver writes status, the value before included (never called for a reset);
         * vdev_status is still the old one.
         */
        void (*status_changed)(void *model, uint8_t status);
        /* The device was reset, by status 0 or by its bus; queues are still as they were. */
        void (*reset)(void *model, bool machine_reset);
};

struct vdev_options {
        const struct vdev_class *class;
        void *model;
        struct pci_host host;
        struct sim_journal *journal;
        uint64_t features; /* offered on the modern interface */
        /* QEMU: two bits that only the legacy interface shows; both are on by default there. */
        bool notify_on_empty, any_layout;
        /* QEMU up to 2.6: more chains may be taken and not returned than a queue has entries. */
        bool in_use_unbounded;
        /*
         * QEMU up to 4.0, and its machine types: a device does not remember that it was
         * started, nor that it lost bus mastering.
         */
        bool started_untracked, disabled_untracked;
        size_t config_size_bytes;
        unsigned queue_count;
        uint16_t queue_sizes[VDEV_QUEUES_MAX]; /* 0: the device leaves this index out */
};

struct vdev *vdev_new(const struct vdev_options *options);
void vdev_free(struct vdev *vdev); /* NULL is fine */

/* ---- the upper half: for a device type ---- */

/* A run of guest memory that one descriptor names. */
struct vdev_span {
        uint64_t address;
        uint32_t length_bytes;
        /*
         * QEMU: an address outside RAM is mapped through one bounce buffer of at
         * most 4096 bytes, held until the element is returned: bytes outside RAM
         * read as zero, writes to them are lost.
         */
        bool bounce;
};

/*
 * A chain of descriptors that the device has taken. Grows when needed and keeps
 * its memory, so that taking the next chain does not allocate.
 */
struct vdev_element {
        uint16_t head;      /* of a packed ring: the buffer's id */
        uint16_t places;    /* that it takes: split 1, packed its descriptors in the ring */
        uint16_t out_count; /* spans[0 .. out_count): the device reads */
        uint16_t in_count;  /* then in_count spans: the device writes */
        uint16_t capacity;
        struct vdev_span *spans;
};

void vdev_element_init(struct vdev_element *element);
void vdev_element_fini(struct vdev_element *element);
/* Copies from the readable part, as if its spans were one; returns the bytes copied. */
size_t vdev_element_read(const struct vdev *vdev, const struct vdev_element *element,
                         uint64_t offset, void *to, size_t size_bytes);
/* Copies into the writable part; returns the bytes that were there to write. */
size_t vdev_element_write(const struct vdev *vdev, const struct vdev_element *element,
                          uint64_t offset, const void *from, size_t size_bytes);
uint64_t vdev_element_out_bytes(const struct vdev_element *element);
uint64_t vdev_element_in_bytes(const struct vdev_element *element);

/*
 * Takes the next available chain. False: none, or the ring is wrong and the
 * device is broken now. queue exists.
 */
bool vdev_queue_pop(struct vdev *vdev, unsigned queue, struct vdev_element *element);
/*
 * Returns an element with a used length. A broken or disabled device loses it:
 * no used entry (QEMU virtqueue_fill); false then.
 */
bool vdev_queue_push(struct vdev *vdev, unsigned queue, struct vdev_element *element,
                     uint32_t used_length_bytes);
/*
 * Makes the last count chains available again, as if they had not been taken; of
 * a packed ring QEMU counts places. False: fewer are in use.
 */
bool vdev_queue_rewind(struct vdev *vdev, unsigned queue, unsigned count);
/* Gives an element up without a used entry, as at a reset. */
void vdev_queue_detach(struct vdev *vdev, unsigned queue, struct vdev_element *element);
/* Interrupts the driver for used buffers, unless the driver asked not to be. */
void vdev_queue_interrupt(struct vdev *vdev, unsigned queue);
/* The configuration changed: generation + 1 and an interrupt, only while DRIVER_OK. */
void vdev_config_changed(struct vdev *vdev);
/* The driver did what the specification forbids: journals device-error, breaks the device. */
void vdev_error(struct vdev *vdev, const char *message);

/*
 * The machine runs, for the first time since a load or after a stop. QEMU: the device type is
 * told its status once more (hw/virtio/virtio.c, virtio_vmstate_change).
 */
void vdev_machine_runs(struct vdev *vdev);
/* The machine's memory has another shape: rings in use are mapped as they are by now. */
void vdev_map_rings(struct vdev *vdev);

uint64_t vdev_features(const struct vdev *vdev); /* negotiated */
static inline bool vdev_has_feature(const struct vdev *vdev, unsigned bit)
{
        return (vdev_features(vdev) >> bit) & 1U;
}
uint8_t vdev_status(const struct vdev *vdev);
bool vdev_broken(const struct vdev *vdev);
struct sim_journal *vdev_journal(const struct vdev *vdev);

/* ---- what a test or a host may look at ---- */

struct vdev_queue_view {
        uint16_t size, size_max;
        uint16_t last_avail_index, used_index; /* of a packed ring: places in it */
        uint16_t seen_avail_index;             /* the driver's index as last read */
        uint16_t signalled_used_index; /* used_index at the last question whether to interrupt */
        bool signalled_used_valid;
        uint32_t in_use; /* elements taken and not returned; of a packed ring their places */
        uint64_t descriptors, available, used;
        bool enabled;
};
bool vdev_queue_view(const struct vdev *vdev, unsigned queue, struct vdev_queue_view *view);
uint8_t vdev_isr(const struct vdev *vdev);
uint8_t vdev_config_generation(const struct vdev *vdev);
bool vdev_disabled(const struct vdev *vdev); /* bus mastering was turned off */
bool vdev_started(const struct vdev *vdev);
bool vdev_start_on_kick(const struct vdev *vdev); /* the first notification starts it */
/* The queue that the driver's queue registers speak of. */
uint16_t vdev_queue_select(const struct vdev *vdev);

#endif
