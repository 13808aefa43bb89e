// SPDX-License-Identifier: MIT
/* What the parts of virtio-pci share: its registers and the regions of its BARs. */
#ifndef MODELS_VIRTIO_VPCI_PRIV_H
#define MODELS_VIRTIO_VPCI_PRIV_H

#include "models/virtio/vdev_priv.h"
#include "models/virtio/vpci.h"
#include "pci/msix.h"

/* hw/virtio/virtio-pci.c, virtio_pci_realize */
#define VPCI_BAR_LEGACY 0U
#define VPCI_BAR_MSIX 1U
#define VPCI_BAR_NOTIFY_IO 2U
#define VPCI_BAR_MODERN 4U
/* QEMU: queue_select reaches this many queues, whether they exist or not. */
#define VPCI_QUEUES_MAX 1024U

enum vpci_ring_word {
        VPCI_DESC_LOW,
        VPCI_DESC_HIGH,
        VPCI_DRIVER_LOW,
        VPCI_DRIVER_HIGH,
        VPCI_DEVICE_LOW,
        VPCI_DEVICE_HIGH,
        VPCI_RING_WORD_COUNT
};

/* One queue's registers of the common configuration. They take effect at queue_enable. */
struct vpci_queue {
        uint32_t ring_words[VPCI_RING_WORD_COUNT];
        uint16_t size; /* as last written; 0: never */
        uint16_t vector;
        bool enabled;
};

struct vpci {
        struct pci_function function;
        struct pci_host host;
        struct vdev *vdev;
        bool legacy, modern;
        uint32_t notify_multiplier; /* bytes of the modern BAR a queue */
        uint16_t window;            /* offset of the VIRTIO_PCI_CAP_PCI_CFG capability; 0: none */
        uint16_t express, power;    /* of the PCI Express and power management ones; 0: none */
        struct msix *msix;          /* NULL: none */
        uint16_t config_vector;
        unsigned moves; /* of BARs, and the bus mastering, that the rings were last mapped after */
        bool master;

        /* QEMU: a reset leaves these three as they are. */
        uint32_t device_feature_select;
        uint32_t driver_feature_select;
        uint32_t driver_features[2]; /* as written, unmasked */
        struct vpci_queue queues[VPCI_QUEUES_MAX];
};

/* A part of a BAR that a capability points to. Accesses are 1, 2 or 4 bytes, aligned. */
struct vpci_region {
        uint8_t cfg_type; /* VIRTIO_PCI_CAP_* */
        uint32_t offset;
        uint32_t length_bytes; /* 0: vpci_region_length_bytes */
        uint32_t (*read)(struct vpci *vpci, uint32_t offset, unsigned size_bytes);
        void (*write)(struct vpci *vpci, uint32_t offset, unsigned size_bytes, uint32_t value);
};

#define VPCI_REGION_COUNT 4U
/* In the order of their capabilities, which is that of their offsets. */
extern const struct vpci_region vpci_regions[VPCI_REGION_COUNT];
/* The last region reaches as far as the queues' notifications do. */
uint32_t vpci_region_length_bytes(const struct vpci *vpci, const struct vpci_region *region);
/* The region that holds all bytes of an access to the modern BAR; NULL: none. */
const struct vpci_region *vpci_region_at(const struct vpci *vpci, uint64_t offset,
                                         unsigned size_bytes);
uint64_t vpci_modern_bar_size_bytes(const struct vpci *vpci);

uint32_t vpci_legacy_read(struct vpci *vpci, uint64_t offset, unsigned size_bytes);
void vpci_legacy_write(struct vpci *vpci, uint64_t offset, unsigned size_bytes, uint32_t value);
uint64_t vpci_legacy_bar_size_bytes(const struct vpci *vpci);

/* PCI Express, power management; in the extended space what the properties ask for. */
void vpci_express_add(struct vpci *vpci, const struct vpci_properties *properties);
/* The guest wrote these configuration bytes: a function level reset may be among them. */
/* A BAR may have moved, or bus mastering. */
void vpci_memory_changed(struct vpci *vpci);
void vpci_express_written(struct vpci *vpci, uint16_t offset, unsigned size_bytes);
/* The function was reset, by whatever but its driver. */
void vpci_express_reset(struct vpci *vpci);

void vpci_window_add(struct vpci *vpci);
/* The guest is about to read, or wrote, these configuration bytes. */
void vpci_window_reading(struct vpci *vpci, uint16_t offset, unsigned size_bytes);
void vpci_window_written(struct vpci *vpci, uint16_t offset, unsigned size_bytes);

static inline bool vpci_msix_enabled(const struct vpci *vpci)
{
        return vpci->msix != NULL && msix_enabled(vpci->msix);
}

/* Both interfaces' registers of the same meaning. */
void vpci_set_config_vector(struct vpci *vpci, uint32_t vector);
void vpci_set_queue_vector(struct vpci *vpci, uint32_t vector); /* of the selected queue */
void vpci_write_status(struct vpci *vpci, uint8_t status);
void vpci_select_queue(struct vpci *vpci, uint32_t queue);
uint8_t vpci_read_isr(struct vpci *vpci);
/* INTx follows the ISR. */
void vpci_update_intx(struct vpci *vpci);
void vpci_reset(struct vpci *vpci, enum vdev_reset kind);

#endif
