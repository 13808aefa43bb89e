// SPDX-License-Identifier: MIT
/*
 * The function: identity, BARs and capabilities, the splitting of accesses, bus
 * mastering, interrupts and resets. VIRTIO 1.2 4.1.1 to 4.1.4; QEMU
 * hw/virtio/virtio-pci.c.
 */
#include "models/virtio/vpci_priv.h"

#include <stdlib.h>
#include <string.h>

#include "models/virtio_spec.h"
#include "sim/assert.h"

#define MODERN_ID_BASE 0x1040U      /* VIRTIO 1.2 4.1.2 */
#define MODERN_SUBSYSTEM_ID 0x1100U /* QEMU's own */
#define CLASS_OTHER 0x00ff00U       /* a device that fits no class */
#define INTERRUPT_PIN_A 1U
#define PIECE_SIZE_BYTES_MAX 4U
#define NOTIFY_MULTIPLIER 4U
#define NOTIFY_MULTIPLIER_PAGE 0x1000U /* page-per-vq */
#define NOTIFY_IO_SIZE_BYTES 4U

/* ---- accesses ---- */

/*
 * QEMU: an access that is misaligned or wider than four bytes reaches a register
 * as its largest aligned pieces (softmmu/physmem.c, memory_access_size).
 */
static unsigned piece_size_bytes(uint64_t offset, unsigned left_bytes)
{
        unsigned size = PIECE_SIZE_BYTES_MAX;

        while (size > left_bytes || offset % size != 0)
                size /= 2;
        return size;
}

static uint32_t low_bytes(uint32_t value, unsigned size_bytes)
{
        return size_bytes == 4 ? value : value & ((1U << (8 * size_bytes)) - 1);
}

static uint32_t read_piece(struct vpci *vpci, unsigned bar, uint64_t offset, unsigned size_bytes)
{
        const struct vpci_region *region;

        if (bar == VPCI_BAR_LEGACY)
                return low_bytes(vpci_legacy_read(vpci, offset, size_bytes), size_bytes);
        if (bar == VPCI_BAR_MSIX)
                return msix_bar_read(vpci->msix, offset, size_bytes);
        region = bar == VPCI_BAR_MODERN ? vpci_region_at(vpci, offset, size_bytes) : NULL;
        /* The port of BAR2 reads as 0, like memory that nothing answers for. */
        if (region == NULL)
                return 0;
        return low_bytes(region->read(vpci, (uint32_t)(offset - region->offset), size_bytes),
                         size_bytes);
}

static void write_piece(struct vpci *vpci, unsigned bar, uint64_t offset, unsigned size_bytes,
                        uint32_t value)
{
        const struct vpci_region *region;

        value = low_bytes(value, size_bytes);
        if (bar == VPCI_BAR_LEGACY) {
                vpci_legacy_write(vpci, offset, size_bytes, value);
                return;
        }
        if (bar == VPCI_BAR_MSIX) {
                msix_bar_write(vpci->msix, offset, size_bytes, value);
                return;
        }
        /* QEMU: the port tells the queue by the value. */
        if (bar == VPCI_BAR_NOTIFY_IO) {
                vdev_queue_notify(vpci->vdev, value);
                return;
        }
        region = vpci_region_at(vpci, offset, size_bytes);
        if (region != NULL)
                region->write(vpci, (uint32_t)(offset - region->offset), size_bytes, value);
}

static uint64_t bar_read(void *model, unsigned bar, uint64_t offset, unsigned size_bytes)
{
        uint64_t value = 0;

        sim_assert(size_bytes <= sizeof value);
        for (unsigned done = 0; done < size_bytes;) {
                unsigned piece = piece_size_bytes(offset + done, size_bytes - done);

                value |= (uint64_t)read_piece(model, bar, offset + done, piece) << (8 * done);
                done += piece;
        }
        return value;
}

