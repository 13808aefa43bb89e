// SPDX-License-Identifier: MIT
/*
 * Status, features, configuration, interrupts and the broken state. Queues are
 * in vring*.c. VIRTIO 1.2 chapter 2; QEMU hw/virtio/virtio.c.
 */
#include "models/virtio/vdev_priv.h"

#include <stdlib.h>
#include <string.h>

#include "models/events.h"
#include "models/virtio_spec.h"
#include "pci/le.h"
#include "sim/assert.h"

/* Host features that the modern interface does not show, though a modern driver may take them. */
static const uint64_t legacy_only_features = VIRTIO_FEATURE(VIRTIO_F_NOTIFY_ON_EMPTY) |
                                             VIRTIO_FEATURE(VIRTIO_F_ANY_LAYOUT) |
                                             VIRTIO_FEATURE(VIRTIO_F_BAD_FEATURE);

static void no_transport_interrupt(void *transport, unsigned source)
{
        (void)transport;
        (void)source;
}

static const struct vdev_transport_ops no_transport = { no_transport_interrupt };

struct vdev *vdev_new(const struct vdev_options *options)
{
        struct vdev *vdev = calloc(1, sizeof *vdev);

        sim_assert(vdev != NULL);
        sim_assert(options->config_size_bytes <= VDEV_CONFIG_SIZE_MAX);
        sim_assert(options->queue_count <= VDEV_QUEUES_MAX);
        vdev->class = options->class;
        vdev->model = options->model;
        vdev->host = options->host;
        vdev->journal = options->journal;
        vdev->transport_ops = &no_transport;
        vdev->host_features = options->features | VIRTIO_FEATURE(VIRTIO_F_BAD_FEATURE);
        if (options->notify_on_empty)
                vdev->host_features |= VIRTIO_FEATURE(VIRTIO_F_NOTIFY_ON_EMPTY);
        if (options->any_layout)
                vdev->host_features |= VIRTIO_FEATURE(VIRTIO_F_ANY_LAYOUT);
        vring_set_features(vdev);
        vdev->in_use_unbounded = options->in_use_unbounded;
        vdev->started_untracked = options->started_untracked;
        vdev->disabled_untracked = options->disabled_untracked;
        vdev->config_size_bytes = options->config_size_bytes;
        vdev->queue_count = options->queue_count;
        for (unsigned i = 0; i < options->queue_count; i++) {
                sim_assert(options->queue_sizes[i] <= VIRTQ_SIZE_MAX);
                vdev->queues[i].size_max = options->queue_sizes[i];
                vring_reset(&vdev->queues[i]);
        }
        return vdev;
}

void vdev_free(struct vdev *vdev)
{
        free(vdev);
}

void vdev_attach(struct vdev *vdev, const struct vdev_transport_ops *ops, void *transport)
{
        vdev->transport_ops = ops;
        vdev->transport = transport;
}

void vdev_use_messages(struct vdev *vdev, bool messages)
{
        vdev->messages = messages;
}

uint16_t vdev_device_id(const struct vdev *vdev)
{
        return vdev->class->device_id;
}

unsigned vdev_queue_count(const struct vdev *vdev)
{
        return vdev->queue_count;
}

size_t vdev_config_size_bytes(const struct vdev *vdev)
{
        return vdev->config_size_bytes;
}

/* ---- features ---- */

uint64_t vdev_features(const struct vdev *vdev)
{
        return vdev->features;
}

uint64_t vdev_modern_features(const struct vdev *vdev)
{
        return vdev->host_features & ~legacy_only_features;
}

uint32_t vdev_legacy_features(const struct vdev *vdev)
{
        return (uint32_t)vdev->host_features;
}

/* QEMU: virtio_device_started. */
bool vdev_is_started(const struct vdev *vdev)
{
        return vdev->started_untracked ? (vdev->status & VIRTIO_STATUS_DRIVER_OK) != 0
                                       : vdev->started;
}

