// SPDX-License-Identifier: MIT
/*
 * The lower half of a vdev, for a transport, and the fields that vdev.c, element.c
 * and the rings share. A transport uses the functions only.
 */
#ifndef MODELS_VIRTIO_VDEV_PRIV_H
#define MODELS_VIRTIO_VDEV_PRIV_H

#include "models/virtio/vdev.h"
#include "sim/state.h"

/* ---- the lower half: for a transport ---- */

/* QEMU: VIRTIO_QUEUE_MAX less one; whether there is such a queue or not. */
#define VDEV_QUEUE_SELECT_MAX 1023U

/* Where an interrupt comes from: a queue, or this. */
#define VDEV_SOURCE_CONFIG VDEV_QUEUES_MAX

struct vdev_transport_ops {
        /* The device interrupts the driver; its ISR already says why. */
        void (*interrupt)(void *transport, unsigned source);
};

enum vdev_reset {
        VDEV_RESET_DEVICE, /* the driver wrote status 0 */
        VDEV_RESET_MACHINE,
        VDEV_RESET_BUS,
        VDEV_RESET_FUNCTION
};

void vdev_attach(struct vdev *vdev, const struct vdev_transport_ops *ops, void *transport);
/*
 * From now on the transport interrupts by messages, of which the guest's side tells:
 * no event_interrupt is journalled.
 */
void vdev_use_messages(struct vdev *vdev, bool messages);
uint16_t vdev_device_id(const struct vdev *vdev);
unsigned vdev_queue_count(const struct vdev *vdev);
size_t vdev_config_size_bytes(const struct vdev *vdev);

/* What the modern and the legacy interface offer. */
uint64_t vdev_modern_features(const struct vdev *vdev);
uint32_t vdev_legacy_features(const struct vdev *vdev);
/* What the driver takes; bits that are not there are dropped. Nothing happens after FEATURES_OK. */
void vdev_set_features(struct vdev *vdev, uint64_t features);
/*
 * Any value is kept as written, except FEATURES_OK without ACCESS_PLATFORM where
 * the device insists on that. The transport resets the device when the status is 0 then.
 */
void vdev_write_status(struct vdev *vdev, uint8_t status);
/* Status, features, queues, broken and disabled go; generation and configuration stay. */
void vdev_reset(struct vdev *vdev, enum vdev_reset kind);
/* Bus mastering was turned on or off. Off takes DRIVER_OK away; on does not give it back. */
void vdev_set_bus_master(struct vdev *vdev, bool on);

/* queue need not exist. */
void vdev_select_queue(struct vdev *vdev, uint16_t queue);
/* Returns the ISR and clears it. */
uint8_t vdev_take_isr(struct vdev *vdev);
/* 1, 2 or 4 bytes of the device configuration: past its end all ones, no effect. */
uint32_t vdev_config_read(struct vdev *vdev, uint64_t offset, unsigned size_bytes);
void vdev_config_write(struct vdev *vdev, uint64_t offset, unsigned size_bytes, uint32_t value);

/* Below, a queue that does not exist has size 0 and takes nothing. */
uint16_t vdev_queue_size(const struct vdev *vdev, unsigned queue);
/*
 * QEMU: 1 to VIRTQ_SIZE_MAX, whatever was offered and not only powers of two. A ring that
 * has its place already is used with the new size and stays mapped with the old one.
 */
void vdev_queue_set_size(struct vdev *vdev, unsigned queue, uint16_t size);
void vdev_queue_set_rings(struct vdev *vdev, unsigned queue, uint64_t descriptors,
                          uint64_t available, uint64_t used);
/* VIRTIO 1.2 2.7.2, the legacy layout; the address of the descriptor table. */
void vdev_queue_set_legacy_address(struct vdev *vdev, unsigned queue, uint64_t address);
uint64_t vdev_queue_descriptors(const struct vdev *vdev, unsigned queue);
/* QEMU: forgets the ring and how many elements are out, not the elements that a model holds. */
void vdev_queue_reset(struct vdev *vdev, unsigned queue);
void vdev_queue_notify(struct vdev *vdev, unsigned queue);

