// SPDX-License-Identifier: MIT
#include "models/guest/transport.h"
#include "models/virtio_spec.h"

static uint64_t read_register(const struct guest_transport *transport, unsigned offset,
                              unsigned size_bytes)
{
        return port_bar_read(transport->port, transport->pci->common.bar, offset, size_bytes);
}

static void write_register(const struct guest_transport *transport, unsigned offset,
                           unsigned size_bytes, uint64_t value)
{
        port_bar_write(transport->port, transport->pci->common.bar, offset, size_bytes, value);
}

static uint8_t status(const struct guest_transport *transport)
{
        return (uint8_t)read_register(transport, VIRTIO_PCI_LEGACY_DEVICE_STATUS, 1);
}

static void set_status(const struct guest_transport *transport, uint8_t value)
{
        write_register(transport, VIRTIO_PCI_LEGACY_DEVICE_STATUS, 1, value);
}

static uint64_t offered(const struct guest_transport *transport)
{
        return read_register(transport, VIRTIO_PCI_LEGACY_DEVICE_FEATURES, 4) & 0xffffffff;
}

static void accept(const struct guest_transport *transport, uint64_t features)
{
        write_register(transport, VIRTIO_PCI_LEGACY_DRIVER_FEATURES, 4, features & 0xffffffff);
}

static uint16_t queue_size(const struct guest_transport *transport, uint16_t queue)
{
        uint16_t size;

        write_register(transport, VIRTIO_PCI_LEGACY_QUEUE_SELECT, 2, queue);
        size = (uint16_t)read_register(transport, VIRTIO_PCI_LEGACY_QUEUE_SIZE, 2);
        if (read_register(transport, VIRTIO_PCI_LEGACY_QUEUE_ADDRESS, 4) != 0)
                return 0;
        return size;
}

static struct guest_window doorbell(const struct guest_transport *transport, uint16_t queue)
{
        (void)queue; /* one register for all: the value names the queue */
        return transport->pci->notify;
}

/* The address makes the queue live. */
static void queue_place(const struct guest_transport *transport, struct gring *ring)
{
        write_register(transport, VIRTIO_PCI_LEGACY_QUEUE_ADDRESS, 4,
                       ring->descriptors / VIRTIO_LEGACY_QUEUE_ALIGN_BYTES);
        ring->notify = doorbell(transport, ring->queue);
}

static uint16_t config_vector(const struct guest_transport *transport, uint16_t vector)
{
        write_register(transport, VIRTIO_PCI_LEGACY_CONFIG_MSIX_VECTOR, 2, vector);
        return (uint16_t)read_register(transport, VIRTIO_PCI_LEGACY_CONFIG_MSIX_VECTOR, 2);
}

static uint16_t queue_vector(const struct guest_transport *transport, uint16_t vector)
{
        write_register(transport, VIRTIO_PCI_LEGACY_QUEUE_MSIX_VECTOR, 2, vector);
        return (uint16_t)read_register(transport, VIRTIO_PCI_LEGACY_QUEUE_MSIX_VECTOR, 2);
}

static void queue_enable(const struct guest_transport *transport, uint16_t queue)
{
        (void)transport;
        (void)queue;
}

/*
 * Byte by byte, lowest first, as Linux's virtio_pci_legacy.c does against the
 * advice of 5.5.6: the device sees the values in between.
 */
static uint32_t config(const struct guest_transport *transport, unsigned offset)
{
        unsigned place = (unsigned)transport->pci->device.offset;
        uint32_t value = 0;

        for (unsigned i = 0; i < 4; i++)
                value |= (uint32_t)(read_register(transport, place + offset + i, 1) & 0xff)
                         << 8 * i;
        return value;
}

static void set_config(const struct guest_transport *transport, unsigned offset, uint32_t value)
{
        unsigned place = (unsigned)transport->pci->device.offset;

        for (unsigned i = 0; i < 4; i++)
                write_register(transport, place + offset + i, 1, value >> 8 * i & 0xff);
}

const struct guest_transport_ops guest_transport_legacy = {
        .negotiates = false,
        .status = status,
        .set_status = set_status,
        .offered = offered,
        .accept = accept,
        .queue_size = queue_size,
        .queue_place = queue_place,
        .queue_enable = queue_enable,
        .config_vector = config_vector,
        .queue_vector = queue_vector,
        .doorbell = doorbell,
        .config = config,
        .set_config = set_config,
};