void vdev_set_features(struct vdev *vdev, uint64_t features)
{
        if (vdev->status & VIRTIO_STATUS_FEATURES_OK)
                return;
        vdev->features = features & vdev->host_features;
        vring_set_features(vdev);
        /* A legacy driver may use its queues before DRIVER_OK: the first kick starts the device. */
        if (vdev->features == features && !vdev_is_started(vdev) &&
            !vdev_has_feature(vdev, VIRTIO_F_VERSION_1))
                vdev->start_on_kick = true;
}

/* ---- status and reset ---- */

uint8_t vdev_status(const struct vdev *vdev)
{
        return vdev->status;
}

/* QEMU: the only reason to refuse FEATURES_OK (hw/virtio/virtio.c, virtio_validate_features). */
static bool features_acceptable(const struct vdev *vdev)
{
        uint64_t insists = vdev->host_features & VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM);

        return !vdev_has_feature(vdev, VIRTIO_F_VERSION_1) || !(insists & ~vdev->features);
}

void vdev_set_started(struct vdev *vdev, bool started)
{
        if (started)
                vdev->start_on_kick = false;
        if (!vdev->started_untracked)
                vdev->started = started;
}

void vdev_set_status(struct vdev *vdev, uint8_t status)
{
        if ((vdev->status ^ status) & VIRTIO_STATUS_DRIVER_OK)
                vdev_set_started(vdev, status & VIRTIO_STATUS_DRIVER_OK);
        /* QEMU: what goes wrong in there sets NEEDS_RESET, and is overwritten here. */
        if (status != 0)
                vdev->class->status_changed(vdev->model, status);
        vdev->status = status;
}

void vdev_write_status(struct vdev *vdev, uint8_t status)
{
        bool takes_features = ~vdev->status & status & VIRTIO_STATUS_FEATURES_OK;

        sim_emit(vdev->journal, &event_status, SIM_U(status));
        if (!takes_features || features_acceptable(vdev))
                vdev_set_status(vdev, status);
}

void vdev_set_bus_master(struct vdev *vdev, bool on)
{
        vdev->disabled = !on && !vdev->disabled_untracked;
        if (!on)
                vdev_set_status(vdev, (uint8_t)(vdev->status & ~VIRTIO_STATUS_DRIVER_OK));
}

void vdev_reset(struct vdev *vdev, enum vdev_reset kind)
{
        static const char *const names[] = {
                [VDEV_RESET_DEVICE] = "device",
                [VDEV_RESET_MACHINE] = "machine",
                [VDEV_RESET_BUS] = "bus",
                [VDEV_RESET_FUNCTION] = "function",
        };

        sim_emit(vdev->journal, &event_reset, SIM_T(names[kind]));
        vdev->status = 0;
        vdev->class->reset(vdev->model, kind == VDEV_RESET_MACHINE);
        vdev->features = 0;
        vring_set_features(vdev);
        vdev->queue_select = 0;
        vdev->isr = 0;
        vdev->broken = false;
        vdev->disabled = false;
        vdev->started = false;
        vdev->start_on_kick = false;
        for (unsigned i = 0; i < vdev->queue_count; i++)
                vring_reset(&vdev->queues[i]);
}

/* ---- configuration ---- */

uint32_t vdev_config_read(struct vdev *vdev, uint64_t offset, unsigned size_bytes)
{
        uint32_t value = 0;

        if (offset >= vdev->config_size_bytes || size_bytes > vdev->config_size_bytes - offset)
                return UINT32_MAX;
        vdev->class->config_get(vdev->model, vdev->config);
        for (unsigned i = 0; i < size_bytes; i++)
                value |= (uint32_t)vdev->config[offset + i] << (8 * i);
        return value;
}

