// SPDX-License-Identifier: MIT
/*
 * The legacy interface: the I/O BAR. VIRTIO 1.2 4.1.4.10; QEMU
 * hw/virtio/virtio-pci.c, virtio_ioport_read and _write. Only bits below 32 of
 * the features are there.
 */
#include "models/virtio/vpci_priv.h"

#include "models/virtio_spec.h"

#define PAGE_SHIFT 12U /* of QUEUE_ADDRESS: 4096-byte pages */

struct legacy_register {
        uint32_t (*read)(struct vpci *vpci);
        void (*write)(struct vpci *vpci, uint32_t value);
};

static uint32_t read_device_features(struct vpci *vpci)
{
        return vdev_legacy_features(vpci->vdev);
}

static uint32_t read_driver_features(struct vpci *vpci)
{
        return (uint32_t)vdev_features(vpci->vdev);
}

/* QEMU: a driver that takes the bad bit copied the offer unread; it gets nothing. */
static void write_driver_features(struct vpci *vpci, uint32_t value)
{
        bool bad = value & VIRTIO_FEATURE(VIRTIO_F_BAD_FEATURE);

        vdev_set_features(vpci->vdev, bad ? 0 : value);
}

static uint32_t read_queue_address(struct vpci *vpci)
{
        return (uint32_t)(vdev_queue_descriptors(vpci->vdev, vdev_queue_select(vpci->vdev)) >>
                          PAGE_SHIFT);
}

/* QEMU: address 0 does not stop the queue, it resets the device. */
static void write_queue_address(struct vpci *vpci, uint32_t value)
{
        if (value == 0)
                vpci_reset(vpci, VDEV_RESET_DEVICE);
        else
                vdev_queue_set_legacy_address(vpci->vdev, vdev_queue_select(vpci->vdev),
                                              (uint64_t)value << PAGE_SHIFT);
}

static uint32_t read_queue_size(struct vpci *vpci)
{
        return vdev_queue_size(vpci->vdev, vdev_queue_select(vpci->vdev));
}

static uint32_t read_queue_select(struct vpci *vpci)
{
        return vdev_queue_select(vpci->vdev);
}

static void write_queue_notify(struct vpci *vpci, uint32_t value)
{
        vdev_queue_notify(vpci->vdev, value);
}

static uint32_t read_device_status(struct vpci *vpci)
{
        return vdev_status(vpci->vdev);
}

/*
 * QEMU: Linux before 2.6.34 never turned bus mastering on, so ACKNOWLEDGE and
 * DRIVER do it for the guest.
 */
static void write_device_status(struct vpci *vpci, uint32_t value)
{
        struct pci_config *config = &vpci->function.config;

        vpci_write_status(vpci, (uint8_t)value);
        if (value != (VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER))
                return;
        pcicfg_put(config, PCI_REG_COMMAND, 2,
                   pcicfg_get(config, PCI_REG_COMMAND, 2) | PCI_COMMAND_MASTER);
        vpci_memory_changed(vpci);
}

static uint32_t read_isr(struct vpci *vpci)
{
        return vpci_read_isr(vpci);
}

static uint32_t read_config_vector(struct vpci *vpci)
{
        return vpci->config_vector;
}

static uint32_t read_queue_vector(struct vpci *vpci)
{
        return vpci->queues[vdev_queue_select(vpci->vdev)].vector;
}

/* By offset; a read that is not there gives all ones, a write does nothing. */
static const struct legacy_register legacy_registers[VIRTIO_PCI_LEGACY_CONFIG_MSIX] = {
        [VIRTIO_PCI_LEGACY_DEVICE_FEATURES] = { read_device_features, NULL },
        [VIRTIO_PCI_LEGACY_DRIVER_FEATURES] = { read_driver_features, write_driver_features },
        [VIRTIO_PCI_LEGACY_QUEUE_ADDRESS] = { read_queue_address, write_queue_address },
        [VIRTIO_PCI_LEGACY_QUEUE_SIZE] = { read_queue_size, NULL },
        [VIRTIO_PCI_LEGACY_QUEUE_SELECT] = { read_queue_select, vpci_select_queue },
        [VIRTIO_PCI_LEGACY_QUEUE_NOTIFY] = { NULL, write_queue_notify },
        [VIRTIO_PCI_LEGACY_DEVICE_STATUS] = { read_device_status, write_device_status },
        [VIRTIO_PCI_LEGACY_ISR] = { read_isr, NULL },
        [VIRTIO_PCI_LEGACY_CONFIG_MSIX_VECTOR] = { read_config_vector, vpci_set_config_vector },
        [VIRTIO_PCI_LEGACY_QUEUE_MSIX_VECTOR] = { read_queue_vector, vpci_set_queue_vector },
};

/* 4.1.4.10: the vectors are there only while MSI-X is enabled. */
static uint64_t config_offset(const struct vpci *vpci)
{
        return vpci_msix_enabled(vpci) ? VIRTIO_PCI_LEGACY_CONFIG_MSIX : VIRTIO_PCI_LEGACY_CONFIG;
}

uint32_t vpci_legacy_read(struct vpci *vpci, uint64_t offset, unsigned size_bytes)
{
        uint64_t config = config_offset(vpci);

        if (offset >= config)
                return vdev_config_read(vpci->vdev, offset - config, size_bytes);
        if (legacy_registers[offset].read == NULL)
                return UINT32_MAX;
        return legacy_registers[offset].read(vpci);
}

void vpci_legacy_write(struct vpci *vpci, uint64_t offset, unsigned size_bytes, uint32_t value)
{
        uint64_t config = config_offset(vpci);

        if (offset >= config)
                vdev_config_write(vpci->vdev, offset - config, size_bytes, value);
        else if (legacy_registers[offset].write != NULL)
                legacy_registers[offset].write(vpci, value);
}

uint64_t vpci_legacy_bar_size_bytes(const struct vpci *vpci)
{
        uint64_t registers =
                vpci->msix != NULL ? VIRTIO_PCI_LEGACY_CONFIG_MSIX : VIRTIO_PCI_LEGACY_CONFIG;
        uint64_t used = registers + vdev_config_size_bytes(vpci->vdev);
        uint64_t size = 4;

        while (size < used)
                size *= 2;
        return size;
}