static void bar_write(void *model, unsigned bar, uint64_t offset, unsigned size_bytes,
                      uint64_t value)
{
        sim_assert(size_bytes <= sizeof value);
        for (unsigned done = 0; done < size_bytes;) {
                unsigned piece = piece_size_bytes(offset + done, size_bytes - done);

                write_piece(model, bar, offset + done, piece, (uint32_t)(value >> (8 * done)));
                done += piece;
        }
}

static void msix_written(struct vpci *vpci, uint16_t offset, unsigned size_bytes)
{
        msix_config_written(vpci->msix, offset, size_bytes);
        vdev_use_messages(vpci->vdev, msix_enabled(vpci->msix));
}

static void config_reading(void *model, uint16_t offset, unsigned size_bytes)
{
        vpci_window_reading(model, offset, size_bytes);
}

/*
 * QEMU: whatever changes in the map of the machine's memory has every device map its rings
 * again, as large as they are by now (hw/virtio/virtio.c, virtio_memory_listener_commit).
 */
void vpci_memory_changed(struct vpci *vpci)
{
        const struct pci_config *config = &vpci->function.config;
        bool master = (pcicfg_get(config, PCI_REG_COMMAND, 2) & PCI_COMMAND_MASTER) != 0;

        if (config->moves == vpci->moves && master == vpci->master)
                return;
        vpci->moves = config->moves;
        vpci->master = master;
        vdev_map_rings(vpci->vdev);
}

static void config_written(void *model, uint16_t offset, unsigned size_bytes)
{
        struct vpci *vpci = model;
        bool covers_command =
                offset <= PCI_REG_COMMAND && PCI_REG_COMMAND - offset < (int)size_bytes;

        vpci_memory_changed(vpci);
        if (vpci->msix != NULL)
                msix_written(vpci, offset, size_bytes);
        if (covers_command)
                vdev_set_bus_master(vpci->vdev, vpci->master);
        vpci_express_written(vpci, offset, size_bytes);
        vpci_window_written(vpci, offset, size_bytes);
}

static void function_reset(void *model, enum pcifn_reset kind)
{
        static const enum vdev_reset kinds[] = {
                [PCIFN_RESET_MACHINE] = VDEV_RESET_MACHINE,
                [PCIFN_RESET_BUS] = VDEV_RESET_BUS,
                [PCIFN_RESET_FUNCTION] = VDEV_RESET_FUNCTION,
        };

        struct vpci *vpci = model;

        vpci_express_reset(vpci);
        vpci_reset(vpci, kinds[kind]);
        vpci_memory_changed(vpci);
        if (vpci->msix != NULL) {
                msix_reset(vpci->msix);
                vdev_use_messages(vpci->vdev, false);
        }
}

static const struct pci_function_ops function_ops = {
        .bar_read = bar_read,
        .bar_write = bar_write,
        .config_reading = config_reading,
        .config_written = config_written,
        .reset = function_reset,
};

/* ---- interrupts ---- */

/* QEMU: the level of INTx is bit 0 of the ISR, for a configuration change too. */
void vpci_update_intx(struct vpci *vpci)
{
        vpci->host.ops->intx(vpci->host.self, vdev_isr(vpci->vdev) & VIRTIO_PCI_ISR_QUEUE);
}

static void interrupt(void *transport, unsigned source)
{
        struct vpci *vpci = transport;
        uint16_t vector;

        if (!vpci_msix_enabled(vpci)) {
                vpci_update_intx(vpci); /* one line for all sources */
                return;
        }
        vector = source == VDEV_SOURCE_CONFIG ? vpci->config_vector : vpci->queues[source].vector;
        if (vector != VIRTIO_PCI_NO_VECTOR)
                msix_notify(vpci->msix, vector);
}

static const struct vdev_transport_ops transport_ops = { interrupt };

/* ---- registers of both interfaces ---- */

uint8_t vpci_read_isr(struct vpci *vpci)
{
        uint8_t isr = vdev_take_isr(vpci->vdev);

        vpci_update_intx(vpci);
        return isr;
}

void vpci_select_queue(struct vpci *vpci, uint32_t queue)
{
        if (queue < VPCI_QUEUES_MAX)
                vdev_select_queue(vpci->vdev, (uint16_t)queue);
}

