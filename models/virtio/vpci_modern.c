// SPDX-License-Identifier: MIT
/*
 * The regions of the modern BAR: common configuration, ISR, device configuration
 * and notification. VIRTIO 1.2 4.1.4.3 to 4.1.4.6; QEMU hw/virtio/virtio-pci.c,
 * virtio_pci_common_read and _write.
 *
 * QEMU: one access reaches one register, the one that starts at its offset:
 * whatever its width, it sets or shows the whole of that register's low bytes
 * and nothing of the next one.
 */
#include "models/virtio/vpci_priv.h"

#include "models/virtio_spec.h"

/* One register of the common configuration; argument tells apart those that share functions. */
struct common_register {
        uint32_t (*read)(const struct vpci *vpci, unsigned argument);
        void (*write)(struct vpci *vpci, unsigned argument, uint32_t value);
        unsigned argument;
};

static struct vpci_queue *selected(struct vpci *vpci)
{
        return &vpci->queues[vdev_queue_select(vpci->vdev)];
}

/* ---- features ---- */

static uint32_t read_device_feature_select(const struct vpci *vpci, unsigned argument)
{
        (void)argument;
        return vpci->device_feature_select;
}

static void write_device_feature_select(struct vpci *vpci, unsigned argument, uint32_t value)
{
        (void)argument;
        vpci->device_feature_select = value;
}

static uint32_t read_device_feature(const struct vpci *vpci, unsigned argument)
{
        (void)argument;
        if (vpci->device_feature_select > 1)
                return 0;
        return (uint32_t)(vdev_modern_features(vpci->vdev) >> (32 * vpci->device_feature_select));
}

static uint32_t read_driver_feature_select(const struct vpci *vpci, unsigned argument)
{
        (void)argument;
        return vpci->driver_feature_select;
}

static void write_driver_feature_select(struct vpci *vpci, unsigned argument, uint32_t value)
{
        (void)argument;
        vpci->driver_feature_select = value;
}

static uint32_t read_driver_feature(const struct vpci *vpci, unsigned argument)
{
        (void)argument;
        return vpci->driver_feature_select > 1 ? 0
                                               : vpci->driver_features[vpci->driver_feature_select];
}

static void write_driver_feature(struct vpci *vpci, unsigned argument, uint32_t value)
{
        (void)argument;
        if (vpci->driver_feature_select > 1)
                return;
        vpci->driver_features[vpci->driver_feature_select] = value;
        vdev_set_features(vpci->vdev,
                          (uint64_t)vpci->driver_features[1] << 32 | vpci->driver_features[0]);
}

/* ---- the device ---- */

static uint32_t read_config_vector(const struct vpci *vpci, unsigned argument)
{
        (void)argument;
        return vpci->config_vector;
}

static void write_config_vector(struct vpci *vpci, unsigned argument, uint32_t value)
{
        (void)argument;
        vpci_set_config_vector(vpci, value);
}

static uint32_t read_num_queues(const struct vpci *vpci, unsigned argument)
{
        (void)argument;
        return vdev_queue_count(vpci->vdev);
}

static uint32_t read_device_status(const struct vpci *vpci, unsigned argument)
{
        (void)argument;
        return vdev_status(vpci->vdev);
}

static void write_device_status(struct vpci *vpci, unsigned argument, uint32_t value)
{
        (void)argument;
        vpci_write_status(vpci, (uint8_t)value);
}

static uint32_t read_config_generation(const struct vpci *vpci, unsigned argument)
{
        (void)argument;
        return vdev_config_generation(vpci->vdev);
}

/* ---- the selected queue ---- */

/* QEMU: queues are notified in order, those that do not exist too. */
static uint32_t read_queue_select(const struct vpci *vpci, unsigned argument)
{
        (void)argument;
        return vdev_queue_select(vpci->vdev);
}

static void write_queue_select(struct vpci *vpci, unsigned argument, uint32_t value)
{
        (void)argument;
        vpci_select_queue(vpci, value);
}

static uint32_t read_queue_size(const struct vpci *vpci, unsigned argument)
{
        (void)argument;
        return vdev_queue_size(vpci->vdev, vdev_queue_select(vpci->vdev));
}

static void write_queue_size(struct vpci *vpci, unsigned argument, uint32_t value)
{
        (void)argument;
        selected(vpci)->size = (uint16_t)value;
        vdev_queue_set_size(vpci->vdev, vdev_queue_select(vpci->vdev), (uint16_t)value);
}