/* A text for vdev_error that is put together; zero is an empty one. */
struct vdev_message {
        char text[128];
        size_t length;
};
void vdev_message_text(struct vdev_message *message, const char *text);
void vdev_message_number(struct vdev_message *message, uint64_t number, unsigned base);
/* vdev_error with a number between two texts. */
void vdev_error_number(struct vdev *vdev, const char *before, uint64_t number, unsigned base,
                       const char *after);

/*
 * vdev_state.c. Saves the device below its type. Loads it into a new one of the same options:
 * what the reader then says is wrong may be half loaded, and must not be used.
 */
void vdev_save(const struct vdev *vdev, struct state_writer *to);
void vdev_load(struct vdev *vdev, struct state_reader *from);
/* After all was loaded and the function is in its place: finds the rings in RAM. */
void vdev_loaded(struct vdev *vdev);

/* ---- fields, private to vdev*.c, element.c and vring*.c ---- */

struct vring_ops;

struct vdev_queue {
        uint16_t size;
        uint16_t size_max;
        uint16_t mapped_size;    /* the size when the ring got its place */
        uint16_t last_available; /* the next to take; of a packed ring a place in it */
        uint16_t seen_available; /* the driver's index as last read */
        uint16_t used_index;
        bool available_wrap, used_wrap; /* of a packed ring: the wrap counters of the two */
        uint16_t signalled_used;        /* used_index at the last question whether to interrupt */
        bool signalled_used_valid;
        uint32_t in_use;
        uint64_t descriptors, available, used; /* 0: not there */
};

struct vdev {
        const struct vdev_class *class;
        void *model;
        struct pci_host host;
        struct sim_journal *journal;
        const struct vdev_transport_ops *transport_ops;
        void *transport;
        const struct vring_ops *ring; /* the layout that features asks for */
        uint64_t host_features;
        uint64_t features;
        bool in_use_unbounded;
        bool started_untracked, disabled_untracked;
        size_t config_size_bytes;
        unsigned queue_count;
        uint16_t queue_select;
        uint8_t status;
        uint8_t isr;
        uint8_t config_generation;
        bool broken;
        bool disabled;
        bool started;
        bool start_on_kick;
        bool messages;
        /* QEMU: as last shown or written, so a partial write meets what the last read left. */
        uint8_t config[VDEV_CONFIG_SIZE_MAX];
        struct vdev_queue queues[VDEV_QUEUES_MAX];
};

static inline bool vdev_stands_still(const struct vdev *vdev)
{
        return vdev->broken || vdev->disabled;
}

bool vdev_is_started(const struct vdev *vdev);
/* As the driver's write, without a record of one. */
void vdev_set_status(struct vdev *vdev, uint8_t status);
/* DRIVER_OK, or a kick before it, starts the device. */
void vdev_set_started(struct vdev *vdev, bool started);
/* Interrupts for source with these ISR bits; a broken device sets the bits only. */
void vdev_raise(struct vdev *vdev, unsigned source, uint8_t isr_bits);
void vring_reset(struct vdev_queue *queue);
/* The queue's ring has its place: what of it begins in RAM must end there. */
void vring_map(struct vdev *vdev, struct vdev_queue *queue);
/* Its three parts in one piece, as a legacy driver has them. */
void vring_place_legacy(struct vdev_queue *queue, uint64_t address);
/* The negotiated features are new: the rings have another layout, perhaps another length. */
void vring_set_features(struct vdev *vdev);

/* Adds what one descriptor names; false: the device is broken now. */
bool element_map(struct vdev *vdev, struct vdev_element *element, bool device_writes,
                 uint64_t address, uint32_t length_bytes);
/* Lets the bounce buffer go if the element holds it. */
void element_unmap(struct vdev *vdev, const struct vdev_element *element);

#endif