/* QEMU: a vector that is not there reads back as none; the driver finds out by that. */
static uint16_t change_vector(struct vpci *vpci, uint16_t from, uint32_t to)
{
        if (vpci->msix == NULL)
                return VIRTIO_PCI_NO_VECTOR;
        if (from != VIRTIO_PCI_NO_VECTOR)
                msix_unuse(vpci->msix, from);
        if (to >= msix_vector_count(vpci->msix))
                return VIRTIO_PCI_NO_VECTOR;
        msix_use(vpci->msix, (uint16_t)to);
        return (uint16_t)to;
}

void vpci_set_config_vector(struct vpci *vpci, uint32_t vector)
{
        vpci->config_vector = change_vector(vpci, vpci->config_vector, vector);
}

void vpci_set_queue_vector(struct vpci *vpci, uint32_t vector)
{
        struct vpci_queue *queue = &vpci->queues[vdev_queue_select(vpci->vdev)];

        queue->vector = change_vector(vpci, queue->vector, vector);
}

static void forget_queues(struct vpci *vpci)
{
        memset(vpci->queues, 0, sizeof vpci->queues);
        for (unsigned i = 0; i < VPCI_QUEUES_MAX; i++)
                vpci->queues[i].vector = VIRTIO_PCI_NO_VECTOR;
        vpci->config_vector = VIRTIO_PCI_NO_VECTOR;
        if (vpci->msix != NULL)
                msix_unuse_all(vpci->msix);
}

void vpci_reset(struct vpci *vpci, enum vdev_reset kind)
{
        vdev_reset(vpci->vdev, kind);
        forget_queues(vpci);
        vpci_update_intx(vpci);
}

/* QEMU: a refused write that leaves the status at 0 resets as well. */
void vpci_write_status(struct vpci *vpci, uint8_t status)
{
        vdev_write_status(vpci->vdev, status);
        if (vdev_status(vpci->vdev) == 0)
                vpci_reset(vpci, VDEV_RESET_DEVICE);
}

/* ---- building one ---- */

static struct pcicfg_identity identity_of(const struct vpci *vpci)
{
        uint16_t device_id = vdev_device_id(vpci->vdev);
        struct pcicfg_identity identity = {
                .vendor_id = VIRTIO_PCI_VENDOR_ID,
                .device_id = (uint16_t)(MODERN_ID_BASE + device_id),
                .subsystem_vendor_id = VIRTIO_PCI_VENDOR_ID,
                .subsystem_id = MODERN_SUBSYSTEM_ID,
                .class_code = CLASS_OTHER,
                .revision_id = 1,
                .interrupt_pin = INTERRUPT_PIN_A,
        };

        if (vpci->legacy) {
                /* 4.1.2.1: transitional ids follow no rule; the subsystem tells the type. */
                sim_assert(device_id == VIRTIO_ID_BALLOON);
                identity.device_id = VIRTIO_PCI_BALLOON_TRANSITIONAL_ID;
                identity.subsystem_id = device_id;
                identity.revision_id = 0;
        }
        return identity;
}

struct structure {
        uint8_t cfg_type, bar;
        uint32_t offset, length_bytes;
        uint32_t multiplier; /* of a notification structure only */
};

static void add_structure(struct pci_config *config, const struct structure *structure)
{
        bool notify = structure->cfg_type == VIRTIO_PCI_CAP_NOTIFY_CFG;
        uint8_t size = notify ? VIRTIO_PCI_NOTIFY_CAP_SIZE_BYTES : VIRTIO_PCI_CAP_SIZE_BYTES;
        uint16_t at = pcicfg_add_capability(config, PCI_CAPABILITY_VENDOR, size);

        pcicfg_put(config, (uint16_t)(at + 2), 1, size);
        pcicfg_put(config, (uint16_t)(at + VIRTIO_PCI_CAP_TYPE), 1, structure->cfg_type);
        pcicfg_put(config, (uint16_t)(at + VIRTIO_PCI_CAP_BAR), 1, structure->bar);
        pcicfg_put(config, (uint16_t)(at + VIRTIO_PCI_CAP_OFFSET), 4, structure->offset);
        pcicfg_put(config, (uint16_t)(at + VIRTIO_PCI_CAP_LENGTH), 4, structure->length_bytes);
        if (notify)
                pcicfg_put(config, (uint16_t)(at + VIRTIO_PCI_NOTIFY_CAP_MULTIPLIER), 4,
                           structure->multiplier);
}

