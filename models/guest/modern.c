// SPDX-License-Identifier: MIT
#include "models/guest/transport.h"
#include "models/virtio_spec.h"

static uint64_t read_common(const struct guest_transport *transport, unsigned offset,
                            unsigned size_bytes)
{
        const struct guest_window *common = &transport->pci->common;

        return port_bar_read(transport->port, common->bar, common->offset + offset, size_bytes);
}

static void write_common(const struct guest_transport *transport, unsigned offset,
                         unsigned size_bytes, uint64_t value)
{
        const struct guest_window *common = &transport->pci->common;

        port_bar_write(transport->port, common->bar, common->offset + offset, size_bytes, value);
}

static uint8_t status(const struct guest_transport *transport)
{
        return (uint8_t)read_common(transport, VIRTIO_PCI_COMMON_DEVICE_STATUS, 1);
}

static void set_status(const struct guest_transport *transport, uint8_t value)
{
        write_common(transport, VIRTIO_PCI_COMMON_DEVICE_STATUS, 1, value);
}

static uint64_t offered(const struct guest_transport *transport)
{
        uint64_t features;

        write_common(transport, VIRTIO_PCI_COMMON_DEVICE_FEATURE_SELECT, 4, 0);
        features = read_common(transport, VIRTIO_PCI_COMMON_DEVICE_FEATURE, 4) & 0xffffffff;
        write_common(transport, VIRTIO_PCI_COMMON_DEVICE_FEATURE_SELECT, 4, 1);
        return features | read_common(transport, VIRTIO_PCI_COMMON_DEVICE_FEATURE, 4) << 32;
}

static void accept(const struct guest_transport *transport, uint64_t features)
{
        write_common(transport, VIRTIO_PCI_COMMON_DRIVER_FEATURE_SELECT, 4, 0);
        write_common(transport, VIRTIO_PCI_COMMON_DRIVER_FEATURE, 4, features & 0xffffffff);
        write_common(transport, VIRTIO_PCI_COMMON_DRIVER_FEATURE_SELECT, 4, 1);
        write_common(transport, VIRTIO_PCI_COMMON_DRIVER_FEATURE, 4, features >> 32);
}

static uint16_t queue_size(const struct guest_transport *transport, uint16_t queue)
{
        uint16_t size;

        write_common(transport, VIRTIO_PCI_COMMON_QUEUE_SELECT, 2, queue);
        size = (uint16_t)read_common(transport, VIRTIO_PCI_COMMON_QUEUE_SIZE, 2);
        if (read_common(transport, VIRTIO_PCI_COMMON_QUEUE_ENABLE, 2) & 1)
                return 0;
        return size;
}

/* 4.1.4.3.2: 64-bit fields are written as two 32-bit halves. */
static void write_address(const struct guest_transport *transport, unsigned offset,
                          uint64_t address)
{
        write_common(transport, offset, 4, address & 0xffffffff);
        write_common(transport, offset + 4, 4, address >> 32);
}

/* Of the selected queue. */
static struct guest_window selected_doorbell(const struct guest_transport *transport)
{
        struct guest_window window = transport->pci->notify;

        window.offset += read_common(transport, VIRTIO_PCI_COMMON_QUEUE_NOTIFY_OFF, 2) *
                         transport->pci->notify_multiplier;
        return window;
}

static struct guest_window doorbell(const struct guest_transport *transport, uint16_t queue)
{
        write_common(transport, VIRTIO_PCI_COMMON_QUEUE_SELECT, 2, queue);
        return selected_doorbell(transport);
}

static void queue_place(const struct guest_transport *transport, struct gring *ring)
{
        write_common(transport, VIRTIO_PCI_COMMON_QUEUE_SIZE, 2, ring->size);
        write_address(transport, VIRTIO_PCI_COMMON_QUEUE_DESC, ring->descriptors);
        write_address(transport, VIRTIO_PCI_COMMON_QUEUE_DRIVER, ring->available);
        write_address(transport, VIRTIO_PCI_COMMON_QUEUE_DEVICE, ring->used);
        ring->notify = selected_doorbell(transport);
}

static uint16_t config_vector(const struct guest_transport *transport, uint16_t vector)
{
        write_common(transport, VIRTIO_PCI_COMMON_CONFIG_MSIX_VECTOR, 2, vector);
        return (uint16_t)read_common(transport, VIRTIO_PCI_COMMON_CONFIG_MSIX_VECTOR, 2);
}

static uint16_t queue_vector(const struct guest_transport *transport, uint16_t vector)
{
        write_common(transport, VIRTIO_PCI_COMMON_QUEUE_MSIX_VECTOR, 2, vector);
        return (uint16_t)read_common(transport, VIRTIO_PCI_COMMON_QUEUE_MSIX_VECTOR, 2);
}

static void queue_enable(const struct guest_transport *transport, uint16_t queue)
{
        write_common(transport, VIRTIO_PCI_COMMON_QUEUE_SELECT, 2, queue);
        write_common(transport, VIRTIO_PCI_COMMON_QUEUE_ENABLE, 2, 1);
}

static uint32_t config(const struct guest_transport *transport, unsigned offset)
{
        const struct guest_window *device = &transport->pci->device;

        return (uint32_t)port_bar_read(transport->port, device->bar, device->offset + offset, 4);
}

static void set_config(const struct guest_transport *transport, unsigned offset, uint32_t value)
{
        const struct guest_window *device = &transport->pci->device;

        port_bar_write(transport->port, device->bar, device->offset + offset, 4, value);
}

const struct guest_transport_ops guest_transport_modern = {
        .negotiates = true,
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
