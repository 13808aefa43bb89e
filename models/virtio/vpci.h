// SPDX-License-Identifier: MIT
/*
 * virtio-pci: a vdev behind PCI configuration space and BARs, as QEMU 7.2 shows
 * it. Transitional (legacy registers in I/O BAR0, modern ones in BAR4), modern
 * only (disable-legacy) or legacy only (disable-modern), on a conventional bus or
 * behind a PCI Express port. VIRTIO 1.2 4.1; QEMU hw/virtio/virtio-pci.c.
 */
#ifndef MODELS_VIRTIO_VPCI_H
#define MODELS_VIRTIO_VPCI_H

#include <stdbool.h>

#include "models/virtio/vdev.h"
#include "pci/function.h"

struct vpci;

/* QEMU's device properties; zero is QEMU's default on a conventional bus. */
struct vpci_properties {
        bool disable_legacy;
        bool disable_modern;    /* not both; implied when the vdev does not offer VERSION_1 */
        bool page_per_vq;       /* each queue's notification has a page of its own */
        bool modern_pio_notify; /* BAR2: notifications by an I/O port, too */
        bool x_disable_pcie;
        bool aer, ats;    /* of an Express function only */
        uint16_t vectors; /* of MSI-X; 0: there is none */
};

struct vpci_options {
        struct vdev *vdev; /* borrowed */
        struct pci_host host;
        struct vpci_properties properties;
        /* Behind a PCI Express port; a modern device is an Express function there. */
        bool express_port;
};

/* Takes the vdev's interrupts from now on. */
struct vpci *vpci_new(const struct vpci_options *options);
void vpci_free(struct vpci *vpci); /* NULL is fine; unplugged before */
/* The function and the vdev. */
void vpci_save(const struct vpci *vpci, struct state_writer *to);
/*
 * Into a new one of the same options, before it is plugged. What the reader then says is
 * wrong may be half loaded: it must not be plugged.
 */
void vpci_load(struct vpci *vpci, struct state_reader *from);
/* It was loaded and is plugged: finds the rings in RAM again, before the machine runs. */
void vpci_loaded(struct vpci *vpci);
/* What to plug into a bus; lives as long as vpci. */
struct pci_function *vpci_function(struct vpci *vpci);

#endif