static void add_modern(struct vpci *vpci, const struct vpci_properties *properties)
{
        struct pci_config *config = &vpci->function.config;

        vpci->notify_multiplier =
                properties->page_per_vq ? NOTIFY_MULTIPLIER_PAGE : NOTIFY_MULTIPLIER;
        pcicfg_add_bar(config, VPCI_BAR_MODERN, PCICFG_BAR_MEMORY_64_PREFETCHABLE,
                       vpci_modern_bar_size_bytes(vpci));
        for (unsigned i = 0; i < VPCI_REGION_COUNT; i++) {
                const struct vpci_region *region = &vpci_regions[i];

                add_structure(config, &(struct structure){ region->cfg_type, VPCI_BAR_MODERN,
                                                           region->offset,
                                                           vpci_region_length_bytes(vpci, region),
                                                           vpci->notify_multiplier });
        }
        if (properties->modern_pio_notify) {
                pcicfg_add_bar(config, VPCI_BAR_NOTIFY_IO, PCICFG_BAR_IO, NOTIFY_IO_SIZE_BYTES);
                /* QEMU: its multiplier is 0, one port for all queues. */
                add_structure(config,
                              &(struct structure){ VIRTIO_PCI_CAP_NOTIFY_CFG, VPCI_BAR_NOTIFY_IO, 0,
                                                   NOTIFY_IO_SIZE_BYTES, 0 });
        }
        vpci_window_add(vpci);
}

struct vpci *vpci_new(const struct vpci_options *options)
{
        const struct vpci_properties *properties = &options->properties;
        struct vpci *vpci = calloc(1, sizeof *vpci);
        uint64_t features = vdev_modern_features(options->vdev);
        struct pci_config *config;
        struct pcicfg_identity identity;
        bool express;

        sim_assert(vpci != NULL);
        config = &vpci->function.config;
        vpci->host = options->host;
        vpci->vdev = options->vdev;
        vpci->legacy = !properties->disable_legacy;
        vpci->modern =
                !properties->disable_modern && (features & VIRTIO_FEATURE(VIRTIO_F_VERSION_1)) != 0;
        sim_assert(vpci->legacy || vpci->modern);
        vpci->function.ops = &function_ops;
        vpci->function.model = vpci;

        identity = identity_of(vpci);
        express = options->express_port && vpci->modern && !properties->x_disable_pcie;
        pcicfg_init(config, express ? PCI_CONFIG_EXTENDED_SIZE_BYTES : PCI_CONFIG_SIZE_BYTES,
                    &identity);
        if (express)
                vpci_express_add(vpci, properties);
        if (vpci->modern)
                add_modern(vpci, properties);
        if (properties->vectors > 0)
                vpci->msix = msix_new(&(struct msix_options){
                        .config = config,
                        .host = vpci->host,
                        .bar = VPCI_BAR_MSIX,
                        .vector_count = properties->vectors,
                });
        if (vpci->legacy)
                pcicfg_add_bar(config, VPCI_BAR_LEGACY, PCICFG_BAR_IO,
                               vpci_legacy_bar_size_bytes(vpci));
        forget_queues(vpci);
        vdev_attach(vpci->vdev, &transport_ops, vpci);
        return vpci;
}

void vpci_free(struct vpci *vpci)
{
        if (vpci == NULL)
                return;
        msix_free(vpci->msix);
        free(vpci);
}

struct pci_function *vpci_function(struct vpci *vpci)
{
        return &vpci->function;
}