void vdev_config_write(struct vdev *vdev, uint64_t offset, unsigned size_bytes, uint32_t value)
{
        if (offset >= vdev->config_size_bytes || size_bytes > vdev->config_size_bytes - offset)
                return;
        for (unsigned i = 0; i < size_bytes; i++)
                vdev->config[offset + i] = (uint8_t)(value >> (8 * i));
        vdev->class->config_set(vdev->model, vdev->config);
}

/* ---- interrupts and errors ---- */

void vdev_raise(struct vdev *vdev, unsigned source, uint8_t isr_bits)
{
        vdev->isr |= isr_bits;
        /* QEMU: hw/virtio/virtio.c, virtio_notify_vector; the bits stay without an interrupt. */
        if (vdev_stands_still(vdev))
                return;
        if (!vdev->messages)
                sim_emit(vdev->journal, &event_interrupt,
                         SIM_T(source == VDEV_SOURCE_CONFIG ? "config" : event_queue_name(source)),
                         SIM_U(vdev->isr));
        vdev->transport_ops->interrupt(vdev->transport, source);
}

uint8_t vdev_take_isr(struct vdev *vdev)
{
        uint8_t isr = vdev->isr;

        vdev->isr = 0;
        return isr;
}

void vdev_config_changed(struct vdev *vdev)
{
        if (!(vdev->status & VIRTIO_STATUS_DRIVER_OK))
                return;
        vdev->config_generation++;
        sim_emit(vdev->journal, &event_config_change, SIM_U(vdev->config_generation));
        /* QEMU: the queue's bit too, since its INTx level follows bit 0 (virtio_pci_notify). */
        vdev_raise(vdev, VDEV_SOURCE_CONFIG, VIRTIO_PCI_ISR_QUEUE | VIRTIO_PCI_ISR_CONFIG);
}

void vdev_error(struct vdev *vdev, const char *message)
{
        /* QEMU: an error of a device that is broken already is told like the first. */
        sim_emit(vdev->journal, &event_device_error, SIM_T(message));
        if (vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
                vdev->status |= VIRTIO_STATUS_NEEDS_RESET;
                vdev_config_changed(vdev);
        }
        vdev->broken = true;
}

void vdev_message_text(struct vdev_message *message, const char *text)
{
        size_t length = strlen(text);

        sim_assert(length < sizeof message->text - message->length);
        memcpy(message->text + message->length, text, length + 1);
        message->length += length;
}

void vdev_message_number(struct vdev_message *message, uint64_t number, unsigned base)
{
        char digits[24];
        size_t at = sizeof digits - 1;

        digits[at] = '\0';
        do
                digits[--at] = "0123456789abcdef"[number % base];
        while ((number /= base) != 0);
        vdev_message_text(message, digits + at);
}

void vdev_error_number(struct vdev *vdev, const char *before, uint64_t number, unsigned base,
                       const char *after)
{
        struct vdev_message message = { .length = 0 };

        vdev_message_text(&message, before);
        vdev_message_number(&message, number, base);
        vdev_message_text(&message, after);
        vdev_error(vdev, message.text);
}

/* ---- what a test or a host may look at ---- */

bool vdev_broken(const struct vdev *vdev)
{
        return vdev->broken;
}

struct sim_journal *vdev_journal(const struct vdev *vdev)
{
        return vdev->journal;
}

uint8_t vdev_isr(const struct vdev *vdev)
{
        return vdev->isr;
}

uint8_t vdev_config_generation(const struct vdev *vdev)
{
        return vdev->config_generation;
}

bool vdev_disabled(const struct vdev *vdev)
{
        return vdev->disabled;
}

uint16_t vdev_queue_select(const struct vdev *vdev)
{
        return vdev->queue_select;
}

void vdev_select_queue(struct vdev *vdev, uint16_t queue)
{
        vdev->queue_select = queue;
}

bool vdev_start_on_kick(const struct vdev *vdev)
{
        return vdev->start_on_kick;
}

bool vdev_started(const struct vdev *vdev)
{
        return vdev->started;
}
