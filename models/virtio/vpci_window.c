// SPDX-License-Identifier: MIT
/*
 * The window in configuration space through which a driver reaches the modern
 * BAR without mapping it. VIRTIO 1.2 4.1.4.9; QEMU hw/virtio/virtio-pci.c,
 * virtio_read_config and virtio_write_config.
 *
 * QEMU: the capability's bar is not looked at, memory decoding may be off, an
 * offset is rounded down to the length, and an access that cannot be made leaves
 * the data as they are.
 */
#include "models/virtio/vpci_priv.h"

#include "models/virtio_spec.h"

void vpci_window_add(struct vpci *vpci)
{
        struct pci_config *config = &vpci->function.config;
        uint16_t at =
                pcicfg_add_capability(config, PCI_CAPABILITY_VENDOR, VIRTIO_PCI_CFG_CAP_SIZE_BYTES);

        pcicfg_put(config, (uint16_t)(at + 2), 1, VIRTIO_PCI_CFG_CAP_SIZE_BYTES);
        pcicfg_put(config, (uint16_t)(at + VIRTIO_PCI_CAP_TYPE), 1, VIRTIO_PCI_CAP_PCI_CFG);
        pcicfg_set_writable(config, (uint16_t)(at + VIRTIO_PCI_CAP_BAR), 0xff);
        for (unsigned i = VIRTIO_PCI_CAP_OFFSET; i < VIRTIO_PCI_CFG_CAP_SIZE_BYTES; i++)
                pcicfg_set_writable(config, (uint16_t)(at + i), 0xff);
        vpci->window = at;
}

struct window_access {
        const struct vpci_region *region;
        uint32_t offset; /* in the region */
        unsigned size_bytes;
        uint16_t data; /* where the data are in configuration space */
};

/* False: these bytes are not the data, or the window points nowhere. */
static bool window_access(const struct vpci *vpci, uint16_t offset, unsigned size_bytes,
                          struct window_access *access)
{
        const struct pci_config *config = &vpci->function.config;
        uint32_t target, length;

        if (vpci->window == 0)
                return false;
        access->data = (uint16_t)(vpci->window + VIRTIO_PCI_CFG_CAP_DATA);
        if (offset + size_bytes <= access->data || offset >= access->data + 4)
                return false;
        length = pcicfg_get(config, (uint16_t)(vpci->window + VIRTIO_PCI_CAP_LENGTH), 4);
        if (length != 1 && length != 2 && length != 4)
                return false;
        target = pcicfg_get(config, (uint16_t)(vpci->window + VIRTIO_PCI_CAP_OFFSET), 4) &
                 ~(length - 1);
        access->region = vpci_region_at(vpci, target, length);
        if (access->region == NULL)
                return false;
        access->offset = target - access->region->offset;
        access->size_bytes = length;
        return true;
}

void vpci_window_reading(struct vpci *vpci, uint16_t offset, unsigned size_bytes)
{
        struct window_access access;

        if (window_access(vpci, offset, size_bytes, &access))
                pcicfg_put(&vpci->function.config, access.data, access.size_bytes,
                           access.region->read(vpci, access.offset, access.size_bytes));
}

void vpci_window_written(struct vpci *vpci, uint16_t offset, unsigned size_bytes)
{
        struct window_access access;

        if (window_access(vpci, offset, size_bytes, &access))
                access.region->write(
                        vpci, access.offset, access.size_bytes,
                        pcicfg_get(&vpci->function.config, access.data, access.size_bytes));
}