static uint32_t read_queue_vector(const struct vpci *vpci, unsigned argument)
{
        (void)argument;
        return vpci->queues[vdev_queue_select(vpci->vdev)].vector;
}

static void write_queue_vector(struct vpci *vpci, unsigned argument, uint32_t value)
{
        (void)argument;
        vpci_set_queue_vector(vpci, value);
}

static uint32_t read_queue_enable(const struct vpci *vpci, unsigned argument)
{
        (void)argument;
        return vpci->queues[vdev_queue_select(vpci->vdev)].enabled;
}

static uint64_t ring_address(const struct vpci_queue *queue, enum vpci_ring_word low)
{
        return (uint64_t)queue->ring_words[low + 1] << 32 | queue->ring_words[low];
}

static void write_queue_enable(struct vpci *vpci, unsigned argument, uint32_t value)
{
        struct vpci_queue *queue = selected(vpci);

        (void)argument;
        if (value != 1) {
                vdev_error_number(vpci->vdev, "wrong value for queue_enable ", value, 16, "");
                return;
        }
        /* QEMU: once more, since a queue reset took the size back but not what was written. */
        vdev_queue_set_size(vpci->vdev, vdev_queue_select(vpci->vdev), queue->size);
        vdev_queue_set_rings(
                vpci->vdev, vdev_queue_select(vpci->vdev), ring_address(queue, VPCI_DESC_LOW),
                ring_address(queue, VPCI_DRIVER_LOW), ring_address(queue, VPCI_DEVICE_LOW));
        queue->enabled = true;
}

static uint32_t read_ring_word(const struct vpci *vpci, unsigned argument)
{
        return vpci->queues[vdev_queue_select(vpci->vdev)].ring_words[argument];
}

static void write_ring_word(struct vpci *vpci, unsigned argument, uint32_t value)
{
        selected(vpci)->ring_words[argument] = value;
}

/* Done before the write returns, so the register always reads 0. */
static void write_queue_reset(struct vpci *vpci, unsigned argument, uint32_t value)
{
        (void)argument;
        if (value != 1)
                return;
        vdev_queue_reset(vpci->vdev, vdev_queue_select(vpci->vdev));
        selected(vpci)->enabled = false;
        /* QEMU: the vector stays in use, with its pending bit. */
        selected(vpci)->vector = VIRTIO_PCI_NO_VECTOR;
}

/* By offset; a read that is not there gives 0, a write does nothing. */
static const struct common_register common_registers[] = {
        [VIRTIO_PCI_COMMON_DEVICE_FEATURE_SELECT] = { read_device_feature_select,
                                                      write_device_feature_select, 0 },
        [VIRTIO_PCI_COMMON_DEVICE_FEATURE] = { read_device_feature, NULL, 0 },
        [VIRTIO_PCI_COMMON_DRIVER_FEATURE_SELECT] = { read_driver_feature_select,
                                                      write_driver_feature_select, 0 },
        [VIRTIO_PCI_COMMON_DRIVER_FEATURE] = { read_driver_feature, write_driver_feature, 0 },
        [VIRTIO_PCI_COMMON_CONFIG_MSIX_VECTOR] = { read_config_vector, write_config_vector, 0 },
        [VIRTIO_PCI_COMMON_NUM_QUEUES] = { read_num_queues, NULL, 0 },
        [VIRTIO_PCI_COMMON_DEVICE_STATUS] = { read_device_status, write_device_status, 0 },
        [VIRTIO_PCI_COMMON_CONFIG_GENERATION] = { read_config_generation, NULL, 0 },
        [VIRTIO_PCI_COMMON_QUEUE_SELECT] = { read_queue_select, write_queue_select, 0 },
        [VIRTIO_PCI_COMMON_QUEUE_SIZE] = { read_queue_size, write_queue_size, 0 },
        [VIRTIO_PCI_COMMON_QUEUE_MSIX_VECTOR] = { read_queue_vector, write_queue_vector, 0 },
        [VIRTIO_PCI_COMMON_QUEUE_ENABLE] = { read_queue_enable, write_queue_enable, 0 },
        [VIRTIO_PCI_COMMON_QUEUE_NOTIFY_OFF] = { read_queue_select, NULL, 0 },
        [VIRTIO_PCI_COMMON_QUEUE_DESC] = { read_ring_word, write_ring_word, VPCI_DESC_LOW },
        [VIRTIO_PCI_COMMON_QUEUE_DESC + 4] = { read_ring_word, write_ring_word, VPCI_DESC_HIGH },
        [VIRTIO_PCI_COMMON_QUEUE_DRIVER] = { read_ring_word, write_ring_word, VPCI_DRIVER_LOW },
        [VIRTIO_PCI_COMMON_QUEUE_DRIVER + 4] = { read_ring_word, write_ring_word,
                                                 VPCI_DRIVER_HIGH },
        [VIRTIO_PCI_COMMON_QUEUE_DEVICE] = { read_ring_word, write_ring_word, VPCI_DEVICE_LOW },
        [VIRTIO_PCI_COMMON_QUEUE_DEVICE + 4] = { read_ring_word, write_ring_word,
                                                 VPCI_DEVICE_HIGH },
        [VIRTIO_PCI_COMMON_QUEUE_RESET] = { NULL, write_queue_reset, 0 },
};

static const struct common_register *common_at(uint32_t offset)
{
        static const struct common_register nothing = { NULL, NULL, 0 };

        return offset < sizeof common_registers / sizeof common_registers[0]
                       ? &common_registers[offset]
                       : &nothing;
}

/* ---- the regions ---- */

static uint32_t common_read(struct vpci *vpci, uint32_t offset, unsigned size_bytes)
{
        const struct common_register *at = common_at(offset);

        (void)size_bytes;
        return at->read == NULL ? 0 : at->read(vpci, at->argument);
}

static void common_write(struct vpci *vpci, uint32_t offset, unsigned size_bytes, uint32_t value)
{
        const struct common_register *at = common_at(offset);

        (void)size_bytes;
        if (at->write != NULL)
                at->write(vpci, at->argument, value);
}

/* QEMU: any offset of the region is the ISR. */
static uint32_t isr_read(struct vpci *vpci, uint32_t offset, unsigned size_bytes)
{
        (void)offset;
        (void)size_bytes;
        return vpci_read_isr(vpci);
}

static void isr_write(struct vpci *vpci, uint32_t offset, unsigned size_bytes, uint32_t value)
{
        (void)vpci;
        (void)offset;
        (void)size_bytes;
        (void)value;
}

static uint32_t device_read(struct vpci *vpci, uint32_t offset, unsigned size_bytes)
{
        return vdev_config_read(vpci->vdev, offset, size_bytes);
}

static void device_write(struct vpci *vpci, uint32_t offset, unsigned size_bytes, uint32_t value)
{
        vdev_config_write(vpci->vdev, offset, size_bytes, value);
}

static uint32_t notify_read(struct vpci *vpci, uint32_t offset, unsigned size_bytes)
{
        (void)vpci;
        (void)offset;
        (void)size_bytes;
        return 0;
}

/* QEMU: the address says which queue; the value is not looked at. */
static void notify_write(struct vpci *vpci, uint32_t offset, unsigned size_bytes, uint32_t value)
{
        (void)size_bytes;
        (void)value;
        vdev_queue_notify(vpci->vdev, offset / vpci->notify_multiplier);
}

const struct vpci_region vpci_regions[VPCI_REGION_COUNT] = {
        { VIRTIO_PCI_CAP_COMMON_CFG, 0x0000, 0x1000, common_read, common_write },
        { VIRTIO_PCI_CAP_ISR_CFG, 0x1000, 0x1000, isr_read, isr_write },
        { VIRTIO_PCI_CAP_DEVICE_CFG, 0x2000, 0x1000, device_read, device_write },
        { VIRTIO_PCI_CAP_NOTIFY_CFG, 0x3000, 0, notify_read, notify_write },
};

uint32_t vpci_region_length_bytes(const struct vpci *vpci, const struct vpci_region *region)
{
        return region->length_bytes != 0 ? region->length_bytes
                                         : VPCI_QUEUES_MAX * vpci->notify_multiplier;
}

const struct vpci_region *vpci_region_at(const struct vpci *vpci, uint64_t offset,
                                         unsigned size_bytes)
{
        for (unsigned i = 0; i < VPCI_REGION_COUNT; i++) {
                const struct vpci_region *region = &vpci_regions[i];

                if (offset >= region->offset &&
                    offset + size_bytes <=
                            (uint64_t)region->offset + vpci_region_length_bytes(vpci, region))
                        return region;
        }
        return NULL;
}

uint64_t vpci_modern_bar_size_bytes(const struct vpci *vpci)
{
        const struct vpci_region *last = &vpci_regions[VPCI_REGION_COUNT - 1];
        uint64_t used = (uint64_t)last->offset + vpci_region_length_bytes(vpci, last), size = 1;

        while (size < used)
                size *= 2;
        return size;
}
